package cloud

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"aws-access-guardrails/policy"
)

// Organizations is a client of AWS Organizations with one caller's credentials.
type Organizations struct{ client }

// Organizations returns a client of AWS Organizations.
func (c *Cloud) Organizations(caller Caller) Organizations {
	return Organizations{client{cloud: c, caller: caller, service: "Organizations"}}
}

// ServiceControlPolicy is the type of policies that this package reads in full.
const ServiceControlPolicy = "SERVICE_CONTROL_POLICY"

// fullAccess is the policy of AWS that every target has at first.
const fullAccess = "p-FullAWSAccess"

// fullAccessContent is its content.
const fullAccessContent = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`

// Organization is the organization of the world. A world has one or none.
type Organization struct {
	// ID is o-..., Root is the id of its root, r-...
	ID   string `json:"id"`
	Root string `json:"root"`
	// Management is the id of the management account.
	Management string `json:"management"`
	// PolicyTypes are the types of policies that are enabled, sorted.
	PolicyTypes []string `json:"policyTypes,omitempty"`
	// TrustedServices are the principals of services with trusted access, sorted.
	TrustedServices []string `json:"trustedServices,omitempty"`
	// RootFeatures are the features of central root access that are enabled, sorted.
	RootFeatures []string `json:"rootFeatures,omitempty"`
}

// Unit is an organizational unit.
type Unit struct {
	// ID is ou-...; Parent is the root or another unit.
	ID     string `json:"id"`
	Name   string `json:"name"`
	Parent string `json:"parent"`
}

// OrganizationPolicy is a policy of the organization.
type OrganizationPolicy struct {
	// ID is p-...
	ID          string            `json:"id"`
	ARN         string            `json:"arn"`
	Name        string            `json:"name"`
	Description string            `json:"description,omitempty"`
	Type        string            `json:"type"`
	Content     string            `json:"content"`
	Tags        map[string]string `json:"tags,omitempty"`
	// AWSManaged marks the policies of AWS, which nobody changes.
	AWSManaged bool `json:"awsManaged,omitempty"`
}

// policyTypes are the types of organization policies. Source: CreatePolicy in the AWS Organizations API Reference.
var policyTypes = []string{
	"AISERVICES_OPT_OUT_POLICY", "BACKUP_POLICY", "CHATBOT_POLICY", "DECLARATIVE_POLICY_EC2", "RESOURCE_CONTROL_POLICY", "SECURITYHUB_POLICY",
	ServiceControlPolicy, "TAG_POLICY",
}

const organizationKey = "organization"

// organization is the organization of the caller, who must be its management account unless everybody in it may ask.
func (o Organizations) organization(everybody bool) (Organization, error) {
	org, ok := o.cloud.organizations.get("", organizationKey)
	if !ok || !o.cloud.isMember(o.caller.Account) {
		return Organization{}, refuse(http.StatusBadRequest, "AWSOrganizationsNotInUseException", "Your account is not a member of an organization.").
			hint("list the account under accounts of organization in sandbox.yaml")
	}
	if !everybody && o.caller.Account != org.Management {
		return Organization{}, refuse(http.StatusBadRequest, "AccessDeniedException", "You don't have permissions to access this resource.").
			hint("account %s is not the management account %s", o.caller.Account, org.Management)
	}
	return org, nil
}

// isMember reports whether the account is in the organization.
func (c *Cloud) isMember(account string) bool { return c.members.has("", account) }

// Describe is DescribeOrganization with ListRoots and ListAccounts: the organization, its accounts and the unit or root that each is in.
func (o Organizations) Describe(ctx context.Context) (Organization, map[string]string, error) {
	type answer struct {
		organization Organization
		parents      map[string]string
	}
	a, err := call(ctx, o.client, "DescribeOrganization", o.caller.Account, func(*tx) (answer, error) {
		org, err := o.organization(true)
		parents := map[string]string{}
		for _, account := range o.cloud.members.keys("") {
			parents[account], _ = o.cloud.members.get("", account)
		}
		return answer{org, parents}, err
	})
	return a.organization, a.parents, err
}

// NewOrganizationPolicy is what CreatePolicy takes.
type NewOrganizationPolicy struct {
	Name, Description, Type, Content string
	Tags                             map[string]string
}

// CreatePolicy makes a policy that is attached to nothing.
func (o Organizations) CreatePolicy(ctx context.Context, in NewOrganizationPolicy) (OrganizationPolicy, error) {
	return call(ctx, o.client, "CreatePolicy", in.Name, func(tx *tx) (OrganizationPolicy, error) {
		org, err := o.organization(false)
		if err != nil {
			return OrganizationPolicy{}, err
		}
		if !slices.Contains(policyTypes, in.Type) {
			return OrganizationPolicy{}, invalidInput("INVALID_ENUM_POLICY_TYPE", "You specified an invalid policy type.")
		}
		p := OrganizationPolicy{Name: in.Name, Description: in.Description, Type: in.Type, Content: in.Content, Tags: in.Tags}
		if err := o.check(p); err != nil {
			return OrganizationPolicy{}, err
		}
		if len(o.cloud.organizationPolicies.keys("")) >= quotas.serviceControlPolicies {
			return OrganizationPolicy{}, constraint("POLICY_NUMBER_LIMIT_EXCEEDED", "You have exceeded the number of policies that you can have.")
		}
		p.ID = o.cloud.hexID(tx, "", "p-", "organizationPolicy", in.Name, 8)
		p.ARN = o.policyARN(org, in.Type, p.ID)
		o.cloud.organizationPolicies.put(tx, "", p.ID, p)
		return p, nil
	})
}

func (o Organizations) policyARN(org Organization, policyType, id string) string {
	return policy.ARN{
		Partition: o.partition(), Service: "organizations", Account: org.Management,
		Resource: "policy/" + org.ID + "/" + strings.ToLower(policyType) + "/" + id,
	}.String()
}

// check refuses what the service refuses as a policy.
func (o Organizations) check(p OrganizationPolicy) error {
	switch {
	case p.Name == "" || utf8.RuneCountInString(p.Name) > 128:
		return invalidInput("MIN_LENGTH_EXCEEDED", "You provided a name that is empty or longer than 128 characters.")
	case utf8.RuneCountInString(p.Description) > 512:
		return invalidInput("MAX_LENGTH_EXCEEDED", "You provided a description that is longer than 512 characters.")
	}
	if err := checkTags(p.Tags, false); err != nil {
		return invalidInput("INVALID_TAG", "%s", err.(*Error).Message)
	}
	if len(p.Tags) > quotas.tags {
		return constraint("TAG_LIMIT_EXCEEDED", "You have exceeded the number of tags allowed on this resource.")
	}
	for _, other := range o.cloud.organizationPolicies.list("") {
		if other.Name == p.Name && other.Type == p.Type && other.ID != p.ID {
			return refuse(http.StatusBadRequest, "DuplicatePolicyException", "A policy with the same name already exists.")
		}
	}
	if p.Type != ServiceControlPolicy {
		if !json.Valid([]byte(p.Content)) {
			return malformedContent().hint("the content is not JSON")
		}
		return nil
	}
	if _, refusal := parsePolicy(policy.ServiceControl, p.Content); refusal != nil {
		return malformedContent().hint("%s", strings.TrimSpace(refusal.Message+" "+refusal.Hint))
	}
	if n := len(p.Content); n > o.cloud.Quotas.SCP {
		return constraint("POLICY_CONTENT_LIMIT_EXCEEDED", "You attempted to create a policy that is larger than the maximum size.").
			hint("the content has %d bytes, the quota is %d", n, o.cloud.Quotas.SCP)
	}
	return nil
}

func malformedContent() *Error {
	return refuse(http.StatusBadRequest, "MalformedPolicyDocumentException",
		"The provided policy document does not meet the requirements of the specified policy type.")
}

func constraint(reason, format string, args ...any) *Error {
	return refuse(http.StatusBadRequest, "ConstraintViolationException", "%s (%s)", fmt.Sprintf(format, args...), reason)
}

func invalidInput(reason, format string, args ...any) *Error {
	return refuse(http.StatusBadRequest, "InvalidInputException", "%s (%s)", fmt.Sprintf(format, args...), reason)
}

// DescribePolicy reads a policy.
func (o Organizations) DescribePolicy(ctx context.Context, id string) (OrganizationPolicy, error) {
	return call(ctx, o.client, "DescribePolicy", id, func(*tx) (OrganizationPolicy, error) { return o.policy(id) })
}

func (o Organizations) policy(id string) (OrganizationPolicy, error) {
	if _, err := o.organization(false); err != nil {
		return OrganizationPolicy{}, err
	}
	p, ok := o.cloud.organizationPolicies.get("", id)
	if !ok {
		return OrganizationPolicy{}, refuse(http.StatusBadRequest, "PolicyNotFoundException", "We can't find a policy with the PolicyId that you specified.")
	}
	return p, nil
}

func (o Organizations) update(ctx context.Context, operation, id string, change func(*OrganizationPolicy) error) error {
	return do(ctx, o.client, operation, id, func(tx *tx) error {
		p, err := o.policy(id)
		if err != nil {
			return err
		}
		if p.AWSManaged {
			return constraint("POLICY_MANAGED_BY_AWS", "You can't change a policy that is managed by AWS.")
		}
		if err := change(&p); err != nil {
			return err
		}
		if err := o.check(p); err != nil {
			return err
		}
		o.cloud.organizationPolicies.put(tx, "", id, p)
		return nil
	})
}

// UpdatePolicy replaces name, description and content of a policy, attached or not.
func (o Organizations) UpdatePolicy(ctx context.Context, id, name, description, content string) error {
	return o.update(ctx, "UpdatePolicy", id, func(p *OrganizationPolicy) error {
		p.Name, p.Description, p.Content = name, description, content
		return nil
	})
}

// TagResource adds tags to a policy and overwrites those that it has.
func (o Organizations) TagResource(ctx context.Context, id string, tags map[string]string) error {
	return o.update(ctx, "TagResource", id, func(p *OrganizationPolicy) error {
		all := maps.Clone(p.Tags)
		if all == nil {
			all = map[string]string{}
		}
		maps.Copy(all, tags)
		p.Tags = all
		return nil
	})
}

// UntagResource removes tags from a policy.
func (o Organizations) UntagResource(ctx context.Context, id string, keys []string) error {
	return o.update(ctx, "UntagResource", id, func(p *OrganizationPolicy) error {
		p.Tags = maps.Clone(p.Tags)
		maps.DeleteFunc(p.Tags, func(key, _ string) bool { return slices.Contains(keys, key) })
		return nil
	})
}

// DeletePolicy deletes a policy that is attached to nothing.
func (o Organizations) DeletePolicy(ctx context.Context, id string) error {
	return do(ctx, o.client, "DeletePolicy", id, func(tx *tx) error {
		p, err := o.policy(id)
		if err != nil {
			return err
		}
		var targets []string
		for _, target := range o.cloud.attachments.keys("") {
			if attached, _ := o.cloud.attachments.get("", target); slices.Contains(attached, id) {
				targets = append(targets, target)
			}
		}
		switch {
		case p.AWSManaged:
			return constraint("POLICY_MANAGED_BY_AWS", "You can't delete a policy that is managed by AWS.")
		case len(targets) > 0:
			return refuse(http.StatusBadRequest, "PolicyInUseException", "The policy is attached to one or more entities. "+
				"You must detach it from all roots, OUs, and accounts before performing this operation.").hint("it is attached to %s", strings.Join(targets, ", "))
		}
		o.cloud.organizationPolicies.remove(tx, "", id)
		return nil
	})
}

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
			return refuse(http.StatusBadRequest, "PolicyTypeNotEnabledException", "This operation can be performed only for enabled policy types.").
				hint("enable %s for the root", p.Type)
		case slices.Contains(attached, id):
			return refuse(http.StatusBadRequest, "DuplicatePolicyAttachmentException", "A policy with the specified name and type already exists in this target.")
		case o.count(attached, p.Type) >= o.cloud.Quotas.SCPsPerTarget:
			return constraint("MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED", "You have attached the maximum number of policies of that type to the entity.").
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
			return refuse(http.StatusBadRequest, "PolicyNotAttachedException", "The policy isn't attached to the specified target in the specified root.")
		case p.Type == ServiceControlPolicy && o.count(attached, p.Type) == 1:
			return constraint("MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED", "You attempted to detach a policy from an entity that would cause the entity "+
				"to have fewer than the minimum number of policies of a certain type required.").hint("%s would have none", target)
		}
		o.cloud.attachments.put(tx, "", target, slices.DeleteFunc(slices.Clone(attached), func(a string) bool { return a == id }))
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
		return OrganizationPolicy{}, nil, refuse(http.StatusBadRequest, "TargetNotFoundException", "You specified a target that doesn't exist.").
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

// SetPolicyType enables a type of policies for the root, or disables it. Disabling service control policies detaches all of them; enabling
// them again brings FullAWSAccess alone back.
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
			return refuse(http.StatusBadRequest, "PolicyTypeAlreadyEnabledException", "The specified policy type is already enabled in the specified root.")
		case !was && !enabled:
			return refuse(http.StatusBadRequest, "PolicyTypeNotEnabledException", "The specified policy type isn't currently enabled in this root.")
		}
		org.PolicyTypes = slices.DeleteFunc(slices.Clone(org.PolicyTypes), func(t string) bool { return t == policyType })
		if enabled {
			org.PolicyTypes = slices.Sorted(slices.Values(append(org.PolicyTypes, policyType)))
		}
		o.cloud.organizations.put(tx, "", organizationKey, org)
		o.cloud.resetAttachments(tx, org, policyType)
		return nil
	})
}

// resetAttachments detaches every policy of a type, and attaches FullAWSAccess where service control policies are enabled.
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

// RootFeatures are the features of central root access. Source: EnableOrganizationsRootCredentialsManagement and
// EnableOrganizationsRootSessions in the IAM API Reference.
var rootFeatures = []string{"RootCredentialsManagement", "RootSessions"}

// ListOrganizationsFeatures reads the features of central root access that are enabled, and the organization's id.
func (i IAM) ListOrganizationsFeatures(ctx context.Context) (string, []string, error) {
	org, err := call(ctx, i.client, "ListOrganizationsFeatures", i.caller.Account, func(*tx) (Organization, error) { return i.organization() })
	return org.ID, slices.Clone(org.RootFeatures), err
}

// organization is the organization of the caller, who must be its management account and trust IAM.
func (i IAM) organization() (Organization, error) {
	org, ok := i.cloud.organizations.get("", organizationKey)
	switch {
	case !ok || !i.cloud.isMember(i.caller.Account):
		return Organization{}, refuse(http.StatusNotFound, "OrganizationNotFoundException", "The request was rejected because no organization is associated with your account.")
	case org.Management != i.caller.Account:
		return Organization{}, refuse(http.StatusBadRequest, "CallerIsNotManagementAccountException", "The request was rejected because the account "+
			"making the request is not the management account or delegated administrator account for centralized root access.")
	case !slices.Contains(org.TrustedServices, "iam.amazonaws.com"):
		return Organization{}, refuse(http.StatusBadRequest, "ServiceAccessNotEnabledException", "The request was rejected because trusted access is not "+
			"enabled for IAM in Organizations.").hint("list iam.amazonaws.com under trustedServices of organization in sandbox.yaml")
	}
	return org, nil
}

// SetOrganizationsFeature enables or disables a feature of central root access.
func (i IAM) SetOrganizationsFeature(ctx context.Context, feature string, enabled bool) error {
	operation := map[bool]string{true: "EnableOrganizations", false: "DisableOrganizations"}[enabled] + feature
	return do(ctx, i.client, operation, feature, func(tx *tx) error {
		org, err := i.organization()
		if err != nil {
			return err
		}
		if !slices.Contains(rootFeatures, feature) {
			return invalid("%s is not a feature of central root access", feature)
		}
		org.RootFeatures = slices.DeleteFunc(slices.Clone(org.RootFeatures), func(f string) bool { return f == feature })
		if enabled {
			org.RootFeatures = slices.Sorted(slices.Values(append(org.RootFeatures, feature)))
		}
		i.cloud.organizations.put(tx, "", organizationKey, org)
		return nil
	})
}
