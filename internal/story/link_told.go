package story

// What a node tells its linker, where reports of several texts and editors' decisions say what a story is; and what it
// asks without placing anything.

// Gather makes one story of exactly these texts, as far as they are known: whatever else was in a story with them is not.
func (l *Linker) Gather(ids ...string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	first, any := uint32(0), false
	for _, id := range ids {
		n, ok := l.number[id]
		if !ok {
			continue
		}
		l.takeOut(n)
		if any {
			l.unite(first, n)
		}
		first, any = n, true
	}
}

// Nearest tells which texts are nearest to one that is known and has these traits, the best first, and changes nothing.
func (l *Linker) Nearest(nearest int, id string, t Traits) []Near {
	l.mu.Lock()
	defer l.mu.Unlock()
	n, ok := l.number[id]
	if !ok {
		return nil
	}
	nearest = min(max(nearest, 0), maxNear)
	var hits []hit
	t = bounded(t)
	l.x.ask(t)
	own := l.x.rarities(t, l.x.docs[n].lang)
	for g := range l.x.langs {
		hits = append(hits, l.x.search(t, own, n, uint8(g), max(perLanguage, nearest+1))...)
	}
	found := l.x.neighbourhood(hits, n, t, own)
	out := make([]Near, 0, min(nearest, len(found)))
	for _, f := range found[:min(nearest, len(found))] {
		out = append(out, l.near(n, f))
	}
	return out
}
