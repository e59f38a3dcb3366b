package web

import (
	"slices"
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/desk"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/people"
)

// Every action that is noted, every right and every role has words.
func TestAdministrationHasWords(t *testing.T) {
	t.Parallel()
	en := readStrings(t, lang.EN)
	for _, action := range append(slices.Clone(people.Actions), desk.Actions...) {
		i := slices.IndexFunc(auditWords, func(a struct{ action, key string }) bool { return a.action == action })
		if i < 0 || en[auditWords[i].key] == "" {
			t.Errorf("no words for the action %s", action)
		}
	}
	for _, c := range access.Scopes {
		if en[scopeWords[c]] == "" {
			t.Errorf("no words for the right %s", c)
		}
	}
	for _, r := range people.Roles {
		if en[roleTexts[r]] == "" {
			t.Errorf("no words for the role %s", r)
		}
	}
}

// A form makes a thing once; one that made nothing may be sent again; what is remembered is bounded.
func TestSentForms(t *testing.T) {
	t.Parallel()
	s := &sentForms{seen: map[string]bool{}}
	if !s.first("a", "k") || s.first("a", "k") || !s.first("b", "k") || !s.first("a", "") || !s.first("a", "") {
		t.Error("a form is taken for another")
	}
	if s.forget("a", "k"); !s.first("a", "k") {
		t.Error("a form that made nothing cannot be sent again")
	}
	for i := range 3 * formsKept {
		s.first("c", strings.Repeat("x", i%60)+string(rune('a'+i/60)))
	}
	if len(s.seen) > formsKept || len(s.order) > formsKept {
		t.Errorf("%d forms are remembered", len(s.seen))
	}
}
