package anchore_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"gatehouse/apiclient"
	"gatehouse/apiclient/anchore/anchoretest"
)

// description is a published API description, as far as it is looked at.
type description struct{ all map[string]any }

// describe reads a description from the folder that holds them; without it the
// test is skipped.
func describe(t *testing.T, file string) description {
	t.Helper()
	dir := os.Getenv("GATEHOUSE_API_DESCRIPTIONS")
	for up := "."; dir == "" && len(up) < 40; up = filepath.Join("..", up) {
		if _, err := os.Stat(filepath.Join(up, "go.mod")); err == nil {
			dir = filepath.Join(up, "..", "shared", "backends")
		}
	}
	text, err := os.ReadFile(filepath.Join(dir, file))
	if err != nil {
		t.Skipf("no API description to compare with (GATEHOUSE_API_DESCRIPTIONS): %v", err)
	}
	var d description
	if err := json.Unmarshal(text, &d.all); err != nil {
		t.Fatal(err)
	}
	return d
}

// at follows keys into the description, and references on the way.
func (d description) at(from any, keys ...string) any {
	for {
		m, ok := from.(map[string]any)
		if !ok {
			return nil
		}
		if ref, ok := m["$ref"].(string); ok {
			from = d.at(d.all, strings.Split(strings.TrimPrefix(ref, "#/"), "/")...)
			continue
		}
		if len(keys) == 0 {
			return from
		}
		if len(keys) == 1 {
			if _, isMap := m[keys[0]].(map[string]any); !isMap {
				return m[keys[0]]
			}
		}
		from, keys = m[keys[0]], keys[1:]
	}
}

// operation finds what is described for a path below the base.
func (d description) operation(method, path string) map[string]any {
	best := ""
	var found map[string]any
	for pattern, methods := range d.at(d.all, "paths").(map[string]any) {
		as := regexp.MustCompile("^" + regexp.MustCompile(`\\\{[^/]*\\\}`).ReplaceAllString(regexp.QuoteMeta(pattern), "[^/]+") + "$")
		op, ok := d.at(methods, strings.ToLower(method)).(map[string]any)
		// A fixed part is meant before a name: it has fewer braces.
		if ok && as.MatchString(path) && (best == "" || strings.Count(pattern, "{") < strings.Count(best, "{")) {
			best, found = pattern, op
		}
	}
	return found
}

// exchange is one request and its answer.
type exchange struct {
	method, path string
	query        url.Values
	ask, answer  []byte
	status       int
}

func (d description) check(e exchange) (wrong []string) {
	op := d.operation(e.method, e.path)
	if op == nil {
		return []string{"it is not described"}
	}
	declared := map[string]bool{}
	var body any
	list, _ := op["parameters"].([]any)
	for _, p := range list {
		p := d.at(p).(map[string]any)
		name, _ := p["name"].(string)
		switch p["in"] {
		case "query":
			declared[name] = true
			if p["required"] == true && !e.query.Has(name) {
				wrong = append(wrong, "the query lacks "+name)
			}
		case "body":
			body = p["schema"]
		}
	}
	for name := range e.query {
		if !declared[name] {
			wrong = append(wrong, "the query has "+name)
		}
	}
	if described := d.at(op, "requestBody", "content", "application/json", "schema"); described != nil {
		body = described
	}
	if (body == nil) != (len(e.ask) == 0) {
		wrong = append(wrong, fmt.Sprintf("it has a body of %d bytes", len(e.ask)))
	}
	if body != nil && len(e.ask) > 0 {
		wrong = append(wrong, d.compare("request", body, e.ask)...)
	}
	return wrong
}

func (d description) checkAnswer(e exchange) (wrong []string) {
	op := d.operation(e.method, e.path)
	answer, ok := d.at(op, "responses", fmt.Sprint(e.status)).(map[string]any)
	if !ok {
		return []string{fmt.Sprintf("the status %d is not described", e.status)}
	}
	schema := d.at(answer, "content", "application/json", "schema")
	if schema == nil || len(e.answer) == 0 {
		return nil
	}
	return d.compare("answer", schema, e.answer)
}

func (d description) compare(at string, schema any, text []byte) []string {
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		return []string{at + ": " + err.Error()}
	}
	return d.fits(at, schema, v)
}

// fits compares a value with its schema. Nulls fit everywhere: the servers send
// them where the descriptions do not allow it.
func (d description) fits(at string, schema, v any) (wrong []string) {
	s, ok := d.at(schema).(map[string]any)
	if !ok || v == nil {
		return nil
	}
	if enum, ok := s["enum"].([]any); ok && !slices.Contains(enum, v) {
		wrong = append(wrong, fmt.Sprintf("%s is %v, not one of %v", at, v, enum))
	}
	switch v := v.(type) {
	case map[string]any:
		known, _ := s["properties"].(map[string]any)
		for key, value := range v {
			if known != nil && known[key] == nil {
				wrong = append(wrong, at+" has "+key)
			}
			wrong = append(wrong, d.fits(at+"."+key, known[key], value)...)
		}
		needed, _ := s["required"].([]any)
		for _, key := range needed {
			if _, ok := v[key.(string)]; !ok {
				wrong = append(wrong, fmt.Sprintf("%s lacks %v", at, key))
			}
		}
	case []any:
		for _, item := range v {
			wrong = append(wrong, d.fits(at+"[]", s["items"], item)...)
		}
	case string:
		if s["type"] != nil && s["type"] != "string" {
			wrong = append(wrong, fmt.Sprintf("%s is a text, not of type %v", at, s["type"]))
		}
		if pattern, ok := s["pattern"].(string); ok && !regexp.MustCompile(pattern).MatchString(v) {
			wrong = append(wrong, fmt.Sprintf("%s is %q, which does not match %s", at, v, pattern))
		}
	}
	return wrong
}

// record stands before a fake and keeps what goes by.
func record(t *testing.T, s *system) func() []exchange {
	t.Helper()
	var mu sync.Mutex
	var seen []exchange
	between := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var ask bytes.Buffer
		_, _ = ask.ReadFrom(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(ask.Bytes()))
		rec := httptest.NewRecorder()
		s.fake.ServeHTTP(rec, r)
		path := r.URL.EscapedPath()
		mu.Lock()
		seen = append(seen, exchange{r.Method, path[len("/v1"):], r.URL.Query(), ask.Bytes(), rec.Body.Bytes(), rec.Code})
		mu.Unlock()
		for k, v := range rec.Header() {
			w.Header()[k] = v
		}
		w.WriteHeader(rec.Code)
		_, _ = w.Write(rec.Body.Bytes())
	}))
	t.Cleanup(between.Close)
	s.url = between.URL
	return func() []exchange { mu.Lock(); defer mu.Unlock(); return slices.Clone(seen) }
}

func TestRequestsAndAnswersAreAsDescribed(t *testing.T) {
	for _, c := range []struct {
		file string
		o    anchoretest.Options
	}{{"anchore-v1.openapi.json", anchoretest.Options{V1: true}}, {"anchore-v2.openapi.json", enterprise}} {
		t.Run(c.file, func(t *testing.T) {
			d := describe(t, c.file)
			s := start(t, c.o)
			s.fake.Fill(5, 3, 4)
			exchanges := record(t, s)
			base := map[bool]string{true: "/v2", false: "/v1"}[c.o.V2]
			s.url += base
			b := s.admin()
			everything(t, s, b)
			covered := map[string]bool{}
			for _, e := range exchanges() {
				wrong := d.check(e)
				// The description of v1 is known to be wrong about its answers.
				if c.o.V2 && e.status < 300 {
					wrong = append(wrong, d.checkAnswer(e)...)
				}
				for _, w := range wrong {
					t.Errorf("%s %s: %s", e.method, e.path, w)
				}
				covered[e.method+" "+strings.Split(e.path, "/")[1]] = true
			}
			if len(covered) < 8 {
				t.Errorf("only these were compared: %v", covered)
			}
		})
	}
}

// everything reads every list and carries out every verb.
func everything(t *testing.T, s *system, b apiclient.Backend) {
	t.Helper()
	q := apiclient.Query{}
	accounts, err := b.Accounts(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	refs := []apiclient.Ref{accounts.Rows[0].Ref}
	users, err := b.Users(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	refs = append(refs, users.Rows[0].Ref)
	tokens, err := b.Tokens(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	refs = append(refs, tokens.Rows[0].Ref)
	if b.Info().Lists[apiclient.KindRole].OK {
		roles, err := b.Roles(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		grants, err := b.Grants(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		refs = append(refs, roles.Rows[0].Ref, grants.Rows[0].Ref)
	}
	for _, ref := range refs {
		if _, err := b.Read(t.Context(), ref); err != nil {
			t.Errorf("read %s: %v", ref.Path, err)
		}
	}
	for _, spec := range s.driver.Verbs {
		if !b.Info().Verbs[spec.Verb].OK {
			continue
		}
		r := apiclient.Run(t.Context(), b, prepare(t, b, s.op(b, spec.Verb)), apiclient.RunOptions{}).Wait()
		if !r.Good() {
			t.Errorf("%s: %+v", spec.Verb, r.Outcomes)
		}
	}
}
