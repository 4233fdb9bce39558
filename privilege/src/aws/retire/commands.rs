//! Commands of the AWS CLI, from operations and parameters. Words are never pasted together.

use census_model::Command;
use serde_json::{Map, Value};

/// A parameter: the option of the command line, and the member of the request that it fills.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Parameter {
    option: &'static str,
    member: &'static str,
}

macro_rules! parameters {
    ($($name:ident = $option:literal $member:literal;)*) => {
        $(pub(super) const $name: Parameter = Parameter { option: $option, member: $member };)*
    };
}

parameters! {
    USER = "--user-name" "UserName";
    ROLE = "--role-name" "RoleName";
    GROUP = "--group-name" "GroupName";
    PROFILE = "--instance-profile-name" "InstanceProfileName";
    POLICY_NAME = "--policy-name" "PolicyName";
    POLICY_DOCUMENT = "--policy-document" "PolicyDocument";
    POLICY_ARN = "--policy-arn" "PolicyArn";
    STATUS = "--status" "Status";
    ACCESS_KEY = "--access-key-id" "AccessKeyId";
    CERTIFICATE = "--certificate-id" "CertificateId";
    SSH_KEY = "--ssh-public-key-id" "SSHPublicKeyId";
    SPECIFIC = "--service-specific-credential-id" "ServiceSpecificCredentialId";
    INSTANCE = "--instance-arn" "InstanceArn";
    PERMISSION_SET = "--permission-set-arn" "PermissionSetArn";
    ACCOUNT = "--account-id" "AccountId";
    TARGET = "--target-id" "TargetId";
    TARGET_TYPE = "--target-type" "TargetType";
    PRINCIPAL_TYPE = "--principal-type" "PrincipalType";
    PRINCIPAL = "--principal-id" "PrincipalId";
    STACK = "--stack-name" "StackName";
    KEY = "--key-id" "KeyId";
    GRANT = "--grant-id" "GrantId";
    BUCKET = "--bucket" "Bucket";
    SECRET = "--secret-id" "SecretId";
    TOPIC = "--topic-arn" "TopicArn";
    FUNCTION = "--function-name" "FunctionName";
    PATH = "--path" "Path";
    LOOKUP = "--lookup-attributes" "LookupAttributes";
}

/// A call of an operation with its parameters.
pub(super) struct Call<'c> {
    service: &'static str,
    operation: &'static str,
    parameters: Vec<(Parameter, &'c str)>,
    region: Option<&'c str>,
    query: Option<&'c str>,
}

impl<'c> Call<'c> {
    pub(super) fn new(
        service: &'static str,
        operation: &'static str,
        parameters: &[(Parameter, &'c str)],
    ) -> Self {
        Self { service, operation, parameters: parameters.to_vec(), region: None, query: None }
    }

    /// Of IAM.
    pub(super) fn iam(operation: &'static str, parameters: &[(Parameter, &'c str)]) -> Self {
        Self::new("iam", operation, parameters)
    }

    /// In this region.
    pub(super) fn within(mut self, region: &'c str) -> Self {
        self.region = Some(region);
        self
    }

    /// In the region of what an ARN names, where it names one.
    pub(super) fn beside(mut self, arn: &'c str) -> Self {
        self.region = arn.split(':').nth(3).filter(|region| !region.is_empty());
        self
    }

    /// Shows only this part of the answer: JMESPath.
    pub(super) fn showing(mut self, query: &'c str) -> Self {
        self.query = Some(query);
        self
    }

    /// The command. The CLI takes a value that begins with a dash for an option, and one that begins like a URL for the
    /// place of the value; then all of them travel as JSON, which it takes as it is.
    /// <https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-parameters-file.html>
    pub(super) fn command(&self) -> Command {
        let mut words = vec!["aws", self.service, self.operation];
        let json;
        if self.parameters.iter().any(|(_, value)| is_misread(value)) {
            let members =
                self.parameters.iter().map(|(one, value)| (one.member.to_owned(), Value::from(*value)));
            json = Value::Object(members.collect::<Map<_, _>>()).to_string();
            words.extend(["--cli-input-json", &json]);
        } else {
            words.extend(self.parameters.iter().flat_map(|(one, value)| [one.option, value]));
        }
        words.extend(self.region.into_iter().flat_map(|region| ["--region", region]));
        words.extend(self.query.into_iter().flat_map(|query| ["--query", query]));
        Command::new(words)
    }
}

fn is_misread(value: &str) -> bool {
    let lower = value.trim_start().to_ascii_lowercase();
    ["-", "file://", "fileb://", "http://", "https://"].iter().any(|begin| lower.starts_with(begin))
}

/// A text as a raw string of JMESPath, where it can be one.
/// <https://jmespath.org/specification.html#raw-string-literals>
pub(super) fn jmespath(text: &str) -> Option<String> {
    (!text.contains(['\'', '\\'])).then(|| format!("'{text}'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_cli_would_misread_travels_as_json() {
        let delete = |name: &str| Call::iam("delete-user", &[(USER, name)]).command().shell().unwrap();
        assert_eq!(delete("ci"), "aws iam delete-user --user-name ci");
        assert_eq!(delete("-rf"), r#"aws iam delete-user --cli-input-json '{"UserName":"-rf"}'"#);
        for begin in ["file://", "fileb://", "FILE://", "https://"] {
            assert!(delete(&format!("{begin}x")).contains("--cli-input-json"), "{begin}");
        }
        assert_eq!(delete("$(reboot)"), "aws iam delete-user --user-name '$(reboot)'");
    }

    #[test]
    fn regions_come_from_arns() {
        let of = |arn| Call::new("kms", "list-grants", &[(KEY, arn)]).beside(arn).command().shell().unwrap();
        assert!(of("arn:aws:kms:eu-west-1:111122223333:key/k").ends_with("--region eu-west-1"));
        assert!(!of("arn:aws:s3:::bucket").contains("--region"));
    }
}
