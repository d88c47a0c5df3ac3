package rest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"reflect"
	"strings"
	"time"

	"gatehouse/apiclient"
)

// Answer is what came back.
type Answer struct {
	Status    int
	Header    http.Header
	Body      io.Reader // for Request.Decode only
	RequestID string
	At        time.Time // the server's clock; zero: not told
}

// Do makes the request and reads the answer. The error is a *apiclient.Failure
// whose End tells whether the request may have had an effect.
func (c *Client) Do(ctx context.Context, r Request) (Answer, error) {
	maybe := false // an earlier attempt may have had an effect
	for attempt := 0; ; attempt++ {
		a, f := c.try(ctx, r)
		if f == nil {
			return a, nil
		}
		maybe = maybe || f.End == apiclient.Unknown
		if maybe && f.End == apiclient.NotSent {
			f.End = apiclient.Unknown
		}
		if attempt >= c.cfg.Retries || !worthRepeating(r, f) || f.RetryAfter > c.cfg.MaxWait {
			return a, f
		}
		if c.sleep(ctx, c.backoff(attempt, f.RetryAfter)) != nil {
			return a, f
		}
	}
}

// worthRepeating tells whether the same request may be sent again and could
// fare better: it never reached the other side, it was put off, or it is of a
// kind that does no harm twice.
func worthRepeating(r Request, f *apiclient.Failure) bool {
	switch {
	case errors.Is(f, context.Canceled), errors.Is(f, context.DeadlineExceeded), !r.repeatable():
		return false
	case f.Status == 0:
		return errors.Is(f, apiclient.ErrUnreachable)
	case f.RetryAfter > 0:
		return true
	}
	return f.Status == http.StatusBadGateway || f.Status == http.StatusServiceUnavailable || f.Status == http.StatusGatewayTimeout
}

// try makes one attempt.
func (c *Client) try(ctx context.Context, r Request) (Answer, *apiclient.Failure) {
	l, f := c.open(ctx, r, or(r.Silence, c.cfg.Silence))
	if f != nil {
		return Answer{}, f
	}
	defer l.close()
	a := l.answer
	if a.Status >= 300 {
		return a, l.refusal(c)
	}
	a.Body = &limited{r: l, left: c.cfg.BodyLimit}
	if err := read(a, r); err != nil {
		return a, l.broken(err)
	}
	return a, nil
}

// read hands the body to whoever asked for it.
func read(a Answer, r Request) error {
	if r.Empty {
		return nothing(a)
	}
	if r.Into == nil && r.Decode == nil {
		// Read to the end, so that the connection can be used again.
		_, err := io.Copy(io.Discard, a.Body)
		return err
	}
	if kind, _, _ := mime.ParseMediaType(a.Header.Get("Content-Type")); !strings.Contains(kind, "json") {
		return notJSON(kind)
	}
	if r.Decode != nil {
		return r.Decode(a)
	}
	// An attempt before this one may have left something behind.
	reflect.ValueOf(r.Into).Elem().SetZero()
	dec := json.NewDecoder(a.Body)
	if err := dec.Decode(r.Into); err != nil {
		return err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		if err == nil {
			err = errors.New("there is more after its end")
		}
		return err
	}
	return nil
}

// nothing reads a body that must not be there.
func nothing(a Answer) error {
	n, err := io.Copy(io.Discard, a.Body)
	if err == nil && n > 0 {
		err = errors.New("it is not empty, as it should be: is this the right address?")
	}
	return err
}

func notJSON(kind string) error {
	if kind == "" {
		kind = "something unnamed"
	}
	return fmt.Errorf("it is %s instead of JSON: is this the right address?", kind)
}

// errTooLarge ends the reading of a body that never ends.
var errTooLarge = errors.New("it is larger than this program is willing to read")

// limited counts unpacked bytes, so that a small compressed body cannot fill
// the memory.
type limited struct {
	r    io.Reader
	left int64
}

// Read implements io.Reader.
func (l *limited) Read(p []byte) (int, error) {
	if l.left < 0 {
		return 0, errTooLarge
	}
	if int64(len(p)) > l.left+1 {
		p = p[:l.left+1]
	}
	n, err := l.r.Read(p)
	l.left -= int64(n)
	if l.left < 0 {
		return n - 1, errTooLarge
	}
	return n, err
}
