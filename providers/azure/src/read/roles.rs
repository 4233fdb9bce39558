//! Role definitions by id, and what it takes to say until when a role is held.

use std::collections::{BTreeSet, HashMap};

use census_model::{Activation, Bounds, EstateBuilder, Policy, PolicyId, RoleDefinition, SharedText};
use jiff::Timestamp;

use super::{arm_id, policies};
use crate::documents::{
    is_guid,
    roles::{AzureRole, DirectoryRole, Object},
    value::Str,
};

/// A role as grants name it.
pub(super) struct Role {
    /// Its name, or its id where it was not read.
    pub(super) name: SharedText,
    /// Its permissions; `None` where it was not read.
    pub(super) policy: Option<PolicyId>,
}

/// The roles of Azure Resource Manager, or of a managed HSM. The same role is named below every subscription; its GUID is
/// what stays.
pub(super) struct AzureRoles<'f> {
    by_guid: HashMap<String, &'f AzureRole<'f>>,
    known: HashMap<String, (SharedText, PolicyId)>,
    /// Those that were not read.
    pub(super) missing: BTreeSet<String>,
}

impl<'f> AzureRoles<'f> {
    pub(super) fn of(roles: &'f [Object<'f, AzureRole<'f>>]) -> Self {
        // In reverse, so that of several the first by id stays.
        let by_guid =
            roles.iter().rev().map(|one| (arm_id::name(&one.id).to_ascii_lowercase(), &one.properties));
        Self { by_guid: by_guid.collect(), known: HashMap::new(), missing: BTreeSet::new() }
    }

    /// A role by its id; its text is in the estate from now on.
    pub(super) fn role(&mut self, id: &str, estate: &mut EstateBuilder) -> Role {
        let guid = arm_id::name(id).to_ascii_lowercase();
        if let Some((name, policy)) = self.known.get(&guid) {
            return Role { name: name.clone(), policy: Some(policy.clone()) };
        }
        match self.by_guid.get(&guid) {
            None => {
                self.missing.insert(guid.clone());
                Role { name: guid.into(), policy: None }
            }
            Some(role) => {
                let name: SharedText = role.role_name.as_deref().unwrap_or(&guid).into();
                let policy = estate.policy(policies::azure(&role.permissions));
                self.known.insert(guid, (name.clone(), policy.clone()));
                Role { name, policy: Some(policy) }
            }
        }
    }
}

/// What conditions about assigning roles speak of.
const ROLE: &str = "roledefinitionid";

impl<'f> AzureRoles<'f> {
    /// Adds the roles that conditions may let somebody assign: those that a condition of an assignment or of a role names,
    /// and what a condition that names others may leave.
    pub(super) fn define<'c>(
        &self,
        conditions: impl Iterator<Item = &'c Str<'c>>,
        estate: &mut EstateBuilder,
    ) {
        let held = self.known.keys().filter_map(|guid| self.by_guid.get(guid));
        let of_held = held.flat_map(|role| roles_of(role));
        let mut next: Vec<String> = conditions.flat_map(roles_in).chain(of_held).collect();
        if next.is_empty() {
            return;
        }
        next.extend(RoleDefinition::PRIVILEGED.map(str::to_owned));
        let mut seen = BTreeSet::new();
        while let Some(guid) = next.pop() {
            let Some(role) = self.by_guid.get(&guid).filter(|_| seen.insert(guid.clone())) else { continue };
            next.extend(roles_of(role));
            let policy = estate.policy(policies::azure(&role.permissions));
            estate.role_definition(RoleDefinition {
                name: role.role_name.as_deref().unwrap_or(&guid).into(),
                id: guid.into(),
                policy,
            });
        }
    }
}

/// The ids that the conditions of a role's own text name.
fn roles_of(role: &AzureRole<'_>) -> Vec<String> {
    let permissions = role.permissions.iter().flatten();
    permissions.filter_map(|one| one.condition.as_ref()).flat_map(roles_in).collect()
}

/// The ids that a condition about assigning roles names, in lower case: of roles, and of whom they are assigned to.
fn roles_in(text: &Str<'_>) -> Vec<String> {
    let lower = text.lower();
    if !lower.contains(ROLE) {
        return Vec::new();
    }
    let parts = lower.split(|one: char| !one.is_ascii_hexdigit() && one != '-');
    parts.filter(|part| is_guid(part)).map(str::to_owned).collect()
}

/// The roles of the directory, by id and by the id of their template, which is the same in every tenant.
pub(super) struct DirectoryRoles<'f> {
    by_id: HashMap<String, &'f DirectoryRole<'f>>,
    known: HashMap<String, Policy>,
    /// Those that were not read.
    pub(super) missing: BTreeSet<String>,
}

impl<'f> DirectoryRoles<'f> {
    pub(super) fn of(roles: &'f [DirectoryRole<'f>]) -> Self {
        let templates = roles.iter().rev().filter_map(|one| Some((one.template_id.as_ref()?.lower(), one)));
        let ids = roles.iter().map(|one| (one.id.lower(), one));
        Self { by_id: templates.chain(ids).collect(), known: HashMap::new(), missing: BTreeSet::new() }
    }

    /// A role by its id; its text is in the estate from now on.
    pub(super) fn role(&mut self, id: &str, estate: &mut EstateBuilder) -> Role {
        match self.by_id.get(id) {
            None => {
                self.missing.insert(id.to_owned());
                Role { name: id.into(), policy: None }
            }
            Some(role) => {
                let name = role.display_name.as_deref().unwrap_or(id).into();
                let policy = self
                    .known
                    .entry(id.to_owned())
                    .or_insert_with(|| policies::directory(&role.role_permissions));
                Role { name, policy: Some(estate.policy(policy.clone())) }
            }
        }
    }
}

/// A role that somebody holds or may switch on, in Entra or in Azure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Held<'f> {
    /// The assignment's id, as the document has it.
    pub(super) native_id: &'f str,
    /// Who, by object id.
    pub(super) principal: &'f str,
    /// What the document says that the principal is.
    pub(super) principal_kind: Option<&'f str>,
    /// The role's id in lower case.
    pub(super) role: String,
    /// Where, in the form in which it is compared.
    pub(super) scope: String,
    /// Under which condition.
    pub(super) condition: Option<&'f Str<'f>>,
}

/// An instance of a schedule: a role that is held, or may be switched on, within bounds.
#[derive(Clone, Debug)]
pub(super) struct Instance<'f> {
    pub(super) held: Held<'f>,
    /// The assignment that it tells more of, as [`Schedules`] knows it.
    pub(super) origin: Option<String>,
    /// Whether its principal holds it itself, or through a group.
    pub(super) member: MemberType,
    pub(super) bounds: Bounds,
}

/// How the principal of an instance holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MemberType {
    /// Itself, here or from above.
    Own,
    /// Through a group, which has an instance of its own.
    Group,
}

impl MemberType {
    pub(super) fn of(word: Option<&Str<'_>>) -> Self {
        if word.is_some_and(|word| word.eq_ignore_ascii_case("Group")) { Self::Group } else { Self::Own }
    }
}

/// Assignments and the instances that say until when they hold: what is in both is one grant.
pub(super) struct Schedules<'f> {
    /// With the key by which instances name them.
    pub(super) assignments: Vec<(String, Held<'f>)>,
    pub(super) active: Vec<Instance<'f>>,
    pub(super) eligible: Vec<Instance<'f>>,
}

impl<'f> Schedules<'f> {
    /// Every role that is held or may be switched on, once.
    pub(super) fn join(self, clock: Timestamp) -> Vec<(Held<'f>, Activation)> {
        let mut bounds: HashMap<String, Bounds> = HashMap::new();
        let assigned: BTreeSet<&str> = self.assignments.iter().map(|(key, _)| key.as_str()).collect();
        let mut alone = Vec::new();
        for one in &self.active {
            match one.origin.as_deref().filter(|origin| assigned.contains(origin)) {
                Some(origin) => drop(
                    bounds
                        .entry(origin.to_owned())
                        .and_modify(|known| *known = longer(*known, one.bounds))
                        .or_insert(one.bounds),
                ),
                None => alone.push(one.clone()),
            }
        }
        let of = |bounds: Bounds| {
            let begun = bounds.from.is_none_or(|from| from <= clock);
            if begun && bounds.until.is_none() { Activation::Standing } else { Activation::Active(bounds) }
        };
        let mut all: Vec<(Held<'f>, Activation)> = Vec::new();
        for (key, held) in self.assignments {
            let activation = bounds.get(&key).map_or(Activation::Standing, |bounds| of(*bounds));
            all.push((held, activation));
        }
        // What nobody holds but as a member of a group is told where the group holds it.
        let own = |instances: &[Instance<'f>]| -> BTreeSet<(String, String)> {
            let own = instances.iter().filter(|one| one.member == MemberType::Own);
            own.map(|one| (one.held.role.clone(), one.held.scope.clone())).collect()
        };
        let mut held: BTreeSet<(String, String)> = own(&self.active);
        held.extend(all.iter().map(|(held, _)| (held.role.clone(), held.scope.clone())));
        let eligible = own(&self.eligible);
        let told = |one: &Instance<'f>, of: &BTreeSet<(String, String)>| {
            one.member == MemberType::Group && of.contains(&(one.held.role.clone(), one.held.scope.clone()))
        };
        all.extend(alone.into_iter().filter(|one| !told(one, &held)).map(|one| (one.held, of(one.bounds))));
        let may = self.eligible.into_iter().filter(|one| !told(one, &eligible));
        all.extend(may.map(|one| (one.held, Activation::Eligible(one.bounds))));
        all
    }
}

/// Of two instances of one assignment: from the earlier beginning to the later end.
fn longer(one: Bounds, other: Bounds) -> Bounds {
    let from = match (one.from, other.from) {
        (Some(one), Some(other)) => Some(one.min(other)),
        _ => None,
    };
    let until = match (one.until, other.until) {
        (Some(one), Some(other)) => Some(one.max(other)),
        _ => None,
    };
    Bounds { from, until }
}
