package facts

import (
	"slices"

	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/names"
)

// purse is a name that several countries' currencies share. Its own id in units.tsv stands for the word alone.
type purse struct {
	of   map[string]string   // country to currency; "" for one that units.tsv has not
	home map[lang.Tag]string // the country whose currency the word is in a language, where the text names no other
	all  string              // what the word is where no country of the list is named; "" for nothing but the word
	near bool                // a country named in the sentence outweighs the language
}

var purses = map[string]purse{
	"rupee": {of: map[string]string{"PK": "pkr", "IN": "inr", "LK": "", "NP": "", "MU": "", "SC": "", "BT": ""}, home: map[lang.Tag]string{lang.UR: "PK"}, near: true},
	"dollar": {of: map[string]string{"US": "usd", "CA": "", "AU": "", "NZ": "", "SG": "", "HK": "", "TW": "", "JM": "", "BB": "", "BS": "", "TT": "", "GY": "", "SR": "", "LR": "", "NA": "",
		"FJ": "", "BZ": "", "BN": "", "SB": ""}, all: "usd"},
	"rouble": {of: map[string]string{"RU": "rub", "BY": ""}, all: "rub"},
	"lira":   {of: map[string]string{"TR": "try", "LB": "", "SY": ""}, home: map[lang.Tag]string{lang.TR: "TR"}},
	"rial":   {of: map[string]string{"IR": "irr", "OM": "", "YE": "", "SA": "", "QA": ""}, home: map[lang.Tag]string{lang.FA: "IR"}},
	"manat":  {of: map[string]string{"AZ": "azn", "TM": "tmt"}, home: map[lang.Tag]string{lang.AZ: "AZ", lang.TK: "TM"}},
	"som":    {of: map[string]string{"KG": "kgs", "UZ": "uzs"}, home: map[lang.Tag]string{lang.KY: "KG", lang.UZ: "UZ"}},
	"won":    {of: map[string]string{"KR": "krw", "KP": ""}, all: "krw"},
}

// coinOf is the name that a currency shares with others; any other unit is itself.
func coinOf(unit string) string {
	for coin, p := range purses {
		for _, u := range p.of {
			if u != "" && u == unit {
				return coin
			}
		}
	}
	return unit
}

// money settles whose currency a shared name is: by the one country that the sentence names beside it, or the text; by the
// language, if the text names no other country that has one of that name. What stays open keeps the bare name: 'rupees'.
func money(t lang.Tag, text string, tokens []lang.Token, found []placed) {
	var mentions []names.Mention
	var sentences []lang.Span
	read := false
	for i := range found {
		p, shared := purses[found[i].Unit]
		if !shared {
			continue
		}
		if !read {
			mentions, sentences, read = names.Mentions(t, text, tokens), lang.Sentences(t, text), true
		}
		here := lang.Span{End: len(text)}
		if k := slices.IndexFunc(sentences, func(s lang.Span) bool { return found[i].Start >= s.Start && found[i].Start < s.End }); k >= 0 {
			here = sentences[k]
		}
		var near, whole []string
		for _, m := range mentions {
			if _, has := p.of[m.Name.ID]; m.Name.Kind != names.Country || !has {
				continue
			}
			if !slices.Contains(whole, m.Name.ID) {
				whole = append(whole, m.Name.ID)
			}
			if at := tokens[m.From].Start; at >= here.Start && at < here.End && !slices.Contains(near, m.Name.ID) {
				near = append(near, m.Name.ID)
			}
		}
		home := p.home[t.FoldsAs()]
		if t == lang.PRS {
			home = ""
		}
		if home != "" && !slices.Contains(whole, home) {
			whole = append(whole, home)
		}
		unit := ""
		switch {
		case len(near) == 1 && (home == "" || p.near || near[0] == home):
			unit = p.of[near[0]]
		case len(near) > 1:
		case len(whole) == 1:
			unit = p.of[whole[0]]
		case len(whole) == 0:
			unit = p.all
		}
		if unit != "" {
			found[i].Unit = unit
		}
	}
}
