package render

import (
	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/browse"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/format/newsmlg2"
	"jarchi.dev/jarchi/internal/wire"
)

// NewsML is the item that an entry names, or its capture, as NewsML-G2 2.35. Errors are those of newsmlg2.Marshal.
func NewsML(e browse.Entry, o Options) ([]byte, error) {
	switch {
	case e.Capture != nil:
		return newsmlg2.Capture(e.Capture)
	case e.Release == nil || e.Item < 0 || e.Item >= len(e.Release.Items):
		return nil, fault.E(fault.NotFound, "There is no item to write.")
	case e.Level == access.All:
		it := e.Release.Items[e.Item].ID
		return newsmlg2.Marshal(e.Release, e.Item, o.Members, o.Now, func(hash string) string { return o.file(it, hash) })
	}
	// The release is a header already; the codec wants a version to speak of, and gets one that every
	// release has: the first, of when it left.
	h := *e.Release
	h.Items = append([]wire.Item{}, h.Items...)
	for i := range h.Items {
		h.Items[i].URI = wire.URI(HeaderURI(h.Items[i].ID))
		h.Items[i].Versions = []wire.Version{{N: 1, Kind: wire.FirstVersion, At: h.ReleasedAt}}
	}
	return newsmlg2.Header(&h, e.Item, o.Members, o.Now)
}
