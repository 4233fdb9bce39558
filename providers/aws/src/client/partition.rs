//! The three separate worlds of AWS.

/// A partition: separate accounts, ARNs and endpoints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Partition {
    /// The commercial regions.
    Aws,
    /// GovCloud (US).
    UsGov,
    /// China.
    China,
}

impl Partition {
    /// The partition of an ARN; `None` where it is none of the three.
    pub(crate) fn of_arn(arn: &str) -> Option<Self> {
        match arn.strip_prefix("arn:")?.split(':').next()? {
            "aws" => Some(Self::Aws),
            "aws-us-gov" => Some(Self::UsGov),
            "aws-cn" => Some(Self::China),
            _ => None,
        }
    }

    /// The partition that a region belongs to.
    pub(crate) fn of_region(region: &str) -> Self {
        if region.starts_with("us-gov-") {
            Self::UsGov
        } else if region.starts_with("cn-") {
            Self::China
        } else {
            Self::Aws
        }
    }

    /// The name in ARNs.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Aws => "aws",
            Self::UsGov => "aws-us-gov",
            Self::China => "aws-cn",
        }
    }

    /// The region whose endpoints are used when none is set. IAM and Organizations are global within a partition.
    pub(crate) fn default_region(self) -> &'static str {
        match self {
            Self::Aws => "us-east-1",
            Self::UsGov => "us-gov-west-1",
            Self::China => "cn-north-1",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arns_and_regions_name_their_partition() {
        for (arn, expected) in [
            ("arn:aws:iam::111122223333:user/x", Some(Partition::Aws)),
            ("arn:aws-us-gov:sts::111122223333:assumed-role/x/y", Some(Partition::UsGov)),
            ("arn:aws-cn:iam::111122223333:root", Some(Partition::China)),
            ("arn:aws-iso:iam::111122223333:root", None),
            ("111122223333", None),
        ] {
            assert_eq!(Partition::of_arn(arn), expected, "{arn}");
        }
        for partition in [Partition::Aws, Partition::UsGov, Partition::China] {
            assert_eq!(Partition::of_region(partition.default_region()), partition);
            assert_eq!(
                Partition::of_arn(&format!("arn:{}:iam::1:root", partition.as_str())),
                Some(partition)
            );
        }
    }
}
