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
	q := search.Asking([]policy.Statement{policy.Allow("", OtherDoors...).On("*")})
	for i := range in.OperationRoles {
		r := &in.OperationRoles[i]
		if p.ToldOfAnother(r.ARN) {
			continue
		}
		p.Conclude(
			p.Begin(in, r.ARN),
			p.AskAll(q, p.Operation(in, r)),
			"there is another way onto a node than a session",
		)
	}
}

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
