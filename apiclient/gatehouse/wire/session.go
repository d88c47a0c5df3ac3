package wire

import "time"

// SignIn asks for a session.
type SignIn struct {
	UserName string  `json:"user_name" minLength:"1" maxLength:"1024"`
	Password Carried `json:"password" minLength:"1" maxLength:"4096" writeOnly:"true"`
}

// SignedIn is a new session. Token is the credential for everything after it.
type SignedIn struct {
	Token    Carried  `json:"token"`
	Identity Identity `json:"identity"`
}

// Identity tells who a credential is.
type Identity struct {
	User       User       `json:"user"`
	Credential Credential `json:"credential"`
	Server     Server     `json:"server"`
}

// Credential is the token a request came with.
type Credential struct {
	Prefix  string     `json:"token_prefix"`
	Kind    string     `json:"kind" enum:"access,session"`
	Created time.Time  `json:"created_time"`
	Expires *time.Time `json:"expires_time,omitempty" doc:"absent: never"`
}

// Server tells what answers; only those who are signed in are told.
type Server struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}
