package web

import (
	"net/http"
	"regexp"
	"slices"
	"strings"

	"jarchi.dev/jarchi/internal/fault"
)

// Keys are bound by their place on the keyboard: a code names what stands there on a US layout.

// action is what a key does; Name is also the string that says so.
type action struct{ Name, Code string }

// actions can be bound to other keys.
var actions = []action{
	{"keys.next", "KeyJ"}, {"keys.prev", "KeyK"}, {"keys.open", "KeyO"}, {"keys.back", "KeyU"}, {"keys.search", "Slash"}, {"keys.new", "Period"}, {"keys.filters", "KeyF"},
	{"keys.langprev", "BracketLeft"}, {"keys.langnext", "BracketRight"}, {"keys.history", "KeyH"}, {"keys.proof", "KeyP"}, {"keys.save", "KeyS"}, {"keys.unread", "KeyM"},
	{"keys.copy", "KeyY"}, {"keys.take", "KeyT"}, {"keys.write", "KeyN"}, {"keys.edit", "KeyE"}, {"keys.go", "KeyG"},
}

// bound is which actions have other keys: from the action's own code to the one that does it.
type bound map[string]string

var signs = map[string]string{".": "Period", "/": "Slash", "[": "BracketLeft", "]": "BracketRight", ",": "Comma", ";": "Semicolon", "'": "Quote", "-": "Minus", "=": "Equal"}

// codeOf is the code of a key by what is printed on it; "" if that cannot be bound.
func codeOf(sign string) string {
	sign = strings.ToUpper(strings.TrimSpace(sign))
	switch {
	case len(sign) == 1 && sign[0] >= 'A' && sign[0] <= 'Z':
		return "Key" + sign
	case len(sign) == 1 && sign[0] >= '0' && sign[0] <= '9':
		return "Digit" + sign
	}
	return signs[sign]
}

// signOf is what is printed on a key.
func signOf(code string) string {
	for s, c := range signs {
		if c == code {
			return s
		}
	}
	return strings.ToLower(strings.TrimPrefix(strings.TrimPrefix(code, "Key"), "Digit"))
}

var oneBinding = regexp.MustCompile(`^[A-Za-z0-9]{4,12}:[A-Za-z0-9]{4,12}$`)

// parseBound reads the cookie: KeyJ:KeyX.KeyK:KeyZ.
func parseBound(s string) bound {
	b := bound{}
	if len(s) > 1000 {
		return b
	}
	for p := range strings.SplitSeq(s, ".") {
		own, code, _ := strings.Cut(p, ":")
		if oneBinding.MatchString(p) && slices.ContainsFunc(actions, func(a action) bool { return a.Code == own }) && codeOf(signOf(code)) == code {
			b[own] = code
		}
	}
	return b
}

// join writes the bindings in the order of the actions.
func (b bound) join(sep string) string {
	var out []string
	for _, a := range actions {
		if c := b[a.Code]; c != "" && c != a.Code {
			out = append(out, a.Code+":"+c)
		}
	}
	return strings.Join(out, sep)
}

func (b bound) html() string { return b.join(" ") }

// of is the code that does an action now.
func (b bound) of(a action) string {
	if c := b[a.Code]; c != "" {
		return c
	}
	return a.Code
}

// keyRow is one line of the list of keys; a row with a Field can be bound to another key.
type keyRow struct {
	Keys  []string
	Word  string
	Field string
	Value string
	Error string
}

// keyRows lists every key that this reader can use.
func (q *request) keyRows() []keyRow {
	var out []keyRow
	for _, a := range actions {
		if q.person.Nobody() && (a.Name == "keys.write" || a.Name == "keys.edit" || a.Name == "keys.save") {
			continue
		}
		sign := signOf(q.bind.of(a))
		r := keyRow{Keys: []string{sign}, Word: q.text(a.Name), Field: a.Code, Value: sign}
		switch a.Name {
		case "keys.next":
			r.Keys = append(r.Keys, "Down")
		case "keys.prev":
			r.Keys = append(r.Keys, "Up")
		case "keys.open":
			r.Keys = append(r.Keys, "Enter")
		case "keys.back":
			r.Keys = append(r.Keys, "Esc")
		}
		out = append(out, r)
	}
	g := out[len(out)-1].Keys[0]
	out = append(out, keyRow{Keys: []string{g, "w"}, Word: q.text("place.wire")})
	if q.Stories != nil {
		out = append(out, keyRow{Keys: []string{g, "s"}, Word: q.text("place.stories")})
	}
	if !q.person.Nobody() {
		out = append(out, keyRow{Keys: []string{g, "d"}, Word: q.text("place.desk")})
	}
	out = append(out, keyRow{Keys: []string{g, "r"}, Word: q.text("place.record")})
	if !q.person.Nobody() {
		out = append(out, keyRow{Keys: []string{"Shift", "w"}, Word: q.text("keys.withdraw")}, keyRow{Keys: []string{"Ctrl", "Enter"}, Word: q.text("keys.send")})
	}
	return append(out, keyRow{Keys: []string{"Space"}, Word: q.text("keys.page")}, keyRow{Keys: []string{"?"}, Word: q.text("keys.list")})
}

// saveKeys keeps the form of keys in a cookie; with a mistake in a field nothing is kept and the field says why.
func (q *request) saveKeys() error {
	if err := q.r.ParseForm(); err != nil {
		return fault.E(fault.Invalid, "The form could not be read.").Because(err)
	}
	b, wrong, taken := bound{}, map[string]string{}, map[string]string{}
	for _, a := range actions {
		s := strings.TrimSpace(q.r.PostForm.Get(a.Code))
		code := codeOf(s)
		switch {
		case s == "":
			code = q.bind.of(a) // not in the form, or emptied
			if q.r.PostForm.Has(a.Code) {
				code = a.Code
			}
		case code == "":
			wrong[a.Code], code = q.text("keys.bad"), a.Code
		}
		if other := taken[code]; other != "" && wrong[a.Code] == "" {
			wrong[a.Code] = q.text("keys.double", "Action", other)
		}
		taken[code], b[a.Code] = q.text(a.Name), code
	}
	if len(wrong) > 0 {
		d := q.settingsPage()
		for i, r := range d.KeyRows {
			if r.Field != "" {
				d.KeyRows[i].Value, d.KeyRows[i].Error = clean(firstWords(q.r.PostForm.Get(r.Field), 10)), wrong[r.Field]
			}
		}
		return q.render(http.StatusUnprocessableEntity, "settings", d)
	}
	setPref(q.w, q.r, cookieBind, b.join("."))
	return q.seeOther("/settings?saved=1#keys")
}
