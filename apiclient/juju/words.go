package juju

import (
	"strings"

	"gatehouse/apiclient"
)

// what names a record: "user jon".
func (b *backend) what(ref apiclient.Ref) string {
	if ref.Kind == apiclient.KindGrant {
		return "access of " + ref.Name() + " to " + ref.Path.Part(1)
	}
	return b.info.Word(ref.Kind).One + " " + ref.Name()
}

// doing says what an op does: "disable user jon".
func (b *backend) doing(op apiclient.Op) string {
	title := strings.ToLower(apiclient.Spec(op.Verb).Title)
	switch op.Verb {
	case apiclient.UserCreate:
		return title + " user " + op.With.Text("user_name")
	case apiclient.UserSetPassword:
		return "set the password of " + op.On.Name()
	case apiclient.UserReset:
		return "make a new registration string for " + op.On.Name()
	case apiclient.GrantAdd:
		return "give " + op.With.Text("user") + " " + op.With.Text("access") + " on " + op.With.Text("object")
	case apiclient.GrantUpdate:
		return "change the " + b.what(op.On) + " to " + op.With.Text("access")
	case apiclient.SessionSignOut, apiclient.SessionSetPassword:
		return title
	}
	return title + " " + b.what(op.On)
}
