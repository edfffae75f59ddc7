package guardrail

import (
	"regexp"
	"time"

	"aws-access-guardrails/access/world"
)

const (
	MfaPresent = "aws:MultiFactorAuthPresent"
	TagKeys    = "aws:TagKeys"
	Username   = "${aws:username}"
)

// TokenRoleName is the role that sessions of just-in-time node access run as. Its name is AWS's. Source:
// https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-just-in-time-node-access-setting-up.html.
const TokenRoleName = "SSM-JustInTimeAccessTokenRole"

var RoleResource = regexp.MustCompile(`^role/([A-Za-z0-9+=,.@_*?-]+/)*[A-Za-z0-9+=,.@_*?-]+$`)

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
	OperationMFAMaxAge = 12 * time.Hour
	DefaultMaxSession  = time.Hour
	// GrantMaxLength is the longest window of a grant where the stack file does not say.
	GrantMaxLength = 12 * time.Hour
)

// The keys of a session tag with an OS user, and the value that is the caller's own.
const (
	RequestedOSUser = "aws:RequestTag/" + RunAsTag
	OwnOSUser       = "${aws:PrincipalTag/" + RunAsTag + "}"
	transitiveKeys  = "sts:TransitiveTagKeys"
)

var (
	// Source: https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_CreatePermissionSet.html, InstanceArn.
	InstanceID = regexp.MustCompile(`^instance/(sso)?ins-[a-zA-Z0-9-.]{16}$`)
	// Source: https://docs.aws.amazon.com/singlesignon/latest/IdentityStoreAPIReference/API_DescribeUser.html,
	// IdentityStoreId and UserId.
	IdentityStoreID = regexp.MustCompile(`^d-[0-9a-f]{10}$|^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
	PrincipalID     = regexp.MustCompile(`^([0-9a-f]{10}-)?[A-Fa-f0-9]{8}(-[A-Fa-f0-9]{4}){3}-[A-Fa-f0-9]{12}$`)
)

// The physical names of the policies, by which explanations and CloudTrail cite them.
const (
	// GuardPolicyName is the inline policy of the MFA group that carries the Denies and enrolment.
	GuardPolicyName = "mfa-guard"
	// SelfServicePolicyName is the inline policy of the MFA group with what members may do for themselves.
	SelfServicePolicyName = "self-service"
	// RoleAccountsPolicyName is the inline policy of the MFA group that opens the way into other accounts.
	RoleAccountsPolicyName = "role-accounts"
	// OperationGuardPolicyName is the managed policy of every operation role that carries the Denies.
	OperationGuardPolicyName = "guardrails-operation-guard"
	// OperationSessionsPolicyName is the managed policy of every operation role that opens sessions on nodes of its
	// project.
	OperationSessionsPolicyName = "guardrails-operation-sessions"
	// OperationStartStopPolicyName is the managed policy of every operation role that starts and stops instances of
	// its project.
	OperationStartStopPolicyName = "guardrails-operation-start-stop"
	// NodePolicyName is the managed policy with what nodes need for the logs and the key of sessions.
	NodePolicyName = "guardrails-session-node"
	// SessionDocumentsPolicyName is the inline policy of an operation role with the session documents of its entry.
	SessionDocumentsPolicyName = "session-documents"
	// VolumeKeysPolicyName is the inline policy of an operation role with the keys of the volumes of its instances.
	VolumeKeysPolicyName = "volume-keys"
	// RebootPolicyName is the inline policy of an operation role that reboots instances.
	RebootPolicyName = "reboot"
	// OperationRoleGuardPolicyName is the inline policy of an operation role with several projects that carries the
	// Denies.
	OperationRoleGuardPolicyName = "operation-guard"
	// OperationRolePolicyName is the inline policy of an operation role with several projects that opens sessions, and
	// starts and stops instances.
	OperationRolePolicyName = "operation"
	// SourceNetworksPolicyName is the inline policy of a delegated role that carries the Deny of other networks.
	SourceNetworksPolicyName = "source-networks"
	// GrantWindowPolicyName is the inline policy of the role of a grant of another role that carries the Denies of the
	// window.
	GrantWindowPolicyName = "grant-window"
)

// PreferencesDocument is the name of the SSM document that holds Session Manager's preferences, and that a session
// uses when none is named. Source:
// https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-configure-preferences-cli.html.
const PreferencesDocument = world.PreferencesDocument

var PermissionSetName = regexp.MustCompile(`^[A-Za-z0-9_+=,.@-]{1,32}$`)
