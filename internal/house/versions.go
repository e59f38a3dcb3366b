package house

import (
	"runtime/debug"
	"strconv"
)

// Built is the program's version: that of its module, or the revision that it was built from.
func Built() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	revision, changed := "", ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision" && len(s.Value) >= 12:
			revision = s.Value[:12]
		case s.Key == "vcs.modified" && s.Value == "true":
			changed = "+"
		}
	}
	if revision == "" {
		return "development"
	}
	return revision + changed
}

func jobName(id int64) string { return strconv.FormatInt(id, 10) }
