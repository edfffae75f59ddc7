package change

import (
	"slices"
	"time"

	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/internal/reach"
)

// Compare says what changes for people from one side to the other, from a moment on. What happens to single resources
// is for made to say.
func Compare(from, to *Side, moment time.Time, resourceChanges ResourceChanges) (*Report, error) {
	r := &Report{
		Version:     Version,
		From:        from.Name,
		To:          to.Name,
		At:          moment.UTC().Truncate(time.Second),
		People:      []PersonChange{},
		Calls:       []CallChange{},
		Assignments: []AssignmentChange{},
		Guardrails:  []GuardrailChange{},
		Proofs:      []ProofChange{},
		Settings:    []Setting{},
		Documents:   []DocumentChange{},
		Open:        []string{},
		Notes:       append(slices.Clone(from.Notes), to.Notes...),
	}
	if r.Notes == nil {
		r.Notes = []string{}
	}
	c := &comparison{Report: r, from: from, to: to}
	engines, both, err := factsOf(r.At, from, to)
	if err != nil {
		return nil, err
	}
	was, is := both[0], both[1]
	c.facts = []*reach.Facts{is, was}
	c.stacks()
	c.people(was, is)
	c.calls(prove.Compare(engines[0], engines[1], r.At))
	c.identityCenter()
	c.guardrails()
	c.settings()
	c.teams()
	c.documents()
	c.proofs()
	c.resources(resourceChanges)
	c.passwordPolicies()
	r.NoOne = len(r.People)+len(r.Calls)+len(r.Assignments)+len(r.Guardrails)+len(r.Open) == 0 && !c.decisive
	return r, nil
}

// stacks notes what becomes of the stacks themselves.
func (c *comparison) stacks() {
	for _, id := range accountsOf(c.from, c.to) {
		was, is := c.from.Stacks[id], c.to.Stacks[id]
		switch {
		case was == is:
		case was == "":
			c.Notes = append(
				c.Notes,
				"stack "+is+" (account "+id+") is new: everything in it is compared against nothing",
			)
		case is == "":
			c.Notes = append(
				c.Notes,
				"stack "+was+" (account "+id+") is gone: what it deployed stays in the account until it is destroyed",
			)
		default:
			c.Notes = append(
				c.Notes,
				"the stack of account "+id+" was called "+was+" and is called "+is+": to the engine it is another stack",
			)
		}
	}
}
