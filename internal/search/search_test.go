package search

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
)

func TestParse(t *testing.T) {
	t.Parallel()
	for _, k := range []struct{ typed, want string }{
		{"", ""},
		{"  \t\n", ""},
		{`?! ... " - * "" «»`, ""},
		{"bridge", "word bridge"},
		{"  bridge   canal ", "word bridge; word canal"},
		{"-bridge", "not word bridge"},
		{"−bridge --canal", "not word bridge; not word canal"},
		{"- bridge", "word bridge"},
		{"a-b", "phrase a-b"},
		{`"long  bridge"`, "phrase long bridge"},
		{`-"long bridge"`, "not phrase long bridge"},
		{`"bridge"`, "word bridge"},
		{`«су деңгейі» “long bridge” „lange Brücke“`, "phrase су деңгейі; phrase long bridge; phrase lange Brücke"},
		{`"never closed`, "phrase never closed"},
		{`«a "b" c»`, `phrase a "b" c`},
		{`one"two three"four`, "word one; phrase two three; word four"},
		{"bridge OR canal", "word bridge; or word canal"},
		{"bridge or canal", "word bridge; word or; word canal"},
		{"OR", ""},
		{`"OR"`, "word OR"},
		{"bridge OR -canal", "word bridge; not word canal"},
		{"-bridge OR canal", "not word bridge; word canal"},
		{"bridge OR !!! canal", "word bridge; or word canal"},
		{"bridge* br*", "prefix bridge; word br"},
		{"bri**", "prefix bri"},
		{"br*dge", "phrase br*dge"},
		{"bridge,canal;road", "word bridge; word canal; word road"},
		{"2,5 14:07", "word 2,5; phrase 14:07"},
		{"سد، آب؟", "word سد; word آب"},
		{"\u202eegdirb\u202c bri\x00dge", "word egdirb; word bridge"},
		{"\xff\xfe", ""},
		{"中国", "phrase 中国"},
	} {
		q, err := Parse(k.typed)
		if err != nil {
			t.Errorf("%q: %v", k.typed, err)
			continue
		}
		var got []string
		for _, s := range q.Terms() {
			w := string(s.Kind) + " " + s.Raw
			if s.Not {
				w = "not " + w
			}
			if s.Or {
				w = "or " + w
			}
			got = append(got, w)
		}
		if g := strings.Join(got, "; "); g != k.want {
			t.Errorf("%q is %q, want %q", k.typed, g, k.want)
		}
		if q.Empty() != (k.want == "") {
			t.Errorf("%q: Empty is %v", k.typed, q.Empty())
		}
	}
}

func TestParseRefusesOnlyLength(t *testing.T) {
	t.Parallel()
	for typed, ok := range map[string]bool{
		strings.Repeat("ж", MaxLetters):    true,
		strings.Repeat("ж", MaxLetters+1):  false,
		strings.Repeat("жа ", MaxTerms):    true,
		strings.Repeat("жа ", MaxTerms+1):  false,
		strings.Repeat("- ", MaxLetters/2): true,
	} {
		_, err := Parse(typed)
		if ok != (err == nil) || err != nil && fault.KindOf(err) != fault.Invalid {
			t.Errorf("%.20q… (%d letters): %v", typed, utf8.RuneCountInString(typed), err)
		}
	}
}

func TestHighlight(t *testing.T) {
	t.Parallel()
	for _, k := range []struct {
		tag               lang.Tag
		typed, text, want string
	}{
		{lang.EN, "water", "The water, WATER!", "The [water], [WATER]!"},
		{lang.EN, `"long bridge"`, "Long bridge; a bridge, long.", "[Long bridge]; a bridge, long."},
		{lang.EN, `"long bridge" bridge`, "A long bridge and a bridge", "A [long bridge] and a [bridge]"},
		{lang.EN, `"a b" "b c"`, "x a b c x", "x [a b c] x"},
		{lang.EN, "bridg*", "bridge bridal bro", "[bridge] bridal bro"},
		{lang.EN, "-bridge road", "bridge road", "bridge [road]"},
		{lang.EN, "canal OR road", "road canal", "[road] [canal]"},
		{lang.EN, "well-known", "A well-known well, known", "A [well-known] [well, known]"},
		{lang.UZ, "Қозоғистон", "Qozogʻiston va Qozog‘iston", "[Qozogʻiston] va [Qozog‘iston]"},
		{lang.FA, "تركيه", "در ترکیه است", "در [ترکیه] است"},
		{lang.ZH, "中国", "在中国，中", "在[中国]，中"},
		{lang.EN, "", "nothing", "nothing"},
		{lang.EN, "x", "", ""},
		{lang.EN, "bridge", "\xffbridge\xff", "\xff[bridge]\xff"},
	} {
		q, err := Parse(k.typed)
		if err != nil {
			t.Fatal(err)
		}
		if got := brackets(q.Highlight(k.tag, k.text)); got != k.want {
			t.Errorf("%q in %q: %q, want %q", k.typed, k.text, got, k.want)
		}
	}
	if fs := (Query{}).Highlight(lang.EN, "The zero query"); brackets(fs) != "The zero query" {
		t.Errorf("zero query: %v", fs)
	}
}

func brackets(fs []Fragment) string {
	var b strings.Builder
	for _, f := range fs {
		if f.Hit {
			b.WriteString("[" + f.Text + "]")
		} else {
			b.WriteString(f.Text)
		}
	}
	return b.String()
}

func TestSnippet(t *testing.T) {
	t.Parallel()
	filler := strings.TrimSpace(strings.Repeat("Filler words go on here and say nothing. ", 30))
	body := []string{
		"Opening words about the harbour.",
		filler + " The canal is far from the rest. " + filler,
		filler + " Engineers measured the canal and the bridge at dawn. Nothing else happened. " + filler,
	}
	for _, k := range []struct {
		typed string
		words int
		want  string
	}{
		{"canal bridge", 12, "Engineers measured the [canal] and the [bridge] at dawn. Nothing else happened."},
		{"canal bridge", 9, "Engineers measured the [canal] and the [bridge] at dawn."},
		{"canal", 7, "The [canal] is far from the rest."},
		{"absent", 3, "Opening words about"},
		{"", 100, "Opening words about the harbour."},
		{"harbour", 100, "Opening words about the [harbour]."},
	} {
		q, _ := Parse(k.typed)
		if got := brackets(q.Snippet(lang.EN, body, k.words)); got != k.want {
			t.Errorf("%q in %d words: %q, want %q", k.typed, k.words, got, k.want)
		}
	}
	q, _ := Parse("canal")
	if got := q.Snippet(lang.EN, []string{"", "—", "  "}, 10); got != nil {
		t.Errorf("without words: %v", got)
	}
	if got := q.Snippet(lang.EN, nil, 10); got != nil {
		t.Errorf("without a body: %v", got)
	}
	long := strings.Repeat("ж", 1<<18)
	if got := joined(q.Snippet(lang.KK, []string{long + " canal"}, 10)); !utf8.ValidString(got) || len(got) > 1000 || !strings.Contains(got, "canal") {
		t.Errorf("a word of half a megabyte gives %d bytes", len(got))
	}
	if got := joined(q.Snippet(lang.KK, []string{long}, 10)); !utf8.ValidString(got) || len(got) > 1000 || got == "" {
		t.Errorf("a word of half a megabyte gives %d bytes", len(got))
	}
}

func TestRanking(t *testing.T) {
	t.Parallel()
	filler := strings.Repeat("filler ", 200)
	docs := []struct {
		headline string
		body     string
	}{ // best first
		{"форум ашылды", "форум форум"},
		{"форум ашылды", filler},
		{"жаңалық", "форум форум форум"},
		{"жаңалық", "форум " + filler},
		{"жаңалық", filler + filler + "форум"},
		{"жаңалық", filler},
	}
	q, _ := Parse("форум")
	last := 2.0
	for i, d := range docs {
		s := q.Score(Document(lang.KK, d.headline, []string{d.body}))
		if s >= last {
			t.Errorf("document %d scores %v, not below %v", i, s, last)
		}
		last = s
	}
	if last != 0 {
		t.Errorf("a document without the word scores %v", last)
	}

	// exact above stem above prefix
	exact, stem := "форумға", "форум"
	p, _ := Parse("форумға*")
	var ranks []float64
	for _, w := range []string{exact, stem} {
		b := []string{"алды " + w + " арты"}
		ranks = append(ranks, Rank(p.Score(Document(lang.KK, "", b)), p.Exactness(lang.KK, "", b)))
	}
	if !(ranks[0] > ranks[1]) {
		t.Errorf("ranks of exact and stem: %v", ranks)
	}
	w, _ := Parse("forum*")
	whole, begins := Document(lang.UZ, "", []string{"forum"}), Document(lang.UZ, "", []string{"forumxona"})
	if !(w.Score(whole) > w.Score(begins) && w.Score(begins) > 0) {
		t.Errorf("whole word %v, longer word %v", w.Score(whole), w.Score(begins))
	}
	if e := p.Exactness(lang.KK, "", []string{"форумға"}); e != 1 {
		t.Errorf("exactness of the typed form: %v", e)
	}
	two, _ := Parse("су көпір -жол ай OR күн")
	for body, want := range map[string]float64{"су": 1. / 3, "су көпір": 2. / 3, "су көпір күн": 1, "су көпір күн ай": 1, "жол": 0} {
		if e := two.Exactness(lang.KK, "", []string{body}); e != want {
			t.Errorf("exactness in %q: %v, want %v", body, e, want)
		}
	}
	if s := (Query{}).Score(whole); s != 0 {
		t.Errorf("the empty query scores %v", s)
	}
	nots, _ := Parse("-су")
	if s, e := nots.Score(whole), nots.Exactness(lang.KK, "x", nil); s != 0 || e != 0 {
		t.Errorf("a query of nots scores %v, %v", s, e)
	}
}

// Scene 2: the five reports are found however the word is spelled, and marked as the page spells it.
func TestSampleReports(t *testing.T) {
	t.Parallel()
	dir := os.Getenv("JARCHI_SHARED")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared")
	}
	x := newIndex(t)
	reports := []struct {
		file string
		tag  lang.Tag
	}{
		{"000_16a40d38f141b0b0.txt", lang.UZ}, {"001_32cc9811ad68b415.txt", lang.UR}, {"002_87f847a6d181454e.txt", lang.KK},
		{"003_23a63cbc857a289d.txt", lang.KK}, {"004_284f50cf403ab954.txt", lang.FA},
	}
	bodies := make([][]string, len(reports))
	for i, r := range reports {
		b, err := os.ReadFile(filepath.Join(dir, "samples", r.file))
		if err != nil {
			t.Skipf("the sample reports are not here (set JARCHI_SHARED): %v", err)
		}
		bodies[i] = strings.Split(string(b), "\n")
		x.put(t, Document(r.tag, "", bodies[i]), "xac")
	}
	for _, k := range []struct {
		typed string
		finds int    // report
		alone bool   // and no other
		marks string // as the page spells it; empty: any
	}{
		{"Қозоғистон", 0, false, ""},
		{"Qozogʻiston", 0, false, ""},
		{"Qozog'iston", 0, false, ""},
		{"Qozog‘istonning", 0, false, ""},
		{"تركيه", 4, false, "ترکیه"},
		{"پاكستان", 1, false, "پاکستان"},
		{"форумға", 3, false, ""},
		{"елшінің", 2, false, ""},
		{`"форум аясында"`, 3, true, ""},
	} {
		got := x.search(t, k.typed, []string{"xac"})
		if !slices.Contains(got, k.finds+1) || k.alone && len(got) != 1 {
			t.Errorf("%s finds %v, want %d", k.typed, got, k.finds+1)
			continue
		}
		q, _ := Parse(k.typed)
		var marked []string
		for _, p := range bodies[k.finds] {
			for _, f := range q.Highlight(reports[k.finds].tag, p) {
				if f.Hit {
					marked = append(marked, f.Text)
				}
			}
		}
		if len(marked) == 0 || k.marks != "" && !slices.Contains(marked, k.marks) {
			t.Errorf("%s marks %q", k.typed, marked)
		}
		if !anyHit(q.Snippet(reports[k.finds].tag, bodies[k.finds], 30)) {
			t.Errorf("%s: no mark in the snippet", k.typed)
		}
	}
}

func BenchmarkScore500(b *testing.B) {
	text := strings.Repeat("су деңгейі көтерілді деп хабарлады көлсайда елді мекен тұрғындары форум аясында жиналды ", 25)
	d := Document(lang.KK, "Су деңгейі көтерілді", []string{text})
	q, _ := Parse(`форум "елді мекен" тұрғын*`)
	b.SetBytes(int64(500 * len(d.Body)))
	for b.Loop() {
		for range 500 {
			q.Score(d)
		}
	}
}

func BenchmarkHighlight4KB(b *testing.B) {
	text := strings.Repeat("Су деңгейі көтерілді, деп хабарлады Көлсайда елді мекен тұрғындары форум аясында. ", 28)
	q, _ := Parse(`форум "елді мекен" тұрғын*`)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		q.Highlight(lang.KK, text)
	}
}

func BenchmarkParse(b *testing.B) {
	for b.Loop() {
		if _, err := Parse(`форум "елді мекен" тұрғын* -жол`); err != nil {
			b.Fatal(err)
		}
	}
}
