//! The regions of AWS.

/// The regions of all partitions, sorted, as SDKs list them (their models' release of November 2026).
/// <https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html>
pub const REGIONS: [&str; 38] = [
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-central-1",
    "ca-west-1",
    "cn-north-1",
    "cn-northwest-1",
    "eu-central-1",
    "eu-central-2",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-gov-east-1",
    "us-gov-west-1",
    "us-west-1",
    "us-west-2",
];

/// The regions of a partition, sorted.
pub(crate) fn of_partition(partition: &str) -> impl Iterator<Item = &'static str> {
    REGIONS.into_iter().filter(move |region| partition_of(region) == partition)
}

fn partition_of(region: &str) -> &'static str {
    if region.starts_with("us-gov-") {
        "aws-us-gov"
    } else if region.starts_with("cn-") {
        "aws-cn"
    } else {
        "aws"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_region_stands_once_and_in_one_partition() {
        assert!(REGIONS.is_sorted_by(|a, b| a < b), "sorted, and none twice");
        let of = |partition| of_partition(partition).collect::<Vec<_>>();
        assert_eq!(of("aws-us-gov"), ["us-gov-east-1", "us-gov-west-1"]);
        assert_eq!(of("aws-cn"), ["cn-north-1", "cn-northwest-1"]);
        assert_eq!(of("aws").len(), REGIONS.len() - 4);
    }
}
