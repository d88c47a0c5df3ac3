package contexts

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func TestChangeKeepsModesAndOthersChanges(t *testing.T) {
	path := filepath.Join(t.TempDir(), "deep", "gatehouse", "config.yaml")
	var wg sync.WaitGroup
	names := strings.Fields("a b c d e f g h")
	for _, n := range names {
		wg.Go(func() {
			err := Change(path, func(f *File) error {
				return f.Put(Context{Name: n, Driver: "gatehouse", URL: "http://127.0.0.1:7411"})
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	f, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Contexts) != len(names) {
		t.Fatalf("%d of %d contexts survived", len(f.Contexts), len(names))
	}
	if f.Current == "" {
		t.Error("the first context is not the current one")
	}
	st, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if st.Mode().Perm() != 0o600 {
		t.Errorf("mode is %o", st.Mode().Perm())
	}
	if st, err = os.Stat(filepath.Dir(path)); err != nil || st.Mode().Perm() != 0o700 {
		t.Errorf("mode of the directory is %v, %v", st.Mode(), err)
	}
}

func TestLoadNamesWhatIsWrong(t *testing.T) {
	for _, tc := range []struct{ name, text, want string }{
		{"unknown key", "contexts:\n- name: a\n  driver: x\n  url: http://127.0.0.1\n  pasword: y\n", "line 5"},
		{"twice", "contexts:\n- {name: a, driver: x, url: u}\n- {name: a, driver: x, url: u}\n", "twice"},
		{"bad name", "contexts:\n- {name: \"A b\", driver: x, url: u}\n", "name must be"},
		{"no url", "contexts:\n- {name: a, driver: x}\n", "url is missing"},
		{"bad colour", "contexts:\n- {name: a, driver: x, url: u, colour: mauve}\n", "colour must be one of"},
		{"bad writes", "contexts:\n- {name: a, driver: x, url: u, writes: maybe}\n", "locked or open"},
		{"bad source", "contexts:\n- {name: a, driver: x, url: u, credential: {from: thin-air}}\n", "from must be one of"},
		{"relative file", "contexts:\n- {name: a, driver: x, url: u, credential: {from: file, file: token}}\n", "absolute path"},
		{"lost current", "current-context: b\ncontexts:\n- {name: a, driver: x, url: u}\n", "there is no context \"b\": there are a"},
		{"not yaml", "contexts: [", "did not find expected"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := parse("config.yaml", []byte(tc.text))
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Fatalf("got %v, want %q in it", err, tc.want)
			}
		})
	}
}

func TestEditing(t *testing.T) {
	f := &File{}
	put := func(name string) {
		t.Helper()
		if err := f.Put(Context{Name: name, Driver: "gatehouse", URL: "http://127.0.0.1:7411"}); err != nil {
			t.Fatal(err)
		}
	}
	put("prod")
	put("test")
	if err := f.Rename("prod", "test"); err == nil {
		t.Error("renamed onto another context")
	}
	if err := f.Rename("prod", "live"); err != nil || f.Current != "live" {
		t.Errorf("rename: %v, current %q", err, f.Current)
	}
	if err := f.Use("prod"); err == nil {
		t.Error("used a context that is not there")
	}
	if err := f.Remove("live"); err != nil || f.Current != "" {
		t.Errorf("remove: %v, current %q", err, f.Current)
	}
	if err := f.Remove("live"); err == nil {
		t.Error("removed twice")
	}
}

func TestPathFollowsTheEnvironment(t *testing.T) {
	for _, tc := range []struct{ env, want string }{
		{"GATEHOUSE_CONFIG=/x/y.yaml HOME=/h", "/x/y.yaml"},
		{"XDG_CONFIG_HOME=/c HOME=/h", "/c/gatehouse/config.yaml"},
		{"XDG_CONFIG_HOME=rel HOME=/h", "/h/.config/gatehouse/config.yaml"},
		{"HOME=/h", "/h/.config/gatehouse/config.yaml"},
	} {
		env := map[string]string{}
		for _, kv := range strings.Fields(tc.env) {
			k, v, _ := strings.Cut(kv, "=")
			env[k] = v
		}
		got, err := Path(func(k string) string { return env[k] })
		if err != nil || got != tc.want {
			t.Errorf("%s: %q, %v", tc.env, got, err)
		}
	}
}

func TestProtectedContextsStartLocked(t *testing.T) {
	for _, tc := range []struct {
		c    Context
		want bool
	}{
		{Context{}, false},
		{Context{Protected: true}, true},
		{Context{Protected: true, Writes: "open"}, false},
		{Context{Writes: "locked"}, true},
	} {
		if got := tc.c.WritesLocked(); got != tc.want {
			t.Errorf("%+v: %v", tc.c, got)
		}
	}
}
