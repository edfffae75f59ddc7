package components

import (
	"slices"

	"aws-access-guardrails/policy"
)

func (a *ServiceControlPoliciesArgs) partition() policy.Partition { return a.Account.Partition }

// roles are ARNs of the roles in every account.
func (a *ServiceControlPoliciesArgs) roles(refs ...string) []string {
	return everyAccountAll(a.partition(), refs...)
}

func (a *ServiceControlPoliciesArgs) breakGlass() []string { return a.roles(a.BreakGlass...) }

// changers are the roles that may change what is protected.
func (a *ServiceControlPoliciesArgs) changers() []string {
	if a.Deployer == "" {
		return a.breakGlass()
	}
	return append(a.roles(a.Deployer), a.breakGlass()...)
}

// guarded are the roles whose sessions the guardrails bound themselves.
func (a *ServiceControlPoliciesArgs) guarded() []string {
	exempt := []string{a.partition().RoleARN("*", OSAccessRolePath, "*")}
	if a.OSAccessOnly.OperationRoles {
		exempt = append(exempt, a.partition().RoleARN("*", OperationRolePath, "*"))
	}
	return exempt
}

// sessionExempt are the roles that may start sessions.
func (a *ServiceControlPoliciesArgs) sessionExempt() []string {
	exempt := append(a.guarded(), a.otherDoorExempt()...)
	for _, id := range a.JustInTimeAccounts {
		exempt = append(exempt, a.partition().RoleARN(id, "/", TokenRoleName))
	}
	for _, name := range a.OSAccessOnly.PermissionSets {
		exempt = append(exempt, permissionSetRoles(a.partition(), name)...)
	}
	return widest(exempt)
}

// otherDoorExempt are the roles that may use the doors that no guarded role needs.
func (a *ServiceControlPoliciesArgs) otherDoorExempt() []string {
	return widest(append(a.breakGlass(), a.roles(a.OSAccessOnly.Exempt...)...))
}

// remoteExempt are the roles that may run commands.
func (a *ServiceControlPoliciesArgs) remoteExempt() []string {
	r := a.OSAccessOnly.RemoteExecution
	// The token role is not among them: it runs a command for single sign-on to desktops, which just-in-time node access does not support.
	return widest(slices.Concat(a.otherDoorExempt(), a.roles(r.Exempt...), a.roles(r.presets()...)))
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
func (a *ServiceControlPoliciesArgs) deniesRemoteExecution() bool {
	return a.OSAccessOnly != nil && a.OSAccessOnly.RemoteExecution.mode() == RemoteExecutionDeny
}

// serviceMade are the protected roles that Quick Setup makes and changes, and serviceMakers the roles that it does so with: they make one another.
func (a *ServiceControlPoliciesArgs) serviceMade() []string {
	made := slices.Concat(quickSetupRoles, stackSetRoles)
	switch {
	case len(a.JustInTimeAccounts) > 0:
		made = append(made, "role/"+TokenRoleName)
	case a.deniesRemoteExecution() && len(a.OSAccessOnly.RemoteExecution.presets()) > 0:
	default:
		return nil
	}
	return widest(a.roles(made...))
}

func (a *ServiceControlPoliciesArgs) serviceMakers() []string {
	return a.roles(slices.Concat(quickSetupRoles, stackSetRoles)...)
}

// protectedByHand are the protected roles that only changers change: those of the guardrails, and every role that some guardrail exempts. Deployer is not
// among them when it has bootstrap roles, which may make it.
func (a *ServiceControlPoliciesArgs) protectedByHand() []string {
	roles := append([]string{a.partition().RoleARN("*", RolePath, "*")}, a.breakGlass()...)
	if g := a.ProtectGuardrails; g != nil {
		roles = slices.Concat(roles, a.roles(g.Bootstrap...), a.roles(g.CredentialAdmins...), a.roles(g.Taggers...), a.roles(g.StackSetAdmins...))
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
	return widest(roles)
}

// protected are all protected roles.
func (a *ServiceControlPoliciesArgs) protected() []string {
	all := append(a.protectedByHand(), a.serviceMade()...)
	if a.Deployer != "" {
		all = append(all, a.roles(a.Deployer)...)
	}
	return all
}

// mfaGroups are the groups that only changers change: those of the guardrails' path in every account, and the listed ones.
func (a *ServiceControlPoliciesArgs) mfaGroups() []string {
	return widest(append([]string{a.partition().GroupARN("*", RolePath, "*")}, a.MFAGroups...))
}

// Protects are the member accounts that ProtectGuardrails reaches, in the order of the tree.
func (a *ServiceControlPoliciesArgs) Protects() []string {
	if a.ProtectGuardrails == nil {
		return nil
	}
	return a.below(a.ProtectGuardrails.Targets)
}

// People are the accounts whose users are people: ProtectGuardrails.PeopleAccounts, or else the jump accounts.
func (a *ServiceControlPoliciesArgs) People() []string {
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
