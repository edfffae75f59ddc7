package grant

import (
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/guardrail/osaccess"
	"aws-access-guardrails/policy"
)

// The tags that say what a grant is for.
const (
	// TicketTag is why the grant exists.
	TicketTag = "Ticket"
	// PersonTag is who has it.
	PersonTag = "Person"
)

// Users is the person where it is a user of this account.
func (a *Args) Users() []string {
	if a.User == "" {
		return nil
	}
	return []string{a.User}
}

// userName is the name of the person's IAM user, in whatever account.
func (a *Args) userName() string {
	if a.User != "" {
		return a.User
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
	return policy.RoleNameFor("grant-"+a.Ticket, a.userName(), len(guardrail.OSAccessRolePath))
}

// RoleARN is the ARN of the grant's role.
func (a *Args) RoleARN() string {
	account := a.OSAccess.Account
	return account.Partition.RoleARN(account.ID, guardrail.OSAccessRolePath, a.RoleName())
}

// projects are those of the grant, or of the template.
func (a *Args) projects() []string {
	if len(a.Projects) > 0 {
		return a.Projects
	}
	return a.OSAccess.Projects
}

func (a *Args) trust() guardrail.Trust {
	t := guardrail.Trust{
		Account:   a.OSAccess.Account,
		Users:     a.Users(),
		UserPaths: a.OSAccess.UserPaths,
		MfaMaxAge: a.OSAccess.MfaMaxAge(),
	}
	if a.PrincipalARN != "" {
		t.PrincipalARNs = []string{a.PrincipalARN}
	}
	return t
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

// Role is the role of the grant as a world has it.
func (a *Args) Role() world.Role {
	role := osaccess.Opening{
		Args:     a.OSAccess,
		Projects: a.projects(),
	}.Access(
		a.RoleName(),
		a.RunAs,
		a.TrustDocument(),
		a.fences()...)
	role.Tags = append(
		role.Tags,
		world.Tag{Key: TicketTag, Value: a.Ticket},
		world.Tag{Key: PersonTag, Value: a.Person},
	)
	return role
}

// AddTo adds the role of the grant to a world, with the documents that NewAccessGrant registers.
func (a *Args) AddTo(w *world.Account) { w.Roles = append(w.Roles, a.Role()) }
