//! What operations read, for those who tell secrets from data.

use super::operations::table;
use crate::azure::held::Weight;

/// What an operation reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// Secrets and keys.
    Secrets,
    /// Data.
    Data,
}

/// What an operation of Azure reads or copies, as a proof of reach names it; nothing of one that does neither, that only
/// makes somebody able to, or that is known by its name only.
pub fn reading(action: &str) -> Option<Reading> {
    let listed = table().operations.iter().find(|one| one.action.eq_ignore_ascii_case(action))?;
    if action.to_ascii_lowercase().ends_with("/write") {
        return None;
    }
    match listed.weight {
        Weight::Secrets => Some(Reading::Secrets),
        Weight::Data => Some(Reading::Data),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_reads_is_known_by_its_operation() {
        let secret = "microsoft.keyvault/vaults/secrets/getSecret/action";
        assert_eq!(reading(secret), Some(Reading::Secrets));
        assert_eq!(reading("Microsoft.Storage/storageAccounts/listKeys/action"), Some(Reading::Data));
        assert_eq!(reading("Microsoft.Web/sites/write"), None);
        // It makes somebody able to read.
        assert_eq!(reading("Microsoft.KeyVault/vaults/accessPolicies/write"), None);
        assert_eq!(reading("s3:GetObject"), None);
    }
}
