package api

import (
	"regexp"
	"strconv"
	"strings"

	"gatehouse/apiclient/gatehouse/wire"
	"gatehouse/server/directory"
	"gatehouse/server/refusal"
)

// Named is the part of a path that names a record.
type Named struct {
	Name string `path:"name" maxLength:"512" doc:"name of the record"`
}

// Prefixed is the part of a path that names a token.
type Prefixed struct {
	Prefix string `path:"prefix" maxLength:"64" doc:"public prefix of the token"`
}

// Matching is the condition of a change.
type Matching struct {
	IfMatch string `header:"If-Match" maxLength:"256" doc:"ETag of the record as it was read, or *"`
}

// match reads the condition. Weak tags never match (RFC 9110, 13.1.1).
func (m Matching) match() directory.Match {
	out := directory.Match{Given: m.IfMatch != "", Version: -1}
	tag := strings.TrimSpace(m.IfMatch)
	if tag == "*" {
		out.Any = true
		return out
	}
	if inner, ok := strings.CutPrefix(tag, `"`); ok {
		if inner, ok = strings.CutSuffix(inner, `"`); ok {
			if v, err := strconv.ParseInt(inner, 10, 64); err == nil {
				out.Version = v
			}
		}
	}
	return out
}

// Keyed is the key that makes a request happen once.
type Keyed struct {
	Key string `header:"Idempotency-Key" maxLength:"128" doc:"makes the request happen once: for 24 hours the same key and body get the same answer, without its secrets"`
}

var keyPattern = regexp.MustCompile(`^[0-9A-Za-z_.:-]{8,128}$`)

// once reads the key. What was asked must not hold passwords.
func (k Keyed) once(route string, asked any) (directory.Once, error) {
	key := strings.Trim(k.Key, `"`)
	if key != "" && !keyPattern.MatchString(key) {
		return directory.Once{}, refusal.Field("header."+wire.HeaderIdempotencyKey, "a key has 8 to 128 characters of 0-9 A-Z a-z _ . : -, such as a UUID")
	}
	return directory.NewOnce(key, route, asked)
}

// Record is an answer with one record and its version.
type Record[T any] struct {
	ETag     string `header:"ETag"`
	Replayed string `header:"Idempotency-Replayed"`
	Location string `header:"Location"`
	Body     T
}

func etag(version int64) string { return `"` + strconv.FormatInt(version, 10) + `"` }

func record[T any](body T, version int64, err error) (*Record[T], error) {
	if err != nil {
		return nil, err
	}
	return &Record[T]{Body: body, ETag: etag(version)}, nil
}

// replay marks an answer that repeats an earlier one.
func replay(yes bool) string {
	if yes {
		return "true"
	}
	return ""
}

// Plain is an answer without version.
type Plain[T any] struct {
	Replayed string `header:"Idempotency-Replayed"`
	Body     T
}

// None is an answer or a request without a body.
type None struct{}
