package organizations

import (
	"context"
	"net/http"
	"slices"

	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/cloud/store"
)

// AttachPolicy attaches a policy to the root, a unit or an account.
func (o Client) AttachPolicy(ctx context.Context, id, target string) error {
	return api.Do(ctx, o.Client, "AttachPolicy", target+":"+id, func(tx *store.Tx) error {
		p, attached, err := o.attachment(id, target)
		if err != nil {
			return err
		}
		org, _ := o.state.Organizations.Get("", Key)
		switch {
		case !slices.Contains(org.PolicyTypes, p.Type):
			return api.Refuse(
				http.StatusBadRequest,
				"PolicyTypeNotEnabledException",
				"This operation can be performed only for enabled policy types.",
			).
				Hinted("enable %s for the root", p.Type)
		case slices.Contains(attached, id):
			return api.Refuse(
				http.StatusBadRequest,
				"DuplicatePolicyAttachmentException",
				"A policy with the specified name and type already exists in this target.",
			)
		case o.count(attached, p.Type) >= o.World.Quotas.SCPsPerTarget:
			return constraint(
				"MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED",
				"You have attached the maximum number of policies of that type to the entity.",
			).
				Hinted("%s has %d", target, len(attached))
		}
		o.state.Attachments.Put(tx, "", target, append(slices.Clone(attached), id))
		return nil
	})
}

// DetachPolicy detaches a policy; the last policy of a type stays.
func (o Client) DetachPolicy(ctx context.Context, id, target string) error {
	return api.Do(ctx, o.Client, "DetachPolicy", target+":"+id, func(tx *store.Tx) error {
		p, attached, err := o.attachment(id, target)
		if err != nil {
			return err
		}
		switch {
		case !slices.Contains(attached, id):
			return api.Refuse(
				http.StatusBadRequest,
				"PolicyNotAttachedException",
				"The policy isn't attached to the specified target in the specified root.",
			)
		case p.Type == ServiceControlPolicy && o.count(attached, p.Type) == 1:
			return constraint(
				"MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED",
				"You attempted to detach a policy from an entity that would cause the entity "+
					"to have fewer than the minimum number of policies of a certain type required.",
			).Hinted("%s would have none", target)
		}
		o.state.Attachments.Put(
			tx,
			"",
			target,
			slices.DeleteFunc(slices.Clone(attached), func(a string) bool { return a == id }),
		)
		return nil
	})
}

// attachment is a policy and what is attached to a target.
func (o Client) attachment(id, target string) (Policy, []string, error) {
	p, err := o.policy(id)
	if err != nil {
		return Policy{}, nil, err
	}
	org, _ := o.state.Organizations.Get("", Key)
	if target != org.Root && !o.state.Units.Has("", target) && !o.state.IsMember(target) {
		return Policy{}, nil, api.Refuse(
			http.StatusBadRequest,
			"TargetNotFoundException",
			"You specified a target that doesn't exist.",
		).
			Hinted("the organization has no %s; list it under organization in sandbox.yaml", target)
	}
	attached, _ := o.state.Attachments.Get("", target)
	return p, attached, nil
}

func (o Client) count(attached []string, policyType string) int {
	n := 0
	for _, id := range attached {
		if p, _ := o.state.OrganizationPolicies.Get("", id); p.Type == policyType {
			n++
		}
	}
	return n
}

// ListPoliciesForTarget lists the ids of the policies attached to a target, in the order of attachment.
func (o Client) ListPoliciesForTarget(ctx context.Context, target string) ([]string, error) {
	return api.Ask(ctx, o.Client, "ListPoliciesForTarget", target, func(*store.Tx) ([]string, error) {
		if _, err := o.organization(false); err != nil {
			return nil, err
		}
		_, attached, err := o.attachment(fullAccess, target)
		return slices.Clone(attached), err
	})
}

// ListAccountsForParent lists the ids of the accounts that stand directly in a root or a unit, sorted, with the
// organization that they are of.
func (o Client) ListAccountsForParent(ctx context.Context, parent string) (Organization, []string, error) {
	type answer struct {
		organization Organization
		accounts     []string
	}
	a, err := api.Ask(ctx, o.Client, "ListAccountsForParent", parent, func(*store.Tx) (answer, error) {
		org, err := o.organization(false)
		if err != nil {
			return answer{}, err
		}
		if parent != org.Root && !o.state.Units.Has("", parent) {
			return answer{}, api.Refuse(
				http.StatusBadRequest,
				"ParentNotFoundException",
				"We can't find a root or OU with the ParentId that you specified.",
			).
				Hinted("the organization has no %s; list it under organization in sandbox.yaml", parent)
		}
		found := answer{organization: org}
		for _, account := range o.state.Members.Keys("") {
			if unit, _ := o.state.Members.Get("", account); unit == parent {
				found.accounts = append(found.accounts, account)
			}
		}
		return found, nil
	})
	return a.organization, a.accounts, err
}

// ListPolicies lists the ids of the policies of a type, sorted.
func (o Client) ListPolicies(ctx context.Context, policyType string) ([]string, error) {
	return api.Ask(ctx, o.Client, "ListPolicies", policyType, func(*store.Tx) ([]string, error) {
		if _, err := o.organization(false); err != nil {
			return nil, err
		}
		var ids []string
		for _, p := range o.state.OrganizationPolicies.List("") {
			if p.Type == policyType {
				ids = append(ids, p.ID)
			}
		}
		return ids, nil
	})
}

// ListTargetsForPolicy lists the ids of the roots, units and accounts that a policy is attached to, sorted.
func (o Client) ListTargetsForPolicy(ctx context.Context, id string) ([]string, error) {
	return api.Ask(ctx, o.Client, "ListTargetsForPolicy", id, func(*store.Tx) ([]string, error) {
		if _, err := o.policy(id); err != nil {
			return nil, err
		}
		var targets []string
		for _, target := range o.state.Attachments.Keys("") {
			if attached, _ := o.state.Attachments.Get("", target); slices.Contains(attached, id) {
				targets = append(targets, target)
			}
		}
		return targets, nil
	})
}

// SetPolicyType enables a type of policies for the root, or disables it. Disabling service control policies detaches
// all of them; enabling them again brings FullAWSAccess alone back.
func (o Client) SetPolicyType(ctx context.Context, policyType string, enabled bool) error {
	operation := map[bool]string{true: "EnablePolicyType", false: "DisablePolicyType"}[enabled]
	return api.Do(ctx, o.Client, operation, policyType, func(tx *store.Tx) error {
		org, err := o.organization(false)
		if err != nil {
			return err
		}
		was := slices.Contains(org.PolicyTypes, policyType)
		switch {
		case !slices.Contains(policyTypes, policyType):
			return invalidInput("INVALID_ENUM_POLICY_TYPE", "You specified an invalid policy type.")
		case was && enabled:
			return api.Refuse(
				http.StatusBadRequest,
				"PolicyTypeAlreadyEnabledException",
				"The specified policy type is already enabled in the specified root.",
			)
		case !was && !enabled:
			return api.Refuse(
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
		o.state.Organizations.Put(tx, "", Key, org)
		o.state.resetAttachments(tx, org, policyType)
		return nil
	})
}

// resetAttachments detaches every policy of a type, and attaches FullAWSAccess where service control policies are
// enabled.
func (s *State) resetAttachments(tx *store.Tx, org Organization, policyType string) {
	targets := slices.Concat([]string{org.Root}, s.Units.Keys(""), s.Members.Keys(""))
	for _, target := range targets {
		attached, _ := s.Attachments.Get("", target)
		left := slices.DeleteFunc(slices.Clone(attached), func(id string) bool {
			p, _ := s.OrganizationPolicies.Get("", id)
			return p.Type == policyType
		})
		if policyType == ServiceControlPolicy && slices.Contains(org.PolicyTypes, ServiceControlPolicy) {
			left = append(left, fullAccess)
		}
		s.Attachments.Put(tx, "", target, left)
	}
}
