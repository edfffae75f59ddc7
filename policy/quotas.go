package policy

import "cmp"

// Quotas are the limits that AWS puts on policies and what holds them. They are settings, because AWS raises them,
// for everybody or for one account on request. A field of zero means today's value. Sources: "IAM and AWS STS quotas"
// in the IAM User Guide, "Quotas for AWS Organizations", "AWS IAM Identity Center quotas", "AWS Systems Manager
// endpoints and quotas" in the AWS General Reference.
type Quotas struct {
	// ManagedPolicy is the size of a customer managed policy, in characters without white space. Today 6,144; AWS
	// does not raise it.
	ManagedPolicy int
	// UserInline is the size of all inline policies of one user together, in characters without white space. Today
	// 2,048.
	UserInline int
	// GroupInline is the size of all inline policies of one group together, in characters without white space. Today
	// 5,120.
	GroupInline int
	// RoleInline is the size of all inline policies of one role together, in characters without white space. Today
	// 10,240.
	RoleInline int
	// Trust is the size of a role's trust policy, in characters without white space. Today 2,048; AWS raises it on
	// request.
	Trust int
	// SCP is the size of a service control policy in bytes, white space included. Today 10,240 (5,120 until May 2026).
	SCP int
	// SCPsPerTarget is the number of service control policies attached to one root, unit or account, FullAWSAccess
	// included. Today 10 (5 until May 2026).
	SCPsPerTarget int
	// PermissionSetInline is the size of a permission set's inline policy in bytes. Today 10,240.
	PermissionSetInline int
	// SessionPolicy is the size of a session policy in bytes, white space included. Today 2,048.
	SessionPolicy int
	// AttachedPerUser is the number of managed policies attached to one user. Today 10; AWS raises it on request.
	AttachedPerUser int
	// AttachedPerGroup is the number of managed policies attached to one group. Today 10; AWS does not raise it.
	AttachedPerGroup int
	// AttachedPerRole is the number of managed policies attached to one role. Today 10; AWS raises it on request.
	AttachedPerRole int
	// GroupsPerUser is the number of groups of one user. Today 10; AWS does not raise it.
	GroupsPerUser int
	// TagsPerPrincipal is the number of tags of one user or role. Today 50; AWS does not raise it.
	TagsPerPrincipal int
	// Users is the number of IAM users of one account. Today 5,000; AWS does not raise it.
	Users int
	// Groups is the number of IAM groups of one account. Today 300; AWS raises it to 500 on request.
	Groups int
	// Roles is the number of IAM roles of one account. Today 1,000; AWS raises it on request.
	Roles int
	// Policies is the number of customer managed policies of one account. Today 1,500; AWS raises it on request.
	Policies int
	// Documents is the number of SSM documents of one account in one Region. Today 500; AWS raises it on request.
	Documents int
	// SCPs is the number of service control policies of one organization. Today 10,000.
	SCPs int
	// PermissionSets is the number of permission sets of one instance of IAM Identity Center. Today 2,000; AWS raises
	// it on request.
	PermissionSets int
	// AttachedPerPermissionSet is the number of AWS managed policies of one permission set. Today 20; the role in an
	// account is bound by AttachedPerRole too.
	AttachedPerPermissionSet int
}

// DefaultQuotas are today's values. Where copies of AWS's pages disagree, the smaller one is taken: what fits there
// fits everywhere.
func DefaultQuotas() Quotas {
	return Quotas{
		ManagedPolicy:            6144,
		UserInline:               2048,
		GroupInline:              5120,
		RoleInline:               10240,
		Trust:                    2048,
		SCP:                      10240,
		SCPsPerTarget:            10,
		PermissionSetInline:      10240,
		SessionPolicy:            2048,
		AttachedPerUser:          10,
		AttachedPerGroup:         10,
		AttachedPerRole:          10,
		GroupsPerUser:            10,
		TagsPerPrincipal:         50,
		Users:                    5000,
		Groups:                   300,
		Roles:                    1000,
		Policies:                 1500,
		Documents:                500,
		SCPs:                     10000,
		PermissionSets:           2000,
		AttachedPerPermissionSet: 20,
	}
}

// WithDefaults returns the quotas with today's value in every field that is zero. A negative limit stays, and nothing
// fits under it.
func (q Quotas) WithDefaults() Quotas {
	today := DefaultQuotas()
	return Quotas{
		ManagedPolicy:            cmp.Or(q.ManagedPolicy, today.ManagedPolicy),
		UserInline:               cmp.Or(q.UserInline, today.UserInline),
		GroupInline:              cmp.Or(q.GroupInline, today.GroupInline),
		RoleInline:               cmp.Or(q.RoleInline, today.RoleInline),
		Trust:                    cmp.Or(q.Trust, today.Trust),
		SCP:                      cmp.Or(q.SCP, today.SCP),
		SCPsPerTarget:            cmp.Or(q.SCPsPerTarget, today.SCPsPerTarget),
		PermissionSetInline:      cmp.Or(q.PermissionSetInline, today.PermissionSetInline),
		SessionPolicy:            cmp.Or(q.SessionPolicy, today.SessionPolicy),
		AttachedPerUser:          cmp.Or(q.AttachedPerUser, today.AttachedPerUser),
		AttachedPerGroup:         cmp.Or(q.AttachedPerGroup, today.AttachedPerGroup),
		AttachedPerRole:          cmp.Or(q.AttachedPerRole, today.AttachedPerRole),
		GroupsPerUser:            cmp.Or(q.GroupsPerUser, today.GroupsPerUser),
		TagsPerPrincipal:         cmp.Or(q.TagsPerPrincipal, today.TagsPerPrincipal),
		Users:                    cmp.Or(q.Users, today.Users),
		Groups:                   cmp.Or(q.Groups, today.Groups),
		Roles:                    cmp.Or(q.Roles, today.Roles),
		Policies:                 cmp.Or(q.Policies, today.Policies),
		Documents:                cmp.Or(q.Documents, today.Documents),
		SCPs:                     cmp.Or(q.SCPs, today.SCPs),
		PermissionSets:           cmp.Or(q.PermissionSets, today.PermissionSets),
		AttachedPerPermissionSet: cmp.Or(q.AttachedPerPermissionSet, today.AttachedPerPermissionSet),
	}
}
