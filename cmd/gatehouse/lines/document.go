package lines

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// object is a record of JSON or YAML whose members keep their order. Values
// are nil, string, int64, bool, []any and object.
type object []member

type member struct {
	key   string
	value any
}

// appendJSON writes a value on one line. Whatever could steer a terminal is
// escaped: what is read back is the same text.
func appendJSON(to []byte, v any) []byte {
	switch v := v.(type) {
	case string:
		return appendString(to, v)
	case []any:
		to = append(to, '[')
		for i, e := range v {
			if i > 0 {
				to = append(to, ',')
			}
			to = appendJSON(to, e)
		}
		return append(to, ']')
	case object:
		to = append(to, '{')
		for i, m := range v {
			if i > 0 {
				to = append(to, ',')
			}
			to = append(appendString(to, m.key), ':')
			to = appendJSON(to, m.value)
		}
		return append(to, '}')
	case int64:
		return strconv.AppendInt(to, v, 10)
	case bool:
		return strconv.AppendBool(to, v)
	}
	return append(to, "null"...)
}

func appendString(to []byte, s string) []byte {
	const hex = "0123456789abcdef"
	to = append(to, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			to = append(to, '\\', byte(r))
		case r == '\n':
			to = append(to, '\\', 'n')
		case r == '\t':
			to = append(to, '\\', 't')
		case !steers(r):
			to = utf8.AppendRune(to, r)
		case r > 0xffff:
			r -= 0x10000
			to = fmt.Appendf(to, `\u%04x\u%04x`, 0xd800+(r>>10), 0xdc00+(r&0x3ff))
		default:
			to = append(to, '\\', 'u', hex[r>>12&15], hex[r>>8&15], hex[r>>4&15], hex[r&15])
		}
	}
	return append(to, '"')
}

// steers tells whether a character can do more to a terminal than be seen:
// controls, and those that reorder, join or hide their neighbours.
func steers(r rune) bool {
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co)
}

// indented is a value as JSON for people.
func indented(v any) ([]byte, error) {
	var out bytes.Buffer
	if err := json.Indent(&out, appendJSON(nil, v), "", "  "); err != nil {
		return nil, err
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}

// inYAML is a value as YAML. Texts with characters that steer are put into
// quotes, in which those can be escaped.
func inYAML(v any) ([]byte, error) {
	raw, err := yaml.Marshal(node(v))
	if err != nil {
		return nil, err
	}
	var out []byte
	for _, r := range string(raw) {
		switch {
		case r == '\n' || !steers(r):
			out = utf8.AppendRune(out, r)
		case r > 0xffff:
			out = fmt.Appendf(out, `\U%08x`, r)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
	}
	return out, nil
}

func node(v any) *yaml.Node {
	scalar := func(tag, text string) *yaml.Node { return &yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: text} }
	switch v := v.(type) {
	case string:
		n := scalar("!!str", string([]rune(v))) // what is not UTF-8 becomes U+FFFD, as in JSON
		if bytes.ContainsFunc([]byte(n.Value), steers) {
			n.Style = yaml.DoubleQuotedStyle
		}
		return n
	case []any:
		n := &yaml.Node{Kind: yaml.SequenceNode}
		for _, e := range v {
			n.Content = append(n.Content, node(e))
		}
		return n
	case object:
		n := &yaml.Node{Kind: yaml.MappingNode}
		for _, m := range v {
			n.Content = append(n.Content, node(m.key), node(m.value))
		}
		return n
	case int64:
		return scalar("!!int", strconv.FormatInt(v, 10))
	case bool:
		return scalar("!!bool", strconv.FormatBool(v))
	}
	return scalar("!!null", "null")
}
