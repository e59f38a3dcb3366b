package store

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"time"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/intake"
)

// maxSitePages bounds what is remembered of all hosts together: about five megabytes.
const maxSitePages = 2000

// SitePages are the keys of the lines of a host's pages, newest first, at most fifty.
func (s *Store) SitePages(ctx context.Context, host string) (_ [][]intake.LineKey, err error) {
	defer fault.Wrap(&err, "lines of %s", host)
	rows, err := s.r.QueryContext(ctx, "select lines from site_page where host = $1 order by seen desc, address limit +$2", host, intake.MemoryPages)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out [][]intake.LineKey
	for rows.Next() {
		var raw []byte
		if err := rows.Scan(&raw); err != nil {
			return nil, err
		}
		page := make([]intake.LineKey, 0, len(raw)/8)
		for ; len(raw) >= 8; raw = raw[8:] {
			page = append(page, intake.LineKey(binary.LittleEndian.Uint64(raw)))
		}
		out = append(out, page)
	}
	return out, rows.Err()
}

// PutSitePage remembers the lines of a page in place of what was remembered of its address, and forgets the oldest pages
// beyond the bounds.
func (t *Tx) PutSitePage(host, address string, lines []intake.LineKey, seen time.Time) error {
	raw := make([]byte, 0, 8*len(lines))
	for _, k := range lines {
		raw = binary.LittleEndian.AppendUint64(raw, uint64(k))
	}
	sum := sha256.Sum256([]byte(address))
	key := hex.EncodeToString(sum[:])
	if _, err := t.exec("insert into site_page (host, address, seen, lines) values ($1, $2, $3, $4) on conflict (host, address) do update set seen = excluded.seen, lines = excluded.lines",
		host, key, micros(seen), raw); err != nil {
		return err
	}
	if _, err := t.exec("delete from site_page where host = $1 and address in (select address from site_page where host = $1 order by seen desc, address limit -1 offset $2)",
		host, intake.MemoryPages); err != nil {
		return err
	}
	_, err := t.exec("delete from site_page where (host, address) in (select host, address from site_page order by seen desc, host, address limit -1 offset $1)", maxSitePages)
	return err
}
