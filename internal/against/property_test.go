package against

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/internal/change"
	"aws-access-guardrails/policy"
)

// rewritten is a document after one random edit; some change what it means and some do not.
func rewritten(t *rapid.T, d policy.Document) policy.Document {
	d.Statements = slices.Clone(d.Statements)
	if len(d.Statements) == 0 {
		return d
	}
	at := rapid.IntRange(0, len(d.Statements)-1).Draw(t, "statement")
	st := &d.Statements[at]
	switch rapid.IntRange(0, 7).Draw(t, "edit") {
	case 0:
		d.Statements = slices.Delete(d.Statements, at, at+1)
	case 1:
		if len(st.Conditions) > 0 {
			drop := rapid.IntRange(0, len(st.Conditions)-1).Draw(t, "condition")
			st.Conditions = slices.Delete(slices.Clone(st.Conditions), drop, drop+1)
		}
	case 2:
		if len(st.Actions) > 1 {
			drop := rapid.IntRange(0, len(st.Actions)-1).Draw(t, "action")
			st.Actions = slices.Delete(slices.Clone(st.Actions), drop, drop+1)
		}
	case 3:
		if len(st.NotActions) > 1 {
			st.NotActions = st.NotActions[1:]
		}
	case 4:
		slices.Reverse(d.Statements)
	case 5:
		st.Sid += "Renamed"
	case 6:
		// A Deny of what nothing allows means nothing.
		d = d.With(
			policy.Deny("Another",
				rapid.SampledFrom([]string{"s3:PutObject", "iam:CreateAccessKey", "ssm:StartSession"}).Draw(t,
					"denied")).
				On("*"),
		)
	default:
		st.Actions = slices.Clone(st.Actions)
		slices.Reverse(st.Actions)
	}
	return d
}

// otherWorld is the world after one to two edits of documents of its first account.
func otherWorld(t *rapid.T, w access.World) access.World {
	w.Accounts = slices.Clone(w.Accounts)
	a := &w.Accounts[0]
	a.Groups, a.Roles, a.Policies = slices.Clone(a.Groups), slices.Clone(a.Roles), slices.Clone(a.Policies)
	for range rapid.IntRange(1, 2).Draw(t, "edits") {
		switch rapid.IntRange(0, 3).Draw(t, "where") {
		case 0:
			g := &a.Groups[0]
			g.Inline = slices.Clone(g.Inline)
			at := rapid.IntRange(0, len(g.Inline)-1).Draw(t, "inline")
			g.Inline[at].Document = rewritten(t, g.Inline[at].Document)
		case 1:
			r := &a.Roles[rapid.IntRange(0, len(a.Roles)-1).Draw(t, "role")]
			r.Trust = rewritten(t, r.Trust)
		default:
			p := &a.Policies[rapid.IntRange(0, len(a.Policies)-1).Draw(t, "policy")]
			p.Document = rewritten(t, p.Document)
		}
	}
	return w
}

// someRequest is a session of a user or role of the world, and a call that means something to the documents.
func someRequest(t *rapid.T, w access.World) (access.Session, access.Request) {
	a := &w.Accounts[0]
	at := someDay.Add(time.Hour)
	user := a.Users[rapid.IntRange(0, len(a.Users)-1).Draw(t, "user")]
	role := a.Roles[rapid.IntRange(0, len(a.Roles)-1).Draw(t, "role")]
	session := rapid.SampledFrom([]access.Session{
		access.Console(
			user.ARN(a),
		),
		access.ConsoleWithMFA(user.ARN(a), time.Minute),
		access.ConsoleWithMFA(user.ARN(a), 13*time.Hour),
		access.LongTermKey(user.ARN(a)),
		access.LongTermKey(user.ARN(a)).
			WithMFACode(),
		access.SessionTokenWithMFA(user.ARN(a), time.Hour),
		access.AssumedRole(role.ARN(a), user.Name),
	}).Draw(t, "session").IssuedAt(at)
	node := access.Resource{
		ARN:  "arn:aws:ec2:ap-northeast-1:" + a.ID + ":instance/i-0123456789abcdef0",
		Tags: []world.Tag{},
	}
	if project := rapid.SampledFrom([]string{"", "Test Project 1", "Test Project 2"}).
		Draw(t, "project"); project != "" {
		node.Tags = []world.Tag{{Key: "Project", Value: project}}
	}
	document := access.Resource{ARN: "arn:aws:ssm:ap-northeast-1:" + a.ID + ":document/SSM-SessionManagerRunShell"}
	port := access.Resource{ARN: "arn:aws:ssm:ap-northeast-1::document/AWS-StartPortForwardingSession"}
	on := func(action string, resources ...access.Resource) access.Request {
		return access.Request{Action: action, Resources: resources, Time: at, Context: access.Context{}}
	}
	target := access.Resource{ARN: user.ARN(a)}
	other := access.Resource{ARN: a.Users[rapid.IntRange(0, len(a.Users)-1).Draw(t, "other")].ARN(a)}
	r := rapid.SampledFrom([]access.Request{
		on(
			"ssm:StartSession",
			node,
			document,
		),
		on("ssm:StartSession", node, port),
		on("ec2:StartInstances", node),
		on("ec2:StopInstances", node),
		on(
			"ssm:GetConnectionStatus",
			node,
		),
		on("ssm:SendCommand", node),
		on("ec2:DescribeInstances"),
		on("iam:CreateAccessKey", target),
		on("iam:CreateAccessKey", other),
		on(
			"iam:EnableMFADevice",
			target,
		),
		on("iam:EnableMFADevice", other),
		on("iam:DeactivateMFADevice", target),
		on("iam:ChangePassword", target),
		on(
			"iam:ListMFADevices",
			target,
		),
		on("iam:ListAccessKeys", other),
		on("iam:GetUser", other),
		on("s3:PutObject", access.Resource{ARN: "arn:aws:s3:::bucket/key"}),
		on("iam:CreateVirtualMFADevice", access.Resource{ARN: "arn:aws:iam::" + a.ID + ":mfa/" + user.Name}),
	}).Draw(t, "request")
	if rapid.IntRange(0, 3).Draw(t, "assume") == 0 {
		r = access.AssumeRole(role.ARN(a), rapid.SampledFrom([]string{user.Name, "another-name"}).Draw(t, "name"))
		r.Time = at
	}
	return session, r
}

// When the report says that no one gains or loses, every request is decided as it was.
func TestNoOneGainsOrLosesIsTrueOfEveryRequest(t *testing.T) {
	from := &change.Side{
		Name:        "before",
		World:       sideOf(t, dev).World,
		Stacks:      map[string]string{},
		ProjectTags: map[string]string{},
	}
	before, err := access.Compile(from.World)
	require.NoError(t, err)
	counts := map[bool]int{}
	rapid.Check(t, func(rt *rapid.T) {
		to := *from
		to.World = otherWorld(rt, from.World)
		after, err := access.Compile(to.World)
		if err != nil {
			rt.Skip("a document of nothing is none")
		}
		r, err := change.Compare(from, &to, someDay, nil)
		require.NoError(rt, err)
		counts[r.NoOne]++
		if !r.NoOne {
			return
		}
		for range 50 {
			s, request := someRequest(rt, from.World)
			was, err := before.Decide(s, request)
			require.NoError(rt, err)
			is, err := after.Decide(s, request)
			require.NoError(rt, err)
			require.Equal(rt, was.Allowed(), is.Allowed(), "%s %+v", s, request)
		}
	})
	t.Log(counts)
	require.Positive(t, counts[true], "no edit means the same: %v", counts)
	require.Positive(t, counts[false], "no edit means anything: %v", counts)
}
