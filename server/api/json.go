package api

import (
	"encoding/json"
	"errors"

	"github.com/danielgtaylor/huma/v2"
)

var (
	errJSON  = errors.New("the body is not valid JSON, or a value in it has another type than expected")
	errDepth = errors.New("the body is nested more than 32 levels deep")
)

// jsonFormat reads bodies without repeating any of them in an error.
var jsonFormat = huma.Format{
	Marshal: huma.DefaultJSONFormat.Marshal,
	Unmarshal: func(data []byte, v any) error {
		if tooDeep(data) {
			return errDepth
		}
		if json.Unmarshal(data, v) != nil {
			return errJSON
		}
		return nil
	},
}

// tooDeep looks at brackets outside of strings only, so it is done before
// anything is built.
func tooDeep(data []byte) bool {
	depth, quoted := 0, false
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			if depth++; depth > maxDepth {
				return true
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return false
}
