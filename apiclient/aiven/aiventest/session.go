package aiventest

import (
	"net"
	"net/http"
	"strings"
)

// open are the routes that need no credential.
func (s *Server) open() map[string]func(*call) {
	return map[string]func(*call){
		"POST /v1/userauth":               signIn,
		"POST /v1/userauth/login_options": loginOptions,
		"POST /v1/user":                   register,
	}
}

// closed are the routes that need one.
func (s *Server) closed() map[string]func(*call) {
	const org = "/v1/organization/{org}"
	return map[string]func(*call){
		"GET /v1/me":                func(c *call) { c.ok(map[string]any{"user": c.myself()}) },
		"PATCH /v1/me":              editMyself,
		"POST /v1/me/logout":        logout,
		"POST /v1/me/expire_tokens": expireTokens,
		"PUT /v1/me/password":       changePassword,

		"GET /v1/access_token":             listOwnTokens,
		"POST /v1/access_token":            createOwnToken,
		"PUT /v1/access_token/{prefix}":    describeOwnToken,
		"DELETE /v1/access_token/{prefix}": revokeOwnToken,

		"GET /v1/organizations":       listOrganizations,
		"GET /v1/account":             listAccounts,
		"POST /v1/account":            createAccount,
		"GET /v1/account/{id}":        getAccount,
		"PUT /v1/account/{id}":        renameAccount,
		"DELETE /v1/account/{id}":     deleteAccount,
		"GET /v1/account/{id}/events": listEvents,
		"GET /v1/project":             listProjects,

		"GET " + org:                                                       inOrg(false, getOrganization),
		"GET " + org + "/projects":                                         inOrg(false, listOrganizationProjects),
		"GET " + org + "/user":                                             inOrg(false, listMembers),
		"GET " + org + "/user/{id}":                                        onMember(false, getMember),
		"PATCH " + org + "/user/{id}":                                      onMember(true, editMember),
		"DELETE " + org + "/user/{id}":                                     onMember(true, removeMember),
		"POST " + org + "/user/{id}/reset_password":                        onMember(true, resetPassword),
		"GET " + org + "/user/{id}/access-tokens":                          onMember(true, listMemberTokens),
		"DELETE " + org + "/user/{id}/access-token/{prefix}":               onMember(true, revokeMemberToken),
		"GET " + org + "/invitation":                                       inOrg(true, listInvitations),
		"POST " + org + "/invitation":                                      inOrg(true, invite),
		"DELETE " + org + "/invitation/{email}":                            inOrg(true, withdraw),
		"GET " + org + "/application-users":                                inOrg(true, listApps),
		"POST " + org + "/application-users":                               inOrg(true, createApp),
		"GET " + org + "/application-users/{id}":                           onApp(getApp),
		"PATCH " + org + "/application-users/{id}":                         onApp(editApp),
		"DELETE " + org + "/application-users/{id}":                        onApp(deleteApp),
		"GET " + org + "/application-users/{id}/access-tokens":             onApp(listAppTokens),
		"POST " + org + "/application-users/{id}/access-tokens":            onApp(createAppToken),
		"DELETE " + org + "/application-users/{id}/access-tokens/{prefix}": onApp(revokeAppToken),
	}
}

// signedIn finds out who calls, and notes the use of his token.
func (c *call) signedIn() bool {
	scheme, text, _ := strings.Cut(c.r.Header.Get("Authorization"), " ")
	if scheme != "aivenv1" && scheme != "Bearer" || text == "" {
		c.fail(http.StatusUnauthorized, "", "Missing or invalid authorization header")
		return false
	}
	for _, u := range c.users {
		for _, t := range c.live(u) {
			if t.full == text {
				c.user, c.with = u, t
			}
		}
	}
	if c.user == nil {
		c.fail(http.StatusUnauthorized, "", "Missing (expired) db token")
		return false
	}
	if c.user.state != "active" {
		c.fail(http.StatusForbidden, "user_deactivated", "User account has been deactivated")
		return false
	}
	now := c.now()
	c.with.lastUsed, c.with.agent, c.user.seen = now, c.r.UserAgent(), now
	c.with.ip, _, _ = net.SplitHostPort(c.r.RemoteAddr)
	if c.with.extend && c.with.maxAge > 0 {
		c.with.expires = now.Add(seconds(c.with.maxAge))
	}
	return true
}

func signIn(c *call) {
	email, ok := c.text("email", 254, true)
	password, ok2 := "", false
	if ok {
		password, ok2 = c.text("password", 256, true)
	}
	if !ok2 {
		return
	}
	otp, ok := c.text("otp", 6, false)
	if !ok {
		return
	}
	u := c.byEmail(email)
	switch {
	case u == nil || u.password == "" || u.app || u.password != password || otp != "" && otp != u.otp:
		// Not 401: bad credentials are forbidden here. The words repeat what was
		// typed, as errors of the API do now and then.
		c.fail(http.StatusForbidden, "authentication_failed", "Authentication failed for "+email+" with "+password)
	case u.state != "active":
		c.fail(http.StatusForbidden, "user_deactivated", "User account has been deactivated")
	case u.otp != "" && otp == "":
		c.fail(http.StatusNotExtended, "", "One-time password required")
	default:
		c.ok(c.session(u))
	}
}

func (c *call) session(u *user) map[string]any {
	t := c.mint(u, "", false, 36000, true)
	return map[string]any{"token": t.full, "state": u.state, "user_email": u.email}
}

func loginOptions(c *call) {
	email, ok := c.text("email", 254, true)
	if !ok {
		return
	}
	switch u := c.byEmail(email); {
	case u == nil:
		c.ok(map[string]any{"action": "signup"})
	case u.password == "":
		c.ok(map[string]any{"action": "saml", "name": "Example IdP", "method": "GET", "redirect_url": "https://idp.example.com/", "None": []any{}})
	default:
		c.ok(map[string]any{"action": "password"})
	}
}

// register makes an account of its own and answers with a session of it.
func register(c *call) {
	email, ok := c.text("email", 254, true)
	if !ok {
		return
	}
	name, ok := c.text("real_name", 256, true)
	if !ok {
		return
	}
	password, ok := c.text("password", 256, false)
	if !ok {
		return
	}
	if c.byEmail(email) != nil {
		c.fail(http.StatusConflict, "", "User "+email+" already exists")
		return
	}
	u := c.newUser(email, name, password)
	u.created, u.validFrom = c.now(), c.now()
	c.ok(c.session(u))
}

func (c *call) myself() map[string]any {
	u := c.user
	roles, lists, names := map[string]string{}, map[string][]string{}, []string{}
	for _, p := range c.projects {
		if o := c.org(p.org); o != nil && o.member(u.id) != nil {
			roles[p.name], lists[p.name], names = "admin", []string{"admin"}, append(names, p.name)
		}
	}
	me := map[string]any{
		"user": u.email, "user_id": u.id, "real_name": u.name, "state": u.state, "auth": []string{"password"}, "tenant": "aiven",
		"token_validity_begin": micro(u.validFrom), "create_time": whole(u.created), "features": map[string]any{}, "invitations": []any{},
		"projects": names, "project_membership": roles, "project_memberships": lists, "managed_by_scim": u.scim,
		"city": u.city, "country": u.country, "department": u.department, "job_title": u.job,
	}
	if u.managing != "" {
		me["managing_organization_id"] = u.managing
	}
	return me
}

func editMyself(c *call) {
	if _, ok := c.text("real_name", 256, true); !ok {
		return
	}
	if !c.profile(c.user) {
		return
	}
	c.ok(map[string]any{"user": c.myself()})
}

// profile sets the fields of a person that are given.
func (c *call) profile(u *user) bool {
	for name, at := range map[string]*string{"real_name": &u.name, "city": &u.city, "country": &u.country, "department": &u.department, "job_title": &u.job} {
		if _, given := c.body[name]; !given {
			continue
		}
		s, ok := c.text(name, 512, false)
		if !ok {
			return false
		}
		*at = s
	}
	return true
}

func logout(c *call) {
	c.user.drop(c.with.prefix)
	c.said("Logged out")
}

func expireTokens(c *call) {
	c.expire(c.user)
	c.said("All tokens expired")
}

func changePassword(c *call) {
	old, ok := c.text("password", 256, true)
	if !ok {
		return
	}
	password, ok := c.text("new_password", 256, true)
	switch {
	case !ok:
	case old != c.user.password:
		c.fail(http.StatusForbidden, "authentication_failed", "Invalid password "+old)
	case len(password) < 8:
		c.fail(http.StatusBadRequest, "", "Password "+password+" is too weak")
	default:
		c.expire(c.user)
		c.user.password = password
		c.ok(map[string]any{"token": c.session(c.user)["token"], "message": "Password changed"})
	}
}
