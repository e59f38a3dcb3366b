package intake

// Decode gives the text of a document in UTF-8 by the rules that hold for raw texts: a byte order mark, valid UTF-8, the charset that contentType
// states if what comes out is likely, else the most likely old encoding. A charset that lies is not believed.
func Decode(b []byte, contentType string) string { return decode(b, contentType, false) }
