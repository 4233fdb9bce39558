//! Which path is which document.

use super::{Call, Version, directory, members};
use crate::{faults, http::Reply, tenant::Item};

/// A path whose list is a document as it lies on disk.
struct Plain {
    path: &'static [&'static str],
    document: &'static str,
    /// The entity set in `@odata.context`.
    set: &'static str,
}

const fn plain(path: &'static [&'static str], document: &'static str, set: &'static str) -> Plain {
    Plain { path, document, set }
}

const PLAIN: [Plain; 13] = [
    plain(&["organization"], "tenant", "organization"),
    plain(&["servicePrincipals"], "graph/servicePrincipals", "servicePrincipals"),
    plain(&["applications"], "graph/applications", "applications"),
    plain(&["groups"], "graph/groups", "groups"),
    plain(&["users"], "graph/users", "users"),
    plain(&["oauth2PermissionGrants"], "graph/oauth2PermissionGrants", "oauth2PermissionGrants"),
    plain(
        &["directory", "deletedItems", "microsoft.graph.application"],
        "graph/deletedApplications",
        "applications",
    ),
    plain(
        &["directory", "deletedItems", "microsoft.graph.servicePrincipal"],
        "graph/deletedServicePrincipals",
        "servicePrincipals",
    ),
    plain(
        &["roleManagement", "directory", "roleDefinitions"],
        "graph/roleDefinitions",
        "roleManagement/directory/roleDefinitions",
    ),
    plain(
        &["roleManagement", "directory", "roleAssignments"],
        "graph/roleAssignments",
        "roleManagement/directory/roleAssignments",
    ),
    plain(
        &["roleManagement", "directory", "roleAssignmentScheduleInstances"],
        "graph/roleAssignmentScheduleInstances",
        "roleManagement/directory/roleAssignmentScheduleInstances",
    ),
    plain(
        &["roleManagement", "directory", "roleEligibilityScheduleInstances"],
        "graph/roleEligibilityScheduleInstances",
        "roleManagement/directory/roleEligibilityScheduleInstances",
    ),
    plain(
        &["policies", "permissionGrantPolicies"],
        "graph/permissionGrantPolicies",
        "policies/permissionGrantPolicies",
    ),
];

/// Answers a read.
pub(super) fn answer(call: &Call<'_>, path: &[&str]) -> Reply {
    if let Some(found) = PLAIN.iter().find(|plain| plain.path == path) {
        return call.list(name(found.document), found.set, call.texts(found.document));
    }
    match path {
        ["policies", policy @ ("authorizationPolicy" | "defaultAppManagementPolicy")] => {
            let items = call.texts(&format!("graph/{policy}"));
            let item = items.first().ok_or_else(|| faults::not_found(call.request))?;
            call.entity(&format!("policies/{policy}"), item)
        }
        ["reports", "servicePrincipalSignInActivities"] if call.version == Version::Beta => {
            let document = "graph/servicePrincipalSignInActivities";
            call.list(name(document), "reports/servicePrincipalSignInActivities", call.texts(document))
        }
        ["identityGovernance", "privilegedAccess", "group", kind] => members::privileged_access(call, kind),
        [kind @ ("servicePrincipals" | "applications" | "groups" | "users" | "directoryObjects"), id] => {
            directory::get(call, kind, id)
        }
        [keyed, rest @ ..] if keyed.contains('(') => directory::by_key(call, keyed, rest),
        // Their members and owners are service principals too, which beta writes otherwise.
        [kind @ ("servicePrincipals" | "applications" | "groups"), id, relationship @ ..]
            if call.version == Version::V1 =>
        {
            directory::check(call, kind, id)?;
            members::answer(call, kind, id, relationship)
        }
        ["roleManagement", "directory", kind, id] => {
            let document = format!("graph/{kind}");
            let is_one = PLAIN.iter().any(|plain| plain.path == ["roleManagement", "directory", kind]);
            let found = call.tenant.collection(&document).by_id(id).filter(|_| is_one);
            let item = found.ok_or_else(|| call.missing(id))?;
            call.entity(&format!("roleManagement/directory/{kind}"), item.text())
        }
        _ => Err(faults::not_found(call.request)),
    }
}

/// A document's name without its folder, which is what page sizes go by.
pub(super) fn name(document: &str) -> &str {
    document.rsplit('/').next().unwrap_or(document)
}

impl Call<'_> {
    pub(super) fn texts(&self, document: &str) -> Vec<&str> {
        self.tenant.collection(document).items.iter().map(Item::text).collect()
    }
}
