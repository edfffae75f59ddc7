package search

import (
	"slices"

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

// goesAbroad reports whether an Allow of the caller speaks of resources of other accounts, of a service that has them.
func (c *Caller) goesAbroad() bool {
	own := c.Principal.Identity
	if own == nil || c.Session.Kind == engine.RootSession || c.Any != nil {
		return false
	}
	return slices.ContainsFunc(own.Allow, func(st *engine.Statement) bool {
		have, known := c.Lab.abroad[st]
		if !known {
			have = speaksOfOthers(st, c.Principal.Account.ID)
			c.Lab.abroad[st] = have
		}
		return have
	})
}

// speaksOfOthers reports whether a statement speaks of a resource that is not of the account.
func speaksOfOthers(st *engine.Statement, account string) bool {
	away := st.NotActions || slices.ContainsFunc(st.From.Actions, func(action string) bool {
		return !slices.ContainsFunc(atHome, func(service string) bool {
			return len(action) > len(service) && action[len(service)] == ':' &&
				policy.EqualFoldASCII(action[:len(service)], service)
		})
	})
	return away && (st.NotResources || slices.ContainsFunc(st.From.Resources, func(r string) bool {
		owner := policy.ARNPart(r, 4)
		return r == "*" || owner != account && owner != "" && owner != "${aws:PrincipalAccount}"
	}))
}

// AskAbroad answers a question about the resources of other accounts: what the policies of the caller let through is
// shut as long as the policy of the resource does not let the caller in.
func (c *Caller) AskAbroad(q Question) Answer {
	if !c.goesAbroad() {
		return Answer{C: c, Denied: true}
	}
	if c.Lab.away == nil {
		c.Lab.away = NewLab()
		id := c.Principal.Account.ID
		c.Lab.home = []*engine.Statement{
			engine.MustStatement(policy.Allow("", "*").On("arn:*:*:*:"+id+":*", "arn:*:*:*::*")),
			engine.MustStatement(policy.Allow("", "*").On("*").When(policy.StringEquals("aws:ResourceAccount", id))),
		}
	}
	if c.away == nil {
		c.away = c.again(c.Lab.away)
		c.away.abroad = true
	}
	home := c.Lab.home
	a := c.away.Assignments(func(c *Caller) Answer {
		own := c.Principal.Identity
		return c.attempt(attempt{
			q:      q,
			allow:  own.Allow,
			layers: c.Layers(own),
			also:   []*engine.Statement{anyARN},
			avoid:  append([]*engine.Statement{AlwaysAllowed, TrustDecided, callsAtHome}, home...),
			abroad: true,
			closed: true,
		})
	})
	// What shuts a door is told of the resources of its own account.
	a.Denied = !a.Open
	return a
}

// anyARN speaks of every call on a resource that has an ARN, callsAtHome of every call of the services that are at
// home.
var (
	anyARN      = engine.MustStatement(policy.Allow("", "*").On("arn:*:*:*:*:*"))
	callsAtHome = engine.MustStatement(policy.Allow("", everyCallOf(atHome)...).On("*"))
)

func everyCallOf(services []string) []string {
	var all []string
	for _, service := range services {
		all = append(all, service+":*")
	}
	return all
}
