package policy

import "cmp"

// Quotas are the limits that AWS puts on policies and what holds them. They are settings, because AWS raises them, for everybody or for
// one account on request. A field of zero means today's value. Sources: "IAM and AWS STS quotas" in the IAM User Guide, "Quotas for AWS
// Organizations", "AWS IAM Identity Center quotas".
type Quotas struct {
	// ManagedPolicy is the size of a customer managed policy, in characters without white space. Today 6,144; AWS does not raise it.
	ManagedPolicy int
	// UserInline is the size of all inline policies of one user together, in characters without white space. Today 2,048.
	UserInline int
	// GroupInline is the size of all inline policies of one group together, in characters without white space. Today 5,120.
	GroupInline int
	// RoleInline is the size of all inline policies of one role together, in characters without white space. Today 10,240.
	RoleInline int
	// Trust is the size of a role's trust policy, in characters without white space. Today 2,048; AWS raises it on request.
	Trust int
	// SCP is the size of a service control policy in bytes, white space included. Today 10,240 (5,120 until May 2026).
	SCP int
	// SCPsPerTarget is the number of service control policies attached to one root, unit or account, FullAWSAccess included. Today 10 (5 until
	// May 2026).
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
}

// DefaultQuotas are today's values. Where copies of AWS's pages disagree, the smaller one is taken: what fits there fits everywhere.
func DefaultQuotas() Quotas {
	return Quotas{
		ManagedPolicy:       6144,
		UserInline:          2048,
		GroupInline:         5120,
		RoleInline:          10240,
		Trust:               2048,
		SCP:                 10240,
		SCPsPerTarget:       10,
		PermissionSetInline: 10240,
		SessionPolicy:       2048,
		AttachedPerUser:     10,
		AttachedPerGroup:    10,
		AttachedPerRole:     10,
		GroupsPerUser:       10,
		TagsPerPrincipal:    50,
	}
}

// WithDefaults returns the quotas with today's value in every field that is zero. A negative limit stays, and nothing fits under it.
func (q Quotas) WithDefaults() Quotas {
	today := DefaultQuotas()
	return Quotas{
		ManagedPolicy:       cmp.Or(q.ManagedPolicy, today.ManagedPolicy),
		UserInline:          cmp.Or(q.UserInline, today.UserInline),
		GroupInline:         cmp.Or(q.GroupInline, today.GroupInline),
		RoleInline:          cmp.Or(q.RoleInline, today.RoleInline),
		Trust:               cmp.Or(q.Trust, today.Trust),
		SCP:                 cmp.Or(q.SCP, today.SCP),
		SCPsPerTarget:       cmp.Or(q.SCPsPerTarget, today.SCPsPerTarget),
		PermissionSetInline: cmp.Or(q.PermissionSetInline, today.PermissionSetInline),
		SessionPolicy:       cmp.Or(q.SessionPolicy, today.SessionPolicy),
		AttachedPerUser:     cmp.Or(q.AttachedPerUser, today.AttachedPerUser),
		AttachedPerGroup:    cmp.Or(q.AttachedPerGroup, today.AttachedPerGroup),
		AttachedPerRole:     cmp.Or(q.AttachedPerRole, today.AttachedPerRole),
		GroupsPerUser:       cmp.Or(q.GroupsPerUser, today.GroupsPerUser),
		TagsPerPrincipal:    cmp.Or(q.TagsPerPrincipal, today.TagsPerPrincipal),
	}
}
