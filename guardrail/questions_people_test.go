package guardrail_test

import (
	"strings"
	"time"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/internal/testkit/accounts"
)

var (
	enrolling = []string{
		"iam:CreateVirtualMFADevice",
		"iam:DeleteVirtualMFADevice",
		"iam:EnableMFADevice",
		"iam:ResyncMFADevice",
	}
	looking = []string{"iam:GetMFADevice", "iam:GetUser", "iam:ListMFADevices"}
)

// A member who signed in with a password alone enrols, changes the first password, and does nothing else.
func (s *sentences) withoutMFA() {
	for _, who := range []string{"alice", "carol"} {
		alone, me, device := access.Console(userARN(who)), list(userARN(who)), home+":mfa/"
		s.ask(
			asDeployed,
			alone,
			true,
			"creates a device of any name",
			"iam:CreateVirtualMFADevice",
			list(device+"my phone's"),
		)
		s.ask(asDeployed, alone, true, "repeats a cancelled enrolment", "iam:DeleteVirtualMFADevice", list(device+who))
		s.ask(asDeployed, alone, true, "enables their own device", "iam:EnableMFADevice", me)
		s.ask(asDeployed, alone, true, "resyncs their own device", "iam:ResyncMFADevice", me)
		for _, action := range looking {
			s.ask(asDeployed, alone, true, "looks at their own user", action, me)
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
			s.ask(
				in,
				alone,
				false,
				"deletes no device of others",
				"iam:DeleteVirtualMFADevice",
				list(home+":mfa/"+other),
			)
		}
	}
	for _, action := range looking {
		s.ask(asDeployed, alone, false, "looks at nobody else", action, list(userARN("bobby")))
	}
	s.ask(withoutDenies, alone, false, "enables nothing for others", "iam:EnableMFADevice", list(userARN("bobby")))
	s.ask(withoutDenies, alone, false, "resyncs nothing of others", "iam:ResyncMFADevice", list(userARN("bobby")))
	s.ask(withoutDenies, alone, false, "changes no password of others", "iam:ChangePassword", list(userARN("bobby")))
	s.ask(
		withoutDenies,
		alone,
		false,
		"deletes no device of others",
		"iam:DeleteVirtualMFADevice",
		list(home+":mfa/bobby"),
	)
	s.ask(
		withoutDenies,
		alone,
		false,
		"creates no device elsewhere",
		"iam:CreateVirtualMFADevice",
		list(away+":mfa/bob"),
	)
	s.ask(withoutDenies, alone, false, "reads no credential report", "iam:GetCredentialReport", nil)
	for _, device := range list(home+":mfa/bob2", away+":mfa/bob") {
		s.ask(besideAdmin, alone, false, "deletes no device of others", "iam:DeleteVirtualMFADevice", list(device))
	}
	for _, other := range others("bob") {
		s.ask(besideAdmin, alone, false, "enables nothing for others", "iam:EnableMFADevice", list(other))
		s.ask(
			besideAdmin,
			access.LongTermKey(userARN("bob")),
			false,
			"changes no password of others",
			"iam:ChangePassword",
			list(other),
		)
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

// With MFA members manage their own device and password, and see the account's sign-in settings; nobody touches
// somebody else.
func (s *sentences) withMFA() {
	for _, who := range []string{"bob", "carol"} {
		full, me := access.ConsoleWithMFA(userARN(who), time.Minute), list(userARN(who))
		for _, action := range append(list("iam:DeactivateMFADevice", "iam:EnableMFADevice", "iam:ResyncMFADevice", "iam:ChangePassword", "iam:GetLoginProfile"), looking...) {
			s.ask(asDeployed, full, true, "manages their own device and password", action, me)
			for _, other := range others(who) {
				s.ask(asDeployed, full, false, "touches nobody else", action, list(other))
			}
		}
		for _, action := range list("iam:DeleteVirtualMFADevice", "iam:TagMFADevice") {
			s.ask(
				asDeployed,
				full,
				action == "iam:DeleteVirtualMFADevice",
				"deletes their own device and does nothing else to it",
				action,
				list(home+":mfa/"+who),
			)
			for _, other := range list(home+":mfa/"+who+"2", away+":mfa/"+who, home+":mfa/alice") {
				s.ask(asDeployed, full, false, "touches no other device", action, list(other))
			}
		}
		for _, action := range list("iam:EnableMFADevice", "iam:ResyncMFADevice", "iam:ChangePassword") {
			s.ask(
				besideAdmin,
				full,
				true,
				"helps others, where something else allows it",
				action,
				list(userARN("bobby")),
			)
		}
		s.ask(
			besideAdmin,
			full,
			true,
			"cleans up for others, where something else allows it",
			"iam:DeleteVirtualMFADevice",
			list(home+":mfa/bobby"),
		)
		for _, action := range []string{"iam:GetAccountPasswordPolicy", "iam:GetAccountSummary", "iam:ListVirtualMFADevices"} {
			s.ask(asDeployed, full, true, "sees the sign-in settings", action, nil)
		}
		s.ask(asDeployed, full, false, "lists nobody", "iam:ListUsers", nil)
		s.ask(besideAdmin, full, true, "is not held back by the guard", "s3:ListAllMyBuckets", nil)
		s.ask(
			besideAdmin,
			full,
			true,
			"helps others, where something else allows it",
			"iam:DeactivateMFADevice",
			list(userARN("bobby")),
		)
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
		"ec2:CreateTags": instance(accounts.SecondNode), "ec2:DeleteTags": instance(accounts.SecondNode),
		"ssm:AddTagsToResource": managedNode, "ssm:RemoveTagsFromResource": managedNode,
	}
	operator := access.AssumedRole(ownRole, "alice")
	for action, on := range writes {
		for _, keys := range []string{"Project", "project", "PROJECT", "SSMSessionRunAs", "ssmsessionrunas", "Email|project"} {
			s.ask(besideAdmin, full, false, "writes no authorization tag", action, list(on), "aws:TagKeys="+keys)
		}
		s.ask(
			besideAdmin,
			full,
			true,
			"writes other tags, where something else allows it",
			action,
			list(on),
			"aws:TagKeys=CostCenter",
		)
		s.ask(
			besideAdmin,
			operator,
			false,
			"an operation role writes no tag at all",
			action,
			list(on),
			"aws:TagKeys=CostCenter",
		)
	}
	s.ask(besideAdmin, full, false, "deletes no tag by naming none", "ec2:DeleteTags", list(instance(accounts.SecondNode)))
	for action, on := range map[string]string{"iam:CreateUser": home + ":user/new", "iam:CreateRole": home + ":role/new"} {
		s.ask(
			besideAdmin,
			full,
			true,
			"makes principals without tags, where something else allows it",
			action,
			list(on),
		)
	}
	for it, as := range map[string]access.Session{"nobody passes a session tag": full, "no operation role passes a session tag": operator} {
		role := home + ":role/takes-tags"
		*s = append(
			*s,
			question{
				it:      it,
				in:      besideAdmin,
				as:      as,
				request: access.AssumeRole(role, "alice", world.Tag{Key: "Team", Value: "red"}),
			},
			question{
				it:      "the role is there without",
				in:      besideAdmin,
				as:      as,
				request: access.AssumeRole(role, "alice"),
				allowed: true,
			},
		)
	}
}

// What members do for themselves, they do with MFA, on themselves, and for the listed tags alone.
func (s *sentences) selfService() {
	for _, who := range []string{"alice", "carol"} {
		full, me := access.ConsoleWithMFA(userARN(who), time.Minute), list(userARN(who))
		client := list("arn:aws:signin:us-east-1:" + accounts.Home + ":oauth2/public-client/localhost")
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
			does("manages their own keys", "iam:"+action, me)
		}
		does("sees their own tags", "iam:ListUserTags", me)
		for _, action := range []string{"iam:TagUser", "iam:UntagUser"} {
			does("writes their own e-mail address", action, me, "aws:TagKeys=Email")
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
		s.ask(
			asDeployed,
			full,
			false,
			"signs in no other client",
			"signin:AuthorizeOAuth2Access",
			list("arn:aws:signin:us-east-1:"+accounts.Home+":oauth2/other/x"),
		)
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
	s.ask(
		asDeployed,
		access.LongTermKey(userARN("alice")).WithMFACode(),
		true,
		"goes there with a code",
		"sts:AssumeRole",
		list(awayRole),
		name,
	)
	*s = append(
		*s,
		question{
			it:      "sets no source identity",
			in:      asDeployed,
			as:      full,
			request: request("sts:SetSourceIdentity", list(awayRole), "sts:SourceIdentity=bob"),
		},
		question{
			it:      "passes no tag there",
			in:      withoutDenies,
			as:      full,
			request: access.AssumeRole(awayRole, "alice", world.Tag{Key: "Team", Value: "red"}),
		},
	)
	s.ask(
		asDeployed,
		full,
		false,
		"reaches no role at another path",
		"sts:AssumeRole",
		list(away+":role/outside"),
		name,
	)
	s.ask(
		asDeployed,
		full,
		false,
		"reaches no account that is not listed",
		"sts:AssumeRole",
		list("arn:aws:iam::777788889999:role/guardrails/operation/remote"),
		name,
	)
	s.ask(
		asDeployed,
		full,
		false,
		"reaches no role that trusts the whole account",
		"sts:AssumeRole",
		list(home+":role/cdk-deploy-role"),
		name,
	)
	for _, without := range []access.Session{access.Console(userARN("alice")), access.LongTermKey(userARN("alice"))} {
		s.ask(withoutDenies, without, false, "goes nowhere without MFA", "sts:AssumeRole", list(awayRole), name)
	}
}
