//go:build soak

package sources

import (
	"flag"
	"time"
)

const manyFeeds = 1000

var manyFor = 5 * time.Minute

func init() {
	flag.DurationVar(&manyFor, "many-for", manyFor, "for how long TestManyFeeds asks its 1,000 feeds, each once a minute")
}
