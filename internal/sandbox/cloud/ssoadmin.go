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

// SSOAdmin is a client of IAM Identity Center with one caller's credentials.
type SSOAdmin struct{ client }

// SSOAdmin returns a client of IAM Identity Center.
func (c *Cloud) SSOAdmin(caller Caller) SSOAdmin {
	return SSOAdmin{client{cloud: c, caller: caller, service: "SSO Admin"}}
}

// IdentityCenter is the instance of IAM Identity Center of the world. A world has one or none.
type IdentityCenter struct {
	// ARN is arn:aws:sso:::instance/ssoins-..., Store the id of the identity store, d-...
	ARN   string `json:"arn"`
	Store string `json:"store"`
	// Account and Region are where the instance is managed.
	Account string `json:"account"`
	Region  string `json:"region"`
	// Attributes are the attributes for access control; Enabled tells whether there is a configuration at all.
	Attributes []AccessAttribute `json:"attributes,omitempty"`
	Enabled    bool              `json:"enabled,omitempty"`
	// Users and Groups are the names of the identity store by id.
	Users  map[string]string `json:"users,omitempty"`
	Groups map[string]string `json:"groups,omitempty"`
}

// AccessAttribute is one attribute for access control: a session tag and where its value comes from.
type AccessAttribute struct {
	Key    string   `json:"key"`
	Source []string `json:"source"`
}

// PermissionSet is a permission set.
type PermissionSet struct {
	ARN             string            `json:"arn"`
	Name            string            `json:"name"`
	Description     string            `json:"description,omitempty"`
	RelayState      string            `json:"relayState,omitempty"`
	SessionDuration string            `json:"sessionDuration"`
	Tags            map[string]string `json:"tags,omitempty"`
	Inline          string            `json:"inline,omitempty"`
	// Managed are ARNs of AWS managed policies in the order of attachment.
	Managed []string  `json:"managed,omitempty"`
	Created time.Time `json:"created,omitzero"`
}

// Assignment gives a person or a group a permission set in an account.
type Assignment struct {
	PermissionSet string `json:"permissionSet"`
	PrincipalID   string `json:"principalId"`
	// PrincipalType is USER or GROUP.
	PrincipalType string `json:"principalType"`
	Account       string `json:"account"`
}

func (a Assignment) key() string {
	return strings.Join([]string{a.PermissionSet, a.PrincipalType, a.PrincipalID, a.Account}, "|")
}

const identityCenterKey = "instance"

// instance is the instance of the ARN, which the caller's account manages in the caller's Region.
func (s SSOAdmin) instance(arn string) (IdentityCenter, error) {
	ic, ok := s.cloud.identityCenters.get("", identityCenterKey)
	switch {
	case ok && s.caller.Account != ic.Account:
		return IdentityCenter{}, refuse(http.StatusBadRequest, "AccessDeniedException", "You do not have sufficient access to perform this action.").
			hint("the instance is managed in account %s", ic.Account)
	case !ok || ic.ARN != arn || ic.Region != s.caller.Region:
		return IdentityCenter{}, refuse(http.StatusBadRequest, "ResourceNotFoundException", "Instance %s does not exist.", arn).
			hint("describe the instance and its Region under identityCenter in sandbox.yaml")
	}
	return ic, nil
}

// ListInstances lists the instances of the caller's account and Region.
func (s SSOAdmin) ListInstances(ctx context.Context) ([]IdentityCenter, error) {
	return call(ctx, s.client, "ListInstances", s.caller.Account, func(*tx) ([]IdentityCenter, error) {
		ic, ok := s.cloud.identityCenters.get("", identityCenterKey)
		if !ok || ic.Account != s.caller.Account || ic.Region != s.caller.Region {
			return nil, nil
		}
		return []IdentityCenter{ic}, nil
	})
}

var attributeText = regexp.MustCompile(`^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$`)
var sourceText = regexp.MustCompile(`^[\p{L}\p{Z}\p{N}_.:/=+\-@\[\]{}$\\"]{1,256}$`)

func checkAttributes(attributes []AccessAttribute) error {
	if len(attributes) > quotas.attributesPerInstance {
		return ssoInvalid("the configuration has %d attributes, the quota is %d", len(attributes), quotas.attributesPerInstance)
	}
	seen := map[string]bool{}
	for _, a := range attributes {
		switch {
		case !attributeText.MatchString(a.Key):
			return ssoInvalid("1 validation error detected: Value '%s' at 'accessControlAttributes.member.key' failed to satisfy constraint: "+
				`Member must satisfy regular expression pattern: [\p{L}\p{Z}\p{N}_.:\/=+\-@]+`, a.Key)
		case seen[a.Key]:
			return ssoInvalid("the key %s stands twice", a.Key)
		case len(a.Source) != 1:
			return ssoInvalid("1 validation error detected: Value at 'accessControlAttributes.member.value.source' failed to satisfy constraint: "+
				"Member must have length equal to 1 (key %s)", a.Key)
		case !sourceText.MatchString(a.Source[0]):
			return ssoInvalid("1 validation error detected: Value '%s' at 'accessControlAttributes.member.value.source' failed to satisfy constraint", a.Source[0])
		}
		seen[a.Key] = true
	}
	return nil
}

// CreateAttributes is CreateInstanceAccessControlAttributeConfiguration: it makes the one configuration of the instance.
func (s SSOAdmin) CreateAttributes(ctx context.Context, instance string, attributes []AccessAttribute) error {
	return s.setAttributes(ctx, "CreateInstanceAccessControlAttributeConfiguration", instance, func(ic *IdentityCenter) error {
		if ic.Enabled {
			return refuse(http.StatusConflict, "ConflictException", "Instance %s already has an access control attribute configuration.", instance)
		}
		ic.Enabled, ic.Attributes = true, attributes
		return checkAttributes(attributes)
	})
}

// UpdateAttributes is UpdateInstanceAccessControlAttributeConfiguration: it replaces all attributes of the configuration.
func (s SSOAdmin) UpdateAttributes(ctx context.Context, instance string, attributes []AccessAttribute) error {
	return s.setAttributes(ctx, "UpdateInstanceAccessControlAttributeConfiguration", instance, func(ic *IdentityCenter) error {
		if !ic.Enabled {
			return noAttributes(instance)
		}
		ic.Attributes = attributes
		return checkAttributes(attributes)
	})
}

// DeleteAttributes is DeleteInstanceAccessControlAttributeConfiguration: it turns attributes for access control off for everybody.
func (s SSOAdmin) DeleteAttributes(ctx context.Context, instance string) error {
	return s.setAttributes(ctx, "DeleteInstanceAccessControlAttributeConfiguration", instance, func(ic *IdentityCenter) error {
		if !ic.Enabled {
			return noAttributes(instance)
		}
		ic.Enabled, ic.Attributes = false, nil
		return nil
	})
}

// DescribeAttributes is DescribeInstanceAccessControlAttributeConfiguration.
func (s SSOAdmin) DescribeAttributes(ctx context.Context, instance string) ([]AccessAttribute, error) {
	return call(ctx, s.client, "DescribeInstanceAccessControlAttributeConfiguration", instance, func(*tx) ([]AccessAttribute, error) {
		ic, err := s.instance(instance)
		if err == nil && !ic.Enabled {
			err = noAttributes(instance)
		}
		return ic.Attributes, err
	})
}

func (s SSOAdmin) setAttributes(ctx context.Context, operation, instance string, change func(*IdentityCenter) error) error {
	return do(ctx, s.client, operation, instance, func(tx *tx) error {
		ic, err := s.instance(instance)
		if err != nil {
			return err
		}
		if err := change(&ic); err != nil {
			return err
		}
		s.cloud.identityCenters.put(tx, "", identityCenterKey, ic)
		return nil
	})
}

func noAttributes(instance string) error {
	return refuse(http.StatusBadRequest, "ResourceNotFoundException", "Access control attribute configuration for instance %s does not exist.", instance)
}

func ssoInvalid(format string, args ...any) *Error {
	return refuse(http.StatusBadRequest, "ValidationException", format, args...)
}

var (
	permissionSetName = regexp.MustCompile(`^[A-Za-z0-9_+=,.@-]{1,32}$`)
	sessionDuration   = regexp.MustCompile(`^PT(([1-9]|1[0-1])H([0-9]|[1-5][0-9])?M?|12H|(6[0-9]|[7-9][0-9]|[1-6][0-9]{2}|7[01][0-9]|720)M)$`)
)

// NewPermissionSet is what CreatePermissionSet takes.
type NewPermissionSet struct {
	Name, Description, RelayState string
	// SessionDuration is ISO 8601, PT1H if empty.
	SessionDuration string
	Tags            map[string]string
}

// CreatePermissionSet makes a permission set.
func (s SSOAdmin) CreatePermissionSet(ctx context.Context, instance string, in NewPermissionSet) (PermissionSet, error) {
	return call(ctx, s.client, "CreatePermissionSet", in.Name, func(tx *tx) (PermissionSet, error) {
		ic, err := s.instance(instance)
		if err != nil {
			return PermissionSet{}, err
		}
		p := PermissionSet{
			Name: in.Name, Description: in.Description, RelayState: in.RelayState, SessionDuration: in.SessionDuration, Tags: in.Tags,
			Created: s.cloud.now().UTC().Truncate(time.Second),
		}
		if p.SessionDuration == "" {
			p.SessionDuration = "PT1H"
		}
		if !permissionSetName.MatchString(in.Name) {
			return PermissionSet{}, ssoInvalid("1 validation error detected: Value '%s' at 'name' failed to satisfy constraint: "+
				`Member must satisfy regular expression pattern: [\w+=,.@-]+ and have a length of at most 32`, in.Name)
		}
		if err := p.check(); err != nil {
			return PermissionSet{}, err
		}
		for _, other := range s.cloud.permissionSets.list("") {
			if other.Name == in.Name {
				return PermissionSet{}, refuse(http.StatusConflict, "ConflictException", "PermissionSet with name %s already exists.", in.Name)
			}
		}
		if len(s.cloud.permissionSets.keys("")) >= quotas.permissionSetsPerInstance {
			return PermissionSet{}, refuse(http.StatusBadRequest, "ServiceQuotaExceededException", "You have exceeded the quota of permission sets.")
		}
		_, id, _ := strings.Cut(ic.ARN, ":instance/")
		p.ARN = fmt.Sprintf("arn:%s:sso:::permissionSet/%s/%s", s.partition(), id, s.cloud.hexID(tx, "", "ps-", "permissionSet", in.Name, 16))
		s.cloud.permissionSets.put(tx, "", p.ARN, p)
		return p, nil
	})
}

func (p PermissionSet) check() error {
	if n := utf8.RuneCountInString(p.Description); n > 700 || n > 0 && !iamDescription.MatchString(p.Description) {
		return ssoInvalid("1 validation error detected: Value at 'description' failed to satisfy constraint")
	}
	if !sessionDuration.MatchString(p.SessionDuration) {
		return ssoInvalid("1 validation error detected: Value '%s' at 'sessionDuration' failed to satisfy constraint: it must be from PT1H to PT12H", p.SessionDuration)
	}
	if err := checkTags(p.Tags, false); err != nil {
		return ssoInvalid("%s", err.(*Error).Message)
	}
	if len(p.Tags) > quotas.tags {
		return refuse(http.StatusBadRequest, "ServiceQuotaExceededException", "The number of tags exceeds the limit of %d.", quotas.tags)
	}
	return nil
}

func (s SSOAdmin) permissionSet(instance, arn string) (PermissionSet, error) {
	if _, err := s.instance(instance); err != nil {
		return PermissionSet{}, err
	}
	p, ok := s.cloud.permissionSets.get("", arn)
	if !ok {
		return PermissionSet{}, refuse(http.StatusBadRequest, "ResourceNotFoundException", "PermissionSet with id %s not found", arn[strings.LastIndexByte(arn, '/')+1:])
	}
	return p, nil
}

// DescribePermissionSet reads a permission set with its policies.
func (s SSOAdmin) DescribePermissionSet(ctx context.Context, instance, arn string) (PermissionSet, error) {
	return call(ctx, s.client, "DescribePermissionSet", arn, func(*tx) (PermissionSet, error) { return s.permissionSet(instance, arn) })
}

func (s SSOAdmin) update(ctx context.Context, operation, instance, arn string, change func(*PermissionSet) error) error {
	return do(ctx, s.client, operation, arn, func(tx *tx) error {
		p, err := s.permissionSet(instance, arn)
		if err != nil {
			return err
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
	return s.update(ctx, "UntagResource", instance, arn, func(p *PermissionSet) error {
		p.Tags = maps.Clone(p.Tags)
		maps.DeleteFunc(p.Tags, func(key, _ string) bool { return slices.Contains(keys, key) })
		return nil
	})
}

// PutInlinePolicy is PutInlinePolicyToPermissionSet. Roles in accounts change only when the permission set is provisioned.
func (s SSOAdmin) PutInlinePolicy(ctx context.Context, instance, arn, document string) error {
	return s.update(ctx, "PutInlinePolicyToPermissionSet", instance, arn, func(p *PermissionSet) error {
		if _, refusal := parsePolicy(policy.PermissionSet, document); refusal != nil {
			return ssoInvalid("%s: %s", refusal.Code, refusal.Message).hint("%s", refusal.Hint)
		}
		if n := len(document); n > s.cloud.Quotas.PermissionSetInline {
			return refuse(http.StatusBadRequest, "ServiceQuotaExceededException", "The inline policy exceeds the maximum size of %d.", s.cloud.Quotas.PermissionSetInline).
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
			return refuse(http.StatusBadRequest, "ResourceNotFoundException", "Managed policy %s not found.", managed).hint("AWS has no such managed policy")
		}
		switch {
		case slices.Contains(p.Managed, managed):
			return refuse(http.StatusConflict, "ConflictException", "Permission set with id %s already has a typed link attachment to a manged policy with %s", arn[strings.LastIndexByte(arn, '/')+1:], managed)
		case len(p.Managed) >= quotas.managedPoliciesPerPermissionSet:
			return refuse(http.StatusBadRequest, "ServiceQuotaExceededException", "You have exceeded AWS SSO limits. Cannot attach more than %d managed policies.",
				quotas.managedPoliciesPerPermissionSet)
		}
		p.Managed = append(slices.Clone(p.Managed), managed)
		return nil
	})
}

// DetachManagedPolicy is DetachManagedPolicyFromPermissionSet.
func (s SSOAdmin) DetachManagedPolicy(ctx context.Context, instance, arn, managed string) error {
	return s.update(ctx, "DetachManagedPolicyFromPermissionSet", instance, arn, func(p *PermissionSet) error {
		if !slices.Contains(p.Managed, managed) {
			return refuse(http.StatusBadRequest, "ResourceNotFoundException", "Managed policy %s is not attached.", managed)
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
			return refuse(http.StatusConflict, "ConflictException", "PermissionSet %s has ApplicationProfile associated with it.", arn).hint("it is still assigned")
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
