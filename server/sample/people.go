package sample

import (
	"fmt"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"gatehouse/apiclient/gatehouse/wire"
	"gatehouse/server/directory"
)

// oddAccount is where the users with texts that attack a terminal are.
const oddAccount = "odd-texts"

func (m *maker) accounts(n int) {
	for i := range n {
		a := directory.FillAccount{Type: wire.AccountTypeUser, Created: m.ago(20*day, 900*day)}
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
		if i == 0 {
			u = m.reader(a)
		} else if a.Name == oddAccount && len(odd) > 0 {
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

func (m *maker) person(a directory.FillAccount) directory.FillUser {
	first, last := pick(m, firstNames), pick(m, lastNames)
	plain := ascii(first) + "." + ascii(last)
	u := directory.FillUser{Name: m.name(plain), Account: a.Name, RealName: first + " " + last}
	u.Email = u.Name + "@" + a.Name + ".example"
	m.life(&u, a)
	u.Admin = active(u) && m.chance(2)
	return u
}

// active tells whether the user will be able to sign in.
func active(u directory.FillUser) bool { return !u.Password.IsZero() && !u.Inactive }

func (m *maker) reader(a directory.FillAccount) directory.FillUser {
	return directory.FillUser{
		Name: Reader, Account: a.Name, RealName: "Sam Reader", Email: Reader + "@" + a.Name + ".example",
		Password: m.secret, Created: m.ago(time.Hour, min(90*day, m.now.Sub(a.Created))),
	}
}

func (m *maker) program(a directory.FillAccount) directory.FillUser {
	u := directory.FillUser{Name: m.name(fmt.Sprintf("%s-%02d", pick(m, programs), 1+m.random.IntN(40))), Account: a.Name}
	m.life(&u, a)
	return u
}

// life gives a user a state and a past that fits to it.
func (m *maker) life(u *directory.FillUser, a directory.FillAccount) {
	u.Created = m.ago(day, min(600*day, m.now.Sub(a.Created)))
	dice := m.random.IntN(100)
	if dice < 6 { // invited, and has not come yet
		u.Created = m.ago(time.Hour, 6*day)
		return
	}
	u.Password = m.secret
	switch {
	case dice < 15:
		u.Inactive = true
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
