//! Operations that weigh: what a responder asks about first, and why.

/// An operation and what it is worth to whoever should not have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation {
    /// The action.
    pub action: &'static str,
    /// What it gives.
    pub why: &'static str,
}

const fn operation(action: &'static str, why: &'static str) -> Operation {
    Operation { action, why }
}

/// The operations, in the order in which they matter.
pub const OPERATIONS: [Operation; 24] = [
    operation("iam:AttachRolePolicy", "gives a role any permission"),
    operation("iam:PutUserPolicy", "gives a user any permission"),
    operation("iam:CreatePolicyVersion", "rewrites what a policy allows, for all who carry it"),
    operation("iam:UpdateAssumeRolePolicy", "decides who may become a role"),
    operation("iam:CreateAccessKey", "makes credentials that stay"),
    operation("iam:CreateLoginProfile", "makes a password for the console"),
    operation("iam:PassRole", "gives a role to a service that one can steer"),
    operation("sts:AssumeRole", "becomes another role"),
    operation("lambda:UpdateFunctionCode", "runs code as the role of a function"),
    operation("cloudformation:CreateStack", "runs a template as a role"),
    operation("ec2:RunInstances", "runs machines, at a cost and as a role"),
    operation("ssm:SendCommand", "runs commands on machines"),
    operation("ecs:RunTask", "runs containers, at a cost and as a role"),
    operation("secretsmanager:GetSecretValue", "reads secrets"),
    operation("ssm:GetParameter", "reads parameters, which often are secrets"),
    operation("kms:Decrypt", "reads what is encrypted"),
    operation("s3:GetObject", "reads objects"),
    operation("s3:PutBucketPolicy", "opens a bucket to others"),
    operation("dynamodb:Scan", "reads whole tables"),
    operation("rds:CreateDBSnapshot", "copies a database as a whole"),
    operation("s3:DeleteObject", "destroys objects"),
    operation("cloudtrail:StopLogging", "blinds the audit log"),
    operation("guardduty:DeleteDetector", "blinds the alarm"),
    operation("organizations:LeaveOrganization", "takes the account out of its limits"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::catalogue;

    #[test]
    fn every_operation_is_an_action_of_aws_as_it_is_spelt() {
        for operation in OPERATIONS {
            let found = catalogue::action(operation.action)
                .map(|(service, action)| format!("{}:{}", service.prefix, action.name));
            assert_eq!(found.as_deref(), Some(operation.action));
        }
    }
}
