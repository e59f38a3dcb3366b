package fault

import (
	"errors"
	"testing"
)

// What an administrator reads is one line: the field, the sentence without its full stop, the cause.
func TestError(t *testing.T) {
	t.Parallel()
	cause := errors.New("disk gone")
	for want, err := range map[string]error{
		"The folder cannot be read.":            E(Unavailable, "The %s cannot be read.", "folder"),
		"The folder cannot be read: disk gone":  E(Unavailable, "The folder cannot be read.").Because(cause),
		"items[0].language: Say which language": Field("items[0].language", "Say which language"),
		"time: Too late: disk gone":             Field("time", "Too late.").Because(cause),
	} {
		if got := err.Error(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
