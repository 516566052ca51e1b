// Package blocklist knows passwords that an attacker tries first.
//
// Long passwords that many people choose are seldom in a list: they are made of
// short ones. So a password is refused when it is nothing more than
//
//   - at most three pieces, each a common password, a word of its context (the
//     service's, the member's own names and address), a year, a walk over the
//     keyboard, alphabet or digits, or a repeated piece
//   - and fewer than four other characters
//
// or a short or weak unit over and over. Case, "leet" digits (p4ssw0rd) and marks between the
// characters (p-a-s-s) are looked through. Every password of the usual lists that
// has 15 characters falls under this; a phrase of four words doesn't.
//
// The list is embedded, so that nothing about a password ever leaves the program
// (ASVS 6.2.4, 6.2.11, 6.2.12). It is made from zxcvbn's, which counts what
// occurs in breaches and is free to derive from (MIT).
package blocklist

import (
	_ "embed"
	"strings"
	"sync"
	"unicode"
)

const (
	maxPieces   = 3
	minOthers   = 4 // so many characters that are part of no piece make a password one's own
	minUnit     = 8 // a unit of fewer, repeated, is refused whatever it is
	minWalk     = 3
	minContext  = 3
	longestWord = 64
)

//go:embed common.txt
var list string

var common = sync.OnceValue(func() map[string]bool {
	words := make(map[string]bool, 8192)
	for line := range strings.Lines(list) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			words[line] = true
		}
	}
	return words
})

// Refuses says whether the password is one that is tried first by somebody who
// knows the context: the member's names and address, the service's name.
func Refuses(password string, context ...string) bool {
	lower := []rune(strings.ToLower(password))
	words := contextWords(context)
	if unit := period(lower); unit < len(lower) && (unit < minUnit || weak(lower[:unit], words)) {
		return true
	}
	if weak(lower, words) {
		return true
	}
	bare := withoutMarks(lower)
	return len(bare) < len(lower) && 2*len(bare) >= len(lower) && weak(bare, words)
}

// contextWords are the context's texts, whole, without marks, and word by word.
func contextWords(context []string) map[string]bool {
	words := map[string]bool{}
	add := func(w string) {
		if n := len([]rune(w)); n >= minContext && n <= longestWord {
			words[w] = true
		}
	}
	for _, text := range context {
		text = strings.ToLower(text)
		add(text)
		add(string(withoutMarks([]rune(text))))
		for _, w := range strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
			add(w)
		}
	}
	return words
}

// weak looks for a way to cover the password by few pieces. others[k] is the
// least number of characters outside of pieces, up to where it looks, with k pieces.
func weak(p []rune, context map[string]bool) bool {
	type row [maxPieces + 1]int
	others := make([]row, len(p)+1)
	for i := range others {
		for k := range others[i] {
			others[i][k] = i
		}
	}
	for i := range p {
		for k := range others[i] {
			others[i+1][k] = min(others[i+1][k], others[i][k]+1)
		}
		for _, end := range pieces(p, i, context) {
			for k := range maxPieces {
				others[end][k+1] = min(others[end][k+1], others[i][k])
			}
		}
	}
	last := others[len(p)]
	return last[maxPieces] < minOthers
}

// pieces are the ends of the pieces that start at i.
func pieces(p []rune, i int, context map[string]bool) []int {
	var ends []int
	for end := i + minContext; end <= len(p) && end-i <= longestWord; end++ {
		if known(string(p[i:end]), context) {
			ends = append(ends, end)
		}
	}
	if i+4 <= len(p) && year(p[i:i+4]) {
		ends = append(ends, i+4)
	}
	if end := walk(p, i); end-i >= minWalk {
		ends = append(ends, end)
	}
	if end := repetition(p, i); end > i {
		ends = append(ends, end)
	}
	return ends
}

// leet are the readings of digits and marks that stand for letters.
var leet = []*strings.Replacer{
	strings.NewReplacer("0", "o", "1", "l", "3", "e", "4", "a", "5", "s", "7", "t", "8", "b", "9", "g", "@", "a", "$", "s", "!", "i"),
	strings.NewReplacer("0", "o", "1", "i", "3", "e", "4", "a", "5", "s", "7", "t", "8", "b", "9", "g", "@", "a", "$", "s", "!", "l"),
}

func known(word string, context map[string]bool) bool {
	if common()[word] || context[word] {
		return true
	}
	for _, reading := range leet {
		if plain := reading.Replace(word); plain != word && (common()[plain] || context[plain]) {
			return true
		}
	}
	return false
}

func year(p []rune) bool {
	return (p[0] == '1' && p[1] == '9' || p[0] == '2' && p[1] == '0') && unicode.IsDigit(p[2]) && unicode.IsDigit(p[3])
}

// withoutMarks keeps letters, digits and whatever isn't ASCII.
func withoutMarks(p []rune) []rune {
	var out []rune
	for _, r := range p {
		if r > unicode.MaxASCII || unicode.IsLetter(r) || unicode.IsDigit(r) {
			out = append(out, r)
		}
	}
	return out
}
