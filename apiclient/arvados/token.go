package arvados

import (
	"strings"

	"gatehouse/apiclient"
	"gatehouse/apiclient/secret"
)

// parsed is what a token says of itself.
type parsed struct {
	uuid   string // of a v2 token; the bare secret does not tell it
	salted bool   // made over for one other cluster: its secret is a hash
}

// cluster is where the token belongs; "": it does not tell.
func (p parsed) cluster() string {
	if p.uuid == "" {
		return ""
	}
	return p.uuid[:5]
}

// Lengths of secrets: what the server makes has 48 to 50 characters, others
// have been seen down to 41; a salted one is an HMAC-SHA1 in hexadecimal.
const (
	shortestBare = 41
	longestBare  = 50
	shortestV2   = 32
	saltedLen    = 40
)

const v2Prefix = "v2/"

// parse reads a token of either form: v2/uuid/secret, or the bare secret. A v2
// token may be followed by one part more, which names a container.
func parse(s apiclient.Secret) (p parsed, ok bool) {
	text := strings.TrimSpace(s.Reveal())
	if !strings.HasPrefix(text, v2Prefix) {
		return p, base36(text) && len(text) >= shortestBare && len(text) <= longestBare
	}
	parts := strings.Split(text, "/")
	if len(parts) < 3 || len(parts) > 4 || !hasInfix(parts[1], infixToken) {
		return p, false
	}
	bare := parts[2]
	if !base36(bare) || len(bare) < shortestV2 || len(bare) > longestBare {
		return p, false
	}
	p.uuid = parts[1]
	p.salted = len(bare) == saltedLen && strings.Trim(bare, "0123456789abcdef") == ""
	return p, true
}

// uuidIn is the uuid of a token that was entered in place of the token itself;
// "": it is none.
func uuidIn(s apiclient.Secret) string {
	if text := strings.TrimSpace(s.Reveal()); hasInfix(text, infixToken) {
		return text
	}
	return ""
}

// trimmed is a token without the blanks that a clipboard puts around it.
func trimmed(s apiclient.Secret) apiclient.Secret {
	return secret.New(strings.TrimSpace(s.Reveal()))
}

// joined makes the v2 form of a token.
func joined(uuid string, bare apiclient.Secret) apiclient.Secret {
	return secret.New(v2Prefix + uuid + "/" + bare.Reveal())
}

// classify says offline what a pasted text could be.
func classify(s apiclient.Secret) []apiclient.Match {
	m := apiclient.Match{Driver: Name, Kind: "API token"}
	p, ok := parse(s)
	switch {
	case ok && p.uuid != "":
		m.Handle, m.Sure = p.uuid, apiclient.Certain
		m.Note = "of cluster " + p.cluster()
		if p.salted {
			m.Note += ", made over for another cluster, which alone accepts it"
		}
	case ok:
		m.Sure, m.Note = apiclient.Guess, "only the secret part: whose it is can be asked with the token itself"
	case strings.HasPrefix(strings.TrimSpace(s.Reveal()), v2Prefix):
		m.Sure, m.Note = apiclient.Likely, "a part of it is cut or mistyped"
	default:
		return nil
	}
	return []apiclient.Match{m}
}
