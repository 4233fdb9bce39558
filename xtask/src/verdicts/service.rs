//! The services whose actions are asked for. Actions and forms of ARNs are real ones, because other tools check them.

/// A service.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Service {
    /// What stands before the colon of its actions.
    pub(super) prefix: &'static str,
    /// Some of its actions, without prefix.
    pub(super) actions: &'static [&'static str],
    /// Patterns of its actions, without prefix.
    pub(super) patterns: &'static [&'static str],
    /// An ARN with `{account}` and `{name}` in it.
    arn: &'static str,
    /// What comes behind the ARN of what keeps the policy, in the ARN of what is asked for.
    pub(super) inside: &'static [&'static str],
    /// Whether its resources have policies of their own.
    pub(super) policies: Policies,
}

/// Whether resources have policies of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Policies {
    /// They may.
    Own,
    /// They are left without here.
    None,
}

impl Service {
    /// The ARN of a resource that may keep a policy.
    pub(super) fn arn(&self, account: &str, name: &str) -> String {
        self.arn.replace("{account}", account).replace("{name}", name)
    }
}

/// The services.
pub(super) const SERVICES: [Service; 6] = [
    Service {
        prefix: "s3",
        actions: &["GetObject", "PutObject", "DeleteObject", "GetObjectTagging"],
        patterns: &["Get*", "*Object", "*t*Object*", "P?t*", "*"],
        arn: "arn:aws:s3:::{name}",
        inside: &["/2026/06/orders.csv", "/in/a/b/c/part-0001.parquet", "/audit/log.json"],
        policies: Policies::Own,
    },
    Service {
        prefix: "sqs",
        actions: &["SendMessage", "ReceiveMessage", "DeleteMessage", "GetQueueAttributes"],
        patterns: &["*Message", "Get*", "S*d*", "*e*Message*"],
        arn: "arn:aws:sqs:eu-west-1:{account}:{name}",
        inside: &[""],
        policies: Policies::Own,
    },
    Service {
        prefix: "sns",
        actions: &["Publish", "Subscribe", "GetTopicAttributes"],
        patterns: &["P*h", "*ub*", "Get*Attributes"],
        arn: "arn:aws:sns:eu-west-1:{account}:{name}",
        inside: &[""],
        policies: Policies::Own,
    },
    Service {
        prefix: "secretsmanager",
        actions: &["GetSecretValue", "DescribeSecret", "PutSecretValue"],
        patterns: &["Get*", "*Secret*", "*Secret?alue"],
        arn: "arn:aws:secretsmanager:eu-west-1:{account}:secret:{name}-AbCdEf",
        inside: &[""],
        policies: Policies::Own,
    },
    Service {
        prefix: "dynamodb",
        actions: &["GetItem", "PutItem", "Query", "DeleteItem"],
        patterns: &["*Item", "Get*", "*u*y", "?utItem"],
        arn: "arn:aws:dynamodb:eu-west-1:{account}:table/{name}",
        inside: &[""],
        policies: Policies::None,
    },
    Service {
        prefix: "lambda",
        actions: &["InvokeFunction", "GetFunction", "UpdateFunctionCode"],
        patterns: &["Invoke*", "*Function", "*Function*", "Get*"],
        arn: "arn:aws:lambda:eu-west-1:{account}:function:{name}",
        inside: &[""],
        policies: Policies::None,
    },
];
