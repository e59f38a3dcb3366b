package web

import (
	"fmt"
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/wire"
)

// TestHowALanguageIsKnown: the wire, for everybody to see, and the text's own page say how sure a machine was of its language, a row in a word too where it was
// not, and neither once an editor has said better.
func TestHowALanguageIsKnown(t *testing.T) {
	t.Parallel()
	hash := strings.Repeat("0123456789abcdef", 4)
	for name, c := range map[string]struct {
		confidence float64
		by         wire.MemberID
		says, not  []string // of both
		word       bool     // in the row
	}{
		"certain":   {0.97, "", []string{"recognised by machine, 97 %"}, []string{"not certain", "corrected"}, false},
		"unsure":    {0.62, "", []string{"recognised by machine, not certain: 62 %"}, []string{"corrected"}, true},
		"not noted": {0, "", nil, []string{"recognised by machine", "corrected"}, false},
		"corrected": {0, "altinsu", nil, []string{"recognised by machine"}, false},
	} {
		x := newExchange(t)
		one := wire.Capture{ID: wire.NewCaptureID(hash, 1), N: 1, RawHash: hash, FileName: "matn.txt", Language: "uz", Confidence: c.confidence, LanguageBy: c.by,
			Headline: "Koʻprik ochildi", Body: []string{"Koʻprik bugun ochildi."}, ArrivedAt: now}
		x.entries = []browse.Entry{{Level: access.All, Capture: &one, At: now, Item: -1}}
		h := newHandler(t, x)
		row, page := get(t, h, "/?ui=en").Body.String(), get(t, h, "/captures/"+string(one.ID)+"?ui=en").Body.String()
		for where, body := range map[string]string{"wire": row, "page": page} {
			if !strings.Contains(body, "Oʻzbekcha") {
				t.Errorf("%s, %s: the language is not named", name, where)
			}
			for _, s := range c.says {
				if !strings.Contains(body, s) {
					t.Errorf("%s, %s: lacks %q", name, where, s)
				}
			}
			for _, s := range c.not {
				if strings.Contains(body, s) && !(s == "corrected" && where == "wire") {
					t.Errorf("%s, %s: says %q", name, where, s)
				}
			}
		}
		if percent := fmt.Sprintf("machine:\u00a0%.0f\u00a0%%</bdi>", 100*c.confidence); strings.Contains(row, percent) != (c.confidence > 0) || strings.Contains(row, "lm-sure") != (c.confidence > 0) {
			t.Errorf("%s: the row does not show how sure it was where that is noted, and there alone", name)
			if i := strings.Index(row, "lm-sure"); i > 0 {
				t.Logf("%q", row[i:i+100])
			}
		}
		if got := strings.Contains(row, "language not certain"); got != c.word {
			t.Errorf("%s: the row has a word of doubt: %v", name, got)
		}
		if c.by != "" && !strings.Contains(page, "corrected by an editor") {
			t.Errorf("%s: the page does not say who corrected it", name)
		}
	}
}

// The page of a text that was read as plain text says so, in the reader's language, and no other page does.
func TestReadAsPlainText(t *testing.T) {
	t.Parallel()
	hash := strings.Repeat("a", 64)
	for _, notes := range [][]string{nil, {"The page was read as plain text."}} {
		x := newExchange(t)
		one := wire.Capture{ID: wire.NewCaptureID(hash, 1), N: 1, RawHash: hash, FileName: "matn.html", Language: "uz", Headline: "Koʻprik ochildi", Body: []string{"Koʻprik bugun ochildi."}, ArrivedAt: now, Notes: notes}
		x.entries = []browse.Entry{{Level: access.All, Capture: &one, At: now, Item: -1}}
		h := newHandler(t, x)
		for ui, says := range map[string]string{"en": "Read as plain text", "fa": "به صورت متن ساده خوانده شد", "ru": "Прочитано как простой текст"} {
			if page := get(t, h, "/captures/"+string(one.ID)+"?ui="+ui).Body.String(); strings.Contains(page, says) != (notes != nil) {
				t.Errorf("%s, with the notes %q: says %q: %v", ui, notes, says, notes == nil)
			}
		}
	}
}
