package web

import (
	"strings"
	"testing"
)

// TestComponents: the page shows every shared part in every language, and needs nothing of the exchange.
func TestComponents(t *testing.T) {
	t.Parallel()
	x := newExchange(t)
	x.entries, x.members = nil, nil
	h := newHandler(t, x)
	for _, ui := range interfaceLanguages {
		w := get(t, h, "/help/components?theme=dark&ui="+string(ui))
		body := w.Body.String()
		if w.Code != 200 || !strings.Contains(body, `data-theme="dark"`) || !strings.Contains(body, `<html lang="`+string(ui)) {
			t.Fatalf("%s: %d", ui, w.Code)
		}
		for _, part := range []string{"row-flash", "row-withdrawn", "row-nast", "row-arab", "row-open", "row-snippet", "row-facts", `class="event"`, "tag-embargo", "tag-stale", "tag-more",
			"sb-official", "sb-machine", "sb-embargo", "sb-corrected", "sb-withdrawn", "sb-flash", "sb-translation", "sb-stale", `class="tabs"`, `class="body text"`, "<del>", "<ins>", `class="chain"`, "<time datetime", `class="field-error"`, `id="problems"`, "button primary",
			`<dl class="facts">`, "light is-off", "<dialog open", `class="notice"`, `class="problem"`} {
			if !strings.Contains(body, part) && !(part == "row-facts" && ui == "tr") { // whoever reads Turkish reads that sample itself
				t.Errorf("%s: %s is not shown", ui, part)
			}
		}
	}
}
