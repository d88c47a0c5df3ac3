// Package arvadostest serves the protocol of an Arvados cluster from memory: of
// its controller and of the Rails server behind it, which answer in two
// styles, with the quirks that a client has to live with. It is for tests and
// for trying the console out.
package arvadostest

import (
	"context"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// Options are what one cluster has different from others. The zero Options
// are a usual cluster.
type Options struct {
	Now             func() time.Time // the cluster's clock: the machine's
	Lag             time.Duration    // how long the controller believes in a token that it has seen: not at all
	MaxItems        int              // most rows in a page: 1000
	MaxTokenLife    time.Duration    // API.MaxTokenLifetime: none
	NoTrustedTokens bool             // Login.IssueTrustedTokens is off
	AgreementNeeded bool             // there is a user agreement to sign
	RootToken       string           // SystemRootToken: none
	Cluster         string           // zzzzz
	PasswordSignIn  bool             // the login method takes passwords
}

// Request is what was asked.
type Request struct {
	Method, Path string
	Query        url.Values
	Form         url.Values // of a form body
	Body         string
	Token        string // of the header Authorization
}

// Server is one cluster.
type Server struct {
	URL        string
	Cluster    string
	AdminUUID  string // an admin, called admin
	AdminToken string // his, as v2
	AllUsers   string // the role of all users
	RootUUID   string

	o    Options
	http *http.Server
	done chan struct{}

	mu       sync.Mutex
	rand     *rand.Rand
	seen     []Request
	tables   map[string]*table
	cache    map[string]cached
	password map[string]string // by user name
}

// cached is what the controller remembers of a token that it let through.
type cached struct {
	token record
	until time.Time
}

// New starts a cluster on a port of its own, on this machine only.
func New(o Options) (*Server, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.MaxItems == 0 {
		o.MaxItems = 1000
	}
	if o.Cluster == "" {
		o.Cluster = "zzzzz"
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &Server{
		URL: "http://" + l.Addr().String(), Cluster: o.Cluster, o: o, done: make(chan struct{}),
		rand: rand.New(rand.NewPCG(1, 2)), cache: map[string]cached{}, password: map[string]string{},
	}
	s.tables = s.newTables()
	s.found()
	s.http = &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second}
	go func() {
		defer close(s.done)
		_ = s.http.Serve(l) // ends with Close
	}()
	return s, nil
}

// Close ends it.
func (s *Server) Close() {
	ctx, stop := context.WithTimeout(context.Background(), time.Second)
	defer stop()
	if s.http.Shutdown(ctx) != nil {
		_ = s.http.Close()
	}
	<-s.done
}

// Requests are those since Forget.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Request(nil), s.seen...)
}

// Forget forgets the requests so far.
func (s *Server) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen = nil
}

// found makes what every cluster has.
func (s *Server) found() {
	s.RootUUID = s.Cluster + "-tpzed-000000000000000"
	s.AllUsers = s.Cluster + "-j7d0g-fffffffffffffff"
	users, groups := s.tables["users"], s.tables["groups"]
	users.add(s.user(record{"uuid": s.RootUUID, "username": "root", "email": "root", "first_name": "root", "is_active": true, "is_admin": true}))
	users.add(s.user(record{"uuid": s.Cluster + "-tpzed-anonymouspublic", "username": "anonymous", "email": "anonymous", "first_name": "Anonymous"}))
	groups.add(s.group(record{"uuid": s.Cluster + "-j7d0g-000000000000000", "name": "System group", "group_class": "role"}))
	groups.add(s.group(record{"uuid": s.AllUsers, "name": "All users", "group_class": "role"}))
	groups.add(s.group(record{"uuid": s.Cluster + "-j7d0g-anonymouspublic", "name": "Anonymous users", "group_class": "role"}))
	groups.add(s.group(record{"uuid": s.Cluster + "-j7d0g-publicfavorites", "name": "Public favorites", "group_class": "project"}))
	s.AdminUUID = s.addUser(record{"username": "admin", "email": "admin@example.com", "first_name": "Ada", "last_name": "Example", "is_active": true, "is_admin": true})
	s.AdminToken = s.mint(s.AdminUUID)
	if s.o.AgreementNeeded {
		c := s.tables["collections"].add(s.common("collections", s.RootUUID, record{"name": "User agreement"}))
		s.tables["links"].add(s.common("links", s.RootUUID, record{
			"link_class": "signature", "name": "require", "tail_uuid": s.RootUUID, "head_uuid": c.text("uuid"), "properties": map[string]any{},
		}))
	}
}

// AddUser makes a user who is set up and active, or as the attributes say.
func (s *Server) AddUser(username string, attributes map[string]any) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := record{"username": username, "email": username + "@example.com", "is_active": true}
	for k, v := range attributes {
		r[k] = v
	}
	return s.addUser(r)
}

func (s *Server) addUser(r record) string {
	u := s.tables["users"].add(s.user(r))
	if u.flag("is_active") {
		s.setup(u, "", s.RootUUID)
	}
	return u.text("uuid")
}

// AddToken makes a token for the user and gives it as v2.
func (s *Server) AddToken(owner string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.mint(owner)
}

func (s *Server) mint(owner string) string {
	t := s.tables["api_client_authorizations"].add(s.token(owner, record{}))
	return "v2/" + t.text("uuid") + "/" + t.text("api_token")
}

// AddGroup makes a group of the class: role or project.
func (s *Server) AddGroup(name, class, owner string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if owner == "" {
		owner = s.RootUUID
	}
	return s.tables["groups"].add(s.group(record{"name": name, "group_class": class, "owner_uuid": owner})).text("uuid")
}

// AddVM makes a virtual machine.
func (s *Server) AddVM(hostname string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tables["virtual_machines"].add(s.common("virtual_machines", s.AdminUUID, record{"hostname": hostname})).text("uuid")
}

// AddCollection makes data that the owner owns.
func (s *Server) AddCollection(name, owner string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tables["collections"].add(s.common("collections", owner, record{"name": name})).text("uuid")
}

// AddKey makes an SSH key of the user.
func (s *Server) AddKey(user, key string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tables["authorized_keys"].add(s.common("authorized_keys", user, record{
		"name": "key", "key_type": "SSH", "authorized_user_uuid": user, "public_key": key,
	})).text("uuid")
}

// AddLink makes a permission link.
func (s *Server) AddLink(tail, name, head string, properties map[string]any) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.link(tail, name, head, properties).text("uuid")
}

// SetPassword makes the user able to sign in with a password.
func (s *Server) SetPassword(username, password string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.password[username] = password
}

// Count tells how many records of a resource have the value in the field.
func (s *Server) Count(resource, field, value string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.tables[resource].where(func(r record) bool { return r.text(field) == value }))
}

// Field gives a field of a record, nil where either is not there.
func (s *Server) Field(resource, uuid, field string) any {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tables[resource].byID[uuid][field]
}
