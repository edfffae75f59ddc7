package nodes

import (
	"aws-access-guardrails/access/claims/internal/claim"
	"aws-access-guardrails/access/intent"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/search"
	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// OnlyListedDocuments: a session document decides about Run As, logs and where a port leads.
func OnlyListedDocuments(p *claim.Prover, in *intent.Account) {
	account := p.Account(in)
	for _, r := range in.OpeningRoles() {
		if p.ToldOfAnother(r.ARN) {
			continue
		}
		var listed []string
		for _, name := range r.SessionDocuments() {
			listed = append(listed, account.Partition.DocumentARN("*", account.ID, name))
		}
		meant := []policy.Statement{policy.Allow("", "*").On(listed...)}
		if r.Desktops {
			meant = append(meant, policy.Allow("", "*").On(
				account.Partition.DocumentARN("*", account.ID, world.PortDocument),
			).
				When(policy.Is(policy.Operator{Quantifier: policy.ForAnyValue, Base: policy.OpStringEquals}, "aws:CalledVia", "ssm-guiconnect.amazonaws.com")))
		}
		f := p.Begin(in, r.ARN)
		for _, name := range r.Documents {
			// Port forwarding to the node itself is the one document of AWS that stays with the node and its project.
			if policy.DocumentOfAWS(name) && name != world.PortDocument {
				f.Waivers = append(
					f.Waivers,
					prove.Waiver{
						Key:  r.Waived + ".allowUnlogged",
						Text: "sessions with " + name + " leave the project, the OS user or the logs",
					},
				)
			}
		}
		freedoms(p, &f, in, r.Documents)
		if f.Verdict == prove.DoesNotHold {
			p.Add(f)
			continue
		}
		q := search.Asking(
			[]policy.Statement{policy.Allow("", "ssm:StartSession").On("arn:*:ssm:*:*:document/*")},
			meant...,
		)
		p.Conclude(
			f,
			p.AskAll(q, p.Operation(in, &r.OperationRole)),
			"a session document that is not listed can be used",
		)
	}
}

// SessionTag is the condition key of the tag by which Systems Manager tells whose a session is.
const SessionTag = "ssm:resourceTag/aws:ssmmessages:session-id"

// OwnSessionsOnly: sessions are told apart by the tag that Systems Manager puts on them; a session id begins with a
// name that others can have.
func OwnSessionsOnly(p *claim.Prover, in *intent.Account) {
	account := p.Account(in)
	q := search.Asking(
		[]policy.Statement{policy.Allow("", "ssm:ResumeSession", "ssm:TerminateSession").On("*")},
		policy.Allow("", "*").
			On(account.Arn("ssm", "*", "session/*")).
			When(policy.StringEquals(SessionTag, "${aws:userid}")),
	)
	for _, who := range p.Everybody(in) {
		if p.ToldOfAnother(who.Arn) {
			continue
		}
		f := p.Begin(in, who.Arn)
		for _, r := range p.RolesOf(in)[who.Arn] {
			if sharesSessions(p, &f, r) {
				break
			}
		}
		if f.Verdict == prove.DoesNotHold {
			p.Add(f)
			continue
		}
		p.Conclude(f, p.AskAll(q, p.SessionsOf(in, who)...), "another person's session can be resumed or ended")
	}
}

// sharesSessions says who has the sessions of somebody else: the tag holds the id of the role and the name of the
// session, so that two people whose sessions have one name are the same to it.
func sharesSessions(p *claim.Prover, f *prove.Finding, r intent.Role) bool {
	resuming := search.Asking([]policy.Statement{policy.Allow("", "ssm:ResumeSession", "ssm:TerminateSession").On("*")})
	if len(r.Principals) < 2 || p.AskAll(resuming, engine.AssumedRole(r.ARN, "session")).Shut() {
		return false
	}
	if r.AnySessionName {
		f.Waivers = append(
			f.Waivers,
			prove.Waiver{
				Key:  r.Key + ".sessionName",
				Text: "who names a session like that of another user of the role resumes and ends the other's",
			},
		)
		return true
	}
	names := map[string]string{}
	for _, user := range r.Principals {
		_, _, name := policy.SplitEntity(user)
		if other, taken := names[name]; taken {
			f.Verdict, f.Problem = prove.DoesNotHold, other+" and "+user+" have one name, so each can resume and end the sessions of the other"
			return true
		}
		names[name] = user
	}
	return false
}
