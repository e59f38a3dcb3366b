package lang

import "testing"

// Chinese is keyed as it is written simplified: what is one character there is one key, whichever of its traditional ones is written.
func TestTraditionalAndSimplifiedMeet(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ a, b string }{
		{"國", "国"}, {"發 髮", "发 发"}, {"後面", "后面"}, {"裡 裏", "里 里"}, {"臺灣 台灣", "台湾 台湾"}, {"幹部", "干部"}, {"爲了 為了", "为了 为了"},
		{"國際新聞辦公室發表聲明", "国际新闻办公室发表声明"}, {"Ａ國ｂ", "a国b"}, {"三億", "三亿"},
	} {
		if a, b := Fold(ZH, c.a), Fold(ZH, c.b); a != b || b != c.b {
			t.Errorf("%s is %q and %s %q", c.a, a, c.b, b)
		}
	}
	if got := Fold(KO, "國"); got != "國" {
		t.Errorf("in Korean 國 is %q: characters of another language stay", got)
	}
	a := lexiconOf(ZH).alphabet
	if len(a.han) < 2500 {
		t.Errorf("only %d characters", len(a.han))
	}
	for from, to := range a.han {
		if again, ok := a.han[to]; ok {
			t.Errorf("%c is keyed as %c, and that as %c", from, to, again)
		}
	}
	for _, c := range []struct{ trad, simp string }{{"三億元", "三亿元"}, {"五萬噸", "五万吨"}, {"240萬", "240万"}} {
		a, b := Numbers(ZH, c.trad), Numbers(ZH, c.simp)
		if len(a) != 1 || len(b) != 1 || a[0].Value != b[0].Value {
			t.Errorf("%s is %v and %s %v", c.trad, a, c.simp, b)
		}
	}
}
