package anchore

import (
	"context"
	"time"

	"gatehouse/apiclient"
)

// DriverWaiting is the driver with another way to wait.
func DriverWaiting(w func(context.Context, time.Duration) error) apiclient.Driver { return driver(w) }

// The pieces that are tried by themselves.
var (
	ReadError  = readError
	Classify   = classify
	CheckName  = checkName
	CheckEmail = checkEmail
)
