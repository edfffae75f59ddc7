package reach

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/claims"
	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/internal/judge"
	"aws-access-guardrails/internal/stack"
)

// Options say what the facts are about.
type Options struct {
	// At is the time from which they look on. Required.
	At time.Time
	// ProjectTags are the keys of the project tag by account id; DefaultProjectTag is that of the accounts that are
	// not listed.
	ProjectTags       map[string]string
	DefaultProjectTag string
	// EnvironmentTags are the keys of the second tag that nodes of a role with that tag have, by account id.
	EnvironmentTags map[string]string
	// Teams are the teams by which roles name people; nil where nothing is known of teams.
	Teams map[stack.RolePerson][]string
	// Administrators are listed beside the ways.
	Administrators []string
	// Only says of which users of IAM the ways are wanted, by ARN; nil means of all.
	Only func(user string) bool
}

// Find finds out who reaches what. It goes every journey of every person; where the policies name a value, of the
// project, the Region or the time, it tries that value and one that nobody names, so that the ways speak of all
// values.
func Find(engine *access.Engine, o Options) (*Facts, error) {
	b := newFinder(engine, o)
	f := &Facts{
		At: o.At.UTC().Truncate(time.Second), Administrators: eachOnce(o.Administrators),
		engine: b.engine, generous: b.generous, nodeTags: b.nodeTags, roles: b.roles,
	}
	world := engine.World()
	alike := func(string) int { return 0 }
	if o.Only == nil {
		alike = claims.Alike(engine)
	}
	// Of those who are like somebody who reaches nothing no way is gone again.
	nothing := map[int]bool{}
	for i := range world.Accounts {
		home := &world.Accounts[i]
		f.Accounts = append(f.Accounts, account(home))
		for j := range home.Users {
			if o.Only != nil && !o.Only(home.Users[j].ARN(home)) {
				continue
			}
			class := alike(home.Users[j].ARN(home))
			if nothing[class] {
				f.Ways = append(f.Ways, Way{Person: iamUser(home, &home.Users[j])})
				continue
			}
			ways, err := b.person(home, &home.Users[j])
			if err != nil {
				return nil, err
			}
			nothing[class] = class != 0 && len(ways) == 1 && ways[0].Nothing()
			f.Ways = append(f.Ways, ways...)
		}
	}
	ways, err := b.identityCenter()
	if err != nil {
		return nil, err
	}
	f.Ways = append(f.Ways, ways...)
	if o.Only == nil {
		if ways, err = b.partners(); err != nil {
			return nil, err
		}
		f.Ways = append(f.Ways, ways...)
	}
	for i := range f.Ways {
		if w := &f.Ways[i]; len(w.Via) == 1 {
			w.Teams = o.Teams[stack.RolePerson{Role: w.Via[0].ARN, Person: w.Person.ARN}]
		}
		if f.Ways[i].Networks, err = f.networks(&f.Ways[i]); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// eachOnce is a list without repetitions: the stack of an account and that of IAM Identity Center both tell of a role
// that Identity Center made there.
func eachOnce(arns []string) []string {
	once := []string{}
	for _, arn := range arns {
		if !slices.Contains(once, arn) {
			once = append(once, arn)
		}
	}
	return once
}

func newFinder(engine *access.Engine, o Options) *finder {
	b := &finder{
		engine:    engine,
		generous:  engine.Assuming(access.UnknownAllowsEverything),
		options:   o,
		documents: newDocuments(engine.World()),
		prover: prove.NewProver(
			engine,
		),
		questions: map[questionKey]*prove.Question{},
		roles:     rolesOf(engine.World()),
	}
	return b
}

// Of are the facts of stacks: of their people, and of whoever comes to their accounts from other stacks of the
// organization.
func Of(moment time.Time, stacks ...*stack.Stack) (*Facts, error) {
	return find(moment, judge.Administrators(stacks...), stacks...)
}

// OfJudged is Of, of stacks that were judged already.
func OfJudged(moment time.Time, judgements ...*judge.Judgement) (*Facts, error) {
	var stacks []*stack.Stack
	var administrators []string
	for _, j := range judgements {
		stacks = append(stacks, j.Stack)
		for _, a := range j.Proofs.Administrators {
			administrators = append(administrators, a.ARN)
		}
	}
	return find(moment, administrators, stacks...)
}

func find(moment time.Time, administrators []string, stacks ...*stack.Stack) (*Facts, error) {
	all := judge.WithSiblings(stacks...)
	engine, err := Engine(all...)
	if err != nil {
		return nil, err
	}
	o := Options{
		At:          moment,
		ProjectTags: map[string]string{},

		EnvironmentTags: map[string]string{},
		Teams:           stack.RoleTeams(all...),
		Administrators:  administrators,
	}
	for _, s := range all {
		o.ProjectTags[s.Account.ID], o.EnvironmentTags[s.Account.ID] = s.Tags.Project, s.Tags.Environment
	}
	named := map[string]bool{}
	for _, s := range stacks {
		named[s.Account.ID] = true
		// The people of the directory are of no account.
		named[""] = named[""] || s.IdentityCenter != nil
	}
	f, err := Find(engine, o)
	if err != nil {
		return nil, err
	}
	f.Ways = slices.DeleteFunc(f.Ways, func(w Way) bool {
		return !named[w.Person.Account.ID] && (len(w.Via) == 0 || !named[w.Account().ID])
	})
	return f, nil
}

// Engine compiles the world of the stacks, with the people whom they only name.
func Engine(stacks ...*stack.Stack) (*access.Engine, error) {
	engine, err := access.Compile(judge.World(stacks...).WithStrangers())
	if err != nil {
		return nil, fmt.Errorf("the documents cannot be read as AWS reads them: %w", err)
	}
	return engine, nil
}

func account(a *world.Account) Account { return Account{ID: a.ID, Alias: a.Alias} }

type finder struct {
	engine, generous *access.Engine
	options          Options
	documents        documents
	prover           *prove.Prover
	// questions are those about the rows of the table of doors.
	questions map[questionKey]*prove.Question
	roles     *roles
}

// path is a way to a session: the person signs in, perhaps takes roles, and makes calls as the session at the end.
type path struct {
	person Person
	home   *world.Account
	hops   []hop
	// tags are those of the principal of the session: the person's own, those of the role, or what Identity Center
	// gives.
	tags []world.Tag
	// profile says which source a value of the tags stands for.
	profile     map[string]string
	session     access.Session
	signIns     []SignIn
	maxAge      time.Duration
	assumptions []Assumption
}

type hop struct {
	account *world.Account
	role    *world.Role
	tags    []world.Tag
}

// person is everything that one person reaches.
func (b *finder) person(home *world.Account, user *world.User) ([]Way, error) {
	arn := user.ARN(home)
	rows, err := b.overTime(arn, home.ID, func(moment time.Time) ([]Way, error) { return b.waysAt(home, user, moment) })
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		rows = append(rows, Way{Person: iamUser(home, user)})
	}
	return rows, nil
}

// overTime joins what a principal of an account reaches at each time, in the order of the roles.
func (b *finder) overTime(arn, account string, reached func(time.Time) ([]Way, error)) ([]Way, error) {
	var rows []Way
	spans := b.spans(append([]string{arn}, b.rolesThatMatter(arn, account)...)...)
	seen := map[string][]Way{}
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
	slices.SortStableFunc(rows, func(a, c Way) int { return cmp.Compare(b.roleOrder(a.Role()), b.roleOrder(c.Role())) })
	return rows, nil
}

// rolesThatMatter are the roles that a principal may ever reach. A role whose trust policy names neither the
// principal, nor the account, nor everybody, and no role of the world, can be left out; that it stays in costs time
// alone.
func (b *finder) rolesThatMatter(arn, account string) []string {
	var arns []string
	for _, one := range b.roles.speakingOf(arn, account) {
		arns = append(arns, one.arn)
	}
	return arns
}

// roleOrder is the place of a role in the world; zero for none.
func (b *finder) roleOrder(role *Role) int {
	if role == nil {
		return 0
	}
	return b.roles.first[role.ARN]
}

func iamUser(home *world.Account, user *world.User) Person {
	return Person{Kind: IAMUser, Name: user.Name, ARN: user.ARN(home), Account: account(home), SessionName: user.Name}
}

func (b *finder) projectTag(account string) string {
	return cmp.Or(b.options.ProjectTags[account], b.options.DefaultProjectTag)
}

// nodeTags are the tags of a node of a project that the principal of a session with these tags is meant to reach: its
// environment is that of the session.
func (b *finder) nodeTags(account, project string, session []world.Tag) []world.Tag {
	tags := []world.Tag{{Key: b.projectTag(account), Value: project}}
	key := b.options.EnvironmentTags[account]
	for _, own := range session {
		if key != "" && own.Key == key {
			tags = append(tags, own)
		}
	}
	return tags
}
