//! A tenant as it lies on disk, kept as text and indexed once.

mod canary;
mod extras;
mod scopes;

use std::{
    collections::{BTreeMap, HashMap},
    fmt, fs,
    path::{Path, PathBuf},
    sync::LazyLock,
};

use serde::Deserialize;
use serde_json::value::RawValue;

pub use extras::{Assertion, Canary, Client, Extras, ManagedIdentity};
pub(crate) use scopes::{Scopes, scope_of};

use crate::json::Object;

/// Why a folder is no tenant.
#[derive(Debug)]
pub struct OpenError {
    path: PathBuf,
    reason: String,
}

impl OpenError {
    pub(crate) fn new(path: &Path, reason: impl fmt::Display) -> Self {
        Self { path: path.to_owned(), reason: reason.to_string() }
    }
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot read `{}`: {}", self.path.display(), self.reason)
    }
}

impl std::error::Error for OpenError {}

/// One tenant: its documents, and what `fake.json` adds.
#[derive(Debug)]
pub struct Tenant {
    pub(crate) id: String,
    pub(crate) domains: Vec<String>,
    pub(crate) extras: Extras,
    pub(crate) scopes: Scopes,
    collections: BTreeMap<String, Collection>,
    /// Positions in `graph/appRoleAssignments` by who holds and by what is held, which a scan asks for each
    /// service principal.
    pub(crate) app_roles_of: HashMap<String, Vec<usize>>,
    pub(crate) app_roles_on: HashMap<String, Vec<usize>>,
}

/// The items of one document.
#[derive(Debug, Default)]
pub(crate) struct Collection {
    pub(crate) items: Vec<Item>,
    by_id: HashMap<String, usize>,
}

/// One item as it stands in its document.
#[derive(Debug)]
pub(crate) struct Item {
    /// Its `id` (or `kid`) in lower case.
    pub(crate) id: String,
    pub(crate) text: Box<RawValue>,
}

#[derive(Deserialize)]
struct Document {
    value: Vec<Box<RawValue>>,
}

static EMPTY: LazyLock<Collection> = LazyLock::new(Collection::default);

impl Tenant {
    /// Reads one tenant: a folder with `tenant.json`, `graph` and `arm`, and optionally `fake.json`.
    ///
    /// # Errors
    /// A file cannot be read or is not what its name says.
    pub fn open(folder: &Path) -> Result<Self, OpenError> {
        let extras = Extras::open(&folder.join("fake.json"))?;
        let mut collections = BTreeMap::new();
        let tenant_file = folder.join("tenant.json");
        collections
            .insert("tenant".to_owned(), Collection::read(&tenant_file, &extras.canaries_of("tenant"))?);
        for part in ["graph", "arm"] {
            let Ok(entries) = fs::read_dir(folder.join(part)) else { continue };
            for entry in entries {
                let path = entry.map_err(|error| OpenError::new(folder, error))?.path();
                let Some(name) = document_name(&path) else { continue };
                let name = format!("{part}/{name}");
                let collection = Collection::read(&path, &extras.canaries_of(&name))?;
                collections.insert(name, collection);
            }
        }
        Self::new(&tenant_file, extras, collections)
    }

    /// Reads every tenant of a folder in the layout of documents: the folder itself, or those below `tenants/`.
    ///
    /// # Errors
    /// As [`Tenant::open`]; or there is none.
    pub fn open_all(folder: &Path) -> Result<Vec<Self>, OpenError> {
        if folder.join("tenant.json").is_file() {
            return Ok(vec![Self::open(folder)?]);
        }
        let below = folder.join("tenants");
        let entries = fs::read_dir(&below)
            .map_err(|_| OpenError::new(folder, "neither `tenant.json` nor `tenants/` is there"))?;
        let mut folders = Vec::new();
        for entry in entries {
            folders.push(entry.map_err(|error| OpenError::new(&below, error))?.path());
        }
        folders.sort();
        folders.iter().map(|folder| Self::open(folder)).collect()
    }

    fn new(
        file: &Path,
        extras: Extras,
        collections: BTreeMap<String, Collection>,
    ) -> Result<Self, OpenError> {
        let organization = collections.get("tenant").and_then(|found| found.items.first());
        let organization = organization.ok_or_else(|| OpenError::new(file, "no organization is in it"))?;
        let id = organization.id.clone();
        let domains = organization.object().map(|object| object.list("verifiedDomains")).unwrap_or_default();
        let domains = domains
            .iter()
            .filter_map(|domain| Object::parse(domain.get())?.text("name"))
            .map(|name| name.to_ascii_lowercase())
            .collect();
        let mut tenant = Self {
            id,
            domains,
            extras,
            scopes: Scopes::default(),
            collections,
            app_roles_of: HashMap::new(),
            app_roles_on: HashMap::new(),
        };
        tenant.scopes = Scopes::new(&tenant);
        tenant.app_roles_of = tenant.index("graph/appRoleAssignments", "principalId");
        tenant.app_roles_on = tenant.index("graph/appRoleAssignments", "resourceId");
        Ok(tenant)
    }

    /// The items of a document; none if the document is not there.
    pub(crate) fn collection(&self, name: &str) -> &Collection {
        self.collections.get(name).unwrap_or(&EMPTY)
    }

    /// Whether `name` is this tenant's id or one of its domains.
    pub(crate) fn is_called(&self, name: &str) -> bool {
        let name = name.to_ascii_lowercase();
        self.id == name || self.domains.contains(&name)
    }

    fn index(&self, document: &str, member: &str) -> HashMap<String, Vec<usize>> {
        let mut index: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, item) in self.collection(document).items.iter().enumerate() {
            if let Some(key) = item.object().and_then(|object| object.text(member)) {
                index.entry(key.to_ascii_lowercase()).or_default().push(at);
            }
        }
        index
    }
}

impl Collection {
    fn read(path: &Path, canaries: &[&Canary]) -> Result<Self, OpenError> {
        let text = fs::read_to_string(path).map_err(|error| OpenError::new(path, error))?;
        let document: Document = serde_json::from_str(&text).map_err(|error| OpenError::new(path, error))?;
        let mut collection = Self::default();
        for item in document.value {
            let text = if canaries.is_empty() {
                item
            } else {
                canary::put(&item, canaries).map_err(|error| OpenError::new(path, error))?
            };
            let object =
                Object::parse(text.get()).ok_or_else(|| OpenError::new(path, "an item is no object"))?;
            let id =
                object.text("id").or_else(|| object.text("kid")).unwrap_or_default().to_ascii_lowercase();
            collection.by_id.entry(id.clone()).or_insert(collection.items.len());
            collection.items.push(Item { id, text });
        }
        Ok(collection)
    }

    /// The item of that id, whose case does not matter.
    pub(crate) fn by_id(&self, id: &str) -> Option<&Item> {
        self.items.get(*self.by_id.get(&id.to_ascii_lowercase())?)
    }

    /// The items at these positions.
    pub(crate) fn at(&self, positions: Option<&Vec<usize>>) -> Vec<&Item> {
        positions.into_iter().flatten().filter_map(|at| self.items.get(*at)).collect()
    }
}

impl Item {
    pub(crate) fn text(&self) -> &str {
        self.text.get()
    }

    pub(crate) fn object(&self) -> Option<Object<'_>> {
        Object::parse(self.text())
    }
}

fn document_name(path: &Path) -> Option<&str> {
    (path.extension()? == "json").then(|| path.file_stem()?.to_str())?
}
