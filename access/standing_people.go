package access

import (
	"slices"
	"strings"

	"aws-access-guardrails/access/doors"
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

func (p *prover) account(in *Intent) *account { return p.engine.accounts[in.Account] }

func (a *account) arn(service, region, resource string) string {
	return "arn:" + string(a.partition) + ":" + service + ":" + region + ":" + a.id + ":" + resource
}

// device is the ARN of the virtual device that has the user's name.
func (p *principal) device() string { return p.account.arn("iam", "", "mfa/"+p.name) }

// enrolment is what a person without MFA may do; reads is whose user and devices such a person may see.
func (p *prover) enrolment(in *Intent, who *principal, reads string) []policy.Statement {
	permitted := []policy.Statement{
		policy.Allow("", enrolmentWrites...).On(who.arn),
		policy.Allow("", enrolmentReads...).On(reads),
		policy.Allow("", "iam:ListVirtualMFADevices").On("*"),
		policy.Allow("", "iam:CreateVirtualMFADevice").On(p.account(in).arn("iam", "", "mfa/*")),
		// AWS deletes only devices that nobody has: this undoes a cancelled enrolment.
		policy.Allow("", "iam:DeleteVirtualMFADevice").On(who.device()),
	}
	if in.MFA.FirstPasswordChange {
		permitted = append(permitted, policy.Allow("", "iam:ChangePassword").On(who.arn), policy.Allow("", "iam:GetAccountPasswordPolicy").On("*"))
	}
	return permitted
}

var anything = []policy.Statement{policy.Allow("", "*").On("*")}

// noMFANoAccess: no request of a session without MFA is allowed but for enrolment, and no role is assumed from one.
func (p *prover) noMFANoAccess(in *Intent) {
	for _, member := range in.Members {
		f := p.begin(in, member)
		if in.MFA.FirstPasswordChange {
			f.Waivers = append(f.Waivers, Waiver{"mfa.firstPasswordChange", "the own password is changed before MFA"})
		}
		who := p.engine.principals[member]
		// The guard does not deny these reads of others: it denies all that changes something.
		core := asking(anything, p.enrolment(in, who, "*")...)
		q := asking(anything, p.enrolment(in, who, who.arn)...)
		p.conclude(f, p.everyCall(q, withoutMFA(member)...), "allowed without MFA", p.everyCall(core, withoutMFA(member)...))
	}
}

// everyCall asks a question of sessions, the assuming of roles included.
func (p *prover) everyCall(q question, sessions ...Session) answer {
	a := p.askAll(q, sessions...)
	for _, s := range sessions {
		c := p.caller(s)
		a = a.and(c.askStrangers(q))
		for _, role := range p.rolesTrusting(c) {
			a = a.and(c.askAssume(role, q))
		}
	}
	return a
}

// rolesTrusting are the roles of the world whose trust policy names the caller or the caller's account.
func (p *prover) rolesTrusting(c *caller) []*principal {
	if have, known := p.trusting[c.principal]; known {
		return have
	}
	var roles []*principal
	ev := c.env()
	for i := range p.engine.world.Accounts {
		account := &p.engine.world.Accounts[i]
		for j := range account.Roles {
			role := p.engine.principals[account.Roles[j].ARN(account)]
			if slices.ContainsFunc(role.trust.allow, func(st *statement) bool { return st.principalGrade(ev) != notTrusted }) {
				roles = append(roles, role)
			}
		}
	}
	if p.trusting == nil {
		p.trusting = map[*principal][]*principal{}
	}
	p.trusting[c.principal] = roles
	return roles
}

// noEnrolmentWithAccessKeys: a long-term key neither makes, enables nor deletes a device, so whoever finds one cannot become its owner.
func (p *prover) noEnrolmentWithAccessKeys(in *Intent) {
	devices := append(slices.Clone(enrolmentWrites), "iam:CreateVirtualMFADevice", "iam:DeleteVirtualMFADevice")
	q := asking([]policy.Statement{policy.Allow("", devices...).On("*")})
	for _, member := range in.Members {
		f := p.begin(in, member)
		if in.MFA.EnrolWithAccessKeys {
			f.Verdict = Waived
			f.Waivers = []Waiver{{"mfa.enrolWithAccessKeys", "whoever holds an access key of a person without MFA enrols a device for that person"}}
			p.add(f)
			continue
		}
		p.conclude(f, p.askAll(q, LongTermKey(member)), "a long-term access key enrols a device")
	}
}

// ownCredentialsOnly: what a person signs in with is the person's own affair, and an administrator's.
func (p *prover) ownCredentialsOnly(in *Intent) {
	account := p.account(in)
	for _, who := range p.everybody(in) {
		permitted := []policy.Statement{}
		if who.kind == userPrincipal {
			permitted = append(permitted, policy.Allow("", credentialWrites...).On(who.arn, who.device()))
		}
		people := []string{account.arn("iam", "", "user/*"), account.arn("iam", "", "mfa/*")}
		q := asking([]policy.Statement{policy.Allow("", credentialWrites...).On(people...)}, permitted...)
		p.conclude(p.begin(in, who.arn), p.askAll(q, p.sessionsOf(in, who)...), "another person's credentials can be changed")
	}
}

// tagWrites are the requests that write one of the tags on something that exists or comes into being as a principal.
func (p *prover) tagWrites(in *Intent) []policy.Statement {
	account := p.account(in)
	instances, nodes := account.arn("ec2", "*", "instance/*"), account.arn("ssm", "*", "managed-instance/*")
	named := policy.AnyEqualsIgnoringCase("aws:TagKeys", in.authorizationTags()...)
	return []policy.Statement{
		policy.Allow("", "iam:CreateRole", "iam:CreateUser", "iam:TagRole", "iam:TagUser", "iam:UntagRole", "iam:UntagUser").On("*").When(named),
		// Tags that an instance is launched with are the launcher's.
		policy.Allow("", "ec2:CreateTags", "ec2:DeleteTags").On(instances).When(named, policy.Absent("ec2:CreateAction")),
		// Without tags in the request DeleteTags removes all.
		policy.Allow("", "ec2:DeleteTags").On(instances).When(policy.Absent("aws:TagKeys")),
		policy.Allow("", "ssm:AddTagsToResource", "ssm:RemoveTagsFromResource").On(nodes).When(named),
	}
}

// authorizationTagsAreGuarded: who can write the project tag or the Run As tag chooses project and OS user.
func (p *prover) authorizationTagsAreGuarded(in *Intent) {
	q := asking(p.tagWrites(in))
	named := policy.AnyEqualsIgnoringCase("aws:TagKeys", in.authorizationTags()...)
	session := asking([]policy.Statement{policy.Allow("", "sts:TagSession").On("*").When(named)}, in.ownOSUsers()...)
	for _, who := range p.everybody(in) {
		sessions := p.sessionsOf(in, who)
		tagging := p.everyCall(session, sessions...)
		if tagging.open && tagging.guess {
			// Tags of a session of a role elsewhere decide nothing here.
			tagging = answer{classes: tagging.classes}
		}
		p.conclude(p.begin(in, who.arn), p.askAll(q, sessions...).and(tagging), "an authorization tag can be written")
	}
}

// onlyContactTags: tags of a user are read by people and by policies of others.
func (p *prover) onlyContactTags(in *Intent) {
	for _, member := range in.Members {
		if p.administers(member) {
			continue
		}
		var permitted []policy.Statement
		if tags := in.MFA.ContactTags; len(tags) > 0 {
			permitted = append(permitted, policy.Allow("", "*").On("*").When(policy.AllEqual("aws:TagKeys", tags...), policy.Present("aws:TagKeys")))
		}
		q := asking([]policy.Statement{policy.Allow("", "iam:TagUser", "iam:UntagUser").On(member)}, permitted...)
		p.conclude(p.begin(in, member), p.askAll(q, signIns(member)...), "a member writes tags on the own user that are no contact tags")
	}
}

// onlyAdministratorsChangeAccess: nobody makes himself an administrator, and nobody takes the guard off.
func (p *prover) onlyAdministratorsChangeAccess(in *Intent) {
	q := asking([]policy.Statement{policy.Allow("", accessWrites...).On("*")})
	for _, who := range p.everybody(in) {
		p.conclude(p.begin(in, who.arn), p.askAll(q, p.sessionsOf(in, who)...), "somebody who is no administrator changes what people may do")
	}
}

// findAdministrators computes who administers: whoever may do each of a few things, any one of which makes an administrator, to users, roles and
// policies that do not exist yet, and so to all.
func (p *prover) findAdministrators(intents []Intent) {
	for i := range intents {
		in := &intents[i]
		account := p.account(in)
		for _, who := range p.everybody(in) {
			if by, all := p.reigns(p.strongest(in, who), account); all {
				p.report.Administrators = append(p.report.Administrators, Administrator{
					ARN: who.arn, By: by, Declared: slices.Contains(in.Administrators, who.arn),
				})
			}
		}
	}
}

// reigns reports whether a session can do each of a few things, any one of which makes an administrator, and what lets it.
func (p *prover) reigns(session Session, account *account) (by Source, all bool) {
	all = true
	for _, r := range []Request{
		{Action: "iam:PutUserPolicy", Resources: On(account.arn("iam", "", "user/somebody-new"))},
		{Action: "iam:CreateAccessKey", Resources: On(account.arn("iam", "", "user/somebody-new"))},
		{Action: "iam:PutRolePolicy", Resources: On(account.arn("iam", "", "role/something-new"))},
		{Action: "iam:UpdateAssumeRolePolicy", Resources: On(account.arn("iam", "", "role/something-new"))},
		{Action: "iam:CreatePolicyVersion", Resources: On(account.arn("iam", "", "policy/something-new"))},
	} {
		r.Time = p.engine.day()
		d, err := p.engine.Decide(session, r)
		all = all && err == nil && d.Allowed()
		by = d.By
	}
	return by, all
}

// strongest is the session in which a user or role can do most.
func (p *prover) strongest(in *Intent, who *principal) Session {
	if who.kind == userPrincipal {
		return ConsoleWithMFA(who.arn, someAge)
	}
	return p.roleSession(in, who)
}

func (p *prover) administers(arn string) bool {
	return slices.ContainsFunc(p.report.Administrators, func(a Administrator) bool { return a.ARN == arn })
}

// administratorsAreDeclared: leaving administrators out of the other proofs must not hide one whom nobody meant.
func (p *prover) administratorsAreDeclared(in *Intent) {
	f := p.begin(in, in.Account)
	for _, a := range p.report.Administrators {
		if arnPart(a.ARN, 4) != in.Account || a.Declared {
			continue
		}
		if in.Administrators == nil {
			f.Verdict = max(f.Verdict, HoldsIf)
			f.Assumptions = append(f.Assumptions, ProofAssumption{ID: a.ARN, Text: a.ARN + " is meant to be an administrator: " + a.By.String()})
			continue
		}
		f.Verdict = DoesNotHold
		f.Problem = strings.TrimPrefix(f.Problem+"; "+a.ARN+" is an administrator and is not meant to be: "+a.By.String(), "; ")
	}
	p.add(f)
}

// onlyDeclaredRoles: the policies of a member open the way to the declared roles alone. A role that trusts the whole account needs no more than
// such a way, and the world need not list it.
func (p *prover) onlyDeclaredRoles(in *Intent) {
	for _, member := range in.Members {
		var permitted []policy.Statement
		var declared []string
		for _, r := range in.roles() {
			if slices.Contains(r.Principals, member) {
				declared = append(declared, r.ARN)
			}
		}
		for _, account := range in.RoleAccounts {
			declared = append(declared, "arn:"+string(p.account(in).partition)+":iam::"+account+":role"+in.rolePath()+"*")
		}
		if len(declared) > 0 {
			permitted = append(permitted, policy.Allow("", "*").On(declared...))
		}
		q := asking([]policy.Statement{policy.Allow("", "sts:AssumeRole").On("*")}, permitted...)
		a := answer{denied: true}
		for _, s := range append(signIns(member), LongTermKey(member).WithMFACode()) {
			c := p.caller(s)
			for _, role := range p.rolesTrusting(c) {
				a = a.and(c.askAssume(role, q))
			}
			if !a.open {
				a = a.and(c.askWay(q, p.knownRoles()))
			}
		}
		if a.open {
			a.guess = false
		}
		p.conclude(p.begin(in, member), a, "a role that is not declared for this member can be assumed")
	}
}

// askWay answers a question about the caller's side of assuming roles that the world does not have, whatever their trust.
func (c *caller) askWay(q question, known []*statement) answer {
	return c.assignments(func(c *caller) answer {
		own := c.principal.identity
		return c.attempt(attempt{
			q: q, allow: own.allow, unknowns: own.unknowns, layers: c.layers(own), also: []*statement{trustDecided}, avoid: known, unknownTrust: true,
		})
	})
}

// knownRoles speaks of the roles of the world.
func (p *prover) knownRoles() []*statement {
	if p.roles == nil {
		p.roles = []*statement{}
		var arns []string
		for i := range p.engine.world.Accounts {
			a := &p.engine.world.Accounts[i]
			for j := range a.Roles {
				arns = append(arns, literally(a.Roles[j].ARN(a)))
			}
		}
		if len(arns) > 0 {
			p.roles = append(p.roles, mustStatement(policy.Allow("", "*").On(arns...)))
		}
	}
	return p.roles
}
