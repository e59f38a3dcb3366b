package render

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/wire"
)

// Superdesk's public ninjs feed parser (superdesk-core, superdesk/io/feed_parsers/ninjs.py) copies these as they are, if they are not null ...
var superdeskCopies = []string{"usageterms", "language", "headline", "copyrightnotice", "urgency", "pubstatus", "mimetype", "copyrightholder", "ednote", "body_text", "body_html", "slugline",
	"keywords", "extra", "byline", "description_text", "profile"}

// ... and reads these by rules of their own.
var superdeskReads = []string{"guid", "uri", "type", "source", "priority", "genre", "service", "subject", "versioncreated", "firstcreated", "associations", "renditions", "located", "place", "authors", "embargoed"}

// superdeskReading is what becomes of a document there: what the parser and the ingest after it require of each property, written down anew. It stands for a
// running Superdesk and is none.
func superdeskReading(t *testing.T, name string, doc []byte) map[string]any {
	t.Helper()
	var in map[string]any
	if err := json.Unmarshal(doc, &in); err != nil {
		t.Fatalf("%s: %v\n%s", name, err, doc)
	}
	out := map[string]any{}
	fail := func(format string, args ...any) {
		t.Helper()
		t.Errorf("%s: %s\n%s", name, fmt.Sprintf(format, args...), doc)
	}
	known := map[string]bool{"version": true} // read of what is associated, to see whether it is newer
	for _, k := range superdeskCopies {
		known[k] = true
		if v := in[k]; v != nil {
			out[k] = v
		}
	}
	for _, k := range superdeskReads {
		known[k] = true
	}
	for k := range in {
		if !known[k] {
			fail("%s is read by nobody there", k)
		}
	}
	// A cancellation is looked up by uri, everything else by guid: without both it would hit others, or nothing.
	if s, _ := in["guid"].(string); s == "" || in["uri"] != s {
		fail("guid %v, uri %v", in["guid"], in["uri"])
	}
	switch in["type"] {
	case "text", "picture", "video", "audio", "graphic", "composite":
	default:
		fail("type %v", in["type"])
	}
	switch in["pubstatus"] {
	case "usable", "withheld", "canceled":
	default:
		fail("pubstatus %v", in["pubstatus"])
	}
	if u, ok := in["urgency"]; ok && u != float64(int(u.(float64))) {
		fail("urgency %v", u)
	}
	for _, k := range []string{"headline", "body_html", "body_text", "slugline", "byline", "ednote", "description_text", "language", "located", "source", "usageterms", "copyrightholder", "version"} {
		if v, ok := in[k]; ok {
			if _, text := v.(string); !text {
				fail("%s is no text: %v", k, v)
			}
		}
	}
	for _, k := range []string{"versioncreated", "firstcreated", "embargoed"} { // strptime with no more than these
		if v, ok := in[k]; ok {
			at, err := time.Parse("2006-01-02T15:04:05Z", v.(string))
			if err != nil {
				fail("%s: %v", k, err)
			}
			out[k] = at
		}
	}
	if in["keywords"] != nil {
		for _, k := range in["keywords"].([]any) {
			if s, ok := k.(string); !ok || s == "" {
				fail("keyword %v", k)
			}
		}
	}
	if in["subject"] != nil {
		for _, s := range in["subject"].([]any) {
			m := s.(map[string]any)
			if code, ok := m["code"].(string); !ok || code == "" || m["name"] == "" { // len() of a code that is none ends the ingest of the item
				fail("subject %v", m)
			}
		}
		out["subject"] = in["subject"]
	}
	pictures := func(m any) {
		for _, r := range m.(map[string]any) {
			if href, _ := r.(map[string]any)["href"].(string); !strings.HasPrefix(href, "https://") {
				fail("rendition %v", r)
			}
			if kind, _ := r.(map[string]any)["mimetype"].(string); !strings.HasPrefix(kind, "image/") { // whatever is there is made into pictures of other sizes
				fail("rendition %v", r)
			}
		}
	}
	if r, ok := in["renditions"]; ok {
		if in["type"] != "picture" {
			fail("renditions of what is no picture")
		}
		pictures(r)
	}
	if in["associations"] != nil {
		out["associations"] = in["associations"]
		for k, a := range in["associations"].(map[string]any) { // each becomes an item of its own too
			b, _ := json.Marshal(a)
			superdeskReading(t, name+" "+k, b)
			if !regexp.MustCompile(`^[a-z0-9-]+$`).MatchString(k) || a.(map[string]any)["type"] != "picture" || a.(map[string]any)["renditions"] == nil {
				fail("association %s", k)
			}
		}
	}
	return out
}

func TestSuperdeskReadsEveryState(t *testing.T) {
	t.Parallel()
	all := states(t)
	for name, e := range all {
		if name == "draft" {
			continue
		}
		for i := range itemsOf(e) {
			if i > 6 && i != 299 {
				continue
			}
			if e.Release != nil {
				e.Item = i
			}
			doc := must[[]byte](t)(Superdesk(e, options))
			got := superdeskReading(t, fmt.Sprint(name, " ", i), doc)
			if e.Release == nil {
				continue
			}
			r, it := e.Release, &e.Release.Items[i]
			want := map[string]any{"language": string(it.Language), "pubstatus": "usable"}
			if r.State != wire.Erased {
				want["urgency"] = float64(3)
			}
			gone := r.State == wire.Withdrawn || r.State == wire.Erased
			switch {
			case gone:
				want["pubstatus"] = "canceled"
			case e.Level == access.Header || r.State == wire.Embargoed:
				want["pubstatus"], want["embargoed"] = "withheld", t0.Add(time.Hour)
			}
			if e.Level == access.All {
				want["versioncreated"] = changedAt(r, it).UTC()
			}
			if e.Level == access.All && !gone {
				c := it.Current().Content
				if h := strings.TrimSpace(c.Headline); h != "" {
					want["headline"] = h
				}
				if len(c.Subjects) > 0 {
					want["usageterms"], want["byline"], want["description_text"], want["copyrightholder"] = "T", "А. Б.", "Sub of "+c.Headline, "H & H"
					if it.Type == wire.Picture {
						want["description_text"] = "Бөгет \u202eabc"
					}
				}
				if want["embargoed"] == nil && got["embargoed"] != nil {
					t.Errorf("%s: an embargo that is over is told", name)
				}
			}
			for k, v := range want {
				if got[k] != v {
					t.Errorf("%s %d: %s is %#v, not %#v\n%s", name, i, k, got[k], v, doc)
				}
			}
		}
	}

	one := func(name string, i int) map[string]any {
		e := all[name]
		e.Item = i
		return superdeskReading(t, name, must[[]byte](t)(Superdesk(e, options)))
	}
	first := one("released", 0)
	if first["body_html"] != "<p>Бірінші &amp; абзац.</p><p>Көксай 2026</p>" || fmt.Sprint(first["keywords"]) != "[су <b>]" || first["ednote"] != "n" || first["slugline"] != "su" {
		t.Errorf("%#v", first)
	}
	if a := first["associations"].(map[string]any); len(a) != 1 || a["featuremedia"].(map[string]any)["description_text"] != "Бөгет \u202eabc" {
		t.Errorf("%v", a)
	}
	if s := first["subject"].([]any); len(s) != 2 || s[0].(map[string]any)["code"] != "20000639" || s[0].(map[string]any)["name"] == "20000639" || s[1].(map[string]any)["code"] != "own:1" {
		t.Errorf("%v", s)
	}
	if note := fmt.Sprint(one("corrected", 0)["ednote"]); !strings.Contains(note, "<240>") || !strings.HasSuffix(note, "\nn") {
		t.Errorf("correction: %q", note)
	}
	if note := fmt.Sprint(one("released", 1)["ednote"]); !strings.HasPrefix(note, "ترجمهٔ ماشینی") {
		t.Errorf("machine: %q", note)
	}
	// What was there is overwritten, and what is canceled is newer than what it cancels: equal and older ones are not passed on.
	gone := one("withdrawn", 0)
	for _, k := range superdeskCopies {
		if _, had := first[k].(string); had && gone[k] == nil && k != "usageterms" && k != "copyrightholder" {
			t.Errorf("%s of what was withdrawn stays", k)
		}
	}
	if gone["headline"] == "" || gone["slugline"] != "" || gone["byline"] != "" || gone["ednote"] != "sana & oʻrin tasdiqlanmagan" || !gone["versioncreated"].(time.Time).After(first["versioncreated"].(time.Time)) {
		t.Errorf("%#v", gone)
	}
	if _, err := Superdesk(browse.Entry{Release: all["released"].Release, Item: -1}, options); err == nil {
		t.Error("a whole release passed for an item")
	}
}
