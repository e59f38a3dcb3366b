package sample

import (
	_ "embed"
	"encoding/json"
	"slices"
	"sync"

	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/wire"
)

//go:embed data/drafts.json
var draftFile []byte

// DraftPart is one language of a text that is still being written.
type DraftPart struct {
	Language    lang.Tag         `json:"language"`
	Translation wire.Translation `json:"translation"`
	Headline    string           `json:"headline"`
	Body        string           `json:"body"`
}

var drafts = sync.OnceValue(func() map[wire.MemberID][]DraftPart {
	var list []struct {
		Member wire.MemberID `json:"member"`
		Parts  []DraftPart   `json:"parts"`
	}
	if err := json.Unmarshal(draftFile, &list); err != nil {
		panic("the sample drafts cannot be read: " + err.Error()) // embedded: a test reads them first
	}
	out := map[wire.MemberID][]DraftPart{}
	for _, d := range list {
		out[d.Member] = d.Parts
	}
	return out
})

// Draft is what a member's reporter is writing when the demo begins, nil if nothing. The caller may
// change what it gets.
func Draft(m wire.MemberID) []DraftPart { return slices.Clone(drafts()[m]) }
