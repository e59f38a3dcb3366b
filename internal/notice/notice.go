// Package notice holds the sentences of ours that leave the house beside a text: which version it is and whose words, that it must not be used, what a
// letter says round it. Pages have sentences of their own (internal/web/strings).
//
// They lie in strings/{language}.json, every one in every language of the interface. None has a placeholder: names, figures, times and reasons follow after
// a space or a colon, so that no ending has to fit them.
package notice

import (
	"embed"
	"encoding/json"
	"slices"
	"strings"
	"sync"

	"jarchi.dev/jarchi/internal/lang"
)

//go:embed strings/*.json
var files embed.FS

// Key names a sentence.
type Key string

const (
	// The state of a text, in the line that is handed over with it.
	Official      Key = "state.official"
	Original      Key = "state.original"
	Issued        Key = "state.issued"
	Translated    Key = "state.translated"
	Machine       Key = "state.machine"
	MachineEdited Key = "state.machine.edited"
	Version       Key = "state.version"
	Corrected     Key = "state.corrected"
	Updated       Key = "state.updated"
	Behind        Key = "state.behind"
	Embargo       Key = "state.embargo"
	Outside       Key = "state.outside"
	Cut           Key = "state.cut"

	// What stands in the place of words that may not be read, or not yet.
	WithdrawnHead Key = "withdrawn.head"
	WithdrawnText Key = "withdrawn.text"
	ErasedHead    Key = "erased.head"
	ErasedText    Key = "erased.text"
	EmbargoHead   Key = "embargo.head"
	EmbargoText   Key = "embargo.text"
	CaptureHead   Key = "capture.head"
	CaptureText   Key = "capture.text"
	WireTitle     Key = "wire.title"
	WireAbout     Key = "wire.about"
	DraftHead     Key = "draft.head"

	// Before a colon.
	Reason    Key = "label.reason"
	Issuer    Key = "label.issuer"
	Released  Key = "label.released"
	Withdrawn Key = "label.withdrawn"
	Erased    Key = "label.erased"
	Opens     Key = "label.opens"
	Credit    Key = "label.credit"
	Rights    Key = "label.rights"
	Terms     Key = "label.terms"
	Changed   Key = "label.changed"
	Source    Key = "label.source"
	Arrived   Key = "label.arrived"

	// On a link.
	Proof     Key = "link.proof"
	Whole     Key = "link.whole"
	OnNode    Key = "link.node"
	Read      Key = "link.read"
	ProofFile Key = "link.proof.file"

	// Letters of a delivery by mail.
	LetterFoot Key = "letter.foot"
	LetterEnd  Key = "letter.end"
	AskSubject Key = "letter.ask.subject"
	AskText    Key = "letter.ask.text"
	AskSender  Key = "letter.ask.sender"
	AskConfirm Key = "letter.ask.confirm"
	AskFoot    Key = "letter.ask.foot"
	Test       Key = "letter.test"
	Digest     Key = "letter.digest"
	First      Key = "letter.digest.first"
	Proofs     Key = "letter.digest.proofs"
	ProofLarge Key = "letter.proof.large"
	Alert      Key = "letter.alert"
	More       Key = "letter.more"
	All        Key = "letter.all"
)

// languages are those of the interface, in the order in which a reader is offered them.
var languages = []lang.Tag{lang.EN, lang.RU, lang.KK, lang.UZ, lang.TR, lang.AZ, lang.FA, lang.UR}

// Languages are those that the house speaks: every sentence of it can be had in each.
func Languages() []lang.Tag { return slices.Clone(languages) }

// Speaks reports whether the house speaks a language.
func Speaks(t lang.Tag) bool { return slices.Contains(languages, t) }

// Beside is the language in which sentences of ours stand beside a text in t: t itself where we speak it, Persian beside Dari, the Latin script beside Cyrillic
// Uzbek, otherwise English.
func Beside(t lang.Tag) lang.Tag {
	if t == lang.PRS {
		return lang.FA
	}
	base, _, _ := strings.Cut(string(t), "-")
	if Speaks(lang.Tag(base)) {
		return lang.Tag(base)
	}
	return lang.EN
}

// table is read once. The files are part of the program and read by its tests, so that a fault in them is a defect, not an error to handle.
var table = sync.OnceValue(func() map[lang.Tag]map[Key]string {
	out := make(map[lang.Tag]map[Key]string, len(languages))
	for _, t := range languages {
		b, err := files.ReadFile("strings/" + string(t) + ".json")
		if err != nil {
			panic(err)
		}
		var m map[Key]string
		if err := json.Unmarshal(b, &m); err != nil {
			panic(err)
		}
		out[t] = m
	}
	return out
})

// Say is a sentence in a language, in English where the house does not speak it.
func Say(k Key, in lang.Tag) string {
	if !Speaks(in) {
		in = lang.EN
	}
	return table()[in][k]
}

// Label is a sentence before what it says.
func Label(k Key, in lang.Tag) string { return Say(k, in) + ": " }
