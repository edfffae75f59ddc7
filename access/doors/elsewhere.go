package doors

import "slices"

// elsewhereRows open something on machines that are no nodes. What is closed are shells and desktops of administrators;
// what stays open is where people work.
func elsewhereRows() []Row { return slices.Concat(elsewhereDoors(), elsewhereJobs()) }

// work is why a place stays open.
const work = "it is where people do their work, as the role that was given to it; it reaches nodes by the network alone"

// elsewhereDoors are shells, desktops and sessions on other machines.
func elsewhereDoors() []Row {
	return []Row{
		{Class: Elsewhere, Service: "ECS", It: "shells in containers", Actions: calls("ecs:ExecuteCommand"), In: in(OtherDoors),
			Page: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html"},
		{Class: Elsewhere, Service: "Lightsail", It: "keys, shells and desktops of instances",
			Actions: calls("lightsail:CreateGUISessionAccessDetails DownloadDefaultKeyPair GetInstanceAccessDetails StartGUISession"), In: in(OtherDoors),
			Page: "https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_GetInstanceAccessDetails.html"},
		{Class: Elsewhere, Service: "GameLift", It: "shells on game servers, and of stream sessions",
			Actions: calls("gamelift:GetComputeAccess GetInstanceAccess gameliftstreams:CreateStreamSessionAdminShell"), In: in(OtherDoors),
			Page: "https://docs.aws.amazon.com/gameliftstreams/latest/developerguide/troubleshoot-admin-shell-guide.html"},
		{Class: Elsewhere, Service: "IoT Core", It: "tunnels to devices", Actions: calls("iot:OpenTunnel RotateTunnelAccessToken"), In: in(OtherDoors),
			Why:  "the token of the source end connects to SSH, or to another port, of the device",
			Page: "https://docs.aws.amazon.com/iot/latest/developerguide/secure-tunneling.html"},
		{Class: Elsewhere, Service: "Lambda", It: "shells in MicroVMs", Actions: calls("lambda:CreateMicrovmShellAuthToken"), In: in(OtherDoors)},
		{Class: Elsewhere, Service: "Bedrock AgentCore", It: "shells and commands in runtimes of agents",
			Actions: calls("bedrock-agentcore:InvokeAgentRuntimeCommand InvokeAgentRuntimeCommandShell"), In: in(OtherDoors)},
		{Class: Elsewhere, Service: "CodeBuild", It: "shells and commands in sandboxes", Actions: calls("codebuild:StartCommandExecution StartSandboxConnection"),
			In: in(OtherDoors), Page: "https://docs.aws.amazon.com/codebuild/latest/userguide/sandbox.html"},
		{Class: Elsewhere, Service: "AppStream", It: "desktops of image and app block builders",
			Actions: calls("appstream:CreateAppBlockBuilderStreamingURL CreateImageBuilderStreamingURL"), In: in(OtherDoors),
			Why:  "the builder is a Windows machine in the account's network, and its desktop is an administrator's",
			Page: "https://docs.aws.amazon.com/appstream2/latest/developerguide/managing-image-builders.html"},
		{Class: Elsewhere, Service: "AppStream, WorkSpaces and Nimble Studio", It: "streamed desktops and applications of people",
			Actions: calls("appstream:CreateStreamingURL Stream nimble:CreateStreamingSession CreateStreamingSessionStream StartStreamingSession workspaces:Stream"),
			Open:    work},
		{Class: Elsewhere, Service: "AppStream and WorkSpaces", It: "software put onto image builders and desktops of people",
			Actions: calls("appstream:StartSoftwareDeploymentToImageBuilder workspaces:DeployWorkspaceApplications"),
			Open:    "whoever administers the desktops decides what is installed there; they are no nodes"},
		{Class: Elsewhere, Service: "GameLift Streams", It: "streamed applications", Actions: calls("gameliftstreams:CreateStreamSessionConnection CreateStreamUrl StartStreamSession"),
			Open: "the player has the application and no desktop"},
		{Class: Elsewhere, Service: "SageMaker and DataZone", It: "notebooks, spaces and their start scripts",
			Actions: calls("sagemaker:CreateNotebookInstanceLifecycleConfig CreatePresignedDomainUrl CreatePresignedNotebookInstanceUrl CreateStudioLifecycleConfig " +
				"StartSession UpdateNotebookInstanceLifecycleConfig datazone:CreateCellRun GetNotebookCompute StartNotebookCompute StartNotebookRun"),
			Open: work, Page: "https://docs.aws.amazon.com/sagemaker/latest/dg/notebook-lifecycle-config.html"},
		{Class: Elsewhere, Service: "CloudShell", It: "a shell of AWS's", Actions: calls("cloudshell:ApproveCommand CreateEnvironment CreateSession PutCredentials"),
			Open: "it has the credentials of whoever opens it and no more"},
		{Class: Elsewhere, Service: "Glue, Athena and EMR Serverless", It: "interactive sessions and development endpoints",
			Actions: calls("glue:CreateDevEndpoint CreateSession GetSessionEndpoint GlueNotebookAuthorize GlueNotebookRefreshCredentials RunDataPreviewStatement " +
				"RunStatement StartNotebook UpdateDevEndpoint athena:CreatePresignedNotebookUrl GetSessionEndpoint StartCalculationExecution StartSession " +
				"emr-serverless:AccessInteractiveEndpoints AccessLivyEndpoints GetSessionEndpoint StartJobRun StartSession"),
			Open: work, Page: "https://docs.aws.amazon.com/glue/latest/dg/interactive-sessions-overview.html"},
	}
}

// elsewhereJobs run code on other machines, and let nobody onto them.
func elsewhereJobs() []Row {
	return []Row{
		{Class: Elsewhere, Service: "SageMaker, Glue, Braket, Omics, Clean Rooms", It: "jobs and endpoints that run code and containers of one's own",
			Actions: calls("sagemaker:CreateAutoMLJob CreateAutoMLJobV2 CreateDataQualityJobDefinition CreateHyperParameterTuningJob CreateJob CreateModelBiasJobDefinition " +
				"CreateModelExplainabilityJobDefinition CreateModelQualityJobDefinition CreateProcessingJob CreateTrainingJob CreateTransformJob DeployHubModel UpdateTrainingJob " +
				"glue:CreateJob ResumeWorkflowRun StartBlueprintRun StartJobRun StartWorkflowRun UpdateJob UpdateJobFromSourceControl UpgradeJob " +
				"braket:CreateJob omics:StartRun StartRunBatch cleanrooms:StartProtectedJob cleanrooms-ml:StartTrainedModelInferenceJob airflow-serverless:StartWorkflowRun"),
			Open: "the machine is AWS's and lives as long as the job, which runs as the role that was passed to it"},
		{Class: Elsewhere, Service: "Services that deploy applications", It: "applications on machines of AWS's",
			Actions: calls("a2c:StartDeploymentJob amplify:CreateDeployment StartDeployment StartJob application-transformation:StartDeployment apprunner:StartDeployment " +
				"ecs:CreateExpressGatewayService UpdateExpressGatewayService " +
				"lightsail:CreateContainerServiceDeployment CreateInstances " +
				"CreateInstancesFromSnapshot m2:CreateDeployment StartBatchJob"),
			Open: "it is how applications get to where they run; who deploys them decides what runs there"},
		{Class: Elsewhere, Service: "Panorama and RoboMaker", It: "software of cameras and robots, and simulations",
			Actions: calls("panorama:CreateJobForDevices CreateNodeFromTemplateJob robomaker:CreateDeploymentJob CreateSimulationJob RestartSimulationJob " +
				"StartSimulationJobBatch SyncDeploymentJob UpdateRobotDeployment"),
			Open: "they run on machines that are enrolled with the service"},
		{Class: Elsewhere, Service: "Managed Airflow", It: "workflows, their command line and web page",
			Actions: calls("airflow:CreateCliToken CreateWebLoginToken InvokeRestApi"), Open: work},
		{Class: Elsewhere, Service: "Bedrock AgentCore", It: "code interpreters and browsers of agents",
			Actions: calls("bedrock-agentcore:ConnectBrowserAutomationStream ConnectBrowserLiveViewStream InvokeCodeInterpreter StartBrowserSession StartCodeInterpreterSession"),
			Open:    "the machine is AWS's and lives as long as the session"},
		{Class: Elsewhere, Service: "CodeBuild", It: "builds and sandboxes",
			Actions: calls("codebuild:CreateProject RetryBuild RetryBuildBatch StartBuild StartBuildBatch StartSandbox UpdateProject"),
			Open:    "a build runs what its specification says, as the role of the project; whoever may start it with a specification of their own has that role",
			Page:    "https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html"},
		{Class: Elsewhere, Service: "Lambda", It: "functions and MicroVMs",
			Actions: calls("lambda:ConnectMicrovm CreateFunction CreateMicrovmAuthToken InvokeAsync InvokeFunction InvokeFunctionUrl RunMicrovm UpdateFunctionCode UpdateFunctionConfiguration"),
			Open:    "code runs as the role of the function; there is no shell"},
		{Class: Elsewhere, Service: "Device Farm", It: "phones and browsers of AWS's", Actions: calls("devicefarm:CreateRemoteAccessSession CreateTestGridUrl ScheduleRun"),
			Open: "the devices are AWS's"},
		{Class: Elsewhere, Service: "Storage Gateway", It: "the password of a gateway's local console", Actions: calls("storagegateway:SetLocalConsolePassword"),
			Open: "the console is reached by the hypervisor, or by the doors of the instance that the gateway is"},
		{Class: Elsewhere, Service: "Outposts", It: "the connection for the installation of a server", Actions: calls("outposts:StartConnection"),
			Open: "it serves the installation of the machine in one's own building"},
	}
}
