package anchoretest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"time"
)

// refuse is the error of a handler or the authorizer.
func refuse(status int, format string, args ...any) answer {
	return answer{status: status, kind: "application/json", body: map[string]any{
		"detail": map[string]any{"error_codes": []any{}}, "httpcode": status, "message": fmt.Sprintf(format, args...),
	}}
}

// problem is the error of the framework: routes, methods, schemas.
func problem(status int, title, detail string) answer {
	return answer{status: status, kind: "application/problem+json", body: map[string]any{
		"detail": detail, "status": status, "title": title, "type": "about:blank",
	}}
}

func invalid(format string, args ...any) answer {
	return problem(http.StatusBadRequest, "Bad Request", fmt.Sprintf(format, args...))
}

func notFound() answer {
	return problem(http.StatusNotFound, "Not Found",
		"The requested URL was not found on the server. If you entered the URL manually please check your spelling and try again.")
}

// crash is what an exception in a handler becomes.
func crash() answer {
	return problem(http.StatusInternalServerError, "Internal Server Error", "The server encountered an internal error.")
}

func oauthError(status int, code, description string) answer {
	body := map[string]any{"error": code}
	if description != "" {
		body["error_description"] = description
	}
	return answer{status: status, body: body}
}

func unauthorized() answer {
	return answer{status: http.StatusUnauthorized, kind: "text/html; charset=utf-8", plain: "Unauthorized\n"}
}

func (a answer) write(w http.ResponseWriter, now time.Time) {
	h := w.Header()
	h.Set("Date", now.UTC().Format(http.TimeFormat))
	if a.status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `basic realm="Authentication required"`)
	}
	switch {
	case a.plain != "":
		h.Set("Content-Type", a.kind)
		w.WriteHeader(a.status)
		_, _ = io.WriteString(w, a.plain) // the other side may have gone
	case a.body == nil:
		w.WriteHeader(a.status)
	default:
		if a.kind == "" {
			a.kind = "application/json"
		}
		h.Set("Content-Type", a.kind)
		w.WriteHeader(a.status)
		_ = json.NewEncoder(w).Encode(a.body) // the other side may have gone
	}
}

func readBody(r *http.Request) ([]byte, error) {
	return io.ReadAll(io.LimitReader(r.Body, 1<<20))
}

// object reads the body as a JSON object. Keys that nobody knows stay in it.
func (c *call) object() (map[string]any, *answer) {
	kind, _, err := mime.ParseMediaType(c.req.Header.Get("Content-Type"))
	if err != nil || kind != "application/json" {
		a := problem(http.StatusUnsupportedMediaType, "Unsupported Media Type",
			fmt.Sprintf("Invalid Content-type (%s), expected JSON data", kind))
		return nil, &a
	}
	var out map[string]any
	var wrong *json.UnmarshalTypeError
	switch err := json.Unmarshal(c.body, &out); {
	case errors.As(err, &wrong), err == nil && out == nil:
		a := invalid("%s is not of type 'object'", c.body)
		return nil, &a
	case err != nil:
		a := invalid("Request body is not valid JSON")
		return nil, &a
	}
	return out, nil
}
