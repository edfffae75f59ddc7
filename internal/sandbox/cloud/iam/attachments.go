package iam

import (
	"context"
	"maps"
	"slices"
	"strings"

	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/cloud/store"
)

// holder is the policies of one identity and how to put them back.
func (i Client) holder(kind Kind, name string) (Policies, func(*store.Tx, Policies), error) {
	switch kind {
	case KindUser:
		user, err := i.user(name)
		return user.Policies, func(tx *store.Tx, p Policies) { user.Policies = p; i.putUser(tx, user) }, err
	case KindGroup:
		group, err := i.group(name)
		return group.Policies, func(tx *store.Tx, p Policies) { group.Policies = p; i.putGroup(tx, group) }, err
	}
	role, err := i.role(name)
	if err == nil {
		err = role.changeable()
	}
	return role.Policies, func(tx *store.Tx, p Policies) { role.Policies = p; i.putRole(tx, role) }, err
}

// PutPolicy is PutUserPolicy, PutGroupPolicy and PutRolePolicy: it writes an inline policy, new or not.
func (i Client) PutPolicy(ctx context.Context, kind Kind, name, policyName, document string) error {
	return api.Do(ctx, i.Client, "Put"+string(kind)+"Policy", name+"/"+policyName, func(tx *store.Tx) error {
		policies, put, err := i.holder(kind, name)
		if err != nil {
			return err
		}
		if err := checkName("policyName", policyName, 128); err != nil {
			return err
		}
		if err := kind.checkInline(i.World.Quotas, name, policyName, document, policies.Inline); err != nil {
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
func (i Client) GetInlinePolicy(ctx context.Context, kind Kind, name, policyName string) (string, error) {
	return api.Ask(ctx, i.Client, "Get"+string(kind)+"Policy", name+"/"+policyName, func(*store.Tx) (string, error) {
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
func (i Client) readHolder(kind Kind, name string) (Policies, error) {
	policies, _, err := i.holder(kind, name)
	if api.Is(err, "UnmodifiableEntity") {
		err = nil
	}
	return policies, err
}

// DeleteInlinePolicy is DeleteUserPolicy, DeleteGroupPolicy and DeleteRolePolicy.
func (i Client) DeleteInlinePolicy(ctx context.Context, kind Kind, name, policyName string) error {
	return api.Do(ctx, i.Client, "Delete"+string(kind)+"Policy", name+"/"+policyName, func(tx *store.Tx) error {
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
func (i Client) ListInlinePolicies(ctx context.Context, kind Kind, name string) ([]string, error) {
	return api.Ask(ctx, i.Client, "List"+string(kind)+"Policies", name, func(*store.Tx) ([]string, error) {
		policies, err := i.readHolder(kind, name)
		return slices.Sorted(maps.Keys(policies.Inline)), err
	})
}

// AttachPolicy is AttachUserPolicy, AttachGroupPolicy and AttachRolePolicy; a second time changes nothing.
func (i Client) AttachPolicy(ctx context.Context, kind Kind, name, arn string) error {
	return api.Do(ctx, i.Client, "Attach"+string(kind)+"Policy", name+"/"+arn, func(tx *store.Tx) error {
		policies, put, err := i.holder(kind, name)
		if err != nil {
			return err
		}
		if err := i.state.CheckAttachable(i.Caller.Account, arn); err != nil {
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

func (i Client) attachedQuota(kind Kind) int {
	switch kind {
	case KindUser:
		return i.World.Quotas.AttachedPerUser
	case KindGroup:
		return i.World.Quotas.AttachedPerGroup
	}
	return i.World.Quotas.AttachedPerRole
}

// DetachPolicy is DetachUserPolicy, DetachGroupPolicy and DetachRolePolicy.
func (i Client) DetachPolicy(ctx context.Context, kind Kind, name, arn string) error {
	return api.Do(ctx, i.Client, "Detach"+string(kind)+"Policy", name+"/"+arn, func(tx *store.Tx) error {
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
func (i Client) ListAttachedPolicies(ctx context.Context, kind Kind, name string) ([]string, error) {
	return api.Ask(ctx, i.Client, "ListAttached"+string(kind)+"Policies", name, func(*store.Tx) ([]string, error) {
		policies, err := i.readHolder(kind, name)
		return slices.Sorted(slices.Values(policies.Attached)), err
	})
}
