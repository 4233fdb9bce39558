//! Small companies in which somebody may get somewhere, written in a few words.

use census_fixtures::azure as fake;
use census_model::{
    AccessModel, Attachment, Estate, EstateBuilder, Group, Identity, IdentityKind, InstanceLock, Mechanism,
    NestedGroup, PrincipalSet, Scope, ScopeId, ScopeKind, Trust, UserType, Vault, VaultObject,
    VaultObjectKind, WorkloadState,
};
use serde::Deserialize;

use super::{Given, Member, Roles, directory};

/// Roles of Azure and of the directory.
pub(crate) struct AllRoles {
    azure: Roles,
    directory: directory::Roles,
}

impl AllRoles {
    pub(crate) fn load() -> Self {
        Self { azure: Roles::load(), directory: directory::Roles::load() }
    }
}

/// Who is there: `app`, a service principal, and `person`, whose ways are asked for; `stranger`, another service principal;
/// `outsider`, one of another tenant. What they may come to be are the targets.
///
/// Subscription `sub` lies in management group `platform` and has the resource groups `apps` and `others`; `other` is a subscription of the
/// same tenant, and `abroad` one of the other tenant.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct World {
    pub(crate) targets: Vec<Target>,
    /// Roles of Azure. They may be assigned at a target, by its name.
    pub(crate) grants: Vec<Given>,
    /// Roles of the directory, and permissions.
    pub(crate) directory: Vec<directory::Given>,
    pub(crate) members: Vec<Member>,
    /// Groups in groups; those through which somebody is a member need not be told again.
    pub(crate) nested: Vec<Nested>,
    pub(crate) owners: Vec<directory::Owns>,
    /// Who cannot sign in.
    pub(crate) disabled: Vec<String>,
}

/// A group in a group.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Nested {
    pub(crate) group: String,
    pub(crate) inner: String,
    pub(crate) activation: Option<String>,
}

impl Nested {
    fn nested(&self) -> NestedGroup {
        NestedGroup {
            group: super::group_id(&self.group),
            inner: super::group_id(&self.inner),
            activation: super::activation(self.activation.as_deref()),
        }
    }
}

/// What somebody may come to be, or to steer.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Target {
    /// A type of resource, which runs as an identity of its own; or `user-assigned`, `application`, `foreign` and
    /// `microsoft` (of another tenant), `agent`, `blueprint`, `person`, `guest` and
    /// `external-member` (whose accounts live elsewhere), `guest-of-here`, `group`, `role-group`, `dynamic-group`.
    pub(crate) is: String,
    /// `target` unless it says so. Groups are called `team`, `admins` and `dynamic`.
    pub(crate) name: Option<String>,
    /// What it holds: a role of Azure in the subscription, or one of the directory; `none`. Unless it says so, Owner.
    pub(crate) power: Option<String>,
    /// Of a resource: `stopped` or `ended`.
    pub(crate) state: Option<String>,
    /// Of a resource: that it runs as this target in place of its own identity.
    pub(crate) runs_as: Option<String>,
    /// Of a resource: that it lies in the subscription and in no resource group.
    #[serde(default)]
    pub(crate) in_subscription: bool,
    /// Of an application: whether its principals take credentials: `credentials` (they do not) unless it says `off` or
    /// `partial`.
    pub(crate) lock: Option<String>,
    /// Of an application: that the vault holds a certificate of it, and what decides there: `roles` or `policies`.
    pub(crate) certificate_in: Option<String>,
    /// Whom its federated credential names.
    pub(crate) trusts: Option<String>,
}

const ABROAD: &str = "0ab00000-0000-4000-8000-00000000000b";

/// A subscription of the other tenant.
fn abroad() -> ScopeId {
    ScopeId::new(format!("azure:subscription/{ABROAD}"))
}

fn id_of(name: &str) -> census_model::IdentityId {
    fake::identity_id(&fake::object_id(name))
}

impl Target {
    pub(crate) fn name(&self) -> &str {
        let usual = match self.is.as_str() {
            "group" => "team",
            "role-group" => "admins",
            "dynamic-group" => "dynamic",
            _ => "target",
        };
        self.name.as_deref().unwrap_or(usual)
    }

    pub(crate) fn is_group(&self) -> bool {
        matches!(self.is.as_str(), "group" | "role-group" | "dynamic-group")
    }

    fn is_resource(&self) -> bool {
        self.is.contains('/')
    }

    /// The id of the resource that it is.
    fn resource(&self) -> Option<String> {
        let sub = format!("/subscriptions/{}", fake::SUBSCRIPTION);
        let around = if self.in_subscription { sub } else { format!("{sub}/resourceGroups/apps") };
        let kind = match self.is.as_str() {
            "user-assigned" => "microsoft.managedidentity/userassignedidentities",
            kind if kind.contains('/') => kind,
            _ => return None,
        };
        // Each part of a type below its provider has a name behind it: the resource's own at last.
        let (provider, types) = kind.split_once('/')?;
        let depth = types.split('/').count();
        let named = types.split('/').enumerate().map(|(number, part)| {
            let name = if number + 1 == depth { self.name() } else { "around" };
            format!("/{part}/{name}")
        });
        Some(format!("{around}/providers/{provider}{}", named.collect::<String>()))
    }

    fn identity(&self) -> Option<Identity> {
        let name = self.name();
        let mut identity = match self.is.as_str() {
            "application" => fake::service_principal(name),
            "foreign" => fake::foreign_service_principal(name),
            "microsoft" => fake::microsoft_principal(name),
            "agent" => fake::agent(name),
            "blueprint" => {
                Identity { kind: IdentityKind::EntraAgentBlueprint, ..fake::service_principal(name) }
            }
            "person" => fake::person(name),
            "guest" | "external-member" => {
                let mut user = fake::person(name);
                let person = user.person.as_mut().unwrap();
                person.login = Some(format!("{name}_far.example#EXT#@near.example").into());
                person.user_type = if self.is == "guest" { UserType::Guest } else { UserType::Member };
                user
            }
            "guest-of-here" => {
                let mut user = fake::person(name);
                user.person.as_mut().unwrap().user_type = UserType::Guest;
                user
            }
            "user-assigned" => fake::user_assigned(name),
            _ if self.is_resource() && self.runs_as.is_none() => fake::system_assigned(name),
            _ => return None,
        };
        if let (Some(lock), Some(application)) = (&self.lock, &mut identity.application) {
            application.instance_lock = Some(match lock.as_str() {
                "off" => InstanceLock::Off,
                "partial" => InstanceLock::Partial,
                "credentials" => InstanceLock::Credentials,
                other => panic!("{other}"),
            });
        }
        Some(identity)
    }

    fn group(&self) -> Option<Group> {
        self.is_group().then(|| Group {
            role_assignable: self.is == "role-group",
            membership_rule: (self.is == "dynamic-group").then(|| "user.department -eq \"Sales\"".into()),
            kept_elsewhere: self.is == "kept-elsewhere",
            ..super::group(self.name())
        })
    }

    /// Adds it, without what it holds.
    fn add(&self, estate: &mut EstateBuilder, disabled: &[String]) {
        if let Some(group) = self.group() {
            estate.group(group);
        }
        if let Some(identity) = self.identity() {
            add(estate, identity, disabled);
        }
        if self.is_resource() {
            self.add_resource(estate);
        }
        if let (Some(model), Some(identity)) = (&self.certificate_in, self.identity()) {
            add_certificate(estate, model, &identity);
        }
        if let Some(trusted) = &self.trusts {
            estate.trust(Trust {
                becomes: id_of(self.name()),
                who: PrincipalSet::Identity(fake::object_id(trusted).into()),
                except: Vec::new(),
                mechanism: Mechanism::FederatedCredential,
                statement: "#0a0b0c0d".into(),
                condition: None,
            });
        }
    }

    fn add_resource(&self, estate: &mut EstateBuilder) {
        let native_id = self.resource().unwrap();
        let mut workload = fake::workload(&self.is, self.name(), &[], &[]);
        workload.runs_as = vec![id_of(self.runs_as.as_deref().unwrap_or(self.name()))];
        workload.id = census_model::WorkloadId::new(format!("azure:{}", native_id.to_ascii_lowercase()));
        workload.native_id = native_id.into();
        if self.in_subscription {
            workload.scope = fake::subscription_scope();
        }
        workload.state = self.state.as_deref().map(|state| match state {
            "stopped" => WorkloadState::Stopped,
            "ended" => WorkloadState::Ended,
            other => panic!("{other}"),
        });
        estate.workload(workload);
    }
}

/// A certificate with which an identity signs in, in the vault.
fn add_certificate(estate: &mut EstateBuilder, model: &str, identity: &Identity) {
    let access = match model {
        "roles" => AccessModel::RoleAssignments,
        "policies" => AccessModel::AccessPolicies,
        other => panic!("{other}"),
    };
    let thumbprint = "0A1B2C3D4E5F60718293A4B5C6D7E8F901234567";
    let vault = Vault { access: Some(access), ..fake::vault("box") };
    let object = fake::vault_object(&vault, VaultObjectKind::Certificate, "login");
    estate.vault(vault);
    estate.vault_object(VaultObject { thumbprint: Some(thumbprint.into()), ..object });
    estate.credential(fake::client_certificate(identity, thumbprint));
}

fn add(estate: &mut EstateBuilder, mut identity: Identity, disabled: &[String]) {
    identity.disabled = disabled.iter().any(|one| **one == *identity.name);
    estate.identity(identity);
}

fn add_scopes(estate: &mut EstateBuilder) {
    fake::tenant(estate);
    let far = ScopeId::new(format!("azure:tenant/{}", fake::OTHER_TENANT));
    let mut add = |id: ScopeId, native: &str, kind, parent| -> Scope {
        let scope = fake::scope(id, native, kind, parent);
        estate.scope(scope.clone());
        scope
    };
    let far = add(far, fake::OTHER_TENANT, ScopeKind::Tenant, None).id;
    add(abroad(), ABROAD, ScopeKind::Subscription, Some(far));
    add(
        super::scope("others"),
        &super::place("others"),
        ScopeKind::ResourceGroup,
        Some(fake::subscription_scope()),
    );
    let other = super::scope("other");
    let native = "0ff00000-0000-4000-8000-000000000009";
    add(other, native, ScopeKind::Subscription, Some(fake::tenant_scope()));
}

impl World {
    /// What is called so, where roles can be assigned: a target by its name.
    fn place(&self, at: &str) -> String {
        let named = self.targets.iter().find(|one| one.name() == at);
        named.and_then(Target::resource).unwrap_or_else(|| at.to_owned())
    }

    pub(crate) fn estate(&self, roles: &AllRoles) -> Estate {
        let mut estate = EstateBuilder::new();
        add_scopes(&mut estate);
        roles.azure.define(&self.grants, &mut estate);
        let far = ScopeId::new(format!("azure:tenant/{}", fake::OTHER_TENANT));
        for name in ["app", "stranger"] {
            add(&mut estate, fake::service_principal(name), &self.disabled);
        }
        add(&mut estate, fake::person("person"), &self.disabled);
        add(&mut estate, Identity { scope: far.clone(), ..fake::service_principal("outsider") }, &[]);
        let mut graph = fake::microsoft_principal("Microsoft Graph");
        graph.application.as_mut().unwrap().app_id = "00000003-0000-0000-c000-000000000000".into();
        estate.identity(graph);
        for target in &self.targets {
            target.add(&mut estate, &self.disabled);
            self.empower(target, roles, &mut estate);
        }
        for one in &self.members {
            let through = one.through.iter().map(|name| super::group_id(name)).collect();
            estate.membership(census_model::Membership {
                group: super::group_id(&one.group),
                member: id_of(one.who.as_deref().unwrap_or("app")),
                through,
                activation: super::activation(one.activation.as_deref()),
            });
        }
        for one in &self.nested {
            estate.nested_group(one.nested());
        }
        for one in &self.members {
            let around = std::iter::once(&one.group).chain(&one.through);
            for (group, inner) in around.zip(&one.through) {
                let (group, inner) = (group.clone(), inner.clone());
                estate.nested_group(Nested { group, inner, activation: None }.nested());
            }
        }
        for one in &self.owners {
            estate.directory_owner(one.owner());
        }
        for given in &self.grants {
            self.assign(given, roles, &mut estate);
        }
        for given in &self.directory {
            let mut grant = given.grant(&roles.directory, &mut estate);
            if given.to.as_deref() == Some("outsider") {
                grant.scope = far.clone();
            }
            estate.grant(grant);
        }
        census_fixtures::finish(estate)
    }

    fn empower(&self, target: &Target, roles: &AllRoles, estate: &mut EstateBuilder) {
        let power = target.power.as_deref().unwrap_or("Owner");
        if power == "none" || target.runs_as.is_some() {
            return;
        }
        let name = target.name().to_owned();
        if roles.directory.names().any(|one| one == power) {
            let given =
                directory::Given { to: Some(name), role: Some(power.to_owned()), ..Default::default() };
            let grant = given.grant(&roles.directory, estate);
            estate.grant(grant);
        } else {
            let to = if target.is_group() { format!("group:{name}") } else { name };
            let given = Given { to: Some(to), role: Some(power.to_owned()), ..Given::default() };
            self.assign(&given, roles, estate);
        }
    }

    fn assign(&self, given: &Given, roles: &AllRoles, estate: &mut EstateBuilder) {
        let at = given.at.as_deref().unwrap_or("sub");
        let place = self.place(at);
        let given = Given { at: Some(place.clone()), ..given.clone() };
        if place != at || at == "vault" {
            let group = Some(fake::resource_group_scope());
            estate.scope(fake::scope(
                super::scope(&place),
                &super::place(&place),
                ScopeKind::Resource,
                group,
            ));
        }
        let mut grant = given.grant(&roles.azure, estate);
        if at == "abroad" {
            grant.scope = abroad();
        }
        if let Attachment::Scope(scope) = &mut grant.attached_to {
            *scope = grant.scope.clone();
        }
        estate.grant(grant);
    }
}
