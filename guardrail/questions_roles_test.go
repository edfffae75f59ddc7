package guardrail_test

import (
	"slices"
	"strings"
	"time"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/internal/testkit/accounts"
)

// A role is assumed by the people whom it names, with MFA that is recent enough, under their own name, without
// session tags.
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
				assume(
					in,
					access.ConsoleWithMFA(as, age[role]-time.Second),
					listed,
					"MFA is recent until the last second",
					role,
					who,
				)
				assume(in, access.ConsoleWithMFA(as, age[role]), false, "MFA is old from then on", role, who)
				assume(in, access.Console(as), false, "nobody without MFA", role, who)
				assume(in, access.LongTermKey(as), false, "nobody with a key alone", role, who)
				assume(in, access.SessionToken(as), false, "nobody with a session token without MFA", role, who)
			}
			assume(asDeployed, access.LongTermKey(as).WithMFACode(), listed, "a code will do", role, who)
			assume(
				asDeployed,
				access.SessionTokenWithMFA(as, time.Minute),
				listed,
				"a session token with MFA will do",
				role,
				who,
			)
			assume(
				asDeployed,
				access.ConsoleWithMFA(as, time.Minute),
				listed && role == theRole2,
				"nobody under another name",
				role,
				"mallory",
			)
			tagged := access.AssumeRole(role, who, world.Tag{Key: "Project", Value: "Test Project 2"})
			for _, in := range []setting{besideAdmin, withoutDenies} {
				*s = append(
					*s,
					question{
						it:      "nobody overrides the role's tags",
						in:      in,
						as:      access.ConsoleWithMFA(as, time.Minute),
						request: tagged,
					},
				)
			}
		}
		assume(besideAdmin, access.Root(accounts.Home), false, "root is not named", role, "root")
		assume(
			besideAdmin,
			access.AssumedRole(ownRole, "alice"),
			false,
			"no role goes on to another one",
			role,
			"alice",
		)
	}
	dave := away + ":user/dave"
	assume(
		asDeployed,
		access.ConsoleWithMFA(dave, time.Minute),
		true,
		"a guest who is named assumes it",
		theRole2,
		"dave",
	)
	assume(asDeployed, access.Console(dave), false, "a guest needs MFA as well", theRole2, "dave")
	assume(asDeployed, access.LongTermKey(dave), false, "a guest's key alone is not enough", theRole2, "dave")
	assume(
		asDeployed,
		access.ConsoleWithMFA(dave, time.Minute),
		false,
		"a guest is named for one role alone",
		ownRole,
		"dave",
	)
	assume(
		asDeployed,
		access.ConsoleWithMFA(away+":user/erin", time.Minute),
		false,
		"a guest's colleagues are not named",
		theRole2,
		"erin",
	)
}

// An operation role reaches the nodes of its own project, and no other, missing tags included.
func (s *sentences) nodes() {
	first, second := access.AssumedRole(ownRole, "alice"), access.AssumedRole(theRole2, "bob")
	s.ask(
		asDeployed,
		second,
		true,
		"each role its own",
		"ssm:StartSession",
		acting("ssm:StartSession", instance(accounts.SecondNode)),
	)
	s.ask(
		asDeployed,
		second,
		false,
		"and not the other's",
		"ssm:StartSession",
		acting("ssm:StartSession", instance(accounts.FirstNode)),
	)
	actions := map[string]bool{
		"ssm:StartSession":        true,
		"ec2:StartInstances":      true,
		"ec2:StopInstances":       true,
		"ssm:GetConnectionStatus": false,
	}
	for action, denied := range actions {
		s.ask(asDeployed, first, true, "reaches its own instance", action, acting(action, instance(accounts.FirstNode)))
		settings := []setting{asDeployed, withoutDenies}
		if denied {
			settings = append(settings, besideAdmin)
			s.ask(
				besideAdmin,
				first,
				true,
				"the guard leaves their own project alone",
				action,
				acting(action, instance(accounts.FirstNode)),
			)
		}
		for _, in := range settings {
			s.ask(in, first, false, "not of another project", action, acting(action, instance(accounts.SecondNode)))
			s.ask(in, first, false, "nor without a tag", action, acting(action, instance(accounts.Untagged)))
		}
	}
	for _, action := range []string{"ssm:StartSession", "ssm:GetConnectionStatus"} {
		s.ask(asDeployed, first, true, "reaches managed nodes", action, acting(action, managedNode))
		for _, in := range []setting{asDeployed, withoutDenies} {
			s.ask(in, second, false, "no managed node of another project", action, acting(action, managedNode))
		}
	}
	s.ask(
		besideAdmin,
		second,
		false,
		"no managed node of another project",
		"ssm:StartSession",
		acting("ssm:StartSession", managedNode),
	)
	// Whatever else is attached, a reboot stays in the own project too.
	for _, node := range []string{instance(accounts.SecondNode), instance(accounts.Untagged)} {
		s.ask(
			besideAdmin,
			first,
			false,
			"no reboot elsewhere",
			"ec2:RebootInstances",
			acting("ec2:RebootInstances", node),
		)
	}
	for _, in := range []setting{asDeployed, withoutDenies} {
		for action := range actions {
			s.ask(
				in,
				first,
				false,
				"nothing in another account",
				action,
				acting(action, strings.Replace(instance(accounts.FirstNode), accounts.Home, accounts.Other, 1)),
				"aws:ResourceTag/Project=Test Project 1",
			)
		}
		for _, action := range []string{"ssm:StartSession", "ssm:GetConnectionStatus"} {
			s.ask(
				in,
				first,
				false,
				"no managed node of another account",
				action,
				acting(action, strings.Replace(managedNode, accounts.Home, accounts.Other, 1)),
				"aws:ResourceTag/Project=Test Project 1",
			)
		}
		// ECS Exec opens sessions on tasks, which carry tags as well.
		s.ask(
			in,
			first,
			false,
			"no container of its project",
			"ssm:StartSession",
			acting("ssm:StartSession", "arn:aws:ecs:ap-northeast-1:"+accounts.Home+":task/prod/0123456789abcdef0"),
			"aws:ResourceTag/Project=Test Project 1",
		)
		for _, action := range []string{"ec2:RebootInstances", "ec2:TerminateInstances", "ssm:SendCommand"} {
			s.ask(in, first, false, "does nothing else to nodes", action, acting(action, instance(accounts.FirstNode)))
		}
	}
	// Where nobody set the preferences a shell would be ssm-user's, with sudo.
	elsewhere := strings.Replace(instance(accounts.FirstNode), "ap-northeast-1", "eu-west-1", 1)
	for _, in := range []setting{asDeployed, besideAdmin} {
		s.ask(
			in,
			first,
			false,
			"no session where the preferences are not set",
			"ssm:StartSession",
			acting("ssm:StartSession", elsewhere),
			"aws:ResourceTag/Project=Test Project 1",
		)
	}
	theirs := strings.Replace(elsewhere, accounts.Home, accounts.Other, 1)
	for _, region := range []string{"ap-northeast-1", "us-east-1"} {
		s.ask(
			besideAdmin,
			first,
			false,
			"no session in another account",
			"ssm:StartSession",
			acting(
				"ssm:StartSession",
				strings.Replace(theirs, "eu-west-1", region, 1),
			),
			"aws:ResourceTag/Project=Test Project 1",
		)
		s.ask(
			besideAdmin,
			first,
			false,
			"no node of a Region where they are not",
			"ssm:StartSession",
			list(
				elsewhere,
				"arn:aws:ssm:"+region+":"+accounts.Home+":document/SSM-SessionManagerRunShell",
			),
			"aws:ResourceTag/Project=Test Project 1",
		)
		s.ask(
			besideAdmin,
			first,
			false,
			"no document of a Region where they are not",
			"ssm:StartSession",
			list(
				strings.Replace(elsewhere, "eu-west-1", region, 1),
				"arn:aws:ssm:eu-west-1:"+accounts.Home+":document/SSM-SessionManagerRunShell",
			),
			"aws:ResourceTag/Project=Test Project 1",
		)
		s.ask(
			besideAdmin,
			first,
			true,
			"sessions where they are",
			"ssm:StartSession",
			acting(
				"ssm:StartSession",
				strings.Replace(instance(accounts.FirstNode), "ap-northeast-1", region, 1),
			),
			"aws:ResourceTag/Project=Test Project 1",
		)
	}
	s.ask(
		asDeployed,
		first,
		true,
		"starts instances there all the same",
		"ec2:StartInstances",
		list(elsewhere),
		"aws:ResourceTag/Project=Test Project 1",
	)
	s.ask(
		asDeployed,
		first,
		false,
		"not when the document was not checked",
		"ssm:StartSession",
		acting("ssm:StartSession", instance(accounts.FirstNode)),
		"ssm:SessionDocumentAccessCheck=false",
	)
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
		for name, owner := range map[string]string{"SSM-SessionManagerRunShell": accounts.Home, "Team-Diagnostics": accounts.Home, "AWS-StartPortForwardingSession": ""} {
			s.ask(in, first, true, "uses listed documents", "ssm:StartSession", with(accounts.FirstNode, document(owner, name)))
			s.ask(
				in,
				first,
				false,
				"not the same name of another account",
				"ssm:StartSession",
				with(accounts.FirstNode, document(accounts.Other, name)),
			)
			s.ask(
				in,
				second,
				name == "SSM-SessionManagerRunShell",
				"not what another entry lists",
				"ssm:StartSession",
				with(accounts.SecondNode, document(owner, name)),
			)
		}
		for _, name := range []string{"AWS-StartSSHSession", "AWS-StartPortForwardingSessionToRemoteHost", "AWS-StartInteractiveCommand"} {
			s.ask(in, first, false, "no other document of AWS", "ssm:StartSession", with(accounts.FirstNode, document("", name)))
		}
		for _, name := range []string{"Team-Diagnostics", "SSM-SessionManagerRunShell"} {
			s.ask(
				in,
				first,
				false,
				"no document whose name is longer",
				"ssm:StartSession",
				with(accounts.FirstNode, document(accounts.Home, name+"2")),
			)
			for _, action := range []string{"ssm:GetDocument", "ssm:UpdateDocument", "ssm:SendCommand"} {
				s.ask(in, first, false, "does nothing else with documents", action, list(document(accounts.Home, name)))
			}
		}
		s.ask(
			in,
			first,
			false,
			"does nothing else with documents",
			"ssm:GetDocument",
			list(document("", "AWS-StartPortForwardingSession")),
		)
	}
}

// A session is ended and resumed by whoever opened it.
func (s *sentences) sessions() {
	first := access.AssumedRole(ownRole, "alice")
	session := list("arn:aws:ssm:ap-northeast-1:" + accounts.Home + ":session/alice-0123456789abcdef0")
	tag := "ssm:resourceTag/aws:ssmmessages:session-id="
	for _, action := range []string{"ssm:ResumeSession", "ssm:TerminateSession"} {
		s.ask(asDeployed, first, true, "its own session", action, session, tag+"AROAEXAMPLE0:alice")
		s.ask(
			asDeployed,
			first,
			false,
			"not of the same name in another role",
			action,
			session,
			tag+"AROAEXAMPLE1:alice",
		)
		s.ask(asDeployed, first, false, "not a colleague's", action, session, tag+"AROAEXAMPLE0:carol")
		s.ask(asDeployed, first, false, "not a session of nobody", action, session)
		s.ask(
			asDeployed,
			first,
			false,
			"not in another account",
			action,
			list(
				"arn:aws:ssm:ap-northeast-1:"+accounts.Other+":session/alice-0123456789abcdef0",
			),
			tag+"AROAEXAMPLE0:alice",
		)
	}
	s.ask(
		withoutDenies,
		first,
		false,
		"tags no session",
		"ssm:AddTagsToResource",
		session,
		tag+"AROAEXAMPLE0:alice",
		"aws:TagKeys=Team",
	)
	s.ask(asDeployed, first, true, "opens the data channel", "ssmmessages:OpenDataChannel", nil)
	s.ask(asDeployed, first, false, "opens no control channel", "ssmmessages:OpenControlChannel", nil)
	key := "arn:aws:kms:us-east-1:" + accounts.Home + ":key/mrk-1234abcd12ab34cd56ef1234567890ab"
	s.ask(asDeployed, first, true, "encrypts the session", "kms:GenerateDataKey", list(key))
	s.ask(asDeployed, first, false, "decrypts nothing", "kms:Decrypt", list(key))
	s.ask(
		asDeployed,
		first,
		false,
		"uses no other key",
		"kms:GenerateDataKey",
		list("arn:aws:kms:us-east-1:"+accounts.Home+":key/1234abcd-12ab-34cd-56ef-1234567890ab"),
	)
	s.ask(asDeployed, first, false, "uses no key whose id is longer", "kms:GenerateDataKey", list(key+"0"))
	s.ask(
		asDeployed,
		first,
		false,
		"uses no key of another account",
		"kms:GenerateDataKey",
		list(strings.Replace(key, accounts.Home, accounts.Other, 1)),
	)
}

// Whatever is attached to an operation role, it does not go round tags, documents and Run As.
func (s *sentences) guardOfRoles() {
	first := access.AssumedRole(ownRole, "alice")
	for _, action := range append(slices.Clone(waysElsewhere),
		"ec2-instance-connect:OpenTunnel", "ec2-instance-connect:SendSSHPublicKey", "ec2-instance-connect:SendSerialConsoleSSHPublicKey",
		"ec2:AssociateIamInstanceProfile", "ec2:EnableSerialConsoleAccess", "ec2:GetPasswordData", "ec2:ModifyInstanceAttribute",
		"ec2:ReplaceIamInstanceProfileAssociation", "ecs:ExecuteCommand", "ssm-guiconnect:StartConnection", "ssm-guiconnect:GetConnection",
		"ssm:CreateAssociation", "ssm:CreateAssociationBatch", "ssm:CreateDocument", "ssm:DeleteDocument", "ssm:ModifyDocumentPermission",
		"ssm:RegisterTaskWithMaintenanceWindow", "ssm:SendCommand", "ssm:StartAssociationsOnce", "ssm:StartAutomationExecution", "ssm:UpdateAssociation",
		"ssm:UpdateAssociationStatus", "ssm:UpdateDocument", "ssm:UpdateDocumentDefaultVersion", "ssm:UpdateMaintenanceWindowTask",
	) {
		s.ask(besideAdmin, first, false, "no other way onto nodes", action, list(instance(accounts.FirstNode)))
		s.ask(asDeployed, first, false, "no other way onto nodes", action, list(instance(accounts.FirstNode)))
	}
	for _, action := range []string{"ec2:DescribeTags", "ssm:GetDocument", "s3:GetObject", "ec2:RebootInstances"} {
		s.ask(besideAdmin, first, true, "the guard stops nothing else", action, list(instance(accounts.FirstNode)))
	}
}

// A node with the right role writes sessions to the configured places, reads the key, and does nothing else.
func (s *sentences) nodeRole() {
	node := access.AssumedRole(home+":role/node", accounts.FirstNode)
	logs := "arn:aws:logs:us-east-1:" + accounts.Home + ":log-group:/guardrails/ssm-sessions"
	const bucket = "arn:aws:s3:::example-session-logs"
	key := "arn:aws:kms:us-east-1:" + accounts.Home + ":key/mrk-1234abcd12ab34cd56ef1234567890ab"
	does := map[string]string{
		"logs:CreateLogStream":          logs + ":log-stream:alice",
		"logs:PutLogEvents":             logs + ":log-stream:alice",
		"logs:DescribeLogStreams":       logs + ":log-stream:",
		"s3:PutObject":                  bucket + "/ssm/alice.log",
		"s3:GetEncryptionConfiguration": bucket,
		"kms:Decrypt":                   key,
		"logs:DescribeLogGroups":        "*",
	}
	for action, on := range does {
		s.ask(asDeployed, node, true, "a node writes the logs of sessions", action, list(on))
	}
	ofBucket := "arn:aws:kms:us-east-1:" + accounts.Home + ":key/1234abcd-12ab-34cd-56ef-1234567890ab"
	for _, object := range []string{bucket + "/ssm/alice.log", bucket} {
		s.ask(
			asDeployed,
			node,
			true,
			"a node encrypts what it writes, with the key of the bucket",
			"kms:GenerateDataKey",
			list(ofBucket),
			"kms:EncryptionContext:aws:s3:arn="+object,
		)
	}
	for _, object := range []string{bucket + "2/ssm/alice.log", bucket + "2"} {
		s.ask(
			asDeployed,
			node,
			false,
			"a node encrypts for no other bucket",
			"kms:GenerateDataKey",
			list(ofBucket),
			"kms:EncryptionContext:aws:s3:arn="+object,
		)
	}
	s.ask(
		asDeployed,
		node,
		false,
		"a node reads nothing of the bucket",
		"kms:Decrypt",
		list(ofBucket),
		"kms:EncryptionContext:aws:s3:arn="+bucket,
	)
	s.ask(asDeployed, node, false, "a node encrypts nothing else", "kms:GenerateDataKey", list(ofBucket))
	for action, on := range map[string][]string{
		"logs:PutLogEvents": list(strings.Replace(logs, accounts.Home, accounts.Other, 1)+":log-stream:alice",
			logs+"2:log-stream:alice"),
		"logs:CreateLogStream": list(strings.Replace(logs, accounts.Home, accounts.Other, 1)+":log-stream:alice",
			logs+"2:log-stream:alice"),
		"logs:DeleteLogStream": list(logs + ":log-stream:alice"),
		"logs:DeleteLogGroup":  list("*"),
		"s3:PutObject": list(bucket+"/other/alice.log", bucket+"2/ssm/alice.log",
			bucket+"/ssm2/alice.log"),
		"s3:GetObject":                  list(bucket + "/ssm/alice.log"),
		"s3:GetEncryptionConfiguration": list(bucket + "2"),
		"s3:PutEncryptionConfiguration": list(bucket),
		"kms:Decrypt":                   list(key+"0", strings.Replace(key, accounts.Home, accounts.Other, 1)),
		"kms:ScheduleKeyDeletion":       list(key),
	} {
		for _, resource := range on {
			s.ask(asDeployed, node, false, "a node does nothing else", action, list(resource))
		}
	}
}
