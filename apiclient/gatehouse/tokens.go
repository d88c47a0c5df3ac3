package gatehouse

import (
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"

	"gatehouse/apiclient"
	"gatehouse/apiclient/gatehouse/wire"
)

// readTokens reads a page row by row, so that no more than one row is there
// twice. What differs from row to row (handle and description) is cut from one
// text that the rows of the page share; what repeats is interned.
func (b *backend) readTokens(body io.Reader) (apiclient.Page[apiclient.Token], error) {
	page := apiclient.Page[apiclient.Token]{Total: -1}
	var texts strings.Builder
	var ends []int // of handle and description, by turns
	dec := json.NewDecoder(body)
	err := object(dec, func(key string) error {
		switch key {
		case "total":
			return dec.Decode(&page.Total)
		case "next_page_token":
			return dec.Decode(&page.Next)
		case "items":
			return array(dec, func() error {
				var w wire.Token
				if err := dec.Decode(&w); err != nil {
					return err
				}
				page.Rows = append(page.Rows, b.token(&w))
				texts.WriteString(w.Prefix)
				ends = append(ends, texts.Len())
				texts.WriteString(w.Description)
				ends = append(ends, texts.Len())
				return nil
			})
		}
		var skipped json.RawMessage
		return dec.Decode(&skipped)
	})
	if err != nil {
		return apiclient.Page[apiclient.Token]{Total: -1}, err
	}
	page.Rows = slices.Clip(slices.Clone(page.Rows))
	cut(page.Rows, strings.Clone(texts.String()), ends)
	return page, nil
}

// cut gives each row its pieces of the shared text.
func cut(rows []apiclient.Token, text string, ends []int) {
	from := 0
	for i := range rows {
		handle, description := ends[2*i], ends[2*i+1]
		rows[i].Handle = text[from:handle]
		rows[i].Ref.Path = path(rows[i].Handle)
		rows[i].Description = text[handle:description]
		from = description
	}
}

var errShape = errors.New("not the shape of a list")

// object reads the keys of an object; value has to read what follows a key.
func object(dec *json.Decoder, value func(key string) error) error {
	if err := delim(dec, '{'); err != nil {
		return err
	}
	for dec.More() {
		t, err := dec.Token()
		if err != nil {
			return err
		}
		key, ok := t.(string)
		if !ok {
			return errShape
		}
		if err := value(key); err != nil {
			return err
		}
	}
	return delim(dec, '}')
}

// array reads the items of an array; item has to read one. Null is empty.
func array(dec *json.Decoder, item func() error) error {
	t, err := dec.Token()
	if err != nil || t == nil {
		return err
	}
	if t != json.Delim('[') {
		return errShape
	}
	for dec.More() {
		if err := item(); err != nil {
			return err
		}
	}
	return delim(dec, ']')
}

func delim(dec *json.Decoder, want json.Delim) error {
	t, err := dec.Token()
	if err != nil {
		return err
	}
	if t != want {
		return errShape
	}
	return nil
}
