package config

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"aws-access-guardrails/guardrail/scp"
	"aws-access-guardrails/policy"
)

// Organization is the section "organization". Exactly one stack of an organization carries it.
type Organization struct {
	scp.Args
	// Own are the documents of the admin's own, not read yet.
	Own []OwnPolicyFile
}

// OwnPolicyFile is a service control policy in a file.
type OwnPolicyFile struct {
	scp.OwnPolicy
	// read is what was found in the file.
	read bool
}

const targetsDoc = "Ids of the root, of units or of accounts of the tree."

var targets = words(
	text(validateTarget).pattern(targetPattern),
).notEmpty("attaches the guardrail to nothing", "list targets, or remove the guardrail")

func validateTarget(s string) error {
	for _, check := range []func(string) error{policy.ValidateRootID, policy.ValidateUnitID, policy.ValidateAccountID} {
		if check(s) == nil {
			return nil
		}
	}
	return says(
		"is no id of a root, unit or account",
		`write "r-exam", "ou-exam-11111111" or the twelve digits of an account, in quotes`,
	)
}

var organizationKeys = keys(
	"the guardrails of a whole organization; exactly one of its stacks carries them",
	key(
		"id",
		func(o *Organization) *string { return &o.ID },
		text(policy.ValidateOrganizationID).pattern(`^o-[a-z0-9]{10,32}$`),
	).
		required("write the id of the organization").
		doc("The id of the organization. Deployment stops when the credentials belong to another one.").
		example("o-exampleorgid"),
	key(
		"management",
		func(o *Organization) *string { return &o.Management },
		text(policy.ValidateAccountID).pattern(accountIDPattern),
	).
		required("write the id of the management account").
		doc("The management account. No service control policy applies to it, so no person should sign in there.").
		example("123456789012"),
	key("tree", func(o *Organization) *scp.Unit { return &o.Tree }, rootKeys).
		required("write the root with its units and accounts").
		doc("The root of the organization with its units and accounts, as far as guardrails reach.").
		example(map[string]any{"id": "r-exam", "units": []any{map[string]any{"id": "ou-exam-11111111", "name": "Workloads", "accounts": []string{"444455556666"}}}}),
	key(
		"osAccessOnly",
		func(o *Organization) **scp.OSAccessOnly { return &o.OSAccessOnly },
		optionally(osAccessOnlyKeys),
	).
		orNothing("doors to operating systems stay as the accounts have them", "it takes doors away from people, which is a decision").
		doc("Closes every door to an operating system but for operation roles, OS access and grants.").
		example(map[string]any{"targets": []string{"ou-exam-11111111"}}),
	key(
		"consolePasswords",
		func(o *Organization) **scp.ConsolePasswords { return &o.ConsolePasswords },
		optionally(consolePasswordsKeys),
	).
		orNothing("every account may set console passwords", "it needs a jump account first").
		doc("Allows console passwords of IAM users in the jump accounts alone.").
		example(map[string]any{"jumpAccounts": []string{"jump"}, "targets": []string{"r-exam"}}),
	key(
		"protectGuardrails",
		func(o *Organization) **scp.ProtectGuardrails { return &o.ProtectGuardrails },
		optionally(protectGuardrailsKeys),
	).
		orNothing("nothing is protected, and then no guardrail may exempt a role", "an exemption that anybody can make for himself is none").
		doc("Keeps administrators of accounts from changing what the guardrails rest on.").
		example(map[string]any{"targets": []string{"r-exam"}}),
	key("memberRoot", func(o *Organization) **scp.MemberRoot { return &o.MemberRoot }, optionally(memberRootKeys)).
		orNothing("root users of accounts can act", "central root access must be switched on first").
		doc("Denies everything to root users of accounts but for central root sessions.").
		example(map[string]any{"targets": []string{"ou-exam-11111111"}}),
	key("policies", func(o *Organization) *[]OwnPolicyFile { return &o.Own }, listOf(ownPolicyKeys)).
		orNothing("there are none", "the guardrails stand alone").
		doc("Service control policies of your own, held against the same rules.").
		example([]any{map[string]any{"name": "regions", "file": "policies/regions.json", "targets": []string{"ou-exam-11111111"}}}),
	key(
		"attached",
		func(o *Organization) *map[string]int { return &o.Attached },
		tableOf(wholeNumber{1, 100}, validateTarget),
	).
		orNothing("every target has FullAWSAccess alone", "that is what AWS Organizations attaches").
		doc("How many service control policies others have attached to a target, FullAWSAccess included.").
		example(map[string]any{"r-exam": 2}),
	key(
		"placement",
		func(o *Organization) *map[string][]string { return &o.Placement },
		tableOf(words(text(nil)), nil),
	).
		orNothing("statements are packed in order", "it matters only where a guardrail is too large for one policy").
		doc("Which statements (by Sid) stand in which policy, so that a change moves none of them; check prints what to write here.").
		example(map[string]any{"guardrails-protect-1": []string{"DenyChangingGuardedRoles"}}),
)

var rootKeys = keys("the root of the organization",
	key("id", func(u *scp.Unit) *string { return &u.ID }, text(policy.ValidateRootID).pattern(`^r-[a-z0-9]{4,32}$`)).
		required("write the id of the root").
		doc("The id of the root.").
		example("r-exam"),
	unitsKey(maxUnitDepth),
	accountsKey(),
)

// maxUnitDepth is how deep units nest. Source: AWS Organizations User Guide, Quotas for AWS Organizations.
const maxUnitDepth = 5

// unitKeys describes a unit with depth-1 levels of units below it.
func unitKeys(depth int) *object[scp.Unit] {
	fields := []field[scp.Unit]{
		key(
			"id",
			func(u *scp.Unit) *string { return &u.ID },
			text(policy.ValidateUnitID).pattern(`^ou-[a-z0-9]{4,32}-[a-z0-9]{8,32}$`),
		).
			required("write the id of the unit").
			doc("The id of the unit.").
			example("ou-exam-11111111"),
		key("name", func(u *scp.Unit) *string { return &u.Name }, text(nil)).
			orNothing("reports show the id", "the id is what decides").
			doc("The name of the unit, for people.").
			example("Workloads"),
	}
	if depth > 1 {
		fields = append(fields, unitsKey(depth-1))
	} else {
		fields = append(
			fields,
			refusedKey[scp.Unit]("units", "is nested deeper than AWS Organizations goes", "move the units up"),
		)
	}
	return keys("an organizational unit", append(fields, accountsKey())...)
}

func unitsKey(depth int) *fieldOf[scp.Unit, []scp.Unit] {
	return key("units", func(u *scp.Unit) *[]scp.Unit { return &u.Units }, listOf(unitKeys(depth))).
		orNothing("there are none below", "small organizations have no units").
		doc("The units below, each with id, name, units and accounts.").
		example([]any{map[string]any{"id": "ou-exam-11111111", "name": "Workloads"}})
}

func accountsKey() *fieldOf[scp.Unit, []string] {
	return key(
		"accounts",
		func(u *scp.Unit) *[]string { return &u.Accounts },
		words(text(policy.ValidateAccountID).pattern(accountIDPattern)),
	).
		orNothing("none of the accounts are directly here", "units hold units too").
		doc("The ids of the accounts that are directly here.").
		example([]string{"444455556666"})
}

var exemptRolesDoc = `Roles, as "role/Name" for the role of that name in every account, or the ARN of one. Every exempt role is protected by protectGuardrails too.`

var osAccessOnlyKeys = keys(
	"which doors to operating systems are closed, and for whom not",
	key("targets", func(o *scp.OSAccessOnly) *[]string { return &o.Targets }, targets).
		required("list what the guardrail is attached to").
		doc(targetsDoc).example([]string{"ou-exam-11111111"}),
	key("operationRoles", func(o *scp.OSAccessOnly) *bool { return &o.OperationRoles }, boolean{}).
		orElse(true, "operation roles bound their sessions themselves: to the nodes, documents and OS user of one project").
		doc("Exempts operation roles.").example(true),
	key("permissionSets", func(o *scp.OSAccessOnly) *[]string { return &o.PermissionSets }, words(text(nil))).
		orNothing("none is exempt", "who may assign them opens shells").
		doc("Names of permission sets of IAM Identity Center that are exempt.").example([]string{"NodeOperators"}),
	key("exempt", func(o *scp.OSAccessOnly) *[]string { return &o.Exempt }, words(text(nil))).
		orNothing("no other role is exempt", "every one is a door").
		doc(exemptRolesDoc).example([]string{"role/Scanner"}),
	key(
		"remoteExecution",
		func(o *scp.OSAccessOnly) *scp.RemoteExecution { return &o.RemoteExecution },
		remoteExecutionKeys,
	).
		asSection().
		doc("Commands that Systems Manager runs on nodes as root.").
		example(map[string]any{"mode": "report"}),
)

var remoteExecutionKeys = keys("what becomes of remote execution",
	key("mode", func(r *scp.RemoteExecution) *scp.RemoteExecutionMode { return &r.Mode },
		wordsOf(scp.RemoteExecutionOff, scp.RemoteExecutionReport, scp.RemoteExecutionDeny)).
		orElse(scp.RemoteExecutionReport, "patching and inventory come through the same door: see first what deny would stop").
		doc("deny closes SendCommand, associations and maintenance windows; report denies nothing and says what deny would; off says nothing.").
		example("report"),
	key("quickSetup", func(r *scp.RemoteExecution) *bool { return &r.QuickSetup }, boolean{}).
		orElse(false, "an organization may not use it").
		doc("Exempts and protects the roles that Systems Manager Quick Setup makes.").example(true),
	key("patching", func(r *scp.RemoteExecution) *bool { return &r.Patching }, boolean{}).
		orElse(false, "an organization may not use it").
		doc("Exempts and protects the roles of Quick Setup's patch policies.").example(true),
	key("exempt", func(r *scp.RemoteExecution) *[]string { return &r.Exempt }, words(text(nil))).
		orNothing("no other role may run commands", "commands are root's").
		doc(exemptRolesDoc).example([]string{"role/PatchAutomation"}),
)

var consolePasswordsKeys = keys(
	"where IAM users may have console passwords",
	key(
		"jumpAccounts",
		func(c *scp.ConsolePasswords) *[]string { return &c.JumpAccounts },
		words(text(validateAccountOrAlias).pattern(accountOrAliasPattern)).
			notEmpty("takes every console password away", "list the accounts that people sign in to"),
	).
		required("list the accounts that people sign in to").
		doc("The accounts that people sign in to: ids, or aliases of stacks of this folder.").
		example([]string{"jump"}),
	key("targets", func(c *scp.ConsolePasswords) *[]string { return &c.Targets }, targets).
		required("list what the guardrail is attached to").
		doc(targetsDoc).example([]string{"r-exam"}),
	key("exemptRoot", func(c *scp.ConsolePasswords) *bool { return &c.ExemptRoot }, boolean{}).
		orElse(false, "the root user is the credential that one most wants to be unusable; break-glass roles are the way out").
		doc("Lets the root user of every account set passwords.").example(false),
)

func validateAccountOrAlias(s string) error {
	if policy.ValidateAccountID(s) == nil || policy.ValidateAccountAlias(s) == nil {
		return nil
	}
	return says(
		"is neither an account id nor an alias",
		`write the twelve digits in quotes, or the alias of a stack of this folder`,
	)
}

var protectGuardrailsKeys = keys(
	"what administrators of accounts cannot change",
	key("targets", func(g *scp.ProtectGuardrails) *[]string { return &g.Targets }, targets).
		required("list what the guardrail is attached to").
		doc(targetsDoc+" Every target of a guardrail that exempts roles must be one of them or stand below one.").
		example([]string{"r-exam"}),
	key("bootstrap", func(g *scp.ProtectGuardrails) *[]string { return &g.Bootstrap }, words(text(nil))).
		orNothing("new accounts are set up before the guardrail reaches them", "who may make the deployer can become it").
		doc("Roles that make the deployer in a new account, and nothing else that is protected.").
		example([]string{"role/OrganizationAccountAccessRole"}),
	key("credentialAdmins", func(g *scp.ProtectGuardrails) *[]string { return &g.CredentialAdmins }, words(text(nil))).
		orNothing("only the deployer and break-glass roles hand out passwords", "whoever resets a password and a device can become anybody").
		doc("Roles that hand out and reset other people's credentials in the accounts of people.").
		example([]string{"role/HelpDesk"}),
	key("taggers", func(g *scp.ProtectGuardrails) *[]string { return &g.Taggers }, words(text(nil))).
		orNothing("only the deployer and break-glass roles write the project tag on existing nodes", "the tag is the lock").
		doc("Roles that may write the project tag on existing nodes, such as a pipeline's.").
		example([]string{"role/Pipeline"}),
	key("stackSetAdmins", func(g *scp.ProtectGuardrails) *[]string { return &g.StackSetAdmins }, words(text(nil))).
		orNothing("in member accounts only the deployer and break-glass roles write stack sets and configure Quick Setup, where roles that AWS makes with them are exempt",
			"stack sets make roles in every account, exempt ones among them").
		doc("Roles of a delegated administrator's account that write stack sets and configure Quick Setup.").
		example([]string{"role/StackSetPipeline"}),
	key(
		"peopleAccounts",
		func(g *scp.ProtectGuardrails) *[]string { return &g.PeopleAccounts },
		words(text(validateAccountOrAlias).pattern(accountOrAliasPattern)),
	).
		orNothing("the jump accounts", "that is where people are").
		doc("Accounts whose IAM users are people of the guardrails: ids, or aliases of stacks of this folder.").
		example([]string{"jump"}),
	key("ownOSUsers", func(g *scp.ProtectGuardrails) *bool { return &g.OwnOSUsers }, boolean{}).
		orElse(false, "where no role has runAs: fromUser nobody needs to pass a session tag").
		doc("Lets people pass their own OS user, and nothing else, as a session tag to roles with runAs: fromUser. Without it those roles open for nobody.").
		example(true),
)

var memberRootKeys = keys("where root users of accounts can do nothing",
	key("targets", func(m *scp.MemberRoot) *[]string { return &m.Targets }, targets).
		required("list what the guardrail is attached to").
		doc(targetsDoc).example([]string{"ou-exam-11111111"}),
)

var ownPolicyKeys = keys("a service control policy of your own",
	key("name", func(o *OwnPolicyFile) *string { return &o.Name }, text(nil)).
		required("write the name of the policy").
		doc("The name of the policy, 1 to 128 characters, not beginning with guardrails-.").example("regions"),
	key("description", func(o *OwnPolicyFile) *string { return &o.Description }, text(nil).ofLines()).
		orNothing("the policy has none", "the name may say enough").
		doc("What the policy is for, at most 512 characters.").example("Only the Regions that we use"),
	key("file", func(o *OwnPolicyFile) *string { return &o.File }, text(nil)).
		required("write the path of the document").
		doc("The document as JSON: a path below the folder of the stack file.").example("policies/regions.json"),
	key("targets", func(o *OwnPolicyFile) *[]string { return &o.Targets }, targets).
		required("list what the policy is attached to").
		doc(targetsDoc).example([]string{"ou-exam-11111111"}),
)

// readOwnPolicies reads the files of the admin's own policies.
func (s *Stack) readOwnPolicies(d *decoder, folder string) {
	if s.Organization == nil {
		return
	}
	for i := range s.Organization.Own {
		own := &s.Organization.Own[i]
		at := stackPath("organization.policies").Index(i).Child("file")
		if own.File == "" || d.refused(at) {
			continue
		}
		if document, ok := readDocument(d, at, folder, own.File); ok {
			own.Document, own.read = document, true
		}
	}
}

// ServiceControlPolicies is the section "organization" complete, nil where there is none.
func (s *Stack) ServiceControlPolicies() *scp.Args {
	if s.Organization == nil {
		return nil
	}
	a := s.Organization.Args
	a.Account, a.ProjectTag, a.Quotas = s.Account.Account, s.Tags.Project, s.Quotas
	a.Deployer, a.BreakGlass = s.Account.Deployer, s.Account.BreakGlass
	if s.JustInTime != nil {
		a.JustInTimeAccounts = append(a.JustInTimeAccounts, s.Account.ID)
	}
	if g := s.MFAGroup(); g != nil {
		a.MFAGroups = append(a.MFAGroups, g.ARN())
	}
	for _, other := range s.Siblings {
		if other.JustInTime && policy.ValidateAccountID(other.AccountID) == nil &&
			!slices.Contains(a.JustInTimeAccounts, other.AccountID) {
			a.JustInTimeAccounts = append(a.JustInTimeAccounts, other.AccountID)
		}
		if other.Group != "" && other.Partition == s.Account.Partition {
			a.MFAGroups = append(a.MFAGroups, other.Group)
		}
	}
	if a.ConsolePasswords != nil {
		c := *a.ConsolePasswords
		c.JumpAccounts = s.accountIDs(c.JumpAccounts)
		a.ConsolePasswords = &c
	}
	if a.ProtectGuardrails != nil {
		g := *a.ProtectGuardrails
		g.PeopleAccounts = s.accountIDs(g.PeopleAccounts)
		a.ProtectGuardrails = &g
	}
	for _, own := range s.Organization.Own {
		if own.read {
			a.Policies = append(a.Policies, own.OwnPolicy)
		}
	}
	return &a
}

// accountID is the id of an account that is written as id or alias; empty where nobody has the alias.
func (s *Stack) accountID(account string) string {
	if policy.ValidateAccountID(account) == nil {
		return account
	}
	if account == s.Account.Alias {
		return s.Account.ID
	}
	for _, other := range s.Siblings {
		if other.named(account) {
			return other.AccountID
		}
	}
	return ""
}

func (s *Stack) accountIDs(accounts []string) []string {
	var ids []string
	for _, a := range accounts {
		if id := s.accountID(a); id != "" && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// checkOrganization refuses aliases that no stack of the folder has, and accounts that stand nowhere in the tree.
func (s *Stack) checkOrganization(d *decoder) {
	o := s.Organization
	if o == nil {
		s.checkPlace(d)
		return
	}
	s.checkTree(d)
	if s.Account.Organization != "" && o.ID != "" && s.Account.Organization != o.ID {
		d.report(
			Problem{
				Path:  stackPath("organization.id"),
				Kind:  Invalid,
				Value: quoted(o.ID),
				Why:   "is not the account.organization of this stack, " + quoted(s.Account.Organization),
				Fix:   "write the same id",
			},
		)
	}
	var aliases []string
	for _, other := range s.Siblings {
		aliases = append(aliases, cmp.Or(other.Alias, other.Stack))
	}
	check := func(path Path, accounts []string) {
		for i, a := range accounts {
			if a == "" || s.accountID(a) != "" || d.refused(path.Index(i)) {
				continue
			}
			d.report(
				Problem{
					Path:  path.Index(i),
					Kind:  NotFound,
					Value: quoted(a),
					Why:   "is the alias of no stack of this folder",
					Fix:   didYouMean(a, aliases),
				},
			)
		}
	}
	if o.ConsolePasswords != nil {
		check(stackPath("organization.consolePasswords.jumpAccounts"), o.ConsolePasswords.JumpAccounts)
	}
	if o.ProtectGuardrails != nil {
		check(stackPath("organization.protectGuardrails.peopleAccounts"), o.ProtectGuardrails.PeopleAccounts)
		s.checkPeopleAccounts(d)
	}
}

// checkPeopleAccounts refuses to leave out an account whose stack has users: whoever resets the credentials of one
// there comes in wherever a role names that user. An account that the guardrail does not reach is not bound by the
// list.
func (s *Stack) checkPeopleAccounts(d *decoder) {
	at := stackPath("organization.protectGuardrails.peopleAccounts")
	a := s.ServiceControlPolicies()
	if d.refused(at) || d.refused(stackPath("organization.consolePasswords.jumpAccounts")) {
		return
	}
	listed, reached := a.People(), a.Protects()
	for _, other := range s.Siblings {
		if len(other.Users) == 0 || slices.Contains(listed, other.AccountID) ||
			!slices.Contains(reached, other.AccountID) {
			continue
		}
		d.report(Problem{
			Path:  at,
			Kind:  Refused,
			Value: strings.Join(listed, ", "),
			Why:   "leaves out " + other.AccountID + ", whose stack " + other.Stack + " has users: whoever resets their credentials there becomes them",
			Fix:   "add " + strconv.Quote(cmp.Or(other.Alias, other.AccountID)) + " beside the jump accounts",
		})
	}
}
