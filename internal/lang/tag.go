package lang

import (
	"slices"
	"strings"

	"golang.org/x/text/language"

	"jarchi.dev/jarchi/internal/fault"
)

// Tag is a canonical BCP 47 language tag: "kk", "uz", "uz-Cyrl", ... or "und".
// Only Parse makes one from outside text.
type Tag string

// The languages Jarchi serves. Uzbek has two tags because readers choose a script; both fold alike.
const (
	KK     Tag = "kk"
	UZ     Tag = "uz"
	UZCyrl Tag = "uz-Cyrl"
	KY     Tag = "ky"
	TG     Tag = "tg"
	TK     Tag = "tk"
	AZ     Tag = "az"
	TR     Tag = "tr"
	FA     Tag = "fa"
	PRS    Tag = "prs"
	UR     Tag = "ur"
	RU     Tag = "ru"
	ZH     Tag = "zh"
	AR     Tag = "ar"
	KO     Tag = "ko"
	MN     Tag = "mn"
	EN     Tag = "en"
	Und    Tag = "und"
)

// known is in an order that never changes: the search index stores positions in it.
// New languages go to the end.
var known = []Tag{KK, UZ, UZCyrl, KY, TG, TK, AZ, TR, FA, PRS, UR, RU, ZH, AR, KO, MN, EN}

// Known returns the languages Jarchi serves, in one fixed order that never changes; later languages
// are added at the end.
func Known() []Tag { return slices.Clone(known) }

// profile is what is fixed about a tag: its usual script (ISO 15924) and its own name.
type profile struct{ script, autonym string }

var profiles = map[Tag]profile{
	KK: {"Cyrl", "Қазақша"}, UZ: {"Latn", "Oʻzbekcha"}, UZCyrl: {"Cyrl", "Ўзбекча"}, KY: {"Cyrl", "Кыргызча"},
	TG: {"Cyrl", "Тоҷикӣ"}, TK: {"Latn", "Türkmençe"}, AZ: {"Latn", "Azərbaycanca"}, TR: {"Latn", "Türkçe"},
	FA: {"Arab", "فارسی"}, PRS: {"Arab", "دری"}, UR: {"Arab", "اردو"}, RU: {"Cyrl", "Русский"},
	ZH: {"Hans", "中文"}, AR: {"Arab", "العربية"}, KO: {"Kore", "한국어"}, MN: {"Cyrl", "Монгол"}, EN: {"Latn", "English"},
	Und: {"Zzzz", "—"},

	// Neighbours: recognised so that they are not taken for ours.
	"tt": {"Cyrl", "Татарча"}, "ba": {"Cyrl", "Башҡортса"}, "uk": {"Cyrl", "Українська"}, "be": {"Cyrl", "Беларуская"},
	"bg": {"Cyrl", "Български"}, "sr": {"Cyrl", "Српски"}, "mk": {"Cyrl", "Македонски"},
	"ug": {"Arab", "ئۇيغۇرچە"}, "ps": {"Arab", "پښتو"}, "sd": {"Arab", "سنڌي"}, "ckb": {"Arab", "کوردی"}, "pa": {"Arab", "پنجابی"},
	"de": {"Latn", "Deutsch"}, "fr": {"Latn", "Français"}, "es": {"Latn", "Español"}, "it": {"Latn", "Italiano"},
	"pt": {"Latn", "Português"}, "nl": {"Latn", "Nederlands"}, "pl": {"Latn", "Polski"}, "id": {"Latn", "Indonesia"},
	"ku": {"Latn", "Kurdî"}, "kaa": {"Latn", "Qaraqalpaqsha"}, "ja": {"Jpan", "日本語"},
	"el": {"Grek", "Ελληνικά"}, "he": {"Hebr", "עברית"}, "hy": {"Armn", "Հայերեն"}, "ka": {"Geor", "ქართული"},
	"hi": {"Deva", "हिन्दी"}, "th": {"Thai", "ไทย"},
}

// aliases map a language subtag to the one used here: ISO 639-2 and 639-3 codes, and the individual
// languages under a macrolanguage that we hold under its own code.
var aliases = map[string]string{
	"kaz": "kk", "uzb": "uz", "uzn": "uz", "kir": "ky", "tgk": "tg", "tuk": "tk", "aze": "az", "azj": "az",
	"tur": "tr", "fas": "fa", "per": "fa", "pes": "fa", "urd": "ur", "rus": "ru", "zho": "zh", "chi": "zh",
	"cmn": "zh", "ara": "ar", "arb": "ar", "kor": "ko", "mon": "mn", "khk": "mn", "eng": "en", "tat": "tt",
	"bak": "ba", "ukr": "uk", "bel": "be", "bul": "bg", "uig": "ug", "pus": "ps", "snd": "sd", "deu": "de",
	"ger": "de", "fra": "fr", "fre": "fr", "spa": "es", "in": "id", "iw": "he",
}

// scripts that a language of ours is read in under its plain tag; any other script stays in the tag.
var plainScripts = map[string]string{
	"kk": "Cyrl Latn", "uz": "Latn", "ky": "Cyrl", "tg": "Cyrl", "tk": "Latn", "az": "Latn Cyrl", "tr": "Latn",
	"fa": "Arab", "prs": "Arab", "ur": "Arab", "ru": "Cyrl", "zh": "Hans Hant Hani", "ar": "Arab", "ko": "Kore Hang",
	"mn": "Cyrl", "en": "Latn",
}

// Parse reads a BCP 47 tag in any case, with '-' or '_', and returns the canonical Tag: regions and
// the usual script are dropped ("kk-KZ" is kk, "uz-Latn" is uz), Persian of Afghanistan is prs, a
// well-formed tag of a language we do not serve stays ("de-AT" is de). Anything else is refused with
// a fault of kind Invalid.
func Parse(s string) (Tag, error) {
	bad := func() (Tag, error) {
		shown := s
		if len(shown) > 40 {
			shown = shown[:40] + "…"
		}
		return "", fault.E(fault.Invalid, "%q is not a language tag; write one like kk, uz-Cyrl or fa.", shown)
	}
	if s == "" || len(s) > 35 {
		return bad()
	}
	parts := strings.Split(strings.ReplaceAll(s, "_", "-"), "-")
	base := strings.ToLower(parts[0])
	if a, ok := aliases[base]; ok {
		base = a
	}
	if base == "und" {
		if len(parts) == 1 {
			return Und, nil
		}
		return bad()
	}
	if _, ours := profiles[Tag(base)]; !ours {
		if b, err := language.ParseBase(base); err != nil || b.String() == "und" {
			return bad()
		} else if len(b.String()) <= len(base) {
			base = b.String()
		}
	}
	script, region := "", ""
	for _, p := range parts[1:] {
		switch {
		case !alphanumeric(p) || len(p) > 8:
			return bad()
		case len(p) == 4 && letters(p) && script == "" && region == "":
			script = strings.ToUpper(p[:1]) + strings.ToLower(p[1:])
			if _, err := language.ParseScript(script); err != nil {
				return bad()
			}
		case (len(p) == 2 && letters(p) || len(p) == 3 && !letters(p)) && region == "":
			region = strings.ToUpper(p)
			if _, err := language.ParseRegion(region); err != nil {
				return bad()
			}
		}
		// Variants and extensions say nothing that we use.
	}
	if base == "fa" && region == "AF" {
		base = "prs"
	}
	if script != "" {
		usual := plainScripts[base]
		if usual == "" {
			usual = profiles[Tag(base)].script
		}
		if !strings.Contains(usual, script) {
			return Tag(base + "-" + script), nil
		}
	}
	return Tag(base), nil
}

func letters(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i] | 0x20; c < 'a' || c > 'z' {
			return false
		}
	}
	return s != ""
}

func alphanumeric(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i] | 0x20; (c < 'a' || c > 'z') && (s[i] < '0' || s[i] > '9') {
			return false
		}
	}
	return s != ""
}

// base is the language subtag without a script.
func (t Tag) base() string {
	b, _, _ := strings.Cut(string(t), "-")
	return b
}

// Script is the ISO 15924 code of the script t is written in: Latn, Cyrl, Arab, Hans, Kore, ...;
// Zzzz when it is not known.
func (t Tag) Script() string {
	if p, ok := profiles[t]; ok {
		return p.script
	}
	if b, s, ok := strings.Cut(string(t), "-"); ok && len(s) == 4 {
		return s
	} else if p, ok := profiles[Tag(b)]; ok {
		return p.script
	}
	if l, err := language.Parse(string(t)); err == nil {
		if s, conf := l.Script(); conf != language.No {
			return s.String()
		}
	}
	return "Zzzz"
}

// Dir is the base direction of text in t: "rtl" for Arabic and the other right-to-left scripts,
// otherwise "ltr".
func (t Tag) Dir() string {
	switch t.Script() {
	case "Arab", "Hebr", "Syrc", "Thaa", "Nkoo", "Adlm", "Rohg":
		return "rtl"
	}
	return "ltr"
}

// Autonym is the language's name in itself (Қазақша, اردو); the tag where we know none.
func (t Tag) Autonym() string {
	if p, ok := profiles[t]; ok {
		return p.autonym
	}
	if name := others[t]; name != "" {
		return name
	}
	return string(t)
}

// others are own names of languages that partners may send and Jarchi does nothing else about.
var others = map[Tag]string{
	"sv": "Svenska", "no": "Norsk", "nb": "Norsk bokmål", "nn": "Norsk nynorsk", "da": "Dansk", "fi": "Suomi", "is": "Íslenska",
	"et": "Eesti", "lv": "Latviešu", "lt": "Lietuvių", "cs": "Čeština", "sk": "Slovenčina", "sl": "Slovenščina", "hu": "Magyar",
	"ro": "Română", "hr": "Hrvatski", "bs": "Bosanski", "sq": "Shqip", "ca": "Català", "eu": "Euskara", "gl": "Galego", "ga": "Gaeilge",
	"mt": "Malti", "af": "Afrikaans", "sw": "Kiswahili", "so": "Soomaali", "ha": "Hausa", "am": "አማርኛ", "vi": "Tiếng Việt", "ms": "Melayu",
	"fil": "Filipino", "bn": "বাংলা", "ta": "தமிழ்", "te": "తెలుగు", "mr": "मराठी", "gu": "ગુજરાતી", "ne": "नेपाली", "si": "සිංහල",
	"my": "မြန်မာ", "km": "ខ្មែរ", "lo": "ລາວ", "cv": "Чӑвашла", "os": "Ирон", "ce": "Нохчийн", "sah": "Саха тыла", "la": "Latina",
}

// served holds the languages of Known.
var served = func() map[Tag]bool {
	m := map[Tag]bool{}
	for _, t := range known {
		m[t] = true
	}
	return m
}()
