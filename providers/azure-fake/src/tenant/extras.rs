//! `fake.json`: what a tenant's documents do not hold and its APIs need.

use std::{fs, path::Path};

use serde::{Deserialize, Serialize};

use super::OpenError;
use crate::cloud::Cloud;

/// What stands in `fake.json` beside `tenant.json`.
#[derive(Debug, Default, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Extras {
    /// The cloud that the tenant lives in.
    pub cloud: Cloud,
    /// Who may sign in.
    pub clients: Vec<Client>,
    /// The managed identity of the machine that the clients run on, as the metadata endpoint knows it.
    pub managed_identity: Option<ManagedIdentity>,
    /// What every secret's value is.
    pub secret_value: Option<String>,
    /// Texts put into answers, to be searched for where they must not be.
    pub canaries: Vec<Canary>,
}

/// An application that may sign in.
#[derive(Debug, Default, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Client {
    /// Its application (client) id.
    pub client_id: String,
    /// The object id of its service principal, as the token says it.
    pub object_id: String,
    /// The secret with which it may.
    pub secret: Option<String>,
    /// The certificate (PEM) that its assertions must be signed with.
    pub certificate: Option<String>,
    /// The outsider whose token it may show.
    pub assertion: Option<Assertion>,
}

/// A token of another issuer. Its signature is not checked: the fake has no key of that issuer.
#[derive(Debug, Default, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assertion {
    /// `iss`.
    pub issuer: String,
    /// `sub`.
    pub subject: String,
}

/// A managed identity.
#[derive(Debug, Default, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManagedIdentity {
    /// Its application (client) id.
    pub client_id: String,
    /// The object id of its service principal.
    pub object_id: String,
}

/// A value put into every item of a document.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Canary {
    /// The document, as `graph/servicePrincipals`.
    pub document: String,
    /// Where in an item: names of members with dots between, where `*` is each item of a list
    /// (`passwordCredentials.*.hint`). A list must be there; objects are made.
    pub at: String,
    /// What to put there.
    pub value: serde_json::Value,
}

impl Extras {
    pub(super) fn open(path: &Path) -> Result<Self, OpenError> {
        match fs::read(path) {
            Ok(text) => serde_json::from_slice(&text).map_err(|error| OpenError::new(path, error)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(OpenError::new(path, error)),
        }
    }

    pub(super) fn canaries_of(&self, document: &str) -> Vec<&Canary> {
        self.canaries.iter().filter(|canary| canary.document == document).collect()
    }
}
