package gatehouse

import (
	"bufio"
	"errors"
	"io"
	"strings"
)

// sentEvent is one server-sent event.
type sentEvent struct{ id, name, data string }

// Limits of one event: a stream is endless, an event must not be.
const (
	longestLine = 1 << 20
	mostData    = 4 << 20
)

var errEventTooLarge = errors.New("an event is larger than this program is willing to read")

// readEvents reads server-sent events (the WHATWG's HTML standard, section
// 9.2.6) and hands each to each until it says no more or the stream breaks.
func readEvents(r io.Reader, each func(sentEvent) error) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 4<<10), longestLine)
	var e sentEvent
	var data []string
	size := 0
	for lines.Scan() {
		line := lines.Text()
		if line == "" {
			if data != nil || e.name != "" {
				e.data = strings.Join(data, "\n")
				if err := each(e); err != nil {
					return err
				}
			}
			e, data, size = sentEvent{}, nil, 0
			continue
		}
		field, value, _ := strings.Cut(line, ":")
		value = strings.TrimPrefix(value, " ")
		switch field {
		case "id":
			e.id = value
		case "event":
			e.name = value
		case "data":
			if size += len(value); size > mostData {
				return errEventTooLarge
			}
			data = append(data, value)
		}
		// Comments, which begin with a colon, are signs of life only.
	}
	if err := lines.Err(); err != nil {
		return err
	}
	return io.ErrUnexpectedEOF
}
