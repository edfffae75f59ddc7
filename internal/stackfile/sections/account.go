package sections

import (
	"regexp"

	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/internal/strictyaml"
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

var accountKeys = strictyaml.Keys(
	"the account that this stack configures",
	strictyaml.Key("id", func(a *Account) *string { return &a.ID }, strictyaml.Text(policy.ValidateAccountID).Pattern(accountIDPattern)).
		Required("write the twelve digits in quotes, so that nothing is ever deployed into another account").
		Doc("The id of the account. Deployment stops before anything is made when the credentials belong to "+
			"another one.").
		Example("111122223333"),
	strictyaml.Key(
		"alias",
		func(a *Account) *string { return &a.Alias },
		strictyaml.Text(policy.ValidateAccountAlias).Pattern(`^[a-z0-9](-?[a-z0-9])+$`),
	).
		OrNothing("links carry the account id", "an alias is a second name that somebody must have set").
		Doc("The account alias, as sign-in links and handovers show it. The alias itself is not made here.").
		Example("jump"),
	strictyaml.Key(
		"organization",
		func(a *Account) *string { return &a.Organization },
		strictyaml.Text(policy.ValidateOrganizationID).Pattern(`^o-[a-z0-9]{10,32}$`),
	).
		OrNothing("the account stands alone", "an account that is in no organization needs none").
		Doc("The id of the organization that the account is in.").
		Example("o-exampleorgid"),
	strictyaml.Key("deployer", func(a *Account) *string { return &a.Deployer }, strictyaml.Text(validatePrincipal).Pattern(principalPattern)).
		OrNothing("nobody is named, and no proof speaks of the deployer", "a single account can be deployed by whoever set it up").
		Doc("The principal that deploys this stack. The proofs hold that nothing deployed here locks it out.").
		Example("role/GuardrailDeployer"),
	strictyaml.Key(
		"breakGlass",
		func(a *Account) *[]string { return &a.BreakGlass },
		strictyaml.Words(strictyaml.Text(validatePrincipal).Pattern(principalPattern)),
	).
		OrNothing("nobody is named", "who may get in past the guardrails is a decision of its own").
		Doc("Principals for emergencies. The proofs hold that nothing deployed here takes their access away.").
		Example([]string{"role/BreakGlass"}),
)

var principal = regexp.MustCompile(principalPattern)

// validatePrincipal accepts a role or user of the account as the end of its ARN.
func validatePrincipal(s string) error {
	if principal.MatchString(s) {
		return nil
	}
	return strictyaml.Says(
		"is not a role or user of this account",
		`write "role/" or "user/" and the name with its path, such as "role/GuardrailDeployer"`,
	)
}

// Tags is the section "tags".
type Tags struct {
	// Project is the key of the tag that pairs roles with nodes.
	Project string
	// ProjectSeparator stands between the projects of a node that has several; empty means that a node has one.
	ProjectSeparator string
	// Environment is the key of the second tag that nodes of roles with an environment must have; empty means none.
	Environment string
}

var tagsKeys = strictyaml.Keys(
	"the tags that decide access",
	strictyaml.Key("project", func(t *Tags) *string { return &t.Project }, strictyaml.Text(policy.ValidateTagKey).Pattern(tagKeyPattern)).
		OrElse(guardrail.DefaultProjectTag, "it is the key that the common samples use; where it is also a cost tag, choose one with a prefix of its own").
		Doc("The key of the tag that pairs operation roles with nodes: a role reaches the nodes whose tag has the "+
			"role's value. Whoever may write this "+
			"tag decides who reaches what.").
		Example("access:Project"),
	strictyaml.Key("projectSeparator", func(t *Tags) *string { return &t.ProjectSeparator }, strictyaml.WordsOf(guardrail.ProjectSeparators()...)).
		OrNothing("the tag of a node is one project", "a machine of one team is easier to reason about").
		Doc("What stands between the projects in the tag of a node that several teams share, such as shop/billing: "+
			"operation roles, OS access and permission sets reach it with one of them. "+
			"No project has it in its name. Approvals of just-in-time access compare the whole tag.").
		Example("/"),
	strictyaml.Key("environment", func(t *Tags) *string { return &t.Environment }, strictyaml.Text(policy.ValidateTagKey).Pattern(tagKeyPattern)).
		OrNothing("the project alone decides", "most projects have accounts of their own for what is in production").
		Doc("The key of a second tag: operation roles with an environment reach nodes whose tag has the role's "+
			"value, besides that of the project. Nobody but the deployer writes it on what exists. Write it in "+
			"the "+
			"stack with the service control policies too, which guard it in every account.").
		Example("Environment"),
)
