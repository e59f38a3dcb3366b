package store_test

import (
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"jarchi.dev/jarchi/internal/store"
)

// ofSQLite are the files that speak to SQLite alone.
var ofSQLite = []string{"sqlite.go", "beside.go", "beside_copy.go", "gap.go", "house_upgrade.go", "index.go", "inspect.go", "move.go", "partitions.go", "scrub.go", "sqlite_renew.go"}

var (
	statement = regexp.MustCompile(`^\s*(select|insert into|update|delete from|with) `)
	number    = regexp.MustCompile(`%d|%s`)
)

// TestEveryStatement: PostgreSQL understands every statement that stands in the source, also those that no test comes by, and takes no
// number in it for one of four bytes, which a time does not fit in.
func TestEveryStatement(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	onPostgres(t, dir)
	url, _ := databases.Load(dir)
	open(t, dir).Close()
	c, err := pgconn.Connect(ctx, url.(string))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(ctx)
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	set := token.NewFileSet()
	known := map[string]ast.Expr{}
	var files []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(set, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if v, ok := n.(*ast.ValueSpec); ok && len(v.Values) == len(v.Names) {
				for i, id := range v.Names {
					known[id.Name] = v.Values[i]
				}
			}
			return true
		})
		if !slices.Contains(ofSQLite, name) {
			files = append(files, f)
		}
	}
	done, unclear := 0, 0
	for _, f := range files {
		ast.Inspect(f, func(n ast.Node) bool {
			e, ok := n.(ast.Expr)
			if !ok {
				return true
			}
			q, whole := said(e, known, 0)
			if !statement.MatchString(q) {
				return true
			}
			at := set.Position(e.Pos())
			if !whole || strings.HasSuffix(q, " ") || strings.HasSuffix(q, " and") { // the rest is added later
				unclear++
				return false
			}
			done++
			understood(t, c, fmt.Sprintf("%s:%d", at.Filename, at.Line), q)
			return false
		})
	}
	t.Log(done, "statements,", unclear, "are put together while running")
	if done < 300 || unclear > done/10 {
		t.Errorf("%d statements, and %d that are put together while running", done, unclear)
	}
}

func understood(t *testing.T, c *pgconn.PgConn, at, q string) {
	t.Helper()
	d, err := c.Prepare(context.Background(), "", store.Spoken(q), nil)
	if err != nil {
		t.Errorf("%s: %v\n%s", at, err, q)
		return
	}
	for i, oid := range d.ParamOIDs {
		if oid == 23 || oid == 21 {
			t.Errorf("%s: $%d is a number of four bytes\n%s", at, i+1, q)
		}
	}
}

// said is the text that an expression stands for, and whether all of it is known.
func said(e ast.Expr, known map[string]ast.Expr, depth int) (string, bool) {
	if depth > 8 {
		return "", false
	}
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind == token.STRING {
			s, err := strconv.Unquote(e.Value)
			return s, err == nil
		}
	case *ast.BinaryExpr:
		if e.Op == token.ADD {
			a, aok := said(e.X, known, depth+1)
			b, bok := said(e.Y, known, depth+1)
			return a + b, aok && bok
		}
	case *ast.ParenExpr:
		return said(e.X, known, depth+1)
	case *ast.Ident:
		if v, ok := known[e.Name]; ok {
			return said(v, known, depth+1)
		}
	case *ast.CallExpr:
		var name string
		switch f := e.Fun.(type) {
		case *ast.Ident:
			name = f.Name
		case *ast.SelectorExpr:
			name = f.Sel.Name
		}
		switch name {
		case "placeholders":
			return "$1", true
		case "Itoa":
			return "2", true
		case "Sprintf":
			s, ok := said(e.Args[0], known, depth+1)
			n := 1
			return number.ReplaceAllStringFunc(s, func(verb string) string {
				if verb == "%s" {
					return "$1"
				}
				n++
				return strconv.Itoa(n)
			}), ok
		}
	}
	return "", false
}
