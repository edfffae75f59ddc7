package engine_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/fixture"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// A denial names the statements that come near and what they miss, nearest first.
func TestExplainNamesWhatIsMissing(t *testing.T) {
	e := fixture.Compiled(t, fixture.DevWorld())
	x, err := e.Explain(
		engine.AssumedRole(fixture.OperationRole("TestProject1-os-user1"), "alice"),
		fixture.StartSession("i-0bbb", fixture.OwnShell),
	)
	require.NoError(t, err)
	require.Len(t, x.Parts, 2, "the node and the document")
	assert.Equal(t, engine.ImplicitlyDenied, x.Decision.Outcome)
	near := x.Parts[0].Layers[0].Near
	require.Len(t, near, 2)
	assert.Equal(t, "StartSessionOnOwnProjectNodes", near[0].By.Sid)
	assert.Equal(t, []string{
		`aws:ResourceTag/Project is "Test Project 2"; asked for is StringEquals "${aws:PrincipalTag/Project}" ("Test Project 1")`,
	}, near[0].Missing)
	assert.Equal(
		t,
		[]engine.Test{
			{
				Element:  "Condition",
				Key:      "aws:ResourceTag/Project",
				Operator: policy.Operator{Base: policy.OpStringEquals},
				Has: []string{
					"Test Project 2",
				},
				Wants: []engine.Wanted{{Text: "${aws:PrincipalTag/Project}", Value: "Test Project 1"}},
			},
		},
		near[0].Tests,
	)
	assert.Contains(t, near[1].Missing[0], "the request is on arn:aws:ec2:ap-northeast-1:111122223333:instance/i-0bbb")
	assert.Equal(t, strings.Join([]string{
		`ssm:StartSession on arn:aws:ec2:ap-northeast-1:111122223333:instance/i-0bbb: implicitly denied by identity policy of role/TestProject1-os-user1 in 111122223333: no policy of the caller allows it`,
		`  identity policy of role/TestProject1-os-user1 in 111122223333: does not allow it`,
		`    operation, StartSessionOnOwnProjectNodes does not apply:`,
		`      aws:ResourceTag/Project is "Test Project 2"; asked for is StringEquals "${aws:PrincipalTag/Project}" ("Test Project 1")`,
	}, "\n"), strings.Join(strings.Split(x.String(), "\n")[:4], "\n"))
}

// A Deny is shown with the conditions that made it apply, and every layer is read.
func TestExplainShowsWhyADenyApplies(t *testing.T) {
	e := fixture.Compiled(t, fixture.DevWorld())
	x, err := e.Explain(
		engine.LongTermKey(fixture.UserARN("alice")),
		engine.AssumeRole(fixture.OperationRole("TestProject1-os-user1"), "alice"),
	)
	require.NoError(t, err)
	layers := x.Parts[0].Layers
	require.Len(t, layers, 2, "the caller's policies and the trust policy")
	require.Len(t, layers[0].Denies, 1)
	assert.Equal(t, x.Decision.By, layers[0].Denies[0].By)
	assert.Equal(
		t,
		[]string{`aws:MultiFactorAuthPresent is absent; asked for is BoolIfExists "false"`},
		layers[0].Denies[0].Because,
	)
	assert.Equal(
		t,
		[]engine.Test{
			{
				Element:  "Condition",
				Key:      "aws:MultiFactorAuthPresent",
				Operator: policy.Operator{Base: policy.OpBool, IfExists: true},
				Wants:    []engine.Wanted{{Text: "false", Value: "false"}},
			},
		},
		layers[0].Denies[0].Tests,
	)
	assert.Equal(t, "AssumeListedRoles", layers[0].Allows[0].By.Sid)
	assert.Equal(
		t,
		[]string{`aws:MultiFactorAuthPresent is absent; asked for is Bool "true"`},
		layers[1].Near[0].Missing,
	)

	x, err = e.Explain(
		engine.ConsoleWithMFA(fixture.UserARN("bobby"), time.Minute),
		engine.AssumeRole(fixture.OperationRole("TestProject1-os-user1"), "bobby"),
	)
	require.NoError(t, err)
	assert.Contains(
		t,
		x.Parts[0].Layers[1].Near[0].Missing[0],
		`the principals are "arn:aws:iam::111122223333:user/alice", "arn:aws:iam::111122223333:user/bob", the caller is arn:aws:iam::111122223333:user/bobby`,
	)
}

// Every layer shows: service control policies, boundary and session policy; what a rule of AWS decides has none.
func TestExplainReadsEveryLayer(t *testing.T) {
	w := fixture.Organization()
	bound := "arn:aws:iam::" + fixture.Members + ":policy/bound"
	w.Accounts[2].Policies = []world.ManagedPolicy{{ARN: bound, Document: policy.New(policy.Allow("All", "*").On("*"))}}
	w.Accounts[2].Roles[0].Boundary = bound
	e := fixture.Compiled(t, w)
	s, err := e.LimitedTo(
		engine.AssumedRole("arn:aws:iam::"+fixture.Members+":role/Admin", "s"),
		policy.New(policy.Allow("S3", "s3:*").On("*")),
	)
	require.NoError(t, err)
	x, err := e.Explain(s, engine.Request{Action: "s3:Get"})
	require.NoError(t, err)
	var kinds []engine.SourceKind
	for _, l := range x.Parts[0].Layers {
		kinds = append(kinds, l.Source.Kind)
	}
	assert.Equal(
		t,
		[]engine.SourceKind{
			engine.ServiceControlPolicySource,
			engine.ServiceControlPolicySource,
			engine.ServiceControlPolicySource,
			engine.IdentityPolicy,
			engine.PermissionsBoundary,
			engine.SessionPolicy,
		},
		kinds,
	)
	assert.Contains(
		t,
		x.String(),
		"s3:Get on *: allowed by identity policy admin, statement All of role/Admin in 444455556666",
	)

	x, err = e.Explain(s, engine.Request{Action: "sts:GetCallerIdentity"})
	require.NoError(t, err)
	assert.Empty(t, x.Parts[0].Layers)
	assert.Contains(t, x.String(), "rule of AWS: no policy can deny sts:GetCallerIdentity")
	_, err = e.Explain(engine.LongTermKey("nobody"), engine.Request{Action: "s3:Get"})
	require.Error(t, err)
}
