package operation

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

// nodes are the machines that a session can open on, in every Region of the account. ECS tasks and documents, which
// sessions can name too, are not among them.
func (a *Args) nodes() []string {
	p, account := a.Account.Partition, a.Account.ID
	return []string{p.InstanceARN("*", account, "*"), p.ManagedInstanceARN("*", account, "*")}
}

func (a *Args) instances() string {
	return a.Account.Partition.InstanceARN("*", a.Account.ID, "*")
}

// ownProject is the project of the role's own tag: one document for all roles that have one.
func (a *Args) ownProject() guardrail.NodeProjects {
	tag := guardrail.ProjectTag(a.ProjectTag)
	return guardrail.NodeProjects{
		Key:       "aws:ResourceTag/" + tag,
		Values:    []string{"${aws:PrincipalTag/" + tag + "}"},
		Separator: a.ProjectSeparator,
	}
}

// listed are the projects of a role that lists them. One is read from the role's own tag, so that it may have any
// letters; several are written out, because a role has one tag.
func (a *Args) listed(r Role) guardrail.NodeProjects {
	if len(r.Projects) == 1 {
		return a.ownProject()
	}
	return guardrail.NodeProjects{
		Key:       "aws:ResourceTag/" + guardrail.ProjectTag(a.ProjectTag),
		Values:    r.Projects,
		Separator: a.ProjectSeparator,
	}
}

// projectsOf are the projects that the documents of a role compare.
func (a *Args) projectsOf(r Role) guardrail.NodeProjects {
	if r.Projects != nil {
		return a.listed(r)
	}
	return a.ownProject()
}

// GuardDocument is what no operation role can do, whatever else is attached to it: reach another project, and go
// round the tags, the named documents or Run As, be it in a Region where nobody set it.
func (a *Args) GuardDocument() policy.Document { return a.guard(a.ownProject()) }

func (a *Args) guard(projects guardrail.NodeProjects) policy.Document {
	statements := []policy.Statement{
		// A missing tag on either side is a difference, so it is denied.
		policy.Deny("DenyNodesOfOtherProjects", "ec2:RebootInstances", "ec2:StartInstances", "ec2:StopInstances", "ssm:StartSession").
			On(a.nodes()...).When(projects.Differs()),
	}
	if reached := guardrail.WhereSessionsOpen(a.Account, a.Regions); len(reached) > 0 {
		statements = append(
			statements,
			policy.Deny("DenySessionsWherePreferencesAreNotSet", "ssm:StartSession").OnAllExcept(reached...),
		)
	}
	return policy.New(append(
		statements,
		policy.Deny("DenyWritingAuthorizationTags", append(group.AuthorizationTagActions(), "sts:TagSession")...).
			On("*"),
		policy.Deny("DenyOtherWaysOntoNodes", append(guardrail.OtherWaysOntoNodes(), "ec2:GetPasswordData", "ssm-guiconnect:*")...).
			On("*"),
		policy.Deny("DenyChangingSessionDocuments",
			"ssm:CreateDocument", "ssm:DeleteDocument", "ssm:ModifyDocumentPermission", "ssm:UpdateDocument*").On("*"),
		// The user data of an instance that the role stops and starts runs as root.
		policy.Deny("DenyChangingWhatNodesRun", guardrail.ChangesOfNodes()...).On("*"),
	)...)
}

// environmentDeny keeps the role of an entry from nodes of other environments, whatever else is attached to it.
func (a *Args) environmentDeny() policy.Statement {
	// A missing tag on either side is a difference, so it is denied.
	return policy.Deny("DenyNodesOfOtherEnvironments",
		"ec2:RebootInstances", "ec2:StartInstances", "ec2:StopInstances", "ssm:GetConnectionStatus", "ssm:StartSession").
		On(a.nodes()...).
		When(policy.StringNotEquals("aws:ResourceTag/"+a.EnvironmentTag, "${aws:PrincipalTag/"+a.EnvironmentTag+"}"))
}

// ownDenies are the Denies of the role of an entry that no other role has.
func (a *Args) ownDenies(r Role) []policy.Statement {
	var denies []policy.Statement
	if r.Environment != "" {
		denies = append(denies, a.environmentDeny())
	}
	if len(r.SourceNetworks) > 0 {
		denies = append(denies, r.SourceNetworks.DenyUse())
	}
	return denies
}

// SessionsDocument opens shells on nodes of their own project, and ends and resumes their own sessions.
func (a *Args) SessionsDocument() policy.Document { return a.sessions(a.ownProject(), true) }

func (a *Args) sessions(projects guardrail.NodeProjects, shells bool) policy.Document {
	p, account := a.Account.Partition, a.Account.ID
	ownProject := projects.Same()
	statements := []policy.Statement{
		policy.Allow("StartSessionsOnNodesOfOwnProject", "ssm:StartSession").On(a.nodes()...).
			When(ownProject, policy.BoolIfExists("ssm:SessionDocumentAccessCheck", true)),
	}
	if shells {
		// The default document: Run As, limits and logs are what it says.
		statements = append(statements, policy.Allow("UsePreferencesDocumentOfTheAccount", "ssm:StartSession").
			On(p.DocumentARN("*", account, guardrail.PreferencesDocument)))
	}
	statements = append(statements,
		policy.Allow("ViewConnectionStatusOfOwnProject", "ssm:GetConnectionStatus").On(a.nodes()...).When(ownProject),
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
	)
	if a.KMSKeyID != "" {
		statements = append(
			statements,
			policy.Allow("EncryptSessionData", "kms:GenerateDataKey").On(guardrail.KeyARN(a.Account, "*", a.KMSKeyID)),
		)
	}
	return policy.New(statements...)
}

// StartStopDocument starts and stops the instances of their own project.
func (a *Args) StartStopDocument() policy.Document { return policy.New(a.startStop(a.ownProject())) }

func (a *Args) startStop(projects guardrail.NodeProjects) policy.Statement {
	return policy.Allow("StartAndStopInstancesOfOwnProject", "ec2:StartInstances", "ec2:StopInstances").
		On(a.instances()).When(projects.Same())
}

// RebootDocument reboots the instances of the role of an entry; false where it may not.
func (a *Args) RebootDocument(r Role) (policy.Document, bool) {
	if !r.Reboot {
		return policy.Document{}, false
	}
	return policy.New(policy.Allow("RebootInstancesOfOwnProject", "ec2:RebootInstances").
		On(a.instances()).When(a.projectsOf(r).Same())), true
}

// SessionDocumentsDocument lets the role of an entry use its session documents; false when the shell is all it has.
func (a *Args) SessionDocumentsDocument(r Role) (policy.Document, bool) {
	var documents []string
	for _, name := range r.Documents {
		if name != guardrail.PreferencesDocument {
			documents = append(documents, a.Account.Partition.DocumentARN("*", a.Account.ID, name))
		}
	}
	if len(documents) == 0 {
		return policy.Document{}, false
	}
	return policy.New(policy.Allow("UseListedSessionDocuments", "ssm:StartSession").On(documents...)), true
}

// VolumeKeysDocument lets EC2 use the keys of the volumes of the instances that the role of an entry starts; false
// where it names none.
func (a *Args) VolumeKeysDocument(r Role) (policy.Document, bool) {
	if len(r.VolumeKeyARNs) == 0 {
		return policy.Document{}, false
	}
	return policy.New(UseOfVolumeKeys(r.VolumeKeyARNs)), true
}

// UseOfVolumeKeys lets EC2 use the keys of the volumes of instances that are started. A grant that EC2 does not ask
// for is not allowed.
//
// Source: https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption-requirements.html,
// https://repost.aws/knowledge-center/kms-iam-ec2-permission.
func UseOfVolumeKeys(keys []string) policy.Statement {
	var services []string
	for _, key := range keys {
		arn, _ := policy.ParseARN(key)
		service := "ec2." + arn.Region + ".amazonaws.com"
		if slices.Contains(services, service) {
			continue
		}
		services = append(services, service)
		if arn.Partition == policy.AWSChina {
			// AWS's pages do not say which of the two China has.
			services = append(services, service+".cn")
		}
	}
	return policy.Allow("StartInstancesWithEncryptedVolumes", "kms:CreateGrant").On(keys...).
		When(policy.Bool("kms:GrantIsForAWSResource", true), policy.StringEquals("kms:ViaService", services...))
}

// RoleName is the name of the role of an entry: the configured one, or one derived from project and OS user.
func (a *Args) RoleName(r Role) string {
	return cmp.Or(r.Name, policy.RoleNameFor(strings.Join(r.ProjectList(), "-"), r.RunAs, len(r.Path())))
}

// Path is the path of the role. Policies that let people pass a session tag say so by path, so that they never speak
// of another role.
func (r Role) Path() string {
	if r.FromUser() {
		return guardrail.OwnOSUserRolePath
	}
	return guardrail.OperationRolePath
}

// RoleARN is the ARN of the role of an entry.
func (a *Args) RoleARN(r Role) string {
	return a.Account.Partition.RoleARN(a.Account.ID, r.Path(), a.RoleName(r))
}

func (a *Args) trust(r Role) guardrail.Trust {
	return guardrail.Trust{
		Account:       a.Account,
		Users:         r.Users,
		PrincipalARNs: r.PrincipalARNs,
		UserPaths:     a.UserPaths,
		MfaMaxAge: cmp.Or(
			r.MFAMaxAge,
			guardrail.OperationMFAMaxAge,
		),
		SessionName:    r.SessionName,
		OwnOSUser:      r.FromUser(),
		SourceNetworks: r.SourceNetworks,
	}
}

// OpensShells reports whether the role may use the shell of the preferences.
func (r Role) OpensShells() bool { return r.Shell == nil || *r.Shell }

// Shares reports whether the role carries the policies that operation roles share: one project, and shells.
func (r Role) Shares() bool { return r.Projects == nil && r.OpensShells() }

// SharedPolicies are the policies of every operation role with one Project, made once. The guard comes first.
func (a *Args) SharedPolicies() []guardrail.ManagedPolicy {
	if !slices.ContainsFunc(a.Roles, Role.Shares) {
		return nil
	}
	return []guardrail.ManagedPolicy{
		{Name: guardrail.OperationGuardPolicyName, Document: a.GuardDocument()},
		{Name: guardrail.OperationSessionsPolicyName, Document: a.SessionsDocument()},
		{Name: guardrail.OperationStartStopPolicyName, Document: a.StartStopDocument()},
	}
}

// sharedNames are the names of SharedPolicies.
var sharedNames = []string{
	guardrail.OperationGuardPolicyName,
	guardrail.OperationSessionsPolicyName,
	guardrail.OperationStartStopPolicyName,
}

func (a *Args) PolicyARN(name string) string {
	return a.Account.Partition.PolicyARN(a.Account.ID, guardrail.PolicyPath, name)
}

// Role is the role of an entry as a world has it.
func (a *Args) Role(r Role) world.Role {
	role := world.Role{
		Name:       a.RoleName(r),
		Path:       r.Path(),
		Trust:      a.trust(r).Document(),
		MaxSession: int(cmp.Or(r.MaxSessionDuration, guardrail.DefaultMaxSession) / time.Second),
		Boundary:   a.ManagedPolicies.ARN(a.Account, r.PermissionsBoundary),
	}
	if list := r.ProjectList(); len(list) == 1 {
		role.Tags = append(role.Tags, world.Tag{Key: guardrail.ProjectTag(a.ProjectTag), Value: list[0]})
	}
	if r.Environment != "" {
		role.Tags = append(role.Tags, world.Tag{Key: a.EnvironmentTag, Value: r.Environment})
	}
	if r.RunAs != "" && !r.FromUser() {
		role.Tags = append(role.Tags, world.Tag{Key: guardrail.RunAsTag, Value: r.RunAs})
	}
	inline := func(name string, document policy.Document, wanted bool) {
		if wanted {
			role.Inline = append(role.Inline, world.InlinePolicy{Name: name, Document: document})
		}
	}
	if r.Shares() {
		for _, name := range sharedNames {
			role.Attached = append(role.Attached, a.PolicyARN(name))
		}
		own := a.ownDenies(r)
		inline(guardrail.OperationRoleGuardPolicyName, policy.New(own...), len(own) > 0)
	} else {
		projects := a.projectsOf(r)
		guard := policy.New(append(a.guard(projects).Statements, a.ownDenies(r)...)...)
		inline(guardrail.OperationRoleGuardPolicyName, guard, true)
		statements := append(slices.Clone(a.sessions(projects, r.OpensShells()).Statements), a.startStop(projects))
		inline(guardrail.OperationRolePolicyName, policy.New(statements...), true)
	}
	document, wanted := a.SessionDocumentsDocument(r)
	inline(guardrail.SessionDocumentsPolicyName, document, wanted)
	document, wanted = a.VolumeKeysDocument(r)
	inline(guardrail.VolumeKeysPolicyName, document, wanted)
	document, wanted = a.RebootDocument(r)
	inline(guardrail.RebootPolicyName, document, wanted)
	return role
}

// AddTo adds the roles and their shared policies to a world, with the documents that NewOperationRoles registers.
func (a *Args) AddTo(w *world.Account) {
	for _, shared := range a.SharedPolicies() {
		w.Policies = append(w.Policies, world.ManagedPolicy{ARN: a.PolicyARN(shared.Name), Document: shared.Document})
	}
	for _, r := range a.Roles {
		w.Roles = append(w.Roles, a.Role(r))
	}
}
