package scp

import (
	"slices"

	"aws-access-guardrails/access/doors"
	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/policy"
)

// makeRole are the actions that make a role with what it may do.
func makeRole() []string { return doors.In(doors.RoleMaking) }

// changeRole are the actions that change a role that exists, and iam:PassRole, which lends it to a service.
func changeRole() []string { return doors.In(doors.RoleChanging) }

// ProtectStatements are the statements of protectGuardrails.
func (a *Args) ProtectStatements() []policy.Statement {
	return slices.Concat(
		a.protectRoles(),
		a.protectPeople(),
		a.protectTags(),
		a.protectDocuments(),
		a.protectOrganization(),
	)
}

// but is the condition that nobody is bound but those who are not among the roles.
func but(roles []string) policy.Condition { return policy.ArnNotLike(principalARN, Widest(roles)...) }

func (a *Args) protectRoles() []policy.Statement {
	p, changers := a.partition(), a.changers()
	var statements []policy.Statement
	if bootstrap := a.ProtectGuardrails.Bootstrap; len(bootstrap) == 0 {
		statements = append(
			statements,
			policy.Deny("DenyChangingGuardedRoles", append(makeRole(), changeRole()...)...).
				On(a.protectedByHand()...).
				When(but(changers)),
		)
	} else {
		deployer := a.roles(a.Deployer)
		statements = append(
			statements,
			policy.Deny("DenyChangingGuardedRoles", changeRole()...).
				On(append(a.protectedByHand(), deployer...)...).
				When(but(changers)),
			policy.Deny("DenyMakingGuardedRoles", makeRole()...).On(a.protectedByHand()...).When(but(changers)),
			policy.Deny("DenyMakingDeployerButForBootstrap", makeRole()...).
				On(deployer...).
				When(but(slices.Concat(changers, a.roles(bootstrap...)))),
		)
	}
	if roles := a.serviceMade(); len(roles) > 0 {
		statements = append(statements,
			policy.Deny("DenyChangingRolesOfQuickSetup", append(makeRole(), changeRole()...)...).On(roles...).
				When(but(append(changers, a.serviceMakers()...))))
		statements = append(statements, a.protectMakers()...)
	}
	return append(
		statements,
		policy.Deny("DenyChangingPoliciesOfGuardrails", doors.In(doors.ManagedPolicies)...).
			On(p.PolicyARN("*", guardrail.PolicyPath, "*")).
			When(but(changers)),
		// New metadata, or a new provider of the same name, lets its owner assume every role that trusts the provider.
		policy.Deny("DenyChangingSAMLProviders", doors.In(doors.SAMLProviders)...).
			On(policy.ARN{Partition: p, Service: "iam", Account: "*", Resource: "saml-provider/*"}.String()).
			When(but(changers)),
	)
}

// protectMakers guards what commands the roles that make exempt ones. Whoever writes a stack set or configures Quick
// Setup, as a delegated administrator or in its own account, has AWS act on it with those roles; and a stack acts as
// its role for everybody who may change the stack.
func (a *Args) protectMakers() []policy.Statement {
	commanders := but(slices.Concat(a.changers(), a.roles(a.ProtectGuardrails.StackSetAdmins...), a.serviceMakers()))
	stacks := policy.ARN{
		Partition: a.partition(),
		Service:   "cloudformation",
		Region:    "*",
		Account:   "*",
		Resource:  stackSetStacks,
	}.String()
	return []policy.Statement{
		policy.Deny(doors.ClosedBy(doors.RoleMakers), doors.In(doors.RoleMakers)...).On("*").When(commanders),
		policy.Deny(doors.ClosedBy(doors.StackSetStacks), doors.In(doors.StackSetStacks)...).
			On(stacks).
			When(commanders),
	}
}

// protectPeople guards the MFA groups, and the credentials of the users of the accounts that people sign in to.
// Everybody keeps their own: a role session has no user name, so for it every user is somebody else.
func (a *Args) protectPeople() []policy.Statement {
	p, changers := a.partition(), a.changers()
	statements := []policy.Statement{
		policy.Deny("DenyChangingMFAGroup", doors.In(doors.Groups)...).On(a.mfaGroups()...).When(but(changers)),
	}
	if people := a.People(); len(people) > 0 {
		statements = append(statements,
			policy.Deny("DenyChangingCredentialsOfOthers", doors.In(doors.Takeovers, doors.PasswordRules)...).
				OnAllExcept(p.UserARN("*", "/", guardrail.Username), p.UserARN("*", "/*/", guardrail.Username)).
				When(
					policy.StringEquals("aws:PrincipalAccount", people...),
					but(slices.Concat(changers, a.roles(a.ProtectGuardrails.CredentialAdmins...))),
				),
		)
	}
	return statements
}

// protectTags guards the tags that decide what somebody may do, in any case: condition keys ignore case, and tag keys
// of nodes do not.
func (a *Args) protectTags() []policy.Statement {
	p, deciders := a.partition(), guardrail.DecidingTags(a.ProjectTag, a.EnvironmentTag)
	taggers := but(slices.Concat(a.changers(), a.roles(a.ProtectGuardrails.Taggers...)))
	principals := doors.In(doors.PrincipalTags)
	deciding := policy.AnyEqualsIgnoringCase(guardrail.TagKeys, deciders...)
	var statements []policy.Statement
	if a.ProtectGuardrails.OwnOSUsers {
		roles := p.RoleARN("*", guardrail.OwnOSUserRolePath, "*")
		statements = []policy.Statement{
			policy.Deny("DenyWritingAuthorizationTagsOfPrincipals", principals...).
				On("*").
				When(deciding, but(a.changers())),
			policy.Deny("DenyAuthorizationTagsOfSessions", "sts:TagSession").
				OnAllExcept(roles).
				When(deciding, but(a.changers())),
			// A tag that is missing on either side is a difference.
			policy.Deny("DenyOSUsersOfOthers", "sts:TagSession").
				On(roles).
				When(policy.StringNotEquals(guardrail.RequestedOSUser, guardrail.OwnOSUser)),
			policy.Deny("DenyOtherSessionTags", "sts:TagSession").
				On(roles).
				When(policy.AnyDiffers(guardrail.TagKeys, guardrail.RunAsTag)),
		}
	} else {
		statements = []policy.Statement{
			policy.Deny(
				"DenyWritingAuthorizationTagsOfPrincipals",
				doors.In(doors.PrincipalTags, doors.SessionTags)...,
			).
				On("*").
				When(deciding, but(a.changers())),
		}
	}
	return append(
		statements,
		// A node that is launched with the tag is whoever's launches it; only the tags of existing nodes are guarded.
		policy.Deny("DenyWritingAuthorizationTagsOfNodes", doors.In(doors.NodeTags)...).
			On(p.InstanceARN("*", "*", "*"), p.ManagedInstanceARN("*", "*", "*")).
			When(
				policy.AnyEqualsIgnoringCase(guardrail.TagKeys, deciders[:len(deciders)-1]...),
				policy.Absent("ec2:CreateAction"),
				taggers,
			),
		// Without keys the call deletes every tag of the node.
		policy.Deny("DenyDeletingAllTagsOfNodes", "ec2:DeleteTags").
			On(p.InstanceARN("*", "*", "*")).
			When(policy.Absent(guardrail.TagKeys), taggers),
	)
}

// protectDocuments guards what sessions run as and under which limits: the preferences by name, every session
// document by type.
func (a *Args) protectDocuments() []policy.Statement {
	p, changers := a.partition(), a.changers()
	actions := doors.In(doors.SessionDocuments)
	document := func(name string) string {
		return policy.ARN{
			Partition: p,
			Service:   "ssm",
			Region:    "*",
			Account:   "*",
			Resource:  "document/" + name,
		}.String()
	}
	statements := []policy.Statement{
		policy.Deny("DenyChangingPreferences", actions...).
			On(document(guardrail.PreferencesDocument)).
			When(but(changers)),
		policy.Deny("DenyChangingSessionDocuments", actions...).
			On(document("*")).
			When(policy.StringEquals("ssm:DocumentType", "Session"), but(changers)),
	}
	if len(a.JustInTimeAccounts) > 0 {
		// Quick Setup copies the policy that denies access into every Region.
		makers := but(slices.Concat(changers, a.serviceMakers()))
		statements = append(statements,
			policy.Deny("DenyChangingApprovalPolicies", actions...).On(document("*")).
				When(policy.StringEquals("ssm:DocumentType", "AutoApprovalPolicy", "ManualApprovalPolicy"), makers),
			// The setting says which identity provider just-in-time node access believes.
			policy.Deny("DenyChangingJustInTimeSettings", doors.In(doors.JustInTimeSettings)...).
				On(policy.ARN{Partition: p, Service: "ssm", Region: "*", Account: "*", Resource: "servicesetting/ssm/just-in-time-access/*"}.String()).
				When(makers))
	}
	return statements
}

// protectOrganization guards the attributes of Identity Center, which become OS users and projects, its permission
// sets where some are exempt, the root users of member accounts, and the policies themselves where an account
// administers them by delegation.
func (a *Args) protectOrganization() []policy.Statement {
	changers := a.changers()
	statements := []policy.Statement{
		policy.Deny("DenyChangingAttributesForAccessControl", doors.In(doors.Attributes)...).
			On("*").
			When(but(changers)),
		policy.Deny("DenyChangingServiceControlPolicies", doors.In(doors.OrganizationPolicies)...).
			On("*").
			When(but(changers)),
		policy.Deny("DenyLeavingOrganization", doors.In(doors.Leaving)...).On("*"),
		// A delegated administrator of IAM opens them from a member account.
		policy.Deny("DenyCentralRootSessions", doors.In(doors.RootSessions)...).On("*").When(but(changers)),
	}
	if g := a.OSAccessOnly; g != nil && len(g.PermissionSets) > 0 {
		// Their names open doors, so whoever makes, changes or assigns permission sets opens them.
		statements = append(
			statements,
			policy.Deny("DenyChangingPermissionSets", doors.In(doors.PermissionSets)...).On("*").When(but(changers)),
		)
	}
	return statements
}
