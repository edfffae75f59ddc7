package claim

import (
	"slices"
	"time"

	"aws-access-guardrails/access/intent"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/policy"
)

// FindAdministrators computes who administers: whoever may do each of a few things, any one of which makes an
// administrator, to users, roles and policies that do not exist yet, and so to all.
func (p *Prover) FindAdministrators(intents []intent.Account) {
	for i := range intents {
		in := &intents[i]
		account := p.Account(in)
		for _, who := range p.Everybody(in) {
			if by, all := p.Reigns(p.Strongest(in, who), account, p.working(in, who.Arn)); all {
				p.Report.Administrators = append(p.Report.Administrators, prove.Administrator{
					ARN: who.Arn, By: by, Declared: slices.Contains(in.Administrators, who.Arn),
				})
			}
		}
	}
}

// Reigns reports whether a session can do each of a few things, any one of which makes an administrator, and what
// lets it.
func (p *Prover) Reigns(
	session engine.Session,
	account *engine.CompiledAccount,
	moment time.Time,
) (by engine.Source, all bool) {
	for _, r := range []engine.Request{
		{Action: "iam:PutUserPolicy", Resources: engine.On(account.Arn("iam", "", "user/somebody-new"))},
		{Action: "iam:CreateAccessKey", Resources: engine.On(account.Arn("iam", "", "user/somebody-new"))},
		{Action: "iam:PutRolePolicy", Resources: engine.On(account.Arn("iam", "", "role/something-new"))},
		{Action: "iam:UpdateAssumeRolePolicy", Resources: engine.On(account.Arn("iam", "", "role/something-new"))},
		{Action: "iam:CreatePolicyVersion", Resources: engine.On(account.Arn("iam", "", "policy/something-new"))},
	} {
		r.Time = moment
		d, err := p.Engine.Decide(session, r)
		if err != nil || !d.Allowed() {
			return engine.Source{}, false
		}
		by = d.By
	}
	return by, true
}

// Administers reports whether a user or role is among the administrators that were found.
func (p *Prover) Administers(arn string) bool {
	return slices.ContainsFunc(p.Report.Administrators, func(a prove.Administrator) bool { return a.ARN == arn })
}

// AdministratorsOf are the administrators of an account, as far as proofs read them.
func (p *Prover) AdministratorsOf(account string) []prove.Administrator {
	var own []prove.Administrator
	for _, a := range p.Report.Administrators {
		if policy.ARNPart(a.ARN, 4) == account {
			own = append(own, a)
		}
	}
	return own
}
