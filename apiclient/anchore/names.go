package anchore

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"gatehouse/apiclient"
)

// The patterns of the API descriptions. That of v1 has the range +-= where
// three characters were meant; what it lets through by that and nobody can
// address afterwards is refused by checkName.
var (
	nameV1    = regexp.MustCompile("^[a-zA-Z0-9][a-zA-Z0-9@.!#$+-=^_`~;]{1,126}[a-zA-Z0-9]$")
	accountV2 = regexp.MustCompile("^[a-zA-Z0-9][ a-zA-Z0-9@.!$+=^_`~;-]{1,126}[a-zA-Z0-9_]$")
	userV2    = regexp.MustCompile("^[a-zA-Z0-9][ a-zA-Z0-9@.!#$+=^_`~;:-]{1,126}[a-zA-Z0-9_]$")
	emails    = regexp.MustCompile("^[a-z0-9!#$%&'*+/=?^_`{|}~.-]+@([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z0-9]([a-z0-9-]*[a-z0-9])?$")
	providers = regexp.MustCompile("^[a-zA-Z0-9_-]+$")
)

const (
	shortestPassword = 6
	longestPassword  = 128
	shortestName     = 3
	longestName      = 128
)

// checkName is what both interfaces ask of the name of an account or a user.
func checkName(s string) error {
	if n := utf8.RuneCountInString(s); n < shortestName || n > longestName {
		return fmt.Errorf("must have %d to %d characters, has %d", shortestName, longestName, n)
	}
	return checkPart(s)
}

// checkPart keeps names out that could not stand in a path.
func checkPart(s string) error {
	switch {
	case strings.Contains(s, "/"):
		return errors.New("must not hold a slash: it could never be asked for again")
	case strings.ContainsFunc(s, unicode.IsControl) || !utf8.ValidString(s):
		return errors.New("must be printable")
	case s == "." || s == "..":
		return errors.New("must be more than dots")
	}
	return nil
}

// checkPassword has the upper limit that the descriptions declare and the
// servers do not keep.
func checkPassword(s string) error {
	if n := utf8.RuneCountInString(s); n < shortestPassword || n > longestPassword {
		return fmt.Errorf("must have %d to %d characters, has %d", shortestPassword, longestPassword, n)
	}
	return nil
}

func checkEmail(s string) error {
	if !emails.MatchString(s) {
		return errors.New("must be an address in lower case, such as ops@example.com")
	}
	return nil
}

func checkProvider(s string) error {
	if !providers.MatchString(s) {
		return errors.New("must be of letters, digits, _ and -")
	}
	return nil
}

// checkHere refuses what this very system would refuse or mangle, before
// anything is sent. It repeats the checks of the fields for ops that come
// without a plan.
func (b *backend) checkHere(op apiclient.Op) *apiclient.Failure {
	spec, _ := Driver().Verb(op.Verb)
	for _, f := range spec.Fields {
		if err := f.Validate(op.With[f.Name]); err != nil && op.With.Has(f.Name) {
			return b.invalid(op, f.Name, err.Error())
		}
	}
	for _, part := range op.On.Path.Parts() {
		if err := checkPart(part); err != nil {
			return b.invalid(op, "", "the name "+err.Error())
		}
	}
	field, text := "", ""
	switch op.Verb {
	case apiclient.AccountCreate:
		field, text = "name", b.badAccount(op.With.Text("name"))
	case apiclient.UserCreate:
		field, text = b.badUser(op.With)
	case apiclient.TokenRevoke:
		if op.On.IsZero() {
			text = missing()[apiclient.TokenRevokePasted]
		}
	}
	if text == "" {
		return nil
	}
	return b.invalid(op, field, text)
}

func (b *backend) badAccount(name string) string {
	switch {
	case name == "system" || name == "anchore-system" || name == "admin":
		return "is kept for the system"
	case b.speaks.v2 && !accountV2.MatchString(name):
		return "must begin with a letter or digit, end with one or _, with letters, digits, spaces and @ . ! $ + = ^ _ ` ~ ; - between"
	case !b.speaks.v2 && !nameV1.MatchString(name):
		return "must begin and end with a letter or digit, with letters, digits and @ . ! # $ + - = ^ _ ` ~ ; between"
	}
	return ""
}

func (b *backend) badUser(with apiclient.Values) (field, text string) {
	name, provider := with.Text("user_name"), with.Text("idp_name")
	switch {
	case provider != "" && !b.speaks.v2:
		return "idp_name", "is for Anchore Enterprise: an Engine has no identity providers"
	case provider != "" && !with.Secret("password").IsZero():
		return "password", "must be empty: the identity provider lets the user in"
	case provider == "" && with.Secret("password").IsZero():
		return "password", "is required"
	case provider == "" && strings.Contains(name, ":"):
		return "user_name", "must not hold a colon: nobody could sign in with it"
	case b.speaks.v2 && !userV2.MatchString(name):
		return "user_name", "must begin with a letter or digit, end with one or _, with letters, digits, spaces and @ . ! # $ + = ^ _ ` ~ ; - between"
	case !b.speaks.v2 && !nameV1.MatchString(name):
		return "user_name", "must begin and end with a letter or digit, with letters, digits and @ . ! # $ + - = ^ _ ` ~ ; between"
	}
	return "", ""
}

func (b *backend) invalid(op apiclient.Op, field, text string) *apiclient.Failure {
	f := &apiclient.Failure{Tried: b.doing(op), Message: text, Cause: apiclient.ErrInvalid}
	if field == "" {
		return f
	}
	f.Fields = []apiclient.FieldError{{Field: field, Text: text}}
	if spec, ok := Driver().Verb(op.Verb); ok {
		if declared, ok := spec.Field(field); ok {
			f.Message = declared.Title + " " + text
		}
	}
	return f
}
