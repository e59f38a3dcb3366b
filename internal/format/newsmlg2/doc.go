// Package newsmlg2 reads and writes news items in IPTC NewsML-G2.
//
// It writes one newsItem of NewsML-G2 2.35, conformance power, per item of a release or per capture
// (http://iptc.org/std/nar/2006-10-01/), and reads newsItem, packageItem and newsMessage of any 2.x,
// also those of other senders. Vocabularies are IPTC NewsCodes, named in an inline catalogue, so that
// a document can be understood without fetching anything. What IPTC has no term for stands under the
// scheme of Namespace: the kind of translation, the reason of a correction, the other languages of
// the same release.
//
// Reading is safe against hostile documents: a document type declaration is refused, so that no entity
// is ever defined or fetched, and bytes, depth, elements and length of a tag are bounded before
// anything is kept. Content comes out as paragraphs of plain text, whether it was XHTML, NITF or text.
//
// It is a codec only. It takes no decision about who may see an item: a viewer who may see only the
// header is given the bytes of Header, and the caller decides which.
package newsmlg2

// MediaType is the registered media type of a newsItem document.
const MediaType = "application/vnd.iptc.g2.newsitem+xml"

// Namespace is the uri of the scheme for what is particular to Jarchi; its alias is "jarchi".
const Namespace = "https://jarchi.dev/ns/g2/"

const nar = "http://iptc.org/std/nar/2006-10-01/"

// schemes are the vocabularies that are used, by the alias that IPTC recommends.
var schemes = [][2]string{
	{"ninat", "http://cv.iptc.org/newscodes/ninature/"},
	{"stat", "http://cv.iptc.org/newscodes/pubstatusg2/"},
	{"sig", "http://cv.iptc.org/newscodes/signal/"},
	{"medtop", mediaTopics},
	{"drol", "http://cv.iptc.org/newscodes/descriptionrole/"},
	{"digsrctype", "http://cv.iptc.org/newscodes/digitalsourcetype/"},
	{"jarchi", Namespace},
}

const mediaTopics = "http://cv.iptc.org/newscodes/mediatopic/"
