package juju

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"gatehouse/apiclient"
	"gatehouse/apiclient/secret"
)

type lookup = func(string) (string, bool)

// controllersFile is controllers.yaml of the official client, as far as it is
// of use here. It is read and never written.
type controllersFile struct {
	Controllers map[string]struct {
		UUID      string   `yaml:"uuid"`
		Endpoints []string `yaml:"api-endpoints"`
		CA        string   `yaml:"ca-cert"`
		Host      string   `yaml:"public-hostname"`
	} `yaml:"controllers"`
	Current string `yaml:"current-controller"`
}

// accountsFile is accounts.yaml: one account for each controller. There is a
// password only of the user that the controller was made with.
type accountsFile struct {
	Controllers map[string]struct {
		User     string        `yaml:"user"`
		Password secret.String `yaml:"password"`
	} `yaml:"controllers"`
}

// dataDir is where the official client keeps its files.
func dataDir(env lookup) (string, error) {
	if dir, ok := env("JUJU_DATA"); ok && dir != "" {
		return dir, nil
	}
	if dir, ok := env("XDG_DATA_HOME"); ok && dir != "" {
		return filepath.Join(dir, "juju"), nil
	}
	home, ok := env("HOME")
	if !ok || home == "" {
		return "", apiclient.ErrNotFound
	}
	return filepath.Join(home, ".local", "share", "juju"), nil
}

func readYAML(dir, name string, into any) error {
	raw, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		return err
	}
	if err := yaml.Unmarshal(raw, into); err != nil {
		// The parser's words may quote a line, and with it a password.
		return fmt.Errorf("%s is no file that can be understood", filepath.Join(dir, name))
	}
	return nil
}

// found reads the controller that the official client would speak to: the one
// that JUJU_CONTROLLER names, or the current one.
func found(env lookup) (dir, name string, t apiclient.Target, c apiclient.Credential, err error) {
	if dir, err = dataDir(env); err != nil {
		return
	}
	var all controllersFile
	if err = readYAML(dir, "controllers.yaml", &all); err != nil {
		return
	}
	name = all.Current
	if named, ok := env("JUJU_CONTROLLER"); ok && named != "" {
		name = named
	}
	one, ok := all.Controllers[name]
	if !ok {
		err = apiclient.ErrNotFound
		return
	}
	t.Options = map[string]string{OptionController: name}
	set := func(option, value string) {
		if value != "" {
			t.Options[option] = value
		}
	}
	set(OptionUUID, one.UUID)
	set(OptionCA, one.CA)
	switch {
	case one.CA == "" && one.Host != "":
		t.URL = "https://" + one.Host
	case len(one.Endpoints) > 0:
		t.URL = "https://" + one.Endpoints[0]
		set(OptionAddresses, strings.Join(one.Endpoints[1:], ","))
	default:
		err = errors.New("controllers.yaml names no address of " + name)
		return
	}
	var accounts accountsFile
	if err = readYAML(dir, "accounts.yaml", &accounts); err != nil {
		return
	}
	account, ok := accounts.Controllers[name]
	if !ok || account.User == "" {
		err = apiclient.ErrNotFound
		return
	}
	t.User = bare(account.User)
	c = passwordOf(t.User, account.Password)
	return
}

// foundPassword offers the controller, the user and, where it is there, the
// password.
func foundPassword(env lookup) (apiclient.Target, apiclient.Credential, error) {
	_, _, t, c, err := found(env)
	return t, c, err
}

// cookie is an entry of the jar that the official client keeps for each
// controller.
type cookie struct {
	Name    string    `json:"Name"`
	Value   string    `json:"Value"`
	Expires time.Time `json:"Expires"`
}

// foundMacaroons offers a login that the official client has made and that is
// still good.
func foundMacaroons(env lookup) (apiclient.Target, apiclient.Credential, error) {
	dir, name, t, c, err := found(env)
	if err != nil {
		return t, c, err
	}
	if strings.ContainsAny(name, `/\`) {
		return t, c, apiclient.ErrNotFound // such a name leads out of the folder
	}
	raw, err := os.ReadFile(filepath.Join(dir, "cookies", name+".json"))
	if err != nil {
		return t, c, err
	}
	var jar []cookie
	if json.Unmarshal(raw, &jar) != nil {
		return t, c, errors.New("the juju client's cookies of " + name + " cannot be understood")
	}
	var all []json.RawMessage
	for _, k := range jar {
		if !strings.HasPrefix(k.Name, "macaroon-") || !k.Expires.IsZero() && k.Expires.Before(time.Now()) {
			continue
		}
		if slice, ok := macaroonsIn(k.Value); ok {
			all = append(all, slice)
			if c.Expires.IsZero() || k.Expires.Before(c.Expires) {
				c.Expires = k.Expires
			}
		}
	}
	if len(all) == 0 {
		return t, c, apiclient.ErrNotFound
	}
	text, err := json.Marshal(all)
	if err != nil {
		return t, c, err
	}
	c.Method, c.Secret = byMacaroon, secret.New(string(text))
	return t, c, nil
}

// macaroonsIn reads the value of a cookie: base64 of a JSON list.
func macaroonsIn(value string) (json.RawMessage, bool) {
	for _, e := range []*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding, base64.RawURLEncoding} {
		raw, err := e.DecodeString(value)
		var list []json.RawMessage
		if err == nil && json.Unmarshal(raw, &list) == nil && len(list) > 0 {
			return raw, true
		}
	}
	return nil, false
}
