//! The contract of a provider, held against this one.

use std::path::Path;

use census_provider_api::{DirStore, conformance};
use census_provider_azure::{AzureOptions, AzureProvider};

fn none(violations: &[String]) {
    assert!(violations.is_empty(), "{}", violations.join("\n"));
}

#[test]
fn the_declared_reads_only_read_and_the_policy_names_them_all() {
    let options = AzureOptions { deep: true, ..AzureOptions::default() };
    none(&conformance::declared_reads(&AzureProvider::new(options)));
}

#[test]
fn a_tenant_reads_alike_every_time() {
    let small = Path::new(env!("CARGO_MANIFEST_DIR")).join("../azure-fake/tenants/small");
    none(&conformance::reading(&AzureProvider::default(), &DirStore::open(&small).unwrap()));
}

#[test]
fn only_documents_of_azure_are_owned() {
    let own = [
        "tenant.json",
        "graph/users.json",
        "arm/vaults.json",
        "tenants/10000000-0000-4000-8000-000000000001/arm/vaultObjects.json",
    ];
    let others = [
        "authorization-details.json",
        "organization.json",
        "assets.jsonl",
        "graph/more.json",
        "tenants/brindlemoor/graph/users.json",
    ];
    none(&conformance::paths(&AzureProvider::default(), &own, &others));
}
