package ais

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	accounts "os/user"
	"path/filepath"

	"gatehouse/apiclient"
	"gatehouse/apiclient/secret"
)

// The variables of the ais command line (AIStore, api/env).
const (
	envURL       = "AIS_AUTHN_URL"
	envToken     = "AIS_AUTHN_TOKEN"
	envTokenFile = "AIS_AUTHN_TOKEN_FILE"
	envCA        = "AIS_CLIENT_CA"
)

// lookup reads a variable of the environment.
type lookup = func(string) (string, bool)

// homeFinder finds the home directory.
type homeFinder func() (string, error)

// systemHome asks the account database, as the ais command line does: the
// variable HOME does not count there.
func systemHome() (string, error) {
	u, err := accounts.Current()
	if err != nil {
		return "", fmt.Errorf("find the home directory: %w", err)
	}
	return u.HomeDir, nil
}

// found lists where the ais command line keeps a token, in the order in which
// it looks.
func found(home homeFinder) []apiclient.Source {
	return []apiclient.Source{
		{Name: envToken, Read: func(env lookup) (apiclient.Target, apiclient.Credential, error) {
			text := value(env, envToken)
			if text == "" {
				return apiclient.Target{}, apiclient.Credential{}, apiclient.ErrNotFound
			}
			return offer(env, home, secret.New(text))
		}},
		{Name: envTokenFile, Read: func(env lookup) (apiclient.Target, apiclient.Credential, error) {
			path := value(env, envTokenFile)
			if path == "" {
				return apiclient.Target{}, apiclient.Credential{}, apiclient.ErrNotFound
			}
			return fromFile(env, home, path)
		}},
		{Name: "~/.config/ais/cli/auth.token", Read: func(env lookup) (apiclient.Target, apiclient.Credential, error) {
			dir, err := home()
			if err != nil {
				return apiclient.Target{}, apiclient.Credential{}, err
			}
			return fromFile(env, home, filepath.Join(dir, ".config", "ais", "cli", "auth.token"))
		}},
	}
}

func value(env lookup, name string) string {
	v, _ := env(name)
	return v
}

func fromFile(env lookup, home homeFinder, path string) (apiclient.Target, apiclient.Credential, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return apiclient.Target{}, apiclient.Credential{}, err
	}
	var file struct {
		Token apiclient.Secret `json:"token"`
	}
	// The decoder's own words could quote the token.
	if err := json.Unmarshal(text, &file); err != nil || file.Token.IsZero() {
		return apiclient.Target{}, apiclient.Credential{}, errors.New(path + ` is not of the form {"token":"..."}`)
	}
	return offer(env, home, file.Token)
}

func offer(env lookup, home homeFinder, token apiclient.Secret) (apiclient.Target, apiclient.Credential, error) {
	c, err := credential(token)
	if err != nil {
		return apiclient.Target{}, apiclient.Credential{}, err
	}
	return apiclient.Target{URL: foundURL(env, home), User: c.User, CAFile: value(env, envCA)}, c, nil
}

// foundURL is where the ais command line would go; an empty variable means its
// settings.
func foundURL(env lookup, home homeFinder) string {
	if url := value(env, envURL); url != "" {
		return url
	}
	dir, err := home()
	if err != nil {
		return defaultURL
	}
	text, err := os.ReadFile(filepath.Join(dir, ".config", "ais", "cli", "cli.json"))
	if err != nil {
		return defaultURL
	}
	var settings struct {
		Auth struct {
			URL string `json:"url"`
		} `json:"auth"`
	}
	if json.Unmarshal(text, &settings) != nil || settings.Auth.URL == "" {
		return defaultURL
	}
	return settings.Auth.URL
}
