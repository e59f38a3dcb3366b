package blob

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// server speaks the part of the S3 API that a store of files needs (docs.aws.amazon.com/AmazonS3/latest/API), signed by
// Signature Version 4. It tries nothing twice and follows no redirect.
type server struct {
	at   Place
	keys func() Keys
	http http.RoundTripper
	now  func() time.Time
}

// refusal is an answer of the server that is no success.
type refusal struct {
	Status  int `xml:"-"`
	Code    string
	Message string
}

func (r *refusal) Error() string {
	return fmt.Sprintf("the server answers with status %d %.100q %.300q", r.Status, r.Code, r.Message)
}

func codeOf(err error) string {
	var r *refusal
	if errors.As(err, &r) {
		return r.Code
	}
	return ""
}

// The codes of refusals that are told from others.
const (
	noSuchKey       = "NoSuchKey"
	noSuchVersion   = "NoSuchVersion"
	noSuchBucket    = "NoSuchBucket"
	noSuchUpload    = "NoSuchUpload"
	accessDenied    = "AccessDenied"
	notImplemented  = "NotImplemented"
	preconditionBad = "PreconditionFailed"
	rangeBad        = "InvalidRange"
)

// byStatus are the codes of answers without a body that says one.
var byStatus = map[int]string{http.StatusNotFound: noSuchKey, http.StatusForbidden: accessDenied, http.StatusNotImplemented: notImplemented,
	http.StatusPreconditionFailed: preconditionBad, http.StatusRequestedRangeNotSatisfiable: rangeBad}

const (
	maxAnswer   = 16 << 20 // of a list or a refusal
	emptySHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
)

// call makes one request; key and query may be empty, sum is the SHA-256 of the body in hex. The caller closes the body of the answer, which
// has a status of success. The letters of keys and of bucket names need no escaping: see Place and names.
func (s *server) call(ctx context.Context, method, key string, query url.Values, header map[string]string, body io.Reader, size int64, sum string) (*http.Response, error) {
	path := "/" + key
	if !s.at.ByHost {
		path = "/" + s.at.Bucket + path
	}
	address := s.at.host() + path
	if len(query) > 0 {
		address += "?" + canonical(query)
	}
	if size == 0 {
		body, sum = http.NoBody, emptySHA256
	}
	req, err := http.NewRequestWithContext(ctx, method, address, body)
	if err != nil {
		return nil, err
	}
	req.ContentLength = size
	for k, v := range header {
		req.Header.Set(k, v)
	}
	s.sign(req, path, sum)
	req.Header.Set("User-Agent", "Jarchi")
	resp, err := s.http.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode/100 == 2 {
		return resp, nil
	}
	defer resp.Body.Close()
	r := &refusal{Status: resp.StatusCode}
	if err := xml.NewDecoder(io.LimitReader(resp.Body, maxAnswer)).Decode(r); err != nil || r.Code == "" {
		if r.Code = byStatus[r.Status]; key == "" && r.Code == noSuchKey {
			r.Code = noSuchBucket
		}
	}
	return nil, r
}

// canonical writes a query sorted, every other letter than the unreserved ones escaped.
func canonical(q url.Values) string { return strings.ReplaceAll(q.Encode(), "+", "%20") }

// sign puts the signature into the request: of its method, path, query, the sum of its body, its host and all fields of its header.
// (docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html)
func (s *server) sign(r *http.Request, path, sum string) {
	at := s.now().UTC().Format("20060102T150405Z")
	r.Header.Set("X-Amz-Date", at)
	r.Header.Set("X-Amz-Content-Sha256", sum)
	keys := s.keys()
	if keys.Session != "" {
		r.Header.Set("X-Amz-Security-Token", keys.Session)
	}
	fields := map[string]string{"host": r.URL.Host}
	for name := range r.Header {
		fields[strings.ToLower(name)] = strings.Join(strings.Fields(r.Header.Get(name)), " ")
	}
	names := slices.Sorted(maps.Keys(fields))
	signed := strings.Join(names, ";")
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s\n%s\n", r.Method, path, r.URL.RawQuery)
	for _, name := range names {
		fmt.Fprintf(&b, "%s:%s\n", name, fields[name])
	}
	fmt.Fprintf(&b, "\n%s\n%s", signed, sum)
	scope := at[:8] + "/" + s.at.Region + "/s3/aws4_request"
	key := []byte("AWS4" + keys.Secret)
	for _, part := range strings.Split(scope, "/") {
		key = mac(key, part)
	}
	signature := mac(key, "AWS4-HMAC-SHA256\n"+at+"\n"+scope+"\n"+Hash([]byte(b.String())))
	r.Header.Set("Authorization", fmt.Sprintf("AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%s", keys.Access, scope, signed, hex.EncodeToString(signature)))
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

// put uploads an object in one request, with the sums that the server compares.
func (s *server) put(ctx context.Context, key string, body io.Reader, size int64, md5, sha256, hash string) error {
	resp, err := s.call(ctx, http.MethodPut, key, nil, map[string]string{"Content-Type": "application/octet-stream", "Content-Md5": md5, "X-Amz-Checksum-Sha256": sha256}, body, size, hash)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

// An upload in parts (docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html): the object is there when it is completed, and the parts of one that
// is neither completed nor aborted lie on the server and are paid for.

// create begins one and returns its id.
func (s *server) create(ctx context.Context, key string) (upload string, err error) {
	resp, err := s.call(ctx, http.MethodPost, key, url.Values{"uploads": {""}}, map[string]string{"Content-Type": "application/octet-stream", "X-Amz-Checksum-Algorithm": "SHA256"}, nil, 0, "")
	if err != nil {
		return "", err
	}
	var answer struct {
		Upload string `xml:"UploadId"`
	}
	if err := decode(resp, &answer); err != nil {
		return "", err
	}
	if answer.Upload == "" {
		return "", errors.New("the server gives no id for an upload in parts")
	}
	return answer.Upload, nil
}

// part is one of an upload that the server has.
type part struct {
	XMLName xml.Name `xml:"Part"`
	Number  int      `xml:"PartNumber"`
	ETag    string
	SHA256  string `xml:"ChecksumSHA256"`
}

// part uploads one, with the sums that the server compares.
func (s *server) part(ctx context.Context, key, upload string, number int, body io.Reader, size int64, md5, sha256, hash string) (part, error) {
	q := url.Values{"partNumber": {strconv.Itoa(number)}, "uploadId": {upload}}
	resp, err := s.call(ctx, http.MethodPut, key, q, map[string]string{"Content-Md5": md5, "X-Amz-Checksum-Sha256": sha256}, body, size, hash)
	if err != nil {
		return part{}, err
	}
	return part{Number: number, ETag: resp.Header.Get("Etag"), SHA256: sha256}, resp.Body.Close()
}

// complete makes an object of the parts. The server may begin to say that it goes well before it knows.
func (s *server) complete(ctx context.Context, key, upload string, parts []part) error {
	body, err := xml.Marshal(struct {
		XMLName xml.Name `xml:"CompleteMultipartUpload"`
		Parts   []part
	}{Parts: parts})
	if err != nil {
		return err
	}
	resp, err := s.call(ctx, http.MethodPost, key, url.Values{"uploadId": {upload}}, map[string]string{"Content-Type": "application/xml"}, bytes.NewReader(body), int64(len(body)), Hash(body))
	if err != nil {
		return err
	}
	var answer struct {
		XMLName       xml.Name
		Code, Message string
	}
	if err := decode(resp, &answer); err != nil {
		return err
	}
	if answer.XMLName.Local == "Error" {
		return &refusal{Status: http.StatusInternalServerError, Code: answer.Code, Message: answer.Message}
	}
	return nil
}

// abort ends an upload and removes its parts.
func (s *server) abort(ctx context.Context, key, upload string) error {
	resp, err := s.call(ctx, http.MethodDelete, key, url.Values{"uploadId": {upload}}, nil, nil, 0, "")
	if err != nil {
		if code := codeOf(err); code == noSuchUpload || code == noSuchKey {
			return nil
		}
		return err
	}
	return resp.Body.Close()
}

// begun is an upload that is neither completed nor aborted.
type begun struct {
	Key       string
	Upload    string `xml:"UploadId"`
	Initiated time.Time
}

// uploads calls do for each upload of a key that begins so.
func (s *server) uploads(ctx context.Context, prefix string, do func(begun) error) error {
	q := url.Values{"uploads": {""}, "prefix": {prefix}}
	for {
		var p struct {
			page
			Upload   []begun
			NextMark string `xml:"NextUploadIdMarker"`
		}
		if err := s.ask(ctx, q, &p); err != nil {
			return err
		}
		for _, u := range p.Upload {
			if !strings.HasPrefix(u.Key, prefix) { // not every server asks
				continue
			}
			if err := do(u); err != nil {
				return err
			}
		}
		if !p.IsTruncated {
			return nil
		}
		next := maps.Clone(q)
		next.Set("key-marker", p.NextKeyMarker)
		next.Set("upload-id-marker", p.NextMark)
		if canonical(next) == canonical(q) {
			return errors.New("the list does not come to its end")
		}
		q = next
	}
}

// head says how long an object is, and the SHA-256 that was given with it in base64, if the server tells; -1 where there is none.
func (s *server) head(ctx context.Context, key string) (size int64, sha256 string, err error) {
	resp, err := s.call(ctx, http.MethodHead, key, nil, map[string]string{"X-Amz-Checksum-Mode": "ENABLED"}, nil, 0, "")
	if err != nil {
		if codeOf(err) == noSuchKey {
			return -1, "", nil
		}
		return 0, "", err
	}
	resp.Body.Close()
	size, err = strconv.ParseInt(resp.Header.Get("Content-Length"), 10, 64)
	return size, resp.Header.Get("X-Amz-Checksum-Sha256"), err
}

// get opens an object for reading, from a place on if it still has that etag.
func (s *server) get(ctx context.Context, key string, from int64, etag string) (*http.Response, error) {
	header := map[string]string{}
	if from > 0 {
		header["Range"], header["If-Match"] = fmt.Sprintf("bytes=%d-", from), etag
	}
	return s.call(ctx, http.MethodGet, key, nil, header, nil, 0, "")
}

// remove deletes an object, or one version of it.
func (s *server) remove(ctx context.Context, key, version string) error {
	var q url.Values
	if version != "" {
		q = url.Values{"versionId": {version}}
	}
	resp, err := s.call(ctx, http.MethodDelete, key, q, nil, nil, 0, "")
	if err != nil {
		if code := codeOf(err); code == noSuchKey || code == noSuchVersion {
			return nil
		}
		return err
	}
	return resp.Body.Close()
}

// versioning is "Enabled", "Suspended", or empty where versions were never kept.
func (s *server) versioning(ctx context.Context) (string, error) {
	var v struct{ Status string }
	err := s.ask(ctx, url.Values{"versioning": {""}}, &v)
	return v.Status, err
}

// object is an entry of a list: an object, a version or a delete marker.
type object struct {
	Key          string
	Version      string `xml:"VersionId"`
	LastModified time.Time
}

// page is one answer of a list. Where versions are listed it goes on after key and version, otherwise with the token.
type page struct {
	EncodingType        string
	Contents            []object
	Version             []object
	DeleteMarker        []object
	IsTruncated         bool
	NextKeyMarker       string
	NextVersionIDMarker string `xml:"NextVersionIdMarker"`
	NextToken           string `xml:"NextContinuationToken"`
}

// list calls do for each object whose key begins so, or for each version and delete marker.
func (s *server) list(ctx context.Context, prefix string, versions bool, most int, do func(object) error) error {
	q := url.Values{"list-type": {"2"}}
	if versions {
		q = url.Values{"versions": {""}}
	}
	q.Set("prefix", prefix)
	q.Set("max-keys", strconv.Itoa(most))
	q.Set("encoding-type", "url")
	for {
		var p page
		if err := s.ask(ctx, q, &p); err != nil {
			return err
		}
		for _, o := range slices.Concat(p.Contents, p.Version, p.DeleteMarker) {
			var err error
			if o.Key, err = p.plain(o.Key); err != nil {
				return err
			}
			if err := do(o); err != nil {
				return err
			}
		}
		if !p.IsTruncated {
			return nil
		}
		key, err := p.plain(p.NextKeyMarker)
		if err != nil {
			return err
		}
		next := maps.Clone(q)
		if versions {
			next.Set("key-marker", key)
			next.Set("version-id-marker", p.NextVersionIDMarker)
			if p.NextVersionIDMarker == "" {
				next.Del("version-id-marker")
			}
		} else {
			next.Set("continuation-token", p.NextToken)
		}
		if canonical(next) == canonical(q) {
			return errors.New("the list does not come to its end")
		}
		q = next
	}
}

func (p *page) plain(key string) (string, error) {
	if p.EncodingType != "url" {
		return key, nil
	}
	return url.QueryUnescape(key)
}

// ask asks the bucket for something in XML.
func (s *server) ask(ctx context.Context, q url.Values, into any) error {
	resp, err := s.call(ctx, http.MethodGet, "", q, nil, nil, 0, "")
	if err != nil {
		return err
	}
	return decode(resp, into)
}

func decode(resp *http.Response, into any) error {
	defer resp.Body.Close()
	return xml.NewDecoder(io.LimitReader(resp.Body, maxAnswer)).Decode(into)
}
