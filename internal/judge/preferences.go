package judge

import (
	"fmt"
	"strings"
	"time"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/problem"
)

// elsewhere names the Regions whose preferences no stack sets: none is called so.
const elsewhere = "xx-elsewhere-1"

// findShellsElsewhere notices delegated roles that open shells in Regions whose preferences the stack does not set.
// Roles that the stack makes for shells cannot: their policies deny it, and legal-os-user proves it.
func (j *Judgement) findShellsElsewhere(e *access.Engine) {
	s := j.Stack
	set := "no Region"
	if p := s.Preferences(); p != nil && len(p.Regions) > 0 {
		set = strings.Join(p.Regions, ", ")
	}
	account := s.Account
	for i, role := range s.Delegated() {
		document := account.Partition.DocumentARN(elsewhere, account.ID, world.PreferencesDocument)
		d, err := e.Decide(access.AssumedRole(role.RoleARN(), "session"), access.Request{
			Action:    "ssm:StartSession",
			Resources: access.On(account.Partition.InstanceARN(elsewhere, account.ID, "i-0123456789abcdef0"), document),
			Time:      time.Unix(0, 0),
		})
		if err != nil || !d.Allowed() {
			continue
		}
		path := problem.Path("guardrails:delegatedRoles").Index(i)
		j.Notices = append(j.Notices, s.Notice(path, fmt.Sprintf(
			"%q opens shells, and the stack sets the preferences of %s: in other Regions they are %s's, with sudo; list every Region with nodes, or shut them in the organization (osAccessOnly)",
			role.Name,
			set,
			world.AgentUser,
		)))
	}
}
