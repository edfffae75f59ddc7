package explain

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/internal/testkit/stacktest"
)

// A person of another stack is told about once, with the name to write, however many stacks are asked.
func TestAPersonOfAnotherStackIsNamedOnce(t *testing.T) {
	var all []*stack.Stack
	for _, name := range []string{"jump", "management", "payments", "workload", "identity"} {
		all = append(all, stacktest.Read(t, "examples/organization/Pulumi."+name+".yaml"))
	}
	var user, role string
	user = all[0].Users[0].Name
	for _, s := range all[1:] {
		for _, r := range s.OperationRoleNames() {
			role = r
		}
	}
	require.NotEmpty(t, role)
	_, err := Ask(Question{As: user, Via: role, Opens: "shell", On: []string{"Project=shop"}}, all...)
	require.Error(t, err)
	assert.Equal(t, 1, strings.Count(err.Error(), "is a user of jump"))
	assert.Contains(t, err.Error(), `write "jump/`+user+`"`)
	assert.NotContains(t, err.Error(), "worth nothing")
	assert.NotContains(t, err.Error(), "\n")
}

// A question that is wrong by itself is refused once, however many stacks are asked.
func TestAQuestionThatIsWrongByItselfIsRefusedOnce(t *testing.T) {
	var all []*stack.Stack
	for _, name := range []string{"jump", "management", "payments", "workload", "identity"} {
		all = append(all, stacktest.Read(t, "examples/organization/Pulumi."+name+".yaml"))
	}
	_, err := Ask(Question{As: "nobody"}, all...)
	require.EqualError(t, err, "write one of --do and --opens")
}

// Whoever is no user of any stack is told about once: how somebody of IAM Identity Center is written, who else may be
// meant, or that there is nobody.
func TestWhoIsNoUserIsToldOnce(t *testing.T) {
	var all []*stack.Stack
	for _, name := range []string{"jump", "management", "payments", "workload", "identity"} {
		all = append(all, stacktest.Read(t, "examples/organization/Pulumi."+name+".yaml"))
	}
	written := `write --as "{identityCenter: dave}"`
	for as, says := range map[string]string{
		"dave":          written,
		"identity/dave": written,
		"Alice":         `did you mean "alice"?`,
		"jump/alicia":   `did you mean "alice"?`,
		"somebody":      "write one of guardrails:users or an ARN",
		"jump/somebody": "is no user of account 111122223333",
	} {
		_, err := Ask(Question{As: as, Opens: "shell", On: []string{"Project=shop"}}, all...)
		require.Error(t, err, as)
		assert.Contains(t, err.Error(), says, as)
		assert.NotContains(t, err.Error(), "\n", as)
	}
}
