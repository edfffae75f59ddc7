package doors_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access/catalogue"
	"aws-access-guardrails/access/doors"
)

// Every action of the table is one that AWS has, spelt as AWS spells it, and stands once; every row says in words what
// opens and of which service.
func TestTheTableNamesActionsOfAWSOnce(t *testing.T) {
	seen := map[string]bool{}
	for _, row := range doors.Table() {
		assert.Contains(t, doors.Classes(), row.Class, row.It)
		assert.NotEmpty(t, row.Service, row.It)
		assert.NotEmpty(t, row.It, row.Actions)
		require.NotEmpty(t, row.Actions, row.It)
		assert.True(t, row.Page == "" || strings.HasPrefix(row.Page, "https://docs.aws.amazon.com/"), row.Page)
		for _, action := range row.Actions {
			name, known := catalogue.KnownAction(action)
			assert.True(t, known && name == action, "%s: AWS has no such action", action)
			assert.False(t, seen[action], "%s stands twice", action)
			seen[action] = true
			assert.Equal(t, row.Class, doors.ClassOf(strings.ToUpper(action)))
			for _, set := range row.In {
				assert.Contains(t, doors.In(set), action)
			}
		}
	}
	assert.Equal(t, doors.None, doors.ClassOf("s3:GetObject"))
	assert.Nil(t, doors.Of("s3:GetObject"))
}

// A row is closed by a statement of a service control policy, or says why it is not; never both, never neither.
func TestEveryRowIsClosedOrSaysWhyNot(t *testing.T) {
	for _, row := range doors.Table() {
		closed := slices.ContainsFunc(row.In, func(s doors.Set) bool { return doors.ClosedBy(s) != "" })
		assert.Equal(t, closed, row.Open == "", "%s %s: %s", row.Service, row.It, row.Actions)
		assert.Equal(t, closed, row.Closed(), row.It)
		assert.False(t, strings.HasSuffix(row.Open, ".") || strings.HasSuffix(row.Why, "."), row.It)
	}
}

// noDoors are the look-alikes that somebody looked at and found to be no doors, by what they do instead.
func noDoors(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile("none.txt")
	require.NoError(t, err)
	found := map[string]string{}
	does := ""
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "= "):
			does = line[2:]
		default:
			require.NotEmpty(t, does, "%q stands before what it does", line)
			prefix, names, found1 := strings.Cut(line, ":")
			require.True(t, found1, "%q is no line of actions", line)
			for name := range strings.FieldsSeq(names) {
				action := prefix + ":" + name
				assert.Empty(t, found[action], "%s stands twice", action)
				found[action] = does
			}
		}
	}
	return found
}

// Every action of the catalogue whose name or description looks like a door is a row of the table, or somebody has said
// that it is none. An update of the
// catalogue that brings another one fails here until it is classified, and so does one that takes one away.
func TestEveryActionThatLooksLikeADoorIsClassified(t *testing.T) {
	text, err := os.ReadFile("testdata/look-alikes.txt")
	require.NoError(t, err)
	none := noDoors(t)
	count := 0
	for line := range strings.Lines(string(text)) {
		action, word, found := strings.Cut(strings.TrimSpace(line), " ")
		require.True(t, found, line)
		count++
		name, known := catalogue.KnownAction(action)
		assert.True(t, known && name == action, "%s is not in the catalogue: generate both again", action)
		isDoor, isNone := doors.ClassOf(action) != doors.None, none[action] != ""
		assert.True(
			t,
			isDoor || isNone,
			"%s looks like a door (%s): add it to a row of the table, or to none.txt",
			action,
			word,
		)
		assert.False(t, isDoor && isNone, "%s is a door and stands in none.txt", action)
		delete(none, action)
	}
	assert.Greater(t, count, 1400)
	for action := range none {
		assert.True(
			t,
			decidesAccess(action),
			"%s stands in none.txt and looks like no door of the catalogue: take it out",
			action,
		)
	}
}

// deciders are the services that decide who may do what in the accounts of an organization.
var deciders = []string{
	"account", "account-access", "controltower", "iam", "identity-sync", "identitystore", "identitystore-auth", "organizations", "rolesanywhere", "signin",
	"sso", "sso-directory", "sso-oauth", "sts",
}

// decidesAccess reports whether AWS says of an action of these services that it does more than read and list.
func decidesAccess(action string) bool {
	prefix, _, _ := strings.Cut(action, ":")
	return slices.Contains(deciders, prefix) &&
		slices.ContainsFunc(catalogue.LevelsOf(action), func(level catalogue.AccessLevel) bool {
			return level != catalogue.LevelRead && level != catalogue.LevelList
		})
}

// Every action by which a service that decides who may do what is changed is a row of the table, or somebody has said
// that it is none: its name need not look like a door. Accepting the invitation of another organization does not.
func TestEveryActionThatDecidesAccessIsClassified(t *testing.T) {
	none := noDoors(t)
	count := map[string]int{}
	for _, action := range catalogue.Actions() {
		if !decidesAccess(action) {
			continue
		}
		prefix, _, _ := strings.Cut(action, ":")
		count[prefix]++
		isDoor, isNone := doors.ClassOf(action) != doors.None, none[action] != ""
		assert.True(
			t, isDoor || isNone, "%s may change who may do what: add it to a row of the table, or to none.txt", action,
		)
		assert.False(t, isDoor && isNone, "%s is a door and stands in none.txt", action)
	}
	for _, service := range deciders {
		assert.Positive(t, count[service], "the catalogue has nothing of %s", service)
	}
}

// The names by which strangers know the doors are classified: shells, desktops and tunnels are closed, and what people
// work in is open with a reason.
func TestWhatStrangersTryIsInTheTable(t *testing.T) {
	for action, closed := range map[string]bool{
		"ssm:StartSession": true, "ssm:SendCommand": true, "lightsail:CreateGUISessionAccessDetails": true, "lightsail:StartGUISession": true,
		"gameliftstreams:CreateStreamSessionAdminShell": true, "iot:OpenTunnel": true, "lambda:CreateMicrovmShellAuthToken": true,
		"bedrock-agentcore:InvokeAgentRuntimeCommandShell": true, "codebuild:StartSandboxConnection": true, "appstream:CreateImageBuilderStreamingURL": true,
		"ec2-instance-connect:OpenTunnel": true, "ecs:ExecuteCommand": true, "ssm:UpdateMaintenanceWindowTarget": true,
		"ssm:RegisterTargetWithMaintenanceWindow": true, "sso:PutPermissionsPolicy": true, "sso:AssociateProfile": true, "sts:AssumeRoot": true,
		"codedeploy:CreateDeployment": false, "elasticbeanstalk:UpdateEnvironment": false, "elasticmapreduce:AddJobFlowSteps": false, "batch:SubmitJob": false,
		"ecs:RunTask": false, "eks:MutateViaKubernetesApi": false, "appstream:CreateStreamingURL": false, "workspaces:Stream": false,
		"sagemaker:CreatePresignedDomainUrl": false, "sagemaker:StartSession": false, "cloudshell:CreateSession": false, "cloud9:CreateEnvironmentToken": false,
		"glue:RunStatement": false, "athena:StartSession": false, "greengrass:CreateDeployment": false, "deadline:CreateJob": false, "mgn:PutTemplateAction": false,
		"imagebuilder:CreateComponent": false, "ec2:ModifyInstanceAttribute": false, "ec2:CreateLaunchTemplateVersion": false, "ec2:ImportKeyPair": false,
		"ssm-quicksetup:UpdateConfigurationDefinition": true, "cloudformation:CreateStackInstances": true, "cloudformation:UpdateStack": true, "outposts:StartConnection": false,
		"glue:StartJobRun": false, "sagemaker:CreateProcessingJob": false, "lambda:InvokeFunction": false, "launchwizard:CreateDeployment": false, "omics:StartRun": false,
		"codepipeline:StartPipelineExecution": false, "pcs:CreateComputeNodeGroup": false, "config:PutConformancePack": false, "sagemaker:CreateCluster": false,
		"apprunner:StartDeployment": false, "identitystore:UpdateUser": false, "account-access:CreateEntitlement": false, "dlm:CreateLifecyclePolicy": false,
		"mgn:UpdateLaunchConfigurationTemplate": false, "ecs:CreateExpressGatewayService": false,
		"iot:CreateOTAUpdate": false, "lightsail:CreateInstances": false,
		"ssm-incidents:CreateResponsePlan": false, "chatbot:CreateSlackChannelConfiguration": false, "eks:CreateCapability": false, "eks:CreateAddon": false,
	} {
		row := doors.Of(action)
		if assert.NotNil(t, row, action) {
			assert.Equal(t, closed, row.Closed(), action)
		}
	}
}

// ownRole is a managed policy of AWS's for the role that a service has of its own, where the policy lets the service
// run something on nodes, open a session there or make roles. No service control policy binds a service-linked role,
// so what commands the service is a door by itself, or the policy's service runs nothing of the caller's.
type ownRole struct {
	policy string
	// by are the calls that command the service; without any, because says why nobody's code or shell comes of it.
	by      []string
	because string
}

// Source: the documents of the managed policies of AWS, as published by AWS on 2026-03-07: those of the names
// *ServiceRole* and *ServiceLinkedRole* that allow a command, an association, a session, a runbook or a role; below
// service-role, those of roles that are passed.
var ownRoles = []ownRole{
	{
		"AWSConfigRemediationServiceRolePolicy",
		[]string{"config:PutRemediationConfigurations", "config:StartRemediationExecution"},
		"",
	},
	{
		"AWSDirectoryServiceServiceRolePolicy",
		[]string{"ds:CreateHybridAD", "ds:UpdateHybridAD", "ds:StartADAssessment"},
		"",
	},
	{"AWSEC2SqlHaServiceRolePolicy", nil, "documents of AWS's that look at SQL Server"},
	{"AWSIQPermissionServiceRolePolicy", []string{"iq-permission:AssumePermissionRole"}, ""},
	{"AWSLicenseManagerServiceRolePolicy", nil, "inventory, by documents of AWS's"},
	{
		"AWSLicenseManagerUserSubscriptionsServiceRolePolicy",
		[]string{"license-manager-user-subscriptions:AssociateUser"},
		"",
	},
	{
		"AWSMigrationHubOrchestratorServiceRolePolicy",
		[]string{"migrationhub-orchestrator:CreateWorkflow", "migrationhub-orchestrator:CreateWorkflowStep"},
		"",
	},
	{"AWSSSMForSAPServiceLinkedRolePolicy", nil, "documents of AWS's that look at SAP, stop and start it"},
	{"AWSSSOServiceRolePolicy", []string{"sso:ProvisionPermissionSet", "sso:CreateAccountAssignment"}, ""},
	{"AWSServiceRoleForImageBuilder", []string{"imagebuilder:CreateComponent", "imagebuilder:CreateImage"}, ""},
	{"AWSServiceRoleForSMS", []string{"sms:PutAppValidationConfiguration"}, ""},
	{"AmazonECSServiceRolePolicy", []string{"ecs:ExecuteCommand"}, ""},
	{"AmazonEKSConnectorServiceRolePolicy", []string{"eks:AccessKubernetesApi"}, ""},
	{"AmazonEKSLocalOutpostServiceRolePolicy", nil, "the control plane of a local cluster, whose machines are AWS's"},
	{"AmazonGuardDutyServiceRolePolicy", nil, "a document of AWS's that installs its agent"},
	{"AmazonInspector2ServiceRolePolicy", nil, "documents of AWS's that look for weaknesses"},
	{"AmazonRDSCustomServiceRolePolicy", []string{"rds:CreateCustomDBEngineVersion"}, ""},
	{
		"AmazonSSMServiceRolePolicy",
		[]string{
			"ssm:RegisterTaskWithMaintenanceWindow",
			"ssm:RegisterTargetWithMaintenanceWindow",
			"ssm:StartAutomationExecution",
		},
		"",
	},
	{
		"AutoScalingServiceRolePolicy",
		[]string{"autoscaling:CreateAutoScalingGroup", "autoscaling:UpdateAutoScalingGroup"},
		"",
	},
	{
		"CloudFormationStackSetsOrgMemberServiceRolePolicy",
		[]string{"cloudformation:CreateStackSet", "cloudformation:CreateStackInstances"},
		"",
	},
	{
		"service-role/AWSDataLifecycleManagerSSMFullAccess",
		[]string{"dlm:CreateLifecyclePolicy", "dlm:UpdateLifecyclePolicy"},
		"",
	},
	{"CloudwatchApplicationInsightsServiceLinkedRolePolicy", nil, "documents of AWS's that configure its agent"},
}

// Whatever a service does on nodes by a role of its own, past every service control policy, whoever commands it makes
// a call that is a row of the table.
func TestWhatServicesDoByThemselvesIsClassified(t *testing.T) {
	for _, role := range ownRoles {
		assert.True(t, catalogue.KnownManagedPolicy(role.policy) || catalogue.KnownManagedPolicy(
			"aws-service-role/"+role.policy,
		),
			"%s: AWS has no such policy", role.policy)
		assert.Equal(t, len(role.by) == 0, role.because != "", role.policy)
		for _, action := range role.by {
			assert.NotEqual(t, doors.None, doors.ClassOf(action), "%s: %s commands it", role.policy, action)
		}
	}
}
