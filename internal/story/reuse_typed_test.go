package story

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/lang"
)

// typed is how texts of a language are written where its own letters are wanting.
var typed = map[string][]*strings.Replacer{
	"kk": {pairs("қк ғг ңн әа өо үу ұу іи һх ҚК ҒГ ҢН ӘА ӨО ҮУ ҰУ ІИ ҺХ")},
	"ky": {pairs("ңн өо үу ҢН ӨО ҮУ")},
	"tg": {pairs("ғг ӣи қк ӯу ҳх ҷч ҒГ ӢИ ҚК ӮУ ҲХ ҶЧ")},
	"mn": {pairs("өо үу ӨО ҮУ")},
	"ru": {pairs("ёе ЁЕ")},
	"uz": {strings.NewReplacer("ʻ", "", "ʼ", "", "‘", "", "’", "", "'", "", "`", "")},
	"tr": {pairs("şs çc ğg ıi öo üu âa îi ŞS ÇC ĞG İI ÖO ÜU")},
	"az": {pairs("şs çc ğg ıi öo üu əe ŞS ÇC ĞG İI ÖO ÜU ƏE")},
	"tk": {pairs("şs çc ňn öo üu äa ýy žz ŞS ÇC ŇN ÖO ÜU ÄA ÝY ŽZ")},
	"fa": {
		strings.NewReplacer("\u200c", " "), strings.NewReplacer("\u200c", ""), pairs("یي کك"),
		strings.NewReplacer("\u200c", " ", "ی", "ي", "ک", "ك", "آ", "ا"),
	},
	"ur": {pairs("یي کك ہه ھه"), strings.NewReplacer("\u200c", "", "ؤ", "و", "ئ", "ی")},
	"ar": {pairs("أا إا آا ىي ةه")},
}

// pairs replaces the first letter of each word by the second.
func pairs(rows string) *strings.Replacer {
	var of []string
	for _, row := range strings.Fields(rows) {
		r := []rune(row)
		of = append(of, string(r[:1]), string(r[1:]))
	}
	return strings.NewReplacer(of...)
}

// TestReuseOfTyped: a text whose letters were put anew throughout is a copy; what is besides changed, cut or quoted in
// it is told as such.
func TestReuseOfTyped(t *testing.T) {
	t.Parallel()
	from := slices.DeleteFunc(translated(t), func(a article) bool { return typed[a.lang] == nil })
	one := func(r *rand.Rand, a article) *strings.Replacer { return typed[a.lang][r.IntN(len(typed[a.lang]))] }
	again := func(name string, v variant) variant {
		of := v.make
		v.name = name
		v.make = func(r *rand.Rand, from []article, i int) (string, []string, string) {
			text, sources, host := of(r, from, i)
			return one(r, from[i]).Replace(text), sources, host
		}
		return v
	}
	whole := variant{"typed otherwise", Copy, .99, own(func(r *rand.Rand, a article, all []article) string { return a.text() })}
	reachesAll(t, from, []variant{
		again("typed otherwise", whole), again("and 15 % changed", variants[2]), again("and 30 % changed", variants[3]),
		again("and two sentences quoted", variants[7]),
	})
}

// TestTypedOtherwise holds the same on sentences of our own.
func TestTypedOtherwise(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ one, other string }{
		{"Қалалық әкімдік көктемде өзен жағасына үш жүз қарағаш отырғызды, һәм ұзын көпір қайта ашылды.", "Калалык акимдик коктемде озен жагасына уш жуз карагаш отыргызды, хам узын копир кайта ашылды."},
		{"Oʻqituvchilar goʻzal bogʻda yangi oʻquv yilini ochdi, soʻng koʻcha boʻylab yurdi.", "Oqituvchilar gozal bogda yangi oquv yilini ochdi, song kocha boylab yurdi."},
		{"Ўқитувчилар гўзал боғда янги ўқув йилини очди, ҳамма хурсанд бўлди, сўнг кўча бўйлаб юрди.", "Укитувчилар гузал богда янги укув йилини очди, хамма хурсанд булди, сунг куча буйлаб юрди."},
		{"Belediye, ığdır ağaçlarını köprünün önüne dikti; çocuklar şarkı söyledi, üç gün sürdü.", "Belediye, igdir agaclarini koprunun onune dikti; cocuklar sarki soyledi, uc gun surdu."},
		{"Şəhər rəhbərliyi çayın üstündə yeni körpü açdı, uşaqlar mahnı oxudu, gənclər gül əkdi.", "Seher rehberliyi cayin ustunde yeni korpu acdi, usaqlar mahni oxudu, gencler gul ekdi."},
		{"دانش‌آموزان کتاب‌های تازه را می‌خوانند و نامه‌ای برای خانه‌ی سالمندان می‌نویسند و بین‌المللی می‌شوند.", "دانش اموزان کتاب های تازه را می خوانند و نامه ای برای خانه ی سالمندان می نويسند و بين المللی می شوند."},
	} {
		a, places := DrawPlaces("", c.one)
		b := Draw("", c.other)
		if !slices.Equal(a.units, b.units) {
			t.Errorf("%.40q… is not as %.40q…: %d and %d words", c.one, c.other, a.Len(), b.Len())
		}
		for i, p := range places {
			if w := c.one[p.Start:p.End]; len(lang.Tokens(lang.FA, w)) == 0 || strings.ContainsAny(w[:1]+w[len(w)-1:], " ,.") || i > 0 && p.Start < places[i-1].End {
				t.Errorf("word %d stands at %v, %q", i, p, w)
			}
		}
	}
	if Draw("", "Қазан, азық, ғалым, сөздік бес сөз").units[0] == Draw("", "Қозан, азық, ғалым, сөздік бес сөз").units[0] {
		t.Error("two words are one")
	}
}
