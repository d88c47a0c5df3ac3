package jujutest

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"io"
	"net/http"

	"golang.org/x/crypto/nacl/secretbox"
)

// sealed is what travels both ways: a NaCl secretbox under the user's key.
type sealed struct {
	User  string `json:"user,omitempty"`
	Nonce []byte `json:"nonce"`
	Text  []byte `json:"cipher-text"`
}

// register completes a registration: whoever can seal a password under the key
// that was handed out is the user.
func (s *Server) register(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxMessage))
	if err != nil {
		return
	}
	f := s.note(Request{Path: r.URL.Path, Request: r.Method, Params: string(body)})
	switch {
	case f.Error != nil:
		refuse(w, http.StatusInternalServerError, f.Error)
		return
	case f.Drop:
		panic(http.ErrAbortHandler)
	case r.Method != http.MethodPost:
		refuse(w, http.StatusMethodNotAllowed, errorf("method not allowed", "unsupported method: %q", r.Method))
		return
	}
	status, refused, answer := s.redeem(body)
	switch {
	case f.Lose:
		panic(http.ErrAbortHandler)
	case refused != nil:
		refuse(w, status, refused)
		return
	}
	http.SetCookie(w, &http.Cookie{Name: "macaroon-" + randomWord(), Value: "W10", Path: "/"})
	w.Header().Set("Content-Type", "application/json")
	if f.Corrupt {
		answer = bytes.Replace(answer, []byte(`"nonce":"`), []byte(`"nonce":"AAAA`), 1)
	}
	_, _ = w.Write(answer)
}

func refuse(w http.ResponseWriter, status int, e *Error) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]*Error{"error": e})
}

func (s *Server) redeem(body []byte) (int, *Error, []byte) {
	fail := func(status int, e *Error) (int, *Error, []byte) { return status, e, nil }
	var in sealed
	if err := json.Unmarshal(body, &in); err != nil {
		return fail(http.StatusInternalServerError, errorf("", "cannot read the request: %v", err))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	key := "secret key"
	if s.release.four() {
		key = "activation key"
	}
	name, bad := userTag(in.User)
	if bad != nil {
		return fail(http.StatusInternalServerError, errorf("", "%q is not a valid user tag", in.User))
	}
	u := s.state.user(name)
	switch {
	case len(in.Nonce) != 24:
		return fail(http.StatusInternalServerError, errorf("not valid", "nonce not valid"))
	case u == nil:
		return fail(http.StatusNotFound, errorf("not found", "user %q not found", name))
	case u.key == nil:
		return fail(http.StatusNotFound, errorf("not found", "%s for user %q not found", key, name))
	}
	plain, ok := secretbox.Open(nil, in.Text, (*[24]byte)(in.Nonce), (*[32]byte)(u.key))
	var chosen struct {
		Password string `json:"password"`
	}
	if !ok || json.Unmarshal(plain, &chosen) != nil || chosen.Password == "" {
		return fail(http.StatusInternalServerError, errorf("not valid", "%s not valid", key))
	}
	reply := map[string]any{"ca-cert": s.CA, "controller-uuid": s.state.uuid, "proxy-config": nil}
	out, err := seal(reply, u.key)
	if err != nil {
		return fail(http.StatusInternalServerError, errorf("", "%v", err))
	}
	u.password, u.key = chosen.Password, nil
	return http.StatusOK, nil, out
}

func seal(v any, key []byte) ([]byte, error) {
	plain, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	var nonce [24]byte
	_, _ = rand.Read(nonce[:]) // never fails (crypto/rand)
	return json.Marshal(sealed{Nonce: nonce[:], Text: secretbox.Seal(nil, plain, &nonce, (*[32]byte)(key))})
}
