package judge

import (
	"path"
	"slices"
	"strings"
)

// idle is a part of documents that no proof and no expectation of the shipped stacks holds, and why it need not be.
type idle struct {
	// sids are the statements, what are patterns of the change, in which "*" is any text.
	sids, what []string
	why        string
	// without is the statement that holds the part beside them: without it the part is missed.
	without string
}

func (r idle) is(s slip) bool {
	return slices.Contains(r.sids, s.sid) && slices.ContainsFunc(r.what, func(pattern string) bool {
		// A "*" of path.Match stops at slashes, which condition keys have.
		plain := strings.NewReplacer("/", " ").Replace
		matches, _ := path.Match(plain(pattern), plain(s.what))
		return matches
	})
}

func sids(s string) []string { return strings.Fields(s) }

// idleParts are those of the shipped stacks.
var idleParts = []idle{
	{
		sids: sids(`AssumeGuardrailsRolesOfListedAccountsWithMFA ChangeOwnPasswordWithMFA
			DeactivateOwnMFADeviceWithMFA ManageOwnAccessKeysWithMFA SignInCommandLineToolsWithMFA
			ViewOwnTagsWithMFA WriteOwnContactTagsWithMFA`),
		what: []string{"without aws:MultiFactorAuthPresent"},
		why: "DenyAllButEnrolmentWithoutMFA denies without MFA whatever is allowed; the condition " +
			"says so where it is read",
	},
	{
		sids: sids(
			`RebootInstancesOfOwnProject StartAndStopInstancesOfOwnProject StartSessionsOnNodes
			StartSessionsOnNodesOfOwnProject ViewConnectionStatus`,
		),
		what: []string{"without aws:ResourceTag/*", "without conditions"},
		why:  "DenyNodesOfOtherProjects denies every other node whatever is allowed",

		without: "DenyNodesOfOtherProjects",
	},
	{
		sids: sids("StartSessionsOnNodes StartSessionsOnNodesOfOwnProject"),
		what: []string{"without ssm:SessionDocumentAccessCheck"},
		why:  "AWS asks for documents of sessions whether or not the caller wants it to",
	},
	{
		sids: sids("DenyOSUsersOfOthers DenyOtherSessionTags DenySessionTagsButForOwnOSUserRoles"),
		what: []string{"dropped"},
		why: "the trust policies of the roles let nobody pass another tag, and in an organization a " +
			"guardrail says the same",
	},
	{
		sids: sids("DenyOSUsersOfOthers DenyOtherSessionTags"),
		what: []string{"without *"},
		why:  "a Deny that denies more: the laboratory has no role to which people pass their OS user",
	},
	{
		sids: sids("OwnOSUserAsOnlySessionTag"),
		what: []string{"for everybody", "without *"},
		why:  "who may pass a tag assumes nothing by that: NamedUsersWithRecentMFA says who assumes the role, and when",
	},
	{
		sids: sids(`CreateVirtualMFADevice RebootInstancesOfOwnProject ResumeAndEndOwnSessions
			RunManualApprovals StartAndStopInstancesOfOwnProject ApproveAndRejectRequests
			CancelRequests FileRequests ReadEncryptedWindowsPasswords ReadRequests`),
		what: []string{"on everything"},
		why: "the resource is all that the actions know, and what other accounts have of it lets " +
			"nobody of this one in",
	},
	{
		sids: sids(
			`ChangeOwnPassword ChangeOwnPasswordWithMFA DeactivateOwnMFADeviceWithMFA
			SignInCommandLineToolsWithMFA ViewOwnTagsWithMFA`,
		),
		what: []string{"on everything"},
		why: "AWS changes the password of the caller whatever the request names, the Denies of the " +
			"guard hold the devices of others, and tags are read",
	},
	{
		sids: sids("ReadApprovalPolicies StartManualApprovals"),
		what: []string{"on everything"},
		why:  "the condition names types of documents that approve, and those of strangers approve nothing here",
	},
	{
		sids: sids("EncryptSessionData"),
		what: []string{"on everything"},
		why: "of a permission set, of which no claim says all that it calls: a data key decrypts nothing of anybody; " +
			"operation-roles-only-operate holds it of roles",
	},
	{
		sids: sids("DenyDeletingAllTagsOfNodes DenyEnrolmentOfOthersWithoutMFA DenyWritingAuthorizationTagsOfNodes"),
		what: []string{"without *"},
		why: "a Deny that denies more: whoever must write these tags, or enrol without MFA, is " +
			"exempt or has no need to",
	},
	{
		sids: sids(`DenyAssumingFromOtherNetworks DenyEverythingFromOtherNetworks`),
		what: []string{"without aws:CurrentTime", "without aws:ViaAWSService"},
		why: "a Deny that denies more: what services do in the name of a session, and when a grant " +
			"begins, no expectation says",
	},
	{
		sids: sids(`DenyAuthorizationTagsOfSessions DenyConsolePasswordsOutsideOfJumpAccounts
			DenyFederationTokensOutsideOfJumpAccounts DenyMakingDeployerButForBootstrap
			DenyRootUsersButForCentralSessions DenyChangingApprovalPolicies
			DenyChangingSessionDocuments`),
		what: []string{"without *"},
		why: "a Deny that denies more: nobody of these stacks passes tags, makes tokens, is the root " +
			"user or writes other documents",
	},
	{
		sids: sids("NothingThatChangesAccess"),
		what: []string{"dropped"},
		why:  "what the boundary bounds carries nothing that changes access",
	},
	{
		sids: sids("DenyDeletingAllTagsOfNodes"),
		what: []string{"dropped"},
		why:  "members are allowed no call on nodes at all; the root project holds it by an expectation",
	},
	{
		sids: sids("DenyNodesOfNoProject DenyNodesOfOtherProjects"),
		what: []string{"dropped"},
		why: "of the two Denies of a permission set the other one and the conditions of the Allows " +
			"shut what this one shuts",
	},
	{
		sids: sids("DenyChangingSessionDocuments DenyOtherWaysOntoNodes DenyStartingAndStoppingNodes"),
		what: []string{"dropped"},
		why: "the role carries a policy of AWS whose document is not known, and the claim rests on " +
			"that policy as a whole",
	},
}
