//! What rules about Entra ID and Azure share: which credentials count, how things are named, and the commands of `az`.

use census_model::{
    Application, Attachment, Credential, CredentialKind, CredentialStatus, DirectoryObject, Evidence, Grant,
    Identity, IdentityKind, Provider, ScopeId, Vault, VaultKind, Via,
};

use crate::{Draft, View, docs::date, policies::Shown};

/// The reads that evidence of Entra ID comes from.
pub(crate) const APPLICATIONS: &str = "GET /v1.0/applications";
pub(crate) const SERVICE_PRINCIPALS: &str = "GET /v1.0/servicePrincipals";
pub(crate) const OWNERS: &str = "GET /v1.0/applications/{id}/owners, /v1.0/servicePrincipals/{id}/owners";
pub(crate) const FEDERATED: &str = "GET {application or managed identity}/federatedIdentityCredentials";
pub(crate) const VAULTS: &str = "GET /subscriptions/{id}/providers/Microsoft.KeyVault/vaults";

/// Whether somebody signs in with it as an application: a secret or a certificate. Keys that sign tokens are none.
pub(crate) fn signs_in(credential: &Credential) -> bool {
    matches!(credential.kind, CredentialKind::ClientSecret | CredentialKind::ClientCertificate)
}

/// The secrets and certificates of an identity that work, by id.
pub(crate) fn live<'a>(view: &View<'a>, identity: &Identity) -> Vec<&'a Credential> {
    let all = view.index.credentials(&identity.id).iter().copied();
    all.filter(|one| signs_in(one) && one.status == CredentialStatus::Active).collect()
}

/// The identities of Azure and Entra that somebody in the company can change, but for people.
pub(crate) fn machines<'a>(view: &View<'a>) -> impl Iterator<Item = &'a Identity> + use<'a> {
    view.fixable().filter(|one| one.provider == Provider::Azure && one.kind != IdentityKind::EntraUser)
}

/// The applications that are registered in a tenant of this estate, and can be changed here.
pub(crate) fn registered_here<'a>(
    view: &View<'a>,
) -> impl Iterator<Item = (&'a Identity, &'a Application)> + use<'a> {
    machines(view)
        .filter_map(|identity| Some((identity, identity.application.as_ref()?)))
        .filter(|(_, application)| application.native_id.is_some())
}

/// The tenant whose application this is, where it is none of the estate's own and not Microsoft's.
pub(crate) fn foreign_tenant<'i>(view: &View<'_>, identity: &'i Identity) -> Option<&'i str> {
    let application = identity.application.as_ref().filter(|one| one.native_id.is_none())?;
    let owner = application.owner_tenant.as_deref().filter(|_| identity.managed_by.is_none())?;
    let ours = view.estate().scopes.get(&ScopeId::of_tenant(owner));
    (!ours.is_some_and(|scope| scope.scanned)).then_some(owner)
}

/// What `az` takes for an identity: the client id, else the object id.
pub(crate) fn client_id(identity: &Identity) -> &str {
    identity.application.as_ref().map_or(&identity.native_id, |application| &application.app_id)
}

/// The object id of an identity's application, where it is registered here.
pub(crate) fn application_object_id(identity: &Identity) -> Option<&str> {
    identity.application.as_ref()?.native_id.as_deref()
}

/// A credential as evidence: kind, public id, from when to when, and on which object it is kept.
pub(crate) fn fact(label: &str, credential: &Credential) -> Evidence {
    let id = credential.key_id.as_deref().map_or_else(String::new, |id| format!(" `{}`", Shown(id)));
    let made = credential.created.map_or_else(|| "at an unknown time".to_owned(), date);
    let ends = credential.expires.map_or_else(|| "never".to_owned(), date);
    let kept = credential.kept_on.map_or_else(String::new, |on| format!(", kept on the {on}"));
    Evidence::new(label, format!("{}{id}, made {made}, ends {ends}{kept}", credential.kind))
        .from_source(read_of(credential))
}

/// The read that shows a credential.
pub(crate) fn read_of(credential: &Credential) -> &'static str {
    match credential.kept_on {
        Some(DirectoryObject::ServicePrincipal) => SERVICE_PRINCIPALS,
        _ => APPLICATIONS,
    }
}

/// Adds the command that deletes a secret or certificate; where its key id is not known, the one that lists them.
pub(crate) fn delete_credential(draft: Draft, holder: &Identity, credential: &Credential) -> Draft {
    if !signs_in(credential) {
        return draft;
    }
    let (object, id) = match credential.kept_on {
        Some(DirectoryObject::ServicePrincipal) => ("sp", &*holder.native_id),
        _ => ("app", client_id(holder)),
    };
    let certificate = (credential.kind == CredentialKind::ClientCertificate).then_some("--cert");
    // The public id of a certificate is its thumbprint, which `az` does not take.
    match credential.key_id.as_deref().filter(|id| is_guid(id)) {
        Some(key) => {
            let words = ["az", "ad", object, "credential", "delete", "--id", id, "--key-id", key];
            draft.command(words.into_iter().chain(certificate))
        }
        None => {
            let words = ["az", "ad", object, "credential", "list", "--id", id];
            draft.command(words.into_iter().chain(certificate))
        }
    }
}

/// Adds the command that lists the federated credentials of an identity.
pub(crate) fn federated_credentials(draft: Draft, identity: &Identity) -> Draft {
    match (arm_id(identity), application_object_id(identity)) {
        (Some(arm), _) => {
            let group = part_of_arm_id(arm, "resourcegroups").unwrap_or_default();
            let name = part_of_arm_id(arm, "userassignedidentities").unwrap_or(&identity.name);
            let words = ["az", "identity", "federated-credential", "list", "--identity-name", name];
            draft.command(words.into_iter().chain(["--resource-group", group]))
        }
        (None, Some(object)) => {
            draft.command(["az", "ad", "app", "federated-credential", "list", "--id", object])
        }
        (None, None) => draft,
    }
}

/// The ARM id of a managed identity that is a resource of its own.
pub(crate) fn arm_id(identity: &Identity) -> Option<&str> {
    let own = identity.kind == IdentityKind::AzureUserAssignedIdentity;
    let mut aliases = identity.aliases.iter().map(|alias| &**alias).filter(|_| own);
    aliases.find(|alias| part_of_arm_id(alias, "userassignedidentities").is_some())
}

/// What stands behind a segment of an ARM id; segments compare without case.
pub(crate) fn part_of_arm_id<'t>(id: &'t str, segment: &str) -> Option<&'t str> {
    let mut parts = id.split('/').skip_while(|part| !part.eq_ignore_ascii_case(segment));
    parts.nth(1).filter(|part| !part.is_empty())
}

/// Adds the command that changes a vault by these options.
pub(crate) fn update_vault(draft: Draft, vault: &Vault, options: &[&str]) -> Draft {
    let (verb, named) = match vault.kind {
        VaultKind::AzureKeyVault => ("update", "--name"),
        VaultKind::AzureManagedHsm => ("update-hsm", "--hsm-name"),
    };
    let words = ["az", "keyvault", verb, named, &vault.name];
    let group = part_of_arm_id(&vault.native_id, "resourcegroups");
    let place = group.into_iter().flat_map(|group| ["--resource-group", group]);
    draft.command(words.into_iter().chain(place).chain(options.iter().copied()))
}

fn is_guid(text: &str) -> bool {
    let parts: Vec<usize> = text.split('-').map(str::len).collect();
    parts == [8, 4, 4, 4, 12] && text.chars().all(|c| c == '-' || c.is_ascii_hexdigit())
}

/// What somebody holds, in words: `Contributor at azure:subscription/…`.
pub(crate) fn holding(view: &View<'_>, grant: &Grant) -> String {
    let at = format!("at {}", Shown(grant.scope.as_str()));
    match &grant.via {
        Via::RoleAssignment { name, .. } => format!("Azure role `{}` {at}", Shown(name)),
        Via::DirectoryRole { name, directory_scope, .. } => {
            format!("directory role `{}` at `{}`", Shown(name), Shown(directory_scope))
        }
        Via::AppRole { resource, .. } => {
            let policy = grant.policy.as_ref().and_then(|id| view.estate().policies.get(id));
            let value = policy.map_or("not read", |policy| &*policy.text);
            format!("application permission `{}` of {}", Shown(value), name_of(view, resource))
        }
        Via::DelegatedPermission { resource, .. } => {
            format!("delegated permissions of {}", name_of(view, resource))
        }
        Via::AccessPolicy { vault, .. } => format!("access policy of vault `{}`", Shown(vault.as_str())),
        Via::LocalRole { vault, name, .. } => {
            format!("role `{}` of managed HSM `{}`", Shown(name), Shown(vault.as_str()))
        }
        _ => format!("a grant {at}"),
    }
}

/// An identity by its name, or by its id where it is not of the estate.
pub(crate) fn name_of(view: &View<'_>, id: &census_model::IdentityId) -> String {
    match view.index.identity(id) {
        Some(identity) => format!("`{}`", Shown(&identity.name)),
        None => format!("`{}`", Shown(id.as_str())),
    }
}

/// What is attached to an identity itself and gives something, by id.
pub(crate) fn grants<'a>(view: &View<'a>, identity: &Identity) -> Vec<&'a Grant> {
    let all = view.index.grants_of_identity(&identity.id).iter().copied();
    all.filter(|grant| grant.effect == census_model::Effect::Allow).collect()
}

/// The principal that something is attached to, by its id.
pub(crate) fn holder_id(attached_to: &Attachment) -> Option<&str> {
    match attached_to {
        Attachment::Identity(id) => Some(id.as_str()),
        Attachment::Group(id) => Some(id.as_str()),
        Attachment::Scope(_) | Attachment::Resource(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::is_guid;

    #[test]
    fn only_key_ids_are_handed_to_az() {
        assert!(is_guid("7a1f0000-0000-4000-8000-00000000000f"));
        for other in
            ["", "A1B2C3", "7a1f0000-0000-4000-8000-00000000000g", "7a1f00000000-4000-8000-00000000000f"]
        {
            assert!(!is_guid(other), "{other}");
        }
    }
}
