package session

import (
	"context"
	"errors"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"gatehouse/apiclient"
	"gatehouse/tui"
)

type (
	// retry comes when it is time to try to reach the system again.
	retry struct{}
	// refresh comes when lists are to be loaded anew, where the system does
	// not tell its changes.
	refresh struct{}
)

// refreshEvery is how old lists become where the system does not tell changes.
const refreshEvery = 30 * time.Second

// later sends msg to id after a while.
func (s *Session) later(id tui.ID, d time.Duration, msg tea.Msg) tea.Cmd {
	return s.o.Tick(d, func(time.Time) tea.Msg { return tui.Addressed{To: id, Msg: msg} })
}

// Heard is called after every load that was answered; at is the server's
// clock, if it told.
func (s *Session) Heard(at time.Time) tea.Cmd {
	s.clock.heard(at)
	if s.link.answered() {
		return s.back()
	}
	return nil
}

// back takes up again what a broken link has stopped.
func (s *Session) back() tea.Cmd { return tea.Batch(s.feed.start(), s.tellRefresh()) }

// Failed is called after every load that failed. Where the session has
// expired, resume is called when the same person has signed in again.
func (s *Session) Failed(err error, resume func() tea.Cmd) tea.Cmd {
	f := apiclient.AsFailure("", err)
	switch {
	case errors.Is(err, apiclient.ErrSignedOut):
		s.link.answered()
		return s.Expired(f, resume)
	case errors.Is(err, apiclient.ErrUnreachable), errors.Is(err, context.DeadlineExceeded):
		return s.unreachable(f)
	case f.Status != 0:
		s.link.answered()
	}
	return nil
}

func (s *Session) unreachable(f *apiclient.Failure) tea.Cmd {
	if wait, begin := s.link.broken(f); begin {
		return s.later(s.id, wait, retry{})
	}
	return nil
}

// try asks the smallest question there is; where the system was never opened,
// it opens it.
func (s *Session) try() tea.Cmd {
	s.link.waiting = false
	switch {
	case !s.link.down() || s.asking || s.loader.Busy():
		return nil
	case s.backend == nil:
		return s.Open(s.credential)
	}
	return tui.Load(s.loader, s.id, Limit, s.backend.WhoAmI)
}

func (s *Session) tried(m tui.Loaded[apiclient.Identity]) tea.Cmd {
	if m.Err != nil {
		return s.Failed(m.Err, nil)
	}
	s.identity = m.Value
	return s.Heard(time.Time{})
}

// Expired asks for a new credential, and calls resume when the same person has
// signed in again: nothing goes on in another name than it was begun in.
func (s *Session) Expired(why *apiclient.Failure, resume func() tea.Cmd) tea.Cmd {
	if resume != nil {
		s.waiting = append(s.waiting, resume)
	}
	return s.ask(why)
}

// ask opens the question for a credential, unless it is open already or the
// answer is being tried.
func (s *Session) ask(why *apiclient.Failure) tea.Cmd {
	if s.asking || s.opening || s.o.Ask == nil {
		return nil
	}
	s.asking, s.declined = true, false
	return s.o.Ask(why)
}

// Declined is called when the question for a credential was closed without an
// answer.
func (s *Session) Declined() { s.asking, s.declined = false, true }

// SignedOut forgets everything about the session that was ended, and asks anew.
func (s *Session) SignedOut() tea.Cmd {
	if left := s.leave(); left != nil {
		left.Close()
	}
	return tea.Sequence(s.anew(), s.ask(nil)) // the other way round, the question would be closed too
}

func (s *Session) anew() tea.Cmd {
	if s.o.Anew == nil {
		return nil
	}
	return s.o.Anew()
}
