package aiventest

import (
	"net/http"
	"slices"
)

// inOrg finds the organization of the path. Whoever is no member sees none;
// what admins may do needs a super admin.
func inOrg(admin bool, route func(*call, *organization)) func(*call) {
	return func(c *call) {
		o := c.org(c.path("org"))
		if o == nil || o.member(c.user.id) == nil {
			c.notFound("Organization")
			return
		}
		if admin && !o.member(c.user.id).super {
			c.fail(http.StatusForbidden, "", "Permission denied")
			return
		}
		route(c, o)
	}
}

func organizationRecord(o *organization) map[string]any {
	return map[string]any{
		"organization_id": o.id, "organization_name": o.name, "account_id": o.root, "tier": o.tier,
		"create_time": whole(o.created), "update_time": micro(o.updated),
	}
}

func (c *call) mine() []*organization {
	var out []*organization
	for _, o := range c.orgs {
		if o.member(c.user.id) != nil {
			out = append(out, o)
		}
	}
	return out
}

func listOrganizations(c *call) {
	out := []any{}
	for _, o := range shuffled(c.Server, c.mine()) {
		out = append(out, organizationRecord(o))
	}
	c.ok(map[string]any{"organizations": out})
}

func getOrganization(c *call, o *organization) { c.ok(organizationRecord(o)) }

func (c *call) accountRecord(a *account) map[string]any {
	o := c.org(a.org)
	m := map[string]any{
		"account_id": a.id, "account_name": a.name, "organization_id": a.org, "root_account_id": o.root, "account_owner_team_id": "at" + a.id,
		"access_source": "organization_membership", "is_account_owner": o.member(c.user.id).super, "is_account_member": true,
		"primary_billing_group_id": nil, "create_time": whole(a.created), "update_time": micro(a.created),
	}
	if a.parent != "" {
		m["parent_account_id"] = a.parent
		m["access_source"] = "descendant_membership"
	}
	return m
}

func listAccounts(c *call) {
	out := []any{}
	for _, a := range shuffled(c.Server, c.accounts) {
		if o := c.org(a.org); o.member(c.user.id) != nil {
			out = append(out, c.accountRecord(a))
		}
	}
	c.ok(map[string]any{"accounts": out})
}

// account finds the account of the path.
func (c *call) account() *account {
	for _, a := range c.accounts {
		if a.id == c.path("id") && c.org(a.org).member(c.user.id) != nil {
			return a
		}
	}
	c.notFound("Account")
	return nil
}

// owned is the account of the path for an admin of it.
func (c *call) owned() *account {
	a := c.account()
	if a != nil && !c.org(a.org).member(c.user.id).super {
		c.fail(http.StatusForbidden, "", "Permission denied")
		return nil
	}
	return a
}

func getAccount(c *call) {
	if a := c.account(); a != nil {
		c.ok(map[string]any{"account": c.accountRecord(a)})
	}
}

func createAccount(c *call) {
	name, ok := c.text("account_name", 83, true)
	if !ok {
		return
	}
	parent, ok := c.text("parent_account_id", 36, false)
	if !ok {
		return
	}
	if parent == "" {
		o := c.newOrganization(name)
		c.join(o, c.user, true)
		a := c.accounts[len(c.accounts)-1]
		a.created, o.created = c.now(), c.now()
		c.ok(map[string]any{"account": c.accountRecord(a)})
		return
	}
	i := slices.IndexFunc(c.accounts, func(a *account) bool { return a.id == parent })
	if i < 0 {
		c.notFound("Account")
		return
	}
	a := &account{id: c.id("a"), name: name, org: c.accounts[i].org, parent: parent, created: c.now()}
	c.accounts = append(c.accounts, a)
	c.ok(map[string]any{"account": c.accountRecord(a)})
}

func renameAccount(c *call) {
	a := c.owned()
	if a == nil {
		return
	}
	name, ok := c.text("account_name", 83, false)
	if !ok {
		return
	}
	a.name = name
	if o := c.org(a.org); o.root == a.id {
		o.name = name
	}
	c.ok(map[string]any{"account": c.accountRecord(a)})
}

func deleteAccount(c *call) {
	a := c.owned()
	if a == nil {
		return
	}
	full := slices.ContainsFunc(c.projects, func(p *project) bool { return p.account == a.id }) ||
		slices.ContainsFunc(c.accounts, func(x *account) bool { return x.parent == a.id })
	if full {
		c.fail(http.StatusConflict, "", "Account is not empty")
		return
	}
	c.accounts = slices.DeleteFunc(c.accounts, func(x *account) bool { return x == a })
	c.orgs = slices.DeleteFunc(c.orgs, func(o *organization) bool { return o.root == a.id })
	c.said("Account deleted")
}

func listEvents(c *call) {
	a := c.owned()
	if a == nil {
		return
	}
	out := []any{}
	for _, e := range c.org(a.org).events {
		out = append(out, map[string]any{
			"log_entry_id": e.number, "create_time": micro(e.at), "actor": e.actor, "actor_user_id": e.actorID,
			"action_type": e.kind, "action_description": e.say, "account_id": a.id, "team_id": "",
		})
	}
	c.ok(map[string]any{"events": out})
}

func listProjects(c *call) {
	out, roles, lists := []any{}, map[string]string{}, map[string][]string{}
	for _, p := range shuffled(c.Server, c.projects) {
		o := c.org(p.org)
		if o == nil || o.member(c.user.id) == nil {
			continue
		}
		roles[p.name], lists[p.name] = "admin", []string{"admin"}
		out = append(out, map[string]any{"project_name": p.name, "account_id": p.account, "account_name": o.name, "organization_id": o.id})
	}
	c.ok(map[string]any{"projects": out, "project_membership": roles, "project_memberships": lists})
}

func listOrganizationProjects(c *call, o *organization) {
	out := []any{}
	for _, p := range shuffled(c.Server, c.projects) {
		if p.org == o.id {
			out = append(out, map[string]any{"project_id": p.name, "parent_id": p.account, "account_id": p.account, "tags": map[string]string{}, "tech_emails": []any{}})
		}
	}
	c.ok(map[string]any{"projects": out, "total_project_count": len(out)})
}
