package apiclient

import "fmt"

// Guard looks whether a plan would hit the one who makes it: his own user, his
// own account, the token in use. What would shut him out for good blocks the
// plan; what only ends his session is a grave fact.
func Guard(id Identity, info Info, ops []Op) (facts []Fact, blocks []Block) {
	for _, op := range ops {
		f, b := guardOne(id, info, op)
		if f.Text != "" {
			facts = append(facts, f)
		}
		if b.Text != "" {
			blocks = append(blocks, b)
		}
	}
	return facts, blocks
}

func guardOne(id Identity, info Info, op Op) (Fact, Block) {
	at := op.On.Key()
	switch {
	case at.IsZero():
		return Fact{}, Block{}
	case at == id.User.Key():
		return guardOwnUser(info, op)
	case at == id.Account.Key():
		switch op.Verb {
		case AccountDisable, AccountDelete:
			return Fact{}, Block{
				Text: fmt.Sprintf("%s is your own %s: you would lock yourself out.", at.Name(), info.Word(KindAccount).One),
				Next: fmt.Sprintf("Let an admin of another %s do it, or take it out of the selection.", info.Word(KindAccount).One),
			}
		}
	case at == id.Token.Key() && op.Verb == TokenRevoke:
		return Fact{Text: at.Name() + " is what you are signed in with: you will be signed out.", Grave: true}, Block{}
	}
	return Fact{}, Block{}
}

func guardOwnUser(info Info, op Op) (Fact, Block) {
	name := op.On.Name()
	switch op.Verb {
	case UserDisable, UserDeactivate, UserDelete, UserRemove, UserUnsetup:
		return Fact{}, Block{
			Text: fmt.Sprintf("%s is your own %s: you would lock yourself out.", name, info.Word(KindUser).One),
			Next: "Let another admin do it, or take it out of the selection.",
		}
	case UserUpdate:
		if op.With.Has("admin") && !op.With.Bool("admin") {
			return Fact{Text: fmt.Sprintf("%s is your own %s: you will no longer be an admin.", name, info.Word(KindUser).One), Grave: true}, Block{}
		}
	case UserReset, UserExpireTokens, UserEndSessions, UserSetPassword:
		return Fact{Text: fmt.Sprintf("%s is your own %s: you may be signed out.", name, info.Word(KindUser).One), Grave: true}, Block{}
	}
	return Fact{}, Block{}
}

// GuardLastAdmin looks whether any of the admins who can sign in is left after
// those are gone whom a plan takes. known is false where the list of admins
// could not be read, or not to its end.
func GuardLastAdmin(admins []Ref, known bool, taken map[Ref]bool) (Fact, Block) {
	if len(taken) == 0 {
		return Fact{}, Block{}
	}
	if !known {
		return Fact{Text: "Whether an admin is left afterwards is not known: the list of admins could not be read.", Grave: true}, Block{}
	}
	hit, left := 0, 0
	for _, a := range admins {
		if taken[a.Key()] {
			hit++
		} else {
			left++
		}
	}
	if hit > 0 && left == 0 {
		return Fact{}, Block{
			Text: "Afterwards there would be no admin left who can sign in.",
			Next: "Make somebody else an admin first.",
		}
	}
	return Fact{}, Block{}
}
