package juju_test

import (
	"encoding/base64"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gatehouse/apiclient"
	"gatehouse/apiclient/juju"
)

// home writes the files of an official client.
func home(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func read(method int, env map[string]string) (apiclient.Target, apiclient.Credential, error) {
	return juju.Driver().Methods[method].Found[0].Read(func(k string) (string, bool) { v, ok := env[k]; return v, ok })
}

func indent(pem string) string {
	return "      " + strings.ReplaceAll(strings.TrimSpace(pem), "\n", "\n      ")
}

func TestTheFilesOfTheOfficialClientAreFound(t *testing.T) {
	s := start(t, "3.6.14")
	cookies := `[{"Name":"other","Value":"x"},{"Name":"macaroon-abc","Value":"` +
		base64.StdEncoding.EncodeToString([]byte(strings.TrimSuffix(strings.TrimPrefix(s.Macaroons("admin"), "["), "]"))) +
		`","Expires":"2999-01-01T00:00:00Z"},{"Name":"macaroon-old","Value":"W3t9XQ==","Expires":"2001-01-01T00:00:00Z"}]`
	dir := home(t, map[string]string{
		".local/share/juju/controllers.yaml": `
controllers:
  prod:
    uuid: 6f0e2c1a-0f2b-4b7e-8d3c-2a9c5d1e7f40
    api-endpoints: ['` + s.Address + `', '127.0.0.1:1']
    ca-cert: |
` + indent(s.CA) + `
    cloud: lxd
  public:
    public-hostname: juju.example.com
    api-endpoints: ['192.0.2.7:443']
current-controller: prod
`,
		".local/share/juju/accounts.yaml": `
controllers:
  prod:
    user: admin@local
    password: ` + ownerPassword + `
    last-known-access: superuser
  public:
    user: jon
`,
		".local/share/juju/cookies/prod.json": cookies,
	})
	before := snapshot(t, dir)
	for method := range 2 {
		target, c, err := read(method, map[string]string{"HOME": dir})
		if err != nil {
			t.Fatal(err)
		}
		if target.URL != s.URL || target.User != "admin" || target.Options[juju.OptionAddresses] != "127.0.0.1:1" || target.Options[juju.OptionController] != "prod" {
			t.Errorf("the target is %+v", target)
		}
		target.Context = contextName
		b, err := juju.Driver().Open(within(t), target, c)
		if err != nil {
			t.Fatal(err)
		}
		if id, err := b.WhoAmI(within(t)); err != nil || id.Name != "admin" {
			t.Errorf("%+v, %v", id, err)
		}
		b.Close()
	}
	target, c, err := read(0, map[string]string{"XDG_DATA_HOME": filepath.Join(dir, ".local/share"), "JUJU_CONTROLLER": "public", "HOME": "/nowhere"})
	if err != nil || target.URL != "https://juju.example.com" || c.User != "jon" || !c.Secret.IsZero() {
		t.Errorf("%+v, %+v, %v", target, c, err)
	}
	if _, err := juju.Driver().Open(within(t), target, c); !errors.Is(err, apiclient.ErrSignedOut) {
		t.Errorf("without a password it gave %v", err)
	}
	if after := snapshot(t, dir); after != before {
		t.Errorf("the files were written: %s", after)
	}
}

func snapshot(t *testing.T, dir string) string {
	t.Helper()
	var out strings.Builder
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		i, err := d.Info()
		if err != nil {
			return err
		}
		raw, err := os.ReadFile(path)
		out.WriteString(path + i.ModTime().String() + string(raw))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestFilesThatAreNotThereOrBroken(t *testing.T) {
	const secretText = "hunter2-canary"
	for name, c := range map[string]struct {
		files map[string]string
		env   map[string]string
		none  bool
	}{
		"nothing":              {nil, nil, true},
		"no current":           {map[string]string{"controllers.yaml": "controllers: {}\n"}, nil, true},
		"no account":           {map[string]string{"controllers.yaml": "controllers: {a: {api-endpoints: [x:1]}}\ncurrent-controller: a\n", "accounts.yaml": "controllers: {}\n"}, nil, true},
		"another controller":   {map[string]string{"controllers.yaml": "controllers: {a: {api-endpoints: [x:1]}}\ncurrent-controller: a\n"}, map[string]string{"JUJU_CONTROLLER": "b"}, true},
		"no YAML":              {map[string]string{"controllers.yaml": "\t- : ["}, nil, false},
		"no YAML with secrets": {map[string]string{"controllers.yaml": "controllers: {a: {api-endpoints: [x:1]}}\ncurrent-controller: a\n", "accounts.yaml": "controllers: [" + secretText + "]\n"}, nil, false},
		"no address":           {map[string]string{"controllers.yaml": "controllers: {a: {uuid: x}}\ncurrent-controller: a\n"}, nil, false},
		"no name":              {map[string]string{"controllers.yaml": "controllers: {../x: {api-endpoints: [x:1]}}\ncurrent-controller: ../x\n", "accounts.yaml": "controllers: {../x: {user: a}}\n", "x.json": "[]"}, nil, true},
	} {
		env := map[string]string{"JUJU_DATA": home(t, c.files)}
		for k, v := range c.env {
			env[k] = v
		}
		_, _, err := read(1, env)
		gone := errors.Is(err, apiclient.ErrNotFound) || errors.Is(err, fs.ErrNotExist)
		if err == nil || gone != c.none || strings.Contains(err.Error(), secretText) {
			t.Errorf("%s gave %v", name, err)
		}
	}
	if _, _, err := read(0, nil); !errors.Is(err, apiclient.ErrNotFound) {
		t.Errorf("without a home it gave %v", err)
	}
}
