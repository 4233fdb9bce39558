//! Permissions in Azure and Key Vault: roles of Azure Resource Manager, deny assignments, access policies of vaults and
//! local roles of managed HSMs.
//!
//! <https://learn.microsoft.com/azure/role-based-access-control/overview>

pub mod access;
mod activation;
pub mod conditions;
mod held;
mod key_vault;
mod matching;
mod place;
pub(crate) mod reach;

pub use self::{
    matching::allows_everything,
    reach::{Reading, reading},
};
