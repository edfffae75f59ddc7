package components

import (
	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/guardrail/delegated"
	"aws-access-guardrails/guardrail/grant"
	"aws-access-guardrails/guardrail/group"
	"aws-access-guardrails/guardrail/identitycenter"
	"aws-access-guardrails/guardrail/justintime"
	"aws-access-guardrails/guardrail/managedpolicy"
	"aws-access-guardrails/guardrail/operation"
	"aws-access-guardrails/guardrail/osaccess"
	"aws-access-guardrails/guardrail/passwordpolicy"
	"aws-access-guardrails/guardrail/preferences"
	"aws-access-guardrails/guardrail/scp"
	"aws-access-guardrails/guardrail/user"
	"aws-access-guardrails/problem"
)

// The values that configure components live in the packages under guardrail, which need no Pulumi. Programs write
// them under these names.
type (
	DelegatedRoleArgs           = delegated.Args
	AccessGrantArgs             = grant.Args
	GrantOpens                  = grant.Opens
	MFAGroupArgs                = group.Args
	SelfService                 = group.SelfService
	Account                     = guardrail.Account
	Notice                      = guardrail.Notice
	Notices                     = guardrail.Notices
	SessionName                 = guardrail.SessionName
	AccessControlAttributesArgs = identitycenter.AttributesArgs
	Assignment                  = identitycenter.Assignment
	IdentityCenter              = identitycenter.IdentityCenter
	PermissionSetArgs           = identitycenter.PermissionSetArgs
	PermissionSetTemplate       = identitycenter.PermissionSetTemplate
	ApprovalRule                = justintime.ApprovalRule
	JustInTimeArgs              = justintime.Args
	ManualApproval              = justintime.ManualApproval
	ManagedPolicyArgs           = managedpolicy.Args
	Partner                     = guardrail.Partner
	OperationRole               = operation.Role
	OperationRolesArgs          = operation.Args
	OSAccessArgs                = osaccess.Args
	PasswordCharacters          = passwordpolicy.Characters
	PasswordPolicyArgs          = passwordpolicy.Args
	CloudWatchLogs              = preferences.CloudWatchLogs
	RunAs                       = preferences.RunAs
	S3Logs                      = preferences.S3Logs
	SessionLogs                 = preferences.SessionLogs
	SessionPreferencesArgs      = preferences.Args
	Shell                       = preferences.Shell
	Problem                     = problem.Problem
	Problems                    = problem.List
	ConsolePasswords            = scp.ConsolePasswords
	MemberRoot                  = scp.MemberRoot
	OSAccessOnly                = scp.OSAccessOnly
	OwnPolicy                   = scp.OwnPolicy
	Plan                        = scp.Plan
	PlannedMove                 = scp.PlannedMove
	PlannedPolicy               = scp.PlannedPolicy
	ProtectGuardrails           = scp.ProtectGuardrails
	RemoteExecution             = scp.RemoteExecution
	RemoteExecutionMode         = scp.RemoteExecutionMode
	ServiceControlPoliciesArgs  = scp.Args
	TargetLoad                  = scp.TargetLoad
	Unit                        = scp.Unit
	UserArgs                    = user.Args
)

// The constants of those values.
const (
	GrantOSAccess                = grant.GrantOSAccess
	PersonTag                    = grant.PersonTag
	TicketTag                    = grant.TicketTag
	DefaultMFAGroupName          = group.DefaultMFAGroupName
	DefaultProjectTag            = guardrail.DefaultProjectTag
	DelegatedRolePath            = guardrail.DelegatedRolePath
	DisplayNameTag               = guardrail.DisplayNameTag
	EmailTag                     = guardrail.EmailTag
	GuardPolicyName              = guardrail.GuardPolicyName
	NodePolicyName               = guardrail.NodePolicyName
	OSAccessGuardPolicyName      = guardrail.OSAccessGuardPolicyName
	OSAccessPolicyName           = guardrail.OSAccessPolicyName
	OSAccessRoleName             = guardrail.OSAccessRoleName
	OSAccessRolePath             = guardrail.OSAccessRolePath
	OperationGuardPolicyName     = guardrail.OperationGuardPolicyName
	OperationRolePath            = guardrail.OperationRolePath
	OperationSessionsPolicyName  = guardrail.OperationSessionsPolicyName
	OperationStartStopPolicyName = guardrail.OperationStartStopPolicyName
	OwnOSUserRolePath            = guardrail.OwnOSUserRolePath
	PolicyPath                   = guardrail.PolicyPath
	PreferencesDocument          = guardrail.PreferencesDocument
	ReadOnlyPolicyName           = guardrail.ReadOnlyPolicyName
	RoleAccountsPolicyName       = guardrail.RoleAccountsPolicyName
	RolePath                     = guardrail.RolePath
	RunAsTag                     = guardrail.RunAsTag
	SelfServicePolicyName        = guardrail.SelfServicePolicyName
	SessionDocumentsPolicyName   = guardrail.SessionDocumentsPolicyName
	SessionNameAny               = guardrail.SessionNameAny
	SessionNameUser              = guardrail.SessionNameUser
	TokenRoleName                = guardrail.TokenRoleName
	VolumeKeysPolicyName         = guardrail.VolumeKeysPolicyName
	OSAccessTemplate             = identitycenter.OSAccessTemplate
	OperationTemplate            = identitycenter.OperationTemplate
	OwnTemplate                  = identitycenter.OwnTemplate
	PermissionSetPolicyName      = identitycenter.PermissionSetPolicyName
	ReadOnlyTemplate             = identitycenter.ReadOnlyTemplate
	ApproverPolicyName           = justintime.ApproverPolicyName
	AutoApprovalDocument         = justintime.AutoApprovalDocument
	DenyAccessDocument           = justintime.DenyAccessDocument
	RequesterPolicyName          = justintime.RequesterPolicyName
	RunAsFromUser                = operation.RunAsFromUser
	RemoteExecutionDeny          = scp.RemoteExecutionDeny
	RemoteExecutionOff           = scp.RemoteExecutionOff
	RemoteExecutionReport        = scp.RemoteExecutionReport
)
