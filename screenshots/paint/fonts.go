package paint

import (
	"fmt"
	"image"
	"image/draw"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"

	"gatehouse/tui/term/vt"
)

// The font files that are tried for a character, the first that has it wins.
// There are no more than these, so that pictures are the same wherever all of
// them are installed.
var (
	regular  = []string{"JetBrainsMono-Regular.ttf", "DejaVuSansMono.ttf", "DroidSansFallbackFull.ttf", "Symbola_hint.ttf", "DejaVuSans.ttf"}
	bold     = []string{"JetBrainsMono-Bold.ttf", "DejaVuSansMono-Bold.ttf"}
	italic   = []string{"JetBrainsMono-Italic.ttf", "DejaVuSansMono-Oblique.ttf"}
	fontDirs = []string{"/usr/share/fonts", "/usr/local/share/fonts", "/Library/Fonts"}
)

// Packages are those of Debian and Ubuntu that hold the fonts.
func Packages() []string {
	return []string{"fonts-jetbrains-mono", "fonts-dejavu-core", "fonts-dejavu-extra", "fonts-droid-fallback", "fonts-symbola"}
}

// size is the height of the letters in pixels; the width of a cell follows.
const size = 16.5

// Fonts draws characters.
type Fonts struct {
	regular, bold, italic []face
	missing               []string
	cellW, cellH, ascent  int
}

type face struct {
	font.Face
	font *sfnt.Font
}

// FindFonts looks for font files on this machine. Missing ones are no error as
// long as there is one with fixed width.
func FindFonts() (*Fonts, error) {
	files := map[string]string{}
	dirs := fontDirs
	if home, err := os.UserHomeDir(); err == nil {
		dirs = append([]string{filepath.Join(home, ".local/share/fonts")}, dirs...)
	}
	for _, dir := range dirs {
		_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				files[d.Name()] = path
			}
			return nil // folders that cannot be read have no fonts
		})
	}
	f := &Fonts{regular: load(files, regular), bold: load(files, bold), italic: load(files, italic)}
	if len(f.regular) == 0 {
		return nil, fmt.Errorf("none of the fonts %s is in %s; install one", strings.Join(regular, ", "), strings.Join(dirs, ", "))
	}
	for _, name := range slices.Concat(regular, bold, italic) {
		if files[name] == "" {
			f.missing = append(f.missing, name)
		}
	}
	m := f.regular[0].Metrics()
	advance, _ := f.regular[0].GlyphAdvance('M')
	f.cellW, f.cellH, f.ascent = advance.Round(), (m.Ascent + m.Descent).Ceil(), m.Ascent.Round()
	return f, nil
}

// Missing are the font files that were looked for and not found: pictures made
// without them differ from those made with them.
func (f *Fonts) Missing() []string { return f.missing }

func load(files map[string]string, names []string) []face {
	var out []face
	for _, name := range names {
		path, ok := files[name]
		if !ok {
			continue
		}
		if f, err := open(path); err == nil {
			out = append(out, f)
		}
	}
	return out
}

func open(path string) (face, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return face{}, err
	}
	c, err := opentype.ParseCollection(data)
	if err != nil {
		return face{}, fmt.Errorf("%s: %w", path, err)
	}
	parsed, err := c.Font(0)
	if err != nil {
		return face{}, fmt.Errorf("%s: %w", path, err)
	}
	drawn, err := opentype.NewFace(parsed, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingNone})
	return face{drawn, parsed}, err
}

// glyph draws a character into the room of its cell, in its middle.
func (f *Fonts) glyph(img draw.Image, room image.Rectangle, r rune, s vt.Style, ink image.Image) {
	chosen, ok := f.find(r, s)
	if !ok {
		chosen, r = f.regular[0], '\uFFFD'
	}
	dot := fixed.P(room.Min.X, room.Min.Y+f.ascent)
	if advance, ok := chosen.GlyphAdvance(r); ok {
		dot.X += (fixed.I(room.Dx()) - advance) / 2
	}
	at, mask, origin, _, ok := chosen.Glyph(dot, r)
	if !ok {
		return
	}
	shown := at.Intersect(room.Inset(-1)) // a slanted stroke may lean out a little
	draw.DrawMask(img, shown, ink, image.Point{}, mask, origin.Add(shown.Min.Sub(at.Min)), draw.Over)
}

func (f *Fonts) find(r rune, s vt.Style) (face, bool) {
	lists := [][]face{f.regular}
	switch {
	case s.Bold:
		lists = [][]face{f.bold, f.regular}
	case s.Italic:
		lists = [][]face{f.italic, f.regular}
	}
	var buf sfnt.Buffer
	for _, list := range lists {
		for _, one := range list {
			if i, err := one.font.GlyphIndex(&buf, r); err == nil && i != 0 {
				return one, true
			}
		}
	}
	return face{}, false
}
