package scenes

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/testkit"
	"jarchi.dev/jarchi/internal/wire"
)

// One event of invented members in two languages, and another one.
var (
	windEN = [2]string{"Ministers of energy meet in Koksoy", "Koksoy, 12 June 2026. Energy ministers of Kazakhstan, Uzbekistan and Turkey met in Astana on 12 June 2026 and agreed on 1,450 megawatts of wind power. " +
		"Minister Daniyar Tolegenov said that 37 turbines would stand at Yereymentau by 2028, at a cost of 912 million dollars."}
	windTR = [2]string{"Enerji bakanları Astana'da buluştu", "Astana, 12 Haziran 2026. Kazakistan, Özbekistan ve Türkiye enerji bakanları 12 Haziran 2026'da Astana'da bir araya geldi ve 1450 megavat rüzgâr gücünde anlaştı. " +
		"Bakan Daniyar Tolegenov, 2028'e kadar Ereymentau'da 912 milyon dolara 37 türbin kurulacağını söyledi."}
	windRU = [2]string{"Министры энергетики встретились в Астане", "Астана, 12 июня 2026 года. Министры энергетики Казахстана, Узбекистана и Турции встретились в Астане 12 июня 2026 года и договорились о 1450 мегаваттах ветровой энергии. " +
		"Министр Данияр Толегенов сказал, что к 2028 году в Ерейментау встанут 37 турбин стоимостью 912 миллионов долларов."}
	bowlsEN = [2]string{"Children's bowls in the museum", "The museum of clay in Aksu shows 60 bowls that children made; the oldest potter of the town, who is ninety, chose them herself and would not say how."}
)

// reports releases a text and waits until the machine knows where it belongs.
func (s *stage) reports(member wire.MemberID, tag lang.Tag, text [2]string) *wire.Release {
	s.t.Helper()
	s.desk(member)
	in := testkit.Input(map[lang.Tag][2]string{tag: text})
	in.Issuers = []wire.MemberID{member}
	r, err := s.Publish.Create(s.t.Context(), testkit.Viewer(member), in)
	if err != nil {
		s.t.Fatal(err)
	}
	s.settled()
	return r
}

// settled waits until no text is due to be placed.
func (s *stage) settled() {
	s.t.Helper()
	for until := time.Now().Add(20 * time.Second); time.Now().Before(until); time.Sleep(20 * time.Millisecond) {
		due, err := s.Store.DueTexts(s.t.Context(), 1)
		if err != nil {
			s.t.Fatal(err)
		}
		if len(due) == 0 {
			return
		}
	}
	s.t.Fatal("texts wait to be placed")
}

// hidden reads the fields of the form with an action and a report on a page.
func hidden(t *testing.T, page, action, report string) url.Values {
	t.Helper()
	for _, form := range regexp.MustCompile(`(?s)<form[^>]* action="([^"]+)" method="post">(.*?)</form>`).FindAllStringSubmatch(page, -1) {
		if form[1] != action || report != "" && !strings.Contains(form[2], `value="`+report+`"`) {
			continue
		}
		out := url.Values{}
		for _, f := range regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)">`).FindAllStringSubmatch(form[2], -1) {
			out.Set(f[1], f[2])
		}
		return out
	}
	t.Fatalf("no form for %s of %s: %s", action, report, mainText(page))
	return nil
}

// TestEditorsCutAndJoin: an editor takes a report out of its story and joins it again from the pages; others see who
// decided; a second editor is told; what is taken back is as though it had not been.
func TestEditorsCutAndJoin(t *testing.T) {
	t.Parallel()
	s := open(t)
	for _, m := range []wire.MemberID{"alfa", "beta"} {
		s.desk(m)
	}
	s.reports("beta", lang.EN, bowlsEN)
	first := s.reports("alfa", lang.EN, windEN)
	second := s.reports("beta", lang.TR, windTR)
	third := s.reports("alfa", lang.RU, windRU)
	editor, verifier, reader := s.as("alfa", people.Editor), s.as("beta", people.Verifier), s.as("beta", people.Reporter)
	story := "/stories/" + string(first.ID)
	code, page := s.get(editor, story+"?ui=en")
	if code != 200 || !strings.Contains(page, "Reports: 3") || strings.Count(page, `action="/stories/part"`) != 3 || !strings.Contains(page, "Why these belong together") {
		t.Fatalf("%d %s", code, mainText(page))
	}
	for _, want := range []string{"912", "Places and bodies", "Kazakhstan"} {
		if !strings.Contains(mainText(page), want) {
			t.Errorf("the reasons lack %q: %s", want, mainText(page))
		}
	}
	for name, c := range map[string]*http.Client{"a reporter": reader, "a stranger": http.DefaultClient} {
		if code, page := s.get(c, story+"?ui=en"); code != 200 || strings.Contains(page, `action="/stories/`) || strings.Contains(page, "/stories/join/") {
			t.Errorf("%s has forms", name)
		}
	}
	_, theirs := s.get(verifier, story+"?ui=en")

	// One takes the second report out; the other, who looked before, is told.
	form := hidden(t, page, "/stories/part", string(second.ID))
	form.Set("reason", "  Another   meeting ")
	if code, _ := s.post(reader, "/stories/part", form); code != 403 {
		t.Errorf("a reporter took a report out: %d", code)
	}
	form.Set("reason", strings.Repeat("ک", 301)) // told in her language, with what she wrote
	if code, page := s.post(editor, "/stories/part?ui=ur", form); code != 422 || !strings.Contains(page, strings.Split(words(t, "desk", "ur")["desk.toolong"], "{{")[0]) || !strings.Contains(page, form.Get("reason")) || strings.Contains(page, "at most") {
		t.Errorf("a long reason: %d, %s", code, mainText(page))
	}
	form.Set("reason", "  Another   meeting ")
	code, page = s.post(editor, "/stories/part?ui=en", form)
	if code != 200 || !strings.Contains(page, "a story of its own now") || !strings.Contains(mainText(page), "Reason: Another meeting") || !strings.Contains(page, `action="/stories/undo"`) {
		t.Fatalf("%d %s", code, mainText(page))
	}
	undo := hidden(t, page, "/stories/undo", "")
	late := hidden(t, theirs, "/stories/part", string(third.ID))
	late.Set("reason", "That was mine")
	if code, page := s.post(verifier, "/stories/part", late); code != 409 || !strings.Contains(page, "Somebody else decided") || !strings.Contains(page, "That was mine") || !strings.Contains(page, "Reports: 2") {
		t.Errorf("the second editor: %d %s", code, mainText(page))
	}
	if code, page := s.post(verifier, "/stories/part", hidden(t, theirs, "/stories/part", string(second.ID))); code != 409 || !strings.Contains(page, "Taken out by an editor") {
		t.Errorf("the second editor of the same: %d %s", code, mainText(page))
	}

	// Everyone who may read both sees what was decided: on the story, on the report, on the decision's own page.
	decided := "/stories/decided/" + undo.Get("decision")
	for name, c := range map[string]*http.Client{"a reporter": reader, "a stranger": http.DefaultClient} {
		for _, path := range []string{story, "/items/" + string(second.Items[0].ID), decided} {
			if code, page := s.get(c, path+"?ui=en"); code != 200 || !strings.Contains(page, "Taken out by an editor") || !strings.Contains(page, "Another meeting") || strings.Contains(page, "/stories/undo") {
				t.Errorf("%s at %s: %d %s", name, path, code, mainText(page))
			}
		}
	}
	if code, _ := s.get(http.DefaultClient, "/stories/"+string(second.ID)); code != 404 {
		t.Errorf("what is a story of its own has a page: %d", code)
	}
	if code, page := s.get(s.as("alfa", people.Administrator), "/people/audit?ui=en&action=story-parted"); code != 200 || strings.Count(page, "Took a report out of a story") < 2 {
		t.Errorf("the audit list: %d %s", code, mainText(page))
	}

	// It stays out when it changes, and after a restart of the process's memory.
	ch := wire.Changes{Content: map[wire.ItemID]wire.Content{second.Items[0].ID: {Headline: windTR[0], Body: []string{windTR[1] + " Toplantı sürüyor."}}}}
	if _, err := s.Publish.Update(t.Context(), testkit.Viewer("beta"), second.ID, ch, nil); err != nil {
		t.Fatal(err)
	}
	s.settled()
	if code, page := s.get(editor, "/stories/"+string(second.ID)+"?ui=en"); code != 404 || !strings.Contains(page, "This report is a story of its own") || !strings.Contains(page, "Taken out by an editor") {
		t.Errorf("it came back with other words, or whoever had it open is not told: %d %s", code, mainText(page))
	}

	// From its own page it is joined again: the whole story is near, and goes against what stands, so it is asked once.
	code, page = s.get(editor, "/items/"+string(second.Items[0].ID)+"?ui=en")
	if !strings.Contains(page, `href="/stories/join/`+string(second.ID)+`"`) {
		t.Fatalf("%d no way to join: %s", code, mainText(page))
	}
	code, page = s.get(editor, "/stories/join/"+string(second.ID)+"?ui=en&q="+url.QueryEscape("bowls museum"))
	if code != 200 || strings.Count(page, `type="radio"`) < 2 || !strings.Contains(page, "Children&#39;s bowls") {
		t.Fatalf("%d %s", code, mainText(page))
	}
	if code, page := s.get(editor, "/stories/join/"+string(second.ID)+"?ui=en&q="+url.QueryEscape(s.URL+"/items/"+string(third.Items[0].ID))); code != 200 || !strings.Contains(page, `value="`+string(third.ID)+`"`) {
		t.Errorf("by address: %d %s", code, mainText(page))
	}
	form = hidden(t, page, "/stories/join", string(second.ID))
	if code, page := s.post(editor, "/stories/join", form); code != 422 || !strings.Contains(page, "Choose a story first") {
		t.Errorf("nothing chosen: %d", code)
	}
	form.Set("other", string(third.ID))
	code, page = s.post(editor, "/stories/join", form)
	if code != 200 || !strings.Contains(page, "An editor put them apart") {
		t.Fatalf("not asked: %d %s", code, mainText(page))
	}
	form = hidden(t, page, "/stories/join", string(second.ID))
	form.Set("how", "all")
	code, page = s.post(editor, "/stories/join", form)
	if code != 200 || !strings.Contains(page, "The stories are one now") {
		t.Fatalf("%d %s", code, mainText(page))
	}
	join := hidden(t, page, "/stories/undo", "")
	if code, page := s.post(verifier, "/stories/undo?ui=en", undo); code != 409 || !strings.Contains(page, "Somebody else decided") || !strings.Contains(page, "/stories/undo") {
		t.Errorf("who did not see the joining took back what it rests on: %d %s", code, mainText(page))
	}
	if _, page := s.get(http.DefaultClient, story+"?ui=en"); !strings.Contains(page, "Reports: 3") || !strings.Contains(page, "Joined by an editor") {
		t.Errorf("joined: %s", mainText(page))
	}
	if code, page = s.post(editor, "/stories/join", form); code != 409 || !strings.Contains(page, "This is so already") {
		t.Errorf("joined twice: %d %s", code, mainText(page))
	}

	// Both are taken back, the later first; then it is again where the machine put it.
	if code, _ := s.post(reader, "/stories/undo", join); code != 403 {
		t.Errorf("a reporter took it back: %d", code)
	}
	if code, page := s.post(verifier, "/stories/undo", join); code != 200 || !strings.Contains(page, "The decision was taken back") {
		t.Errorf("%d %s", code, mainText(page))
	}
	if code, page := s.post(verifier, "/stories/undo", join); code != 409 {
		t.Errorf("taken back twice: %d %s", code, mainText(page))
	}
	if _, page := s.get(http.DefaultClient, story+"?ui=en"); !strings.Contains(page, "Reports: 2") {
		t.Errorf("the parting stands again: %s", mainText(page))
	}
	s.post(editor, "/stories/undo", undo)
	if _, page := s.get(http.DefaultClient, story+"?ui=en"); !strings.Contains(page, "Reports: 3") || strings.Count(page, "Taken back by an editor") != 2 {
		t.Errorf("as though nothing had been decided: %s", mainText(page))
	}

	// Who may not read one of them hears nothing of the decision.
	if _, err := s.Publish.Withdraw(t.Context(), testkit.Viewer("beta"), second.ID, "It was wrong.", nil); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{story, decided} {
		if _, page := s.get(http.DefaultClient, path+"?ui=en"); strings.Contains(page, "Another meeting") || strings.Contains(page, windTR[0]) {
			t.Errorf("%s after the withdrawal: %s", path, mainText(page))
		}
	}
}

// TestAProgramsDecisionIsNamed: what a token decided about a story stands in its member's audit list under the token's
// label, not under anybody else.
func TestAProgramsDecisionIsNamed(t *testing.T) {
	t.Parallel()
	s := open(t)
	for _, m := range []wire.MemberID{"alfa", "beta"} {
		s.desk(m)
	}
	first := s.reports("alfa", lang.EN, windEN)
	second := s.reports("beta", lang.TR, windTR)
	s.reports("alfa", lang.RU, windRU)
	s.settled()
	secret, err := s.Store.CreateToken(t.Context(), "beta", access.Scopes, "The <b>linking</b> robot")
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), "POST", s.URL+"/api/v1/stories/"+string(second.ID)+"/part", strings.NewReader(`{"from":"`+string(first.ID)+`"}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+secret)
	req.Header.Set("Content-Type", "application/json")
	if res, body := s.read(http.DefaultClient.Do(req)); res.StatusCode != 200 {
		t.Fatalf("%d %s", res.StatusCode, body)
	}
	code, page := s.get(s.as("beta", people.Administrator), "/people/audit?ui=en&action=story-parted")
	if code != 200 || !strings.Contains(page, "Token · <bdi>The &lt;b&gt;linking&lt;/b&gt; robot</bdi>") || strings.Contains(mainText(page), "the operator") {
		t.Errorf("%d %s", code, page)
	}
}

// TestAProgramsReleasesAreNamed: what a token released, corrected and withdrew stands in its member's audit list, once
// each, also where a request came twice.
func TestAProgramsReleasesAreNamed(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.desk("beta")
	secret, err := s.Store.CreateToken(t.Context(), "beta", access.Scopes, "Nightly robot")
	if err != nil {
		t.Fatal(err)
	}
	post := func(path, body string, want int) string {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), "POST", s.URL+"/api/v1/releases"+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+secret)
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Idempotency-Key", path+body)
		res, answer := s.read(http.DefaultClient.Do(req))
		if res.StatusCode != want {
			t.Fatalf("%s: %d %s", path, res.StatusCode, answer)
		}
		return answer
	}
	item := `{"items":[{"uri":"urn:x:1","type":"text","language":"en","headlines":[{"value":"Ferries sail"}],"bodies":[{"value":"Ferries sail again.","contentType":"text/plain"}]}]}`
	id := regexp.MustCompile(`"id":"([a-z0-9]+)"`).FindStringSubmatch(post("", item, 201))[1]
	post("", item, 201)
	post("/"+id+"/withdraw", `{"reason":"Not settled"}`, 200)
	code, page := s.get(s.as("beta", people.Administrator), "/people/audit?ui=en")
	list := mainText(page)
	for _, want := range []string{"Released a text", "Withdrew a release"} {
		if n := strings.Count(list, "Token · Nightly robot · Member beta · "+want); code != 200 || n != 1 {
			t.Errorf("%q stands %d times: %d %s", want, n, code, list)
		}
	}
}
