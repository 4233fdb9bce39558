//! The regions of an account, and asking a service in one of them.

use census_model::GapReason;
use census_provider_api::{DeclaredRead, Need};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

use super::{
    account::Account,
    listings::{Listing, Listings},
    workloads::EC2,
};
use crate::{
    client::{Api, Call, Failure, Http, Input, Items, Page, Partition, is_region, pages},
    options::AwsOptions,
};

pub(super) const DESCRIBE_REGIONS: Call = Call {
    read: DeclaredRead {
        service: "ec2",
        operation: "DescribeRegions",
        permissions: &["ec2:DescribeRegions"],
        part: None,
        need: Need::Workloads,
        why: "the regions that are enabled, unless --region names some",
    },
    service: &EC2,
    http: Http::Named,
    probe: "{}",
};

/// The regions that every account of a partition has from the beginning.
/// <https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html>
fn enabled_by_default(partition: Partition) -> &'static [&'static str] {
    match partition {
        Partition::Aws => &[
            "ap-northeast-1",
            "ap-northeast-2",
            "ap-northeast-3",
            "ap-south-1",
            "ap-southeast-1",
            "ap-southeast-2",
            "ca-central-1",
            "eu-central-1",
            "eu-north-1",
            "eu-west-1",
            "eu-west-2",
            "eu-west-3",
            "sa-east-1",
            "us-east-1",
            "us-east-2",
            "us-west-1",
            "us-west-2",
        ],
        Partition::UsGov => &["us-gov-east-1", "us-gov-west-1"],
        Partition::China => &["cn-north-1", "cn-northwest-1"],
    }
}

/// Where to look, and why that is not everywhere.
#[derive(Debug)]
pub(super) struct Regions {
    /// The regions, sorted.
    pub(super) names: Vec<String>,
    /// What is not known of the others.
    pub(super) missing: Option<Failure>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Described {
    #[serde(default)]
    region_info: Items<Region>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    region_name: Option<String>,
}

/// The regions to look into: those that were asked for, else those that the account has enabled, else those that
/// nobody has to enable.
async fn choose(api: &Api, options: &AwsOptions, home: &str, partition: Partition) -> Regions {
    if !options.regions.is_empty() {
        let mut names = options.regions.clone();
        names.sort_unstable();
        names.dedup();
        let detail = format!("only {} was asked for", names.join(", "));
        return Regions { names, missing: Some(Failure::client(GapReason::NotRequested, detail)) };
    }
    let described: Result<Described, Failure> = api.ask(&DESCRIBE_REGIONS, home, Input::new()).await;
    let missing = match described {
        Ok(described) => {
            let listed = described.region_info.into_vec();
            let all = listed.len();
            // A name goes into host names.
            let mut names: Vec<String> = listed
                .into_iter()
                .filter_map(|region| region.region_name)
                .filter(|name| is_region(name))
                .collect();
            let unnamed = names.len() < all;
            names.retain(|name| Partition::of_region(name) == partition);
            names.sort_unstable();
            names.dedup();
            let detail = "DescribeRegions: the answer does not name the regions of this partition";
            let missing = (unnamed || names.is_empty()).then(|| Failure::client(GapReason::Invalid, detail));
            if !names.is_empty() {
                return Regions { names, missing };
            }
            missing
        }
        Err(failure) => Some(failure),
    };
    let missing = missing.map(|failure| Failure {
        detail: format!(
            "{}; only the regions that are enabled in every account were looked into",
            failure.detail
        ),
        ..failure
    });
    let names = enabled_by_default(partition).iter().map(|name| (*name).to_owned()).collect();
    Regions { names, missing }
}

/// A region of an account.
pub(super) struct Place<'a> {
    /// Clients that act in the account.
    pub(super) api: &'a Api,
    /// The account.
    pub(super) account: &'a str,
    /// Its partition.
    pub(super) partition: Partition,
    /// The region.
    pub(super) region: &'a str,
    /// Whether calls for single things are made without a bound.
    pub(super) deep: bool,
    /// What was listed already.
    pub(super) listings: &'a Listings,
}

/// The regions that are looked into for workloads and resource policies; none where neither is asked for.
pub(super) async fn read(account: &mut Account<'_>, partition: Partition, home: &str) -> Regions {
    if !account.options.workloads && !account.options.resource_policies {
        return Regions { names: Vec::new(), missing: None };
    }
    account.step("regions");
    let mut chosen = choose(account.api, account.options, home, partition).await;
    if let Some(missing) = chosen.missing.take() {
        account.gap(&DESCRIBE_REGIONS.read, missing, Vec::new());
    }
    chosen
}

impl Place<'_> {
    /// The ARN of something here.
    pub(super) fn arn(&self, service: &str, resource: &str) -> String {
        format!("arn:{}:{service}:{}:{}:{resource}", self.partition.as_str(), self.region, self.account)
    }

    /// Makes one call.
    ///
    /// # Errors
    /// When it fails in any way.
    pub(super) async fn ask<T: DeserializeOwned>(&self, call: &Call, input: Value) -> Result<T, Failure> {
        self.api.ask(call, self.region, parameters(input)).await
    }

    /// Asks for page after page. `token` is the parameter that takes what the page before gave; `split` parts a page
    /// into its items and that.
    ///
    /// # Errors
    /// When the first page fails; a later one is told beside what had arrived.
    pub(super) async fn list<T: DeserializeOwned, I>(
        &self,
        call: &Call,
        input: Value,
        token: &str,
        split: impl Fn(T) -> (Vec<I>, Option<String>),
    ) -> Listing<I> {
        let (input, split) = (&parameters(input), &split);
        let answer = pages(|next| async move {
            let mut input = input.clone();
            if let Some(next) = next {
                input.insert(token.to_owned(), next.into());
            }
            let (items, next) = split(self.api.ask(call, self.region, input).await?);
            Ok(Page { items, next: Ok(next.filter(|next| !next.is_empty())) })
        });
        answer.await.map(crate::client::Pages::into_items)
    }
}

fn parameters(input: Value) -> Input {
    match input {
        Value::Object(fields) => fields,
        _ => Input::new(),
    }
}
