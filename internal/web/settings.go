package web

import (
	"net/http"
	"strings"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
)

type settingsPage struct {
	page
	Languages, Themes, Sizes []option
	Reading, ReadingError    string
	Zone, ZoneError          string
	Saved                    bool
	KeyRows                  []keyRow
}

func (q *request) settings() error {
	d := q.settingsPage()
	d.Saved = q.r.URL.Query().Has("saved")
	return q.render(http.StatusOK, "settings", d)
}

func (q *request) settingsPage() settingsPage {
	d := settingsPage{page: q.newPage(q.text("settings.title"), "settings"), Zone: q.zone.String()}
	for _, t := range interfaceLanguages {
		d.Languages = append(d.Languages, option{Value: string(t), Label: t.Autonym(), Lang: t, Selected: t == q.ui})
	}
	for _, x := range []string{"system", "light", "dark"} {
		v := x
		if v == "system" {
			v = ""
		}
		d.Themes = append(d.Themes, option{Value: v, Label: q.text("settings." + x), Selected: q.theme == v})
	}
	for _, x := range []string{"compact", "comfortable", "large"} {
		d.Sizes = append(d.Sizes, option{Value: x, Label: q.text("density." + x), Selected: q.density == x})
	}
	d.Reading, d.KeyRows = join(q.reading, " "), q.keyRows()
	return d
}

func join(tags []lang.Tag, sep string) string {
	s := make([]string, len(tags))
	for i, t := range tags {
		s[i] = string(t)
	}
	return strings.Join(s, sep)
}

// saveSettings keeps the form in cookies; with a mistake in a field nothing is kept and the field says why.
func (q *request) saveSettings() error {
	if err := q.r.ParseForm(); err != nil {
		return fault.E(fault.Invalid, "The form could not be read.").Because(err)
	}
	f := q.r.PostForm
	d := q.settingsPage()
	reading, ok := parseLanguages(f.Get("reading"))
	if !ok {
		d.Reading, d.ReadingError = f.Get("reading"), q.text("settings.reading.bad")
	}
	z := strings.TrimSpace(f.Get("zone"))
	if z != "" && zone(z) == nil {
		d.Zone, d.ZoneError = z, q.text("settings.zone.bad")
	}
	if d.ReadingError != "" || d.ZoneError != "" {
		return q.render(http.StatusUnprocessableEntity, "settings", d)
	}
	if t, ok := interfaceLanguage(f.Get("ui")); ok {
		setPref(q.w, q.r, cookieUI, string(t))
	}
	setPref(q.w, q.r, cookieReading, join(reading, "."))
	setPref(q.w, q.r, cookieTheme, oneOf(f.Get("theme"), "", "light", "dark"))
	setPref(q.w, q.r, cookieDensity, oneOf(f.Get("density"), "comfortable", "compact", "large"))
	setPref(q.w, q.r, cookieZone, z)
	setPref(q.w, q.r, cookieNaskh, oneOf(f.Get("naskh"), "", "1"))
	setPref(q.w, q.r, cookieSound, oneOf(f.Get("sound"), "", "1"))
	setPref(q.w, q.r, cookieKeys, oneOf(f.Get("keys"), "0", "1"))
	return q.seeOther("/settings?saved=1")
}
