package api

import (
	"context"
	"net/http"

	"gatehouse/apiclient/gatehouse/wire"
	"gatehouse/server/directory"
)

type (
	createAccountRequest struct {
		Keyed
		Body wire.CreateAccount
	}
	updateAccountRequest struct {
		Named
		Matching
		Body wire.UpdateAccount
	}
	matchedRequest struct {
		Named
		Matching
	}
)

func (a *api) accounts() {
	list(a, wire.PathAccounts, "list-accounts", "List accounts",
		func(ctx context.Context, in *ListRequest) (wire.Page[wire.Account], error) {
			return a.dir.Accounts(ctx, callerOf(ctx), in.query())
		})
	create := a.route("POST", wire.PathAccounts, "create-account", "Create an account", 403, 409)
	create.DefaultStatus = http.StatusCreated
	handle(a, create, func(ctx context.Context, in *createAccountRequest) (*Record[wire.Account], error) {
		once, err := in.once("create-account", in.Body)
		if err != nil {
			return nil, err
		}
		out, replayed, err := a.dir.CreateAccount(ctx, callerOf(ctx), once, in.Body)
		return &Record[wire.Account]{
			Body: out, ETag: etag(out.Version), Replayed: replay(replayed), Location: wire.AccountPath(out.Name),
		}, err
	})
	one := wire.PathAccounts + "/{name}"
	handle(a, a.route("GET", one, "show-account", "Show an account and what a deletion would take", 404),
		func(ctx context.Context, in *Named) (*Record[wire.Account], error) {
			out, err := a.dir.Account(callerOf(ctx), in.Name)
			return record(out, out.Version, err)
		})
	handle(a, a.route("PATCH", one, "update-account", "Change e-mail or type", 404, 409, 412, 428),
		func(ctx context.Context, in *updateAccountRequest) (*Record[wire.Account], error) {
			out, err := a.dir.UpdateAccount(ctx, callerOf(ctx), in.match(), in.Name, in.Body)
			return record(out, out.Version, err)
		})
	remove := a.route("DELETE", one, "delete-account", "Delete a disabled account with its users and their credentials", 404, 409, 412, 428)
	remove.DefaultStatus = http.StatusAccepted
	handle(a, remove, func(ctx context.Context, in *matchedRequest) (*Record[wire.Account], error) {
		out, err := a.dir.DeleteAccount(ctx, callerOf(ctx), in.match(), in.Name)
		return record(out, out.Version, err)
	})
	handle(a, a.route("POST", one+"/enable", "enable-account", "Let the users of an account in", 404, 409),
		func(ctx context.Context, in *Named) (*Record[wire.Account], error) {
			out, err := a.dir.EnableAccount(ctx, callerOf(ctx), in.Name)
			return record(out, out.Version, err)
		})
	handle(a, a.route("POST", one+"/disable", "disable-account", "Keep the users of an account out and end their sessions", 404, 409, 412, 428),
		func(ctx context.Context, in *matchedRequest) (*Record[wire.Account], error) {
			out, err := a.dir.DisableAccount(ctx, callerOf(ctx), in.match(), in.Name)
			return record(out, out.Version, err)
		})
}

// ListRequest is what every list takes.
type ListRequest struct {
	Accept    string `header:"Accept" maxLength:"1024" doc:"application/x-ndjson for the whole list, one record a line"`
	PageSize  int    `query:"page_size" minimum:"1" maximum:"5000" default:"100"`
	PageToken string `query:"page_token" maxLength:"4096" doc:"next_page_token of the page before"`
	Filter    string `query:"filter" maxLength:"1024" doc:"words and field:value pairs that all have to hold; a minus in front turns one round"`
	OrderBy   string `query:"order_by" maxLength:"64" doc:"a field; a minus in front for descending"`
}

func (l ListRequest) query() directory.ListQuery {
	return directory.ListQuery{Filter: l.Filter, OrderBy: l.OrderBy, PageToken: l.PageToken, PageSize: l.PageSize}
}
