//! Small tenants, written in a few words.
#![allow(dead_code, reason = "each test uses a part")]

pub(crate) mod directory;
pub(crate) mod draw;
pub(crate) mod draw_paths;
pub(crate) mod paths;

use std::collections::BTreeMap;

use census_fixtures::azure as fake;
use census_model::{
    AccessModel, Activation, Attachment, Bounds, Condition, ConditionLanguage, Deletion, Effect, Estate,
    EstateBuilder, Exposure, Gap, GapReason, Grant, Group, GroupId, Identity, Membership, Policy, PolicyKind,
    Provider, RoleDefinition, ScopeId, ScopeKind, Vault, VaultKind, VaultObjectKind, Via,
};
use census_privilege::azure::access::{Question, QuestionError};
use serde::Deserialize;
use serde_json::{Value, json};

/// Definitions of built-in roles, as Microsoft publishes them.
pub(crate) struct Roles(BTreeMap<String, (Option<String>, Value)>);

impl Roles {
    pub(crate) fn load() -> Self {
        let file: Value = serde_json::from_str(include_str!("../data/azure-built-in-roles.json")).unwrap();
        let roles = file["roles"].as_array().unwrap().iter();
        let named = |one: &Value| {
            let name = one["roleName"].as_str().unwrap().to_owned();
            (name, (one["name"].as_str().map(str::to_owned), one["permissions"].clone()))
        };
        Self(roles.map(named).collect())
    }

    /// The id of a role by its name: Microsoft's own, where it is known.
    pub(crate) fn id(&self, name: &str) -> String {
        let known = self.0.get(name).and_then(|(id, _)| id.clone());
        known.unwrap_or_else(|| fake::object_id(name))
    }

    /// Adds those that a condition may let somebody assign.
    pub(crate) fn define(&self, given: &[Given], estate: &mut EstateBuilder) {
        let condition = |one: &Given| {
            let role = one.role.as_ref().and_then(|role| self.0.get(role));
            let of_role = role.filter(|(_, text)| text.to_string().contains("RoleDefinitionId"));
            let own = [&one.condition, &one.definition].into_iter().flatten().cloned();
            own.chain(of_role.map(|(_, text)| text.to_string())).collect::<String>()
        };
        let said: String = given.iter().map(condition).collect();
        if said.is_empty() {
            return;
        }
        let always = ["Contributor", "User Access Administrator", "Role Based Access Control Administrator"];
        let further = self.0["Key Vault Data Access Administrator"].1.to_string();
        let said = if said.contains(&self.id("Key Vault Data Access Administrator")) {
            said + &further
        } else {
            said
        };
        let mut define = |id: &str, name: &str, permissions: &str| {
            let policy = estate.policy(Policy::new(PolicyKind::AzurePermissions, permissions));
            estate.role_definition(RoleDefinition { id: id.into(), name: name.into(), policy });
        };
        for (name, (_, permissions)) in &self.0 {
            let id = self.id(name);
            if always.contains(&name.as_str()) || said.contains(&id) {
                define(&id, name, &permissions.to_string());
            }
        }
        // What else is named allows nothing.
        let named =
            said.split(|one: char| !one.is_ascii_hexdigit() && one != '-').filter(|one| one.len() == 36);
        for id in named.filter(|id| self.0.keys().all(|name| self.id(name) != **id)) {
            define(id, id, "[]");
        }
    }
}

/// What is granted in a tenant: subscription `sub` in management group `platform`, with group `apps`, in which there is a
/// vault, a managed HSM and a storage account.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct World {
    pub(crate) grants: Vec<Given>,
    pub(crate) members: Vec<Member>,
    pub(crate) gaps: Vec<Missing>,
    /// `policies`, `roles` or `deleted`.
    pub(crate) vault: Option<String>,
    /// The tenant that the vault and the managed HSM are bound to, where it is another; `untold` where that was not read.
    pub(crate) bound: Option<String>,
    /// Which of the objects that roles are given on is not there.
    pub(crate) absent: Vec<String>,
    /// `deleted`, of the managed HSM.
    pub(crate) hsm: Option<String>,
    /// Who owns the application `stranger`.
    pub(crate) owners: Vec<String>,
    /// Template deployments may take secrets out of it.
    pub(crate) for_deployments: bool,
    /// It and the managed HSM have no purge protection.
    pub(crate) purgeable: bool,
    /// Every network reaches it.
    pub(crate) public: bool,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Given {
    /// `app` (unless it says so), `person`, `group:<name>` or `everyone`.
    pub(crate) to: Option<String>,
    /// Where, as in [`place`]; the subscription unless it says so.
    pub(crate) at: Option<String>,
    pub(crate) role: Option<String>,
    /// The id of the role, where a condition names it.
    pub(crate) id: Option<String>,
    pub(crate) actions: Vec<String>,
    pub(crate) not_actions: Vec<String>,
    pub(crate) data_actions: Vec<String>,
    pub(crate) not_data_actions: Vec<String>,
    /// A further permission of the same definition.
    pub(crate) also: Vec<String>,
    /// The definition's condition.
    pub(crate) definition: Option<String>,
    /// The assignment's; `<group:name>` is the id of a group.
    pub(crate) condition: Option<String>,
    pub(crate) deny: bool,
    pub(crate) except: Vec<String>,
    pub(crate) own_scope_only: bool,
    pub(crate) activation: Option<String>,
    pub(crate) unread: bool,
    pub(crate) broken: bool,
    /// The permissions of an access policy.
    pub(crate) policy: Option<BTreeMap<String, Vec<String>>>,
    pub(crate) application: Option<String>,
    /// The other tenant whose principal an access policy names.
    pub(crate) tenant: Option<String>,
    /// That it is an app role of Microsoft Graph, and nothing of Azure.
    pub(crate) app_role: bool,
    /// The scope of a local role.
    pub(crate) local: Option<String>,
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
pub(crate) struct Missing {
    pub(crate) read: String,
    #[serde(default)]
    pub(crate) about: Vec<String>,
}

/// An id of Azure Resource Manager for what is called so.
fn place(name: &str) -> String {
    let group = format!("/subscriptions/{}/resourceGroups/apps", fake::SUBSCRIPTION);
    let providers = format!("{group}/providers");
    match name {
        "root" => "/".to_owned(),
        "platform" | "elsewhere" => format!("/providers/Microsoft.Management/managementGroups/{name}"),
        "sub" => format!("/subscriptions/{}", fake::SUBSCRIPTION),
        "other" => "/subscriptions/0ff00000-0000-4000-8000-000000000009".to_owned(),
        "apps" => group,
        "others" => format!("/subscriptions/{}/resourceGroups/others", fake::SUBSCRIPTION),
        "vault" => format!("{providers}/Microsoft.KeyVault/vaults/box"),
        "gone" => format!("{providers}/Microsoft.KeyVault/vaults/nowhere"),
        "secret" => format!("{providers}/Microsoft.KeyVault/vaults/box/secrets/one"),
        "secret2" => format!("{providers}/Microsoft.KeyVault/vaults/box/secrets/two"),
        "key" => format!("{providers}/Microsoft.KeyVault/vaults/box/keys/sign"),
        "certificate" => format!("{providers}/Microsoft.KeyVault/vaults/box/certificates/tls"),
        "hsm" => format!("{providers}/Microsoft.KeyVault/managedHSMs/core"),
        "uami" => format!("{providers}/Microsoft.ManagedIdentity/userAssignedIdentities/runner"),
        "cluster" => format!("{providers}/Microsoft.ContainerService/managedClusters/blue"),
        "store" => format!("{providers}/Microsoft.Storage/storageAccounts/lake"),
        "container" => {
            format!("{providers}/Microsoft.Storage/storageAccounts/lake/blobServices/default/containers/raw")
        }
        other => other.to_owned(),
    }
}

fn scope(name: &str) -> ScopeId {
    match name {
        "root" => fake::tenant_scope(),
        "platform" => fake::management_group_scope(),
        "elsewhere" => ScopeId::new("azure:management-group/elsewhere"),
        "sub" => fake::subscription_scope(),
        "other" => ScopeId::new("azure:subscription/0ff00000-0000-4000-8000-000000000009"),
        other => ScopeId::new(format!("azure:{}", place(other).to_ascii_lowercase())),
    }
}

pub(crate) fn question(action: &str, resource: &str) -> Result<Question, QuestionError> {
    Question::new(action, &place(resource))
}

fn tenant(name: &str) -> ScopeId {
    ScopeId::new(format!("azure:tenant/{name}"))
}

fn group_id(name: &str) -> GroupId {
    GroupId::new(format!("azure:{}", fake::object_id(name)))
}

fn who(name: &str) -> Identity {
    if name == "person" { fake::person("person") } else { fake::service_principal(name) }
}

/// `until-yesterday`, `until-tomorrow`, `from-tomorrow`, and the same with `eligible-` before it.
pub(super) fn activation(word: Option<&str>) -> Activation {
    let Some(word) = word else { return Activation::Standing };
    let (eligible, rest) = match word.strip_prefix("eligible-") {
        Some(rest) => (true, rest),
        None => (false, word),
    };
    let (past, future) = (Some(census_fixtures::days_ago(1)), Some(census_fixtures::days_ago(-1)));
    let bounds = match rest {
        "until-yesterday" => Bounds { from: None, until: past },
        "until-tomorrow" => Bounds { from: past, until: future },
        "from-tomorrow" => Bounds { from: future, until: None },
        other => panic!("{other}"),
    };
    if eligible { Activation::Eligible(bounds) } else { Activation::Active(bounds) }
}

impl World {
    pub(crate) fn estate(&self, roles: &Roles) -> Estate {
        let mut estate = EstateBuilder::new();
        fake::tenant(&mut estate);
        roles.define(&self.grants, &mut estate);
        let other = scope("other");
        for (id, native, kind) in [
            (scope("elsewhere"), "elsewhere", ScopeKind::ManagementGroup),
            (other.clone(), "0ff00000-0000-4000-8000-000000000009", ScopeKind::Subscription),
        ] {
            estate.scope(fake::scope(id, native, kind, Some(fake::tenant_scope())));
        }
        for name in ["app", "person", "stranger"] {
            estate.identity(who(name));
        }
        self.add_vaults(&mut estate);
        let mut groups: Vec<&str> = self
            .members
            .iter()
            .flat_map(|one| one.through.iter().chain([&one.group]))
            .map(String::as_str)
            .collect();
        groups.extend(self.grants.iter().filter_map(|one| one.to.as_deref()?.strip_prefix("group:")));
        for name in groups {
            estate.group(group(name));
        }
        for one in &self.members {
            estate.membership(Membership {
                group: group_id(&one.group),
                member: who(one.who.as_deref().unwrap_or("app")).id,
                through: one.through.iter().map(|name| group_id(name)).collect(),
                activation: activation(one.activation.as_deref()),
            });
        }
        for owner in &self.owners {
            estate.directory_owner(fake::owner(&who("stranger"), &who(owner).id));
        }
        for given in &self.grants {
            let at = given.at.as_deref().unwrap_or("sub");
            if !["root", "platform", "elsewhere", "sub", "other", "apps"].contains(&at) {
                let group = Some(fake::resource_group_scope());
                estate.scope(fake::scope(scope(at), &place(at), ScopeKind::Resource, group));
            }
            let grant = given.grant(roles, &mut estate);
            estate.grant(grant);
        }
        for one in &self.gaps {
            let about = one.about.iter().map(|name| match name.strip_prefix("group:") {
                Some(group) => fake::object_id(group).into(),
                None => place(name).into(),
            });
            let tenant = Some(fake::tenant_scope());
            let about = about.collect();
            estate.gap(Gap::new(Provider::Azure, tenant, one.read.as_str(), GapReason::Denied, "", about));
        }
        census_fixtures::finish(estate)
    }

    fn add_vaults(&self, estate: &mut EstateBuilder) {
        let vault = fake::vault("box");
        let (access, deleted) = match self.vault.as_deref() {
            None | Some("roles") => (Some(AccessModel::RoleAssignments), None),
            Some("policies") => (Some(AccessModel::AccessPolicies), None),
            Some("deleted") => {
                (None, Some(Deletion { at: Some(census_fixtures::days_ago(3)), purged: None }))
            }
            Some("untold") => (None, None),
            Some(other) => panic!("{other}"),
        };
        let bound = match self.bound.as_deref() {
            None => Some(fake::tenant_scope()),
            Some("untold") => None,
            Some(other) => Some(tenant(other)),
        };
        let exposure = Some(if self.public { Exposure::Public } else { Exposure::Private });
        estate.vault(Vault {
            access,
            tenant: bound.clone(),
            deleted,
            exposure,
            enabled_for_template_deployment: self.for_deployments,
            purge_protection: Some(!self.purgeable),
            ..vault
        });
        for (kind, name) in [
            (VaultObjectKind::Secret, "one"),
            (VaultObjectKind::Secret, "two"),
            (VaultObjectKind::Key, "sign"),
            (VaultObjectKind::Certificate, "tls"),
        ] {
            if !self.absent.iter().any(|absent| absent == name) {
                estate.vault_object(fake::vault_object(&fake::vault("box"), kind, name));
            }
        }
        let native_id = place("hsm");
        let core = Vault {
            id: census_model::VaultId::new(format!("azure:{}", native_id.to_ascii_lowercase())),
            native_id: native_id.into(),
            kind: VaultKind::AzureManagedHsm,
            uri: Some("https://core.managedhsm.azure.net".into()),
            access: Some(AccessModel::LocalRoles),
            tenant: bound,
            deleted: self
                .hsm
                .as_ref()
                .map(|_| Deletion { at: Some(census_fixtures::days_ago(3)), purged: None }),
            purge_protection: Some(!self.purgeable),
            ..fake::vault("core")
        };
        if !self.absent.iter().any(|absent| absent == "root") {
            estate.vault_object(fake::vault_object(&core, VaultObjectKind::Key, "root"));
        }
        estate.vault(core);
    }
}

/// A condition with the ids of the groups that it names.
fn with_groups(text: &str) -> String {
    let mut parts = text.split("<group:");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |told, part| {
        let (name, rest) = part.split_once('>').unwrap();
        format!("{told}{}{rest}", fake::object_id(name))
    })
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
        role_assignable: false,
        membership_rule: None,
        kept_elsewhere: false,
    }
}

impl Given {
    fn permissions(&self, roles: &Roles) -> Value {
        if let Some(role) = &self.role {
            return roles.0.get(role).unwrap_or_else(|| panic!("{role} is not in the data")).1.clone();
        }
        let mut first = json!({
            "actions": self.actions, "notActions": self.not_actions,
            "dataActions": self.data_actions, "notDataActions": self.not_data_actions,
        });
        if let Some(condition) = &self.definition {
            first["condition"] = json!(condition);
        }
        let mut all = vec![first];
        if !self.also.is_empty() {
            all.push(json!({ "actions": self.also, "dataActions": self.also }));
        }
        json!(all)
    }

    fn grant(&self, roles: &Roles, estate: &mut EstateBuilder) -> Grant {
        let at = self.at.as_deref().unwrap_or("sub");
        let attached_to = match self.to.as_deref().unwrap_or("app") {
            "everyone" => Attachment::Scope(scope(at)),
            to => match to.strip_prefix("group:") {
                Some(group) => Attachment::Group(group_id(group)),
                None => Attachment::Identity(who(to).id),
            },
        };
        let (kind, text) = match &self.policy {
            Some(policy) => (PolicyKind::KeyVaultPermissions, json!(policy).to_string()),
            None => (PolicyKind::AzurePermissions, self.permissions(roles).to_string()),
        };
        let text = if self.broken { "{".to_owned() } else { text };
        let policy = (!self.unread).then(|| estate.policy(Policy::new(kind, text)));
        let condition = self.condition.as_deref().map(with_groups);
        Grant {
            policy,
            effect: if self.deny { Effect::Deny } else { Effect::Allow },
            activation: activation(self.activation.as_deref()),
            condition: condition
                .map(|text| Condition { language: ConditionLanguage::AzureAbac, text: text.into() }),
            ..fake::grant(attached_to, self.via(roles, at), scope(at))
        }
    }

    fn via(&self, roles: &Roles, at: &str) -> Via {
        let vault =
            |name: &str| census_model::VaultId::new(format!("azure:{}", place(name).to_ascii_lowercase()));
        let name = self.role.as_deref().unwrap_or("custom");
        let id = fake::object_id(&format!("{self:?}"));
        if self.deny {
            return Via::DenyAssignment {
                native_id: format!("{}/providers/Microsoft.Authorization/denyAssignments/{id}", place(at))
                    .into(),
                name: name.into(),
                except: self
                    .except
                    .iter()
                    .map(|one| match one.strip_prefix("group:") {
                        Some(group) => fake::object_id(group).into(),
                        None => who(one).native_id.into(),
                    })
                    .collect(),
                own_scope_only: self.own_scope_only,
            };
        }
        if self.policy.is_some() {
            let application = self.application.as_deref().map(Into::into);
            let tenant = self.tenant.as_deref().map(tenant);
            return Via::AccessPolicy { vault: vault("vault"), application, tenant };
        }
        if self.app_role {
            return Via::AppRole { native_id: id.into(), resource: who("stranger").id };
        }
        if let Some(local) = &self.local {
            let local_scope = local.as_str().into();
            return Via::LocalRole {
                vault: vault("hsm"),
                native_id: id.into(),
                name: name.into(),
                local_scope,
            };
        }
        let role = self.id.clone().unwrap_or_else(|| roles.id(name));
        Via::RoleAssignment {
            native_id: format!("{}/providers/Microsoft.Authorization/roleAssignments/{id}", place(at)).into(),
            role: format!("/providers/Microsoft.Authorization/roleDefinitions/{role}").into(),
            name: name.into(),
        }
    }
}
