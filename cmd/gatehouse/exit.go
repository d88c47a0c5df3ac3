package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"gatehouse/apiclient"
)

// Exit codes, as `gatehouse help exit-codes` tells them.
const (
	exitOK          = 0
	exitOther       = 1
	exitUsage       = 2
	exitUnknown     = 4
	exitNotFound    = 5
	exitDenied      = 6
	exitConflict    = 7
	exitUnreachable = 8
	exitSignal      = 128
)

const exitCodesHelp = `0     everything went well
1     an error that none of the others is for
2     wrong usage: flags, arguments, settings, or no terminal where one is needed
3     of several changes some failed
4     it is not known how a change ended
5     not found, or nothing matched
6     not signed in, or not allowed
7     conflict: something else is in the way
8     the server cannot be reached or took too long
128+n ended by signal n: 129 SIGHUP, 130 SIGINT, 143 SIGTERM

A server that is told to stop by SIGINT or SIGTERM ends with 0.`

// exitError is an error that knows its exit code.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string { return e.err.Error() }
func (e *exitError) Unwrap() error { return e.err }

// usageError is a mistake of whoever called the program.
func usageError(err error) error { return &exitError{exitUsage, err} }

// exitCode finds the code for an error.
func exitCode(err error) int {
	var known *exitError
	if err == nil {
		return exitOK
	}
	if errors.As(err, &known) {
		return known.code
	}
	for _, c := range []struct {
		is   error
		code int
	}{
		{apiclient.ErrInvalid, exitUsage}, {apiclient.ErrSignedOut, exitDenied}, {apiclient.ErrDenied, exitDenied}, {apiclient.ErrNotFound, exitNotFound},
		{apiclient.ErrConflict, exitConflict}, {apiclient.ErrChanged, exitConflict}, {apiclient.ErrUnreachable, exitUnreachable},
		{apiclient.ErrThrottled, exitUnreachable}, {context.DeadlineExceeded, exitUnreachable},
	} {
		if errors.Is(err, c.is) {
			return c.code
		}
	}
	var failure *apiclient.Failure
	if errors.As(err, &failure) && failure.End == apiclient.Unknown {
		return exitUnknown
	}
	return exitOther
}

func exitCodesTopic() *cobra.Command {
	return &cobra.Command{Use: "exit-codes", Short: "what the exit codes mean", Long: exitCodesHelp}
}
