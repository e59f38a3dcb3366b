package newsmlg2

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/wire"
)

var (
	t0      = time.Date(2026, 3, 12, 9, 5, 0, 0, time.UTC)
	members = map[wire.MemberID]wire.Member{
		"toqsanbulaq": {ID: "toqsanbulaq", Kind: wire.PressService, Domain: "toqsanbulaq.example", Names: map[lang.Tag]string{
			lang.EN: "Toqsanbulaq Press Service", lang.KK: "Тоқсанбұлақ баспасөз қызметі"}},
		"kumushdaryo": {ID: "kumushdaryo", Kind: wire.Agency, Domain: "kumushdaryo.example", Names: map[lang.Tag]string{
			lang.UZ: "Kumushdaryo axborot agentligi"}},
	}
)

func content(headline string, body ...string) wire.Content {
	return wire.Content{
		Headline: headline, Subheadline: "Қысқаша", Slugline: "water-koksai", Dateline: "Тоқсанбұлақ", Byline: "Су бөлімі", Body: body,
		EdNote: "Карта бөлек\nжіберіледі", Keywords: []string{"су", "<b>"}, Subjects: []string{"medtop:20000270", "medtop:20000437", "own:1"},
		Rights:      wire.Rights{Holder: "Тоқсанбұлақ", Credit: "Тоқсанбұлақ БҚ", UsageTerms: "Дереккөзді көрсетіңіз."},
		Attachments: []wire.Attachment{{SHA256: [32]byte{1, 2}, Length: 12, MediaType: "image/jpeg", Caption: "Көксай"}},
	}
}

func draft(t testing.TB) *wire.Release {
	t.Helper()
	fa := content("توقسان\u200cبلاق «آب» رها می\u200cکند", "بند یکم.", "بند دوم & سوم.")
	fa.AI = wire.AIDisclosure{Note: "ماشین ترجمه کرده است"}
	r, err := wire.NewRelease([]wire.MemberID{"toqsanbulaq", "kumushdaryo", "stranger"}, "toqsanbulaq.example", wire.Audience{Class: wire.Public}, 3, []wire.NewItem{
		{Language: lang.KK, Content: content("Тоқсанбұлақ 240 миллион текше метр су жібереді", "Бірінші <абзац>.", "Екінші абзац.")},
		{Language: lang.UZCyrl, Translation: wire.Human, AltID: "tag:kumushdaryo.example,1", Content: content("Сув чиқарилади", "Матн.")},
		{Language: lang.FA, Translation: wire.Machine, Content: fa},
		{Language: lang.EN, Type: wire.Picture, Content: content("The reservoir")},
	}, t0.Add(-time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// states is one release of every state, and after every kind of change.
func states(t testing.TB) map[string]*wire.Release {
	t.Helper()
	event := must[wire.Event](t)
	out := map[string]*wire.Release{}
	out["draft"] = draft(t)
	approve := func(r *wire.Release) *wire.Release {
		if err := r.Approve("a", t0); err != nil {
			t.Fatal(err)
		}
		return r
	}
	out["approved"] = approve(draft(t))
	out["scheduled"] = approve(draft(t))
	if err := out["scheduled"].Schedule(t0.Add(time.Hour), t0); err != nil {
		t.Fatal(err)
	}
	sealed := func() *wire.Release {
		r := draft(t)
		if err := r.SetEmbargo(t0.Add(2*time.Hour), t0); err != nil {
			t.Fatal(err)
		}
		event(r.Publish(t0))
		return r
	}
	out["embargoed"] = sealed()
	out["opened"] = sealed()
	event(out["opened"].Open(t0.Add(2 * time.Hour)))
	released := func() *wire.Release {
		r := draft(t)
		event(r.Publish(t0))
		return r
	}
	changes := func(r *wire.Release) wire.Changes {
		return wire.Changes{Content: map[wire.ItemID]wire.Content{r.Items[0].ID: content("Тоқсанбұлақ 24 миллион емес, 240 миллион", "Жаңа мәтін.")}}
	}
	out["released"] = released()
	out["updated"] = released()
	event(out["updated"].Update(changes(out["updated"]), t0.Add(time.Minute)))
	out["corrected"] = released()
	event(out["corrected"].Correct(changes(out["corrected"]), "сан қате жазылған", t0.Add(time.Minute)))
	out["withdrawn"] = released()
	event(out["withdrawn"].Withdraw("sana tasdiqlanmagan", t0.Add(time.Hour)))
	out["erased"] = released()
	event(out["erased"].Withdraw("sana tasdiqlanmagan", t0.Add(time.Hour)))
	event(out["erased"].Erase(t0.Add(2 * time.Hour)))
	return out
}

// valid runs the official schema over documents, in one call of xmllint.
func valid(t *testing.T, docs map[string][]byte) {
	t.Helper()
	xmllint, err := exec.LookPath("xmllint")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("xmllint is not installed (Debian package libxml2-utils)")
		}
		t.Skip("xmllint is not installed (Debian package libxml2-utils): documents are not checked against the schema")
	}
	dir := t.TempDir()
	args := []string{"--nonet", "--noout", "--schema", "testdata/NewsML-G2_2.35-spec-All-Power.xsd"}
	for name, doc := range docs {
		file := filepath.Join(dir, name+".xml")
		if err := os.WriteFile(file, doc, 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, file)
	}
	if out, err := exec.Command(xmllint, args...).CombinedOutput(); err != nil {
		t.Errorf("xmllint: %v\n%s", err, bytes.ReplaceAll(out, []byte(dir), nil))
	}
}

func TestEveryStateIsValid(t *testing.T) {
	t.Parallel()
	docs := map[string][]byte{}
	for name, r := range states(t) {
		for i := range r.Items {
			docs[name+"-"+string(r.Items[i].Language)] = must[[]byte](t)(Marshal(r, i, members, t0, nil))
			docs[name+"-header-"+string(r.Items[i].Language)] = must[[]byte](t)(Header(r, i, members, t0))
		}
	}
	nothing := draft(t)
	nothing.Items[0].Versions[0].Content = wire.Content{Headline: "a\tb\x01\u2028"}
	nothing.Urgency = 0
	docs["nothing"] = must[[]byte](t)(Marshal(nothing, 0, nil, time.Time{}, nil))
	for name, c := range captures() {
		docs["capture-"+name] = must[[]byte](t)(Capture(c))
	}
	valid(t, docs)

	// Every alias that is used is in the catalogue.
	for name, doc := range docs {
		for _, q := range []string{` qcode="`, ` rel="`, ` role="`} {
			for _, part := range strings.Split(string(doc), q)[1:] {
				alias, _, _ := strings.Cut(part, ":")
				if !slices.ContainsFunc(schemes, func(s [2]string) bool { return s[0] == alias }) {
					t.Errorf("%s: the alias %q is not in the catalogue", name, alias)
				}
			}
		}
	}
}

func one(t testing.TB, doc []byte) Parsed {
	t.Helper()
	items, err := Parse(doc)
	if err != nil || len(items) != 1 {
		t.Fatalf("%d items, %v\n%s", len(items), err, doc)
	}
	return items[0]
}

func TestStates(t *testing.T) {
	t.Parallel()
	all := states(t)
	for name, want := range map[string]struct {
		status   string
		version  int
		embargo  time.Time
		open     bool
		signals  []string
		headline string
		notes    int
	}{
		"draft":     {"withheld", 1, time.Time{}, true, nil, "Тоқсанбұлақ 240 миллион текше метр су жібереді", 1},
		"approved":  {"withheld", 1, time.Time{}, true, nil, "Тоқсанбұлақ 240 миллион текше метр су жібереді", 1},
		"scheduled": {"withheld", 1, t0.Add(time.Hour), false, nil, "Тоқсанбұлақ 240 миллион текше метр су жібереді", 1},
		"embargoed": {"withheld", 1, t0.Add(2 * time.Hour), false, nil, "Тоқсанбұлақ 240 миллион текше метр су жібереді", 1},
		"opened":    {"usable", 1, time.Time{}, false, nil, "Тоқсанбұлақ 240 миллион текше метр су жібереді", 1},
		"released":  {"usable", 1, time.Time{}, false, nil, "Тоқсанбұлақ 240 миллион текше метр су жібереді", 1},
		"updated":   {"usable", 2, time.Time{}, false, []string{"update"}, "Тоқсанбұлақ 24 миллион емес, 240 миллион", 1},
		"corrected": {"usable", 2, time.Time{}, false, []string{"correction"}, "Тоқсанбұлақ 24 миллион емес, 240 миллион", 2},
		"withdrawn": {"canceled", 2, time.Time{}, false, []string{"withdrawal"}, "", 1},
		"erased":    {"canceled", 3, time.Time{}, false, []string{"erasure"}, "", 0},
	} {
		p := one(t, must[[]byte](t)(Marshal(all[name], 0, members, t0.Add(3*time.Hour), nil)))
		if p.PubStatus != want.status || p.Version != want.version || !p.Embargoed.Equal(want.embargo) || p.EmbargoOpenEnded != want.open ||
			!slices.Equal(p.Signals, want.signals) || p.Headline != want.headline || len(p.EdNotes) != want.notes {
			t.Errorf("%s: %+v", name, p)
		}
	}
}

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	r := states(t)["corrected"]
	r.Joint = []wire.Concurrence{{Member: r.Issuers[1], At: t0, Words: r.Words()}, {Member: r.Issuers[2], At: t0, Words: r.Words() - 1}} // the second of other words
	got := one(t, must[[]byte](t)(Marshal(r, 0, members, t0, nil)))
	want := Parsed{
		GUID: string(r.Items[0].URI), Version: 2, ItemClass: "text", Language: lang.KK, Provider: "Тоқсанбұлақ баспасөз қызметі",
		PubStatus: "usable", VersionCreated: t0.Add(time.Minute), FirstCreated: t0, Urgency: 3,
		Headline: "Тоқсанбұлақ 24 миллион емес, 240 миллион", Subheadline: "Қысқаша", Slugline: "water-koksai", Dateline: "Тоқсанбұлақ",
		Byline: "Су бөлімі", Credit: "Тоқсанбұлақ БҚ", CopyrightHolder: "Тоқсанбұлақ", UsageTerms: "Дереккөзді көрсетіңіз.",
		EdNotes: []string{"Карта бөлек жіберіледі", "сан қате жазылған"}, Keywords: []string{"су", "<b>"},
		Subjects: []string{"medtop:20000270", "medtop:20000437"}, Signals: []string{"correction"},
		InfoSources: []string{"Тоқсанбұлақ баспасөз қызметі"},
		Creators:    []string{"Тоқсанбұлақ баспасөз қызметі", "Kumushdaryo axborot agentligi"},
		Translation: "original", Paragraphs: []string{"Жаңа мәтін."},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	machine := one(t, must[[]byte](t)(Marshal(r, 2, members, t0, nil)))
	if machine.DigitalSourceType != "trainedAlgorithmicMedia" || machine.Translation != "machine" || machine.Language != lang.FA ||
		!slices.Equal(machine.Paragraphs, []string{"بند یکم.", "بند دوم & سوم."}) {
		t.Errorf("%+v", machine)
	}
}

// What a canceled document or a header may not hold is nowhere in its bytes.
func TestNothingLeaks(t *testing.T) {
	t.Parallel()
	all := states(t)
	secret := []string{"240", "миллион", "абзац", "water-koksai", "20000270", "Дереккөзді", "Карта", "Қысқаша", "Су бөлімі", "image/jpeg", "translation", "&lt;b"}
	check := func(name string, doc []byte) {
		for _, s := range secret {
			if bytes.Contains(doc, []byte(s)) {
				t.Errorf("%s holds %q:\n%s", name, s, doc)
			}
		}
	}
	for _, name := range []string{"withdrawn", "erased"} {
		check(name, must[[]byte](t)(Marshal(all[name], 0, members, t0, nil)))
	}
	header := must[[]byte](t)(Header(all["embargoed"], 0, members, t0))
	check("header", header)
	if p := one(t, header); p.Language != lang.KK || p.Urgency != 3 || p.Embargoed.IsZero() || p.PubStatus != "withheld" || p.ItemClass != "text" || len(p.Creators) != 1 || bytes.Count(header, []byte("<contributor")) != 2 {
		t.Errorf("the header lacks something: %+v", p)
	}
	if doc := must[[]byte](t)(Marshal(all["erased"], 0, members, t0, nil)); bytes.Contains(doc, []byte("tasdiqlanmagan")) {
		t.Error("the reason outlived the erasure")
	}
}

func TestMarshalRefuses(t *testing.T) {
	t.Parallel()
	r := draft(t)
	for _, i := range []int{-1, 4} {
		if _, err := Marshal(r, i, members, t0, nil); fault.KindOf(err) != fault.NotFound {
			t.Errorf("item %d: %v", i, err)
		}
	}
	r.Items[0].Type = wire.EventItem
	if _, err := Marshal(r, 0, members, t0, nil); fault.KindOf(err) != fault.Unsupported {
		t.Error(err)
	}
	if _, err := Capture(nil); fault.KindOf(err) != fault.NotFound {
		t.Error(err)
	}
}

func captures() map[string]*wire.Capture {
	return map[string]*wire.Capture{
		"full": {
			ID: "ab-1", URI: wire.CaptureURI("ab", 1), SourceURL: "https://news.sabzwadi.example/a?b=c&d", N: 1, Language: lang.UR,
			Headline: "پانی چھوڑا جائے گا", Body: []string{"پہلا پیرا۔", "دوسرا پیرا۔"}, Dateline: "سبزوادی",
			Date:        &wire.StatedDate{Value: "2026-03-12", Precision: "day", Raw: "12 مارچ 2026"},
			Attribution: []wire.Attribution{{Relation: "original", Source: "Nildasht"}, {Relation: "translated-by", Source: "Sabzwadi Desk"}, {Relation: "odd one", Source: "x"}, {Relation: "original"}},
			Credits:     []string{"NA"}, Bylines: []string{"A", "B"}, MachineTranslated: true, Truncated: true, ArrivedAt: t0,
		},
		"bare":   {URI: wire.CaptureURI("ab", 2), Language: lang.Und, FileName: "a.txt", Body: []string{"Text."}, ArrivedAt: t0},
		"nobody": {URI: wire.CaptureURI("ab", 3), ArrivedAt: t0, Date: &wire.StatedDate{Value: "2026-03-12T14:05+05:00", Precision: "minute"}},
		"month":  {URI: wire.CaptureURI("ab", 4), Date: &wire.StatedDate{Value: "2026-03", Precision: "month"}, Attribution: []wire.Attribution{{Relation: "published-by", Source: "P"}}},
		"time":   {URI: wire.CaptureURI("ab", 5), Date: &wire.StatedDate{Value: "2026-03-12T14:05", Precision: "minute"}, SourceURL: "javascript:alert(1)"},
	}
}

func TestCapture(t *testing.T) {
	t.Parallel()
	all := captures()
	doc := must[[]byte](t)(Capture(all["full"]))
	want := Parsed{
		GUID: "urn:jarchi:capture:ab:1", Version: 1, ItemClass: "text", Language: lang.UR, Provider: "news.sabzwadi.example", PubStatus: "usable",
		VersionCreated: t0, ContentCreated: "2026-03-12", Headline: "پانی چھوڑا جائے گا", Dateline: "سبزوادی", Byline: "A, B", Credit: "NA",
		InfoSources: []string{"Nildasht", "Sabzwadi Desk", "x"}, Creators: []string{"A", "B"}, DigitalSourceType: "trainedAlgorithmicMedia",
		Paragraphs: []string{"پہلا پیرا۔", "دوسرا پیرا۔"},
	}
	if d := cmp.Diff(want, one(t, doc)); d != "" {
		t.Error(d)
	}
	for name, want := range map[string][2]string{
		"bare": {"a.txt", ""}, "nobody": {"source not stated", "2026-03-12T14:05:00+05:00"}, "month": {"P", "2026-03"}, "time": {"source not stated", "2026-03-12"},
	} {
		p := one(t, must[[]byte](t)(Capture(all[name])))
		if p.Provider != want[0] || p.ContentCreated != want[1] || p.Headline != "" || p.Translation != "" {
			t.Errorf("%s: %+v", name, p)
		}
	}
	if doc := must[[]byte](t)(Capture(all["time"])); bytes.Contains(doc, []byte("javascript")) {
		t.Error("a script address went out")
	}
}

// Who did what, and since when it can be read.
func TestHistory(t *testing.T) {
	t.Parallel()
	all := states(t)
	for name, want := range map[string][2]int{"draft": {0, 0}, "scheduled": {0, 0}, "embargoed": {1, 0}, "opened": {1, 1}, "released": {1, 1}, "updated": {2, 2}, "corrected": {2, 2}, "withdrawn": {2, 1}, "erased": {2, 1}} {
		doc := string(must[[]byte](t)(Marshal(all[name], 0, members, t0, nil)))
		if got := [2]int{strings.Count(doc, "<hop "), strings.Count(doc, "<published ")}; got != want {
			t.Errorf("%s: %v hops and publications, want %v\n%s", name, got, want, doc)
		}
	}
	opened := string(must[[]byte](t)(Marshal(all["opened"], 0, members, t0, nil)))
	if !strings.Contains(opened, "<timestamp>2026-03-12T11:05:00Z</timestamp>") { // not when it was sealed
		t.Errorf("published when?\n%s", opened)
	}
	if doc := string(must[[]byte](t)(Header(all["embargoed"], 0, members, t0))); strings.Contains(doc, "History") {
		t.Error("a header tells a history")
	}
	doc := string(must[[]byte](t)(Marshal(all["released"], 0, members, t0, func(hash string) string { return "https://node.example/files/" + hash[:4] })))
	if !strings.Contains(doc, `href="https://node.example/files/0102"`) {
		t.Errorf("a file has no address:\n%s", doc)
	}
	valid(t, map[string][]byte{"files": []byte(doc)})
}

// Any text that a release can hold comes out valid XML and, but for white space, as it went in.
func TestAnyText(t *testing.T) {
	t.Parallel()
	text := rapid.StringMatching("[\\PC\\n\\t<>&\"'\\]]{1,40}x")
	rapid.Check(t, func(rt *rapid.T) {
		r := draft(t)
		c := wire.Content{Headline: text.Draw(rt, "headline"), Slugline: text.Draw(rt, "slug"), Body: rapid.SliceOfN(text, 0, 4).Draw(rt, "body")}
		r.Items[0].Versions[0].Content = c
		doc, err := Marshal(r, 0, members, t0, nil)
		if err != nil {
			rt.Fatal(err)
		}
		items, err := Parse(doc)
		if err != nil {
			rt.Fatalf("%v\n%s", err, doc)
		}
		want := []string{}
		for _, p := range c.Body {
			want = append(want, collapse(p))
		}
		if got := items[0]; got.Headline != collapse(c.Headline) || got.Slugline != collapse(c.Slugline) || strings.Join(got.Paragraphs, "|") != strings.Join(want, "|") {
			rt.Fatalf("%+q\n%+v", c.Body, got)
		}
	})
}
