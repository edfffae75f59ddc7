package operation

import (
	"strings"

	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/problem"
)

// Notices says what roles with RunAsFromUser are not for, and in which roles shells of a person start as somebody
// else than their own OS user. Paths are whole, as those of Validate.
func (a *Args) Notices() guardrail.Notices {
	var n guardrail.Notices
	for i, r := range a.Roles {
		path := problem.Path("operationRoles").Index(i).Child("runAs")
		if r.FromUser() {
			n.Add(
				path,
				"Switch Role of the console does not open the role "+a.RoleName(
					r,
				)+", and neither does a profile of the AWS CLI: they send no session tags; "+
					"guardrails handover prints what does",
			)
			continue
		}
		var others []string
		for _, person := range a.trust(r).Arns() {
			if own := a.OSUsers[person]; own != "" && r.RunAs != "" && own != r.RunAs {
				others = append(others, person+" ("+own+")")
			}
		}
		if len(others) > 0 {
			n.Add(
				path,
				"shells of the role "+a.RoleName(
					r,
				)+" start as "+r.RunAs+", which is not the OS user of "+strings.Join(
					others,
					" and ",
				),
			)
		}
	}
	return n
}
