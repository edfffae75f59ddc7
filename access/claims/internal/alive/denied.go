package alive

import (
	"fmt"

	"aws-access-guardrails/access/claims/internal/claim"
	"aws-access-guardrails/access/intent"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/model"
	"aws-access-guardrails/access/journey"
	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// deployerNotLockedOut: the calls with which a deployer takes back what is deployed.
func deployerNotLockedOut(p *claim.Prover, in *intent.Account) {
	if in.Deployer == "" {
		return
	}
	notDenied(p, in, in.Deployer, undoing(p, in))
}

// undoing are the calls that change and remove every principal and policy of the account.
func undoing(p *claim.Prover, in *intent.Account) []engine.Request {
	account, _ := p.Engine.AccountOf(in.Account)
	var calls []engine.Request
	onResource := func(arn string, actions ...string) {
		for _, action := range actions {
			calls = append(
				calls,
				engine.Request{
					Action:    "iam:" + action,
					Resources: []engine.Resource{{ARN: arn, Tags: []world.Tag{}}},
					Time:      p.Engine.Day(),
				},
			)
		}
	}
	for i := range account.Groups {
		onResource(
			account.Groups[i].ARN(account),
			"CreateGroup",
			"DeleteGroup",
			"DeleteGroupPolicy",
			"PutGroupPolicy",
			"AddUserToGroup",
			"RemoveUserFromGroup",
			"AttachGroupPolicy",
			"DetachGroupPolicy",
		)
	}
	for i := range account.Users {
		onResource(
			account.Users[i].ARN(account),
			"CreateUser",
			"DeleteUser",
			"TagUser",
			"UntagUser",
			"UpdateUser",
			"DeleteLoginProfile",
			"DeactivateMFADevice",
		)
	}
	for i := range account.Roles {
		onResource(
			account.Roles[i].ARN(account),
			"CreateRole",
			"DeleteRole",
			"TagRole",
			"UntagRole",
			"UpdateRole",
			"UpdateAssumeRolePolicy",
			"PutRolePolicy",
			"DeleteRolePolicy",
			"AttachRolePolicy",
			"DetachRolePolicy",
			"PutRolePermissionsBoundary",
			"DeleteRolePermissionsBoundary",
		)
	}
	for i := range account.Policies {
		if policy.ARNPart(account.Policies[i].ARN, 4) != "aws" {
			onResource(
				account.Policies[i].ARN,
				"CreatePolicy",
				"CreatePolicyVersion",
				"DeletePolicy",
				"DeletePolicyVersion",
				"SetDefaultPolicyVersion",
			)
		}
	}
	for _, region := range in.Regions {
		document := p.Account(in).Arn("ssm", region, "document/"+world.PreferencesDocument)
		for _, action := range []string{"CreateDocument", "UpdateDocument", "UpdateDocumentDefaultVersion", "DeleteDocument"} {
			calls = append(
				calls,
				engine.Request{
					Action:    "ssm:" + action,
					Resources: engine.On(document),
					Context:   engine.Context{"ssm:DocumentType": {"Session"}},
					Time:      p.Engine.Day(),
				},
			)
		}
	}
	return calls
}

// breakGlassNotLockedOut: a role for emergencies undoes what is deployed, too.
func breakGlassNotLockedOut(p *claim.Prover, in *intent.Account) {
	for _, arn := range in.BreakGlass {
		notDenied(p, in, arn, undoing(p, in))
	}
}

// notDenied: nothing that the world has denies the calls to somebody whose own policies allow everything. Their own
// policies of such a caller are the caller's affair, unless the world has them.
func notDenied(p *claim.Prover, in *intent.Account, arn string, calls []engine.Request) {
	f := p.Begin(in, arn)
	e, s := p.Engine, engine.Session{}
	if who, known := p.Engine.Principals[arn]; known {
		s = p.Strongest(in, who)
	} else if e, s = model.WithStranger(p.Engine, arn, &model.Model{Keys: map[string]engine.Values{"aws:multifactorauthpresent": engine.Single("true")}}); e == nil {
		f.Verdict, f.Problem = prove.DoesNotHold, fmt.Sprintf("%q is no user or role", arn)
		p.Add(f)
		return
	}
	FirstDenied(&f, e, s, calls, func(call *engine.Request, d engine.Decision) string {
		return fmt.Sprintf("%s on %s is %s", call.Action, call.Resources[0].ARN, d.Outcome)
	})
	p.Add(f)
}

// FirstDenied makes the calls of somebody whose own policies allow everything, and concludes at the first one that
// something else denies, or that cannot be decided: with what denies it, in the words of the claim, and the journey.
// Own policies that allow too little are no denial: a caller whom the world does not have brings them along.
func FirstDenied(
	f *prove.Finding,
	e *engine.Engine,
	s engine.Session,
	calls []engine.Request,
	says func(*engine.Request, engine.Decision) string,
) {
	for i := range calls {
		f.Classes++
		d, err := e.Decide(s, calls[i])
		switch {
		case err != nil:
			f.Verdict, f.Problem = prove.DoesNotHold, "cannot be decided: "+err.Error()
		case d.Outcome == engine.ExplicitlyDenied,
			d.Outcome == engine.ImplicitlyDenied && d.By.Kind != engine.IdentityPolicy:
			f.Verdict, f.Problem, f.By = prove.DoesNotHold, says(&calls[i], d), []engine.Source{d.By}
		}
		if f.Verdict == prove.DoesNotHold {
			j := journey.Journey{From: s, Does: &calls[i], At: calls[i].Time}
			if arrival, err := journey.Walk(e, j); err == nil {
				f.Witness, f.Journey = &arrival, &j
			}
			return
		}
	}
}
