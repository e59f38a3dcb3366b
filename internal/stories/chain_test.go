package stories_test

import (
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/facts"
	"jarchi.dev/jarchi/internal/intake"
	"jarchi.dev/jarchi/internal/story"
)

// The figure of docs/languages.md: processor time of the whole chain of a captured page, from its bytes to its place among the
// stories: reading, language, facts with persons, headline against body, prints of copies, traits and linking.
//
//	JARCHI_SHARED=… go test -v -run SpeedOfChain ./internal/stories
func TestSpeedOfChain(t *testing.T) {
	if !testing.Verbose() || os.Getenv("JARCHI_SHARED") == "" {
		t.Skip("a measure without bounds: -v, with JARCHI_SHARED")
	}
	files, _ := filepath.Glob(filepath.Join(os.Getenv("JARCHI_SHARED"), "data", "article-extraction", "html", "*.gz"))
	var pages [][]byte
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		z, err := gzip.NewReader(f)
		if err != nil {
			t.Fatal(err)
		}
		page, err := io.ReadAll(z)
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, page)
	}
	now := time.Date(2026, 6, 12, 12, 0, 0, 0, time.UTC)
	chain := func() {
		linker := story.NewLinker()
		for i, page := range pages {
			articles, err := intake.Read(intake.Document{Name: files[i], ContentType: "text/html", Bytes: page}, now)
			if err != nil {
				t.Fatal(err)
			}
			for _, a := range articles {
				body := strings.Join(a.Paragraphs, "\n")
				tag := a.Detection.Tag
				facts.Read(tag, a.Headline+"\n"+body)
				facts.Against(tag, a.Headline, body)
				story.Draw(tag, body)
				if _, err := linker.Place(5, story.Text{ID: files[i] + a.Headline, At: now, Traits: story.ReadTraits(tag, a.Headline+"\n"+body, now)}); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	used := func() time.Duration {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			t.Skip(err)
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	chain()
	runtime.GC()
	begin := used()
	chain()
	each := (used() - begin) / time.Duration(len(pages))
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	t.Logf("%d pages, %v of processor time each: %.0f a second on two cores; at most %d MB resident, pages and all", len(pages), each.Round(10*time.Microsecond), 2/each.Seconds(), u.Maxrss>>10)
}
