//! IAM Roles Anywhere profiles: which roles a certificate can be turned into.
//! <https://docs.aws.amazon.com/rolesanywhere/latest/APIReference/API_ListProfiles.html>

use serde::Deserialize;
use serde_json::json;

use super::{
    entry::Entry,
    found::{Found, declared},
};
use crate::{
    client::{Call, Fips, Http, Offered, Protocol, Service},
    fetch::regions::Place,
};

pub(super) static ROLES_ANYWHERE: Service = Service {
    name: "rolesanywhere",
    host: "rolesanywhere",
    signing: "rolesanywhere",
    id: "RolesAnywhere",
    protocol: Protocol::RestJson,
    fips: Fips::Suffix(&[]),
    offered: Offered::Everywhere,
};

pub(super) const LIST_PROFILES: Call = Call {
    read: declared(
        "rolesanywhere",
        "ListProfiles",
        &["rolesanywhere:ListProfiles"],
        "profiles, the roles that they lead to, and whether they are enabled",
    ),
    service: &ROLES_ANYWHERE,
    http: Http::Get("/profiles"),
    probe: r#"{"pageSize": 1}"#,
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Profiles {
    profiles: Option<Vec<Profile>>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Profile {
    profile_arn: Option<String>,
    name: Option<String>,
    enabled: Option<bool>,
    role_arns: Option<Vec<String>>,
}

pub(super) async fn read(place: &Place<'_>) -> Found {
    let mut found = Found::default();
    let split = |page: Profiles| (page.profiles.unwrap_or_default(), page.next_token);
    let listing = place.list(&LIST_PROFILES, json!({"pageSize": 100}), "nextToken", split).await;
    for one in found.listed(&LIST_PROFILES, listing) {
        let state = one.enabled.map(|enabled| if enabled { "active" } else { "stopped" }.to_owned());
        let entry = one.profile_arn.map(|arn| {
            let entry = Entry::new("rolesanywhere_profile", arn).name(one.name).state(state);
            let roles = one.role_arns.unwrap_or_default();
            roles.into_iter().fold(entry, |entry, role| entry.role(Some(role)))
        });
        found.add(&LIST_PROFILES, entry);
    }
    found
}
