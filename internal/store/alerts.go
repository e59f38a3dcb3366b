package store

import (
	"context"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/people"
)

// SearchAlerts are the saved searches of which a person is told what is new, and since which position it is new to her.
func (s *Store) SearchAlerts(ctx context.Context, who people.UserID) (_ map[string]int64, err error) {
	defer fault.Wrap(&err, "alerts")
	rows, err := s.r.QueryContext(ctx, "select args, since from search_alert where person = $1", string(who))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[string]int64{}
	for rows.Next() {
		var args string
		var since int64
		if err := rows.Scan(&args, &since); err != nil {
			return nil, err
		}
		out[args] = since
	}
	return out, rows.Err()
}

// SetSearchAlert has a person told of what is new for a search that she keeps, from now on; or not any more. Told already, what was new is seen.
func (s *Store) SetSearchAlert(ctx context.Context, who people.UserID, args string, tell bool) (err error) {
	defer fault.Wrap(&err, "tell of a search")
	return s.Write(ctx, func(t *Tx) error {
		if !tell {
			_, err := t.exec("delete from search_alert where person = $1 and args = $2", string(who), args)
			return err
		}
		var kept int
		if err := t.row("select count(*) from saved_search where person = $1 and args = $2", []any{string(who), args}, &kept); err != nil {
			return err
		}
		if kept == 0 {
			return fault.E(fault.NotFound, "This search is not among those that you keep.")
		}
		var position int64
		if err := t.row("select value from counter where name = 'position'", nil, &position); err != nil {
			return err
		}
		_, err := t.exec("insert into search_alert (person, args, since) values ($1, $2, $3) on conflict (person, args) do update set since = excluded.since", string(who), args, position)
		return err
	})
}

// SeenSearch notes that a person has looked at what is new for a search, if she is told of it.
func (s *Store) SeenSearch(ctx context.Context, who people.UserID, args string) error {
	return s.Write(ctx, func(t *Tx) error {
		_, err := t.exec("update search_alert set since = (select value from counter where name = 'position') where person = $1 and args = $2", string(who), args)
		return err
	})
}
