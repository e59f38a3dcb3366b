package intake

import (
	"bytes"
	"mime"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/atom"

	"jarchi.dev/jarchi/internal/fault"
)

type kind int

const (
	kindText kind = iota
	kindHTML
	kindNinjs
	kindXML
)

// magics are the first bytes of formats that are known and not read here.
var magics = []struct{ prefix, name string }{
	{"%PDF-", "a PDF document"}, {"\x89PNG", "a picture"}, {"\xff\xd8\xff", "a picture"}, {"GIF8", "a picture"},
	{"PK\x03\x04", "a zip archive or an office document"}, {"\xd0\xcf\x11\xe0", "an office document"}, {"\x1f\x8b", "a gzip archive"},
	{"BZh", "a bzip2 archive"}, {"\xfd7zXZ", "an xz archive"}, {"\x28\xb5\x2f\xfd", "a zstd archive"}, {"Rar!", "a rar archive"},
	{"ID3", "a sound file"}, {"OggS", "a sound file"}, {"RIFF", "a media file"}, {"\x1aE\xdf\xa3", "a video"}, {"{\\rtf", "an RTF document"},
	{"\x7fELF", "a program"}, {"MZ\x90", "a program"}, {"SQLite format 3", "a database"}, {"wOFF", "a font"}, {"wOF2", "a font"},
}

// sniff says what kind of document it is. The bytes outweigh the declared type, which is often wrong.
func sniff(doc Document) (kind, error) {
	b := doc.Bytes
	head := b[:min(len(b), 4096)]
	for _, m := range magics {
		if bytes.HasPrefix(head, []byte(m.prefix)) {
			return 0, fault.E(fault.Unsupported, "This is %s; it is not read here.", m.name)
		}
	}
	if len(head) >= 12 && string(head[4:8]) == "ftyp" {
		return 0, fault.E(fault.Unsupported, "This is a video; it is not read here.")
	}
	media, _, _ := mime.ParseMediaType(doc.ContentType)
	if major, _, _ := strings.Cut(media, "/"); major == "image" || major == "audio" || major == "video" || major == "font" || media == "application/pdf" || media == "application/zip" {
		return 0, fault.E(fault.Unsupported, "Documents of type %s are not read here.", media)
	}
	wide, ok := utf16Order(head)
	if !ok && isBinary(head) {
		return 0, fault.E(fault.Invalid, "This is binary, not text.")
	}
	text := string(head)
	if ok {
		text = decodeUTF16(head, wide)
	}
	text = strings.TrimSpace(strings.TrimPrefix(text, "\ufeff"))
	if text == "" {
		if len(b) <= len(head) || len(bytes.TrimSpace(b)) == 0 {
			return 0, fault.E(fault.Invalid, "The document is empty.")
		}
		return kindText, nil
	}
	lower := strings.ToLower(text)
	if text[0] == '{' && (strings.Contains(media, "json") || strings.Contains(text, `"uri"`) || strings.Contains(text, `"guid"`) || bytes.Contains(b, []byte(`"uri"`)) && looksJSON(text)) {
		return kindNinjs, nil
	}
	if text[0] == '[' && strings.Contains(media, "json") {
		return 0, fault.E(fault.Unsupported, "A list in JSON is not a ninjs item; send the items one by one.")
	}
	if text[0] == '<' { // what a news item holds is often a page, and is not to be taken for one
		start := b[:min(len(b), 64<<10)]
		if ok {
			start = []byte(decodeUTF16(start, wide))
		}
		switch rootOf(start) {
		case "newsitem", "newsmessage", "packageitem", "conceptitem", "knowledgeitem", "planningitem", "nitf":
			return kindXML, nil
		}
	}
	if strings.HasPrefix(lower, "<?xml") || strings.Contains(media, "xml") && text[0] == '<' {
		if strings.Contains(lower, "<html") || media == "application/xhtml+xml" {
			return kindHTML, nil
		}
		return kindXML, nil
	}
	if media == "text/html" && strings.Contains(lower, "<") || htmlLike(lower) {
		return kindHTML, nil
	}
	return kindText, nil
}

// rootOf is the name of the first element of a document, in lower case and without a prefix; "" where none begins.
func rootOf(b []byte) string {
	for range 100 {
		i := bytes.IndexByte(b, '<')
		if i < 0 {
			return ""
		}
		b = b[i+1:]
		end := ""
		switch {
		case bytes.HasPrefix(b, []byte("!--")):
			end = "-->"
		case bytes.HasPrefix(b, []byte("?")):
			end = "?>"
		case bytes.HasPrefix(b, []byte("!")):
			if end = ">"; bytes.IndexByte(b[:max(0, bytes.IndexByte(b, '>'))], '[') >= 0 {
				end = "]>"
			}
		default:
			if n := bytes.IndexAny(b, " \t\r\n/>"); n >= 0 && n < 200 {
				name := b[:n]
				return strings.ToLower(string(name[bytes.IndexByte(name, ':')+1:]))
			}
			return ""
		}
		n := bytes.Index(b, []byte(end))
		if n < 0 {
			return ""
		}
		b = b[n+len(end):]
	}
	return ""
}

func looksJSON(head string) bool {
	rest := strings.TrimSpace(head[1:])
	return strings.HasPrefix(rest, `"`) || strings.HasPrefix(rest, "}")
}

// htmlLike says whether a text begins as a page does: with a tag of one, or with several soon after.
func htmlLike(lower string) bool {
	if strings.HasPrefix(lower, "<!doctype html") {
		return true
	}
	for strings.HasPrefix(lower, "<!--") {
		end := strings.Index(lower, "-->")
		if end < 0 {
			return true
		}
		lower = strings.TrimSpace(lower[end+3:])
	}
	if strings.HasPrefix(lower, "<") {
		if end := strings.IndexAny(lower, " \t\r\n\f/>"); end > 0 && atom.Lookup([]byte(lower[1:end])) != 0 {
			return true
		}
	}
	tags := 0
	for _, tag := range []string{"<html", "<head", "<body", "<div", "<p>", "<p ", "</p>", "<article", "<title", "<meta ", "<script", "<h1", "<br", "<span", "<section", "<main", "<table", "<a "} {
		if strings.Contains(lower, tag) {
			tags++
		}
	}
	return tags >= 3
}

// isBinary says whether the first bytes cannot be text in any of the encodings read here.
func isBinary(head []byte) bool {
	control, nul := 0, 0
	for _, c := range head {
		switch {
		case c == 0:
			nul++
			control++
		case c < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != 0x1b:
			control++
		}
	}
	if control*10 > len(head) {
		return true
	}
	return control*50 > len(head) && !utf8.Valid(head[:max(0, len(head)-utf8.UTFMax)])
}
