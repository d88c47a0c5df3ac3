package stage

import (
	"bytes"
	"io"
	"time"
)

// Answers is how the terminal answers questions: where the cursor is, what it
// is, which colours it has. The zero Answers is a dark terminal that answers at
// once.
type Answers struct {
	Silent bool
	Light  bool
	Late   time.Duration // as over a slow line
}

// answerer finds the questions in what the program writes.
type answerer struct {
	how  Answers
	to   io.Writer
	rest []byte // what may be the beginning of a question
}

func (a *answerer) hear(p []byte) {
	if a.how.Silent {
		return
	}
	text := append(a.rest, p...)
	for {
		i := bytes.IndexByte(text, 0x1b)
		if i < 0 {
			a.rest = nil
			return
		}
		text = text[i:]
		length, unfinished := a.answer(text)
		if unfinished { // the rest may come with the next piece
			a.rest = append([]byte(nil), text...)
			return
		}
		text = text[max(1, length):]
	}
}

// answer answers the question that the text begins with and tells how long it
// is; 0: it begins with none.
func (a *answerer) answer(text []byte) (length int, unfinished bool) {
	background, foreground := "0000/0000/0000", "ffff/ffff/ffff"
	if a.how.Light {
		background, foreground = foreground, background
	}
	// What terminal libraries ask, from xterm's control sequences.
	for _, q := range []struct{ question, answer string }{
		{"\x1b]10;?", "\x1b]10;rgb:" + foreground + "\x1b\\"},
		{"\x1b]11;?", "\x1b]11;rgb:" + background + "\x1b\\"},
		{"\x1b[6n", "\x1b[1;1R"},
		{"\x1b[c", "\x1b[?62;22c"},
		{"\x1b[0c", "\x1b[?62;22c"},
		{"\x1b[>c", "\x1b[>0;276;0c"},
	} {
		if bytes.HasPrefix(text, []byte(q.question)) {
			a.say(q.answer)
			return len(q.question), false
		}
		unfinished = unfinished || bytes.HasPrefix([]byte(q.question), text)
	}
	return 0, unfinished
}

func (a *answerer) say(answer string) {
	write := func() { _, _ = io.WriteString(a.to, answer) } // the program may have gone
	if a.how.Late == 0 {
		write()
		return
	}
	time.AfterFunc(a.how.Late, write)
}
