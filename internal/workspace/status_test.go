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
	"aws-access-guardrails/internal/workspace/exit"
	"aws-access-guardrails/internal/workspace/project"
	"aws-access-guardrails/internal/workspace/result"
	"aws-access-guardrails/internal/workspace/sandboxhome"
)

// Every error has one exit status, and of joined ones the most severe counts.
func TestExitStatuses(t *testing.T) {
	refused := &exit.RefusedError{Stack: "dev", Err: errors.New("bad")}
	failed := &EngineError{Stack: "dev", Operation: result.Up, Err: errors.New("broke")}
	for _, c := range []struct {
		err  error
		want exit.Status
	}{
		{nil, exit.Holds},
		{refused, exit.Refused},
		{exit.Usef("no"), exit.WrongUse},
		{failed, exit.Failed},
		{errors.New("unknown"), exit.Failed},
		{fmt.Errorf("around: %w", refused), exit.Refused},
		{errors.Join(refused, refused), exit.Refused},
		{errors.Join(refused, failed), exit.Failed},
	} {
		assert.Equal(t, c.want, exit.StatusOf(c.err), "%v", c.err)
	}
}

// A failure names the resources that failed, in people's words; without any it says what the Automation API knows.
func TestAFailureNamesItsResources(t *testing.T) {
	err := &EngineError{
		Stack:     "dev",
		Operation: result.Up,
		Err:       errors.New("exit status 1"),
		Diagnostics: []result.Diagnostic{
			{
				URN:     "urn:pulumi:dev::guardrails::guardrails:iam:User$aws:iam/user:User::user-alice",
				Message: "creating IAM User (alice):\nEntityAlreadyExists",
				Advice:  "take it over",
			},
			{URN: "urn:pulumi:dev::guardrails::pulumi:pulumi:Stack::guardrails-dev", Message: "update failed"},
		},
	}
	assert.Equal(
		t,
		"dev: up failed\n  iam.User user-alice: creating IAM User (alice):\n    EntityAlreadyExists; take it over\n  "+
			"update failed",
		err.Error(),
	)
	assert.Equal(
		t,
		"dev: up failed: exit status 1",
		(&EngineError{Stack: "dev", Operation: result.Up, Err: err.Err}).Error(),
	)
	interrupted := &EngineError{Stack: "dev", Operation: result.Up, Err: context.Canceled}
	assert.Contains(t, interrupted.Error(), "interrupted; run it again to go on")
}

// What is said of a thing that exists works where the run did: in the sandbox nothing sends anybody to the account or
// to the pulumi command, and outside of it nothing speaks of the sandbox.
func TestAdviceStaysWhereTheRunWas(t *testing.T) {
	exists := map[string]result.Diagnostic{
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
				folder := &project.Folder{Dir: t.TempDir()}
				r := &run{
					stack:   "dev",
					session: &session{Workspace: &Workspace{folder: folder, options: Options{Sandbox: sandboxed}}},
				}
				if sandboxed {
					r.home = &sandboxhome.Home{}
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
	r := &run{stack: "dev", session: &session{Workspace: &Workspace{folder: &project.Folder{Dir: t.TempDir()}}}}
	assert.Empty(t, r.advise(result.Diagnostic{Message: "AccessDenied"}))
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
		assert.Equal(t, exit.Refused, exit.StatusOf(refusedWorld(err)), content)
		assert.Equal(
			t,
			exit.Refused,
			exit.StatusOf(refusedWorld(fmt.Errorf("dev: start the sandbox: %w", err))),
			content,
		)
	}
	other := errors.New("no room on the disk")
	assert.Equal(t, other, refusedWorld(other))
}
