package server

import (
	"context"
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"gatehouse/apiclient/gatehouse/wire"
)

// fill makes data of a given size.
func fill(accounts, users, tokens int) Fill {
	var f Fill
	f.By = "admin"
	password := wire.NewSecret(userPassword)
	for i := range accounts {
		f.Accounts = append(f.Accounts, FillAccount{Name: fmt.Sprintf("account-%03d", i)})
	}
	for i := range users {
		f.Users = append(f.Users, FillUser{
			Name: fmt.Sprintf("user-%05d", i), Account: f.Accounts[i%accounts].Name, RealName: fmt.Sprintf("User %d", i), Password: password,
		})
	}
	for i := range tokens {
		f.Tokens = append(f.Tokens, FillToken{
			User: f.Users[i%users].Name, Description: fmt.Sprintf("token %d", i), MaxAge: 24 * time.Hour, Agent: "agent/1.0", IP: "192.0.2.7",
		})
	}
	return f
}

// BenchmarkFill20k makes 40 accounts, 2,000 users and 20,000 tokens at a time.
func BenchmarkFill20k(b *testing.B) {
	data := fill(40, 2000, 20000)
	for b.Loop() {
		b.StopTimer()
		h := start(b)
		b.StartTimer()
		if _, err := h.srv.Fill(context.Background(), data); err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		h.stop()
		b.StartTimer()
	}
}

// BenchmarkAuthenticatedReads reads one's own record over loopback with 16
// clients; each request checks token, user and account in the database.
func BenchmarkAuthenticatedReads(b *testing.B) {
	h := start(b)
	secrets, err := h.srv.Fill(context.Background(), fill(40, 2000, 20000))
	if err != nil {
		b.Fatal(err)
	}
	var next atomic.Int64
	b.SetParallelism(8)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		n := next.Add(1)
		token, path := secrets[n].Reveal(), wire.UserPath(fmt.Sprintf("user-%05d", n))
		for pb.Next() {
			if a, err := h.try("GET", path, token, nil); err != nil || a.status != http.StatusOK {
				b.Errorf("%d %v", a.status, err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "reads/s")
}

// BenchmarkRevoke16 revokes tokens one by one with 16 clients; each answer
// comes after the disk has synced.
func BenchmarkRevoke16(b *testing.B) {
	h := start(b)
	const most = 100_000
	secrets, err := h.srv.Fill(context.Background(), fill(40, 2000, min(most, max(b.N, 20000))))
	if err != nil {
		b.Fatal(err)
	}
	admin := h.asAdmin()
	var next atomic.Int64
	b.SetParallelism(8)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			path := wire.TokenPath(secrets[int(next.Add(1)-1)%len(secrets)].Reveal()[:wire.PrefixLen])
			if a, err := h.try("DELETE", path, admin, nil); err != nil || a.status != http.StatusOK {
				b.Errorf("%d %s %v", a.status, a.body, err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "revokes/s")
}

// BenchmarkPages reads pages of 5,000 out of 100,000 tokens, in the order of
// an index and in one that has to be sorted for.
func BenchmarkPages(b *testing.B) {
	h := start(b)
	if _, err := h.srv.Fill(context.Background(), fill(40, 2000, 100_000)); err != nil {
		b.Fatal(err)
	}
	for name, query := range map[string]string{
		"indexed": "page_size=5000", "sorted": "page_size=5000&order_by=description", "filtered": "page_size=100&filter=token+-state:active",
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				h.want(200, "GET", wire.PathTokens+"?"+query, h.asAdmin(), nil)
			}
		})
	}
	b.Run("whole", func(b *testing.B) {
		for b.Loop() {
			h.want(200, "GET", wire.PathTokens, h.asAdmin(), nil, "Accept", wire.TypeNDJSON)
		}
	})
}
