//go:build unix

package store

import "syscall"

// noFollow keeps somebody who can write to the folder from pointing the
// database at another file.
const noFollow = syscall.O_NOFOLLOW
