package list

import (
	"context"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"gatehouse/tui"
	"gatehouse/tui/frametest"
	"gatehouse/tui/safetext"
)

func TestPagesArriveWhileItIsUsed(t *testing.T) {
	d := newDesk(t, userSpec(), makeUsers(100))
	d.size = 10
	d.do(d.l.Init())
	d.wants("before anything", d.l.Status(), "")
	d.step()
	d.wants("rows of the first page", d.l.Len(), 10)
	d.press("down", "down", "down", " ")
	d.wants("cursor", d.current(), "user-000004")
	d.press("/").typeIn("account-01").press("enter")
	d.timers()
	d.wants("shown", strings.Join(d.shown(), " "), "user-000001 user-000018 user-000035 user-000052 user-000069 user-000086")
	d.wants("marked", d.l.Marked(), 1)
	d.wants("hidden", d.l.HiddenMarked(), 1)
	d.wants("complete", d.l.Complete(), true)
	d.wants("status", d.l.Status(), "6 of 100 · 1 marked, 1 hidden")
	d.press("esc")
	d.wants("cursor after the filter", d.current(), "user-000001")
	d.wants("selection", d.selection(), []string{"user-000003"})
}

func TestStatusWhileLoading(t *testing.T) {
	d := newDesk(t, userSpec(), makeUsers(100))
	d.size, d.total = 35, 100
	d.do(d.l.Init())
	d.step()
	d.wants("some rows", d.l.Status(), "loading 35 of 100")
	d.broken = errDown
	d.settle()
	d.wants("broken off", d.l.Status(), "incomplete: 35 of 100 · as of 14:03Z, a few s old")
	d.wants("complete", d.l.Complete(), false)
	d.shows("✗ GET /v1/users: no route to host␛[2J; is the server up?")
	d.wants("error", d.l.Err(), errDown)
	d.press("ctrl+r").settle()
	d.wants("read again", d.l.Status(), "100")
	d.showsNot("✗")
}

func TestLoadingIsSaidAfterAWhileOnly(t *testing.T) {
	d := newDesk(t, userSpec(), makeUsers(3))
	read := d.l.Init()
	d.wants("status at once", d.l.Status(), "")
	d.showsNot("loading")
	if _, handled := d.l.Update(overdue{d.l.load.gen}); !handled {
		t.Error("the end of patience changed nothing")
	}
	d.shows("loading …")
	d.do(read)
	d.settle()
	d.showsNot("loading")
	if _, handled := d.l.Update(overdue{d.l.load.gen}); handled {
		t.Error("an old timer was heard")
	}
}

func TestEmptyList(t *testing.T) {
	d := newDesk(t, userSpec(), nil).load()
	d.shows("no users yet; n makes one")
	d.wants("status", d.l.Status(), "0")
	d.press("down", "up", "G", "g", "pgdown", " ", "v", "a", "u", "m", "right", "left", "s", "enter", "/", "x", "enter").settle()
	d.wants("selection", len(d.selection()), 0)
	d.do(d.l.Upsert(makeUser(1)))
	d.settle()
	d.press("esc")
	d.wants("current", d.current(), "user-000001")
}

func TestMoving(t *testing.T) {
	d := newDesk(t, userSpec(), makeUsers(100)).load()
	d.l.Resize(80, 11) // ten rows
	for _, step := range []struct {
		key  string
		want string
		top  int
	}{
		{"down", "user-000001", 0}, {"j", "user-000002", 0}, {"k", "user-000001", 0}, {"up", "user-000000", 0}, {"up", "user-000000", 0},
		{"pgdown", "user-000010", 10}, {"ctrl+d", "user-000015", 15}, {"ctrl+u", "user-000010", 10}, {"down", "user-000011", 10},
		{"pgup", "user-000001", 0}, {"G", "user-000099", 90}, {"down", "user-000099", 90}, {"home", "user-000000", 0}, {"end", "user-000099", 90}, {"g", "user-000000", 0},
	} {
		d.press(step.key)
		if d.current() != step.want || d.l.top != step.top {
			t.Errorf("after %s: %s, top %d; want %s, top %d", step.key, d.current(), d.l.top, step.want, step.top)
		}
	}
	if !d.l.MoveTo("user-000050") || d.current() != "user-000050" || d.l.MoveTo("nobody") {
		t.Error("MoveTo")
	}
}

func TestCursorStaysOnItsRow(t *testing.T) {
	d := newDesk(t, userSpec(), makeUsers(50)).load()
	d.l.MoveTo("user-000020")
	for _, key := range []string{"name", "tokens", "tokens", "state"} {
		d.do(d.l.sortBy(key))
		d.settle()
		d.wants("cursor sorted by "+d.l.Sort(), d.current(), "user-000020")
	}
	d.rows = append([]*user{{name: "before"}}, d.rows...)
	d.press("ctrl+r").settle()
	d.wants("cursor after refresh", d.current(), "user-000020")
	d.press("/").typeIn("no such row").settle()
	d.wants("cursor in nothing", d.current(), "")
	d.press("esc")
	d.wants("cursor when the rows are back", d.current(), "user-000020")
	d.press("/").typeIn("account-04").settle()
	d.wants("cursor on the row now in its place", d.current() != "" && d.current() != "user-000020", true)
	d.press("esc")
	d.wants("cursor when undone", d.current(), "user-000020")
	d.l.Remove("user-000020")
	d.wants("cursor on a row", d.current() != "", true)
	kept := d.current()
	d.do(d.l.Upsert(makeUser(20)))
	d.settle()
	d.wants("cursor stays where it went", d.current(), kept)
}

func TestRefreshKeepsOldRowsUntilNewOnesAreThere(t *testing.T) {
	d := newDesk(t, userSpec(), makeUsers(30)).load()
	d.size = 10
	d.press("down", " ", "down")
	d.rows = makeUsers(25)[5:]
	d.rows[2].tokens = 4
	d.do(d.l.Reload())
	d.step()
	d.step()
	d.wants("old rows while reading", d.l.Len(), 30)
	d.clock.Pass(time.Second)
	d.settle()
	d.wants("new rows", d.l.Len(), 20)
	d.wants("mark of a row that is gone", d.l.Marked(), 0)
	d.wants("flashing", len(d.l.flashes), 1)
	if !d.l.isFlashing(2) {
		t.Error("the changed row does not flash")
	}
	d.clock.Pass(flashTime)
	d.timers()
	d.wants("flashing later", len(d.l.flashes), 0)
}

func TestRefreshSharesRowsThatDidNotChange(t *testing.T) {
	d := newDesk(t, userSpec(), makeUsers(30)).load()
	old, _ := d.l.Find("user-000003")
	d.rows = makeUsers(30)
	d.rows[4].tokens++
	d.press("ctrl+r").settle()
	same, _ := d.l.Find("user-000003")
	other, _ := d.l.Find("user-000004")
	d.wants("the row is held once", same == old, true)
	d.wants("a changed row is the new one", other == d.rows[4], true)
}

func TestFailedRefreshKeepsRowsMarksAndPlace(t *testing.T) {
	d := newDesk(t, userSpec(), makeUsers(30)).load()
	d.size = 10
	d.press("G", "up", " ")
	d.clock.Pass(40 * time.Second)
	d.do(d.l.Reload())
	d.step()
	d.broken = errDown
	d.settle()
	d.wants("rows", d.l.Len(), 30)
	d.wants("complete", d.l.Complete(), true)
	d.wants("cursor", d.current(), "user-000029")
	d.wants("status", d.l.Status(), "30 · 1 marked · as of 14:03Z, 40 s old")
	d.shows("✗ GET /v1/users")
}

func TestErrorGoesToWhoAskedForIt(t *testing.T) {
	spec := userSpec()
	var told error
	spec.OnError = func(err error) tea.Cmd { told = err; return nil }
	d := newDesk(t, spec, makeUsers(3))
	d.broken = errDown
	d.load()
	d.wants("told", told, errDown)
	d.shows("not loaded")
}

func TestLateAnswersAreNotHeard(t *testing.T) {
	d := newDesk(t, userSpec(), makeUsers(10))
	late := d.l.Init()
	d.rows = makeUsers(20)[10:]
	d.load()
	d.do(late)
	d.settle()
	d.wants("rows", d.l.Len(), 10)
	d.wants("first", d.shown()[0], "user-000010")
}

func TestPagesInACircle(t *testing.T) {
	d := newDesk(t, userSpec(), makeUsers(10))
	next := map[string]string{"": "a", "a": "b", "b": "a"}
	d.l.spec.Fetch = func(_ context.Context, page string) (Page[*user], error) {
		return Page[*user]{Rows: []*user{{name: "on page " + page}}, Next: next[page]}, nil
	}
	d.load()
	d.wants("error", d.l.Err(), "reading stopped after 3 rows: the pages of the answer lead in a circle")
	d.wants("complete", d.l.Complete(), false)
}

func TestPagesWithoutEnd(t *testing.T) {
	d := newDesk(t, userSpec(), nil)
	n := 0
	d.l.spec.Fetch = func(context.Context, string) (Page[*user], error) {
		n++
		return Page[*user]{Next: strings.Repeat("x", n)}, nil
	}
	d.load()
	d.wants("pages", n, maxEmpty)
	d.wants("error", d.l.Err() != nil, true)
}

func TestOneKeyTwice(t *testing.T) {
	d := newDesk(t, userSpec(), append(makeUsers(10), &user{name: "user-000003", tokens: 99}))
	d.size = 5
	d.load()
	d.wants("rows", d.l.Len(), 10)
	u, _ := d.l.Find("user-000003")
	d.wants("the newer one", u.tokens, 99)
}

func TestMarks(t *testing.T) {
	d := newDesk(t, userSpec(), makeUsers(20)).load()
	d.press(" ", " ", "down", " ")
	d.wants("marked", d.selection(), []string{"user-000000", "user-000001", "user-000003"})
	d.press("g", " ")
	d.wants("unmarked again", d.selection(), []string{"user-000001", "user-000003"})
	d.press("u")
	d.l.MoveTo("user-000007")
	d.wants("no marks: the cursor", d.selection(), []string{"user-000007"})
	d.press("v", "down", "down", "up")
	d.wants("range while it is made", d.l.Marked(), 2)
	d.press("k", "k", "k")
	d.wants("range upwards", d.l.Marked(), 3)
	d.shows("✓ user-000006")
	d.press("v", "G")
	d.wants("range made", d.selection(), []string{"user-000005", "user-000006", "user-000007"})
	d.press("v", "up")
	d.wants("escape gives the range up", d.l.Escape(), true)
	d.wants("marked", d.l.Marked(), 3)
	d.filter("account-06")
	d.press("u", "a")
	d.wants("all shown", d.selection(), []string{"user-000006"})
	d.press("esc")
	d.do(d.l.sortBy("name"))
	d.do(d.l.sortBy("name"))
	d.settle()
	d.press("g", " ")
	d.wants("in the order shown", d.selection(), []string{"user-000019", "user-000006"})
	d.l.Unmark("user-000019", "nobody")
	d.wants("unmarked by key", d.selection(), []string{"user-000006"})
	d.l.Mark("user-000001")
	d.wants("marked by key", d.selection(), []string{"user-000006", "user-000001"})
}

func TestMarkedOnly(t *testing.T) {
	d := newDesk(t, userSpec(), makeUsers(20)).load()
	d.press(" ", "down", " ", "m").settle()
	d.wants("shown", d.shown(), []string{"user-000000", "user-000002"})
	d.wants("scope", d.l.Scope(), "marked only")
	d.press("g", " ")
	d.wants("a row that lost its mark stays", d.shown(), []string{"user-000000", "user-000002"})
	d.press("ctrl+r").settle()
	d.wants("also after a refresh", d.shown(), []string{"user-000000", "user-000002"})
	d.press("m").settle()
	d.wants("all again", len(d.shown()), 20)
	d.wants("marked", d.selection(), []string{"user-000002"})
}

func TestRangeEndsWhenRowsMove(t *testing.T) {
	d := newDesk(t, userSpec(), makeUsers(20)).load()
	d.do(d.l.sortBy("name"))
	d.settle()
	d.press("g", "v", "down", "down")
	d.do(d.l.Upsert(&user{name: "user-000001x"}))
	d.settle()
	d.press("G")
	d.wants("marked", d.selection(), []string{"user-000000", "user-000001", "user-000002"})
}

func TestFilterAsTyped(t *testing.T) {
	d := newDesk(t, userSpec(), makeUsers(40)).load()
	d.press("/")
	d.wants("typing", d.l.TypingText(), true)
	d.typeIn("state:inv tok")
	d.wants("one kind of state and three letters", d.l.Shown(), 0)
	d.press("backspace", "backspace", "backspace")
	d.wants("without the letters", d.l.Shown(), 13)
	d.typeIn("tokens:").settle()
	d.wants("without what is not finished", d.l.Shown(), 13)
	d.shows("/ state:inv tokens:  at 18: tokens wants a number such as 5, >5 or <=5, or none")
	d.typeIn(">x").settle()
	d.wants("a bad filter keeps the rows", d.l.Shown(), 13)
	d.shows(`/ state:inv tokens:>x  at 18: tokens wants a number such as 5, >5 or <=5, or none, not ">x"`)
	d.press("enter")
	d.wants("a bad filter is not kept", d.l.TypingText(), true)
	d.press("backspace").typeIn("700").press("enter")
	d.wants("filter", d.l.Filter(), "state:inv tokens:>700")
	d.wants("scope", d.l.Scope(), "/ state:inv tokens:>700")
	d.wants("typing", d.l.TypingText(), false)
	n := d.l.Shown()
	d.press("/").typeIn(" nobody")
	d.wants("nothing", d.l.Shown(), 0)
	d.shows("no users match; esc shows all")
	d.press("esc")
	d.wants("esc goes back to the filter before", d.l.Filter(), "state:inv tokens:>700")
	d.wants("rows", d.l.Shown(), n)
	d.press("esc")
	d.wants("esc again clears it", d.l.Shown(), 40)
	d.wants("nothing left to undo", d.l.Escape(), false)
}

func TestPasteIsText(t *testing.T) {
	d := newDesk(t, userSpec(), makeUsers(40)).load()
	d.press("/")
	d.send(frametest.Paste("user-00000\nenter\x1b[2J"))
	d.wants("still typing", d.l.TypingText(), true)
	if got := d.plain(); strings.ContainsAny(got, "\x1b") {
		t.Errorf("an escape was drawn: %q", got)
	}
	d.press("ctrl+u")
	d.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("esc")})
	d.wants("letters that spell a key", d.l.typing.input.Value(), "esc")
}

func TestKeysWhileTyping(t *testing.T) {
	d := newDesk(t, userSpec(), makeUsers(40)).load()
	d.press("/").typeIn("jkuamv")
	d.wants("letters are text", d.l.typing.input.Value(), "jkuamv")
	d.press("ctrl+u", "down", "down", "pgdown", "up")
	d.wants("arrows move", d.current(), "user-000019")
	x, _, on := d.draw(100, 20).Cursor()
	d.wants("terminal cursor", []any{x, on}, []any{3, true})
}

func TestSetFilter(t *testing.T) {
	d := newDesk(t, userSpec(), makeUsers(40)).load()
	if _, err := d.l.SetFilter("nope:1"); err == nil || d.l.Shown() != 40 {
		t.Errorf("a bad filter: %v, %d rows", err, d.l.Shown())
	}
	cmd, err := d.l.SetFilter("state:active")
	d.do(cmd)
	d.settle()
	d.wants("error", err, nil)
	d.wants("rows", d.l.Shown(), 14)
}

func TestSortMode(t *testing.T) {
	d := newDesk(t, userSpec(), makeUsers(40)).load()
	for _, step := range []struct {
		keys string
		want string
	}{
		{"s 1", "name"}, {"s 1", "-name"}, {"s s", "name"}, {"s right enter", "account"}, {"s left left enter", "seen"},
		{"s l", "-seen"}, {"s t", "tokens"}, {"s 9", "tokens"}, {"esc", "tokens"}, {"s A", "account"}, {"s 0", ""}, {"s esc", ""}, {"s x enter", "name"},
	} {
		d.press(strings.Fields(step.keys)...).settle()
		if step.keys == "s 9" {
			d.wants("a digit too high picks nothing", d.l.TypingText(), true)
		}
		if d.l.Sort() != step.want {
			t.Errorf("after %s: %q, want %q", step.keys, d.l.Sort(), step.want)
		}
	}
	d.press("s")
	d.shows("sort by 1 NAME ▲  2 ACCOUNT  3 STATE  4 TOKENS  5 LAST SEEN")
	d.press("esc")
	d.shows("NAME ▲")
}

func TestColumnsLeaveAndScroll(t *testing.T) {
	d := newDesk(t, userSpec(), makeUsers(40)).load()
	head := func(w int) string {
		return strings.Join(strings.Fields(strings.Split(d.draw(w, 20).Plain(), "\n")[0]), " ")
	}
	d.wants("wide", head(120), "NAME ACCOUNT STATE TOKENS LAST SEEN NOTE")
	d.wants("80", head(80), "NAME ACCOUNT STATE TOKENS LAST SEEN NOTE")
	d.wants("60", head(60), "NAME ACCOUNT STATE TOKENS LAST SEEN >")
	d.wants("40", head(40), "NAME ACCOUNT STATE >")
	d.wants("30", head(30), "NAME STATE >")
	d.wants("12", head(12), "NAME >")
	d.draw(40, 20)
	d.press("right")
	d.wants("one right", head(40), "< NAME STATE TOKENS >")
	d.press("l", "l", "l", "l", "l")
	d.wants("as far as it goes", head(40), "< NAME LAST SEEN NOTE")
	d.press("h", "left", "left", "left", "left")
	d.wants("back", head(40), "NAME ACCOUNT STATE >")
	d.draw(120, 20)
	d.press("right")
	d.wants("nothing to scroll", head(120), "NAME ACCOUNT STATE TOKENS LAST SEEN NOTE")
}

func TestUpsertAndRemove(t *testing.T) {
	d := newDesk(t, userSpec(), makeUsers(10)).load()
	d.filter("state:active")
	d.wants("active", d.shown(), []string{"user-000000", "user-000003", "user-000006", "user-000009"})
	u := *makeUser(3)
	u.state = "inactive"
	v := *makeUser(4)
	v.state = "active"
	d.do(d.l.Upsert(&u, &v, &user{name: "new", state: "active"}))
	d.settle()
	d.wants("active", d.shown(), []string{"user-000000", "user-000004", "user-000006", "user-000009", "new"})
	d.press("a")
	d.l.Remove("user-000004", "nobody", "new")
	d.wants("active", d.shown(), []string{"user-000000", "user-000006", "user-000009"})
	d.wants("marked", d.l.Marked(), 3)
	d.wants("rows", d.l.Len(), 9)
	d.wants("flashing", len(d.l.flashes), 2)
}

func TestChangesWhileLoadingWin(t *testing.T) {
	for _, first := range []bool{true, false} {
		d := newDesk(t, userSpec(), makeUsers(30))
		if !first {
			d.load()
		}
		d.size = 10
		d.do(d.l.Reload())
		d.step()
		u := *makeUser(25)
		u.tokens = 77
		d.do(d.l.Upsert(&u))
		d.l.Remove("user-000005", "user-000026")
		d.settle()
		got, _ := d.l.Find("user-000025")
		d.wants("changed row", got.tokens, 77)
		d.wants("rows", d.l.Len(), 28)
		d.press("ctrl+r").settle()
		d.wants("rows after the next refresh", d.l.Len(), 30)
	}
}

func TestTickAsksForCellsAndRefreshes(t *testing.T) {
	spec := userSpec()
	age := "now"
	spec.Columns[1].Cell = func(*user) Cell { return Cell{Text: "seen " + safetext.Clean(age)} }
	spec.Refresh = 30 * time.Second
	d := newDesk(t, spec, makeUsers(3)).load()
	d.shows("seen now")
	asked := len(d.asked)
	tick := func() bool {
		cmd, changed := d.l.Update(tui.TickMsg{Now: d.clock.At})
		d.do(cmd)
		d.settle()
		return changed
	}
	d.wants("nothing new", tick(), false)
	age = "1 s ago"
	d.wants("an age", tick(), true)
	d.shows("seen 1 s ago")
	d.wants("asked again", len(d.asked), asked)
	d.clock.Pass(30 * time.Second)
	tick()
	d.wants("asked again when due", len(d.asked), asked+1)
}

func TestMouse(t *testing.T) {
	d := newDesk(t, userSpec(), makeUsers(100)).load()
	d.draw(100, 20)
	at := func(x, y int, b tea.MouseButton) bool {
		cmd, handled := d.l.Update(tea.MouseMsg{X: x, Y: y, Button: b, Action: tea.MouseActionPress})
		d.do(cmd)
		d.settle()
		return handled
	}
	at(5, 4, tea.MouseButtonLeft)
	d.wants("click", d.current(), "user-000003")
	at(5, 4, tea.MouseButtonWheelDown)
	d.wants("wheel", []any{d.current(), d.l.top}, []any{"user-000006", 3})
	at(4, 0, tea.MouseButtonLeft)
	d.wants("click on a head", d.l.Sort(), "name")
	d.wants("outside", at(5, 30, tea.MouseButtonLeft), false)
	d.wants("other button", at(5, 5, tea.MouseButtonRight), false)
}

func TestActions(t *testing.T) {
	d := newDesk(t, userSpec(), makeUsers(3)).load()
	for _, mode := range []string{"", "/", "esc s"} {
		d.press(strings.Fields(mode)...)
		if c := tui.Clashes(d.l.Actions()); len(c) > 0 {
			t.Error(c)
		}
	}
	d.press("esc")
	a, _ := tui.Find(d.l.Actions(), "u")
	d.wants("nothing to unmark", a.Why, "nothing is marked")
	if n := testing.AllocsPerRun(10, func() { d.l.Actions() }); n > 0 {
		t.Errorf("asking for the actions costs %v allocations", n)
	}
}
