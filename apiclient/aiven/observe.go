package aiven

import (
	"context"
	"errors"
	"slices"

	"gatehouse/apiclient"
)

// people reads everybody in an organization once for a plan.
func (d *draft) people(ctx context.Context, id string) (people, error) {
	if p, ok := d.orgs[id]; ok {
		return p, nil
	}
	o, a, err := get[wireOrganization](ctx, d.b, "read the organization", inOrganization(id), nil)
	if err != nil {
		return people{}, err
	}
	p, err := d.b.people(ctx, o)
	if err != nil {
		return people{}, err
	}
	d.orgs[id], d.Plan.Observed = p, a.At
	return p, nil
}

func (d *draft) onUser(ctx context.Context, op apiclient.Op) error {
	at := userOf(op.On)
	if at.user == d.b.self().ID {
		// One is the same in every organization that one is listed in.
		d.me.User = op.On.Key()
	}
	if at.organization == "" {
		return d.onLoner(ctx, op)
	}
	p, err := d.people(ctx, at.organization)
	switch {
	case errors.Is(err, apiclient.ErrNotFound):
		d.Gone(op)
		return nil
	case err != nil:
		return err
	case isInvitation(op.On):
		d.onInvitation(p, op)
		return nil
	}
	m, ok := p.member(at.user)
	if !ok {
		d.Gone(op)
		return nil
	}
	if err := d.judge(ctx, p, m, op); err != nil {
		return err
	}
	d.add(op)
	return nil
}

// onLoner plans for somebody who is in no organization: that can only be the
// one who is signed in.
func (d *draft) onLoner(ctx context.Context, op apiclient.Op) error {
	if op.Verb != apiclient.UserUpdate && op.Verb != apiclient.UserExpireTokens {
		d.Block(op.On.Name()+" is in no organization: only an organization can do that to its users.", "Take it out of the selection.")
		return nil
	}
	if op.Verb == apiclient.UserExpireTokens {
		if err := d.tellTokens(ctx, d.b.ownHolder(wireOrganization{})); err != nil {
			return err
		}
	}
	d.add(op)
	return nil
}

func (d *draft) onInvitation(p people, op apiclient.Op) {
	name := op.On.Name()
	if op.Verb != apiclient.UserRemove {
		d.Block(name+" has not accepted the invitation yet: there is no user to do that to.", "Remove the invitation, or wait until it is accepted.")
		return
	}
	if !slices.ContainsFunc(p.invitations, func(i wireInvitation) bool { return i.UserEmail == name }) {
		d.Gone(op)
		return
	}
	d.add(op)
}

// judge tells what an op means for a member, and what Aiven does not do.
func (d *draft) judge(ctx context.Context, p people, m wireMember, op apiclient.Op) error {
	i := m.UserInfo
	name := op.On.Name()
	managed := i.ManagingOrganizationID != "" && i.ManagingOrganizationID == p.organization.OrganizationID
	app := i.IsApplicationUser
	leaves := op.Verb == apiclient.UserDeactivate || op.Verb == apiclient.UserDelete || op.Verb == apiclient.UserRemove
	if m.IsSuperAdmin && (leaves || op.Verb == apiclient.UserUpdate && op.With.Has("admin") && !op.With.Bool("admin")) {
		d.takes(p, m)
	}
	switch op.Verb {
	case apiclient.UserUpdate:
		return d.b.checkEdit(op, app)
	case apiclient.UserActivate, apiclient.UserDeactivate:
		wanted := stateFor(op.Verb)
		switch {
		case app:
			d.Block(name+" is an application user: it cannot be activated or deactivated.", "Revoke its tokens, or delete it.")
		case apiclient.State(i.State) == wanted:
			d.Fact(false, "%s is %s already.", name, wanted)
		case !managed:
			d.unmanaged(p, name)
		}
	case apiclient.UserDelete:
		switch {
		case app:
			d.Fact(true, "The tokens of %s die with it.", name)
		case !managed:
			d.Block(name+" is not managed by "+p.organization.OrganizationName+" and cannot be deleted by it.", "Remove him from the organization instead.")
		default:
			d.Fact(true, "%s loses all access to Aiven for good, not only to %s.", name, p.organization.OrganizationName)
		}
	case apiclient.UserRemove:
		switch {
		case app:
			d.Block(name+" is an application user: it belongs to the organization for good.", "Delete it instead.")
		case managed:
			d.Block(name+" is managed by "+p.organization.OrganizationName+" and cannot be removed from it.", "Deactivate or delete him instead.")
		default:
			d.Fact(true, "%s keeps the account and its tokens: they live on, only not for %s.", name, p.organization.OrganizationName)
		}
	case apiclient.UserReset:
		switch {
		case app:
			d.Block(name+" is an application user and has no password.", "Take it out of the selection.")
		case !managed:
			d.unmanaged(p, name)
		}
		d.Fact(false, "Its tokens are not ended by that: expire all tokens ends them.")
	case apiclient.UserExpireTokens:
		return d.tellTokens(ctx, d.b.holder(p.organization, m))
	}
	return nil
}

func (d *draft) unmanaged(p people, name string) {
	d.Fact(true, "%s is not managed by %s: Aiven will probably refuse. Removing him from the organization is possible.", name, p.organization.OrganizationName)
}

func stateFor(v apiclient.Verb) apiclient.State {
	switch v {
	case apiclient.UserActivate:
		return apiclient.Active
	case apiclient.UserDeactivate:
		return apiclient.Deactivated
	}
	return apiclient.Deleted
}

// checkEdit refuses fields that an application user does not have.
func (b *backend) checkEdit(op apiclient.Op, app bool) error {
	if !app {
		return nil
	}
	for name := range op.With {
		if name != "real_name" && name != "admin" {
			return field(b.doing(op), name, "does not exist for an application user")
		}
	}
	return nil
}

// tellTokens counts what an expire-all ends.
func (d *draft) tellTokens(ctx context.Context, h holder) error {
	rows, _, err := d.b.tokensOf(ctx, h)
	switch {
	case isDenied(err):
		d.Fact(true, "How many tokens %s has is not known: they cannot be read. Aiven will refuse to revoke them, too.", h.name)
	case err != nil:
		return err
	case h.owned == "":
		d.Fact(true, "All your %s end, every session and the one in use among them: you have to sign in again.", d.b.info.Word(apiclient.KindToken).Count(len(rows)))
	default:
		d.Fact(false, "%s of %s: Aiven has no call for all of them, so each is revoked by itself.", d.b.info.Word(apiclient.KindToken).Count(len(rows)), h.name)
		if h.owned == ownedByMember {
			d.Fact(true, "Tokens of %s that this organization may not see stay alive: deactivating the user stops those, too.", h.name)
		}
	}
	return nil
}

// takes notes that a super admin goes.
func (d *draft) takes(p people, m wireMember) {
	id := p.organization.OrganizationID
	if d.taken == nil {
		d.taken = map[string]map[apiclient.Ref]bool{}
	}
	if d.taken[id] == nil {
		d.taken[id] = map[apiclient.Ref]bool{}
	}
	d.taken[id][d.b.ref(apiclient.KindUser, userPath(id, m.UserID, ""))] = true
}

// lastAdmins sees to it that every organization keeps a super admin.
func (d *draft) lastAdmins() {
	for id, taken := range d.taken {
		var left []apiclient.Ref
		for _, m := range d.orgs[id].members {
			if m.IsSuperAdmin && apiclient.State(m.UserInfo.State) == apiclient.Active {
				left = append(left, d.b.ref(apiclient.KindUser, userPath(id, m.UserID, "")))
			}
		}
		fact, block := apiclient.GuardLastAdmin(left, true, taken)
		if block.Text != "" {
			d.Block(d.orgs[id].organization.OrganizationName+": "+block.Text, "Make somebody else a super admin first.")
		} else if fact.Text != "" {
			d.Fact(fact.Grave, "%s", fact.Text)
		}
	}
}
