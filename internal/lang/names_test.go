package lang

import (
	"bufio"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var nameTags = []Tag{KK, UZ, UZCyrl, KY, TG, TK, AZ, TR, FA, UR, RU, AR, EN}

// names are the rows of testdata/names.txt: one name in the languages of nameTags.
func names(t *testing.T) (out [][]string) {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", "names.txt"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if row := strings.Split(lines.Text(), " | "); !strings.HasPrefix(lines.Text(), "#") {
			if len(row) != len(nameTags) {
				t.Fatalf("%d languages: %s", len(row), lines.Text())
			}
			out = append(out, row)
		}
	}
	return out
}

// cities are those of CLDR in internal/names, "" where it has none.
func cities(t *testing.T) (out [][]string) {
	t.Helper()
	f, err := os.Open(filepath.Join("..", "names", "cities.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	at := map[string]int{}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		r := strings.Split(lines.Text(), "\t")
		if len(r) != 4 {
			continue
		}
		if _, had := at[r[1]]; !had {
			at[r[1]] = len(out)
			out = append(out, make([]string, len(nameTags)))
		}
		for i, tag := range nameTags {
			if string(tag) == r[2] {
				out[at[r[1]]][i] = r[3]
			}
		}
	}
	return out
}

// TestLooseNames measures the loose key: how often the same name has the same key in two languages, and how often two
// different names do. The cities are CLDR's and hold other names for a place too (Cairo, القاهرة) and words (islands),
// so that they cannot all meet. Rows of the tables were chosen while looking at both; linking texts is the outside check.
func TestLooseNames(t *testing.T) {
	t.Parallel()
	for _, set := range []struct {
		name   string
		rows   [][]string
		recall float64
		false_ float64
	}{{"names", names(t), 0.91, 0.0006}, {"cities", cities(t), 0.72, 0.0003}} {
		keys := make([][]string, len(set.rows))
		for i, row := range set.rows {
			keys[i] = make([]string, len(row))
			for k, w := range row {
				if w != "" {
					keys[i][k] = strings.ReplaceAll(Loose(nameTags[k], w), " ", "")
				}
			}
		}
		pairs, met := 0, 0
		of := map[Tag][2]int{}
		type miss struct {
			n    int
			text string
		}
		var misses []miss
		others, meetings := 0, 0
		for i := range keys {
			m := miss{text: strings.Join(set.rows[i], " ") + " = " + strings.Join(keys[i], " ")}
			for a := range nameTags {
				for b := range nameTags {
					if a == b || keys[i][a] == "" || keys[i][b] == "" {
						continue
					}
					pairs++
					o := of[nameTags[a]]
					o[1]++
					if keys[i][a] == keys[i][b] {
						met++
						o[0]++
					} else {
						m.n++
					}
					of[nameTags[a]] = o
				}
			}
			misses = append(misses, m)
			for j := range keys {
				for a := range nameTags {
					b := (a + 1 + (i+j)%(len(nameTags)-1)) % len(nameTags)
					if i != j && keys[i][a] != "" && keys[j][b] != "" {
						others++
						if keys[i][a] == keys[j][b] {
							meetings++
						}
					}
				}
			}
		}
		slices.SortStableFunc(misses, func(a, b miss) int { return b.n - a.n })
		if testing.Verbose() {
			for _, m := range misses[:min(len(misses), 60)] {
				t.Logf("%s: %3d %s", set.name, m.n, m.text)
			}
		}
		if float64(met) < set.recall*float64(pairs) || float64(meetings) > set.false_*float64(others) {
			t.Errorf("%s: %d of %d meet, and %d of %d that are different", set.name, met, pairs, meetings, others)
		}
		var by []string
		for _, tag := range nameTags {
			if of[tag][1] == 0 {
				continue
			}
			by = append(by, string(tag)+" "+percent(of[tag][0], of[tag][1]))
		}
		t.Logf("%s: %d in up to %d languages; the same key in two of them %s; two different names %d of %d (%.3f %%); by language %s", set.name, len(keys), len(nameTags),
			percent(met, pairs), meetings, others, 100*float64(meetings)/float64(max(others, 1)), strings.Join(by, ", "))
	}
}

func percent(n, of int) string {
	return strconv.FormatFloat(100*float64(n)/float64(max(of, 1)), 'f', 1, 64) + " %"
}
