//! What a directory role allows, and under which condition.

use serde::Deserialize;

/// The `rolePermissions` of a role definition.
/// <https://learn.microsoft.com/graph/api/resources/unifiedrolepermission>
#[derive(Debug, Deserialize)]
pub(in crate::azure) struct RolePermissions(Vec<RolePermission>);

/// Some operations and the condition that they share.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RolePermission {
    #[serde(default)]
    pub(super) allowed_resource_actions: Vec<Box<str>>,
    condition: Option<Box<str>>,
}

/// A condition of built-in roles; custom ones have none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum RoleCondition {
    /// Whoever acts owns what it is done to.
    Owner,
    /// Whoever acts is what it is done to.
    OneSelf,
    /// Another text.
    Other(Box<str>),
}

impl RolePermissions {
    pub(in crate::azure) fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    pub(super) fn each(&self) -> impl Iterator<Item = &RolePermission> {
        self.0.iter()
    }
}

impl RolePermission {
    /// The documentation writes conditions out, the API by name.
    pub(super) fn condition(&self) -> Option<RoleCondition> {
        let text = self.condition.as_deref().map(str::trim).filter(|text| !text.is_empty())?;
        let words: String = text.split_whitespace().collect::<Vec<_>>().join(" ").to_ascii_lowercase();
        Some(match words.as_str() {
            "$subjectisowner" | "@subject.objectid any_of @resource.owners" => RoleCondition::Owner,
            "$resourceisself" | "@subject.objectid == @resource.objectid" => RoleCondition::OneSelf,
            _ => RoleCondition::Other(text.into()),
        })
    }
}
