package arvadostest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// call is one request on its way through the controller.
type call struct {
	s      *Server
	r      *http.Request
	method string
	parts  []string // of the path below /arvados/v1/
	params map[string]any
	rails  bool // the answer is passed on as Rails wrote it
	token  record
	user   record
	id     string // X-Request-Id
	fresh  bool   // the answer shows a record that was just made
}

// fault is a refusal.
type fault struct {
	status int
	words  string
}

func refuse(status int, format string, args ...any) *fault {
	return &fault{status, fmt.Sprintf(format, args...)}
}

// controlled are the resources for which the controller writes the answers
// itself.
var controlled = []string{
	"users", "api_client_authorizations", "links", "groups", "authorized_keys", "collections", "container_requests",
	"config", "vocabulary", "login", "logout",
}

const base = "/arvados/v1/"

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
	if err != nil {
		http.Error(w, "request too large", http.StatusRequestEntityTooLarge)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.note(r, body)
	c := &call{s: s, r: r, method: r.Method, id: r.Header.Get("X-Request-Id")}
	if c.id == "" {
		c.id = "req-" + s.chars(20)
	}
	w.Header().Set("X-Request-Id", c.id)
	w.Header().Set("Date", s.o.Now().UTC().Format(http.TimeFormat))
	switch path := r.URL.Path; {
	case strings.Contains(path, "//") && r.Method == http.MethodGet:
		http.Redirect(w, r, strings.ReplaceAll(path, "//", "/"), http.StatusTemporaryRedirect)
	case path == "/logout":
		c.logout(w)
	case path == "/discovery/v1/apis/arvados/v1/rest":
		c.rails = true
		c.write(w, http.StatusOK, map[string]any{"kind": "discovery#restDescription", "version": "v1", "basePath": base})
	case !strings.HasPrefix(path, base) || strings.HasSuffix(path, "/"):
		c.fail(w, refuse(http.StatusNotFound, "API endpoint not found"))
	default:
		c.parts = strings.Split(strings.TrimPrefix(path, base), "/")
		c.rails = !slices.Contains(controlled, c.parts[0])
		c.serve(w, body)
	}
}

func (s *Server) note(r *http.Request, body []byte) {
	q := Request{Method: r.Method, Path: r.URL.Path, Query: r.URL.Query(), Body: string(body)}
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind == "application/x-www-form-urlencoded" {
		q.Form, _ = url.ParseQuery(q.Body) // what cannot be read is in Body
	}
	_, q.Token, _ = strings.Cut(r.Header.Get("Authorization"), " ")
	s.seen = append(s.seen, q)
}

func (c *call) serve(w http.ResponseWriter, body []byte) {
	if c.parts[0] == "config" && c.method == http.MethodGet {
		c.write(w, http.StatusOK, c.s.config())
		return
	}
	if f := c.readParams(body); f != nil {
		c.fail(w, f)
		return
	}
	if c.parts[0] == "users" && len(c.parts) == 2 && c.parts[1] == "authenticate" {
		c.answer(w, c.authenticate)
		return
	}
	if f := c.signIn(); f != nil {
		c.fail(w, f)
		return
	}
	c.answer(w, c.route)
}

func (c *call) answer(w http.ResponseWriter, do func() (any, *fault)) {
	v, f := do()
	if f != nil {
		c.fail(w, f)
		return
	}
	c.write(w, http.StatusOK, v)
}

// readParams takes the parameters from the query and from a form or JSON body.
func (c *call) readParams(body []byte) *fault {
	c.params = map[string]any{}
	set := func(values url.Values) *fault {
		for k, v := range values {
			if err := c.param(k, v[0]); err != nil {
				return refuse(http.StatusInternalServerError, "error parsing parameter %s: %s", k, err)
			}
		}
		return nil
	}
	if f := set(c.r.URL.Query()); f != nil {
		return f
	}
	if len(body) > 0 {
		if kind, _, _ := mime.ParseMediaType(c.r.Header.Get("Content-Type")); kind == "application/x-www-form-urlencoded" {
			form, err := url.ParseQuery(string(body))
			if err != nil {
				return refuse(http.StatusBadRequest, "%s", err)
			}
			if f := set(form); f != nil {
				return f
			}
		} else {
			var object map[string]any
			if err := json.Unmarshal(body, &object); err != nil {
				return refuse(http.StatusBadRequest, "error decoding request body: %s", err)
			}
			maps.Copy(c.params, object)
		}
	}
	method := c.r.Header.Get("X-Http-Method-Override")
	if m, ok := c.params["_method"].(string); ok {
		method = m
	}
	if method != "" && c.method == http.MethodPost {
		c.method = method
	}
	return nil
}

// param reads one value of a query or form: lists and objects are JSON inside.
func (c *call) param(key, text string) error {
	if strings.HasPrefix(text, "[") || strings.HasPrefix(text, "{") {
		var v any
		if err := json.Unmarshal([]byte(text), &v); err != nil {
			return err
		}
		c.params[key] = v
		return nil
	}
	if t := c.s.tables[c.parts[0]]; key == "filters" || t != nil && key == t.one {
		return fmt.Errorf("cannot parse %q", text)
	}
	c.params[key] = text
	return nil
}

func (c *call) text(key string) string { s, _ := c.params[key].(string); return s }

func (c *call) number(key string, otherwise int) (int, *fault) {
	switch v := c.params[key].(type) {
	case nil:
		return otherwise, nil
	case float64:
		return int(v), nil
	case string:
		if n, err := strconv.Atoi(v); err == nil {
			return n, nil
		}
	}
	status := http.StatusInternalServerError
	if c.rails {
		status = http.StatusUnprocessableEntity
	}
	return 0, refuse(status, "invalid value for %s", key)
}

// write sends an answer in the style of whoever makes it.
func (c *call) write(w http.ResponseWriter, status int, v any) {
	kind := "application/json"
	if c.rails {
		kind = "application/json; charset=utf-8"
	}
	w.Header().Set("Content-Type", kind)
	w.WriteHeader(status)
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(!c.rails)
	_ = enc.Encode(v) // maps of plain values
	_, _ = w.Write(b.Bytes())
}

func (c *call) fail(w http.ResponseWriter, f *fault) {
	if c.rails {
		c.write(w, f.status, map[string]any{
			"errors":      []string{f.words + " (" + c.id + ")"},
			"error_token": fmt.Sprintf("%d+%s", c.s.o.Now().Unix(), c.s.chars(8)),
		})
		return
	}
	words := f.words
	if !strings.HasPrefix(words, "API endpoint") && f.status != http.StatusInternalServerError {
		where := c.r.URL.Path
		if c.r.URL.RawQuery != "" {
			where += "?" + c.r.URL.RawQuery
		}
		words = fmt.Sprintf("//railsapi.internal%s: %d %s: %s (%s)", where, f.status, http.StatusText(f.status), words, c.id)
	}
	c.write(w, f.status, map[string]any{"errors": []string{words}})
}

func (s *Server) config() any {
	return map[string]any{
		"ClusterID": s.Cluster,
		"API":       map[string]any{"MaxItemsPerResponse": s.o.MaxItems},
		"Login":     map[string]any{"LoginCluster": "", "IssueTrustedTokens": !s.o.NoTrustedTokens},
		"Users":     map[string]any{"SyncIgnoredGroups": []string{"root", "adm", "wheel", "sudo"}},
	}
}

// wrapped are the attributes that a create or update sends.
func (c *call) wrapped(t *table) map[string]any {
	if m, ok := c.params[t.one].(map[string]any); ok {
		return m
	}
	return map[string]any{}
}
