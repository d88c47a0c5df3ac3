package jujutest

import (
	"encoding/json"
	"net"
	"strconv"
	"time"
)

type described struct {
	Name      string `json:"name"`
	UUID      string `json:"uuid"`
	Type      string `json:"type"`
	Owner     string `json:"owner-tag,omitempty"`
	Qualifier string `json:"qualifier,omitempty"`
}

type userModel struct {
	Model described  `json:"model"`
	Seen  *time.Time `json:"last-connection"`
}

type entityCount struct {
	Entity string `json:"entity"`
	Count  int    `json:"count"`
}

type summary struct {
	described
	Controller string `json:"controller-uuid"`
	IsIt       bool   `json:"is-controller"`
	Cloud      string `json:"cloud-tag"`
	Region     string `json:"cloud-region"`
	Life       string `json:"life"`
	Status     struct {
		Status string    `json:"status"`
		Info   string    `json:"info"`
		Since  time.Time `json:"since"`
	} `json:"status"`
	Access string        `json:"user-access"`
	Seen   *time.Time    `json:"last-connection"`
	Counts []entityCount `json:"counts"`
	Agent  string        `json:"agent-version"`
}

func (c *caller) describe(m *model) described {
	d := described{Name: m.name, UUID: m.uuid, Type: "iaas"}
	if c.version >= 11 {
		d.Qualifier = m.owner
	} else {
		d.Owner = "user-" + m.owner
	}
	return d
}

func (c *caller) seen(m *model, name string) *time.Time {
	if t, ok := m.seen[c.state.key(name)]; ok {
		return &t
	}
	return nil
}

// visible are the models that somebody has access to; a superuser sees all.
func (c *caller) visible(name string, all bool) ([]*model, *Error) {
	if !c.superuser() && (!c.self(name) || all) {
		return nil, errPermission
	}
	var out []*model
	for _, m := range c.state.models {
		if m.access[c.state.key(name)] != "" || all || c.superuser() && c.self(name) {
			out = append(out, m)
		}
	}
	return out, nil
}

func listModels(c *caller, params json.RawMessage) (any, *Error) {
	p, bad := read[entity](params)
	if bad != nil {
		return nil, bad
	}
	name, bad := userTag(p.Tag)
	if bad != nil {
		return nil, bad
	}
	return c.modelsOf(name, false)
}

func allModels(c *caller, _ json.RawMessage) (any, *Error) { return c.modelsOf(c.me.name, true) }

func (c *caller) modelsOf(name string, all bool) (any, *Error) {
	models, refused := c.visible(name, all)
	if refused != nil {
		return nil, refused
	}
	var out []userModel // null when there is none
	for _, m := range models {
		out = append(out, userModel{Model: c.describe(m), Seen: c.seen(m, name)})
	}
	return map[string]any{"user-models": out}, nil
}

func listModelSummaries(c *caller, params json.RawMessage) (any, *Error) {
	p, bad := read[struct {
		User string `json:"user-tag"`
		All  bool   `json:"all"`
	}](params)
	if bad != nil {
		return nil, bad
	}
	name, bad := userTag(p.User)
	if bad != nil {
		return nil, bad
	}
	models, refused := c.visible(name, p.All)
	if refused != nil {
		return nil, refused
	}
	out := results[result]{Results: []result{}}
	for _, m := range models {
		s := summary{
			described: c.describe(m), Controller: c.state.uuid, IsIt: m.controller, Cloud: "cloud-lxd", Region: "default", Life: "alive",
			Access: m.access[c.state.key(name)], Seen: c.seen(m, name), Agent: c.state.release.text,
			Counts: []entityCount{{"machines", m.machines}},
		}
		s.Status.Status, s.Status.Since = "available", m.created.UTC()
		out.Results = append(out.Results, result{Result: s})
	}
	return out, nil
}

func controllerVersion(c *caller, _ json.RawMessage) (any, *Error) {
	return map[string]string{"version": c.state.release.text, "git-commit": ""}, nil
}

func controllerConfig(c *caller, _ json.RawMessage) (any, *Error) {
	_, port, _ := net.SplitHostPort(c.server.Address)
	n, _ := strconv.Atoi(port)
	return map[string]any{"config": map[string]any{"controller-name": c.server.Name, "api-port": n, "ca-cert": c.server.CA}}, nil
}
