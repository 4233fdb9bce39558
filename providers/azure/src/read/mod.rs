//! Documents → nouns. Pure: the same documents give the same estate, whether a fetch left them in memory a moment ago
//! or a person exported them last year.
//!
//! What is not there is a gap, what contradicts itself is a gap, and an item that makes no sense is a gap that names it.
//! Only what would make the estate wrong rather than partial is an error: a file of a person that is not JSON or no list,
//! files of another tenant, documents that do not tell of which tenant they are.

mod access_policies;
mod app_roles;
mod applications;
mod arm_id;
mod assignments;
mod consents;
mod credentials;
mod deny;
mod directory_roles;
mod federation;
mod files;
mod groups;
mod holders;
mod identities;
mod load;
mod local_roles;
mod managed;
mod memberships;
mod noted;
mod objects;
mod owners;
mod policies;
mod roles;
mod scopes;
mod service_principals;
mod sign_ins;
mod tenant;
mod tenant_policy;
#[cfg(test)]
mod tests;
mod users;
mod vaults;
mod workloads;

use std::collections::{BTreeMap, BTreeSet};

use census_model::{EstateBuilder, Gap, GapReason, Provider, Source, Text};
use census_provider_api::{DocPath, DocumentStore, ReadError};

use self::{files::Files, load::Loader, noted::Noted, scopes::GroupNames, tenant::Tenant};
use crate::documents::{Collection, TENANTS_FOLDER, is_guid, place_of};

const EXPECTED: &str = "tenant.json, graph/servicePrincipals.json and the like, or tenants/<tenant id>/…";

/// Reads the documents of this provider into the estate.
///
/// # Errors
/// When a document is broken in a way that would make the estate wrong, or when there is no document at all.
pub(crate) fn read(documents: &dyn DocumentStore, estate: &mut EstateBuilder) -> Result<(), ReadError> {
    let noted = Noted::of(documents);
    let layout = layout(documents)?;
    let manifest = documents.manifest();
    let targets: Vec<&str> = manifest
        .iter()
        .flat_map(|manifest| &manifest.targets)
        .map(String::as_str)
        .filter(|target| target.starts_with("azure:"))
        .collect();
    if layout.is_empty() && noted.all().is_empty() && targets.is_empty() {
        return Err(ReadError::Nothing { provider: "azure", expected: EXPECTED });
    }
    for gap in noted.all() {
        estate.gap(gap.clone());
    }
    let mut seen = BTreeSet::new();
    let mut group_names = GroupNames::default();
    for (folder, paths) in &layout {
        let id = one_tenant(documents, folder.as_deref(), paths, &noted, &targets, &mut group_names, estate)?;
        if !seen.insert(id.clone()) {
            return Err(ReadError::Document {
                document: paths.values().next().map(DocPath::to_string).unwrap_or_default(),
                place: "the folder".to_owned(),
                problem: format!("tenant {id} is also elsewhere in this folder; keep one of the two"),
            });
        }
        if targets.is_empty() {
            estate.target(tenant::scope_id(&id).as_str());
        }
    }
    unseen(&noted, &targets, &seen, estate);
    targets.into_iter().for_each(|target| estate.target(target));
    Ok(())
}

type Paths = BTreeMap<Collection, DocPath>;

/// Which documents there are, by the name of their tenant's folder.
fn layout(documents: &dyn DocumentStore) -> Result<BTreeMap<Option<String>, Paths>, ReadError> {
    let mut layout: BTreeMap<Option<String>, Paths> = BTreeMap::new();
    for path in documents.paths() {
        if let Some((tenant, collection)) = place_of(path) {
            let tenant = tenant.map(str::to_ascii_lowercase);
            layout.entry(tenant).or_default().insert(collection, path.clone());
            continue;
        }
        let below = path.as_str().strip_prefix(TENANTS_FOLDER).and_then(|rest| rest.strip_prefix('/'));
        let stray = below.and_then(|below| below.split_once('/'));
        if let Some((name, file)) = stray
            && Collection::at(file).is_some()
            && !is_guid(name)
        {
            return Err(ReadError::Document {
                document: path.to_string(),
                place: name.to_owned(),
                problem: "is not a tenant id: name the folder with the tenant's GUID".to_owned(),
            });
        }
    }
    Ok(layout)
}

/// Reads one tenant and returns its id.
fn one_tenant(
    documents: &dyn DocumentStore,
    folder: Option<&str>,
    paths: &Paths,
    noted: &Noted,
    targets: &[&str],
    group_names: &mut GroupNames,
    estate: &mut EstateBuilder,
) -> Result<String, ReadError> {
    let bytes = load::bytes(documents, paths)?;
    let mut loader = Loader::new(&bytes, documents, noted.live);
    let files = Files::load(&mut loader)?;
    let id = tenant::id_of(&files, folder, targets, paths)?;
    let tenant = Tenant::new(id, &files, documents.manifest(), noted, loader.finish(), estate);
    for path in paths.values() {
        let as_of = documents.entry(path).and_then(|entry| entry.as_of);
        let (scope, document) = (Some(tenant.scope.clone()), Text::from(path.as_str()));
        estate.source(Source { provider: Provider::Azure, scope, document, as_of });
    }
    tenant::read(&tenant, &files, group_names, estate);
    Ok(tenant.id)
}

/// Tenants that were asked for but left no document: nobody could sign in to them, or everything was denied.
fn unseen(noted: &Noted, targets: &[&str], seen: &BTreeSet<String>, estate: &mut EstateBuilder) {
    let name = |scope: &str| scope.strip_prefix("azure:tenant/").filter(|id| is_guid(id)).map(str::to_owned);
    let asked = targets.iter().filter_map(|target| name(target));
    let failed = noted.all().iter().filter(|gap| gap.reason != GapReason::NotRequested);
    let failed: BTreeSet<String> = failed.filter_map(|gap| name(gap.scope.as_ref()?.as_str())).collect();
    for id in asked.chain(failed.iter().cloned()).filter(|id| !seen.contains(id)) {
        let scope = tenant::scope(&id, None);
        if !failed.contains(&id) {
            let detail = "the folder holds no document of this tenant";
            let (at, read) = (Some(scope.id.clone()), Collection::Tenant.read());
            estate.gap(Gap::new(Provider::Azure, at, read, GapReason::NotProvided, detail, Vec::new()));
        }
        estate.scope(scope);
    }
}
