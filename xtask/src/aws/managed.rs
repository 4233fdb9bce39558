//! AWS managed policies, shortened: names and paths are AWS's, the texts say the same in fewer actions.

use super::{
    details::Attached,
    policy::{Document, allow, document},
};

/// A policy that AWS maintains.
pub(crate) struct Managed {
    pub(crate) name: &'static str,
    pub(crate) path: &'static str,
    actions: &'static [&'static str],
}

const fn policy(path: &'static str, name: &'static str, actions: &'static [&'static str]) -> Managed {
    Managed { name, path, actions }
}

const TOP: &str = "/";
const SERVICE: &str = "/service-role/";
const JOB: &str = "/job-function/";
const LINKED: &str = "/aws-service-role/";

#[rustfmt::skip]
const POLICIES: &[Managed] = &[
    policy(TOP, "AdministratorAccess", &["*"]),
    policy(TOP, "AmazonDynamoDBReadOnlyAccess", &["dynamodb:BatchGetItem", "dynamodb:DescribeTable", "dynamodb:GetItem", "dynamodb:ListTables", "dynamodb:Query", "dynamodb:Scan"]),
    policy(TOP, "AmazonEC2ContainerRegistryReadOnly", &["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:DescribeImages", "ecr:GetAuthorizationToken", "ecr:GetDownloadUrlForLayer"]),
    policy(TOP, "AmazonEKS_CNI_Policy", &["ec2:AssignPrivateIpAddresses", "ec2:AttachNetworkInterface", "ec2:CreateNetworkInterface", "ec2:DescribeInstances", "ec2:DescribeNetworkInterfaces"]),
    policy(TOP, "AmazonEKSClusterPolicy", &["autoscaling:DescribeAutoScalingGroups", "ec2:CreateRoute", "ec2:CreateSecurityGroup", "ec2:DescribeInstances", "elasticloadbalancing:*"]),
    policy(TOP, "AmazonEKSWorkerNodePolicy", &["ec2:DescribeInstances", "ec2:DescribeSubnets", "ec2:DescribeVpcs", "eks:DescribeCluster"]),
    policy(TOP, "AmazonS3FullAccess", &["s3:*", "s3-object-lambda:*"]),
    policy(TOP, "AmazonS3ReadOnlyAccess", &["s3:Describe*", "s3:Get*", "s3:List*"]),
    policy(TOP, "AmazonSQSFullAccess", &["sqs:*"]),
    policy(TOP, "AmazonSSMManagedInstanceCore", &["ec2messages:GetMessages", "ssm:DescribeDocument", "ssm:GetManifest", "ssm:UpdateInstanceInformation", "ssmmessages:CreateDataChannel", "ssmmessages:OpenDataChannel"]),
    policy(TOP, "AWSCloudFormationFullAccess", &["cloudformation:*"]),
    policy(TOP, "CloudWatchAgentServerPolicy", &["cloudwatch:PutMetricData", "ec2:DescribeTags", "logs:CreateLogStream", "logs:PutLogEvents"]),
    policy(TOP, "CloudWatchReadOnlyAccess", &["cloudwatch:Describe*", "cloudwatch:Get*", "cloudwatch:List*", "logs:Get*", "logs:FilterLogEvents"]),
    policy(TOP, "IAMFullAccess", &["iam:*", "organizations:DescribeAccount", "organizations:ListPolicies"]),
    policy(TOP, "IAMReadOnlyAccess", &["iam:Get*", "iam:List*", "iam:GenerateCredentialReport", "iam:SimulatePrincipalPolicy"]),
    policy(TOP, "PowerUserAccess", &["cloudwatch:*", "dynamodb:*", "ec2:*", "ecs:*", "kms:*", "lambda:*", "rds:*", "s3:*", "secretsmanager:*", "sns:*", "sqs:*", "ssm:*"]),
    policy(TOP, "ReadOnlyAccess", &["cloudformation:Describe*", "cloudwatch:Get*", "dynamodb:Describe*", "ec2:Describe*", "iam:Get*", "iam:List*", "lambda:Get*", "lambda:List*", "rds:Describe*", "s3:Get*", "s3:List*"]),
    policy(TOP, "SecurityAudit", &["access-analyzer:List*", "cloudtrail:Describe*", "config:Describe*", "ec2:Describe*", "guardduty:Get*", "guardduty:List*", "iam:Get*", "iam:List*", "kms:Describe*", "s3:GetBucketPolicy", "s3:ListAllMyBuckets"]),
    policy(JOB, "Billing", &["aws-portal:*Billing", "budgets:ViewBudget", "ce:*", "cur:DescribeReportDefinitions"]),
    policy(JOB, "ViewOnlyAccess", &["cloudtrail:DescribeTrails", "ec2:Describe*", "iam:List*", "rds:Describe*", "s3:ListAllMyBuckets"]),
    policy(SERVICE, "AmazonEC2RoleforSSM", &["ec2messages:*", "s3:GetObject", "ssm:GetParameters", "ssm:UpdateInstanceInformation"]),
    policy(SERVICE, "AmazonECSTaskExecutionRolePolicy", &["ecr:BatchGetImage", "ecr:GetAuthorizationToken", "ecr:GetDownloadUrlForLayer", "logs:CreateLogStream", "logs:PutLogEvents"]),
    policy(SERVICE, "AWSGlueServiceRole", &["cloudwatch:PutMetricData", "ec2:DescribeSubnets", "glue:*", "iam:ListRolePolicies", "logs:PutLogEvents", "s3:GetBucketLocation", "s3:ListBucket"]),
    policy(SERVICE, "AWSLambdaBasicExecutionRole", &["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]),
    policy(SERVICE, "AWSLambdaVPCAccessExecutionRole", &["ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:DescribeNetworkInterfaces", "logs:CreateLogStream", "logs:PutLogEvents"]),
    policy(SERVICE, "AWS_ConfigRole", &["config:Put*", "ec2:Describe*", "iam:Get*", "iam:List*", "s3:GetBucketPolicy"]),
    policy(LINKED, "AmazonECSServiceRolePolicy", &["ec2:AttachNetworkInterface", "elasticloadbalancing:RegisterTargets", "servicediscovery:RegisterInstance"]),
    policy(LINKED, "AmazonEKSServiceRolePolicy", &["ec2:CreateNetworkInterface", "ec2:DescribeInstances", "route53:AssociateVPCWithHostedZone"]),
    policy(LINKED, "AmazonGuardDutyServiceRolePolicy", &["ec2:DescribeInstances", "organizations:DescribeAccount", "s3:GetBucketPublicAccessBlock"]),
    policy(LINKED, "AmazonRDSServiceRolePolicy", &["cloudwatch:PutMetricData", "ec2:DescribeSecurityGroups", "rds:CrossRegionCommunication"]),
    policy(LINKED, "AutoScalingServiceRolePolicy", &["cloudwatch:PutMetricAlarm", "ec2:DescribeInstances", "ec2:RunInstances", "ec2:TerminateInstances"]),
    policy(LINKED, "AWSConfigServiceRolePolicy", &["config:Put*", "ec2:Describe*", "iam:Get*"]),
    policy(LINKED, "AWSElasticLoadBalancingServiceRolePolicy", &["ec2:CreateNetworkInterface", "ec2:DescribeSubnets", "ec2:ModifyNetworkInterfaceAttribute"]),
    policy(LINKED, "AWSOrganizationsServiceTrustPolicy", &["iam:CreateServiceLinkedRole", "iam:DeleteRole"]),
    policy(LINKED, "AWSSecurityHubServiceRolePolicy", &["cloudtrail:DescribeTrails", "config:DescribeConfigRules", "securityhub:BatchImportFindings"]),
    policy(LINKED, "AWSSSOServiceRolePolicy", &["iam:AttachRolePolicy", "iam:CreateRole", "iam:UpdateSAMLProvider"]),
    policy(LINKED, "AWSSupportServiceRolePolicy", &["cloudwatch:Describe*", "ec2:Describe*", "iam:Get*"]),
    policy(LINKED, "AWSTrustedAdvisorServiceRolePolicy", &["autoscaling:DescribeLaunchConfigurations", "ec2:DescribeAddresses", "iam:GetAccountPasswordPolicy"]),
    policy(LINKED, "CloudTrailServiceRolePolicy", &["cloudtrail:*", "organizations:DescribeAccount", "organizations:ListAccounts"]),
];

impl Managed {
    /// The text.
    pub(crate) fn document(&self) -> Document {
        document([allow(self.actions).on("*")])
    }

    fn arn(&self) -> String {
        format!("arn:aws:iam::aws:policy{}{}", self.path, self.name)
    }
}

/// Finds a policy by its ARN.
pub(crate) fn by_arn(arn: &str) -> Option<&'static Managed> {
    POLICIES.iter().find(|policy| policy.arn() == arn)
}

/// How to attach an AWS managed policy. A name that is not in the table gives an ARN without text, which writing the
/// documents refuses.
pub(crate) fn aws(name: &str) -> Attached {
    let policy_arn = POLICIES
        .iter()
        .find(|policy| policy.name == name)
        .map_or_else(|| format!("arn:aws:iam::aws:policy/{name}"), Managed::arn);
    Attached { policy_name: name.to_owned(), policy_arn }
}
