//! The numbers a company may want to change.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Limits that the rules compare ages and counts with. Ages are whole days. A limit is passed by what is greater than
/// it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Thresholds {
    /// Age in days beyond which an active access key is too old. Default 90.
    pub access_key_max_age_days: u32,
    /// Days from its making to its end beyond which a client secret or certificate of Entra ID lives too long. Default 180.
    pub client_credential_max_lifetime_days: u32,
    /// Age in days beyond which a client secret that works is too old. Default 180.
    pub client_secret_max_age_days: u32,
    /// Days without use beyond which an active access key or console password counts as unused. Default 90.
    pub unused_days: u32,
    /// Days without use beyond which a role counts as unused. Default 90.
    pub role_unused_days: u32,
    /// Days that a disabled or expired credential may stay before it should be deleted, counted from its end, its last
    /// known use or its creation, because AWS does not show when it was disabled. Default 30.
    pub disabled_key_days: u32,
    /// Age in days below which an identity or a credential is too young to be called unused. Default 14.
    pub new_identity_grace_days: u32,
    /// Days that a second active access key or client secret may exist for the sake of rotation. Default 7.
    pub key_rotation_overlap_days: u32,
    /// Distinct workloads beyond which too many run as one role or managed identity. Default 5.
    pub workloads_per_role: u32,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            access_key_max_age_days: 90,
            client_credential_max_lifetime_days: 180,
            client_secret_max_age_days: 180,
            unused_days: 90,
            role_unused_days: 90,
            disabled_key_days: 30,
            new_identity_grace_days: 14,
            key_rotation_overlap_days: 7,
            workloads_per_role: 5,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_table_gives_the_defaults_and_unknown_fields_are_refused() {
        assert_eq!(serde_json::from_str::<Thresholds>("{}").unwrap(), Thresholds::default());
        assert!(serde_json::from_str::<Thresholds>(r#"{"unused_day": 1}"#).is_err());
        assert!(serde_json::from_str::<Thresholds>(r#"{"unused_days": -1}"#).is_err());
    }

    #[test]
    fn each_description_names_the_default() {
        let schema = schemars::schema_for!(Thresholds);
        let values = serde_json::to_value(Thresholds::default()).unwrap();
        let properties = schema.get("properties").and_then(|p| p.as_object()).unwrap();
        assert_eq!(properties.len(), values.as_object().unwrap().len());
        for (name, property) in properties {
            let description = property.get("description").and_then(|d| d.as_str()).unwrap();
            assert!(description.contains(&format!("Default {}.", values[name])), "{name}: {description}");
        }
    }
}
