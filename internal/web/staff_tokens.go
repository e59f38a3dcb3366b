package web

import (
	"html/template"
	"net/http"
	"net/url"
	"slices"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/people"
)

// Tokens: the rights of machines.

type tokenRow struct {
	ID, Label string
	Scopes    []string
	Made      template.HTML
	Revoked   bool
	Revoke    string
	Page      string        // of the token, while it works
	Last      template.HTML // when it was last used; empty: not in the days that are shown
	Calls     string        // in the days that are shown
}

type tokensPage struct {
	staffPage
	Rows   []tokenRow
	Pages  pages
	Scopes []explained
	Label  string
}

var scopeWords = map[access.Scope]string{
	access.Read: "staff.scope.read", access.ReadClosed: "staff.scope.closed", access.DraftScope: "staff.scope.draft", access.Publish: "staff.scope.publish",
	access.Withdraw: "staff.scope.withdraw", access.Intake: "staff.scope.intake", access.Verify: "staff.scope.verify", access.Admin: "staff.scope.admin",
}

func (o *office) tokens() error { return o.showTokens(nil) }

func (o *office) showTokens(problem error) error {
	ks, err := o.People.Tokens(o.r.Context(), o.person, o.of)
	if err != nil {
		return err
	}
	slices.SortStableFunc(ks, func(a, b people.Token) int { // those that work first, the newest at the top
		switch {
		case a.Revoked != b.Revoked && a.Revoked:
			return 1
		case a.Revoked != b.Revoked:
			return -1
		}
		return b.Created.Compare(a.Created)
	})
	d := tokensPage{staffPage: o.staffPage(o.text("staff.tokens"), "tokens"), Label: o.typed("label")}
	d.Choose = o.choices(false)
	uses, err := o.tokenUses()
	if err != nil {
		return err
	}
	from, to, pages := o.part(len(ks), url.Values{})
	d.Pages = pages
	for _, k := range ks[from:to] {
		w := tokenRow{ID: k.ID, Label: clean(k.Label), Made: o.timeHTML(k.Created, nil), Revoked: k.Revoked}
		for _, c := range k.Scopes {
			w.Scopes = append(w.Scopes, string(c))
		}
		if sum := people.SumUse(uses[k.ID]); !sum.Last.IsZero() {
			w.Last, w.Calls = o.timeHTML(sum.Last, nil), number(o.ui, sum.Calls)
		}
		if !k.Revoked {
			w.Page = tokenPath(k.ID) + o.arg()
			w.Revoke = "/people/tokens/" + url.PathEscape(k.ID) + "/revoke" + o.arg()
		}
		d.Rows = append(d.Rows, w)
	}
	for _, c := range access.Scopes {
		d.Scopes = append(d.Scopes, explained{Value: string(c), Label: string(c), Text: o.text(scopeWords[c]), Selected: slices.Contains(o.r.PostForm["scope"], string(c))})
	}
	status, err := d.blame(problem, o.problem)
	if err != nil {
		return err
	}
	return o.render(status, "stafftokens", d)
}

func (o *office) createToken() error {
	var scopes []access.Scope
	for _, c := range o.r.PostForm["scope"] {
		if !slices.Contains(scopes, access.Scope(c)) {
			scopes = append(scopes, access.Scope(c))
		}
	}
	if o.typed("label") == "" {
		return o.showTokens(fault.Field("label", "A label is one line of at most 80 letters."))
	}
	var secret string
	var k people.Token
	again, err := o.once(func() (err error) {
		secret, k, err = o.People.CreateToken(o.r.Context(), o.person, o.of, scopes, o.typed("label"))
		return err
	})
	switch {
	case again:
		return o.shown("tokens", "/people/tokens")
	case err != nil:
		return o.showTokens(err)
	}
	d := madePage{staffPage: o.staffPage(o.text("staff.token.title"), "tokens"), Secret: secret, Text: o.text("staff.token.once"), Back: "/people/tokens" + o.arg(), Facts: o.tokenFacts(k)}
	d.Scripts = []string{"js/staff.js"}
	return o.render(http.StatusOK, "staffmade", d)
}

func (o *office) tokenFacts(k people.Token) []staffFact {
	var scopes template.HTML
	for i, c := range k.Scopes {
		if i > 0 {
			scopes += " · "
		}
		scopes += ltr(string(c))
	}
	return []staffFact{{o.text("staff.label"), in("", k.Label)}, {o.text("staff.scopes"), scopes}, {"ID", ltr(k.ID)}}
}

// theToken finds a token that still works; ok is false for one that does not.
func (o *office) theToken() (k people.Token, ok bool, err error) {
	ks, err := o.People.Tokens(o.r.Context(), o.person, o.of)
	n := slices.IndexFunc(ks, func(k people.Token) bool { return k.ID == o.r.PathValue("id") })
	if err != nil {
		return k, false, err
	}
	if n < 0 {
		return k, false, errNoPage
	}
	return ks[n], !ks[n].Revoked, nil
}

func (o *office) askRevoke() error {
	k, ok, err := o.theToken()
	if err != nil {
		return err
	}
	if !ok {
		return o.to("/people/tokens", "")
	}
	d := confirmPage{staffPage: o.staffPage(o.text("staff.revoke"), "tokens"), Text: o.text("staff.revoke.text"), Button: o.text("staff.revoke"), Action: "/people/tokens/" + url.PathEscape(k.ID) + "/revoke", Back: "/people/tokens" + o.arg(),
		Facts: o.tokenFacts(k), Fields: []option{{Value: string(o.of), Label: "member"}}}
	return o.confirm(http.StatusOK, d)
}

func (o *office) revoke() error {
	k, ok, err := o.theToken()
	if err != nil {
		return err
	}
	if ok {
		err = o.People.RevokeToken(o.r.Context(), o.person, o.of, k.ID)
	}
	if err != nil && fault.KindOf(err) != fault.NotFound { // that: somebody revoked it meanwhile
		return err
	}
	return o.to("/people/tokens", "revoked")
}
