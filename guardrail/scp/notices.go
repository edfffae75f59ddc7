package scp

import (
	"fmt"
	"strings"

	"aws-access-guardrails/access/doors"
	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/policy"
	"aws-access-guardrails/problem"
)

// Notices says what the guardrails leave open, and what the switch for remote execution would close. Paths are
// relative to the section "organization". It expects values that Validate accepts.
//
// Dead says what is dead in a document: actions that AWS does not have, conditions that no request meets. Nil says
// nothing of it.
func (a *Args) Notices(dead func(policy.Document) []string) guardrail.Notices {
	var n guardrail.Notices
	if len(a.Policies)+len(a.guardrails()) > 0 {
		n.Add(
			"management",
			"no service control policy applies to the management account "+a.Management+": keep people and nodes out of it",
		)
	}
	if g := a.OSAccessOnly; g != nil {
		if outside := a.outside(g.Targets); len(outside) > 0 {
			n.Add("osAccessOnly.targets", "doors stay open in "+strings.Join(outside, ", "))
		}
		for i, name := range g.PermissionSets {
			n.Add(
				problem.Path("osAccessOnly.permissionSets").Index(i),
				"whoever may assign or change the permission set "+name+" in IAM Identity Center opens shells",
			)
		}
		a.noticeRemoteExecution(&n)
	}
	if g := a.ProtectGuardrails; g != nil {
		for i, role := range g.CredentialAdmins {
			n.Add(
				problem.Path("protectGuardrails.credentialAdmins").Index(i),
				role+" can become every person of "+strings.Join(a.People(), ", ")+", and use what they can",
			)
		}
		for i, role := range g.StackSetAdmins {
			n.Add(
				problem.Path("protectGuardrails.stackSetAdmins").Index(i),
				role+" can become every role that stack sets and Quick Setup make in any account, "+guardrail.TokenRoleName+" among them",
			)
		}
		if len(a.People()) == 0 {
			n.Add(
				"protectGuardrails.peopleAccounts",
				"no account is listed, so administrators can change the credentials of every user of their account",
			)
		}
		if outside := a.outside(g.Targets); len(outside) > 0 {
			n.Add("protectGuardrails.targets", "nothing is protected in "+strings.Join(outside, ", "))
		}
	}
	for i, id := range a.AllowList {
		n.Add(
			problem.Path("allowList").Index(i),
			"what is proven below "+id+" counts on FullAWSAccess being detached from it, which Pulumi does not do: up prints the line, for after the policies are attached",
		)
	}
	a.noticeIdle(&n, dead)
	if g := a.ConsolePasswords; g != nil && g.ExemptRoot {
		n.Add("consolePasswords.exemptRoot", "the root user of every account can set console passwords")
	}
	plan, err := a.Plan()
	if err != nil {
		return n
	}
	for _, m := range plan.Moves {
		n.Add(
			"placement",
			m.Sid+" does not fit into "+m.From+" any more: "+strings.Join(
				m.Steps(),
				", ",
			)+fmt.Sprintf(
				"; then write %s: [%s]",
				m.Sid,
				m.To,
			),
		)
	}
	for _, sid := range plan.Doubled {
		n.Add(
			problem.Path("placement").Join(problem.Path(sid)),
			"step 1 of 2 of a move: "+sid+" stands in "+strings.Join(
				a.Placement[sid],
				" and ",
			)+"; deploy this, and then leave one of them",
		)
	}
	if plan.Unplaced {
		n.Add(
			"placement",
			"a guardrail takes several policies; record where its statements stand, so that none moves when something is added: "+placementWords(
				plan,
			),
		)
	}
	return n
}

// outside are the member accounts that stand under none of the targets, in the order of the tree.
func (a *Args) outside(targets []string) []string {
	var ids []string
	a.Tree.walk(func(t target) {
		if t.account && t.id != a.Management && !t.under(targets) {
			ids = append(ids, t.id)
		}
	})
	return ids
}

func (a *Args) noticeRemoteExecution(n *guardrail.Notices) {
	const path = "osAccessOnly.remoteExecution.mode"
	switch a.OSAccessOnly.RemoteExecution.mode() {
	case RemoteExecutionOff:
		n.Add(
			path,
			"administrators of accounts run commands on nodes as root: "+strings.Join(
				doors.In(doors.RemoteExecution),
				", ",
			),
		)
	case RemoteExecutionReport:
		n.Add(
			path,
			"administrators of accounts run commands on nodes as root; deny would deny "+strings.Join(
				doors.In(doors.RemoteExecution),
				", ",
			)+
				" and changes of documents that are run to everybody but "+strings.Join(
				a.remoteExempt(),
				", ",
			),
		)
	case RemoteExecutionDeny:
	}
}

// placementWords are the entries of Plan.Placement as the stack file has them, in the order of the guardrails.
func placementWords(plan Plan) string {
	placement := plan.Placement()
	var words []string
	seen := map[string]bool{}
	for _, planned := range plan.Policies {
		for _, s := range planned.Document.Statements {
			if places := placement[s.Sid]; len(places) > 0 && !seen[s.Sid] {
				seen[s.Sid] = true
				words = append(words, s.Sid+": ["+strings.Join(places, ", ")+"]")
			}
		}
	}
	return "{" + strings.Join(words, ", ") + "}"
}
