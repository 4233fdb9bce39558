//! Azure's clouds and the hosts that each answers on.

use serde::{Deserialize, Serialize};

/// A cloud of Azure: hosts and tokens of one mean nothing in another.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cloud {
    /// `management.azure.com`, as most of the world uses it.
    #[default]
    Public,
    /// Azure Government of the USA.
    UsGovernment,
    /// Azure in China, run by 21Vianet.
    China,
}

/// Which API a host speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HostKind {
    /// The token endpoint.
    Login,
    /// Azure Resource Manager.
    Arm,
    /// Microsoft Graph.
    Graph,
    /// The data plane of one Key Vault.
    Vault,
    /// The data plane of one managed HSM.
    Hsm,
    /// The endpoint on a virtual machine that gives the tokens of its managed identity.
    Metadata,
}

/// The address of the managed identity endpoint, the same on every virtual machine.
pub(crate) const METADATA_HOST: &str = "169.254.169.254";

/// The names of one cloud. Source: `azure/cli/core/cloud.py` of azure-cli and the national-cloud page of
/// Microsoft Graph.
pub(crate) struct Names {
    pub(crate) cloud: Cloud,
    pub(crate) login: &'static [&'static str],
    pub(crate) arm: &'static str,
    pub(crate) arm_audiences: &'static [&'static str],
    pub(crate) graph: &'static [&'static str],
    pub(crate) vault_suffix: &'static str,
    pub(crate) hsm_suffix: &'static str,
    /// As `/metadata/endpoints` and `az` call the cloud.
    pub(crate) title: &'static str,
}

pub(crate) static CLOUDS: [Names; 3] = [
    Names {
        cloud: Cloud::Public,
        login: &["login.microsoftonline.com"],
        arm: "management.azure.com",
        arm_audiences: &["https://management.azure.com", "https://management.core.windows.net"],
        graph: &["graph.microsoft.com"],
        vault_suffix: "vault.azure.net",
        hsm_suffix: "managedhsm.azure.net",
        title: "AzureCloud",
    },
    Names {
        cloud: Cloud::UsGovernment,
        login: &["login.microsoftonline.us"],
        arm: "management.usgovcloudapi.net",
        arm_audiences: &["https://management.usgovcloudapi.net", "https://management.core.usgovcloudapi.net"],
        graph: &["graph.microsoft.us", "dod-graph.microsoft.us"],
        vault_suffix: "vault.usgovcloudapi.net",
        hsm_suffix: "managedhsm.usgovcloudapi.net",
        title: "AzureUSGovernment",
    },
    Names {
        cloud: Cloud::China,
        login: &["login.partner.microsoftonline.cn", "login.chinacloudapi.cn"],
        arm: "management.chinacloudapi.cn",
        arm_audiences: &["https://management.chinacloudapi.cn", "https://management.core.chinacloudapi.cn"],
        graph: &["microsoftgraph.chinacloudapi.cn"],
        vault_suffix: "vault.azure.cn",
        hsm_suffix: "managedhsm.azure.cn",
        title: "AzureChinaCloud",
    },
];

impl Cloud {
    pub(crate) fn names(self) -> &'static Names {
        let [public, government, china] = &CLOUDS;
        match self {
            Self::Public => public,
            Self::UsGovernment => government,
            Self::China => china,
        }
    }
}

/// A host that the fake plays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Host {
    pub(crate) cloud: Cloud,
    pub(crate) kind: HostKind,
    pub(crate) name: String,
}

impl Host {
    /// The host of that name, if it is one of Azure's.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        CLOUDS.iter().find_map(|names| {
            let kind = if names.login.contains(&name.as_str()) {
                HostKind::Login
            } else if names.arm == name {
                HostKind::Arm
            } else if names.graph.contains(&name.as_str()) {
                HostKind::Graph
            } else if is_child(&name, names.vault_suffix) {
                HostKind::Vault
            } else if is_child(&name, names.hsm_suffix) {
                HostKind::Hsm
            } else {
                return None;
            };
            Some(Self { cloud: names.cloud, kind, name: name.clone() })
        })
    }

    /// The managed identity endpoint.
    pub(crate) fn metadata() -> Self {
        Self { cloud: Cloud::Public, kind: HostKind::Metadata, name: METADATA_HOST.to_owned() }
    }

    /// The audiences of tokens that this host takes, without the slash at their end.
    pub(crate) fn audiences(&self) -> Vec<String> {
        let names = self.cloud.names();
        match self.kind {
            HostKind::Arm => names.arm_audiences.iter().map(|a| (*a).to_owned()).collect(),
            HostKind::Graph => {
                let mut all: Vec<_> = names.graph.iter().map(|host| format!("https://{host}")).collect();
                all.push(GRAPH_APP_ID.to_owned());
                all
            }
            HostKind::Vault => vec![format!("https://{}", names.vault_suffix)],
            HostKind::Hsm => vec![format!("https://{}", names.hsm_suffix)],
            HostKind::Login | HostKind::Metadata => Vec::new(),
        }
    }
}

/// Microsoft Graph's own application, the same in every tenant.
pub(crate) const GRAPH_APP_ID: &str = "00000003-0000-0000-c000-000000000000";

/// Every audience that a token of this cloud may be for.
pub(crate) fn is_audience(cloud: Cloud, audience: &str) -> bool {
    let names = cloud.names();
    audience == GRAPH_APP_ID
        || names.arm_audiences.contains(&audience)
        || audience.strip_prefix("https://").is_some_and(|host| {
            names.graph.contains(&host) || host == names.vault_suffix || host == names.hsm_suffix
        })
}

fn is_child(name: &str, suffix: &str) -> bool {
    name.strip_suffix(suffix)
        .and_then(|rest| rest.strip_suffix('.'))
        .is_some_and(|label| !label.is_empty() && !label.contains('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_known_by_whole_labels() {
        let kind = |name| Host::parse(name).map(|host| (host.cloud, host.kind));
        assert_eq!(kind("Management.Azure.com"), Some((Cloud::Public, HostKind::Arm)));
        assert_eq!(kind("one.vault.azure.cn"), Some((Cloud::China, HostKind::Vault)));
        assert_eq!(kind("dod-graph.microsoft.us"), Some((Cloud::UsGovernment, HostKind::Graph)));
        for foreign in ["vault.azure.net", "a.b.vault.azure.net", "evilvault.azure.net", "example.com"] {
            assert_eq!(kind(foreign), None, "{foreign}");
        }
    }
}
