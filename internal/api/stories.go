package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/browse/render"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/format/ninjs"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/stories"
	"jarchi.dev/jarchi/internal/story"
)

// Stories tells which reports are about one event, as far as a viewer may read them.
type Stories interface {
	List(ctx context.Context, v access.Viewer, cursor string, limit int) (stories.Page, error)
	Story(ctx context.Context, v access.Viewer, id string) (stories.Story, error)
	Join(ctx context.Context, w stories.Who, x stories.Saying) (stories.Decision, error)
	Part(ctx context.Context, w stories.Who, x stories.Saying) (stories.Decision, error)
	Undo(ctx context.Context, w stories.Who, id, seen string) (stories.Decision, error)
}

// StoryListInput are the parameters of the list of stories.
type StoryListInput struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"50" default:"20" doc:"Stories. A page may have fewer, even none, while next leads on"`
	Cursor string `query:"cursor" maxLength:"200" doc:"next of the page before; opaque"`
}

// StoryList is a page of stories.
type StoryList struct {
	Stories []Story `json:"stories"`
	Next    string  `json:"next,omitempty" doc:"Cursor of the next page; absent at the end"`
}

// Story is one event with its reports, as far as the caller may read them.
type Story struct {
	ID      string        `json:"id" doc:"The id of the first report that came here, a release or a capture, of those that you may read; any other report's finds the story too"`
	Reports []StoryReport `json:"reports" doc:"By their times, the first to report first; a release in all its languages is one"`
	More    bool          `json:"more,omitempty" doc:"There are further reports"`
	Uses    []StoryUse    `json:"uses,omitempty" doc:"Who uses the words of whom; this and what follows only of one story"`

	Because   []StoryBecause  `json:"because,omitempty" doc:"Why the machine put which reports together"`
	Decisions []StoryDecision `json:"decisions,omitempty" doc:"What editors decided about any of the reports, the latest first; those that were taken back too"`
	Seen      string          `json:"seen,omitempty" doc:"For those who may decide, opaque: sent with a decision, this is refused where somebody decided about these stories since"`
}

// StoryBecause is why a report was put to another one.
type StoryBecause struct {
	Report   int            `json:"report" doc:"Its place in reports, from 0"`
	With     int            `json:"with" doc:"The place of the one to which it was put"`
	Language string         `json:"language" doc:"In which the words stand"`
	Reasons  []story.Reason `json:"reasons" doc:"kind is event, date, number, entity, name, topic or word. Of an entity the value is its kind and id, of an event its class and the how-manieth it is"`
}

// StoryDecision is what an editor or verifier decided.
type StoryDecision struct {
	ID     string       `json:"id"`
	Kind   string       `json:"kind" enum:"join,move,part" doc:"join: two stories are one; move: one report went over to the other's story; part: the report does not belong to the other's story"`
	Report string       `json:"report" doc:"The id of the release or capture that it is about"`
	Other  string       `json:"other" doc:"One of the story with which it was joined or from which it was taken"`
	Member string       `json:"member" doc:"For whom it was decided"`
	At     string       `json:"at"`
	Reason string       `json:"reason,omitempty"`
	Undone *StoryUndone `json:"undone,omitempty" doc:"Who took it back; absent while it stands"`
}

// StoryUndone is that a decision was taken back.
type StoryUndone struct {
	Member string `json:"member"`
	At     string `json:"at"`
}

// JoinRequest is the body of a joining.
type JoinRequest struct {
	With   string `json:"with" doc:"The id of a release or capture with which it belongs together"`
	Alone  bool   `json:"alone,omitempty" doc:"Only this report moves; without it, the whole of its story does"`
	Reason string `json:"reason,omitempty" doc:"At most 300 letters; shown to whoever may read both"`
	Seen   string `json:"seen,omitempty" maxLength:"200" doc:"seen of the story that was looked at: 409 where somebody decided about these stories since"`
}

// PartRequest is the body of a parting.
type PartRequest struct {
	From   string `json:"from,omitempty" doc:"The id of a release or capture to whose story it does not belong; without it, its own story"`
	Reason string `json:"reason,omitempty" doc:"At most 300 letters; shown to whoever may read both"`
	Seen   string `json:"seen,omitempty" maxLength:"200" doc:"seen of the story that was looked at: 409 where somebody decided about these stories since"`
}

// StoryReport is a release or a capture.
type StoryReport struct {
	Time    string      `json:"time" doc:"When it was published: of a capture the time that its page states, if it states one to the minute, else its arrival"`
	Release *Release    `json:"release,omitempty" doc:"As in /releases"`
	Capture *ninjs.Item `json:"capture,omitempty" doc:"As in /items, without its body"`
}

// StoryUse is that one report uses the words of another.
type StoryUse struct {
	Report int        `json:"report" doc:"Its place in reports, from 0"`
	Of     int        `json:"of" doc:"The place of the one whose words it uses"`
	Kind   story.Kind `json:"kind" enum:"copy,cut,compilation,quote,rewrite"`
	Stated string     `json:"stated,omitempty" doc:"The words in which one of the two names the other as its source; absent: the order rests on time"`
}

func (a *api) registerStories() {
	if a.Stories == nil {
		return
	}
	register(a, huma.Operation{OperationID: "listStories", Method: http.MethodGet, Path: "/api/v1/stories", Tags: []string{"Stories"}, Summary: "List events with their reports in all languages",
		Description: "The event that was reported on last stands first. A story has at least two releases or captures that the caller may read; what she may not read neither makes one nor moves it. " +
			"Stories are found by machine, seconds after a text came."}, a.jsonResponse("A page of stories.", StoryList{}), a.listStories)
	register(a, huma.Operation{OperationID: "getStory", Method: http.MethodGet, Path: "/api/v1/stories/{id}", Tags: []string{"Stories"}, Summary: "One event with its reports",
		Description: "By the id of any of its releases or captures."}, a.jsonResponse("The story.", Story{}), a.getStory)
	deciding := " Scopes read:closed and publish, or read:closed and verify. It stands above what the machine finds, then and later, until it is taken back or decided otherwise. 409 where it is so already."
	body := func(v any) *huma.RequestBody {
		return &huma.RequestBody{Content: map[string]*huma.MediaType{jsonType: {Schema: a.schemaOf(v)}}}
	}
	register(a, huma.Operation{OperationID: "joinStories", Method: http.MethodPost, Path: "/api/v1/stories/{id}/join", Tags: []string{"Stories"}, Summary: "Say that two reports belong together",
		Description: "Their stories become one." + deciding, MaxBodyBytes: maxSmall, RequestBody: body(JoinRequest{})}, a.jsonResponse("What was decided.", StoryDecision{}), a.joinStories)
	register(a, huma.Operation{OperationID: "partStory", Method: http.MethodPost, Path: "/api/v1/stories/{id}/part", Tags: []string{"Stories"}, Summary: "Say that a report does not belong to a story",
		Description: "If it is in that story, it becomes one of its own; the others stay together." + deciding, MaxBodyBytes: maxSmall, RequestBody: body(PartRequest{})}, a.jsonResponse("What was decided.", StoryDecision{}), a.partStory)
	register(a, huma.Operation{OperationID: "undoStoryDecision", Method: http.MethodPost, Path: "/api/v1/stories/decisions/{id}/undo", Tags: []string{"Stories"}, Summary: "Take a decision back",
		Description: "The stories are as though it had not been made. Any editor or verifier who may read what it was about can do it. Scopes as for deciding."}, a.jsonResponse("The decision.", StoryDecision{}), a.undoStory)
}

func (a *api) listStories(ctx context.Context, in *StoryListInput) (*answer, error) {
	c := callerOf(ctx)
	page, err := a.Stories.List(ctx, c.reader, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	out := StoryList{Stories: []Story{}, Next: page.Next}
	for _, s := range page.Stories {
		out.Stories = append(out.Stories, storyObject(s))
	}
	ans, err := asJSON(http.StatusOK, out)
	if err == nil {
		ans.CacheControl = caching(c, c.reader.Member == "" && !c.reader.Local)
	}
	return ans, err
}

func (a *api) getStory(ctx context.Context, in *IDInput) (*answer, error) {
	c := callerOf(ctx)
	s, err := a.Stories.Story(ctx, c.reader, in.ID)
	if err != nil {
		return nil, err
	}
	public := true
	for _, r := range s.Reports {
		public = public && open(r.Entry)
	}
	for _, d := range s.Decisions {
		public = public && open(d.Report) && open(d.Other)
	}
	out := storyObject(s)
	if stories.MayDecide(c.actor) { // to others it would change with every decision of anybody
		out.Seen = s.Seen
	}
	ans, err := asJSON(http.StatusOK, out)
	if err == nil {
		ans.CacheControl = caching(c, public)
	}
	return ans, err
}

func storyObject(s stories.Story) Story {
	out := Story{ID: s.ID, More: s.More, Reports: []StoryReport{}}
	for _, r := range s.Reports {
		x := StoryReport{Time: r.Time.UTC().Format(time.RFC3339)}
		if r.Capture != nil {
			item := render.NinjsCapture(r.Capture, false)
			x.Capture = &item
		} else {
			o := releaseObject(r.Release, r.Level)
			x.Release = &o
		}
		out.Reports = append(out.Reports, x)
	}
	for _, u := range s.Uses {
		out.Uses = append(out.Uses, StoryUse{u.From, u.Of, u.Kind, u.Stated})
	}
	for _, b := range s.Because {
		out.Because = append(out.Because, StoryBecause{b.Report, b.With, string(b.Language), b.All})
	}
	for _, d := range s.Decisions {
		out.Decisions = append(out.Decisions, decisionObject(d))
	}
	return out
}

func decisionObject(d stories.Decision) StoryDecision {
	id := func(e browse.Entry) string {
		if e.Capture != nil {
			return string(e.Capture.ID)
		}
		return string(e.Release.ID)
	}
	out := StoryDecision{ID: d.ID, Kind: string(d.Kind), Report: id(d.Report), Other: id(d.Other), Member: string(d.Member), At: instant(d.At), Reason: d.Reason}
	if d.Undone != nil {
		out.Undone = &StoryUndone{string(d.Undone.Member), instant(d.Undone.At)}
	}
	return out
}

// DecideInput names a report, the body what is decided about it.
type DecideInput struct {
	ID      string `path:"id" maxLength:"2000"`
	RawBody []byte `contentType:"application/json"`
}

func (a *api) joinStories(ctx context.Context, in *DecideInput) (*answer, error) {
	var req JoinRequest
	if err := decode(in.RawBody, &req); err != nil {
		return nil, err
	}
	if req.With == "" || req.With == in.ID {
		return nil, fault.Field("with", "Name another report, with which it belongs together.")
	}
	return decided(ctx, func(w stories.Who) (stories.Decision, error) {
		return a.Stories.Join(ctx, w, stories.Saying{Report: in.ID, Other: req.With, Alone: req.Alone, Reason: req.Reason, Seen: req.Seen})
	})
}

func (a *api) partStory(ctx context.Context, in *DecideInput) (*answer, error) {
	var req PartRequest
	if err := decode(in.RawBody, &req); err != nil {
		return nil, err
	}
	if req.From == in.ID {
		return nil, fault.Field("from", "A report cannot be taken away from itself.")
	}
	return decided(ctx, func(w stories.Who) (stories.Decision, error) {
		return a.Stories.Part(ctx, w, stories.Saying{Report: in.ID, Other: req.From, Reason: req.Reason, Seen: req.Seen})
	})
}

// UndoInput names a decision.
type UndoInput struct {
	ID   string `path:"id" maxLength:"2000"`
	Seen string `query:"seen" maxLength:"200" doc:"seen of the story that was looked at: 409 where somebody decided about these stories since"`
}

func (a *api) undoStory(ctx context.Context, in *UndoInput) (*answer, error) {
	return decided(ctx, func(w stories.Who) (stories.Decision, error) { return a.Stories.Undo(ctx, w, in.ID, in.Seen) })
}

// decided answers with what was decided by whoever calls.
func decided(ctx context.Context, decide func(stories.Who) (stories.Decision, error)) (*answer, error) {
	c := callerOf(ctx)
	if err := c.need(access.Read); err != nil {
		return nil, err
	}
	d, err := decide(stories.Who{Viewer: c.actor, By: people.ByToken(c.token)})
	if err != nil {
		return nil, err
	}
	ans, err := asJSON(http.StatusOK, decisionObject(d))
	if err == nil {
		ans.CacheControl = closedCache
	}
	return ans, err
}
