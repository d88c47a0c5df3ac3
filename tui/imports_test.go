package tui_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// arrow lets packages below one path import those below others. Paths are
// those behind the module's own.
type arrow struct {
	from string
	to   []string
}

// arrows are the only ways between packages of this module. The first that
// fits a package holds for it.
var arrows = []arrow{
	{"cmd", []string{"cmd", "views", "tui", "apiclient", "server", "screenshots"}},
	{"screenshots", []string{"screenshots", "tui/term/vt"}},
	{"views", []string{"views", "tui", "apiclient"}},
	{"server", []string{"server", "apiclient/gatehouse/wire"}},
	{"apiclient", []string{"apiclient"}},
	{"tui/safetext", nil},
	{"tui/term", []string{"tui/term", "tui/safetext"}},
	{"tui", []string{"tui"}},
}

// testArrows are what test files may import beyond that.
var testArrows = []arrow{
	{"apiclient/gatehouse", []string{"server"}}, // the driver is tried on the real server,
	{"views", []string{"server"}},               // and so is the console
}

const module = "gatehouse"

func within(path, parent string) bool { return path == parent || strings.HasPrefix(path, parent+"/") }

// allowed tells whether a package may import another one of this module.
func allowed(from, to string, test bool) bool {
	if to == "tui/frametest" {
		return test && within(from, "tui")
	}
	to0 := func(a arrow) bool {
		return slices.ContainsFunc(a.to, func(t string) bool { return within(to, t) })
	}
	if test && slices.ContainsFunc(testArrows, func(a arrow) bool { return within(from, a.from) && to0(a) }) {
		return true
	}
	if i := slices.IndexFunc(arrows, func(a arrow) bool { return within(from, a.from) }); i >= 0 {
		return to0(arrows[i]) || test && from == to
	}
	return false
}

// listed is what go list tells of a package.
type listed struct {
	ImportPath                         string
	Imports, TestImports, XTestImports []string
	Deps                               []string
}

func goList(t *testing.T, pattern string) []listed {
	t.Helper()
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("the go command is not there to list the packages")
	}
	cmd := exec.Command("go", "list", "-e", "-json=ImportPath,Imports,TestImports,XTestImports,Deps", pattern)
	cmd.Dir = ".."
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, stderr.String())
	}
	var all []listed
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	if len(all) == 0 {
		t.Fatal("go list found no package")
	}
	return all
}

func TestImportsRunDownwards(t *testing.T) {
	for _, p := range goList(t, "./...") {
		from := strings.TrimPrefix(p.ImportPath, module+"/")
		check := func(imports []string, test bool) {
			for _, path := range imports {
				to, ours := strings.CutPrefix(path, module+"/")
				if ours && !allowed(from, to, test) {
					t.Errorf("%s may not import %s (in test files: %v)", from, to, test)
				}
			}
		}
		check(p.Imports, false)
		check(slices.Concat(p.TestImports, p.XTestImports), true)
	}
}

// The framework of the first version and of the second fight over the same
// terminal, and what talks to a backend draws nothing.
func TestForeignImports(t *testing.T) {
	for _, p := range goList(t, "./...") {
		from := strings.TrimPrefix(p.ImportPath, module+"/")
		for _, dep := range p.Deps {
			if within(dep, "charm.land") || strings.HasPrefix(dep, "github.com/charmbracelet/") && slices.Contains(strings.Split(dep, "/"), "v2") {
				t.Errorf("%s brings %s", from, dep)
			}
			if (within(from, "apiclient") || within(from, "server")) && within(dep, "github.com/charmbracelet") {
				t.Errorf("%s brings %s", from, dep)
			}
		}
	}
	mod, err := os.ReadFile("../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(mod)) {
		if strings.Contains(line, "charm.land/") || strings.Contains(line, "charmbracelet/bubbletea/v2") {
			t.Errorf("go.mod: %s", line)
		}
	}
}

func TestTheRulesForArrowsForbidSomething(t *testing.T) {
	for _, c := range []struct {
		from, to string
		test     bool
		want     bool
	}{
		{"views/users", "tui/list", false, true}, {"views/users", "server", false, false}, {"views/users", "server", true, true}, {"tui/list", "apiclient", false, false},
		{"apiclient", "tui", false, false}, {"server/api", "apiclient", false, false}, {"server/api", "apiclient/gatehouse/wire", false, true},
		{"apiclient/gatehouse", "server", false, false}, {"apiclient/gatehouse", "server", true, true}, {"apiclient/rest", "server", true, false},
		{"tui/term", "tui/theme", false, false}, {"tui/safetext", "tui/term", false, false}, {"tui/safetext", "tui/safetext", true, true},
		{"tui/list", "tui/frametest", false, false}, {"tui/list", "tui/frametest", true, true}, {"views", "cmd/gatehouse", false, false},
		{"cmd/gatehouse", "server", false, true}, {"elsewhere", "tui", false, false},
	} {
		if got := allowed(c.from, c.to, c.test); got != c.want {
			t.Errorf("%s imports %s (test %v): allowed is %v, want %v", c.from, c.to, c.test, got, c.want)
		}
	}
}

// mayReveal are the files that may take the text out of a secret, and why.
// Every file that is added here is one more place from which it could get out.
var mayReveal = map[string]string{
	"apiclient/secret/secret.go":               "compares secrets",
	"apiclient/field.go":                       "checks a password that is chosen",
	"apiclient/contexts/source.go":             "stores a credential where its context says",
	"apiclient/ais/claims.go":                  "reads what a token says of itself",
	"apiclient/aiven/classify.go":              "tells offline what a token could be, and its public prefix",
	"apiclient/anchore/classify.go":            "tells offline what a credential could be",
	"apiclient/juju/classify.go":               "tells offline what a login could be",
	"apiclient/juju/redeem.go":                 "seals a registration with its key",
	"apiclient/juju/registration.go":           "reads a registration string",
	"apiclient/juju/session.go":                "sends macaroons",
	"cmd/gatehouse/demoserver.go":              "writes the admin's token into the file that the demo was told to make",
	"cmd/gatehouse/lines/results.go":           "prints a secret that an answer holds once",
	"cmd/gatehouse/serve.go":                   "shows the password that was made up at the first start, once",
	"apiclient/backendtest/faults.go":          "looks for secrets where none may be",
	"apiclient/rest/body.go":                   "writes the body of a request",
	"apiclient/rest/line.go":                   "writes the header of a request",
	"apiclient/rest/redact.go":                 "takes secrets out of what a backend answered",
	"apiclient/arvados/token.go":               "reads the parts of a token, and joins them",
	"apiclient/gatehouse/classify.go":          "tells offline what a token could be",
	"apiclient/gatehouse/wire/registration.go": "makes a registration string",
	"apiclient/gatehouse/wire/token.go":        "checks the form of a token",
	"apiclient/gatehouse/wire/wire.go":         "writes bodies that carry secrets",
	"server/directory/credentials.go":          "hashes a credential to find it",
	"server/directory/fill.go":                 "hashes the credentials of sample data",
	"server/directory/first.go":                "makes the first password up",
	"server/passwords/hash.go":                 "hashes a password",
	"server/passwords/rules.go":                "checks a password against the rules",
	"tui/term/clipboard.go":                    "copies a secret",
	"tui/reveal/draw.go":                       "shows a secret once",
	"tui/reveal/reveal.go":                     "counts its characters",
	"tui/reveal/save.go":                       "writes it to a file of one's own",
}

func TestOnlyFewFilesReveal(t *testing.T) {
	seen := map[string]bool{}
	err := filepath.WalkDir("..", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && strings.HasPrefix(d.Name(), ".") && d.Name() != ".." {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		file, err := filepath.Rel("..", name)
		if err != nil {
			return err
		}
		at, err := reveals(name)
		if err != nil {
			return err
		}
		if at != "" && mayReveal[filepath.ToSlash(file)] == "" {
			t.Errorf("%s takes the text out of a secret and is not on the list", at)
		}
		if at != "" {
			seen[filepath.ToSlash(file)] = true
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for file := range mayReveal {
		if !seen[file] {
			t.Errorf("%s is on the list and reveals nothing", file)
		}
	}
}

// reveals tells where a file first mentions the method, called or not.
func reveals(file string) (string, error) {
	set := token.NewFileSet()
	f, err := parser.ParseFile(set, file, nil, parser.SkipObjectResolution)
	if err != nil {
		return "", fmt.Errorf("look for Reveal: %w", err)
	}
	packages := map[string]bool{}
	for _, i := range f.Imports {
		name := path.Base(strings.Trim(i.Path.Value, `"`))
		if i.Name != nil {
			name = i.Name.Name
		}
		packages[name] = true
	}
	at := ""
	ast.Inspect(f, func(n ast.Node) bool {
		s, ok := n.(*ast.SelectorExpr)
		if !ok || s.Sel.Name != "Reveal" || at != "" {
			return at == ""
		}
		if x, ok := s.X.(*ast.Ident); !ok || !packages[x.Name] { // a type of that name is none
			at = set.Position(s.Pos()).String()
		}
		return at == ""
	})
	return at, nil
}
