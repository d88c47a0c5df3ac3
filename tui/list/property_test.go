package list

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
	"pgregory.net/rapid"

	"gatehouse/tui"
	"gatehouse/tui/frametest"
)

// life is a list in use, and what must be true of it.
type life struct {
	t        *rapid.T
	d        *desk
	snapshot []*user // what the load that runs reads
	marks    map[string]bool
	cursor   string // the row that the cursor was put on; "": none
	queue    []tea.Cmd
}

// Any order of pages, live changes, sorts, filters and marks: cursor and marks
// stay on their rows, and at rest the list shows what it should.
func TestAnyOrderOfEvents(t *testing.T) {
	for range longer(1) {
		rapid.Check(t, func(rt *rapid.T) { liveOn(t, rt) })
	}
}

// longer is a count, or ten times that where time does not matter.
func longer(n int) int {
	if os.Getenv("GATEHOUSE_LONG") != "" {
		return 10 * n
	}
	return n
}

func liveOn(t *testing.T, rt *rapid.T) {
	l := &life{t: rt, marks: map[string]bool{}}
	spec := userSpec()
	spec.Fetch = l.fetch
	l.d = newDesk(t, spec, makeUsers(rapid.IntRange(0, 40).Draw(rt, "rows")))
	l.d.size = rapid.IntRange(1, 15).Draw(rt, "size of a page")
	l.d.l.now.inline = rapid.SampledFrom([]int{0, 10, 1000}).Draw(rt, "inline")
	l.do(l.d.l.Init())
	rt.Repeat(map[string]func(*rapid.T){
		"": func(*rapid.T) { l.check() },
		"step": func(t *rapid.T) {
			if len(l.queue) > 0 {
				l.step(rapid.IntRange(0, len(l.queue)-1).Draw(t, "which"))
			}
		},
		"settle": func(*rapid.T) { l.settle() },
		"move":   func(t *rapid.T) { l.move(rapid.SampledFrom([]string{"down", "up", "pgdown", "g", "G"}).Draw(t, "key")) },
		"mark":   func(*rapid.T) { l.mark() },
		"all":    func(*rapid.T) { l.all() },
		"none":   func(*rapid.T) { l.press("u"); clear(l.marks) },
		"only":   func(*rapid.T) { l.press("m") },
		"sort": func(t *rapid.T) {
			l.sort(rapid.SampledFrom([]string{"", "name", "-name", "tokens", "-state"}).Draw(t, "by"))
		},
		"filter": func(t *rapid.T) {
			l.filter(rapid.SampledFrom([]string{"", "state:a", "state:act", "user-00001", "1 -2", "tokens:>300", "used:"}).Draw(t, "text"))
		},
		"refresh": func(*rapid.T) { l.press("ctrl+r") },
		"upsert": func(t *rapid.T) {
			l.upsert(rapid.SliceOfN(rapid.IntRange(0, 60), 1, 5).Draw(t, "who"), rapid.IntRange(0, 2000).Draw(t, "tokens"))
		},
		"remove": func(t *rapid.T) { l.remove(rapid.SliceOfN(rapid.IntRange(0, 60), 1, 5).Draw(t, "who")) },
		"escape": func(*rapid.T) { l.escape() },
	})
	l.settle()
	l.check()
}

// fetch pages through what was there when the load began.
func (l *life) fetch(ctx context.Context, page string) (Page[*user], error) {
	if ctx.Err() != nil {
		return Page[*user]{}, ctx.Err()
	}
	if page == "" {
		l.snapshot = slices.Clone(l.d.rows)
	}
	from, _ := strconv.Atoi(page)
	to := min(from+l.d.size, len(l.snapshot))
	p := Page[*user]{Rows: slices.Clone(l.snapshot[from:to]), Total: -1}
	if to < len(l.snapshot) {
		p.Next = strconv.Itoa(to)
	}
	return p, nil
}

func (l *life) do(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	l.queue = append(l.queue, cmd)
}

func (l *life) step(i int) {
	msg := l.queue[i]()
	l.queue = slices.Delete(l.queue, i, i+1)
	switch m := msg.(type) {
	case tea.BatchMsg:
		for _, c := range m {
			l.do(c)
		}
	case tui.Addressed:
		reading := l.d.l.next != nil
		cmd, _ := l.d.l.Update(m.Msg)
		l.do(cmd)
		if reading && l.d.l.next == nil { // rows that a refresh did not bring have lost their marks
			l.dropMarks()
		}
	}
}

func (l *life) dropMarks() {
	maps.DeleteFunc(l.marks, func(key string, _ bool) bool {
		_, there := l.d.l.Find(key)
		return !there
	})
}

func (l *life) settle() {
	for len(l.queue) > 0 {
		l.step(0)
	}
	l.checkShown()
}

func (l *life) press(key string) {
	if a, ok := tui.Find(l.d.l.Actions(), key); ok && a.Why == "" {
		l.do(a.Do())
	}
}

func (l *life) move(key string) {
	l.press(key)
	l.cursor = l.d.current()
}

func (l *life) mark() {
	if u, ok := l.d.l.Current(); ok {
		if l.marks[u.name] {
			delete(l.marks, u.name)
		} else {
			l.marks[u.name] = true
		}
		l.move(" ")
	}
}

func (l *life) all() {
	for u := range l.d.l.Rows() {
		l.marks[u.name] = true
	}
	if l.d.l.Shown() > 0 {
		l.move("a")
	}
}

func (l *life) sort(by string) { l.do(l.d.l.SetSort(by)) }

func (l *life) filter(text string) {
	l.press("/")
	for _, k := range append([]string{"ctrl+u"}, strings.Split(text, "")...) {
		if k != "" {
			cmd, _ := l.d.l.Update(frametest.Key(k))
			l.do(cmd)
		}
	}
	cmd, _ := l.d.l.Update(frametest.Key("enter"))
	l.do(cmd)
	if l.d.l.TypingText() { // not finished: not kept
		cmd, _ = l.d.l.Update(frametest.Key("esc"))
		l.do(cmd)
		return
	}
	l.cursor = l.d.current()
}

func (l *life) escape() {
	undoesFilter := l.d.l.now.want.only == 0 && !l.d.l.match.Empty()
	undoesMarks := l.d.l.now.want.only == 0 && l.d.l.match.Empty()
	if undoesFilter {
		l.cursor = l.d.current()
	}
	reading := l.d.l.next != nil
	l.d.l.Escape()
	if undoesMarks {
		clear(l.marks)
	}
	if reading && l.d.l.next == nil {
		l.dropMarks()
	}
}

func (l *life) upsert(who []int, tokens int) {
	var rows []*user
	for _, i := range who {
		u := makeUser(i)
		u.tokens = tokens
		rows = append(rows, u)
		l.d.rows = slices.DeleteFunc(slices.Clone(l.d.rows), func(o *user) bool { return o.name == u.name })
		l.d.rows = append(l.d.rows, u)
	}
	l.do(l.d.l.Upsert(rows...))
}

func (l *life) remove(who []int) {
	var keys []string
	for _, i := range who {
		keys = append(keys, makeUser(i).name)
	}
	l.d.rows = slices.DeleteFunc(slices.Clone(l.d.rows), func(o *user) bool { return slices.Contains(keys, o.name) })
	l.d.l.Remove(keys...)
	for _, k := range keys {
		delete(l.marks, k)
	}
}

// check is what must be true at any moment.
func (l *life) check() {
	list := l.d.l
	shown := l.d.shown()
	seen := map[string]bool{}
	for _, name := range shown {
		if seen[name] {
			l.t.Fatalf("%s is shown twice: %v", name, shown)
		}
		seen[name] = true
	}
	if list.pos < 0 || list.pos >= max(1, len(shown)) || list.top < 0 || list.top > list.pos {
		l.t.Fatalf("cursor %d, top %d of %d rows", list.pos, list.top, len(shown))
	}
	if l.cursor != "" && seen[l.cursor] && l.d.current() != l.cursor {
		l.t.Fatalf("the cursor left %s for %s", l.cursor, l.d.current())
	}
	if _, there := list.Find(l.cursor); !there {
		l.cursor = "" // the row is gone, the cursor is on another
		if list.moved {
			l.cursor = list.home
		}
	}
	marked := map[string]bool{}
	for id := range list.now.marks.all() {
		marked[list.now.at(id).name] = true
	}
	if !maps.Equal(marked, l.marks) || list.Marked() != len(l.marks) {
		l.t.Fatalf("marked %v (%d), want %v", keys(marked), list.Marked(), keys(l.marks))
	}
	hidden := 0
	for name := range l.marks {
		if !seen[name] {
			hidden++
		}
	}
	if list.now.shown.filters() && list.HiddenMarked() != hidden {
		l.t.Fatalf("%d marked rows hidden, want %d", list.HiddenMarked(), hidden)
	}
	l.d.draw(60, 12)
}

// checkShown is what must be true once nothing is on its way.
func (l *life) checkShown() {
	list := l.d.l
	if list.now.job != nil || list.now.readers != 0 || list.next != nil || list.load.on {
		l.t.Fatalf("not at rest: job %v, %d readers, next %v", list.now.job, list.now.readers, list.next)
	}
	var want []string
	for _, u := range l.d.rows {
		id, there := list.now.find(u.name)
		if !there || *list.now.at(id) != *u {
			l.t.Fatalf("%s is missing or old", u.name)
		}
		if list.match.Match(u) && (list.now.want.only == 0 || list.now.only.has(id)) {
			want = append(want, u.name)
		}
	}
	if list.Len() != len(l.d.rows) {
		l.t.Fatalf("%d rows, want %d", list.Len(), len(l.d.rows))
	}
	got := l.d.shown()
	t := list.now
	for pos := 1; pos < t.size(); pos++ {
		if t.compare(t.id(pos-1), t.id(pos)) >= 0 {
			l.t.Fatalf("not in the order of %q: %v", t.shown.sort, got)
		}
	}
	if t.shown.sort != list.Sort() {
		l.t.Fatalf("sorted by %q, want %q", t.shown.sort, list.Sort())
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		l.t.Fatalf("filter %q shows %v, want %v", list.Filter(), got, want)
	}
	if len(l.marks) > 0 {
		l.checkSelection()
	}
}

func (l *life) checkSelection() {
	t := l.d.l.now
	before := fmt.Sprint(l.d.l.moved, l.d.l.home)
	var ids []int32
	for _, name := range l.d.selection() {
		id, _ := t.find(name)
		ids = append(ids, id)
	}
	if len(ids) != len(l.marks) || !slices.IsSortedFunc(ids, t.compare) {
		l.t.Fatalf("selection %v in the order of %q", ids, t.shown.sort)
	}
	if before != fmt.Sprint(l.d.l.moved, l.d.l.home) {
		l.cursor = l.d.l.home // asking for the selection pins the cursor
	}
}

func keys(m map[string]bool) []string { return slices.Sorted(maps.Keys(m)) }

// The index finds every key, and none that is not there.
func TestIndexIsAMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := newStore(func(s string) string { return s })
		want := map[string]int32{}
		for _, n := range rapid.SliceOfN(rapid.IntRange(-150, 150), 0, 400).Draw(t, "numbers") {
			key := strconv.Itoa(max(n, -n))
			id, there := s.find(key)
			if known, has := want[key]; there != has || there && id != known {
				t.Fatalf("%s: %d %v, want %d %v", key, id, there, known, has)
			}
			switch {
			case n > 0 && !there:
				want[key] = s.add(key)
			case n < 0 && there:
				s.remove(id)
				delete(want, key)
			}
		}
		if s.live() != len(want) {
			t.Fatalf("%d rows, want %d", s.live(), len(want))
		}
	})
}
