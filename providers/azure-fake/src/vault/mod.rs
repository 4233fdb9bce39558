//! The data planes of Key Vault and managed HSM.

mod access;
mod hosts;

pub(crate) use hosts::{Hosts, VaultHost};

use crate::{
    cloud::HostKind,
    faults,
    http::{Answer, Reply, Request},
    json::{Object, quote},
    page::Style,
    server::Context,
    tenant::{Item, Tenant},
};

/// Key Vault gives at most 25 items a page, and names its port in links.
const STYLE: Style = Style { link: "nextLink", size: "maxresults", usual: 25, most: 25, port: ":443" };

/// Source: the versions that azure-keyvault-keys, -secrets, -certificates and -administration know.
const VERSIONS: [&str; 12] = [
    "2016-10-01",
    "7.0",
    "7.1",
    "7.2",
    "7.3",
    "7.4",
    "7.5",
    "7.6-preview.2",
    "7.6",
    "2025-06-01-preview",
    "2025-07-01",
    "2026-01-01-preview",
];

/// Answers a request to a vault or a managed HSM.
pub(crate) fn answer(context: &Context<'_>) -> Reply {
    let request = context.request;
    let (host, tenant) = hosts::find(context)?;
    access::check(context, tenant)?;
    if request.method != "GET" {
        return Err(faults::not_read(request));
    }
    check_version(request)?;
    match (request.host.kind, request.parts().as_slice()) {
        (HostKind::Vault, [kind @ ("keys" | "secrets" | "certificates")])
        | (HostKind::Hsm, [kind @ "keys"]) => objects(context, tenant, kind),
        (HostKind::Vault | HostKind::Hsm, ["keys", name, "rotationpolicy"]) => {
            rotation(request, tenant, name)
        }
        (HostKind::Vault, ["secrets", name] | ["secrets", name, _]) => secret(request, tenant, name),
        (HostKind::Hsm, [scope @ .., "providers", "Microsoft.Authorization", kind]) => {
            local_roles(context, tenant, host, scope, kind)
        }
        _ => Err(faults::not_found(request)),
    }
}

fn check_version(request: &Request) -> Result<(), Box<Answer>> {
    let version = request.query.get("api-version");
    if version.as_deref().is_some_and(|version| VERSIONS.contains(&version)) {
        return Ok(());
    }
    let message = match version {
        None => "AKV10112: api-version must be specified".to_owned(),
        Some(version) => format!("AKV10113: The specified version ({version}) is not recognized."),
    };
    Err(faults::error(request, 400, "BadParameter", &message))
}

/// `GET /keys`, `/secrets`, `/certificates`: properties only.
fn objects(context: &Context<'_>, tenant: &Tenant, kind: &str) -> Reply {
    let request = context.request;
    let prefix = format!("https://{}/{kind}/", request.host.name);
    let items = tenant.collection("arm/vaultObjects").items.iter();
    let found: Vec<&str> = items.filter(|item| item.id.starts_with(&prefix)).map(Item::text).collect();
    context.paging(STYLE).list(request, "vaultObjects", found)
}

fn rotation(request: &Request, tenant: &Tenant, name: &str) -> Reply {
    let kid = format!("https://{}/keys/{name}", request.host.name);
    let found = tenant.collection("arm/keyRotationPolicies").by_id(&kid);
    let policy =
        found.and_then(Item::object).and_then(|object| Some(object.get("rotationPolicy")?.to_owned()));
    let policy = policy.ok_or_else(|| {
        faults::error(request, 404, "KeyNotFound", &format!("A key with (name/id) {name} was not found."))
    })?;
    Ok(Answer::json(200, policy))
}

/// `GET /secrets/{name}`: the value, which nobody who only reads properties may ask for.
fn secret(request: &Request, tenant: &Tenant, name: &str) -> Reply {
    let id = format!("https://{}/secrets/{name}", request.host.name);
    let found = tenant.collection("arm/vaultObjects").by_id(&id).and_then(Item::object);
    let mut secret = found.ok_or_else(|| {
        let message = format!("A secret with (name/id) {name} was not found in this key vault.");
        faults::error(request, 404, "SecretNotFound", &message)
    })?;
    let value = tenant.extras.secret_value.as_deref().unwrap_or("a-secret-of-a-tenant-for-tests");
    secret.set("value", quote(value));
    Ok(Answer::json(200, secret.to_json()))
}

/// Local RBAC of a managed HSM, at a scope and below it.
fn local_roles(
    context: &Context<'_>,
    tenant: &Tenant,
    host: &VaultHost,
    scope: &[&str],
    kind: &str,
) -> Reply {
    let document = match kind {
        "roleAssignments" => "managedHsmRoleAssignments",
        "roleDefinitions" => "managedHsmRoleDefinitions",
        _ => return Err(faults::not_found(context.request)),
    };
    let parent = tenant.collection(&format!("arm/{document}")).by_id(&host.arm_id);
    let items = parent.and_then(Item::object).map(|object| object.list(kind)).unwrap_or_default();
    let scope: String = scope.iter().map(|part| format!("/{part}")).collect();
    let is_below = |text: &str| {
        let properties = Object::parse(text).and_then(|object| Some(object.get("properties")?.to_owned()));
        let at =
            properties.and_then(|properties| Object::parse(&properties)?.text("scope")).unwrap_or_default();
        at == scope || at.starts_with(&format!("{scope}/"))
    };
    let texts = items.iter().map(|item| item.get());
    let found = texts.filter(|text| kind == "roleDefinitions" || is_below(text)).collect();
    context.paging(STYLE).list(context.request, document, found)
}
