package organizations

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/cloud/store"
	"aws-access-guardrails/policy"
)

// Client is a client of AWS Organizations with one caller's credentials.
type Client struct {
	api.Client
	state *State
}

// State is what AWS Organizations has: one organization, or none, and its parts.
type State struct {
	world *api.World

	Organizations *store.Table[Organization]
	Units         *store.Table[Unit]
	// members are the unit or root of each account.
	Members              *store.Table[string]
	OrganizationPolicies *store.Table[Policy]
	// attachments are the policies of each target.
	Attachments *store.Table[[]string]
}

// NewState is the AWS Organizations of a world without an organization.
func NewState(world *api.World) *State {
	return &State{
		world:                world,
		Organizations:        store.NewTable[Organization]("organizations"),
		Units:                store.NewTable[Unit]("units"),
		Members:              store.NewTable[string]("members"),
		OrganizationPolicies: store.NewTable[Policy]("organizationPolicies"),
		Attachments:          store.NewTable[[]string]("attachments"),
	}
}

// Client returns a client of AWS Organizations.
func (t *State) Client(caller api.Caller) Client {
	return Client{api.NewClient(t.world, caller, t.service()), t}
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

// Policy is a policy of the organization.
type Policy struct {
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

// Key is the key of the organization in its table.
const Key = "organization"

// organization is the organization of the caller, who must be its management account unless everybody in it may ask.
func (o Client) organization(everybody bool) (Organization, error) {
	org, ok := o.state.Organizations.Get("", Key)
	if !ok || !o.state.IsMember(o.Caller.Account) {
		return Organization{}, api.Refuse(
			http.StatusBadRequest,
			"AWSOrganizationsNotInUseException",
			"Your account is not a member of an organization.",
		).
			Hinted("list the account under accounts of organization in sandbox.yaml")
	}
	if !everybody && o.Caller.Account != org.Management {
		return Organization{}, api.Refuse(
			http.StatusBadRequest,
			"AccessDeniedException",
			"You don't have permissions to access this resource.",
		).
			Hinted("account %s is not the management account %s", o.Caller.Account, org.Management)
	}
	return org, nil
}

// IsMember reports whether the account is in the organization.
func (s *State) IsMember(account string) bool { return s.Members.Has("", account) }

// MayBeMember reports whether an account is in the organization, or may be, where the world says nothing about an
// organization.
func (s *State) MayBeMember(account string) bool {
	return s.IsMember(account) || !s.Organizations.Has("", Key) && s.world.Accounts.Has("", account)
}

// Describe is DescribeOrganization with ListRoots and ListAccounts: the organization, its accounts and the unit or
// root that each is in.
func (o Client) Describe(ctx context.Context) (Organization, map[string]string, error) {
	type answer struct {
		organization Organization
		parents      map[string]string
	}
	a, err := api.Ask(ctx, o.Client, "DescribeOrganization", o.Caller.Account, func(*store.Tx) (answer, error) {
		org, err := o.organization(true)
		parents := map[string]string{}
		for _, account := range o.state.Members.Keys("") {
			parents[account], _ = o.state.Members.Get("", account)
		}
		return answer{org, parents}, err
	})
	return a.organization, a.parents, err
}

// NewPolicy is what CreatePolicy takes.
type NewPolicy struct {
	Name, Description, Type, Content string
	Tags                             map[string]string
}

// CreatePolicy makes a policy that is attached to nothing.
func (o Client) CreatePolicy(ctx context.Context, in NewPolicy) (Policy, error) {
	return api.Ask(ctx, o.Making("", in.Tags), "CreatePolicy", in.Name, func(tx *store.Tx) (Policy, error) {
		org, err := o.organization(false)
		if err != nil {
			return Policy{}, err
		}
		if !slices.Contains(policyTypes, in.Type) {
			return Policy{}, invalidInput(
				"INVALID_ENUM_POLICY_TYPE",
				"You specified an invalid policy type.",
			)
		}
		p := Policy{
			Name:        in.Name,
			Description: in.Description,
			Type:        in.Type,
			Content:     in.Content,
			Tags:        in.Tags,
		}
		if err := o.check(p); err != nil {
			return Policy{}, err
		}
		if len(o.state.OrganizationPolicies.Keys("")) >= o.World.Quotas.SCPs {
			return Policy{}, constraint(
				"POLICY_NUMBER_LIMIT_EXCEEDED",
				"You have exceeded the number of policies that you can have.",
			)
		}
		p.ID = o.World.HexID(tx, "", "p-", "organizationPolicy", in.Name, 8)
		p.ARN = o.policyARN(org, in.Type, p.ID)
		o.state.OrganizationPolicies.Put(tx, "", p.ID, p)
		return p, nil
	})
}

func (o Client) policyARN(org Organization, policyType, id string) string {
	return policy.ARN{
		Partition: o.PartitionOfCaller(), Service: "organizations", Account: org.Management,
		Resource: "policy/" + org.ID + "/" + strings.ToLower(policyType) + "/" + id,
	}.String()
}

// check refuses what the service refuses as a policy.
func (o Client) check(p Policy) error {
	switch {
	case p.Name == "" || utf8.RuneCountInString(p.Name) > 128:
		return invalidInput("MIN_LENGTH_EXCEEDED", "You provided a name that is empty or longer than 128 characters.")
	case utf8.RuneCountInString(p.Description) > 512:
		return invalidInput("MAX_LENGTH_EXCEEDED", "You provided a description that is longer than 512 characters.")
	}
	if err := api.CheckTags(p.Tags, false); err != nil {
		return invalidInput("INVALID_TAG", "%s", api.MessageOf(err))
	}
	if len(p.Tags) > api.TagsPerResource {
		return constraint("TAG_LIMIT_EXCEEDED", "You have exceeded the number of tags allowed on this resource.")
	}
	for _, other := range o.state.OrganizationPolicies.List("") {
		if other.Name == p.Name && other.Type == p.Type && other.ID != p.ID {
			return api.Refuse(
				http.StatusBadRequest,
				"DuplicatePolicyException",
				"A policy with the same name already exists.",
			)
		}
	}
	if p.Type != ServiceControlPolicy {
		if !json.Valid([]byte(p.Content)) {
			return malformedContent().Hinted("the content is not JSON")
		}
		return nil
	}
	if _, refusal := api.ParsePolicy(policy.ServiceControl, p.Content); refusal != nil {
		return malformedContent().Hinted("%s", strings.TrimSpace(refusal.Message+" "+refusal.Hint))
	}
	if n := len(p.Content); n > o.World.Quotas.SCP {
		return constraint(
			"POLICY_CONTENT_LIMIT_EXCEEDED",
			"You attempted to create a policy that is larger than the maximum size.",
		).
			Hinted("the content has %d bytes, the quota is %d", n, o.World.Quotas.SCP)
	}
	return nil
}

func malformedContent() *api.Error {
	return api.Refuse(http.StatusBadRequest, "MalformedPolicyDocumentException",
		"The provided policy document does not meet the requirements of the specified policy type.")
}

func constraint(reason, message string) *api.Error {
	return api.Refuse(http.StatusBadRequest, "ConstraintViolationException", "%s (%s)", message, reason)
}

func invalidInput(reason, format string, args ...any) *api.Error {
	return api.Refuse(http.StatusBadRequest, "InvalidInputException", "%s (%s)", fmt.Sprintf(format, args...), reason)
}

// DescribePolicy reads a policy.
func (o Client) DescribePolicy(ctx context.Context, id string) (Policy, error) {
	return api.Ask(ctx, o.Client, "DescribePolicy", id, func(*store.Tx) (Policy, error) { return o.policy(id) })
}

func (o Client) policy(id string) (Policy, error) {
	if _, err := o.organization(false); err != nil {
		return Policy{}, err
	}
	p, ok := o.state.OrganizationPolicies.Get("", id)
	if !ok {
		return Policy{}, api.Refuse(
			http.StatusBadRequest,
			"PolicyNotFoundException",
			"We can't find a policy with the PolicyId that you specified.",
		)
	}
	return p, nil
}

func (o Client) update(ctx context.Context, operation, id string, change func(*Policy) error) error {
	return api.Do(ctx, o.Client, operation, id, func(tx *store.Tx) error {
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
		o.state.OrganizationPolicies.Put(tx, "", id, p)
		return nil
	})
}

// UpdatePolicy replaces name, description and content of a policy, attached or not.
func (o Client) UpdatePolicy(ctx context.Context, id, name, description, content string) error {
	return o.update(ctx, "UpdatePolicy", id, func(p *Policy) error {
		p.Name, p.Description, p.Content = name, description, content
		return nil
	})
}

// TagResource adds tags to a policy and overwrites those that it has.
func (o Client) TagResource(ctx context.Context, id string, tags map[string]string) error {
	o.Client = o.Making("", tags)
	return o.update(ctx, "TagResource", id, func(p *Policy) error {
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
func (o Client) UntagResource(ctx context.Context, id string, keys []string) error {
	o.Client = o.Untagging(keys)
	return o.update(ctx, "UntagResource", id, func(p *Policy) error {
		p.Tags = maps.Clone(p.Tags)
		maps.DeleteFunc(p.Tags, func(key, _ string) bool { return slices.Contains(keys, key) })
		return nil
	})
}

// DeletePolicy deletes a policy that is attached to nothing.
func (o Client) DeletePolicy(ctx context.Context, id string) error {
	return api.Do(ctx, o.Client, "DeletePolicy", id, func(tx *store.Tx) error {
		p, err := o.policy(id)
		if err != nil {
			return err
		}
		var targets []string
		for _, target := range o.state.Attachments.Keys("") {
			if attached, _ := o.state.Attachments.Get("", target); slices.Contains(attached, id) {
				targets = append(targets, target)
			}
		}
		switch {
		case p.AWSManaged:
			return constraint("POLICY_MANAGED_BY_AWS", "You can't delete a policy that is managed by AWS.")
		case len(targets) > 0:
			return api.Refuse(
				http.StatusBadRequest,
				"PolicyInUseException",
				"The policy is attached to one or more entities. "+
					"You must detach it from all roots, OUs, and accounts before performing this operation.",
			).Hinted("it is attached to %s", strings.Join(targets, ", "))
		}
		o.state.OrganizationPolicies.Remove(tx, "", id)
		return nil
	})
}
