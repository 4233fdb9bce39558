//! Identities on which the same bears.
//!
//! Two that hold nothing themselves and are in the same groups may do the same in every vault.

use std::collections::{BTreeMap, HashSet};

use census_model::{
    Activation, Attachment, Grant, GroupId, Identity, IdentityKind, Index, Membership, PolicyKind, Provider,
    ScopeKind, Via,
};

use crate::azure::access::Access;

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
            (holds || excepts).then_some(Counted { of: one, excepts })
        };
        let memberships: Vec<Counted<'e>> =
            access.memberships_read(&identity.id).iter().filter_map(counted).collect();
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
