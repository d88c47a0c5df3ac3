package filter

// Span is a piece of a text, in bytes.
type Span struct{ From, To int }

// Spans appends to dst which pieces of the text shown for a field a filter
// asked for. They do not overlap within one word of the filter.
func (m *Matcher[R]) Spans(dst []Span, field, shown string) []Span {
	if m.Empty() {
		return dst
	}
	for i := range m.clauses {
		c := &m.clauses[i]
		if c.not || c.word.text == "" || c.field >= 0 && m.schema[c.field].name != field {
			continue
		}
		if c.field < 0 && !m.looksInto(field) {
			continue
		}
		dst = c.spans(dst, shown)
	}
	return dst
}

// looksInto tells whether bare words look into the field.
func (m *Matcher[R]) looksInto(field string) bool {
	for i := range m.schema {
		if m.schema[i].name == field {
			return !m.schema[i].named
		}
	}
	return false
}

func (c *clause) spans(dst []Span, shown string) []Span {
	for at := 0; ; {
		from, to := c.word.find(shown[at:])
		if from < 0 || from == to {
			return dst
		}
		dst = append(dst, Span{at + from, at + to})
		at += to
	}
}
