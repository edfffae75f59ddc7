package refusal

// rows are all refusals, by service.
var rows = []Row{
	{"AccessDenied", "User: %s is not authorized to perform: %s on resource: %s %s", ByAccount, deployer},
	{"AccessDeniedException", "User: %s is not authorized to perform: %s on resource: %s %s", ByAccount, deployer},
	{"Throttling", "Rate exceeded", ByAccount, again},
	{
		"ServiceFailure",
		"The request processing has failed because of an unknown error, exception or failure.",
		ByAccount,
		again,
	},
	{"NoSuchEntity", "The user with name %s cannot be found.", ByAccount, gone},
	{"NoSuchEntity", "The group with name %s cannot be found.", ByAccount, gone},
	{"NoSuchEntity", "The role with name %s cannot be found.", ByAccount, gone},
	{"NoSuchEntity", "The %s policy with name %s cannot be found.", ByAccount, gone},
	{"NoSuchEntity", "The account policy with name PasswordPolicy cannot be found.", ByAccount, gone},
	{"NoSuchEntity", "The Password Policy with domain name %s cannot be found.", ByAccount, gone},
	{
		"UnmodifiableEntity",
		"Cannot perform the operation on the protected role '%s' - this role is only modifiable by AWS",
		ByAccount,
		"the role is one that an AWS service made and alone changes: take it out of guardrails:adopt, and give the " +
			"role of the stack another name",
	},
	{
		"ValidationError",
		"The specified value for accountAlias is invalid. It must be 3 to 63 characters: lower-case letters, digits " +
			"and single hyphens.",
		ByProgram,
		"the alias is not made here",
	},
	{"EntityAlreadyExists", "The account alias %s already exists.", ByProgram, "the alias is not made here"},
	{"NoSuchEntity", "The account alias with name %s cannot be found.", ByProgram, "the alias is not made here"},
	{"NoSuchEntity", "The account %s cannot be found.", ByProgram, "the credentials belong to an account of the world"},
	{
		"ValidationError",
		"1 validation error detected: Value '%d' at '%s' failed to satisfy constraint: Member must have value greater " +
			"than or equal to %d",
		ByFiles,
		"passwordPolicy",
	},
	{
		"ValidationError",
		"1 validation error detected: Value '%d' at '%s' failed to satisfy constraint: Member must have value less " +
			"than or equal to %d",
		ByFiles,
		"passwordPolicy",
	},
	{"LimitExceeded", "Cannot exceed quota for PoliciesPer%s: %d", ByFiles, "delegatedRoles[].managedPolicies"},
	{"NoSuchEntity", "Policy %s was not found.", ByAccount, gone},
	{"NoSuchEntity", "The %s with id %s cannot be found.", ByAccount, gone},
	{"DeleteConflict", "Cannot delete entity, must remove referenced objects first.", ByAccount, hangs},
	{"EntityAlreadyExists", "Login Profile for user %s already exists.", ByProgram, people},
	{"EntityAlreadyExists", "MFADevice entity at the same path and name already exists.", ByProgram, people},
	{"NoSuchEntity", "Login Profile for User %s cannot be found.", ByProgram, people},
	{"NoSuchEntity", "The Access Key with id %s cannot be found.", ByProgram, people},
	{"NoSuchEntity", "MFA Device invalid for user.", ByProgram, people},
	{"NoSuchEntity", "VirtualMFADevice with serial number %s doesn't exist.", ByProgram, people},
	{"LimitExceeded", "Cannot exceed quota for AccessKeysPerUser: %d", ByProgram, people},
	{"LimitExceeded", "Cannot exceed quota for MFADevicesPerUser: %d", ByProgram, people},
	{"DeleteConflict", "Mfa device must be deactivated before it can be deleted.", ByProgram, people},
	{"EntityAlreadyExists", "Group with name %s already exists.", ByAccount, adopt},
	{"EntityAlreadyExists", "Role with name %s already exists.", ByAccount, adopt},
	{"EntityAlreadyExists", "User with name %s already exists.", ByAccount, adopt},
	{"EntityAlreadyExists", "A policy called %s already exists. Duplicate names are not allowed.", ByAccount, adopt},
	{"LimitExceeded", "Cannot exceed quota for GroupsPerAccount: %d", ByAccount, full},
	{"LimitExceeded", "Cannot exceed quota for RolesPerAccount: %d", ByAccount, full},
	{"LimitExceeded", "Cannot exceed quota for UsersPerAccount: %d", ByAccount, full},
	{"LimitExceeded", "Cannot exceed quota for PoliciesPerAccount: %d", ByAccount, full},
	{"DeleteConflict", "Cannot delete entity, must remove users from group first.", ByAccount, hangs},
	{"DeleteConflict", "Cannot delete entity, must detach all policies first.", ByAccount, hangs},
	{"DeleteConflict", "Cannot delete entity, must delete policies first.", ByAccount, hangs},
	{"DeleteConflict", "Cannot delete entity, must remove roles from instance profile first.", ByAccount, hangs},
	{"DeleteConflict", "Cannot delete entity, must delete login profile first.", ByAccount, hangs},
	{"DeleteConflict", "Cannot delete entity, must delete access keys first.", ByAccount, hangs},
	{"DeleteConflict", "Cannot delete entity, must delete MFA device first.", ByAccount, hangs},
	{
		"OrganizationNotFoundException",
		"The request was rejected because no organization is associated with your account.",
		ByProgram,
		"the program does not ask for features of central root access",
	},
	{
		"CallerIsNotManagementAccountException",
		"The request was rejected because the account making the request is not the management account or delegated " +
			"administrator account for centralized root access.",
		ByProgram,
		"the program does not ask for features of central root access",
	},
	{
		"ServiceAccessNotEnabledException",
		"The request was rejected because trusted access is not enabled for IAM in Organizations.",
		ByProgram,
		"the program does not ask for features of central root access",
	},
	{
		"ValidationError",
		"%s is not a feature of central root access",
		ByProgram,
		"the program does not ask for features of central root access",
	},
	{"InvalidInput", "ARN %s is not valid.", ByFiles, "delegatedRoles[].managedPolicies"},
	{
		"LimitExceeded",
		"A managed policy can have up to %d versions. Before you create a new version, you must delete an existing " +
			"version.",
		ByAccount,
		"delete an old version of the policy that is not in force: aws iam delete-policy-version",
	},
	{"NoSuchEntity", "Policy %s version %s does not exist or is not attachable.", ByAccount, gone},
	{
		"DeleteConflict",
		"Cannot delete the default version of a policy.",
		ByProgram,
		"the provider deletes no version that is in force",
	},
	{"DeleteConflict", "Cannot delete a policy attached to entities.", ByAccount, hangs},
	{
		"DeleteConflict",
		"This policy has more than one version. Before you delete a policy, you must delete the policy's versions. " +
			"The default version is deleted with the policy.",
		ByProgram,
		"the provider deletes the versions before",
	},
	{
		"ValidationError",
		"1 validation error detected: Value '%d' at 'maxSessionDuration' failed to satisfy constraint: Member must " +
			"have value %s",
		ByFiles,
		"operationRoles[].maxSessionDuration",
	},
	{
		"LimitExceeded",
		"Cannot exceed quota for GroupsPerUser: %d",
		ByAccount,
		"take the user out of a group of others: a user is in ten at most",
	},
	{"NoSuchEntity", "User %s is not in group %s", ByAccount, gone},
	{
		"NoSuchEntity",
		"Scope ARN: %s does not exist or is not attachable.",
		ByProgram,
		"no role of the program has a permissions boundary",
	},
	{
		"ValidationError",
		"1 validation error detected: Value '' at '%s' failed to satisfy constraint: Member must have length greater " +
			"than or equal to 1",
		ByFiles,
		"users[].name",
	},
	{
		"ValidationError",
		"1 validation error detected: Value '%s' at '%s' failed to satisfy constraint: Member must have length less " +
			"than or equal to %d",
		ByFiles,
		"users[].name",
	},
	{
		"ValidationError",
		"The specified value for %s is invalid. It must contain only alphanumeric characters and/or the " +
			"following: +=,.@_-",
		ByFiles,
		"users[].name",
	},
	{
		"ValidationError",
		"1 validation error detected: Value '%s' at 'path' failed to satisfy constraint: Member must have length less " +
			"than or equal to 512",
		ByFiles,
		"users[].path",
	},
	{
		"ValidationError",
		"The specified value for path is invalid. It must begin and end with / and contain only alphanumeric " +
			"characters and/or / characters.",
		ByFiles,
		"users[].path",
	},
	{
		"ValidationError",
		"1 validation error detected: Value at 'description' failed to satisfy constraint: Member must have length " +
			"less than or equal to 1000",
		ByProgram,
		"no role of the program has a description",
	},
	{
		"ValidationError",
		`1 validation error detected: Value at 'description' failed to satisfy constraint: Member must satisfy regular expression pattern: [\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*`,
		ByProgram,
		"no role of the program has a description",
	},
	{"LimitExceeded", "Cannot exceed quota for TagsPerResource: %d", ByFiles, "aws:defaultTags.tags"},
	{
		"ValidationError",
		"1 validation error detected: Value '%s' at 'tags.member.key' failed to satisfy constraint: Member must have " +
			"length between 1 and 128",
		ByFiles,
		"aws:defaultTags.tags",
	},
	{
		"InvalidInput",
		"Tag keys starting with 'aws:' are reserved for internal use: %s",
		ByFiles,
		"aws:defaultTags.tags",
	},
	{
		"ValidationError",
		`1 validation error detected: Value '%s' at 'tags.member.key' failed to satisfy constraint: Member must satisfy regular expression pattern: [\p{L}\p{Z}\p{N}_.:/=+\-@]+`,
		ByFiles,
		"aws:defaultTags.tags",
	},
	{
		"ValidationError",
		"1 validation error detected: Value at 'tags.member.value' failed to satisfy constraint: Member must have " +
			"length less than or equal to 256 (key %s)",
		ByFiles,
		"aws:defaultTags.tags",
	},
	{
		"ValidationError",
		`1 validation error detected: Value '%s' at 'tags.member.value' failed to satisfy constraint: Member must satisfy regular expression pattern: [\p{L}\p{Z}\p{N}_.:/=+\-@]*`,
		ByFiles,
		"aws:defaultTags.tags",
	},
	{
		"InvalidInput",
		"Duplicate tag keys found. Please note that Tag keys are case insensitive.",
		ByFiles,
		"aws:defaultTags.tags",
	},
	{
		"AWSOrganizationsNotInUseException",
		"Your account is not a member of an organization.",
		ByAccount,
		"the account of these credentials is in no organization: deploy this stack with credentials of the management " +
			"account, or of the account to which the administration of policies is delegated",
	},
	{"AccessDeniedException", "You don't have permissions to access this resource.", ByAccount, management},
	{"InvalidInputException", "You specified an invalid policy type. (INVALID_ENUM_POLICY_TYPE)", ByProgram, written},
	{
		"ConstraintViolationException",
		"You have exceeded the number of policies that you can have. (POLICY_NUMBER_LIMIT_EXCEEDED)",
		ByAccount,
		"the organization has others besides those of this stack: remove what nobody needs there",
	},
	{
		"InvalidInputException",
		"You provided a name that is empty or longer than 128 characters. (MIN_LENGTH_EXCEEDED)",
		ByFiles,
		"organization.policies[].name",
	},
	{
		"InvalidInputException",
		"You provided a description that is longer than 512 characters. (MAX_LENGTH_EXCEEDED)",
		ByFiles,
		"organization.policies[].description",
	},
	{"InvalidInputException", "%s (INVALID_TAG)", ByFiles, "aws:defaultTags.tags"},
	{
		"ConstraintViolationException",
		"You have exceeded the number of tags allowed on this resource. (TAG_LIMIT_EXCEEDED)",
		ByFiles,
		"aws:defaultTags.tags",
	},
	{"DuplicatePolicyException", "A policy with the same name already exists.", ByAccount, takeOver},
	{
		"ConstraintViolationException",
		"You attempted to create a policy that is larger than the maximum size. (POLICY_CONTENT_LIMIT_EXCEEDED)",
		ByFiles,
		"organization.policies[].file",
	},
	{
		"MalformedPolicyDocumentException",
		"The provided policy document does not meet the requirements of the specified policy type.",
		ByFiles,
		"organization.policies[].file",
	},
	{"PolicyNotFoundException", "We can't find a policy with the PolicyId that you specified.", ByAccount, gone},
	{
		"ConstraintViolationException",
		"You can't change a policy that is managed by AWS. (POLICY_MANAGED_BY_AWS)",
		ByProgram,
		"no policy of AWS is in the state",
	},
	{
		"ConstraintViolationException",
		"You can't delete a policy that is managed by AWS. (POLICY_MANAGED_BY_AWS)",
		ByProgram,
		"no policy of AWS is in the state",
	},
	{
		"PolicyInUseException",
		"The policy is attached to one or more entities. You must detach it from all roots, OUs, and accounts before " +
			"performing this operation.",
		ByAccount,
		`somebody attached it elsewhere: detach it there, and run {up} again`,
	},
	{
		"PolicyTypeNotEnabledException",
		"This operation can be performed only for enabled policy types.",
		ByAccount,
		"switch service control policies on in the management account: aws organizations enable-policy-type " +
			"--policy-type SERVICE_CONTROL_POLICY --root-id ...",
	},
	{
		"DuplicatePolicyAttachmentException",
		"A policy with the specified name and type already exists in this target.",
		ByAccount,
		`somebody attached it already: detach it there, and run {up} again`,
	},
	{
		"ConstraintViolationException",
		"You have attached the maximum number of policies of that type to the entity. " +
			"(MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED)",
		ByAccount,
		"others attached policies there: count them in organization.attached, and attach fewer, or to the units below",
	},
	{
		"PolicyNotAttachedException",
		"The policy isn't attached to the specified target in the specified root.",
		ByAccount,
		`somebody detached it already: run {up} again`,
	},
	{
		"ConstraintViolationException",
		"You attempted to detach a policy from an entity that would cause the entity to have fewer than the minimum " +
			"number of policies of a certain type required. (MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED)",
		ByAccount,
		"attach FullAWSAccess to the target again, which somebody detached: every target keeps one policy",
	},
	{
		"TargetNotFoundException",
		"You specified a target that doesn't exist.",
		ByAccount,
		`the organization has no such root, unit or account: correct organization.tree, whose ids "aws organizations list-organizational-units-for-parent" and "aws organizations list-accounts" print`,
	},
	{
		"ParentNotFoundException",
		"We can't find a root or OU with the ParentId that you specified.",
		ByAccount,
		`the organization has no such root or unit: correct organization.tree, whose ids "aws organizations list-organizational-units-for-parent" prints`,
	},
	{
		"PolicyTypeAlreadyEnabledException",
		"The specified policy type is already enabled in the specified root.",
		ByProgram,
		"the program enables no type of policies",
	},
	{
		"PolicyTypeNotEnabledException",
		"The specified policy type isn't currently enabled in this root.",
		ByProgram,
		"the program disables no type of policies",
	},
	{
		"ValidationError",
		"1 validation error detected: Value '' at 'policyDocument' failed to satisfy constraint: Member must have " +
			"length greater than or equal to 1",
		ByProgram,
		"the program renders its documents",
	},
	{
		"MalformedPolicyDocument",
		"Syntax errors in policy.",
		ByProgram,
		"the program renders its documents, and own ones are read before",
	},
	{"MalformedPolicyDocument", "%s", ByProgram, "every document is held against the grammar before"},
	{"MalformedPolicyDocument", "Invalid principal in policy: %q:%q", ByAccount, order},
	{"LimitExceeded", "Cannot exceed quota for ACLSizePerRole: %d", ByFiles, "operationRoles[]"},
	{"LimitExceeded", "Maximum policy size of %d bytes exceeded for %s %s", ByFiles, "mfa"},
	{"LimitExceeded", "Cannot exceed quota for PolicySize: %d", ByFiles, "operationRoles"},
	{
		"NoSuchEntity",
		"Policy %s does not exist or is not attachable.",
		ByAccount,
		"the account has no policy of that ARN, or AWS none of that name: make it first, or correct the name",
	},
	{
		"PolicyNotAttachable",
		"Cannot attach a Service Role Policy to a Customer Role.",
		ByFiles,
		"delegatedRoles[].managedPolicies",
	},
	{
		"ValidationException",
		`1 validation error detected: Value '%s' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[a-zA-Z0-9_\-.]{3,128}$`,
		ByFiles,
		"justInTime.manualApprovals[].name",
	},
	{
		"InvalidDocument",
		"Document name %s cannot begin with a reserved prefix",
		ByFiles,
		"justInTime.manualApprovals[].name",
	},
	{"TooManyTagsError", "The number of tags exceeds the limit of %d", ByFiles, "aws:defaultTags.tags"},
	{"DocumentAlreadyExists", "Document with same name %s already exists", ByAccount, adopt},
	{"DocumentLimitExceeded", "You can have at most %d active SSM documents.", ByAccount, full},
	{"InvalidDocument", "Document with name %s does not exist.", ByAccount, gone},
	{
		"DuplicateDocumentContent",
		"The content of the document matches another version of the document.",
		ByAccount,
		`the document has that content already: run {up} again`,
	},
	{
		"DocumentVersionLimitExceeded",
		"The document has too many versions.",
		ByAccount,
		"delete old versions of the document: aws ssm delete-document --document-version",
	},
	{"InvalidDocumentVersion", "The document version is not valid or does not exist.", ByAccount, gone},
	{
		"InvalidDocumentOperation",
		"Document %s is shared and cannot be deleted; stop sharing it first.",
		ByAccount,
		`somebody shared the document: aws ssm modify-document-permission --account-ids-to-remove ..., and run {up} again`,
	},
	{
		"ValidationException",
		"1 validation error detected: Value '[%s]' at 'accountIdsToAdd' failed to satisfy constraint: Member must " +
			"satisfy regular expression pattern: (?i)all|[0-9]{12}?",
		ByProgram,
		"the program shares no document",
	},
	{"ValidationException", "Document name %s is not valid for the document type %s", ByProgram, written},
	{"DocumentLimitExceeded", "You can have at most %d documents of the type %s.", ByAccount, full},
	{
		"InvalidDocumentContent",
		`the schemaVersion of a document of the type %s is "0.3", not %v`,
		ByFiles,
		"justInTime.manualApprovals[].content",
	},
	{"InvalidDocumentContent", "the accessTokenRole is %q, not %v", ByFiles, "justInTime.manualApprovals[].content"},
	{"InvalidDocumentContent", "a document of the type %s has %s", ByFiles, "justInTime.manualApprovals[].content"},
	{
		"InvalidDocumentContent",
		`the action of a step is "aws:approve", not %v`,
		ByFiles,
		"justInTime.manualApprovals[].content",
	},
	{"InvalidDocumentContent", "JSON not well-formed. %v", ByFiles, "justInTime.manualApprovals[].content"},
	{"InvalidDocumentContent", "the content is not an object", ByFiles, "justInTime.manualApprovals[].content"},
	{
		"InvalidDocumentContent",
		"the accessDuration is %d to %d seconds in whole hours, not %v",
		ByFiles,
		"justInTime.manualApprovals[].content",
	},
	{
		"InvalidDocumentContent",
		"a step has 1 to 5 EnhancedApprovals.Approvers, not %d",
		ByFiles,
		"justInTime.manualApprovals[].content",
	},
	{
		"InvalidDocumentContent",
		`the type of a policy of AutoApprovalPolicyDocuments is "Cedar", not %v`,
		ByProgram,
		written,
	},
	{
		"InvalidDocumentContent",
		"a policy of AutoApprovalPolicyDocuments has its statements as content",
		ByProgram,
		written,
	},
	{"InvalidDocumentContent", "YAML not well-formed. %v", ByProgram, written},
	{"InvalidDocumentContent", "a document of the type %s is JSON or YAML", ByProgram, written},
	{"InvalidDocumentContent", "%q is not an element of a Session document", ByProgram, written},
	{"InvalidDocumentContent", `the schemaVersion of a Session document is "1.0", not %v`, ByProgram, written},
	{"InvalidDocumentContent", "the sessionType %v is none of %s", ByProgram, written},
	{"InvalidDocumentContent", "a Session document of the type Standard_Stream has inputs", ByProgram, written},
	{"InvalidDocumentContent", "%q is not an input of a Session document", ByProgram, written},
	{"InvalidDocumentContent", "the input %s is true or false, not %v", ByProgram, written},
	{"InvalidDocumentContent", "the input %s is a string, not %v", ByProgram, written},
	{"InvalidDocumentContent", "the input %s is missing", ByProgram, written},
	{"InvalidDocumentContent", "the input shellProfile is an object, not %v", ByProgram, written},
	{
		"InvalidDocumentContent",
		"the input %s is a number of minutes from %d to %d in a string, not %q",
		ByFiles,
		"sessions.idleTimeout",
	},
	{
		"InvalidDocumentContent",
		"shellProfile has linux and windows, each a string of at most 512 characters, not %q: %v",
		ByFiles,
		"sessions.shell.linux",
	},
	{
		"ValidationException",
		"1 validation error detected: Value '%s' at 'documentType' failed to satisfy constraint: Member must satisfy " +
			"enum value set: [%s]",
		ByProgram,
		written,
	},
	{
		"ValidationException",
		"1 validation error detected: Value '%s' at 'documentFormat' failed to satisfy constraint: Member must " +
			"satisfy enum value set: [YAML, TEXT, JSON]",
		ByProgram,
		written,
	},
	{"MaxDocumentSizeExceeded", "The size limit of a document is %d KB.", ByFiles, "justInTime"},
	{"AccessDeniedException", "You do not have sufficient access to perform this action.", ByAccount, instance},
	{
		"AccessDeniedException",
		"A delegated administrator cannot change access to the management account.",
		ByAccount,
		delegated,
	},
	{"ResourceNotFoundException", "Instance %s does not exist.", ByAccount, instance},
	{
		"ValidationException",
		"the configuration has %d attributes, the quota is %d",
		ByFiles,
		"identityCenter.attributes",
	},
	{
		"ValidationException",
		`1 validation error detected: Value '%s' at 'accessControlAttributes.member.key' failed to satisfy constraint: Member must satisfy regular expression pattern: [\p{L}\p{Z}\p{N}_.:\/=+\-@]+`,
		ByFiles,
		"identityCenter.attributes",
	},
	{"ValidationException", "the key %s stands twice", ByProgram, written},
	{
		"ValidationException",
		"1 validation error detected: Value at 'accessControlAttributes.member.value.source' failed to satisfy " +
			"constraint: Member must have length equal to 1 (key %s)",
		ByProgram,
		written,
	},
	{
		"ValidationException",
		"1 validation error detected: Value '%s' at 'accessControlAttributes.member.value.source' failed to satisfy " +
			"constraint",
		ByFiles,
		"identityCenter.attributes",
	},
	{"ConflictException", "Instance %s already has an access control attribute configuration.", ByAccount, adopt},
	{
		"ResourceNotFoundException",
		"Access control attribute configuration for instance %s does not exist.",
		ByAccount,
		gone,
	},
	{
		"ResourceNotFoundException",
		"%s with id %s not found",
		ByAccount,
		"the identity store has nobody of that id: correct guardrails:identityCenter.users or groups",
	},
	{
		"ResourceNotFoundException",
		"Account %s not found in the organization.",
		ByAccount,
		"the account is in another organization or in none: correct the accounts of the assignment",
	},
	{"ResourceNotFoundException", "The account assignment does not exist.", ByAccount, gone},
	{
		"ValidationException",
		`1 validation error detected: Value '%s' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: [\w+=,.@-]+ and have a length of at most 32`,
		ByFiles,
		"identityCenter.permissionSets[].name",
	},
	{"ConflictException", "PermissionSet with name %s already exists.", ByAccount, takeOver},
	{"ServiceQuotaExceededException", "You have exceeded the quota of permission sets.", ByAccount, full},
	{
		"ValidationException",
		"1 validation error detected: Value at 'description' failed to satisfy constraint",
		ByFiles,
		"identityCenter.permissionSets[].description",
	},
	{
		"ValidationException",
		"1 validation error detected: Value '%s' at 'sessionDuration' failed to satisfy constraint: it must be from " +
			"PT1H to PT12H",
		ByFiles,
		"identityCenter.permissionSets[].sessionDuration",
	},
	{"ValidationException", "%s", ByFiles, "aws:defaultTags.tags"},
	{"ServiceQuotaExceededException", "The number of tags exceeds the limit of %d.", ByFiles, "aws:defaultTags.tags"},
	{"ResourceNotFoundException", "PermissionSet with id %s not found", ByAccount, gone},
	{"ValidationException", "%s: %s", ByFiles, "identityCenter.permissionSets[].policy"},
	{
		"ServiceQuotaExceededException",
		"The inline policy exceeds the maximum size of %d.",
		ByFiles,
		"identityCenter.permissionSets[]",
	},
	{
		"ResourceNotFoundException",
		"Managed policy %s not found.",
		ByFiles,
		"identityCenter.permissionSets[].managedPolicies",
	},
	{
		"ConflictException",
		"Permission set with id %s already has a typed link attachment to a manged policy with %s",
		ByAccount,
		`somebody attached it already: detach it there, and run {up} again`,
	},
	{
		"ServiceQuotaExceededException",
		"You have exceeded AWS SSO limits. Cannot attach more than %d managed policies.",
		ByFiles,
		"identityCenter.permissionSets[].managedPolicies",
	},
	{"ResourceNotFoundException", "Managed policy %s is not attached.", ByAccount, gone},
	{
		"ValidationException",
		"1 validation error detected: Value '%s%s' at 'customerManagedPolicyReference' failed to satisfy constraint",
		ByFiles,
		"identityCenter.permissionSets[].managedPolicies",
	},
	{
		"ConflictException",
		"Permission set with id %s already has a customer managed policy %s%s",
		ByAccount,
		`somebody attached it already: detach it there, and run {up} again`,
	},
	{"ResourceNotFoundException", "Customer managed policy %s%s is not attached.", ByAccount, gone},
	{
		"ValidationException",
		"A permissions boundary is either a managed policy or a customer managed policy reference.",
		ByProgram,
		"the program passes one of the two",
	},
	{"ResourceNotFoundException", "PermissionsBoundary for permission set with id %s not found", ByAccount, gone},
	{
		"FAILED",
		"unexpected state 'FAILED', wanted target 'SUCCEEDED'. last error: policy %s does not exist or is not attachable",
		ByAccount,
		`an account of the assignments lacks the policy: make it there first, and run {up} again`,
	},
	{
		"ConflictException",
		"PermissionSet %s has ApplicationProfile associated with it.",
		ByAccount,
		`somebody assigned it by hand: take the assignment away, and run {up} again`,
	},
}

// What several rows say.
const (
	gone = `somebody deleted it by hand: run {up} again, which reads what stands and makes it again`
	full = "the account has others besides those of this stack: remove what nobody needs there, or have AWS " +
		"raise the quota"
	adopt      = `up takes over nothing that it finds: {adopt} writes it into the stack file, and the next up changes it in place`
	takeOver   = `up takes over nothing that it finds: delete it there, or import it with "pulumi import"`
	hangs      = `something that this stack did not make hangs on it: take that away, and run {up} again`
	again      = `nothing is wrong with the files: run {up} again`
	people     = "people make and delete it, or the sandbox does for them"
	written    = "the program writes the value"
	deployer   = `{deployer} prints what the role that deploys must be allowed`
	management = "deploy this stack with credentials of the management account, or of the account to which the " +
		"administration of policies is delegated"
	instance = "deploy this stack with credentials of the account that administers IAM Identity Center, in its " +
		"Region (guardrails:identityCenter.instance)"
	delegated = "a delegated administrator cannot change what is provisioned in the management account: take its " +
		"assignments there away with credentials of the management account, or give the permission set another name"
	order = "a user or role that a trust policy names does not exist: {order}"
)
