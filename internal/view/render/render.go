package render

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"aws-access-guardrails/access/world"
	"aws-access-guardrails/access/world/details"
	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/policy"
)

// Version is the version of the JSON form of a Rendering. Readers tolerate fields that they do not know; it
// changes when a field changes its meaning or goes.
const Version = 1

// Rendering is every document of a stack, in the form that `render --json` prints.
type Rendering struct {
	Version   int              `json:"version"`
	Stack     string           `json:"stack"`
	Account   string           `json:"account"`
	Partition policy.Partition `json:"partition"`
	// AuthorizationDetails is what `aws iam get-account-authorization-details` would print of the stack's own users,
	// groups, roles and policies.
	AuthorizationDetails   json.RawMessage        `json:"authorizationDetails"`
	ServiceControlPolicies []ServiceControlPolicy `json:"serviceControlPolicies"`
	SessionDocuments       []SessionDocument      `json:"sessionDocuments"`
	IdentityCenter         IdentityCenter         `json:"identityCenter"`
	Organization           Organization           `json:"organization"`

	world world.Account
	// nodes is what the role of a node needs for the configured logs; nil for nothing.
	nodes *policy.Document
}

// ServiceControlPolicy is a service control policy with the ids of its targets.
type ServiceControlPolicy struct {
	Name     string          `json:"name"`
	Targets  []string        `json:"targets"`
	Document policy.Document `json:"document"`
}

// SessionDocument is an SSM document of one Region.
type SessionDocument struct {
	Name    string          `json:"name"`
	Type    string          `json:"type"`
	Region  string          `json:"region"`
	Content json.RawMessage `json:"content"`
}

// IdentityCenter is what a stack says about IAM Identity Center.
type IdentityCenter struct {
	Attributes     map[string]string `json:"attributes"`
	PermissionSets []PermissionSet   `json:"permissionSets"`
}

// PermissionSet is a permission set with its assignments.
type PermissionSet struct {
	Name            string           `json:"name"`
	InlinePolicy    *policy.Document `json:"inlinePolicy,omitempty"`
	ManagedPolicies []string         `json:"managedPolicies"`
	// CustomerManagedPolicies are path and name of the customer managed policies, and PermissionsBoundary the ARN of a
	// policy of AWS, or path and name of one of each account.
	CustomerManagedPolicies []string     `json:"customerManagedPolicies,omitempty"`
	PermissionsBoundary     string       `json:"permissionsBoundary,omitempty"`
	Assignments             []Assignment `json:"assignments"`
}

// withoutPolicy is the permission set for a reviewer who has the inline policy in a file of its own.
func (p PermissionSet) withoutPolicy() PermissionSet {
	p.InlinePolicy = nil
	return p
}

// Assignment says who may take a permission set in which accounts: a user name or the display name of a group.
type Assignment struct {
	User     string   `json:"user,omitempty"`
	Group    string   `json:"group,omitempty"`
	Accounts []string `json:"accounts"`
}

// Organization is what a stack says about the organization of its account. It is empty where it says nothing.
type Organization struct {
	ID         string `json:"id,omitempty"`
	Management string `json:"management,omitempty"`
}

// Of collects the documents of a stack.
func Of(stack *stack.Stack) (*Rendering, error) {
	world := stack.World()
	details, err := details.ToAuthorizationDetails(world)
	if err != nil {
		return nil, fmt.Errorf("render stack %s: %w", stack.Name, err)
	}
	r := &Rendering{
		Version: Version, Stack: stack.Name, Account: world.ID, Partition: world.Partition,
		AuthorizationDetails:   details,
		ServiceControlPolicies: []ServiceControlPolicy{},
		SessionDocuments:       []SessionDocument{},
		IdentityCenter:         IdentityCenter{Attributes: map[string]string{}, PermissionSets: []PermissionSet{}},
		Organization:           Organization{ID: stack.Account.Organization},
		world:                  world,
	}
	for _, d := range world.Documents {
		if d.Owner != world.ID {
			continue
		}
		r.SessionDocuments = append(
			r.SessionDocuments,
			SessionDocument{Name: d.Name, Type: d.Type, Region: d.Region, Content: json.RawMessage(d.Content)},
		)
	}
	for _, n := range nouns {
		if err := n.show(r, stack); err != nil {
			return nil, fmt.Errorf("render stack %s: %w", stack.Name, err)
		}
	}
	return r, nil
}

// identityCenter takes what the stack says about IAM Identity Center.
func (r *Rendering) identityCenter(stack *stack.Stack) error {
	c, attributes := &r.IdentityCenter, stack.AccessControlAttributes()
	if attributes == nil {
		return nil
	}
	for _, a := range attributes.Effective() {
		c.Attributes[a.Key] = a.Source.String()
	}
	for _, set := range stack.PermissionSets() {
		out := PermissionSet{Name: set.Name, ManagedPolicies: set.ManagedPolicyARNs(), Assignments: []Assignment{}}
		for _, own := range set.CustomerManagedPolicies() {
			out.CustomerManagedPolicies = append(out.CustomerManagedPolicies, own.Path+own.Name)
		}
		if own, is := set.CustomerManaged(set.PermissionsBoundary); is {
			out.PermissionsBoundary = own.Path + own.Name
		} else if set.PermissionsBoundary != "" {
			out.PermissionsBoundary = set.Account.Partition.ManagedPolicyARN(set.PermissionsBoundary)
		}
		if document, wanted := set.InlinePolicy(); wanted {
			out.InlinePolicy = &document
		}
		for _, a := range set.Assignments {
			out.Assignments = append(out.Assignments, Assignment{User: a.User, Group: a.Group, Accounts: a.Accounts})
		}
		c.PermissionSets = append(c.PermissionSets, out)
	}
	return nil
}

// JSON is everything that a stack deploys, as one line of JSON.
func JSON(s *stack.Stack) (string, error) {
	rendering, err := Of(s)
	if err != nil {
		return "", err
	}
	var line strings.Builder
	err = WriteJSON(&line, rendering)
	return line.String(), err
}

// WriteJSON writes the renderings, one JSON object per line.
func WriteJSON(w io.Writer, renderings ...*Rendering) error {
	for _, r := range renderings {
		line, err := policy.Compact(r)
		if err != nil {
			return fmt.Errorf("render stack %s: %w", r.Stack, err)
		}
		if _, err := fmt.Fprintln(w, line); err != nil {
			return err
		}
	}
	return nil
}
