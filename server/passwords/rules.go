// Package passwords holds the rules for passwords and the way they are stored.
package passwords

import (
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"gatehouse/apiclient/gatehouse/wire"
)

// Limits of a password: NIST SP 800-63B-4, 3.1.1, for a password that is the
// only factor, counted in code points after NFKC.
const (
	Shortest     = 15
	LongestBytes = 1024
)

//go:embed blocklist.txt
var blocklist string

// Check applies the rules. Context are words that must not make up the whole
// password: the user, the account. There are no rules of composition.
func Check(password wire.Secret, context ...string) error {
	text := password.Reveal()
	if len(text) > LongestBytes {
		return fmt.Errorf("a password has at most %d bytes", LongestBytes)
	}
	if !utf8.ValidString(text) {
		return errors.New("a password is valid UTF-8")
	}
	text = norm.NFKC.String(text)
	if n := utf8.RuneCountInString(text); n < Shortest {
		return fmt.Errorf("a password has at least %d characters; this one has %d", Shortest, n)
	}
	lower := strings.ToLower(text)
	if repeats(lower, 4) || ascends(lower) {
		return errors.New("this password is a repetition or a run of neighbours, which is among the first that are guessed")
	}
	if slices.Contains(strings.Fields(blocklist), lower) {
		return errors.New("this password is on the list of well-known ones")
	}
	for _, word := range append(context, "gatehouse") {
		if madeOf(lower, strings.ToLower(word)) {
			return errors.New("this password consists of the name of the user, the account or the product")
		}
	}
	return nil
}

// repeats tells whether the text is a block of up to longest characters again
// and again.
func repeats(text string, longest int) bool {
	runes := []rune(text)
	for size := 1; size <= longest; size++ {
		same := true
		for i := size; i < len(runes) && same; i++ {
			same = runes[i] == runes[i-size]
		}
		if same {
			return true
		}
	}
	return false
}

// ascends tells whether every character is the neighbour of the one before it,
// always in the same direction; 0 follows 9.
func ascends(text string) bool {
	runes := []rune(text)
	up, down := true, true
	for i := 1; i < len(runes); i++ {
		a, b := runes[i-1], runes[i]
		up = up && (b == a+1 || a == '9' && b == '0')
		down = down && (b == a-1 || a == '0' && b == '9')
	}
	return up || down
}

// madeOf tells whether nothing but digits and signs is left when the word is
// taken out.
func madeOf(text, word string) bool {
	if len(word) < 3 || !strings.Contains(text, word) {
		return false
	}
	rest := strings.ReplaceAll(text, word, "")
	return !strings.ContainsFunc(rest, unicode.IsLetter)
}
