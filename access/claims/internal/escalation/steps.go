package escalation

import (
	"strings"

	"aws-access-guardrails/access/internal/engine"
)

// serviceWay is a way to run something as a role that an AWS service has.
type serviceWay struct {
	// service is the principal to which the role is passed, and whom its trust policy names.
	service string
	// creates are the calls that are needed, all of them, besides iam:PassRole where the role is passed.
	creates []string
	// words say what happens.
	words string
}

const (
	lambdaService         = "lambda.amazonaws.com"
	cloudFormationService = "cloudformation.amazonaws.com"
	ec2Service            = "ec2.amazonaws.com"
	ecsTasks              = "ecs-tasks.amazonaws.com"
	glueService           = "glue.amazonaws.com"
	sageMakerService      = "sagemaker.amazonaws.com"
	statesService         = "states.amazonaws.com"
	ssmService            = "ssm.amazonaws.com"
	codeBuildService      = "codebuild.amazonaws.com"
	appRunnerTasks        = "tasks.apprunner.amazonaws.com"
	agentCoreService      = "bedrock-agentcore.amazonaws.com"
	podsOfEKS             = "pods.eks.amazonaws.com"
	cognitoService        = "cognito-identity.amazonaws.com"
)

// serviceWays are the ways to make a service run as a role that is passed to it. Each row takes the fewest calls: a
// service that runs what is created at once needs no second call. Services that have no row here are asked about by
// their names: see lenders.
//
// Source: Service Authorization Reference, dependent action iam:PassRole of the actions; the guides of the services,
// about their service and execution roles; the API references of ECS (RunTask, StartTask: overrides of the role and of
// the command), Step Functions (TestState) and Systems Manager (CreateActivation).
var serviceWays = []serviceWay{
	{lambdaService, calls("lambda:CreateFunction lambda:InvokeFunction"), "runs a Lambda function as"},
	{lambdaService, calls("lambda:CreateFunction lambda:InvokeAsync"), "runs a Lambda function as"},
	{lambdaService, calls("lambda:CreateFunction lambda:CreateFunctionUrlConfig lambda:InvokeFunctionUrl"),
		"runs a Lambda function, called by its address, as"},
	{lambdaService, calls("lambda:CreateFunction lambda:CreateEventSourceMapping"),
		"runs a Lambda function, called by a stream or queue, as"},
	{lambdaService, calls("lambda:CreateFunction lambda:AddPermission"),
		"runs a Lambda function, opened to another caller, as"},
	{lambdaService, calls("synthetics:CreateCanary synthetics:StartCanary"), "runs the script of a canary as"},
	{cloudFormationService, calls("cloudformation:CreateStack"), "creates a CloudFormation stack as"},
	{cloudFormationService, calls("cloudformation:CreateStackSet cloudformation:CreateStackInstances"),
		"creates a stack of a CloudFormation stack set as"},
	{cloudFormationService, calls("cloudformation:CreateResource"), "creates resources by Cloud Control API as"},
	{cloudFormationService, calls("cloudformation:UpdateResource"), "changes resources by Cloud Control API as"},
	{ec2Service, calls("ec2:RunInstances"), "launches an instance, with commands in its user data, as"},
	{ec2Service, calls("ec2:RequestSpotInstances"), "launches a Spot Instance, with commands in its user data, as"},
	{ec2Service, calls("ec2:CreateLaunchTemplate ec2:CreateFleet"), "launches a fleet of instances as"},
	{ec2Service, calls("ec2:CreateLaunchTemplate autoscaling:CreateAutoScalingGroup"),
		"launches instances of an Auto Scaling group as"},
	{ec2Service, calls("autoscaling:CreateLaunchConfiguration autoscaling:CreateAutoScalingGroup"),
		"launches instances of an Auto Scaling group as"},
	{ec2Service, calls("ec2:CreateLaunchTemplate autoscaling:UpdateAutoScalingGroup"),
		"has an Auto Scaling group launch instances as"},
	{ec2Service, calls("autoscaling:CreateLaunchConfiguration autoscaling:UpdateAutoScalingGroup"),
		"has an Auto Scaling group launch instances as"},
	{ec2Service, calls("elasticbeanstalk:CreateApplicationVersion elasticbeanstalk:CreateEnvironment"),
		"runs an application on instances of Elastic Beanstalk as"},
	{ec2Service, calls("elasticmapreduce:RunJobFlow"), "runs steps on the instances of an EMR cluster as"},
	{ec2Service, calls("imagebuilder:CreateInfrastructureConfiguration imagebuilder:CreateComponent " +
		"imagebuilder:CreateImageRecipe imagebuilder:CreateImage"), "builds an image on an instance as"},
	{ecsTasks, calls("ecs:RunTask"), "runs an ECS task as"},
	{ecsTasks, calls("ecs:StartTask"), "starts an ECS task on a container instance as"},
	{ecsTasks, calls("ecs:RegisterTaskDefinition ecs:CreateService"), "runs an ECS service as"},
	{ecsTasks, calls("ecs:RegisterTaskDefinition ecs:UpdateService"), "runs other tasks in an ECS service as"},
	{glueService, calls("glue:CreateDevEndpoint"), "opens a Glue development endpoint as"},
	{glueService, calls("glue:CreateJob glue:StartJobRun"), "runs a Glue job as"},
	{glueService, calls("glue:UpdateJob glue:StartJobRun"), "runs a Glue job that it changed as"},
	{glueService, calls("glue:CreateJob glue:CreateTrigger"), "runs a Glue job, called by a trigger, as"},
	{glueService, calls("glue:UpdateJob glue:CreateTrigger"), "runs a Glue job that it changed, by a trigger, as"},
	{glueService, calls("glue:CreateSession glue:RunStatement"), "runs a statement in a Glue session as"},
	{sageMakerService, calls("sagemaker:CreateNotebookInstanceLifecycleConfig sagemaker:CreateNotebookInstance"),
		"starts a SageMaker notebook with a script as"},
	{sageMakerService, calls("sagemaker:CreateNotebookInstance sagemaker:CreatePresignedNotebookInstanceUrl"),
		"opens a new SageMaker notebook as"},
	{sageMakerService, calls("sagemaker:CreateTrainingJob"), "runs a SageMaker training job as"},
	{sageMakerService, calls("sagemaker:CreateHyperParameterTuningJob"), "runs SageMaker training jobs as"},
	{sageMakerService, calls("sagemaker:CreateProcessingJob"), "runs a SageMaker processing job as"},
	{sageMakerService, calls("sagemaker:CreatePipeline sagemaker:StartPipelineExecution"),
		"runs a SageMaker pipeline as"},
	{sageMakerService, calls("sagemaker:CreateModel sagemaker:CreateEndpointConfig sagemaker:CreateEndpoint"),
		"runs the container of a SageMaker model as"},
	{"codepipeline.amazonaws.com", calls("codepipeline:CreatePipeline"), "runs a CodePipeline pipeline as"},
	{"codepipeline.amazonaws.com", calls("codepipeline:UpdatePipeline"), "changes a CodePipeline pipeline, to run as"},
	{"datapipeline.amazonaws.com",
		calls("datapipeline:CreatePipeline datapipeline:PutPipelineDefinition datapipeline:ActivatePipeline"),
		"runs a Data Pipeline pipeline as"},
	{"elasticmapreduce.amazonaws.com", calls("elasticmapreduce:RunJobFlow"), "runs an EMR cluster as"},
	{statesService, calls("states:CreateStateMachine states:StartExecution"), "runs a Step Functions state machine as"},
	{statesService, calls("states:CreateStateMachine states:StartSyncExecution"),
		"runs a Step Functions state machine as"},
	{statesService, calls("states:TestState"), "tries a state of Step Functions, which calls AWS as"},
	{"scheduler.amazonaws.com", calls("scheduler:CreateSchedule"), "schedules calls of EventBridge Scheduler as"},
	{
		"scheduler.amazonaws.com",
		calls("scheduler:UpdateSchedule"),
		"changes a schedule of EventBridge Scheduler, to call as",
	},
	{ssmService, calls("ssm:StartAutomationExecution"), "runs a runbook of Systems Manager as"},
	{
		ssmService,
		calls("ssm:StartChangeRequestExecution"),
		"runs a runbook of Systems Manager, by a change request, as",
	},
	{ssmService, calls("ssm:CreateActivation"), "makes a machine of its own a managed node, which gets credentials of"},
	{ssmService, calls("ssm:UpdateManagedInstanceRole"), "gives a managed node the credentials of"},
	{appRunnerTasks, calls("apprunner:CreateService"), "runs an App Runner service as"},
}

func calls(text string) []string { return strings.Fields(text) }

// nodeWay is a way to run code on a node, and so to have its role.
type nodeWay struct {
	// actions are the calls that are needed, all of them.
	actions []string
	words   string
	// elsewhere: the first call names something else than the node, which it reaches by that.
	elsewhere bool
	// root: the code is root's whatever the node's preferences say.
	root bool
}

// nodeWays are the ways to run code on a node. The doors of the table of package doors that need something else are
// in noWays of the tests.
//
// Source: AWS Systems Manager User Guide, Run Command, Session Manager, State Manager and Maintenance Windows; Amazon
// EC2 User Guide, IAM roles for Amazon EC2, user data, replace a root volume, and EC2 Serial Console; AWS CodeDeploy
// User Guide, hooks of the AppSpec file; AWS Elastic Beanstalk Developer Guide, customizing software on Linux servers;
// Amazon EMR Management Guide, service role for cluster EC2 instances.
var nodeWays = []nodeWay{
	{actions: calls("ssm:SendCommand"), words: "runs commands as root on nodes", root: true},
	{actions: calls("ssm:CreateAssociation"), words: "runs commands as root on nodes, by an association,", root: true},
	{
		actions: calls("ssm:CreateAssociationBatch"),
		words:   "runs commands as root on nodes, by associations,",
		root:    true,
	},
	{actions: calls("ssm:UpdateAssociation"), elsewhere: true, root: true,
		words: "runs commands as root on nodes, by an association that it changes,"},
	{actions: calls("ssm:RegisterTaskWithMaintenanceWindow"), elsewhere: true, root: true,
		words: "runs commands as root on nodes, by a maintenance window,"},
	{actions: calls("ssm:UpdateMaintenanceWindowTask"), elsewhere: true, root: true,
		words: "runs commands as root on nodes, by a task of a maintenance window,"},
	{actions: calls("ec2:ModifyInstanceAttribute ec2:StopInstances ec2:StartInstances"), root: true,
		words: "writes user data, which runs as root, of nodes"},
	{actions: calls("ssm:UpdateDocument ssm:UpdateDocumentDefaultVersion"), elsewhere: true, root: true,
		words: "runs commands as root on nodes, by a document that it changes,"},
	{actions: calls("ec2:CreateReplaceRootVolumeTask"), root: true,
		words: "starts an image of its own in the place of nodes"},
	{actions: calls("ec2:StopInstances ec2:DetachVolume ec2:AttachVolume ec2:StartInstances"), root: true,
		words: "changes the volumes, elsewhere, of nodes"},
	{actions: calls("codedeploy:CreateDeployment"), elsewhere: true, root: true,
		words: "deploys with hooks, which run as root, to nodes"},
	{actions: calls("elasticbeanstalk:CreateApplicationVersion elasticbeanstalk:UpdateEnvironment"),
		elsewhere: true, root: true,
		words: "deploys with commands, which run as root, to nodes of Elastic Beanstalk"},
	{actions: calls("elasticmapreduce:AddJobFlowSteps"), elsewhere: true,
		words: "runs steps on nodes of EMR"},
	{actions: calls("ssm:StartSession"), words: "opens shells on nodes"},
	{actions: calls("ec2-instance-connect:SendSSHPublicKey"), words: "opens shells on nodes, by EC2 Instance Connect,"},
	{actions: calls("ec2-instance-connect:SendSerialConsoleSSHPublicKey"), words: "opens the serial console of nodes"},
}

// profileWays give an instance that runs another role; code on it then has that.
var profileWays = calls("ec2:AssociateIamInstanceProfile ec2:ReplaceIamInstanceProfileAssociation")

// writeWays are the calls that make an administrator of the user or role on which they are made. adminPolicy says
// that iam:PolicyARN can be AdministratorAccess.
//
// Source: IAM API Reference, the page of each action.
var writeWays = []struct {
	action      string
	whose       engine.PrincipalKind
	adminPolicy bool
	words       string
}{
	{"iam:AttachUserPolicy", engine.UserPrincipal, true, "attaches AdministratorAccess to"},
	{"iam:PutUserPolicy", engine.UserPrincipal, false, "writes an inline policy of"},
	{"iam:AttachRolePolicy", engine.RolePrincipal, true, "attaches AdministratorAccess to"},
	{"iam:PutRolePolicy", engine.RolePrincipal, false, "writes an inline policy of"},
}

// groupWays make administrators of the members of a group.
var groupWays = []struct {
	action      string
	adminPolicy bool
	words       string
}{
	{"iam:AttachGroupPolicy", true, "attaches AdministratorAccess to"},
	{"iam:PutGroupPolicy", false, "writes an inline policy of"},
}

// versionWays change what an attached managed policy says. One of its other versions may say more: see takesGuardsAway.
var versionWays = []string{"iam:CreatePolicyVersion"}

// providerWays make somebody the owner of a SAML provider: with new metadata, or as a new provider of the same name.
//
// Source: IAM API Reference, UpdateSAMLProvider, CreateSAMLProvider; access/doors, "take over a SAML provider".
var providerWays = [][]string{calls("iam:UpdateSAMLProvider"), calls("iam:DeleteSAMLProvider iam:CreateSAMLProvider")}

// signInWays make somebody another user.
var signInWays = []struct{ action, words string }{
	{"iam:CreateAccessKey", "creates an access key of"},
	{"iam:CreateLoginProfile", "creates a console password of"},
	{"iam:UpdateLoginProfile", "changes the console password of"},
}

// newWay makes something new that administers: a role that trusts whoever made it, or a user whose credentials whoever
// made it has.
type newWay struct {
	kind  string
	calls []string
	// adminPolicy is the call whose iam:PolicyARN must be able to be AdministratorAccess; empty for none.
	adminPolicy string
	words       string
}

const (
	newRole = "makes a role that administers, and assumes it:"
	newUser = "makes a user that administers, and signs in as it:"
)

var newWays = []newWay{
	{"role", calls("iam:CreateRole iam:AttachRolePolicy"), "iam:AttachRolePolicy", newRole},
	{"role", calls("iam:CreateRole iam:PutRolePolicy"), "", newRole},
	{"user", calls("iam:CreateUser iam:AttachUserPolicy iam:CreateAccessKey"), "iam:AttachUserPolicy", newUser},
	{"user", calls("iam:CreateUser iam:AttachUserPolicy iam:CreateLoginProfile"), "iam:AttachUserPolicy", newUser},
	{"user", calls("iam:CreateUser iam:PutUserPolicy iam:CreateAccessKey"), "", newUser},
	{"user", calls("iam:CreateUser iam:PutUserPolicy iam:CreateLoginProfile"), "", newUser},
}

// signInCalls give a user credentials.
var signInCalls = calls("iam:CreateAccessKey iam:CreateLoginProfile")
