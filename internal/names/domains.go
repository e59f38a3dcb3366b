package names

import (
	_ "embed"
	"fmt"
	"strings"
	"sync"
	"unicode/utf8"
)

//go:embed domains.txt
var domainRows string

// domainTable tells to which field of the news topics and signs belong.
type domainTable struct {
	topics map[string]string
	signs  map[uint16]string
}

var domains = sync.OnceValue(func() domainTable {
	t := domainTable{map[string]string{}, map[uint16]string{}}
	for line := range strings.Lines(domainRows) {
		f := strings.Fields(line)
		if len(f) == 0 || f[0] == "#" {
			continue
		}
		for _, w := range f[1:] {
			if w[0] < utf8.RuneSelf {
				t.topics[w] = f[0]
				continue
			}
			first, n := utf8.DecodeRuneInString(w)
			last := first
			if rest, ok := strings.CutPrefix(w[n:], "-"); ok {
				last, _ = utf8.DecodeRuneInString(rest)
			}
			for r := first; r <= last; r++ {
				if c := conceptOf(fmt.Sprintf("%X", r)); t.signs[c] == "" {
					t.signs[c] = f[0]
				}
			}
		}
	}
	return t
})

// DomainOfTopic is the field of the news that a topic of the tables belongs to, by its id; "" if to none.
func DomainOfTopic(id string) string { return domains().topics[id] }

// DomainOfSign is the same of a sign that Concepts returns.
func DomainOfSign(sign uint16) string { return domains().signs[sign] }
