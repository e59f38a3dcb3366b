package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const linkLines = `{"id":"kk1","lang":"kk","date":"2026-06-01","text":"Бішкекте ШЫҰ саммиті басталды\nБішкекте 1 маусымда ШЫҰ елдері басшыларының 31-саммиті ашылды. Оған 10 елдің президенті қатысып жатыр."}
{"id":"en1","lang":"en","date":"2026-06-01T10:00:00+06:00","text":"SCO summit opens in Bishkek\nThe 31st summit of the SCO opened in Bishkek on June 1. The presidents of 10 countries take part."}

{"id":"ru2","lang":"ru","text":"В Коксае открыли больницу\nВ Коксае открылась больница на 120 коек. Министр Марат Сейтов вручил ключи врачам."}
{"id":"ur1","date":"2026-06-02","text":"بشکیک میں ایس سی او سربراہی اجلاس شروع\nشنگھائی تعاون تنظیم کا 31واں سربراہی اجلاس یکم جون کو بشکیک میں شروع ہوا جس میں 10 ممالک کے صدور شریک ہیں۔"}
{"id":"uz2","lang":"uz-Cyrl","date":"2026-06-02","text":"Кўксойда янги шифохона очилди\nКўксойда 120 ўринли шифохона очилди. Вазир Марат Сейитов шифокорларга калитларни топширди."}
{"id":"tr3","lang":"tr","text":"İzmir'de deprem\nİzmir'de 4,8 büyüklüğünde deprem meydana geldi. Can kaybı yok."}
`

func linkAnswers(t *testing.T, out string) map[string]linkAnswer {
	t.Helper()
	all := map[string]linkAnswer{}
	for line := range strings.Lines(out) {
		var a linkAnswer
		if err := json.Unmarshal([]byte(line), &a); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		all[a.ID] = a
	}
	return all
}

func TestStoryLink(t *testing.T) {
	t.Parallel()
	code, out, talk := runCommand(linkLines, "story", "link", "--nearest", "2")
	if code != 0 || talk != "" {
		t.Fatal(code, talk)
	}
	got := linkAnswers(t, out)
	for id, story := range map[string]string{"kk1": "kk1", "en1": "kk1", "ur1": "kk1", "ru2": "ru2", "uz2": "ru2", "tr3": "tr3"} {
		a := got[id]
		if a.Story != story || a.Near == nil || len(*a.Near) > 2 || (id != "tr3") != (len(a.Because) > 0) {
			t.Errorf("%s: %+v", id, a)
		}
	}
	if near := *got["uz2"].Near; len(near) == 0 || near[0].ID != "ru2" || near[0].Score < 0.5 {
		t.Errorf("nearest to uz2: %v", near)
	}
	if !strings.Contains(out, `{"kind":"entity","value":"body:sco"}`) || !strings.Contains(out, `{"kind":"number","value":"120"}`) {
		t.Errorf("reasons: %s", out)
	}
	if _, out, _ = runCommand(linkLines, "story", "link"); strings.Contains(out, `"near"`) || strings.Count(out, "\n") != 6 {
		t.Errorf("without --nearest: %s", out)
	}
}

// TestStoryLinkClash: what is alike but for its places is told as such, with the reason.
func TestStoryLinkClash(t *testing.T) {
	t.Parallel()
	lines := `{"id":"a","lang":"en","date":"2026-05-05","text":"Floods in Pakistan kill 12\nFloods near Peshawar killed 12 people and destroyed 300 houses."}
{"id":"b","lang":"en","date":"2026-05-05","text":"Floods in Turkey kill 12\nFloods near Izmir killed 12 people and destroyed 300 houses."}
`
	_, out, _ := runCommand(lines, "story", "link", "--nearest", "1")
	got := linkAnswers(t, out)
	if b := got["b"]; b.Story != "b" || b.Near == nil || len(*b.Near) != 1 || (*b.Near)[0].Clash != "place" {
		t.Errorf("%s", out)
	}
}

// TestStoryLinkDecisions: what editors decided holds.
func TestStoryLinkDecisions(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "decisions.jsonl")
	if err := os.WriteFile(file, []byte("{\"part\":[\"uz2\",\"ru2\"]}\n\n{\"join\":[\"tr3\",\"ru2\"]}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, talk := runCommand(linkLines, "story", "link", "--decisions", file)
	got := linkAnswers(t, out)
	if code != 0 || got["uz2"].Story != "uz2" || got["tr3"].Story != "ru2" || len(got["tr3"].Because) != 1 || got["tr3"].Because[0].Kind != "editor" {
		t.Errorf("status %d, %s\n%s", code, talk, out)
	}
	if err := os.WriteFile(file, []byte("{\"join\":[\"a\"]}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, talk := runCommand("", "story", "link", "--decisions", file); code != 1 || !strings.Contains(talk, "--decisions: Line 1 of") {
		t.Error(code, talk)
	}
	if code, _, talk := runCommand("", "story", "link", "--decisions", file+"x"); code != 1 || !strings.Contains(talk, "cannot be read") {
		t.Error(code, talk)
	}
}

// TestStoryLinkBadLines: a bad line is named; what came before it is answered.
func TestStoryLinkBadLines(t *testing.T) {
	t.Parallel()
	for bad, says := range map[string]string{
		`{"id":"b","text":`:                          "Line 2 is not a JSON object",
		`{"id":7,"text":"x"}`:                        "Line 2 is not a JSON object",
		`{"text":"x"}`:                               "Line 2: it has no id.",
		`{"id":"a","text":"x"}`:                      `Line 2: the id "a" was that of line 1.`,
		`{"id":"b","lang":"?!","text":"x"}`:          "Line 2: lang: ",
		`{"id":"b","date":"yesterday","text":"x"}`:   "Line 2: date: ",
		`{"id":"b","date":"2026-13-01","text":"x"}`:  "Line 2: date: ",
		`{"id":"b","text":"x"} {"id":"c","text":""}`: "Line 2 is not a JSON object",
	} {
		code, out, talk := runCommand(`{"id":"a","lang":"en","text":"One"}`+"\n"+bad+"\n"+`{"id":"z","text":"x"}`+"\n", "story", "link")
		if code != 1 || !strings.Contains(talk, says) || out != `{"id":"a","story":"a","because":[]}`+"\n" {
			t.Errorf("%s: status %d, %q, %q", bad, code, talk, out)
		}
	}
	if code, out, talk := runCommand("", "story", "link"); code != 0 || out != "" || talk != "" {
		t.Error(code, out, talk)
	}
	if code, _, talk := runCommand("", "story", "link", "--nearest", "1001"); code != 1 || !strings.Contains(talk, "--nearest: ") {
		t.Error(code, talk)
	}
}

// TestStoryLinkAsksAnEngine: the texts go to the engine that is named, with its key, and its word is among the reasons; an
// engine that cannot be reached is said, and nothing is told without it.
func TestStoryLinkAsksAnEngine(t *testing.T) {
	t.Parallel()
	asked := 0
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var ask struct{ Input []string }
		if err := json.NewDecoder(r.Body).Decode(&ask); err != nil || r.Header.Get("Authorization") != "Bearer k" {
			t.Errorf("%v %v", r.Header, err)
		}
		type one struct {
			Index     int       `json:"index"`
			Embedding []float64 `json:"embedding"`
		}
		var out struct {
			Data []one `json:"data"`
		}
		for i, s := range ask.Input {
			asked++
			v := make([]float64, 32)
			for j := range v {
				v[j] = 1 + float64((len(s)*(j+3))%17)
			}
			out.Data = append(out.Data, one{i, v})
		}
		json.NewEncoder(w).Encode(out)
	}))
	defer srv.Close()
	code, out, talk := runCommand(linkLines, "story", "link", "--embeddings-url", srv.URL+"/v1", "--embeddings-model", "m", "--embeddings-key", "k")
	if code != 0 || talk != "" || asked != 6 || len(linkAnswers(t, out)) != 6 {
		t.Errorf("%d %s %s: %d texts were sent", code, out, talk, asked)
	}
	for _, args := range [][]string{{"--embeddings-url", "http://127.0.0.1:1/v1", "--embeddings-model", "m"}, {"--embeddings-url", srv.URL}, {"--embeddings-model", "m"}, {"--embeddings-url", "nowhere", "--embeddings-model", "m"}} {
		if code, out, talk := runCommand(linkLines, append([]string{"story", "link"}, args...)...); code == 0 || out != "" || !strings.Contains(talk, "engine") && !strings.Contains(talk, "--embeddings") {
			t.Errorf("%q: %d %s %s", args, code, out, talk)
		}
	}
}
