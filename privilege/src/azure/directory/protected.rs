//! Whom Microsoft protects from whom: accounts of administrators, groups that hold roles, credentials that are locked.

use std::collections::BTreeSet;

use census_model::{
    Activation, Gap, GapReason, Group, Identity, IdentityKind, Owned, Provider, Relation, Via,
};

use super::{
    inquiry::Inquiry,
    language::Operation,
    target::{Entity, Target},
    weighed::Weighed,
};
use crate::{azure::activation::active, truth::Truth};

/// The read of what administrative units hold, which no scan does.
pub(super) const UNITS: &str = "AdministrativeUnit.Read.All";

const GLOBAL_ADMINISTRATOR: &str = "62e90394-69f5-4237-9190-012177145e10";
const PRIVILEGED_AUTHENTICATION_ADMINISTRATOR: &str = "7be44c8a-adaf-4e2a-84d6-ab2649e08a13";
const PARTNER_TIER2_SUPPORT: &str = "e00e864a-17c5-4a4b-9c06-f5b95a8d5bd8";
const AUTHENTICATION_ADMINISTRATOR: &str = "c4e39bd9-1100-46d3-8c65-fb160da0071f";
const DIRECTORY_READERS: &str = "88d8e3e3-8f55-4a1e-953a-9b9898b8876b";
const GROUPS_ADMINISTRATOR: &str = "fdd7a751-b60b-444a-984c-02652fe8fa1c";
const GUEST_INVITER: &str = "95e79109-95c0-4d8e-aee3-d01accf2d47b";
const HELPDESK_ADMINISTRATOR: &str = "729827e3-9c14-49f7-bb1b-9608f156bbb8";
const MESSAGE_CENTER_READER: &str = "790c1fb9-7f7d-4f88-86a1-ef1f95c05c1b";
const PASSWORD_ADMINISTRATOR: &str = "966707d0-3269-4727-9be2-8c3a10f19b9d";
const REPORTS_READER: &str = "4a5d8f65-41da-4de4-8968-e035b65339cf";
const USER_ADMINISTRATOR: &str = "fe930be7-5e62-47db-91af-98c3a49a38b1";
const EXPERIENCE_SUCCESS_MANAGER: &str = "27460883-1df1-4691-b032-3b79643e5e63";
const USAGE_SUMMARY_READER: &str = "75934031-6c7e-415a-99d7-48dbd49e875e";

/// Which roles the holders of a role may reset passwords of, and do other sensitive things to.
/// <https://learn.microsoft.com/entra/identity/role-based-access-control/privileged-roles-permissions#who-can-reset-passwords>
const MAY_TOUCH: [(&str, &[&str]); 4] = [
    (PASSWORD_ADMINISTRATOR, &[DIRECTORY_READERS, GUEST_INVITER, PASSWORD_ADMINISTRATOR]),
    (
        HELPDESK_ADMINISTRATOR,
        &[
            DIRECTORY_READERS,
            GUEST_INVITER,
            HELPDESK_ADMINISTRATOR,
            MESSAGE_CENTER_READER,
            PASSWORD_ADMINISTRATOR,
            REPORTS_READER,
            EXPERIENCE_SUCCESS_MANAGER,
            USAGE_SUMMARY_READER,
        ],
    ),
    (
        AUTHENTICATION_ADMINISTRATOR,
        &[
            AUTHENTICATION_ADMINISTRATOR,
            DIRECTORY_READERS,
            GUEST_INVITER,
            MESSAGE_CENTER_READER,
            PASSWORD_ADMINISTRATOR,
            REPORTS_READER,
            EXPERIENCE_SUCCESS_MANAGER,
            USAGE_SUMMARY_READER,
        ],
    ),
    (
        USER_ADMINISTRATOR,
        &[
            DIRECTORY_READERS,
            GROUPS_ADMINISTRATOR,
            GUEST_INVITER,
            HELPDESK_ADMINISTRATOR,
            MESSAGE_CENTER_READER,
            PASSWORD_ADMINISTRATOR,
            REPORTS_READER,
            USER_ADMINISTRATOR,
            EXPERIENCE_SUCCESS_MANAGER,
            USAGE_SUMMARY_READER,
        ],
    ),
];

/// Whose holders may do so to everybody.
const MAY_TOUCH_ALL: [&str; 3] =
    [GLOBAL_ADMINISTRATOR, PRIVILEGED_AUTHENTICATION_ADMINISTRATOR, PARTNER_TIER2_SUPPORT];

/// The application ids of Microsoft Graph and of its predecessor, Azure AD Graph.
pub(super) const GRAPH: &str = "00000003-0000-0000-c000-000000000000";
const AZURE_AD_GRAPH: &str = "00000002-0000-0000-c000-000000000000";

/// By what somebody may do something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By<'a> {
    /// A directory role, by the id of its template.
    Role(&'a str),
    /// A directory role that may also consent to application permissions of Microsoft Graph.
    ConsentingRole(&'a str),
    /// An application permission.
    Permission,
    /// A delegated permission: the user's own roles decide.
    Delegation,
    /// Owning it.
    Ownership,
}

impl<'a> By<'a> {
    fn role(self) -> Option<&'a str> {
        match self {
            Self::Role(role) | Self::ConsentingRole(role) => Some(role),
            Self::Permission | Self::Delegation | Self::Ownership => None,
        }
    }

    fn reaches_everybody(self) -> bool {
        self.role().is_some_and(|role| MAY_TOUCH_ALL.contains(&role))
    }
}

/// Whether an operation on users is one that Microsoft keeps from most administrators where the user is one.
/// <https://learn.microsoft.com/entra/identity/role-based-access-control/privileged-roles-permissions#who-can-perform-sensitive-actions>
pub(super) fn is_sensitive(operation: &Operation) -> bool {
    let action = operation.action();
    operation.entity() == "users"
        && (action.starts_with("authenticationmethods/") && !operation.is_read()
            || matches!(
                action,
                "password/update"
                    | "invalidateallrefreshtokens"
                    | "enable"
                    | "disable"
                    | "delete"
                    | "restore"
                    | "userprincipalname/update"
                    | "allproperties/update"
                    | "allproperties/alltasks"
                    | "authorizationinfo/update"
            ))
}

/// What keeps a user from being touched by most administrators.
struct Ranks<'e> {
    /// The roles that it holds or may switch on, by template: certain, or not.
    roles: Vec<(&'e str, &'e str, Truth)>,
    /// Role-assignable groups that it is in or owns.
    groups: Vec<(&'e str, Truth)>,
}

impl<'e> Inquiry<'_, 'e> {
    /// Weighs what Microsoft protects, whatever roles and permissions say.
    pub(super) fn protection(&self, operation: &Operation, by: By<'_>, weighed: &mut Weighed) {
        match self.target {
            Target::Tenant if is_sensitive(operation) => every_user(by, weighed),
            Target::Identity(user) if is_sensitive(operation) => self.user(user, operation, by, weighed),
            Target::Identity(identity) if Entity::of(operation) == Entity::ServicePrincipals => {
                service_principal(identity, operation, by, weighed);
            }
            Target::Identity(identity) if Entity::of(operation) == Entity::Applications => {
                application(identity, operation, by, weighed);
            }
            _ => {}
        }
    }

    fn user(&self, user: &'e Identity, operation: &Operation, by: By<'_>, weighed: &mut Weighed) {
        if by.reaches_everybody() {
            return;
        }
        // Whom somebody reaches is told of built-in roles, and of permissions as far as properties go.
        let may: Option<&[&str]> = match by {
            By::Role(role) | By::ConsentingRole(role) => {
                MAY_TOUCH.iter().find(|(actor, _)| *actor == role).map(|(_, may)| *may)
            }
            By::Permission if operation.action().starts_with("authenticationmethods/") => None,
            By::Permission => Some(&[]),
            By::Delegation | By::Ownership => return,
        };
        let ranks = self.ranks(user);
        for (role, name, truth) in ranks.roles {
            match may {
                Some(may) if may.contains(&role) => {}
                None => {
                    let words = format!("it reaches holders of the role `{name}`, which is not told");
                    weighed.and(Truth::Maybe, [format!("role `{name}` of the user")], words);
                }
                Some(_) => {
                    let words = format!("the user did not hold the role `{name}`");
                    weighed.and(!truth, [format!("role `{name}` of the user")], words);
                }
            }
        }
        for (group, truth) in ranks.groups {
            let words = format!("the user were not in `{group}`, to which roles can be assigned");
            weighed.and(!truth, [format!("group `{group}`")], words);
        }
    }

    /// The roles and groups for which Microsoft protects a user.
    fn ranks(&self, user: &'e Identity) -> Ranks<'e> {
        let index = self.access.index();
        let now = index.estate().as_of;
        let mut ranks = Ranks { roles: Vec::new(), groups: Vec::new() };
        let mut ways: Vec<(&'e census_model::Grant, Truth)> =
            index.grants_of_identity(&user.id).iter().map(|grant| (*grant, Truth::Yes)).collect();
        for one in self.access.memberships(&user.id) {
            let truth = active(&one.activation, user, now);
            if truth == Truth::No {
                continue;
            }
            ways.extend(index.grants_of_group(&one.group).iter().map(|grant| (*grant, truth)));
            if let Some(group) = index.group(&one.group).filter(|group| group.role_assignable) {
                ranks.groups.push((&group.name, truth));
            }
        }
        for (grant, way) in ways {
            let Via::DirectoryRole { role, name, .. } = &grant.via else { continue };
            let truth = way & active(&grant.activation, user, now);
            if truth != Truth::No && grant.scope == *self.tenant {
                ranks.roles.push((role, name, truth));
            }
        }
        let owned = |group: &&'e Group| {
            let owners = index.directory_owners(&Owned::Group(group.id.clone())).iter();
            let mut owners = owners.filter(|one| one.relation == Relation::Owner && one.who == user.id);
            group.role_assignable && owners.any(|one| one.activation == Activation::Standing)
        };
        let groups: BTreeSet<&str> =
            index.estate().groups.iter().filter(owned).map(|group| &*group.name).collect();
        ranks.groups.extend(groups.into_iter().map(|name| (name, Truth::Yes)));
        ranks.groups.sort_unstable();
        ranks.groups.dedup();
        ranks.roles.sort_unstable();
        ranks.roles.dedup();
        ranks
    }

    /// What no scan reads and could keep somebody from a user or group.
    /// <https://learn.microsoft.com/entra/identity/role-based-access-control/admin-units-restricted-management>
    pub(super) fn restricted_management(&self, operation: &Operation) -> Option<Gap> {
        let of_units = Entity::of(operation).is_in_units() && !operation.is_read();
        let id = match self.target {
            Target::Identity(user) if of_units => &user.native_id,
            Target::Group(group) if of_units => &group.native_id,
            _ => return None,
        };
        let detail = "whether it is in an administrative unit of restricted management, which only administrators of \
                      that unit may change, is not read";
        let tenant = Some(self.tenant.clone());
        let reason = GapReason::NotRequested;
        Some(Gap::new(Provider::Azure, tenant, UNITS, reason, detail, vec![id.clone()]))
    }
}

fn every_user(by: By<'_>, weighed: &mut Weighed) {
    if !by.reaches_everybody() && by != By::Delegation {
        let words = "the user is not an administrator of whom Microsoft keeps it".to_owned();
        weighed.and(Truth::Maybe, ["roles of the user".to_owned()], words);
    }
}

/// Whether an operation writes credentials.
fn writes_credentials(operation: &Operation) -> bool {
    matches!(operation.action(), "credentials/update" | "allproperties/update" | "allproperties/alltasks")
}

fn service_principal(identity: &Identity, operation: &Operation, by: By<'_>, weighed: &mut Weighed) {
    let app_id = identity.application.as_ref().map(|application| &*application.app_id);
    if operation.action() == "approleassignedto/update"
        && matches!(app_id, Some(GRAPH | AZURE_AD_GRAPH))
        && matches!(by, By::Role(_))
    {
        // Consent to application permissions of Microsoft Graph is kept from administrators of applications.
        // <https://learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference#application-administrator>
        let words = "what it assigns is no application permission".to_owned();
        weighed.and(Truth::Maybe, ["kind of the assignment".to_owned()], words);
    }
    if !writes_credentials(operation) {
        return;
    }
    let open = match identity.kind {
        IdentityKind::AzureSystemAssignedIdentity | IdentityKind::AzureUserAssignedIdentity => {
            Some("a managed identity takes credentials, which is not told")
        }
        IdentityKind::EntraAgentIdentity => Some("an agent identity takes credentials, which is not told"),
        // Only its home tenant knows whether it is locked.
        // <https://learn.microsoft.com/graph/api/resources/serviceprincipallockconfiguration>
        _ if identity.application.as_ref().is_none_or(|application| application.native_id.is_none()) => {
            Some("the application's own tenant has not locked the credentials of its service principals")
        }
        _ => None,
    };
    if let Some(words) = open {
        weighed.and(Truth::Maybe, ["lock of the credentials".to_owned()], words.to_owned());
    }
}

fn application(identity: &Identity, operation: &Operation, by: By<'_>, weighed: &mut Weighed) {
    // Permissions of their own are documented for blueprints, and not whether those for applications do.
    // <https://learn.microsoft.com/graph/api/agentidentityblueprint-addpassword>
    if identity.kind == IdentityKind::EntraAgentBlueprint
        && writes_credentials(operation)
        && !matches!(by, By::Ownership)
    {
        let words = "permissions for applications count for blueprints, which is not told".to_owned();
        weighed.and(Truth::Maybe, ["kind of the application".to_owned()], words);
    }
}
