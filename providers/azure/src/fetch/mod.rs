//! API → documents.
//!
//! One file for each collection, or for those that are read together; the declaration of a read stands beside what it
//! asks for and what is kept. The order: the tenant; lists of Microsoft Graph; what belongs to each service principal
//! and application; Azure Resource Manager; groups and users that any of these refer to; Key Vault's data planes.

mod app_roles;
mod applications;
mod arm;
mod authorization;
mod calls;
mod directory_roles;
mod groups;
mod hsm_roles;
mod organization;
mod owners;
mod policies;
pub(crate) mod probes;
mod references;
mod relations;
mod resources;
mod service_principals;
mod sign_ins;
mod subscriptions;
mod tenant;
#[cfg(test)]
mod tests;
mod users;
mod vault_objects;

use std::{collections::HashSet, sync::Arc, time::Duration};

use census_provider_api::{FetchContext, FetchError, Fetched};

pub(crate) use self::calls::{READS, calls, is_needed};
use self::tenant::{Tenant, tenant_scope};
use crate::{
    client::{
        Api, Call, Caller, Door, Environment, Gate, Plane, Retry, SignIn, Tokens, Ways, identity_endpoint,
    },
    documents::Collection,
    options::AzureOptions,
};

/// The lists of Microsoft Graph that need nothing but the tenant.
static LISTS: [(&Call, Collection); 14] = [
    (&service_principals::LIST_SERVICE_PRINCIPALS, Collection::ServicePrincipals),
    (&applications::LIST_APPLICATIONS, Collection::Applications),
    (&service_principals::LIST_DELETED_SERVICE_PRINCIPALS, Collection::DeletedServicePrincipals),
    (&applications::LIST_DELETED_APPLICATIONS, Collection::DeletedApplications),
    (&app_roles::LIST_DELEGATED_GRANTS, Collection::DelegatedGrants),
    (&directory_roles::LIST_DIRECTORY_ROLES, Collection::DirectoryRoles),
    (&directory_roles::LIST_DIRECTORY_ASSIGNMENTS, Collection::DirectoryAssignments),
    (&directory_roles::LIST_DIRECTORY_ASSIGNMENT_INSTANCES, Collection::DirectoryAssignmentInstances),
    (&directory_roles::LIST_DIRECTORY_ELIGIBILITY_INSTANCES, Collection::DirectoryEligibilityInstances),
    (&policies::GET_AUTHORIZATION_POLICY, Collection::AuthorizationPolicy),
    (&policies::GET_APP_MANAGEMENT_POLICY, Collection::AppManagementPolicy),
    (&policies::LIST_CONSENT_POLICIES, Collection::ConsentPolicies),
    (&organization::LIST_ORGANIZATION, Collection::Tenant),
    (&sign_ins::LIST_SIGN_INS, Collection::SignIns),
];

/// What is asked for each thing of other collections.
const DERIVED: [(Collection, &[Collection]); 23] = {
    use Collection as C;

    const PRINCIPALS: &[C] = &[C::ServicePrincipals, C::Applications];
    const SUBSCRIPTIONS: &[C] = &[C::Subscriptions];
    const HOLDERS: &[C] = &[C::DirectoryAssignments, C::AzureAssignments, C::Owners];
    [
        (C::Owners, PRINCIPALS),
        (C::Sponsors, PRINCIPALS),
        (C::AppRoleAssignments, &[C::ServicePrincipals]),
        (C::ApplicationFederation, &[C::Applications]),
        (C::ResourceGroups, SUBSCRIPTIONS),
        (C::Resources, SUBSCRIPTIONS),
        (C::UserAssignedIdentities, SUBSCRIPTIONS),
        (C::ManagedIdentityFederation, &[C::UserAssignedIdentities]),
        (C::AzureRoles, SUBSCRIPTIONS),
        (C::AzureAssignments, SUBSCRIPTIONS),
        (C::Vaults, SUBSCRIPTIONS),
        (C::DeletedVaults, SUBSCRIPTIONS),
        (C::ManagedHsms, SUBSCRIPTIONS),
        (C::DeletedManagedHsms, SUBSCRIPTIONS),
        (C::HsmAssignments, &[C::ManagedHsms]),
        (C::HsmRoles, &[C::ManagedHsms]),
        (C::VaultObjects, &[C::Vaults, C::ManagedHsms]),
        (C::KeyRotationPolicies, &[C::VaultObjects]),
        (C::Groups, HOLDERS),
        (C::GroupMembers, &[C::Groups]),
        (C::GroupAssignmentInstances, &[C::Groups]),
        (C::GroupEligibilityInstances, &[C::Groups]),
        (C::Users, HOLDERS),
    ]
};

/// The gate of a fetch or a check.
///
/// # Errors
/// When the options cannot be meant, or TLS cannot be set up.
pub(crate) fn gate(options: &AzureOptions) -> Result<Gate, FetchError> {
    if let Some((what, help)) = options.problem() {
        return Err(FetchError::Options { what, help });
    }
    let wait = Duration::from_secs(options.read_timeout_seconds);
    let ways = Ways::open(Duration::from_secs(options.connect_timeout_seconds), wait).map_err(|_| {
        FetchError::Options {
            what: "connections over TLS could not be set up".to_owned(),
            help: "look at HTTPS_PROXY and SSL_CERT_FILE, and at the certificates that this machine trusts"
                .to_owned(),
        }
    })?;
    let own = std::env::var("IDENTITY_ENDPOINT").ok().and_then(|text| identity_endpoint(&text));
    let door = Door::new(options.cloud.endpoints(), calls().collect(), own);
    Ok(Gate::new(ways, door, options.requests_per_second, wait))
}

/// The client of a tenant, and who signed in to it.
///
/// # Errors
/// When nobody can sign in.
pub(crate) async fn sign_in(
    options: &AzureOptions,
    gate: &Gate,
    environment: &Arc<Environment>,
    tenant: Option<&str>,
    deadline: Option<std::time::Instant>,
) -> Result<(Api, Caller), FetchError> {
    let named = tenant.map(str::to_owned).or_else(|| environment.tenant.clone());
    let sign_in = SignIn::new(options.clone(), Arc::clone(environment), named.clone(), gate.clone());
    let tokens = Arc::new(Tokens::new(sign_in));
    let retry = Retry { attempts: options.max_attempts, pause: Duration::from_millis(500) };
    let scope = options.cloud.endpoints().service(Plane::Graph).scope;
    let api =
        Api::new(options.cloud, gate.clone(), Arc::clone(&tokens), retry, options.concurrency, deadline);
    let help = "set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET or AZURE_CLIENT_CERTIFICATE_PATH, \
                run where there is a managed identity, or sign in with `az login`";
    let refused = |what: String| FetchError::Credentials {
        what: match &named {
            Some(tenant) => format!("nobody could sign in to tenant `{}`: {what}", tenant.escape_debug()),
            None => format!("nobody could sign in: {what}"),
        },
        help: help.to_owned(),
    };
    let caller = api.before_deadline(tokens.caller(scope)).await;
    let caller = caller.map_err(|failure| refused(failure.detail))?.map_err(refused)?;
    Ok((api, caller))
}

/// Reads the tenants.
///
/// # Errors
/// When nobody can sign in to any of them, or documents cannot be kept.
pub(crate) async fn fetch(options: &AzureOptions, context: FetchContext<'_>) -> Result<Fetched, FetchError> {
    let gate = gate(options)?;
    fetch_through(&gate, Environment::read(), options, context).await
}

async fn fetch_through(
    gate: &Gate,
    environment: Environment,
    options: &AzureOptions,
    context: FetchContext<'_>,
) -> Result<Fetched, FetchError> {
    context.progress.step("azure: credentials");
    let environment = Arc::new(environment);
    let named: Vec<Option<&str>> = match options.tenants.as_slice() {
        [] => vec![None],
        tenants => tenants.iter().map(|tenant| Some(tenant.as_str())).collect(),
    };
    let total = named.len();
    let mut last = None;
    let mut read = 0;
    context.progress.scopes(0, total);
    for (done, tenant) in named.into_iter().enumerate() {
        match sign_in(options, gate, &environment, tenant, context.deadline).await {
            Ok((api, caller)) => {
                read += 1;
                one(options, context, api, &caller, total > 1).await?;
            }
            Err(error @ FetchError::Credentials { .. }) if total > 1 => {
                not_entered(context, tenant.unwrap_or_default(), &error)?;
                last = Some(error);
            }
            Err(error) => return Err(error),
        }
        context.progress.scopes(done + 1, total);
    }
    tracing::debug!(requests = gate.requests(), inner = gate.inner_requests(), "azure: all tenants read");
    match last {
        Some(error) if read == 0 => Err(error),
        _ => Ok(Fetched { requests: gate.requests() }),
    }
}

/// A tenant, of several, to which nobody could sign in.
fn not_entered(context: FetchContext<'_>, tenant: &str, error: &FetchError) -> Result<(), FetchError> {
    let read = &organization::LIST_ORGANIZATION.read;
    let scope = Some(tenant_scope(&tenant.to_ascii_lowercase()));
    let gap = census_model::Gap::new(
        census_model::Provider::Azure,
        scope,
        read.name(),
        census_model::GapReason::Denied,
        error.to_string(),
        Vec::new(),
    );
    let batch = census_provider_api::Batch { gaps: vec![gap], ..census_provider_api::Batch::default() };
    Ok(context.collector.commit(batch)?)
}

async fn one(
    options: &AzureOptions,
    context: FetchContext<'_>,
    api: Api,
    caller: &Caller,
    several: bool,
) -> Result<(), FetchError> {
    let collector = context.collector;
    if let Some(object) = &caller.object {
        collector.caller(object);
    }
    collector.target(tenant_scope(&caller.tenant).as_str());
    if collector.is_done(&caller.tenant) {
        return Ok(());
    }
    let mut tenant = Tenant::new(api, &caller.tenant, options, context.progress);
    read(&mut tenant).await;
    let folder = several.then_some(caller.tenant.as_str());
    Ok(collector.commit(tenant.finish(folder))?)
}

/// Reads a tenant. Whatever goes wrong is a gap.
async fn read(tenant: &mut Tenant<'_>) {
    lists(tenant).await;
    let principals: HashSet<String> =
        tenant.items(Collection::ServicePrincipals).iter().map(|item| item.id.to_ascii_lowercase()).collect();
    tenant.step(&format!("owners and roles of {} service principals", principals.len()));
    let relations = relations::of_principals(
        tenant.items(Collection::ServicePrincipals),
        tenant.items(Collection::Applications),
    );
    relations::read(tenant, &relations).await;
    let scopes = subscriptions::read(tenant).await;
    arm::read(tenant, &scopes).await;
    hsm_roles::read(tenant).await;
    let referred = references::referred(tenant);
    groups::read(tenant, referred, &principals).await;
    if tenant.options.key_vaults {
        vault_objects::read(tenant).await;
    }
    for (collection, from) in DERIVED {
        let needed = match collection {
            Collection::VaultObjects => tenant.options.key_vaults,
            Collection::KeyRotationPolicies => tenant.options.key_vaults && tenant.options.deep,
            _ => true,
        };
        if needed {
            tenant.derived(collection, from);
        }
    }
}

async fn lists(tenant: &mut Tenant<'_>) {
    tenant.step("Microsoft Graph");
    let options = tenant.options;
    let needed: Vec<_> = LISTS.iter().filter(|(call, _)| is_needed(&call.read, options)).collect();
    let api = &tenant.api;
    let work = needed.iter().map(|(call, _)| async move {
        let url = api.url(Plane::Graph, &call.target(0, &[]))?;
        api.list(call, &url).await
    });
    let results: Vec<_> = api.all(work.collect()).await;
    for ((call, collection), result) in needed.into_iter().zip(results) {
        tenant.settle(*collection, call, result, &[]);
    }
}
