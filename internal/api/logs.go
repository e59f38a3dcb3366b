package api

import (
	"net/http"
	"time"

	"jarchi.dev/jarchi/internal/fault"
)

// LogEntry is one log in the list of logs.
type LogEntry struct {
	Name   string `json:"name"`
	Member string `json:"member"`
	Class  string `json:"class"`
	Key    string `json:"key"` // verifier key, C2SP signed-note
	Size   int64  `json:"size"`
}

// mountLogs serves the logs under the paths of C2SP tlog-tiles, for clients that know nothing of this API.
func (a *api) mountLogs() {
	a.mux.HandleFunc("GET /log", a.listLogs)
	a.mux.HandleFunc("GET /log/{$}", a.listLogs)
	a.mux.HandleFunc("GET /log/{log}/checkpoint", a.checkpoint)
	a.mux.HandleFunc("GET /log/{log}/checkpoint/witnessed", a.witnessed)
	a.mux.HandleFunc("GET /log/{log}/tile/{path...}", a.tile)
}

func (a *api) listLogs(w http.ResponseWriter, r *http.Request) {
	logs, err := a.Browse.Logs(r.Context(), callerOf(r.Context()).reader)
	if err != nil {
		a.refuse(w, r, err)
		return
	}
	out := struct {
		Logs []LogEntry `json:"logs"`
	}{Logs: []LogEntry{}}
	for _, l := range logs {
		out.Logs = append(out.Logs, LogEntry{Name: l.Name, Member: string(l.Member), Class: l.Class, Key: l.Key, Size: l.Size})
	}
	ans, err := asJSON(http.StatusOK, out)
	if err != nil {
		a.refuse(w, r, err)
		return
	}
	send(w, r, jsonType, a.logCache(r, "no-cache"), etagOf(ans.Body), time.Time{}, ans.Body)
}

func (a *api) checkpoint(w http.ResponseWriter, r *http.Request) {
	b, err := a.Browse.Checkpoint(r.Context(), callerOf(r.Context()).reader, r.PathValue("log"))
	if err != nil {
		a.refuse(w, r, err)
		return
	}
	send(w, r, "text/plain; charset=utf-8", a.logCache(r, "no-cache"), etagOf(b), time.Time{}, b)
}

// witnessed is the checkpoint with the signatures of witnesses; there are none before there are partners.
func (a *api) witnessed(w http.ResponseWriter, r *http.Request) {
	_, err := a.Browse.Checkpoint(r.Context(), callerOf(r.Context()).reader, r.PathValue("log"))
	if err == nil {
		err = fault.E(fault.NotFound, "No witness has signed a checkpoint of this log yet.")
	}
	a.refuse(w, r, err)
}

func (a *api) tile(w http.ResponseWriter, r *http.Request) {
	b, immutable, err := a.Browse.LogResource(r.Context(), callerOf(r.Context()).reader, r.PathValue("log"), "tile/"+r.PathValue("path"))
	if err != nil {
		a.refuse(w, r, err)
		return
	}
	cache := "max-age=60"
	if immutable {
		cache = "max-age=31536000, immutable"
	}
	send(w, r, "application/octet-stream", a.logCache(r, cache), etagOf(b), time.Time{}, b)
}

// logCache: what nobody's request gets is a public log's; with a credential it may be a closed one.
func (a *api) logCache(r *http.Request, kept string) string {
	if callerOf(r.Context()).actor.Member == "" {
		return "public, " + kept
	}
	return "private, " + kept
}
