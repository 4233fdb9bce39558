//! What other programs of the company keep about owners: people, teams, an inventory; and what its people attested.

mod attestations;
mod inventory;
mod people;

use std::collections::BTreeMap;

use anyhow::Result;

use crate::aws::account::ListedAccount;

pub(super) use attestations::FILE as ATTESTATIONS;
pub(super) use inventory::{FILE as INVENTORY, GHOSTS, RETIRED};
pub(super) use people::{BUILDER, LOADER, PEOPLE, TEAMS};

/// The files, by name.
pub(super) fn files(accounts: &[ListedAccount]) -> Result<BTreeMap<String, Vec<u8>>> {
    Ok(BTreeMap::from([
        (PEOPLE.to_owned(), people::directory()?),
        (TEAMS.to_owned(), people::teams().into_bytes()),
        (INVENTORY.to_owned(), inventory::items()?),
        (ATTESTATIONS.to_owned(), attestations::log(accounts)?),
    ]))
}
