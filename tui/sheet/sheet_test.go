package sheet

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"pgregory.net/rapid"

	"gatehouse/tui"
	"gatehouse/tui/frametest"
)

const hostile = "\x1b]52;c;aGk=\a\x1b[2Jn\u202eame\u200b\x9b31m\r\n\u0301界|*<b>"

type stand struct {
	frametest.Keyboard
	env     *tui.Env
	job     *Job
	sheet   *Sheet
	dir     string
	retried [][]int
	cancels int
}

func open(t *testing.T, names []string) *stand {
	t.Helper()
	env, clock := frametest.Env()
	s := &stand{env: env, dir: t.TempDir(), job: NewJob(env.Now)}
	s.job.Start(names)
	s.sheet = New(env, s.job, Spec{
		Title:  "Delete 14 users on prod",
		Retry:  func(rest []int) tea.Cmd { s.retried = append(s.retried, rest); return nil },
		Cancel: func() tea.Cmd { s.cancels++; return nil },
		Dir:    s.dir, File: "sheet.md",
	})
	s.Keyboard = frametest.Keyboard{Modal: s.sheet, Clock: clock, Every: 200 * time.Millisecond}
	s.Cmds = append(s.Cmds, s.sheet.Init())
	clock.Pass(time.Second)
	return s
}

func names(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("user-%02d", i)
	}
	return out
}

func (s *stand) screen() string { return frametest.Draw(s.sheet, 80, 24).Plain() }

// half is a job of 14 in the middle of its run.
func half(t *testing.T) *stand {
	s := open(t, names(14))
	for i := range 8 {
		s.job.Set(i, Done, "gone")
	}
	s.job.Tell(8, Refused, "last admin of acme", "409 Conflict\nkim is the last admin of acme.\n\tMake another one first.")
	s.job.Set(9, Unknown, "no answer; read back: still there")
	s.job.Set(10, Accepted, "being deleted")
	s.job.Set(11, Running, "")
	s.Clock.Pass(2 * time.Second)
	return s
}

func TestFrames(t *testing.T) {
	s := half(t)
	frametest.Golden(t, s.env, s.sheet, "running")
	s.Press("c")
	frametest.Golden(t, s.env, s.sheet, "cancelling")
	s.job.Set(11, Done, "gone")
	s.job.Finish()
	frametest.Golden(t, s.env, s.sheet, "finished")
	s.Press("down", "enter")
	frametest.Golden(t, s.env, s.sheet, "full-text")
	s.Press("esc", "end")
	frametest.Golden(t, s.env, s.sheet, "end-of-list")
	s.sheet.spec.Dir = "/var/lib/gatehouse"
	s.Clock.Pass(time.Second)
	s.Press("w")
	frametest.Golden(t, s.env, s.sheet, "path")

	s = open(t, []string{hostile, hostile})
	s.job.Tell(0, Refused, hostile, hostile)
	s.sheet.spec.Title = hostile
	frametest.Golden(t, s.env, s.sheet, "hostile")
	s.Press("enter")
	frametest.Golden(t, s.env, s.sheet, "hostile-full-text")
}

func TestDrawsAtAnySize(t *testing.T) {
	s := half(t)
	s.job.Start(append(names(30), hostile, strings.Repeat(hostile, 5000)))
	s.job.Tell(30, Refused, hostile, hostile)
	s.job.Tell(31, Unknown, strings.Repeat(hostile, 5000), strings.Repeat(hostile, 5000))
	for range 3 {
		for w := 0; w < 60; w += 1 + w/8 {
			for h := range 20 {
				for _, r := range frametest.Draw(s.sheet, w, h).Plain() {
					if r != '\n' && (r < 0x20 || r >= 0x7f && r < 0xa0 || r == 0x202e || r == 0x200b) {
						t.Fatalf("%d×%d draws %U", w, h, r)
					}
				}
			}
		}
		s.Press("enter", "w")
	}
}

func TestCountsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		env, _ := frametest.Env()
		j := NewJob(env.Now)
		n := rapid.IntRange(0, 12).Draw(t, "items")
		j.Start(names(n))
		for range rapid.IntRange(0, 60).Draw(t, "steps") {
			switch rapid.IntRange(0, 20).Draw(t, "step") {
			case 0:
				j.Finish()
			case 1:
				j.Again(j.Rest())
			default:
				j.Set(rapid.IntRange(-1, n).Draw(t, "item"), End(rapid.IntRange(0, int(ends)).Draw(t, "end")), "")
			}
			sum, over := 0, 0
			for e := range ends {
				sum += j.Count(e)
			}
			seen := map[int]bool{}
			last := -1
			for _, i := range j.order() {
				e := j.Item(i).End
				if seen[i] || e.order() < last {
					t.Fatalf("the order is %v", j.order())
				}
				if seen[i], last = true, e.order(); e.Over() {
					over++
				}
			}
			if sum != n || len(seen) != n || over != j.Over() {
				t.Fatalf("%d items, %d counted, %d listed, %d of %d over", n, sum, len(seen), j.Over(), over)
			}
		}
	})
}

func TestFinishLeavesNothingOpen(t *testing.T) {
	s := half(t)
	s.job.Finish()
	if s.job.Count(Waiting)+s.job.Count(Running) != 0 || s.job.Count(NotSent) != 2 || s.job.Count(Unknown) != 2 {
		t.Errorf("the counts are %v", s.job.counts)
	}
	if rest := s.job.Rest(); fmt.Sprint(rest) != "[8 9 11 12 13]" {
		t.Errorf("the rest is %v", rest)
	}
}

func TestRetryIsOnlyForWhatDidNotSucceed(t *testing.T) {
	s := half(t)
	s.Press("t")
	if len(s.retried) > 0 {
		t.Fatal("a running job was started again")
	}
	s.job.Finish()
	s.Press("t")
	if len(s.retried) > 0 {
		t.Fatal("a key typed ahead of the end started it again")
	}
	s.Clock.Pass(time.Second)
	s.Press("t")
	if fmt.Sprint(s.retried) != "[[8 9 11 12 13]]" {
		t.Fatalf("retried is %v", s.retried)
	}
	s.job.Again(s.retried[0])
	for _, i := range s.retried[0] {
		s.job.Set(i, Done, "")
	}
	s.job.Finish()
	s.Clock.Pass(time.Second)
	s.Press("t")
	if len(s.retried) != 1 {
		t.Error("what succeeded was started again")
	}
}

func TestCancelAsksOnce(t *testing.T) {
	s := half(t)
	s.Press("c", "c", "ctrl+x")
	if s.cancels != 1 {
		t.Errorf("cancelled %d times", s.cancels)
	}
	s.job.Finish()
	s.Clock.Pass(time.Second)
	if s.Press("c"); s.cancels != 1 {
		t.Error("a finished job was cancelled")
	}
}

func TestEscapeAndBackgroundLeaveTheJobRunning(t *testing.T) {
	for _, name := range []string{"esc", "b"} {
		s := half(t)
		s.Press(name)
		said := s.Settle()
		if !s.Closed || s.cancels > 0 || len(said) != 1 {
			t.Errorf("%s: closed %v, cancelled %d, said %v", name, s.Closed, s.cancels, said)
		}
	}
}

func TestTheCursorStaysOnItsItem(t *testing.T) {
	s := half(t)
	s.Press("down", "enter")
	if !strings.Contains(s.screen(), "last admin of acme") {
		t.Fatalf("the screen is\n%s", s.screen())
	}
	s.job.Set(3, Unknown, "no answer")
	if !strings.Contains(s.screen(), "last admin of acme") {
		t.Errorf("the cursor went elsewhere:\n%s", s.screen())
	}
}

func TestTheSheetIsWrittenAsMarkdownOrJSON(t *testing.T) {
	s := half(t)
	s.job.Tell(8, Refused, hostile, hostile)
	s.job.Finish()
	write := func(file string) string {
		s.sheet.spec.File = file
		s.screen()
		s.Clock.Pass(time.Second)
		s.Press("w")
		s.Clock.Pass(time.Second)
		s.Press("enter")
		s.Settle()
		b, err := os.ReadFile(filepath.Join(s.dir, file))
		if err != nil {
			t.Fatalf("%v\n%s", err, s.screen())
		}
		if info, err := os.Stat(filepath.Join(s.dir, file)); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s is %v, %v", file, info, err)
		}
		for _, r := range string(b) {
			if r != '\n' && (r < 0x20 || r >= 0x7f && r < 0xa0 || r == 0x202e || r == 0x200b || r == 0xfffd) && file != "s.json" {
				t.Errorf("%s holds %U", file, r)
			}
		}
		return string(b)
	}
	text := write("s.md")
	for _, want := range []string{"# Delete 14 users on prod\n", "- refused: 1\n", "| unknown | user-09 | no answer; read back: still there |\n", `\|\*&lt;b&gt;`, "finished 2026-11-22T14:03:03Z"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	text = write("s.json")
	var got report
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		t.Fatal(err)
	}
	if strings.ContainsAny(text, "\u202e\u200b") || len(got.Items) != 14 || got.Counts["not sent"] != 2 {
		t.Errorf("the JSON is\n%s", text)
	}
	valid := strings.ToValidUTF8(hostile, "\ufffd")
	for _, it := range got.Items {
		if it.Name == "user-08" && it.Words != valid {
			t.Errorf("the words came back as %q, want %q", it.Words, valid)
		}
	}
}

func TestPastesDoNothing(t *testing.T) {
	for _, text := range []string{"y\n", "t\n", "c", "w\n", "dd\n", frametest.Noise(10_000)} {
		for _, finished := range []bool{true, false} {
			s := half(t)
			if finished {
				s.job.Finish()
				s.Clock.Pass(time.Second)
			}
			s.Send(frametest.Paste(text))
			if got := s.Settle(); len(got) > 0 || len(s.retried) > 0 || s.cancels > 0 || s.Closed {
				t.Errorf("the paste %.9q did something: %v", text, got)
			}
		}
	}
}

func TestALateEndOfAnotherRunDoesNotUpsetTheSheet(t *testing.T) {
	s := half(t)
	s.Press("end", "enter")
	s.job.Start(names(2))
	frametest.Draw(s.sheet, 80, 24)
	s.Press("esc", "end", "enter", "esc")
	s.job.Start(nil)
	frametest.Draw(s.sheet, 80, 24)
	s.Press("enter", "down", "e", "esc")
}

func BenchmarkDrawTenThousand(b *testing.B) {
	env, _ := frametest.Env()
	j := NewJob(env.Now)
	j.Start(names(10_000))
	s := New(env, j, Spec{Title: "x"})
	for i := range b.N {
		j.Set(i%10_000, Done, "gone")
		frametest.Draw(s, 80, 24)
	}
}
