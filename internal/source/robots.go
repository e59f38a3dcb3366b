package source

import (
	"bytes"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Bounds of a robots.txt.
const (
	MaxRobots = 512 << 10 // bytes that are read; RFC 9309 wants 500 KiB at least
	maxRules  = 2000      // of one group
	maxDelay  = time.Minute
)

// Allowance is what a robots.txt says to one agent (RFC 9309): which paths it may fetch, and how long it is to wait between two.
type Allowance struct {
	Rules []Rule        `json:"rules,omitempty"`
	Delay time.Duration `json:"delay,omitempty"` // at most a minute; 0: not said
}

// Rule is one line: paths that begin with Path, in which * stands for anything and $ at its end for the end.
type Rule struct {
	Allow bool   `json:"a,omitempty"`
	Path  string `json:"p"`
}

// ReadRobots reads what a robots.txt says to agent, a word in lower case; what is said to everybody counts where nothing is said to it.
func ReadRobots(b []byte, agent string) Allowance {
	b = bytes.TrimPrefix(b[:min(len(b), MaxRobots)], []byte("\xef\xbb\xbf"))
	var own, all Allowance
	forOwn, forAll, sawOwn, inRules := false, false, false, true
	for raw := range bytes.Lines(b) {
		s, _, _ := strings.Cut(string(raw[:min(len(raw), 4000)]), "#")
		field, value, ok := strings.Cut(s, ":")
		if !ok {
			continue
		}
		field, value = strings.ToLower(strings.TrimSpace(field)), strings.TrimSpace(value)
		if field == "user-agent" {
			if inRules { // a new group begins
				forOwn, forAll, inRules = false, false, false
			}
			name := strings.ToLower(value)
			if i := strings.IndexAny(name, "/ \t"); i >= 0 {
				name = name[:i]
			}
			forOwn = forOwn || name == agent
			forAll = forAll || name == "*"
			sawOwn = sawOwn || name == agent
			continue
		}
		switch field {
		case "allow", "disallow", "crawl-delay":
			inRules = true
		}
		for _, to := range []struct {
			a  *Allowance
			on bool
		}{{&own, forOwn}, {&all, forAll}} {
			if !to.on {
				continue
			}
			switch {
			case field == "allow" || field == "disallow":
				if value != "" && len(to.a.Rules) < maxRules {
					to.a.Rules = append(to.a.Rules, Rule{Allow: field == "allow", Path: decoded(value)})
				}
			case field == "crawl-delay":
				if n, err := strconv.ParseFloat(strings.ReplaceAll(value, ",", "."), 64); err == nil && n > 0 {
					to.a.Delay = min(time.Duration(min(n, 1e6)*float64(time.Second)), maxDelay)
				}
			}
		}
	}
	if sawOwn {
		return own
	}
	return all
}

// decoded brings two ways of writing a path to one (RFC 9309, 2.2.2).
func decoded(path string) string {
	if p, err := url.PathUnescape(path); err == nil {
		return p
	}
	return path
}

// Allows reports whether an address may be fetched: the longest rule that matches its path and query decides, and of two as long the one
// that allows.
func (a Allowance) Allows(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	path := u.EscapedPath()
	if path == "" {
		path = "/"
	}
	if u.RawQuery != "" {
		path += "?" + u.RawQuery
	}
	if path == "/robots.txt" {
		return true
	}
	path = decoded(path)
	allow, length := true, -1
	for _, r := range a.Rules {
		if n := len(r.Path); (n > length || n == length && r.Allow) && matches(r.Path, path) {
			allow, length = r.Allow, n
		}
	}
	return allow
}

// matches takes one pass over each piece between two stars, whatever the pattern is.
func matches(pattern, path string) bool {
	end := strings.HasSuffix(pattern, "$")
	if end {
		pattern = pattern[:len(pattern)-1]
	}
	pieces := strings.Split(pattern, "*")
	if !strings.HasPrefix(path, pieces[0]) {
		return false
	}
	path = path[len(pieces[0]):]
	if len(pieces) == 1 {
		return !end || path == ""
	}
	for i, p := range pieces[1:] {
		if end && i == len(pieces)-2 {
			return strings.HasSuffix(path, p)
		}
		at := strings.Index(path, p)
		if at < 0 {
			return false
		}
		path = path[at+len(p):]
	}
	return true
}
