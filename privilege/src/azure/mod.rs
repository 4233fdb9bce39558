//! Permissions in Azure, Key Vault and Entra ID: roles of Azure Resource Manager, deny assignments, access policies of
//! vaults, local roles of managed HSMs; roles of the directory, permissions of applications and ownership.
//!
//! <https://learn.microsoft.com/azure/role-based-access-control/overview>

pub mod access;
mod activation;
mod assigning;
pub mod conditions;
mod data_actions;
pub mod directory;
mod held;
mod key_vault;
mod matching;
mod place;
pub(crate) mod reach;
pub mod techniques;
pub mod vaults;
pub(crate) mod ways;

pub use self::{
    matching::allows_everything,
    reach::{Reading, reading},
};
