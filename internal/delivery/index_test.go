package delivery

import (
	"fmt"
	"math"
	"os"
	"strconv"
	"syscall"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/subscription"
	"jarchi.dev/jarchi/internal/wire"
)

// TestIndexPassesOver: what a group is passed over for, the wire does not find either, whatever is asked: words, endings, phrases, names in other languages, what must not stand there, members, kinds.
func TestIndexPassesOver(t *testing.T) {
	t.Parallel()
	s := open(t)
	all := []*wire.Release{
		s.release(water()), s.release(road()),
		s.release(map[lang.Tag][2]string{lang.RU: {"Президент Казахстана прибыл в Ташкент", "Встреча прошла в новом дворце. Обсудили воду и дороги."}, lang.UZ: {"Qozogʻiston prezidenti Toshkentga keldi", "Uchrashuv yangi saroyda oʻtdi."}}),
		s.release(map[lang.Tag][2]string{lang.FA: {"وزیر آب به تهران رفت", "او دربارهٔ رودخانه سخن گفت."}, lang.TR: {"Bakan İstanbul'a gitti", "Köprüler ve yollar konuşuldu."}}),
	}
	ix := newIndex()
	for _, text := range []string{"", "water", "waters", "WATER road", "water OR road", "road -monday", "-water", "\"the level rose\"", "\"rose level\"", "relea*", "президента", "казахстан", "Kazakhstan", "Tashkent", "Казахстан Ташкент", "Toshkent OR Tehran", "تهران", "آب", "köprü", "yol", "İstanbul", "istanbul -köprü", "su", "Тоқсанбұлақ", "Toqsanbulaq", "nothing", "saroy*", "new palace", "\"новом дворце\"", "дворец вода", "вода OR nothing", "вода nothing"} {
		for _, more := range []subscription.Filter{{}, {Language: lang.RU}, {Language: lang.EN, Kind: "release"}, {Kind: "capture"}, {Member: "alfa"}, {Member: "beta"}, {Source: "Nurtau"}} {
			more.Text = text
			s.put(ix, subscription.Subscription{ID: subscription.ID(fmt.Sprintf("%q %+v", text, more)), Member: "alfa", Channel: subscription.Webhook, State: subscription.Active, Filter: more})
		}
	}
	events, err := s.store.EventsAfter(t.Context(), 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	releases, places, err := s.about(t.Context(), events)
	if err != nil {
		t.Fatal(err)
	}
	matters, err := s.matters(t.Context(), ix, events, releases)
	if err != nil || len(all) == 0 {
		t.Fatal(err)
	}
	passed, found := 0, 0
	for key, g := range ix.groups {
		for i, m := range matters {
			if places[i] == 0 {
				continue
			}
			hits, err := s.matching(t.Context(), access.Viewer{Member: "alfa", Scopes: []access.Scope{access.Read, access.ReadClosed}}, g.query, places[i], places[i]+1, 1)
			if err != nil {
				t.Fatal(key, err)
			}
			may := g.may([]matter{m})
			if len(hits) > 0 && !may {
				t.Errorf("%s is passed over, and the wire finds it in %s", key, events[i].Ref)
			}
			if !may {
				passed++
			}
			found += len(hits)
		}
	}
	if found < 20 || passed < 200 {
		t.Errorf("%d found, %d passed over", found, passed)
	}
}

// TestIndexFurtherLanguage: a subscription is told of the first text in a language, and of what follows, though it was made when there was none, among many.
func TestIndexFurtherLanguage(t *testing.T) {
	t.Parallel()
	s := open(t)
	add := func(text string) subscription.Subscription {
		x := subscription.Subscription{ID: subscription.ID(people.NewID()), Member: "alfa", Channel: subscription.Webhook, Format: subscription.Ninjs, Target: "https://a.example/", Name: "A", State: subscription.Active, Filter: subscription.Filter{Text: text}}
		if err := s.store.Write(t.Context(), func(x2 *store.Tx) error { return x2.PutSubscription(x) }); err != nil {
			t.Fatal(err)
		}
		return x
	}
	x := add("президенты")
	for i := range 12 {
		add(fmt.Sprintf("place%d", i))
	}
	tell := func(want int) {
		t.Helper()
		for more := true; more; {
			var err error
			if more, err = s.distribute(t.Context(), false); err != nil {
				t.Fatal(err)
			}
		}
		if ds, err := s.store.Deliveries(t.Context(), x.ID, 0, 10); err != nil || len(ds) != want {
			t.Fatalf("%d deliveries, want %d: %v", len(ds), want, err)
		}
	}
	s.release(water())
	tell(0)
	for n := range 2 {
		s.release(map[lang.Tag][2]string{lang.RU: {"Президент прибыл", "Встреча президента прошла."}})
		tell(n + 1)
	}
}

// TestIndexFollows: what is changed, paused, resumed or removed is so at the next event; a person's right is hers of this moment.
func TestIndexFollows(t *testing.T) {
	t.Parallel()
	s := open(t)
	one, two := newReceiver(t), newReceiver(t)
	a, _ := s.add(one, subscription.Subscription{})
	b, _ := s.add(two, subscription.Subscription{})
	s.run()
	s.release(road())
	one.until(1)
	two.until(1)
	if _, err := s.Change(t.Context(), keeper, a.ID, Settings{Filter: subscription.Filter{Text: "water"}}, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Pause(t.Context(), keeper, b.ID, true, ""); err != nil {
		t.Fatal(err)
	}
	s.release(road())
	s.release(map[lang.Tag][2]string{lang.EN: {"Water", "Water."}})
	one.until(2)
	if _, err := s.Pause(t.Context(), keeper, b.ID, false, ""); err != nil {
		t.Fatal(err)
	}
	s.release(road())
	two.until(2)
	if err := s.Remove(t.Context(), keeper, b.ID, ""); err != nil {
		t.Fatal(err)
	}
	s.release(map[lang.Tag][2]string{lang.EN: {"Water", "Water."}})
	one.until(3)
	one.silent(3)
	two.silent(2)
}

// TestManySubscriptions measures the processor time of telling one event to so many subscriptions as JARCHI_SUBSCRIPTIONS says, each with words of its own.
func TestManySubscriptions(t *testing.T) {
	n, err := strconv.Atoi(os.Getenv("JARCHI_SUBSCRIPTIONS"))
	if err != nil {
		t.Skip("set JARCHI_SUBSCRIPTIONS to a number to measure")
	}
	s := open(t)
	now := func() time.Duration {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			t.Fatal(err)
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	words := []string{"water", "road", "bridge", "dam", "river", "school", "minister", "grain", "price", "border"}
	for i := 0; i < n; {
		err := s.store.Write(t.Context(), func(x *store.Tx) error {
			for range 500 {
				f := subscription.Filter{Text: fmt.Sprintf("%s place%d", words[i%len(words)], i)}
				if i%50 == 0 {
					f.Text = "" // everything: there are few of these that differ
				}
				if err := x.PutSubscription(subscription.Subscription{ID: subscription.ID(people.NewID()), Member: "alfa", Channel: subscription.Webhook, Format: subscription.Ninjs, Target: "https://a.example/", Name: "A", State: subscription.Active, Filter: f, From: math.MaxInt64 >> 8}); err != nil {
					return err
				}
				i++
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	tell := func() time.Duration {
		s.release(water())
		began := now()
		for more := true; more; {
			if more, err = s.distribute(t.Context(), false); err != nil {
				t.Fatal(err)
			}
		}
		return now() - began
	}
	t.Logf("the first event, with reading %d subscriptions: %s", n, tell())
	var all time.Duration
	for range 10 {
		all += tell()
	}
	t.Logf("each of ten further events: %s", all/10)
}
