package aiventest

import (
	"net/http"
	"slices"
	"time"
)

// onMember finds the member of the path.
func onMember(admin bool, route func(*call, *organization, *member)) func(*call) {
	return inOrg(admin, func(c *call, o *organization) {
		m := o.member(c.path("id"))
		if m == nil {
			c.fail(http.StatusNotFound, "organization_user_not_found", "Organization user not found")
			return
		}
		route(c, o, m)
	})
}

// onApp finds the application user of the path.
func onApp(route func(*call, *organization, *member)) func(*call) {
	return onMember(true, func(c *call, o *organization, m *member) {
		if !m.user.app {
			c.fail(http.StatusBadRequest, "user_not_application_user", "User is not an application user")
			return
		}
		route(c, o, m)
	})
}

func memberRecord(m *member) map[string]any {
	u := m.user
	info := map[string]any{
		"user_email": u.email, "real_name": u.name, "state": u.state, "create_time": whole(u.created),
		"is_application_user": u.app, "managed_by_scim": u.scim, "city": null(u.city), "country": null(u.country),
		"department": null(u.department), "job_title": null(u.job),
	}
	if u.managing != "" {
		info["managing_organization_id"] = u.managing
	}
	return map[string]any{
		"user_id": u.id, "is_super_admin": m.super, "join_time": whole(m.joined), "last_activity_time": micro(u.seen), "user_info": info,
	}
}

func listMembers(c *call, o *organization) {
	withApps := c.r.URL.Query().Get("include_application_users") != "false"
	out := []any{}
	for _, m := range shuffled(c.Server, o.members) {
		if withApps || !m.user.app {
			out = append(out, memberRecord(m))
		}
	}
	c.ok(map[string]any{"users": out})
}

func getMember(c *call, _ *organization, m *member) { c.ok(memberRecord(m)) }

func editMember(c *call, o *organization, m *member) {
	u := m.user
	_, admin := c.body["is_super_admin"]
	state, ok := c.text("state", 20, false)
	if !ok {
		return
	}
	personal := len(c.body) > boolInt(admin)
	switch {
	case personal && u.scim:
		c.fail(http.StatusForbidden, "action_forbidden_for_scim_users", "User is managed through SCIM")
		return
	case personal && u.managing != o.id:
		c.fail(http.StatusForbidden, "action_forbidden_on_unmanaged_users", "User is not managed by the organization")
		return
	case admin && !c.boolean("is_super_admin") && m.super && supers(o) == 1:
		c.fail(http.StatusBadRequest, "organization_must_have_one_super_admin", "Organization must have one super admin")
		return
	case state != "" && !slices.Contains([]string{"active", "deactivated", "deleted"}, state):
		c.fail(http.StatusBadRequest, "invalid_request", "Invalid state "+state)
		return
	}
	if !c.profile(u) {
		return
	}
	if admin {
		m.super = c.boolean("is_super_admin")
	}
	if state != "" && !c.stuck[u.email] {
		u.state = state
		c.tell(o, c.user, "user_state", u.email+" is "+state)
	}
	c.ok(memberRecord(m))
	if u.state == "deleted" {
		o.members = slices.DeleteFunc(o.members, func(x *member) bool { return x == m })
		u.tokens = nil
	}
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

func supers(o *organization) int {
	n := 0
	for _, m := range o.members {
		n += boolInt(m.super && m.user.state == "active")
	}
	return n
}

func removeMember(c *call, o *organization, m *member) {
	switch {
	case m.user.managing == o.id || m.user.app:
		c.fail(http.StatusBadRequest, "cannot_remove_managed_users_from_organization", "Cannot remove managed users from organization")
	case m.super && supers(o) == 1:
		c.fail(http.StatusBadRequest, "organization_must_have_one_super_admin", "Organization must have one super admin")
	default:
		o.members = slices.DeleteFunc(o.members, func(x *member) bool { return x == m })
		c.tell(o, c.user, "user_remove", "Removed "+m.user.email)
		c.nothing()
	}
}

func resetPassword(c *call, o *organization, m *member) {
	if m.user.managing != o.id {
		c.fail(http.StatusForbidden, "user_not_managed_by_organization", "User is not managed by the organization")
		return
	}
	m.user.password = "reset-by-mail"
	c.nothing()
}

func listInvitations(c *call, o *organization) {
	out := []any{}
	for _, i := range shuffled(c.Server, o.invitations) {
		out = append(out, map[string]any{"user_email": i.email, "invited_by": i.by, "create_time": micro(i.created), "expiry_time": whole(i.expires)})
	}
	c.ok(map[string]any{"invitations": out})
}

// invite invites, or sends an invitation that is there again.
func invite(c *call, o *organization) {
	email, ok := c.text("user_email", 254, true)
	if !ok {
		return
	}
	if slices.ContainsFunc(o.members, func(m *member) bool { return m.user.email == email }) {
		c.fail(http.StatusConflict, "user_already_in_organization", "User "+email+" is already in the organization")
		return
	}
	o.invitations = slices.DeleteFunc(o.invitations, func(i *invitation) bool { return i.email == email })
	o.invitations = append(o.invitations, &invitation{email: email, by: c.user.email, created: c.now(), expires: c.now().Add(14 * 24 * time.Hour)})
	c.tell(o, c.user, "user_invite", "Invited "+email)
	c.nothing()
}

func withdraw(c *call, o *organization) {
	before := len(o.invitations)
	o.invitations = slices.DeleteFunc(o.invitations, func(i *invitation) bool { return i.email == c.path("email") })
	if len(o.invitations) == before {
		c.notFound("Invitation")
		return
	}
	c.nothing()
}

func appRecord(m *member) map[string]any {
	u := m.user
	return map[string]any{"user_id": u.id, "name": u.name, "user_email": u.email, "is_super_admin": m.super, "create_time": micro(u.created)}
}

func listApps(c *call, o *organization) {
	out := []any{}
	for _, m := range shuffled(c.Server, o.members) {
		if m.user.app {
			out = append(out, appRecord(m))
		}
	}
	c.ok(map[string]any{"application_users": out})
}

func createApp(c *call, o *organization) {
	name, ok := c.text("name", 256, true)
	if !ok {
		return
	}
	u := c.newUser("", name, "")
	c.beApp(u)
	u.created, u.validFrom = c.now(), c.now()
	m := c.join(o, u, c.boolean("is_super_admin"))
	m.joined = c.now()
	c.tell(o, c.user, "application_user_create", "Created "+name)
	c.ok(appRecord(m))
}

func getApp(c *call, _ *organization, m *member) { c.ok(appRecord(m)) }

func editApp(c *call, _ *organization, m *member) {
	name, ok := c.text("name", 256, true)
	if !ok {
		return
	}
	m.user.name = name
	if _, given := c.body["is_super_admin"]; given {
		m.super = c.boolean("is_super_admin")
	}
	c.ok(appRecord(m))
}

func deleteApp(c *call, o *organization, m *member) {
	m.user.tokens = nil
	o.members = slices.DeleteFunc(o.members, func(x *member) bool { return x == m })
	c.users = slices.DeleteFunc(c.users, func(u *user) bool { return u == m.user })
	c.nothing()
}
