package escalation

import (
	"slices"
	"strings"

	"aws-access-guardrails/access/catalogue"
)

// This file says by which calls a role may be given to a service, where no row says what the service then does. A call
// of which nobody said anything counts: what AWS adds is told until somebody says that it takes no role.

// actionsOfService are the prefixes of the calls that have a service principal act, where the name of the principal
// does not have them.
//
// Source: Service Authorization Reference, service prefixes; the guides of the services, about their service roles.
var actionsOfService = map[string][]string{
	"airflow-env":             {"airflow"},
	"application-autoscaling": {"application-autoscaling"},
	"ecs-tasks":               {"ecs"},
	"edgelambda":              {"lambda", "cloudfront"},
	"osis-pipelines":          {"osis"},
	"spotfleet":               {"ec2"},
	"vmie":                    {"ec2"},
	"vpc-flow-logs":           {"ec2"},
}

// takingARole are calls that take a role for a service beside those that lenders finds: calls of other services, and
// calls whose names do not say it. Of EC2 they are all: most of its calls take none.
//
// Source: Service Authorization Reference, dependent action iam:PassRole of the actions; the API references of the
// services, requests with the ARN of a role; AWS Systems Manager User Guide, Default Host Management Configuration.
var takingARole = map[string][]string{
	appRunnerTasks: calls("apprunner:CreateService apprunner:UpdateService"),
	cloudFormationService: calls("cloudformation:CreateStack cloudformation:UpdateStack " +
		"cloudformation:CreateChangeSet " +
		"cloudformation:CreateStackSet cloudformation:UpdateStackSet cloudformation:RegisterType " +
		"cloudformation:ActivateType cloudformation:ContinueUpdateRollback cloudformation:RollbackStack " +
		"cloudformation:DeleteStack cloudformation:ImportStacksToStackSet cloudformation:CreateResource " +
		"cloudformation:UpdateResource"),
	codeBuildService: calls("codebuild:CreateProject codebuild:UpdateProject codebuild:StartBuild " +
		"codebuild:StartBuildBatch " +
		"codebuild:CreateFleet codebuild:UpdateFleet codebuild:UpdateProjectVisibility"),
	ec2Service: calls("ec2:RunInstances ec2:RequestSpotInstances ec2:RequestSpotFleet ec2:CreateFleet " +
		"ec2:ModifyFleet " +
		"ec2:ModifySpotFleetRequest ec2:RunScheduledInstances ec2:AssociateIamInstanceProfile " +
		"ec2:ReplaceIamInstanceProfileAssociation iam:AddRoleToInstanceProfile " +
		"autoscaling:CreateAutoScalingGroup autoscaling:UpdateAutoScalingGroup " +
		"autoscaling:CreateLaunchConfiguration elasticbeanstalk:CreateEnvironment " +
		"elasticbeanstalk:UpdateEnvironment elasticbeanstalk:ComposeEnvironments " +
		"elasticmapreduce:RunJobFlow datapipeline:PutPipelineDefinition ecs:CreateCapacityProvider " +
		"ecs:UpdateCapacityProvider eks:CreateNodegroup eks:CreateCluster eks:UpdateClusterConfig " +
		"evs:CreateEnvironmentHost imagebuilder:CreateInfrastructureConfiguration " +
		"imagebuilder:UpdateInfrastructureConfiguration gamelift:CreateFleet batch:CreateComputeEnvironment " +
		"batch:UpdateComputeEnvironment launchwizard:CreateDeployment launchwizard:UpdateDeployment " +
		"workspaces-instances:CreateWorkspaceInstance pcs:CreateComputeNodeGroup pcs:UpdateComputeNodeGroup"),
	ecsTasks: calls("ecs:RegisterTaskDefinition ecs:RegisterDaemonTaskDefinition ecs:CreateService " +
		"ecs:UpdateService " +
		"ecs:CreateExpressGatewayService ecs:UpdateExpressGatewayService ecs:CreateDaemon ecs:UpdateDaemon " +
		"ecs:CreateTaskSet ecs:RunTask ecs:StartTask batch:RegisterJobDefinition batch:SubmitJob " +
		"events:PutTargets scheduler:CreateSchedule scheduler:UpdateSchedule pipes:CreatePipe " +
		"pipes:UpdatePipe"),
	"emr-serverless.amazonaws.com": calls("emr-serverless:AccessInteractiveEndpoints " +
		"emr-serverless:AccessLivyEndpoints"),
	glueService: calls("glue:CreateJob glue:UpdateJob glue:UpdateJobFromSourceControl glue:UpgradeJob " +
		"glue:CreateCrawler " +
		"glue:UpdateCrawler glue:CreateDevEndpoint glue:CreateSession glue:StartNotebook " +
		"glue:CreateMLTransform glue:UpdateMLTransform glue:StartBlueprintRun " +
		"glue:StartDataQualityRulesetEvaluationRun glue:StartDataQualityRuleRecommendationRun " +
		"glue:StartColumnStatisticsTaskRun glue:CreateColumnStatisticsTaskSettings " +
		"glue:UpdateColumnStatisticsTaskSettings glue:CreateTableOptimizer glue:UpdateTableOptimizer " +
		"glue:CreateCatalog glue:UpdateCatalog glue:CreateConnection glue:UpdateConnection " +
		"glue:CreateIntegrationResourceProperty glue:UpdateIntegrationResourceProperty"),
	lambdaService: calls("lambda:CreateFunction lambda:UpdateFunctionConfiguration lambda:CreateCapacityProvider " +
		"lambda:UpdateCapacityProvider lambda:CreateMicrovmImage lambda:UpdateMicrovmImage " +
		"lambda:UpdateMicrovmImageVersion lambda:RunMicrovm lambda:CreateNetworkConnector " +
		"lambda:UpdateNetworkConnector synthetics:CreateCanary synthetics:UpdateCanary"),
	"mgh.amazonaws.com": calls("mgh:BatchAssociateIamRoleWithConnection"),
	sageMakerService: calls("sagemaker:CreateNotebookInstance sagemaker:UpdateNotebookInstance " +
		"sagemaker:CreateDomain " +
		"sagemaker:UpdateDomain sagemaker:CreateUserProfile sagemaker:UpdateUserProfile " +
		"sagemaker:CreateSpace sagemaker:UpdateSpace sagemaker:CreateModel sagemaker:CreatePipeline " +
		"sagemaker:UpdatePipeline sagemaker:CreateAlgorithm sagemaker:CreateModelPackage " +
		"sagemaker:CreateAutoMLJob sagemaker:CreateAutoMLJobV2 sagemaker:CreateJob " +
		"sagemaker:CreateTrainingJob sagemaker:UpdateTrainingJob sagemaker:CreateHyperParameterTuningJob " +
		"sagemaker:CreateProcessingJob sagemaker:CreateTransformJob sagemaker:CreateLabelingJob " +
		"sagemaker:CreateFlowDefinition sagemaker:CreateCluster sagemaker:UpdateCluster " +
		"sagemaker:CreateCompilationJob sagemaker:CreateFeatureGroup sagemaker:CreateMonitoringSchedule " +
		"sagemaker:UpdateMonitoringSchedule sagemaker:CreateInferenceExperiment " +
		"sagemaker:CreateInferenceRecommendationsJob sagemaker:CreateAIBenchmarkJob " +
		"sagemaker:CreateAIRecommendationJob sagemaker:CreateOptimizationJob sagemaker:CreateEndpointConfig " +
		"sagemaker:DeployHubModel sagemaker:CreateImage sagemaker:UpdateImage sagemaker:CreateMlflowApp " +
		"sagemaker:UpdateMlflowApp sagemaker:CreateMlflowTrackingServer " +
		"sagemaker:UpdateMlflowTrackingServer sagemaker:CreatePartnerApp sagemaker:UpdatePartnerApp " +
		"sagemaker:CreateDataQualityJobDefinition sagemaker:CreateModelBiasJobDefinition " +
		"sagemaker:CreateModelExplainabilityJobDefinition sagemaker:CreateModelQualityJobDefinition " +
		"sagemaker:CreateEdgePackagingJob sagemaker:CreateDeviceFleet sagemaker:UpdateDeviceFleet " +
		"batch:SubmitServiceJob"),
	ssmService: calls("ssm:StartAutomationExecution ssm:StartChangeRequestExecution " +
		"ssm:RegisterTaskWithMaintenanceWindow " +
		"ssm:UpdateMaintenanceWindowTask ssm:SendCommand ssm:CreateAssociation ssm:CreateAssociationBatch " +
		"ssm:UpdateAssociation ssm:CreateActivation ssm:UpdateManagedInstanceRole ssm:UpdateServiceSetting " +
		"ssm:CreateCloudConnector ssm:UpdateCloudConnector config:PutRemediationConfigurations"),
	statesService: calls("states:CreateStateMachine states:UpdateStateMachine states:TestState"),
}

// takingNone are the calls of a service, without its prefix, that begin with a word that makes or changes something and
// take no role for that principal: what is made of it runs as the role of another call, or runs nothing.
//
// Source: the API references of the services: no parameter of the request is a role.
var takingNone = map[string][]string{
	appRunnerTasks: calls("AssociateCustomDomain AssociateWebAcl CreateAutoScalingConfiguration CreateConnection " +
		"CreateObservabilityConfiguration CreateVpcConnector CreateVpcIngressConnection StartDeployment " +
		"UpdateDefaultAutoScalingConfiguration UpdateVpcIngressConnection"),
	cloudFormationService: calls("CreateGeneratedTemplate CreateStackInstances CreateStackRefactor " +
		"CreateUploadBucket " +
		"RegisterPublisher SetStackPolicy SetTypeConfiguration SetTypeDefaultVersion StartResourceScan " +
		"UpdateGeneratedTemplate UpdateStackInstances UpdateTerminationProtection"),
	codeBuildService: calls("CreateReport CreateReportGroup CreateWebhook ImportSourceCredentials " +
		"PutResourcePolicy " +
		"StartCommandExecution StartSandbox StartSandboxConnection UpdateReport UpdateReportGroup " +
		"UpdateWebhook"),
	ecsTasks: calls("CreateCapacityProvider CreateCluster PutAccountSetting PutAccountSettingDefault PutAttributes " +
		"PutClusterCapacityProviders PutSystemLogEvents RegisterContainerInstance StartTelemetrySession " +
		"SubmitAttachmentStateChanges SubmitContainerStateChange SubmitTaskStateChange " +
		"UpdateCapacityProvider UpdateCluster UpdateClusterSettings UpdateContainerAgent " +
		"UpdateContainerInstancesState UpdateServicePrimaryTaskSet UpdateTaskProtection UpdateTaskSet"),
	glueService: calls("CreateBlueprint CreateClassifier CreateCustomEntityType CreateDataQualityRuleset " +
		"CreateDatabase " +
		"CreateGlueIdentityCenterConfiguration CreateInboundIntegration CreateIntegration " +
		"CreateIntegrationTableProperties CreatePartition CreatePartitionIndex CreateRegistry CreateSchema " +
		"CreateScript CreateSecurityConfiguration CreateTable CreateTrigger CreateUsageProfile " +
		"CreateUserDefinedFunction CreateWorkflow ImportCatalogToGlue ModifyIntegration " +
		"PutDataCatalogEncryptionSettings PutDataQualityProfileAnnotation PutDataQualityStatisticAnnotation " +
		"PutResourcePolicy PutSchemaVersionMetadata PutWorkflowRunProperties RegisterConnectionType " +
		"RegisterSchemaVersion RequestLogParsing RunDataPreviewStatement RunStatement " +
		"StartColumnStatisticsTaskRunSchedule StartCompletion StartCrawler StartCrawlerSchedule " +
		"StartExportLabelsTaskRun StartImportLabelsTaskRun StartJobRun StartJobUpgradeAnalysis " +
		"StartMLEvaluationTaskRun StartMLLabelingSetGenerationTaskRun StartTrigger StartWorkflowRun " +
		"UpdateBlueprint UpdateClassifier UpdateColumnStatisticsForPartition UpdateColumnStatisticsForTable " +
		"UpdateCrawlerSchedule UpdateDataQualityRuleset UpdateDatabase UpdateDevEndpoint " +
		"UpdateGlueIdentityCenterConfiguration UpdateIntegrationTableProperties UpdatePartition " +
		"UpdateRegistry UpdateSchema UpdateSourceControlFromJob UpdateTable UpdateTrigger " +
		"UpdateUsageProfile UpdateUserDefinedFunction UpdateWorkflow"),
	lambdaService: calls("AddLayerVersionPermission AddPermission CreateAlias CreateCodeSigningConfig " +
		"CreateEventSourceMapping CreateFunctionUrlConfig CreateMicrovmAuthToken " +
		"CreateMicrovmShellAuthToken EnableReplication PutFunctionCodeSigningConfig PutFunctionConcurrency " +
		"PutFunctionEventInvokeConfig PutFunctionRecursionConfig PutFunctionScalingConfig " +
		"PutProvisionedConcurrencyConfig PutResourcePolicy PutRuntimeManagementConfig UpdateAlias " +
		"UpdateCodeSigningConfig UpdateEventSourceMapping UpdateFunctionCode " +
		"UpdateFunctionCodeSigningConfig UpdateFunctionEventInvokeConfig UpdateFunctionUrlConfig"),
	sageMakerService: calls("AddAssociation AddTags AssociateTrialComponent AttachClusterNodeNetworkInterface " +
		"AttachClusterNodeVolume CreateAIWorkloadConfig CreateAction CreateApp CreateAppImageConfig " +
		"CreateArtifact CreateClusterSchedulerConfig CreateCodeRepository CreateComputeQuota CreateContext " +
		"CreateEdgeDeploymentPlan CreateEdgeDeploymentStage CreateEndpoint CreateExperiment CreateHub " +
		"CreateHubContentPresignedUrls CreateHubContentReference CreateHumanTaskUi CreateImageVersion " +
		"CreateInferenceComponent CreateLineageGroupPolicy CreateModelCard CreateModelCardExportJob " +
		"CreateModelPackageGroup CreateNotebookInstanceLifecycleConfig CreatePartnerAppPresignedUrl " +
		"CreatePresignedDomainUrl CreatePresignedMlflowAppUrl CreatePresignedMlflowTrackingServerUrl " +
		"CreatePresignedNotebookInstanceUrl CreateProject CreateReservedCapacity CreateSharedModel " +
		"CreateStudioLifecycleConfig CreateTrainingPlan CreateTrial CreateTrialComponent CreateWorkforce " +
		"CreateWorkteam EnableSagemakerServicecatalogPortfolio ImportHubContent PutLineageGroupPolicy " +
		"PutModelPackageGroupPolicy PutRecord PutResourcePolicy RegisterDevices StartClusterHealthCheck " +
		"StartEdgeDeploymentStage StartHumanLoop StartInferenceExperiment StartMlflowTrackingServer " +
		"StartMonitoringSchedule StartNotebookInstance StartPipelineExecution StartSession UpdateAction " +
		"UpdateAppImageConfig UpdateArtifact UpdateClusterInference UpdateClusterSchedulerConfig " +
		"UpdateClusterSoftware UpdateCodeRepository UpdateComputeQuota UpdateContext UpdateDevices " +
		"UpdateEndpoint UpdateEndpointWeightsAndCapacities UpdateExperiment UpdateFeatureGroup " +
		"UpdateFeatureMetadata UpdateHub UpdateHubContent UpdateHubContentReference UpdateImageVersion " +
		"UpdateInferenceComponent UpdateInferenceComponentRuntimeConfig UpdateInferenceExperiment " +
		"UpdateModelCard UpdateModelPackage UpdateMonitoringAlert UpdateNotebookInstanceLifecycleConfig " +
		"UpdatePipelineExecution UpdatePipelineVersion UpdateProject UpdateReward UpdateSharedModel " +
		"UpdateTrial UpdateTrialComponent UpdateWorkforce UpdateWorkteam"),
	ssmService: calls("AddTagsToResource AssociateOpsItemRelatedItem CreateDocument CreateMaintenanceWindow " +
		"CreateOpsItem " +
		"CreateOpsMetadata CreatePatchBaseline CreateResourceDataSync ModifyDocumentPermission PutCalendar " +
		"PutComplianceItems PutConfigurePackageResult PutInventory PutParameter PutResourcePolicy " +
		"RegisterDefaultPatchBaseline RegisterManagedInstance RegisterPatchBaselineForPatchGroup " +
		"RegisterTargetWithMaintenanceWindow RequestManagedInstanceRoleToken StartAccessRequest " +
		"StartAssociationsOnce StartExecutionPreview StartSession UpdateAssociationStatus UpdateDocument " +
		"UpdateDocumentDefaultVersion UpdateDocumentMetadata UpdateInstanceAssociationStatus " +
		"UpdateInstanceInformation UpdateMaintenanceWindow UpdateMaintenanceWindowTarget " +
		"UpdateManagedInstancePublicKey UpdateOpsItem UpdateOpsMetadata UpdatePatchBaseline " +
		"UpdateResourceDataSync"),
	statesService: calls("CreateActivity CreateStateMachineAlias StartExecution StartSyncExecution UpdateMapRun " +
		"UpdateStateMachineAlias"),
}

// makingWords begin the names of the calls by which a role can be given to a service.
var makingWords = []string{
	"Add",
	"Associate",
	"Attach",
	"Configure",
	"Create",
	"Define",
	"Deploy",
	"Enable",
	"Import",
	"Launch",
	"Modify",
	"PATCH",
	"POST",
	"PUT",
	"Provision",
	"Put",
	"Register",
	"Replace",
	"Request",
	"Run",
	"Set",
	"Start",
	"Submit",
	"Update",
}

// lenders are the calls by which a role may be given to a service, where no row says what the service then does: those
// that are known to take one, and those of the service that make or change something, but for the ones that are known
// to take none.
func lenders(service string) []string {
	actions := slices.Clone(takingARole[service])
	if service == ec2Service {
		return actions
	}
	for _, action := range making(service) {
		_, name, _ := strings.Cut(action, ":")
		if !slices.Contains(takingNone[service], name) && !slices.Contains(actions, action) {
			actions = append(actions, action)
		}
	}
	return actions
}

// making are the calls of a service whose names say that they make or change something.
func making(service string) (actions []string) {
	c := catalogue.Catalogue()
	for _, prefix := range prefixesOf(service) {
		n, known := c.ByPrefix[prefix]
		if !known {
			continue
		}
		for i := c.Services[n].First; i < c.Services[n].Last; i++ {
			_, name, _ := strings.Cut(c.Name(i), ":")
			if slices.ContainsFunc(makingWords, func(w string) bool { return strings.HasPrefix(name, w) }) {
				actions = append(actions, c.Name(i))
			}
		}
	}
	return actions
}

// prefixesOf are the prefixes of the actions that belong to a service principal: those of the table, or every part of
// its name that is a prefix.
func prefixesOf(service string) []string {
	name, _, _ := strings.Cut(strings.ToLower(service), ".amazonaws.com")
	if prefixes, listed := actionsOfService[name]; listed {
		return prefixes
	}
	return strings.Split(name, ".")
}
