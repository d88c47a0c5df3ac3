// Package saveas asks where to write a file, and writes it so that nobody but
// its owner can read it.
package saveas

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Create writes a new file with mode 0600. It never writes to a file that is
// there already, and follows no symbolic link: POSIX demands both of O_EXCL
// with O_CREAT, also for a link that leads nowhere.
func Create(path string, data []byte) (err error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return explain(path, err)
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("writing %s: %w; what was written was removed", path, errors.Join(err, os.Remove(path)))
		}
	}()
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

func explain(path string, err error) error {
	switch {
	case errors.Is(err, fs.ErrExist):
		return fmt.Errorf("this file is there already and was not touched; choose another name: %s", path)
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("there is no such folder; make it first or choose another: %s", filepath.Dir(path))
	}
	return fmt.Errorf("creating %s: %w", path, err)
}

// full is the path that is meant: ~/ is the home folder, and what is not
// absolute stands in dir.
func full(path, dir string) (string, error) {
	rest, home := strings.CutPrefix(path, "~/")
	if home {
		at, err := os.UserHomeDir()
		if err != nil {
			return "", fmt.Errorf("finding the home folder: %w", err)
		}
		return filepath.Join(at, rest), nil
	}
	if filepath.IsAbs(path) {
		return filepath.Clean(path), nil
	}
	return filepath.Join(dir, path), nil
}
