// Package render spells what package browse answers in the formats that other systems read, one function a format: Ninjs, NewsML, Superdesk, Feed (for Atom, RSS and JSON Feed),
// Text and Embed. Whoever hands something out (API, pages, deliveries) uses these, so that an item is the same wherever it is met.
//
// It decides nothing about who may see what: an entry comes reduced from package browse, and of a header no more is told than the header holds. It reads
// no database, no clock and no address: members, time and this node's address are given.
package render

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"jarchi.dev/jarchi/internal/wire"
)

// Options are what an entry does not hold itself.
type Options struct {
	Members map[wire.MemberID]wire.Member
	Base    string // this node's address without a slash at its end, like https://node.example; empty: addresses that need one are left out
	Now     time.Time
	Token   bool // for a reader with a token: files are named by addresses of the API, which take it
}

func (o Options) at(path string) string {
	if o.Base == "" {
		return ""
	}
	return strings.TrimSuffix(o.Base, "/") + path
}

// Page is where people read an item or a capture.
func (o Options) page(place, id string) string { return o.at("/" + place + "/" + url.PathEscape(id)) }

// file is the address of an attachment of an item.
func (o Options) file(item wire.ItemID, hash string) string {
	if o.Token {
		return o.at("/api/v1/items/" + url.PathEscape(string(item)) + "/files/" + hash)
	}
	return o.at("/files/" + url.PathEscape(string(item)) + "/" + hash)
}

// HeaderURI names an item to those who may see its header only: its own uri tells a day.
func HeaderURI(id wire.ItemID) string { return "urn:jarchi:item:" + string(id) }

func itoa(n int) string { return strconv.Itoa(n) }
