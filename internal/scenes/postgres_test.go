package scenes

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/app"
	"jarchi.dev/jarchi/internal/intake"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/testkit"
	"jarchi.dev/jarchi/internal/testkit/postgres"
	"jarchi.dev/jarchi/internal/wire"
)

// TestANodeOnPostgreSQL: a whole node with its data in PostgreSQL. What is released is told live, found on the page in any spelling and leaves
// the index with its words when it is withdrawn; what has a time leaves at it; a page from outside comes in; another start finds it all.
func TestANodeOnPostgreSQL(t *testing.T) {
	t.Parallel()
	dir, address := t.TempDir(), postgres.New(t, nil)
	if err := store.SetDatabase(t.Context(), dir, address); err != nil {
		t.Fatal(err)
	}
	s := openAs(t, func(c *app.Config) { c.Dir = dir })
	s.desk("alfa")
	v := testkit.Viewer("alfa")

	var told strings.Builder
	var telling sync.Mutex
	req, err := http.NewRequestWithContext(t.Context(), "GET", s.URL+"/api/v1/stream", nil)
	if err != nil {
		t.Fatal(err)
	}
	stream, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Body.Close()
	go func() {
		b := make([]byte, 4096)
		for {
			n, err := stream.Body.Read(b)
			telling.Lock()
			told.Write(b[:n])
			telling.Unlock()
			if err != nil {
				return
			}
		}
	}()
	until := func(what string, so func() bool) {
		t.Helper()
		for deadline := time.Now().Add(20 * time.Second); !so(); time.Sleep(20 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatal(what)
			}
		}
	}
	heard := func(id wire.ReleaseID, event string) {
		t.Helper()
		until(string(id)+" is not told as "+event, func() bool {
			telling.Lock()
			defer telling.Unlock()
			for _, e := range strings.Split(told.String(), "\n\n") {
				if strings.Contains(e, "event: "+event) && strings.Contains(e, string(id)) {
					return true
				}
			}
			return false
		})
	}
	finds := func(words, headline string) bool {
		t.Helper()
		status, page := s.get(http.DefaultClient, "/?ui=en&q="+url.QueryEscape(words))
		if status != 200 {
			t.Fatalf("%s: %d", words, status)
		}
		return strings.Contains(page, headline)
	}

	r, err := s.Publish.Create(t.Context(), v, testkit.Input(map[lang.Tag][2]string{
		lang.EN: {"Ferries return to Toqsanbulaq", "The quay was rebuilt over the winter."},
		lang.KK: {"Тоқсанбұлаққа паромдар оралды", "Кемежай қыс бойы жөнделді."}}))
	if err != nil {
		t.Fatal(err)
	}
	heard(r.ID, "released")
	for _, words := range []string{"ferries", "ferr*", `"rebuilt over"`, "паром", "quay -winterless"} {
		if !finds(words, "Toqsanbulaq") && !finds(words, "Тоқсанбұлаққа") {
			t.Errorf("%q does not find it", words)
		}
	}
	if finds(`"over rebuilt"`, "Toqsanbulaq") {
		t.Error("a phrase is found in another order")
	}
	if _, err := s.Publish.Withdraw(t.Context(), v, r.ID, "The quay is not finished.", nil); err != nil {
		t.Fatal(err)
	}
	heard(r.ID, "withdrawn")
	if finds("ferries", "Ferries return") || finds("паром", "оралды") {
		t.Error("a withdrawn release is found by its words")
	}

	at := time.Now().Add(700 * time.Millisecond)
	scheduled := testkit.Input(map[lang.Tag][2]string{lang.EN: {"Scheduled", "It leaves by itself."}})
	scheduled.PublishAt = at
	sealed := testkit.Input(map[lang.Tag][2]string{lang.EN: {"Sealed", "It opens by itself."}})
	sealed.EmbargoedUntil = at
	first, err := s.Publish.Create(t.Context(), v, scheduled)
	if err != nil {
		t.Fatal(err)
	}
	second, err := s.Publish.Create(t.Context(), v, sealed)
	if err != nil {
		t.Fatal(err)
	}
	heard(first.ID, "released")
	heard(second.ID, "released")

	if _, err := s.Receive.Import(t.Context(), v, []intake.Document{{Name: "page.txt", ContentType: "text/plain", Declared: lang.EN, Bytes: []byte("Orchards in bloom\n\nThe apricot orchards of the valley came into bloom a week early, growers said on Monday.\n")}}); err != nil {
		t.Fatal(err)
	}
	ids, err := s.Store.Match(t.Context(), `"apricot"`, 0, 1<<60, 10)
	if err != nil || len(ids) != 1 {
		t.Errorf("the page from outside: %v, %v", ids, err)
	}

	var size int64
	for _, l := range s.Store.Logs() {
		size += l.Head.Size
	}
	if err := s.Store.Close(); err != nil {
		t.Fatal(err)
	}
	f, err := store.Inspect(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	logs, err := f.Logs(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range logs {
		rep, _, err := l.Check(t.Context(), nil)
		if err != nil {
			t.Errorf("%s: %v", l.Name, err)
		}
		size -= rep.Leaves
	}
	f.Close()
	if size != 0 {
		t.Errorf("%d leaves are missing", size)
	}
	again, err := store.Open(t.Context(), dir, time.Now, s.Log)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if _, _, err := again.Release(t.Context(), first.ID); err != nil {
		t.Error(err)
	}
}
