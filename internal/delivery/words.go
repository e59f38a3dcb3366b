package delivery

import (
	"slices"
	"strings"

	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/subscription"
	"jarchi.dev/jarchi/internal/take"
	"jarchi.dev/jarchi/internal/wire"
)

// gone says in each language of the interface that a text must not be used, and calls the reason that its issuer gave.
var gone = map[lang.Tag][2]string{
	lang.EN: {"Withdrawn. Must not be used.", "Reason"},
	lang.RU: {"Отозвано. Использовать нельзя.", "Причина"},
	lang.KK: {"Қайтарып алынды. Пайдалануға болмайды.", "Себебі"},
	lang.UZ: {"Qaytarib olindi. Foydalanish mumkin emas.", "Sababi"},
	lang.TR: {"Geri çekildi. Kullanılmamalıdır.", "Neden"},
	lang.AZ: {"Geri götürüldü. İstifadə edilməməlidir.", "Səbəb"},
	lang.FA: {"پس گرفته شد. نباید به کار رود.", "دلیل"},
	lang.UR: {"منسوخ۔ استعمال نہ کیا جائے۔", "وجہ"},
}

// spoken is the item of a release that is told in plain words where one stands for all: in the language of the filter, else of the receiver, else the first text.
func spoken(x subscription.Subscription, r *wire.Release) int {
	for _, t := range []lang.Tag{x.Filter.Language, x.Language} {
		if i := slices.IndexFunc(r.Items, func(it wire.Item) bool { return it.Language == t && it.Type == wire.Text }); i >= 0 {
			return i
		}
	}
	return max(slices.IndexFunc(r.Items, func(it wire.Item) bool { return it.Type == wire.Text }), 0)
}

// words are an entry in plain words, with credit and state, in the receiver's language or else the text's own; at most so many UTF-16 units (0: whole).
func words(x subscription.Subscription, e browse.Entry, members map[wire.MemberID]wire.Member, most int) (string, error) {
	in := x.Language
	if e.Capture != nil {
		p := *e.Capture
		p.Body = nil
		if p.SourceURL != "" {
			p.Body = []string{p.SourceURL}
		}
		e.Capture = &p
	} else if e.Item < 0 {
		e.Item = spoken(x, e.Release)
	}
	if in == "" && e.Release != nil {
		in = e.Release.Items[e.Item].Language
	}
	if r := e.Release; r != nil && (r.State == wire.Withdrawn || r.State == wire.Erased) {
		w, ok := gone[in]
		if !ok {
			w = gone[lang.EN]
		}
		lines := []string{w[0], members[r.Lead()].Name(in)}
		if r.State == wire.Withdrawn && r.Reason != "" {
			lines = append(lines, w[1]+": "+r.Reason)
		}
		return cut(strings.Join(append(lines, string(r.Items[e.Item].URI)), "\n"), most), nil
	}
	w, err := take.WordsOf(e, members, in)
	if err != nil {
		return "", err
	}
	whole := w.Text()
	for most > 0 && units(whole) > most && len(w.Paragraphs) > 0 { // credit and state stay: paragraphs go
		if w.Paragraphs = w.Paragraphs[:len(w.Paragraphs)-1]; len(w.Paragraphs) > 0 {
			w.Paragraphs[len(w.Paragraphs)-1] = strings.TrimSuffix(w.Paragraphs[len(w.Paragraphs)-1], " …") + " …"
		}
		whole = w.Text()
	}
	return cut(whole, most), nil
}

// units are how long a text is for a service that counts in UTF-16.
func units(s string) (n int) {
	for _, r := range s {
		if n++; r > 0xffff {
			n++
		}
	}
	return n
}

func cut(s string, most int) string {
	if most == 0 || units(s) <= most {
		return s
	}
	n := 0
	for i, r := range s {
		if n++; r > 0xffff {
			n++
		}
		if n >= most {
			return s[:i] + "…"
		}
	}
	return s
}
