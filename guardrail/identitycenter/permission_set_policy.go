package identitycenter

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"aws-access-guardrails/access/intent"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/guardrail/group"
	"aws-access-guardrails/guardrail/operation"
	"aws-access-guardrails/policy"
)

// PermissionSetPolicyName is the name that IAM Identity Center gives the inline policy in the role that a permission
// set becomes.
const PermissionSetPolicyName = "AwsSSOInlinePolicy"

// viewOnlyPolicyName is the managed policy of ReadOnlyTemplate.
const viewOnlyPolicyName = "job-function/ViewOnlyAccess"

// OpensSessions reports whether the template opens operating systems.
func (t PermissionSetTemplate) OpensSessions() bool {
	return t == OperationTemplate || t == OSAccessTemplate
}

// SessionLength is ISO 8601, such as PT1H or PT90M.
func (a *PermissionSetArgs) SessionLength() string {
	d := cmp.Or(a.SessionDuration, guardrail.DefaultMaxSession)
	if d%time.Hour == 0 {
		return fmt.Sprintf("PT%dH", d/time.Hour)
	}
	return fmt.Sprintf("PT%dM", d/time.Minute)
}

// AttachedPolicies are the names of the AWS managed policies.
func (a *PermissionSetArgs) AttachedPolicies() []string {
	if a.Template == ReadOnlyTemplate {
		return []string{viewOnlyPolicyName}
	}
	return slices.DeleteFunc(slices.Clone(a.ManagedPolicies), func(name string) bool {
		_, own := a.CustomerManaged(name)
		return own
	})
}

// CustomerManaged is the customer managed policy that a name means; false when the name means a policy of AWS.
func (a *PermissionSetArgs) CustomerManaged(name string) (CustomerManagedPolicy, bool) {
	if slash := strings.LastIndexByte(name, '/'); strings.HasPrefix(name, "/") {
		return CustomerManagedPolicy{Path: name[:slash+1], Name: name[slash+1:]}, true
	}
	if slices.Contains(a.OwnPolicies, name) {
		return CustomerManagedPolicy{Path: guardrail.PolicyPath, Name: name}, true
	}
	return CustomerManagedPolicy{}, false
}

// CustomerManagedPolicies are the customer managed policies that the permission set carries, in their order.
func (a *PermissionSetArgs) CustomerManagedPolicies() []CustomerManagedPolicy {
	var all []CustomerManagedPolicy
	for _, name := range a.ManagedPolicies {
		if own, is := a.CustomerManaged(name); is {
			all = append(all, own)
		}
	}
	return all
}

// policyARN is the ARN of the policy that a name means in an account; empty for the empty name.
func (a *PermissionSetArgs) policyARN(name, account string) string {
	if own, is := a.CustomerManaged(name); is {
		return own.ARN(a.Account.Partition, account)
	}
	if name == "" {
		return ""
	}
	return a.Account.Partition.ManagedPolicyARN(name)
}

// ManagedPolicyARNs are the ARNs of the AWS managed policies.
func (a *PermissionSetArgs) ManagedPolicyARNs() []string {
	arns := []string{}
	for _, name := range a.AttachedPolicies() {
		arns = append(arns, a.Account.Partition.ManagedPolicyARN(name))
	}
	return arns
}

// Accounts are the ids of the accounts of the assignments, in their order, each once.
func (a *PermissionSetArgs) Accounts() []string {
	var ids []string
	for _, assignment := range a.Assignments {
		for _, id := range assignment.Accounts {
			if !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// InlinePolicy is the inline policy of the permission set; false when it has none.
func (a *PermissionSetArgs) InlinePolicy() (policy.Document, bool) {
	var document policy.Document
	switch {
	case a.Template.OpensSessions():
		document = policy.New(append(a.guardStatements(), a.sessionStatements()...)...)
	case a.Template == ReadOnlyTemplate:
		document = policy.New(readOnlyStatements()...)
	case a.Template == OwnTemplate && a.Policy != nil:
		document = *a.Policy
	}
	if roles := a.grantRoles(); len(roles) > 0 {
		assume := policy.Allow("AssumeRolesOfGrants", "sts:AssumeRole").On(roles...)
		document = policy.New(append(slices.Clone(document.Statements), assume)...)
	}
	if len(a.SourceNetworks) > 0 {
		document = policy.New(append([]policy.Statement{a.SourceNetworks.DenyUse()}, document.Statements...)...)
	}
	return document, len(document.Statements) > 0
}

// grantRoles are the roles of grants in the accounts of the assignments, whatever they open.
func (a *PermissionSetArgs) grantRoles() []string {
	if !a.Grants {
		return nil
	}
	var roles []string
	for _, id := range a.Accounts() {
		roles = append(roles, a.Account.Partition.RoleARN(id, guardrail.RolePath, "*/grant-*"))
	}
	return roles
}

// readOnlyStatements keep to reading whatever AWS's policy says one day: it is AWS's to change.
func readOnlyStatements() []policy.Statement {
	return []policy.Statement{
		policy.Deny("DenyWaysOntoNodes", append(guardrail.OtherWaysOntoNodes(), "ec2:GetPasswordData", "ssm-guiconnect:*", "ssm:ResumeSession", "ssm:StartSession",
			"ssm:TerminateSession")...).
			On("*"),
		policy.Deny("DenyWritingAuthorizationTags", append(group.AuthorizationTagActions(), "sts:TagSession")...).
			On("*"),
		policy.Deny("DenyChangingSessionDocuments",
			"ssm:CreateDocument", "ssm:DeleteDocument", "ssm:ModifyDocumentPermission", "ssm:UpdateDocument*").On("*"),
		policy.Deny(
			"DenyStartingAndStoppingNodes",
			"ec2:RebootInstances",
			"ec2:StartInstances",
			"ec2:StopInstances",
		).On("*"),
		policy.Deny("DenyChangingWhatNodesRun", guardrail.ChangesOfNodes()...).On("*"),
		policy.Deny("DenyChangingAccess", "iam:Add*", "iam:Attach*", "iam:Create*", "iam:Deactivate*", "iam:Delete*", "iam:Detach*", "iam:Enable*", "iam:PassRole",
			"iam:Put*", "iam:Remove*", "iam:Reset*", "iam:Resync*", "iam:Set*", "iam:Tag*", "iam:Untag*", "iam:Update*", "iam:Upload*").
			On("*"),
	}
}

// nodes are all machines: a session reaches those of its own account alone, and one document is for every account.
func (a *PermissionSetArgs) nodes() []string {
	return []string{
		a.Account.Partition.InstanceARN("*", "*", "*"),
		a.Account.Partition.ManagedInstanceARN("*", "*", "*"),
	}
}

// documents are the ARNs of a session document in the accounts of the assignments. An account that is a wildcard
// would let in a document of that name that a stranger shares, which says for itself whether Run As is on; and
// variables cannot stand before the last part of an ARN.
func (a *PermissionSetArgs) documents(name string) []string {
	if policy.DocumentOfAWS(name) {
		return []string{a.Account.Partition.DocumentARN("*", a.Account.ID, name)}
	}
	var arns []string
	for _, id := range a.Accounts() {
		arns = append(arns, a.Account.Partition.DocumentARN("*", id, name))
	}
	return arns
}

// tagged are the nodes that can be reached; without values that is every node.
func (a *PermissionSetArgs) tagged() guardrail.NodeProjects {
	tag := guardrail.ProjectTag(a.ProjectTag)
	projects := guardrail.NodeProjects{Key: "aws:ResourceTag/" + tag, Values: a.Projects, Separator: a.ProjectSeparator}
	if a.Template == OperationTemplate {
		projects.Values = []string{"${aws:PrincipalTag/" + tag + "}"}
	}
	return projects
}

func (a *PermissionSetArgs) onNodes() []policy.Condition {
	projects := a.tagged()
	if len(projects.Values) == 0 {
		return nil
	}
	return []policy.Condition{projects.Same()}
}

// guardStatements are what no session of the permission set can do. Attributes come from profiles that others write,
// so what they may say is bounded here: a login is no superuser and no pattern of the shell, and nobody's project is
// the empty one.
func (a *PermissionSetArgs) guardStatements() []policy.Statement {
	p, runAs := a.Account.Partition, "aws:PrincipalTag/"+guardrail.RunAsTag
	reached := make([]string, 0, 2*len(a.Regions))
	for _, region := range a.Regions {
		reached = append(
			reached,
			p.InstanceARN(region, "*", "*"),
			policy.ARN{Partition: p, Service: "ssm", Region: region, Account: "*", Resource: "*"}.String(),
		)
	}
	var statements []policy.Statement
	if projects := a.tagged(); len(projects.Values) > 0 {
		actions := []string{"ssm:GetConnectionStatus", "ssm:StartSession"}
		if a.Template == OperationTemplate {
			actions = append([]string{"ec2:StartInstances", "ec2:StopInstances"}, actions...)
			// An attribute can be empty, and an empty tag equals an empty tag.
			statements = append(
				statements,
				policy.Deny("DenyNodesOfNoProject", actions...).On(a.nodes()...).When(
					policy.StringEquals(projects.Key, ""),
				),
			)
			if projects.Separator != "" {
				// Where a node has several, the empty project is the one before a separator that the tag begins with.
				none := policy.StringEquals("aws:PrincipalTag/"+guardrail.ProjectTag(a.ProjectTag), "")
				statements = append(
					statements,
					policy.Deny("DenyNodesToPeopleOfNoProject", actions...).On(a.nodes()...).When(none),
				)
			}
		}
		// A missing tag on either side is a difference, so it is denied.
		statements = append(
			statements,
			policy.Deny("DenyNodesOfOtherProjects", actions...).
				On(a.nodes()...).
				When(projects.Differs()),
		)
	}
	return append(
		statements,
		// The default user of an account is for roles, not for people whose profile is incomplete.
		policy.Deny("DenySessionsWithoutOSUser", "ssm:StartSession").On("*").When(policy.Absent(runAs)),
		policy.Deny("DenySessionsAsIllegalOSUsers", "ssm:StartSession").On("*").
			When(policy.Is(policy.Operator{Base: policy.OpStringLike}, runAs, a.illegalLogins()...)),
		policy.Deny("DenySessionsWherePreferencesAreNotSet", "ssm:StartSession").OnAllExcept(reached...),
		policy.Deny(
			"DenyOtherWaysOntoNodes",
			append(guardrail.OtherWaysOntoNodes(), "ec2:GetPasswordData", "ssm-guiconnect:*")...,
		).
			On("*"),
		policy.Deny("DenyWritingAuthorizationTags", append(group.AuthorizationTagActions(), "sts:TagSession")...).
			On("*"),
		policy.Deny("DenyChangingSessionDocuments",
			"ssm:CreateDocument", "ssm:DeleteDocument", "ssm:ModifyDocumentPermission", "ssm:UpdateDocument*").On("*"),
		// The user data of an instance that is stopped and started runs as root.
		policy.Deny("DenyChangingWhatNodesRun", guardrail.ChangesOfNodes()...).On("*"),
	)
}

func (a *PermissionSetArgs) illegalLogins() []string {
	var patterns []string
	for _, l := range world.IllegalLogins(a.DomainLogins) {
		patterns = append(patterns, l.Pattern)
	}
	return patterns
}

// sessionStatements open sessions on nodes, and end and resume their own.
func (a *PermissionSetArgs) sessionStatements() []policy.Statement {
	p := a.Account.Partition
	statements := []policy.Statement{
		policy.Allow("StartSessionsOnNodes", "ssm:StartSession").On(a.nodes()...).
			When(append(a.onNodes(), policy.BoolIfExists("ssm:SessionDocumentAccessCheck", true))...),
		policy.Allow("ViewConnectionStatus", "ssm:GetConnectionStatus").On(a.nodes()...).When(a.onNodes()...),
		// The service authorization reference lists no resource type for it; the channel also needs the token that
		// StartSession returned.
		policy.Allow("OpenDataChannels", "ssmmessages:OpenDataChannel").On("*"),
		policy.Allow("ResumeAndEndOwnSessions", "ssm:ResumeSession", "ssm:TerminateSession").
			On(p.SessionARN("*", "*", "*")).
			When(policy.StringEquals("ssm:resourceTag/aws:ssmmessages:session-id", "${aws:userid}")),
		policy.Allow(
			"ListNodesAndSessions",
			"ec2:DescribeInstances",
			"ssm:DescribeInstanceInformation",
			"ssm:DescribeInstanceProperties",
			"ssm:DescribeSessions",
		).On("*"),
	}
	if len(a.Accounts()) > 0 {
		// The default document: Run As, limits and logs are what it says.
		statements = append(
			statements,
			policy.Allow("UsePreferencesDocumentOfTheAccount", "ssm:StartSession").
				On(a.documents(guardrail.PreferencesDocument)...),
		)
	}
	var documents []string
	for _, name := range a.Documents {
		if name != guardrail.PreferencesDocument {
			documents = append(documents, a.documents(name)...)
		}
	}
	if len(documents) > 0 {
		statements = append(statements, policy.Allow("UseListedSessionDocuments", "ssm:StartSession").On(documents...))
	}
	if a.Template == OperationTemplate {
		statements = append(
			statements,
			policy.Allow("StartAndStopInstancesOfOwnProject", "ec2:StartInstances", "ec2:StopInstances").
				On(p.InstanceARN("*", "*", "*")).When(a.onNodes()...),
		)
		if len(a.VolumeKeyARNs) > 0 {
			statements = append(statements, operation.UseOfVolumeKeys(a.VolumeKeyARNs))
		}
	}
	if len(a.KMSKeys) > 0 {
		statements = append(statements, policy.Allow("EncryptSessionData", "kms:GenerateDataKey").On(a.KMSKeys...))
	}
	return statements
}

// RoleARN is the ARN of the role that the permission set becomes in an account. The last sixteen characters of its
// name are AWS's choice: those here stand for them, the same at every run.
func (a *PermissionSetArgs) RoleARN(account string) string {
	return a.Account.Partition.RoleARN(account, a.rolePath(), a.roleName(account))
}

func (a *PermissionSetArgs) roleName(account string) string {
	sum := sha256.Sum256([]byte(a.IdentityCenter.Instance + "/" + a.Name + "/" + account))
	return policy.PermissionSetRoleName(a.Name, hex.EncodeToString(sum[:])[:16])
}

// rolePath has the Region of the instance but for us-east-1.
// Source: https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html.
func (a *PermissionSetArgs) rolePath() string {
	const path = policy.PermissionSetRolePath
	if a.IdentityCenter.Region == "us-east-1" {
		return path
	}
	return path + a.IdentityCenter.Region + "/"
}

// role is the role of an account as a world has it. Nobody but Identity Center assumes it.
func (a *PermissionSetArgs) role(account string) world.Role {
	p := a.Account.Partition
	_, instance, _ := strings.Cut(a.IdentityCenter.Instance, "ins-")
	provider := policy.ARN{
		Partition: p,
		Service:   "iam",
		Account:   account,
		Resource:  "saml-provider/AWSSSO_" + instance + "_DO_NOT_DELETE",
	}
	role := world.Role{
		Name: a.roleName(
			account,
		),
		Path:          a.rolePath(),
		PermissionSet: a.Name,
		MaxSession:    int(cmp.Or(a.SessionDuration, guardrail.DefaultMaxSession) / time.Second),
		Trust: policy.New(
			policy.Allow("", "sts:AssumeRoleWithSAML", "sts:TagSession").
				For(policy.Principal{Kind: policy.PrincipalFederated, Values: []string{provider.String()}}).
				When(policy.StringEquals("SAML:aud", "https://"+p.SignInHost()+"/saml")),
		),
	}
	if document, wanted := a.InlinePolicy(); wanted {
		role.Inline = []world.InlinePolicy{{Name: PermissionSetPolicyName, Document: document}}
	}
	role.Attached = a.ManagedPolicyARNs()
	for _, own := range a.CustomerManagedPolicies() {
		role.Attached = append(role.Attached, own.ARN(p, account))
	}
	role.Boundary = a.policyARN(a.PermissionsBoundary, account)
	return role
}

// AddTo adds nothing: the roles are of the accounts of the assignments. See AddToWorld.
func (*PermissionSetArgs) AddTo(*world.Account) {}

// AddToWorld adds the assignments, and the role to those of their accounts that the world describes.
func (a *PermissionSetArgs) AddToWorld(w *world.World) {
	for _, assignment := range a.Assignments {
		for _, id := range assignment.Accounts {
			w.IdentityCenter.Assignments = append(w.IdentityCenter.Assignments, world.PermissionSetAssignment{
				PermissionSet: a.Name, Account: id, User: assignment.User, Group: assignment.Group,
			})
		}
	}
	accounts := a.Accounts()
	for i := range w.Accounts {
		if home := &w.Accounts[i]; slices.Contains(accounts, home.ID) {
			home.Roles = append(slices.Clip(home.Roles), a.role(home.ID))
		}
	}
}

// Intent says what the permission set is for in one account. The key is where it is configured, such as
// "identityCenter.permissionSets[0]".
func (a *PermissionSetArgs) Intent(key, account string) intent.PermissionSet {
	return intent.PermissionSet{
		Key:           key,
		Name:          a.Name,
		ARN:           a.RoleARN(account),
		OpensSessions: a.Template.OpensSessions(),
		OwnProject:    a.Template == OperationTemplate,
		StartStop:     a.Template == OperationTemplate,
		Separator:     a.ProjectSeparator,
		ReadOnly:      a.Template == ReadOnlyTemplate,
		Projects:      a.Projects,
		DomainLogins:  a.DomainLogins,
		Documents:     a.Documents,
		Regions:       a.Regions,
		Accounts:      a.Accounts(),
		VolumeKeys:    a.VolumeKeyARNs,
		Networks:      a.SourceNetworks.Intent(),
		Roles:         a.grantRoles(),
	}
}
