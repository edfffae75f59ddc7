package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/internal/config"
	"aws-access-guardrails/internal/judge"
	"aws-access-guardrails/policy"
)

// MatrixVersion is the version of the JSON form of a Matrix.
const MatrixVersion = 1

// Matrix says who reaches which nodes, through which role and door, as which OS user, and until when.
type Matrix struct {
	Version int `json:"version"`
	// At is the time from which it looks on.
	At time.Time `json:"at"`
	// Rows are in the order of the accounts, their people and their roles.
	Rows []MatrixRow `json:"rows"`
	// Administrators are the ARNs of those who can change everything that the rows say.
	Administrators []string `json:"administrators"`

	// aliases are the ids of the accounts by their aliases.
	aliases map[string]string
}

// MatrixRow is one person in one role, with the doors that end in the same OS user. A person who reaches nothing has one row without doors.
//
// A user of IAM Identity Center, or everybody in a group of it, is a person too, and "account/name" of a permission set the role. What a
// profile says is written as its source there, such as "${path:userName}", in Projects and OSUser.
type MatrixRow struct {
	Person    string `json:"person"`
	PersonARN string `json:"personArn"`
	// Role is the role that the person takes, empty for none, and Through are the roles that must be taken before it. In the ARN of a permission set's
	// role the last sixteen characters stand for those that AWS chooses.
	Role    string   `json:"role,omitempty"`
	RoleARN string   `json:"roleArn,omitempty"`
	Through []string `json:"through,omitempty"`
	// Teams are the teams by which the role names the person, as its stack file writes them; empty for somebody whom it names in person.
	Teams []string `json:"teams,omitempty"`
	// Projects are the values of the project tag on the nodes that the doors open on; a pattern of a policy stands for all that it matches. EveryProject
	// says that nodes of all other projects are open too, but for ButProjects, Untagged that those without the tag are.
	Projects     []string `json:"projects"`
	EveryProject bool     `json:"everyProject,omitempty"`
	ButProjects  []string `json:"butProjects,omitempty"`
	Untagged     bool     `json:"untagged,omitempty"`
	// Regions are where the nodes are; EveryRegion says that those of all other Regions are open too.
	Regions     []string `json:"regions"`
	EveryRegion bool     `json:"everyRegion,omitempty"`
	// Doors are the ways into the nodes, and "start" and "stop".
	Doors []string `json:"doors"`
	// Others are further ways onto nodes, and of running code on them, that the role may use somewhere: the rows of the table of doors that expectations have no name
	// for, as in "Systems Manager: associations, which run documents as root". Policies that are not known open none of them here.
	Others []string `json:"others,omitempty"`
	// VolumeKeys are the ARNs of the customer managed KMS keys with which the door "start" starts instances, "*" is every key of the account. An instance with a volume
	// under another one falls back to stopped.
	VolumeKeys []string `json:"volumeKeys,omitempty"`
	// OSUser is the login that the doors end in, empty where they give none; Superuser says that it can do everything on the node.
	OSUser    string `json:"osUser,omitempty"`
	Superuser bool   `json:"superuser,omitempty"`
	// SignIns are the ways to sign in that get there, and MFAMaxAgeSeconds how old MFA may be; zero means any age.
	SignIns          []string `json:"signIns"`
	MFAMaxAgeSeconds int      `json:"mfaMaxAgeSeconds,omitempty"`
	// From and Until bound the time in which it is so, the second Until not included. Nil means from At on, and without end.
	From  *time.Time `json:"from,omitempty"`
	Until *time.Time `json:"until,omitempty"`
	// Assumptions are what the row rests on: policies that are not known here.
	Assumptions []Assumption `json:"assumptions,omitempty"`
}

// MatrixOptions say what a matrix is about.
type MatrixOptions struct {
	// At is the time from which it looks on. Required.
	At time.Time
	// ProjectTags are the keys of the project tag by account id; accounts that are not listed have the default one.
	ProjectTags map[string]string
	// Teams are the teams by which roles name people. Nil means that there are none.
	Teams map[config.RolePerson][]string
	// Administrators are listed beside the rows.
	Administrators []string
}

// NewMatrix finds out who reaches what. It goes every journey of every person; where the policies name a value, of the project, the Region or
// the time, it tries that value and one that nobody names, so that the rows speak of all values.
func NewMatrix(engine *access.Engine, o MatrixOptions) (*Matrix, error) {
	b := &matrixBuilder{
		engine: engine, generous: engine.Assuming(access.UnknownAllowsEverything), options: o, documents: newDocuments(engine.World()),
	}
	m := &Matrix{Version: MatrixVersion, At: o.At.UTC().Truncate(time.Second), Rows: []MatrixRow{}, Administrators: append([]string{}, o.Administrators...)}
	world := engine.World()
	for i := range world.Accounts {
		home := &world.Accounts[i]
		for j := range home.Users {
			rows, err := b.person(home, &home.Users[j])
			if err != nil {
				return nil, err
			}
			m.Rows = append(m.Rows, rows...)
		}
	}
	rows, err := b.identityCenter()
	if err != nil {
		return nil, err
	}
	m.Rows = append(m.Rows, rows...)
	for i := range m.Rows {
		if r := &m.Rows[i]; len(r.Through) == 0 {
			r.Teams = o.Teams[config.RolePerson{Role: r.RoleARN, Person: r.PersonARN}]
		}
	}
	return m, nil
}

// MatrixOf is the matrix of stacks: of their people, and of whoever comes to their accounts from other stacks of the organization.
func MatrixOf(at time.Time, stacks ...*config.Stack) (*Matrix, error) {
	all := judge.WithSiblings(stacks...)
	engine, err := Engine(all...)
	if err != nil {
		return nil, err
	}
	o := MatrixOptions{At: at, ProjectTags: map[string]string{}, Teams: config.RoleTeams(all...)}
	aliases := map[string]string{}
	for _, s := range all {
		o.ProjectTags[s.Account.ID] = s.Tags.Project
		aliases[cmp.Or(s.Account.Alias, s.Name)] = s.Account.ID
	}
	var named []string
	for _, s := range stacks {
		named = append(named, s.Account.ID)
		if s.IdentityCenter != nil {
			// The people of the directory, whose ARNs name no account.
			named = append(named, "")
		}
		for _, a := range judge.Stack(s).Proofs.Administrators {
			o.Administrators = append(o.Administrators, a.ARN)
		}
	}
	m, err := NewMatrix(engine, o)
	if err != nil {
		return nil, err
	}
	m.aliases = aliases
	m.Rows = slices.DeleteFunc(m.Rows, func(r MatrixRow) bool {
		return !slices.Contains(named, accountOf(r.PersonARN)) && (r.RoleARN == "" || !slices.Contains(named, accountOf(r.RoleARN)))
	})
	return m, nil
}

// accountOf is the account in an ARN; empty where there is none.
func accountOf(arn string) string {
	parsed, err := policy.ParseARN(arn)
	if err != nil {
		return ""
	}
	return parsed.Account
}

// Only keeps the rows of the people with the name, "alias/name" or ARN.
func (m *Matrix) Only(nameOrARN string) error {
	var names []string
	kept := []MatrixRow{}
	alias, inAccount, found := strings.Cut(nameOrARN, "/")
	for _, r := range m.Rows {
		name, _, _ := strings.Cut(r.Person, " ")
		if name == nameOrARN || r.PersonARN == nameOrARN || found && name == inAccount && m.aliases[alias] == accountOf(r.PersonARN) {
			kept = append(kept, r)
		}
		names = append(names, name)
	}
	if len(kept) == 0 {
		return fmt.Errorf("%q is nobody in these stacks; %s", nameOrARN, config.DidYouMean(nameOrARN, slices.Compact(names)))
	}
	m.Rows = kept
	return nil
}

type matrixBuilder struct {
	engine, generous *access.Engine
	options          MatrixOptions
	documents        documents
}

// subject is whom rows are about.
type subject struct {
	// name is what the console calls the sessions of the person.
	name, words, arn string
}

// way is a way to a session: the person signs in, perhaps takes roles, and makes calls as the session at the end.
type way struct {
	person subject
	home   *world.Account
	hops   []hop
	// tags are those of the principal of the session: the person's own, those of the role, or what Identity Center gives.
	tags []world.Tag
	// profile says which source a value of the tags stands for.
	profile     map[string]string
	session     access.Session
	signIns     []string
	maxAge      int
	assumptions []Assumption
}

type hop struct {
	account *world.Account
	role    *world.Role
}

// person is everything that one person reaches.
func (b *matrixBuilder) person(home *world.Account, user *world.User) ([]MatrixRow, error) {
	arn := user.ARN(home)
	rows, err := b.overTime(arn, home.ID, func(at time.Time) ([]MatrixRow, error) { return b.at(home, user, at) })
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		rows = append(rows, emptyRow(subject{words: b.personName(home, user), arn: arn}))
	}
	return rows, nil
}

// emptyRow says that a person reaches nothing.
func emptyRow(s subject) MatrixRow {
	return MatrixRow{Person: s.words, PersonARN: s.arn, Projects: []string{}, Regions: []string{}, Doors: []string{}, SignIns: []string{}}
}

// overTime joins what a principal of an account reaches at each time, in the order of the roles.
func (b *matrixBuilder) overTime(arn, account string, reached func(time.Time) ([]MatrixRow, error)) ([]MatrixRow, error) {
	var rows []MatrixRow
	spans := b.spans(append([]string{arn}, b.rolesThatMatter(arn, account)...)...)
	seen := map[string][]MatrixRow{}
	var order []string
	for i, span := range spans {
		found, err := reached(span.from)
		if err != nil {
			return nil, err
		}
		for _, row := range found {
			key := row.key()
			earlier := seen[key]
			if earlier == nil {
				order = append(order, key)
			}
			if n := len(earlier); n > 0 && earlier[n-1].Until != nil && earlier[n-1].Until.Equal(span.from) {
				earlier[n-1].Until = span.until
				continue
			}
			if i > 0 {
				row.From = &spans[i].from
			}
			row.Until = span.until
			seen[key] = append(earlier, row)
		}
	}
	for _, key := range order {
		rows = append(rows, seen[key]...)
	}
	slices.SortStableFunc(rows, func(a, c MatrixRow) int { return cmp.Compare(b.roleOrder(a.RoleARN), b.roleOrder(c.RoleARN)) })
	return rows, nil
}

// rolesThatMatter are the roles that a principal may ever reach. A role whose trust policy names neither the principal, nor the account, nor
// everybody, and no role of the world, can be left out; that it stays in costs time alone.
func (b *matrixBuilder) rolesThatMatter(arn, account string) []string {
	var arns []string
	world := b.engine.World()
	for i := range world.Accounts {
		a := &world.Accounts[i]
		for j := range a.Roles {
			if trusts(&a.Roles[j], arn, account) {
				arns = append(arns, a.Roles[j].ARN(a))
			}
		}
	}
	return arns
}

// trusts reports whether the trust policy of a role speaks of the person, the account, everybody, or of another role.
func trusts(role *world.Role, person, account string) bool {
	return slices.ContainsFunc(role.Trust.Statements, func(st policy.Statement) bool {
		return len(st.NotPrincipals) > 0 || slices.ContainsFunc(st.Principals, func(p policy.Principal) bool {
			if p.Kind == policy.PrincipalAny {
				return true
			}
			return p.Kind == policy.PrincipalAWS && slices.ContainsFunc(p.Values, func(value string) bool {
				if value == person || value == account || value == "*" {
					return true
				}
				arn, err := policy.ParseARN(value)
				if err != nil {
					return false
				}
				kind, _, _, _ := arn.Entity()
				return arn.Resource == "root" && arn.Account == account || kind == "role" || arn.Service == "sts"
			})
		})
	})
}

func (b *matrixBuilder) roleOrder(arn string) int {
	n := 0
	world := b.engine.World()
	for i := range world.Accounts {
		for j := range world.Accounts[i].Roles {
			n++
			if world.Accounts[i].Roles[j].ARN(&world.Accounts[i]) == arn {
				return n
			}
		}
	}
	return 0
}

// personName is the name alone in the first account of the world, and with the account everywhere else.
func (b *matrixBuilder) personName(home *world.Account, user *world.User) string {
	if world := b.engine.World(); world.Accounts[0].ID == home.ID {
		return user.Name
	}
	return user.Name + " (" + cmp.Or(home.Alias, home.ID) + ")"
}

func (b *matrixBuilder) projectTag(account string) string {
	return cmp.Or(b.options.ProjectTags[account], guardrail.DefaultProjectTag)
}
