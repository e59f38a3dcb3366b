package web

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"jarchi.dev/jarchi/internal/desk"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/mediatopic"
	"jarchi.dev/jarchi/internal/wire"
)

func parseDraft(r *http.Request) error {
	var err error
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind == "multipart/form-data" {
		err = r.ParseMultipartForm(4 << 20)
	} else {
		err = r.ParseForm()
	}
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return fault.E(fault.TooLarge, "This is more than a draft can hold: texts of up to 1 MB, files of up to 20 MB.").Because(err)
	case err != nil:
		return fault.E(fault.Invalid, "The form could not be read.").Because(err)
	}
	return nil
}

// readPart reads one language's fields over what is stored; a field that the form has not stays.
func readPart(f url.Values, t lang.Tag, stored *desk.Part) desk.Part {
	p := desk.Part{Language: t, Translation: wire.Original}
	if stored != nil {
		p = *stored
	}
	pre := string(t) + "."
	line := func(name string, to *string) {
		if f.Has(pre + name) {
			*to = oneLine(f.Get(pre + name))
		}
	}
	line("headline", &p.Headline)
	line("standfirst", &p.Subheadline)
	line("dateline", &p.Dateline)
	line("byline", &p.Byline)
	line("note", &p.EdNote)
	line("credit", &p.Rights.Credit)
	line("ai", &p.AI.Note)
	if f.Has(pre + "body") {
		p.Body = lines(f.Get(pre + "body"))
	}
	if f.Has(pre + "keywords") {
		p.Keywords = nil
		for k := range strings.FieldsFuncSeq(oneLine(f.Get(pre+"keywords")), func(r rune) bool { return strings.ContainsRune(",،;；、", r) }) {
			if k = strings.TrimSpace(k); k != "" {
				p.Keywords = append(p.Keywords, k)
			}
		}
	}
	if f.Has(pre + "words") {
		p.Translation = wire.Translation(oneOf(f.Get(pre+"words"), string(p.Translation), string(wire.Original), string(wire.OfficialText), string(wire.Human), string(wire.MachineEdited), string(wire.Machine)))
		p.Subjects = nil
		for _, code := range f[pre+"subject"] {
			if topic, ok := mediatopic.Lookup(code); ok && !slices.Contains(p.Subjects, topic.Code) {
				p.Subjects = append(p.Subjects, topic.Code)
			}
		}
	}
	p.Attachments = slices.Clone(p.Attachments)
	for i := range p.Attachments {
		h := hex.EncodeToString(p.Attachments[i].SHA256[:])
		line("caption."+h, &p.Attachments[i].Caption)
		line("credit."+h, &p.Attachments[i].Credit)
	}
	p.Revision = revision(f.Get(pre + "revision"))
	return p
}

// fingerprint of what a page showed: a form that brings just that back changes nothing, whatever others
// did meanwhile.
func fingerprint(words ...string) string {
	b, err := json.Marshal(words) // strings: cannot fail
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:8])
}

func partPrint(p *desk.Part) string {
	w := []string{string(p.Translation), p.Headline, p.Subheadline, p.Dateline, p.Byline, p.Body, p.EdNote, p.Rights.Credit, p.AI.Note, strings.Join(p.Keywords, ",")}
	w = append(w, slices.Sorted(slices.Values(p.Subjects))...)
	for _, a := range p.Attachments {
		w = append(w, hex.EncodeToString(a.SHA256[:]), a.Caption, a.Credit)
	}
	return fingerprint(w...)
}

func settingsPrint(s desk.Settings) string {
	w := []string{strconv.Itoa(s.Urgency), s.Reason, string(s.Audience.Class), s.PublishAt.UTC().Format(time.RFC3339), s.EmbargoedUntil.UTC().Format(time.RFC3339)}
	for _, l := range [][]wire.MemberID{s.Audience.Partners, s.Issuers} {
		for _, m := range slices.Sorted(slices.Values(l)) {
			w = append(w, string(m))
		}
		w = append(w, "")
	}
	return fingerprint(w...)
}

// revision reads the number that a form started from; what is none is older than every text.
func revision(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// instant reads a date and a time of a zone; both empty is no time.
func instant(day, clock string, z *time.Location, was time.Time) (time.Time, bool) {
	if day == "" && clock == "" {
		return time.Time{}, true
	}
	at, err := time.ParseInLocation("2006-01-02 15:04", day+" "+clock, z)
	if err != nil {
		if at, err = time.ParseInLocation("2006-01-02 15:04:05", day+" "+clock, z); err != nil {
			return time.Time{}, false
		}
	}
	if was.In(z).Format("2006-01-02 15:04") == at.Format("2006-01-02 15:04") {
		return was, true // seconds that the fields do not show stay
	}
	return at.UTC(), at.Year() >= 2000 && at.Year() < 2200
}
