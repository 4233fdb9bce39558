//! ARNs.

use census_privilege::aws::trust::is_account_id;

/// `arn:<partition>:<service>:<region>:<account>:<resource>`
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Arn<'a> {
    /// `aws`, `aws-us-gov`, `aws-cn`, …
    pub(super) partition: &'a str,
    /// Twelve digits; nothing in the ARN of a resource whose name is one of a kind in the partition, as a bucket's.
    pub(super) account: &'a str,
    /// `user/path/name`.
    pub(super) resource: &'a str,
}

impl<'a> Arn<'a> {
    /// Splits an ARN of IAM in a customer's account; `None` for anything else.
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        let (service, region, arn) = Self::split(text)?;
        (service == "iam" && region.is_empty() && is_account_id(arn.account)).then_some(arn)
    }

    /// Splits the ARN of a customer's resource of any service; `None` for anything else.
    pub(super) fn of_resource(text: &'a str) -> Option<Self> {
        let (service, _, arn) = Self::split(text)?;
        let owned = arn.account.is_empty() || is_account_id(arn.account);
        (!service.is_empty() && !arn.resource.is_empty() && owned).then_some(arn)
    }

    /// Service, region and the rest.
    fn split(text: &'a str) -> Option<(&'a str, &'a str, Self)> {
        let mut parts = text.splitn(6, ':');
        let mut next = || parts.next();
        let (arn, partition, service, region, account, resource) =
            (next()?, next()?, next()?, next()?, next()?, next()?);
        (arn == "arn" && !partition.is_empty()).then_some((
            service,
            region,
            Self { partition, account, resource },
        ))
    }

    /// The path between type and name, with both slashes: `/`, `/team/`.
    pub(super) fn path(self) -> &'a str {
        let start = self.resource.find('/').unwrap_or(0);
        let end = self.resource.rfind('/').map_or(start, |end| end + 1);
        self.resource.get(start..end).unwrap_or("/")
    }
}

/// The last part of an ARN or path.
pub(super) fn last_part(text: &str) -> &str {
    text.rsplit('/').next().unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arns_of_accounts_split() {
        let arn = Arn::parse("arn:aws-cn:iam::111122223333:user/a/b:c/name").unwrap();
        assert_eq!((arn.partition, arn.account, arn.resource), ("aws-cn", "111122223333", "user/a/b:c/name"));
        assert_eq!(arn.path(), "/a/b:c/");
        assert_eq!(Arn::parse("arn:aws:iam::111122223333:user/name").unwrap().path(), "/");
        for other in [
            "",
            "arn:aws:iam::aws:policy/ReadOnlyAccess",
            "arn:aws:s3:::bucket",
            "arn:aws:iam::111122223333",
            "arn::iam::111122223333:user/x",
        ] {
            assert_eq!(Arn::parse(other), None, "{other}");
        }
    }

    #[test]
    fn arns_of_resources_may_lack_an_account() {
        for (text, account, resource) in [
            ("arn:aws:s3:::lake", "", "lake"),
            ("arn:aws:kms:eu-west-1:111122223333:key/1", "111122223333", "key/1"),
            ("arn:aws:lambda:eu-west-1:111122223333:function:a:live", "111122223333", "function:a:live"),
        ] {
            let arn = Arn::of_resource(text).unwrap();
            assert_eq!((arn.account, arn.resource), (account, resource));
        }
        for other in [
            "",
            "lake",
            "arn:aws:s3:::",
            "arn:aws:s3::lake",
            "arn:aws:::111122223333:lake",
            "arn:aws:iam::aws:policy/ReadOnlyAccess",
            "arn:aws:sqs:eu-west-1:prod:orders",
        ] {
            assert_eq!(Arn::of_resource(other), None, "{other}");
        }
    }
}
