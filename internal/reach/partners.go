package reach

import (
	"strings"
	"time"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// partners are what third parties reach: whoever a trust policy lets in that asks for an external id. What they may do
// at home, and who signs in there, nobody here knows.
func (b *finder) partners() ([]Way, error) {
	var ways []Way
	all := b.engine.World().Accounts
	for i := range all {
		account := &all[i]
		for j := range account.Roles {
			role := &account.Roles[j]
			for _, arn := range partnersOf(role.Trust) {
				found, err := b.partner(account, role, arn)
				if err != nil {
					return nil, err
				}
				ways = append(ways, found...)
			}
		}
	}
	return ways, nil
}

// partnersOf are the principals that a trust policy lets in with an external id, in its order.
func partnersOf(trust policy.Document) []string {
	var arns []string
	for _, st := range trust.Statements {
		asks := false
		for _, c := range st.Conditions {
			asks = asks || strings.EqualFold(c.Key, "sts:ExternalId")
		}
		if !asks || st.Effect != policy.EffectAllow {
			continue
		}
		for _, p := range st.Principals {
			if p.Kind == policy.PrincipalAWS {
				arns = append(arns, p.Values...)
			}
		}
	}
	return arns
}

func (b *finder) partner(account *world.Account, role *world.Role, arn string) ([]Way, error) {
	who := Person{Kind: Partner, Name: policy.ARNPart(arn, 4), ARN: arn, SessionName: "partner"}
	if resource := policy.ARNResource(arn); resource != "root" {
		who.Name += "/" + resource[strings.LastIndexByte(resource, '/')+1:]
	}
	taken := hop{account, role, nil}
	ways, err := b.overTime(role.ARN(account), account.ID, func(moment time.Time) ([]Way, error) {
		return b.follow([]path{{
			person: who, home: account, hops: []hop{taken}, tags: role.Tags, signIns: []SignIn{ExternalID},
			session: access.AssumedRole(role.ARN(account), who.SessionName).IssuedAt(moment),
		}}, moment)
	})
	return ways, err
}
