//! Resources that run as an identity.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{IdentityId, ScopeId, Text, WorkloadId};

/// What kind of resource.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WorkloadKind {
    /// An AWS instance profile: what an EC2 instance is given to become a role.
    AwsInstanceProfile,
    /// An AWS Bedrock AgentCore code interpreter.
    AwsAgentcoreCodeInterpreter,
    /// An AWS App Runner service.
    AwsApprunnerService,
    /// An AWS Auto Scaling group, which starts instances from a launch template.
    AwsAutoscalingGroup,
    /// An AWS Bedrock agent.
    AwsBedrockAgent,
    /// An AWS CloudFormation stack with a service role.
    AwsCloudformationStack,
    /// An AWS CloudFormation stack set: runs as its administration role, which assumes the execution role.
    AwsCloudformationStackSet,
    /// An AWS CodeBuild project.
    AwsCodebuildProject,
    /// An AWS EC2 instance with an instance profile.
    AwsEc2Instance,
    /// An EC2 instance that is registered in an ECS cluster.
    AwsEcsContainerInstance,
    /// A running ECS task, or a service that keeps tasks running.
    AwsEcsTask,
    /// An ECS task definition.
    AwsEcsTaskDefinition,
    /// An AWS Glue development endpoint.
    AwsGlueDevEndpoint,
    /// An AWS Glue job.
    AwsGlueJob,
    /// An AWS Lambda function.
    AwsLambdaFunction,
    /// An AWS launch template with an instance profile.
    AwsLaunchTemplate,
    /// An AWS SageMaker notebook instance.
    AwsSagemakerNotebookInstance,
    /// An AWS EventBridge Scheduler schedule.
    AwsSchedulerSchedule,
    /// An AWS Step Functions state machine.
    AwsStateMachine,
    /// An Azure resource with a managed identity, by its type in lower case: `microsoft.compute/virtualmachines`.
    AzureResource(Text),
    /// Another resource that runs as an identity, as the document calls it.
    Other(Text),
}

impl WorkloadKind {
    /// The kebab-case name, as in reports; of other kinds the document's own word.
    pub fn as_str(&self) -> &str {
        match self {
            Self::AwsInstanceProfile => "aws-instance-profile",
            Self::AwsAgentcoreCodeInterpreter => "aws-agentcore-code-interpreter",
            Self::AwsApprunnerService => "aws-apprunner-service",
            Self::AwsAutoscalingGroup => "aws-autoscaling-group",
            Self::AwsBedrockAgent => "aws-bedrock-agent",
            Self::AwsCloudformationStack => "aws-cloudformation-stack",
            Self::AwsCloudformationStackSet => "aws-cloudformation-stack-set",
            Self::AwsCodebuildProject => "aws-codebuild-project",
            Self::AwsEc2Instance => "aws-ec2-instance",
            Self::AwsEcsContainerInstance => "aws-ecs-container-instance",
            Self::AwsEcsTask => "aws-ecs-task",
            Self::AwsEcsTaskDefinition => "aws-ecs-task-definition",
            Self::AwsGlueDevEndpoint => "aws-glue-dev-endpoint",
            Self::AwsGlueJob => "aws-glue-job",
            Self::AwsLambdaFunction => "aws-lambda-function",
            Self::AwsLaunchTemplate => "aws-launch-template",
            Self::AwsSagemakerNotebookInstance => "aws-sagemaker-notebook-instance",
            Self::AwsSchedulerSchedule => "aws-scheduler-schedule",
            Self::AwsStateMachine => "aws-state-machine",
            Self::AzureResource(kind) | Self::Other(kind) => kind,
        }
    }
}

/// Whether a workload runs now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WorkloadState {
    /// It runs, or can be called at once.
    Running,
    /// It is stopped and can be started.
    Stopped,
    /// It is gone for good, or on its way.
    Ended,
}

/// A resource that runs as an identity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Workload {
    /// Provider prefix and native id.
    pub id: WorkloadId,
    /// What the cloud calls it.
    pub native_id: Text,
    /// What it is.
    pub kind: WorkloadKind,
    /// Display name.
    pub name: Text,
    /// Where it lives.
    pub scope: ScopeId,
    /// The identities that it runs as, sorted.
    pub runs_as: Vec<IdentityId>,
    /// The native ids of what it is made from or lies in, sorted: an instance profile, a launch template, a cluster. Where
    /// what is named is not part of the estate it is a name or ARN all the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub uses: Vec<Text>,
    /// Whether it runs now; `None` where the document does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<WorkloadState>,
    /// When it was created.
    pub created: Option<Timestamp>,
    /// Tags.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<Text, Text>,
}
