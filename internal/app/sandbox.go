package app

import (
	"context"
	"fmt"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/publish"
	"jarchi.dev/jarchi/internal/wire"
)

// The invented members of a sandbox: one publishes by a script, the other is who builds against it.
const (
	sandboxWire    wire.MemberID = "sandbox-wire"
	sandboxPartner wire.MemberID = "sandbox-partner"
)

// SandboxRound is how long a round of the script takes at its own speed.
const SandboxRound = 90 * time.Second

// Sandbox is a node on which an invented member publishes by a script, over and over, for partners' engineers.
type Sandbox struct {
	*Node
	Token string // of the partner, every scope
}

// OpenSandbox makes a sandbox in a folder, or opens the one that is there. Data of a node with other members are refused.
func OpenSandbox(ctx context.Context, c Config) (_ *Sandbox, err error) {
	n, err := Open(ctx, c)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			n.Close()
		}
	}()
	members, err := n.Store.Members(ctx)
	if err != nil {
		return nil, err
	}
	for id := range members {
		if id != sandboxWire && id != sandboxPartner {
			return nil, fault.E(fault.Conflict, "%s holds a node with the member %s. A sandbox publishes invented news and is for a folder of its own.", c.Dir, id)
		}
	}
	for id, name := range map[wire.MemberID]string{sandboxWire: "Sandbox wire", sandboxPartner: "Sandbox partner"} {
		if _, ok := members[id]; ok {
			continue
		}
		if err := n.Store.AddMember(ctx, wire.Member{ID: id, Kind: wire.Agency, Domain: string(id) + ".example", Zone: "UTC", Names: map[lang.Tag]string{lang.EN: name}}); err != nil {
			return nil, err
		}
	}
	token, err := n.Store.CreateToken(ctx, sandboxPartner, access.Scopes, "sandbox")
	return &Sandbox{n, token}, err
}

// Play plays rounds of the script, speed times as fast as it is written, until ctx ends:
//
//	 0 s  released: a text in English and Russian; released under embargo: another, which opens at 45 s
//	10 s  updated: the first, with one more paragraph
//	30 s  corrected: the first, with a reason
//	45 s  the embargo opens
//	60 s  withdrawn: the first, with a reason; its words are gone
//	90 s  the next round
func (s *Sandbox) Play(ctx context.Context, speed float64) error {
	if speed <= 0 || speed > 1000 {
		return fault.Field("--speed", "The speed is a number above 0, at most 1000; 1 is a round of %d seconds.", int(SandboxRound.Seconds()))
	}
	for round := 1; ; round++ {
		if err := s.round(ctx, round, speed); err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return err
		}
	}
}

func (s *Sandbox) round(ctx context.Context, round int, speed float64) error {
	began := time.Now()
	after := func(d time.Duration) time.Duration { return time.Duration(float64(d) / speed) }
	until := func(d time.Duration) error {
		t := time.NewTimer(time.Until(began.Add(after(d))))
		defer t.Stop()
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-t.C:
			return nil
		}
	}
	v := access.Viewer{Member: sandboxWire, Scopes: access.Scopes}
	text := func(t lang.Tag, headline string, body ...string) wire.NewItem {
		return wire.NewItem{Language: t, Content: wire.Content{Headline: headline, Body: body}}
	}
	first := []wire.NewItem{
		text(lang.EN, fmt.Sprintf("Test %d: the ferry runs again", round), "This is invented. The ferry over the river Sandbox carries 40 cars."),
		text(lang.RU, fmt.Sprintf("Проба %d: паром снова ходит", round), "Это выдумано. Паром через реку Песочную берёт 40 машин."),
	}
	first[1].Translation = wire.OfficialText
	r, err := s.Publish.Create(ctx, v, publish.Input{Urgency: 4, Items: first})
	if err != nil {
		return err
	}
	_, err = s.Publish.Create(ctx, v, publish.Input{Urgency: 5, EmbargoedUntil: began.Add(max(after(45*time.Second), time.Second)),
		Items: []wire.NewItem{text(lang.EN, fmt.Sprintf("Test %d: a report under embargo", round), "This is invented. Nobody reads it before its time.")}})
	if err != nil {
		return err
	}
	change := func(bodies ...[]string) wire.Changes {
		c := wire.Changes{Content: map[wire.ItemID]wire.Content{}}
		for i, b := range bodies {
			content := r.Items[i].Current().Content
			content.Body = b
			c.Content[r.Items[i].ID] = content
		}
		return c
	}
	en, ru := first[0].Content.Body[0], first[1].Content.Body[0]
	if err := until(10 * time.Second); err != nil {
		return err
	}
	if r, err = s.Publish.Update(ctx, v, r.ID, change([]string{en, "The first run leaves at noon."}, []string{ru, "Первый рейс в полдень."}), nil); err != nil {
		return err
	}
	if err := until(30 * time.Second); err != nil {
		return err
	}
	if r, err = s.Publish.Correct(ctx, v, r.ID, change([]string{"This is invented. The ferry over the river Sandbox carries 14 cars.", "The first run leaves at noon."},
		[]string{"Это выдумано. Паром через реку Песочную берёт 14 машин.", "Первый рейс в полдень."}), "It carries 14 cars, not 40", nil); err != nil {
		return err
	}
	if err := until(60 * time.Second); err != nil {
		return err
	}
	if _, err = s.Publish.Withdraw(ctx, v, r.ID, "There is no ferry", nil); err != nil {
		return err
	}
	return until(SandboxRound)
}
