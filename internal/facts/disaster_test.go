package facts

import (
	"strings"
	"testing"
	"unicode"

	"jarchi.dev/jarchi/internal/lang"
)

// TestDisasterStruck: a disaster is told where the headline says that it struck, and nowhere else: not of warnings, exercises,
// exhibitions, anniversaries, insurance, help, nor of its bare word.
func TestDisasterStruck(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		tag           lang.Tag
		struck, other string
	}{
		{lang.EN, `Earthquake kills 12 in southern Altinsu
Magnitude 5.6 earthquake in southern Altinsu; no casualties reported
Flood destroys bridge in Sabzwadi
Landslide buried a road near Tasburym
Explosion at flour mill, three injured`, `Three countries launch flood warning network
Exhibition about the 1966 earthquake opens
Rescuers hold earthquake drill with 400 pupils
Insurer faces flood of claims
Anniversary of the great flood marked in Altinsu
Sabzwadi sends tents after the earthquake that killed 12
Wildfire season
Flood expected in the lower valley
Fund against landslides set up
Museum of the 1966 earthquake destroyed myths, says director`},
		{lang.RU, `На юге Алтынсу произошло землетрясение
При наводнении в Сабзвади погибли 9 человек
Оползень разрушил дорогу у Тасбурыма
Взрыв на мельнице, трое ранены`, `Учения спасателей: условное землетрясение
Три страны запустили общую сеть оповещения о паводках
Выставка о землетрясении 1966 года открылась
Годовщина землетрясения, разрушившего город
Страхование от наводнений подешевело
Помощь пострадавшим от землетрясения отправлена
Лекция о лавинах`},
		{lang.KK, `Алтынсудың оңтүстігінде жер сілкінісі болды
Тасқыннан 9 адам қаза тапты
Өрттен екі үй қирады`, `Үш ел су тасқыны туралы ортақ құлақтандыру желісін іске қосты
Құтқарушылар жаттығуы: шартты жер сілкінісі болды
1966 жылғы жер сілкінісі туралы көрме ашылды
Жер сілкінісінің жылдығы аталып өтті
Тасқыннан сақтандыру арзандады
Жер сілкінісінен қаза тапқандарға көмек жіберілді`},
		{lang.UZ, `Oltinsuv janubida zilzila boʻlib oʻtdi
Toshqinda 9 kishi halok boʻldi
Yongʻin ikki uyni vayron qildi`, `Uch mamlakat suv toshqinidan ogohlantiruvchi umumiy tarmoqni ishga tushirdi
Qutqaruvchilar mashgʻuloti: shartli zilzila boʻldi
1966-yilgi zilzila haqida koʻrgazma ochildi
Toshqindan sugʻurta arzonlashdi
Zilzila yilligi nishonlandi
Zilzilada jabrlanganlarga yordam yuborildi`},
		{lang.TR, `Altınsu'nun güneyinde deprem oldu
Selde 9 kişi hayatını kaybetti
Altınsu'nun güneyinde 5,6 büyüklüğünde deprem; can kaybı bildirilmedi`, `Üç ülke ortak sel uyarı ağını açtı
Deprem tatbikatı oldu
1966 depremi sergisi açıldı
Depremin yıldönümü anıldı
Sel sigortası ucuzladı
Depremde evi yıkılanlara çadır gönderildi`},
		{lang.AZ, `Altınsuyun cənubunda zəlzələ baş verib
Daşqında 9 nəfər həlak oldu
Yanğın iki evi dağıtdı`, `Üç ölkə daşqın xəbərdarlığı şəbəkəsini işə saldı
Xilasedicilərin təlimi: şərti zəlzələ baş verdi
1966-cı il zəlzələsi haqqında sərgi açıldı
Zəlzələnin ildönümü qeyd olundu
Daşqın sığortası ucuzlaşdı
Zəlzələdə həlak olanların ailələrinə yardım göndərildi`},
		{lang.FA, `زلزله در جنوب آلتین‌سو رخ داد
سیل در سبزوادی ۹ کشته بر جا گذاشت
زلزله‌ای به بزرگی ۵٫۶ رخ داد؛ زلزله جنوب آلتین‌سو را لرزاند`, `سه کشور شبکهٔ مشترک هشدار سیل را راه‌اندازی کردند
رزمایش امدادگران: زلزلهٔ فرضی رخ داد
نمایشگاه زلزلهٔ ۱۳۴۵ گشایش یافت
سالگرد زلزله برگزار شد
بیمهٔ سیل ارزان شد
کمک به بازماندگان زلزله‌ای که رخ داد فرستاده شد`},
		{lang.UR, `آلتین سو کے جنوب میں زلزلہ آیا
سیلاب میں 9 افراد ہلاک
جنوبی آلتین سو میں 5.6 شدت کا زلزلہ، جانی نقصان کی اطلاع نہیں`, `تین ملکوں نے سیلاب کی پیشگی اطلاع کا مشترکہ نظام شروع کر دیا
امدادی کارکنوں کی مشق، فرضی زلزلہ آیا
1966 کے زلزلے کی نمائش
زلزلے کی برسی منائی گئی
سیلاب کا بیمہ سستا ہو گیا
زلزلے میں ہلاک افراد کے خاندانوں کے لیے امداد روانہ`},
	} {
		for _, h := range strings.Split(c.struck, "\n") {
			if got := Read(c.tag, h).Act; got != (Act{Disaster, Done}) {
				t.Errorf("%s: %q is %s/%s", c.tag, h, got.Kind, got.Status)
			}
		}
		for _, h := range strings.Split(c.other, "\n") {
			if got := Read(c.tag, h).Act; got.Kind == Disaster {
				t.Errorf("%s: %q is a disaster", c.tag, h)
			}
		}
	}
}

// TestActOfTheHeadline: what the first sentences tell of besides is not what the text reports.
func TestActOfTheHeadline(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		tag  lang.Tag
		text string
		want Act
	}{
		{lang.EN, "Bakers of the valley compare their loaves\nAn earthquake killed two bakers in 1966. Ministers signed a treaty.", Act{}},
		{lang.EN, "Inauguration of the bridge at Tasburym\nThe bridge was inaugurated, and inauguration speeches were held on Sunday.", Act{Opening, Done}},
		{lang.RU, "Дату открытия пункта объявят после совместного решения двух сторон", Act{}},
		{lang.AZ, "Nar bayramına 20 minə yaxın qonaq gəlib", Act{}},
		{lang.EN, "Date to be announced after the joint decision\nThe council adopted a plan.", Act{}},
	} {
		if got := Read(c.tag, c.text).Act; got != c.want {
			t.Errorf("%s: %q is %+v", c.tag, c.text, got)
		}
	}
}

// TestUnitsInTheReadersScript: an Arabic-script page shows no Latin unit, a number without one is told only where it is large.
func TestUnitsInTheReadersScript(t *testing.T) {
	t.Parallel()
	for id := range units().shown {
		for _, l := range []lang.Tag{lang.FA, lang.UR} {
			if s := UnitIn(id, l); id != "pct" && strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Latin, r) }) {
				t.Errorf("%s in %s: %s", id, l, s)
			}
		}
	}
	if got := Read(lang.EN, "Smart City 2.5 with 900 of 1,250 lamps lit").Quantities; len(got) != 1 || got[0].Value != "1250" {
		t.Errorf("bare numbers: %v", got)
	}
}
