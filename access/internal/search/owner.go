package search

import (
	"fmt"

	"aws-access-guardrails/access/internal/conditionkey"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/policy"
)

// ownerRules say whose the resource of a request is: one with the id of an account in its ARN has that account, its
// organization and its place there, and no others, and a request without a resource has none or those of the caller.
// They speak of the caller's account and of those that a condition names. Of resources without an account in their
// ARN, such as buckets, nothing is known.
//
// Source: IAM User Guide, AWS global condition context keys, aws:ResourceAccount, aws:ResourceOrgID and
// aws:ResourceOrgPaths.
func (b *binder) ownerRules(c *engine.Condition) []*bound {
	own := b.caller.Principal.Account.ID
	rules := b.rulesOfOwner(c.Key.Kind, own)
	for i := range c.Texts {
		if id := c.Texts[i].Text; id != own && policy.IsAccountID(id) {
			rules = append(rules, b.rulesOfOwner(c.Key.Kind, id)...)
		}
	}
	return rules
}

// rulesOfOwner are the rules of the resources of one account, and for the caller's those of requests without one.
func (b *binder) rulesOfOwner(kind conditionkey.KeyKind, id string) []*bound {
	name := fmt.Sprintf("%d %s", kind, id)
	if have, ok := b.owners[name]; ok {
		return have
	}
	var rules []*bound
	for _, other := range notOwnedBy(kind, id, b.caller.Engine.Accounts[id]) {
		rules = append(rules, b.Bind(engine.MustStatement(policy.Deny("", "*").On("arn:*:*:*:"+id+":*").When(other))))
		if id != b.caller.Principal.Account.ID || other.Operator.Quantifier == policy.ForAllValues {
			continue
		}
		elsewhere := b.Bind(engine.MustStatement(policy.Deny("", "*").On("*").When(policy.Present(other.Key), other)))
		rules = append(rules, &bound{
			st:    Everything,
			Lits:  append(elsewhere.Lits[:len(elsewhere.Lits):len(elsewhere.Lits)], b.noResource()),
			Never: elsewhere.Never,
		})
	}
	b.owners[name] = rules
	return rules
}

// notOwnedBy are the conditions that no request on a resource of the account meets. Where nobody knows the organization
// of the account there are none.
func notOwnedBy(kind conditionkey.KeyKind, id string, account *engine.CompiledAccount) []policy.Condition {
	switch {
	case kind == conditionkey.KeyResourceAccount:
		return []policy.Condition{policy.StringNotEquals("aws:ResourceAccount", id)}
	case account == nil || account.OrgID == "":
		return nil
	case kind == conditionkey.KeyResourceOrgID:
		return []policy.Condition{policy.StringNotEquals("aws:ResourceOrgID", account.OrgID)}
	}
	const paths = "aws:ResourceOrgPaths"
	// An account has one place, so that one of the values is that, and there is no other.
	return []policy.Condition{
		policy.AnyDiffers(paths, account.OrgPaths...),
		policy.Is(
			policy.Operator{Quantifier: policy.ForAllValues, Base: policy.OpStringNotEquals}, paths, account.OrgPaths...,
		),
	}
}
