package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/jobs"
	"jarchi.dev/jarchi/internal/store"
)

// TestTroublesAreSeen: what could not be read and what was given up is listed, and tried again.
func TestTroublesAreSeen(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "wire")
	if code, _, talk := runCommand("", "member", "add", "--data", data, "--id", "alfa", "--kind", "agency", "--domain", "alfa.example", "--name", "en=Alfa"); code != 0 {
		t.Fatal(talk)
	}
	for _, list := range []string{"quarantine list", "jobs list"} {
		if code, out, talk := runCommand("", append(strings.Fields(list), "--data", data)...); code != 0 || out != "" || talk != "" {
			t.Errorf("%s of a new node: %d %q %q", list, code, out, talk)
		}
	}

	if code, out, talk := runCommand("", "import", "--data", data, "-"); code != 0 || !strings.Contains(out, "empty") {
		t.Fatal(code, out, talk)
	}
	code, out, talk := runCommand("", "quarantine", "list", "--data", data)
	var q struct{ ID, Name, Reason, ArrivedAt string }
	if err := json.Unmarshal([]byte(out), &q); code != 0 || err != nil || len(q.ID) != 64 || q.Reason == "" || q.ArrivedAt == "" {
		t.Errorf("%d %q %q %v", code, out, talk, err)
	}

	give := func() []store.DeadJob {
		t.Helper()
		ctx := context.Background()
		s, err := store.Open(ctx, data, time.Now, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		if err := s.Write(ctx, func(t *store.Tx) error { return t.Enqueue(jobs.Job{Kind: "release.open", Args: "abc"}) }); err != nil {
			t.Fatal(err)
		}
		js, err := s.Jobs().Claim(ctx, time.Now(), 1)
		if err != nil || len(js) != 1 {
			t.Fatal(js, err)
		}
		if err := s.Jobs().Fail(ctx, js[0], "It <failed>.", time.Now(), true); err != nil {
			t.Fatal(err)
		}
		dead, err := s.DeadJobs(ctx, 10)
		if err != nil {
			t.Fatal(err)
		}
		return dead
	}
	dead := give()
	code, out, talk = runCommand("", "jobs", "list", "--data", data)
	if want := fmt.Sprintf(`{"id":%d,"kind":"release.open","args":"abc","dueAt":"`, dead[0].ID); code != 0 || !strings.HasPrefix(out, want) || !strings.HasSuffix(out, `","attempts":1,"error":"It <failed>."}`+"\n") {
		t.Errorf("%d %q %q", code, out, talk)
	}
	id := fmt.Sprint(dead[0].ID)
	if code, _, talk := runCommand("", "jobs", "retry", "--data", data, id); code != 0 || !strings.Contains(talk, "waits") {
		t.Error(code, talk)
	}
	if code, out, _ := runCommand("", "jobs", "list", "--data", data); code != 0 || out != "" {
		t.Error("still given up:", out)
	}
	if code, _, talk := runCommand("", "jobs", "retry", "--data", data, id); code != 1 || !strings.Contains(talk, "given up") {
		t.Error("what is no dead letter:", code, talk)
	}
}
