package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"

	"gatehouse/screenshots/stage"
)

const width, height = 120, 40

// server is a demo without a console, in a process of its own.
type server struct {
	cmd       *exec.Cmd
	url       string
	tokenFile string
}

func serve(o options, dir string) (*server, error) {
	s := &server{tokenFile: filepath.Join(dir, "token")}
	s.cmd = exec.Command(o.binary, "demo", "--no-console", "--tokens", strconv.Itoa(o.tokens), "--token-file", s.tokenFile)
	s.cmd.Stderr = os.Stderr
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if url, ok := strings.CutPrefix(lines.Text(), "URL"); ok {
			s.url = strings.TrimSpace(url)
		}
		if strings.HasPrefix(lines.Text(), "Ready") {
			return s, nil
		}
	}
	s.stop()
	return nil, fmt.Errorf("the server ended before it was ready: %w", lines.Err())
}

// stop asks the server to end and waits for it.
func (s *server) stop() {
	_ = s.cmd.Process.Signal(syscall.SIGTERM) // it may have ended
	_ = s.cmd.Wait()
}

// console is the console on this server, signed in by the token file.
func (s *server) console(o options) *subject {
	return &subject{
		name: "gatehouse",
		start: stage.Program{
			Path: o.binary, Args: []string{"--server", s.url}, W: width, H: height,
			Env: append(environment(), "GATEHOUSE_TOKEN_FILE="+s.tokenFile),
		},
		// The breadcrumb ends with the number of rows when no more are on their way.
		open: "3", ready: regexp.MustCompile(`(?m)› tokens +` + grouped(o.tokens) + `$`), results: map[string][]float64{},
	}
}

// environment is what a program gets, the same for all.
func environment() []string {
	return []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + os.TempDir(), "TERM=xterm-256color", "COLORTERM=truecolor", "LANG=C.UTF-8",
	}
}

// grouped writes a number as the console does: 100,000.
func grouped(n int) string {
	text := strconv.Itoa(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
