//! Clouds that trust each other's identities.

use census_model::{CloudIssuer, Identity, IdentityKind, Provider, ScopeId};

use crate::View;

/// The identity of the estate that a subject of its tokens names.
pub(crate) fn subject<'a>(issuer: CloudIssuer<'_>, view: &View<'a>, subject: &str) -> Option<&'a Identity> {
    match issuer {
        CloudIssuer::Tenant(tenant) => {
            let scope = ScopeId::of_tenant(tenant);
            let named = view.index.native(&subject.to_ascii_lowercase())?;
            let of_tenant = view.index.ancestors(&named.scope).iter().any(|one| one.id == scope);
            let is_program = named.provider == Provider::Azure && named.kind != IdentityKind::EntraUser;
            (of_tenant && is_program).then_some(named)
        }
        CloudIssuer::Account => view.index.native(subject).filter(|named| named.provider == Provider::Aws),
    }
}

/// A cloud's name.
pub(crate) fn cloud(provider: Provider) -> &'static str {
    match provider {
        Provider::Aws => "AWS",
        Provider::Azure => "Azure",
        Provider::Gcp => "Google Cloud",
    }
}
