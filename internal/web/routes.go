package web

import (
	"net/http"

	polling "jarchi.dev/jarchi/internal/sources"
)

// routes registers every address that pages have. What a node was not given has no addresses.
func (s *server) routes(mux *http.ServeMux) {
	page := func(pattern string, h func(*request) error) { mux.Handle(pattern, s.page(h)) }

	// Reading.
	page("GET /{$}", (*request).wire)
	page("GET /releases/{id}", (*request).release)
	page("GET /items/{id}", (*request).item)
	page("GET /captures/{id}", (*request).capture)
	page("GET /files/{item}/{hash}", (*request).file)
	page("GET /raw/{hash}", (*request).raw)
	mux.HandleFunc("GET /embed/{id}", s.embed)
	page("GET /corrections", (*request).record)
	page("GET /help/components", (*request).components)
	if s.Stories != nil {
		page("GET /stories", (*request).storyList)
		page("GET /stories/{id}", (*request).story)
		page("GET /stories/decided/{id}", (*request).decidedStory)
		page("GET /stories/join/{id}", writing((*request).joinStory))
		page("POST /stories/join", writing((*request).joinStories))
		page("POST /stories/part", writing((*request).partStory))
		page("POST /stories/undo", writing((*request).undoStory))
	}
	if s.Languages != nil {
		page("POST /captures/{id}/language", (*request).correctLanguage)
	}
	if s.Saved != nil {
		page("POST /saved", (*request).save)
		if s.Deliveries != nil {
			page("GET /saved/mail", (*request).mailAlert)
			page("POST /saved/mail", (*request).setMailAlert)
		}
	}
	if s.Demo != nil {
		page("POST /demo/withdraw", (*request).demoWithdraw)
	}

	if s.Deliveries != nil {
		page("GET /mail/{id}/{word}", (*request).readerLink)
		page("POST /mail/{id}/{word}", (*request).answerReader)
	}

	// Coming in, and what one sets for oneself.
	page("GET /in", (*request).signInPage)
	page("POST /in", (*request).signIn)
	page("POST /in/link", (*request).openLink)
	page("POST /in/accept", (*request).acceptLink)
	page("POST /out", (*request).signOut)
	page("GET /settings", (*request).settings)
	page("POST /settings", (*request).saveSettings)
	page("POST /settings/keys", (*request).saveKeys)
	page("GET /account", (*request).account)
	page("POST /account/name", own((*request).setName))
	page("POST /account/password", own((*request).setPassword))
	page("POST /account/sessions", own((*request).endSessions))

	// Taking, and who took.
	page("GET /take/{item}", taking((*request).takePage))
	page("POST /take/{item}", taking((*request).take))
	page("POST /take/{item}/stopped", taking((*request).takeStopped))
	page("POST /take/{item}/seen", taking((*request).takeSeen))
	page("GET /take/stops", (*request).takeStops)
	page("GET /desk/taken", taking((*request).takeShift))
	page("GET /releases/{id}/takes", (*request).takeUsers)

	// Writing and releasing.
	if s.Desk != nil {
		at := func(pattern string, h func(*request) error) { page(pattern, writing(h)) }
		at("GET /desk", (*request).board)
		at("POST /desk/new", (*request).beginDraft)
		at("GET /desk/drafts/{id}", (*request).compose)
		at(draftPattern, (*request).saveDraft)
		at("GET /desk/drafts/{id}/preview", (*request).previewDraft)
		at("GET /desk/drafts/{id}/review", (*request).reviewDraft)
		at("POST /desk/drafts/{id}/do", (*request).doDraft)
		at("GET /desk/drafts/{id}/others/{other}", (*request).twoTexts)
		at("POST /desk/drafts/{id}/others/{other}", (*request).settleTexts)
		at("GET /desk/drafts/{id}/files/{hash}", (*request).draftFile)
		at("POST /desk/releases/{id}/revise", (*request).reviseRelease)
		at("GET /desk/releases/{id}/withdraw", (*request).withdrawPage)
		at("POST /desk/releases/{id}/withdraw", (*request).withdrawRelease)
		at("POST /desk/releases/{id}/confirm", (*request).confirmRelease)
	}

	// Administration.
	sent := &sentForms{seen: map[string]bool{}}
	at := func(pattern string, h func(*office) error) {
		page(pattern, func(q *request) error { return q.office(sent, h) })
	}
	at("GET /people", (*office).people)
	at("GET /people/person/{id}", (*office).userPage)
	at("POST /people/person/{id}/give", (*office).giveRole)
	at("GET /people/person/{id}/take", (*office).askTakeRole)
	at("POST /people/person/{id}/take", (*office).takeRole)
	at("GET /people/person/{id}/disable", (*office).askDisable)
	at("POST /people/person/{id}/disable", (*office).disable)
	at("POST /people/person/{id}/enable", (*office).enable)
	at("POST /people/person/{id}/link", (*office).linkBack)
	at("GET /people/invite", (*office).invitePage)
	at("POST /people/invite", (*office).invite)
	at("GET /people/invitations/{id}/end", (*office).askEndInvitation)
	at("POST /people/invitations/{id}/end", (*office).endInvitation)
	at("GET /people/desks", (*office).desks)
	at("GET /people/desks/new", (*office).newDesk)
	at("POST /people/desks", (*office).createDesk)
	at("GET /people/desks/{id}", (*office).deskPage)
	at("POST /people/desks/{id}", (*office).changeDesk)
	at("GET /people/members", (*office).memberList)
	at("GET /people/members/new", (*office).newMember)
	at("POST /people/members", (*office).createMember)
	at("GET /people/members/{id}", (*office).memberPage)
	at("POST /people/members/{id}", (*office).changeMember)
	at("GET /people/tokens", (*office).tokens)
	at("POST /people/tokens", (*office).createToken)
	at("GET /people/tokens/{id}", (*office).tokenPage)
	at("POST /people/tokens/{id}/limit", (*office).limitToken)
	at("POST /people/tokens/{id}/rotate", (*office).rotateToken)
	at("GET /people/tokens/{id}/revoke", (*office).askRevoke)
	at("POST /people/tokens/{id}/revoke", (*office).revoke)
	at("GET /people/audit", (*office).audit)
	if s.Sources != nil {
		at("GET /people/sources", (*office).sources)
		at("POST /people/sources", (*office).addSource)
		at("GET /people/sources/{id}", (*office).source)
		at("POST /people/sources/{id}", (*office).changeSource)
		at("POST /people/sources/{id}/try", (*office).trySource)
		at("POST /people/sources/{id}/poll", sourceDo("polled", pollSource))
		at("POST /people/sources/{id}/pause", sourceDo("paused", pauseSource))
		at("POST /people/sources/{id}/resume", sourceDo("resumed", resumeSource))
		at("GET /people/sources/{id}/remove", (*office).askRemoveSource)
		at("POST /people/sources/{id}/remove", sourceDo("removed", (*polling.Service).Remove))
		at("GET /people/quarantine", (*office).quarantine)
		at("GET /people/quarantine/{id}", (*office).quarantineOne)
		at("POST /people/quarantine/{id}/retry", (*office).retryKept)
		at("POST /people/quarantine/{id}/mend", (*office).mendKept)
		at("GET /people/quarantine/{id}/drop", (*office).askDropKept)
		at("POST /people/quarantine/{id}/drop", (*office).dropKept)
	}

	if s.House != nil {
		at("GET /people/house", (*office).house)
		at("POST /people/house/keeping", (*office).setKeeping)
		at("POST /people/house/jobs/{id}/retry", (*office).retryJob)
		at("GET /people/house/jobs/{id}/drop", (*office).askDropJob)
		at("POST /people/house/jobs/{id}/drop", (*office).dropJob)
	}

	if s.Deliveries != nil {
		at("GET /people/deliveries", (*office).deliveries)
		at("POST /people/deliveries", (*office).addDelivery)
		at("GET /people/deliveries/{id}", (*office).delivery)
		at("POST /people/deliveries/{id}", deliveryDo(changeDelivery))
		at("POST /people/deliveries/{id}/challenge", deliveryDo(challengeDelivery))
		at("POST /people/deliveries/{id}/prove", deliveryDo(proveDelivery))
		at("POST /people/deliveries/{id}/test", (*office).testDelivery)
		at("POST /people/deliveries/{id}/pause", deliveryDo(pauseDelivery(true)))
		at("POST /people/deliveries/{id}/resume", deliveryDo(pauseDelivery(false)))
		at("POST /people/deliveries/{id}/retry", deliveryDo(retryDelivery))
		at("POST /people/deliveries/{id}/replay", (*office).replayDelivery)
		at("POST /people/deliveries/{id}/rotate", (*office).rotateDelivery)
		at("GET /people/deliveries/{id}/remove", (*office).askRemoveDelivery)
		at("POST /people/deliveries/{id}/remove", (*office).removeDelivery)
	}

	mux.Handle("GET /static/", s.assets)
	page("/", func(*request) error { return errNoPage })
}
