package feed

import (
	"encoding/json"
	"errors"
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/net/html"
)

type jsonAuthor struct {
	Name string `json:"name"`
}

type jsonItem struct {
	ID        json.RawMessage `json:"id"`
	URL       string          `json:"url"`
	External  string          `json:"external_url"`
	Title     string          `json:"title"`
	HTML      string          `json:"content_html"`
	Text      string          `json:"content_text"`
	Summary   string          `json:"summary"`
	Published string          `json:"date_published"`
	Modified  string          `json:"date_modified"`
	Author    *jsonAuthor     `json:"author"`
	Authors   []jsonAuthor    `json:"authors"`
	Tags      []string        `json:"tags"`
	Language  string          `json:"language"`
}

// readJSON reads a JSON Feed. An item that is none costs itself.
func readJSON(text string, base *url.URL) (Feed, error) {
	var doc struct {
		Version  string            `json:"version"`
		Title    string            `json:"title"`
		Home     string            `json:"home_page_url"`
		Language string            `json:"language"`
		Items    []json.RawMessage `json:"items"`
	}
	lineAt := func(off int64) int { return 1 + strings.Count(text[:min(max(off, 0), int64(len(text)))], "\n") }
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		p := Problem{Code: Damaged, Why: err.Error()}
		var syntax *json.SyntaxError
		var kind *json.UnmarshalTypeError
		switch {
		case errors.As(err, &syntax):
			p.Line = lineAt(syntax.Offset)
			if syntax.Offset >= int64(len(text)) {
				p.Code = CutOff
			}
		case errors.As(err, &kind):
			p.Code, p.Line = NotAFeed, lineAt(kind.Offset)
		}
		return Feed{}, bad(p)
	}
	if doc.Items == nil || !strings.Contains(doc.Version, "jsonfeed") && doc.Version != "" {
		return Feed{}, bad(Problem{Code: NotAFeed})
	}
	f := Feed{Format: "json", Title: cut(plain(html.EscapeString(doc.Title)), maxTitle), Link: absolute(base, doc.Home), Language: cut(doc.Language, 40)}
	for i, raw := range doc.Items {
		if i == MaxEntries {
			f.More = true
			break
		}
		var it jsonItem
		if err := json.Unmarshal(raw, &it); err != nil {
			if len(f.Damage) < maxDamage {
				f.Damage = append(f.Damage, Problem{Code: Damaged, Line: lineAt(int64(strings.Index(text, string(raw)))), Why: err.Error()})
			}
			continue
		}
		e := Entry{N: i + 1, Link: it.URL, Title: html.EscapeString(it.Title), Published: it.Published, Updated: it.Modified, Language: it.Language, Categories: it.Tags,
			Summary: html.EscapeString(it.Summary), Content: it.HTML}
		if e.Link == "" {
			e.Link = it.External
		}
		if e.Content == "" {
			e.Content = strings.ReplaceAll(html.EscapeString(it.Text), "\n\n", "<p>")
		}
		if json.Unmarshal(it.ID, &e.ID) != nil { // a number, as some write it
			var n json.Number
			if json.Unmarshal(it.ID, &n) == nil {
				if _, err := strconv.ParseFloat(n.String(), 64); err == nil {
					e.ID = n.String()
				}
			}
		}
		if it.Author != nil {
			it.Authors = append(it.Authors, *it.Author)
		}
		for _, a := range it.Authors {
			e.Authors = append(e.Authors, a.Name)
		}
		if e.finish(base) {
			f.Entries = append(f.Entries, e)
		}
	}
	if len(f.Entries) == 0 && len(f.Damage) > 0 {
		return Feed{}, bad(f.Damage[0])
	}
	return f, nil
}
