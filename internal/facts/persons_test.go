package facts

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/lang"
)

// personCase is a sentence and whom it names; a name without an office is told with none.
type personCase struct {
	text string
	want []Person
	trap bool
}

// personCases reads testdata/persons/<file>: its rows by its names.
func personCases(t *testing.T, file string) (out []personCase) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var people []string
	for n, line := range strings.Split(string(data), "\n") {
		kind, text, ok := strings.Cut(line, "\t")
		switch {
		case line == "" || line[0] == '#':
		case !ok:
			t.Fatalf("%s:%d: no row", file, n+1)
		case kind == "names":
			people = strings.Split(text, " | ")
		case kind[0] == '=':
			name, office, _ := strings.Cut(kind[1:], "/")
			out = append(out, personCase{text, []Person{{name, office}}, false})
		default:
			for _, p := range people {
				last := p[strings.LastIndex(p, " ")+1:]
				c := personCase{text: strings.NewReplacer("{P}", p, "{L}", last).Replace(text), trap: kind == "-"}
				if kind[0] == '+' {
					c.want = []Person{{p, kind[1:]}}
				}
				out = append(out, c)
				if !strings.Contains(text, "{P}") {
					break
				}
			}
		}
	}
	return out
}

// personScore counts what was told of persons.
type personScore struct{ cases, traps, want, told, right, office int }

func (s *personScore) add(c personCase, got []Person) (ok bool) {
	s.cases++
	if c.trap {
		s.traps++
	}
	s.want += len(c.want)
	s.told += len(got)
	ok = len(got) == len(c.want)
	for _, p := range got {
		i := slices.IndexFunc(c.want, func(w Person) bool { return w.Name == p.Name })
		if i < 0 {
			ok = false
			continue
		}
		s.right++
		if c.want[i].Office == p.Office {
			s.office++
		} else {
			ok = false
		}
	}
	return ok
}

// TestPersons: precision and recall a language, on sentences written for it.
func TestPersons(t *testing.T) {
	t.Parallel()
	files, _ := filepath.Glob("testdata/persons/*.txt")
	groups := map[string]int{}
	all := personScore{}
	for _, file := range files {
		tag := lang.Tag(strings.TrimSuffix(filepath.Base(file), ".txt"))
		s := personScore{}
		for _, c := range personCases(t, file) {
			got := personsOf(tag, c.text)
			if !s.add(c, got) {
				told := "missed"
				if len(got) > 0 {
					told = "wrong"
				}
				t.Logf("%s %s: %q: %v, not %v", tag, told, c.text, got, c.want)
			}
		}
		groups[tag.Script()] += s.cases
		t.Logf("%-8s cases %d (traps %d) persons %d: precision %.3f recall %.3f, office right in %d of %d", tag, s.cases, s.traps, s.want,
			float64(s.right)/float64(max(1, s.told)), float64(s.right)/float64(max(1, s.want)), s.office, s.right)
		all.cases, all.want, all.told, all.right, all.office = all.cases+s.cases, all.want+s.want, all.told+s.told, all.right+s.right, all.office+s.office
		if float64(s.right) < 0.99*float64(s.told) || float64(s.right) < 0.8*float64(s.want) {
			t.Errorf("%s: precision or recall has fallen", tag)
		}
	}
	t.Logf("all %+v; by script %v", all, groups)
}

// TestPersonTables loads every table: a fault in one stops the program.
func TestPersonTables(t *testing.T) {
	t.Parallel()
	for _, tag := range lang.Known() {
		if peopleOf(tag) == nil {
			t.Errorf("%s has no table of persons", tag)
		}
	}
	for id, words := range offices() {
		for _, l := range []lang.Tag{lang.EN, lang.RU, lang.KK, lang.UZ, lang.TR, lang.AZ, lang.FA, lang.UR} {
			if words[l] == "" {
				t.Errorf("%s has no word in %s", id, l)
			}
		}
	}
}

func FuzzPersons(f *testing.F) {
	f.Add("en", "President Marat Seitov's visit; A. B. Seitov, «Marat Seitov» & Co.")
	f.Add("zh", "总统马拉特·塞托夫周一表示")
	f.Add("ko", "김민서 대통령은")
	f.Add("ar", "قال الرئيس أحمد النوري إن")
	f.Add("ar", "محمد بن عبد")
	f.Add("fa", "سید محمود آل")
	f.Add("ur", "عبد الرحمان بن")
	f.Fuzz(func(t *testing.T, tag, text string) {
		for _, p := range personsOf(lang.Tag(tag), text) {
			if p.Name == "" {
				t.Error("a person without a name")
			}
		}
	})
}

// A district or a station bears the name before it; its mayor is told nevertheless.
func TestPlacesThatBearNames(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		tag        lang.Tag
		text, want string
	}{
		{lang.UZ, "Mirzo Ulugʻbek tumani hokimligi bildirdi.", ""},
		{lang.UZ, "Yunus Rajabiy bekatida bayram boshlandi.", ""},
		{lang.UZ, "Yunusobod tumani hokimi Sardor Karimov bildirdi.", "Sardor Karimov"},
		{lang.KK, "Аудан әкімі Серік Жақыпов айтты.", "Серік Жақыпов"},
		{lang.AZ, "Bakı şəhəri meri Rəşad Quliyev dedi.", "Rəşad Quliyev"},
		{lang.EN, "The King Abdullah Economic City signed.", ""},
	} {
		got := ""
		for _, p := range personsOf(c.tag, c.text) {
			got += p.Name
		}
		if got != c.want {
			t.Errorf("%s %q: %q, not %q", c.tag, c.text, got, c.want)
		}
	}
}

// personsOf are the persons of a text as Read finds them.
func personsOf(t lang.Tag, text string) []Person {
	text = head(text, maxRead)
	return personsIn(t, text, lang.Tokens(t, text))
}

// TestNobodyElsesOffice: whoever is received, appointed or stands beside the bearer of an office has it not by that.
func TestNobodyElsesOffice(t *testing.T) {
	for text, want := range map[string]string{
		"en The president received Karim Aliyev in Taskol.": "", "en The president appointed Maria Ivanova as envoy.": "", "en The president and Maria Ivanova opened a school.": "",
		"en The minister of water of Altinsu Marat Seitov spoke.": "minister",
		"ru Президент принял Карима Алиева.":                      "", "ru Президент назначил Марию Иванову послом.": "", "ru Президент и Мария Иванова открыли школу.": "",
	} {
		tag, text, _ := strings.Cut(text, " ")
		for _, p := range Read(lang.Tag(tag), text).Persons {
			if p.Office != want && !(want != "" && strings.HasPrefix(p.Office, want)) {
				t.Errorf("%s: %s is told as %q", text, p.Name, p.Office)
			}
		}
	}
}
