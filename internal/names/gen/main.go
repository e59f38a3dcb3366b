// Command gen writes the tables of names that come from Unicode's CLDR. Run it in internal/names with the folder
// of the npm packages of CLDR (48.2.0):
//
//	npm install --prefix DIR cldr-{annotations,annotations-derived,dates,localenames,numbers,units}-full@48.2.0
//	go run ./gen DIR/node_modules
//
// countries.tsv: the member states of the United Nations and its two observer states (by golang.org/x/text);
// cities.tsv: the cities that stand for time zones; peoples.tsv: what is of a country, by the names of its language
// and its money, and parts of the world; concepts/*.tsv: words of one token beside the picture signs and units that
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
	peoples(os.Args[1])
	for _, name := range []string{"countries.tsv", "cities.tsv", "peoples.tsv"} {
		columns(name)
	}
	for _, l := range languages {
		if l != "prs" { // Persian's words serve
			concepts(os.Args[1], l)
		}
	}
}

// columns writes a table of rows of kind, id, language and forms anew with a column for each language, which is half as long.
func columns(name string) {
	b, err := os.ReadFile(name)
	check(err)
	var heading string
	var order []string
	rows := map[string][]string{}
	for line := range strings.Lines(string(b)) {
		f := strings.Split(strings.TrimSpace(line), "\t")
		if strings.HasPrefix(line, "#") {
			heading = strings.TrimPrefix(strings.TrimSpace(line), "# ")
			continue
		}
		id := f[0] + "\t" + f[1]
		if rows[id] == nil {
			order = append(order, id)
			rows[id] = make([]string, len(languages))
		}
		at := &rows[id][slices.Index(languages, f[2])]
		*at = strings.TrimPrefix(*at+"|"+strings.Join(f[3:], "|"), "|")
	}
	f, err := os.Create(name)
	check(err)
	fmt.Fprintf(f, "# %s\nkind\tid\t%s\n", heading, strings.Join(languages, "\t"))
	for _, id := range order {
		fmt.Fprintln(f, strings.TrimRight(id+"\t"+strings.Join(rows[id], "\t"), "\t"))
	}
	check(f.Close())
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
			if name == "" && slices.Contains([]string{"en", "tr", "az", "uz", "tk"}, l) {
				name = strings.ReplaceAll(zone[strings.LastIndexByte(zone, '/')+1:], "_", " ")
			}
			// A name that is given in another script than the language's is none.
			if name != "" && !strings.HasPrefix(name, "(") {
				fmt.Fprintf(w, "place\t%s\t%s\t%s\n", id, l, name)
			}
		}
	}
}

// spoken: the language that is called after a country.
var spoken = strings.Fields(`RU:ru FR:fr DE:de ES:es IT:it TR:tr IR:fa CN:zh JP:ja KR:ko UA:uk PL:pl IN:hi PT:pt NL:nl SE:sv NO:nb DK:da FI:fi HU:hu CZ:cs SK:sk
RO:ro BG:bg RS:sr HR:hr GR:el VN:vi TH:th ID:id MY:ms MN:mn KZ:kk KG:ky UZ:uz TJ:tg TM:tk AZ:az AM:hy GE:ka EE:et LV:lv LT:lt SI:sl AL:sq MK:mk IS:is IE:ga KH:km LA:lo NP:ne
BY:be BD:bn`)

// moneys are those that are called after their country, whose code theirs begins with; also some of the past.
var moneys = strings.Fields(`USD RUB KZT KGS UZS TJS TMT AZN AMD GEL UAH BYN TRY IRR IQD SYP LBP JOD ILS SAR QAR KWD BHD OMR YER EGP LYD TND DZD MAD SDG ETB KES TZS
UGX RWF NGN GHS ZMW AOA MZN SOS INR PKR BDT NPR AFN MMK THB VND KHR LAK MYR SGD IDR PHP CNY JPY MNT AUD CAD MXN CUP COP VES PEN BOB CLP ARS UYU PYG BRL
GBP CHF SEK NOK DKK ISK PLN CZK HUF RON BGN RSD ALL MKD DEM FRF ITL ESP PTE NLG BEF ATS FIM GRD IEP`)

// regions are parts of the world and what is no member state, by their codes.
var regions = strings.Fields("AF:002 EU:150 AS:142 AM:019 NA:003 SA:005 CA:143 SEA:035 WA:145 EA:030 LATAM:419 EE:151 HK:HK MO:MO TW:TW XK:XK PR:PR GL:GL")

// peoples writes words that speak of a country without naming it: the name of its language, and the adjective of its
// money where a language makes one, and the names of parts of the world.
func peoples(dir string) {
	w, done := create("peoples.tsv", "cldr-localenames-full and cldr-numbers-full 48.2.0; mend world.tsv instead")
	defer done()
	for _, l := range languages {
		code := strings.ReplaceAll(l, "prs", "fa-AF")
		var names struct {
			Main map[string]struct {
				LocaleDisplayNames struct{ Languages, Territories map[string]string }
			}
		}
		b, err := os.ReadFile(filepath.Join(dir, "cldr-localenames-full", "main", code, "languages.json"))
		check(err)
		check(json.Unmarshal(b, &names))
		b, err = os.ReadFile(filepath.Join(dir, "cldr-localenames-full", "main", code, "territories.json"))
		check(err)
		var places = names
		places.Main = nil
		check(json.Unmarshal(b, &places))
		territories := places.Main[code].LocaleDisplayNames.Territories
		if l != "zh" && l != "ko" { // there a country's own name stands in what is called after it
			forms := map[string][]string{}
			put := func(country, form string) {
				if form = strings.TrimSpace(form); utf8.RuneCountInString(form) >= 4 && !strings.ContainsAny(form, " -(\u200c") && !slices.Contains(forms[country], form) {
					forms[country] = append(forms[country], form)
				}
			}
			for _, pair := range spoken {
				country, tongue, _ := strings.Cut(pair, ":")
				name := names.Main[code].LocaleDisplayNames.Languages[tongue]
				for _, more := range strings.Fields("тілі dili istanbulî استانبولی") { // 'its language'
					name = strings.TrimSuffix(name, " "+more)
				}
				for _, ending := range strings.Fields(spokenEndings[l]) {
					if cut, ok := strings.CutSuffix(name, ending); ok {
						name = cut
						break
					}
				}
				put(country, name)
			}
			var money struct {
				Main map[string]struct {
					Numbers struct {
						Currencies map[string]struct{ DisplayName string }
					}
				}
			}
			read(&money, dir, "cldr-numbers-full", "main", code, "currencies.json")
			for _, m := range moneys {
				name := strings.Fields(money.Main[code].Numbers.Currencies[m].DisplayName)
				switch {
				case len(name) < 2:
				case l == "ar" || l == "tg":
					if len(name) == 2 {
						put(m[:2], name[1])
					}
				case l == "en" || l == "ru" || l == "ur":
					put(m[:2], name[0])
				}
			}
			for _, country := range slices.Sorted(maps.Keys(forms)) {
				fmt.Fprintf(w, "country\t%s\t%s\t%s\n", country, l, strings.Join(forms[country], "\t"))
			}
		}
		for _, pair := range regions {
			id, territory, _ := strings.Cut(pair, ":")
			name := territories[territory+"-alt-short"]
			if name == "" {
				name = territories[territory]
			}
			name, _, _ = strings.Cut(name, " (")
			name, _, _ = strings.Cut(name, "(")
			name, _, _ = strings.Cut(name, "،")
			if name != "" {
				fmt.Fprintf(w, "region\t%s\t%s\t%s\n", regionIDs[id], l, name)
			}
		}
	}
}

// regionIDs: those of world.tsv where a region stands there.
var regionIDs = map[string]string{"AF": "africa", "EU": "europe", "AS": "asia", "AM": "america", "NA": "northamerica", "SA": "southamerica", "CA": "centralasia", "SEA": "southeastasia",
	"WA": "westasia", "EA": "eastasia", "LATAM": "latinamerica", "EE": "easteurope", "HK": "hongkong", "MO": "macao", "TW": "taiwan", "XK": "kosovo", "PR": "puertorico", "GL": "greenland"}

// spokenEndings make the name of a language of that of its people.
var spokenEndings = map[string]string{"uz": "cha", "ky": "ча че чо чө", "tr": "ca ce ça çe"}

// units whose names are words of the news.
var units = strings.Fields(`length-kilometer length-meter length-centimeter length-millimeter length-mile length-foot length-inch mass-kilogram mass-gram mass-tonne mass-ton volume-liter
area-hectare area-acre duration-hour duration-minute duration-second duration-day duration-week duration-month duration-year duration-decade duration-century volume-barrel
power-megawatt power-kilowatt power-gigawatt power-watt electric-volt frequency-hertz pressure-pascal energy-calorie mass-carat light-lux concentr-percent`)

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
	var derived struct {
		AnnotationsDerived struct {
			Annotations map[string]struct{ Default, TTS []string }
		}
	}
	read(&derived, dir, "cldr-annotations-derived-full", "annotationsDerived", l, "annotations.json")
	person := map[string]bool{}
	for _, sign := range []string{"\U0001f9d1", "\U0001f468", "\U0001f469"} {
		for _, w := range append(doc.Annotations.Annotations[sign].Default, doc.Annotations.Annotations[sign].TTS...) {
			person[w] = true
		}
	}
	for _, all := range []map[string]struct{ Default, TTS []string }{doc.Annotations.Annotations, derived.AnnotationsDerived.Annotations} {
		for sign, a := range all { // a person and a thing: a profession, which speaks of the thing
			rest, ok := strings.CutPrefix(sign, "\U0001f9d1\u200d")
			if !ok {
				continue
			}
			r, n := utf8.DecodeRuneInString(rest)
			if strings.TrimPrefix(rest[n:], "\ufe0f") != "" || r < 0x2600 || r >= 0x1f9af && r <= 0x1f9bd {
				continue // hair, canes and wheelchairs are no professions
			}
			for _, w := range append(a.Default, a.TTS...) {
				if !person[w] {
					add(w, strings.ToUpper(strconv.FormatInt(int64(r), 16)))
				}
			}
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
	var measures struct {
		Main map[string]struct {
			Units struct {
				Long map[string]any
			}
		}
	}
	read(&measures, dir, "cldr-units-full", "main", l, "units.json")
	for _, u := range units {
		forms, _ := measures.Main[l].Units.Long[u].(map[string]any)
		_, id, _ := strings.Cut(u, "-")
		for form, name := range forms {
			if name, ok := name.(string); ok && (form == "displayName" || strings.HasPrefix(form, "unitPattern-count")) {
				add(strings.TrimSpace(strings.ReplaceAll(name, "{0}", "")), "U"+id)
			}
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
	w, done := create("concepts/"+l+".tsv", "cldr-annotations-full, -annotations-derived-full, -dates-full and -units-full 48.2.0; mend topics.tsv instead")
	defer done()
	for _, word := range slices.Sorted(maps.Keys(words)) {
		slices.Sort(words[word])
		fmt.Fprintf(w, "%s\t%s\n", word, strings.Join(words[word], " "))
	}
}
