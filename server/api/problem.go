package api

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"gatehouse/apiclient/gatehouse/wire"
	"gatehouse/server/refusal"
)

// problem is the transformer that gives every error its final shape. The
// library's own errors repeat what was sent, so only places and messages that
// come from our schemas are taken over.
func (a *api) problem(ctx huma.Context, _ string, v any) (any, error) {
	t := traceOf(ctx.Context())
	switch e := v.(type) {
	case *refusal.Error:
		return t.complete(e.Problem), nil
	case *huma.ErrorModel:
		return t.complete(fromLibrary(e)), nil
	}
	return v, nil
}

func (t *trace) complete(p wire.Problem) *wire.Problem {
	p.RequestID, p.Instance = t.id, "urn:gatehouse:request:"+t.id
	t.code = p.Code
	return &p
}

// libraryProblems are what the library itself refuses.
var libraryProblems = map[int]struct{ code, detail string }{
	http.StatusBadRequest:            {wire.CodeMalformed, "The request cannot be read."},
	http.StatusNotAcceptable:         {wire.CodeNotAcceptable, "The answer exists as application/json only."},
	http.StatusRequestTimeout:        {wire.CodeTimeout, "The body took too long to arrive; nothing was changed."},
	http.StatusRequestEntityTooLarge: {wire.CodeTooLarge, "The body is larger than 1 MiB; nothing was changed."},
	http.StatusUnsupportedMediaType:  {wire.CodeMediaType, "The body has to be application/json."},
	http.StatusUnprocessableEntity:   {wire.CodeInvalid, "The request was understood, but a field cannot be taken; see errors. Nothing was changed."},
}

func fromLibrary(e *huma.ErrorModel) wire.Problem {
	known, ok := libraryProblems[e.Status]
	if !ok {
		known.code, known.detail = wire.CodeInternal, "The server made a mistake; its log tells more under the request id."
	}
	p := refusal.New(e.Status, known.code, known.detail).Problem
	for _, d := range e.Errors {
		if d != nil && e.Status < http.StatusInternalServerError && e.Status != http.StatusUnsupportedMediaType {
			p.Errors = append(p.Errors, wire.FieldError{Location: place(d), Message: d.Message})
		}
	}
	return p
}

// plainName is what the name of an unknown field may look like to be repeated:
// it helps whoever mistyped a field, and holds no token.
var plainName = regexp.MustCompile(`^[a-z]+([_-][a-z]+)*$`)

func place(d *huma.ErrorDetail) string {
	if !strings.HasPrefix(d.Message, "unexpected") && !strings.HasPrefix(d.Message, "unknown") {
		return d.Location
	}
	cut := strings.LastIndexByte(d.Location, '.')
	if cut < 0 || len(d.Location)-cut > 32 || !plainName.MatchString(d.Location[cut+1:]) {
		return d.Location[:max(0, strings.IndexByte(d.Location+".", '.'))]
	}
	return d.Location
}

// refuse answers outside of the library.
func refuse(w http.ResponseWriter, r *http.Request, e *refusal.Error) {
	p := traceOf(r.Context()).complete(e.Problem)
	for key, values := range e.GetHeaders() {
		w.Header()[key] = values
	}
	w.Header().Set("Content-Type", wire.TypeProblem)
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // a caller who has gone needs no answer
}

// noRoute answers what matches no route: 405 with the methods that there are,
// or 404.
func (a *api) noRoute(mux *http.ServeMux) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var allowed []string
		for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"} {
			probe := r.Clone(r.Context())
			probe.Method = method
			if _, pattern := mux.Handler(probe); pattern != "/" && pattern != "" {
				allowed = append(allowed, method)
			}
		}
		if len(allowed) == 0 || slices.Contains(allowed, r.Method) {
			refuse(w, r, refusal.New(http.StatusNotFound, wire.CodeNotFound, "There is no such path. The paths are in "+wire.PathOpenAPI+"."))
			return
		}
		list := strings.Join(allowed, ", ")
		refuse(w, r, refusal.New(http.StatusMethodNotAllowed, wire.CodeMethod, "This path takes "+list+" only.").With("Allow", list))
	}
}
