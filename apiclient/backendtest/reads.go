package backendtest

import (
	"context"
	"testing"

	"gatehouse/apiclient"
)

// rows reads a whole list as records.
func rows[T any, R interface {
	*T
	apiclient.Record
}](ctx context.Context, list func(context.Context, apiclient.Query) (apiclient.Page[T], error), q apiclient.Query) ([]apiclient.Record, error) {
	var out []apiclient.Record
	err := apiclient.All(ctx, list, q, func(p apiclient.Page[T]) error {
		for i := range p.Rows {
			out = append(out, R(&p.Rows[i]))
		}
		return nil
	})
	return out, err
}

// list reads a whole list of a kind.
func list(ctx context.Context, b apiclient.Backend, k apiclient.Kind, q apiclient.Query) ([]apiclient.Record, error) {
	switch k {
	case apiclient.KindAccount:
		return rows(ctx, b.Accounts, q)
	case apiclient.KindUser:
		return rows(ctx, b.Users, q)
	case apiclient.KindToken:
		return rows(ctx, b.Tokens, q)
	case apiclient.KindRole:
		return rows(ctx, b.Roles, q)
	case apiclient.KindGrant:
		return rows(ctx, b.Grants, q)
	case apiclient.KindEvent:
		return rows(ctx, b.Events, q)
	default:
		return rows(ctx, b.Objects, q)
	}
}

var kinds = []apiclient.Kind{
	apiclient.KindAccount, apiclient.KindUser, apiclient.KindToken, apiclient.KindRole,
	apiclient.KindGrant, apiclient.KindEvent, apiclient.KindObject,
}

func readsNeverWrite(t *testing.T, h Harness) {
	s := h.Start(t)
	ctx := within(t)
	var ops []apiclient.Op
	for _, v := range verbs(h, s) {
		ops = append(ops, s.Op(v))
	}
	s.Wire.Forget()
	if _, err := s.Backend.WhoAmI(ctx); err != nil {
		t.Errorf("who am I: %v", err)
	}
	for _, k := range kinds {
		records, err := list(ctx, s.Backend, k, apiclient.Query{})
		support := s.Backend.Info().Lists[k]
		switch {
		case support.OK && err != nil:
			t.Errorf("list %s: %v", k, err)
		case support.OK && len(records) == 0:
			t.Errorf("the system under test has no %s", k)
		case !support.OK && (err == nil || support.Why == ""):
			t.Errorf("a list of %s is neither there nor is it said why not", k)
		}
		for _, r := range records[:min(len(records), 3)] {
			if r.GetRef().IsZero() || r.GetRef().Context != s.Backend.Info().Context {
				t.Errorf("%s has the ref %+v", k, r.GetRef())
			}
			if _, err := s.Backend.Read(ctx, r.GetRef()); err != nil && apiclient.AsFailure("", err).Message == "" {
				t.Errorf("read %s: no words", k)
			}
		}
	}
	for _, op := range ops {
		plan(t, s, op)
		// What reading back finds is not looked at here, only that it reads.
		_, _ = s.Backend.ReadBack(ctx, op)
	}
	if w := s.Wire.Writes(); len(w) > 0 {
		t.Errorf("reading wrote: %v", w)
	}
}

func pagesAreWhole(t *testing.T, h Harness) {
	s := h.Start(t)
	for _, k := range kinds {
		if !s.Backend.Info().Lists[k].OK {
			continue
		}
		whole, err := list(within(t), s.Backend, k, apiclient.Query{})
		if err != nil {
			t.Fatal(err)
		}
		pieces, err := list(within(t), s.Backend, k, apiclient.Query{Size: 2})
		if err != nil {
			t.Fatal(err)
		}
		want, seen := map[apiclient.Ref]bool{}, map[apiclient.Ref]bool{}
		for _, r := range whole {
			want[r.GetRef().Key()] = true
		}
		for _, r := range pieces {
			key := r.GetRef().Key()
			if seen[key] {
				t.Errorf("%s %s came twice", k, key.Path)
			}
			seen[key] = true
			delete(want, key)
		}
		if len(want) > 0 || len(pieces) != len(whole) {
			t.Errorf("%s: %d of %d came in pages of 2, missing are %v", k, len(pieces), len(whole), want)
		}
	}
}

func columnsCanBeAnswered(t *testing.T, h Harness) {
	s := h.Start(t)
	for _, k := range kinds {
		columns := s.Backend.Info().Columns[k]
		if !s.Backend.Info().Lists[k].OK {
			continue
		}
		if len(columns) == 0 {
			t.Errorf("%s has no columns", k)
		}
		records, err := list(within(t), s.Backend, k, apiclient.Query{})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range records[:min(len(records), 20)] {
			if whole, err := s.Backend.Read(within(t), r.GetRef()); err == nil {
				records = append(records, whole)
			}
		}
		for _, c := range columns {
			answered := false
			for _, r := range records {
				v := r.Get(c.Key)
				if !v.None && v.Kind != c.Kind {
					t.Errorf("%s %s: the column is of kind %d, the value of kind %d", k, c.Key, c.Kind, v.Kind)
				}
				// A record may say nothing, but must know the column.
				answered = answered || !v.None || v.Kind == c.Kind
			}
			if !answered {
				t.Errorf("%s: no record answers for column %s", k, c.Key)
			}
			if !c.Detail && c.Min <= 0 {
				t.Errorf("%s: column %s has no width", k, c.Key)
			}
		}
	}
}
