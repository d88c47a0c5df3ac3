package juju

import (
	"encoding/json"
	"time"

	"gatehouse/apiclient/rest"
)

// call is one request as it travels.
type call struct {
	RequestID uint64 `json:"request-id"`
	Type      string `json:"type"`
	Version   int    `json:"version"`
	Request   string `json:"request"`
	Params    any    `json:"params"`
}

// answer is one answer: a refusal has an error beside an empty response.
type answer struct {
	RequestID uint64          `json:"request-id"`
	Error     string          `json:"error"`
	Code      string          `json:"error-code"`
	Info      json.RawMessage `json:"error-info"`
	Response  json.RawMessage `json:"response"`
}

// refusal is what a call, or one entry of a bulk call, is refused with.
type refusal struct {
	Message string          `json:"message"`
	Code    string          `json:"code"`
	Info    json.RawMessage `json:"info"`
}

type results[T any] struct {
	Results []T `json:"results"`
}

type ended struct {
	Error *refusal `json:"error"`
}

type entity struct {
	Tag string `json:"tag"`
}

type entities struct {
	Entities []entity `json:"entities"`
}

type loginParams struct {
	Tag         string            `json:"auth-tag"`
	Credentials rest.Open         `json:"credentials"`
	Nonce       string            `json:"nonce"`
	Macaroons   []json.RawMessage `json:"macaroons"`
}

type loginResult struct {
	ControllerTag string `json:"controller-tag"`
	User          struct {
		Identity         string `json:"identity"`
		ControllerAccess string `json:"controller-access"`
	} `json:"user-info"`
	Facades []struct {
		Name     string `json:"name"`
		Versions []int  `json:"versions"`
	} `json:"facades"`
	ServerVersion string `json:"server-version"`

	Discharge json.RawMessage `json:"discharge-required"`
	Bakery    json.RawMessage `json:"bakery-discharge-required"`
	Reason    string          `json:"discharge-required-error"`
}

type addUsers struct {
	Users []addUser `json:"users"`
}

type addUser struct {
	Name     string     `json:"username"`
	Display  string     `json:"display-name"`
	Password *rest.Open `json:"password,omitempty"`
}

type addedUser struct {
	Tag   string   `json:"tag"`
	Key   []byte   `json:"secret-key"`
	Error *refusal `json:"error"`
}

type passwordChanges struct {
	Changes []passwordChange `json:"changes"`
}

type passwordChange struct {
	Tag      string    `json:"tag"`
	Password rest.Open `json:"password"`
}

type userInfoParams struct {
	Entities []entity `json:"entities"`
	Disabled bool     `json:"include-disabled"`
}

type userInfo struct {
	Name     string     `json:"username"`
	Display  string     `json:"display-name"`
	Access   string     `json:"access"`
	By       string     `json:"created-by"`
	Created  time.Time  `json:"date-created"`
	Seen     *time.Time `json:"last-connection"`
	Disabled bool       `json:"disabled"`
}

type userInfoResult struct {
	Result *userInfo `json:"result"`
	Error  *refusal  `json:"error"`
}

type modelUser struct {
	Model   string     `json:"model-tag"`
	Name    string     `json:"user"`
	Display string     `json:"display-name"`
	Seen    *time.Time `json:"last-connection"`
	Access  string     `json:"access"`
}

type modelUserResult struct {
	Result *modelUser `json:"result"`
	Error  *refusal   `json:"error"`
}

type accessChanges struct {
	Changes []accessChange `json:"changes"`
}

type accessChange struct {
	User   string `json:"user-tag"`
	Action string `json:"action"`
	Access string `json:"access"`
	Model  string `json:"model-tag,omitempty"`
}

type summaryParams struct {
	User string `json:"user-tag"`
	All  bool   `json:"all"`
}

type modelSummary struct {
	Name       string `json:"name"`
	UUID       string `json:"uuid"`
	Type       string `json:"type"`
	Owner      string `json:"owner-tag"` // until ModelManager 10
	Qualifier  string `json:"qualifier"` // from 11 on
	Controller bool   `json:"is-controller"`
	Cloud      string `json:"cloud-tag"`
	Region     string `json:"cloud-region"`
	Life       string `json:"life"`
	Status     struct {
		Status string    `json:"status"`
		Info   string    `json:"info"`
		Since  time.Time `json:"since"`
	} `json:"status"`
	Access string     `json:"user-access"`
	Seen   *time.Time `json:"last-connection"`
	Counts []struct {
		Entity string `json:"entity"`
		Count  int64  `json:"count"`
	} `json:"counts"`
	Agent string `json:"agent-version"`
}

type summaryResult struct {
	Result *modelSummary `json:"result"`
	Error  *refusal      `json:"error"`
}

type listedModels struct {
	Models []struct {
		Model struct {
			UUID string `json:"uuid"`
		} `json:"model"`
	} `json:"user-models"`
}

// sealed is what the end of a registration sends and gets: a NaCl secretbox.
type sealed struct {
	User  string `json:"user,omitempty"`
	Nonce []byte `json:"nonce"`
	Text  []byte `json:"cipher-text"`
}
