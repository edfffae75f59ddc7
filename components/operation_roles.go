package components

import (
	"strings"
	"time"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"aws-access-guardrails/policy"
)

// OperationRolesArgs configures the roles that reach the nodes of one project as one OS user: the section "operationRoles" of the stack file.
type OperationRolesArgs struct {
	Account Account
	// ProjectTag is the tag key that pairs roles with nodes ("tags.project"). Empty means DefaultProjectTag.
	ProjectTag string
	// DefaultRunAs is the OS user of sessions whose role names none ("sessions.runAs.defaultUser"). Empty means that such a session fails,
	// and then every role must name one.
	DefaultRunAs string
	// Regions are the Regions where sessions may open ("sessions.regions"): those whose preferences are set, because elsewhere AWS's defaults
	// open shells as ssm-user with sudo. Empty means every Region, which is right only where somebody else sets the preferences.
	Regions []string
	// KMSKeyID is the key that encrypts session data ("sessions.kmsKeyId"): a key id or a key ARN, never an alias. Empty means none.
	KMSKeyID string
	// Roles are the entries, in the order of the stack file. Empty means that nothing is made, the shared policies included.
	Roles []OperationRole
	// UserPaths gives the path of users of this account who are not at "/", by user name: UserArgs.Path says what a path may be.
	UserPaths map[string]string
	// OSUsers are the OS users of people by the ARN of their user, of this account and of others: UserArgs.RunAs. Roles with RunAsFromUser want one
	// for each of their people.
	OSUsers map[string]string
	// Quotas bound the documents. A field of zero means today's value.
	Quotas policy.Quotas
}

// OperationRole is one entry of the section "operationRoles".
type OperationRole struct {
	// Name of the role. Empty means a name derived from Project and RunAs, such as "TestProject1-os-user1".
	Name string
	// Users are the names of IAM users of this account who may assume the role.
	Users []string
	// PrincipalARNs are ARNs of IAM users of other accounts who may assume the role. Roles, roots and wildcards are refused.
	PrincipalARNs []string
	// Project is the value of the project tag, on the role and on the nodes that it reaches. Required.
	Project string
	// RunAs is the OS user of the role's shells on Linux and macOS. Empty means OperationRolesArgs.DefaultRunAs; RunAsFromUser that everybody's
	// shells start as the OS user of his or her own, so that several people share one role.
	RunAs string
	// Documents are the names of the session documents that the role may use besides the shell: "AWS-..." are AWS's, others the account's own.
	Documents []string
	// VolumeKeyARNs are ARNs of the customer managed KMS keys that encrypt volumes of the project's instances, of this account or of others. Whoever starts
	// such an instance makes a grant on the key for EC2; without it the instance falls back to stopped. Empty means that no volume has such a key.
	VolumeKeyARNs []string
	// AllowUnlogged accepts documents whose sessions leave the tag boundary, Run As or the logs.
	AllowUnlogged bool
	// MFAMaxAge is how long ago the MFA of the sign-in may be, in whole seconds, 1 minute to 36 hours. Zero means 12 hours.
	MFAMaxAge time.Duration
	// SessionName is how sessions of the role must be named. Empty means SessionNameUser.
	SessionName SessionName
	// MaxSessionDuration is the longest session of the role, 1 to 12 hours. Zero means 1 hour.
	MaxSessionDuration time.Duration
}

// RunAsFromUser as the OS user of a role stands for that of the user who assumes it. It has an upper-case letter, so no login is spelt like it.
const RunAsFromUser = "fromUser"

// FromUser reports whether everybody's shells of the role start as the OS user of his or her own.
func (r OperationRole) FromUser() bool { return r.RunAs == RunAsFromUser }

// SessionName is the rule for the names of role sessions.
type SessionName string

// The rules for session names.
const (
	// SessionNameUser wants the name of the user who assumes the role, so that every session is attributable.
	SessionNameUser SessionName = "userName"
	// SessionNameAny takes any name.
	SessionNameAny SessionName = "any"
)

// OperationRoles is a role per entry and the policies that they share.
type OperationRoles struct {
	pulumi.ResourceState
	customResources

	// RoleARNs are the ARNs of the roles by name.
	RoleARNs pulumi.StringMapOutput `pulumi:"roleArns"`
	// PolicyARNs are the ARNs of the shared policies by name.
	PolicyARNs pulumi.StringMapOutput `pulumi:"policyArns"`
}

// NewOperationRoles makes the shared policies once and a role per entry. The role waits for the users that it names. The Denies of every role are
// attached before anything is allowed, and before a shared policy allows anything else. It registers nothing when Validate has a problem.
func NewOperationRoles(ctx *pulumi.Context, name string, args *OperationRolesArgs, users UserResources, opts ...pulumi.ResourceOption) (*OperationRoles, error) {
	if err := args.Validate(); err != nil {
		return nil, err
	}
	roles := &OperationRoles{}
	children, err := register(ctx, OperationRolesToken, name, roles, opts, users)
	if err != nil {
		return nil, err
	}
	made, shared := map[string]*iam.Policy{}, args.sharedPolicies()
	guard := min(1, len(shared))
	if err := roles.share(ctx, name, args, shared[:guard], made, children); err != nil {
		return nil, err
	}
	var denied []*deniedRole
	var denies []pulumi.Resource
	for _, entry := range args.Roles {
		role := args.role(entry)
		d, err := roleResources{
			component: name, key: []string{role.Name}, children: children, custom: &roles.customResources,
			waitFor:  resourcesOf(entry.Users, users),
			policies: made, policyKey: policyName, guard: args.policyARN(OperationGuardPolicyName),
		}.deny(ctx, role)
		if err != nil {
			return nil, err
		}
		denied, denies = append(denied, d), append(denies, d.denies...)
	}
	if err := roles.share(ctx, name, args, shared[guard:], made, children.after(denies...)); err != nil {
		return nil, err
	}
	roleARNs, policyARNs := pulumi.StringMap{}, pulumi.StringMap{}
	for _, d := range denied {
		if err := d.allow(ctx); err != nil {
			return nil, err
		}
		roleARNs[d.role.Name] = d.made.Arn
	}
	for _, p := range shared {
		policyARNs[p.name] = made[args.policyARN(p.name)].Arn
	}
	roles.RoleARNs, roles.PolicyARNs = roleARNs.ToStringMapOutput(), policyARNs.ToStringMapOutput()
	return roles, ctx.RegisterResourceOutputs(roles, pulumi.Map{"roleArns": roles.RoleARNs, "policyArns": roles.PolicyARNs})
}

// share makes shared policies and keeps them by ARN.
func (r *OperationRoles) share(
	ctx *pulumi.Context, name string, args *OperationRolesArgs, policies []managedPolicy, made map[string]*iam.Policy, options []pulumi.ResourceOption,
) error {
	for _, p := range policies {
		// No description: it could never change without replacing the policy.
		shared, err := iam.NewPolicy(ctx, childName(name, childPolicy, p.name), &iam.PolicyArgs{
			Name:   pulumi.String(p.name),
			Path:   pulumi.String(PolicyPath),
			Policy: pulumi.String(p.document.JSON()),
		}, options...)
		if err != nil {
			return err
		}
		r.add(shared)
		made[args.policyARN(p.name)] = shared
	}
	return nil
}

// policyName is the name in the ARN of a policy.
func policyName(arn string) string { return arn[strings.LastIndexByte(arn, '/')+1:] }
