package grant

import (
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/policy"
)

// The tags that say what a grant is for.
const (
	// TicketTag is why the grant exists.
	TicketTag = "Ticket"
	// PersonTag is who has it.
	PersonTag = "Person"
	// AskedByTag and ApprovedByTag are who asked for it, and who approved it.
	AskedByTag    = "AskedBy"
	ApprovedByTag = "ApprovedBy"
)

// Users is the person where it is a user of this account.
func (a *Args) Users() []string {
	if a.User == "" {
		return nil
	}
	return []string{a.User}
}

// userName is the name of the person's IAM user, in whatever account, or of the person in IAM Identity Center.
func (a *Args) userName() string {
	switch {
	case a.User != "":
		return a.User
	case a.IdentityCenter.Name != "":
		return a.IdentityCenter.Name
	}
	if arn, err := policy.ParseARN(a.PrincipalARN); err == nil {
		if _, _, name, ok := arn.Entity(); ok {
			return name
		}
	}
	return ""
}

// RoleName is the name of the grant's role: "grant-<ticket>-<person>", without characters that IAM does not take, and
// cut with a hash so that the console can switch to it.
func (a *Args) RoleName() string {
	return policy.RoleNameFor("grant-"+a.Ticket, a.userName(), len(a.Path()))
}

// RoleARN is the ARN of the grant's role; empty when nothing describes what the grant opens.
func (a *Args) RoleARN() string {
	t, described := a.template()
	if !described {
		return ""
	}
	return t.account.Partition.RoleARN(t.account.ID, t.path, a.RoleName())
}

func (a *Args) trust() guardrail.Trust {
	t, _ := a.template()
	trust := guardrail.Trust{
		Account:            t.account,
		Users:              a.Users(),
		UserPaths:          t.userPaths,
		MfaMaxAge:          t.mfaMaxAge,
		IdentityCenterUser: a.IdentityCenter.ID,
		IdentityCenterName: a.IdentityCenter.Name,
		SourceNetworks:     t.networks,
	}
	if a.PrincipalARN != "" {
		trust.PrincipalARNs = []string{a.PrincipalARN}
	}
	return trust
}

// TrustDocument lets the person assume the role inside the window, with recent MFA and under their own name.
func (a *Args) TrustDocument() policy.Document {
	document := a.trust().Document()
	for i := range document.Statements {
		document.Statements[i] = document.Statements[i].When(policy.From(a.From), policy.Before(a.Until))
	}
	return document
}

// fences deny everything outside of the window. AWS evaluates them on every call, so credentials issued inside are
// worth nothing outside.
func (a *Args) fences() []policy.Statement {
	return []policy.Statement{
		policy.Deny("DenyEverythingBeforeTheWindow", "*").On("*").When(policy.Before(a.From)),
		policy.Deny("DenyEverythingAfterTheWindow", "*").On("*").When(policy.From(a.Until)),
	}
}

// AddTo adds the role of the grant to a world, with the documents that NewAccessGrant registers.
func (a *Args) AddTo(w *world.Account) {
	if _, described := a.template(); described {
		w.Roles = append(w.Roles, a.Role())
	}
}
