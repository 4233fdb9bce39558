//! Documents in, estate out.

mod credentials;
mod errors;
mod gaps;
mod grants;
mod groups;
mod identities;
mod laws;
mod owners;
mod policy;
mod small;
mod tree;
mod trusts;
mod vaults;

use std::collections::BTreeMap;

use census_model::{Estate, EstateBuilder, Gap, GapReason, Grant, Identity};
use census_provider_api::{DocPath, FileEntry, Manifest, MemoryStore, ReadError};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::documents::Collection;

pub(super) const TENANT: &str = "10000000-0000-4000-8000-000000000001";
pub(super) const SUBSCRIPTION: &str = "20000000-0000-4000-8000-000000000002";
pub(super) const MICROSOFT: &str = "f8cdef31-a31e-4b4a-93e4-5f571e91255a";

/// The object id with this number.
pub(super) fn oid(number: usize) -> String {
    format!("aaaaaaaa-0000-4000-8000-{number:012}")
}

/// The client id with this number.
pub(super) fn client(number: usize) -> String {
    format!("cccccccc-0000-4000-8000-{number:012}")
}

/// The ARM id of something in the resource group `Apps`.
pub(super) fn arm(kind: &str, name: &str) -> String {
    format!("/subscriptions/{SUBSCRIPTION}/resourceGroups/Apps/providers/{kind}/{name}")
}

pub(super) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Files in a folder, by path.
#[derive(Clone, Default)]
pub(super) struct Folder {
    files: BTreeMap<DocPath, Vec<u8>>,
    manifest: Option<Manifest>,
}

impl Folder {
    /// The folder of [`TENANT`] with every document, all of them empty.
    pub(super) fn complete() -> Self {
        let mut folder = Self::default();
        for one in Collection::ALL {
            folder = folder.of(*one, &[]);
        }
        folder.of(Collection::Tenant, &[json!({"id": TENANT, "displayName": "Brindlemoor"})])
    }

    pub(super) fn file(mut self, path: &str, text: impl AsRef<[u8]>) -> Self {
        self.files.insert(DocPath::new(path).unwrap(), text.as_ref().to_vec());
        self
    }

    /// Replaces a document.
    pub(super) fn of(self, collection: Collection, items: &[Value]) -> Self {
        self.file(collection.file(), json!({"value": items}).to_string())
    }

    pub(super) fn without(mut self, collection: Collection) -> Self {
        self.files.retain(|path, _| path.as_str() != collection.file());
        self
    }

    /// As a fetch leaves it: with a manifest.
    pub(super) fn live(mut self, gaps: Vec<Gap>) -> Self {
        let mut manifest = Manifest::new(at("2026-06-01T00:00:00Z"));
        manifest.targets = vec![format!("azure:tenant/{TENANT}")];
        manifest.gaps = gaps;
        manifest.files =
            self.files.iter().map(|(path, bytes)| (path.clone(), FileEntry::of(bytes, 0, true))).collect();
        self.manifest = Some(manifest);
        self
    }

    /// Pages of a document are missing, as its manifest says.
    pub(super) fn cut(mut self, collection: Collection) -> Self {
        let path = DocPath::new(collection.file()).unwrap();
        let entry = self.manifest.as_mut().and_then(|manifest| manifest.files.get_mut(&path));
        entry.unwrap().complete = false;
        self
    }

    pub(super) fn store(&self) -> MemoryStore {
        MemoryStore::new(self.files.clone(), self.manifest.clone())
    }

    pub(super) fn try_read(&self) -> Result<Estate, ReadError> {
        let mut estate = EstateBuilder::new();
        super::read(&self.store(), &mut estate)?;
        let now = at("2026-06-01T00:00:00Z");
        Ok(estate.finish(now, now, now))
    }

    pub(super) fn read(&self) -> Estate {
        self.try_read().unwrap_or_else(|e| panic!("{e}"))
    }

    pub(super) fn error(&self) -> String {
        self.try_read().map(|_| ()).unwrap_err().to_string()
    }
}

/// A value with some fields replaced.
pub(super) fn with(mut value: Value, fields: &Value) -> Value {
    for (name, field) in fields.as_object().unwrap() {
        value[name] = field.clone();
    }
    value
}

/// The service principal of application `number`, which is registered here.
pub(super) fn principal(number: usize) -> Value {
    json!({
        "id": oid(number), "appId": client(number), "displayName": format!("app {number}"),
        "servicePrincipalType": "Application", "accountEnabled": true, "appOwnerOrganizationId": TENANT,
        "alternativeNames": [], "servicePrincipalNames": [client(number)], "signInAudience": "AzureADMyOrg",
        "createdDateTime": "2024-01-01T00:00:00Z", "tags": [], "appRoles": [],
        "passwordCredentials": [], "keyCredentials": [],
    })
}

/// The application with this number; its object id is 1000 more.
pub(super) fn application(number: usize) -> Value {
    json!({
        "id": oid(1000 + number), "appId": client(number), "displayName": format!("app {number}"),
        "signInAudience": "AzureADMyOrg", "createdDateTime": "2024-01-01T00:00:00Z", "identifierUris": [],
        "passwordCredentials": [], "keyCredentials": [], "tags": [],
    })
}

pub(super) fn identity<'e>(estate: &'e Estate, object_id: &str) -> &'e Identity {
    let found = estate.identities.iter().find(|one| *one.native_id == *object_id);
    found.unwrap_or_else(|| panic!("{object_id} is missing"))
}

pub(super) fn texts<T: AsRef<str>>(texts: &[T]) -> Vec<&str> {
    texts.iter().map(AsRef::as_ref).collect()
}

/// The one grant.
pub(super) fn grant(estate: &Estate) -> &Grant {
    match estate.grants.as_slice() {
        [one] => one,
        grants => panic!("not one grant: {grants:?}"),
    }
}

/// The text of a grant's policy.
pub(super) fn policy<'e>(estate: &'e Estate, grant: &Grant) -> &'e str {
    &estate.policies[grant.policy.as_ref().unwrap()].text
}

/// The gaps as `reason read: affected …`, sorted. That nobody tells the use of credentials is left out.
pub(super) fn gaps(estate: &Estate) -> Vec<String> {
    let shown = estate
        .gaps
        .iter()
        .filter(|gap| (gap.reason, &*gap.read) != (GapReason::NotRequested, "AuditLog.Read.All"));
    let mut gaps: Vec<String> = shown
        .map(|gap| {
            let affects = texts(&gap.affects).join(" ");
            let affects = if affects.is_empty() { String::new() } else { format!(": {affects}") };
            format!("{} {}{affects}", gap.reason, gap.read)
        })
        .collect();
    gaps.sort_unstable();
    gaps
}

/// The gap with this reason and read.
pub(super) fn gap<'e>(estate: &'e Estate, wanted: &str) -> &'e Gap {
    let found = estate.gaps.iter().find(|gap| format!("{} {}", gap.reason, gap.read) == wanted);
    found.unwrap_or_else(|| panic!("no gap {wanted}: {:?}", estate.gaps))
}
