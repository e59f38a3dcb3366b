package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"

	xtlog "golang.org/x/mod/sumdb/tlog"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/tlog"
	"jarchi.dev/jarchi/internal/wire"
)

// Check reads one log whole: every leaf, every hash, the signed checkpoint, what the guard file knows of
// it (nil: nothing is compared), and every version that was entered in it. It says what it read and how
// many versions, or the first damage.
func (l StoredLog) Check(ctx context.Context, guard *tlog.Guard) (rep tlog.Report, versions int64, err error) {
	v, err := tlog.Verifier(l.VKey)
	if err != nil {
		return rep, 0, err
	}
	if v.Name() != l.Origin {
		return rep, 0, fault.E(fault.Corrupt, "The key of the log %s is the key of %s.", l.Origin, v.Name())
	}
	size, err := l.Size(ctx)
	if err != nil {
		return rep, 0, err
	}
	if len(l.Checkpoint) > 0 || l.Head.Size > 0 {
		if rep, err = tlog.CheckLog(ctx, l, l.Checkpoint, v); err != nil {
			return rep, 0, err
		}
	} else {
		rep.Head, rep.Unsigned = tlog.EmptyHead(), size
	}
	switch {
	case rep.Unsigned > 0:
		return rep, 0, fault.E(fault.Corrupt, "There are %d leaves after the last signed one.", rep.Unsigned)
	case rep.Head != l.Head:
		return rep, 0, fault.E(fault.Corrupt, "Its row says %d leaves and the root %s, its checkpoint signs %d and %s.", l.Head.Size, l.Head.Root, rep.Head.Size, rep.Head.Root)
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
func (l StoredLog) checkGuard(ctx context.Context, guard *tlog.Guard) error {
	if guard == nil {
		return nil
	}
	known, ok := guard.Head(l.Name)
	switch {
	case !ok:
		return nil // the next start says so
	case known.Size > l.Head.Size:
		return fault.E(fault.Corrupt, "It had %d leaves when it was last signed, but here it has %d: the database is older than what others have seen.", known.Size, l.Head.Size)
	}
	root, err := l.RootAt(ctx, known.Size)
	if err != nil {
		return err
	}
	if root != known.Root {
		return fault.E(fault.Corrupt, "At %d leaves its root was %s when it was signed, and is %s here: that would be a fork.", known.Size, known.Root, root)
	}
	return nil
}

// RootAt is the root that the stored hashes give for the first size leaves.
func (l StoredLog) RootAt(ctx context.Context, size int64) (tlog.Hash, error) {
	if size == 0 {
		return tlog.EmptyHead().Root, nil
	}
	return xtlog.TreeHash(size, tlog.Reader(ctx, l))
}

// checkVersions opens the commitment of every version that was entered in this log. entered is the
// number of leaves that each record a version; every one of them must have its version.
func (l StoredLog) checkVersions(ctx context.Context, entered int64) (n int64, err error) {
	rows, err := l.f.db.QueryContext(ctx, `select r.id, r.state, r.audience, i.id, i.language, v.n, v.bytes, v.manifest, v.salt, v.commitment, v.leaf, l.data
		from release r join item i on i.release = r.id join version v on v.item = i.id left join leaf l on l.log = $1 and l.idx = v.leaf
		where r.lead = $2`, l.id, string(l.Member))
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
		if tlog.Class((wire.Audience{Class: class}).LogClass()) != l.Class {
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
func (l StoredLog) checkSeals(ctx context.Context) error {
	rows, err := l.f.db.QueryContext(ctx, `select r.id, r.audience, r.seal_leaf, r.seal_salt, v.commitment, l.data
		from release r join item i on i.release = r.id join version v on v.item = i.id left join leaf l on l.log = $1 and l.idx = r.seal_leaf
		where r.lead = $2 and r.state = $3 order by r.id, i.ordinal, v.n`, l.id, string(l.Member), string(wire.Embargoed))
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
		if tlog.Class((wire.Audience{Class: class}).LogClass()) != l.Class {
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
