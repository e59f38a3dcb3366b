package ninjs

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"

	"jarchi.dev/jarchi/internal/fault"
)

// Once refuses a JSON text in which an object has the same name twice, at any depth: of such an object programs read different values (RFC 8259,
// section 4), so that one may check what another does not use. The text is valid JSON, or the answer means nothing. With fold, names that differ in
// capitals alone are the same, as encoding/json has them. It walks the bytes once, beside no tree. The error names the place.
func Once(text []byte, fold bool) error {
	type frame struct {
		array bool
		n     int                 // the element
		from  int                 // its names begin here in names
		key   []byte              // the last of them
		many  map[string]struct{} // all of them, where they are many
	}
	const few = 16
	var frames []frame
	var names [][]byte
	place := func() string {
		var b strings.Builder
		for _, f := range frames {
			switch {
			case f.array:
				b.WriteString("[" + strconv.Itoa(f.n) + "]")
			default:
				if b.Len() > 0 {
					b.WriteByte('.')
				}
				b.Write(f.key[:min(len(f.key), 100)])
			}
			if b.Len() > 500 {
				break
			}
		}
		return strings.ToValidUTF8(b.String(), "")
	}
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '{', '[':
			frames = append(frames, frame{array: c == '[', from: len(names)})
		case '}', ']':
			if n := len(frames) - 1; n >= 0 {
				names = names[:frames[n].from]
				frames = frames[:n]
			}
		case ',':
			if n := len(frames) - 1; n >= 0 {
				frames[n].n++
			}
		case '"':
			begin, escaped := i+1, false
			for i++; i < len(text) && text[i] != '"'; i++ {
				if text[i] == '\\' {
					escaped = true
					i++
				}
			}
			if len(frames) == 0 || frames[len(frames)-1].array || i >= len(text) {
				continue
			}
			after := i + 1
			for after < len(text) && (text[after] == ' ' || text[after] == '\t' || text[after] == '\n' || text[after] == '\r') {
				after++
			}
			if after >= len(text) || text[after] != ':' {
				continue
			}
			key := text[begin:i]
			if escaped {
				var s string
				if json.Unmarshal(text[begin-1:i+1], &s) != nil {
					continue
				}
				key = []byte(s)
			}
			f := &frames[len(frames)-1]
			f.key = key
			if fold {
				key = bytes.ToLower(bytes.ToUpper(key))
			}
			twice := false
			if f.many != nil {
				_, twice = f.many[string(key)]
			} else {
				for _, k := range names[f.from:] {
					if twice = bytes.Equal(k, key); twice {
						break
					}
				}
			}
			if twice {
				return fault.Field(place(), "This name stands twice in its object. Say it once: programs differ in which of the two they read.")
			}
			if f.many != nil {
				f.many[string(key)] = struct{}{}
				continue
			}
			if names = append(names, key); len(names)-f.from > few {
				f.many = make(map[string]struct{}, 2*few)
				for _, k := range names[f.from:] {
					f.many[string(k)] = struct{}{}
				}
				names = names[:f.from]
			}
		}
	}
	return nil
}
