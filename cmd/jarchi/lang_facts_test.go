package main

import (
	"strings"
	"testing"
)

func TestLangFactsFilter(t *testing.T) {
	t.Parallel()
	got, err := runFilter(t, LangFactsCmd{langFlag{"ru"}}, strings.NewReader("Министр энергетики Марат Сейтов подписал соглашение на 40 млн долларов\nЛюди на улице Марата Сейтова\n"))
	want := `{"act":{"kind":"signing","status":"done"},"persons":[{"name":"Марат Сейтов","office":"minister"}],"numbers":[{"value":"40000000","unit":"usd"}]}` + "\n{}\n"
	if err != nil || got != want {
		t.Errorf("%s %v", got, err)
	}
	if _, err := runFilter(t, LangFactsCmd{langFlag{"russian?"}}, strings.NewReader("а\n")); err == nil {
		t.Error("ran without a language")
	}
}
