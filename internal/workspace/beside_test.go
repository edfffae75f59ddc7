package workspace

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/stretchr/testify/assert"

	"aws-access-guardrails/internal/beside"
	"aws-access-guardrails/internal/workspace/project"
	"aws-access-guardrails/internal/workspace/result"
)

// Of the service control policies of a target those are told that neither the state nor the stack file knows of, and
// FullAWSAccess where it is missing, or where it is there although the proofs count on its being detached.
func TestPoliciesOfATargetAreToldWhereNobodyKnowsOfThem(t *testing.T) {
	const typ, full = "aws:organizations/policyAttachment:PolicyAttachment", "p-FullAWSAccess"
	r := &run{stack: "management", session: &session{Workspace: &Workspace{folder: &project.Folder{Dir: t.TempDir()}}}}
	ours := &apitype.StepEventStateMetadata{Inputs: map[string]any{"policyId": "p-ours", "targetId": "r-exam"}}
	report := &result.Report{Standing: map[string]*result.Standing{"urn": {Type: typ, Before: ours, Found: ours}}}
	for _, c := range []struct {
		items       []string
		others      int
		needs, bars string
		want        string
	}{
		{[]string{full, "p-ours"}, 1, full, "", ""},
		{[]string{full, "p-ours", "p-theirs"}, 2, full, "", ""},
		{[]string{full, "p-ours", "p-theirs"}, 1, full, "", `somebody added "p-theirs"; why`},
		{[]string{"p-ours"}, 1, full, "", `somebody detached "p-FullAWSAccess"`},
		{[]string{"p-ours", "p-theirs"}, 1, full, "", `somebody detached "p-FullAWSAccess"`},
		{[]string{"p-ours"}, 0, "", full, ""},
		{[]string{"p-ours", "p-theirs"}, 1, "", full, ""},
		{[]string{"p-ours", "p-theirs"}, 0, "", full, `somebody added "p-theirs"; why`},
		{
			[]string{full, "p-ours"},
			0,
			"",
			full,
			`"p-FullAWSAccess" is attached, and the proofs count on its being detached there`,
		},
		{[]string{full, "p-ours"}, 1, "", full, `"p-FullAWSAccess" is attached`},
	} {
		heard, told := r.besideOf(report, beside.Found{
			Type: typ, Key: "targetId", Value: "r-exam", Property: "policies", Items: c.items,
			MadeBy: beside.Maker{Type: typ, Key: "policyId", And: "targetId", Is: "r-exam"},
			Others: c.others, Needs: c.needs, Bars: c.bars, Why: "why",
		})
		if assert.Equal(t, c.want != "", told, "%+v", c) && told {
			assert.Equal(t, "r-exam", heard.Name)
			assert.True(t, heard.Differences[0].Left)
			assert.Contains(t, heard.Differences[0].Text, "policies: "+c.want, "%+v", c)
		}
	}
}
