package store

import (
	"context"
	crand "crypto/rand"
	"database/sql"
	"errors"
	"io/fs"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/pressly/goose/v3"

	"jarchi.dev/jarchi/internal/fault"
)

// upgrade is what Beside.Upgrade is for a file. A node may have the database open. The migrations are tried in a schema of their own, which has no rows and is
// gone afterwards; where the role may not make one they are not tried.
func (e *postgresEngine) upgrade(ctx context.Context) (u Upgrade, err error) {
	defer fault.Wrap(&err, "look what an upgrade would do")
	u.Elsewhere, u.Knows = e.place, Schema()
	db := e.pool(1, nil)
	defer db.Close()
	var there bool
	if err := db.QueryRowContext(ctx, "select to_regclass('goose_db_version') is not null and to_regclass('log') is not null").Scan(&there); err != nil {
		return u, e.fault(err)
	}
	if !there {
		return u, fault.E(fault.NotFound, "There is no node's data in the database %s.", e.place)
	}
	has, err := numbers(ctx, db)
	if err == nil {
		u.Bytes, _, _, err = e.sizes(ctx, db)
	}
	if err != nil {
		return u, e.fault(err)
	}
	if u.Schema = slices.Max(append(has, 0)); u.Older() {
		return u, nil
	}
	sub, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return u, err
	}
	dir := translatedFS{sub}
	rows := func(table string) (n int64, err error) {
		if err := db.QueryRowContext(ctx, "select to_regclass($1) is not null", table).Scan(&there); err != nil || !there {
			return 0, err
		}
		return n, db.QueryRowContext(ctx, "select count(*) from "+table).Scan(&n) // a name of our own files
	}
	if u.Steps, err = stepsBeyond(has, dir, rows); err == nil {
		u.Afterward, err = afterward(ctx, db, postgresRenewal, rows)
	}
	if err != nil {
		return u, e.fault(err)
	}
	if u.Tried = true; len(u.Steps) == 0 {
		return u, nil
	}
	u.Tried, err = e.tryMigrations(ctx, db, dir, u.Schema)
	return u, err
}

// tryMigrations runs those that the database has, up to has, and then the others.
func (e *postgresEngine) tryMigrations(ctx context.Context, beside *sql.DB, dir fs.FS, has int64) (tried bool, err error) {
	name := "jarchi_check_" + strings.ToLower(crand.Text()[:12])
	var refused *pgconn.PgError
	if _, err := beside.ExecContext(ctx, "create schema "+name); errors.As(err, &refused) && refused.Code == "42501" { // insufficient_privilege
		return false, nil
	} else if err != nil {
		return false, e.fault(err)
	}
	defer func() {
		if _, derr := beside.ExecContext(context.WithoutCancel(ctx), "drop schema "+name+" cascade"); derr != nil {
			err = errors.Join(err, fault.E(fault.Unavailable, "The schema %s was made in the database %s to try the migrations, and could not be dropped. Drop it by hand.", name, e.place).Because(derr))
		}
	}()
	db := e.pool(2, map[string]string{"search_path": name})
	defer db.Close()
	p, err := goose.NewProvider(goose.DialectPostgres, db, dir)
	if err != nil {
		return false, err
	}
	if _, err := p.UpTo(ctx, has); err != nil {
		return false, e.fault(err)
	}
	if _, err := p.Up(ctx); err != nil {
		return true, fault.E(fault.Conflict, "A migration does not run on this server. Do not upgrade; ask where Jarchi is from.").Because(err)
	}
	return true, nil
}
