package config

import (
	"time"

	"aws-access-guardrails/guardrail/osaccess"
	"aws-access-guardrails/policy"
)

var osAccessKeys = keys(
	"what opens operating systems without an operation role: a template that grants open",
	key("readOnly", func(a *osaccess.Args) *bool { return &a.ReadOnly }, boolean{}).
		orElse(false, "AWS's policy ReadOnlyAccess reads data and secrets' neighbours, which nobody needs for a shell").
		doc("Lets the roles read the account with AWS's managed policy ReadOnlyAccess.").
		example(false),
	key("rdp", func(a *osaccess.Args) *bool { return &a.RDP }, boolean{}).
		orElse(false, "an account without Windows nodes needs none").
		doc("Opens remote desktops of Windows nodes through Fleet Manager.").
		example(true),
	key("passwordData", func(a *osaccess.Args) *bool { return &a.PasswordData }, boolean{}).
		orElse(false, "the local administrator's password is everybody's and nobody's").
		doc("Lets the roles read the encrypted password of a Windows node's local administrator, on the nodes that they reach.").
		example(false),
	key(
		"projects",
		func(a *osaccess.Args) *[]string { return &a.Projects },
		words(
			text(policy.ValidateProject).pattern(projectPattern),
		).notEmpty("would read as every node of the account", "list projects, or remove the key to mean every node"),
	).
		orNothing("every node of the account", "emergencies know no project").
		doc("The values of the project tag on the nodes that can be reached.").
		example([]string{"Test Project 1"}),
	key(
		"documents",
		func(a *osaccess.Args) *[]string { return &a.Documents },
		words(text(policy.ValidateSessionDocumentName).pattern(documentPattern)),
	).
		orNothing("shells only", "every document is a way in of its own").
		doc("Session documents that can be used besides the shell, by name. Names that begin with AWS- are AWS's.").
		example([]string{"AWS-StartPortForwardingSession"}),
	key("allowUnlogged", func(a *osaccess.Args) *bool { return &a.AllowUnlogged }, boolean{}).
		orElse(false, "such sessions leave the tag boundary or the OS user").
		doc("Accepts documents that reach other hosts through a node, tunnel SSH, or run a command of the caller's.").
		example(false),
	key("grantMaxLength", func(a *osaccess.Args) *time.Duration { return &a.GrantMaxLength },
		durationKind{least: time.Minute, most: 7 * 24 * time.Hour, step: time.Second}).
		orElse(12*time.Hour, "a shift is what most work on a node takes; whoever needs longer asks again").
		doc("The longest window of a grant.").
		example("12h"),
	key(
		"standingUsers",
		func(a *osaccess.Args) *[]string { return &a.StandingUsers },
		words(text(person("standingPrincipalArns")).pattern(personPattern)),
	).
		orNothing("nobody has access without a grant, and no shared role is made", "standing access is what grants replace").
		doc("People who can use the shared role OSAccess at any time: users of this stack, or alias/name for those of another stack of the organization. "+
			"Every check reports them."+teamDoc).
		example([]string{"jump/alice"}),
	key(
		"standingPrincipalArns",
		func(a *osaccess.Args) *[]string { return &a.StandingPrincipalARNs },
		words(text(nil).pattern(userARNPattern)),
	).
		orNothing("nobody else has standing access", "standing access is what grants replace").
		doc("ARNs of IAM users who can use the shared role at any time.").
		example([]string{"arn:aws:iam::444455556666:user/alice"}),
	key(
		"runAs",
		func(a *osaccess.Args) *string { return &a.RunAs },
		text(policy.ValidateOSUser).pattern(osUserPattern),
	).
		orNothing("shells of the shared role start as sessions.runAs.defaultUser", "a grant names the OS user of its person").
		doc("The OS user of shells of the shared role.").
		example("operator"),
	key("mfaMaxAge", func(a *osaccess.Args) *time.Duration { return &a.MFAMaxAge }, mfaAges).
		orElse(time.Hour, "a door that is rarely open asks who is there").
		doc("How long ago the sign-in with MFA may be, for the shared role and for grants.").
		example("1h"),
)
