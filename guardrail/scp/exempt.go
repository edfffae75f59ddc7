package scp

import (
	"slices"

	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/policy"
)

func (a *Args) partition() policy.Partition { return a.Account.Partition }

// roles are ARNs of the roles in every account.
func (a *Args) roles(refs ...string) []string {
	return everyAccountAll(a.partition(), refs...)
}

func (a *Args) breakGlass() []string { return a.roles(a.BreakGlass...) }

// changers are the roles that may change what is protected.
func (a *Args) changers() []string {
	if a.Deployer == "" {
		return a.breakGlass()
	}
	return append(a.roles(a.Deployer), a.breakGlass()...)
}

// guarded are the roles whose sessions the guardrails bound themselves.
func (a *Args) guarded() []string {
	exempt := []string{a.partition().RoleARN("*", guardrail.OSAccessRolePath, "*")}
	if a.OSAccessOnly.OperationRoles {
		exempt = append(exempt, a.partition().RoleARN("*", guardrail.OperationRolePath, "*"))
	}
	return exempt
}

// sessionExempt are the roles that may start sessions.
func (a *Args) sessionExempt() []string {
	exempt := append(a.guarded(), a.otherDoorExempt()...)
	for _, id := range a.JustInTimeAccounts {
		exempt = append(exempt, a.partition().RoleARN(id, "/", guardrail.TokenRoleName))
	}
	for _, name := range a.OSAccessOnly.PermissionSets {
		exempt = append(exempt, permissionSetRoles(a.partition(), name)...)
	}
	return Widest(exempt)
}

// otherDoorExempt are the roles that may use the doors that no guarded role needs.
func (a *Args) otherDoorExempt() []string {
	return Widest(append(a.breakGlass(), a.roles(a.OSAccessOnly.Exempt...)...))
}

// remoteExempt are the roles that may run commands.
func (a *Args) remoteExempt() []string {
	r := a.OSAccessOnly.RemoteExecution
	// The token role is not among them: it runs a command for single sign-on to desktops, which just-in-time node
	// access does not support.
	return Widest(slices.Concat(a.otherDoorExempt(), a.roles(r.Exempt...), a.roles(r.presets()...)))
}

// presets are the roles of Quick Setup that may run commands.
func (r RemoteExecution) presets() []string {
	switch {
	case r.QuickSetup:
		return quickSetupRoles
	case r.Patching:
		return patchingRoles
	}
	return nil
}

// deniesRemoteExecution reports whether remote execution is denied, and so roles are exempt from that.
func (a *Args) deniesRemoteExecution() bool {
	return a.OSAccessOnly != nil && a.OSAccessOnly.RemoteExecution.mode() == RemoteExecutionDeny
}

// serviceMade are the protected roles that Quick Setup makes and changes, and serviceMakers the roles that it does so
// with: they make one another.
func (a *Args) serviceMade() []string {
	roles := slices.Concat(quickSetupRoles, stackSetRoles)
	switch {
	case len(a.JustInTimeAccounts) > 0:
		roles = append(roles, "role/"+guardrail.TokenRoleName)
	case a.deniesRemoteExecution() && len(a.OSAccessOnly.RemoteExecution.presets()) > 0:
	default:
		return nil
	}
	return Widest(a.roles(roles...))
}

func (a *Args) serviceMakers() []string {
	return a.roles(slices.Concat(quickSetupRoles, stackSetRoles)...)
}

// protectedByHand are the protected roles that only changers change: those of the guardrails, and every role that
// some guardrail exempts. Deployer is not among them when it has bootstrap roles, which may make it.
func (a *Args) protectedByHand() []string {
	roles := append([]string{a.partition().RoleARN("*", guardrail.RolePath, "*")}, a.breakGlass()...)
	if g := a.ProtectGuardrails; g != nil {
		roles = slices.Concat(
			roles,
			a.roles(g.Bootstrap...),
			a.roles(g.CredentialAdmins...),
			a.roles(g.Taggers...),
			a.roles(g.StackSetAdmins...),
		)
		if a.Deployer != "" && len(g.Bootstrap) == 0 {
			roles = append(roles, a.roles(a.Deployer)...)
		}
	}
	if o := a.OSAccessOnly; o != nil {
		roles = slices.Concat(roles, a.roles(o.Exempt...))
		if a.deniesRemoteExecution() {
			roles = append(roles, a.roles(o.RemoteExecution.Exempt...)...)
		}
	}
	roles = slices.DeleteFunc(roles, reserved)
	return Widest(roles)
}

// protected are all protected roles.
func (a *Args) protected() []string {
	all := append(a.protectedByHand(), a.serviceMade()...)
	if a.Deployer != "" {
		all = append(all, a.roles(a.Deployer)...)
	}
	return all
}

// mfaGroups are the groups that only changers change: those of the guardrails' path in every account, and the listed
// ones.
func (a *Args) mfaGroups() []string {
	return Widest(append([]string{a.partition().GroupARN("*", guardrail.RolePath, "*")}, a.MFAGroups...))
}

// Protects are the member accounts that ProtectGuardrails reaches, in the order of the tree.
func (a *Args) Protects() []string {
	if a.ProtectGuardrails == nil {
		return nil
	}
	return a.below(a.ProtectGuardrails.Targets)
}

// People are the accounts whose users are people: ProtectGuardrails.PeopleAccounts, or else the jump accounts.
func (a *Args) People() []string {
	switch {
	case a.ProtectGuardrails != nil && a.ProtectGuardrails.PeopleAccounts != nil:
		return a.ProtectGuardrails.PeopleAccounts
	case a.ConsolePasswords != nil:
		return a.ConsolePasswords.JumpAccounts
	}
	return nil
}

func (r RemoteExecution) mode() RemoteExecutionMode {
	if r.Mode == "" {
		return RemoteExecutionReport
	}
	return r.Mode
}
