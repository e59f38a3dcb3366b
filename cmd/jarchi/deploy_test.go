package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/house"
	"jarchi.dev/jarchi/internal/house/exposition"
)

func deployFile(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", "deploy", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestDashboard: every figure that the dashboard, the alarms and the docs name exists, and the docs name them all.
func TestDashboard(t *testing.T) {
	t.Parallel()
	known := house.Figures()
	docs, err := os.ReadFile(filepath.Join("..", "..", "docs", "operating.md"))
	if err != nil {
		t.Fatal(err)
	}
	dashboard := deployFile(t, "dashboard.json")
	var d struct {
		Panels []struct {
			ID      int
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal([]byte(dashboard), &d); err != nil || len(d.Panels) < 10 {
		t.Fatalf("%d panels, %v", len(d.Panels), err)
	}
	seen := map[int]bool{}
	for _, p := range d.Panels {
		if seen[p.ID] || len(p.Targets) == 0 || strings.Count(p.Targets[0].Expr, "(") != strings.Count(p.Targets[0].Expr, ")") || strings.Count(p.Targets[0].Expr, "{") != strings.Count(p.Targets[0].Expr, "}") {
			t.Errorf("panel %+v", p)
		}
		seen[p.ID] = true
	}
	name := regexp.MustCompile(`\bjarchi_[a-z_]+`)
	for file, text := range map[string]string{"dashboard.json": dashboard, "alarms.yaml": deployFile(t, "alarms.yaml"), "operating.md": string(docs)} {
		for _, n := range name.FindAllString(text, -1) {
			n = strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(n, "_bucket"), "_count"), "_sum")
			if !slices.Contains(known, n) {
				t.Errorf("%s names %s, which no node tells", file, n)
			}
		}
	}
	process := exposition.Text(exposition.Process{})
	for _, n := range regexp.MustCompile(`\b(go|process)_[a-z_]+`).FindAllString(dashboard, -1) {
		if !bytes.Contains(process, []byte("\n"+n)) {
			t.Errorf("dashboard.json names %s, which no node tells", n)
		}
	}
	for _, n := range known {
		if !bytes.Contains(docs, []byte("`"+n)) {
			t.Errorf("docs/operating.md does not tell of %s", n)
		}
	}
	for _, code := range house.NeedCodes() {
		if !bytes.Contains(docs, []byte("`"+code+"`")) {
			t.Errorf("docs/operating.md does not tell what to do about %s", code)
		}
	}
}

// TestDeployNamesSettings: what the unit, the image and the compose file set is known to the program, and what they run exists.
func TestDeployNamesSettings(t *testing.T) {
	t.Parallel()
	variable := regexp.MustCompile(`\bJARCHI_[A-Z_]+`)
	for _, file := range []string{"jarchi.service", "jarchi-backup.service", "Containerfile", "compose.yaml"} {
		text := deployFile(t, file)
		for _, v := range variable.FindAllString(text, -1) {
			if u := unknownVariables([]string{v + "=x"}); len(u) > 0 && v != "JARCHI_DB_PASSWORD" {
				t.Errorf("%s sets %s, which no command knows", file, v)
			}
		}
	}
	if u := unknownVariables([]string{"JARCHI_NOSUCH=1", "JARCHI_LISTEN=x", "PATH=/", "JARCHI_KEEP_FREE=1"}); !slices.Equal(u, []string{"JARCHI_NOSUCH"}) {
		t.Errorf("unknown: %v", u)
	}
	if c := deployFile(t, "Containerfile"); !strings.Contains(c, `"status", "--ready", "--url"`) || !strings.Contains(c, "USER 65532") || !strings.Contains(c, "FROM scratch") {
		t.Error(c)
	}
}

// TestUnits: systemd takes the units as they are.
func TestUnits(t *testing.T) {
	t.Parallel()
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("systemd-analyze is not here")
	}
	dir := t.TempDir()
	var files []string
	for _, name := range []string{"jarchi.service", "jarchi-backup.service", "jarchi-backup.timer"} {
		text := strings.ReplaceAll(deployFile(t, name), "/usr/local/bin/jarchi", "/bin/true") // the program need not be installed here
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	out, err := exec.Command(analyze, append([]string{"verify", "--man=no", "--recursive-errors=no"}, files...)...).CombinedOutput()
	if err != nil || len(bytes.TrimSpace(out)) > 0 {
		t.Errorf("%v\n%s", err, out)
	}
	out, err = exec.Command(analyze, "security", "--offline=true", "--no-pager", "--threshold=25", files[0]).CombinedOutput()
	if err != nil {
		t.Errorf("exposed: %v\n%s", err, out)
	}
}
