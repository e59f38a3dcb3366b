package story

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"sync"
	"time"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
)

// Linker finds which texts report the same event, in whatever languages, as they come in. It needs no training: a text
// is compared by what it names, its numbers and dates, what its names sound like, what its words describe (Traits). How
// alike two texts are is measured by what is usual for either of them, so that one threshold serves every pair of
// languages. It is safe for concurrent use.
type Linker struct {
	mu     sync.Mutex
	x      *index
	number map[string]uint32
	groups map[uint32][]uint32 // the texts of a story, in order; a story of one text is not in it
	parted map[[2]string]bool  // texts that an editor put apart, the lesser id first
	joined map[string][]string // texts that an editor joined with a text
}

// NewLinker returns a linker that knows no texts.
func NewLinker() *Linker {
	return &Linker{x: newIndex(), number: map[string]uint32{}, groups: map[uint32][]uint32{}, parted: map[[2]string]bool{}, joined: map[string][]string{}}
}

// Text is one text to be placed.
type Text struct {
	ID     string
	At     time.Time // when it was published; zero if that is not known
	Traits Traits
	Story  string // the story that it is in already, when it is entered again at start
	Vector Vector // of what it means, where an engine is configured
}

// Reason is one thing by which two texts were found to belong together, as data for an editor.
type Reason struct {
	Kind  string `json:"kind"`  // number, date, name, entity, topic, word; editor when somebody said so
	Value string `json:"value"` // as the text has it; of an entity kind and id ("body:sco"); of an editor's decision the other text
}

// Near is a text that is like another one.
type Near struct {
	ID    string  `json:"id"`
	Score float64 `json:"score"`           // 0 to 1; from 0.5 on it is a link, unless the events clash
	Clash string  `json:"clash,omitempty"` // why the events that they report are not the same one, see Event.Against
}

// Placed tells where a text belongs.
type Placed struct {
	ID      string
	Story   string   // the id of its story's first text
	Because []Reason // why it is there; none if it begins the story
	Near    []Near   // the best first
	Merged  []string // stories that turned out to be this one, by the ids they had
}

// Threshold is from what score on two texts are linked: so many standard deviations beyond what is usual for both.
const Threshold = 4.5

// Bounds of a search and an answer.
const (
	perLanguage  = 24 // candidates of each language
	maxReasons   = 12
	maxNear      = 1000
	severalTexts = 3 // of a story of so many at least half must agree
)

// Enter takes in texts as they were placed before, without looking for their stories: for a start. What is known
// already is passed over.
func (l *Linker) Enter(texts ...Text) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	fresh := map[uint32]Traits{}
	old := uint32(len(l.x.docs))
	for _, t := range texts {
		if _, known := l.number[t.ID]; known {
			continue
		}
		n, err := l.enter(t)
		if err != nil {
			return err
		}
		l.x.means(n, t.Vector)
		fresh[n] = bounded(t.Traits)
		if first, ok := l.number[t.Story]; ok {
			l.unite(first, n)
		}
	}
	l.x.settle()
	if l.x.few() > 0 { // of many texts the next ones soon tell what is usual; of few they would not
		for _, n := range slices.Sorted(maps.Keys(fresh)) {
			l.x.meet(n, fresh[n], old)
		}
	}
	return nil
}

func (l *Linker) enter(t Text) (uint32, error) {
	if len(l.x.docs) >= maxDocs {
		return 0, fault.E(fault.TooLarge, "The linker holds %d texts and takes no more.", maxDocs)
	}
	n := l.x.add(t.ID, bounded(t.Traits), t.At)
	l.number[t.ID] = n
	return n, nil
}

// Place enters texts and finds their stories, in order; nearest is how many of the nearest are told of each. Texts that
// are placed together are compared with each other too. A text that is known is compared anew with the traits given,
// and keeps its place in the index.
func (l *Linker) Place(nearest int, texts ...Text) ([]Placed, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	nearest = min(max(nearest, 0), maxNear)
	numbers := make([]uint32, len(texts))
	old := uint32(len(l.x.docs))
	for i, t := range texts {
		n, known := l.number[t.ID]
		if !known {
			var err error
			if n, err = l.enter(t); err != nil {
				return nil, err
			}
		}
		l.x.means(n, t.Vector)
		numbers[i] = n
	}
	l.x.settle()
	hits, own, traits := make([][]hit, len(texts)), make([][]float32, len(texts)), make([]Traits, len(texts))
	for i, n := range numbers {
		traits[i] = bounded(texts[i].Traits)
		l.x.ask(traits[i])
		own[i] = l.x.rarities(traits[i], l.x.docs[n].lang)
		for g := range l.x.langs {
			found := l.x.search(traits[i], own[i], n, uint8(g), max(perLanguage, nearest+1))
			hits[i] = append(hits[i], found...)
			for _, h := range found {
				l.x.remember(n, h.doc, h.cos)
				if h.doc < old { // those that come with it look for themselves
					l.x.remember(h.doc, n, h.cos)
				}
			}
		}
	}
	out := make([]Placed, len(texts))
	near, moves := make([][]found, len(texts)), make([]uint64, len(texts))
	for i, n := range numbers {
		near[i], moves[i] = l.x.neighbourhood(hits[i], n, traits[i], own[i]), l.x.moves
		merged, why := l.place(n, near[i], traits[i])
		out[i] = Placed{ID: texts[i].ID, Merged: merged, Because: why}
	}
	for i, n := range numbers { // what came later may have moved it
		out[i].Story = l.x.docs[l.x.docs[n].story].id
		if moves[i] != l.x.moves {
			near[i] = l.x.neighbourhood(hits[i], n, traits[i], own[i])
		}
		for _, f := range near[i] {
			if len(out[i].Near) == nearest {
				break
			}
			out[i].Near = append(out[i].Near, l.near(n, f))
		}
	}
	return out, nil
}

// place finds the story of text n among what is near to it.
func (l *Linker) place(n uint32, near []found, t Traits) (merged []string, why []Reason) {
	mine := func() uint32 { return l.x.docs[n].story }
	for _, id := range l.joined[l.x.docs[n].id] {
		if other, ok := l.number[id]; ok {
			if gone := l.unite(n, other); gone != "" {
				merged = append(merged, gone)
			}
			why = append(why, Reason{"editor", id})
		}
	}
	agree := map[uint32]int{}
	for _, f := range near {
		if f.score >= 0.6*Threshold {
			agree[l.x.docs[f.doc].story]++
		}
	}
	taken := len(why) > 0
	for _, f := range near {
		need := float64(Threshold)
		if taken { // two stories become one only by what is beyond doubt
			need *= 1.5
		}
		if f.score < need {
			break
		}
		other := l.x.docs[f.doc].story
		if other == mine() {
			if !taken {
				taken, why = true, l.because(n, t, f.doc, maxReasons)
			}
			continue
		}
		if size := l.size(other); size >= severalTexts && 2*agree[other] < size || !l.may(mine(), other) {
			continue
		}
		if gone := l.unite(n, f.doc); gone != "" && gone != l.x.docs[n].id {
			merged = append(merged, gone)
		}
		if !taken {
			taken, why = true, l.because(n, t, f.doc, maxReasons)
		}
	}
	return merged, why
}

// unite makes one story of two and returns the id of the one that is no more, "" if they were one.
func (l *Linker) unite(a, b uint32) string {
	from, to := l.x.docs[a].story, l.x.docs[b].story
	if from == to {
		return ""
	}
	if from < to {
		from, to = to, from
	}
	all := append(l.members(to), l.members(from)...)
	slices.Sort(all)
	for _, d := range all {
		l.x.docs[d].story = to
	}
	delete(l.groups, from)
	l.groups[to] = all
	l.x.moves++
	return l.x.docs[from].id
}

// members are the texts of a story; a new slice.
func (l *Linker) members(story uint32) []uint32 {
	if g := l.groups[story]; g != nil {
		return slices.Clone(g)
	}
	return []uint32{story}
}

func (l *Linker) size(story uint32) int { return max(1, len(l.groups[story])) }

// may tells whether two stories may be one: no editor put two of their texts apart, and no two report events that
// clash.
func (l *Linker) may(a, b uint32) bool {
	for _, m := range l.members(a) {
		for _, o := range l.members(b) {
			if l.parted[pair(l.x.docs[m].id, l.x.docs[o].id)] || l.x.event(m).Clashes(l.x.event(o)) {
				return false
			}
		}
	}
	return true
}

// bounded are as many traits as are read of a text.
func bounded(t Traits) Traits {
	t.Traits = t.Traits[:min(len(t.Traits), maxTraits)]
	return t
}

func pair(a, b string) [2]string { return [2]string{min(a, b), max(a, b)} }

// near describes a neighbour.
func (l *Linker) near(n uint32, f found) Near {
	out := Near{ID: l.x.docs[f.doc].id}
	out.Clash = l.x.event(n).Against(l.x.event(f.doc))
	out.Score = math.Round(1e6/(1+math.Exp((Threshold-f.score)/2))) / 1e6
	return out
}

// reasons are what a text with these traits shares with another one, the most telling first, each value once, at most so many.
func (l *Linker) reasons(t Traits, other uint32, most int) []Reason {
	type told struct {
		Reason
		worth float32
	}
	var all []told
	t = bounded(t)
	l.x.ask(t)
	language := l.x.docs[other].lang
	for _, q := range l.x.asking(language) {
		f := &t.Traits[q>>32&(1<<askedTraits-1)]
		if f.Kind == Domain || f.Value == "" {
			continue // its words are told; a month is by its date
		}
		posts := l.x.lists.posts(&l.x.lists.all[uint32(q)])
		i, ok := slices.BinarySearchFunc(posts, l.x.docs[other].place, func(q, d uint32) int { return cmp.Compare(q>>8, d) })
		if !ok {
			continue
		}
		r := rarity(f.Kind, l.x.parts[language].count, len(posts))
		all = append(all, told{Reason{f.Kind.String(), f.Value}, f.Weight * weightOf(posts[i]) * r * r})
	}
	slices.SortStableFunc(all, func(a, b told) int { return cmp.Or(cmp.Compare(b.worth, a.worth), cmp.Compare(a.Value, b.Value)) })
	var out []Reason
	for _, r := range all {
		if len(out) < most && !slices.ContainsFunc(out, func(o Reason) bool { return o.Value == r.Value }) {
			out = append(out, r.Reason)
		}
	}
	return out
}

// Join keeps an editor's word that two texts belong to one story, and makes it so if both are known.
func (l *Linker) Join(a, b string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.parted, pair(a, b))
	if !slices.Contains(l.joined[a], b) {
		l.joined[a] = append(l.joined[a], b)
		l.joined[b] = append(l.joined[b], a)
	}
	m, known := l.number[a]
	n, too := l.number[b]
	if known && too {
		l.unite(m, n)
	}
}

// Part keeps an editor's word that text a does not belong to the story of text b, and takes it out of that story into
// one of its own.
func (l *Linker) Part(a, b string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.parted[pair(a, b)] = true
	l.joined[a] = slices.DeleteFunc(l.joined[a], func(id string) bool { return id == b })
	l.joined[b] = slices.DeleteFunc(l.joined[b], func(id string) bool { return id == a })
	m, known := l.number[a]
	n, too := l.number[b]
	if !known || !too || l.x.docs[m].story != l.x.docs[n].story {
		return
	}
	l.takeOut(m)
}

// takeOut makes a text a story of its own; the others stay one.
func (l *Linker) takeOut(n uint32) {
	story := l.x.docs[n].story
	rest := slices.DeleteFunc(l.members(story), func(d uint32) bool { return d == n })
	delete(l.groups, story)
	for _, d := range rest {
		l.x.docs[d].story = rest[0]
	}
	if len(rest) > 1 {
		l.groups[rest[0]] = rest
	}
	l.x.docs[n].story = n
}

// Remove forgets a text: it is found no more and no longer belongs to a story.
func (l *Linker) Remove(id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	n, ok := l.number[id]
	if !ok {
		return
	}
	delete(l.number, id)
	l.takeOut(n)
	d := &l.x.docs[n]
	part := &l.x.parts[d.lang]
	d.gone, part.spots[d.place].norm = true, 0
	part.count--
	delete(l.x.vectors, n)
}

// Because tells what a text with these traits shares with another one, the most telling first; none if the other one is
// not known.
func (l *Linker) Because(t Traits, self, id string) []Reason {
	l.mu.Lock()
	defer l.mu.Unlock()
	n, known := l.number[id]
	if !known {
		return nil
	}
	most := maxReasons
	if t.Lang == lang.ZH && l.x.langs[l.x.docs[n].lang] == lang.ZH {
		most = maxPairs
	}
	if m, known := l.number[self]; known {
		return l.because(m, t, n, most)
	}
	return l.reasons(t, n, most)
}

// Story returns the id of a text's story and of all its texts, in the order in which they came; "" and none for a text
// that is not known.
func (l *Linker) Story(id string) (story string, texts []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	n, ok := l.number[id]
	if !ok {
		return "", nil
	}
	for _, m := range l.members(l.x.docs[n].story) {
		texts = append(texts, l.x.docs[m].id)
	}
	return l.x.docs[l.x.docs[n].story].id, texts
}
