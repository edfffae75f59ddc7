package organization

import (
	"slices"
	"strings"

	"aws-access-guardrails/access/doors"
	"aws-access-guardrails/access/internal/search"
	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/policy"
)

// doorsForExemptRolesOnly: whoever is not exempt opens none of the doors. They are asked about together; where one
// opens in doubt each is asked about alone, so that it does not hide what opens for certain.
func (p *prover) doorsForExemptRolesOnly() {
	d := p.in.Doors
	if d == nil {
		return
	}
	for _, id := range d.Accounts {
		a := p.eachOf(id, doors.In(doors.Sessions), d.Sessions)
		a = a.And(p.eachOf(id, doors.In(doors.OtherDoors), d.OtherDoors))
		p.Conclude(p.finding(id), a, "somebody who is not exempt opens a door")
	}
	if len(d.Outside) > 0 {
		p.waived(p.in.Account, "organization.osAccessOnly.targets", "doors stay open in "+strings.Join(d.Outside, ", "))
	}
}

// eachOf asks whether somebody but the exempt roles makes one of the calls, on whatever they are about.
func (p *prover) eachOf(id string, actions, exempt []string, conditions ...policy.Condition) search.Answer {
	ask := func(actions ...string) search.Answer {
		return p.everybodyOf(id, []policy.Statement{policy.Allow("", actions...).On("*").When(conditions...)}, exempt)
	}
	all := ask(actions...)
	if !all.Open || all.Rank() == search.WorstRank {
		return all
	}
	a := search.Answer{Denied: true}
	for _, action := range actions {
		a = a.And(ask(action))
	}
	return a
}

func (p *prover) remoteExecution() {
	d := p.in.Doors
	if d == nil {
		return
	}
	if d.RemoteExecutionOpen {
		p.waived(
			p.in.Account,
			"organization.osAccessOnly.remoteExecution.mode",
			"administrators of accounts run commands on nodes as root",
		)
		return
	}
	for _, id := range d.Accounts {
		a := p.eachOf(id, doors.In(doors.RemoteExecution), d.RemoteExecution)
		// An association runs whatever its document says on the day.
		a = a.And(
			p.eachOf(
				id,
				doors.In(doors.RunDocuments),
				d.RemoteExecution,
				policy.StringEquals("ssm:DocumentType", doors.RunnableDocuments()...),
			),
		)
		p.Conclude(p.finding(id), a, "somebody who is not exempt runs commands on nodes")
	}
}

// consolePasswords: whoever has an access key gets a console sign-in with sts:GetFederationToken.
func (p *prover) consolePasswords() {
	w := p.in.Passwords
	if w == nil {
		return
	}
	if slices.Contains(w.JumpAccounts, p.in.Management) {
		f := p.finding(p.in.Management)
		f.Verdict, f.Problem = prove.DoesNotHold, "the jump account is the management account, which no service "+
			"control policy binds"
		p.Add(f)
	}
	for _, id := range w.Accounts {
		if id == p.in.Management || slices.Contains(w.JumpAccounts, id) {
			continue
		}
		f, exempt := p.finding(id), w.Exempt
		if w.RootExempt {
			f.Waivers = append(
				f.Waivers,
				prove.Waiver{
					Key:  "organization.consolePasswords.exemptRoot",
					Text: "the root user of every account sets console passwords",
				},
			)
			exempt = append(slices.Clip(exempt), "arn:*:iam::*:root")
		}
		a := p.eachOf(id, doors.In(doors.ConsolePasswords), exempt)
		a = a.And(p.eachOf(id, doors.In(doors.FederationTokens), nil))
		p.Conclude(f, a, "a user gets a console sign-in outside of the jump accounts")
	}
}

func (p *prover) rootUsers() {
	for _, id := range p.in.RootAccounts {
		if id != p.in.Management {
			p.Conclude(
				p.finding(id),
				p.root(id, search.Asking(search.Anything)),
				"the root user does something with its own credentials",
			)
		}
	}
}
