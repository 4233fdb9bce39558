//! What a vault is known not to hold.

use census_model::{Gap, Vault, VaultKind, VaultObjectKind};

use crate::azure::access::Access;

/// Whether an object, `/secrets/x`, is none of the vault's: all of its kind were listed, and it is not among them. A
/// certificate has a key and a secret of its name.
pub(super) fn is_absent(access: &Access<'_>, vault: &Vault, object: &str) -> bool {
    let mut parts = object.trim_start_matches('/').split('/');
    let (Some(kind), Some(name)) = (parts.next(), parts.next()) else { return false };
    let (kind, read) = match (vault.kind, kind) {
        (VaultKind::AzureKeyVault, "secrets") => {
            (VaultObjectKind::Secret, "Microsoft.KeyVault/vaults/secrets/readMetadata/action")
        }
        (VaultKind::AzureKeyVault, "keys") => (VaultObjectKind::Key, "Microsoft.KeyVault/vaults/keys/read"),
        (VaultKind::AzureKeyVault, "certificates") => {
            (VaultObjectKind::Certificate, "Microsoft.KeyVault/vaults/certificates/read")
        }
        (VaultKind::AzureManagedHsm, "keys") => {
            (VaultObjectKind::Key, "Microsoft.KeyVault/managedHsm/keys/read/action")
        }
        _ => return false,
    };
    let is_it = |found: VaultObjectKind| found == kind || found == VaultObjectKind::Certificate;
    let held = access.index().vault_objects(&vault.id);
    let is_held = held.iter().any(|one| is_it(one.kind) && one.name.eq_ignore_ascii_case(name));
    !is_held && vault.deleted.is_none() && !access.gaps_of(read).iter().any(|gap| may_concern(gap, vault))
}

/// Whether a gap is about a vault, or does not say that it is about others.
fn may_concern(gap: &Gap, vault: &Vault) -> bool {
    let uri = vault.uri.as_deref().map(str::to_ascii_lowercase);
    let is_of_another = |affected: &str| {
        let affected = affected.to_ascii_lowercase();
        let names_one =
            affected.starts_with("https://") || affected.contains("/providers/microsoft.keyvault/");
        names_one
            && !affected.contains(&*vault.native_id.to_ascii_lowercase())
            && !uri.as_deref().is_some_and(|uri| affected.starts_with(uri))
    };
    gap.affects.is_empty() || !gap.affects.iter().all(|affected| is_of_another(affected))
}
