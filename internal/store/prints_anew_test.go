package store_test

import (
	"database/sql"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/pressly/goose/v3"
	"pgregory.net/rapid"

	"jarchi.dev/jarchi/internal/jobs"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/story"
)

// TestPrintsAnew: a folder with the first form of the prints' tables, with or without the column that came to it later,
// and with a job that gave up, gets them anew, and all its texts are due.
func TestPrintsAnew(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]string{"as it was": "alter table sketch drop column family", "with families": "select 1"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			s := open(t, dir)
			r := rand.New(rand.NewPCG(1, 3))
			text := words(r, 60)
			enter(t, s, 1, text)
			enter(t, s, 2, text)
			s.Close()
			db, err := sql.Open("sqlite", filepath.Join(dir, "jarchi.db"))
			if err != nil {
				t.Fatal(err)
			}
			p, err := goose.NewProvider(goose.DialectSQLite3, db, os.DirFS("migrations"))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := p.DownTo(ctx, 11); err != nil {
				t.Fatal(err)
			}
			for _, q := range []string{change, "delete from job where kind = 'story.place'", "update job set dead = 1, attempt = 9 where kind = 'story.prints'", "insert into print_bucket (bucket, postings) values (7, x'0102')"} {
				if _, err := db.Exec(q); err != nil {
					t.Fatal(q, err)
				}
			}
			db.Close()

			s = open(t, dir)
			if due, err := s.DuePrints(ctx, 10); err != nil || len(due) != 2 {
				t.Fatal(due, err)
			}
			claimed, err := s.Jobs().Claim(ctx, time.Now(), 10)
			n := 0
			for _, j := range claimed {
				if j.Kind == store.JobPrints {
					n++
				}
			}
			if err != nil || n != 1 {
				t.Fatal(claimed, err)
			}
			draw(t, s, store.DocID(1, 0), text)
			if of := draw(t, s, store.DocID(2, 0), text); len(of) != 1 {
				t.Errorf("%+v", of)
			}
			if err := s.PutSketches(ctx, nil, jobs.Job{}); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestPassages: the longest passages come out of a row as they went in, in order, none over another, and anything else
// is read without a crash.
func TestPassages(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		place := rapid.IntRange(0, story.MaxUnits-1)
		spans := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) story.Span {
			s := story.Span{From: place.Draw(t, "from"), OldFrom: place.Draw(t, "old")}
			s.To = rapid.IntRange(s.From+1, story.MaxUnits).Draw(t, "to")
			s.OldTo = rapid.IntRange(s.OldFrom+1, story.MaxUnits).Draw(t, "oldto")
			return s
		}), 0, 9).Draw(t, "spans")
		older := rapid.Bool().Draw(t, "older")
		b := store.PackPassages(spans, older)
		all, kept := store.UnpackPassages(b)
		if len(b) > 40 || all > len(spans) || len(kept) != min(all, 5) || len(spans) > 0 && all == 0 {
			t.Fatalf("%v: %d bytes, %d, %v", spans, len(b), all, kept)
		}
		end := 0
		for _, p := range kept {
			if p.From < end || p.To <= p.From || p.To > story.MaxUnits {
				t.Fatalf("%v: %v", spans, kept)
			}
			end = p.To
		}
		if len(spans) == 1 && !older && kept[0] != (store.Passage{From: spans[0].From, To: spans[0].To}) {
			t.Fatalf("%v: %v", spans, kept)
		}
		if _, kept := store.UnpackPassages(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")); len(kept) > 5 {
			t.Fatal(kept)
		}
	})
}
