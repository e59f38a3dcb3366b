package store

import (
	"context"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/people"
)

// How much one person may keep for herself.
const (
	maxSavedSearches = 50
	maxSavedItems    = 500
)

// SavedSearches are the searches that a person keeps, as addresses of the wire without their '?', the
// oldest first.
func (s *Store) SavedSearches(ctx context.Context, who people.UserID) (_ []string, err error) {
	defer fault.Wrap(&err, "saved searches")
	return s.texts(ctx, "select args from saved_search where person = $1 order by at, args", string(who))
}

// SaveSearch keeps a search; kept already, it stays as it is.
func (s *Store) SaveSearch(ctx context.Context, who people.UserID, args string) (err error) {
	defer fault.Wrap(&err, "save a search")
	return s.keep(ctx, "saved_search", "args", who, args, maxSavedSearches)
}

// DropSearch forgets a search.
func (s *Store) DropSearch(ctx context.Context, who people.UserID, args string) (err error) {
	defer fault.Wrap(&err, "forget a search")
	return s.Write(ctx, func(t *Tx) error {
		if _, err := t.exec("delete from search_alert where person = $1 and args = $2", string(who), args); err != nil {
			return err
		}
		_, err := t.exec("delete from saved_search where person = $1 and args = $2", string(who), args)
		return err
	})
}

// SavedItems are the pages that a person keeps for her shift, as paths like releases/{id}, the newest first.
func (s *Store) SavedItems(ctx context.Context, who people.UserID) (_ []string, err error) {
	defer fault.Wrap(&err, "saved items")
	return s.texts(ctx, "select path from saved_item where person = $1 order by at desc, path", string(who))
}

// SaveItem keeps a page for the shift; kept already, it stays where it is.
func (s *Store) SaveItem(ctx context.Context, who people.UserID, path string) (err error) {
	defer fault.Wrap(&err, "save an item")
	return s.keep(ctx, "saved_item", "path", who, path, maxSavedItems)
}

// DropItem takes a page from the shift's list.
func (s *Store) DropItem(ctx context.Context, who people.UserID, path string) (err error) {
	defer fault.Wrap(&err, "forget a saved item")
	return s.Write(ctx, func(t *Tx) error {
		_, err := t.exec("delete from saved_item where person = $1 and path = $2", string(who), path)
		return err
	})
}

func (s *Store) keep(ctx context.Context, table, column string, who people.UserID, value string, most int) error {
	if who == "" || value == "" || len(value) > 4000 {
		return fault.E(fault.Invalid, "This cannot be saved.")
	}
	return s.Write(ctx, func(t *Tx) error {
		var n int
		if err := t.row("select count(*) from "+table+" where person = $1 and "+column+" <> $2", []any{string(who), value}, &n); err != nil {
			return err
		}
		if n >= most {
			return fault.E(fault.Conflict, "There are %d saved already. Remove one first.", n)
		}
		_, err := t.exec("insert into "+table+" (person, "+column+", at) values ($1, $2, $3) on conflict (person, "+column+") do nothing", string(who), value, micros(s.now()))
		return err
	})
}

// texts reads one column of text.
func (s *Store) texts(ctx context.Context, query string, args ...any) ([]string, error) {
	rows, err := s.r.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var x string
		if err := rows.Scan(&x); err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, rows.Err()
}
