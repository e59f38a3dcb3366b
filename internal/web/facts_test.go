package web

import (
	"strings"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/wire"
)

func TestFactsTellActStatusAndDay(t *testing.T) {
	t.Parallel()
	x := newExchange(t)
	r := x.put(t, wire.Public, time.Time{}, item("kk", wire.Original, "Алтынсу мен Сабзвади су туралы келісімге қол қояды", "Жиын 17 шілдеде өтеді. Су 45 күн беріледі."))
	h := newHandler(t, x)
	path := "/items/" + string(r.Items[0].ID)
	for ui, want := range map[lang.Tag][]string{"en": {"Signing (planned)", "17 July"}, "fa": {"امضا (برنامه‌ریزی‌شده)", "۱۷ ژوئیه"}, "ur": {"دستخط (طے شدہ)"}, "uz": {"Imzolash (reja)"}, "tr": {"İmza (planlanıyor)"}} {
		body := get(t, h, path+"?ui="+string(ui)).Body.String()
		i := strings.Index(body, "facts-line")
		if i < 0 {
			t.Fatalf("%s: no facts line", ui)
		}
		wants(t, body[i:], want...)
		lacks(t, body[i:i+strings.Index(body[i:], "</p>")], "2026", "2024", "ژوئیهٔ")
	}
}

// TestFactsTellIntentions: what somebody wishes is no plain statement, and an adopted proposal no intention.
func TestFactsTellIntentions(t *testing.T) {
	t.Parallel()
	x := newExchange(t)
	rest := "Жиын ескі көпірдің жанында өтті."
	paths := map[string]string{}
	for name, headline := range map[string]string{"wish": "Алтынсу зауыт салуға қызығушылық танытты", "left": "Энергетика министрі қызметінен кетті", "adopted": "Парламент үкіметтің ұсынысын қабылдады"} {
		r := x.put(t, wire.Public, time.Time{}, item("kk", wire.Original, headline, rest))
		paths[name] = "/items/" + string(r.Items[0].ID)
	}
	h := newHandler(t, x)
	for _, c := range []struct {
		name string
		ui   lang.Tag
		want string
	}{
		{"wish", "en", "Intention"}, {"wish", "ru", "Намерение"}, {"wish", "uz", "Niyat"}, {"wish", "tr", "Niyet"}, {"wish", "az", "Niyyət"}, {"wish", "fa", "قصد"}, {"wish", "ur", "ارادہ"},
		{"left", "en", "Leaving office (done)"}, {"left", "ru", "Отставка (факт)"}, {"adopted", "en", "Decision (done)"},
	} {
		_, line, ok := strings.Cut(get(t, h, paths[c.name]+"?ui="+string(c.ui)).Body.String(), "facts-line")
		if !ok {
			t.Fatalf("%s: no facts line", c.ui)
		}
		line, _, _ = strings.Cut(line, "</p>")
		wants(t, line, c.want)
		lacks(t, line, "Statement", "Заявление")
	}
}

// TestFactsTellPersons: a name as the text spells it, the office in the reader's language; no street and no prize.
func TestFactsTellPersons(t *testing.T) {
	t.Parallel()
	x := newExchange(t)
	kk := x.put(t, wire.Public, time.Time{}, item("kk", wire.Original, "Су ресурстары министрі Марат Сейітов <b>сапармен</b> келді", "Ол Асан Бекұлы көшесімен жүрді. Баспасөз хатшысы Айгүл Бекова хабарлады."))
	ur := x.put(t, wire.Public, time.Time{}, item("ur", wire.Original, "وزیر خارجہ مراد سیدی نے پل کا افتتاح کیا", "تقریب شام تک جاری رہی۔"))
	h := newHandler(t, x)
	for _, c := range []struct {
		r    *wire.Release
		ui   lang.Tag
		want []string
	}{
		{kk, "en", []string{`<bdi class="fact-person" lang="kk" dir="ltr">Марат Сейітов</bdi> (<bdi lang="en">minister</bdi>)`, `Айгүл Бекова</bdi> (<bdi lang="en">spokesperson</bdi>)`}},
		{kk, "fa", []string{`<bdi class="fact-person" lang="kk" dir="ltr">Марат Сейітов</bdi> (<bdi lang="fa">وزیر</bdi>)`}},
		{ur, "tr", []string{`<bdi class="fact-person" lang="ur" dir="rtl">مراد سیدی</bdi> (<bdi lang="tr">dışişleri bakanı</bdi>)`}},
	} {
		body := get(t, h, "/items/"+string(c.r.Items[0].ID)+"?ui="+string(c.ui)).Body.String()
		_, line, ok := strings.Cut(body, "facts-line")
		if !ok {
			t.Fatalf("%s: no facts line", c.ui)
		}
		line, _, _ = strings.Cut(line, "</p>")
		wants(t, line, c.want...)
		lacks(t, line, "Асан")
	}
}

func TestHeadlineAgainstText(t *testing.T) {
	t.Parallel()
	x := newExchange(t)
	rest := "Farmers along the lower river have waited for news since the spring. The two services measure the river together every morning."
	r := x.put(t, wire.Public, time.Time{}, item("en", wire.Original, "Altinsu sends 24 million cubic metres of water", rest, "The service of Altinsu sends 42 million cubic metres of water from Monday."))
	same := x.put(t, wire.Public, time.Time{}, item("en", wire.Original, "Altinsu sends 42 million cubic metres of water", rest, "The service of Altinsu sends 42 million cubic metres of water from Monday."))
	h := newHandler(t, x)
	got := get(t, h, "/items/"+string(r.Items[0].ID)+"?ui=en").Body.String()
	wants(t, got, "The headline and the text differ", `Number in the headline: <bdi lang="en"><a href="#t0p0">24 million</a></bdi>`, `<a href="#t0p2">The service of Altinsu sends 42 million`, `id="t0p2"`)
	wants(t, get(t, h, "/items/"+string(r.Items[0].ID)+"?ui=fa").Body.String(), "عنوان و متن با هم نمی‌خوانند", "عدد در عنوان")
	lacks(t, get(t, h, "/items/"+string(same.Items[0].ID)+"?ui=en").Body.String(), "doubts")
}
