package session

import (
	tea "github.com/charmbracelet/bubbletea"

	"gatehouse/apiclient"
)

// Place is a system that a session can be about.
type Place struct {
	Driver     apiclient.Driver
	Target     apiclient.Target
	Credential apiclient.Credential // the zero credential: ask
}

// Switch leaves one system and begins with another. Nothing of the one before
// is shown any more; changes that are under way there keep their own connection
// until the program ends.
func (s *Session) Switch(p Place) tea.Cmd {
	if left := s.leave(); left != nil {
		s.retired = append(s.retired, left)
	}
	s.o.Driver, s.o.Target, s.credential = p.Driver, p.Target, p.Credential
	s.clock, s.link = clock{now: s.o.Env.Now}, Link{now: s.o.Env.Now}
	return tea.Sequence(s.anew(), s.Start()) // the other way round, a question would be closed too
}

// leave forgets everything about the system that the session was about, and
// gives its backend, if there was one, to be closed.
func (s *Session) leave() apiclient.Backend {
	s.feed.stop()
	s.loader.Cancel()
	left := s.raw
	s.turn++
	s.raw, s.backend, s.waiting, s.opening, s.asking = nil, nil, nil, false, false
	s.identity, s.credential = apiclient.Identity{}, apiclient.Credential{}
	clear(s.waits)
	return left
}
