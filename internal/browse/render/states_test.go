package render

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/format/feed"
	"jarchi.dev/jarchi/internal/format/newsmlg2"
	"jarchi.dev/jarchi/internal/format/ninjs"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/wire"
)

var (
	t0      = time.Date(2026, 6, 1, 9, 0, 0, 0, time.UTC)
	members = map[wire.MemberID]wire.Member{
		"toqsanbulaq": {ID: "toqsanbulaq", Kind: wire.PressService, Domain: "toqsanbulaq.example", Names: map[lang.Tag]string{lang.EN: "Toqsanbulaq Press Service", lang.KK: "Тоқсанбұлақ баспасөз қызметі"}},
		"kumushdaryo": {ID: "kumushdaryo", Kind: wire.Agency, Domain: "kumushdaryo.example", Names: map[lang.Tag]string{lang.UZ: "Kumushdaryo & <oʻgʻillari>"}},
	}
	options = Options{Members: members, Base: "https://node.example", Now: t0.Add(time.Hour)}
)

func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func words(headline string, body ...string) wire.Content {
	return wire.Content{Headline: headline, Subheadline: "Sub of " + headline, Slugline: "su", Dateline: "Көксай", Byline: "А. Б.", Body: body, EdNote: "n", Keywords: []string{"су", " ", "<b>"},
		Subjects: []string{"medtop:20000639", "own:1"}, Rights: wire.Rights{Holder: "H & H", Credit: "C", UsageTerms: "T"}, AI: wire.AIDisclosure{},
		Attachments: []wire.Attachment{{SHA256: [32]byte{1, 2}, Length: 12, MediaType: "image/jpeg", Caption: "Бөгет abc", Credit: "Фото"}, {SHA256: [32]byte{3}, MediaType: "odd"}}}
}

func made(t testing.TB, items ...wire.NewItem) *wire.Release {
	if len(items) == 0 {
		items = []wire.NewItem{
			{Language: lang.KK, Content: words("Су келді: «240» <млн>", "Бірінші & абзац.", "Көксай 2026")},
			{Language: lang.FA, Translation: wire.Machine, AltID: "https://cms.example/1", Content: words("TASS: آب آمد (240)", "بند یکم ABC.", "\u2067باز")},
			{Language: lang.UZCyrl, Translation: wire.MachineEdited, Content: words("Сув келди", "Матн.")},
			{Language: lang.EN, Translation: wire.OfficialText, Content: words("آب means water", "Text.")},
			{Language: lang.KK, Type: wire.Picture, Content: words("Бөгет")},
		}
	}
	strange := map[int]wire.Content{} // words that are refused today, and stand in what was released before they were
	items = slices.Clone(items)
	for i := range items {
		c := &items[i].Content
		strange[i] = *c
		if wire.CheckHeadline("", c.Headline) != nil {
			c.Headline = "H"
		}
		c.Body = slices.Clone(c.Body)
		for n := range c.Body {
			if lang.TextMisleads(c.Body[n]) {
				c.Body[n] = "B"
			}
		}
	}
	r := must[*wire.Release](t)(wire.NewRelease([]wire.MemberID{"toqsanbulaq", "kumushdaryo", "stranger"}, "toqsanbulaq.example", wire.Audience{Class: wire.Public}, 3, items, t0.Add(-time.Hour)))
	for i, c := range strange {
		if c.Attachments = slices.Clone(c.Attachments); len(c.Attachments) > 0 {
			c.Attachments[0].Caption = "Бөгет \u202eabc"
		}
		now := &r.Items[i].Current().Content
		now.Headline, now.Body, now.Attachments = c.Headline, c.Body, c.Attachments
	}
	return r
}

// states are entries of every state and kind that can be read.
func states(t testing.TB) map[string]browse.Entry {
	event := must[wire.Event](t)
	out := map[string]browse.Entry{}
	put := func(name string, r *wire.Release) {
		out[name] = browse.Entry{Level: access.All, Release: r, Item: -1, At: r.OpenedAt}
	}
	released := func(items ...wire.NewItem) *wire.Release {
		r := made(t, items...)
		event(r.Publish(t0))
		return r
	}
	sealed := func() *wire.Release {
		r := made(t)
		if err := r.SetEmbargo(t0.Add(time.Hour), t0); err != nil {
			t.Fatal(err)
		}
		event(r.Publish(t0))
		return r
	}
	change := func(r *wire.Release) wire.Changes {
		return wire.Changes{Content: map[wire.ItemID]wire.Content{r.Items[0].ID: words("Су келмеді", "Жаңа.")}}
	}
	put("draft", made(t))
	put("released", released())
	put("embargoed", sealed())
	header := sealed()
	out["header"] = browse.Entry{Level: access.Header, Release: access.Reduce(header, access.Header), Item: -1, At: t0}
	gone := sealed()
	event(gone.Withdraw("w", t0.Add(time.Minute)))
	out["header-withdrawn"] = browse.Entry{Level: access.Header, Release: access.Reduce(gone, access.Header), Item: -1, At: t0}
	r := sealed()
	event(r.Open(t0.Add(time.Hour)))
	put("opened", r)
	r = released()
	event(r.Update(change(r), t0.Add(time.Minute)))
	put("updated", r)
	r = released()
	event(r.Correct(change(r), "сан қате <240>", t0.Add(time.Minute)))
	put("corrected", r)
	r = released()
	event(r.Withdraw("sana & oʻrin tasdiqlanmagan", t0.Add(time.Hour)))
	put("withdrawn", r)
	r = released()
	event(r.Erase(t0.Add(time.Hour)))
	put("erased", r)
	put("machine", released(wire.NewItem{Language: lang.UR, Translation: wire.Machine, Content: words("مشین", "متن۔")}))
	put("picture", released(wire.NewItem{Language: lang.RU, Type: wire.Picture, Content: words("Снимок")}))
	put("bare", released(wire.NewItem{Language: "sw", Content: wire.Content{Headline: "\u200b\x02\ufffe"}}))
	put("no-headline", released(wire.NewItem{Language: lang.AR, Content: wire.Content{Headline: "\u200f", Body: []string{"متن فقط", "\x01\x1f", "]]> & <script>alert(1)</script>"}}}))

	many := released(wire.NewItem{Language: lang.EN, Content: words("Many", "Text.")})
	for n := len(many.Items); n < 300; n++ { // more than a release may have
		it := many.Items[0]
		it.ID = wire.NewItemID()
		it.URI = wire.ItemURI("toqsanbulaq.example", t0, it.ID)
		it.Language = lang.Tag("q" + string(rune('a'+n%26)) + string(rune('a'+n/26)))
		it.Translation = []wire.Translation{wire.OfficialText, wire.Human, wire.Machine}[n%3]
		many.Items = append(many.Items, it)
	}
	put("300-languages", many)

	for name, c := range map[string]*wire.Capture{
		"full": {ID: "ab-1", URI: wire.CaptureURI("ab", 1), SourceURL: "https://news.sabzwadi.example/a?b=c&d", N: 1, Language: lang.UR, Headline: "پانی NATO آیا", Body: []string{"پہلا پیرا۔"}, Dateline: "سبزوادی",
			Date: &wire.StatedDate{Value: "2026-03-12", Precision: "day"}, Attribution: []wire.Attribution{{Relation: "original", Source: "Nildasht"}, {Relation: "published-by", Source: "S"}, {Source: " "}}, Credits: []string{"NA"}, MachineTranslated: true, Truncated: true, ArrivedAt: t0},
		"bare": {ID: "ab-2", URI: wire.CaptureURI("ab", 2), Language: lang.Und, SourceURL: "javascript:alert(1)", Body: []string{"Text."}, ArrivedAt: t0},
	} {
		out["capture-"+name] = browse.Entry{Level: access.All, Capture: c, Item: -1, At: t0}
	}
	return out
}

// feeds of everything, and of each alone.
func feeds(t testing.TB) map[string]FeedDoc {
	about := FeedAbout{Language: lang.EN, Site: "https://node.example/?q=a&lang=kk", Self: "https://node.example/feeds/all.atom?cursor=x&lang=kk", First: "https://node.example/feeds/all.atom", Next: "https://node.example/feeds/all.atom?cursor=y"}
	out := map[string]FeedDoc{"empty": Feed(browse.Feed{}, about, options)}
	var all browse.Feed
	for name, e := range states(t) {
		if name == "draft" { // on no list
			continue
		}
		out[name] = Feed(browse.Feed{Page: browse.Page{Entries: []browse.Entry{e}}}, about, options)
		all.Entries = append(all.Entries, e)
	}
	about.Language, about.Only, about.Asked = lang.FA, "", "آب \x02 & <ABC>"
	out["all"] = Feed(all, about, Options{Members: members, Base: "https://node.example", Now: t0, Token: true})
	return out
}

// checked runs a command over files, or skips with a sentence where it is not installed.
func checked(t *testing.T, docs map[string][]byte, tool, ending string, args ...string) {
	t.Helper()
	path, err := exec.LookPath(tool)
	if err != nil {
		if tool == "xmllint" && os.Getenv("CI") == "true" {
			t.Fatal("xmllint is not installed (Debian package libxml2-utils)")
		}
		t.Skipf("%s is not installed: documents are not checked by it", tool)
	}
	dir := t.TempDir()
	for name, doc := range docs {
		file := filepath.Join(dir, name+ending)
		if err := os.WriteFile(file, doc, 0o600); err != nil {
			t.Fatal(err)
		}
		if tool != "ajv" {
			args = append(args, file)
		}
	}
	if tool == "ajv" {
		args = append(args, "-d", filepath.Join(dir, "*"+ending))
	}
	if out, err := exec.Command(path, args...).CombinedOutput(); err != nil {
		text := string(bytes.ReplaceAll(out, []byte(dir), nil))
		t.Errorf("%s: %v\n%.4000s", tool, err, text)
	}
}

// strict reads a document to its end by the rules of XML.
func strict(t testing.TB, name string, doc []byte) {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(doc))
	for {
		if _, err := d.Token(); err == io.EOF {
			return
		} else if err != nil {
			t.Fatalf("%s: %v\n%.2000s", name, err, doc)
		}
	}
}

func TestAtomOfEveryState(t *testing.T) {
	t.Parallel()
	docs := map[string][]byte{}
	for name, f := range feeds(t) {
		docs[name] = f.Atom()
		strict(t, name, docs[name])
	}
	checked(t, docs, "xmllint", ".xml", "--nonet", "--noout", "--relaxng", "../../format/feed/testdata/atom.rng")
}

func TestRSSOfEveryState(t *testing.T) {
	t.Parallel()
	docs := map[string][]byte{}
	for name, f := range feeds(t) {
		docs[name] = f.RSS()
		strict(t, name, docs[name])
	}
	checked(t, docs, "xmllint", ".xml", "--nonet", "--noout", "--relaxng", "../../format/feed/testdata/rss.rng")
}

func TestNewsMLOfEveryState(t *testing.T) {
	t.Parallel()
	docs := map[string][]byte{}
	for name, e := range states(t) {
		for i := range itemsOf(e) {
			e.Item = i
			if i < 6 || i == 299 {
				docs[fmt.Sprint(name, "-", i)] = must[[]byte](t)(NewsML(e, options))
			}
		}
	}
	for name, doc := range docs {
		if got, err := newsmlg2.Parse(doc); err != nil || len(got) != 1 {
			t.Errorf("%s: %v", name, err)
		}
	}
	checked(t, docs, "xmllint", ".xml", "--nonet", "--noout", "--schema", "../../format/newsmlg2/testdata/NewsML-G2_2.35-spec-All-Power.xsd")
}

// itemsOf has a place for each item of an entry, one for a capture.
func itemsOf(e browse.Entry) []struct{} {
	if e.Capture != nil {
		return make([]struct{}, 1)
	}
	return make([]struct{}, len(e.Release.Items))
}

// schema compiles one of the schemas of the repository, with GeoJSON's under its own address.
func schema(t *testing.T, address, file string) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	for url, path := range map[string]string{address: file, "https://geojson.org/schema/GeoJSON.json": "../../format/ninjs/testdata/GeoJSON-schema.json"} {
		f := must[*os.File](t)(os.Open(path))
		doc, err := jsonschema.UnmarshalJSON(f)
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.AddResource(url, doc); err != nil {
			t.Fatal(err)
		}
	}
	return must[*jsonschema.Schema](t)(c.Compile(address))
}

func ninjsDocs(t testing.TB, version string) map[string][]byte {
	docs := map[string][]byte{}
	for name, e := range states(t) {
		for _, full := range []bool{true, false} {
			for i, item := range Ninjs(e, "", full, options) {
				if i > 6 && i != 299 {
					continue
				}
				if full && e.Release != nil {
					item = NinjsItem(e, i, full, options)
				}
				if version == "3.0" {
					item = item.As30()
				}
				if err := item.Validate(); err != nil {
					t.Errorf("%s: %v", name, err)
				}
				docs[fmt.Sprint(name, "-", i, "-", full)] = must[[]byte](t)(item.Marshal())
			}
		}
	}
	return docs
}

func TestNinjsOfEveryState(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"3.1", "3.0"} {
		s := schema(t, "http://www.iptc.org/std/ninjs/ninjs-schema_"+version+".json", "../../format/ninjs/testdata/ninjs-schema_"+version+".json")
		for name, doc := range ninjsDocs(t, version) {
			v, err := jsonschema.UnmarshalJSON(bytes.NewReader(doc))
			if err == nil {
				err = s.Validate(v)
			}
			if err != nil {
				t.Errorf("%s, %s: %v\n%s", version, name, err, doc)
			}
			if back, err := ninjs.Parse(doc); err != nil || back.Standard.Version != version {
				t.Errorf("%s, %s: %+v, %v", version, name, back.Standard, err)
			}
		}
	}
}

// The same by two other validators, where they are installed.
func TestNinjsByOthers(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"3.1", "3.0"} {
		file := "../../format/ninjs/testdata/ninjs-schema_" + version + ".json"
		docs := ninjsDocs(t, version)
		for name := range docs { // of each state what is said first, in another script and as a picture: they take their time
			if n := strings.Split(name, "-"); !slices.Contains([]string{"0", "1", "4"}, n[len(n)-2]) {
				delete(docs, name)
			}
		}
		t.Run("python jsonschema "+version, func(t *testing.T) {
			checked(t, docs, python(t, "jsonschema", "python3-jsonschema"), ".json", "-c", `
import json, sys, warnings
warnings.simplefilter("ignore", DeprecationWarning)
from jsonschema import Draft202012Validator, FormatChecker, RefResolver # of version 4.10, which Debian 12 has
schema, geo = json.load(open(sys.argv[1])), json.load(open(sys.argv[2]))
check = Draft202012Validator(schema, resolver=RefResolver.from_schema(schema, store={"https://geojson.org/schema/GeoJSON.json": geo}), format_checker=FormatChecker())
bad = 0
for f in sys.argv[3:]:
    for e in check.iter_errors(json.load(open(f, encoding="utf-8"))):
        bad += 1
        print(f, e.json_path, e.message)
sys.exit(1 if bad else 0)
`, file, "../../format/ninjs/testdata/GeoJSON-schema.json")
		})
		t.Run("ajv "+version, func(t *testing.T) {
			checked(t, docs, "ajv", ".json", "validate", "--spec=draft2020", "-c", "ajv-formats", "--strict=false", "-s", file, "-r", "../../format/ninjs/testdata/GeoJSON-schema.json")
		})
	}
}

func TestJSONFeedOfEveryState(t *testing.T) {
	t.Parallel()
	s := schema(t, "https://jarchi.dev/ns/test/jsonfeed.json", "../../format/feed/testdata/jsonfeed.json")
	for name, f := range feeds(t) {
		doc := must[[]byte](t)(f.JSON())
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(doc))
		if err == nil {
			err = s.Validate(v)
		}
		if err != nil {
			t.Errorf("%s: %v\n%.3000s", name, err, doc)
		}
	}
}

// What our own reader makes of what we write: as many entries, with ids, titles, times and languages as they were meant.
func TestFeedsComeBack(t *testing.T) {
	t.Parallel()
	for name, f := range feeds(t) {
		for form, doc := range map[string][]byte{"atom": f.Atom(), "rss": f.RSS(), "json": must[[]byte](t)(f.JSON())} {
			back, err := feed.Read(string(doc), "https://elsewhere.example/")
			if err != nil || len(back.Damage) > 0 || len(back.Entries) != len(f.Posts) || back.Format != form {
				t.Fatalf("%s, %s: %d entries of %d, %v, %+v", name, form, len(back.Entries), len(f.Posts), err, back.Damage)
			}
			for i, e := range back.Entries {
				p := f.Posts[i]
				id := p.ID
				if form == "atom" && p.Notice {
					id = "urn:jarchi:notice:" + id
				}
				tag := string(p.Language)
				if p.Language == lang.Und {
					tag = ""
				}
				if at, err := time.Parse(time.RFC3339, e.Updated); e.ID != id || e.Language != tag || e.Title == "" || strings.HasPrefix(p.Link, "http") && e.Link != p.Link || form != "rss" && (err != nil || !at.Equal(p.Updated)) {
					t.Errorf("%s, %s, %d: %+v\nof %+v", name, form, i, e, p)
				}
			}
		}
	}
}

// Nothing of the words of what is gone or sealed is in any format; its state is.
func TestNothingOfWhatIsGone(t *testing.T) {
	t.Parallel()
	all := states(t)
	for _, name := range []string{"withdrawn", "erased", "header", "header-withdrawn"} {
		e := all[name]
		f := Feed(browse.Feed{Page: browse.Page{Entries: []browse.Entry{e}}}, FeedAbout{Language: lang.EN, Self: "https://node.example/feeds/all.atom", Site: "https://node.example/"}, options)
		docs := map[string][]byte{"atom": f.Atom(), "rss": f.RSS(), "json": must[[]byte](t)(f.JSON())}
		for i := range e.Release.Items {
			e.Item = i
			docs[fmt.Sprint("text", i)] = must[[]byte](t)(Text(e, options))
			docs[fmt.Sprint("newsml", i)] = must[[]byte](t)(NewsML(e, options))
			docs[fmt.Sprint("ninjs", i)] = must[[]byte](t)(NinjsItem(e, i, true, options).Marshal())
			docs[fmt.Sprint("embed", i)] = must[[]byte](t)(Embed(e, options))
			docs[fmt.Sprint("superdesk", i)] = must[[]byte](t)(Superdesk(e, options))
		}
		for format, doc := range docs {
			for _, s := range []string{"240", "келді", "آب آمد", "абзац", "20000639", "image/jpeg", "Фото", "cms.example", "Көксай", "0102", "AI", "Text.", "trained"} {
				if strings.HasPrefix(format, "newsml") && s == "AI" || s == "cms.example" && name != "header" && !strings.HasPrefix(format, "newsml") {
					continue
				}
				if bytes.Contains(doc, []byte(s)) {
					t.Errorf("%s, %s holds %q:\n%s", name, format, s, doc)
				}
			}
			if reason := bytes.Contains(doc, []byte("tasdiqlanmagan")); reason != (name == "withdrawn") {
				t.Errorf("%s, %s: reason is %v\n%s", name, format, reason, doc)
			}
		}
	}
}

// The direction of every text is told, and an override in one does not reach the next.
func TestDirections(t *testing.T) {
	t.Parallel()
	e := states(t)["released"]
	f := Feed(browse.Feed{Page: browse.Page{Entries: []browse.Entry{e}}}, FeedAbout{Language: lang.EN, Self: "https://node.example/feeds/all.atom", Site: "https://node.example/"}, options)
	for form, doc := range map[string][]byte{"atom": f.Atom(), "rss": f.RSS(), "json": must[[]byte](t)(f.JSON())} {
		s := string(doc)
		if strings.ContainsAny(s, "\u202e\u2067") {
			t.Errorf("%s: an override or an open isolate is left", form)
		}
		if !strings.Contains(s, "\u200fTASS: آب آمد") || !strings.Contains(s, "\u200eآب means water") || strings.Contains(s, "\u200eСу") {
			t.Errorf("%s: titles lack their direction", form)
		}
		for _, want := range []string{`lang="fa" xml:lang="fa" dir="rtl"`, `lang="kk" xml:lang="kk" dir="ltr"`} {
			if form == "rss" {
				want = strings.ReplaceAll(want, `"`, "&quot;")
			}
			if form == "json" {
				b, _ := json.Marshal(want)
				want = string(b[1 : len(b)-1])
			}
			if !strings.Contains(s, want) {
				t.Errorf("%s lacks %s", form, want)
			}
		}
	}
	e.Item = 1
	text := string(must[[]byte](t)(Text(e, options)))
	if !strings.HasPrefix(text, "[ترجمهٔ ماشینی؛") || !strings.Contains(text, "\n\n\u200fTASS: آب آمد (240)\n\n") || strings.Contains(text, "\u2067") {
		t.Errorf("%q", text)
	}
}
