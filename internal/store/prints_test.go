package store_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/jobs"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/search"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/story"
)

// words is a text of n words that no other has.
func words(r *rand.Rand, n int) string {
	var b strings.Builder
	for range n {
		fmt.Fprintf(&b, "w%d ", r.IntN(1_000_000))
	}
	return b.String()
}

// enter puts a document into the index of words and draws its sketch, as the job does, noting what it uses.
func enter(t testing.TB, s *store.Store, position int64, text string) []story.Reuse {
	t.Helper()
	if err := s.Write(ctx, func(tx *store.Tx) error {
		return tx.Index(position, store.IndexDoc{Doc: search.Document(lang.EN, "Headline", []string{text}), Marks: "xa0 xlen"})
	}); err != nil {
		t.Fatal(err)
	}
	return draw(t, s, store.DocID(position, 0), text)
}

func draw(t testing.TB, s *store.Store, doc int64, text string) []story.Reuse {
	t.Helper()
	sketch := story.Draw(lang.EN, text)
	of := story.Compare(sketch, near(t, s, doc, text))
	if err := s.PutSketches(ctx, []store.Sketched{{DuePrint: dueOf(t, s, doc), Sketch: sketch, Of: of}}, jobs.Job{}); err != nil {
		t.Fatal(err)
	}
	return of
}

// dueOf is what is due of a document; the zero DuePrint if nothing is.
func dueOf(t testing.TB, s *store.Store, doc int64) store.DuePrint {
	t.Helper()
	all, err := s.DuePrints(ctx, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range all {
		if d.Doc == doc {
			return d
		}
	}
	return store.DuePrint{Doc: doc}
}

func near(t testing.TB, s *store.Store, doc int64, text string) []story.Candidate {
	t.Helper()
	if err := s.LoadPrints(ctx); err != nil {
		t.Fatal(err)
	}
	cs, err := s.NearPrints(ctx, doc, story.Hashes(story.Draw(lang.EN, text).Prints()))
	if err != nil {
		t.Fatal(err)
	}
	return cs
}

// kept counts the rows in which something of a document stands: sketches, postings, uses, what is due.
func kept(t testing.TB, dir string, doc int64) (rows int) {
	t.Helper()
	db := direct(t, dir)
	if err := db.QueryRow(`select (select count(*) from sketch where doc = $1) + (select count(*) from reuse where doc = $1 or earlier = $1) +
		(select count(*) from print_due where doc = $1)`, doc).Scan(&rows); err != nil {
		t.Fatal(err)
	}
	known := map[uint32]bool{}
	ids, err := db.Query("select id from sketch where doc <> $1", doc)
	if err != nil {
		t.Fatal(err)
	}
	for ids.Next() {
		var id uint32
		if err := ids.Scan(&id); err != nil {
			t.Fatal(err)
		}
		known[id] = true
	}
	buckets, err := db.Query("select postings from print_bucket")
	if err != nil {
		t.Fatal(err)
	}
	for buckets.Next() {
		var b []byte
		if err := buckets.Scan(&b); err != nil {
			t.Fatal(err)
		}
		for _, p := range story.PostingsOf(b) {
			if !known[story.DocOf(p)] {
				rows++
			}
		}
	}
	return rows
}

// TestPrints: copies are found among the prints that wait and those that are in their rows, after many rounds and after a
// restart; what leaves the index leaves nothing behind.
func TestPrints(t *testing.T) { onBoth(t, testPrints) }

func testPrints(t *testing.T) {
	if testing.Short() {
		t.Skip("one step after the other: nothing for the race detector")
	}
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	s.SetPrintRound(100)
	r := rand.New(rand.NewPCG(4, 4))
	var texts []string
	const n = 220 // two rounds and a bit
	for i := range n {
		text := words(r, 60)
		if i%20 == 10 {
			text = texts[i/2]
		}
		texts = append(texts, text)
		of := enter(t, s, int64(i+1), text)
		if want := i%20 == 10; want != (len(of) == 1) || want && (of[0].Doc != store.DocID(int64(i/2+1), 0) || of[0].Kind != story.Copy) {
			t.Fatalf("text %d uses %+v", i, of)
		}
	}
	found := func(i int) bool {
		cs := near(t, s, store.DocID(int64(n+10), 0), texts[i])
		return slices.ContainsFunc(cs, func(c story.Candidate) bool { return c.Doc == store.DocID(int64(i+1), 0) && c.Shared > 15 })
	}
	all := func(when string, but ...int) {
		t.Helper()
		for i := 0; i < n; i += 7 {
			if found(i) == slices.Contains(but, i) {
				t.Fatalf("%s: text %d found: %v", when, i, found(i))
			}
		}
	}
	all("as written")
	// One that is in the rows, one that waits, one that was copied and one that copied it.
	gone := []int{7, 217, 35, 70} // 70 is the copy of 35
	enter(t, s, int64(n+1), texts[35])
	for _, i := range gone {
		if kept(t, dir, store.DocID(int64(i+1), 0)) == 0 {
			t.Errorf("nothing was kept of %d", i)
		}
		if err := s.Write(ctx, func(tx *store.Tx) error { return tx.Unindex(int64(i+1), 0) }); err != nil {
			t.Fatal(err)
		}
		if rows := kept(t, dir, store.DocID(int64(i+1), 0)); rows != 0 {
			t.Errorf("%d rows are left of %d", rows, i)
		}
	}
	all("after some left", gone...)
	for range 110 { // their buckets have their turn
		enter(t, s, int64(n+2+r.IntN(1_000_000)), words(r, 40))
	}
	for _, i := range gone {
		if rows := kept(t, dir, store.DocID(int64(i+1), 0)); rows != 0 {
			t.Errorf("%d rows of %d came back", rows, i)
		}
	}
	s.Close()
	s = open(t, dir)
	all("after a restart", gone...)
}

// TestPrintsOfNewWords: a text that changes is known by its new words; who used the old ones stays noted.
func TestPrintsOfNewWords(t *testing.T) { onBoth(t, testPrintsOfNewWords) }

func testPrintsOfNewWords(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	r := rand.New(rand.NewPCG(6, 6))
	old, changed := words(r, 80), words(r, 80)
	enter(t, s, 1, old)
	if of := enter(t, s, 2, old); len(of) != 1 {
		t.Fatal(of)
	}
	enter(t, s, 1, changed)
	if cs := near(t, s, store.DocID(9, 0), old); len(cs) != 1 || cs[0].Doc != store.DocID(2, 0) {
		t.Errorf("old words: %+v", cs)
	}
	if cs := near(t, s, store.DocID(9, 0), changed); len(cs) != 1 || cs[0].Doc != store.DocID(1, 0) {
		t.Errorf("new words: %+v", cs)
	}
	db := direct(t, dir)
	var later int64
	var kind string
	var passages, older []byte
	if err := db.QueryRow("select doc, kind, passages, older_passages from reuse where earlier = $1", store.DocID(1, 0)).Scan(&later, &kind, &passages, &older); err != nil {
		t.Fatal(err)
	}
	n, mine := store.UnpackPassages(passages)
	m, theirs := store.UnpackPassages(older)
	if later != store.DocID(2, 0) || kind != string(story.Copy) || n != 1 || len(mine) != 1 || mine[0] != (store.Passage{To: 80}) || m != 0 || theirs != nil {
		t.Errorf("%d %s, passages of the later %d %v, of the earlier's new words %d %v", later, kind, n, mine, m, theirs)
	}
}

// TestPrintsOfAFamily: what many copied is held by many, and is found still; what many have that are no copies is not.
func TestPrintsOfAFamily(t *testing.T) { onBoth(t, testPrintsOfAFamily) }

func testPrintsOfAFamily(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	r := rand.New(rand.NewPCG(3, 8))
	statement, legal := words(r, 120), words(r, 14)
	for p := int64(1); p <= 10; p++ {
		enter(t, s, p, statement)
	}
	for p := int64(11); p <= 20; p++ {
		enter(t, s, p, words(r, 100)+legal+words(r, 100))
	}
	quoted := words(r, 150) + strings.Join(strings.Fields(statement)[40:70], " ") + " " + legal + words(r, 150)
	of := enter(t, s, 21, quoted)
	if len(of) != 10 || of[0].Doc != store.DocID(1, 0) || of[0].Kind != story.Quote {
		t.Errorf("%d: %+v", len(of), of)
	}
	for _, u := range of {
		if u.Doc > store.DocID(10, 0) {
			t.Errorf("linked by what everybody has: %+v", u)
		}
	}
}

// TestPrintsComeLate: a document that left before its sketch was drawn gets none, and one that changed meanwhile is
// due again.
func TestPrintsComeLate(t *testing.T) { onBoth(t, testPrintsComeLate) }

func testPrintsComeLate(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	r := rand.New(rand.NewPCG(8, 8))
	text := words(r, 50)
	index := func(position int64, body string) {
		t.Helper()
		if err := s.Write(ctx, func(tx *store.Tx) error {
			return tx.Index(position, store.IndexDoc{Doc: search.Document(lang.EN, "", []string{body}), Marks: "xa0"})
		}); err != nil {
			t.Fatal(err)
		}
	}
	for p := int64(1); p <= 3; p++ {
		index(p, text)
	}
	var all []store.Sketched
	for p := int64(1); p <= 3; p++ {
		all = append(all, store.Sketched{DuePrint: dueOf(t, s, store.DocID(p, 0)), Sketch: story.Draw(lang.EN, text)})
	}
	index(1, "")           // withdrawn: marks alone
	index(2, words(r, 50)) // changed
	if err := s.LoadPrints(ctx); err != nil {
		t.Fatal(err)
	}
	if err := s.PutSketches(ctx, all, jobs.Job{}); err != nil {
		t.Fatal(err)
	}
	if n := kept(t, dir, all[0].Doc); n != 0 {
		t.Errorf("%d rows of what was withdrawn", n)
	}
	if d := dueOf(t, s, all[1].Doc); d.ID == 0 || d.ID == all[1].ID {
		t.Errorf("what changed is not due: %+v", d)
	}
	if cs := near(t, s, store.DocID(9, 0), text); len(cs) != 1 || cs[0].Doc != all[2].Doc {
		t.Errorf("%+v", cs)
	}
}

// TestPrintsJobEnds: the job goes with the last that is due, and stays while another is.
func TestPrintsJobEnds(t *testing.T) { onBoth(t, testPrintsJobEnds) }

func testPrintsJobEnds(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	for p := int64(1); p <= 2; p++ {
		if err := s.Write(ctx, func(tx *store.Tx) error {
			return tx.Index(p, store.IndexDoc{Doc: search.Document(lang.EN, "", []string{"a text of a few words"})})
		}); err != nil {
			t.Fatal(err)
		}
	}
	q := s.Jobs()
	due, err := q.NextDue(ctx)
	if err != nil {
		t.Fatal(err)
	}
	claimed, err := q.Claim(ctx, due, 4)
	if err != nil || len(claimed) != 1 || claimed[0].Kind != store.JobPrints {
		t.Fatal(claimed, err)
	}
	if err := s.LoadPrints(ctx); err != nil {
		t.Fatal(err)
	}
	for i, doc := range []int64{store.DocID(1, 0), store.DocID(2, 0)} {
		if err := s.PutSketches(ctx, []store.Sketched{{DuePrint: dueOf(t, s, doc)}}, claimed[0]); err != nil {
			t.Fatal(err)
		}
		if renewed, err := q.Renew(ctx, claimed[0], due); err != nil || renewed != (i == 0) {
			t.Errorf("after %d: still there %v, %v", i+1, renewed, err)
		}
	}
}

// TestPrintsOfAFormerVersion: sketches that were drawn otherwise are all due again, the earliest first, and nothing of
// them stays.
func TestPrintsOfAFormerVersion(t *testing.T) { onBoth(t, testPrintsOfAFormerVersion) }

func testPrintsOfAFormerVersion(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	text := words(rand.New(rand.NewPCG(9, 9)), 60)
	enter(t, s, 1, text)
	if of := enter(t, s, 2, text); len(of) != 1 {
		t.Fatal(of)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := direct(t, dir).Exec("update sketch set units = $1", []byte{1, 2, 4}); err != nil {
		t.Fatal(err)
	}
	s = open(t, dir)
	planned := func() (n int) { // jobs that draw, and does them
		t.Helper()
		js, err := s.Jobs().Claim(ctx, time.Now().Add(time.Hour), 9)
		if err != nil {
			t.Fatal(err)
		}
		for _, j := range js {
			if err := s.Jobs().Finish(ctx, j); err != nil {
				t.Fatal(err)
			}
			if j.Kind == store.JobPrints {
				n++
			}
		}
		return n
	}
	planned() // of the texts that came
	for range 2 {
		if err := s.PlanPrints(ctx); err != nil {
			t.Fatal(err)
		}
	}
	if n := planned(); n != 1 {
		t.Errorf("%d jobs at the start: nobody draws them before a text comes", n)
	}
	if cs := near(t, s, store.DocID(9, 0), text); len(cs) != 0 {
		t.Errorf("compared with what was drawn otherwise: %+v", cs)
	}
	if of, err := s.ReuseOf(ctx, access.Viewer{}, store.DocID(2, 0), true, 9); err != nil || len(of) != 0 {
		t.Error(of, err)
	}
	due, err := s.DuePrints(ctx, 9)
	if err != nil || len(due) != 2 || due[0].Doc != store.DocID(1, 0) {
		t.Fatal(due, err)
	}
	for _, d := range due {
		draw(t, s, d.Doc, text)
	}
	if cs := near(t, s, store.DocID(9, 0), text); len(cs) != 2 {
		t.Errorf("drawn again: %+v", cs)
	}
	planned() // of those that were due
	if err := s.PlanPrints(ctx); err != nil || planned() != 0 {
		t.Error("planned again", err)
	}
}

// TestPrintsOfAFormerVersionInSteps: however many there are, publishing goes on between the steps in which they go, the sketches last; what was cut off goes on,
// and an upgrade check names it as long as something is left.
func TestPrintsOfAFormerVersionInSteps(t *testing.T) { onBoth(t, testPrintsOfAFormerVersionInSteps) }

func testPrintsOfAFormerVersionInSteps(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	const texts, buckets = 600, 130
	if err := s.Write(ctx, func(tx *store.Tx) error {
		for i := range int64(texts) {
			if _, err := tx.Exec("insert into sketch (doc, prints, family, card, units) values ($1, 1, 0, $2, $3)", store.DocID(i+1, 0), []byte{}, []byte{1, 2, 4}); err != nil {
				return err
			}
		}
		for i := range buckets {
			if _, err := tx.Exec("insert into print_bucket (bucket, postings) values ($1, $2)", i*7, make([]byte, 8)); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	db := direct(t, dir)
	run := func(statements ...string) {
		t.Helper()
		for _, statement := range statements {
			if _, err := db.Exec(statement); err != nil {
				t.Fatal(err)
			}
		}
	}
	left := func() (sketches, postings, due int) {
		t.Helper()
		if err := db.QueryRow("select (select count(*) from sketch), (select count(*) from print_bucket), (select count(*) from print_due)").Scan(&sketches, &postings, &due); err != nil {
			t.Fatal(err)
		}
		return sketches, postings, due
	}
	told := func() int64 {
		t.Helper()
		u, err := store.UpgradeOf(ctx, dir, "")
		if err != nil {
			t.Fatal(err)
		}
		if len(u.Afterward) == 0 {
			return 0
		}
		return u.Afterward[0].Texts
	}
	stop := func(table, when string) {
		t.Helper()
		if _, ok := databases.Load(dir); ok {
			run("create or replace function stop() returns trigger language plpgsql as $$ begin raise exception 'stopped'; end $$",
				"create trigger stop before delete on "+table+" for each row when ("+when+") execute function stop()")
			return
		}
		run("create trigger stop before delete on " + table + " when " + when + " begin select raise(abort, 'stopped'); end")
	}
	goOn := func(table string) {
		t.Helper()
		if _, ok := databases.Load(dir); ok {
			run("drop trigger stop on " + table)
			return
		}
		run("drop trigger stop")
	}
	if told() != texts {
		t.Errorf("%d texts are told", told())
	}
	stop("print_bucket", "old.bucket >= 900")
	if err := s.LoadPrints(ctx); err == nil {
		t.Fatal("not stopped")
	}
	if sketches, postings, due := left(); sketches != texts || postings == 0 || postings == buckets || due != 0 {
		t.Errorf("stopped among the buckets: %d, %d, %d", sketches, postings, due)
	}
	goOn("print_bucket")
	stop("sketch", "old.id >= 500")
	if err := s.LoadPrints(ctx); err == nil {
		t.Fatal("not stopped")
	}
	sketches, postings, due := left()
	if sketches == 0 || sketches == texts || postings != 0 || due != texts-sketches || told() != int64(sketches) {
		t.Errorf("stopped among the sketches: %d, %d, %d, told %d", sketches, postings, due, told())
	}
	goOn("sketch")
	if err := s.LoadPrints(ctx); err != nil {
		t.Fatal(err)
	}
	if sketches, postings, due := left(); sketches != 0 || postings != 0 || due != texts || told() != 0 {
		t.Errorf("at the end: %d, %d, %d, told %d", sketches, postings, due, told())
	}
}
