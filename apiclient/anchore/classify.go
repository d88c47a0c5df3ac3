package anchore

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"

	"gatehouse/apiclient"
	"gatehouse/apiclient/secret"

	"github.com/google/uuid"
)

// classify says offline what a pasted text could be. A bare API key has no
// published format and cannot be told from any other text.
func classify(s apiclient.Secret) []apiclient.Match {
	m := apiclient.Match{Driver: Name, Sure: apiclient.Guess}
	if t := readJWT(s); t.ok {
		// The Engine's tokens name their user by its id and nothing else.
		if uuid.Validate(t.subject) != nil {
			return nil
		}
		m.Kind, m.Expires, m.Note = "OAuth token", t.expires, "any system may give out such tokens; it names its user by id only"
		return []apiclient.Match{m}
	}
	user, password, ok := basic(s)
	switch {
	case !ok:
		return nil
	case user == keyUser:
		m.Kind, m.Sure = "API key", apiclient.Likely
		m.Note = "it does not say whose it is, and Anchore cannot look it up: only its owner's list shows it"
	default:
		m.Kind, m.Owner = "user name and password", user
		m.Note = "any system may take such a header"
	}
	if password.IsZero() {
		return nil
	}
	return []apiclient.Match{m}
}

// basic reads what leaks of Basic: a header, or its user name for API keys with
// the key.
func basic(s apiclient.Secret) (user string, password apiclient.Secret, ok bool) {
	text := strings.TrimSpace(s.Reveal())
	text = strings.TrimPrefix(text, "Authorization: ")
	if coded, isHeader := strings.CutPrefix(text, "Basic "); isHeader {
		plain, err := base64.StdEncoding.DecodeString(strings.TrimSpace(coded))
		if err != nil {
			return "", password, false
		}
		text = string(plain)
	} else if !strings.HasPrefix(text, keyUser+":") {
		return "", password, false
	}
	user, word, ok := strings.Cut(text, ":")
	return user, secret.New(word), ok && user != ""
}

// pasted makes a credential of a pasted text that is known to be for this
// system.
func pasted(s apiclient.Secret) (c apiclient.Credential, kind string) {
	if readJWT(s).ok {
		return apiclient.Credential{Method: byBearer, Secret: trimmed(s)}, "the OAuth token"
	}
	user, password, ok := basic(s)
	if !ok {
		// Names hold no colon, passwords may.
		if name, word, both := strings.Cut(strings.TrimSpace(s.Reveal()), ":"); both && checkName(name) == nil {
			user, password, ok = name, secret.New(word), true
		}
	}
	switch {
	case ok && user == keyUser:
		return apiclient.Credential{Method: byKey, Secret: password}, "the API key"
	case ok:
		return apiclient.Credential{Method: byPassword, User: user, Secret: password}, "the password of " + user
	}
	return apiclient.Credential{Method: byKey, Secret: trimmed(s)}, "the API key"
}

func trimmed(s apiclient.Secret) apiclient.Secret { return secret.New(strings.TrimSpace(s.Reveal())) }

// jwt is what a token says of itself, unverified.
type jwt struct {
	ok      bool
	subject string
	expires time.Time
}

// longestJWT bounds what is looked into.
const longestJWT = 16 << 10

func readJWT(s apiclient.Secret) jwt {
	text := strings.TrimSpace(s.Reveal())
	parts := strings.Split(text, ".")
	if len(text) > longestJWT || len(parts) != 3 || !strings.HasPrefix(text, "eyJ") {
		return jwt{}
	}
	if _, err := base64.RawURLEncoding.DecodeString(parts[2]); err != nil {
		return jwt{}
	}
	var head struct {
		Alg string `json:"alg"`
	}
	var claims struct {
		Subject string  `json:"sub"`
		Expires float64 `json:"exp"`
	}
	if !decodePart(parts[0], &head) || head.Alg == "" || !decodePart(parts[1], &claims) {
		return jwt{}
	}
	t := jwt{ok: true, subject: claims.Subject}
	if claims.Expires > 0 && claims.Expires < farFuture {
		t.expires = time.Unix(int64(claims.Expires), 0).UTC()
	}
	return t
}

// farFuture is the end of the year 9999, after which times cannot be written.
const farFuture = 253402300799

func decodePart(part string, into any) bool {
	text, err := base64.RawURLEncoding.DecodeString(part)
	return err == nil && json.Unmarshal(text, into) == nil
}
