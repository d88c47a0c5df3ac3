package term

import (
	"bytes"
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"syscall"

	tea "github.com/charmbracelet/bubbletea"
	"golang.org/x/sys/unix"
)

// suspend gives the terminal back and stops the process with all others of its
// job, as ctrl+z does outside of raw mode. SIGCONT brings it back: forward
// sends continued then. Where no shell could continue it, nothing happens.
func (s *session) suspend() tea.Cmd {
	if s.away || orphaned() {
		return nil
	}
	s.away = true
	s.tty.leave()
	// Once caught, SIGTSTP does not stop a Go program again, not even after
	// Reset: it stops the others of the job, and SIGSTOP stops us.
	signal.Reset(syscall.SIGTSTP)
	_ = syscall.Kill(0, syscall.SIGTSTP) // to our own group: cannot fail
	_ = syscall.Kill(os.Getpid(), syscall.SIGSTOP)
	return nil
}

// resume takes the terminal again after the process was stopped, whoever
// stopped it.
func (s *session) resume() tea.Cmd {
	s.away = false
	signal.Notify(s.jobs, syscall.SIGTSTP)
	if err := s.tty.enter(); err != nil {
		return tea.Quit // a terminal that cannot be taken is gone
	}
	var sized tea.Cmd
	if w, h, err := s.tty.size(); err == nil {
		sized = s.resize(w, h)
	}
	return tea.Batch(sized, s.root.Update(tea.ResumeMsg{}))
}

// orphaned tells whether nobody could continue us: no ancestor belongs to our
// session but to another process group, as a shell with job control would
// (POSIX, "orphaned process group"). The kernel ignores SIGTSTP then, and so do we.
func orphaned() bool {
	session, err := unix.Getsid(0)
	if err != nil {
		return true
	}
	for pid := os.Getppid(); pid > 1; pid = parent(pid) {
		theirs, err := unix.Getsid(pid)
		if err != nil || theirs != session {
			return true
		}
		if group, err := unix.Getpgid(pid); err != nil || group != unix.Getpgrp() {
			return err != nil
		}
	}
	return true
}

// parent reads the parent of a process from proc(5); 0 where there is none.
func parent(pid int) int {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	// The name in brackets may contain anything; the state and the parent follow.
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	if len(fields) < 2 {
		return 0
	}
	n, err := strconv.Atoi(string(fields[1]))
	if err != nil {
		return 0
	}
	return n
}
