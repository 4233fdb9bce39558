//! Identities and vaults on which the same bears.
//!
//! Two identities that hold nothing themselves and are in the same groups may do the same in every vault; two vaults with the
//! same settings and nothing of their own granted let in the same. So that cost follows what is granted and not the number
//! of identities times that of vaults, each class is looked at once.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use census_model::{
    AccessModel, Activation, Attachment, Exposure, Grant, GroupId, Identity, IdentityKind, Index, Membership,
    PolicyKind, Provider, ScopeId, ScopeKind, Vault, VaultId, VaultKind, Via,
};

use crate::azure::{
    access::{Access, Spot},
    place,
};

/// Identities on which the same bears.
pub(super) struct Actor<'e> {
    /// By id, never empty.
    pub(super) who: Vec<&'e Identity>,
    /// What is granted to them, themselves or by groups.
    pub(super) grants: Vec<&'e Grant>,
    /// The groups that count, of the first.
    pub(super) memberships: Vec<Counted<'e>>,
    /// Whether who it is counts, and not only what it holds: a denial excepts it, or a condition asks for it.
    pub(super) is_apart: bool,
}

/// A membership that counts.
#[derive(Clone, Copy)]
pub(super) struct Counted<'e> {
    pub(super) of: &'e Membership,
    /// Whether a denial excepts the group.
    pub(super) excepts: bool,
}

impl<'e> Actor<'e> {
    /// One who stands for all.
    pub(super) fn one(&self) -> Option<&'e Identity> {
        self.who.first().copied()
    }

    pub(super) fn is_person(&self) -> bool {
        self.one().is_some_and(|one| one.kind == IdentityKind::EntraUser)
    }
}

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
    subscription: Option<ScopeId>,
    /// By their place in the estate.
    gaps: Vec<usize>,
    /// Of a vault of which it was not read who decides: a gap may name it.
    named: Option<VaultId>,
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

    /// Its scopes, those of the objects, and those above.
    pub(super) fn scopes(&self) -> impl Iterator<Item = ScopeId> {
        let vault = self.chain.first().map_or("", ScopeId::as_str);
        let objects = self.objects.iter().map(move |object| ScopeId::new(format!("{vault}{object}")));
        self.chain.iter().cloned().chain(objects)
    }

    /// Whether a grant counts here, or on one of the objects.
    pub(super) fn bears(&self, grant: &Grant) -> bool {
        match &grant.via {
            Via::AccessPolicy { vault, .. } | Via::LocalRole { vault, .. } => {
                self.vaults.iter().any(|one| one.id == *vault)
            }
            Via::DenyAssignment { own_scope_only: true, .. } => self.chain.first() == Some(&grant.scope),
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
            Via::RoleAssignment { .. } => {
                let vault = self.chain.first()?.as_str();
                grant.scope.as_str().strip_prefix(vault)?.to_owned()
            }
            _ => return None,
        };
        self.objects.iter().map(|object| &**object).find(|object| *object == on)
    }
}

/// What is told of a membership to tell two identities apart: the group, the groups between, when it counts.
type MemberKey<'e> = (&'e GroupId, &'e Vec<GroupId>, &'e Activation);

/// The identities of Azure that may hold something, by class. What was deleted can do nothing until it is restored.
pub(super) fn actors<'e>(index: &Index<'e>, access: &Access<'e>) -> Vec<Actor<'e>> {
    let apart = Apart::of(index, access);
    let mut all: Vec<Actor<'e>> = Vec::new();
    let mut together: BTreeMap<(bool, Vec<MemberKey<'e>>), Actor<'e>> = BTreeMap::new();
    let living = index
        .estate()
        .identities
        .iter()
        .filter(|one| one.provider == Provider::Azure && one.deleted.is_none());
    for identity in living {
        let counted = |one: &&'e Membership| {
            let native = one.group.as_str().trim_start_matches("azure:").to_ascii_lowercase();
            let excepts = apart.excepted.contains(&native);
            let holds = !index.grants_of_group(&one.group).is_empty();
            (holds || excepts).then_some(Counted { of: *one, excepts })
        };
        let memberships: Vec<Counted<'e>> =
            access.memberships(&identity.id).iter().filter_map(counted).collect();
        let of_groups = memberships.iter().flat_map(|one| index.grants_of_group(&one.of.group)).copied();
        let own = index.grants_of_identity(&identity.id).iter().copied();
        let mut grants: Vec<&Grant> = own.chain(of_groups).filter(|grant| is_of_azure(grant)).collect();
        grants.sort();
        grants.dedup();
        let is_apart = apart.is(identity, &grants);
        let has_own = index.grants_of_identity(&identity.id).iter().any(|grant| is_of_azure(grant));
        let key =
            memberships.iter().map(|one| (&one.of.group, &one.of.through, &one.of.activation)).collect();
        let actor = Actor { who: Vec::new(), grants, memberships, is_apart };
        if is_apart || has_own {
            all.push(Actor { who: vec![identity], ..actor });
        } else {
            let is_person = identity.kind == IdentityKind::EntraUser;
            together.entry((is_person, key)).or_insert(actor).who.push(identity);
        }
    }
    all.extend(together.into_values());
    for actor in &mut all {
        actor.who.sort_by(|a, b| a.id.cmp(&b.id));
    }
    all.sort_by(|a, b| a.one().map(|one| &one.id).cmp(&b.one().map(|one| &one.id)));
    all
}

/// For whom it counts who it is.
struct Apart<'a, 'e> {
    index: &'a Index<'e>,
    /// Whom denials except, by object id.
    excepted: HashSet<String>,
    /// A denial for everybody asks for it.
    everybody: bool,
    /// The tree of management groups was not read, so that what lies in another branch may count.
    tree_is_open: bool,
}

impl<'a, 'e> Apart<'a, 'e> {
    fn of(index: &'a Index<'e>, access: &Access<'e>) -> Self {
        let grants = &index.estate().grants;
        let except = |grant: &'e Grant| match &grant.via {
            Via::DenyAssignment { except, .. } => Some(except.iter().map(|id| id.to_ascii_lowercase())),
            _ => None,
        };
        let is_of_all = |grant: &&Grant| matches!(grant.attached_to, Attachment::Scope(_));
        Self {
            index,
            excepted: grants.iter().filter_map(except).flatten().collect(),
            everybody: grants.iter().filter(is_of_all).any(|grant| asks_for_principal(index, grant)),
            tree_is_open: access.is_tree_open(),
        }
    }

    fn is(&self, identity: &Identity, grants: &[&Grant]) -> bool {
        let of_branch = |grant: &&&Grant| {
            let kind = self.index.estate().scopes.get(&grant.scope).map(|scope| scope.kind);
            kind == Some(ScopeKind::ManagementGroup)
        };
        self.everybody
            || self.excepted.contains(&identity.native_id.to_ascii_lowercase())
            || grants.iter().any(|grant| asks_for_principal(self.index, grant))
            || (self.tree_is_open && grants.iter().any(|grant| of_branch(&grant)))
    }
}

fn is_of_azure(grant: &Grant) -> bool {
    matches!(
        grant.via,
        Via::RoleAssignment { .. }
            | Via::DenyAssignment { .. }
            | Via::AccessPolicy { .. }
            | Via::LocalRole { .. }
    )
}

/// Whether a condition of a grant names who is given a role, so that its holders are not all alike.
fn asks_for_principal(index: &Index<'_>, grant: &Grant) -> bool {
    let names = |text: &str| text.to_ascii_lowercase().contains("principal");
    let policy = grant.policy.as_ref().and_then(|id| index.estate().policies.get(id));
    let conditional =
        policy.filter(|one| one.kind == PolicyKind::AzurePermissions && one.text.contains("\"condition\""));
    grant.condition.as_ref().is_some_and(|condition| names(&condition.text))
        || conditional.is_some_and(|policy| names(&policy.text))
}

/// The vaults of an estate, by class.
pub(super) fn places<'e>(index: &Index<'e>, access: &Access<'e>) -> Vec<Place<'e>> {
    let estate = index.estate();
    let mut scopes: BTreeSet<&ScopeId> = BTreeSet::new();
    let mut own: HashSet<&VaultId> = HashSet::new();
    let mut objects: HashMap<String, BTreeSet<Box<str>>> = HashMap::new();
    for grant in &estate.grants {
        match &grant.via {
            Via::RoleAssignment { .. } | Via::DenyAssignment { .. } => {
                scopes.insert(&grant.scope);
                if let Some((vault, object)) = object_in_vault(grant.scope.as_str()) {
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
        let new = || Place { vaults: Vec::new(), traits, chain, objects: in_it.into_iter().collect() };
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
    let is_untold = vault.access.is_none() && vault.kind == VaultKind::AzureKeyVault;
    Traits {
        kind: vault.kind,
        access: vault.access,
        is_deleted: vault.deleted.is_some(),
        purge_protection: vault.purge_protection,
        for_deployments: vault.enabled_for_template_deployment,
        is_network_limited: vault.exposure.as_ref().map(|one| *one != Exposure::Public),
        tenant: of_kind(ScopeKind::Tenant),
        subscription: by_name(),
        gaps,
        named: (is_untold && vault.deleted.is_none()).then(|| vault.id.clone()),
    }
}
