package stories_test

import (
	"context"
	"strconv"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"jarchi.dev/jarchi/internal/intake"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/publish"
	"jarchi.dev/jarchi/internal/stories"
	"jarchi.dev/jarchi/internal/testkit"
	"jarchi.dev/jarchi/internal/wire"
)

var ctx = context.Background()

const (
	riverNews = "The council of the two rivers met on Monday in Koksoy and agreed to open the upper gates of the canal for nine days, " +
		"so that the lower fields get water before the sowing. The level of the lake has fallen by two metres since spring, said the head of the water office."
	roadNews = "Four masons and a ferryman from the upper valley finished the stone bridge at Toqsan this week; " +
		"carts loaded with apples crossed it before the mayor had cut the ribbon, and nobody minded."
)

// node is a node with its stories, of which a test runs the jobs.
type node struct {
	*testkit.Node
	stories *stories.Service
}

func open(t testing.TB) *node {
	t.Helper()
	n := testkit.Open(t)
	return &node{n, stories.New(n.Store, n.Browse, n.Clock.Now)}
}

// reopen is another process on the same folder.
func (n *node) reopen(t testing.TB) *node {
	t.Helper()
	n.Close()
	again := testkit.OpenAt(t, n.Dir, n.Clock.Now)
	again.Clock = n.Clock
	return &node{again, stories.New(again.Store, again.Browse, again.Clock.Now)}
}

// settle does the jobs that are due in a minute.
func (n *node) settle(t testing.TB) {
	t.Helper()
	handlers := n.Publish.Handlers()
	for kind, h := range n.stories.Handlers() {
		handlers[kind] = h
	}
	n.Clock.Move(time.Minute)
	for {
		claimed, err := n.Store.Jobs().Claim(ctx, n.Clock.Now(), 4)
		if err != nil {
			t.Fatal(err)
		}
		if len(claimed) == 0 {
			return
		}
		for _, j := range claimed {
			if err := handlers[j.Kind](ctx, j); err != nil {
				t.Fatal(err)
			}
			if err := n.Store.Jobs().Finish(ctx, j); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func (n *node) release(t testing.TB, member wire.MemberID, text string, change func(*publish.Input)) *wire.Release {
	t.Helper()
	in := testkit.Input(map[lang.Tag][2]string{lang.EN: {"A headline of " + string(member), text}})
	if change != nil {
		change(&in)
	}
	r, err := n.Publish.Create(ctx, testkit.Viewer(member), in)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (n *node) capture(t testing.TB, name, page string) wire.CaptureID {
	t.Helper()
	got, err := n.Receive.Import(ctx, testkit.Viewer("beta"), []intake.Document{{Name: name, URL: "https://" + name + ".example/1", Bytes: []byte(page)}})
	if err != nil || len(got[0].Captures) != 1 {
		t.Fatal(got, err)
	}
	return got[0].Captures[0]
}

// rows counts what the tables of prints hold.
func (n *node) rows(t testing.TB) map[string]int {
	t.Helper()
	db := testkit.SQL(t, n.Dir)
	out := map[string]int{}
	for what, q := range map[string]string{
		"sketches": "select count(*) from sketch", "postings": "select coalesce(sum(length(postings)), 0) from print_bucket",
		"uses": "select count(*) from reuse", "due": "select count(*) from print_due",
	} {
		var k int
		if err := db.QueryRow(q).Scan(&k); err != nil {
			t.Fatal(err)
		}
		if k > 0 {
			out[what] = k
		}
	}
	return out
}

// TestNothingIsKeptOfWhatMayNotBeRead: a text has prints while it is on the wire and at no other time: not before, not
// under embargo, not once it is withdrawn or erased.
func TestNothingIsKeptOfWhatMayNotBeRead(t *testing.T) {
	t.Parallel()
	n := open(t)
	alfa := testkit.Viewer("alfa")
	none := func(when string) {
		t.Helper()
		if rows := n.rows(t); len(rows) > 0 {
			t.Fatalf("%s: %v", when, rows)
		}
	}
	draft := n.release(t, "alfa", roadNews, func(in *publish.Input) { in.Draft = true })
	n.release(t, "alfa", roadNews, func(in *publish.Input) { in.PublishAt = n.Clock.Now().Add(48 * time.Hour) })
	sealed := n.release(t, "alfa", riverNews, func(in *publish.Input) { in.EmbargoedUntil = n.Clock.Now().Add(time.Hour) })
	n.settle(t)
	none("drafts, plans and embargoes")

	n.Clock.Move(2 * time.Hour)
	n.settle(t) // it opens
	n.settle(t)
	if rows := n.rows(t); rows["sketches"] != 1 || rows["due"] != 0 {
		t.Fatalf("opened: %v", rows)
	}
	copied := n.capture(t, "portal", riverNews)
	n.settle(t)
	if rows := n.rows(t); rows["sketches"] != 2 || rows["uses"] != 1 {
		t.Fatalf("copied: %v (%s)", rows, copied)
	}
	if _, err := n.Publish.Withdraw(ctx, alfa, sealed.ID, "It was wrong.", nil); err != nil {
		t.Fatal(err)
	}
	if rows := n.rows(t); rows["sketches"] != 1 || rows["uses"] != 0 {
		t.Fatalf("withdrawn: %v", rows) // the capture's own
	}
	n.settle(t)
	if rows := n.rows(t); rows["sketches"] != 1 {
		t.Fatalf("withdrawn, and the jobs done: %v", rows)
	}

	// Erased before its prints were drawn, and after.
	m := open(t)
	for _, drawn := range []bool{false, true} {
		r := m.release(t, "alfa", riverNews, nil)
		if drawn {
			m.settle(t)
			if rows := m.rows(t); rows["sketches"] != 1 {
				t.Fatal(rows)
			}
		}
		if _, err := m.Publish.Erase(ctx, alfa, r.ID, nil); err != nil {
			t.Fatal(err)
		}
		rows := m.rows(t)
		delete(rows, "due")
		if len(rows) > 0 {
			t.Fatalf("erased: %v", rows)
		}
		m.settle(t)
		if rows := m.rows(t); len(rows) > 0 {
			t.Fatalf("erased, and the jobs done: %v", rows)
		}
	}
	if _, err := n.Publish.Erase(ctx, alfa, draft.ID, nil); err != nil {
		t.Fatal(err)
	}
}

// TestManyAtOnce: what came together is drawn in batches, copies within a batch are found, and a job that is repeated
// changes nothing.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	n := open(t)
	var docs []intake.Document
	for i := range 70 {
		text := riverNews
		if i > 0 && i != 65 {
			text = strings.Repeat("w"+strconv.Itoa(i)+" ", 30) + "."
		}
		docs = append(docs, intake.Document{Name: "portal", Bytes: []byte(string(rune('a'+i%26)) + "\n\n" + text)})
	}
	if _, err := n.Receive.Import(ctx, testkit.Viewer("beta"), docs); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		n.settle(t)
		if rows := n.rows(t); rows["sketches"] != 70 || rows["uses"] != 1 || rows["due"] != 0 {
			t.Fatal(rows)
		}
	}
}
