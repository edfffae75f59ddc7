package guardrail_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/guardrail/identitycenter"
	"aws-access-guardrails/internal/testkit/accounts"
	"aws-access-guardrails/policy"
)

const managedShop = "arn:aws:ssm:us-east-1:" + accounts.Other + ":managed-instance/mi-0000000000000001a"

func shopInstance(region, id string) string {
	return "arn:aws:ec2:" + region + ":" + accounts.Other + ":instance/" + id
}

// permissionSetEngine is the account of the nodes with the role of a permission set whose inline policy is the given
// one, in one of the settings.
func permissionSetEngine(
	set *identitycenter.PermissionSetArgs,
	in setting,
	inline policy.Document,
) (*access.Engine, error) {
	tags := func(project string) []world.Tag { return []world.Tag{{Key: "Project", Value: project}} }
	w := access.World{
		IdentityCenter: &world.IdentityCenterInstance{},
		Accounts: []world.Account{{ID: accounts.Other, Partition: policy.AWS, Nodes: []world.Node{
			{Kind: world.Instance, ID: accounts.FirstNode, Region: "ap-northeast-1", Tags: tags("shop")},
			{Kind: world.Instance, ID: accounts.SecondNode, Region: "ap-northeast-1", Tags: tags("payroll")},
			{Kind: world.Instance, ID: accounts.Untagged, Region: "ap-northeast-1"},
			{Kind: world.Instance, ID: "i-0000000000000004a", Region: "ap-northeast-1", Tags: tags("")},
			{Kind: world.Instance, ID: "i-0000000000000005a", Region: "eu-west-1", Tags: tags("shop")},
			{Kind: world.Instance, ID: "i-0000000000000006a", Region: "us-east-1", Tags: tags("shop")},
			{Kind: world.Instance, ID: "i-0000000000000007a", Region: "us-east-1", Tags: tags("billing")},
			{Kind: world.ManagedInstance, ID: "mi-0000000000000001a", Region: "us-east-1", Tags: tags("shop")},
			{Kind: world.ManagedInstance, ID: "mi-0000000000000002a", Region: "us-east-1", Tags: tags("payroll")},
			{Kind: world.ManagedInstance, ID: "mi-0000000000000003a", Region: "eu-west-1", Tags: tags("shop")},
			{Kind: world.ManagedInstance, ID: "mi-0000000000000004a", Region: "us-east-1", Tags: tags("")},
		}}},
	}
	set.AddToWorld(&w)
	role := &w.Accounts[0].Roles[0]
	role.ID, role.Attached = "AROAEXAMPLE0", nil
	w.Accounts[0].Roles = append(w.Accounts[0].Roles, world.Role{Name: "takes-tags", Path: "/", Trust: policy.New(
		policy.Allow("Everything", "sts:AssumeRole", "sts:TagSession").
			For(policy.AWSPrincipals(set.RoleARN(accounts.Other))),
	)})
	role = &w.Accounts[0].Roles[0]
	switch in {
	case besideAdmin:
		inline.Statements = append(slices.Clone(inline.Statements), policy.Allow("Everything", "*").On("*"))
	case withoutDenies:
		inline.Statements = slices.DeleteFunc(
			slices.Clone(inline.Statements),
			func(s policy.Statement) bool { return s.Effect == policy.EffectDeny },
		)
	}
	role.Inline = []world.InlinePolicy{{Name: identitycenter.PermissionSetPolicyName, Document: inline}}
	return access.Compile(w)
}

// permissionSetSentences say what a permission set of the template is for, and what it keeps shut whatever is beside
// it.
func permissionSetSentences(set *identitycenter.PermissionSetArgs) sentences {
	var s sentences
	role, project := set.RoleARN(accounts.Other), world.Tag{Key: "Project", Value: "shop"}
	as := func(login string) access.Session {
		if login == "" {
			return access.IdentityCenter(role, "dave", project)
		}
		return access.IdentityCenter(role, "dave", project, world.Tag{Key: world.RunAsTag, Value: login})
	}
	dave, node := as("dave"), shopInstance("ap-northeast-1", accounts.FirstNode)
	shut := func(it string, resources []string, actions ...string) {
		for _, action := range actions {
			if it != "touches no authorization tag" {
				s.ask(besideAdmin, dave, false, it, action, resources)
			}
			s.ask(besideAdmin, dave, false, it, action, resources, "aws:TagKeys=Project")
		}
	}
	shut(
		"opens no other way onto nodes",
		list(node),
		"ec2-instance-connect:OpenTunnel",
		"ec2-instance-connect:SendSSHPublicKey",
		"ec2:EnableSerialConsoleAccess",
		"ec2:GetPasswordData",
		"ecs:ExecuteCommand",
		"ssm-guiconnect:StartConnection",
		"ssm:CreateAssociation",
		"ssm:CreateAssociationBatch",
		"ssm:RegisterTaskWithMaintenanceWindow",
		"ssm:SendCommand",
		"ssm:StartAssociationsOnce",
		"ssm:StartAutomationExecution",
		"ssm:UpdateAssociation",
		"ssm:UpdateAssociationStatus",
		"ssm:UpdateMaintenanceWindowTask",
	)
	shut("opens no way onto other machines", list(node), waysElsewhere...)
	shut(
		"changes no session document",
		list("arn:aws:ssm:us-east-1:"+accounts.Other+":document/SSM-SessionManagerRunShell"),
		"ssm:CreateDocument",
		"ssm:DeleteDocument",
		"ssm:ModifyDocumentPermission",
		"ssm:UpdateDocument",
		"ssm:UpdateDocumentDefaultVersion",
	)
	shut(
		"changes nothing that nodes run",
		list(node),
		"ec2:AssociateIamInstanceProfile",
		"ec2:ModifyInstanceAttribute",
		"ec2:ReplaceIamInstanceProfileAssociation",
	)
	shut("touches no authorization tag", list(node), "ec2:CreateTags", "ec2:DeleteTags")
	shut("touches no authorization tag", list(managedShop), "ssm:AddTagsToResource", "ssm:RemoveTagsFromResource")
	shut("touches no authorization tag", list(away+":role/x"), "iam:CreateRole", "iam:TagRole", "iam:UntagRole")
	shut("touches no authorization tag", list(away+":user/x"), "iam:CreateUser", "iam:TagUser", "iam:UntagUser")
	next := away + ":role/takes-tags"
	s = append(
		s,
		question{
			it:      "takes another role",
			in:      besideAdmin,
			as:      dave,
			request: access.AssumeRole(next, "dave"),
			allowed: true,
		},
		question{
			it:      "tags no session of it",
			in:      besideAdmin,
			as:      dave,
			request: access.AssumeRole(next, "dave", world.Tag{Key: "Project", Value: "payroll"}),
		},
	)
	if set.Template == identitycenter.ReadOnlyTemplate {
		s.ask(
			besideAdmin,
			dave,
			false,
			"opens no session",
			"ssm:StartSession",
			list(node, "arn:aws:ssm:ap-northeast-1:"+accounts.Other+":document/SSM-SessionManagerRunShell"),
		)
		shut(
			"opens no session",
			list("arn:aws:ssm:ap-northeast-1:"+accounts.Other+":session/dave-1"),
			"ssm:ResumeSession",
			"ssm:TerminateSession",
		)
		shut("starts and stops no node", list(node), "ec2:RebootInstances", "ec2:StartInstances", "ec2:StopInstances")
		for _, action := range []string{
			"AddUserToGroup", "AttachRolePolicy", "CreatePolicy", "DeactivateMFADevice", "DeleteRole", "DetachRolePolicy", "EnableMFADevice", "PassRole", "PutRolePolicy",
			"RemoveUserFromGroup", "ResetServiceSpecificCredential", "ResyncMFADevice", "SetDefaultPolicyVersion", "TagPolicy", "UntagPolicy", "UpdateAssumeRolePolicy", "UploadSSHPublicKey",
		} {
			s.ask(besideAdmin, dave, false, "changes no access", "iam:"+action, list(away+":role/x"))
		}
		s.ask(besideAdmin, dave, true, "the Denies leave reading alone", "ec2:DescribeInstances", nil)
		return s
	}
	start := func(in setting, who access.Session, allowed bool, it, node string) {
		region := strings.Split(node, ":")[3]
		s.ask(
			in,
			who,
			allowed,
			it,
			"ssm:StartSession",
			list(node, "arn:aws:ssm:"+region+":"+accounts.Other+":document/SSM-SessionManagerRunShell"),
		)
	}
	reached := list(node, managedShop, shopInstance("us-east-1", "i-0000000000000006a"))
	others := list(
		shopInstance("ap-northeast-1", accounts.SecondNode),
		shopInstance("ap-northeast-1", accounts.Untagged),
		shopInstance("ap-northeast-1", "i-0000000000000004a"),
		strings.Replace(managedShop, "1a", "2a", 1),
		strings.Replace(managedShop, "1a", "4a", 1),
	)
	if billing := shopInstance("us-east-1", "i-0000000000000007a"); set.Template == identitycenter.OSAccessTemplate {
		reached = append(reached, billing)
	} else {
		others = append(others, billing)
	}
	moves := list("ssm:GetConnectionStatus")
	if set.Template == identitycenter.OperationTemplate {
		moves = append(moves, "ec2:StartInstances", "ec2:StopInstances")
	}
	for _, in := range []setting{asDeployed, besideAdmin, withoutDenies} {
		for _, n := range reached {
			start(in, dave, true, "opens a shell of its project", n)
			for _, action := range moves {
				if strings.HasPrefix(action, "ssm:") || strings.Contains(n, ":instance/") {
					s.ask(in, dave, true, "reaches its project", action, list(n))
				}
			}
		}
		for _, n := range others {
			start(in, dave, false, "opens nothing else", n)
			for _, action := range moves {
				if strings.HasPrefix(action, "ssm:") || strings.Contains(n, ":instance/") {
					s.ask(in, dave, false, "reaches nothing else", action, list(n))
				}
			}
		}
	}
	if set.Template == identitycenter.OperationTemplate {
		empty := access.IdentityCenter(
			role,
			"dave",
			world.Tag{Key: "Project", Value: ""},
			world.Tag{Key: world.RunAsTag, Value: "dave"},
		)
		for _, n := range list(shopInstance("ap-northeast-1", "i-0000000000000004a"), strings.Replace(managedShop, "1a", "4a", 1)) {
			start(besideAdmin, empty, false, "an empty tag is no project", n)
			for _, action := range moves {
				if strings.HasPrefix(action, "ssm:") || strings.Contains(n, ":instance/") {
					s.ask(besideAdmin, empty, false, "an empty tag is no project", action, list(n))
				}
			}
		}
	}
	noLogin := access.IdentityCenter(role, "dave", project, world.Tag{Key: world.RunAsTag, Value: ""})
	start(besideAdmin, noLogin, false, "an empty tag is no login", node)
	for _, in := range []setting{asDeployed, withoutDenies} {
		// A task of ECS can have the tag too, and its shell is root's.
		task := access.Resource{
			ARN:  "arn:aws:ecs:us-east-1:" + accounts.Other + ":task/shop/0123456789abcdef0123456789abcdef",
			Tags: []world.Tag{project},
		}
		preferences := access.Resource{
			ARN: "arn:aws:ssm:us-east-1:" + accounts.Other + ":document/SSM-SessionManagerRunShell",
		}
		for action, resources := range map[string][]access.Resource{"ssm:StartSession": {task, preferences}, "ssm:GetConnectionStatus": {task}} {
			s = append(
				s,
				question{
					it:      "no task",
					in:      in,
					as:      dave,
					request: access.Request{Action: action, Resources: resources, Context: access.Context{}},
				},
			)
		}
	}
	none := list("", "-dave", "+1000", "d ve", "dave@example.com", "root", "ssm-user",
		"0dave", "1000", "2dave", "3dave", "4dave", "5dave", "6dave", "7dave", "8dave", "9dave")
	for _, login := range append(none, world.ImageUsers...) {
		start(besideAdmin, as(login), false, "starts as no other than a login", node)
	}
	start(
		besideAdmin,
		dave,
		false,
		"opens nothing where preferences are not set",
		shopInstance("eu-west-1", "i-0000000000000005a"),
	)
	start(
		besideAdmin,
		dave,
		false,
		"opens nothing where preferences are not set",
		"arn:aws:ssm:eu-west-1:"+accounts.Other+":managed-instance/mi-0000000000000003a",
	)
	for _, in := range []setting{asDeployed, withoutDenies} {
		s.ask(
			in,
			dave,
			false,
			"uses no other document",
			"ssm:StartSession",
			list(node, "arn:aws:ssm:ap-northeast-1:"+accounts.Other+":document/SSM-SessionManagerRunShell2"),
		)
		s.ask(
			in,
			dave,
			false,
			"uses no stranger's document",
			"ssm:StartSession",
			list(node, "arn:aws:ssm:ap-northeast-1:777788889999:document/SSM-SessionManagerRunShell"),
		)
		s.ask(
			in,
			dave,
			true,
			"a checked document",
			"ssm:StartSession",
			list(node, "arn:aws:ssm:ap-northeast-1:"+accounts.Other+":document/SSM-SessionManagerRunShell"),
			"ssm:SessionDocumentAccessCheck=true",
		)
		s.ask(
			in,
			dave,
			false,
			"an unchecked document",
			"ssm:StartSession",
			list(node, "arn:aws:ssm:ap-northeast-1:"+accounts.Other+":document/SSM-SessionManagerRunShell"),
			"ssm:SessionDocumentAccessCheck=false",
		)
		session, tag := list(
			"arn:aws:ssm:ap-northeast-1:"+accounts.Other+":session/dave-1",
		), "ssm:resourceTag/aws:ssmmessages:session-id="
		for _, action := range []string{"ssm:ResumeSession", "ssm:TerminateSession"} {
			s.ask(in, dave, true, "their own session", action, session, tag+"AROAEXAMPLE0:dave")
			s.ask(in, dave, false, "a colleague's session", action, session, tag+"AROAEXAMPLE0:erin")
			s.ask(in, dave, false, "nobody's session", action, session)
		}
		if set.Template == identitycenter.OperationTemplate {
			asked, key := list(
				"kms:GrantIsForAWSResource=true",
				"kms:ViaService=ec2.ap-northeast-1.amazonaws.com",
			), list(
				set.VolumeKeyARNs[0],
			)
			s.ask(in, dave, true, "EC2 uses the key of a volume", "kms:CreateGrant", key, asked...)
			s.ask(
				in,
				dave,
				false,
				"EC2 uses no other key",
				"kms:CreateGrant",
				list(strings.Replace(key[0], "1234abcd", "0987dcba", 1)),
				asked...)
			s.ask(in, dave, false, "EC2 uses no other key", "kms:CreateGrant", list(key[0]+"0"), asked...)
			s.ask(
				in,
				dave,
				false,
				"EC2 uses no key of another Region",
				"kms:CreateGrant",
				list(strings.Replace(key[0], "ap-northeast-1", "us-east-1", 1)),
				asked...)
			s.ask(
				in,
				dave,
				false,
				"gives nobody a key",
				"kms:CreateGrant",
				key,
				"kms:GrantIsForAWSResource=false",
				asked[1],
			)
			s.ask(in, dave, false, "gives nobody a key", "kms:CreateGrant", key, asked[1])
			s.ask(
				in,
				dave,
				false,
				"no other service uses a key",
				"kms:CreateGrant",
				key,
				asked[0],
				"kms:ViaService=rds.ap-northeast-1.amazonaws.com",
			)
			s.ask(in, dave, false, "no other service uses a key", "kms:CreateGrant", key, asked[0])
			for _, action := range list("kms:Decrypt", "kms:GenerateDataKey", "kms:PutKeyPolicy", "kms:RetireGrant", "kms:RevokeGrant") {
				s.ask(in, dave, false, "does nothing else with a key", action, key, asked...)
			}
		}
		s.ask(in, dave, true, "opens the data channel", "ssmmessages:OpenDataChannel", nil)
		s.ask(in, dave, false, "opens no control channel", "ssmmessages:OpenControlChannel", nil)
		for _, action := range []string{"ec2:DescribeInstances", "ssm:DescribeInstanceInformation", "ssm:DescribeInstanceProperties", "ssm:DescribeSessions"} {
			s.ask(in, dave, true, "lists nodes and sessions", action, nil)
		}
		s.ask(in, dave, false, "lists nothing else", "ec2:DescribeVolumes", nil)
		for _, action := range []string{"ssm:GetDocument", "ssm:SendCommand", "ssm:DeregisterManagedInstance", "ec2:TerminateInstances", "ssm:AddTagsToResource"} {
			for _, on := range list(node, managedShop, session[0], "arn:aws:ssm:ap-northeast-1:"+accounts.Other+":document/SSM-SessionManagerRunShell") {
				s.ask(
					in,
					dave,
					false,
					"does nothing else",
					action,
					list(on),
					tag+"AROAEXAMPLE0:dave",
					"aws:TagKeys=Team",
				)
			}
		}
	}
	return s
}

// permissionSetSurvivors are the changes of the policies of permission sets that no sentence notices, each with the
// reason.
var permissionSetSurvivors = explainedFor(map[string]string{
	"DenySessionsAsIllegalOSUsers: StringLike on aws:PrincipalTag/SSMSessionRunAs " +
		"IfExists toggled": "without the tag DenySessionsWithoutOSUser denies",
	"DenySessionsWherePreferencesAreNotSet: exempt resource arn:aws:ec2:ap-northeast-1:*:instance/* widened to " +
		"every Region": "the preferences document of the Region is denied",
	"DenySessionsWherePreferencesAreNotSet: exempt resource arn:aws:ec2:us-east-1:*:instance/* widened to " +
		"every Region": "the preferences document of the Region is denied",
	"DenyWritingAuthorizationTags: action iam:CreateRole dropped": "AWS asks for iam:TagRole too, which is denied",
	"DenyWritingAuthorizationTags: action iam:CreateUser dropped": "AWS asks for iam:TagUser too, which is denied",
	"ResumeAndEndOwnSessions: resource arn:aws:ssm:*:*:session/* widened to " +
		"everything": "the actions know nothing but sessions",
	"UsePreferencesDocumentOfTheAccount: resource arn:aws:ssm:*:444455556666:document/SSM-SessionManagerRunShell " +
		"widened to every account": "a stranger shares it, whom no world has; permission-set-no-other-door finds it",
}, "operation", "osAccess").and(map[string]string{
	"operation DenyNodesOfNoProject: StringEquals on aws:ResourceTag/Project IfExists toggled": "without the tag " +
		"DenyNodesOfOtherProjects denies",
	"operation StartInstancesWithEncryptedVolumes: resource arn:aws:kms:ap-northeast-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab widened to every account": "the policy of " +
		"a key of another account decides too, and no world has it; permission-set-changes-no-access finds it",
	"operation StartAndStopInstancesOfOwnProject: resource arn:aws:ec2:*:*:instance/* widened to " +
		"everything": "the actions know nothing but instances",
}).and(explainedFor(map[string]string{
	"DenyWritingAuthorizationTags: action iam:CreateRole dropped": "DenyChangingAccess denies it too",
	"DenyWritingAuthorizationTags: action iam:CreateUser dropped": "DenyChangingAccess denies it too",
	"DenyWritingAuthorizationTags: action iam:TagRole dropped":    "DenyChangingAccess denies it too",
	"DenyWritingAuthorizationTags: action iam:TagUser dropped":    "DenyChangingAccess denies it too",
	"DenyWritingAuthorizationTags: action iam:UntagRole dropped":  "DenyChangingAccess denies it too",
	"DenyWritingAuthorizationTags: action iam:UntagUser dropped":  "DenyChangingAccess denies it too",
}, "readOnly"))

// explained are changes with the reason for which nothing notices them.
type explained map[string]string

// explainedFor repeats changes for the templates that share a statement.
func explainedFor(changes explained, templates ...string) explained {
	out := explained{}
	for change, why := range changes {
		for _, template := range templates {
			out[template+" "+change] = why
		}
	}
	return out
}

func (e explained) and(more explained) explained {
	maps.Copy(e, more)
	return e
}

// Every statement, action, resource and condition of the policies of permission sets is needed: without it, or with a
// slip in it, a sentence about them stops being true.
func TestEveryPartOfEveryPermissionSetIsHeldByASentence(t *testing.T) {
	_, fixture := accounts.PermissionSet()
	missed, noticed := map[string]bool{}, 0
	for _, template := range []identitycenter.PermissionSetTemplate{identitycenter.OperationTemplate, identitycenter.OSAccessTemplate, identitycenter.ReadOnlyTemplate} {
		set := *fixture
		set.Template, set.Regions, set.Assignments = template, nil, []identitycenter.Assignment{
			{User: "dave", Accounts: []string{accounts.Other}},
		}
		if template.OpensSessions() {
			set.Regions = []string{"ap-northeast-1", "us-east-1"}
		}
		if template == identitycenter.OSAccessTemplate {
			set.Projects = []string{"shop", "billing"}
		}
		if template == identitycenter.OperationTemplate {
			set.VolumeKeyARNs = []string{
				"arn:aws:kms:ap-northeast-1:" + accounts.Other + ":key/1234abcd-12ab-34cd-56ef-1234567890ab",
			}
		}
		require.NoError(t, set.Validate())
		document, wanted := set.InlinePolicy()
		require.True(t, wanted)
		asked := permissionSetSentences(&set)
		wrong := func(d policy.Document, enough int) []string {
			var out []string
			engines := map[setting]*access.Engine{}
			for _, q := range asked {
				if len(out) == enough {
					break
				}
				if engines[q.in] == nil {
					engine, err := permissionSetEngine(&set, q.in, d)
					if err != nil {
						return []string{err.Error()}
					}
					engines[q.in] = engine
				}
				decision, err := engines[q.in].Decide(q.as, q.request)
				if err != nil || decision.Allowed() != q.allowed {
					out = append(out, string(q.in)+": "+q.it+": "+q.request.Action)
				}
			}
			return out
		}
		require.Empty(t, wrong(document, len(asked)), template)
		for _, m := range mutants(string(template), document) {
			switch {
			case noDifference(m.change):
			case len(wrong(m.mutated, 1)) > 0:
				noticed++
			default:
				missed[m.String()] = true
			}
		}
	}
	heldOrExplained(t, missed, permissionSetSurvivors)
	assert.Greater(t, noticed, 300)
}
