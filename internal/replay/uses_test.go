package replay

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A role is used by whatever a session of it does, and by somebody who becomes one; only in its window, only that
// role of that account. What there are records of is said beside it.
func TestUsesOfRoles(t *testing.T) {
	from := time.Date(2026, 10, 25, 0, 30, 0, 0, time.UTC)
	window := RoleWindow{Account: "444455556666", Role: "grant-CHG1-alice", From: from, Until: from.Add(2 * time.Hour)}
	session := func(account, role string) string {
		return fmt.Sprintf(
			`{"type":"AssumedRole","arn":"arn:aws:sts::%s:assumed-role/%s/alice","accountId":"%s","sessionContext":`+
				`{"sessionIssuer":{"type":"Role","arn":"arn:aws:iam::%s:role/guardrails/osaccess/%s","accountId":"%s"}}}`,
			account,
			role,
			account,
			account,
			role,
			account,
		)
	}
	assume := func(arn, more string) string {
		return `{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/alice","accountId":"111122223333","userName":"alice"},` +
			`"eventSource":"sts.amazonaws.com","eventName":"AssumeRole","recipientAccountId":"444455556666","requestParameters":{"roleArn":"` + arn + `"}` + more
	}
	const own = "arn:aws:iam::444455556666:role/guardrails/osaccess/grant-CHG1-alice"
	start := `,"eventSource":"ssm.amazonaws.com","eventName":"StartSession"`
	for _, c := range []struct {
		name, user string
		used       bool
	}{
		{"a call of a session", session("444455556666", "grant-CHG1-alice") + start, true},
		{"a call of a session that is told without its issuer",
			`{"type":"AssumedRole","arn":"arn:aws:sts::444455556666:assumed-role/grant-CHG1-alice/alice","accountId":"444455556666"}` + start, true},
		{"a call of a session that was refused",
			session("444455556666", "grant-CHG1-alice") + start + `,"errorCode":"AccessDenied"`, true},
		{"somebody who becomes it", assume(own, ""), true},
		{"somebody who was refused", assume(own, `,"errorCode":"AccessDenied"`), false},
		{"another role", session("444455556666", "grant-CHG1-bob") + start, false},
		{"a role of the name in another account", session("777788889999", "grant-CHG1-alice") + start, false},
		{"somebody who becomes that one",
			assume("arn:aws:iam::777788889999:role/guardrails/osaccess/grant-CHG1-alice", ""), false},
		{"a user of the name",
			`{"type":"IAMUser","arn":"arn:aws:iam::444455556666:user/grant-CHG1-alice","accountId":"444455556666"}` + start, false},
	} {
		for _, at := range []struct {
			when   time.Time
			within bool
		}{
			{from.Add(-time.Second), false}, {from, true}, {from.Add(time.Second), true},
			{window.Until.Add(-time.Second), true}, {window.Until, false}, {window.Until.Add(time.Second), false},
		} {
			path := filepath.Join(t.TempDir(), "records.json")
			record := fmt.Sprintf(
				`{"eventVersion":"1.11","eventTime":"%s","eventID":"%d","eventType":"AwsApiCall","userIdentity":%s}`,
				at.when.Format(time.RFC3339),
				at.when.Unix(),
				c.user,
			)
			require.NoError(t, os.WriteFile(path, []byte(`{"Records":[`+record+`]}`), 0o600))
			uses, unread, err := Uses(
				t.Context(),
				nil,
				[]RoleWindow{window, {Account: "123456789012", Role: "x"}},
				path,
			)
			require.NoError(t, err)
			require.Zero(t, unread)
			want := time.Time{}
			if c.used && at.within {
				want = at.when
			}
			assert.Equal(t, want, uses[0].Last, "%s at %s", c.name, at.when)
			assert.Equal(t, Use{}, uses[1], "no record is of that account")
			if !strings.Contains(c.name, "another account") {
				assert.Equal(t, at.when, uses[0].RecordsFrom, c.name)
				assert.Equal(t, at.when, uses[0].RecordsTo, c.name)
			}
		}
	}
}

// What cannot be read is told, and what a query grouped counts with its last call of the window.
func TestUsesOfGroupedRecordsAndOfWhatCannotBeRead(t *testing.T) {
	from := time.Date(2026, 12, 1, 10, 0, 0, 0, time.UTC)
	role := RoleWindow{Account: "444455556666", Role: "Grant", From: from, Until: from.Add(time.Hour)}
	for _, c := range []struct {
		first, last time.Duration
		want        time.Time
	}{
		{time.Minute, 30 * time.Minute, from.Add(30 * time.Minute)},
		{time.Minute, 2 * time.Hour, from.Add(time.Minute)},
		{-2 * time.Hour, -time.Hour, time.Time{}},
	} {
		path := filepath.Join(t.TempDir(), "records.jsonl")
		text := fmt.Sprintf(
			`{"calls":5,"first_seen":"%s","last_seen":"%s","eventsource":"ec2.amazonaws.com","eventname":"DescribeInstances",`+
				`"useridentity":{"type":"AssumedRole","arn":"arn:aws:sts::444455556666:assumed-role/grant/alice","accountid":"444455556666"}}`+"\n{\"eventTime\": 5}\n",
			from.Add(c.first).Format(time.RFC3339),
			from.Add(c.last).Format(time.RFC3339),
		)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		uses, unread, err := Uses(t.Context(), nil, []RoleWindow{role}, path)
		require.NoError(t, err)
		assert.EqualValues(t, 1, unread)
		assert.Equal(t, c.want, uses[0].Last)
	}
	_, _, err := Uses(t.Context(), nil, nil, filepath.Join(t.TempDir(), "missing"))
	require.Error(t, err)
}
