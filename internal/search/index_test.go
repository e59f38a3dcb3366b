package search

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	_ "modernc.org/sqlite"
	"pgregory.net/rapid"

	"jarchi.dev/jarchi/internal/lang"
)

// index is a real FTS5 table, set up as internal/store sets up its own.
type index struct {
	mu sync.Mutex
	db *sql.DB
	n  int
}

func newIndex(t testing.TB) *index {
	t.Helper()
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { db.Close() })
	if _, err := db.Exec(`create virtual table lex using fts5(headline, body, marks, content='', tokenize='ascii', prefix='3')`); err != nil {
		t.Fatal(err)
	}
	return &index{db: db}
}

func (x *index) put(t interface{ Fatal(...any) }, d Doc, marks string) int {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.n++
	if _, err := x.db.Exec(`insert into lex(rowid, headline, body, marks) values (?, ?, ?, ?)`, x.n, d.Headline, d.Body, marks); err != nil {
		t.Fatal(err)
	}
	return x.n
}

func (x *index) find(match string) ([]int, error) {
	rows, err := x.db.Query(`select rowid from lex where lex match ? order by rowid`, match)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var ids []int
	for rows.Next() {
		var id int
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

func (x *index) search(t interface{ Fatalf(string, ...any) }, typed string, filters ...[]string) []int {
	q, err := Parse(typed)
	if err != nil {
		t.Fatalf("Parse(%q): %v", typed, err)
	}
	ids, err := x.find(q.FTS5(filters))
	if err != nil {
		t.Fatalf("%q becomes %s: %v", typed, q.FTS5(filters), err)
	}
	return ids
}

var everyone = []string{"xa0"}

// corpus is made of sentences of ours about invented places.
var corpus = []struct {
	tag      lang.Tag
	headline string
	body     []string
}{
	{lang.KK, "Көлсайда су деңгейі көтерілді", []string{"Өзен бойындағы елді мекендерге ескерту берілді.", "Құтқарушылар форум аясында жиналды, кездесу ұзаққа созылды."}},
	{lang.UZ, "Koʻksoyda yangi maktab ochildi", []string{"Oʻquvchilar soni 1 240 nafarga yetdi.", "Qurilish ishlari ikki yil davom etgan edi."}},
	{lang.UZCyrl, "Кўксойда янги мактаб очилди", []string{"Ўқувчилар сони ошди.", "Қурилиш ишлари тугади."}},
	{lang.RU, "Мост через Тихую открыли для движения", []string{"Строительство моста заняло три года.", "Грузовики пойдут по нему с осени; пошлина отменена."}},
	{lang.FA, "سد نیلاب دوباره آب\u200cگیری شد", []string{"کارگران می\u200cگویند کار در بهار پایان یافت.", "وزارت نیرو گزارش را تأیید کرد."}},
	{lang.UR, "نیلم گڑھ میں نیا ہسپتال", []string{"مریضوں کے لیے دو سو بستر ہیں۔", "افتتاح وزیرِ صحت نے کیا۔"}},
	{lang.EN, "Harbour reopened after the storm", []string{"Well-known pilots guided twelve ships in.", "The storm's damage was put at 2.5 million."}},
	{lang.TR, "Altınsu'da fırtına dindi", []string{"Balıkçılar İskele'ye döndü.", "Iğdır yolu açık."}},
	{lang.ZH, "银河大桥通车", []string{"工程历时三年。", "代表团出席仪式。"}},
	{lang.AR, "افتتاح الميناء الجديد", []string{"وصلت السفينة الأولى صباحا."}},
	{"de", "Der Hafen ist wieder offen", []string{"Zwölf Schiffe liefen ein."}},
	{lang.Und, "Xq 17", []string{"???", "abc"}},
}

func TestEveryWordOfADocumentFindsIt(t *testing.T) {
	t.Parallel()
	x := newIndex(t)
	for i, c := range corpus {
		id := x.put(t, Document(c.tag, c.headline, c.body), fmt.Sprintf("xa0 xd%d", i))
		for _, p := range append([]string{c.headline}, c.body...) {
			toks := lang.Tokens(c.tag, p)
			for k, tok := range toks {
				if raceEnabled && k%4 != 0 {
					continue // the database is some twenty times slower then
				}
				word := p[tok.Start:tok.End]
				typed := []string{word, strings.ToUpper(word), word + "*", `"` + word + `"`, "nosuchword OR " + word}
				if k+2 < len(toks) {
					typed = append(typed, `"`+p[tok.Start:toks[k+2].End]+`"`, `«`+p[tok.Start:toks[k+1].End]+`»`)
				}
				for _, s := range typed {
					if strings.Contains(s, "İ") || strings.Contains(s, "I") && c.tag == lang.TR {
						continue // upper case of a Turkish word is not ToUpper's
					}
					if !slices.Contains(x.search(t, s, everyone), id) {
						t.Errorf("%s: %q does not find its document", c.tag, s)
					}
					q, _ := Parse(s)
					if d := Document(c.tag, c.headline, c.body); q.Score(d) <= 0 {
						t.Errorf("%s: %q scores nothing in its document", c.tag, s)
					}
					if !anyHit(q.Highlight(c.tag, p)) {
						t.Errorf("%s: %q is not marked in %q", c.tag, s, p)
					}
				}
				if slices.Contains(x.search(t, "-"+word, everyone), id) {
					t.Errorf("%s: -%q finds its document", c.tag, word)
				}
			}
		}
	}
}

func anyHit(fs []Fragment) bool {
	return slices.ContainsFunc(fs, func(f Fragment) bool { return f.Hit })
}

func TestPhrasesDoNotCrossParagraphs(t *testing.T) {
	t.Parallel()
	x := newIndex(t)
	one := x.put(t, Document(lang.EN, "Alpha beta", []string{"gamma delta", "", "...", "epsilon zeta"}), "xa0")
	for typed, want := range map[string][]int{
		`"gamma delta"`:        {one},
		`"delta epsilon"`:      nil,
		`"beta gamma"`:         nil,
		`"delta gamma"`:        nil,
		`delta epsilon`:        {one},
		"\"delta \ue000\"":     {one},
		"\ue000":               {one}, // nothing is left of it: the query is empty
		"\"delta\ue000gamma\"": nil,
	} {
		if got := x.search(t, typed, everyone); !slices.Equal(got, want) {
			t.Errorf("%q finds %v, want %v", typed, got, want)
		}
	}
}

func TestTheQueryLanguageAgainstTheIndex(t *testing.T) {
	t.Parallel()
	x := newIndex(t)
	a := x.put(t, Document(lang.EN, "Water", []string{"canal bridge"}), "xa0 xlen")
	b := x.put(t, Document(lang.EN, "Water", []string{"reservoir bridge"}), "xa1 xlen")
	c := x.put(t, Document(lang.EN, "Road", []string{"reservoir tunnel"}), "xa0 xlru xsағын")
	both := []string{"xa0", "xa1"}
	for _, k := range []struct {
		typed   string
		filters [][]string
		want    []int
	}{
		{"", nil, []int{a, b, c}},
		{"", [][]string{both}, []int{a, b, c}},
		{"", [][]string{both, {"xlen"}}, []int{a, b}},
		{"", [][]string{{"xa1"}, {"xlru"}}, nil},
		{"", [][]string{both, {}}, nil},
		{"", [][]string{{"XA0"}}, nil},
		{"", [][]string{{`xa0" OR "xa1`}}, nil},
		{"", [][]string{{"xa"}}, nil},
		{"", [][]string{both, {"xsағын"}}, []int{c}},
		{"", [][]string{both, {"xsағы"}}, nil},
		{"", [][]string{both, {"xs\xff"}}, nil},
		{"", [][]string{both, {"xlen", "not a marker"}}, []int{a, b}},
		{"water", [][]string{both}, []int{a, b}},
		{"-water", nil, []int{c}},
		{"-water", [][]string{both}, []int{c}},
		{"-water -reservoir", [][]string{both}, nil},
		{"reservoir -water", [][]string{both}, []int{c}},
		{"canal OR tunnel", [][]string{both}, []int{a, c}},
		{"bridge canal OR reservoir", [][]string{both}, []int{a, b}},
		{"(canal OR reservoir) bridge", [][]string{both}, []int{a, b}},
		{"canal OR OR reservoir", [][]string{both}, []int{a, b, c}},
		{"OR canal OR", [][]string{both}, []int{a}},
		{"canal OR -tunnel", [][]string{both}, []int{a}},
		{"resv*", [][]string{both}, nil},
		{"rese*", [][]string{both}, []int{b, c}},
		{"re*", [][]string{both}, nil},
		{`"canal bridge"`, [][]string{both}, []int{a}},
		{`"bridge canal"`, [][]string{both}, nil},
		{`"canal bri"*`, [][]string{both}, nil},
		{"bridge -\"canal bridge\"", [][]string{both}, []int{b}},
		{"canal-bri*", [][]string{both}, []int{a}},
		{"water", [][]string{{"xa1"}}, []int{b}},
	} {
		if got := x.search(t, k.typed, k.filters...); !slices.Equal(got, k.want) {
			q, _ := Parse(k.typed)
			t.Errorf("%q with %v finds %v, want %v: %s", k.typed, k.filters, got, k.want, q.FTS5(k.filters))
		}
	}
}

// typing draws what people, programs and attackers put into a search box.
func typing() *rapid.Generator[string] {
	pieces := []string{`"`, `-`, `*`, ` `, `(`, `)`, `OR`, `AND`, `NOT`, `NEAR(`, `^`, `:`, `{marks}`, `marks:`, `xa0`, `xlkk`, `xm17`, `"xa0"`, `+`, `,`, `'`, `ʻ`, `’`, `«`, `»`,
		"\x00", "\ue000", "\xff", "\u202e", "\u200c", "су", "деңгейі", "өзен", "qozogʻiston", "تركيه", "می\u200cگویند", "中国", "İ", "ß", "ﬁ", "1 240", "2.5", "re*", "́", "😀", "--", "''", `""`, "/*", ";"}
	return rapid.Map(rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom(pieces), rapid.StringN(0, 6, 12)), 0, 14), func(ps []string) string { return strings.Join(ps, "") })
}

func TestNothingTypedBreaksTheIndexOrReachesAMarker(t *testing.T) {
	t.Parallel()
	x := newIndex(t)
	x.put(t, Doc{Headline: "", Body: ""}, "xa0 xlkk xm17 xac xap17")
	rapid.Check(t, func(t *rapid.T) {
		if raceEnabled && rapid.IntRange(0, 3).Draw(t, "thin") > 0 {
			return
		}
		s := typing().Draw(t, "typed")
		q, err := Parse(s)
		if err != nil {
			return
		}
		ids, err := x.find(q.FTS5([][]string{{"xa0", "xa1"}}))
		if err != nil {
			t.Fatalf("%q becomes %s: %v", s, q.FTS5(nil), err)
		}
		if slices.ContainsFunc(q.terms, func(t term) bool { return !t.Not }) && len(ids) > 0 {
			t.Fatalf("%q reaches a document without words by %s", s, q.FTS5(nil))
		}
		if _, err := x.find(q.FTS5(nil)); err != nil {
			t.Fatalf("%q without filters becomes %s: %v", s, q.FTS5(nil), err)
		}
	})
}

// The index and the three readers of text agree: what FTS5 finds by one term scores, and is marked, and
// nothing else is.
func TestIndexScoreAndHighlightAgree(t *testing.T) {
	t.Parallel()
	words := map[lang.Tag][]string{
		lang.KK: {"су", "судың", "өзенге", "өзен", "көпір", "форум", "форумға", "елші", "елшінің", "2,5"},
		lang.UZ: {"suv", "suvning", "maktab", "maktabga", "oʻquv", "o'quvchi", "yo‘l", "1240", "forum"},
		lang.RU: {"мост", "моста", "вода", "воды", "форум", "строительство", "ещё", "еще"},
		lang.EN: {"bridge", "bridges", "water", "waters", "storm's", "well-known", "canal", "forum"},
		lang.FA: {"آب", "آب\u200cها", "سد", "می\u200cگویند", "پاكستان", "پاکستان"},
		lang.ZH: {"中国", "大桥", "三年"},
	}
	var tags []lang.Tag
	var all []string
	for tag, ws := range words {
		tags = append(tags, tag)
		all = append(all, ws...)
	}
	slices.Sort(tags)
	slices.Sort(all)
	x := newIndex(t)
	rapid.Check(t, func(t *rapid.T) {
		tag := rapid.SampledFrom(tags).Draw(t, "tag")
		text := rapid.Map(rapid.SliceOfN(rapid.SampledFrom(words[tag]), 0, 8), func(ws []string) string { return strings.Join(ws, " ") })
		headline, body := text.Draw(t, "headline"), rapid.SliceOfN(text, 0, 3).Draw(t, "body")
		d := Document(tag, headline, body)
		id := x.put(t, d, "xa0")

		typed := rapid.OneOf(
			rapid.SampledFrom(all),
			rapid.Map(rapid.SampledFrom(all), func(s string) string { return s + "*" }),
			rapid.Map(rapid.SliceOfN(rapid.SampledFrom(words[tag]), 1, 3), func(ws []string) string { return `"` + strings.Join(ws, " ") + `"` }),
		).Draw(t, "typed")
		q, err := Parse(typed)
		if err != nil {
			t.Fatal(err)
		}
		ids, err := x.find(q.FTS5([][]string{everyone}))
		if err != nil {
			t.Fatal(err)
		}
		found := slices.Contains(ids, id)
		if scored := q.Score(d) > 0; scored != found {
			t.Fatalf("%q found: %v, scored: %v", typed, found, scored)
		}
		marked := anyHit(q.Highlight(tag, headline))
		for _, p := range body {
			fs := q.Highlight(tag, p)
			if joined(fs) != p {
				t.Fatalf("%q is not %q", joined(fs), p)
			}
			marked = marked || anyHit(fs)
		}
		if found && !marked {
			t.Fatalf("%q found in %q %q but not marked", typed, headline, body)
		}
		if q.Exactness(tag, headline, body) == 1 && !marked {
			t.Fatalf("%q exact in %q %q but not marked", typed, headline, body)
		}
		if s := q.Score(d); s < 0 || s >= 1 {
			t.Fatalf("score %v", s)
		}
		if want := q.Exactness(tag, headline, body); !exactly(q, d, want) {
			t.Fatalf("%q of %q %q: the text says %v, the index something else", typed, headline, body, want)
		}
	})
}

// TestPhraseEndsWithTheHeadline: a phrase does not go on from a headline into the text, also with a word whose stem is no beginning of it.
func TestPhraseEndsWithTheHeadline(t *testing.T) {
	q, err := Parse(`"سد می‌گویند"`)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		headline, body string
		want           float64
	}{{"سد", "می‌گویند", 0}, {"سد می‌گویند", "سد", 1}, {"سد", "سد می‌گویند", 1}} {
		if got := q.Exact(Document(lang.FA, c.headline, []string{c.body})); got != c.want || q.Exactness(lang.FA, c.headline, []string{c.body}) != c.want {
			t.Errorf("%q above %q: %v", c.headline, c.body, got)
		}
	}
}

// exactly: the index says of a document's typed form what its text does.
func exactly(q Query, d Doc, want float64) bool {
	return q.Exact(d) == want
}

func joined(fs []Fragment) string {
	var b strings.Builder
	for _, f := range fs {
		b.WriteString(f.Text)
	}
	return b.String()
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"", "water", `"two words"`, `-"not these" OR`, "pre*", `"unclosed`, "a OR b -c d*", `" NEAR(x) {marks}: xa0`, "\x00\ue000\xff", "中国经济*", "o‘g‘il", strings.Repeat("a ", 20)} {
		f.Add(s, "water and wind, "+s)
	}
	x := newIndex(f)
	x.put(f, Doc{}, "xa0")
	f.Fuzz(func(t *testing.T, s, text string) {
		q, err := Parse(s)
		if err != nil {
			return
		}
		for _, filters := range [][][]string{nil, {{"xa0"}}, {{s}}} {
			ids, err := x.find(q.FTS5(filters))
			if err != nil {
				t.Fatalf("%q becomes %s: %v", s, q.FTS5(filters), err)
			}
			if slices.ContainsFunc(q.terms, func(t term) bool { return !t.Not }) && len(ids) > 0 {
				t.Fatalf("%q reaches a document without words", s)
			}
		}
		for _, tag := range []lang.Tag{lang.KK, lang.FA, lang.ZH, lang.Und} {
			if got := joined(q.Highlight(tag, text)); got != text {
				t.Fatalf("%s: %q is not %q", tag, got, text)
			}
			if got := joined(q.Snippet(tag, []string{text}, 5)); !strings.Contains(text, got) {
				t.Fatalf("%s: snippet %q is not of %q", tag, got, text)
			}
			d := Document(tag, text, []string{text, s})
			q.Score(d)
			if want := q.Exactness(tag, text, []string{text, s}); !exactly(q, d, want) {
				t.Fatalf("%q of %q: the text says %v, the index something else", s, text, want)
			}
		}
	})
}
