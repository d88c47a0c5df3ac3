package jujutest

import (
	"fmt"
)

// release is a version of Juju.
type release struct {
	text         string
	major, minor int
	patch        int
}

func parseRelease(text string) (release, error) {
	r := release{text: text}
	if _, err := fmt.Sscanf(text, "%d.%d.%d", &r.major, &r.minor, &r.patch); err != nil {
		return r, fmt.Errorf("%q is no release such as 3.6.14", text)
	}
	return r, nil
}

// four tells whether it has the store and the error texts of Juju 4.
func (r release) four() bool { return r.major >= 4 }

// facade is a group of calls with the versions that are offered.
type facade struct {
	Name     string `json:"name"`
	Versions []int  `json:"versions"`
}

// facades are what a connection to the controller offers after a login.
func (r release) facades() []facade {
	users, models, controller := []int{3}, []int{9}, []int{11}
	switch {
	case r.major == 2 && r.minor == 9 && r.patch < 10:
		users = []int{1, 2}
	case r.major == 2:
		users = []int{1, 2, 3}
		models = []int{5, 6, 7, 8, 9}
	case r.major == 3 && r.minor >= 6:
		models, controller = []int{9, 10}, []int{12}
	case r.four() && r.minor == 0 && r.patch < 10:
		models, controller = []int{10}, []int{12, 13}
	case r.four():
		models, controller = []int{10, 11}, []int{13, 14}
	}
	return []facade{
		{"AllModelWatcher", []int{4}}, {"ApplicationOffers", []int{4}}, {"Bundle", []int{6}}, {"Cloud", []int{7}},
		{"Controller", controller}, {"MigrationTarget", []int{1}}, {"ModelManager", models}, {"Pinger", []int{1}}, {"UserManager", users},
	}
}

func (r release) offers(name string, version int) (known, offered bool) {
	for _, f := range r.facades() {
		if f.Name != name {
			continue
		}
		for _, v := range f.Versions {
			offered = offered || v == version
		}
		return true, offered
	}
	return false, false
}
