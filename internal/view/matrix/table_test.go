package matrix

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access/doors"
	"aws-access-guardrails/policy"
)

// Whatever row of the table of doors leads onto nodes stands in the matrix of a role that may make one of its calls,
// as a door or among the others; a role that may make none has none. Nothing of it is written down in this room.
func TestEveryRowOfTheTableAppearsInTheMatrix(t *testing.T) {
	for i := range doors.Table() {
		row := &doors.Table()[i]
		h := newHand()
		h.role("Opens", "", "", trusting("alice"), policy.Allow("One", row.Actions[0]).On("*"))
		found := rowOf(t, h.matrix(t), "alice", "Opens")
		onNodes := row.Class == doors.Shell || row.Class == doors.Code
		switch {
		case !onNodes:
			assert.Empty(t, found.Others, "%s is %s", row.It, row.Class)
		case !slices.Contains(row.Others(), row.Actions[0]):
			assert.Empty(t, found.Others, row.It)
		default:
			assert.Equal(t, []string{row.Service + ": " + row.It}, found.Others, row.Actions[0])
			var text bytes.Buffer
			m := h.matrix(t)
			require.NoError(t, m.WriteText(&text))
			assert.Contains(t, text.String(), "1 other", row.It)
			assert.Contains(t, text.String(), "others: more ways onto nodes")
		}
	}
	h := newHand()
	h.role(
		"Own",
		"",
		"",
		trusting("alice"),
		policy.Allow("Own", "ssm:ResumeSession").
			On("*").
			When(policy.StringEquals("ssm:resourceTag/aws:ssmmessages:session-id", "${aws:userid}")),
		policy.Allow("Read", "s3:GetObject").On("*"),
	)
	assert.Empty(t, rowOf(t, h.matrix(t), "alice", "Own").Others, "going on in their own session opens none")
}

// The matrix says with which customer managed keys of volumes a role starts instances, and what becomes of the others.
func TestTheMatrixSaysWhereAStartFallsBack(t *testing.T) {
	const key = "arn:aws:kms:ap-northeast-1:" + handAccount + ":key/1234abcd-12ab-34cd-56ef-1234567890ab"
	grant := func(resource string) policy.Statement {
		return policy.Allow("Keys", "kms:CreateGrant").On(resource).When(policy.Bool("kms:GrantIsForAWSResource", true))
	}
	start := policy.Allow("Start", "ec2:StartInstances").On("*")
	h := newHand()
	h.role("None", "", "", trusting("alice"), start)
	h.role("Some", "", "", trusting("alice"), start, grant(key))
	h.role("Every", "", "", trusting("alice"), start, grant("*"))
	h.role("Stops", "", "", trusting("alice"), policy.Allow("Stop", "ec2:StopInstances").On("*"), grant(key))
	m := h.matrix(t)
	assert.Empty(t, rowOf(t, m, "alice", "None").VolumeKeys)
	assert.Equal(t, []string{key}, rowOf(t, m, "alice", "Some").VolumeKeys)
	assert.Equal(t, []string{"*"}, rowOf(t, m, "alice", "Every").VolumeKeys)
	assert.Empty(t, rowOf(t, m, "alice", "Stops").VolumeKeys)
	var text bytes.Buffer
	require.NoError(t, m.WriteText(&text))
	assert.Equal(t, 1, strings.Count(text.String(), "falls back to stopped"))
	assert.Contains(t, text.String(), "not so for Some with "+key+"; Every with every key.")

	h = newHand()
	h.role("Every", "", "", trusting("alice"), start, grant("*"))
	text.Reset()
	require.NoError(t, h.matrix(t).WriteText(&text))
	assert.NotContains(t, text.String(), "falls back")
}

// rowOf is the first row of a person in a role.
func rowOf(t *testing.T, m *Matrix, person, role string) Row {
	t.Helper()
	for _, r := range m.Rows {
		if r.Person == person && r.Role == role {
			return r
		}
	}
	t.Fatalf("no row of %s in %s", person, role)
	return Row{}
}
