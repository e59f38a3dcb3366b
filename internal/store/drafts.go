package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/jobs"
	"jarchi.dev/jarchi/internal/wire"
)

// JobFile is a file among the blobs that an erasure took its last known need from: it is removed unless
// something else needs it. Its argument is the hash.
const JobFile jobs.Kind = "file.unneeded"

// Draft is the row of a draft. Data is internal/desk's own.
type Draft struct {
	ID, Member, Desk, Kind, Release, State string
	Revision                               int
	Created, ChangedAt, SentAt             time.Time
	Data                                   []byte
}

// The states that tell a draft nobody waits for, and one that has left: no words of that are kept here.
const (
	DraftWriting = "writing"
	DraftSent    = "sent"
)

// DraftPart is the row of the text in one language.
type DraftPart struct {
	Language        string
	Place, Revision int
	Writer          string
	At              time.Time
	Headline        string
	Data            []byte // nil in lists
	Body            bool   // in lists: whether the data has a body
}

// noBody is how the data of a part without a body looks: quotation marks inside its texts are escaped, so that no text has it.
const noBody = `%"Body":""%`

// DraftOther is the row of a text that was not taken.
type DraftOther struct {
	ID, Language string
	At           time.Time
	Data         []byte
}

// DraftFile is a file among the blobs that a draft has.
type DraftFile struct {
	Hash, MediaType string
	Length          int64
}

const draftColumns = "id, member, desk, kind, release, state, revision, created, changed_at, sent_at, data"

func scanDraft(scan func(...any) error) (d Draft, err error) {
	var created, changed, sent int64
	err = scan(&d.ID, &d.Member, &d.Desk, &d.Kind, &d.Release, &d.State, &d.Revision, &created, &changed, &sent, &d.Data)
	d.Created, d.ChangedAt, d.SentAt = fromMicros(created), fromMicros(changed), fromMicros(sent)
	return d, err
}

func scanDraftPart(scan func(...any) error, more ...any) (p DraftPart, err error) {
	var at int64
	err = scan(append([]any{&p.Language, &p.Place, &p.Revision, &p.Writer, &at, &p.Headline}, more...)...)
	p.At = fromMicros(at)
	return p, err
}

// Draft reads a draft with its parts in their order.
func (s *Store) Draft(ctx context.Context, id string) (d Draft, parts []DraftPart, err error) {
	defer fault.Wrap(&err, "draft %.40s", id)
	tx, err := s.r.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return d, nil, err
	}
	defer tx.Rollback()
	if d, err = scanDraft(tx.QueryRowContext(ctx, "select "+draftColumns+" from draft where id = $1", id).Scan); err != nil {
		return d, nil, orNotFound(err, "There is no such draft.")
	}
	rows, err := tx.QueryContext(ctx, "select language, place, revision, writer, at, headline, data from draft_part where draft = $1 order by place, language", id)
	if err != nil {
		return d, nil, err
	}
	for rows.Next() {
		var data []byte
		p, err := scanDraftPart(rows.Scan, &data)
		if err != nil {
			rows.Close()
			return d, nil, err
		}
		p.Data = data
		parts = append(parts, p)
	}
	return d, parts, closeRows(rows)
}

// Drafts lists the drafts of some desks, the newest changes first: at most limit that are open, those that
// somebody waits for before those that are being written, and as many that were sent since a time. Their
// parts, by draft, say whether they have a body instead of having data.
func (s *Store) Drafts(ctx context.Context, desks []string, sentSince time.Time, limit int) (ds []Draft, parts map[string][]DraftPart, err error) {
	defer fault.Wrap(&err, "drafts of %d desks", len(desks))
	if len(desks) == 0 {
		return nil, nil, nil
	}
	args := make([]any, 0, len(desks)+3)
	for _, d := range desks {
		args = append(args, d)
	}
	n := len(desks)
	of := "select " + draftColumns + " from draft where desk in (" + placeholders(n) + ") and"
	ds, err = list(ctx, s, scanDraft, fmt.Sprintf("%s (state < $%d or state > $%d) order by case when state = $%d then 1 else 0 end, changed_at desc, id limit +$%d", of, n+1, n+1, n+2, n+3), append(args[:n:n], DraftSent, DraftWriting, limit)...)
	if err != nil {
		return nil, nil, err
	}
	sent, err := list(ctx, s, scanDraft, fmt.Sprintf("%s state = $%d and changed_at >= $%d order by changed_at desc, id limit +$%d", of, n+1, n+2, n+3), append(args[:n:n], DraftSent, micros(sentSince), limit)...)
	if err != nil {
		return nil, nil, err
	}
	ds = append(ds, sent...)
	slices.SortStableFunc(ds, func(a, b Draft) int { return b.ChangedAt.Compare(a.ChangedAt) })
	parts = make(map[string][]DraftPart, len(ds))
	for rest := ds; len(rest) > 0; {
		n := min(len(rest), 200)
		ids := make([]any, n)
		for i, d := range rest[:n] {
			ids[i] = d.ID
		}
		rest = rest[n:]
		_, err := list(ctx, s, func(scan func(...any) error) (id string, err error) {
			var body bool
			p, err := scanDraftPart(scan, &id, &body)
			p.Body = body
			parts[id] = append(parts[id], p)
			return id, err
		}, fmt.Sprintf("select language, place, revision, writer, at, headline, draft, data not like +$%d from draft_part where draft in (%s) order by draft, place, language", n+1, placeholders(n)), append(ids, noBody)...)
		if err != nil {
			return nil, nil, err
		}
	}
	return ds, parts, nil
}

// OpenDraftOf finds the draft of a desk that revises a release in this way and has not left; empty if there is none.
func (s *Store) OpenDraftOf(ctx context.Context, desk, release, kind string) (id string, err error) {
	defer fault.Wrap(&err, "open drafts of release %.40s", release)
	err = s.r.QueryRowContext(ctx, "select id from draft where release = $1 and desk = $2 and kind = $3 and state <> $4 order by created limit 1", release, desk, kind, DraftSent).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return id, err
}

// DraftOthers lists the texts of a draft that were not taken and that nobody has put away, oldest first.
func (s *Store) DraftOthers(ctx context.Context, draft string) ([]DraftOther, error) {
	return list(ctx, s, func(scan func(...any) error) (o DraftOther, err error) {
		var at int64
		err = scan(&o.ID, &o.Language, &at, &o.Data)
		o.At = fromMicros(at)
		return o, err
	}, "select id, language, at, data from draft_other where draft = $1 and settled = 0 order by at, id", draft)
}

// DraftFiles lists the files that a draft has or had.
func (s *Store) DraftFiles(ctx context.Context, draft string) ([]DraftFile, error) {
	return list(ctx, s, func(scan func(...any) error) (f DraftFile, err error) {
		err = scan(&f.Hash, &f.MediaType, &f.Length)
		return f, err
	}, "select hash, media_type, length from draft_file where draft = $1 order by hash", draft)
}

// ReleaseFile reports whether a file left with a release, and its media type as it was found to be.
func (s *Store) ReleaseFile(ctx context.Context, release, hash string) (mediaType string, ok bool, err error) {
	err = s.r.QueryRowContext(ctx, "select media_type from release_file where release = $1 and hash = $2", release, hash).Scan(&mediaType)
	if errors.Is(err, sql.ErrNoRows) {
		return "", false, nil
	}
	return mediaType, err == nil, err
}

// FileUsed reports whether any draft, release or document from outside needs the blob.
func (s *Store) FileUsed(ctx context.Context, hash string) (used bool, err error) {
	err = s.r.QueryRowContext(ctx, `select exists (select 1 from draft_file where hash = $1) or exists (select 1 from release_file where hash = $1)
		or exists (select 1 from raw where hash = $1)`, hash).Scan(&used)
	return used, err
}

// InsertDraft writes a new draft, unless its desk has as many open ones as it may have, or the release
// that it revises was withdrawn or erased since it was read: then a Conflict.
func (t *Tx) InsertDraft(d Draft, most int) error {
	if d.Release != "" {
		var state wire.State
		if err := t.row("select state from release where id = $1", []any{d.Release}, &state); err != nil {
			return orNotFound(err, "There is no release with this id.")
		}
		if state == wire.Withdrawn || state == wire.Erased {
			return fault.E(fault.Conflict, "This release was withdrawn meanwhile.")
		}
	}
	var n int // in two ranges of the index, since what was sent stays and grows
	if err := t.row("select count(*) from draft where desk = $1 and (state < $2 or state > $2)", []any{d.Desk, DraftSent}, &n); err != nil {
		return err
	}
	if n >= most {
		return fault.E(fault.Conflict, "This desk has %d open drafts, as many as it may have. Discard or send some first.", n)
	}
	_, err := t.exec("insert into draft ("+draftColumns+") values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
		d.ID, d.Member, d.Desk, d.Kind, d.Release, d.State, d.Revision, micros(d.Created), micros(d.ChangedAt), micros(d.SentAt), string(d.Data))
	return err
}

// UpdateDraft writes a draft over the revision it was read at; false if that is not the newest any more.
func (t *Tx) UpdateDraft(d Draft, readAt int) (bool, error) {
	res, err := t.exec("update draft set release = $1, state = $2, revision = $3, changed_at = $4, sent_at = $5, data = $6 where id = $7 and revision = $8 and state <> $9",
		d.Release, d.State, d.Revision, micros(d.ChangedAt), micros(d.SentAt), string(d.Data), d.ID, readAt, DraftSent)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// PutDraftPart writes the text in one language.
func (t *Tx) PutDraftPart(draft string, p DraftPart) error {
	_, err := t.exec(`insert into draft_part (draft, language, place, revision, writer, at, headline, data) values ($1, $2, $3, $4, $5, $6, $7, $8)
		on conflict (draft, language) do update set place = excluded.place, revision = excluded.revision, writer = excluded.writer, at = excluded.at,
		headline = excluded.headline, data = excluded.data`,
		draft, p.Language, p.Place, p.Revision, p.Writer, micros(p.At), p.Headline, string(p.Data))
	return err
}

// DropDraftPart removes the text in one language.
func (t *Tx) DropDraftPart(draft, language string) error {
	_, err := t.exec("delete from draft_part where draft = $1 and language = $2", draft, language)
	return err
}

// PutDraftOther keeps a text that was not taken, in the place of one with the same id.
func (t *Tx) PutDraftOther(draft string, o DraftOther) error {
	_, err := t.exec(`insert into draft_other (id, draft, language, at, settled, data) values ($1, $2, $3, $4, 0, $5)
		on conflict (id) do update set at = excluded.at, data = excluded.data`, o.ID, draft, o.Language, micros(o.At), string(o.Data))
	return err
}

// SettleDraftOther puts one away. NotFound if it is not there.
func (t *Tx) SettleDraftOther(draft, id string, now time.Time) error {
	return t.one(fault.E(fault.NotFound, "There is no such text."), "update draft_other set settled = $1 where draft = $2 and id = $3 and settled = 0", micros(now), draft, id)
}

// DropSettled removes the texts that were put away before a time.
func (t *Tx) DropSettled(before time.Time) error {
	_, err := t.exec("delete from draft_other where settled > 0 and settled < $1", micros(before))
	return err
}

// PutDraftFile notes that a draft has a file.
func (t *Tx) PutDraftFile(draft string, f DraftFile) error {
	_, err := t.exec("insert into draft_file (draft, hash, media_type, length) values ($1, $2, $3, $4) on conflict (draft, hash) do nothing", draft, f.Hash, f.MediaType, f.Length)
	return err
}

// PutReleaseFile notes that a file left with a release.
func (t *Tx) PutReleaseFile(release string, f DraftFile) error {
	_, err := t.exec("insert into release_file (release, hash, media_type) values ($1, $2, $3) on conflict (release, hash) do nothing", release, f.Hash, f.MediaType)
	return err
}

// eraseDesk belongs to the erasure of a release: the open drafts that revise it go, since they began with
// its words, and what left with it is not named any more. A job for each file removes the bytes after the
// commit, and again after a crash. Who was about to save into such a draft finds that there is none.
func (t *Tx) eraseDesk(r wire.ReleaseID) error {
	const drafts = "(select id from draft where release = $1 and state <> $2)"
	rows, err := t.query("select hash from release_file where release = $1 union select hash from draft_file where draft in "+drafts, string(r), DraftSent)
	if err != nil {
		return err
	}
	var files []string
	for rows.Next() {
		var hash string
		if err := rows.Scan(&hash); err != nil {
			rows.Close()
			return err
		}
		files = append(files, hash)
	}
	if err := closeRows(rows); err != nil {
		return err
	}
	for _, hash := range files {
		if err := t.Enqueue(jobs.Job{Kind: JobFile, Args: hash, Dedup: string(JobFile) + ":" + hash}); err != nil {
			return err
		}
	}
	if _, err := t.exec("delete from release_file where release = $1", string(r)); err != nil {
		return err
	}
	for _, table := range []string{"draft_part", "draft_other", "draft_file"} {
		if _, err := t.exec("delete from "+table+" where draft in "+drafts, string(r), DraftSent); err != nil {
			return err
		}
	}
	_, err = t.exec("delete from draft where release = $1 and state <> $2", string(r), DraftSent)
	return err
}

// ClearDraft drops every word of a draft from every file of the folder: its parts keep their languages
// alone, what was not taken and the notes of its files go.
func (t *Tx) ClearDraft(id string) error {
	t.erased = true // empties the write-ahead log as well
	for _, q := range []string{"update draft_part set headline = '', data = '{}' where draft = $1", "delete from draft_other where draft = $1", "delete from draft_file where draft = $1"} {
		if _, err := t.exec(q, id); err != nil {
			return err
		}
	}
	return nil
}

// DeleteDesksDraft removes a draft that is open, over the revision it was read at; false if that is not the newest any more.
func (t *Tx) DeleteDesksDraft(id string, readAt int) (bool, error) {
	res, err := t.exec("delete from draft where id = $1 and revision = $2 and state <> $3", id, readAt, DraftSent)
	if err != nil {
		return false, err
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return false, err
	}
	if err := t.ClearDraft(id); err != nil {
		return false, err
	}
	_, err = t.exec("delete from draft_part where draft = $1", id)
	return err == nil, err
}

// DeskStands reads, in the transaction in which something leaves, how many approvals a desk asks for, and
// which of these people have one of the roles there and are not kept out.
func (t *Tx) DeskStands(desk string, roles, users []string) (approvals int, standing map[string]bool, err error) {
	err = t.row("select approvals from desk where id = $1", []any{desk}, &approvals)
	if err != nil {
		return 0, nil, orNotFound(err, "There is no such desk.")
	}
	standing = map[string]bool{}
	for _, u := range users {
		for _, r := range roles {
			var n int
			if err := t.row("select count(*) from desk_grant g join person p on p.id = g.person where g.person = $1 and g.desk = $2 and g.role = $3 and p.disabled = 0", []any{u, desk, r}, &n); err != nil {
				return 0, nil, err
			}
			standing[u] = standing[u] || n > 0
		}
	}
	return approvals, standing, nil
}
