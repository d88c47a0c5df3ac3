package main

import (
	"os"

	"gatehouse/apiclient"
	"gatehouse/apiclient/ais"
	"gatehouse/apiclient/aiven"
	"gatehouse/apiclient/anchore"
	"gatehouse/apiclient/arvados"
	"gatehouse/apiclient/contexts"
	"gatehouse/apiclient/gatehouse"
	"gatehouse/apiclient/juju"
)

// drivers are all kinds of systems that the program speaks to.
func drivers() []apiclient.Driver {
	return []apiclient.Driver{
		gatehouse.Driver(), anchore.Driver(), ais.Driver(), aiven.Driver(), arvados.Driver(), juju.Driver(),
	}
}

// openBook finds the configuration.
func openBook() (*contexts.Book, error) {
	path, err := contexts.Path(os.Getenv)
	if err != nil {
		return nil, usageError(err)
	}
	return &contexts.Book{Path: path, Drivers: drivers(), Store: contexts.NewStore()}, nil
}
