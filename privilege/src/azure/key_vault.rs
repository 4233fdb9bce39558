//! The data plane of Key Vault: its actions, and which permission of an access policy each of them takes.
//!
//! <https://learn.microsoft.com/azure/role-based-access-control/permissions/security#microsoftkeyvault>,
//! <https://learn.microsoft.com/rest/api/keyvault/keyvault/vaults/create-or-update#permissions>

use std::collections::BTreeSet;

use serde::Deserialize;

/// What all actions of vaults begin with, those of their data plane included.
const VAULTS: &str = "microsoft.keyvault/vaults/";

/// What the actions of the data plane of managed HSMs begin with.
const HSMS: &str = "microsoft.keyvault/managedhsm/";

/// Whether an action, in lower case, is one on what a vault or managed HSM holds.
pub(super) fn is_data_action(action: &str) -> bool {
    action.starts_with(HSMS) || needed(action).is_some()
}

/// The kinds of things that an access policy speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum List {
    Keys,
    Secrets,
    Certificates,
    Storage,
}

impl List {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Keys => "keys",
            Self::Secrets => "secrets",
            Self::Certificates => "certificates",
            Self::Storage => "storage",
        }
    }
}

/// Which permissions of an access policy give an action, in lower case: any of these.
pub(super) fn needed(action: &str) -> Option<(List, &'static [&'static str])> {
    let rest = action.strip_prefix(VAULTS)?;
    let (kind, what) = rest.split_once('/')?;
    let what = what.strip_suffix("/action").unwrap_or(what);
    match kind {
        "keys" => Some((List::Keys, of_key(what)?)),
        "keyrotationpolicies" => {
            let words: &[&str] = match what {
                "read" => &["getrotationpolicy"],
                "write" => &["setrotationpolicy"],
                _ => return None,
            };
            Some((List::Keys, words))
        }
        // What reads or writes a secret's properties in Azure Resource Manager has other names.
        "secrets" => Some((List::Secrets, of_secret(what)?)),
        "certificates" => Some((List::Certificates, of_certificate(what)?)),
        "certificatecontacts" => {
            Some((List::Certificates, (what == "write").then_some(&["managecontacts"])?))
        }
        "certificatecas" => {
            let words: &[&str] = match what {
                "read" => &["getissuers", "listissuers", "manageissuers"],
                "write" => &["setissuers", "manageissuers"],
                "delete" => &["deleteissuers", "manageissuers"],
                _ => return None,
            };
            Some((List::Certificates, words))
        }
        "storageaccounts" => Some((List::Storage, of_storage(what)?)),
        _ => None,
    }
}

fn of_key(what: &str) -> Option<&'static [&'static str]> {
    Some(match what {
        "read" => &["get", "list"],
        "unwrap" => &["unwrapkey"],
        "wrap" => &["wrapkey"],
        "update" => &["update"],
        "create" => &["create"],
        "import" => &["import"],
        "delete" => &["delete"],
        "recover" => &["recover"],
        "backup" => &["backup"],
        "restore" => &["restore"],
        "purge" => &["purge"],
        "decrypt" => &["decrypt"],
        "encrypt" => &["encrypt"],
        "verify" => &["verify"],
        "sign" => &["sign"],
        "release" => &["release"],
        "rotate" => &["rotate"],
        _ => return None,
    })
}

fn of_secret(what: &str) -> Option<&'static [&'static str]> {
    Some(match what {
        "getsecret" => &["get"],
        "readmetadata" => &["list"],
        "setsecret" | "update" => &["set"],
        "delete" => &["delete"],
        "recover" => &["recover"],
        "backup" => &["backup"],
        "restore" => &["restore"],
        "purge" => &["purge"],
        _ => return None,
    })
}

fn of_certificate(what: &str) -> Option<&'static [&'static str]> {
    Some(match what {
        "read" => &["get", "list"],
        "update" => &["update"],
        "create" => &["create"],
        "import" => &["import"],
        "delete" => &["delete"],
        "recover" => &["recover"],
        "backup" => &["backup"],
        "restore" => &["restore"],
        "purge" => &["purge"],
        _ => return None,
    })
}

fn of_storage(what: &str) -> Option<&'static [&'static str]> {
    Some(match what {
        "read" => &["get", "list"],
        "delete" => &["delete"],
        "set" => &["set", "update"],
        "regeneratekey" => &["regeneratekey"],
        "sas/read" => &["getsas", "listsas"],
        "sas/delete" => &["deletesas"],
        "sas/set" => &["setsas"],
        "recover" => &["recover"],
        "backup" => &["backup"],
        "restore" => &["restore"],
        "purge" => &["purge"],
        _ => return None,
    })
}

/// The permissions of an access policy. Words compare without case.
#[derive(Debug, Deserialize)]
pub(super) struct AccessPermissions {
    #[serde(default)]
    keys: BTreeSet<String>,
    #[serde(default)]
    secrets: BTreeSet<String>,
    #[serde(default)]
    certificates: BTreeSet<String>,
    #[serde(default)]
    storage: BTreeSet<String>,
}

/// How an access policy gives a permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Given {
    /// It names it.
    Named(&'static str),
    /// It says `all`.
    All,
    /// It says `all`, and the permission is `purge`. That deletes for good, and whether `all` has it is not told alike
    /// everywhere.
    AllForPurge,
}

impl AccessPermissions {
    pub(super) fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// Whether one of these permissions is given, and how.
    pub(super) fn give(&self, list: List, words: &'static [&'static str]) -> Option<Given> {
        let held = match list {
            List::Keys => &self.keys,
            List::Secrets => &self.secrets,
            List::Certificates => &self.certificates,
            List::Storage => &self.storage,
        };
        let has = |word: &str| held.iter().any(|one| one.eq_ignore_ascii_case(word));
        let named = words.iter().copied().find(|word| has(word)).map(Given::Named);
        named.or_else(|| has("all").then(|| if words == ["purge"] { Given::AllForPurge } else { Given::All }))
    }
}

/// Whether a local role of a managed HSM counts for an action on what is named: the whole (`None`) or `/keys/<name>`.
///
/// <https://learn.microsoft.com/azure/key-vault/managed-hsm/access-control>
pub(super) fn local_scope_covers(scope: &str, object: Option<&str>, action: &str) -> bool {
    let scope = scope.trim_end_matches('/');
    match (scope.to_ascii_lowercase().as_str(), object) {
        ("", _) => true,
        ("/keys", Some(object)) => object.starts_with("/keys/"),
        ("/keys", None) => action.starts_with("microsoft.keyvault/managedhsm/keys/"),
        (one, Some(object)) => one == object,
        (_, None) => false,
    }
}
