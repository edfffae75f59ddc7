package escalation

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"aws-access-guardrails/access/doors"
)

// noWays are the doors of the table that lead to no role by themselves, with the reason.
var noWays = map[string][]string{
	"a session of somebody must be open; own-sessions-only judges it": calls("ssm:ResumeSession"),
	"a desktop is a session too, so that ssm:StartSession is needed, which is a way": calls(
		"ssm-guiconnect:StartConnection",
	),
	"somebody approves, and the token role is bound": calls("ssm:StartAccessRequest ssm:GetAccessToken"),
	"whoever has the private key, or an account on the node, signs in": calls(
		"ec2:GetPasswordData ec2-instance-connect:OpenTunnel ec2:EnableSerialConsoleAccess",
	),
	"the service has ended": calls("opsworks:GrantAccess opsworks:SetPermission opsworks:UpdateMyUserProfile " +
		"opsworks:UpdateUserProfile opsworks:CreateDeployment opsworks:CreateInstance opsworks:RegisterInstance " +
		"opsworks:StartInstance opsworks:UpdateInstance opsworks:CreateLayer opsworks:UpdateLayer " +
		"nimble:CreateStreamingSession " +
		"nimble:CreateStreamingSessionStream nimble:StartStreamingSession robomaker:CreateDeploymentJob " +
		"robomaker:CreateSimulationJob robomaker:RestartSimulationJob robomaker:StartSimulationJobBatch " +
		"robomaker:SyncDeploymentJob robomaker:UpdateRobotDeployment sms:PutAppLaunchConfiguration " +
		"sms:PutAppValidationConfiguration"),
	"the environment has the credentials of its owner": calls("cloud9:ActivateEC2Remote cloud9:CreateEnvironmentEC2 " +
		"cloud9:CreateEnvironmentMembership cloud9:CreateEnvironmentSSH cloud9:CreateEnvironmentToken " +
		"cloud9:ModifyTemporaryCredentialsOnEnvironmentEC2 cloud9:UpdateEnvironmentMembership " +
		"cloud9:UpdateSSHRemote cloudshell:ApproveCommand cloudshell:CreateEnvironment cloudshell:CreateSession " +
		"cloudshell:PutCredentials"),
	"it runs what others wrote": calls("ssm:StartAssociationsOnce ssm:RegisterTargetWithMaintenanceWindow " +
		"ssm:UpdateMaintenanceWindow ssm:UpdateMaintenanceWindowTarget ssm:SendAutomationSignal " +
		"codedeploy:ContinueDeployment codepipeline:OverrideStageCondition codepipeline:RetryStageExecution " +
		"codepipeline:StartPipelineExecution imagebuilder:StartImagePipelineExecution " +
		"imagebuilder:SendWorkflowStepAction autoscaling:LaunchInstances autoscaling:StartInstanceRefresh " +
		"ec2:RunScheduledInstances ecs:ContinueServiceDeployment eks:UpdateNodegroupVersion " +
		"elasticmapreduce:StartNotebookExecution elasticbeanstalk:ApplyEnvironmentManagedAction " +
		"elasticbeanstalk:RebuildEnvironment config:StartRemediationExecution fis:StartExperiment " +
		"servicecatalog:ExecuteProvisionedProductPlan servicecatalog:ExecuteProvisionedProductServiceAction " +
		"migrationhub-orchestrator:RetryWorkflowStep migrationhub-orchestrator:StartWorkflow " +
		"drs:StartFailbackLaunch drs:StartRecovery mgn:StartCutover mgn:StartTest codebuild:RetryBuild " +
		"codebuild:RetryBuildBatch glue:ResumeWorkflowRun glue:StartWorkflowRun apprunner:StartDeployment " +
		"airflow:CreateCliToken airflow:CreateWebLoginToken airflow:InvokeRestApi " +
		"airflow-serverless:StartWorkflowRun m2:StartBatchJob iot:AssociateTargetsWithJob " +
		"iot:StartCommandExecution sagemaker:BatchAddClusterNodes sagemaker:UpdateClusterSoftware " +
		"cleanrooms:StartProtectedJob cleanrooms-ml:StartTrainedModelInferenceJob a2c:StartDeploymentJob " +
		"application-transformation:StartDeployment datazone:StartNotebookCompute datazone:StartNotebookRun " +
		"greengrass:CreateSoftwareUpdateJob greengrass:StartBulkDeployment ds:CreateHybridAD ds:StartADAssessment " +
		"ds:UpdateHybridAD ssm-incidents:StartIncident eks:CreateAddon eks:UpdateAddon " +
		"ssm-quicksetup:DeleteConfigurationManager"),
	"it is run where something else names it": calls("ssm:CreatePatchBaseline ssm:DeleteDocument " +
		"ssm:LabelParameterVersion ssm:PutParameter ssm:RegisterDefaultPatchBaseline " +
		"ssm:RegisterPatchBaselineForPatchGroup ssm:UpdatePatchBaseline sagemaker:CreateStudioLifecycleConfig " +
		"imagebuilder:CreateContainerRecipe imagebuilder:CreateImagePipeline imagebuilder:CreateWorkflow " +
		"imagebuilder:ImportComponent imagebuilder:ImportDiskImage imagebuilder:ImportVmImage " +
		"imagebuilder:UpdateImagePipeline ec2:CreateKeyPair ec2:ImportImage ec2:ImportInstance ec2:ImportKeyPair " +
		"ec2:ModifyLaunchTemplate ec2:RegisterImage elasticbeanstalk:CreateConfigurationTemplate " +
		"elasticbeanstalk:CreatePlatformVersion elasticbeanstalk:UpdateConfigurationTemplate " +
		"iot:CreateCommand iot:CreateJob iot:CreateJobTemplate iot:CreateOTAUpdate iot:UpdateCommand " +
		"emr-containers:CreateJobTemplate deadline:CreateQueueEnvironment deadline:UpdateQueueEnvironment " +
		"greengrass:CreateFunctionDefinitionVersion greengrass:CreateGroupVersion mgn:PutSourceServerAction " +
		"mgn:PutTemplateAction mgn:CreateLaunchConfigurationTemplate mgn:UpdateLaunchConfiguration " +
		"mgn:UpdateLaunchConfigurationTemplate drs:PutLaunchAction servicecatalog:CreateProduct " +
		"servicecatalog:UpdateProvisionedProduct migrationhub-orchestrator:CreateTemplate " +
		"migrationhub-orchestrator:CreateWorkflow migrationhub-orchestrator:CreateWorkflowStep " +
		"migrationhub-orchestrator:UpdateTemplate migrationhub-orchestrator:UpdateWorkflow " +
		"migrationhub-orchestrator:UpdateWorkflowStep panorama:CreateJobForDevices " +
		"panorama:CreateNodeFromTemplateJob codedeploy:AddTagsToOnPremisesInstances " +
		"codedeploy:RegisterOnPremisesInstance rds:CreateCustomDBEngineVersion"),
	passedRole: calls("ec2:AssociateIamInstanceProfile " +
		"ec2:ReplaceIamInstanceProfileAssociation ec2:ModifyFleet ec2:ModifySpotFleetRequest ec2:RequestSpotFleet " +
		"evs:CreateEnvironmentHost pcs:CreateComputeNodeGroup pcs:RegisterComputeNodeGroupInstance " +
		"pcs:UpdateComputeNodeGroup workspaces-instances:CreateWorkspaceInstance " +
		"codedeploy:CreateDeploymentGroup codedeploy:UpdateDeploymentGroup codebuild:CreateProject " +
		"imagebuilder:UpdateInfrastructureConfiguration batch:CreateComputeEnvironment " +
		"batch:RegisterJobDefinition batch:SubmitServiceJob batch:UpdateComputeEnvironment ecs:CreateDaemon " +
		"ecs:CreateExpressGatewayService ecs:UpdateExpressGatewayService " +
		"ecs:CreateTaskSet ecs:RegisterDaemonTaskDefinition ecs:UpdateDaemon eks:CreateNodegroup " +
		"elasticmapreduce:CreateEditor elasticmapreduce:StartSession elasticbeanstalk:ComposeEnvironments " +
		"launchwizard:CreateDeployment launchwizard:UpdateDeployment config:PutConformancePack " +
		"config:PutOrganizationConformancePack config:PutRemediationConfigurations events:PutTargets " +
		"fis:CreateExperimentTemplate fis:UpdateExperimentTemplate servicecatalog:CreateConstraint " +
		"dlm:CreateLifecyclePolicy dlm:UpdateLifecyclePolicy ssm-incidents:CreateResponsePlan " +
		"ssm-incidents:UpdateResponsePlan " +
		"servicecatalog:UpdateConstraint sagemaker:CreateCluster sagemaker:UpdateCluster " +
		"ssm-quicksetup:CreateConfigurationManager " +
		"ssm-quicksetup:UpdateConfigurationDefinition ssm-quicksetup:UpdateConfigurationManager " +
		"emr-containers:CreateManagedEndpoint emr-serverless:AccessInteractiveEndpoints " +
		"emr-serverless:AccessLivyEndpoints emr-serverless:StartJobRun " +
		"emr-serverless:StartSession braket:CreateJob omics:StartRun omics:StartRunBatch glue:StartBlueprintRun " +
		"glue:StartNotebook glue:UpdateJobFromSourceControl glue:UpgradeJob sagemaker:CreateAutoMLJob " +
		"sagemaker:CreateAutoMLJobV2 sagemaker:CreateDataQualityJobDefinition sagemaker:CreateJob " +
		"sagemaker:CreateModelBiasJobDefinition sagemaker:CreateModelExplainabilityJobDefinition " +
		"sagemaker:CreateModelQualityJobDefinition sagemaker:CreateTransformJob sagemaker:DeployHubModel " +
		"sagemaker:UpdateTrainingJob lambda:RunMicrovm m2:CreateDeployment " +
		"chatbot:CreateMicrosoftTeamsChannelConfiguration chatbot:CreateSlackChannelConfiguration " +
		"chatbot:UpdateMicrosoftTeamsChannelConfiguration chatbot:UpdateSlackChannelConfiguration " +
		"codecatalyst:AssociateIamRoleToConnection iot:CreateRoleAlias iot:UpdateRoleAlias " +
		"mgh:BatchAssociateIamRoleWithConnection rolesanywhere:CreateProfile rolesanywhere:UpdateProfile"),
	"a certificate that the trust anchor vouches for is needed too": calls("rolesanywhere:DeleteAttributeMapping " +
		"rolesanywhere:DeleteCrl rolesanywhere:DisableCrl rolesanywhere:EnableProfile rolesanywhere:EnableTrustAnchor " +
		"rolesanywhere:PutAttributeMapping rolesanywhere:UpdateCrl"),
	"a token of a pod, of an identity or of an expert is needed too": calls("eks-auth:AssumeRoleForPodIdentity " +
		"cognito-identity:GetCredentialsForIdentity iq-permission:AssumePermissionRole"),
	"whom the service lets in further is not for IAM to say": calls("eks:AccessKubernetesApi " +
		"eks:MutateViaKubernetesApi elasticmapreduce:AttachEditor elasticmapreduce:CreateStudioPresignedUrl " +
		"elasticmapreduce:CreateStudioSessionMapping elasticmapreduce:GetClusterSessionCredentials " +
		"elasticmapreduce:GetSessionEndpoint elasticmapreduce:OpenEditorInConsole elasticmapreduce:StartEditor " +
		"elasticmapreduce:UpdateStudioSessionMapping emr-containers:GetManagedEndpointSessionCredentials " +
		"glue:GlueNotebookAuthorize glue:GlueNotebookRefreshCredentials datazone:CreateCellRun " +
		"datazone:GetNotebookCompute emr-serverless:GetSessionEndpoint lambda:ConnectMicrovm lambda:CreateMicrovmAuthToken " +
		"license-manager-user-subscriptions:AssociateUser"),
	"the machine has no role of the account": calls("appstream:Stream " +
		"appstream:StartSoftwareDeploymentToImageBuilder workspaces:DeployWorkspaceApplications workspaces:Stream " +
		"devicefarm:CreateRemoteAccessSession devicefarm:CreateTestGridUrl devicefarm:ScheduleRun " +
		"gameliftstreams:CreateStreamSessionConnection gameliftstreams:CreateStreamUrl " +
		"gameliftstreams:StartStreamSession gameliftstreams:CreateStreamSessionAdminShell " +
		"iot:OpenTunnel iot:RotateTunnelAccessToken " +
		"lightsail:CreateGUISessionAccessDetails lightsail:DownloadDefaultKeyPair " +
		"lightsail:GetInstanceAccessDetails lightsail:StartGUISession lightsail:CreateContainerServiceDeployment " +
		"lightsail:CreateInstances lightsail:CreateInstancesFromSnapshot " +
		"outposts:StartConnection storagegateway:SetLocalConsolePassword amplify:CreateDeployment " +
		"amplify:StartDeployment"),
	"it shows a browser and commands none": calls("bedrock-agentcore:ConnectBrowserLiveViewStream"),
}

// passedRole is the reason why a door is no way by itself that lenders holds.
const passedRole = "the role is passed, and lenders asks about it"

// What is excused because a role is passed is asked about for some service: for that of its prefix, or for one that is
// listed.
func TestWhatIsExcusedByAPassedRoleIsALender(t *testing.T) {
	listed := map[string]bool{}
	for service := range takingARole {
		for _, action := range lenders(service) {
			listed[action] = true
		}
	}
	for _, action := range noWays[passedRole] {
		prefix, _, _ := strings.Cut(action, ":")
		assert.True(t, listed[action] || slices.Contains(lenders(prefix+".amazonaws.com"), action), action)
	}
}

// handedOut is the row of the table whose calls give somebody a role.
const handedOut = "Services that hand out roles"

// Every door onto nodes or onto other machines, and every call that hands out a role, is part of a way, or says why it
// leads to no role.
func TestEveryDoorOntoAMachineIsAWayOrSaysWhyNot(t *testing.T) {
	ways := map[string]bool{}
	for _, way := range nodeWays {
		for _, action := range way.actions {
			ways[action] = true
		}
	}
	for _, way := range slices.Concat(serviceWays, runningWays) {
		for _, action := range way.creates {
			ways[action] = true
		}
	}
	excused := map[string]string{}
	for why, actions := range noWays {
		for _, action := range actions {
			assert.Empty(t, excused[action], "%s has two reasons", action)
			excused[action] = why
		}
	}
	found := false
	for _, row := range doors.Table() {
		found = found || row.Service == handedOut
		if row.Class == doors.Access && row.Service != handedOut {
			continue
		}
		for _, action := range row.Actions {
			assert.True(t, ways[action] != (excused[action] != ""), "%s: a way %t, excused because %q",
				action, ways[action], excused[action])
			delete(excused, action)
		}
	}
	assert.True(t, found, "the table has no row %q", handedOut)
	assert.Empty(t, excused, "what is excused is no door")
}
