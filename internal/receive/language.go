package receive

import (
	"context"
	"slices"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/publish"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/wire"
)

// MayCorrect reports whether a viewer may say in which language a capture is: who may let releases leave
// and may read captures.
func MayCorrect(v access.Viewer) bool {
	return v.Member != "" && v.Has(access.Publish) && v.Has(access.ReadClosed)
}

// CorrectLanguage says in which language a capture is, where a machine was wrong. The text is indexed anew
// as that language in the same transaction, and it stays so, also if the same document comes in again, or its article with other words (see stays). The
// audit list of the viewer's member says who it was.
func (s *Service) CorrectLanguage(ctx context.Context, v access.Viewer, by people.UserID, id wire.CaptureID, tag lang.Tag) (err error) {
	defer fault.Wrap(&err, "correct the language")
	c, err := s.store.Capture(ctx, id)
	if err != nil {
		return err
	}
	if access.Capture(v, c, s.now()) != access.All {
		return fault.E(fault.NotFound, "There is no capture with this id.")
	}
	if !MayCorrect(v) {
		return fault.E(fault.NotAllowed, "Only editors say in which language a text from outside is.")
	}
	if !slices.Contains(lang.Known(), tag) {
		return fault.Field("lang", "This is none of the languages that are read here.")
	}
	e := people.Entry{ID: people.NewID(), At: s.now(), Member: v.Member, Actor: by, Action: people.LanguageCorrected, Object: string(id), Detail: string(c.Language) + " → " + string(tag)}
	c.Language = tag
	doc := publish.DocumentOfCapture(c) // takes time, so outside the transaction; only the language ever changes
	return s.store.Write(ctx, func(t *store.Tx) error {
		if err := t.SetCaptureLanguage(id, tag, v.Member); err != nil {
			return err
		}
		if err := t.NoteSaid(c, e.At); err != nil {
			return err
		}
		if err := t.AddEntry(e); err != nil {
			return err
		}
		return t.Index(c.Position, doc)
	})
}

// stays is a new capture, the only one of its document or not, in the language that an editor said of the same article when it stood there with other
// words, if the machine takes it for what it took that for. Where it is taken for another language the page has changed, and nobody has looked at it since.
func stays(t *store.Tx, c *wire.Capture, alone bool) (_ *wire.Capture, corrected bool, err error) {
	earlier, err := t.SaidOf(c, alone)
	if err != nil {
		return nil, false, err
	}
	i := slices.IndexFunc(earlier, func(e *wire.Capture) bool { return e.LanguageBy != "" }) // the latest word counts
	if i < 0 || earlier[i].Detected != c.Language {
		return c, false, nil
	}
	x := *c
	x.Detected, x.Language, x.LanguageBy, x.Confidence = c.Language, earlier[i].Language, earlier[i].LanguageBy, 0
	return &x, true, nil
}
