package anchore

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"gatehouse/apiclient"
	"gatehouse/apiclient/secret"

	"go.yaml.in/yaml/v3"
)

// found are the places of the official command line tools: anchore-cli for the
// Engine, whose file beats its environment, and anchorectl for Enterprise.
func found() []apiclient.Source {
	return []apiclient.Source{
		{Name: "~/.anchore/credentials.yaml", Read: fromFile},
		{Name: "ANCHORE_CLI_USER, ANCHORE_CLI_PASS", Read: fromEnvironment("ANCHORE_CLI_URL", "ANCHORE_CLI_USER", "ANCHORE_CLI_PASS")},
		{Name: "ANCHORECTL_USERNAME, ANCHORECTL_PASSWORD", Read: fromEnvironment("ANCHORECTL_URL", "ANCHORECTL_USERNAME", "ANCHORECTL_PASSWORD")},
	}
}

type lookup = func(string) (string, bool)

func fromEnvironment(url, user, password string) func(lookup) (apiclient.Target, apiclient.Credential, error) {
	return func(env lookup) (apiclient.Target, apiclient.Credential, error) {
		where, _ := env(url)
		name, _ := env(user)
		word, _ := env(password)
		return pair(where, name, word)
	}
}

func pair(url, user, password string) (apiclient.Target, apiclient.Credential, error) {
	if user == "" || password == "" {
		return apiclient.Target{}, apiclient.Credential{}, apiclient.ErrNotFound
	}
	t := apiclient.Target{URL: url, User: user}
	t.URL = address(t)
	return t, apiclient.Credential{Method: byPassword, User: user, Secret: secret.New(password)}, nil
}

// fromFile reads the file of anchore-cli. One that others can read is refused:
// what stands in it is no secret any more.
func fromFile(env lookup) (apiclient.Target, apiclient.Credential, error) {
	none := func(err error) (apiclient.Target, apiclient.Credential, error) {
		return apiclient.Target{}, apiclient.Credential{}, err
	}
	path, ok := env("ANCHORE_CLI_CONFIG")
	if !ok || path == "" {
		home, ok := env("HOME")
		if !ok || home == "" {
			return none(apiclient.ErrNotFound)
		}
		path = filepath.Join(home, ".anchore", "credentials.yaml")
	}
	text, err := readPrivate(path)
	if err != nil {
		return none(err)
	}
	var file struct {
		Default map[string]any
	}
	if err := yaml.Unmarshal(text, &file); err != nil {
		// The decoder's own words can quote the file.
		return none(fmt.Errorf("%s is no YAML", path))
	}
	// The tool prints what it reads, so a password of digits is one as well.
	value := func(key string) string {
		if v := file.Default[key]; v != nil {
			return fmt.Sprint(v)
		}
		return ""
	}
	return pair(value("ANCHORE_CLI_URL"), value("ANCHORE_CLI_USER"), value("ANCHORE_CLI_PASS"))
}

// longestFile bounds what is read of a file of credentials.
const longestFile = 64 << 10

func readPrivate(path string) ([]byte, error) {
	about, err := os.Stat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, apiclient.ErrNotFound
	case err != nil:
		return nil, fmt.Errorf("read %s: %w", path, err)
	case !about.Mode().IsRegular() || about.Size() > longestFile:
		return nil, fmt.Errorf("%s is no file of credentials", path)
	case about.Mode().Perm()&0o077 != 0:
		return nil, fmt.Errorf("%s can be read by others: chmod 600 %s", path, path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return text, nil
}
