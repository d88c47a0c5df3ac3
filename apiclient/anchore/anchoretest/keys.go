package anchoretest

import (
	"net/http"
	"time"
)

func (k *apiKey) status(now time.Time) string {
	switch {
	case k.revoked:
		return "revoked"
	case !now.Before(k.expires):
		return "expired"
	}
	return "active"
}

func (k *apiKey) json(now time.Time) map[string]any {
	return map[string]any{
		"created_at": stamp(k.created), "description": k.description, "expires_at": stamp(k.expires),
		"name": k.name, "status": k.status(now), "updated_at": stamp(k.updated), "version": "1",
	}
}

func listKeys(c *call) answer {
	u, no := c.user("listApiKeys")
	if no != nil {
		return *no
	}
	items := []any{}
	for _, k := range shuffled(c.Server, u.keys, func(*apiKey) bool { return true }) {
		items = append(items, k.json(c.now()))
	}
	return ok(map[string]any{"items": items})
}

func createKey(c *call) answer {
	body, bad := c.object()
	if bad != nil {
		return *bad
	}
	name, _, bad := text(body, "name", true, nil)
	if bad != nil {
		return *bad
	}
	until, _, bad := text(body, "expires_at", true, zulu)
	if bad != nil {
		return *bad
	}
	about, _, bad := text(body, "description", false, nil)
	if bad != nil {
		return *bad
	}
	u, no := c.user("createApiKey")
	if no != nil {
		return *no
	}
	expires, err := time.Parse(time.RFC3339, until)
	switch {
	case err != nil:
		return invalid("'%s' is not a 'date-time' - 'expires_at'", until)
	case !expires.After(c.now()):
		return refuse(http.StatusBadRequest, "The expiration of an API key must be in the future")
	case u.keys[name] != nil:
		return refuse(http.StatusBadRequest, "API key already exists")
	}
	k := &apiKey{name: name, description: about, value: randomText(), expires: expires, created: c.now(), updated: c.now()}
	u.keys[name] = k
	out := k.json(c.now())
	out["value"] = k.value
	return answer{status: http.StatusCreated, body: out}
}

func (c *call) key(action string) (*user, *apiKey, *answer) {
	u, no := c.user(action)
	if no != nil {
		return nil, nil, no
	}
	if k := u.keys[c.args["k"]]; k != nil {
		return u, k, nil
	}
	a := refuse(http.StatusNotFound, "API key not found")
	return nil, nil, &a
}

func getKey(c *call) answer {
	_, k, no := c.key("getApiKey")
	if no != nil {
		return *no
	}
	return ok(k.json(c.now()))
}

func patchKey(c *call) answer {
	body, bad := c.object()
	if bad != nil {
		return *bad
	}
	if len(body) == 0 {
		return invalid("{} does not have enough properties")
	}
	for key, value := range body {
		switch {
		case key == "status" && value != "revoked":
			return invalid("'%v' is not one of ['revoked'] - 'status'", value)
		case key != "status" && key != "name" && key != "description":
			return invalid("Additional properties are not allowed ('%s' was unexpected)", key)
		}
	}
	u, k, no := c.key("updateApiKey")
	if no != nil {
		return *no
	}
	if name, ok := body["name"].(string); ok && name != k.name {
		if u.keys[name] != nil {
			return refuse(http.StatusBadRequest, "API key already exists")
		}
		delete(u.keys, k.name)
		k.name = name
		u.keys[name] = k
	}
	if about, ok := body["description"].(string); ok {
		k.description = about
	}
	_, revoke := body["status"]
	k.revoked, k.updated = k.revoked || revoke, c.now()
	return ok(k.json(c.now()))
}

func deleteKey(c *call) answer {
	u, k, no := c.key("deleteApiKey")
	if no != nil {
		return *no
	}
	delete(u.keys, k.name)
	return noContent()
}
