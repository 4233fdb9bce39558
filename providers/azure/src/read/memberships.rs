//! Who is in which group, by itself or through groups that are in it, and from when until when.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};

use census_model::{Activation, Bounds, EstateBuilder, GapReason, GroupId, Membership, NestedGroup};

use super::{
    files::Files,
    holders::{Holders, group_id, identity_id, is_of_type},
    tenant::Tenant,
};
use crate::documents::{Collection, directory, graph, value::at};

/// How many steps from group to member are followed in one tenant. The largest tenants have some hundred thousand
/// memberships of groups that hold something; beyond this number nesting multiplies them, and a gap says so.
const MAX_STEPS: usize = 4_000_000;

/// A step from a group to one of its members.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Step<'m> {
    member: &'m str,
    activation: Rank,
    bounds: Bounds,
}

/// How much has to happen before a membership counts, from nothing up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Rank {
    Standing,
    Active,
    Eligible,
}

fn activation(rank: Rank, bounds: Bounds) -> Activation {
    match rank {
        Rank::Standing => Activation::Standing,
        Rank::Active => Activation::Active(bounds),
        Rank::Eligible => Activation::Eligible(bounds),
    }
}

/// The bounds of an instance of Privileged Identity Management.
fn bounds(one: &directory::GroupInstance<'_>) -> Bounds {
    Bounds { from: at(one.start_date_time), until: at(one.end_date_time) }
}

fn is_ownership(one: &directory::GroupInstance<'_>) -> bool {
    one.access_id.as_ref().is_some_and(|access| access.eq_ignore_ascii_case("owner"))
}

/// Ids in lower case, of which the steps borrow.
struct Ids<'m>(HashMap<&'m str, &'m str>);

/// Adds memberships, and which group is in which.
pub(super) fn read(tenant: &Tenant, files: &Files<'_>, holders: &Holders<'_>, estate: &mut EstateBuilder) {
    let lower = lower_ids(files);
    let ids = Ids(lower.iter().map(|(id, lower)| (*id, lower.as_str())).collect());
    let graph = steps(files, &ids);
    for (group, steps) in &graph {
        let inner = steps.iter().filter(|step| step.member != *group && holders.is_group(step.member));
        for step in inner {
            estate.nested_group(NestedGroup {
                group: group_id(group),
                inner: group_id(step.member),
                activation: activation(step.activation, step.bounds),
            });
        }
    }
    let mut left = MAX_STEPS;
    for group in graph.keys() {
        if !closure(group, &graph, holders, &mut left, estate) {
            let detail = "groups are nested so deep and wide that not every membership was followed";
            let none: [&str; 0] = [];
            tenant.note(Collection::GroupMembers, GapReason::Truncated, detail, none, estate);
            break;
        }
    }
    unlisted(tenant, files, holders, estate);
}

/// Groups whose members nobody told: they are not empty, they were not read.
fn unlisted(tenant: &Tenant, files: &Files<'_>, holders: &Holders<'_>, estate: &mut EstateBuilder) {
    if tenant.open(Collection::GroupMembers).is_some() {
        return;
    }
    let told: HashSet<String> = files.group_members.iter().map(|one| one.id.lower()).collect();
    let missing = holders.groups().filter(|id| !told.contains(*id)).map(str::to_owned);
    let detail = "the members of these groups are not in the documents";
    tenant.not_provided(Collection::GroupMembers.read(), detail, missing, estate);
}

fn lower_ids<'f>(files: &'f Files<'_>) -> Vec<(&'f str, String)> {
    let members = files.group_members.iter().flat_map(|one| {
        let listed = one.members.iter().chain(&one.transitive_members).flatten();
        listed.map(|member| &member.id).chain([&one.id])
    });
    let instances = files.group_active.iter().chain(&files.group_eligible);
    let instances = instances.flat_map(|one| [&one.group_id, &one.principal_id]);
    members.chain(instances).map(|id| (id.as_str(), id.lower())).collect()
}

impl<'m> Ids<'m> {
    fn of(&self, id: &str) -> &'m str {
        self.0.get(id).copied().unwrap_or_default()
    }
}

type Graph<'m> = BTreeMap<&'m str, BTreeSet<Step<'m>>>;

/// The steps from each group to its members.
fn steps<'m>(files: &Files<'_>, ids: &Ids<'m>) -> Graph<'m> {
    let mut found: Graph<'m> = BTreeMap::new();
    let mut bounded: HashMap<(&str, &str), Bounds> = HashMap::new();
    for one in files.group_active.iter().filter(|one| !is_ownership(one)) {
        let (key, now) = ((ids.of(&one.group_id), ids.of(&one.principal_id)), bounds(one));
        // Of two that overlap the one that lasts longer counts.
        let longer =
            |known: &Bounds| known.until.is_some() && now.until.is_none_or(|end| known.until < Some(end));
        match bounded.get(&key) {
            Some(known) if !longer(known) => {}
            _ => drop(bounded.insert(key, now)),
        }
    }
    for one in &files.group_members {
        let group = ids.of(&one.id);
        let listed = one.members.iter().chain(&one.transitive_members).flatten();
        // A device or contact signs in to nothing that is of interest here.
        let idle = |one: &&graph::Reference<'_>| {
            ["device", "orgContact"].iter().any(|kind| is_of_type(one.odata_type.as_ref(), kind))
        };
        let acting = listed.filter(|one| !idle(one));
        let members: BTreeSet<&str> = acting.map(|member| ids.of(&member.id)).collect();
        for member in members {
            let known = bounded.remove(&(group, member)).filter(|bounds| bounds.until.is_some());
            let (activation, bounds) =
                known.map_or((Rank::Standing, Bounds::default()), |bounds| (Rank::Active, bounds));
            found.entry(group).or_default().insert(Step { member, activation, bounds });
        }
    }
    // Those that no list of members names: it was not read, or is older.
    for ((group, member), bounds) in bounded {
        let activation = if bounds.until.is_some() { Rank::Active } else { Rank::Standing };
        let bounds = if activation == Rank::Active { bounds } else { Bounds::default() };
        found.entry(group).or_default().insert(Step { member, activation, bounds });
    }
    for one in files.group_eligible.iter().filter(|one| !is_ownership(one)) {
        let (group, member) = (ids.of(&one.group_id), ids.of(&one.principal_id));
        found.entry(group).or_default().insert(Step {
            member,
            activation: Rank::Eligible,
            bounds: bounds(one),
        });
    }
    found
}

/// A member, and the kind of the way by which it was reached.
type Place<'m> = (&'m str, Rank);

/// From where each place was reached first, and for how long the way counts.
type Seen<'m> = HashMap<Place<'m>, (Option<Place<'m>>, Bounds)>;

/// Adds who is in a group, by a shortest way: one that always counts, else one that counts for now and one that has to
/// be switched on. Says whether every way could be followed.
fn closure<'m>(
    group: &'m str,
    graph: &Graph<'m>,
    holders: &Holders<'_>,
    left: &mut usize,
    estate: &mut EstateBuilder,
) -> bool {
    let start = (group, Rank::Standing);
    let mut seen: Seen<'m> = HashMap::from([(start, (None, Bounds::default()))]);
    let mut queue = VecDeque::from([(start, Bounds::default())]);
    let mut members: Vec<Place<'m>> = Vec::new();
    while let Some((at, bounds)) = queue.pop_front() {
        for step in graph.get(at.0).into_iter().flatten() {
            let Some(rest) = left.checked_sub(1) else { return false };
            *left = rest;
            let next = (step.member, at.1.max(step.activation));
            if step.member == group || seen.contains_key(&next) {
                continue;
            }
            let bounds = bounds.and(step.bounds);
            seen.insert(next, (Some(at), bounds));
            if holders.is_group(step.member) || graph.contains_key(step.member) {
                queue.push_back((next, bounds));
            } else {
                members.push(next);
            }
        }
    }
    for member in members {
        let always = (member.0, Rank::Standing);
        if member == always || !seen.contains_key(&always) {
            let bounds = seen.get(&member).map_or_else(Bounds::default, |known| known.1);
            estate.membership(Membership {
                group: group_id(group),
                member: identity_id(member.0),
                through: way(member, &seen),
                activation: activation(member.1, bounds),
            });
        }
    }
    true
}

/// The groups between a group and a member, from the group inwards.
fn way<'m>(member: Place<'m>, seen: &Seen<'m>) -> Vec<GroupId> {
    let before = |place: &Place<'m>| seen.get(place).and_then(|known| known.0);
    let mut through: Vec<GroupId> =
        std::iter::successors(before(&member), before).map(|(group, _)| group_id(group)).collect();
    // The last is the group itself.
    through.pop();
    through.reverse();
    through
}
