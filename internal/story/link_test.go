package story

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"jarchi.dev/jarchi/internal/lang"
)

// report is a text of a meeting in a series, as press services write them.
type report struct {
	lang, text string
}

// series are reports of one meeting of a series; {n} is the how-manieth, {w} the same as a word, {c} the city, {d} the day.
var series = []report{
	{"en", "{n}th meeting of ministers of water of the Silk Rivers Council held in {c}\nThe {n}th meeting of the ministers of water resources of the Silk Rivers Council was held in {c} on {d}. Delegations of six countries discussed the joint use of 45 reservoirs and the forecast of floods. Minister Marat Seitov opened the meeting."},
	{"ru", "В городе {c} прошло {n}-е заседание министров водного хозяйства Совета Шёлковых рек\n{d} в городе {c} состоялось {n}-е заседание министров водных ресурсов Совета Шёлковых рек. Делегации шести стран обсудили совместное использование 45 водохранилищ и прогноз паводков. Заседание открыл министр Марат Сейтов."},
	{"kk", "{c} қаласында Жібек өзендері кеңесі су министрлерінің {n}-отырысы өтті\n{d} {c} қаласында Жібек өзендері кеңесінің су ресурстары министрлерінің {n}-отырысы өтті. Алты елдің делегациялары 45 су қоймасын бірлесіп пайдалануды және су тасқыны болжамын талқылады. Отырысты министр Марат Сейтов ашты."},
	{"uz", "{c} shahrida Ipak daryolari kengashi suv vazirlarining {n}-yigʻilishi boʻldi\n{d} {c} shahrida Ipak daryolari kengashi suv resurslari vazirlarining {n}-yigʻilishi oʻtkazildi. Olti davlat delegatsiyalari 45 suv omboridan birgalikda foydalanish va toshqin prognozini muhokama qildi. Yigʻilishni vazir Marat Seitov ochdi."},
	{"tr", "İpek Nehirleri Konseyi su bakanlarının {n}. toplantısı {c} kentinde yapıldı\nİpek Nehirleri Konseyi su kaynakları bakanlarının {n}. toplantısı {d} günü {c} kentinde yapıldı. Altı ülkenin heyetleri 45 barajın ortak kullanımını ve sel tahminini görüştü. Toplantıyı Bakan Marat Seitov açtı."},
	{"zh", "丝路河流理事会第{n}次水利部长会议在{c}举行\n{d}，丝路河流理事会第{n}次水利部长会议在{c}举行。六国代表团讨论了45座水库的共同使用和洪水预报。马拉特·谢伊托夫部长主持会议开幕。"},
}

// cities of the series in the languages above.
var cities = []map[string]string{
	{"en": "Chengdu", "ru": "Чэнду", "kk": "Чэнду", "uz": "Chengdu", "tr": "Chengdu", "zh": "成都"},
	{"en": "Almaty", "ru": "Алматы", "kk": "Алматы", "uz": "Olmaota", "tr": "Almatı", "zh": "阿拉木图"},
	{"en": "Samarkand", "ru": "Самарканд", "kk": "Самарқанд", "uz": "Samarqand", "tr": "Semerkant", "zh": "撒马尔罕"},
	{"en": "Bishkek", "ru": "Бишкек", "kk": "Бішкек", "uz": "Bishkek", "tr": "Bişkek", "zh": "比什凯克"},
}

func dayIn(l string, d time.Time) string {
	m := int(d.Month()) - 1
	switch l {
	case "en":
		return d.Format("2 January 2006")
	case "ru":
		return fmt.Sprintf("%d %s %d года", d.Day(), strings.Fields("января февраля марта апреля мая июня июля августа сентября октября ноября декабря")[m], d.Year())
	case "kk":
		return fmt.Sprintf("%d жылғы %d %s", d.Year(), d.Day(), strings.Fields("қаңтарда ақпанда наурызда сәуірде мамырда маусымда шілдеде тамызда қыркүйекте қазанда қарашада желтоқсанда")[m])
	case "uz":
		return fmt.Sprintf("%d-yil %d-%s kuni", d.Year(), d.Day(), strings.Fields("yanvar fevral mart aprel may iyun iyul avgust sentabr oktabr noyabr dekabr")[m])
	case "tr":
		return fmt.Sprintf("%d %s %d", d.Day(), strings.Fields("Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık")[m], d.Year())
	}
	return fmt.Sprintf("%d年%d月%d日", d.Year(), d.Month(), d.Day())
}

func (r report) of(n, city int, day time.Time) string {
	return strings.NewReplacer("{n}", fmt.Sprint(n), "{c}", cities[city%len(cities)][r.lang], "{d}", dayIn(r.lang, day)).Replace(r.text)
}

// others are texts of the same days about something else, so that there is something usual.
var others = []report{
	{"en", "Hospital with 120 beds opens in Koksai\nA hospital with 120 beds opened in Koksai. Doctors received the keys from the mayor."},
	{"ru", "В Коксае открыли больницу на 120 коек\nБольница на 120 коек открылась в Коксае. Врачи получили ключи от мэра."},
	{"kk", "Көксайда 120 орындық аурухана ашылды\nКөксайда 120 орындық аурухана ашылды. Дәрігерлерге кілтті қала әкімі табыс етті."},
	{"uz", "Koʻksoyda 120 oʻrinli shifoxona ochildi\nKoʻksoyda 120 oʻrinli shifoxona ochildi. Shifokorlarga kalitlarni shahar hokimi topshirdi."},
	{"tr", "Köksay'da 120 yataklı hastane açıldı\nKöksay'da 120 yataklı hastane açıldı. Doktorlara anahtarı belediye başkanı verdi."},
	{"zh", "科克赛开设有120张床位的医院\n科克赛一家有120张床位的医院启用。市长向医生们交了钥匙。"},
	{"en", "Team from Toqsanbulaq wins football cup\nThe team from Toqsanbulaq won the cup by 3 goals to 1. The coach thanked the fans."},
	{"ru", "Команда Токсанбулака выиграла кубок по футболу\nКоманда Токсанбулака выиграла кубок со счётом 3:1. Тренер поблагодарил болельщиков."},
	{"tr", "Deprem 4,8 büyüklüğünde\nDün gece 4,8 büyüklüğünde deprem oldu. Can kaybı yok."},
	{"kk", "Жер сілкінісі 4,8 магнитуда\nКеше түнде 4,8 магнитудалық жер сілкінісі болды. Зардап шеккендер жоқ."},
}

func read(l, text string, at time.Time) Traits { return ReadTraits(lang.Tag(l), text, at) }

func place(tb testing.TB, l *Linker, texts ...Text) []Placed {
	tb.Helper()
	out, err := l.Place(20, texts...)
	if err != nil {
		tb.Fatal(err)
	}
	return out
}

func background(tb testing.TB, l *Linker, at time.Time) {
	for i, r := range others {
		place(tb, l, Text{ID: fmt.Sprintf("o%d", i), At: at, Traits: read(r.lang, r.text, at)})
	}
}

// Meetings of a series in all languages: reports of one are a story, reports of two never share one. 6 languages,
// 40 pairs of meetings: 240 pairs of reports that must not link, 200 that should.
func TestSeriesAreParted(t *testing.T) {
	t.Parallel()
	linked, all, wrong := 0, 0, 0
	for k := range 40 {
		l := NewLinker()
		day := time.Date(2025, time.Month(k%12+1), 3+k%20, 0, 0, 0, 0, time.UTC)
		next := day.AddDate(0, 0, 10+k%30) // the next one may be soon
		background(t, l, day)
		n := 2 + k
		story := map[string]string{}
		for i, r := range series {
			a := fmt.Sprintf("a%d", i)
			story[a] = place(t, l, Text{ID: a, At: day, Traits: read(r.lang, r.of(n, k, day), day)})[0].Story
			b := fmt.Sprintf("b%d", i)
			story[b] = place(t, l, Text{ID: b, At: next, Traits: read(r.lang, r.of(n+1, k+1, next), next)})[0].Story
		}
		for i := range series {
			for j := range i {
				all += 2
				for _, of := range []string{"a", "b"} {
					if story[fmt.Sprint(of, i)] == story[fmt.Sprint(of, j)] {
						linked++
					}
				}
			}
			for j := range series {
				if story[fmt.Sprint("a", i)] == story[fmt.Sprint("b", j)] {
					wrong++
					t.Logf("%d: %s and %s in one story", k, series[i].lang, series[j].lang)
				}
			}
		}
	}
	t.Logf("of %d pairs of reports of one meeting %d are linked, of %d of two meetings %d", all, linked, 40*len(series)*len(series), wrong)
	if wrong > 0 || linked*100 < all*95 {
		t.Errorf("%d of %d linked, %d wrongly", linked, all, wrong)
	}
}

// A report of what is planned and one of what was done are one story.
func TestPlannedAndDone(t *testing.T) {
	t.Parallel()
	day := time.Date(2026, 6, 5, 0, 0, 0, 0, time.UTC)
	before := day.AddDate(0, 0, -6)
	for _, c := range [][2]report{
		{{"en", "Samarkand to host 7th forum of river cities on 5 June 2026\nThe 7th forum of river cities will be held in Samarkand on 5 June 2026, organisers said. 30 mayors are expected."},
			{"ru", "В Самарканде прошёл 7-й форум речных городов\n5 июня 2026 года в Самарканде прошёл седьмой форум речных городов. В нём участвовали 30 мэров."}},
		{{"kk", "5 маусымда Самарқанда өзен қалаларының 7-форумы өтеді\nӨзен қалаларының жетінші форумы 2026 жылғы 5 маусымда Самарқанда өтеді деп күтілуде. 30 әкім қатысады."},
			{"tr", "Nehir kentlerinin 7. forumu Semerkant'ta yapıldı\nNehir kentlerinin 7. forumu 5 Haziran 2026'da Semerkant'ta yapıldı. 30 belediye başkanı katıldı."}},
		{{"uz", "5-iyun kuni Samarqandda daryo shaharlarining yettinchi forumi boʻlib oʻtadi\nDaryo shaharlarining 7-forumi 2026-yil 5-iyun kuni Samarqandda oʻtkaziladi. 30 nafar hokim kutilmoqda."},
			{"en", "7th forum of river cities held in Samarkand\nThe seventh forum of river cities took place in Samarkand on 5 June 2026 with 30 mayors."}},
	} {
		l := NewLinker()
		background(t, l, before)
		p := place(t, l, Text{ID: "planned", At: before, Traits: read(c[0].lang, c[0].text, before)})[0]
		d := place(t, l, Text{ID: "done", At: day, Traits: read(c[1].lang, c[1].text, day)})[0]
		if d.Story != p.Story {
			t.Errorf("%s and %s: two stories; near %v", c[0].lang, c[1].lang, d.Near)
		}
		if len(d.Because) == 0 {
			t.Errorf("%s and %s: no reasons", c[0].lang, c[1].lang)
		}
	}
}

// One body has one id, whatever it is called.
func TestOneBody(t *testing.T) {
	t.Parallel()
	for _, c := range []report{{"kk", "ШЫҰ елдері"}, {"uz", "ShHT davlatlari"}, {"ur", "ایس سی او ممالک"}, {"ru", "страны ШОС"}, {"en", "SCO countries"}, {"zh", "上合组织国家"},
		{"fa", "کشورهای سازمان همکاری شانگهای"}, {"ar", "دول منظمة شنغهاي للتعاون"}, {"tr", "ŞİÖ ülkeleri"}, {"ko", "상하이협력기구 국가"}, {"uz-Cyrl", "ШҲТ давлатлари"}, {"tg", "кишварҳои СҲШ"},
		{"az", "ŞƏT ölkələri"}, {"ky", "ШКУ өлкөлөрү"}, {"mn", "ШХАБ-ын орнууд"}, {"prs", "سازمان همکاری شانگهای"}, {"tk", "ŞHG ýurtlary"}} {
		got := read(c.lang, c.text, time.Time{}).Traits
		if !slices.ContainsFunc(got, func(f Trait) bool { return f.Value == "body:sco" }) {
			t.Errorf("%s %q: %v", c.lang, c.text, got)
		}
	}
}

// What an editor joined stays joined, what was put apart stays apart, whatever comes.
func TestEditorsDecide(t *testing.T) {
	t.Parallel()
	day := time.Date(2026, 6, 5, 0, 0, 0, 0, time.UTC)
	l := NewLinker()
	background(t, l, day)
	text := func(id string, r report, n int) Text {
		return Text{ID: id, At: day, Traits: read(r.lang, r.of(n, n, day), day)}
	}
	l.Part("en", "ru")
	l.Join("en", "o0")
	place(t, l, text("en", series[0], 5), text("ru", series[1], 5), text("kk", series[2], 5))
	story := func(id string) string { s, _ := l.Story(id); return s }
	if story("en") == story("ru") {
		t.Error("put apart before they came, they are one story")
	}
	if story("en") != story("o0") {
		t.Error("joined before they came, they are two stories")
	}
	if why := l.Because(read("tr", series[4].of(5, 5, day), day), "tr", "en"); len(why) == 0 || why[0].Kind == "" || why[0].Value == "" {
		t.Errorf("reasons of a pair: %v", why)
	}
	if story("kk") != story("ru") && story("kk") != story("en") {
		t.Error("the third report is in neither story")
	}
	l.Part("kk", story("kk"))
	l.Part("kk", "ru")
	l.Part("kk", "en")
	p := place(t, l, text("kk", series[2], 5))[0]
	if p.Story != "kk" {
		t.Errorf("put apart from both, it went back to %s", p.Story)
	}
	l.Join("kk", "ru")
	if story("kk") != story("ru") {
		t.Error("joined again, they are two stories")
	}
	l.Remove("ru")
	if s, texts := l.Story("ru"); s != "" || texts != nil {
		t.Error("removed, it has a story")
	}
	for _, n := range place(t, l, text("uz", series[3], 5))[0].Near {
		if n.ID == "ru" {
			t.Error("removed, it is found")
		}
	}
}

// Texts entered again at start find themselves as they were placed.
func TestRebuild(t *testing.T) {
	t.Parallel()
	day := time.Date(2026, 6, 5, 0, 0, 0, 0, time.UTC)
	l := NewLinker()
	background(t, l, day)
	var texts []Text
	for i, r := range series[:4] {
		texts = append(texts, Text{ID: fmt.Sprint("s", i), At: day, Traits: read(r.lang, r.of(5, 0, day), day)})
	}
	var kept []Text
	for i, p := range place(t, l, texts...) {
		traits, err := ParseTraits(texts[i].Traits.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		kept = append(kept, Text{ID: p.ID, At: day, Story: p.Story, Traits: traits})
	}
	again := NewLinker()
	background(t, again, day)
	if err := again.Enter(kept...); err != nil {
		t.Fatal(err)
	}
	for i, k := range kept {
		if s, _ := again.Story(k.ID); s != kept[0].Story {
			t.Errorf("%d: story %q, was %q", i, s, k.Story)
		}
	}
	last := Text{ID: "last", At: day, Traits: read(series[4].lang, series[4].of(5, 0, day), day)}
	if p := place(t, again, last)[0]; p.Story != kept[0].Story {
		t.Errorf("the next report began story %s: %v", p.Story, p.Near)
	}
}

func TestParseTraitsRefuses(t *testing.T) {
	t.Parallel()
	whole := read("en", series[0].text, time.Time{}).Bytes()
	for n := range whole {
		if _, err := ParseTraits(whole[:n]); err == nil {
			t.Fatalf("%d of %d bytes are read as all", n, len(whole))
		}
	}
	if _, err := ParseTraits(append(slices.Clone(whole), 0)); err == nil {
		t.Error("a byte too many is not noticed")
	}
}

// Any texts in any order with any decisions: nothing panics, every text is in exactly one story, whose id is that of
// its first text, and nobody is near himself.
func TestLinkerHolds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l := NewLinker()
		known := map[string]bool{}
		ids := rapid.SampledFrom([]string{"a", "b", "c", "d", "e", "f", "g", "h"})
		for range rapid.IntRange(1, 25).Draw(t, "steps") {
			a, b := ids.Draw(t, "a"), ids.Draw(t, "b")
			switch rapid.IntRange(0, 5).Draw(t, "do") {
			case 0:
				if a != b {
					l.Join(a, b)
				}
			case 1:
				if a != b {
					l.Part(a, b)
				}
			case 2:
				l.Remove(a)
				delete(known, a)
			default:
				r := rapid.SampledFrom(series).Draw(t, "report")
				day := time.Date(2026, 1, rapid.IntRange(1, 300).Draw(t, "day"), 0, 0, 0, 0, time.UTC)
				p, err := l.Place(5, Text{ID: a, At: day, Traits: read(r.lang, r.of(rapid.IntRange(1, 3).Draw(t, "n"), 0, day), day)})
				if err != nil {
					t.Fatal(err)
				}
				known[a] = true
				for _, n := range p[0].Near {
					if n.ID == a || !known[n.ID] || n.Score < 0 || n.Score > 1 {
						t.Fatalf("near %s: %+v", a, n)
					}
				}
			}
			for id := range known {
				story, texts := l.Story(id)
				if !slices.Contains(texts, id) || texts[0] != story {
					t.Fatalf("%s is in story %s of %v", id, story, texts)
				}
				for _, other := range texts {
					if s, _ := l.Story(other); s != story {
						t.Fatalf("%s and %s disagree on their story", id, other)
					}
				}
			}
		}
	})
}

func FuzzReadTraits(f *testing.F) {
	for _, r := range append(slices.Clone(series), others...) {
		f.Add(r.lang, r.text)
	}
	f.Add("ar", "الاجتماع السادس")
	f.Add("ko", "제6차 회의")
	f.Add("zh", "第")
	f.Add("und", strings.Repeat("a", 5000)+"\xff")
	f.Fuzz(func(t *testing.T, l, text string) {
		tag, err := lang.Parse(l)
		if err != nil || len(text) > 1<<16 {
			return
		}
		got := ReadTraits(tag, text, time.Time{})
		if len(got.Traits) > maxTraits || !slices.IsSortedFunc(got.Traits, func(a, b Trait) int { return int(int64(a.Hash) - int64(b.Hash)) }) {
			t.Fatal("traits are too many or not in order")
		}
		if _, err := ParseTraits(got.Bytes()); err != nil {
			t.Fatal(err)
		}
	})
}
