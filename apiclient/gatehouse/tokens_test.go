package gatehouse

import (
	"bytes"
	"encoding/json"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"gatehouse/apiclient"
	"gatehouse/apiclient/gatehouse/wire"
)

// tokenPage is a page as a busy server gives it out: as many owners, addresses
// and programs as there are people, descriptions that hardly repeat.
func tokenPage(rows int) []byte {
	now := time.Date(2030, 1, 2, 3, 4, 5, 678_000, time.UTC)
	p := wire.Page[wire.Token]{Total: rows, NextPageToken: "next"}
	for i := range rows {
		at := now.Add(time.Duration(i) * time.Second)
		p.Items = append(p.Items, wire.Token{
			Prefix: fmt.Sprintf("gthp_%012d", i), Kind: "access", UserName: fmt.Sprintf("user-%d", i%2000), Account: fmt.Sprintf("account-%d", i%40),
			Description: fmt.Sprintf("deploy pipeline %d", i), State: wire.TokenActive, MaxAgeSeconds: 2592000, Created: at, CreatedBy: "admin",
			Expires: &at, LastUsed: &at, LastUsedIP: fmt.Sprintf("192.0.2.%d", i%250), LastUsedAgent: fmt.Sprintf("curl/8.%d.0", i%30), Version: int64(1 + i%3),
		})
	}
	b, err := json.Marshal(p)
	if err != nil {
		panic("a page could not be written")
	}
	return b
}

func reader() *backend {
	return &backend{names: newInterner(), target: apiclient.Target{Context: "prod"}}
}

func TestTokensAreReadWhole(t *testing.T) {
	b := reader()
	page, err := b.readTokens(bytes.NewReader(tokenPage(3)))
	if err != nil || len(page.Rows) != 3 || page.Total != 3 || page.Next != "next" {
		t.Fatalf("%+v, %v", page, err)
	}
	at := apiclient.MomentOf(time.Date(2030, 1, 2, 3, 4, 7, 678_000, time.UTC))
	want := apiclient.Token{
		Ref:    apiclient.Ref{Context: "prod", Kind: apiclient.KindToken, Path: "gthp_000000000002", Version: "3"},
		Handle: "gthp_000000000002", Type: "access", Owner: "user-2", Account: "account-2", Description: "deploy pipeline 2", State: "active",
		Created: at, Expires: at, LastUsed: at, LastAddress: "192.0.2.2", LastAgent: "curl/8.2.0", MaxAge: 30 * 24 * time.Hour,
	}
	if got := page.Rows[2]; got != want {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	for _, bad := range []string{"", "[]", `{"items":{}}`, `{"items":[1]}`, `{"items":[{}`, `{"items":[{"token_prefix":1}]}`} {
		if p, err := b.readTokens(strings.NewReader(bad)); err == nil || len(p.Rows) > 0 {
			t.Errorf("%q gave %+v", bad, p)
		}
	}
	if p, err := b.readTokens(strings.NewReader(`{"more":[{"x":1}],"items":null,"total":0}`)); err != nil || len(p.Rows) != 0 {
		t.Errorf("an empty page with something new in it gave %+v, %v", p, err)
	}
}

// collect measures the heap when all garbage is gone, also what pools hold for
// one more round.
func collect(m *runtime.MemStats) {
	for range 3 {
		runtime.GC()
	}
	runtime.ReadMemStats(m)
}

// heapPerRow is what the rows of a list keep alive.
func heapPerRow(pages int) float64 {
	b := reader()
	body := tokenPage(5000)
	kept := make([]apiclient.Page[apiclient.Token], 0, pages)
	var before, after runtime.MemStats
	collect(&before)
	for range pages {
		p, err := b.readTokens(bytes.NewReader(body))
		if err != nil {
			return 0
		}
		kept = append(kept, p)
	}
	collect(&after)
	runtime.KeepAlive(kept)
	runtime.KeepAlive(body)
	return float64(after.HeapAlloc-before.HeapAlloc) / float64(pages*5000)
}

func TestARowOfTokensIsSmall(t *testing.T) {
	if got := heapPerRow(4); got > 300 || got < 200 {
		t.Errorf("a row keeps %.0f bytes alive, not 200 to 300", got)
	}
}

func BenchmarkReadTokens(b *testing.B) {
	body := tokenPage(5000)
	r := reader()
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.readTokens(bytes.NewReader(body)); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(heapPerRow(4), "heap-bytes/row")
}

func TestEventsOfAStreamAreRead(t *testing.T) {
	stream := ": hello\nretry: 1\n\nid: 7\nevent: change\ndata: {\"a\":\ndata: 1}\n\n\nevent: end\ndata:x\r\n\n"
	var got []sentEvent
	_ = readEvents(strings.NewReader(strings.ReplaceAll(stream, "\r", "")), func(e sentEvent) error { got = append(got, e); return nil })
	want := []sentEvent{{"7", "change", "{\"a\":\n1}"}, {"", "end", "x"}}
	if len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("got %+v", got)
	}
	endless := strings.Repeat("data: "+strings.Repeat("x", 1<<19)+"\n", 20)
	if err := readEvents(strings.NewReader(endless), func(sentEvent) error { return nil }); err != errEventTooLarge {
		t.Errorf("an endless event gave %v", err)
	}
}
