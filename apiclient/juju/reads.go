package juju

import (
	"context"

	"gatehouse/apiclient"
)

// allUsers asks for everybody whom the caller may see: all for a superuser, and
// himself for anybody else.
func (b *backend) allUsers(ctx context.Context, tried string) ([]userInfo, error) {
	var r results[userInfoResult]
	f := b.session.ask(ctx, question{
		tried: tried, facade: "UserManager", request: "UserInfo", into: &r,
		params: userInfoParams{Entities: []entity{}, Disabled: true},
	})
	if f != nil {
		return nil, f
	}
	users := make([]userInfo, 0, len(r.Results))
	for _, e := range r.Results {
		switch {
		case e.Error != nil:
			f := refused(e.Error)
			f.Tried = tried
			return nil, f
		case e.Result == nil || e.Result.Name == "":
			return nil, broken(tried)
		}
		users = append(users, *e.Result)
	}
	return users, nil
}

// readUser asks for one user. Before Juju 4 a controller says "permission
// denied" of a user who is not there, also to those who may see everybody.
func (b *backend) readUser(ctx context.Context, tried, name string) (userInfo, error) {
	var r results[userInfoResult]
	f := b.session.ask(ctx, question{
		tried: tried, facade: "UserManager", request: "UserInfo", into: &r,
		params: userInfoParams{Entities: []entity{{userTag(name)}}, Disabled: true},
	})
	switch {
	case f != nil:
		return userInfo{}, f
	case len(r.Results) != 1:
		return userInfo{}, broken(tried)
	case r.Results[0].Error != nil:
		f := refused(r.Results[0].Error)
		f.Tried = tried
		if isDenied(f) && b.admin && b.release.major < 4 {
			f.Cause, f.Message = apiclient.ErrNotFound, "user "+name+" does not exist (the controller says: "+f.Message+")"
		}
		return userInfo{}, f
	case r.Results[0].Result == nil || r.Results[0].Result.Name == "":
		return userInfo{}, broken(tried)
	}
	return *r.Results[0].Result, nil
}

// models asks for all models that the caller has access to; a superuser for
// all there are.
func (b *backend) models(ctx context.Context, tried string) ([]modelSummary, error) {
	var r results[summaryResult]
	f := b.session.ask(ctx, question{
		tried: tried, facade: "ModelManager", request: "ListModelSummaries", into: &r,
		params: summaryParams{User: userTag(b.me), All: b.admin},
	})
	if f != nil {
		return nil, f
	}
	models := make([]modelSummary, 0, len(r.Results))
	for _, e := range r.Results {
		switch {
		case e.Error != nil && e.Error.Code == "model not found":
			continue // destroyed while the list was made
		case e.Error != nil:
			f := refused(e.Error)
			f.Tried = tried
			return nil, f
		case e.Result == nil || e.Result.UUID == "":
			return nil, broken(tried)
		}
		models = append(models, *e.Result)
	}
	return models, nil
}

// modelUsers asks who has access to models, in one call: the answer is one flat
// list.
func (b *backend) modelUsers(ctx context.Context, tried string, uuids []string) ([]modelUser, error) {
	if len(uuids) == 0 {
		return nil, nil
	}
	p := entities{}
	for _, id := range uuids {
		p.Entities = append(p.Entities, entity{modelTag(id)})
	}
	var r results[modelUserResult]
	f := b.session.ask(ctx, question{
		tried: tried, facade: "UserManager", request: "ModelUserInfo", into: &r, params: p, atLeast: 3,
	})
	if f != nil {
		return nil, f
	}
	users := make([]modelUser, 0, len(r.Results))
	for _, e := range r.Results {
		switch {
		case e.Error != nil:
			f := refused(e.Error)
			f.Tried = tried
			return nil, f
		case e.Result == nil || e.Result.Name == "":
			return nil, broken(tried)
		}
		users = append(users, *e.Result)
	}
	return users, nil
}

func broken(tried string) *apiclient.Failure {
	return &apiclient.Failure{Tried: tried, End: apiclient.Refused, Message: errDamaged.Error(), Cause: apiclient.ErrBroken}
}
