package config

import (
	"regexp"

	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/policy"
)

// Account is the section "account": which account the stack configures, and who keeps access to it whatever the
// guardrails say.
type Account struct {
	guardrail.Account
	// Organization is the id of the organization that the account is in; empty means that nothing is said.
	Organization string
	// Deployer is the principal that deploys the stack, as "role/name" or "user/name" with its path; empty means that
	// it is not named.
	Deployer string
	// BreakGlass are the principals that stay usable in an emergency, written as Deployer.
	BreakGlass []string
}

var accountKeys = keys(
	"the account that this stack configures",
	key("id", func(a *Account) *string { return &a.ID }, text(policy.ValidateAccountID).pattern(accountIDPattern)).
		required("write the twelve digits in quotes, so that nothing is ever deployed into another account").
		doc("The id of the account. Deployment stops before anything is made when the credentials belong to another one.").
		example("111122223333"),
	key(
		"alias",
		func(a *Account) *string { return &a.Alias },
		text(policy.ValidateAccountAlias).pattern(`^[a-z0-9](-?[a-z0-9])+$`),
	).
		orNothing("links carry the account id", "an alias is a second name that somebody must have set").
		doc("The account alias, as sign-in links and handovers show it. The alias itself is not made here.").
		example("jump"),
	key(
		"organization",
		func(a *Account) *string { return &a.Organization },
		text(policy.ValidateOrganizationID).pattern(`^o-[a-z0-9]{10,32}$`),
	).
		orNothing("the account stands alone", "an account that is in no organization needs none").
		doc("The id of the organization that the account is in.").
		example("o-exampleorgid"),
	key("deployer", func(a *Account) *string { return &a.Deployer }, text(validatePrincipal).pattern(principalPattern)).
		orNothing("nobody is named, and no proof speaks of the deployer", "a single account can be deployed by whoever set it up").
		doc("The principal that deploys this stack. The proofs hold that nothing deployed here locks it out.").
		example("role/GuardrailDeployer"),
	key(
		"breakGlass",
		func(a *Account) *[]string { return &a.BreakGlass },
		words(text(validatePrincipal).pattern(principalPattern)),
	).
		orNothing("nobody is named", "who may get in past the guardrails is a decision of its own").
		doc("Principals for emergencies. The proofs hold that nothing deployed here takes their access away.").
		example([]string{"role/BreakGlass"}),
)

var principal = regexp.MustCompile(principalPattern)

// validatePrincipal accepts a role or user of the account as the end of its ARN.
func validatePrincipal(s string) error {
	if principal.MatchString(s) {
		return nil
	}
	return says(
		"is not a role or user of this account",
		`write "role/" or "user/" and the name with its path, such as "role/GuardrailDeployer"`,
	)
}

// Tags is the section "tags".
type Tags struct {
	// Project is the key of the tag that pairs roles with nodes.
	Project string
}

var tagsKeys = keys("the tags that decide access",
	key("project", func(t *Tags) *string { return &t.Project }, text(policy.ValidateTagKey).pattern(tagKeyPattern)).
		orElse(guardrail.DefaultProjectTag, "it is the key that the common samples use; where it is also a cost tag, choose one with a prefix of its own").
		doc("The key of the tag that pairs operation roles with nodes: a role reaches the nodes whose tag has the role's value. Whoever may write this "+
			"tag decides who reaches what.").
		example("access:Project"),
)
