package intake

import (
	"bytes"
	"encoding/binary"
	"mime"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
)

// decode gives the text of a document in UTF-8: by its byte order mark, else as UTF-8 when it is
// that, else as the header or the page says, else by how probable the letters of each old encoding
// are. Bytes that stay unreadable become U+FFFD.
func decode(b []byte, contentType string, page bool) string {
	if order, ok := utf16Order(b[:min(len(b), 4096)]); ok {
		return decodeUTF16(b, order)
	}
	for _, mark := range []string{"\xef\xbb\xbf", "\xff\xfe", "\xfe\xff"} { // the latter two before what is not UTF-16
		if rest, ok := bytes.CutPrefix(b, []byte(mark)); ok {
			b = rest
			break
		}
	}
	if utf8.Valid(b) {
		return string(b)
	}
	good, bad := utf8Share(b)
	if good > 0 && good >= 4*bad { // UTF-8 with damage; no other encoding has that many sequences by chance
		return strings.ToValidUTF8(string(b), "\ufffd")
	}
	if e := declaredEncoding(b, contentType, page); e != nil {
		if text, err := e.NewDecoder().Bytes(b); err == nil && plausible(text) >= plausible([]byte(statistical(b)))/2 {
			return strings.ToValidUTF8(string(text), "\ufffd")
		}
	}
	return statistical(b)
}

// declaredEncoding is the one the header or the page's meta element names, nil for none, for UTF-8
// (the bytes have just shown that it is not) and for UTF-16.
func declaredEncoding(b []byte, contentType string, page bool) encoding.Encoding {
	if _, params, err := mime.ParseMediaType(contentType); err == nil && params["charset"] != "" {
		if e, name := charset.Lookup(params["charset"]); e != nil && !strings.HasPrefix(name, "utf-") {
			return e
		}
	}
	if !page {
		return nil
	}
	// The prescan looks at 1,024 bytes; without the header it answers from meta or falls back to windows-1252.
	if e, name, certain := charset.DetermineEncoding(b[:min(len(b), 1024)], ""); certain && !strings.HasPrefix(name, "utf-") {
		return e
	}
	return nil
}

// utf8Share counts the bytes above ASCII that do and do not form UTF-8 sequences.
func utf8Share(b []byte) (good, bad int) {
	for i := 0; i < len(b); {
		if b[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 {
			bad++
		} else {
			good += n
		}
		i += n
	}
	return good, bad
}

// utf16Order finds UTF-16 by its mark, or by the zero bytes that Latin text and spaces leave in it. A mark is not believed before bytes that
// are no UTF-16: some programs write it before whatever they have.
func utf16Order(head []byte) (binary.ByteOrder, bool) {
	switch {
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}) && !bytes.HasPrefix(head, []byte{0xff, 0xfe, 0, 0}) && readsAsUTF16(head[2:], binary.LittleEndian):
		return binary.LittleEndian, true
	case bytes.HasPrefix(head, []byte{0xfe, 0xff}) && readsAsUTF16(head[2:], binary.BigEndian):
		return binary.BigEndian, true
	case len(head) < 32:
		return nil, false
	}
	var little, big, both int // units of ASCII, by byte order
	for i := 0; i+1 < len(head); i += 2 {
		switch lo, hi := head[i], head[i+1]; {
		case lo == 0 && hi == 0:
			both++
		case hi == 0 && (lo >= 0x20 && lo < 0x7f || lo == '\n' || lo == '\r'):
			little++
		case lo == 0 && (hi >= 0x20 && hi < 0x7f || hi == '\n' || hi == '\r'):
			big++
		}
	}
	// Cyrillic or Arabic text is about one seventh spaces; the other bytes of such text are not zero.
	units := len(head) / 2
	switch {
	case both*20 > units:
		return nil, false
	case little >= 8 && little*12 > units && little > 20*big:
		return binary.LittleEndian, true
	case big >= 8 && big*12 > units && big > 20*little:
		return binary.BigEndian, true
	}
	return nil, false
}

// readsAsUTF16 says whether bytes are likelier UTF-16 than a text of one byte a letter, or UTF-8, behind its mark. Text has spaces, line ends and
// full stops: UTF-16 has them as units of their own; read by the byte, Latin letters and spaces come out as characters of China and as none.
func readsAsUTF16(b []byte, order binary.ByteOrder) bool {
	units, singles := 0, 0 // units that text in UTF-16 has, bytes that text of one byte a letter has
	for i := 0; i+1 < len(b); i += 2 {
		switch u := order.Uint16(b[i:]); {
		case u == ' ' || u == '\n' || u == '\r' || u == '.' || u == ',' || u == '<' || u == '>' || u == 0x3000 || u == 0x3001 || u == 0x3002 || u == 0xff0c:
			units++
		}
		for _, c := range b[i : i+2] {
			if c == ' ' || c == '\n' || c == '\r' || c == '<' || c == '>' {
				singles++
			}
		}
	}
	if good, bad := utf8Share(b); good >= 6 && bad*10 < good {
		return false // UTF-16 is no UTF-8 by chance
	}
	return units > 0 && bytes.IndexByte(b, 0) >= 0 || units*2 >= singles
}

func decodeUTF16(b []byte, order binary.ByteOrder) string {
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = order.Uint16(b[2*i:])
	}
	return strings.TrimPrefix(string(utf16.Decode(units)), "\ufeff")
}

// candidates are the old encodings of the languages read here.
var candidates = []*charmap.Charmap{charmap.Windows1251, charmap.Windows1256, charmap.Windows1254, charmap.Windows1252, charmap.KOI8R, charmap.CodePage866, charmap.ISO8859_5, charmap.ISO8859_6}

// statistical decodes with the candidate whose letters are the most probable.
func statistical(b []byte) string {
	sample := b[:min(len(b), 64<<10)]
	best, bestScore := candidates[0], -1<<60
	for _, c := range candidates {
		text, err := c.NewDecoder().Bytes(sample)
		if err != nil {
			continue
		}
		if s := plausible(text); s > bestScore {
			best, bestScore = c, s
		}
	}
	text, err := best.NewDecoder().Bytes(b)
	if err != nil {
		return strings.ToValidUTF8(string(b), "\ufffd")
	}
	return strings.ToValidUTF8(string(text), "\ufffd")
}

// frequent are the letters that make up most of a text in Cyrillic, Arabic or extended Latin script.
const frequent = "оеаинтсрлвкмдпуыьі" + "ایوهنرتملدسبيكہکےگ" + "ıışğüöçə"

// plausible scores decoded text: frequent letters speak for it; capitals inside words, a change of
// script inside a word, and symbols between letters speak against it.
func plausible(text []byte) int {
	score := 0
	var prev rune
	for _, r := range string(text[:min(len(text), 64<<10)]) {
		// A letter of another script beside one of Latin: a few letters with accents in a page in English are not Cyrillic.
		if unicode.IsLetter(prev) && unicode.IsLetter(r) && unicode.Is(unicode.Latin, r) != unicode.Is(unicode.Latin, prev) {
			score -= 4
		}
		if r < utf8.RuneSelf {
			prev = r
			continue
		}
		switch {
		case r == utf8.RuneError || unicode.IsControl(r):
			score -= 6
		case unicode.IsLetter(r):
			score++
			if strings.ContainsRune(frequent, r) {
				score += 2
			}
			if unicode.IsUpper(r) && unicode.IsLower(prev) {
				score -= 4
			}
			if prev >= utf8.RuneSelf && unicode.Is(unicode.Latin, r) {
				score -= 2 // two accented letters in a row are rare in Latin script
			}
		case unicode.IsLetter(prev) && !unicode.IsPunct(r):
			score -= 3
		}
		prev = r
	}
	return score
}
