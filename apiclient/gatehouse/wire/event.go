package wire

import (
	"encoding/json"
	"time"
)

// Results of what an event tells about.
const (
	EventDone    = "done"
	EventRefused = "refused"
)

// Event is one line of the audit log. ID is a growing number, as text.
type Event struct {
	ID         string          `json:"id"`
	Time       time.Time       `json:"time"`
	Verb       string          `json:"verb" doc:"kind and what was done, such as user.disable"`
	Result     string          `json:"result" enum:"done,refused"`
	Actor      string          `json:"actor,omitempty" doc:"the user who did it; system: the server itself"`
	ActorToken string          `json:"actor_token_prefix,omitempty"`
	IP         string          `json:"ip,omitempty"`
	Agent      string          `json:"user_agent,omitempty"`
	TargetKind string          `json:"target_kind,omitempty" doc:"account, user, token or session"`
	Target     string          `json:"target,omitempty"`
	Account    string          `json:"account,omitempty" doc:"the account of the target"`
	UserName   string          `json:"user_name,omitempty" doc:"the user that the target is or belongs to"`
	Reason     string          `json:"reason,omitempty" doc:"why it was refused, as a problem code"`
	Before     json.RawMessage `json:"before,omitempty"`
	After      json.RawMessage `json:"after,omitempty"`
	RequestID  string          `json:"request_id,omitempty"`
	Hash       string          `json:"hash" doc:"SHA-256 over the event before and this one, lower-case hex"`
}

// Names of server-sent events.
const (
	StreamChange = "change" // data: an Event
	StreamEnd    = "end"    // data: a StreamEnded; nothing follows
)

// StreamEnded says why the stream of events ends.
type StreamEnded struct {
	Reason string `json:"reason" enum:"credential_ended,shutting_down"`
}
