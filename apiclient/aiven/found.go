package aiven

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"gatehouse/apiclient"
	"gatehouse/apiclient/secret"
)

// foundIn lists where Aiven's own tools keep a token: avn's variable, that of the
// Terraform provider and the Go client, and avn's file
// (https://github.com/aiven/aiven-client, aiven/client/envdefault.py).
func foundIn() []apiclient.Source {
	return []apiclient.Source{
		{Name: "AIVEN_AUTH_TOKEN", Read: variable("AIVEN_AUTH_TOKEN")},
		{Name: "AIVEN_TOKEN", Read: variable("AIVEN_TOKEN")},
		{Name: "~/.config/aiven/aiven-credentials.json", Read: credentialsFile},
	}
}

type lookup = func(string) (string, bool)

func variable(name string) func(lookup) (apiclient.Target, apiclient.Credential, error) {
	return func(get lookup) (apiclient.Target, apiclient.Credential, error) {
		token, ok := get(name)
		if !ok || token == "" {
			return apiclient.Target{}, apiclient.Credential{}, fmt.Errorf("%s is not set: %w", name, apiclient.ErrNotFound)
		}
		return foundAt(get, apiclient.Credential{Method: byToken, Secret: secret.New(token)})
	}
}

func credentialsFile(get lookup) (apiclient.Target, apiclient.Credential, error) {
	fail := func(err error) (apiclient.Target, apiclient.Credential, error) {
		return apiclient.Target{}, apiclient.Credential{}, err
	}
	path := credentialsPath(get)
	if path == "" {
		return fail(fmt.Errorf("where avn keeps its credentials is not known: %w", apiclient.ErrNotFound))
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return fail(err)
	}
	var file struct {
		Token apiclient.Secret `json:"auth_token"`
		User  string           `json:"user_email"`
	}
	if err := json.Unmarshal(text, &file); err != nil {
		// The decoder's words can quote the file.
		return fail(errors.New("avn's credentials file is not JSON"))
	}
	if file.Token.IsZero() {
		return fail(fmt.Errorf("avn's credentials file holds no token: %w", apiclient.ErrNotFound))
	}
	return foundAt(get, apiclient.Credential{Method: byToken, User: file.User, Secret: file.Token})
}

func credentialsPath(get lookup) string {
	if path, _ := get("AIVEN_CREDENTIALS_FILE"); path != "" {
		return path
	}
	if dir, _ := get("AIVEN_CONFIG_DIR"); dir != "" {
		return filepath.Join(dir, "aiven-credentials.json")
	}
	if home, _ := get("HOME"); home != "" {
		return filepath.Join(home, ".config", "aiven", "aiven-credentials.json")
	}
	return ""
}

// foundAt binds a token to where the tools would send it.
func foundAt(get lookup, c apiclient.Credential) (apiclient.Target, apiclient.Credential, error) {
	t := apiclient.Target{URL: defaultURL, User: c.User}
	if url, _ := get("AIVEN_WEB_URL"); url != "" {
		t.URL = url
	}
	t.CAFile, _ = get("AIVEN_CA_CERT")
	return t, c, nil
}
