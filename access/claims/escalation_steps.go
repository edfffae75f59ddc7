package claims

import (
	"aws-access-guardrails/access/internal/engine"
)

// serviceWay is a way to run something as a role that is passed to an AWS service.
type serviceWay struct {
	// service is the principal to which the role is passed, and whom its trust policy names.
	service string
	// creates are the calls that are needed besides iam:PassRole, all of them.
	creates []string
	// it says what happens, in words.
	it string
}

// serviceWays are the ways to make a service run as a role. Each row takes the fewest calls: a service that runs what
// is created at once needs no second call. Ways that change what already runs as a role are not here: nothing in
// authorization details says what runs.
//
// Source: Service Authorization Reference, dependent action iam:PassRole of the actions; the guides of the services,
// about their service and execution roles.
var serviceWays = []serviceWay{
	{"lambda.amazonaws.com", []string{"lambda:CreateFunction", "lambda:InvokeFunction"}, "runs a Lambda function as"},
	{
		"lambda.amazonaws.com",
		[]string{"lambda:CreateFunction", "lambda:CreateEventSourceMapping"},
		"runs a Lambda function, called by a stream or queue, as",
	},
	{
		"lambda.amazonaws.com",
		[]string{"lambda:CreateFunction", "lambda:AddPermission"},
		"runs a Lambda function, opened to another caller, as",
	},
	{"cloudformation.amazonaws.com", []string{"cloudformation:CreateStack"}, "creates a CloudFormation stack as"},
	{
		"cloudformation.amazonaws.com",
		[]string{"cloudformation:CreateChangeSet", "cloudformation:ExecuteChangeSet"},
		"executes a CloudFormation change set as",
	},
	{"ec2.amazonaws.com", []string{"ec2:RunInstances"}, "launches an instance, with commands in its user data, as"},
	{"ecs-tasks.amazonaws.com", []string{"ecs:RegisterTaskDefinition", "ecs:RunTask"}, "runs an ECS task as"},
	{"ecs-tasks.amazonaws.com", []string{"ecs:RegisterTaskDefinition", "ecs:CreateService"}, "runs an ECS service as"},
	{
		"ecs-tasks.amazonaws.com",
		[]string{"ecs:RegisterTaskDefinition", "ecs:StartTask"},
		"starts an ECS task on a container instance as",
	},
	{"ecs-tasks.amazonaws.com", []string{"batch:RegisterJobDefinition", "batch:SubmitJob"}, "runs a Batch job as"},
	{"glue.amazonaws.com", []string{"glue:CreateDevEndpoint"}, "opens a Glue development endpoint as"},
	{"glue.amazonaws.com", []string{"glue:CreateJob", "glue:StartJobRun"}, "runs a Glue job as"},
	{
		"glue.amazonaws.com",
		[]string{"glue:CreateJob", "glue:CreateTrigger"},
		"runs a Glue job, called by a trigger, as",
	},
	{
		"glue.amazonaws.com",
		[]string{"glue:CreateSession", "glue:RunStatement"},
		"runs a statement in a Glue session as",
	},
	{
		"sagemaker.amazonaws.com",
		[]string{"sagemaker:CreateNotebookInstance", "sagemaker:CreatePresignedNotebookInstanceUrl"},
		"opens a SageMaker notebook as",
	},
	{
		"sagemaker.amazonaws.com",
		[]string{"sagemaker:CreateNotebookInstanceLifecycleConfig", "sagemaker:CreateNotebookInstance"},
		"starts a SageMaker notebook with a script as",
	},
	{"sagemaker.amazonaws.com", []string{"sagemaker:CreateTrainingJob"}, "runs a SageMaker training job as"},
	{"sagemaker.amazonaws.com", []string{"sagemaker:CreateProcessingJob"}, "runs a SageMaker processing job as"},
	{
		"codebuild.amazonaws.com",
		[]string{"codebuild:CreateProject", "codebuild:StartBuild"},
		"runs a CodeBuild build as",
	},
	{
		"codebuild.amazonaws.com",
		[]string{"codebuild:CreateProject", "codebuild:StartBuildBatch"},
		"runs a batch of CodeBuild builds as",
	},
	{"codepipeline.amazonaws.com", []string{"codepipeline:CreatePipeline"}, "runs a CodePipeline pipeline as"},
	{
		"datapipeline.amazonaws.com",
		[]string{"datapipeline:CreatePipeline", "datapipeline:PutPipelineDefinition", "datapipeline:ActivatePipeline"},
		"runs a Data Pipeline pipeline as",
	},
	{"elasticmapreduce.amazonaws.com", []string{"elasticmapreduce:RunJobFlow"}, "runs an EMR cluster as"},
	{
		"states.amazonaws.com",
		[]string{"states:CreateStateMachine", "states:StartExecution"},
		"runs a Step Functions state machine as",
	},
	{"scheduler.amazonaws.com", []string{"scheduler:CreateSchedule"}, "schedules calls of EventBridge Scheduler as"},
	{"ssm.amazonaws.com", []string{"ssm:StartAutomationExecution"}, "runs a runbook of Systems Manager as"},
	{"tasks.apprunner.amazonaws.com", []string{"apprunner:CreateService"}, "runs an App Runner service as"},
}

// nodeWays are the ways to run code on a node, and so to have its role.
//
// Source: AWS Systems Manager User Guide, Run Command, Session Manager and State Manager; Amazon EC2 User Guide, IAM
// roles for Amazon EC2.
var nodeWays = []struct {
	action, it string
	// root: the code is root's whatever the node's preferences say.
	root bool
}{
	{"ssm:SendCommand", "runs commands as root on nodes", true},
	{"ssm:CreateAssociation", "runs commands as root on nodes, by an association", true},
	{"ssm:StartSession", "opens shells on nodes", false},
	{"ec2-instance-connect:SendSSHPublicKey", "opens shells on nodes, by EC2 Instance Connect", false},
}

// writeWays are the calls that make an administrator of the user or role on which they are made. adminPolicy says
// that iam:PolicyARN can be AdministratorAccess.
//
// Source: IAM API Reference, the page of each action.
var writeWays = []struct {
	action      string
	of          engine.PrincipalKind
	adminPolicy bool
	it          string
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
	it          string
}{
	{"iam:AttachGroupPolicy", true, "attaches AdministratorAccess to"},
	{"iam:PutGroupPolicy", false, "writes an inline policy of"},
}

// versionWays change what an attached managed policy says. That an older version says more, which
// iam:SetDefaultPolicyVersion would bring back, is not in what is read.
var versionWays = []string{"iam:CreatePolicyVersion"}

// signInWays make somebody another user.
var signInWays = []struct{ action, it string }{
	{"iam:CreateAccessKey", "creates an access key of"},
	{"iam:CreateLoginProfile", "creates a console password of"},
	{"iam:UpdateLoginProfile", "changes the console password of"},
}

// newRoleWays make a new role that administers and trusts whoever made it.
var newRoleWays = []struct {
	action      string
	adminPolicy bool
}{{"iam:AttachRolePolicy", true}, {"iam:PutRolePolicy", false}}
