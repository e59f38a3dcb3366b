package scenes

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/access"
)

// TestExamples runs what the documents show against a node.
func TestExamples(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.desk("alfa")
	token, err := s.Store.CreateToken(t.Context(), "alfa", access.Scopes, "examples")
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct{ needs, program, file, want string }{
		{"curl", "sh", "curl.sh", "\"state\":\"withdrawn\"\n"},
		{"python3", "python3", "client.py", "signature: True False\n"},
		{"node", "node", "client.mjs", "signature: true false\n"},
	} {
		t.Run(x.file, func(t *testing.T) {
			if _, err := exec.LookPath(x.needs); err != nil {
				t.Skipf("%s is not installed", x.needs)
			}
			cmd := exec.CommandContext(t.Context(), x.program, filepath.Join("..", "..", "docs", "examples", x.file))
			cmd.Env = append(os.Environ(), "JARCHI_URL="+s.URL, "JARCHI_TOKEN="+token)
			out, err := cmd.CombinedOutput()
			if err != nil || !strings.HasSuffix(string(out), x.want) {
				t.Errorf("%v\n%s", err, out)
			}
			t.Logf("%s", out)
		})
	}
}
