package arvados

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"gatehouse/apiclient"
	"gatehouse/apiclient/rest"
)

// mintedLife is how long a token lives that is made to act as somebody: longer
// than any list of tokens takes to delete, and should its own delete get lost,
// it dies by itself.
const mintedLife = time.Hour

// cleanUp is how long the delete of such a token may take when the op itself
// was cancelled.
const cleanUp = 5 * time.Second

func (b *backend) createToken(ctx context.Context, op apiclient.Op) apiclient.Outcome {
	body := map[string]any{}
	owner := named{b.me.UUID, b.me.label(), ""}
	if op.With.Text("user") != "" {
		var err error
		if owner, err = b.chosen(ctx, op, "user", apiclient.KindUser); err != nil {
			return b.unsent(op, err)
		}
		body["owner_uuid"] = owner.uuid
	}
	list, err := parseScopes(op.With.List("scopes"))
	if err != nil {
		return b.unsent(op, wrongField(b.doing(op), "scopes", err.Error()))
	}
	if list != nil {
		body["scopes"] = list
	}
	if age := op.With.Span("max_age"); age > 0 {
		body["expires_at"] = b.now().Add(age).UTC().Format(time.RFC3339)
	}
	var made token
	return b.send(ctx, op, rest.Request{Method: "POST", Path: pathTokens, Into: &made, Body: tokenBody(body)},
		func() apiclient.Outcome { return b.minted(made, owner.label, body["expires_at"] != nil) })
}

func tokenBody(attributes map[string]any) rest.Body {
	return form(map[string]any{"api_client_authorization": attributes})
}

func (b *backend) minted(made token, owner string, expires bool) apiclient.Outcome {
	o := apiclient.Did("token " + made.UUID + " of " + owner + " was created")
	o.Made = []apiclient.Ref{b.tokenRef(made)}
	note := "it never expires"
	switch {
	case made.Expires != nil:
		note = "it expires " + made.Expires.UTC().Format(time.RFC3339)
	case expires:
		note = "it never expires, although an end was asked for"
	}
	o.Words += "; " + note
	o.Reveals = []apiclient.Reveal{{Label: "Token (v2)", Secret: made.v2(), Handle: made.UUID, Note: "For ARVADOS_API_TOKEN; " + note}}
	return o
}

var goodScope = regexp.MustCompile(`^(all|[A-Z]+[ :]/\S*)$`)

// parseScopes checks what the server would store unchecked. A word can hold no
// blank everywhere, so METHOD:/path stands for it.
func parseScopes(words []string) ([]string, error) {
	var out []string
	for _, w := range words {
		if !goodScope.MatchString(w) {
			return nil, fmt.Errorf("must be all, or METHOD:/path as in GET:/arvados/v1/users, not %q", w)
		}
		if method, path, ok := strings.Cut(w, ":"); ok && !strings.Contains(method, " ") {
			w = method + " " + path
		}
		out = append(out, w)
	}
	return out, nil
}

func (b *backend) updateToken(ctx context.Context, op apiclient.Op, id string) apiclient.Outcome {
	body := map[string]any{}
	if op.With.Has("scopes") {
		list, err := parseScopes(op.With.List("scopes"))
		if err != nil {
			return b.unsent(op, wrongField(b.doing(op), "scopes", err.Error()))
		}
		if list == nil {
			list = []string{"all"}
		}
		body["scopes"] = list
	}
	if op.With.Has("expires") {
		body["expires_at"] = nil
		if text := op.With.Text("expires"); text != "" {
			body["expires_at"] = text
		}
	}
	return b.acting(ctx, op, b.ownerOf(op.On, id), func(client *rest.Client, _ string) ([]apiclient.Item, error) {
		_, err := client.Do(ctx, rest.Request{Tried: b.doing(op), Method: "PUT", Path: pathTokens + "/" + id, Body: tokenBody(body), Decode: its(id)})
		return nil, err
	}, "token "+id+" was changed")
}

// ownerOf is whose token it is as far as that is known; one's own else.
func (b *backend) ownerOf(ref apiclient.Ref, id string) string {
	if owner := ownerOf(ref); owner != "" {
		return owner
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for owner, tokens := range b.seen {
		if slices.ContainsFunc(tokens, func(t token) bool { return t.UUID == id }) {
			return owner
		}
	}
	return b.me.UUID
}

// acting does something with a token of the owner. For another user it makes
// one and deletes it at last, whatever came of it.
func (b *backend) acting(ctx context.Context, op apiclient.Op, owner string, do func(client *rest.Client, own string) ([]apiclient.Item, error), words string) apiclient.Outcome {
	if owner == b.me.UUID || b.isRoot() && op.Verb != apiclient.UserExpireTokens && op.Verb != apiclient.UserShowTokens {
		items, err := do(b.rest, b.token.UUID)
		if err != nil {
			return b.partly(op, items, err)
		}
		o := apiclient.Did(words)
		o.Items = items
		return o
	}
	var made token
	body := map[string]any{"owner_uuid": owner, "expires_at": b.now().Add(mintedLife).UTC().Format(time.RFC3339)}
	if _, err := b.rest.Do(ctx, rest.Request{Tried: b.doing(op), Method: "POST", Path: pathTokens, Into: &made, Body: tokenBody(body)}); err != nil {
		return apiclient.Fail(b.doing(op), err)
	}
	items := []apiclient.Item{{Ref: b.tokenRef(made), End: apiclient.Done, Words: "a token was made for the user"}}
	client, err := b.as(made.v2())
	if err != nil {
		return b.partly(op, items, err)
	}
	defer client.Close()
	more, err := do(client, made.UUID)
	items = append(items, more...)
	gone := b.deleteMinted(ctx, client, made)
	items = append(items, gone)
	if errors.Is(err, apiclient.ErrSignedOut) {
		// It is the token made for it that is not accepted, not our own.
		f := *apiclient.AsFailure(b.doing(op), err)
		f.Cause, f.Next = apiclient.ErrDenied, "try again"
		err = &f
	}
	if err != nil {
		o := b.partly(op, items, err)
		o.Orphans = orphans(gone)
		return o
	}
	o := apiclient.Did(words)
	o.Items, o.Orphans = items, orphans(gone)
	if len(o.Orphans) > 0 {
		o.Words += "; but the token made for it is still there"
	}
	return o
}

func orphans(i apiclient.Item) []apiclient.Ref {
	if i.End.Good() {
		return nil
	}
	return []apiclient.Ref{i.Ref}
}

// deleteMinted deletes the token that was made to act, with itself. It does so
// also when the op was cancelled.
func (b *backend) deleteMinted(ctx context.Context, client *rest.Client, made token) apiclient.Item {
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), cleanUp)
	defer stop()
	i := b.deleteToken(ctx, client, made)
	if i.End.Good() {
		i.Words = "the token made for it is deleted"
	} else {
		i.Words = "the token made for it could not be deleted, it dies within the hour: " + i.Words
	}
	return i
}

func (b *backend) deleteToken(ctx context.Context, client *rest.Client, t token) apiclient.Item {
	i := apiclient.Item{Ref: b.tokenRef(t), End: apiclient.Done, Words: "deleted"}
	_, err := client.Do(ctx, rest.Request{Tried: "delete token " + t.UUID, Method: "DELETE", Path: pathTokens + "/" + t.UUID, Decode: its(t.UUID)})
	switch {
	case err == nil:
	case errors.Is(err, apiclient.ErrNotFound):
		i.Words = "was gone already"
	default:
		f := apiclient.AsFailure("", err)
		i.End, i.Words = f.End, f.Message
	}
	return i
}

func (b *backend) signOut(ctx context.Context, op apiclient.Op) apiclient.Outcome {
	return b.send(ctx, op, rest.Request{Method: "DELETE", Path: pathTokens + "/" + b.token.UUID, Decode: its(b.token.UUID)},
		func() apiclient.Outcome { return apiclient.Did("signed out: token " + b.token.UUID + " is deleted") })
}
