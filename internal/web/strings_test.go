package web

import (
	"encoding/json"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/desk"
	"jarchi.dev/jarchi/internal/lang"
)

// sameInEnglish may stand in another language as in English: one word that both have.
var sameInEnglish = map[string][]lang.Tag{
	"state.embargo": {lang.UZ},
}

func readStrings(t *testing.T, l lang.Tag) map[string]string {
	t.Helper()
	names, err := fs.Glob(stringFiles, "strings/*/"+string(l)+".json")
	if err != nil || len(names) == 0 {
		t.Fatalf("no strings in %s: %v", l, err)
	}
	all := map[string]string{}
	for _, name := range names {
		b, err := stringFiles.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var m map[string]string
		if err := json.Unmarshal(b, &m); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for key, s := range m {
			if _, twice := all[key]; twice {
				t.Errorf("%s: %s stands in another file too", name, key)
			}
			all[key] = s
		}
	}
	return all
}

func TestStringsAreWholeInEveryLanguage(t *testing.T) {
	t.Parallel()
	en := readStrings(t, lang.EN)
	placeholder := regexp.MustCompile(`\{\{\.\w+\}\}|\{\w\}`)
	for _, l := range interfaceLanguages {
		m := readStrings(t, l)
		for key, s := range en {
			got, ok := m[key]
			if !ok || strings.TrimSpace(got) == "" {
				t.Errorf("%s has no %s", l, key)
				continue
			}
			want, have := placeholder.FindAllString(s, -1), placeholder.FindAllString(got, -1)
			slices.Sort(want)
			slices.Sort(have)
			if !slices.Equal(want, have) {
				t.Errorf("%s %s: placeholders %q, want %q", l, key, have, want)
			}
			if l != lang.EN && got == s && !slices.Contains(sameInEnglish[key], l) {
				t.Errorf("%s %s is the English %q", l, key, s)
			}
			// An ending after a variable would be wrong for most values.
			if regexp.MustCompile(`\}\}[\p{L}'’-]`).MatchString(got) {
				t.Errorf("%s %s: letters are attached to a variable: %q", l, key, got)
			}
			if l.Script() == "Cyrl" && regexp.MustCompile(`[a-z]{4,}`).MatchString(regexp.MustCompile(`\{\{\.\w+\}\}|https?|robots|Asia/Almaty`).ReplaceAllString(got, "")) {
				t.Errorf("%s %s has Latin words: %q", l, key, got)
			}
			if clean(got) != got {
				t.Errorf("%s %s has a hidden mark", l, key)
			}
		}
		for key := range m {
			if _, ok := en[key]; !ok {
				t.Errorf("%s has %s, which English has not", l, key)
			}
		}
	}
}

func TestEveryStringIsUsed(t *testing.T) {
	t.Parallel()
	var used strings.Builder
	for _, dir := range []string{"templates"} {
		files, err := templateFiles.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			b, _ := templateFiles.ReadFile(dir + "/" + f.Name())
			used.Write(b)
		}
	}
	for _, b := range sources(t) {
		used.Write(b)
	}
	for _, key := range desk.Keys() {
		used.WriteString(`"` + key + `"`)
	}
	families := []string{"copies.", "stories.why.", "stories.event.", "stories.did.", "stories.done.", "facts.act.", "facts.status.", "facts.doubt.", "state.", "demo.", "density.", "settings.", "sources.trouble.", "sources.kind.", "sources.what.", "deliveries.channel.", "deliveries.trouble.", "deliveries.state.", "deliveries.event.", "deliveries.outcome.", "deliveries.digest.day.", "house.need.", "house.act.", "house.keep.", "audience.", "version.", "logs."} // a word of ours is added to these
	all := used.String()
	for key := range readStrings(t, lang.EN) {
		if strings.Contains(all, `"`+key+`"`) {
			continue
		}
		if !slices.ContainsFunc(families, func(f string) bool { return strings.HasPrefix(key, f) && strings.Contains(all, `"`+f+`"`) }) {
			t.Errorf("no page uses %s", key)
		}
	}
	e, err := readShipped()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`(?:\bth?|q\.text|q\.html|\(t) "([a-z]+(?:\.[a-z.0-9]+)?[a-z0-9])"`).FindAllStringSubmatch(all, -1) {
		if got := e.strings.text(lang.EN, m[1]); got == m[1] {
			t.Errorf("a page asks for %s, which is no string", m[1])
		}
	}
}

func TestSentencesIsolateTheirValues(t *testing.T) {
	t.Parallel()
	e, err := readShipped()
	if err != nil {
		t.Fatal(err)
	}
	got := string(e.strings.html(lang.UR, "bar.reason", "Reason", `<b>24</b> {{.Reason}} `+open+"1"+shut))
	if !strings.Contains(got, "<bdi>&lt;b&gt;24&lt;/b&gt;") || strings.Contains(got, "<b>") {
		t.Errorf("a value became markup: %s", got)
	}
	if got := e.strings.text(lang.FA, "search.matches", "Count", 12345); !strings.Contains(got, "۱۲٬۳۴۵") {
		t.Errorf("figures in Persian: %s", got)
	}
}
