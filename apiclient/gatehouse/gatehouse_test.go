package gatehouse_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"gatehouse/apiclient"
	"gatehouse/apiclient/gatehouse"
	"gatehouse/apiclient/gatehouse/wire"
)

func prepare(t *testing.T, b apiclient.Backend, ops ...apiclient.Op) apiclient.Plan {
	t.Helper()
	p, err := b.Prepare(t.Context(), ops)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func says(p apiclient.Plan, words string) bool {
	return slices.ContainsFunc(p.Facts, func(f apiclient.Fact) bool { return strings.Contains(f.Text, words) }) ||
		slices.ContainsFunc(p.Blocks, func(b apiclient.Block) bool { return strings.Contains(b.Text, words) })
}

func ref(k apiclient.Kind, name string) apiclient.Ref {
	return apiclient.Ref{Context: contextName, Kind: k, Path: apiclient.NewPath(name)}
}

func TestDeletingAnEnabledAccountIsTwoSteps(t *testing.T) {
	f := &fixtures{t: t, s: start(t)}
	f.b = f.s.admin()
	f.some()
	p := prepare(t, f.b, apiclient.Op{Verb: apiclient.AccountDelete, On: ref(apiclient.KindAccount, "acme")})
	if len(p.Steps) != 2 || p.Steps[0].Verb != apiclient.AccountDisable || !slices.Equal(p.Steps[1].After, []int{0}) {
		t.Fatalf("the steps are %+v", p.Steps)
	}
	if p.Title != "Delete account acme" || p.Word != "acme" || p.Danger != apiclient.Destructive || len(p.Targets()) != 1 {
		t.Errorf("%+v", p)
	}
	if !says(p, "With it go 9 users and 9 tokens, 9 of them used in the last hour.") || !says(p, "two steps") {
		t.Errorf("facts %+v", p.Facts)
	}
	if drift := apiclient.Recheck(t.Context(), f.b, p); len(drift.Drifts)+drift.Unchecked > 0 {
		t.Errorf("before anything changed: %+v", drift)
	}
	if r := apiclient.Run(t.Context(), f.b, p, apiclient.RunOptions{}).Wait(); !r.Good() {
		t.Errorf("it ended as %+v", r.Outcomes)
	}
}

func TestWhatChangedMeanwhileIsToldAndRefused(t *testing.T) {
	f := &fixtures{t: t, s: start(t)}
	f.b = f.s.admin()
	a, gone := f.user(), f.user()
	ops := []apiclient.Op{{Verb: apiclient.UserDisable, On: a}, {Verb: apiclient.UserDisable, On: gone}}
	p := prepare(t, f.b, ops...)
	other := f.s.admin()
	other.Do(t.Context(), apiclient.Op{Verb: apiclient.UserUpdate, On: a.Key(), With: apiclient.Values{"real_name": text("New Name")}})
	other.Do(t.Context(), apiclient.Op{Verb: apiclient.UserDelete, On: gone.Key()})
	if drift := apiclient.Recheck(t.Context(), f.b, p); len(drift.Drifts) != 2 {
		t.Errorf("recheck: %+v", drift)
	}
	r := apiclient.Run(t.Context(), f.b, p, apiclient.RunOptions{}).Wait()
	if o := r.Outcomes[0]; o.End != apiclient.Refused || !errors.Is(o.Failure, apiclient.ErrChanged) {
		t.Errorf("it ended as %+v", o)
	}
	if o := r.Outcomes[1]; o.End != apiclient.Refused || !errors.Is(o.Failure, apiclient.ErrNotFound) {
		t.Errorf("it ended as %+v", o)
	}
	if p := prepare(t, f.b, ops...); len(p.Steps) != 1 || !says(p, "does not exist any more") {
		t.Errorf("the plan anew is %+v", p)
	}
}

func TestGuards(t *testing.T) {
	f := &fixtures{t: t, s: start(t)}
	f.b = f.s.admin()
	id, err := f.b.WhoAmI(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	own := apiclient.Values{"admin": text("no")}
	for _, c := range []struct {
		op    apiclient.Op
		words string
		block bool
	}{
		{apiclient.Op{Verb: apiclient.UserDisable, On: id.User}, "lock yourself out", true},
		{apiclient.Op{Verb: apiclient.UserDelete, On: id.User}, "no admin left", true},
		{apiclient.Op{Verb: apiclient.UserUpdate, On: id.User, With: own}, "no admin left", true},
		{apiclient.Op{Verb: apiclient.UserReset, On: id.User}, "no admin left", true},
		{apiclient.Op{Verb: apiclient.AccountDisable, On: id.Account}, "stays", true},
		{apiclient.Op{Verb: apiclient.AccountDelete, On: id.Account}, "lock yourself out", true},
		{apiclient.Op{Verb: apiclient.UserSetPassword, On: id.User, With: apiclient.Values{"password": {Secret: wire.NewSecret(newPassword)}}}, "your own password", true},
		{apiclient.Op{Verb: apiclient.TokenRevoke, On: id.Token}, "signed in with", false},
	} {
		p := prepare(t, f.b, c.op)
		if !says(p, c.words) || (len(p.Blocks) > 0) != c.block {
			t.Errorf("%s: facts %+v, blocks %+v", c.op.Verb, p.Facts, p.Blocks)
		}
	}
	for _, bad := range []apiclient.Op{
		{Verb: apiclient.AccountCreate},
		{Verb: apiclient.UserDisable},
		{Verb: apiclient.TokenCreate, With: apiclient.Values{"max_age": text("soon")}},
		{Verb: apiclient.AccountCreate, With: apiclient.Values{"name": text("x"), "colour": text("red")}},
	} {
		if _, err := f.b.Prepare(t.Context(), []apiclient.Op{bad}); !errors.Is(err, apiclient.ErrInvalid) {
			t.Errorf("%+v was planned: %v", bad, err)
		}
	}
}

func TestManyTokensAreRevokedInBatches(t *testing.T) {
	f := &fixtures{t: t, s: start(t)}
	f.b = f.s.admin()
	f.some()
	page, err := f.b.Tokens(t.Context(), apiclient.Query{})
	if err != nil {
		t.Fatal(err)
	}
	var ops []apiclient.Op
	for _, tok := range page.Rows {
		ops = append(ops, apiclient.Op{Verb: apiclient.TokenRevoke, On: tok.Ref})
	}
	ops = append(ops, apiclient.Op{Verb: apiclient.TokenRevoke, On: ref(apiclient.KindToken, "gthp_000000000000")})
	r := apiclient.Run(t.Context(), f.b, prepare(t, f.b, ops...), apiclient.RunOptions{}).Wait()
	if r.Counts[apiclient.Done] != len(ops)-1 || r.Counts[apiclient.Refused] != 1 || len(r.Rest().Steps) != 1 {
		t.Errorf("%+v", r.Counts)
	}
}

func TestATokenIsProbedAndRevokedByItsText(t *testing.T) {
	f := &fixtures{t: t, s: start(t)}
	f.b = f.s.admin()
	token := f.do(apiclient.TokenCreate, apiclient.Values{"description": text("leaked")}).Reveals[0].Secret
	life := func(s apiclient.Secret) apiclient.Life {
		v, err := f.b.Probe(t.Context(), s)
		if err != nil || len(v) != 1 {
			t.Fatal(v, err)
		}
		return v[0].Life
	}
	if m := gatehouse.Driver().Classify(token); len(m) != 1 || m[0].Sure != apiclient.Certain {
		t.Errorf("classified as %+v", m)
	}
	if l := life(token); l != apiclient.Alive {
		t.Errorf("a live token is %s", l)
	}
	p := prepare(t, f.b, apiclient.Op{Verb: apiclient.TokenRevokePasted, With: apiclient.Values{"token": {Secret: token}}})
	if r := apiclient.Run(t.Context(), f.b, p, apiclient.RunOptions{}).Wait(); !r.Good() {
		t.Fatalf("%+v", r.Outcomes)
	}
	if l := life(token); l != apiclient.Dead {
		t.Errorf("a revoked token is %s", l)
	}
	if l := life(wire.NewSecret("ghp_something")); l != apiclient.CannotSay {
		t.Errorf("a foreign token is %s", l)
	}
	if m := gatehouse.Driver().Classify(wire.NewSecret("ghp_something")); m != nil {
		t.Errorf("a foreign token is %+v", m)
	}
}

func TestAnInvitedUserChoosesAPassword(t *testing.T) {
	s := start(t)
	f := &fixtures{t: t, s: s, b: s.admin()}
	o := f.do(apiclient.UserInvite, apiclient.Values{"user_name": text("jane"), "account": text(f.account().Name())})
	invitation := o.Reveals[0].Secret
	d := gatehouse.Driver()
	if m := d.Classify(invitation); len(m) != 1 || m[0].Owner != "jane" || m[0].Origin != s.url {
		t.Errorf("classified as %+v", m)
	}
	with := apiclient.Values{"password": {Secret: wire.NewSecret(newPassword)}}
	target, c, _, err := d.Redeem(t.Context(), invitation, with)
	if err != nil {
		t.Fatal(err)
	}
	b, err := d.Open(t.Context(), target, c)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if id, err := b.WhoAmI(t.Context()); err != nil || id.Name != "jane" || id.Admin || id.Expires.IsZero() {
		t.Errorf("%+v, %v", id, err)
	}
	if _, _, o, err := d.Redeem(t.Context(), invitation, with); err == nil || o.End != apiclient.Refused {
		t.Errorf("a second time it ended as %+v, %v", o, err)
	}
	if _, _, _, err := d.Redeem(t.Context(), wire.NewSecret("gthreg_x"), with); !errors.Is(err, apiclient.ErrInvalid) {
		t.Errorf("half a string gave %v", err)
	}
	notForUsers(t, b)
}

// notForUsers looks at what somebody who is not an admin is offered.
func notForUsers(t *testing.T, b apiclient.Backend) {
	t.Helper()
	for verb, ok := range map[apiclient.Verb]bool{
		apiclient.AccountCreate: false, apiclient.UserDelete: false, apiclient.UserSetPassword: false,
		apiclient.TokenCreate: true, apiclient.SessionSetPassword: true, apiclient.UserUpdate: true,
	} {
		if s := b.Info().Verbs[verb]; s.OK != ok || !ok && s.Why == "" {
			t.Errorf("%s: %+v", verb, s)
		}
	}
	if o := b.Do(t.Context(), apiclient.Op{Verb: apiclient.TokenCreate}); o.End != apiclient.Done {
		t.Errorf("a token for oneself ended as %+v", o)
	}
}

// What the server says about a field is said beside the field of the form.
func TestUnknownOwnerIsSaidBesideTheOwner(t *testing.T) {
	b := start(t).admin()
	o := b.Do(t.Context(), apiclient.Op{Verb: apiclient.TokenCreate, With: apiclient.Values{"user": text("nobody.here")}})
	if o.End != apiclient.Refused || o.Failure == nil || len(o.Failure.Fields) != 1 || o.Failure.Fields[0].Field != "user" {
		t.Errorf("a token for nobody: %v %+v", o.End, o.Failure)
	}
}

func TestSigningInCanFail(t *testing.T) {
	s := start(t)
	if _, err := s.tryAs("admin", "not-the-password-at-all"); !errors.Is(err, apiclient.ErrDenied) || strings.Contains(err.Error(), "not-the-password") {
		t.Errorf("a wrong password gave %v", err)
	}
	d := gatehouse.Driver()
	for _, bad := range []string{"", "gthp_x", "gthr_00000000000000000000000000000000000000000000000000"} {
		_, err := d.SignIn(t.Context(), s.target(), "token", apiclient.Values{"token": {Secret: wire.NewSecret(bad)}})
		if f := apiclient.AsFailure("", err); f.End != apiclient.NotSent || len(f.Fields) != 1 {
			t.Errorf("%q gave %+v", bad, f)
		}
	}
	far := s.target()
	far.URL = "http://gate.example:7411"
	if _, err := d.SignIn(t.Context(), far, "password", apiclient.Values{"user": text("a"), "password": {Secret: wire.NewSecret("b")}}); !errors.Is(err, apiclient.ErrDenied) {
		t.Errorf("a password in the clear gave %v", err)
	}
	b := s.admin()
	if o := b.Do(t.Context(), apiclient.Op{Verb: apiclient.SessionSignOut}); o.End != apiclient.Done {
		t.Fatalf("%+v", o)
	}
	if _, err := b.Users(t.Context(), apiclient.Query{}); !errors.Is(err, apiclient.ErrSignedOut) {
		t.Errorf("after signing out: %v", err)
	}
}

func TestChangesAreHeardOf(t *testing.T) {
	f := &fixtures{t: t, s: start(t)}
	f.b = f.s.admin()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	changes, err := f.b.Watch(ctx)
	if err != nil {
		t.Fatal(err)
	}
	a := f.account()
	for c := range changes {
		if c.Ref == a.Key() {
			cancel()
		}
	}
	if !errors.Is(context.Cause(ctx), context.Canceled) {
		t.Error("the change was not heard of")
	}
}

func TestListsAreScopedSortedAndSearched(t *testing.T) {
	f := &fixtures{t: t, s: start(t)}
	f.b = f.s.admin()
	f.some()
	acme := ref(apiclient.KindAccount, "acme")
	users, err := f.b.Users(t.Context(), apiclient.Query{Scope: acme, Sort: "-name", Size: 3})
	if err != nil || users.Total != 9 || users.Rows[0].Name != "u8" || users.At.IsZero() {
		t.Errorf("%+v, %v", users, err)
	}
	tokens, err := f.b.Tokens(t.Context(), apiclient.Query{Scope: ref(apiclient.KindUser, "u3")})
	if err != nil || len(tokens.Rows) != 1 || tokens.Rows[0].OwnerRef() != ref(apiclient.KindUser, "u3") {
		t.Errorf("%+v, %v", tokens, err)
	}
	if _, err := f.b.Users(t.Context(), apiclient.Query{Search: "nofield:x"}); !errors.Is(err, apiclient.ErrInvalid) {
		t.Errorf("a bad filter gave %v", err)
	}
	for k, columns := range f.b.Info().Columns {
		for _, c := range columns {
			q := apiclient.Query{Sort: c.Key, Size: 1}
			switch k {
			case apiclient.KindAccount:
				_, err = f.b.Accounts(t.Context(), q)
			case apiclient.KindUser:
				_, err = f.b.Users(t.Context(), q)
			case apiclient.KindToken:
				_, err = f.b.Tokens(t.Context(), q)
			default:
				_, err = f.b.Events(t.Context(), q)
			}
			if err != nil && !errors.Is(err, apiclient.ErrUnsupported) {
				t.Errorf("%s by %s: %v", k, c.Key, err)
			}
		}
	}
}
