package delegated

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"aws-access-guardrails/access/world"
	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/policy"
	"aws-access-guardrails/problem"
)

const delegatedMFAMaxAge = time.Hour

// RoleARN is the ARN of the role.
func (a *Args) RoleARN() string {
	return a.Account.Partition.RoleARN(a.Account.ID, guardrail.DelegatedRolePath, a.Name)
}

// PolicyARNs are the ARNs of the managed policies, in the order of the stack file.
func (a *Args) PolicyARNs() []string {
	var arns []string
	for _, name := range a.ManagedPolicies {
		arns = append(arns, a.known().ARN(a.Account, name))
	}
	return arns
}

// known are the managed policies that names can mean.
func (a *Args) known() guardrail.ManagedPolicies {
	return guardrail.ManagedPolicies{Own: a.OwnPolicies, AWS: a.AWSManagedPolicies}
}

// MfaMaxAge is how long ago the sign-in with MFA may be.
func (a *Args) MfaMaxAge() time.Duration { return cmp.Or(a.MFAMaxAge, delegatedMFAMaxAge) }

func (a *Args) trust() guardrail.Trust {
	return guardrail.Trust{
		Account: a.Account, Users: a.Users, PrincipalARNs: a.PrincipalARNs, UserPaths: a.UserPaths,
		MfaMaxAge: a.MfaMaxAge(), SessionName: a.SessionName, Partner: a.Partner, SourceNetworks: a.SourceNetworks,
	}
}

// Role is the role as a world has it.
func (a *Args) Role() world.Role {
	role := world.Role{
		Name: a.Name, Path: guardrail.DelegatedRolePath, Trust: a.trust().Document(), Attached: a.PolicyARNs(),
		Boundary:   a.known().ARN(a.Account, a.PermissionsBoundary),
		MaxSession: int(cmp.Or(a.MaxSessionDuration, guardrail.DefaultMaxSession) / time.Second),
	}
	if len(a.SourceNetworks) > 0 {
		role.Inline = []world.InlinePolicy{{
			Name: guardrail.SourceNetworksPolicyName, Document: policy.New(a.SourceNetworks.DenyUse()),
		}}
	}
	return role
}

// PolicyKey is the name of an AWS managed policy, and the path and name of the account's own.
func (a *Args) PolicyKey(arn string) string {
	parsed, err := policy.ParseARN(arn)
	if err != nil {
		return arn
	}
	name := strings.TrimPrefix(parsed.Resource, "policy/")
	if parsed.Account != "aws" {
		return "own/" + name
	}
	return name
}

// AddTo adds the role to a world. Its managed policies are unknown there unless the world lists them.
func (a *Args) AddTo(w *world.Account) { w.Roles = append(w.Roles, a.Role()) }

// Validate reports every problem, in the order of the fields, as Problems relative to the element of the section
// "delegatedRoles".
func (a *Args) Validate() error {
	var p problem.List
	a.Account.Validate(&p)
	if p.Check("name", a.Name, policy.ValidateRoleName(a.Name)) {
		p.Check("name", a.Name, policy.ValidateSwitchRole(guardrail.DelegatedRolePath, a.Name))
	}
	if a.Partner != nil {
		a.validatePartner(&p)
	} else {
		a.trust().Validate(&p, "")
	}
	a.SourceNetworks.Validate(&p, "")
	a.validatePolicies(&p)
	a.known().ValidateBoundary(&p, "permissionsBoundary", a.Account, a.PermissionsBoundary)
	guardrail.ValidateMFAMaxAge(&p, "mfaMaxAge", a.MfaMaxAge())
	guardrail.ValidateSessionName(&p, "sessionName", a.SessionName)
	guardrail.ValidateMaxSession(&p, "maxSessionDuration", cmp.Or(a.MaxSessionDuration, guardrail.DefaultMaxSession))
	guardrail.ValidateGrantMaxLength(&p, "grantMaxLength", cmp.Or(a.GrantMaxLength, guardrail.GrantMaxLength))
	guardrail.ValidateUserPaths(&p, a.UserPaths)
	if len(p) == 0 {
		p.Document("", "trust policy of "+a.Name, a.trust().Document(), policy.Trust, a.Quotas)
		if len(a.SourceNetworks) > 0 {
			denied := policy.New(a.SourceNetworks.DenyUse())
			p.Document("sourceNetworks", "inline policy of "+a.Name, denied, policy.RoleInline, a.Quotas)
		}
	}
	return p.Err()
}

// validatePartner refuses beside a partner what is of people: a call of another account's role carries no MFA, and its
// sessions have the names that the partner gives them.
func (a *Args) validatePartner(p *problem.List) {
	for _, field := range []struct {
		key   problem.Path
		given bool
		value any
	}{
		{"users", len(a.Users) > 0, strings.Join(a.Users, ", ")},
		{"principalArns", len(a.PrincipalARNs) > 0, strings.Join(a.PrincipalARNs, ", ")},
		// The stack file fills the defaults in.
		{"mfaMaxAge", a.MfaMaxAge() != delegatedMFAMaxAge, policy.ShortDuration(a.MFAMaxAge)},
		{"sessionName", a.SessionName == guardrail.SessionNameAny, string(a.SessionName)},
	} {
		if field.given {
			p.Add(
				field.key,
				field.value,
				"stands beside partner, and is of people",
				"write a role of its own for the partner",
			)
		}
	}
	a.Partner.Validate(p, "partner", a.Account)
}

func (a *Args) validatePolicies(p *problem.List) {
	if len(a.ManagedPolicies) == 0 {
		p.Empty(
			"managedPolicies", "so the role could do nothing", "name at least one policy, such as AdministratorAccess",
		)
	}
	arns := a.PolicyARNs()
	for i, name := range a.ManagedPolicies {
		path := problem.Path("managedPolicies").Index(i)
		switch why, fix := guardrail.RefusedManagedPolicy(a.Account, name, arns[i], a.AWSManagedPolicies); {
		case why != "":
			p.Add(path, name, why, fix)
		case slices.Contains(arns[:i], arns[i]):
			p.Add(path, name, "is listed twice", "remove one")
		}
	}
	if n, most := len(arns), a.Quotas.WithDefaults().AttachedPerRole; n > most {
		p.Add("managedPolicies", n, fmt.Sprintf("are more policies than the %d that a role takes", most), "use fewer")
	}
}
