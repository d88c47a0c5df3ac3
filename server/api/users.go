package api

import (
	"context"
	"net/http"

	"gatehouse/apiclient/gatehouse/wire"
)

type (
	createUserRequest struct {
		Keyed
		Body wire.CreateUser
	}
	updateUserRequest struct {
		Named
		Matching
		Body wire.UpdateUser
	}
	passwordRequest struct {
		Named
		Body wire.SetPassword
	}
	keyedUserRequest struct {
		Named
		Keyed
	}
	// UserListRequest can be kept to one account.
	UserListRequest struct {
		ListRequest
		Account string `query:"account" maxLength:"512" doc:"only users of this account"`
	}
)

const oneUser = wire.PathUsers + "/{name}"

func (a *api) users() {
	list(a, wire.PathUsers, "list-users", "List users",
		func(ctx context.Context, in *UserListRequest) (wire.Page[wire.User], error) {
			q := in.query()
			q.Account = in.Account
			return a.dir.Users(ctx, callerOf(ctx), q)
		})
	a.createUser()
	handle(a, a.route("GET", oneUser, "show-user", "Show a user", 404),
		func(ctx context.Context, in *Named) (*Record[wire.User], error) {
			out, err := a.dir.User(callerOf(ctx), in.Name)
			return record(out, out.Version, err)
		})
	handle(a, a.route("PATCH", oneUser, "update-user", "Change real name, e-mail or, as an admin, who is one", 403, 404, 409, 412, 428),
		func(ctx context.Context, in *updateUserRequest) (*Record[wire.User], error) {
			out, err := a.dir.UpdateUser(ctx, callerOf(ctx), in.match(), in.Name, in.Body)
			return record(out, out.Version, err)
		})
	handle(a, a.route("DELETE", oneUser, "delete-user", "Delete a user with all credentials", 403, 404, 409, 412, 428),
		func(ctx context.Context, in *matchedRequest) (*None, error) {
			return nil, a.dir.DeleteUser(ctx, callerOf(ctx), in.match(), in.Name)
		})
	handle(a, a.route("POST", oneUser+"/enable", "enable-user", "Let a user in", 403, 404),
		func(ctx context.Context, in *Named) (*Record[wire.User], error) {
			out, err := a.dir.EnableUser(ctx, callerOf(ctx), in.Name)
			return record(out, out.Version, err)
		})
	handle(a, a.route("POST", oneUser+"/disable", "disable-user", "Keep a user out and end the sessions", 403, 404, 409, 412, 428),
		func(ctx context.Context, in *matchedRequest) (*Record[wire.User], error) {
			out, err := a.dir.DisableUser(ctx, callerOf(ctx), in.match(), in.Name)
			return record(out, out.Version, err)
		})
	a.credentials()
}

func (a *api) createUser() {
	create := a.route("POST", wire.PathUsers, "create-user", "Create a user with a password, or invite one without", 403, 409)
	create.DefaultStatus = http.StatusCreated
	handle(a, create, func(ctx context.Context, in *createUserRequest) (*Record[wire.UserCreated], error) {
		asked := in.Body
		asked.Password = nil // not even its hash is kept with the key
		once, err := in.once("create-user", []any{asked, in.Body.Password != nil})
		if err != nil {
			return nil, err
		}
		out, err := a.dir.CreateUser(ctx, callerOf(ctx), once, in.Body)
		return &Record[wire.UserCreated]{
			Body: out, ETag: etag(out.User.Version), Replayed: replay(out.Replayed), Location: wire.UserPath(out.User.Name),
		}, err
	})
}

func (a *api) credentials() {
	handle(a, a.route("PUT", oneUser+"/password", "set-password", "Set another's password, as an admin, or one's own, with the old one", 403, 404, 429),
		func(ctx context.Context, in *passwordRequest) (*Record[wire.PasswordSet], error) {
			out, err := a.dir.SetPassword(ctx, callerOf(ctx), in.Name, in.Body)
			return record(out, out.User.Version, err)
		})
	handle(a, a.route("POST", oneUser+"/reset", "reset-user", "Take the password away and give a new registration string", 403, 404, 409),
		func(ctx context.Context, in *keyedUserRequest) (*Record[wire.UserCreated], error) {
			once, err := in.once("reset-user", in.Name)
			if err != nil {
				return nil, err
			}
			out, err := a.dir.ResetUser(ctx, callerOf(ctx), once, in.Name)
			return &Record[wire.UserCreated]{Body: out, ETag: etag(out.User.Version), Replayed: replay(out.Replayed)}, err
		})
	handle(a, a.route("POST", oneUser+"/expire-tokens", "expire-tokens", "Revoke all tokens, sessions and registrations of a user", 404),
		func(ctx context.Context, in *keyedUserRequest) (*Plain[wire.Expired], error) {
			once, err := in.once("expire-tokens", in.Name)
			if err != nil {
				return nil, err
			}
			out, err := a.dir.ExpireTokens(ctx, callerOf(ctx), once, in.Name)
			return &Plain[wire.Expired]{Body: out, Replayed: replay(out.Replayed)}, err
		})
}
