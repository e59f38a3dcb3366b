// Package search owns the query language, the lexemes that go into the index, relevance and
// highlighting. It is pure: no I/O, no clock, no database; the index itself lives in internal/store,
// which writes what Document returns and asks what Query.FTS5 says.
//
// The language, as a reader types it:
//
//	water reservoir        both words, in any spelling and with any ending
//	"water reservoir"      the words next to each other; «…», “…” and „…“ do the same
//	-water                 without the word (or -"the phrase")
//	water OR canal         one of them; OR binds closer than the space
//	reserv*                words that begin so, from three letters on
//
// Nobody says in which language a query is typed, so every word is read under all languages we serve and
// becomes an OR of the stems it may have. A word that is made of several (hyphen, apostrophe, Chinese)
// is a phrase. What has no word in it is dropped; only length is ever refused.
//
// The index holds one lexeme a token, the stem, made of a-z, 0-9 and runes beyond ASCII. Two kinds of
// lexeme no typed word can reach: the paragraph separator, and the markers of the column marks, to which
// a query is tied by its caller's filters alone. Whether a hit stands in the very form that was typed
// is decided afterwards, by analysing the hit again.
//
// What it never does: decide who may see a hit (internal/access does, hit by hit), or produce HTML.
package search
