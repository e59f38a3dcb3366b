package web

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/search"
	"jarchi.dev/jarchi/internal/wire"
)

// now is the moment at which all pages of the tests are made.
var now = time.Date(2026, 6, 1, 9, 31, 7, 0, time.UTC)

// exchange is a Reader over a few invented releases and captures.
type exchange struct {
	members map[wire.MemberID]wire.Member
	entries []browse.Entry // newest first
	raw     map[string]browse.RawFile
	empty   bool
	err     error
	mu      sync.Mutex // entries, while a browser reads
}

// grow puts entries at the top, as if they had just arrived.
func (x *exchange) grow(more ...browse.Entry) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for i := range more {
		more[i].At = now
	}
	x.entries = append(slices.Clone(more), x.entries...)
}

const (
	goodLogin    = "aizhan"
	goodPassword = "a long password"
	goodSession  = "session-of-a-reader"
	longName     = "Secretariat of the Conference for Water, Roads and Clear Public Speech"
)

func (x *exchange) visible(v access.Viewer, e browse.Entry) (browse.Entry, bool) {
	if e.Capture != nil {
		e.Level = access.Capture(v, e.Capture, now)
		return e, e.Level != access.Nothing
	}
	e.Level = access.Release(v, e.Release, now)
	e.Release = access.Reduce(e.Release, e.Level)
	return e, e.Level != access.Nothing
}

func (x *exchange) List(_ context.Context, v access.Viewer, q browse.Query) (browse.Page, error) {
	if x.err != nil {
		return browse.Page{}, x.err
	}
	var p browse.Page
	if x.empty {
		return p, nil
	}
	if q.Cursor != "" && q.Cursor != "second" {
		return p, fault.Field("cursor", "This cursor was not made by this node.")
	}
	query, err := search.Parse(q.Text)
	if err != nil {
		return p, err
	}
	p.Understood = query.Terms()
	x.mu.Lock()
	defer x.mu.Unlock()
	for i, e := range x.entries {
		e, ok := x.visible(v, e)
		if !ok || q.Cursor == "second" && i < len(x.entries)/2 {
			continue
		}
		if q.Kind == "release" && e.Release == nil || q.Kind == "capture" && e.Capture == nil || q.Member != "" && (e.Release == nil || e.Release.Lead() != q.Member) {
			continue
		}
		e.Item = -1
		if q.Text != "" && !x.match(&e, query) {
			continue
		}
		if q.Text != "" {
			p.Matches++
			p.Counted = true
		}
		p.Entries = append(p.Entries, e)
	}
	if q.Cursor == "" && q.Text == "" {
		p.Next = "second"
	}
	return p, nil
}

func (x *exchange) match(e *browse.Entry, query search.Query) bool {
	try := func(t lang.Tag, headline string, body []string) bool {
		h := query.Highlight(t, headline)
		b := query.Highlight(t, strings.Join(body, " "))
		hit := func(f search.Fragment) bool { return f.Hit }
		if !slices.ContainsFunc(h, hit) && !slices.ContainsFunc(b, hit) {
			return false
		}
		e.Headline, e.Snippet = h, b
		return true
	}
	if c := e.Capture; c != nil {
		return try(c.Language, c.Headline, c.Body)
	}
	if e.Level != access.All {
		return false
	}
	for i, it := range e.Release.Items {
		if c := it.Current(); c != nil && try(it.Language, c.Content.Headline, c.Content.Body) {
			e.Item = i
			return true
		}
	}
	return false
}

func (x *exchange) Release(_ context.Context, v access.Viewer, id wire.ReleaseID) (browse.Entry, error) {
	for _, e := range x.entries {
		if e.Release != nil && e.Release.ID == id {
			if e, ok := x.visible(v, e); ok {
				e.Item = -1
				return e, nil
			}
		}
	}
	return browse.Entry{}, fault.E(fault.NotFound, "There is no release with this id.")
}

func (x *exchange) Item(_ context.Context, v access.Viewer, id wire.ItemID) (browse.Entry, error) {
	for _, e := range x.entries {
		if e.Release != nil {
			for i, it := range e.Release.Items {
				if it.ID == id {
					if e, ok := x.visible(v, e); ok {
						e.Item = i
						return e, nil
					}
				}
			}
		}
	}
	return browse.Entry{}, fault.E(fault.NotFound, "There is no item with this id.")
}

func (x *exchange) Capture(_ context.Context, v access.Viewer, id wire.CaptureID) (browse.Entry, error) {
	for _, e := range x.entries {
		if e.Capture != nil && e.Capture.ID == id {
			if e, ok := x.visible(v, e); ok {
				e.Item = -1
				return e, nil
			}
		}
	}
	return browse.Entry{}, fault.E(fault.NotFound, "There is no capture with this id.")
}

func (x *exchange) Raw(_ context.Context, v access.Viewer, hash string) (browse.RawFile, error) {
	f, ok := x.raw[hash]
	if !ok || access.Capture(v, nil, now) == access.Nothing {
		return f, fault.E(fault.NotFound, "There is no such original.")
	}
	return f, nil
}

func (x *exchange) Members(context.Context) (map[wire.MemberID]wire.Member, error) {
	return x.members, nil
}

func (x *exchange) Register(_ context.Context, v access.Viewer, q browse.RegisterQuery) (out []browse.RegisterEntry, next string, err error) {
	if x.empty {
		return nil, "", nil
	}
	for _, e := range x.entries {
		if e.Release == nil {
			continue
		}
		e, ok := x.visible(v, e)
		if !ok {
			continue
		}
		r := e.Release
		if r.State == wire.Withdrawn {
			out = append(out, browse.RegisterEntry{Kind: wire.EventWithdrawn, At: r.WithdrawnAt, Release: r, Reason: r.Reason})
		}
		for _, it := range r.Items {
			for _, ver := range it.Versions {
				if ver.Kind == wire.CorrectKind {
					out = append(out, browse.RegisterEntry{Kind: wire.EventCorrected, At: ver.At, Release: r, Reason: ver.Reason})
				}
			}
		}
	}
	return slices.DeleteFunc(out, func(e browse.RegisterEntry) bool { return e.At.Before(q.Since) }), "older", nil
}

func (x *exchange) Logs(context.Context, access.Viewer) ([]browse.LogInfo, error) {
	if x.empty {
		return nil, nil
	}
	return []browse.LogInfo{
		{Name: "kumushdaryo-public", Member: "kumushdaryo", Class: "public", Key: "kumushdaryo.example/public+5a6b7c8d+AVJ7aXo1mC7Yk0oHc6m8lQwYJx0dR6vS1bU2kQ9eQ5v0"},
		{Name: "toqsanbulaq-closed", Member: "toqsanbulaq", Class: "closed", Key: "press.toqsanbulaq.example/closed+9a8b7c6d+AW1kQ9eAQ5v0mJ7aXo1mC7Yk0oHc6m8lQwYJx0dR6vS", Size: 3},
		{Name: "toqsanbulaq-public", Member: "toqsanbulaq", Class: "public", Key: "press.toqsanbulaq.example/public+1f2e3d4c+AQ5v0mJ7aXo1mC7Yk0oHc6m8lQwYJx0dR6vS1bU2kQ9e", Size: 41208},
	}, nil
}

// crew is People with one reader. What it does not have, no test of this package may need.
type crew struct{ People }

func (crew) SignIn(_ context.Context, login, password string, _ people.Device) (string, error) {
	if login != goodLogin || password != goodPassword {
		return "", people.ErrWrong
	}
	return goodSession, nil
}
func (crew) SignOut(context.Context, string) error { return nil }
func (crew) Person(_ context.Context, session string) (people.Person, error) {
	if session != goodSession {
		return people.Person{}, people.ErrSignedOut
	}
	d := people.Desk{ID: "desk", Member: "toqsanbulaq", Names: names{"en": "News desk", "kk": "Жаңалықтар бөлімі"}}
	u := people.User{ID: "reader", Member: "toqsanbulaq", Login: goodLogin, Name: "Айжан Серік", Created: now.AddDate(0, -1, 0)}
	for _, r := range people.Roles {
		u.Grants = append(u.Grants, people.Grant{Desk: d.ID, Role: r})
	}
	return people.Person{User: u, Desks: []people.Desk{d}, Session: "session"}, nil
}

func newHandler(t testing.TB, x *exchange) http.Handler {
	t.Helper()
	h, err := New(Options{Reader: x, People: crew{}, Now: func() time.Time { return now }, PublicURL: "http://127.0.0.1:8080", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// get asks the handler as a browser at the node's own machine would.
func get(t testing.TB, h http.Handler, target string, edit ...func(*http.Request)) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest("GET", target, nil)
	r.Host, r.RemoteAddr = "127.0.0.1:8080", "127.0.0.1:50000"
	for _, f := range edit {
		f(r)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func fromAfar(r *http.Request) { r.Host, r.RemoteAddr = "jarchi.example", "192.0.2.7:50000" }

type names = map[lang.Tag]string

// newExchange makes invented members and texts: every state, every script.
func newExchange(t testing.TB) *exchange {
	t.Helper()
	x := &exchange{members: map[wire.MemberID]wire.Member{}, raw: map[string]browse.RawFile{}}
	for _, m := range []wire.Member{
		{ID: "toqsanbulaq", Kind: wire.PressService, Domain: "press.toqsanbulaq.example", Zone: "Asia/Almaty",
			Names: names{"en": "Toqsanbulaq Press Service", "kk": "Тоқсанбұлақ баспасөз қызметі", "ru": "Пресс-служба Токсанбулака", "ur": "توقسان بلاق پریس سروس", "fa": "دفتر مطبوعاتی توقسان‌بلاق"},
			Short: names{"en": "Toqsanbulaq PS", "kk": "Тоқсанбұлақ БҚ", "ru": "Токсанбулак ПС", "ur": "توقسان بلاق", "fa": "توقسان‌بلاق"}},
		{ID: "sabzwadi", Kind: wire.Agency, Domain: "sabzwadi.example", Zone: "Asia/Karachi",
			Names: names{"en": "Sabzwadi News Agency", "ur": "سبزوادی خبر رساں ایجنسی"}, Short: names{"en": "Sabzwadi NA", "ur": "سبزوادی"}},
		{ID: "nildasht", Kind: wire.Broadcaster, Domain: "nildasht.example", Zone: "Asia/Tehran",
			Names: names{"en": "Nildasht Radio and Television", "fa": "صدا و سیمای نیل‌دشت"}, Short: names{"en": "Nildasht RT", "fa": "نیل‌دشت"}},
		{ID: "altinsu", Kind: wire.Agency, Domain: "altinsu.example", Zone: "Europe/Istanbul", Names: names{"tr": "Altınsu Haber Ajansı"}, Short: names{"tr": "Altınsu HA"}},
		{ID: "kumushdaryo", Kind: wire.PressService, Domain: "kumushdaryo.example", Zone: "Asia/Tashkent", Names: names{"uz": "Kumushdaryo matbuot xizmati"}, Short: names{"uz": "Kumushdaryo MX"}},
		{ID: "secretariat", Kind: wire.Secretariat, Domain: "conference.example", Zone: "UTC", Names: names{"en": longName}},
	} {
		x.members[m.ID] = m
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	text := func(l lang.Tag, tr wire.Translation, headline string, body ...string) wire.NewItem {
		return wire.NewItem{Language: l, Translation: tr, Content: wire.Content{Headline: headline, Body: body}}
	}
	publish := func(ago time.Duration, urgency int, issuers []wire.MemberID, items ...wire.NewItem) *wire.Release {
		t.Helper()
		at := now.Add(-ago)
		r, err := wire.NewRelease(issuers, x.members[issuers[0]].Domain, wire.Audience{Class: wire.Public}, urgency, items, at)
		must(err)
		_, err = r.Publish(at)
		must(err)
		x.entries = append(x.entries, browse.Entry{Release: r, At: at, Item: -1})
		return r
	}

	flash := publish(40*time.Second, 1, []wire.MemberID{"altinsu"},
		text("tr", wire.Original, "Altınsu’nun güneyinde 5,6 büyüklüğünde deprem; can kaybı bildirilmedi", "Deprem saat 12.30’da oldu.", "Ekipler yolda."))
	_, err := flash.Update(wire.Changes{Content: map[wire.ItemID]wire.Content{flash.Items[0].ID: {Headline: "Altınsu’nun güneyinde 5,6 büyüklüğünde deprem; can kaybı bildirilmedi", Body: []string{"Ekipler köye ulaştı."}}}}, now.Add(-20*time.Second))
	must(err)

	water := publish(26*time.Minute, 4, []wire.MemberID{"toqsanbulaq", "kumushdaryo"},
		text("kk", wire.Original, "Тоқсанбұлақ 1 маусымнан бастап Көксай су қоймасынан 24 миллион текше метр су жібереді", "Су 45 күн бойы беріледі. 14-ші отырыста келісілді.", "Су деңгейі күн сайын жарияланады."),
		text("ru", wire.OfficialText, "Токсанбулак с 1 июня направит 240 миллионов кубометров воды из Коксайского водохранилища", "Воду будут подавать 45 дней.", "Уровень воды публикуется ежедневно; решение принято 10-й комиссией."),
		text("uz", wire.Human, "Toʻqsonbuloq 1-iyundan Koʻksoy suv omboridan 240 million kub metr suv chiqaradi", "Suv 45 kun davomida beriladi."),
		text("ur", wire.OfficialText, "توقسان بلاق یکم جون سے کوکسائی آبی ذخیرے سے 24 کروڑ مکعب میٹر پانی چھوڑے گا", "پانی 45 دن تک فراہم کیا جائے گا۔", "پانی کی سطح روزانہ شائع کی جائے گی۔ «Smart Water 2.0» کا نظام (15 مئی) سے کام کر رہا ہے۔"),
		text("fa", wire.Machine, "توقسان‌بلاق از ۱۱ خرداد ۲۴۰ میلیون متر مکعب آب از سد کوک‌سای رها می‌کند", "آب ۴۵ روز داده می‌شود.", "نیل‌دشت ۱۲٫۵ میلیون دلار به پروژهٔ «Саф су-2» می‌دهد."),
		text("en", wire.MachineEdited, "From 1 June Toqsanbulaq will release 240 million cubic metres of water from the Koksai reservoir", "Water will flow for 45 days.", "The water level is published every day."))
	fixed := water.Items[0].Current().Content
	fixed.Headline = "Тоқсанбұлақ 1 маусымнан бастап Көксай су қоймасынан 240 миллион текше метр су жібереді"
	_, err = water.Correct(wire.Changes{Content: map[wire.ItemID]wire.Content{water.Items[0].ID: fixed}}, "24 емес, 240 миллион", now.Add(-10*time.Minute))
	must(err)

	publish(time.Hour, 5, []wire.MemberID{"sabzwadi"},
		text("ur", wire.Original, "سبزوادی: «Smart City 2.0» منصوبے کا معاہدہ (15 مئی)۔", "سبزوادی میں منصوبے کے پہلے مرحلے پر دستخط ہوئے۔"),
		text("en", wire.Machine, "Sabzwadi: agreement on the ‘Smart City 2.0’ project (15 May).", "The first phase of the project was signed in Sabzwadi."))
	publish(2*time.Hour, 6, []wire.MemberID{"nildasht"},
		text("fa", wire.Original, "نیل‌دشت ۱۲٫۵ میلیون دلار به پروژهٔ «Саф су-2» می‌دهد", "شبکهٔ نیل‌دشت از آغاز پروژه خبر داد. C-130 آلتین‌سو را ترک کرد."))
	publish(2*time.Hour+5*time.Minute, 5, []wire.MemberID{"secretariat"},
		text("en", wire.Original, "“Dəniz Qapısı” project: 3 countries, 1 document, and a headline that goes on for ninety letters", "The Secretariat received the document."),
		text("az", wire.Human, "“Dəniz Qapısı” layihəsi: 3 ölkə, 1 sənəd (روڈ میپ 2030)", "Sənəd katibliyə təqdim edildi."))
	publish(3*time.Hour, 5, []wire.MemberID{"sabzwadi"},
		text("ur", wire.Original, "سبزوادی اور تین ہمسایہ ممالک کے درمیان پانی، سڑکوں، ریڈیو نشریات اور نوجوان صحافیوں کی تربیت کے بارے میں مشترکہ اعلامیے کا مکمل متن جو تین سطروں پر پھیلتا ہے اور پھر بھی کہیں سے نہیں کٹتا، کیونکہ نستعلیق کو اونچی سطر چاہیے", "اعلامیے کا متن۔"))

	sealed, err := wire.NewRelease([]wire.MemberID{"toqsanbulaq"}, "press.toqsanbulaq.example", wire.Audience{Class: wire.Public}, 3,
		[]wire.NewItem{text("kk", wire.Original, "Эмбаргодағы мәтін", "Құпия сөйлем."), text("en", wire.OfficialText, "A sealed text", "A sealed sentence.")}, now.Add(-4*time.Hour))
	must(err)
	must(sealed.SetEmbargo(now.Add(3*time.Hour+29*time.Minute), now.Add(-4*time.Hour)))
	_, err = sealed.Publish(now.Add(-4 * time.Hour))
	must(err)
	x.entries = append(x.entries, browse.Entry{Release: sealed, At: now.Add(-4 * time.Hour), Item: -1})

	gone := publish(26*time.Hour, 5, []wire.MemberID{"kumushdaryo"},
		text("uz", wire.Original, "Chegara ertadan ochiladi", "Chegara ochiladi."), text("ru", wire.OfficialText, "Граница откроется завтра", "Граница откроется."))
	_, err = gone.Withdraw("sana tasdiqlanmagan", now.Add(-25*time.Hour))
	must(err)
	erased := publish(27*time.Hour, 5, []wire.MemberID{"kumushdaryo"}, text("uz", wire.Original, "Oʻchirilgan", "Matn."))
	_, err = erased.Erase(now.Add(-26 * time.Hour))
	must(err)
	stale := publish(28*time.Hour, 5, []wire.MemberID{"altinsu"}, text("tr", wire.Original, "Köprü sonbaharda açılıyor", "Açılış eylülde."), text("az", wire.Machine, "Körpü payızda açılır", "Açılış sentyabrda."),
		text("en", wire.Machine, "The bridge opens in autumn", "Opening in September."))
	_, err = stale.Update(wire.Changes{Content: map[wire.ItemID]wire.Content{stale.Items[0].ID: {Headline: "Köprü ekimde açılıyor", Body: []string{"Açılış ekimde."}}}}, now.Add(-27*time.Hour))
	must(err)

	capture := func(ago time.Duration, n int, c wire.Capture) {
		hash := fmt.Sprintf("%064x", len(x.raw)+1)
		c.RawHash, c.N, c.ArrivedAt = hash, n, now.Add(-ago)
		c.ID, c.URI = wire.CaptureID(fmt.Sprintf("%s-%d", hash, n)), wire.CaptureURI(hash, n)
		x.raw[hash] = browse.RawFile{Name: c.FileName, ContentType: "text/html", Bytes: []byte("<script>alert(1)</script>")}
		x.entries = append(x.entries, browse.Entry{Level: access.All, Capture: &c, At: c.ArrivedAt, Item: -1})
	}
	capture(30*time.Hour, 1, wire.Capture{FileName: "kongress.html", SourceURL: "https://www.kongress.example/yangilik?id=3&x=\"", Language: "uz", Headline: "Toshbuloqda 3-aprelda matbuot kongressi ochildi",
		Body: []string{"Kongressga 12 mamlakat vakillari keldi.", "<b>Bu belgi emas, matn.</b>"}, Date: &wire.StatedDate{Value: "2025-07-17", Precision: "day", Raw: "17.07.2025"},
		Attribution: []wire.Attribution{{Relation: "original", Source: "Toshbuloq matbuot xizmati", Text: "xizmat xabariga koʻra"}, {Relation: "translated-by", Source: "Kongress Press, tarjima boʻlimi", Text: "tarjima"}},
		Credits:     []string{"Foto: A. Salimov"}, MachineTranslated: true, HiddenMarks: 2, Removed: []string{"Menyu", "<script>alert(1)</script>", "Koʻrishlar: 17", "رابطہ کریں"}})
	capture(50*time.Hour, 2, wire.Capture{FileName: "akhbar.txt", Language: "ur", Headline: "سبزوادی میں آن لائن تجارت کا فورم", Body: []string{"فورم میں 12 منصوبوں پر دستخط ہوئے۔ مارکیٹ کا حجم 3."}, Truncated: true,
		Date: &wire.StatedDate{Value: "2025-07-11", Precision: "day", Raw: "11th, July 2025 GMT"}, Attribution: []wire.Attribution{{Relation: "published-by", Source: "Roznama Sabz"}}, Removed: []string{"پڑھیں:"}})
	capture(75*time.Hour, 1, wire.Capture{FileName: "matn.txt", Language: "fa", Body: []string{"نمایندگان چهار کشور روز گذشته در نیل‌دشت دربارهٔ سامانهٔ رسانه‌ای مشترک و شش کارگروه آن گفت‌وگو کردند و بر ادامهٔ کار تأکید داشتند.", "متن دوم."},
		Attribution: []wire.Attribution{{Relation: "original", Source: "روزنامهٔ نیل"}, {Relation: "quoted-by", Source: "Altınsu HA"}}})
	capture(80*time.Hour, 1, wire.Capture{FileName: "forum.txt", Language: "kk", Headline: "Алтынсуда форум аясында 14-ші отырыс өтті", Body: []string{"Форумға алты ел қатысты."}, Removed: []string{"Ошибка в тексте? Выделите её"}})
	return x
}
