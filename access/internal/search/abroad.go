package search

import (
	"slices"

	"aws-access-guardrails/access/internal/conditionkey"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/policy"
)

// A call on a resource of another account needs the leave of both: of the caller's policies, and of a policy of the
// resource, which a world does not have. So whatever the caller's policies let through there is open unless the
// policy of the resource shuts it, and nothing is proven about it without saying so.
//
// Source: IAM User Guide, Cross-account policy evaluation logic.

// atHome are the services whose resources no policy opens to callers of another account, or of which Ask looks at the
// resources of other accounts already: roles to assume, and documents that are shared. Of any other service it is
// assumed that its resources can have such a policy.
//
// Source: IAM User Guide, AWS services that work with IAM (resource-based policies).
var atHome = []string{
	"ec2",
	"ec2-instance-connect",
	"ec2messages",
	"iam",
	"identitystore",
	"ssm",
	"ssmmessages",
	"sso",
	"sso-directory",
	"sts",
}

// goesAbroad reports whether one of the Allows speaks of resources of other accounts, of a service that has them, and
// the question asks about one.
func (c *Caller) goesAbroad(q Question, allow []*engine.Statement) bool {
	return slices.ContainsFunc(q.Forbidden, c.speaksAbroad) && slices.ContainsFunc(allow, c.speaksAbroad)
}

func (c *Caller) speaksAbroad(st *engine.Statement) bool {
	have, known := c.Solved.abroad[st]
	if !known {
		have = speaksOfOthers(st, c.Principal.Account.ID)
		c.Solved.abroad[st] = have
	}
	return have
}

// Abroad is the class as it calls resources of other accounts, and what its calls there are not; nil where its own
// policies let none through.
func (c *Caller) Abroad() (away *Caller, not []*engine.Statement) {
	own := c.Principal.Identity
	if own == nil || !slices.ContainsFunc(own.Allow, c.speaksAbroad) {
		return nil, nil
	}
	away = c.abroadOf()
	return away, away.notAbroad()
}

// notAbroad are the calls that need no policy of a resource of another account.
func (c *Caller) notAbroad() []*engine.Statement {
	return append([]*engine.Statement{AlwaysAllowed, TrustDecided, callsAtHome}, c.home...)
}

// speaksOfOthers reports whether a statement speaks of a resource that is not of the account.
func speaksOfOthers(st *engine.Statement, account string) bool {
	return speaksAway(st) && (st.NotResources || slices.ContainsFunc(st.From.Resources, func(r string) bool {
		owner := policy.ARNPart(r, 4)
		return r == "*" || owner != account && owner != "" && owner != "${aws:PrincipalAccount}"
	}))
}

// speaksAway reports whether a statement speaks of a call that is not of the services at home.
func speaksAway(st *engine.Statement) bool {
	return st.NotActions || slices.ContainsFunc(st.From.Actions, func(action string) bool {
		return !slices.ContainsFunc(atHome, func(service string) bool {
			return len(action) > len(service) && action[len(service)] == ':' &&
				policy.EqualFoldASCII(action[:len(service)], service)
		})
	})
}

// placeMatters reports whether a statement that an attempt reads tells resources of one's own account from those of
// others. If none does, whatever is open there is open on a resource of one's own account, and was found there.
func placeMatters(q Question, try attempt) bool {
	tells := func(st *engine.Statement) bool { return st != nil && speaksAway(st) && tellsPlaces(st) }
	for _, l := range append(slices.Clone(try.layers.Guardrails), try.layers.Boundary, try.layers.Limit) {
		if l != nil && (len(l.Unknowns) > 0 || slices.ContainsFunc(l.Allow, tells)) {
			return true
		}
	}
	return slices.ContainsFunc(slices.Concat(q.Forbidden, q.Permitted, try.allow, try.layers.Deny), tells)
}

// tellsPlaces reports whether a statement applies to some resources and not to others by where they are.
func tellsPlaces(st *engine.Statement) bool {
	return st.NotResources ||
		slices.ContainsFunc(st.From.Resources, func(r string) bool { return r != "*" }) ||
		slices.ContainsFunc(st.Conditions, func(c engine.Condition) bool {
			switch c.Key.Kind {
			case conditionkey.KeyResourceAccount, conditionkey.KeyResourceOrgID, conditionkey.KeyResourceOrgPaths:
				return true
			}
			return false
		})
}

// AskAbroad answers a question about the resources of other accounts: what the policies of the caller let through is
// shut as long as the policy of the resource does not let the caller in.
func (c *Caller) AskAbroad(q Question) Answer {
	own := c.Principal.Identity
	if own == nil || c.Any != nil || !c.goesAbroad(q, own.Allow) ||
		!placeMatters(q, attempt{allow: own.Allow, layers: c.Layers(own)}) {
		return Answer{C: c, Denied: true}
	}
	if c.away == nil {
		c.away = c.abroadOf()
	}
	return c.away.askAway(q, func(c *Caller) attempt {
		own := c.Principal.Identity
		return attempt{allow: own.Allow, layers: c.Layers(own)}
	})
}

// askAttachedAbroad is AskAbroad for a class of callers to whom everything that can be attached is attached.
func (c *Caller) askAttachedAbroad(q Question) Answer {
	all := []*engine.Statement{Everything}
	if !c.goesAbroad(q, all) || !placeMatters(q, attempt{layers: c.Layers(&engine.PolicyLayer{})}) {
		return Answer{C: c, Denied: true}
	}
	return c.abroadOf().askAway(q, func(c *Caller) attempt {
		return attempt{
			allow:   all,
			besides: []*engine.Statement{c.Any.Shape},
			layers:  c.Layers(&engine.PolicyLayer{}),
		}
	})
}

// abroadOf is the class as it calls resources of other accounts.
func (c *Caller) abroadOf() *Caller {
	if c.Solved.away == nil {
		c.Solved.away = c.Solved.beside()
		id := c.Principal.Account.ID
		c.Solved.home = []*engine.Statement{
			engine.MustStatement(policy.Allow("", "*").On("arn:*:*:*:"+id+":*", "arn:*:*:*::*")),
			engine.MustStatement(policy.Allow("", "*").On("*").When(policy.StringEquals("aws:ResourceAccount", id))),
		}
	}
	away := c.again(c.Solved.away)
	away.abroad, away.home = true, c.Solved.home
	return away
}

// askAway asks a class that calls resources of other accounts, by what allows its calls.
func (c *Caller) askAway(q Question, by func(*Caller) attempt) Answer {
	a := c.Assignments(func(c *Caller) Answer {
		try := by(c)
		try.q, try.abroad, try.closed = q, true, true
		try.besides = append(slices.Clip(try.besides), anyARN)
		try.avoid = c.notAbroad()
		return c.attempt(try)
	})
	// What shuts a door is told of the resources of its own account.
	a.Denied = !a.Open
	return a
}

// AnyARN is the pattern of every resource that has an ARN.
const AnyARN = "arn:*:*:*:*:*"

// anyARN speaks of every call on a resource that has an ARN, callsAtHome of every call of the services that are at
// home.
var (
	anyARN      = engine.MustStatement(policy.Allow("", "*").On(AnyARN))
	callsAtHome = engine.MustStatement(policy.Allow("", everyCallOf(atHome)...).On("*"))
)

func everyCallOf(services []string) []string {
	var all []string
	for _, service := range services {
		all = append(all, service+":*")
	}
	return all
}

// AskAttached answers a question for a class of callers to whom everything that can be attached is attached: only
// service control policies bind them, and on the resources of other accounts the policies of those.
func (c *Caller) AskAttached(q Question) Answer {
	a := c.Assignments(func(c *Caller) Answer {
		return c.attempt(attempt{
			q:       q,
			allow:   []*engine.Statement{Everything},
			besides: []*engine.Statement{c.Any.Shape},
			layers:  c.Layers(&engine.PolicyLayer{}),
			avoid:   []*engine.Statement{AlwaysAllowed},
		})
	})
	return a.And(c.askAttachedAbroad(q))
}
