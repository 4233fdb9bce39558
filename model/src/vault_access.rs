//! Who may do what in which vault, and who could make itself able to.

use std::{collections::BTreeMap, fmt, sync::Arc};

use serde::{Deserialize, Serialize};

use crate::{
    Because, Decision, GapId, IdentityId, Severity, TechniqueConfidence, TechniqueId, Text, VaultId,
};

/// What may be done in a vault. Ordered by what it is done to, and there what weighs most first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VaultPower {
    /// Reads the values of secrets, and so the private keys of certificates, which are secrets of the same name.
    SecretsRead,
    /// Takes secrets out as a sealed copy, which can be restored into another vault of the subscription.
    SecretsExport,
    /// Writes secrets.
    SecretsWrite,
    /// Deletes or purges secrets.
    SecretsDestroy,
    /// Sees which secrets there are.
    SecretsList,
    /// Decrypts, unwraps or signs with keys.
    KeysUse,
    /// Takes keys out: a sealed copy, or a release to a trusted environment.
    KeysExport,
    /// Makes, imports, changes or rotates keys.
    KeysManage,
    /// Deletes or purges keys.
    KeysDestroy,
    /// Sees keys with their public parts.
    KeysList,
    /// Makes, imports or changes certificates, or the issuers that they come from.
    CertificatesIssue,
    /// Takes certificates out as a sealed copy, private keys included.
    CertificatesExport,
    /// Deletes or purges certificates.
    CertificatesDestroy,
    /// Sees certificates, without their private keys.
    CertificatesRead,
    /// Makes access tokens for storage accounts whose keys the vault manages.
    StorageTokens,
    /// Changes which storage accounts the vault manages, or their keys.
    StorageManage,
    /// Gives others, and itself, access to what the vault holds.
    VaultGrant,
    /// Changes the vault: its network, its protection, who decides about access.
    VaultWrite,
    /// Lets a template deployment take secrets out.
    VaultDeploy,
    /// Deletes the vault, or purges it.
    VaultDestroy,
    /// Takes out the security domain or a full copy of a managed HSM, or puts one back.
    HsmBackup,
}

impl VaultPower {
    /// Every one, in order.
    pub const ALL: [Self; 21] = [
        Self::SecretsRead,
        Self::SecretsExport,
        Self::SecretsWrite,
        Self::SecretsDestroy,
        Self::SecretsList,
        Self::KeysUse,
        Self::KeysExport,
        Self::KeysManage,
        Self::KeysDestroy,
        Self::KeysList,
        Self::CertificatesIssue,
        Self::CertificatesExport,
        Self::CertificatesDestroy,
        Self::CertificatesRead,
        Self::StorageTokens,
        Self::StorageManage,
        Self::VaultGrant,
        Self::VaultWrite,
        Self::VaultDeploy,
        Self::VaultDestroy,
        Self::HsmBackup,
    ];

    /// The kebab-case name, as in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SecretsRead => "secrets-read",
            Self::SecretsExport => "secrets-export",
            Self::SecretsWrite => "secrets-write",
            Self::SecretsDestroy => "secrets-destroy",
            Self::SecretsList => "secrets-list",
            Self::KeysUse => "keys-use",
            Self::KeysExport => "keys-export",
            Self::KeysManage => "keys-manage",
            Self::KeysDestroy => "keys-destroy",
            Self::KeysList => "keys-list",
            Self::CertificatesIssue => "certificates-issue",
            Self::CertificatesExport => "certificates-export",
            Self::CertificatesDestroy => "certificates-destroy",
            Self::CertificatesRead => "certificates-read",
            Self::StorageTokens => "storage-tokens",
            Self::StorageManage => "storage-manage",
            Self::VaultGrant => "vault-grant",
            Self::VaultWrite => "vault-write",
            Self::VaultDeploy => "vault-deploy",
            Self::VaultDestroy => "vault-destroy",
            Self::HsmBackup => "hsm-backup",
        }
    }

    /// Whether it is on what the vault holds, not on the vault itself.
    pub fn is_of_data(self) -> bool {
        !matches!(self, Self::VaultGrant | Self::VaultWrite | Self::VaultDeploy | Self::VaultDestroy)
    }
}

impl fmt::Display for VaultPower {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Something that an identity may do in a vault, with the strongest answer to any action that it takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VaultHold {
    /// What.
    pub power: VaultPower,
    /// The one object that it is about, as in `/secrets/x`; `None`: all that the vault holds, or the vault itself.
    pub object: Option<Text>,
    /// Whether the object is none that the vault holds: all of its kind were listed, and it is not among them.
    pub absent: bool,
    /// What it is about all but: single objects on which a denial takes it away, or leaves it less certain. By name.
    pub except: Vec<Text>,
    /// Whether it may; never [`Decision::Denied`].
    pub decision: Decision,
    /// The action that was asked.
    pub action: Text,
    /// What stays open, where it is conditional.
    pub open: Option<Text>,
    /// What decides: assignments, policies. What the same decides shares it.
    pub because: Arc<[Because]>,
    /// What was not read and could change the answer.
    pub gaps: Vec<GapId>,
}

impl VaultHold {
    /// What it is about, in words: nothing where that is all that the vault holds, or the vault itself.
    pub fn about(&self) -> String {
        match (&self.object, self.absent) {
            (Some(object), true) => format!("{object}, which is not there"),
            (Some(object), false) => object.to_string(),
            (None, _) if self.except.is_empty() => String::new(),
            (None, _) => format!("all but {}", self.except.join(", ")),
        }
    }
}

/// What a way of making oneself able comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VaultGain {
    /// All that the vault holds.
    Everything,
    /// The values of secrets.
    Secrets,
    /// The use of keys.
    Keys,
    /// Access to storage accounts.
    Storage,
    /// A deleted vault with all in it is there again.
    Recovery,
    /// What the vault holds is lost for good.
    Destruction,
    /// The vault can be reached from more networks, which gives nobody a permission.
    Exposure,
}

impl VaultGain {
    /// The lower-case name, as in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Everything => "everything",
            Self::Secrets => "secrets",
            Self::Keys => "keys",
            Self::Storage => "storage",
            Self::Recovery => "recovery",
            Self::Destruction => "destruction",
            Self::Exposure => "exposure",
        }
    }

    /// Whether it lets somebody read the values of secrets.
    pub fn reads_secrets(self) -> bool {
        matches!(self, Self::Everything | Self::Secrets)
    }
}

/// A way of making oneself able, as the table of routes describes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VaultRoute {
    /// Its id.
    pub id: TechniqueId,
    /// In a few words.
    pub name: Text,
    /// What whoever takes it does, as a verb phrase.
    pub says: Text,
    /// What it comes to.
    pub gives: VaultGain,
    /// How bad it is before the context counts.
    pub severity: Severity,
    /// How well it is established. Only documented ones count.
    pub confidence: TechniqueConfidence,
    /// Where sources disagree or what nobody tried, in words.
    pub doubt: Option<Text>,
    /// Where it is described.
    pub sources: Vec<Text>,
}

/// A permission that a route takes, with its answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VaultNeed {
    /// The action.
    pub action: Text,
    /// The role that would be assigned, by name, where that is what is asked, and the group that it would be assigned to,
    /// where that is one that it is in and not itself.
    pub assigning: Option<Text>,
    /// Whether it may; never [`Decision::Denied`].
    pub decision: Decision,
    /// What stays open, where it is conditional.
    pub open: Option<Text>,
    /// What decides, shared likewise.
    pub because: Arc<[Because]>,
    /// What was not read and could change the answer.
    pub gaps: Vec<GapId>,
}

/// A route that an identity can take in a vault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VaultWay {
    /// Which.
    pub route: TechniqueId,
    /// The one object that it leads to, as in `/secrets/x`; `None`: all that the vault holds, or the vault itself.
    pub object: Option<Text>,
    /// The weakest of its needs; never [`Decision::Denied`].
    pub decision: Decision,
    /// What it takes, in order. Never empty.
    pub needs: Vec<VaultNeed>,
}

/// All that an identity may do in a vault, and could.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VaultAccess {
    /// What it may do, by power, then object.
    pub holds: Vec<VaultHold>,
    /// The routes that it can take, in the order of the table.
    pub ways: Vec<VaultWay>,
}

impl VaultAccess {
    /// The strongest answer for a power, over the vault and those of its objects that are there.
    pub fn decision(&self, power: VaultPower) -> Option<Decision> {
        let there = self.holds.iter().filter(|hold| !hold.absent);
        there.filter(|hold| hold.power == power).map(|hold| hold.decision).min()
    }

    /// Whether it reads all secrets for certain, and not single ones alone.
    pub fn reads_every_secret(&self) -> bool {
        self.holds.iter().any(|hold| {
            hold.power == VaultPower::SecretsRead
                && hold.decision == Decision::Allowed
                && hold.object.is_none()
        })
    }

    /// Whether a way leads to more than what it reads for certain already: one to a single secret that it reads does not.
    pub fn leads_on(&self, way: &VaultWay) -> bool {
        let Some(object) = &way.object else { return true };
        !self.holds.iter().any(|hold| {
            let is_over = hold.object.as_ref().map_or(!hold.except.contains(object), |one| one == object);
            hold.power == VaultPower::SecretsRead && hold.decision == Decision::Allowed && is_over
        })
    }

    /// Whether nothing is held and no route leads in.
    pub fn is_empty(&self) -> bool {
        self.holds.is_empty() && self.ways.is_empty()
    }
}

/// Who may do what in the vaults of an estate.
///
/// Identities on which the same grants bear are one class, and so are vaults; access is kept once for a class of each. A
/// role that a group of thousands holds above hundreds of vaults is one entry.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VaultAccesses {
    /// What the routes are.
    pub routes: BTreeMap<TechniqueId, VaultRoute>,
    /// Classes of identities: those in each, by id.
    pub actors: Vec<Vec<IdentityId>>,
    /// Classes of vaults: those in each, by id.
    pub places: Vec<Vec<VaultId>>,
    /// What was not read and could give access to whoever is not listed, by class of vaults.
    pub unread: Vec<Vec<GapId>>,
    /// The distinct accesses.
    pub accesses: Vec<VaultAccess>,
    /// Class of identities, class of vaults and access, sorted.
    pub cells: Vec<VaultCell>,
    /// For each class of vaults the places of its cells.
    pub cells_at: Vec<Vec<usize>>,
    /// The class of each identity that is in one.
    pub actor_of: BTreeMap<IdentityId, usize>,
    /// The class of each vault.
    pub place_of: BTreeMap<VaultId, usize>,
}

/// What a class of identities has in a class of vaults.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct VaultCell {
    /// Index into [`VaultAccesses::actors`].
    pub actors: usize,
    /// Index into [`VaultAccesses::places`].
    pub places: usize,
    /// Index into [`VaultAccesses::accesses`].
    pub access: usize,
}

impl VaultAccesses {
    /// Who has something in a vault, by class, then id.
    pub fn of_vault<'a>(
        &'a self,
        vault: &VaultId,
    ) -> impl Iterator<Item = (&'a IdentityId, &'a VaultAccess)> + use<'a> {
        let place = self.place_of.get(vault).and_then(|place| self.cells_at.get(*place));
        let cells = place.into_iter().flatten().filter_map(|cell| self.cells.get(*cell));
        cells.flat_map(move |cell| {
            let access = self.accesses.get(cell.access);
            let who = self.actors.get(cell.actors).map_or(&[][..], Vec::as_slice);
            who.iter().filter_map(move |id| Some((id, access?)))
        })
    }

    /// In which vaults an identity has something, by class, then id.
    pub fn of_identity<'a>(
        &'a self,
        identity: &IdentityId,
    ) -> impl Iterator<Item = (&'a VaultId, &'a VaultAccess)> + use<'a> {
        let actor = self.actor_of.get(identity).copied();
        // Cells are sorted by class of identities.
        let from = self.cells.partition_point(|cell| Some(cell.actors) < actor);
        let cells = self.cells.get(from..).unwrap_or_default().iter();
        let cells = cells.take_while(move |cell| Some(cell.actors) == actor);
        cells.flat_map(move |cell| {
            let access = self.accesses.get(cell.access);
            let vaults = self.places.get(cell.places).map_or(&[][..], Vec::as_slice);
            vaults.iter().filter_map(move |id| Some((id, access?)))
        })
    }

    /// What was not read and could give access to a vault to whoever is not listed.
    pub fn unread(&self, vault: &VaultId) -> &[GapId] {
        let place = self.place_of.get(vault).and_then(|place| self.unread.get(*place));
        place.map_or(&[], Vec::as_slice)
    }

    /// The strongest answer to whether an access comes to read secrets by a documented way that it need not have yet:
    /// `None` where there is no such way.
    pub fn could_read(&self, access: &VaultAccess) -> Option<Decision> {
        let counts = |way: &&VaultWay| {
            self.routes.get(&way.route).is_some_and(|route| {
                route.confidence == TechniqueConfidence::Documented && route.gives.reads_secrets()
            })
        };
        let ways = access.ways.iter().filter(|way| access.leads_on(way));
        ways.filter(counts).map(|way| way.decision).min()
    }
}
