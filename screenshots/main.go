// Screenshots makes the pictures of the README: it runs the real program in a
// pseudo terminal, presses the keys that lead to each screen and each box, and
// paints what the terminal shows.
//
//	go run ./screenshots             # all of them, into ./screenshots
//	go run ./screenshots users help  # only these
package main

import (
	"errors"
	"flag"
	"fmt"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"gatehouse/screenshots/paint"
)

type options struct {
	binary, to, listen string
	only               []string
}

func main() {
	var o options
	flag.StringVar(&o.binary, "binary", "", "the gatehouse to show (built anew unless given)")
	flag.StringVar(&o.to, "to", "screenshots", "folder for the pictures")
	flag.StringVar(&o.listen, "listen", "127.0.0.1:7411", "free address for a server; it is seen in some pictures")
	flag.Parse()
	o.only = flag.Args()
	if err := run(o); err != nil {
		fmt.Fprintln(os.Stderr, "screenshots:", err)
		os.Exit(1)
	}
}

func run(o options) (err error) {
	wanted, err := chosen(o.only)
	if err != nil {
		return err
	}
	fonts, err := paint.FindFonts()
	if err == nil && len(fonts.Missing()) > 0 {
		err = fmt.Errorf("these fonts are not installed: %s", strings.Join(fonts.Missing(), ", "))
	}
	if err != nil {
		return fmt.Errorf("%w; on Debian or Ubuntu: apt-get install %s", err, strings.Join(paint.Packages(), " "))
	}
	dir, err := os.MkdirTemp("", "gatehouse-pictures-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if o.binary == "" {
		o.binary = filepath.Join(dir, "gatehouse")
		if err := build(o.binary); err != nil {
			return err
		}
	}
	studio := &studio{binary: o.binary, dir: dir, listen: o.listen}
	defer studio.close()
	for _, s := range wanted {
		if err := take(studio, s, fonts, o.to); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	return nil
}

// chosen are the scenes of these names, all if there are none.
func chosen(names []string) ([]scene, error) {
	all := scenes()
	if len(names) == 0 {
		return all, nil
	}
	var out []scene
	for _, name := range names {
		i := slices.IndexFunc(all, func(s scene) bool { return s.name == name })
		if i < 0 {
			return nil, fmt.Errorf("there is no picture %s", name)
		}
		out = append(out, all[i])
	}
	return out, nil
}

func build(to string) error {
	cmd := exec.Command("go", "build", "-trimpath", "-o", to, "gatehouse/cmd/gatehouse")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build gatehouse: %w\n%s", err, out)
	}
	return nil
}

// take plays a scene and paints its end.
func take(studio *studio, s scene, fonts *paint.Fonts, to string) error {
	a, err := studio.begin(s)
	if err != nil {
		return err
	}
	defer a.leave()
	s.play(a)
	a.settle()
	a.steady()
	if a.err != nil {
		return fmt.Errorf("%w; it shows\n%s", a.err, a.st.Screen.Text())
	}
	colors := paint.Dark()
	if s.light {
		colors = paint.Light()
	}
	picture := paint.New(fonts, colors).Picture(a.st.Screen)
	path := filepath.Join(to, s.name+".png")
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	if err := errors.Join(encoder.Encode(f, picture), f.Close()); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	fmt.Println(path)
	return nil
}
