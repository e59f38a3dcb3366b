package store

import (
	"context"

	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/wire"
)

// DeskReleases are the releases that a desk let leave or changed since, from before a place in the list, the last first, with their places. Which of them may be told, access decides.
func (s *Store) DeskReleases(ctx context.Context, desk people.DeskID, below int64, limit int) (ids []wire.ReleaseID, positions []int64, err error) {
	rows, err := s.r.QueryContext(ctx, `select distinct r.id, r.position from draft d join release r on r.id = d.release
		where d.desk = $1 and d.state = $2 and r.position > 0 and r.position < $3 order by r.position desc limit +$4`, string(desk), DraftSent, below, limit)
	if err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		var position int64
		if err := rows.Scan(&id, &position); err != nil {
			return nil, nil, err
		}
		ids, positions = append(ids, wire.ReleaseID(id)), append(positions, position)
	}
	return ids, positions, rows.Err()
}
