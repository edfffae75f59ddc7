package guardrail_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/guardrail/justintime"
	"aws-access-guardrails/guardrail/scp"
	"aws-access-guardrails/internal/testkit/accounts"
	"aws-access-guardrails/policy"
)

// attempt is a call that somebody makes under the guardrails. The caller has Allow * everywhere, so that nothing but
// the guardrails denies it.
type attempt struct {
	it      string
	as      access.Session
	request access.Request
	// sid is the statement that denies the call; empty means that it is allowed.
	sid string
}

// inAccount makes the ARNs and calls of an account of the organization.
type inAccount struct {
	organization
	id string
}

func (in inAccount) partition() policy.Partition { return in.Sessions.Account.Partition }

func (in inAccount) role(name string) string { return in.partition().RoleARN(in.id, "/", name) }

func (in inAccount) user(name string) string { return in.partition().UserARN(in.id, "/", name) }

func (in inAccount) ssm(resource string) string {
	return policy.ARN{
		Partition: in.partition(),
		Service:   "ssm",
		Region:    accounts.Regions[in.partition()][0],
		Account:   in.id,
		Resource:  resource,
	}.String()
}

func (in inAccount) as(role string) access.Session { return in.Session(in.id, role) }

func call(action string, context access.Context, arns ...string) access.Request {
	return access.Request{Action: action, Context: context, Resources: access.On(arns...)}
}

func tagged(keys ...string) access.Context { return access.Context{"aws:TagKeys": keys} }

// Actions on a role that an administrator of an account would try.
var (
	makesRole   = []string{"iam:CreateRole", "iam:AttachRolePolicy", "iam:PutRolePolicy", "iam:TagRole"}
	changesRole = []string{
		"iam:UpdateAssumeRolePolicy",
		"iam:PassRole",
		"iam:DeleteRole",
		"iam:DeleteRolePolicy",
		"iam:DetachRolePolicy",
		"iam:PutRolePermissionsBoundary",
		"iam:DeleteRolePermissionsBoundary",
		"iam:UntagRole",
		"iam:UpdateRole",
		"iam:UpdateRoleDescription",
	}
	everyChange     = slices.Concat(makesRole, changesRole)
	changesDocument = []string{
		"ssm:CreateDocument",
		"ssm:UpdateDocument",
		"ssm:UpdateDocumentDefaultVersion",
		"ssm:DeleteDocument",
		"ssm:ModifyDocumentPermission",
	}
	changesGroup = []string{
		"iam:RemoveUserFromGroup",
		"iam:DeleteGroupPolicy",
		"iam:PutGroupPolicy",
		"iam:DetachGroupPolicy",
		"iam:AttachGroupPolicy",
		"iam:UpdateGroup",
		"iam:DeleteGroup",
		"iam:CreateGroup",
	}
	changesPolicy = []string{
		"iam:CreatePolicy",
		"iam:CreatePolicyVersion",
		"iam:SetDefaultPolicyVersion",
		"iam:DeletePolicyVersion",
		"iam:DeletePolicy",
	}
	changesCredential = []string{
		"iam:CreateLoginProfile",
		"iam:UpdateLoginProfile",
		"iam:CreateAccessKey",
		"iam:UpdateAccessKey",
		"iam:DeactivateMFADevice",
		"iam:EnableMFADevice",
		"iam:CreateServiceSpecificCredential",
		"iam:ResetServiceSpecificCredential",
		"iam:UploadSSHPublicKey",
		"iam:UploadSigningCertificate",
		"iam:DeleteUser",
		"iam:UpdateUser",
		"iam:UpdateSSHPublicKey",
		"iam:UpdateServiceSpecificCredential",
		"iam:UpdateSigningCertificate",
	}
)

// undoers are who may change what is protected.
var undoers = []string{"GuardrailDeployer", "BreakGlass"}

// attempts are the ways to a shell, a password or the guardrails themselves that an administrator of an account would
// try, and what must stay possible.
func (o organization) attempts() []attempt {
	var all []attempt
	add := func(it string, as access.Session, r access.Request, sid string) {
		all = append(all, attempt{it, as, r, sid})
	}
	each := func(it string, as access.Session, actions []string, context access.Context, arn, sid string) {
		for _, action := range actions {
			add(it+": "+action, as, call(action, context, arn), sid)
		}
	}
	work, jump := inAccount{o, accounts.Other}, inAccount{o, accounts.Home}
	admin := work.as("Administrator")
	o.roleAttempts(work, admin, add, each)

	identity := inAccount{o, accounts.IdentityCenter}
	saml := policy.ARN{
		Partition: work.partition(),
		Service:   "iam",
		Account:   accounts.Other,
		Resource:  "saml-provider/Corporate",
	}.String()
	group := jump.partition().GroupARN(accounts.Home, "/guardrails/", "guardrails-mfa")
	instance := policy.ARN{Partition: work.partition(), Service: "sso", Resource: "instance/ssoins-1"}.String()
	attributes := []string{
		"sso:CreateInstanceAccessControlAttributeConfiguration",
		"sso:UpdateInstanceAccessControlAttributeConfiguration",
		"sso:DeleteInstanceAccessControlAttributeConfiguration",
	}
	policies := []string{
		"organizations:DetachPolicy",
		"organizations:UpdatePolicy",
		"organizations:DeletePolicy",
		"organizations:DisablePolicyType",
	}
	own := work.partition().PolicyARN(accounts.Other, "/guardrails/", "guardrails-operation-guard")
	each(
		"an administrator changes a policy of guarded roles",
		admin,
		changesPolicy,
		nil,
		own,
		"DenyChangingPoliciesOfGuardrails",
	)
	for _, who := range undoers {
		each(who+" changes it", work.as(who), changesPolicy, nil, own, "")
		each(
			who+" rotates an identity provider's certificate",
			work.as(who),
			[]string{"iam:UpdateSAMLProvider", "iam:DeleteSAMLProvider"},
			nil,
			saml,
			"",
		)
		each(who+" changes the MFA group", jump.as(who), changesGroup, nil, group, "")
		each(who+" maps attributes", identity.as(who), attributes, nil, instance, "")
		each(who+" updates policies", work.as(who), policies, nil, "*", "")
		each(who+" makes and repairs people", jump.as(who), changesCredential, nil, jump.user("alice"), "")
	}
	each(
		"an administrator changes an own policy",
		admin,
		changesPolicy,
		nil,
		work.partition().PolicyARN(accounts.Other, "/", "App"),
		"",
	)
	each(
		"an administrator takes an identity provider over",
		admin,
		[]string{"iam:UpdateSAMLProvider", "iam:DeleteSAMLProvider"},
		nil,
		saml,
		"DenyChangingSAMLProviders",
	)
	add("an administrator adds an identity provider", admin, call("iam:CreateSAMLProvider", nil, saml), "")

	each(
		"an administrator takes the MFA group apart",
		jump.as("Administrator"),
		changesGroup,
		nil,
		group,
		"DenyChangingMFAGroup",
	)
	each(
		"an administrator changes another group",
		jump.as("Administrator"),
		changesGroup,
		nil,
		jump.partition().GroupARN(accounts.Home, "/", "readers"),
		"",
	)
	o.peopleAttempts(work, jump, add, each)
	o.tagAttempts(work, admin, add)

	preferences := work.ssm("document/" + guardrail.PreferencesDocument)
	each(
		"an administrator changes the preferences",
		admin,
		changesDocument,
		nil,
		preferences,
		"DenyChangingPreferences",
	)
	session := access.Context{"ssm:DocumentType": {"Session"}}
	each(
		"an administrator changes another session document",
		admin,
		changesDocument,
		session,
		work.ssm("document/Team-Diagnostics"),
		"DenyChangingSessionDocuments",
	)
	for _, who := range undoers {
		each(who+" changes the preferences", work.as(who), changesDocument, session, preferences, "")
	}
	each("a document whose type AWS does not say", admin, changesDocument, nil, work.ssm("document/Team-Runbook"), "")
	o.documentAttempts(work, admin, each)

	each(
		"an administrator of Identity Center maps attributes",
		identity.as("Administrator"),
		attributes,
		nil,
		instance,
		"DenyChangingAttributesForAccessControl",
	)
	if len(o.Policies.OSAccessOnly.PermissionSets) > 0 {
		sets := policy.ARN{
			Partition: work.partition(),
			Service:   "sso",
			Resource:  "permissionSet/ssoins-1/ps-1",
		}.String()
		permissionSets := []string{
			"sso:AttachCustomerManagedPolicyReferenceToPermissionSet",
			"sso:AttachManagedPolicyToPermissionSet",
			"sso:CreateAccountAssignment",
			"sso:CreatePermissionSet",
			"sso:DeleteInlinePolicyFromPermissionSet",
			"sso:DeletePermissionsBoundaryFromPermissionSet",
			"sso:DetachCustomerManagedPolicyReferenceFromPermissionSet",
			"sso:DetachManagedPolicyFromPermissionSet",
			"sso:ProvisionPermissionSet",
			"sso:PutInlinePolicyToPermissionSet",
			"sso:PutPermissionsBoundaryToPermissionSet",
			"sso:UpdatePermissionSet",
			// The older names.
			"sso:AssociateProfile",
			"sso:CreateProfile",
			"sso:CreateTrust",
			"sso:PutPermissionsPolicy",
			"sso:UpdateProfile",
			"sso:UpdateTrust",
		}
		each(
			"an administrator of Identity Center makes himself an exempt permission set",
			identity.as("Administrator"),
			permissionSets,
			nil,
			sets,
			"DenyChangingPermissionSets",
		)
		for _, who := range undoers {
			each(who+" deploys a permission set", identity.as(who), permissionSets, nil, sets, "")
		}
	}
	each(
		"an administrator of a delegated account detaches policies",
		admin,
		policies,
		nil,
		"*",
		"DenyChangingServiceControlPolicies",
	)
	for _, who := range []string{"Administrator", "GuardrailDeployer", "BreakGlass"} {
		add(
			who+" leaves the organization",
			work.as(who),
			call("organizations:LeaveOrganization", nil),
			"DenyLeavingOrganization",
		)
		add(
			who+" moves the account to the organization that invites it",
			work.as(who),
			call("organizations:AcceptHandshake", nil),
			"DenyLeavingOrganization",
		)
	}
	rootOf := []string{work.partition().RootARN(accounts.Home)}
	add(
		"a delegated administrator opens a root session in another account",
		identity.as("Administrator"),
		call("sts:AssumeRoot", nil, rootOf...),
		"DenyCentralRootSessions",
	)
	add("root does", access.Root(accounts.IdentityCenter), call("sts:AssumeRoot", nil, rootOf...), "DenyCentralRootSessions")
	for _, who := range undoers {
		add(who+" opens a root session", identity.as(who), call("sts:AssumeRoot", nil, rootOf...), "")
	}
	for _, action := range []string{"account:StartPrimaryEmailUpdate", "account:AcceptPrimaryEmailUpdate"} {
		add("a delegated administrator gives the root user of another account a new email address",
			identity.as("Administrator"), call(action, nil), "DenyCentralRootSessions")
		for _, who := range undoers {
			add(who+" changes the email address of a root user", identity.as(who), call(action, nil), "")
		}
	}
	if len(o.Policies.JustInTimeAccounts) > 0 {
		o.justInTimeAttempts(work, admin, each)
	}
	return all
}

// documentAttempts change documents that associations, windows and packages run by name. With remote execution
// reported they are open.
func (o organization) documentAttempts(work inAccount, admin access.Session, each addingEach) {
	runs := []string{"ssm:DeleteDocument", "ssm:UpdateDocument", "ssm:UpdateDocumentDefaultVersion"}
	sid := ""
	if o.Policies.OSAccessOnly.RemoteExecution.Mode == scp.RemoteExecutionDeny {
		sid = "DenyChangingCommandDocuments"
	}
	for _, kind := range []string{"Automation", "Command", "Package", "Policy"} {
		context, document := access.Context{"ssm:DocumentType": {kind}}, work.ssm("document/Team-Runbook")
		each("an administrator changes what runs, of type "+kind, admin, runs, context, document, sid)
		each(
			"an administrator makes a new one, of type "+kind,
			admin,
			[]string{"ssm:CreateDocument"},
			context,
			document,
			"",
		)
		each("break-glass changes what runs, of type "+kind, work.as("BreakGlass"), runs, context, document, "")
	}
	each(
		"an administrator changes a calendar",
		admin,
		changesDocument,
		access.Context{"ssm:DocumentType": {"ChangeCalendar"}},
		work.ssm("document/Team-Calendar"),
		"",
	)
}

type adding func(it string, as access.Session, r access.Request, sid string)

type addingEach func(it string, as access.Session, actions []string, context access.Context, arn, sid string)

func (o organization) roleAttempts(work inAccount, admin access.Session, add adding, each addingEach) {
	guarded := []string{
		"guardrails/osaccess/mine",
		"guardrails/operation/mine",
		"guardrails/delegated/mine",
		"guardrails/any",
		"BreakGlass",
		"OrganizationAccountAccessRole",
	}
	if len(o.Policies.OSAccessOnly.Exempt) > 0 {
		guarded = append(guarded, "Scanner", "PatchAutomation", "HelpDesk", "pipelines/Tagger")
	}
	for _, name := range guarded {
		each("an administrator makes "+name, admin, makesRole, nil, work.role(name), "DenyMakingGuardedRoles")
		each("an administrator changes "+name, admin, changesRole, nil, work.role(name), "DenyChangingGuardedRoles")
		each(
			"the deployer makes and changes "+name,
			work.as("GuardrailDeployer"),
			everyChange,
			nil,
			work.role(name),
			"",
		)
		each("break-glass makes and changes "+name, work.as("BreakGlass"), everyChange, nil, work.role(name), "")
		each(
			"a bootstrap role makes "+name,
			work.as("OrganizationAccountAccessRole"),
			makesRole,
			nil,
			work.role(name),
			"DenyMakingGuardedRoles",
		)
	}
	deployer := work.role("GuardrailDeployer")
	each("an administrator makes the deployer", admin, makesRole, nil, deployer, "DenyMakingDeployerButForBootstrap")
	each("an administrator changes the deployer", admin, changesRole, nil, deployer, "DenyChangingGuardedRoles")
	each(
		"a bootstrap role makes the deployer of a new account",
		work.as("OrganizationAccountAccessRole"),
		makesRole,
		nil,
		deployer,
		"",
	)
	each(
		"a bootstrap role changes the deployer",
		work.as("OrganizationAccountAccessRole"),
		changesRole,
		nil,
		deployer,
		"DenyChangingGuardedRoles",
	)
	each("the deployer changes itself", work.as("GuardrailDeployer"), everyChange, nil, deployer, "")
	each("break-glass repairs the deployer", work.as("BreakGlass"), everyChange, nil, deployer, "")
	for _, name := range []string{"App", "team/BreakGlass", "BreakGlasses", "guardrails", "osaccess/mine"} {
		each("an administrator makes and changes an own role "+name, admin, everyChange, nil, work.role(name), "")
	}
	root := access.Root(accounts.Other)
	add(
		"root re-trusts a guarded role",
		root,
		call("iam:UpdateAssumeRolePolicy", nil, work.role("BreakGlass")),
		"DenyChangingGuardedRoles",
	)
	add("root does anything", root, call("s3:ListAllMyBuckets", nil), "DenyRootUsersButForCentralSessions")
	add(
		"... and may in a session that the management account opens",
		access.CentralRoot(accounts.Other),
		call("s3:ListAllMyBuckets", nil),
		"",
	)
}

func (o organization) peopleAttempts(work, jump inAccount, add adding, each addingEach) {
	const sid = "DenyChangingCredentialsOfOthers"
	someone := access.LongTermKey(jump.user("root-like"))
	for it, as := range map[string]access.Session{"an administrator": jump.as("Administrator"), "a user": someone} {
		each(it+" takes over a person", as, changesCredential, nil, jump.user("alice"), sid)
		each(it+" takes over a person under a path", as, changesCredential, nil, jump.user("people/carol"), sid)
		each(
			it+" weakens passwords",
			as,
			[]string{"iam:UpdateAccountPasswordPolicy", "iam:DeleteAccountPasswordPolicy"},
			nil,
			"*",
			sid,
		)
	}
	each("a user changes their own credentials", someone, changesCredential, nil, jump.user("root-like"), "")
	each("a user's name with something before it", someone, changesCredential, nil, jump.user("not-root-like"), sid)
	pat := access.LongTermKey(jump.user("people/pat"))
	each("a user under a path changes their own credentials", pat, changesCredential, nil, jump.user("people/pat"), "")
	each(
		"a user under a path takes over who is next in the list",
		pat,
		changesCredential,
		nil,
		jump.user("people/patricia"),
		sid,
	)
	each("a user takes over who is next in the list", someone, changesCredential, nil, jump.user("root-like-2"), sid)
	if len(o.Policies.ProtectGuardrails.CredentialAdmins) > 0 {
		each("the help desk hands out passwords", jump.as("HelpDesk"), changesCredential, nil, jump.user("alice"), "")
	}
	programmatic := []string{
		"iam:CreateUser",
		"iam:CreateAccessKey",
		"iam:DeleteLoginProfile",
		"iam:ChangePassword",
		"iam:DeleteAccessKey",
		"iam:DeleteUser",
	}
	each("a user for a program stays possible", work.as("Administrator"), programmatic, nil, work.user("robot"), "")
	each(
		"a new user in the jump account stays possible",
		jump.as("Administrator"),
		[]string{"iam:CreateUser", "iam:DeleteLoginProfile"},
		nil,
		jump.user("robot"),
		"",
	)
	passwords := []string{"iam:CreateLoginProfile", "iam:UpdateLoginProfile"}
	for _, who := range []string{"Administrator", "GuardrailDeployer"} {
		each(
			who+" sets a console password outside of the jump account",
			work.as(who),
			passwords,
			nil,
			work.user("robot"),
			"DenyConsolePasswordsOutsideOfJumpAccounts",
		)
	}
	each("break-glass sets one", work.as("BreakGlass"), passwords, nil, work.user("robot"), "")
	each(
		"root sets one",
		access.Root(accounts.Other),
		passwords,
		nil,
		work.user("robot"),
		"DenyConsolePasswordsOutsideOfJumpAccounts",
	)
	federation := call("sts:GetFederationToken", nil, work.partition().UserARN(accounts.Other, "/", "robot"))
	add(
		"a key signs in to the console by federation",
		access.LongTermKey(work.user("robot")),
		federation,
		"DenyFederationTokensOutsideOfJumpAccounts",
	)
	add("... and may in the jump account", someone, call("sts:GetFederationToken", nil, jump.user("root-like")), "")
}

func (o organization) tagAttempts(work inAccount, admin access.Session, add adding) {
	region := accounts.Regions[work.partition()][0]
	node, managed := work.partition().
		InstanceARN(region, accounts.Other, accounts.FirstNode),
		work.partition().
			ManagedInstanceARN(region, accounts.Other, "mi-0000000000000001a")
	volume := policy.ARN{
		Partition: work.partition(),
		Service:   "ec2",
		Region:    region,
		Account:   accounts.Other,
		Resource:  "volume/vol-1",
	}.String()
	for _, key := range []string{"Project", "project", "PROJECT"} {
		for action, arn := range map[string]string{
			"ec2:CreateTags": node, "ec2:DeleteTags": node, "ssm:AddTagsToResource": managed, "ssm:RemoveTagsFromResource": managed,
		} {
			add(
				"an administrator moves a node: "+action+" "+key,
				admin,
				call(action, tagged("Name", key), arn),
				"DenyWritingAuthorizationTagsOfNodes",
			)
			for _, who := range undoers {
				add(who+" tags nodes: "+action, work.as(who), call(action, tagged(key), arn), "")
			}
			if len(o.Policies.ProtectGuardrails.Taggers) > 0 {
				add("a pipeline tags nodes: "+action, work.as("pipelines/Tagger"), call(action, tagged(key), arn), "")
			}
		}
	}
	add("an administrator strips a node", admin, call("ec2:DeleteTags", nil, node), "DenyDeletingAllTagsOfNodes")
	add("an administrator strips a volume", admin, call("ec2:DeleteTags", nil, volume), "")
	add("a node loses another tag", admin, call("ec2:DeleteTags", tagged("Name"), node), "")
	for _, who := range undoers {
		add(who+" strips a node", work.as(who), call("ec2:DeleteTags", nil, node), "")
	}
	if len(o.Policies.ProtectGuardrails.Taggers) > 0 {
		add("a pipeline strips a node", work.as("pipelines/Tagger"), call("ec2:DeleteTags", nil, node), "")
	}
	add("other tags of nodes are free", admin, call("ec2:CreateTags", tagged("Name", "Team"), node), "")
	add(
		"a node is launched with its tag",
		admin,
		call("ec2:CreateTags", access.Context{"aws:TagKeys": {"Project"}, "ec2:CreateAction": {"RunInstances"}}, node),
		"",
	)
	add("other resources carry the tag", admin, call("ec2:CreateTags", tagged("Project"), volume), "")
	for _, key := range []string{"Project", "ssmsessionrunas"} {
		for action, arn := range map[string]string{
			"iam:TagRole": work.role("App"), "iam:UntagRole": work.role("App"), "iam:CreateRole": work.role("App"),
			"iam:TagUser": work.user("robot"), "iam:UntagUser": work.user("robot"), "iam:CreateUser": work.user("robot"),
		} {
			add(
				"an administrator gives a principal a project or OS user: "+action+" "+key,
				admin,
				call(action, tagged("Name", key), arn),
				"DenyWritingAuthorizationTagsOfPrincipals",
			)
			for _, who := range undoers {
				add(who+" does: "+action, work.as(who), call(action, tagged(key), arn), "")
			}
		}
	}
	role := work.role("App")
	o.sessionTagAttempts(work, admin, add)
	add("other session tags are free", admin, call("iam:TagRole", tagged("Team"), role), "")
}

// sessionTagAttempts are the tags that somebody may wish for a session, in roles that take them all.
func (o organization) sessionTagAttempts(work inAccount, admin access.Session, add adding) {
	someone := access.LongTermKey(inAccount{o, accounts.Home}.user("root-like"))
	tag := func(key, value string) world.Tag { return world.Tag{Key: key, Value: value} }
	project, own := tag("project", "Test Project 1"), tag(guardrail.RunAsTag, "rootlike")
	lax, shared := work.role("lax"), work.role("guardrails/operation/from-user/shared")
	elsewhere := "DenyWritingAuthorizationTagsOfPrincipals"
	if o.Policies.ProtectGuardrails.OwnOSUsers {
		elsewhere = "DenyAuthorizationTagsOfSessions"
	}
	add("a session gives itself a project", admin, access.AssumeRole(lax, "alice", project), elsewhere)
	add(
		"a session gives itself an OS user",
		someone,
		access.AssumeRole(lax, "root-like", tag("ssmsessionrunas", "root")),
		elsewhere,
	)
	add("a session gives itself their own OS user", someone, access.AssumeRole(lax, "root-like", own), elsewhere)
	add("other session tags are free", someone, access.AssumeRole(lax, "root-like", tag("Team", "red")), "")
	add("break-glass passes any tag", work.as("BreakGlass"), access.AssumeRole(lax, "alice", project, own), "")
	if !o.Policies.ProtectGuardrails.OwnOSUsers {
		add(
			"nobody passes an OS user to a shared role",
			someone,
			access.AssumeRole(shared, "root-like", own),
			elsewhere,
		)
		return
	}
	add("a person passes their own OS user to a shared role", someone, access.AssumeRole(shared, "root-like", own), "")
	for it, other := range map[string]string{"somebody else's": "alice", "nearly the own": "Rootlike", "a pattern of the own": "root*", "an empty": ""} {
		add(
			"a person passes "+it+" OS user to a shared role",
			someone,
			access.AssumeRole(shared, "root-like", tag(guardrail.RunAsTag, other)),
			"DenyOSUsersOfOthers",
		)
	}
	add(
		"a person without an OS user passes one",
		access.LongTermKey(inAccount{o, accounts.Home}.user("people/pat")),
		access.AssumeRole(shared, "pat", own),
		"DenyOSUsersOfOthers",
	)
	add("a role passes an OS user", admin, access.AssumeRole(shared, "alice", own), "DenyOSUsersOfOthers")
	add(
		"a person passes a project along",
		someone,
		access.AssumeRole(shared, "root-like", own, project),
		"DenyOtherSessionTags",
	)
	add(
		"a person passes any other tag along",
		someone,
		access.AssumeRole(shared, "root-like", own, tag("Team", "red")),
		"DenyOtherSessionTags",
	)
	add(
		"a person passes another spelling",
		someone,
		access.AssumeRole(shared, "root-like", tag("ssmsessionrunas", "rootlike")),
		"DenyOtherSessionTags",
	)
	add(
		"a shared role is assumed without a tag, for the guardrails",
		someone,
		access.AssumeRole(shared, "root-like"),
		"",
	)
}

// Stack sets and Quick Setup act with roles that make exempt ones, and a stack acts as its role for whoever changes it.
func (o organization) makerAttempts(work inAccount, admin access.Session, each addingEach) {
	cloudFormation := func(resource string) string {
		return policy.ARN{
			Partition: work.partition(),
			Service:   "cloudformation",
			Region:    accounts.Regions[work.partition()][0],
			Account:   work.id,
			Resource:  resource,
		}.String()
	}
	sets := cloudFormation("stackset/anything:0123456789abcdef")
	manager := policy.ARN{
		Partition: work.partition(),
		Service:   "ssm-quicksetup",
		Region:    accounts.Regions[work.partition()][0],
		Account:   work.id,
		Resource:  "configuration-manager/x",
	}.String()
	stack := cloudFormation("stack/StackSet-AWS-QuickSetup-JITNA-0123/0123")
	writesSets := []string{
		"cloudformation:CreateStackSet",
		"cloudformation:UpdateStackSet",
		"cloudformation:CreateStackInstances",
		"cloudformation:UpdateStackInstances",
		"cloudformation:DeleteStackInstances",
		"cloudformation:ImportStacksToStackSet",
	}
	configures := []string{
		"ssm-quicksetup:CreateConfigurationManager",
		"ssm-quicksetup:DeleteConfigurationManager",
		"ssm-quicksetup:UpdateConfigurationManager",
		"ssm-quicksetup:UpdateConfigurationDefinition",
	}
	changesStack := []string{
		"cloudformation:UpdateStack",
		"cloudformation:DeleteStack",
		"cloudformation:ExecuteChangeSet",
		"cloudformation:ExecuteStackRefactor",
	}
	set, ofSet := "DenyChangingStackSetsAndQuickSetup", "DenyChangingStacksOfStackSets"
	for it, as := range map[string]access.Session{
		"an administrator": admin, "a bootstrap role": work.as(
			"OrganizationAccountAccessRole",
		), "the token role": work.as(guardrail.TokenRoleName), "a tagger": work.as("pipelines/Tagger"),
	} {
		each(it+" writes stack sets", as, writesSets, nil, sets, set)
		each(it+" configures Quick Setup", as, configures, nil, manager, set)
		each(it+" changes a stack of a stack set", as, changesStack, nil, stack, ofSet)
	}
	for _, who := range append([]string{"StackSetPipeline"}, undoers...) {
		each(who+" writes stack sets", work.as(who), writesSets, nil, sets, "")
		each(who+" configures Quick Setup", work.as(who), configures, nil, manager, "")
		each(who+" changes a stack of a stack set", work.as(who), changesStack, nil, stack, "")
	}
	for _, who := range []string{"stacksets-exec-0123456789abcdef", "AWS-QuickSetup-JITNA-Execution", "service-role/AWS-QuickSetup-JITNA-Local"} {
		each(who+" deploys its stack", work.as(who), changesStack, nil, stack, "")
		each(who+" deploys stack sets", work.as(who), writesSets, nil, sets, "")
	}
	each("an administrator changes other stacks", admin, changesStack, nil, cloudFormation("stack/app/0123"), "")
	each("an administrator reads stack sets", admin, []string{"cloudformation:DescribeStackSet"}, nil, sets, "")
	each(
		"an administrator makes the role that writes stack sets",
		admin,
		makesRole,
		nil,
		work.role("StackSetPipeline"),
		"DenyMakingGuardedRoles",
	)
	each(
		"an administrator takes the role that writes stack sets over",
		admin,
		changesRole,
		nil,
		work.role("StackSetPipeline"),
		"DenyChangingGuardedRoles",
	)
}

func (o organization) justInTimeAttempts(work inAccount, admin access.Session, each addingEach) {
	settings := []string{"ssm:UpdateServiceSetting", "ssm:ResetServiceSetting"}
	provider := work.ssm("servicesetting/ssm/just-in-time-access/identity-provider")
	made := []string{
		guardrail.TokenRoleName,
		"AWS-QuickSetup-mine",
		"service-role/AWS-QuickSetup-mine",
		"stacksets-exec-mine",
	}
	for _, name := range made {
		each(
			"an administrator makes or changes "+name,
			admin,
			everyChange,
			nil,
			work.role(name),
			"DenyChangingRolesOfQuickSetup",
		)
	}
	o.makerAttempts(work, admin, each)
	makers := []string{
		"AWS-QuickSetup-JITNA-Execution",
		"service-role/AWS-QuickSetup-JITNA-Local",
		"stacksets-exec-0123456789abcdef",
	}
	for _, who := range append(makers, undoers...) {
		for _, name := range made {
			each(who+" makes "+name, work.as(who), everyChange, nil, work.role(name), "")
		}
		for _, kind := range []string{"AutoApprovalPolicy", "ManualApprovalPolicy"} {
			each(
				who+" writes a policy of "+kind,
				work.as(who),
				changesDocument,
				access.Context{"ssm:DocumentType": {kind}},
				work.ssm("document/"+justintime.DenyAccessDocument),
				"",
			)
		}
		each(who+" sets whom approvals believe", work.as(who), settings, nil, provider, "")
	}
	for _, who := range makers {
		each(
			who+" makes itself a way in",
			work.as(who),
			makesRole,
			nil,
			work.role("guardrails/osaccess/mine"),
			"DenyMakingGuardedRoles",
		)
		each(
			who+" makes the deployer",
			work.as(who),
			makesRole,
			nil,
			work.role("GuardrailDeployer"),
			"DenyMakingDeployerButForBootstrap",
		)
	}
	for _, kind := range []string{"AutoApprovalPolicy", "ManualApprovalPolicy"} {
		each(
			"an administrator approves himself by "+kind,
			admin,
			changesDocument,
			access.Context{"ssm:DocumentType": {kind}},
			work.ssm("document/"+justintime.AutoApprovalDocument),
			"DenyChangingApprovalPolicies",
		)
	}
	each(
		"an administrator changes whom approvals believe",
		admin,
		settings,
		nil,
		provider,
		"DenyChangingJustInTimeSettings",
	)
	each(
		"other settings are free",
		admin,
		settings,
		nil,
		work.ssm("servicesetting/ssm/parameter-store/default-parameter-tier"),
		"",
	)
	each(
		"people ask for access",
		admin,
		[]string{"ssm:StartAccessRequest"},
		nil,
		work.partition().InstanceARN(accounts.Regions[work.partition()][0], accounts.Other, accounts.FirstNode),
		"",
	)
}

// An administrator of an account has no way round the guardrails that a service control policy can close, and whoever
// needs to can still work: every attempt is decided, by the statement that is meant to.
func TestNobodyGoesRoundTheGuardrails(t *testing.T) {
	for _, p := range []policy.Partition{policy.AWS, policy.AWSChina, policy.AWSUSGov} {
		for name, o := range map[string]organization{"shipped": shippedOrganization(p), "full": fullOrganization(p)} {
			t.Run(string(p)+"/"+name, func(t *testing.T) {
				wrong, err := o.wrong(o.allAttempts(), nil)
				require.NoError(t, err)
				assert.Empty(t, wrong)
			})
		}
	}
}

// allAttempts are those at the guardrails and those at the doors.
func (o organization) allAttempts() []attempt {
	attempts := o.attempts()
	if len(o.Policies.JustInTimeAccounts) > 0 {
		attempts = append(attempts, o.doorAttempts()...)
	}
	return attempts
}

// wrong are the attempts that are not decided as they should be. A change is applied to the planned documents first,
// and then the first is enough.
func (o organization) wrong(attempts []attempt, change func(*access.World)) ([]string, error) {
	w := o.World(nil)
	if change != nil {
		change(&w)
	}
	engine, err := access.Compile(w)
	if err != nil {
		return nil, err
	}
	var wrong []string
	for _, a := range attempts {
		a.request.Time = accounts.Noon
		got, err := engine.Decide(a.as.IssuedAt(accounts.Noon), a.request)
		if err != nil {
			return nil, err
		}
		switch {
		case a.sid == "" && !got.Allowed():
			wrong = append(wrong, a.it+": "+got.String())
		case a.sid != "" && (got.Outcome != access.ExplicitlyDenied || got.By.Sid != a.sid):
			wrong = append(wrong, a.it+": "+got.String()+", not by "+a.sid)
		}
		if change != nil && len(wrong) > 0 {
			break
		}
	}
	return wrong, nil
}

// With ownOSUsers people pass their own OS user to shared roles, and nothing else to any; the proofs hold, and miss
// each of the statements.
func TestTheOrganizationLetsPeoplePassTheOwnOSUserAlone(t *testing.T) {
	o := fullOrganization(policy.AWS)
	o.Policies.ProtectGuardrails.OwnOSUsers = true
	wrong, err := o.wrong(o.allAttempts(), nil)
	require.NoError(t, err)
	assert.Empty(t, wrong)
	for _, sid := range []string{"", "DenyAuthorizationTagsOfSessions", "DenyOSUsersOfOthers", "DenyOtherSessionTags"} {
		holds := true
		for _, f := range o.proven(t, func(org *world.Organization) { dropStatement(&org.Root, sid) }) {
			holds = holds && (f.ID != "organization-tags-are-protected" || f.Verdict != prove.DoesNotHold)
		}
		assert.Equal(t, sid == "", holds, sid)
	}
}
