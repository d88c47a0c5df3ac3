package jujutest_test

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"gatehouse/apiclient/juju/jujutest"

	"github.com/coder/websocket"
)

const password = "kettle-window-garden-9"

func start(t *testing.T, release string) (*jujutest.Server, *http.Client) {
	t.Helper()
	s, err := jujutest.New(jujutest.Options{Release: release, Password: password})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM([]byte(s.CA))
	tr := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, ServerName: "juju-apiserver", MinVersion: tls.VersionTLS12}}
	t.Cleanup(tr.CloseIdleConnections)
	return s, &http.Client{Transport: tr}
}

// talk sends messages as they stand here, and gives the answers one by one.
func talk(t *testing.T, s *jujutest.Server, c *http.Client, path string, messages ...string) []string {
	t.Helper()
	ws, _, err := websocket.Dial(t.Context(), "wss://"+s.Address+path, &websocket.DialOptions{HTTPClient: c})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = ws.CloseNow() }()
	ws.SetReadLimit(1 << 20)
	var out []string
	for _, m := range messages {
		if err := ws.Write(t.Context(), websocket.MessageText, []byte(m)); err != nil {
			t.Fatal(err)
		}
		_, raw, err := ws.Read(t.Context())
		if err != nil {
			t.Fatalf("after %s: %v", m, err)
		}
		out = append(out, string(raw))
	}
	return out
}

func login(user, password string) string {
	return fmt.Sprintf(`{"request-id":1,"type":"Admin","version":3,"request":"Login","params":{"auth-tag":"user-%s","credentials":"%s","nonce":"","macaroons":[],"client-version":"","user-data":"","cli-args":""}}`, user, password)
}

// TestTheProtocolToTheLetter compares raw answers with what controllers are
// known to say.
func TestTheProtocolToTheLetter(t *testing.T) {
	const users = `"type":"UserManager","version":3,"request":`
	for _, c := range []struct{ release, path, ask, want string }{
		{"3.6.14", "/api", `{"request-id":2,` + users + `"SetPassword","params":{"changes":[{"tag":"user-admin","password":""}]}}`,
			`{"request-id":2,"response":{"results":[{"error":{"message":"cannot use an empty password","code":""}}]}}`},
		{"3.6.14", "/", `{"request-id":3,` + users + `"Nothing","params":null}`,
			`{"request-id":3,"error":"no such request - method UserManager.Nothing is not implemented","error-code":"not implemented","response":{}}`},
		{"3.6.14", "/api", `{"request-id":4,"type":"Nothing","version":1,"request":"X"}`,
			`{"request-id":4,"error":"unknown facade type \"Nothing\"","error-code":"not implemented","response":{}}`},
		{"3.6.14", "/api", `{"request-id":5,"type":"UserManager","version":9,"request":"UserInfo"}`,
			`{"request-id":5,"error":"unknown version 9 for facade type \"UserManager\"","error-code":"not implemented","response":{}}`},
		{"3.6.14", "/api", login("admin", password), `{"request-id":1,"error":"already logged in","error-code":"not supported","response":{}}`},
		{"3.6.14", "/api", `{"request-id":6,"type":"Pinger","version":1,"request":"Ping","params":{}}`, `{"request-id":6,"response":{}}`},
		{"3.6.14", "/api", `{"request-id":7,` + users + `"AddUser","params":{"users":[{"username":"jon","password":null,"more":1},{"username":"jo_n"}]}}`, `"secret-key":"`},
		{"3.6.14", "/api", `{"request-id":8,` + users + `"AddUser","params":{"users":[{"username":"jo_n"}]}}`,
			`{"request-id":8,"response":{"results":[{"error":{"message":"invalid user name \"jo_n\"","code":""}}]}}`},
		{"4.0.12", "/api", `{"request-id":9,` + users + `"AddUser","params":{"users":[{"username":"jo_n"}]}}`,
			`{"request-id":9,"response":{"results":[{"error":{"message":"creating user: user name \"jo_n\" not valid","code":"not valid"}}]}}`},
		{"3.6.14", "/api", `{"request-id":10,` + users + `"UserInfo","params":{"entities":[{"tag":"user-nobody"}]}}`,
			`{"request-id":10,"response":{"results":[{"error":{"message":"permission denied","code":"unauthorized access"}}]}}`},
		{"4.0.12", "/api", `{"request-id":11,` + users + `"UserInfo","params":{"entities":[{"tag":"user-nobody"}]}}`,
			`{"request-id":11,"response":{"results":[{"error":{"message":"user \"nobody\" not found","code":"user not found"}}]}}`},
		{"4.0.12", "/api", `{"request-id":12,` + users + `"UserInfo","params":{"entities":[{"tag":"x"}]}}`,
			`{"request-id":12,"response":{"results":[{"error":{"message":"\"x\" is not a valid tag","code":""}}]}}`},
		{"2.9.43", "/api", `{"request-id":13,` + users + `"UserInfo","params":{"entities":null}}`, `"username":"admin"`},
		{"3.6.14", "/api", `{"request-id":14,"type":"ModelManager","version":10,"request":"ListModels","params":{"tag":"user-admin"}}`, `"owner-tag":"user-admin"`},
		{"4.0.12", "/api", `{"request-id":15,"type":"ModelManager","version":11,"request":"ListModels","params":{"tag":"user-admin"}}`, `"qualifier":"admin"`},
		{"4.0.12", "/api", `{"request-id":16,"type":"Controller","version":14,"request":"ControllerVersion","params":{}}`, `{"request-id":16,"response":{"git-commit":"","version":"4.0.12"}}`},
		{"4.0.12", "/api", `{"request-id":17,"type":"Controller","version":14,"request":"GetControllerAccess","params":{"entities":[{"tag":"user-admin"}]}}`,
			`{"request-id":17,"response":{"results":[{"result":{"access":"superuser","user-tag":"user-admin"}}]}}`},
	} {
		s, client := start(t, c.release)
		got := talk(t, s, client, c.path, login("admin", password), c.ask)
		if !strings.Contains(got[0], `"server-version":"`+c.release+`"`) || got[1] != c.want && (strings.HasPrefix(c.want, "{") || !strings.Contains(got[1], c.want)) {
			t.Errorf("%s: %s\ngives %s\nwant  %s", c.release, c.ask, got[1], c.want)
		}
	}
}

func TestBeforeTheLoginThereIsOneFacade(t *testing.T) {
	s, client := start(t, "3.6.14")
	got := talk(t, s, client, "/api",
		`{"request-id":1,"type":"UserManager","version":3,"request":"UserInfo","params":{}}`,
		`{"request-id":2,"type":"Admin","version":2,"request":"Login","params":{}}`,
		login("admin", "wrong"), login("nobody", "wrong"), login("admin", ""),
		`{"request-id":3,"type":"Admin","version":3,"request":"Login","params":{"auth-tag":"","credentials":null}}`,
		`{"request-id":4,"type":"Admin","version":3,"request":"Login","params":{"auth-tag":"bar","credentials":"x"}}`,
		`{"request-id":5,"type":"Admin","version":3,"request":"Login","params":{"auth-tag":"user-admin","credentials":"`+password+`","client-version":"1.25.0"}}`,
		`{"request-id":6,"type":"Admin","version":3,"request":"Login","params":{"auth-tag":"user-admin","credentials":"`+password+`","client-version":"4.0.2"}}`,
	)
	for i, want := range []string{
		`"error":"unknown facade type \"UserManager\"","error-code":"not implemented","response":{}`, `"error-code":"not supported"`,
		`"error":"invalid entity name or password","error-code":"unauthorized access","response":{}`, `"error":"invalid entity name or password"`,
		`"discharge-required":{`, `"error-code":"no credentials provided"`, `"error":"\"bar\" is not a valid tag"`, `"error-code":"incompatible client"`,
		`"controller-access":"superuser"`,
	} {
		if !strings.Contains(got[i], want) {
			t.Errorf("answer %d is %s, want %s", i, got[i], want)
		}
	}
	if strings.Contains(got[4], "user-info") || !strings.Contains(got[8], `"identity":"user-admin"`) {
		t.Errorf("half a login is a whole one: %s", got[4])
	}
}

func TestAModelConnectionSaysWhichModel(t *testing.T) {
	s, client := start(t, "3.6.14")
	model := s.AddModel("prod", jujutest.Owner)
	got := talk(t, s, client, "/model/"+model+"/api", login("admin", password))
	if !strings.Contains(got[0], `"model-tag":"model-`+model+`"`) || !strings.Contains(got[0], `"model-access":"admin"`) {
		t.Errorf("it says %s", got[0])
	}
	got = talk(t, s, client, "/model/nowhere/api", login("admin", password))
	if !strings.Contains(got[0], `"error-code":"model not found"`) {
		t.Errorf("it says %s", got[0])
	}
}

func TestWhatIsNoRequestEndsTheConnection(t *testing.T) {
	s, client := start(t, "3.6.14")
	for _, m := range []string{`{"RequestId":1,"Type":"Admin"}`, "nonsense", `{"request-id":0}`} {
		ws, _, err := websocket.Dial(t.Context(), "wss://"+s.Address+"/api", &websocket.DialOptions{HTTPClient: client})
		if err != nil {
			t.Fatal(err)
		}
		if err := ws.Write(t.Context(), websocket.MessageText, []byte(m)); err != nil {
			t.Fatal(err)
		}
		if _, raw, err := ws.Read(t.Context()); err == nil {
			t.Errorf("%s was answered: %s", m, raw)
		}
		_ = ws.CloseNow()
	}
}

func TestHTTPBesidesTheSockets(t *testing.T) {
	s, client := start(t, "4.0.12")
	for _, c := range []struct {
		method, path, body string
		status             int
		want               string
	}{
		{"GET", "/health", "", 200, "running"},
		{"GET", "/register", "", 405, `{"error":{"message":"unsupported method: \"GET\"","code":"method not allowed"}}`},
		{"POST", "/register", `{"user":"application-x"}`, 500, `is not a valid user tag`},
		{"POST", "/register", `{"user":"user-admin","nonce":"AAAA"}`, 500, `{"error":{"message":"nonce not valid","code":"not valid"}}`},
		{"POST", "/register", `{"user":"user-jon","nonce":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYX"}`, 404, `user \"jon\" not found`},
		{"POST", "/register", `{"user":"user-admin","nonce":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYX"}`, 404, `activation key for user \"admin\" not found`},
	} {
		r, err := http.NewRequestWithContext(t.Context(), c.method, s.URL+c.path, strings.NewReader(c.body))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if err != nil || resp.StatusCode != c.status || !strings.Contains(string(body), c.want) {
			t.Errorf("%s %s: %d %s, %v", c.method, c.path, resp.StatusCode, body, err)
		}
	}
}

func TestFillingIsTheSameForTheSameSeed(t *testing.T) {
	ask := `{"request-id":2,"type":"UserManager","version":3,"request":"UserInfo","params":{"entities":[],"include-disabled":true}}`
	names := func(seed uint64) []string {
		s, client := start(t, "3.6.14")
		s.Fill(seed, jujutest.Counts{Users: 60, Models: 8}, password)
		var out []string
		for i, part := range strings.Split(talk(t, s, client, "/api", login("admin", password), ask)[1], `"username":"`) {
			if name, _, _ := strings.Cut(part, `"`); i > 0 {
				out = append(out, name)
			}
		}
		return out
	}
	one, two := names(1), names(1)
	if len(one) != 61 || strings.Join(one, " ") != strings.Join(two, " ") {
		t.Errorf("%d users, then %d others", len(one), len(two))
	}
}
