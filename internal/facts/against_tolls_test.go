package facts

import (
	"os"
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/lang"
)

// TestAgainstTolls: how many a headline says died, were hurt or were held, with no word for what it counts, and that somebody
// leaves an office, against bodies that bear and that contradict it. What was found at the first measuring stands in
// docs/languages.md; rules were mended after it.
func TestAgainstTolls(t *testing.T) {
	t.Parallel()
	for file, least := range map[string]map[string]int{"tolls.txt": {"toll": 38, "resign": 17}, "tolls-later.txt": {"toll": 31, "resign": 17}, "tolls-words.txt": {"toll": 15}} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			againstTolls(t, "testdata/against/"+file, least)
		})
	}
}

func againstTolls(t *testing.T, file string, least map[string]int) {
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	what := map[string]string{"toll": NumberDiffers, "resign": Negated}
	cases, found, tags := map[string]int{}, map[string]int{}, map[lang.Tag]bool{}
	for _, line := range strings.Split(strings.TrimSpace(string(data)), "\n") {
		if line[0] == '#' {
			continue
		}
		f := strings.Split(line, "|")
		tag, kind := lang.Tag(f[0]), f[1]
		tags[tag] = true
		cases[kind]++
		rest := fillerOf(tag)
		for _, d := range Against(tag, f[2], f[3]+rest) {
			t.Errorf("%s: %q is doubted (%s %q) against %q", tag, f[2], d.What, d.Words, d.Sentence)
		}
		if ds := Against(tag, f[2], f[4]+rest); len(ds) == 1 && ds[0].What == what[kind] {
			found[kind]++
		} else {
			t.Logf("%s %s: %q against %.120q: %v", tag, kind, f[2], f[4], ds)
		}
	}
	for kind, n := range cases {
		t.Logf("%-7s contradicted %d, of them found %d", kind, n, found[kind])
		if found[kind] < least[kind] {
			t.Errorf("%s: fewer than the %d that were", kind, least[kind])
		}
	}
	if len(tags) < len(lang.Known())-2 {
		t.Errorf("%d languages of %d", len(tags), len(lang.Known()))
	}
}

// TestIntentionsToldApart: what somebody wishes, offers or considers is told from what was decided or done.
func TestIntentionsToldApart(t *testing.T) {
	t.Parallel()
	for file, bound := range map[string]struct{ right, each int }{"cases.txt": {135, 8}, "later.txt": {66, 4}} {
		data, err := os.ReadFile("testdata/intention/" + file)
		if err != nil {
			t.Fatal(err)
		}
		right, cases := 0, 0
		tags := map[lang.Tag]int{}
		for _, line := range strings.Split(strings.TrimSpace(string(data)), "\n") {
			if line[0] == '#' {
				continue
			}
			f := strings.Split(line, "|")
			tag := lang.Tag(f[0])
			want := map[string]Status{"i": Proposed, "d": Done}[f[1]]
			cases++
			tags[tag]++
			if got := Read(tag, f[2]).Act; got.Status == want {
				right++
			} else {
				t.Logf("%s: %q is %v, not %s", tag, f[2], got, want)
			}
		}
		t.Logf("%s: %d of %d told apart, %d languages", file, right, cases, len(tags))
		if right < bound.right {
			t.Errorf("%s: fewer than the %d that were", file, bound.right)
		}
		for _, tag := range lang.Known() {
			if tags[tag] < bound.each {
				t.Errorf("%s: %s: %d sentences", file, tag, tags[tag])
			}
		}
	}
}

// TestAgainstOutside takes each sentence of real news in turn as the headline of what follows it, most of which are no headlines
// and contradict nothing: a count of how often one is doubted.
func TestAgainstOutside(t *testing.T) {
	doubted, sentences := 0, 0
	for _, tag := range lang.Known() {
		if tag == lang.UZCyrl {
			continue
		}
		for id, lines := range outsideNews(t, tag) {
			for i := range lines[:len(lines)-1] {
				sentences++
				for _, d := range Against(tag, lines[i], strings.Join(lines[i+1:], "\n")) {
					doubted++
					t.Logf("%s %s: %s %q of %.90q against %.140q", tag, id, d.What, d.Words, lines[i], d.Sentence)
				}
			}
		}
	}
	t.Logf("%d sentences, %d doubts", sentences, doubted)
	if doubted > 123 {
		t.Error("more is doubted than was")
	}
}

// TestIntentionsOutside names the first lines of real news that are told as intentions, to be looked at.
func TestIntentionsOutside(t *testing.T) {
	told := 0
	for _, tag := range lang.Known() {
		if tag == lang.UZCyrl {
			continue
		}
		for id, lines := range outsideNews(t, tag) {
			if a := Read(tag, lines[0]+"\n"+lines[1]).Act; a.Status == Proposed {
				told++
				t.Logf("%s %s: %v %.150q", tag, id, a, lines[0])
			}
		}
	}
	t.Logf("%d told as intentions", told)
}

// TestAgainstNamed: of some of the dead a text tells without counting them. A number that is counted otherwise is doubted all the same.
func TestAgainstNamed(t *testing.T) {
	rest := " The district has opened an inquiry into what happened on the road above the village, and asks whoever saw anything to come to its office in the morning or to write."
	for _, c := range []struct {
		tag            lang.Tag
		headline, body string
		doubts         int
	}{
		{lang.EN, "Flood kills 7 in Taskol", "The flood killed six farmers and their driver in Taskol." + rest, 0},
		{lang.EN, "Bus fall kills 6 near Taskol", "The conductor and five passengers died when a bus fell near Taskol." + rest, 0},
		{lang.EN, "Bus fall kills 8 near Taskol", "A bus fell near Taskol and 7 passengers died at once. Later the driver died of his wounds." + rest, 0},
		{lang.EN, "Flood kills 19 in Taskol", "The flood killed 16 farmers in Taskol." + rest, 1},
		{lang.EN, "Flood kills 27 in Taskol", "The flood killed six farmers and their driver in Taskol." + rest, 1},
		{lang.RU, "В лавине погибли 9 человек", "В лавине погибли 8 альпинистов и их проводник." + rest, 0},
	} {
		if ds := Against(c.tag, c.headline, c.body); len(ds) != c.doubts {
			t.Errorf("%s against %q: %v", c.headline, c.body[:60], ds)
		}
	}
}
