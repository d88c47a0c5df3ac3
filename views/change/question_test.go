package change

import (
	"slices"
	"strings"
	"testing"

	"gatehouse/apiclient"
	"gatehouse/apiclient/secret"
	"gatehouse/tui/confirm"
	"gatehouse/tui/form"
)

func on(kind apiclient.Kind, name string) apiclient.Ref {
	return apiclient.Ref{Context: "prod", Kind: kind, Path: apiclient.NewPath(name), Version: "1"}
}

func step(v apiclient.Verb, name, note string) apiclient.Step {
	return apiclient.Step{Op: apiclient.Op{Verb: v, On: on(apiclient.Spec(v).On, name)}, Title: v.Word() + " " + name, Note: note}
}

func TestQuestion(t *testing.T) {
	plan := apiclient.Plan{
		Context: "prod", System: "https://prod.example", Title: "Delete account acme", Verb: apiclient.AccountDelete,
		Danger: apiclient.Destructive, Word: "acme", Hidden: 2,
		Steps: []apiclient.Step{step(apiclient.AccountDisable, "acme", "reversible"), step(apiclient.AccountDelete, "acme", "for good")},
		Facts: []apiclient.Fact{{Text: "With it go 34 users.", Grave: true}},
	}
	q := Question(apiclient.Spec(apiclient.AccountDelete), plan, apiclient.Info{System: "Gatehouse 1.0"})
	if q.Title != "Delete account acme on prod" || q.Where != "Gatehouse 1.0 · https://prod.example" || q.Verb != "delete" || q.Word != "acme" || q.Hidden != 2 || q.Danger != confirm.Destructive {
		t.Errorf("%+v", q)
	}
	if want := []confirm.Step{{Text: "disable acme", Note: "reversible"}, {Text: "delete acme", Note: "for good"}}; !slices.Equal(q.Steps, want) {
		t.Errorf("steps %v", q.Steps)
	}
	if want := []confirm.Name{{Name: "acme"}}; !slices.Equal(q.Names, want) {
		t.Errorf("names %v: a step that only prepares is no target", q.Names)
	}
	if !strings.Contains(q.Intro, "irreversible") || len(q.Facts) != 1 || !q.Facts[0].Grave {
		t.Errorf("intro %q, facts %v", q.Intro, q.Facts)
	}
}

func TestQuestionOfManyStepsCountsThem(t *testing.T) {
	plan := apiclient.Plan{Verb: apiclient.AccountDelete, Danger: apiclient.Destructive}
	for _, name := range []string{"a", "b", "c", "d"} {
		plan.Steps = append(plan.Steps, step(apiclient.AccountDisable, name, "reversible"), step(apiclient.AccountDelete, name, "for good"))
	}
	q := Question(apiclient.Spec(apiclient.AccountDelete), plan, apiclient.Info{})
	if want := []confirm.Step{{Text: "disable 4", Note: "reversible"}, {Text: "delete 4", Note: "for good"}}; !slices.Equal(q.Steps, want) {
		t.Errorf("steps %v", q.Steps)
	}
	if len(q.Names) != 4 {
		t.Errorf("names %v", q.Names)
	}
	plan.Steps = plan.Steps[:0]
	for _, name := range []string{"a", "b"} {
		plan.Steps = append(plan.Steps, step(apiclient.AccountDelete, name, ""))
	}
	if q := Question(apiclient.Spec(apiclient.AccountDelete), plan, apiclient.Info{}); q.Steps != nil {
		t.Errorf("the names say it all, and there are steps too: %v", q.Steps)
	}
}

func TestWhatIsAskedAbout(t *testing.T) {
	for _, c := range []struct {
		plan apiclient.Plan
		want bool
	}{
		{apiclient.Plan{Danger: apiclient.Harmless}, false},
		{apiclient.Plan{Danger: apiclient.Harmless, Facts: []apiclient.Fact{{Text: "by the way"}}}, false},
		{apiclient.Plan{Danger: apiclient.Harmless, Facts: []apiclient.Fact{{Text: "you will be no admin", Grave: true}}}, true},
		{apiclient.Plan{Danger: apiclient.Reversible}, true},
		{apiclient.Plan{Danger: apiclient.Destructive}, true},
	} {
		if got := asks(c.plan); got != c.want {
			t.Errorf("%v: %v", c.plan, got)
		}
	}
}

func TestFieldsThereAndBack(t *testing.T) {
	declared := []apiclient.Field{
		{Name: "account", Title: "Account", Kind: apiclient.RefField, Of: apiclient.KindAccount, Required: true},
		{Name: "max_age", Title: "Max age", Kind: apiclient.DurationField, Zero: "never expires"},
		{Name: "password", Title: "Password", Kind: apiclient.SecretField, Fresh: true, Twice: true, MinLen: 15},
	}
	fields := FormFields(declared, apiclient.Values{"account": {Text: "acme"}}, nil)
	if fields[0].Value != "acme" || fields[0].Kind != form.Ref || !fields[0].Required || !fields[2].Twice || !strings.Contains(fields[1].Help, "0: never expires") {
		t.Errorf("%+v", fields)
	}
	if err := fields[2].Check(form.Value{Secret: Seal("short")}); err == nil || !strings.Contains(err.Error(), "at least 15") {
		t.Errorf("a short password: %v", err)
	}
	if err := fields[1].Check(form.Value{Text: "soon"}); err == nil {
		t.Error("a wrong duration passes")
	}
	in := Given(Inputs(form.Values{
		"account": {Text: "acme", Key: on(apiclient.KindAccount, "acme")}, "max_age": {}, "password": {Secret: Seal("s")},
	}))
	if in.Has("max_age") || in["account"].Ref.Name() != "acme" || !in.Secret("password").Equal(secret.New("s")) {
		t.Errorf("%v", in)
	}
}

func TestRefusalGoesBesideTheFields(t *testing.T) {
	f := &apiclient.Failure{Message: "not valid", Cause: apiclient.ErrInvalid, Fields: []apiclient.FieldError{{Field: "name", Text: "is taken"}}}
	if r := Refusal(f); r.General != "" || r.Fields["name"] != "is taken" {
		t.Errorf("%+v", r)
	}
	f = &apiclient.Failure{Message: "Too many.", Next: "Wait.", Cause: apiclient.ErrThrottled}
	if r := Refusal(f); r.General != "Too many. Wait." {
		t.Errorf("%+v", r)
	}
}
