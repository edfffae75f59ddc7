package scp

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/policy"
	"aws-access-guardrails/problem"
)

// maxPolicyDescription is the length of a description. Source:
// https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreatePolicy.html.
const maxPolicyDescription = 512

// Validate reports every problem, in the order of the fields, as Problems relative to the section "organization";
// "account..." and "tags..." are whole.
func (a *Args) Validate() error {
	var p problem.List
	a.Account.Validate(&p)
	p.Check("id", a.ID, policy.ValidateOrganizationID(a.ID))
	p.Check("management", a.Management, policy.ValidateAccountID(a.Management))
	a.validateTree(&p)
	guardrail.ValidateProjectTag(&p, a.ProjectTag)
	guardrail.ValidateEnvironmentTag(&p, a.ProjectTag, a.EnvironmentTag)
	a.validateChangers(&p)
	if len(p) > 0 {
		return p
	}
	a.validateOSAccessOnly(&p)
	a.validateConsolePasswords(&p)
	a.validateProtectGuardrails(&p)
	if g := a.MemberRoot; g != nil {
		a.validateTargets(&p, "memberRoot", g.Targets)
	}
	a.validateOwnPolicies(&p)
	a.validateAttached(&p)
	a.validateAllowList(&p)
	if len(p) > 0 {
		return p
	}
	a.validateProtection(&p)
	a.validatePlan(&p)
	return p.Err()
}

func (a *Args) validateTree(p *problem.List) {
	p.Check("tree.id", a.Tree.ID, policy.ValidateRootID(a.Tree.ID))
	seen := map[string]problem.Path{}
	a.validateUnit(p, "tree", &a.Tree, seen)
}

func (a *Args) validateUnit(p *problem.List, path problem.Path, u *Unit, seen map[string]problem.Path) {
	once := func(where problem.Path, id string) {
		if first, twice := seen[id]; twice {
			p.Add(where, id, "stands in "+string(first)+" too", "leave one of them out")
		}
		seen[id] = where
	}
	once(path.Child("id"), u.ID)
	for i := range u.Units {
		below := path.Child("units").Index(i)
		p.Check(below.Child("id"), u.Units[i].ID, policy.ValidateUnitID(u.Units[i].ID))
		a.validateUnit(p, below, &u.Units[i], seen)
	}
	for i, id := range u.Accounts {
		where := path.Child("accounts").Index(i)
		if p.Check(where, id, policy.ValidateAccountID(id)) {
			once(where, id)
		}
	}
}

// validateChangers wants the roles that everything else leans on.
func (a *Args) validateChangers(p *problem.List) {
	denies := len(a.Policies) > 0 || a.OSAccessOnly != nil || a.ConsolePasswords != nil || a.ProtectGuardrails != nil ||
		a.MemberRoot != nil
	if a.Deployer != "" {
		a.validateRole(p, "account.deployer", a.Deployer, false)
	} else if a.ProtectGuardrails != nil {
		p.Add(
			"account.deployer",
			nil,
			"is missing, and protectGuardrails would lock out what deploys the stacks",
			"write the role that deploys, such as role/GuardrailDeployer",
		)
	}
	if len(a.BreakGlass) == 0 && denies {
		p.Add(
			"account.breakGlass",
			nil,
			"is missing: nobody could help when a guardrail is wrong",
			"list at least one role for emergencies, such as role/BreakGlass",
		)
	}
	a.validateRoles(p, "account.breakGlass", a.BreakGlass, false)
	for i, role := range a.BreakGlass {
		if role == a.Deployer {
			p.Add(
				problem.Path("account.breakGlass").Index(i),
				role,
				"is account.deployer too",
				"keep another role for emergencies",
			)
		}
	}
}

func (a *Args) validateRoles(p *problem.List, path problem.Path, roles []string, patterns bool) {
	for i, role := range roles {
		where := path.Index(i)
		if a.validateRole(p, where, role, patterns) && slices.Contains(roles[:i], role) {
			p.Add(where, role, "is listed twice", "remove one")
		}
	}
}

func (a *Args) validateRole(p *problem.List, path problem.Path, role string, patterns bool) bool {
	why, fix := RefusedRole(a.partition(), role, patterns)
	if why == "" {
		if arn, err := policy.ParseARN(role); err == nil {
			switch {
			case arn.Account == a.Management:
				why, fix = "is a role of the management account, which no service control policy binds", "leave it out"
			case !a.Tree.targets()[arn.Account].account:
				why, fix = "is a role of an account that does not stand in tree", "add the account to tree, or write another role"
			}
		}
	}
	if why != "" {
		p.Add(path, role, why, fix)
	}
	return why == ""
}

func (a *Args) validateTargets(p *problem.List, guardrail problem.Path, targets []string) {
	path := guardrail.Child("targets")
	if len(targets) == 0 {
		p.Empty(path, "so the guardrail would guard nothing", "list ids of tree, such as "+a.Tree.ID)
	}
	tree := a.Tree.targets()
	for i, id := range targets {
		where := path.Index(i)
		t, known := tree[id]
		switch {
		case id == a.Management:
			p.Add(where, id, "is the management account, which no service control policy binds", "leave it out")
		case !known:
			p.Add(where, id, "does not stand in tree", "use an id of tree")
		case slices.Contains(targets[:i], id):
			p.Add(where, id, "is listed twice", "remove one")
		case slices.ContainsFunc(t.above, func(above string) bool { return slices.Contains(targets, above) }):
			p.Add(where, id, "stands below another target, which hands the policy down", "leave it out")
		}
	}
}

// validateAccounts wants member accounts of the tree.
func (a *Args) validateAccounts(p *problem.List, path problem.Path, accounts []string, what string) {
	tree := a.Tree.targets()
	for i, id := range accounts {
		where := path.Index(i)
		switch {
		case !p.Check(where, id, policy.ValidateAccountID(id)):
		case id == a.Management:
			p.Add(
				where,
				id,
				"is the management account, which no service control policy binds: its users would be unguarded",
				"keep "+what+" in a member account",
			)
		case !tree[id].account:
			p.Add(where, id, "does not stand in tree", "add it to tree, or use another account")
		case slices.Contains(accounts[:i], id):
			p.Add(where, id, "is listed twice", "remove one")
		}
	}
}

func (a *Args) validateOSAccessOnly(p *problem.List) {
	g := a.OSAccessOnly
	if g == nil {
		return
	}
	a.validateTargets(p, "osAccessOnly", g.Targets)
	for i, name := range g.PermissionSets {
		path := problem.Path("osAccessOnly.permissionSets").Index(i)
		switch {
		case !guardrail.PermissionSetName.MatchString(name):
			p.Add(path, name, "is not the name of a permission set", "use 1 to 32 letters, digits and +=,.@_-")
		case slices.Contains(g.PermissionSets[:i], name):
			p.Add(path, name, "is listed twice", "remove one")
		}
	}
	a.validateRoles(p, "osAccessOnly.exempt", g.Exempt, true)
	r := g.RemoteExecution
	path := problem.Path("osAccessOnly.remoteExecution")
	switch r.mode() {
	case RemoteExecutionOff:
		if r.QuickSetup || r.Patching || len(r.Exempt) > 0 {
			p.Add(
				path.Child("mode"),
				string(r.Mode),
				"denies nothing, and roles are exempt from it",
				"leave the roles out, or write report or deny",
			)
		}
	case RemoteExecutionReport, RemoteExecutionDeny:
	default:
		p.Add(path.Child("mode"), string(r.Mode), "is not a mode", "write off, report or deny")
	}
	if r.QuickSetup && r.Patching {
		p.Add(path.Child("patching"), true, "is part of quickSetup", "leave one of them out")
	}
	a.validateRoles(p, path.Child("exempt"), r.Exempt, true)
}

func (a *Args) validateConsolePasswords(p *problem.List) {
	g := a.ConsolePasswords
	if g == nil {
		return
	}
	a.validateTargets(p, "consolePasswords", g.Targets)
	if len(g.JumpAccounts) == 0 {
		p.Empty("consolePasswords.jumpAccounts", "so nobody could have a console password anywhere",
			"list the accounts that people sign in to")
	}
	a.validateAccounts(p, "consolePasswords.jumpAccounts", g.JumpAccounts, "the jump account")
}

func (a *Args) validateProtectGuardrails(p *problem.List) {
	g := a.ProtectGuardrails
	if g == nil {
		return
	}
	a.validateTargets(p, "protectGuardrails", g.Targets)
	a.validateRoles(p, "protectGuardrails.bootstrap", g.Bootstrap, false)
	a.validateRoles(p, "protectGuardrails.credentialAdmins", g.CredentialAdmins, true)
	a.validateRoles(p, "protectGuardrails.taggers", g.Taggers, true)
	a.validateRoles(p, "protectGuardrails.stackSetAdmins", g.StackSetAdmins, true)
	if len(g.StackSetAdmins) > 0 && len(a.serviceMade()) == 0 {
		p.Add(
			"protectGuardrails.stackSetAdmins",
			strings.Join(g.StackSetAdmins, ", "),
			"may do what nothing denies: no role that AWS makes with stack sets is exempt",
			"leave it out",
		)
	}
	a.validateAccounts(p, "protectGuardrails.peopleAccounts", g.PeopleAccounts, "people")
	for i, role := range g.Bootstrap {
		if role == a.Deployer || slices.Contains(a.BreakGlass, role) {
			p.Add(
				problem.Path("protectGuardrails.bootstrap").Index(i),
				role,
				"may change everything that is protected anyway",
				"leave it out",
			)
		}
	}
	if len(*p) == 0 && len(g.Bootstrap) > 0 &&
		CoveredByAny(a.protectedByHand(), everyAccount(a.partition(), a.Deployer)) {
		p.Add(
			"account.deployer",
			a.Deployer,
			"is among the roles that bootstrap roles may not make",
			"use a name that no other protected role or path covers",
		)
	}
}

// OwnDocuments are the admin's own policies, in their order.
func (a *Args) OwnDocuments() []guardrail.OwnDocument {
	var all []guardrail.OwnDocument
	for i, own := range a.Policies {
		path := problem.Path("policies").Index(i).Child("file")
		all = append(all, guardrail.OwnDocument{Path: path, What: own.what(), Document: own.Document})
	}
	return all
}

func (a *Args) validateOwnPolicies(p *problem.List) {
	for i, own := range a.Policies {
		path := problem.Path("policies").Index(i)
		switch {
		case own.Name == "":
			p.Add(path.Child("name"), nil, "is missing", "name the policy")
		case utf8.RuneCountInString(own.Name) > 128:
			p.Add(
				path.Child("name"),
				own.Name,
				"is longer than the 128 characters that AWS takes",
				"shorten it",
			)
		case strings.HasPrefix(own.Name, PolicyNamePrefix) || own.Name == fullAWSAccess.Name:
			p.Add(path.Child("name"), own.Name, "is a name of the guardrails or of AWS", "use another name")
		case slices.ContainsFunc(a.Policies[:i], func(earlier OwnPolicy) bool { return earlier.Name == own.Name }):
			p.Add(path.Child("name"), own.Name, "is taken by another policy", "use another name")
		}
		if n := utf8.RuneCountInString(own.Description); n > maxPolicyDescription {
			p.Add(
				path.Child("description"),
				n,
				fmt.Sprintf("are more characters than the %d that AWS takes", maxPolicyDescription),
				"shorten it",
			)
		}
		p.Document(path.Child("file"), own.what(), own.Document, policy.ServiceControl, a.Quotas)
		a.validateTargets(p, path, own.Targets)
	}
}

func (o OwnPolicy) what() string {
	if o.File == "" {
		return "policy " + o.Name
	}
	return o.File
}

func (a *Args) validateAttached(p *problem.List) {
	tree := a.Tree.targets()
	for _, id := range slices.Sorted(maps.Keys(a.Attached)) {
		path := problem.Path("attached").Join(problem.Path(id))
		if _, known := tree[id]; !known {
			p.Add(path, id, "does not stand in tree", "use an id of tree")
		}
		if n := a.Attached[id]; n < 1 {
			p.Add(
				path,
				n,
				"is no number of policies: AWS keeps at least one on every target",
				"count FullAWSAccess, or what took its place",
			)
		}
	}
}

// validateAllowList wants targets of the tree on which a policy allows something: without one, nobody below could do
// anything, the deployer included.
func (a *Args) validateAllowList(p *problem.List) {
	tree := a.Tree.targets()
	for i, id := range a.AllowList {
		where := problem.Path("allowList").Index(i)
		switch _, known := tree[id]; {
		case id == a.Management:
			p.Add(where, id, "is the management account, which no service control policy binds", "leave it out")
		case !known:
			p.Add(where, id, "does not stand in tree", "use an id of tree")
		case slices.Contains(a.AllowList[:i], id):
			p.Add(where, id, "is listed twice", "remove one")
		case !slices.ContainsFunc(
			a.Policies,
			func(own OwnPolicy) bool { return own.allows() && slices.Contains(own.Targets, id) },
		):
			p.Add(
				where,
				id,
				"would carry no policy that allows anything, and without FullAWSAccess nobody below it could do anything",
				"list "+id+" in the targets of an element of policies that has an Allow, or leave it out",
			)
		}
	}
}

// allows reports whether the policy has an Allow.
func (o OwnPolicy) allows() bool {
	return slices.ContainsFunc(
		o.Document.Statements,
		func(s policy.Statement) bool { return s.Effect == policy.EffectAllow },
	)
}

// validateProtection refuses exemptions that an administrator of an account could make for himself.
func (a *Args) validateProtection(p *problem.List) {
	protected := []string{}
	var where []string
	if a.ProtectGuardrails != nil {
		protected, where = a.protected(), a.ProtectGuardrails.Targets
	}
	tree := a.Tree.targets()
	guarded := func(path problem.Path, targets []string) {
		for i, id := range targets {
			if !tree[id].under(where) {
				p.Add(
					path.Index(i),
					id,
					"has roles that are exempt there, and protectGuardrails does not protect them there: an administrator of an account could make one",
					"add "+id+", or what is above it, to protectGuardrails.targets",
				)
			}
		}
	}
	for _, g := range a.guardrails() {
		if g.exempts {
			guarded(problem.Path(g.Word).Child("targets"), g.targets)
		}
	}
	for i, own := range a.Policies {
		exempt := exemptions(own.Document)
		if len(exempt) > 0 {
			guarded(problem.Path("policies").Index(i).Child("targets"), own.Targets)
		}
		for _, e := range exempt {
			if !reserved(e.pattern) && !CoveredByAny(protected, e.pattern) {
				p.Add(
					problem.Path("policies").Index(i).Child("file"),
					e.pattern,
					"is exempt in statement "+e.sid+" of "+own.what()+" and is not protected",
					"add the role to osAccessOnly.exempt or protectGuardrails.taggers, or remove the exemption",
				)
			}
		}
	}
}

// exemption is a pattern that a Deny leaves out.
type exemption struct{ sid, pattern string }

// exemptions are the principals that the Denies of a document leave out by ARN.
func exemptions(d policy.Document) []exemption {
	var all []exemption
	for i, s := range d.Statements {
		if s.Effect != policy.EffectDeny {
			continue
		}
		sid := s.Sid
		if sid == "" {
			sid = fmt.Sprintf("%d", i)
		}
		for _, c := range s.Conditions {
			if c.Operator.Base.Negated() && strings.EqualFold(c.Key, principalARN) {
				for _, pattern := range c.Values {
					all = append(all, exemption{sid, pattern})
				}
			}
		}
	}
	return all
}

// validatePlan holds the documents against AWS's grammar and the plan against the quotas.
func (a *Args) validatePlan(p *problem.List) {
	for _, sid := range a.unknownPlaces() {
		p.Add(
			problem.Path("placement").Join(problem.Path(sid)),
			strings.Join(a.Placement[sid], ", "),
			"is the place of a statement that no guardrail has",
			"leave it out",
		)
	}
	plan, err := a.Plan()
	*p = append(*p, problem.Of(err)...)
	for _, planned := range plan.Policies {
		if !strings.HasPrefix(planned.Guardrail, "policies") {
			p.Document(
				problem.Path(planned.Guardrail),
				"policy "+planned.Name,
				planned.Document,
				policy.ServiceControl,
				a.Quotas,
			)
		}
	}
}

// CheckOrganization holds what AWS says of the organization against what is configured.
func (a *Args) CheckOrganization(id, management string, enabled []string) error {
	var p problem.List
	if id != a.ID {
		p.Add(
			"id",
			a.ID,
			"is not the organization of these credentials, which is "+id,
			"use credentials of the right organization",
		)
	}
	if management != a.Management {
		p.Add("management", a.Management, "is not the management account, which is "+management, "write "+management)
	}
	if !slices.Contains(enabled, "SERVICE_CONTROL_POLICY") {
		p.Add(
			"",
			nil,
			"service control policies are not enabled in the organization, or these credentials cannot see that they are",
			fmt.Sprintf(
				"somebody in the management account runs aws organizations enable-policy-type --policy-type SERVICE_CONTROL_POLICY --root-id %s",
				a.Tree.ID,
			),
		)
	}
	return p.Under("organization").Err()
}
