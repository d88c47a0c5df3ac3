package rest

import (
	"context"
	"io"
	"mime"
	"time"

	"gatehouse/apiclient"
)

// Stream is an answer that goes on: it ends when it is closed, when its
// context ends, or after a silence.
type Stream struct {
	line *line
	Answer
}

// Read implements io.Reader.
func (s *Stream) Read(p []byte) (int, error) { return s.line.Read(p) }

// Close ends it.
func (s *Stream) Close() error {
	err := s.line.body.Close()
	s.line.watch.stop()
	return err
}

var _ io.ReadCloser = (*Stream)(nil)

// Stream makes a request whose answer is of the media type and goes on without
// an end. A silence longer than the given one breaks it.
func (c *Client) Stream(ctx context.Context, r Request, media string, silence time.Duration) (*Stream, error) {
	if r.Header == nil {
		r.Header = map[string][]string{}
	}
	r.Header.Set("Accept", media)
	l, f := c.open(ctx, r, silence)
	if f != nil {
		return nil, f
	}
	if l.answer.Status >= 300 {
		defer l.close()
		return nil, l.refusal(c)
	}
	if kind, _, _ := mime.ParseMediaType(l.answer.Header.Get("Content-Type")); kind != media {
		defer l.close()
		return nil, &apiclient.Failure{
			Tried: r.Tried, End: apiclient.Refused, Status: l.answer.Status, Cause: apiclient.ErrBroken,
			Message: "the server offers no stream here",
		}
	}
	return &Stream{line: l, Answer: l.answer}, nil
}
