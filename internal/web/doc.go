// Package web renders the pages of a node: the wire with its search and filters, a release, a
// capture, the public register, sign-in and settings, in eight interface languages and both
// directions. It owns templates, style, fonts, the small script, the interface strings, the way
// dates are written, and the security headers of every page.
//
// What is shown comes from a Reader, which has already decided what this viewer may see; a page
// shows no more than it was given. Every page is complete without scripts: filters, languages and
// densities are addresses or forms, and the script only adds live news and keys. Text from outside
// reaches a page as text, never as markup: it is escaped, its hidden direction marks are dropped,
// and it stands in an element with its own language and direction.
//
// The package never writes to the exchange, never asks another server for anything, and keeps no
// state but the templates: what a reader prefers lives in her cookies.
//
// Files: routes.go (every address), web.go (handler, headers), session.go (sign-in), prefs.go
// (language, theme, density, zone), strings.go (translations), dates.go (times in eight languages,
// Persian calendar), text.go (safe text), rows.go (a row of the wire), wire.go, item.go, record.go,
// settings.go (one page each), assets.go (static files under hashed names); templates/, static/ and
// strings/ hold what is served.
package web
