package list

import (
	"fmt"
	"runtime"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"gatehouse/tui"
	"gatehouse/tui/frametest"
	"gatehouse/tui/term"
)

func bigDesk(t testing.TB, n int) *desk {
	d := newDesk(t, userSpec(), makeUsers(n)).load()
	d.l.Resize(120, 40)
	return d
}

// A key and the frame after it: what a held arrow key costs.
func TestKeyAndFrameStayCheap(t *testing.T) {
	d := bigDesk(t, 100_000)
	d.filter("user-0")
	c := term.NewCanvas(120, 40)
	press := func(key string) func() {
		a, _ := tui.Find(d.l.Actions(), key)
		return func() { a.Do(); d.l.Draw(c) }
	}
	down, up, page, mark := press("down"), press("up"), press("pgdown"), press(" ")
	for range 100 {
		down()
	}
	for name, c := range map[string]struct {
		do  func()
		max float64
	}{
		"move":   {func() { up(); down() }, 0},
		"scroll": {down, 12}, // one row comes in: the texts of its cells are the caller's
		"mark":   {mark, 12},
		"page":   {page, 40 * 12},
	} {
		if n := testing.AllocsPerRun(50, c.do); n > c.max {
			t.Errorf("%s: %v allocations, at most %v", name, n, c.max)
		}
	}
}

func TestFilteringCostsAFewAllocationsWhateverTheSize(t *testing.T) {
	d := bigDesk(t, 100_000)
	all, err1 := d.l.spec.Fields.Compile("user-0", start)
	few, err2 := d.l.spec.Fields.Compile("4217", start)
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	n := testing.AllocsPerRun(5, func() {
		d.do(d.l.use(all))
		d.settle()
		d.do(d.l.use(few))
		d.settle()
	})
	if n > 120 {
		t.Errorf("%v allocations for two filters over 100,000 rows", n)
	}
}

// What a list of 100,000 rows costs beyond the rows themselves.
func TestMemoryBeyondTheRows(t *testing.T) {
	rows := makeUsers(100_000)
	size := func() int {
		var m runtime.MemStats
		runtime.GC()
		runtime.GC()
		runtime.ReadMemStats(&m)
		return int(m.HeapAlloc)
	}
	d := newDesk(t, userSpec(), rows)
	c := term.NewCanvas(120, 40)
	d.l.Draw(c)
	before := size()
	d.load()
	d.l.Draw(c)
	loaded := size()
	d.do(d.l.SetSort("-tokens"))
	d.settle()
	d.press("a")
	sorted := size()
	d.filter("account")
	filtered := size()
	d.press("ctrl+r").settle()
	refreshed := size()
	runtime.KeepAlive(rows)
	pointers := 8 * len(rows) // the list's own slices of rows
	for _, c := range []struct {
		what     string
		got, max int
	}{
		{"loaded", loaded - before - pointers, 700 << 10},
		{"sorted, all marked", sorted - before - pointers, 1100 << 10},
		{"filtered as well", filtered - before - pointers, 1500 << 10},
		{"refreshed", refreshed - before - pointers, 1500 << 10},
	} {
		t.Logf("%s: %d kB beyond the rows", c.what, c.got>>10)
		if c.got > c.max {
			t.Errorf("%s: %d kB beyond the rows, at most %d", c.what, c.got>>10, c.max>>10)
		}
	}
	runtime.KeepAlive(d)
}

// Jobs read rows while the event loop goes on changing them.
func TestJobsReadASnapshot(t *testing.T) {
	d := newDesk(t, userSpec(), makeUsers(30_000))
	d.l.now.inline = 100
	d.load()
	results := make(chan tea.Msg, 100)
	running := 0
	run := func(cmd tea.Cmd) {
		if cmd == nil {
			return
		}
		running++
		go func() { results <- cmd() }()
	}
	for i := range 15 {
		run(d.l.SetSort([]string{"name", "-tokens", ""}[i%3]))
		cmd, err := d.l.SetFilter(fmt.Sprint("user -", i))
		if err != nil {
			t.Fatal(err)
		}
		run(cmd)
		for k := range 20 {
			u := *makeUser(i*31 + k*997)
			u.tokens = i
			d.l.Upsert(&u)
			d.l.Remove(makeUser(i*17 + k*1009).name)
		}
		d.l.Draw(term.NewCanvas(80, 24))
	}
	for running > 0 {
		msg := <-results
		running--
		switch m := msg.(type) {
		case tea.BatchMsg:
			for _, c := range m {
				run(c)
			}
		case tui.Addressed:
			cmd, _ := d.l.Update(m.Msg)
			run(cmd)
		}
	}
	if d.l.now.job != nil || d.l.now.readers != 0 {
		t.Fatalf("%d readers left", d.l.now.readers)
	}
	want := 0
	for id := range d.l.now.n {
		if d.l.now.alive(id) && d.l.match.Match(d.l.now.at(id)) {
			want++
		}
	}
	if d.l.Shown() != want {
		t.Errorf("%d rows shown, want %d", d.l.Shown(), want)
	}
}

func sizes(b *testing.B, f func(*testing.B, *desk)) {
	for _, n := range []int{100_000, 1_000_000} {
		b.Run(fmt.Sprintf("%dk", n/1000), func(b *testing.B) {
			d := bigDesk(b, n)
			b.ReportAllocs()
			f(b, d)
		})
	}
}

func benchKeys(b *testing.B, first []string, keys ...string) {
	sizes(b, func(b *testing.B, d *desk) {
		c := term.NewCanvas(120, 40)
		d.press(first...)
		d.l.Draw(c)
		var do []func() tea.Cmd
		for _, k := range keys {
			a, _ := tui.Find(d.l.Actions(), k)
			do = append(do, a.Do)
		}
		i := 0
		for b.Loop() {
			do[i%len(do)]()
			c.Clear()
			d.l.Draw(c)
			i++
		}
	})
}

func BenchmarkMove(b *testing.B)   { benchKeys(b, nil, "down", "up") }
func BenchmarkScroll(b *testing.B) { benchKeys(b, []string{"pgdown"}, "down") }
func BenchmarkPage(b *testing.B)   { benchKeys(b, nil, "pgdown", "pgup") }

func benchFilter(b *testing.B, text string) {
	sizes(b, func(b *testing.B, d *desk) {
		c := term.NewCanvas(120, 40)
		for b.Loop() {
			d.press("/").typeIn(text)
			d.settle()
			d.l.Draw(c)
			d.press("esc")
		}
	})
}

// One character typed into an empty filter, until the matches rest.
func BenchmarkFilterWide(b *testing.B)   { benchFilter(b, "u") }
func BenchmarkFilterNarrow(b *testing.B) { benchFilter(b, "4") }

// Four characters typed without waiting, until the matches rest.
func BenchmarkFilterWord(b *testing.B) { benchFilter(b, "4217") }

// A character typed, until it shows: what the filter does is not waited for.
func BenchmarkEcho(b *testing.B) {
	sizes(b, func(b *testing.B, d *desk) {
		c := term.NewCanvas(120, 40)
		d.press("/")
		keys := []tea.KeyMsg{frametest.Key("u"), frametest.Key("backspace")}
		i := 0
		for b.Loop() {
			d.l.Update(keys[i%2])
			d.l.Draw(c)
			i++
		}
	})
}

func BenchmarkSort(b *testing.B) {
	sizes(b, func(b *testing.B, d *desk) {
		for b.Loop() {
			d.do(d.l.sortBy("tokens"))
			d.settle()
		}
	})
}

func BenchmarkUpsertSorted(b *testing.B) {
	sizes(b, func(b *testing.B, d *desk) {
		d.do(d.l.sortBy("tokens"))
		d.settle()
		i := 0
		for b.Loop() {
			u := *makeUser(i % 1000)
			u.tokens = i
			d.l.Upsert(&u)
			i++
		}
	})
}
