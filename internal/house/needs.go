package house

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Need is one thing that needs somebody, with the act that mends it. Pages say both in their reader's language by the code.
type Need struct {
	Code   string        `json:"code"`
	Urgent bool          `json:"urgent" doc:"The news does not get through, or soon will not"`
	Count  int64         `json:"count,omitempty"`
	For    time.Duration `json:"forNanoseconds,omitempty"`
	Says   string        `json:"says" doc:"In English"`
	Act    string        `json:"act" doc:"What mends it, in English"`
}

// When things begin to need somebody.
const (
	BackupOld  = 7 * 24 * time.Hour
	QueueLate  = 5 * time.Minute
	AheadLarge = 512 << 20 // bytes of the write-ahead log

	// CertificateSoon is how long before its end a certificate needs somebody, or the last fifth of its time where that is shorter: by then whatever renews it
	// has failed for days.
	CertificateSoon = 14 * 24 * time.Hour
)

// What may need somebody, the most urgent first.
const (
	NeedWriter     = "writer"
	NeedDatabase   = "database"
	NeedDisk       = "disk"
	NeedFiles      = "files"
	NeedClock      = "clock"
	NeedCertEnded  = "certended"
	NeedDead       = "dead"
	NeedQueue      = "queue"
	NeedNodes      = "nodes"
	NeedNodeClocks = "nodeclocks"
	NeedBackupNone = "nobackup"
	NeedBackupOld  = "backup"
	NeedDiskSoon   = "disksoon"
	NeedCertSoon   = "certsoon"
	NeedDeliveries = "deliveries"
	NeedSources    = "sources"
	NeedSilent     = "silent"
	NeedAhead      = "ahead"
	NeedQuarantine = "quarantine"
)

// needWords are the codes in their order, in English: what is so, and what mends it.
var needWords = []struct {
	code, says, act string
	urgent          bool
}{
	{NeedWriter, "The database takes no changes.", "Look into the node's log, then start the node again.", true},
	{NeedDatabase, "Nothing can be published.", "Do what the reason says, below under Database.", true},
	{NeedDisk, "The disk is nearly full: nothing new is taken in.", "Make room on the disk of the data folder. It goes on by itself.", true},
	{NeedFiles, "The store of files has not answered, or refuses, for %s.", "Look whether the folder is there and can be written, or the S3 server can be reached and its keys are right; the reason stands below under Disk, and in the node's log. Texts go on.", true},
	{NeedClock, "The clock of this machine is wrong.", "Have the machine's clock set from the network (NTP). Embargoes and schedules go by it.", true},
	{NeedCertEnded, "The certificate of this node has run out.", "Browsers and programs refuse it. Replace the files of --tls-cert and --tls-key; with --acme the node's log says why there is no new one.", true},
	{NeedDead, "Jobs given up: %d.", "Read the reasons under Given up, mend the cause, then try again or drop each.", true},
	{NeedQueue, "Work waits for %s.", "If it grows, the machine is too small or a service it calls does not answer; the node's log says which.", true},
	{NeedNodes, "Nodes that are silent: %d.", "Look at the machine and start the node again; the others go on. One that does not come back is forgotten after a day.", false},
	{NeedNodeClocks, "The clocks of the machines differ by %s.", "Have the clocks of all machines set from the network (NTP), that of the database's server first: schedules and embargoes go by it.", false},
	{NeedBackupNone, "No back-up by 'jarchi backup' is known here.", "Run it now, and have it run every night; what the server of a database backs up by itself is not seen from here.", false},
	{NeedBackupOld, "The last back-up is %s old.", "Run 'jarchi backup', and find out why it did not run.", false},
	{NeedDiskSoon, "The disk has less than a tenth of its room left.", "Make room, set what is kept for how long, or move the node to a larger disk.", false},
	{NeedCertSoon, "The certificate of this node runs out in %s.", "Renew it, and find out why that did not happen by itself; with --acme the node's log says what the authority said.", false},
	{NeedDeliveries, "Deliveries that fail: %d.", "Look at them under Deliveries: the other side may be down, or has moved.", false},
	{NeedSources, "Sources that fail: %d.", "Open People, Sources: each says why. Pause what will not come back.", false},
	{NeedSilent, "Sources that are silent: %d.", "Open People, Sources, and try each: its feed may have moved.", false},
	{NeedAhead, "The write-ahead log of the database is large.", "A long read holds it, like a back-up. If none runs, start the node again.", false},
	{NeedQuarantine, "Documents that could not be read: %d.", "Open People, Sources, In quarantine, or run 'jarchi source quarantine list': each has its place and reason. Read them again, write their text, or drop them.", false},
}

// NeedCodes lists every code; tests walk it.
func NeedCodes() (out []string) {
	for _, w := range needWords {
		out = append(out, w.code)
	}
	return out
}

// needs is what of a state needs somebody, in the order of urgency.
func needs(st State) []Need {
	found := map[string]Need{}
	add := func(code string, is bool, count int64, since time.Duration) {
		if is {
			found[code] = Need{Code: code, Count: count, For: since}
		}
	}
	add(NeedWriter, st.Writer.Stuck, 0, st.Writer.Wait)
	add(NeedDatabase, st.Database.Trouble != "", 0, 0)
	add(NeedDisk, st.Storage.Full, 0, 0)
	lost := st.Storage.FilesLost
	add(NeedFiles, !lost.IsZero(), 0, st.At.Sub(lost))
	add(NeedClock, st.Clock.Wrong, 0, 0)
	if c := st.Certificate; c != nil {
		left := c.Until.Sub(st.At)
		add(NeedCertEnded, left <= 0, 0, -left)
		add(NeedCertSoon, left > 0 && left < min(CertificateSoon, c.Until.Sub(c.From)/5), 0, left)
	}
	add(NeedDead, st.DeadAll > 0, st.DeadAll, 0)
	late := time.Duration(0)
	for _, w := range st.Queue {
		if !w.Oldest.IsZero() {
			late = max(late, st.At.Sub(w.Oldest))
		}
	}
	add(NeedQueue, late > QueueLate, 0, late)
	silent, since := missing(st)
	add(NeedNodes, silent > 0, silent, since)
	differ := st.ClocksDiffer()
	add(NeedNodeClocks, differ > NodeClocksFrom, 0, differ)
	leaves := slices.ContainsFunc(st.Logs, func(l Log) bool { return l.Size > 0 })
	add(NeedBackupNone, st.Backup == nil && leaves, 0, 0)
	if st.Backup != nil {
		age := st.At.Sub(st.Backup.Made)
		add(NeedBackupOld, age > BackupOld, 0, age)
	}
	s := st.Storage
	add(NeedDiskSoon, !s.Full && !s.Unknown && s.Bytes > 0 && (s.Free < s.Bytes/10 && s.Free < 20<<30 || s.Free < 4*s.Keep), 0, 0)
	failing := int64(0)
	for _, o := range st.Outlets {
		failing += o.Failing
	}
	add(NeedDeliveries, failing > 0, failing, 0)
	add(NeedSources, len(st.Sources.Failing) > 0, int64(len(st.Sources.Failing)), 0)
	add(NeedSilent, len(st.Sources.Silent) > 0, int64(len(st.Sources.Silent)), 0)
	add(NeedAhead, st.Database.AheadBytes > AheadLarge, 0, 0)
	add(NeedQuarantine, st.Database.Quarantine > 0, st.Database.Quarantine, 0)
	out := []Need{}
	for _, w := range needWords {
		n, ok := found[w.code]
		if !ok {
			continue
		}
		n.Urgent, n.Act, n.Says = w.urgent, w.act, w.says
		switch {
		case strings.Contains(w.says, "%d"):
			n.Says = fmt.Sprintf(w.says, n.Count)
		case strings.Contains(w.says, "%s"):
			n.Says = fmt.Sprintf(w.says, Span(n.For))
		}
		out = append(out, n)
	}
	return out
}

// Span is a length of time in English words, roughly.
func Span(d time.Duration) string {
	switch {
	case d >= 48*time.Hour:
		return fmt.Sprintf("%d days", d/(24*time.Hour))
	case d >= 2*time.Hour:
		return fmt.Sprintf("%d hours", d/time.Hour)
	case d >= 2*time.Minute:
		return fmt.Sprintf("%d minutes", d/time.Minute)
	}
	return fmt.Sprintf("%d seconds", d/time.Second)
}

// Words says in English what is wrong with a clock; "" when nothing is.
func (c Clock) Words() string {
	var out []string
	side := func(d time.Duration) string {
		if d < 0 {
			return Span(-d) + " behind"
		}
		return Span(d) + " ahead of"
	}
	if c.Offset.Abs() > ClockAlarm {
		out = append(out, fmt.Sprintf("it is %s %d other hosts", side(c.Offset), c.Hosts))
	}
	if c.Server.Abs() > ClockAlarm {
		out = append(out, "it is "+side(c.Server)+" the database's server")
	}
	if c.Ahead > ClockAlarm {
		out = append(out, "it is "+Span(c.Ahead)+" behind the newest event of the database")
	}
	if c.Jumped.Abs() > ClockAlarm {
		out = append(out, "it was set "+strings.TrimSuffix(side(c.Jumped), " of")+" within the last hour")
	}
	return strings.Join(out, "; ")
}
