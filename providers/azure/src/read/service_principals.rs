//! Service principals: of applications here and elsewhere, of managed identities, of agents and their blueprints.

use std::collections::HashMap;

use census_model::{
    DirectoryObject, EstateBuilder, Identity, IdentityKind, Mechanism, PrincipalSet, Text, Trust,
};

use super::{
    arm_id,
    credentials::{Certificates, Credentials, Keeper, Standing},
    files::Files,
    holders::{Holders, is_of_type},
    identities::{self, ON_APPLICATION},
    managed::{Behind, Managed},
    scopes::{self, Scopes},
    sign_ins::SignIns,
    tenant::Tenant,
};
use crate::documents::{
    Collection, arm, graph,
    value::{Str, at},
};

/// Whether it is an agent identity.
pub(super) fn is_agent_identity(one: &graph::ServicePrincipal<'_>) -> bool {
    let is_service_identity = || {
        one.service_principal_type.as_ref().is_some_and(|kind| kind.eq_ignore_ascii_case("ServiceIdentity"))
    };
    is_of_type(one.odata_type.as_ref(), "agentIdentity") || is_service_identity()
}

/// Whether it is the principal of a blueprint.
fn is_blueprint(one: &graph::ServicePrincipal<'_>) -> bool {
    is_of_type(one.odata_type.as_ref(), "agentIdentityBlueprintPrincipal")
}

/// Whether it has sponsors.
pub(super) fn is_agent(one: &graph::ServicePrincipal<'_>) -> bool {
    is_agent_identity(one) || is_blueprint(one)
}

fn is_managed(one: &graph::ServicePrincipal<'_>) -> bool {
    one.service_principal_type.as_ref().is_some_and(|kind| kind.eq_ignore_ascii_case("ManagedIdentity"))
}

struct Reading<'r, 'f> {
    tenant: &'r Tenant,
    managed: &'r Managed<'f>,
    sign_ins: &'r SignIns,
}

/// Adds those that are there, those that are deleted, and managed identities that only their resource tells of.
pub(super) fn read(
    tenant: &Tenant,
    files: &Files<'_>,
    holders: &Holders<'_>,
    managed: &Managed<'_>,
    sign_ins: &SignIns,
    scopes: &mut Scopes<'_>,
    estate: &mut EstateBuilder,
) {
    let reading = Reading { tenant, managed, sign_ins };
    for one in &files.service_principals {
        let registered =
            one.app_id.as_ref().and_then(|id| holders.applications.get(id.lower().as_str())).copied();
        // An agent identity has no application: what its blueprint has is the blueprint's.
        let registered = registered.filter(|_| !is_agent_identity(one));
        let identity = reading.identity(one, registered, scopes, estate);
        reading.credentials(&identity, one, registered, Standing::Live, estate);
        if let Some(blueprint) = &one.agent_identity_blueprint_id {
            act_as(&identity, blueprint, holders, estate);
        }
        estate.identity(identity);
    }
    let deleted: HashMap<String, &graph::Application<'_>> =
        files.deleted_applications.iter().map(|one| (one.app_id.lower(), one)).collect();
    let gone = files.deleted_service_principals.iter();
    for one in gone.filter(|one| !holders.principals.contains_key(one.id.lower().as_str())) {
        let registered = one.app_id.as_ref().and_then(|id| deleted.get(id.lower().as_str())).copied();
        let mut identity = reading.identity(one, registered, scopes, estate);
        identity.deleted = Some(at(one.deleted_date_time).unwrap_or(tenant.clock));
        reading.credentials(&identity, one, registered, Standing::Deleted, estate);
        estate.identity(identity);
    }
    for one in &files.user_assigned {
        let principal = one.properties.as_ref().and_then(|properties| properties.principal_id.as_ref());
        if !principal.is_some_and(|id| holders.principals.contains_key(id.lower().as_str())) {
            let identity = reading.without_principal(one, principal.map(|id| &**id), scopes, estate);
            estate.identity(identity);
        }
    }
}

/// The principal of the blueprint can act as each agent identity that was made from it: it signs in with its own
/// credentials for a token that stands for one of the agent's.
/// <https://learn.microsoft.com/entra/agent-id/identity-platform/agent-token-flows>
fn act_as(agent: &Identity, blueprint: &Str<'_>, holders: &Holders<'_>, estate: &mut EstateBuilder) {
    // A blueprint that is not there is named all the same, by the client id that is known of it.
    let principal = holders.by_app_id.get(blueprint.lower().as_str());
    let who = principal.map_or_else(|| blueprint.lower(), |one| one.id.lower());
    estate.trust(Trust {
        becomes: agent.id.clone(),
        who: PrincipalSet::Identity(who.into()),
        except: Vec::new(),
        mechanism: Mechanism::FederatedCredential,
        statement: "agentIdentityBlueprintId".into(),
        condition: None,
    });
}

impl Reading<'_, '_> {
    /// The credentials of a principal and of its application.
    fn credentials(
        &self,
        identity: &Identity,
        one: &graph::ServicePrincipal<'_>,
        registered: Option<&graph::Application<'_>>,
        standing: Standing,
        estate: &mut EstateBuilder,
    ) {
        let credentials = Credentials { last_used: self.sign_ins.of_others() };
        let keeper = |object, certificates| Keeper { object, standing, certificates };
        let own = keeper(DirectoryObject::ServicePrincipal, certificates_of(one, identity));
        credentials.add(&identity.id, own, &one.password_credentials, &one.key_credentials, estate);
        if let Some(of) = registered {
            let lent = keeper(ON_APPLICATION, Certificates::Holder);
            credentials.add(&identity.id, lent, &of.password_credentials, &of.key_credentials, estate);
        }
    }

    fn identity(
        &self,
        one: &graph::ServicePrincipal<'_>,
        registered: Option<&graph::Application<'_>>,
        scopes: &mut Scopes<'_>,
        estate: &mut EstateBuilder,
    ) -> Identity {
        let last_used = self.sign_ins.of_client(one.app_id.as_deref());
        let kind = IdentityKind::EntraServicePrincipal;
        let mut identity = identities::bare(&one.id, kind, &self.tenant.scope, last_used);
        let mut aliases: Vec<String> = one.app_id.iter().map(|id| id.lower()).collect();
        let uris = registered.iter().flat_map(|one| &one.identifier_uris).flatten();
        let names = one.service_principal_names.iter().flatten().chain(uris);
        aliases.extend(names.map(|name| name.as_str().to_owned()));
        aliases.extend(registered.map(|one| one.id.lower()));
        let own_tags = one.tags.iter().flatten();
        identity.tags =
            identities::word_tags(own_tags.chain(registered.iter().flat_map(|one| &one.tags).flatten()));
        let shown =
            one.display_name.as_deref().or(one.app_display_name.as_deref()).filter(|name| !name.is_empty());
        identity.name = shown.unwrap_or(&identity.native_id).into();
        identity.created = at(one.created_date_time);
        identity.disabled = one.account_enabled == Some(false)
            || one.is_disabled == Some(true)
            || identities::is_disabled_by_microsoft(one.disabled_by_microsoft_status.as_ref())
            || registered.is_some_and(|one| one.is_disabled == Some(true));
        if is_managed(one) {
            self.manage(&mut identity, one, &mut aliases, scopes, estate);
        } else {
            identity.managed_by =
                identities::microsoft(one.app_owner_organization_id.as_ref(), &self.tenant.id);
            let app_id = one.agent_identity_blueprint_id.as_ref().or(one.app_id.as_deref());
            identity.application =
                app_id.map(|app_id| identities::application(app_id, Some(one), registered, &self.tenant.id));
            if is_blueprint(one) {
                identity.kind = IdentityKind::EntraAgentBlueprint;
            } else if is_agent_identity(one) {
                identity.kind = IdentityKind::EntraAgentIdentity;
            }
        }
        identity.nature =
            identities::bare(&one.id, identity.kind, &identity.scope, identity.last_used.clone()).nature;
        identity.aliases = identities::aliases(aliases, &identity.native_id);
        identity
    }

    /// A managed identity lives where its resource does.
    fn manage(
        &self,
        identity: &mut Identity,
        one: &graph::ServicePrincipal<'_>,
        aliases: &mut Vec<String>,
        scopes: &mut Scopes<'_>,
        estate: &mut EstateBuilder,
    ) {
        match self.managed.behind(one) {
            Behind::Itself(id) => {
                identity.kind = IdentityKind::AzureUserAssignedIdentity;
                identity.scope = scopes.refer(&arm_id::home(&id), estate);
                let resource = self.managed.resource(&identity.native_id);
                identity.tags.extend(scopes::tags(resource.and_then(|one| one.tags.as_ref())));
                aliases.push(id);
            }
            Behind::Host(id) => {
                identity.kind = IdentityKind::AzureSystemAssignedIdentity;
                identity.scope = scopes.refer(&arm_id::home(&id), estate);
                aliases.push(id);
            }
            Behind::Unknown => identity.kind = IdentityKind::AzureSystemAssignedIdentity,
        }
    }

    /// A user-assigned identity whose service principal is not among those that were read.
    fn without_principal(
        &self,
        one: &arm::UserAssignedIdentity<'_>,
        principal: Option<&Str<'_>>,
        scopes: &mut Scopes<'_>,
        estate: &mut EstateBuilder,
    ) -> Identity {
        let id = arm_id::normal(&one.id);
        let scope = scopes.refer(&arm_id::home(&id), estate);
        let client = one.properties.as_ref().and_then(|properties| properties.client_id.as_ref());
        let kind = IdentityKind::AzureUserAssignedIdentity;
        let last_used = self.sign_ins.of_client(client);
        let mut identity = identities::bare(principal.unwrap_or(&one.id), kind, &scope, last_used);
        if principal.is_none() {
            identity.immutable_id = None;
        }
        identity.name = Text::from(one.name.as_deref().unwrap_or_else(|| arm_id::name(&one.id)));
        identity.tags = scopes::tags(one.tags.as_ref());
        identity.created = one.system_data.and_then(|data| at(data.created_at));
        let names = client.iter().map(|id| id.lower()).chain([one.id.as_str().to_owned(), id]);
        identity.aliases = identities::aliases(names, &identity.native_id);
        if !self.tenant.is_doubtful(Collection::ServicePrincipals) {
            let affects = [identity.native_id.to_string()].into();
            let detail = "managed identities whose service principals are not among those that were read";
            self.tenant.inconsistent(Collection::ServicePrincipals, detail, &affects, estate);
        }
        identity
    }
}

/// Who keeps the certificates of a service principal.
fn certificates_of<'k>(one: &'k graph::ServicePrincipal<'_>, identity: &Identity) -> Certificates<'k> {
    match identity.kind {
        IdentityKind::AzureSystemAssignedIdentity | IdentityKind::AzureUserAssignedIdentity => {
            Certificates::Azure
        }
        _ => one
            .preferred_token_signing_key_thumbprint
            .as_ref()
            .map_or(Certificates::Holder, |thumbprint| Certificates::ButSigning(thumbprint.as_str())),
    }
}
