//! Small directories, written in a few words.

use std::collections::BTreeMap;

use census_fixtures::azure as fake;
use census_model::{
    Attachment, Audience, DirectoryObject, DirectoryOwner, Estate, EstateBuilder, Gap, GapReason, Grant,
    Group, GroupId, Identity, IdentityKind, Membership, Owned, Policy, PolicyKind, Provider, Relation,
    ScopeKind, UserType, Via,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::activation;

/// Definitions of built-in roles of the directory, as Microsoft publishes them: id and operations, by name.
pub(crate) struct Roles(BTreeMap<String, (String, Value)>);

impl Roles {
    pub(crate) fn load() -> Self {
        let file: Value = serde_json::from_str(include_str!("../data/entra-built-in-roles.json")).unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let role = |one: &Value| {
            (text(&one["displayName"]), (text(&one["templateId"]), one["allowedResourceActions"].clone()))
        };
        Self(file["roles"].as_array().unwrap().iter().map(role).collect())
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

/// Who is there, whoever else is named: programs unless the name tells something else.
///
/// `person`, `other-person` and `guest` are users; `foreign`, `microsoft`, `managed`, `agent` and `blueprint` are what their
/// names say; `wide` is an application that accounts of other tenants may sign in to; `graph` is Microsoft Graph and `orders`
/// another API; `team`, `admins` (to which roles can be assigned) and `dynamic` (whose members a rule makes) are groups.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct World {
    pub(crate) grants: Vec<Given>,
    pub(crate) members: Vec<Member>,
    pub(crate) owners: Vec<Owns>,
    pub(crate) gaps: Vec<Missing>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Given {
    /// `app` unless it says so.
    pub(crate) to: Option<String>,
    /// A built-in role.
    pub(crate) role: Option<String>,
    /// The operations of a custom role, below `microsoft.directory/`; of another role of this id where there is one.
    pub(crate) allows: Vec<String>,
    pub(crate) id: Option<String>,
    /// The condition of the role.
    pub(crate) condition: Option<String>,
    /// Where: `unit`, or what is called so; an application's registration with `application of` before it.
    pub(crate) at: Option<String>,
    /// Application permissions.
    pub(crate) app: Option<String>,
    /// Delegated permissions.
    pub(crate) delegated: Option<String>,
    /// For one user.
    pub(crate) user: Option<String>,
    /// Of this API: Microsoft Graph unless it says so.
    pub(crate) of: Option<String>,
    pub(crate) activation: Option<String>,
    pub(crate) unread: bool,
    pub(crate) broken: bool,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Member {
    pub(crate) group: String,
    pub(crate) who: Option<String>,
    #[serde(default)]
    pub(crate) through: Vec<String>,
    pub(crate) activation: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Owns {
    pub(crate) who: String,
    /// `application of x`, a service principal or a group.
    pub(crate) of: String,
    pub(crate) activation: Option<String>,
    #[serde(default)]
    pub(crate) sponsor: bool,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Missing {
    pub(crate) read: String,
    #[serde(default)]
    pub(crate) about: Vec<String>,
}

const GROUPS: [&str; 4] = ["team", "admins", "dynamic", "inner"];

const IDENTITIES: [&str; 13] = [
    "app",
    "other",
    "person",
    "other-person",
    "guest",
    "foreign",
    "microsoft",
    "managed",
    "agent",
    "blueprint",
    "wide",
    "graph",
    "orders",
];

fn identity(name: &str) -> Identity {
    match name {
        "person" | "other-person" => fake::person(name),
        "guest" => {
            let mut guest = fake::person(name);
            guest.person.as_mut().unwrap().user_type = UserType::Guest;
            guest
        }
        "foreign" => fake::foreign_service_principal(name),
        "microsoft" => fake::microsoft_principal(name),
        "managed" => fake::user_assigned(name),
        "agent" => fake::agent(name),
        "blueprint" => Identity { kind: IdentityKind::EntraAgentBlueprint, ..fake::service_principal(name) },
        "wide" => {
            let mut wide = fake::service_principal(name);
            wide.application.as_mut().unwrap().audience = Some(Audience::MultipleTenants);
            wide
        }
        "graph" => {
            let mut graph = fake::microsoft_principal("Microsoft Graph");
            graph.application.as_mut().unwrap().app_id = "00000003-0000-0000-c000-000000000000".into();
            graph
        }
        _ => fake::service_principal(name),
    }
}

fn group(name: &str) -> Group {
    let id = fake::object_id(name);
    Group {
        id: group_id(name),
        native_id: id.as_str().into(),
        immutable_id: Some(id.into()),
        name: name.into(),
        scope: fake::tenant_scope(),
        created: None,
        role_assignable: name == "admins",
        membership_rule: (name == "dynamic").then(|| "user.department -eq \"Sales\"".into()),
        kept_elsewhere: false,
    }
}

fn group_id(name: &str) -> GroupId {
    GroupId::new(format!("azure:{}", fake::object_id(name)))
}

/// The object id of what is called so.
fn object(name: &str) -> String {
    if let Some(of) = name.strip_prefix("application of ") {
        return identity(of).application.unwrap().native_id.unwrap().to_string();
    }
    if GROUPS.contains(&name) { fake::object_id(name) } else { identity(name).native_id.to_string() }
}

impl World {
    pub(crate) fn estate(&self, roles: &Roles) -> Estate {
        let mut estate = EstateBuilder::new();
        fake::tenant(&mut estate);
        let other = census_model::ScopeId::new(format!("azure:tenant/{}", fake::OTHER_TENANT));
        estate.scope(fake::scope(other.clone(), fake::OTHER_TENANT, ScopeKind::Tenant, None));
        for name in IDENTITIES {
            estate.identity(identity(name));
        }
        estate.identity(Identity { scope: other, ..fake::service_principal("elsewhere") });
        for name in GROUPS {
            estate.group(group(name));
        }
        for one in &self.members {
            estate.membership(Membership {
                group: group_id(&one.group),
                member: identity(one.who.as_deref().unwrap_or("app")).id,
                through: one.through.iter().map(|name| group_id(name)).collect(),
                activation: activation(one.activation.as_deref()),
            });
        }
        for one in &self.owners {
            estate.directory_owner(one.owner());
        }
        for one in &self.grants {
            let grant = one.grant(roles, &mut estate);
            estate.grant(grant);
        }
        for one in &self.gaps {
            let about = one.about.iter().map(|name| object(name).into()).collect();
            let tenant = Some(fake::tenant_scope());
            estate.gap(Gap::new(Provider::Azure, tenant, one.read.as_str(), GapReason::Denied, "", about));
        }
        census_fixtures::finish(estate)
    }
}

impl Owns {
    pub(super) fn owner(&self) -> DirectoryOwner {
        let (of, object) = match self.of.strip_prefix("application of ") {
            Some(of) => (Owned::Identity(identity(of).id), DirectoryObject::Application),
            None if GROUPS.contains(&self.of.as_str()) => {
                (Owned::Group(group_id(&self.of)), DirectoryObject::Group)
            }
            None => (Owned::Identity(identity(&self.of).id), DirectoryObject::ServicePrincipal),
        };
        DirectoryOwner {
            of,
            object,
            who: identity(&self.who).id,
            relation: if self.sponsor { Relation::Sponsor } else { Relation::Owner },
            activation: activation(self.activation.as_deref()),
        }
    }
}

impl Given {
    pub(super) fn grant(&self, roles: &Roles, estate: &mut EstateBuilder) -> Grant {
        let to = self.to.as_deref().unwrap_or("app");
        let attached_to = if GROUPS.contains(&to) {
            Attachment::Group(group_id(to))
        } else {
            Attachment::Identity(identity(to).id)
        };
        let (via, kind, text) = self.what(roles);
        let text = if self.broken { "{".to_owned() } else { text };
        Grant {
            policy: (!self.unread).then(|| estate.policy(Policy::new(kind, text))),
            activation: activation(self.activation.as_deref()),
            ..fake::grant(attached_to, via, fake::tenant_scope())
        }
    }

    fn what(&self, roles: &Roles) -> (Via, PolicyKind, String) {
        let native_id: census_model::SharedText = fake::object_id(&format!("{self:?}")).into();
        let resource = identity(self.of.as_deref().unwrap_or("graph")).id;
        if let Some(value) = &self.app {
            return (Via::AppRole { native_id, resource }, PolicyKind::EntraAppRole, value.clone());
        }
        if let Some(scopes) = &self.delegated {
            let user = self.user.as_deref().map(|name| identity(name).id);
            return (
                Via::DelegatedPermission { native_id, resource, user },
                PolicyKind::EntraScopes,
                scopes.clone(),
            );
        }
        let name = self.role.as_deref().unwrap_or("custom");
        let (role, allows) = match &self.role {
            Some(name) if self.allows.is_empty() => {
                roles.0.get(name).unwrap_or_else(|| panic!("{name} is not in the data")).clone()
            }
            _ => {
                let id = self.id.clone().unwrap_or_else(|| fake::object_id(name));
                let entries = self.allows.iter().map(|one| match one.strip_prefix("microsoft.") {
                    Some(_) => one.clone(),
                    None => format!("microsoft.directory/{one}"),
                });
                (id, json!(entries.collect::<Vec<_>>()))
            }
        };
        let directory_scope = match self.at.as_deref() {
            None => "/".into(),
            Some("unit") => "/administrativeunits/0a0a0000-0000-4000-8000-00000000000a".into(),
            Some(at) => format!("/{}", object(at)).into(),
        };
        let mut permission = json!({ "allowedResourceActions": allows });
        if let Some(condition) = &self.condition {
            permission["condition"] = json!(condition);
        }
        let via = Via::DirectoryRole { native_id, role: role.into(), name: name.into(), directory_scope };
        (via, PolicyKind::EntraRolePermissions, json!([permission]).to_string())
    }
}
