package facts

import (
	"testing"

	"jarchi.dev/jarchi/internal/lang"
)

// Of names that touch and cannot be parted none is told as one.
func TestTouchingNames(t *testing.T) {
	for tag, texts := range map[lang.Tag][]string{
		lang.FA: {"محمود صادقی یوسف کریمی را پذیرفت.", "رئیس جمهور محمود صادقی یوسف کریمی را پذیرفت."},
		lang.AZ: {"Səidov Yusif Kərimovu qəbul etdi.", "Dünən Səidov Yusif Kərimov haqqında danışdı."},
		lang.AR: {"التقى أحمد سالم خالد محمود.", "أحمد سالم ألقى كلمة.", "الوزير أحمد سالم ألقى كلمة.", "قال أحمد سالم ألقى كلمة."},
	} {
		for _, text := range texts {
			for _, p := range personsIn(tag, text, lang.Tokens(tag, text)) {
				if p.Name != "أحمد سالم" && p.Name != "محمود صادقی" && p.Name != "Yusif Kərimov" && p.Name != "یوسف کریمی" || p.Name == "یوسف کریمی" && p.Office != "" {
					t.Errorf("%s: %q", text, p)
				}
			}
		}
	}
}
