package lang

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// hostile are texts as nobody writes them, of about n bytes.
func hostile(n int) map[string]string {
	fill := func(s string) string { return strings.Repeat(s, n/len(s)+1)[:n/len(s)*len(s)] }
	return map[string]string{
		"empty": "", "one letter": "ж", "one figure": "7", "one joiner": "\u200c", "one byte": "\xd0",
		"a Latin word": fill("kitoblarimizdagilardanmi"), "a Cyrillic word": fill("қазақстандықтарымыздың"), "an Arabic word": fill("کتاب‌هایمان"),
		"one apostrophe after another": fill("oʻ'"), "Chinese": fill("二〇二五年"), "Korean": fill("2025년1월"),
		"scripts mixed in a word": fill("қazақسтанah水"), "look-alikes": fill("аaеeоopр"),
		"bidi controls": fill("\u202e2025\u2066 жылғы\u200f"), "nothing but controls": fill("\u202e\u2066\u200b\u00ad\ufeff"),
		"broken": fill("\xd0\xff2025\x80 \xe2\x80"), "marks": fill("e\u0301\u0302\u0323"), "zeros": fill("\x00"), "figures": fill("1"),
		"dots": fill("17 . 07 . "), "dates": fill("17.07.2025 - "), "times": fill("14:05, 17 "), "days": fill("17 май "), "years": fill("2025 жылғы "), "months": fill("қаңтар-"),
		"weekdays": fill("2025년 1월 1일 (월"), "zones": fill("17 July 2025 14:05 ("), "spaces": fill("17 July 2025    "), "ranges": fill("3-5-"), "brackets": fill("(2025 "),
		"abbreviations": fill("т.е. г. "), "sentences": fill("A. "), "paragraphs": fill("\n\n"), "numbers": fill("12 345 678 "), "fractions": fill("1,2.3 "),
	}
}

// exported are the functions of this package that take text, as a text goes through them.
var exported = map[string]func(t Tag, text string){
	"Stop": func(t Tag, s string) { Stop(t, s) }, "LooseWord": func(t Tag, s string) { LooseWord(t, s) },
	"Fold": func(t Tag, s string) { Fold(t, s) }, "Loose": func(t Tag, s string) { Loose(t, s) }, "Stem": func(t Tag, s string) { Stem(t, s) },
	"Tokens": func(t Tag, s string) { Tokens(t, s) }, "Sentences": func(t Tag, s string) { Sentences(t, s) }, "Numbers": func(t Tag, s string) { Numbers(t, s) },
	"NumbersIn":    func(t Tag, s string) { NumbersIn(t, s, Tokens(t, s)) },
	"Dates":        func(t Tag, s string) { Dates(t, s, time.Unix(1750000000, 0).UTC()) },
	"DatesAndDays": func(t Tag, s string) { DatesAndDays(t, s, Tokens(t, s), time.Time{}) },
	"Analyse":      func(t Tag, s string) { analyse(t, s, time.Time{}) }, "Detect": func(t Tag, s string) { Detect(s, t) },
	"Paragraphs": func(t Tag, s string) { Paragraphs(strings.Split(s, "\n"), t) }, "Others": func(t Tag, s string) { Others(strings.Split(s, "\n"), t) },
	"LooksDari": func(_ Tag, s string) { LooksDari(strings.Split(s, "\n")) }, "QueryStems": func(_ Tag, s string) { QueryStems(s) }, "Join": func(_ Tag, s string) { Join(s) },
	"Turns": func(_ Tag, s string) { strings.ContainsFunc(s, Turns) }, "Forces": func(_ Tag, s string) { strings.ContainsFunc(s, Forces) },
	"Isolates": func(_ Tag, s string) { strings.ContainsFunc(s, Isolates) }, "Misleads": func(_ Tag, s string) { Misleads(s) }, "TextMisleads": func(_ Tag, s string) { TextMisleads(s) },
	"Line": func(_ Tag, s string) { Line(s, len(s)) }, "Plain": func(_ Tag, s string) { Plain(s) }, "Balanced": func(_ Tag, s string) { Balanced(s) }, "Shows": func(_ Tag, s string) { Shows(s) },
	"Parse": func(_ Tag, s string) { Parse(s) }, "Ordinary": func(t Tag, s string) { Ordinary(t, s, s) },
}

// TestHostile sends every such text through every exported function: in bounds of processor time and memory, in
// proportion to the text.
func TestHostile(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.IsExported() && fn.Name.Name != "Known" && fn.Name.Name != "Digest" && exported[fn.Name.Name] == nil {
				t.Errorf("%s is not among the functions tried", fn.Name.Name)
			}
		}
	}
	tags := append(Known(), Und, "de", "")
	for _, tag := range tags { // tables are loaded once
		analyse(tag, "17 2025", time.Time{})
	}
	for _, s := range []string{"kitob", "китоб", "کتاب"} { // and models
		Detect(s, "")
	}
	n := 0
	for name, call := range exported {
		size := 1 << 14
		for kind, text := range hostile(size) {
			tag := tags[n%len(tags)]
			n++
			if kind == "a Cyrillic word" {
				text = strings.Repeat("қазақстандықтар", 1<<20/30)
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := processorTime(t)
			call(tag, text)
			used := processorTime(t) - start
			runtime.ReadMemStats(&after)
			most := 300*time.Millisecond + time.Duration(len(text))*4*time.Microsecond
			if linearSize < 1<<18 {
				most *= 20
			}
			if used > most {
				t.Errorf("%s(%s) takes %v for %d bytes of: %s", name, tag, used, len(text), kind)
			}
			if alloc := after.TotalAlloc - before.TotalAlloc; alloc > 4<<20+400*uint64(len(text)) {
				t.Errorf("%s(%s) allocates %d MB for %d bytes of: %s", name, tag, alloc>>20, len(text), kind)
			}
		}
	}
}

// FuzzKeys holds what every key holds: valid, bounded, without panics, dates within the text and in order.
func FuzzKeys(f *testing.F) {
	for _, text := range hostile(96) {
		f.Add(text, uint8(len(text)))
	}
	for _, c := range []string{"17 шілде 2025, 14:05 (МСК)", "14:05 / 17.07.2025", "2025年1-3月", "20250717T140500Z", "Thu, 17 Jul 2025 14:05:00 -0500", "۰۸:۱۵ - ۱۴۰۴/۰۶/۲۰", "2023–2024 годах", "9-may kuni (2025-yil)",
		"2025년 7월 17일(목) 오후 2시 5분", "17 تموز/يوليو 2025 الساعة 02:05 م", "1 yanvar 2025, çərşənbə/14:05", "Khujand Wilson Michael Brown"} {
		f.Add(c, uint8(len(c)))
	}
	tags := append(Known(), Und, "de", "")
	f.Fuzz(func(t *testing.T, text string, n uint8) {
		tag := tags[int(n)%len(tags)]
		now := time.Time{}
		if n%2 == 1 {
			now = time.Unix(1750000000, 0).UTC()
		}
		last := 0
		for _, d := range DatesAndDays(tag, text, Tokens(tag, text), now) {
			if d.Start < last && d.Precision != "monthday" || d.End <= d.Start || d.End > len(text) || text[d.Start:d.End] != d.Raw {
				t.Fatalf("%s %q: %+v", tag, text, d)
			}
			last = d.Start
			if len(d.Raw) > 400 {
				t.Fatalf("%s %q: as long as %d bytes", tag, text, len(d.Raw))
			}
			for layout, precision := range map[string]string{"2006": "year", "2006-01": "month", "2006-01-02": "day", "2006-01-02T15:04": "minute", "2006-01-02T15:04Z07:00": "minute", "--01-02": "monthday"} {
				value := d.Value
				if precision == "monthday" && precision == d.Precision {
					value, layout = "2024"+value[1:], "2006-01-02"
				}
				if _, err := time.Parse(layout, value); err == nil && precision == d.Precision {
					value = ""
				}
				if value == "" {
					d.Precision = ""
					break
				}
			}
			if d.Precision != "" {
				t.Fatalf("%s %q: %+v is no date", tag, text, d)
			}
		}
		if utf8.ValidString(text) {
			if k := Loose(tag, text); !utf8.ValidString(k) || len(k) > 4*len(text)+1 {
				t.Fatalf("%s %q: loose key %q", tag, text, k)
			}
		}
		for _, call := range exported {
			call(tag, text)
		}
	})
}

// FuzzTag holds that what is taken for a tag is one in its canonical form.
func FuzzTag(f *testing.F) {
	for _, s := range []string{"", "kk", "uz_Cyrl_UZ", "fa-AF", "zh-Hans-CN", "ar-x-foo", "kk-Arab", "../kk", "und", "i-klingon", "x-y", "\xff", "en-US-u-ca-persian"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		tag, err := Parse(s)
		if err != nil {
			return
		}
		if again, err := Parse(string(tag)); err != nil || again != tag || len(tag) > 64 || !utf8.ValidString(string(tag)) {
			t.Fatalf("%q: %q, then %q, %v", s, tag, again, err)
		}
		if tag.Script() == "" || tag.Dir() != "rtl" && tag.Dir() != "ltr" || tag.Autonym() == "" {
			t.Fatalf("%q: %q is written in %q to the %q and called %q", s, tag, tag.Script(), tag.Dir(), tag.Autonym())
		}
	})
}
