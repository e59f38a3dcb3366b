package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/wire"
)

// ReportHead is what a list says of a report, without its words: of a release issuers, state, audience, hour, and of each
// item id, language, type and whose translation it is; of a capture id, language, hour of arrival and position.
type ReportHead struct {
	Release *wire.Release
	Capture *wire.Capture
	Card    []byte // of a capture, as it was kept with its sketch; nil if none was drawn yet
}

// ReportHeads reads the heads of reports that are on the wire, by their positions; others are left out.
func (s *Store) ReportHeads(ctx context.Context, positions []int64) (_ map[int64]ReportHead, err error) {
	defer fault.Wrap(&err, "read heads of reports")
	out := make(map[int64]ReportHead, len(positions))
	if len(positions) == 0 {
		return out, nil
	}
	args := make([]any, len(positions))
	for i, p := range positions {
		args[i] = p
	}
	in, args := among(args)
	type captured struct {
		*wire.Capture
		card []byte
	}
	captures, err := list(ctx, s, func(scan func(...any) error) (c captured, err error) {
		c.Capture = &wire.Capture{}
		var arrived int64
		err = scan(&c.Position, &c.ID, &c.Language, &arrived, &c.card)
		c.ArrivedAt = fromMicros(arrived)
		return c, err
	}, "select c.position, c.id, c.language, c.arrived, k.card from capture c left join sketch k on k.doc = c.position * 64 where c.position in ("+in+")", args...)
	if err != nil {
		return nil, err
	}
	for _, c := range captures {
		out[c.Position] = ReportHead{Capture: c.Capture, Card: c.card}
	}
	type row struct {
		position int64
		*wire.Release
	}
	var last *wire.Release
	_, err = list(ctx, s, func(scan func(...any) error) (_ struct{}, err error) {
		r := row{Release: &wire.Release{State: wire.Released}}
		var issuers, partners string
		var released, opened int64
		var id, language, kind, translation sql.NullString
		var stale sql.NullBool
		if err := scan(&r.position, &r.ID, &issuers, &r.Audience.Class, &partners, &released, &opened, &id, &language, &kind, &translation, &stale); err != nil {
			return struct{}{}, err
		}
		if last == nil || last.ID != r.ID {
			if err := errors.Join(json.Unmarshal([]byte(issuers), &r.Issuers), json.Unmarshal([]byte(partners), &r.Audience.Partners)); err != nil {
				return struct{}{}, fault.E(fault.Corrupt, "The row of release %s is damaged.", r.ID).Because(err)
			}
			r.ReleasedAt, r.OpenedAt = fromMicros(released), fromMicros(opened)
			last = r.Release
			out[r.position] = ReportHead{Release: last}
		}
		if id.Valid {
			last.Items = append(last.Items, wire.Item{ID: wire.ItemID(id.String), Language: lang.Tag(language.String), Type: wire.ItemType(kind.String), Translation: wire.Translation(translation.String), Stale: stale.Bool})
		}
		return struct{}{}, nil
	}, `select r.position, r.id, r.issuers, r.audience, r.partners, r.released_at, r.opened_at, i.id, i.language, i.type, i.translation, i.stale
		from release r left join item i on i.release = r.id where r.state = 'released' and r.position in (`+in+`) order by r.id, i.ordinal`, args...)
	return out, err
}
