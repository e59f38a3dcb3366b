package backup_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"pgregory.net/rapid"

	"jarchi.dev/jarchi/internal/backup"
	"jarchi.dev/jarchi/internal/blob"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/intake"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/testkit"
	"jarchi.dev/jarchi/internal/wire"
)

var ctx = context.Background()

// large is a text that is kept as a file.
func large(word string) []byte {
	rnd := rand.New(rand.NewPCG(1, uint64(len(word))))
	var b strings.Builder
	for b.Len() < 2*store.SmallRaw {
		fmt.Fprintf(&b, "The %s of line %d left at %d.\n\n", word, rnd.IntN(1000), rnd.IntN(1000))
	}
	return []byte(b.String())
}

// filled is a node with two releases and two files.
func filled(t *testing.T) *testkit.Node {
	t.Helper()
	n := testkit.Open(t)
	alfa := testkit.Viewer("alfa")
	for i := range 2 {
		if _, err := n.Publish.Create(ctx, alfa, testkit.Input(map[lang.Tag][2]string{lang.EN: {fmt.Sprintf("Ferry %d", i), "The ferry runs again."}})); err != nil {
			t.Fatal(err)
		}
	}
	for _, word := range []string{"ferry", "tramway"} {
		res, err := n.Receive.Import(ctx, alfa, []intake.Document{{Name: word + ".txt", ContentType: "text/plain", Declared: lang.EN, Bytes: large(word)}})
		if err != nil || len(res[0].Captures) == 0 {
			t.Fatal(err, res)
		}
	}
	return n
}

func write(t testing.TB, dir string) ([]byte, backup.Report, error) {
	t.Helper()
	from, scrubbed, err := store.ReadBeside(ctx, dir, 10*time.Second)
	if err != nil || !scrubbed {
		t.Fatal(err, scrubbed)
	}
	defer from.Close()
	blobs, err := blob.OpenDir(filepath.Join(dir, "blobs"))
	if err != nil {
		t.Fatal(err)
	}
	defer blobs.Close()
	var b bytes.Buffer
	rep, err := backup.Write(ctx, &b, from, blobs, testkit.Start)
	return b.Bytes(), rep, err
}

func whole(t testing.TB, dir string) []byte {
	t.Helper()
	b, rep, err := write(t, dir)
	if err != nil || len(rep.Missing) > 0 {
		t.Fatal(err, rep)
	}
	return b
}

func empty(t testing.TB, dir string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) || len(entries) > 0 {
		t.Errorf("the folder holds %v, %v", entries, err)
	}
}

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	n := filled(t)
	file, rep, err := write(t, n.Dir)
	if err != nil || rep.Files != 2 || rep.Bytes != int64(len(file)) || rep.Schema != store.Schema() || len(rep.Logs) != 4 || rep.Logs[1].Size != 2 {
		t.Fatal(rep, err)
	}
	if again := whole(t, n.Dir); !bytes.Equal(again, file) {
		t.Error("two back-ups of one state differ")
	}
	seen, err := backup.Verify(ctx, bytes.NewReader(file))
	if err != nil || fmt.Sprint(seen) != fmt.Sprint(rep) {
		t.Fatalf("%v\n%+v\n%+v", err, seen, rep)
	}
	for _, made := range []bool{true, false} {
		dir := t.TempDir()
		if made {
			dir = filepath.Join(dir, "new", "folder")
		}
		if _, err := backup.Restore(ctx, bytes.NewReader(file), dir); err != nil {
			t.Fatal(err)
		}
		if _, err := backup.Restore(ctx, bytes.NewReader(file), dir); fault.KindOf(err) != fault.Conflict {
			t.Error("restored over a node:", err)
		}
		blobs, err := blob.OpenDir(filepath.Join(dir, "blobs"))
		if err != nil {
			t.Fatal(err)
		}
		defer blobs.Close()
		for _, word := range []string{"ferry", "tramway"} {
			if b, err := blobs.Get(ctx, blob.Hash(large(word))); err != nil || !bytes.Equal(b, large(word)) {
				t.Error(word, err)
			}
		}
		for _, name := range []string{"guard", "jarchi.db.restoring"} {
			if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
				t.Error("there is", name)
			}
		}
		f, err := store.Inspect(ctx, dir)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		logs, err := f.Logs(ctx)
		if err != nil || len(logs) != 4 {
			t.Fatal(logs, err)
		}
		for _, l := range logs {
			if _, _, err := l.Check(ctx, nil); err != nil {
				t.Error(err)
			}
		}
	}
}

// TestDamageIsNoticed changes, cuts and lengthens the file anywhere.
func TestDamageIsNoticed(t *testing.T) {
	t.Parallel()
	file := whole(t, filled(t).Dir)
	dir := filepath.Join(t.TempDir(), "r")
	tried := 0
	try := func(t interface {
		Errorf(string, ...any)
	}, what string, b []byte) {
		_, err := backup.Verify(ctx, bytes.NewReader(b))
		if kind := fault.KindOf(err); kind != fault.Corrupt {
			t.Errorf("%s: verify says %v", what, err)
		}
		if tried++; tried%10 > 0 {
			return
		}
		_, rerr := backup.Restore(ctx, bytes.NewReader(b), dir)
		if kind := fault.KindOf(rerr); kind != fault.Corrupt {
			t.Errorf("%s: restore says %v", what, rerr)
		}
		if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s: something is left of the restoring", what)
		}
	}
	for at := range 40 { // the header and the seal, every byte
		for _, i := range []int{at, len(file) - 1 - at*3} {
			b := bytes.Clone(file)
			b[i] ^= 1
			try(t, fmt.Sprintf("bit of byte %d of %d", i, len(file)), b)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		b := bytes.Clone(file)
		at := rapid.IntRange(0, len(b)-1).Draw(t, "at")
		switch rapid.IntRange(0, 3).Draw(t, "kind") {
		case 0:
			b[at] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
			try(t, "a bit", b)
		case 1:
			try(t, "cut", b[:at])
		case 2:
			try(t, "longer", append(b, rapid.SliceOfN(rapid.Byte(), 1, 200).Draw(t, "more")...))
		case 3:
			n := min(rapid.IntRange(1, 5000).Draw(t, "n"), len(b)-at)
			try(t, "a piece is gone", append(b[:at], b[at+n:]...))
		}
	})
}

func TestDamageNamesThePart(t *testing.T) {
	t.Parallel()
	file := whole(t, filled(t).Dir)
	for _, n := range []int{0, 5, len(file) / 2, len(file) - 1} {
		if _, err := backup.Verify(ctx, bytes.NewReader(file[:n])); err == nil || strings.Count(err.Error(), "ends too early") != 1 {
			t.Errorf("cut at %d of %d, which is said once: %v", n, len(file), err)
		}
	}
	for what, b := range map[string][]byte{
		"damaged in jarchi.db, near byte":                                    file[:len(file)/2],
		"something follows after its end":                                    append(bytes.Clone(file), 'x'),
		"This is no back-up of Jarchi: it does not begin as one":             []byte(strings.Repeat("something else ", 100)),
		"The back-up is damaged: its bytes have another checksum than":       changed(file, 4), // the time in gzip's header, which gzip does not check
		"damaged in its beginning, near byte 0 of the file: it ends too ear": nil,
	} {
		if _, err := backup.Verify(ctx, bytes.NewReader(b)); err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("%v\nwant: %s", err, what)
		}
	}
}

func changed(b []byte, at int) []byte {
	b = bytes.Clone(b)
	b[at]++
	return b
}

// part is one of a file that somebody else made.
type part struct {
	tar.Header
	body string
}

// forged is a back-up with these parts and a right seal.
func forged(t *testing.T, parts ...part) []byte {
	t.Helper()
	var b bytes.Buffer
	zip, _ := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	zip.Name = "jarchi-backup.tar"
	w := tar.NewWriter(zip)
	for _, p := range parts {
		if p.Typeflag == 0 {
			p.Typeflag = tar.TypeReg
		}
		if p.Typeflag == tar.TypeReg && p.Size == 0 {
			p.Size = int64(len(p.body))
		}
		if err := w.WriteHeader(&p.Header); err != nil {
			t.Fatal(err)
		}
		io.WriteString(w, p.body)
	}
	w.Flush()
	io.WriteString(zip, strings.Repeat("\x00", 1024))
	zip.Close()
	return append(b.Bytes(), backup.Seal(b.Bytes())...)
}

func TestHostile(t *testing.T) {
	t.Parallel()
	head := func(format, schema, size int64) part {
		return part{tar.Header{Name: "backup.json"}, fmt.Sprintf(`{"format":%d,"schema":%d,"databaseBytes":%d}`, format, schema, size)}
	}
	db := part{tar.Header{Name: "jarchi.db"}, "database"}
	file := func(body string) part {
		h := blob.Hash([]byte(body))
		return part{tar.Header{Name: "blobs/" + h[:2] + "/" + h[2:]}, body}
	}
	manifest := func(parts ...part) part {
		var b strings.Builder
		for _, p := range parts {
			sum := sha256.Sum256([]byte(p.body))
			json.NewEncoder(&b).Encode(map[string]any{"name": p.Name})
			s := b.String()
			b.Reset()
			b.WriteString(s[:strings.LastIndex(s, "}")] + fmt.Sprintf(`,"size":%d,"sha256":"%s"}`, len(p.body), hex.EncodeToString(sum[:])) + "\n")
		}
		return part{tar.Header{Name: "manifest.jsonl"}, b.String()}
	}
	second := func(page int64) part {
		return part{tar.Header{Name: "backup.json"}, fmt.Sprintf(`{"format":2,"schema":1,"databaseBytes":512,"pageSize":%d}`, page)}
	}
	third := part{tar.Header{Name: "backup.json"}, `{"format":3,"schema":1,"postgresql":{"version":15,"tool":15,"schema":"public"}}`}
	dump := func(n int) part { return part{tar.Header{Name: fmt.Sprintf("dump/%06d", n)}, "dump"} }
	page512 := part{tar.Header{Name: "jarchi.db"}, strings.Repeat("d", 512)}
	change := func(at uint64) string {
		return string(binary.BigEndian.AppendUint64(nil, at)) + strings.Repeat("c", 512)
	}
	moment := func(size int64, sum string) part {
		return part{tar.Header{Name: "moment.json"}, fmt.Sprintf(`{"databaseBytes":%d,"pageSum":%q,"logs":[]}`, size, sum)}
	}
	good := head(1, 1, 8)
	one, two := file("one"), file("two")
	if one.Name > two.Name {
		one, two = two, one
	}
	if _, err := backup.Verify(ctx, bytes.NewReader(forged(t, good, db, one, two, manifest(good, db, one, two)))); err != nil {
		t.Fatal("what is in order is refused:", err)
	}
	if _, err := backup.Verify(ctx, bytes.NewReader(forged(t, third, dump(1), dump(2), moment(8, ""), manifest(third, dump(1), dump(2), moment(8, ""))))); err != nil {
		t.Fatal("what is in order is refused:", err)
	}
	sum := store.NewPageSum()
	sum.Add([]byte(change(1)[8:]))
	sum.Add([]byte(change(2)[8:]))
	paged := []part{second(512), page512, {tar.Header{Name: "pages/000001"}, change(1) + change(2) + change(3)}, moment(1024, hex.EncodeToString(sum.Sum()))} // page 3 has gone since
	if _, err := backup.Verify(ctx, bytes.NewReader(forged(t, append(paged, manifest(paged...))...))); err != nil {
		t.Fatal("what is in order is refused:", err)
	}
	for says, parts := range map[string][]part{
		"its dump has 4 bytes, and must have 8":        {third, dump(1), moment(8, "")},
		"its dump has 0 bytes":                         {third, moment(0, "")},
		`a part "dump/000002"`:                         {third, dump(2)},
		`a part "dump/000001" of 0 bytes`:              {third, {tar.Header{Name: "dump/000001"}, ""}},
		`a part "dump/000001" of 70368744177664 bytes`: {third, {tar.Header{Name: "dump/000001", Size: 1 << 46}, ""}},
		`a part "jarchi.db"`:                           {third, db},
		"moment.json cannot be read":                   {third, dump(1), {tar.Header{Name: "moment.json"}, "{"}},
		"damaged in what follows dump/000001":          {third, dump(1)},
	} {
		if _, err := backup.Verify(ctx, bytes.NewReader(forged(t, parts...))); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v\nwant: %s", err, says)
		}
	}
	other := one
	other.body = "xxx"
	for _, c := range []struct {
		says  string
		parts []part
	}{
		{"a part \"../evil\"", []part{good, db, {tar.Header{Name: "../evil"}, "x"}}},
		{"a part \"/etc/evil\"", []part{good, db, {tar.Header{Name: "/etc/evil"}, "x"}}},
		{"a part \"blobs/../guard\"", []part{good, db, {tar.Header{Name: "blobs/../guard"}, "x"}}},
		{"a part \"guard\"", []part{good, db, {tar.Header{Name: "guard"}, "x"}}},
		{"is not a plain file", []part{good, db, {tar.Header{Name: one.Name, Typeflag: tar.TypeSymlink, Linkname: "/etc"}, ""}}},
		{"is not a plain file", []part{good, db, {tar.Header{Name: one.Name, Typeflag: tar.TypeLink, Linkname: "jarchi.db"}, ""}}},
		{"is not a plain file", []part{good, db, {tar.Header{Name: "blobs/", Typeflag: tar.TypeDir}, ""}}},
		{"is not a plain file", []part{good, {tar.Header{Name: "jarchi.db", Typeflag: tar.TypeChar, Devmajor: 1, Devminor: 3}, ""}}},
		{"has the property", []part{good, db, {tar.Header{Name: "blobs/x", PAXRecords: map[string]string{"VENDOR.x": "y"}, Format: tar.FormatPAX}, "x"}}},
		{"its second part is", []part{head(1, 1, 1<<50), {tar.Header{Name: "jarchi.db", Size: 1 << 50}, ""}}},
		{"its second part is", []part{good, {tar.Header{Name: "jarchi.db"}, "a longer one"}}},
		{"its second part is", []part{good, one}},
		{"its first part is", []part{db}},
		{"its first part is", []part{{tar.Header{Name: "backup.json", Size: 1 << 40}, ""}}},
		{"backup.json cannot be read", []part{{tar.Header{Name: "backup.json"}, "{"}}},
		{"bytes", []part{good, db, {tar.Header{Name: one.Name, Size: 1 << 40}, ""}}},
		{"has room for", []part{head(1, 1, 1<<44), {tar.Header{Name: "jarchi.db", Size: 1 << 44}, ""}}},
		{"not in order", []part{good, db, two, one}},
		{"not in order", []part{good, db, one, one}},
		{"its bytes have another hash", []part{good, db, other}},
		{"not those that its manifest names", []part{good, db, one, manifest(good, db)}},
		{"not those that its manifest names", []part{good, db, manifest(good, db, one)}},
		{"a part follows", []part{good, db, manifest(good, db), one}},
		{"damaged in what follows jarchi.db", []part{good, db}},
		{"format 4", []part{head(4, 1, 8)}},
		{"its head does not say of what it is", []part{head(3, 1, 8)}},
		{"Name an empty database there with --database", []part{third, dump(1)}},
		{"its pages have 8 bytes", []part{second(8), db}},
		{"a part \"manifest.jsonl\"", []part{second(512), page512, manifest(second(512), page512)}},
		{"a part \"pages/000002\"", []part{second(512), page512, {tar.Header{Name: "pages/000002"}, change(1)}}},
		{"a part \"pages/000001\" of 519 bytes", []part{second(512), page512, {tar.Header{Name: "pages/000001"}, change(1)[1:]}}},
		{"it has page 0", []part{second(512), page512, {tar.Header{Name: "pages/000001"}, change(0)}}},
		{"it has page 3", []part{second(512), page512, {tar.Header{Name: "pages/000001"}, change(3)}}},
		{"it has page 9223372036854775809", []part{second(512), page512, {tar.Header{Name: "pages/000001"}, change(1<<63 + 1)}}},
		{"moment.json cannot be read", []part{second(512), page512, {tar.Header{Name: "moment.json"}, "{"}}},
		{"has 512 bytes, and must have 1024", []part{second(512), page512, moment(1024, "")}},
		{"and must have 0", []part{second(512), page512, moment(0, "")}},
		{"and must have -512", []part{second(512), page512, moment(-512, "")}},
		{"not what it was at that moment", []part{second(512), page512, {tar.Header{Name: "pages/000001"}, change(2)}, moment(1024, "00")}},
		{"made by a newer Jarchi", []part{head(1, store.Schema()+1, 8)}},
	} {
		dir := filepath.Join(t.TempDir(), "r")
		_, err := backup.Restore(ctx, bytes.NewReader(forged(t, c.parts...)), dir)
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%v\nwant: %s", err, c.says)
		}
		if c.parts[0].body == second(512).body { // what pages make is looked at by verify too
			if _, err := backup.Verify(ctx, bytes.NewReader(forged(t, c.parts...))); err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("verify: %v\nwant: %s", err, c.says)
			}
		}
		empty(t, filepath.Dir(dir))
	}
	// A version that this program does not know is believed only of bytes that were written.
	for _, h := range []part{head(4, 1, 8), head(1, store.Schema()+1, 8)} {
		b := forged(t, h, db)
		for what, b := range map[string][]byte{"another seal": changed(b, len(b)-5), "cut": b[:len(b)-5]} {
			if _, err := backup.Verify(ctx, bytes.NewReader(b)); fault.KindOf(err) != fault.Corrupt {
				t.Errorf("%s: %v", what, err)
			}
		}
	}
}

// TestFilesThatAreNotThere: what was erased since the database was copied is left out in silence; what is
// lost or damaged is told, and the back-up is whole without it.
func TestFilesThatAreNotThere(t *testing.T) {
	t.Parallel()
	n := filled(t)
	from, _, err := store.ReadBeside(ctx, n.Dir, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	place := func(word string) string {
		h := blob.Hash(large(word))
		return filepath.Join(n.Dir, "blobs", h[:2], h[2:])
	}
	db, err := sql.Open("sqlite", "file:"+filepath.Join(n.Dir, "jarchi.db")+"?_pragma=busy_timeout(10000)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	erase := func() {
		if _, err := db.Exec("delete from raw where hash = $1", blob.Hash(large("ferry"))); err != nil {
			t.Fatal(err)
		}
		os.Remove(place("ferry"))
	}
	os.WriteFile(place("tramway"), []byte("something else"), 0o600)
	blobs, err := blob.OpenDir(filepath.Join(n.Dir, "blobs"))
	if err != nil {
		t.Fatal(err)
	}
	defer blobs.Close()
	var b bytes.Buffer
	rep, err := backup.Write(ctx, &b, from, &whenOpened{Store: blobs, do: erase}, testkit.Start)
	if err != nil || rep.Erased != 1 || rep.Files != 0 || len(rep.Missing) != 1 || rep.Missing[0] != (backup.Missing{Hash: blob.Hash(large("tramway")), Why: "its bytes are damaged"}) {
		t.Fatal(rep, err)
	}
	seen, err := backup.Verify(ctx, &b)
	if err != nil || len(seen.Missing) != 1 || seen.Missing[0] != rep.Missing[0] {
		t.Error(seen, err)
	}
	os.Remove(place("tramway"))
	if _, rep, err := write(t, n.Dir); err != nil || len(rep.Missing) != 1 || rep.Missing[0].Why != "it is not where files lie" {
		t.Error(rep, err)
	}
}

// whenOpened does something when the first file is opened.
type whenOpened struct {
	blob.Store
	do func()
}

func (w *whenOpened) Open(ctx context.Context, hash string) (io.ReadSeekCloser, error) {
	if w.do != nil {
		w.do()
		w.do = nil
	}
	return w.Store.Open(ctx, hash)
}

// TestTheFirstFormat: back-ups of before the database was copied in pieces are restored.
func TestTheFirstFormat(t *testing.T) {
	t.Parallel()
	zip, err := gzip.NewReader(bytes.NewReader(whole(t, testkit.Open(t).Dir)))
	if err != nil {
		t.Fatal(err)
	}
	zip.Multistream(false)
	var db []byte
	for r := tar.NewReader(zip); db == nil; {
		h, err := r.Next()
		if err != nil {
			t.Fatal(err)
		}
		if h.Name == "jarchi.db" {
			db, err = io.ReadAll(r)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	parts := []part{{tar.Header{Name: "backup.json"}, fmt.Sprintf(`{"format":1,"schema":%d,"databaseBytes":%d,"logs":[{"name":"alfa-public","size":0,"root":""}]}`, store.Schema(), len(db))},
		{tar.Header{Name: "jarchi.db"}, string(db)}}
	var lines strings.Builder
	for _, p := range parts {
		fmt.Fprintf(&lines, `{"name":%q,"size":%d,"sha256":"%x"}`+"\n", p.Name, len(p.body), sha256.Sum256([]byte(p.body)))
	}
	dir := filepath.Join(t.TempDir(), "r")
	rep, err := backup.Restore(ctx, bytes.NewReader(forged(t, append(parts, part{tar.Header{Name: "manifest.jsonl"}, lines.String()})...)), dir)
	if err != nil || len(rep.Logs) != 1 || rep.Database != int64(len(db)) {
		t.Fatal(rep, err)
	}
	got, err := os.ReadFile(filepath.Join(dir, "jarchi.db"))
	if err != nil || !bytes.Equal(got, db) {
		t.Error("the database is another one", err)
	}
}

// failing writes so many bytes and then says what a full disk does.
type failing struct {
	w    io.Writer
	room int
	err  error
}

func (f *failing) Write(p []byte) (int, error) {
	if f.room -= len(p); f.room < 0 {
		return 0, f.err
	}
	return f.w.Write(p)
}

// TestNoHalfFile: a full disk and an interruption leave what was there before.
func TestNoHalfFile(t *testing.T) {
	t.Parallel()
	n := filled(t)
	dir := t.TempDir()
	name := filepath.Join(dir, "b.tar.gz")
	make := func(ctx context.Context, room int, failure error) error {
		from, _, err := store.ReadBeside(context.Background(), n.Dir, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer from.Close()
		blobs, err := blob.OpenDir(filepath.Join(n.Dir, "blobs"))
		if err != nil {
			t.Fatal(err)
		}
		defer blobs.Close()
		return backup.ToFile(name, func(w io.Writer) error {
			_, err := backup.Write(ctx, &failing{w, room, failure}, from, blobs, testkit.Start)
			return err
		})
	}
	size := len(whole(t, n.Dir))
	stopped, stop := context.WithCancel(ctx)
	stop()
	fail := func(left int) {
		t.Helper()
		for _, room := range []int{0, 10, size / 2, size - 1} {
			if err := make(ctx, room, syscall.ENOSPC); fault.KindOf(err) != fault.Unavailable || !strings.Contains(err.Error(), "is full") {
				t.Error(err)
			}
		}
		if err := make(stopped, 1<<30, nil); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		if entries, _ := os.ReadDir(dir); len(entries) != left {
			t.Error("there is", entries)
		}
	}
	fail(0)
	os.WriteFile(name+".new", whole(t, n.Dir)[:1000], 0o644) // what a crash left
	if err := make(ctx, 1<<30, nil); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
		t.Error(info.Mode(), err)
	}
	fail(1)
	b, err := os.ReadFile(name)
	if err != nil || !bytes.Equal(b, whole(t, n.Dir)) {
		t.Error("the back-up that was there is another now", err)
	}
	os.WriteFile(name, []byte("a letter"), 0o600)
	if err := make(ctx, 1<<30, nil); fault.KindOf(err) != fault.Conflict {
		t.Error(err)
	}
}

// TestErasedWordsAreNotThere makes a back-up right after an erasure, while the node has the words still in
// its write-ahead log and perhaps in the search index, and after one that moved rows about.
func TestErasedWordsAreNotThere(t *testing.T) {
	t.Parallel()
	n := testkit.Open(t)
	alfa := testkit.Viewer("alfa")
	create := func(headline, body string) wire.ReleaseID {
		t.Helper()
		r, err := n.Publish.Create(ctx, alfa, testkit.Input(map[lang.Tag][2]string{lang.EN: {headline, body}}))
		if err != nil {
			t.Fatal(err)
		}
		return r.ID
	}
	for round := range 3 {
		var gone []wire.ReleaseID
		for i := range 60 {
			create("Neighbour stays", "A body that stays where it is. "+strings.Repeat("And more. ", i*7))
			if i%10 == 0 {
				gone = append(gone, create("Secretword headline", "Body with verborgenwort inside. "+strings.Repeat("Long filling so that the row overflows its page. ", 30*i)))
			}
		}
		if found := restoredWith(t, n.Dir); len(found) == 0 {
			t.Fatal("the words are not there to begin with")
		}
		for _, id := range gone {
			if _, err := n.Publish.Erase(ctx, alfa, id, nil); err != nil {
				t.Fatal(err)
			}
		}
		if found := restoredWith(t, n.Dir); len(found) > 0 {
			t.Errorf("round %d: the words stand in %v", round, found)
		}
	}
}

// restoredWith is in which files of a restored back-up of dir the words of the test above are.
func restoredWith(t *testing.T, dir string) []string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "r")
	if _, err := backup.Restore(ctx, bytes.NewReader(whole(t, dir)), to); err != nil {
		t.Fatal(err)
	}
	return testkit.FilesWith(t, to, "verborgenwort", "ecretword")
}
