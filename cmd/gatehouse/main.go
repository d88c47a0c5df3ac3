// Gatehouse is a full-screen terminal console for accounts, users and tokens,
// and a REST server for them. This package wires the parts together and has no
// logic of its own.
package main

import (
	"os"

	_ "gatehouse/tui/term/early" // first: keeps the terminal library from asking, and waiting for, the terminal
)

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }
