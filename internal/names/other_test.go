package names

import (
	"slices"
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/lang"
)

// otherForms are the forms as 'ru Коксай'.
func otherForms(words string) (n int, out []string) {
	n, forms := Other(strings.Fields(words))
	for t, s := range forms {
		out = append(out, string(t)+" "+s)
	}
	return n, out
}

func TestOther(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		typed string
		n     int
		has   string // a form among those that are yielded
	}{
		{"Көксайдан", 1, "uz Koʻksoy"}, {"көксай", 1, "ru Коксай"}, {"Koʻksoydan", 1, "kk Көксай"}, {"ko'ksoyda su", 1, "fa کوک‌سای"}, {"كوكساي", 1, "kk Көксай"},
		{"کوک‌سای", 1, "ur کوکسائی"}, {"Коксайского водохранилища", 2, "uz Koʻksoy"}, {"Коксайское водохранилище", 2, "kk Көксай"}, {"Köksay'dan", 1, "kk Көксай"},
		{"توقسان بلاق میں", 2, "kk Тоқсанбұлақ"}, {"Тоқсанбұлақтың", 1, "ur توقسان بلاق"}, {"United Nations", 2, "ru ООН"}, {"ООН", 1, "fa سازمان ملل متحد"}, {"UN", 1, "ru ООН"},
		{"сша", 0, ""}, {"США", 1, "kk АҚШ"}, {"us", 0, ""}, {"mısır", 0, ""}, {"Mısır", 1, "ru Египет"}, {"Нигерии", 1, "en Nigeria"}, {"Нигер", 1, "tr Nijer"},
		{"united", 0, ""}, {"су Көксай", 0, ""}, {"мали", 0, ""}, {"Мали", 0, ""}, {"", 0, ""}, {"...", 0, ""}, {"грузовых", 0, ""}, {"Грузии", 1, "uz Gruziya"}, {"suda", 0, ""}, {"sudanda", 1, "en Sudan"}, {"камеру", 0, ""}, {"روستا", 0, ""}, {"روسیه", 1, "ru Россия"}, {"кен", 0, ""},
		{"қатар", 0, ""}, {"ғана", 0, ""}, {"тоқсанбұлағы", 1, "tr Toksanbulak"}, {"Шанхайской организации сотрудничества", 3, "kk ШЫҰ"}, {"Türkiyeʼde", 1, "ru Турция"},
	} {
		n, out := otherForms(c.typed)
		if n != c.n || c.has != "" && !slices.Contains(out, c.has) {
			t.Errorf("%q: %d words, %q", c.typed, n, out)
		}
	}
}

// Every form that is looked for leads to the names it is a form of, typed with or without capitals.
func TestEveryFormLeadsToItsName(t *testing.T) {
	t.Parallel()
	for name, in := range load().forms {
		for tag, forms := range in {
			for _, s := range forms {
				typed := strings.Fields(s)
				n, out := otherForms(s)
				if n == 0 || n < len(typed) && name.Kind != Country {
					t.Errorf("%s %q: %d of %d words are a name", tag, s, n, len(typed))
					continue
				}
				if !slices.Contains(out, string(tag)+" "+s) && n == len(typed) {
					t.Errorf("%s %q of %s %s leads to %q", tag, s, name.Kind, name.ID, out)
				}
			}
		}
	}
}

func FuzzOther(f *testing.F) {
	f.Add("Российская Федерация и Китай")
	f.Fuzz(func(t *testing.T, typed string) {
		words := strings.Fields(typed)
		n, forms := Other(words)
		if n < 0 || n > len(words) {
			t.Fatalf("%d of %d words", n, len(words))
		}
		for tag, s := range forms {
			if n == 0 || len(lang.Tokens(tag, s)) == 0 {
				t.Fatalf("%q yields %s %q", typed, tag, s)
			}
		}
	})
}
