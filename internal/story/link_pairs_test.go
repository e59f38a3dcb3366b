package story

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"jarchi.dev/jarchi/internal/lang"
)

// TestChineseReasonsAreWords: what two Chinese texts share is told in words that stand in both, not in pairs of characters, also where one is written in traditional characters.
func TestChineseReasonsAreWords(t *testing.T) {
	t.Parallel()
	const (
		first  = "科克索伊市新建水电站投入运行\n能源部长托列格诺夫在科克索伊市宣布，新建水电站于周一投入运行，居民用电价格不会上涨。"
		second = "新建水电站在科克索伊市启用\n居民用电价格保持不变，能源部长托列格诺夫说。新建水电站的四台机组均已投入运行。"
		third  = "新建水電站在科克索伊市啟用\n居民用電價格保持不變，能源部長托列格諾夫說。新建水電站的四台機組均已投入運行。"
		far    = "博物馆展出儿童制作的陶碗\n最年长的陶艺师亲自挑选了六十只碗。"
	)
	for _, other := range []string{second, third} {
		l := NewLinker()
		place(t, l, Text{ID: "far", Traits: ReadTraits(lang.ZH, far, time.Time{})})
		place(t, l, Text{ID: "a", Traits: ReadTraits(lang.ZH, first, time.Time{})})
		pairs := l.Because(ReadTraits(lang.ZH, other, time.Time{}), "", "a")
		told := Readable(pairs, lang.ZH, other, lang.ZH, first)
		if len(told) == 0 || len(told) > maxReasons {
			t.Fatalf("%d reasons: %v", len(told), pairs)
		}
		var values []string
		for i, r := range told {
			values = append(values, lang.Fold(lang.ZH, r.Value))
			if r.Kind == "entity" {
				continue
			}
			if !strings.Contains(other, r.Value) || r.Kind == "word" && !strings.Contains(first, lang.Fold(lang.ZH, r.Value)) {
				t.Errorf("%v does not stand in both texts", r)
			}
			for j, o := range told {
				if i != j && r.Kind == o.Kind && strings.Contains(o.Value, r.Value) {
					t.Errorf("%v is told, and %v", r, o)
				}
			}
		}
		for _, want := range []string{"新建水电站", "居民用电价格", "投入运行"} {
			if !slices.Contains(values, want) {
				t.Errorf("%q is not told: %q of %v", want, values, pairs)
			}
		}
		if !slices.ContainsFunc(values, func(v string) bool { return strings.Contains(v, "托列格诺夫") }) {
			t.Errorf("the name is not told whole: %q", values)
		}
	}

	// Pairs that overlap in one text only are told as they are, and those of a long passage in parts.
	apart := []Reason{{"word", "水电"}, {"word", "电站"}}
	if got := Readable(apart, lang.ZH, "水电站。", lang.ZH, "水电和电站。"); !slices.Equal(got, apart) {
		t.Errorf("they overlap in one text only: %v", got)
	}
	if got := Readable(apart, lang.ZH, "水电站。", lang.ZH, "的水电站"); !slices.Equal(got, []Reason{{"word", "水电站"}}) {
		t.Errorf("they overlap in both: %v", got)
	}
	const long = "居民用电价格保持不变能源部长说新建水电站的四台机组均已投入运行"
	var every []Reason
	for i := range long {
		if pair := long[i:]; utf8.RuneCountInString(pair) > 1 {
			every = append(every, Reason{"word", string([]rune(pair)[:2])})
		}
	}
	for _, r := range Readable(every, lang.ZH, long, lang.ZH, long) {
		if n := utf8.RuneCountInString(r.Value); n > maxJoined || n < 3 {
			t.Errorf("%q has %d characters", r.Value, n)
		}
	}

	// Of what sounds alike in another language the longest part is told; other languages' reasons stay.
	sounds := []Reason{{"name", "格诺夫"}, {"number", "37"}, {"name", "托列格诺夫"}}
	if got := Readable(sounds, lang.ZH, "托列格诺夫", lang.TR, ""); !slices.Equal(got, sounds[1:]) {
		t.Errorf("%v", got)
	}
	if got := Readable(sounds, lang.TR, "", lang.ZH, "托列格诺夫"); !slices.Equal(got, sounds) {
		t.Errorf("%v", got)
	}
}
