package anchore

import (
	"context"
	"strconv"
	"strings"

	"gatehouse/apiclient"
	"gatehouse/apiclient/rest"
)

const usualAddress = "http://localhost:8228"

func address(t apiclient.Target) string {
	if t.URL == "" {
		return usualAddress
	}
	return strings.TrimRight(strings.TrimSpace(t.URL), "/")
}

// speaks is what answers at an address.
type speaks struct {
	base   string // with /v1 or /v2
	v2     bool
	api    [2]int // version of the v2 interface; zero: not told
	system string
}

// has tells whether the v2 interface is at least of this version. One that does
// not tell its version is taken for new: what it lacks, it says itself.
func (s speaks) has(major, minor int) bool {
	if !s.v2 {
		return false
	}
	return s.api == [2]int{} || s.api[0] > major || s.api[0] == major && s.api[1] >= minor
}

// The releases of the interface that matter here, from its tagged descriptions.
func (s speaks) apiKeys() bool  { return s.has(2, 1) }
func (s speaks) domains() bool  { return s.has(2, 5) }
func (s speaks) allUsers() bool { return s.has(2, 8) }

// detect asks which interface an address has; v2 is preferred where both
// answer. No credential goes along, and none is checked.
func detect(ctx context.Context, t apiclient.Target) (speaks, error) {
	root := address(t)
	for _, version := range []string{"v2", "v1"} {
		if base, said := strings.CutSuffix(root, "/"+version); said {
			s := speaks{base: base + "/" + version, v2: version == "v2"}
			if err := ping(ctx, t, s.base, version); err != nil {
				return s, err
			}
			return s.introduce(ctx, t)
		}
	}
	var last error
	for _, version := range []string{"v2", "v1"} {
		s := speaks{base: root + "/" + version, v2: version == "v2"}
		if last = ping(ctx, t, s.base, version); last == nil {
			return s.introduce(ctx, t)
		}
		if f := apiclient.AsFailure("", last); f.Status/100 != 2 && f.Status/100 != 4 || f.Status == 429 {
			return s, last // nobody knows what it has
		}
	}
	f := *apiclient.AsFailure("", last)
	f.Message = "neither /v2/ nor /v1/ answers there as Anchore does: " + f.Message
	f.Next = "check the address: an Engine usually listens on port 8228"
	return speaks{}, &f
}

func ping(ctx context.Context, t apiclient.Target, base, want string) error {
	tried := "find Anchore at " + address(t)
	client, err := dial(t, base, nil)
	if err != nil {
		return &apiclient.Failure{Tried: tried, Message: err.Error(), Cause: apiclient.ErrInvalid}
	}
	defer client.Close()
	var got string
	a, err := client.Do(ctx, rest.Request{Tried: tried, Method: "GET", Path: "/", Into: &got})
	if err != nil {
		return err
	}
	if got != want {
		return &apiclient.Failure{
			Tried: tried, End: apiclient.Refused, Status: a.Status, Cause: apiclient.ErrBroken,
			Message: "what answers at /" + want + "/ is something else",
		}
	}
	return nil
}

// introduce asks for the versions. They are for the eyes and for what older
// releases lack: without an answer it goes on.
func (s speaks) introduce(ctx context.Context, t apiclient.Target) (speaks, error) {
	client, err := dial(t, s.base, nil)
	if err != nil {
		return s, &apiclient.Failure{Tried: "find Anchore at " + address(t), Message: err.Error(), Cause: apiclient.ErrInvalid}
	}
	defer client.Close()
	var v struct{ Service, API struct{ Version string } }
	_, err = client.Do(ctx, rest.Request{Tried: "ask for the version", Method: "GET", Path: "/version", Into: &v})
	if ctx.Err() != nil {
		return s, err
	}
	s.system = "Anchore Engine"
	if s.v2 {
		s.system = "Anchore Enterprise"
		s.api = twoNumbers(v.API.Version)
	}
	if v.Service.Version != "" {
		s.system += " " + v.Service.Version
	}
	return s, nil
}

// twoNumbers takes major and minor out of a version; zero when it is none.
func twoNumbers(version string) [2]int {
	major, rest, _ := strings.Cut(version, ".")
	minor, _, _ := strings.Cut(rest, ".")
	a, errA := strconv.Atoi(major)
	b, errB := strconv.Atoi(minor)
	if errA != nil || errB != nil {
		return [2]int{}
	}
	return [2]int{a, b}
}
