package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"net/http"
	"strings"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/desk"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/publish"
	"jarchi.dev/jarchi/internal/wire"
)

// ChangeInput is what every call that changes a release takes.
type ChangeInput struct {
	ID string `path:"id" maxLength:"100"`
	CreateInput
}

// CreateInput is what the call that makes one takes.
type CreateInput struct {
	Key     string `header:"Idempotency-Key" maxLength:"200" doc:"Any text, once a request: repeated within 24 hours with the same body, the work is not done again"`
	RawBody []byte `contentType:"application/json"`
}

// BareInput is what a call without a body takes.
type BareInput struct {
	ID  string `path:"id" maxLength:"100"`
	Key string `header:"Idempotency-Key" maxLength:"200" doc:"As for the other calls"`
}

func bare(h func(context.Context, *ChangeInput) (*answer, error)) func(context.Context, *BareInput) (*answer, error) {
	return func(ctx context.Context, in *BareInput) (*answer, error) {
		return h(ctx, &ChangeInput{ID: in.ID, CreateInput: CreateInput{Key: in.Key}})
	}
}

// ApproveRequest is the body of an approval.
type ApproveRequest struct {
	By string `json:"by" doc:"The person who agrees"`
}

// EmbargoRequest is the body that states an embargo.
type EmbargoRequest struct {
	EmbargoedUntil string `json:"embargoedUntil" format:"date-time"`
}

// ConfirmRequest is the body of a further issuer's confirmation.
type ConfirmRequest struct {
	Revision int `json:"revision,omitempty" minimum:"1" doc:"The revision that was read; without it, the words as they are now"`
}

// ScheduleRequest is the body that states when a release leaves.
type ScheduleRequest struct {
	PublishAt string `json:"publishAt" format:"date-time"`
}

// digest is over all that makes two requests the same.
func (in *ChangeInput) digest(call string) []byte {
	h := sha256.New()
	for _, part := range [][]byte{[]byte(call), []byte(in.ID), in.RawBody} {
		sum := sha256.Sum256(part)
		h.Write(sum[:])
	}
	return h.Sum(nil)
}

// noted has what a token did written into its member's audit list, in the words of the desk and in the transaction of the work. A
// program may send the words of a draft again and again: of one minute that is one line, which counts.
func (a *api) noted(c caller, follow publish.Follow, action, object, detail string) publish.Follow {
	if c.token == "" {
		return follow
	}
	e := people.Entry{ID: people.NewID(), At: a.Now(), Member: c.actor.Member, Actor: people.ByToken(c.token), Action: action, Detail: detail}
	if action == desk.DraftEdited {
		e.ID = strings.Join([]string{action, c.token, object, e.At.UTC().Format("200601021504")}, " ")
	}
	return follow.Noting(func(r *wire.Release) people.Entry {
		line := e
		if action == desk.Erased && r.State != wire.Erased { // it never left, and is deleted
			line.Action = desk.DraftDiscarded
		}
		return line
	})
}

// once does the work unless this token has had it done under this key before. What is kept of an
// answer is the release object without a word, so that a withdrawal or erasure leaves nothing behind
// there; headlines are put back from the release as it then is.
func (a *api) once(ctx context.Context, in *ChangeInput, call, action string, status int, do func(publish.Follow) (*wire.Release, error)) (*answer, error) {
	c := callerOf(ctx)
	var repeat *publish.Repeatable
	if in.Key != "" {
		repeat = &publish.Repeatable{Token: c.token, Key: in.Key, Digest: in.digest(call), Answer: func(r *wire.Release) (int, []byte, error) {
			o := releaseObject(r, access.All)
			o.Reason = ""
			for i := range o.Items {
				o.Items[i].Headline = nil
			}
			b, err := json.Marshal(o)
			return status, b, err
		}}
		if ans, err := a.answered(ctx, c, repeat); ans != nil || err != nil {
			return ans, err
		}
	}
	r, err := do(a.noted(c, repeat.Follow, action, in.ID, ""))
	if err != nil && repeat != nil && c.token != "" {
		// The same request may have been at work beside this one; then its answer is there by now.
		if ans, again := a.answered(ctx, c, repeat); ans != nil || again != nil {
			return ans, again
		}
	}
	if err != nil {
		return nil, err
	}
	return released(status, releaseObject(access.Reduce(r, access.All), access.All))
}

func released(status int, o Release) (*answer, error) {
	ans, err := asJSON(status, o)
	if err == nil {
		ans.CacheControl = closedCache
		if status == http.StatusCreated {
			ans.Location = releasesPath + "/" + string(o.ID)
		}
	}
	return ans, err
}

// answered finds the answer that was given to the same request; nil when there was none.
func (a *api) answered(ctx context.Context, c caller, repeat *publish.Repeatable) (*answer, error) {
	was, ok, err := a.Publish.Answered(ctx, repeat)
	if err != nil || !ok {
		return nil, err
	}
	if !bytes.Equal(was.Digest, repeat.Digest) {
		e := fault.E(fault.Conflict, "This Idempotency-Key came with another request in the last 24 hours. Take a new key for a new request.")
		e.Field = "Idempotency-Key"
		return nil, e
	}
	var o Release
	if err := json.Unmarshal(was.Body, &o); err != nil {
		return nil, fault.E(fault.Corrupt, "The kept answer of a request is damaged.").Because(err)
	}
	e, err := a.desk(ctx, c, o.ID)
	if err != nil {
		return nil, err
	}
	if e.Release != nil {
		now := releaseObject(e.Release, access.All)
		for i := range o.Items {
			for _, it := range now.Items {
				if it.ID == o.Items[i].ID && it.Version != nil && o.Items[i].Version != nil && *it.Version == *o.Items[i].Version {
					o.Items[i].Headline = it.Headline
				}
			}
		}
		if o.State == now.State {
			o.Reason = now.Reason
		}
	}
	return released(was.Status, o)
}

func (a *api) createRelease(ctx context.Context, in *CreateInput) (*answer, error) {
	c := callerOf(ctx)
	s, err := decodeRelease(in.RawBody)
	if err != nil {
		return nil, err
	}
	p := publish.Input{Issuers: s.issuers, Audience: s.audience, PublishAt: s.publishAt, EmbargoedUntil: s.embargoedUntil, Draft: s.draft}
	if u := s.stated(); u != nil {
		p.Urgency = *u
	}
	original := false
	for _, it := range s.items {
		original = original || it.Translation == wire.Original
	}
	for i, it := range s.items {
		if it.withheld && !p.Draft && p.PublishAt.IsZero() && p.EmbargoedUntil.IsZero() {
			return nil, fault.Field(it.field+".pubStatus", "This item is withheld, and nothing says until when. State embargoedUntil, publishAt or draft, or send it as usable.")
		}
		if it.Translation == "" {
			it.Translation = wire.OfficialText
			if i == 0 && !original {
				it.Translation = wire.Original
			}
		}
		p.Items = append(p.Items, it.NewItem)
	}
	action := desk.DraftSent
	switch {
	case p.Draft:
		action = desk.DraftBegun
	case !p.PublishAt.IsZero():
		action = desk.DraftScheduled
	}
	return a.once(ctx, &ChangeInput{CreateInput: *in}, "create", action, http.StatusCreated, func(follow publish.Follow) (*wire.Release, error) {
		p.Follow = follow
		return a.Publish.Create(ctx, c.actor, p)
	})
}

// change does the work on the release that the address names.
func (a *api) change(ctx context.Context, in *ChangeInput, call, action string, do func(c caller, id wire.ReleaseID, follow publish.Follow) (*wire.Release, error)) (*answer, error) {
	id, err := wire.ParseReleaseID(in.ID)
	if err != nil {
		return nil, err
	}
	return a.once(ctx, in, call, action, http.StatusOK, func(follow publish.Follow) (*wire.Release, error) {
		return do(callerOf(ctx), id, follow)
	})
}

func (a *api) updateRelease(ctx context.Context, in *ChangeInput) (*answer, error) {
	return a.change(ctx, in, "update", desk.DraftSent, func(c caller, id wire.ReleaseID, follow publish.Follow) (*wire.Release, error) {
		ch, _, err := a.changes(ctx, c, id, in.RawBody)
		if err != nil {
			return nil, err
		}
		return a.Publish.Update(ctx, c.actor, id, ch, follow)
	})
}

func (a *api) correctRelease(ctx context.Context, in *ChangeInput) (*answer, error) {
	return a.change(ctx, in, "correct", desk.DraftSent, func(c caller, id wire.ReleaseID, follow publish.Follow) (*wire.Release, error) {
		ch, s, err := a.changes(ctx, c, id, in.RawBody)
		if err != nil {
			return nil, err
		}
		return a.Publish.Correct(ctx, c.actor, id, ch, s.reason, follow)
	})
}

func (a *api) withdrawRelease(ctx context.Context, in *ChangeInput) (*answer, error) {
	return a.change(ctx, in, "withdraw", desk.Withdrawn, func(c caller, id wire.ReleaseID, follow publish.Follow) (*wire.Release, error) {
		var req ReasonRequest
		if err := decode(in.RawBody, &req); err != nil {
			return nil, err
		}
		return a.Publish.Withdraw(ctx, c.actor, id, req.Reason, follow)
	})
}

func (a *api) publishRelease(ctx context.Context, in *ChangeInput) (*answer, error) {
	return a.change(ctx, in, "publish", desk.DraftSent, func(c caller, id wire.ReleaseID, follow publish.Follow) (*wire.Release, error) {
		return a.Publish.Publish(ctx, c.actor, id, follow)
	})
}

func (a *api) confirmRelease(ctx context.Context, in *ChangeInput) (*answer, error) {
	return a.atDesk(ctx, in, func(c caller, id wire.ReleaseID) (*wire.Release, error) {
		var req ConfirmRequest
		if err := decode(in.RawBody, &req); err != nil {
			return nil, err
		}
		return a.Publish.Concur(ctx, c.actor, id, req.Revision, a.noted(c, nil, desk.Confirmed, in.ID, ""))
	})
}

func (a *api) editRelease(ctx context.Context, in *ChangeInput) (*answer, error) {
	return a.atDesk(ctx, in, func(c caller, id wire.ReleaseID) (*wire.Release, error) {
		s, err := decodeRelease(in.RawBody)
		if err != nil {
			return nil, err
		}
		e, err := a.desk(ctx, c, id)
		if err != nil {
			return nil, err
		}
		var ch wire.Changes
		if e.Release != nil {
			if ch, err = match(e.Release, s.items); err != nil {
				return nil, err
			}
			if len(ch.Add) > 0 || len(ch.Content) == 0 {
				return nil, fault.Field("items", "Send new words for items that the draft has; for another set of languages make a new draft.")
			}
		}
		return a.Publish.Edit(ctx, c.actor, id, ch.Content, a.noted(c, nil, desk.DraftEdited, in.ID, ""))
	})
}

func (a *api) approveRelease(ctx context.Context, in *ChangeInput) (*answer, error) {
	return a.atDesk(ctx, in, func(c caller, id wire.ReleaseID) (*wire.Release, error) {
		var req ApproveRequest
		if err := decode(in.RawBody, &req); err != nil {
			return nil, err
		}
		return a.Publish.Approve(ctx, c.actor, id, req.By, a.noted(c, nil, desk.DraftApproved, in.ID, req.By))
	})
}

func (a *api) embargoRelease(ctx context.Context, in *ChangeInput) (*answer, error) {
	return a.atDesk(ctx, in, func(c caller, id wire.ReleaseID) (*wire.Release, error) {
		var req EmbargoRequest
		if err := decode(in.RawBody, &req); err != nil {
			return nil, err
		}
		until, err := required("embargoedUntil", req.EmbargoedUntil)
		if err != nil {
			return nil, err
		}
		return a.Publish.SetEmbargo(ctx, c.actor, id, until, a.noted(c, nil, desk.DraftEmbargoed, in.ID, ""))
	})
}

func (a *api) scheduleRelease(ctx context.Context, in *ChangeInput) (*answer, error) {
	return a.atDesk(ctx, in, func(c caller, id wire.ReleaseID) (*wire.Release, error) {
		var req ScheduleRequest
		if err := decode(in.RawBody, &req); err != nil {
			return nil, err
		}
		at, err := required("publishAt", req.PublishAt)
		if err != nil {
			return nil, err
		}
		return a.Publish.Schedule(ctx, c.actor, id, at, a.noted(c, nil, desk.DraftScheduled, in.ID, ""))
	})
}

func (a *api) unscheduleRelease(ctx context.Context, in *ChangeInput) (*answer, error) {
	return a.atDesk(ctx, in, func(c caller, id wire.ReleaseID) (*wire.Release, error) {
		return a.Publish.Unschedule(ctx, c.actor, id, a.noted(c, nil, desk.DraftUnscheduled, in.ID, ""))
	})
}

// eraseRelease answers with what is left; of a deleted draft that is its skeleton.
func (a *api) eraseRelease(ctx context.Context, in *ChangeInput) (*answer, error) {
	return a.atDesk(ctx, in, func(c caller, id wire.ReleaseID) (*wire.Release, error) {
		r, err := a.Publish.Erase(ctx, c.actor, id, a.noted(c, nil, desk.Erased, in.ID, ""))
		if err != nil || r.State == wire.Erased {
			return r, err
		}
		gone := *r
		gone.Items = append([]wire.Item{}, r.Items...)
		for i := range gone.Items {
			gone.Items[i].Versions = []wire.Version{{N: 1}}
		}
		return &gone, nil
	})
}

// atDesk is a change that has no answer to keep: doing it twice is a conflict or changes nothing.
func (a *api) atDesk(ctx context.Context, in *ChangeInput, do func(caller, wire.ReleaseID) (*wire.Release, error)) (*answer, error) {
	id, err := wire.ParseReleaseID(in.ID)
	if err != nil {
		return nil, err
	}
	r, err := do(callerOf(ctx), id)
	if err != nil {
		return nil, err
	}
	return released(http.StatusOK, releaseObject(access.Reduce(r, access.All), access.All))
}
