//! The clouds that Microsoft runs, and where each has its services.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One of Microsoft's clouds. They share nothing: a tenant lives in one of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Cloud {
    /// The global one.
    #[default]
    Public,
    /// Azure for US Government, with Microsoft Graph for GCC High (L4).
    UsGovernment,
    /// Azure for US Government, with Microsoft Graph for the Department of Defense (L5).
    UsGovernmentDod,
    /// Azure operated by 21Vianet in China.
    China,
}

impl Cloud {
    /// Every cloud.
    pub const ALL: [Self; 4] = [Self::Public, Self::UsGovernment, Self::UsGovernmentDod, Self::China];

    /// The word for it on the command line and in a configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::UsGovernment => "us-government",
            Self::UsGovernmentDod => "us-government-dod",
            Self::China => "china",
        }
    }
}

/// An API that Census reads from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Plane {
    /// Microsoft Graph.
    Graph,
    /// Azure Resource Manager.
    Arm,
    /// The data plane of a key vault.
    Vault,
    /// The data plane of a managed HSM.
    Hsm,
}

/// Where a service is, and what its tokens are for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Service {
    /// The host; for the data planes the suffix below which each vault has its own.
    pub(crate) host: &'static str,
    /// What a token must be asked for.
    pub(crate) scope: &'static str,
}

/// The hosts of a cloud.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Endpoints {
    /// Where tokens are given out.
    pub(crate) authority: &'static str,
    /// The hosts that its tokens name as their issuer: the authority, older names of it, and the service of version 1.
    pub(crate) issuers: &'static [&'static str],
    graph: Service,
    arm: Service,
    vault: Service,
    hsm: Service,
}

/// Authorities: <https://learn.microsoft.com/entra/identity-platform/authentication-national-cloud>. The SDKs and `az` still
/// go to `login.chinacloudapi.cn`, which is the old name of China's and answers too (`msal` calls it deprecated).
/// Hosts: the constants of the `azure-cli` (`azure.cli.core.cloud`); scopes of ARM: `azure.mgmt.core.tools`; Graph:
/// <https://learn.microsoft.com/graph/deployments>. Issuers:
/// <https://learn.microsoft.com/entra/identity-platform/access-tokens#token-formats>.
const PUBLIC: Endpoints = Endpoints {
    authority: "login.microsoftonline.com",
    issuers: &["login.microsoftonline.com", "sts.windows.net"],
    graph: Service { host: "graph.microsoft.com", scope: "https://graph.microsoft.com/.default" },
    arm: Service { host: "management.azure.com", scope: "https://management.azure.com/.default" },
    vault: Service { host: "vault.azure.net", scope: "https://vault.azure.net/.default" },
    hsm: Service { host: "managedhsm.azure.net", scope: "https://managedhsm.azure.net/.default" },
};

const US_GOVERNMENT: Endpoints = Endpoints {
    authority: "login.microsoftonline.us",
    issuers: &["login.microsoftonline.us", "sts.windows.net"],
    graph: Service { host: "graph.microsoft.us", scope: "https://graph.microsoft.us/.default" },
    arm: Service {
        host: "management.usgovcloudapi.net",
        scope: "https://management.core.usgovcloudapi.net/.default",
    },
    vault: Service { host: "vault.usgovcloudapi.net", scope: "https://vault.usgovcloudapi.net/.default" },
    hsm: Service {
        host: "managedhsm.usgovcloudapi.net",
        scope: "https://managedhsm.usgovcloudapi.net/.default",
    },
};

const US_GOVERNMENT_DOD: Endpoints = Endpoints {
    graph: Service { host: "dod-graph.microsoft.us", scope: "https://dod-graph.microsoft.us/.default" },
    ..US_GOVERNMENT
};

const CHINA: Endpoints = Endpoints {
    authority: "login.partner.microsoftonline.cn",
    issuers: &["login.partner.microsoftonline.cn", "login.chinacloudapi.cn", "sts.chinacloudapi.cn"],
    graph: Service {
        host: "microsoftgraph.chinacloudapi.cn",
        scope: "https://microsoftgraph.chinacloudapi.cn/.default",
    },
    arm: Service {
        host: "management.chinacloudapi.cn",
        scope: "https://management.chinacloudapi.cn/.default",
    },
    vault: Service { host: "vault.azure.cn", scope: "https://vault.azure.cn/.default" },
    hsm: Service { host: "managedhsm.azure.cn", scope: "https://managedhsm.azure.cn/.default" },
};

impl Cloud {
    /// Where its services are.
    pub(crate) fn endpoints(self) -> &'static Endpoints {
        match self {
            Self::Public => &PUBLIC,
            Self::UsGovernment => &US_GOVERNMENT,
            Self::UsGovernmentDod => &US_GOVERNMENT_DOD,
            Self::China => &CHINA,
        }
    }
}

/// Whether tokens of Entra ID, in whichever cloud, name this host as their issuer.
pub(crate) fn issues(host: &str) -> bool {
    let mut issuers = Cloud::ALL.into_iter().flat_map(|cloud| cloud.endpoints().issuers);
    issuers.any(|issuer| issuer.eq_ignore_ascii_case(host))
}

impl Endpoints {
    /// A service of this cloud.
    pub(crate) fn service(&self, plane: Plane) -> &Service {
        match plane {
            Plane::Graph => &self.graph,
            Plane::Arm => &self.arm,
            Plane::Vault => &self.vault,
            Plane::Hsm => &self.hsm,
        }
    }

    /// The API that a host belongs to. Hosts of vaults and HSMs are one or more labels below the suffix of theirs.
    pub(crate) fn plane(&self, host: &str) -> Option<Plane> {
        let below = |suffix: &str| {
            host.strip_suffix(suffix).and_then(|rest| rest.strip_suffix('.')).is_some_and(|name| {
                name.split('.').all(|label| {
                    !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
                })
            })
        };
        if host == self.graph.host {
            Some(Plane::Graph)
        } else if host == self.arm.host {
            Some(Plane::Arm)
        } else if below(self.vault.host) {
            Some(Plane::Vault)
        } else if below(self.hsm.host) {
            Some(Plane::Hsm)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_authority_issues_tokens_and_nobody_else_does() {
        for cloud in Cloud::ALL {
            assert!(issues(cloud.endpoints().authority), "{cloud:?}");
        }
        assert!(issues("STS.windows.net") && issues("login.chinacloudapi.cn"));
        for other in ["login.microsoftonline.com.evil.example", "token.actions.githubusercontent.com", ""] {
            assert!(!issues(other), "{other}");
        }
    }

    #[test]
    fn hosts_belong_to_one_cloud_and_on_the_boundary_of_a_label() {
        let public = Cloud::Public.endpoints();
        for (host, plane) in [
            ("graph.microsoft.com", Plane::Graph),
            ("management.azure.com", Plane::Arm),
            ("brindlemoor-kv.vault.azure.net", Plane::Vault),
            ("brindlemoor.managedhsm.azure.net", Plane::Hsm),
        ] {
            assert_eq!(public.plane(host), Some(plane), "{host}");
        }
        for host in [
            "vault.azure.net",
            "evilvault.azure.net",
            ".vault.azure.net",
            "a..vault.azure.net",
            "vault.azure.net.example.org",
            "a_b.vault.azure.net",
            "x.graph.microsoft.com",
            "graph.microsoft.us",
            "login.microsoftonline.com",
            "a.vault.azure.cn",
            "",
        ] {
            assert_eq!(public.plane(host), None, "{host}");
        }
        assert_eq!(Cloud::China.endpoints().plane("a.vault.azure.cn"), Some(Plane::Vault));
        assert_eq!(Cloud::UsGovernmentDod.endpoints().plane("dod-graph.microsoft.us"), Some(Plane::Graph));
        assert_eq!(Cloud::UsGovernment.endpoints().plane("dod-graph.microsoft.us"), None);
    }
}
