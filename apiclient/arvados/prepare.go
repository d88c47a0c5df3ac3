package arvados

import (
	"context"
	"errors"
	"slices"
	"strings"

	"gatehouse/apiclient"
)

// Prepare implements apiclient.Backend.
func (b *backend) Prepare(ctx context.Context, ops []apiclient.Op) (apiclient.Plan, error) {
	base, err := apiclient.NewDraft(Driver(), b.info, ops, b.doing)
	if err != nil {
		return apiclient.Plan{}, err
	}
	me, own, err := session(ctx, b.rest, "make a plan")
	if err != nil {
		return apiclient.Plan{}, err
	}
	d := &draft{Draft: base, b: b}
	d.Plan.Observed = b.now()
	for _, op := range ops {
		if err := d.expand(ctx, op); err != nil {
			return apiclient.Plan{}, err
		}
	}
	return d.Finish(b.identity(me, own), func(map[apiclient.Ref]bool) ([]apiclient.Ref, bool) { return b.admins(ctx) }), nil
}

// draft is a plan in the making.
type draft struct {
	*apiclient.Draft
	b    *backend
	told []string // facts about the verb, which are told once
}

// once tells a fact that holds for all targets.
func (d *draft) once(grave bool, text string) {
	if !slices.Contains(d.told, text) {
		d.told = append(d.told, text)
		d.Fact(grave, "%s", text)
	}
}

// expand adds the steps of one op.
func (d *draft) expand(ctx context.Context, op apiclient.Op) error {
	switch op.Verb {
	case apiclient.UserCreate:
		return d.newUser(ctx, op)
	case apiclient.UserUpdate, apiclient.UserSetup, apiclient.UserActivate, apiclient.UserDeactivate, apiclient.UserUnsetup,
		apiclient.UserDelete, apiclient.UserShowTokens, apiclient.UserExpireTokens, apiclient.UserReassign:
		return d.onUser(ctx, op)
	case apiclient.AccountUpdate, apiclient.AccountDelete:
		return d.onGroup(ctx, op)
	case apiclient.TokenCreate, apiclient.TokenUpdate, apiclient.TokenRevoke:
		return d.onToken(ctx, op)
	case apiclient.TokenRevokePasted:
		return d.onToken(ctx, d.b.aimed(op))
	case apiclient.GrantAdd:
		return d.newGrant(ctx, op)
	case apiclient.GrantUpdate, apiclient.GrantRemove:
		return d.onGrant(ctx, op)
	}
	d.Step(op)
	return nil
}

// read reads the target of an op as it is now; ok is false where it is gone.
func read[W any](ctx context.Context, d *draft, op apiclient.Op, path string) (w W, ok bool, err error) {
	id, err := d.b.resolve(ctx, op.On.Kind, op.On, "")
	if err == nil {
		w, err = get[W](ctx, d.b, "read "+d.b.what(op.On), path, id.uuid)
	}
	if errors.Is(err, apiclient.ErrNotFound) {
		d.Gone(op)
		return w, false, nil
	}
	return w, err == nil, err
}

func (d *draft) onGroup(ctx context.Context, op apiclient.Op) error {
	g, ok, err := read[group](ctx, d, op, pathGroups)
	if !ok {
		return err
	}
	op.On = d.b.group(g).Ref
	if op.Verb == apiclient.AccountDelete {
		members, err := d.b.count(ctx, pathLinks, filter{"link_class", "=", "permission"}, filter{"head_uuid", "=", g.UUID})
		if err != nil {
			return err
		}
		d.Fact(members > 0, "With %s go %s on it.", g.label(), plural(members, "permission"))
		if suffix := g.UUID[12:]; strings.Trim(suffix, "0") == "" || strings.Trim(suffix, "f") == "" || suffix == "anonymouspublic" {
			d.Block(g.label()+" belongs to the cluster itself.", "Take it out of the selection.")
		}
	}
	d.Step(op)
	return nil
}

func (d *draft) onToken(ctx context.Context, op apiclient.Op) error {
	if list := op.With.List("scopes"); len(list) > 0 {
		if _, err := parseScopes(list); err != nil {
			return wrongField(d.b.doing(op), "scopes", err.Error())
		}
	}
	if op.Verb == apiclient.TokenCreate {
		if op.With.Text("user") != "" {
			id, err := d.b.chosen(ctx, op, "user", apiclient.KindUser)
			if err != nil {
				return err
			}
			if id.uuid != d.b.me.UUID {
				d.once(false, "Whoever has the token acts as "+id.label+".")
			}
		}
		d.Step(op)
		return nil
	}
	if op.Verb == apiclient.TokenRevoke {
		d.once(false, "Parts of the cluster may go on believing in it for up to a minute.")
	}
	if !op.Secret.IsZero() {
		return d.pasted(op)
	}
	id := uuidOf(op.On)
	if id == "" {
		return &apiclient.Failure{Tried: d.b.doing(op), Message: "this is no uuid of a token", Cause: apiclient.ErrInvalid, Next: paste}
	}
	owner := d.b.ownerOf(op.On, id)
	if owner != d.b.me.UUID && !d.b.isRoot() {
		op.On = d.b.ref(apiclient.KindToken, owner, id)
		d.once(false, "It is somebody else's: a token is made for its owner, used for this, and deleted again.")
		d.Step(op)
		return nil
	}
	if _, err := get[token](ctx, d.b, d.b.doing(op), pathTokens, id); errors.Is(err, apiclient.ErrNotFound) {
		d.Block("Token "+id+" is gone, or it is not yours: the cluster shows tokens only to their owner.", "Paste the token itself, or look at the tokens of its owner first.")
	} else if err != nil {
		return err
	}
	d.Step(op)
	return nil
}

func (d *draft) pasted(op apiclient.Op) error {
	p, ok := parse(op.Secret)
	if why := d.b.foreign(p, ok); why != "" {
		return &apiclient.Failure{Tried: d.b.doing(op), Message: why, Cause: apiclient.ErrInvalid}
	}
	// Only one's own token can be read again before the plan runs.
	op.On = apiclient.Ref{}
	if p.uuid == d.b.token.UUID {
		op.On = d.b.ref(apiclient.KindToken, p.uuid, "")
	}
	d.once(false, "The token is deleted with itself: it is sent to "+d.b.rest.Origin()+" and nowhere else.")
	d.Step(op)
	return nil
}

func (d *draft) newGrant(ctx context.Context, op apiclient.Op) error {
	w, err := d.b.wished(ctx, op)
	if err != nil {
		return err
	}
	if w.access == canLogin {
		if err := d.tellLogin(ctx, w); err != nil {
			return err
		}
	}
	d.Step(op)
	return nil
}

// tellLogin warns of what a login would not do, and of others who use its name.
func (d *draft) tellLogin(ctx context.Context, w wish) error {
	for _, g := range w.login.Groups {
		if slices.Contains(d.b.cluster.Users.SyncIgnoredGroups, g) {
			d.Fact(true, "The machine ignores the group %s: the cluster's configuration says so.", g)
		}
	}
	others, err := d.b.count(ctx, pathLinks, filter{"link_class", "=", "permission"}, filter{"name", "=", canLogin},
		filter{"head_uuid", "=", w.head.uuid}, filter{"tail_uuid", "!=", w.tail.uuid}, filter{"properties.username", "=", w.login.Login})
	if err != nil {
		return err
	}
	if others > 0 {
		d.Fact(true, "Somebody else logs in to %s as %s too: they would share the account.", w.head.label, w.login.Login)
	}
	return nil
}

func (d *draft) onGrant(ctx context.Context, op apiclient.Op) error {
	l, ok, err := read[link](ctx, d, op, pathLinks)
	if !ok {
		return err
	}
	names, err := d.b.ends(ctx, []link{l})
	if err != nil {
		return err
	}
	op.On = d.b.grant(l, names).Ref
	if op.Verb == apiclient.GrantUpdate {
		if _, err := d.b.changed(op, l); err != nil {
			return err
		}
	}
	if l.Name == canLogin {
		d.once(false, "Other logins of the same user, machine and name go with it.")
	}
	if l.Head == d.b.allUsers() && op.Verb == apiclient.GrantRemove {
		d.Fact(true, "%s leaves All users and is not set up any more.", names[l.Tail].label)
	}
	d.Step(op)
	return nil
}

// admins lists who of the admins can sign in.
func (b *backend) admins(ctx context.Context) (admins []apiclient.Ref, known bool) {
	r := query{path: pathUsers, columns: userColumns(), order: "uuid", limit: b.size(0), filters: []filter{
		{"is_admin", "=", true}, {"is_active", "=", true}, {"uuid", "!=", b.cluster.ClusterID + "-tpzed-000000000000000"},
	}}
	for {
		p, _, err := fetch[user](ctx, b.rest, "list admins", r)
		if err != nil || p.Available == nil {
			return nil, false
		}
		for _, u := range p.Items {
			admins = append(admins, b.ref(apiclient.KindUser, u.UUID, u.label()))
		}
		if r.offset += len(p.Items); len(p.Items) == 0 || r.offset >= *p.Available {
			return admins, true
		}
	}
}
