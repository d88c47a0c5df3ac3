package jujutest

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"github.com/coder/websocket"
)

// maxMessage bounds what a client can send in one message.
const maxMessage = 8 << 20

// message is one request as it travels.
type message struct {
	ID      uint64          `json:"request-id"`
	Type    string          `json:"type"`
	Version int             `json:"version"`
	Request string          `json:"request"`
	Params  json.RawMessage `json:"params"`
}

// answer is one answer: a refusal still carries an empty response.
type answer struct {
	ID       uint64          `json:"request-id"`
	Error    string          `json:"error,omitempty"`
	Code     string          `json:"error-code,omitempty"`
	Info     json.RawMessage `json:"error-info,omitempty"`
	Response any             `json:"response"`
}

// socket is one connection.
type socket struct {
	s     *Server
	path  string
	model string // "" on a connection to the controller
	conn  *websocket.Conn

	mu   sync.Mutex
	user string // "": not logged in
}

func (s *Server) serveController(w http.ResponseWriter, r *http.Request) { s.accept(w, r, "") }

func (s *Server) serveModel(w http.ResponseWriter, r *http.Request) {
	s.accept(w, r, r.PathValue("uuid"))
}

func (s *Server) accept(w http.ResponseWriter, r *http.Request, model string) {
	if !s.enter() {
		return
	}
	defer s.sockets.Done()
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true})
	if err != nil {
		return // Accept has answered
	}
	defer func() { _ = conn.CloseNow() }()
	conn.SetReadLimit(maxMessage)
	k := &socket{s: s, path: r.URL.Path, model: model, conn: conn}
	k.run(s.ctx)
}

// run reads requests until the connection ends. Calls are answered as they are
// done, which need not be the order in which they came.
func (k *socket) run(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	var calls sync.WaitGroup
	defer calls.Wait()
	defer cancel()
	for {
		kind, raw, err := k.conn.Read(ctx)
		if err != nil {
			return
		}
		var m message
		if kind != websocket.MessageText || json.Unmarshal(raw, &m) != nil || m.ID == 0 {
			return // what is no request ends the connection
		}
		calls.Go(func() { k.serve(ctx, m) })
	}
}

func (k *socket) serve(ctx context.Context, m message) {
	f := k.s.note(Request{Path: k.path, Type: m.Type, Version: m.Version, Request: m.Request, Params: string(m.Params)})
	switch {
	case f.Drop:
		_ = k.conn.CloseNow()
		return
	case f.Hold > 0:
		t := time.NewTimer(f.Hold)
		defer t.Stop()
		select {
		case <-t.C:
		case <-ctx.Done():
		}
		return
	case f.Error != nil:
		k.send(ctx, m.ID, nil, f.Error.echoing(string(m.Params)), false)
		return
	}
	result, refused := k.call(m)
	if f.Lose {
		_ = k.conn.CloseNow()
		return
	}
	k.send(ctx, m.ID, result, refused, f.Corrupt)
}

func (k *socket) send(ctx context.Context, id uint64, result any, refused *Error, corrupt bool) {
	a := answer{ID: id, Response: result}
	if refused != nil {
		a.Error, a.Code, a.Info, a.Response = refused.Message, refused.Code, refused.Info, struct{}{}
	}
	if a.Response == nil {
		a.Response = struct{}{}
	}
	raw, err := json.Marshal(a)
	if err != nil {
		_ = k.conn.CloseNow()
		return
	}
	if corrupt {
		raw[len(raw)/2], raw[0] = 0, 0
	}
	// A client that went away has no use for the answer.
	_ = k.conn.Write(ctx, websocket.MessageText, raw)
}

// call finds what is asked for and carries it out.
func (k *socket) call(m message) (any, *Error) {
	k.mu.Lock()
	name := k.user
	k.mu.Unlock()
	if name == "" {
		return k.beforeLogin(m)
	}
	if m.Type == "Admin" {
		return nil, errorf("not supported", "already logged in")
	}
	known, offered := k.s.release.offers(m.Type, m.Version)
	switch {
	case !known:
		return nil, errorf("not implemented", "unknown facade type %q", m.Type)
	case !offered:
		return nil, errorf("not implemented", "unknown version %d for facade type %q", m.Version, m.Type)
	}
	method, ok := methods[m.Type+"."+m.Request]
	if !ok || m.Type+"."+m.Request == "UserManager.ModelUserInfo" && m.Version < 3 {
		return nil, errorf("not implemented", "no such request - method %s.%s is not implemented", m.Type, m.Request)
	}
	k.s.mu.Lock()
	defer k.s.mu.Unlock()
	me := k.s.state.user(name)
	if me == nil {
		return nil, errorf("unauthorized access", "permission denied")
	}
	params := m.Params
	if len(params) == 0 || string(params) == "null" {
		params = json.RawMessage(`{}`)
	}
	return method(&caller{state: &k.s.state, me: me, now: k.s.now(), version: m.Version, server: k.s}, params)
}

// caller is one call of somebody who is logged in.
type caller struct {
	state   *state
	server  *Server
	me      *user
	now     time.Time
	version int
}

func (c *caller) superuser() bool { return c.me.access == "superuser" && !c.me.disabled }
func (c *caller) four() bool      { return c.state.release.four() }
func (c *caller) self(name string) bool {
	return c.state.key(name) == c.state.key(c.me.name)
}

var errPermission = errorf("unauthorized access", "permission denied")

// methods are the calls that are served.
var methods = map[string]func(*caller, json.RawMessage) (any, *Error){
	"Pinger.Ping":                       func(*caller, json.RawMessage) (any, *Error) { return struct{}{}, nil },
	"UserManager.AddUser":               addUser,
	"UserManager.RemoveUser":            removeUser,
	"UserManager.EnableUser":            enableUser,
	"UserManager.DisableUser":           disableUser,
	"UserManager.SetPassword":           setPassword,
	"UserManager.ResetPassword":         resetPassword,
	"UserManager.UserInfo":              userInfo,
	"UserManager.ModelUserInfo":         modelUserInfo,
	"Controller.ModifyControllerAccess": modifyControllerAccess,
	"Controller.GetControllerAccess":    getControllerAccess,
	"Controller.ControllerVersion":      controllerVersion,
	"Controller.ControllerConfig":       controllerConfig,
	"Controller.AllModels":              allModels,
	"ModelManager.ListModels":           listModels,
	"ModelManager.ListModelSummaries":   listModelSummaries,
	"ModelManager.ModifyModelAccess":    modifyModelAccess,
}

// read reads params, whose unknown keys are ignored.
func read[T any](params json.RawMessage) (T, *Error) {
	var v T
	if err := json.Unmarshal(params, &v); err != nil {
		return v, errorf("", "json: cannot read the params: %v", err)
	}
	return v, nil
}

// result is the entry of a bulk call.
type result struct {
	Result any    `json:"result,omitempty"`
	Error  *Error `json:"error,omitempty"`
}

type results[T any] struct {
	Results []T `json:"results"`
}

type entity struct {
	Tag string `json:"tag"`
}

type entities struct {
	Entities []entity `json:"entities"`
}
