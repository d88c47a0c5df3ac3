package juju

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"slices"

	"gatehouse/apiclient"
	"gatehouse/apiclient/rest"
	"gatehouse/apiclient/secret"
)

// Facades and the versions of them that this driver speaks. UserManager 3 adds
// the users of a model; ModelManager 11 names the owner of a model in another
// way; all else that is used here is the same in all versions.
func spoken() map[string][]int {
	return map[string][]int{
		"UserManager":  {1, 2, 3},
		"Controller":   {3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14},
		"ModelManager": {5, 6, 7, 8, 9, 10, 11},
	}
}

// session is a login that lives as long as its owner: a connection that broke
// is made again when it is needed next, with the same credential.
type session struct {
	place place
	alive context.Context // ends with close, which need not wait for a connection that is being made
	quit  context.CancelFunc
	gate  chan struct{} // holds a token while nobody works on the fields below

	cred     apiclient.Credential
	live     *conn
	login    loginResult
	versions map[string]int
	over     *apiclient.Failure // why no login is tried any more; nil: it is
}

// question is one call of a facade.
type question struct {
	tried   string
	facade  string
	request string
	params  any
	into    any
	write   bool // it could change something
	secrets []apiclient.Secret
	atLeast int // version of the facade
}

func newSession(t apiclient.Target, c apiclient.Credential) (*session, error) {
	p, err := placeOf(t)
	if err != nil {
		return nil, &apiclient.Failure{Message: err.Error(), Cause: apiclient.ErrInvalid}
	}
	if c.User == "" {
		c.User = t.User
	}
	if c.User == "" || c.Secret.IsZero() {
		return nil, &apiclient.Failure{Message: "no user or no password is known yet", Next: "sign in", Cause: apiclient.ErrSignedOut}
	}
	s := &session{place: p, cred: c, gate: make(chan struct{}, 1)}
	s.alive, s.quit = context.WithCancel(context.Background())
	s.gate <- struct{}{}
	return s, nil
}

// lock waits for the fields, unless ctx ends first.
func (s *session) lock(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case <-s.gate:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *session) unlock() { s.gate <- struct{}{} }

func (s *session) credential() apiclient.Credential {
	<-s.gate
	defer s.unlock()
	return s.cred
}

// version is that of a facade, as agreed on at the last login; 0: not offered.
func (s *session) version(facade string) int {
	<-s.gate
	defer s.unlock()
	return s.versions[facade]
}

// use goes on with another credential of the same user.
func (s *session) use(c apiclient.Credential) {
	<-s.gate
	defer s.unlock()
	if s.over == nil || !errors.Is(s.over.Cause, errClosed) {
		s.cred, s.over = c, nil
	}
}

// close ends the connection and forgets the credential.
func (s *session) close() {
	s.quit()
	<-s.gate
	defer s.unlock()
	if s.live != nil {
		s.live.end(errClosed)
		s.live = nil
	}
	s.cred.Secret = apiclient.Secret{}
	s.over = &apiclient.Failure{Message: "signed out", Next: "sign in again", Cause: signedOut{}}
}

// signedOut is the reason of all failures after close.
type signedOut struct{}

func (signedOut) Error() string   { return apiclient.ErrSignedOut.Error() }
func (signedOut) Unwrap() []error { return []error{apiclient.ErrSignedOut, errClosed} }

// who logs in where that is needed, and gives what the controller said then.
func (s *session) who(ctx context.Context) (loginResult, *apiclient.Failure) {
	if err := s.lock(ctx); err != nil {
		return loginResult{}, apiclient.AsFailure("", err)
	}
	defer s.unlock()
	if f := s.ready(ctx); f != nil {
		return loginResult{}, f
	}
	return s.login, nil
}

// ready connects and logs in where that is needed. A credential that was
// refused is not tried again: the controller would count it against somebody,
// and it does not become better.
func (s *session) ready(ctx context.Context) *apiclient.Failure {
	switch {
	case s.over != nil:
		c := *s.over
		return &c
	case s.live != nil && !s.live.over():
		return nil
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(s.alive, cancel)()
	c, err := connect(ctx, s.place)
	if err != nil {
		return unreached(s.place, err)
	}
	login, f := logIn(ctx, c, s.cred)
	if f != nil {
		c.end(errClosed)
		if errors.Is(f, apiclient.ErrSignedOut) {
			s.over = f
		}
		return f
	}
	s.live, s.login, s.versions = c, login, common(login)
	go c.keep(pingEvery)
	return nil
}

// common finds the highest version of each facade that both sides speak.
func common(login loginResult) map[string]int {
	known, out := spoken(), map[string]int{}
	for _, f := range login.Facades {
		for _, v := range f.Versions {
			if slices.Contains(known[f.Name], v) {
				out[f.Name] = max(out[f.Name], v)
			}
		}
	}
	return out
}

// logIn says who we are. Only a facade Admin of version 3 is there before.
func logIn(ctx context.Context, c *conn, cred apiclient.Credential) (loginResult, *apiclient.Failure) {
	var r loginResult
	p := loginParams{Tag: userTag(cred.User), Macaroons: []json.RawMessage{}}
	if cred.Method == byMacaroon {
		if err := json.Unmarshal([]byte(cred.Secret.Reveal()), &p.Macaroons); err != nil {
			return r, &apiclient.Failure{Message: "the stored login is no list of macaroons", Next: "sign in with the password", Cause: apiclient.ErrSignedOut}
		}
	} else {
		p.Credentials = rest.Open{Secret: cred.Secret}
	}
	a, sent, err := c.roundTrip(ctx, call{Type: "Admin", Version: 3, Request: "Login", Params: p})
	if err != nil {
		// A login changes nothing: whatever it was for, was not sent.
		return r, lost("", err, c.address, sent, false)
	}
	if a.Error != "" {
		f := refused(&refusal{a.Error, a.Code, a.Info}, cred.Secret)
		f.End = apiclient.NotSent
		if isBadLogin(a) {
			f.Cause, f.Next = apiclient.ErrSignedOut, "look at the name and the password; a user who is disabled or removed is told the same"
		}
		return r, f
	}
	switch err := json.Unmarshal(a.Response, &r); {
	case err != nil:
		return r, &apiclient.Failure{Message: errDamaged.Error(), Cause: apiclient.ErrBroken}
	case isThere(r.Discharge) || isThere(r.Bakery):
		return r, &apiclient.Failure{
			Message: "the stored login has expired", Next: "sign in with the password", Cause: apiclient.ErrSignedOut,
		}
	case r.User.Identity == "":
		return r, &apiclient.Failure{Message: "the controller does not say who is logged in", Cause: apiclient.ErrBroken}
	}
	return r, nil
}

func isThere(raw json.RawMessage) bool { return len(raw) > 0 && string(raw) != "null" }

// ask makes a call and reads its answer.
func (s *session) ask(ctx context.Context, q question) *apiclient.Failure {
	f := s.try(ctx, q)
	if f != nil && !q.write && f.End == apiclient.NotSent && errors.Is(f, errBroke) && ctx.Err() == nil {
		// The connection had died while nobody used it: that is found out by
		// using it. What only reads is asked once more on another one.
		f = s.try(ctx, q)
	}
	if f == nil {
		return nil
	}
	f.Tried = q.tried
	return f
}

func (s *session) try(ctx context.Context, q question) *apiclient.Failure {
	if err := s.lock(ctx); err != nil {
		return apiclient.AsFailure("", err)
	}
	f := s.ready(ctx)
	c, version, cred := s.live, s.versions[q.facade], s.cred.Secret
	s.unlock()
	if f != nil {
		return f
	}
	if version == 0 || version < q.atLeast {
		return apiclient.Unsupported("", "this controller does not offer that: its facade "+q.facade+" is of a version that is not known here")
	}
	a, sent, err := c.roundTrip(ctx, call{Type: q.facade, Version: version, Request: q.request, Params: q.params})
	if err != nil {
		f := lost("", err, c.address, sent, q.write)
		if c.over() && errors.Is(f, apiclient.ErrUnreachable) {
			f.Cause = reason{f.Cause, errBroke}
		}
		return f
	}
	if a.Error != "" {
		return refused(&refusal{a.Error, a.Code, a.Info}, append(q.secrets, cred)...)
	}
	if q.into == nil {
		return nil
	}
	if err := json.NewDecoder(bytes.NewReader(a.Response)).Decode(q.into); err != nil {
		f := &apiclient.Failure{Message: errDamaged.Error(), End: apiclient.Refused, Cause: apiclient.ErrBroken}
		if q.write {
			f.End = apiclient.Unknown
		}
		return f
	}
	return nil
}

// proof logs in once, on a connection of its own, to see whether a credential
// is right.
func (s *session) proof(ctx context.Context, c apiclient.Credential) *apiclient.Failure {
	line, err := connect(ctx, s.place)
	if err != nil {
		return unreached(s.place, err)
	}
	defer line.end(errClosed)
	_, f := logIn(ctx, line, c)
	return f
}

// passwordOf makes the credential of a password.
func passwordOf(user string, password apiclient.Secret) apiclient.Credential {
	return apiclient.Credential{Method: byPassword, User: user, Secret: password}
}

// errBroke marks failures of a connection that broke under a call.
var errBroke = errors.New("the connection broke")

// rawKey keeps a key of a registration as a secret.
func rawKey(b []byte) apiclient.Secret { return secret.New(string(b)) }
