package theme

import "gatehouse/tui/safetext"

// Signs say in one cell what a tone says in colour.
type Signs struct {
	Cursor, Mark           safetext.Safe
	Up, Down               safetext.Safe // sort order
	Live, Pending          safetext.Safe // health of a state
	Idle, Gone             safetext.Safe
	Done, Refused          safetext.Safe // ends of an op
	Unknown, NotSent       safetext.Safe
	Running                safetext.Safe
	Separator, Crumb, More safetext.Safe
	Rule                   safetext.Safe
	BarFull, BarEmpty      safetext.Safe
	Caret, Bullet          safetext.Safe
	Dot                    safetext.Safe // between pieces of a line
	Masked                 safetext.Safe
}

func unicodeSigns() Signs {
	return Signs{
		Cursor: "▸", Mark: "✓", Up: "▲", Down: "▼",
		Live: "●", Pending: "◐", Idle: "○", Gone: "✗",
		Done: "✓", Refused: "✗", Unknown: "?", NotSent: "·", Running: "…",
		Separator: "│", Crumb: "›", More: "…", Rule: "─",
		BarFull: "━", BarEmpty: "─", Caret: "▌", Bullet: "•", Dot: "·", Masked: "•",
	}
}

func asciiSigns() Signs {
	return Signs{
		Cursor: ">", Mark: "*", Up: "^", Down: "v",
		Live: "+", Pending: "~", Idle: "o", Gone: "x",
		Done: "+", Refused: "x", Unknown: "?", NotSent: "-", Running: "~",
		Separator: "|", Crumb: ">", More: "~", Rule: "-",
		BarFull: "#", BarEmpty: "-", Caret: "_", Bullet: "*", Dot: "-", Masked: "*",
	}
}
