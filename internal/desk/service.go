package desk

import (
	"context"
	"io"
	"time"

	"jarchi.dev/jarchi/internal/blob"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/jobs"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/publish"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/wire"
)

type Service struct {
	Staff Staff
	Audit Audit
	store *store.Store
	pub   *publish.Service
	blobs *blob.Dir
	now   func() time.Time
}

// Staff says who works where now, not when a session began.
type Staff interface {
	Desk(ctx context.Context, id people.DeskID) (people.Desk, error)
	User(ctx context.Context, id people.UserID) (people.User, error)
}

// Audit keeps who did what.
type Audit interface {
	Note(ctx context.Context, p people.Person, action, object, detail string) error
}

type Board struct{ Mine, Waiting, Desk, Sent []*Draft }

var soon = fault.E(fault.Unavailable, "The desk is not open yet.")

func New(s *store.Store, pub *publish.Service, blobs *blob.Dir, now func() time.Time) *Service {
	return &Service{store: s, pub: pub, blobs: blobs, now: now}
}
func (s *Service) Begin(ctx context.Context, p people.Person, d people.DeskID, langs []lang.Tag) (*Draft, error) {
	return nil, soon
}
func (s *Service) Revise(ctx context.Context, p people.Person, d people.DeskID, k Kind, id wire.ReleaseID) (*Draft, error) {
	return nil, soon
}
func (s *Service) Draft(ctx context.Context, p people.Person, id DraftID) (*Draft, error) {
	return nil, soon
}
func (s *Service) Board(ctx context.Context, p people.Person) (Board, error) { return Board{}, soon }
func (s *Service) SavePart(ctx context.Context, p people.Person, id DraftID, part Part) (*Draft, *Other, error) {
	return nil, nil, soon
}
func (s *Service) DropPart(ctx context.Context, p people.Person, id DraftID, t lang.Tag, revision int) (*Draft, error) {
	return nil, soon
}
func (s *Service) SaveSettings(ctx context.Context, p people.Person, id DraftID, revision int, set Settings) (*Draft, error) {
	return nil, soon
}
func (s *Service) Others(ctx context.Context, p people.Person, id DraftID) ([]Other, error) {
	return nil, soon
}
func (s *Service) Settle(ctx context.Context, p people.Person, id DraftID, other string) error {
	return soon
}
func (s *Service) Problems(d *Draft) []Problem { return nil }
func (s *Service) Preview(ctx context.Context, p people.Person, id DraftID) (*wire.Release, error) {
	return nil, soon
}
func (s *Service) Ask(ctx context.Context, p people.Person, id DraftID, revision int) (*Draft, error) {
	return nil, soon
}
func (s *Service) Approve(ctx context.Context, p people.Person, id DraftID, revision int) (*Draft, error) {
	return nil, soon
}
func (s *Service) Return(ctx context.Context, p people.Person, id DraftID, revision int, note string) (*Draft, error) {
	return nil, soon
}
func (s *Service) Send(ctx context.Context, p people.Person, id DraftID, revision int) (*wire.Release, error) {
	return nil, soon
}
func (s *Service) Schedule(ctx context.Context, p people.Person, id DraftID, revision int) (*Draft, error) {
	return nil, soon
}
func (s *Service) Unschedule(ctx context.Context, p people.Person, id DraftID, revision int) (*Draft, error) {
	return nil, soon
}
func (s *Service) Discard(ctx context.Context, p people.Person, id DraftID, revision int) error {
	return soon
}
func (s *Service) Withdraw(ctx context.Context, p people.Person, release wire.ReleaseID, reason string) (*wire.Release, error) {
	return nil, soon
}
func (s *Service) Attach(ctx context.Context, p people.Person, id DraftID, t lang.Tag, name, mediaType string, r io.Reader) (*Draft, error) {
	return nil, soon
}
func (s *Service) File(ctx context.Context, p people.Person, id DraftID, hash string) (mediaType string, _ io.ReadCloser, _ error) {
	return "", nil, soon
}
func (s *Service) Handlers() map[jobs.Kind]jobs.Handler { return nil }

// Keys are the keys of the interface strings that Problem.Key and Draft.FailedKey hold.
func Keys() []string {
	return []string{
		"desk.lacks.parts", "desk.lacks.headline", "desk.lacks.body", "desk.lacks.reason", "desk.lacks.partners", "desk.lacks.change", "desk.lacks.newlanguage",
		"desk.past.embargo", "desk.past.publish", "desk.embargo.before.publish",
		"desk.failed.changed", "desk.failed.approvals", "desk.failed.late", "desk.failed.incomplete", "desk.failed.embargo", "desk.failed.release", "desk.failed.revised", "desk.failed.editor", "desk.failed.other",
	}
}
