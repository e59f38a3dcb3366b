package lang

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
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
	for _, set := range []string{"second", "third", "fourth", "fifth", "sixth"} {
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

// TestTraps varies the figures of every trap. What is impossible stays as it is written.
func TestTraps(t *testing.T) {
	t.Parallel()
	years := []string{"1917", "1945", "1998", "2000", "2003", "2010", "2021", "2024", "2026", "2030"}
	solar := []string{"۱۳۵۷", "۱۳۹۹", "۱۴۰۰", "۱۴۰۳", "۱۴۰۵"}
	days := []string{"1", "3", "9", "12", "21", "28"}
	figures := regexp.MustCompile(`[\p{Nd}]+`)
	n := map[string]int{}
	for _, set := range []string{"second", "third", "fourth", "fifth", "sixth"} {
		for _, c := range secondSet(t, set) {
			if c.want != nil {
				continue
			}
			seen := map[string]bool{}
			for i := range 20 {
				text := figures.ReplaceAllStringFunc(c.text, func(s string) string {
					v, digits, _ := digitsAt(s, 0, 4)
					eastern := s[0] > '9'
					with := s
					switch {
					case i == 0 || c.family == "bad" && digits < 4: // a change might make it a date
						return s
					case digits == 4 && v >= 1900 && v <= 2099:
						with = years[i%len(years)]
					case digits == 4 && v >= 1300 && v <= 1410:
						with = solar[i%len(solar)]
						if c.family == "decade" {
							with = with[:6] + "۰"
						}
						return with
					case digits == 2 && v == 0, s[0] == '0', digits == 0 || digits > 2:
						return s
					case c.family == "decade" && digits == 2:
						with = strconv.Itoa(20 + 10*(i%8))
					default:
						with = days[i/3%len(days)]
					}
					if c.family == "decade" && digits == 4 {
						with = with[:3] + "0"
					}
					if eastern {
						with = easternDigits.Replace(with)
					}
					return with
				})
				if seen[text] {
					continue
				}
				seen[text] = true
				n[c.family]++
				if got := values(c.tag, text, c.now); got != "" {
					t.Errorf("a date where none is: %s %s %q: %q", c.tag, c.family, text, got)
				}
			}
		}
	}
	for f, n := range n {
		t.Logf("%-10s %4d", f, n)
		if n < 200 {
			t.Errorf("%s: %d texts", f, n)
		}
	}
}

var easternDigits = strings.NewReplacer("0", "۰", "1", "۱", "2", "۲", "3", "۳", "4", "۴", "5", "۵", "6", "۶", "7", "۷", "8", "۸", "9", "۹")

// TestTimes holds what is said of times beside days.
func TestTimes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"17 July 2025, 14:05 MSK": "2025-07-17T14:05+03:00", "17 July 2012, 14:05 MSK": "2012-07-17T14:05", "17 July 2012, 14:05 GMT": "2012-07-17T14:05Z", "17 July 2025 14:05 CST": "2025-07-17T14:05",
		"from 10:00 to 14:05, 17 July 2025": "2025-07-17", "10:00-14:05, 17 July 2025": "2025-07-17", "2:10, 17 July 2025": "2025-07-17", "14:05 17 July 2025 15:30": "2025-07-17",
		"17 July 2025 - 3:12": "2025-07-17", "17 July 2025 | 3:12 pm": "2025-07-17T15:12", "17 July 2025. 14:05 is late": "2025-07-17", "17 July 2025 at 9am": "2025-07-17", "won 3:12, 17 July 2025": "2025-07-17",
		"17 July 2025, 09:00-11:00": "2025-07-17T09:00", "2025-07-17 09:00:00-05:00": "2025-07-17T09:00-05:00", "2025-07-17T09:00-05:00": "2025-07-17T09:00-05:00",
		"14:05 17.07.2025 15:30 18.07.2025": "2025-07-17 2025-07-18",
		"17 July 2025 14:05; 18 July 2025":  "2025-07-17T14:05 2025-07-18", "17 July 2025, 14:05, 18 July 2025": "2025-07-17T14:05 2025-07-18",
	} {
		if got := values(EN, text, time.Time{}); got != want {
			t.Errorf("%q: %q, not %q", text, got, want)
		}
	}
}
