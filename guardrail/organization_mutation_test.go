package guardrail_test

import (
	"cmp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// forEachGuardrail applies change to every service control policy of a world but FullAWSAccess. A policy that is
// attached twice is one document.
func forEachGuardrail(w *access.World, change func(name string, d policy.Document) policy.Document) {
	var unit func(u *world.Unit)
	apply := func(policies []world.ServiceControlPolicy) {
		for i := range policies {
			if policies[i].Name != "FullAWSAccess" {
				policies[i].Document = change(policies[i].Name, policies[i].Document)
			}
		}
	}
	unit = func(u *world.Unit) {
		apply(u.Policies)
		for i := range u.Accounts {
			apply(u.Accounts[i].Policies)
		}
		for i := range u.Units {
			unit(&u.Units[i])
		}
	}
	unit(&w.Organization.Root)
}

// guardrailSurvivors are the changes of service control policies that no attempt notices, each with the reason.
var guardrailSurvivors = map[string]string{
	"guardrails-protect-guardrails DenyWritingAuthorizationTagsOfPrincipals: action " +
		"iam:CreateRole dropped": "AWS asks for iam:TagRole too, which is denied",
	"guardrails-protect-guardrails DenyWritingAuthorizationTagsOfPrincipals: action " +
		"iam:CreateUser dropped": "AWS asks for iam:TagUser too, which is denied",
}

// noDifference reports whether a change means the same: IfExists where the key is always there, or where a negated
// operator holds without it anyhow.
func noDifference(change string) bool {
	if !strings.HasSuffix(change, "IfExists toggled") {
		return false
	}
	return slices.ContainsFunc([]string{
		" on aws:PrincipalArn ",
		" on aws:PrincipalAccount ",
		" on aws:CurrentTime ",
		" on sts:RoleSessionName ",
		"StringNotEquals on aws:ResourceTag/Project ",
	}, func(key string) bool { return strings.Contains(change, key) })
}

// Every statement, action, resource and exempt role of every service control policy is needed: without it, or with a
// slip in it, an attempt is decided otherwise.
func TestEveryPartOfEveryGuardrailIsHeldByAnAttempt(t *testing.T) {
	o := fullOrganization(policy.AWS)
	w := o.World(nil)
	var all []mutant
	forEachGuardrail(&w, func(name string, d policy.Document) policy.Document {
		all = append(all, mutants(name, d)...)
		return d
	})
	missed, noticed := map[string]bool{}, 0
	attempts := o.allAttempts()
	for _, m := range all {
		if noDifference(m.change) {
			continue
		}
		// Those that the statement decides are made first: they are most likely to notice.
		slices.SortStableFunc(attempts, func(a, b attempt) int {
			return cmp.Compare(map[bool]int{true: 0, false: 1}[a.sid == m.sid], map[bool]int{true: 0, false: 1}[b.sid == m.sid])
		})
		wrong, err := o.wrong(attempts, func(w *access.World) {
			forEachGuardrail(w, func(name string, d policy.Document) policy.Document {
				if name == m.document {
					return m.mutated
				}
				return d
			})
		})
		if err == nil && len(wrong) == 0 {
			missed[m.String()] = true
			continue
		}
		noticed++
	}
	heldOrExplained(t, missed, guardrailSurvivors)
	assert.Greater(t, noticed, 300)
}

// heldOrExplained wants every change that nothing noticed on the list of explained ones, and no other on it.
func heldOrExplained(t *testing.T, missed map[string]bool, explained map[string]string) {
	t.Helper()
	var unheld, stale []string
	for change := range missed {
		if _, known := explained[change]; !known {
			unheld = append(unheld, change)
		}
	}
	for change := range explained {
		if !missed[change] {
			stale = append(stale, change)
		}
	}
	assert.Empty(t, unheld, "nothing holds these")
	assert.Empty(t, stale, "something holds these, or they are gone: take them off the list")
	require.NotNil(t, missed)
}

// grantSurvivors are the changes of documents of grants that no question notices, each with the reason.
var grantSurvivors = map[string]string{
	"role-grant-CHG1234-alice.trust NamedUsersWithRecentMFA: NumericLessThanIfExists on aws:MultiFactorAuthAge " +
		"IfExists toggled": mfaAgeUnknown,
	"role-OSAccess.trust NamedUsersWithRecentMFA: NumericLessThanIfExists on aws:MultiFactorAuthAge " +
		"IfExists toggled": mfaAgeUnknown,
}

// Every part of the documents of grants and of the shared role is needed.
func TestEveryPartOfEveryGrantIsHeldByAQuestion(t *testing.T) {
	missed, noticed := map[string]bool{}, 0
	for _, o := range templates() {
		questions := o.grantQuestions()
		w := o.Workload()
		var all []mutant
		forEachDocument(&w, func(name string, d policy.Document) policy.Document {
			if strings.HasPrefix(name, "role-grant-") || strings.HasPrefix(name, "role-OSAccess.trust") {
				all = append(all, mutants(name, d)...)
			}
			return d
		})
		for _, m := range all {
			if noDifference(m.change) {
				continue
			}
			wrong, err := o.grantAnswers(questions, m.in)
			if err == nil && len(wrong) == 0 {
				missed[m.String()] = true
				continue
			}
			noticed++
		}
	}
	heldOrExplained(t, missed, grantSurvivors)
	assert.Greater(t, noticed, 300)
}
