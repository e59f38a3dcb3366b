package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// runCommand is the command within the test's process.
func runCommand(stdin string, args ...string) (code int, out, talk string) {
	var o, e bytes.Buffer
	code = run(args, &Stdio{In: strings.NewReader(stdin), Out: &o, Err: &e})
	return code, o.String(), e.String()
}

// TestUsage: wrong usage ends with status 2, a failure with status 1, both with one line that says what
// to do; nothing is printed as data, and no folder is made by mistake.
func TestUsage(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	data := filepath.Join(dir, "nothing")
	for _, c := range []struct {
		code int
		says string
		args string
	}{
		{2, "expected one of", ""},
		{2, "nonsense", "nonsense"},
		{2, "--data DIR for a folder that no node has open, or --url", "import a.txt"},
		{2, "<file>", "import --data DATA"},
		{2, "not both", "import --data DATA --url http://127.0.0.1:1 a.txt"},
		{2, "not both", "release list --data DATA --url http://127.0.0.1:1"},
		{2, "--scopes", "token create --data DATA --member alfa"},
		{2, "press-service", "member add --data DATA --id alfa --kind newspaper --domain alfa.example --name en=Alfa"},
		{2, "--yes", "release erase --data DATA abc"},
		{2, "--data DIR", "release erase --yes abc"},
		{2, "--reason", "release withdraw --data DATA abc"},
		{2, "--size", "log confirm --data DATA --log alfa-public --root x"},
		{1, "--url: This is not an address", "import --url ftp://x a.txt"},
		{1, "--url: This is not an address", "release list --url wire.example"},
		{1, "Is the node running there?", "release list --url http://127.0.0.1:1"},
		{1, "There are no words", "release create --data DATA"},
		{1, "--lang: ", "import --data DATA --lang ?? a.txt"},
		{1, "no scope \"fly\"", "token create --data DATA --member alfa --scopes read,fly"},
		{1, "--name: ", "member add --data DATA --id alfa --kind agency --domain alfa.example --name ??=Alfa"},
		{1, "--zone: ", "member add --data DATA --id alfa --kind agency --domain alfa.example --name en=Alfa --zone Nowhere/Land"},
		{1, "short name", "member add --data DATA --id A --kind agency --domain alfa.example --name en=Alfa"},
		{1, "domain", "member add --data DATA --id alfa --kind agency --domain http://alfa --name en=Alfa"},
		{1, "--root: ", "log confirm --data DATA --log alfa-public --size 1 --root x"},
		{1, "no node's data in", "member list --data DATA"},
		{1, "no node's data in", "token create --data DATA --member alfa --scopes all"},
		{1, "no node's data in", "token list --data DATA"},
		{1, "no node's data in", "user list --data DATA"},
		{1, "--member, for a new person, or --login", "user invite --data DATA"},
		{1, "no node's data in", "log check --data DATA"},
		{1, "no node's data in", "log list --data DATA"},
		{1, "no node's data in", "release list --data DATA"},
		{1, "no node's data in", "backup --data DATA --to -"},
		{1, "There is no file", "restore DATA.tar.gz --data DATA"},
		{2, "--to", "backup --data DATA"},
		{1, "no node's data in", "quarantine list --data DATA"},
		{1, "no node's data in", "jobs list --data DATA"},
		{1, "no node's data in", "jobs retry --data DATA 1"},
		{1, "--limit: ", "jobs list --data DATA --limit 0"},
		{2, "<id>", "jobs retry --data DATA"},
	} {
		args := strings.Fields(strings.ReplaceAll(c.args, "DATA", data))
		code, out, talk := runCommand("", args...)
		if code != c.code || !strings.Contains(talk, c.says) || !strings.HasPrefix(talk, "jarchi: ") || strings.Count(talk, "\n") != 1 || out != "" {
			t.Errorf("jarchi %s: status %d, want %d\nout %q\ntalk %q, want %q", c.args, code, c.code, out, talk, c.says)
		}
		if _, err := os.Stat(data); err == nil {
			t.Fatalf("jarchi %s made a folder", c.args)
		}
	}
}

// TestEveryCommandHasAnExample walks the whole tree of commands.
func TestEveryCommandHasAnExample(t *testing.T) {
	t.Parallel()
	for _, command := range []string{"demo", "serve", "import", "extract", "verify", "lang detect", "lang fold", "lang loose", "lang stem", "lang dates", "story reuse", "story link",
		"release create", "release edit", "release approve", "release embargo", "release schedule", "release unschedule", "release confirm", "release publish", "release update",
		"release correct", "release withdraw", "release erase", "release show", "release list", "log check", "log list", "log confirm", "backup", "backup verify", "restore",
		"member add", "member list", "user invite", "user list", "user disable", "token create", "token list", "token rotate", "token limit", "token revoke", "quarantine list", "jobs list", "jobs retry", "status", "keep", "upgrade-check"} {
		code, out, talk := runCommand("", append(strings.Fields(command), "--help")...)
		if code != 0 || !strings.Contains(out, "Example:") || !strings.Contains(out, "jarchi "+command) || talk != "" {
			t.Errorf("%s --help: status %d, %q\n%s", command, code, talk, out)
		}
	}
}

// TestEnvironment: settings come from the environment too; a flag is stronger.
func TestEnvironment(t *testing.T) {
	data := filepath.Join(t.TempDir(), "wire")
	t.Setenv("JARCHI_DATA", data)
	if code, _, talk := runCommand("", "member", "add", "--id", "alfa", "--kind", "agency", "--domain", "alfa.example", "--name", "en=Alfa; and more", "--name", "kk=Альфа"); code != 0 {
		t.Fatal(talk)
	}
	if code, out, talk := runCommand("", "member", "list"); code != 0 || out != "alfa  agency  alfa.example  UTC  Alfa; and more\n" {
		t.Error(code, out, talk)
	}
	if code, _, talk := runCommand("text", "import", "--url", "http://127.0.0.1:1", "-"); code != 1 || !strings.Contains(talk, "Is the node running there?") {
		t.Error(code, talk)
	}
	t.Setenv("JARCHI_URL", "http://127.0.0.1:1")
	if code, out, talk := runCommand("A headline\n\nA paragraph of the text.\n", "import", "--data", data, "-"); code != 0 || !strings.HasPrefix(out, `{"file":"-","captures":["`) {
		t.Error(code, out, talk)
	}
	if code, _, talk := runCommand("text", "import", "-"); code != 2 || !strings.Contains(talk, "not both") {
		t.Error("both from the environment:", code, talk)
	}
}
