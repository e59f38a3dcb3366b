package house

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/jobs"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/wire"
)

// Keeping is for how many days what is neither a release nor a log nor a proof is kept; 0 is for ever.
type Keeping struct {
	Raw        int `json:"raw" doc:"Documents as they came, from which captures were read. The captures stay"`
	Quarantine int `json:"quarantine" doc:"Documents that could not be read"`
	Audit      int `json:"audit" doc:"The audit list"`
	Sessions   int `json:"sessions" doc:"Sessions that nobody has used since"`
	Drafts     int `json:"drafts" doc:"Drafts that have left their desk. What they became stays"`
	Deliveries int `json:"deliveries" doc:"What was delivered to whom"`
}

// Rule is one of them.
type Rule struct {
	Name   string // as in JSON, and of the command's flag
	Days   int
	Fewest int // days that a rule may be set to
}

// Fewest days: what is younger may still be needed to mend something, or to find out what happened.
var fewest = map[string]int{"raw": 1, "quarantine": 1, "audit": 90, "sessions": 1, "drafts": 7, "deliveries": 7}

// mostDays is a hundred years.
const mostDays = 36500

// Rules lists them in the order of the pages.
func (k Keeping) Rules() []Rule {
	return []Rule{{"raw", k.Raw, fewest["raw"]}, {"quarantine", k.Quarantine, fewest["quarantine"]}, {"audit", k.Audit, fewest["audit"]},
		{"sessions", k.Sessions, fewest["sessions"]}, {"drafts", k.Drafts, fewest["drafts"]}, {"deliveries", k.Deliveries, fewest["deliveries"]}}
}

// Set changes one rule by its name.
func (k *Keeping) Set(name string, days int) error {
	at := map[string]*int{"raw": &k.Raw, "quarantine": &k.Quarantine, "audit": &k.Audit, "sessions": &k.Sessions, "drafts": &k.Drafts, "deliveries": &k.Deliveries}[name]
	if at == nil {
		return fault.Field("rule", "There is no rule %.40q.", name)
	}
	*at = days
	return nil
}

// Check refuses what is no number of days.
func (k Keeping) Check() error {
	for _, r := range k.Rules() {
		if r.Days != 0 && (r.Days < r.Fewest || r.Days > mostDays) {
			return fault.Field(r.Name, "%s is kept for %d to %d days, or for ever (0).", r.Name, r.Fewest, mostDays)
		}
	}
	return nil
}

const keepingSetting = "keeping"

// Keeping reads the rules.
func (s *Service) Keeping(ctx context.Context) (k Keeping, err error) {
	defer fault.Wrap(&err, "rules of keeping")
	b, err := s.Rows.Setting(ctx, keepingSetting, func() []byte { return []byte("{}") })
	if err != nil {
		return k, err
	}
	if err := json.Unmarshal(b, &k); err != nil {
		return k, fault.E(fault.Corrupt, "The rules of what is kept cannot be read. Set them again.").Because(err)
	}
	return k, nil
}

// SetKeeping writes the rules, notes who set them, and has them followed from now on.
func (s *Service) SetKeeping(ctx context.Context, by people.UserID, m wire.MemberID, k Keeping) error {
	if err := k.Check(); err != nil {
		return err
	}
	b, err := json.Marshal(k)
	if err != nil {
		return err
	}
	var words []string
	for _, r := range k.Rules() {
		words = append(words, fmt.Sprintf("%s %d", r.Name, r.Days))
	}
	e := s.entry(by, m, KeepingSet, "", strings.Join(words, ", "))
	return s.Rows.Write(ctx, func(t *store.Tx) error {
		if err := t.SetSetting(keepingSetting, b); err != nil {
			return err
		}
		if err := t.Enqueue(jobs.Job{Kind: JobKeeping, Dedup: string(JobKeeping), RunAt: s.Now().Add(keepingSoon)}); err != nil {
			return err
		}
		return t.AddEntry(e)
	})
}

// Keeper is what removes old rows of another part of the house by a rule of this name.
type Keeper interface {
	// CountOld counts what is older than a time; DropOld removes at most limit of it in one transaction and says how many.
	CountOld(ctx context.Context, before time.Time) (int64, error)
	DropOld(ctx context.Context, before time.Time, limit int) (int, error)
}

// KeepDeliveries lets the rule of that name remove old deliveries; before the node starts. Without it the rule does nothing and is not shown.
func (s *Service) KeepDeliveries(k Keeper) { s.deliveries = k }

// HasDeliveries reports whether there are deliveries to keep.
func (s *Service) HasDeliveries() bool { return s.deliveries != nil }

// Would is how much each rule would let go now.
func (s *Service) Would(ctx context.Context, k Keeping) (map[string]int64, error) {
	out := map[string]int64{}
	for _, r := range k.Rules() {
		if r.Days == 0 {
			continue
		}
		before := s.Now().AddDate(0, 0, -r.Days)
		var n int64
		var err error
		switch {
		case r.Name != "deliveries":
			n, err = s.Rows.CountOld(ctx, store.Kept(r.Name), before)
		case s.deliveries != nil:
			n, err = s.deliveries.CountOld(ctx, before)
		}
		if err != nil {
			return nil, err
		}
		out[r.Name] = n
	}
	return out, nil
}

// JobKeeping lets go of what the rules no longer keep.
const JobKeeping jobs.Kind = "house.keeping"

const (
	keepingStep  = 100 // rows in one transaction
	keepingPause = 20 * time.Millisecond
	keepingTurn  = 30 * time.Second // of one job; what is left has the next turn soon
	keepingSoon  = time.Minute
	keepingEach  = 24 * time.Hour
)

// Handlers are the jobs of this package.
func (s *Service) Handlers() map[jobs.Kind]jobs.Handler {
	return map[jobs.Kind]jobs.Handler{JobKeeping: s.keep}
}

// Plan has the rules followed once a day, unless it is planned already.
func (s *Service) Plan(ctx context.Context) error {
	return s.Rows.Write(ctx, func(t *store.Tx) error {
		return t.Enqueue(jobs.Job{Kind: JobKeeping, Dedup: string(JobKeeping), RunAt: s.Now().Add(keepingEach)})
	})
}

// keep follows the rules for at most a turn, in small steps between which others write, and plans the next turn. What it let go is noted.
// Stopped anywhere, it goes on where it was.
func (s *Service) keep(ctx context.Context, j jobs.Job) error {
	gone, more, err := s.Keep(ctx, keepingTurn)
	if err != nil { // also a node that stops: what went is said all the same
		return errors.Join(err, s.ended(ctx, gone))
	}
	next := keepingEach
	if more {
		next = keepingSoon
	}
	return s.Rows.Write(ctx, func(t *store.Tx) error {
		if len(gone) > 0 {
			if err := t.AddEntry(s.entry("", "", KeepingEnded, "", Gone(gone))); err != nil {
				return err
			}
		}
		if err := t.Dequeue(j.Dedup); err != nil { // this one
			return err
		}
		return t.Enqueue(jobs.Job{Kind: JobKeeping, Dedup: string(JobKeeping), RunAt: s.Now().Add(next)})
	})
}

// KeepNow follows the rules until nothing is left to go, and notes what went.
func (s *Service) KeepNow(ctx context.Context) (gone map[string]int64, more bool, err error) {
	gone, more, err = s.Keep(ctx, 24*time.Hour)
	return gone, more, errors.Join(err, s.ended(ctx, gone))
}

// ended notes what went, also when the rules could not be followed to their end.
func (s *Service) ended(ctx context.Context, gone map[string]int64) error {
	if Gone(gone) == Gone(nil) {
		return nil
	}
	return s.Rows.Write(context.WithoutCancel(ctx), func(t *store.Tx) error { return t.AddEntry(s.entry("", "", KeepingEnded, "", Gone(gone))) })
}

// Gone says what went, by rule; "nothing" if nothing did.
func Gone(gone map[string]int64) string {
	var words []string
	for _, r := range (Keeping{}).Rules() {
		if n := gone[r.Name]; n > 0 {
			words = append(words, fmt.Sprintf("%s %d", r.Name, n))
		}
	}
	if len(words) == 0 {
		return "nothing"
	}
	return strings.Join(words, ", ")
}

// Keep lets go of what the rules no longer keep, for at most a turn; more is true if that did not suffice.
func (s *Service) Keep(ctx context.Context, turn time.Duration) (gone map[string]int64, more bool, err error) {
	k, err := s.Keeping(ctx)
	if err != nil {
		return nil, false, err
	}
	gone = map[string]int64{}
	until := time.Now().Add(turn)
	for _, r := range k.Rules() {
		if r.Days == 0 || r.Name == "deliveries" && s.deliveries == nil {
			continue
		}
		before := s.Now().AddDate(0, 0, -r.Days)
		for {
			if !time.Now().Before(until) {
				return gone, true, nil
			}
			if err := ctx.Err(); err != nil {
				return gone, true, err
			}
			n, err := s.step(context.WithoutCancel(ctx), r.Name, before) // a step that has begun is awaited: what it let go is to be noted
			if err != nil {
				return gone, false, err
			}
			gone[r.Name] += int64(n)
			if n < keepingStep {
				break
			}
			select {
			case <-ctx.Done():
				return gone, true, ctx.Err()
			case <-time.After(keepingPause):
			}
		}
		if gone[r.Name] == 0 {
			delete(gone, r.Name)
		}
	}
	return gone, false, nil
}

func (s *Service) step(ctx context.Context, rule string, before time.Time) (int, error) {
	if rule == "deliveries" {
		return s.deliveries.DropOld(ctx, before, keepingStep)
	}
	n, files, err := s.Rows.DropOld(ctx, store.Kept(rule), before, keepingStep)
	if err != nil {
		return 0, err
	}
	for _, hash := range files {
		if s.Files == nil || s.FileUsed == nil {
			break
		}
		err := s.Files.Remove(ctx, hash, func(hash string) (bool, error) { return s.FileUsed(ctx, hash) })
		if err != nil {
			s.Log.Warn("a file that nothing needs any more stays until the sweep", "error", err)
		}
	}
	return n, nil
}
