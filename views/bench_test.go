package views_test

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"gatehouse/apiclient"
	"gatehouse/apiclient/secret"
	"gatehouse/views"
)

// big is a backend with a hundred thousand tokens.
type big struct {
	evil
	n    int
	made time.Time
}

func (b *big) WhoAmI(context.Context) (apiclient.Identity, error) {
	return apiclient.Identity{Name: "admin", User: apiclient.Ref{Kind: apiclient.KindUser, Path: "admin"}}, nil
}

func (b *big) Tokens(_ context.Context, q apiclient.Query) (apiclient.Page[apiclient.Token], error) {
	from, err := strconv.Atoi("0" + q.Page)
	if err != nil {
		return apiclient.Page[apiclient.Token]{}, err
	}
	p := apiclient.Page[apiclient.Token]{Total: b.n, At: b.made}
	for i := from; i < min(b.n, from+max(1, q.Size)); i++ {
		handle := fmt.Sprintf("gthp_%012d", i)
		p.Rows = append(p.Rows, apiclient.Token{
			Ref: apiclient.Ref{Kind: apiclient.KindToken, Path: apiclient.Path(handle), Version: "1"}, Handle: handle, Type: "access",
			Owner: apiclient.Path("user" + strconv.Itoa(i%2000)), Account: "acme", State: apiclient.Active, Description: "nightly job",
			Created: apiclient.MomentOf(b.made.Add(-time.Duration(i) * time.Minute)), LastUsed: apiclient.MomentOf(b.made.Add(-time.Duration(i) * time.Second)),
		})
	}
	if len(p.Rows) > 0 && from+len(p.Rows) < b.n {
		p.Next = strconv.Itoa(from + len(p.Rows))
	}
	return p, nil
}

func openBig(t testing.TB, n int) *console {
	info := evilInfo()
	for k := range info.Words {
		info.Words[k] = apiclient.Noun{One: string(k), Many: string(k) + "s"}
		info.Lists[k] = apiclient.Support{OK: true}
	}
	info.Context = "prod"
	for key, column := range info.Columns {
		for i := range column {
			column[i].Title = strings.ToUpper(column[i].Key)
		}
		info.Columns[key] = column
	}
	d := apiclient.Driver{Name: "big", Verbs: evilDriver().Verbs}
	b := &big{evil: evil{info}, n: n, made: time.Date(2026, 11, 22, 14, 3, 0, 0, time.UTC)}
	d.Open = func(context.Context, apiclient.Target, apiclient.Credential) (apiclient.Backend, error) {
		return b, nil
	}
	c := open(t, views.Options{Driver: d, Target: apiclient.Target{Context: "prod", URL: "https://big.example"}, Credential: apiclient.Credential{Secret: secret.New("x")}}, look{w: 120, h: 40})
	c.see("admin")
	c.keys("3")
	want := "100,000"
	if n != 100_000 {
		want = strconv.Itoa(n)
	}
	c.until("all rows", func(f string) bool {
		return strings.Contains(f, " "+want+"\n") && strings.Contains(f, "gthp_000000000000")
	})
	return c
}

func TestManyTokensArriveWhileKeysWork(t *testing.T) {
	c := openBig(t, 501)
	c.keys("G")
	c.see("gthp_000000000500")
	c.keys("/", "000499", "enter")
	c.see("1 of 501")
}

// A key that moves the cursor at a hundred thousand rows, drawn.
func BenchmarkScroll(b *testing.B) {
	c := openBig(b, 100_000)
	down := tea.KeyMsg{Type: tea.KeyDown}
	b.ReportAllocs()
	for b.Loop() {
		c.c.Update(down)
		c.canvas.Clear()
		c.c.Draw(c.canvas)
	}
}

// A letter of a filter at a hundred thousand rows, until its rows are drawn.
func BenchmarkFilter(b *testing.B) {
	c := openBig(b, 100_000)
	b.ReportAllocs()
	for b.Loop() {
		c.keys("/", "user77")
		c.until("the filtered rows", func(f string) bool { return strings.Contains(f, " of 100,000") })
		c.keys("esc")
		c.until("all rows", func(f string) bool { return !strings.Contains(f, " of 100,000") })
	}
}
