// Command gen writes the tables of names that come from Unicode's CLDR. Run it in internal/names with the folder
// of the npm packages cldr-annotations-full and cldr-dates-full (48.2.0):
//
//	npm install --prefix DIR cldr-annotations-full@48.2.0 cldr-dates-full@48.2.0
//	go run ./gen DIR/node_modules
//
// countries.tsv: the member states of the United Nations and its two observer states (by golang.org/x/text);
// cities.tsv: the cities that stand for time zones; concepts/*.tsv: words of one token beside the picture signs that
// they describe, and the months.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

const codes = `AF AL DZ AD AO AG AR AM AU AT AZ BS BH BD BB BY BE BZ BJ BT BO BA BW BR BN BG BF BI CV KH CM CA CF TD CL CN CO KM CG CD CR CI HR CU CY CZ
DK DJ DM DO EC EG SV GQ ER EE SZ ET FJ FI FR GA GM GE DE GH GR GD GT GN GW GY HT HN HU IS IN ID IR IQ IE IL IT JM JP JO KZ KE KI KP KR KW KG LA LV LB LS LR LY LI LT LU
MG MW MY MV ML MT MH MR MU MX FM MD MC MN ME MA MZ MM NA NR NP NL NZ NI NE NG MK NO OM PK PW PA PG PY PE PH PL PT QA RO RU RW KN LC VC WS SM ST SA SN RS SC SL SG SK SI SB SO
ZA SS ES LK SD SR SE CH SY TJ TZ TH TL TG TO TT TN TR TM TV UG UA AE GB US UY UZ VU VE VN YE ZM ZW VA PS`

// The languages of the interface stand first; prs is asked for as fa-AF.
var languages = strings.Fields("en ru kk uz tr az fa ur ky tg tk ar zh ko mn prs")

func main() {
	if len(os.Args) != 2 {
		fail(fmt.Errorf("give the folder of the CLDR packages"))
	}
	countries()
	cities(os.Args[1])
	for _, l := range languages {
		if l != "prs" { // Persian's words serve
			concepts(os.Args[1], l)
		}
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func check(err error) {
	if err != nil {
		fail(err)
	}
}

// create opens a table and writes its heading; call the function to close it.
func create(name, source string) (*bufio.Writer, func()) {
	f, err := os.Create(name)
	check(err)
	w := bufio.NewWriter(f)
	fmt.Fprintf(w, "# Source: Unicode CLDR by %s. Licence: Unicode-3.0, see NOTICE.md. Written by gen.\n", source)
	return w, func() { check(w.Flush()); check(f.Close()) }
}

func countries() {
	w, done := create("countries.tsv", "golang.org/x/text/language/display; mend names.tsv instead")
	defer done()
	for _, code := range strings.Fields(codes) {
		region := language.MustParseRegion(code)
		for _, l := range languages {
			tag := strings.ReplaceAll(l, "prs", "fa-AF")
			name := ""
			if namer := display.Regions(language.MustParse(tag)); namer != nil {
				name = namer.Name(region)
			}
			if name == "" {
				fmt.Fprintln(os.Stderr, "no name of", code, "in", l)
				continue
			}
			fmt.Fprintf(w, "country\t%s\t%s\t%s\n", code, l, name)
		}
	}
}

func read(into any, path ...string) {
	b, err := os.ReadFile(filepath.Join(path...))
	check(err)
	check(json.Unmarshal(b, into))
}

// cities are the exemplar cities of time zones; what a language leaves out is called as in the zone's id.
func cities(dir string) {
	w, done := create("cities.tsv", "cldr-dates-full 48.2.0; mend world.tsv instead")
	defer done()
	in := map[string]map[string]string{} // zone, language: name
	for _, l := range languages {
		l = strings.ReplaceAll(l, "prs", "fa-AF")
		var doc struct {
			Main map[string]struct {
				Dates struct{ TimeZoneNames struct{ Zone any } }
			}
		}
		read(&doc, dir, "cldr-dates-full", "main", l, "timeZoneNames.json")
		var walk func(path string, v any)
		walk = func(path string, v any) {
			m, ok := v.(map[string]any)
			if !ok {
				return
			}
			if city, ok := m["exemplarCity"].(string); ok {
				if in[path] == nil {
					in[path] = map[string]string{}
				}
				in[path][l] = city
			}
			for k, sub := range m {
				walk(path+"/"+k, sub)
			}
		}
		walk("", doc.Main[l].Dates.TimeZoneNames.Zone)
	}
	for _, zone := range slices.Sorted(maps.Keys(in)) {
		id := strings.ToLower(zone[strings.LastIndexByte(zone, '/')+1:])
		if strings.HasPrefix(zone, "/Etc") || strings.HasPrefix(zone, "/Antarctica") || len(in[zone]) < 8 {
			continue
		}
		for _, l := range languages {
			name := in[zone][strings.ReplaceAll(l, "prs", "fa-AF")]
			if name == "" && (l == "en" || l == "tr") {
				name = strings.ReplaceAll(zone[strings.LastIndexByte(zone, '/')+1:], "_", " ")
			}
			// A name that is given in another script than the language's is none.
			if name != "" && !strings.HasPrefix(name, "(") {
				fmt.Fprintf(w, "place\t%s\t%s\t%s\n", id, l, name)
			}
		}
	}
}

// most is in how many signs a word may stand: 'face' and 'person' say nothing.
const most = 12

// concepts writes each word of one token with the signs that it describes, as code points.
func concepts(dir, l string) {
	var doc struct {
		Annotations struct {
			Annotations map[string]struct{ Default, TTS []string }
		}
	}
	read(&doc, dir, "cldr-annotations-full", "annotations", l, "annotations.json")
	words := map[string][]string{}
	add := func(w, id string) {
		w = strings.ToLower(strings.TrimSpace(w))
		if strings.ContainsFunc(w, func(r rune) bool {
			return !unicode.IsLetter(r) && !unicode.IsMark(r) && !strings.ContainsRune("'’ʻʼ\u200c", r)
		}) || utf8.RuneCountInString(w) < 2 || l != "zh" && l != "ko" && utf8.RuneCountInString(w) < 3 {
			return
		}
		if !slices.Contains(words[w], id) {
			words[w] = append(words[w], id)
		}
	}
	for sign, a := range doc.Annotations.Annotations {
		r, n := utf8.DecodeRuneInString(sign)
		rest := strings.TrimPrefix(sign[n:], "\ufe0f")
		// Joined signs (professions beside persons) keep their last part's meaning by its own row.
		if rest != "" || r < 0x2600 || r > 0x27bf && r < 0x1f300 || r >= 0x1f3fb && r <= 0x1f3ff || r >= 0x1f550 && r <= 0x1f567 || r >= 0x2648 && r <= 0x2653 {
			continue
		}
		id := strings.ToUpper(strconv.FormatInt(int64(r), 16))
		for _, w := range append(a.Default, a.TTS...) {
			add(w, id)
		}
	}
	for w, ids := range words {
		if len(ids) > most {
			delete(words, w)
		}
	}
	type names map[string]string
	var dates struct {
		Main map[string]struct {
			Dates struct {
				Calendars struct {
					Gregorian struct {
						Months map[string]struct{ Wide names }
						Days   map[string]struct{ Wide names }
					}
				}
			}
		}
	}
	b, err := os.ReadFile(filepath.Join(dir, "cldr-dates-full", "main", l, "ca-gregorian.json"))
	check(err)
	check(json.Unmarshal(bytes.Replace(b, []byte(`"gregorian"`), []byte(`"Gregorian"`), 1), &dates))
	g := dates.Main[l].Dates.Calendars.Gregorian
	for _, form := range []string{"format", "stand-alone"} {
		for n, name := range g.Months[form].Wide {
			if l != "zh" && l != "ko" { // 9月 is a number and a sign
				add(name, "M"+n)
			}
		}
		for n, name := range g.Days[form].Wide {
			add(name, "D"+n)
		}
	}
	w, done := create("concepts/"+l+".tsv", "cldr-annotations-full and cldr-dates-full 48.2.0; mend topics.tsv instead")
	defer done()
	for _, word := range slices.Sorted(maps.Keys(words)) {
		slices.Sort(words[word])
		fmt.Fprintf(w, "%s\t%s\n", word, strings.Join(words[word], " "))
	}
}
