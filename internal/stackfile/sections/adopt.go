package sections

import (
	"regexp"
	"strings"

	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/internal/stackfile/provider"
	"aws-access-guardrails/internal/strictyaml"
	"aws-access-guardrails/policy"
)

// Adoption lists what exists in AWS already and becomes the stack's: it is imported by its name, and then changed in
// place to what the stack says. It says nothing about what a thing is, so that an entry means nothing once the thing
// is in the state. The zero value adopts nothing.
type Adoption struct {
	// Sessions are Regions whose preferences document exists.
	Sessions []string
	// MFA is true where the group of the section mfa exists.
	MFA bool
	// Users and Roles are names.
	Users, Roles []string
	// Policies are the names of customer managed policies that roles of this stack share, all under
	// components.PolicyPath.
	Policies []string
	// Attributes is true where attributes for access control are switched on in the instance of IAM Identity Center.
	Attributes bool
	// Approvals are approval documents of just-in-time node access, each as "Region/name".
	Approvals []string
}

var adoptKeys = strictyaml.Keys(
	"what exists already and becomes this stack's",
	strictyaml.Key(
		"sessions",
		func(a *Adoption) *[]string { return &a.Sessions },
		strictyaml.Words(strictyaml.Text(provider.ValidateRegion).Pattern(provider.RegionPattern)),
	).
		OrNothing("preferences are made new, and deployment stops where they exist", "overwriting what somebody set by hand is a decision").
		Doc("The Regions of sessions.regions whose preferences somebody saved before: in the console, or an "+
			"earlier stack, which leaves them behind.").
		Example([]string{"ap-northeast-1"}),
	strictyaml.Key("mfa", func(a *Adoption) *bool { return &a.MFA }, strictyaml.Boolean{}).
		OrElse(false, "a group of that name with other people in it would be taken over unseen").
		Doc("Takes over the group of the section mfa. Policies of it that are not this stack's are removed; "+
			"members stay.").
		Example(true),
	strictyaml.Key(
		"users",
		func(a *Adoption) *[]string { return &a.Users },
		strictyaml.Words(strictyaml.Text(policy.ValidateUserName).Pattern(namePattern)),
	).
		OrNothing("users are made new, and deployment stops where one exists", "a user who exists has credentials and policies of his own").
		Doc("The users that exist. Their passwords, devices and keys stay. Policies of their own and other groups go.").
		Example([]string{"non-97-test-user1"}),
	strictyaml.Key(
		"roles",
		func(a *Adoption) *[]string { return &a.Roles },
		strictyaml.Words(strictyaml.Text(policy.ValidateRoleName).Pattern(namePattern)),
	).
		OrNothing("roles are made new, and deployment stops where one exists", "a role that exists has a trust policy of its own").
		Doc("The roles that exist under the name and path that this stack gives them. Policies of theirs that are "+
			"not this stack's are removed.").
		Example([]string{"TestProject1-os-user1"}),
	strictyaml.Key(
		"policies",
		func(a *Adoption) *[]string { return &a.Policies },
		strictyaml.Words(strictyaml.Text(policy.ValidateGroupName).Pattern(groupNamePattern)),
	).
		OrNothing("policies are made new, and deployment stops where one exists", "a policy that exists may be attached elsewhere").
		Doc("The managed policies of this stack that exist, by name: what an earlier stack left, when its state "+
			"was lost.").
		Example([]string{guardrail.OperationGuardPolicyName}),
	strictyaml.Key("attributes", func(a *Adoption) *bool { return &a.Attributes }, strictyaml.Boolean{}).
		OrElse(false, "attributes are those of the whole organization").
		Doc("Takes over the attributes for access control of the instance of identityCenter, where they are "+
			"switched on. Those that identityCenter.attributes does not have are removed.").
		Example(true),
	strictyaml.Key(
		"approvals",
		func(a *Adoption) *[]string { return &a.Approvals },
		strictyaml.Words(strictyaml.Text(validateApproval).Pattern(approvalPattern)),
	).
		OrNothing("approval documents are made new, and deployment stops where one exists", "a document that exists may approve what this stack does not").
		Doc("The approval documents of justInTime that exist, each as Region/name: what an earlier stack left, "+
			"when its state was lost.").
		Example([]string{"ap-northeast-1/production"}),
)

// approvalPattern is a Region and the name of a document.
const approvalPattern = `^[a-z0-9-]+/[a-zA-Z0-9_.-]{3,128}$`

var approvals = regexp.MustCompile(approvalPattern)

func validateApproval(s string) error {
	region, _, _ := strings.Cut(s, "/")
	if !approvals.MatchString(s) {
		return strictyaml.Says(
			"is no Region with the name of a document",
			`write it as in "ap-northeast-1/production"`,
		)
	}
	return provider.ValidateRegion(region)
}
