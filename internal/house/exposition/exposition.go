// Package exposition writes figures in the text format that Prometheus reads, version 0.0.4
// (prometheus.io/docs/instrumenting/exposition_formats). It counts requests and durations and asks collectors for the rest.
package exposition

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Desc names a figure and its labels.
type Desc struct {
	name, help string
	labels     []string
}

// NewDesc makes one; names are letters, digits and underscores, as is known when it is written.
func NewDesc(name, help string, labels ...string) *Desc { return &Desc{name, help, labels} }

// Metric is one figure with values of its labels at one moment.
type Metric struct {
	desc   *Desc
	kind   string
	values []string
	value  float64
	bounds []float64 // of a histogram
	counts []uint64  // in each bucket; one more for what is above all bounds
}

// Gauge is a figure that rises and falls.
func Gauge(d *Desc, v float64, values ...string) Metric {
	return Metric{desc: d, kind: "gauge", values: values, value: v}
}

// Total is a figure that only rises while the process runs.
func Total(d *Desc, v float64, values ...string) Metric {
	return Metric{desc: d, kind: "counter", values: values, value: v}
}

// Collector knows figures.
type Collector interface {
	Collect(emit func(Metric))
}

// counted is one combination of values.
type counted struct {
	values []string
	sum    float64
	counts []uint64
}

// vec counts by the values of its labels. It is safe for use by several goroutines.
type vec struct {
	desc   *Desc
	bounds []float64
	mu     sync.Mutex
	by     map[string]*counted
}

func (v *vec) at(values []string) *counted {
	if len(values) != len(v.desc.labels) {
		panic("exposition: " + v.desc.name + " has other labels")
	}
	key := strings.Join(values, "\xff")
	c := v.by[key]
	if c == nil {
		c = &counted{values: slices.Clone(values), counts: make([]uint64, len(v.bounds)+1)}
		v.by[key] = c
	}
	return c
}

// Counter counts what happens, by the values of its labels.
type Counter struct{ vec }

// NewCounter makes one. Without labels it is 0 until something is counted.
func NewCounter(name, help string, labels ...string) *Counter {
	c := &Counter{vec{desc: NewDesc(name, help, labels...), by: map[string]*counted{}}}
	if len(labels) == 0 {
		c.at(nil)
	}
	return c
}

// Inc counts one more.
func (c *Counter) Inc(values ...string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at(values).sum++
}

// Collect implements Collector.
func (c *Counter) Collect(emit func(Metric)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, x := range c.by {
		emit(Total(c.desc, x.sum, x.values...))
	}
}

// Histogram counts how large what happens is, by the values of its labels.
type Histogram struct{ vec }

// NewHistogram makes one with the upper bounds of its buckets, rising.
func NewHistogram(name, help string, bounds []float64, labels ...string) *Histogram {
	return &Histogram{vec{desc: NewDesc(name, help, labels...), bounds: bounds, by: map[string]*counted{}}}
}

// Observe counts one of this size.
func (h *Histogram) Observe(size float64, values ...string) {
	bucket, _ := slices.BinarySearch(h.bounds, size) // a bound belongs to its bucket
	h.mu.Lock()
	defer h.mu.Unlock()
	c := h.at(values)
	c.counts[bucket]++
	c.sum += size
}

// Collect implements Collector.
func (h *Histogram) Collect(emit func(Metric)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, x := range h.by {
		emit(Metric{desc: h.desc, kind: "histogram", values: x.values, value: x.sum, bounds: h.bounds, counts: slices.Clone(x.counts)})
	}
}

// Handler answers with what the collectors know.
func Handler(from ...Collector) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		w.Write(Text(from...))
	})
}

// Text writes the figures of the collectors by name, those of one name by the values of their labels.
func Text(from ...Collector) []byte {
	families := map[string][]Metric{}
	for _, c := range from {
		c.Collect(func(m Metric) { families[m.desc.name] = append(families[m.desc.name], m) })
	}
	var b bytes.Buffer
	for _, name := range slices.Sorted(maps.Keys(families)) {
		list := families[name]
		slices.SortFunc(list, func(x, y Metric) int { return slices.Compare(x.values, y.values) })
		fmt.Fprintf(&b, "# HELP %s %s\n# TYPE %s %s\n", name, escape.Replace(list[0].desc.help), name, list[0].kind)
		for _, m := range list {
			m.write(&b)
		}
	}
	return b.Bytes()
}

var (
	escape      = strings.NewReplacer(`\`, `\\`, "\n", `\n`)
	escapeValue = strings.NewReplacer(`\`, `\\`, "\n", `\n`, `"`, `\"`)
)

func (m Metric) write(b *bytes.Buffer) {
	if m.kind != "histogram" {
		m.line(b, "", m.value, "")
		return
	}
	below := uint64(0)
	for i, n := range m.counts {
		below += n
		bound := math.Inf(1)
		if i < len(m.bounds) {
			bound = m.bounds[i]
		}
		m.line(b, "_bucket", float64(below), number(bound))
	}
	m.line(b, "_sum", m.value, "")
	m.line(b, "_count", float64(below), "")
}

func (m Metric) line(b *bytes.Buffer, ending string, v float64, bound string) {
	b.WriteString(m.desc.name + ending)
	sep := "{"
	label := func(name, value string) {
		b.WriteString(sep + name + `="` + escapeValue.Replace(strings.ToValidUTF8(value, "�")) + `"`)
		sep = ","
	}
	for i, name := range m.desc.labels {
		label(name, m.values[i])
	}
	if bound != "" {
		label("le", bound)
	}
	if sep == "," {
		b.WriteByte('}')
	}
	b.WriteString(" " + number(v) + "\n")
}

func number(v float64) string {
	return cmp.Or(map[float64]string{math.Inf(1): "+Inf", math.Inf(-1): "-Inf"}[v], strconv.FormatFloat(v, 'g', -1, 64))
}
