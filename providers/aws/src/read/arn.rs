//! ARNs of IAM.

use census_privilege::aws::trust::is_account_id;

/// `arn:<partition>:iam::<account>:<resource>`
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Arn<'a> {
    /// `aws`, `aws-us-gov`, `aws-cn`, …
    pub(super) partition: &'a str,
    /// Twelve digits.
    pub(super) account: &'a str,
    /// `user/path/name`.
    pub(super) resource: &'a str,
}

impl<'a> Arn<'a> {
    /// Splits an ARN of a customer's account; `None` for anything else.
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.splitn(6, ':');
        let mut next = || parts.next();
        let (arn, partition, service, region, account, resource) =
            (next()?, next()?, next()?, next()?, next()?, next()?);
        let fits = arn == "arn" && !partition.is_empty() && service == "iam" && region.is_empty();
        (fits && is_account_id(account)).then_some(Self { partition, account, resource })
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
}
