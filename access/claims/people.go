package claims

import (
	"slices"
	"strings"
	"time"

	"aws-access-guardrails/access/doors"
	"aws-access-guardrails/access/intent"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/search"
	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/policy"
)

// The actions that the proofs about people speak of.
var (
	// enrolmentWrites change the devices of the person who enrols.
	enrolmentWrites = []string{"iam:EnableMFADevice", "iam:ResyncMFADevice"}
	// enrolmentReads show the console's page on which people enrol.
	enrolmentReads   = []string{"iam:GetMFADevice", "iam:GetUser", "iam:ListMFADevices"}
	credentialWrites = doors.In(doors.CredentialWrites)
	accessWrites     = doors.In(doors.AccessWrites)
)

func (p *prover) account(in *intent.Account) *engine.CompiledAccount {
	return p.engine.Accounts[in.Account]
}

// enrolment is what a person without MFA may do; reads is whose user and devices such a person may see.
func (p *prover) enrolment(in *intent.Account, who *engine.Principal, reads string) []policy.Statement {
	permitted := []policy.Statement{
		policy.Allow("", enrolmentWrites...).On(who.Arn),
		policy.Allow("", enrolmentReads...).On(reads),
		policy.Allow("", "iam:ListVirtualMFADevices").On("*"),
		policy.Allow("", "iam:CreateVirtualMFADevice").On(p.account(in).Arn("iam", "", "mfa/*")),
		// AWS deletes only devices that nobody has: this undoes a cancelled enrolment.
		policy.Allow("", "iam:DeleteVirtualMFADevice").On(who.Device()),
	}
	if in.MFA.FirstPasswordChange {
		permitted = append(
			permitted,
			policy.Allow("", "iam:ChangePassword").On(who.Arn),
			policy.Allow("", "iam:GetAccountPasswordPolicy").On("*"),
		)
	}
	return permitted
}

// noMFANoAccess: no request of a session without MFA is allowed but for enrolment, and no role is assumed from one.
func (p *prover) noMFANoAccess(in *intent.Account) {
	for _, member := range in.Members {
		if p.toldOfAnother(member) {
			continue
		}
		f := p.begin(in, member)
		if in.MFA.FirstPasswordChange {
			f.Waivers = append(
				f.Waivers,
				prove.Waiver{Key: "mfa.firstPasswordChange", Text: "their own password is changed before MFA"},
			)
		}
		who := p.engine.Principals[member]
		// The guard does not deny these reads of others: it denies all that changes something.
		core := p.asking(search.Anything, p.enrolment(in, who, "*")...)
		q := p.asking(search.Anything, p.enrolment(in, who, who.Arn)...)
		p.conclude(
			f,
			p.everyCall(q, search.WithoutMFA(member)...),
			"allowed without MFA",
			p.everyCall(core, search.WithoutMFA(member)...),
		)
	}
}

// everyCall asks a question of sessions, the assuming of roles included.
func (p *prover) everyCall(q search.Question, sessions ...engine.Session) search.Answer {
	a := p.askAll(q, sessions...)
	for _, s := range sessions {
		c := p.caller(s)
		a = a.And(c.AskStrangers(q))
		for _, role := range p.rolesTrusting(c) {
			a = a.And(c.AskAssume(role, q))
		}
	}
	return a
}

// rolesTrusting are the roles of the world whose trust policy names the caller or the caller's account.
func (p *prover) rolesTrusting(c *search.Caller) []*engine.Principal {
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

// noEnrolmentWithAccessKeys: a long-term key neither makes, enables nor deletes a device, so whoever finds one cannot
// become its owner.
func (p *prover) noEnrolmentWithAccessKeys(in *intent.Account) {
	devices := append(slices.Clone(enrolmentWrites), "iam:CreateVirtualMFADevice", "iam:DeleteVirtualMFADevice")
	q := search.Asking([]policy.Statement{policy.Allow("", devices...).On("*")})
	for _, member := range in.Members {
		if p.toldOfAnother(member) {
			continue
		}
		f := p.begin(in, member)
		if in.MFA.EnrolWithAccessKeys {
			f.Verdict = prove.Waived
			f.Waivers = []prove.Waiver{
				{
					Key:  "mfa.enrolWithAccessKeys",
					Text: "whoever holds an access key of a person without MFA enrols a device for that person",
				},
			}
			p.add(f)
			continue
		}
		p.conclude(f, p.askAll(q, engine.LongTermKey(member)), "a long-term access key enrols a device")
	}
}

// ownCredentialsOnly: what a person signs in with is the person's own affair, and an administrator's.
func (p *prover) ownCredentialsOnly(in *intent.Account) {
	account := p.account(in)
	for _, who := range p.everybody(in) {
		if p.toldOfAnother(who.Arn) {
			continue
		}
		permitted := []policy.Statement{}
		if who.Kind == engine.UserPrincipal {
			permitted = append(permitted, policy.Allow("", credentialWrites...).On(who.Arn, who.Device()))
		}
		people := []string{account.Arn("iam", "", "user/*"), account.Arn("iam", "", "mfa/*")}
		q := p.asking([]policy.Statement{policy.Allow("", credentialWrites...).On(people...)}, permitted...)
		p.conclude(
			p.begin(in, who.Arn),
			p.askAll(q, p.sessionsOf(in, who)...),
			"another person's credentials can be changed",
		)
	}
}

// tagWrites are the requests that write one of the tags on something that exists or comes into being as a principal.
func (p *prover) tagWrites(in *intent.Account) []policy.Statement {
	account := p.account(in)
	instances, nodes := account.Arn("ec2", "*", "instance/*"), account.Arn("ssm", "*", "managed-instance/*")
	named := policy.AnyEqualsIgnoringCase("aws:TagKeys", in.AuthorizationTags()...)
	return []policy.Statement{
		policy.Allow("", "iam:CreateRole", "iam:CreateUser", "iam:TagRole", "iam:TagUser", "iam:UntagRole", "iam:UntagUser").
			On("*").
			When(named),
		// Tags that an instance is launched with are the launcher's.
		policy.Allow("", "ec2:CreateTags", "ec2:DeleteTags").
			On(instances).
			When(named, policy.Absent("ec2:CreateAction")),
		// Without tags in the request DeleteTags removes all.
		policy.Allow("", "ec2:DeleteTags").On(instances).When(policy.Absent("aws:TagKeys")),
		policy.Allow("", "ssm:AddTagsToResource", "ssm:RemoveTagsFromResource").On(nodes).When(named),
	}
}

// authorizationTagsAreGuarded: who can write the project tag or the Run As tag chooses project and OS user.
func (p *prover) authorizationTagsAreGuarded(in *intent.Account) {
	q := search.Asking(p.tagWrites(in))
	named := policy.AnyEqualsIgnoringCase("aws:TagKeys", in.AuthorizationTags()...)
	session := search.Asking(
		[]policy.Statement{policy.Allow("", "sts:TagSession").On("*").When(named)},
		ownOSUsers(in)...)
	for _, who := range p.everybody(in) {
		if p.toldOfAnother(who.Arn) {
			continue
		}
		sessions := p.sessionsOf(in, who)
		tagging := p.everyCall(session, sessions...)
		if tagging.Open && tagging.Guess {
			// Tags of a session of a role elsewhere decide nothing here.
			tagging = search.Answer{Classes: tagging.Classes}
		}
		p.conclude(p.begin(in, who.Arn), p.askAll(q, sessions...).And(tagging), "an authorization tag can be written")
	}
}

// onlyContactTags: tags of a user are read by people and by policies of others.
func (p *prover) onlyContactTags(in *intent.Account) {
	for _, member := range in.Members {
		if p.administers(member) || p.toldOfAnother(member) {
			continue
		}
		var permitted []policy.Statement
		if tags := in.MFA.ContactTags; len(tags) > 0 {
			permitted = append(
				permitted,
				policy.Allow("", "*").
					On("*").
					When(policy.AllEqual("aws:TagKeys", tags...), policy.Present("aws:TagKeys")),
			)
		}
		q := search.Asking(
			[]policy.Statement{policy.Allow("", "iam:TagUser", "iam:UntagUser").On(member)},
			permitted...)
		p.conclude(
			p.begin(in, member),
			p.askAll(q, search.SignIns(member)...),
			"a member writes tags on their own user that are no contact tags",
		)
	}
}

// onlyAdministratorsChangeAccess: nobody makes himself an administrator, and nobody takes the guard off.
func (p *prover) onlyAdministratorsChangeAccess(in *intent.Account) {
	q := search.Asking([]policy.Statement{policy.Allow("", accessWrites...).On("*")})
	for _, who := range p.everybody(in) {
		if p.toldOfAnother(who.Arn) {
			continue
		}
		p.conclude(
			p.begin(in, who.Arn),
			p.askAll(q, p.sessionsOf(in, who)...),
			"somebody who is no administrator changes what people may do",
		)
	}
}

// findAdministrators computes who administers: whoever may do each of a few things, any one of which makes an
// administrator, to users, roles and policies that do not exist yet, and so to all.
func (p *prover) findAdministrators(intents []intent.Account) {
	for i := range intents {
		in := &intents[i]
		account := p.account(in)
		for _, who := range p.everybody(in) {
			if by, all := p.reigns(p.strongest(in, who), account, p.working(in, who.Arn)); all {
				p.report.Administrators = append(p.report.Administrators, prove.Administrator{
					ARN: who.Arn, By: by, Declared: slices.Contains(in.Administrators, who.Arn),
				})
			}
		}
	}
}

// Administrators computes who administers the accounts of the intents, as Prove lists them, without making a proof.
// An intent that speaks of what the world does not have is an error.
func Administrators(e *engine.Engine, intents ...intent.Account) ([]prove.Administrator, error) {
	p := newProver(e)
	for i := range intents {
		if err := p.check(&intents[i]); err != nil {
			return nil, err
		}
	}
	p.findAdministrators(intents)
	return p.report.Administrators, nil
}

// reigns reports whether a session can do each of a few things, any one of which makes an administrator, and what
// lets it.
func (p *prover) reigns(
	session engine.Session,
	account *engine.CompiledAccount,
	at time.Time,
) (by engine.Source, all bool) {
	all = true
	for _, r := range []engine.Request{
		{Action: "iam:PutUserPolicy", Resources: engine.On(account.Arn("iam", "", "user/somebody-new"))},
		{Action: "iam:CreateAccessKey", Resources: engine.On(account.Arn("iam", "", "user/somebody-new"))},
		{Action: "iam:PutRolePolicy", Resources: engine.On(account.Arn("iam", "", "role/something-new"))},
		{Action: "iam:UpdateAssumeRolePolicy", Resources: engine.On(account.Arn("iam", "", "role/something-new"))},
		{Action: "iam:CreatePolicyVersion", Resources: engine.On(account.Arn("iam", "", "policy/something-new"))},
	} {
		r.Time = at
		d, err := p.engine.Decide(session, r)
		all = all && err == nil && d.Allowed()
		by = d.By
	}
	return by, all
}

// working is an instant at which a user or role can do what it is for: inside of its window, where it has one that is
// not over.
func (p *prover) working(in *intent.Account, arn string) time.Time {
	day := p.engine.Day()
	for _, r := range p.rolesOf(in)[arn] {
		if p.engine.Since.IsZero() && !r.From.IsZero() || r.From.After(day) {
			return r.From
		}
	}
	return day
}

// strongest is the session in which a user or role can do most.
func (p *prover) strongest(in *intent.Account, who *engine.Principal) engine.Session {
	if who.Kind == engine.UserPrincipal {
		return engine.ConsoleWithMFA(who.Arn, search.SomeAge)
	}
	return p.roleSession(in, who)
}

func (p *prover) administers(arn string) bool {
	return slices.ContainsFunc(p.report.Administrators, func(a prove.Administrator) bool { return a.ARN == arn })
}

// administratorsAreDeclared: leaving administrators out of the other proofs must not hide one whom nobody meant.
func (p *prover) administratorsAreDeclared(in *intent.Account) {
	f := p.begin(in, in.Account)
	for _, a := range p.report.Administrators {
		if policy.ARNPart(a.ARN, 4) != in.Account || a.Declared {
			continue
		}
		if in.Administrators == nil {
			f.Verdict = max(f.Verdict, prove.HoldsIf)
			f.Assumptions = append(
				f.Assumptions,
				prove.ProofAssumption{ID: a.ARN, Text: a.ARN + " is meant to be an administrator: " + a.By.String()},
			)
			continue
		}
		f.Verdict = prove.DoesNotHold
		f.Problem = strings.TrimPrefix(
			f.Problem+"; "+a.ARN+" is an administrator and is not meant to be: "+a.By.String(),
			"; ",
		)
	}
	p.add(f)
}

// onlyDeclaredRoles: the policies of a member open the way to the declared roles alone. A role that trusts the whole
// account needs no more than such a way, and the world need not list it.
func (p *prover) onlyDeclaredRoles(in *intent.Account) {
	for _, member := range in.Members {
		if p.toldOfAnother(member) {
			continue
		}
		var permitted []policy.Statement
		var declared []string
		for _, r := range in.Roles() {
			if slices.Contains(r.Principals, member) {
				declared = append(declared, r.ARN)
			}
		}
		for _, account := range in.RoleAccounts {
			declared = append(
				declared,
				"arn:"+string(p.account(in).Partition)+":iam::"+account+":role"+rolePath(in)+"*",
			)
		}
		if len(declared) > 0 {
			permitted = append(permitted, policy.Allow("", "*").On(declared...))
		}
		q := p.asking([]policy.Statement{policy.Allow("", "sts:AssumeRole").On("*")}, permitted...)
		a := search.Answer{Denied: true}
		for _, s := range append(search.SignIns(member), engine.LongTermKey(member).WithMFACode()) {
			c := p.caller(s)
			for _, role := range p.rolesTrusting(c) {
				a = a.And(c.AskAssume(role, q))
			}
			if !a.Open {
				a = a.And(c.AskWay(q, p.knownRoles()))
			}
		}
		if a.Open {
			a.Guess = false
		}
		p.conclude(p.begin(in, member), a, "a role that is not declared for this member can be assumed")
	}
}

// knownRoles speaks of the roles of the world.
func (p *prover) knownRoles() []*engine.Statement {
	if p.roles == nil {
		p.roles = []*engine.Statement{}
		var arns []string
		for i := range p.engine.World().Accounts {
			a := &p.engine.World().Accounts[i]
			for j := range a.Roles {
				arns = append(arns, search.Literally(a.Roles[j].ARN(a)))
			}
		}
		if len(arns) > 0 {
			p.roles = append(p.roles, engine.MustStatement(policy.Allow("", "*").On(arns...)))
		}
	}
	return p.roles
}
