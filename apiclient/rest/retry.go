package rest

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// MaxRetryAfter caps what Retry-After can ask for.
const MaxRetryAfter = 60 * time.Second

// retryAfter reads Retry-After in both forms (RFC 9110, section 10.2.3): a
// number of seconds or a date, which is compared with the server's own clock.
// What cannot be read counts as absent.
func retryAfter(h http.Header) time.Duration {
	text := strings.TrimSpace(h.Get("Retry-After"))
	if text == "" {
		return 0
	}
	if n, err := strconv.ParseUint(text, 10, 64); err == nil {
		return time.Duration(min(n, uint64(MaxRetryAfter/time.Second))) * time.Second
	} else if strings.Trim(text, "0123456789") == "" {
		return MaxRetryAfter // digits only, and too many for a number
	}
	at, err := http.ParseTime(text)
	if err != nil {
		return 0
	}
	now := serverClock(h)
	if now.IsZero() {
		now = time.Now()
	}
	return min(max(at.Sub(now), 0), MaxRetryAfter)
}

// serverClock is the Date of the answer; zero when it has none.
func serverClock(h http.Header) time.Time {
	t, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return time.Time{}
	}
	return t
}

// backoff is how long to wait before the next attempt: growing, and scattered
// so that many clients do not come back at once.
func (c *Client) backoff(attempt int, asked time.Duration) time.Duration {
	if asked > 0 {
		return asked + time.Duration(c.jitter()*0.1*float64(asked))
	}
	base := 100 * time.Millisecond << min(attempt, 5)
	return base/2 + time.Duration(c.jitter()*float64(base))
}
