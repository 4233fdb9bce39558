//! Passwords and keys of applications and service principals. Both kinds of objects have their own.

use base64::{Engine, engine::general_purpose::STANDARD};
use census_model::{
    Credential, CredentialId, CredentialKind, CredentialStatus, Digest, DirectoryObject, EstateBuilder,
    Holder, IdentityId, LastUse, Observed, Text,
};

use crate::documents::{
    graph::{KeyCredential, PasswordCredential},
    value::{Str, Time, at},
};

/// What a credential is kept on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Keeper<'k> {
    /// Which object.
    pub(super) object: DirectoryObject,
    /// Whether it is there.
    pub(super) standing: Standing,
    /// Who keeps its certificates.
    pub(super) certificates: Certificates<'k>,
}

/// Who keeps the certificates of an object, and for what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Certificates<'k> {
    /// Whoever signs in with them.
    Holder,
    /// Azure, of a managed identity.
    Azure,
    /// Whoever signs in with them, but for the set that Entra ID signs tokens with, by its thumbprint: a key that signs, the
    /// half that verifies, and the password that protects both. Other sets are left as they are, since whoever may add
    /// credentials may call one so.
    /// <https://learn.microsoft.com/graph/api/serviceprincipal-addtokensigningcertificate>
    ButSigning(&'k str),
}

/// Whether what a credential is kept on is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// It is.
    Live,
    /// It is deleted; whoever restores it has the credential again.
    Deleted,
}

/// What is the same for all credentials of a tenant.
pub(super) struct Credentials {
    /// The use of single credentials.
    pub(super) last_used: Observed<LastUse>,
}

/// One of either kind.
struct Kept<'c> {
    kind: CredentialKind,
    key_id: Option<Text>,
    unique: Option<&'c Str<'c>>,
    label: Option<&'c Str<'c>>,
    start: Option<Time>,
    end: Option<Time>,
}

impl Credentials {
    /// Adds the credentials of an object.
    pub(super) fn add(
        &self,
        holder: &IdentityId,
        keeper: Keeper<'_>,
        passwords: &Option<Vec<PasswordCredential<'_>>>,
        keys: &Option<Vec<KeyCredential<'_>>>,
        estate: &mut EstateBuilder,
    ) {
        let signs = |key: &KeyCredential<'_>| match keeper.certificates {
            Certificates::ButSigning(wanted) => thumbprint(key.custom_key_identifier.as_ref())
                .is_some_and(|thumbprint| thumbprint.eq_ignore_ascii_case(wanted)),
            Certificates::Holder | Certificates::Azure => false,
        };
        let signing: Vec<String> = keys
            .iter()
            .flatten()
            .filter(|key| signs(key))
            .filter_map(|key| key.key_id.as_ref().map(Str::lower))
            .collect();
        let passwords = passwords.iter().flatten().map(|one| Kept {
            kind: match &one.key_id {
                Some(id) if signing.contains(&id.lower()) => CredentialKind::TokenSigningCertificate,
                _ => CredentialKind::ClientSecret,
            },
            key_id: one.key_id.as_ref().map(|id| id.lower().into()),
            unique: one.key_id.as_ref(),
            label: one.display_name.as_ref(),
            start: one.start_date_time,
            end: one.end_date_time,
        });
        let keys = keys.iter().flatten().map(|one| Kept {
            kind: match keeper.certificates {
                Certificates::Azure => CredentialKind::ManagedCertificate,
                _ if signs(one) => CredentialKind::TokenSigningCertificate,
                _ => kind_of_key(one.usage.as_ref()),
            },
            key_id: thumbprint(one.custom_key_identifier.as_ref())
                .or_else(|| one.key_id.as_ref().map(Str::lower))
                .map(Text::from),
            unique: one.key_id.as_ref().or(one.custom_key_identifier.as_ref()),
            label: one.display_name.as_ref(),
            start: one.start_date_time,
            end: one.end_date_time,
        });
        let mut all: Vec<Credential> =
            passwords.chain(keys).map(|one| self.credential(holder, keeper, &one)).collect();
        let order = |one: &Credential| {
            (one.id.clone(), one.created, one.expires, one.key_id.clone(), one.label.clone())
        };
        all.sort_by_cached_key(order);
        all.dedup();
        // Ids of keys are chosen by whoever adds them. One that repeats another's must not hide behind it.
        let ids: Vec<CredentialId> = all.iter().map(|one| one.id.clone()).collect();
        for (at, mut one) in all.into_iter().enumerate() {
            let before =
                ids.get(..at).unwrap_or_default().iter().rev().take_while(|id| **id == one.id).count();
            if before > 0 {
                one.id = CredentialId::new(format!("{}/{}", one.id, before + 1));
            }
            estate.credential(one);
        }
    }

    fn credential(&self, holder: &IdentityId, keeper: Keeper<'_>, one: &Kept<'_>) -> Credential {
        let kind = one.kind;
        let place = match keeper.object {
            DirectoryObject::Application => "application",
            DirectoryObject::ServicePrincipal => "service-principal",
            DirectoryObject::Group => "group",
        };
        // One without an id is told from the others by all that is known of it.
        let unique = one.unique.map_or_else(
            || {
                let shown = format!("{:?} {:?}", one.start, one.end);
                Digest::new("credential").part(&shown).part(one.label.map_or("", |label| label)).hex(8)
            },
            |id| id.as_str().to_owned(),
        );
        let expires = at(one.end);
        // Whether it has ended by then depends on the clock of the estate.
        let status = match keeper.standing {
            Standing::Live => CredentialStatus::Active,
            Standing::Deleted => CredentialStatus::Inactive,
        };
        Credential {
            id: CredentialId::new(format!("{holder}#{kind}/{place}/{unique}")),
            holder: Holder::Identity(holder.clone()),
            kind,
            key_id: one.key_id.clone(),
            label: one.label.map(|label| label.as_str().into()),
            created: at(one.start),
            expires,
            kept_on: Some(keeper.object),
            status,
            last_used: self.last_used.clone(),
        }
    }
}

/// `Sign` keys sign tokens of the directory; every other key may prove who a client is.
fn kind_of_key(usage: Option<&Str<'_>>) -> CredentialKind {
    if usage.is_some_and(|usage| usage.eq_ignore_ascii_case("Sign")) {
        CredentialKind::TokenSigningCertificate
    } else {
        CredentialKind::ClientCertificate
    }
}

/// The thumbprint that a key's own identifier is, unless whoever added the key chose another: a SHA-1 or SHA-256 in
/// base64, or its hexadecimal digits in base64 or plain. In upper case, as certificates are looked up.
fn thumbprint(identifier: Option<&Str<'_>>) -> Option<String> {
    let is_hex = |bytes: &[u8]| matches!(bytes.len(), 40 | 64) && bytes.iter().all(u8::is_ascii_hexdigit);
    let identifier = identifier?.as_str();
    if is_hex(identifier.as_bytes()) {
        return Some(identifier.to_ascii_uppercase());
    }
    let bytes = STANDARD.decode(identifier).ok()?;
    match bytes.len() {
        20 | 32 => Some(bytes.iter().map(|byte| format!("{byte:02X}")).collect()),
        _ if is_hex(&bytes) => String::from_utf8(bytes).ok().map(|text| text.to_ascii_uppercase()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thumbprints_are_read_in_every_form_and_other_identifiers_are_none() {
        let of = |text: &str| {
            let text = serde_json::to_string(text).unwrap();
            thumbprint(Some(&serde_json::from_str(&text).unwrap()))
        };
        // The example of Graph's documentation of `addTokenSigningCertificate`.
        let known = "DA20FCA696C4F83E8A9AED59BE33368ED421F3C1";
        for text in [
            "2iD8ppbE+D6Kmu1ZvjM2jtQh88E=",
            "da20fca696c4f83e8a9aed59be33368ed421f3c1",
            &STANDARD.encode(known),
        ] {
            assert_eq!(of(text).as_deref(), Some(known), "{text}");
        }
        for text in ["", "bXkga2V5", "not base64!", "da20fc"] {
            assert_eq!(of(text), None, "{text}");
        }
    }
}
