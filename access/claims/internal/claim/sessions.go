package claim

import (
	"slices"
	"strings"
	"time"

	"aws-access-guardrails/access/claims/internal/rests"
	"aws-access-guardrails/access/intent"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/model"
	"aws-access-guardrails/access/internal/search"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// OwnOSUserTag is the session tag with which a user gets their own OS user.
func (p *Prover) OwnOSUserTag(user string) world.Tag {
	tag := world.Tag{Key: world.RunAsTag, Value: rests.SomeOSUser}
	if who, known := p.Engine.Principals[user]; known && !who.Stranger {
		tag.Value = engine.FindTag(who.Tags, world.RunAsTag).One
	}
	return tag
}

// Account is the account of an intent.
func (p *Prover) Account(in *intent.Account) *engine.CompiledAccount {
	return p.Engine.Accounts[in.Account]
}

// working is an instant at which a user or role can do what it is for: inside of its window, where it has one that is
// not over.
func (p *Prover) working(in *intent.Account, arn string) time.Time {
	day := p.Engine.Day()
	for _, r := range p.RolesOf(in)[arn] {
		if p.Engine.Since.IsZero() && !r.From.IsZero() || r.From.After(day) {
			return r.From
		}
	}
	return day
}

// Strongest is the session in which a user or role can do most.
func (p *Prover) Strongest(in *intent.Account, who *engine.Principal) engine.Session {
	if who.Kind == engine.UserPrincipal {
		return engine.ConsoleWithMFA(who.Arn, model.SomeAge)
	}
	return p.RoleSession(in, who)
}

// Operation is a session of an operation role.
func (p *Prover) Operation(in *intent.Account, r *intent.OperationRole) engine.Session {
	return p.Operations(in, r)[0]
}

// Operations are the sessions of an operation role that differ: one, or one for each of its people where each has
// their own OS user. There is always one; the OS users of people whom the world does not have are taken to be logins.
func (p *Prover) Operations(in *intent.Account, r *intent.OperationRole) []engine.Session {
	if !r.OwnOSUser {
		return []engine.Session{p.RoleSession(in, p.Engine.Principals[r.ARN])}
	}
	var sessions []engine.Session
	for _, user := range r.Principals {
		_, _, name := policy.SplitEntity(user)
		sessions = append(sessions, engine.AssumedRole(r.ARN, name, p.OwnOSUserTag(user)))
	}
	if sessions == nil {
		return []engine.Session{p.RoleSession(in, p.Engine.Principals[r.ARN])}
	}
	return sessions
}

// RolesOf are the roles of an intent by their ARNs.
func (p *Prover) RolesOf(in *intent.Account) map[string][]intent.Role {
	if have, known := p.intended[in]; known {
		return have
	}
	roles := map[string][]intent.Role{}
	for _, r := range in.Roles() {
		roles[r.ARN] = append(roles[r.ARN], r)
	}
	if p.intended == nil {
		p.intended = map[*intent.Account]map[string][]intent.Role{}
	}
	p.intended[in] = roles
	return roles
}

// Everybody are the users and roles of an account whom claims about "nobody" speak of: all but administrators, and
// but the roles of AWS services, which nobody assumes. The roles of permission sets are left to ProveIdentityCenter
// where the world has the instance.
func (p *Prover) Everybody(in *intent.Account) []*engine.Principal {
	account, _ := p.Engine.AccountOf(in.Account)
	var all []*engine.Principal
	for i := range account.Users {
		all = append(all, p.Engine.Principals[account.Users[i].ARN(account)])
	}
	for i := range account.Roles {
		all = append(all, p.Engine.Principals[account.Roles[i].ARN(account)])
	}
	return slices.DeleteFunc(all, func(who *engine.Principal) bool {
		return who.ServiceLinked || p.Administers(who.Arn) ||
			p.Engine.World().IdentityCenter != nil && p.Engine.PermissionSetOf(who.Arn) != ""
	})
}

// SessionsOf are the ways in which a user or role of the account makes calls.
func (p *Prover) SessionsOf(in *intent.Account, who *engine.Principal) []engine.Session {
	if who.Kind == engine.UserPrincipal {
		return search.SignIns(who.Arn)
	}
	return []engine.Session{p.RoleSession(in, who)}
}

// RoleSession is a session of a role. What becomes of the attributes of IAM Identity Center is not in the account, so
// they can be any.
func (p *Prover) RoleSession(in *intent.Account, role *engine.Principal) engine.Session {
	name := p.sessionName(in, role)
	if _, path, _ := policy.SplitEntity(role.Arn); strings.HasPrefix(path, policy.PermissionSetRolePath) {
		return engine.IdentityCenter(role.Arn, name)
	}
	return engine.AssumedRole(role.Arn, name)
}

// sessionName is a name that a session of a role can have: that of a user who may assume it.
func (p *Prover) sessionName(in *intent.Account, role *engine.Principal) string {
	for _, r := range p.RolesOf(in)[role.Arn] {
		if r.IdentityCenter.Name != "" {
			return r.IdentityCenter.Name
		}
		if len(r.Principals) > 0 {
			_, _, name := policy.SplitEntity(r.Principals[0])
			return name
		}
	}
	return "session"
}
