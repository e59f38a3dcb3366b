package blob

import (
	"net/url"
	"regexp"
	"strings"

	"jarchi.dev/jarchi/internal/fault"
)

// Place names a bucket of an S3 server, without any secret: it is kept in settings and told in faults.
type Place struct {
	Endpoint string // https://host or http://host:port
	Region   string
	Bucket   string
	Prefix   string // before every name; empty, or it ends with a slash
	ByHost   bool   // the bucket is called as a part of the host's name, not of the path
}

var (
	bucketName   = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)
	regionName   = regexp.MustCompile(`^[a-zA-Z0-9-]{1,64}$`)
	prefixLetter = regexp.MustCompile(`^[a-zA-Z0-9_.-]+(/[a-zA-Z0-9_.-]+)*$`)
)

// ParsePlace reads s3://BUCKET/PREFIX?endpoint=https://HOST&region=REGION&style=path. Without an endpoint it is Amazon's of the
// region; without a region us-east-1; the style is path or host. The fault is Invalid with the field --blobs.
func ParsePlace(s string) (p Place, err error) {
	bad := func(format string, args ...any) (Place, error) {
		return Place{}, fault.Field("--blobs", format+" It must be like s3://bucket/prefix?endpoint=https://s3.example&region=eu-1.", args...)
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "s3" || u.Opaque != "" || u.Fragment != "" {
		return bad("This names no bucket.") // the cause may hold what somebody took for a place to put a secret
	}
	if u.User != nil {
		return bad("Keys are not given in the address, which everybody sees in the list of processes.")
	}
	p = Place{Bucket: u.Host, Prefix: strings.Trim(u.Path, "/")}
	if !bucketName.MatchString(p.Bucket) || strings.Contains(p.Bucket, "..") {
		return bad("%.80q is no name of a bucket.", p.Bucket)
	}
	if p.Prefix != "" {
		if !prefixLetter.MatchString(p.Prefix) || len(p.Prefix) > 200 || strings.Contains("/"+p.Prefix+"/", "/../") || strings.Contains("/"+p.Prefix+"/", "/./") {
			return bad("The prefix may have Latin letters, digits, '-', '_', '.' and '/'.")
		}
		p.Prefix += "/"
	}
	q, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return bad("What follows the question mark cannot be read.")
	}
	for name, values := range q {
		v := values[0]
		switch {
		case len(values) > 1:
			return bad("%.40q is there twice.", name)
		case name == "endpoint":
			p.Endpoint = v
		case name == "region" && regionName.MatchString(v):
			p.Region = v
		case name == "style" && (v == "path" || v == "host"):
			p.ByHost = v == "host"
		default:
			return bad("%.40q is no setting, or has no such value.", name)
		}
	}
	if p.Region == "" {
		if p.Endpoint == "" {
			return bad("Name the endpoint, or the region of Amazon's.")
		}
		p.Region = "us-east-1"
	}
	if p.Endpoint == "" {
		p.Endpoint = "https://s3." + p.Region + ".amazonaws.com"
	}
	e, err := url.Parse(p.Endpoint)
	if err != nil || e.Scheme != "http" && e.Scheme != "https" || e.Hostname() == "" || e.User != nil || strings.Trim(e.Path, "/") != "" || e.RawQuery != "" || e.Fragment != "" {
		return bad("The endpoint is the bare address of the server.")
	}
	host := strings.TrimSuffix(strings.ToLower(e.Host), map[string]string{"http": ":80", "https": ":443"}[e.Scheme]) // as it is signed
	p.Endpoint = e.Scheme + "://" + host
	return p, nil
}

// String is the address that ParsePlace reads, always written in one way.
func (p Place) String() string {
	q := url.Values{"endpoint": {p.Endpoint}, "region": {p.Region}}
	if p.ByHost {
		q.Set("style", "host")
	}
	s := "s3://" + p.Bucket
	if p.Prefix != "" {
		s += "/" + strings.TrimSuffix(p.Prefix, "/")
	}
	return s + "?" + strings.NewReplacer("%3A", ":", "%2F", "/").Replace(q.Encode())
}

// host is the base address that is called.
func (p Place) host() string {
	if !p.ByHost {
		return p.Endpoint
	}
	scheme, host, _ := strings.Cut(p.Endpoint, "://")
	return scheme + "://" + p.Bucket + "." + host
}

// Keys open a bucket. They are never printed.
type Keys struct{ Access, Secret, Session string }

// String keeps the keys out of logs.
func (Keys) String() string { return "(keys)" }

// ParseKeys reads the access key and the secret key, a line each, and if there is a third line a session token.
func ParseKeys(b []byte) (Keys, error) {
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")
	if len(lines) < 2 || len(lines) > 3 || len(b) > 1<<14 {
		return Keys{}, fault.Field("--blobs-key", "The file must have two lines: the access key and the secret key.")
	}
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	k := Keys{Access: lines[0], Secret: lines[1]}
	if len(lines) == 3 {
		k.Session = lines[2]
	}
	return k, nil
}
