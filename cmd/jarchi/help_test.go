package main

import (
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// TestHelp: every command shows an example of itself, and says what each of its flags is in a sentence.
func TestHelp(t *testing.T) {
	t.Parallel()
	var c commands
	parser, err := kong.New(&c, kong.DefaultEnvars("JARCHI"))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	var walk func(*kong.Node)
	walk = func(node *kong.Node) {
		for _, child := range node.Children {
			walk(child)
		}
		if len(node.Children) > 0 || node.Type != kong.CommandNode {
			return
		}
		n++
		name := node.Path()
		if !strings.HasPrefix(name, "delivery ") && !strings.Contains(node.Detail, "$ jarchi "+strings.Fields(name)[0]) && !strings.Contains(node.Detail, "$ ./jarchi-new "+name) && !strings.Contains(node.Detail, "jarchi "+name) {
			t.Errorf("jarchi %s: no example", name)
		}
		if !strings.HasSuffix(node.Help, ".") {
			t.Errorf("jarchi %s: no sentence: %q", name, node.Help)
		}
		for _, f := range node.Flags {
			if f.Help == "" {
				t.Errorf("jarchi %s --%s: nothing says what it is", name, f.Name)
			}
		}
	}
	walk(parser.Model.Node)
	if n < 50 {
		t.Errorf("only %d commands looked at", n)
	}
}

// TestHelpIsAWord: 'jarchi help story link' is 'jarchi story link --help', and who mistypes is led there.
func TestHelpIsAWord(t *testing.T) {
	t.Parallel()
	for _, c := range [][2]string{{"help", "--help"}, {"help story", "story --help"}, {"help story link", "story link --help"}} {
		code, out, talk := runCommand("", strings.Fields(c[0])...)
		_, want, _ := runCommand("", strings.Fields(c[1])...)
		if code != 0 || out != want || talk != "" || out == "" {
			t.Errorf("jarchi %s: status %d, %q %q", c[0], code, out, talk)
		}
	}
	if code, _, talk := runCommand("", "help", "nonsense"); code != 2 || !strings.Contains(talk, "'jarchi help' lists") {
		t.Errorf("jarchi help nonsense: status %d, %q", code, talk)
	}
}
