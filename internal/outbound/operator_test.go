package outbound

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"golang.org/x/net/idna"

	"jarchi.dev/jarchi/internal/fault"
)

func TestOperatorCalls(t *testing.T) {
	t.Parallel()
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		switch r.URL.Path {
		case "/wire/echo":
			w.WriteHeader(http.StatusCreated)
			io.WriteString(w, strings.Join([]string{r.Method, r.RequestURI, r.Header.Get("Authorization"), r.Header.Get("Content-Type"), r.Header.Get("X-A"), string(body)}, " "))
		case "/wire/problem":
			w.Header().Set("Content-Type", "application/problem+json; charset=utf-8")
			w.WriteHeader(http.StatusUnprocessableEntity)
			io.WriteString(w, `{"kind":"forbidden-address","detail":"Not there.","field":"url","status":422}`)
		case "/wire/lies":
			w.Header().Set("Content-Type", "application/problem+json")
			w.WriteHeader(http.StatusConflict)
			io.WriteString(w, `{"kind":"made-up","title":"Twice."}`)
		case "/wire/html":
			w.WriteHeader(http.StatusBadGateway)
			io.WriteString(w, "<html>")
		case "/wire/away":
			http.Redirect(w, r, "https://elsewhere.example/", http.StatusMovedPermanently)
		}
	})
	o, err := NewOperator(url + "/wire/")
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	status, answer, err := o.Do(ctx, Call{Method: "POST", Path: "/echo?a=%2F", Token: "jt_x", ContentType: "text/plain", Header: map[string]string{"X-A": "b"}, Body: []byte("text")})
	if want := "POST /wire/echo?a=%2F Bearer jt_x text/plain b text"; err != nil || status != 201 || string(answer) != want {
		t.Errorf("%d %q %v", status, answer, err)
	}
	for path, want := range map[string]struct {
		kind  fault.Kind
		says  string
		field string
	}{
		"/problem": {fault.ForbiddenAddress, "Not there.", "url"},
		"/lies":    {fault.Conflict, "Twice.", ""},
		"/html":    {fault.Unavailable, "The node answered with status 502 Bad Gateway.", ""},
		"/away":    {fault.Unavailable, "elsewhere.example", ""},
	} {
		_, answer, err := o.Do(ctx, Call{Method: "GET", Path: path})
		text, field := fault.Public(err)
		if fault.KindOf(err) != want.kind || !strings.Contains(text, want.says) || field != want.field || answer != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
	if _, _, err := o.Do(ctx, Call{Method: "GET", Path: "//elsewhere.example/"}); fault.KindOf(err) != fault.Internal {
		t.Error("another host:", err)
	}
}

func TestOperatorDialsOneHost(t *testing.T) {
	t.Parallel()
	o, err := NewOperator("http://127.0.0.1:1")
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := o.Do(context.Background(), Call{Method: "GET", Path: "/"}); fault.KindOf(err) != fault.Unavailable || !strings.Contains(err.Error(), "Is the node running there?") {
		t.Error(err)
	}
	dial := o.http.Transport.(*http.Transport).DialContext
	for _, a := range []string{"127.0.0.1:2", "127.0.0.2:1", "localhost:1"} {
		if _, err := dial(context.Background(), "tcp", a); fault.KindOf(err) != fault.ForbiddenAddress {
			t.Errorf("%s: %v", a, err)
		}
	}
	for _, base := range []string{"", "wire.example", "ftp://wire.example", "http://", "http://u:p@wire.example", "http://wire.example/?x=1", "http://wire.example/#x", "http://wire.example:99999", "http://[::1"} {
		if _, err := NewOperator(base); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%q: %v", base, err)
		}
	}
	// a name in its own script is dialled as the look-up wants it
	o, err = NewOperator("http://жаңалық.example:1")
	if err != nil {
		t.Fatal(err)
	}
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if _, _, err := o.Do(ended, Call{Method: "GET", Path: "/"}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	ascii, err := idna.Lookup.ToASCII("жаңалық.example")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.http.Transport.(*http.Transport).DialContext(ended, "tcp", ascii+":1"); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if _, err := NewOperator("http://[::1]:8080"); err != nil {
		t.Error(err)
	}
}

func TestProblemKinds(t *testing.T) {
	t.Parallel()
	for _, k := range fault.Kinds() {
		err := Problem(k.HTTPStatus(), "text/plain", nil)
		if got := fault.KindOf(err); got.HTTPStatus() != k.HTTPStatus() {
			t.Errorf("%s is answered %d and read as %s", k, k.HTTPStatus(), got)
		}
		err = Problem(k.HTTPStatus(), "application/problem+json", []byte(`{"kind":"`+string(k)+`"}`))
		if fault.KindOf(err) != k {
			t.Errorf("%s: %v", k, err)
		}
	}
	if fault.KindOf(Problem(400, "application/problem+json", []byte("{"))) != fault.Invalid || fault.KindOf(Problem(418, "", nil)) != fault.Unavailable {
		t.Error("other statuses")
	}
}
