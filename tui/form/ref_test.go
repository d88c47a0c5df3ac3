package form

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"gatehouse/tui/frametest"
)

func refForm(t *testing.T, lookup func(context.Context, string) ([]Suggestion, error)) *stand {
	t.Helper()
	return set(t, []Field{{Name: "account", Title: "Account", Kind: Ref, Lookup: lookup}, {Name: "b", Title: "B"}}, succeed)
}

func accounts(context.Context, string) ([]Suggestion, error) {
	return []Suggestion{{"acme", "34 users", 1}, {"acme-test", "", 2}, {"beta", "", 3}}, nil
}

func TestASuggestionIsTakenWithItsKey(t *testing.T) {
	s := refForm(t, accounts)
	s.Type("at")
	s.Settle()
	s.Press("down")
	if !strings.Contains(s.screen(), "acme-test") || strings.Contains(s.screen(), "34 users") {
		t.Fatalf("not narrowed:\n%s", s.screen())
	}
	s.Press("enter")
	if v := s.form.Values()["account"]; v.Text != "acme-test" || v.Key != 2 {
		t.Errorf("taken is %+v", v)
	}
	s.Type("x")
	if v := s.form.Values()["account"]; v.Text != "acme-testx" || v.Key != nil {
		t.Errorf("after an edit it is %+v", v)
	}
}

func TestANameThatWasNotSuggestedIsTakenAsTyped(t *testing.T) {
	s := refForm(t, accounts)
	s.Type("nowhere")
	s.Settle()
	s.Press("enter", "ctrl+s")
	if len(s.sent) != 1 || s.sent[0]["account"].Text != "nowhere" || s.sent[0]["account"].Key != nil {
		t.Errorf("sent %+v", s.sent)
	}
}

func TestEscapeClosesTheSuggestionsFirst(t *testing.T) {
	s := refForm(t, accounts)
	s.Type("a")
	s.Settle()
	s.Press("esc")
	if s.Closed || s.form.state == asking || strings.Contains(s.screen(), "acme-test") {
		t.Errorf("esc did more, or less:\n%s", s.screen())
	}
}

func TestAFailedLookupSaysSoAndLeavesTheFieldUsable(t *testing.T) {
	s := refForm(t, func(context.Context, string) ([]Suggestion, error) {
		return nil, errors.New("no answer\x1b[2J")
	})
	s.Type("ac")
	s.Settle()
	if !strings.Contains(s.screen(), "no suggestions: no answer␛[2J") {
		t.Errorf("the screen is\n%s", s.screen())
	}
	s.Press("ctrl+s")
	if len(s.sent) != 1 || s.sent[0]["account"].Text != "ac" {
		t.Errorf("sent %+v", s.sent)
	}
}

func TestOnlyTheNewestLookupCounts(t *testing.T) {
	s := refForm(t, func(_ context.Context, typed string) ([]Suggestion, error) {
		return []Suggestion{{"a-" + typed, "", nil}}, nil
	})
	s.Type("a")
	first := s.Cmds
	s.Cmds = nil
	s.Type("b")
	s.Settle()
	s.Cmds = first
	s.Settle()
	if !strings.Contains(s.screen(), "a-ab") {
		t.Errorf("the screen is\n%s", s.screen())
	}
}

func TestClosingEndsTheLookup(t *testing.T) {
	var seen context.Context
	s := refForm(t, func(ctx context.Context, _ string) ([]Suggestion, error) {
		seen = ctx
		return nil, nil
	})
	s.form.Close()
	frametest.Run(s.form.fields[0].widget.(*ref).ask())
	if seen == nil || seen.Err() == nil {
		t.Error("a lookup runs on after the form has closed")
	}
}

func TestRowsAreAddedFilledAndRemoved(t *testing.T) {
	s := set(t, []Field{{Name: "g", Title: "Grants", Kind: Rows, Columns: []Field{
		{Name: "place", Title: "Place", Required: true, Check: func(v Value) error {
			if v.Text == "bad" {
				return errors.New("is bad")
			}
			return nil
		}},
		{Name: "level", Title: "Level", Kind: Choice, Choices: []string{"read", "write"}, Value: "read"},
	}, Rows: [][]string{{"one", "write"}}}}, succeed)
	s.Press("ctrl+n")
	s.Type("bad")
	s.Press("ctrl+n", "right", "right")
	if s.Press("ctrl+s"); len(s.sent) > 0 || !strings.Contains(s.screen(), "row 2, Place: is bad") {
		t.Errorf("sent, or said nothing:\n%s", s.screen())
	}
	s.Press("down", "ctrl+x")
	s.Type("three")
	s.Press("ctrl+s")
	if len(s.sent) != 1 {
		t.Fatalf("not sent:\n%s", s.screen())
	}
	if got := fmt.Sprint(s.sent[0]["g"].Rows); got != "[[one write] [three read]]" {
		t.Errorf("the rows are %s", got)
	}
}

func TestChoicesByLetterAndArrow(t *testing.T) {
	s := set(t, fields()[4:7], succeed)
	s.Press("y", "tab", "i", "i", "tab", " ", "down", " ")
	v := s.form.Values()
	if v["admin"].Text != "yes" || v["state"].Text != "invited" || strings.Join(v["groups"].List, " ") != "ops" {
		t.Errorf("the values are %+v", v)
	}
}
