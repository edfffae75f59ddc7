package sections

import (
	"time"

	"aws-access-guardrails/guardrail/osaccess"
	"aws-access-guardrails/internal/strictyaml"
	"aws-access-guardrails/policy"
)

// OSAccess is the section "osAccess": the template, and the people of the shared role as the file names them.
type OSAccess struct {
	osaccess.Args
	StandingUsers []PersonOrTeam
}

var osAccessKeys = strictyaml.Keys(
	"what opens operating systems without an operation role: a template that grants open",
	strictyaml.Key("readOnly", func(a *OSAccess) *bool { return &a.ReadOnly }, strictyaml.Boolean{}).
		OrElse(false, "AWS's policy ReadOnlyAccess reads data and secrets' neighbours, which nobody needs for a shell").
		Doc("Lets the roles read the account with AWS's managed policy ReadOnlyAccess.").
		Example(false),
	strictyaml.Key("rdp", func(a *OSAccess) *bool { return &a.RDP }, strictyaml.Boolean{}).
		OrElse(false, "an account without Windows nodes needs none").
		Doc("Opens remote desktops of Windows nodes through Fleet Manager.").
		Example(true),
	strictyaml.Key("passwordData", func(a *OSAccess) *bool { return &a.PasswordData }, strictyaml.Boolean{}).
		OrElse(false, "the local administrator's password is everybody's and nobody's").
		Doc("Lets the roles read the encrypted password of a Windows node's local administrator, on the nodes that "+
			"they reach.").
		Example(false),
	strictyaml.Key(
		"projects",
		func(a *OSAccess) *[]string { return &a.Projects },
		strictyaml.Words(
			strictyaml.Text(policy.ValidateProject).Pattern(projectPattern),
		).NotEmpty("would read as every node of the account", "list projects, or remove the key to mean every node"),
	).
		OrNothing("every node of the account", "emergencies know no project").
		Doc("The values of the project tag on the nodes that can be reached.").
		Example([]string{"Test Project 1"}),
	strictyaml.Key(
		"documents",
		func(a *OSAccess) *[]string { return &a.Documents },
		strictyaml.Words(strictyaml.Text(policy.ValidateSessionDocumentName).Pattern(documentPattern)),
	).
		OrNothing("shells only", "every document is a way in of its own").
		Doc("Session documents that can be used besides the shell, by name. Names that begin with AWS- are AWS's.").
		Example([]string{"AWS-StartPortForwardingSession"}),
	strictyaml.Key("allowUnlogged", func(a *OSAccess) *bool { return &a.AllowUnlogged }, strictyaml.Boolean{}).
		OrElse(false, "such sessions leave the tag boundary or the OS user").
		Doc("Accepts documents that reach other hosts through a node, tunnel SSH, or run a command of the caller's.").
		Example(false),
	strictyaml.Key("grantMaxLength", func(a *OSAccess) *time.Duration { return &a.GrantMaxLength },
		grantLengths).
		OrElse(12*time.Hour, "a shift is what most work on a node takes; whoever needs longer asks again").
		Doc("The longest window of a grant.").
		Example("12h"),
	strictyaml.Key(
		"standingUsers",
		func(a *OSAccess) *[]PersonOrTeam { return &a.StandingUsers },
		people("standingPrincipalArns"),
	).
		OrNothing("nobody has access without a grant, and no shared role is made", "standing access is what grants replace").
		Doc("People who can use the shared role OSAccess at any time: users of this stack, or alias/name for those "+
			"of another stack of the organization. "+
			"Every check reports them."+teamDoc).
		Example([]string{"jump/alice"}),
	strictyaml.Key(
		"standingPrincipalArns",
		func(a *OSAccess) *[]string { return &a.StandingPrincipalARNs },
		strictyaml.Words(strictyaml.Text(nil).Pattern(userARNPattern)),
	).
		OrNothing("nobody else has standing access", "standing access is what grants replace").
		Doc("ARNs of IAM users who can use the shared role at any time.").
		Example([]string{"arn:aws:iam::444455556666:user/alice"}),
	strictyaml.Key(
		"runAs",
		func(a *OSAccess) *string { return &a.RunAs },
		strictyaml.Text(policy.ValidateOSUser).Pattern(osUserPattern),
	).
		OrNothing("shells of the shared role start as sessions.runAs.defaultUser", "a grant names the OS user of its person").
		Doc("The OS user of shells of the shared role.").
		Example("operator"),
	strictyaml.Key("mfaMaxAge", func(a *OSAccess) *time.Duration { return &a.MFAMaxAge }, mfaAges).
		OrElse(time.Hour, "a door that is rarely open asks who is there").
		Doc("How long ago the sign-in with MFA may be, for the shared role and for grants.").
		Example("1h"),
	strictyaml.Key("sourceNetworks", func(a *OSAccess) *[]string { return (*[]string)(&a.SourceNetworks) },
		strictyaml.Words(strictyaml.Text(nil)).NotEmpty("would read as every network", "list the networks, or remove the key")).
		OrNothing("its roles are assumed and used from anywhere", "emergencies begin anywhere").
		Doc("The networks from which the shared role and the roles of grants may be assumed and used: "+networksDoc).
		Example([]string{"203.0.113.0/24", "2001:db8::/32"}),
	strictyaml.Key("permissionsBoundary", func(a *OSAccess) *string { return &a.PermissionsBoundary },
		strictyaml.Text(nil)).
		OrNothing("the roles have none", noBoundaryReason).
		Doc("The permissions boundary of the shared role and of the roles of grants of OS access: "+boundaryDoc).
		Example("OnlyTokyo"),
)
