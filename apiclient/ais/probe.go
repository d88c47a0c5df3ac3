package ais

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"gatehouse/apiclient"
	"gatehouse/apiclient/rest"
)

// Options of a context.
const (
	// optionClusters lists the addresses of AIS clusters at which a token is
	// tried too, with commas or spaces between them.
	optionClusters = "clusters"
	// optionClustersCA is the CA file for those; the context's own unless said.
	optionClustersCA = "clusters-ca"
)

// Probe implements apiclient.Backend. The token is tried at AuthN and at the
// clusters that the context lists; those that AuthN knows beside them are
// named, so that nobody takes silence for death.
func (b *backend) Probe(ctx context.Context, s apiclient.Secret) ([]apiclient.Verdict, error) {
	here := apiclient.Verdict{Where: b.rest.Origin()}
	said, err := parseToken(s)
	if err == nil {
		err = checkSubject(said)
	}
	if err != nil {
		here.Words = err.Error() + "; it was not sent"
		return []apiclient.Verdict{here}, nil
	}
	if why := b.foreign(ctx, said); why != "" {
		here.Words = why + "; it was not sent"
		return []apiclient.Verdict{here}, nil
	}
	out := []apiclient.Verdict{b.tryHere(ctx, s, said)}
	for _, u := range b.probedList() {
		out = append(out, b.tryCluster(ctx, u, s))
	}
	return append(out, b.untried(ctx)...), nil
}

// foreign says why a token is not this server's; "": it is.
func (b *backend) foreign(ctx context.Context, said claims) string {
	issuer := b.issuer(ctx)
	switch {
	case said.Issuer == issuer && issuer != "", said.Issuer == b.rest.Origin(), said.Issuer == b.claims.Issuer:
		return ""
	case issuer == "":
		return "it says that " + orUnknown(said.Issuer) + " made it, and this server does not say what it calls itself"
	}
	return "it says that " + orUnknown(said.Issuer) + " made it, and this is " + issuer
}

func orUnknown(s string) string {
	if s == "" {
		return "nobody"
	}
	return s
}

// tryHere reads the record of the token's owner with that token: everybody may
// read his own, and nothing is changed by it.
func (b *backend) tryHere(ctx context.Context, s apiclient.Secret, said claims) apiclient.Verdict {
	v := apiclient.Verdict{Where: b.rest.Origin()}
	client, err := b.dial(bearer(s))
	if err != nil {
		v.Words = err.Error()
		return v
	}
	defer client.Close()
	var me user
	a, err := client.Do(ctx, rest.Request{Tried: "try " + handle(s), Method: http.MethodGet, Path: below(pathUsers, said.Subject), Into: &me})
	v.Status, v.At = a.Status, a.At
	if noSuchUser(err) {
		v.Life, v.Words = apiclient.Alive, "it was accepted, though there is no user "+said.Subject+" any more"
		return v
	}
	judge(&v, err)
	return v
}

// tryCluster asks a cluster something harmless, at first without the token: one
// that lets everybody in says nothing about a token.
func (b *backend) tryCluster(ctx context.Context, address string, s apiclient.Secret) apiclient.Verdict {
	v := apiclient.Verdict{Where: "cluster " + address}
	ca := b.target.Options[optionClustersCA]
	if ca == "" {
		ca = b.target.CAFile
	}
	client, err := dialTo(address, ca, bearer(s))
	if err != nil {
		v.Words = err.Error()
		return v
	}
	defer client.Close()
	r := rest.Request{
		Tried: "try " + handle(s) + " at a cluster", Method: http.MethodGet, Path: "/v1/cluster",
		Query: url.Values{"what": {"target_ips"}}, // needs the right to show the cluster, costs it nothing
		Anon:  true,
	}
	a, err := client.Do(ctx, r)
	if err == nil || !errors.Is(err, apiclient.ErrSignedOut) {
		v.Status, v.At, v.Words = a.Status, a.At, "it lets everybody in without a token"
		if err != nil {
			v.Words = apiclient.AsFailure("", err).Message
		}
		return v
	}
	r.Anon = false
	a, err = client.Do(ctx, r)
	v.Status, v.At = a.Status, a.At
	judge(&v, err)
	return v
}

// untried names the registered clusters at which the token was not tried.
func (b *backend) untried(ctx context.Context) []apiclient.Verdict {
	clusters, at, err := b.readClusters(ctx, "list clusters")
	if err != nil {
		return []apiclient.Verdict{{Where: "other clusters", Words: "which there are could not be read: " + apiclient.AsFailure("", err).Message}}
	}
	probed := b.probedURLs()
	var out []apiclient.Verdict
	for _, c := range clusters {
		if b.isProbed(c, probed) {
			continue
		}
		v := apiclient.Verdict{Where: "cluster " + c.ID, At: at, Words: "not tried: list its address in the option \"" + optionClusters + "\" of this context"}
		if len(c.URLs) == 0 {
			v.Words = "not tried: it has no address, so that AuthN cannot tell it of revocations either"
		}
		out = append(out, v)
	}
	slices.SortFunc(out, func(a, b apiclient.Verdict) int { return strings.Compare(a.Where, b.Where) })
	return out
}

func (b *backend) isProbed(c cluster, probed map[string]bool) bool {
	return slices.ContainsFunc(c.URLs, func(u string) bool { return probed[strings.TrimRight(u, "/")] })
}

// probedList are the clusters that the context lists.
func (b *backend) probedList() []string {
	var out []string
	for _, u := range strings.FieldsFunc(b.target.Options[optionClusters], func(r rune) bool { return r == ',' || r == ' ' || r == '\n' }) {
		out = append(out, strings.TrimRight(u, "/"))
	}
	return out
}

func (b *backend) probedURLs() map[string]bool {
	out := map[string]bool{}
	for _, u := range b.probedList() {
		out[u] = true
	}
	return out
}
