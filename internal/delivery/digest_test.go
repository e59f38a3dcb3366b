package delivery

import (
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/notice"
	"jarchi.dev/jarchi/internal/subscription"
	"jarchi.dev/jarchi/internal/tlog"
	"jarchi.dev/jarchi/internal/wire"
)

// clock is the service's, put forward by a test.
type clock struct{ ahead atomic.Int64 }

func (c *clock) now() time.Time       { return time.Now().Add(time.Duration(c.ahead.Load())) }
func (c *clock) pass(d time.Duration) { c.ahead.Add(int64(d)) }
func (s *stage) clocked() *clock      { c := &clock{}; s.Service.Now = c.now; return c }
func (s *stage) noted(id subscription.ID, n int64) {
	s.t.Helper()
	until(s.t, "what waits", func() bool {
		at, err := s.store.Delivered(s.t.Context())
		last, err2 := s.store.LastPosition(s.t.Context())
		return err == nil && err2 == nil && at == last && s.get(id).Waiting == n
	})
}

var proofLink = regexp.MustCompile(`https://wire\.press\.example/api/v1/items/([^/\s"]+)/versions/(\d+)/proof`)

// proven follows the proof files that a letter names, as anybody may, and checks that they are those of texts with these headlines, in this order, no more and no fewer.
func (s *stage) proven(m mailed, headlines ...string) {
	s.t.Helper()
	log, err := s.store.Log("alfa-public")
	if err != nil {
		s.t.Fatal(err)
	}
	key, err := tlog.Verifier(log.VKey)
	if err != nil {
		s.t.Fatal(err)
	}
	links := proofLink.FindAllStringSubmatch(m.text, -1)
	if len(links) != len(headlines) || len(proofLink.FindAllString(m.html, -1)) != len(headlines) || strings.Count(m.text, notice.Say(notice.Proofs, lang.EN)) != 1 {
		s.t.Fatalf("%v in\n%s", links, m.text)
	}
	for i, l := range links {
		n, _ := strconv.Atoi(l[2])
		file, err := s.browse.Proof(s.t.Context(), access.Viewer{}, wire.ItemID(l[1]), n)
		if err != nil {
			s.t.Error(l[0], err)
			continue
		}
		got, err := tlog.Verify(file, key)
		if err != nil || got.Manifest == nil || !strings.Contains(string(got.Bytes), headlines[i]) || !strings.Contains(string(got.Bytes), l[1]) {
			s.t.Errorf("%s: %+v, %v", l[0], got, err)
		}
	}
}

// TestProofOfALetter: a proof that a mail may not carry is told, with its size; the one of a text that not anybody may read is behind the page that asks who reads.
func TestProofOfALetter(t *testing.T) {
	t.Parallel()
	for size, attached := range map[int]bool{0: true, maxProof: true, maxProof + 1: false} {
		l := letter{In: lang.TR}
		l.prove(make([]byte, size))
		want := notice.Say(notice.ProofLarge, lang.TR) + ": 2.1 MB"
		if (len(l.Proof) == size) != attached || strings.Contains(l.plain(), want) == attached {
			t.Errorf("%d: %d attached, %q", size, len(l.Proof), l.plain())
		}
	}
	s, h := openMail(t)
	s.run()
	s.confirmed(h, byMail("desk@paper.example", lang.EN))
	r := s.release(water(), func(a *wire.Audience) { a.Class = wire.Members })
	m := h.until(2)
	if want := notice.Say(notice.ProofFile, lang.EN) + ": https://wire.press.example/releases/" + string(r.ID) + "#proof\n"; !strings.Contains(m.text, want) || len(m.proof) == 0 || proofLink.MatchString(m.text) {
		t.Error(m.text)
	}
}

// TestDigest: what is new waits for the reader's hour and comes as one letter, what was corrected or withdrawn first; what is withdrawn before stands in none; the withdrawal of what was in one
// comes at once, and again in the next; nothing is sent where nothing came; a node that was started again sends none twice.
func TestDigest(t *testing.T) {
	t.Parallel()
	s, h := openMail(t)
	c := s.clocked()
	stop := s.run()
	x := byMail("desk@paper.example", lang.EN)
	x.Rhythm, x.Name = subscription.Rhythm{Every: subscription.Daily, Hour: 7, Zone: "Asia/Almaty"}, "Morning"
	x = s.confirmed(h, x)
	if got := s.get(x.ID).Rhythm; got != (subscription.Rhythm{Every: subscription.Daily, Hour: 7, Zone: "Asia/Almaty"}) {
		t.Fatal(got)
	}
	river, way, never := s.release(water()), s.release(road()), s.release(map[lang.Tag][2]string{lang.EN: {"A thing that did not happen", "Nobody saw it."}})
	s.noted(x.ID, 3)
	s.withdraw(never)
	s.noted(x.ID, 2)
	if n := len(h.got()); n != 1 {
		t.Fatalf("%d letters before the hour", n)
	}
	stop()
	stop = s.run()
	c.pass(25 * time.Hour)
	first := h.until(2)
	s.noted(x.ID, 0)
	for _, want := range []string{"Toqsanbulaq releases water", "District opens a road", "The road was opened on Monday.", "https://wire.press.example/releases/" + string(way.ID), "https://wire.press.example/api/v1/items/" + string(river.Text(lang.EN).ID) + "/versions/1/proof"} {
		if strings.Count(first.text, want) != 1 || !strings.Contains(first.html, want) {
			t.Errorf("%q is not once in\n%s\n%s", want, first.text, first.html)
		}
	}
	s.proven(first, "Toqsanbulaq releases water", "District opens a road")
	if strings.Contains(first.raw, "did not happen") || !strings.HasPrefix(first.subject, "Digest: Morning · 20") || first.head.Get("List-Unsubscribe-Post") != "List-Unsubscribe=One-Click" || strings.Contains(first.text, notice.Say(notice.First, lang.EN)) {
		t.Error(first.subject, first.text)
	}
	stop()
	s.run()
	c.pass(50 * time.Hour) // two hours at which nothing has come
	time.Sleep(50 * time.Millisecond)
	if n := len(h.got()); n != 2 {
		t.Fatalf("%d letters where nothing came", n)
	}

	s.release(map[lang.Tag][2]string{lang.KK: {"Көпір жөнделді", "Жөндеу аяқталды."}})
	s.correct(way, lang.EN, "District opens a bridge")
	s.noted(x.ID, 2)
	s.withdraw(river)
	at := h.until(3) // the withdrawal, at once
	if at.head.Get("In-Reply-To") != first.head.Get("Message-Id") || !strings.HasPrefix(at.text, notice.Say(notice.WithdrawnHead, lang.EN)) || strings.Contains(at.raw, "Toqsanbulaq") {
		t.Error(at.raw, at.text)
	}
	s.noted(x.ID, 3)
	c.pass(25 * time.Hour)
	second := h.until(4)
	s.noted(x.ID, 0)
	gone, corrected, fresh := strings.Index(second.text, notice.Say(notice.WithdrawnHead, lang.EN)), strings.Index(second.text, "District opens a bridge"), strings.Index(second.text, "Көпір жөнделді")
	if gone < 0 || corrected < 0 || fresh < max(gone, corrected) || !strings.Contains(second.text, notice.Say(notice.First, lang.EN)) || !strings.Contains(second.text, "a figure was wrong") || !strings.Contains(second.html, `<h2 lang="kk" dir="ltr">`) || second.head.Get("Message-Id") == first.head.Get("Message-Id") {
		t.Error(second.text, second.html)
	}

	s.proven(second, "District opens a bridge", "Көпір жөнделді")

	// Each release again, what waited in one last digest, and what cannot be.
	s.release(map[lang.Tag][2]string{lang.EN: {"A ferry waits", "It waits for the hour."}})
	s.noted(x.ID, 1)
	if got, err := s.Change(t.Context(), keeper, x.ID, Settings{Name: "Morning", Rhythm: &subscription.Rhythm{}}, ""); err != nil || got.Rhythm.Gathers() {
		t.Error(got, err)
	}
	if last := h.until(5); !strings.HasPrefix(last.subject, "Digest: Morning") || !strings.Contains(last.text, "A ferry waits") {
		t.Error(last.subject, last.text)
	}
	s.release(road())
	h.until(6)
	if _, err := s.Change(t.Context(), keeper, x.ID, Settings{Name: "Morning", Rhythm: &subscription.Rhythm{Every: "hourly"}}, ""); fault.KindOf(err) != fault.Invalid {
		t.Error(err)
	}
	if len(h.got()) != 6 {
		t.Error(len(h.got()))
	}
}

// TestDigestRefused: a server that does not take a digest is tried again with the same letter; a full digest goes on in a second.
func TestDigestRefused(t *testing.T) {
	t.Parallel()
	s, h := openMail(t)
	c := s.clocked()
	s.run()
	x := byMail("desk@paper.example", lang.FA)
	x.Rhythm = subscription.Rhythm{Every: subscription.Weekly, Day: time.Monday, Hour: 23, Zone: "Asia/Tehran"}
	x = s.confirmed(h, x)
	h.says(&smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "Later"}, &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "Later"})
	s.release(road())
	s.release(water())
	s.noted(x.ID, 2)
	c.pass(8 * 24 * time.Hour)
	m := h.until(2)
	s.noted(x.ID, 0)
	if !strings.Contains(m.html, `lang="fa" dir="rtl"`) || len(h.got()) != 2 {
		t.Error(m.html, len(h.got()))
	}
	lines, _, err := s.Lines(t.Context(), keeper, x.ID, 0)
	if err != nil || len(lines) < 2 || len(lines[0].Tried) != 3 || lines[0].Outcome != subscription.Done {
		t.Errorf("%+v, %v", lines, err)
	}
}
