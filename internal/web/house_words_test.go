package web

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/lang"
)

// TestOneWordForAThing: what the house's things are called stands in a table of docs/newsroom.md; the strings that
// name them have that word, and words that were once used beside it are not used for them again.
func TestOneWordForAThing(t *testing.T) {
	t.Parallel()
	doc, err := os.ReadFile("../../docs/newsroom.md")
	if err != nil {
		t.Fatal(err)
	}
	table := map[string][]string{}
	for _, l := range strings.Split(string(doc), "\n") {
		if cells := strings.Split(l, "|"); len(cells) == 2+len(interfaceLanguages) {
			for i := range cells {
				cells[i] = strings.TrimSpace(cells[i])
			}
			table[cells[1]] = cells[1 : len(cells)-1]
		}
	}
	head := table["en"]
	if len(head) != len(interfaceLanguages) {
		t.Fatal("docs/newsroom.md has no table of words")
	}
	names := map[string][]string{"member": {"people.member"}, "desk": {"place.desk", "staff.desk"}, "release": {"desk.kind.new", "desk.new"}, "text": {"row.withdrawn"}, "version": {"item.version"},
		"update": {"version.update", "desk.kind.update"}, "correction": {"version.correct", "desk.kind.correct"}, "withdrawal": {"record.withdrawals"}, "take": {"take.button"}, "embargo": {"state.embargo"},
		"wire": {"place.wire", "wire.title"}, "administrator": {"people.role.administrator"}}
	for i, code := range head {
		m := readStrings(t, lang.Tag(code))
		for thing, keys := range names {
			if table[thing] == nil {
				t.Fatalf("the table has no %s", thing)
			}
			for _, key := range keys {
				if !strings.Contains(strings.ToLower(m[key]), strings.ToLower(table[thing][i])) {
					t.Errorf("%s %s is %q; its word is %q", code, key, m[key], table[thing][i])
				}
			}
		}
	}
	elsewhere := map[string]bool{"nav.label": true, "keys.go": true} // parts of the pages, not desks
	for l, words := range map[lang.Tag]string{lang.KK: `бөлім|үстел|хабарлама жазу|[Лл]ента|[Аа]дминистратор|басқарушы`, lang.UZ: `oʻlim|variant|versiya|[Ll]enta|[Mm]aʼmur|[Aa]dministrator`, lang.AZ: `variant|bölmə|[Aa]dministrator|idarəçi|lenta`, lang.TR: `[Yy]ayın(ı|lar|ın)`, lang.FA: `تحریریه|اصلاح می|اصلاحی|به‌روزر|هر انتشار|انتشارها`,
		lang.UR: `نئی خبر لکھ|ہر اجرا|استعمال کریں`, lang.RU: `столе|столом`} {
		banned := regexp.MustCompile(words)
		for key, s := range readStrings(t, l) {
			if w := banned.FindString(s); w != "" && !elsewhere[key] {
				t.Errorf("%s %s has %q, which is no word of the house: %s", l, key, w, s)
			}
		}
	}
}
