package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// portalSignIn is how people of IAM Identity Center sign in. Identity Center asks for MFA itself.
const portalSignIn = "IAM Identity Center"

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

// subject is the member as rows name it, by the ARN of the identity store.
func (m member) subject(center *world.IdentityCenterInstance) subject {
	arn := policy.ARN{Partition: policy.AWS, Service: "identitystore"}
	if m.group != "" {
		arn.Resource = "group/" + cmp.Or(center.GroupIDs[m.group], m.group)
		return subject{name: "somebody", words: m.group + " (group of " + portalSignIn + ")", arn: arn.String()}
	}
	arn.Resource = "user/" + cmp.Or(center.UserIDs[m.user], m.user)
	return subject{name: m.user, words: m.user + " (" + portalSignIn + ")", arn: arn.String()}
}

// person is somebody whose profile says what no policy names: a value of its own for each source, which the second result tells.
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

// says is a value of a row: the source where the profile of the person says it.
func (w *way) says(value string) string { return cmp.Or(w.profile[value], value) }

// name is what rows call a role: a permission set goes by the account and its own name, as expectations write it.
func (h hop) name() string {
	if h.role.PermissionSet == "" {
		return h.role.Name
	}
	return cmp.Or(h.account.Alias, h.account.ID) + "/" + h.role.PermissionSet
}

// readsProfiles reports whether a row says that a profile decides.
func (m *Matrix) readsProfiles() bool {
	return slices.ContainsFunc(m.Rows, func(r MatrixRow) bool {
		said := slices.Concat([]string{r.OSUser}, r.Projects, r.ButProjects)
		return slices.ContainsFunc(said, func(value string) bool { return strings.HasPrefix(value, "${path:") })
	})
}

// identityCenter is what the users and groups of IAM Identity Center reach.
func (b *matrixBuilder) identityCenter() ([]MatrixRow, error) {
	center := b.engine.World().IdentityCenter
	if center == nil {
		return nil, nil
	}
	var rows []MatrixRow
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
			rows = append(rows, emptyRow(m.subject(center)))
		}
	}
	return rows, nil
}

// permissionSet is the role of an assignment, nil where no stack describes the account.
func (b *matrixBuilder) permissionSet(a world.PermissionSetAssignment) (*world.Account, *world.Role) {
	world := b.engine.World()
	for i := range world.Accounts {
		account := &world.Accounts[i]
		for j := range account.Roles {
			if account.ID == a.Account && account.Roles[j].PermissionSet == a.PermissionSet {
				return account, &account.Roles[j]
			}
		}
	}
	return nil, nil
}

// assignment is what a member reaches with one permission set in one account.
func (b *matrixBuilder) assignment(center *world.IdentityCenterInstance, m member, a world.PermissionSetAssignment) ([]MatrixRow, error) {
	account, role := b.permissionSet(a)
	if role == nil {
		row := emptyRow(m.subject(center))
		row.Role, row.SignIns = a.Account+"/"+a.PermissionSet, []string{portalSignIn}
		row.RoleARN = b.engine.World().Accounts[0].Partition.RoleARN(a.Account, "/aws-reserved/sso.amazonaws.com/", "AWSReservedSSO_"+a.PermissionSet+"_*")
		row.Assumptions = []Assumption{{ID: a.Account, Text: "account " + a.Account + " has no nodes: no stack that was read describes it"}}
		return []MatrixRow{row}, nil
	}
	person, words := m.person(center)
	tags, err := center.SessionTags(person)
	if err != nil {
		// AWS lets nobody into an account with a user name that is no value of a tag: the member reaches nothing.
		return nil, nil
	}
	return b.overTime(role.ARN(account), account.ID, func(at time.Time) ([]MatrixRow, error) {
		return b.follow([]way{{
			person: m.subject(center), home: account, hops: []hop{{account, role}}, tags: tags, profile: words, signIns: []string{portalSignIn},
			session: access.IdentityCenter(role.ARN(account), person.UserName, tags...).IssuedAt(at),
		}}, at)
	})
}
