package web

import (
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"io/fs"
	"strings"
	"sync"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/lang"
)

//go:embed strings/*/*.json
var stringFiles embed.FS

// catalogue holds the interface's sentences in every language.
type catalogue struct {
	localizers map[lang.Tag]*i18n.Localizer
	plain      sync.Map // sentences without values, by language and key
}

func loadStrings() (*catalogue, error) {
	bundle := i18n.NewBundle(language.English)
	bundle.RegisterUnmarshalFunc("json", json.Unmarshal)
	c := &catalogue{localizers: map[lang.Tag]*i18n.Localizer{}}
	names, err := fs.Glob(stringFiles, "strings/*/*.json") // strings/{place}/{language}.json
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		if _, err := bundle.LoadMessageFileFS(stringFiles, name); err != nil {
			return nil, fault.E(fault.Internal, "The interface strings in %s could not be read.", name).Because(err)
		}
	}
	for _, t := range interfaceLanguages {
		c.localizers[t] = i18n.NewLocalizer(bundle, string(t))
	}
	return c, nil
}

// text is the sentence with a key in language t; args are placeholder names and values in turn. No
// sentence has plural forms: a number stands behind a label ("Matches: 3"), which is right in all of
// our languages. An unknown key is shown as such; a test makes sure that no page has one.
func (c *catalogue) text(t lang.Tag, key string, args ...any) string {
	if len(args) == 0 {
		if s, ok := c.plain.Load([2]string{string(t), key}); ok {
			return s.(string)
		}
	}
	cfg := &i18n.LocalizeConfig{MessageID: key}
	if len(args) > 0 {
		data := make(map[string]any, len(args)/2)
		for i := 0; i+1 < len(args); i += 2 {
			data[fmt.Sprint(args[i])] = args[i+1]
			if n, ok := args[i+1].(int); ok {
				data[fmt.Sprint(args[i])] = number(t, int64(n))
			}
		}
		cfg.TemplateData = data
	}
	s, err := c.localizers[t].Localize(cfg)
	if err != nil && s == "" {
		return key
	}
	if len(args) == 0 {
		c.plain.Store([2]string{string(t), key}, s)
	}
	return s
}

// The sentinels stand for a placeholder's place while the sentence around it is escaped. They are
// noncharacters for interchange and never come from a translation; in values they do no harm, since
// values are put in last.
const open, shut = "\uE0F0", "\uE0F1"

// html is text whose values stand isolated: each value is put into <bdi>, or, if it is markup that
// we made, put in as it is.
func (c *catalogue) html(t lang.Tag, key string, args ...any) template.HTML {
	marked := make([]any, len(args))
	copy(marked, args)
	pairs := make([]string, 0, len(args))
	for i := 1; i < len(args); i += 2 {
		mark := fmt.Sprintf("%s%d%s", open, i, shut)
		var v string
		switch x := args[i].(type) {
		case template.HTML:
			v = string(x)
		case int:
			v = number(t, int64(x))
		default:
			v = "<bdi>" + template.HTMLEscapeString(fmt.Sprint(x)) + "</bdi>"
		}
		marked[i] = mark
		pairs = append(pairs, mark, v)
	}
	s := template.HTMLEscapeString(c.text(t, key, marked...))
	return template.HTML(strings.NewReplacer(pairs...).Replace(s))
}
