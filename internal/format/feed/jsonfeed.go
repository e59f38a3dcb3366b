package feed

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"
)

// The shape of JSON Feed 1.1 (jsonfeed.org/version/1.1).
type jsonChannel struct {
	Version     string       `json:"version"`
	Title       string       `json:"title"`
	Home        string       `json:"home_page_url,omitempty"`
	FeedURL     string       `json:"feed_url,omitempty"`
	Description string       `json:"description,omitempty"`
	Next        string       `json:"next_url,omitempty"`
	Language    string       `json:"language,omitempty"`
	Hubs        []jsonHub    `json:"hubs,omitempty"`
	Items       []jsonEntry  `json:"items"`
	Jarchi      *jsonChanges `json:"_jarchi,omitempty"`
}

type jsonHub struct {
	Type string `json:"type"`
	URL  string `json:"url"`
}

// jsonChanges is an extension of ours: what is gone, by id.
type jsonChanges struct {
	About string     `json:"about"`
	Gone  []jsonGone `json:"gone"`
}

type jsonGone struct {
	ID string `json:"id"`
	At string `json:"at"`
}

type jsonEntry struct {
	ID          string       `json:"id"`
	URL         string       `json:"url,omitempty"`
	External    string       `json:"external_url,omitempty"`
	Title       string       `json:"title,omitempty"`
	HTML        string       `json:"content_html,omitempty"`
	Text        string       `json:"content_text,omitempty"`
	Summary     string       `json:"summary,omitempty"`
	Image       string       `json:"image,omitempty"`
	Published   string       `json:"date_published,omitempty"`
	Modified    string       `json:"date_modified,omitempty"`
	Authors     []jsonWriter `json:"authors,omitempty"`
	Tags        []string     `json:"tags,omitempty"`
	Language    string       `json:"language,omitempty"`
	Attachments []jsonFile   `json:"attachments,omitempty"`
	Jarchi      *jsonExtra   `json:"_jarchi,omitempty"`
}

// jsonExtra is an extension of ours: what a program needs of the same item.
type jsonExtra struct {
	About     string            `json:"about"`
	Direction string            `json:"direction"` // ltr, rtl or auto
	Item      string            `json:"item,omitempty"`
	Proof     string            `json:"proof,omitempty"`
	Rights    string            `json:"rights,omitempty"`
	Languages map[string]string `json:"languages,omitempty"`
	Gone      bool              `json:"gone,omitempty"`
}

type jsonWriter struct {
	Name string `json:"name"`
	URL  string `json:"url,omitempty"`
}

type jsonFile struct {
	URL       string `json:"url"`
	MediaType string `json:"mime_type"`
	Title     string `json:"title,omitempty"`
	Size      int64  `json:"size_in_bytes,omitempty"`
}

const aboutExtension = "https://jarchi.dev/ns/feed/"

// JSON writes JSON Feed 1.1. What is gone stands as an item that says so (Post.Notice), and by id in an extension.
func (c Channel) JSON() ([]byte, error) {
	out := jsonChannel{Version: "https://jsonfeed.org/version/1.1", Title: Text{c.Title, c.Language}.Line(), Home: c.Site, FeedURL: c.Self, Description: Text{c.Description, c.Language}.Line(),
		Next: c.Next, Language: tagOf(c.Language), Items: []jsonEntry{}}
	if c.Entries != "" {
		out.Language = tagOf(c.Entries)
	}
	if c.Hub != "" {
		out.Hubs = []jsonHub{{"WebSub", c.Hub}}
	}
	if len(c.Gone) > 0 {
		out.Jarchi = &jsonChanges{About: aboutExtension}
		for _, g := range c.Gone {
			out.Jarchi.Gone = append(out.Jarchi.Gone, jsonGone{g.ID, stamp(g.At)})
		}
	}
	for _, p := range c.Posts {
		p = p.ready()
		e := jsonEntry{ID: oneLine(safe(p.ID)), URL: p.Link, Title: p.Title.Line(), HTML: p.markup(), Text: p.plainText(), Summary: p.Summary.Line(), Published: when(p.Published), Modified: when(p.Updated),
			Language: tagOf(p.Language), Jarchi: &jsonExtra{About: aboutExtension, Direction: dir(p.Language), Item: p.Item, Proof: p.Proof, Rights: Text{p.Rights, p.Language}.Line(), Gone: p.Notice}}
		for _, a := range p.Authors {
			e.Authors = append(e.Authors, jsonWriter{oneLine(safe(a.Name)), a.URI})
		}
		for _, x := range p.Categories {
			e.Tags = append(e.Tags, oneLine(safe(x.Label)))
		}
		for _, f := range p.Files {
			e.Attachments = append(e.Attachments, jsonFile{f.URL, f.MediaType, Text{f.Caption, f.Language}.Line(), max(f.Length, 0)})
			if e.Image == "" && len(f.MediaType) > 6 && f.MediaType[:6] == "image/" {
				e.Image = f.URL
			}
		}
		for _, v := range p.Versions {
			if e.Jarchi.Languages == nil {
				e.Jarchi.Languages = map[string]string{}
			}
			e.Jarchi.Languages[tagOf(v.Language)] = v.Link
		}
		out.Items = append(out.Items, e)
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(out); err != nil {
		return nil, fmt.Errorf("feed: write JSON Feed: %w", err)
	}
	return b.Bytes(), nil
}

func when(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return stamp(t)
}
