package app

import (
	"context"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/api"
	"jarchi.dev/jarchi/internal/intake"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/mediatopic"
	"jarchi.dev/jarchi/internal/receive"
	"jarchi.dev/jarchi/internal/web"
)

func (n *Node) apiOptions() api.Options {
	return api.Options{Browse: n.Browse, Publish: n.Publish, Tokens: n.Store, Intake: intaker{n.Receive}, SessionCookie: web.Session(n.PublicURL), Now: n.Now, Log: n.Log}
}

// intaker is the receiving service as the API wants it.
type intaker struct{ *receive.Service }

func (i intaker) Import(ctx context.Context, v access.Viewer, docs []intake.Document) ([]api.ImportResult, error) {
	results, err := i.Service.Import(ctx, v, docs)
	out := make([]api.ImportResult, len(results))
	for k, r := range results {
		out[k].Captures = r.Captures
		for _, q := range r.Quarantined {
			out[k].Quarantined = append(out[k].Quarantined, api.Quarantined(q))
		}
	}
	return out, err
}

func subjectName(code string, t lang.Tag) string {
	topic, ok := mediatopic.Lookup(code)
	if !ok {
		return ""
	}
	label, _ := topic.Label(t)
	return label
}
