package claims

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"aws-access-guardrails/access/catalogue"
	"aws-access-guardrails/access/doors"
	"aws-access-guardrails/access/intent"
	"aws-access-guardrails/access/internal/conditionkey"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/search"
	"aws-access-guardrails/access/journey"
	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// otherDoors are the ways onto machines that are no Session Manager session, what makes such a way, and what changes
// the code that a node runs.
var otherDoors = append([]string{"ec2-instance-connect:*"}, without(
	doors.In(
		doors.Sessions,
		doors.OtherDoors,
		doors.RemoteExecution,
		doors.Automations,
		doors.SessionDocuments,
		doors.NodeChanges,
	),
	"ssm:ResumeSession",
	"ssm:StartSession",
)...)

// nodeForms are the ARN forms of machines and tasks that sessions can reach.
var nodeForms = []string{
	":ec2:${Region}:${Account}:instance/",
	":ssm:${Region}:${Account}:managed-instance/",
	":ecs:${Region}:${Account}:task/",
}

// nodeActions are the actions that do something to a node: those that AWS documents on such a resource, but for
// reading and listing, and the two that read what opens it.
var nodeActions = sync.OnceValue(func() []string {
	c := catalogue.Catalogue()
	names := []string{"ec2:GetPasswordData", "ssm:GetConnectionStatus"}
	for _, s := range c.Services {
		if !strings.Contains(s.Head, nodeForms[0]) && !strings.Contains(s.Head, nodeForms[1]) &&
			!strings.Contains(s.Head, nodeForms[2]) {
			continue
		}
		for i := s.First; i < s.Last; i++ {
			if strings.ContainsAny(c.Entry(i).Levels, "WPT") && onNodes(s.Details().Forms(s, i)) {
				names = append(names, c.Name(i))
			}
		}
	}
	return names
})

func onNodes(f *catalogue.ActionForms) bool {
	for _, arn := range f.Arns {
		for _, form := range nodeForms {
			if strings.Contains(arn, form) {
				return true
			}
		}
	}
	return false
}

// reachNodes asks about everything that is done to a node.
var reachNodes = sync.OnceValue(func() *engine.Statement {
	return engine.MustStatement(
		policy.Allow("", nodeActions()...).
			On("arn:*:ec2:*:*:instance/*", "arn:*:ssm:*:*:managed-instance/*", "arn:*:ecs:*:*:task/*"),
	)
})

// operating asks about what operation roles are for: the part of reaching nodes that a Deny is meant to bound.
var operating = sync.OnceValue(func() *engine.Statement {
	return engine.MustStatement(policy.Allow("", "ec2:RebootInstances", "ec2:StartInstances", "ec2:StopInstances", "ssm:StartSession").
		On("arn:*:ec2:*:*:instance/*", "arn:*:ssm:*:*:managed-instance/*"))
})

// operationRolesOnlyOperate: beside reading, an operation role opens, resumes and ends sessions, encrypts them,
// starts and stops instances, reboots them where the intent says so, and has EC2 make grants on the keys of their
// volumes that the intent lists.
func (p *prover) operationRolesOnlyOperate(in *intent.Account) {
	operates := policy.Allow("", "ec2:StartInstances", "ec2:StopInstances", "kms:GenerateDataKey",
		"ssm:ResumeSession", "ssm:StartSession", "ssm:TerminateSession", "ssmmessages:OpenDataChannel").
		On("*")
	for i := range in.OperationRoles {
		r := &in.OperationRoles[i]
		if p.toldOfAnother(r.ARN) {
			continue
		}
		permitted := []policy.Statement{operates}
		if r.Reboot {
			permitted = append(permitted, policy.Allow("", "ec2:RebootInstances").On("*"))
		}
		if len(r.VolumeKeys) > 0 {
			permitted = append(permitted, useOfVolumeKeys(r.VolumeKeys))
		}
		q := search.Asking(search.Anything, permitted...)
		q.Writes = true
		if !p.administers(r.ARN) {
			p.conclude(
				p.begin(in, r.ARN),
				p.everyCall(q, p.operation(in, r)),
				"an operation role changes something else",
			)
		}
	}
}

// useOfVolumeKeys is a grant on one of the keys that EC2 asks for, and no other: a grant to oneself decrypts.
func useOfVolumeKeys(keys []string) policy.Statement {
	return policy.Allow("", "kms:CreateGrant").On(keys...).When(policy.Bool("kms:GrantIsForAWSResource", true),
		policy.Is(policy.Operator{Base: policy.OpStringLike}, "kms:ViaService", "ec2.*.amazonaws.com", "ec2.*.amazonaws.com.cn"),
	)
}

// operation is a session of an operation role.
func (p *prover) operation(in *intent.Account, r *intent.OperationRole) engine.Session {
	return p.operations(in, r)[0]
}

// operations are the sessions of an operation role that differ: one, or one for each of its people where each has
// their own OS user. There is always one; the OS users of people whom the world does not have are taken to be logins.
func (p *prover) operations(in *intent.Account, r *intent.OperationRole) []engine.Session {
	if !r.OwnOSUser {
		return []engine.Session{p.roleSession(in, p.engine.Principals[r.ARN])}
	}
	var sessions []engine.Session
	for _, user := range r.Principals {
		_, _, name := policy.SplitEntity(user)
		sessions = append(sessions, engine.AssumedRole(r.ARN, name, p.ownOSUserTag(user)))
	}
	if sessions == nil {
		return []engine.Session{p.roleSession(in, p.engine.Principals[r.ARN])}
	}
	return sessions
}

// ownProjectOnly: whatever an operation role does to a node, the node has a project of the role. A node without the
// tag, with an empty one, or with one that differs in case has another project.
func (p *prover) ownProjectOnly(in *intent.Account) {
	account := p.account(in)
	for i := range in.OperationRoles {
		r := &in.OperationRoles[i]
		if p.toldOfAnother(r.ARN) {
			continue
		}
		q := search.Question{Forbidden: []*engine.Statement{reachNodes()}}
		if projects := r.AllProjects(); len(projects) > 0 {
			own := policy.Allow("", "*").
				On(account.Arn("ec2", "*", "instance/*"), account.Arn("ssm", "*", "managed-instance/*")).
				When(hasProject(in, projects))
			if r.Environment != "" {
				own = own.When(policy.StringEquals("aws:ResourceTag/"+in.EnvironmentTag, literals([]string{r.Environment})...))
			}
			q.Permitted = []*engine.Statement{engine.MustStatement(own)}
		}
		core := search.Question{Forbidden: []*engine.Statement{operating()}, Permitted: q.Permitted}
		p.conclude(
			p.begin(in, r.ARN),
			p.askAll(q, p.operation(in, r)),
			"a node of another project can be reached",
			p.askAll(core, p.operation(in, r)),
		)
	}
}

// hasProject holds of nodes that have one of the projects, beside others where the account separates several.
func hasProject(in *intent.Account, projects []string) policy.Condition {
	key := "aws:ResourceTag/" + in.ProjectTagKey()
	if in.ProjectSeparator == "" {
		return policy.StringEquals(key, projects...)
	}
	return ofProjects(in.ProjectSeparator, key, literals(projects)...)
}

// ofProjects holds of a tag that is one of the projects, or has one among others where there is a separator.
func ofProjects(separator, key string, projects ...string) policy.Condition {
	if separator == "" {
		return policy.StringEquals(key, projects...)
	}
	var patterns []string
	for _, p := range projects {
		patterns = append(patterns, p, p+separator+"*", "*"+separator+p, "*"+separator+p+separator+"*")
	}
	return policy.Is(policy.Operator{Base: policy.OpStringLike}, key, patterns...)
}

// noOtherDoor: Run As, logs and limits are those of sessions; every other way onto a node goes round them.
func (p *prover) noOtherDoor(in *intent.Account) {
	q := search.Asking([]policy.Statement{policy.Allow("", otherDoors...).On("*")})
	for i := range in.OperationRoles {
		r := &in.OperationRoles[i]
		if p.toldOfAnother(r.ARN) {
			continue
		}
		p.conclude(
			p.begin(in, r.ARN),
			p.askAll(q, p.operation(in, r)),
			"there is another way onto a node than a session",
		)
	}
}

// doorsThroughRolesOnly: a member who opens sessions as the user that he is does so past the roles, their projects
// and their OS users.
func (p *prover) doorsThroughRolesOnly(in *intent.Account) {
	q := search.Asking(
		[]policy.Statement{
			policy.Allow("", append(slices.Clone(otherDoors), "ssm:ResumeSession", "ssm:StartSession")...).On("*"),
		},
	)
	for _, member := range in.Members {
		if p.administers(member) || p.toldOfAnother(member) {
			continue
		}
		p.conclude(p.begin(in, member), p.askAll(q, search.SignIns(member)...), "a member reaches nodes without a role")
	}
}

// onlyListedDocuments: a session document decides about Run As, logs and where a port leads.
func (p *prover) onlyListedDocuments(in *intent.Account) {
	account := p.account(in)
	for i := range in.OperationRoles {
		r := &in.OperationRoles[i]
		if p.toldOfAnother(r.ARN) {
			continue
		}
		var listed []string
		for _, name := range append([]string{world.PreferencesDocument}, r.Documents...) {
			listed = append(listed, account.Partition.DocumentARN("*", account.ID, name))
		}
		f := p.begin(in, r.ARN)
		for _, name := range r.Documents {
			// Port forwarding to the node itself is the one document of AWS that stays with the node and its project.
			if policy.DocumentOfAWS(name) && name != "AWS-StartPortForwardingSession" {
				f.Waivers = append(
					f.Waivers,
					prove.Waiver{
						Key:  r.Key + ".allowUnlogged",
						Text: "sessions with " + name + " leave the project, the OS user or the logs",
					},
				)
			}
		}
		q := search.Asking(
			[]policy.Statement{policy.Allow("", "ssm:StartSession").On("arn:*:ssm:*:*:document/*")},
			policy.Allow("", "*").On(listed...),
		)
		p.conclude(f, p.askAll(q, p.operation(in, r)), "a session document that is not listed can be used")
	}
}

const sessionTag = "ssm:resourceTag/aws:ssmmessages:session-id"

// ownSessionsOnly: sessions are told apart by the tag that Systems Manager puts on them; a session id begins with a
// name that others can have.
func (p *prover) ownSessionsOnly(in *intent.Account) {
	account := p.account(in)
	q := search.Asking(
		[]policy.Statement{policy.Allow("", "ssm:ResumeSession", "ssm:TerminateSession").On("*")},
		policy.Allow("", "*").
			On(account.Arn("ssm", "*", "session/*")).
			When(policy.StringEquals(sessionTag, "${aws:userid}")),
	)
	for _, who := range p.everybody(in) {
		if p.toldOfAnother(who.Arn) {
			continue
		}
		f := p.begin(in, who.Arn)
		for _, r := range p.rolesOf(in)[who.Arn] {
			if p.sharesSessions(&f, r) {
				break
			}
		}
		if f.Verdict == prove.DoesNotHold {
			p.add(f)
			continue
		}
		p.conclude(f, p.askAll(q, p.sessionsOf(in, who)...), "another person's session can be resumed or ended")
	}
}

// sharesSessions says who has the sessions of somebody else: the tag holds the id of the role and the name of the
// session, so that two people whose sessions have one name are the same to it.
func (p *prover) sharesSessions(f *prove.Finding, r intent.Role) bool {
	resuming := search.Asking([]policy.Statement{policy.Allow("", "ssm:ResumeSession", "ssm:TerminateSession").On("*")})
	if len(r.Principals) < 2 || !p.askAll(resuming, engine.AssumedRole(r.ARN, "session")).Open {
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

// onlyListedPrincipals: of all callers that AWS can have, the trust policy lets in the listed users.
func (p *prover) onlyListedPrincipals(in *intent.Account) {
	for _, r := range in.Roles() {
		if p.toldOfAnother(r.ARN) {
			continue
		}
		var permitted []policy.Statement
		if r.IdentityCenter.ID != "" {
			permitted = append(permitted, policy.Allow("", "*").On("*").When(
				policy.ArnLike("aws:PrincipalArn", p.account(in).Arn("iam", "", identityCenterRoles)),
				policy.StringEquals(conditionkey.IdentityStoreUserID, literals([]string{r.IdentityCenter.ID})...),
			))
		}
		if len(r.Principals) > 0 {
			permitted = append(
				permitted,
				policy.Allow("", "*").On("*").When(policy.StringEquals("aws:PrincipalArn", literals(r.Principals)...)),
			)
		}
		for _, arn := range r.Partner.Principals {
			key, value := "aws:PrincipalArn", arn
			if policy.ARNResource(arn) == "root" {
				key, value = "aws:PrincipalAccount", policy.ARNPart(arn, 4)
			}
			permitted = append(permitted, policy.Allow("", "*").On("*").When(policy.StringEquals(key, literals([]string{value})...)))
		}
		q := search.Asking([]policy.Statement{policy.Allow("", search.Assuming...).On("*")}, permitted...)
		p.conclude(p.begin(in, r.ARN), p.trust(r, q), "somebody who is not listed assumes the role")
	}
}

// identityCenterRoles are the roles of permission sets, which IAM Identity Center alone makes.
const identityCenterRoles = "role/aws-reserved/sso.amazonaws.com/*"

func (p *prover) trust(r intent.Role, q search.Question) search.Answer {
	return search.AskTrust(p.engine, p.engine.Principals[r.ARN], q)
}

// literals writes texts as values that match themselves alone.
func literals(texts []string) []string {
	out := make([]string, len(texts))
	for i, text := range texts {
		out[i] = strings.ReplaceAll(text, "$", "${$}")
	}
	return out
}

// mfaToAssume: the trust policy itself asks for MFA and its age, so that it does not depend on what the caller's
// account denies.
func (p *prover) mfaToAssume(in *intent.Account) {
	for _, r := range in.Roles() {
		if p.toldOfAnother(r.ARN) {
			continue
		}
		if r.IdentityCenter.ID != "" {
			p.add(p.mfaOfIdentityCenter(in, r))
			continue
		}
		if r.Partner.ExternalID != "" {
			f := p.begin(in, r.ARN)
			f.Assume("mfa of "+r.ARN, "the partner that assumes "+r.ARN+" keeps its own sign-ins with MFA: calls of another account carry no sign of it")
			p.add(f)
			continue
		}
		fresh := policy.Allow("", "*").On("*").When(policy.Bool("aws:MultiFactorAuthPresent", true))
		if r.MFAMaxAge > 0 {
			limit := strconv.FormatInt(int64(r.MFAMaxAge/time.Second), 10)
			fresh = fresh.When(
				policy.Is(policy.Operator{Base: policy.OpNumericLessThan}, "aws:MultiFactorAuthAge", limit),
			)
		}
		q := search.Asking([]policy.Statement{policy.Allow("", search.Assuming...).On("*")}, fresh)
		p.conclude(p.begin(in, r.ARN), p.trust(r, q), "the role is assumed without MFA, or with MFA that is too old")
	}
}

// mfaOfIdentityCenter: sessions of IAM Identity Center carry no MFA key, so that no policy can ask for it.
func (p *prover) mfaOfIdentityCenter(in *intent.Account, r intent.Role) prove.Finding {
	f := p.begin(in, r.ARN)
	f.Verdict = prove.HoldsIf
	f.Assumptions = []prove.ProofAssumption{{
		ID:   "mfa of IAM Identity Center",
		Text: "IAM Identity Center asks " + r.IdentityCenter.Name + " for MFA at every sign-in: its sessions carry no sign of it",
	}}
	return f
}

// externalIDToAssume: a partner says the external id, so that no other customer of the partner has it act here.
func (p *prover) externalIDToAssume(in *intent.Account) {
	for _, r := range in.Roles() {
		if r.Partner.ExternalID == "" {
			continue
		}
		q := search.Asking([]policy.Statement{policy.Allow("", search.Assuming...).On("*")},
			policy.Allow("", "*").On("*").When(policy.StringEquals("sts:ExternalId", literals([]string{r.Partner.ExternalID})...)))
		p.conclude(p.begin(in, r.ARN), p.trust(r, q), "the partner assumes the role without the external id")
	}
}

// sessionNamedAfterUser: session ids, CloudTrail and the OS user's trail carry the session name.
func (p *prover) sessionNamedAfterUser(in *intent.Account) {
	for _, r := range in.Roles() {
		if r.Partner.ExternalID != "" {
			continue // No user of ours has its sessions.
		}
		if p.toldOfAnother(r.ARN) {
			continue
		}
		f, name := p.begin(in, r.ARN), "${aws:username}"
		if r.IdentityCenter.ID != "" {
			// Sessions of IAM Identity Center have no user name of IAM.
			name = literals([]string{r.IdentityCenter.Name})[0]
		}
		q := search.Asking([]policy.Statement{policy.Allow("", search.Assuming...).On("*")},
			policy.Allow("", "*").On("*").When(policy.StringEquals("sts:RoleSessionName", name)))
		if r.AnySessionName {
			f.Verdict = prove.Waived
			f.Waivers = []prove.Waiver{
				{Key: r.Key + ".sessionName", Text: "sessions of the role can have the name of somebody else"},
			}
			p.add(f)
			continue
		}
		p.conclude(f, p.trust(r, q), "a session can have another name than its user")
	}
}

// noSessionTags: a session tag takes the place of the role's tag, so whoever passes one picks project and OS user.
// Whoever passes their own OS user alone picks neither.
func (p *prover) noSessionTags(in *intent.Account) {
	tagging := []policy.Statement{policy.Allow("", "sts:TagSession").On("*")}
	for _, r := range in.Roles() {
		if p.toldOfAnother(r.ARN) {
			continue
		}
		q := search.Asking(tagging)
		if takesOSUsers(in, r.ARN) {
			q = search.Asking(tagging, takingOwnOSUser(search.Literally(r.ARN)))
		}
		p.conclude(p.begin(in, r.ARN), p.trust(r, q), "the caller chooses session tags")
	}
	// A role of another account may trust whoever passes tags; the guard keeps its members from it.
	q := search.Asking(tagging, ownOSUsers(in)...)
	for _, member := range in.Members {
		if !p.administers(member) && !p.toldOfAnother(member) {
			p.conclude(p.begin(in, member), p.everyCall(q, search.SignIns(member)...), "a member chooses session tags")
		}
	}
}

// ownDocuments holds the session documents of the account that a role lists to what the preferences promise: a
// document says for itself whether Run As is on. One whose content is not known is assumed to.
func (p *prover) ownDocuments(
	f *prove.Finding,
	s engine.Session,
	known *world.Account,
	region string,
	documents []string,
) {
	for _, name := range documents {
		if policy.DocumentOfAWS(name) || name == world.PreferencesDocument {
			continue
		}
		user := journey.ShellUser(p.engine, s, known, &world.Node{Kind: world.Instance, Region: region}, name)
		assumption := prove.ProofAssumption{
			ID:   "document/" + name,
			Text: "shells of the session document " + name + " start as the OS user of the role, not as " + world.AgentUser + " or root",
		}
		switch {
		case user.Unknown && !slices.Contains(f.Assumptions, assumption):
			f.Verdict = max(f.Verdict, prove.HoldsIf)
			f.Assumptions = append(f.Assumptions, assumption)
		case user.Superuser || user.Name == world.AgentUser:
			f.Verdict, f.Problem = prove.DoesNotHold, fmt.Sprintf(
				"a shell of document %s in %s starts as %s",
				name,
				region,
				user,
			)
		}
	}
}

// assumeOfLogin adds what shells of a login rest on: that of an image may not use sudo, and that of a domain is known
// to the nodes.
func assumeOfLogin(f *prove.Finding, login string) {
	if a, has := SudoOfImages(login); has {
		f.Assume(a.ID, a.Text)
	}
	if strings.Contains(login, "@") {
		f.Assume(
			"OS user "+login,
			"the nodes are joined to the directory of "+login+", and it may not use sudo on any of them",
		)
	}
}

// SudoOfImages is what the shells of a login rest on that machine images come with; false for any other.
func SudoOfImages(login string) (prove.ProofAssumption, bool) {
	return prove.ProofAssumption{
		ID:   "OS user " + login,
		Text: login + ", which images come with, may not use sudo on any node: with sudo its shells become root and every other OS user",
	}, slices.Contains(world.ImageUsers, login)
}

// legalOSUser: the login of every shell that the documents open, in every Region in which they open one. The logins
// are looked at where the stack file has preferences; that a shell opens nowhere else is a question about all
// requests.
func (p *prover) legalOSUser(in *intent.Account) {
	for i := range in.OperationRoles {
		role := &in.OperationRoles[i]
		if p.toldOfAnother(role.ARN) {
			continue
		}
		f := p.begin(in, role.ARN)
		sessions := p.operations(in, role)
		if in.Regions == nil {
			p.legalRunAsTags(&f, sessions)
			p.add(f)
			continue
		}
		p.legalLogins(&f, in, role, sessions)
		if f.Verdict == prove.DoesNotHold {
			p.add(f)
			continue
		}
		p.conclude(f, p.askAll(shellsElsewhere(p.account(in), in.Regions), sessions[0]),
			"a shell opens in a Region without managed preferences, where it is "+world.AgentUser+", with sudo")
	}
}

// legalRunAsTags judges the tags of a role whose account has no managed preferences, under the assumption that others
// turn Run As on.
func (p *prover) legalRunAsTags(f *prove.Finding, sessions []engine.Session) {
	f.Verdict = prove.HoldsIf
	f.Assumptions = append(f.Assumptions, prove.ProofAssumption{
		ID: "session-preferences", Text: "the Session Manager preferences of every Region with nodes turn Run As on",
	})
	for _, session := range sessions {
		tag := journey.TagOf(p.engine, session, world.RunAsTag)
		if tag == "" {
			continue
		}
		if err := policy.ValidateOSUser(tag); err != nil || tag == world.AgentUser {
			f.Verdict = prove.DoesNotHold
			f.Problem = fmt.Sprintf(
				"the tag %s of %s is %q, which is no login without privileges",
				world.RunAsTag,
				tagOwner(session),
				tag,
			)
		}
		assumeOfLogin(f, tag)
	}
}

// legalLogins judges as whom shells start in each Region, by the preferences and by the documents that the role
// lists, until one is illegal.
func (p *prover) legalLogins(f *prove.Finding, in *intent.Account, role *intent.OperationRole, sessions []engine.Session) {
	known, _ := p.engine.AccountOf(in.Account)
	for _, region := range in.Regions {
		node := world.Node{Kind: world.Instance, Region: region}
		for _, session := range sessions {
			user := journey.ShellUser(p.engine, session, known, &node, world.PreferencesDocument)
			if user.Superuser || user.Name == world.AgentUser || user.Fails || user.Unknown {
				f.Verdict, f.Problem = prove.DoesNotHold, fmt.Sprintf("a shell in %s starts as %s", region, user)
				return
			}
			assumeOfLogin(f, user.Name)
		}
		// A document of an earlier Region may be illegal.
		if f.Verdict == prove.DoesNotHold {
			return
		}
		p.ownDocuments(f, sessions[0], known, region, role.Documents)
	}
}

// shellsElsewhere asks for sessions with the preferences of a Region that has no managed ones.
func shellsElsewhere(account *engine.CompiledAccount, regions []string) search.Question {
	preferences := func(region string) string { return account.Arn("ssm", region, "document/"+world.PreferencesDocument) }
	var managed []string
	for _, region := range regions {
		managed = append(managed, preferences(region))
	}
	start := policy.Allow("", "ssm:StartSession").On(preferences("*"))
	return search.Asking([]policy.Statement{start}, policy.Allow("", "*").On(managed...))
}
