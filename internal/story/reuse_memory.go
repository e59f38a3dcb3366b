package story

import (
	"slices"

	"jarchi.dev/jarchi/internal/fault"
)

// Memory finds reuse among the texts it was given, which it holds in memory: about 2 kB for a text of 300 words. It is
// not safe for concurrent use.
type Memory struct {
	most     int // bytes it may take
	bytes    int
	first    int64 // the document that docs begins with
	docs     []memoryDoc
	ids      map[string]bool
	postings [Buckets]Postings
}

type memoryDoc struct {
	id     string
	prints int   // distinct ones
	family int64 // the document that its text goes back to; its own number if to none
	sketch []byte
}

// Source is an earlier text that a text uses.
type Source struct {
	ID          string  `json:"id"`
	Kind        Kind    `json:"kind"`
	Containment float64 `json:"containment"` // how much of the shorter of the two stands in the other, 0 to 1
}

// NewMemory makes an empty one that takes at most so many bytes: when they are used up, the oldest texts are forgotten.
func NewMemory(most int) *Memory { return &Memory{most: most, ids: map[string]bool{}} }

// Add tells what text uses of those added before, the most used first, and keeps it under id. An id is taken once.
func (m *Memory) Add(id, text string) ([]Source, error) {
	if m.ids[id] {
		return nil, fault.E(fault.Invalid, "The id %.80q stands twice.", id)
	}
	sketch := Draw("", text)
	prints := sketch.Prints()
	hashes := Hashes(prints)
	of := []Source{}
	family := m.first + int64(len(m.docs))
	uses := Compare(sketch, m.near(hashes))
	if doc, ok := Origin(uses); ok {
		family = m.docs[doc-m.first].family
	}
	for _, r := range uses {
		of = append(of, Source{m.docs[r.Doc-m.first].id, r.Kind, float64(int(r.Containment*1000+0.5)) / 1000})
	}
	m.keep(id, sketch, hashes, family)
	return of, nil
}

// near are the candidates for a text with these prints.
func (m *Memory) near(hashes []uint64) []Candidate {
	found := map[int64]*Candidate{}
	for _, h := range hashes {
		holders := m.postings[Bucket(h)].Holders(h)
		rare := m.families(holders) < Often
		for _, p := range holders {
			doc := m.numberOf(p)
			c := found[doc]
			if c == nil {
				c = &Candidate{Doc: doc}
				found[doc] = c
			}
			c.Shared++
			if rare {
				c.Rare++
			}
		}
	}
	cs := make([]Candidate, 0, len(found))
	for doc, c := range found {
		d := m.docs[doc-m.first]
		if c.Prints = d.prints; c.Shared >= min(MinShared, d.prints, len(hashes)) {
			cs = append(cs, *c)
		}
	}
	cs = Candidates(cs, len(hashes))
	for i := range cs {
		cs[i].Sketch, _ = Stored(m.docs[cs[i].Doc-m.first].sketch)
	}
	return cs
}

// numberOf is the document of a posting: of those kept, the one whose lower half it has; there are fewer than 2^32.
func (m *Memory) numberOf(posting uint64) int64 {
	return m.first + int64(DocOf(posting)-uint32(m.first))
}

// families counts to how many texts the holders of a print go back.
func (m *Memory) families(holders Postings) int {
	if len(holders) < Often {
		return len(holders)
	}
	seen := make([]int64, 0, MaxHolders)
	for _, p := range holders {
		if f := m.docs[m.numberOf(p)-m.first].family; !slices.Contains(seen, f) {
			seen = append(seen, f)
		}
	}
	return len(seen)
}

func (m *Memory) keep(id string, s Sketch, hashes []uint64, family int64) {
	doc := m.first + int64(len(m.docs))
	d := memoryDoc{id, len(hashes), family, s.Bytes()}
	m.docs = append(m.docs, d)
	m.ids[id] = true
	for _, h := range hashes {
		if b := &m.postings[Bucket(h)]; len(b.Holders(h)) < MaxHolders {
			*b = b.With(h, uint32(doc))
		}
	}
	m.bytes += size(d)
	for m.bytes > m.most && len(m.docs) > 1 {
		m.forget()
	}
}

// size is about what a document takes, with what the slices hold in reserve.
func size(d memoryDoc) int { return 168 + 3*len(d.id) + len(d.sketch) + 10*d.prints }

// forget drops the oldest text.
func (m *Memory) forget() {
	d := m.docs[0]
	s, _ := Stored(d.sketch)
	hashes := Hashes(s.Prints())
	for _, h := range hashes {
		b := &m.postings[Bucket(h)]
		*b, _ = b.Without(h, uint32(m.first))
	}
	delete(m.ids, d.id)
	m.docs[0] = memoryDoc{}
	m.docs = m.docs[1:]
	m.first++
	m.bytes -= size(d)
}
