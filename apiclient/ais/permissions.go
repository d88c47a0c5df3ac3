package ais

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// permissionNames are the names of the bits, from bit 0 (AIStore, api/apc/access.go).
func permissionNames() []string {
	return []string{
		"GET", "HEAD-OBJECT", "PUT", "APPEND", "DELETE-OBJECT", "MOVE-OBJECT", "PROMOTE", "UPDATE-OBJECT", "HEAD-BUCKET",
		"LIST-OBJECTS", "PATCH", "SET-BUCKET-ACL", "LIST-BUCKETS", "SHOW-CLUSTER", "CREATE-BUCKET", "DESTROY-BUCKET", "MOVE-BUCKET", "ADMIN",
	}
}

// Sets of permissions that have a name of their own, as in the ais command line.
const (
	readOnly   mask = 771
	readWrite  mask = 831
	everything mask = math.MaxUint64
)

// String writes the set as it can be typed: rw+LIST-BUCKETS.
func (m mask) String() string {
	switch m {
	case 0:
		return "none"
	case everything:
		return "su"
	}
	var words []string
	switch {
	case m&readWrite == readWrite:
		words, m = append(words, "rw"), m&^readWrite
	case m&readOnly == readOnly:
		words, m = append(words, "ro"), m&^readOnly
	}
	for i, name := range permissionNames() {
		if bit := mask(1) << i; m&bit != 0 {
			words, m = append(words, name), m&^bit
		}
	}
	if m != 0 {
		words = append(words, strconv.FormatUint(uint64(m), 10)) // bits without a name
	}
	return strings.Join(words, "+")
}

// parseMask reads what String writes: names, named sets and numbers, joined by
// a plus, a comma or a space.
func parseMask(text string) (mask, error) {
	words := strings.FieldsFunc(text, func(r rune) bool { return r == '+' || r == ',' || r == ' ' })
	if len(words) == 0 {
		return 0, errors.New("permissions are missing: ro, rw, su, or names such as GET+LIST-OBJECTS")
	}
	var sum mask
	for _, w := range words {
		m, err := parseWord(w)
		if err != nil {
			return 0, err
		}
		sum |= m
	}
	return sum, nil
}

func parseWord(w string) (mask, error) {
	switch strings.ToLower(w) {
	case "none":
		return 0, nil
	case "ro":
		return readOnly, nil
	case "rw":
		return readWrite, nil
	case "su":
		return everything, nil
	}
	for i, name := range permissionNames() {
		if strings.EqualFold(name, w) {
			return 1 << i, nil
		}
	}
	n, err := strconv.ParseUint(w, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%q is no permission: ro, rw, su, or names such as GET+LIST-OBJECTS", w)
	}
	return mask(n), nil
}

// String writes a bucket as the ais command line does, without its cluster:
// provider://#namespace/name.
func (b bucket) String() string {
	space := ""
	if b.Namespace.Name != "" {
		space = "#" + b.Namespace.Name + "/"
	}
	return b.Provider + "://" + space + b.Name
}

// parseBucket reads what String writes; a bare name is of the provider ais.
func parseBucket(text string) (bucket, error) {
	b := bucket{Provider: "ais"}
	if provider, rest, ok := strings.Cut(text, "://"); ok {
		b.Provider, text = provider, rest
	}
	if space, ok := strings.CutPrefix(text, "#"); ok {
		var found bool
		if b.Namespace.Name, text, found = strings.Cut(space, "/"); !found {
			text = ""
		}
	}
	b.Name = text
	if b.Name == "" || b.Provider == "" || strings.ContainsAny(b.Name, "/#@") {
		return bucket{}, errors.New("a bucket looks like ais://name")
	}
	return b, nil
}

// clusterACLs reads rows of cluster and permissions.
func clusterACLs(rows [][]string) ([]clusterACL, error) {
	var out []clusterACL
	for i, row := range rows {
		perm, err := parseMask(cell(row, 1))
		if err != nil {
			return nil, fmt.Errorf("row %d: %w", i+1, err)
		}
		out = append(out, clusterACL{ID: cell(row, 0), Perm: perm})
	}
	return out, nil
}

// bucketACLs reads rows of bucket, cluster and permissions.
func bucketACLs(rows [][]string) ([]bucketACL, error) {
	var out []bucketACL
	for i, row := range rows {
		b, err := parseBucket(cell(row, 0))
		if err != nil {
			return nil, fmt.Errorf("row %d: %w", i+1, err)
		}
		b.Namespace.UUID = cell(row, 1)
		perm, err := parseMask(cell(row, 2))
		if err != nil {
			return nil, fmt.Errorf("row %d: %w", i+1, err)
		}
		out = append(out, bucketACL{Bucket: b, Perm: perm})
	}
	return out, nil
}

func cell(row []string, i int) string {
	if i >= len(row) {
		return ""
	}
	return strings.TrimSpace(row[i])
}
