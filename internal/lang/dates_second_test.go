package lang

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// The sets in testdata/dates were written by a hand that had not read the date grammar: dates as newsrooms and
// governments of each language write them, and traps, texts whose figures look like dates and are none.
//
//	text => values       the values that are right, separated by spaces; further right answers behind "|", "-" is none
//	text => values @     the same, read against Monday, 15 June 2026, 12:00 UTC
//	family: text         a trap
//
// \uXXXX stands for a character that could not be seen.
type secondCase struct {
	tag    Tag
	text   string
	want   []string // nil for a trap
	now    time.Time
	family string
}

var escaped = regexp.MustCompile(`\\u[0-9a-f]{4}`)

func secondSet(t *testing.T, set string) (out []secondCase) {
	t.Helper()
	for _, tag := range Known() {
		f, err := os.Open(filepath.Join("testdata", "dates", set, string(tag)+".txt"))
		if err != nil {
			t.Fatal(err)
		}
		for lines := bufio.NewScanner(f); lines.Scan(); {
			line := escaped.ReplaceAllStringFunc(lines.Text(), func(s string) string {
				var r rune
				fmt.Sscanf(s[2:], "%x", &r)
				return string(r)
			})
			if line == "" || strings.HasPrefix(line, "#") {
				continue
			}
			c := secondCase{tag: tag}
			if text, want, ok := strings.Cut(line, " => "); ok {
				if w, ok := strings.CutSuffix(want, " @"); ok {
					want, c.now = w, time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC)
				}
				c.text, c.want = text, strings.Split(want, "|")
			} else if family, text, ok := strings.Cut(line, ": "); ok {
				c.family, c.text = family, text
			} else {
				t.Fatalf("%s: %q is neither a date nor a trap", tag, line)
			}
			out = append(out, c)
		}
		f.Close()
	}
	return out
}

// judged tells whether an answer is right, or silently wrong: it has a value that the text does not state. A coarser
// true one is not right but not wrong either. What is said twice counts once.
func (c secondCase) judged(got string) (right, wrong bool) {
	values := slices.Compact(strings.Fields(got))
	if c.want == nil {
		return len(values) == 0, len(values) > 0
	}
	wrong = true
	for _, want := range c.want {
		want = strings.TrimPrefix(want, "-")
		if strings.Join(values, " ") == want {
			return true, false
		}
		borne := true
		for _, v := range values {
			borne = borne && strings.Contains(" "+want, " "+v)
		}
		wrong = wrong && !borne
	}
	return false, wrong
}

func TestDatesBySecondHand(t *testing.T) {
	t.Parallel()
	for _, set := range []string{"second", "third"} {
		type score struct{ dates, right, wrong, traps, caught int }
		scores := map[Tag]*score{}
		var all score
		for _, c := range secondSet(t, set) {
			s := scores[c.tag]
			if s == nil {
				s = &score{}
				scores[c.tag] = s
			}
			got := values(c.tag, c.text, c.now)
			right, wrong := c.judged(got)
			if c.want == nil {
				s.traps++
				if wrong {
					s.caught++
					t.Errorf("%s set: a date where none is: %s %s %q: %q", set, c.tag, c.family, c.text, got)
				}
				continue
			}
			s.dates++
			switch {
			case right:
				s.right++
			case wrong:
				s.wrong++
				t.Errorf("%s set: silently wrong: %s %q: %q, not %q", set, c.tag, c.text, got, c.want)
			default:
				t.Logf("%s set: not right: %s %q: %q, not %q", set, c.tag, c.text, got, c.want)
			}
		}
		for _, tag := range Known() {
			s := scores[tag]
			t.Logf("%s set: %-8s %3d dates, right %3d, silently wrong %d; %3d traps, taken for dates %d", set, tag, s.dates, s.right, s.wrong, s.traps, s.caught)
			all = score{all.dates + s.dates, all.right + s.right, all.wrong + s.wrong, all.traps + s.traps, all.caught + s.caught}
		}
		t.Logf("%s set: all      %d dates, right %d (%.1f %%), silently wrong %d; %d traps, taken for dates %d", set, all.dates, all.right,
			100*float64(all.right)/float64(all.dates), all.wrong, all.traps, all.caught)
		if float64(all.right) < 0.98*float64(all.dates) {
			t.Errorf("%s set: %d of %d right", set, all.right, all.dates)
		}
	}
}
