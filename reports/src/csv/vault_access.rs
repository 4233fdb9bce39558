//! The columns of vault-access.csv: one row for each thing that an identity may do in a vault, and for each way in which it
//! could make itself able to; and of vault-readers.csv: one row a vault, with who gets at its secrets.

use std::io::Write;

use census_model::{Identity, Vault, VaultAccess, VaultHold, VaultWay};

use super::{Sheet, cell, refused, rows::text};
use crate::{
    format::RenderError,
    vaults::{Numbers, Standing, VaultNumbers, VaultsOf, by, decided_by, reachable, says},
    view::View,
};

/// The one file of the format `vault-access`.
pub(crate) const ACCESS_FILE: &str = "vault-access.csv";

/// The one file of the format `vault-readers`.
pub(crate) const READERS_FILE: &str = "vault-readers.csv";

const COLUMNS: [&str; 22] = [
    "identity",
    "native_id",
    "name",
    "kind",
    "owner_status",
    "business_owner",
    "vault",
    "vault_name",
    "vault_scope_name",
    "decided_by",
    "reachable_from",
    "standing",
    "what",
    "power_or_route",
    "object",
    "decision",
    "gives",
    "confidence",
    "actions",
    "by",
    "how",
    "gaps",
];

/// Rows by identity, then vault, written as they are made.
pub(crate) fn vault_access_rows(
    view: &View<'_>,
    of: VaultsOf<'_>,
    out: &mut dyn Write,
) -> Result<(), RenderError> {
    let mut sheet = ::csv::Writer::from_writer(out);
    sheet.write_record(COLUMNS).map_err(refused)?;
    for identity in &view.identities {
        let mut found: Vec<(&Vault, &VaultAccess)> = view
            .input
            .vaults
            .of_identity(&identity.id)
            .filter_map(|(id, access)| Some((view.index.vault(id)?, access)))
            .filter(|(vault, _)| of.wants(identity, vault))
            .collect();
        found.sort_by(|a, b| a.0.id.cmp(&b.0.id));
        for (vault, access) in found {
            let pair = pair(view, identity, vault, access);
            for hold in &access.holds {
                sheet
                    .write_record(pair.iter().cloned().chain(of_hold(view, hold)).map(|one| cell(&one)))
                    .map_err(refused)?;
            }
            for way in &access.ways {
                sheet
                    .write_record(pair.iter().cloned().chain(of_way(view, way)).map(|one| cell(&one)))
                    .map_err(refused)?;
            }
        }
    }
    Ok(sheet.flush()?)
}

fn pair(view: &View<'_>, identity: &Identity, vault: &Vault, access: &VaultAccess) -> [String; 12] {
    let owner = view.owner(&identity.id);
    [
        identity.id.to_string(),
        identity.native_id.to_string(),
        identity.name.to_string(),
        identity.kind.to_string(),
        view.owner_status(&identity.id).to_string(),
        text(owner.and_then(|owner| owner.business_owner.as_deref())),
        vault.id.to_string(),
        vault.name.to_string(),
        view.scope_name(&vault.scope),
        decided_by(vault).to_owned(),
        reachable(vault),
        Standing::of(view.input.vaults, access).as_str().to_owned(),
    ]
}

fn of_hold(view: &View<'_>, hold: &VaultHold) -> [String; 10] {
    [
        "may".to_owned(),
        hold.power.to_string(),
        hold.about(),
        hold.decision.as_str().to_owned(),
        String::new(),
        String::new(),
        hold.action.to_string(),
        by(view, &hold.because),
        says(&hold.because).to_owned(),
        hold.gaps.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "),
    ]
}

fn of_way(view: &View<'_>, way: &VaultWay) -> [String; 10] {
    let route = view.input.vaults.routes.get(&way.route);
    let needs = |of: &dyn Fn(&census_model::VaultNeed) -> String| {
        way.needs.iter().map(of).collect::<Vec<_>>().join("; ")
    };
    [
        "could".to_owned(),
        way.route.to_string(),
        text(way.object.as_deref()),
        way.decision.as_str().to_owned(),
        text(route.map(|route| route.gives.as_str())),
        text(route.map(|route| route.confidence.as_str())),
        needs(&|need| need.action.to_string()),
        needs(&|need| by(view, &need.because)),
        needs(&|need| says(&need.because).to_owned()),
        way.needs.iter().flat_map(|need| &need.gaps).map(ToString::to_string).collect::<Vec<_>>().join("; "),
    ]
}

/// One row a vault.
pub(crate) fn vault_readers_rows(view: &View<'_>, out: &mut dyn Write) -> Result<(), RenderError> {
    let mut sheet = Sheet::new(
        out,
        [
            "vault",
            "native_id",
            "name",
            "kind",
            "scope_name",
            "decided_by",
            "reachable_from",
            "secrets",
            "keys",
            "certificates",
            "contents",
            "readers",
            "readers_unowned",
            "readers_open",
            "could",
            "could_unowned",
            "possible",
            "key_users",
            "gaps",
        ],
    )?;
    let numbers = Numbers::of(view);
    for vault in &view.vaults {
        if let Some(of) = numbers.vaults.get(&vault.id) {
            sheet.row(of_vault(view, vault, of))?;
        }
    }
    sheet.finish()
}

fn of_vault(view: &View<'_>, vault: &Vault, of: &VaultNumbers) -> [String; 19] {
    let gaps = view.input.vaults.unread(&vault.id).iter().map(ToString::to_string);
    [
        vault.id.to_string(),
        vault.native_id.to_string(),
        vault.name.to_string(),
        vault.kind.to_string(),
        view.scope_name(&vault.scope),
        decided_by(vault).to_owned(),
        reachable(vault),
        of.secrets.to_string(),
        of.keys.to_string(),
        of.certificates.to_string(),
        of.contents.as_str().to_owned(),
        of.readers.to_string(),
        of.readers_unowned.to_string(),
        of.readers_open.to_string(),
        of.could.to_string(),
        of.could_unowned.to_string(),
        of.possible.to_string(),
        of.key_users.to_string(),
        gaps.collect::<Vec<_>>().join("; "),
    ]
}
