package rest

import (
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"gatehouse/apiclient/secret"
)

func TestAServerThatAnybodyCanBeGetsNoSecret(t *testing.T) {
	var came atomic.Int32
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		came.Add(1)
		w.WriteHeader(http.StatusNoContent)
	}))
	defer s.Close()
	c, err := New(Config{URL: s.URL, AnyCertificate: true})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Authorize(&Auth{Scheme: "Bearer", Secret: secret.New(token)}); err == nil {
		t.Error("a credential was taken")
	}
	sealed := secret.New("a password")
	if _, err := c.Do(t.Context(), Request{Method: "POST", Path: "/", Body: JSONWithSecrets(Open{sealed}, sealed)}); err == nil || came.Load() != 0 {
		t.Errorf("a secret was sent: %v", err)
	}
	if _, err := c.Do(t.Context(), Request{Method: "POST", Path: "/", Body: JSON("sealed")}); err != nil || came.Load() != 1 {
		t.Errorf("what is no secret was not sent: %v", err)
	}
}
