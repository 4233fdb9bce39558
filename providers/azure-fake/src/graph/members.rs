//! Relationships: owners, members, sponsors, federated credentials, app roles.

use std::collections::HashSet;

use super::{Call, filter::Filter};
use crate::{faults, http::Reply, json::Object, tenant::Item};

/// `GET /{kind}/{id}/{relationship}`
pub(super) fn answer(call: &Call<'_>, kind: &str, id: &str, relationship: &[&str]) -> Reply {
    let below = |document, member| children(call, document, member, id);
    match (kind, relationship) {
        ("servicePrincipals" | "applications" | "groups", ["owners"]) => {
            respond(call, "owners", "directoryObjects", &below("owners", "owners"))
        }
        ("applications", ["federatedIdentityCredentials"]) => respond(
            call,
            "federatedIdentityCredentials",
            &format!("applications('{id}')/federatedIdentityCredentials"),
            &below("federatedIdentityCredentials", "federatedIdentityCredentials"),
        ),
        ("groups", ["members"]) => respond(call, "groupMembers", "directoryObjects", &members(call, id)),
        ("groups", ["transitiveMembers"]) => {
            respond(call, "groupMembers", "directoryObjects", &transitive(call, id))
        }
        (
            "servicePrincipals",
            ["microsoft.graph.agentIdentity" | "microsoft.graph.agentIdentityBlueprintPrincipal", "sponsors"],
        )
        | ("applications", ["microsoft.graph.agentIdentityBlueprint", "sponsors"]) => {
            respond(call, "sponsors", "directoryObjects", &below("sponsors", "sponsors"))
        }
        ("servicePrincipals" | "groups", ["appRoleAssignments"]) => app_roles(call, id, Side::Holder),
        ("servicePrincipals", ["appRoleAssignedTo"]) => app_roles(call, id, Side::Resource),
        ("servicePrincipals", ["oauth2PermissionGrants"]) => {
            let all = call.texts("graph/oauth2PermissionGrants");
            let of = |text: &&str| Object::parse(text).and_then(|grant| grant.text("clientId"));
            let found = all.into_iter().filter(|text| of(text).is_some_and(|of| of.eq_ignore_ascii_case(id)));
            call.list("oauth2PermissionGrants", "oauth2PermissionGrants", found.collect())
        }
        _ => Err(faults::not_found(call.request)),
    }
}

fn respond(call: &Call<'_>, document: &str, set: &str, items: &[String]) -> Reply {
    call.list(document, set, items.iter().map(String::as_str).collect())
}

/// The items of a relationship that lies on disk in the form of `$expand`.
fn children(call: &Call<'_>, document: &str, member: &str, id: &str) -> Vec<String> {
    let parent = call.tenant.collection(&format!("graph/{document}")).by_id(id);
    let items = parent.and_then(Item::object).map(|object| object.list(member)).unwrap_or_default();
    items.iter().map(|item| item.get().to_owned()).collect()
}

fn members(call: &Call<'_>, id: &str) -> Vec<String> {
    children(call, "groupMembers", "members", id)
}

/// The members of a group and of the groups in it, each once.
fn transitive(call: &Call<'_>, id: &str) -> Vec<String> {
    let (mut seen, mut found, mut open) = (HashSet::new(), Vec::new(), vec![id.to_owned()]);
    while let Some(group) = open.pop() {
        for member in members(call, &group) {
            let id = Object::parse(&member).and_then(|member| member.text("id")).unwrap_or_default();
            if seen.insert(id.to_ascii_lowercase()) {
                open.push(id);
                found.push(member);
            }
        }
    }
    found
}

/// The two ends of an app role assignment.
#[derive(Clone, Copy)]
enum Side {
    Holder,
    Resource,
}

fn app_roles(call: &Call<'_>, id: &str, side: Side) -> Reply {
    let index = match side {
        Side::Holder => &call.tenant.app_roles_of,
        Side::Resource => &call.tenant.app_roles_on,
    };
    let all = call.tenant.collection("graph/appRoleAssignments");
    let found = all.at(index.get(&id.to_ascii_lowercase())).into_iter().map(Item::text).collect();
    call.list("appRoleAssignments", "appRoleAssignments", found)
}

/// PIM for Groups: instances are listed for one group or one principal.
pub(super) fn privileged_access(call: &Call<'_>, kind: &str) -> Reply {
    let document = match kind {
        "assignmentScheduleInstances" => "groupAssignmentScheduleInstances",
        "eligibilityScheduleInstances" => "groupEligibilityScheduleInstances",
        _ => return Err(faults::not_found(call.request)),
    };
    let filter = call.request.query.get("$filter").and_then(|text| Filter::parse(&text).ok());
    let is_narrow = filter
        .is_some_and(|filter| ["groupId", "principalId"].iter().any(|name| filter.demanded(name).is_some()));
    if !is_narrow {
        let message = "The request must have a filter on groupId or principalId.";
        return Err(faults::error(call.request, 400, "InvalidFilter", message));
    }
    call.list(
        document,
        &format!("identityGovernance/privilegedAccess/group/{kind}"),
        call.texts(&format!("graph/{document}")),
    )
}
