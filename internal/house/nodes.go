package house

import (
	"time"

	"jarchi.dev/jarchi/internal/store"
)

// When nodes of one database begin to be told of.
const (
	NodeSilent     = 30 * time.Second // it says every ten that it is there
	NodeMissing    = 2 * time.Minute  // and somebody is to look
	NodeClocksFrom = 2 * time.Second  // by so much clocks differ
)

// NodeState is one of the nodes that have the database open, or one that went without a word within the last day.
type NodeState struct {
	Name    string        `json:"name" doc:"Of its machine"`
	Address string        `json:"address" doc:"That it listens on; empty while it serves nobody"`
	Version string        `json:"version" doc:"Of its program"`
	Since   time.Time     `json:"since" doc:"When it was started"`
	Heard   time.Time     `json:"heardAt" doc:"When it last said that it is there, which it does every ten seconds"`
	Here    bool          `json:"here" doc:"It is the node that tells this"`
	First   bool          `json:"first" doc:"It does what one does for all: finding copies, placing stories, telling subscriptions. Logs are signed by each"`
	Silent  bool          `json:"silent" doc:"It has not been heard of for 30 seconds, or its connection to the database is gone"`
	Ahead   time.Duration `json:"clockAheadNanoseconds" doc:"How far its clock is ahead of the database server's"`
	Running []NodeWork    `json:"running" doc:"Jobs that it does at this moment"`
}

// NodeWork is how many jobs of a kind a node does.
type NodeWork struct {
	Kind  string `json:"kind"`
	Count int64  `json:"count"`
}

func nodesOf(list []store.NodeState, now time.Time) []NodeState {
	out := []NodeState{}
	for _, n := range list {
		x := NodeState{Name: n.Host, Address: n.Address, Version: n.Version, Since: n.Since, Heard: n.Heard, Here: n.Self, First: n.First, Ahead: n.Ahead, Running: []NodeWork{},
			Silent: !n.Self && (!n.There || now.Sub(n.Heard) > NodeSilent)}
		for _, j := range n.Running {
			x.Running = append(x.Running, NodeWork{string(j.Kind), j.N})
		}
		out = append(out, x)
	}
	return out
}

// missing counts the nodes that have been silent for long, and says for how long the first of them.
func missing(st State) (n int64, since time.Duration) {
	for _, x := range st.Nodes {
		if d := st.At.Sub(x.Heard); x.Silent && d > NodeMissing {
			n++
			since = max(since, d)
		}
	}
	return n, since
}

// ClocksDiffer is by how much the clocks of the machines differ at most: those of the nodes that are there, and the database's server.
func (st State) ClocksDiffer() time.Duration {
	var least, most time.Duration // the server's
	for _, x := range st.Nodes {
		if x.Silent {
			continue
		}
		least, most = min(least, x.Ahead), max(most, x.Ahead)
	}
	return most - least
}
