// Measure drives the real console in a pseudo terminal, on a server with many
// tokens, and prints what it costs: time to the first frame, time and bytes of
// a key, memory. With -peer it runs another list program in turns with it, so
// that the ratios come from the same minutes.
//
//	go run ./screenshots/measure
//	go run ./screenshots/measure -peer path/to/program -peer-args 100000 -peer-ready user-000020
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"gatehouse/screenshots/stage"
)

type options struct {
	binary, peer, peerReady string
	peerArgs                []string
	runs, keys, tokens      int
}

func main() {
	var o options
	var args string
	flag.StringVar(&o.binary, "binary", "", "the gatehouse to measure (built anew unless given)")
	flag.StringVar(&o.peer, "peer", "", "another program with a list of as many rows, moved by the arrow keys")
	flag.StringVar(&args, "peer-args", "", "its arguments, separated by spaces")
	flag.StringVar(&o.peerReady, "peer-ready", "", "text that it shows when its list is there")
	flag.IntVar(&o.runs, "runs", 5, "runs of each program")
	flag.IntVar(&o.keys, "keys", 30, "keys of each kind in a run")
	flag.IntVar(&o.tokens, "tokens", 100000, "tokens on the server")
	flag.Parse()
	o.peerArgs = strings.Fields(args)
	if err := run(o); err != nil {
		fmt.Fprintln(os.Stderr, "measure:", err)
		os.Exit(1)
	}
}

func run(o options) error {
	dir, err := os.MkdirTemp("", "gatehouse-measure-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if o.binary == "" {
		o.binary = filepath.Join(dir, "gatehouse")
		if err := build(o.binary); err != nil {
			return err
		}
	}
	server, err := serve(o, dir)
	if err != nil {
		return err
	}
	defer server.stop()
	return measure(o, server)
}

func build(to string) error {
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", to, "gatehouse/cmd/gatehouse")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build gatehouse: %w\n%s", err, out)
	}
	return nil
}

func measure(o options, server *server) error {
	subjects := []*subject{server.console(o)}
	if o.peer != "" {
		subjects = append(subjects, &subject{
			name:  filepath.Base(o.peer),
			start: stage.Program{Path: o.peer, Args: o.peerArgs, Env: environment(), W: width, H: height},
			ready: regexp.MustCompile(regexp.QuoteMeta(o.peerReady)), results: map[string][]float64{},
		})
	}
	for i := range o.runs {
		for _, s := range subjects {
			if err := s.run(o.keys); err != nil {
				return fmt.Errorf("run %d of %s: %w", i+1, s.name, err)
			}
		}
	}
	fmt.Printf("%d runs of %d keys each, %d tokens, %d by %d, %s\n\n", o.runs, o.keys, o.tokens, width, height, time.Now().UTC().Format("2006-01-02 15:04Z"))
	report(os.Stdout, subjects)
	return nil
}
