//! Permissions in Azure and Key Vault: roles of Azure Resource Manager, deny assignments, access policies of vaults and
//! local roles of managed HSMs.
//!
//! <https://learn.microsoft.com/azure/role-based-access-control/overview>

pub mod access;
pub mod conditions;
#[allow(dead_code, reason = "what is held is composed by whoever computes reach")]
mod held;
mod key_vault;
mod matching;
mod place;
pub mod vaults;
