package doors

// shellRows open a shell, a desktop or a port on a node.
func shellRows() []Row {
	const startSession = "ssm:StartSession"
	return []Row{
		{Class: Shell, Service: "Systems Manager", It: "sessions on nodes: shells, ports, SSH", Actions: calls("ssm:StartSession"), In: in(Sessions),
			Ways: []Way{{"shell", "open a shell", startSession}, {"port", "forward a port", startSession},
				{"remotePort", "forward a port of another host", startSession}, {"ssh", "tunnel SSH", startSession}}},
		{Class: Shell, Service: "Systems Manager", It: "somebody's open session", Actions: calls("ssm:ResumeSession"), In: in(Sessions),
			Why: "it returns a new token for the session, with which whoever called goes on in it"},
		{Class: Shell, Service: "Systems Manager", It: "remote desktops of Fleet Manager", Actions: calls("ssm-guiconnect:StartConnection"), In: in(Sessions),
			Ways: []Way{{"rdp", "open a desktop", "ssm-guiconnect:StartConnection"}}},
		{Class: Shell, Service: "EC2", It: "the Windows password", Actions: calls("ec2:GetPasswordData"), In: in(Sessions),
			Why: "whoever holds the private key of the instance decrypts the administrator's password"},
		{Class: Shell, Service: "EC2", It: "keys and tunnels of EC2 Instance Connect",
			Actions: calls("ec2-instance-connect:OpenTunnel SendSSHPublicKey"), In: in(OtherDoors),
			Ways: []Way{{"instanceConnect", "push an SSH key", "ec2-instance-connect:SendSSHPublicKey"}}},
		{Class: Shell, Service: "EC2", It: "serial consoles",
			Actions: calls("ec2-instance-connect:SendSerialConsoleSSHPublicKey ec2:EnableSerialConsoleAccess"), In: in(OtherDoors),
			Ways: []Way{{"serialConsole", "use the serial console", "ec2-instance-connect:SendSerialConsoleSSHPublicKey"}}},
		{Class: Shell, Service: "License Manager", It: "remote desktops of users of a domain, by user-based subscriptions",
			Actions: calls("license-manager-user-subscriptions:AssociateUser"), In: in(OtherDoors),
			Why:  "License Manager runs a command on the instance that lets the user of the domain in by remote desktop",
			Page: "https://docs.aws.amazon.com/license-manager/latest/userguide/user-based-subscriptions.html"},
		{Class: Shell, Service: "Systems Manager", It: "just-in-time sessions that are approved", Actions: calls("ssm:StartAccessRequest GetAccessToken"),
			Open: "a request opens nothing before it is approved, and who approves is protected; the credentials are those of the token role",
			Page: "https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-just-in-time-node-access.html"},
		{Class: Shell, Service: "OpsWorks", It: "SSH and RDP of OpsWorks stacks", Actions: calls("opsworks:GrantAccess SetPermission UpdateMyUserProfile UpdateUserProfile"),
			Open: "AWS has ended the service: there are no stacks to sign in to",
			Page: "https://docs.aws.amazon.com/opsworks/latest/userguide/stacks-eol-faqs.html"},
		{Class: Shell, Service: "Cloud9", It: "development environments on instances",
			Actions: calls("cloud9:ActivateEC2Remote CreateEnvironmentEC2 CreateEnvironmentMembership CreateEnvironmentSSH CreateEnvironmentToken " +
				"ModifyTemporaryCredentialsOnEnvironmentEC2 UpdateEnvironmentMembership UpdateSSHRemote"),
			Open: "the instance of an environment is made for its owner, who lets members in",
			Why:  "the editor has a terminal on the instance, as a user with sudo", Page: "https://docs.aws.amazon.com/cloud9/latest/user-guide/share-environment.html"},
	}
}

// codeRows run code on nodes.
func codeRows() []Row {
	return append([]Row{
		{Class: Code, Service: "Systems Manager", It: "commands as root", Actions: calls("ssm:SendCommand"), In: in(RemoteExecution),
			Ways: []Way{{"sendCommand", "run commands as root", "ssm:SendCommand"}}},
		{Class: Code, Service: "Systems Manager", It: "associations, which run documents as root",
			Actions: calls("ssm:CreateAssociation CreateAssociationBatch StartAssociationsOnce UpdateAssociation"), In: in(RemoteExecution),
			Page: "https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-state.html"},
		{Class: Code, Service: "Systems Manager", It: "tasks, targets and times of maintenance windows",
			Actions: calls("ssm:RegisterTargetWithMaintenanceWindow RegisterTaskWithMaintenanceWindow UpdateMaintenanceWindow " +
				"UpdateMaintenanceWindowTarget UpdateMaintenanceWindowTask"), In: in(RemoteExecution),
			Why:  "a service-linked role, which no policy binds, runs the tasks of a window on its targets: who adds a target or moves the time runs what others registered",
			Page: "https://docs.aws.amazon.com/systems-manager/latest/userguide/maintenance-windows.html"},
		{Class: Code, Service: "Systems Manager", It: "documents that are run by name",
			Actions: calls("ssm:DeleteDocument UpdateDocument UpdateDocumentDefaultVersion"), In: in(RunDocuments, SessionDocuments),
			Why: "associations, windows and sessions run whatever a document says on the day; one that is deleted is made again under its name"},
		{Class: Code, Service: "Systems Manager", It: "runbooks", Actions: calls("ssm:StartAutomationExecution"), In: in(Automations),
			Open: "a step calls AWS as the caller or as the role that the caller passes, and both are bound; approvals of just-in-time access are runbooks",
			Page: "https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-setup.html"},
		{Class: Code, Service: "Systems Manager", It: "change requests, and signals to runbooks that wait", Actions: calls("ssm:SendAutomationSignal StartChangeRequestExecution"),
			Open: "the runbook acts as whoever started it or as the role that was passed, and both are bound"},
		{Class: Code, Service: "Systems Manager", It: "patch baselines",
			Actions: calls("ssm:CreatePatchBaseline RegisterDefaultPatchBaseline RegisterPatchBaselineForPatchGroup UpdatePatchBaseline"),
			Open:    "patching installs what a baseline approves, also from sources of its own, when somebody who may runs it",
			Page:    "https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-alternative-source-repository.html"},
		{Class: Code, Service: "Systems Manager", It: "parameters that documents read", Actions: calls("ssm:LabelParameterVersion PutParameter"),
			Open: "a document that runs the value of a parameter runs whatever whoever may write the parameter put there"},
		{Class: Code, Service: "Systems Manager", It: "Quick Setup",
			Actions: calls("ssm-quicksetup:CreateConfigurationManager DeleteConfigurationManager UpdateConfigurationDefinition UpdateConfigurationManager"),
			In:      in(RoleMakers),
			Why:     "the roles that Quick Setup makes run what a configuration says: whoever configures it commands them",
			Page:    "https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-quick-setup.html"},
		{Class: Code, Service: "EC2", It: "user data, profiles and root volumes of instances",
			Actions: calls("ec2:AssociateIamInstanceProfile ModifyInstanceAttribute ReplaceIamInstanceProfileAssociation"), In: in(NodeChanges),
			Open: "who administers instances stops them, changes them and starts them",
			Why:  "user data can be told to run at every start, as root", Page: "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html"},
		{Class: Code, Service: "EC2", It: "volumes of instances", Actions: calls("ec2:AttachVolume CreateReplaceRootVolumeTask"),
			Open: "a volume is edited on an instance of one's own and given back; who administers instances does so"},
		{Class: Code, Service: "EC2", It: "machines of one's own",
			Actions: calls("ec2:CreateFleet CreateKeyPair CreateLaunchTemplate CreateLaunchTemplateVersion ImportImage ImportInstance ImportKeyPair ModifyFleet " +
				"ModifyLaunchTemplate ModifySpotFleetRequest RegisterImage RequestSpotFleet RequestSpotInstances RunInstances RunScheduledInstances " +
				"autoscaling:CreateAutoScalingGroup CreateLaunchConfiguration LaunchInstances StartInstanceRefresh UpdateAutoScalingGroup " +
				"evs:CreateEnvironmentHost pcs:CreateComputeNodeGroup RegisterComputeNodeGroupInstance UpdateComputeNodeGroup workspaces-instances:CreateWorkspaceInstance"),
			Open: "whoever launches a machine gives it a key pair, an image and user data: the machine is theirs"},
	}, moreCodeRows()...)
}

// moreCodeRows are the services that run code on nodes beside EC2 and Systems Manager. All of them are how applications
// get there.
func moreCodeRows() []Row {
	const deploys = "it is how applications get onto their nodes; who deploys them decides what runs there"
	return []Row{
		{Class: Code, Service: "EC2 Image Builder", It: "what images are made of",
			Actions: calls("imagebuilder:CreateComponent CreateContainerRecipe CreateImage CreateImagePipeline CreateImageRecipe CreateInfrastructureConfiguration " +
				"CreateWorkflow ImportComponent ImportDiskImage ImportVmImage SendWorkflowStepAction StartImagePipelineExecution UpdateImagePipeline " +
				"UpdateInfrastructureConfiguration"),
			Open: "images run when somebody launches nodes from them", Page: "https://docs.aws.amazon.com/imagebuilder/latest/userguide/manage-components.html"},
		{Class: Code, Service: "CodeDeploy", It: "deployments to instances, whose hooks run as root",
			Actions: calls("codedeploy:AddTagsToOnPremisesInstances ContinueDeployment CreateDeployment CreateDeploymentGroup RegisterOnPremisesInstance UpdateDeploymentGroup"),
			Open:    deploys, Page: "https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-hooks.html"},
		{Class: Code, Service: "Elastic Beanstalk", It: "environments, whose configuration runs commands as root",
			Actions: calls("elasticbeanstalk:ApplyEnvironmentManagedAction ComposeEnvironments CreateApplicationVersion CreateConfigurationTemplate CreateEnvironment " +
				"CreatePlatformVersion RebuildEnvironment UpdateConfigurationTemplate UpdateEnvironment"),
			Open: deploys, Page: "https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/customize-containers-ec2.html"},
		{Class: Code, Service: "EMR", It: "steps, notebooks and sessions on clusters",
			Actions: calls("elasticmapreduce:AddJobFlowSteps AttachEditor CreateEditor CreateStudioPresignedUrl CreateStudioSessionMapping GetClusterSessionCredentials " +
				"GetSessionEndpoint OpenEditorInConsole RunJobFlow StartEditor StartNotebookExecution StartSession UpdateStudioSessionMapping " +
				"emr-containers:CreateJobTemplate CreateManagedEndpoint GetManagedEndpointSessionCredentials StartJobRun"),
			Open: "running what people write is what a cluster is for; its instances are nodes, and steps and notebooks run on them",
			Page: "https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-work-with-steps.html"},
		{Class: Code, Service: "ECS and Batch", It: "containers on instances",
			Actions: calls("ecs:ContinueServiceDeployment CreateDaemon CreateService CreateTaskSet RegisterDaemonTaskDefinition RegisterTaskDefinition RunTask StartTask UpdateDaemon UpdateService " +
				"batch:CreateComputeEnvironment RegisterJobDefinition SubmitJob SubmitServiceJob UpdateComputeEnvironment"),
			Open: deploys, Why: "a privileged container, or one that mounts the file system of its host, is root there",
			Page: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security-tasks-containers.html"},
		{Class: Code, Service: "EKS", It: "pods on instances, and kubectl exec",
			Actions: calls("eks:AccessKubernetesApi CreateAddon CreateNodegroup MutateViaKubernetesApi UpdateAddon UpdateNodegroupVersion"),
			Open:    "the cluster decides what its users may do, kubectl exec among it; AWS does not see those calls",
			Page:    "https://docs.aws.amazon.com/eks/latest/userguide/grant-k8s-access.html"},
		{Class: Code, Service: "IoT Greengrass and IoT Core", It: "components, jobs and commands on devices",
			Actions: calls("greengrass:CreateComponentVersion CreateDeployment CreateFunctionDefinitionVersion CreateGroupVersion CreateSoftwareUpdateJob StartBulkDeployment " +
				"iot:AssociateTargetsWithJob CreateCommand CreateJob CreateJobTemplate CreateOTAUpdate " +
				"StartCommandExecution UpdateCommand"),
			Open: "they run on devices that carry the agent of the service; a node that does is one of them",
			Page: "https://docs.aws.amazon.com/greengrass/v2/developerguide/manage-deployments.html"},
		{Class: Code, Service: "Migration and recovery", It: "actions after a launch",
			Actions: calls("drs:PutLaunchAction StartFailbackLaunch StartRecovery " +
				"mgn:CreateLaunchConfigurationTemplate PutSourceServerAction " +
				"PutTemplateAction StartCutover StartTest UpdateLaunchConfiguration UpdateLaunchConfigurationTemplate"),
			Open: "the servers are launched by the migration, which runs these documents of Systems Manager on them",
			Page: "https://docs.aws.amazon.com/mgn/latest/ug/post-launch-settings.html"},
		{Class: Code, Service: "Deadline Cloud", It: "jobs on workers", Actions: calls("deadline:CreateJob CreateQueueEnvironment UpdateQueueEnvironment"),
			Open: "running what people submit is what a farm is for; workers of a fleet that the customer manages can be nodes",
			Page: "https://docs.aws.amazon.com/deadline-cloud/latest/userguide/deadline-cloud-jobs.html"},
		{Class: Code, Service: "Launch Wizard", It: "servers of applications that it launches", Actions: calls("launchwizard:CreateDeployment UpdateDeployment"),
			Open: "whoever launches a machine says what runs on it: the machine is theirs",
			Page: "https://docs.aws.amazon.com/launchwizard/latest/userguide/what-is-launch-wizard.html"},
		{Class: Code, Service: "CodePipeline", It: "deployments to instances, whose scripts Systems Manager runs",
			Actions: calls("codepipeline:CreatePipeline OverrideStageCondition RetryStageExecution StartPipelineExecution UpdatePipeline"),
			Open:    deploys, Page: "https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-EC2Deploy.html"},
		{Class: Code, Service: "Data Pipeline", It: "shell commands on instances and on machines that run its task runner",
			Actions: calls("datapipeline:ActivatePipeline PutPipelineDefinition"),
			Open:    deploys, Page: "https://docs.aws.amazon.com/datapipeline/latest/DeveloperGuide/dp-object-shellcommandactivity.html"},
		{Class: Code, Service: "Directory Service", It: "assessments and hybrid directories, for which AWS runs scripts on domain controllers",
			Actions: calls("ds:CreateHybridAD StartADAssessment UpdateHybridAD"),
			Open:    "the scripts are AWS's; whoever calls chooses the instances and nothing of what runs",
			Page:    "https://docs.aws.amazon.com/directoryservice/latest/admin-guide/create_hybrid_directory.html"},
		{Class: Code, Service: "RDS Custom", It: "the software of databases on instances that RDS manages",
			Actions: calls("rds:CreateCustomDBEngineVersion"),
			Open:    "the instance is made for the database; who administers the database decides what it runs, and its shells are sessions of Session Manager, which are closed as such",
			Page:    "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/custom-cev.html"},
		{Class: Code, Service: "Server Migration Service", It: "scripts that set up and check migrated servers",
			Actions: calls("sms:PutAppLaunchConfiguration PutAppValidationConfiguration"),
			Open:    "AWS has ended the service"},
		{Class: Code, Service: "Migration Hub Orchestrator", It: "scripts on servers that are migrated",
			Actions: calls("migrationhub-orchestrator:CreateTemplate CreateWorkflow CreateWorkflowStep RetryWorkflowStep StartWorkflow UpdateTemplate UpdateWorkflow " +
				"UpdateWorkflowStep"),
			Open: "a step runs a script on servers that the migration has configured",
			Page: "https://docs.aws.amazon.com/migrationhub-orchestrator/latest/userguide/migration-workflows.html"},
		{Class: Code, Service: "SageMaker HyperPod", It: "scripts that run as root when a node of a cluster starts",
			Actions: calls("sagemaker:BatchAddClusterNodes CreateCluster UpdateCluster UpdateClusterSoftware"),
			Open:    "the nodes are of the cluster alone; the shells on them are sessions of Session Manager, which are closed as such",
			Page:    "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ClusterLifeCycleConfig.html"},
		{Class: Code, Service: "Service Catalog", It: "products, which can be machines",
			Actions: calls("servicecatalog:CreateConstraint CreateProduct CreateProvisioningArtifact ExecuteProvisionedProductPlan ProvisionProduct UpdateConstraint " +
				"UpdateProvisionedProduct"),
			Open: "a product is made as the role of its launch constraint, which was passed and which the guardrails bind; an exempt role is passed by nobody else",
			Page: "https://docs.aws.amazon.com/servicecatalog/latest/adminguide/constraints-launch.html"},
		{Class: Code, Service: "OpsWorks", It: "recipes on instances",
			Actions: calls("opsworks:CreateDeployment CreateInstance CreateLayer RegisterInstance StartInstance UpdateInstance UpdateLayer"),
			Open:    "AWS has ended the service: there are no stacks to deploy to"},
		{Class: Code, Service: "Services that call Systems Manager", It: "experiments, remediations, service actions, schedules, response plans and scripts around snapshots",
			Actions: calls("config:PutConformancePack PutOrganizationConformancePack PutRemediationConfigurations StartRemediationExecution " +
				"dlm:CreateLifecyclePolicy UpdateLifecyclePolicy events:PutTargets fis:CreateExperimentTemplate StartExperiment UpdateExperimentTemplate " +
				"scheduler:CreateSchedule UpdateSchedule servicecatalog:ExecuteProvisionedProductServiceAction " +
				"ssm-incidents:CreateResponsePlan StartIncident UpdateResponsePlan"),
			Open: "they call Systems Manager as a role that is passed to them, which the guardrails bind, and an exempt role is passed by nobody else"},
	}
}
