package components

import (
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"aws-access-guardrails/policy"
)

// DelegatedRoleArgs configures a role that carries managed policies for named people: an element of the section "delegatedRoles" of the
// stack file.
type DelegatedRoleArgs struct {
	Account Account
	// Name of the role. Required.
	Name string
	// Users are the names of IAM users of this account who may assume the role.
	Users []string
	// PrincipalARNs are ARNs of IAM users of other accounts who may assume the role. Roles, roots and wildcards are refused.
	PrincipalARNs []string
	// ManagedPolicies are what the role may do: names of AWS managed policies ("AdministratorAccess", "job-function/Billing") or ARNs of
	// policies of AWS or of this account. Required.
	ManagedPolicies []string
	// MFAMaxAge is how long ago the MFA of the sign-in may be, in whole seconds, 1 minute to 36 hours. Zero means 1 hour.
	MFAMaxAge time.Duration
	// SessionName is how sessions of the role must be named. Empty means SessionNameUser.
	SessionName SessionName
	// MaxSessionDuration is the longest session of the role, 1 to 12 hours. Zero means 1 hour.
	MaxSessionDuration time.Duration
	// UserPaths gives the path of users of this account who are not at "/", by user name: UserArgs.Path says what a path may be.
	UserPaths map[string]string
	// AWSManagedPolicies are names, with their paths, of AWS managed policies that AWS has and access.ManagedPolicyNames does not. Optional.
	AWSManagedPolicies []string
	// Quotas bound the documents. A field of zero means today's value.
	Quotas policy.Quotas
}

// DelegatedRole is a role that named people assume with recent MFA.
type DelegatedRole struct {
	pulumi.ResourceState
	customResources

	// RoleName is the name of the role.
	RoleName pulumi.StringOutput `pulumi:"roleName"`
	// RoleARN is the ARN of the role.
	RoleARN pulumi.StringOutput `pulumi:"roleArn"`
}

// NewDelegatedRole makes the role. It waits for the users that it names. It registers nothing when Validate has a problem.
func NewDelegatedRole(ctx *pulumi.Context, name string, args *DelegatedRoleArgs, users UserResources, opts ...pulumi.ResourceOption) (*DelegatedRole, error) {
	if err := args.Validate(); err != nil {
		return nil, err
	}
	role := &DelegatedRole{}
	children, err := register(ctx, DelegatedRoleToken, name, role, opts, users)
	if err != nil {
		return nil, err
	}
	made, err := roleResources{
		component: name, children: children, custom: &role.customResources, waitFor: resourcesOf(args.Users, users), policyKey: args.policyKey,
	}.make(ctx, args.role())
	if err != nil {
		return nil, err
	}
	role.RoleName, role.RoleARN = made.Name, made.Arn
	return role, ctx.RegisterResourceOutputs(role, pulumi.Map{"roleName": role.RoleName, "roleArn": role.RoleARN})
}
