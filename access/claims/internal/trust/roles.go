package trust

import (
	"strconv"
	"time"

	"aws-access-guardrails/access/claims/internal/claim"
	"aws-access-guardrails/access/claims/internal/osusers"
	"aws-access-guardrails/access/intent"
	"aws-access-guardrails/access/internal/conditionkey"
	"aws-access-guardrails/access/internal/model"
	"aws-access-guardrails/access/internal/search"
	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/policy"
)

// OnlyListedPrincipals: of all callers that AWS can have, the trust policy lets in the listed users.
func OnlyListedPrincipals(p *claim.Prover, in *intent.Account) {
	for _, r := range in.Roles() {
		if p.ToldOfAnother(r.ARN) {
			continue
		}
		var permitted []policy.Statement
		if r.IdentityCenter.ID != "" {
			permitted = append(permitted, policy.Allow("", "*").On("*").When(
				policy.ArnLike("aws:PrincipalArn", p.Account(in).Arn("iam", "", identityCenterRoles)),
				policy.StringEquals(conditionkey.IdentityStoreUserID, claim.Literals([]string{r.IdentityCenter.ID})...),
			))
		}
		if len(r.Principals) > 0 {
			permitted = append(
				permitted,
				policy.Allow("", "*").
					On("*").
					When(policy.StringEquals("aws:PrincipalArn", claim.Literals(r.Principals)...)),
			)
		}
		for _, arn := range r.Partner.Principals {
			key, value := "aws:PrincipalArn", arn
			if policy.ARNResource(arn) == "root" {
				key, value = "aws:PrincipalAccount", policy.ARNPart(arn, 4)
			}
			permitted = append(
				permitted,
				policy.Allow("", "*").On("*").When(policy.StringEquals(key, claim.Literals([]string{value})...)),
			)
		}
		q := search.Asking([]policy.Statement{policy.Allow("", search.Assuming...).On("*")}, permitted...)
		p.Conclude(p.Begin(in, r.ARN), p.Trust(r, q), "somebody who is not listed assumes the role")
	}
}

// identityCenterRoles are the roles of permission sets, which IAM Identity Center alone makes.
const identityCenterRoles = "role" + policy.PermissionSetRolePath + "*"

// MFAToAssume: the trust policy itself asks for MFA and its age, so that it does not depend on what the caller's
// account denies.
func MFAToAssume(p *claim.Prover, in *intent.Account) {
	for _, r := range in.Roles() {
		if p.ToldOfAnother(r.ARN) {
			continue
		}
		if r.IdentityCenter.ID != "" {
			p.Add(mfaOfIdentityCenter(p, in, r))
			continue
		}
		if r.Partner.ExternalID != "" {
			f := p.Begin(in, r.ARN)
			f.Assume(
				"mfa of "+r.ARN,
				"the partner that assumes "+r.ARN+" keeps its own sign-ins with MFA: calls of another account carry no sign of it",
			)
			p.Add(f)
			continue
		}
		fresh := policy.Allow("", "*").On("*").When(policy.Bool("aws:MultiFactorAuthPresent", true))
		if r.MFAMaxAge > 0 {
			limit := strconv.FormatInt(int64(r.MFAMaxAge/time.Second), 10)
			fresh = fresh.When(
				policy.Is(policy.Operator{Base: policy.OpNumericLessThan}, "aws:MultiFactorAuthAge", limit),
			)
		}
		q := search.Asking([]policy.Statement{policy.Allow("", search.Assuming...).On("*")}, fresh)
		p.Conclude(p.Begin(in, r.ARN), p.Trust(r, q), "the role is assumed without MFA, or with MFA that is too old")
	}
}

// mfaOfIdentityCenter: sessions of IAM Identity Center carry no MFA key, so that no policy can ask for it.
func mfaOfIdentityCenter(p *claim.Prover, in *intent.Account, r intent.Role) prove.Finding {
	f := p.Begin(in, r.ARN)
	f.Verdict = prove.HoldsIf
	f.Assumptions = []prove.ProofAssumption{
		{
			ID:   "mfa of IAM Identity Center",
			Text: "IAM Identity Center asks " + r.IdentityCenter.Name + " for MFA at every sign-in: its sessions carry no sign of it",
		},
	}
	return f
}

// ExternalIDToAssume: a partner says the external id, so that no other customer of the partner has it act here.
func ExternalIDToAssume(p *claim.Prover, in *intent.Account) {
	for _, r := range in.Roles() {
		if r.Partner.ExternalID == "" {
			continue
		}
		q := search.Asking(
			[]policy.Statement{policy.Allow("", search.Assuming...).On("*")},
			policy.Allow("", "*").
				On("*").
				When(policy.StringEquals("sts:ExternalId", claim.Literals([]string{r.Partner.ExternalID})...)),
		)
		p.Conclude(p.Begin(in, r.ARN), p.Trust(r, q), "the partner assumes the role without the external id")
	}
}

// SessionNamedAfterUser: session ids, CloudTrail and the OS user's trail carry the session name.
func SessionNamedAfterUser(p *claim.Prover, in *intent.Account) {
	for _, r := range in.Roles() {
		if r.Partner.ExternalID != "" {
			continue // No user of ours has its sessions.
		}
		if p.ToldOfAnother(r.ARN) {
			continue
		}
		f, name := p.Begin(in, r.ARN), "${aws:username}"
		if r.IdentityCenter.ID != "" {
			// Sessions of IAM Identity Center have no user name of IAM.
			name = claim.Literals([]string{r.IdentityCenter.Name})[0]
		}
		q := search.Asking([]policy.Statement{policy.Allow("", search.Assuming...).On("*")},
			policy.Allow("", "*").On("*").When(policy.StringEquals("sts:RoleSessionName", name)))
		if r.AnySessionName {
			f.Verdict = prove.Waived
			f.Waivers = []prove.Waiver{
				{Key: r.Key + ".sessionName", Text: "sessions of the role can have the name of somebody else"},
			}
			p.Add(f)
			continue
		}
		p.Conclude(f, p.Trust(r, q), "a session can have another name than its user")
	}
}

// NoSessionTags: a session tag takes the place of the role's tag, so whoever passes one picks project and OS user.
// Whoever passes their own OS user alone picks neither.
func NoSessionTags(p *claim.Prover, in *intent.Account) {
	tagging := []policy.Statement{policy.Allow("", "sts:TagSession").On("*")}
	for _, r := range in.Roles() {
		if p.ToldOfAnother(r.ARN) {
			continue
		}
		q := search.Asking(tagging)
		if osusers.TakesOSUsers(in, r.ARN) {
			q = search.Asking(tagging, osusers.TakingOwnOSUser(model.Literally(r.ARN)))
		}
		p.Conclude(p.Begin(in, r.ARN), p.Trust(r, q), "the caller chooses session tags")
	}
	// A role of another account may trust whoever passes tags; the guard keeps its members from it.
	q := search.Asking(tagging, osusers.OwnOSUsers(in)...)
	for _, member := range in.Members {
		if !p.Administers(member) && !p.ToldOfAnother(member) {
			p.Conclude(p.Begin(in, member), p.EveryCall(q, search.SignIns(member)...), "a member chooses session tags")
		}
	}
}
