package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/format/ninjs"
	"jarchi.dev/jarchi/internal/stories"
	"jarchi.dev/jarchi/internal/story"
)

// Stories tells which reports are about one event, as far as a viewer may read them.
type Stories interface {
	List(ctx context.Context, v access.Viewer, cursor string, limit int) (stories.Page, error)
	Story(ctx context.Context, v access.Viewer, id string) (stories.Story, error)
}

// StoryListInput are the parameters of the list of stories.
type StoryListInput struct {
	Conditions
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
	Uses    []StoryUse    `json:"uses,omitempty" doc:"Who uses the words of whom; only of one story"`
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
	ans, err := asJSON(http.StatusOK, storyObject(s))
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
			item := captureItem(r.Capture, false)
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
	return out
}
