package facts

import (
	"testing"

	"jarchi.dev/jarchi/internal/lang"
)

// Who but acts for the bearer of an office is told without it, however the language shortens that.
func TestActingHasNoOffice(t *testing.T) {
	for _, c := range []struct {
		tag        lang.Tag
		text, name string
		office     string
	}{
		{lang.RU, "И. о. премьер-министра Анна Левина заявила о новых мерах.", "Анна Левина", ""},
		{lang.RU, "И.о. премьер-министра Анна Левина заявила о новых мерах.", "Анна Левина", ""},
		{lang.RU, "ВРИО премьер-министра Анна Левина заявила о новых мерах.", "Анна Левина", ""},
		{lang.RU, "Премьер-министр Анна Левина заявила о новых мерах.", "Анна Левина", "primeminister"},
		{lang.EN, "Acting Prime Minister Anna Levina said the talks would go on.", "Anna Levina", ""},
		{lang.KK, "Премьер-министрдің м.а. Марат Сейітов мәлімдеді.", "Марат Сейітов", ""},
		{lang.KK, "Премьер-министрдің міндетін атқарушы Марат Сейітов мәлімдеді.", "Марат Сейітов", ""},
		{lang.KY, "Премьер-министрдин м.а. Марат Сейитов билдирди.", "Марат Сейитов", ""},
		{lang.UZ, "Bosh vazir v.b. Marat Seitov maʼlum qildi.", "Marat Seitov", ""},
		{lang.AZ, "Baş nazirin v.i.e. Yusif Kərimov bildirdi.", "Yusif Kərimov", ""},
		{lang.TR, "Başbakan vekili Mehmet Yılmaz açıkladı.", "Mehmet Yılmaz", ""},
	} {
		got := personsIn(c.tag, c.text, lang.Tokens(c.tag, c.text))
		if len(got) > 1 || len(got) == 1 && got[0] != (Person{c.name, c.office}) {
			t.Errorf("%s: %s: %q", c.tag, c.text, got)
		}
		if c.tag == lang.RU && len(got) == 0 {
			t.Errorf("%s: %s: nobody", c.tag, c.text)
		}
	}
}
