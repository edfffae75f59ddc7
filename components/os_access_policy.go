package components

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/doors"
	"aws-access-guardrails/policy"
)

const (
	// OSAccessRolePath is the path of the shared role and of the role of every grant.
	OSAccessRolePath = "/guardrails/osaccess/"
	// OSAccessRoleName is the name of the shared role.
	OSAccessRoleName = "OSAccess"
	// OSAccessGuardPolicyName is the inline policy of the shared role and of grants that carries the Denies.
	OSAccessGuardPolicyName = "os-access-guard"
	// OSAccessPolicyName is the inline policy of the shared role and of grants that opens sessions.
	OSAccessPolicyName = "os-access"
	// ReadOnlyPolicyName is the managed policy of AWS that readOnly attaches.
	ReadOnlyPolicyName = "ReadOnlyAccess"
)

const (
	osAccessMFAMaxAge     = time.Hour
	defaultGrantMaxLength = 12 * time.Hour
	guiConnect            = "ssm-guiconnect.amazonaws.com"
)

func (a *OSAccessArgs) standing() bool {
	return len(a.StandingUsers)+len(a.StandingPrincipalARNs) > 0
}

func (a *OSAccessArgs) grantMaxLength() time.Duration {
	return cmp.Or(a.GrantMaxLength, defaultGrantMaxLength)
}

func (a *OSAccessArgs) mfaMaxAge() time.Duration { return cmp.Or(a.MFAMaxAge, osAccessMFAMaxAge) }

// osAccess is what one role of the template reaches.
type osAccess struct {
	*OSAccessArgs
	// projects are the values of the project tag on the nodes; none means every node of the account.
	projects []string
}

func (o osAccess) instances() string {
	return o.Account.Partition.InstanceARN("*", o.Account.ID, "*")
}

func (o osAccess) nodes() []string {
	return []string{o.instances(), o.Account.Partition.ManagedInstanceARN("*", o.Account.ID, "*")}
}

// whereSessionsOpen are the instances, managed nodes and documents of the Regions of the preferences. Documents of AWS have no account.
func (o osAccess) whereSessionsOpen() []string {
	var reached []string
	for _, region := range o.Sessions.Regions {
		reached = append(reached, o.Account.Partition.InstanceARN(region, o.Account.ID, "*"),
			policy.ARN{Partition: o.Account.Partition, Service: "ssm", Region: region, Account: "*", Resource: "*"}.String())
	}
	return reached
}

// tagged are the key and the values that nodes must carry. A single project is read from the role's own tag, as operation roles do, so that its name
// may have any letters; several are written out, because a role has one tag.
func (o osAccess) tagged() (key string, values []string) {
	tag := projectTag(o.ProjectTag)
	if len(o.projects) == 1 {
		return "aws:ResourceTag/" + tag, []string{"${aws:PrincipalTag/" + tag + "}"}
	}
	return "aws:ResourceTag/" + tag, o.projects
}

// onNodes is the condition of an Allow on nodes; none when every node can be reached.
func (o osAccess) onNodes() []policy.Condition {
	if len(o.projects) == 0 {
		return nil
	}
	key, values := o.tagged()
	return []policy.Condition{policy.StringEquals(key, values...)}
}

// guardDocument is what no role of the template can do, whatever else is attached to it.
func (o osAccess) guardDocument() policy.Document {
	var statements []policy.Statement
	if len(o.projects) > 0 {
		// A missing tag on either side is a difference, so it is denied.
		key, values := o.tagged()
		statements = append(statements, policy.Deny("DenyNodesOfOtherProjects", "ec2:GetPasswordData", "ssm:StartSession").On(o.nodes()...).
			When(policy.StringNotEquals(key, values...)))
	}
	ways := otherWaysOntoNodes()
	if !o.RDP {
		ways = append(ways, "ssm-guiconnect:*")
	}
	if !o.PasswordData {
		// ReadOnlyAccess allows ec2:Get*.
		ways = append(ways, "ec2:GetPasswordData")
	}
	return policy.New(append(statements,
		// Fleet Manager opens remote desktops by ssm:StartSession as well.
		policy.Deny("DenySessionsWherePreferencesAreNotSet", "ssm:StartSession").OnAllExcept(o.whereSessionsOpen()...),
		policy.Deny("DenyOtherWaysOntoNodes", ways...).On("*"),
		policy.Deny("DenyWritingAuthorizationTags", append(authorizationTagActions(), "sts:TagSession")...).On("*"),
		policy.Deny("DenyChangingSessionDocuments",
			"ssm:CreateDocument", "ssm:DeleteDocument", "ssm:ModifyDocumentPermission", "ssm:UpdateDocument*").On("*"),
	)...)
}

// otherWaysOntoNodes are the actions besides sessions that reach the operating system of a node, or of a machine elsewhere. Actions that AWS adds to EC2
// Instance Connect or to associations are among them.
func otherWaysOntoNodes() []string {
	wide := []string{"ec2-instance-connect:*", "ssm:CreateAssociation*", "ssm:UpdateAssociation*"}
	ways := slices.DeleteFunc(doors.In(doors.OtherDoors, doors.RemoteExecution, doors.Automations), func(action string) bool {
		return slices.ContainsFunc(wide, func(pattern string) bool { return access.MatchAction(pattern, action) })
	})
	ways = append(ways, wide...)
	slices.Sort(ways)
	return ways
}

// document opens sessions on nodes, and ends and resumes the own ones.
func (o osAccess) document() policy.Document {
	p, account := o.Account.Partition, o.Account.ID
	statements := []policy.Statement{
		policy.Allow("StartSessionsOnNodes", "ssm:StartSession").On(o.nodes()...).
			When(append(o.onNodes(), policy.BoolIfExists("ssm:SessionDocumentAccessCheck", true))...),
		// The default document: Run As, limits and logs are what it says.
		policy.Allow("UsePreferencesDocumentOfTheAccount", "ssm:StartSession").On(p.DocumentARN("*", account, PreferencesDocument)),
		policy.Allow("ViewConnectionStatus", "ssm:GetConnectionStatus").On(o.nodes()...).When(o.onNodes()...),
		// The service authorization reference lists no resource type for it; the channel also needs the token that StartSession returned.
		policy.Allow("OpenDataChannels", "ssmmessages:OpenDataChannel").On("*"),
		// A role session has no aws:username, and session ids begin with the session name, not with aws:userid: only this tag tells whose it is.
		policy.Allow("ResumeAndEndOwnSessions", "ssm:ResumeSession", "ssm:TerminateSession").On(p.SessionARN("*", account, "*")).
			When(policy.StringEquals("ssm:resourceTag/aws:ssmmessages:session-id", "${aws:userid}")),
		policy.Allow("ListNodesAndSessions",
			"ec2:DescribeInstances", "ssm:DescribeInstanceInformation", "ssm:DescribeInstanceProperties", "ssm:DescribeSessions").On("*"),
	}
	var documents []string
	for _, name := range o.Documents {
		if name != PreferencesDocument {
			documents = append(documents, p.DocumentARN("*", account, name))
		}
	}
	if len(documents) > 0 {
		statements = append(statements, policy.Allow("UseListedSessionDocuments", "ssm:StartSession").On(documents...))
	}
	if o.RDP {
		statements = append(statements,
			// Fleet Manager starts the session in the name of the caller, so the nodes are those of StartSessionsOnNodes.
			policy.Allow("OpenRemoteDesktops", "ssm-guiconnect:CancelConnection", "ssm-guiconnect:GetConnection", "ssm-guiconnect:ListConnections",
				"ssm-guiconnect:StartConnection", "ssm:GetInventorySchema").On("*"),
			policy.Allow("ForwardPortsForRemoteDesktopsOnly", "ssm:StartSession").On(p.DocumentARN("*", account, portForwarding)).
				When(policy.Is(policy.Operator{Quantifier: policy.ForAnyValue, Base: policy.OpStringEquals}, "aws:CalledVia", guiConnect)))
	}
	if o.PasswordData {
		statements = append(statements, policy.Allow("ReadEncryptedWindowsPasswords", "ec2:GetPasswordData").On(o.instances()).When(o.onNodes()...))
	}
	if key := o.Sessions.KMSKeyID; key != "" {
		statements = append(statements, policy.Allow("EncryptSessionData", "kms:GenerateDataKey").On(keyARN(o.Account, "*", key)))
	}
	return policy.New(statements...)
}

// access is the role of the template under a name and a trust policy, with more Denies than the template's own.
func (o osAccess) access(name, runAs string, trust policy.Document, fences ...policy.Statement) access.Role {
	role := access.Role{
		Name: name, Path: OSAccessRolePath, Trust: trust, MaxSession: int(defaultMaxSession / time.Second),
		Inline: []access.InlinePolicy{
			{Name: OSAccessGuardPolicyName, Document: policy.New(append(fences, o.guardDocument().Statements...)...)},
			{Name: OSAccessPolicyName, Document: o.document()},
		},
	}
	if len(o.projects) == 1 {
		role.Tags = append(role.Tags, access.Tag{Key: projectTag(o.ProjectTag), Value: o.projects[0]})
	}
	if runAs != "" {
		role.Tags = append(role.Tags, access.Tag{Key: RunAsTag, Value: runAs})
	}
	if o.ReadOnly {
		role.Attached = []string{o.Account.Partition.ManagedPolicyARN(ReadOnlyPolicyName)}
	}
	return role
}

func (a *OSAccessArgs) trust() trust {
	return trust{
		account: a.Account, users: a.StandingUsers, principalARNs: a.StandingPrincipalARNs, userPaths: a.UserPaths, mfaMaxAge: a.mfaMaxAge(),
	}
}

// role is the shared role as a world has it.
func (a *OSAccessArgs) role() access.Role {
	return osAccess{a, a.Projects}.access(OSAccessRoleName, a.RunAs, a.trust().document())
}

// RoleARN is the ARN of the shared role, whether it is made or not.
func (a *OSAccessArgs) RoleARN() string {
	return a.Account.Partition.RoleARN(a.Account.ID, OSAccessRolePath, OSAccessRoleName)
}

// AddTo adds the shared role to a world, with the documents that NewOSAccess registers; nothing when nobody is in StandingUsers.
func (a *OSAccessArgs) AddTo(w *access.Account) {
	if a.standing() {
		w.Roles = append(w.Roles, a.role())
	}
}

// Notices says what the template opens that is easy to overlook: who stands in the door all the time, what ReadOnlyAccess reads, and that
// every node of the account can be reached. Paths are relative to the section "osAccess".
func (a *OSAccessArgs) Notices() Notices {
	var n Notices
	if a.ReadOnly {
		n.add("readOnly", "ReadOnlyAccess reads data as well as settings: objects in S3, items in DynamoDB, log events, parameters of Parameter Store, "+
			"code of Lambda functions, messages and images; what a key of KMS encrypts and what Secrets Manager keeps is not among it")
	}
	if a.PasswordData {
		n.add("passwordData", "whoever holds the private key of a node's key pair becomes its local administrator, and Run As and session logs do not apply")
	}
	if len(a.Projects) == 0 {
		n.add("projects", "is not given, so every node of account "+a.Account.ID+" can be reached")
	}
	if a.standing() {
		n.add("standingUsers", strings.Join(append(append([]string(nil), a.StandingUsers...), a.StandingPrincipalARNs...), ", ")+
			" can open shells at any time; a grant would end")
	}
	return n
}
