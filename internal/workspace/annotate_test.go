package workspace

import (
	"bytes"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"

	"aws-access-guardrails/internal/config"
)

// Every problem is an annotation on its own line of the stack file; what has no line is one on the run.
func TestAnnotationsPointAtTheLine(t *testing.T) {
	problems := config.Problems{
		{Position: config.Position{File: "Pulumi.dev.yaml", Line: 3, Column: 5}, Path: "guardrails:users[0].name", Value: `"a,b"`, Why: "is 100% bad", Fix: "write\nless"},
		{Position: config.Position{File: "Pulumi.dev.yaml"}, Path: "guardrails:account", Why: "is missing"},
	}
	err := errors.Join(&RefusedError{Stack: "dev", Err: problems}, Usef("other"))
	assert.Equal(t, []string{
		`::error file=Pulumi.dev.yaml,line=3,col=5::guardrails:users[0].name: "a,b" is 100%25 bad; write%0Aless`,
		`::error file=Pulumi.dev.yaml,line=1,col=1::guardrails:account: is missing`,
		`::error::other`,
	}, annotations(err, ""))
}

// Only GitHub Actions gets them.
func TestAnnotationsAreForGitHubActions(t *testing.T) {
	var out bytes.Buffer
	t.Setenv("GITHUB_ACTIONS", "")
	Annotate(&out, errors.New("x"))
	assert.Empty(t, out.String())
	t.Setenv("GITHUB_ACTIONS", "true")
	Annotate(&out, nil)
	assert.Empty(t, out.String())
	Annotate(&out, errors.New("x"))
	assert.Equal(t, "::error::x\n", out.String())
}
