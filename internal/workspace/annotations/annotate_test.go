package annotations

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/workspace/exit"
	"aws-access-guardrails/internal/workspace/project"
	"aws-access-guardrails/problem"
)

// failed is the error of a run of a stack that failed.
type failed struct{ stack string }

func (f failed) Error() string { return f.stack + ": up failed: no" }

func (f failed) OfStack() string { return f.stack }

// Every problem is an annotation on its own line of the stack file; what has no line is one on the run.
func TestAnnotationsPointAtTheLine(t *testing.T) {
	problems := problem.List{
		{
			Position: problem.Position{File: "Pulumi.dev.yaml", Line: 3, Column: 5},
			Path:     "guardrails:users[0].name",
			Value:    "a,b",
			Why:      "is 100% bad",
			Fix:      "write\nless",
		},
		{Position: problem.Position{File: "Pulumi.dev.yaml"}, Path: "guardrails:account", Why: "is missing"},
	}
	err := errors.Join(
		&exit.RefusedError{Stack: "dev", Err: problems},
		exit.Usef("other"),
		failed{"prod"},
		&exit.DiffersError{Stack: "prod", Message: "1 differs"},
	)
	assert.Equal(t, []string{
		`::error file=Pulumi.dev.yaml,line=3,col=5::guardrails:users[0].name: "a,b" is 100%25 bad; write%0Aless`,
		`::error file=Pulumi.dev.yaml,line=1,col=1::guardrails:account: is missing`,
		`::error::other`,
		`::error file=stacks/Pulumi.prod.yaml,line=1,col=1::prod: up failed: no`,
		`::error file=stacks/Pulumi.prod.yaml,line=1,col=1::prod: 1 differs`,
	}, annotations(&project.Folder{ConfigDir: "stacks"}, err, ""))
	assert.Equal(
		t,
		[]string{"::error::prod: up failed: no"},
		annotations(nil, failed{"prod"}, ""),
	)
}

// GitLab reads the same as a code quality report: each entry on a file and a line, with a fingerprint of its own, and
// none when nothing is wrong.
func TestTheCodeQualityReportNamesFilesAndLines(t *testing.T) {
	report := func(err error) string {
		var out bytes.Buffer
		require.NoError(t, WriteCodeQuality(&out, nil, err, ""))
		return out.String()
	}
	assert.Equal(t, "[]\n", report(nil))
	at := problem.Position{File: "Pulumi.dev.yaml", Line: 3, Column: 5}
	problems := problem.List{
		{Position: at, Path: "a", Kind: problem.Refused, Why: "is bad"},
		{Position: at, Path: "b", Kind: problem.Missing, Why: "is missing"},
	}
	var entries []finding
	require.NoError(
		t,
		json.Unmarshal(
			[]byte(report(errors.Join(&exit.RefusedError{Stack: "dev", Err: problems}, exit.Usef("other")))),
			&entries,
		),
	)
	require.Len(t, entries, 3)
	assert.Equal(
		t,
		[]string{"a: is bad", "b: is missing", "other"},
		[]string{entries[0].Description, entries[1].Description, entries[2].Description},
	)
	assert.Equal(t, "Pulumi.dev.yaml", entries[0].Location.Path)
	assert.Equal(t, 3, entries[0].Location.Lines.Begin)
	assert.Equal(t, "Pulumi.yaml", entries[2].Location.Path)
	assert.NotEqual(t, entries[0].Fingerprint, entries[1].Fingerprint)
}

// Only GitHub Actions gets them.
func TestAnnotationsAreForGitHubActions(t *testing.T) {
	var out bytes.Buffer
	t.Setenv("GITHUB_ACTIONS", "")
	Annotate(&out, nil, errors.New("x"))
	assert.Empty(t, out.String())
	t.Setenv("GITHUB_ACTIONS", "true")
	Annotate(&out, nil, nil)
	assert.Empty(t, out.String())
	Annotate(&out, nil, errors.New("x"))
	assert.Equal(t, "::error::x\n", out.String())
}
