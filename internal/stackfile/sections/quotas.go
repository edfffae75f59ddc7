package sections

import (
	"aws-access-guardrails/internal/strictyaml"
	"aws-access-guardrails/policy"
)

var quotaKeys = strictyaml.Keys(
	"limits of AWS, where this account has others than everybody",
	quota(
		"managedPolicy",
		func(q *policy.Quotas) *int { return &q.ManagedPolicy },
		"The size of a customer managed policy, in characters without white space.",
	),
	quota(
		"userInline",
		func(q *policy.Quotas) *int { return &q.UserInline },
		"The size of all inline policies of one user, in characters without white space.",
	),
	quota(
		"groupInline",
		func(q *policy.Quotas) *int { return &q.GroupInline },
		"The size of all inline policies of one group, in characters without white space.",
	),
	quota(
		"roleInline",
		func(q *policy.Quotas) *int { return &q.RoleInline },
		"The size of all inline policies of one role, in characters without white space.",
	),
	quota(
		"trust",
		func(q *policy.Quotas) *int { return &q.Trust },
		"The size of a role's trust policy, in characters without white space.",
	),
	quota("scp", func(q *policy.Quotas) *int { return &q.SCP }, "The size of a service control policy, in bytes."),
	quota(
		"scpsPerTarget",
		func(q *policy.Quotas) *int { return &q.SCPsPerTarget },
		"The number of service control policies attached to one root, unit or account.",
	),
	quota(
		"permissionSetInline",
		func(q *policy.Quotas) *int { return &q.PermissionSetInline },
		"The size of the inline policy of a permission set, in bytes.",
	),
	quota(
		"sessionPolicy",
		func(q *policy.Quotas) *int { return &q.SessionPolicy },
		"The size of a session policy, in bytes.",
	),
	quota(
		"attachedPerUser",
		func(q *policy.Quotas) *int { return &q.AttachedPerUser },
		"The number of managed policies attached to one user.",
	),
	quota(
		"attachedPerGroup",
		func(q *policy.Quotas) *int { return &q.AttachedPerGroup },
		"The number of managed policies attached to one group.",
	),
	quota(
		"attachedPerRole",
		func(q *policy.Quotas) *int { return &q.AttachedPerRole },
		"The number of managed policies attached to one role.",
	),
	quota(
		"groupsPerUser",
		func(q *policy.Quotas) *int { return &q.GroupsPerUser },
		"The number of groups of one user.",
	),
	quota(
		"tagsPerPrincipal",
		func(q *policy.Quotas) *int { return &q.TagsPerPrincipal },
		"The number of tags of one user or role.",
	),
	quota("users", func(q *policy.Quotas) *int { return &q.Users }, "The number of IAM users of the account."),
	quota("groups", func(q *policy.Quotas) *int { return &q.Groups }, "The number of IAM groups of the account."),
	quota("roles", func(q *policy.Quotas) *int { return &q.Roles }, "The number of IAM roles of the account."),
	quota(
		"policies",
		func(q *policy.Quotas) *int { return &q.Policies },
		"The number of customer managed policies of the account.",
	),
	quota(
		"documents",
		func(q *policy.Quotas) *int { return &q.Documents },
		"The number of SSM documents of the account in one Region.",
	),
	quota(
		"scps",
		func(q *policy.Quotas) *int { return &q.SCPs },
		"The number of service control policies of the organization.",
	),
	quota(
		"permissionSets",
		func(q *policy.Quotas) *int { return &q.PermissionSets },
		"The number of permission sets of the instance of IAM Identity Center.",
	),
	quota(
		"attachedPerPermissionSet",
		func(q *policy.Quotas) *int { return &q.AttachedPerPermissionSet },
		"The number of AWS managed policies of one permission set. attachedPerRole bounds it too: the permission "+
			"set becomes a role.",
	),
)

func quota(name string, place func(*policy.Quotas) *int, doc string) *strictyaml.FieldOf[policy.Quotas, int] {
	today := policy.DefaultQuotas()
	return strictyaml.Key(name, place, strictyaml.WholeNumber{Least: 1, Most: 1 << 20}).
		OrElse(*place(&today), "it is today's limit for every account").
		Doc(doc).
		Example(*place(&today))
}
