package story

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"jarchi.dev/jarchi/internal/lang"
)

// What is entered into lists is read back, list by list.
func TestLists(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		x := newLists()
		type key struct {
			hash uint32
			lang uint8
		}
		want := map[key][]uint32{}
		kinds := map[uint32]TraitKind{}
		at := map[uint8]uint32{}
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		hashes, langs, far := 1+r.IntN(40), 1+r.IntN(32), 1<<r.IntN(16)
		for range rapid.IntRange(1, 600).Draw(t, "texts") {
			l := uint8(r.IntN(langs))
			at[l] = min(at[l]+1+uint32(r.IntN(far)), maxDocs-1)
			for h := range uint32(hashes) {
				if old := want[key{h, l}]; r.IntN(3) > 0 || len(old) > 0 && old[len(old)-1]>>8 == at[l] {
					continue
				}
				if kinds[h] == 0 {
					kinds[h] = TraitKind(1 + r.IntN(int(Word)))
				}
				w := kindWeight[kinds[h]]
				if r.IntN(3) == 0 {
					w = 1 + 5*r.Float32()
				}
				x.post(h, l, kinds[h], packed(int(at[l]), w))
				want[key{h, l}] = append(want[key{h, l}], packed(int(at[l]), w))
			}
		}
		found := 0
		for h := range uint32(hashes) {
			of, _ := x.of(h)
			for i := range of {
				found++
				if got := x.posts(&of[i]); of[i].kind() != kinds[h] || !slices.Equal(got, want[key{h, of[i].lang()}]) {
					t.Fatalf("%d of %d: %v, want %v", h, of[i].lang(), got, want[key{h, of[i].lang()}])
				}
			}
		}
		if found != len(want) {
			t.Fatalf("%d lists, want %d", found, len(want))
		}
	})
}

// plain is search without any index: it compares a text with every other one.
func plain(texts []Text, self int, langs []lang.Tag, l lang.Tag, n int) []hit {
	count, df := map[lang.Tag]int{}, map[lang.Tag]map[uint32]int{}
	for _, t := range langs {
		df[t] = map[uint32]int{}
	}
	for _, t := range texts {
		count[t.Traits.Lang]++
		for _, f := range t.Traits.Traits {
			df[t.Traits.Lang][f.Hash]++
		}
	}
	me := texts[self].Traits
	tells := func(f Trait, t lang.Tag) float64 { return float64(rarity(f.Kind, count[t], df[t][f.Hash])) }
	norm := func(t Traits) float64 {
		sum := 0.0
		for _, f := range t.Traits {
			w := float64(weightOf(packed(0, f.Weight))) * tells(f, t.Lang)
			sum += w * w
		}
		return math.Sqrt(sum)
	}
	budget := max(readingMin, reading/len(langs))
	var asked []int
	for i, f := range me.Traits {
		if df[l][f.Hash] > 0 {
			asked = append(asked, i)
		}
	}
	slices.SortStableFunc(asked, func(a, b int) int { return df[l][me.Traits[a].Hash] - df[l][me.Traits[b].Hash] })
	read := map[uint32]bool{}
	for _, i := range asked {
		h := me.Traits[i].Hash
		if budget -= df[l][h]; budget < 0 {
			break
		}
		read[h] = true
	}
	var out []hit
	for d, o := range texts {
		if d == self || o.Traits.Lang != l {
			continue
		}
		has := map[uint32]float32{}
		for _, f := range o.Traits.Traits {
			has[f.Hash] = weightOf(packed(0, f.Weight))
		}
		sum := 0.0
		for _, f := range me.Traits {
			if read[f.Hash] {
				sum += float64(f.Weight*has[f.Hash]) * tells(f, l) * tells(f, me.Lang)
			}
		}
		sum *= float64(nearness(uint32(texts[self].At.Unix()), uint32(o.At.Unix()))) / norm(me) / norm(o.Traits)
		if sum > 0 {
			out = append(out, hit{uint32(d), float32(sum)})
		}
	}
	slices.SortStableFunc(out, func(a, b hit) int {
		if a.cos > b.cos {
			return -1
		} else if a.cos < b.cos {
			return 1
		}
		return 0
	})
	return out[:min(n, len(out))]
}

// A search finds what comparing with every text finds, with the same scores.
func TestSearchIsPlain(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 2))
		langs := []lang.Tag{lang.KK, lang.UZ, lang.RU, lang.FA}[:1+r.IntN(4)]
		many := rapid.IntRange(1, 150).Draw(t, "texts")
		common := 1 + r.IntN(120)
		if rapid.IntRange(0, 9).Draw(t, "much") == 0 { // more than is read
			many, common = 400, 30
		}
		hours := 1 + r.IntN(3000)
		var texts []Text
		l := NewLinker()
		for i := range many {
			k := Traits{Lang: langs[r.IntN(len(langs))]}
			for h := range uint32(common) {
				if r.IntN(common) > int(h)/2 {
					kind := TraitKind(1 + h%uint32(Word))
					k.Traits = append(k.Traits, Trait{Hash: traitHash(kind, fmt.Sprint(h)), Kind: kind, Weight: kindWeight[kind] * (1 + float32(math.Log(float64(1+r.IntN(3)))))})
				}
			}
			texts = append(texts, Text{ID: fmt.Sprint(i), At: time.Unix(1_700_000_000+int64(r.IntN(hours))*3600, 0), Traits: k})
			if _, err := l.enter(texts[i]); err != nil {
				t.Fatal(err)
			}
		}
		x := l.x
		x.at = 0
		x.settle()
		for range 5 {
			self := r.IntN(many)
			x.ask(texts[self].Traits)
			own := x.rarities(texts[self].Traits, x.docs[self].lang)
			for g, tag := range x.langs {
				want := plain(texts, self, x.langs, tag, many)
				of := map[uint32]float32{}
				for _, h := range want {
					of[h.doc] = h.cos
				}
				got := x.search(texts[self].Traits, own, uint32(self), uint8(g), 10)
				if len(got) != min(10, len(want)) {
					t.Fatalf("%d found, want %d", len(got), min(10, len(want)))
				}
				for i, h := range got {
					if math.Abs(float64(h.cos-want[i].cos)) > 1e-4 || math.Abs(float64(h.cos-of[h.doc])) > 1e-4 {
						t.Fatalf("%d: %v, want %v, and of this text %v", i, h, want[i], of[h.doc])
					}
				}
			}
		}
	})
}

// A text that is placed again has each neighbour once, with what it is now.
func TestPlacedAgain(t *testing.T) {
	t.Parallel()
	l := NewLinker()
	at := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	background(t, l, at)
	for range 3 {
		for i, r := range others {
			place(t, l, Text{ID: fmt.Sprintf("o%d", i), At: at, Traits: read(r.lang, r.text, at)})
		}
	}
	for n := range l.x.docs {
		for _, near := range l.x.docs[n].best {
			met := map[uint32]bool{}
			for i := range near {
				if d, _ := near.at(i); near[i] != 0 && met[d] {
					t.Fatalf("%s has %s twice", l.x.docs[n].id, l.x.docs[d].id)
				} else if near[i] != 0 {
					met[d] = true
				}
			}
		}
	}
	var n neighbours
	n.offer(3, 0.5)
	n.offer(7, 0.4)
	n.offer(3, 0.2)
	if d, s := n.at(0); d != 7 || s < 0.39 || n[2] != 0 {
		t.Errorf("%v: the text that is less like it now stands first", n)
	}
}
