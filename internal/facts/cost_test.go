package facts

import (
	"strings"
	"syscall"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/lang"
)

// processor is the processor time that this process has used.
func processor(t *testing.T) time.Duration {
	t.Helper()
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		t.Skip(err)
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

// TestCost tells the processor time per text of 4 KB; it fails only where it is ten times what is promised, as
// machines and other tests differ. Not parallel: the time is the whole process's.
func TestCost(t *testing.T) {
	for _, g := range tongues {
		text := ""
		for k := 0; len(text) < 4096; k++ {
			text += g.fill(g.numberBody, k, "24") + g.fill(g.deedBody, k, "24") + g.rest + "\n"
		}
		text = head(text, 4096)
		headline := g.fill(g.deedHead, 0, "24") + ". " + g.fill(g.numberHead, 1, "77")
		Read(g.tag, text)
		Against(g.tag, headline, text)
		read, against := time.Hour, time.Hour
		for range 5 { // the least of five: other processes take the caches away
			const rounds = 8
			begin := processor(t)
			for range rounds {
				Read(g.tag, text)
			}
			read = min(read, (processor(t)-begin)/rounds)
			begin = processor(t)
			for range rounds {
				Against(g.tag, headline, text)
			}
			against = min(against, (processor(t)-begin)/rounds)
		}
		t.Logf("%s: facts %v, headline against body %v per 4 KB", g.tag, read, against)
		if read > 10*time.Millisecond || against > 20*time.Millisecond {
			t.Errorf("%s: too slow", g.tag)
		}
	}
	begin := processor(t)
	Read(lang.EN, strings.Repeat("24 million cubic metres on 17 July 2025, not 2026. ", 4000))
	Against(lang.EN, strings.Repeat("24 people ", 100), strings.Repeat("25 people in Altinsu. ", 4000))
	if d := processor(t) - begin; d > 3*time.Second {
		t.Errorf("200 KB of figures: %v", d)
	}
	begin = processor(t)
	for tag, s := range map[lang.Tag]string{lang.EN: "President Quorl Vexin of the Council, ", lang.RU: "А. Б. Сейтов-", lang.FA: "آقای مراد ", lang.PRS: "یورگن هالشتاین، هالشتاین گفت. ", lang.UR: "سید میر احمد نیازی بن عبد ", lang.AR: "قال خالد بن ", lang.ZH: "总统李·", lang.KO: "김민서 "} {
		personsOf(tag, strings.Repeat(s, 10000))
	}
	if d := processor(t) - begin; d > 3*time.Second {
		t.Errorf("names without end: %v", d)
	}
}
