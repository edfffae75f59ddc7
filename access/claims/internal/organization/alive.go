package organization

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"aws-access-guardrails/access/catalogue"
	"aws-access-guardrails/access/claims/internal/alive"
	"aws-access-guardrails/access/claims/internal/claim"
	"aws-access-guardrails/access/doors"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/model"
	"aws-access-guardrails/access/internal/needs"
	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// must concludes that somebody whose own policies allow everything is denied none of the calls: what denies one is
// named.
func (p *prover) must(subject, arn string, calls []engine.Request) {
	f := p.finding(subject)
	e, s := model.WithStranger(
		p.Engine,
		arn,
		&model.Model{Keys: map[string]engine.Values{"aws:multifactorauthpresent": engine.Single("true")}},
	)
	if e == nil {
		f.Verdict, f.Problem = prove.DoesNotHold, fmt.Sprintf(
			"there can be no %s: it is no user or role, or the account has another one of that name",
			arn,
		)
		p.Add(f)
		return
	}
	for i := range calls {
		calls[i].Time = p.Engine.Day()
	}
	alive.FirstDenied(&f, e, s, calls, func(call *engine.Request, d engine.Decision) string {
		return fmt.Sprintf("%s cannot call %s: %s by %s", arn, call.Action, d.Outcome, d.By)
	})
	p.Add(f)
}

// policiesCanBeUndone: in the management account no service control policy applies; a delegated account is bound like
// any other.
func (p *prover) policiesCanBeUndone() {
	if p.in.Deployer == "" {
		return
	}
	var calls []engine.Request
	for _, action := range []string{"AttachPolicy", "CreatePolicy", "DeletePolicy", "DescribeOrganization", "DescribePolicy", "DetachPolicy", "ListPolicies",
		"ListTargetsForPolicy", "UpdatePolicy"} {
		calls = append(calls, engine.Request{Action: "organizations:" + action, Resources: p.scp(action)})
	}
	p.must(p.in.Account, p.in.Deployer, calls)
}

// scp is a service control policy as calls name it; nothing for calls that name none.
func (p *prover) scp(action string) []engine.Resource {
	if !strings.HasSuffix(action, "Policy") || action == "CreatePolicy" {
		return nil
	}
	partition := p.Engine.Accounts[p.in.Account].Partition
	return engine.On(
		"arn:" + string(
			partition,
		) + ":organizations::" + p.in.Management + ":policy/" + p.Engine.World().Organization.ID + "/service_control_policy/p-examplepolicyid111",
	)
}

// members are the accounts that some guardrail binds.
func (p *prover) members() []string {
	var all []string
	if d := p.in.Doors; d != nil {
		all = append(all, d.Accounts...)
	}
	if g := p.in.Protected; g != nil {
		all = append(all, g.Accounts...)
	}
	if w := p.in.Passwords; w != nil {
		all = append(all, w.Accounts...)
	}
	return slices.DeleteFunc(
		claim.Unique(append(all, p.in.RootAccounts...)),
		func(id string) bool { return id == p.in.Management },
	)
}

// inEvery is the ARN of a role in an account; empty where the role is another account's.
func (p *prover) inEvery(id, role string) string {
	if strings.HasPrefix(role, "arn:") {
		if policy.ARNPart(role, 4) != id {
			return ""
		}
		return role
	}
	return "arn:" + string(p.Engine.Accounts[id].Partition) + ":iam::" + id + ":" + role
}

// memberDeployers: what the deployer of an account does to the principals, policies and documents of a stack.
func (p *prover) memberDeployers() {
	if p.in.MemberDeployer == "" {
		return
	}
	for _, id := range p.members() {
		if arn := p.inEvery(id, p.in.MemberDeployer); arn != "" {
			p.must(id, arn, slices.Concat(p.upkeep(id), p.passwords(id, false), p.listed(arn, p.protected(id))))
		}
	}
}

// listed are the calls that no list of what may be called at all leaves out: what an account does not use its deployer
// need not call.
func (p *prover) listed(arn string, calls []engine.Request) []engine.Request {
	e, s := model.WithStranger(p.Engine, arn, &model.Model{})
	if e == nil {
		return nil // Must tells it.
	}
	return slices.DeleteFunc(calls, func(call engine.Request) bool {
		call.Time = p.Engine.Day()
		d, err := e.Decide(s, call)
		return err == nil && d.Outcome == engine.ImplicitlyDenied
	})
}

func (p *prover) memberBreakGlass() {
	for _, id := range p.members() {
		for _, role := range p.in.BreakGlass {
			arn := p.inEvery(id, role)
			if arn == "" {
				continue
			}
			calls := slices.Concat(p.upkeep(id), p.passwords(id, true), p.protected(id))
			if d := p.in.Doors; d != nil && slices.Contains(d.Accounts, id) {
				calls = append(calls, p.openings(id)...)
			}
			p.must(id, arn, calls)
		}
	}
}

// upkeep are the calls that make, change and remove what a stack deploys.
func (p *prover) upkeep(id string) []engine.Request {
	home := p.Engine.Accounts[id]
	tags := engine.Context{"aws:TagKeys": {p.in.ProjectTagKey(), world.RunAsTag}}
	var calls []engine.Request
	onResource := func(resource string, context engine.Context, actions ...string) {
		for _, action := range actions {
			calls = append(
				calls,
				engine.Request{
					Action:    action,
					Resources: []engine.Resource{{ARN: home.Arn("iam", "", resource), Tags: []world.Tag{}}},
					Context:   context,
				},
			)
		}
	}
	const role, group, user = "role/guardrails/operation/a-role", "group/guardrails/a-group", "user/somebody"
	onResource(role, tags, "iam:CreateRole", "iam:TagRole", "iam:UntagRole")
	onResource(
		role,
		nil,
		claim.Without(
			slices.Concat(roleMaking, roleChanging),
			"iam:CreateRole",
			"iam:TagRole",
			"iam:UntagRole",
			"iam:PassRole",
		)...)
	onResource("policy/guardrails/a-policy", nil, policyChanging...)
	onResource(group, nil, append(slices.Clone(groupChanging), "iam:AddUserToGroup")...)
	onResource(
		user,
		nil,
		"iam:CreateUser",
		"iam:DeactivateMFADevice",
		"iam:DeleteAccessKey",
		"iam:DeleteLoginProfile",
		"iam:DeleteUser",
		"iam:TagUser",
		"iam:UntagUser",
	)
	document := home.Arn("ssm", engine.SomeRegion(home.Partition), "document/"+world.PreferencesDocument)
	return append(calls, callsOn(document, engine.Context{"ssm:DocumentType": {"Session"}}, documentChanging...)...)
}

// callsOn are calls of actions on one resource.
func callsOn(resource string, context engine.Context, actions ...string) []engine.Request {
	var calls []engine.Request
	for _, action := range actions {
		calls = append(calls, engine.Request{
			Action: action, Resources: []engine.Resource{{ARN: resource, Tags: []world.Tag{}}}, Context: context,
		})
	}
	return calls
}

// protected are the calls that the guardrails keep for those who change what is protected, beside those of upkeep.
func (p *prover) protected(id string) []engine.Request {
	if g := p.in.Protected; g == nil || !slices.Contains(g.Accounts, id) {
		return nil
	}
	home := p.Engine.Accounts[id]
	region := engine.SomeRegion(home.Partition)
	calls := p.examples(id, nil, doors.In(
		doors.PermissionSets, doors.Attributes, doors.OrganizationPolicies, doors.RootSessions,
		doors.SAMLProviders, doors.RoleMakers)...)
	calls = append(
		calls,
		callsOn(
			home.Arn("cloudformation", region, "stack/StackSet-a/example"), nil, doors.In(doors.StackSetStacks)...)...,
	)
	for _, node := range []string{
		home.Arn("ec2", region, "instance/i-0123456789abcdef0"),
		home.Arn("ssm", region, "managed-instance/mi-0123456789abcdef0"),
	} {
		service := policy.ARNPart(node, 2)
		actions := slices.DeleteFunc(
			doors.In(doors.NodeTags),
			func(a string) bool { return !strings.HasPrefix(a, service+":") },
		)
		calls = append(calls, callsOn(node, engine.Context{"aws:TagKeys": p.in.NodeTags()}, actions...)...)
		if service == "ec2" {
			// Without keys it deletes all tags.
			calls = append(calls, callsOn(node, nil, "ec2:DeleteTags")...)
		}
	}
	for _, m := range p.in.Protected.MadeBy {
		for _, pattern := range inAccount(id, m.Roles) {
			role := strings.NewReplacer("arn:*", "arn:"+string(home.Partition), "*", "example").Replace(pattern)
			calls = append(calls, callsOn(role, nil, "iam:UpdateAssumeRolePolicy")...)
		}
	}
	if p.in.Protected.JustInTime {
		calls = append(calls, callsOn(home.Arn(
			"ssm",
			region,
			"document/an-approval",
		), engine.Context{"ssm:DocumentType": {"AutoApprovalPolicy"}},
			documentChanging...)...)
		calls = append(calls, callsOn(home.Arn(
			"ssm",
			region,
			"servicesetting/ssm/just-in-time-access/identity-provider",
		), nil,
			doors.In(doors.JustInTimeSettings)...)...)
	}
	return calls
}

// passwords are the calls that set console passwords, where somebody may: in jump accounts, and everywhere for the
// exempt.
func (p *prover) passwords(id string, exempt bool) []engine.Request {
	w := p.in.Passwords
	if w == nil || !slices.Contains(w.JumpAccounts, id) && !exempt {
		return nil
	}
	return callsOn(p.Engine.Accounts[id].Arn("iam", "", "user/somebody"), nil, doors.In(doors.ConsolePasswords)...)
}

// openings are the doors that the guardrails close.
func (p *prover) openings(id string) []engine.Request {
	return p.examples(id, nil, doors.In(doors.Sessions, doors.OtherDoors, doors.RemoteExecution, doors.RunDocuments)...)
}

// examples are calls of actions in an account, each on an example of what it is about.
func (p *prover) examples(id string, context engine.Context, actions ...string) []engine.Request {
	home := p.Engine.Accounts[id]
	region := engine.SomeRegion(home.Partition)
	var calls []engine.Request
	for _, action := range actions {
		r := engine.Request{Action: action, Context: engine.Context{}}
		maps.Copy(r.Context, context)
		index, _ := catalogue.Catalogue().Find(action)
		for _, n := range needs.Of(index) {
			arn := strings.Replace(
				needs.Placeholders(n.Forms[0], region, id, "example"),
				"arn:*",
				"arn:"+string(home.Partition),
				1,
			)
			r.Resources = append(r.Resources, engine.Resource{ARN: arn, Tags: []world.Tag{}})
		}
		if len(r.Resources) == 0 {
			r.Context["aws:RequestedRegion"] = []string{region}
		}
		if catalogue.KeyAppliesTo("ssm:DocumentType", action) && r.Context["ssm:DocumentType"] == nil {
			r.Context["ssm:DocumentType"] = doors.RunnableDocuments()[:1]
		}
		calls = append(calls, r)
	}
	return calls
}

// programmaticUsers: an administrator makes users with access keys outside of the accounts of people, cleans up old
// passwords, and everybody changes their own password, be it one that is left over.
func (p *prover) programmaticUsers() {
	w := p.in.Passwords
	if w == nil {
		return
	}
	for _, id := range w.Accounts {
		if id == p.in.Management {
			continue
		}
		home := p.Engine.Accounts[id]
		user := []engine.Resource{{ARN: home.Arn("iam", "", "user/a-program"), Tags: []world.Tag{}}}
		calls := []engine.Request{
			{Action: "iam:CreateUser", Resources: user},
			{Action: "iam:DeleteLoginProfile", Resources: user},
		}
		if p.in.Protected == nil || !slices.Contains(p.in.Protected.PeopleAccounts, id) {
			calls = append(
				calls,
				engine.Request{Action: "iam:CreateAccessKey", Resources: user},
				engine.Request{Action: "iam:UpdateAccessKey", Resources: user},
			)
		}
		p.must(id, home.Arn("iam", "", "role/an-administrator"), calls)
		own := home.Arn("iam", "", "user/a-program")
		p.must(id, own, []engine.Request{
			{Action: "iam:ChangePassword", Resources: user}, {Action: "iam:CreateAccessKey", Resources: user},
		})
	}
}
