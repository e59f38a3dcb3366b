package web

import (
	"net/http"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // zones of members and readers do not depend on the machine

	"golang.org/x/text/language"

	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/notice"
)

// interfaceLanguages are those the interface is written in, in the order of the settings page.
var interfaceLanguages = notice.Languages()

// InterfaceLanguages are those that pages can be had in.
func InterfaceLanguages() []lang.Tag { return slices.Clone(interfaceLanguages) }

// prefs is how one reader likes her pages: from the address, else from her cookies, else from what
// her browser asks for.
type prefs struct {
	ui      lang.Tag
	reading []lang.Tag // languages she reads, best first; the first is not always the interface's
	theme   string     // "", light or dark
	density string     // compact, comfortable or large
	naskh   bool       // Urdu in Naskh
	keys    bool       // shortcuts
	sound   bool       // for a flash, and for the withdrawal of what she took
	bind    bound      // keys that do something else than usual
	zone    *time.Location
}

const (
	cookieUI      = "jarchi-ui"
	cookieReading = "jarchi-reading"
	cookieTheme   = "jarchi-theme"
	cookieDensity = "jarchi-density"
	cookieZone    = "jarchi-zone"
	cookieNaskh   = "jarchi-naskh"
	cookieKeys    = "jarchi-keys"
	cookieBind    = "jarchi-bind"
	cookieSound   = "jarchi-sound"
)

func (s *server) readPrefs(w http.ResponseWriter, r *http.Request) prefs {
	get := func(name string) string {
		if c, err := r.Cookie(name); err == nil {
			return c.Value
		}
		return ""
	}
	p := prefs{theme: oneOf(get(cookieTheme), "", "light", "dark"), naskh: get(cookieNaskh) == "1", keys: get(cookieKeys) != "0", sound: get(cookieSound) == "1", bind: parseBound(get(cookieBind))}
	accepted := acceptedLanguages(r.Header.Get("Accept-Language"))

	if t, ok := interfaceLanguage(r.URL.Query().Get("ui")); ok {
		p.ui = t
		setPref(w, r, cookieUI, string(t))
	} else if t, ok := interfaceLanguage(get(cookieUI)); ok {
		p.ui = t
	} else {
		p.ui = lang.EN
		for _, t := range accepted {
			if t, ok := interfaceLanguage(string(t)); ok {
				p.ui = t
				break
			}
		}
	}
	if p.reading, _ = parseLanguages(strings.ReplaceAll(get(cookieReading), ".", " ")); len(p.reading) == 0 {
		p.reading = append([]lang.Tag{p.ui}, slices.DeleteFunc(accepted, func(t lang.Tag) bool { return t == p.ui })...)
	}
	p.density = oneOf(r.URL.Query().Get("density"), oneOf(get(cookieDensity), "comfortable", "compact", "large"), "comfortable", "compact", "large")
	p.zone = zone(get(cookieZone))
	if p.zone == nil {
		p.zone = time.UTC
	}
	return p
}

// oneOf is v if it is among the allowed or is the default otherwise.
func oneOf(v, otherwise string, allowed ...string) string {
	if slices.Contains(allowed, v) {
		return v
	}
	return otherwise
}

// zone finds a time zone by its IANA name; nil when there is none. "Local" would be the server's own.
func zone(name string) *time.Location {
	if name == "" || name == "Local" || len(name) > 60 || strings.ContainsAny(name, "\\ ") {
		return nil
	}
	z, err := time.LoadLocation(name)
	if err != nil {
		return nil
	}
	return z
}

// city names a zone by its place: Almaty for Asia/Almaty; "" for one that is no place's.
func city(z *time.Location) string {
	_, name, ok := strings.Cut(z.String(), "/")
	if !ok || strings.HasPrefix(z.String(), "Etc/") {
		return ""
	}
	return strings.ReplaceAll(name[strings.LastIndexByte(name, '/')+1:], "_", " ")
}

func interfaceLanguage(s string) (lang.Tag, bool) {
	if s == "" {
		return "", false
	}
	t, err := lang.Parse(s)
	if t == lang.PRS {
		t = lang.FA
	}
	return t, err == nil && slices.Contains(interfaceLanguages, t)
}

// acceptedLanguages reads an Accept-Language header, best first, at most eight.
func acceptedLanguages(h string) []lang.Tag {
	if len(h) > 500 {
		h = h[:500]
	}
	tags, _, err := language.ParseAcceptLanguage(h)
	if err != nil {
		return nil
	}
	var out []lang.Tag
	for _, x := range tags {
		if t, err := lang.Parse(x.String()); err == nil && t != lang.Und && !slices.Contains(out, t) && len(out) < 8 {
			out = append(out, t)
		}
	}
	return out
}

// parseLanguages reads language codes with spaces or commas between them, at most 16; ok is false
// when a part is not a code.
func parseLanguages(s string) (out []lang.Tag, ok bool) {
	if len(s) > 200 {
		return nil, false
	}
	for f := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == ' ' || r == ',' || r == '،' || r == ';' }) {
		t, err := lang.Parse(f)
		if err != nil || len(out) == 16 {
			return nil, false
		}
		if !slices.Contains(out, t) {
			out = append(out, t)
		}
	}
	return out, true
}

// setPref keeps a preference on the reader's device for a year. The values are codes, never secrets.
func setPref(w http.ResponseWriter, r *http.Request, name, value string) {
	c := &http.Cookie{Name: name, Value: value, Path: "/", SameSite: http.SameSiteLaxMode, Secure: r.TLS != nil, MaxAge: 365 * 24 * 3600}
	if value == "" {
		c.MaxAge = -1
	}
	http.SetCookie(w, c)
}
