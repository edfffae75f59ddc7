package organization

import (
	"fmt"
	"slices"
	"strings"

	"aws-access-guardrails/access/catalogue"
	"aws-access-guardrails/access/claims/internal/alive"
	"aws-access-guardrails/access/claims/internal/claim"
	"aws-access-guardrails/access/doors"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/needs"
	"aws-access-guardrails/access/internal/search"
	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// must concludes that somebody whose own policies allow everything is denied none of the calls: what denies one is
// named.
func (p *prover) must(subject, arn string, calls []engine.Request) {
	f := p.finding(subject)
	e, s := search.WithStranger(
		p.Engine,
		arn,
		&search.Model{Keys: map[string]engine.Values{"aws:multifactorauthpresent": engine.Single("true")}},
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
			p.must(id, arn, p.upkeep(id))
		}
	}
}

func (p *prover) memberBreakGlass() {
	for _, id := range p.members() {
		for _, role := range p.in.BreakGlass {
			arn := p.inEvery(id, role)
			if arn == "" {
				continue
			}
			calls := p.upkeep(id)
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
	document := engine.On(home.Arn("ssm", engine.SomeRegion(home.Partition), "document/"+world.PreferencesDocument))
	for _, action := range documentChanging {
		calls = append(
			calls,
			engine.Request{
				Action:    action,
				Resources: document,
				Context:   engine.Context{"ssm:DocumentType": {"Session"}},
			},
		)
	}
	return calls
}

// openings are the doors that the guardrails close, each as a call on an example of what it is about.
func (p *prover) openings(id string) []engine.Request {
	home := p.Engine.Accounts[id]
	region := engine.SomeRegion(home.Partition)
	var calls []engine.Request
	for _, action := range doors.In(doors.Sessions, doors.OtherDoors, doors.RemoteExecution, doors.RunDocuments) {
		r := engine.Request{Action: action, Context: engine.Context{}}
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
		if catalogue.KeyAppliesTo("ssm:DocumentType", action) {
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
