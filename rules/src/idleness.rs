//! What is not used, and which rule says so. One thing that rests is one finding: a role, a key and a password have
//! rules of their own, and `idle-identity` tells of the rest.

use census_model::{Credential, CredentialKind, Identity, IdentityKind};

use crate::{Idle, View};

/// Since when a role is known to be unused for too long.
pub(crate) fn unused_role(view: &View<'_>, role: &Identity) -> Option<Idle> {
    view.idle(&role.last_used, role.created, view.unused_limit(role))
}

/// Since when a key or password of an identity is known to be unused for too long.
pub(crate) fn unused_credential(
    view: &View<'_>,
    identity: &Identity,
    credential: &Credential,
) -> Option<Idle> {
    view.idle(&credential.last_used, credential.created, view.unused_limit(identity))
}

/// Whether another rule says that an identity rests.
pub(crate) fn is_told(view: &View<'_>, identity: &Identity) -> bool {
    let kinds: &[CredentialKind] = match identity.kind {
        IdentityKind::AwsRole => return unused_role(view, identity).is_some(),
        IdentityKind::AwsUser => &[CredentialKind::AccessKey, CredentialKind::ConsolePassword],
        // Its password ought to rest.
        IdentityKind::AwsRootUser => &[CredentialKind::AccessKey],
        _ => &[],
    };
    let active = kinds.iter().flat_map(|kind| view.active(&identity.id, *kind));
    active.into_iter().any(|one| unused_credential(view, identity, one).is_some())
}
