//! The operations that are asked about, and what each gives.

/// What an operation gives, the least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Gain {
    Write,
    Read,
    Administration,
}

impl Gain {
    pub(crate) fn verb(self) -> &'static str {
        match self {
            Self::Write => "change or run",
            Self::Read => "read",
            Self::Administration => "administer",
        }
    }
}

/// An operation that is asked about, on the resource itself or on what lies in it.
pub(crate) struct Operation {
    pub(crate) action: &'static str,
    pub(crate) gain: Gain,
    /// What follows the resource's ARN.
    pub(super) within: &'static str,
}

const fn on(action: &'static str, gain: Gain) -> Operation {
    Operation { action, gain, within: "" }
}

const fn within(action: &'static str, gain: Gain) -> Operation {
    Operation { action, gain, within: "/*" }
}

/// The operations that tell what a policy gives, of each service whose policies a scan reads. What AWS keeps to a
/// resource's own account whatever its policy says (`s3:PutBucketPolicy`, `sqs:AddPermission`) is not among them.
pub(super) const OPERATIONS: [Operation; 26] = [
    on("ecr:BatchGetImage", Gain::Read),
    on("ecr:PutImage", Gain::Write),
    on("ecr:SetRepositoryPolicy", Gain::Administration),
    on("events:PutEvents", Gain::Write),
    on("events:PutRule", Gain::Write),
    on("kms:CreateGrant", Gain::Administration),
    on("kms:Decrypt", Gain::Read),
    on("kms:GenerateDataKey", Gain::Write),
    on("lambda:AddPermission", Gain::Administration),
    on("lambda:GetFunction", Gain::Read),
    on("lambda:InvokeFunction", Gain::Write),
    on("lambda:InvokeFunctionUrl", Gain::Write),
    on("lambda:UpdateFunctionCode", Gain::Administration),
    on("s3:ListBucket", Gain::Read),
    on("s3:PutBucketAcl", Gain::Administration),
    within("s3:DeleteObject", Gain::Write),
    within("s3:GetObject", Gain::Read),
    within("s3:PutObject", Gain::Write),
    on("secretsmanager:GetSecretValue", Gain::Read),
    on("secretsmanager:PutResourcePolicy", Gain::Administration),
    on("secretsmanager:PutSecretValue", Gain::Write),
    on("sns:AddPermission", Gain::Administration),
    on("sns:Publish", Gain::Write),
    on("sns:Subscribe", Gain::Read),
    on("sqs:ReceiveMessage", Gain::Read),
    on("sqs:SendMessage", Gain::Write),
];

#[cfg(test)]
mod tests {
    use census_privilege::aws::catalogue;

    use super::*;

    #[test]
    fn every_operation_is_an_action_of_aws_that_others_may_be_given() {
        for operation in &OPERATIONS {
            assert!(catalogue::action(operation.action).is_some(), "{}", operation.action);
        }
    }
}
