package people

import (
	"cmp"
	"slices"
	"strings"

	"aws-access-guardrails/access/claims/internal/claim"
	"aws-access-guardrails/access/claims/internal/osusers"
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
	CredentialWrites = doors.In(doors.CredentialWrites)
	AccessWrites     = doors.In(doors.AccessWrites)
)

// enrolment is what a person without MFA may do; reads is whose user and devices such a person may see.
func enrolment(p *claim.Prover, in *intent.Account, who *engine.Principal, reads string) []policy.Statement {
	permitted := []policy.Statement{
		policy.Allow("", enrolmentWrites...).On(who.Arn),
		policy.Allow("", enrolmentReads...).On(reads),
		policy.Allow("", "iam:ListVirtualMFADevices").On("*"),
		policy.Allow("", "iam:CreateVirtualMFADevice").On(p.Account(in).Arn("iam", "", "mfa/*")),
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

// NoMFANoAccess: no request of a session without MFA is allowed but for enrolment, and no role is assumed from one.
func NoMFANoAccess(p *claim.Prover, in *intent.Account) {
	for _, member := range in.Members {
		if p.ToldOfAnother(member) {
			continue
		}
		f := p.Begin(in, member)
		if in.MFA.FirstPasswordChange {
			f.Waivers = append(
				f.Waivers,
				prove.Waiver{Key: "mfa.firstPasswordChange", Text: "their own password is changed before MFA"},
			)
		}
		who := p.Engine.Principals[member]
		// The guard does not deny these reads of others: it denies all that changes something.
		core := p.Asking(search.Anything, enrolment(p, in, who, "*")...)
		q := p.Asking(search.Anything, enrolment(p, in, who, who.Arn)...)
		p.Conclude(
			f,
			p.EveryCall(q, search.WithoutMFA(member)...),
			"allowed without MFA",
			p.EveryCall(core, search.WithoutMFA(member)...),
		)
	}
}

// NoEnrolmentWithAccessKeys: a long-term key neither makes, enables nor deletes a device, so whoever finds one cannot
// become its owner.
func NoEnrolmentWithAccessKeys(p *claim.Prover, in *intent.Account) {
	devices := append(slices.Clone(enrolmentWrites), "iam:CreateVirtualMFADevice", "iam:DeleteVirtualMFADevice")
	q := search.Asking([]policy.Statement{policy.Allow("", devices...).On("*")})
	for _, member := range in.Members {
		if p.ToldOfAnother(member) {
			continue
		}
		f := p.Begin(in, member)
		if in.MFA.EnrolWithAccessKeys {
			f.Verdict = prove.Waived
			f.Waivers = []prove.Waiver{
				{
					Key:  "mfa.enrolWithAccessKeys",
					Text: "whoever holds an access key of a person without MFA enrols a device for that person",
				},
			}
			p.Add(f)
			continue
		}
		p.Conclude(f, p.AskAll(q, engine.LongTermKey(member)), "a long-term access key enrols a device")
	}
}

// OwnCredentialsOnly: what a person signs in with is the person's own affair, and an administrator's.
func OwnCredentialsOnly(p *claim.Prover, in *intent.Account) {
	account := p.Account(in)
	for _, who := range p.Everybody(in) {
		if p.ToldOfAnother(who.Arn) {
			continue
		}
		permitted := []policy.Statement{}
		if who.Kind == engine.UserPrincipal {
			permitted = append(permitted, policy.Allow("", CredentialWrites...).On(who.Arn, who.Device()))
		}
		people := []string{account.Arn("iam", "", "user/*"), account.Arn("iam", "", "mfa/*")}
		q := p.Asking([]policy.Statement{policy.Allow("", CredentialWrites...).On(people...)}, permitted...)
		p.Conclude(
			p.Begin(in, who.Arn),
			p.AskAll(q, p.SessionsOf(in, who)...),
			"another person's credentials can be changed",
		)
	}
}

// TagWrites are the requests that write one of the tags on something that exists or comes into being as a principal.
func TagWrites(p *claim.Prover, in *intent.Account) []policy.Statement {
	account := p.Account(in)
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

// AuthorizationTagsAreGuarded: who can write the project tag or the Run As tag chooses project and OS user.
func AuthorizationTagsAreGuarded(p *claim.Prover, in *intent.Account) {
	q := search.Asking(TagWrites(p, in))
	named := policy.AnyEqualsIgnoringCase("aws:TagKeys", in.AuthorizationTags()...)
	session := search.Asking(
		[]policy.Statement{policy.Allow("", "sts:TagSession").On("*").When(named)},
		osusers.OwnOSUsers(in)...)
	for _, who := range p.Everybody(in) {
		if p.ToldOfAnother(who.Arn) {
			continue
		}
		sessions := p.SessionsOf(in, who)
		tagging := p.EveryCall(session, sessions...)
		// Tags of a session of a role elsewhere decide nothing here.
		tagging = tagging.WithoutGuess()
		p.Conclude(p.Begin(in, who.Arn), p.AskAll(q, sessions...).And(tagging), "an authorization tag can be written")
	}
}

// OnlyContactTags: tags of a user are read by people and by policies of others.
func OnlyContactTags(p *claim.Prover, in *intent.Account) {
	for _, member := range in.Members {
		if p.Administers(member) || p.ToldOfAnother(member) {
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
		p.Conclude(
			p.Begin(in, member),
			p.AskAll(q, search.SignIns(member)...),
			"a member writes tags on their own user that are no contact tags",
		)
	}
}

// OnlyAdministratorsChangeAccess: nobody makes himself an administrator, and nobody takes the guard off.
func OnlyAdministratorsChangeAccess(p *claim.Prover, in *intent.Account) {
	q := search.Asking([]policy.Statement{policy.Allow("", AccessWrites...).On("*")})
	for _, who := range p.Everybody(in) {
		if p.ToldOfAnother(who.Arn) {
			continue
		}
		p.Conclude(
			p.Begin(in, who.Arn),
			p.AskAll(q, p.SessionsOf(in, who)...),
			"somebody who is no administrator changes what people may do",
		)
	}
}

// AdministratorsAreDeclared: leaving administrators out of the other proofs must not hide one whom nobody meant.
func AdministratorsAreDeclared(p *claim.Prover, in *intent.Account) {
	f := p.Begin(in, in.Account)
	for _, a := range p.Report.Administrators {
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
	p.Add(f)
}

// OnlyDeclaredRoles: the policies of a member open the way to the declared roles alone. A role that trusts the whole
// account needs no more than such a way, and the world need not list it.
func OnlyDeclaredRoles(p *claim.Prover, in *intent.Account) {
	for _, member := range in.Members {
		if p.ToldOfAnother(member) {
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
				"arn:"+string(p.Account(in).Partition)+":iam::"+account+":role"+rolePath(in)+"*",
			)
		}
		if len(declared) > 0 {
			permitted = append(permitted, policy.Allow("", "*").On(declared...))
		}
		q := p.Asking([]policy.Statement{policy.Allow("", "sts:AssumeRole").On("*")}, permitted...)
		a := search.Answer{Denied: true}
		for _, s := range append(search.SignIns(member), engine.LongTermKey(member).WithMFACode()) {
			c := p.Caller(s)
			for _, role := range p.RolesTrusting(c) {
				a = a.And(c.AskAssume(role, q))
			}
			if !a.Open {
				a = a.And(c.AskWay(q, p.KnownRoles()))
			}
		}
		if a.Open {
			a.Guess = false
		}
		p.Conclude(p.Begin(in, member), a, "a role that is not declared for this member can be assumed")
	}
}

func rolePath(in *intent.Account) string { return cmp.Or(in.RolePath, "/guardrails/") }
