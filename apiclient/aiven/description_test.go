package aiven_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"gatehouse/apiclient"
	"gatehouse/apiclient/aiven/aiventest"
)

// exchange is one request and its answer.
type exchange struct {
	method, path  string
	query         url.Values
	asked, answer []byte
	status        int
	authorized    bool
}

// listener notes what goes between driver and fake.
type listener struct {
	mu   sync.Mutex
	seen []*exchange
}

func (l *listener) between(t *testing.T, upstream string) string {
	t.Helper()
	to, err := url.Parse(upstream)
	if err != nil {
		t.Fatal(err)
	}
	type key struct{}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(to) },
		ModifyResponse: func(r *http.Response) error {
			x := r.Request.Context().Value(key{}).(*exchange)
			body, err := io.ReadAll(r.Body)
			x.answer, x.status = body, r.StatusCode
			r.Body = io.NopCloser(bytes.NewReader(body))
			return err
		},
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		x := &exchange{method: r.Method, path: r.URL.EscapedPath(), query: r.URL.Query(), asked: body, authorized: r.Header.Get("Authorization") != ""}
		l.mu.Lock()
		l.seen = append(l.seen, x)
		l.mu.Unlock()
		r.Body = io.NopCloser(bytes.NewReader(body))
		proxy.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), key{}, x)))
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// TestAgainstDescription checks what the driver asks and the fake answers
// against Aiven's own description of its API, where that is at hand.
func TestAgainstDescription(t *testing.T) {
	d := readDescription(t)
	l := &listener{}
	for _, make := range operations(t) {
		s := fake(t)
		b, _ := signedIn(t, l.between(t, s.URL))
		carried(t, b, make(b).op)
	}
	s := fake(t)
	s.Fill(aiventest.Sample{Seed: 1, Organizations: 1, Users: 20, Applications: 4, Tokens: 40})
	b, _ := signedIn(t, l.between(t, s.URL))
	all(t, b.Accounts, apiclient.Query{})
	all(t, b.Users, apiclient.Query{})
	all(t, b.Tokens, apiclient.Query{})
	all(t, b.Events, apiclient.Query{})
	all(t, b.Objects, apiclient.Query{})
	said := map[string]bool{}
	routes := map[string]bool{}
	for _, x := range l.seen {
		template, complaints := d.check(x)
		routes[x.method+" "+template] = true
		for _, c := range complaints {
			said[x.method+" "+template+": "+c] = true
		}
	}
	for c := range said {
		t.Error(c)
	}
	if len(routes) < 30 {
		t.Errorf("only %d routes were asked: %v", len(routes), routes)
	}
}

// description is an OpenAPI document, as far as it is needed here.
type description struct{ root map[string]any }

func readDescription(t *testing.T) description {
	t.Helper()
	const file = "aiven.openapi.json"
	dir := os.Getenv("GATEHOUSE_API_DESCRIPTIONS")
	if dir == "" {
		dir = upwards(t, filepath.Join("shared", "backends"))
	}
	text, err := os.ReadFile(filepath.Join(dir, file))
	if err != nil {
		t.Skipf("the description of Aiven's API is not here (GATEHOUSE_API_DESCRIPTIONS names its folder): %v", err)
	}
	var d description
	if err := json.Unmarshal(text, &d.root); err != nil {
		t.Fatal(err)
	}
	return d
}

// upwards looks for a folder in all folders above this one.
func upwards(t *testing.T, name string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; ; dir = filepath.Dir(dir) {
		if info, err := os.Stat(filepath.Join(dir, name)); err == nil && info.IsDir() {
			return filepath.Join(dir, name)
		}
		if dir == filepath.Dir(dir) {
			return ""
		}
	}
}

type object = map[string]any

// in walks down a document and follows references.
func (d description) in(v any, keys ...string) object {
	o, _ := v.(object)
	for {
		ref, ok := o["$ref"].(string)
		if !ok {
			break
		}
		o = d.in(d.root, strings.Split(strings.TrimPrefix(ref, "#/"), "/")...)
	}
	if len(keys) == 0 {
		return o
	}
	return d.in(o[keys[0]], keys[1:]...)
}

// check finds the operation of an exchange and what is wrong with it.
func (d description) check(x *exchange) (template string, complaints []string) {
	template = d.template(x.path)
	operation := d.in(d.root, "paths", template, strings.ToLower(x.method))
	if operation == nil {
		return x.path, []string{"the description has no such operation"}
	}
	complain := func(format string, args ...any) { complaints = append(complaints, fmt.Sprintf(format, args...)) }
	known := []string{}
	parameters, _ := operation["parameters"].([]any)
	for _, p := range parameters {
		known = append(known, fmt.Sprint(d.in(p)["name"]))
	}
	for name := range x.query {
		if !slices.Contains(known, name) {
			complain("the parameter %s is not known", name)
		}
	}
	security, told := operation["security"].([]any)
	if open := told && len(security) == 0; open == x.authorized {
		complain("it goes with a credential: %v", x.authorized)
	}
	schema := d.in(operation, "requestBody", "content", "application/json", "schema")
	if (schema == nil) != (len(x.asked) == 0) {
		complain("the request has a body: %v", len(x.asked) > 0)
	} else if schema != nil {
		d.match("request", x.asked, schema, false, complain)
	}
	answer := d.in(operation, "responses", fmt.Sprint(x.status))
	if answer == nil {
		complain("it cannot answer %d", x.status)
	}
	if schema := d.in(answer, "content", "application/json", "schema"); schema != nil && x.status < 300 {
		d.match("answer", x.answer, schema, true, complain)
	} else if x.status < 300 && len(x.answer) > 0 {
		complain("the answer %d has a body", x.status)
	}
	return template, complaints
}

// template finds the path of the description; a word stands before a blank.
func (d description) template(path string) string {
	best, most := "", -1
	for template := range d.in(d.root, "paths") {
		a, b := strings.Split(template, "/"), strings.Split(path, "/")
		same, fits := 0, len(a) == len(b)
		for i := range a {
			switch {
			case !fits:
			case a[i] == b[i]:
				same++
			case !strings.HasPrefix(a[i], "{") || b[i] == "":
				fits = false
			}
		}
		if fits && same > most {
			best, most = template, same
		}
	}
	return best
}

func (d description) match(where string, text []byte, schema object, nulls bool, complain func(string, ...any)) {
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		complain("the %s is not JSON", where)
		return
	}
	d.value(where, v, schema, nulls, complain)
}

// value compares a value with a schema. In answers null is allowed where the
// description does not say so: the system does that.
func (d description) value(where string, v any, schema object, nulls bool, complain func(string, ...any)) {
	schema = d.in(schema)
	kind, _ := schema["type"].(string)
	switch v := v.(type) {
	case nil:
		if !nulls {
			complain("%s is null", where)
		}
	case bool:
		if kind != "boolean" {
			complain("%s is a boolean, not a %s", where, kind)
		}
	case float64:
		if kind != "number" && kind != "integer" {
			complain("%s is a number, not a %s", where, kind)
		}
		if least, ok := schema["minimum"].(float64); ok && v < least {
			complain("%s is below %v", where, least)
		}
		if most, ok := schema["maximum"].(float64); ok && v > most {
			complain("%s is above %v", where, most)
		}
	case string:
		if kind != "string" {
			complain("%s is a text, not a %s", where, kind)
		}
		if most, ok := schema["maxLength"].(float64); ok && utf8.RuneCountInString(v) > int(most) {
			complain("%s is longer than %v", where, most)
		}
		if choices, ok := schema["enum"].([]any); ok && !slices.Contains(choices, any(v)) {
			complain("%s is %q, none of %v", where, v, choices)
		}
	case []any:
		if kind != "array" {
			complain("%s is a list, not a %s", where, kind)
		}
		for _, item := range v {
			d.value(where+"[]", item, d.in(schema, "items"), nulls, complain)
		}
	case object:
		d.object(where, v, schema, nulls, complain)
	}
}

func (d description) object(where string, v, schema object, nulls bool, complain func(string, ...any)) {
	properties := d.in(schema, "properties")
	required, _ := schema["required"].([]any)
	for _, name := range required {
		// The fake leaves out what a console does not look at.
		if _, ok := v[fmt.Sprint(name)]; !ok && !nulls {
			complain("%s lacks %v", where, name)
		}
	}
	for name, inner := range v {
		property, ok := properties[name]
		if !ok {
			property, ok = properties["ANY"] // how the document says: by any name
		}
		if !ok {
			if _, open := schema["additionalProperties"]; !open && len(properties) > 0 {
				complain("%s has %s, which is not known", where, name)
			}
			continue
		}
		d.value(where+"."+name, inner, d.in(property), nulls, complain)
	}
}
