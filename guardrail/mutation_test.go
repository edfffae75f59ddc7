package guardrail_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// in puts the change into the documents of an account.
func (m mutant) in(account *world.Account) {
	forEachDocument(account, func(name string, d policy.Document) policy.Document {
		if name == m.document {
			return m.mutated
		}
		return d
	})
}

// survivors are the changes that no question notices, each with the reason why it makes no difference that can be
// decided. A change that is noticed does not belong here either.
var survivors = map[string]string{
	"group-guardrails-mfa.mfa-guard DenyAllButEnrolmentWithoutMFA: exempt action " +
		"sts:GetSessionToken dropped": "no policy denies it; it is listed because AWS lists it",
	"group-guardrails-mfa.mfa-guard DenyWritingAuthorizationTags: action " +
		"iam:CreateRole dropped": "AWS asks for iam:TagRole too, which is denied",
	"group-guardrails-mfa.mfa-guard DenyWritingAuthorizationTags: action " +
		"iam:CreateUser dropped": "AWS asks for iam:TagUser too, which is denied",
	"policy-guardrails-operation-guard DenyWritingAuthorizationTags: action " +
		"iam:CreateRole dropped": "AWS asks for iam:TagRole too, which is denied",
	"policy-guardrails-operation-guard DenyWritingAuthorizationTags: action " +
		"iam:CreateUser dropped": "AWS asks for iam:TagUser too, which is denied",
	"group-guardrails-mfa.self-service WriteOwnContactTagsWithMFA: ForAllValues:StringEquals on aws:TagKeys " +
		"IfExists toggled": "the statement wants the key to be present",
	"policy-guardrails-operation-guard DenyNodesOfOtherProjects: StringNotEquals on aws:ResourceTag/Project " +
		"IfExists toggled": "a negated operator matches an absent key anyhow",
	"role-AdminRole.trust NamedUsersWithRecentMFA: StringEquals on sts:RoleSessionName " +
		"IfExists toggled": "every call has a session name",
	"role-TestProject1-os-user1.trust NamedUsersWithRecentMFA: StringEquals on sts:RoleSessionName " +
		"IfExists toggled": "every call has a session name",
	"role-AdminRole.trust NamedUsersWithRecentMFA: NumericLessThanIfExists on aws:MultiFactorAuthAge " +
		"IfExists toggled": mfaAgeUnknown,
	"role-TestProject1-os-user1.trust NamedUsersWithRecentMFA: NumericLessThanIfExists on aws:MultiFactorAuthAge " +
		"IfExists toggled": mfaAgeUnknown,
	"role-second.trust NamedUsersWithRecentMFA: NumericLessThanIfExists on aws:MultiFactorAuthAge " +
		"IfExists toggled": mfaAgeUnknown,
}

const mfaAgeUnknown = "whether a call with a code carries an age is not documented; the document works either way"

// Every statement, action, resource and condition of every document is needed: without it, or with a slip in it, a
// sentence about the documents stops being true.
func TestEveryPartOfEveryDocumentIsHeldByASentence(t *testing.T) {
	original := map[string]bool{}
	missed := map[string]bool{}
	noticed := 0
	for _, v := range variants() {
		w := v.fixture.World()
		addNodeRole(v.fixture, &w)
		var all []mutant
		forEachDocument(&w, func(name string, d policy.Document) policy.Document {
			for _, m := range mutants(name, d) {
				// A statement that an earlier variant has as well is held by the questions of that one.
				statement, _ := d.Statement(m.sid)
				if !original[name+policy.New(statement).JSON()] {
					all = append(all, m)
				}
			}
			return d
		})
		forEachDocument(&w, func(name string, d policy.Document) policy.Document {
			for _, statement := range d.Statements {
				original[name+policy.New(statement).JSON()] = true
			}
			return d
		})
		require.NotEmpty(t, all, v.name)
		for _, m := range all {
			wrong, err := answers(v.fixture, v.questions, m.in)
			if err == nil && len(wrong) == 0 {
				missed[m.String()] = true
				continue
			}
			noticed++
		}
	}
	heldOrExplained(t, missed, survivors)
	assert.Greater(t, noticed, 450)
}
