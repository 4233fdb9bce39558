//! Role definitions, role assignments, deny assignments, and the instances of their schedules, at any scope.

use std::collections::HashSet;

use super::{
    Call,
    filter::{self, Clause},
    versions::{self, Versions},
};
use crate::{
    faults,
    http::{Answer, Reply},
    json::{Object, quote},
    tenant::{Item, Tenant, scope_of},
};

struct Kind {
    path: &'static str,
    document: &'static str,
    versions: Versions,
}

const DEFINITIONS: &str = "roleDefinitions";

const KINDS: [Kind; 5] = [
    Kind { path: "roledefinitions", document: DEFINITIONS, versions: versions::ROLE_DEFINITIONS },
    Kind { path: "roleassignments", document: "roleAssignments", versions: versions::ROLE_ASSIGNMENTS },
    Kind {
        path: "roleassignmentscheduleinstances",
        document: "roleAssignmentScheduleInstances",
        versions: versions::SCHEDULES,
    },
    Kind {
        path: "roleeligibilityscheduleinstances",
        document: "roleEligibilityScheduleInstances",
        versions: versions::SCHEDULES,
    },
    Kind { path: "denyassignments", document: "denyAssignments", versions: versions::DENY_ASSIGNMENTS },
];

fn kind(call: &Call<'_>, path: &str) -> Result<&'static Kind, Box<Answer>> {
    let kind = KINDS.iter().find(|kind| kind.path == path).ok_or_else(|| faults::not_found(call.request))?;
    versions::check(call.request, kind.versions)?;
    Ok(kind)
}

/// `GET {scope}/providers/Microsoft.Authorization/{kind}`
pub(super) fn list(call: &Call<'_>, scope: &[&str], path: &str) -> Reply {
    let kind = kind(call, path)?;
    let scope = checked_scope(call, scope)?;
    let clauses = filter::clauses(call.request)?;
    let items = &call.tenant.collection(&format!("arm/{}", kind.document)).items;
    if kind.document == DEFINITIONS {
        let found = definitions(call, items, &scope, &clauses)?;
        return call.list(kind.document, found);
    }
    let found = assignments(call, items, &scope, &clauses)?;
    call.list(kind.document, found)
}

/// `GET {scope}/providers/Microsoft.Authorization/{kind}/{name}`
pub(super) fn get(call: &Call<'_>, path: &str, name: &str) -> Reply {
    let kind = kind(call, path)?;
    let collection = call.tenant.collection(&format!("arm/{}", kind.document));
    let suffix = format!("/{name}");
    let found = collection.by_id(&call.request.path).or_else(|| {
        let by_name = collection.items.iter().find(|item| item.id.ends_with(&suffix));
        by_name.filter(|_| kind.document == DEFINITIONS)
    });
    let item = found.ok_or_else(|| faults::not_found(call.request))?;
    Ok(Answer::json(200, item.text()))
}

/// The scope that the path names, if it exists.
fn checked_scope(call: &Call<'_>, parts: &[&str]) -> Result<String, Box<Answer>> {
    let scope: String = parts.iter().map(|part| format!("/{part}")).collect();
    match parts {
        [] => {}
        ["subscriptions", id, ..] => call.subscription(id)?,
        ["providers", "microsoft.management", "managementgroups", name] => {
            super::tenancy::find_group(call, name)?;
        }
        _ => return Err(faults::not_found(call.request)),
    }
    Ok(scope)
}

/// Assignments at, above and below the scope. A management group's list holds none of those below it: they are
/// had at the subscriptions.
fn assignments<'a>(
    call: &Call<'_>,
    items: &'a [Item],
    scope: &str,
    clauses: &[Clause],
) -> Result<Vec<&'a str>, Box<Answer>> {
    let above: HashSet<String> = call.tenant.scopes.chain(scope).into_iter().collect();
    let mut below = scope.starts_with("/subscriptions/");
    let mut principals: Option<HashSet<String>> = None;
    for clause in clauses {
        match clause {
            Clause::AtScope => below = false,
            Clause::Equals(name, id) if name == "principalid" => {
                principals = Some(HashSet::from([id.to_ascii_lowercase()]));
            }
            Clause::AssignedTo(id) => principals = Some(with_groups(call.tenant, id)),
            other => return Err(filter::unsupported(call.request, &format!("{other:?}"))),
        }
    }
    let is_wanted = |item: &Item| {
        let at = scope_of(&item.id);
        let is_near = above.contains(&at) || (below && call.tenant.scopes.is_within(&at, scope));
        is_near
            && principals.as_ref().is_none_or(|wanted| principal(item).is_some_and(|id| wanted.contains(&id)))
    };
    Ok(items.iter().filter(|item| is_wanted(item)).map(Item::text).collect())
}

fn principal(item: &Item) -> Option<String> {
    let properties = item.object()?.get("properties")?.to_owned();
    Some(Object::parse(&properties)?.text("principalId")?.to_ascii_lowercase())
}

/// A principal with every group that it is in, by whatever nesting.
fn with_groups(tenant: &Tenant, id: &str) -> HashSet<String> {
    let mut found = HashSet::from([id.to_ascii_lowercase()]);
    loop {
        let before = found.len();
        for item in &tenant.collection("graph/groupMembers").items {
            let members = item.object().map(|object| object.list("members")).unwrap_or_default();
            let holds = members.iter().any(|member| {
                let id = Object::parse(member.get()).and_then(|member| member.text("id"));
                id.is_some_and(|id| found.contains(&id.to_ascii_lowercase()))
            });
            if holds {
                found.insert(item.id.clone());
            }
        }
        if found.len() == before {
            return found;
        }
    }
}

/// Role definitions that can be assigned at the scope or below it, with ids as this scope writes them.
fn definitions(
    call: &Call<'_>,
    items: &[Item],
    scope: &str,
    clauses: &[Clause],
) -> Result<Vec<String>, Box<Answer>> {
    let (mut role_name, mut role_type) = (None, None);
    for clause in clauses {
        match clause {
            Clause::AtScope | Clause::AtScopeAndBelow => {}
            Clause::Equals(name, value) if name == "rolename" => role_name = Some(value.as_str()),
            Clause::Equals(name, value) if name == "type" => role_type = Some(value.as_str()),
            other => return Err(filter::unsupported(call.request, &format!("{other:?}"))),
        }
    }
    let prefix = subscription_of(scope).map_or(String::new(), |id| format!("/subscriptions/{id}"));
    let scopes = &call.tenant.scopes;
    let mut found = Vec::new();
    for item in items {
        let Some(mut object) = item.object() else { continue };
        let Some(properties) = object.get("properties").map(str::to_owned) else { continue };
        let Some(properties) = Object::parse(&properties) else { continue };
        let is_here = properties.list("assignableScopes").iter().any(|text| {
            let assignable: String = serde_json::from_str(text.get()).unwrap_or_default();
            let assignable = assignable.trim_end_matches('/').to_ascii_lowercase();
            scopes.is_within(scope, &assignable) || scopes.is_within(&assignable, scope)
        });
        let says = |member, wanted: Option<&str>| {
            wanted.is_none_or(|wanted| {
                properties.text(member).is_some_and(|said| said.eq_ignore_ascii_case(wanted))
            })
        };
        if is_here && says("roleName", role_name) && says("type", role_type) {
            let name = object.text("name").unwrap_or_default();
            let id = format!("{prefix}/providers/Microsoft.Authorization/roleDefinitions/{name}");
            object.set("id", quote(&id));
            found.push(object.to_json());
        }
    }
    Ok(found)
}

fn subscription_of(scope: &str) -> Option<&str> {
    scope.strip_prefix("/subscriptions/")?.split('/').next()
}
