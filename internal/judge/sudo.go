package judge

import (
	"slices"

	"aws-access-guardrails/access/claims"
)

// findSudo notes logins with sudo where no operation role names them, of which the proof legal-os-user speaks: those
// of OS access, of grants, and the default user.
func (j *Judgement) findSudo() {
	var logins []string
	if s := j.Stack.Sessions; s != nil {
		logins = append(logins, s.RunAs.DefaultUser)
	}
	if o := j.Stack.OSAccess; o != nil {
		logins = append(logins, o.RunAs)
	}
	for i := range j.Stack.Grants {
		logins = append(logins, j.Stack.Grants[i].RunAs)
	}
	for _, login := range logins {
		if a, has := claims.SudoOfImages(login); has && !slices.Contains(j.Gaps, a) {
			j.Gaps = append(j.Gaps, a)
		}
	}
}
