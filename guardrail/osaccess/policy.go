package osaccess

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"aws-access-guardrails/access/world"
	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/guardrail/group"
	"aws-access-guardrails/policy"
)

const (
	osAccessMFAMaxAge = time.Hour
	guiConnect        = "ssm-guiconnect.amazonaws.com"
)

func (a *Args) Standing() bool {
	return len(a.StandingUsers)+len(a.StandingPrincipalARNs) > 0
}

func (a *Args) LongestGrant() time.Duration {
	return cmp.Or(a.GrantMaxLength, guardrail.GrantMaxLength)
}

func (a *Args) MfaMaxAge() time.Duration { return cmp.Or(a.MFAMaxAge, osAccessMFAMaxAge) }

// Opening is what one role of the template reaches.
type Opening struct {
	*Args
	// projects are the values of the project tag on the nodes; none means every node of the account.
	Projects []string
}

func (o Opening) instances() string {
	return o.Account.Partition.InstanceARN("*", o.Account.ID, "*")
}

func (o Opening) nodes() []string {
	return []string{o.instances(), o.Account.Partition.ManagedInstanceARN("*", o.Account.ID, "*")}
}

// tagged are the nodes that can be reached. A single project is read from the role's own tag, as operation roles do, so
// that its name may have any letters; several are written out, because a role has one tag.
func (o Opening) tagged() guardrail.NodeProjects {
	tag := guardrail.ProjectTag(o.ProjectTag)
	projects := guardrail.NodeProjects{Key: "aws:ResourceTag/" + tag, Values: o.Projects, Separator: o.ProjectSeparator}
	if len(o.Projects) == 1 {
		projects.Values = []string{"${aws:PrincipalTag/" + tag + "}"}
	}
	return projects
}

// onNodes is the condition of an Allow on nodes; none when every node can be reached.
func (o Opening) onNodes() []policy.Condition {
	if len(o.Projects) == 0 {
		return nil
	}
	return []policy.Condition{o.tagged().Same()}
}

// guardDocument is what no role of the template can do, whatever else is attached to it.
func (o Opening) guardDocument() policy.Document {
	var statements []policy.Statement
	if len(o.Projects) > 0 {
		// A missing tag on either side is a difference, so it is denied.
		statements = append(
			statements,
			policy.Deny("DenyNodesOfOtherProjects", "ec2:GetPasswordData", "ssm:StartSession").On(o.nodes()...).
				When(o.tagged().Differs()),
		)
	}
	ways := guardrail.OtherWaysOntoNodes()
	if !o.RDP {
		ways = append(ways, "ssm-guiconnect:*")
	}
	if !o.PasswordData {
		// ReadOnlyAccess allows ec2:Get*.
		ways = append(ways, "ec2:GetPasswordData")
	}
	return policy.New(append(
		statements,
		// Fleet Manager opens remote desktops by ssm:StartSession as well.
		policy.Deny("DenySessionsWherePreferencesAreNotSet", "ssm:StartSession").
			OnAllExcept(guardrail.WhereSessionsOpen(o.Account, o.Sessions.Regions)...),
		policy.Deny("DenyOtherWaysOntoNodes", ways...).On("*"),
		policy.Deny("DenyWritingAuthorizationTags", append(group.AuthorizationTagActions(), "sts:TagSession")...).
			On("*"),
		policy.Deny("DenyChangingSessionDocuments",
			"ssm:CreateDocument", "ssm:DeleteDocument", "ssm:ModifyDocumentPermission", "ssm:UpdateDocument*").On("*"),
	)...)
}

// document opens sessions on nodes, and ends and resumes their own.
func (o Opening) document() policy.Document {
	p, account := o.Account.Partition, o.Account.ID
	statements := []policy.Statement{
		policy.Allow("StartSessionsOnNodes", "ssm:StartSession").On(o.nodes()...).
			When(append(o.onNodes(), policy.BoolIfExists("ssm:SessionDocumentAccessCheck", true))...),
		// The default document: Run As, limits and logs are what it says.
		policy.Allow("UsePreferencesDocumentOfTheAccount", "ssm:StartSession").
			On(p.DocumentARN("*", account, guardrail.PreferencesDocument)),
		policy.Allow("ViewConnectionStatus", "ssm:GetConnectionStatus").On(o.nodes()...).When(o.onNodes()...),
		// The service authorization reference lists no resource type for it; the channel also needs the token that
		// StartSession returned.
		policy.Allow("OpenDataChannels", "ssmmessages:OpenDataChannel").On("*"),
		// A role session has no aws:username, and session ids begin with the session name, not with aws:userid: only
		// this tag tells whose it is.
		policy.Allow("ResumeAndEndOwnSessions", "ssm:ResumeSession", "ssm:TerminateSession").
			On(p.SessionARN("*", account, "*")).
			When(policy.StringEquals("ssm:resourceTag/aws:ssmmessages:session-id", "${aws:userid}")),
		policy.Allow(
			"ListNodesAndSessions",
			"ec2:DescribeInstances",
			"ssm:DescribeInstanceInformation",
			"ssm:DescribeInstanceProperties",
			"ssm:DescribeSessions",
		).On("*"),
	}
	var documents []string
	for _, name := range o.Documents {
		if name != guardrail.PreferencesDocument {
			documents = append(documents, p.DocumentARN("*", account, name))
		}
	}
	if len(documents) > 0 {
		statements = append(statements, policy.Allow("UseListedSessionDocuments", "ssm:StartSession").On(documents...))
	}
	if o.RDP {
		statements = append(
			statements,
			// Fleet Manager starts the session in the name of the caller, so the nodes are those of
			// StartSessionsOnNodes.
			policy.Allow("OpenRemoteDesktops", "ssm-guiconnect:CancelConnection", "ssm-guiconnect:GetConnection", "ssm-guiconnect:ListConnections",
				"ssm-guiconnect:StartConnection", "ssm:GetInventorySchema").
				On("*"),
			policy.Allow("ForwardPortsForRemoteDesktopsOnly", "ssm:StartSession").
				On(p.DocumentARN("*", account, world.PortDocument)).
				When(policy.Is(policy.Operator{Quantifier: policy.ForAnyValue, Base: policy.OpStringEquals}, "aws:CalledVia", guiConnect)),
		)
	}
	if o.PasswordData {
		statements = append(
			statements,
			policy.Allow("ReadEncryptedWindowsPasswords", "ec2:GetPasswordData").On(o.instances()).When(o.onNodes()...),
		)
	}
	if key := o.Sessions.KMSKeyID; key != "" {
		statements = append(
			statements,
			policy.Allow("EncryptSessionData", "kms:GenerateDataKey").On(guardrail.KeyARN(o.Account, "*", key)),
		)
	}
	return policy.New(statements...)
}

// Access is the role of the template under a name and a trust policy, with more Denies than the template's own.
func (o Opening) Access(name, runAs string, trust policy.Document, fences ...policy.Statement) world.Role {
	if len(o.SourceNetworks) > 0 {
		fences = append(slices.Clip(fences), o.SourceNetworks.DenyUse())
	}
	role := world.Role{
		Name:       name,
		Path:       guardrail.OSAccessRolePath,
		Trust:      trust,
		MaxSession: int(guardrail.DefaultMaxSession / time.Second),
		Boundary:   o.ManagedPolicies.ARN(o.Account, o.PermissionsBoundary),
		Inline: []world.InlinePolicy{
			{
				Name:     guardrail.OSAccessGuardPolicyName,
				Document: policy.New(append(fences, o.guardDocument().Statements...)...),
			},
			{Name: guardrail.OSAccessPolicyName, Document: o.document()},
		},
	}
	if len(o.Projects) == 1 {
		role.Tags = append(role.Tags, world.Tag{Key: guardrail.ProjectTag(o.ProjectTag), Value: o.Projects[0]})
	}
	if runAs != "" {
		role.Tags = append(role.Tags, world.Tag{Key: guardrail.RunAsTag, Value: runAs})
	}
	if o.ReadOnly {
		role.Attached = []string{o.Account.Partition.ManagedPolicyARN(guardrail.ReadOnlyPolicyName)}
	}
	return role
}

func (a *Args) trust() guardrail.Trust {
	return guardrail.Trust{
		Account:        a.Account,
		Users:          a.StandingUsers,
		PrincipalARNs:  a.StandingPrincipalARNs,
		UserPaths:      a.UserPaths,
		MfaMaxAge:      a.MfaMaxAge(),
		SourceNetworks: a.SourceNetworks,

		UsersKey: "standingUsers", PrincipalARNsKey: "standingPrincipalArns",
	}
}

// Role is the shared role as a world has it.
func (a *Args) Role() world.Role {
	return Opening{a, a.Projects}.Access(guardrail.OSAccessRoleName, a.RunAs, a.trust().Document())
}

// RoleARN is the ARN of the shared role, whether it is made or not.
func (a *Args) RoleARN() string {
	return a.Account.Partition.RoleARN(a.Account.ID, guardrail.OSAccessRolePath, guardrail.OSAccessRoleName)
}

// AddTo adds the shared role to a world, with the documents that NewOSAccess registers; nothing when nobody is in
// StandingUsers.
func (a *Args) AddTo(w *world.Account) {
	if a.Standing() {
		w.Roles = append(w.Roles, a.Role())
	}
}

// Notices says what the template opens that is easy to overlook: who stands in the door all the time, what
// ReadOnlyAccess reads, and that every node of the account can be reached. Paths are relative to the section
// "osAccess".
func (a *Args) Notices() guardrail.Notices {
	var n guardrail.Notices
	if a.ReadOnly {
		n.Add(
			"readOnly",
			"ReadOnlyAccess reads data as well as settings: objects in S3, items in DynamoDB, log events, parameters of Parameter Store, "+
				"code of Lambda functions, messages and images; what a key of KMS encrypts and what Secrets Manager keeps is not among it",
		)
	}
	if a.PasswordData {
		n.Add(
			"passwordData",
			"whoever holds the private key of a node's key pair becomes its local administrator, and Run As and session logs do not apply",
		)
	}
	if len(a.Projects) == 0 {
		n.Add("projects", "is not given, so every node of account "+a.Account.ID+" can be reached")
	}
	if a.Standing() {
		n.Add(
			"standingUsers",
			strings.Join(append(append([]string(nil), a.StandingUsers...), a.StandingPrincipalARNs...), ", ")+
				" can open shells at any time; a grant would end",
		)
	}
	return n
}
