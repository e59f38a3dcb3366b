//go:build !race

package api

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/access/accesstest"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/publish"
	"jarchi.dev/jarchi/internal/wire"
)

// 500 readers of the stream over real connections, in this same process, while 20 releases a second
// are published: how long after its commit an event is in a reader's hands.
func BenchmarkStream500Readers(b *testing.B) {
	const readers, rate = 500, 20
	n := newNode(b)
	url := n.serve()
	tokens := []string{"", n.token(accesstest.Other, access.Scopes...), n.token(accesstest.Partner, access.Scopes...), n.lead()}
	var mu sync.Mutex
	var waits []time.Duration
	committed := map[wire.ReleaseID]time.Time{}
	var done sync.WaitGroup
	for i := range readers {
		r := follow(b, url, tokens[i%len(tokens)], "")
		done.Add(1)
		go func() {
			defer done.Done()
			type got struct {
				id wire.ReleaseID
				at time.Time
			}
			arrived := make([]got, 0, b.N)
			for range b.N {
				f := r.event()
				at := time.Now()
				var o struct{ ID wire.ReleaseID }
				if err := json.Unmarshal([]byte(f.data), &o); err != nil {
					b.Error(err)
					return
				}
				arrived = append(arrived, got{o.ID, at})
			}
			time.Sleep(100 * time.Millisecond) // the last commit's time is noted by now
			mu.Lock()
			defer mu.Unlock()
			for _, g := range arrived {
				waits = append(waits, max(0, g.at.Sub(committed[g.id])))
			}
		}()
	}
	desk := access.Viewer{Member: accesstest.Lead, Scopes: access.Scopes}
	body := strings.Fields(strings.Repeat(kkBody+" ", 40))
	b.ResetTimer()
	tick := time.NewTicker(time.Second / rate)
	defer tick.Stop()
	for i := range b.N {
		<-tick.C
		r, err := n.publish.Create(context.Background(), desk, publish.Input{Items: []wire.NewItem{
			{Language: lang.KK, Content: wire.Content{Headline: fmt.Sprint(kkHead, i), Body: []string{strings.Join(body, " ")}}},
			{Language: lang.RU, Content: wire.Content{Headline: fmt.Sprint(ruHead, i), Body: []string{ruBody}}}}})
		if err != nil {
			b.Fatal(err)
		}
		mu.Lock()
		committed[r.ID] = time.Now()
		mu.Unlock()
	}
	done.Wait()
	b.StopTimer()
	slices.Sort(waits)
	at := func(q float64) float64 { return float64(waits[int(q*float64(len(waits)-1))].Microseconds()) / 1000 }
	b.ReportMetric(at(0.5), "p50-ms")
	b.ReportMetric(at(0.99), "p99-ms")
	b.ReportMetric(at(1), "max-ms")
}
