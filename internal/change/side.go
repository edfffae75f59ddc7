package change

import (
	"cmp"
	"slices"
	"time"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/internal/judge"
	"aws-access-guardrails/internal/reach"
	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/internal/stackfile"
)

// Side is one of the two states that are compared.
type Side struct {
	// Name is how the report calls it.
	Name string
	// World is what is deployed, or would be.
	World access.World
	// Stacks are the names of the stacks by account id, ProjectTags the keys of the project tag.
	Stacks, ProjectTags map[string]string
	// EnvironmentTags are the keys of the second tag that decides access.
	EnvironmentTags map[string]string
	// Judgements are the proofs and expectations; nil where only what is deployed is known.
	Judgements []*judge.Judgement
	// Notes are what else to know about the side.
	Notes []string

	// stacks are what was read; none where only what is deployed is known.
	stacks []*stack.Stack
	// teams are the teams by which roles name people, once somebody has asked.
	teams map[stack.RolePerson][]string
	// siblings are the other stacks of the folder, whose people are called as they are where those stacks are
	// compared too.
	siblings []stackfile.Sibling
	// Instance is the account that manages IAM Identity Center, People the ids of its users and groups.
	Instance string
	People   map[Member]string
}

// Member is a user or a group of IAM Identity Center by its name.
type Member struct {
	Group bool
	Name  string
}

// Of is the side of stacks that were read. They are of one organization, and of different accounts.
func Of(name string, stacks ...*stack.Stack) *Side { return OfAt(time.Time{}, name, stacks...) }

// OfAt is Of with proofs that look on from a moment. The zero time is all of time.
func OfAt(moment time.Time, name string, stacks ...*stack.Stack) *Side {
	s := &Side{
		Name:        name,
		World:       judge.World(stacks...),
		Stacks:      map[string]string{},
		ProjectTags: map[string]string{},

		EnvironmentTags: map[string]string{},
		Judgements:      judge.StacksFrom(moment, stacks...),
		stacks:          stacks,
	}
	for _, stack := range stacks {
		s.Stacks[stack.Account.ID], s.ProjectTags[stack.Account.ID] = stack.Name, stack.Tags.Project
		s.EnvironmentTags[stack.Account.ID] = stack.Tags.Environment
		s.AddIdentityCenter(stack)
		s.siblings = append(s.siblings, stack.Siblings...)
	}
	return s
}

// factsOf are who reaches what on both sides, of those users whose ways rest on something else on one of them than on
// the other. The engines come in the same order.
func factsOf(moment time.Time, sides ...*Side) ([]*access.Engine, []*reach.Facts, error) {
	var engines []*access.Engine
	var options []reach.Options
	var rests []map[string]reach.Content
	for _, s := range sides {
		engine, err := access.Compile(s.World.WithStrangers())
		if err != nil {
			return nil, nil, err
		}
		o := reach.Options{
			At: moment, ProjectTags: s.ProjectTags, DefaultProjectTag: guardrail.DefaultProjectTag,
			EnvironmentTags: s.EnvironmentTags, Teams: stack.RoleTeams(s.stacks...),
		}
		engines, options = append(engines, engine), append(options, o)
		rests = append(rests, reach.Rests(engine, o))
	}
	differs := func(user string) bool {
		first, known := rests[0][user]
		return slices.ContainsFunc(rests[1:], func(other map[string]reach.Content) bool {
			have, also := other[user]
			return known != also || have != first
		})
	}
	var all []*reach.Facts
	for i := range sides {
		options[i].Only = differs
		facts, err := reach.Find(engines[i], options[i])
		if err != nil {
			return nil, nil, err
		}
		all = append(all, facts)
	}
	return engines, all, nil
}

// Account is an account of the side's world, nil where there is none.
func (s *Side) Account(id string) *world.Account {
	return s.World.Account(id)
}

type comparison struct {
	*Report
	from, to *Side
	// facts say who takes which role, on either side.
	facts []*reach.Facts
	// members are the people and groups of IAM Identity Center by ARN, permissionSets the names of the roles of
	// permission sets by theirs.
	members, permissionSets map[string]string
	// through are the names of the roles of each way before its last, assumed the ids of what ways rest on by a key.
	through map[wayKey][]string
	assumed map[string][]string
	// decisive: a setting differs that changes what somebody may do, or for how long.
	decisive bool
}

// accountName is how the report calls an account: by its alias, or its stack.
func (c *comparison) accountName(id string) string {
	for _, s := range []*Side{c.to, c.from} {
		if a := s.Account(id); a != nil {
			if name := cmp.Or(a.Alias, s.Stacks[id]); name != "" {
				return name
			}
		}
	}
	for _, s := range []*Side{c.to, c.from} {
		for _, other := range s.siblings {
			if other.AccountID == id {
				return cmp.Or(other.Alias, other.Stack)
			}
		}
	}
	return id
}

// accountsOf are the ids of the accounts of both sides, those of the second first.
func accountsOf(from, to *Side) []string {
	var ids []string
	for _, s := range []*Side{to, from} {
		for i := range s.World.Accounts {
			if id := s.World.Accounts[i].ID; !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	return ids
}
