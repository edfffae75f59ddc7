package cloud

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"aws-access-guardrails/policy"
)

var errMadeSince = errors.New(
	"the account has one that was made since; leave this one out, or destroy what made the other",
)

func (p *planter) iam(account string) IAM { return p.cloud.IAM(Caller{Account: account}) }

func (p *planter) now() time.Time { return p.cloud.now().UTC().Truncate(time.Second) }

func (p *planter) account(_ string, a Account, _ bool) error {
	if err := policy.ValidateAccountID(a.ID); err != nil {
		return err
	}
	if before, ok := p.cloud.accounts.get("", a.ID); ok && a.PasswordPolicy == nil {
		a.PasswordPolicy = before.PasswordPolicy
	}
	for _, other := range p.cloud.accounts.list("") {
		if other.Alias != "" && other.Alias == a.Alias && other.ID != a.ID {
			return fmt.Errorf("the alias %s is that of account %s", a.Alias, other.ID)
		}
	}
	p.cloud.accounts.put(p.tx, "", a.ID, a)
	return nil
}

func (p *planter) policy(account string, in NewPolicy, again bool) error {
	path := cmp.Or(in.Path, "/")
	if err := cmp.Or(
		checkName("policyName", in.Name, 128),
		checkPath(path),
		checkManaged(p.cloud.Quotas, in.Document),
	); err != nil {
		return err
	}
	row, exists := p.cloud.policies.get(account, nameKey(in.Name))
	if exists && !again {
		return errMadeSince
	}
	if !exists {
		row.ID, row.Created = p.cloud.uniqueID(p.tx, account, "ANPA", "policy", in.Name), p.now()
	}
	row.Name, row.Path, row.Description, row.Tags = in.Name, path, in.Description, in.Tags
	row.ARN = p.iam(account).partition().PolicyARN(account, path, in.Name)
	row.Versions, row.Default = []PolicyVersion{{ID: "v1", Document: in.Document, Created: row.Created}}, "v1"
	p.cloud.policies.put(p.tx, account, nameKey(in.Name), row)
	return nil
}

// policies checks the policies of an identity.
func (p *planter) policies(account string, kind Kind, name string, in Policies) error {
	for _, policyName := range slices.Sorted(maps.Keys(in.Inline)) {
		if err := kind.checkInline(p.cloud.Quotas, name, policyName, in.Inline[policyName], in.Inline); err != nil {
			return err
		}
	}
	for _, arn := range in.Attached {
		if err := p.cloud.checkAttachable(account, arn); err != nil {
			return err
		}
	}
	return nil
}

func (p *planter) group(account string, in NewGroup, again bool) error {
	path := cmp.Or(in.Path, "/")
	if err := cmp.Or(
		checkName("groupName", in.Name, 128),
		checkPath(path),
		p.policies(account, KindGroup, in.Name, in.Policies),
	); err != nil {
		return err
	}
	row, exists := p.cloud.groups.get(account, nameKey(in.Name))
	if exists && !again {
		return errMadeSince
	}
	if !exists {
		row.ID, row.Created = p.cloud.uniqueID(p.tx, account, "AGPA", "group", in.Name), p.now()
	}
	row.Name, row.Path, row.Policies = in.Name, path, in.Policies
	p.iam(account).putGroup(p.tx, row)
	return nil
}

func (p *planter) user(account string, in ExistingUser, again bool) error {
	path := cmp.Or(in.Path, "/")
	if err := cmp.Or(
		checkName("userName", in.Name, 64),
		checkPath(path),
		p.policies(account, KindUser, in.Name, in.Policies),
	); err != nil {
		return err
	}
	tags, err := withTags(nil, in.Tags)
	if err != nil {
		return err
	}
	for _, group := range in.Groups {
		if !p.cloud.groups.has(account, nameKey(group)) {
			return fmt.Errorf("the account has no group %q; list it under groups", group)
		}
	}
	row, exists := p.cloud.users.get(account, nameKey(in.Name))
	if exists && !again {
		return errMadeSince
	}
	if exists {
		p.removeUser(account, nameKey(in.Name))
	} else {
		row.ID, row.Created = p.cloud.uniqueID(p.tx, account, "AIDA", "user", in.Name), p.now()
	}
	p.iam(account).enrol(p.tx, User{
		Name: in.Name, Path: path, ID: row.ID, Boundary: in.Boundary, Tags: tags, Policies: in.Policies,
		Groups: slices.Sorted(slices.Values(in.Groups)), Created: row.Created,
	}, in.Enrolment)
	return nil
}

func (p *planter) role(account string, in ExistingRole, again bool) error {
	path, maxSession := cmp.Or(in.Path, "/"), cmp.Or(in.MaxSession, 3600)
	err := cmp.Or(
		checkName("roleName", in.Name, 64),
		checkPath(path),
		checkDescription(in.Description),
		checkMaxSession(maxSession),
		p.policies(account, KindRole, in.Name, in.Policies),
	)
	if err != nil {
		return err
	}
	tags, err := withTags(nil, in.Tags)
	if err != nil {
		return err
	}
	row, exists := p.cloud.roles.get(account, nameKey(in.Name))
	if exists && !again {
		return errMadeSince
	}
	if !exists {
		row.ID, row.Created = p.cloud.uniqueID(p.tx, account, "AROA", "role", in.Name), p.now()
	}
	p.iam(account).putRole(p.tx, Role{
		Name: in.Name, Path: path, ID: row.ID, Description: in.Description, Trust: in.Trust, MaxSession: maxSession,
		Boundary: in.Boundary, Tags: tags, Policies: in.Policies, Created: row.Created,
	})
	return nil
}

// trust checks the trust policy of a role once all users and roles are there.
func (p *planter) trust(account string, in ExistingRole) error {
	principals, err := p.cloud.checkTrust(in.Trust, p.cloud.Quotas.Trust)
	if err != nil {
		return err
	}
	row, _ := p.cloud.roles.get(account, nameKey(in.Name))
	row.Principals = principals
	p.iam(account).putRole(p.tx, row)
	return nil
}

func (p *planter) document(account string, in ExistingDocument, again bool) error {
	if !documentName.MatchString(in.Name) {
		return fmt.Errorf(
			"%q is not the name of a document; write 3 to 128 letters, digits, dots, hyphens and underscores",
			in.Name,
		)
	}
	if err := checkContent(in.Type, "JSON", in.Content); err != nil {
		return err
	}
	row, exists := p.cloud.documents.get(account, documentKey(in.Region, in.Name))
	if exists && !again {
		return errMadeSince
	}
	p.cloud.documents.put(p.tx, account, documentKey(in.Region, in.Name), Document{
		Region:   in.Region,
		Name:     in.Name,
		Type:     in.Type,
		Format:   "JSON",
		Tags:     in.Tags,
		Versions: []string{in.Content},
		Default:  1,
		Created:  cmp.Or(row.Created, p.now()),
	})
	return nil
}

func (p *planter) node(account string, n Node, _ bool) error {
	p.cloud.nodes.put(p.tx, account, n.ID, n)
	return nil
}

func (p *planter) enrolment(account string, a Arrival, _ bool) error {
	if err := checkName("userName", a.User, 64); err != nil {
		return err
	}
	p.cloud.enrolments.put(p.tx, account, nameKey(a.User), a.Enrolment)
	return nil
}
