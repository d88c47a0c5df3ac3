package store

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ErrCursor is returned for a page token that this server did not give out for
// this list, filter and order.
var ErrCursor = errors.New("the page token does not belong to this list")

// ErrOrder is returned for an order that is no field of the list.
var ErrOrder = errors.New("a list is not sorted by that")

// List describes one kind of record: what to read and what it can be filtered
// and sorted by.
type List struct {
	Name    string
	From    string // FROM clause
	Columns string // what a row is scanned from; {now} as in Field.Expr
	ID      string // unique column that settles ties
	Fields  []Field
	Order   string // order unless said
}

// Ask is one request for a page.
type Ask struct {
	Filter    string
	OrderBy   string
	PageToken string
	PageSize  int
	Scope     []Cond          // what the caller may see
	Unless    map[string]Cond // by field: holds unless the filter names the field
	Key       []byte          // signs page tokens
	Now       time.Time
}

// Result is one page.
type Result[T any] struct {
	Items []T
	Total int
	Next  string
}

// cursor is where a page ended. It also carries the total, which costs more to
// count than a page to read: the pages of one walk tell that of its start.
type cursor struct {
	Key    json.RawMessage `json:"k"`
	ID     int64           `json:"i"`
	Total  int             `json:"t"`
	Digest []byte          `json:"d"`
}

type query struct {
	where  string
	args   []any
	order  Field
	down   bool
	digest []byte
}

// Page reads one page. Scan is handed the scanner of a row.
func Page[T any](ctx context.Context, s *Store, l List, ask Ask, scan func(func(...any) error) (T, error)) (Result[T], error) {
	out := Result[T]{Items: []T{}}
	q, err := l.query(ask)
	if err != nil {
		return out, err
	}
	where, args := q.where, q.args
	if ask.PageToken == "" {
		count := at("SELECT count(*) FROM "+l.From+q.where, ask.Now)
		if err := s.read.QueryRowContext(ctx, count, q.args...).Scan(&out.Total); err != nil {
			return out, fmt.Errorf("count %s: %w", l.Name, err)
		}
	} else if where, args, out.Total, err = l.after(q, ask); err != nil {
		return out, err
	}
	dir := ""
	if q.down {
		dir = " DESC"
	}
	key := q.order.sortExpr()
	text := "SELECT " + key + ", " + l.ID + ", " + l.Columns + " FROM " + l.From + where +
		" ORDER BY " + key + dir + ", " + l.ID + dir + " LIMIT " + strconv.Itoa(ask.PageSize+1)
	rows, err := s.Rows(ctx, at(text, ask.Now), args...)
	if err != nil {
		return out, fmt.Errorf("list %s: %w", l.Name, err)
	}
	defer rows.Close()
	var lastKey any
	var lastID int64
	for rows.Next() {
		if len(out.Items) == ask.PageSize {
			out.Next, err = sign(ask.Key, lastKey, cursor{ID: lastID, Total: out.Total, Digest: q.digest})
			return out, err
		}
		item, err := scan(func(dest ...any) error { return rows.Scan(append([]any{&lastKey, &lastID}, dest...)...) })
		if err != nil {
			return out, fmt.Errorf("list %s: %w", l.Name, err)
		}
		out.Items = append(out.Items, item)
	}
	return out, rows.Err()
}

func (l List) query(ask Ask) (query, error) {
	var q query
	filter, err := l.ParseFilter(ask.Filter, ask.Now)
	if err != nil {
		return q, err
	}
	conds := append(slices.Clone(ask.Scope), filter.conds...)
	for field, cond := range ask.Unless {
		if !filter.Uses(field) {
			conds = append(conds, cond)
		}
	}
	by := ask.OrderBy
	if by == "" {
		by = l.Order
	}
	name, down := strings.CutPrefix(by, "-")
	f, ok := l.field(name)
	if !ok {
		return q, fmt.Errorf("%w; it can be sorted by %s, with a minus in front for descending", ErrOrder, strings.Join(l.fieldNames(), ", "))
	}
	q.order, q.down = f, down
	q.where, q.args = where(conds)
	q.digest, err = digest(l.Name, by, ask)
	return q, err
}

// digest binds a page token to what was asked. Times inside conditions move on
// from page to page, so it covers the words of the filter.
func digest(name, by string, ask Ask) ([]byte, error) {
	var scope []any
	for _, c := range ask.Scope {
		scope = append(scope, c.SQL, c.Args)
	}
	body, err := json.Marshal([]any{name, by, ask.Filter, scope})
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(body)
	return sum[:12], nil
}

func where(conds []Cond) (string, []any) {
	if len(conds) == 0 {
		return "", nil
	}
	var parts []string
	var args []any
	for _, c := range conds {
		parts = append(parts, c.SQL)
		args = append(args, c.Args...)
	}
	return " WHERE " + strings.Join(parts, " AND "), args
}

// after continues where the page before ended.
func (l List) after(q query, ask Ask) (where string, args []any, total int, err error) {
	c, err := unsign(ask.Key, ask.PageToken, q.digest)
	if err != nil {
		return "", nil, 0, err
	}
	key, err := c.key(q.order.Kind == Text || q.order.Kind == Enum)
	if err != nil {
		return "", nil, 0, ErrCursor
	}
	op := ">"
	if q.down {
		op = "<"
	}
	cond := "(" + q.order.sortExpr() + ", " + l.ID + ") " + op + " (?, ?)"
	if q.where == "" {
		return " WHERE " + cond, []any{key, c.ID}, c.Total, nil
	}
	return q.where + " AND " + cond, append(slices.Clone(q.args), key, c.ID), c.Total, nil
}

// sortExpr never yields NULL, which cannot be compared: what was never used
// comes before everything, what never expires after it.
func (f Field) sortExpr() string {
	switch {
	case f.Always: // bare, so that an index can serve
		return f.Expr
	case f.Kind == Past:
		return "COALESCE(" + f.Expr + ", 0)"
	case f.Kind == Due:
		return "COALESCE(" + f.Expr + ", 9223372036854775807)"
	}
	return f.Expr
}

func (c cursor) key(text bool) (any, error) {
	if text {
		var s string
		err := json.Unmarshal(c.Key, &s)
		return s, err
	}
	var n int64
	err := json.Unmarshal(c.Key, &n)
	return n, err
}

func sign(key []byte, sortKey any, c cursor) (string, error) {
	if b, ok := sortKey.([]byte); ok {
		sortKey = string(b)
	}
	var err error
	if c.Key, err = json.Marshal(sortKey); err != nil {
		return "", err
	}
	body, err := json.Marshal(c)
	if err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(append(mac(key, body), body...)), nil
}

func unsign(key []byte, token string, digest []byte) (cursor, error) {
	var c cursor
	raw, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(raw) < macLen || !hmac.Equal(raw[:macLen], mac(key, raw[macLen:])) {
		return c, ErrCursor
	}
	if json.Unmarshal(raw[macLen:], &c) != nil || !hmac.Equal(c.Digest, digest) {
		return c, ErrCursor
	}
	return c, nil
}

const macLen = 16

func mac(key, body []byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write(body)
	return h.Sum(nil)[:macLen]
}

// at puts the time of the request into SQL.
func at(text string, now time.Time) string {
	return strings.ReplaceAll(text, "{now}", strconv.FormatInt(now.UnixMicro(), 10))
}

func (l List) field(name string) (Field, bool) {
	i := slices.IndexFunc(l.Fields, func(f Field) bool { return f.Name == name || slices.Contains(f.Aliases, name) })
	if i < 0 {
		return Field{}, false
	}
	return l.Fields[i], true
}

func (l List) fieldNames() []string {
	var names []string
	for _, f := range l.Fields {
		names = append(names, f.Name)
	}
	return names
}
