package web

import (
	"html"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/browse/render"
	"jarchi.dev/jarchi/internal/wire"
)

func TestFeedsOfTheList(t *testing.T) {
	t.Parallel()
	h := newHandler(t, newExchange(t))
	for target, want := range map[string]string{
		"/": "/feeds/all.atom", "/?lang=kk&member=toqsanbulaq&density=large&cursor=": "/feeds/all.atom?lang=kk&amp;member=toqsanbulaq", "/?ui=fa": "/feeds/all.atom?ui=fa",
		"/?q=%D1%81%D1%83&sort=relevance&since=2026-06-01&kind=release": "/feeds/all.atom?kind=release&amp;q=%D1%81%D1%83&amp;since=2026-06-01T00%3A00%3A00Z",
	} {
		body := strings.ReplaceAll(get(t, h, target).Body.String(), "&#43;", "+")
		for _, s := range []string{`<link rel="alternate" type="application/atom+xml" title="` + map[bool]string{true: "این فهرست: Atom", false: "This list as Atom"}[strings.Contains(target, "fa")] + `" href="` + want + `">`, `<a href="` + want + `" type="application/atom+xml">`,
			strings.Replace(`href="`+want+`"`, ".atom", ".rss", 1), strings.Replace(`href="`+want+`"`, ".atom", ".json", 1)} {
			if !strings.Contains(body, s) {
				t.Errorf("%s lacks %s", target, s)
			}
		}
	}
	if strings.Contains(get(t, h, "/corrections").Body.String(), "/feeds/") {
		t.Error("a page without a list has a feed")
	}
}

// TestEmbed: what anyone may read, in a frame that anyone may have; nothing else, whoever is signed in.
func TestEmbed(t *testing.T) {
	t.Parallel()
	x := newExchange(t)
	h := newHandler(t, x)
	signedIn := func(r *http.Request) { r.AddCookie(&http.Cookie{Name: "jarchi-session", Value: goodSession}) }
	states := map[wire.State]int{}
	for _, e := range x.entries {
		if e.Release == nil {
			continue
		}
		for _, it := range e.Release.Items {
			a := get(t, h, "/embed/"+string(it.ID), signedIn)
			if readable := access.Release(access.Viewer{}, e.Release, now) == access.All; readable != (a.Code == 200) || !readable && a.Code != 404 {
				t.Errorf("%s: %d", e.Release.State, a.Code)
			}
			hd, body := a.Header(), a.Body.String()
			if hd.Get("X-Frame-Options") != "" || hd.Get("Content-Security-Policy") != render.EmbedPolicy || !strings.Contains(render.EmbedPolicy, "frame-ancestors *") || strings.Contains(body, "<script") {
				t.Errorf("%v", hd)
			}
			if a.Code != 200 {
				if strings.Contains(body, "Item") || body != embedNothing {
					t.Errorf("%s", body)
				}
				continue
			}
			states[e.Release.State]++
			gone := e.Release.State == wire.Withdrawn || e.Release.State == wire.Erased
			if words := strings.Contains(body, html.EscapeString(strings.Fields(it.Current().Content.Headline + " x")[0])); words == gone && !gone {
				t.Errorf("%s: %s", e.Release.State, body)
			}
			if gone != strings.Contains(body, `class="state gone"`) {
				t.Errorf("%s is not told:\n%s", e.Release.State, body)
			}
			if !strings.Contains(body, `<html lang="`+string(it.Language)+`" dir="`+it.Language.Dir()+`">`) || !strings.Contains(body, `target="_blank" rel="noopener"`) {
				t.Errorf("%s", body)
			}
			for header, status := range map[string]int{"If-Match": 412, "Range": 416} {
				b := get(t, h, "/embed/"+string(it.ID), func(r *http.Request) {
					r.Header.Set(header, map[string]string{"If-Match": `"x"`, "Range": "bytes=999999-"}[header])
				})
				if b.Code != status || b.Header().Get("Cache-Control") != "no-store" || b.Header().Get("ETag") != "" {
					t.Errorf("%s: %d with %v", header, b.Code, b.Header())
				}
			}
			if b := get(t, h, "/embed/"+string(it.ID), func(r *http.Request) { r.Header.Set("If-None-Match", hd.Get("ETag")) }); b.Code != 304 {
				t.Errorf("%d", b.Code)
			}
		}
	}
	if states[wire.Released] == 0 || states[wire.Withdrawn] == 0 {
		t.Errorf("%v", states)
	}
	if a := get(t, h, "/embed/x"); a.Code != 404 {
		t.Errorf("%d", a.Code)
	}
	// No other address may be framed.
	for _, target := range []string{"/", "/embed", "/embed/", "/settings"} {
		if a := get(t, h, target); !strings.Contains(a.Header().Get("Content-Security-Policy"), "frame-ancestors 'none'") || a.Header().Get("X-Frame-Options") != "DENY" {
			t.Errorf("%s may be framed", target)
		}
	}
}

// TestFormatsOfThePage: everything that programs read of an item is a click away; the frame's code only where anyone may read.
func TestFormatsOfThePage(t *testing.T) {
	t.Parallel()
	x := newExchange(t)
	h := newHandler(t, x)
	code := regexp.MustCompile(`<textarea class="embed-code"[^>]*>([^<]*)</textarea>`)
	public, sealed := 0, 0
	for _, e := range x.entries {
		if e.Release == nil || len(e.Release.Items) == 0 {
			continue
		}
		it := e.Release.Items[0]
		a := get(t, h, "/items/"+string(it.ID), func(r *http.Request) { r.AddCookie(&http.Cookie{Name: "jarchi-session", Value: goodSession}) })
		if a.Code != 200 {
			continue
		}
		body := a.Body.String()
		for _, s := range []string{"", "?version=3.0", "?format=newsml-g2", "?format=text"} {
			if !strings.Contains(body, `<a href="/api/v1/items/`+string(it.ID)+s+`" type="`) {
				t.Errorf("%s: no link to %q", e.Release.State, s)
			}
		}
		m := code.FindStringSubmatch(body)
		anyone := access.Release(access.Viewer{}, e.Release, now) == access.All && it.Type == wire.Text && e.Release.State == wire.Released
		if anyone != (m != nil) {
			t.Errorf("%s: the frame's code is there: %v", e.Release.State, m != nil)
		}
		if m == nil {
			sealed++
			continue
		}
		public++
		if s := html.UnescapeString(m[1]); !strings.Contains(s, `/embed/`+string(it.ID)+`"`) || !slices.Contains(strings.Fields(s), `loading="lazy"`) || strings.Contains(s, "allow-scripts") {
			t.Errorf("%s", s)
		}
	}
	if public == 0 {
		t.Error("nothing was public")
	}
}
