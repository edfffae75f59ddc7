package workspace

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/commandline"
	"aws-access-guardrails/internal/sandbox"
)

// Every error has one exit status, and of joined ones the most severe counts.
func TestExitStatuses(t *testing.T) {
	refused := &RefusedError{Stack: "dev", Err: errors.New("bad")}
	failed := &EngineError{Stack: "dev", Operation: Up, Err: errors.New("broke")}
	for _, c := range []struct {
		err  error
		want Status
	}{
		{nil, Holds},
		{refused, Refused},
		{Usef("no"), WrongUse},
		{failed, Failed},
		{errors.New("unknown"), Failed},
		{fmt.Errorf("around: %w", refused), Refused},
		{errors.Join(refused, refused), Refused},
		{errors.Join(refused, failed), Failed},
	} {
		assert.Equal(t, c.want, StatusOf(c.err), "%v", c.err)
	}
}

// A failure names the resources that failed, in people's words; without any it says what the Automation API knows.
func TestAFailureNamesItsResources(t *testing.T) {
	err := &EngineError{Stack: "dev", Operation: Up, Err: errors.New("exit status 1"), Diagnostics: []Diagnostic{
		{
			URN:     "urn:pulumi:dev::guardrails::guardrails:iam:User$aws:iam/user:User::user-alice",
			Message: "creating IAM User (alice):\nEntityAlreadyExists",
			Advice:  "take it over",
		},
		{URN: "urn:pulumi:dev::guardrails::pulumi:pulumi:Stack::guardrails-dev", Message: "update failed"},
	}}
	assert.Equal(
		t,
		"dev: up failed\n  iam.User user-alice: creating IAM User (alice):\n    EntityAlreadyExists; take it over\n  "+
			"update failed",
		err.Error(),
	)
	assert.Equal(t, "dev: up failed: exit status 1", (&EngineError{Stack: "dev", Operation: Up, Err: err.Err}).Error())
	interrupted := &EngineError{Stack: "dev", Operation: Up, Err: context.Canceled}
	assert.Contains(t, interrupted.Error(), "interrupted; run it again to go on")
}

// What is said of a thing that exists works where the run did: in the sandbox nothing sends anybody to the account or
// to the pulumi command, and outside of it nothing speaks of the sandbox.
func TestAdviceStaysWhereTheRunWas(t *testing.T) {
	exists := map[string]Diagnostic{
		"a type that adopt takes": {
			URN:     "urn:pulumi:dev::guardrails::guardrails:iam:User$aws:iam/user:User::user-alice",
			Message: "creating IAM User (alice):\nEntityAlreadyExists",
		},
		"a document": {
			URN:     "urn:pulumi:dev::guardrails::guardrails:ssm:SessionPreferences$aws:ssm/document:Document::sessions",
			Message: "DocumentAlreadyExists: it is there",
		},
		"a type that it does not take": {
			URN:     "urn:pulumi:dev::guardrails::aws:organizations/policy:Policy::os",
			Message: "DuplicatePolicyException: it is there",
		},
	}
	for name, d := range exists {
		for _, advised := range []bool{false, true} {
			for _, sandboxed := range []bool{false, true} {
				folder := &Folder{Dir: t.TempDir()}
				r := &run{
					stack:   "dev",
					session: &session{Workspace: &Workspace{folder: folder, options: Options{Sandbox: sandboxed}}},
				}
				if sandboxed {
					r.home = &sandboxHome{}
				}
				if advised {
					r.to.advice = func(_ string,
						at commandline.Setting) string {
						return "say " + at.Line("adopt", "dev")
					}
				}
				got := r.advise(d)
				assert.Equal(t, sandboxed, strings.Contains(got, "--fresh"), "%s: %s", name, got)
				assert.Equal(t, sandboxed, strings.Contains(got, "--sandbox"), "%s: %s", name, got)
				if sandboxed {
					assert.NotContains(t, got, "pulumi import", name)
				}
				adopts := advised || name != "a type that it does not take"
				assert.Equal(t, adopts, strings.Contains(got, "guardrails adopt dev"), "%s: %s", name, got)
			}
		}
	}
	r := &run{stack: "dev", session: &session{Workspace: &Workspace{folder: &Folder{Dir: t.TempDir()}}}}
	assert.Empty(t, r.advise(Diagnostic{Message: "AccessDenied"}))
}

// A wrong sandbox.yaml is refused like every other file, wherever the run finds it, and does not look like a failure of
// AWS.
func TestAWrongWorldFileIsRefused(t *testing.T) {
	for content, want := range map[string]string{
		"stack: {}\n":              "1:1 stack: unknown key",
		"accounts: [\n":            "the file is no YAML",
		"accounts: {\"1\": {}}\n":  `"1"`,
		"callsAs: 1\n---\na: {}\n": "a second YAML document",
	} {
		file := filepath.Join(t.TempDir(), "sandbox.yaml")
		require.NoError(t, os.WriteFile(file, []byte(content), 0o600))
		_, err := sandbox.Start(t.Context(), sandbox.Options{World: file})
		require.ErrorContains(t, err, want)
		assert.Equal(t, Refused, StatusOf(refusedWorld(err)), content)
		assert.Equal(t, Refused, StatusOf(refusedWorld(fmt.Errorf("dev: start the sandbox: %w", err))), content)
	}
	other := errors.New("no room on the disk")
	assert.Equal(t, other, refusedWorld(other))
}
