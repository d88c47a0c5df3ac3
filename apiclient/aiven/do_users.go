package aiven

import (
	"context"
	"errors"
	"net/http"

	"gatehouse/apiclient"
	"gatehouse/apiclient/rest"
)

func (b *backend) createApplicationUser(ctx context.Context, op apiclient.Op) apiclient.Outcome {
	at := op.With["account"].Ref
	body := struct {
		Name  string `json:"name"`
		Admin bool   `json:"is_super_admin,omitempty"`
	}{op.With.Text("name"), op.With.Bool("admin")}
	var made wireApplicationUser
	return b.send(ctx, op, rest.Request{
		Method: http.MethodPost, Path: inOrganization(at.Path.Part(0), "application-users"), Into: &made, Body: rest.JSON(body),
	}, func() apiclient.Outcome {
		o := apiclient.Did("application user " + made.Name + " was created; it can do nothing before it has a token")
		o.Made = []apiclient.Ref{b.ref(apiclient.KindUser, userPath(at.Path.Part(0), made.UserID, made.Name))}
		return o
	})
}

func (b *backend) invite(ctx context.Context, op apiclient.Op) apiclient.Outcome {
	at, email := op.With["account"].Ref, op.With.Text("email")
	return b.send(ctx, op, rest.Request{
		Method: http.MethodPost, Path: inOrganization(at.Path.Part(0), "invitation"), Empty: true, Body: rest.JSON(map[string]string{"user_email": email}),
	}, func() apiclient.Outcome {
		o := apiclient.Did(email + " is invited to " + at.Name())
		o.Made = []apiclient.Ref{b.ref(apiclient.KindUser, userPath(at.Path.Part(0), "", email))}
		return o
	})
}

// register makes an account of its own for somebody. The answer is a session of
// that person: it is shown once and never used here.
func (b *backend) register(ctx context.Context, op apiclient.Op) apiclient.Outcome {
	email, password := op.With.Text("email"), op.With.Secret("password")
	body := struct {
		Email    string     `json:"email"`
		RealName string     `json:"real_name"`
		Password *rest.Open `json:"password,omitempty"`
	}{Email: email, RealName: op.With.Text("real_name")}
	if !password.IsZero() {
		body.Password = &rest.Open{Secret: password}
	}
	var in wireSignedIn
	return b.send(ctx, op, rest.Request{
		Method: http.MethodPost, Path: "/v1/user", Into: &in, Body: rest.JSONWithSecrets(body, password), Anon: true,
	}, func() apiclient.Outcome {
		o := apiclient.Did(email + " is registered, outside of your organizations")
		if !in.Token.IsZero() {
			o.Reveals = []apiclient.Reveal{{
				Label: "Session of " + email, Secret: in.Token, Handle: email,
				Note: "It lets in as " + email + ", not as you. Hand it over, or let it expire unused",
			}}
		}
		return o
	})
}

// memberChange is what can change about a member; what is absent stays.
type memberChange struct {
	RealName   *string `json:"real_name,omitempty"`
	City       *string `json:"city,omitempty"`
	Country    *string `json:"country,omitempty"`
	Department *string `json:"department,omitempty"`
	JobTitle   *string `json:"job_title,omitempty"`
	SuperAdmin *bool   `json:"is_super_admin,omitempty"`
	State      string  `json:"state,omitempty"`
}

func changeOf(op apiclient.Op) memberChange {
	given := func(name string) *string {
		if !op.With.Has(name) {
			return nil
		}
		s := op.With.Text(name)
		return &s
	}
	c := memberChange{
		RealName: given("real_name"), City: given("city"), Country: given("country"),
		Department: given("department"), JobTitle: given("job_title"),
	}
	if op.With.Has("admin") {
		yes := op.With.Bool("admin")
		c.SuperAdmin = &yes
	}
	return c
}

// updateUser edits by the route that fits: one's own record, an application
// user, or a member. The first two want the name, also where it stays.
func (b *backend) updateUser(ctx context.Context, op apiclient.Op) apiclient.Outcome {
	at := userOf(op.On)
	change := changeOf(op)
	done := did(op.On.Name() + " was changed")
	if at.user == "" {
		return b.cannot(op, "the invitation is not accepted yet: there is no user to change")
	}
	if at.user == b.self().ID && change.SuperAdmin == nil {
		w, _, err := get[struct{ User wireMe }](ctx, b, b.doing(op), "/v1/me", nil)
		if err != nil {
			return b.unsent(op, err)
		}
		if change.RealName == nil {
			change.RealName = &w.User.RealName
		}
		return b.send(ctx, op, rest.Request{Method: http.MethodPatch, Path: "/v1/me", Body: rest.JSON(change)}, done)
	}
	app, _, err := get[wireApplicationUser](ctx, b, b.doing(op), inOrganization(at.organization, "application-users", at.user), nil)
	switch {
	case err == nil:
		if err := b.checkEdit(op, true); err != nil {
			return b.unsent(op, err)
		}
		return b.updateApplicationUser(ctx, op, app, change)
	case !notApplication(err):
		return b.unsent(op, err)
	}
	return b.send(ctx, op, rest.Request{
		Method: http.MethodPatch, Path: inOrganization(at.organization, "user", at.user), Body: rest.JSON(change),
	}, done)
}

// notApplication tells the answers for a user who is none, and for an admin who
// may not see them.
func notApplication(err error) bool {
	var f *apiclient.Failure
	return hidden(err) || errors.As(err, &f) && f.Status == http.StatusBadRequest
}

func (b *backend) updateApplicationUser(ctx context.Context, op apiclient.Op, app wireApplicationUser, change memberChange) apiclient.Outcome {
	body := struct {
		Name  string `json:"name"`
		Admin *bool  `json:"is_super_admin,omitempty"`
	}{app.Name, change.SuperAdmin}
	if change.RealName != nil {
		body.Name = *change.RealName
	}
	at := userOf(op.On)
	return b.send(ctx, op, rest.Request{
		Method: http.MethodPatch, Path: inOrganization(at.organization, "application-users", at.user), Body: rest.JSON(body),
	}, did(op.On.Name()+" was changed"))
}

// setState activates, deactivates or deletes a managed user. The answer is his
// record: a change that left the state as it was is not taken for one.
func (b *backend) setState(ctx context.Context, op apiclient.Op) apiclient.Outcome {
	at, wanted := userOf(op.On), stateFor(op.Verb)
	if at.user == "" || at.organization == "" {
		return b.cannot(op, "only a member of an organization can be activated, deactivated or deleted")
	}
	var now wireMember
	return b.send(ctx, op, rest.Request{
		Method: http.MethodPatch, Path: inOrganization(at.organization, "user", at.user), Into: &now,
		Body: rest.JSON(memberChange{State: string(wanted)}),
	}, func() apiclient.Outcome {
		if is := apiclient.State(now.UserInfo.State); is != "" && is != wanted {
			return apiclient.Fail(b.doing(op), &apiclient.Failure{
				End: apiclient.Refused, Status: http.StatusOK, Message: "Aiven said yes, but " + op.On.Name() + " is " + string(is),
				Next: "read it again in a moment", Cause: apiclient.ErrConflict,
			})
		}
		return apiclient.Did(op.On.Name() + " is " + string(wanted))
	})
}

// deleteUser deletes an application user, or has a managed user deleted by his
// state: those cannot be removed.
func (b *backend) deleteUser(ctx context.Context, op apiclient.Op) apiclient.Outcome {
	at := userOf(op.On)
	if at.user == "" || at.organization == "" {
		return b.cannot(op, "an invitation is removed, not deleted")
	}
	path := inOrganization(at.organization, "application-users", at.user)
	_, _, err := get[wireApplicationUser](ctx, b, b.doing(op), path, nil)
	switch {
	case err == nil:
		return b.send(ctx, op, rest.Request{Method: http.MethodDelete, Path: path, Empty: true}, did(op.On.Name()+" is gone, and its tokens with it"))
	case notApplication(err):
		return b.setState(ctx, op)
	}
	return b.unsent(op, err)
}

// removeUser ends a membership, or withdraws an invitation.
func (b *backend) removeUser(ctx context.Context, op apiclient.Op) apiclient.Outcome {
	at := userOf(op.On)
	switch {
	case at.organization == "":
		return b.cannot(op, "whoever is in no organization cannot be removed from one")
	case at.user == "":
		return b.send(ctx, op, rest.Request{Method: http.MethodDelete, Path: inOrganization(at.organization, "invitation", op.On.Name()), Empty: true},
			did("the invitation of "+op.On.Name()+" is withdrawn"))
	}
	return b.send(ctx, op, rest.Request{Method: http.MethodDelete, Path: inOrganization(at.organization, "user", at.user), Empty: true},
		did(op.On.Name()+" is no member any more; his account and tokens live on"))
}

func (b *backend) resetPassword(ctx context.Context, op apiclient.Op) apiclient.Outcome {
	at := userOf(op.On)
	if at.user == "" || at.organization == "" {
		return b.cannot(op, "only the password of a member can be reset")
	}
	return b.send(ctx, op, rest.Request{Method: http.MethodPost, Path: inOrganization(at.organization, "user", at.user, "reset_password"), Empty: true},
		did("the password of "+op.On.Name()+" is reset"))
}
