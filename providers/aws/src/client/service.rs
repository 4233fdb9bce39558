//! What has to be known of a service to call it without an SDK of its own.
//!
//! The models that every AWS SDK is made from (`botocore/data/<service>/<version>/service-2.json`, under `metadata`)
//! are the source of each field; a test compares them.

use census_privilege::aws::regions::REGIONS;

/// A service that is called with [`Api::ask`](super::Api::ask).
#[derive(Debug)]
pub(crate) struct Service {
    /// The prefix of its permissions, which is also the service of its declared reads: `states`.
    pub(crate) name: &'static str,
    /// What its host name begins with: `api.sagemaker`.
    pub(crate) host: &'static str,
    /// The name that requests are signed for.
    pub(crate) signing: &'static str,
    /// What SDKs call it. `AWS_ENDPOINT_URL_<ID>` and the `services` of a profile are named after it.
    pub(crate) id: &'static str,
    /// How its operations are sent.
    pub(crate) protocol: Protocol,
    /// How the host name of its FIPS endpoint differs.
    pub(crate) fips: Fips,
    /// Where it is.
    pub(crate) offered: Offered,
}

/// How operations and their parameters travel.
/// <https://smithy.io/2.0/aws/protocols/index.html>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// The operation in a header, parameters and answer as JSON: `awsJson1_0` and `awsJson1_1`.
    Json {
        /// `application/x-amz-json-1.0` or `-1.1`.
        content_type: &'static str,
        /// What stands before the operation in the header.
        target: &'static str,
    },
    /// Method and path for each operation, JSON bodies: `restJson1`.
    RestJson,
    /// Operation and parameters as a form, the answer as XML: `awsQuery`.
    Query {
        /// The version of the API.
        version: &'static str,
    },
    /// Method and path for each operation, parameters in the query, the answer as XML: `restXml`, as S3 speaks it.
    RestXml,
    /// The same in the dialect of EC2: `ec2Query`.
    Ec2Query {
        /// The version of the API.
        version: &'static str,
    },
}

/// The content type of `awsJson1_0`.
pub(crate) const JSON_1_0: &str = "application/x-amz-json-1.0";
/// The content type of `awsJson1_1`.
pub(crate) const JSON_1_1: &str = "application/x-amz-json-1.1";

/// The name of a service's FIPS endpoint, and the regions where every endpoint is one and has the usual name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fips {
    /// `lambda-fips`.
    Suffix(&'static [&'static str]),
    /// `fips.eks`.
    Prefix(&'static [&'static str]),
    /// `api-fips.sagemaker`.
    FirstLabel,
}

/// The regions of GovCloud (US).
pub(crate) const GOV: &[&str] = &["us-gov-east-1", "us-gov-west-1"];

/// The regions in which AWS lists an endpoint of a service, as of the models' release of November 2026.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Offered {
    /// In every region of [`REGIONS`].
    Everywhere,
    /// In these.
    In(&'static [&'static str]),
    /// In every region of [`REGIONS`] but these.
    NotIn(&'static [&'static str]),
    /// AWS keeps no list.
    Unlisted,
}

impl Service {
    /// Whether AWS lists an endpoint of the service in a region.
    pub(crate) fn is_listed_in(&self, region: &str) -> bool {
        match self.offered {
            Offered::Everywhere => REGIONS.contains(&region),
            Offered::In(regions) => regions.contains(&region),
            Offered::NotIn(regions) => REGIONS.contains(&region) && !regions.contains(&region),
            Offered::Unlisted => false,
        }
    }

    /// What the host names of its dual-stack endpoints begin with.
    pub(super) fn dual_stack_host(&self) -> String {
        match self.host {
            "streams.dynamodb" => "streams-dynamodb".to_owned(),
            "api.ecr" => "ecr".to_owned(),
            "s3" => "s3.dualstack".to_owned(),
            "s3-control" => "s3-control.dualstack".to_owned(),
            usual => usual.to_owned(),
        }
    }

    /// Every name that a host of the service may begin with, region and suffix apart.
    pub(super) fn host_names(&self) -> Vec<String> {
        let names = REGIONS.iter().map(|region| self.fips_host(region));
        let dual = self.dual_stack_host();
        let mut names: Vec<String> =
            names.chain([self.host.to_owned(), format!("{dual}-fips"), dual]).collect();
        names.extend(self.older_fips_dual_stack().map(str::to_owned));
        names.sort_unstable();
        names.dedup();
        names
    }

    /// What the names of its dual-stack FIPS endpoints begin with, where its dual-stack names are older than the rule of
    /// the others. <https://docs.aws.amazon.com/AmazonS3/latest/API/dual-stack-endpoints.html>
    pub(super) fn older_fips_dual_stack(&self) -> Option<&'static str> {
        match self.host {
            "s3" => Some("s3-fips.dualstack"),
            "s3-control" => Some("s3-control-fips.dualstack"),
            _ => None,
        }
    }

    /// The first part of the host name of its FIPS endpoint in a region.
    pub(super) fn fips_host(&self, region: &str) -> String {
        match (self.fips, self.host.split_once('.')) {
            (Fips::Suffix(usual) | Fips::Prefix(usual), _) if usual.contains(&region) => self.host.to_owned(),
            (Fips::Prefix(_), _) => format!("fips.{}", self.host),
            (Fips::FirstLabel, Some((first, rest))) => format!("{first}-fips.{rest}"),
            _ => format!("{}-fips", self.host),
        }
    }
}
