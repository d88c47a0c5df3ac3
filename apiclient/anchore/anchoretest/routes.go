package anchoretest

import (
	"net/http"
	"net/url"
	"strings"
)

// route is one operation. Fixed parts come before parts that are names.
type route struct {
	method  string
	pattern string
	do      func(*call) answer
	open    bool   // asks for no credential
	only    int    // 1 or 2: only in that interface
	since   [2]int // version of the v2 interface
}

func routes() []route {
	var (
		v2     = 2
		keys   = [2]int{2, 1}
		people = [2]int{2, 8}
	)
	return []route{
		{method: "GET", pattern: "", do: ping, open: true},
		{method: "GET", pattern: "health", do: health, open: true},
		{method: "GET", pattern: "version", do: version, open: true},
		{method: "POST", pattern: "oauth/token", do: oauthToken, open: true},

		{method: "GET", pattern: "accounts", do: listAccounts},
		{method: "POST", pattern: "accounts", do: createAccount},
		{method: "GET", pattern: "accounts/users", do: listAllUsers, only: v2, since: people},
		{method: "GET", pattern: "accounts/{a}", do: getAccount},
		{method: "PUT", pattern: "accounts/{a}", do: updateAccount, only: v2},
		{method: "DELETE", pattern: "accounts/{a}", do: deleteAccount},
		{method: "PUT", pattern: "accounts/{a}/state", do: setState},
		{method: "GET", pattern: "accounts/{a}/users", do: listUsers},
		{method: "POST", pattern: "accounts/{a}/users", do: createUser},
		{method: "GET", pattern: "accounts/{a}/users-with-roles", do: listUsersWithRoles, only: v2, since: people},
		{method: "GET", pattern: "accounts/{a}/users/{u}", do: getUser},
		{method: "DELETE", pattern: "accounts/{a}/users/{u}", do: deleteUser},
		{method: "GET", pattern: "accounts/{a}/users/{u}/credentials", do: getCredentials},
		{method: "POST", pattern: "accounts/{a}/users/{u}/credentials", do: setCredential},
		{method: "DELETE", pattern: "accounts/{a}/users/{u}/credentials", do: deleteCredential},

		{method: "GET", pattern: "account", do: ownAccount},
		{method: "GET", pattern: "user", do: ownUser},
		{method: "GET", pattern: "user/credentials", do: getCredentials},
		{method: "POST", pattern: "user/credentials", do: setCredential},

		{method: "GET", pattern: "user/api-keys", do: listKeys, only: v2, since: keys},
		{method: "POST", pattern: "user/api-keys", do: createKey, only: v2, since: keys},
		{method: "GET", pattern: "user/api-keys/{k}", do: getKey, only: v2, since: keys},
		{method: "PATCH", pattern: "user/api-keys/{k}", do: patchKey, only: v2, since: keys},
		{method: "DELETE", pattern: "user/api-keys/{k}", do: deleteKey, only: v2, since: keys},
		{method: "GET", pattern: "accounts/{a}/users/{u}/api-keys", do: listKeys, only: v2, since: keys},
		{method: "POST", pattern: "accounts/{a}/users/{u}/api-keys", do: createKey, only: v2, since: keys},
		{method: "GET", pattern: "accounts/{a}/users/{u}/api-keys/{k}", do: getKey, only: v2, since: keys},
		{method: "PATCH", pattern: "accounts/{a}/users/{u}/api-keys/{k}", do: patchKey, only: v2, since: keys},
		{method: "DELETE", pattern: "accounts/{a}/users/{u}/api-keys/{k}", do: deleteKey, only: v2, since: keys},

		{method: "GET", pattern: "rbac-manager/roles", do: listRoles, only: v2},
		{method: "GET", pattern: "rbac-manager/roles/{r}", do: getRole, only: v2},
		{method: "GET", pattern: "rbac-manager/roles/{r}/members", do: listMembers, only: v2},
		{method: "POST", pattern: "rbac-manager/roles/{r}/members", do: addMember, only: v2},
		{method: "DELETE", pattern: "rbac-manager/roles/{r}/members", do: removeMember, only: v2},
		{method: "GET", pattern: "rbac-manager/users/{u}/roles", do: rolesOfUser, only: v2},
	}
}

// find gives the route of a path, or the status that says why there is none.
func find(method string, segments []string, c *call) (route, map[string]string, int) {
	status := http.StatusNotFound
	for _, r := range routes() {
		if r.only == 1 && c.v2 || r.only == 2 && !c.v2 || c.v2 && older(c.api, r.since) {
			continue
		}
		args, ok := match(r.pattern, segments, c.v2)
		if !ok {
			continue
		}
		if r.method == method {
			return r, args, http.StatusOK
		}
		status = http.StatusMethodNotAllowed
	}
	return route{}, nil, status
}

func older(a, b [2]int) bool { return a[0] < b[0] || a[0] == b[0] && a[1] < b[1] }

func match(pattern string, segments []string, v2 bool) (map[string]string, bool) {
	var parts []string
	if pattern != "" {
		parts = strings.Split(pattern, "/")
	}
	if len(parts) != len(segments) {
		return nil, false
	}
	args := map[string]string{}
	for i, part := range parts {
		text, err := url.PathUnescape(segments[i])
		if err != nil {
			return nil, false
		}
		switch {
		case strings.HasPrefix(part, "{"):
			// v1 unescapes before it looks for the route: a slash in a name
			// leads nowhere.
			if !v2 && strings.Contains(text, "/") {
				return nil, false
			}
			args[strings.Trim(part, "{}")] = text
		case part != text:
			return nil, false
		}
	}
	return args, true
}

func ping(c *call) answer {
	if c.v2 {
		return ok("v2")
	}
	return ok("v1")
}

func health(c *call) answer {
	if c.v2 {
		return answer{status: http.StatusOK}
	}
	return ok("ok")
}

func version(c *call) answer {
	if !c.v2 {
		return ok(map[string]any{
			"api": map[string]any{}, "db": map[string]any{"schema_version": "0.0.16"}, "service": map[string]any{"version": "1.1.0"},
		})
	}
	return ok(map[string]any{
		"api": map[string]any{"version": c.opts.API}, "db": map[string]any{"schema_version": "5210"}, "service": map[string]any{"version": "5.21.0"},
	})
}
