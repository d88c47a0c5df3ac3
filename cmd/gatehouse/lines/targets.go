package lines

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"gatehouse/apiclient"
)

// fewTargets is how many are read one by one; of more the list is read.
const fewTargets = 8

// targets finds the records that the arguments name: by what -o name prints,
// by name, or by e-mail. "-" stands for the lines of stdin.
func (p *program) targets(ctx context.Context, s *session, kind apiclient.Kind, args []string) ([]apiclient.Ref, error) {
	names, err := p.namesOf(args)
	if err != nil {
		return nil, err
	}
	found := make(map[string]apiclient.Ref, len(names))
	if len(names) <= fewTargets {
		for _, name := range names {
			ref, err := s.read(ctx, kind, name)
			if err != nil {
				return nil, err
			}
			if !ref.IsZero() {
				found[name] = ref
			}
		}
	}
	if len(found) < len(names) {
		if err := s.search(ctx, kind, names, found); err != nil {
			return nil, err
		}
	}
	refs := make([]apiclient.Ref, len(names))
	for i, name := range names {
		refs[i] = found[name]
	}
	return refs, nil
}

func (p *program) namesOf(args []string) ([]string, error) {
	var names []string
	for _, arg := range args {
		if arg != "-" {
			names = append(names, arg)
			continue
		}
		if isTerminal(p.o.In) {
			return nil, usage("- reads the targets from stdin, and that is the terminal")
		}
		lines := bufio.NewScanner(p.o.In)
		for lines.Scan() {
			if line := strings.TrimSpace(lines.Text()); line != "" {
				names = append(names, line)
			}
		}
		if err := lines.Err(); err != nil && !errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("read the targets: %w", err)
		}
	}
	slices.Sort(names)
	if names = slices.Compact(names); len(names) == 0 {
		return nil, &ended{"it was not said to what: there are no targets", apiclient.ErrNotFound}
	}
	return names, nil
}

// read looks a record up by its path; the zero ref: there is none of that path.
func (s *session) read(ctx context.Context, kind apiclient.Kind, name string) (apiclient.Ref, error) {
	ctx, stop := context.WithTimeout(ctx, limit)
	defer stop()
	asked := apiclient.Ref{Context: s.info.Context, Kind: kind, Path: apiclient.NewPath(strings.Split(name, "/")...)}
	r, err := s.backend.Read(ctx, asked)
	for _, reason := range []error{apiclient.ErrUnreachable, apiclient.ErrSignedOut, apiclient.ErrThrottled, context.DeadlineExceeded} {
		if errors.Is(err, reason) {
			return apiclient.Ref{}, err
		}
	}
	if err != nil || r.GetRef().Key() != asked {
		return apiclient.Ref{}, nil // the list knows better what it is called
	}
	return r.GetRef(), nil
}

// search looks in the list for what was not found yet.
func (s *session) search(ctx context.Context, kind apiclient.Kind, names []string, found map[string]apiclient.Ref) error {
	word := s.info.Word(kind).One
	exact, close := map[string]apiclient.Ref{}, map[string][]apiclient.Ref{}
	if s.info.Lists[kind].OK {
		wanted := map[string]bool{}
		for _, name := range names {
			wanted[name] = found[name].IsZero()
		}
		err := each(ctx, s.backend, kind, func(r apiclient.Record) {
			ref := r.GetRef()
			if path := ref.Path.String(); wanted[path] {
				exact[path] = ref
			}
			for _, name := range alsoCalled(r) {
				if wanted[name] {
					close[name] = append(close[name], ref)
				}
			}
		})
		if err != nil {
			return err
		}
	}
	for _, name := range names {
		switch ref, ok := exact[name]; {
		case !found[name].IsZero():
		case ok:
			found[name] = ref
		case len(close[name]) == 1:
			found[name] = close[name][0]
		case len(close[name]) > 1:
			return usage(fmt.Sprintf("%q can be more than one %s: %s", name, word, pathsOf(close[name])))
		default:
			return &apiclient.Failure{Tried: "find " + word + " " + name, Message: "there is none of that name", Cause: apiclient.ErrNotFound}
		}
	}
	return nil
}

// alsoCalled are the names of a record beside its path, each once.
func alsoCalled(r apiclient.Record) []string {
	names := []string{r.GetRef().Name()}
	for _, key := range []string{"name", "email", "handle"} {
		if v := r.Get(key); !v.None && v.Text != "" {
			names = append(names, v.Text)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// mostListed is how many are named when a name fits many.
const mostListed = 5

func pathsOf(refs []apiclient.Ref) string {
	var paths []string
	for _, ref := range refs {
		if len(paths) == mostListed {
			return strings.Join(paths, ", ") + " …"
		}
		paths = append(paths, ref.Path.String())
	}
	return strings.Join(paths, ", ")
}
