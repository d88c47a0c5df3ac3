package main

import (
	"os"

	"gatehouse/apiclient"
	"gatehouse/apiclient/contexts"
	"gatehouse/apiclient/gatehouse"
)

// drivers are all kinds of systems that the program speaks to.
func drivers() []apiclient.Driver {
	return []apiclient.Driver{gatehouse.Driver()}
}

// openBook finds the configuration.
func openBook() (*contexts.Book, error) {
	path, err := contexts.Path(os.Getenv)
	if err != nil {
		return nil, usageError(err)
	}
	return &contexts.Book{Path: path, Drivers: drivers(), Store: contexts.NewStore()}, nil
}
