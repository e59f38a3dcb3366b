package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

const (
	riverNews = "The council of the two rivers met on Monday in Koksoy and agreed to open the upper gates of the canal for nine days, " +
		"so that the lower fields get water before the sowing. The level of the lake has fallen by two metres since spring, said the head of the water office."
	roadNews = "Four masons and a ferryman from the upper valley finished the stone bridge at Toqsan this week; " +
		"carts loaded with apples crossed it before the mayor had cut the ribbon, and nobody minded."
)

func textLine(id, text string) string {
	b, _ := json.Marshal(map[string]string{"id": id, "text": text}) // strings only
	return string(b) + "\n"
}

func TestStoryReuse(t *testing.T) {
	t.Parallel()
	half := riverNews[:strings.Index(riverNews, " The level")]
	in := textLine("a", riverNews) + textLine("b", roadNews) + "\n" + textLine("c", half) + textLine("d", roadNews+"\n\n"+riverNews) +
		textLine("empty", "") + textLine("e", "Nothing that anybody has said before stands here.")
	code, out, talk := runCommand(in, "story", "reuse")
	want := `{"id":"a","of":[]}
{"id":"b","of":[]}
{"id":"c","of":[{"id":"a","kind":"cut","containment":1}]}
{"id":"d","of":[{"id":"a","kind":"compilation","containment":1},{"id":"b","kind":"compilation","containment":1},{"id":"c","kind":"compilation","containment":1}]}
{"id":"empty","of":[]}
{"id":"e","of":[]}
`
	if code != 0 || talk != "" || out != want {
		t.Errorf("status %d, %s\n%s", code, talk, out)
	}
}

// TestStoryReuseBadLines: a bad line is named; what came before it is answered.
func TestStoryReuseBadLines(t *testing.T) {
	t.Parallel()
	for bad, says := range map[string]string{
		`{"id":"b","text":`:         "Line 2 is not the JSON that is read here",
		`["b"]`:                     "Line 2 is not the JSON that is read here",
		`{"id":7,"text":"x"}`:       "Line 2 is not the JSON that is read here",
		`{"text":"x"}`:              "Line 2: It has no id.",
		`{"id":"a","text":"x"}`:     `Line 2: The id "a" stands twice.`,
		"{\"id\":\"b\"}\x00":        "Line 2 is not the JSON that is read here",
		`{"id":"b","text":"x"} and`: "Line 2 is not the JSON that is read here",
	} {
		code, out, talk := runCommand(textLine("a", roadNews)+bad+"\n"+textLine("z", roadNews), "story", "reuse")
		if code != 1 || !strings.Contains(talk, says) || out != "{\"id\":\"a\",\"of\":[]}\n" {
			t.Errorf("%s: status %d, %q, %q", bad, code, talk, out)
		}
	}
	if code, _, talk := runCommand("", "story", "reuse", "--memory", "0"); code != 1 || !strings.Contains(talk, "--memory: ") {
		t.Error(code, talk)
	}
}

// TestStoryReuseForgets: with little memory the oldest texts are forgotten, and the stream goes on.
func TestStoryReuseForgets(t *testing.T) {
	t.Parallel()
	var in strings.Builder
	in.WriteString(textLine("first", riverNews))
	for i := range 3000 {
		var text strings.Builder
		for j := range 60 {
			fmt.Fprintf(&text, "w%d ", (i*7919+j*104729)%100_003)
		}
		in.WriteString(textLine(fmt.Sprint(i), text.String()))
	}
	in.WriteString(textLine("river", riverNews) + textLine("again", riverNews))
	code, out, talk := runCommand(in.String(), "story", "reuse", "--memory", "1")
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if code != 0 || talk != "" || len(lines) != 3003 {
		t.Fatal(code, talk, len(lines))
	}
	if lines[3001] != `{"id":"river","of":[]}` || lines[3002] != `{"id":"again","of":[{"id":"river","kind":"copy","containment":1}]}` {
		t.Error(lines[3001], lines[3002])
	}
}
