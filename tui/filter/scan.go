package filter

import "strings"

// term is one piece of a filter as it is written. Positions are bytes.
type term struct {
	at, end int
	not     bool
	field   string // before the colon
	op      string // <, <=, >, >=, = or nothing
	value   string
	valueAt int
	quoted  bool
}

// scan cuts the first term off text, beginning at from. A quote that is not
// closed reaches to the end, so that one can look while typing.
func scan(text string, from int) (t term, ok bool) {
	at := from
	for at < len(text) && isSpace(text[at]) {
		at++
	}
	if at == len(text) {
		return term{}, false
	}
	t.at = at
	if text[at] == '-' {
		t.not = true
		at++
	}
	if name := fieldName(text[at:]); name != "" {
		t.field = name
		at += len(name) + 1
		t.op = operator(text[at:])
		at += len(t.op)
	}
	if at < len(text) && text[at] == '"' {
		t.quoted = true
		t.valueAt = at + 1
		t.value, t.end = quoted(text, at+1)
		return t, true
	}
	t.valueAt = at
	for at < len(text) && !isSpace(text[at]) {
		at++
	}
	t.value, t.end = text[t.valueAt:at], at
	return t, true
}

func isSpace(b byte) bool { return b == ' ' || b == '\t' || b == '\n' || b == '\r' }

// fieldName is what stands before a colon, if that can be the name of a field:
// letters and underscores. In 14:03 and fe80::1 the colon is text.
func fieldName(s string) string {
	for i := range len(s) {
		switch b := lowerByte(s[i]); {
		case b == ':':
			return s[:i]
		case b != '_' && (b < 'a' || b > 'z'):
			return ""
		}
	}
	return ""
}

func operator(s string) string {
	for _, op := range [...]string{"<=", ">=", "<", ">", "="} {
		if strings.HasPrefix(s, op) {
			return op
		}
	}
	return ""
}

func quoted(text string, from int) (value string, end int) {
	if n := strings.IndexByte(text[from:], '"'); n >= 0 {
		return text[from : from+n], from + n + 1
	}
	return text[from:], len(text)
}
