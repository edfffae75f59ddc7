package claim

import (
	"slices"
	"strings"

	"aws-access-guardrails/access/claims/internal/rests"
	"aws-access-guardrails/access/intent"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/model"
	"aws-access-guardrails/access/internal/search"
	"aws-access-guardrails/policy"
)

// EveryCall asks a question of sessions, the assuming of roles included.
func (p *Prover) EveryCall(q search.Question, sessions ...engine.Session) search.Answer {
	a := p.AskAll(q, sessions...)
	for _, s := range sessions {
		c := p.Caller(s)
		a = a.And(c.AskStrangers(q))
		for _, role := range p.RolesTrusting(c) {
			a = a.And(c.AskAssume(role, q))
		}
	}
	return a
}

// RolesTrusting are the roles of the world whose trust policy names the caller or the caller's account.
func (p *Prover) RolesTrusting(c *search.Caller) []*engine.Principal {
	if have, known := p.trusting[c.Principal]; known {
		return have
	}
	var roles []*engine.Principal
	ev := c.Env()
	for _, role := range p.trustIndex().candidates(c.Principal) {
		if slices.ContainsFunc(
			role.Trust.Allow,
			func(st *engine.Statement) bool { return st.PrincipalGrade(ev) != engine.NotTrusted },
		) {
			roles = append(roles, role)
		}
	}
	if p.trusting == nil {
		p.trusting = map[*engine.Principal][]*engine.Principal{}
	}
	p.trusting[c.Principal] = roles
	return roles
}

// KnownRoles speaks of the roles of the world.
func (p *Prover) KnownRoles() []*engine.Statement {
	if p.roles == nil {
		p.roles = []*engine.Statement{}
		var arns []string
		for i := range p.Engine.World().Accounts {
			a := &p.Engine.World().Accounts[i]
			for j := range a.Roles {
				arns = append(arns, model.Literally(a.Roles[j].ARN(a)))
			}
		}
		if len(arns) > 0 {
			p.roles = append(p.roles, engine.MustStatement(policy.Allow("", "*").On(arns...)))
		}
	}
	return p.roles
}

// Trust asks a question of everybody whom the trust policy of a role may let in.
func (p *Prover) Trust(r intent.Role, q search.Question) search.Answer {
	return search.AskTrust(p.Engine, p.Engine.Principals[r.ARN], q)
}

// Literals writes texts as values that match themselves alone.
func Literals(texts []string) []string {
	out := make([]string, len(texts))
	for i, text := range texts {
		out[i] = strings.ReplaceAll(text, "$", "${$}")
	}
	return out
}

// Asking is search.Asking for questions that are asked of many: statements that were compiled for one serve the others,
// with what was found out about them.
func (p *Prover) Asking(forbidden []policy.Statement, permitted ...policy.Statement) search.Question {
	q := search.Question{Forbidden: p.compiled(forbidden)}
	for i := range permitted {
		q.Permitted = append(q.Permitted, p.compiled(permitted[i:i+1])...)
	}
	return q
}

func (p *Prover) compiled(statements []policy.Statement) []*engine.Statement {
	if p.questions == nil {
		p.questions = map[rests.Digest][]*engine.Statement{}
	}
	key := rests.DigestOf(statements)
	have, known := p.questions[key]
	if !known {
		have = search.Asking(statements).Forbidden
		p.questions[key] = have
	}
	return have
}

// Caller is the class of a session. Classes are kept, with what was solved for them, for the proofs that follow.
func (p *Prover) Caller(s engine.Session) *search.Caller {
	id := s.String()
	if have, ok := p.callers[id]; ok {
		return have
	}
	account := policy.ARNPart(s.Subject(), 4)
	if p.solved[account] == nil {
		p.solved[account] = search.NewSolved()
	}
	c, _ := search.NewCaller(p.Engine, s, p.solved[account])
	if role := p.Engine.Principals[s.Subject()]; role != nil && role.Kind == engine.RolePrincipal {
		c.FreeTag = search.FreeTags(p.Engine, role)
		if s.Kind == engine.IdentityCenterSession {
			c.FreeTag = func(string) bool { return true }
		}
	}
	p.callers[id] = c
	return c
}

// AskAll asks a question of several sessions and joins the answers.
func (p *Prover) AskAll(q search.Question, sessions ...engine.Session) search.Answer {
	a := search.Answer{Denied: true}
	for _, s := range sessions {
		c := p.Caller(s)
		a = a.And(c.Ask(q)).And(c.AskAbroad(q))
	}
	return a
}
