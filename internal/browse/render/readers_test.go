package render

import (
	"cmp"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/lang"
)

// What programs that are not ours make of a feed with an entry of every state and kind, and of one without any, as Atom and as RSS.

func feedsForOthers(t *testing.T) map[string]FeedDoc {
	var all browse.Feed
	for name, e := range states(t) {
		if name != "draft" && name != "300-languages" { // on no list; no more to see than in the others
			all.Entries = append(all.Entries, e)
		}
	}
	about := FeedAbout{Language: lang.FA, Asked: "آب \x02 & <ABC>", Site: "https://node.example/?q=a&lang=kk", Self: "https://node.example/feeds/all.atom?cursor=x&lang=kk", First: "https://node.example/feeds/all.atom", Next: "https://node.example/feeds/all.atom?cursor=y"}
	return map[string]FeedDoc{"all": Feed(all, about, Options{Members: members, Base: "https://node.example", Now: t0, Token: true}), "empty": Feed(browse.Feed{}, about, options)}
}

// foreignFeed is a feed as a reader of others tells it.
type foreignFeed struct {
	Error, Title, Language, Link string
	Entries                      []foreignEntry
}

type foreignEntry struct {
	ID, Title, Link, Content, Description, Date, Updated, Language string
	Authors, Categories                                            []string
}

// asked has a program read the feeds, named in its arguments, and compares what it tells with what was meant. Of a language its tag is compared where the reader tells one.
func asked(t *testing.T, docs map[string]FeedDoc, program string, args ...string) {
	t.Helper()
	dir := t.TempDir()
	meant := map[string]FeedDoc{}
	for name, f := range docs {
		for form, b := range map[string][]byte{".atom": f.Atom(), ".rss": f.RSS()} {
			file := filepath.Join(dir, name+form)
			if err := os.WriteFile(file, b, 0o600); err != nil {
				t.Fatal(err)
			}
			args, meant[name+form] = append(args, file), f
		}
	}
	out, err := exec.Command(program, args...).Output()
	var told map[string]foreignFeed
	if err == nil {
		err = json.Unmarshal(out, &told)
	}
	if err != nil {
		var failed *exec.ExitError
		if errors.As(err, &failed) {
			out = append(out, failed.Stderr...)
		}
		t.Fatalf("%v\n%.3000s", err, out)
	}
	for name, f := range meant {
		got := told[name]
		if got.Error != "" || got.Title == "" || got.Link == "" || len(got.Entries) != len(f.Posts) {
			t.Errorf("%s: %q, title %q, link %q, %d entries of %d", name, got.Error, got.Title, got.Link, len(got.Entries), len(f.Posts))
			continue
		}
		atom := strings.HasSuffix(name, ".atom")
		for i, p := range f.Posts {
			e, id := got.Entries[i], p.ID
			if atom && p.Notice {
				id = "urn:jarchi:notice:" + id
			}
			fail := func(what, is, want string) {
				if is != want {
					t.Errorf("%s, %d (%s): %s is %q, not %q", name, i, p.ID, what, is, want)
				}
			}
			fail("id", e.ID, id)
			if title := p.Title.Line(); strings.Trim(title, " \u200b\u200f") != "" {
				fail("title", strings.Join(strings.Fields(e.Title), " "), strings.Join(strings.Fields(title), " "))
			} else if e.Title == "" {
				t.Errorf("%s, %d: no title", name, i)
			}
			if strings.HasPrefix(p.Link, "http") {
				fail("link", e.Link, p.Link)
			}
			if p.Language != lang.Und {
				fail("language", e.Language, string(p.Language))
			}
			if !p.Published.IsZero() {
				fail("date", e.Date, p.Published.UTC().Format("2006-01-02T15:04:05+00:00"))
			}
			if atom {
				fail("updated", e.Updated, p.Updated.UTC().Format("2006-01-02T15:04:05+00:00"))
			}
			for _, a := range p.Authors {
				if name := strings.TrimSpace(a.Name); name != "" && !slices.Contains(e.Authors, name) {
					t.Errorf("%s, %d: author %q is not among %q", name, i, name, e.Authors)
				}
			}
			for _, c := range p.Categories {
				if label := strings.TrimSpace(cmp.Or(c.Label, c.Term)); !slices.Contains(e.Categories, label) {
					t.Errorf("%s, %d: category %q is not among %q", name, i, label, e.Categories)
				}
			}
			// The words, with their language and direction, and nothing that runs.
			for _, x := range p.Paragraphs {
				if !strings.Contains(e.Content, `dir="`+x.Language.Dir()+`"`) && x.Language != lang.Und {
					t.Errorf("%s, %d: no direction of %s in %.300s", name, i, x.Language, e.Content)
				}
			}
			if strings.Contains(e.Content, "<script") || strings.ContainsAny(e.Title+e.Content, "\u202e\x02") {
				t.Errorf("%s, %d: %.500s", name, i, e.Content)
			}
		}
	}
}

// WordPress: its own copy of SimplePie and its own cleaning of markup, out of Debian's package. No other part of it runs.
func TestWordPressReadsTheFeeds(t *testing.T) {
	t.Parallel()
	root := os.Getenv("JARCHI_WORDPRESS")
	if root == "" {
		root = "/usr/share/wordpress"
	}
	if _, err := os.Stat(filepath.Join(root, "wp-includes", "SimplePie")); err != nil {
		t.Skip("WordPress is not installed (Debian package wordpress, or its files in the folder JARCHI_WORDPRESS): the feeds are not read by it")
	}
	if exec.Command("php", "-r", "exit(function_exists('xml_parser_create') ? 0 : 1);").Run() != nil {
		t.Skip("PHP with XML is not installed (Debian packages php-cli, php-xml): the feeds are not read by WordPress")
	}
	asked(t, feedsForOthers(t), "php", "testdata/wordpress.php", root+"/")
}

// Universal Feed Parser, which many programs and Superdesk's RSS ingest read with. It says (bozo) when a feed is not well-formed or lies about itself.
func TestFeedParserReadsTheFeeds(t *testing.T) {
	t.Parallel()
	asked(t, feedsForOthers(t), python(t, "feedparser", "python3-feedparser"), "testdata/universal.py")
}

// python is one that has a module: the first in the path, else Debian's own.
func python(t *testing.T, module, pack string) string {
	t.Helper()
	for _, program := range []string{"python3", "/usr/bin/python3"} {
		if exec.Command(program, "-c", "import "+module).Run() == nil {
			return program
		}
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("Python has no module %s (Debian package %s)", module, pack)
	}
	t.Skipf("Python has no module %s (Debian package %s): nothing is checked by it", module, pack)
	return ""
}
