package store

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pressly/goose/v3"

	"jarchi.dev/jarchi/internal/fault"
)

// Upgrade is what opening a folder with this program would change of its database.
type Upgrade struct {
	Schema    int64 // the newest migration that the database has
	Knows     int64 // the newest that this program knows
	Steps     []UpgradeStep
	Afterward []UpgradeWork // what the node does by itself when it runs again
	Bytes     int64         // of the database as it is
	Tried     bool          // the steps were tried on an empty copy of the schema
	Elsewhere string        // the PostgreSQL database that was looked at, without its password; empty: a file of the folder
}

// Older reports whether the program is older than the data: then it refuses to open it.
func (u Upgrade) Older() bool { return u.Schema > u.Knows }

// UpgradeStep is a migration that would run. Rows is how many rows of tables that are there it goes through, by its text; Takes and Bytes
// are rough: what a small machine needed for such rows.
type UpgradeStep struct {
	Number int64
	Name   string
	Rows   int64
	Takes  time.Duration
	Bytes  int64
}

// UpgradeWork is what a node does beside its other work after an upgrade, going on where it was when it is stopped. Takes is rough, for a node at which little is published.
type UpgradeWork struct {
	What  string
	Texts int64
	Takes time.Duration
}

// textTakes is what it takes to draw a text's prints again, to look it up and to rest as long.
const textTakes = 4 * time.Millisecond

// afterward is what a node will do of its own, judging by its database; rows counts the rows of a table, renewal is what it takes
// to key a text anew.
func afterward(ctx context.Context, q asking, renewal time.Duration, rows func(table string) (int64, error)) (out []UpgradeWork, err error) {
	if left, _, err := renewing(ctx, q); err != nil {
		return nil, err
	} else if left > 0 {
		out = append(out, UpgradeWork{"texts are indexed anew from their words, the newest first; searches find each by the new tables when it has had its turn", left, time.Duration(left) * renewal})
	}
	n, err := rows("sketch")
	if err != nil || n == 0 {
		return out, err
	}
	if old, err := oldPrints(ctx, q); err != nil || !old {
		return out, err
	}
	return append(out, UpgradeWork{"the prints by which copies are found are drawn again from the texts; which text uses which is shown again of each that has had its turn", n, time.Duration(n) * textTakes}), nil
}

// Rough costs of a row that is indexed, copied or changed.
const (
	rowTakes = 5 * time.Microsecond
	rowBytes = 48
)

// goesThrough finds the tables whose rows a migration goes through.
var goesThrough = regexp.MustCompile(`(?i)create\s+(?:unique\s+)?index\s+\w+\s+on\s+(\w+)|\bselect\b[^;]*?\bfrom\s+(\w+)|\bupdate\s+(\w+)\s+set|\bdelete\s+from\s+(\w+)`)

// Upgrade tells which migrations would run, tries them on an empty copy of the schema, and changes nothing of the folder. An error is that the
// database cannot be read, or that a migration does not fit it.
func (b *Beside) Upgrade(ctx context.Context) (u Upgrade, err error) {
	defer fault.Wrap(&err, "look what an upgrade would do")
	if u.Schema, err = b.Schema(ctx); err != nil {
		return u, err
	}
	u.Knows, u.Bytes = Schema(), b.Size()
	if u.Older() {
		return u, nil
	}
	has, err := numbers(ctx, b.c)
	if err != nil {
		return u, dbFault(b.file, err)
	}
	dir, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return u, err
	}
	rows := func(table string) (int64, error) { return b.rows(ctx, table) }
	if u.Steps, err = stepsBeyond(has, dir, rows); err == nil {
		u.Afterward, err = afterward(ctx, b.c, sqliteRenewal, rows)
	}
	if err != nil {
		return u, dbFault(b.file, err)
	}
	if u.Tried = true; len(u.Steps) == 0 {
		return u, nil
	}
	return u, b.tryMigrations(ctx, has)
}

// UpgradeOf is Upgrade for the database of a folder, whichever it is; or for the PostgreSQL database at address, if one is named. Nothing is changed of either.
// NotFound where there is no node's data.
func UpgradeOf(ctx context.Context, dir, address string) (Upgrade, error) {
	e, err := postgresOf(dir)
	if address != "" {
		e, err = newPostgres(address)
	}
	if err != nil {
		return Upgrade{}, err
	}
	if e != nil {
		return e.upgrade(ctx)
	}
	b, _, err := ReadBeside(ctx, dir, 0)
	if err != nil {
		return Upgrade{}, err
	}
	defer b.Close()
	return b.Upgrade(ctx)
}

// stepsBeyond are the migrations of dir that are not among those that a database has; rows counts the rows of a table.
func stepsBeyond(has []int64, dir fs.FS, rows func(table string) (int64, error)) (out []UpgradeStep, err error) {
	names, err := fs.Glob(dir, "*.sql")
	if err != nil {
		return nil, err
	}
	slices.Sort(names)
	for _, name := range names {
		number, _, _ := strings.Cut(name, "_")
		n, err := strconv.ParseInt(number, 10, 64)
		if err != nil || slices.Contains(has, n) {
			continue
		}
		text, err := fs.ReadFile(dir, name)
		if err != nil {
			return nil, err
		}
		step := UpgradeStep{Number: n, Name: strings.TrimSuffix(name, ".sql")}
		up, _, _ := strings.Cut(string(text), "-- +goose Down")
		for _, m := range goesThrough.FindAllStringSubmatch(up, -1) {
			n, err := rows(strings.Join(m[1:], ""))
			if err != nil {
				return nil, err
			}
			step.Rows += n
		}
		step.Takes, step.Bytes = time.Duration(step.Rows)*rowTakes, step.Rows*rowBytes
		out = append(out, step)
	}
	return out, nil
}

// rows counts a table's rows; 0 for one that is not there yet.
func (b *Beside) rows(ctx context.Context, table string) (n int64, err error) {
	var there int
	if err := b.c.QueryRowContext(ctx, "select count(*) from sqlite_master where type = 'table' and name = $1", table).Scan(&there); err != nil || there == 0 {
		return 0, err
	}
	err = b.c.QueryRowContext(ctx, "select count(*) from "+table).Scan(&n) // a name of our own files
	return n, err
}

// numbers are the migrations that a database has.
func numbers(ctx context.Context, q asking) (out []int64, err error) {
	rows, err := q.QueryContext(ctx, "select version_id from goose_db_version where is_applied")
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		var n int64
		if err := rows.Scan(&n); err != nil {
			rows.Close()
			return nil, err
		}
		out = append(out, n)
	}
	return out, closeRows(rows)
}

// tryMigrations runs the migrations that are missing on a database in memory that has the schema of this one, and no rows.
func (b *Beside) tryMigrations(ctx context.Context, has []int64) error {
	rows, err := b.c.QueryContext(ctx, "select name, sql from sqlite_master where sql is not null and name not like 'sqlite!_%' escape '!' order by case when sql like 'create virtual%' then 0 when type = 'table' then 1 else 2 end, rowid")
	if err != nil {
		return dbFault(b.file, err)
	}
	var names, texts []string
	for rows.Next() {
		var name, text string
		if err := rows.Scan(&name, &text); err != nil {
			rows.Close()
			return dbFault(b.file, err)
		}
		names, texts = append(names, name), append(texts, text)
	}
	if err := closeRows(rows); err != nil {
		return dbFault(b.file, err)
	}
	db, err := sql.Open("sqlite", "file::memory:")
	if err != nil {
		return err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	var virtual []string
	for i, text := range texts {
		if slices.ContainsFunc(virtual, func(v string) bool { return strings.HasPrefix(names[i], v+"_") }) {
			continue // a table that a virtual one makes for itself
		}
		if strings.HasPrefix(strings.ToLower(text), "create virtual") {
			virtual = append(virtual, names[i])
		}
		if _, err := db.ExecContext(ctx, text); err != nil {
			return fault.E(fault.Corrupt, "The schema of the database %s cannot be copied, at %s.", b.file, names[i]).Because(err)
		}
	}
	for _, n := range has {
		if _, err := db.ExecContext(ctx, "insert into goose_db_version (version_id, is_applied) values ($1, 1)", n); err != nil {
			return err
		}
	}
	dir, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db, dir)
	if err != nil {
		return err
	}
	if _, err := p.Up(ctx); err != nil {
		return fault.E(fault.Conflict, "A migration does not fit the schema of this database. Do not upgrade it; ask where Jarchi is from.").Because(err)
	}
	return nil
}

// fits refuses a database that a newer program has written: its rows may mean something that this one does not know.
func fits(ctx context.Context, q asking) error {
	var has int64
	if q.QueryRowContext(ctx, "select coalesce(max(version_id), 0) from goose_db_version").Scan(&has) != nil {
		return nil // a new one
	}
	if knows := Schema(); has > knows {
		return fault.E(fault.Unsupported, "This data was written by a newer Jarchi: its schema is %d, and this program knows %d. Start the newer program; nothing was changed.", has, knows)
	}
	return nil
}

// String is the work in words.
func (w UpgradeWork) String() string {
	return fmt.Sprintf("%s: %d texts, about %s, longer while much is published", w.What, w.Texts, max(w.Takes, time.Second).Round(time.Second))
}

// String is a step in words.
func (s UpgradeStep) String() string {
	if s.Rows == 0 {
		return s.Name + ": at once"
	}
	return fmt.Sprintf("%s: goes through %d rows, about %s, up to %.1f MB more", s.Name, s.Rows, max(s.Takes, time.Second).Round(time.Second), float64(s.Bytes)/1e6)
}
