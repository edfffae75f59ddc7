package reach

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// member is a user of an instance of IAM Identity Center, or everybody in a group of it.
type member struct{ user, group string }

// members are the groups and then the users that an instance knows, those of its assignments among them.
func members(center *world.IdentityCenterInstance) []member {
	var all []member
	for _, group := range center.Groups {
		all = append(all, member{group: group})
	}
	for _, user := range center.Users {
		all = append(all, member{user: user})
	}
	for _, a := range center.Assignments {
		if m := (member{a.User, a.Group}); !slices.Contains(all, m) {
			all = append(all, m)
		}
	}
	return all
}

// facts are the member as ways have it, by the ARN of the identity store.
func (m member) facts(center *world.IdentityCenterInstance) Person {
	arn := policy.ARN{Partition: policy.AWS, Service: "identitystore"}
	if m.group != "" {
		arn.Resource = "group/" + cmp.Or(center.GroupIDs[m.group], m.group)
		return Person{Kind: IdentityCenterGroup, Name: m.group, ARN: arn.String(), SessionName: "somebody"}
	}
	arn.Resource = "user/" + cmp.Or(center.UserIDs[m.user], m.user)
	return Person{Kind: IdentityCenterUser, Name: m.user, ARN: arn.String(), SessionName: m.user}
}

// person is somebody whose profile says what no policy names: a value of its own for each source, which the second
// result tells.
func (m member) person(center *world.IdentityCenterInstance) (world.Person, map[string]string) {
	p, words := world.Person{UserName: m.user, Profile: map[string]string{}}, map[string]string{}
	if m.group != "" {
		p.Groups = []string{m.group}
	}
	for i, a := range center.Attributes {
		path := a.Source.Path
		if p.Profile[path] != "" || path == "userName" && p.UserName != "" {
			continue
		}
		value := fmt.Sprintf("profile-value-%d", i)
		if path == "userName" {
			p.UserName = value
		} else {
			p.Profile[path] = value
		}
		words[value] = a.Source.String()
	}
	p.UserName = cmp.Or(p.UserName, "profile-value")
	return p, words
}

// says is a value of a way: the source where the profile of the person says it.
func (w *path) says(value string) Value {
	if source, known := w.profile[value]; known {
		return Value{Text: source, FromProfile: true, tried: value}
	}
	return Value{Text: value, tried: value}
}

// identityCenter is what the users and groups of IAM Identity Center reach.
func (b *finder) identityCenter() ([]Way, error) {
	center := b.engine.World().IdentityCenter
	if center == nil {
		return nil, nil
	}
	var rows []Way
	for _, m := range members(center) {
		n := len(rows)
		for _, a := range center.Assignments {
			if a.User != m.user || a.Group != m.group {
				continue
			}
			found, err := b.assignment(center, m, a)
			if err != nil {
				return nil, err
			}
			rows = append(rows, found...)
		}
		if len(rows) == n {
			rows = append(rows, Way{Person: m.facts(center)})
		}
	}
	return rows, nil
}

// permissionSet is the role of an assignment, nil where no stack describes the account.
func (b *finder) permissionSet(a world.PermissionSetAssignment) (*world.Account, *world.Role) {
	world := b.engine.World()
	for i := range world.Accounts {
		account := &world.Accounts[i]
		if account.ID != a.Account {
			continue
		}
		for j := range account.Roles {
			if account.Roles[j].PermissionSet == a.PermissionSet {
				return account, &account.Roles[j]
			}
		}
	}
	return nil, nil
}

// assignment is what a member reaches with one permission set in one account.
func (b *finder) assignment(
	center *world.IdentityCenterInstance,
	m member,
	a world.PermissionSetAssignment,
) ([]Way, error) {
	account, role := b.permissionSet(a)
	if role == nil {
		row := Way{Person: m.facts(center)}
		name := policy.PermissionSetRoleName(a.PermissionSet, "*")
		row.SignIns, row.Via = []SignIn{Portal}, []Role{{
			Name: name, PermissionSet: a.PermissionSet, Account: Account{ID: a.Account},
			ARN: b.engine.World().Accounts[0].Partition.RoleARN(a.Account, policy.PermissionSetRolePath, name),
		}}
		row.Assumptions = []Assumption{{Kind: AccountHasNoNodes, Account: a.Account}}
		return []Way{row}, nil
	}
	person, words := m.person(center)
	tags, err := center.SessionTags(person)
	if err != nil {
		// AWS lets nobody into an account with a user name that is no value of a tag: the member reaches nothing.
		return nil, nil
	}
	return b.overTime(role.ARN(account), account.ID, func(moment time.Time) ([]Way, error) {
		return b.follow([]path{
			{
				person: m.facts(
					center,
				),
				home:    account,
				hops:    []hop{{account, role, nil}},
				tags:    tags,
				profile: words,
				signIns: []SignIn{Portal},
				session: access.IdentityCenter(role.ARN(account), person.UserName, tags...).
					WithUserID(center.UserIDs[m.user]).IssuedAt(moment),
			},
		}, moment)
	})
}
