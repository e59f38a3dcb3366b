package api

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/notice"
	"jarchi.dev/jarchi/internal/take"
)

// Takes notes who uses what.
type Takes interface {
	Take(ctx context.Context, e browse.Entry, by take.Taker, in lang.Tag) (take.Words, error)
	UsesOf(ctx context.Context, v access.Viewer, e browse.Entry, after int64) (uses []take.Use, next int64, err error)
}

// TakeRequest is the body of a take.
type TakeRequest struct {
	Desk string `json:"desk" doc:"The desk that uses the item, by the name its own house gives it"`
}

// Taken is what a desk gets to use.
type Taken struct {
	URI      string `json:"uri"`
	Version  int    `json:"version" doc:"0 for a capture"`
	Language string `json:"language"`
	Text     string `json:"text" doc:"Headline, paragraphs, and in the last lines the credit and the state, so that they travel with the words"`
	Credit   string `json:"credit"`
	Dateline string `json:"dateline"`
	State    string `json:"state" doc:"In words, in the language asked for: whether it is official, whose translation, which version, what has changed"`
}

// TakeList is who uses an item.
type TakeList struct {
	Takes []ItemTake `json:"takes"`
	Next  string     `json:"next" doc:"cursor of the next page; empty at the end"`
}

// ItemTake is one desk's use of an item. It names no person.
type ItemTake struct {
	Member    string  `json:"member"`
	Desk      string  `json:"desk" doc:"Its name in English, or as the member's own system gave it"`
	Phone     string  `json:"phone" doc:"Whom to ring; empty when the desk gives none"`
	Version   int     `json:"version" doc:"The version that it took last"`
	At        string  `json:"at"`
	State     string  `json:"state" enum:"using,changed,waiting,stopped" doc:"changed: it has not seen the newest version; waiting: asked whether it has stopped, not answered"`
	StoppedAt *string `json:"stoppedAt" doc:"When the desk answered; null when it has not"`
}

func (a *api) registerTake() {
	op := huma.Operation{OperationID: "takeItem", Method: http.MethodPost, Path: "/api/v1/items/{id}/take", Tags: []string{"Items"}, Summary: "A desk uses an item",
		Description: "Scope read. The take is noted, so that corrections and withdrawals find the desk. The state is said in the first language of Accept-Language " +
			"that is one of en, ru, kk, uz, tr, az, fa, ur; otherwise in English. A withdrawn item cannot be taken.", MaxBodyBytes: maxSmall,
		RequestBody: &huma.RequestBody{Content: map[string]*huma.MediaType{jsonType: {Schema: a.schemaOf(TakeRequest{})}}}}
	register(a, op, a.jsonResponse("The words to use.", Taken{}), a.takeItem)
	list := huma.Operation{OperationID: "listTakes", Method: http.MethodGet, Path: "/api/v1/items/{id}/takes", Tags: []string{"Items"}, Summary: "Who uses an item",
		Description: "Scope read:closed, for the members that issued the item; for anyone else there is nothing here. First takers first, 50 a page."}
	register(a, list, a.jsonResponse("The desks that use the item.", TakeList{}), a.listTakes)
}

// TakeInput names the item, the body the desk.
type TakeInput struct {
	ID             string `path:"id" maxLength:"2000"`
	AcceptLanguage string `header:"Accept-Language" doc:"In which language the state is said"`
	RawBody        []byte `contentType:"application/json"`
}

func (a *api) takeItem(ctx context.Context, in *TakeInput) (*answer, error) {
	c := callerOf(ctx)
	if err := c.need(access.Read); err != nil {
		return nil, err
	}
	var req TakeRequest
	if err := decode(in.RawBody, &req); err != nil {
		return nil, err
	}
	desk := strings.TrimSpace(req.Desk)
	if desk == "" || !lang.Line(desk, 100) {
		return nil, fault.Field("desk", "Name the desk that uses the item in at most 100 letters.")
	}
	e, err := a.find(ctx, c.reader, in.ID)
	if err != nil {
		return nil, err
	}
	w, err := a.Takes.Take(ctx, e, take.Taker{Member: c.actor.Member, Named: desk}, spoken(in.AcceptLanguage))
	if err != nil {
		return nil, err
	}
	ans, err := asJSON(http.StatusOK, Taken{URI: string(w.URI), Version: w.Version, Language: string(w.Language), Text: w.Text(), Credit: w.Credit, Dateline: w.Dateline, State: w.State})
	if err == nil {
		ans.CacheControl = closedCache
	}
	return ans, err
}

// spoken is the best language of an Accept-Language header in which states are said. Tags that do not
// exist are passed over.
func spoken(header string) lang.Tag {
	if len(header) > 1000 {
		return lang.EN
	}
	best, weight := lang.EN, 0.0
	for part := range strings.SplitSeq(header, ",") {
		name, params, _ := strings.Cut(part, ";")
		base, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(name)), "-")
		q := 1.0
		if v, ok := strings.CutPrefix(strings.ReplaceAll(params, " ", ""), "q="); ok {
			var err error
			if q, err = strconv.ParseFloat(v, 64); err != nil {
				continue
			}
		}
		if q > weight && notice.Speaks(lang.Tag(base)) {
			best, weight = lang.Tag(base), q
		}
	}
	return best
}

// TakesInput names the item and the page.
type TakesInput struct {
	ID     string `path:"id" maxLength:"2000"`
	Cursor string `query:"cursor" maxLength:"20" doc:"next of the page before"`
}

func (a *api) listTakes(ctx context.Context, in *TakesInput) (*answer, error) {
	c := callerOf(ctx)
	after := int64(0)
	if in.Cursor != "" {
		var err error
		if after, err = strconv.ParseInt(in.Cursor, 10, 64); err != nil || after < 0 {
			return nil, fault.Field("cursor", "This cursor was not made by this node.")
		}
	}
	none := fault.E(fault.NotFound, "There is no item with this id.")
	e, err := a.find(ctx, c.reader, in.ID)
	if err != nil {
		if fault.KindOf(err) == fault.NotFound {
			err = none
		}
		return nil, err
	}
	uses, next, err := a.Takes.UsesOf(ctx, c.reader, e, after)
	if err != nil {
		return nil, err
	}
	out := TakeList{Takes: []ItemTake{}}
	if next > 0 {
		out.Next = strconv.FormatInt(next, 10)
	}
	for _, u := range uses {
		k := ItemTake{Member: string(u.Member), Desk: u.Named, Phone: u.Desk.Phone, Version: u.Version, At: instant(u.At), State: "using"}
		if u.Desk.ID != "" {
			k.Desk = u.Desk.Name(lang.EN)
		}
		switch {
		case !u.Stopped.IsZero():
			at := instant(u.Stopped)
			k.State, k.StoppedAt = "stopped", &at
		case u.Asked:
			k.State = "waiting"
		case u.Changed:
			k.State = "changed"
		}
		out.Takes = append(out.Takes, k)
	}
	ans, err := asJSON(http.StatusOK, out)
	if err == nil {
		ans.CacheControl = closedCache
	}
	return ans, err
}
