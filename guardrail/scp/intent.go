package scp

import (
	"slices"
	"strings"

	"aws-access-guardrails/access/intent"
	"aws-access-guardrails/guardrail"
)

// Intent says what the policies are for. It expects values that Validate accepts.
func (a *Args) Intent() intent.Organization {
	in := intent.Organization{
		Account:        a.Account.ID,
		Management:     a.Management,
		Changers:       a.changers(),
		MemberDeployer: a.Deployer,
		BreakGlass:     a.BreakGlass,
		ProjectTag:     guardrail.ProjectTag(a.ProjectTag),
		EnvironmentTag: a.EnvironmentTag,
	}
	if strings.HasPrefix(a.Deployer, "role/") {
		in.Deployer = everyAccountIn(a.Deployer, a.Account)
	}
	if g := a.OSAccessOnly; g != nil {
		in.Doors = &intent.Doors{
			Accounts: a.below(
				g.Targets,
			),
			Outside:             a.outside(g.Targets),
			Sessions:            a.sessionExempt(),
			OtherDoors:          a.otherDoorExempt(),
			RemoteExecution:     a.remoteExempt(),
			RemoteExecutionOpen: !a.deniesRemoteExecution(),
		}
	}
	if g := a.OSAccessOnly; g != nil {
		for _, name := range g.PermissionSets {
			in.Doors.PermissionSets = append(in.Doors.PermissionSets, intent.ExemptPermissionSet{Name: name})
		}
	}
	if g := a.ConsolePasswords; g != nil {
		in.Passwords = &intent.Passwords{
			Accounts:     a.below(g.Targets),
			JumpAccounts: g.JumpAccounts,
			Exempt:       a.breakGlass(),
			RootExempt:   g.ExemptRoot,
		}
	}
	if g := a.ProtectGuardrails; g != nil {
		in.Protected = &intent.Protected{
			Accounts: a.below(
				g.Targets,
			),
			Roles:            a.protected(),
			CredentialAdmins: a.roles(g.CredentialAdmins...),
			Taggers:          a.roles(g.Taggers...),
			PeopleAccounts:   a.People(),
			JustInTime:       len(a.JustInTimeAccounts) > 0,
			ServiceRoles:     a.serviceMakers(),
			Groups:           a.MFAGroups,
			StackSetAdmins:   a.roles(g.StackSetAdmins...),
			Outside:          a.outside(g.Targets),
		}
		if g.OwnOSUsers {
			in.Protected.OwnOSUserRoles = []string{a.partition().RoleARN("*", guardrail.OwnOSUserRolePath, "*")}
		}
		if len(g.Bootstrap) > 0 {
			in.Protected.MadeBy = append(
				in.Protected.MadeBy,
				intent.Makers{By: a.roles(g.Bootstrap...), Roles: a.roles(a.Deployer)},
			)
		}
		if roles := a.serviceMade(); len(roles) > 0 {
			in.Protected.MadeBy = append(
				in.Protected.MadeBy,
				intent.Makers{By: a.serviceMakers(), Roles: roles, Change: true},
			)
		}
	}
	if g := a.MemberRoot; g != nil {
		in.RootAccounts = a.below(g.Targets)
	}
	return in
}

// everyAccountIn is the ARN of the role in one account.
func everyAccountIn(role string, account guardrail.Account) string {
	path := "/"
	name := strings.TrimPrefix(role, "role/")
	if cut := strings.LastIndexByte(name, '/'); cut >= 0 {
		path, name = "/"+name[:cut+1], name[cut+1:]
	}
	return account.Partition.RoleARN(account.ID, path, name)
}

// below are the member accounts that are one of the targets or stand below one, in the order of the tree.
func (a *Args) below(targets []string) []string {
	var ids []string
	a.Tree.walk(func(t target) {
		if t.account && t.id != a.Management && t.under(targets) {
			ids = append(ids, t.id)
		}
	})
	return slices.Clip(ids)
}
