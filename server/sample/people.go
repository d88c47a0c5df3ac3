package sample

import (
	"fmt"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"gatehouse/apiclient/gatehouse/wire"
)

// oddAccount is where the users with texts that attack a terminal are.
const oddAccount = "odd-texts"

func (m *maker) accounts(n int) {
	for i := range n {
		a := Account{Type: wire.AccountTypeUser, Created: m.ago(20*day, 900*day)}
		wanted := companies[i%len(companies)]
		switch {
		case i == 2:
			wanted, a.Email = oddAccount, "=cmd|'/C'!A0@odd.example"
		case i%5 == 4:
			wanted, a.Type = services[i/5%len(services)], wire.AccountTypeService
		}
		a.Name = m.name(wanted)
		if a.Email == "" && !m.chance(15) {
			a.Email = pick(m, mailboxes) + "@" + a.Name + ".example"
		}
		a.Disabled = i%7 == 5
		m.data.Accounts = append(m.data.Accounts, a)
	}
}

func (m *maker) users(n int) {
	accounts := m.data.Accounts
	odd := hostileTexts()
	for i := range n {
		a := accounts[m.account(i)]
		u := m.person(a)
		if a.Type == wire.AccountTypeService {
			u = m.program(a)
		}
		if a.Name == oddAccount && len(odd) > 0 {
			u.RealName, odd = odd[0], odd[1:]
		}
		m.data.Users = append(m.data.Users, u)
	}
}

// account spreads users over accounts: each has one, the first ones have many.
func (m *maker) account(i int) int {
	n := len(m.data.Accounts)
	if i < n {
		return i
	}
	f := m.random.Float64()
	return int(f * f * float64(n))
}

func (m *maker) person(a Account) User {
	first, last := pick(m, firstNames), pick(m, lastNames)
	plain := ascii(first) + "." + ascii(last)
	u := User{Name: m.name(plain), Account: a.Name, RealName: first + " " + last}
	u.Email = u.Name + "@" + a.Name + ".example"
	m.life(&u, a)
	u.Admin = u.State == wire.UserActive && m.chance(2)
	return u
}

func (m *maker) program(a Account) User {
	u := User{Name: m.name(fmt.Sprintf("%s-%02d", pick(m, programs), 1+m.random.IntN(40))), Account: a.Name}
	m.life(&u, a)
	return u
}

// life gives a user a state and a past that fits to it.
func (m *maker) life(u *User, a Account) {
	u.State = wire.UserActive
	u.Created = m.ago(day, min(600*day, m.now.Sub(a.Created)))
	switch dice := m.random.IntN(100); {
	case dice < 6:
		u.State = wire.UserInvited
		u.Created = m.ago(time.Hour, 6*day)
		return
	case dice < 15:
		u.State = wire.UserInactive
		u.LastSeen = m.ago(30*day, 500*day)
	case dice < 95:
		u.LastSeen = m.ago(time.Minute, 60*day)
	}
	if u.LastSeen.Before(u.Created) {
		u.LastSeen = u.Created
	}
	if u.LastSeen.Equal(u.Created) {
		u.LastSeen = time.Time{}
	}
}

// ascii writes a name with the letters that user names have: accents fall off.
func ascii(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(plainLetters.Replace(s)))
	return strings.ToLower(s)
}

var plainLetters = strings.NewReplacer("ł", "l", "ı", "i", "ø", "o", "Ø", "O", "'", "")
