//! What a scan has to be allowed, made from the declared reads, and trying it out.

mod check;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

pub(crate) use check::check;
#[cfg(test)]
pub(crate) use check::check_with;

use crate::{
    client::{Call, Plane},
    fetch::{calls, is_needed},
    options::AzureOptions,
};

/// Microsoft Graph's application, the same in every tenant.
const GRAPH: &str = "00000003-0000-0000-c000-000000000000";

/// The ids of Microsoft Graph's application permissions (app roles). They are the same in every tenant and cloud.
/// <https://learn.microsoft.com/graph/permissions-reference>
const APP_ROLES: [(&str, &str); 11] = [
    ("Application.Read.All", "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30"),
    ("AuditLog.Read.All", "b0afded3-3588-46d8-8b3d-9842eff778da"),
    ("Directory.Read.All", "7ab1d382-f21e-4acd-a863-ba3e13f7da61"),
    ("GroupMember.Read.All", "98830695-27a2-44f7-8c18-0c3ebc9698f6"),
    ("Organization.Read.All", "498476ce-e0fe-48b0-b801-37ba7e2685c6"),
    ("Policy.Read.All", "246dd0d5-5bd0-4def-940b-0421030a5b68"),
    ("Policy.Read.PermissionGrant", "9e640839-a198-48fb-8b9a-013fd6f6cbcd"),
    ("PrivilegedAssignmentSchedule.Read.AzureADGroup", "cd4161cb-f098-48f8-a884-1eda9a42434c"),
    ("PrivilegedEligibilitySchedule.Read.AzureADGroup", "edb419d6-7edc-42a3-9345-509bfdf5d87c"),
    ("RoleManagement.Read.Directory", "483bed4a-2ad3-4361-a73b-c83ccdbdc53c"),
    ("User.Read.All", "df021288-bdef-4463-88db-98f22de89214"),
];

/// What is to be granted, by who grants it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Needed {
    microsoft_graph: Graph,
    role_definitions: Vec<Role>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_vault_access_policy: Option<BTreeMap<&'static str, Vec<&'static str>>>,
    managed_hsm_local_role: Local,
}

/// Application permissions, for an administrator to consent to.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Graph {
    resource_app_id: &'static str,
    app_roles: Vec<AppRole>,
}

#[derive(Serialize)]
struct AppRole {
    id: &'static str,
    value: &'static str,
}

/// As `az role definition create` takes it.
/// <https://learn.microsoft.com/azure/role-based-access-control/custom-roles#custom-role-properties>
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Role {
    name: &'static str,
    is_custom: bool,
    description: &'static str,
    actions: Vec<&'static str>,
    not_actions: Vec<&'static str>,
    data_actions: Vec<&'static str>,
    not_data_actions: Vec<&'static str>,
    assignable_scopes: Vec<String>,
}

/// A role that a managed HSM keeps itself.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Local {
    data_actions: Vec<&'static str>,
    assignable_scopes: [&'static str; 1],
}

/// What a scan with these options needs, as one document.
pub(crate) fn policy(options: &AzureOptions) -> String {
    let graph = permissions(options, &[Plane::Graph]);
    let app_roles = graph.iter().filter_map(|name| {
        APP_ROLES.iter().find(|(value, _)| value == name).map(|&(value, id)| AppRole { id, value })
    });
    let mut role_definitions = vec![Role {
        name: "Census Reader",
        is_custom: true,
        description: "Lists subscriptions, roles and their holders, resources, managed identities and vaults",
        actions: permissions(options, &[Plane::Arm]),
        not_actions: Vec::new(),
        data_actions: Vec::new(),
        not_data_actions: Vec::new(),
        assignable_scopes: scopes(options, Whole::ManagementGroup),
    }];
    if options.key_vaults {
        // Apart from the other: a role with data actions cannot be assigned at a management group everywhere.
        role_definitions.push(Role {
            name: "Census Key Vault Reader",
            is_custom: true,
            description: "Lists keys, secrets and certificates by their properties; reads no value",
            actions: Vec::new(),
            not_actions: Vec::new(),
            data_actions: permissions(options, &[Plane::Vault]),
            not_data_actions: Vec::new(),
            assignable_scopes: scopes(options, Whole::Subscription),
        });
    }
    let needed = Needed {
        microsoft_graph: Graph { resource_app_id: GRAPH, app_roles: app_roles.collect() },
        role_definitions,
        key_vault_access_policy: options.key_vaults.then(|| access_policy(options)),
        managed_hsm_local_role: Local {
            data_actions: permissions(options, &[Plane::Hsm]),
            assignable_scopes: ["/"],
        },
    };
    let mut text = serde_json::to_string_pretty(&needed).unwrap_or_default();
    text.push('\n');
    text
}

/// The permissions of the reads that a scan makes of these APIs, each once.
fn permissions(options: &AzureOptions, planes: &[Plane]) -> Vec<&'static str> {
    let calls = needed(options).filter(|call| planes.contains(&call.plane));
    calls
        .flat_map(|call| call.read.permissions.iter().copied())
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect()
}

/// Every call that a scan with these options makes.
pub(crate) fn needed(options: &AzureOptions) -> impl Iterator<Item = &'static Call> {
    calls().filter(|call| is_needed(&call.read, options))
}

/// For vaults that do not leave access to Azure's roles.
fn access_policy(options: &AzureOptions) -> BTreeMap<&'static str, Vec<&'static str>> {
    let keys = if options.deep { vec!["list", "getrotationpolicy"] } else { vec!["list"] };
    BTreeMap::from([("keys", keys), ("secrets", vec!["list"]), ("certificates", vec!["list"])])
}

/// Where a role is assigned so that it holds everywhere.
#[derive(Clone, Copy)]
enum Whole {
    ManagementGroup,
    Subscription,
}

fn scopes(options: &AzureOptions, whole: Whole) -> Vec<String> {
    let chosen: Vec<String> = options.subscriptions.iter().map(|id| format!("/subscriptions/{id}")).collect();
    match whole {
        _ if !chosen.is_empty() => chosen,
        Whole::Subscription => vec!["/subscriptions/<each subscription id>".to_owned()],
        Whole::ManagementGroup => {
            // The root group is called as the tenant.
            let tenant = options.tenants.first().map_or("<tenant id>", String::as_str);
            vec![format!("/providers/Microsoft.Management/managementGroups/{tenant}")]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_scan_needs() {
        insta::assert_snapshot!(policy(&AzureOptions::default()));
    }

    #[test]
    fn what_is_switched_off_needs_nothing() {
        let few = AzureOptions { key_vaults: false, sign_ins: false, ..AzureOptions::default() };
        let text = policy(&few);
        for gone in ["vaults/keys", "readMetadata", "AuditLog", "accessPolicy", "rotation"] {
            assert!(!text.contains(gone), "{gone}");
        }
        let deep = AzureOptions { deep: true, ..AzureOptions::default() };
        assert!(policy(&deep).contains("Microsoft.KeyVault/vaults/keyrotationpolicies/read"));
    }

    #[test]
    fn nothing_but_reads_is_ever_asked_for() {
        for call in calls() {
            for permission in call.read.permissions {
                match call.plane {
                    Plane::Graph => {
                        assert!(permission.contains(".Read."), "{permission}");
                        assert!(APP_ROLES.iter().any(|(value, _)| value == permission), "{permission}");
                    }
                    Plane::Arm => assert!(permission.ends_with("/read"), "{permission}"),
                    Plane::Vault | Plane::Hsm => {
                        let reads = ["/read", "/readMetadata/action", "/read/action"];
                        assert!(reads.iter().any(|end| permission.ends_with(end)), "{permission}");
                        // The value of a secret.
                        assert!(!permission.ends_with("getSecret/action"), "{permission}");
                    }
                }
            }
        }
    }
}
