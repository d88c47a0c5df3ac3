package juju

import (
	"strings"
	"time"

	"gatehouse/apiclient"
)

// Paths: a user is his name. A model is its UUID, by which the controller knows
// it, and owner/name, by which people do. A grant is what it is on and whom it
// is for.

// onController stands in a path where a model has its UUID.
const onController = "controller"

func (b *backend) ref(kind apiclient.Kind, parts ...string) apiclient.Ref {
	return apiclient.Ref{Context: b.target.Context, Kind: kind, Path: apiclient.NewPath(parts...)}
}

func (b *backend) userRef(name string) apiclient.Ref {
	if name == "" {
		return apiclient.Ref{}
	}
	return b.ref(apiclient.KindUser, bare(name))
}

func (b *backend) modelRef(m modelSummary) apiclient.Ref {
	return b.ref(apiclient.KindAccount, m.UUID, m.fullName())
}

// owner is said in two ways: as a tag, or from ModelManager 11 on as a
// qualifier.
func (m modelSummary) owner() string {
	if m.Qualifier != "" {
		return m.Qualifier
	}
	return userOf(m.Owner)
}

func (m modelSummary) fullName() string { return m.owner() + "/" + m.Name }

func (b *backend) model(m modelSummary) apiclient.Account {
	a := apiclient.Account{Ref: b.modelRef(m), Name: m.fullName(), Type: m.Type, State: apiclient.State(m.Status.Status)}
	if m.Life != "" && m.Life != "alive" {
		a.State = apiclient.State(m.Life)
	}
	machines := apiclient.Value{Kind: apiclient.NumberValue, None: true}
	for _, c := range m.Counts {
		if c.Entity == "machines" {
			machines = apiclient.Number(c.Count)
		}
	}
	cloud := strings.TrimPrefix(m.Cloud, "cloud-")
	if m.Region != "" {
		cloud += "/" + m.Region
	}
	a.Extra = apiclient.Extras(
		apiclient.Attr{Key: "access", Value: apiclient.Text(m.Access)},
		apiclient.Attr{Key: "machines", Value: machines},
		apiclient.Attr{Key: "last_seen", Value: at(m.Seen)},
		apiclient.Attr{Key: "cloud", Value: apiclient.Text(cloud)},
		apiclient.Attr{Key: "agent", Value: apiclient.Text(m.Agent)},
		apiclient.Attr{Key: "owner", Value: apiclient.Link(b.userRef(m.owner()))},
		apiclient.Attr{Key: "uuid", Value: apiclient.Text(m.UUID)},
		apiclient.Attr{Key: "controller", Value: apiclient.Bool(m.Controller)},
		apiclient.Attr{Key: "since", Value: at(&m.Status.Since)},
	)
	return a
}

// user makes a record; on is the access to the model whose users are listed.
func (b *backend) user(u userInfo, on *modelUser) apiclient.User {
	r := apiclient.User{
		Ref: b.userRef(u.Name), Name: bare(u.Name), RealName: u.Display, State: apiclient.Enabled,
		Admin: u.Access == superuser, LastSeen: moment(u.Seen), Created: moment(&u.Created),
	}
	if u.Disabled {
		r.State = apiclient.Disabled
	}
	attrs := []apiclient.Attr{
		{Key: "access", Value: apiclient.Text(u.Access)},
		{Key: "created_by", Value: apiclient.Link(b.userRef(u.By))},
		{Key: "external", Value: apiclient.Bool(external(u.Name))},
		{Key: "model_access", Value: apiclient.Value{Kind: apiclient.TextValue, None: true}},
	}
	if on != nil {
		attrs[len(attrs)-1].Value = apiclient.Text(on.Access)
	}
	r.Extra = apiclient.Extras(attrs...)
	return r
}

func (b *backend) controllerGrant(u userInfo) apiclient.Grant {
	return apiclient.Grant{
		Ref: b.ref(apiclient.KindGrant, onController, b.controllerName(), bare(u.Name)), Subject: b.userRef(u.Name), Access: u.Access,
		Object: b.ref(apiclient.KindObject, onController, b.controllerName()), Extra: grantExtra("controller", u.Seen),
	}
}

func (b *backend) modelGrant(m modelSummary, u modelUser) apiclient.Grant {
	return apiclient.Grant{
		Ref: b.ref(apiclient.KindGrant, m.UUID, m.fullName(), bare(u.Name)), Subject: b.userRef(u.Name), Access: u.Access,
		Object: b.modelRef(m), Extra: grantExtra("model", u.Seen),
	}
}

func grantExtra(kind string, seen *time.Time) apiclient.Extra {
	return apiclient.Extras(
		apiclient.Attr{Key: "type", Value: apiclient.Text(kind)},
		apiclient.Attr{Key: "last_seen", Value: at(seen)},
	)
}

// controllerName is what the controller is called here.
func (b *backend) controllerName() string {
	for _, name := range []string{b.target.Options[OptionController], b.target.Context} {
		if name != "" {
			return name
		}
	}
	return onController
}

// moment takes "never": nothing, null, or the year 1, as some releases write it.
func moment(t *time.Time) apiclient.Moment {
	if t == nil {
		return 0
	}
	return apiclient.MomentOf(*t)
}

func at(t *time.Time) apiclient.Value { return apiclient.At(moment(t).Time()) }
