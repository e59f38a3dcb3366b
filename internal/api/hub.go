package api

import (
	"context"
	"log/slog"
	"mime"
	"net/http"
	"strconv"
	"time"

	"jarchi.dev/jarchi/internal/delivery"
	"jarchi.dev/jarchi/internal/fault"
)

// Hubber takes what subscribers ask of the hub of this node's feeds.
type Hubber interface {
	Hub(ctx context.Context, r delivery.HubRequest) error
}

// maxHub is how many bytes a request of a subscriber may have.
const maxHub = 16 << 10

// Hub answers subscribers of feeds (W3C WebSub, 5.1): 202 where the request is understood and its callback is asked next, otherwise a sentence in plain words.
func Hub(h Hubber, log *slog.Logger) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Cache-Control", "no-store")
		if r.Method != http.MethodPost {
			w.Header().Set("Allow", http.MethodPost)
			http.Error(w, "This is the hub of this node's feeds (W3C WebSub): POST hub.mode, hub.topic and hub.callback as a form.", http.StatusMethodNotAllowed)
			return
		}
		err := hubAsked(w, r, h)
		if err == nil {
			w.WriteHeader(http.StatusAccepted)
			return
		}
		kind := fault.KindOf(err)
		text, _ := fault.Public(err)
		if kind == fault.Internal || kind == fault.Corrupt {
			log.ErrorContext(r.Context(), "the hub failed", "error", err)
		}
		if kind == fault.Busy {
			w.Header().Set("Retry-After", "3600")
		}
		http.Error(w, text, kind.HTTPStatus())
	})
}

func hubAsked(w http.ResponseWriter, r *http.Request, h Hubber) error {
	if t, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || t != "application/x-www-form-urlencoded" {
		return fault.E(fault.Unsupported, "Send the request as application/x-www-form-urlencoded.")
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxHub)
	if err := r.ParseForm(); err != nil {
		return fault.E(fault.Invalid, "The form cannot be read, or has more than %d bytes.", maxHub).Because(err)
	}
	f := r.PostForm
	q := delivery.HubRequest{Mode: f.Get("hub.mode"), Topic: f.Get("hub.topic"), Callback: f.Get("hub.callback"), Secret: f.Get("hub.secret")}
	if s := f.Get("hub.lease_seconds"); s != "" {
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil || n < 1 {
			return fault.Field("hub.lease_seconds", "hub.lease_seconds is a number of seconds.")
		}
		q.Lease = time.Duration(min(n, 1<<30)) * time.Second
	}
	return h.Hub(r.Context(), q)
}
