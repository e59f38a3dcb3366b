package wire

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
)

var start = time.Date(2026, 6, 1, 9, 0, 0, 0, time.UTC)

// secret begins every word of a release's content in these tests, so that a word that should be gone
// can be looked for wherever it may have stayed.
const secret = "qzx9" // no id has a 9

// words fills every string of a value with a word of its own.
func words(v reflect.Value, name string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(secret + name)
	case reflect.Struct:
		for i := range v.NumField() {
			words(v.Field(i), name+v.Type().Field(i).Name)
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 3)) // room behind the end: appending to a shared list would show
		for i := range v.Len() {
			words(v.Index(i), fmt.Sprint(name, i))
		}
	}
}

func content(name string) Content {
	var c Content
	words(reflect.ValueOf(&c).Elem(), name)
	return c
}

// strings of a value, however deep.
func allStrings(v reflect.Value, path string, tell func(path, s string)) {
	switch v.Kind() {
	case reflect.String:
		tell(path, v.String())
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			allStrings(v.Elem(), path, tell)
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return
		}
		for i := range v.NumField() {
			allStrings(v.Field(i), path+"."+v.Type().Field(i).Name, tell)
		}
	case reflect.Slice, reflect.Array:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return
		}
		for i := range v.Len() {
			allStrings(v.Index(i), fmt.Sprintf("%s[%d]", path, i), tell)
		}
	case reflect.Map:
		for k, e := range v.Seq2() {
			allStrings(k, path+"[key]", tell)
			allStrings(e, fmt.Sprintf("%s[%v]", path, k), tell)
		}
	}
}

// deep is a copy that shares nothing.
func deep(r *Release) *Release {
	b, err := json.Marshal(r)
	if err != nil {
		panic(err)
	}
	var c Release
	if err := json.Unmarshal(b, &c); err != nil {
		panic(err)
	}
	return &c
}

func same(a, b *Release) string {
	return cmp.Diff(a, b, cmp.Transformer("instant", func(t time.Time) int64 { return t.UnixNano() }),
		cmp.Comparer(func(a, b []string) bool { return slices.Equal(a, b) }), cmp.Comparer(func(a, b []Approval) bool { return slices.Equal(a, b) }),
		cmp.Comparer(func(a, b []Attachment) bool { return slices.Equal(a, b) }), cmp.Comparer(func(a, b []MemberID) bool { return slices.Equal(a, b) }))
}

var tags = []lang.Tag{lang.KK, lang.UZ, lang.UR, lang.FA, lang.RU, lang.EN}

// life is a release being led through random changes, with what must hold after each.
type life struct {
	r    *Release
	now  time.Time
	n    int // makes every word its own
	said map[ItemID]lang.Tag
}

func (l *life) word() string {
	l.n++
	return fmt.Sprintf("%d", l.n)
}

func (l *life) contents(t *rapid.T) map[ItemID]Content {
	m := map[ItemID]Content{}
	for _, it := range l.r.Items {
		if rapid.IntRange(0, 2).Draw(t, "touch") == 0 {
			m[it.ID] = content(l.word())
		}
	}
	switch rapid.IntRange(0, 12).Draw(t, "fault") {
	case 0:
		m[NewItemID()] = content("stranger")
	case 1:
		c := content(l.word())
		c.Headline = " "
		m[l.r.Items[len(l.r.Items)-1].ID] = c
	}
	return m
}

func (l *life) additions(t *rapid.T) []NewItem {
	var add []NewItem
	for range rapid.IntRange(0, 2).Draw(t, "add") {
		add = append(add, NewItem{
			Language: rapid.SampledFrom(tags).Draw(t, "lang"), Content: content(l.word()), AltID: secret + "alt",
			Type: rapid.SampledFrom([]ItemType{Text, Text, Picture}).Draw(t, "type"),
		})
	}
	return add
}

func TestRandomLives(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l := &life{now: start, said: map[ItemID]lang.Tag{}}
		audience := rapid.SampledFrom([]Audience{{Class: Public}, {Class: Members}, {Class: Partners, Partners: []MemberID{"altinsu"}}}).Draw(t, "audience")
		items := []NewItem{{Language: lang.KK, Content: content("0"), AltID: secret + "alt"}, {Language: lang.RU, Content: content("ru")}, {Language: lang.KK, Type: Picture, Content: content("pic")}}
		items = items[:rapid.IntRange(1, 3).Draw(t, "items")]
		r, err := NewRelease([]MemberID{"toqsanbulaq", "kumushdaryo"}, "press.example", audience, 5, items, l.now)
		if err != nil {
			t.Fatal(err)
		}
		l.r = r
		// Half the lives begin with the release out, because that is where most of life happens.
		begin := rapid.IntRange(0, 3).Draw(t, "begin")
		if begin == 3 {
			if err := r.SetEmbargo(l.now.Add(time.Hour), l.now); err != nil {
				t.Fatal(err)
			}
		}
		if begin >= 2 {
			if _, err := r.Publish(l.now); err != nil {
				t.Fatal(err)
			}
		}
		for range rapid.IntRange(1, 25).Draw(t, "steps") {
			l.now = l.now.Add(rapid.SampledFrom([]time.Duration{0, time.Microsecond, time.Minute, 59 * time.Minute, time.Hour}).Draw(t, "later"))
			l.step(t)
		}
	})
}

func (l *life) step(t *rapid.T) {
	before, shallow := deep(l.r), *l.r
	var ev Event
	var err error
	var changed Changes
	soon := l.now.Add(rapid.SampledFrom([]time.Duration{-time.Hour, 0, time.Microsecond, time.Hour, 2 * time.Hour}).Draw(t, "ahead"))
	what := rapid.SampledFrom([]string{"edit", "approve", "schedule", "unschedule", "embargo", "publish", "publish", "open", "open", "open", "update", "update", "update", "correct", "correct", "correct", "withdraw", "erase"}).Draw(t, "what")
	switch what {
	case "edit":
		err = l.r.Edit(l.contents(t), l.now)
	case "approve":
		err = l.r.Approve(rapid.SampledFrom([]string{secret + "aigul", secret + "bek", ""}).Draw(t, "by"), l.now)
	case "schedule":
		err = l.r.Schedule(soon, l.now)
	case "unschedule":
		err = l.r.Unschedule(l.now)
	case "embargo":
		err = l.r.SetEmbargo(soon, l.now)
	case "publish":
		ev, err = l.r.Publish(l.now)
	case "open":
		ev, err = l.r.Open(l.now)
	case "update":
		changed = Changes{Content: l.contents(t), Add: l.additions(t), Domain: rapid.SampledFrom([]string{"press.example", ""}).Draw(t, "domain")}
		if rapid.Bool().Draw(t, "urgent") {
			u := rapid.IntRange(-1, 10).Draw(t, "urgency")
			changed.Urgency = &u
		}
		ev, err = l.r.Update(changed, l.now)
	case "correct":
		changed = Changes{Content: l.contents(t)}
		ev, err = l.r.Correct(changed, rapid.SampledFrom([]string{secret + "reason", secret + "figure", " ", "nul\x00"}).Draw(t, "reason"), l.now)
	case "withdraw":
		ev, err = l.r.Withdraw(rapid.SampledFrom([]string{"unconfirmed", "unconfirmed", ""}).Draw(t, "reason"), l.now)
	case "erase":
		ev, err = l.r.Erase(l.now)
	}
	r := l.r

	if err != nil {
		if k := fault.KindOf(err); k != fault.Conflict && k != fault.Invalid {
			t.Fatalf("%s: refused with %s: %v", what, k, err)
		}
		if d := same(before, r); d != "" {
			t.Fatalf("%s refused, but changed: %s", what, d)
		}
		return
	}
	// Whoever kept a copy of the release keeps what it was.
	if d := same(before, &shallow); d != "" {
		t.Fatalf("%s changed an earlier copy: %s", what, d)
	}
	if r.Revision != before.Revision+1 || !r.ChangedAt.Equal(l.now) {
		t.Fatalf("%s: revision %d after %d, changed at %v", what, r.Revision, before.Revision, r.ChangedAt)
	}
	allowed := map[State][]State{
		Draft: {Draft, Approved, Scheduled, Embargoed, Released}, Approved: {Draft, Approved, Scheduled, Embargoed, Released},
		Scheduled: {Draft, Approved, Embargoed, Released}, Embargoed: {Embargoed, Released, Withdrawn, Erased},
		Released: {Released, Withdrawn, Erased}, Withdrawn: {Erased}, Erased: nil,
	}
	if !slices.Contains(allowed[before.State], r.State) {
		t.Fatalf("%s: %s became %s", what, before.State, r.State)
	}
	if before.State == Embargoed && r.State == Released && l.now.Before(r.EmbargoedUntil) {
		t.Fatalf("opened at %v, embargoed until %v", l.now, r.EmbargoedUntil)
	}
	if r.State == Released && before.State != Released && (l.now.Before(r.EmbargoedUntil) || !r.OpenedAt.Equal(l.now)) {
		t.Fatalf("%s: readable at %v, embargoed until %v, opened at %v", what, l.now, r.EmbargoedUntil, r.OpenedAt)
	}
	if before.State == Scheduled && what == "publish" && l.now.Before(r.PublishAt) {
		t.Fatalf("left at %v, scheduled for %v", l.now, r.PublishAt)
	}
	if !before.State.Out() && before.State != Draft && slices.Contains([]string{"edit", "embargo"}, what) && len(r.Approvals) > 0 {
		t.Fatalf("%s: approvals stand: %v", what, r.Approvals)
	}
	if !r.State.Out() {
		for _, a := range r.Approvals {
			if a.Digest != r.Digest() {
				t.Fatalf("%s: the approval of %s is for something else", what, a.By)
			}
		}
	}
	l.items(t, before, what, changed, ev)

	if r.State == Withdrawn || r.State == Erased {
		allStrings(reflect.ValueOf(r), "", func(path, s string) {
			kept := r.State == Withdrawn && strings.HasSuffix(path, ".AltID") // a uri stays
			if strings.Contains(s, secret) && !kept {
				t.Fatalf("%s: %q is left in %s", what, s, path)
			}
		})
		if len(ev.Items) > 0 || strings.Contains(ev.Reason, secret) {
			t.Fatalf("%s tells %+v", what, ev)
		}
	}
	if d := same(r, deep(r)); d != "" {
		t.Fatalf("not the same after JSON: %s", d)
	}
}

// items checks what must hold of versions and languages.
func (l *life) items(t *rapid.T, before *Release, what string, c Changes, ev Event) {
	r := l.r
	if len(r.Items) < len(before.Items) {
		t.Fatalf("%s lost an item", what)
	}
	textDeveloped := false
	for id := range c.Content {
		if it := before.Item(id); it != nil && it.Type == Text && !it.Stale {
			textDeveloped = true
		}
	}
	for i := range r.Items {
		it := &r.Items[i]
		if was, ok := l.said[it.ID]; ok && was != it.Language {
			t.Fatalf("%s changed a language from %s to %s", what, was, it.Language)
		}
		l.said[it.ID] = it.Language
		for n, v := range it.Versions {
			if v.N != n+1 || (n == 0) != (v.Kind == FirstVersion) {
				t.Fatalf("%s: version %d is number %d, %s", what, n+1, v.N, v.Kind)
			}
		}
		if i >= len(before.Items) {
			if what != "update" || !slices.Contains(ev.Items, it.ID) || it.Stale {
				t.Fatalf("%s: a new item, told %v, stale %v", what, ev.Items, it.Stale)
			}
			continue
		}
		was := &before.Items[i]
		if was.ID != it.ID || was.URI != it.URI || was.Type != it.Type || was.Translation != it.Translation {
			t.Fatalf("%s: %+v became %+v", what, was, it)
		}
		_, named := c.Content[it.ID]
		switch what {
		case "update", "correct":
			raised := 0
			if named {
				raised = 1
			}
			if len(it.Versions) != len(was.Versions)+raised || named != slices.Contains(ev.Items, it.ID) {
				t.Fatalf("%s: named %v, %d versions after %d, told %v", what, named, len(it.Versions), len(was.Versions), ev.Items)
			}
			want := was.Stale
			if what == "update" {
				want = it.Type == Text && !named && (was.Stale || textDeveloped)
			}
			if it.Stale != want {
				t.Fatalf("%s: stale %v, want %v", what, it.Stale, want)
			}
		case "publish", "open":
			if !slices.Contains(ev.Items, it.ID) || len(it.Versions) != len(was.Versions) {
				t.Fatalf("%s tells %v", what, ev.Items)
			}
		default:
			if len(it.Versions) != len(was.Versions) {
				t.Fatalf("%s: %d versions after %d", what, len(it.Versions), len(was.Versions))
			}
		}
	}
}

func draft(t *testing.T, items ...NewItem) *Release {
	t.Helper()
	r, err := NewRelease([]MemberID{"toqsanbulaq"}, "press.example", Audience{Class: Public}, 0, items, start)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func item(tag lang.Tag) NewItem { return NewItem{Language: tag, Content: content(string(tag))} }

func TestCatchingUpPutsNobodyBehind(t *testing.T) {
	t.Parallel()
	r := draft(t, item(lang.KK), item(lang.RU), item(lang.EN), NewItem{Language: lang.KK, Type: Picture, Content: content("pic")})
	if _, err := r.Publish(start); err != nil {
		t.Fatal(err)
	}
	stale := func() string {
		var s []string
		for _, it := range r.Items {
			if it.Stale {
				s = append(s, string(it.Language))
			}
		}
		return strings.Join(s, " ")
	}
	for _, k := range []struct {
		item    int
		correct bool
		want    string
	}{
		{3, false, ""},      // another picture leaves the texts alone
		{0, false, "ru en"}, // Kazakh develops
		{1, true, "ru en"},  // a correction is not a catching up
		{1, false, "en"},    // Russian follows
		{2, false, ""},      // English follows
		{2, false, "kk ru"}, // English develops
		{0, false, "ru"},    // Kazakh follows
		{3, false, "ru"},    // another picture
		{0, true, "ru"},     // a correction of Kazakh
		{0, false, "ru en"}, // Kazakh develops again
	} {
		c := Changes{Content: map[ItemID]Content{r.Items[k.item].ID: content("new")}}
		var err error
		if k.correct {
			_, err = r.Correct(c, "wrong figure", start)
		} else {
			_, err = r.Update(c, start)
		}
		if err != nil || stale() != k.want {
			t.Fatalf("%+v: %v, stale: %q", k, err, stale())
		}
	}
}

// What a caller does to its slices afterwards must not reach the release.
func TestNothingIsShared(t *testing.T) {
	t.Parallel()
	issuers, partners := []MemberID{"toqsanbulaq", "kumushdaryo"}, []MemberID{"altinsu", "sabzwadi"}
	c := content("1")
	r, err := NewRelease(issuers, "press.example", Audience{Class: Partners, Partners: partners}, 0, []NewItem{{Language: lang.KK, Content: c}}, start)
	if err != nil {
		t.Fatal(err)
	}
	upd := content("2")
	if _, err := r.Publish(start); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Update(Changes{Content: map[ItemID]Content{r.Items[0].ID: upd}}, start); err != nil {
		t.Fatal(err)
	}
	was := deep(r)
	issuers[0], partners[0] = "mallory", "mallory"
	for _, c := range []Content{c, upd} {
		c.Body[0], c.Keywords[0], c.Subjects[0], c.Attachments[0].Caption = "x", "x", "x", "x"
	}
	if d := same(was, r); d != "" {
		t.Error(d)
	}

	// Two copies of one release that are updated apart do not write into each other.
	one, two := *r, *r
	if _, err := one.Update(Changes{Content: map[ItemID]Content{r.Items[0].ID: content("one")}}, start); err != nil {
		t.Fatal(err)
	}
	if _, err := two.Update(Changes{Content: map[ItemID]Content{r.Items[0].ID: content("two")}}, start); err != nil {
		t.Fatal(err)
	}
	if d := same(was, r); d != "" {
		t.Error(d)
	}
	if h := one.Items[0].Current().Content.Headline; !strings.Contains(h, "one") {
		t.Errorf("the first copy has %q", h)
	}
}

func TestNewReleaseRefuses(t *testing.T) {
	t.Parallel()
	id := NewItemID()
	with := func(change func(*Content)) NewItem {
		n := item(lang.KK)
		change(&n.Content)
		return n
	}
	long := strings.Repeat("ж", MaxLine+1)
	public := Audience{Class: Public}
	many := slices.Repeat([]NewItem{item(lang.KK)}, MaxItems+1)
	for name, k := range map[string]struct {
		issuers  []MemberID
		domain   string
		audience Audience
		urgency  int
		items    []NewItem
		field    string
	}{
		"no issuer":           {nil, "p.example", public, 0, []NewItem{item(lang.KK)}, "issuers"},
		"issuer twice":        {[]MemberID{"aa", "aa"}, "p.example", public, 0, []NewItem{item(lang.KK)}, "issuers"},
		"no short name":       {[]MemberID{"A B"}, "p.example", public, 0, []NewItem{item(lang.KK)}, "issuers"},
		"no domain":           {[]MemberID{"aa"}, "", public, 0, []NewItem{item(lang.KK)}, "issuers"},
		"domain of a line":    {[]MemberID{"aa"}, "p\n.example", public, 0, []NewItem{item(lang.KK)}, "issuers"},
		"audience":            {[]MemberID{"aa"}, "p.example", Audience{}, 0, []NewItem{item(lang.KK)}, "audience"},
		"partners of public":  {[]MemberID{"aa"}, "p.example", Audience{Class: Public, Partners: []MemberID{"bb"}}, 0, []NewItem{item(lang.KK)}, "audience"},
		"no partners":         {[]MemberID{"aa"}, "p.example", Audience{Class: Partners}, 0, []NewItem{item(lang.KK)}, "audience"},
		"a partner twice":     {[]MemberID{"aa"}, "p.example", Audience{Class: Partners, Partners: []MemberID{"bb", "bb"}}, 0, []NewItem{item(lang.KK)}, "audience"},
		"partner no name":     {[]MemberID{"aa"}, "p.example", Audience{Class: Partners, Partners: []MemberID{"*"}}, 0, []NewItem{item(lang.KK)}, "audience"},
		"urgency":             {[]MemberID{"aa"}, "p.example", public, 10, []NewItem{item(lang.KK)}, "urgency"},
		"no items":            {[]MemberID{"aa"}, "p.example", public, 0, nil, "items"},
		"too many items":      {[]MemberID{"aa"}, "p.example", public, 0, many, "items"},
		"two texts":           {[]MemberID{"aa"}, "p.example", public, 0, []NewItem{item(lang.KK), item(lang.KK)}, "items[1].language"},
		"an id twice":         {[]MemberID{"aa"}, "p.example", public, 0, []NewItem{{ID: id, Language: lang.KK, Content: content("")}, {ID: id, Language: lang.RU, Content: content("")}}, "items[1].id"},
		"an id of its own":    {[]MemberID{"aa"}, "p.example", public, 0, []NewItem{{ID: "1", Language: lang.KK, Content: content("")}}, "items[0].id"},
		"no language":         {[]MemberID{"aa"}, "p.example", public, 0, []NewItem{item("")}, "items[0].language"},
		"und":                 {[]MemberID{"aa"}, "p.example", public, 0, []NewItem{item(lang.Und)}, "items[0].language"},
		"language not plain":  {[]MemberID{"aa"}, "p.example", public, 0, []NewItem{item("kk-KZ")}, "items[0].language"},
		"language no tag":     {[]MemberID{"aa"}, "p.example", public, 0, []NewItem{item("<b>")}, "items[0].language"},
		"type":                {[]MemberID{"aa"}, "p.example", public, 0, []NewItem{{Language: lang.KK, Type: "poem", Content: content("")}}, "items[0].type"},
		"translation":         {[]MemberID{"aa"}, "p.example", public, 0, []NewItem{{Language: lang.KK, Translation: "magic", Content: content("")}}, "items[0].translation"},
		"uri":                 {[]MemberID{"aa"}, "p.example", public, 0, []NewItem{{Language: lang.KK, AltID: long, Content: content("")}}, "items[0].uri"},
		"no headline":         {[]MemberID{"aa"}, "p.example", public, 0, []NewItem{with(func(c *Content) { c.Headline = " \t" })}, "items[0].headlines"},
		"megabyte headline":   {[]MemberID{"aa"}, "p.example", public, 0, []NewItem{with(func(c *Content) { c.Headline = strings.Repeat("ж", 1<<19) })}, "items[0].headlines"},
		"turned headline":     {[]MemberID{"aa"}, "p.example", public, 0, []NewItem{with(func(c *Content) { c.Headline = "abc\u202edef" })}, "items[0].headlines"},
		"open isolate":        {[]MemberID{"aa"}, "p.example", public, 0, []NewItem{with(func(c *Content) { c.Headline = "abc\u2067def" })}, "items[0].headlines"},
		"closed too often":    {[]MemberID{"aa"}, "p.example", public, 0, []NewItem{with(func(c *Content) { c.Headline = "abc\u2069\u2067def" })}, "items[0].headlines"},
		"nothing to be seen":  {[]MemberID{"aa"}, "p.example", public, 0, []NewItem{with(func(c *Content) { c.Headline = "\u200b\u3164" })}, "items[0].headlines"},
		"half a letter":       {[]MemberID{"aa"}, "p.example", public, 0, []NewItem{with(func(c *Content) { c.Headline = "ж\xd0" })}, "items[0].headlines"},
		"nul in the body":     {[]MemberID{"aa"}, "p.example", public, 0, []NewItem{with(func(c *Content) { c.Body = []string{"a\x00"} })}, "items[0].bodies"},
		"large body":          {[]MemberID{"aa"}, "p.example", public, 0, []NewItem{with(func(c *Content) { c.Body = []string{strings.Repeat("a", MaxBody+1)} })}, "items[0].bodies"},
		"paragraphs":          {[]MemberID{"aa"}, "p.example", public, 0, []NewItem{with(func(c *Content) { c.Body = make([]string, MaxParagraphs+1) })}, "items[0].bodies"},
		"byline not UTF-8":    {[]MemberID{"aa"}, "p.example", public, 0, []NewItem{with(func(c *Content) { c.Byline = "\xff" })}, "items[0].bylines"},
		"long keyword":        {[]MemberID{"aa"}, "p.example", public, 0, []NewItem{with(func(c *Content) { c.Keywords = []string{long} })}, "items[0].keywords"},
		"long subject":        {[]MemberID{"aa"}, "p.example", public, 0, []NewItem{with(func(c *Content) { c.Subjects = []string{long} })}, "items[0].subjects"},
		"many keywords":       {[]MemberID{"aa"}, "p.example", public, 0, []NewItem{with(func(c *Content) { c.Keywords = make([]string, MaxLists+1) })}, "items[0]"},
		"long caption":        {[]MemberID{"aa"}, "p.example", public, 0, []NewItem{with(func(c *Content) { c.Attachments[0].Caption = long })}, "items[0].renditions"},
		"negative length":     {[]MemberID{"aa"}, "p.example", public, 0, []NewItem{with(func(c *Content) { c.Attachments[0].Length = -1 })}, "items[0].renditions"},
		"source type of NULs": {[]MemberID{"aa"}, "p.example", public, 0, []NewItem{with(func(c *Content) { c.AI.DigitalSourceType = "\x00" })}, "items[0].digitalSourceType"},
	} {
		_, err := NewRelease(k.issuers, k.domain, k.audience, k.urgency, k.items, start)
		if _, field := fault.Public(err); fault.KindOf(err) != fault.Invalid || field != k.field {
			t.Errorf("%s: field %q, %v", name, field, err)
		}
		if err != nil && len(err.Error()) > 400 {
			t.Errorf("%s: an error of %d bytes", name, len(err.Error()))
		}
	}
}

// Every string of a content is checked: a new field that validate forgets fails here.
func TestEveryStringIsChecked(t *testing.T) {
	t.Parallel()
	good := content("x")
	if err := good.validate("items[0]"); err != nil {
		t.Fatal(err)
	}
	var try func(v reflect.Value, path string, whole *Content)
	try = func(v reflect.Value, path string, whole *Content) {
		switch v.Kind() {
		case reflect.String:
			was := v.String()
			for _, bad := range []string{"\xff", "a\x00b", strings.Repeat("a", MaxBody+1)} {
				v.SetString(bad)
				if err := whole.validate("items[0]"); fault.KindOf(err) != fault.Invalid {
					t.Errorf("%s: %.10q is taken: %v", path, bad, err)
				}
			}
			v.SetString(was)
		case reflect.Struct:
			for i := range v.NumField() {
				try(v.Field(i), path+"."+v.Type().Field(i).Name, whole)
			}
		case reflect.Slice:
			for i := range v.Len() {
				try(v.Index(i), fmt.Sprintf("%s[%d]", path, i), whole)
			}
		}
	}
	try(reflect.ValueOf(&good).Elem(), "", &good)
}

func TestTimesOutOfRange(t *testing.T) {
	t.Parallel()
	r := draft(t, item(lang.KK))
	far := time.Date(12000, 1, 1, 0, 0, 0, 0, time.UTC)
	if err := r.SetEmbargo(far, start); fault.KindOf(err) != fault.Invalid {
		t.Errorf("embargo: %v", err)
	}
	if err := r.Schedule(far, start); fault.KindOf(err) != fault.Invalid {
		t.Errorf("schedule: %v", err)
	}
	if err := r.SetEmbargo(start.Add(time.Hour), start); err != nil {
		t.Fatal(err)
	}
	if err := r.Schedule(start.Add(time.Hour), start); fault.KindOf(err) != fault.Invalid {
		t.Errorf("an embargo that ends before the release leaves: %v", err)
	}
}

func TestApprovalsStandThroughASchedule(t *testing.T) {
	t.Parallel()
	r := draft(t, item(lang.KK))
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(r.Approve("aigul", start))
	if err := r.Approve("aigul", start); fault.KindOf(err) != fault.Conflict {
		t.Errorf("twice by one person: %v", err)
	}
	must(r.Schedule(start.Add(time.Hour), start))
	if r.Approvals[0].Digest != r.Digest() {
		t.Error("a schedule voids an approval")
	}
	must(r.Unschedule(start))
	if r.State != Approved {
		t.Errorf("taken off the schedule it is %s", r.State)
	}
	before := r.Digest()
	must(r.Edit(map[ItemID]Content{r.Items[0].ID: content("other")}, start))
	if r.Digest() == before || len(r.Approvals) > 0 || r.State != Draft {
		t.Error("an edit leaves approvals standing")
	}
}

// Everything an approval is given for changes the digest.
func TestDigestCoversTheContent(t *testing.T) {
	t.Parallel()
	r := draft(t, item(lang.KK))
	seen := map[[32]byte]string{r.Digest(): "as it is"}
	check := func(what string) {
		d := r.Digest()
		if other, ok := seen[d]; ok {
			t.Errorf("%s has the digest of %s", what, other)
		}
		seen[d] = what
	}
	c := &r.Items[0].Versions[0].Content
	var change func(v reflect.Value, path string)
	change = func(v reflect.Value, path string) {
		switch v.Kind() {
		case reflect.String:
			was := v.String()
			v.SetString(was + "!")
			check(path)
			v.SetString(was)
		case reflect.Int64:
			v.SetInt(v.Int() + 1)
			check(path)
			v.SetInt(v.Int() - 1)
		case reflect.Uint8:
			v.SetUint(v.Uint() + 1)
			check(path)
			v.SetUint(v.Uint() - 1)
		case reflect.Struct:
			for i := range v.NumField() {
				change(v.Field(i), path+"."+v.Type().Field(i).Name)
			}
		case reflect.Slice, reflect.Array:
			for i := range min(v.Len(), 2) {
				change(v.Index(i), fmt.Sprintf("%s[%d]", path, i))
			}
		default:
			t.Fatalf("%s: a %s", path, v.Kind())
		}
	}
	change(reflect.ValueOf(c).Elem(), "content")
	r.Urgency = 3
	check("urgency")
	r.Audience = Audience{Class: Partners, Partners: []MemberID{"altinsu"}}
	check("audience")
	r.Audience.Partners = []MemberID{"sabzwadi"}
	check("partners")
	r.Issuers = []MemberID{"kumushdaryo"}
	check("issuers")
	r.EmbargoedUntil = start
	check("embargo")
	r.Items[0].Translation = Machine
	check("translation")
	r.Items[0].Language = lang.RU
	check("language")
}

func FuzzContent(f *testing.F) {
	f.Add("headline", "paragraph", "byline", "keyword", int64(0))
	f.Add("", "\x00", "\xff", "", int64(-1))
	f.Add(strings.Repeat("ж", MaxHeadline), "سد", "", "\u202e", int64(1)<<62)
	f.Fuzz(func(t *testing.T, headline, paragraph, byline, keyword string, length int64) {
		c := Content{Headline: headline, Body: []string{paragraph, headline}, Byline: byline, Keywords: []string{keyword}, Attachments: []Attachment{{Length: length, Caption: paragraph}}}
		r, err := NewRelease([]MemberID{"toqsanbulaq"}, "press.example", Audience{Class: Members}, 0, []NewItem{{Language: lang.KK, Content: c}}, start)
		if err != nil {
			if fault.KindOf(err) != fault.Invalid {
				t.Fatal(err)
			}
			return
		}
		if _, err := r.Publish(start); err != nil {
			t.Fatal(err)
		}
		if d := same(r, deep(r)); d != "" {
			t.Fatalf("not whole after JSON: %s", d)
		}
		for s := range maps.Values(map[int]string{0: headline, 1: paragraph, 2: byline, 3: keyword}) {
			if !utf8.ValidString(s) || lang.TextMisleads(s) {
				t.Fatalf("%q was taken", s)
			}
		}
	})
}

// TestWhatMisleadsIsRefused: in everything that others read among the words of others, by the rule of headlines, with the place.
func TestWhatMisleadsIsRefused(t *testing.T) {
	t.Parallel()
	for field, put := range map[string]func(*NewItem, string){
		"items[0].headlines": func(n *NewItem, s string) { n.Content.Headline = s }, "items[0].subheadlines": func(n *NewItem, s string) { n.Content.Subheadline = s },
		"items[0].slugline": func(n *NewItem, s string) { n.Content.Slugline = s }, "items[0].dateline": func(n *NewItem, s string) { n.Content.Dateline = s },
		"items[0].bylines": func(n *NewItem, s string) { n.Content.Byline = s }, "items[0].edNote": func(n *NewItem, s string) { n.Content.EdNote = s },
		"items[0].copyrightHolder": func(n *NewItem, s string) { n.Content.Rights.Holder = s }, "items[0].usageTerms": func(n *NewItem, s string) { n.Content.Rights.UsageTerms = s },
		"items[0].credit": func(n *NewItem, s string) { n.Content.Rights.Credit = s }, "items[0].aiNote": func(n *NewItem, s string) { n.Content.AI.Note = s },
		"items[0].keywords": func(n *NewItem, s string) { n.Content.Keywords = []string{s} }, "items[0].subjects": func(n *NewItem, s string) { n.Content.Subjects = []string{s} },
		"items[0].bodies": func(n *NewItem, s string) { n.Content.Body = []string{"Plain.", s} }, "items[0].uri": func(n *NewItem, s string) { n.AltID = s },
		"items[0].renditions": func(n *NewItem, s string) { n.Content.Attachments = []Attachment{{Caption: s}} },
	} {
		n := NewItem{Language: lang.KK, Content: Content{Headline: "A headline", Body: []string{"Plain."}}}
		put(&n, "a\u202eb")
		var f *fault.Error
		if _, err := NewRelease([]MemberID{"toqsanbulaq"}, "press.example", Audience{Class: Members}, 0, []NewItem{n}, start); !errors.As(err, &f) || f.Kind != fault.Invalid || f.Field != field {
			t.Errorf("%s: %v", field, err)
		}
		put(&n, "\u2067سد\u2069 \u200f!")
		if _, err := NewRelease([]MemberID{"toqsanbulaq"}, "press.example", Audience{Class: Members}, 0, []NewItem{n}, start); err != nil {
			t.Errorf("%s: %v", field, err)
		}
	}
	r, err := NewRelease([]MemberID{"toqsanbulaq"}, "press.example", Audience{Class: Members}, 0, []NewItem{{Language: lang.KK, Content: Content{Headline: "A headline", Body: []string{"Plain."}}}}, start)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Approve("a\u202eb", start); err == nil {
		t.Error("an approval")
	}
	if _, err := r.Publish(start); err != nil {
		t.Fatal(err)
	}
	change := Changes{Content: map[ItemID]Content{r.Items[0].ID: {Headline: "Another", Body: []string{"Plain."}}}}
	if _, err := r.Correct(change, "a\u202eb", start); fault.KindOf(err) != fault.Invalid {
		t.Error(err)
	}
	if _, err := r.Withdraw("a\u202eb", start); fault.KindOf(err) != fault.Invalid {
		t.Error(err)
	}
}
