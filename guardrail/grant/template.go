package grant

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"aws-access-guardrails/access/world"
	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/guardrail/operation"
	"aws-access-guardrails/guardrail/osaccess"
	"aws-access-guardrails/guardrail/preferences"
	"aws-access-guardrails/policy"
)

// template is what a grant opens, as the three kinds of it have it.
type template struct {
	account   guardrail.Account
	userPaths map[string]string
	// path is that of the grant's role: service control policies exempt and protect by it what the role is.
	path string
	// section is where the stack file describes it, and limit where it says how long a grant of it can be.
	section, limit string
	projects       []string
	mfaMaxAge      time.Duration
	longest        time.Duration
	networks       guardrail.SourceNetworks
	sessions       *preferences.Args
}

// OperationRole is the operation role that the grant opens; false when it opens something else.
func (a *Args) OperationRole() (operation.Role, bool) {
	if a.OperationRoles == nil || a.OSAccess != nil || a.DelegatedRole != nil {
		return operation.Role{}, false
	}
	for _, r := range a.OperationRoles.Roles {
		if strings.EqualFold(a.OperationRoles.RoleName(r), string(a.Opens)) {
			return r, true
		}
	}
	return operation.Role{}, false
}

// template is what the grant opens; false when nothing describes it.
func (a *Args) template() (template, bool) {
	if t := a.OSAccess; t != nil && a.opens() == GrantOSAccess {
		return template{
			account:   t.Account,
			userPaths: t.UserPaths,
			path:      guardrail.OSAccessRolePath,
			section:   "osAccess",
			limit:     "osAccess.grantMaxLength",
			projects:  t.Projects,
			mfaMaxAge: t.MfaMaxAge(),
			longest:   t.LongestGrant(),
			networks:  t.SourceNetworks,
			sessions:  t.Sessions,
		}, true
	}
	if t := a.DelegatedRole; t != nil && strings.EqualFold(t.Name, string(a.Opens)) {
		return template{
			account:   t.Account,
			userPaths: t.UserPaths,
			path:      guardrail.DelegatedRolePath,
			section:   "delegatedRoles",
			limit:     "grantMaxLength of " + t.Name,
			mfaMaxAge: t.MfaMaxAge(),
			longest:   cmp.Or(t.GrantMaxLength, guardrail.GrantMaxLength),
			networks:  t.SourceNetworks,
			sessions:  a.Sessions,
		}, true
	}
	role, found := a.OperationRole()
	if !found {
		return template{}, false
	}
	t := a.OperationRoles
	return template{
		account:   t.Account,
		userPaths: t.UserPaths,
		path:      guardrail.OperationRolePath,
		section:   "operationRoles",
		limit:     "grantMaxLength of " + t.RoleName(role),
		projects:  role.ProjectList(),
		mfaMaxAge: cmp.Or(role.MFAMaxAge, guardrail.OperationMFAMaxAge),
		longest:   cmp.Or(role.GrantMaxLength, guardrail.GrantMaxLength),
		networks:  role.SourceNetworks,
		sessions:  a.Sessions,
	}, true
}

// opens is what is granted, as the stack file writes it where it leaves nothing out.
func (a *Args) opens() Opens { return cmp.Or(a.Opens, GrantOSAccess) }

// Account is the account of the grant; the zero value when nothing describes what it opens.
func (a *Args) Account() guardrail.Account {
	t, _ := a.template()
	return t.account
}

// Path is the path of the grant's role: that of the roles of its kind.
func (a *Args) Path() string {
	t, _ := a.template()
	return t.path
}

// MFAMaxAge is how long ago the sign-in with MFA may be; zero for people of IAM Identity Center, whose sessions carry
// no MFA.
func (a *Args) MFAMaxAge() time.Duration {
	if a.IdentityCenter.ID != "" {
		return 0
	}
	t, _ := a.template()
	return t.mfaMaxAge
}

// Reaches are the projects whose nodes the grant reaches: its own, or those of what it opens. None means every node
// of the account for OS access, and no node by itself for a delegated role.
func (a *Args) Reaches() []string {
	if len(a.Projects) > 0 {
		return a.Projects
	}
	t, _ := a.template()
	return t.projects
}

// Documents are the session documents that can be used besides the shell.
func (a *Args) Documents() []string {
	if a.OSAccess != nil {
		return a.OSAccess.Documents
	}
	role, _ := a.OperationRole()
	return role.Documents
}

// ShellsRunAs is the OS user of the person's shells; empty means sessions.runAs.defaultUser.
func (a *Args) ShellsRunAs() string {
	role, isOperation := a.OperationRole()
	if a.RunAs != "" || !isOperation {
		return a.RunAs
	}
	if a.OSUser != "" || role.FromUser() {
		return a.OSUser
	}
	return role.RunAs
}

// Role is the role of the grant as a world has it. Its documents are those of what it opens, behind the Denies of
// the window.
func (a *Args) Role() world.Role {
	var role world.Role
	entry, isOperation := a.OperationRole()
	switch {
	case a.OSAccess != nil:
		role = osaccess.Opening{Args: a.OSAccess, Projects: a.Reaches()}.
			Access(a.RoleName(), a.RunAs, a.TrustDocument(), a.fences()...)
	case isOperation:
		entry.Name, entry.RunAs = a.RoleName(), a.ShellsRunAs()
		role = a.OperationRoles.Role(entry.With(a.Reaches()))
		a.fence(&role)
	case a.DelegatedRole != nil:
		granted := *a.DelegatedRole
		granted.Name = a.RoleName()
		role = granted.Role()
		a.fence(&role)
	}
	role.Path, role.MaxSession = a.Path(), int(guardrail.DefaultMaxSession/time.Second)
	role.Tags = append(
		slices.Clone(role.Tags),
		world.Tag{Key: TicketTag, Value: a.Ticket},
		world.Tag{Key: PersonTag, Value: a.Person},
	)
	for _, tag := range []world.Tag{{Key: AskedByTag, Value: a.AskedBy}, {Key: ApprovedByTag, Value: a.ApprovedBy}} {
		if tag.Value != "" {
			role.Tags = append(role.Tags, tag)
		}
	}
	return role
}

// fence puts the window into a role that has none.
func (a *Args) fence(role *world.Role) {
	role.Trust = a.TrustDocument()
	fences := a.fences()
	for _, inline := range role.Inline {
		if inline.Name == guardrail.SourceNetworksPolicyName {
			fences = append(fences, inline.Document.Statements...)
		}
	}
	rest := slices.DeleteFunc(role.Inline, func(p world.InlinePolicy) bool {
		return p.Name == guardrail.SourceNetworksPolicyName
	})
	window := world.InlinePolicy{Name: guardrail.GrantWindowPolicyName, Document: policy.New(fences...)}
	role.Inline = append([]world.InlinePolicy{window}, rest...)
}

// Fence is the name of the inline policy that has the Denies of the window.
func (a *Args) Fence() string {
	if a.OSAccess != nil {
		return guardrail.OSAccessGuardPolicyName
	}
	return guardrail.GrantWindowPolicyName
}

// Guard is the ARN of the attached policy with the other Denies; empty where there is none.
func (a *Args) Guard() string {
	if role, isOperation := a.OperationRole(); isOperation && role.Shares() {
		return a.OperationRoles.PolicyARN(guardrail.OperationGuardPolicyName)
	}
	return ""
}

// PolicyKey is how resources call a managed policy of the role.
func (a *Args) PolicyKey(arn string) string {
	if a.DelegatedRole != nil {
		return a.DelegatedRole.PolicyKey(arn)
	}
	return arn[strings.LastIndexByte(arn, '/')+1:]
}
