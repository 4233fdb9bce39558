//! The numbers of vaults: of each, and those that a board asks for.

use std::collections::{BTreeMap, BTreeSet};

use census_model::{
    Decision, IdentityId, IdentityKind, OwnerStatus, Vault, VaultAccess, VaultHold, VaultId, VaultObjectKind,
    VaultPower,
};

use super::{Standing, ways_to_read};
use crate::view::View;

/// The reads whose absence leaves open what a vault holds.
const OBJECT_READS: [&str; 4] = [
    "Microsoft.KeyVault/vaults/secrets/readMetadata/action",
    "Microsoft.KeyVault/vaults/keys/read",
    "Microsoft.KeyVault/vaults/certificates/read",
    "Microsoft.KeyVault/managedHsm/keys/read/action",
];

/// The reads whose absence leaves open which vaults there are.
const VAULT_READS: [&str; 3] = [
    "Microsoft.KeyVault/vaults/read",
    "Microsoft.KeyVault/managedHSMs/read",
    "Microsoft.Resources/subscriptions/read",
];

/// Whether all objects of a vault were listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Contents {
    Read,
    Unread,
}

impl Contents {
    /// The word for it, as in reports.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Unread => "unread",
        }
    }
}

/// What a vault holds, and who gets at its secrets.
#[derive(Clone, Debug)]
pub(crate) struct VaultNumbers {
    pub(crate) secrets: usize,
    pub(crate) keys: usize,
    pub(crate) certificates: usize,
    pub(crate) contents: Contents,
    /// Identities that read secrets for certain.
    pub(crate) readers: usize,
    /// Those of them whom nobody owns.
    pub(crate) readers_unowned: usize,
    /// Those that read under a condition, or of which that is not known.
    pub(crate) readers_open: usize,
    /// Those that do not read all and could make themselves able to, by a documented way.
    pub(crate) could: usize,
    /// Those of them whom nobody owns.
    pub(crate) could_unowned: usize,
    /// Those that could only by a way that is derived or disputed.
    pub(crate) possible: usize,
    /// Those that use keys for certain.
    pub(crate) key_users: usize,
    /// What was not read and leaves open who else gets in.
    pub(crate) unread: usize,
}

/// The same over all.
#[derive(Clone, Debug, Default)]
pub(crate) struct Numbers {
    pub(crate) vaults: BTreeMap<VaultId, VaultNumbers>,
    pub(crate) readers: BTreeSet<IdentityId>,
    pub(crate) readers_unowned: usize,
    pub(crate) readers_people: usize,
    pub(crate) could: BTreeSet<IdentityId>,
    pub(crate) could_unowned: usize,
    /// Identities that could only under a condition, or of which that is not known.
    pub(crate) could_open: usize,
    pub(crate) possible: usize,
    /// Secrets that somebody reads for certain. Those that are disabled nobody does.
    pub(crate) secrets_read: usize,
    /// Secrets that nobody reads and somebody could.
    pub(crate) secrets_could: usize,
    pub(crate) secrets: usize,
    /// Vaults whose contents were not all listed.
    pub(crate) contents_unread: usize,
    /// Vaults of which something leaves open who else gets in.
    pub(crate) access_unread: usize,
    /// What was not read and leaves open which vaults there are.
    pub(crate) vaults_unread: usize,
}

/// What of secrets a class of vaults lets somebody read.
#[derive(Clone, Debug, Default)]
struct Opened {
    all: bool,
    /// Somebody reads all but these.
    all_but: Option<BTreeSet<Box<str>>>,
    objects: BTreeSet<Box<str>>,
    could: bool,
    could_objects: BTreeSet<Box<str>>,
}

impl Opened {
    fn reads(&mut self, hold: &VaultHold) {
        match &hold.object {
            Some(object) => {
                self.objects.insert(object.clone());
            }
            None if hold.except.is_empty() => self.all = true,
            None => {
                let except: BTreeSet<Box<str>> = hold.except.iter().cloned().collect();
                let known = self.all_but.take();
                self.all_but = Some(known.map_or(except.clone(), |known| &known & &except));
            }
        }
    }

    fn is_read(&self, object: &str) -> bool {
        self.all
            || self.all_but.as_ref().is_some_and(|but| !but.contains(object))
            || self.objects.contains(object)
    }

    /// Whether somebody could read it for certain.
    fn could_be(&self, object: &str) -> bool {
        self.could || self.could_objects.contains(object)
    }

    /// Notes the documented ways to read that are certain.
    fn could(&mut self, view: &View<'_>, access: &VaultAccess) {
        for way in ways_to_read(view.input.vaults, access).filter(|way| way.decision == Decision::Allowed) {
            match &way.object {
                None => self.could = true,
                Some(object) => {
                    self.could_objects.insert(object.clone());
                }
            }
        }
    }
}

/// Who gets at a class of vaults.
#[derive(Clone, Debug, Default)]
struct Crowd {
    readers: usize,
    readers_unowned: usize,
    readers_open: usize,
    could: usize,
    could_unowned: usize,
    possible: usize,
    key_users: usize,
    opened: Opened,
}

impl Numbers {
    pub(crate) fn of(view: &View<'_>) -> Self {
        let all = view.input.vaults;
        let mut numbers = Self::default();
        let (mut possible, mut open): (BTreeSet<&IdentityId>, BTreeSet<&IdentityId>) = Default::default();
        let mut crowds: Vec<Crowd> = Vec::new();
        for cells in &all.cells_at {
            let mut crowd = Crowd::default();
            for cell in cells.iter().filter_map(|at| all.cells.get(*at)) {
                let (Some(access), Some(who)) = (all.accesses.get(cell.access), all.actors.get(cell.actors))
                else {
                    continue;
                };
                let standing = Standing::of(all, access);
                crowd.count(view, who, standing, access);
                match standing {
                    Standing::Reads(Decision::Allowed) => {
                        numbers.readers.extend(who.iter().cloned());
                        if could_read_more(view, access) {
                            numbers.could.extend(who.iter().cloned());
                        }
                    }
                    Standing::Could(Decision::Allowed) => numbers.could.extend(who.iter().cloned()),
                    Standing::Could(_) => open.extend(who),
                    Standing::Possible(_) => possible.extend(who),
                    _ => {}
                }
            }
            crowds.push(crowd);
        }
        let nobody = Crowd::default();
        for vault in &view.vaults {
            let crowd = all.place_of.get(&vault.id).and_then(|place| crowds.get(*place));
            numbers.add(view, vault, crowd.unwrap_or(&nobody));
        }
        let is_unowned = |id: &&IdentityId| view.owner_status(id) == OwnerStatus::Unowned;
        numbers.readers_unowned = numbers.readers.iter().filter(is_unowned).count();
        numbers.readers_people = numbers.readers.iter().filter(|id| is_person(view, id)).count();
        // Who reads the secrets of one vault may make itself able to read those of another.
        numbers.could_unowned = numbers.could.iter().filter(is_unowned).count();
        let known = |id: &&&IdentityId| !numbers.readers.contains(**id) && !numbers.could.contains(**id);
        numbers.could_open = open.iter().filter(known).count();
        numbers.possible = possible.iter().filter(|id| known(id) && !open.contains(**id)).count();
        numbers.vaults_unread = view.gaps.iter().filter(|gap| VAULT_READS.contains(&&*gap.read)).count();
        numbers
    }

    fn add(&mut self, view: &View<'_>, vault: &Vault, crowd: &Crowd) {
        let objects = view.index.vault_objects(&vault.id);
        let count = |kind| objects.iter().filter(|object| object.kind == kind).count();
        let secrets = count(VaultObjectKind::Secret);
        let names = objects.iter().filter(|one| one.kind == VaultObjectKind::Secret);
        let names = names.map(|one| (one.enabled, format!("/secrets/{}", one.name.to_ascii_lowercase())));
        let (is_read, unread): (Vec<_>, Vec<_>) =
            names.partition(|(enabled, name)| *enabled && crowd.opened.is_read(name));
        let read = is_read.len();
        self.secrets += secrets;
        self.secrets_read += read;
        self.secrets_could += unread.iter().filter(|(_, name)| crowd.opened.could_be(name)).count();
        let contents = contents(view, vault);
        let unread = view.input.vaults.unread(&vault.id).len();
        self.contents_unread += usize::from(contents == Contents::Unread);
        self.access_unread += usize::from(unread > 0);
        let numbers = VaultNumbers {
            secrets,
            keys: count(VaultObjectKind::Key),
            certificates: count(VaultObjectKind::Certificate),
            contents,
            readers: crowd.readers,
            readers_unowned: crowd.readers_unowned,
            readers_open: crowd.readers_open,
            could: crowd.could,
            could_unowned: crowd.could_unowned,
            possible: crowd.possible,
            key_users: crowd.key_users,
            unread,
        };
        self.vaults.insert(vault.id.clone(), numbers);
    }
}

impl Crowd {
    fn count(&mut self, view: &View<'_>, who: &[IdentityId], standing: Standing, access: &VaultAccess) {
        let unowned = || who.iter().filter(|id| view.owner_status(id) == OwnerStatus::Unowned).count();
        if access.decision(VaultPower::KeysUse) == Some(Decision::Allowed) {
            self.key_users += who.len();
        }
        match standing {
            Standing::Reads(Decision::Allowed) => {
                self.readers += who.len();
                self.readers_unowned += unowned();
                let reads = access.holds.iter().filter(|hold| {
                    hold.power == VaultPower::SecretsRead && hold.decision == Decision::Allowed
                });
                reads.for_each(|hold| self.opened.reads(hold));
                if could_read_more(view, access) {
                    self.could += who.len();
                    self.could_unowned += unowned();
                    self.opened.could(view, access);
                }
            }
            Standing::Reads(_) => self.readers_open += who.len(),
            Standing::Could(_) => {
                self.could += who.len();
                self.could_unowned += unowned();
                self.opened.could(view, access);
            }
            Standing::Possible(_) => self.possible += who.len(),
            Standing::Other => {}
        }
    }
}

/// Whether somebody reads single secrets only, and could make itself able to read all.
fn could_read_more(view: &View<'_>, access: &VaultAccess) -> bool {
    !access.reads_every_secret() && view.input.vaults.could_read(access) == Some(Decision::Allowed)
}

fn is_person(view: &View<'_>, id: &IdentityId) -> bool {
    view.index.identity(id).is_some_and(|identity| identity.kind == IdentityKind::EntraUser)
}

/// Of what a deleted vault holds nothing is told.
fn contents(view: &View<'_>, vault: &Vault) -> Contents {
    let names = |affected: &str| {
        let affected = affected.to_ascii_lowercase();
        affected == vault.native_id.to_ascii_lowercase()
            || affected == vault.id.as_str()
            || vault.uri.as_deref().is_some_and(|uri| affected.starts_with(&uri.to_ascii_lowercase()))
    };
    let missing = view.gaps.iter().any(|gap| {
        OBJECT_READS.contains(&&*gap.read)
            && (gap.affects.is_empty() || gap.affects.iter().any(|affected| names(affected)))
    });
    if missing || vault.deleted.is_some() { Contents::Unread } else { Contents::Read }
}
