package nitf

import (
	"strings"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/fault"
)

const whole = `<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE nitf SYSTEM "nitf-3-6.dtd">
<nitf xml:lang="ru"><head><docdata management-status="usable" management-doc-idref="n-6" management-idref-status="usable">
<doc-id id-string="n-7" regsrc="nurtau"/><urgency ed-urg="2"/><date.issue norm="20260302T080000+0500"/><date.release norm="20260302T090000Z"/><date.expire norm="20260402"/>
<du-key version="3" key="road"/><doc.copyright year="2026" holder="Nurtau Agency"/><doc.rights owner="Nurtau Agency" limitations="not in Altyn"/><ed-msg info="Corrects the length"/>
<key-list><keyword key="roads"/><keyword key="villages"/></key-list></docdata>
<revision-history name="A. Editor" function="writer-author" norm="20260302T070000Z" comment="first"/><revision-history name="B. Editor" norm="20260302T073000Z"/></head>
<body xml:lang="kk"><body.head><hedline><hl1>Road to <em>Nurtau</em> opened</hl1><hl2>Two years of work</hl2></hedline><note><body.content><p>Check names</p></body.content></note>
<byline>By <person>A. Writer</person></byline><byline>and B. Writer</byline><distributor>Nurtau Agency</distributor><dateline><location>NURTAU</location>, <story.date norm="20260302">March 2</story.date></dateline></body.head>
<body.content><block><p>The road<br/>was opened.</p><media><media-caption>A picture</media-caption></media></block><hl2>The cost</hl2><ul><li>One</li><li>Two</li></ul><table><tr><td>Year</td><td>Cost</td></tr></table><bq><block><p>It is done.</p></block></bq></body.content>
<body.end><tagline>Nurtau Agency, 2026</tagline></body.end></body></nitf>`

func TestParse(t *testing.T) {
	t.Parallel()
	if !Is([]byte(whole)) || Is([]byte("<html/>")) || Is([]byte("<!-- <nitf> -->")) || Is(nil) {
		t.Error("Is")
	}
	d, err := Parse([]byte(whole))
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 3, 2, 3, 0, 0, 0, time.UTC)
	if d.ID != "nurtau:n-7" || d.Version != 3 || d.Urgency != 2 || !d.Issued.At.Equal(at) || !d.Release.OK || d.Release.Day || !d.Expires.Day || d.Refers != "n-6" || d.Language != "kk" {
		t.Errorf("%+v", d)
	}
	if d.Headline != "Road to Nurtau opened" || len(d.Subheads) != 1 || d.Byline != "By A. Writer; and B. Writer" || !strings.HasPrefix(d.Dateline, "NURTAU") || !d.StoryDate.Day || d.Distribute != "Nurtau Agency" || d.Tagline == "" {
		t.Errorf("%+v", d)
	}
	if d.Copyright != "© 2026 Nurtau Agency" || !strings.Contains(d.Rights, "not in Altyn") || len(d.EdNotes) != 2 || len(d.Keywords) != 2 || len(d.Revisions) != 2 || d.Revisions[0].Name != "A. Editor" {
		t.Errorf("%+v", d)
	}
	want := []string{"The road was opened.", "The cost", "One", "Two", "Year · Cost", "It is done."}
	if strings.Join(d.Paragraphs, "|") != strings.Join(want, "|") {
		t.Errorf("%q", d.Paragraphs)
	}
}

// Whatever is left out or cut off, nothing crashes, and a fault names the line.
func TestParts(t *testing.T) {
	t.Parallel()
	for i := range len(whole) {
		if _, err := Parse([]byte(whole[:i])); err == nil && !strings.HasSuffix(strings.TrimSpace(whole[:i]), "</nitf>") {
			t.Fatalf("the first %d bytes pass", i)
		} else if _, at := fault.Public(err); i > 200 && err != nil && !strings.HasPrefix(at, "line ") {
			t.Fatalf("the first %d bytes: %v", i, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(whole))
	f.Fuzz(func(t *testing.T, b []byte) {
		Is(b)
		if d, err := Parse(b); err == nil && len(d.Paragraphs) > maxParagraphs {
			t.Error("too many paragraphs")
		}
	})
}
