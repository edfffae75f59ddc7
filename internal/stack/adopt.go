package stack

import (
	"reflect"
	"slices"
	"strconv"

	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/internal/strictyaml"
	"aws-access-guardrails/policy"
	"aws-access-guardrails/problem"
)

// Adopts reports whether the stack takes over anything that exists.
func (s *Stack) Adopts() bool { return !reflect.ValueOf(s.Adopt).IsZero() }

// checkAdoption refuses entries for what the stack does not have: they would import nothing, and be believed to.
func (s *Stack) checkAdoption(d *strictyaml.Decoder) {
	check := func(key string, section problem.Path, entries, known []string, fix string) {
		if d.Refused(stackPath(section)) { // What the stack has is not known then.
			return
		}
		for i, entry := range entries {
			if !slices.Contains(known, entry) {
				d.Report(
					problem.Problem{
						Path:  stackPath("adopt").Child(key).Index(i),
						Kind:  problem.Invalid,
						Value: entry,
						Why:   "is nothing that this stack has",
						Fix:   fix,
					},
				)
			}
		}
	}
	a := s.Adopt
	var regions []string
	if s.Sessions != nil {
		regions = s.Sessions.Regions
	}
	check("sessions", "sessions", a.Sessions, regions, "list the Region in sessions.regions too, or leave it out")
	if a.MFA && s.MFA == nil {
		d.Report(
			problem.Problem{
				Path:  stackPath("adopt.mfa"),
				Kind:  problem.Refused,
				Value: true,
				Why:   "names a group that this stack does not have",
				Fix:   "write the section mfa, or remove the key",
			},
		)
	}
	if a.Attributes && s.IdentityCenter == nil {
		d.Report(
			problem.Problem{
				Path:  stackPath("adopt.attributes"),
				Kind:  problem.Refused,
				Value: true,
				Why:   "needs an instance of IAM Identity Center",
				Fix:   "write the section identityCenter, or remove the key",
			},
		)
	}
	if len(a.Approvals) > 0 && !d.Hides() {
		check(
			"approvals",
			"justInTime",
			a.Approvals,
			s.approvalDocuments(),
			"write an approval document of justInTime, or leave it out",
		)
	}
	check("users", "users", a.Users, s.userNames(), "list the user in users too, or leave it out")
	if len(a.Roles)+len(a.Policies) == 0 || d.Hides() {
		return
	}
	world := s.World()
	var roles, policies []string
	for _, r := range world.Roles {
		roles = append(roles, r.Name)
	}
	for _, p := range world.Policies {
		if name, own := s.OwnPolicy(p.ARN); own {
			policies = append(policies, name)
		}
	}
	check(
		"roles",
		"operationRoles",
		a.Roles,
		roles,
		"write the name that a role of this file has, given or derived, or leave it out",
	)
	check("policies", "operationRoles", a.Policies, policies, "leave it out")
}

// approvalDocuments are the approval documents of just-in-time access, each as "Region/name".
func (s *Stack) approvalDocuments() []string {
	args := s.JustInTimeAccess()
	if args == nil {
		return nil
	}
	var all []string
	for _, d := range args.Documents() {
		for _, region := range d.Regions {
			all = append(all, region+"/"+d.Name)
		}
	}
	return all
}

// checkOwnPolicies refuses policies of the account under the path of the guardrails that the stack does not make: the
// path is for those alone.
func (s *Stack) checkOwnPolicies(d *strictyaml.Decoder) {
	if len(s.DelegatedRoles) == 0 || d.Hides() {
		return
	}
	var arns []string
	for _, p := range s.World().Policies {
		arns = append(arns, p.ARN)
	}
	for i, r := range s.DelegatedRoles {
		for j, arn := range r.ManagedPolicies {
			if _, own := s.OwnPolicy(arn); !own || slices.Contains(arns, arn) {
				continue
			}
			fix := "write a policy of another path, or one of AWS"
			if best, near := strictyaml.Nearest(arn, arns); near {
				fix = "did you mean " + strconv.Quote(best) + "?"
			}
			d.Report(
				problem.Problem{
					Path:  stackPath("delegatedRoles").Index(i).Child("managedPolicies").Index(j),
					Kind:  problem.NotFound,
					Value: arn,
					Why:   "is under " + guardrail.PolicyPath + ", where this stack's own policies are, and it makes none of that name",
					Fix:   fix,
				},
			)
		}
	}
}

// OwnPolicy is the name of a policy that the stack makes; false for every other.
func (s *Stack) OwnPolicy(arn string) (name string, own bool) {
	parsed, err := policy.ParseARN(arn)
	if err != nil {
		return "", false
	}
	kind, path, name, ok := parsed.Entity()
	return name, ok && kind == "policy" && path == guardrail.PolicyPath && parsed.Account == s.Account.ID
}
