package intake

import (
	"slices"
	"strings"
	"testing"
)

// What stands around a text, in words that sites of sixteen languages use, written by another hand than the one that wrote the tables: two
// sentences that name where the news is from, a picture's credit, a byline, a note about the translation, the way to the rest of the text.
var byHand = []struct {
	tag                                  string
	head, first, second                  string // the second sentence names the sources
	original, quoted                     string // "" when it names one only
	credit, byline, translated, mt, more string
}{
	{"en", "Reservoir gates opened above the valley", "Engineers opened the reservoir gates on Monday after three dry weeks.", "The level fell by a metre overnight, Silver Wire reported, citing the Water Board.", "Water Board", "Silver Wire",
		"Photograph: Silver Wire", "By Aina Karal", "Translated by Dana Omar", "This page was translated by machine and may contain errors.", "Read the full story"},
	{"ru", "Над долиной открыли затворы водохранилища", "Инженеры открыли затворы в понедельник после трёх сухих недель.", "За ночь уровень упал на метр, пишет «Серебряный вестник» со ссылкой на Водное управление.", "Водное управление", "Серебряный вестник",
		"Фото предоставлено пресс-службой", "Автор: Айна Карал", "Перевод: Дана Омар", "Текст переведён автоматически и может содержать ошибки.", "Читать далее"},
	{"kk", "Аңғар үстіндегі су қоймасының қақпалары ашылды", "Инженерлер үш апта құрғақшылықтан кейін дүйсенбіде қақпаларды ашты.", "Бір түнде деңгей бір метрге түсті, деп хабарлайды «Күміс хабар» Су басқармасына сілтеме жасап.", "Су басқармасы", "Күміс хабар",
		"Сурет: Күміс хабар", "Авторы: Айна Қарал", "Аударған: Дана Омар", "Бұл мәтін машинамен аударылған, қателер болуы мүмкін.", "Толығырақ оқу"},
	{"uz", "Vodiy ustidagi suv ombori darvozalari ochildi", "Muhandislar uch hafta qurgʻoqchilikdan keyin dushanba kuni darvozalarni ochdi.", "Bir kechada sath bir metrga pasaydi, deb xabar beradi “Kumush xabar” Suv boshqarmasiga tayanib.", "Suv boshqarmasi", "Kumush xabar",
		"Surat: Kumush xabar", "Muallif: Aina Qoral", "Tarjimon: Dana Omar", "Ushbu matn avtomatik tarjima qilingan, xatolar boʻlishi mumkin.", "Toʻliq oʻqish"},
	{"ky", "Өрөөн үстүндөгү суу сактагычтын дарбазалары ачылды", "Инженерлер үч жума кургакчылыктан кийин дүйшөмбүдө дарбазаларды ачышты.", "Бир түндө деңгээл бир метрге түштү, деп кабарлайт «Күмүш кабар» Суу башкармалыгына таянып.", "Суу башкармалыгы", "Күмүш кабар",
		"Сүрөт: Күмүш кабар", "Автору: Айна Карал", "Которгон: Дана Омар", "Бул текст машина менен которулган, каталар болушу мүмкүн.", "Толугу менен окуу"},
	{"tg", "Дарвозаҳои обанбори болои водӣ кушода шуданд", "Муҳандисон пас аз се ҳафтаи хушкӣ рӯзи душанбе дарвозаҳоро кушоданд.", "Дар як шаб сатҳ як метр паст шуд, менависад «Хабари нуқра» бо такя ба Раёсати об.", "Раёсати об", "Хабари нуқра",
		"Акс: Хабари нуқра", "Муаллиф: Айна Қарал", "Тарҷумаи Дана Умар", "Ин матн ба таври худкор тарҷума шудааст ва метавонад хато дошта бошад.", "Идомаи матн"},
	{"tk", "Jülgäniň üstündäki suw howdanynyň derwezeleri açyldy", "Inženerler üç hepdelik gurakçylykdan soň duşenbe güni derwezeleri açdylar.", "Bir gijede dereje bir metr peseldi, diýip «Kümüş habar» Suw müdirligine salgylanyp habar berýär.", "Suw müdirligi", "Kümüş habar",
		"Surat: Kümüş habar", "Awtor: Aýna Garal", "Terjime eden: Dana Omar", "Bu tekst awtomatik terjime edildi, ýalňyşlyklar bolup biler.", "Dowamyny oka"},
	{"az", "Vadinin üstündəki su anbarının qapıları açıldı", "Mühəndislər üç həftəlik quraqlıqdan sonra bazar ertəsi qapıları açdılar.", "Bir gecədə səviyyə bir metr düşüb, “Gümüş xəbər” Su İdarəsinə istinadən xəbər verir.", "Su İdarəsi", "Gümüş xəbər",
		"Foto: Gümüş xəbər", "Müəllif: Aina Qaral", "Tərcümə: Dana Ömər", "Bu mətn avtomatik tərcümə olunub, səhvlər ola bilər.", "Davamını oxu"},
	{"tr", "Vadinin üstündeki barajın kapakları açıldı", "Mühendisler üç kurak haftanın ardından pazartesi günü kapakları açtı.", "Gümüş Haber'in Su İdaresi'ne dayandırdığı habere göre seviye bir gecede bir metre düştü.", "Su İdaresi", "Gümüş Haber",
		"Fotoğraf: Gümüş Haber", "Haber: Ayna Karal", "Çeviri: Dana Ömer", "Bu metin makine çevirisidir, hatalar içerebilir.", "Devamını oku"},
	{"fa", "دریچه‌های سد بالای دره باز شد", "مهندسان پس از سه هفته خشکی روز دوشنبه دریچه‌ها را باز کردند.", "به گزارش خبرگزاری سیمین به نقل از اداره آب، سطح آب در یک شب یک متر پایین آمد.", "اداره آب", "خبرگزاری سیمین",
		"عکس: سیمین", "نویسنده: آینا کارال", "ترجمه: دانا عمر", "این متن با ترجمه ماشینی تهیه شده و ممکن است خطا داشته باشد.", "ادامه مطلب"},
	{"ur", "وادی کے اوپر آبی ذخیرے کے دروازے کھول دیے گئے", "انجینئروں نے تین خشک ہفتوں کے بعد پیر کو دروازے کھولے۔", "چاندی نیوز نے محکمہ آب کے حوالے سے بتایا کہ ایک رات میں سطح ایک میٹر گر گئی۔", "محکمہ آب", "چاندی نیوز",
		"تصویر: چاندی نیوز", "تحریر: آئینہ کارال", "ترجمہ: دانا عمر", "اس متن کا مشینی ترجمہ کیا گیا ہے، غلطیاں ہو سکتی ہیں۔", "مکمل متن پڑھیں"},
	{"ar", "فتح بوابات الخزان فوق الوادي", "فتح المهندسون البوابات يوم الاثنين بعد ثلاثة أسابيع من الجفاف.", "وانخفض المستوى مترا في ليلة، بحسب ما ذكرت وكالة الفضة نقلا عن هيئة المياه.", "هيئة المياه", "وكالة الفضة",
		"الصورة: وكالة الفضة", "بقلم: عينا قرال", "ترجمة: دانا عمر", "تمت ترجمة هذا النص آليا وقد يحتوي على أخطاء.", "اقرأ المزيد"},
	{"zh", "河谷上游水库开闸放水", "工程师在三周干旱之后于周一打开了水库闸门。", "据银报援引水务局的消息，水位一夜之间下降了一米。", "水务局", "银报",
		"图片来源：银报", "记者：艾娜", "翻译：达娜", "本文由机器翻译，可能存在错误。", "阅读全文"},
	{"ko", "골짜기 위 저수지 수문이 열렸다", "기술자들은 석 주 가뭄 끝에 월요일 수문을 열었다.", "은빛통신은 물관리청을 인용해 하룻밤 사이 수위가 일 미터 내려갔다고 보도했다.", "물관리청", "은빛통신",
		"사진: 은빛통신", "글: 문다온", "번역: 다나 오마르", "이 글은 기계 번역되었으며 오류가 있을 수 있습니다.", "기사 전문 보기"},
	{"mn", "Хөндийн дээрх усан сангийн хаалтыг нээлээ", "Инженерүүд гурван долоо хоногийн гангийн дараа даваа гарагт хаалтыг нээв.", "Нэг шөнийн дотор түвшин нэг метр буурлаа гэж «Мөнгөн мэдээ» Усны газрыг эш татан мэдээллээ.", "Усны газар", "Мөнгөн мэдээ",
		"Гэрэл зураг: Мөнгөн мэдээ", "Бэлтгэсэн: Айна Карал", "Орчуулсан: Дана Омар", "Энэ бичвэрийг машинаар орчуулсан тул алдаа байж болзошгүй.", "Дэлгэрэнгүй унших"},
	{"prs", "دروازه‌های بند آب بالای دره باز شد", "انجنیران پس از سه هفته خشکی روز دوشنبه دروازه‌ها را باز کردند.", "آژانس خبری نقره به نقل از ریاست آب گزارش داد که سطح آب در یک شب یک متر پایین آمد.", "ریاست آب", "آژانس خبری نقره",
		"عکس: نقره", "گزارشگر: آینا کارال", "برگردان: دانا عمر", "این متن توسط ماشین ترجمه شده و ممکن است اشتباه داشته باشد.", "ادامه خبر"},
}

// Fields by another hand: each is found, as text and on a page, and what is in no field is listed as removed.
func TestFieldsByHand(t *testing.T) {
	t.Parallel()
	wrong, of := map[string]int{}, map[string]int{}
	for _, c := range byHand {
		for _, page := range []bool{false, true} {
			third := strings.TrimRight(c.first, ".。۔") + c.second[len(strings.TrimRight(c.second, ".。۔")):]
			lines := []string{c.head, c.byline, c.credit, third, c.second, c.translated, c.mt, c.more}
			doc := Document{Name: c.tag, ContentType: "text/plain; charset=utf-8", Bytes: []byte(strings.Join(lines, "\n\n"))}
			if page {
				doc = Document{Name: c.tag, ContentType: "text/html; charset=utf-8", Bytes: []byte("<html><head><meta charset=utf-8><title>" + c.head + "</title></head><body><article><h1>" + c.head + "</h1><p>" +
					strings.Join(lines[1:], "</p><p>") + "</p></article></body></html>")}
			}
			articles, err := Read(doc, testNow)
			if err != nil {
				t.Fatal(c.tag, err)
			}
			a := articles[0]
			link := func(relation, source string) bool {
				return slices.ContainsFunc(a.Attribution, func(x Attribution) bool {
					return x.Relation == relation && strings.Contains(foldLine(x.Source), foldLine(source))
				})
			}
			stem := func(s string) string { r := []rune(s); return string(r[:max(2, len(r)-3)]) } // case endings differ
			for what, ok := range map[string]bool{
				"articles": len(articles) == 1, "headline": same(a.Headline, c.head), "text": slices.Contains(a.Paragraphs, third) && slices.Contains(a.Paragraphs, c.second),
				"credit": slices.Contains(a.Credits, c.credit), "byline": slices.Contains(a.Bylines, c.byline), "translated by": slices.Contains(a.Bylines, c.translated),
				"machine": a.MachineTranslated, "cut off": a.Truncated, "original": link(Original, stem(c.original)), "quoted by": link(QuotedBy, stem(c.quoted)),
				"removed": slices.Contains(a.Removed, c.more) && slices.Contains(a.Removed, c.mt),
			} {
				if of[what]++; !ok {
					wrong[what]++
					t.Logf("%s, page %v: %s: byline %q credit %q machine %v cut %v chain %q removed %q body %q", c.tag, page, what, a.Bylines, a.Credits, a.MachineTranslated, a.Truncated, a.Attribution, a.Removed, a.Paragraphs[2:])
				}
			}
		}
	}
	for _, k := range slices.Sorted(keysOf(of)) {
		if t.Logf("%s: %d of %d", k, of[k]-wrong[k], of[k]); wrong[k] > 0 {
			t.Errorf("%s: %d of %d are wrong", k, wrong[k], of[k])
		}
	}
}
