// Package api is the REST interface: routes, bodies, conditions and errors. It
// decides nothing about records; that is the directory's part.
package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"reflect"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"gatehouse/apiclient/gatehouse/wire"
	"gatehouse/server/directory"
	"gatehouse/server/refusal"
)

// Limits of a request.
const (
	maxBody     = 1 << 20
	maxDepth    = 32
	maxHeaders  = 100
	bodyTimeout = 5 * time.Second
)

// Options are what the routes need besides the directory.
type Options struct {
	Log      *slog.Logger
	Stopping <-chan struct{} // closed when streams have to end
	Secure   bool            // served with TLS
}

type api struct {
	huma huma.API
	dir  *directory.Directory
	opt  Options
}

// New makes the handler of the whole interface.
func New(dir *directory.Directory, opt Options) (http.Handler, error) {
	mux := http.NewServeMux()
	a := &api{dir: dir, opt: opt}
	a.huma = humago.New(mux, a.config())
	a.huma.UseMiddleware(a.authenticate)
	a.sessions()
	a.accounts()
	a.users()
	a.tokens()
	a.events()
	a.health()
	document, err := a.document()
	if err != nil {
		return nil, err
	}
	mux.HandleFunc("GET "+wire.PathOpenAPI, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/openapi+json")
		_, _ = w.Write(document) // a caller who has gone needs no answer
	})
	mux.HandleFunc("/", a.noRoute(mux))
	return a.around(mux), nil
}

func (a *api) config() huma.Config {
	c := huma.DefaultConfig("Gatehouse", "1")
	c.Info.Description = "Accounts, users, tokens and sessions. Errors are application/problem+json (RFC 9457); " +
		"what can be edited carries a strong ETag, and changing it needs If-Match; requests that create or revoke take an Idempotency-Key."
	c.OpenAPIPath, c.DocsPath, c.SchemasPath = "", "", "" // the document has a route of its own; the docs page would load foreign scripts
	c.CreateHooks = nil
	c.RejectUnknownQueryParameters = true
	c.Formats = map[string]huma.Format{"application/json": jsonFormat, "json": jsonFormat}
	c.Transformers = []huma.Transformer{a.problem}
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"bearer": {Type: "http", Scheme: "bearer", Description: "an access token, or the token of a session"},
	}
	return c
}

// route declares an operation. Codes are the refusals that are special to it.
func (a *api) route(method, path, id, summary string, codes ...int) huma.Operation {
	op := huma.Operation{
		Method: method, Path: path, OperationID: id, Summary: summary, MaxBodyBytes: maxBody, BodyReadTimeout: bodyTimeout,
		Security: []map[string][]string{{"bearer": {}}}, Responses: map[string]*huma.Response{},
	}
	all := append([]int{400, 401, 422, 431, 500, 503}, codes...)
	if method != http.MethodGet {
		all = append(all, 408, 413, 415)
	}
	for _, code := range all {
		op.Responses[strconv.Itoa(code)] = a.problemResponse(code)
	}
	return op
}

// open declares an operation that needs no credential.
func (a *api) open(method, path, id, summary string, codes ...int) huma.Operation {
	op := a.route(method, path, id, summary, codes...)
	op.Security = nil
	return op
}

func (a *api) problemResponse(code int) *huma.Response {
	return &huma.Response{
		Description: http.StatusText(code),
		Content:     map[string]*huma.MediaType{wire.TypeProblem: {Schema: schemaOf[wire.Problem](a)}},
	}
}

func schemaOf[T any](a *api) *huma.Schema {
	return a.huma.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[T](), true, "")
}

// handle registers an operation whose errors are refusals, or else mistakes
// that are logged here and told without their insides.
func handle[I, O any](a *api, op huma.Operation, do func(context.Context, *I) (*O, error)) {
	huma.Register(a.huma, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := do(ctx, in)
		return out, a.tell(ctx, err)
	})
}

func (a *api) tell(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	refused, ok := refusal.As(err)
	switch {
	case ok:
	case errors.Is(err, context.Canceled):
		refused = refusal.Unavailable("The request ended before it was worked on; nothing was changed.")
	default:
		refused = refusal.New(http.StatusInternalServerError, wire.CodeInternal,
			"The server made a mistake; its log tells more under the request id.")
	}
	if refused.Status >= http.StatusInternalServerError {
		a.opt.Log.ErrorContext(ctx, "request failed", "request_id", traceOf(ctx).id, "err", err)
	}
	return refused
}

// document is the OpenAPI document. The library also declares its own error
// type, which is never sent.
func (a *api) document() ([]byte, error) {
	doc := a.huma.OpenAPI()
	delete(doc.Components.Schemas.Map(), "ErrorModel")
	delete(doc.Components.Schemas.Map(), "ErrorDetail")
	raw, err := json.MarshalIndent(doc, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write the OpenAPI document: %w", err)
	}
	return append(raw, '\n'), nil
}
