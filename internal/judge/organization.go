package judge

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/claims"
	"aws-access-guardrails/access/journey"
	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/internal/stackfile"
	"aws-access-guardrails/policy"
	"aws-access-guardrails/problem"
)

// organizationOf is the id of the organization that a stack says its account is in; empty where it says nothing.
func organizationOf(s *stack.Stack) string {
	if s.Organization != nil {
		return cmp.Or(s.Organization.ID, s.Account.Organization)
	}
	return s.Account.Organization
}

// together reports whether two stacks can be of one organization. One that says nothing goes with every other.
func together(a, b *stack.Stack) bool {
	x, y := organizationOf(a), organizationOf(b)
	return x == "" || y == "" || x == y
}

// proveOrganization makes the standing proofs of the organization whose policies the stack deploys.
func (j *Judgement) proveOrganization(engine *access.Engine) error {
	policies := j.Stack.ServiceControlPolicies()
	if policies == nil {
		return nil
	}
	in := policies.Intent()
	in.Deployer = j.Stack.Intent().Deployer
	j.knowPermissionSets(&in)
	findings, err := claims.ProveOrganization(engine, in)
	j.Proofs.Findings = append(j.Proofs.Findings, findings...)
	return err
}

// stackFiles are the stack files of folders that were looked at.
type stackFiles map[string][]string

func (f stackFiles) in(folder string) []string {
	have, known := f[folder]
	if !known {
		have, _ = filepath.Glob(filepath.Join(folder, "Pulumi.*.yaml"))
		slices.Sort(have)
		f[folder] = have
	}
	return have
}

// findGaps notes what the stacks of the world do not tell: files that cannot be read, and an organization whose
// policies none of them carries.
func (j *Judgement) findGaps(beside []*stack.Stack, files stackFiles) {
	j.beside = beside
	organization := organizationOf(j.Stack)
	if organization == "" {
		return
	}
	for _, file := range files.in(j.Stack.Folder) {
		name := stackfile.StackName(file)
		if j.Stack.Folder == "" || name == j.Stack.Name ||
			slices.ContainsFunc(beside, func(s *stack.Stack) bool { return s.Name == name }) {
			continue
		}
		if other, problems := stack.ReadFile(file); len(problems) == 0 && !together(j.Stack, other) {
			continue
		}
		j.Gaps = append(j.Gaps, prove.ProofAssumption{
			ID: "stack " + name,
			Text: filepath.Base(
				file,
			) + " cannot be read beside this stack: its people can do what they must, and it has no policy that denies it",
		})
	}
	var carriers []string
	for _, s := range beside {
		if s.Organization != nil {
			carriers = append(carriers, s.Name)
		}
	}
	switch {
	case len(carriers) == 0:
		j.Gaps = append(j.Gaps, prove.ProofAssumption{
			ID:   organization,
			Text: "no stack of this folder has the service control policies of " + organization + ": they deny nothing that this stack needs",
		})
	case len(carriers) > 1 && j.Stack.Organization != nil:
		j.Unreadable = append(
			j.Unreadable,
			j.problem(problem.Problem{Path: "guardrails:organization", Kind: problem.Refused,
				Why: "stands in several stacks: " + strings.Join(carriers, ", "), Fix: "keep it in one of them"}),
		)
	}
}

// organizationPaths say where the file has what a proof of the organization is about.
var organizationPaths = map[string]problem.Path{
	"doors-for-exempt-roles-only":             "guardrails:organization.osAccessOnly",
	"remote-execution-for-exempt-roles-only":  "guardrails:organization.osAccessOnly.remoteExecution",
	"exempt-roles-are-protected":              "guardrails:organization.protectGuardrails",
	"guarded-policies-are-protected":          "guardrails:organization.protectGuardrails",
	"session-documents-are-protected":         "guardrails:organization.protectGuardrails",
	"organization-tags-are-protected":         "guardrails:organization.protectGuardrails",
	"mfa-group-is-protected":                  "guardrails:organization.protectGuardrails",
	"credentials-of-others-are-protected":     "guardrails:organization.protectGuardrails.peopleAccounts",
	"organization-is-protected":               "guardrails:organization.protectGuardrails",
	"permission-sets-are-protected":           "guardrails:organization.osAccessOnly.permissionSets",
	"console-passwords-in-jump-accounts-only": "guardrails:organization.consolePasswords",
	"root-only-in-central-sessions":           "guardrails:organization.memberRoot",
	"programmatic-users-stay-possible":        "guardrails:organization.consolePasswords",
	"policies-can-be-undone":                  "guardrails:organization",
	"member-deployers-not-locked-out":         "guardrails:organization",
	"member-break-glass-not-locked-out":       "guardrails:organization",
}

// path is where the file has what a finding is about: a policy of one's own when that is what decides.
func (j *Judgement) path(f *prove.Finding) problem.Path {
	if o := j.Stack.Organization; o != nil {
		for i, own := range o.Own {
			if slices.ContainsFunc(f.By, func(by access.Source) bool { return by.Policy == own.Name }) {
				return problem.Path("guardrails:organization.policies").Index(i).Child("file")
			}
		}
	}
	if path, known := organizationPaths[f.ID]; known {
		return path
	}
	if path, known := j.permissionSetPath(f); known {
		return path
	}
	return j.Stack.PathOf(f.Subject)
}

// changePolicy names the service control policy of one's own that denies what must work, and where it is; empty where
// none does.
func (j *Judgement) changePolicy(f *prove.Finding) string {
	denying := slices.Clone(f.By)
	if f.Witness != nil {
		denying = append(denying, f.Witness.By())
	}
	for _, s := range j.beside {
		if s.Organization == nil {
			continue
		}
		for i, own := range s.Organization.Own {
			for _, by := range denying {
				if by.Kind == access.ServiceControlPolicySource && by.Policy == own.Name {
					return fmt.Sprintf(
						"leave %s out of statement %s of %s (%s in %s)",
						refusedCall(f),
						by.Sid,
						own.File,
						problem.Path("guardrails:organization.policies").Index(i),
						filepath.Base(s.File),
					)
				}
			}
		}
	}
	return ""
}

// refusedCall is the action that a witness ends with.
func refusedCall(f *prove.Finding) string {
	if f.Witness != nil {
		if last := f.Witness.Steps[len(f.Witness.Steps)-1]; last.Request != nil {
			return last.Request.Action
		}
	}
	return "what must work"
}

// fix says what to write so that a finding goes away, or the page.
func (j *Judgement) fix(f *prove.Finding) string {
	see := "see " + f.Page
	if mend := j.mend(f); mend != "" {
		return mend + ", or " + see
	}
	return see
}

// mend says what to write so that a finding goes away: the file, the key and the value; empty where that is not known.
func (j *Judgement) mend(f *prove.Finding) string {
	for _, known := range []func(*prove.Finding) string{j.changePolicy, j.exempt, j.passOSUsers, j.openTheWay} {
		if mend := known(f); mend != "" {
			return mend
		}
	}
	return ""
}

// passOSUsers is the key that lets people pass their own OS user, where a service control policy keeps them from it.
func (j *Judgement) passOSUsers(f *prove.Finding) string {
	if f.ID != "declared-journeys-work" || f.Journey == nil || f.Witness == nil ||
		f.Witness.By().Kind != access.ServiceControlPolicySource ||
		!slices.ContainsFunc(f.Journey.Via, func(h journey.Hop) bool { return len(h.Tags) > 0 }) {
		return ""
	}
	for _, s := range j.beside {
		if s.Organization != nil && s.Organization.ProtectGuardrails != nil &&
			!s.Organization.ProtectGuardrails.OwnOSUsers {
			return "write ownOSUsers: true under guardrails:organization.protectGuardrails in " + filepath.Base(s.File)
		}
	}
	return ""
}

// openTheWay is the other half of a role that somebody of another account assumes: the account in the MFA group of
// the person's account.
func (j *Judgement) openTheWay(f *prove.Finding) string {
	if f.ID != "declared-journeys-work" || f.Journey == nil {
		return ""
	}
	person, err := policy.ParseARN(f.Journey.From.Subject())
	role, roleErr := policy.ParseARN(f.Subject)
	if err != nil || roleErr != nil || person.Account == role.Account {
		return ""
	}
	for _, s := range j.beside {
		if s.Account.ID == person.Account && s.MFA != nil && !slices.Contains(s.MFA.RoleAccounts, role.Account) {
			return fmt.Sprintf("add %q to guardrails:mfa.roleAccounts in %s", role.Account, filepath.Base(s.File))
		}
	}
	return ""
}
