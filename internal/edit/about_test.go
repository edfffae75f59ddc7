package edit

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/guardrail/grant"
)

const expecting = `  guardrails:expect:
    # What the grant opens.
    - it: the grant opens when it begins
      as: jump/alice
      via: grant-CHG1-alice
      at: "2026-12-01T09:00:00+09:00"
      do: ec2:DescribeInstances
      allowed: true
    - it: the grant still opens in its last second
      as: jump/alice
      via: grant-CHG1-alice
      at: "2026-12-01T12:59:59+09:00"
      do: ec2:DescribeInstances
      allowed: true
    - it: the grant is over when it ends
      as: jump/alice
      via: grant-CHG1-alice
      at: "2026-12-01T13:00:00+09:00"
      do: ec2:DescribeInstances
      denied: true
    # Bob has nothing to do with it.
    - it: bob makes no user
      as: jump/bob
      do: iam:CreateUser
      denied: true
`

// A grant that is taken out goes with the expectations about its role, which would keep up from shutting it, and with
// no other one. Of a grant that ends now those are told that do not hold any more.
func TestARevokedGrantKeepsNoExpectationThatRefusesUp(t *testing.T) {
	path := folder(t, head+"  guardrails:grants:\n"+block+expecting)
	change, err := Revoke(path, "CHG1", "", begin.Add(-time.Hour))
	require.NoError(t, err)
	assert.True(t, change.Removed)
	after := string(change.After)
	assert.NotContains(t, after, "grant-CHG1-alice")
	assert.NotContains(t, after, "it: the grant")
	assert.Contains(t, after, "  guardrails:expect:\n    # What the grant opens.\n"+
		"    # Bob has nothing to do with it.\n    - it: bob makes no user\n")
	assert.Empty(t, change.Failing)
	assert.Equal(t, "jump/alice", change.Grant.Person)

	change, err = Revoke(path, "CHG1", "", begin.Add(time.Hour))
	require.NoError(t, err)
	assert.False(t, change.Removed)
	assert.Equal(t, []string{`expect[1]: "the grant still opens in its last second"`}, change.Failing)

	// No expectation may be left.
	alone := expecting[:strings.Index(expecting, "    # Bob")]
	change, err = Revoke(folder(t, head+"  guardrails:grants:\n"+block+alone), "CHG1", "", begin.Add(-time.Hour))
	require.NoError(t, err)
	assert.Contains(t, string(change.After), "  guardrails:expect: []\n")

	// Where the list is laid out in a way that is not edited, nothing is written, and what to write is said.
	flowing := folder(t, head+"  guardrails:grants: ["+flow+"]\n"+expecting)
	change, err = Revoke(flowing, "CHG1", "", begin.Add(-time.Hour))
	require.NoError(t, err)
	assert.Contains(t, string(change.After), "guardrails:grants: []\n")
}

// A ticket that another stack of the folder has is told with the line to write, and one that nobody has with none.
func TestATicketOfAnotherStackIsFound(t *testing.T) {
	path := folder(t, head+"  guardrails:grants:\n"+block)
	payments := filepath.Join(filepath.Dir(path), "Pulumi.payments.yaml")
	content := strings.NewReplacer("444455556666", "777788889999", "alias: workload", "alias: payments").Replace(head)
	require.NoError(t, os.WriteFile(payments, []byte(content), 0o600))
	others := map[string]string{"workload": path, "jump": filepath.Join(filepath.Dir(path), "Pulumi.jump.yaml")}
	_, err := Revoke(payments, "CHG1", "", begin)
	require.Error(t, err)
	err = InPlaceOf(err, others, "payments")
	assert.ErrorContains(t, err, "there is no grant; the stack workload has one: write workload in place of payments")
	var missing *NotFoundError
	require.ErrorAs(t, err, &missing)
	_, err = Revoke(payments, "CHG2", "", begin)
	require.Error(t, err)
	assert.Equal(t, err, InPlaceOf(err, others, "payments"))
	assert.NoError(t, InPlaceOf(nil, others, "payments"))
	assert.Empty(t, WithTicket(others, "CHG2", "payments"))
}

// A change that takes a grant and its expectations out changes nothing else, or it is not written.
func TestWhatARevokedGrantTakesAlongIsAllThatChanges(t *testing.T) {
	before := head + "  guardrails:grants:\n" + block + expecting
	f, err := open(folder(t, before))
	require.NoError(t, err)
	change, err := f.withoutGrant(0, f.stack.AccessGrants()[0])
	require.NoError(t, err)
	after := string(change.After)
	none := func(grants []grant.Args) bool { return len(grants) == 0 }
	_, err = f.accept([]byte(after), none, 0, 1, 2)
	require.NoError(t, err)
	for what, other := range map[string]string{
		"another expectation": strings.Replace(after, "bob makes no user", "bob makes users", 1),
		"another section":     strings.Replace(after, "rdp: true", "rdp: false", 1),
	} {
		require.NotEqual(t, after, other, what)
		_, err = f.accept([]byte(other), none, 0, 1, 2)
		assert.Error(t, err, what)
	}
	_, err = f.accept([]byte(after), none, 0, 1)
	assert.Error(t, err, "an expectation too many is gone")
}
