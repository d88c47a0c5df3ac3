package api

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gatehouse/apiclient/gatehouse/wire"
	"gatehouse/server/directory"
	"gatehouse/server/passwords"
	"gatehouse/server/store"
)

func newAPI(t *testing.T, out *bytes.Buffer) *api {
	t.Helper()
	st, err := store.Open(context.Background(), filepath.Join(t.TempDir(), "g.db"), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	hasher, err := passwords.NewHasher(passwords.Cost{MemoryKiB: 8, Passes: 1, Lanes: 1}, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewJSONHandler(out, &slog.HandlerOptions{Level: slog.LevelDebug}))
	dir, err := directory.New(context.Background(), st, hasher, rand.Reader, directory.Settings{}, log)
	if err != nil {
		t.Fatal(err)
	}
	return &api{dir: dir, opt: Options{Log: log, Secure: true}}
}

// canary panics in a way that shows its data.
type canary struct{ Text string }

func TestAPanicIsAnsweredAndTellsNoData(t *testing.T) {
	var out bytes.Buffer
	a := newAPI(t, &out)
	w := httptest.NewRecorder()
	h := a.around(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(canary{"Canary5f2d"}) }))
	h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", "/x", nil))
	if w.Code != 500 || w.Header().Get("Content-Type") != wire.TypeProblem || w.Header().Get("Strict-Transport-Security") == "" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	if all := out.String() + w.Body.String(); strings.Contains(all, "Canary5f2d") || !strings.Contains(out.String(), "api.canary") {
		t.Errorf("the log and the answer say %s", all)
	}
}

func TestAnInnerErrorIsLoggedAndNotTold(t *testing.T) {
	var out bytes.Buffer
	a := newAPI(t, &out)
	err := a.tell(context.Background(), errors.New("table flooded"))
	if strings.Contains(err.Error(), "flooded") || !strings.Contains(out.String(), "flooded") {
		t.Errorf("told %q, logged %q", err, out.String())
	}
}

func TestBracketsInTextsAreNoDepth(t *testing.T) {
	for text, deep := range map[string]bool{
		`{"a":"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["}`:   false,
		`{"a":"\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["}`: false,
		`{"a":"\\",` + strings.Repeat(`[`, 40):             true,
		strings.Repeat("[", 32):                            false,
		strings.Repeat("[", 33):                            true,
		strings.Repeat("[]", 100):                          false,
		strings.Repeat(`{"a":`, 33):                        true,
	} {
		if got := tooDeep([]byte(text)); got != deep {
			t.Errorf("%s: %v", text, got)
		}
	}
}
