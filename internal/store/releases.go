package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/tlog"
	"jarchi.dev/jarchi/internal/wire"
)

// SealedVersion is a version in its final form: the exact bytes and what commits to them.
type SealedVersion struct {
	Bytes    []byte
	Manifest []byte
	Salt     tlog.Salt
	Commit   [32]byte
}

// Place says where a release stands on this node.
type Place struct {
	Position int64 // in the list; 0: not on the wire
	SealLeaf int64 // index of its newest seal in the lead's log; -1: none
	SealSalt []byte
}

const releaseColumns = `id, issuers, state, revision, urgency, audience, partners, approvals, publish_at, embargoed_until, created,
	released_at, opened_at, changed_at, withdrawn_at, erased_at, reason, corrections, updates, seal_leaf, seal_salt, position`

func scanRelease(row interface{ Scan(...any) error }) (*wire.Release, Place, error) {
	var r wire.Release
	var p Place
	var issuers, partners, approvals string
	var publish, embargo, created, released, opened, changed, withdrawn, erased int64
	err := row.Scan(&r.ID, &issuers, &r.State, &r.Revision, &r.Urgency, &r.Audience.Class, &partners, &approvals, &publish, &embargo, &created,
		&released, &opened, &changed, &withdrawn, &erased, &r.Reason, &r.Corrections, &r.Updates, &p.SealLeaf, &p.SealSalt, &p.Position)
	if err != nil {
		return nil, p, err
	}
	for text, into := range map[string]any{issuers: &r.Issuers, approvals: &r.Approvals} {
		if err := json.Unmarshal([]byte(text), into); err != nil {
			return nil, p, fault.E(fault.Corrupt, "The row of release %s is damaged.", r.ID).Because(err)
		}
	}
	if err := json.Unmarshal([]byte(partners), &r.Audience.Partners); err != nil {
		return nil, p, fault.E(fault.Corrupt, "The row of release %s is damaged.", r.ID).Because(err)
	}
	r.PublishAt, r.EmbargoedUntil, r.Created, r.ReleasedAt = fromMicros(publish), fromMicros(embargo), fromMicros(created), fromMicros(released)
	r.OpenedAt, r.ChangedAt, r.WithdrawnAt, r.ErasedAt = fromMicros(opened), fromMicros(changed), fromMicros(withdrawn), fromMicros(erased)
	return &r, p, nil
}

func releaseArgs(r *wire.Release, p Place) ([]any, error) {
	var texts [3]string
	for i, v := range []any{r.Issuers, r.Audience.Partners, r.Approvals} {
		b, err := json.Marshal(v)
		if err != nil {
			return nil, err
		}
		texts[i] = string(b)
	}
	return []any{string(r.ID), string(r.Lead()), texts[0], string(r.State), r.Revision, r.Urgency, string(r.Audience.Class), texts[1], texts[2],
		micros(r.PublishAt), micros(r.EmbargoedUntil), micros(r.Created), micros(r.ReleasedAt), micros(r.OpenedAt), micros(r.ChangedAt),
		micros(r.WithdrawnAt), micros(r.ErasedAt), r.Reason, r.Corrections, r.Updates, p.SealLeaf, p.SealSalt, p.Position}, nil
}

// InsertRelease writes a new release with its items; the versions follow by PutVersion.
func (t *Tx) InsertRelease(r *wire.Release, p Place) error {
	args, err := releaseArgs(r, p)
	if err != nil {
		return err
	}
	_, err = t.exec(`insert into release (id, lead, issuers, state, revision, urgency, audience, partners, approvals, publish_at, embargoed_until, created,
		released_at, opened_at, changed_at, withdrawn_at, erased_at, reason, corrections, updates, seal_leaf, seal_salt, position)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)`, args...)
	if err != nil {
		return err
	}
	for i := range r.Items {
		if err := t.insertItem(r, i); err != nil {
			return err
		}
	}
	return t.nameIssuers(r)
}

func (t *Tx) insertItem(r *wire.Release, i int) error {
	it := &r.Items[i]
	if it.AltID != "" {
		var other string
		err := t.row("select id from item where member = $1 and alt_id = $2", []any{string(r.Lead()), it.AltID}, &other)
		if err == nil {
			return fault.Field("items", "An item with the uri %.200q was released before (item %s); send an update or a correction of it.", it.AltID, other)
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
	}
	_, err := t.exec(`insert into item (id, release, ordinal, uri, member, alt_id, language, type, translation, stale, version)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		string(it.ID), string(r.ID), i, string(it.URI), string(r.Lead()), it.AltID, string(it.Language), string(it.Type), string(it.Translation), it.Stale, it.Current().N)
	return err
}

// UpdateRelease writes a release's new state over the revision it was read at. Items that are new
// are inserted. If someone else changed it meanwhile, it is a Conflict.
func (t *Tx) UpdateRelease(r *wire.Release, p Place, readAt int) error {
	args, err := releaseArgs(r, p)
	if err != nil {
		return err
	}
	res, err := t.exec(`update release set id = $1, lead = $2, issuers = $3, state = $4, revision = $5, urgency = $6, audience = $7, partners = $8, approvals = $9,
		publish_at = $10, embargoed_until = $11, created = $12, released_at = $13, opened_at = $14, changed_at = $15, withdrawn_at = $16, erased_at = $17,
		reason = $18, corrections = $19, updates = $20, seal_leaf = $21, seal_salt = $22, position = $23 where id = $1 and revision = $24`, append(args, readAt)...)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil {
		return err
	} else if n == 0 {
		return errChanged
	}
	var known int
	if err := t.row("select count(*) from item where release = $1", []any{string(r.ID)}, &known); err != nil {
		return err
	}
	for i := range r.Items {
		if i >= known {
			if err := t.insertItem(r, i); err != nil {
				return err
			}
			continue
		}
		it := &r.Items[i]
		if _, err := t.exec("update item set stale = $1, version = $2, alt_id = $3 where id = $4", it.Stale, it.Current().N, it.AltID, string(it.ID)); err != nil {
			return err
		}
	}
	return nil
}

var errChanged = fault.E(fault.Conflict, "Somebody else changed this release meanwhile. Read it again and repeat the change.")

// PutVersion writes one version, replacing a draft's. leaf is its index in the lead's log, -1 before it is entered.
func (t *Tx) PutVersion(item wire.ItemID, v wire.Version, s SealedVersion, leaf int64) error {
	_, err := t.exec(`insert into version (item, n, kind, at, reason, bytes, manifest, salt, commitment, leaf) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		on conflict (item, n) do update set kind = excluded.kind, at = excluded.at, reason = excluded.reason, bytes = excluded.bytes,
		manifest = excluded.manifest, salt = excluded.salt, commitment = excluded.commitment, leaf = excluded.leaf`,
		string(item), v.N, string(v.Kind), micros(v.At), v.Reason, s.Bytes, s.Manifest, s.Salt[:], s.Commit[:], leaf)
	return err
}

// PutDraft writes a version that has not left: its words, without anything that commits to them.
func (t *Tx) PutDraft(item wire.ItemID, v wire.Version, bytes []byte) error {
	_, err := t.exec(`insert into version (item, n, kind, at, reason, bytes, manifest, salt, commitment, leaf) values ($1, $2, $3, $4, $5, $6, null, null, null, -1)
		on conflict (item, n) do update set kind = excluded.kind, at = excluded.at, reason = excluded.reason, bytes = excluded.bytes`,
		string(item), v.N, string(v.Kind), micros(v.At), v.Reason, bytes)
	return err
}

// SetLeaf notes where a version was entered.
func (t *Tx) SetLeaf(item wire.ItemID, n int, leaf int64) error {
	_, err := t.exec("update version set leaf = $1 where item = $2 and n = $3", leaf, string(item), n)
	return err
}

// ClearWords drops the words of every version of a release. With secrets, what opens the
// commitments goes too, and the proofs can no longer be opened by anyone; so do the drafts that revise
// it and the files that left with it. A withdrawal leaves those: what must not be used may stay with
// the desk that wrote it, which may be writing what comes in its place.
func (t *Tx) ClearWords(r wire.ReleaseID, secrets bool) error {
	q := "update version set bytes = null, reason = '' where item in (select id from item where release = $1)"
	if secrets {
		q = "update version set bytes = null, reason = '', manifest = null, salt = null where item in (select id from item where release = $1)"
	}
	if _, err := t.exec(q, string(r)); err != nil {
		return err
	}
	if secrets {
		if err := t.eraseDesk(r); err != nil {
			return err
		}
	}
	return t.erase()
}

// DeleteDraft removes a release that never left.
func (t *Tx) DeleteDraft(id wire.ReleaseID, readAt int) error {
	if err := t.erase(); err != nil {
		return err
	}
	if _, err := t.exec("delete from version where item in (select id from item where release = $1)", string(id)); err != nil {
		return err
	}
	if _, err := t.exec("delete from item where release = $1", string(id)); err != nil {
		return err
	}
	res, err := t.exec("delete from release where id = $1 and revision = $2", string(id), readAt)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil {
		return err
	} else if n == 0 {
		return errChanged
	}
	return nil
}

// Release reads a release with the content of its newest versions.
func (s *Store) Release(ctx context.Context, id wire.ReleaseID) (*wire.Release, Place, error) {
	rs, places, err := s.releasesWhere(ctx, "id = $1", string(id))
	if err != nil {
		return nil, Place{}, err
	}
	if len(rs) == 0 {
		return nil, Place{}, fault.E(fault.NotFound, "There is no release with this id.")
	}
	return rs[0], places[0], nil
}

// Releases reads many; what does not exist is left out.
func (s *Store) Releases(ctx context.Context, ids []wire.ReleaseID) (map[wire.ReleaseID]*wire.Release, error) {
	out := make(map[wire.ReleaseID]*wire.Release, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	args := make([]any, len(ids))
	for i, id := range ids {
		args[i] = string(id)
	}
	in, args := among(args)
	rs, _, err := s.releasesWhere(ctx, "id in ("+in+")", args...)
	for _, r := range rs {
		out[r.ID] = r
	}
	return out, err
}

// ReleaseOf finds the release that an item belongs to.
func (s *Store) ReleaseOf(ctx context.Context, item wire.ItemID) (wire.ReleaseID, error) {
	id, err := s.find(ctx, "There is no item with this id.", "select release from item where id = $1", string(item))
	return wire.ReleaseID(id), err
}

// ByURI finds an item by its own uri.
func (s *Store) ByURI(ctx context.Context, uri wire.URI) (wire.ItemID, error) {
	id, err := s.find(ctx, "There is no item with this uri.", "select id from item where uri = $1", string(uri))
	return wire.ItemID(id), err
}

// ByAltID finds an item by the uri that its sender, the member, gave it.
func (s *Store) ByAltID(ctx context.Context, member wire.MemberID, uri string) (wire.ItemID, error) {
	id, err := s.find(ctx, "There is no item with this uri.", "select id from item where member = $1 and alt_id = $2 and alt_id <> ''", string(member), uri)
	return wire.ItemID(id), err
}

// find reads one id; NotFound, in these words, when there is none.
func (s *Store) find(ctx context.Context, missing, q string, args ...any) (id string, err error) {
	err = s.r.QueryRowContext(ctx, q, args...).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		err = fault.E(fault.NotFound, "%s", missing)
	}
	return id, err
}

// Sealed lists at most limit releases under embargo that stand below a position, newest first.
func (s *Store) Sealed(ctx context.Context, below int64, limit int) ([]*wire.Release, []Place, error) {
	return s.releasesWhere(ctx, "state = $1 and position < $2 order by position desc limit +$3", string(wire.Embargoed), below, limit)
}

// among writes a list behind "in": with as many places as the next power of two, the last of the list in what is left over, so that lists
// of all lengths share a few prepared statements.
func among(args []any) (in string, padded []any) {
	for n := len(args); n&(n-1) != 0; n++ {
		args = append(args, args[len(args)-1])
	}
	return placeholders(len(args)), args
}

func placeholders(n int) string {
	var b strings.Builder
	for i := 1; i <= n; i++ {
		if i > 1 {
			b.WriteString(", ")
		}
		b.WriteByte('$')
		b.WriteString(strconv.Itoa(i))
	}
	return b.String()
}

// releasesWhere reads releases with all their items and versions in one snapshot.
func (s *Store) releasesWhere(ctx context.Context, where string, args ...any) (rs []*wire.Release, places []Place, err error) {
	turn := s.contents.turn()
	snap, err := s.r.snapshot(ctx)
	if err != nil {
		return nil, nil, err
	}
	defer snap.end(ctx)
	rows, err := snap.QueryContext(ctx, "select "+releaseColumns+" from release where "+where, args...)
	if err != nil {
		return nil, nil, err
	}
	byID := map[wire.ReleaseID]*wire.Release{}
	for rows.Next() {
		r, p, err := scanRelease(rows)
		if err != nil {
			rows.Close()
			return nil, nil, err
		}
		rs, places = append(rs, r), append(places, p)
		byID[r.ID] = r
	}
	if err := closeRows(rows); err != nil || len(rs) == 0 {
		return nil, nil, err
	}
	if err := snap.concurrences(ctx, rs); err != nil {
		return nil, nil, err
	}
	ids := make([]any, len(rs))
	for i, r := range rs {
		ids[i] = string(r.ID)
	}
	in, ids := among(ids)
	rows, err = snap.QueryContext(ctx, `select release, id, uri, alt_id, language, type, translation, stale, version from item where release in (`+in+`) order by release, ordinal`, ids...)
	if err != nil {
		return nil, nil, err
	}
	type at struct {
		r *wire.Release
		i int
	}
	items := map[wire.ItemID]at{}
	for rows.Next() {
		var rid wire.ReleaseID
		var it wire.Item
		var version int
		if err := rows.Scan(&rid, &it.ID, &it.URI, &it.AltID, &it.Language, &it.Type, &it.Translation, &it.Stale, &version); err != nil {
			rows.Close()
			return nil, nil, err
		}
		r := byID[rid]
		it.Versions = make([]wire.Version, 0, version)
		items[it.ID] = at{r, len(r.Items)}
		r.Items = append(r.Items, it)
	}
	if err := closeRows(rows); err != nil {
		return nil, nil, err
	}
	rows, err = snap.QueryContext(ctx, `select v.item, v.n, v.kind, v.at, v.reason, case when v.n = i.version then v.bytes end
		from item i join version v on v.item = i.id where i.release in (`+in+`) order by v.item, v.n`, ids...)
	if err != nil {
		return nil, nil, err
	}
	for rows.Next() {
		var id wire.ItemID
		var v wire.Version
		var when int64
		var bytes sql.RawBytes
		if err := rows.Scan(&id, &v.N, &v.Kind, &when, &v.Reason, &bytes); err != nil {
			rows.Close()
			return nil, nil, err
		}
		v.At = fromMicros(when)
		if bytes != nil {
			if v.Content, err = s.contents.of(bytes, turn); err != nil {
				rows.Close()
				return nil, nil, fault.E(fault.Corrupt, "The bytes of version %d of item %s are damaged.", v.N, id).Because(err)
			}
		}
		a := items[id]
		a.r.Items[a.i].Versions = append(a.r.Items[a.i].Versions, v)
	}
	return rs, places, closeRows(rows)
}

func closeRows(rows *sql.Rows) error {
	err := rows.Err()
	if cerr := rows.Close(); err == nil {
		err = cerr
	}
	return err
}

// VersionRow is one version as it is kept.
type VersionRow struct {
	Release  wire.ReleaseID
	Language lang.Tag
	Kind     wire.VersionKind
	Bytes    []byte // nil: withdrawn or erased
	Manifest []byte
	Salt     []byte
	Leaf     int64
}

// Version reads the exact bytes of one version and what commits to them.
func (s *Store) Version(ctx context.Context, item wire.ItemID, n int) (VersionRow, error) {
	var v VersionRow
	err := s.r.QueryRowContext(ctx, `select i.release, i.language, v.kind, v.bytes, v.manifest, v.salt, v.leaf from version v join item i on i.id = v.item
		where v.item = $1 and v.n = $2`, string(item), n).Scan(&v.Release, &v.Language, &v.Kind, &v.Bytes, &v.Manifest, &v.Salt, &v.Leaf)
	if errors.Is(err, sql.ErrNoRows) {
		return v, fault.E(fault.NotFound, "There is no such version.")
	}
	return v, err
}

// Versions reads the newest versions of one item, at most limit, newest first; the words that are gone
// are nil. They are one snapshot.
func (s *Store) Versions(ctx context.Context, item wire.ItemID, limit int) (out []NumberedVersion, err error) {
	turn := s.contents.turn()
	rows, err := s.r.QueryContext(ctx, "select n, bytes, manifest, leaf from version where item = $1 order by n desc limit +$2", string(item), limit)
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		var v NumberedVersion
		var bytes sql.RawBytes
		if err := rows.Scan(&v.N, &bytes, &v.Manifest, &v.Leaf); err != nil {
			rows.Close()
			return nil, err
		}
		if bytes != nil {
			c, err := s.contents.of(bytes, turn)
			if err != nil {
				rows.Close()
				return nil, fault.E(fault.Corrupt, "The bytes of version %d of item %s are damaged.", v.N, item).Because(err)
			}
			v.Content = &c
		}
		out = append(out, v)
	}
	return out, closeRows(rows)
}

// NumberedVersion is what one version said and where it stands.
type NumberedVersion struct {
	N        int
	Content  *wire.Content // nil: withdrawn or erased
	Manifest []byte
	Leaf     int64 // -1: in no log yet
}

// SealedVersions reads the commitments of a release's versions in order, for a seal or the leaves of an
// opening. The row of a version that was a draft so far commits to nothing and is left out.
func (s *Store) SealedVersions(ctx context.Context, r *wire.Release) (map[wire.ItemID][][32]byte, error) {
	out := map[wire.ItemID][][32]byte{}
	for _, it := range r.Items {
		rows, err := s.r.QueryContext(ctx, "select commitment from version where item = $1 and commitment is not null order by n", string(it.ID))
		if err != nil {
			return nil, err
		}
		for rows.Next() {
			var b []byte
			if err := rows.Scan(&b); err != nil {
				rows.Close()
				return nil, err
			}
			var c [32]byte
			copy(c[:], b)
			out[it.ID] = append(out[it.ID], c)
		}
		if err := closeRows(rows); err != nil {
			return nil, err
		}
	}
	return out, nil
}
