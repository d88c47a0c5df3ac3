package api

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"gatehouse/apiclient/gatehouse/wire"
)

// listing is a request for a list, whatever it can be kept to.
type listing interface {
	accepts() string
	from(pageToken string, size int)
}

func (l *ListRequest) accepts() string { return l.Accept }

func (l *ListRequest) from(pageToken string, size int) { l.PageToken, l.PageSize = pageToken, size }

type streamed struct{ Body func(huma.Context) }

// list registers a list: a page as JSON, or the whole as NDJSON.
func list[I any, P interface {
	*I
	listing
}, T any](a *api, path, id, summary string, fetch func(context.Context, *I) (wire.Page[T], error)) {
	op := a.route("GET", path, id, summary, 406)
	op.Responses["200"] = &huma.Response{
		Description: "One page, or with Accept: application/x-ndjson the whole list, one record a line",
		Content: map[string]*huma.MediaType{
			wire.TypeJSON:   {Schema: schemaOf[wire.Page[T]](a)},
			wire.TypeNDJSON: {Schema: schemaOf[T](a)},
		},
		Headers: map[string]*huma.Header{"Link": {
			Description: `the next page, as rel="next" (RFC 8288)`, Schema: &huma.Schema{Type: huma.TypeString},
		}},
	}
	handle(a, op, func(ctx context.Context, in *I) (*streamed, error) {
		whole := strings.Contains(P(in).accepts(), wire.TypeNDJSON)
		if whole {
			P(in).from("", wire.MaxPageSize)
		}
		page, err := fetch(ctx, in)
		if err != nil {
			return nil, err
		}
		if !whole {
			return &streamed{func(hc huma.Context) { writePage(hc, page) }}, nil
		}
		return &streamed{func(hc huma.Context) {
			writeLines(hc, page, func(token string) (wire.Page[T], error) {
				P(in).from(token, wire.MaxPageSize)
				return fetch(ctx, in)
			})
		}}, nil
	})
}

func writePage[T any](hc huma.Context, page wire.Page[T]) {
	hc.SetHeader("Content-Type", wire.TypeJSON)
	if page.NextPageToken != "" {
		u := hc.URL()
		q := u.Query()
		q.Set(wire.ParamPageToken, page.NextPageToken)
		hc.SetHeader("Link", "<"+u.EscapedPath()+"?"+q.Encode()+`>; rel="next"`)
	}
	hc.SetStatus(http.StatusOK)
	_ = jsonFormat.Marshal(hc.BodyWriter(), page) // a caller who has gone needs no answer
}

// writeLines writes page after page. If one cannot be read the connection is
// cut, since a list that just ended would look whole.
func writeLines[T any](hc huma.Context, page wire.Page[T], next func(string) (wire.Page[T], error)) {
	_, w := humago.Unwrap(hc)
	hc.SetHeader("Content-Type", wire.TypeNDJSON)
	hc.SetStatus(http.StatusOK)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for {
		for _, item := range page.Items {
			if enc.Encode(item) != nil {
				return // the caller has gone
			}
		}
		if page.NextPageToken == "" {
			return
		}
		var err error
		if page, err = next(page.NextPageToken); err != nil {
			panic(http.ErrAbortHandler)
		}
	}
}
