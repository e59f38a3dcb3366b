// Command train makes the detection models of package lang from texts that may be redistributed:
//
//	sh internal/lang/ngram/train/fetch.sh DIR
//	go run ./internal/lang/ngram/train -sources DIR
//
// fetch.sh names what is fetched; -extra (the folder extra/ beside this file) holds sentences and words
// written for Jarchi. Training is reproducible: the same inputs give the
// same files. With -measure the texts of our pages and the last third of each Declaration are held out
// and what the models make of them is printed; no model is written.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"log"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"jarchi.dev/jarchi/internal/lang/ngram"
)

func main() {
	sources := flag.String("sources", "", "folder that fetch.sh filled")
	extra := flag.String("extra", "internal/lang/ngram/train/extra", "folder of our own texts")
	out := flag.String("out", "internal/lang/models", "folder for the models")
	only := flag.String("only", "", "the scripts to train, of Cyrl,Arab,Latn; all if empty")
	measure := flag.Bool("measure", false, "hold out a part and measure on it")
	flag.Parse()
	for _, script := range []string{"Cyrl", "Arab", "Latn"} {
		if *only != "" && !strings.Contains(*only, script) {
			continue
		}
		l := loader{root: *sources, extra: *extra, tail: *measure}
		m, held, err := train(script, l)
		if err != nil {
			log.Fatal(err)
		}
		var b bytes.Buffer
		if _, err := m.WriteTo(&b); err != nil {
			log.Fatal(err)
		}
		fmt.Fprintf(os.Stderr, "%s: %d classes, %d bytes\n", script, len(m.Classes), b.Len())
		if *measure {
			report(m, held)
			continue
		}
		if err := os.WriteFile(filepath.Join(*out, script+".model"), b.Bytes(), 0o644); err != nil {
			log.Fatal(err)
		}
	}
}

// report prints the share of held texts that m gets right: whole, their first 50 and first 20 letters.
func report(m *ngram.Model, held map[string][]string) {
	var mean [3]float64
	n := 0
	var loss [8]float64 // what softmax of the scores times 1, 1.25, 1.5 … costs
	for _, class := range m.Classes {
		if len(held[class]) == 0 {
			continue
		}
		line := fmt.Sprintf("%-8s %4d", class, len(held[class]))
		for i, length := range []int{0, 50, 20} {
			right := 0
			wrong := map[string]int{}
			for _, s := range held[class] {
				if r := []rune(s); length > 0 && len(r) > length {
					s = string(r[:length])
				}
				scores, _ := m.Score(s)
				best := 0
				for k := range scores {
					if scores[k] > scores[best] {
						best = k
					}
				}
				truth := slices.Index(m.Classes, class)
				for k := range loss {
					sum, t := 0.0, 1+float64(k)/4
					for i := range scores {
						sum += math.Exp(t * (scores[i] - scores[best]))
					}
					loss[k] += math.Log(sum) - t*(scores[truth]-scores[best])
				}
				if m.Classes[best] == class {
					right++
				} else {
					wrong[m.Classes[best]]++
				}
			}
			share := 100 * float64(right) / float64(len(held[class]))
			mean[i] += share
			line += fmt.Sprintf("  %5.1f", share)
			if length == 20 {
				line += fmt.Sprint("  ", wrong)
			}
		}
		n++
		fmt.Println(line)
	}
	fmt.Printf("loss %.0f\n", loss)
	fmt.Printf("mean           %5.2f  %5.2f  %5.2f\n", mean[0]/float64(n), mean[1]/float64(n), mean[2]/float64(n))
}
