package organization

import (
	"slices"
	"strings"

	"aws-access-guardrails/access/claims/internal/claim"
	"aws-access-guardrails/access/claims/internal/osusers"
	"aws-access-guardrails/access/doors"
	"aws-access-guardrails/access/intent"
	"aws-access-guardrails/access/internal/search"
	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// The calls that make and change what guardrails rest on.
var (
	roleMaking       = doors.In(doors.RoleMaking)
	roleChanging     = doors.In(doors.RoleChanging)
	policyChanging   = doors.In(doors.ManagedPolicies)
	groupChanging    = doors.In(doors.Groups)
	documentChanging = doors.In(doors.SessionDocuments)
	takeovers        = doors.In(doors.Takeovers)
)

// awsMade are the roles that AWS alone makes and changes: nobody's policies allow it.
//
// Source: IAM Identity Center User Guide, Referencing permission sets; IAM User Guide, Using service-linked roles.
func awsMade(pattern string) bool {
	resource := policy.ARNResource(pattern)
	return strings.HasPrefix(resource, "role/aws-reserved/") || strings.HasPrefix(resource, "role/aws-service-role/")
}

// exemptRolesAreProtected: an exemption that an administrator of an account can make for himself is none.
func (p *prover) exemptRolesAreProtected() {
	g := p.in.Protected
	var roles, accounts []string
	var makers []intent.Makers
	if g != nil {
		roles, accounts, makers = g.Roles, g.Accounts, g.MadeBy
	}
	if d := p.in.Doors; d != nil {
		roles, accounts = slices.Concat(roles, d.Sessions, d.OtherDoors), append(slices.Clone(accounts), d.Accounts...)
		if !d.RemoteExecutionOpen {
			roles = slices.Concat(roles, d.RemoteExecution)
		}
	}
	if w := p.in.Passwords; w != nil {
		roles, accounts = slices.Concat(roles, w.Exempt), append(slices.Clone(accounts), w.Accounts...)
	}
	roles = slices.DeleteFunc(claim.Unique(roles), awsMade)
	for _, id := range claim.Unique(accounts) {
		here := inAccount(id, roles)
		if id == p.in.Management || len(here) == 0 {
			continue
		}
		var permitted []policy.Statement
		for _, m := range makers {
			names := inAccount(id, m.Roles)
			if len(names) == 0 {
				continue
			}
			actions := roleMaking
			if m.Change {
				actions = slices.Concat(roleMaking, roleChanging)
			}
			permitted = append(
				permitted,
				policy.Allow("", actions...).On(names...).When(policy.ArnLike("aws:PrincipalArn", m.By...)),
			)
		}
		forbidden := []policy.Statement{policy.Allow("", slices.Concat(roleMaking, roleChanging)...).On(here...)}
		f, a := p.finding(id), p.everybodyOf(id, forbidden, p.in.Changers, permitted...)
		for _, m := range makers {
			if names := inAccount(id, m.Roles); m.Change && len(names) > 0 {
				a = a.And(p.commanders(id, m))
				p.assumeCommanders(&f)
			}
		}
		p.Conclude(f, a, "somebody makes or changes a role that a guardrail exempts, or commands what makes it")
	}
}

// commanders: roles that services use to make exempt ones are as strong as whoever tells those services what to do.
func (p *prover) commanders(id string, m intent.Makers) search.Answer {
	stacks := "arn:*:cloudformation:*:" + id + ":stack/StackSet-*"
	return p.everybodyOf(id, []policy.Statement{
		policy.Allow("", doors.In(doors.RoleMakers)...).On("*"),
		policy.Allow("", doors.In(doors.StackSetStacks)...).On(stacks),
	}, slices.Concat(p.in.Changers, p.in.Protected.StackSetAdmins, m.By))
}

// assumeCommanders names who commands these services and is bound by no document.
func (p *prover) assumeCommanders(f *prove.Finding) {
	g := p.in.Protected
	f.Assume(
		"administrators of "+p.in.Management,
		"whoever writes stack sets, configures Quick Setup or changes a landing zone of Control Tower in the management account "+
			p.in.Management+" makes no exempt role for themselves: no service control policy binds them",
	)
	if len(g.Outside) > 0 {
		ids := strings.Join(g.Outside, ", ")
		f.Assume(
			"administrators of "+ids,
			"no account of "+ids+", where nothing is protected, is a delegated administrator of CloudFormation or Systems Manager: its stack sets reach every account",
		)
	}
	for _, role := range g.StackSetAdmins {
		f.Assume(role, "whoever may assume "+role+", which writes stack sets, makes no exempt role for themselves")
	}
}

// protectedAccounts are the member accounts in which the guardrails are protected.
func (p *prover) protectedAccounts() []string {
	if p.in.Protected == nil {
		return nil
	}
	return slices.DeleteFunc(
		slices.Clone(p.in.Protected.Accounts),
		func(id string) bool { return id == p.in.Management },
	)
}

func (p *prover) policiesAreProtected() {
	for _, id := range p.protectedAccounts() {
		p.nobody(id, []policy.Statement{
			policy.Allow("", policyChanging...).On("arn:*:iam::" + id + ":policy/guardrails/*"),
			policy.Allow("", doors.In(doors.SAMLProviders)...).On("*"),
		}, p.in.Changers, "somebody changes what guarded roles rest on")
	}
}

func (p *prover) documentsAreProtected() {
	for _, id := range p.protectedAccounts() {
		a := p.everybodyOf(id, []policy.Statement{
			policy.Allow("", documentChanging...).On("arn:*:ssm:*:" + id + ":document/" + world.PreferencesDocument),
			policy.Allow("", documentChanging...).
				On("arn:*:ssm:*:" + id + ":document/*").
				When(policy.StringEquals("ssm:DocumentType", "Session")),
		}, p.in.Changers)
		if p.in.Protected.JustInTime {
			a = a.And(p.everybodyOf(id, []policy.Statement{
				policy.Allow("", documentChanging...).On("arn:*:ssm:*:" + id + ":document/*").
					When(policy.StringEquals("ssm:DocumentType", "AutoApprovalPolicy", "ManualApprovalPolicy")),
				// The setting says which identity provider just-in-time node access believes.
				policy.Allow("", doors.In(doors.JustInTimeSettings)...).
					On("arn:*:ssm:*:" + id + ":servicesetting/ssm/just-in-time-access/*"),
			}, slices.Concat(p.in.Changers, p.in.Protected.ServiceRoles)))
		}
		p.Conclude(p.finding(id), a, "somebody changes what sessions run as, or who approves them")
	}
}

// tagsAreProtected: condition keys ignore case, so a tag key that differs by case decides too. A node that is
// launched with the tag is that of whoever launches it.
func (p *prover) tagsAreProtected() {
	tags := p.in.NodeTags()
	deciding := policy.AnyEqualsIgnoringCase("aws:TagKeys", append(slices.Clone(tags), world.RunAsTag)...)
	for _, id := range p.protectedAccounts() {
		var own []policy.Statement
		if roles := p.in.Protected.OwnOSUserRoles; len(roles) > 0 {
			own = append(own, osusers.PassingOwnOSUser(roles...))
		}
		a := p.everybodyOf(id, []policy.Statement{
			policy.Allow("", doors.In(doors.PrincipalTags)...).On("*").
				When(deciding),
		}, p.in.Changers)
		a = a.And(p.everybodyOf(id, []policy.Statement{
			policy.Allow("", doors.In(doors.SessionTags)...).
				On("*").
				When(deciding),
		}, p.in.Changers, own...))
		nodes := []string{"arn:*:ec2:*:*:instance/*", "arn:*:ssm:*:*:managed-instance/*"}
		a = a.And(p.everybodyOf(id, []policy.Statement{
			policy.Allow("", doors.In(doors.NodeTags)...).On(nodes...).
				When(policy.AnyEqualsIgnoringCase("aws:TagKeys", tags...)),
			policy.Allow("", "ec2:DeleteTags").On(nodes[0]).When(policy.Absent("aws:TagKeys")),
		}, slices.Concat(p.in.Changers, p.in.Protected.Taggers), policy.Allow("", "*").On("*").When(policy.Present("ec2:CreateAction"))))
		p.Conclude(p.finding(id), a, "somebody writes a tag that decides access")
	}
}

func (p *prover) groupIsProtected() {
	for _, id := range p.protectedAccounts() {
		groups := []string{"arn:*:iam::" + id + ":group/guardrails/*"}
		for _, arn := range p.in.Protected.Groups {
			if group, err := policy.ParseARN(arn); err == nil && group.Account == id {
				groups = append(groups, arn)
			}
		}
		p.nobody(
			id,
			[]policy.Statement{policy.Allow("", groupChanging...).On(groups...)},
			p.in.Changers,
			"somebody changes the MFA group",
		)
	}
}

// credentialsAreProtected: everybody keeps their own credentials. A role session has no user name, so for it every user
// is somebody else.
func (p *prover) credentialsAreProtected() {
	if p.in.Protected == nil {
		return
	}
	for _, id := range p.in.Protected.PeopleAccounts {
		if id == p.in.Management {
			f := p.finding(id)
			f.Verdict, f.Problem = prove.DoesNotHold, "people are in the management account, which no service control policy binds"
			p.Add(f)
			continue
		}
		if !slices.Contains(p.in.Protected.Accounts, id) {
			f := p.finding(id)
			f.Verdict, f.Problem = prove.DoesNotHold, "the account of people stands below no target of protectGuardrails"
			p.Add(f)
			continue
		}
		user := "arn:*:iam::" + id + ":user/"
		p.nobody(id, []policy.Statement{policy.Allow("", takeovers...).On(user + "*"),
			policy.Allow("", doors.In(doors.PasswordRules)...).On("*"),
		}, slices.Concat(p.in.Changers, p.in.Protected.CredentialAdmins), "somebody changes another person's credentials",
			policy.Allow("", "*").On(user+"${aws:username}", user+"*/${aws:username}"))
	}
}

func (p *prover) organizationIsProtected() {
	for _, id := range p.protectedAccounts() {
		a := p.eachOf(id, doors.In(doors.Leaving), nil)
		a = a.And(
			p.eachOf(id, doors.In(doors.OrganizationPolicies, doors.Attributes, doors.RootSessions), p.in.Changers),
		)
		p.Conclude(p.finding(id), a, "an account leaves, changes what binds it, or opens root sessions in another")
	}
}

// permissionSetsAreProtected: the roles of permission sets are AWS's to make, so an exempt name is as safe as the
// permission set of that name. Any account may be the one that manages Identity Center.
func (p *prover) permissionSetsAreProtected() {
	if p.in.Doors == nil || len(p.in.Doors.PermissionSets) == 0 {
		return
	}
	f := p.finding(p.in.Account)
	for _, set := range p.in.Doors.PermissionSets {
		switch {
		case !set.Known:
			f.Assume(
				"permission set "+set.Name,
				"the policies of the permission set "+set.Name+", which no stack of this folder has, bound the sessions that it opens",
			)
		case !set.OpensSessions:
			f.Verdict = prove.DoesNotHold
			f.Problem = strings.TrimPrefix(
				f.Problem+"; the permission set "+set.Name+" is exempt, and its template does not bound the sessions that it would open",
				"; ",
			)
		}
	}
	p.Add(f)
	for _, id := range p.protectedAccounts() {
		p.nobody(
			id,
			[]policy.Statement{policy.Allow("", doors.In(doors.PermissionSets)...).On("*")},
			p.in.Changers,
			"somebody changes or assigns a permission set",
		)
	}
}
