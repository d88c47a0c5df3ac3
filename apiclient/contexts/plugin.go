package contexts

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"strings"
	"syscall"
	"time"
	"unicode"

	"gatehouse/apiclient"
	"gatehouse/apiclient/secret"
)

// pluginLimit is how long a command may take: some ask a person for a touch of
// a key.
const pluginLimit = 30 * time.Second

// pluginOutput is the most that is read of a command's answer.
const pluginOutput = 64 << 10

// execCredential is the part that is used of the answer; see
// https://kubernetes.io/docs/reference/config-api/client-authentication.v1/
type execCredential struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Status     struct {
		Token   secret.String `json:"token"`
		Expires time.Time     `json:"expirationTimestamp"`
	} `json:"status"`
}

// runPlugin asks a command for the credential. It runs without a shell and
// without the terminal, and sees only the variables that are allowed.
func runPlugin(ctx context.Context, getenv func(string) string, c Context) (apiclient.Credential, error) {
	cred := apiclient.Credential{Method: c.Credential.method(), User: c.User, Entered: true}
	fail := func(format string, a ...any) (apiclient.Credential, error) {
		return cred, fmt.Errorf("ask %s for the credential of %s: %s", c.Credential.Command[0], c.Name, fmt.Sprintf(format, a...))
	}
	ctx, stop := context.WithTimeout(ctx, pluginLimit)
	defer stop()
	cmd := exec.CommandContext(ctx, c.Credential.Command[0], c.Credential.Command[1:]...)
	cmd.Env = append(allowedEnv(getenv, c.Credential.Pass),
		`KUBERNETES_EXEC_INFO={"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","spec":{"interactive":false}}`)
	out, errs := &capped{limit: pluginOutput}, &capped{limit: 2 << 10}
	cmd.Stdout, cmd.Stderr = out, errs
	// In a session of its own it has no terminal to draw on, and its children can
	// be ended with it.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second // whoever left that session may hold the pipes open
	err := cmd.Run()
	switch {
	case ctx.Err() != nil:
		return fail("no answer within %s", pluginLimit)
	case err != nil:
		return fail("%v: %s", err, printable(errs.text.String()))
	case out.over:
		return fail("its answer is longer than %d bytes", pluginOutput)
	}
	var answer execCredential
	if err := json.Unmarshal(out.text.Bytes(), &answer); err != nil {
		return fail("its answer is not an ExecCredential") // the text may hold the secret
	}
	switch {
	case answer.Kind != "ExecCredential" || !strings.HasPrefix(answer.APIVersion, "client.authentication.k8s.io/"):
		return fail("its answer is not an ExecCredential of client.authentication.k8s.io")
	case answer.Status.Token.IsZero():
		return fail("its answer holds no token")
	case !answer.Status.Expires.IsZero() && !answer.Status.Expires.After(time.Now()):
		return fail("the credential has expired at %s", answer.Status.Expires.UTC().Format(time.RFC3339))
	}
	cred.Secret, cred.Expires = answer.Status.Token, answer.Status.Expires
	return cred, nil
}

// capped keeps the first bytes of a stream and swallows the rest, so that a
// command that prints without end neither fills the memory nor blocks.
type capped struct {
	text  bytes.Buffer // a field: its ReadFrom must not be promoted past Write
	limit int
	over  bool
}

func (c *capped) Write(p []byte) (int, error) {
	room := c.limit - c.text.Len()
	if len(p) > room {
		c.over = true
		c.text.Write(p[:room])
		return len(p), nil
	}
	return c.text.Write(p)
}

// printable keeps an error line from steering a terminal or spanning lines.
func printable(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' {
			return ' '
		}
		if !unicode.IsPrint(r) {
			return '\uFFFD'
		}
		return r
	}, s))
}
