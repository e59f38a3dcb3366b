package sample

import (
	"io/fs"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"jarchi.dev/jarchi/internal/compare"
	"jarchi.dev/jarchi/internal/format/newsmlg2"
	"jarchi.dev/jarchi/internal/intake"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/mediatopic"
	"jarchi.dev/jarchi/internal/wire"
)

var (
	eight = []lang.Tag{lang.EN, lang.RU, lang.KK, lang.UZ, lang.TR, lang.AZ, lang.FA, lang.UR}
	start = time.Date(2026, 3, 12, 9, 0, 0, 0, time.UTC)
)

// Words that stand inside a text of another script: names of products and projects as their owners write them.
var foreign = map[string]bool{"Smart": true, "City": true, "Саф": true, "су": true, "روڈ": true, "میپ": true, "C": true}

// The same where figures belong to the name.
var named = strings.NewReplacer("Smart City 2.0", "", "Саф су-2", "", "C-130", "")

func script(t *testing.T, where string, tag lang.Tag, text string) {
	t.Helper()
	if !norm.NFC.IsNormalString(text) {
		t.Errorf("%s: not in normal form C: %q", where, text)
	}
	table := map[string]*unicode.RangeTable{"Latn": unicode.Latin, "Cyrl": unicode.Cyrillic, "Arab": unicode.Arabic}[tag.Script()]
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) }) {
		if foreign[word] {
			continue
		}
		for _, r := range word {
			if r != 'ʻ' && r != 'ʼ' && !unicode.Is(table, r) && !unicode.IsMark(r) {
				t.Errorf("%s: %q is not in the script of %s", where, word, tag)
				break
			}
		}
	}
	bad := map[lang.Tag]string{
		lang.UZ: "'‘’`", // oʻ and gʻ are written with U+02BB, the hard sign with U+02BC
		lang.FA: "كيى٠١٢٣٤٥٦٧٨٩0123456789", lang.UR: "كيىهة٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹",
	}[tag]
	if i := strings.IndexAny(named.Replace(text), bad); bad != "" && i >= 0 {
		t.Errorf("%s: %q holds a letter or figure that %s is not written with", where, text, tag)
	}
	for _, r := range text {
		if unicode.Is(unicode.Cf, r) && r != '\u200c' {
			t.Errorf("%s: hidden mark %U", where, r)
		}
	}
}

func TestMembers(t *testing.T) {
	t.Parallel()
	members := Members()
	if len(members) < 7 {
		t.Fatalf("%d members", len(members))
	}
	for _, m := range members {
		if err := m.Validate(); err != nil {
			t.Errorf("%s: %v", m.ID, err)
		}
		if !strings.HasSuffix(m.Domain, ".example") {
			t.Errorf("%s: %s is not a domain of examples", m.ID, m.Domain)
		}
		if _, err := time.LoadLocation(m.Zone); err != nil || !strings.HasPrefix(m.Zone, "Etc/") {
			t.Errorf("%s: zone %q: %v", m.ID, m.Zone, err)
		}
		if len(Languages(m.ID)) == 0 {
			t.Errorf("%s works in no language", m.ID)
		}
		for _, tag := range eight {
			if m.Names[tag] == "" || m.Short[tag] == "" {
				t.Errorf("%s has no name in %s", m.ID, tag)
			}
			if n := utf8.RuneCountInString(m.Short[tag]); n > 18 {
				t.Errorf("%s: short name in %s has %d letters", m.ID, tag, n)
			}
			script(t, string(m.ID), tag, m.Names[tag])
			script(t, string(m.ID), tag, m.Short[tag])
		}
	}
	if got := Plain(); !slices.Equal(got, []wire.MemberID{"toqsanbulaq", "kumushdaryo", "sabzwadi"}) {
		t.Errorf("plain members %v", got)
	}
}

// Every release is published and lives through its events as the clock says.
func TestReleasesLive(t *testing.T) {
	t.Parallel()
	known := map[wire.MemberID]bool{}
	for _, m := range Members() {
		known[m.ID] = true
	}
	live, changed := map[string]*wire.Release{}, map[EventKind]int{}
	for _, s := range Steps(Releases()) {
		r, now := s.Release, start.Add(s.At)
		if s.Event == nil {
			for _, m := range append(slices.Clone(r.Issuers), r.Audience.Partners...) {
				if !known[m] {
					t.Errorf("%s names the unknown member %s", r.Key, m)
				}
			}
			w, err := r.Draft(now)
			if err != nil {
				t.Fatalf("%s: %v", r.Key, err)
			}
			if r.Opens != 0 {
				if err := w.SetEmbargo(start.Add(r.Opens), now); err != nil {
					t.Fatalf("%s: %v", r.Key, err)
				}
			}
			if _, err := w.Publish(now); err != nil {
				t.Fatalf("%s: %v", r.Key, err)
			}
			live[r.Key] = w
			continue
		}
		var err error
		switch w := live[r.Key]; s.Event.Kind {
		case Update:
			_, err = w.Update(s.Event.Changes(w), now)
		case Correct:
			_, err = w.Correct(s.Event.Changes(w), s.Event.Reason, now)
		case Withdraw:
			_, err = w.Withdraw(s.Event.Reason, now)
		default:
			t.Fatalf("%s: unknown event %q", r.Key, s.Event.Kind)
		}
		if err != nil {
			t.Fatalf("%s: %v", r.Key, err)
		}
		changed[s.Event.Kind]++
	}
	if changed[Update] < 2 || changed[Correct] < 1 || changed[Withdraw] < 1 {
		t.Errorf("events played: %v", changed)
	}
	quake := live["quake-sabzwadi"]
	if quake.Updates != 2 || quake.Text(lang.UR) == nil || quake.Text(lang.EN).Current().N != 3 {
		t.Errorf("the earthquake did not develop: %d updates", quake.Updates)
	}
	more := Event{Kind: Update, Items: []wire.NewItem{{Language: lang.TR, Content: wire.Content{Headline: "Altınsu'da deprem", Body: []string{"Deprem oldu."}}}}}
	if _, err := quake.Update(more.Changes(quake), start.Add(time.Hour)); err != nil || quake.Text(lang.TR) == nil {
		t.Errorf("a further language was not added: %v", err)
	}
	solar := live["solar"].Text(lang.UZ)
	if v := solar.Current(); v.Kind != wire.CorrectKind || !strings.Contains(v.Content.Headline, "240") || v.Content.Dateline == "" {
		t.Errorf("the correction lost something: %+v", v)
	}
}

func TestTexts(t *testing.T) {
	t.Parallel()
	languages, headlines := map[lang.Tag]int{}, map[string]string{}
	for _, r := range Releases() {
		if len(r.Issuers) > 1 && r.Audience.Class == wire.Partners {
			t.Errorf("%s: several issuers to named partners", r.Key)
		}
		check := func(items []wire.NewItem, first bool) {
			for i, n := range items {
				where := r.Key + " " + string(n.Language)
				languages[n.Language]++
				if first && (i == 0) != (n.Translation == "") {
					t.Errorf("%s: the first item alone is the original", where)
				}
				c := n.Content
				if other := headlines[c.Headline]; other != "" {
					t.Errorf("%s has the headline of %s", where, other)
				}
				headlines[c.Headline] = where
				if len := utf8.RuneCountInString(c.Headline); len > 110 || len < 15 {
					t.Errorf("%s: headline of %d letters", where, len)
				}
				if len(c.Body) == 0 || len(c.Body) > 6 || c.Rights.Credit == "" || c.Slugline == "" || len(c.Subjects) == 0 || first && c.Dateline == "" {
					t.Errorf("%s is incomplete: %+v", where, c)
				}
				if n.Translation.ByMachine() != (c.AI.Note != "") {
					t.Errorf("%s: a machine's text says which machine's it is, another does not", where)
				}
				for _, text := range append([]string{c.Headline, c.Dateline, c.Byline, c.EdNote, c.AI.Note, c.Rights.Credit}, c.Body...) {
					script(t, where, n.Language, text)
					if text != strings.TrimSpace(text) || strings.Contains(text, "  ") {
						t.Errorf("%s: stray space in %q", where, text)
					}
				}
				for _, p := range c.Body {
					if end, _ := utf8.DecodeLastRuneInString(strings.TrimRight(p, "”»‘")); !strings.ContainsRune(".۔؟!", end) {
						t.Errorf("%s: a paragraph ends in %q", where, end)
					}
				}
			}
		}
		check(r.Items, true)
		for _, e := range r.Events {
			check(e.Items, false)
			if e.Kind != Update {
				script(t, r.Key, r.Items[0].Language, e.Reason)
			}
			if e.Manual && e.After != 0 {
				t.Errorf("%s: a manual event at a time", r.Key)
			}
		}
	}
	for _, tag := range eight {
		if languages[tag] == 0 {
			t.Errorf("nothing in %s", tag)
		}
	}
}

// Countries, capitals and bodies that exist, by the beginnings of their names ($: the whole name): the exchange is invented,
// and nothing in it may be taken for news of a real one.
var real = strings.Fields(`қазақстан казахстан qozogʻiston qazaxıstan kazakistan kazakhstan قزاقستان өзбекстан узбекистан oʻzbekiston özbekistan özbəkistan
	uzbekistan ازبکستان қырғызстан киргиз кыргыз qirgʻiziston kırgız qırğızıstan kyrgyz قرقیز کرغیز тәжікстан таджик tojikiston tacik tajik تاجیک
	түрікменстан туркмен turkman türkmən türkmen turkmen ترکمن әзербайжан азербайджан ozarbayjon azərbaycan azerbaycan azerbaijan آذربایجان
	түркия турци turkiya türkiyə türkiye turkey turkish ترکیه ترکی иран iran ایران pakistan پاکستان пәкістан ауған афган afgʻon əfqan afgan afghan افغان
	ресей росси rossiya rusiya rusya russia$ روسیه روس қытай китай xitoy çin china$ چین үндістан инди hindiston hindistan india بھارت هند
	астана алматы ташкент toshkent daşkənd taşkent tashkent تاشکند бишкек bishkek bişkek دوشنبه душанбе dushanbe ашхабад баку bakı bakü baku باکو
	анкара ankara انقره آنکارا тегеран tehron tehran tahran تهران исламабад islomobod islamabad اسلام آباد москва moskva moskova moscow пекин pekin beijing بیجنگ
	шос шанхай shanghai shanxay şanghay оон brics nato нато
	kashmir کشمیر kəşmir keşmir karabakh qarabağ karabağ карабах қарабақ قره‌باغ crimea$ крым қырым krım kırım donbas донбас палестин filistin فلسطین فلسطين فلسطینی
	israel израил isroil اسرائیل اسراییل gaza$ газа$ غزه غزہ тайван taiwan tayvan kosovo косово قبرص kıbrıs кипр$ syria suriya suriye сири$ сирия$
	аму$ амудар amudaryo сырдар sirdaryo сырдария سند indus$ ceyhun fergana фергана fargʻona ferqana
	kazinform казинформ uza$ ўза тасс$ tass$ irna$ ایرنا anadolu$ trt$ azərtac azertac xinhua синьхуа reuters интерфакс interfax`)

func TestNothingReal(t *testing.T) {
	t.Parallel()
	check := func(where, text string) {
		for _, word := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && r != '\u200c' }) {
			for _, name := range real {
				whole, exact := strings.CutSuffix(name, "$")
				if !exact && utf8.RuneCountInString(name) > 3 && strings.HasPrefix(word, name) || word == whole {
					t.Errorf("%s: %q names something that exists", where, word)
				}
			}
		}
	}
	for _, m := range Members() {
		for _, name := range m.Names {
			check(string(m.ID), name)
		}
	}
	for _, r := range Releases() {
		for _, items := range append([][]wire.NewItem{r.Items}, eventItems(r)...) {
			for _, n := range items {
				check(r.Key, strings.Join(append([]string{n.Content.Headline, n.Content.Dateline}, n.Content.Body...), " "))
			}
		}
	}
}

// Bodies read as the language they say they are in, so that search, figures and dates work on them.
func TestDetected(t *testing.T) {
	t.Parallel()
	for _, r := range Releases() {
		for _, n := range slices.Concat(append([][]wire.NewItem{r.Items}, eventItems(r)...)...) {
			if d := lang.Detect(strings.Join(n.Content.Body, "\n"), ""); d.Tag != n.Language {
				t.Errorf("%s in %s reads as %s", r.Key, n.Language, d.Tag)
			}
		}
	}
}

// The languages of a release name the same figures and dates, except where a reader is to notice that
// they do not.
func TestFiguresAgree(t *testing.T) {
	t.Parallel()
	text := func(n wire.NewItem) compare.Text {
		return compare.Text{Lang: n.Language, Paragraphs: append([]string{n.Content.Headline}, n.Content.Body...)}
	}
	for _, r := range Releases() {
		for _, items := range append([][]wire.NewItem{r.Items}, eventItems(r)...) {
			for i := 1; i < len(items); i++ {
				got := append(compare.Across(text(items[0]), text(items[i])), compare.Across(text(items[i]), text(items[0]))...)
				if differs := slices.Contains(r.Differs, items[i].Language); differs != (len(got) > 0) {
					t.Errorf("%s in %s and %s, differs %v: %+v", r.Key, items[0].Language, items[i].Language, differs, got)
				}
			}
		}
	}
}

// Whoever comes, in whichever of the eight languages, finds rows in her own and in the others.
func TestEnough(t *testing.T) {
	t.Parallel()
	texts, alone, events, leads := map[lang.Tag]int{}, map[lang.Tag]int{}, map[string]bool{}, map[wire.MemberID]int{}
	var releases, today, after, long, machine, human int
	classes := map[wire.AudienceClass]int{}
	for _, r := range Releases() {
		releases++
		events[r.Items[0].Content.Slugline] = true
		leads[r.Issuers[0]]++
		classes[r.Audience.Class]++
		for _, n := range r.Items {
			texts[n.Language]++
			if l := utf8.RuneCountInString(n.Content.Headline); l >= 88 {
				long++
			}
			if n.Translation.ByMachine() {
				machine++
			}
			if n.Translation == wire.Human {
				human++
			}
		}
		if len(r.Items) == 1 {
			alone[r.Items[0].Language]++
		}
		if r.At < -96*time.Hour || r.At > 13*time.Minute {
			t.Errorf("%s is at %v", r.Key, r.At)
		}
		if r.At > -12*time.Hour && r.At < 0 {
			today++
		}
		if r.At > 4*time.Minute+20*time.Second {
			after++
		}
	}
	if releases < 74 || len(events) < 12 || len(leads) != 7 || today*3 < releases || after < 14 || long < 5 || machine < 3 || human < 10 || classes[wire.Members] < 3 || classes[wire.Partners] < 2 {
		t.Errorf("%d releases, %d events, leads %v, %d today, %d after the embargo, %d long headlines, %d machine, %d human, audiences %v", releases, len(events), leads, today, after, long, machine, human, classes)
	}
	for _, tag := range eight {
		if texts[tag] < 12 {
			t.Errorf("%d releases in %s", texts[tag], tag)
		}
		if releases-texts[tag] < 12 {
			t.Errorf("only %d releases are not in %s", releases-texts[tag], tag)
		}
	}
	for _, tag := range []lang.Tag{lang.KK, lang.UZ, lang.TR, lang.AZ, lang.FA, lang.UR} {
		if alone[tag] == 0 {
			t.Errorf("no release exists in %s alone", tag)
		}
	}
	t.Logf("%d releases, %d events, texts %v, alone %v, leads %v, %d today", releases, len(events), texts, alone, leads, today)
}

// While one watches, something arrives at least every 45 seconds for twelve minutes, and what DEMO.md
// puts on the clock comes on time.
func TestArrivals(t *testing.T) {
	t.Parallel()
	at := map[string]time.Duration{}
	last := time.Duration(0)
	steps := Steps(Releases(), Captures()...)
	for _, r := range Releases() {
		if r.Opens > 0 {
			steps = append(steps, Step{At: r.Opens, Event: &Event{}}) // the node's own clock opens it
		}
	}
	slices.SortStableFunc(steps, func(a, b Step) int { return int(a.At - b.At) })
	for _, s := range steps {
		if s.At <= 0 {
			continue
		}
		if s.Event == nil && s.Capture == nil {
			at[s.Release.Key] = s.At
		}
		if s.At-last > 45*time.Second {
			t.Errorf("nothing arrives from %v to %v", last, s.At)
		}
		last = s.At
	}
	if last < 12*time.Minute {
		t.Errorf("the last arrival is at %v", last)
	}
	first := slices.Min(slices.Collect(maps.Values(at)))
	if ordered := Steps(Releases(), Captures()...); !slices.IsSortedFunc(ordered, func(a, b Step) int { return int(a.At - b.At) }) {
		t.Error("the steps are not in order")
	}
	if first != 12*time.Second || at["quake-altinsu"] != 75*time.Second {
		t.Errorf("first arrival at %v, the flash at %v", first, at["quake-altinsu"])
	}
}

// The headlines that DEMO.md sets, letter by letter.
func TestHeadlines(t *testing.T) {
	t.Parallel()
	have := map[string]string{}
	for _, r := range Releases() {
		for _, n := range slices.Concat(append([][]wire.NewItem{r.Items}, eventItems(r)...)...) {
			have[n.Content.Headline] = r.Key + " " + string(n.Language)
		}
	}
	for where, headline := range map[string]string{
		"water kk":             "Тоқсанбұлақ 1 маусымнан бастап Көксай су қоймасынан 240 миллион текше метр су жібереді",
		"water uz":             "Toʻqsonbuloq 1-iyundan Koʻksoy suv omboridan 240 million kub metr suv chiqaradi",
		"water ru":             "Токсанбулак с 1 июня направит из Коксайского водохранилища 240 млн кубометров воды",
		"water ur":             "توقسان بلاق یکم جون سے کوکسائی آبی ذخیرے سے 24 کروڑ مکعب میٹر پانی چھوڑے گا",
		"water fa":             "توقسان‌بلاق از ۱۱ خرداد ۲۴۰ میلیون متر مکعب آب از سد کوک‌سای رها می‌کند",
		"quake-altinsu tr":     "Altınsu'nun güneyinde 5,6 büyüklüğünde deprem; can kaybı bildirilmedi",
		"quake-cinarcay az":    "Altınsuyun cənubunda 5,6 maqnitudalı zəlzələ baş verib",
		"quake-toqsanbulaq ru": "На юге Алтынсу произошло землетрясение магнитудой 5,8",
		"quake-nildasht fa":    "زمین‌لرزه‌ای به بزرگی ۵٫۶ جنوب آلتین‌سو را لرزاند",
		"quake-sabzwadi en":    "Magnitude 5.6 earthquake in southern Altinsu; no casualties reported",
		"forum ur":             "ڈیجیٹل معیشت فورم: ای کامرس اور سمارٹ سٹی (Smart City 2.0) سمیت نو منصوبوں پر دستخط",
		"forum uz":             "Raqamli iqtisodiyot forumida toʻrt mamlakat toʻqqiz loyihaga imzo chekdi",
		"forum kk":             "Цифрлық экономика форумында төрт ел тоғыз жобаға қол қойды",
		"forum-headline ur":    "سبزوادی نے نو منصوبوں پر دستخط کر دیے",
		"border uz":            "Toshkoʻprik chegara punkti 3-aprelda ochiladi",
		"film fa":              "نیل‌دشت و آلتین‌سو فیلم مستند مشترکی دربارهٔ راه‌های کاروان‌رو می‌سازند",
		"film tr":              "Altınsu ve Nildeşt kervan yolları üzerine ortak belgesel çekecek",
		"young-journalists kk": "Жас тілшілер мектебіне өтінім қабылдау 15 сәуірге дейін ұзартылды",
		"young-journalists az": "Gənc jurnalistlər məktəbinə müraciət müddəti aprelin 15-dək uzadıldı",
		"joint-statement en":   "Silk Rivers ministers adopt joint statement at ninth session",
		"joint-statement ru":   "Министры стран Шёлковых рек приняли совместное заявление на девятой сессии",
		"joint-statement tr":   "İpek Nehirleri bakanları dokuzuncu oturumda ortak bildiri kabul etti",
		"forum-contract ur":    "سبزوادی: «Smart City 2.0» منصوبے کا معاہدہ (15 مئی).",
		"pure-water-fund fa":   "نیل‌دشت ۱۲٫۵ میلیون دلار به پروژهٔ «Саф су-2» می‌دهد",
		"sea-gate az":          "“Dəniz Qapısı” layihəsi: 3 ölkə, 1 sənəd (روڈ میپ 2030)",
		"quake-aircraft fa":    "C-130 آلتین‌سو را ترک کرد",
	} {
		if have[headline] != where {
			t.Errorf("%s: %q is not its headline", where, headline)
		}
	}
}

// All of it stays small: it is part of the program.
func TestSize(t *testing.T) {
	t.Parallel()
	total := 0
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			var b []byte
			b, err = fs.ReadFile(files, name)
			total += len(b)
		}
		return err
	})
	if err != nil || total > 1<<20 {
		t.Errorf("%d bytes, %v", total, err)
	}
	t.Logf("%d bytes", total)
}

// The pages of outside sources have the faults of real ones, and intake finds its way through them.
func TestCaptures(t *testing.T) {
	t.Parallel()
	articles := map[string][]intake.Article{}
	total := 0
	for _, c := range Captures() {
		if u, err := url.Parse(c.URL); err != nil || !strings.HasSuffix(u.Host, ".example") || c.At > 0 || c.ContentType == "" {
			t.Errorf("%s: %s, %v, %s", c.Name, c.URL, c.At, c.ContentType)
		}
		as, err := intake.Read(intake.Document{Name: c.Name, URL: c.URL, ContentType: c.ContentType, Bytes: c.Bytes}, start)
		if err != nil {
			t.Errorf("%s: %v", c.Name, err)
			continue
		}
		articles[c.Name] = as
		total += len(as)
		for _, a := range as {
			for _, p := range a.Paragraphs {
				for _, junk := range []string{"error:", "1126", "3 418", "412", "889", "2.075", "301", "Отмена", "Ulashish", "Бөлісу", "Читайте также", "Subscribe", "۱٬۱۲۶"} {
					if strings.Contains(p, junk) {
						t.Errorf("%s: %q stands in %q", c.Name, junk, p)
					}
				}
			}
		}
	}
	one := func(name string) intake.Article {
		if len(articles[name]) != 1 {
			t.Errorf("%s: %d articles", name, len(articles[name]))
			return intake.Article{}
		}
		return articles[name][0]
	}
	if total != 8 || len(articles["nawa-roznama.txt"]) != 2 || !articles["nawa-roznama.txt"][0].Truncated {
		t.Errorf("%d articles, of the two on one page %+v", total, articles["nawa-roznama.txt"])
	}
	if a := one("zarkaram-forum.txt"); !a.MachineTranslated || a.Detection.Tag != lang.UZ {
		t.Errorf("the text that a machine translated: %+v", a)
	}
	if a := one("ayene-rud.txt"); a.Headline != "" || len(a.Attribution) == 0 {
		t.Errorf("the page without a headline: %+v", a)
	}
	if a := one("ozen-habary.html"); a.Date != nil || a.Detection.Tag != lang.KK {
		t.Errorf("the page without a date: %+v", a)
	}
	if a := one("liman-postasi.html"); !a.Truncated {
		t.Errorf("the text that breaks off: %+v", a)
	}
	if a := one("delta-observer.txt"); a.Date == nil || a.Date.Value != "2025-02-14" || len(a.Bylines) == 0 {
		t.Errorf("the old page: %+v", a)
	}
	if a := one("stepnoy-vestnik.html"); a.Headline != "В Кумушдарье запустили солнечную станцию" || !strings.Contains(a.Paragraphs[0], "24 мегаватта") {
		t.Errorf("the page that still has the wrong figure: %+v", a)
	}
}

func eventItems(r Release) (out [][]wire.NewItem) {
	for _, e := range r.Events {
		out = append(out, e.Items)
	}
	return out
}

// What the demo's scenes rely on.
func TestScenes(t *testing.T) {
	t.Parallel()
	by := map[string]Release{}
	for _, r := range Releases() {
		by[r.Key] = r
	}
	body := func(key string, tag lang.Tag) string {
		for _, n := range by[key].Items {
			if n.Language == tag {
				return strings.Join(n.Content.Body, "\n")
			}
		}
		t.Errorf("%s has no %s", key, tag)
		return ""
	}
	if !strings.Contains(body("water", lang.UZ), "Koʻksoydan") || !strings.Contains(body("water", lang.KK), "су деңгейі") || !strings.Contains(body("water", lang.KK), "Көксайдан") {
		t.Error("the water release lacks a word that is searched for")
	}
	for tag, figures := range map[lang.Tag][]string{
		lang.KK: {"240", "45", "62", "78", "12", "08:00"}, lang.RU: {"240", "45", "62", "78", "12", "08:00"}, lang.UZ: {"240", "45", "62", "78", "12", "08:00"},
		lang.UR: {"24 کروڑ", "45", "62", "78", "12", "08:00"}, lang.FA: {"۲۴۰", "۴۵", "۶۲", "۷۸", "۱۲", "۰۸:۰۰", "۱۱ خرداد", "۲۴ تیر"},
	} {
		for _, f := range figures {
			if !strings.Contains(body("water", tag), f) {
				t.Errorf("water in %s lacks %s", tag, f)
			}
		}
	}
	if len(by["water"].Items) != 5 || len(by["joint-statement"].Issuers) != 6 || len(by["flood-warning"].Items) != 5 || by["flood-warning"].Opens <= 0 {
		t.Error("water, joint statement or embargo is not as the scenes need it")
	}
	if e := by["border"].Events; len(e) != 1 || !e[0].Manual || e[0].Kind != Withdraw || e[0].Reason == "" {
		t.Errorf("the border item cannot be withdrawn by hand: %+v", e)
	}
	for _, key := range []string{"quake-altinsu", "quake-sabzwadi"} {
		if r := by[key]; r.Urgency != 1 || len(r.Events) != 2 || r.At <= 0 {
			t.Errorf("%s is no flash with two updates", key)
		}
	}
	classes := map[wire.AudienceClass]bool{}
	plain := slices.DeleteFunc(Releases(), func(r Release) bool { return !slices.Contains(Plain(), r.Issuers[0]) })
	arrives := false
	for _, r := range plain {
		classes[r.Audience.Class] = true
		arrives = arrives || r.At == 12*time.Second
	}
	if len(plain) < 14 || len(classes) != 3 || !arrives {
		t.Errorf("%d plain releases, audiences %v, one at 12 s: %v", len(plain), classes, arrives)
	}
}

// Every subject is a Media Topic in use, and every text can go out as NewsML-G2 and comes back whole.
func TestSubjectsAndFormats(t *testing.T) {
	t.Parallel()
	members := map[wire.MemberID]wire.Member{}
	for _, m := range Members() {
		members[m.ID] = m
	}
	for _, r := range Releases() {
		for _, code := range r.Items[0].Content.Subjects {
			if topic, ok := mediatopic.Lookup(code); !ok || topic.Retired {
				t.Errorf("%s: %s is no Media Topic in use", r.Key, code)
			}
		}
		w, err := r.Draft(start)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Publish(start); err != nil {
			t.Fatal(err)
		}
		for i, it := range w.Items {
			doc, err := newsmlg2.Marshal(w, i, members, start, nil)
			if err != nil {
				t.Fatal(err)
			}
			back, err := newsmlg2.Parse(doc)
			if err != nil {
				t.Fatal(err)
			}
			c, p := it.Current().Content, back[0]
			if p.Headline != c.Headline || !slices.Equal(p.Paragraphs, c.Body) || p.Language != it.Language || p.Credit != c.Rights.Credit || !slices.Equal(p.Subjects, c.Subjects) {
				t.Errorf("%s in %s changed on its way: %+v", r.Key, it.Language, p)
			}
		}
	}
}

func TestCopies(t *testing.T) {
	t.Parallel()
	a, m := Releases(), Members()
	a[0].Items[0].Content.Body[0], a[0].Issuers[0] = "x", "x"
	m[0].Names[lang.EN] = "x"
	if b := Releases(); b[0].Items[0].Content.Body[0] == "x" || b[0].Issuers[0] == "x" || Members()[0].Names[lang.EN] == "x" {
		t.Error("a caller's change reached the next")
	}
}

func TestBrokenFiles(t *testing.T) {
	t.Parallel()
	for name, file := range map[string]string{
		"a misspelt property": `{"isuers": ["a"]}`, "no issuer": `{"urgency": 1}`, "a picture that is not there": `{"issuers": ["a"], "items": [{"pictures": [{"file": "x.png"}]}]}`, "a time without a unit": `{"issuers": ["a"], "at": "12"}`,
	} {
		fsys := fstest.MapFS{"data/members.json": {Data: []byte("[]")}, "data/captures.json": {Data: []byte("[]")}, "data/releases/a.json": {Data: []byte(file)}}
		if _, err := load(fsys); err == nil || !strings.Contains(err.Error(), "data/releases/a.json") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
