package app_test

import (
	"encoding/hex"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/app"
	"jarchi.dev/jarchi/internal/app/sample"
	"jarchi.dev/jarchi/internal/browse"
)

// TestDemoBrings: what the demo shows besides words is there: pictures that a page can load, and the
// pages of outside sources, each at its own time among the releases.
func TestDemoBrings(t *testing.T) {
	if testing.Short() {
		t.Skip("one step after the other: nothing for the race detector")
	}
	t.Parallel()
	d, err := app.OpenDemo(ctx, app.Config{Dir: t.TempDir(), PublicURL: "http://127.0.0.1:8080", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	local := access.Viewer{Local: true, Scopes: []access.Scope{access.Intake}}
	captures, pictures, rows := 0, 0, 0
	var before time.Time
	q := browse.Query{Limit: 100}
	for {
		p, err := d.Browse.List(ctx, local, q)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range p.Entries {
			rows++
			if rows > 1 && e.At.After(before) {
				t.Errorf("a row of %v lies under one of %v", e.At, before)
			}
			before = e.At
			if e.Capture != nil {
				captures++
				continue
			}
			for _, it := range e.Release.Items {
				if it.Current() == nil {
					continue
				}
				for _, a := range it.Current().Content.Attachments {
					res := get(t, d.Handler(), "127.0.0.1:8080", "/files/"+string(it.ID)+"/"+hex.EncodeToString(a.SHA256[:]))
					b, err := io.ReadAll(res.Body)
					if err != nil || res.StatusCode != 200 || !strings.HasPrefix(res.Header.Get("Content-Type"), "image/png") || int64(len(b)) != a.Length {
						t.Errorf("a picture: %d, %s, %d bytes, %v", res.StatusCode, res.Header.Get("Content-Type"), len(b), err)
					}
					pictures++
				}
			}
		}
		if p.Next == "" {
			break
		}
		q.Cursor = p.Next
	}
	if want := len(sample.Captures()); captures < want || pictures < 10 {
		t.Errorf("%d captures of %d pages, %d pictures", captures, want, pictures)
	}
}
