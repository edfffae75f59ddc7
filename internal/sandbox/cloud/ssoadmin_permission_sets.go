package cloud

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"aws-access-guardrails/policy"
)

var (
	permissionSetName = regexp.MustCompile(`^[A-Za-z0-9_+=,.@-]{1,32}$`)
	sessionDuration   = regexp.MustCompile(
		`^PT(([1-9]|1[0-1])H([0-9]|[1-5][0-9])?M?|12H|(6[0-9]|[7-9][0-9]|[1-6][0-9]{2}|7[01][0-9]|720)M)$`,
	)
)

// NewPermissionSet is what CreatePermissionSet takes.
type NewPermissionSet struct {
	Name, Description, RelayState string
	// SessionDuration is ISO 8601, PT1H if empty.
	SessionDuration string
	Tags            map[string]string
}

// CreatePermissionSet makes a permission set.
func (s SSOAdmin) CreatePermissionSet(
	ctx context.Context,
	instance string,
	in NewPermissionSet,
) (PermissionSet, error) {
	return call(ctx, s.making("", in.Tags), "CreatePermissionSet", in.Name, func(tx *tx) (PermissionSet, error) {
		ic, err := s.instance(instance)
		if err != nil {
			return PermissionSet{}, err
		}
		p := PermissionSet{
			Name:            in.Name,
			Description:     in.Description,
			RelayState:      in.RelayState,
			SessionDuration: in.SessionDuration,
			Tags:            in.Tags,
			Created:         s.cloud.now().UTC().Truncate(time.Second),
		}
		if p.SessionDuration == "" {
			p.SessionDuration = "PT1H"
		}
		if !permissionSetName.MatchString(in.Name) {
			return PermissionSet{}, ssoInvalid(
				"1 validation error detected: Value '%s' at 'name' failed to satisfy constraint: "+
					`Member must satisfy regular expression pattern: [\w+=,.@-]+ and have a length of at most 32`,
				in.Name,
			)
		}
		if err := p.check(); err != nil {
			return PermissionSet{}, err
		}
		for _, other := range s.cloud.permissionSets.list("") {
			if other.Name == in.Name {
				return PermissionSet{}, refuse(
					http.StatusConflict,
					"ConflictException",
					"PermissionSet with name %s already exists.",
					in.Name,
				)
			}
		}
		if len(s.cloud.permissionSets.keys("")) >= s.cloud.Quotas.PermissionSets {
			return PermissionSet{}, refuse(
				http.StatusBadRequest,
				"ServiceQuotaExceededException",
				"You have exceeded the quota of permission sets.",
			)
		}
		_, id, _ := strings.Cut(ic.ARN, ":instance/")
		p.ARN = fmt.Sprintf(
			"arn:%s:sso:::permissionSet/%s/%s",
			s.partition(),
			id,
			s.cloud.hexID(tx, "", "ps-", "permissionSet", in.Name, 16),
		)
		s.cloud.permissionSets.put(tx, "", p.ARN, p)
		return p, nil
	})
}

func (p PermissionSet) check() error {
	if n := utf8.RuneCountInString(p.Description); n > 700 || n > 0 && !iamDescription.MatchString(p.Description) {
		return ssoInvalid("1 validation error detected: Value at 'description' failed to satisfy constraint")
	}
	if !sessionDuration.MatchString(p.SessionDuration) {
		return ssoInvalid(
			"1 validation error detected: Value '%s' at 'sessionDuration' failed to satisfy constraint: it must be from PT1H to PT12H",
			p.SessionDuration,
		)
	}
	if err := checkTags(p.Tags, false); err != nil {
		return ssoInvalid("%s", messageOf(err))
	}
	if len(p.Tags) > quotas.tags {
		return refuse(
			http.StatusBadRequest,
			"ServiceQuotaExceededException",
			"The number of tags exceeds the limit of %d.",
			quotas.tags,
		)
	}
	return nil
}

func (s SSOAdmin) permissionSet(instance, arn string) (PermissionSet, error) {
	if _, err := s.instance(instance); err != nil {
		return PermissionSet{}, err
	}
	p, ok := s.cloud.permissionSets.get("", arn)
	if !ok {
		return PermissionSet{}, refuse(
			http.StatusBadRequest,
			"ResourceNotFoundException",
			"PermissionSet with id %s not found",
			arn[strings.LastIndexByte(arn, '/')+1:],
		)
	}
	return p, nil
}

// DescribePermissionSet reads a permission set with its policies.
func (s SSOAdmin) DescribePermissionSet(ctx context.Context, instance, arn string) (PermissionSet, error) {
	return call(
		ctx,
		s.client,
		"DescribePermissionSet",
		arn,
		func(*tx) (PermissionSet, error) { return s.permissionSet(instance, arn) },
	)
}

// ListPermissionSets lists the ARNs of the permission sets of an instance, sorted.
func (s SSOAdmin) ListPermissionSets(ctx context.Context, instance string) ([]string, error) {
	return call(ctx, s.client, "ListPermissionSets", instance, func(*tx) ([]string, error) {
		_, err := s.instance(instance)
		return s.cloud.permissionSets.keys(""), err
	})
}

// GetInlinePolicy is GetInlinePolicyForPermissionSet: the document, or "" where there is none.
func (s SSOAdmin) GetInlinePolicy(ctx context.Context, instance, arn string) (string, error) {
	return call(ctx, s.client, "GetInlinePolicyForPermissionSet", arn, func(*tx) (string, error) {
		p, err := s.permissionSet(instance, arn)
		return p.Inline, err
	})
}

// ListManagedPolicies is ListManagedPoliciesInPermissionSet: the ARNs in the order of attachment.
func (s SSOAdmin) ListManagedPolicies(ctx context.Context, instance, arn string) ([]string, error) {
	return call(ctx, s.client, "ListManagedPoliciesInPermissionSet", arn, func(*tx) ([]string, error) {
		p, err := s.permissionSet(instance, arn)
		return slices.Clone(p.Managed), err
	})
}

func (s SSOAdmin) update(
	ctx context.Context,
	operation, instance, arn string,
	change func(*PermissionSet) error,
) error {
	return do(ctx, s.client, operation, arn, func(tx *tx) error {
		p, err := s.permissionSet(instance, arn)
		if err != nil {
			return err
		}
		if org, ok := s.cloud.organizations.get("", organizationKey); ok && s.assigned(arn, org.Management) {
			if err := s.delegated(org.Management); err != nil {
				return err
			}
		}
		if err := change(&p); err != nil {
			return err
		}
		s.cloud.permissionSets.put(tx, "", arn, p)
		return nil
	})
}

// UpdatePermissionSet replaces description, relay state and session duration.
func (s SSOAdmin) UpdatePermissionSet(ctx context.Context, instance, arn string, in NewPermissionSet) error {
	return s.update(ctx, "UpdatePermissionSet", instance, arn, func(p *PermissionSet) error {
		p.Description, p.RelayState, p.SessionDuration = in.Description, in.RelayState, in.SessionDuration
		return p.check()
	})
}

// TagResource adds tags to a permission set and overwrites those that it has.
func (s SSOAdmin) TagResource(ctx context.Context, instance, arn string, tags map[string]string) error {
	s.client = s.making("", tags)
	return s.update(ctx, "TagResource", instance, arn, func(p *PermissionSet) error {
		all := maps.Clone(p.Tags)
		if all == nil {
			all = map[string]string{}
		}
		maps.Copy(all, tags)
		p.Tags = all
		return p.check()
	})
}

// UntagResource removes tags from a permission set.
func (s SSOAdmin) UntagResource(ctx context.Context, instance, arn string, keys []string) error {
	s.client = s.untagging(keys)
	return s.update(ctx, "UntagResource", instance, arn, func(p *PermissionSet) error {
		p.Tags = maps.Clone(p.Tags)
		maps.DeleteFunc(p.Tags, func(key, _ string) bool { return slices.Contains(keys, key) })
		return nil
	})
}

// PutInlinePolicy is PutInlinePolicyToPermissionSet. Roles in accounts change only when the permission set is
// provisioned.
func (s SSOAdmin) PutInlinePolicy(ctx context.Context, instance, arn, document string) error {
	return s.update(ctx, "PutInlinePolicyToPermissionSet", instance, arn, func(p *PermissionSet) error {
		if _, refusal := parsePolicy(policy.PermissionSet, document); refusal != nil {
			return ssoInvalid("%s: %s", refusal.Code, refusal.Message).hint("%s", refusal.Hint)
		}
		if n := len(document); n > s.cloud.Quotas.PermissionSetInline {
			return refuse(
				http.StatusBadRequest,
				"ServiceQuotaExceededException",
				"The inline policy exceeds the maximum size of %d.",
				s.cloud.Quotas.PermissionSetInline,
			).
				hint("it has %d bytes", n)
		}
		p.Inline = document
		return nil
	})
}

// DeleteInlinePolicy is DeleteInlinePolicyFromPermissionSet.
func (s SSOAdmin) DeleteInlinePolicy(ctx context.Context, instance, arn string) error {
	return s.update(ctx, "DeleteInlinePolicyFromPermissionSet", instance, arn, func(p *PermissionSet) error {
		p.Inline = ""
		return nil
	})
}

// AttachManagedPolicy is AttachManagedPolicyToPermissionSet: it attaches a policy of AWS.
func (s SSOAdmin) AttachManagedPolicy(ctx context.Context, instance, arn, managed string) error {
	return s.update(ctx, "AttachManagedPolicyToPermissionSet", instance, arn, func(p *PermissionSet) error {
		parsed, err := policy.ParseARN(managed)
		if err != nil || parsed.Account != "aws" || s.cloud.checkAttachable(s.caller.Account, managed) != nil {
			return refuse(
				http.StatusBadRequest,
				"ResourceNotFoundException",
				"Managed policy %s not found.",
				managed,
			).hint("AWS has no such managed policy")
		}
		switch {
		case slices.Contains(p.Managed, managed):
			return refuse(
				http.StatusConflict,
				"ConflictException",
				"Permission set with id %s already has a typed link attachment to a manged policy with %s",
				arn[strings.LastIndexByte(arn, '/')+1:],
				managed,
			)
		case len(p.Managed)+len(p.Customer) >= s.cloud.Quotas.AttachedPerPermissionSet:
			return s.tooManyPolicies()
		}
		p.Managed = append(slices.Clone(p.Managed), managed)
		return nil
	})
}

// DetachManagedPolicy is DetachManagedPolicyFromPermissionSet.
func (s SSOAdmin) DetachManagedPolicy(ctx context.Context, instance, arn, managed string) error {
	return s.update(ctx, "DetachManagedPolicyFromPermissionSet", instance, arn, func(p *PermissionSet) error {
		if !slices.Contains(p.Managed, managed) {
			return refuse(
				http.StatusBadRequest,
				"ResourceNotFoundException",
				"Managed policy %s is not attached.",
				managed,
			)
		}
		p.Managed = slices.DeleteFunc(slices.Clone(p.Managed), func(m string) bool { return m == managed })
		return nil
	})
}

// DeletePermissionSet deletes a permission set that nobody is assigned.
func (s SSOAdmin) DeletePermissionSet(ctx context.Context, instance, arn string) error {
	return do(ctx, s.client, "DeletePermissionSet", arn, func(tx *tx) error {
		if _, err := s.permissionSet(instance, arn); err != nil {
			return err
		}
		if s.assigned(arn, "") {
			return refuse(
				http.StatusConflict,
				"ConflictException",
				"PermissionSet %s has ApplicationProfile associated with it.",
				arn,
			).hint("it is still assigned")
		}
		s.cloud.permissionSets.remove(tx, "", arn)
		return nil
	})
}

// assigned reports whether anybody has the permission set in the account; "" means in any.
func (s SSOAdmin) assigned(arn, account string) bool {
	return slices.ContainsFunc(s.cloud.assignments.list(""), func(a Assignment) bool {
		return a.PermissionSet == arn && (account == "" || a.Account == account)
	})
}
