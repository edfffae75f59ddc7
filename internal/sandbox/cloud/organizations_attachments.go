package cloud

import (
	"context"
	"net/http"
	"slices"
)

// AttachPolicy attaches a policy to the root, a unit or an account.
func (o Organizations) AttachPolicy(ctx context.Context, id, target string) error {
	return do(ctx, o.client, "AttachPolicy", target+":"+id, func(tx *tx) error {
		p, attached, err := o.attachment(id, target)
		if err != nil {
			return err
		}
		org, _ := o.cloud.organizations.get("", organizationKey)
		switch {
		case !slices.Contains(org.PolicyTypes, p.Type):
			return refuse(
				http.StatusBadRequest,
				"PolicyTypeNotEnabledException",
				"This operation can be performed only for enabled policy types.",
			).
				hint("enable %s for the root", p.Type)
		case slices.Contains(attached, id):
			return refuse(
				http.StatusBadRequest,
				"DuplicatePolicyAttachmentException",
				"A policy with the specified name and type already exists in this target.",
			)
		case o.count(attached, p.Type) >= o.cloud.Quotas.SCPsPerTarget:
			return constraint(
				"MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED",
				"You have attached the maximum number of policies of that type to the entity.",
			).
				hint("%s has %d", target, len(attached))
		}
		o.cloud.attachments.put(tx, "", target, append(slices.Clone(attached), id))
		return nil
	})
}

// DetachPolicy detaches a policy; the last policy of a type stays.
func (o Organizations) DetachPolicy(ctx context.Context, id, target string) error {
	return do(ctx, o.client, "DetachPolicy", target+":"+id, func(tx *tx) error {
		p, attached, err := o.attachment(id, target)
		if err != nil {
			return err
		}
		switch {
		case !slices.Contains(attached, id):
			return refuse(
				http.StatusBadRequest,
				"PolicyNotAttachedException",
				"The policy isn't attached to the specified target in the specified root.",
			)
		case p.Type == ServiceControlPolicy && o.count(attached, p.Type) == 1:
			return constraint(
				"MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED",
				"You attempted to detach a policy from an entity that would cause the entity "+
					"to have fewer than the minimum number of policies of a certain type required.",
			).hint("%s would have none", target)
		}
		o.cloud.attachments.put(
			tx,
			"",
			target,
			slices.DeleteFunc(slices.Clone(attached), func(a string) bool { return a == id }),
		)
		return nil
	})
}

// attachment is a policy and what is attached to a target.
func (o Organizations) attachment(id, target string) (OrganizationPolicy, []string, error) {
	p, err := o.policy(id)
	if err != nil {
		return OrganizationPolicy{}, nil, err
	}
	org, _ := o.cloud.organizations.get("", organizationKey)
	if target != org.Root && !o.cloud.units.has("", target) && !o.cloud.isMember(target) {
		return OrganizationPolicy{}, nil, refuse(
			http.StatusBadRequest,
			"TargetNotFoundException",
			"You specified a target that doesn't exist.",
		).
			hint("the organization has no %s; list it under organization in sandbox.yaml", target)
	}
	attached, _ := o.cloud.attachments.get("", target)
	return p, attached, nil
}

func (o Organizations) count(attached []string, policyType string) int {
	n := 0
	for _, id := range attached {
		if p, _ := o.cloud.organizationPolicies.get("", id); p.Type == policyType {
			n++
		}
	}
	return n
}

// ListPoliciesForTarget lists the ids of the policies attached to a target, in the order of attachment.
func (o Organizations) ListPoliciesForTarget(ctx context.Context, target string) ([]string, error) {
	return call(ctx, o.client, "ListPoliciesForTarget", target, func(*tx) ([]string, error) {
		if _, err := o.organization(false); err != nil {
			return nil, err
		}
		_, attached, err := o.attachment(fullAccess, target)
		return slices.Clone(attached), err
	})
}

// ListPolicies lists the ids of the policies of a type, sorted.
func (o Organizations) ListPolicies(ctx context.Context, policyType string) ([]string, error) {
	return call(ctx, o.client, "ListPolicies", policyType, func(*tx) ([]string, error) {
		if _, err := o.organization(false); err != nil {
			return nil, err
		}
		var ids []string
		for _, p := range o.cloud.organizationPolicies.list("") {
			if p.Type == policyType {
				ids = append(ids, p.ID)
			}
		}
		return ids, nil
	})
}

// ListTargetsForPolicy lists the ids of the roots, units and accounts that a policy is attached to, sorted.
func (o Organizations) ListTargetsForPolicy(ctx context.Context, id string) ([]string, error) {
	return call(ctx, o.client, "ListTargetsForPolicy", id, func(*tx) ([]string, error) {
		if _, err := o.policy(id); err != nil {
			return nil, err
		}
		var targets []string
		for _, target := range o.cloud.attachments.keys("") {
			if attached, _ := o.cloud.attachments.get("", target); slices.Contains(attached, id) {
				targets = append(targets, target)
			}
		}
		return targets, nil
	})
}

// SetPolicyType enables a type of policies for the root, or disables it. Disabling service control policies detaches
// all of them; enabling them again brings FullAWSAccess alone back.
func (o Organizations) SetPolicyType(ctx context.Context, policyType string, enabled bool) error {
	operation := map[bool]string{true: "EnablePolicyType", false: "DisablePolicyType"}[enabled]
	return do(ctx, o.client, operation, policyType, func(tx *tx) error {
		org, err := o.organization(false)
		if err != nil {
			return err
		}
		was := slices.Contains(org.PolicyTypes, policyType)
		switch {
		case !slices.Contains(policyTypes, policyType):
			return invalidInput("INVALID_ENUM_POLICY_TYPE", "You specified an invalid policy type.")
		case was && enabled:
			return refuse(
				http.StatusBadRequest,
				"PolicyTypeAlreadyEnabledException",
				"The specified policy type is already enabled in the specified root.",
			)
		case !was && !enabled:
			return refuse(
				http.StatusBadRequest,
				"PolicyTypeNotEnabledException",
				"The specified policy type isn't currently enabled in this root.",
			)
		}
		org.PolicyTypes = slices.DeleteFunc(
			slices.Clone(org.PolicyTypes),
			func(t string) bool { return t == policyType },
		)
		if enabled {
			org.PolicyTypes = slices.Sorted(slices.Values(append(org.PolicyTypes, policyType)))
		}
		o.cloud.organizations.put(tx, "", organizationKey, org)
		o.cloud.resetAttachments(tx, org, policyType)
		return nil
	})
}

// resetAttachments detaches every policy of a type, and attaches FullAWSAccess where service control policies are
// enabled.
func (c *Cloud) resetAttachments(tx *tx, org Organization, policyType string) {
	targets := slices.Concat([]string{org.Root}, c.units.keys(""), c.members.keys(""))
	for _, target := range targets {
		attached, _ := c.attachments.get("", target)
		left := slices.DeleteFunc(slices.Clone(attached), func(id string) bool {
			p, _ := c.organizationPolicies.get("", id)
			return p.Type == policyType
		})
		if policyType == ServiceControlPolicy && slices.Contains(org.PolicyTypes, ServiceControlPolicy) {
			left = append(left, fullAccess)
		}
		c.attachments.put(tx, "", target, left)
	}
}
