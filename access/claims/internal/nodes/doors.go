package nodes

import (
	"slices"

	"aws-access-guardrails/access/claims/internal/claim"
	"aws-access-guardrails/access/doors"
	"aws-access-guardrails/access/intent"
	"aws-access-guardrails/access/internal/search"
	"aws-access-guardrails/policy"
)

// OtherDoors are the ways onto machines that are no Session Manager session, what makes such a way, and what changes
// the code that a node runs.
var OtherDoors = append([]string{"ec2-instance-connect:*"}, claim.Without(
	doors.In(
		doors.Sessions,
		doors.OtherDoors,
		doors.RemoteExecution,
		doors.Automations,
		doors.SessionDocuments,
		doors.NodeChanges,
	),
	"ssm:ResumeSession",
	"ssm:StartSession",
)...)

// NoOtherDoor: Run As, logs and limits are those of sessions; every other way onto a node goes round them.
func NoOtherDoor(p *claim.Prover, in *intent.Account) {
	for _, r := range in.OpeningRoles() {
		if p.ToldOfAnother(r.ARN) {
			continue
		}
		var meant []policy.Statement
		if r.Desktops {
			meant = append(meant, policy.Allow("", Desktops...).On("*"))
		}
		if r.Passwords {
			meant = append(meant, policy.Allow("", readPassword).On("*"))
		}
		session := p.Operation(in, &r.OperationRole)
		a := p.AskAll(p.Asking([]policy.Statement{policy.Allow("", OtherDoors...).On("*")}, meant...), session)
		core := a
		if !r.Operates {
			core = p.AskAll(p.Asking([]policy.Statement{policy.Allow("", deniedDoors...).On("*")}, meant...), session)
		}
		p.Conclude(p.Begin(in, r.ARN), a, "there is another way onto a node than a session", core)
	}
}

// deniedDoors are those that a Deny is meant to shut in roles of OS access, which carry nothing that changes what nodes
// run.
var deniedDoors = claim.Without(OtherDoors, doors.In(doors.NodeChanges)...)

// Desktops are the calls of remote desktops, and readPassword that of the password which opens them to the
// administrator of a node.
var Desktops = []string{"ssm-guiconnect:*"}

const readPassword = "ec2:GetPasswordData"

// DoorsThroughRolesOnly: a member who opens sessions as the user that he is does so past the roles, their projects
// and their OS users.
func DoorsThroughRolesOnly(p *claim.Prover, in *intent.Account) {
	q := search.Asking(
		[]policy.Statement{
			policy.Allow("", append(slices.Clone(OtherDoors), "ssm:ResumeSession", "ssm:StartSession")...).On("*"),
		},
	)
	for _, member := range in.Members {
		if p.Administers(member) || p.ToldOfAnother(member) {
			continue
		}
		p.Conclude(p.Begin(in, member), p.AskAll(q, search.SignIns(member)...), "a member reaches nodes without a role")
	}
}
