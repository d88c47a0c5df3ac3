//go:build !linux

package stage

import "errors"

// Cooked cannot be told here.
func (s *Stage) Cooked() (bool, error) { return false, errors.New("not known on this system") }
