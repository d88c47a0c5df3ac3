package arvados

import (
	"context"

	"gatehouse/apiclient"
	"gatehouse/apiclient/rest"
)

// projectFor names the project that takes what an owner leaves behind.
func projectFor(op apiclient.Op) string {
	return or(op.With.Text("project"), "Data of "+op.On.Name())
}

// reassign makes a project of the new owner and merges the old account into
// it: the data goes into the project, the shares to the new owner.
func (b *backend) reassign(ctx context.Context, op apiclient.Op, id string) apiclient.Outcome {
	to, err := b.chosen(ctx, op, "to", apiclient.KindUser)
	if err == nil && to.uuid == id {
		err = wrongField(b.doing(op), "to", "is the old owner")
	}
	if err != nil {
		return b.unsent(op, err)
	}
	var project group
	_, err = b.rest.Do(ctx, rest.Request{Tried: b.doing(op), Method: "POST", Path: pathGroups, Into: &project, Body: form(map[string]any{
		"group":              map[string]any{"group_class": classProject, "name": projectFor(op), "owner_uuid": to.uuid},
		"ensure_unique_name": true,
	})})
	if err != nil {
		return apiclient.Fail(b.doing(op), err)
	}
	place := b.ref(apiclient.KindObject, project.UUID, project.label())
	items := []apiclient.Item{{Ref: place, End: apiclient.Done, Words: "project " + project.Name + " was made"}}
	fields := map[string]any{"old_user_uuid": id, "new_user_uuid": to.uuid, "new_owner_uuid": project.UUID}
	if op.With.Bool("redirect") {
		fields["redirect_to_new_user"] = true
	}
	a, err := b.rest.Do(ctx, rest.Request{Tried: b.doing(op), Method: "POST", Path: pathUsers + "/merge", Body: form(fields), Decode: its(id)})
	if err != nil {
		o := b.partly(op, items, err)
		o.Made = []apiclient.Ref{place}
		return o
	}
	b.forget(id, "")
	o := apiclient.Did("what " + op.On.Name() + " owned is in project " + project.Name + " of " + to.label)
	o.Items = append(items, apiclient.Item{Ref: op.On, End: apiclient.Done, Words: "merged into " + to.label})
	o.Made, o.RequestID, o.At = []apiclient.Ref{place}, a.RequestID, a.At
	return o
}

// leftBehind counts what a user owns.
func (b *backend) leftBehind(ctx context.Context, id string) (int, error) {
	projects, err := b.count(ctx, pathGroups, filter{"owner_uuid", "=", id})
	if err != nil {
		return 0, err
	}
	data, err := b.count(ctx, pathData, filter{"owner_uuid", "=", id})
	return projects + data, err
}
