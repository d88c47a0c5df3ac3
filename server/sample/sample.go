// Package sample makes up accounts, users, tokens and a past for trying the
// console out. The same seed and clock give the same data, apart from the
// secrets, which nobody gets to know.
package sample

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"gatehouse/apiclient/gatehouse/wire"
	"gatehouse/server/directory"
)

// Reader is a user who is always there, is active and no admin, if there are
// at least two users.
const Reader = "sam.reader"

// Size is how much of each there shall be. Accounts and Users count those with
// which the server starts, too.
type Size struct{ Accounts, Users, Tokens int }

// Check tells what is wrong with a size.
func (s Size) Check() error {
	switch {
	case s.Accounts < 1 || s.Users < 1 || s.Tokens < 0:
		return fmt.Errorf("%d accounts, %d users, %d tokens: there is at least 1 account with 1 user, and none of the numbers is negative", s.Accounts, s.Users, s.Tokens)
	case s.Accounts == 1 && s.Users > 1:
		return fmt.Errorf("%d users in 1 account: ask for at least 2 accounts, since the one is that of the admin", s.Users)
	}
	return nil
}

// Make makes data up, oldest first. What the server has from its first start
// (the account and the user admin) is not in it, but counted. All users that
// are active have the one password.
func Make(size Size, seed uint64, now time.Time, password wire.Secret) directory.Fill {
	m := &maker{
		random: rand.New(rand.NewPCG(seed, 0x6761746568)),
		now:    now.UTC().Truncate(time.Second),
		taken:  map[string]int{wire.AdminName: 1, Reader: 1},
		secret: password,
		data:   directory.Fill{By: wire.AdminName},
	}
	m.accounts(size.Accounts - 1)
	m.users(size.Users - 1)
	m.tokens(size.Tokens)
	m.sort()
	return m.data
}

// sort puts everything in the order in which it was made.
func (m *maker) sort() {
	slices.SortStableFunc(m.data.Accounts, func(a, b directory.FillAccount) int { return a.Created.Compare(b.Created) })
	slices.SortStableFunc(m.data.Users, func(a, b directory.FillUser) int { return a.Created.Compare(b.Created) })
	slices.SortStableFunc(m.data.Tokens, func(a, b directory.FillToken) int { return a.Created.Compare(b.Created) })
}

type maker struct {
	random *rand.Rand
	now    time.Time
	taken  map[string]int // how often a name was asked for
	secret wire.Secret
	data   directory.Fill
}

// pick chooses one of the choices.
func pick[T any](m *maker, choices []T) T { return choices[m.random.IntN(len(choices))] }

// chance is true in so many of a hundred cases.
func (m *maker) chance(percent int) bool { return m.random.IntN(100) < percent }

// ago is a moment between the least and the most that long ago, more likely a
// recent one.
func (m *maker) ago(least, most time.Duration) time.Time {
	return m.back(least, most, 1.4)
}

// evenly is a moment between the least and the most that long ago, each as
// likely as any other. Tokens are so many that to prefer recent moments would
// have several made in every minute before now.
func (m *maker) evenly(least, most time.Duration) time.Time {
	return m.back(least, most, 1)
}

func (m *maker) back(least, most time.Duration, lean float64) time.Time {
	if most <= least {
		return m.now.Add(-least)
	}
	share := m.random.Float64()
	back := least + time.Duration(math.Pow(share, lean)*float64(most-least))
	return m.now.Add(-back.Truncate(time.Second))
}

// name gives the wanted name, or the next free one with a number.
func (m *maker) name(wanted string) string {
	m.taken[wanted]++
	if n := m.taken[wanted]; n > 1 {
		return m.name(fmt.Sprintf("%s-%d", wanted, n))
	}
	return wanted
}

const day = 24 * time.Hour
