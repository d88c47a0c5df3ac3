package juju

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// release is the version of a controller.
type release struct {
	text  string
	major int
}

func releaseOf(text string) release {
	r := release{text: text}
	// What cannot be read counts as old: older controllers say less.
	_, _ = fmt.Sscanf(text, "%d.", &r.major)
	return r
}

// The shape of names, as Juju's package names has it.
var (
	localName = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9.+-]*[a-zA-Z0-9]$`)
	fullName  = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9.+-]*[a-zA-Z0-9](@[a-zA-Z0-9][a-zA-Z0-9.+-]*[a-zA-Z0-9])?$`)
)

// longestName bounds what is sent as a name; the controllers name no limit.
const longestName = 255

func checkLocalName(s string) error {
	if len(s) > longestName || !localName.MatchString(s) {
		return errors.New("must be at least two of a-z A-Z 0-9 . + - and begin and end with a letter or digit")
	}
	return nil
}

func checkFullName(s string) error {
	if len(s) > longestName || !fullName.MatchString(s) {
		return errors.New("must be a user name, or name@domain for somebody from outside")
	}
	return nil
}

// bare drops the domain "local", which is the same as none.
func bare(name string) string { return strings.TrimSuffix(name, "@local") }

// external tells whether the name is of somebody whom another system vouches
// for: he has no password here.
func external(name string) bool { return strings.Contains(bare(name), "@") }

func userTag(name string) string { return "user-" + bare(name) }

// userOf takes the name out of a tag: names may hold hyphens themselves.
func userOf(tag string) string { return bare(strings.TrimPrefix(tag, "user-")) }

func modelTag(uuid string) string { return "model-" + uuid }
