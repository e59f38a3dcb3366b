package browse

import (
	"context"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/store"
	"jarchi.dev/jarchi/internal/tlog"
	"jarchi.dev/jarchi/internal/wire"
)

// mayReadLog: a public log is everybody's; a closed one is read by the members of the exchange, whose
// leaves say nothing of what they stand for.
func (s *Service) mayReadLog(v access.Viewer, h store.LogHead) bool {
	return h.Class == tlog.Public || v.Member != "" && v.Has(access.ReadClosed)
}

func (s *Service) log(v access.Viewer, name string) (store.LogHead, error) {
	h, err := s.store.Log(name)
	if err == nil && !s.mayReadLog(v, h) {
		err = fault.E(fault.NotFound, "There is no log of this name here.")
	}
	return h, err
}

// Checkpoint is a log's newest signed checkpoint; NotFound before the first leaf.
func (s *Service) Checkpoint(_ context.Context, v access.Viewer, name string) ([]byte, error) {
	h, err := s.log(v, name)
	if err != nil {
		return nil, err
	}
	if len(h.Checkpoint) == 0 {
		return nil, fault.E(fault.NotFound, "Nothing has been entered in this log yet.")
	}
	return h.Checkpoint, nil
}

// LogResource answers for a path of C2SP tlog-tiles below /log/{name}/.
func (s *Service) LogResource(ctx context.Context, v access.Viewer, name, path string) (body []byte, immutable bool, err error) {
	h, err := s.log(v, name)
	if err != nil {
		return nil, false, err
	}
	return tlog.Resource(ctx, s.store.Rows(h), path)
}

// VersionBytes are the very bytes that were released, while the viewer may read them.
func (s *Service) VersionBytes(ctx context.Context, v access.Viewer, item wire.ItemID, n int) (_ []byte, err error) {
	defer fault.Wrap(&err, "version %d of item %s", n, item)
	row, _, err := s.version(ctx, v, item, n)
	if err != nil {
		return nil, err
	}
	if row.Bytes == nil {
		return nil, fault.E(fault.NotFound, "The words of this version are gone: the release was withdrawn or erased.")
	}
	return row.Bytes, nil
}

// Record reads the newest versions of an item, at most limit, newest first, as far as the viewer may read
// them: what each said, and where it stands in its log.
func (s *Service) Record(ctx context.Context, v access.Viewer, item wire.ItemID, limit int) (_ []Recorded, err error) {
	defer fault.Wrap(&err, "record of item %s", item)
	e, err := s.Item(ctx, v, item)
	if err != nil {
		return nil, err
	}
	if e.Level != access.All {
		return nil, fault.E(fault.NotFound, "There is no such item.")
	}
	rows, err := s.store.Versions(ctx, item, limit)
	if err != nil {
		return nil, err
	}
	out := make([]Recorded, len(rows))
	for i, row := range rows {
		out[i] = Recorded{N: row.N, Content: row.Content, Leaf: row.Leaf}
		if row.Manifest != nil {
			m, err := tlog.ParseManifest(row.Manifest)
			if err != nil {
				return nil, err
			}
			out[i].SHA256 = m.SHA256
		}
	}
	return out, nil
}

// Recorded is one version as its record tells of it.
type Recorded struct {
	N       int
	Content *wire.Content // nil where the words are gone
	SHA256  [32]byte      // of the exact bytes; zero where nothing commits to them
	Leaf    int64         // in its log; -1: in none
}

func (s *Service) version(ctx context.Context, v access.Viewer, item wire.ItemID, n int) (store.VersionRow, Entry, error) {
	e, err := s.Item(ctx, v, item)
	if err != nil {
		return store.VersionRow{}, Entry{}, err
	}
	if e.Level != access.All {
		return store.VersionRow{}, Entry{}, fault.E(fault.NotFound, "There is no such version.")
	}
	row, err := s.store.Version(ctx, item, n)
	return row, e, err
}

// Proof is a portable proof file of one version. Withdrawn words are not in it, erased ones cannot
// be proved any more; leaf and path stay.
func (s *Service) Proof(ctx context.Context, v access.Viewer, item wire.ItemID, n int) (_ []byte, err error) {
	defer fault.Wrap(&err, "proof of version %d of item %s", n, item)
	row, e, err := s.version(ctx, v, item, n)
	if err != nil {
		return nil, err
	}
	if row.Leaf < 0 {
		return nil, fault.E(fault.NotFound, "This version stands in no log yet: it is sealed until its embargo ends.")
	}
	name := tlog.LogName(string(e.Release.Lead()), tlog.Class(e.Release.Audience.LogClass()))
	h, err := s.store.Log(name)
	if err != nil {
		return nil, err
	}
	rows := s.store.Rows(h)
	leaves, err := rows.Leaves(ctx, row.Leaf, row.Leaf+1)
	if err != nil {
		return nil, err
	}
	leaf, err := tlog.ParseLeaf(leaves[0])
	if err != nil {
		return nil, err
	}
	proof, err := tlog.Prove(ctx, rows, row.Leaf, h.Head, h.Checkpoint)
	if err != nil {
		return nil, err
	}
	f := tlog.ProofFile{Leaf: leaf, Proof: proof}
	if row.Bytes != nil && row.Manifest != nil && len(row.Salt) == len(tlog.Salt{}) {
		m, err := tlog.ParseManifest(row.Manifest)
		if err != nil {
			return nil, err
		}
		f.Opening = &tlog.Opening{Manifest: m, Salt: tlog.Salt(row.Salt), Bytes: row.Bytes}
	}
	return f.Marshal()
}
