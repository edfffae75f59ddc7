package cloud

import (
	"context"
	"maps"
	"slices"
	"strings"
)

// holder is the policies of one identity and how to put them back.
func (i IAM) holder(kind Kind, name string) (Policies, func(*tx, Policies), error) {
	switch kind {
	case KindUser:
		user, err := i.user(name)
		return user.Policies, func(tx *tx, p Policies) { user.Policies = p; i.putUser(tx, user) }, err
	case KindGroup:
		group, err := i.group(name)
		return group.Policies, func(tx *tx, p Policies) { group.Policies = p; i.putGroup(tx, group) }, err
	}
	role, err := i.role(name)
	if err == nil {
		err = role.changeable()
	}
	return role.Policies, func(tx *tx, p Policies) { role.Policies = p; i.putRole(tx, role) }, err
}

// PutPolicy is PutUserPolicy, PutGroupPolicy and PutRolePolicy: it writes an inline policy, new or not.
func (i IAM) PutPolicy(ctx context.Context, kind Kind, name, policyName, document string) error {
	return do(ctx, i.client, "Put"+string(kind)+"Policy", name+"/"+policyName, func(tx *tx) error {
		policies, put, err := i.holder(kind, name)
		if err != nil {
			return err
		}
		if err := checkName("policyName", policyName, 128); err != nil {
			return err
		}
		if err := kind.checkInline(i.cloud.Quotas, name, policyName, document, policies.Inline); err != nil {
			return err
		}
		inline := maps.Clone(policies.Inline)
		if inline == nil {
			inline = map[string]string{}
		}
		inline[policyName] = document
		put(tx, Policies{Inline: inline, Attached: policies.Attached})
		return nil
	})
}

// GetInlinePolicy is GetUserPolicy, GetGroupPolicy and GetRolePolicy: it reads the document of an inline policy.
func (i IAM) GetInlinePolicy(ctx context.Context, kind Kind, name, policyName string) (string, error) {
	return call(ctx, i.client, "Get"+string(kind)+"Policy", name+"/"+policyName, func(*tx) (string, error) {
		policies, err := i.readHolder(kind, name)
		if err != nil {
			return "", err
		}
		document, ok := policies.Inline[policyName]
		if !ok {
			return "", noSuchEntity(
				"The %s policy with name %s cannot be found.",
				strings.ToLower(string(kind)),
				policyName,
			)
		}
		return document, nil
	})
}

// readHolder is holder for reading: a reserved role can be read.
func (i IAM) readHolder(kind Kind, name string) (Policies, error) {
	policies, _, err := i.holder(kind, name)
	if Is(err, "UnmodifiableEntity") {
		err = nil
	}
	return policies, err
}

// DeleteInlinePolicy is DeleteUserPolicy, DeleteGroupPolicy and DeleteRolePolicy.
func (i IAM) DeleteInlinePolicy(ctx context.Context, kind Kind, name, policyName string) error {
	return do(ctx, i.client, "Delete"+string(kind)+"Policy", name+"/"+policyName, func(tx *tx) error {
		policies, put, err := i.holder(kind, name)
		if err != nil {
			return err
		}
		if _, ok := policies.Inline[policyName]; !ok {
			return noSuchEntity(
				"The %s policy with name %s cannot be found.",
				strings.ToLower(string(kind)),
				policyName,
			)
		}
		inline := maps.Clone(policies.Inline)
		delete(inline, policyName)
		put(tx, Policies{Inline: inline, Attached: policies.Attached})
		return nil
	})
}

// ListInlinePolicies is ListUserPolicies, ListGroupPolicies and ListRolePolicies: the names of the inline policies,
// sorted.
func (i IAM) ListInlinePolicies(ctx context.Context, kind Kind, name string) ([]string, error) {
	return call(ctx, i.client, "List"+string(kind)+"Policies", name, func(*tx) ([]string, error) {
		policies, err := i.readHolder(kind, name)
		return slices.Sorted(maps.Keys(policies.Inline)), err
	})
}

// AttachPolicy is AttachUserPolicy, AttachGroupPolicy and AttachRolePolicy; a second time changes nothing.
func (i IAM) AttachPolicy(ctx context.Context, kind Kind, name, arn string) error {
	return do(ctx, i.client, "Attach"+string(kind)+"Policy", name+"/"+arn, func(tx *tx) error {
		policies, put, err := i.holder(kind, name)
		if err != nil {
			return err
		}
		if err := i.cloud.checkAttachable(i.caller.Account, arn); err != nil {
			return err
		}
		if slices.Contains(policies.Attached, arn) {
			return nil
		}
		if quota := i.attachedQuota(kind); len(policies.Attached) >= quota {
			return limitExceeded("Cannot exceed quota for PoliciesPer%s: %d", kind, quota)
		}
		put(tx, Policies{Inline: policies.Inline, Attached: append(slices.Clone(policies.Attached), arn)})
		return nil
	})
}

func (i IAM) attachedQuota(kind Kind) int {
	switch kind {
	case KindUser:
		return i.cloud.Quotas.AttachedPerUser
	case KindGroup:
		return i.cloud.Quotas.AttachedPerGroup
	}
	return i.cloud.Quotas.AttachedPerRole
}

// DetachPolicy is DetachUserPolicy, DetachGroupPolicy and DetachRolePolicy.
func (i IAM) DetachPolicy(ctx context.Context, kind Kind, name, arn string) error {
	return do(ctx, i.client, "Detach"+string(kind)+"Policy", name+"/"+arn, func(tx *tx) error {
		policies, put, err := i.holder(kind, name)
		if err != nil {
			return err
		}
		if !slices.Contains(policies.Attached, arn) {
			return noSuchEntity("Policy %s was not found.", arn)
		}
		attached := slices.DeleteFunc(slices.Clone(policies.Attached), func(a string) bool { return a == arn })
		put(tx, Policies{Inline: policies.Inline, Attached: attached})
		return nil
	})
}

// ListAttachedPolicies is ListAttachedUserPolicies, ListAttachedGroupPolicies and ListAttachedRolePolicies: ARNs,
// sorted.
func (i IAM) ListAttachedPolicies(ctx context.Context, kind Kind, name string) ([]string, error) {
	return call(ctx, i.client, "ListAttached"+string(kind)+"Policies", name, func(*tx) ([]string, error) {
		policies, err := i.readHolder(kind, name)
		return slices.Sorted(slices.Values(policies.Attached)), err
	})
}
