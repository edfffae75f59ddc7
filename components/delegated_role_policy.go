package components

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"aws-access-guardrails/access"
	"aws-access-guardrails/policy"
)

const delegatedMFAMaxAge = time.Hour

// RoleARN is the ARN of the role.
func (a *DelegatedRoleArgs) RoleARN() string {
	return a.Account.Partition.RoleARN(a.Account.ID, DelegatedRolePath, a.Name)
}

// PolicyARNs are the ARNs of the managed policies, in the order of the stack file.
func (a *DelegatedRoleArgs) PolicyARNs() []string {
	var arns []string
	for _, name := range a.ManagedPolicies {
		if !strings.HasPrefix(name, "arn:") {
			name = a.Account.Partition.ManagedPolicyARN(name)
		}
		arns = append(arns, name)
	}
	return arns
}

func (a *DelegatedRoleArgs) trust() trust {
	return trust{
		account: a.Account, users: a.Users, principalARNs: a.PrincipalARNs, userPaths: a.UserPaths,
		mfaMaxAge: cmp.Or(a.MFAMaxAge, delegatedMFAMaxAge), sessionName: a.SessionName,
	}
}

// role is the role as a world has it.
func (a *DelegatedRoleArgs) role() access.Role {
	return access.Role{
		Name: a.Name, Path: DelegatedRolePath, Trust: a.trust().document(), Attached: a.PolicyARNs(),
		MaxSession: int(cmp.Or(a.MaxSessionDuration, defaultMaxSession) / time.Second),
	}
}

// policyKey is the name of an AWS managed policy, and the path and name of the account's own.
func (a *DelegatedRoleArgs) policyKey(arn string) string {
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
func (a *DelegatedRoleArgs) AddTo(w *access.Account) { w.Roles = append(w.Roles, a.role()) }

// Validate reports every problem, in the order of the fields, as Problems relative to the element of the section "delegatedRoles".
func (a *DelegatedRoleArgs) Validate() error {
	var p Problems
	a.Account.validate(&p)
	if p.check("name", a.Name, policy.ValidateRoleName(a.Name)) {
		p.check("name", a.Name, policy.ValidateSwitchRole(DelegatedRolePath, a.Name))
	}
	a.trust().validate(&p, "")
	a.validatePolicies(&p)
	validateMFAMaxAge(&p, "mfaMaxAge", cmp.Or(a.MFAMaxAge, delegatedMFAMaxAge))
	validateSessionName(&p, "sessionName", a.SessionName)
	validateMaxSession(&p, "maxSessionDuration", cmp.Or(a.MaxSessionDuration, defaultMaxSession))
	validateUserPaths(&p, a.UserPaths)
	if len(p) == 0 {
		p.document("", "trust policy of "+a.Name, a.trust().document(), policy.Trust, a.Quotas)
	}
	return p.Err()
}

func (a *DelegatedRoleArgs) validatePolicies(p *Problems) {
	if len(a.ManagedPolicies) == 0 {
		p.add("managedPolicies", nil, "is empty, so the role could do nothing", "name at least one policy, such as AdministratorAccess")
	}
	arns := a.PolicyARNs()
	for i, name := range a.ManagedPolicies {
		path := at("managedPolicies", i)
		switch why, fix := refusedManagedPolicy(a.Account, name, arns[i], a.AWSManagedPolicies); {
		case why != "":
			p.add(path, name, why, fix)
		case slices.Contains(arns[:i], arns[i]):
			p.add(path, name, "is listed twice", "remove one")
		}
	}
	if n, most := len(arns), a.Quotas.WithDefaults().AttachedPerRole; n > most {
		p.add("managedPolicies", n, fmt.Sprintf("are more policies than the %d that a role takes", most), "use fewer")
	}
}
