package search

import (
	"slices"
	"strings"

	"aws-access-guardrails/access/internal/conditionkey"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/pattern"
	"aws-access-guardrails/access/internal/wayin"
	"aws-access-guardrails/policy"
)

// anyone is a class of callers of whom only the entry of a trust policy is known that trusts them: a user named by
// ARN, everybody of an account, everybody at all. Everything that the entry does not fix varies, whether it is in the
// world or not, so that a proof about a trust policy speaks of every caller that AWS can have.
type anyone struct {
	entry *engine.Trusted
	class *wayin.Class
	// fixed are the keys that the entry and the class fix.
	Fixed map[conditionkey.KeyKind]engine.Values
	// shape limits aws:PrincipalArn to what the entry covers; nil when the key is fixed or absent.
	Shape *engine.Statement
}

// NewAnyone makes the class of the users and roles of an entry.
func NewAnyone(e *engine.Engine, entry *engine.Trusted, in *engine.CompiledAccount) *Caller {
	return NewAnyoneOf(e, &wayin.UsersAndRoles, entry, in)
}

// NewAnyoneOf makes the class of those callers of an entry who are of one class; in is the account of the role.
func NewAnyoneOf(e *engine.Engine, class *wayin.Class, entry *engine.Trusted, in *engine.CompiledAccount) *Caller {
	a := &anyone{entry: entry, class: class, Fixed: map[conditionkey.KeyKind]engine.Values{}}
	for _, absent := range class.Absent {
		a.Fixed[absent] = engine.Values{}
	}
	stand := &engine.Principal{
		Kind:     class.Kind,
		Account:  &engine.CompiledAccount{Partition: in.Partition},
		Identity: &engine.PolicyLayer{},
	}
	switch class {
	case &wayin.AWSServices:
		a.Fixed[conditionkey.KeyPrincipalIsService] = engine.Single("true")
		if entry.Kind == policy.PrincipalService && !entry.Wild {
			stand.Name = entry.Text
			a.Fixed[conditionkey.KeyPrincipalServiceName] = engine.Single(entry.Text)
		}
	case &wayin.IdentityProviders:
		if entry.Kind == policy.PrincipalFederated && !entry.Wild {
			stand.Name = entry.Text
		}
	default:
		// Source: IAM User Guide, AWS global condition context keys: it is there on all signed requests.
		a.Fixed[conditionkey.KeyPrincipalIsService] = engine.Single("false")
		a.users(stand, in.Partition)
	}
	c := &Caller{
		Engine:    e,
		Session:   engine.Session{Kind: class.Session},
		Principal: stand,
		Solved:    NewSolved(),
		Any:       a,
		Effort:    newEffort(e),
	}
	c.Search = NewSearch(NewBinder(c))
	return c
}

// users says what an entry fixes of users and roles.
func (a *anyone) users(stand *engine.Principal, p policy.Partition) {
	entry, partition := a.entry, string(p)
	switch {
	case entry.Kind == policy.PrincipalAny || entry.Kind == policy.PrincipalCanonical:
		a.OfAccount(stand, "????????????")
	case entry.AccountID != "":
		stand.Account.ID = entry.AccountID
		a.Fixed[conditionkey.KeyPrincipalAccount] = engine.Single(entry.AccountID)
		a.OfAccount(stand, entry.AccountID)
	case entry.SessionRole != "":
		stand.Account.ID = entry.SessionAccount
		a.Fixed[conditionkey.KeyPrincipalAccount] = engine.Single(entry.SessionAccount)
		a.Fixed[conditionkey.KeyUserName], a.Fixed[conditionkey.KeyMFAPresent], a.Fixed[conditionkey.KeyMFAAge] = engine.Values{}, engine.Values{}, engine.Values{}
		roles := "arn:" + partition + ":iam::" + entry.SessionAccount + ":role/"
		a.Shape = arnShape(roles+entry.SessionRole, roles+"*/"+entry.SessionRole)
	default:
		stand.Account.ID = policy.ARNPart(entry.Text, 4)
		stand.Arn = entry.Text
		a.Fixed[conditionkey.KeyPrincipalARN], a.Fixed[conditionkey.KeyPrincipalAccount] = engine.Single(
			entry.Text,
		), engine.Single(
			stand.Account.ID,
		)
		kind, _, name := policy.SplitEntity(entry.Text)
		if kind == "user" {
			a.Fixed[conditionkey.KeyUserName] = engine.Single(name)
		} else {
			stand.Kind = engine.RolePrincipal
			// A role session carries neither a user name nor MFA.
			a.Fixed[conditionkey.KeyUserName], a.Fixed[conditionkey.KeyMFAPresent], a.Fixed[conditionkey.KeyMFAAge] = engine.Values{}, engine.Values{}, engine.Values{}
		}
	}
}

// OfAccount limits the class to the users and roles of the accounts of a form.
func (a *anyone) OfAccount(stand *engine.Principal, id string) {
	arn := "arn:" + string(stand.Account.Partition) + ":iam::" + id
	a.Shape = arnShape(arn+":user/?*", arn+":role/?*")
}

// named is the class of those callers of the class who have a user name.
func (a *anyone) named(name string, p policy.Partition) *anyone {
	if a.Shape == nil || policy.ValidateUserName(name) != nil {
		return a
	}
	other := *a
	account := "????????????"
	if v := a.Fixed[conditionkey.KeyPrincipalAccount]; v.Present {
		account = v.One
	}
	other.Shape = arnShape(
		"arn:"+string(p)+":iam::"+account+":user/"+name,
		"arn:"+string(p)+":iam::"+account+":user/*/"+name,
	)
	return &other
}

func arnShape(patterns ...string) *engine.Statement {
	return engine.MustStatement(policy.Allow("", "*").On("*").When(policy.ArnLike("aws:PrincipalArn", patterns...)))
}

// constant is the value of a key that the entry fixes. Of the keys of a session it leaves everything else open.
func (a *anyone) constant(k *conditionkey.Key) (engine.Values, bool) {
	if k.Kind == conditionkey.KeyAssumedRoot {
		return engine.Values{}, true
	}
	v, fixed := a.Fixed[k.Kind]
	return v, fixed
}

// never is what AWS guarantees about the keys of users and roles.
//
// Source: IAM User Guide, AWS global condition context keys.
func (a *anyone) never() []*engine.Statement {
	calls := []*engine.Statement{engine.MustStatement(policy.Deny("", a.callsOfOthers()...).On("*"))}
	if a.class == &wayin.IdentityProviders {
		calls = append(
			calls,
			engine.MustStatement(policy.Deny("", "*").On("*").When(policy.Bool("aws:PrincipalIsAWSService", true))),
		)
	}
	if a.class != &wayin.UsersAndRoles {
		// Whoever has neither a name nor MFA goes against none of the others.
		return calls
	}
	const present, age, name = "aws:MultiFactorAuthPresent", "aws:MultiFactorAuthAge", "aws:username"
	rules := []policy.Statement{
		// The age is there exactly when MFA is.
		policy.Deny("", "*").On("*").When(policy.Present(age), policy.BoolIfExists(present, false)),
		policy.Deny("", "*").On("*").When(policy.Absent(age), policy.Bool(present, true)),
		// Only users have a user name, and every user has one.
		policy.Deny("", "*").
			On("*").
			When(policy.Absent(name), policy.ArnLike("aws:PrincipalArn", "arn:*:iam::*:user/*")),
		policy.Deny("", "*").
			On("*").
			When(policy.Present(name), policy.ArnNotLike("aws:PrincipalArn", "arn:*:iam::*:user/*")),
		// A role session carries no MFA.
		policy.Deny("", "*").
			On("*").
			When(policy.Present(present), policy.ArnNotLike("aws:PrincipalArn", "arn:*:iam::*:user/*")),
	}
	for _, r := range rules {
		calls = append(calls, engine.MustStatement(r))
	}
	return calls
}

// callsOfOthers are the calls with which callers of other classes assume roles.
//
// Source: AWS STS API Reference, AssumeRole, AssumeRoleWithSAML, AssumeRoleWithWebIdentity.
func (a *anyone) callsOfOthers() []string {
	const own, saml, web = "sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"
	switch {
	case a.class != &wayin.IdentityProviders:
		return []string{saml, web}
	case a.entry.Kind != policy.PrincipalFederated || a.entry.Wild:
		return []string{own}
	case strings.Contains(a.entry.Text, ":saml-provider/"):
		return []string{own, web}
	}
	return []string{own, saml}
}

// AskTrust answers a question about what the trust policy of a role allows, whoever calls: each class of callers that
// an entry of a statement names is asked about.
func AskTrust(e *engine.Engine, role *engine.Principal, q Question) Answer {
	a, together := Answer{Denied: true}, &Together{}
	for _, way := range wayin.Of(role) {
		a = a.And(AskWayIn(e, role, way, together.Anyone(e, way, role), q))
	}
	if !a.Open {
		// Nothing that is attached to a caller widens a trust policy.
		a.Denied = false
	}
	return a
}

// Together are the ways into one role of which one question asks. A trust policy can name many accounts, each of which
// is a class of callers: what is tried for all of them is bounded together. The zero value has tried nothing.
type Together struct{ assignments, unsure int }

// maxTogether bounds how many values of open keys are tried for all ways into a role. The ways of a trust policy that
// compares one policy variable try about ten values each.
const maxTogether = 4 * maxAssignments

// maxUnsure bounds for how many open keys of all ways into a role the values are looked for in vain: each time costs a
// long search and leaves the answer uncertain.
const maxUnsure = 8

// looks reports whether values of another open key are to be looked for.
func (t *Together) looks() bool { return t == nil || t.unsure < maxUnsure }

// found notes whether all values of an open key were found.
func (t *Together) found(sure bool) {
	if t != nil && !sure {
		t.unsure++
	}
}

// exhausted counts so many values, and reports whether they are too many. Nil has no bound.
func (t *Together) exhausted(assignments int) bool {
	if t == nil {
		return false
	}
	if t.assignments+assignments > maxTogether {
		return true
	}
	t.assignments += assignments
	return false
}

// Anyone is the class of those callers who come in by one of the ways.
func (t *Together) Anyone(e *engine.Engine, way wayin.Way, role *engine.Principal) *Caller {
	c := NewAnyoneOf(e, way.Class, way.Entry, role.Account)
	c.together = t
	return c
}

// AskWayIn answers a question about one way into a role.
func AskWayIn(e *engine.Engine, role *engine.Principal, way wayin.Way, c *Caller, q Question) Answer {
	self := engine.MustStatement(
		policy.Allow("", trustActions...).On(role.Arn).When(policy.Present("sts:RoleSessionName")),
	)
	return c.Assignments(func(c *Caller) Answer {
		try := attempt{
			q:       q,
			besides: []*engine.Statement{way.St, self},
			source:  way.St.By,
			allow:   []*engine.Statement{nil},
			closed:  true,
		}
		if c.Any.Shape != nil {
			try.besides = append(try.besides, c.Any.Shape)
		}
		for _, deny := range role.Trust.Deny {
			// A Deny that speaks of some callers of the class and not of others is left out: the class is then taken
			// to escape it.
			if deny.NotPrincipals {
				if sparing := c.sparing(deny); sparing != nil {
					try.layers.Deny = append(try.layers.Deny, sparing)
				}
			} else if deny.SpeaksOf(c.Env()) {
				try.layers.Deny = append(try.layers.Deny, deny)
			}
		}
		return c.attempt(try)
	})
}

// sparing is a Deny with NotPrincipal as it surely binds the class: everybody of an account that it lists may be spared,
// and every user, role or session that it lists, because AWS says no more than that it might deny whoever is listed in
// part. Nil where it may spare all of the class.
//
// Source: IAM User Guide, AWS JSON policy elements: NotPrincipal, "Key points".
func (c *Caller) sparing(deny *engine.Statement) *engine.Statement {
	var accounts, named []string
	roles := "arn:" + string(c.Principal.Account.Partition) + ":iam::"
	for i := range deny.Principals {
		switch entry := &deny.Principals[i]; {
		case entry.Kind == policy.PrincipalAny || entry.Kind == policy.PrincipalCanonical:
			return nil
		case entry.AccountID != "":
			accounts = append(accounts, entry.AccountID)
		case entry.SessionRole != "":
			prefix := roles + entry.SessionAccount + ":role/"
			named = append(named, prefix+entry.SessionRole, prefix+"*/"+entry.SessionRole)
		case entry.Kind == policy.PrincipalAWS:
			// The unique id of somebody who was deleted spares nobody.
			if !engine.IsUniqueID(entry.Text) {
				named = append(named, entry.Text)
			}
		case c.Any.class != &wayin.UsersAndRoles && (c.Principal.Name == "" || entry.Names(c.Principal.Name)):
			return nil
		}
	}
	if c.Any.class != &wayin.UsersAndRoles {
		return deny
	}
	bound := *deny
	bound.Conditions = slices.Clone(deny.Conditions)
	for _, other := range others(accounts, named) {
		condition, err := engine.CompileCondition(&other, pattern.PolicyText)
		if err != nil {
			return nil
		}
		bound.Conditions = append(bound.Conditions, condition)
	}
	return &bound
}

// others are conditions that everybody meets but the accounts, and the users and roles.
func others(accounts, named []string) (conditions []policy.Condition) {
	if len(accounts) > 0 {
		conditions = append(conditions, policy.StringNotEquals("aws:PrincipalAccount", accounts...))
	}
	if len(named) > 0 {
		conditions = append(conditions, policy.ArnNotLike("aws:PrincipalArn", named...))
	}
	return conditions
}

// FreeTags tells which session tags somebody can choose for a session of a role: those with which its trust policy
// lets somebody call sts:TagSession. Nil when it lets nobody.
func FreeTags(e *engine.Engine, role *engine.Principal) func(string) bool {
	if !slices.ContainsFunc(
		role.Trust.Allow,
		func(st *engine.Statement) bool { return st.MatchesAction("sts:TagSession") },
	) {
		return nil
	}
	known := map[string]bool{}
	return func(tag string) bool {
		tag = strings.ToLower(tag)
		free, asked := known[tag]
		if !asked {
			q := Asking(
				[]policy.Statement{
					policy.Allow("", "sts:TagSession").On("*").When(policy.AnyEqualsIgnoringCase("aws:TagKeys", tag)),
				},
			)
			free = !AskTrust(e, role, q).Shut()
			known[tag] = free
		}
		return free
	}
}
