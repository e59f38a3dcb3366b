package search

import (
	"fmt"
	"sync"

	"jarchi.dev/jarchi/internal/lang"
)

// made is to be raised where Document makes other lexemes or endings of a text than before by another reason than the tables of letters and stems;
// TestForm tells.
const made = 2

// Form names what Document makes of texts: where it is another one, texts that were indexed are to be indexed anew.
var Form = sync.OnceValue(func() string {
	digest := lang.Digest()
	return fmt.Sprintf("%d-%x", made, digest[:8])
})
