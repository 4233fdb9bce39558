//! Groups that hold, own or contain something of interest, who is in them, and who may join.

use std::collections::{BTreeSet, HashSet};

use serde::Deserialize;

use super::{
    app_roles::LIST_GROUP_APP_ROLE_ASSIGNMENTS,
    owners::LIST_GROUP_OWNERS,
    relations::{self, Relation},
    tenant::Tenant,
    users,
};
use crate::{
    client::{Ask, Call, Item},
    documents::Collection,
};

/// <https://learn.microsoft.com/graph/api/group-get>
pub(super) static GET_GROUP: Call = Call::graph(
    "GetGroup",
    &["GroupMember.Read.All"],
    "whether a group may hold directory roles, and by which rule it fills itself",
)
.at(&["/v1.0/groups/{}"])
.query(
    "$select=id,displayName,description,createdDateTime,deletedDateTime,securityEnabled,mailEnabled,groupTypes,\
     isAssignableToRole,membershipRule,membershipRuleProcessingState,onPremisesSyncEnabled,visibility,\
     isManagementRestricted",
)
.one()
.keep(&[
    "@odata.type",
    "id",
    "displayName",
    "description",
    "createdDateTime",
    "deletedDateTime",
    "securityEnabled",
    "mailEnabled",
    "groupTypes",
    "isAssignableToRole",
    "membershipRule",
    "membershipRuleProcessingState",
    "onPremisesSyncEnabled",
    "visibility",
    "isManagementRestricted",
]);

/// <https://learn.microsoft.com/graph/api/group-list-members>
pub(super) static LIST_GROUP_MEMBERS: Call =
    Call::graph("ListGroupMembers", &["GroupMember.Read.All"], "who holds what a group holds")
        .at(&["/v1.0/groups/{}/members"])
        .query("$select=id&$top=999")
        .keep(&["@odata.type", "id"]);

const INSTANCE: &[&str] = &[
    "id",
    "groupId",
    "principalId",
    "accessId",
    "memberType",
    "assignmentType",
    "startDateTime",
    "endDateTime",
    "assignmentScheduleId",
    "eligibilityScheduleId",
];

/// <https://learn.microsoft.com/graph/api/privilegedaccessgroup-list-assignmentscheduleinstances>
pub(super) static LIST_GROUP_ASSIGNMENT_INSTANCES: Call = Call::graph(
    "ListGroupAssignmentScheduleInstances",
    &["PrivilegedAssignmentSchedule.Read.AzureADGroup"],
    "until when somebody is in a group",
)
.at(&["/v1.0/identityGovernance/privilegedAccess/group/assignmentScheduleInstances"])
.keep(INSTANCE);

/// <https://learn.microsoft.com/graph/api/privilegedaccessgroup-list-eligibilityscheduleinstances>
pub(super) static LIST_GROUP_ELIGIBILITY_INSTANCES: Call = Call::graph(
    "ListGroupEligibilityScheduleInstances",
    &["PrivilegedEligibilitySchedule.Read.AzureADGroup"],
    "who may activate a membership",
)
.at(&["/v1.0/identityGovernance/privilegedAccess/group/eligibilityScheduleInstances"])
.keep(INSTANCE);

/// The most levels of groups within groups.
const MAX_DEPTH: usize = 64;

/// Principals that something refers to, by what is known of them.
#[derive(Default)]
pub(super) struct Referred {
    /// Groups.
    pub(super) groups: BTreeSet<String>,
    /// Users.
    pub(super) users: BTreeSet<String>,
    /// What is a service principal, a user, a group or gone.
    pub(super) unknown: BTreeSet<String>,
}

impl Referred {
    /// Adds a principal of a kind as Graph (`#microsoft.graph.group`) or Azure (`Group`) names it.
    pub(super) fn add(&mut self, id: &str, kind: Option<&str>) {
        let id = id.to_ascii_lowercase();
        let kind = kind.map(|kind| kind.rsplit('.').next().unwrap_or(kind).to_ascii_lowercase());
        match kind.as_deref() {
            Some("group") => self.groups.insert(id),
            Some("user") => self.users.insert(id),
            None | Some("directoryobject") => self.unknown.insert(id),
            Some(_) => false,
        };
    }
}

#[derive(Deserialize)]
struct Child {
    id: String,
    #[serde(rename = "@odata.type")]
    kind: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Instance {
    principal_id: Option<String>,
}

/// Reads the groups, what is nested in them, and the users.
pub(super) async fn read(tenant: &mut Tenant<'_>, mut referred: Referred, principals: &HashSet<String>) {
    let mut seen: HashSet<String> = principals.clone();
    let mut users_asked = BTreeSet::new();
    for depth in 0..MAX_DEPTH {
        referred.unknown.retain(|id| !seen.contains(id) && !referred.groups.contains(id));
        referred.unknown.retain(|id| !users_asked.contains(id));
        let unknown = std::mem::take(&mut referred.unknown);
        let users = if unknown.is_empty() { BTreeSet::new() } else { users::read(tenant, &unknown).await };
        users_asked.extend(unknown.iter().cloned());
        referred.groups.extend(unknown.into_iter().filter(|id| !users.contains(id)));
        let level: Vec<String> =
            std::mem::take(&mut referred.groups).into_iter().filter(|id| seen.insert(id.clone())).collect();
        if level.is_empty() {
            break;
        }
        tenant.step(&format!("groups, level {}", depth + 1));
        read_level(tenant, &level, &mut referred).await;
    }
    referred.users.retain(|id| !users_asked.contains(id));
    tenant.step("users");
    users::read(tenant, &referred.users).await;
}

async fn read_level(tenant: &mut Tenant<'_>, level: &[String], referred: &mut Referred) {
    let ask = |id: &String| Ask { call: &GET_GROUP, target: GET_GROUP.target(0, &[id]) };
    let results = tenant.api.batch(level.iter().map(ask).collect()).await;
    let (mut there, mut failures) = (Vec::new(), Vec::new());
    for (id, result) in level.iter().zip(results) {
        match result {
            Ok(listed) => {
                there.push(id.as_str());
                tenant.add(Collection::Groups, listed.items);
            }
            // Not a group, or one that is gone.
            Err(failure) if failure.is_absence() => tenant.add(Collection::Groups, Vec::new()),
            Err(failure) => failures.push((id.as_str().into(), failure)),
        }
    }
    tenant.failed(Collection::Groups, &GET_GROUP.read, failures);

    let relations: Vec<Relation> = there.iter().flat_map(|id| of_group(id)).collect();
    let children = relations::read(tenant, &relations).await;
    for child in children.iter().flatten().filter_map(Item::read::<Child>) {
        // App roles of a group have no kind and name another thing.
        if child.kind.is_some() {
            referred.add(&child.id, child.kind.as_deref());
        }
    }
    schedules(tenant, &there, referred).await;
}

fn of_group(id: &str) -> [Relation; 3] {
    let relation =
        |collection, name, call| Relation { parent: id.to_owned(), collection, name, call, path: 0 };
    [
        relation(Collection::GroupMembers, Some("members"), &LIST_GROUP_MEMBERS),
        relation(Collection::Owners, Some("owners"), &LIST_GROUP_OWNERS),
        relation(Collection::AppRoleAssignments, None, &LIST_GROUP_APP_ROLE_ASSIGNMENTS),
    ]
}

async fn schedules(tenant: &mut Tenant<'_>, groups: &[&str], referred: &mut Referred) {
    for (call, collection) in [
        (&LIST_GROUP_ASSIGNMENT_INSTANCES, Collection::GroupAssignmentInstances),
        (&LIST_GROUP_ELIGIBILITY_INSTANCES, Collection::GroupEligibilityInstances),
    ] {
        let ask = |id: &&str| Ask {
            call,
            target: call.target_with(0, &[], &format!("$filter=groupId%20eq%20'{id}'")),
        };
        let results = tenant.api.batch(groups.iter().map(ask).collect()).await;
        let mut failures = Vec::new();
        for (id, result) in groups.iter().zip(results) {
            match result {
                Ok(listed) => {
                    for instance in listed.items.iter().filter_map(Item::read::<Instance>) {
                        if let Some(principal) = instance.principal_id {
                            referred.add(&principal, None);
                        }
                    }
                    tenant.add(collection, listed.items);
                    failures.extend(listed.cut.map(|cut| ((*id).into(), cut)));
                }
                Err(failure) => failures.push(((*id).into(), failure)),
            }
        }
        tenant.failed(collection, &call.read, failures);
    }
}
