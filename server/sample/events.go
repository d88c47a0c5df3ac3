package sample

import (
	"slices"
	"time"

	"gatehouse/apiclient/gatehouse/wire"
)

// pastEvents is how much of the past the audit log tells.
const pastEvents = 400

// events makes a log that agrees with the data: what it says was made is there.
func (m *maker) events() {
	d := &m.data
	for _, a := range tail(d.Accounts, pastEvents/8) {
		m.event(a.Created, Event{Verb: "account.create", Kind: "account", Target: a.Name, Account: a.Name})
		if a.Disabled {
			m.event(m.after(a.Created, m.now), Event{Verb: "account.disable", Kind: "account", Target: a.Name, Account: a.Name})
		}
	}
	for _, u := range tail(d.Users, pastEvents/4) {
		e := Event{Kind: "user", Target: u.Name, Account: u.Account, User: u.Name}
		e.Verb = "user.create"
		m.event(u.Created, e)
		if u.State == wire.UserInactive {
			e.Verb = "user.disable"
			m.event(m.after(u.Created, m.now), e)
		}
		if m.chance(5) {
			e.Verb, e.Refused = "user.disable", wire.CodeLastAdmin
			m.event(m.after(u.Created, m.now), e)
		}
	}
	slices.SortStableFunc(d.Events, func(a, b Event) int { return a.At.Compare(b.At) })
	d.Events = tail(d.Events, pastEvents)
}

func (m *maker) event(at time.Time, e Event) {
	e.At, e.Actor = at, wire.AdminName
	e.Address, e.Agent = m.address(), "gatehouse/1.0"
	m.data.Events = append(m.data.Events, e)
}

func tail[T any](s []T, n int) []T { return s[max(0, len(s)-n):] }
