//! From the name of an event to the actions that allow it.

use census_privilege::aws::catalogue;

/// Event sources whose service has another prefix in policies.
const SERVICES: [(&str, &str); 8] = [
    ("api.pricing", "pricing"),
    ("cloudcontrolapi", "cloudformation"),
    ("email", "ses"),
    ("models.lex", "lex"),
    ("monitoring", "cloudwatch"),
    ("runtime.lex", "lex"),
    ("streams.dynamodb", "dynamodb"),
    ("tagging", "tag"),
];

/// Operations whose action has another name, or that take several.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html>
/// <https://docs.aws.amazon.com/lambda/latest/dg/lambda-api-permissions-ref.html>
const ACTIONS: [(&str, &str, &[&str]); 27] = [
    ("kms", "ReEncrypt", &["ReEncryptFrom", "ReEncryptTo"]),
    ("lambda", "Invoke", &["InvokeFunction"]),
    ("s3", "CompleteMultipartUpload", &["PutObject"]),
    ("s3", "CopyObject", &["GetObject", "PutObject"]),
    ("s3", "CreateMultipartUpload", &["PutObject"]),
    ("s3", "DeleteObjects", &["DeleteObject"]),
    ("s3", "DeleteBucketLifecycle", &["PutLifecycleConfiguration"]),
    ("s3", "DeleteBucketReplication", &["PutReplicationConfiguration"]),
    ("s3", "GetBucketEncryption", &["GetEncryptionConfiguration"]),
    ("s3", "GetBucketLifecycle", &["GetLifecycleConfiguration"]),
    ("s3", "GetBucketLifecycleConfiguration", &["GetLifecycleConfiguration"]),
    ("s3", "GetBucketReplication", &["GetReplicationConfiguration"]),
    ("s3", "GetPublicAccessBlock", &["GetBucketPublicAccessBlock"]),
    ("s3", "HeadBucket", &["ListBucket"]),
    ("s3", "HeadObject", &["GetObject"]),
    ("s3", "ListBuckets", &["ListAllMyBuckets"]),
    ("s3", "ListMultipartUploads", &["ListBucketMultipartUploads"]),
    ("s3", "ListObjectVersions", &["ListBucketVersions"]),
    ("s3", "ListObjects", &["ListBucket"]),
    ("s3", "ListObjectsV2", &["ListBucket"]),
    ("s3", "ListParts", &["ListMultipartUploadParts"]),
    ("s3", "PutBucketEncryption", &["PutEncryptionConfiguration"]),
    ("s3", "PutBucketLifecycle", &["PutLifecycleConfiguration"]),
    ("s3", "PutBucketLifecycleConfiguration", &["PutLifecycleConfiguration"]),
    ("s3", "PutBucketReplication", &["PutReplicationConfiguration"]),
    ("s3", "PutPublicAccessBlock", &["PutBucketPublicAccessBlock"]),
    ("s3", "UploadPart", &["PutObject"]),
];

/// The longest name of a service that is taken from a log.
const MAX_SERVICE: usize = 64;

/// The service of an event source, as policies name it: `s3` of `s3.amazonaws.com`. `None` of what is no such name.
pub(super) fn service(source: &str) -> Option<String> {
    let name = source.split_once(".amazonaws.").map_or(source, |(name, _)| name).to_ascii_lowercase();
    let other = SERVICES.iter().find(|(of, _)| *of == name).map(|(_, service)| (*service).to_owned());
    let name = other.unwrap_or(name);
    let fits = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'.';
    (!name.is_empty() && name.len() <= MAX_SERVICE && name.bytes().all(fits)).then_some(name)
}

/// The actions that an operation of a service takes, as the catalogue spells them; none of one that it does not know.
pub(super) fn actions(service: &str, operation: &str) -> Vec<&'static str> {
    let named = without_date(operation);
    let find = |name: &str| catalogue::service(service)?.action(name).map(|action| action.name);
    let other = ACTIONS.iter().find(|(of, name, _)| *of == service && name.eq_ignore_ascii_case(named));
    match other {
        Some((.., actions)) => actions.iter().filter_map(|name| find(name)).collect(),
        None => find(operation).or_else(|| find(named)).into_iter().collect(),
    }
}

/// Lambda and CloudFront write the version of their API behind the name of an operation: `CreateFunction20150331`,
/// `GetFunction20150331v2`, `CreateDistribution2020_05_31`.
fn without_date(operation: &str) -> &str {
    let digits = |c: char| c.is_ascii_digit() || c == '_';
    let base = operation
        .rsplit_once('v')
        .filter(|(before, version)| {
            before.ends_with(digits) && !version.is_empty() && version.bytes().all(|b| b.is_ascii_digit())
        })
        .map_or(operation, |(before, _)| before);
    let name = base.trim_end_matches(digits);
    if base.len() - name.len() >= 8 { name } else { operation }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_events_become_actions() {
        for (source, operation, expected) in [
            ("s3.amazonaws.com", "ListBuckets", "s3:ListAllMyBuckets"),
            ("s3.amazonaws.com", "CopyObject", "s3:GetObject s3:PutObject"),
            ("lambda.amazonaws.com", "CreateFunction20150331", "lambda:CreateFunction"),
            ("lambda.amazonaws.com", "UpdateFunctionCode20150331v2", "lambda:UpdateFunctionCode"),
            ("cloudfront.amazonaws.com", "CreateDistribution2020_05_31", "cloudfront:CreateDistribution"),
            ("monitoring.amazonaws.com", "PutMetricAlarm", "cloudwatch:PutMetricAlarm"),
            ("ec2.amazonaws.com", "RunInstances", "ec2:RunInstances"),
            ("ec2.amazonaws.com.cn", "runinstances", "ec2:RunInstances"),
            ("ec2.amazonaws.com", "FutureCall", ""),
        ] {
            let service = service(source).unwrap();
            let found = actions(&service, operation);
            let found: Vec<String> = found.iter().map(|action| format!("{service}:{action}")).collect();
            assert_eq!(found.join(" "), expected);
        }
        assert_eq!(service("<script>"), None);
    }

    #[test]
    fn every_other_name_is_an_action_of_the_catalogue() {
        for (service, operation, names) in ACTIONS {
            assert_eq!(actions(service, operation), names.to_vec(), "{service}:{operation}");
        }
        assert!(SERVICES.iter().all(|(_, service)| catalogue::service(service).is_some()));
    }
}
