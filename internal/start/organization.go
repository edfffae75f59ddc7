package start

import (
	"maps"
	"slices"
	"strings"
)

// permissionSet is a permission set that init writes, for a group that an answer names.
type permissionSet struct {
	name  string
	group func(*IdentityCenter) string
	// in are the accounts in which the group takes it.
	in func(*Answers) []*Account
	// lines are its other keys.
	lines func(*Answers) []string
}

var permissionSets = []permissionSet{
	{
		name:  projectOperator,
		group: func(ic *IdentityCenter) string { return ic.Operators },
		in: func(a *Answers) []*Account {
			return slices.DeleteFunc(
				a.Workloads(),
				func(account *Account) bool { return len(a.projectsOf(account)) == 0 },
			)
		},
		lines: func(a *Answers) []string {
			return []string{"template: operation", "regions: " + values([]string{a.Region})}
		},
	},
	{
		name:  "Viewer",
		group: func(ic *IdentityCenter) string { return ic.Viewers },
		in: func(a *Answers) []*Account {
			accounts := a.Workloads()
			if a.Jump != nil && !slices.Contains(accounts, a.Jump) {
				accounts = append(accounts, a.Jump)
			}
			return accounts
		},
		lines: func(*Answers) []string { return []string{"template: readOnly", "sessionDuration: 8h"} },
	},
	{
		name:  "Administrator",
		group: func(ic *IdentityCenter) string { return ic.Administrators },
		in:    func(a *Answers) []*Account { return a.administered() },
		lines: func(*Answers) []string { return []string{"template: own", "managedPolicies: [AdministratorAccess]"} },
	},
}

// permissionSets are those that somebody takes somewhere.
func (a *Answers) permissionSets() []permissionSet {
	if a.IdentityCenter == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(permissionSets), func(p permissionSet) bool {
		return p.group(a.IdentityCenter) == "" || len(p.in(a)) == 0
	})
}

// opensShells reports whether people of Identity Center open shells.
func (a *Answers) opensShells() bool {
	return slices.ContainsFunc(a.permissionSets(), func(p permissionSet) bool { return p.name == projectOperator })
}

func identityCenterSection(a *Answers, account *Account, t *text) {
	ic := a.IdentityCenter
	if ic == nil || account != a.Directory {
		return
	}
	t.line("\n  guardrails:identityCenter:")
	t.line("    instance: %s", value(ic.Instance))
	t.line("    identityStore: %s", value(ic.Store))
	sets := a.permissionSets()
	var groups []string
	for _, p := range sets {
		groups = append(groups, p.group(ic))
	}
	if len(groups) > 0 {
		t.line("    groups:")
	}
	for _, name := range slices.Sorted(maps.Keys(ic.Groups)) {
		if slices.Contains(groups, name) {
			t.line("      %s: %s", value(name), value(ic.Groups[name]))
		}
	}
	t.comment(
		4,
		"What a profile says becomes tags of the person's sessions: the OS user of shells, and the project whose nodes the person reaches.",
	)
	t.line("    attributes:")
	t.line("      SSMSessionRunAs: ${path:userName}")
	t.line("      Project: ${path:enterprise.department}")
	if len(sets) == 0 {
		return
	}
	t.line("    permissionSets:")
	for _, p := range sets {
		t.line("      - name: %s", p.name)
		for _, line := range p.lines(a) {
			t.line("        %s", line)
		}
		var names []string
		for _, in := range p.in(a) {
			names = append(names, ref(account, in))
		}
		t.line("        assignments:")
		t.line("          - {group: %s, accounts: %s}", value(p.group(ic)), values(names))
	}
}

func organizationSection(a *Answers, account *Account, t *text) {
	if account != a.Management || !a.governed() {
		return
	}
	o := a.Organization
	t.line("")
	t.comment(
		2,
		"The tree, and the service control policies. In an organization that people work in, begin with one unit in each list of targets and widen it: "+
			"docs/organization.md.",
	)
	t.line("  guardrails:organization:")
	t.line("    id: %s", value(o.ID))
	t.line("    management: %s", value(o.Management))
	t.line("    tree:")
	a.unit(t, Unit{ID: o.Root}, 6, map[string]bool{})
	if targets := a.guardTargets(); len(targets) > 0 {
		t.line("")
		t.comment(
			4,
			"No way into an operating system but operation roles, OS access and grants: for administrators of the accounts too.",
		)
		t.line("    osAccessOnly:")
		t.line("      targets: %s", values(targets))
		t.line("      operationRoles: true")
		if a.opensShells() {
			t.line("      permissionSets: [%s]", projectOperator)
		}
		t.comment(
			6,
			"report denies nothing. Write deny when nothing needs commands that Systems Manager runs as root, such as patching, or exempt what does.",
		)
		t.line("      remoteExecution: {mode: report}")
	}
	if a.Jump != nil {
		t.line("")
		t.comment(4, "Passwords for the console exist in the jump account alone.")
		t.line("    consolePasswords:")
		t.line("      jumpAccounts: %s", values([]string{ref(account, a.Jump)}))
		t.line("      targets: %s", values([]string{o.Root}))
	}
	t.line("")
	t.comment(4, "What the above rests on is changed by the deployer and in an emergency, and by nobody else.")
	t.line("    protectGuardrails:")
	t.line("      targets: %s", values([]string{o.Root}))
	t.comment(
		6,
		"AWS Organizations makes this role in each account that it makes. It makes the deployer there, and nothing else that is protected.",
	)
	t.line("      bootstrap: [role/OrganizationAccountAccessRole]")
}

// unit writes a unit with what is below it.
func (a *Answers) unit(t *text, u Unit, depth int, seen map[string]bool) {
	seen[u.ID] = true
	indent := strings.Repeat(" ", depth)
	t.line("%sid: %s", indent, value(u.ID))
	if u.Name != "" {
		t.line("%sname: %s", indent, value(u.Name))
	}
	var ids []string
	for _, account := range a.Accounts {
		if account.Unit == u.ID {
			ids = append(ids, account.ID)
		}
	}
	if len(ids) > 0 {
		t.line("%saccounts: %s", indent, values(ids))
	}
	first := true
	for _, below := range a.Organization.Units {
		if below.Parent != u.ID || seen[below.ID] {
			continue
		}
		if first {
			t.line("%sunits:", indent)
			first = false
		}
		item := &text{}
		a.unit(item, below, depth+4, seen)
		lines := item.String()
		t.WriteString(indent + "  - " + lines[depth+4:])
	}
}

// guardTargets are where the guardrail of shells is attached: the units that hold workload accounts and neither the
// jump account, the management account nor that of Identity Center, and the other workload accounts themselves.
func (a *Answers) guardTargets() []string {
	var targets []string
	workloads := a.Workloads()
	mixed := map[string]bool{a.Organization.Root: true}
	for _, account := range a.Accounts {
		if !slices.Contains(workloads, account) {
			for unit := account.Unit; unit != "" && !mixed[unit]; unit = a.parent(unit) {
				mixed[unit] = true
			}
		}
	}
	for _, account := range workloads {
		if len(a.projectsOf(account)) == 0 {
			continue
		}
		target := account.ID
		for unit := account.Unit; unit != "" && !mixed[unit]; unit = a.parent(unit) {
			target = unit
		}
		if !slices.Contains(targets, target) {
			targets = append(targets, target)
		}
	}
	return targets
}

// parent is the unit or root above a unit; empty above the root.
func (a *Answers) parent(unit string) string {
	for _, u := range a.Organization.Units {
		if u.ID == unit {
			return u.Parent
		}
	}
	return ""
}
