//! Vaults on which the same bears.
//!
//! Two with the same settings and nothing of their own granted let in the same. So that cost follows what is granted and not
//! the number of identities times that of vaults, each class of either is looked at once.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use census_model::{AccessModel, Exposure, Grant, Index, ScopeId, ScopeKind, Vault, VaultId, VaultKind, Via};

use super::contents;
use crate::azure::{
    access::{Access, Spot},
    place,
};

/// What of a vault bears on answers, besides what is granted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Traits {
    kind: VaultKind,
    access: Option<AccessModel>,
    is_deleted: bool,
    purge_protection: Option<bool>,
    for_deployments: bool,
    is_network_limited: Option<bool>,
    tenant: Option<ScopeId>,
    /// The tenant that it is bound to.
    bound: Option<ScopeId>,
    subscription: Option<ScopeId>,
    /// By their place in the estate.
    gaps: Vec<usize>,
    /// Of a vault of which it was not read who decides: a gap may name it.
    named: Option<VaultId>,
}

/// Where the tenant is that a vault is bound to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Home {
    /// It lies in it, as far as is known.
    Here,
    /// Its subscription moved out of it.
    Elsewhere,
}

/// Vaults on which the same bears.
pub(super) struct Place<'e> {
    /// By id, never empty.
    pub(super) vaults: Vec<&'e Vault>,
    pub(super) traits: Traits,
    /// The scopes of the first, innermost first.
    pub(super) chain: Vec<ScopeId>,
    /// Single objects on which something is granted: `/secrets/x`.
    pub(super) objects: Vec<Box<str>>,
    /// Those of them on which something is denied.
    pub(super) denied: BTreeSet<Box<str>>,
    /// Those of them that the vault is known not to hold.
    pub(super) absent: BTreeSet<Box<str>>,
}

impl<'e> Place<'e> {
    /// One that stands for all.
    pub(super) fn one(&self) -> Option<&'e Vault> {
        self.vaults.first().copied()
    }

    /// The scope of the subscription.
    pub(super) fn subscription(&self) -> Option<&ScopeId> {
        self.traits.subscription.as_ref()
    }

    /// Whose principals get in.
    pub(super) fn home(&self) -> Home {
        match (&self.traits.bound, &self.traits.tenant) {
            (Some(bound), Some(around)) if bound != around => Home::Elsewhere,
            _ => Home::Here,
        }
    }

    /// Its scopes, those of the objects, and those above.
    pub(super) fn scopes(&self) -> impl Iterator<Item = ScopeId> {
        self.chain.iter().cloned().chain(self.scopes_of_objects())
    }

    /// The scopes of the objects.
    pub(super) fn scopes_of_objects(&self) -> impl Iterator<Item = ScopeId> {
        let vault = self.chain.first().map_or("", ScopeId::as_str);
        self.objects.iter().map(move |object| ScopeId::new(format!("{vault}{object}")))
    }

    /// Whether a grant counts here, or on one of the objects.
    pub(super) fn bears(&self, grant: &Grant) -> bool {
        match &grant.via {
            Via::AccessPolicy { vault, .. } | Via::LocalRole { vault, .. } => {
                self.vaults.iter().any(|one| one.id == *vault)
            }
            Via::DenyAssignment { own_scope_only: true, .. } => {
                self.chain.first() == Some(&grant.scope) || self.object_of(grant).is_some()
            }
            Via::RoleAssignment { .. } | Via::DenyAssignment { .. } => {
                self.chain.contains(&grant.scope) || self.object_of(grant).is_some()
            }
            _ => false,
        }
    }

    /// The object that a grant is on.
    pub(super) fn object_of(&self, grant: &Grant) -> Option<&str> {
        let on = match &grant.via {
            Via::LocalRole { local_scope, .. } => local_scope.to_ascii_lowercase(),
            Via::RoleAssignment { .. } | Via::DenyAssignment { .. } => {
                let vault = self.chain.first()?.as_str();
                grant.scope.as_str().strip_prefix(vault)?.to_owned()
            }
            _ => return None,
        };
        self.objects.iter().map(|object| &**object).find(|object| *object == on)
    }
}

/// The vaults of an estate, by class.
pub(super) fn places<'e>(index: &Index<'e>, access: &Access<'e>) -> Vec<Place<'e>> {
    let estate = index.estate();
    let mut scopes: BTreeSet<&ScopeId> = BTreeSet::new();
    let mut own: HashSet<&VaultId> = HashSet::new();
    let mut objects: HashMap<String, BTreeSet<Box<str>>> = HashMap::new();
    let mut denied: HashMap<String, BTreeSet<Box<str>>> = HashMap::new();
    for grant in &estate.grants {
        match &grant.via {
            Via::RoleAssignment { .. } | Via::DenyAssignment { .. } => {
                scopes.insert(&grant.scope);
                if let Some((vault, object)) = object_in_vault(grant.scope.as_str()) {
                    if matches!(grant.via, Via::DenyAssignment { .. }) {
                        denied.entry(vault.clone()).or_default().insert(object.clone());
                    }
                    objects.entry(vault).or_default().insert(object);
                }
            }
            Via::AccessPolicy { vault, .. } => {
                own.insert(vault);
            }
            Via::LocalRole { vault, local_scope, .. } => {
                own.insert(vault);
                let local = local_scope.to_ascii_lowercase();
                if local.starts_with("/keys/") {
                    objects.entry(vault.as_str().to_owned()).or_default().insert(local.into());
                }
            }
            _ => {}
        }
    }
    let mut found: BTreeMap<(Traits, Vec<ScopeId>, Option<&'e VaultId>), Place<'e>> = BTreeMap::new();
    for vault in &estate.vaults {
        let spot = Spot::Vault(vault);
        let chain = access.chain(&spot);
        let scope = format!("azure:{}", place::normal(&vault.native_id));
        let held = |key: &str| objects.get(key).into_iter().flatten().cloned();
        let in_it: BTreeSet<Box<str>> = held(&scope).chain(held(vault.id.as_str())).collect();
        let traits = traits(index, vault, &chain, access.gaps_about(&spot));
        let anchors: Vec<ScopeId> = chain.iter().filter(|scope| scopes.contains(scope)).cloned().collect();
        let is_alone = own.contains(&vault.id) || !in_it.is_empty();
        let key = (traits.clone(), anchors, is_alone.then_some(&vault.id));
        let new = || {
            let absent = in_it.iter().filter(|object| contents::is_absent(access, vault, object)).cloned();
            let (absent, denied) = (absent.collect(), denied.remove(&scope).unwrap_or_default());
            Place { vaults: Vec::new(), traits, chain, objects: in_it.into_iter().collect(), denied, absent }
        };
        found.entry(key).or_insert_with(new).vaults.push(vault);
    }
    let mut all: Vec<Place<'e>> = found.into_values().collect();
    for place in &mut all {
        place.vaults.sort_by(|a, b| a.id.cmp(&b.id));
    }
    all.sort_by(|a, b| a.one().map(|one| &one.id).cmp(&b.one().map(|one| &one.id)));
    all
}

/// The vault and the object in it, where a scope is one.
fn object_in_vault(scope: &str) -> Option<(String, Box<str>)> {
    const VAULTS: &str = "/providers/microsoft.keyvault/vaults/";
    let at = scope.find(VAULTS)? + VAULTS.len();
    let name = scope.get(at..)?.split('/').next()?;
    let end = at + name.len();
    let (vault, object) = (scope.get(..end)?, scope.get(end..)?);
    (object.len() > 1).then(|| (vault.to_owned(), object.into()))
}

fn traits(index: &Index<'_>, vault: &Vault, chain: &[ScopeId], gaps: Vec<usize>) -> Traits {
    let is_kind =
        |scope: &&ScopeId, kind| index.estate().scopes.get(*scope).is_some_and(|known| known.kind == kind);
    let of_kind = |kind| chain.iter().find(|scope| is_kind(scope, kind)).cloned();
    let by_name = || chain.iter().find(|scope| scope.as_str().starts_with("azure:subscription/")).cloned();
    let is_untold =
        (vault.access.is_none() && vault.kind == VaultKind::AzureKeyVault) || vault.tenant.is_none();
    Traits {
        kind: vault.kind,
        access: vault.access,
        is_deleted: vault.deleted.is_some(),
        purge_protection: vault.purge_protection,
        for_deployments: vault.enabled_for_template_deployment,
        is_network_limited: vault.exposure.as_ref().map(|one| *one != Exposure::Public),
        tenant: of_kind(ScopeKind::Tenant),
        bound: vault.tenant.clone(),
        subscription: by_name(),
        gaps,
        named: (is_untold && vault.deleted.is_none()).then(|| vault.id.clone()),
    }
}
