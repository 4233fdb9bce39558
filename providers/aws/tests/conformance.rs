//! The contract of a provider, held against this one.

use std::path::Path;

use census_provider_api::{DirStore, conformance};
use census_provider_aws::{AwsOptions, AwsProvider, Extent};

fn none(violations: &[String]) {
    assert!(violations.is_empty(), "{}", violations.join("\n"));
}

#[test]
fn the_declared_reads_only_read_and_the_policy_names_them_all() {
    let options = AwsOptions {
        extent: Extent::Organization,
        deep: true,
        include_tags: vec!["a=b".into()],
        ..AwsOptions::default()
    };
    none(&conformance::declared_reads(&AwsProvider::new(options)));
}

#[test]
fn the_example_company_reads_alike_every_time() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/brindlemoor");
    none(&conformance::reading(&AwsProvider::default(), &DirStore::open(&examples).unwrap()));
}

#[test]
fn only_documents_of_aws_are_owned() {
    let own =
        ["authorization-details.json", "accounts/111122223333/credential-report.csv", "organization.json"];
    let others = [
        "tenant.json",
        "graph/users.json",
        "arm/vaults.json",
        "assets.jsonl",
        "accounts/prod/access-keys.json",
    ];
    none(&conformance::paths(&AwsProvider::default(), &own, &others));
}
