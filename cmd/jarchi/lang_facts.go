package main

import (
	"bytes"
	"encoding/json"

	"jarchi.dev/jarchi/internal/facts"
)

// LangFactsCmd is 'jarchi lang facts'.
type LangFactsCmd struct{ langFlag }

// Help is shown by --help.
func (LangFactsCmd) Help() string {
	return `Reads one text a line, its headline or its first sentence first, and writes what the tables pick out of
it as a JSON object. What is not certain is left out. act.status is done, planned or proposed; a name's id is that
of the table of names, a country's its ISO 3166-1 code; a person's name is written as the text spells it.

Example:

  $ echo 'Министр энергетики Марат Сейтов подписал соглашение на 40 млн долларов' | jarchi lang facts --lang ru
  {"act":{"kind":"signing","status":"done"},"persons":[{"name":"Марат Сейтов","office":"minister"}],"numbers":[{"value":"40000000","unit":"usd"}]}`
}

// Run filters standard input.
func (c LangFactsCmd) Run(std *Stdio) error {
	t, err := c.tag()
	if err != nil {
		return err
	}
	type act struct {
		Kind   facts.Kind   `json:"kind"`
		Status facts.Status `json:"status,omitempty"`
	}
	type name struct {
		Kind string `json:"kind"`
		ID   string `json:"id"`
	}
	type person struct {
		Name   string `json:"name"`
		Office string `json:"office,omitempty"`
	}
	type number struct {
		Value string `json:"value"`
		Unit  string `json:"unit,omitempty"`
	}
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	return eachLine(std, func(dst []byte, line string) []byte {
		f := facts.Read(t, line)
		var out struct {
			Act     *act     `json:"act,omitempty"`
			Names   []name   `json:"names,omitempty"`
			Persons []person `json:"persons,omitempty"`
			Numbers []number `json:"numbers,omitempty"`
			Dates   []string `json:"dates,omitempty"`
		}
		if f.Act.Kind != "" {
			out.Act = &act{f.Act.Kind, f.Act.Status}
		}
		for _, n := range f.Names {
			out.Names = append(out.Names, name{string(n.Kind), n.ID})
		}
		for _, p := range f.Persons {
			out.Persons = append(out.Persons, person(p))
		}
		for _, q := range f.Quantities {
			out.Numbers = append(out.Numbers, number(q))
		}
		for _, d := range f.Dates {
			out.Dates = append(out.Dates, d.Value)
		}
		buf.Reset()
		if err := enc.Encode(out); err != nil { // strings only: cannot fail
			panic(err)
		}
		return append(dst, bytes.TrimSuffix(buf.Bytes(), []byte("\n"))...)
	})
}
