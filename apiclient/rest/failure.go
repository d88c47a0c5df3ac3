package rest

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"syscall"

	"gatehouse/apiclient"
)

// ErrorReader reads the body of a refusal into the words, the code, the fields
// and the next step; status, end and cause are filled in unless it says them.
type ErrorReader func(status int, header http.Header, body []byte) *apiclient.Failure

// maxErrorBody bounds what is read of a refusal.
const maxErrorBody = 64 << 10

// refusal makes the failure of an answer with an error status.
func (l *line) refusal(c *Client) *apiclient.Failure {
	body, _ := io.ReadAll(&limited{r: l, left: maxErrorBody}) // what came is enough
	a := l.answer
	f := c.cfg.ReadError(a.Status, a.Header, body)
	if f == nil {
		f = &apiclient.Failure{}
	}
	f.Tried, f.Status = l.request.Tried, a.Status
	f.Message = or(f.Message, statusWords(a.Status))
	f.RequestID = or(f.RequestID, a.RequestID)
	f.RetryAfter = min(or(f.RetryAfter, retryAfter(a.Header)), MaxRetryAfter)
	l.redact.foreign(f)
	if f.Cause == nil {
		f.Cause = cause(a.Status)
	}
	if f.End == apiclient.NotSent {
		f.End = endOf(a.Status, l.request)
	}
	return f
}

// endOf says what a status means for what was asked. After a 5xx nobody knows:
// a gateway may have lost the answer of a server that has done it.
func endOf(status int, r Request) apiclient.End {
	if status >= 500 && status != http.StatusNotImplemented && !r.safe() {
		return apiclient.Unknown
	}
	return apiclient.Refused
}

func cause(status int) error {
	switch status {
	case http.StatusUnauthorized:
		return apiclient.ErrSignedOut
	case http.StatusForbidden:
		return apiclient.ErrDenied
	case http.StatusNotFound, http.StatusGone:
		return apiclient.ErrNotFound
	case http.StatusMethodNotAllowed, http.StatusNotImplemented:
		return apiclient.ErrUnsupported
	case http.StatusConflict:
		return apiclient.ErrConflict
	case http.StatusPreconditionFailed, http.StatusPreconditionRequired:
		return apiclient.ErrChanged
	case http.StatusTooManyRequests:
		return apiclient.ErrThrottled
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return apiclient.ErrUnreachable
	}
	switch {
	case status >= 500:
		return apiclient.ErrFaulty
	case status >= 400:
		return apiclient.ErrInvalid
	}
	return apiclient.ErrBroken
}

func statusWords(status int) string {
	if s := http.StatusText(status); s != "" {
		return "the server says: " + strings.ToLower(s)
	}
	return "the server answered with a status that does not exist"
}

// redirected makes the failure of a redirect. It is never followed: the
// credential would go along.
func (c *Client) redirected(r Request, resp *http.Response) *apiclient.Failure {
	to := "elsewhere"
	if u, err := resp.Location(); err == nil {
		to = "to " + (&url.URL{Scheme: u.Scheme, Host: u.Host}).String()
	}
	return &apiclient.Failure{
		Tried: r.Tried, End: apiclient.Refused, Status: resp.StatusCode, Cause: apiclient.ErrBroken,
		Message: "the server sends us " + clip(to) + ", where the credential does not go",
		Next:    "if that is the right place, set it as this context's address",
	}
}

// lost makes the failure of a request without an answer.
func (c *Client) lost(l *line, err error) *apiclient.Failure {
	f := &apiclient.Failure{Tried: l.request.Tried, End: apiclient.NotSent}
	sent := l.watch.connected.Load()
	if sent && !l.request.safe() {
		f.End = apiclient.Unknown
	}
	if why := context.Cause(l.watch.ctx); why != nil {
		err = why // what ended the request says more than how it ended
	}
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err // without the address, whose query may say too much
	}
	f.Message, f.Next = lostWords(c.origin, err, sent)
	f.Cause = reason{apiclient.ErrUnreachable, err}
	if errors.Is(err, context.Canceled) || errors.Is(err, errOrigin) {
		f.Cause = err
	}
	return f
}

// reason is one of the package apiclient's reasons and what lies below it.
type reason struct{ kind, below error }

func (r reason) Error() string   { return r.kind.Error() + ": " + r.below.Error() }
func (r reason) Unwrap() []error { return []error{r.kind, r.below} }

// LostWords says why there is no answer from a place and what to do, for what
// does not travel over HTTP.
func LostWords(place string, err error, sent bool) (message, next string) {
	return lostWords(origin{host: place, shown: place}, err, sent)
}

func lostWords(o origin, err error, sent bool) (message, next string) {
	var dns *net.DNSError
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	var verify *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	switch {
	case errors.Is(err, context.Canceled) && sent:
		return "given up while waiting for the answer", ""
	case errors.Is(err, context.Canceled):
		return "cancelled before it was sent", ""
	case errors.Is(err, errOrigin):
		return errOrigin.Error(), ""
	case errors.As(err, &dns):
		return "no machine is known as " + o.host, "check the address, or the network"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "nothing listens at " + o.shown, "check the address, and whether the server runs"
	case errors.As(err, &authority):
		return "the certificate of " + o.shown + " is signed by nobody this machine trusts", "name its CA file in the context"
	case errors.As(err, &host):
		return "the certificate of " + o.shown + " is made out to another name", "use the name it is made out to"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "the certificate of " + o.shown + " has expired, or is not valid yet", "renew it, or check this machine's clock"
	case errors.As(err, &verify), errors.As(err, &invalid):
		return "the certificate of " + o.shown + " is not valid", "renew it"
	case errors.As(err, &record), strings.Contains(err.Error(), "HTTP response to HTTPS client"):
		return o.shown + " does not speak TLS", "check whether the address begins with http:// or https://"
	case errors.Is(err, errSilent), errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded), isTimeout(err):
		if sent {
			return "no answer from " + o.shown, ""
		}
		return o.shown + " cannot be reached: no answer", "check the address, or the network"
	case sent:
		return "the connection to " + o.shown + " broke before the answer came", ""
	}
	return o.shown + " cannot be reached: " + clip(err.Error()), "check the address, or the network"
}

func isTimeout(err error) bool {
	var n net.Error
	return errors.As(err, &n) && n.Timeout()
}

// broken makes the failure of an answer that says yes, but cannot be read.
func (l *line) broken(err error) *apiclient.Failure {
	f := &apiclient.Failure{
		Tried: l.request.Tried, End: apiclient.Unknown, Status: l.answer.Status,
		RequestID: l.answer.RequestID, Cause: apiclient.ErrBroken,
	}
	if l.request.safe() {
		f.End = apiclient.Refused
	}
	if why := context.Cause(l.watch.ctx); why != nil {
		err = why
	}
	var known *apiclient.Failure
	switch {
	case errors.As(err, &known):
		f.Message = known.Message
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		f.Message, f.Cause = "given up in the middle of the answer", err
	case errors.Is(err, errTooLarge), strings.HasPrefix(err.Error(), "it is "):
		f.Message = "the answer cannot be used: " + err.Error()
	case isCut(err):
		f.Status = 0
		f.Message, f.Cause = "the connection broke in the middle of the answer", reason{apiclient.ErrUnreachable, err}
	default:
		// The decoder's own words can quote the answer, and with it a secret.
		f.Message = "the answer cannot be read: it is damaged, or made by something else"
	}
	return f
}

// isCut tells a broken transfer from a broken text.
func isCut(err error) bool {
	var op *net.OpError
	return errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, errSilent) || errors.Is(err, syscall.ECONNRESET) || errors.As(err, &op)
}

// ReadProblem reads problem details (RFC 9457), and the shapes that are common
// elsewhere.
func ReadProblem(_ int, h http.Header, body []byte) *apiclient.Failure {
	kind, _, _ := mime.ParseMediaType(h.Get("Content-Type"))
	if !strings.Contains(kind, "json") {
		return &apiclient.Failure{Message: plainWords(kind, body)}
	}
	var p struct {
		Title, Detail, Code, Message string
		Error                        json.RawMessage
		RequestID                    string `json:"request_id"`
		First                        string `json:"do_first"`
		Errors                       []struct{ Location, Message string }
	}
	// Half a problem is better than none: what could be read is used.
	_ = json.Unmarshal(body, &p)
	f := &apiclient.Failure{Message: or(p.Detail, or(p.Message, p.Title)), Code: p.Code, RequestID: p.RequestID, Next: p.First}
	if f.Message == "" {
		_ = json.Unmarshal(p.Error, &f.Message)
	}
	for _, e := range p.Errors {
		f.Fields = append(f.Fields, apiclient.FieldError{Field: FieldName(e.Location), Text: e.Message})
	}
	return f
}

// FieldName takes the name of a field out of where a problem says it is:
// body.user_name, or a JSON pointer.
func FieldName(location string) string {
	location = strings.TrimRight(location, "/")
	return location[strings.LastIndexAny(location, "./")+1:]
}

// plainWords takes the first line of a plain text; a page for browsers says
// nothing that helps.
func plainWords(kind string, body []byte) string {
	if kind != "text/plain" {
		return ""
	}
	line, _, _ := strings.Cut(strings.TrimSpace(string(body)), "\n")
	if line == "" {
		return ""
	}
	return fmt.Sprintf("the server says: %s", line)
}
