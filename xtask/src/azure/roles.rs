//! Built-in roles and permissions of Microsoft, by their well-known ids; their actions are those that matter here.
//!
//! <https://learn.microsoft.com/azure/role-based-access-control/built-in-roles>,
//! <https://learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference>,
//! <https://learn.microsoft.com/graph/permissions-reference>.

use serde_json::json;

use super::Tenant;

/// A role of Azure: id, name, actions, actions taken away, data actions.
type AzureRole =
    (&'static str, &'static str, &'static [&'static str], &'static [&'static str], &'static [&'static str]);

pub(crate) const OWNER: &str = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";
pub(crate) const CONTRIBUTOR: &str = "b24988ac-6180-42a0-ab88-20f7382dd24c";
pub(crate) const READER: &str = "acdd72a7-3385-48ef-bd42-f606fba81ae7";
pub(crate) const ACCESS_ADMINISTRATOR: &str = "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9";
pub(crate) const VAULT_SECRETS_USER: &str = "4633458b-17de-408a-b874-0445c86b69e6";
pub(crate) const VAULT_SECRETS_OFFICER: &str = "b86a8fe4-44ce-4948-aee5-eccb2c155cd7";
pub(crate) const VAULT_ADMINISTRATOR: &str = "00482a5a-887f-4fb3-b363-3b7fe8e74483";
pub(crate) const WEBSITE_CONTRIBUTOR: &str = "de139f84-1756-47ae-9be6-808fbbe84772";
pub(crate) const BLOB_CONTRIBUTOR: &str = "ba92f5b4-2d11-453d-a403-e96b0029c9fe";

const AZURE: [AzureRole; 9] = [
    (OWNER, "Owner", &["*"], &[], &[]),
    (
        CONTRIBUTOR,
        "Contributor",
        &["*"],
        &[
            "Microsoft.Authorization/*/Delete",
            "Microsoft.Authorization/*/Write",
            "Microsoft.Authorization/elevateAccess/Action",
            "Microsoft.Blueprint/blueprintAssignments/write",
            "Microsoft.Blueprint/blueprintAssignments/delete",
            "Microsoft.Compute/galleries/share/action",
            "Microsoft.Purview/consents/write",
            "Microsoft.Purview/consents/delete",
        ],
        &[],
    ),
    (READER, "Reader", &["*/read"], &[], &[]),
    (
        ACCESS_ADMINISTRATOR,
        "User Access Administrator",
        &["*/read", "Microsoft.Authorization/*", "Microsoft.Support/*"],
        &[],
        &[],
    ),
    (
        VAULT_SECRETS_USER,
        "Key Vault Secrets User",
        &[],
        &[],
        &[
            "Microsoft.KeyVault/vaults/secrets/getSecret/action",
            "Microsoft.KeyVault/vaults/secrets/readMetadata/action",
        ],
    ),
    (
        VAULT_SECRETS_OFFICER,
        "Key Vault Secrets Officer",
        &["Microsoft.KeyVault/vaults/*/read", "Microsoft.KeyVault/operations/read"],
        &[],
        &["Microsoft.KeyVault/vaults/secrets/*"],
    ),
    (
        VAULT_ADMINISTRATOR,
        "Key Vault Administrator",
        &["Microsoft.KeyVault/vaults/*/read", "Microsoft.KeyVault/operations/read"],
        &[],
        &["Microsoft.KeyVault/vaults/*"],
    ),
    (
        WEBSITE_CONTRIBUTOR,
        "Website Contributor",
        &[
            "Microsoft.Authorization/*/read",
            "Microsoft.Resources/deployments/*",
            "Microsoft.Resources/subscriptions/resourceGroups/read",
            "Microsoft.Web/certificates/*",
            "Microsoft.Web/serverFarms/join/action",
            "Microsoft.Web/serverFarms/read",
            "Microsoft.Web/sites/*",
        ],
        &[],
        &[],
    ),
    (
        BLOB_CONTRIBUTOR,
        "Storage Blob Data Contributor",
        &[
            "Microsoft.Storage/storageAccounts/blobServices/containers/delete",
            "Microsoft.Storage/storageAccounts/blobServices/containers/read",
            "Microsoft.Storage/storageAccounts/blobServices/containers/write",
        ],
        &[],
        &[
            "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/delete",
            "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read",
            "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write",
        ],
    ),
];

pub(crate) const GLOBAL_ADMINISTRATOR: &str = "62e90394-69f5-4237-9190-012177145e10";
pub(crate) const APPLICATION_ADMINISTRATOR: &str = "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3";
pub(crate) const DIRECTORY_READERS: &str = "88d8e3e3-8f55-4a1e-953a-9b9898b8876b";

const DIRECTORY: [(&str, &str, &[&str]); 3] = [
    (
        GLOBAL_ADMINISTRATOR,
        "Global Administrator",
        &[
            "microsoft.directory/applications/allProperties/allTasks",
            "microsoft.directory/servicePrincipals/allProperties/allTasks",
            "microsoft.directory/users/allProperties/allTasks",
            "microsoft.directory/groups/allProperties/allTasks",
            "microsoft.directory/roleAssignments/allProperties/allTasks",
            "microsoft.directory/roleDefinitions/allProperties/allTasks",
        ],
    ),
    (
        APPLICATION_ADMINISTRATOR,
        "Application Administrator",
        &[
            "microsoft.directory/applications/credentials/update",
            "microsoft.directory/servicePrincipals/credentials/update",
            "microsoft.directory/applications/owners/update",
        ],
    ),
    (
        DIRECTORY_READERS,
        "Directory Readers",
        &["microsoft.directory/applications/standard/read", "microsoft.directory/users/standard/read"],
    ),
];

pub(crate) const DIRECTORY_READ: &str = "7ab1d382-f21e-4acd-a863-ba3e13f7da61";
pub(crate) const MAIL_READ: &str = "810c84a8-4a9e-49e6-bf7d-12d183f40d01";
pub(crate) const FILES_READ: &str = "01d4889c-1287-42c6-ac1f-5d1e02578ef6";
pub(crate) const APPLICATION_WRITE: &str = "1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9";
pub(crate) const USER_READ: &str = "df021288-bdef-4463-88db-98f22de89214";

/// Application permissions of Microsoft Graph.
pub(crate) const GRAPH_ROLES: [(&str, &str); 5] = [
    (DIRECTORY_READ, "Directory.Read.All"),
    (MAIL_READ, "Mail.Read"),
    (FILES_READ, "Files.Read.All"),
    (APPLICATION_WRITE, "Application.ReadWrite.All"),
    (USER_READ, "User.Read.All"),
];

impl Tenant {
    /// Adds the built-in roles of Azure and of the directory.
    pub(crate) fn built_in_roles(&mut self) {
        for (id, name, actions, not, data) in AZURE {
            self.put(
                "arm/roleDefinitions.json",
                json!({"id": format!("/providers/Microsoft.Authorization/roleDefinitions/{id}"), "name": id,
                       "type": "Microsoft.Authorization/roleDefinitions",
                       "properties": {"roleName": name, "type": "BuiltInRole", "description": name,
                           "assignableScopes": ["/"],
                           "permissions": [{"actions": actions, "notActions": not, "dataActions": data, "notDataActions": []}]}}),
            );
        }
        for (id, name, actions) in DIRECTORY {
            self.put(
                "graph/roleDefinitions.json",
                json!({"id": id, "templateId": id, "displayName": name, "isBuiltIn": true, "isEnabled": true,
                       "resourceScopes": ["/"], "rolePermissions": [{"allowedResourceActions": actions, "condition": null}]}),
            );
        }
    }
}
