package api

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"path"
	"regexp"
	"runtime/debug"
	"strings"
	"time"

	"gatehouse/apiclient/gatehouse/wire"
	"gatehouse/server/directory"
	"gatehouse/server/refusal"
)

// trace is what the log tells of a request.
type trace struct {
	id, actor, handle, account, route, code string
}

type traceKey struct{}

func traceOf(ctx context.Context) *trace {
	if t, ok := ctx.Value(traceKey{}).(*trace); ok {
		return t
	}
	return &trace{}
}

// around is what every request passes before any route is looked for.
func (a *api) around(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		t := &trace{id: rand.Text()}
		r = r.WithContext(context.WithValue(r.Context(), traceKey{}, t))
		a.commonHeaders(w, t)
		seen := &statusWriter{ResponseWriter: w}
		defer func() {
			a.recovered(seen, r, recover())
			a.logRequest(r, t, seen, time.Since(start))
		}()
		if refused := inspect(r); refused != nil {
			refuse(seen, r, refused)
			return
		}
		r.Body = http.MaxBytesReader(seen, r.Body, maxBody+1)
		next.ServeHTTP(seen, r)
	})
}

func (a *api) commonHeaders(w http.ResponseWriter, t *trace) {
	h := w.Header()
	h.Set("Date", a.dir.Now().Format(http.TimeFormat))
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set(wire.HeaderRequestID, t.id)
	if a.opt.Secure {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

var tokenInText = regexp.MustCompile(wire.TokenPattern)

// inspect refuses what no route could make good.
func inspect(r *http.Request) *refusal.Error {
	lines := 0
	for _, values := range r.Header {
		lines += len(values)
	}
	if lines > maxHeaders {
		return refusal.New(http.StatusRequestHeaderFieldsTooLarge, wire.CodeMalformed, "The request has more than 100 header fields.")
	}
	if r.ContentLength > maxBody {
		return refusal.New(http.StatusRequestEntityTooLarge, wire.CodeTooLarge, "The body is larger than 1 MiB; nothing was changed.")
	}
	if carriesToken(r) {
		return refusal.New(http.StatusBadRequest, wire.CodeTokenInURL,
			"A token stands in the URL, where logs keep it. Send it as Authorization: Bearer, and revoke this one.")
	}
	if len(r.Header.Values("Authorization")) > 1 {
		return refusal.New(http.StatusBadRequest, wire.CodeTwoCredentials, "The request has more than one Authorization field.")
	}
	if cleaned := path.Clean("/" + r.URL.Path); cleaned != r.URL.Path {
		return refusal.New(http.StatusNotFound, wire.CodeNotFound, "There is no such path. The paths are in "+wire.PathOpenAPI+".")
	}
	return nil
}

// carriesToken tells whether a credential stands in path or query.
func carriesToken(r *http.Request) bool {
	if r.URL.RawQuery == "" && !strings.Contains(r.URL.Path, wire.Brand) {
		return false
	}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return strings.Contains(r.URL.RawQuery, wire.Brand)
	}
	for _, name := range []string{"access_token", "token", "api_key", "password"} {
		if query.Has(name) {
			return true
		}
	}
	for key, values := range query {
		if tokenInText.MatchString(key) || tokenInText.MatchString(strings.Join(values, " ")) {
			return true
		}
	}
	return tokenInText.MatchString(r.URL.Path)
}

// origin is where a request came from: the peer of the socket, whatever
// forwarding headers say.
func origin(r *http.Request, t *trace) directory.Origin {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	return directory.Origin{IP: host, Agent: directory.CleanAgent(r.UserAgent()), RequestID: t.id}
}

// recovered answers for a handler that panicked. The value is not logged,
// since it may hold data; the stack tells where.
func (a *api) recovered(w *statusWriter, r *http.Request, v any) {
	if v == nil {
		return
	}
	if v == http.ErrAbortHandler {
		panic(v)
	}
	a.opt.Log.ErrorContext(r.Context(), "a request panicked", "request_id", traceOf(r.Context()).id,
		"panic_type", fmt.Sprintf("%T", v), "stack", string(debug.Stack()))
	if w.status == 0 {
		refuse(w, r, refusal.New(http.StatusInternalServerError, wire.CodeInternal,
			"The server made a mistake; its log tells more under the request id."))
	}
}

// logRequest tells the route and not the path: paths hold names.
func (a *api) logRequest(r *http.Request, t *trace, w *statusWriter, took time.Duration) {
	level := slog.LevelInfo
	if w.status >= http.StatusInternalServerError {
		level = slog.LevelError
	}
	if !a.opt.Log.Enabled(r.Context(), level) {
		return
	}
	a.opt.Log.LogAttrs(r.Context(), level, "request", slog.String("request_id", t.id), slog.String("method", knownMethod(r.Method)),
		slog.String("route", t.route), slog.Int("status", w.status), slog.Float64("dur_ms", float64(took.Microseconds())/1000),
		slog.String("actor", t.actor), slog.String("handle", t.handle), slog.String("account", t.account), slog.String("code", t.code))
}

func knownMethod(m string) string {
	switch m {
	case "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS":
		return m
	}
	return "other"
}

// statusWriter remembers the status for the log.
type statusWriter struct {
	http.ResponseWriter
	status int
}

// WriteHeader remembers the first status.
func (w *statusWriter) WriteHeader(code int) {
	if w.status == 0 {
		w.status = code
	}
	w.ResponseWriter.WriteHeader(code)
}

// Write counts as 200 if nothing was said before.
func (w *statusWriter) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach flushing and deadlines.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
