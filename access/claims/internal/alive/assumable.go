package alive

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"aws-access-guardrails/access/claims/internal/claim"
	"aws-access-guardrails/access/intent"
	"aws-access-guardrails/access/internal/conditionkey"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/model"
	"aws-access-guardrails/access/journey"
	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// assumable: each principal of the world assumes the role, with a session tag where the role wants one. What a
// principal of another account may do there is an assumption.
func assumable(p *claim.Prover, l *List, r intent.Role, tag func(user string) world.Tag) {
	if r.IdentityCenter.ID != "" {
		assumableFromPortal(p, l, r)
		return
	}
	assumableByPartner(p, l, r)
	for _, user := range r.Principals {
		via := []journey.Hop{{Role: r.ARN}}
		if tag != nil {
			via[0].Tags = []world.Tag{tag(user)}
		}
		if _, known := p.Engine.Principals[user]; !known {
			account := policy.ARNPart(user, 4)
			l.assume(account, "the policies of account "+account+" let "+user+" assume the role")
			m := &model.Model{Keys: map[string]engine.Values{"aws:multifactorauthpresent": engine.Single("true")}}
			if tag != nil {
				own := "aws:principaltag/" + strings.ToLower(world.RunAsTag)
				m.Keys[own], m.Names = engine.Single(
					tag(user).Value,
				), map[string]*conditionkey.Key{
					own: {Name: own, Kind: conditionkey.KeyPrincipalTag, Tag: world.RunAsTag},
				}
			}
			engine, s := model.WithStranger(p.Engine, user, m)
			if engine == nil {
				l.f.Verdict, l.f.Problem = prove.DoesNotHold, "there can be no user "+user
				return
			}
			stranger := *l
			stranger.p = &claim.Prover{Engine: engine}
			stranger.Journey(user+" assuming the role", journey.Journey{From: s, Via: via, At: r.From})
			l.f = stranger.f
			continue
		}
		if tag == nil {
			l.Journey(
				user+" switching to the role in the console",
				journey.Journey{From: engine.ConsoleWithMFA(user, youngest(r.MFAMaxAge)), Via: via, At: r.From},
			)
		} else {
			// The console passes no session tags.
			l.Journey(
				user+" assuming the role with a session token",
				journey.Journey{From: engine.SessionTokenWithMFA(user, youngest(r.MFAMaxAge)), Via: via, At: r.From},
			)
		}
		l.Journey(
			user+" assuming the role with an access key and an MFA code",
			journey.Journey{From: engine.LongTermKey(user).WithMFACode(), Via: via, At: r.From},
		)
	}
}

// assumableByPartner: each principal of the partner assumes the role with the external id. What it may do in its own
// account is an assumption; of a whole account somebody does.
func assumableByPartner(p *claim.Prover, l *List, r intent.Role) {
	for _, arn := range r.Partner.Principals {
		account := policy.ARNPart(arn, 4)
		l.assume(account, "the policies of account "+account+" let "+arn+" assume the role")
		caller := arn
		if policy.ARNResource(arn) == "root" {
			caller = "arn:" + policy.ARNPart(arn, 1) + ":iam::" + account + ":role/partner"
		}
		engine, s := model.WithStranger(p.Engine, caller, &model.Model{})
		if engine == nil {
			l.f.Verdict, l.f.Problem = prove.DoesNotHold, "there can be no principal "+arn
			return
		}
		partner := *l
		partner.p = &claim.Prover{Engine: engine}
		partner.Journey(
			arn+" assuming the role with the external id",
			journey.Journey{From: s, Via: []journey.Hop{{Role: r.ARN, ExternalID: r.Partner.ExternalID}}, At: r.From},
		)
		l.f = partner.f
	}
}

// assumableFromPortal: the person of IAM Identity Center assumes the role from one of the permission sets that the
// person, or a group, takes in the account of the role. Who is in which group is not in the world.
func assumableFromPortal(p *claim.Prover, l *List, r intent.Role) {
	account, who := policy.ARNPart(r.ARN, 4), r.IdentityCenter
	center := p.Engine.World().IdentityCenter
	if center == nil {
		l.assume(
			account,
			"a permission set that "+who.Name+" takes in account "+account+" lets its sessions assume "+r.ARN,
		)
		return
	}
	var ways []journey.Journey
	home, _ := p.Engine.AccountOf(account)
	for i := range home.Roles {
		role := &home.Roles[i]
		for _, a := range center.Assignments {
			if role.PermissionSet == "" || a.Account != account || a.PermissionSet != role.PermissionSet ||
				a.User != "" && a.User != who.Name {
				continue
			}
			person := world.Person{UserName: who.Name}
			if a.Group != "" {
				person.Groups = []string{a.Group}
			}
			ways = append(ways, journey.Journey{
				Portal: &journey.Portal{Person: person, Role: role.ARN(home)},
				Via:    []journey.Hop{{Role: r.ARN}},
				At:     r.From,
			})
		}
	}
	if len(ways) == 0 {
		l.f.Verdict, l.f.Problem = prove.DoesNotHold, "no permission set is assigned in account "+account+" that "+who.Name+" could take"
		return
	}
	// Who is assigned in person comes first: nothing has to be known of groups then.
	slices.SortStableFunc(ways, func(a, b journey.Journey) int {
		return cmp.Compare(len(a.Portal.Person.Groups), len(b.Portal.Person.Groups))
	})
	best := ways[0]
	for _, way := range ways {
		if arrival, err := journey.Walk(p.Engine, way); err == nil && arrival.Allowed() {
			best = way
			break
		}
	}
	_, arrives := l.Journey(who.Name+" assuming the role from a permission set", best)
	if groups := best.Portal.Person.Groups; arrives && len(groups) > 0 {
		l.assume(groups[0], who.Name+" is in the group "+groups[0]+" of IAM Identity Center")
	}
}

// youngest is an age of MFA that a limit must accept.
func youngest(limit time.Duration) time.Duration {
	if limit > 0 && limit <= model.SomeAge {
		return 0
	}
	return model.SomeAge
}
