//! Permissions in Azure and Key Vault: roles of Azure Resource Manager, deny assignments, access policies of vaults and
//! local roles of managed HSMs.
//!
//! <https://learn.microsoft.com/azure/role-based-access-control/overview>

pub mod access;
pub mod conditions;
mod data_actions;
mod key_vault;
mod matching;
mod place;
