package web

import (
	"io/fs"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/fault"
)

func TestWhatIsWrongStandsAtItsField(t *testing.T) {
	t.Parallel()
	say := func(err error) (string, string) {
		if fault.KindOf(err) != fault.Invalid {
			return "", ""
		}
		_, field := fault.Public(err)
		return field, "Not this."
	}
	var p staffPage
	if status, err := p.blame(nil, say); status != http.StatusOK || err != nil || p.Problem != "" {
		t.Error(status, err, p.Problem)
	}
	down := fault.E(fault.Unavailable, "The database is down.")
	if _, err := p.blame(down, say); err != down || p.Problem != "" {
		t.Error("what no form is to blame for stands on a form", err, p.Problem)
	}
	status, err := p.blame(fault.Field("zone", "No."), say)
	if status != http.StatusUnprocessableEntity || err != nil || p.Wrong("zone") != "Not this." || p.Wrong("name") != "" {
		t.Error(status, err, p.At, p.Problem)
	}
}

// The problem on top of a page leads to its field, which has to be there under that name.
func TestFieldsCanBeLedTo(t *testing.T) {
	t.Parallel()
	names, err := fs.Glob(templateFiles, "templates/*.html")
	if err != nil {
		t.Fatal(err)
	}
	n, asked := 0, regexp.MustCompile(`\.Wrong "([a-zA-Z.]+)"`)
	for _, name := range names {
		b, err := templateFiles.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range asked.FindAllStringSubmatch(string(b), -1) {
			if n++; !strings.Contains(string(b), `id="f-`+m[1]+`"`) {
				t.Errorf("%s: no field f-%s", name, m[1])
			}
		}
	}
	if n < 20 {
		t.Errorf("only %d fields looked at", n)
	}
}
