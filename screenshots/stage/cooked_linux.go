package stage

import (
	"errors"

	"golang.org/x/sys/unix"
)

// Cooked tells whether the terminal's line is as programs find it: whole lines,
// an echo, keys that make signals.
func (s *Stage) Cooked() (bool, error) {
	conn, err := s.tty.SyscallConn()
	if err != nil {
		return false, err
	}
	var state *unix.Termios
	if asked := conn.Control(func(fd uintptr) { state, err = unix.IoctlGetTermios(int(fd), unix.TCGETS) }); asked != nil || err != nil {
		return false, errors.Join(asked, err)
	}
	const wanted = unix.ICANON | unix.ECHO | unix.ISIG
	return state.Lflag&wanted == wanted && state.Oflag&unix.OPOST != 0, nil
}
