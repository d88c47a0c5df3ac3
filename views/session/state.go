package session

import (
	"context"
	"maps"
	"slices"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"gatehouse/apiclient"
	"gatehouse/tui"
)

// Backend is the system, or nil while it was never opened.
func (s *Session) Backend() apiclient.Backend { return s.backend }

// Turn changes whenever another backend is in use, or none: what was worked out
// of the one before is void.
func (s *Session) Turn() int { return s.turn }

// Stand is who was signed in, in which session, when something was begun.
type Stand struct {
	turn int
	user apiclient.Ref
}

// Stand is that of now.
func (s *Session) Stand() Stand { return Stand{s.turn, s.identity.User.Key()} }

// Renewed tells whether the same person has signed in again since: what failed
// because the session was over can go on.
func (s *Session) Renewed(since Stand) bool {
	return s.backend != nil && since.turn != s.turn && since.user == s.identity.User.Key()
}

// Carrier is the backend that carries out a plan. Signing out is not locked
// with the writes: it takes nothing from anybody else.
func (s *Session) Carrier(p apiclient.Plan) apiclient.Backend {
	if p.Verb == apiclient.SessionSignOut {
		return s.raw
	}
	return s.backend
}

// Close forgets the credential and ends idle connections.
func (s *Session) Close() {
	if s.raw != nil {
		s.raw.Close()
	}
	for _, b := range s.retired {
		b.Close()
	}
}

// Waits notes since when a screen has been waiting for an answer; the zero
// time: it does not wait.
func (s *Session) Waits(id tui.ID, since time.Time) {
	if since.IsZero() {
		delete(s.waits, id)
		return
	}
	s.waits[id] = since
}

// Waiting tells since when the longest wait for an answer lasts.
func (s *Session) Waiting() (since time.Time, waits bool) {
	for _, t := range s.waits {
		if since.IsZero() || t.Before(since) {
			since = t
		}
	}
	return since, !since.IsZero()
}

// Driver is what the kind of system can do, known before it is opened.
func (s *Session) Driver() apiclient.Driver { return s.o.Driver }

// Target is where the system is.
func (s *Session) Target() apiclient.Target { return s.o.Target }

// Context is the program's: what is being written ends with it, and not with
// a screen.
func (s *Session) Context() context.Context { return s.o.Context }

// PasswordSet is called when the own password was changed and the session goes
// on.
func (s *Session) PasswordSet(password apiclient.Secret) tea.Cmd {
	if s.o.PasswordSet == nil || password.IsZero() {
		return nil
	}
	return s.o.PasswordSet(password)
}

// Info is what the system has; before it was opened, what is known of it then.
func (s *Session) Info() apiclient.Info {
	if s.backend == nil {
		return apiclient.Info{Context: s.o.Target.Context, Driver: s.o.Driver.Name, URL: s.o.Target.URL}
	}
	return s.backend.Info()
}

// Identity is who we are; the zero identity before we are anybody.
func (s *Session) Identity() apiclient.Identity { return s.identity }

// Credential is the one in use.
func (s *Session) Credential() apiclient.Credential { return s.credential }

// Now is the time by the server's clock.
func (s *Session) Now() time.Time { return s.clock.time() }

// Link is the way to the system.
func (s *Session) Link() *Link { return &s.link }

// Opening tells whether the credential at hand is being tried.
func (s *Session) Opening() bool { return s.opening }

// Live tells whether the system tells its changes just now.
func (s *Session) Live() bool { return s.feed.live }

// Listen makes l hear of what happens, until Leave.
func (s *Session) Listen(id tui.ID, l Listener) { s.listeners[id] = l }

// Leave ends Listen.
func (s *Session) Leave(id tui.ID) {
	delete(s.listeners, id)
	delete(s.waits, id)
}

// tell calls every listener, the oldest first.
func (s *Session) tell(f func(Listener) tea.Cmd) tea.Cmd {
	var cmds []tea.Cmd
	for _, id := range slices.Sorted(maps.Keys(s.listeners)) {
		cmds = append(cmds, f(s.listeners[id]))
	}
	return tea.Batch(cmds...)
}

func (s *Session) tellRefresh() tea.Cmd { return s.tell(Listener.Refresh) }

func (s *Session) shown(kind apiclient.Kind) bool {
	for _, l := range s.listeners {
		if l.Shows(kind) {
			return true
		}
	}
	return false
}
