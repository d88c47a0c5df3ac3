package gatehouse

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"gatehouse/apiclient"
	"gatehouse/apiclient/gatehouse/wire"
)

// ref points to a record; version 0 is none.
func (b *backend) ref(kind apiclient.Kind, name string, version int64) apiclient.Ref {
	r := apiclient.Ref{Context: b.target.Context, Kind: kind, Path: path(name)}
	if version != 0 {
		r.Version = strconv.FormatInt(version, 10)
	}
	return r
}

func path(name string) apiclient.Path {
	if name == "" {
		return ""
	}
	return apiclient.NewPath(name)
}

func (b *backend) account(w wire.Account) apiclient.Account {
	return apiclient.Account{
		Ref:     b.ref(apiclient.KindAccount, w.Name, w.Version),
		Name:    w.Name,
		Email:   w.Email,
		Type:    b.names.of(w.Type),
		State:   apiclient.State(b.names.of(w.State)),
		Created: apiclient.MomentOf(w.Created),
		Users:   number(w.Users),
		Tokens:  number(w.Tokens),
	}
}

func (b *backend) wholeAccount(w wire.Account) *apiclient.Account {
	a := b.account(w)
	a.Extra = apiclient.Extras(apiclient.Attr{Key: "updated", Value: apiclient.At(w.Updated)})
	return &a
}

func (b *backend) user(w wire.User) apiclient.User {
	return apiclient.User{
		Ref:      b.ref(apiclient.KindUser, w.Name, w.Version),
		Name:     w.Name,
		RealName: w.RealName,
		Email:    w.Email,
		Account:  b.ref(apiclient.KindAccount, b.names.of(w.Account), 0),
		State:    apiclient.State(b.names.of(w.State)),
		Admin:    w.Admin,
		Tokens:   number(w.Tokens),
		LastSeen: moment(w.LastSeen),
		Created:  apiclient.MomentOf(w.Created),
	}
}

func (b *backend) wholeUser(w wire.User) *apiclient.User {
	u := b.user(w)
	u.Extra = apiclient.Extras(
		apiclient.Attr{Key: "sessions", Value: apiclient.Number(int64(w.Sessions))},
		apiclient.Attr{Key: "account_state", Value: apiclient.InState(apiclient.State(w.AccountState))},
		apiclient.Attr{Key: "registration_expires", Value: at(w.InvitedExpires)},
		apiclient.Attr{Key: "updated", Value: apiclient.At(w.Updated)},
	)
	return &u
}

// token leaves handle, path and description to the caller: a page of tokens
// keeps them together in one text.
func (b *backend) token(w *wire.Token) apiclient.Token {
	return apiclient.Token{
		Ref: apiclient.Ref{
			Context: b.target.Context, Kind: apiclient.KindToken,
			Version: b.names.of(strconv.FormatInt(w.Version, 10)),
		},
		Type:        b.names.of(w.Kind),
		Owner:       path(b.names.of(w.UserName)),
		Account:     path(b.names.of(w.Account)),
		State:       apiclient.State(b.names.of(w.State)),
		Created:     apiclient.MomentOf(w.Created),
		Expires:     moment(w.Expires),
		LastUsed:    moment(w.LastUsed),
		LastAddress: b.names.of(w.LastUsedIP),
		LastAgent:   b.names.of(w.LastUsedAgent),
		MaxAge:      time.Duration(w.MaxAgeSeconds) * time.Second,
		Extend:      w.ExtendWhenUsed,
		InUse:       w.Prefix == b.handle,
	}
}

func (b *backend) wholeToken(w wire.Token) *apiclient.Token {
	t := b.token(&w)
	t.Handle, t.Ref.Path, t.Description = w.Prefix, path(w.Prefix), w.Description
	t.Extra = apiclient.Extras(
		apiclient.Attr{Key: "created_by", Value: apiclient.Text(w.CreatedBy)},
		apiclient.Attr{Key: "revoked", Value: at(w.Revoked)},
		apiclient.Attr{Key: "revoked_by", Value: apiclient.Text(w.RevokedBy)},
	)
	return &t
}

func (b *backend) event(w wire.Event) apiclient.Event {
	number, err := strconv.ParseInt(w.ID, 10, 64)
	if err != nil {
		number = 0 // an id that is no number sorts first
	}
	e := apiclient.Event{
		Ref:       b.ref(apiclient.KindEvent, w.ID, 0),
		Number:    number,
		At:        apiclient.MomentOf(w.Time),
		Actor:     b.names.of(w.Actor),
		Handle:    b.names.of(w.ActorToken),
		Address:   b.names.of(w.IP),
		Agent:     b.names.of(w.Agent),
		Action:    b.names.of(w.Verb),
		Result:    b.names.of(w.Result),
		RequestID: w.RequestID,
		Details:   details(w),
	}
	if kind, ok := targetKind(w.TargetKind); ok && w.Target != "" {
		e.Target = b.ref(kind, w.Target, 0)
	}
	return e
}

// targetKind is the list in which the target of an event is found: sessions
// are tokens here.
func targetKind(kind string) (apiclient.Kind, bool) {
	switch kind {
	case "account":
		return apiclient.KindAccount, true
	case "user":
		return apiclient.KindUser, true
	case "token", "session":
		return apiclient.KindToken, true
	}
	return "", false
}

// details says what an event changed, or why it was refused.
func details(w wire.Event) string {
	if w.Reason != "" {
		return w.Reason
	}
	var parts []string
	for _, p := range []struct {
		word string
		json json.RawMessage
	}{{"from ", w.Before}, {"to ", w.After}} {
		var b bytes.Buffer
		if len(p.json) > 0 && json.Compact(&b, p.json) == nil && b.String() != "null" {
			parts = append(parts, p.word+b.String())
		}
	}
	return strings.Join(parts, " ")
}

// number gives a count a place of its own: a pointer into the body that was
// read would keep all of it.
func number(n int) *int { return &n }

func moment(t *time.Time) apiclient.Moment {
	if t == nil {
		return 0
	}
	return apiclient.MomentOf(*t)
}

func at(t *time.Time) apiclient.Value {
	if t == nil {
		return apiclient.At(time.Time{})
	}
	return apiclient.At(*t)
}
