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
	"AISERVICES_OPT_OUT_POLICY",
	"BACKUP_POLICY",
	"CHATBOT_POLICY",
	"DECLARATIVE_POLICY_EC2",
	"RESOURCE_CONTROL_POLICY",
	"SECURITYHUB_POLICY",
	ServiceControlPolicy,
	"TAG_POLICY",
}

const organizationKey = "organization"

// organization is the organization of the caller, who must be its management account unless everybody in it may ask.
func (o Organizations) organization(everybody bool) (Organization, error) {
	org, ok := o.cloud.organizations.get("", organizationKey)
	if !ok || !o.cloud.isMember(o.caller.Account) {
		return Organization{}, refuse(
			http.StatusBadRequest,
			"AWSOrganizationsNotInUseException",
			"Your account is not a member of an organization.",
		).
			hint("list the account under accounts of organization in sandbox.yaml")
	}
	if !everybody && o.caller.Account != org.Management {
		return Organization{}, refuse(
			http.StatusBadRequest,
			"AccessDeniedException",
			"You don't have permissions to access this resource.",
		).
			hint("account %s is not the management account %s", o.caller.Account, org.Management)
	}
	return org, nil
}

// isMember reports whether the account is in the organization.
func (c *Cloud) isMember(account string) bool { return c.members.has("", account) }

// mayBeMember reports whether an account is in the organization, or may be, where the world says nothing about an
// organization.
func (c *Cloud) mayBeMember(account string) bool {
	return c.isMember(account) || !c.organizations.has("", organizationKey) && c.accounts.has("", account)
}

// Describe is DescribeOrganization with ListRoots and ListAccounts: the organization, its accounts and the unit or
// root that each is in.
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
	return call(ctx, o.making("", in.Tags), "CreatePolicy", in.Name, func(tx *tx) (OrganizationPolicy, error) {
		org, err := o.organization(false)
		if err != nil {
			return OrganizationPolicy{}, err
		}
		if !slices.Contains(policyTypes, in.Type) {
			return OrganizationPolicy{}, invalidInput(
				"INVALID_ENUM_POLICY_TYPE",
				"You specified an invalid policy type.",
			)
		}
		p := OrganizationPolicy{
			Name:        in.Name,
			Description: in.Description,
			Type:        in.Type,
			Content:     in.Content,
			Tags:        in.Tags,
		}
		if err := o.check(p); err != nil {
			return OrganizationPolicy{}, err
		}
		if len(o.cloud.organizationPolicies.keys("")) >= o.cloud.Quotas.SCPs {
			return OrganizationPolicy{}, constraint(
				"POLICY_NUMBER_LIMIT_EXCEEDED",
				"You have exceeded the number of policies that you can have.",
			)
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
		return invalidInput("INVALID_TAG", "%s", messageOf(err))
	}
	if len(p.Tags) > quotas.tags {
		return constraint("TAG_LIMIT_EXCEEDED", "You have exceeded the number of tags allowed on this resource.")
	}
	for _, other := range o.cloud.organizationPolicies.list("") {
		if other.Name == p.Name && other.Type == p.Type && other.ID != p.ID {
			return refuse(
				http.StatusBadRequest,
				"DuplicatePolicyException",
				"A policy with the same name already exists.",
			)
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
		return constraint(
			"POLICY_CONTENT_LIMIT_EXCEEDED",
			"You attempted to create a policy that is larger than the maximum size.",
		).
			hint("the content has %d bytes, the quota is %d", n, o.cloud.Quotas.SCP)
	}
	return nil
}

func malformedContent() *Error {
	return refuse(http.StatusBadRequest, "MalformedPolicyDocumentException",
		"The provided policy document does not meet the requirements of the specified policy type.")
}

func constraint(reason, message string) *Error {
	return refuse(http.StatusBadRequest, "ConstraintViolationException", "%s (%s)", message, reason)
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
		return OrganizationPolicy{}, refuse(
			http.StatusBadRequest,
			"PolicyNotFoundException",
			"We can't find a policy with the PolicyId that you specified.",
		)
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
	o.client = o.making("", tags)
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
	o.client = o.untagging(keys)
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
			return refuse(
				http.StatusBadRequest,
				"PolicyInUseException",
				"The policy is attached to one or more entities. "+
					"You must detach it from all roots, OUs, and accounts before performing this operation.",
			).hint("it is attached to %s", strings.Join(targets, ", "))
		}
		o.cloud.organizationPolicies.remove(tx, "", id)
		return nil
	})
}
