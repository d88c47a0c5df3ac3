package apiclient

import (
	"context"
	"errors"
)

// ErrEnough is what a reader of pages returns when it needs no more.
var ErrEnough = errors.New("enough was read")

// emptyPages is how many pages without a row may come in a row: more is a
// server that leads round in circles.
const emptyPages = 20

// All walks through a list page by page. A page that leads back to one that
// was there already is an error, and so is a list that goes on without rows.
func All[T any](ctx context.Context, list func(context.Context, Query) (Page[T], error), q Query, each func(Page[T]) error) error {
	seen := map[string]bool{q.Page: true}
	for empty := 0; ; {
		page, err := list(ctx, q)
		if err != nil {
			return err
		}
		if err := each(page); err != nil {
			if errors.Is(err, ErrEnough) {
				return nil
			}
			return err
		}
		if page.Next == "" {
			return nil
		}
		if len(page.Rows) > 0 {
			empty = 0
		} else {
			empty++
		}
		if seen[page.Next] || empty >= emptyPages {
			return &Failure{
				Tried: "read a list to its end", End: Refused, Cause: ErrBroken,
				Message: "the server leads round in a circle: the same page came again",
			}
		}
		seen[page.Next] = true
		q.Page = page.Next
	}
}
