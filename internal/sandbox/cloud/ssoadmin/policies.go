package ssoadmin

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/cloud/store"
	"aws-access-guardrails/policy"
)

// tooManyPolicies is the refusal of one more policy: AWS counts its own and those of customers together.
func (s Client) tooManyPolicies() error {
	return api.Refuse(
		http.StatusBadRequest,
		"ServiceQuotaExceededException",
		"You have exceeded AWS SSO limits. Cannot attach more than %d managed policies.",
		s.World.Quotas.AttachedPerPermissionSet,
	)
}

func (r PolicyReference) check() error {
	if policy.ValidatePolicyName(r.Name) != nil || policy.ValidatePath(r.Path) != nil {
		return ssoInvalid("1 validation error detected: Value '%s%s' at 'customerManagedPolicyReference' "+
			"failed to satisfy constraint", r.Path, r.Name)
	}
	return nil
}

// AttachCustomerManagedPolicy is AttachCustomerManagedPolicyReferenceToPermissionSet. No account is asked: whether it
// has the policy shows when the permission set is provisioned there.
func (s Client) AttachCustomerManagedPolicy(ctx context.Context, instance, arn string, ref PolicyReference) error {
	return s.update(ctx, "AttachCustomerManagedPolicyReferenceToPermissionSet", instance, arn,
		func(p *PermissionSet) error {
			switch {
			case ref.check() != nil:
				return ref.check()
			case slices.Contains(p.Customer, ref):
				return api.Refuse(
					http.StatusConflict,
					"ConflictException",
					"Permission set with id %s already has a customer managed policy %s%s",
					arn[strings.LastIndexByte(arn, '/')+1:],
					ref.Path,
					ref.Name,
				)
			case len(p.Managed)+len(p.Customer) >= s.World.Quotas.AttachedPerPermissionSet:
				return s.tooManyPolicies()
			}
			p.Customer = append(slices.Clone(p.Customer), ref)
			return nil
		})
}

// ListCustomerManagedPolicies is ListCustomerManagedPolicyReferencesInPermissionSet, in the order of attachment.
func (s Client) ListCustomerManagedPolicies(ctx context.Context, instance, arn string) ([]PolicyReference, error) {
	return api.Ask(ctx, s.Client, "ListCustomerManagedPolicyReferencesInPermissionSet", arn,
		func(*store.Tx) ([]PolicyReference, error) {
			p, err := s.permissionSet(instance, arn)
			return slices.Clone(p.Customer), err
		})
}

// DetachCustomerManagedPolicy is DetachCustomerManagedPolicyReferenceFromPermissionSet.
func (s Client) DetachCustomerManagedPolicy(ctx context.Context, instance, arn string, ref PolicyReference) error {
	return s.update(ctx, "DetachCustomerManagedPolicyReferenceFromPermissionSet", instance, arn,
		func(p *PermissionSet) error {
			if !slices.Contains(p.Customer, ref) {
				return api.Refuse(
					http.StatusBadRequest,
					"ResourceNotFoundException",
					"Customer managed policy %s%s is not attached.",
					ref.Path,
					ref.Name,
				)
			}
			p.Customer = slices.DeleteFunc(slices.Clone(p.Customer), func(r PolicyReference) bool { return r == ref })
			return nil
		})
}

// PutPermissionsBoundary is PutPermissionsBoundaryToPermissionSet. It takes the place of one that is there.
func (s Client) PutPermissionsBoundary(ctx context.Context, instance, arn string, boundary Boundary) error {
	return s.update(ctx, "PutPermissionsBoundaryToPermissionSet", instance, arn, func(p *PermissionSet) error {
		if (boundary.Managed == "") == (boundary.Customer == nil) {
			return ssoInvalid(
				"A permissions boundary is either a managed policy or a customer managed policy reference.",
			)
		}
		if boundary.Customer != nil {
			if err := boundary.Customer.check(); err != nil {
				return err
			}
		} else if parsed, err := policy.ParseARN(boundary.Managed); err != nil || parsed.Account != "aws" ||
			s.state.iam.CheckAttachable(s.Caller.Account, boundary.Managed) != nil {
			return api.Refuse(
				http.StatusBadRequest,
				"ResourceNotFoundException",
				"Managed policy %s not found.",
				boundary.Managed,
			).Hinted("AWS has no such managed policy")
		}
		p.Boundary = boundary
		return nil
	})
}

// GetPermissionsBoundary is GetPermissionsBoundaryForPermissionSet. It is not found where there is none.
func (s Client) GetPermissionsBoundary(ctx context.Context, instance, arn string) (Boundary, error) {
	return api.Ask(ctx, s.Client, "GetPermissionsBoundaryForPermissionSet", arn, func(*store.Tx) (Boundary, error) {
		p, err := s.permissionSet(instance, arn)
		if err == nil && p.Boundary == (Boundary{}) {
			err = noBoundary(arn)
		}
		return p.Boundary, err
	})
}

func noBoundary(arn string) error {
	return api.Refuse(
		http.StatusBadRequest,
		"ResourceNotFoundException",
		"PermissionsBoundary for permission set with id %s not found",
		arn[strings.LastIndexByte(arn, '/')+1:],
	)
}

// DeletePermissionsBoundary is DeletePermissionsBoundaryFromPermissionSet.
func (s Client) DeletePermissionsBoundary(ctx context.Context, instance, arn string) error {
	return s.update(ctx, "DeletePermissionsBoundaryFromPermissionSet", instance, arn, func(p *PermissionSet) error {
		if p.Boundary == (Boundary{}) {
			return noBoundary(arn)
		}
		p.Boundary = Boundary{}
		return nil
	})
}

// policiesIn are the managed policies and the boundary that the role of a permission set carries in an account. An
// account that lacks one of them fails the provisioning, and nothing changes there.
//
// Source: Use IAM policies in permission sets, in the IAM Identity Center User Guide; the words are those of the
// provider, which waits for the status of the provisioning.
func (s Client) policiesIn(account string, p PermissionSet) (attached []string, boundary string, err error) {
	partition := s.World.PartitionOf(account)
	attached, boundary = slices.Clone(p.Managed), p.Boundary.Managed
	for _, ref := range p.Customer {
		attached = append(attached, ref.arn(partition, account))
	}
	if p.Boundary.Customer != nil {
		boundary = p.Boundary.Customer.arn(partition, account)
	}
	for _, arn := range append(slices.Clone(attached), boundary) {
		if arn != "" && s.state.iam.CheckAttachable(account, arn) != nil {
			return nil, "", api.Refuse(
				http.StatusBadRequest,
				"FAILED",
				"unexpected state 'FAILED', wanted target 'SUCCEEDED'. last error: policy %s does not exist or is not attachable",
				arn,
			).Hinted("every account of the assignments has a policy of that path and name before the permission set is assigned there")
		}
	}
	return attached, boundary, nil
}
