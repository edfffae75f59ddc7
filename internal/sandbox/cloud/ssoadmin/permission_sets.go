package ssoadmin

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/cloud/iam"
	"aws-access-guardrails/internal/sandbox/cloud/organizations"
	"aws-access-guardrails/internal/sandbox/cloud/store"
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
func (s Client) CreatePermissionSet(
	ctx context.Context,
	instance string,
	in NewPermissionSet,
) (PermissionSet, error) {
	return api.Ask(
		ctx,
		s.Making("", in.Tags),
		"CreatePermissionSet",
		in.Name,
		func(tx *store.Tx) (PermissionSet, error) {
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
				Created:         s.World.Time(),
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
			for _, other := range s.state.PermissionSets.List("") {
				if other.Name == in.Name {
					return PermissionSet{}, api.Refuse(
						http.StatusConflict,
						"ConflictException",
						"PermissionSet with name %s already exists.",
						in.Name,
					)
				}
			}
			if len(s.state.PermissionSets.Keys("")) >= s.World.Quotas.PermissionSets {
				return PermissionSet{}, api.Refuse(
					http.StatusBadRequest,
					"ServiceQuotaExceededException",
					"You have exceeded the quota of permission sets.",
				)
			}
			_, id, _ := strings.Cut(ic.ARN, ":instance/")
			p.ARN = fmt.Sprintf(
				"arn:%s:sso:::permissionSet/%s/%s",
				s.PartitionOfCaller(),
				id,
				s.World.HexID(tx, "", "ps-", "permissionSet", in.Name, 16),
			)
			s.state.PermissionSets.Put(tx, "", p.ARN, p)
			return p, nil
		},
	)
}

func (p PermissionSet) check() error {
	if n := utf8.RuneCountInString(p.Description); n > 700 || n > 0 && !iam.DescriptionText.MatchString(p.Description) {
		return ssoInvalid("1 validation error detected: Value at 'description' failed to satisfy constraint")
	}
	if !sessionDuration.MatchString(p.SessionDuration) {
		return ssoInvalid(
			"1 validation error detected: Value '%s' at 'sessionDuration' failed to satisfy constraint: it must be from PT1H to PT12H",
			p.SessionDuration,
		)
	}
	if err := api.CheckTags(p.Tags, false); err != nil {
		return ssoInvalid("%s", api.MessageOf(err))
	}
	if len(p.Tags) > api.TagsPerResource {
		return api.Refuse(
			http.StatusBadRequest,
			"ServiceQuotaExceededException",
			"The number of tags exceeds the limit of %d.",
			api.TagsPerResource,
		)
	}
	return nil
}

func (s Client) permissionSet(instance, arn string) (PermissionSet, error) {
	if _, err := s.instance(instance); err != nil {
		return PermissionSet{}, err
	}
	p, ok := s.state.PermissionSets.Get("", arn)
	if !ok {
		return PermissionSet{}, api.Refuse(
			http.StatusBadRequest,
			"ResourceNotFoundException",
			"PermissionSet with id %s not found",
			arn[strings.LastIndexByte(arn, '/')+1:],
		)
	}
	return p, nil
}

// DescribePermissionSet reads a permission set with its policies.
func (s Client) DescribePermissionSet(ctx context.Context, instance, arn string) (PermissionSet, error) {
	return api.Ask(
		ctx,
		s.Client,
		"DescribePermissionSet",
		arn,
		func(*store.Tx) (PermissionSet, error) { return s.permissionSet(instance, arn) },
	)
}

// ListPermissionSets lists the ARNs of the permission sets of an instance, sorted.
func (s Client) ListPermissionSets(ctx context.Context, instance string) ([]string, error) {
	return api.Ask(ctx, s.Client, "ListPermissionSets", instance, func(*store.Tx) ([]string, error) {
		_, err := s.instance(instance)
		return s.state.PermissionSets.Keys(""), err
	})
}

// GetInlinePolicy is GetInlinePolicyForPermissionSet: the document, or "" where there is none.
func (s Client) GetInlinePolicy(ctx context.Context, instance, arn string) (string, error) {
	return api.Ask(ctx, s.Client, "GetInlinePolicyForPermissionSet", arn, func(*store.Tx) (string, error) {
		p, err := s.permissionSet(instance, arn)
		return p.Inline, err
	})
}

// ListManagedPolicies is ListManagedPoliciesInPermissionSet: the ARNs in the order of attachment.
func (s Client) ListManagedPolicies(ctx context.Context, instance, arn string) ([]string, error) {
	return api.Ask(ctx, s.Client, "ListManagedPoliciesInPermissionSet", arn, func(*store.Tx) ([]string, error) {
		p, err := s.permissionSet(instance, arn)
		return slices.Clone(p.Managed), err
	})
}

func (s Client) update(
	ctx context.Context,
	operation, instance, arn string,
	change func(*PermissionSet) error,
) error {
	return api.Do(ctx, s.Client, operation, arn, func(tx *store.Tx) error {
		p, err := s.permissionSet(instance, arn)
		if err != nil {
			return err
		}
		if org, ok := s.state.organizations.Organizations.Get(
			"",
			organizations.Key,
		); ok &&
			s.assigned(arn, org.Management) {
			if err := s.delegated(org.Management); err != nil {
				return err
			}
		}
		if err := change(&p); err != nil {
			return err
		}
		s.state.PermissionSets.Put(tx, "", arn, p)
		return nil
	})
}

// UpdatePermissionSet replaces description, relay state and session duration.
func (s Client) UpdatePermissionSet(ctx context.Context, instance, arn string, in NewPermissionSet) error {
	return s.update(ctx, "UpdatePermissionSet", instance, arn, func(p *PermissionSet) error {
		p.Description, p.RelayState, p.SessionDuration = in.Description, in.RelayState, in.SessionDuration
		return p.check()
	})
}

// TagResource adds tags to a permission set and overwrites those that it has.
func (s Client) TagResource(ctx context.Context, instance, arn string, tags map[string]string) error {
	s.Client = s.Making("", tags)
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
func (s Client) UntagResource(ctx context.Context, instance, arn string, keys []string) error {
	s.Client = s.Untagging(keys)
	return s.update(ctx, "UntagResource", instance, arn, func(p *PermissionSet) error {
		p.Tags = maps.Clone(p.Tags)
		maps.DeleteFunc(p.Tags, func(key, _ string) bool { return slices.Contains(keys, key) })
		return nil
	})
}

// PutInlinePolicy is PutInlinePolicyToPermissionSet. Roles in accounts change only when the permission set is
// provisioned.
func (s Client) PutInlinePolicy(ctx context.Context, instance, arn, document string) error {
	return s.update(ctx, "PutInlinePolicyToPermissionSet", instance, arn, func(p *PermissionSet) error {
		if _, refusal := api.ParsePolicy(policy.PermissionSet, document); refusal != nil {
			return ssoInvalid("%s: %s", refusal.Code, refusal.Message).Hinted("%s", refusal.Hint)
		}
		if n := len(document); n > s.World.Quotas.PermissionSetInline {
			return api.Refuse(
				http.StatusBadRequest,
				"ServiceQuotaExceededException",
				"The inline policy exceeds the maximum size of %d.",
				s.World.Quotas.PermissionSetInline,
			).
				Hinted("it has %d bytes", n)
		}
		p.Inline = document
		return nil
	})
}

// DeleteInlinePolicy is DeleteInlinePolicyFromPermissionSet.
func (s Client) DeleteInlinePolicy(ctx context.Context, instance, arn string) error {
	return s.update(ctx, "DeleteInlinePolicyFromPermissionSet", instance, arn, func(p *PermissionSet) error {
		p.Inline = ""
		return nil
	})
}

// AttachManagedPolicy is AttachManagedPolicyToPermissionSet: it attaches a policy of AWS.
func (s Client) AttachManagedPolicy(ctx context.Context, instance, arn, managed string) error {
	return s.update(ctx, "AttachManagedPolicyToPermissionSet", instance, arn, func(p *PermissionSet) error {
		parsed, err := policy.ParseARN(managed)
		if err != nil || parsed.Account != "aws" || s.state.iam.CheckAttachable(s.Caller.Account, managed) != nil {
			return api.Refuse(
				http.StatusBadRequest,
				"ResourceNotFoundException",
				"Managed policy %s not found.",
				managed,
			).Hinted("AWS has no such managed policy")
		}
		switch {
		case slices.Contains(p.Managed, managed):
			return api.Refuse(
				http.StatusConflict,
				"ConflictException",
				"Permission set with id %s already has a typed link attachment to a manged policy with %s",
				arn[strings.LastIndexByte(arn, '/')+1:],
				managed,
			)
		case len(p.Managed)+len(p.Customer) >= s.World.Quotas.AttachedPerPermissionSet:
			return s.tooManyPolicies()
		}
		p.Managed = append(slices.Clone(p.Managed), managed)
		return nil
	})
}

// DetachManagedPolicy is DetachManagedPolicyFromPermissionSet.
func (s Client) DetachManagedPolicy(ctx context.Context, instance, arn, managed string) error {
	return s.update(ctx, "DetachManagedPolicyFromPermissionSet", instance, arn, func(p *PermissionSet) error {
		if !slices.Contains(p.Managed, managed) {
			return api.Refuse(
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
func (s Client) DeletePermissionSet(ctx context.Context, instance, arn string) error {
	return api.Do(ctx, s.Client, "DeletePermissionSet", arn, func(tx *store.Tx) error {
		if _, err := s.permissionSet(instance, arn); err != nil {
			return err
		}
		if s.assigned(arn, "") {
			return api.Refuse(
				http.StatusConflict,
				"ConflictException",
				"PermissionSet %s has ApplicationProfile associated with it.",
				arn,
			).Hinted("it is still assigned")
		}
		s.state.PermissionSets.Remove(tx, "", arn)
		return nil
	})
}

// assigned reports whether anybody has the permission set in the account; "" means in any.
func (s Client) assigned(arn, account string) bool {
	return slices.ContainsFunc(s.state.Assignments.List(""), func(a Assignment) bool {
		return a.PermissionSet == arn && (account == "" || a.Account == account)
	})
}
