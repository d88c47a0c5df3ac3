package ais

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"gatehouse/apiclient"
)

// Prepare implements apiclient.Backend.
func (b *backend) Prepare(ctx context.Context, ops []apiclient.Op) (apiclient.Plan, error) {
	base, err := apiclient.NewDraft(Driver(), b.info, ops, b.doing)
	if err != nil {
		return apiclient.Plan{}, err
	}
	d := &draft{Draft: base, b: b}
	for _, op := range ops {
		if err := b.check(op); err != nil {
			return apiclient.Plan{}, err
		}
	}
	if err := d.observe(ctx, apiclient.Spec(ops[0].Verb).On); err != nil {
		return apiclient.Plan{}, err
	}
	for _, op := range ops {
		if err := d.expand(op); err != nil {
			return apiclient.Plan{}, err
		}
	}
	return d.Finish(b.identity(), func(map[apiclient.Ref]bool) ([]apiclient.Ref, bool) { return d.admins(), true }), nil
}

// draft is a plan in the making, with what was read for it.
type draft struct {
	*apiclient.Draft
	b        *backend
	users    map[string]user
	roles    map[string]role
	clusters map[string]cluster
	issuer   string // of this server's tokens; "": not known
}

// observe reads what plans about records of a kind need to know.
func (d *draft) observe(ctx context.Context, kind apiclient.Kind) error {
	const tried = "make a plan"
	var at time.Time
	var err error
	if kind == apiclient.KindSession {
		a, err := d.b.alive(ctx, tried)
		d.Plan.Observed = a.At
		return err
	}
	if d.clusters, at, err = d.b.readClusters(ctx, tried); err != nil {
		return err
	}
	d.Plan.Observed = at
	if kind == apiclient.KindToken {
		d.issuer = d.b.issuer(ctx)
		return nil
	}
	all, _, err := d.b.readRoles(ctx, tried)
	if err != nil {
		return err
	}
	d.roles = make(map[string]role, len(all))
	for _, r := range all {
		d.roles[r.Name] = r
	}
	if kind == apiclient.KindAccount {
		return nil
	}
	d.users, _, err = d.b.readUsers(ctx, tried)
	return err
}

func (d *draft) admins() []apiclient.Ref {
	var out []apiclient.Ref
	for _, u := range d.users {
		if u.admin() {
			out = append(out, d.b.ref(apiclient.KindUser, u.ID, ""))
		}
	}
	return out
}

// expand adds the steps of one op.
func (d *draft) expand(op apiclient.Op) error {
	switch op.Verb {
	case apiclient.AccountCreate:
		return d.register(op)
	case apiclient.AccountUpdate, apiclient.AccountDelete:
		return d.onCluster(op)
	case apiclient.UserCreate:
		return d.createUser(op)
	case apiclient.UserUpdate, apiclient.UserDelete, apiclient.UserSetPassword:
		return d.onUser(op)
	case apiclient.RoleCreate:
		return d.createRole(op)
	case apiclient.RoleUpdate, apiclient.RoleDelete:
		d.onRole(op)
	case apiclient.TokenRevoke, apiclient.TokenRevokePasted:
		return d.revoke(op)
	case apiclient.SessionSignOut:
		d.Fact(false, "The token %s of %s is revoked.", d.b.handle, d.b.claims.Subject)
		d.Step(op)
	default:
		d.Step(op)
	}
	return nil
}

// once tells a fact that holds for several steps, but is to be read once.
func (d *draft) once(grave bool, text string) {
	f := apiclient.Fact{Text: text, Grave: grave}
	if !slices.Contains(d.Plan.Facts, f) {
		d.Plan.Facts = append(d.Plan.Facts, f)
	}
}

func (d *draft) invalid(op apiclient.Op, field, format string, args ...any) error {
	text := fmt.Sprintf(format, args...)
	return &apiclient.Failure{
		Tried: d.b.doing(op), Message: field + ": " + text, Cause: apiclient.ErrInvalid,
		Fields: []apiclient.FieldError{{Field: field, Text: text}},
	}
}

// clusterRoles are the roles that the server makes for a new cluster, if their
// names are free.
func clusterRoles(suffix string) []string {
	return []string{"ClusterOwner-" + suffix, "BucketOwner-" + suffix, "Guest-" + suffix}
}

func (d *draft) register(op apiclient.Op) error {
	id, alias := op.With.Text("name"), op.With.Text("alias")
	if err := d.aliasFree(op, id, alias); err != nil {
		return err
	}
	for _, c := range d.clusters {
		if c.ID == id || c.Alias == id {
			return d.invalid(op, "name", "is registered already")
		}
	}
	if len(op.With.List("urls")) == 0 {
		d.Fact(true, "Without an address nothing is checked, and AuthN cannot tell the cluster which tokens are revoked.")
	} else {
		d.Fact(false, "AuthN calls the addresses now: where one does not answer, this can take more than a minute.")
	}
	suffix := alias
	if suffix == "" {
		suffix = id
	}
	var fresh, old []string
	for _, name := range clusterRoles(suffix) {
		if _, there := d.roles[name]; there {
			old = append(old, name)
		} else {
			fresh = append(fresh, name)
		}
	}
	if len(fresh) > 0 {
		d.Fact(false, "AuthN makes the roles %s.", strings.Join(fresh, ", "))
	}
	if len(old) > 0 {
		d.Fact(true, "There are roles %s already: they stay as they are, and may be for another cluster.", strings.Join(old, ", "))
	}
	d.Step(op)
	return nil
}

func (d *draft) aliasFree(op apiclient.Op, id, alias string) error {
	for _, c := range d.clusters {
		if alias != "" && c.ID != id && (c.Alias == alias || c.ID == alias) {
			return d.invalid(op, "alias", "is used by cluster %s", c.ID)
		}
	}
	return nil
}

func (d *draft) onCluster(op apiclient.Op) error {
	c, ok := d.clusters[op.On.Name()]
	if !ok {
		d.Gone(op)
		return nil
	}
	op.On = d.b.ref(apiclient.KindAccount, c.ID, version(c))
	if op.Verb == apiclient.AccountUpdate {
		if err := d.aliasFree(op, c.ID, op.With.Text("alias")); err != nil {
			return err
		}
		if op.With.Has("alias") && c.Alias != op.With.Text("alias") {
			d.Fact(false, "Roles that were made for the old alias keep their names.")
		}
		if len(c.URLs)+len(op.With.List("urls")) > 0 {
			d.Fact(false, "AuthN calls the addresses now: where one does not answer, this can take more than a minute.")
		}
		d.Step(op)
		return nil
	}
	var left []string
	for _, r := range d.roles {
		if r.names(c) {
			left = append(left, r.Name)
		}
	}
	slices.Sort(left)
	if len(left) > 0 {
		d.Fact(true, "Roles for %s stay: %s. A cluster that is registered under this name later meets them.", c.ID, some(left))
	}
	d.once(true, "Tokens for the cluster go on working there until they expire: it hears of no more revocations.")
	d.Step(op)
	return nil
}

const (
	tokensStay   = "Tokens made before keep what they allow until they expire: AuthN cannot list them, and revokes only those that you have in full."
	nameComesBut = "If somebody makes a user of the same name again, the old tokens work for the new user."
)

func (d *draft) createUser(op apiclient.Op) error {
	id := op.With.Text("name")
	if _, there := d.users[id]; there {
		return d.invalid(op, "name", "is taken")
	}
	if err := d.rolesKnown(op); err != nil {
		return err
	}
	if slices.ContainsFunc(op.With.List("roles"), func(r string) bool { return d.roles[r].Admin }) {
		d.Fact(true, "%s will administer AuthN and every cluster.", id)
	}
	if len(op.With.List("roles")) == 0 {
		d.Fact(false, "Without a role %s may do nothing.", id)
	}
	d.Fact(false, "If there was a user of this name before, tokens of his that have not expired work for the new one.")
	d.Step(op)
	return nil
}

// rolesKnown refuses unknown roles: the server would drop them and say nothing.
func (d *draft) rolesKnown(op apiclient.Op) error {
	for _, name := range op.With.List("roles") {
		if _, ok := d.roles[name]; !ok {
			return d.invalid(op, "roles", "there is no role %s", name)
		}
	}
	return nil
}

func (d *draft) onUser(op apiclient.Op) error {
	u, ok := d.users[op.On.Name()]
	if !ok {
		d.Gone(op)
		return nil
	}
	op.On = d.b.ref(apiclient.KindUser, u.ID, version(u.roleNames()))
	switch op.Verb {
	case apiclient.UserSetPassword:
		d.once(true, "A new password ends no session: "+strings.ToLower(tokensStay[:1])+tokensStay[1:])
	case apiclient.UserDelete:
		if u.ID == superuser {
			d.Block("The user "+superuser+" is built in and cannot be deleted.", "Take it out of the selection.")
		}
		if u.admin() {
			d.Takes(op.On)
		}
		d.once(true, tokensStay)
		d.once(true, nameComesBut)
	case apiclient.UserUpdate:
		return d.changeRoles(op, u)
	}
	d.Step(op)
	return nil
}

func (d *draft) changeRoles(op apiclient.Op, u user) error {
	if err := d.rolesKnown(op); err != nil {
		return err
	}
	if u.ID == superuser {
		d.Block("The roles of "+superuser+" are built in and cannot be changed.", "Make another user with the roles that are wanted.")
	}
	want := slices.Sorted(slices.Values(op.With.List("roles")))
	if slices.Equal(want, u.roleNames()) {
		d.Fact(false, "%s has these roles already.", u.ID)
	}
	becomes := slices.ContainsFunc(want, func(r string) bool { return d.roles[r].Admin })
	switch {
	case u.admin() && !becomes:
		d.Takes(op.On)
		d.Fact(true, "%s will be no admin any more, once his tokens have expired: until then they do all that they did.", u.ID)
	case !u.admin() && becomes:
		d.Fact(true, "%s will administer AuthN and every cluster.", u.ID)
	}
	if len(want) == 0 {
		d.Fact(false, "Without a role %s may do nothing.", u.ID)
	}
	d.once(true, tokensStay)
	d.Step(op)
	return nil
}

func (d *draft) createRole(op apiclient.Op) error {
	if _, there := d.roles[op.With.Text("name")]; there {
		return d.invalid(op, "name", "is taken")
	}
	if len(op.With["clusters"].Rows)+len(op.With["buckets"].Rows) == 0 {
		d.Fact(true, "Without permissions the role gives nothing.")
	}
	d.unknownClusters(op)
	d.Step(op)
	return nil
}

// unknownClusters warns of what the server stores without a look.
func (d *draft) unknownClusters(op apiclient.Op) {
	known := map[string]bool{"": true}
	for _, c := range d.clusters {
		known[c.ID], known[c.Alias] = true, true
	}
	for field, at := range map[string]int{"clusters": 0, "buckets": 1} {
		for _, row := range op.With[field].Rows {
			if id := cell(row, at); !known[id] {
				d.once(true, "There is no cluster "+id+": AuthN takes the name as it is and does not check it.")
			}
		}
	}
}

func (d *draft) onRole(op apiclient.Op) {
	r, ok := d.roles[op.On.Name()]
	if !ok {
		d.Gone(op)
		return
	}
	op.On = d.b.ref(apiclient.KindRole, r.Name, version(r.plain()))
	if r.Admin {
		d.Block("The role "+r.Name+" is built in: it can be neither changed nor deleted.", "Take it out of the selection.")
	}
	var holders []string
	for _, u := range d.users {
		if u.has(r.Name) {
			holders = append(holders, u.ID)
		}
	}
	slices.Sort(holders)
	if len(holders) > 0 {
		has := "have"
		if len(holders) == 1 {
			has = "has"
		}
		d.Fact(op.Verb == apiclient.RoleDelete, "%s %s %s: %s.", d.b.info.Word(apiclient.KindUser).Count(len(holders)), has, r.Name, some(holders))
	}
	d.unknownClusters(op)
	d.once(true, tokensStay)
	d.Step(op)
}

// some names the first few.
func some(names []string) string {
	const few = 8
	if len(names) <= few {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:few], ", "), len(names)-few)
}
