package ais

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"gatehouse/apiclient"
	"gatehouse/apiclient/secret"
)

// longestName bounds user IDs, role names and aliases; longestPassword is where
// bcrypt stops: with a longer one the server closes the connection without an
// answer.
const (
	longestName     = 32
	longestPassword = 72 // bytes
)

var niceName = regexp.MustCompile(`^[0-9A-Za-z]([0-9A-Za-z_-]*[0-9A-Za-z])?$`)

// checkName is the server's own rule for user IDs, role names and aliases.
func checkName(s string) error {
	if len(s) > longestName || !niceName.MatchString(s) {
		return errors.New("must be 1 to 32 of a-z A-Z 0-9 - _, without - and _ at either end")
	}
	return nil
}

// checkPath refuses names that cannot stand in a path: the server decodes an
// escaped slash, and drops what comes after it. Names that exist may break the
// rule for new ones (a role can be called after a cluster), but not this one.
func checkPath(s string) error {
	switch {
	case s == "":
		return errors.New("must not be empty")
	case s == "." || s == ".." || strings.Contains(s, "/"):
		return errors.New(`must not hold "/" nor be "." or "..": the server would take it for another`)
	case !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl):
		return errors.New("must be plain text on one line")
	}
	return nil
}

func checkPassword(s string) error {
	if n := len(s); n > longestPassword {
		return fmt.Errorf("has %d bytes: the server breaks down on more than %d", n, longestPassword)
	}
	return nil
}

// checkPasted says beside the field that a text is no token at all.
func checkPasted(s string) error {
	_, err := parseToken(secret.New(s))
	return err
}

func checkURL(s string) error {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
		return fmt.Errorf("%q is no address such as https://cluster.example:8080", s)
	}
	return nil
}

// checkTarget refuses refs whose name the server would mangle.
func checkTarget(ref apiclient.Ref) error {
	switch ref.Kind {
	case apiclient.KindAccount, apiclient.KindUser, apiclient.KindRole:
		return checkPath(ref.Name())
	}
	return nil
}

// check refuses an op that must not be sent, whatever the plan said: the names
// in its path, and the inputs that the declared fields cannot check alone.
func (b *backend) check(op apiclient.Op) error {
	if err := checkTarget(op.On); err != nil {
		return &apiclient.Failure{
			Tried: b.doing(op), Cause: apiclient.ErrInvalid,
			Message: "the name " + err.Error(), Next: "use the ais command line for a record of such a name",
		}
	}
	var wrong []apiclient.FieldError
	add := func(field string, err error) {
		if err != nil {
			wrong = append(wrong, apiclient.FieldError{Field: field, Text: err.Error()})
		}
	}
	for _, u := range op.With.List("urls") {
		add("urls", checkURL(u))
	}
	for _, r := range op.With.List("roles") {
		if err := checkPath(r); err != nil {
			add("roles", fmt.Errorf("%q: a role's name %w", r, err))
		}
	}
	_, err := clusterACLs(op.With["clusters"].Rows)
	add("clusters", err)
	_, err = bucketACLs(op.With["buckets"].Rows)
	add("buckets", err)
	for _, field := range kept(op.Verb) {
		if op.With.Has(field) && op.With[field].Empty() {
			add(field, errors.New("cannot be emptied on this system: delete the record and create it again"))
		}
	}
	if wrong == nil {
		return nil
	}
	return &apiclient.Failure{Tried: b.doing(op), Message: wrong[0].Field + ": " + wrong[0].Text, Fields: wrong, Cause: apiclient.ErrInvalid}
}

// kept are the fields that an empty value leaves as they are.
func kept(v apiclient.Verb) []string {
	switch v {
	case apiclient.AccountUpdate:
		return []string{"alias", "urls"}
	case apiclient.RoleUpdate:
		return []string{"description"}
	}
	return nil
}
