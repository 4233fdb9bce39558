//! What the configuration says about owners.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How owners are found apart from registries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct OwnersConfig {
    /// Tags that name the business owner.
    pub owner_tags: TagKeys,
    /// Tags that name the technical steward.
    pub steward_tags: TagKeys,
    /// Patterns over ids and names; the most specific one that matches counts. Weak evidence (band III).
    pub naming_patterns: Vec<NamingPattern>,
    /// The owner of an account, by account id: `"111122223333" = "platform team"`. Weak evidence (band III). Owner
    /// tags on the account itself count the same.
    pub accounts: BTreeMap<String, String>,
}

impl Default for OwnersConfig {
    fn default() -> Self {
        let keys = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Self {
            owner_tags: TagKeys {
                required: Vec::new(),
                free: keys(&["business-owner", "business_owner", "businessowner", "owner", "team"]),
            },
            steward_tags: TagKeys {
                required: Vec::new(),
                free: keys(&[
                    "technical-steward",
                    "technical_steward",
                    "technical-owner",
                    "technical_owner",
                    "steward",
                    "maintainer",
                    "contact",
                ]),
            },
            naming_patterns: Vec::new(),
            accounts: BTreeMap::new(),
        }
    }
}

/// Tag keys, compared without case. Of the keys in one list the first that a resource bears with a name in it speaks;
/// the others are shown beside it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TagKeys {
    /// Keys that the company requires on every resource: good evidence (band II).
    pub required: Vec<String>,
    /// Keys that happen to name somebody: weak evidence (band III).
    pub free: Vec<String>,
}

/// Who owns the identities of a naming convention.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NamingPattern {
    /// `*` stands for any characters: `payments-*`, `arn:aws:iam::*:role/ci/*`.
    pub pattern: String,
    /// Who answers for the purpose and the budget.
    pub business_owner: String,
    /// Who operates it.
    #[serde(default)]
    pub technical_steward: Option<String>,
}
