package sample

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"jarchi.dev/jarchi/internal/format/newsmlg2"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/mediatopic"
	"jarchi.dev/jarchi/internal/wire"
)

var (
	eight = []lang.Tag{lang.EN, lang.RU, lang.KK, lang.UZ, lang.TR, lang.AZ, lang.FA, lang.UR}
	start = time.Date(2026, 3, 12, 9, 0, 0, 0, time.UTC)
)

// The scripts of words that stand inside a text of another script: product names as their makers write them.
var foreign = map[string]bool{"Smart": true, "City": true}

func script(t *testing.T, where string, tag lang.Tag, text string) {
	t.Helper()
	if !norm.NFC.IsNormalString(text) {
		t.Errorf("%s: not in normal form C: %q", where, text)
	}
	table := map[string]*unicode.RangeTable{"Latn": unicode.Latin, "Cyrl": unicode.Cyrillic, "Arab": unicode.Arabic}[tag.Script()]
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) }) {
		if foreign[word] {
			continue
		}
		for _, r := range word {
			if r != 'ʻ' && r != 'ʼ' && !unicode.Is(table, r) && !unicode.IsMark(r) {
				t.Errorf("%s: %q is not in the script of %s", where, word, tag)
				break
			}
		}
	}
	bad := map[lang.Tag]string{
		lang.UZ: "'‘’`", // oʻ and gʻ are written with U+02BB, the hard sign with U+02BC
		lang.FA: "كيى٠١٢٣٤٥٦٧٨٩0123456789", lang.UR: "كيىهة٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹",
	}[tag]
	if i := strings.IndexAny(text, bad); bad != "" && i >= 0 {
		t.Errorf("%s: %q holds a letter or figure that %s is not written with", where, text, tag)
	}
	for _, r := range text {
		if unicode.Is(unicode.Cf, r) && r != '\u200c' {
			t.Errorf("%s: hidden mark %U", where, r)
		}
	}
}

func TestMembers(t *testing.T) {
	t.Parallel()
	members := Members()
	if len(members) < 7 {
		t.Fatalf("%d members", len(members))
	}
	for _, m := range members {
		if err := m.Validate(); err != nil {
			t.Errorf("%s: %v", m.ID, err)
		}
		if !strings.HasSuffix(m.Domain, ".example") {
			t.Errorf("%s: %s is not a domain of examples", m.ID, m.Domain)
		}
		if _, err := time.LoadLocation(m.Zone); err != nil || !strings.HasPrefix(m.Zone, "Etc/") {
			t.Errorf("%s: zone %q: %v", m.ID, m.Zone, err)
		}
		if len(Languages(m.ID)) == 0 {
			t.Errorf("%s works in no language", m.ID)
		}
		for _, tag := range eight {
			if m.Names[tag] == "" || m.Short[tag] == "" {
				t.Errorf("%s has no name in %s", m.ID, tag)
			}
			if n := utf8.RuneCountInString(m.Short[tag]); n > 18 {
				t.Errorf("%s: short name in %s has %d letters", m.ID, tag, n)
			}
			script(t, string(m.ID), tag, m.Names[tag])
			script(t, string(m.ID), tag, m.Short[tag])
		}
	}
	if got := Plain(); !slices.Equal(got, []wire.MemberID{"toqsanbulaq", "kumushdaryo", "sabzwadi"}) {
		t.Errorf("plain members %v", got)
	}
}

// Every release is published and lives through its events as the clock says.
func TestReleasesLive(t *testing.T) {
	t.Parallel()
	known := map[wire.MemberID]bool{}
	for _, m := range Members() {
		known[m.ID] = true
	}
	live, changed := map[string]*wire.Release{}, map[EventKind]int{}
	for _, s := range Steps(Releases()) {
		r, now := s.Release, start.Add(s.At)
		if s.Event == nil {
			for _, m := range append(slices.Clone(r.Issuers), r.Audience.Partners...) {
				if !known[m] {
					t.Errorf("%s names the unknown member %s", r.Key, m)
				}
			}
			w, err := r.Draft(now)
			if err != nil {
				t.Fatalf("%s: %v", r.Key, err)
			}
			if r.Opens != 0 {
				if err := w.SetEmbargo(start.Add(r.Opens), now); err != nil {
					t.Fatalf("%s: %v", r.Key, err)
				}
			}
			if _, err := w.Publish(now); err != nil {
				t.Fatalf("%s: %v", r.Key, err)
			}
			live[r.Key] = w
			continue
		}
		var err error
		switch w := live[r.Key]; s.Event.Kind {
		case Update:
			_, err = w.Update(s.Event.Changes(w), now)
		case Correct:
			_, err = w.Correct(s.Event.Changes(w), s.Event.Reason, now)
		case Withdraw:
			_, err = w.Withdraw(s.Event.Reason, now)
		default:
			t.Fatalf("%s: unknown event %q", r.Key, s.Event.Kind)
		}
		if err != nil {
			t.Fatalf("%s: %v", r.Key, err)
		}
		changed[s.Event.Kind]++
	}
	if changed[Update] < 2 || changed[Correct] < 1 || changed[Withdraw] < 1 {
		t.Errorf("events played: %v", changed)
	}
	quake := live["quake-sabzwadi"]
	if quake.Updates != 2 || quake.Text(lang.UR) == nil || quake.Text(lang.EN).Current().N != 3 {
		t.Errorf("the earthquake did not develop: %d updates", quake.Updates)
	}
	more := Event{Kind: Update, Items: []wire.NewItem{{Language: lang.TR, Content: wire.Content{Headline: "Altınsu'da deprem", Body: []string{"Deprem oldu."}}}}}
	if _, err := quake.Update(more.Changes(quake), start.Add(time.Hour)); err != nil || quake.Text(lang.TR) == nil {
		t.Errorf("a further language was not added: %v", err)
	}
	solar := live["solar"].Text(lang.UZ)
	if v := solar.Current(); v.Kind != wire.CorrectKind || !strings.Contains(v.Content.Headline, "240") || v.Content.Dateline == "" {
		t.Errorf("the correction lost something: %+v", v)
	}
}

func TestTexts(t *testing.T) {
	t.Parallel()
	languages, headlines := map[lang.Tag]int{}, map[string]string{}
	for _, r := range Releases() {
		if len(r.Issuers) > 1 && r.Audience.Class == wire.Partners {
			t.Errorf("%s: several issuers to named partners", r.Key)
		}
		check := func(items []wire.NewItem, first bool) {
			for i, n := range items {
				where := r.Key + " " + string(n.Language)
				languages[n.Language]++
				if first && (i == 0) != (n.Translation == "") {
					t.Errorf("%s: the first item alone is the original", where)
				}
				c := n.Content
				if other := headlines[c.Headline]; other != "" {
					t.Errorf("%s has the headline of %s", where, other)
				}
				headlines[c.Headline] = where
				if len := utf8.RuneCountInString(c.Headline); len > 110 || len < 15 {
					t.Errorf("%s: headline of %d letters", where, len)
				}
				if len(c.Body) == 0 || len(c.Body) > 6 || c.Rights.Credit == "" || c.Slugline == "" || len(c.Subjects) == 0 || first && c.Dateline == "" {
					t.Errorf("%s is incomplete: %+v", where, c)
				}
				for _, text := range append([]string{c.Headline, c.Dateline, c.Rights.Credit}, c.Body...) {
					script(t, where, n.Language, text)
					if text != strings.TrimSpace(text) || strings.Contains(text, "  ") {
						t.Errorf("%s: stray space in %q", where, text)
					}
				}
				for _, p := range c.Body {
					if end, _ := utf8.DecodeLastRuneInString(p); !strings.ContainsRune(".۔؟!", end) {
						t.Errorf("%s: a paragraph ends in %q", where, end)
					}
				}
			}
		}
		check(r.Items, true)
		for _, e := range r.Events {
			check(e.Items, false)
			if e.Kind != Update {
				script(t, r.Key, r.Items[0].Language, e.Reason)
			}
			if e.Manual && e.After != 0 {
				t.Errorf("%s: a manual event at a time", r.Key)
			}
		}
	}
	for _, tag := range eight {
		if languages[tag] == 0 {
			t.Errorf("nothing in %s", tag)
		}
	}
}

// Countries, capitals and bodies that exist, by the beginnings of their names ($: the whole name): the exchange is invented,
// and nothing in it may be taken for news of a real one.
var real = strings.Fields(`қазақстан казахстан qozogʻiston qazaxıstan kazakistan kazakhstan قزاقستان өзбекстан узбекистан oʻzbekiston özbekistan özbəkistan
	uzbekistan ازبکستان қырғызстан киргиз кыргыз qirgʻiziston kırgız qırğızıstan kyrgyz قرقیز کرغیز тәжікстан таджик tojikiston tacik tajik تاجیک
	түрікменстан туркмен turkman türkmən türkmen turkmen ترکمن әзербайжан азербайджан ozarbayjon azərbaycan azerbaycan azerbaijan آذربایجان
	түркия турци turkiya türkiyə türkiye turkey turkish ترکیه ترکی иран iran ایران pakistan پاکستان пәкістан ауған афган afgʻon əfqan afgan afghan افغان
	ресей росси rossiya rusiya rusya russia$ روسیه روس қытай китай xitoy çin china$ چین үндістан инди hindiston hindistan india بھارت هند
	астана алматы ташкент toshkent daşkənd taşkent tashkent تاشکند бишкек bishkek bişkek دوشنبه душанбе dushanbe ашхабад баку bakı bakü baku باکو
	анкара ankara انقره آنکارا тегеран tehron tehran tahran تهران исламабад islomobod islamabad اسلام آباد москва moskva moskova moscow пекин pekin beijing بیجنگ
	шос шанхай shanghai shanxay şanghay оон brics nato нато`)

func TestNothingReal(t *testing.T) {
	t.Parallel()
	check := func(where, text string) {
		for _, word := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && r != '\u200c' }) {
			for _, name := range real {
				whole, exact := strings.CutSuffix(name, "$")
				if !exact && utf8.RuneCountInString(name) > 3 && strings.HasPrefix(word, name) || word == whole {
					t.Errorf("%s: %q names something that exists", where, word)
				}
			}
		}
	}
	for _, m := range Members() {
		for _, name := range m.Names {
			check(string(m.ID), name)
		}
	}
	for _, r := range Releases() {
		for _, items := range append([][]wire.NewItem{r.Items}, eventItems(r)...) {
			for _, n := range items {
				check(r.Key, strings.Join(append([]string{n.Content.Headline, n.Content.Dateline}, n.Content.Body...), " "))
			}
		}
	}
}

func eventItems(r Release) (out [][]wire.NewItem) {
	for _, e := range r.Events {
		out = append(out, e.Items)
	}
	return out
}

// What the demo's scenes rely on.
func TestScenes(t *testing.T) {
	t.Parallel()
	by := map[string]Release{}
	for _, r := range Releases() {
		by[r.Key] = r
	}
	body := func(key string, tag lang.Tag) string {
		for _, n := range by[key].Items {
			if n.Language == tag {
				return strings.Join(n.Content.Body, "\n")
			}
		}
		t.Errorf("%s has no %s", key, tag)
		return ""
	}
	if !strings.Contains(body("water", lang.UZ), "Koʻksoydan") || !strings.Contains(body("water", lang.KK), "су деңгейі") || !strings.Contains(body("water", lang.KK), "Көксайдан") {
		t.Error("the water release lacks a word that is searched for")
	}
	for tag, figures := range map[lang.Tag][]string{
		lang.KK: {"240", "45", "62", "78", "12", "08:00"}, lang.RU: {"240", "45", "62", "78", "12", "08:00"}, lang.UZ: {"240", "45", "62", "78", "12", "08:00"},
		lang.UR: {"24 کروڑ", "45", "62", "78", "12", "08:00"}, lang.FA: {"۲۴۰", "۴۵", "۶۲", "۷۸", "۱۲", "۰۸:۰۰", "۱۱ خرداد", "۲۴ تیر"},
	} {
		for _, f := range figures {
			if !strings.Contains(body("water", tag), f) {
				t.Errorf("water in %s lacks %s", tag, f)
			}
		}
	}
	if len(by["water"].Items) != 5 || len(by["joint-statement"].Issuers) != 6 || len(by["flood-warning"].Items) != 5 || by["flood-warning"].Opens <= 0 {
		t.Error("water, joint statement or embargo is not as the scenes need it")
	}
	if e := by["border"].Events; len(e) != 1 || !e[0].Manual || e[0].Kind != Withdraw || e[0].Reason == "" {
		t.Errorf("the border item cannot be withdrawn by hand: %+v", e)
	}
	for _, key := range []string{"quake-altinsu", "quake-sabzwadi"} {
		if r := by[key]; r.Urgency != 1 || len(r.Events) != 2 || r.At <= 0 {
			t.Errorf("%s is no flash with two updates", key)
		}
	}
	classes := map[wire.AudienceClass]bool{}
	plain := PlainReleases()
	arrives := false
	for _, r := range plain {
		classes[r.Audience.Class] = true
		arrives = arrives || r.At == 12*time.Second
	}
	if len(plain) < 14 || len(classes) != 3 || !arrives {
		t.Errorf("%d plain releases, audiences %v, one at 12 s: %v", len(plain), classes, arrives)
	}
}

// Every subject is a Media Topic in use, and every text can go out as NewsML-G2 and comes back whole.
func TestSubjectsAndFormats(t *testing.T) {
	t.Parallel()
	members := map[wire.MemberID]wire.Member{}
	for _, m := range Members() {
		members[m.ID] = m
	}
	for _, r := range Releases() {
		for _, code := range r.Items[0].Content.Subjects {
			if topic, ok := mediatopic.Lookup(code); !ok || topic.Retired {
				t.Errorf("%s: %s is no Media Topic in use", r.Key, code)
			}
		}
		w, err := r.Draft(start)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Publish(start); err != nil {
			t.Fatal(err)
		}
		for i, it := range w.Items {
			doc, err := newsmlg2.Marshal(w, i, members, start)
			if err != nil {
				t.Fatal(err)
			}
			back, err := newsmlg2.Parse(doc)
			if err != nil {
				t.Fatal(err)
			}
			c, p := it.Current().Content, back[0]
			if p.Headline != c.Headline || !slices.Equal(p.Paragraphs, c.Body) || p.Language != it.Language || p.Credit != c.Rights.Credit || !slices.Equal(p.Subjects, c.Subjects) {
				t.Errorf("%s in %s changed on its way: %+v", r.Key, it.Language, p)
			}
		}
	}
}

func TestCopies(t *testing.T) {
	t.Parallel()
	a, m := Releases(), Members()
	a[0].Items[0].Content.Body[0], a[0].Issuers[0] = "x", "x"
	m[0].Names[lang.EN] = "x"
	if b := Releases(); b[0].Items[0].Content.Body[0] == "x" || b[0].Issuers[0] == "x" || Members()[0].Names[lang.EN] == "x" {
		t.Error("a caller's change reached the next")
	}
}

func TestBrokenFiles(t *testing.T) {
	t.Parallel()
	for name, file := range map[string]string{
		"a misspelt property": `{"isuers": ["a"]}`, "no issuer": `{"urgency": 1}`, "a time without a unit": `{"issuers": ["a"], "at": "12"}`,
	} {
		fsys := fstest.MapFS{"data/members.json": {Data: []byte("[]")}, "data/releases/a.json": {Data: []byte(file)}}
		if _, err := load(fsys); err == nil || !strings.Contains(err.Error(), "data/releases/a.json") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
