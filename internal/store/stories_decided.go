package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/wire"
)

// What editors decided about stories. A decision says of pairs of reports that they are together or not. Which reports
// are one story follows from the decisions that stand and from what the machine linked, and from nothing else: of what
// editors said the latest word goes before, what contradicts a later one is passed over; then what was together stays so
// when another was taken out; then the machine's links in the order in which they were made, each unless it would bring
// together what is apart. So a decision that is taken back leaves no trace in the stories, and stories can be worked out
// again from the rows (arrange).

// DecisionKind is what was decided.
type DecisionKind string

// The kinds of decisions.
const (
	DecidedJoin DecisionKind = "join" // two stories are one
	DecidedMove DecisionKind = "move" // one report of a story belongs to another story
	DecidedPart DecisionKind = "part" // a report does not belong to a story
	DecidedUndo DecisionKind = "undo" // a decision is taken back
)

// StoryDecision is one decision. Reports are named by their positions.
type StoryDecision struct {
	Seq     int64  // its place among all decisions; never leaves the house
	ID      string // outside
	Kind    DecisionKind
	Subject int64 // the report that it is about
	Other   int64 // the one that it was joined with, or away from which it was taken
	Member  wire.MemberID
	By      people.UserID // empty: a token of the member
	At      time.Time
	Reason  string
	Undone  *StoryDecision // the one that took it back

	Apart []int64 // of those that part: what the subject does not belong with, at most MaxTogether
}

// The words of a pair, as they are stored.
const (
	wordNone     = 0
	wordTogether = 1
	wordApart    = -1
	wordStay     = 2
)

// maxArranged is how many reports one decision may bear upon.
const maxArranged = 20_000

// Faults of decisions.
var (
	ErrStoryChanged  = fault.E(fault.Conflict, "Another editor has decided about this story meanwhile. Look at it again.")
	errTogether      = fault.E(fault.Conflict, "These reports are in one story already.")
	errApart         = fault.E(fault.Conflict, "This report and that story are apart already.")
	errAlone         = fault.E(fault.Conflict, "This report is a story of its own already.")
	errUndone        = fault.E(fault.Conflict, "This decision was taken back already.")
	errNoDecision    = fault.E(fault.NotFound, "There is no such decision.")
	errStoryTooLarge = fault.E(fault.TooLarge, "More than %d reports hang together here: part some of them first.", maxArranged)
)

// pairWord is one word on two reports, the lower position first.
type pairWord struct{ low, high, word int64 }

func wordOn(a, b, word int64) pairWord { return pairWord{min(a, b), max(a, b), word} }

// arranged tells which of the reports are together: for each the lowest position of its story. words are those of the
// decisions that stand, the latest decision first; links are the machine's, the earliest first.
func arranged(reports []int64, words []pairWord, links [][2]int64) map[int64]int64 {
	of := make(map[int64]int64, len(reports))
	members := make(map[int64][]int64, len(reports))
	apart := map[int64]map[int64]bool{} // by story: stories with which it is not to be one
	for _, p := range reports {
		of[p], members[p] = p, []int64{p}
	}
	unite := func(a, b int64) {
		x, okx := of[a]
		y, oky := of[b]
		if !okx || !oky || x == y || apart[x][y] {
			return
		}
		if x > y {
			x, y = y, x
		}
		for _, p := range members[y] {
			of[p] = x
		}
		members[x] = append(members[x], members[y]...)
		delete(members, y)
		for z := range apart[y] {
			delete(apart[z], y)
			part(apart, x, z)
		}
		delete(apart, y)
	}
	for _, w := range words {
		switch w.word {
		case wordTogether:
			unite(w.low, w.high)
		case wordApart:
			x, okx := of[w.low]
			if y, oky := of[w.high]; okx && oky && x != y {
				part(apart, x, y)
			}
		}
	}
	for _, w := range words {
		if w.word == wordStay {
			unite(w.low, w.high)
		}
	}
	for _, l := range links {
		unite(l[0], l[1])
	}
	return of
}

func part(apart map[int64]map[int64]bool, a, b int64) {
	for _, k := range [][2]int64{{a, b}, {b, a}} {
		if apart[k[0]] == nil {
			apart[k[0]] = map[int64]bool{}
		}
		apart[k[0]][k[1]] = true
	}
}

// arrange works the stories out again that hang together with these reports by links, by what stands decided, or by being
// one story now.
func (t *Tx) arrange(seeds ...int64) error {
	type row struct{ story, together, gone int64 }
	rows := map[int64]row{}
	var reports []int64
	seen, stories := map[int64]bool{}, map[int64]bool{}
	queue := slices.Clone(seeds)
	for len(queue) > 0 {
		p := queue[0]
		if queue = queue[1:]; seen[p] {
			continue
		}
		if seen[p] = true; len(seen) > maxArranged {
			return errStoryTooLarge
		}
		var r row
		err := t.row("select story, together, gone from story_report where position = $1", []any{p}, &r.story, &r.together, &r.gone)
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err != nil {
			return err
		}
		rows[p], reports = r, append(reports, p)
		near, err := t.numbers(`select other from story_link where position = $1 union select position from story_link where other = $1
			union select low from story_pair p join story_decision d on d.id = p.decision where p.high = $1 and p.word > 0 and d.undone = 0
			union select high from story_pair p join story_decision d on d.id = p.decision where p.low = $1 and p.word > 0 and d.undone = 0`, p)
		if err != nil {
			return err
		}
		queue = append(queue, near...)
		if !stories[r.story] {
			stories[r.story] = true
			if near, err = t.numbers("select position from story_report where story = $1", r.story); err != nil {
				return err
			}
			queue = append(queue, near...)
		}
	}
	slices.Sort(reports)
	type decided struct {
		decision int64
		pairWord
	}
	var words []decided
	var links [][3]int64
	for _, p := range reports {
		found, err := t.query("select p.decision, p.low, p.high, p.word from story_pair p join story_decision d on d.id = p.decision where p.low = $1 and p.word <> 0 and d.undone = 0", p)
		if err != nil {
			return err
		}
		for found.Next() {
			var w decided
			if err := found.Scan(&w.decision, &w.low, &w.high, &w.word); err != nil {
				found.Close()
				return err
			}
			words = append(words, w)
		}
		if err := closeRows(found); err != nil {
			return err
		}
		if found, err = t.query("select id, other from story_link where position = $1", p); err != nil {
			return err
		}
		for found.Next() {
			l := [3]int64{0, p}
			if err := found.Scan(&l[0], &l[2]); err != nil {
				found.Close()
				return err
			}
			links = append(links, l)
		}
		if err := closeRows(found); err != nil {
			return err
		}
	}
	slices.SortFunc(words, func(a, b decided) int {
		return cmp.Or(cmp.Compare(b.decision, a.decision), cmp.Compare(b.word, a.word), cmp.Compare(a.low, b.low), cmp.Compare(a.high, b.high))
	})
	slices.SortFunc(links, func(a, b [3]int64) int { return cmp.Compare(a[0], b[0]) })
	bare, pairs := make([]pairWord, len(words)), make([][2]int64, len(links))
	for i, w := range words {
		bare[i] = w.pairWord
	}
	for i, l := range links {
		pairs[i] = [2]int64{l[1], l[2]}
	}
	of := arranged(reports, bare, pairs)
	living := map[int64]int{}
	for _, p := range reports {
		if rows[p].gone == 0 {
			living[of[p]]++
		}
	}
	for _, p := range reports {
		now := row{story: of[p], gone: rows[p].gone}
		if now.gone == 0 && living[of[p]] > 1 {
			now.together = 1
		}
		if now == rows[p] {
			continue
		}
		if _, err := t.exec("update story_report set story = $1, together = $2 where position = $3", now.story, now.together, p); err != nil {
			return err
		}
	}
	return nil
}

func (t *Tx) numbers(query string, args ...any) (out []int64, err error) {
	rows, err := t.query(query, args...)
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

// reportsWith are the reports of a report's story, those without a text too; the report gets a row if it has none yet.
func (t *Tx) reportsWith(position int64) (story int64, all []int64, err error) {
	if _, err := t.exec("insert into story_report (position, story, together) values ($1, $1, 0) on conflict (position) do nothing", position); err != nil {
		return 0, nil, err
	}
	if err := t.row("select story from story_report where position = $1", []any{position}, &story); err != nil {
		return 0, nil, err
	}
	all, err = t.numbers("select position from story_report where story = $1 order by position", story)
	return story, all, err
}

// unchanged refuses what was decided looking at stories about which somebody decided since: seen is LastStoryDecision as
// it was before they were read; negative, what is seen does not matter. What was decided since and taken back since leaves them as they were seen.
func (t *Tx) unchanged(seen int64, stories ...int64) error {
	if seen < 0 {
		return nil
	}
	for _, story := range stories {
		var last int64
		if err := t.row(`select coalesce(max(d.id), 0) from story_report r join story_pair p on p.low = r.position or p.high = r.position join story_decision d on d.id = p.decision
			where r.story = $1 and d.id > $2 and (d.kind = 'undo' and d.of <= $2 or d.kind <> 'undo' and d.undone = 0)`, []any{story, seen}, &last); err != nil {
			return err
		}
		if last > 0 {
			return ErrStoryChanged
		}
	}
	return nil
}

// JoinStories makes one story of that of d.Subject and that of d.Other; if alone, only the subject leaves its story for
// the other. What stands decided against it gives way. It refuses with a Conflict what is so already, and with
// ErrStoryChanged what was decided about since seen.
func (t *Tx) JoinStories(d StoryDecision, alone bool, seen int64) error {
	from, here, err := t.reportsWith(d.Subject)
	if err != nil {
		return err
	}
	to, there, err := t.reportsWith(d.Other)
	if err != nil {
		return err
	}
	if err := t.unchanged(seen, from, to); err != nil {
		return err
	}
	if from == to {
		return errTogether
	}
	if len(here)+len(there) > maxArranged {
		return errStoryTooLarge
	}
	words := []pairWord{wordOn(d.Subject, d.Other, wordTogether)}
	moving := here
	if d.Kind = DecidedJoin; alone && len(here) > 1 {
		d.Kind, moving = DecidedMove, []int64{d.Subject}
		words = append(words, takenOut(d.Subject, here)...)
	}
	for _, p := range moving { // what was said against it
		against, err := t.numbers(`select case when low = $1 then high else low end from story_pair p join story_decision d on d.id = p.decision
			where (low = $1 or high = $1) and word = -1 and undone = 0`, p)
		if err != nil {
			return err
		}
		for _, q := range against {
			if w := wordOn(p, q, wordTogether); slices.Contains(there, q) && !slices.Contains(words, w) {
				words = append(words, w)
			}
		}
	}
	if err := t.addDecision(&d, 0, words); err != nil {
		return err
	}
	return t.arrange(append(here, there...)...)
}

// takenOut says that a report does not belong with the others of its story, and that these stay together.
func takenOut(p int64, story []int64) (words []pairWord) {
	last := int64(-1)
	for _, q := range story {
		if q == p {
			continue
		}
		words = append(words, wordOn(p, q, wordApart))
		if last >= 0 {
			words = append(words, wordOn(last, q, wordStay))
		}
		last = q
	}
	return words
}

// PartStory says that d.Subject does not belong to the story of d.Other. If it is there, it becomes a story of its own and
// the others stay one. It refuses as JoinStories does.
func (t *Tx) PartStory(d StoryDecision, seen int64) error {
	from, _, err := t.reportsWith(d.Subject)
	if err != nil {
		return err
	}
	of, there, err := t.reportsWith(d.Other)
	if err != nil {
		return err
	}
	if err := t.unchanged(seen, from, of); err != nil {
		return err
	}
	words := takenOut(d.Subject, there)
	if from != of { // they stay as they are
		words = slices.DeleteFunc(words, func(w pairWord) bool { return w.word != wordApart })
	}
	if len(words) == 0 {
		return errAlone
	}
	if len(there) > maxArranged {
		return errStoryTooLarge
	}
	if from != of {
		said := 0
		for _, w := range words {
			var one bool
			if err := t.row("select exists (select 1 from story_pair p join story_decision d on d.id = p.decision where low = $1 and high = $2 and word = -1 and undone = 0)", []any{w.low, w.high}, &one); err != nil {
				return err
			}
			if one {
				said++
			}
		}
		if said == len(words) {
			return errApart
		}
	}
	d.Kind = DecidedPart
	if err := t.addDecision(&d, 0, words); err != nil {
		return err
	}
	return t.arrange(append(there, d.Subject)...)
}

// UndoStoryDecision takes the decision with d.ID's namesake back: of is its ID, d is who does it. The stories are as
// though it had not been made. It returns the decision, and refuses as JoinStories does: what others decided about these stories since seen may rest on it.
func (t *Tx) UndoStoryDecision(d StoryDecision, of string, seen int64) (was StoryDecision, err error) {
	var undone int64
	err = t.row("select id, kind, subject, other, undone from story_decision where name = $1", []any{of}, &was.Seq, &was.Kind, &was.Subject, &was.Other, &undone)
	if errors.Is(err, sql.ErrNoRows) || err == nil && was.Kind == DecidedUndo {
		return was, errNoDecision
	}
	if err != nil {
		return was, err
	}
	if undone != 0 {
		return was, errUndone
	}
	var words []pairWord
	var seeds []int64
	rows, err := t.query("select low, high from story_pair where decision = $1", was.Seq)
	if err != nil {
		return was, err
	}
	for rows.Next() {
		var w pairWord
		if err := rows.Scan(&w.low, &w.high); err != nil {
			rows.Close()
			return was, err
		}
		words, seeds = append(words, w), append(seeds, w.low, w.high)
	}
	if err := closeRows(rows); err != nil {
		return was, err
	}
	var stories []int64
	slices.Sort(seeds)
	seeds = slices.Compact(seeds)
	for _, p := range seeds {
		story, _, err := t.reportsWith(p)
		if err != nil {
			return was, err
		}
		if !slices.Contains(stories, story) {
			stories = append(stories, story)
		}
	}
	if err := t.unchanged(seen, stories...); err != nil {
		return was, err
	}
	d.Kind, d.Subject, d.Other = DecidedUndo, was.Subject, was.Other
	if err := t.addDecision(&d, was.Seq, words); err != nil {
		return was, err
	}
	if _, err := t.exec("update story_decision set undone = $1 where id = $2", d.Seq, was.Seq); err != nil {
		return was, err
	}
	return was, t.arrange(seeds...)
}

func (t *Tx) addDecision(d *StoryDecision, of int64, words []pairWord) error {
	if err := t.row(`insert into story_decision (name, kind, subject, other, member, person, at, reason, of, undone) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0) returning id`,
		[]any{d.ID, string(d.Kind), d.Subject, d.Other, string(d.Member), string(d.By), micros(d.At), d.Reason, of}, &d.Seq); err != nil {
		return err
	}
	for _, w := range words {
		if _, err := t.exec("insert into story_pair (decision, low, high, word) values ($1, $2, $3, $4)", d.Seq, w.low, w.high, w.word); err != nil {
			return err
		}
	}
	return nil
}

// forgetReasons drops what editors wrote about a report that has no text any more.
func (t *Tx) forgetReasons(position int64) error {
	_, err := t.exec("update story_decision set reason = '' where reason <> '' and id in (select decision from story_pair where low = $1 union select decision from story_pair where high = $1)", position)
	return err
}

// LastStoryDecision is the place of the latest decision; 0 if there is none.
func (s *Store) LastStoryDecision(ctx context.Context) (seq int64, err error) {
	err = s.r.QueryRowContext(ctx, "select coalesce(max(id), 0) from story_decision").Scan(&seq)
	return seq, err
}

const decisionColumns = "d.id, d.name, d.kind, d.subject, d.other, d.member, d.person, d.at, d.reason, u.id, u.name, u.member, u.person, u.at from story_decision d left join story_decision u on u.id = d.undone"

// StoryDecision finds a decision by its id; NotFound if there is none.
func (s *Store) StoryDecision(ctx context.Context, id string) (_ StoryDecision, err error) {
	defer fault.Wrap(&err, "find a decision")
	all, err := s.decisions(ctx, decisionColumns+" where d.name = $1 and d.kind <> 'undo'", id)
	if err == nil && len(all) == 0 {
		err = errNoDecision
	}
	if err != nil {
		return StoryDecision{}, err
	}
	return all[0], nil
}

// StoryDecisionsOn lists the decisions that say something of a report, those that were taken back too, the latest first,
// at most limit.
func (s *Store) StoryDecisionsOn(ctx context.Context, position int64, limit int) ([]StoryDecision, error) {
	return s.decisions(ctx, decisionColumns+` where d.kind <> 'undo'
		and d.id in (select decision from story_pair where low = $1 and word in (1, -1) union select decision from story_pair where high = $1 and word in (1, -1)) order by d.id desc limit +$2`, position, limit)
}

func (s *Store) decisions(ctx context.Context, columns string, args ...any) ([]StoryDecision, error) {
	all, err := list(ctx, s, func(scan func(...any) error) (d StoryDecision, err error) {
		var at int64
		var seq, undoneAt sql.NullInt64
		var name, member, person sql.NullString
		err = scan(&d.Seq, &d.ID, &d.Kind, &d.Subject, &d.Other, &d.Member, &d.By, &at, &d.Reason, &seq, &name, &member, &person, &undoneAt)
		if d.At = fromMicros(at); seq.Valid {
			d.Undone = &StoryDecision{Seq: seq.Int64, ID: name.String, Kind: DecidedUndo, Member: wire.MemberID(member.String), By: people.UserID(person.String), At: fromMicros(undoneAt.Int64)}
		}
		return d, err
	}, "select "+columns, args...)
	if err != nil {
		return nil, err
	}
	for i := range all {
		if all[i].Kind == DecidedJoin {
			continue
		}
		if all[i].Apart, err = s.positions(ctx, "select case when low = $1 then high else low end as p from story_pair where decision = $2 and word = -1 and (low = $1 or high = $1) order by p limit +$3",
			all[i].Subject, all[i].Seq, MaxTogether); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// StoryLink is what the machine linked: the report at Position to the one at Other.
type StoryLink struct {
	Position, Other int64
	Because         []byte // why, as whoever placed it wrote it; empty once either report has lost the words that it had
}

// link keeps that a report belongs to another one's story and puts it there, unless something was decided against it, or
// about where it belongs, since that was found. A link that is known gets its reasons anew.
func (t *Tx) link(l StoryLink) error {
	if l.Because == nil {
		l.Because = []byte{}
	}
	var readable bool
	if err := t.row("select exists (select 1 from story_text where doc between $1 and $2)", []any{DocID(l.Other, 0), DocID(l.Other+1, 0) - 1}, &readable); err != nil {
		return err
	}
	if !readable { // it left, or has other words by now
		l.Because = []byte{}
	}
	res, err := t.exec("update story_link set because = $3 where position = $1 and other = $2", l.Position, l.Other, l.Because)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n > 0 {
		return err
	}
	var here, there, company int64
	if err := t.row("select story from story_report where position = $1", []any{l.Position}, &here); err != nil {
		return err
	}
	err = t.row("select story from story_report where position = $1 and gone = 0", []any{l.Other}, &there)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := t.row("select count(*) from story_report where story = $1 and gone = 0", []any{here}, &company); err != nil || company > 1 {
		return err
	}
	var apart bool
	if err := t.row(storiesApart, []any{here, there}, &apart); err != nil || apart {
		return err
	}
	if _, err := t.exec("insert into story_link (position, other, because) values ($1, $2, $3)", l.Position, l.Other, l.Because); err != nil {
		return err
	}
	if _, err := t.exec("update story_report set story = $1 where story = $2", there, here); err != nil {
		return err
	}
	return t.settleStory(there)
}

// apartQuery asks whether a word that parts two reports of two stories stands, as what a later word overrules is within
// one story.
func apartQuery(story, other string) string {
	return `select exists (select 1 from story_report a join story_pair p on p.low = a.position or p.high = a.position join story_decision d on d.id = p.decision
		join story_report b on b.position = case when p.low = a.position then p.high else p.low end where a.story = ` + story + ` and b.story = ` + other + ` and p.word = -1 and d.undone = 0)`
}

var (
	storiesApart = apartQuery("$1", "$2")
	reportsApart = apartQuery("coalesce((select story from story_report where position = $1), $1)", "coalesce((select story from story_report where position = $2), $2)")
)

// StoriesApart reports whether it was decided that two reports' stories are not to be one.
func (s *Store) StoriesApart(ctx context.Context, a, b int64) (apart bool, err error) {
	err = s.r.QueryRowContext(ctx, reportsApart, a, b).Scan(&apart)
	return apart, err
}

// StoryLinks lists what a report was linked to and, if toIt, what was linked to it, the latest first, at most limit.
func (s *Store) StoryLinks(ctx context.Context, position int64, toIt bool, limit int) ([]StoryLink, error) {
	where := "position = $1"
	if toIt {
		where = "(position = $1 or other = $1)"
	}
	return list(ctx, s, func(scan func(...any) error) (l StoryLink, err error) {
		err = scan(&l.Position, &l.Other, &l.Because)
		return l, err
	}, "select position, other, because from story_link where "+where+" order by id desc limit +$2", position, limit)
}

// StoryDocs lists the documents of reports that are kept to be compared.
func (s *Store) StoryDocs(ctx context.Context, positions []int64) (out []int64, err error) {
	for _, p := range positions {
		docs, err := s.positions(ctx, "select doc from story_text where doc between $1 and $2 order by doc", DocID(p, 0), DocID(p+1, 0)-1)
		if err != nil {
			return nil, err
		}
		out = append(out, docs...)
	}
	return out, nil
}

// StoryTraits is what is kept of a document to compare it; nil if nothing is.
func (s *Store) StoryTraits(ctx context.Context, doc int64) (traits []byte, err error) {
	err = s.r.QueryRowContext(ctx, "select traits from story_text where doc = $1", doc).Scan(&traits)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return traits, err
}
