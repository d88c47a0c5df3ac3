package apiclient

import "strings"

// Path is what leads to one record within its kind: one part for most, several
// where a system needs them (an API key is account, user and name). It is a
// string so that refs compare with == and serve as map keys.
type Path string

// pathSep cannot occur in a name of any of the systems; NewPath replaces it
// all the same, so that no part can pretend to be two.
const pathSep = "\x1f"

// NewPath joins parts to a path.
func NewPath(parts ...string) Path {
	for i, p := range parts {
		if strings.Contains(p, pathSep) {
			clean := append([]string(nil), parts...)
			clean[i] = strings.ReplaceAll(p, pathSep, "\uFFFD")
			return NewPath(clean...)
		}
	}
	return Path(strings.Join(parts, pathSep))
}

// Parts gives the parts back.
func (p Path) Parts() []string { return strings.Split(string(p), pathSep) }

// Part gives part i, or "" where there is none.
func (p Path) Part(i int) string {
	if parts := p.Parts(); i < len(parts) {
		return parts[i]
	}
	return ""
}

// Name is the last part: what people call the record.
func (p Path) Name() string {
	return string(p[strings.LastIndex(string(p), pathSep)+1:])
}

// String gives the parts for people, joined by a slash.
func (p Path) String() string { return strings.ReplaceAll(string(p), pathSep, "/") }

// Ref points to one record of one system. Version is what was observed of it
// ("" where the system has none) and is not part of its identity: compare and
// key by Key().
type Ref struct {
	Context string
	Kind    Kind
	Path    Path
	Version string
}

// Key is the ref without the observed version.
func (r Ref) Key() Ref { r.Version = ""; return r }

// IsZero tells whether the ref points nowhere.
func (r Ref) IsZero() bool { return r.Path == "" && r.Kind == "" }

// Name is the last part of the path: what people call the record.
func (r Ref) Name() string { return r.Path.Name() }

// sibling points to another record of the same system; an empty path nowhere.
func (r Ref) sibling(kind Kind, path Path) Ref {
	if path == "" {
		return Ref{}
	}
	return Ref{Context: r.Context, Kind: kind, Path: path}
}
