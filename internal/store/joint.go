package store

import (
	"context"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/wire"
)

// nameIssuers notes who is named beside the lead of a new release.
func (t *Tx) nameIssuers(r *wire.Release) error {
	for _, m := range r.Issuers {
		if m == r.Lead() {
			continue
		}
		if _, err := t.exec("insert into joint (release, member) values ($1, $2)", string(r.ID), string(m)); err != nil {
			return err
		}
	}
	return nil
}

// PutConcurrence notes that a further issuer has confirmed a release as it stood at a revision. If it was changed meanwhile, that is a
// Conflict: what was confirmed is not what stands.
func (t *Tx) PutConcurrence(id wire.ReleaseID, c wire.Concurrence, readAt int) error {
	var n int
	if err := t.row("select count(*) from release where id = $1 and revision = $2", []any{string(id), readAt}, &n); err != nil {
		return err
	}
	if n == 0 {
		return errChanged
	}
	_, err := t.exec(`insert into joint (release, member, at, words, leaf) values ($1, $2, $3, $4, $5)
		on conflict (release, member) do update set at = excluded.at, words = excluded.words, leaf = excluded.leaf`,
		string(id), string(c.Member), micros(c.At), c.Words, c.Leaf)
	return err
}

// ToConfirm lists at most limit releases that name a member as a further issuer and wait for its word, newest first.
func (s *Store) ToConfirm(ctx context.Context, m wire.MemberID, limit int) (_ []*wire.Release, err error) {
	defer fault.Wrap(&err, "read what %s has to confirm", m)
	rs, _, err := s.releasesWhere(ctx, `state = $1 and id in (select j.release from joint j where j.member = $2 and
		(j.at = 0 or j.words < (select sum(i.version) from item i where i.release = j.release))) order by position desc limit +$3`, string(wire.Released), string(m), limit)
	return rs, err
}

// concurrences reads who has confirmed which of the releases.
func (s *snapshot) concurrences(ctx context.Context, rs []*wire.Release) error {
	byID := map[wire.ReleaseID]*wire.Release{}
	var ids []any
	for _, r := range rs {
		if len(r.Issuers) > 1 {
			byID[r.ID] = r
			ids = append(ids, string(r.ID))
		}
	}
	if len(ids) == 0 {
		return nil
	}
	in, ids := among(ids)
	rows, err := s.QueryContext(ctx, "select release, member, at, words, leaf from joint where release in ("+in+") and at > 0 order by release, at, member", ids...)
	if err != nil {
		return err
	}
	for rows.Next() {
		var id wire.ReleaseID
		var c wire.Concurrence
		var at int64
		if err := rows.Scan(&id, &c.Member, &at, &c.Words, &c.Leaf); err != nil {
			rows.Close()
			return err
		}
		c.At = fromMicros(at)
		if r := byID[id]; r != nil {
			r.Joint = append(r.Joint, c)
		}
	}
	return closeRows(rows)
}
