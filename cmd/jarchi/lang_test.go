package main

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"github.com/alecthomas/kong"
)

type filter interface{ Run(*Stdio) error }

func runFilter(t *testing.T, c filter, in io.Reader) (string, error) {
	t.Helper()
	var out, talk bytes.Buffer
	err := c.Run(&Stdio{In: in, Out: &out, Err: &talk})
	if talk.Len() > 0 {
		t.Errorf("a filter spoke: %s", &talk)
	}
	return out.String(), err
}

func TestLangFilters(t *testing.T) {
	t.Parallel()
	dates := func(code, now string) filter { return LangDatesCmd{langFlag{code}, now} }
	for _, c := range []struct {
		cmd      filter
		in, want string
	}{
		{LangFoldCmd{langFlag{"uz"}}, "Қозоғистон\nQozog'iston\r\n\nQOZOGʻISTON", "qozogiston\nqozogiston\n\nqozogiston\n"},
		{LangFoldCmd{langFlag{"fa"}}, "تركيه\n", folded("ترکیه")},
		{LangFoldCmd{langFlag{"fa"}}, "می خواهم\nمی\u200cخواهم\nكتاب ها\n", folded("میخواهم") + folded("میخواهم") + folded("کتابها")},
		{LangStemCmd{langFlag{"uz-Cyrl"}}, "Qozog‘istonning\nҚозоғистон\n", "qozogiston\nqozogiston\n"},
		{LangStemCmd{langFlag{"kk"}}, "форумға\nФорумының\n", "forum\nforum\n"},
		{LangLooseCmd{langFlag{"ru"}}, "", ""},
		{dates("kk", ""), "2026 жылғы 1 маусымнан бастап\nөткен жылы\n14-ші отырысы\n",
			`[{"value":"2026-06-01","precision":"day","raw":"2026 жылғы 1 маусымнан"}]` + "\n[]\n[]\n"},
		{dates("kk", "2026-06-03T14:07:00+05:00"), "өткен жылы", `[{"value":"2025","precision":"year","raw":"өткен жылы"}]` + "\n"},
		{dates("ur", ""), "یکم جون 2026\n11th, July 2025 GMT\n", `[{"value":"2026-06-01","precision":"day","raw":"یکم جون 2026"}]` + "\n" + `[{"value":"2025-07-11","precision":"day","raw":"11th, July 2025"}]` + "\n"},
		{dates("uz", ""), "2026-yil 1-iyundan", `[{"value":"2026-06-01","precision":"day","raw":"2026-yil 1-iyundan"}]` + "\n"},
		{dates("fa", ""), "۱۱ خرداد ۱۴۰۵\nدسامبر گذشته", `[{"value":"2026-06-01","precision":"day","raw":"۱۱ خرداد ۱۴۰۵"}]` + "\n[]\n"},
	} {
		got, err := runFilter(t, c.cmd, iotest.HalfReader(strings.NewReader(c.in)))
		if err != nil || got != c.want {
			t.Errorf("%T %q:\n got %q, %v\nwant %q", c.cmd, c.in, got, err, c.want)
		}
	}
}

// folded is the line that the filter writes for s.
func folded(s string) string {
	var out bytes.Buffer
	if err := (LangFoldCmd{langFlag{"fa"}}).Run(&Stdio{In: strings.NewReader(s), Out: &out}); err != nil {
		return err.Error()
	}
	return out.String()
}

func TestLangDetectFilter(t *testing.T) {
	t.Parallel()
	got, err := runFilter(t, LangDetectCmd{}, strings.NewReader("Су қоймасындағы деңгей биыл едәуір көтерілді\nSuv omboridagi sath bu yil ancha koʻtarildi\nСув омборидаги сатҳ бу йил анча кўтарилди\n\n12:30\nآبی ذخیرے میں پانی کی سطح بڑھ گئی ہے\nسطح آب سد امسال بالا رفته است\nУровень воды в водохранилище заметно вырос\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"kk", "uz", "uz-Cyrl", "und", "und", "ur", "fa", "ru"}
	lines := strings.Split(strings.TrimSuffix(got, "\n"), "\n")
	if len(lines) != len(want) {
		t.Fatalf("%d lines for %d: %q", len(lines), len(want), got)
	}
	for i, line := range lines {
		code, confidence, ok := strings.Cut(line, "\t")
		if code != want[i] || !ok || len(confidence) != 4 {
			t.Errorf("line %d: %q, want %s", i+1, line, want[i])
		}
	}
}

func TestLangFiltersHold(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("су ", 1<<20/5)
	for _, c := range []filter{LangDetectCmd{}, LangFoldCmd{langFlag{"kk"}}, LangStemCmd{langFlag{"kk"}}, LangLooseCmd{langFlag{"kk"}}, LangDatesCmd{langFlag{"kk"}, ""}, LangFactsCmd{langFlag{"kk"}}} {
		got, err := runFilter(t, c, strings.NewReader("\xff\xfe\x00\n"+long+"\nсоңғы"))
		if err != nil || strings.Count(got, "\n") != 3 || !utf8.ValidString(got) {
			t.Errorf("%T: %d lines, valid %v, %v", c, strings.Count(got, "\n"), utf8.ValidString(got), err)
		}
	}
	if got, err := runFilter(t, LangFoldCmd{langFlag{"kk"}}, io.MultiReader(strings.NewReader("а\n"), strings.NewReader(strings.Repeat("x", maxLine+9)))); err == nil || got != "a\n" {
		t.Errorf("a line that is too long: %q, %v", got, err)
	}
	for _, c := range []filter{LangFoldCmd{langFlag{"kazakh"}}, LangDatesCmd{langFlag{"kk"}, "yesterday"}} {
		if _, err := runFilter(t, c, strings.NewReader("а\n")); err == nil {
			t.Errorf("%+v ran", c)
		}
	}
}

// TestLangFiltersStream writes a line and reads its answer before it writes the next.
func TestLangFiltersStream(t *testing.T) {
	t.Parallel()
	in, write := io.Pipe()
	read, out := io.Pipe()
	go func() {
		_ = LangFoldCmd{langFlag{"uz"}}.Run(&Stdio{In: in, Out: out})
		_ = out.Close()
	}()
	buf := make([]byte, 64)
	for range 3 {
		if _, err := io.WriteString(write, "Қозоғистон\n"); err != nil {
			t.Fatal(err)
		}
		n, err := read.Read(buf)
		if err != nil || string(buf[:n]) != "qozogiston\n" {
			t.Fatalf("%q, %v", buf[:n], err)
		}
	}
	_ = write.Close()
	if _, err := read.Read(buf); err != io.EOF {
		t.Fatal(err)
	}
}

func TestLangCommandLine(t *testing.T) {
	t.Parallel()
	var c struct {
		Lang LangCmd `cmd:""`
	}
	parser, err := kong.New(&c, kong.Exit(func(int) {}))
	if err != nil {
		t.Fatal(err)
	}
	ctx, err := parser.Parse([]string{"lang", "dates", "--lang", "uz", "--now", "2026-06-03T00:00:00Z"})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := ctx.Run(&Stdio{In: strings.NewReader("kecha\n"), Out: &out}); err != nil || out.String() != `[{"value":"2026-06-02","precision":"day","raw":"kecha"}]`+"\n" {
		t.Errorf("%q, %v", &out, err)
	}
	if _, err := parser.Parse([]string{"lang", "fold"}); err == nil {
		t.Error("fold ran without a language")
	}
}
