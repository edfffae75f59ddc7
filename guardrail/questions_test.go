package guardrail_test

import (
	"fmt"
	"slices"
	"strings"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/internal/testkit/accounts"
	"aws-access-guardrails/policy"
)

// setting is what stands beside the deployed documents when a question is asked.
type setting string

const (
	// asDeployed is the account as it is.
	asDeployed setting = "as deployed"
	// besideAdmin attaches Allow everything to every user and role, because a Deny beside nothing is not seen.
	besideAdmin setting = "beside Allow *"
	// withoutDenies takes every Deny away, because an Allow beside a Deny is not seen either: what it allows must be
	// right by itself.
	withoutDenies setting = "without Denies"
)

// question is one sentence about what the documents mean.
type question struct {
	it      string
	in      setting
	as      access.Session
	request access.Request
	allowed bool
}

// The people and places of the questions.
const (
	home     = "arn:aws:iam::" + accounts.Home
	away     = "arn:aws:iam::" + accounts.Other
	ownRole  = home + ":role/guardrails/operation/" + accounts.FirstRole
	theRole2 = home + ":role/guardrails/operation/second"
	adminArn = home + ":role/guardrails/delegated/AdminRole"
	awayRole = away + ":role/guardrails/operation/remote"
)

func userARN(name string) string {
	if name == "carol" {
		return home + ":user/people/carol"
	}
	return home + ":user/" + name
}

func instance(id string) string {
	return "arn:aws:ec2:ap-northeast-1:" + accounts.Home + ":instance/" + id
}

func document(owner, name string) string {
	return "arn:aws:ssm:ap-northeast-1:" + owner + ":document/" + name
}

const managedNode = "arn:aws:ssm:us-east-1:" + accounts.Home + ":managed-instance/mi-0000000000000001a"

// questionWorld is the full account with nodes and a second account, in one of the settings. change is applied to the
// documents first.
func questionWorld(f accounts.Account, in setting, change func(*world.Account)) access.World {
	w := f.World()
	addNodeRole(f, &w)
	change(&w)
	tags := func(project string) []world.Tag {
		return []world.Tag{{Key: guardrail.DefaultProjectTag, Value: project}, {Key: "Name", Value: "node"}}
	}
	w.Nodes = []world.Node{
		{Kind: world.Instance, ID: accounts.FirstNode, Region: "ap-northeast-1", Tags: tags("Test Project 1")},
		{Kind: world.Instance, ID: accounts.SecondNode, Region: "ap-northeast-1", Tags: tags("Test Project 2")},
		{Kind: world.Instance, ID: accounts.Untagged, Region: "ap-northeast-1"},
		{Kind: world.ManagedInstance, ID: "mi-0000000000000001a", Region: "us-east-1", Tags: tags("Test Project 1")},
	}
	for i := range w.Roles {
		w.Roles[i].ID = fmt.Sprintf("AROAEXAMPLE%d", i)
	}
	// Managed policies of AWS are not what is asked about here.
	for i := range w.Roles {
		w.Roles[i].Attached = slices.DeleteFunc(slices.Clone(w.Roles[i].Attached), func(arn string) bool {
			return !slices.ContainsFunc(w.Policies, func(p world.ManagedPolicy) bool { return p.ARN == arn })
		})
	}
	w.Roles = append(w.Roles, world.Role{
		Name: "cdk-deploy-role", Path: "/",
		Trust: policy.New(policy.Allow("AccountWide", "sts:AssumeRole").For(policy.AWSPrincipals(home + ":root"))),
	})
	everything := policy.New(policy.Allow("Everything", "*").On("*"))
	switch in {
	case besideAdmin:
		for i := range w.Users {
			w.Users[i].Inline = append(w.Users[i].Inline, world.InlinePolicy{Name: "everything", Document: everything})
		}
		for i := range w.Roles {
			w.Roles[i].Inline = append(
				slices.Clone(w.Roles[i].Inline),
				world.InlinePolicy{Name: "everything", Document: everything},
			)
		}
	case withoutDenies:
		forEachDocument(&w, func(_ string, d policy.Document) policy.Document {
			d.Statements = slices.DeleteFunc(
				slices.Clone(d.Statements),
				func(s policy.Statement) bool { return s.Effect == policy.EffectDeny },
			)
			return d
		})
	}
	trustAlice := func(path, name string, more ...string) world.Role {
		return world.Role{Name: name, Path: path, Trust: policy.New(
			policy.Allow("Everything", "sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession").
				For(policy.AWSPrincipals(append(more, userARN("alice"))...)),
		)}
	}
	w.Roles = append(w.Roles, trustAlice("/", "takes-tags", ownRole))
	other := world.Account{
		ID: accounts.Other, Partition: policy.AWS,
		Users: []world.User{
			{Name: "dave", Inline: []world.InlinePolicy{{Name: "everything", Document: everything}}},
			{Name: "erin", Inline: []world.InlinePolicy{{Name: "everything", Document: everything}}},
		},
		Roles: []world.Role{trustAlice("/guardrails/operation/", "remote"), trustAlice("/", "outside")},
	}
	third := world.Account{
		ID:        "777788889999",
		Partition: policy.AWS,
		Roles:     []world.Role{trustAlice("/guardrails/operation/", "remote")},
	}
	return access.World{Accounts: []world.Account{w, other, third}}
}

// addNodeRole attaches the policy for nodes to the role of a node, as an admin does.
func addNodeRole(f accounts.Account, w *world.Account) {
	if f.Sessions.NodePolicy {
		w.Roles = append(w.Roles, world.Role{
			Name: "node",
			Path: "/",
			Trust: policy.New(
				policy.Allow("Machines", "sts:AssumeRole").For(policy.ServicePrincipals("ec2.amazonaws.com")),
			),
			Attached: []string{f.Sessions.NodePolicyARN()},
		})
	}
}

// forEachDocument replaces every document of an account by what change makes of it. The names are those of the golden
// files.
func forEachDocument(w *world.Account, change func(name string, d policy.Document) policy.Document) {
	for i := range w.Groups {
		w.Groups[i].Inline = slices.Clone(w.Groups[i].Inline)
		for j, inline := range w.Groups[i].Inline {
			w.Groups[i].Inline[j].Document = change("group-"+w.Groups[i].Name+"."+inline.Name, inline.Document)
		}
	}
	w.Policies = slices.Clone(w.Policies)
	for i, managed := range w.Policies {
		w.Policies[i].Document = change("policy-"+managed.ARN[strings.LastIndex(managed.ARN, "/")+1:], managed.Document)
	}
	w.Roles = slices.Clone(w.Roles)
	for i, role := range w.Roles {
		if role.Path != "/" {
			w.Roles[i].Trust = change("role-"+role.Name+".trust", role.Trust)
		}
		w.Roles[i].Inline = slices.Clone(role.Inline)
		for j, inline := range role.Inline {
			w.Roles[i].Inline[j].Document = change("role-"+role.Name+"."+inline.Name, inline.Document)
		}
	}
}

func unchanged(*world.Account) {}

// request is a call on resources, none meaning "*", with context keys as "key=value|value".
func request(action string, resources []string, context ...string) access.Request {
	r := access.Request{Action: action, Resources: access.On(resources...), Context: access.Context{}}
	for _, pair := range context {
		key, values, _ := strings.Cut(pair, "=")
		r.Context[key] = strings.Split(values, "|")
	}
	return r
}

func list(s ...string) []string { return s }

// acting is what a call on a node names: a session names its document too.
func acting(action, node string) []string {
	if action != "ssm:StartSession" {
		return list(node)
	}
	region := strings.Split(node, ":")[3]
	return list(node, "arn:aws:ssm:"+region+":"+accounts.Home+":document/SSM-SessionManagerRunShell")
}

// sentences collects questions.
type sentences []question

func (s *sentences) ask(
	in setting,
	as access.Session,
	allowed bool,
	it, action string,
	resources []string,
	context ...string,
) {
	*s = append(*s, question{it: it, in: in, as: as, request: request(action, resources, context...), allowed: allowed})
}
