package facts

import (
	"testing"

	"jarchi.dev/jarchi/internal/lang"
)

// TestDozensAreNoTwelve: a headline that tells of dozens, hundreds or thousands says no number that its text could contradict.
func TestDozensAreNoTwelve(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		tag            lang.Tag
		headline, body string
	}{
		{lang.EN, "Dozens hurt as coach turns over", "In all 42 people were hurt when a coach turned over on a mountain road near Taskol on Sunday, the rescue service said. Most of them could leave the hospital by the evening, its doctors told reporters."},
		{lang.EN, "Hundreds evacuated as river rises", "About 650 people were evacuated from the valley on Sunday as the river rose, the rescue service said. Schools stay closed in three districts, and the road to Taskol is under water in several places."},
		{lang.EN, "Thousands evacuated as river rises", "About 6,500 people were evacuated from the valley on Sunday as the river rose, the rescue service said. Schools stay closed in three districts, and the road to Taskol is under water in several places."},
		{lang.RU, "Десятки погибших при сходе селя", "При сходе селя в долине в воскресенье погибли 42 человека, сообщила служба спасения. Среди них есть дети, рассказали врачи больницы Тасколя журналистам поздно вечером."},
		{lang.RU, "Сотни эвакуированных из-за паводка", "Из-за паводка в воскресенье эвакуированы 650 человек, сообщила служба спасения. В трёх районах закрыты школы, дорога на Тасколь в нескольких местах ушла под воду."},
		{lang.TR, "Heyelanda onlarca ölü", "Vadide pazar günü meydana gelen heyelanda 42 kişi öldü, kurtarma servisi duyurdu. Aralarında çocukların da bulunduğunu bölge hastanesinin doktorları akşam gazetecilere söyledi."},
		{lang.TR, "Yüzlerce kişi tahliye edildi", "Nehrin yükselmesi üzerine vadiden pazar günü 650 kişi tahliye edildi, kurtarma servisi duyurdu. Üç ilçede okullar kapalı kalacak ve yol birçok yerde sular altında."},
		{lang.KK, "Ондаған адам жараланды", "Жексенбіде тау жолындағы апаттан 42 адам жараланды, деп хабарлады құтқару қызметі. Олардың арасында балалар да бар, деді аурухана дәрігерлері кешкісін журналистерге."},
		{lang.UZ, "Oʻnlab odam yaralandi", "Yakshanba kuni togʻ yoʻlidagi halokatda 42 kishi yaralandi, deb xabar berdi qutqaruv xizmati. Ular orasida bolalar ham bor, dedi shifoxona shifokorlari kechqurun jurnalistlarga."},
		{lang.FA, "ده‌ها زخمی در واژگونی اتوبوس", "در واژگونی اتوبوس در جاده کوهستانی روز یکشنبه ۴۲ نفر زخمی شدند، سازمان امداد اعلام کرد. حال چند تن از آنان وخیم است، پزشکان بیمارستان شب به خبرنگاران گفتند."},
		{lang.UR, "بس الٹنے سے درجنوں زخمی", "اتوار کو پہاڑی سڑک پر بس الٹنے سے 42 افراد زخمی ہو گئے، امدادی ادارے نے بتایا۔ ان میں بچے بھی شامل ہیں، ہسپتال کے ڈاکٹروں نے رات کو صحافیوں سے کہا۔"},
		{lang.MN, "Автобус онхолдож олон арван хүн бэртэв", "Ням гарагт уулын зам дээр автобус онхолдож 42 хүн бэртсэн гэж аврах алба мэдэгдэв. Тэдний дунд хүүхэд ч байна гэж эмнэлгийн эмч нар орой сэтгүүлчдэд хэлжээ."},
	} {
		if d := Against(c.tag, c.headline, c.body); len(d) > 0 {
			t.Errorf("%s %s: doubted: %+v", c.tag, c.headline, d)
		}
	}
}

// TestWhoStays: who will not resign has not resigned, and what was not signed is no signing.
func TestWhoStays(t *testing.T) {
	t.Parallel()
	for text, tag := range map[string]lang.Tag{
		"Bakan istifa etmeyecek": lang.TR, "Taraflar anlaşma imzalamaktan vazgeçti": lang.TR, "Anlaşma imzalanamadı": lang.TR, "Nazir istefa verməyəcək": lang.AZ,
		"Министр отставкаға кетпейді": lang.KK, "Министр кызматтан кетпейт": lang.KY, "Vazir isteʼfoga chiqmaydi": lang.UZ, "Tomonlar bitim imzolashdan voz kechdi": lang.UZ,
		"Вазир истеъфо намедиҳад": lang.TG, "Ministr wezipesinden çekilmez": lang.TK, "Сайд огцрохгүй": lang.MN, "장관 사퇴 안 해": lang.KO, "양국 협정 서명 불발": lang.KO,
		"Strike kills deal between two ministries": lang.EN, "Court annuls appointment of minister": lang.EN,
	} {
		if act := Read(tag, text).Act; act.Kind != "" {
			t.Errorf("%s %s: told as %+v", tag, text, act)
		}
	}
}

// TestOnceDelayed: what was delayed and is done now is done.
func TestOnceDelayed(t *testing.T) {
	t.Parallel()
	headline, body := "Delayed agreement signed in Taskol", "The ministers of Taskol and Altinsu signed the agreement on the canal on Sunday, the ministry said. It had been put off in spring when the river rose and the bridge was closed."
	if d := Against(lang.EN, headline, body); len(d) > 0 {
		t.Errorf("doubted: %+v", d)
	}
	if act := Read(lang.EN, headline).Act; act.Kind != "signing" {
		t.Errorf("told as %+v", act)
	}
}
