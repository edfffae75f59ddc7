package people

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"aws-access-guardrails/guardrail/grant"
	"aws-access-guardrails/internal/commandline"
	"aws-access-guardrails/internal/edit"
	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/internal/strictyaml"
	"aws-access-guardrails/policy"
	"aws-access-guardrails/problem"
)

// Leaver is somebody who leaves: a user of a stack, or somebody of IAM Identity Center, or both. A name is one person
// in a folder.
type Leaver struct {
	Name string
	// ARN is that of the IAM user; empty for somebody of Identity Center alone.
	ARN string
	// OSUser is users[].runAs of the person; empty where there is none.
	OSUser string
	// IdentityCenterID is the id in the identity store; empty for somebody who is an IAM user alone.
	IdentityCenterID string
}

// leaving is what leaves the stack files with some people.
type leaving struct {
	who []Leaver
	// home is the stack that the people are users of.
	home *stack.Stack
	// withRoles also takes out roles that nobody else may take.
	withRoles bool
	// setting is where the command runs.
	setting commandline.Setting
	// deploys says everything that a stack would deploy.
	deploys func(*stack.Stack) (string, error)
	// roles are the ARNs of the roles that go.
	roles map[string]bool
	// empty are the roles that would be left with nobody, and stay.
	empty problem.List
	// stacks are those of the folder as they are, removed what is taken out of their files, by the name of the stack.
	stacks  []*stack.Stack
	removed map[string][]edit.Removal
	// took are the roles of each person, by ARN, before they leave.
	took map[string][]TakenRole
}

// TakenRole is a role that somebody who leaves could take.
type TakenRole struct {
	Stack *stack.Stack
	ARN   string
	// Gone says that the role goes with the person.
	Gone bool
}

// find finds out what the stacks say of the leavers besides their names.
func (l *leaving) find(names []string) error {
	for _, name := range names {
		one := Leaver{Name: name}
		for _, u := range l.home.UserArgs() {
			if u.Name == name {
				one.ARN, one.OSUser = l.home.ARNOf(name), u.RunAs
			}
		}
		if ic := l.home.IdentityCenter; ic != nil {
			one.IdentityCenterID = ic.Users[name]
		}
		if one.ARN == "" && one.IdentityCenterID == "" {
			return nobody(l.home, name, l.stacks)
		}
		l.who = append(l.who, one)
	}
	return nil
}

// namesOf are the people whom a stack has.
func namesOf(s *stack.Stack) []string {
	var names []string
	for _, u := range s.Users {
		names = append(names, u.Name)
	}
	if s.IdentityCenter != nil {
		for name := range s.IdentityCenter.Users {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// nobody says that a stack has nobody of a name, and what to write: the name alone, the stack that has the person, or
// a name that is near.
func nobody(home *stack.Stack, name string, stacks []*stack.Stack) *NobodyError {
	names := namesOf(home)
	fix := strictyaml.DidYouMean(name, names)
	if len(names) == 0 {
		fix = "the stack has no users"
	}
	alone := nameOf("/" + name)
	for _, other := range stacks {
		switch {
		case !slices.Contains(namesOf(other), alone):
		case other.Name == home.Name && alone != name:
			fix = fmt.Sprintf("write %q", alone)
		case other.Name != home.Name:
			fix = fmt.Sprintf(
				"%s is of the stack %s: write %s in place of %s",
				alone,
				other.Name,
				other.Name,
				home.Name,
			)
		}
	}
	return &NobodyError{fmt.Sprintf("%s: nobody is called %q; %s", home.File, name, fix)}
}

// NobodyError says that a stack has nobody of a name.
type NobodyError struct{ text string }

func (e *NobodyError) Error() string { return e.text }

func (l *leaving) leaves(arn string) bool {
	return arn != "" && slices.ContainsFunc(l.who, func(who Leaver) bool { return who.ARN == arn })
}

// hasGrant reports whether a grant is for a leaver.
func (l *leaving) hasGrant(s *stack.Stack, g *grant.Args) bool {
	if g.IdentityCenter.ID != "" {
		return slices.ContainsFunc(l.who, func(who Leaver) bool { return who.IdentityCenterID == g.IdentityCenter.ID })
	}
	return l.leaves(s.ARNOf(g.Person))
}

// named reports whether a leaver is the person of Identity Center with the name.
func (l *leaving) named(name string) bool {
	return slices.ContainsFunc(l.who, func(who Leaver) bool { return who.Name == name && who.IdentityCenterID != "" })
}

// findRoles says which roles the leavers can take, and which of these nobody else can.
func (l *leaving) findRoles(stacks []*stack.Stack) {
	l.roles, l.took = map[string]bool{}, map[string][]TakenRole{}
	for _, s := range stacks {
		for _, r := range s.Roles() {
			l.findRole(s, r)
		}
		for _, g := range s.AccessGrants() {
			if l.hasGrant(s, g) {
				arn := s.ARNOf(g.Person)
				l.roles[g.RoleARN()] = true
				l.took[arn] = append(l.took[arn], TakenRole{Stack: s, ARN: g.RoleARN(), Gone: true})
			}
		}
	}
}

// findRole notes who of the leavers can take the role. It goes with them where nobody else may take it and the file
// has a place for it alone. Without --with-roles that is refused; the role then counts as gone all the same, so that
// everything else that is in the way is found in the same run.
func (l *leaving) findRole(s *stack.Stack, r stack.Role) {
	stay := slices.DeleteFunc(slices.Clone(r.People), l.leaves)
	if len(stay) == len(r.People) {
		return
	}
	gone := len(stay) == 0 && len(r.Keys) > 1
	if gone {
		l.roles[r.ARN] = true
	}
	if gone && !l.withRoles {
		path := problem.Path("guardrails:" + edit.Removal{Keys: r.Keys}.String())
		l.empty = append(l.empty, &problem.Problem{
			Position: positionOf(s, path),
			Path:     path,
			Kind:     problem.Refused,
			Value:    quoted(nameOf(r.ARN)),
			Why:      "would be left with nobody who may take it",
			Fix:      "name somebody else first, or add --with-roles to remove the role too",
		})
	}
	for _, who := range r.People {
		if l.leaves(who) {
			l.took[who] = append(l.took[who], TakenRole{Stack: s, ARN: r.ARN, Gone: gone})
		}
	}
}

// positionOf is where a path stands in the file of a stack.
func positionOf(s *stack.Stack, path problem.Path) problem.Position {
	p := s.Position(path)
	p.File = s.File
	return p
}

func quoted(s string) problem.Written { return problem.Written(strconv.Quote(s)) }

func nameOf(arn string) string { return arn[strings.LastIndexByte(arn, '/')+1:] }

// removals are the places of a stack file that name the leavers and are theirs, for each part of the file that names
// people.
func (l *leaving) removals(s *stack.Stack) []edit.Removal {
	var out []edit.Removal
	if s == l.home {
		out = l.fromHome()
	}
	for _, r := range s.Roles() {
		out = append(out, l.fromRole(s, r)...)
	}
	for i, g := range s.AccessGrants() {
		if l.hasGrant(s, g) {
			out = append(out, edit.Removal{Keys: []any{"grants", i}})
		}
	}
	for i := range s.Expect {
		if l.expected(s, i) {
			out = append(out, edit.Removal{Keys: []any{"expect", i}, Heading: true})
		}
	}
	return append(out, l.fromIdentityCenter(s)...)
}

// fromHome are the places of the stack whose users the leavers are that have users by name: the users themselves,
// teams, and users that are adopted.
func (l *leaving) fromHome() []edit.Removal {
	s := l.home
	var out []edit.Removal
	for i, u := range s.Users {
		if l.leaves(s.ARNOf(u.Name)) {
			out = append(out, edit.Removal{Keys: []any{"users", i}})
		}
	}
	for _, team := range slices.Sorted(maps.Keys(s.Teams)) {
		out = append(out, l.fromList(s, []any{"teams", team}, s.Teams[team])...)
	}
	return append(out, l.fromList(s, []any{"adopt", "users"}, s.Adopt.Users)...)
}

// fromRole is the role itself where it goes with the leavers, otherwise their places among its people.
func (l *leaving) fromRole(s *stack.Stack, r stack.Role) []edit.Removal {
	if l.roles[r.ARN] {
		return []edit.Removal{{Keys: r.Keys}}
	}
	out := l.fromList(s, r.Users.Keys, r.Users.List)
	return append(out, l.fromList(s, r.PrincipalARNs.Keys, r.PrincipalARNs.List)...)
}

// fromList are the elements of a list of people, at the place, that are leavers.
func (l *leaving) fromList(s *stack.Stack, keys []any, people []string) []edit.Removal {
	var out []edit.Removal
	for i, person := range people {
		if l.leaves(s.ARNOf(person)) {
			out = append(out, edit.Removal{Keys: append(slices.Clone(keys), i)})
		}
	}
	return out
}

// expected reports whether an expectation is about a leaver, or about a role that goes with one.
func (l *leaving) expected(s *stack.Stack, i int) bool {
	x := &s.Expect[i]
	if x.Person != nil && l.named(x.Person.UserName) {
		return true
	}
	if l.leaves(s.ARNOf(x.As)) || l.leaves(s.ARNOf(x.On.User)) || l.leaves(x.On.ARN) {
		return true
	}
	return l.roleGoes(s, x.Via) || l.roleGoes(s, x.Then) || l.roleGoes(s, x.On.Role)
}

// roleGoes reports whether a role that is written as in "via" goes with a leaver.
func (l *leaving) roleGoes(s *stack.Stack, written string) bool {
	if written == "" {
		return false
	}
	account, name := s.Account.ID, written
	if strings.HasPrefix(written, "arn:") {
		return l.roles[written]
	}
	if alias, rest, found := strings.Cut(written, "/"); found {
		name = rest
		for _, other := range s.Siblings {
			if other.Alias == alias || other.Stack == alias {
				account = other.AccountID
			}
		}
	}
	for role, goes := range l.roles {
		if arn, err := policy.ParseARN(role); goes && err == nil && arn.Account == account && nameOf(role) == name {
			return true
		}
	}
	return false
}

// fromIdentityCenter are the places that name the leavers as people of IAM Identity Center.
func (l *leaving) fromIdentityCenter(s *stack.Stack) []edit.Removal {
	if s.IdentityCenter == nil {
		return nil
	}
	var out []edit.Removal
	for _, who := range l.who {
		if s.IdentityCenter.Users[who.Name] == "" {
			continue
		}
		out = append(out, edit.Removal{Keys: []any{"identityCenter", "users", who.Name}})
		for i, set := range s.IdentityCenter.PermissionSets {
			for j, a := range set.Assignments {
				if a.User == who.Name {
					out = append(
						out,
						edit.Removal{Keys: []any{"identityCenter", "permissionSets", i, "assignments", j}},
					)
				}
			}
		}
	}
	return out
}

// ends are the command lines that end what of a leaver is open, and stays open when the stacks are deployed: in the
// order in which they are run.
func (l *leaving) ends(who Leaver) []Ending {
	var all []Ending
	if who.ARN != "" {
		all = append(all, Ending{Account: l.home.Account.ID, When: "now", Lines: []string{
			"aws iam delete-login-profile --user-name " + who.Name,
			"aws iam list-access-keys --user-name " + who.Name + " --query 'AccessKeyMetadata[].AccessKeyId' --output text | tr '\\t' '\\n' | " +
				"xargs -r -n 1 aws iam update-access-key --user-name " + who.Name + " --status Inactive --access-key-id",
		}})
	}
	for _, taken := range l.took[who.ARN] {
		e := Ending{Account: taken.Stack.Account.ID, When: "deployed"}
		if !taken.Gone {
			e.Lines = append(
				e.Lines,
				fmt.Sprintf("aws iam put-role-policy --role-name %s --policy-name EndSessionsOf-%s --policy-document "+
					`'{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringLike":{"aws:userid":"*:%s"}}}]}'`,
					nameOf(taken.ARN), who.Name, who.Name),
			)
		}
		account := taken.Stack.Account
		if taken.Stack.Sessions != nil {
			e.Lines = append(
				e.Lines,
				grant.EndShellsOf(account.Account, taken.Stack.Sessions.Regions, nameOf(taken.ARN), who.Name)...)
		}
		all = append(all, e)
	}
	return all
}

// Ending are command lines for one account.
type Ending struct {
	Account string `json:"account"`
	// When is "now", or "deployed" for what is run once the stack of the account is.
	When  string   `json:"when"`
	Lines []string `json:"lines"`
}
