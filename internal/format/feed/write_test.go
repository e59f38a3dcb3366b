package feed

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"io"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"jarchi.dev/jarchi/internal/lang"
)

// FuzzWrite: whatever the texts hold, every form is well-formed, holds no character that XML forbids and no open isolate or override, and our own reader finds the entries again.
func FuzzWrite(f *testing.F) {
	for _, s := range []string{"", "a", "<b>&amp;]]>", "\x00\x01\x0b\x1f\x7f\u0085\ufffe\uffff", "\u202eabc\u2066d", "\u2069\u2068a\u2069", "آب ABC", "ABC آب", "\xff\xfe\xc0", "\U000e0041\U0001fffe\ufdd0", strings.Repeat("\u0301", 50), "\r\n\t \u2028\u2029",
		"javascript:alert(1)", "https://a.example/?a=b&c=\"d\"", "image/png", "&#0;&nbsp;"} {
		f.Add(s, "Title "+s, "https://a.example/1", "kk")
		f.Add("x", s, s, "fa")
	}
	f.Fuzz(func(t *testing.T, a, b, c, tag string) {
		language, err := lang.Parse(tag)
		if err != nil {
			language = lang.UR
		}
		at := time.Date(2026, 6, 1, 9, 0, 0, 0, time.UTC)
		text := Text{Value: a, Language: language}
		ch := Channel{ID: "urn:x:feed", Title: a, Description: b, Language: language, Site: "https://node.example/", Self: "https://node.example/feeds/all.atom", Updated: at,
			Gone: []Gone{{ID: "urn:x:gone", At: at, By: a, Reason: text}},
			Posts: []Post{{ID: "urn:x:1", Link: c, Language: language, Title: Text{Value: b, Language: language}, Summary: text, Before: []Text{text}, Paragraphs: []Text{text, {Value: b}, {Value: c, Language: lang.EN}}, Notes: []Text{{Value: b, Language: lang.FA}},
				Authors: []Author{{Name: a, URI: "https://a.example/"}}, Categories: []Category{{Term: a}, {Term: b, Label: c, Scheme: "urn:x:"}}, Published: at, Updated: at, Rights: b,
				Files: []File{{URL: "https://node.example/f", MediaType: c, Caption: a, Credit: b, Language: language}, {URL: "https://node.example/g", MediaType: "image/png", Caption: b}}},
				{ID: "urn:x:2", Updated: at, Notice: true, Title: text}}}
		doc, err := ch.JSON()
		if err != nil {
			t.Fatal(err)
		}
		for form, doc := range map[string][]byte{"atom": ch.Atom(), "rss": ch.RSS(), "json": doc} {
			if !utf8.Valid(doc) {
				t.Fatalf("%s: not UTF-8", form)
			}
			open := 0
			for _, r := range string(doc) {
				switch {
				case r < 0x20 && r != '\n', r >= 0x202a && r <= 0x202e, r == 0xfffe, r == 0xffff, r >= 0xe0000 && r <= 0xe007f:
					t.Fatalf("%s holds %U", form, r)
				case r == 0x2069:
					if open--; open < 0 {
						t.Fatalf("%s closes an isolate that is not open", form)
					}
				case lang.Isolates(r):
					open++
				}
			}
			if open != 0 {
				t.Fatalf("%s leaves %d isolates open", form, open)
			}
			if form == "json" {
				if !json.Valid(doc) {
					t.Fatal("no JSON")
				}
			} else {
				d := xml.NewDecoder(bytes.NewReader(doc))
				for err = nil; err == nil; {
					_, err = d.Token()
				}
				if err != io.EOF {
					t.Fatalf("%s: %v\n%s", form, err, doc)
				}
			}
			back, err := Read(string(doc), "https://elsewhere.example/")
			if err != nil || len(back.Damage) > 0 || len(back.Entries) != 2 || back.Entries[0].ID != "urn:x:1" || back.Entries[1].ID != "urn:x:2" {
				t.Fatalf("%s: %v, %+v\n%s", form, err, back, doc)
			}
			if want := bare((Text{Value: b}).text()); want != "" && utf8.RuneCountInString(want) < maxTitle && !strings.ContainsAny(b, "<>&") && bare(back.Entries[0].Title) != want {
				t.Fatalf("%s: the title %q came back as %q", form, want, back.Entries[0].Title)
			}
		}
	})
}

// bare is a text without what is not seen, if anything of it is.
func bare(s string) string {
	if (Text{Value: s}).empty() {
		return ""
	}
	return strings.Map(func(r rune) rune {
		if r == '\u200e' || r == '\u200f' || unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}

func TestDirected(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in   string
		lang lang.Tag
		want string
	}{
		{"ABC آب", lang.FA, "\u200fABC آب"}, {"آب ABC", lang.FA, "آب ABC"}, {"آب means", lang.EN, "\u200eآب means"}, {"240 آب", lang.EN, "\u200e240 آب"}, {"240", lang.FA, "240"}, {"«ABC»", lang.UR, "\u200f«ABC»"},
		{"\u2068ABC\u2069 آب", lang.FA, "\u2068ABC\u2069 آب"}, {"ABC", lang.Und, "ABC"}, {"ABC", "", "ABC"}, {"", lang.FA, ""}, {"a\u202eb", lang.EN, "ab"}, {"a\u2067b", lang.EN, "ab"},
		{"a\u2069b", lang.EN, "ab"}, {"\u2067a\u2069b", lang.EN, "\u2067a\u2069b"}, {" a \t\n b ", lang.EN, "a b"}, {"می\u200cشود", lang.FA, "می\u200cشود"},
	} {
		if got := (Text{c.in, c.lang}).Line(); got != c.want {
			t.Errorf("%q in %s: %q, want %q", c.in, c.lang, got, c.want)
		}
	}
}
