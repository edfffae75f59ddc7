package sections

import (
	"strings"
	"time"

	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/guardrail/delegated"
	"aws-access-guardrails/guardrail/operation"
	"aws-access-guardrails/internal/strictyaml"
	"aws-access-guardrails/policy"
)

// These keys are the same in every role.
const (
	usersDoc      = "People who may assume the role: names of users of this stack, or alias/name for users of another stack of the folder." + teamDoc
	principalsDoc = "ARNs of IAM users of other accounts, or of users of this account that the stack does not make, who may assume the role. Roles are " +
		"refused: a role session carries no MFA and could never pass. Roots and wildcards are refused: they name everybody."
	boundaryDoc = "a managed policy beyond which nothing that it carries allows anything. The name of one of " +
		"managedPolicies or of AWS, or an ARN of one of this account."
	networksDoc = "CIDR blocks of public addresses, of IPv4 and IPv6, and ids of VPCs (vpc-) and VPC endpoints (vpce-), through which calls " +
		"carry no address. Calls that a service of AWS makes for a session are left out."
	sourceNetworksDoc = "The networks from which the role may be assumed and used: " + networksDoc + " A grant of the role has its networks."
	noBoundaryReason  = "what it can do is listed here already"
	noUsersReason     = "people may all come from elsewhere; a role that nobody may assume is refused"
)

// OperationRole is an element of "operationRoles": the role, and the people who may assume it as the file names them.
type OperationRole struct {
	operation.Role
	Users []PersonOrTeam
}

// DelegatedRole is an element of "delegatedRoles", as OperationRole.
type DelegatedRole struct {
	delegated.Args
	Users []PersonOrTeam
}

var sessionNames = strictyaml.WordsOf(guardrail.SessionNameUser, guardrail.SessionNameAny)

var operationRoleKeys = strictyaml.Keys(
	"a role that reaches the nodes of one project as one OS user",
	strictyaml.Key("name", func(r *OperationRole) *string { return &r.Name }, strictyaml.Text(policy.ValidateRoleName).Pattern(namePattern)).
		OrNothing("the name is made of project and runAs, such as TestProject1-os-user1", "the two say what the role is for, and give the same name at every run").
		Doc("The name of the role. With its path /guardrails/operation/ it has at most 64 characters, or the "+
			"console cannot switch to it.").
		Example("non-97-project-ope-role"),
	strictyaml.Key(
		"users",
		func(r *OperationRole) *[]PersonOrTeam { return &r.Users },
		people("principalArns"),
	).
		OrNothing("nobody of this stack may assume the role", noUsersReason).
		Doc(usersDoc).
		Example([]string{"non-97-test-user1"}),
	strictyaml.Key(
		"principalArns",
		func(r *OperationRole) *[]string { return &r.PrincipalARNs },
		strictyaml.Words(strictyaml.Text(nil).Pattern(userARNPattern)),
	).
		OrNothing("nobody else may assume the role", noUsersReason).
		Doc(principalsDoc).
		Example([]string{"arn:aws:iam::444455556666:user/non-97-test-user3"}),
	strictyaml.Key(
		"project",
		func(r *OperationRole) *string { return &r.Project },
		strictyaml.Text(policy.ValidateProject).Pattern(projectPattern),
	).
		OrNothing("the role reaches the nodes of projects", "one of project and projects is given").
		Doc("The value of the project tag, on the role and on the nodes that it reaches.").
		Example("Test Project 1"),
	strictyaml.Key("projects", func(r *OperationRole) *[]string { return &r.Projects },
		strictyaml.Words(strictyaml.Text(policy.ValidateProject).Pattern(projectPattern)).
			NotEmpty("would reach no node", "list projects, or write project")).
		OrNothing("the role reaches the nodes of project", "most people work on one project at a time").
		Doc("The values of the project tag on the nodes that the role reaches, in place of project. The role has "+
			"policies of its own then.").
		Example([]string{"shop", "billing"}),
	strictyaml.Key(
		"environment",
		func(r *OperationRole) *string { return &r.Environment },
		strictyaml.Text(policy.ValidateProject).Pattern(projectPattern),
	).
		OrNothing("the role reaches nodes of its projects in every environment", "the project says enough").
		Doc("The value of the tag tags.environment, on the role and on the nodes that it reaches: they need this "+
			"and the project.").
		Example("staging"),
	strictyaml.Key("reboot", func(r *OperationRole) *bool { return &r.Reboot }, strictyaml.Boolean{}).
		OrElse(false, "whoever can stop and start an instance can do without").
		Doc("Lets the role reboot the instances of its projects (ec2:RebootInstances).").
		Example(true),
	strictyaml.Key(
		"runAs",
		func(r *OperationRole) *string { return &r.RunAs },
		strictyaml.Text(validateRoleRunAs).Pattern(roleRunAsPattern),
	).
		OrNothing("shells start as sessions.runAs.defaultUser, and a role is refused when there is none", "a shared default may be what is wanted").
		Doc("The OS user of the role's shells on Linux and macOS. It must exist on the nodes. Windows nodes ignore "+
			"it. With fromUser everybody's shells start as "+
			"users[].runAs of the person, so that several people share one role: it comes as a session tag, which "+
			"neither Switch Role nor a profile of the AWS CLI sends; "+
			"guardrails handover prints what does.").
		Example("os-user1"),
	strictyaml.Key(
		"documents",
		func(r *OperationRole) *[]string { return &r.Documents },
		strictyaml.Words(strictyaml.Text(policy.ValidateSessionDocumentName).Pattern(documentPattern)),
	).
		OrNothing("shells only", "every document is a way in of its own: port forwarding is neither logged nor run as the OS user").
		Doc("Session documents that the role may use besides the shell, by name. Names that begin with AWS- are "+
			"AWS's.").
		Example([]string{"AWS-StartPortForwardingSession"}),
	strictyaml.Key("volumeKeyArns", func(r *OperationRole) *[]string { return &r.VolumeKeyARNs }, strictyaml.Words(strictyaml.Text(nil))).
		OrNothing("instances with volumes under customer managed KMS keys fall back to stopped when the role starts them", "most volumes have AWS's own key, which needs nothing").
		Doc("ARNs of the customer managed KMS keys that encrypt volumes of the project's instances. The role may "+
			"have EC2 make grants on them (kms:CreateGrant, for AWS resources and through EC2 alone).").
		Example([]string{"arn:aws:kms:ap-northeast-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"}),
	strictyaml.Key("shell", func(r *OperationRole) **bool { return &r.Shell }, strictyaml.Optionally(strictyaml.Boolean{})).
		OrNothing("the role opens shells", "it is what most people need of a node").
		Doc("With false the role opens no shell: what its people can start is documents alone.").
		Example(false),
	strictyaml.Key("sourceNetworks", func(r *OperationRole) *[]string { return (*[]string)(&r.SourceNetworks) },
		strictyaml.Words(strictyaml.Text(nil)).NotEmpty("would read as every network", "list the networks, or remove the key")).
		OrNothing("the role is assumed and used from anywhere", "people work from many networks, with MFA").
		Doc(sourceNetworksDoc).
		Example([]string{"203.0.113.0/24", "2001:db8::/32"}),
	strictyaml.Key("permissionsBoundary", func(r *OperationRole) *string { return &r.PermissionsBoundary }, strictyaml.Text(nil)).
		OrNothing("the policies of the role bound it", "what an operation role can is listed here already").
		Doc("The permissions boundary of the role: "+boundaryDoc).
		Example("OnlyTokyo"),
	strictyaml.Key("allowUnlogged", func(r *OperationRole) *bool { return &r.AllowUnlogged }, strictyaml.Boolean{}).
		OrElse(false, "such sessions leave the tag boundary or the OS user").
		Doc("Accepts documents that reach other hosts through a node, tunnel SSH, or run a command of the caller's.").
		Example(false),
	strictyaml.Key("mfaMaxAge", func(r *OperationRole) *time.Duration { return &r.MFAMaxAge }, mfaAges).
		OrElse(12*time.Hour, "the console authorizes every switch with the sign-in of the morning").
		Doc("How long ago the sign-in with MFA may be when the role is assumed.").
		Example("12h"),
	strictyaml.Key("sessionName", func(r *OperationRole) *guardrail.SessionName { return &r.SessionName }, sessionNames).
		OrElse(guardrail.SessionNameUser, "a session that can be named after somebody else is worth nothing in a log").
		Doc("How sessions of the role must be named: userName wants the name of the user who assumes it, as the "+
			"console gives it; any takes every name.").
		Example("userName"),
	strictyaml.Key("maxSessionDuration", func(r *OperationRole) *time.Duration { return &r.MaxSessionDuration }, roleSessions).
		OrElse(time.Hour, "it is IAM's own default and the shortest that it takes").
		Doc("The longest session of the role.").
		Example("1h"),
	strictyaml.Key("grantMaxLength", func(r *OperationRole) *time.Duration { return &r.GrantMaxLength }, grantLengths).
		OrElse(12*time.Hour, "a shift is what most work takes; whoever needs longer asks again").
		Doc("The longest window of a grant of the role.").
		Example("2h"),
)

var delegatedRoleKeys = strictyaml.Keys(
	"a role with managed policies, for named people with fresh MFA",
	strictyaml.Key("name", func(r *DelegatedRole) *string { return &r.Name }, strictyaml.Text(policy.ValidateRoleName).Pattern(namePattern)).
		Required("write the name of the role").
		Doc("The name of the role. With its path /guardrails/delegated/ it has at most 64 characters, or the "+
			"console cannot switch to it.").
		Example("AdminRole"),
	strictyaml.Key(
		"users",
		func(r *DelegatedRole) *[]PersonOrTeam { return &r.Users },
		people("principalArns"),
	).
		OrNothing("nobody of this stack may assume the role", noUsersReason).
		Doc(usersDoc).
		Example([]string{"machamp"}),
	strictyaml.Key(
		"principalArns",
		func(r *DelegatedRole) *[]string { return &r.PrincipalARNs },
		strictyaml.Words(strictyaml.Text(nil).Pattern(userARNPattern)),
	).
		OrNothing("nobody else may assume the role", noUsersReason).
		Doc(principalsDoc).
		Example([]string{"arn:aws:iam::444455556666:user/machamp"}),
	strictyaml.Key("partner", func(r *DelegatedRole) **guardrail.Partner { return &r.Partner }, strictyaml.Optionally(partnerKeys)).
		OrNothing("people assume the role", "most roles are for people of the organization").
		Doc("A third party that assumes the role from accounts of its own, in place of people. It never "+
			"administers: the proofs refuse a role of a partner that could.").
		Example(map[string]any{"principalArns": []string{"arn:aws:iam::999999999999:role/Collector"}, "externalId": "example-org-4711"}),
	strictyaml.Key("managedPolicies", func(r *DelegatedRole) *[]string { return &r.ManagedPolicies },
		strictyaml.Words(strictyaml.Text(nil)).
			NotEmpty("leaves the role without permissions", "name a policy, or remove the role"),
	).
		Required("name the policies that the role carries").
		Doc("What the role may do: names of managedPolicies of this stack, or of AWS managed policies, with their "+
			"path where they have one, or ARNs of policies of AWS or of this account.").
		Example([]string{"AdministratorAccess"}),
	strictyaml.Key("sourceNetworks", func(r *DelegatedRole) *[]string { return (*[]string)(&r.SourceNetworks) },
		strictyaml.Words(strictyaml.Text(nil)).NotEmpty("would read as every network", "list the networks, or remove the key")).
		OrNothing("the role is assumed and used from anywhere", "people work from many networks, with MFA").
		Doc(sourceNetworksDoc).
		Example([]string{"203.0.113.0/24", "2001:db8::/32"}),
	strictyaml.Key("permissionsBoundary", func(r *DelegatedRole) *string { return &r.PermissionsBoundary }, strictyaml.Text(nil)).
		OrNothing("managedPolicies alone say what the role may do", "most of AWS's policies are as wide as they should be").
		Doc("The permissions boundary of the role: "+boundaryDoc).
		Example("OnlyTokyo"),
	strictyaml.Key("mfaMaxAge", func(r *DelegatedRole) *time.Duration { return &r.MFAMaxAge }, mfaAges).
		OrElse(time.Hour, "the more a role may do, the fresher the proof of who asks").
		Doc("How long ago the sign-in with MFA may be when the role is assumed.").
		Example("1h"),
	strictyaml.Key("sessionName", func(r *DelegatedRole) *guardrail.SessionName { return &r.SessionName }, sessionNames).
		OrElse(guardrail.SessionNameUser, "a session that can be named after somebody else is worth nothing in a log").
		Doc("How sessions of the role must be named, as in operationRoles.").
		Example("userName"),
	strictyaml.Key("maxSessionDuration", func(r *DelegatedRole) *time.Duration { return &r.MaxSessionDuration }, roleSessions).
		OrElse(time.Hour, "it is IAM's own default and the shortest that it takes").
		Doc("The longest session of the role.").
		Example("1h"),
	strictyaml.Key("grantMaxLength", func(r *DelegatedRole) *time.Duration { return &r.GrantMaxLength }, grantLengths).
		OrElse(12*time.Hour, "a shift is what most work takes; whoever needs longer asks again").
		Doc("The longest window of a grant of the role.").
		Example("2h"),
)

var partnerKeys = strictyaml.Keys(
	"a third party that assumes a role",
	strictyaml.Key("principalArns", func(p *guardrail.Partner) *[]string { return &p.PrincipalARNs }, strictyaml.Words(strictyaml.Text(nil))).
		Required("write the ARNs that the partner gave you").
		Doc("ARNs of roles or users of the partner, or of a whole account of it (arn:aws:iam::999999999999:root), "+
			"in which case the partner says who there.").
		Example([]string{"arn:aws:iam::999999999999:role/Collector"}),
	strictyaml.Key("externalId", func(p *guardrail.Partner) *string { return &p.ExternalID }, strictyaml.Text(nil)).
		Required("write the external id that the partner gave you").
		Doc("What the partner says when it assumes the role (sts:ExternalId), and keeps for this customer alone. "+
			"It is no secret.").
		Example("example-org-4711"),
)

// validateRoleRunAs takes a login, and fromUser.
func validateRoleRunAs(s string) error {
	switch {
	case s == operation.RunAsFromUser:
		return nil
	case strings.EqualFold(s, operation.RunAsFromUser):
		return strictyaml.Says("differs from "+operation.RunAsFromUser+" by case only",
			"write "+operation.RunAsFromUser+" for the OS user of each person, or another login name")
	}
	return policy.ValidateOSUser(s)
}

var (
	mfaAges      = strictyaml.Duration{Least: time.Minute, Most: 36 * time.Hour, Step: time.Second}
	grantLengths = strictyaml.Duration{Least: time.Minute, Most: 7 * 24 * time.Hour, Step: time.Second}
	roleSessions = strictyaml.Duration{Least: time.Hour, Most: 12 * time.Hour, Step: time.Second}
)
