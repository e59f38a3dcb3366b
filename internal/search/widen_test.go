package search

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/names"
)

var known = Known{names.Other, names.Within}

func widened(t interface{ Fatalf(string, ...any) }, typed string, in ...lang.Tag) Query {
	q, err := Parse(typed, in...)
	if err != nil {
		t.Fatalf("Parse(%q): %v", typed, err)
	}
	return q.Widen(known)
}

// named are the forms of the names of the table that is written for the samples, by kind and id.
func named(t *testing.T) map[string][]Named {
	b, err := os.ReadFile("../names/names.tsv")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]Named{}
	for _, line := range strings.Split(string(b), "\n") {
		f := strings.Split(line, "\t")
		if len(f) < 4 || strings.HasPrefix(line, "#") || !slices.Contains([]string{"country", "place", "body"}, f[0]) || slices.Contains([]string{"prs", "ar", "ko", "ky"}, f[2]) {
			continue // rows of further languages are of the gazetteer by which texts are compared
		}
		for _, s := range f[3:] {
			out[f[0]+" "+f[1]] = append(out[f[0]+" "+f[1]], Named{lang.Tag(f[2]), s})
		}
	}
	return out
}

// thing is what the tables list names of.
type thing struct{ kind, id string }

// shown are the first names of all things of a table, by language.
func shown(t *testing.T, file string, kinds ...string) map[thing]map[lang.Tag]string {
	b, err := os.ReadFile("../names/" + file)
	if err != nil {
		t.Fatal(err)
	}
	out := map[thing]map[lang.Tag]string{}
	var columns []string
	for line := range strings.Lines(string(b)) {
		f := strings.Split(strings.TrimRight(line, "\n"), "\t")
		if f[0] == "kind" {
			columns = f
		}
		if len(f) < 3 || !slices.Contains(kinds, f[0]) {
			continue
		}
		of := map[lang.Tag]string{}
		for i, forms := range f[2:] {
			if form, _, _ := strings.Cut(forms, "|"); form != "" {
				of[lang.Tag(columns[i+2])] = form
			}
		}
		out[thing{f[0], f[1]}] = of
	}
	return out
}

// The name of a country, city, region, body, format or office, typed in any language, finds texts that name it in any other, but for names
// that are another word more often. JARCHI_ALL=1 looks at all names, not at some.
func TestNamesAreFoundInEveryLanguage(t *testing.T) {
	t.Parallel()
	nth := 7
	if os.Getenv("JARCHI_ALL") != "" {
		nth = 1
	}
	type count struct{ pairs, missed, silent, short int }
	counts := map[string]*count{}
	for _, table := range []struct {
		file  string
		kinds []string
	}{{"countries.tsv", []string{"country"}}, {"cities.tsv", []string{"place"}}, {"world.tsv", []string{"region", "body", "place"}}, {"topics.tsv", []string{"format", "office"}}} {
		all := shown(t, table.file, table.kinds...)
		ids := slices.SortedFunc(maps.Keys(all), func(a, b thing) int { return strings.Compare(a.kind+a.id, b.kind+b.id) })
		for n, what := range ids {
			if n%nth != 0 && table.file != "topics.tsv" {
				continue
			}
			c := counts[what.kind]
			if c == nil {
				c = &count{}
				counts[what.kind] = c
			}
			docs := map[lang.Tag]Doc{}
			for tag, name := range all[what] {
				if n, _ := names.Other(strings.Fields(name)); n == 0 {
					t.Logf("%s %s %q is not looked for", what, tag, name)
					c.silent++ // the name is another word there
					continue
				}
				if lex, _ := analyse(tag, name); len(lex) == 1 && utf8.RuneCountInString(name) < shortestStem && len(name) < shortestStem*utf8.UTFMax/2 {
					c.short++ // ЕС is not looked for in small letters
					continue
				}
				docs[tag] = Document(tag, "", []string{"0 " + name + " 1"})
			}
			for typed := range docs {
				q := widened(t, all[what][typed])
				for tag, doc := range docs {
					if c.pairs++; q.Score(doc) <= 0 {
						c.missed++
						t.Logf("%s %q does not find %s %q", typed, all[what][typed], tag, all[what][tag])
					}
				}
			}
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(counts)) {
		c := counts[kind]
		t.Logf("%s: of %d pairs %d are not found; %d names are not looked for, %d too short", kind, c.pairs, c.missed, c.silent, c.short)
		if c.pairs < 1000 || c.missed*100 > c.pairs || c.silent*100 > c.pairs/15*8 {
			t.Errorf("%s: more than there were", kind)
		}
	}
}

// Whatever form of a name is typed, it finds every text that has another, scores there and marks it, unless
// that form is too short to be looked for.
func TestEveryFormOfANameFindsEveryOther(t *testing.T) {
	t.Parallel()
	all := named(t)
	if len(all) < 30 {
		t.Fatalf("only %d names were read", len(all))
	}
	x := newIndex(t)
	type doc struct {
		Named
		id  int
		doc Doc
	}
	docs := map[string][]doc{}
	for name, forms := range all {
		for _, f := range forms {
			d := Document(f.Tag, "", []string{"0 " + f.Text + " 1"})
			docs[name] = append(docs[name], doc{f, x.put(t, d, "xa0"), d})
		}
	}
	short := 0
	for name, forms := range all {
		for _, f := range forms {
			if raceEnabled && !strings.HasPrefix(name, "place") {
				continue
			}
			q := widened(t, f.Text)
			ids, err := x.find(q.FTS5([][]string{everyone}))
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range docs[name] {
				if lex, _ := analyse(d.Tag, d.Text); len(lex) == 1 && utf8.RuneCountInString(lex[0].stem) < shortestStem {
					short++
					continue
				}
				if !slices.Contains(ids, d.id) {
					t.Errorf("%s: %s %q does not find %s %q", name, f.Tag, f.Text, d.Tag, d.Text)
					continue
				}
				if q.Score(d.doc) <= 0 {
					t.Errorf("%s: %s %q scores nothing in %s %q", name, f.Tag, f.Text, d.Tag, d.Text)
				}
				if got := brackets(q.Highlight(d.Tag, "0 "+d.Text+" 1")); !strings.Contains(got, "[") {
					t.Errorf("%s: %s %q marks %q", name, f.Tag, f.Text, got)
				}
			}
			for _, term := range q.terms {
				if len(term.forms)+len(term.other) > MaxForms && len(term.forms) <= MaxForms && term.span == 1 || len(term.other) > MaxForms {
					t.Errorf("%q is widened to %d and %d forms", f.Text, len(term.forms), len(term.other))
				}
			}
		}
	}
	if short > 200 {
		t.Errorf("%d pairs were too short", short)
	}
}

// Scene 2: a name is found in the five languages, and marked as each page spells it.
func TestANameIsMarkedAsThePageSpellsIt(t *testing.T) {
	t.Parallel()
	texts := []struct {
		tag        lang.Tag
		text, want string
	}{
		{lang.KK, "Көксайдан жіберілетін су", "[Көксайдан] жіберілетін су"},
		{lang.UZ, "Koʻksoy suv ombori, Koʻksoydan", "[Koʻksoy] suv ombori, [Koʻksoydan]"},
		{lang.RU, "из Коксайского водохранилища, о Коксае", "из [Коксайского] водохранилища, о [Коксае]"},
		{lang.FA, "آب از سد کوک‌سای رها", "آب از سد [کوک‌سای] رها"},
		{lang.UR, "کوکسائی سے پانی", "[کوکسائی] سے پانی"},
		{lang.EN, "Koksai’s water", "[Koksai’s] water"},
		{lang.TR, "Köksay'dan su", "[Köksay'dan] su"},
		{lang.AZ, "Komanda hazırdır", "Komanda hazırdır"},
		{lang.TR, "konusunda konuştu", "konusunda konuştu"},
		{lang.UZ, "Komanda keldi", "Komanda keldi"},
	}
	for _, typed := range []string{"Көксайдан", "көксай", "Koʻksoydan", "Ko'ksoydan", "Ko’ksoyda", "كوكساي", "کوک‌سای", "کوکسائی", "Коксайского", "Коксай", "Koksai", "Köksay'dan"} {
		q := widened(t, typed)
		for _, k := range texts {
			if got := brackets(q.Highlight(k.tag, k.text)); got != k.want {
				t.Errorf("%s marks %q, want %q", typed, got, k.want)
			}
			if strings.Contains(k.want, "[") && !anyHit(q.Snippet(k.tag, []string{"Бір сөйлем. " + k.text}, 20)) {
				t.Errorf("%s: no mark in the passage of %q", typed, k.text)
			}
		}
	}
}

func TestWhatIsWidened(t *testing.T) {
	t.Parallel()
	x := newIndex(t)
	ids := map[string]int{}
	for tag, s := range map[lang.Tag]string{lang.KK: "Көксай су", lang.UZ: "Koʻksoy suv", lang.RU: "Коксай вода", lang.UR: "توقسان بلاق پانی", lang.EN: "Toqsanbulaq water", lang.FA: "توقسان نه بلاق"} {
		ids[string(tag)] = x.put(t, Document(tag, s, nil), "xa0 xl"+string(tag))
	}
	for _, k := range []struct{ typed, want, also string }{
		{"Көксай", "kk ru uz", "Koʻksoy Коксай Köksay کوک‌سای کوکسائی Koksai"},
		{`"Көксай"`, "kk", ""},
		{"«Көксай»", "kk", ""},
		{"-Көксай", "en fa ru ur uz", ""},
		{"көк*", "kk", ""},
		{"Көксай suv", "uz", "Koʻksoy Коксай Köksay کوک‌سای کوکسائی Koksai"},
		{"Көксай -suv", "kk ru", "Koʻksoy Коксай Köksay کوک‌سای کوکسائی Koksai"},
		{"Көксай OR water", "en kk ru uz", "Koʻksoy Коксай Köksay کوک‌سای کوکسائی Koksai"},
		{"toqsanbulaq OR Көксай", "en kk ru ur uz", "Тоқсанбұлақ Toʻqsonbuloq Токсанбулак Toksanbulak Toksanbulaq توقسان‌بلاق توقسان بلاق Koʻksoy Коксай Köksay کوک‌سای کوکسائی Koksai"},
		{"توقسان بلاق", "en fa ur", "Тоқсанбұлақ Toʻqsonbuloq Токсанбулак Toksanbulak Toksanbulaq توقسان‌بلاق Toqsanbulaq"},
		{`"توقسان بلاق"`, "ur", ""},
		{"پانی توقسان بلاق", "ur", "Тоқсанбұлақ Toʻqsonbuloq Токсанбулак Toksanbulak Toksanbulaq توقسان‌بلاق Toqsanbulaq"},
		{"توقسان OR بلاق", "fa ur", ""},
		{"توقسان -بلاق", "", ""},
		{"water Toqsanbulaq", "en", "Тоқсанбұлақ Toʻqsonbuloq Токсанбулак Toksanbulak Toksanbulaq توقسان‌بلاق توقسان بلاق"},
	} {
		q := widened(t, k.typed)
		found, err := x.find(q.FTS5([][]string{everyone}))
		if err != nil {
			t.Fatalf("%s: %v", q.FTS5(nil), err)
		}
		var got []string
		for tag, id := range ids {
			if slices.Contains(found, id) {
				got = append(got, tag)
			}
		}
		slices.Sort(got)
		if g := strings.Join(got, " "); g != k.want {
			t.Errorf("%s finds %s, want %s: %s", k.typed, g, k.want, q.FTS5(nil))
		}
		var also []string
		for _, term := range q.Terms() {
			for _, a := range term.Also {
				also = append(also, a.Text)
			}
		}
		if g := strings.Join(also, " "); g != k.also {
			t.Errorf("%s is also %s, want %s", k.typed, g, k.also)
		}
	}
	if q := widened(t, "Көксай", lang.KK, lang.RU, lang.Und); len(q.Terms()[0].Also) != 1 {
		t.Errorf("read in two languages, it is also %v", q.Terms()[0].Also)
	}
	if q := widened(t, "Көксай", lang.UZCyrl, lang.PRS); len(q.Terms()[0].Also) != 2 {
		t.Errorf("read in the scripts of two languages, it is also %v", q.Terms()[0].Also)
	}
}

// A typed name stands above its other forms, and they above words that only begin as typed.
func TestRankingOfNames(t *testing.T) {
	t.Parallel()
	q := widened(t, "Көксайдан")
	rank := func(tag lang.Tag, s string) float64 {
		body := []string{"алды " + s + " арты"}
		return Rank(q.Score(Document(tag, "", body)), q.Exactness(tag, "", body))
	}
	exact, stem, other := rank(lang.KK, "Көксайдан"), rank(lang.KK, "Көксайға"), rank(lang.UZ, "Koʻksoydan")
	p := widened(t, "коксай*")
	prefix := p.Score(Document(lang.RU, "", []string{"алды Коксайчанин арты"}))
	if !(exact > stem && stem > other && other > prefix && prefix > 0) {
		t.Errorf("exact %v, stem %v, other %v, prefix %v", exact, stem, other, prefix)
	}
	// A name of several words counts as its words do.
	two, one := widened(t, "توقسان بلاق"), widened(t, "Тоқсанбұлақ")
	if a, b := two.Score(Document(lang.KK, "Тоқсанбұлақ", nil)), one.Score(Document(lang.UR, "توقسان بلاق", nil)); a <= 0 || a >= 1 || b <= 0 || b >= 1 {
		t.Errorf("scores %v and %v", a, b)
	}
}

// Index, score and marks agree about names too, and nothing typed among names breaks the index.
func TestWidenedIndexScoreAndHighlightAgree(t *testing.T) {
	t.Parallel()
	words := []string{"Көксай", "Көксайдан", "Koʻksoydan", "Ko'ksoy", "Коксайского", "Коксай", "водохранилища", "کوک‌سای", "کوکسائی", "كوكساي", "توقسان", "بلاق", "Toqsanbulaq", "Тоқсанбұлаққа", "United", "Nations",
		"ООН", "БҰҰ", "США", "Америка", "Құрама", "Штаттары", "su", "вода", "آب", "maʼlumot", "AB'nin", "xa0", "x", "Тоқсанбұлақ-Көксай"}
	tags := []lang.Tag{lang.KK, lang.UZ, lang.RU, lang.TR, lang.FA, lang.UR, lang.EN}
	x := newIndex(t)
	empty := x.put(t, Doc{}, "xa0")
	rapid.Check(t, func(t *rapid.T) {
		if raceEnabled && rapid.IntRange(0, 3).Draw(t, "thin") > 0 {
			return
		}
		tag := rapid.SampledFrom(tags).Draw(t, "tag")
		text := rapid.Map(rapid.SliceOfN(rapid.SampledFrom(words), 0, 8), func(ws []string) string { return strings.Join(ws, " ") }).Draw(t, "text")
		d := Document(tag, "", []string{text})
		id := x.put(t, d, "xa0")
		typed := rapid.Map(rapid.SliceOfN(rapid.SampledFrom(append([]string{"OR", "-su", `"вода"`, "кок*", "-Көксай"}, words...)), 1, 5), func(ws []string) string { return strings.Join(ws, " ") }).Draw(t, "typed")
		q := widened(t, typed)
		ids, err := x.find(q.FTS5([][]string{everyone}))
		if err != nil {
			t.Fatalf("%q becomes %s: %v", typed, q.FTS5(nil), err)
		}
		positive := slices.ContainsFunc(q.terms, func(t term) bool { return !t.Not })
		if positive && slices.Contains(ids, empty) {
			t.Fatalf("%q reaches a document without words", typed)
		}
		plain, _ := Parse(typed)
		narrow, err := x.find(plain.FTS5([][]string{everyone}))
		if err != nil {
			t.Fatal(err)
		}
		found := slices.Contains(ids, id)
		if !found && slices.Contains(narrow, id) {
			t.Fatalf("%q in %q is found only without other names: %s", typed, text, q.FTS5(nil))
		}
		if s := q.Score(d); s < 0 || s >= 1 || positive && found && s == 0 {
			t.Fatalf("%q in %q scores %v", typed, text, s)
		}
		fs := q.Highlight(tag, text)
		if joined(fs) != text {
			t.Fatalf("%q is not %q", joined(fs), text)
		}
		if positive && found && !anyHit(fs) {
			t.Fatalf("%q found in %q but not marked", typed, text)
		}
		lex, _ := analyse(tag, text)
		if got, _ := q.find(tag, text); !slices.Equal(got, q.hits(lex)) {
			t.Fatalf("%q in %q: by fingerprints %v, else %v", typed, text, got, q.hits(lex))
		}
		if e := q.Exactness(tag, "", []string{text}); e < 0 || e > 1 {
			t.Fatalf("exactness %v", e)
		}
	})
}

// However much is typed, the index is asked for a bounded number of forms.
func TestAWidenedQueryIsBounded(t *testing.T) {
	t.Parallel()
	long := strings.TrimSpace(strings.Repeat("Россия ", MaxTerms))
	q := widened(t, long)
	if n := strings.Count(q.FTS5(nil), `"`) / 2; n > MaxTerms*MaxForms {
		t.Errorf("%d forms", n)
	}
	for _, term := range q.terms {
		if n := len(term.forms) + len(term.other); n > MaxForms {
			t.Errorf("%s has %d forms", term.Raw, n)
		}
	}
}

func TestForeignApostrophesAreNoEndings(t *testing.T) {
	t.Parallel()
	for _, k := range []struct {
		tag        lang.Tag
		word, stem string // empty: that of the word without its apostrophe
	}{
		{lang.TR, "Koʻksoydan", ""}, {lang.AZ, "Ko'ksoydan", ""}, {lang.TR, "maʼlumot", ""}, {lang.AZ, "Oʻzbekistonda", ""}, {lang.TK, "Ko‘ksoydan", ""},
		{lang.TR, "AB'nin", "ap"}, {lang.TR, "İstanbul'da", lang.Stem(lang.TR, "İstanbul")}, {lang.TR, "AB'den", "ap"}, {lang.UZ, "oʻz", lang.Stem(lang.UZ, "oʻz")},
	} {
		want := k.stem
		if want == "" {
			want = lang.Stem(k.tag, strings.Map(func(r rune) rune {
				if strings.ContainsRune(apostrophes, r) {
					return -1
				}
				return r
			}, k.word))
		}
		if lex, _ := analyse(k.tag, k.word); len(lex) != 1 || lex[0].stem != want {
			t.Errorf("%s %s: %v, want %s", k.tag, k.word, lex, want)
		}
	}
}

func BenchmarkWiden(b *testing.B) {
	for _, typed := range []string{"Көксайдан", "су деңгейі", strings.TrimSpace(strings.Repeat("Россия ", MaxTerms))} {
		b.Run(fmt.Sprint(len(typed)), func(b *testing.B) {
			q, _ := Parse(typed)
			for b.Loop() {
				q.Widen(known)
			}
		})
	}
}

func FuzzWiden(f *testing.F) {
	for _, s := range []string{"Көксайдан су", "توقسان بلاق OR United Nations -Россия", `"Көксай" Koʻksoy* UN`, "Россия Россия OR Китай", "a'b ʻ '' AB'nin"} {
		f.Add(s, "Көксайдан, Koʻksoy и Коксайского; توقسان بلاق")
	}
	x := newIndex(f)
	x.put(f, Doc{}, "xa0")
	f.Fuzz(func(t *testing.T, s, text string) {
		q, err := Parse(s)
		if err != nil {
			return
		}
		q = q.Widen(known)
		ids, err := x.find(q.FTS5([][]string{everyone}))
		if err != nil {
			t.Fatalf("%q becomes %s: %v", s, q.FTS5(nil), err)
		}
		if slices.ContainsFunc(q.terms, func(t term) bool { return !t.Not }) && len(ids) > 0 {
			t.Fatalf("%q reaches a document without words", s)
		}
		for _, tag := range []lang.Tag{lang.KK, lang.TR, lang.FA, lang.Und} {
			if got := joined(q.Highlight(tag, text)); got != text {
				t.Fatalf("%s: %q is not %q", tag, got, text)
			}
			if sc := q.Score(Document(tag, text, []string{text, s})); sc < 0 || sc >= 1 {
				t.Fatalf("score %v", sc)
			}
			q.Typed(tag, text, []string{s})
		}
	})
}
