//! What the configuration says about owners.

use std::{collections::BTreeMap, path::Path};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    adapters::{BackstageConfig, DirectoryConfig, RepositoryConfig, ServicenowConfig, TableConfig},
    life::{EndedConfig, ReviewConfig},
};

/// How owners are found apart from registries.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct OwnersConfig {
    /// Tags that name the business owner.
    pub owner_tags: OwnerTags,
    /// Tags that name the technical steward.
    pub steward_tags: StewardTags,
    /// Patterns over ids and names; the most specific one that matches counts. Weak evidence (band III).
    pub naming_patterns: Vec<NamingPattern>,
    /// The owner of an account, by account id: `"111122223333" = "platform team"`. Weak evidence (band III). Owner
    /// tags on the account itself count the same.
    pub accounts: BTreeMap<String, String>,
    /// What names of owners stand for, where they are not in a directory or mean somebody else than it says:
    /// `"pay team" = "payments@example.com"`. Case does not count.
    pub aliases: BTreeMap<String, String>,
    /// How often owners are asked again whether an identity is still needed.
    pub review: ReviewConfig,
    /// What has ended, for triggers of entries that name it.
    pub ended: EndedConfig,
}

/// What other programs keep about owners, each in its own format. Paths are relative to the configuration file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SourcesConfig {
    /// Registers of owners as tables, CSV or spreadsheets, with a map of columns. As strong as a registry (band I).
    pub tables: Vec<TableConfig>,
    /// Exports of ServiceNow's configuration items. As strong as a registry (band I).
    pub servicenow: Vec<ServicenowConfig>,
    /// Catalogues of Backstage: good evidence (band II).
    pub backstage: Vec<BackstageConfig>,
    /// Repositories with CODEOWNERS. What their Terraform made: good evidence (band II); what their pipelines become:
    /// weak evidence (band III).
    pub repositories: Vec<RepositoryConfig>,
    /// Exports of people, by whom owners are recognized, and by which those are found who left.
    pub directory: Vec<DirectoryConfig>,
}

impl SourcesConfig {
    /// Makes relative paths start at a folder.
    pub fn start_at(&mut self, base: &Path) {
        let tables = self.tables.iter_mut().map(|one| &mut one.file);
        let servicenow = self.servicenow.iter_mut().flat_map(|one| &mut one.files);
        let backstage = self.backstage.iter_mut().flat_map(|one| &mut one.files);
        let directory = self.directory.iter_mut().map(|one| &mut one.file);
        let repositories = self.repositories.iter_mut().flat_map(|one| {
            std::iter::once(&mut one.codeowners).chain(one.terraform.iter_mut().map(|state| &mut state.state))
        });
        let all = tables.chain(servicenow).chain(backstage).chain(directory).chain(repositories);
        all.for_each(|path| *path = base.join(&*path));
    }
}

/// Tags that name the business owner. Keys are compared without case. Of the keys in one list the first that a
/// resource bears with a name in it speaks; the others are shown beside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct OwnerTags {
    /// Keys that the company requires on every resource: good evidence (band II). Default: none.
    pub required: Vec<String>,
    /// Keys that happen to name somebody: weak evidence (band III).
    pub free: Vec<String>,
}

/// Tags that name the technical steward; read like those of the owner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct StewardTags {
    /// Keys that the company requires on every resource: good evidence (band II). Default: none.
    pub required: Vec<String>,
    /// Keys that happen to name somebody: weak evidence (band III).
    pub free: Vec<String>,
}

impl Default for OwnerTags {
    fn default() -> Self {
        let free = ["business-owner", "business_owner", "businessowner", "owner", "team"];
        Self { required: Vec::new(), free: free.map(str::to_owned).into() }
    }
}

impl Default for StewardTags {
    fn default() -> Self {
        let free = [
            "technical-steward",
            "technical_steward",
            "technical-owner",
            "technical_owner",
            "steward",
            "maintainer",
            "contact",
        ];
        Self { required: Vec::new(), free: free.map(str::to_owned).into() }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_is_left_out_keeps_its_default() {
        let config: OwnersConfig =
            serde_json::from_str(r#"{"owner_tags": {"required": ["accountable"]}}"#).unwrap();
        assert_eq!(config.owner_tags.required, ["accountable"]);
        assert_eq!(config.owner_tags.free, OwnerTags::default().free);
        assert_eq!(config.steward_tags, StewardTags::default());
    }

    #[test]
    fn unknown_keys_are_refused() {
        for text in
            [r#"{"owner_tag": {}}"#, r#"{"owner_tags": {"require": []}}"#, r#"{"naming_patterns": [{}]}"#]
        {
            assert!(serde_json::from_str::<OwnersConfig>(text).is_err(), "{text}");
        }
    }
}
