package against

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// networksOfChange are the lines of a report about the role watch, and the networks of each.
func networksOfChange(t *testing.T, edits ...edit) (gains, losses [][]string, open []string) {
	t.Helper()
	r := reportOf(t, "examples/tools", edits...)
	for i := range r.People {
		p := &r.People[i]
		require.Equal(t, "watch", p.Role)
		if p.Gains {
			gains = append(gains, p.Networks)
		} else {
			losses = append(losses, p.Networks)
		}
	}
	return gains, losses, r.Open
}

// A comparison says which networks are gained and lost: one more, one fewer, all others when the list goes, and all but
// the listed ones when it comes. A Deny of everybody lets nobody in, and is no question that is left open.
func TestAComparisonSaysWhichNetworks(t *testing.T) {
	const file, all = "Pulumi.tools.yaml", `      sourceNetworks: [203.0.113.0/24, "2001:db8::/32", vpce-0abcdef1234567890]` + "\n"
	gains, losses, open := networksOfChange(t, edit{file, `"2001:db8::/32", vpce`, `"2001:db8::/32", 198.51.100.0/24, vpce`})
	assert.Equal(t, [][]string{{"198.51.100.0/24"}}, gains)
	assert.Empty(t, losses)
	assert.Empty(t, open)
	gains, losses, open = networksOfChange(t, edit{file, `"2001:db8::/32", vpce`, `198.51.100.0/24, vpce`})
	assert.Equal(t, [][]string{{"198.51.100.0/24"}}, gains)
	assert.Equal(t, [][]string{{"2001:db8::/32"}}, losses)
	assert.Empty(t, open)
	gains, losses, open = networksOfChange(t, edit{file, all, ""})
	assert.Equal(t, [][]string{{"every network but 2001:db8::/32, 203.0.113.0/24 and vpce-0abcdef1234567890"}}, gains)
	assert.Empty(t, losses)
	assert.Empty(t, open)
}
