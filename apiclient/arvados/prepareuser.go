package arvados

import (
	"context"
	"fmt"
	"strings"

	"gatehouse/apiclient"
)

// newUser looks for what the cluster would not refuse, but change or regret.
func (d *draft) newUser(ctx context.Context, op apiclient.Op) error {
	name, email := op.With.Text("user_name"), op.With.Text("email")
	if name != "" {
		n, err := d.b.count(ctx, pathUsers, filter{"username", "=", name})
		if err != nil {
			return err
		}
		if n > 0 {
			return wrongField(d.b.doing(op), "user_name", "is taken: the cluster would put a number behind it without a word")
		}
	}
	n, err := d.b.count(ctx, pathUsers, filter{"email", "=", email})
	if err != nil {
		return err
	}
	if n > 0 {
		return wrongField(d.b.doing(op), "email", "belongs to a user already: with two of them nobody could sign in with it")
	}
	d.Step(op)
	return nil
}

func (d *draft) onUser(ctx context.Context, op apiclient.Op) error {
	u, ok, err := read[user](ctx, d, op, pathUsers)
	if !ok {
		return err
	}
	op.On = d.b.user(u).Ref
	if strings.HasSuffix(u.UUID, "-000000000000000") && op.Verb != apiclient.UserUpdate && op.Verb != apiclient.UserShowTokens {
		d.Block("root belongs to the cluster itself.", "Take it out of the selection.")
	}
	switch op.Verb {
	case apiclient.UserUpdate:
		if op.With.Has("admin") && !op.With.Bool("admin") {
			d.Takes(op.On)
		}
		if op.With.Bool("admin") && !u.Active {
			d.Block(u.label()+" is not active: only active users can be admins.", "Activate the user first.")
		}
	case apiclient.UserSetup:
		return d.setUp(ctx, op, u)
	case apiclient.UserActivate:
		d.already(u.Active, u.label(), "active")
		d.once(false, "User agreements are not checked. To have them checked, set the user up with \"Activate\".")
	case apiclient.UserDeactivate:
		d.already(!u.Active, u.label(), "inactive")
		d.once(true, "Tokens go on working for what anybody may read: delete all tokens, or unset up instead.")
		if u.Admin {
			d.Fact(true, "%s will be no admin any more.", u.label())
		}
		d.Takes(op.On)
	case apiclient.UserUnsetup:
		if err := d.takes(ctx, u); err != nil {
			return err
		}
		d.Takes(op.On)
	case apiclient.UserDelete:
		return d.remove(ctx, op, u)
	case apiclient.UserExpireTokens:
		d.once(false, "How many there are is not known before: the cluster shows tokens only to their owner.")
		d.once(false, "Parts of the cluster may go on believing in them for up to a minute.")
	case apiclient.UserReassign:
		return d.reassign(ctx, op, u)
	}
	d.Step(op)
	return nil
}

func (d *draft) already(is bool, name, state string) {
	if is {
		d.Fact(false, "%s is %s already.", name, state)
	}
}

func (d *draft) setUp(ctx context.Context, op apiclient.Op, u user) error {
	if op.With.Text("vm") != "" {
		vm, err := d.b.chosen(ctx, op, "vm", apiclient.KindObject)
		if err == nil && !hasInfix(vm.uuid, infixMachine) {
			err = wrongField(d.b.doing(op), "vm", "is no virtual machine")
		}
		if err != nil {
			return err
		}
		if u.Username == "" {
			d.Block(u.label()+" has no user name, and so would get no login.", "Give the user a name first.")
		}
		d.Fact(false, "The login is %s, without Unix groups: change the permission to add some.", u.Username)
	}
	if !u.Active && !op.With.Bool("activate") {
		d.Fact(false, "This does not activate %s.", u.label())
	}
	d.Step(op)
	return nil
}

// takes counts what goes with the set-up of a user.
func (d *draft) takes(ctx context.Context, u user) error {
	shares, err := d.b.count(ctx, pathLinks, filter{"link_class", "=", "permission"}, filter{"tail_uuid", "=", u.UUID})
	if err != nil {
		return err
	}
	keys, err := d.b.count(ctx, pathKeys, filter{"authorized_user_uuid", "=", u.UUID})
	if err != nil {
		return err
	}
	d.Fact(true, "With it %s loses %s, %s and all tokens, however many. The data stays.", u.label(), plural(shares, "permission"), plural(keys, "SSH key"))
	return nil
}

func (d *draft) remove(ctx context.Context, op apiclient.Op, u user) error {
	n, err := d.b.leftBehind(ctx, u.UUID)
	if err != nil {
		return err
	}
	if n > 0 {
		d.Block(u.label()+" owns "+owned(n)+": the cluster refuses to delete such a user.", "Reassign what it owns first.")
	}
	d.once(false, "The tokens stay behind without an owner, and are refused.")
	d.Takes(op.On)
	d.Step(op)
	return nil
}

// owned is how much somebody owns.
func owned(n int) string {
	if n == 1 {
		return "1 project or collection"
	}
	return fmt.Sprintf("%d projects and collections", n)
}

// reassign is a merge, after which the old account is unset up: what it has
// left would let somebody in who is not meant to be there any more.
func (d *draft) reassign(ctx context.Context, op apiclient.Op, u user) error {
	to, err := d.b.chosen(ctx, op, "to", apiclient.KindUser)
	if err == nil && to.uuid == u.UUID {
		err = wrongField(d.b.doing(op), "to", "is the old owner")
	}
	if err != nil {
		return err
	}
	n, err := d.b.leftBehind(ctx, u.UUID)
	if err != nil {
		return err
	}
	d.Fact(false, "What %s owns, %s, goes into project %q of %s.", u.label(), owned(n), projectFor(op), to.label)
	if u.UUID == d.b.me.UUID {
		d.Block(u.label()+" is you: with your data your tokens would go.", "Let another admin do it.")
	}
	redirect := op.With.Bool("redirect")
	if redirect {
		d.Fact(true, "%s vanishes; its tokens and SSH keys act as %s from then on.", u.label(), to.label)
	} else {
		d.Fact(true, "Tokens and SSH keys of %s are deleted, the shares go to %s.", u.label(), to.label)
	}
	d.Takes(op.On)
	first := d.Step(op)
	if unset := op.With.Text("unset_up"); !redirect && unset != "no" {
		d.Step(apiclient.Op{Verb: apiclient.UserUnsetup, On: op.On}, first)
	} else if !redirect {
		d.Fact(true, "%s stays active.", u.label())
	}
	return nil
}
