//! Objects of the directory, as Microsoft Graph returns them.

use serde::Deserialize;

use super::value::{Id, Str, Time};

/// An organization: <https://learn.microsoft.com/graph/api/resources/organization>.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Organization<'a> {
    #[serde(borrow)]
    pub(crate) id: Id<'a>,
    pub(crate) display_name: Option<Str<'a>>,
}

/// A service principal, an agent identity or the principal of a blueprint:
/// <https://learn.microsoft.com/graph/api/resources/serviceprincipal>,
/// <https://learn.microsoft.com/graph/api/resources/agentidentity>.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ServicePrincipal<'a> {
    #[serde(borrow)]
    pub(crate) id: Id<'a>,
    #[serde(rename = "@odata.type")]
    pub(crate) odata_type: Option<Str<'a>>,
    pub(crate) app_id: Option<Id<'a>>,
    pub(crate) display_name: Option<Str<'a>>,
    pub(crate) app_display_name: Option<Str<'a>>,
    pub(crate) service_principal_type: Option<Str<'a>>,
    pub(crate) account_enabled: Option<bool>,
    pub(crate) is_disabled: Option<bool>,
    pub(crate) disabled_by_microsoft_status: Option<Str<'a>>,
    pub(crate) app_owner_organization_id: Option<Str<'a>>,
    pub(crate) agent_identity_blueprint_id: Option<Str<'a>>,
    pub(crate) alternative_names: Option<Vec<Str<'a>>>,
    pub(crate) service_principal_names: Option<Vec<Str<'a>>>,
    pub(crate) preferred_token_signing_key_thumbprint: Option<Str<'a>>,
    pub(crate) sign_in_audience: Option<Str<'a>>,
    pub(crate) verified_publisher: Option<VerifiedPublisher<'a>>,
    pub(crate) created_date_time: Option<Time>,
    pub(crate) deleted_date_time: Option<Time>,
    pub(crate) tags: Option<Vec<Str<'a>>>,
    pub(crate) app_roles: Option<Vec<AppRole<'a>>>,
    pub(crate) password_credentials: Option<Vec<PasswordCredential<'a>>>,
    pub(crate) key_credentials: Option<Vec<KeyCredential<'a>>>,
}

/// An application: <https://learn.microsoft.com/graph/api/resources/application>.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Application<'a> {
    #[serde(borrow)]
    pub(crate) id: Id<'a>,
    pub(crate) app_id: Id<'a>,
    pub(crate) display_name: Option<Str<'a>>,
    pub(crate) sign_in_audience: Option<Str<'a>>,
    pub(crate) identifier_uris: Option<Vec<Str<'a>>>,
    pub(crate) verified_publisher: Option<VerifiedPublisher<'a>>,
    pub(crate) service_principal_lock_configuration: Option<LockConfiguration>,
    pub(crate) is_disabled: Option<bool>,
    pub(crate) disabled_by_microsoft_status: Option<Str<'a>>,
    pub(crate) created_date_time: Option<Time>,
    pub(crate) deleted_date_time: Option<Time>,
    pub(crate) tags: Option<Vec<Str<'a>>>,
    pub(crate) password_credentials: Option<Vec<PasswordCredential<'a>>>,
    pub(crate) key_credentials: Option<Vec<KeyCredential<'a>>>,
}

/// <https://learn.microsoft.com/graph/api/resources/verifiedpublisher>
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct VerifiedPublisher<'a> {
    #[serde(borrow)]
    pub(crate) display_name: Option<Str<'a>>,
}

/// <https://learn.microsoft.com/graph/api/resources/serviceprincipallockconfiguration>
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LockConfiguration {
    pub(crate) is_enabled: Option<bool>,
    pub(crate) all_properties: Option<bool>,
    pub(crate) credentials_with_usage_verify: Option<bool>,
    pub(crate) credentials_with_usage_sign: Option<bool>,
}

/// <https://learn.microsoft.com/graph/api/resources/approle>
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct AppRole<'a> {
    #[serde(borrow)]
    pub(crate) id: Str<'a>,
    pub(crate) value: Option<Str<'a>>,
}

/// <https://learn.microsoft.com/graph/api/resources/passwordcredential>. Its `hint` and `secretText` are no fields here.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PasswordCredential<'a> {
    #[serde(borrow)]
    pub(crate) key_id: Option<Str<'a>>,
    pub(crate) display_name: Option<Str<'a>>,
    pub(crate) start_date_time: Option<Time>,
    pub(crate) end_date_time: Option<Time>,
}

/// <https://learn.microsoft.com/graph/api/resources/keycredential>. Its `key` is no field here.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct KeyCredential<'a> {
    #[serde(borrow)]
    pub(crate) key_id: Option<Str<'a>>,
    pub(crate) custom_key_identifier: Option<Str<'a>>,
    pub(crate) display_name: Option<Str<'a>>,
    pub(crate) start_date_time: Option<Time>,
    pub(crate) end_date_time: Option<Time>,
    pub(crate) usage: Option<Str<'a>>,
}

/// An object of the directory as a relationship names it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Reference<'a> {
    #[serde(borrow)]
    pub(crate) id: Id<'a>,
    #[serde(rename = "@odata.type")]
    pub(crate) odata_type: Option<Str<'a>>,
    pub(crate) display_name: Option<Str<'a>>,
}

/// Who owns an object.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct Owners<'a> {
    #[serde(borrow)]
    pub(crate) id: Id<'a>,
    pub(crate) owners: Option<Vec<Reference<'a>>>,
}

/// Who sponsors an agent identity.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct Sponsors<'a> {
    #[serde(borrow)]
    pub(crate) id: Id<'a>,
    pub(crate) sponsors: Option<Vec<Reference<'a>>>,
}

/// Who is in a group.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Members<'a> {
    #[serde(borrow)]
    pub(crate) id: Id<'a>,
    pub(crate) members: Option<Vec<Reference<'a>>>,
    pub(crate) transitive_members: Option<Vec<Reference<'a>>>,
}

/// The federated credentials of an application.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Federation<'a> {
    #[serde(borrow)]
    pub(crate) id: Id<'a>,
    pub(crate) federated_identity_credentials: Option<Vec<FederatedCredential<'a>>>,
}

/// <https://learn.microsoft.com/graph/api/resources/federatedidentitycredential>
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FederatedCredential<'a> {
    #[serde(borrow)]
    pub(crate) id: Option<Str<'a>>,
    pub(crate) name: Option<Str<'a>>,
    pub(crate) issuer: Option<Str<'a>>,
    pub(crate) subject: Option<Str<'a>>,
    pub(crate) audiences: Option<Vec<Str<'a>>>,
    pub(crate) claims_matching_expression: Option<ClaimsExpression<'a>>,
}

/// <https://learn.microsoft.com/graph/api/resources/federatedidentityexpression?view=graph-rest-beta>
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ClaimsExpression<'a> {
    #[serde(borrow)]
    pub(crate) value: Option<Str<'a>>,
    pub(crate) language_version: Option<i64>,
}

/// <https://learn.microsoft.com/graph/api/resources/approleassignment>
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AppRoleAssignment<'a> {
    #[serde(borrow)]
    pub(crate) id: Id<'a>,
    pub(crate) app_role_id: Id<'a>,
    pub(crate) principal_id: Id<'a>,
    pub(crate) principal_type: Option<Str<'a>>,
    pub(crate) resource_id: Id<'a>,
}

/// <https://learn.microsoft.com/graph/api/resources/oauth2permissiongrant>
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DelegatedGrant<'a> {
    #[serde(borrow)]
    pub(crate) id: Id<'a>,
    pub(crate) client_id: Id<'a>,
    pub(crate) principal_id: Option<Str<'a>>,
    pub(crate) resource_id: Id<'a>,
    pub(crate) scope: Option<Str<'a>>,
}

/// <https://learn.microsoft.com/graph/api/resources/serviceprincipalsigninactivity?view=graph-rest-beta>
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SignInActivity {
    pub(crate) app_id: String,
    pub(crate) last_sign_in_activity: Option<SignIn>,
    pub(crate) delegated_client_sign_in_activity: Option<SignIn>,
    pub(crate) delegated_resource_sign_in_activity: Option<SignIn>,
    pub(crate) application_authentication_client_sign_in_activity: Option<SignIn>,
    pub(crate) application_authentication_resource_sign_in_activity: Option<SignIn>,
}

/// <https://learn.microsoft.com/graph/api/resources/signinactivity>
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SignIn {
    pub(crate) last_sign_in_date_time: Option<Time>,
}
