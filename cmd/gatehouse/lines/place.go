package lines

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gatehouse/apiclient"
)

// limit is how long an answer to one question is waited for.
const limit = 30 * time.Second

// session is a system that has let us in.
type session struct {
	place      Place
	credential apiclient.Credential // that it was opened with
	backend    apiclient.Backend
	info       apiclient.Info
}

// open finds the system and signs in. Where no credential is kept it is asked
// for on the terminal; without one that is the end.
func (p *program) open(ctx context.Context, w Where) (*session, error) {
	at, err := p.o.Find(ctx, w)
	if err != nil {
		return nil, err
	}
	c, why := at.Kept(ctx)
	if c.Secret.IsZero() {
		if c, err = p.askCredential(ctx, at, "", why); err != nil {
			return nil, err
		}
	}
	return openWith(ctx, at, c)
}

func openWith(ctx context.Context, at Place, c apiclient.Credential) (*session, error) {
	ctx, stop := context.WithTimeout(ctx, limit)
	defer stop()
	target := at.Target
	if c.User != "" {
		target.User = c.User
	}
	c, err := at.Driver.Enter(ctx, target, c)
	if more := (*apiclient.NeedMore)(nil); errors.As(err, &more) {
		err = &apiclient.Failure{Tried: "sign in to " + nameOf(at), Message: more.Words, Next: "sign in with: gatehouse login", Cause: apiclient.ErrSignedOut}
	}
	if err != nil {
		return nil, err
	}
	b, err := at.Driver.Open(ctx, target, c)
	if err != nil {
		return nil, err
	}
	return &session{place: at, credential: c, backend: b, info: b.Info()}, nil
}

func (s *session) close() { s.backend.Close() }

// nameOf is how people call the place.
func nameOf(at Place) string {
	switch {
	case at.Target.Context != "":
		return at.Target.Context
	case at.Target.URL != "":
		return at.Target.URL
	}
	return at.Driver.Title
}

// can tells whether a verb can be done here, by this user.
func (s *session) can(v apiclient.Verb) error {
	d := s.place.Driver
	if _, declared := d.Verb(v); !declared {
		why := d.Missing[v]
		if why == "" {
			why = "this system does not offer it"
		}
		return usage(fmt.Sprintf("%s %s on %s: %s", apiclient.Spec(v).On, v.Word(), d.Title, why))
	}
	if told := s.info.Verbs[v]; !told.OK {
		return &apiclient.Failure{Tried: fmt.Sprintf("%s %s", apiclient.Spec(v).On, v.Word()), Message: told.Why, Cause: apiclient.ErrDenied}
	}
	return nil
}

// each walks through all records of a kind.
func each(ctx context.Context, b apiclient.Backend, kind apiclient.Kind, do func(apiclient.Record)) error {
	switch kind {
	case apiclient.KindAccount:
		return walk(ctx, b.Accounts, do)
	case apiclient.KindUser:
		return walk(ctx, b.Users, do)
	case apiclient.KindToken:
		return walk(ctx, b.Tokens, do)
	case apiclient.KindRole:
		return walk(ctx, b.Roles, do)
	case apiclient.KindGrant:
		return walk(ctx, b.Grants, do)
	case apiclient.KindEvent:
		return walk(ctx, b.Events, do)
	}
	return apiclient.Unsupported("list "+string(kind), "there is no list of these")
}

// pageSize is how many rows one request brings.
const pageSize = 5000

func walk[T any, P interface {
	*T
	apiclient.Record
}](ctx context.Context, list func(context.Context, apiclient.Query) (apiclient.Page[T], error), do func(apiclient.Record)) error {
	inTime := func(ctx context.Context, q apiclient.Query) (apiclient.Page[T], error) {
		ctx, stop := context.WithTimeout(ctx, limit)
		defer stop()
		return list(ctx, q)
	}
	return apiclient.All(ctx, inTime, apiclient.Query{Size: pageSize}, func(page apiclient.Page[T]) error {
		for i := range page.Rows {
			do(P(&page.Rows[i]))
		}
		return nil
	})
}
