//! Keys, secrets and certificates by their properties.

use std::collections::{BTreeSet, HashMap};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use census_model::{EstateBuilder, Rotation, Text, VaultId, VaultObject, VaultObjectId, VaultObjectKind};

use super::{files::Files, tenant::Tenant, vaults::vault_id};
use crate::documents::{
    Collection,
    value::at,
    vaults::{KeyRotation, VaultObject as Listed},
};

/// The parts of the URL of an object: `https://payments.vault.azure.net/keys/signing[/<version>]`.
struct Url<'u> {
    host: String,
    kind: VaultObjectKind,
    name: &'u str,
    /// The URL without a version.
    bare: String,
}

fn parse(url: &str) -> Option<Url<'_>> {
    let (host, path) = url.strip_prefix("https://")?.split_once('/')?;
    let mut parts = path.split('/');
    let collection = parts.next()?;
    let kind = match collection.to_ascii_lowercase().as_str() {
        "keys" => VaultObjectKind::Key,
        "secrets" => VaultObjectKind::Secret,
        "certificates" => VaultObjectKind::Certificate,
        _ => return None,
    };
    let name = parts.next().filter(|name| !name.is_empty())?;
    let host = host.trim_end_matches(":443").to_ascii_lowercase();
    let bare = format!("https://{host}/{}/{name}", collection.to_ascii_lowercase());
    Some(Url { host, kind, name, bare })
}

/// Adds objects.
pub(super) fn read(tenant: &Tenant, files: &Files<'_>, estate: &mut EstateBuilder) {
    let mut vaults: HashMap<String, VaultId> = HashMap::new();
    for one in files.vaults.iter().chain(&files.hsms) {
        let uri = one.properties.vault_uri.as_ref().or(one.properties.hsm_uri.as_ref());
        if let Some(host) = uri.and_then(|uri| uri.strip_prefix("https://")?.split('/').next()) {
            vaults.insert(host.trim_end_matches(":443").to_ascii_lowercase(), vault_id(&one.id));
        }
    }
    let rotations: HashMap<String, Rotation> =
        files.key_rotations.iter().filter_map(|one| Some((key(&parse(&one.id)?), rotation(one)?))).collect();
    let (mut nameless, mut homeless) = (BTreeSet::new(), BTreeSet::new());
    for one in &files.vault_objects {
        let Some(url) = parse(&one.id) else {
            nameless.insert(one.id.as_str().to_owned());
            continue;
        };
        let vault = vaults.get(&url.host).cloned().unwrap_or_else(|| {
            homeless.insert(url.host.clone());
            VaultId::new(format!("azure:https://{}", url.host))
        });
        estate.vault_object(object(one, &url, vault, rotations.get(&key(&url)).cloned()));
    }
    let detail = "these are no URLs of keys, secrets or certificates";
    tenant.inconsistent(Collection::VaultObjects, detail, &nameless, estate);
    if !tenant.is_doubtful(Collection::Vaults) && !tenant.is_doubtful(Collection::ManagedHsms) {
        let detail = "these vaults hold objects and are not among the vaults that were read";
        tenant.inconsistent(Collection::Vaults, detail, &homeless, estate);
    }
}

/// Names of objects compare without case.
fn key(url: &Url<'_>) -> String {
    url.bare.to_ascii_lowercase()
}

fn object(one: &Listed<'_>, url: &Url<'_>, vault: VaultId, rotation: Option<Rotation>) -> VaultObject {
    let attributes = one.attributes.as_ref();
    VaultObject {
        id: VaultObjectId::new(format!("azure:{}", key(url))),
        native_id: url.bare.as_str().into(),
        vault,
        kind: url.kind,
        name: Text::from(url.name),
        enabled: attributes.and_then(|attributes| attributes.enabled) != Some(false),
        created: attributes.and_then(|attributes| at(attributes.created)),
        updated: attributes.and_then(|attributes| at(attributes.updated)),
        not_before: attributes.and_then(|attributes| at(attributes.nbf)),
        expires: attributes.and_then(|attributes| at(attributes.exp)),
        of_certificate: one.managed == Some(true) && url.kind != VaultObjectKind::Certificate,
        thumbprint: one.x5t.as_ref().and_then(|text| thumbprint(text.as_str())),
        rotation: rotation.filter(|_| url.kind == VaultObjectKind::Key),
    }
}

/// The SHA-1 that a list gives in base64url, without padding, as upper-case digits.
/// <https://learn.microsoft.com/rest/api/keyvault/certificates/get-certificates/get-certificates>
fn thumbprint(x5t: &str) -> Option<Text> {
    let bytes = URL_SAFE_NO_PAD.decode(x5t.trim_end_matches('=')).ok().filter(|bytes| bytes.len() == 20)?;
    Some(bytes.iter().map(|byte| format!("{byte:02X}")).collect::<String>().into())
}

/// How a key is renewed; `None` where its policy was not read.
fn rotation(one: &KeyRotation<'_>) -> Option<Rotation> {
    let policy = one.rotation_policy.as_ref()?;
    let mut rotates = policy.lifetime_actions.iter().flatten().filter(|action| {
        let kind = action.action.as_ref().and_then(|action| action.kind.as_ref());
        kind.is_some_and(|kind| kind.eq_ignore_ascii_case("Rotate"))
    });
    let after = rotates.next().map(|action| {
        let trigger = action.trigger.as_ref();
        let time =
            trigger.and_then(|at| at.time_after_create.as_deref().or(at.time_before_expiry.as_deref()));
        Rotation::Automatic(time.unwrap_or_default().into())
    });
    Some(after.unwrap_or(Rotation::Manual))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thumbprint_is_read_with_and_without_padding_and_nothing_else_is_one() {
        let known = Some("DA20FCA696C4F83E8A9AED59BE33368ED421F3C1".into());
        assert_eq!(thumbprint("2iD8ppbE-D6Kmu1ZvjM2jtQh88E"), known);
        assert_eq!(thumbprint("2iD8ppbE-D6Kmu1ZvjM2jtQh88E="), known);
        for text in ["", "2iD8", "not base64!", "2iD8ppbE+D6Kmu1ZvjM2jtQh88E"] {
            assert_eq!(thumbprint(text), None, "{text}");
        }
    }
}
