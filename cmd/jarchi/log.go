package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"text/tabwriter"

	xtlog "golang.org/x/mod/sumdb/tlog"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/tlog"
	"jarchi.dev/jarchi/internal/wire"
)

// LogCmd is 'jarchi log': what is provable in a data folder.
type LogCmd struct {
	Check   LogCheckCmd   `cmd:"" help:"Check every log, and every stored version against its log."`
	List    LogListCmd    `cmd:"" help:"List the logs with size, root and verifier key."`
	Confirm LogConfirmCmd `cmd:"" help:"After a restored back-up: state what others have last seen of a log."`
}

// LogCheckCmd is 'jarchi log check'.
type LogCheckCmd struct{ dataFlag }

// Help is shown by --help.
func (LogCheckCmd) Help() string {
	return `Reads every leaf, computes every hash of every tree again and compares the root with the signed
checkpoint and with what the guard file knows; then reads every version of every release, hashes its
bytes and opens the commitment that the log holds. Prints a line for each log. Ends with status 1 at
the first damage of a log, naming its place. Nothing that is stored is changed.

Example:

  $ jarchi log check --data ./wire`
}

// Run checks all logs, also after one is found damaged.
func (c LogCheckCmd) Run(std *Stdio) error {
	ctx := context.Background()
	f, err := openLogs(ctx, c.Data)
	if err != nil {
		return err
	}
	defer f.Close()
	logs, err := f.logs(ctx)
	if err != nil {
		return err
	}
	guard, err := openGuard(f.dir)
	if err != nil {
		text, _ := fault.Public(err)
		fmt.Fprintf(std.Err, "jarchi: the logs are not compared with the guard file: %s\n", text)
	}
	if guard != nil {
		defer guard.Close()
	}
	damaged := 0
	for _, l := range logs {
		rep, versions, err := l.check(ctx, guard)
		if err != nil {
			damaged++
			text, _ := fault.Public(err)
			fmt.Fprintf(std.Out, "%s: DAMAGED. %s\n", l.name, text)
			continue
		}
		fmt.Fprintf(std.Out, "%s: good. %d leaves, %d hashes, %d versions, root %s\n", l.name, rep.Leaves, rep.Hashes, versions, l.head.Root)
	}
	if damaged > 0 {
		return fault.E(fault.Corrupt, "%d of %d logs do not verify. Publish nothing more with this folder; restore it, or fetch what is missing from a mirror.", damaged, len(logs))
	}
	return nil
}

// openGuard opens the folder's guard file; nil without an error where there is none.
func openGuard(dir string) (*tlog.Guard, error) {
	path := filepath.Join(dir, "guard")
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return tlog.OpenGuard(path)
}

// check reads one log whole.
func (l storedLog) check(ctx context.Context, guard *tlog.Guard) (rep tlog.Report, versions int64, err error) {
	v, err := tlog.Verifier(l.verifier)
	if err != nil {
		return rep, 0, err
	}
	if v.Name() != l.origin {
		return rep, 0, fault.E(fault.Corrupt, "The key of the log %s is the key of %s.", l.origin, v.Name())
	}
	size, err := l.Size(ctx)
	if err != nil {
		return rep, 0, err
	}
	if len(l.checkpoint) > 0 || l.head.Size > 0 {
		if rep, err = tlog.CheckLog(ctx, l, l.checkpoint, v); err != nil {
			return rep, 0, err
		}
	} else {
		rep.Head, rep.Unsigned = tlog.EmptyHead(), size
	}
	switch {
	case rep.Unsigned > 0:
		return rep, 0, fault.E(fault.Corrupt, "There are %d leaves after the last signed one.", rep.Unsigned)
	case rep.Head != l.head:
		return rep, 0, fault.E(fault.Corrupt, "Its row says %d leaves and the root %s, its checkpoint signs %d and %s.", l.head.Size, l.head.Root, rep.Head.Size, rep.Head.Root)
	}
	if err := l.checkGuard(ctx, guard); err != nil {
		return rep, 0, err
	}
	versions, err = l.checkVersions(ctx, rep.Kinds[tlog.KindRelease]+rep.Kinds[tlog.KindUpdate]+rep.Kinds[tlog.KindCorrect])
	if err == nil {
		err = l.checkSeals(ctx)
	}
	return rep, versions, err
}

// checkGuard compares with what the guard file knows, as Guard.Check does, without moving it on.
func (l storedLog) checkGuard(ctx context.Context, guard *tlog.Guard) error {
	if guard == nil {
		return nil
	}
	known, ok := guard.Head(l.name)
	switch {
	case !ok:
		return nil // the next start says so
	case known.Size > l.head.Size:
		return fault.E(fault.Corrupt, "It had %d leaves when it was last signed, but here it has %d: the database is older than what others have seen.", known.Size, l.head.Size)
	}
	root, err := l.rootAt(ctx, known.Size)
	if err != nil {
		return err
	}
	if root != known.Root {
		return fault.E(fault.Corrupt, "At %d leaves its root was %s when it was signed, and is %s here: that would be a fork.", known.Size, known.Root, root)
	}
	return nil
}

// rootAt is the root that the stored hashes give for the first size leaves.
func (l storedLog) rootAt(ctx context.Context, size int64) (tlog.Hash, error) {
	if size == 0 {
		return tlog.EmptyHead().Root, nil
	}
	return xtlog.TreeHash(size, tlog.Reader(ctx, l))
}

// checkVersions opens the commitment of every version that was entered in this log. entered is the
// number of leaves that each record a version; every one of them must have its version.
func (l storedLog) checkVersions(ctx context.Context, entered int64) (n int64, err error) {
	rows, err := l.f.db.QueryContext(ctx, `select r.id, r.state, r.audience, i.id, i.language, v.n, v.bytes, v.manifest, v.salt, v.commitment, v.leaf, l.data
		from release r join item i on i.release = r.id join version v on v.item = i.id left join leaf l on l.log = $1 and l.idx = v.leaf
		where r.lead = $2`, l.id, l.member)
	if err != nil {
		return 0, l.f.fault(err)
	}
	defer rows.Close()
	for rows.Next() {
		var v storedVersion
		var class wire.AudienceClass
		if err := rows.Scan(&v.release, &v.state, &class, &v.item, &v.language, &v.n, &v.bytes, &v.manifest, &v.salt, &v.commitment, &v.leaf, &v.data); err != nil {
			return n, l.f.fault(err)
		}
		v.audience = string(class)
		if (wire.Audience{Class: class}).LogClass() != l.class {
			continue
		}
		if err := v.check(); err != nil {
			return n, err
		}
		if v.leaf >= 0 {
			n++
		}
	}
	if err := rows.Err(); err != nil {
		return n, l.f.fault(err)
	}
	if n != entered {
		return n, fault.E(fault.Corrupt, "%d of its leaves record a version, but the database has %d such versions.", entered, n)
	}
	return n, nil
}

// checkSeals opens the seal of every release that is under embargo: its versions stand in no leaf of
// their own yet, and the seal is what commits to them.
func (l storedLog) checkSeals(ctx context.Context) error {
	rows, err := l.f.db.QueryContext(ctx, `select r.id, r.audience, r.seal_leaf, r.seal_salt, v.commitment, l.data
		from release r join item i on i.release = r.id join version v on v.item = i.id left join leaf l on l.log = $1 and l.idx = r.seal_leaf
		where r.lead = $2 and r.state = $3 order by r.id, i.ordinal, v.n`, l.id, l.member, string(wire.Embargoed))
	if err != nil {
		return l.f.fault(err)
	}
	defer rows.Close()
	var s seal
	for rows.Next() {
		var next seal
		var class wire.AudienceClass
		var commitment []byte
		if err := rows.Scan(&next.release, &class, &next.leaf, &next.salt, &commitment, &next.data); err != nil {
			return l.f.fault(err)
		}
		if (wire.Audience{Class: class}).LogClass() != l.class {
			continue
		}
		if next.release != s.release {
			if err := s.check(); err != nil {
				return err
			}
			s = next
		}
		if len(commitment) == sha256.Size {
			s.commits = append(s.commits, [sha256.Size]byte(commitment))
		}
	}
	if err := rows.Err(); err != nil {
		return l.f.fault(err)
	}
	return s.check()
}

// seal is the seal of one release with the commitments of its versions, in order.
type seal struct {
	release    string
	leaf       int64
	salt, data []byte
	commits    [][sha256.Size]byte
}

func (s seal) check() error {
	if s.release == "" {
		return nil
	}
	leaf, err := tlog.ParseLeaf(s.data)
	if err != nil || leaf.Kind != tlog.KindSeal {
		return fault.E(fault.Corrupt, "Release %s is under embargo, but leaf %d, which it names, is not its seal.", s.release, s.leaf)
	}
	if len(s.salt) == len(tlog.Salt{}) {
		if c := tlog.CommitSeal(tlog.Salt(s.salt), s.commits); bytes.Equal(c[:], leaf.Commit) {
			return nil
		}
	}
	return fault.E(fault.Corrupt, "Release %s: its versions do not open its seal, leaf %d.", s.release, s.leaf)
}

// storedVersion is a version with the leaf that it names.
type storedVersion struct {
	release, item, language, audience       string
	state                                   wire.State
	n                                       int
	bytes, manifest, salt, commitment, data []byte
	leaf                                    int64
}

func (v storedVersion) check() error {
	damage := func(format string, args ...any) error {
		return fault.E(fault.Corrupt, "Version %d of item %s in release %s: %s", v.n, v.item, v.release, fmt.Sprintf(format, args...))
	}
	switch {
	case v.commitment == nil && (v.state == wire.Released || v.state == wire.Embargoed):
		return damage("it was released without a commitment.")
	case v.commitment == nil:
		return nil // a draft
	case v.leaf < 0 && v.state == wire.Released:
		return damage("it was released, but stands in no log.")
	case v.manifest == nil && (v.bytes != nil || v.state == wire.Released || v.state == wire.Embargoed):
		return damage("its manifest is missing.")
	case v.bytes == nil && (v.state == wire.Released || v.state == wire.Embargoed):
		return damage("its bytes are missing.")
	}
	if v.leaf >= 0 {
		leaf, err := tlog.ParseLeaf(v.data)
		if err != nil {
			return damage("the leaf %d that it names is missing or damaged.", v.leaf)
		}
		if leaf.ID != v.item || leaf.Version != v.n || !bytes.Equal(leaf.Commit, v.commitment) {
			return damage("the leaf %d that it names records something else.", v.leaf)
		}
	}
	if v.manifest == nil {
		return nil // erased: nothing opens the commitment any more
	}
	m, err := tlog.ParseManifest(v.manifest)
	if err != nil {
		return damage("its manifest is damaged.")
	}
	if m.Release != v.release || m.Item != v.item || m.Version != v.n || m.Language != v.language || m.Audience != v.audience {
		return damage("its manifest is another one's.")
	}
	if len(v.salt) != len(tlog.Salt{}) {
		return damage("its salt is damaged.")
	}
	if c := tlog.Commit(tlog.Salt(v.salt), m); !bytes.Equal(c[:], v.commitment) {
		return damage("its manifest does not open its commitment.")
	}
	if v.bytes != nil && (int64(len(v.bytes)) != m.Length || sha256.Sum256(v.bytes) != m.SHA256) {
		return damage("its bytes are not those that were released.")
	}
	return nil
}

// LogListCmd is 'jarchi log list'.
type LogListCmd struct{ dataFlag }

// Help is shown by --help.
func (LogListCmd) Help() string {
	return `Prints a line for each log: name, number of leaves, root, verifier key. The key is what
'jarchi verify --key' takes; hand it to others yourself, not through the server they want to check.

Example:

  $ jarchi log list --data ./wire`
}

// Run lists the logs.
func (c LogListCmd) Run(std *Stdio) error {
	ctx := context.Background()
	f, err := openLogs(ctx, c.Data)
	if err != nil {
		return err
	}
	defer f.Close()
	logs, err := f.logs(ctx)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(std.Out, 0, 0, 2, ' ', 0)
	for _, l := range logs {
		fmt.Fprintf(w, "%s\t%d\t%s\t%s\n", l.name, l.head.Size, l.head.Root, l.verifier)
	}
	return w.Flush()
}

// LogConfirmCmd is 'jarchi log confirm'.
type LogConfirmCmd struct {
	dataFlag
	Log  string `required:"" placeholder:"NAME" help:"The log, like newsroom-public."`
	Size int64  `required:"" help:"The number of leaves that others have last seen."`
	Root string `required:"" placeholder:"BASE64" help:"The root at that size, as their checkpoint states it."`
}

// Help is shown by --help.
func (LogConfirmCmd) Help() string {
	return `A node remembers in the file 'guard' how far each of its logs was signed, so that it never signs two
different histories. After a move or a restored back-up that file must be moved away, and each log is
confirmed with the size and root of its newest checkpoint that a witness, a mirror or a partner has:
never with what this folder says about itself. The root must be that of this folder's own log at that
size. A confirmed log cannot be confirmed again.

Example:

  $ mv ./wire/guard ./guard.old
  $ jarchi log confirm --data ./wire --log newsroom-public --size 8114 --root 5Yk1b3Jc0nJk0bq3p1mXyS9v1sQ2xk0oW7n8rK1yq2M=`
}

// Run enters the log in the guard file.
func (c LogConfirmCmd) Run(std *Stdio) error {
	var root tlog.Hash
	given, err := base64.StdEncoding.DecodeString(c.Root)
	if err != nil || len(given) != len(root) {
		return fault.Field("--root", "A root is 32 bytes in base64, 44 characters.")
	}
	copy(root[:], given)
	ctx := context.Background()
	f, err := openLogs(ctx, c.Data)
	if err != nil {
		return err
	}
	defer f.Close()
	logs, err := f.logs(ctx)
	if err != nil {
		return err
	}
	for _, l := range logs {
		if l.name == c.Log {
			return l.confirm(ctx, std, tlog.Head{Size: c.Size, Root: root})
		}
	}
	return fault.Field("--log", "There is no log %q here; 'jarchi log list' names them.", c.Log)
}

// confirm compares first: what the guard file is once told cannot be taken back.
func (l storedLog) confirm(ctx context.Context, std *Stdio, seen tlog.Head) error {
	if seen.Size < 0 {
		return fault.Field("--size", "A log has no negative number of leaves.")
	}
	if seen.Size > l.head.Size {
		return fault.E(fault.Conflict, "Others have seen %d leaves, but the log %s has %d here: this back-up is too old to go on signing. Bring back a newer one, or fetch the missing leaves from a mirror.", seen.Size, l.name, l.head.Size)
	}
	root, err := l.rootAt(ctx, seen.Size)
	if err != nil {
		return err
	}
	if root != seen.Root {
		return fault.E(fault.Conflict, "At %d leaves the log %s has the root %s here. If others have seen the one you gave, this is not the log they know, and nothing may be signed with it.", seen.Size, l.name, root)
	}
	guard, err := tlog.OpenGuard(filepath.Join(l.f.dir, "guard"))
	if err != nil {
		return err
	}
	defer guard.Close()
	if err := guard.Confirm(l.name, seen.Size, seen.Root); err != nil {
		return err
	}
	fmt.Fprintf(std.Err, "Confirmed: %s at %d leaves; it has %d here.\n", l.name, seen.Size, l.head.Size)
	return nil
}
