//! What service principals and applications have in common.

use std::collections::{BTreeMap, BTreeSet};

use census_model::{
    Application, Audience, DirectoryObject, Identity, IdentityKind, InstanceLock, LastUse, Manager, Nature,
    NatureKind, Observed, Provider, ScopeId, Text,
};

use super::holders::identity_id;
use crate::documents::{
    graph,
    value::{Str, at},
};

/// The tenants in which Microsoft registers its own applications.
/// <https://learn.microsoft.com/troubleshoot/entra/entra-id/governance/verify-first-party-apps-sign-in>
const MICROSOFT_TENANTS: [&str; 2] =
    ["f8cdef31-a31e-4b4a-93e4-5f571e91255a", "72f988bf-86f1-41af-91ab-2d7cd011db47"];

/// The manager of a service principal whose application another tenant than this one owns: Microsoft's, known by that
/// tenant and never by a name.
pub(super) fn microsoft(owner_tenant: Option<&Str<'_>>, tenant: &str) -> Option<Manager> {
    let owner = owner_tenant?.lower();
    (owner != tenant && MICROSOFT_TENANTS.contains(&owner.as_str()))
        .then(|| Manager { name: "microsoft".into(), evidence: format!("owner organization {owner}").into() })
}

/// Whose accounts may sign in.
pub(super) fn audience(word: Option<&Str<'_>>) -> Option<Audience> {
    Some(match word?.as_str() {
        "AzureADMyOrg" => Audience::SingleTenant,
        "AzureADMultipleOrgs" => Audience::MultipleTenants,
        "AzureADandPersonalMicrosoftAccount" => Audience::MultipleTenantsAndPersonal,
        "PersonalMicrosoftAccount" => Audience::Personal,
        _ => Audience::Unrecognized,
    })
}

/// What the service principals of other tenants may not have changed. Nothing written is nothing locked.
pub(super) fn instance_lock(lock: Option<&graph::LockConfiguration>) -> InstanceLock {
    let Some(lock) = lock.filter(|lock| lock.is_enabled == Some(true)) else { return InstanceLock::Off };
    let [all, verify, sign] =
        [lock.all_properties, lock.credentials_with_usage_verify, lock.credentials_with_usage_sign]
            .map(|locked| locked == Some(true));
    if all || (verify && sign) {
        InstanceLock::Credentials
    } else if verify || sign {
        InstanceLock::Partial
    } else {
        InstanceLock::Off
    }
}

/// The application behind a service principal, from whichever of the two is there.
pub(super) fn application(
    app_id: &Str<'_>,
    principal: Option<&graph::ServicePrincipal<'_>>,
    registered: Option<&graph::Application<'_>>,
    tenant: &str,
) -> Application {
    let publisher = |publisher: &Option<graph::VerifiedPublisher<'_>>| {
        publisher
            .as_ref()
            .and_then(|one| one.display_name.as_deref())
            .filter(|name| !name.is_empty())
            .map(Text::from)
    };
    let owner = principal.and_then(|one| one.app_owner_organization_id.as_ref()).map(Str::lower);
    let owner = owner.or_else(|| registered.map(|_| tenant.to_owned()));
    let by_registration = registered.and_then(|one| audience(one.sign_in_audience.as_ref()));
    Application {
        app_id: app_id.lower().into(),
        native_id: registered.map(|one| one.id.lower().into()),
        owner_tenant: owner.map(Text::from),
        audience: by_registration
            .or_else(|| audience(principal.and_then(|one| one.sign_in_audience.as_ref()))),
        verified_publisher: registered
            .and_then(|one| publisher(&one.verified_publisher))
            .or_else(|| principal.and_then(|one| publisher(&one.verified_publisher))),
        instance_lock: registered.map(|one| instance_lock(one.service_principal_lock_configuration.as_ref())),
    }
}

/// Whether Microsoft has switched an application off.
pub(super) fn is_disabled_by_microsoft(status: Option<&Str<'_>>) -> bool {
    status.is_some_and(|status| status.as_str() != "NotDisabled")
}

/// Tags of the directory are words; those that name a value (`team:payments`, `team=payments`) are taken apart.
pub(super) fn word_tags<'t>(words: impl IntoIterator<Item = &'t Str<'t>>) -> BTreeMap<Text, Text> {
    let mut sorted: Vec<&str> = words.into_iter().map(Str::as_str).collect();
    sorted.sort_unstable();
    let parted = sorted.into_iter().map(|word| {
        let (name, value) = word.split_once(['=', ':']).unwrap_or((word, ""));
        (name.trim().into(), value.trim().into())
    });
    parted.collect()
}

/// Aliases: everything but the native id, each once.
pub(super) fn aliases(names: impl IntoIterator<Item = String>, native_id: &str) -> Vec<Text> {
    let names: BTreeSet<String> =
        names.into_iter().filter(|name| !name.is_empty() && name != native_id).collect();
    names.into_iter().map(Text::from).collect()
}

/// The identity of an object of the directory, of which its kind and last use are known so far.
pub(super) fn bare(
    object_id: &Str<'_>,
    kind: IdentityKind,
    scope: &ScopeId,
    last_used: Observed<LastUse>,
) -> Identity {
    let native_id: Text = object_id.lower().into();
    Identity {
        id: identity_id(object_id),
        immutable_id: Some(native_id.clone()),
        name: native_id.clone(),
        native_id,
        aliases: Vec::new(),
        provider: Provider::Azure,
        kind,
        nature: nature(kind),
        scope: scope.clone(),
        path: None,
        tags: BTreeMap::new(),
        created: None,
        disabled: false,
        deleted: None,
        application: None,
        person: None,
        managed_by: None,
        last_used,
    }
}

fn nature(kind: IdentityKind) -> Nature {
    let (nature, reason) = match kind {
        IdentityKind::EntraUser => (NatureKind::Human, "user of the directory"),
        IdentityKind::EntraApplication => (NatureKind::Machine, "application"),
        IdentityKind::EntraAgentIdentity => (NatureKind::Machine, "agent identity"),
        IdentityKind::EntraAgentBlueprint => (NatureKind::Machine, "blueprint of agent identities"),
        IdentityKind::AzureSystemAssignedIdentity | IdentityKind::AzureUserAssignedIdentity => {
            (NatureKind::Machine, "managed identity")
        }
        _ => (NatureKind::Machine, "service principal"),
    };
    Nature { kind: nature, reasons: vec![reason.into()], open: Vec::new() }
}

/// An application that has no service principal of its own, or none any more.
pub(super) fn of_application(
    one: &graph::Application<'_>,
    tenant: &str,
    scope: &ScopeId,
    last_used: Observed<LastUse>,
) -> Identity {
    let mut identity = bare(&one.id, IdentityKind::EntraApplication, scope, last_used);
    let uris = one.identifier_uris.iter().flatten().map(|uri| uri.as_str().to_owned());
    identity.aliases = aliases(uris.chain([one.app_id.lower()]), &identity.native_id);
    identity.name = one.display_name.as_deref().unwrap_or(&identity.native_id).into();
    identity.tags = word_tags(one.tags.iter().flatten());
    identity.created = at(one.created_date_time);
    identity.disabled =
        one.is_disabled == Some(true) || is_disabled_by_microsoft(one.disabled_by_microsoft_status.as_ref());
    identity.application = Some(application(&one.app_id, None, Some(one), tenant));
    identity
}

/// Where a credential is kept that an application lends.
pub(super) const ON_APPLICATION: DirectoryObject = DirectoryObject::Application;
