package api

import (
	"mime"
	"net/http"
	"time"

	"jarchi.dev/jarchi/internal/fault"
)

// raw hands out a document as it came from outside to programs that come with a token; people get the same from the pages. It is bytes to keep, never a page to open: always an
// attachment, of no type of its own, under a policy by which a browser that showed it could do nothing. What may not be read is told in the words of what is not there.
func (a *api) raw(w http.ResponseWriter, r *http.Request) {
	hash := r.PathValue("hash")
	f, err := a.Browse.Raw(r.Context(), callerOf(r.Context()).reader, hash)
	if err != nil {
		if fault.KindOf(err) == fault.NotFound {
			err = fault.E(fault.NotFound, "There is no such original.")
		}
		a.refuse(w, r, err)
		return
	}
	h := w.Header()
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": hash[:min(16, len(hash))] + ".raw"}))
	send(w, r, "application/octet-stream", "private, no-store", `"`+hash+`"`, time.Time{}, f.Bytes)
}
