package lang

import (
	"strings"
	"testing"
)

// TestFormsMeet: words that every second text of a newswire has reach one key in the forms in which they stand there, and
// not that of another word.
func TestFormsMeet(t *testing.T) {
	t.Parallel()
	for tag, c := range map[Tag]struct{ meet, part []string }{
		RU: {[]string{"посол посла послу послы послов", "рынок рынка рынков рынке", "участок участка участков", "конец конца концов", "боец бойца бойцы", "поставка поставок", "земля земель", "Ош Оше Оша Ошем", "Китай Китая Китае", "списка список", "ветеран ветерана ветеранов", "послевоенный послевоенного"},
			[]string{"Баку бак", "Китай кит", "посол послать", "концерт конец", "участник участок", "уголь угол", "после посол", "где год", "леди лёд", "послевоенный посол", "ветеран ветер", "ветерана ветер", "Осло осел", "Орлеана орел", "котлован котел"}},
		UZ: {[]string{"oʻsha oʻshanda oʻshani ўша ўшанда", "Oʻsh Oʻshda Oʻshning", "oʻrin oʻrnida", "bu buni bunda"}, []string{"oʻsha Oʻsh", "oʻshanda Oʻshda"}},
		KK: {[]string{"Нарын Нарында", "орын орнында"}, []string{"Нарын нар"}},
		KY: {[]string{"Нарын Нарында"}, []string{"Нарын нар"}},
		TR: {[]string{"bakan bakanlar bakanı"}, []string{"bakan bakmak"}},
		AZ: {[]string{"oğul oğlu"}, nil},
		TK: {[]string{"ilçi ilçisi ilçiler"}, nil},
		UR: {[]string{"بچہ بچے"}, nil},
		EN: {[]string{"hold held holds", "meet met meeting", "agree agreed agrees", "die died", "write wrote written"}, []string{"agree agreement", "found find"}},
	} {
		for _, row := range c.meet {
			words := strings.Fields(row)
			for _, w := range words[1:] {
				if a, b := Stem(tag, words[0]), Stem(tag, w); a != b {
					t.Errorf("%s: %s is %s, %s is %s", tag, words[0], a, w, b)
				}
			}
		}
		for _, row := range c.part {
			a, b, _ := strings.Cut(row, " ")
			if Stem(tag, a) == Stem(tag, b) {
				t.Errorf("%s: %s and %s are both %s", tag, a, b, Stem(tag, a))
			}
		}
	}
}

// TestArabicArticle: a noun whose first letter looks like a particle keeps it where it stands bare, as it does behind the article
// and behind both.
func TestArabicArticle(t *testing.T) {
	t.Parallel()
	keys := map[string]string{}
	for _, w := range strings.Fields(`وفد وزارة وزير وزراء وكالة ولاية وثيقة وحدة وضع وقت وسائل لجنة لقاء لغة لاجئ ليبيا بيان بيت بنك بناء بلد برنامج برلمان بطولة بطالة بضائع باخرة بحث بعثة كهرباء كمية كتاب كلمة كارثة
		فترة فريق فرصة فيضان فرع سفارة سفير سياسة سكان سلام سوق سيول سنة تعاون تقرير تجارة نائب نظام يوم يورو`) {
		bare := Stem(AR, w)
		if had, ok := keys[bare]; ok {
			t.Errorf("%s and %s are both %s", had, w, bare)
		}
		keys[bare] = w
		behind := "ال" + w
		for _, form := range []string{behind, "و" + behind, "ب" + behind, "لل" + strings.TrimPrefix(w, "ل")} {
			if strings.HasPrefix(w, "ل") && strings.HasPrefix(form, "لل") {
				continue
			}
			if s := Stem(AR, form); s != bare {
				t.Errorf("%s is %s, %s is %s", w, bare, form, s)
			}
		}
	}
}
