package judge

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access"
	"aws-access-guardrails/internal/testkit"
	"aws-access-guardrails/internal/verdicts"
	"aws-access-guardrails/policy"
)

// What the stack that carries IAM Identity Center finds of all permission sets is, for every other stack, what it finds
// of its own account by itself: as the example is shipped, and with the Denies of each permission set left out.
func TestPermissionSetsAreProvenOnceForAllStacks(t *testing.T) {
	for _, s := range shippedIn(t, testkit.Path(t, "examples", "organization"), &recalled{Store: verdicts.InMemory()}) {
		broken := 0
		same := func(what string) {
			engine, err := access.Compile(s.world)
			require.NoError(t, err)
			engine = engine.From(time.Time{})
			var all []*Judgement
			for _, one := range s.stacks {
				all = append(all, &Judgement{Stack: one, beside: s.beside})
			}
			found := identityCenterFound(all, engine)
			require.NotNil(t, found)
			for _, j := range all {
				alone := *j
				require.NoError(t, j.proveIdentityCenter(engine, found))
				require.NoError(t, alone.proveIdentityCenter(engine, nil))
				assert.Equal(t, alone.Proofs, j.Proofs, "%s: %s", what, j.Stack.Name)
				if j.identityCenter() != j.Stack {
					broken += len(j.Proofs.Findings)
				}
			}
		}
		same("as it is")
		for _, p := range s.papers {
			if !strings.HasPrefix(p.name, permissionSetPaper) {
				continue
			}
			was := *p.places[0]
			without := was
			without.Statements = slices.DeleteFunc(slices.Clone(was.Statements), func(st policy.Statement) bool {
				return st.Effect == policy.EffectDeny
			})
			p.put(without)
			same("without the Denies of " + p.name)
			p.put(was)
		}
		assert.Positive(t, broken, "something does not hold in an account of another stack")
	}
}
