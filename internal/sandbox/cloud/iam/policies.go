package iam

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/cloud/store"
	"aws-access-guardrails/policy"
)

// NewPolicy is what CreatePolicy takes.
type NewPolicy struct {
	Name string
	// Path is "/" if empty.
	Path        string
	Description string
	Document    string
	Tags        map[string]string
}

// CreatePolicy makes a customer managed policy.
func (i Client) CreatePolicy(ctx context.Context, in NewPolicy) (Policy, error) {
	return api.Ask(ctx, i.Making(in.Path, in.Tags), "CreatePolicy", in.Name, func(tx *store.Tx) (Policy, error) {
		path := cmp.Or(in.Path, "/")
		if err := cmp.Or(
			checkName("policyName", in.Name, 128),
			checkPath(path),
			checkDescription(in.Description),
		); err != nil {
			return Policy{}, err
		}
		tags, err := withTags(nil, in.Tags)
		if err != nil {
			return Policy{}, err
		}
		if i.state.Policies.Has(i.Caller.Account, NameKey(in.Name)) {
			return Policy{}, alreadyExists(
				"A policy called %s already exists. Duplicate names are not allowed.",
				in.Name,
			)
		}
		if len(i.state.Policies.Keys(i.Caller.Account)) >= i.World.Quotas.Policies {
			return Policy{}, limitExceeded("Cannot exceed quota for PoliciesPerAccount: %d", i.World.Quotas.Policies)
		}
		if err := checkManaged(i.World.Quotas, in.Document); err != nil {
			return Policy{}, err
		}
		p := Policy{
			Name:        in.Name,
			Path:        path,
			ID:          i.World.UniqueID(tx, i.Caller.Account, "ANPA", "policy", in.Name),
			ARN:         i.PartitionOfCaller().PolicyARN(i.Caller.Account, path, in.Name),
			Description: in.Description,
			Tags:        tags,
			Versions: []PolicyVersion{
				{ID: "v1", Document: in.Document, Created: i.time()},
			},
			Default: "v1",
			Created: i.time(),
		}
		i.state.Policies.Put(tx, i.Caller.Account, NameKey(in.Name), p)
		return p, nil
	})
}

// GetPolicy reads a customer managed policy and how many identities it is attached to.
func (i Client) GetPolicy(ctx context.Context, arn string) (Policy, int, error) {
	type answer struct {
		policy   Policy
		attached int
	}
	a, err := api.Ask(ctx, i.Client, "GetPolicy", arn, func(*store.Tx) (answer, error) {
		p, err := i.policy(arn)
		return answer{p, len(i.attachedTo(arn))}, err
	})
	return a.policy, a.attached, err
}

// ListPolicyVersions reads a customer managed policy with all its versions.
func (i Client) ListPolicyVersions(ctx context.Context, arn string) (Policy, error) {
	return api.Ask(ctx, i.Client, "ListPolicyVersions", arn, func(*store.Tx) (Policy, error) { return i.policy(arn) })
}

func (i Client) policy(arn string) (Policy, error) {
	parsed, err := policy.ParseARN(arn)
	if err != nil {
		return Policy{}, api.Refuse(http.StatusBadRequest, "InvalidInput", "ARN %s is not valid.", arn)
	}
	_, _, name, _ := parsed.Entity()
	p, ok := i.state.Policies.Get(i.Caller.Account, NameKey(name))
	if !ok || p.ARN != arn {
		return Policy{}, noSuchEntity("Policy %s was not found.", arn)
	}
	return p, nil
}

func (i Client) updatePolicy(ctx context.Context, operation, arn string, change func(*Policy) error) error {
	return api.Do(ctx, i.Client, operation, arn, func(tx *store.Tx) error {
		p, err := i.policy(arn)
		if err != nil {
			return err
		}
		if err := change(&p); err != nil {
			return err
		}
		i.state.Policies.Put(tx, i.Caller.Account, NameKey(p.Name), p)
		return nil
	})
}

// CreatePolicyVersion adds a version that is not in force yet and returns its id.
func (i Client) CreatePolicyVersion(ctx context.Context, arn, document string) (string, error) {
	var id string
	err := i.updatePolicy(ctx, "CreatePolicyVersion", arn, func(p *Policy) error {
		if err := checkManaged(i.World.Quotas, document); err != nil {
			return err
		}
		if len(p.Versions) >= versionsPerPolicy {
			return limitExceeded(
				"A managed policy can have up to %d versions. Before you create a new version, you must delete an existing version.",
				versionsPerPolicy,
			)
		}
		newest, err := strconv.Atoi(strings.TrimPrefix(p.Versions[len(p.Versions)-1].ID, "v"))
		if err != nil {
			return err
		}
		id = fmt.Sprintf("v%d", newest+1)
		p.Versions = append(slices.Clone(p.Versions), PolicyVersion{ID: id, Document: document, Created: i.time()})
		return nil
	})
	return id, err
}

// SetDefaultPolicyVersion puts a version in force.
func (i Client) SetDefaultPolicyVersion(ctx context.Context, arn, version string) error {
	return i.updatePolicy(ctx, "SetDefaultPolicyVersion", arn, func(p *Policy) error {
		if !p.hasVersion(version) {
			return noSuchEntity("Policy %s version %s does not exist or is not attachable.", arn, version)
		}
		p.Default = version
		return nil
	})
}

// DeletePolicyVersion deletes a version that is not in force.
func (i Client) DeletePolicyVersion(ctx context.Context, arn, version string) error {
	return i.updatePolicy(ctx, "DeletePolicyVersion", arn, func(p *Policy) error {
		switch {
		case !p.hasVersion(version):
			return noSuchEntity("Policy %s version %s does not exist or is not attachable.", arn, version)
		case p.Default == version:
			return deleteConflict("Cannot delete the default version of a policy.")
		}
		p.Versions = slices.DeleteFunc(slices.Clone(p.Versions), func(v PolicyVersion) bool { return v.ID == version })
		return nil
	})
}

func (p Policy) hasVersion(id string) bool {
	return slices.ContainsFunc(p.Versions, func(v PolicyVersion) bool { return v.ID == id })
}

// TagPolicy adds tags to a policy and overwrites those that it has.
func (i Client) TagPolicy(ctx context.Context, arn string, tags map[string]string) error {
	i.Client = i.Making("", tags)
	return i.updatePolicy(ctx, "TagPolicy", arn, func(p *Policy) (err error) {
		p.Tags, err = withTags(p.Tags, tags)
		return err
	})
}

// UntagPolicy removes tags from a policy.
func (i Client) UntagPolicy(ctx context.Context, arn string, keys []string) error {
	i.Client = i.Untagging(keys)
	return i.updatePolicy(ctx, "UntagPolicy", arn, func(p *Policy) error {
		p.Tags = withoutTags(p.Tags, keys)
		return nil
	})
}

// DeletePolicy deletes a policy that is attached to nothing and has one version.
func (i Client) DeletePolicy(ctx context.Context, arn string) error {
	return api.Do(ctx, i.Client, "DeletePolicy", arn, func(tx *store.Tx) error {
		p, err := i.policy(arn)
		if err != nil {
			return err
		}
		if holders := i.attachedTo(arn); len(holders) > 0 {
			return deleteConflict(
				"Cannot delete a policy attached to entities.",
			).Hinted("it is attached to %s", strings.Join(holders, ", "))
		}
		if len(p.Versions) > 1 {
			return deleteConflict(
				"This policy has more than one version. Before you delete a policy, you must delete the policy's versions. " +
					"The default version is deleted with the policy.",
			)
		}
		i.state.Policies.Remove(tx, i.Caller.Account, NameKey(p.Name))
		return nil
	})
}

// attachedTo lists the identities that a policy is attached to or bounds.
func (i Client) attachedTo(arn string) []string {
	var holders []string
	add := func(kind Kind, name, boundary string, p Policies) {
		if boundary == arn || slices.Contains(p.Attached, arn) {
			holders = append(holders, strings.ToLower(string(kind))+" "+name)
		}
	}
	for _, u := range i.state.Users.List(i.Caller.Account) {
		add(KindUser, u.Name, u.Boundary, u.Policies)
	}
	for _, g := range i.state.Groups.List(i.Caller.Account) {
		add(KindGroup, g.Name, "", g.Policies)
	}
	for _, r := range i.state.Roles.List(i.Caller.Account) {
		add(KindRole, r.Name, r.Boundary, r.Policies)
	}
	return holders
}
