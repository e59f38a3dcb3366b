// Package lang owns everything Jarchi knows about human languages: tags, detection, the keys under
// which words meet however they are spelled, stems, sentences, numbers and dates.
//
// What is particular to one language lies in a folder of its own under tables/ (letters, suffixes,
// months, number words, stop words) and is embedded; the code here knows mechanisms only. A linguist
// adds or mends a language by editing those files, see docs/languages.md.
//
// Three keys, from strict to loose:
//
//   - Fold: what the reader would call the same word, in whatever script, case or keyboard it was typed;
//   - Stem: the folded word without its inflection;
//   - Loose: a consonant skeleton by which one name is met across languages.
//
// All functions are pure, safe for concurrent use, accept any bytes (also invalid UTF-8) and take time
// linear in their input. Nothing is cached but the tables. The package reads no clock, no file outside
// its tables, no network, and never guesses: an unreadable date is no date.
package lang
