package scenes

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"jarchi.dev/jarchi/internal/people"
)

// deskSheet is a form as a browser without scripts would send it.
type deskSheet struct {
	action  string
	upload  bool
	fields  url.Values
	buttons []string // their values
	files   map[string][]byte
}

func formAttr(n *html.Node, key string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val, true
		}
	}
	return "", false
}

func nodeText(n *html.Node) string {
	var b strings.Builder
	for x := range n.Descendants() {
		if x.Type == html.TextNode {
			b.WriteString(x.Data)
		}
	}
	return b.String()
}

// deskForms reads every form of a page.
func deskForms(t *testing.T, page string) (out []*deskSheet) {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode || n.Data != "form" {
			continue
		}
		f := &deskSheet{fields: url.Values{}, files: map[string][]byte{}}
		f.action, _ = formAttr(n, "action")
		kind, _ := formAttr(n, "enctype")
		f.upload = kind == "multipart/form-data"
		for x := range n.Descendants() {
			name, ok := formAttr(x, "name")
			value, _ := formAttr(x, "value")
			_, checked := formAttr(x, "checked")
			switch x.Data {
			case "textarea":
				f.fields.Add(name, strings.TrimPrefix(nodeText(x), "\n"))
			case "select":
				chosen, first := "", true
				for o := range x.Descendants() {
					if v, is := formAttr(o, "value"); is && o.Data == "option" {
						if _, selected := formAttr(o, "selected"); selected || first {
							chosen, first = v, false
						}
					}
				}
				f.fields.Add(name, chosen)
			case "button":
				f.buttons = append(f.buttons, value)
			case "input":
				switch kind, _ := formAttr(x, "type"); {
				case kind == "file", !ok:
				case (kind == "checkbox" || kind == "radio") && !checked:
				default:
					f.fields.Add(name, value)
				}
			}
		}
		out = append(out, f)
	}
	return out
}

// deskForm is the one whose action ends so.
func (s *stage) deskForm(c *http.Client, path, action string) *deskSheet {
	s.t.Helper()
	code, page := s.get(c, path)
	if code != 200 {
		s.t.Fatalf("%s: %d %s", path, code, mainText(page))
	}
	for _, f := range deskForms(s.t, page) {
		if strings.HasSuffix(f.action, action) {
			return f
		}
	}
	s.t.Fatalf("%s has no form %s:\n%s", path, action, mainText(page))
	return nil
}

func (f *deskSheet) set(pairs ...string) *deskSheet {
	for i := 0; i+1 < len(pairs); i += 2 {
		f.fields.Set(pairs[i], pairs[i+1])
	}
	return f
}

// press presses a button: name and value. It answers with where the browser ends and what it shows.
func (s *stage) press(c *http.Client, f *deskSheet, button, value string) (at string, code int, page string) {
	s.t.Helper()
	return s.pressAs(c, f, button, value, nil)
}

func (s *stage) pressAs(c *http.Client, f *deskSheet, button, value string, head map[string]string) (at string, code int, page string) {
	s.t.Helper()
	fields := url.Values{}
	for k, v := range f.fields {
		fields[k] = v
	}
	if button != "" {
		fields.Set(button, value)
	}
	var body io.Reader = strings.NewReader(fields.Encode())
	kind := "application/x-www-form-urlencoded"
	if f.upload {
		var b bytes.Buffer
		w := multipart.NewWriter(&b)
		for k, vs := range fields {
			for _, v := range vs {
				if err := w.WriteField(k, strings.ReplaceAll(v, "\n", "\r\n")); err != nil {
					s.t.Fatal(err)
				}
			}
		}
		for name, content := range f.files {
			p, err := w.CreateFormFile(name, "picture.png")
			if err != nil {
				s.t.Fatal(err)
			}
			if _, err := p.Write(content); err != nil {
				s.t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			s.t.Fatal(err)
		}
		body, kind = &b, w.FormDataContentType()
	}
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, s.URL+f.action, body)
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Content-Type", kind)
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	for k, v := range head {
		req.Header.Set(k, v)
	}
	res, page := s.read(c.Do(req))
	return res.Request.URL.RequestURI(), res.StatusCode, page
}

// mainText is the text of a page's main part, for people to read in a failure.
func mainText(page string) string {
	if _, rest, ok := strings.Cut(page, "<main"); ok {
		page, _, _ = strings.Cut(rest, "</main>")
	}
	return strings.Join(strings.Fields(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(page, " ")), " ")
}

func (s *stage) holds(ok bool, code int, page, what string) {
	s.t.Helper()
	if !ok {
		s.t.Fatalf("%s: %d %s", what, code, mainText(page))
	}
}

// begunDraft is a new draft of somebody, by its address.
func (s *stage) begunDraft(c *http.Client, language string) string {
	s.t.Helper()
	at, code, page := s.press(c, s.deskForm(c, "/desk?ui=en", "/desk/new").set("lang", language), "", "")
	s.holds(code == 200 && strings.HasPrefix(at, "/desk/drafts/"), code, page, "begin")
	return at
}

func draftOf(at string) string {
	path, _, _ := strings.Cut(at, "?")
	return strings.Join(strings.Split(path, "/")[:4], "/")
}

// needsApprovals sets how many must agree at the member's desk.
func (s *stage) needsApprovals(n int) {
	s.t.Helper()
	d := s.desk("alfa")
	d.Approvals = n
	if err := s.Store.ChangePeople(s.t.Context(), func(t people.Tx) error { return t.SetDesk(d) }); err != nil {
		s.t.Fatal(err)
	}
}

// A text is composed in two languages, sent for approval, agreed to by another, released; then it is
// corrected and at last withdrawn. All of it by forms alone.
func TestDeskFromDraftToWithdrawal(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.needsApprovals(1)
	writer, editor := s.as("alfa", people.Editor), s.as("alfa", people.Editor)
	at := s.begunDraft(writer, "kk")
	draft := draftOf(at)

	// Without a headline nothing leaves: the summary leads to the field.
	f := s.deskForm(writer, at, draft)
	f.set("kk.body", "Бірінші абзац.\n\nЕкінші абзац.", "kk.note", "Шыққанша жарияламаңыз")
	at, code, page := s.press(writer, f, "do", "ask")
	s.holds(code == 200 && strings.Contains(page, `href="#kk-headline"`) && strings.Contains(page, `aria-describedby="kk-headline-error"`) && strings.Contains(page, "A headline is missing."), code, page, "ask without a headline")
	s.holds(strings.Contains(page, "Екінші абзац."), code, page, "what was written is there")

	f = s.deskForm(writer, at, draft).set("kk.headline", "Су қоймасынан 24 миллион текше метр су жіберіледі", "add", "ru")
	at, code, page = s.press(writer, f, "do", "add")
	s.holds(code == 200 && strings.Contains(at, "lang=ru") && strings.Contains(page, `name="ru.headline"`), code, page, "add a language")
	f = s.deskForm(writer, at, draft).set("ru.headline", "Из водохранилища пустят 24 миллиона кубометров", "ru.body", "Первый абзац.", "s.urgency", "3")
	f.fields["ru.subject"] = []string{"medtop:06000000"}
	at, code, page = s.press(writer, f, "do", "ask")
	s.holds(code == 200 && strings.HasSuffix(at, "/review?did=asked"), code, page, "ask")
	s.holds(!strings.Contains(page, `value="approve"`) && strings.Contains(page, "somebody else must agree"), code, page, "its writer agrees to nothing")

	// A reporter sees it and agrees to nothing either; somebody of another member finds nothing.
	if code, page := s.get(s.as("alfa", people.Reporter), draft+"/review?ui=en"); code != 200 || strings.Contains(page, `value="approve"`) {
		t.Errorf("a reporter: %d %s", code, mainText(page))
	}
	if code, _ := s.get(s.as("bravo", people.Editor), draft); code != 404 {
		t.Errorf("somebody of another member: %d", code)
	}

	code, page = s.get(editor, "/desk?ui=en")
	s.holds(code == 200 && strings.Contains(page, draft+"/review"), code, page, "it waits for the editor")
	_, code, page = s.press(editor, s.deskForm(editor, draft+"/review", draft+"/do"), "do", "approve")
	s.holds(code == 200 && strings.Contains(page, "You have agreed") && strings.Contains(page, `value="send"`), code, page, "agree")

	// A change voids the agreement.
	f = s.deskForm(writer, draft+"?lang=kk", draft).set("kk.dateline", "Тоқсанбұлақ, 1 маусым")
	s.press(writer, f, "do", "save")
	_, page = s.get(editor, draft+"/review?ui=en")
	s.holds(!strings.Contains(page, `value="send"`), 200, page, "a change voids what was agreed")
	_, code, page = s.press(writer, s.deskForm(writer, draft+"/review", draft+"/do"), "do", "ask")
	s.holds(code == 200, code, page, "ask again")
	s.press(editor, s.deskForm(editor, draft+"/review", draft+"/do"), "do", "approve")
	at, code, page = s.press(editor, s.deskForm(editor, draft+"/review", draft+"/do"), "do", "send")
	s.holds(code == 200 && strings.HasPrefix(at, "/releases/"), code, page, "release")
	release := at

	anyone := &http.Client{}
	code, page = s.get(anyone, release+"?ui=kk")
	s.holds(code == 200 && strings.Contains(page, "Екінші абзац.") && !strings.Contains(page, "/desk/"), code, page, "on the wire, for everyone")
	if code, _ := s.get(writer, draft); code != 200 {
		t.Errorf("the draft's address after it left: %d", code)
	}

	// Corrected: the approver sees the words that change.
	_, page = s.get(editor, release)
	s.holds(strings.Contains(page, `data-key="KeyE"`) && strings.Contains(page, `data-key="Shift+KeyW"`), 200, page, "what can be done stands on the release's page")
	at, code, page = s.press(editor, s.deskForm(editor, release, "/revise"), "kind", "correct")
	s.holds(code == 200 && strings.Contains(page, `name="s.reason"`), code, page, "begin a correction")
	correction := draftOf(at)
	f = s.deskForm(editor, at+"?lang=kk&ui=en", correction).set("kk.headline", "Су қоймасынан 240 миллион текше метр су жіберіледі")
	at, code, page = s.press(editor, f, "do", "ask")
	s.holds(strings.Contains(page, `aria-describedby="s-reason-error"`), code, page, "a correction has a reason")
	f = s.deskForm(editor, at, correction).set("s.reason", "Көлем он есе аз көрсетілген")
	_, code, page = s.press(editor, f, "do", "ask")
	s.holds(code == 200, code, page, "ask for the correction")
	_, page = s.get(writer, correction+"/review?ui=en")
	s.holds(strings.Contains(page, "<del>24") && strings.Contains(page, "<ins>240"), 200, page, "the words that change")
	s.press(writer, s.deskForm(writer, correction+"/review", correction+"/do"), "do", "approve")
	at, code, page = s.press(writer, s.deskForm(writer, correction+"/review", correction+"/do"), "do", "send")
	s.holds(code == 200 && at == release, code, page, "release the correction")
	_, page = s.get(anyone, release+"?ui=kk")
	s.holds(strings.Contains(page, "240 миллион") && strings.Contains(page, "Көлем он есе аз көрсетілген"), 200, page, "corrected on the wire")

	// Withdrawn: a reason, no key confirms it.
	w := s.deskForm(editor, strings.Replace(release, "/releases/", "/desk/releases/", 1)+"/withdraw?ui=en", "/withdraw")
	_, code, page = s.press(editor, w, "", "")
	s.holds(code == 422 && strings.Contains(page, `aria-invalid="true"`), code, page, "no withdrawal without a reason")
	at, code, page = s.press(editor, w.set("reason", "Шешім күшін жойды"), "", "")
	s.holds(code == 200 && at == release && !strings.Contains(page, "240 миллион"), code, page, "withdrawn")
	_, page = s.get(anyone, "/corrections?ui=en")
	s.holds(strings.Contains(page, "Шешім күшін жойды"), 200, page, "in the register")
}

// Two people change one text: the later one's is kept aside, both are shown, and she decides.
func TestDeskTwoEditors(t *testing.T) {
	t.Parallel()
	for _, keep := range []string{"mine", "theirs", "merged"} {
		t.Run(keep, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			a, b := s.as("alfa", people.Editor), s.as("alfa", people.Reporter)
			at := s.begunDraft(a, "en")
			draft := draftOf(at)
			s.press(a, s.deskForm(a, at, draft).set("en.headline", "Water released", "en.body", "Twenty million cubic metres."), "do", "save")
			mine, theirs := s.deskForm(a, at, draft), s.deskForm(b, at, draft)
			s.press(b, theirs.set("en.body", "Thirty million cubic metres."), "do", "save")
			at, code, page := s.press(a, mine.set("en.body", "Forty million cubic metres."), "do", "save")
			s.holds(code == 200 && strings.Contains(at, "/others/"), code, page, "two texts")
			s.holds(strings.Contains(page, "<mark>Thirty</mark>") && strings.Contains(page, "<mark>Forty</mark>"), code, page, "the words that differ")
			var f *deskSheet
			for _, x := range deskForms(t, page) {
				if slices.Contains(x.buttons, keep) {
					f = x
				}
			}
			if keep == "merged" {
				f.set("en.body", "Thirty or forty million cubic metres.")
			}
			at, code, page = s.press(a, f, "keep", keep)
			s.holds(code == 200 && strings.HasPrefix(at, draft), code, page, "settle")
			want := map[string]string{"mine": "Forty million", "theirs": "Thirty million", "merged": "Thirty or forty million"}[keep]
			if got := s.deskForm(a, at, draft).fields.Get("en.body"); !strings.HasPrefix(got, want) {
				t.Errorf("%s: %q", keep, got)
			}
			if _, page := s.get(a, draft); strings.Contains(page, "/others/") {
				t.Error("the question is still asked")
			}
		})
	}
}

// Two people write in two languages of one draft by forms that hold both: neither asks about the other's.
func TestDeskLanguagesAreNoConflict(t *testing.T) {
	t.Parallel()
	s := open(t)
	a, b := s.as("alfa", people.Editor), s.as("alfa", people.Translator)
	at := s.begunDraft(a, "en")
	draft := draftOf(at)
	at, _, _ = s.press(a, s.deskForm(a, at, draft).set("en.headline", "Rain", "add", "tr"), "do", "add")
	one, two := s.deskForm(a, at, draft), s.deskForm(b, at, draft)
	s.press(b, two.set("tr.headline", "Yağmur", "s.urgency", "5"), "do", "save")
	to, code, page := s.press(a, one.set("en.headline", "Rain in the valley"), "do", "save")
	s.holds(code == 200 && !strings.Contains(to, "/others/") && !strings.Contains(page, "/others/") && !strings.Contains(page, `id="problems"`), code, page, "no question")
	f := s.deskForm(a, at, draft).fields
	if f.Get("en.headline") != "Rain in the valley" || f.Get("tr.headline") != "Yağmur" || f.Get("s.urgency") != "5" {
		t.Errorf("%q %q %q", f.Get("en.headline"), f.Get("tr.headline"), f.Get("s.urgency"))
	}
}

// An approver returns a text with a note; released texts wait on the schedule, and can be taken off it.
func TestDeskReturnsAndSchedules(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.needsApprovals(1)
	writer, editor := s.as("alfa", people.Reporter), s.as("alfa", people.Editor)
	at := s.begunDraft(writer, "en")
	draft := draftOf(at)
	f := s.deskForm(writer, at, draft).set("en.headline", "Bridge opens", "en.body", "It opens on 3 June.", "s.zone", "Asia/Almaty", "s.schedule.date", "2040-06-03", "s.schedule.time", "09:00")
	_, code, page := s.press(writer, f, "do", "ask")
	s.holds(code == 200 && strings.Contains(page, "3 Jun 2040, 04:00 UTC"), code, page, "the time in the reader's own zone")
	back := func(note string) (int, string) {
		_, code, page := s.press(editor, &deskSheet{action: draft + "/do", fields: url.Values{"note": {note}}}, "do", "return")
		return code, page
	}
	if code, page := back(" "); code != 422 || !strings.Contains(page, "note-error") {
		t.Errorf("returned without a word: %d", code)
	}
	if code, page := back("Which bridge?"); code != 200 || !strings.Contains(page, "Returned to its writers") {
		t.Errorf("returned: %d %s", code, mainText(page))
	}
	_, page = s.get(writer, draft)
	s.holds(strings.Contains(page, "Which bridge?"), 200, page, "the note stands above the text")
	s.press(writer, s.deskForm(writer, at, draft).set("en.headline", "Saf-suv bridge opens"), "do", "ask")
	s.press(editor, s.deskForm(editor, draft+"/review", draft+"/do"), "do", "approve")
	stale := s.deskForm(editor, draft+"/review", draft+"/do")
	_, code, page = s.press(editor, stale, "do", "schedule")
	s.holds(code == 200 && strings.Contains(page, `value="unschedule"`), code, page, "schedule")
	_, page = s.get(writer, "/desk?ui=en")
	s.holds(strings.Contains(page, "On the schedule") && strings.Contains(page, "2040"), 200, page, "the board says when")
	at, code, page = s.press(editor, stale, "do", "send")
	s.holds(code == 200 && strings.Contains(at, "did=changed"), code, page, "a page that is not of now decides nothing")
	_, code, page = s.press(editor, s.deskForm(editor, draft+"/review", draft+"/do"), "do", "unschedule")
	s.holds(code == 200 && strings.Contains(page, `value="schedule"`), code, page, "take off the schedule")
	if at, code, _ := s.press(writer, s.deskForm(writer, draft, draft), "do", "discard"); code != 200 || at != "/desk?did=discarded" {
		t.Errorf("discard: %d %s", code, at)
	}
	if code, _ := s.get(writer, draft); code != 404 {
		t.Errorf("a discarded draft: %d", code)
	}
}

// What is typed is text, in every field and on every page that shows it.
func TestDeskTakesMarkupAsText(t *testing.T) {
	t.Parallel()
	s := open(t)
	c := s.as("alfa", people.Editor)
	at := s.begunDraft(c, "en")
	draft := draftOf(at)
	const bad = `</textarea><script>alert(1)</script><img src=x onerror=alert(2)>"'>`
	f := s.deskForm(c, at, draft)
	for k := range f.fields {
		if strings.HasPrefix(k, "en.") && k != "en.revision" && k != "en.words" {
			f.set(k, bad)
		}
	}
	at, code, page := s.press(c, f, "do", "save")
	s.holds(code == 200, code, page, "save")
	pages := []string{"/desk", at, draft + "?check=1", draft + "/preview", draft + "/review"}
	f = s.deskForm(c, at, draft).set("add", bad, "s.reason", bad, "s.audience", bad, "s.urgency", bad, "s.zone", bad, "s.schedule.date", bad, "s.schedule.time", bad, "s.partner", bad, "s.issuer", bad,
		"lang", bad, "beside", bad)
	_, code, page = s.press(c, f, "do", "save")
	check := func(where, page string) {
		if strings.Contains(page, "<script>alert") || strings.Contains(page, "<img src=x") {
			t.Errorf("%s: markup became markup", where)
		}
	}
	if code != 422 || !strings.Contains(page, "s-schedule-error") {
		t.Errorf("dates that are none: %d %s", code, mainText(page))
	}
	check("refused form", page)
	for _, p := range pages {
		code, page := s.get(c, p)
		if code != 200 {
			t.Errorf("%s: %d %s", p, code, mainText(page))
		}
		check(p, page)
	}
	at, code, page = s.press(c, s.deskForm(c, draft+"/review", draft+"/do"), "do", "send")
	s.holds(code == 200, code, page, "release")
	check(at, page)
	release := at
	at, _, page = s.press(c, s.deskForm(c, release, "/revise"), "kind", "correct")
	check(at, page)
	_, code, page = s.press(c, s.deskForm(c, strings.Replace(release, "/releases/", "/desk/releases/", 1)+"/withdraw", "/withdraw").set("reason", bad), "", "")
	s.holds(code == 200, code, page, "withdraw")
	check(release, page)
	_, page = s.get(c, "/corrections")
	check("/corrections", page)
}

// Too much, too many, of others, from elsewhere, after a role was taken: clear words, and nothing lost.
func TestDeskRefusesWell(t *testing.T) {
	t.Parallel()
	s := open(t)
	u := s.person("alfa", "", people.Editor)
	c := s.browser(u)
	at := s.begunDraft(c, "en")
	draft := draftOf(at)
	long := strings.Repeat("Ü", 10_000)
	_, code, page := s.press(c, s.deskForm(c, at, draft).set("en.headline", long, "en.body", "kept"), "do", "save")
	if code != 422 || !strings.Contains(page, "en-headline-error") || !strings.Contains(page, long) {
		t.Errorf("a headline of 10,000 letters: %d, typed text shown again: %v", code, strings.Contains(page, long))
	}
	body := strings.Repeat("сөз ", 130_000) // about 900 KB
	_, code, page = s.press(c, s.deskForm(c, at, draft).set("en.body", body), "do", "save")
	s.holds(code == 200, code, page, "a body of 900 KB")
	if got := s.deskForm(c, at, draft).fields.Get("en.body"); got != body {
		t.Errorf("a body of %d bytes came back with %d", len(body), len(got))
	}
	if _, code, page = s.press(c, s.deskForm(c, at, draft).set("en.body", strings.Repeat("сөз ", 200_000)), "do", "save"); code != 422 && code != 413 {
		t.Errorf("a body of 1.4 MB: %d %.300s", code, mainText(page))
	}
	script := map[string]string{"Accept": "application/json"}
	if _, code, page = s.pressAs(c, s.deskForm(c, at, draft).set("en.body", strings.Repeat("x", 4_000_000)), "", "", script); code != 413 || !json.Valid([]byte(page)) {
		t.Errorf("a body of 4 MB from a script: %d %.200s", code, page)
	}
	f := s.deskForm(c, at, draft)
	for i := range 300 {
		f.fields.Add("part", fmt.Sprintf("x%c%c", 'a'+i/26, 'a'+i%26))
	}
	if _, code, page = s.press(c, f, "do", "save"); code != 422 {
		t.Errorf("300 languages: %d %s", code, mainText(page))
	}
	f = s.deskForm(c, at, draft)
	f.files["en.upload"] = []byte("MZ not a picture <script>")
	if _, code, page = s.press(c, f, "do", "attach en"); code != 422 || !strings.Contains(page, "en-upload-error") {
		t.Errorf("a file that is none of ours: %d %s", code, mainText(page))
	}
	f = s.deskForm(c, at, draft)
	f.files["en.upload"] = append([]byte("\x89PNG\r\n\x1a\n"), make([]byte, 64)...)
	_, code, page = s.press(c, f, "do", "attach en")
	s.holds(code == 200 && strings.Contains(page, `<img src="`+draft+"/files/"), code, page, "a picture")
	picture := regexp.MustCompile(regexp.QuoteMeta(draft) + `/files/[0-9a-f]{64}`).FindString(page)
	if code, _ := s.get(c, picture); code != 200 {
		t.Errorf("the picture: %d", code)
	}
	other := s.as("bravo", people.Editor)
	for _, p := range []string{at, draft + "/review", draft + "/preview", picture, draft + "/others/x", "/desk/drafts/none"} {
		if code, _ := s.get(other, p); code != 404 {
			t.Errorf("%s for somebody else: %d", p, code)
		}
	}
	for _, action := range []string{draft, draft + "/do"} {
		if _, code, _ = s.press(other, &deskSheet{action: action, fields: url.Values{"do": {"send"}, "kk.headline": {"x"}}}, "", ""); code != 404 {
			t.Errorf("POST %s by somebody else: %d", action, code)
		}
	}
	if _, code, page = s.pressAs(c, s.deskForm(c, at, draft), "do", "discard", map[string]string{"Sec-Fetch-Site": "cross-site"}); code != 403 {
		t.Errorf("a form from another site: %d %s", code, mainText(page))
	}
	if at, code, _ := s.press(&http.Client{}, &deskSheet{action: draft, fields: url.Values{}}, "do", "save"); code != 200 || !strings.HasPrefix(at, "/in?back=") {
		t.Errorf("nobody signed in: %d at %s", code, at)
	}
	if _, code, page = s.pressAs(&http.Client{}, &deskSheet{action: draft, fields: url.Values{}}, "", "", script); code != 401 || !strings.Contains(page, `"signedout":true`) {
		t.Errorf("a script of nobody: %d %s", code, page)
	}
	// A role taken between two requests.
	f = s.deskForm(c, at, draft).set("en.headline", "Written a moment too late")
	if err := s.Store.ChangePeople(t.Context(), func(t people.Tx) error { return t.Ungrant(u.ID, u.Grants[0]) }); err != nil {
		t.Fatal(err)
	}
	if _, code, page = s.pressAs(c, f, "", "", script); code != 404 && code != 403 || !strings.Contains(page, `"problem"`) {
		t.Errorf("after the role was taken: %d %s", code, page)
	}
	if code, page := s.get(c, "/desk?ui=en"); code != 200 || strings.Contains(page, draft) {
		t.Errorf("the desk of somebody without a role: %d %s", code, mainText(page))
	}
}

// A script saves part by part: it is told the revision, and where the other text is.
func TestDeskSavesForScripts(t *testing.T) {
	t.Parallel()
	s := open(t)
	a, b := s.as("alfa", people.Editor), s.as("alfa", people.Editor)
	at := s.begunDraft(a, "ur")
	draft := draftOf(at)
	part := func(c *http.Client) *deskSheet { return s.deskForm(c, at, draft) }
	save := func(c *http.Client, f *deskSheet) (int, map[string]any) {
		_, code, body := s.pressAs(c, f, "", "", map[string]string{"Accept": "application/json"})
		var v map[string]any
		if err := json.Unmarshal([]byte(body), &v); err != nil {
			t.Fatalf("%d %s", code, body)
		}
		return code, v
	}
	late := part(b)
	code, v := save(a, part(a).set("ur.headline", "پانی"))
	first := v["parts"].(map[string]any)["ur"]
	if code != 200 || first == nil || !strings.Contains(v["saved"].(string), ":") {
		t.Fatalf("%d %v", code, v)
	}
	code, v = save(b, late.set("ur.headline", "دریا"))
	if code != 409 || !strings.HasPrefix(v["conflict"].(string), draft+"/others/") {
		t.Errorf("a text over a changed one: %d %v", code, v)
	}
	if got := part(a).fields.Get("ur.headline"); got != "پانی" {
		t.Errorf("the text that stood is now %q", got)
	}
	if code, v = save(a, part(a).set("s.embargo.date", "2030-01-02")); code != 200 {
		t.Errorf("half a date: %d %v", code, v)
	}
	if code, v = save(a, part(a).set("s.embargo.date", "2030-01-02", "s.embargo.time", "18:00")); code != 200 || v["embargo"].([]any)[0] == "" {
		t.Errorf("an embargo: %d %v", code, v)
	}
}

// TestKeysOfTheDeskOnTheWire: e and Shift+W belong to what the wire's pane shows, which comes after the page.
func TestKeysOfTheDeskOnTheWire(t *testing.T) {
	t.Parallel()
	s := open(t)
	editor := s.as("kumushdaryo", people.Editor)
	r := s.borderItem("kumushdaryo")
	for _, path := range []string{"/", "/releases/" + string(r.ID)} {
		if _, body := s.get(editor, path); !strings.Contains(body, `src="/static/desk.`) {
			t.Errorf("%s: an editor's keys are missing", path)
		}
		if _, body := s.get(http.DefaultClient, path); strings.Contains(body, `src="/static/desk.`) {
			t.Errorf("%s: a stranger loads the desk", path)
		}
	}
}
