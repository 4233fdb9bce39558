//! Keys, secrets and certificates of vaults, by their properties. The value of a secret is never asked for; tags and
//! content types, which people write, are not kept: either may hold one.

use census_model::Text;
use census_provider_api::Need;
use serde::Deserialize;
use url::Url;

use super::tenant::Tenant;
use crate::{
    client::{Call, Failure, Item, Listed, Plane},
    documents::Collection,
};

/// <https://learn.microsoft.com/rest/api/keyvault/keys/get-keys/get-keys>
pub(super) static LIST_KEYS: Call = Call::data(
    Plane::Vault,
    "ListKeys",
    &["Microsoft.KeyVault/vaults/keys/read"],
    "which keys a vault holds, and until when they are good",
)
.at(&["/keys"])
.keep(&["kid", "attributes", "managed"]);

/// <https://learn.microsoft.com/rest/api/keyvault/secrets/get-secrets/get-secrets>
pub(super) static LIST_SECRETS: Call = Call::data(
    Plane::Vault,
    "ListSecrets",
    &["Microsoft.KeyVault/vaults/secrets/readMetadata/action"],
    "which secrets a vault holds, and until when they are good",
)
.at(&["/secrets"])
.keep(&["id", "attributes", "managed"]);

/// <https://learn.microsoft.com/rest/api/keyvault/certificates/get-certificates/get-certificates>
pub(super) static LIST_CERTIFICATES: Call = Call::data(
    Plane::Vault,
    "ListCertificates",
    &["Microsoft.KeyVault/vaults/certificates/read"],
    "which certificates a vault holds, and until when they are good",
)
.at(&["/certificates"])
.keep(&["id", "attributes", "x5t"]);

/// <https://learn.microsoft.com/rest/api/keyvault/keys/get-keys/get-keys>, of a managed HSM
pub(super) static LIST_HSM_KEYS: Call = Call::data(
    Plane::Hsm,
    "ListManagedHsmKeys",
    &["Microsoft.KeyVault/managedHsm/keys/read/action"],
    "which keys a managed HSM holds, and until when they are good",
)
.at(&["/keys"])
.keep(&["kid", "attributes", "managed"]);

/// <https://learn.microsoft.com/rest/api/keyvault/keys/get-key-rotation-policy/get-key-rotation-policy>
pub(super) static GET_KEY_ROTATION_POLICY: Call = Call::data(
    Plane::Vault,
    "GetKeyRotationPolicy",
    &["Microsoft.KeyVault/vaults/keyrotationpolicies/read"],
    "whether a vault renews a key by itself",
)
.at(&["/keys/{}/rotationpolicy"])
.one()
.needed_for(Need::Deep)
.keep(&["id", "attributes", "lifetimeActions"]);

const OF_VAULTS: [&Call; 3] = [&LIST_KEYS, &LIST_SECRETS, &LIST_CERTIFICATES];

/// A vault or HSM, and where its data plane is.
#[derive(Clone, Debug)]
pub(super) struct Vault {
    /// Its resource id.
    pub(super) id: String,
    /// Its own address.
    pub(super) uri: String,
}

#[derive(Deserialize)]
struct Resource {
    properties: Option<Properties>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Properties {
    vault_uri: Option<String>,
    hsm_uri: Option<String>,
}

/// The vaults or HSMs among resources.
pub(super) fn vaults(items: &[Item]) -> Vec<Vault> {
    let vault = |item: &Item| {
        let properties = item.read::<Resource>()?.properties?;
        let uri = properties.vault_uri.or(properties.hsm_uri)?;
        Some(Vault { id: item.id.to_string(), uri })
    };
    items.iter().filter_map(vault).collect()
}

/// Reads what the vaults hold.
pub(super) async fn read(tenant: &mut Tenant<'_>) {
    let vaults = vaults(tenant.items(Collection::Vaults));
    tenant.step(&format!("objects of {} vaults", vaults.len()));
    let hsms = self::vaults(tenant.items(Collection::ManagedHsms));
    let jobs: Vec<(&Vault, &'static Call)> = vaults
        .iter()
        .flat_map(|vault| OF_VAULTS.map(|call| (vault, call)))
        .chain(hsms.iter().map(|hsm| (hsm, &LIST_HSM_KEYS)))
        .collect();
    let api = &tenant.api;
    let work = jobs.iter().map(|&(vault, call)| async move {
        let url = api.vault_url(call.plane, &vault.uri, &call.target(0, &[]))?;
        api.list(call, &url).await
    });
    let results: Vec<Result<Listed, Failure>> = api.all(work.collect()).await;
    let mut keys = Vec::new();
    let mut failures = Vec::new();
    for ((vault, call), result) in jobs.into_iter().zip(results) {
        match result {
            Ok(listed) => {
                if std::ptr::eq(call, &raw const LIST_KEYS) {
                    keys.extend(listed.items.iter().filter(|key| rotates(key)).map(|key| key.id.to_string()));
                }
                tenant.add(Collection::VaultObjects, listed.items);
                failures.extend(listed.cut.map(|cut| (call, vault.id.as_str().into(), cut)));
            }
            Err(failure) => failures.push((call, vault.id.as_str().into(), failure)),
        }
    }
    for list in OF_VAULTS.into_iter().chain([&LIST_HSM_KEYS]) {
        let of_list = failures.iter().filter(|(call, ..)| std::ptr::eq(*call, list));
        let of_list: Vec<(Text, Failure)> =
            of_list.map(|(_, vault, failure)| (Text::clone(vault), failure.clone())).collect();
        tenant.failed(Collection::VaultObjects, &list.read, of_list);
    }
    if tenant.options.deep {
        rotation(tenant, &keys).await;
    }
}

/// Whether a key may have a policy. That of a certificate comes and goes with it.
fn rotates(key: &Item) -> bool {
    !key.read::<Key>().is_some_and(|key| key.managed)
}

#[derive(Deserialize)]
struct Key {
    #[serde(default)]
    managed: bool,
}

async fn rotation(tenant: &mut Tenant<'_>, keys: &[String]) {
    tenant.step(&format!("rotation of {} keys", keys.len()));
    let api = &tenant.api;
    let work = keys.iter().map(|key| async move {
        let name = Url::parse(key).ok().and_then(|url| url.path_segments()?.nth(1).map(str::to_owned));
        let target = GET_KEY_ROTATION_POLICY.target(0, &[&name.unwrap_or_default()]);
        let url = api.vault_url(Plane::Vault, key, &target)?;
        api.list(&GET_KEY_ROTATION_POLICY, &url).await
    });
    let results: Vec<Result<Listed, Failure>> = api.all(work.collect()).await;
    let mut failures = Vec::new();
    for (key, result) in keys.iter().zip(results) {
        match result {
            Ok(listed) => {
                let id = serde_json::Value::from(key.as_str());
                let policy = |item: Item| Item {
                    id: key.as_str().into(),
                    json: format!(r#"{{"id":{id},"rotationPolicy":{}}}"#, item.json).into(),
                };
                tenant.add(Collection::KeyRotationPolicies, listed.items.into_iter().map(policy).collect());
            }
            // It has none, or the key is gone.
            Err(failure) if failure.is_absence() => tenant.add(Collection::KeyRotationPolicies, Vec::new()),
            Err(failure) => failures.push((key.as_str().into(), failure)),
        }
    }
    tenant.failed(Collection::KeyRotationPolicies, &GET_KEY_ROTATION_POLICY.read, failures);
}
