package story

import (
	"slices"
	"testing"
	"time"
)

// Whose ministers meet, in every language, and that others who meet in the same city on the same day are another event.
func TestMinisters(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ lang, foreign, defence, one string }{
		{"en", "Foreign ministers of the River Council meet in Astana", "Meeting of ministers of defence of the River Council held in Astana", "Foreign minister speaks at River Council meeting in Astana"},
		{"ru", "В Астане состоялось заседание министров иностранных дел Речного совета", "В Астане состоялось заседание министров обороны Речного совета", "Министр иностранных дел выступил на заседании Речного совета в Астане"},
		{"kk", "Астанада Өзен кеңесі сыртқы істер министрлерінің отырысы өтті", "Астанада Өзен кеңесі қорғаныс министрлерінің отырысы өтті", "Сыртқы істер министрі Астанадағы отырыста сөз сөйледі"},
		{"uz", "Ostonada Daryo kengashi tashqi ishlar vazirlarining yigʻilishi oʻtdi", "Ostonada Daryo kengashi mudofaa vazirlarining yigʻilishi oʻtdi", "Tashqi ishlar vaziri Ostonadagi yigʻilishda soʻzladi"},
		{"uz-Cyrl", "Остонада Дарё кенгаши ташқи ишлар вазирларининг йиғилиши ўтди", "Остонада Дарё кенгаши мудофаа вазирларининг йиғилиши ўтди", "Ташқи ишлар вазири Остонадаги йиғилишда сўзлади"},
		{"ky", "Астанада Дарыя кеңешинин тышкы иштер министрлеринин жыйыны өттү", "Астанада Дарыя кеңешинин коргоо министрлеринин жыйыны өттү", "Тышкы иштер министри Астанадагы жыйында сүйлөдү"},
		{"tg", "Дар Остона ҷаласаи вазирони корҳои хориҷии Шӯрои дарёҳо баргузор шуд", "Дар Остона ҷаласаи вазирони мудофиаи Шӯрои дарёҳо баргузор шуд", "Вазири корҳои хориҷӣ дар ҷаласаи Остона суханронӣ кард"},
		{"tk", "Astanada Derýa geňeşiniň daşary işler ministrleriniň duşuşygy geçirildi", "Astanada Derýa geňeşiniň goranmak ministrleriniň duşuşygy geçirildi", "Daşary işler ministri Astanadaky duşuşykda çykyş etdi"},
		{"az", "Astanada Çay Şurasının xarici işlər nazirlərinin görüşü keçirildi", "Astanada Çay Şurasının müdafiə nazirlərinin görüşü keçirildi", "Xarici işlər naziri Astanadakı görüşdə çıxış etdi"},
		{"tr", "Nehir Konseyi dışişleri bakanları Astana'da toplantı yaptı", "Nehir Konseyi savunma bakanları Astana'da toplantı yaptı", "Dışişleri Bakanı Astana'daki toplantıda konuştu"},
		{"fa", "نشست وزیران امور خارجه شورای رودها در آستانه برگزار شد", "نشست وزیران دفاع شورای رودها در آستانه برگزار شد", "وزیر امور خارجه در نشست آستانه سخن گفت"},
		{"prs", "نشست وزرای خارجهٔ شورای رودها در آستانه برگزار شد", "نشست وزرای دفاع دو کشور در آستانه برگزار شد", "وزیر خارجه در نشست آستانه سخن گفت"},
		{"ur", "آستانہ میں دریا کونسل کے وزرائے خارجہ کا اجلاس ہوا", "آستانہ میں دریا کونسل کے وزرائے دفاع کا اجلاس ہوا", "وزیر خارجہ نے آستانہ اجلاس سے خطاب کیا"},
		{"ar", "عقد اجتماع وزراء الخارجية لمجلس الأنهار في أستانا", "عقد اجتماع لوزراء الدفاع لمجلس الأنهار في أستانا", "تحدث وزير الخارجية في اجتماع أستانا"},
		{"mn", "Гол мөрний зөвлөлийн гадаад хэргийн сайд нарын хурал Астана хотод боллоо", "Гол мөрний зөвлөлийн батлан хамгаалахын сайд нарын хурал Астана хотод боллоо", "Гадаад хэргийн сайд Астана дахь хуралд үг хэлэв"},
		{"zh", "河流理事会外长会议在阿斯塔纳举行", "河流理事会国防部長會議在阿斯塔纳举行", "外长在阿斯塔纳会议上讲话"},
		{"ko", "아스타나에서 하천이사회 외교장관 회의 열려", "아스타나에서 하천이사회 국방 장관회의 열려", "외교장관, 아스타나 회의에서 연설"},
	} {
		read := func(text string) Event { return read(c.lang, text+"\n", time.Time{}).Event }
		foreign, defence, one := read(c.foreign), read(c.defence), read(c.one)
		if !slices.Equal(foreign.Ministers, []string{"foreign"}) || !slices.Equal(defence.Ministers, []string{"defence"}) || one.Ministers != nil {
			t.Errorf("%s: the ministers are %v, %v, %v", c.lang, foreign.Ministers, defence.Ministers, one.Ministers)
		}
		if !foreign.Clashes(defence) || !defence.Clashes(foreign) || foreign.Clashes(foreign) || one.Clashes(defence) || foreign.Clashes(one) {
			t.Errorf("%s: %+v, %+v, %+v: not parted", c.lang, foreign, defence, one)
		}
	}
	foreign, defence := read("en", "Foreign ministers meet in Astana\n", time.Time{}).Event, read("ru", "Встреча министров обороны в Астане\n", time.Time{}).Event
	for _, c := range []struct {
		report
		of             []string
		clash, clashes bool // with the meeting of foreign ministers, with that of defence ministers
	}{
		{report{"en", "Foreign and defence ministers meet in Astana\n"}, []string{"defence", "foreign"}, false, false},
		{report{"en", "Foreign trade ministers meet in Astana\n"}, []string{"trade"}, true, true},
		{report{"ru", "Встреча министров экономики, торговли и обороны\n"}, []string{"economy", "trade", "defence"}, true, false},
		{report{"en", "Council of ministers meets in Astana\n"}, nil, false, false},
		{report{"ar", "اجتماع مجلس الوزراء في أستانا\n"}, nil, false, false},
	} {
		e := read(c.lang, c.text, time.Time{}).Event
		if !slices.Equal(e.Ministers, c.of) || e.Clashes(foreign) != c.clash || e.Clashes(defence) != c.clashes {
			t.Errorf("%q: %v, %v and %v", c.text, e.Ministers, e.Clashes(foreign), e.Clashes(defence))
		}
	}
	// Each names the other's ministers: two sides of one event.
	a := read("en", "Foreign ministers meet\nIn Astana the meeting was joined by the defence ministers.", time.Time{}).Event
	b := read("en", "Defence ministers meet\nIn Astana the meeting was joined by the foreign ministers.", time.Time{}).Event
	if a.Clashes(b) || !a.Clashes(defence) {
		t.Errorf("%+v, %+v", a, b)
	}
}

// Two meetings of one body in one city on one day are two stories, each with its reports in other languages.
func TestMinistersAreParted(t *testing.T) {
	t.Parallel()
	day := time.Date(2026, 5, 14, 9, 0, 0, 0, time.UTC)
	l := NewLinker()
	background(t, l, day)
	story := map[string]string{}
	for _, c := range []struct{ id, lang, text string }{
		{"f-en", "en", "SCO foreign ministers meet in Astana\nThe Council of Foreign Ministers of the Shanghai Cooperation Organisation held a meeting in Astana on 14 May 2026. The ministers of ten countries prepared the summit in Bishkek and signed 21 documents."},
		{"d-en", "en", "SCO defence ministers meet in Astana\nThe Council of Defence Ministers of the Shanghai Cooperation Organisation held a meeting in Astana on 14 May 2026. The ministers of ten countries spoke of security in Central Asia and signed 2 documents."},
		{"f-ru", "ru", "В Астане прошло заседание министров иностранных дел ШОС\nСовет министров иностранных дел Шанхайской организации сотрудничества провёл заседание в Астане 14 мая 2026 года. Министры десяти стран подготовили саммит в Бишкеке и подписали 21 документ."},
		{"d-ru", "ru", "В Астане прошло заседание министров обороны ШОС\nСовет министров обороны Шанхайской организации сотрудничества провёл заседание в Астане 14 мая 2026 года. Министры десяти стран говорили о безопасности в Центральной Азии и подписали 2 документа."},
	} {
		story[c.id] = place(t, l, Text{ID: c.id, At: day, Traits: read(c.lang, c.text, day)})[0].Story
	}
	if story["f-en"] != story["f-ru"] || story["d-en"] != story["d-ru"] || story["f-en"] == story["d-en"] {
		t.Errorf("stories are %v", story)
	}
}
