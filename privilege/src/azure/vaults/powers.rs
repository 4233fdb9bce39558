//! Which actions make which power.
//!
//! <https://learn.microsoft.com/azure/role-based-access-control/permissions/security#microsoftkeyvault>,
//! <https://learn.microsoft.com/azure/key-vault/managed-hsm/built-in-roles#permitted-operations>

use census_model::{AccessModel, Vault, VaultKind, VaultPower};

use VaultPower::{
    CertificatesDestroy, CertificatesExport, CertificatesIssue, CertificatesRead, HsmBackup, KeysDestroy,
    KeysExport, KeysList, KeysManage, KeysUse, SecretsDestroy, SecretsExport, SecretsList, SecretsRead,
    SecretsWrite, StorageManage, StorageTokens, VaultDeploy, VaultDestroy, VaultGrant, VaultWrite,
};

/// Any of these actions makes the power. Actions begin with their plane.
pub(super) type Row = (VaultPower, &'static [&'static str]);

const OF_VAULTS: &[Row] = &[
    (SecretsRead, &["data:Microsoft.KeyVault/vaults/secrets/getSecret/action"]),
    (SecretsExport, &["data:Microsoft.KeyVault/vaults/secrets/backup/action"]),
    (
        SecretsWrite,
        &[
            "data:Microsoft.KeyVault/vaults/secrets/setSecret/action",
            "data:Microsoft.KeyVault/vaults/secrets/update/action",
            "data:Microsoft.KeyVault/vaults/secrets/restore/action",
        ],
    ),
    (
        SecretsDestroy,
        &[
            "data:Microsoft.KeyVault/vaults/secrets/delete",
            "data:Microsoft.KeyVault/vaults/secrets/purge/action",
        ],
    ),
    (SecretsList, &["data:Microsoft.KeyVault/vaults/secrets/readMetadata/action"]),
    (
        KeysUse,
        &[
            "data:Microsoft.KeyVault/vaults/keys/decrypt/action",
            "data:Microsoft.KeyVault/vaults/keys/unwrap/action",
            "data:Microsoft.KeyVault/vaults/keys/sign/action",
        ],
    ),
    (
        KeysExport,
        &[
            "data:Microsoft.KeyVault/vaults/keys/backup/action",
            "data:Microsoft.KeyVault/vaults/keys/release/action",
        ],
    ),
    (
        KeysManage,
        &[
            "data:Microsoft.KeyVault/vaults/keys/create/action",
            "data:Microsoft.KeyVault/vaults/keys/import/action",
            "data:Microsoft.KeyVault/vaults/keys/update/action",
            "data:Microsoft.KeyVault/vaults/keys/rotate/action",
            "data:Microsoft.KeyVault/vaults/keys/restore/action",
            "data:Microsoft.KeyVault/vaults/keyrotationpolicies/write",
        ],
    ),
    (
        KeysDestroy,
        &["data:Microsoft.KeyVault/vaults/keys/delete", "data:Microsoft.KeyVault/vaults/keys/purge/action"],
    ),
    (KeysList, &["data:Microsoft.KeyVault/vaults/keys/read"]),
    (
        CertificatesIssue,
        &[
            "data:Microsoft.KeyVault/vaults/certificates/create/action",
            "data:Microsoft.KeyVault/vaults/certificates/import/action",
            "data:Microsoft.KeyVault/vaults/certificates/update/action",
            "data:Microsoft.KeyVault/vaults/certificates/restore/action",
            "data:Microsoft.KeyVault/vaults/certificatecas/write",
        ],
    ),
    (CertificatesExport, &["data:Microsoft.KeyVault/vaults/certificates/backup/action"]),
    (
        CertificatesDestroy,
        &[
            "data:Microsoft.KeyVault/vaults/certificates/delete",
            "data:Microsoft.KeyVault/vaults/certificates/purge/action",
        ],
    ),
    (CertificatesRead, &["data:Microsoft.KeyVault/vaults/certificates/read"]),
    // Reading a token's definition tells the name of the secret that holds it, and no more.
    (StorageTokens, &["data:Microsoft.KeyVault/vaults/storageaccounts/sas/set/action"]),
    (
        StorageManage,
        &[
            "data:Microsoft.KeyVault/vaults/storageaccounts/set/action",
            "data:Microsoft.KeyVault/vaults/storageaccounts/regeneratekey/action",
            "data:Microsoft.KeyVault/vaults/storageaccounts/delete",
        ],
    ),
    (VaultWrite, &["control:Microsoft.KeyVault/vaults/write"]),
    (VaultDeploy, &["control:Microsoft.KeyVault/vaults/deploy/action"]),
    (VaultDestroy, &["control:Microsoft.KeyVault/vaults/delete"]),
];

const GRANTS_BY_ROLES: Row = (VaultGrant, &["control:Microsoft.Authorization/roleAssignments/write"]);

const GRANTS_BY_POLICIES: Row = (
    VaultGrant,
    &["control:Microsoft.KeyVault/vaults/accessPolicies/write", "control:Microsoft.KeyVault/vaults/write"],
);

const OF_HSMS: &[Row] = &[
    (
        KeysUse,
        &[
            "data:Microsoft.KeyVault/managedHsm/keys/decrypt/action",
            "data:Microsoft.KeyVault/managedHsm/keys/unwrap/action",
            "data:Microsoft.KeyVault/managedHsm/keys/sign/action",
        ],
    ),
    (
        KeysExport,
        &[
            "data:Microsoft.KeyVault/managedHsm/keys/export/action",
            "data:Microsoft.KeyVault/managedHsm/keys/backup/action",
            "data:Microsoft.KeyVault/managedHsm/keys/release/action",
        ],
    ),
    (
        KeysManage,
        &[
            "data:Microsoft.KeyVault/managedHsm/keys/write/action",
            "data:Microsoft.KeyVault/managedHsm/keys/create",
            "data:Microsoft.KeyVault/managedHsm/keys/import/action",
            "data:Microsoft.KeyVault/managedHsm/keys/rotate/action",
            "data:Microsoft.KeyVault/managedHsm/keys/restore/action",
        ],
    ),
    (
        KeysDestroy,
        &[
            "data:Microsoft.KeyVault/managedHsm/keys/delete",
            "data:Microsoft.KeyVault/managedHsm/keys/deletedKeys/delete",
        ],
    ),
    (KeysList, &["data:Microsoft.KeyVault/managedHsm/keys/read/action"]),
    (VaultGrant, &["data:Microsoft.KeyVault/managedHsm/roleAssignments/write/action"]),
    (VaultWrite, &["control:Microsoft.KeyVault/managedHSMs/write"]),
    (VaultDestroy, &["control:Microsoft.KeyVault/managedHSMs/delete"]),
    (
        HsmBackup,
        &[
            "data:Microsoft.KeyVault/managedHsm/securitydomain/download/action",
            "data:Microsoft.KeyVault/managedHsm/securitydomain/upload/action",
            "data:Microsoft.KeyVault/managedHsm/backup/start/action",
            "data:Microsoft.KeyVault/managedHsm/restore/start/action",
        ],
    ),
];

/// The powers that can be held in a vault. In a deleted one nothing can be done but to recover or purge it, which routes
/// tell.
pub(super) fn of(vault: &Vault) -> Vec<Row> {
    if vault.deleted.is_some() {
        return Vec::new();
    }
    match (vault.kind, vault.access) {
        (VaultKind::AzureManagedHsm, _) => OF_HSMS.to_vec(),
        (VaultKind::AzureKeyVault, access) => {
            let grants = match access {
                Some(AccessModel::AccessPolicies) => Some(GRANTS_BY_POLICIES),
                Some(AccessModel::RoleAssignments) => Some(GRANTS_BY_ROLES),
                Some(AccessModel::LocalRoles) | None => None,
            };
            OF_VAULTS.iter().copied().chain(grants).collect()
        }
    }
}

/// Every action of the table.
pub(super) fn actions() -> impl Iterator<Item = &'static str> {
    let rows = OF_VAULTS.iter().chain(OF_HSMS).chain([&GRANTS_BY_ROLES, &GRANTS_BY_POLICIES]);
    rows.flat_map(|(_, actions)| actions.iter().copied())
}

/// Whether a power can be held over one object: `/secrets/x`, `/keys/x`, `/certificates/x`. Roles can be assigned on one, and
/// access policies are the vault's.
/// <https://learn.microsoft.com/azure/key-vault/general/rbac-guide>
pub(super) fn is_over(vault: &Vault, power: VaultPower, object: &str) -> bool {
    let kind = object.trim_start_matches('/').split('/').next().unwrap_or_default();
    match power {
        SecretsRead | SecretsExport | SecretsWrite | SecretsDestroy | SecretsList => kind == "secrets",
        KeysUse | KeysExport | KeysManage | KeysDestroy | KeysList => kind == "keys",
        CertificatesIssue | CertificatesExport | CertificatesDestroy | CertificatesRead => {
            kind == "certificates"
        }
        StorageTokens | StorageManage => kind == "storage",
        VaultGrant => {
            vault.access == Some(AccessModel::RoleAssignments)
                && matches!(kind, "secrets" | "keys" | "certificates")
        }
        VaultWrite | VaultDeploy | VaultDestroy | HsmBackup => false,
    }
}
