package arvados_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gatehouse/apiclient"
	"gatehouse/apiclient/arvados"
	"gatehouse/apiclient/arvados/arvadostest"
)

// description is the part of the API description that requests are checked
// against.
type description struct {
	Resources map[string]struct{ Methods map[string]method }
	Schemas   map[string]struct{ Properties map[string]any }
}

type method struct {
	HTTPMethod string
	Path       string
	Parameters map[string]any
	Request    struct {
		Properties map[string]struct {
			Ref string `json:"$ref"`
		}
	}
}

// readDescription looks for the API descriptions, which are not part of this
// project: where the environment says, else beside it.
func readDescription(t *testing.T) description {
	t.Helper()
	const file = "arvados-discovery.json"
	places := []string{os.Getenv("GATEHOUSE_API_DESCRIPTIONS")}
	if places[0] == "" {
		dir, err := os.Getwd()
		if err != nil {
			t.Fatal(err)
		}
		for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
			places = append(places, filepath.Join(dir, "..", "shared", "backends"))
		}
	}
	for _, place := range places {
		body, err := os.ReadFile(filepath.Join(place, file))
		if err != nil {
			continue
		}
		var d description
		if err := json.Unmarshal(body, &d); err != nil {
			t.Fatal(err)
		}
		return d
	}
	t.Skip("the API description is not on this machine; GATEHOUSE_API_DESCRIPTIONS names its folder")
	return description{}
}

// undescribed are calls that the description leaves out, being trimmed.
func undescribed(path string) bool {
	return path == "config" || path == "users/authenticate" || path == "collections"
}

func (d description) find(verb, path string) (method, bool) {
	for _, exact := range []bool{true, false} { // users/current before users/{uuid}
		for _, r := range d.Resources {
			for _, m := range r.Methods {
				if m.HTTPMethod == verb && fits(m.Path, path, exact) {
					return m, true
				}
			}
		}
	}
	return method{}, false
}

func fits(template, path string, exact bool) bool {
	want, got := strings.Split(template, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return false
	}
	for i := range want {
		if want[i] != got[i] && (exact || want[i] != "{uuid}") {
			return false
		}
	}
	return true
}

// TestRequestsAreAsDescribed does everything that the driver can do, and looks
// whether each request is one that the API description knows.
func TestRequestsAreAsDescribed(t *testing.T) {
	d := readDescription(t)
	c := open(t, arvadostest.Options{})
	c.Fill(3, 10)
	f := &fixtures{t: t, Server: c.Server}
	b := connect(t, c.URL, c.AdminToken)
	for _, spec := range arvados.Driver().Verbs {
		if spec.Verb == apiclient.SessionSignOut {
			continue
		}
		op := f.op(spec.Verb)
		p, err := b.Prepare(t.Context(), []apiclient.Op{op})
		if err != nil {
			t.Fatal(err)
		}
		if r := apiclient.Run(t.Context(), b, p, apiclient.RunOptions{}).Wait(); !r.Good() {
			t.Errorf("%s: %+v", spec.Verb, r.Outcomes)
		}
		if _, err := b.ReadBack(t.Context(), op); err != nil {
			t.Errorf("%s: %v", spec.Verb, err)
		}
	}
	if _, err := b.Objects(t.Context(), apiclient.Query{Search: "shell"}); err != nil {
		t.Error(err)
	}
	if _, err := b.Grants(t.Context(), apiclient.Query{Sort: "-created"}); err != nil {
		t.Error(err)
	}
	seen := map[string]bool{}
	for _, r := range c.Requests() {
		path := strings.TrimPrefix(r.Path, "/arvados/v1/")
		m, ok := d.find(r.Method, path)
		if !ok {
			if !undescribed(path) {
				t.Errorf("%s %s is not described", r.Method, path)
			}
			continue
		}
		seen[r.Method+" "+m.Path] = true
		for k := range r.Query {
			if _, ok := m.Parameters[k]; !ok {
				t.Errorf("%s %s: parameter %s is not described", r.Method, path, k)
			}
		}
		for k, v := range r.Form {
			if wrapper, ok := m.Request.Properties[k]; ok {
				d.checkAttributes(t, wrapper.Ref, v[0])
			} else if _, ok := m.Parameters[k]; !ok {
				t.Errorf("%s %s: field %s is not described", r.Method, path, k)
			}
		}
	}
	if len(seen) < 25 {
		t.Errorf("only %d calls were made: %v", len(seen), seen)
	}
}

func (d description) checkAttributes(t *testing.T, schema, text string) {
	t.Helper()
	var attributes map[string]any
	if err := json.Unmarshal([]byte(text), &attributes); err != nil {
		t.Errorf("%s: %v", schema, err)
	}
	for k := range attributes {
		_, ok := d.Schemas[schema].Properties[k]
		// A token's owner is taken, although the schema leaves it out.
		if !ok && (schema != "ApiClientAuthorization" || k != "owner_uuid") {
			t.Errorf("%s has no attribute %s", schema, k)
		}
	}
}
