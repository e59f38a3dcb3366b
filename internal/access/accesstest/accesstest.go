// Package accesstest is the specification of who sees what, in a form that tests of every way out can
// run: outputs x viewers x moments. A test plays each of Subjects() to each of Moments() on its own
// output (an API, a page, a feed, the index, the stream), asks as each of Viewers(), and compares what
// comes back with Want and with Leaks.
//
// The table in want.go is written by hand from the words of the design, not computed by the code of
// internal/access, so that the two check each other. It is imported by tests only.
package accesstest

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/wire"
)

// The members of the specification, all invented. Lead and CoIssuer issue every subject; Partner is
// named where an audience names partners; Other is a member that nothing names.
const (
	Lead     wire.MemberID = "toqsanbulaq"
	CoIssuer wire.MemberID = "kumushdaryo"
	Partner  wire.MemberID = "altinsu"
	Other    wire.MemberID = "sabzwadi"
)

// Viewer is one column of the table.
type Viewer struct {
	Name string
	access.Viewer
}

// Viewers are everyone the specification distinguishes. The zero access.Viewer is the first.
func Viewers() []Viewer {
	with := func(m wire.MemberID, scopes ...access.Scope) access.Viewer {
		return access.Viewer{Member: m, Scopes: scopes}
	}
	return []Viewer{
		{"anyone", access.Viewer{}},
		{"local", access.Viewer{Local: true}},
		{"nobody", with("", access.Scopes...)}, // a token of no member
		{"lead", with(Lead, access.Scopes...)},
		{"lead-read", with(Lead, access.Read)},
		{"lead-closed", with(Lead, access.ReadClosed)},
		{"lead-draft", with(Lead, access.DraftScope)},
		{"lead-publish", with(Lead, access.Publish)},
		{"lead-rest", with(Lead, access.Withdraw, access.Intake, access.Verify, access.Admin)},
		{"co", with(CoIssuer, access.Scopes...)},
		{"co-read", with(CoIssuer, access.Read)},
		{"co-closed", with(CoIssuer, access.ReadClosed)},
		{"co-draft", with(CoIssuer, access.DraftScope, access.Publish)},
		{"partner", with(Partner, access.Scopes...)},
		{"partner-read", with(Partner, access.Read, access.DraftScope, access.Publish)},
		{"partner-closed", with(Partner, access.ReadClosed)},
		{"other", with(Other, access.Scopes...)},
		{"other-read", with(Other, access.Read, access.DraftScope, access.Publish, access.Withdraw)},
		{"other-closed", with(Other, access.ReadClosed)},
	}
}

// Subject is a release to be played: to whom it is addressed and whether under embargo. A release of
// two texts and a picture, whose words stand nowhere else.
type Subject struct {
	Name     string
	Audience wire.Audience
	Embargo  bool
}

// Subjects are every audience, with and without embargo.
func Subjects() []Subject {
	var ss []Subject
	for _, a := range []wire.Audience{{Class: wire.Public}, {Class: wire.Members}, {Class: wire.Partners, Partners: []wire.MemberID{Partner}}} {
		ss = append(ss, Subject{string(a.Class), a, false}, Subject{string(a.Class) + "-embargoed", a, true})
	}
	return ss
}

// Step is one thing that happens to a release.
type Step string

const (
	Approve  Step = "approve"
	Schedule Step = "schedule" // for PublishTime
	Publish  Step = "publish"
	Open     Step = "open"
	Update   Step = "update"
	Correct  Step = "correct"
	Withdraw Step = "withdraw"
	Erase    Step = "erase"
)

// The hours of a subject's life. A moment's own hour is Now.
var (
	CreateTime  = time.Date(2026, 6, 1, 9, 0, 0, 0, time.UTC)
	PublishTime = CreateTime.Add(time.Hour)     // of a scheduled release
	EmbargoTime = CreateTime.Add(2 * time.Hour) // until when a subject with Embargo is sealed
	LateTime    = CreateTime.Add(3 * time.Hour)
)

// Moment is a point in a subject's life: what has happened to it, each step with its hour, and when
// it is looked at.
type Moment struct {
	Name  string
	Steps []At
	Now   time.Time
}

// At is a step and when it happens.
type At struct {
	Step Step
	Time time.Time
}

// Moments are all points of a subject's life that the specification distinguishes.
func (s Subject) Moments() []Moment {
	soon := CreateTime.Add(time.Minute)
	play := func(at time.Time, steps ...Step) []At {
		out := make([]At, len(steps))
		for i, p := range steps {
			out[i] = At{p, at.Add(time.Duration(i) * time.Second)}
		}
		return out
	}
	ms := []Moment{
		{"draft", nil, soon},
		{"draft-late", nil, LateTime},
		{"approved", play(soon, Approve), LateTime},
		{"scheduled", play(soon, Schedule), soon.Add(time.Hour / 2)},
		{"schedule-due", play(soon, Schedule), LateTime}, // its time has come, its transaction not
	}
	if !s.Embargo {
		out := func(name string, more ...Step) Moment {
			return Moment{name, play(soon, append([]Step{Approve, Publish}, more...)...), LateTime}
		}
		return append(ms, out("released"), out("updated", Update), out("corrected", Correct), out("withdrawn", Withdraw),
			out("withdrawn-updated", Update, Withdraw), out("erased", Erase), out("erased-withdrawn", Withdraw, Erase))
	}
	sealed := func(name string, now time.Time, more ...Step) Moment {
		return Moment{name, play(soon, append([]Step{Approve, Publish}, more...)...), now}
	}
	opened := func(name string, more ...Step) Moment {
		return Moment{name, append(play(soon, Publish), play(EmbargoTime, append([]Step{Open}, more...)...)...), LateTime}
	}
	return append(ms,
		sealed("sealed", soon.Add(time.Hour)),
		sealed("sealed-second-before", EmbargoTime.Add(-time.Second)),
		sealed("sealed-hour-come", EmbargoTime), // the hour has come, the transaction that opens it not
		sealed("sealed-late", LateTime),
		sealed("sealed-updated", soon.Add(time.Hour), Update),
		sealed("sealed-corrected", soon.Add(time.Hour), Correct),
		sealed("sealed-withdrawn", soon.Add(time.Hour), Withdraw),
		sealed("sealed-withdrawn-late", LateTime, Withdraw),
		sealed("sealed-erased", LateTime, Erase),
		sealed("sealed-withdrawn-erased", LateTime, Withdraw, Erase),
		opened("opened"), opened("opened-updated", Update), opened("opened-corrected", Correct), opened("opened-withdrawn", Withdraw), opened("opened-erased", Erase),
	)
}

// Items are the subject's items as it is created on its way to a moment. The sender's uri of one of them
// differs from moment to moment, because it is unique on a node.
func (s Subject) Items(m Moment) []wire.NewItem {
	return []wire.NewItem{
		{Language: lang.KK, Content: s.Content("first", 0)},
		{Language: lang.FA, Translation: wire.Machine, AltID: s.secret("altid") + strings.ReplaceAll(m.Name, "-", ""), Content: s.Content("first", 1)},
		{Language: lang.KK, Type: wire.Picture, Content: s.Content("first", 2)},
	}
}

// Reason is what is given for the subject's correction or withdrawal.
func (s Subject) Reason(p Step) string { return s.secret("reason" + string(p)) }

// Approver is who approves it.
func (s Subject) Approver() string { return s.secret("approver") }

// Content fills every string of an item's content, however deep, with a word that stands nowhere else,
// by reflection: a field that is added later is filled, and looked for, without being named here.
// Subjects is left to real codes, because some formats take no others; files have a hash of their own.
func (s Subject) Content(version string, item int) wire.Content {
	var c wire.Content
	fill(reflect.ValueOf(&c).Elem(), fmt.Sprintf("%s%s%c", s.secret(""), version, 'a'+item), uint8(200+item), new(int))
	c.Subjects = []string{"medtop:20000639"}
	c.AI.DigitalSourceType = "trainedAlgorithmicMedia"
	for i := range c.Attachments {
		c.Attachments[i].MediaType = "image/x-portable-anymap"
	}
	return c
}

// fill sets every string to word and a letter of its own, every hash to b and every length to one that
// is looked for.
func fill(v reflect.Value, word string, b uint8, n *int) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprintf("%s%c", word, 'a'+*n%26))
		*n++
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), word, b, n)
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), word, b, n)
	case reflect.Array:
		for i := range v.Len() {
			v.Index(i).SetUint(uint64(b))
		}
	case reflect.Int64:
		v.SetInt(77_000_001)
	default:
		panic("accesstest: a field of kind " + v.Kind().String() + ": say how it is filled")
	}
}

// Marker begins every word of a subject's content, without the subject's own part.
const Marker = "qzx"

func (s Subject) secret(what string) string {
	return Marker + strings.ReplaceAll(s.Name, "-", "") + what
}

// Play is the subject at a moment, by the methods of internal/wire. Tests of a real output carry out
// Moment.Steps on it instead, with Items, Reason and Approver.
func (s Subject) Play(m Moment) *wire.Release {
	r, err := wire.NewRelease([]wire.MemberID{Lead, CoIssuer}, "press.example", s.Audience, 4, s.Items(m), CreateTime)
	must(err)
	if s.Embargo {
		must(r.SetEmbargo(EmbargoTime, CreateTime))
	}
	for _, at := range m.Steps {
		var err error
		switch at.Step {
		case Approve:
			err = r.Approve(s.Approver(), at.Time)
		case Schedule:
			err = r.Schedule(PublishTime, at.Time)
		case Publish:
			_, err = r.Publish(at.Time)
		case Open:
			_, err = r.Open(at.Time)
		case Update:
			_, err = r.Update(s.Changes(Update, r), at.Time)
		case Correct:
			_, err = r.Correct(s.Changes(Correct, r), s.Reason(Correct), at.Time)
		case Withdraw:
			_, err = r.Withdraw(s.Reason(Withdraw), at.Time)
		case Erase:
			_, err = r.Erase(at.Time)
		}
		must(err)
	}
	return r
}

// Changes are what the subject's update or correction brings: new words for the release's first item.
func (s Subject) Changes(p Step, r *wire.Release) wire.Changes {
	return wire.Changes{Content: map[wire.ItemID]wire.Content{r.Items[0].ID: s.Content(string(p), 0)}}
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// Leaks are the words in output that a viewer with this level must not be shown at this moment: any
// word of a subject's content, reasons or approvers below All; at All, what is gone by withdrawal or
// erasure. Output is searched in lower case, as bytes.
func (s Subject) Leaks(m Moment, l access.Level, output string) []string {
	low := strings.ToLower(output)
	var found []string
	for i := 0; ; {
		j := strings.Index(low[i:], s.secret(""))
		if j < 0 {
			break
		}
		i += j
		end := i
		for end < len(low) && low[end] >= 'a' && low[end] <= 'z' {
			end++
		}
		if w := low[i:end]; !s.mayShow(m, l, w) {
			found = append(found, w)
		}
		i = end
	}
	if l < access.All || gone(m) {
		for _, w := range []string{"20000639", "trainedalgorithmicmedia", "portable-anymap", "77000001", "c8c8c8c8c8c8c8c8", "c9c9c9c9c9c9c9c9", "cacacacacacacaca", "200,200,200", "201,201,201", "202,202,202"} {
			if strings.Contains(low, w) {
				found = append(found, w)
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

func gone(m Moment) bool { return m.has(Withdraw) || m.has(Erase) }

// has reports whether a step has happened by this moment.
func (m Moment) has(p Step) bool {
	return slices.ContainsFunc(m.Steps, func(a At) bool { return a.Step == p })
}

// mayShow: a word of a subject for a viewer of level l at moment m.
func (s Subject) mayShow(m Moment, l access.Level, word string) bool {
	switch {
	case l < access.All:
		return false
	case word == s.Approver():
		return !m.has(Publish) // the desk's own
	case m.has(Erase):
		return false
	case m.has(Withdraw):
		return word == s.Reason(Withdraw) || strings.HasPrefix(word, s.secret("altid"))
	}
	return true
}
