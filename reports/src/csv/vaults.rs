//! The columns of vaults.csv: one row for each key, secret and certificate, and one for each vault that holds none or
//! whose objects were not read.

use std::io::Write;

use census_model::{Exposure, Rotation, Vault, VaultObject};

use super::{
    Sheet,
    rows::{instant, text},
};
use crate::{format::RenderError, view::View};

/// The one file of the format.
pub(crate) const FILE: &str = "vaults.csv";

/// The rows of all vaults.
pub(crate) fn vaults_rows(view: &View<'_>, out: &mut dyn Write) -> Result<(), RenderError> {
    let mut sheet = Sheet::new(
        out,
        [
            "vault",
            "native_id",
            "name",
            "kind",
            "scope",
            "scope_name",
            "uri",
            "created",
            "deleted",
            "access",
            "purge_protection",
            "soft_delete",
            "reachable_from",
            "object",
            "object_kind",
            "object_name",
            "object_enabled",
            "object_created",
            "object_updated",
            "object_not_before",
            "object_expires",
            "object_of_certificate",
            "object_rotation",
        ],
    )?;
    for vault in &view.vaults {
        let objects = view.index.vault_objects(&vault.id);
        if objects.is_empty() {
            sheet.row(cells(view, vault, None))?;
        }
        for object in objects {
            sheet.row(cells(view, vault, Some(object)))?;
        }
    }
    sheet.finish()
}

fn cells(view: &View<'_>, vault: &Vault, object: Option<&VaultObject>) -> [String; 23] {
    let scope = view.input.estate.scopes.get(&vault.scope);
    let flag = |flag: Option<bool>| flag.map(|flag| flag.to_string()).unwrap_or_default();
    let of = |cell: fn(&VaultObject) -> String| object.map(cell).unwrap_or_default();
    [
        vault.id.to_string(),
        vault.native_id.to_string(),
        vault.name.to_string(),
        vault.kind.to_string(),
        vault.scope.to_string(),
        text(scope.and_then(|scope| scope.name.as_deref())),
        text(vault.uri.as_deref()),
        instant(vault.created),
        vault
            .deleted
            .as_ref()
            .map(|gone| gone.at.map_or("yes".to_owned(), |at| at.to_string()))
            .unwrap_or_default(),
        text(vault.access.map(census_model::AccessModel::as_str)),
        flag(vault.purge_protection),
        flag(vault.soft_delete),
        vault.exposure.as_ref().map(reachable).unwrap_or_default(),
        of(|object| object.native_id.to_string()),
        of(|object| object.kind.to_string()),
        of(|object| object.name.to_string()),
        of(|object| object.enabled.to_string()),
        of(|object| instant(object.created)),
        of(|object| instant(object.updated)),
        of(|object| instant(object.not_before)),
        of(|object| instant(object.expires)),
        of(|object| object.of_certificate.to_string()),
        of(|object| object.rotation.as_ref().map(rotation).unwrap_or_default()),
    ]
}

fn reachable(exposure: &Exposure) -> String {
    match exposure {
        Exposure::Public => "every network".to_owned(),
        Exposure::Selected { addresses, networks } => {
            format!("{addresses} address ranges, {networks} virtual networks")
        }
        Exposure::Private => "private endpoints".to_owned(),
    }
}

fn rotation(rotation: &Rotation) -> String {
    match rotation {
        Rotation::Automatic(after) => format!("automatic {after}"),
        Rotation::Manual => "manual".to_owned(),
    }
}
