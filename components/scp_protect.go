package components

import (
	"slices"

	"aws-access-guardrails/policy"
)

// makeRole are the actions that make a role with what it may do.
func makeRole() []string {
	return []string{"iam:AttachRolePolicy", "iam:CreateRole", "iam:PutRolePolicy", "iam:TagRole"}
}

// changeRole are the actions that change a role that exists, and iam:PassRole, which lends it to a service.
func changeRole() []string {
	return []string{
		"iam:DeleteRole", "iam:DeleteRolePermissionsBoundary", "iam:DeleteRolePolicy", "iam:DetachRolePolicy", "iam:PassRole",
		"iam:PutRolePermissionsBoundary", "iam:UntagRole", "iam:UpdateAssumeRolePolicy", "iam:UpdateRole", "iam:UpdateRoleDescription",
	}
}

// protectStatements are the statements of protectGuardrails.
func (a *ServiceControlPoliciesArgs) protectStatements() []policy.Statement {
	return slices.Concat(a.protectRoles(), a.protectPeople(), a.protectTags(), a.protectDocuments(), a.protectOrganization())
}

// but is the condition that nobody is bound but those who are not among the roles.
func but(roles []string) policy.Condition { return policy.ArnNotLike(principalARN, widest(roles)...) }

func (a *ServiceControlPoliciesArgs) protectRoles() []policy.Statement {
	p, changers := a.partition(), a.changers()
	var statements []policy.Statement
	if bootstrap := a.ProtectGuardrails.Bootstrap; len(bootstrap) == 0 {
		statements = append(statements,
			policy.Deny("DenyChangingGuardedRoles", append(makeRole(), changeRole()...)...).On(a.protectedByHand()...).When(but(changers)))
	} else {
		deployer := a.roles(a.Deployer)
		statements = append(statements,
			policy.Deny("DenyChangingGuardedRoles", changeRole()...).On(append(a.protectedByHand(), deployer...)...).When(but(changers)),
			policy.Deny("DenyMakingGuardedRoles", makeRole()...).On(a.protectedByHand()...).When(but(changers)),
			policy.Deny("DenyMakingDeployerButForBootstrap", makeRole()...).On(deployer...).When(but(slices.Concat(changers, a.roles(bootstrap...)))))
	}
	if made := a.serviceMade(); len(made) > 0 {
		statements = append(statements,
			policy.Deny("DenyChangingRolesOfQuickSetup", append(makeRole(), changeRole()...)...).On(made...).
				When(but(append(changers, a.serviceMakers()...))))
	}
	return append(statements,
		policy.Deny("DenyChangingPoliciesOfGuardrails", "iam:CreatePolicy", "iam:CreatePolicyVersion", "iam:DeletePolicy", "iam:DeletePolicyVersion",
			"iam:SetDefaultPolicyVersion").On(p.PolicyARN("*", PolicyPath, "*")).When(but(changers)),
		// New metadata, or a new provider of the same name, lets its owner assume every role that trusts the provider.
		policy.Deny("DenyChangingSAMLProviders", "iam:DeleteSAMLProvider", "iam:UpdateSAMLProvider").
			On(policy.ARN{Partition: p, Service: "iam", Account: "*", Resource: "saml-provider/*"}.String()).When(but(changers)),
	)
}

// protectPeople guards the MFA groups, and the credentials of the users of the accounts that people sign in to. Everybody keeps the own
// ones: a role session has no user name, so for it every user is somebody else.
func (a *ServiceControlPoliciesArgs) protectPeople() []policy.Statement {
	p, changers := a.partition(), a.changers()
	statements := []policy.Statement{
		policy.Deny("DenyChangingMFAGroup", "iam:AttachGroupPolicy", "iam:CreateGroup", "iam:DeleteGroup", "iam:DeleteGroupPolicy", "iam:DetachGroupPolicy",
			"iam:PutGroupPolicy", "iam:RemoveUserFromGroup", "iam:UpdateGroup").On(a.mfaGroups()...).When(but(changers)),
	}
	if people := a.People(); len(people) > 0 {
		statements = append(statements,
			policy.Deny("DenyChangingCredentialsOfOthers", "iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:CreateServiceSpecificCredential",
				"iam:DeactivateMFADevice", "iam:DeleteAccountPasswordPolicy", "iam:DeleteUser", "iam:EnableMFADevice", "iam:ResetServiceSpecificCredential",
				"iam:UpdateAccessKey", "iam:UpdateAccountPasswordPolicy", "iam:UpdateLoginProfile", "iam:UpdateUser", "iam:UploadSSHPublicKey",
				"iam:UploadSigningCertificate").
				OnAllExcept(p.UserARN("*", "/", username), p.UserARN("*", "/*/", username)).
				When(policy.StringEquals("aws:PrincipalAccount", people...), but(slices.Concat(changers, a.roles(a.ProtectGuardrails.CredentialAdmins...)))))
	}
	return statements
}

// protectTags guards the tags that decide what somebody may do, in any case: condition keys ignore case, and tag keys of nodes do not.
func (a *ServiceControlPoliciesArgs) protectTags() []policy.Statement {
	p, tag := a.partition(), projectTag(a.ProjectTag)
	taggers := but(slices.Concat(a.changers(), a.roles(a.ProtectGuardrails.Taggers...)))
	principals := []string{"iam:CreateRole", "iam:CreateUser", "iam:TagRole", "iam:TagUser", "iam:UntagRole", "iam:UntagUser"}
	deciding := policy.AnyEqualsIgnoringCase(tagKeys, tag, RunAsTag)
	var statements []policy.Statement
	if a.ProtectGuardrails.OwnOSUsers {
		roles := p.RoleARN("*", OwnOSUserRolePath, "*")
		statements = []policy.Statement{
			policy.Deny("DenyWritingAuthorizationTagsOfPrincipals", principals...).On("*").When(deciding, but(a.changers())),
			policy.Deny("DenyAuthorizationTagsOfSessions", "sts:TagSession").OnAllExcept(roles).When(deciding, but(a.changers())),
			// A tag that is missing on either side is a difference.
			policy.Deny("DenyOSUsersOfOthers", "sts:TagSession").On(roles).When(policy.StringNotEquals(requestedOSUser, ownOSUser)),
			policy.Deny("DenyOtherSessionTags", "sts:TagSession").On(roles).When(policy.AnyDiffers(tagKeys, RunAsTag)),
		}
	} else {
		statements = []policy.Statement{
			policy.Deny("DenyWritingAuthorizationTagsOfPrincipals", append(principals, "sts:TagSession")...).On("*").When(deciding, but(a.changers())),
		}
	}
	return append(statements,
		// A node that is launched with the tag is whoever's launches it; only the tags of existing nodes are guarded.
		policy.Deny("DenyWritingAuthorizationTagsOfNodes", "ec2:CreateTags", "ec2:DeleteTags", "ssm:AddTagsToResource", "ssm:RemoveTagsFromResource").
			On(p.InstanceARN("*", "*", "*"), p.ManagedInstanceARN("*", "*", "*")).
			When(policy.AnyEqualsIgnoringCase(tagKeys, tag), policy.Absent("ec2:CreateAction"), taggers),
		// Without keys the call deletes every tag of the node.
		policy.Deny("DenyDeletingAllTagsOfNodes", "ec2:DeleteTags").On(p.InstanceARN("*", "*", "*")).When(policy.Absent(tagKeys), taggers),
	)
}

// protectDocuments guards what sessions run as and under which limits: the preferences by name, every session document by type.
func (a *ServiceControlPoliciesArgs) protectDocuments() []policy.Statement {
	p, changers := a.partition(), a.changers()
	actions := []string{"ssm:CreateDocument", "ssm:DeleteDocument", "ssm:ModifyDocumentPermission", "ssm:UpdateDocument", "ssm:UpdateDocumentDefaultVersion"}
	document := func(name string) string {
		return policy.ARN{Partition: p, Service: "ssm", Region: "*", Account: "*", Resource: "document/" + name}.String()
	}
	statements := []policy.Statement{
		policy.Deny("DenyChangingPreferences", actions...).On(document(PreferencesDocument)).When(but(changers)),
		policy.Deny("DenyChangingSessionDocuments", actions...).On(document("*")).When(policy.StringEquals("ssm:DocumentType", "Session"), but(changers)),
	}
	if a.JustInTime {
		// Quick Setup copies the policy that denies access into every Region.
		makers := but(slices.Concat(changers, a.serviceMakers()))
		statements = append(statements,
			policy.Deny("DenyChangingApprovalPolicies", actions...).On(document("*")).
				When(policy.StringEquals("ssm:DocumentType", "AutoApprovalPolicy", "ManualApprovalPolicy"), makers),
			// The setting says which identity provider just-in-time node access believes.
			policy.Deny("DenyChangingJustInTimeSettings", "ssm:ResetServiceSetting", "ssm:UpdateServiceSetting").
				On(policy.ARN{Partition: p, Service: "ssm", Region: "*", Account: "*", Resource: "servicesetting/ssm/just-in-time-access/*"}.String()).
				When(makers))
	}
	return statements
}

// protectOrganization guards the attributes of Identity Center, which become OS users and projects, its permission sets where some are exempt, and the policies themselves where an account
// administers them by delegation.
func (a *ServiceControlPoliciesArgs) protectOrganization() []policy.Statement {
	changers := a.changers()
	statements := []policy.Statement{
		policy.Deny("DenyChangingAttributesForAccessControl", "sso:CreateInstanceAccessControlAttributeConfiguration",
			"sso:DeleteInstanceAccessControlAttributeConfiguration", "sso:UpdateInstanceAccessControlAttributeConfiguration").On("*").When(but(changers)),
		policy.Deny("DenyChangingServiceControlPolicies", "organizations:DeletePolicy", "organizations:DetachPolicy", "organizations:DisablePolicyType",
			"organizations:UpdatePolicy").On("*").When(but(changers)),
		policy.Deny("DenyLeavingOrganization", "organizations:LeaveOrganization").On("*"),
	}
	if g := a.OSAccessOnly; g != nil && len(g.PermissionSets) > 0 {
		// Their names open doors, so whoever makes, changes or assigns permission sets opens them.
		statements = append(statements, policy.Deny("DenyChangingPermissionSets", "sso:AttachCustomerManagedPolicyReferenceToPermissionSet",
			"sso:AttachManagedPolicyToPermissionSet", "sso:CreateAccountAssignment", "sso:CreatePermissionSet", "sso:DeleteInlinePolicyFromPermissionSet",
			"sso:DeletePermissionsBoundaryFromPermissionSet", "sso:DetachCustomerManagedPolicyReferenceFromPermissionSet",
			"sso:DetachManagedPolicyFromPermissionSet", "sso:ProvisionPermissionSet", "sso:PutInlinePolicyToPermissionSet",
			"sso:PutPermissionsBoundaryToPermissionSet", "sso:UpdatePermissionSet").On("*").When(but(changers)))
	}
	return statements
}
