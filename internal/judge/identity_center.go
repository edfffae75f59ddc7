package judge

import (
	"slices"
	"strings"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/claims"
	"aws-access-guardrails/access/intent"
	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/problem"
)

// identityCenter is the stack of the world that carries IAM Identity Center, nil where none does.
func (j *Judgement) identityCenter() *stack.Stack {
	index := slices.IndexFunc(j.beside, func(s *stack.Stack) bool { return s.IdentityCenter != nil })
	if index < 0 {
		return nil
	}
	return j.beside[index]
}

// proveIdentityCenter makes the standing proofs of attributes and permission sets. The stack that carries them
// answers for all of them. Another stack answers for what does not hold in its account: it may be the one that
// changes something. Carried is what the carrying stack found in the same world, which has what every other finds; nil
// where that was not asked for.
func (j *Judgement) proveIdentityCenter(engine *access.Engine, carried *prove.Report) error {
	in := j.identityCenterIntent()
	if in == nil {
		return nil
	}
	report := carried
	if report == nil {
		proven, err := claims.ProveIdentityCenter(engine, *in)
		if err != nil {
			return err
		}
		report = &proven
	}
	if j.identityCenter() == j.Stack {
		j.Proofs.Findings = append(j.Proofs.Findings, report.Findings...)
		j.Proofs.Administrators = append(j.Proofs.Administrators, report.Administrators...)
		j.findUnknownAccounts(j.accountsAnsweredFor())
		j.findCarriers()
		return nil
	}
	for _, f := range report.Findings {
		if f.Verdict == prove.DoesNotHold && f.Account == j.Stack.Account.ID {
			j.Proofs.Findings = append(j.Proofs.Findings, f)
		}
	}
	j.keep(report.Administrators)
	return nil
}

// identityCenterFound is what the stack that carries permission sets finds of all of them; nil where none of the
// judgements is its own, or where it cannot be proven.
func identityCenterFound(all []*Judgement, engine *access.Engine) *prove.Report {
	index := slices.IndexFunc(all, func(j *Judgement) bool { return j.identityCenter() == j.Stack })
	if index < 0 {
		return nil
	}
	report, err := claims.ProveIdentityCenter(engine, *all[index].identityCenterIntent())
	if err != nil {
		return nil
	}
	return &report
}

// identityCenterIntent is what the proofs of attributes and permission sets are about; nil where the stack answers
// for none.
func (j *Judgement) identityCenterIntent() *intent.IdentityCenter {
	carrier := j.identityCenter()
	if carrier == nil {
		return nil
	}
	in := carrier.IdentityCenterIntent(j.accountsAnsweredFor()...)
	if carrier != j.Stack && len(in.PermissionSets) == 0 {
		return nil
	}
	return in
}

// accountsAnsweredFor are the accounts in whose permission sets the stack is to be proven: all that are known for the
// one that carries them, and its own for every other.
func (j *Judgement) accountsAnsweredFor() []string {
	var accounts []string
	for _, s := range j.beside {
		if j.identityCenter() == j.Stack || s == j.Stack {
			accounts = append(accounts, s.Account.ID)
		}
	}
	return accounts
}

// knowPermissionSets tells of exempt permission sets what the stack that carries them says.
func (j *Judgement) knowPermissionSets(in *intent.Organization) {
	carrier := j.identityCenter()
	if in.Doors == nil || carrier == nil {
		return
	}
	for i := range in.Doors.PermissionSets {
		exempt := &in.Doors.PermissionSets[i]
		for _, set := range carrier.PermissionSets() {
			if set.Name == exempt.Name {
				exempt.Known, exempt.OpensSessions = true, set.Template.OpensSessions()
			}
		}
	}
}

// findUnknownAccounts notes where people open shells in an account that no stack describes.
func (j *Judgement) findUnknownAccounts(known []string) {
	for _, set := range j.Stack.PermissionSets() {
		for _, id := range set.Accounts() {
			if !slices.Contains(known, id) {
				j.Gaps = append(
					j.Gaps,
					prove.ProofAssumption{
						ID: id,
						Text: "no stack of this folder is for account " + id + ", where " + set.Name +
							" can be taken: its Session Manager preferences and policies are not known",
					},
				)
			}
		}
	}
}

// findCarriers refuses a second stack with an instance: the world has one.
func (j *Judgement) findCarriers() {
	var carriers []string
	for _, s := range j.beside {
		if s.IdentityCenter != nil {
			carriers = append(carriers, s.Name)
		}
	}
	if len(carriers) > 1 {
		j.Unreadable = append(
			j.Unreadable,
			j.problem(problem.Problem{
				Path: "guardrails:identityCenter",
				Kind: problem.Refused,
				Why: "stands in several stacks: " + strings.Join(
					carriers,
					", ",
				),
				Fix: "keep it in that of the account that manages the instance",
			}),
		)
	}
}

// permissionSetPath is where the file has the permission set of a role; false for everything else.
func (j *Judgement) permissionSetPath(f *prove.Finding) (problem.Path, bool) {
	if f.ID == "attributes-decide-alone" {
		return "guardrails:identityCenter.attributes", j.Stack.IdentityCenter != nil
	}
	for i, set := range j.Stack.PermissionSets() {
		for _, id := range set.Accounts() {
			if set.RoleARN(id) == f.Subject {
				return problem.Path("guardrails:identityCenter.permissionSets").Index(i), true
			}
		}
	}
	return "", false
}

// exempt is what to write where a service control policy shuts the shells of a permission set; empty where none does.
func (j *Judgement) exempt(f *prove.Finding) string {
	carrier := j.identityCenter()
	if f.ID != "permission-set-shells-work" || f.Witness == nil ||
		f.Witness.By().Kind != access.ServiceControlPolicySource ||
		carrier == nil {
		return ""
	}
	for _, set := range carrier.PermissionSets() {
		for _, id := range set.Accounts() {
			if set.RoleARN(id) == f.Subject {
				return "add " + set.Name + " to organization.osAccessOnly.permissionSets"
			}
		}
	}
	return ""
}
