package lang

import (
	"bufio"
	"flag"
	"fmt"
	"maps"
	"math/bits"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// The stems of tables/*/lexicon.txt are read out of word lists: the unpacked lists of Debian's
// tesseract-ocr packages (Apache-2.0), one file a language, as docs/languages.md describes.
//
//	go test ./internal/lang -run Lexicon -words DIR -write
var (
	wordLists     = flag.String("words", "", "folder of word lists: kaz.txt, uzb.txt, …")
	writeLexicons = flag.Bool("write", false, "write tables/*/lexicon.txt")
)

// lexiconSources names the list of each language and what is asked of a stem in it: how many different
// endings of a verb, of a noun, and how many forms.
var lexiconSources = map[string]struct {
	list                string
	verbRows, nounRows  int
	verbForms, nounForm int
	small               bool // every word is a stem that is no form of another
}{
	"kk": {"kaz", 6, 4, 12, 5, false}, "ky": {"kir", 6, 4, 16, 6, false}, "uz": {"uzb", 6, 4, 12, 5, false},
	"tr": {"tur", 6, 4, 12, 5, false}, "az": {"aze", 6, 4, 12, 5, false},
	"tg": {"tgk", 99, 4, 0, 5, false}, "ar": {"ara", 99, 2, 0, 2, false}, "mn": {"mon", 6, 4, 10, 5, false},
	"fa": {"fas", 99, 0, 0, 0, true}, "ur": {"urd", 99, 0, 0, 0, true},
}

// evidence is what a word list says for a string being a stem.
type evidence struct {
	verbRows, nounRows   [4]uint64
	verbForms, nounForms int
	plural               int
	sure                 [4]uint64 // endings that every verb takes
	form                 string    // one of its forms
}

func count(set [4]uint64) (n int) {
	for _, w := range set {
		n += bits.OnesCount64(w)
	}
	return n
}

// analyses calls use for every way to take suffixes off w: the stem, the slots and rows taken, outermost first.
func (s *stemmer) analyses(w []byte, from int, state uint8, taken []ending, use func(stem []byte, state uint8, taken []ending)) {
	if len(taken) > 0 {
		use(w, state, taken)
	}
	if len(taken) == 6 {
		return
	}
	at := &s.trie[0]
	for i := len(w) - 1; i > 0; i-- {
		if at = step(s.trie, at, w[i]); at == nil {
			return
		}
		for _, e := range at.ends {
			next, ok := s.after(&e, from, state)
			stem := w[:len(w)-int(e.taken)]
			if !ok || len(stem) == 0 || e.harmony != 0 && !s.agrees(stem, e.harmony) {
				continue
			}
			if e.put != "" {
				stem = append(slices.Clone(stem), e.put...)
			}
			s.analyses(stem, int(e.slot)+1, next, append(taken[:len(taken):len(taken)], e), use)
		}
	}
}

func TestLexicons(t *testing.T) {
	if *wordLists == "" {
		t.Skip("no word lists: -words")
	}
	for code := range lexiconSources {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			text := induce(t, code)
			name := filepath.Join("tables", code, "lexicon.txt")
			if *writeLexicons {
				if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if had, _ := os.ReadFile(name); string(had) != text {
				t.Errorf("%s is not what the lists give: run with -write", name)
			}
		})
	}
}

func readList(t testing.TB, list string) []string {
	t.Helper()
	f, err := os.Open(filepath.Join(*wordLists, list+".txt"))
	if err != nil {
		t.Skip(err)
	}
	defer f.Close()
	var words []string
	for sc := bufio.NewScanner(f); sc.Scan(); {
		w := sc.Text()
		if n := utf8.RuneCountInString(w); n < 2 || n > 26 {
			continue
		}
		if strings.IndexFunc(w, func(r rune) bool { return !unicode.IsLetter(r) && !apostrophe(r) && r != 0x200c }) < 0 {
			words = append(words, w)
		}
	}
	return words
}

// longYeh says whether a yeh at the end is more often part of a word than the sign of one of its kind.
func longYeh(w string) bool {
	return strings.HasSuffix(w, "ایی") && !strings.HasSuffix(w, "هایی") || strings.HasSuffix(w, "ی") && utf8.RuneCountInString(w) > 6 && !strings.HasSuffix(w, "های") && !strings.HasSuffix(w, "هایی")
}

// verbForm says whether the tables written by hand know w as a form, or w is another word and a yeh.
func (s *stemmer) verbForm(w string, words map[string]string) bool {
	f := finder{s: s}
	short := 4
	if w[0] < utf8.RuneSelf {
		short = 3
	}
	if f.look([]byte(w), 0, 0); f.best >= short {
		return true
	}
	s.unprefix(&f, []byte(w))
	_, without := words[strings.TrimSuffix(w, "ی")]
	for _, more := range []string{"ها", "های", "ترین", "تر"} { // بازیها: a word of its own
		if _, ok := words[w+more]; ok {
			without = false
		}
	}
	without = without && !longYeh(w)
	for _, p := range []string{"می", "نمی", "me", "name", "na"} {
		if strings.HasPrefix(w, p) && f.best > 0 {
			return true
		}
	}
	for _, p := range []string{"ال", "وال", "بال", "لل"} { // an Arabic article, or a ta marbuta, which endings change
		if (strings.HasPrefix(w, p) || strings.HasSuffix(w, "ه")) && slices.ContainsFunc(s.prefixes, func(x prefix) bool { return x.text == "ال" }) {
			return true
		}
	}
	return f.best >= short+2 || strings.HasSuffix(w, "ی") && without
}

// behindArticle mends the nouns of Arabic by what stands behind the article, where no particle stands: the first letter of
// وفد, وزارة and لجنة is their own, as الوفد, الوزارة and اللجنة are in the list. Strings of two letters that never stand
// there are taken out, and those that are another noun behind a particle: لبلد.
func behindArticle(a *alphabet, plain tables, spelled map[string]string, nouns map[string]bool) {
	const article, particles = "ال", "وفبکلستنیا"
	behind := func(k string) bool {
		_, bare := spelled[article+k]
		_, feminine := spelled[article+k+"ه"]
		return bare || feminine
	}
	for k := range nouns {
		first, size := utf8.DecodeRuneInString(k)
		if !behind(k) && (utf8.RuneCountInString(k) == 2 || strings.ContainsRune("وفبکلس", first) && behind(k[size:])) {
			delete(nouns, k)
		}
	}
	for pass := range 2 { // what its stem does not settle is settled by the word itself
		s := newStemmer(a, append(plain[:len(plain):len(plain)], section{name: "lexicon nouns", rows: [][]string{slices.Collect(maps.Keys(nouns))}}))
		for k := range spelled {
			if _, ok := spelled[article+k]; !ok || len(k) < 4 || strings.HasPrefix(k, article) {
				continue
			}
			stem, long := string(s.stem(nil, []byte(article+k))), utf8.RuneCountInString(k)
			plural := slices.ContainsFunc([]string{"ات", "ون", "ین", "ه", "ی"}, func(end string) bool { return strings.HasSuffix(k, end) })
			switch alike := string(s.stem(nil, []byte(k))) == stem; {
			case pass == 0 && long > 2 && long < 5 && utf8.RuneCountInString(stem) == 2 && !plural: // بيت, بيان, بنك: no forms of بي and بن
				nouns[k] = true
			case alike || !strings.ContainsAny(k[:2], particles) || !strings.HasPrefix(k, stem):
			case pass == 0:
				nouns[stem] = true
			default:
				nouns[strings.TrimSuffix(k, "ه")] = true
			}
		}
	}
}

func induce(t *testing.T, code string) string {
	src := lexiconSources[code]
	own, _ := loadTables(code)
	var slotNames []string
	plain := own[:0:0]
	for _, sec := range own {
		if !strings.HasPrefix(sec.name, "lexicon ") {
			plain = append(plain, sec)
		}
		if f := strings.Fields(sec.name); len(f) > 1 && slices.Contains([]string{"suffix", "end", "verb", "finite", "inner"}, f[0]) && sec.name != "verb stems" {
			slotNames = append(slotNames, strings.Join(f[1:], " "))
		}
	}
	base, _ := loadTables("default")
	a := newAlphabet(base, own)
	s := newStemmer(a, plain)
	spelled := map[string]string{}
	seen := map[string]*evidence{}
	var folded []string
	for _, w := range readList(t, src.list) {
		k := string(a.word(nil, w))
		if a.aposSuffix && strings.ContainsFunc(w, apostrophe) {
			continue
		}
		if _, had := spelled[k]; !had {
			folded = append(folded, k)
		}
		if had, ok := spelled[k]; !ok || had < w { // small letters and those of the own script are the larger
			spelled[k] = w
		}
	}
	written := func(stem string) string { // in the script of the list
		if w, ok := spelled[stem]; ok {
			return strings.ToLower(w)
		}
		if seen[stem] == nil {
			return stem
		}
		w := strings.ToLower(spelled[seen[stem].form])
		for i := range w {
			if string(a.word(nil, w[:i])) == stem {
				return w[:i]
			}
		}
		return stem
	}
	similar := func(set map[string]bool, stem []byte) bool { // in the set as it is or as it is without an ending
		if set[string(stem)] {
			return true
		}
		r, size := utf8.DecodeLastRune(stem)
		for _, m := range [...]map[rune]rune{s.soften, s.harden} {
			if to, ok := m[r]; ok && set[string(stem[:len(stem)-size])+string(to)] {
				return true
			}
		}
		return false
	}
	named := func(e ending, prefix string) bool { return strings.HasPrefix(slotNames[e.slot], prefix) }
	gather := func(w string, verb bool) {
		s.analyses([]byte(w), 0, 0, nil, func(stem []byte, state uint8, taken []ending) {
			last := taken[len(taken)-1]
			if !s.stands(stem, 2) || s.slots[last.slot].kind == inner || (state&wantVerb != 0) != verb {
				return
			}
			if _, ok := spelled[string(stem)]; !ok { // kitab is kitap
				r, size := utf8.DecodeLastRune(stem)
				for _, m := range [...]map[rune]rune{s.soften, s.harden} {
					hard := string(stem[:len(stem)-size]) + string(m[r])
					if _, ok := spelled[hard]; ok && m[r] != 0 {
						stem = []byte(hard)
						break
					}
				}
			}
			ev := seen[string(stem)]
			if ev == nil {
				ev = &evidence{form: w}
				seen[string(stem)] = ev
			}
			switch s.slots[last.slot].kind {
			case verbal, finite:
				ev.verbForms++
				ev.verbRows[last.row/64] |= 1 << (last.row % 64)
				if named(last, "past") || named(last, "sure") {
					ev.sure[last.row/64] |= 1 << (last.row % 64)
				}
			case nominal:
				ev.nounForms++
				ev.nounRows[last.row/64] |= 1 << (last.row % 64)
				if named(last, "plural") {
					ev.plural++
				}
			}
		})
	}
	for _, w := range folded {
		gather(w, true)
	}
	sureRows := map[uint16]bool{}
	for i := range s.trie {
		for _, e := range s.trie[i].ends {
			if named(e, "past") || named(e, "sure") {
				sureRows[e.row] = true
			}
		}
	}
	sure := len(sureRows)
	enough := func(rows func(*evidence) int, least int) []string { // the shortest first
		var stems []string
		for k, ev := range seen {
			if rows(ev) >= least {
				stems = append(stems, k)
			}
		}
		slices.SortFunc(stems, func(a, b string) int {
			if n := utf8.RuneCountInString(a) - utf8.RuneCountInString(b); n != 0 {
				return n
			}
			return strings.Compare(a, b)
		})
		return stems
	}
	verbs, nouns := map[string]bool{}, map[string]bool{}
	for _, w := range plain.words("verbs") {
		verbs[string(a.word(nil, w))] = true
	}
	for _, k := range enough(func(ev *evidence) int { return count(ev.verbRows) }, src.verbRows) {
		ev := seen[k]
		if count(ev.verbRows) < src.verbRows || ev.verbForms < src.verbForms || count(ev.sure) < sure {
			continue
		}
		if r, _ := utf8.DecodeRuneInString(k); utf8.RuneCountInString(k) < 3 && !s.vowel(r) {
			continue // too much looks like them; the few there are stand in stems.txt
		}
		explained := false
		s.analyses([]byte(k), 0, wantVerb, nil, func(stem []byte, state uint8, taken []ending) {
			only := true
			for _, e := range taken {
				only = only && s.slots[e.slot].kind == inner
			}
			explained = explained || only && similar(verbs, stem)
		})
		s.analyses([]byte(k), 0, 0, nil, func(stem []byte, state uint8, taken []ending) {
			explained = explained || state&wantVerb != 0 && len(taken) == 1 && taken[0].put == "" && len(k)-len(stem) > 2 && similar(verbs, stem)
		})
		if r, size := utf8.DecodeLastRuneInString(k); s.vowel(r) && seen[k[:len(k)-size]] != nil && verbs[k[:len(k)-size]] && 2*ev.verbForms < seen[k[:len(k)-size]].verbForms {
			explained = true // ала is ал-а
		} else if s.vowel(r) {
			s.analyses([]byte(k[:len(k)-size]), 0, wantVerb, nil, func(stem []byte, state uint8, taken []ending) {
				explained = explained || utf8.RuneCountInString(k) > 4 && similar(verbs, stem) // жазыла is жаз-ыл-а
			})
		}
		if !explained {
			verbs[k] = true
		}
	}
	for _, w := range folded { // what is a verb's form says nothing of nouns
		verb := false
		s.analyses([]byte(w), 0, 0, nil, func(stem []byte, state uint8, taken []ending) {
			rare := false
			for _, e := range taken {
				rare = rare || named(e, "rare")
			}
			verb = verb || state&wantVerb != 0 && !rare && similar(verbs, stem)
		})
		if !verb {
			gather(w, false)
		}
	}
	if src.small {
		for _, w := range folded {
			if seen[w] == nil && utf8.RuneCountInString(w) > 2 {
				seen[w] = &evidence{form: w}
			}
		}
	}
	for _, k := range enough(func(ev *evidence) int { return count(ev.nounRows) }, src.nounRows) {
		ev := seen[k]
		if (src.small || code == "tg" || code == "ar") && s.verbForm(k, spelled) {
			continue
		}
		if _, bare := spelled[k]; !bare || count(ev.nounRows) < src.nounRows || ev.nounForms < src.nounForm || utf8.RuneCountInString(k) < 2 {
			continue
		}
		byNoun, byForm, byFinite, rival := false, false, false, 1
		s.analyses([]byte(k), 0, 0, nil, func(stem []byte, state uint8, taken []ending) {
			last := taken[len(taken)-1]
			switch {
			case state&wantVerb != 0 && similar(verbs, stem):
				if last.put != "" && count(ev.nounRows) > 8 {
					break
				}
				fin := s.slots[last.slot].kind == inner
				for _, e := range taken {
					fin = fin && s.slots[e.slot].kind != verbal || named(e, "rare")
				}
				byForm = byForm || !fin
				byFinite = byFinite || fin
			case state&wantVerb == 0:
				t := seen[string(stem)]
				if t != nil && named(last, "plural") && len(taken) == 1 && utf8.RuneCount(stem) > 2 && count(t.nounRows) > 1 {
					byForm = true
				}
				if !similar(nouns, stem) && (t == nil || count(t.nounRows) < max(src.nounRows+1, count(ev.nounRows))) {
					break
				}
				byNoun = true
				if t != nil {
					rival = max(rival, t.plural)
				}
				for _, e := range taken {
					byForm = byForm || named(e, "relative") || named(e, "belonging") || named(e, "plural")
				}
			}
		})
		s.analyses([]byte(k), 0, wantVerb, nil, func(stem []byte, state uint8, taken []ending) {
			byFinite = byFinite || similar(verbs, stem)
		})
		for v := range s.vowels { // ald-ı is al-dı
			if s.vowels[v] && !s.vowel(rune(k[len(k)-1])) {
				s.analyses([]byte(k+string(rune(v))), 0, 0, nil, func(stem []byte, state uint8, taken []ending) {
					byFinite = byFinite || state&wantVerb != 0 && len(stem) < len(k) && similar(verbs, stem)
				})
			}
		}
		if r, size := utf8.DecodeLastRuneInString(k); len(k) > 2*size && !src.small && !s.vowel(r) && strings.HasSuffix(k[:len(k)-size], string(r)) && nouns[k[:len(k)-size]] {
			continue // мемлекетт-ің
		}
		if src.small && !byForm && longYeh(k) {
			byNoun, byFinite = false, false
		}
		if byForm || byNoun && (2*ev.plural < rival || count(ev.nounRows) < src.nounRows+1) || byFinite && (ev.plural < 2 || count(ev.nounRows) < 2*src.nounRows) {
			continue
		}
		nouns[k] = true
	}
	if code == "ar" {
		behindArticle(a, plain, spelled, nouns)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "# Source: read out of the word list of Debian's package tesseract-ocr-%s (Apache-2.0) by TestLexicons: strings that\n"+
		"# stand there with enough different endings and are no inflected form of a shorter one. Rows can be added and taken out.\n", src.list)
	for _, sec := range []struct {
		name string
		set  map[string]bool
	}{{"verbs", verbs}, {"nouns", nouns}} {
		fmt.Fprintf(&b, "\n[lexicon %s]\n", sec.name)
		var list []string
		for k := range sec.set {
			if s.words.has([]byte(k)) == 0 { // not written by hand already
				list = append(list, written(k))
			}
		}
		slices.Sort(list)
		line := ""
		for _, w := range list {
			if r, _ := utf8.DecodeRuneInString(w); line != "" {
				if first, _ := utf8.DecodeRuneInString(line); first != r || len(line)+len(w) > 150 {
					b.WriteString(line + "\n")
					line = ""
				}
			}
			if line != "" {
				line += " "
			}
			line += w
		}
		b.WriteString(line + "\n")
		t.Logf("%s: %d %s", code, len(list), sec.name)
	}
	return b.String()
}
