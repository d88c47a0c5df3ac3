// Package names decides what may be the name of an account or a user, and when
// two names are the same.
package names

import (
	"errors"
	"net/mail"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Longest is the greatest length of a canonical name.
const Longest = 128

// Canonical gives the one form of a name that is stored and compared: NFKC,
// lower case, NFKC again, since lowering can undo the first (RFC 8265, 3.3).
// The alphabet is small, so that no two names look alike.
func Canonical(name string) (string, error) {
	// NFKC can make a text some 18 times longer; what is far too long is not
	// even tried.
	if len(name) > 4*Longest {
		return "", errors.New("a name has at most 128 characters")
	}
	if !utf8.ValidString(name) {
		return "", errors.New("a name is valid UTF-8")
	}
	name = norm.NFKC.String(strings.ToLower(norm.NFKC.String(name)))
	if name == "" {
		return "", errors.New("a name has at least one character")
	}
	if len(name) > Longest {
		return "", errors.New("a name has at most 128 characters")
	}
	for i := range len(name) {
		if !allowed(name[i]) {
			return "", errors.New("a name consists of a-z, 0-9 and . _ @ + -")
		}
	}
	if name == "." || name == ".." {
		return "", errors.New("a name is not . or .. because these vanish from paths")
	}
	return name, nil
}

func allowed(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || strings.IndexByte("._@+-", c) >= 0
}

// CheckEmail tells whether an address is one plain address; none is fine too.
func CheckEmail(address string) error {
	if address == "" {
		return nil
	}
	parsed, err := mail.ParseAddress(address)
	if err != nil || parsed.Address != address || len(address) > 254 {
		return errors.New("an e-mail address looks like name@example.com")
	}
	return nil
}

// CheckText tells whether a text can be stored as it is. Control characters
// are kept: whoever draws the text cleans it.
func CheckText(text string) error {
	if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
		return errors.New("a text is valid UTF-8 without NUL")
	}
	return nil
}
