package aiven

import (
	"errors"
	"regexp"
	"strings"

	"gatehouse/apiclient"
	"gatehouse/apiclient/secret"
)

const (
	// handleLength is how long the public prefix of a token is in all examples
	// of the API's document.
	handleLength = 12
	// usualLength is that of the tokens which scanners of public code look for
	// (trufflehog, pkg/detectors/aiven).
	usualLength     = 372
	servicePassword = "AVNS_"
	apiToken        = "AVNU_"
)

// classify says offline whether a pasted text could be a token of Aiven. It
// cannot be sure: most tokens are long base64 text without a mark.
func classify(s apiclient.Secret) []apiclient.Match {
	text := strings.TrimSpace(s.Reveal())
	token := trimToken(s).Reveal()
	m := apiclient.Match{Driver: Name, Kind: "access token"}
	base64Text := regexp.MustCompile(`^[A-Za-z0-9+/]{40,}={0,2}$`)
	marked := regexp.MustCompile(`^AVN[US]_[A-Za-z0-9_-]{10,}$`)
	switch {
	case marked.MatchString(token) && strings.HasPrefix(token, servicePassword):
		m.Kind, m.Sure, m.Note = "service password", apiclient.Likely, "a password of a database, not a token of the API: it is changed in the service"
		return []apiclient.Match{m}
	case marked.MatchString(token):
		m.Sure = apiclient.Likely
	case !base64Text.MatchString(token):
		return nil
	case text != token:
		m.Sure, m.Note = apiclient.Likely, "it stood after "+scheme
	case len(token) == usualLength:
		m.Sure = apiclient.Likely
	default:
		m.Sure = apiclient.Guess
	}
	m.Handle = token[:handleLength]
	return []apiclient.Match{m}
}

// trimToken takes off what is pasted along with a token.
func trimToken(s apiclient.Secret) apiclient.Secret {
	text := strings.TrimSpace(s.Reveal())
	if word, rest, ok := strings.Cut(text, " "); ok && word == scheme {
		text = strings.TrimSpace(rest)
	}
	return secret.New(text)
}

// usesPrefix tells whether a token begins with the prefix that Aiven calls it by.
func usesPrefix(s apiclient.Secret, prefix string) bool {
	return prefix != "" && strings.HasPrefix(s.Reveal(), prefix)
}

// checkTokenText tells what can be no token at all.
func checkTokenText(s apiclient.Secret) error {
	token := s.Reveal()
	switch {
	case token == "":
		return errors.New("is required")
	case strings.ContainsAny(token, " \t\r\n"):
		return errors.New("must be one word: something else was pasted along")
	case strings.HasPrefix(token, servicePassword):
		return errors.New("this is the password of a service, not a token of the API")
	}
	for _, r := range token {
		if r < '!' || r > '~' {
			return errors.New("holds characters that no token has")
		}
	}
	return nil
}
