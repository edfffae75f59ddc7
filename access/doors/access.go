package doors

import "slices"

// principalRows make or change who may, in IAM.
func principalRows() []Row {
	const administers = "an administrator of an account makes principals and policies; the guardrails bind all of them"
	return []Row{
		{Class: Access, Service: "IAM", It: "make a role with what it may do", Actions: calls("iam:AttachRolePolicy PutRolePolicy"), In: in(RoleMaking, AccessWrites)},
		{Class: Access, Service: "IAM", It: "make or tag a role", Actions: calls("iam:CreateRole TagRole"), In: in(RoleMaking, PrincipalTags)},
		{Class: Access, Service: "IAM", It: "change who may assume a role, what it may do, or its boundary",
			Actions: calls("iam:DeleteRole DeleteRolePermissionsBoundary DeleteRolePolicy DetachRolePolicy PutRolePermissionsBoundary UpdateAssumeRolePolicy"),
			In:      in(RoleChanging, AccessWrites)},
		{Class: Access, Service: "IAM", It: "lend a role to a service, or change its settings", Actions: calls("iam:PassRole UpdateRole UpdateRoleDescription"), In: in(RoleChanging)},
		{Class: Access, Service: "IAM", It: "take tags off a role", Actions: calls("iam:UntagRole"), In: in(RoleChanging, PrincipalTags)},
		{Class: Access, Service: "IAM", It: "make a managed policy", Actions: calls("iam:CreatePolicy"), In: in(ManagedPolicies)},
		{Class: Access, Service: "IAM", It: "change a managed policy",
			Actions: calls("iam:CreatePolicyVersion DeletePolicy DeletePolicyVersion SetDefaultPolicyVersion"), In: in(ManagedPolicies, AccessWrites)},
		{Class: Access, Service: "IAM", It: "take over a SAML provider", Actions: calls("iam:DeleteSAMLProvider UpdateSAMLProvider"), In: in(SAMLProviders),
			Why: "new metadata, or a new provider of the same name, lets its owner assume every role that trusts the provider"},
		{Class: Access, Service: "IAM", It: "make or change other identity providers",
			Actions: calls("iam:AddClientIDToOpenIDConnectProvider CreateOpenIDConnectProvider CreateSAMLProvider UpdateOpenIDConnectProviderThumbprint"),
			Open:    "a provider lets nobody in before a role trusts it; an OIDC provider is its address, which its owner alone answers at",
			Page:    "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html"},
		{Class: Access, Service: "IAM", It: "change a group or take a member out",
			Actions: calls("iam:AttachGroupPolicy DeleteGroup DeleteGroupPolicy DetachGroupPolicy PutGroupPolicy RemoveUserFromGroup UpdateGroup"), In: in(Groups, AccessWrites)},
		{Class: Access, Service: "IAM", It: "make a group", Actions: calls("iam:CreateGroup"), In: in(Groups)},
		{Class: Access, Service: "IAM", It: "give a user rights",
			Actions: calls("iam:AddUserToGroup AttachUserPolicy DeleteUserPermissionsBoundary DeleteUserPolicy DetachUserPolicy PutUserPermissionsBoundary PutUserPolicy"),
			In:      in(AccessWrites), Open: administers},
		{Class: Access, Service: "IAM", It: "make a user, or tag one", Actions: calls("iam:CreateUser"), In: in(PrincipalTags)},
		{Class: Access, Service: "IAM", It: "tag a user", Actions: calls("iam:TagUser UntagUser"), In: in(PrincipalTags, CredentialWrites)},
		{Class: Access, Service: "IAM", It: "set or reset a console password", Actions: calls("iam:CreateLoginProfile UpdateLoginProfile"),
			In: in(ConsolePasswords, Takeovers, CredentialWrites)},
		{Class: Access, Service: "IAM", It: "make or reactivate another person's credentials, or the person",
			Actions: calls("iam:CreateAccessKey CreateServiceSpecificCredential DeactivateMFADevice DeleteUser EnableMFADevice ResetServiceSpecificCredential UpdateAccessKey " +
				"UpdateSSHPublicKey UpdateServiceSpecificCredential UpdateSigningCertificate UpdateUser UploadSSHPublicKey UploadSigningCertificate"),
			In: in(Takeovers, CredentialWrites)},
		{Class: Access, Service: "IAM", It: "change the password policy", Actions: calls("iam:DeleteAccountPasswordPolicy UpdateAccountPasswordPolicy"), In: in(PasswordRules)},
		{Class: Access, Service: "IAM", It: "take credentials away",
			Actions: calls("iam:DeleteAccessKey DeleteLoginProfile DeleteSSHPublicKey DeleteServiceSpecificCredential DeleteSigningCertificate DeleteVirtualMFADevice " +
				"ResyncMFADevice TagMFADevice UntagMFADevice"),
			In: in(CredentialWrites), Open: "it takes access away and gives none"},
		{Class: Access, Service: "IAM", It: "put a role into an instance profile", Actions: calls("iam:AddRoleToInstanceProfile RemoveRoleFromInstanceProfile"),
			Open: "the role must be passed as well, and exempt roles are passed by nobody else"},
		{Class: Access, Service: "IAM", It: "temporary access for a partner",
			Actions: calls("iam:AcceptDelegationRequest AssociateDelegationRequest CreateDelegationRequest SendDelegationToken sts:GetDelegatedAccessToken"),
			Open:    "the partner gets what the request says and whoever accepts it may do, under the same guardrails",
			Page:    "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies-temporary-delegation.html"},
	}
}

// sessionRows make sessions, and change what sessions meet: documents, settings and tags of nodes.
func sessionRows() []Row {
	return []Row{
		{Class: Access, Service: "STS", It: "become a role", Actions: calls("sts:AssumeRole AssumeRoleWithSAML AssumeRoleWithWebIdentity"), In: in(Assuming),
			Open: "the trust policy of the role decides"},
		{Class: Access, Service: "STS", It: "pass tags with a session", Actions: calls("sts:TagSession"), In: in(SessionTags)},
		{Class: Access, Service: "STS", It: "a federation token", Actions: calls("sts:GetFederationToken"), In: in(FederationTokens),
			Why:  "with it an access key of a user becomes a console sign-in",
			Page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_enable-console-custom-url.html"},
		{Class: Access, Service: "STS", It: "be the root user of another account", Actions: calls("sts:AssumeRoot"), In: in(RootSessions),
			Why:  "a delegated administrator of IAM does so from a member account; one of the tasks lets the root user have a password again",
			Page: "https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoot.html"},
		{Class: Access, Service: "Account Management", It: "change the email address of the root user of another account",
			Actions: calls("account:AcceptPrimaryEmailUpdate StartPrimaryEmailUpdate"), In: in(RootSessions),
			Why:  "a delegated administrator of Account Management does so from a member account; whoever reads the mail of the new address resets the password of the root user",
			Page: "https://docs.aws.amazon.com/accounts/latest/reference/API_AcceptPrimaryEmailUpdate.html"},
		{Class: Access, Service: "IAM and STS", It: "tokens that show other systems who calls",
			Actions: calls("iam:EnableOutboundWebIdentityFederation sts:GetWebIdentityToken TagGetWebIdentityToken"),
			Open:    "the token opens what another system lets its subject do; a role that believes such tokens names the issuer in its trust policy",
			Page:    "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_outbound.html"},
		{Class: Access, Service: "Sign-in", It: "from where people may sign in to the console",
			Actions: calls("signin:DeleteConsoleAuthorizationConfiguration DeleteResourcePermissionStatement PutConsoleAuthorizationConfiguration PutResourcePermissionStatement"),
			Open:    "it narrows sign-ins beside the policies, and no guardrail rests on it"},
		{Class: Access, Service: "Sign-in", It: "sign in with the credentials at hand", Actions: calls("signin:AuthorizeOAuth2Access CreateOAuth2Token"),
			Open: "the sign-in has the rights of the credentials that it was made with; the federation endpoint, which is no action, makes a console sign-in of those of any role",
			Page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_enable-console-custom-url.html"},
		{Class: Access, Service: "Systems Manager", It: "make or share a session document", Actions: calls("ssm:CreateDocument ModifyDocumentPermission"), In: in(SessionDocuments),
			Why: "a new document of another type runs nothing before something names it; where a window or a rule names one that is gone, it runs the new one of that name"},
		{Class: Access, Service: "Systems Manager", It: "settings of just-in-time node access, and the role that every instance has", Actions: calls("ssm:ResetServiceSetting UpdateServiceSetting"),
			In:   in(JustInTimeSettings),
			Page: "https://docs.aws.amazon.com/systems-manager/latest/userguide/fleet-manager-default-host-management-configuration.html"},
		{Class: Access, Service: "Systems Manager", It: "the role of a managed node", Actions: calls("ssm:UpdateManagedInstanceRole"),
			Open: "the role must be passed as well, and exempt roles are passed by nobody else"},
		{Class: Access, Service: "EC2 and Systems Manager", It: "move a node into a project",
			Actions: calls("ec2:CreateTags DeleteTags ssm:AddTagsToResource RemoveTagsFromResource"), In: in(NodeTags),
			Why: "tags of nodes also choose the targets of associations and windows; the project tag alone is closed"},
	}
}

// accessRows make or change who may.
func accessRows() []Row { return slices.Concat(principalRows(), sessionRows(), directoryRows()) }

// directoryRows make or change who may, beside IAM and STS.
func directoryRows() []Row {
	const handedOut = "a role that such a service hands out is bound like any other, and exempt roles are passed by nobody else"
	return []Row{
		{Class: Access, Service: "IAM Identity Center", It: "make, change or assign permission sets",
			Actions: calls("sso:AttachCustomerManagedPolicyReferenceToPermissionSet AttachManagedPolicyToPermissionSet CreateAccountAssignment CreatePermissionSet " +
				"DeleteInlinePolicyFromPermissionSet DeletePermissionsBoundaryFromPermissionSet DetachCustomerManagedPolicyReferenceFromPermissionSet " +
				"DetachManagedPolicyFromPermissionSet ProvisionPermissionSet PutInlinePolicyToPermissionSet PutPermissionsBoundaryToPermissionSet UpdatePermissionSet"),
			In: in(PermissionSets)},
		{Class: Access, Service: "IAM Identity Center", It: "the same, by the names of the older API",
			Actions: calls("sso:AssociateProfile CreateProfile CreateTrust PutPermissionsPolicy UpdateProfile UpdateTrust"), In: in(PermissionSets),
			Why:  "a profile is a permission set in an account, a trust the role that it becomes there",
			Page: "https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsiamidentitycenter.html"},
		{Class: Access, Service: "IAM Identity Center", It: "map attributes of people to session tags",
			Actions: calls("sso:CreateInstanceAccessControlAttributeConfiguration DeleteInstanceAccessControlAttributeConfiguration " +
				"UpdateInstanceAccessControlAttributeConfiguration"), In: in(Attributes)},
		{Class: Access, Service: "IAM Identity Center", It: "where people come from, and their MFA",
			Actions: calls("sso:AssociateDirectory DisassociateDirectory PutMfaDeviceManagementForDirectory StartSSO UpdateSSOConfiguration " +
				"sso-directory:CreateBearerToken CreateExternalIdPConfigurationForDirectory CreateProvisioningTenant " +
				"DeleteExternalIdPConfigurationForDirectory DisableExternalIdPConfigurationForDirectory " +
				"EnableExternalIdPConfigurationForDirectory ImportExternalIdPCertificate UpdateExternalIdPConfigurationForDirectory " +
				"identity-sync:CreateSyncFilter CreateSyncProfile CreateSyncTarget DeleteSyncFilter StartSync UpdateSyncTarget"),
			Open: "whoever administers the directory decides who people are, and is as strong as all of them"},
		{Class: Access, Service: "IAM Identity Center", It: "people, their groups, passwords and devices",
			Actions: calls("identitystore:CreateGroup CreateGroupMembership CreateUser UpdateGroup UpdateUser " +
				"sso-directory:AddMemberToGroup CompleteVirtualMfaDeviceRegistration CompleteWebAuthnDeviceRegistration CreateGroup CreateUser " +
				"DeleteMfaDeviceForUser EnableUser StartVirtualMfaDeviceRegistration StartWebAuthnDeviceRegistration UpdateGroup UpdateGroupDisplayName " +
				"UpdateMfaDeviceForUser UpdatePassword UpdateUser UpdateUserName VerifyEmail"),
			Open: "the directory is also written by SCIM, which no policy binds, so a Deny would look shut and not be"},
		{Class: Access, Service: "IAM Identity Center", It: "applications, their users, and the tokens that they are given",
			Actions: calls("sso:CreateApplication CreateApplicationAssignment CreateApplicationInstance CreateApplicationInstanceCertificate " +
				"CreateManagedApplicationInstance CreateTrustedTokenIssuer ImportApplicationInstanceServiceProviderMetadata PutApplicationAccessScope " +
				"PutApplicationAssignmentConfiguration PutApplicationAuthenticationMethod PutApplicationGrant PutApplicationSessionConfiguration " +
				"UpdateApplication UpdateApplicationInstanceActiveCertificate UpdateApplicationInstanceDisplayData " +
				"UpdateApplicationInstanceResponseConfiguration UpdateApplicationInstanceResponseSchemaConfiguration " +
				"UpdateApplicationInstanceSecurityConfiguration UpdateApplicationInstanceServiceProviderConfiguration UpdateApplicationInstanceStatus " +
				"UpdateManagedApplicationInstanceStatus UpdateTrustedTokenIssuer " +
				"sso-oauth:CreateTokenWithIAM signin:CreateOAuth2PublicClient CreateTrustedIdentityPropagationApplicationForConsole sts:SetContext"),
			Open: "an application opens no account: a role that lets its users in names a provider in its trust policy, and the trust of guarded roles is closed",
			Page: "https://docs.aws.amazon.com/singlesignon/latest/userguide/trustedidentitypropagation-overview.html"},
		{Class: Access, Service: "Account access manager", It: "which people of IAM Identity Center assume which roles",
			Actions: calls("account-access:CreateApplication CreateEntitlement"),
			Open:    "a role lets the service in only where its trust policy names it, and the trust of guarded roles is closed",
			Page:    "https://docs.aws.amazon.com/IAM/latest/UserGuide/aam-prepare-roles.html"},
		{Class: Access, Service: "Organizations", It: "change service control policies",
			Actions: calls("organizations:DeletePolicy DetachPolicy DisablePolicyType UpdatePolicy"), In: in(OrganizationPolicies)},
		{Class: Access, Service: "Organizations", It: "leave the organization", Actions: calls("organizations:AcceptHandshake LeaveOrganization"), In: in(Leaving),
			Why:  "an account that accepts the invitation of another organization moves there without leaving first",
			Page: "https://docs.aws.amazon.com/organizations/latest/APIReference/API_AcceptHandshake.html"},
		{Class: Access, Service: "Organizations", It: "move accounts, and delegate",
			Actions: calls("organizations:AttachPolicy CloseAccount CreateAccount CreateGovCloudAccount CreateOrganization DeleteOrganization " +
				"DeleteOrganizationalUnit DeleteResourcePolicy DeregisterDelegatedAdministrator DisableAWSServiceAccess EnableAWSServiceAccess EnableAllFeatures " +
				"EnablePolicyType InviteAccountToOrganization InviteOrganizationToTransferResponsibility MoveAccount PutResourcePolicy " +
				"RegisterDelegatedAdministrator RemoveAccountFromOrganization TerminateResponsibilityTransfer UpdateResponsibilityTransfer " +
				"iam:EnableOrganizationsRootCredentialsManagement EnableOrganizationsRootSessions ram:EnableSharingWithAwsOrganization"),
			Open: "an attachment takes rights away, and AWS takes the other calls from the management account alone, which no policy binds",
			Page: "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_delegate_policies.html"},
		{Class: Access, Service: "Control Tower", It: "accounts, controls and baselines of a landing zone",
			Actions: calls("controltower:CreateLandingZone CreateManagedAccount DeleteLandingZone DeregisterManagedAccount DeregisterOrganizationalUnit " +
				"DisableBaseline DisableControl DisableGuardrail EnableBaseline EnableControl EnableGuardrail ManageOrganizationalUnit ResetEnabledBaseline " +
				"ResetEnabledControl ResetLandingZone SetupLandingZone UpdateAccountFactoryConfig UpdateEnabledBaseline UpdateEnabledControl UpdateLandingZone"),
			Open: "a landing zone is managed from the management account, which no policy binds",
			Page: "https://docs.aws.amazon.com/controltower/latest/userguide/how-control-tower-works.html"},
		{Class: Access, Service: "CloudFormation", It: "write stack sets",
			Actions: calls("cloudformation:CreateStackInstances CreateStackSet DeleteStackInstances ImportStacksToStackSet UpdateStackInstances UpdateStackSet"),
			In:      in(RoleMakers),
			Why:     "CloudFormation acts on a template in every account as roles that may make exempt ones; a delegated administrator writes it in a member account",
			Page:    "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-orgs-delegated-admin.html"},
		{Class: Access, Service: "CloudFormation", It: "change a stack",
			Actions: calls("cloudformation:DeleteStack ExecuteChangeSet ExecuteStackRefactor UpdateStack"),
			In:      in(StackSetStacks),
			Why:     "a stack that has a role acts as that role for everybody who may change the stack, without iam:PassRole",
			Page:    "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-iam-servicerole.html"},
		{Class: Access, Service: "CloudFormation", It: "trusted access of stack sets", Actions: calls("cloudformation:ActivateOrganizationsAccess"),
			Open: "it gives the management account the right to deploy to the others, which it has anyway: no policy binds it",
			Page: "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-orgs-activate-trusted-access.html"},
		{Class: Access, Service: "Directory Service", It: "people of a Windows domain",
			Actions: calls("ds:EnableRoleAccess ResetUserPassword ds-data:AddGroupMember CreateUser UpdateUser"),
			Open:    "nodes that have joined a domain let its users in, by the network; who administers the domain decides"},
		{Class: Access, Service: "EKS", It: "who may use a cluster",
			Actions: calls("eks:AssociateAccessPolicy AssociateIdentityProviderConfig CreateAccessEntry CreateCapability CreatePodIdentityAssociation " +
				"UpdateAccessEntry UpdateCapability UpdateClusterConfig UpdatePodIdentityAssociation"),
			Open: "who administers a cluster decides"},
		{Class: Access, Service: "Services that hand out roles", It: "credentials of roles for machines, jobs and partners",
			Actions: calls("chatbot:CreateMicrosoftTeamsChannelConfiguration CreateSlackChannelConfiguration UpdateMicrosoftTeamsChannelConfiguration " +
				"UpdateSlackChannelConfiguration codecatalyst:AssociateIamRoleToConnection cognito-identity:GetCredentialsForIdentity datazone:GetDomainExecutionRoleCredentials GetEnvironmentCredentials " +
				"deadline:AssumeFleetRoleForRead AssumeFleetRoleForWorker AssumeQueueRoleForRead AssumeQueueRoleForUser AssumeQueueRoleForWorker " +
				"eks-auth:AssumeRoleForPodIdentity iot:CreateRoleAlias UpdateRoleAlias iq-permission:AssumePermissionRole mgh:BatchAssociateIamRoleWithConnection " +
				"rolesanywhere:CreateProfile CreateTrustAnchor DeleteAttributeMapping DeleteCrl DisableCrl EnableProfile EnableTrustAnchor PutAttributeMapping " +
				"UpdateCrl UpdateProfile UpdateTrustAnchor"),
			Open: handedOut},
	}
}
