package sections

import (
	"aws-access-guardrails/guardrail/scp"
	"aws-access-guardrails/internal/strictyaml"
	"aws-access-guardrails/policy"
)

// Organization is the section "organization". Exactly one stack of an organization carries it.
type Organization struct {
	scp.Args
	// Own are the policies of the admin's own, whose documents are in files and not read yet.
	Own []OwnPolicyFile
}

// OwnPolicyFile is a service control policy in a file.
type OwnPolicyFile struct {
	scp.OwnPolicy
	// Found says that the file was read.
	Found bool
}

const targetsDoc = "Ids of the root, of units or of accounts of the tree."

var targets = strictyaml.Words(
	strictyaml.Text(validateTarget).Pattern(targetPattern),
).NotEmpty("attaches the guardrail to nothing", "list targets, or remove the guardrail")

func validateTarget(s string) error {
	for _, check := range []func(string) error{policy.ValidateRootID, policy.ValidateUnitID, policy.ValidateAccountID} {
		if check(s) == nil {
			return nil
		}
	}
	return strictyaml.Says(
		"is no id of a root, unit or account",
		`write "r-exam", "ou-exam-11111111" or the twelve digits of an account, in quotes`,
	)
}

var organizationKeys = strictyaml.Keys(
	"the guardrails of a whole organization; exactly one of its stacks carries them",
	strictyaml.Key(
		"id",
		func(o *Organization) *string { return &o.ID },
		strictyaml.Text(policy.ValidateOrganizationID).Pattern(`^o-[a-z0-9]{10,32}$`),
	).
		Required("write the id of the organization").
		Doc("The id of the organization. Deployment stops when the credentials belong to another one.").
		Example("o-exampleorgid"),
	strictyaml.Key(
		"management",
		func(o *Organization) *string { return &o.Management },
		strictyaml.Text(policy.ValidateAccountID).Pattern(accountIDPattern),
	).
		Required("write the id of the management account").
		Doc("The management account. No service control policy applies to it, so no person should sign in there.").
		Example("123456789012"),
	strictyaml.Key("tree", func(o *Organization) *scp.Unit { return &o.Tree }, rootKeys).
		Required("write the root with its units and accounts").
		Doc("The root of the organization with its units and accounts, as far as guardrails reach.").
		Example(map[string]any{"id": "r-exam",
			"units": []any{map[string]any{"id": "ou-exam-11111111", "name": "Workloads",
				"accounts": []string{"444455556666"}}}}),
	strictyaml.Key(
		"osAccessOnly",
		func(o *Organization) **scp.OSAccessOnly { return &o.OSAccessOnly },
		strictyaml.Optionally(osAccessOnlyKeys),
	).
		OrNothing("doors to operating systems stay as the accounts have them",
			"it takes doors away from people, which is a decision").
		Doc("Closes every door to an operating system but for operation roles, OS access and grants.").
		Example(map[string]any{"targets": []string{"ou-exam-11111111"}}),
	strictyaml.Key(
		"consolePasswords",
		func(o *Organization) **scp.ConsolePasswords { return &o.ConsolePasswords },
		strictyaml.Optionally(consolePasswordsKeys),
	).
		OrNothing("every account may set console passwords", "it needs a jump account first").
		Doc("Allows console passwords of IAM users in the jump accounts alone.").
		Example(map[string]any{"jumpAccounts": []string{"jump"}, "targets": []string{"r-exam"}}),
	strictyaml.Key(
		"protectGuardrails",
		func(o *Organization) **scp.ProtectGuardrails { return &o.ProtectGuardrails },
		strictyaml.Optionally(protectGuardrailsKeys),
	).
		OrNothing("nothing is protected, and then no guardrail may exempt a role",
			"an exemption that anybody can make for himself is none").
		Doc("Keeps administrators of accounts from changing what the guardrails rest on.").
		Example(map[string]any{"targets": []string{"r-exam"}}),
	strictyaml.Key("memberRoot", func(o *Organization) **scp.MemberRoot { return &o.MemberRoot },
		strictyaml.Optionally(memberRootKeys)).
		OrNothing("root users of accounts can act", "central root access must be switched on first").
		Doc("Denies everything to root users of accounts but for central root sessions.").
		Example(map[string]any{"targets": []string{"ou-exam-11111111"}}),
	strictyaml.Key("policies", func(o *Organization) *[]OwnPolicyFile { return &o.Own },
		strictyaml.ListOf(ownPolicyKeys)).
		OrNothing("there are none", "the guardrails stand alone").
		Doc("Service control policies of your own, held against the same rules.").
		Example([]any{map[string]any{"name": "regions", "file": "policies/regions.json",
			"targets": []string{"ou-exam-11111111"}}}),
	strictyaml.Key(
		"attached",
		func(o *Organization) *map[string]int { return &o.Attached },
		strictyaml.TableOf(strictyaml.WholeNumber{Least: 1, Most: 100}, validateTarget),
	).
		OrNothing("every target has FullAWSAccess alone", "that is what AWS Organizations attaches").
		Doc("How many service control policies others have attached to a target, FullAWSAccess included.").
		Example(map[string]any{"r-exam": 2}),
	strictyaml.Key("allowList", func(o *Organization) *[]string { return &o.AllowList },
		strictyaml.Words(strictyaml.Text(validateTarget))).
		OrNothing("FullAWSAccess stays attached everywhere", "it takes away whatever nobody thought of").
		Doc("The targets from which FullAWSAccess is detached, so that below them only what policies allow can be "+
			"done. Each is a target of one of policies with an Allow. Everything is "+
			"proven without FullAWSAccess there; up prints the lines that detach it, for when the policies are "+
			"attached.").
		Example([]string{"ou-exam-11111111"}),
	strictyaml.Key(
		"placement",
		func(o *Organization) *map[string][]string { return &o.Placement },
		strictyaml.TableOf(strictyaml.Words(strictyaml.Text(nil)), nil),
	).
		OrNothing("statements are packed in order", "it matters only where a guardrail is too large for one policy").
		Doc("Which statements (by Sid) stand in which policy, so that a change moves none of them; check prints what "+
			"to write here.").
		Example(map[string]any{"guardrails-protect-1": []string{"DenyChangingGuardedRoles"}}),
)

var rootKeys = strictyaml.Keys(
	"the root of the organization",
	strictyaml.Key("id", func(u *scp.Unit) *string { return &u.ID },
		strictyaml.Text(policy.ValidateRootID).Pattern(`^r-[a-z0-9]{4,32}$`)).
		Required("write the id of the root").
		Doc("The id of the root.").
		Example("r-exam"),
	unitsKey(maxUnitDepth),
	accountsKey(),
)

// maxUnitDepth is how deep units nest. Source: AWS Organizations User Guide, Quotas for AWS Organizations.
const maxUnitDepth = 5

// unitKeys describes a unit with depth-1 levels of units below it.
func unitKeys(depth int) *strictyaml.Object[scp.Unit] {
	fields := []strictyaml.Field[scp.Unit]{
		strictyaml.Key(
			"id",
			func(u *scp.Unit) *string { return &u.ID },
			strictyaml.Text(policy.ValidateUnitID).Pattern(`^ou-[a-z0-9]{4,32}-[a-z0-9]{8,32}$`),
		).
			Required("write the id of the unit").
			Doc("The id of the unit.").
			Example("ou-exam-11111111"),
		strictyaml.Key("name", func(u *scp.Unit) *string { return &u.Name }, strictyaml.Text(nil)).
			OrNothing("reports show the id", "the id is what decides").
			Doc("The name of the unit, for people.").
			Example("Workloads"),
	}
	if depth > 1 {
		fields = append(fields, unitsKey(depth-1))
	} else {
		fields = append(
			fields,
			strictyaml.RefusedKey[scp.Unit](
				"units",
				"is nested deeper than AWS Organizations goes",
				"move the units up",
			),
		)
	}
	return strictyaml.Keys("an organizational unit", append(fields, accountsKey())...)
}

func unitsKey(depth int) *strictyaml.FieldOf[scp.Unit, []scp.Unit] {
	return strictyaml.Key("units", func(u *scp.Unit) *[]scp.Unit { return &u.Units },
		strictyaml.ListOf(unitKeys(depth))).
		OrNothing("there are none below", "small organizations have no units").
		Doc("The units below, each with id, name, units and accounts.").
		Example([]any{map[string]any{"id": "ou-exam-11111111", "name": "Workloads"}})
}

func accountsKey() *strictyaml.FieldOf[scp.Unit, []string] {
	return strictyaml.Key(
		"accounts",
		func(u *scp.Unit) *[]string { return &u.Accounts },
		strictyaml.Words(strictyaml.Text(policy.ValidateAccountID).Pattern(accountIDPattern)),
	).
		OrNothing("none of the accounts are directly here", "units hold units too").
		Doc("The ids of the accounts that are directly here.").
		Example([]string{"444455556666"})
}

var exemptRolesDoc = `Roles, as "role/Name" for the role of that name in every account, or the ARN of one. Every exempt role is protected by protectGuardrails too.`

var osAccessOnlyKeys = strictyaml.Keys(
	"which doors to operating systems are closed, and for whom not",
	strictyaml.Key("targets", func(o *scp.OSAccessOnly) *[]string { return &o.Targets }, targets).
		Required("list what the guardrail is attached to").
		Doc(targetsDoc).Example([]string{"ou-exam-11111111"}),
	strictyaml.Key("operationRoles", func(o *scp.OSAccessOnly) *bool { return &o.OperationRoles },
		strictyaml.Boolean{}).
		OrElse(true, "operation roles bound their sessions themselves: to the nodes, documents and OS user of "+
			"one project").
		Doc("Exempts operation roles.").
		Example(true),
	strictyaml.Key("permissionSets", func(o *scp.OSAccessOnly) *[]string { return &o.PermissionSets },
		strictyaml.Words(strictyaml.Text(nil))).
		OrNothing("none is exempt", "who may assign them opens shells").
		Doc("Names of permission sets of IAM Identity Center that are exempt.").
		Example([]string{"NodeOperators"}),
	strictyaml.Key("exempt", func(o *scp.OSAccessOnly) *[]string { return &o.Exempt },
		strictyaml.Words(strictyaml.Text(nil))).
		OrNothing("no other role is exempt", "every one is a door").
		Doc(exemptRolesDoc).
		Example([]string{"role/Scanner"}),
	strictyaml.Key(
		"remoteExecution",
		func(o *scp.OSAccessOnly) *scp.RemoteExecution { return &o.RemoteExecution },
		remoteExecutionKeys,
	).
		AsSection().
		Doc("Commands that Systems Manager runs on nodes as root.").
		Example(map[string]any{"mode": "report"}),
)

var remoteExecutionKeys = strictyaml.Keys(
	"what becomes of remote execution",
	strictyaml.Key("mode", func(r *scp.RemoteExecution) *scp.RemoteExecutionMode { return &r.Mode },
		strictyaml.WordsOf(scp.RemoteExecutionOff, scp.RemoteExecutionReport, scp.RemoteExecutionDeny)).
		OrElse(scp.RemoteExecutionReport,
			"patching and inventory come through the same door: see first what deny would stop").
		Doc("deny closes SendCommand, associations, maintenance windows and changes of the documents that they run; "+
			"whoever may make documents makes new ones, which run nothing before something names them. report denies "+
			"nothing and says what deny would; off says nothing.").
		Example("report"),
	strictyaml.Key("quickSetup", func(r *scp.RemoteExecution) *bool { return &r.QuickSetup }, strictyaml.Boolean{}).
		OrElse(false, "an organization may not use it").
		Doc("Exempts and protects the roles that Systems Manager Quick Setup makes.").Example(true),
	strictyaml.Key("patching", func(r *scp.RemoteExecution) *bool { return &r.Patching }, strictyaml.Boolean{}).
		OrElse(false, "an organization may not use it").
		Doc("Exempts and protects the roles of Quick Setup's patch policies.").Example(true),
	strictyaml.Key("exempt", func(r *scp.RemoteExecution) *[]string { return &r.Exempt },
		strictyaml.Words(strictyaml.Text(nil))).
		OrNothing("no other role may run commands", "commands are root's").
		Doc(exemptRolesDoc).
		Example([]string{"role/PatchAutomation"}),
)

var consolePasswordsKeys = strictyaml.Keys(
	"where IAM users may have console passwords",
	strictyaml.Key(
		"jumpAccounts",
		func(c *scp.ConsolePasswords) *[]string { return &c.JumpAccounts },
		strictyaml.Words(strictyaml.Text(validateAccountOrAlias).Pattern(accountOrAliasPattern)).
			NotEmpty("takes every console password away", "list the accounts that people sign in to"),
	).
		Required("list the accounts that people sign in to").
		Doc("The accounts that people sign in to: ids, or aliases of stacks of this folder.").
		Example([]string{"jump"}),
	strictyaml.Key("targets", func(c *scp.ConsolePasswords) *[]string { return &c.Targets }, targets).
		Required("list what the guardrail is attached to").
		Doc(targetsDoc).Example([]string{"r-exam"}),
	strictyaml.Key("exemptRoot", func(c *scp.ConsolePasswords) *bool { return &c.ExemptRoot }, strictyaml.Boolean{}).
		OrElse(false, "the root user is the credential that one most wants to be unusable; break-glass roles are "+
			"the way out").
		Doc("Lets the root user of every account set passwords.").Example(false),
)

func validateAccountOrAlias(s string) error {
	if policy.ValidateAccountID(s) == nil || policy.ValidateAccountAlias(s) == nil {
		return nil
	}
	return strictyaml.Says(
		"is neither an account id nor an alias",
		`write the twelve digits in quotes, or the alias of a stack of this folder`,
	)
}

var protectGuardrailsKeys = strictyaml.Keys(
	"what administrators of accounts cannot change",
	strictyaml.Key("targets", func(g *scp.ProtectGuardrails) *[]string { return &g.Targets }, targets).
		Required("list what the guardrail is attached to").
		Doc(targetsDoc+" Every target of a guardrail that exempts roles must be one of them or stand below one.").
		Example([]string{"r-exam"}),
	strictyaml.Key("bootstrap", func(g *scp.ProtectGuardrails) *[]string { return &g.Bootstrap },
		strictyaml.Words(strictyaml.Text(nil))).
		OrNothing("new accounts are set up before the guardrail reaches them",
			"who may make the deployer can become it").
		Doc("Roles that make the deployer in a new account, and nothing else that is protected.").
		Example([]string{"role/OrganizationAccountAccessRole"}),
	strictyaml.Key("credentialAdmins", func(g *scp.ProtectGuardrails) *[]string { return &g.CredentialAdmins },
		strictyaml.Words(strictyaml.Text(nil))).
		OrNothing("only the deployer and break-glass roles hand out passwords",
			"whoever resets a password and a device can become anybody").
		Doc("Roles that hand out and reset other people's credentials in the accounts of people.").
		Example([]string{"role/HelpDesk"}),
	strictyaml.Key("taggers", func(g *scp.ProtectGuardrails) *[]string { return &g.Taggers },
		strictyaml.Words(strictyaml.Text(nil))).
		OrNothing("only the deployer and break-glass roles write the project tag on existing nodes",
			"the tag is the lock").
		Doc("Roles that may write the project tag on existing nodes, such as a pipeline's.").
		Example([]string{"role/Pipeline"}),
	strictyaml.Key("stackSetAdmins", func(g *scp.ProtectGuardrails) *[]string { return &g.StackSetAdmins },
		strictyaml.Words(strictyaml.Text(nil))).
		OrNothing("in member accounts only the deployer and break-glass roles write stack sets and configure Quick "+
			"Setup, where roles that AWS makes with them are exempt",
			"stack sets make roles in every account, exempt ones among them").
		Doc("Roles of a delegated administrator's account that write stack sets and configure Quick Setup.").
		Example([]string{"role/StackSetPipeline"}),
	strictyaml.Key(
		"peopleAccounts",
		func(g *scp.ProtectGuardrails) *[]string { return &g.PeopleAccounts },
		strictyaml.Words(strictyaml.Text(validateAccountOrAlias).Pattern(accountOrAliasPattern)),
	).
		OrNothing("the jump accounts", "that is where people are").
		Doc("Accounts whose IAM users are people of the guardrails: ids, or aliases of stacks of this folder.").
		Example([]string{"jump"}),
	strictyaml.Key("ownOSUsers", func(g *scp.ProtectGuardrails) *bool { return &g.OwnOSUsers }, strictyaml.Boolean{}).
		OrElse(false, "where no role has runAs: fromUser nobody needs to pass a session tag").
		Doc("Lets people pass their own OS user, and nothing else, as a session tag to roles with runAs: fromUser. "+
			"Without it those roles open for nobody.").
		Example(true),
)

var memberRootKeys = strictyaml.Keys("where root users of accounts can do nothing",
	strictyaml.Key("targets", func(m *scp.MemberRoot) *[]string { return &m.Targets }, targets).
		Required("list what the guardrail is attached to").
		Doc(targetsDoc).Example([]string{"ou-exam-11111111"}),
)

var ownPolicyKeys = strictyaml.Keys(
	"a service control policy of your own",
	strictyaml.Key("name", func(o *OwnPolicyFile) *string { return &o.Name }, strictyaml.Text(nil)).
		Required("write the name of the policy").
		Doc("The name of the policy, 1 to 128 characters, not beginning with guardrails-.").Example("regions"),
	strictyaml.Key("description", func(o *OwnPolicyFile) *string { return &o.Description },
		strictyaml.Text(nil).OfLines()).
		OrNothing("the policy has none", "the name may say enough").
		Doc("What the policy is for, at most 512 characters.").
		Example("Only the Regions that we use"),
	strictyaml.Key("file", func(o *OwnPolicyFile) *string { return &o.File }, strictyaml.Text(nil)).
		Required("write the path of the document").
		Doc("The document as JSON: a path below the folder of the stack file.").Example("policies/regions.json"),
	strictyaml.Key("targets", func(o *OwnPolicyFile) *[]string { return &o.Targets }, targets).
		Required("list what the policy is attached to").
		Doc(targetsDoc).Example([]string{"ou-exam-11111111"}),
)
