package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	"gatehouse/screenshots/stage"
)

// began is when the clock of every demo starts. Together with the seed it makes
// everything in it the same each time.
const began = "2026-11-20T09:30:00Z"

// studio is where scenes are played.
type studio struct {
	binary, dir, listen string
	server              *exec.Cmd // for consoles that are not a demo; nil: none runs
}

func (s *studio) url() string       { return "http://" + s.listen }
func (s *studio) tokenFile() string { return filepath.Join(s.dir, "token") }

// begin starts the console of a scene.
func (s *studio) begin(sc scene) (*actor, error) {
	p := stage.Program{Path: s.binary, W: sc.w, H: sc.h, Env: s.environment()}
	p.Answers.Light = sc.light
	if sc.prepare == nil {
		s.close() // the demo wants the address
		p.Args = []string{"demo", "--clock", began, "--listen", s.listen}
	} else {
		if err := s.serve(); err != nil {
			return nil, err
		}
		more, err := sc.prepare(s)
		if err != nil {
			return nil, err
		}
		p.Args, p.Env = more.args, append(p.Env, more.env...)
	}
	st, err := stage.Start(p)
	if err != nil {
		return nil, err
	}
	return (&actor{st: st, studio: s}).see("gatehouse"), nil
}

// environment is what programs get: nothing of whoever makes the pictures.
func (s *studio) environment(more ...string) []string {
	return append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + s.dir, "TMPDIR=" + s.dir, "TERM=xterm-256color", "COLORTERM=truecolor", "LANG=C.UTF-8",
	}, more...)
}

// serve starts a demo without a console, unless it runs already.
func (s *studio) serve() error {
	if s.server != nil {
		return nil
	}
	if err := os.Remove(s.tokenFile()); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	cmd := exec.Command(s.binary, "demo", "--no-console", "--clock", began, "--listen", s.listen, "--token-file", s.tokenFile())
	cmd.Env, cmd.Stderr = s.environment(), os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	s.server = cmd
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "Ready") {
			return nil
		}
	}
	s.close()
	return fmt.Errorf("the server on %s ended before it was ready", s.listen)
}

// close stops the server and waits for it.
func (s *studio) close() {
	if s.server == nil {
		return
	}
	_ = s.server.Process.Signal(syscall.SIGTERM) // it may have ended
	_ = s.server.Wait()
	s.server = nil
}

// run runs a command of the program.
func (s *studio) run(env []string, args ...string) error {
	cmd := exec.Command(s.binary, args...)
	cmd.Env = s.environment(env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("gatehouse %s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return nil
}
