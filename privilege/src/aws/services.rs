//! Where a service decides otherwise than the general evaluation logic.

use super::{caller::Caller, statement::Target};

/// How a service weighs a resource's own policy against the caller's policies within one account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResourcePolicies {
    /// Either of the two is enough.
    Suffice,
    /// The resource's policy must allow: it names the caller, or its account, and then the caller's own policies must
    /// allow too.
    Required,
    /// Its resources have none, and nobody else's account reaches them.
    None,
    /// The resource is another account itself, and the caller's policies decide.
    NotAsked,
}

/// How the service of an action (in lower case) treats the policy of a resource.
///
/// - KMS keys: <https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html>
/// - Roles: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_terms-and-concepts.html>
/// - IAM: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html>
pub fn resource_policies(action: &str, resource: Target<'_>) -> ResourcePolicies {
    match action.split_once(':') {
        Some(("kms", _)) if is_key(resource) => ResourcePolicies::Required,
        Some(("sts", name)) if TRUST_ACTIONS.contains(&name) => ResourcePolicies::Required,
        Some(("iam", _)) => ResourcePolicies::None,
        // https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoot.html
        Some(("sts", "assumeroot")) => ResourcePolicies::NotAsked,
        _ => ResourcePolicies::Suffice,
    }
}

/// Actions that a role's trust policy decides.
const TRUST_ACTIONS: [&str; 6] = [
    "assumerole",
    "assumerolewithsaml",
    "assumerolewithwebidentity",
    "tagsession",
    "setsourceidentity",
    "setcontext",
];

/// Whether a resource is a KMS key, or a pattern that keys may match. A lone `*` as the resource itself is none at all.
fn is_key(resource: Target<'_>) -> bool {
    let is_pattern = matches!(resource, Target::Any { .. });
    match resource.text().split(':').nth(5) {
        Some(rest) => rest.starts_with("key/") || (is_pattern && rest.starts_with('*')),
        None => is_pattern,
    }
}

/// Whether somebody of another account can call an action at all, whatever the policies say.
pub fn crosses_accounts(action: &str) -> bool {
    match action.split_once(':') {
        Some(("iam", _)) => false,
        Some(("kms", name)) => KEY_ACTIONS_OF_OTHERS.contains(&name),
        Some(("sqs", name)) => !QUEUE_ACTIONS_OF_OWNERS.contains(&name),
        Some(("s3", name)) => !["getbucketpolicy", "putbucketpolicy", "deletebucketpolicy"].contains(&name),
        _ => true,
    }
}

/// <https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html>
const KEY_ACTIONS_OF_OTHERS: [&str; 21] = [
    "creategrant",
    "decrypt",
    "derivesharedsecret",
    "describekey",
    "encrypt",
    "generatedatakey",
    "generatedatakeypair",
    "generatedatakeypairwithoutplaintext",
    "generatedatakeywithoutplaintext",
    "generatemac",
    "getkeyrotationstatus",
    "getpublickey",
    "listgrants",
    "reencrypt",
    "reencryptfrom",
    "reencryptto",
    "retiregrant",
    "revokegrant",
    "sign",
    "verify",
    "verifymac",
];

/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-customer-managed-policy-examples.html>
const QUEUE_ACTIONS_OF_OWNERS: [&str; 12] = [
    "addpermission",
    "cancelmessagemovetask",
    "createqueue",
    "deletequeue",
    "listmessagemovetasks",
    "listqueues",
    "listqueuetags",
    "removepermission",
    "setqueueattributes",
    "startmessagemovetask",
    "tagqueue",
    "untagqueue",
];

/// The services whose resources have policies of their own, so that one that was not read could allow or deny. By the
/// prefix of their actions.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html>
const WITH_RESOURCE_POLICIES: [&str; 45] = [
    "acm-pca",
    "aoss",
    "aps",
    "backup",
    "bedrock",
    "bedrock-agentcore",
    "cassandra",
    "cloudtrail",
    "codeartifact",
    "codebuild",
    "codepipeline",
    "dynamodb",
    "ecr",
    "ecr-public",
    "elasticfilesystem",
    "es",
    "events",
    "execute-api",
    "glacier",
    "glue",
    "iot",
    "kafka",
    "kinesis",
    "kms",
    "lambda",
    "lex",
    "logs",
    "mediastore",
    "network-firewall",
    "organizations",
    "ram",
    "redshift-serverless",
    "rekognition",
    "route53",
    "s3",
    "s3-object-lambda",
    "s3-outposts",
    "s3express",
    "s3tables",
    "schemas",
    "secretsmanager",
    "ses",
    "sns",
    "sqs",
    "vpc-lattice",
];

/// The services of which resources can have a policy of their own, without the trust policies of roles.
pub fn services_with_resource_policies() -> impl Iterator<Item = &'static str> {
    WITH_RESOURCE_POLICIES.into_iter()
}

/// Whether a resource of the action's service may have a policy of its own.
pub fn may_have_resource_policy(action: &str) -> bool {
    match action.split_once(':') {
        Some(("sts", name)) => TRUST_ACTIONS.contains(&name),
        Some((service, _)) => WITH_RESOURCE_POLICIES.contains(&service),
        None => true,
    }
}

/// The services whose resources resource control policies limit, by the prefix of their actions.
/// As AWS listed them on 2026-09-26.
/// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html>
const RESOURCE_CONTROLLED: [&str; 62] = [
    "aoss",
    "appconfig",
    "appstream",
    "autoscaling",
    "autoscaling-plans",
    "budgets",
    "clouddirectory",
    "cloudfront",
    "cloudsearch",
    "cloudtrail-data",
    "codeartifact",
    "codebuild",
    "codecommit",
    "codepipeline",
    "cognito-identity",
    "cognito-idp",
    "comprehend",
    "comprehendmedical",
    "compute-optimizer",
    "cost-optimization-hub",
    "dax",
    "dsql",
    "dynamodb",
    "ecr",
    "ecr-public",
    "events",
    "firehose",
    "fis",
    "fms",
    "gamelift",
    "health",
    "inspector-scan",
    "kendra",
    "kinesisvideo",
    "kms",
    "logs",
    "memorydb",
    "networkmonitor",
    "notifications",
    "opensearch",
    "pca-connector-ad",
    "personalize",
    "polly",
    "pricing",
    "resource-groups",
    "rolesanywhere",
    "s3",
    "secretsmanager",
    "servicediscovery",
    "signin",
    "sqs",
    "sts",
    "support",
    "swf",
    "textract",
    "timestream-influxdb",
    "transcribe",
    "transfer",
    "translate",
    "wafv2",
    "workspaces",
    "xray",
];

/// Whether resource control policies limit an action on a resource. They leave services to assume the roles that are
/// linked to them, and grantees to retire their grants.
pub fn is_resource_controlled(action: &str, resource: &str) -> bool {
    let exempt = action == "kms:retiregrant" || resource.contains(":role/aws-service-role/");
    !exempt && action.split_once(':').is_some_and(|(service, _)| RESOURCE_CONTROLLED.contains(&service))
}

/// What AWS answers whatever the policies say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fixed {
    /// Always allowed, even against an explicit denial.
    Allowed(&'static str),
    /// Never allowed.
    Denied(&'static str),
}

/// The answer that no policy changes, with the reason.
pub fn fixed(caller: &Caller, action: &str, resource: &str) -> Option<Fixed> {
    use Fixed::{Allowed, Denied};
    let long_term = matches!(caller, Caller::User { .. } | Caller::Root { .. });
    let is_federated = matches!(caller, Caller::FederatedUser { .. });
    match action {
        // https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
        "sts:getcalleridentity" if caller.account().is_some() => {
            Some(Allowed("no permission is needed to ask who one is"))
        }
        // https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html
        "sts:getsessiontoken" if long_term => Some(Allowed("no policy controls who authenticates")),
        "sts:getsessiontoken" | "sts:getfederationtoken" if !long_term => {
            Some(Denied("only users and the root user can call this, with their long-term credentials"))
        }
        // https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html
        _ if is_federated && (action.starts_with("iam:") || action.starts_with("sts:")) => {
            Some(Denied("a federated user can call nothing of IAM, and of STS only who it is"))
        }
        "sts:assumeroot" if matches!(caller, Caller::Root { .. }) => {
            Some(Denied("the root user cannot ask for another account's root session"))
        }
        // https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
        "sts:assumerole" if matches!(caller, Caller::Root { .. }) => {
            Some(Denied("the root user cannot assume a role"))
        }
        _ if PROTECTED_ACTIONS.contains(&action) && !caller.is_service_linked() => {
            protected(resource).map(Denied)
        }
        _ => None,
    }
}

/// Changes that AWS refuses for roles that it keeps itself, and for their policies.
const PROTECTED_ACTIONS: [&str; 9] = [
    "iam:attachrolepolicy",
    "iam:deleterole",
    "iam:deleterolepermissionsboundary",
    "iam:deleterolepolicy",
    "iam:detachrolepolicy",
    "iam:putrolepermissionsboundary",
    "iam:putrolepolicy",
    "iam:updateassumerolepolicy",
    "iam:addroletoinstanceprofile",
];

/// Why nobody in the account can change a role.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html>
/// <https://docs.aws.amazon.com/singlesignon/latest/userguide/using-service-linked-roles.html>
fn protected(resource: &str) -> Option<&'static str> {
    let path = resource.split(':').nth(5)?.strip_prefix("role/")?;
    if path.starts_with("aws-service-role/") {
        Some("the role is linked to a service, and only the service can change it")
    } else if path.starts_with("aws-reserved/") {
        Some("the role is reserved, and only AWS can change it")
    } else {
        None
    }
}

/// Whether an explicit denial by the resource's own policy does not count: the root user of a bucket's account can always
/// mend the bucket's policy.
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html>
pub fn overrides_resource_policy(caller: &Caller, action: &str, resource_account: Option<&str>) -> bool {
    matches!(caller, Caller::Root { account } if resource_account == Some(account))
        && ["s3:getbucketpolicy", "s3:putbucketpolicy", "s3:deletebucketpolicy"].contains(&action)
}
