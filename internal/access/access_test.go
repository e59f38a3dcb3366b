package access_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/access/accesstest"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/wire"
)

func TestEveryoneAtEveryMoment(t *testing.T) {
	t.Parallel()
	n := 0
	for _, s := range accesstest.Subjects() {
		for _, m := range s.Moments() {
			r := s.Play(m)
			for _, v := range accesstest.Viewers() {
				n++
				got, want := access.Release(v.Viewer, r, m.Now), accesstest.Want(v, s, m)
				if got != want {
					t.Errorf("%s, %s, for %s: %s, want %s", s.Name, m.Name, v.Name, got, want)
				}
				shown := access.Reduce(r, got)
				if (shown == nil) != (want == access.Nothing) {
					t.Fatalf("%s, %s, for %s: reduced to %v", s.Name, m.Name, v.Name, shown)
				}
				b, err := json.Marshal(shown)
				if err != nil {
					t.Fatal(err)
				}
				if leaks := s.Leaks(m, want, string(b)); len(leaks) > 0 {
					t.Errorf("%s, %s, for %s: shows %q", s.Name, m.Name, v.Name, leaks)
				}
			}
		}
	}
	for _, v := range accesstest.Viewers() {
		if got, want := access.Capture(v.Viewer, &wire.Capture{}, time.Time{}), accesstest.WantCapture(v); got != want {
			t.Errorf("capture for %s: %s, want %s", v.Name, got, want)
		}
	}
	if n < 1000 {
		t.Errorf("only %d cases", n)
	}
}

// The moments reach every state, in every audience.
func TestMomentsReachEveryState(t *testing.T) {
	t.Parallel()
	reached := map[string]bool{}
	for _, s := range accesstest.Subjects() {
		for _, m := range s.Moments() {
			reached[string(s.Audience.Class)+" "+string(s.Play(m).State)] = true
		}
	}
	if len(reached) != 3*7 {
		t.Errorf("%d of 21: %v", len(reached), reached)
	}
}

// A state that nobody knows, a release without issuers, the zero release: nothing is shown.
func TestUnknownIsNothing(t *testing.T) {
	t.Parallel()
	for _, v := range accesstest.Viewers() {
		for _, r := range []*wire.Release{
			{}, {State: wire.Draft}, {State: wire.Released, Audience: wire.Audience{Class: wire.Public}},
			{Issuers: []wire.MemberID{accesstest.Lead}, State: "lost", Audience: wire.Audience{Class: wire.Public}},
			{Issuers: []wire.MemberID{""}, State: wire.Draft},
		} {
			if l := access.Release(v.Viewer, r, time.Time{}); l != access.Nothing {
				t.Errorf("%+v for %s: %s", r, v.Name, l)
			}
		}
		unknown := &wire.Release{Issuers: []wire.MemberID{accesstest.Lead}, State: wire.Released, OpenedAt: time.Unix(1, 0)}
		if l := access.Release(v.Viewer, unknown, time.Time{}); l != access.Nothing {
			t.Errorf("a release without an audience for %s: %s", v.Name, l)
		}
	}
}

// A header holds what is named here and nothing else, whatever a release holds: every field is set by
// reflection and looked for, so that a field added later is closed until it is named.
func TestHeaderHoldsOnlyWhatIsNamed(t *testing.T) {
	t.Parallel()
	var r wire.Release
	n := 0
	fill(reflect.ValueOf(&r).Elem(), &n)
	r.Items = append(r.Items, r.Items[0], r.Items[0], r.Items[0])
	for i := range r.Items {
		r.Items[i].ID = wire.ItemID(fmt.Sprint("item", i))
		r.Items[i].Type = []wire.ItemType{wire.Text, wire.Picture, wire.Text, wire.Video, wire.Audio}[i]
		r.Items[i].Language = lang.Tag([]string{"kk", "kk", "ru", "fa", "fa"}[i])
	}
	all, head := leaves(reflect.ValueOf(r)), leaves(reflect.ValueOf(*access.Reduce(&r, access.Header)))
	allowed := []string{".ID", ".Issuers[]", ".State", ".Urgency", ".Audience.Class", ".EmbargoedUntil", ".ReleasedAt", ".WithdrawnAt", ".ErasedAt", ".Items[].ID", ".Items[].Language", ".Items[].Type"}
	for path, values := range head {
		if !slices.Contains(allowed, path) {
			t.Errorf("a header holds %s: %v", path, values)
		}
	}
	for _, path := range allowed {
		if len(head[path]) == 0 {
			t.Errorf("a header lacks %s", path)
		}
	}
	if want := []string{"kk", "ru"}; !slices.Equal(head[".Items[].Language"], want) || !slices.Equal(head[".Items[].Type"], []string{"text", "text"}) {
		t.Errorf("a header's items: %v %v; files must not be counted", head[".Items[].Language"], head[".Items[].Type"])
	}
	if len(all) < 50 {
		t.Errorf("only %d fields were filled", len(all))
	}

	// A release of pictures alone says that it is one, not how many.
	for i := range r.Items {
		r.Items[i].Type = wire.Picture
	}
	if h := access.Reduce(&r, access.Header); len(h.Items) != 1 || h.Items[0].Type != wire.Picture {
		t.Errorf("pictures alone: %+v", h.Items)
	}
	// What is done to a header does not reach the release.
	access.Reduce(&r, access.Header).Issuers[0] = "mallory"
	if r.Issuers[0] == "mallory" {
		t.Error("a header shares the issuers' list")
	}
	if access.Reduce(&r, access.Nothing) != nil || access.Reduce(&r, access.Level(7)) != nil {
		t.Error("nothing is something")
	}
}

// fill sets everything a value holds to something that is not zero.
func fill(v reflect.Value, n *int) {
	*n++
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprintf("%s%d", accesstest.Marker, *n))
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(1000 + *n))
	case reflect.Uint8:
		v.SetUint(7)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fallthrough
	case reflect.Array:
		for i := range v.Len() {
			fill(v.Index(i), n)
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(time.Unix(int64(*n), 0)))
			return
		}
		for i := range v.NumField() {
			fill(v.Field(i), n)
		}
	default:
		panic("a field of kind " + v.Kind().String() + ": teach this test to fill it")
	}
}

// leaves are the values that are not zero, by path.
func leaves(v reflect.Value) map[string][]string {
	out := map[string][]string{}
	var walk func(v reflect.Value, path string)
	walk = func(v reflect.Value, path string) {
		switch {
		case v.Type() == reflect.TypeFor[time.Time]() || v.Kind() != reflect.Struct && v.Kind() != reflect.Slice && v.Kind() != reflect.Array:
			if !v.IsZero() {
				out[path] = append(out[path], fmt.Sprint(v.Interface()))
			}
		case v.Kind() == reflect.Struct:
			for i := range v.NumField() {
				walk(v.Field(i), path+"."+v.Type().Field(i).Name)
			}
		default:
			for i := range v.Len() {
				walk(v.Index(i), path+"[]")
			}
		}
	}
	walk(v, "")
	return out
}

// The index narrows by markers, the decision decides: for what is out, the two must agree exactly, or
// search hides what may be read, or counts what may not.
func TestMarksAgreeWithTheDecision(t *testing.T) {
	t.Parallel()
	members := []wire.MemberID{"aa", "a-a", "az", "a-z", "az1", "a1", "zz", "z-z", "z1z", "a0", "a1z", "az1z", "xa0", "p-aa"}
	someone := rapid.SampledFrom(members)
	rapid.Check(t, func(t *rapid.T) {
		some := func(name string, min int) []wire.MemberID {
			return rapid.SliceOfNDistinct(someone, min, 4, func(m wire.MemberID) wire.MemberID { return m }).Draw(t, name)
		}
		a := wire.Audience{Class: rapid.SampledFrom([]wire.AudienceClass{wire.Public, wire.Members, wire.Partners}).Draw(t, "class")}
		if a.Class == wire.Partners {
			a.Partners = some("partners", 1)
		}
		now := accesstest.CreateTime
		r, err := wire.NewRelease(some("issuers", 1), "press.example", a, 0, accesstest.Subjects()[0].Items(accesstest.Moment{}), now)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.Publish(now); err != nil {
			t.Fatal(err)
		}
		v := access.Viewer{Scopes: rapid.SliceOfDistinct(rapid.SampledFrom(access.Scopes), func(s access.Scope) access.Scope { return s }).Draw(t, "scopes")}
		if rapid.IntRange(0, 5).Draw(t, "member") > 0 {
			v.Member = someone.Draw(t, "viewer")
		}
		v.Local = rapid.IntRange(0, 5).Draw(t, "local") == 0

		marks := access.Marks(v)
		found := slices.ContainsFunc(access.AudienceMarks(r), func(m string) bool { return slices.Contains(marks, m) })
		if all := access.Release(v, r, now) == access.All; found != all {
			t.Fatalf("%+v and %+v by %v: found %v, may read %v", v, a, r.Issuers, found, all)
		}
		if captures := slices.Contains(marks, access.MarkCapture); captures != (access.Capture(v, &wire.Capture{}, now) == access.All) {
			t.Fatalf("%+v: captures found %v", v, captures)
		}
		for _, m := range append(marks, access.AudienceMarks(r)...) {
			if strings.Trim(m, "abcdefghijklmnopqrstuvwxyz0123456789") != "" || m[0] != 'x' {
				t.Fatalf("%q is no marker", m)
			}
		}
	})
}

// No two members share a marker, and none has one of the fixed ones: every name of up to six signs
// over an alphabet in which markers could be confused.
func TestMarkersAreDistinct(t *testing.T) {
	t.Parallel()
	owner := map[string]string{access.MarkPublic: "everyone", access.MarkMembers: "members", access.MarkCapture: "captures", access.MarkRelease: "releases", access.MarkOutside: "outside"}
	for _, tag := range lang.Known() {
		mark := access.LanguageMark(tag)
		if other, ok := owner[mark]; ok {
			t.Errorf("%s and %s share the marker %s", tag, other, mark)
		}
		owner[mark] = "language " + string(tag)
	}
	names := []string{""}
	for range 6 {
		var longer []string
		for _, n := range names {
			for _, c := range "az1-" {
				longer = append(longer, n+string(c))
			}
		}
		names = longer
		for _, n := range names {
			m, err := wire.ParseMemberID(n)
			if err != nil {
				continue
			}
			for kind, mark := range map[string]string{"partner ": access.PartnerMark(m), "issuer ": access.MemberMark(m), "source ": access.SourceMark(n)} {
				if other, ok := owner[mark]; ok {
					t.Fatalf("%s%s and %s share the marker %s", kind, n, other, mark)
				}
				owner[mark] = kind + n
			}
		}
	}
	if len(owner) < 4000 {
		t.Errorf("only %d markers", len(owner))
	}
}
