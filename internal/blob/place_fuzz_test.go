package blob

import "testing"

// FuzzPlace: what names a bucket, and a file of keys, is read or refused with a fault.
func FuzzPlace(f *testing.F) {
	f.Add("s3://bucket/prefix?endpoint=https://s3.example&region=eu-1&style=path", []byte("key\nsecret\n"))
	f.Add("s3://", []byte("\n\n"))
	f.Add("s3://b/%2e%2e/../x?endpoint=http://user@h:0", []byte("a\nb\nc\nd"))
	f.Fuzz(func(_ *testing.T, place string, keys []byte) {
		ParsePlace(place)
		ParseKeys(keys)
	})
}
