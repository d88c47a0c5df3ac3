package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"

	"gatehouse/screenshots/stage"
	"gatehouse/tui/term/vt"
)

const (
	limit  = 60 * time.Second      // for anything that must come at all
	quiet  = 40 * time.Millisecond // a screen that rests so long has settled
	jitter = 17 * time.Millisecond // so that keys do not fall in step with a timer
)

// subject is a program that is measured.
type subject struct {
	name    string
	start   stage.Program
	open    string         // keys that lead to the list
	ready   *regexp.Regexp // what is shown when all rows are there
	results map[string][]float64
}

func (s *subject) note(what string, value float64) {
	s.results[what] = append(s.results[what], value)
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// run takes all measurements once.
func (s *subject) run(keys int) error {
	for _, terminal := range []struct {
		name    string
		answers stage.Answers
	}{
		{firstFrame, stage.Answers{}},
		{firstFrameLate, stage.Answers{Late: 100 * time.Millisecond}},
		{firstFrameSilent, stage.Answers{Silent: true}},
	} {
		if err := s.frame(terminal.name, terminal.answers); err != nil {
			return fmt.Errorf("%s: %w", terminal.name, err)
		}
	}
	return s.keys(keys)
}

// begin starts the program and waits for its first frame.
func (s *subject) begin(a stage.Answers) (*stage.Stage, time.Duration, error) {
	p := s.start
	p.Answers = a
	st, err := stage.Start(p)
	if err != nil {
		return nil, 0, err
	}
	var at time.Duration
	if !st.Wait(limit, func(*vt.Terminal) (seen bool) { at, seen = st.FirstFrame(); return seen }) {
		st.Close()
		return nil, 0, errors.New("it shows nothing")
	}
	return st, at, nil
}

func (s *subject) frame(name string, a stage.Answers) error {
	st, at, err := s.begin(a)
	if err != nil {
		return err
	}
	defer st.Close()
	s.note(name, ms(at))
	return nil
}

// keys measures moving and scrolling in the whole list.
func (s *subject) keys(n int) error {
	st, _, err := s.begin(stage.Answers{})
	if err != nil {
		return err
	}
	defer st.Close()
	if s.open != "" {
		st.Rest(quiet, limit)
		if err := st.Send(s.open); err != nil {
			return err
		}
	}
	if !st.Wait(limit, func(v *vt.Terminal) bool { return s.ready.MatchString(v.Text()) }) {
		return fmt.Errorf("%s does not come; it shows\n%s", s.ready, st.Screen.Text())
	}
	s.note(allRows, ms(st.Since()))
	st.Rest(300*time.Millisecond, limit)
	down, err := stage.Key("down")
	if err != nil {
		return err
	}
	for range n / 2 {
		if err := s.key(st, down, moveTime, moveBytes); err != nil {
			return err
		}
	}
	for range height { // to the last row that is shown
		if err := s.key(st, down, "", ""); err != nil {
			return err
		}
	}
	for range n {
		if err := s.key(st, down, scrollTime, scrollBytes); err != nil {
			return err
		}
	}
	return s.memory(st.PID())
}

// key presses a key and notes when the screen has come to rest, and what that
// took.
func (s *subject) key(st *stage.Stage, key, timeName, bytesName string) error {
	time.Sleep(rand.N(jitter))
	pressed := time.Now()
	if err := st.Send(key); err != nil {
		return err
	}
	if timeName == "" {
		st.Rest(quiet/4, limit)
		return nil
	}
	for len(st.Chunks(pressed)) == 0 {
		if !st.Rest(quiet, limit) || time.Since(pressed) > time.Second {
			return errors.New("a key changed nothing")
		}
	}
	st.Rest(quiet, limit)
	chunks := st.Chunks(pressed)
	sum := 0
	for _, c := range chunks {
		sum += c.Size
	}
	s.note(timeName, ms(chunks[len(chunks)-1].At.Sub(pressed)))
	s.note(bytesName, float64(sum))
	return nil
}

// memory reads what Linux says about the process; elsewhere it is left out.
func (s *subject) memory(pid int) error {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(status)) {
		for field, name := range map[string]string{"VmRSS:": memoryNow, "VmHWM:": memoryPeak} {
			if rest, ok := strings.CutPrefix(line, field); ok {
				kb, err := strconv.ParseFloat(strings.Fields(rest)[0], 64)
				if err != nil {
					return err
				}
				s.note(name, kb/1024)
			}
		}
	}
	return nil
}
