package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"jarchi.dev/jarchi/internal/wire"
)

// NoteSaid notes that an editor said something of a capture that is to hold when its article comes again with other bytes.
func (t *Tx) NoteSaid(c *wire.Capture, at time.Time) error {
	alone, err := isAlone(c, t.query)
	if err != nil {
		return err
	}
	for _, name := range saidNames(c, alone) {
		_, err := t.exec("insert into said_of (name, capture, at) values ($1, $2, $3) on conflict (name, capture) do update set at = excluded.at", name, string(c.ID), micros(at))
		if err != nil {
			return err
		}
	}
	return nil
}

// SaidOf lists the captures that a capture, the only one of its document or not, is a later state of, and of which an editor said something, the latest said
// first, at most eight.
func (t *Tx) SaidOf(c *wire.Capture, alone bool) ([]*wire.Capture, error) {
	return saidOf(c, alone, t.query)
}

// SaidOf is that of Tx, of a capture that is stored.
func (s *Store) SaidOf(ctx context.Context, c *wire.Capture) ([]*wire.Capture, error) {
	query := func(q string, args ...any) (*sql.Rows, error) { return s.r.QueryContext(ctx, q, args...) }
	alone, err := isAlone(c, query)
	if err != nil {
		return nil, err
	}
	return saidOf(c, alone, query)
}

// isAlone reports whether a capture that is stored is the only one of its document.
func isAlone(c *wire.Capture, query querying) (bool, error) {
	rows, err := query("select count(*) = 1 from capture where raw = $1", c.RawHash)
	if err != nil {
		return false, err
	}
	defer rows.Close()
	var alone bool
	for rows.Next() {
		if err := rows.Scan(&alone); err != nil {
			return false, err
		}
	}
	return alone, rows.Err()
}

// querying asks the database, within a change or beside it.
type querying func(string, ...any) (*sql.Rows, error)

func saidOf(c *wire.Capture, alone bool, query querying) (out []*wire.Capture, err error) {
	names := []any{}
	for _, n := range saidNames(c, alone) {
		names = append(names, n)
	}
	if len(names) == 0 {
		return nil, nil
	}
	in, args := among(names)
	rows, err := query("select c.data, c.position from capture c join (select capture, max(at) as at from said_of where name in ("+in+") group by capture) x on x.capture = c.id "+
		"where c.id <> $"+strconv.Itoa(len(args)+1)+" order by x.at desc, c.position desc limit 8", append(args, string(c.ID))...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var data []byte
		var e wire.Capture
		var position int64
		if err := rows.Scan(&data, &position); err != nil {
			return nil, err
		}
		if json.Unmarshal(data, &e) == nil { // what was said of a damaged one is lost with it, and holds nobody up
			e.Position = position
			out = append(out, &e)
		}
	}
	return out, rows.Err()
}

// saidNames are what an article is known as: the address of its page without what does not tell pages apart, and the name that its sender gives it. Where
// the node has not asked that address itself both are the sender's word, and hold among what came for the same member: another's sender may claim any. Of a page with several articles it is the one with the same headline.
func saidNames(c *wire.Capture, alone bool) (names []string) {
	add := func(parts ...string) {
		h := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
		if name := hex.EncodeToString(h[:]); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	to := ""
	if c.Sent != nil {
		to = string(c.Sent.To)
	}
	fetched := c.Fetched || c.Fed != nil && !c.Fed.TextOfFeed // of one that came before this was noted nobody knows
	if u, err := url.Parse(c.SourceURL); err == nil && u.Host != "" && (fetched || to != "") {
		u.Scheme, u.Fragment, u.User = "", "", nil
		u.Host = strings.TrimPrefix(strings.ToLower(u.Host), "www.")
		hands := to
		if fetched {
			hands = "" // no member is called so
		}
		if alone {
			add("address", hands, u.String())
		}
		if c.Headline != "" {
			add("address", hands, u.String(), c.Headline)
		}
	}
	if c.Sent != nil && c.Sent.GUID != "" {
		add("name", to, c.Sent.GUID)
	}
	return names
}
