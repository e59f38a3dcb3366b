package story

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/names"
)

// What every text of a language has is never told as a reason, be it the only thing besides a number that two texts share.
func TestReasonsWithoutCommonestWords(t *testing.T) {
	t.Parallel()
	common := map[lang.Tag]string{
		"en": "the and of in is was with from that", "ru": "и в на что с по как это был", "kk": "және мен бұл үшін деп бір", "uz": "va bilan uchun bu deb bir",
	}
	for line := range strings.Lines(commonText) {
		if code, words, ok := strings.Cut(line, " "); ok && code != "#" {
			common[lang.Tag(code)] = words
		}
	}
	if len(common) < 11 {
		t.Fatalf("only %d languages", len(common))
	}
	for tag, words := range common {
		var keys []string
		for _, k := range lang.Tokens(tag, words) {
			keys = append(keys, k.Fold)
		}
		text := strings.TrimSpace(words) + " 4721"
		l := NewLinker()
		place(t, l, Text{ID: "a", Traits: ReadTraits(tag, text, time.Time{})})
		because := l.Because(ReadTraits(tag, text, time.Time{}), "", "a")
		if !slices.Contains(because, Reason{"number", "4721"}) {
			t.Errorf("%s: the number is no reason: %v", tag, because)
		}
		for _, r := range because {
			if slices.Contains(keys, lang.Fold(tag, r.Value)) {
				t.Errorf("%s: %q is told as a reason", tag, r.Value)
			}
		}
	}
}

// Short texts in two languages that are alike by topics alone are no link, however alike they are; a number that they share makes
// them one.
func TestShortTextsNeedAThing(t *testing.T) {
	t.Parallel()
	score := func(en, ru string) (bare, judged float64) {
		at := time.Date(2025, 5, 1, 0, 0, 0, 0, time.UTC)
		l := NewLinker()
		l.x.fewTexts = 1
		for i := range 24 {
			for _, r := range []report{others[0], others[6], others[1], others[7]} {
				place(t, l, Text{ID: fmt.Sprint(r.lang, r.text[:12], i), At: at, Traits: read(r.lang, strings.ReplaceAll(r.text, "120", fmt.Sprint(300+i)), at)})
			}
		}
		a, b := read("en", en, at), read("ru", ru, at)
		if len(a.Traits) >= shortText || len(b.Traits) >= shortText {
			t.Fatalf("%d and %d traits are no short texts", len(a.Traits), len(b.Traits))
		}
		place(t, l, Text{ID: "en", At: at, Traits: a})
		place(t, l, Text{ID: "ru", At: at, Traits: b})
		n, m := l.number["ru"], l.number["en"]
		l.x.docs[n].story = n
		l.x.ask(b)
		own := l.x.rarities(b, l.x.docs[n].lang)
		hits := l.x.search(b, own, n, l.x.docs[m].lang, perLanguage)
		for _, h := range hits {
			if h.doc == m {
				bare = l.x.scored(n, m, h.cos, b, own)
			}
		}
		for _, f := range l.x.neighbourhood(hits, n, b, own) {
			if f.doc == m {
				judged = f.score
			}
		}
		return bare, judged
	}
	en, ru := "Rain and snow on the mountain road, drivers wait.", "Дождь и снег на горной дороге, водители ждут."
	if bare, judged := score(en, ru); bare <= Threshold || judged > unproven {
		t.Errorf("alike by topics alone: %.1f, judged %.1f; a link by its score is wanted, and none by its judgement", bare, judged)
	}
	if bare, judged := score(en+" 4721.", ru+" 4721."); bare <= Threshold || judged != bare {
		t.Errorf("with a number in common: %.1f, judged %.1f", bare, judged)
	}
	if bare, judged := score(en+" 4721.", ru+" 3816."); bare <= Threshold || judged > unproven {
		t.Errorf("with two numbers: %.1f, judged %.1f", bare, judged)
	}
}

// A word that only looks like a form of a topic's word is no topic; the topic's own forms are.
func TestLookalikes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		tag         lang.Tag
		topic       string
		other, form string
	}{
		{"kk", "prison", "түрінде", "түрмеде"}, {"ru", "mining", "стали", "шахте"}, {"az", "solution", "hələ", "həlli"}, {"tr", "deliver", "yüksek", "yük"},
		{"fa", "tradition", "رسمی", "رسوم"}, {"ar", "compare", "عملية", "مقارنة"}, {"mn", "south", "өмнө", "өмнөд"}, {"ko", "celebrity", "스타일", "스타"},
		{"ky", "waste", "калды", "калдыктар"}, {"uz", "show", "koʻrsatdi", "koʻrsatuvlari"},
	} {
		has := func(text string) bool {
			h := traitHash(Concept, string(names.Topic)+":"+c.topic)
			return slices.ContainsFunc(ReadTraits(c.tag, text, time.Time{}).Traits, func(f Trait) bool { return f.Hash == h })
		}
		if has(c.other) || !has(c.form) {
			t.Errorf("%s %s: of %s %v, of %s %v; no and yes are wanted", c.tag, c.topic, c.other, has(c.other), c.form, has(c.form))
		}
	}
	for tag, of := range otherWords() {
		for key := range of.begins {
			if of.whole[key] {
				t.Errorf("%s: %q stands as a word and as a beginning", tag, key)
			}
		}
	}
}

// A text in traditional characters has the traits of the same text in simplified ones.
func TestTraditionalTraits(t *testing.T) {
	t.Parallel()
	of := func(text string) (out []uint32) {
		for _, f := range ReadTraits(lang.ZH, text, time.Time{}).Traits {
			out = append(out, f.Hash)
		}
		return out
	}
	simplified, traditional := of("法院开庭审理铁路事故案\n马拉特·塞托夫和乔尔说，3亿元赔偿将于9月12日支付。"), of("法院開庭審理鐵路事故案\n馬拉特·塞托夫和喬爾說，3億元賠償將於9月12日支付。")
	if len(simplified) < 30 || !slices.Equal(simplified, traditional) {
		t.Errorf("%d traits, and %d in traditional characters, not the same", len(simplified), len(traditional))
	}
}
