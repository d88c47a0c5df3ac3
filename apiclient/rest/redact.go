package rest

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"gatehouse/apiclient"
)

// redactor cuts known secrets out of the words of the other side, which like
// to echo what they were sent.
type redactor struct {
	forms []string // longest first, so that no part of one stays behind
	short []string // too short to be cut out without holes everywhere
}

// shortest is the length from which a secret is cut out of a text; a text with
// a shorter one in it is left out as a whole.
const shortest = 6

const leftOut = "(its words are left out: they repeat what was typed as a secret)"

// CleanForeign cuts the secrets out of the texts of a failure that came from
// the other side, and bounds them: for what does not travel over HTTP.
func CleanForeign(f *apiclient.Failure, secrets ...apiclient.Secret) {
	newRedactor(nil, Body{secrets: secrets}).foreign(f)
}

func newRedactor(auth *Auth, body Body) redactor {
	var r redactor
	for _, s := range body.secrets {
		r.add(s.Reveal())
	}
	if auth != nil {
		s := auth.Secret.Reveal()
		r.add(s)
		r.add(base64.StdEncoding.EncodeToString([]byte(auth.User + ":" + s)))
	}
	slices.SortFunc(r.forms, func(a, b string) int { return len(b) - len(a) })
	return r
}

func (r *redactor) add(s string) {
	switch {
	case s == "":
	case len(s) < shortest:
		r.short = append(r.short, s)
	default:
		quoted, err := json.Marshal(s)
		if err == nil {
			r.forms = append(r.forms, string(quoted[1:len(quoted)-1]))
		}
		r.forms = append(r.forms, s, url.QueryEscape(s), url.PathEscape(s), base64.StdEncoding.EncodeToString([]byte(s)))
	}
}

func (r redactor) text(s string) string {
	for _, f := range r.forms {
		s = strings.ReplaceAll(s, f, "***")
	}
	for _, f := range r.short {
		if strings.Contains(s, f) {
			return leftOut
		}
	}
	return s
}

// foreign cleans all texts of a failure that came from the other side.
func (r redactor) foreign(f *apiclient.Failure) {
	for _, s := range []*string{&f.Message, &f.Next, &f.Code, &f.RequestID} {
		*s = clip(r.text(*s))
	}
	for i := range f.Fields {
		f.Fields[i].Field = clip(r.text(f.Fields[i].Field))
		f.Fields[i].Text = clip(r.text(f.Fields[i].Text))
	}
}

// longest bounds a text of the other side: an error is read, not studied.
const longest = 600

func clip(s string) string {
	if len(s) <= longest {
		return s
	}
	return strings.ToValidUTF8(s[:longest], "") + "…"
}
