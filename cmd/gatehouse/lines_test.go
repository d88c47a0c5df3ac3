package main_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"go.yaml.in/yaml/v3"

	"gatehouse/apiclient/anchore/anchoretest"
	"gatehouse/apiclient/gatehouse/wire"
	"gatehouse/screenshots/stage"
)

// answer is what one command line came to.
type answer struct {
	out, err string
	code     int
}

// line runs one command line without a terminal.
func line(t *testing.T, env []string, stdin string, args ...string) answer {
	t.Helper()
	cmd := exec.Command(binary, args...)
	var out, errOut bytes.Buffer
	cmd.Env, cmd.Stdin, cmd.Stdout, cmd.Stderr = env, strings.NewReader(stdin), &out, &errOut
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return answer{out.String(), errOut.String(), cmd.ProcessState.ExitCode()}
}

// lineEnv is what a command line of somebody with a token gets.
func (s *server) lineEnv(url, token string) []string {
	s.t.Helper()
	return environment(s.dir, "GATEHOUSE_SERVER="+url, "GATEHOUSE_TOKEN_FILE="+s.tokenFile(token))
}

// line runs a command line of the admin that has to end with this code.
func (s *server) line(code int, stdin string, args ...string) answer {
	s.t.Helper()
	return ends(s.t, code, line(s.t, s.lineEnv(s.url, s.admin), stdin, args...), args)
}

func ends(t *testing.T, code int, a answer, args []string) answer {
	t.Helper()
	if a.code != code {
		t.Fatalf("%q ended with %d, want %d\n%s%s", args, a.code, code, a.out, a.err)
	}
	return a
}

func TestListsInEveryFormat(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.account("acme")
	s.user("jane", "acme", false)
	s.user("kim", "acme", true)
	list := func(format string) string {
		return s.line(0, "", "user", "list", "--filter", "account:acme", "--sort", "-name", "-o", format).out
	}
	if rows := strings.Split(list("table"), "\n"); len(rows) != 4 || !strings.HasPrefix(rows[0], "NAME ") || !strings.HasPrefix(rows[1], "kim ") || !strings.HasPrefix(rows[2], "jane ") {
		t.Errorf("table: %q", rows)
	}
	if got := list("name"); got != "kim\njane\n" {
		t.Errorf("name: %q", got)
	}
	type user struct {
		ID, Name, Account string
		Admin             bool
		Tokens            int
		LastSeen          *string `json:"last_seen" yaml:"last_seen"`
	}
	want := []user{{"kim", "kim", "acme", true, 0, nil}, {"jane", "jane", "acme", false, 0, nil}}
	check := func(format string, got []user, err error) {
		t.Helper()
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %+v %v", format, got, err)
		}
	}
	var got []user
	err := json.Unmarshal([]byte(list("json")), &got)
	check("json", got, err)
	got = nil
	err = yaml.Unmarshal([]byte(list("yaml")), &got)
	check("yaml", got, err)
	got = nil
	for d := json.NewDecoder(strings.NewReader(list("jsonl"))); ; {
		var u user
		if err = d.Decode(&u); err != nil {
			break
		}
		got = append(got, u)
	}
	if !errors.Is(err, io.EOF) {
		t.Error(err)
	}
	check("jsonl", got, nil)
	rows, err := csv.NewReader(strings.NewReader(list("csv"))).ReadAll()
	if err != nil || len(rows) != 3 || rows[0][0] != "id" || rows[1][0] != "kim" || rows[2][slices.Index(rows[0], "admin")] != "no" {
		t.Errorf("csv: %q %v", rows, err)
	}

	s.line(5, "", "user", "list", "--filter", "name:nobody")
	s.line(2, "", "user", "list", "--filter", "nofield:x")
	s.line(2, "", "user", "list", "--sort", "nofield")
	s.line(2, "", "user", "list", "-o", "xml")
	s.line(2, "", "role", "list")
	if n := s.others(); n != 0 {
		t.Errorf("lists have sent %d changes", n)
	}
}

func TestCreateShowsTheSecretOnce(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.account("acme")
	s.line(0, "", "user", "create", "jane", "--account", "acme", "--real-name", "Jane Doe", "--password-file", s.tokenFile(userPassword))
	s.line(0, userPassword+"\n", "user", "create", "--user-name", "kim", "--account", "acme", "--admin", "--password-file", "-")
	if kim := get[wire.User](s, wire.UserPath("kim")); !kim.Admin {
		t.Error("--admin made no admin")
	}
	made := s.line(0, "", "token", "create", "--user", "jane", "--max-age", "90d", "-o", "name")
	token, rest, _ := strings.Cut(made.out, "\n")
	if !strings.HasPrefix(token, "gthp_") || len(token) != 55 || rest != "" {
		t.Fatalf("stdout is %q", made.out)
	}
	if strings.Contains(made.err, token) {
		t.Error("the secret is on stderr too")
	}
	who := line(t, s.lineEnv(s.url, token), "", "whoami", "-o", "name")
	if who.out != "jane\n" || who.code != 0 {
		t.Errorf("the token is of %q: %s", who.out, who.err)
	}
	var doc struct {
		Outcomes []struct {
			End     string
			Made    []string
			Secrets []struct{ Label, Handle, Secret string }
		}
	}
	if err := json.Unmarshal([]byte(s.line(0, "", "token", "create", "-o", "json").out), &doc); err != nil {
		t.Fatal(err)
	}
	o := doc.Outcomes[0]
	if o.End != "done" || len(o.Secrets) != 1 || !strings.HasPrefix(o.Secrets[0].Secret, o.Secrets[0].Handle) || len(o.Made) != 1 {
		t.Errorf("json: %+v", o)
	}
	if table := s.line(0, "", "user", "invite", "lee", "--account", "acme").out; strings.Count(table, "\n") != 1 {
		t.Errorf("an invitation prints %q", table)
	}
}

func TestDryRunChangesNothing(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.account("acme")
	s.user("jane", "acme", false)
	prefix := s.accessToken("jane", "one")
	for _, args := range [][]string{
		{"account", "create", "new"}, {"account", "delete", "acme"}, {"user", "disable", "jane"}, {"user", "update", "jane", "--email", "j@example.com"},
		{"token", "create", "--user", "jane"}, {"token", "revoke", prefix}, {"user", "set-password", "jane", "--password-file", s.tokenFile(userPassword)}, {"logout"},
	} {
		if out := s.line(0, "", append(args, "--dry-run")...).out; !strings.Contains(out, "  1. ") {
			t.Errorf("%q prints %q", args, out)
		}
	}
	var plan struct {
		Title, Danger string
		Steps         []struct{ Verb, On, Title string }
		Facts         []struct{ Text string }
		Blocks        []struct{ Text, Next string }
	}
	if err := json.Unmarshal([]byte(s.line(0, "", "account", "delete", "acme", "--dry-run", "-o", "json").out), &plan); err != nil {
		t.Fatal(err)
	}
	if plan.Danger != "destructive" || len(plan.Steps) < 2 || len(plan.Facts) == 0 || plan.Steps[0].On != "acme" {
		t.Errorf("the plan is %+v", plan)
	}
	t.Log("what is blocked says so, with and without --dry-run")
	if out := s.line(7, "", "user", "disable", "admin", "--dry-run").out; !strings.Contains(out, "blocked: ") {
		t.Errorf("a blocked plan prints %q", out)
	}
	s.line(7, "", "user", "disable", "admin", "--yes")
	if n := s.others(); n != 0 {
		t.Errorf("%d changes were sent", n)
	}
}

func TestWithoutATerminalNothingIsAsked(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.account("acme")
	s.user("jane", "acme", false)
	for _, args := range [][]string{
		{"user", "disable", "jane"}, {"user", "delete", "jane"}, {"account", "delete", "acme"}, {"user", "reset", "jane"}, {"logout"},
		{"user", "set-password", "jane"}, {"user", "create", "kim", "--account", "acme"}, {"user", "create", "kim"}, {"session", "set-password"},
		{"user", "update", "jane", "--admin=perhaps"}, {"user", "update", "jane"}, {"token", "create", "--max-age", "soon"}, {"user", "activate", "jane", "--yes"},
		{"user", "update", "jane", "--roles", "x"},
	} {
		s.line(2, "y\ny\n", args...)
	}
	none := environment(s.dir, "GATEHOUSE_SERVER="+s.url)
	ends(t, 6, line(t, none, "admin\n"+adminPassword+"\n", "user", "list"), []string{"user", "list"})
	ends(t, 6, line(t, none, "admin\n"+adminPassword+"\n", "login"), []string{"login"})
	if n := s.others(); n != 0 {
		t.Errorf("%d changes were sent", n)
	}
}

func TestNoSecretIsTakenAsAValue(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.account("acme")
	s.user("jane", "acme", false)
	const word = "correct-horse-battery-staple-9"
	loose := filepath.Join(s.dir, "loose")
	if err := os.WriteFile(loose, []byte(word), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"user", "set-password", "jane", word}, {"user", "set-password", "jane", "--password", word}, {"user", "set-password", "jane", "--password=" + word},
		{"user", "create", "kim", word, "--account", "acme"}, {"token", "revoke-pasted", word, "--yes"}, {"token", "revoke-pasted", "--token", word, "--yes"},
		{"session", "set-password", word}, {"login", word}, {"login", "--token", word}, {"login", "--password", word}, {"whoami", "--token", word},
		{"user", "set-password", "jane", "--password-file", loose},
	} {
		if a := s.line(2, "", args...); strings.Contains(a.out+a.err, word) {
			t.Errorf("%q repeats the secret: %s%s", args, a.out, a.err)
		}
	}
	if n := s.others(); n != 0 {
		t.Errorf("%d changes were sent", n)
	}
	t.Log("no help text offers a flag for one")
	for _, kind := range []string{"account", "user", "token", "role", "grant", "session", "login", "logout", "whoami"} {
		for _, words := range verbsOf(t, kind) {
			for text := range strings.Lines(s.line(0, "", append(words, "--help")...).out) {
				flag, _, _ := strings.Cut(strings.TrimSpace(text), " ")
				for _, bad := range []string{"password", "token", "secret"} {
					if strings.HasPrefix(flag, "--") && strings.Contains(flag, bad) && !strings.HasSuffix(flag, "-file") {
						t.Errorf("%q has the flag %s", words, flag)
					}
				}
			}
		}
	}
}

// verbsOf are the commands of a group, as completion knows them.
func verbsOf(t *testing.T, group string) [][]string {
	t.Helper()
	out := [][]string{{group}}
	for text := range strings.Lines(ends(t, 0, line(t, environment(t.TempDir()), "", "__complete", group, ""), nil).out) {
		if name, _, ok := strings.Cut(text, "\t"); ok {
			out = append(out, []string{group, name})
		}
	}
	return out
}

func TestExitCodesOfChanges(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.account("acme")
	for _, name := range []string{"jane", "kim", "lee"} {
		s.user(name, "acme", false)
	}
	s.line(0, "", "user", "disable", "jane", "kim", "--yes")
	s.line(0, "jane\nkim\n", "user", "enable", "-", "--yes")
	s.line(5, "", "user", "disable", "nobody", "jane", "--yes")
	s.line(5, "", "user", "disable", "--context", "nowhere", "jane", "--yes")
	s.line(7, "", "account", "create", "acme")
	ends(t, 6, line(t, s.lineEnv(s.url, s.token("jane", userPassword)), "", "account", "create", "more"), []string{"as jane"})
	dead := s.token("jane", userPassword)
	s.line(0, "", "token", "revoke", dead[:17], "--yes")
	ends(t, 6, line(t, s.lineEnv(s.url, dead), "", "user", "list"), []string{"dead token"})
	ends(t, 2, line(t, s.lineEnv(s.url, "gthp_"+strings.Repeat("0", 50)), "", "user", "list"), []string{"no token at all"})
	ends(t, 8, line(t, s.lineEnv("http://127.0.0.1:1", s.admin), "", "user", "list"), []string{"unreachable"})

	p := s.proxy()
	env := s.lineEnv(p.url, s.admin)
	to := func(name string) func(*http.Request) bool {
		return func(r *http.Request) bool {
			return r.Method != http.MethodGet && strings.Contains(r.URL.Path, "/"+name)
		}
	}
	p.set(func(p *proxy) { p.refuse = to("kim") })
	partly := ends(t, 3, line(t, env, "", "user", "disable", "jane", "kim", "lee", "--yes", "-o", "jsonl"), []string{"partly"})
	if strings.Count(partly.out, `"end":"done"`) != 2 || strings.Count(partly.out, "\n") != 3 {
		t.Errorf("partly done prints %s", partly.out)
	}
	if u := get[wire.User](s, wire.UserPath("kim")); u.State != "active" {
		t.Errorf("kim is %s", u.State)
	}

	t.Log("an answer gets lost, and so do all after it")
	cut := false
	p.set(func(p *proxy) {
		p.refuse = nil
		p.lose = func(r *http.Request) bool {
			cut = cut || to("kim")(r)
			return cut
		}
	})
	ends(t, 4, line(t, env, "", "user", "disable", "kim", "--yes"), []string{"unknown"})
}

func TestPipesOfNames(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.account("acme")
	s.user("jane", "acme", false)
	for i := range 12 {
		s.accessToken("jane", fmt.Sprintf("number %d", i))
	}
	names := s.line(0, "", "token", "list", "--filter", "owner:=jane", "-o", "name").out
	if strings.Count(names, "\n") != 12 {
		t.Fatalf("the list has %q", names)
	}
	s.line(0, names, "token", "revoke", "-", "--yes")
	s.line(5, "", "token", "list", "--filter", "owner:=jane state:active")
}

// anchoreContext makes a home with a context of an Anchore.
func anchoreContext(t *testing.T, url string, more ...string) []string {
	t.Helper()
	home := t.TempDir()
	password := filepath.Join(home, "password")
	if err := os.WriteFile(password, []byte(anchoretest.AdminPassword+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	addContext(t, home, append([]string{"scans", "--driver", "anchore", "--url", url, "--user", anchoretest.AdminUser, "--method", "password", "--credential-file", password}, more...)...)
	return environment(home)
}

func TestHostileTextSteersNothing(t *testing.T) {
	t.Parallel()
	fake := anchoretest.New(anchoretest.Options{V2: true})
	defer fake.Close()
	fake.Fill(3, 14, 6)
	env := anchoreContext(t, fake.URL)
	seen := map[string]bool{}
	for _, list := range []string{"account", "token"} {
		for _, format := range []string{"table", "json", "jsonl", "yaml"} {
			out := ends(t, 0, line(t, env, "", list, "list", "-o", format), nil).out
			for _, r := range out {
				if r != '\n' && unicode.In(r, unicode.Cc, unicode.Cf) {
					t.Errorf("%s list -o %s lets %U through", list, format, r)
				}
			}
		}
		var rows, again []map[string]any
		if err := json.Unmarshal([]byte(ends(t, 0, line(t, env, "", list, "list", "-o", "json"), nil).out), &rows); err != nil {
			t.Fatal(err)
		}
		if err := yaml.Unmarshal([]byte(ends(t, 0, line(t, env, "", list, "list", "-o", "yaml"), nil).out), &again); err != nil {
			t.Fatal(err)
		}
		texts := map[string]bool{}
		for i, row := range rows {
			for key, v := range row {
				text, ok := v.(string)
				if ok && again[i][key] != text {
					t.Errorf("%s is %q in json and %q in yaml", key, text, again[i][key])
				}
				texts[text], seen[text] = true, true
			}
		}
		cells, err := csv.NewReader(strings.NewReader(ends(t, 0, line(t, env, "", list, "list", "-o", "csv"), nil).out)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range cells[1:] {
			for _, cell := range row {
				if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
					t.Errorf("a cell that is a formula: %q", cell)
				}
				if formula, ok := strings.CutPrefix(cell, "'"); ok && !texts[formula] {
					t.Errorf("%q is in no record", formula)
				}
			}
		}
	}
	t.Log("programs get the text as it is")
	for _, part := range []string{"\x1b[2J\x1b]52;c;eA==\a", "\u202e", "=cmd|"} {
		if !slices.ContainsFunc(slices.Collect(maps.Keys(seen)), func(text string) bool { return strings.Contains(text, part) }) {
			t.Errorf("nothing has %q in it", part)
		}
	}
}

func TestAnchoreFromTheCommandLine(t *testing.T) {
	t.Parallel()
	fake := anchoretest.New(anchoretest.Options{V2: true})
	defer fake.Close()
	fake.Fill(3, 2, 3)
	env := anchoreContext(t, fake.URL, "--protected")
	run := func(code int, args ...string) answer {
		t.Helper()
		return ends(t, code, line(t, env, "", args...), args)
	}
	if who := run(0, "whoami", "-o", "name").out; who != "admin/admin\n" && who != "admin\n" {
		t.Errorf("whoami: %q", who)
	}
	fake.Forget()
	locked := run(6, "account", "create", "acme", "--email", "a@example.com")
	if !strings.Contains(locked.err, "--unlock") {
		t.Errorf("a locked context says %q", locked.err)
	}
	for _, r := range fake.Requests() {
		if r.Method != http.MethodGet {
			t.Errorf("sent to a locked context: %s", r)
		}
	}
	run(0, "account", "create", "acme", "--email", "a@example.com", "--unlock")
	run(7, "account", "create", "acme", "--email", "a@example.com", "--unlock")
	run(2, "account", "create", "acme2", "--type", "user", "--unlock")
	run(0, "account", "list", "--filter", "name:=acme")
}

// terminalLine runs a command line in a terminal.
func (s *server) terminalLine(args ...string) *console {
	s.t.Helper()
	return onTerminal(s.t, s.lineEnv(s.url, s.admin), args...)
}

func onTerminal(t *testing.T, env []string, args ...string) *console {
	t.Helper()
	st, err := stage.Start(stage.Program{Path: binary, Args: args, Env: env})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		st.Close()
		if t.Failed() {
			t.Logf("the last screen:\n%s", st.Screen.Text())
		}
	})
	return &console{t: t, st: st}
}

// over waits for the end and its code.
func (c *console) over(code int) string {
	c.t.Helper()
	got, ok := c.st.Exit(patience)
	if !ok || got != code {
		c.t.Fatalf("it ended with %d (%v), want %d", got, ok, code)
	}
	return c.Screen()
}

func TestATerminalIsAskedAsTheDangerDemands(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.account("acme")
	s.user("jane", "acme", false)
	for _, no := range []string{"\r", "n\r", "maybe\r", "\x04"} {
		c := s.terminalLine("user", "disable", "jane")
		c.See("1. disable user jane", "Go on? (y/n)")
		c.Send(no)
		c.over(1)
	}
	c := s.terminalLine("user", "delete", "jane")
	c.See("Type jane to go on:")
	c.Send("y\r")
	c.over(1)
	if n := s.others(); n != 0 {
		t.Errorf("%d changes were sent", n)
	}
	c = s.terminalLine("user", "disable", "jane")
	c.See("Go on? (y/n)")
	c.Send("y\r")
	c.over(0)
	if u := get[wire.User](s, wire.UserPath("jane")); u.State != "inactive" {
		t.Errorf("jane is %s", u.State)
	}
	c = s.terminalLine("user", "delete", "jane")
	c.See("Type jane to go on:")
	c.Send("jane\r")
	c.over(0)
	if status, _ := s.do(http.MethodGet, wire.UserPath("jane"), s.admin, nil); status != http.StatusNotFound {
		t.Errorf("jane answers %d", status)
	}

	t.Log("a password is typed twice and never seen")
	c = s.terminalLine("user", "create", "kim", "--account", "acme")
	c.See("Password:")
	c.Send(userPassword + "\r")
	c.See("Password again:")
	c.Send("something else entirely\r")
	c.over(2)
	c = s.terminalLine("user", "create", "kim", "--account", "acme")
	c.See("Password:")
	c.Send(userPassword + "\r")
	c.See("Password again:")
	c.Send(userPassword + "\r")
	if screen := c.over(0); strings.Contains(screen, userPassword) {
		t.Error("the password is on the screen")
	}
	s.token("kim", userPassword)

	c = s.terminalLine("user", "set-password", "kim")
	c.See("New password:")
	c.Send("\x03")
	c.over(130)

	t.Log("what changed between question and answer is not done")
	c = s.terminalLine("user", "disable", "kim")
	c.See("Go on? (y/n)")
	kim := get[wire.User](s, wire.UserPath("kim"))
	s.must(http.MethodPatch, wire.UserPath("kim"), map[string]string{"email": "kim@example.com"}, nil, "If-Match", fmt.Sprintf("%q", fmt.Sprint(kim.Version)))
	c.Send("y\r")
	c.over(7)
}

func TestLoginAndLogout(t *testing.T) {
	t.Parallel()
	s := serve(t)
	home := t.TempDir()
	kept := filepath.Join(home, "kept")
	addContext(t, home, "own", "--url", s.url, "--credential-file", kept)
	env := environment(home)
	ends(t, 6, line(t, env, "", "whoami"), nil)
	c := onTerminal(t, env, "login", "--user", "admin")
	c.See("User name [admin]:")
	c.Send("\r")
	c.See("Password:")
	c.Send(adminPassword + "\r")
	if screen := c.over(0); !strings.Contains(screen, "signed in to own as admin") || strings.Contains(screen, adminPassword) {
		t.Errorf("login says %s", screen)
	}
	if who := ends(t, 0, line(t, env, "", "whoami", "-o", "name"), nil).out; who != "admin\n" {
		t.Errorf("whoami: %q", who)
	}
	token, err := os.ReadFile(kept)
	if err != nil {
		t.Fatal(err)
	}
	ends(t, 2, line(t, env, "", "logout"), nil)
	ends(t, 0, line(t, env, "", "logout", "--yes"), nil)
	if _, err := os.Stat(kept); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the credential is still there: %v", err)
	}
	if status, _ := s.do(http.MethodGet, wire.PathSession, strings.TrimSpace(string(token)), nil); status != http.StatusUnauthorized {
		t.Errorf("the session still answers %d", status)
	}
}

func TestCompletionKnowsContextsVerbsAndChoices(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	addContext(t, home, "prod", "--url", "https://gatehouse.example")
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"user", ""}, "set-password"}, {[]string{"user", "list", "--context", ""}, "prod"}, {[]string{"account", "create", "--type", ""}, "service"},
		{[]string{"user", "update", "--admin="}, "yes"}, {[]string{"token", "list", "-o", ""}, "jsonl"}, {[]string{"login", "--method", ""}, "password"},
	} {
		out := ends(t, 0, line(t, environment(home), "", append([]string{"__complete"}, c.args...)...), c.args).out
		if !strings.Contains(out, c.want) {
			t.Errorf("%q completes to %q", c.args, out)
		}
	}
}
