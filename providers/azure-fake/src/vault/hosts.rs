//! Which host is which vault of which tenant.

use std::collections::HashMap;

use crate::{faults, http::Answer, json::Object, server::Context, tenant::Tenant};

/// The data plane of a vault or managed HSM.
#[derive(Debug)]
pub(crate) struct VaultHost {
    tenant: usize,
    /// The ARM id of what answers there.
    pub(super) arm_id: String,
}

/// Every data plane of every tenant, by its host's name.
#[derive(Debug, Default)]
pub(crate) struct Hosts(HashMap<String, VaultHost>);

impl Hosts {
    pub(crate) fn new(tenants: &[Tenant]) -> Self {
        let mut hosts = HashMap::new();
        for (number, tenant) in tenants.iter().enumerate() {
            for (document, member) in [("arm/vaults", "vaultUri"), ("arm/managedHsms", "hsmUri")] {
                for item in &tenant.collection(document).items {
                    let properties =
                        item.object().and_then(|object| Some(object.get("properties")?.to_owned()));
                    let uri = properties.and_then(|properties| Object::parse(&properties)?.text(member));
                    if let Some(name) = uri.as_deref().and_then(host_of) {
                        hosts.insert(name, VaultHost { tenant: number, arm_id: item.id.clone() });
                    }
                }
            }
        }
        Self(hosts)
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }
}

fn host_of(uri: &str) -> Option<String> {
    let rest = uri.strip_prefix("https://")?;
    Some(rest.split(['/', ':']).next()?.to_ascii_lowercase())
}

/// The vault that a request went to.
pub(super) fn find<'a>(context: &'a Context<'_>) -> Result<(&'a VaultHost, &'a Tenant), Box<Answer>> {
    let host = context.state.vaults.0.get(&context.request.host.name);
    let found = host.and_then(|host| Some((host, context.state.tenants.get(host.tenant)?)));
    found.ok_or_else(|| faults::not_found(context.request))
}
