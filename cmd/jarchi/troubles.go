package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/store"
)

// QuarantineCmd is 'jarchi quarantine': documents that could not be read.
type QuarantineCmd struct {
	List QuarantineListCmd `cmd:"" help:"List the documents that could not be read, with the reason."`
}

// listFlags are those of a list of troubles.
type listFlags struct {
	dataFlag
	Limit int `default:"1000" help:"At most so many, the newest."`
}

// listTroubles prints a JSON line for each trouble that read finds in the folder.
func listTroubles[T any](f listFlags, std *Stdio, read func(*store.Store, context.Context, int) ([]T, error), line func(T) any) error {
	if f.Limit < 1 || f.Limit > 1_000_000 {
		return fault.Field("--limit", "A list has 1 to 1000000 lines.")
	}
	ctx := context.Background()
	s, err := f.open(ctx, std, false)
	if err != nil {
		return err
	}
	defer s.Close()
	rows, err := read(s, ctx, f.Limit)
	if err != nil {
		return err
	}
	out := json.NewEncoder(std.Out)
	out.SetEscapeHTML(false)
	for _, r := range rows {
		if err := out.Encode(line(r)); err != nil {
			return err
		}
	}
	return nil
}

// QuarantineListCmd is 'jarchi quarantine list'.
type QuarantineListCmd struct{ listFlags }

// Help is shown by --help.
func (QuarantineListCmd) Help() string {
	return `Prints a JSON line for each document that was brought in and could not be read, newest first: id (the
SHA-256 of its bytes), name, place (where in it, as far as it is known), reason, arrivedAt. The bytes
are kept; a running node hands them out at /raw/ID. Import it again once it is mended.

Example:

  $ jarchi quarantine list --data ./wire`
}

// Run lists the quarantine.
func (c QuarantineListCmd) Run(std *Stdio) error {
	return listTroubles(c.listFlags, std, (*store.Store).Quarantine, func(q store.QuarantineRow) any {
		return struct {
			ID        string    `json:"id"`
			Name      string    `json:"name"`
			Place     string    `json:"place"`
			Reason    string    `json:"reason"`
			ArrivedAt time.Time `json:"arrivedAt"`
		}{q.ID, q.Name, q.Place, q.Reason, q.Arrived}
	})
}

// JobsCmd is 'jarchi jobs': work that kept failing until the node gave it up.
type JobsCmd struct {
	List  JobsListCmd  `cmd:"" help:"List the jobs that were given up, with the last error."`
	Retry JobsRetryCmd `cmd:"" help:"Give jobs that were given up a new life."`
}

// JobsListCmd is 'jarchi jobs list'.
type JobsListCmd struct{ listFlags }

// Help is shown by --help.
func (JobsListCmd) Help() string {
	return `Prints a JSON line for each dead letter, newest first: id, kind (release.publish: a scheduled release
was to leave; release.open: an embargo was to end), args (the release's id), dueAt, attempts, error.

Example:

  $ jarchi jobs list --data ./wire`
}

// Run lists the dead letters.
func (c JobsListCmd) Run(std *Stdio) error {
	return listTroubles(c.listFlags, std, (*store.Store).DeadJobs, func(j store.DeadJob) any {
		return struct {
			ID       int64     `json:"id"`
			Kind     string    `json:"kind"`
			Args     string    `json:"args"`
			DueAt    time.Time `json:"dueAt"`
			Attempts int       `json:"attempts"`
			Error    string    `json:"error"`
		}{j.ID, string(j.Kind), j.Args, j.RunAt, j.Attempt, j.Error}
	})
}

// JobsRetryCmd is 'jarchi jobs retry'.
type JobsRetryCmd struct {
	dataFlag
	IDs []int64 `arg:"" name:"id" help:"Their ids, as 'jarchi jobs list' prints them."`
}

// Help is shown by --help.
func (JobsRetryCmd) Help() string {
	return `The node does the job as soon as it is started, and tries it as often as a new one. Mend what its error
names first.

Example:

  $ jarchi jobs retry --data ./wire 17`
}

// Run gives the jobs a new life, in the order given, up to the first that is none of the dead letters.
func (c JobsRetryCmd) Run(std *Stdio) error {
	ctx := context.Background()
	s, err := c.open(ctx, std, false)
	if err != nil {
		return err
	}
	defer s.Close()
	for _, id := range c.IDs {
		if err := s.RetryJob(ctx, id); err != nil {
			return err
		}
		fmt.Fprintf(std.Err, "Job %d waits for the next start of the node.\n", id)
	}
	return nil
}
