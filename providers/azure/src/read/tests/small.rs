//! The small tenant that the fake serves, as a whole.

use std::path::Path;

use census_model::{Attachment, Estate, EstateBuilder};
use census_provider_api::{DeclaredRead, DirStore, conformance};

use super::*;
use crate::AzureProvider;

fn small() -> DirStore {
    DirStore::open(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../azure-fake/tenants/small")).unwrap()
}

/// One line for each thing.
fn summary(estate: &Estate) -> String {
    let mut lines = Vec::new();
    for one in estate.scopes.values() {
        let above = one.parent.as_ref().map_or("", |parent| parent.as_str());
        lines.push(format!(
            "scope {} {:?} in {above}{}",
            one.id,
            one.kind,
            if one.scanned { ", scanned" } else { "" }
        ));
    }
    for one in &estate.identities {
        let manager = one.managed_by.as_ref().map_or(String::new(), |by| format!(", by {}", by.name));
        let state = if one.deleted.is_some() {
            ", deleted"
        } else if one.disabled {
            ", disabled"
        } else {
            ""
        };
        lines.push(format!("{} {} `{}` in {}{manager}{state}", one.kind, one.native_id, one.name, one.scope));
    }
    for one in &estate.credentials {
        lines.push(format!(
            "credential {} {} {}",
            one.id,
            one.key_id.as_deref().unwrap_or("?"),
            one.status.as_str()
        ));
    }
    lines.extend(estate.groups.iter().map(|one| format!("group {} `{}`", one.id, one.name)));
    for one in &estate.memberships {
        lines.push(format!("{} is in {} {:?} {:?}", one.member, one.group, one.through, one.activation));
    }
    for one in &estate.grants {
        let to = match &one.attached_to {
            Attachment::Identity(id) => id.as_str(),
            Attachment::Group(id) => id.as_str(),
            Attachment::Scope(id) => id.as_str(),
            Attachment::Resource(id) => id,
        };
        lines.push(format!("{:?} to {to} at {}: {:?} {:?}", one.effect, one.scope, one.via, one.activation));
    }
    for one in &estate.trusts {
        let condition = one.condition.as_ref().map_or("", |one| &one.text);
        lines.push(format!("{:?} may become {} by {} {condition}", one.who, one.becomes, one.statement));
    }
    lines.extend(estate.issuers.iter().map(|one| format!("issuer {} {:?}", one.id, one.audiences)));
    lines.extend(estate.workloads.iter().map(|one| format!("workload {} as {:?}", one.id, one.runs_as)));
    lines.extend(estate.directory_owners.iter().map(|one| format!("{one:?}")));
    lines.extend(
        estate.vaults.iter().map(|one| format!("vault {} {:?} {:?}", one.id, one.access, one.exposure)),
    );
    for one in &estate.vault_objects {
        lines.push(format!(
            "{} {} {:?}{}",
            one.kind,
            one.id,
            one.rotation,
            if one.of_certificate { ", of a certificate" } else { "" }
        ));
    }
    lines.extend(estate.tenant_policies.iter().map(|one| format!("{one:?}")));
    lines.extend(gaps(estate).into_iter().map(|gap| format!("gap {gap}")));
    lines.join("\n")
}

#[test]
fn the_whole_of_it() {
    let mut estate = EstateBuilder::new();
    crate::read::read(&small(), &mut estate).unwrap();
    let now = at("2026-06-01T00:00:00Z");
    insta::assert_snapshot!(summary(&estate.finish(now, now, now)));
}

#[test]
fn it_holds_to_the_contract() {
    assert_eq!(conformance::reading(&AzureProvider::default(), &small()), Vec::<String>::new());
    assert_eq!(
        conformance::reading(&AzureProvider::default(), &Folder::complete().store()),
        Vec::<String>::new()
    );
    let bare = Folder::default().of(Collection::Tenant, &[json!({"id": TENANT})]);
    assert_eq!(conformance::reading(&AzureProvider::default(), &bare.store()), Vec::<String>::new());
    let own: Vec<&str> = Collection::ALL.iter().map(|one| one.file()).collect();
    let others = ["organization.json", "accounts/111122223333/workloads.json", "fake.json", "people.csv"];
    assert_eq!(conformance::paths(&AzureProvider::default(), &own, &others), Vec::<String>::new());
}

#[test]
fn every_document_is_named_by_declared_reads() {
    let declared: Vec<String> = crate::fetch::READS.iter().map(DeclaredRead::name).collect();
    for one in Collection::ALL {
        for read in one.reads() {
            assert!(declared.iter().any(|name| name == read), "{one:?}: {read}");
        }
    }
}
