package tests

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access"
	"aws-access-guardrails/components"
	"aws-access-guardrails/policy"
)

// setting is what stands beside the deployed documents when a question is asked.
type setting string

const (
	// asDeployed is the account as it is.
	asDeployed setting = "as deployed"
	// besideAdmin attaches Allow everything to every user and role, because a Deny beside nothing is not seen.
	besideAdmin setting = "beside Allow *"
	// withoutDenies takes every Deny away, because an Allow beside a Deny is not seen either: what it allows must be right by itself.
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
	home     = "arn:aws:iam::" + homeAccount
	away     = "arn:aws:iam::" + otherAccount
	ownRole  = home + ":role/guardrails/operation/" + firstRole
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
	return "arn:aws:ec2:ap-northeast-1:" + homeAccount + ":instance/" + id
}

func document(owner, name string) string {
	return "arn:aws:ssm:ap-northeast-1:" + owner + ":document/" + name
}

const (
	firstNode   = "i-0000000000000001a"
	secondNode  = "i-0000000000000002a"
	untagged    = "i-0000000000000003a"
	managedNode = "arn:aws:ssm:us-east-1:" + homeAccount + ":managed-instance/mi-0000000000000001a"
)

// questionWorld is the full account with nodes and a second account, in one of the settings. change is applied to the documents first.
func questionWorld(f accountFixture, in setting, change func(*access.Account)) access.World {
	w := f.world()
	addNodeRole(f, &w)
	change(&w)
	tags := func(project string) []access.Tag {
		return []access.Tag{{Key: components.DefaultProjectTag, Value: project}, {Key: "Name", Value: "node"}}
	}
	w.Nodes = []access.Node{
		{Kind: access.Instance, ID: firstNode, Region: "ap-northeast-1", Tags: tags("Test Project 1")},
		{Kind: access.Instance, ID: secondNode, Region: "ap-northeast-1", Tags: tags("Test Project 2")},
		{Kind: access.Instance, ID: untagged, Region: "ap-northeast-1"},
		{Kind: access.ManagedInstance, ID: "mi-0000000000000001a", Region: "us-east-1", Tags: tags("Test Project 1")},
	}
	for i := range w.Roles {
		w.Roles[i].ID = fmt.Sprintf("AROAEXAMPLE%d", i)
	}
	// Managed policies of AWS are not what is asked about here.
	for i := range w.Roles {
		w.Roles[i].Attached = slices.DeleteFunc(slices.Clone(w.Roles[i].Attached), func(arn string) bool {
			return !slices.ContainsFunc(w.Policies, func(p access.ManagedPolicy) bool { return p.ARN == arn })
		})
	}
	w.Roles = append(w.Roles, access.Role{
		Name: "cdk-deploy-role", Path: "/",
		Trust: policy.New(policy.Allow("AccountWide", "sts:AssumeRole").For(policy.AWSPrincipals(home + ":root"))),
	})
	everything := policy.New(policy.Allow("Everything", "*").On("*"))
	switch in {
	case besideAdmin:
		for i := range w.Users {
			w.Users[i].Inline = append(w.Users[i].Inline, access.InlinePolicy{Name: "everything", Document: everything})
		}
		for i := range w.Roles {
			w.Roles[i].Inline = append(slices.Clone(w.Roles[i].Inline), access.InlinePolicy{Name: "everything", Document: everything})
		}
	case withoutDenies:
		forEachDocument(&w, func(_ string, d policy.Document) policy.Document {
			d.Statements = slices.DeleteFunc(slices.Clone(d.Statements), func(s policy.Statement) bool { return s.Effect == policy.EffectDeny })
			return d
		})
	}
	trustAlice := func(path, name string, more ...string) access.Role {
		return access.Role{Name: name, Path: path, Trust: policy.New(
			policy.Allow("Everything", "sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession").For(policy.AWSPrincipals(append(more, userARN("alice"))...)),
		)}
	}
	w.Roles = append(w.Roles, trustAlice("/", "takes-tags", ownRole))
	other := access.Account{
		ID: otherAccount, Partition: policy.AWS,
		Users: []access.User{
			{Name: "dave", Inline: []access.InlinePolicy{{Name: "everything", Document: everything}}},
			{Name: "erin", Inline: []access.InlinePolicy{{Name: "everything", Document: everything}}},
		},
		Roles: []access.Role{trustAlice("/guardrails/operation/", "remote"), trustAlice("/", "outside")},
	}
	third := access.Account{ID: "777788889999", Partition: policy.AWS, Roles: []access.Role{trustAlice("/guardrails/operation/", "remote")}}
	return access.World{Accounts: []access.Account{w, other, third}}
}

// addNodeRole gives a node the rights that the configured logs and key want: the only document that nobody deploys but the admin.
func addNodeRole(f accountFixture, w *access.Account) {
	if document, wanted := f.sessions.NodeDocument(); wanted {
		w.Roles = append(w.Roles, access.Role{
			Name: "node", Path: "/", Trust: policy.New(policy.Allow("Machines", "sts:AssumeRole").For(policy.ServicePrincipals("ec2.amazonaws.com"))),
			Inline: []access.InlinePolicy{{Name: "session-logs", Document: document}},
		})
	}
}

// forEachDocument replaces every document of an account by what change makes of it. The names are those of the golden files.
func forEachDocument(w *access.Account, change func(name string, d policy.Document) policy.Document) {
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

func unchanged(*access.Account) {}

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
	return list(node, "arn:aws:ssm:"+region+":"+homeAccount+":document/SSM-SessionManagerRunShell")
}

// sentences collects questions.
type sentences []question

func (s *sentences) ask(in setting, as access.Session, allowed bool, it, action string, resources []string, context ...string) {
	*s = append(*s, question{it: it, in: in, as: as, request: request(action, resources, context...), allowed: allowed})
}

// questions are what the documents of the full account must mean, in words of their own: they repeat no list of the code.
func questions() []question {
	var s sentences
	s.withoutMFA()
	s.withKeys()
	s.withMFA()
	s.tags()
	s.selfService()
	s.otherAccounts()
	s.trust()
	s.nodes()
	s.documents()
	s.sessions()
	s.guardOfRoles()
	s.nodeRole()
	return s
}

// others are users whom a pattern that is too wide would take for the one named: longer names, other paths, other accounts.
func others(who string) []string {
	return list(
		home+":user/"+who+"2", home+":user/people/"+who+"2", home+":user/team/"+who,
		away+":user/"+who, away+":user/people/"+who, userARN("bobby"),
	)
}

var (
	enrolling = []string{"iam:CreateVirtualMFADevice", "iam:DeleteVirtualMFADevice", "iam:EnableMFADevice", "iam:ResyncMFADevice"}
	looking   = []string{"iam:GetMFADevice", "iam:GetUser", "iam:ListMFADevices"}
)

// A member who signed in with a password alone enrols, changes the first password, and does nothing else.
func (s *sentences) withoutMFA() {
	for _, who := range []string{"alice", "carol"} {
		alone, me, device := access.Console(userARN(who)), list(userARN(who)), home+":mfa/"
		s.ask(asDeployed, alone, true, "creates a device of any name", "iam:CreateVirtualMFADevice", list(device+"my phone's"))
		s.ask(asDeployed, alone, true, "repeats a cancelled enrolment", "iam:DeleteVirtualMFADevice", list(device+who))
		s.ask(asDeployed, alone, true, "enables the own device", "iam:EnableMFADevice", me)
		s.ask(asDeployed, alone, true, "resyncs the own device", "iam:ResyncMFADevice", me)
		for _, action := range looking {
			s.ask(asDeployed, alone, true, "looks at the own user", action, me)
		}
		s.ask(asDeployed, alone, true, "sees devices", "iam:ListVirtualMFADevices", nil)
		s.ask(asDeployed, alone, true, "changes the first password", "iam:ChangePassword", me)
		s.ask(asDeployed, alone, true, "reads the rules for the new password", "iam:GetAccountPasswordPolicy", nil)
		for _, in := range []setting{asDeployed, besideAdmin} {
			s.ask(in, alone, false, "deactivates nothing", "iam:DeactivateMFADevice", me)
			s.ask(in, alone, false, "makes no key", "iam:CreateAccessKey", me)
			s.ask(in, alone, false, "assumes nothing", "sts:AssumeRole", list(awayRole), "sts:RoleSessionName="+who)
			s.ask(in, alone, false, "reads no other setting", "iam:GetAccountSummary", nil)
			s.ask(in, alone, false, "reads no data", "s3:ListAllMyBuckets", nil)
		}
	}
	// bob's name begins bobby's.
	alone := access.Console(userARN("bob"))
	for _, in := range []setting{asDeployed, besideAdmin} {
		for _, other := range []string{"bobby", "alice", "carol"} {
			s.ask(in, alone, false, "enables nothing for others", "iam:EnableMFADevice", list(userARN(other)))
			s.ask(in, alone, false, "resyncs nothing of others", "iam:ResyncMFADevice", list(userARN(other)))
			s.ask(in, alone, false, "changes no password of others", "iam:ChangePassword", list(userARN(other)))
			s.ask(in, alone, false, "deletes no device of others", "iam:DeleteVirtualMFADevice", list(home+":mfa/"+other))
		}
	}
	for _, action := range looking {
		s.ask(asDeployed, alone, false, "looks at nobody else", action, list(userARN("bobby")))
	}
	s.ask(withoutDenies, alone, false, "enables nothing for others", "iam:EnableMFADevice", list(userARN("bobby")))
	s.ask(withoutDenies, alone, false, "resyncs nothing of others", "iam:ResyncMFADevice", list(userARN("bobby")))
	s.ask(withoutDenies, alone, false, "changes no password of others", "iam:ChangePassword", list(userARN("bobby")))
	s.ask(withoutDenies, alone, false, "deletes no device of others", "iam:DeleteVirtualMFADevice", list(home+":mfa/bobby"))
	s.ask(withoutDenies, alone, false, "creates no device elsewhere", "iam:CreateVirtualMFADevice", list(away+":mfa/bob"))
	s.ask(withoutDenies, alone, false, "reads no credential report", "iam:GetCredentialReport", nil)
	for _, device := range list(home+":mfa/bob2", away+":mfa/bob") {
		s.ask(besideAdmin, alone, false, "deletes no device of others", "iam:DeleteVirtualMFADevice", list(device))
	}
	for _, other := range others("bob") {
		s.ask(besideAdmin, alone, false, "enables nothing for others", "iam:EnableMFADevice", list(other))
		s.ask(besideAdmin, access.LongTermKey(userARN("bob")), false, "changes no password of others", "iam:ChangePassword", list(other))
	}
}

// A long-term key without a code enrols nothing, so that a leaked one cannot; with MFA in the credentials it can.
func (s *sentences) withKeys() {
	me := list(userARN("alice"))
	key, token := access.LongTermKey(userARN("alice")), access.SessionTokenWithMFA(userARN("alice"), time.Minute)
	for _, action := range enrolling {
		on := me
		if strings.Contains(action, "Virtual") {
			on = list(home + ":mfa/alice")
		}
		for _, in := range []setting{asDeployed, besideAdmin} {
			s.ask(in, key, false, "a leaked key enrols nothing", action, on)
		}
		s.ask(asDeployed, token, true, "credentials with MFA enrol", action, on)
		s.ask(besideAdmin, access.Console(userARN("alice")), true, "the console enrols", action, on)
	}
	for _, action := range []string{"s3:ListAllMyBuckets", "iam:CreateAccessKey", "sts:AssumeRole"} {
		on := list("*")
		if action == "sts:AssumeRole" {
			on = list(awayRole)
		}
		s.ask(besideAdmin, key, false, "a key without a code does nothing", action, on, "sts:RoleSessionName=alice")
	}
	s.ask(asDeployed, key, true, "a key looks at its own user", "iam:GetUser", me)
}

// With MFA members manage the own device and password, and see the account's sign-in settings; nobody touches somebody else.
func (s *sentences) withMFA() {
	for _, who := range []string{"bob", "carol"} {
		full, me := access.ConsoleWithMFA(userARN(who), time.Minute), list(userARN(who))
		for _, action := range append(list("iam:DeactivateMFADevice", "iam:EnableMFADevice", "iam:ResyncMFADevice", "iam:ChangePassword", "iam:GetLoginProfile"), looking...) {
			s.ask(asDeployed, full, true, "manages the own device and password", action, me)
			for _, other := range others(who) {
				s.ask(asDeployed, full, false, "touches nobody else", action, list(other))
			}
		}
		for _, action := range list("iam:DeleteVirtualMFADevice", "iam:TagMFADevice") {
			s.ask(asDeployed, full, action == "iam:DeleteVirtualMFADevice", "deletes the own device and does nothing else to it", action, list(home+":mfa/"+who))
			for _, other := range list(home+":mfa/"+who+"2", away+":mfa/"+who, home+":mfa/alice") {
				s.ask(asDeployed, full, false, "touches no other device", action, list(other))
			}
		}
		for _, action := range list("iam:EnableMFADevice", "iam:ResyncMFADevice", "iam:ChangePassword") {
			s.ask(besideAdmin, full, true, "helps others, where something else allows it", action, list(userARN("bobby")))
		}
		s.ask(besideAdmin, full, true, "cleans up for others, where something else allows it", "iam:DeleteVirtualMFADevice", list(home+":mfa/bobby"))
		for _, action := range []string{"iam:GetAccountPasswordPolicy", "iam:GetAccountSummary", "iam:ListVirtualMFADevices"} {
			s.ask(asDeployed, full, true, "sees the sign-in settings", action, nil)
		}
		s.ask(asDeployed, full, false, "lists nobody", "iam:ListUsers", nil)
		s.ask(besideAdmin, full, true, "is not held back by the guard", "s3:ListAllMyBuckets", nil)
		s.ask(besideAdmin, full, true, "helps others, where something else allows it", "iam:DeactivateMFADevice", list(userARN("bobby")))
	}
	for _, without := range []access.Session{access.Console(userARN("bob")), access.LongTermKey(userARN("bob"))} {
		s.ask(withoutDenies, without, false, "deactivates nothing", "iam:DeactivateMFADevice", list(userARN("bob")))
	}
}

// Nobody writes a tag that decides what somebody may do, in whatever case, and nobody passes session tags.
func (s *sentences) tags() {
	full := access.ConsoleWithMFA(userARN("alice"), time.Minute)
	writes := map[string]string{
		"iam:TagUser": userARN("alice"), "iam:UntagUser": userARN("alice"), "iam:CreateUser": home + ":user/new",
		"iam:TagRole": ownRole, "iam:UntagRole": ownRole, "iam:CreateRole": home + ":role/new",
		"ec2:CreateTags": instance(secondNode), "ec2:DeleteTags": instance(secondNode),
		"ssm:AddTagsToResource": managedNode, "ssm:RemoveTagsFromResource": managedNode,
	}
	operator := access.AssumedRole(ownRole, "alice")
	for action, on := range writes {
		for _, keys := range []string{"Project", "project", "PROJECT", "SSMSessionRunAs", "ssmsessionrunas", "Email|project"} {
			s.ask(besideAdmin, full, false, "writes no authorization tag", action, list(on), "aws:TagKeys="+keys)
		}
		s.ask(besideAdmin, full, true, "writes other tags, where something else allows it", action, list(on), "aws:TagKeys=CostCenter")
		s.ask(besideAdmin, operator, false, "an operation role writes no tag at all", action, list(on), "aws:TagKeys=CostCenter")
	}
	s.ask(besideAdmin, full, false, "deletes no tag by naming none", "ec2:DeleteTags", list(instance(secondNode)))
	for action, on := range map[string]string{"iam:CreateUser": home + ":user/new", "iam:CreateRole": home + ":role/new"} {
		s.ask(besideAdmin, full, true, "makes principals without tags, where something else allows it", action, list(on))
	}
	for it, as := range map[string]access.Session{"nobody passes a session tag": full, "no operation role passes a session tag": operator} {
		role := home + ":role/takes-tags"
		*s = append(*s,
			question{it: it, in: besideAdmin, as: as, request: access.AssumeRole(role, "alice", access.Tag{Key: "Team", Value: "red"})},
			question{it: "the role is there without", in: besideAdmin, as: as, request: access.AssumeRole(role, "alice"), allowed: true},
		)
	}
}

// What members do for themselves, they do with MFA, on themselves, and for the listed tags alone.
func (s *sentences) selfService() {
	for _, who := range []string{"alice", "carol"} {
		full, me := access.ConsoleWithMFA(userARN(who), time.Minute), list(userARN(who))
		client := list("arn:aws:signin:us-east-1:" + homeAccount + ":oauth2/public-client/localhost")
		without := []access.Session{access.Console(userARN(who)), access.LongTermKey(userARN(who))}
		does := func(it, action string, on []string, context ...string) {
			s.ask(asDeployed, full, true, it, action, on, context...)
			for _, session := range without {
				s.ask(withoutDenies, session, false, it+", only with MFA", action, on, context...)
			}
			if strings.HasPrefix(action, "iam:") {
				for _, other := range others(who) {
					s.ask(asDeployed, full, false, it+", only for oneself", action, list(other), context...)
				}
			}
		}
		for _, action := range []string{"CreateAccessKey", "DeleteAccessKey", "GetAccessKeyLastUsed", "ListAccessKeys", "UpdateAccessKey"} {
			does("manages the own keys", "iam:"+action, me)
		}
		does("sees the own tags", "iam:ListUserTags", me)
		for _, action := range []string{"iam:TagUser", "iam:UntagUser"} {
			does("writes the own e-mail address", action, me, "aws:TagKeys=Email")
			does("writes both contact tags", action, me, "aws:TagKeys=DisplayName|Email")
			for _, in := range []setting{asDeployed, withoutDenies} {
				s.ask(in, full, false, "writes no other tag", action, me, "aws:TagKeys=Team")
				s.ask(in, full, false, "smuggles no other tag in", action, me, "aws:TagKeys=Email|Team")
				s.ask(in, full, false, "needs to name a tag", action, me)
				s.ask(in, full, false, "writes no authorization tag", action, me, "aws:TagKeys=SSMSessionRunAs")
			}
		}
		does("signs command line tools in", "signin:AuthorizeOAuth2Access", client)
		does("signs command line tools in", "signin:CreateOAuth2Token", client)
		s.ask(asDeployed, full, false, "signs in no other client", "signin:AuthorizeOAuth2Access", list("arn:aws:signin:us-east-1:"+homeAccount+":oauth2/other/x"))
		s.ask(asDeployed, full, false, "does nothing else with clients", "signin:CreateOAuth2PublicClient", client)
		s.ask(asDeployed, full, false, "makes no user of its name", "iam:CreateUser", me, "aws:TagKeys=Email")
		s.ask(asDeployed, full, false, "makes no service credential", "iam:CreateServiceSpecificCredential", me)
	}
}

// The way into other accounts leads to guardrails roles of the listed accounts, with MFA, and to nothing else.
func (s *sentences) otherAccounts() {
	full := access.ConsoleWithMFA(userARN("alice"), time.Minute)
	name := "sts:RoleSessionName=alice"
	s.ask(asDeployed, full, true, "goes to a listed account", "sts:AssumeRole", list(awayRole), name)
	s.ask(asDeployed, access.LongTermKey(userARN("alice")).WithMFACode(), true, "goes there with a code", "sts:AssumeRole", list(awayRole), name)
	*s = append(*s,
		question{it: "sets no source identity", in: asDeployed, as: full, request: request("sts:SetSourceIdentity", list(awayRole), "sts:SourceIdentity=bob")},
		question{it: "passes no tag there", in: withoutDenies, as: full, request: access.AssumeRole(awayRole, "alice", access.Tag{Key: "Team", Value: "red"})},
	)
	s.ask(asDeployed, full, false, "reaches no role at another path", "sts:AssumeRole", list(away+":role/outside"), name)
	s.ask(asDeployed, full, false, "reaches no account that is not listed", "sts:AssumeRole", list("arn:aws:iam::777788889999:role/guardrails/operation/remote"), name)
	s.ask(asDeployed, full, false, "reaches no role that trusts the whole account", "sts:AssumeRole", list(home+":role/cdk-deploy-role"), name)
	for _, without := range []access.Session{access.Console(userARN("alice")), access.LongTermKey(userARN("alice"))} {
		s.ask(withoutDenies, without, false, "goes nowhere without MFA", "sts:AssumeRole", list(awayRole), name)
	}
}

// A role is assumed by the people whom it names, with MFA that is recent enough, under their own name, without session tags.
func (s *sentences) trust() {
	assume := func(in setting, as access.Session, allowed bool, it, role, name string) {
		s.ask(in, as, allowed, it, "sts:AssumeRole", list(role), "sts:RoleSessionName="+name)
	}
	named := map[string][]string{ownRole: {"alice", "carol"}, theRole2: {"bob"}, adminArn: {"alice"}}
	age := map[string]time.Duration{ownRole: 12 * time.Hour, theRole2: time.Hour, adminArn: time.Hour}
	for role, people := range named {
		for _, who := range []string{"alice", "bob", "bobby", "carol"} {
			as, listed := userARN(who), slices.Contains(people, who)
			for _, in := range []setting{asDeployed, besideAdmin, withoutDenies} {
				assume(in, access.ConsoleWithMFA(as, time.Minute), listed, "named people with MFA assume it", role, who)
				assume(in, access.ConsoleWithMFA(as, age[role]-time.Second), listed, "MFA is recent until the last second", role, who)
				assume(in, access.ConsoleWithMFA(as, age[role]), false, "MFA is old from then on", role, who)
				assume(in, access.Console(as), false, "nobody without MFA", role, who)
				assume(in, access.LongTermKey(as), false, "nobody with a key alone", role, who)
				assume(in, access.SessionToken(as), false, "nobody with a session token without MFA", role, who)
			}
			assume(asDeployed, access.LongTermKey(as).WithMFACode(), listed, "a code will do", role, who)
			assume(asDeployed, access.SessionTokenWithMFA(as, time.Minute), listed, "a session token with MFA will do", role, who)
			assume(asDeployed, access.ConsoleWithMFA(as, time.Minute), listed && role == theRole2, "nobody under another name", role, "mallory")
			tagged := access.AssumeRole(role, who, access.Tag{Key: "Project", Value: "Test Project 2"})
			for _, in := range []setting{besideAdmin, withoutDenies} {
				*s = append(*s, question{it: "nobody overrides the role's tags", in: in, as: access.ConsoleWithMFA(as, time.Minute), request: tagged})
			}
		}
		assume(besideAdmin, access.Root(homeAccount), false, "root is not named", role, "root")
		assume(besideAdmin, access.AssumedRole(ownRole, "alice"), false, "no role goes on to another one", role, "alice")
	}
	dave := away + ":user/dave"
	assume(asDeployed, access.ConsoleWithMFA(dave, time.Minute), true, "a guest who is named assumes it", theRole2, "dave")
	assume(asDeployed, access.Console(dave), false, "a guest needs MFA as well", theRole2, "dave")
	assume(asDeployed, access.LongTermKey(dave), false, "a guest's key alone is not enough", theRole2, "dave")
	assume(asDeployed, access.ConsoleWithMFA(dave, time.Minute), false, "a guest is named for one role alone", ownRole, "dave")
	assume(asDeployed, access.ConsoleWithMFA(away+":user/erin", time.Minute), false, "a guest's colleagues are not named", theRole2, "erin")
}

// An operation role reaches the nodes of its own project, and no other, missing tags included.
func (s *sentences) nodes() {
	first, second := access.AssumedRole(ownRole, "alice"), access.AssumedRole(theRole2, "bob")
	s.ask(asDeployed, second, true, "each role its own", "ssm:StartSession", acting("ssm:StartSession", instance(secondNode)))
	s.ask(asDeployed, second, false, "and not the other's", "ssm:StartSession", acting("ssm:StartSession", instance(firstNode)))
	actions := map[string]bool{"ssm:StartSession": true, "ec2:StartInstances": true, "ec2:StopInstances": true, "ssm:GetConnectionStatus": false}
	for action, denied := range actions {
		s.ask(asDeployed, first, true, "reaches its own instance", action, acting(action, instance(firstNode)))
		settings := []setting{asDeployed, withoutDenies}
		if denied {
			settings = append(settings, besideAdmin)
			s.ask(besideAdmin, first, true, "the guard leaves the own project alone", action, acting(action, instance(firstNode)))
		}
		for _, in := range settings {
			s.ask(in, first, false, "not of another project", action, acting(action, instance(secondNode)))
			s.ask(in, first, false, "nor without a tag", action, acting(action, instance(untagged)))
		}
	}
	for _, action := range []string{"ssm:StartSession", "ssm:GetConnectionStatus"} {
		s.ask(asDeployed, first, true, "reaches managed nodes", action, acting(action, managedNode))
		for _, in := range []setting{asDeployed, withoutDenies} {
			s.ask(in, second, false, "no managed node of another project", action, acting(action, managedNode))
		}
	}
	s.ask(besideAdmin, second, false, "no managed node of another project", "ssm:StartSession", acting("ssm:StartSession", managedNode))
	for _, in := range []setting{asDeployed, withoutDenies} {
		for action := range actions {
			s.ask(in, first, false, "nothing in another account", action, acting(action, strings.Replace(instance(firstNode), homeAccount, otherAccount, 1)),
				"aws:ResourceTag/Project=Test Project 1")
		}
		for _, action := range []string{"ssm:StartSession", "ssm:GetConnectionStatus"} {
			s.ask(in, first, false, "no managed node of another account", action, acting(action, strings.Replace(managedNode, homeAccount, otherAccount, 1)),
				"aws:ResourceTag/Project=Test Project 1")
		}
		// ECS Exec opens sessions on tasks, which carry tags as well.
		s.ask(in, first, false, "no container of its project", "ssm:StartSession", acting("ssm:StartSession", "arn:aws:ecs:ap-northeast-1:"+homeAccount+":task/prod/0123456789abcdef0"),
			"aws:ResourceTag/Project=Test Project 1")
		for _, action := range []string{"ec2:RebootInstances", "ec2:TerminateInstances", "ssm:SendCommand"} {
			s.ask(in, first, false, "does nothing else to nodes", action, acting(action, instance(firstNode)))
		}
	}
	// Where nobody set the preferences a shell would be ssm-user's, with sudo.
	elsewhere := strings.Replace(instance(firstNode), "ap-northeast-1", "eu-west-1", 1)
	for _, in := range []setting{asDeployed, besideAdmin} {
		s.ask(in, first, false, "no session where the preferences are not set", "ssm:StartSession", acting("ssm:StartSession", elsewhere),
			"aws:ResourceTag/Project=Test Project 1")
	}
	theirs := strings.Replace(elsewhere, homeAccount, otherAccount, 1)
	for _, region := range []string{"ap-northeast-1", "us-east-1"} {
		s.ask(besideAdmin, first, false, "no session in another account", "ssm:StartSession",
			acting("ssm:StartSession", strings.Replace(theirs, "eu-west-1", region, 1)), "aws:ResourceTag/Project=Test Project 1")
		s.ask(besideAdmin, first, false, "no node of a Region where they are not", "ssm:StartSession",
			list(elsewhere, "arn:aws:ssm:"+region+":"+homeAccount+":document/SSM-SessionManagerRunShell"), "aws:ResourceTag/Project=Test Project 1")
		s.ask(besideAdmin, first, false, "no document of a Region where they are not", "ssm:StartSession",
			list(strings.Replace(elsewhere, "eu-west-1", region, 1), "arn:aws:ssm:eu-west-1:"+homeAccount+":document/SSM-SessionManagerRunShell"),
			"aws:ResourceTag/Project=Test Project 1")
		s.ask(besideAdmin, first, true, "sessions where they are", "ssm:StartSession",
			acting("ssm:StartSession", strings.Replace(instance(firstNode), "ap-northeast-1", region, 1)), "aws:ResourceTag/Project=Test Project 1")
	}
	s.ask(asDeployed, first, true, "starts instances there all the same", "ec2:StartInstances", list(elsewhere), "aws:ResourceTag/Project=Test Project 1")
	s.ask(asDeployed, first, false, "not when the document was not checked", "ssm:StartSession", acting("ssm:StartSession", instance(firstNode)), "ssm:SessionDocumentAccessCheck=false")
	for _, action := range []string{"ec2:DescribeInstances", "ssm:DescribeInstanceInformation", "ssm:DescribeInstanceProperties", "ssm:DescribeSessions"} {
		s.ask(asDeployed, first, true, "lists nodes and sessions", action, nil)
	}
	s.ask(asDeployed, first, false, "lists nothing else", "ec2:DescribeSnapshots", nil)
}

// A session uses the account's preferences or a listed document, and no other.
func (s *sentences) documents() {
	first, second := access.AssumedRole(ownRole, "alice"), access.AssumedRole(theRole2, "bob")
	with := func(node, document string) []string { return list(instance(node), document) }
	for _, in := range []setting{asDeployed, withoutDenies} {
		for name, owner := range map[string]string{"SSM-SessionManagerRunShell": homeAccount, "Team-Diagnostics": homeAccount, "AWS-StartPortForwardingSession": ""} {
			s.ask(in, first, true, "uses listed documents", "ssm:StartSession", with(firstNode, document(owner, name)))
			s.ask(in, first, false, "not the same name of another account", "ssm:StartSession", with(firstNode, document(otherAccount, name)))
			s.ask(in, second, name == "SSM-SessionManagerRunShell", "not what another entry lists", "ssm:StartSession", with(secondNode, document(owner, name)))
		}
		for _, name := range []string{"AWS-StartSSHSession", "AWS-StartPortForwardingSessionToRemoteHost", "AWS-StartInteractiveCommand"} {
			s.ask(in, first, false, "no other document of AWS", "ssm:StartSession", with(firstNode, document("", name)))
		}
		for _, name := range []string{"Team-Diagnostics", "SSM-SessionManagerRunShell"} {
			s.ask(in, first, false, "no document whose name is longer", "ssm:StartSession", with(firstNode, document(homeAccount, name+"2")))
			for _, action := range []string{"ssm:GetDocument", "ssm:UpdateDocument", "ssm:SendCommand"} {
				s.ask(in, first, false, "does nothing else with documents", action, list(document(homeAccount, name)))
			}
		}
		s.ask(in, first, false, "does nothing else with documents", "ssm:GetDocument", list(document("", "AWS-StartPortForwardingSession")))
	}
}

// A session is ended and resumed by whoever opened it.
func (s *sentences) sessions() {
	first := access.AssumedRole(ownRole, "alice")
	session := list("arn:aws:ssm:ap-northeast-1:" + homeAccount + ":session/alice-0123456789abcdef0")
	tag := "ssm:resourceTag/aws:ssmmessages:session-id="
	for _, action := range []string{"ssm:ResumeSession", "ssm:TerminateSession"} {
		s.ask(asDeployed, first, true, "its own session", action, session, tag+"AROAEXAMPLE0:alice")
		s.ask(asDeployed, first, false, "not of the same name in another role", action, session, tag+"AROAEXAMPLE1:alice")
		s.ask(asDeployed, first, false, "not a colleague's", action, session, tag+"AROAEXAMPLE0:carol")
		s.ask(asDeployed, first, false, "not a session of nobody", action, session)
		s.ask(asDeployed, first, false, "not in another account", action,
			list("arn:aws:ssm:ap-northeast-1:"+otherAccount+":session/alice-0123456789abcdef0"), tag+"AROAEXAMPLE0:alice")
	}
	s.ask(withoutDenies, first, false, "tags no session", "ssm:AddTagsToResource", session, tag+"AROAEXAMPLE0:alice", "aws:TagKeys=Team")
	s.ask(asDeployed, first, true, "opens the data channel", "ssmmessages:OpenDataChannel", nil)
	s.ask(asDeployed, first, false, "opens no control channel", "ssmmessages:OpenControlChannel", nil)
	key := "arn:aws:kms:us-east-1:" + homeAccount + ":key/mrk-1234abcd12ab34cd56ef1234567890ab"
	s.ask(asDeployed, first, true, "encrypts the session", "kms:GenerateDataKey", list(key))
	s.ask(asDeployed, first, false, "decrypts nothing", "kms:Decrypt", list(key))
	s.ask(asDeployed, first, false, "uses no other key", "kms:GenerateDataKey", list("arn:aws:kms:us-east-1:"+homeAccount+":key/1234abcd-12ab-34cd-56ef-1234567890ab"))
	s.ask(asDeployed, first, false, "uses no key whose id is longer", "kms:GenerateDataKey", list(key+"0"))
	s.ask(asDeployed, first, false, "uses no key of another account", "kms:GenerateDataKey", list(strings.Replace(key, homeAccount, otherAccount, 1)))
}

// Whatever is attached to an operation role, it does not go round tags, documents and Run As.
func (s *sentences) guardOfRoles() {
	first := access.AssumedRole(ownRole, "alice")
	for _, action := range []string{
		"ec2-instance-connect:OpenTunnel", "ec2-instance-connect:SendSSHPublicKey", "ec2-instance-connect:SendSerialConsoleSSHPublicKey",
		"ec2:AssociateIamInstanceProfile", "ec2:EnableSerialConsoleAccess", "ec2:GetPasswordData", "ec2:ModifyInstanceAttribute",
		"ec2:ReplaceIamInstanceProfileAssociation", "ecs:ExecuteCommand", "ssm-guiconnect:StartConnection", "ssm-guiconnect:GetConnection",
		"ssm:CreateAssociation", "ssm:CreateAssociationBatch", "ssm:CreateDocument", "ssm:DeleteDocument", "ssm:ModifyDocumentPermission",
		"ssm:RegisterTaskWithMaintenanceWindow", "ssm:SendCommand", "ssm:StartAssociationsOnce", "ssm:StartAutomationExecution", "ssm:UpdateAssociation",
		"ssm:UpdateAssociationStatus", "ssm:UpdateDocument", "ssm:UpdateDocumentDefaultVersion", "ssm:UpdateMaintenanceWindowTask",
	} {
		s.ask(besideAdmin, first, false, "no other way onto nodes", action, list(instance(firstNode)))
		s.ask(asDeployed, first, false, "no other way onto nodes", action, list(instance(firstNode)))
	}
	for _, action := range []string{"ec2:DescribeTags", "ssm:GetDocument", "s3:GetObject", "ec2:RebootInstances"} {
		s.ask(besideAdmin, first, true, "the guard stops nothing else", action, list(instance(firstNode)))
	}
}

// A node with the right role writes sessions to the configured places, reads the key, and does nothing else.
func (s *sentences) nodeRole() {
	node := access.AssumedRole(home+":role/node", firstNode)
	logs := "arn:aws:logs:us-east-1:" + homeAccount + ":log-group:/guardrails/ssm-sessions"
	const bucket = "arn:aws:s3:::example-session-logs"
	key := "arn:aws:kms:us-east-1:" + homeAccount + ":key/mrk-1234abcd12ab34cd56ef1234567890ab"
	does := map[string]string{
		"logs:CreateLogStream": logs + ":log-stream:alice", "logs:PutLogEvents": logs + ":log-stream:alice", "logs:DescribeLogStreams": logs + ":log-stream:",
		"s3:PutObject": bucket + "/ssm/alice.log", "s3:GetEncryptionConfiguration": bucket, "kms:Decrypt": key, "logs:DescribeLogGroups": "*",
	}
	for action, on := range does {
		s.ask(asDeployed, node, true, "a node writes the logs of sessions", action, list(on))
	}
	for action, on := range map[string][]string{
		"logs:PutLogEvents":             list(strings.Replace(logs, homeAccount, otherAccount, 1)+":log-stream:alice", logs+"2:log-stream:alice"),
		"logs:CreateLogStream":          list(strings.Replace(logs, homeAccount, otherAccount, 1)+":log-stream:alice", logs+"2:log-stream:alice"),
		"logs:DeleteLogStream":          list(logs + ":log-stream:alice"),
		"logs:DeleteLogGroup":           list("*"),
		"s3:PutObject":                  list(bucket+"/other/alice.log", bucket+"2/ssm/alice.log", bucket+"/ssm2/alice.log"),
		"s3:GetObject":                  list(bucket + "/ssm/alice.log"),
		"s3:GetEncryptionConfiguration": list(bucket + "2"),
		"s3:PutEncryptionConfiguration": list(bucket),
		"kms:Decrypt":                   list(key+"0", strings.Replace(key, homeAccount, otherAccount, 1)),
		"kms:ScheduleKeyDeletion":       list(key),
	} {
		for _, resource := range on {
			s.ask(asDeployed, node, false, "a node does nothing else", action, list(resource))
		}
	}
}

// variant is a configuration with the questions about it.
type variant struct {
	name      string
	fixture   accountFixture
	questions []question
}

// variants are the full account, and one in which the switches of enrolment are the other way round.
func variants() []variant {
	switched := fullAccount(policy.AWS)
	switched.group.FirstPasswordChange = false
	switched.group.EnrolWithAccessKeys = true
	return []variant{
		{name: "full", fixture: fullAccount(policy.AWS), questions: questions()},
		{name: "switched", fixture: switched, questions: switchedQuestions()},
	}
}

// Without the first password change a password is changed with MFA alone, and with the other switch a key enrols its own user's device.
func switchedQuestions() []question {
	var s sentences
	for _, who := range []string{"bob", "carol"} {
		me := list(userARN(who))
		alone, key, full := access.Console(userARN(who)), access.LongTermKey(userARN(who)), access.ConsoleWithMFA(userARN(who), time.Minute)
		s.ask(asDeployed, full, true, "changes the password with MFA", "iam:ChangePassword", me)
		s.ask(asDeployed, full, false, "does nothing else to the own user", "iam:DeleteUser", me)
		s.ask(besideAdmin, full, true, "changes passwords of others, where something else allows it", "iam:ChangePassword", list(userARN("bobby")))
		for _, other := range others(who) {
			s.ask(asDeployed, full, false, "changes nobody else's", "iam:ChangePassword", list(other))
			for _, session := range []access.Session{alone, key} {
				for _, action := range []string{"iam:EnableMFADevice", "iam:ResyncMFADevice"} {
					s.ask(besideAdmin, session, false, "enrols nobody else", action, list(other))
				}
			}
		}
		for _, action := range []string{"iam:EnableMFADevice", "iam:ResyncMFADevice"} {
			s.ask(besideAdmin, full, true, "helps others with MFA, where something else allows it", action, list(userARN("bobby")))
		}
		s.ask(besideAdmin, full, true, "cleans up for others with MFA", "iam:DeleteVirtualMFADevice", list(home+":mfa/bobby"))
		for _, session := range []access.Session{alone, key} {
			for _, in := range []setting{asDeployed, besideAdmin, withoutDenies} {
				s.ask(in, session, false, "changes no password without MFA", "iam:ChangePassword", me)
			}
			for _, action := range []string{"iam:GetAccountPasswordPolicy", "iam:DeactivateMFADevice", "iam:CreateAccessKey", "s3:ListAllMyBuckets"} {
				s.ask(besideAdmin, session, false, "does nothing else", action, me)
			}
			s.ask(besideAdmin, session, false, "assumes nothing", "sts:AssumeRole", list(home+":role/cdk-deploy-role"), "sts:RoleSessionName="+who)
			for _, in := range []setting{asDeployed, besideAdmin} {
				for _, action := range append(list("iam:EnableMFADevice", "iam:ResyncMFADevice"), looking...) {
					s.ask(in, session, true, "enrols", action, me)
				}
				for _, action := range list("iam:CreateVirtualMFADevice", "iam:DeleteVirtualMFADevice") {
					s.ask(in, session, true, "enrols", action, list(home+":mfa/"+who))
				}
				s.ask(in, session, true, "sees devices", "iam:ListVirtualMFADevices", nil)
			}
			for _, device := range list(home+":mfa/bobby", home+":mfa/"+who+"2", away+":mfa/"+who) {
				s.ask(besideAdmin, session, false, "deletes no device of others", "iam:DeleteVirtualMFADevice", list(device))
			}
		}
		s.ask(besideAdmin, full, true, "is not held back with MFA", "s3:ListAllMyBuckets", nil)
	}
	return s
}

// answers decides every question and returns the sentences that are not true. What the policies on resources of other accounts say is not
// known: they are taken to allow everything where something must be refused, and nothing where it must work.
func answers(f accountFixture, asked []question, change func(*access.Account)) ([]string, error) {
	engines := map[setting]*access.Engine{}
	for _, in := range []setting{asDeployed, besideAdmin, withoutDenies} {
		engine, err := access.Compile(questionWorld(f, in, change))
		if err != nil {
			return nil, err
		}
		engines[in] = engine
	}
	var wrong []string
	for _, q := range asked {
		engine := engines[q.in]
		if !q.allowed {
			engine = engine.Assuming(access.UnknownAllowsEverything)
		}
		decision, err := engine.Decide(q.as, q.request)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", q.it, err)
		}
		if decision.Allowed() != q.allowed {
			wrong = append(wrong, fmt.Sprintf("%s (%s): %s, %s on %v: %s", q.it, q.in, q.as, q.request.Action, q.request.Resources, decision))
		}
	}
	return wrong, nil
}

// The documents mean what they are for.
func TestTheDocumentsMeanWhatTheyAreFor(t *testing.T) {
	for _, v := range variants() {
		wrong, err := answers(v.fixture, v.questions, unchanged)
		require.NoError(t, err, v.name)
		assert.Empty(t, wrong, v.name)
		assert.Greater(t, len(v.questions), 100, v.name)
	}
}

// Without MFA a member with every other right has, of all actions that AWS documents, those of enrolment and the first password change.
func TestOfAllActionsOnlyEnrolmentIsLeftWithoutMFA(t *testing.T) {
	engine, err := access.Compile(questionWorld(fullAccount(policy.AWS), besideAdmin, unchanged))
	require.NoError(t, err)
	left := []string{
		"iam:ChangePassword", "iam:CreateVirtualMFADevice", "iam:DeleteVirtualMFADevice", "iam:EnableMFADevice", "iam:GetAccountPasswordPolicy",
		"iam:GetMFADevice", "iam:GetUser", "iam:ListMFADevices", "iam:ListVirtualMFADevices", "iam:ResyncMFADevice",
		// No policy denies this one: AWS answers whoever has credentials.
		"sts:GetCallerIdentity",
	}
	for name, session := range map[string]access.Session{"console": access.Console(userARN("alice")), "key": access.LongTermKey(userARN("alice"))} {
		var allowed []string
		for _, action := range access.Actions() {
			resources := list(userARN("alice"))
			if strings.Contains(action, "VirtualMFADevice") {
				resources = list(home + ":mfa/alice")
			}
			switch action {
			case "sts:AssumeRole":
				resources = list(awayRole)
			case "ssm:StartSession":
				resources = acting(action, instance(firstNode))
			}
			decision, err := engine.Decide(session, request(action, resources, "sts:RoleSessionName=alice"))
			require.NoError(t, err, action)
			if decision.Allowed() {
				allowed = append(allowed, action)
			}
		}
		want := left
		if name == "key" {
			// Nor this one, which takes long-term keys alone and returns credentials that can do no more than the key.
			want = append(slices.DeleteFunc(slices.Clone(left), func(action string) bool { return slices.Contains(enrolling, action) }), "sts:GetSessionToken")
		}
		assert.Equal(t, want, allowed, name)
	}
}
