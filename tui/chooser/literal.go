package chooser

import "strings"

// literal finds the rows that contain each word of the query somewhere in
// text, group, note or keys.
func literal(rows []Row, query string) []match {
	words := strings.Fields(strings.ToLower(query))
	var out []match
	for i, r := range rows {
		text := strings.ToLower(string(r.Text))
		all := strings.ToLower(strings.Join([]string{text, string(r.Group), string(r.Note), string(r.Right), string(r.Why)}, "\n"))
		m, hit := match{row: i}, true
		for _, w := range words {
			if !strings.Contains(all, w) {
				hit = false
				break
			}
			if at := strings.Index(text, w); at >= 0 && len(text) == len(r.Text) {
				for j := range len(w) {
					m.at = append(m.at, at+j)
				}
			}
		}
		if hit {
			out = append(out, m)
		}
	}
	return out
}
