/**
 * Every resource type that CloudFormation has in us-east-1, by its prefix, as cfn-lint 1.51.0 brings them. A template with any
 * other is malformed; one with a type that is here and has no handler asks for what the local cloud does not have.
 */
const TYPES: Readonly<Record<string, string>> = {
  'AWS::ACMPCA': 'Certificate CertificateAuthority CertificateAuthorityActivation Permission',
  'AWS::AIOps': 'InvestigationGroup',
  'AWS::APS': 'AnomalyDetector ResourcePolicy RuleGroupsNamespace Scraper Workspace',
  'AWS::ARCRegionSwitch': 'Plan',
  'AWS::ARCZonalShift': 'AutoshiftObserverNotificationStatus ZonalAutoshiftConfiguration',
  'AWS::AccessAnalyzer': 'Analyzer',
  'AWS::AmazonMQ': 'Broker Configuration ConfigurationAssociation',
  'AWS::Amplify': 'App Branch Domain',
  'AWS::AmplifyUIBuilder': 'Component Form Theme',
  'AWS::ApiGateway':
    'Account ApiKey Authorizer BasePathMapping BasePathMappingV2 ClientCertificate Deployment DocumentationPart DocumentationVersion DomainName DomainNameAccessAssociation DomainNameV2 GatewayResponse Method Model RequestValidator Resource RestApi Stage UsagePlan UsagePlanKey VpcLink',
  'AWS::ApiGatewayV2':
    'Api ApiGatewayManagedOverrides ApiMapping Authorizer Deployment DomainName Integration IntegrationResponse Model Route RouteResponse RoutingRule Stage VpcLink',
  'AWS::AppConfig':
    'Application ConfigurationProfile Deployment DeploymentStrategy Environment Extension ExtensionAssociation HostedConfigurationVersion',
  'AWS::AppFlow': 'Connector ConnectorProfile Flow',
  'AWS::AppIntegrations': 'Application DataIntegration EventIntegration',
  'AWS::AppMesh': 'GatewayRoute Mesh Route VirtualGateway VirtualNode VirtualRouter VirtualService',
  'AWS::AppRunner': 'AutoScalingConfiguration ObservabilityConfiguration Service VpcConnector VpcIngressConnection',
  'AWS::AppStream':
    'AppBlock AppBlockBuilder Application ApplicationEntitlementAssociation ApplicationFleetAssociation DirectoryConfig Entitlement Fleet ImageBuilder Stack StackFleetAssociation StackUserAssociation User',
  'AWS::AppSync':
    'Api ApiCache ApiKey ChannelNamespace DataSource DomainName DomainNameApiAssociation FunctionConfiguration GraphQLApi GraphQLSchema Resolver SourceApiAssociation',
  'AWS::AppTest': 'TestCase',
  'AWS::ApplicationAutoScaling': 'ScalableTarget ScalingPolicy',
  'AWS::ApplicationInsights': 'Application',
  'AWS::ApplicationSignals': 'Discovery GroupingConfiguration ServiceLevelObjective',
  'AWS::Athena': 'CapacityReservation DataCatalog NamedQuery PreparedStatement WorkGroup',
  'AWS::AuditManager': 'Assessment',
  'AWS::AutoScaling': 'AutoScalingGroup LaunchConfiguration LifecycleHook ScalingPolicy ScheduledAction WarmPool',
  'AWS::AutoScalingPlans': 'ScalingPlan',
  'AWS::B2BI': 'Capability Partnership Profile Transformer',
  'AWS::BCMDataExports': 'Export',
  'AWS::Backup':
    'BackupPlan BackupSelection BackupVault Framework LogicallyAirGappedBackupVault ReportPlan RestoreTestingPlan RestoreTestingSelection TieringConfiguration',
  'AWS::BackupGateway': 'Hypervisor',
  'AWS::Batch':
    'ComputeEnvironment ConsumableResource JobDefinition JobQueue QuotaShare SchedulingPolicy ServiceEnvironment',
  'AWS::BcmPricingCalculator': 'BillScenario',
  'AWS::Bedrock':
    'Agent AgentAlias ApplicationInferenceProfile AutomatedReasoningPolicy AutomatedReasoningPolicyVersion Blueprint DataAutomationLibrary DataAutomationProject DataSource EnforcedGuardrailConfiguration Flow FlowAlias FlowVersion Guardrail GuardrailVersion IntelligentPromptRouter KnowledgeBase Prompt PromptVersion ResourcePolicy',
  'AWS::BedrockAgentCore':
    'ApiKeyCredentialProvider BrowserCustom BrowserProfile CodeInterpreterCustom Evaluator Gateway GatewayTarget Memory OAuth2CredentialProvider OnlineEvaluationConfig Policy PolicyEngine Runtime RuntimeEndpoint WorkloadIdentity',
  'AWS::BedrockMantle': 'Project',
  'AWS::Billing': 'BillingView',
  'AWS::BillingConductor': 'BillingGroup CustomLineItem PricingPlan PricingRule',
  'AWS::Braket': 'SpendingLimit',
  'AWS::Budgets': 'Budget BudgetsAction',
  'AWS::CE': 'AnomalyMonitor AnomalySubscription CostCategory',
  'AWS::CUR': 'ReportDefinition',
  'AWS::Cases': 'CaseRule Domain Field Layout Template',
  'AWS::Cassandra': 'Keyspace Table Type',
  'AWS::CertificateManager': 'Account Certificate',
  'AWS::Chatbot': 'CustomAction MicrosoftTeamsChannelConfiguration SlackChannelConfiguration',
  'AWS::Chime': 'AppInstance AppInstanceBot',
  'AWS::CleanRooms':
    'AnalysisTemplate Collaboration ConfiguredTable ConfiguredTableAssociation IdMappingTable IdNamespaceAssociation Membership PrivacyBudgetTemplate',
  'AWS::CleanRoomsML': 'ConfiguredModelAlgorithm ConfiguredModelAlgorithmAssociation TrainingDataset',
  'AWS::Cloud9': 'EnvironmentEC2',
  'AWS::CloudFormation':
    'CustomResource GuardHook HookDefaultVersion HookTypeConfig HookVersion LambdaHook Macro ModuleDefaultVersion ModuleVersion PublicTypeVersion Publisher ResourceDefaultVersion ResourceVersion Stack StackSet TypeActivation WaitCondition WaitConditionHandle',
  'AWS::CloudFront':
    'AnycastIpList CachePolicy CloudFrontOriginAccessIdentity ConnectionFunction ConnectionGroup ContinuousDeploymentPolicy Distribution DistributionTenant Function KeyGroup KeyValueStore MonitoringSubscription OriginAccessControl OriginRequestPolicy PublicKey RealtimeLogConfig ResponseHeadersPolicy StreamingDistribution TrustStore VpcOrigin',
  'AWS::CloudTrail': 'Channel Dashboard EventDataStore ResourcePolicy Trail',
  'AWS::CloudWatch':
    'Alarm AlarmMuteRule AnomalyDetector CompositeAlarm Dashboard InsightRule MetricStream OTelEnrichment',
  'AWS::CodeArtifact': 'Domain PackageGroup Repository',
  'AWS::CodeBuild': 'Fleet Project ReportGroup SourceCredential',
  'AWS::CodeCommit': 'Repository',
  'AWS::CodeConnections': 'Connection',
  'AWS::CodeDeploy': 'Application DeploymentConfig DeploymentGroup',
  'AWS::CodeGuruProfiler': 'ProfilingGroup',
  'AWS::CodeGuruReviewer': 'RepositoryAssociation',
  'AWS::CodePipeline': 'CustomActionType Pipeline Webhook',
  'AWS::CodeStar': 'GitHubRepository',
  'AWS::CodeStarConnections': 'Connection RepositoryLink SyncConfiguration',
  'AWS::CodeStarNotifications': 'NotificationRule',
  'AWS::Cognito':
    'IdentityPool IdentityPoolPrincipalTag IdentityPoolRoleAttachment LogDeliveryConfiguration ManagedLoginBranding Terms UserPool UserPoolClient UserPoolDomain UserPoolGroup UserPoolIdentityProvider UserPoolResourceServer UserPoolRiskConfigurationAttachment UserPoolUICustomizationAttachment UserPoolUser UserPoolUserToGroupAttachment',
  'AWS::Comprehend': 'DocumentClassifier Flywheel',
  'AWS::ComputeOptimizer': 'AutomationRule',
  'AWS::Config':
    'AggregationAuthorization ConfigRule ConfigurationAggregator ConfigurationRecorder ConformancePack DeliveryChannel OrganizationConfigRule OrganizationConformancePack RemediationConfiguration StoredQuery',
  'AWS::Connect':
    'AgentStatus ApprovedOrigin ContactFlow ContactFlowModule ContactFlowModuleAlias ContactFlowModuleVersion ContactFlowVersion DataTable DataTableAttribute DataTableRecord EmailAddress EvaluationForm HoursOfOperation Instance InstanceStorageConfig IntegrationAssociation Notification PhoneNumber PredefinedAttribute Prompt Queue QuickConnect RoutingProfile Rule SecurityKey SecurityProfile TaskTemplate TrafficDistributionGroup User UserHierarchyGroup UserHierarchyStructure View ViewVersion Workspace',
  'AWS::ConnectCampaigns': 'Campaign',
  'AWS::ConnectCampaignsV2': 'Campaign',
  'AWS::ControlTower': 'EnabledBaseline EnabledControl LandingZone',
  'AWS::CustomerProfiles':
    'CalculatedAttributeDefinition Domain EventStream EventTrigger Integration ObjectType Recommender SegmentDefinition',
  'AWS::DAX': 'Cluster ParameterGroup SubnetGroup',
  'AWS::DLM': 'LifecyclePolicy',
  'AWS::DMS':
    'Certificate DataMigration DataProvider Endpoint EventSubscription InstanceProfile MigrationProject ReplicationConfig ReplicationInstance ReplicationSubnetGroup ReplicationTask',
  'AWS::DSQL': 'Cluster',
  'AWS::DataBrew': 'Dataset Job Project Recipe Ruleset Schedule',
  'AWS::DataPipeline': 'Pipeline',
  'AWS::DataSync':
    'Agent LocationAzureBlob LocationEFS LocationFSxLustre LocationFSxONTAP LocationFSxOpenZFS LocationFSxWindows LocationHDFS LocationNFS LocationObjectStorage LocationS3 LocationSMB Task',
  'AWS::DataZone':
    'Connection DataSource Domain DomainUnit Environment EnvironmentActions EnvironmentBlueprintConfiguration EnvironmentProfile FormType GroupProfile Owner PolicyGrant Project ProjectMembership ProjectProfile SubscriptionTarget UserProfile',
  'AWS::Deadline':
    'Farm Fleet LicenseEndpoint Limit MeteredProduct Monitor Queue QueueEnvironment QueueFleetAssociation QueueLimitAssociation StorageProfile',
  'AWS::Detective': 'Graph MemberInvitation OrganizationAdmin',
  'AWS::DevOpsAgent': 'AgentSpace Association PrivateConnection Service',
  'AWS::DevOpsGuru': 'LogAnomalyDetectionIntegration NotificationChannel ResourceCollection',
  'AWS::DirectConnect':
    'Connection DirectConnectGateway DirectConnectGatewayAssociation Lag PrivateVirtualInterface PublicVirtualInterface TransitVirtualInterface',
  'AWS::DirectoryService': 'MicrosoftAD SimpleAD',
  'AWS::DocDB': 'DBCluster DBClusterParameterGroup DBInstance DBSubnetGroup EventSubscription GlobalCluster',
  'AWS::DocDBElastic': 'Cluster',
  'AWS::DynamoDB': 'GlobalTable Table',
  'AWS::EC2':
    'CapacityManagerDataExport CapacityReservation CapacityReservationFleet CarrierGateway ClientVpnAuthorizationRule ClientVpnEndpoint ClientVpnRoute ClientVpnTargetNetworkAssociation CustomerGateway DHCPOptions EC2Fleet EIP EIPAssociation EgressOnlyInternetGateway EnclaveCertificateIamRoleAssociation FlowLog GatewayRouteTableAssociation Host IPAM IPAMAllocation IPAMPool IPAMPoolCidr IPAMPrefixListResolver IPAMPrefixListResolverTarget IPAMResourceDiscovery IPAMResourceDiscoveryAssociation IPAMScope Instance InstanceConnectEndpoint InternetGateway IpPoolRouteTableAssociation KeyPair LaunchTemplate LocalGatewayRoute LocalGatewayRouteTable LocalGatewayRouteTableVPCAssociation LocalGatewayRouteTableVirtualInterfaceGroupAssociation LocalGatewayVirtualInterface LocalGatewayVirtualInterfaceGroup NatGateway NetworkAcl NetworkAclEntry NetworkInsightsAccessScope NetworkInsightsAccessScopeAnalysis NetworkInsightsAnalysis NetworkInsightsPath NetworkInterface NetworkInterfaceAttachment NetworkInterfacePermission NetworkPerformanceMetricSubscription PlacementGroup PrefixList Route RouteServer RouteServerAssociation RouteServerEndpoint RouteServerPeer RouteServerPropagation RouteTable SecurityGroup SecurityGroupEgress SecurityGroupIngress SecurityGroupVpcAssociation SnapshotBlockPublicAccess SpotFleet SqlHaStandbyDetectedInstance Subnet SubnetCidrBlock SubnetNetworkAclAssociation SubnetRouteTableAssociation TrafficMirrorFilter TrafficMirrorFilterRule TrafficMirrorSession TrafficMirrorTarget TransitGateway TransitGatewayAttachment TransitGatewayConnect TransitGatewayConnectPeer TransitGatewayMeteringPolicy TransitGatewayMeteringPolicyEntry TransitGatewayMulticastDomain TransitGatewayMulticastDomainAssociation TransitGatewayMulticastGroupMember TransitGatewayMulticastGroupSource TransitGatewayPeeringAttachment TransitGatewayRoute TransitGatewayRouteTable TransitGatewayRouteTableAssociation TransitGatewayRouteTablePropagation TransitGatewayVpcAttachment VPC VPCBlockPublicAccessExclusion VPCBlockPublicAccessOptions VPCCidrBlock VPCDHCPOptionsAssociation VPCEncryptionControl VPCEndpoint VPCEndpointConnectionNotification VPCEndpointService VPCEndpointServicePermissions VPCGatewayAttachment VPCPeeringConnection VPNConcentrator VPNConnection VPNConnectionRoute VPNGateway VPNGatewayRoutePropagation VerifiedAccessEndpoint VerifiedAccessGroup VerifiedAccessInstance VerifiedAccessTrustProvider Volume VolumeAttachment',
  'AWS::ECR':
    'PublicRepository PullThroughCacheRule PullTimeUpdateExclusion RegistryPolicy RegistryScanningConfiguration ReplicationConfiguration Repository RepositoryCreationTemplate SigningConfiguration',
  'AWS::ECS':
    'CapacityProvider Cluster ClusterCapacityProviderAssociations Daemon DaemonTaskDefinition ExpressGatewayService PrimaryTaskSet Service TaskDefinition TaskSet',
  'AWS::EFS': 'AccessPoint FileSystem MountTarget',
  'AWS::EKS':
    'AccessEntry Addon Capability Cluster FargateProfile IdentityProviderConfig Nodegroup PodIdentityAssociation',
  'AWS::EMR':
    'Cluster InstanceFleetConfig InstanceGroupConfig SecurityConfiguration Step Studio StudioSessionMapping WALWorkspace',
  'AWS::EMRContainers': 'Endpoint SecurityConfiguration VirtualCluster',
  'AWS::EMRServerless': 'Application',
  'AWS::EVS': 'Environment',
  'AWS::ElastiCache':
    'CacheCluster GlobalReplicationGroup ParameterGroup ReplicationGroup SecurityGroup SecurityGroupIngress ServerlessCache SubnetGroup User UserGroup',
  'AWS::ElasticBeanstalk': 'Application ApplicationVersion ConfigurationTemplate Environment',
  'AWS::ElasticLoadBalancing': 'LoadBalancer',
  'AWS::ElasticLoadBalancingV2':
    'Listener ListenerCertificate ListenerRule LoadBalancer TargetGroup TrustStore TrustStoreRevocation',
  'AWS::Elasticsearch': 'Domain',
  'AWS::ElementalInference': 'Feed',
  'AWS::EntityResolution': 'IdMappingWorkflow IdNamespace MatchingWorkflow PolicyStatement SchemaMapping',
  'AWS::EventSchemas': 'Discoverer Registry RegistryPolicy Schema',
  'AWS::Events': 'ApiDestination Archive Connection Endpoint EventBus EventBusPolicy Rule',
  'AWS::Evidently': 'Experiment Feature Launch Project Segment',
  'AWS::FIS': 'ExperimentTemplate TargetAccountConfiguration',
  'AWS::FMS': 'NotificationChannel Policy ResourceSet',
  'AWS::FSx': 'DataRepositoryAssociation FileSystem S3AccessPointAttachment Snapshot StorageVirtualMachine Volume',
  'AWS::FinSpace': 'Environment',
  'AWS::Forecast': 'Dataset DatasetGroup',
  'AWS::FraudDetector': 'Detector EntityType EventType Label List Outcome Variable',
  'AWS::GameLift':
    'Alias Build ContainerFleet ContainerGroupDefinition Fleet GameServerGroup GameSessionQueue Location MatchmakingConfiguration MatchmakingRuleSet Script',
  'AWS::GlobalAccelerator': 'Accelerator CrossAccountAttachment EndpointGroup Listener',
  'AWS::Glue':
    'Catalog Classifier Connection Crawler CustomEntityType DataCatalogEncryptionSettings DataQualityRuleset Database DevEndpoint IdentityCenterConfiguration Integration IntegrationResourceProperty Job MLTransform Partition Registry Schema SchemaVersion SchemaVersionMetadata SecurityConfiguration Table TableOptimizer Trigger UsageProfile Workflow',
  'AWS::Grafana': 'Workspace',
  'AWS::Greengrass':
    'ConnectorDefinition ConnectorDefinitionVersion CoreDefinition CoreDefinitionVersion DeviceDefinition DeviceDefinitionVersion FunctionDefinition FunctionDefinitionVersion Group GroupVersion LoggerDefinition LoggerDefinitionVersion ResourceDefinition ResourceDefinitionVersion SubscriptionDefinition SubscriptionDefinitionVersion',
  'AWS::GreengrassV2': 'ComponentVersion Deployment',
  'AWS::GroundStation': 'Config DataflowEndpointGroup DataflowEndpointGroupV2 MissionProfile',
  'AWS::GuardDuty':
    'Detector Filter IPSet MalwareProtectionPlan Master Member PublishingDestination ThreatEntitySet ThreatIntelSet TrustedEntitySet',
  'AWS::HealthImaging': 'Datastore',
  'AWS::HealthLake': 'FHIRDatastore',
  'AWS::IAM':
    'AccessKey Group GroupPolicy InstanceProfile ManagedPolicy OIDCProvider Policy Role RolePolicy SAMLProvider ServerCertificate ServiceLinkedRole User UserPolicy UserToGroupAddition VirtualMFADevice',
  'AWS::IVS':
    'Channel EncoderConfiguration IngestConfiguration PlaybackKeyPair PlaybackRestrictionPolicy PublicKey RecordingConfiguration Stage StorageConfiguration StreamKey',
  'AWS::IVSChat': 'LoggingConfiguration Room',
  'AWS::IdentityStore': 'Group GroupMembership',
  'AWS::ImageBuilder':
    'Component ContainerRecipe DistributionConfiguration Image ImagePipeline ImageRecipe InfrastructureConfiguration LifecyclePolicy Workflow',
  'AWS::Inspector': 'AssessmentTarget AssessmentTemplate ResourceGroup',
  'AWS::InspectorV2': 'CisScanConfiguration CodeSecurityIntegration CodeSecurityScanConfiguration Filter',
  'AWS::Interconnect': 'Connection',
  'AWS::InternetMonitor': 'Monitor',
  'AWS::Invoicing': 'InvoiceUnit',
  'AWS::IoT':
    'AccountAuditConfiguration Authorizer BillingGroup CACertificate Certificate CertificateProvider Command CustomMetric Dimension DomainConfiguration EncryptionConfiguration FleetMetric JobTemplate Logging MitigationAction Policy PolicyPrincipalAttachment ProvisioningTemplate ResourceSpecificLogging RoleAlias ScheduledAudit SecurityProfile SoftwarePackage SoftwarePackageVersion Thing ThingGroup ThingPrincipalAttachment ThingType TopicRule TopicRuleDestination',
  'AWS::IoTAnalytics': 'Channel Dataset Datastore Pipeline',
  'AWS::IoTCoreDeviceAdvisor': 'SuiteDefinition',
  'AWS::IoTEvents': 'AlarmModel DetectorModel Input',
  'AWS::IoTFleetWise': 'Campaign DecoderManifest Fleet ModelManifest SignalCatalog StateTemplate Vehicle',
  'AWS::IoTSiteWise': 'AccessPolicy Asset AssetModel ComputationModel Dashboard Dataset Gateway Portal Project',
  'AWS::IoTThingsGraph': 'FlowTemplate',
  'AWS::IoTTwinMaker': 'ComponentType Entity Scene SyncJob Workspace',
  'AWS::IoTWireless':
    'Destination DeviceProfile FuotaTask MulticastGroup NetworkAnalyzerConfiguration PartnerAccount ServiceProfile TaskDefinition WirelessDevice WirelessDeviceImportTask WirelessGateway',
  'AWS::KMS': 'Alias Key ReplicaKey',
  'AWS::KafkaConnect': 'Connector CustomPlugin WorkerConfiguration',
  'AWS::Kendra': 'DataSource Faq Index',
  'AWS::KendraRanking': 'ExecutionPlan',
  'AWS::Kinesis': 'ResourcePolicy Stream StreamConsumer',
  'AWS::KinesisAnalytics': 'Application ApplicationOutput ApplicationReferenceDataSource',
  'AWS::KinesisAnalyticsV2':
    'Application ApplicationCloudWatchLoggingOption ApplicationOutput ApplicationReferenceDataSource',
  'AWS::KinesisFirehose': 'DeliveryStream',
  'AWS::KinesisVideo': 'SignalingChannel Stream',
  'AWS::LakeFormation': 'DataCellsFilter DataLakeSettings Permissions PrincipalPermissions Resource Tag TagAssociation',
  'AWS::Lambda':
    'Alias CapacityProvider CodeSigningConfig EventInvokeConfig EventSourceMapping Function LayerVersion LayerVersionPermission Permission Url Version',
  'AWS::LaunchWizard': 'Deployment',
  'AWS::Lex': 'Bot BotAlias BotVersion ResourcePolicy',
  'AWS::LicenseManager': 'Grant License',
  'AWS::Lightsail':
    'Alarm Bucket Certificate Container Database DatabaseSnapshot Disk DiskSnapshot Distribution Domain Instance InstanceSnapshot LoadBalancer LoadBalancerTlsCertificate StaticIp',
  'AWS::Location': 'APIKey GeofenceCollection Map PlaceIndex RouteCalculator Tracker TrackerConsumer',
  'AWS::Logs':
    'AccountPolicy Delivery DeliveryDestination DeliverySource Destination Integration LogAnomalyDetector LogGroup LogStream MetricFilter QueryDefinition ResourcePolicy ScheduledQuery SubscriptionFilter Transformer',
  'AWS::LookoutEquipment': 'InferenceScheduler',
  'AWS::LookoutVision': 'Project',
  'AWS::M2': 'Application Deployment Environment',
  'AWS::MPA': 'ApprovalTeam IdentitySource',
  'AWS::MSK': 'BatchScramSecret Cluster ClusterPolicy Configuration Replicator ServerlessCluster Topic VpcConnection',
  'AWS::MWAA': 'Environment',
  'AWS::MWAAServerless': 'Workflow',
  'AWS::Macie': 'AllowList CustomDataIdentifier FindingsFilter Session',
  'AWS::ManagedBlockchain': 'Accessor Member Node',
  'AWS::MediaConnect':
    'Bridge BridgeOutput BridgeSource Flow FlowEntitlement FlowOutput FlowSource FlowVpcInterface Gateway RouterInput RouterNetworkInterface RouterOutput',
  'AWS::MediaConvert': 'JobTemplate Preset Queue',
  'AWS::MediaLive':
    'Channel ChannelPlacementGroup CloudWatchAlarmTemplate CloudWatchAlarmTemplateGroup Cluster EventBridgeRuleTemplate EventBridgeRuleTemplateGroup Input InputSecurityGroup Multiplex Multiplexprogram Network SdiSource SignalMap',
  'AWS::MediaPackage': 'Asset Channel OriginEndpoint PackagingConfiguration PackagingGroup',
  'AWS::MediaPackageV2': 'Channel ChannelGroup ChannelPolicy OriginEndpoint OriginEndpointPolicy',
  'AWS::MediaStore': 'Container',
  'AWS::MediaTailor': 'Channel ChannelPolicy LiveSource PlaybackConfiguration SourceLocation VodSource',
  'AWS::MemoryDB': 'ACL Cluster MultiRegionCluster ParameterGroup SubnetGroup User',
  'AWS::Neptune': 'DBCluster DBClusterParameterGroup DBInstance DBParameterGroup DBSubnetGroup EventSubscription',
  'AWS::NeptuneGraph': 'Graph GraphSnapshot PrivateGraphEndpoint',
  'AWS::NetworkFirewall':
    'Firewall FirewallPolicy LoggingConfiguration RuleGroup TLSInspectionConfiguration VpcEndpointAssociation',
  'AWS::NetworkManager':
    'ConnectAttachment ConnectPeer CoreNetwork CoreNetworkPrefixListAssociation CustomerGatewayAssociation Device DirectConnectGatewayAttachment GlobalNetwork Link LinkAssociation Site SiteToSiteVpnAttachment TransitGatewayPeering TransitGatewayRegistration TransitGatewayRouteTableAttachment VpcAttachment',
  'AWS::Notifications':
    'ChannelAssociation EventRule ManagedNotificationAccountContactAssociation ManagedNotificationAdditionalChannelAssociation NotificationConfiguration NotificationHub OrganizationalUnitAssociation',
  'AWS::NotificationsContacts': 'EmailContact',
  'AWS::NovaAct': 'WorkflowDefinition',
  'AWS::ODB': 'CloudAutonomousVmCluster CloudExadataInfrastructure CloudVmCluster OdbNetwork OdbPeeringConnection',
  'AWS::OSIS': 'Pipeline',
  'AWS::Oam': 'Link Sink',
  'AWS::ObservabilityAdmin':
    'OrganizationCentralizationRule OrganizationTelemetryRule S3TableIntegration TelemetryEnrichment TelemetryPipelines TelemetryRule',
  'AWS::Omics':
    'AnnotationStore Configuration ReferenceStore RunGroup SequenceStore VariantStore Workflow WorkflowVersion',
  'AWS::OpenSearchServerless':
    'AccessPolicy Collection CollectionGroup Index LifecyclePolicy SecurityConfig SecurityPolicy VpcEndpoint',
  'AWS::OpenSearchService': 'Application Domain',
  'AWS::OpsWorks': 'App ElasticLoadBalancerAttachment Instance Layer Stack UserProfile Volume',
  'AWS::Organizations': 'Account Organization OrganizationalUnit Policy ResourcePolicy',
  'AWS::PCAConnectorAD':
    'Connector DirectoryRegistration ServicePrincipalName Template TemplateGroupAccessControlEntry',
  'AWS::PCAConnectorSCEP': 'Challenge Connector',
  'AWS::PCS': 'Cluster ComputeNodeGroup Queue',
  'AWS::Panorama': 'ApplicationInstance Package PackageVersion',
  'AWS::PaymentCryptography': 'Alias Key',
  'AWS::Personalize': 'Dataset DatasetGroup Schema Solution',
  'AWS::Pinpoint':
    'ADMChannel APNSChannel APNSSandboxChannel APNSVoipChannel APNSVoipSandboxChannel App ApplicationSettings BaiduChannel Campaign EmailChannel EmailTemplate EventStream GCMChannel InAppTemplate PushTemplate SMSChannel Segment SmsTemplate VoiceChannel',
  'AWS::PinpointEmail': 'ConfigurationSet ConfigurationSetEventDestination DedicatedIpPool Identity',
  'AWS::Pipes': 'Pipe',
  'AWS::Proton': 'EnvironmentAccountConnection EnvironmentTemplate ServiceTemplate',
  'AWS::QBusiness': 'Application DataAccessor DataSource Index Permission Plugin Retriever WebExperience',
  'AWS::QLDB': 'Ledger Stream',
  'AWS::QuickSight':
    'ActionConnector Analysis CustomPermissions Dashboard DataSet DataSource Folder RefreshSchedule Template Theme Topic VPCConnection',
  'AWS::RAM': 'Permission ResourceShare',
  'AWS::RDS':
    'CustomDBEngineVersion DBCluster DBClusterParameterGroup DBInstance DBParameterGroup DBProxy DBProxyEndpoint DBProxyTargetGroup DBSecurityGroup DBSecurityGroupIngress DBShardGroup DBSubnetGroup EventSubscription GlobalCluster Integration OptionGroup',
  'AWS::RTBFabric': 'InboundExternalLink Link OutboundExternalLink RequesterGateway ResponderGateway',
  'AWS::RUM': 'AppMonitor',
  'AWS::Rbin': 'Rule',
  'AWS::Redshift':
    'Cluster ClusterParameterGroup ClusterSecurityGroup ClusterSecurityGroupIngress ClusterSubnetGroup EndpointAccess EndpointAuthorization EventSubscription Integration ScheduledAction',
  'AWS::RedshiftServerless': 'Namespace Snapshot Workgroup',
  'AWS::RefactorSpaces': 'Application Environment Route Service',
  'AWS::Rekognition': 'Collection Project StreamProcessor',
  'AWS::ResilienceHub': 'App ResiliencyPolicy',
  'AWS::ResourceExplorer2': 'DefaultViewAssociation Index View',
  'AWS::ResourceGroups': 'Group TagSyncTask',
  'AWS::RoboMaker':
    'Fleet Robot RobotApplication RobotApplicationVersion SimulationApplication SimulationApplicationVersion',
  'AWS::RolesAnywhere': 'CRL Profile TrustAnchor',
  'AWS::Route53': 'CidrCollection DNSSEC HealthCheck HostedZone KeySigningKey RecordSet RecordSetGroup',
  'AWS::Route53GlobalResolver':
    'AccessSource AccessToken DnsView FirewallDomainList FirewallRule GlobalResolver HostedZoneAssociation',
  'AWS::Route53Profiles': 'Profile ProfileAssociation ProfileResourceAssociation',
  'AWS::Route53RecoveryControl': 'Cluster ControlPanel RoutingControl SafetyRule',
  'AWS::Route53RecoveryReadiness': 'Cell ReadinessCheck RecoveryGroup ResourceSet',
  'AWS::Route53Resolver':
    'FirewallDomainList FirewallRuleGroup FirewallRuleGroupAssociation OutpostResolver ResolverConfig ResolverDNSSECConfig ResolverEndpoint ResolverQueryLoggingConfig ResolverQueryLoggingConfigAssociation ResolverRule ResolverRuleAssociation',
  'AWS::S3':
    'AccessGrant AccessGrantsInstance AccessGrantsLocation AccessPoint Bucket BucketPolicy MultiRegionAccessPoint MultiRegionAccessPointPolicy StorageLens StorageLensGroup',
  'AWS::S3Express': 'AccessPoint BucketPolicy DirectoryBucket',
  'AWS::S3Files': 'AccessPoint FileSystem FileSystemPolicy MountTarget',
  'AWS::S3ObjectLambda': 'AccessPoint AccessPointPolicy',
  'AWS::S3Outposts': 'AccessPoint Bucket BucketPolicy Endpoint',
  'AWS::S3Tables': 'Namespace Table TableBucket TableBucketPolicy TablePolicy',
  'AWS::S3Vectors': 'Index VectorBucket VectorBucketPolicy',
  'AWS::SDB': 'Domain',
  'AWS::SES':
    'ConfigurationSet ConfigurationSetEventDestination ContactList CustomVerificationEmailTemplate DedicatedIpPool EmailIdentity MailManagerAddonInstance MailManagerAddonSubscription MailManagerAddressList MailManagerArchive MailManagerIngressPoint MailManagerRelay MailManagerRuleSet MailManagerTrafficPolicy MultiRegionEndpoint ReceiptFilter ReceiptRule ReceiptRuleSet Template Tenant VdmAttributes',
  'AWS::SMSVOICE': 'ConfigurationSet OptOutList PhoneNumber Pool ProtectConfiguration ResourcePolicy SenderId',
  'AWS::SNS': 'Subscription Topic TopicInlinePolicy TopicPolicy',
  'AWS::SQS': 'Queue QueueInlinePolicy QueuePolicy',
  'AWS::SSM':
    'Association Document MaintenanceWindow MaintenanceWindowTarget MaintenanceWindowTask Parameter PatchBaseline ResourceDataSync ResourcePolicy',
  'AWS::SSMContacts': 'Contact ContactChannel Plan Rotation',
  'AWS::SSMGuiConnect': 'Preferences',
  'AWS::SSMIncidents': 'ReplicationSet ResponsePlan',
  'AWS::SSMQuickSetup': 'ConfigurationManager LifecycleAutomation',
  'AWS::SSO':
    'Application ApplicationAssignment Assignment Instance InstanceAccessControlAttributeConfiguration PermissionSet',
  'AWS::SageMaker':
    'App AppImageConfig Cluster CodeRepository DataQualityJobDefinition Device DeviceFleet Domain Endpoint EndpointConfig FeatureGroup Image ImageVersion InferenceComponent InferenceExperiment MlflowTrackingServer Model ModelBiasJobDefinition ModelCard ModelExplainabilityJobDefinition ModelPackage ModelPackageGroup ModelQualityJobDefinition MonitoringSchedule NotebookInstance NotebookInstanceLifecycleConfig PartnerApp Pipeline ProcessingJob Project Space StudioLifecycleConfig UserProfile Workteam',
  'AWS::Scheduler': 'Schedule ScheduleGroup',
  'AWS::SecretsManager': 'ResourcePolicy RotationSchedule Secret SecretTargetAttachment',
  'AWS::SecurityAgent': 'AgentSpace Application Pentest TargetDomain',
  'AWS::SecurityHub':
    'AggregatorV2 AutomationRule AutomationRuleV2 ConfigurationPolicy ConnectorV2 DelegatedAdmin FindingAggregator Hub HubV2 Insight OrganizationConfiguration PolicyAssociation ProductSubscription SecurityControl Standard',
  'AWS::SecurityLake': 'AwsLogSource DataLake Subscriber SubscriberNotification',
  'AWS::ServiceCatalog':
    'AcceptedPortfolioShare CloudFormationProduct CloudFormationProvisionedProduct LaunchNotificationConstraint LaunchRoleConstraint LaunchTemplateConstraint Portfolio PortfolioPrincipalAssociation PortfolioProductAssociation PortfolioShare ResourceUpdateConstraint ServiceAction ServiceActionAssociation StackSetConstraint TagOption TagOptionAssociation',
  'AWS::ServiceCatalogAppRegistry': 'Application AttributeGroup AttributeGroupAssociation ResourceAssociation',
  'AWS::ServiceDiscovery': 'HttpNamespace Instance PrivateDnsNamespace PublicDnsNamespace Service',
  'AWS::Shield': 'DRTAccess ProactiveEngagement Protection ProtectionGroup',
  'AWS::Signer': 'ProfilePermission SigningProfile',
  'AWS::SimSpaceWeaver': 'Simulation',
  'AWS::StepFunctions': 'Activity StateMachine StateMachineAlias StateMachineVersion',
  'AWS::SupportApp': 'AccountAlias SlackChannelConfiguration SlackWorkspaceConfiguration',
  'AWS::Synthetics': 'Canary Group',
  'AWS::SystemsManagerSAP': 'Application',
  'AWS::Timestream': 'Database InfluxDBCluster InfluxDBInstance ScheduledQuery Table',
  'AWS::Transfer': 'Agreement Certificate Connector Profile Server User WebApp Workflow',
  'AWS::UXC': 'AccountCustomization',
  'AWS::VerifiedPermissions': 'IdentitySource Policy PolicyStore PolicyTemplate',
  'AWS::VoiceID': 'Domain',
  'AWS::VpcLattice':
    'AccessLogSubscription AuthPolicy DomainVerification Listener ResourceConfiguration ResourceGateway ResourcePolicy Rule Service ServiceNetwork ServiceNetworkResourceAssociation ServiceNetworkServiceAssociation ServiceNetworkVpcAssociation TargetGroup',
  'AWS::WAF': 'ByteMatchSet IPSet Rule SizeConstraintSet SqlInjectionMatchSet WebACL XssMatchSet',
  'AWS::WAFRegional':
    'ByteMatchSet GeoMatchSet IPSet RateBasedRule RegexPatternSet Rule SizeConstraintSet SqlInjectionMatchSet WebACL WebACLAssociation XssMatchSet',
  'AWS::WAFv2': 'IPSet LoggingConfiguration RegexPatternSet RuleGroup WebACL WebACLAssociation',
  'AWS::Wisdom':
    'AIAgent AIAgentVersion AIGuardrail AIGuardrailVersion AIPrompt AIPromptVersion Assistant AssistantAssociation KnowledgeBase MessageTemplate MessageTemplateVersion QuickResponse',
  'AWS::WorkSpaces': 'ConnectionAlias Workspace WorkspacesPool',
  'AWS::WorkSpacesThinClient': 'Environment',
  'AWS::WorkSpacesWeb':
    'BrowserSettings DataProtectionSettings IdentityProvider IpAccessSettings NetworkSettings Portal SessionLogger TrustStore UserAccessLoggingSettings UserSettings',
  'AWS::WorkspacesInstances': 'Volume VolumeAssociation WorkspaceInstance',
  'AWS::XRay': 'Group ResourcePolicy SamplingRule TransactionSearchConfig',
  'Alexa::ASK': 'Skill',
};

const known = new Set(
  Object.entries(TYPES).flatMap(([prefix, names]) => names.split(' ').map((name) => `${prefix}::${name}`)),
);

export const isAwsType = (type: string): boolean => known.has(type);
