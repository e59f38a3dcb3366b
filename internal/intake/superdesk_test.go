package intake

import (
	"errors"
	"strings"
	"testing"
	"time"
)

// Documents in the shape of what Superdesk's public ninjs formatter writes (superdesk-core, superdesk/publish/formatters/ninjs_formatter.py): guid and no uri, times with a zone of
// four digits, an embargo with one of two parts, subjects by code, pictures as associations. The texts are ours; no Superdesk has been asked.
const superdeskText = `{"guid":"urn:newsml:desk.nildasht.example:2026-05-31T09:12:44.120:6d0f0c4e-1c0a-4a9b-9f60-1a2b3c4d5e6f","version":"4","type":"text","priority":3,"urgency":2,
 "pubstatus":"usable","language":"ru","headline":"Плотину у Коксая осмотрят в июне","slugline":"плотина","byline":"А. Бекова","located":"Коксай","source":"Нилдашт Информ",
 "versioncreated":"2026-05-31T09:40:10+0000","firstcreated":"2026-05-31T09:12:44+0000","firstpublished":"2026-05-31T09:41:00+0000","ednote":"Уточнено число",
 "body_html":"<p>Комиссия приедет в Коксай десятого июня.</p>\n<p>В ней двенадцать человек &amp; два инженера.</p><p><br></p>","charcount":84,"wordcount":14,"readtime":0,
 "description_html":"<p>Коротко о плотине</p>","description_text":"Коротко о плотине","usageterms":"Только для членов","copyrightholder":"Нилдашт","copyrightnotice":"(c) Нилдашт",
 "subject":[{"code":"20000639","name":"water","scheme":"topics"},{"name":"без кода"}],"service":[{"code":"a","name":"Местное"}],"place":[{"code":"KOK","name":"Коксай"}],"genre":[{"code":"Article","name":"Article (news)"}],
 "profile":"text","keywords":["вода"],"extra":{"own":"x"},"annotations":[],"signal":[{"name":"Content Warning","code":"cwarn","scheme":"http://cv.iptc.org/newscodes/signal/"}],
 "authors":[{"name":"Другая","role":"writer","biography":""}],"evolvedfrom":"urn:newsml:desk.nildasht.example:2026-05-30T10:00:00.000:aa",
 "associations":{"featuremedia":{"guid":"tag:desk.nildasht.example:2026:pic1","version":"2","type":"picture","priority":6,"pubstatus":"usable","language":"ru","headline":"Плотина","body_text":"Снимок плотины","byline":"С. Н.",
   "versioncreated":"2026-05-31T08:00:00+0000","renditions":{"original":{"href":"https://desk.nildasht.example/api/upload/1/raw","media":"1","mimetype":"image/jpeg","width":1600,"height":900,"poi":{"x":800,"y":450}},"16-9":{"href":"https://desk.nildasht.example/api/upload/2/raw","poi":null}}},
  "editor_0":null},"extra_items":{},"attachments":[]}`

func TestSuperdeskIsRead(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"application/json", ""} {
		as, err := Read(Document{Bytes: []byte(superdeskText), ContentType: kind}, testNow)
		if err != nil || len(as) != 1 {
			t.Fatalf("%q: %v, %d articles", kind, err, len(as))
		}
		a := as[0]
		if a.GUID != "urn:newsml:desk.nildasht.example:2026-05-31T09:12:44.120:6d0f0c4e-1c0a-4a9b-9f60-1a2b3c4d5e6f" || a.Version != 4 || a.Urgency != 2 || a.Rights != "Только для членов" || a.Dateline != "Коксай" ||
			a.Headline != "Плотину у Коксая осмотрят в июне" || strings.Join(a.Bylines, "|") != "А. Бекова" || a.Detection.Tag != "ru" ||
			strings.Join(a.Paragraphs, "|") != "Комиссия приедет в Коксай десятого июня.|В ней двенадцать человек & два инженера." {
			t.Errorf("%+v", a)
		}
		if a.Date == nil || a.Date.Value != "2026-05-31T09:12Z" {
			t.Errorf("date %+v", a.Date)
		}
		if len(a.Attribution) != 1 || a.Attribution[0].Source != "Нилдашт Информ" || a.Attribution[0].Relation != PublishedBy {
			t.Errorf("attribution %+v", a.Attribution)
		}
	}
	read := func(changes ...string) ([]Article, error) {
		return Read(Document{Bytes: []byte(strings.NewReplacer(changes...).Replace(superdeskText)), ContentType: "application/json"}, testNow)
	}
	if as, err := read(`"byline":"А. Бекова",`, ""); err != nil || strings.Join(as[0].Bylines, "|") != "Другая" {
		t.Errorf("authors: %+v, %v", as, err)
	}
	// A kill or recall is canceled and has the words of its notice: what it names is gone, and the notice is no article.
	_, err := read(`"pubstatus":"usable","language"`, `"pubstatus":"canceled","language"`, `"version":"4"`, `"version":"5"`)
	if gone := (*Withdrawn)(nil); !errors.As(err, &gone) || len(gone.GUIDs) != 1 || !strings.HasSuffix(gone.GUIDs[0], "3c4d5e6f") {
		t.Errorf("canceled: %v", err)
	}
	// Its embargo, in either form of its times.
	for _, zone := range []string{"+00:00", "+0000"} {
		_, err = read(`"priority":3,`, `"priority":3,"embargoed":"2031-01-01T10:00:00`+zone+`",`)
		if held := (*Held)(nil); !errors.As(err, &held) || !held.Until.Equal(time.Date(2031, 1, 1, 10, 0, 0, 0, time.UTC)) {
			t.Errorf("embargo %s: %v", zone, err)
		}
		if as, err := read(`"priority":3,`, `"priority":3,"embargoed":"2020-01-01T10:00:00`+zone+`",`); err != nil || len(as) != 1 {
			t.Errorf("an embargo that is over, %s: %v", zone, err)
		}
	}
	// A package has no text of its own, and is not taken for one.
	if as, err := Read(Document{ContentType: "application/json", Bytes: []byte(`{"guid":"urn:p:1","version":"1","type":"composite","priority":6,"pubstatus":"usable","headline":"Пакет","associations":{"main-0":{"guid":"urn:a:1","type":"text"}}}`)}, testNow); err == nil {
		t.Errorf("a package became %+v", as)
	}
}
