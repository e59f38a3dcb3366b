package scenes

import (
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/access"
)

// TestExamples runs what the documents show against a node; what they show for curl runs in the scripts of the command, which it calls.
func TestExamples(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.desk("alfa")
	token, err := s.Store.CreateToken(t.Context(), "alfa", access.Scopes, "examples")
	if err != nil {
		t.Fatal(err)
	}
	ask := func(method, path, body string) (out struct {
		Logs []struct{ Name, Key string }
	}) {
		req, err := http.NewRequestWithContext(t.Context(), method, s.URL+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+token)
		req.Header.Set("Content-Type", "application/json")
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		if err := json.NewDecoder(res.Body).Decode(&out); err != nil || res.StatusCode/100 != 2 {
			t.Fatalf("%s: %s, %v", path, res.Status, err)
		}
		return out
	}
	ask("POST", "/api/v1/releases", `{"items":[{"language":"kk","headlines":[{"value":"Өткел ашылды"}],"bodies":[{"contentType":"text/plain","value":"Жаңбыр жауды."}]}]}`)
	s.desk("beta") // another member's text, in another log, is nothing that the key of alfa proves
	mine := token
	if token, err = s.Store.CreateToken(t.Context(), "beta", access.Scopes, "examples"); err != nil {
		t.Fatal(err)
	}
	ask("POST", "/api/v1/releases", `{"items":[{"language":"kk","headlines":[{"value":"Қар жауды"}],"bodies":[{"contentType":"text/plain","value":"Қар қалың."}]}]}`)
	token = mine
	key := ""
	for _, l := range ask("GET", "/log", "").Logs {
		if l.Name == "alfa-public" {
			key = l.Key
		}
	}
	for _, x := range []struct {
		program, file string
		want          []string
	}{
		{"python3", "client.py", []string{"proven: correct It snows.\n", "withdrawn withdrawn\n", "signature: True False\n"}},
		{"node", "client.mjs", []string{"proven: release Өткел ашылды\n", "signature: true false\n"}},
	} {
		t.Run(x.file, func(t *testing.T) {
			out := example(t, []string{"JARCHI_URL=" + s.URL, "JARCHI_TOKEN=" + token, "JARCHI_KEY=" + key}, x.program, x.file)
			if strings.Contains(out, "Қар") {
				t.Errorf("it proved what alfa's key does not:\n%s", out)
			}
			for _, want := range x.want {
				if !strings.Contains(out, want) {
					t.Errorf("no %q in\n%s", want, out)
				}
			}
		})
	}
}

// example runs a program in the folder of the examples, or skips where it is not installed.
func example(t *testing.T, env []string, program string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		t.Skipf("%s is not installed", program)
	}
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Dir = filepath.Join("..", "..", "docs", "examples")
	cmd.Env = append(append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1"), env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("%v", err)
	}
	return string(out)
}

// TestExamplesFindWhatIsAltered: the examples prove what we froze, and nothing that was changed in it.
func TestExamplesFindWhatIsAltered(t *testing.T) {
	t.Parallel()
	frozen := filepath.Join("..", "tlog", "testdata")
	read := func(name string) string {
		b, err := os.ReadFile(filepath.Join(frozen, name))
		if err != nil {
			t.Fatal(err)
		}
		return strings.TrimSpace(string(b))
	}
	key, good := read("vkey"), read("update.proof.json")
	change := func(old, new string) string {
		out := strings.Replace(good, old, new, 1)
		if out == good {
			t.Fatalf("nothing to change: %s", old)
		}
		return out
	}
	cases := [][2]string{{good, key}, {read("withdraw.proof.json"), key},
		{change(`"bytes":"eyJ1`, `"bytes":"eyJ2`), key}, {change("language uz-Cyrl", "language uz-Latn"), key}, {change(`"salt":"Y0`, `"salt":"Y1`), key}, {change("1767341000", "1767341001"), key},
		{change("index 6", "index 7"), key}, {change("index 6", "index 13"), key}, {change(`\n7gP0`, `\n8gP0`), key}, {change(`\n13\n`, `\n14\n`), key}, {change("WIJrbv4M", "WIJrbv4N"), key},
		{change(`\nTiUR1A2W3RAk1i+duvya4xW9jN6IZquoN4SxkwSpXwE=`, ""), key}, {good, strings.Replace(key, "public+5", "public+6", 1)}, {good, strings.Replace(key, "press.", "other.", 1)}}
	input, err := json.Marshal(cases)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "cases.json")
	if err := os.WriteFile(file, input, 0o600); err != nil {
		t.Fatal(err)
	}
	want := "11" + strings.Repeat("0", len(cases)-2)
	for program, script := range map[string][]string{
		"python3": {"-c", `
import json, sys
from verify import proven
for file, key in json.load(open(sys.argv[1], encoding="utf-8")):
    try:
        proven(file, key)
        print("1", end="")
    except ValueError as e:
        assert str(e).startswith("not proven: "), e
        print("0", end="")
`, file},
		"node": {"--input-type=module", "-e", `
import { readFileSync } from 'node:fs'
import { proven } from './verify.mjs'
let out = ''
for (const [file, key] of JSON.parse(readFileSync(process.argv[1], 'utf8'))) {
  try { proven(file, key); out += '1' } catch (e) { if (!e.message.startsWith('not proven: ')) throw e; out += '0' }
}
console.log(out)
`, file},
	} {
		t.Run(program, func(t *testing.T) {
			if got := strings.TrimSpace(example(t, nil, program, script...)); got != want {
				t.Errorf("%s, not %s", got, want)
			}
		})
	}
}
