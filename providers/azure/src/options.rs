//! What a person may choose about an Azure scan.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::client::Cloud;

/// A way to sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CredentialKind {
    /// `AZURE_TENANT_ID`, `AZURE_CLIENT_ID` and `AZURE_CLIENT_SECRET`.
    ClientSecret,
    /// `AZURE_TENANT_ID`, `AZURE_CLIENT_ID` and `AZURE_CLIENT_CERTIFICATE_PATH`: a PEM file with certificate and key.
    ClientCertificate,
    /// `AZURE_TENANT_ID`, `AZURE_CLIENT_ID` and `AZURE_FEDERATED_TOKEN_FILE`, as Azure Kubernetes Service sets them.
    WorkloadIdentity,
    /// The managed identity of the machine or service that this runs on.
    ManagedIdentity,
    /// Whoever is signed in to the Azure CLI.
    AzureCli,
}

impl CredentialKind {
    /// Every way, in the order in which they are tried.
    pub const ALL: [Self; 5] = [
        Self::ClientSecret,
        Self::ClientCertificate,
        Self::WorkloadIdentity,
        Self::ManagedIdentity,
        Self::AzureCli,
    ];

    /// The word for it on the command line and in a configuration.
    pub fn as_arg(self) -> &'static str {
        match self {
            Self::ClientSecret => "client-secret",
            Self::ClientCertificate => "client-certificate",
            Self::WorkloadIdentity => "workload-identity",
            Self::ManagedIdentity => "managed-identity",
            Self::AzureCli => "azure-cli",
        }
    }

    /// The words for it, as in messages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ClientSecret => "client secret",
            Self::ClientCertificate => "client certificate",
            Self::WorkloadIdentity => "workload identity",
            Self::ManagedIdentity => "managed identity",
            Self::AzureCli => "Azure CLI",
        }
    }
}

/// Microsoft Azure and Entra ID. Secrets come from the environment alone; hosts follow from the cloud, and there is no
/// key for an endpoint here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct AzureOptions {
    /// The tenants to scan, by id. Default: `AZURE_TENANT_ID`, else the tenant of whoever signs in.
    pub tenants: Vec<String>,
    /// The ways to sign in, in the order in which they are tried. Default: all of them, in the order client secret, client
    /// certificate, workload identity, managed identity, Azure CLI.
    pub credentials: Vec<CredentialKind>,
    /// The client id of the application, or of the user-assigned managed identity, to sign in as. Default:
    /// `AZURE_CLIENT_ID`.
    pub client_id: Option<String>,
    /// The PEM file with certificate and key. Default: `AZURE_CLIENT_CERTIFICATE_PATH`.
    pub certificate_path: Option<PathBuf>,
    /// Which of Microsoft's clouds: `public`, `us-government`, `us-government-dod` or `china`.
    pub cloud: Cloud,
    /// Only these subscriptions, by id. Default: every one that can be seen.
    pub subscriptions: Vec<String>,
    /// Only subscriptions below these management groups, by name, at any depth.
    pub management_groups: Vec<String>,
    /// How many requests are under way at the same time.
    #[schemars(range(min = 1, max = 64))]
    pub concurrency: usize,
    /// The most requests a second, retries included. 0: no limit.
    pub requests_per_second: u32,
    /// How often one call is tried before it counts as failed.
    #[schemars(range(min = 1, max = 20))]
    pub max_attempts: u32,
    /// Seconds to wait for a connection.
    #[schemars(range(min = 1))]
    pub connect_timeout_seconds: u64,
    /// Seconds to wait for an answer to begin, and for each next part of it.
    #[schemars(range(min = 1))]
    pub read_timeout_seconds: u64,
    /// Also ask each key for its rotation policy, a call each.
    pub deep: bool,
    /// Ask vaults for the properties of their keys, secrets and certificates.
    pub key_vaults: bool,
    /// Ask when service principals last signed in (a beta API).
    pub sign_ins: bool,
}

impl Default for AzureOptions {
    fn default() -> Self {
        Self {
            tenants: Vec::new(),
            credentials: Vec::new(),
            client_id: None,
            certificate_path: None,
            cloud: Cloud::default(),
            subscriptions: Vec::new(),
            management_groups: Vec::new(),
            concurrency: 8,
            requests_per_second: 0,
            max_attempts: 5,
            connect_timeout_seconds: 10,
            read_timeout_seconds: 60,
            deep: false,
            key_vaults: true,
            sign_ins: true,
        }
    }
}

impl AzureOptions {
    /// What is wrong with the options, as a sentence and what to do about it.
    pub(crate) fn problem(&self) -> Option<(String, String)> {
        let list = |what: &str, values: &[String], fits: fn(&str) -> bool, help: &str| {
            let wrong = values.iter().find(|value| !fits(value));
            wrong.map(|value| (format!("`{}` is not {what}", value.escape_debug()), help.to_owned()))
        };
        let guid = "write it as Azure shows it: 8-4-4-4-12 hexadecimal digits";
        let client: Vec<String> = self.client_id.iter().cloned().collect();
        list("a tenant id", &self.tenants, is_guid, guid)
            .or_else(|| list("a subscription id", &self.subscriptions, is_guid, guid))
            .or_else(|| list("a client id", &client, is_guid, guid))
            .or_else(|| {
                let help = "write the group's id, not its display name: 1 to 90 letters, digits, `-`, `_`, `(`, `)` and `.`";
                list("a management group", &self.management_groups, is_management_group, help)
            })
            .or_else(|| self.number_problem())
    }

    fn number_problem(&self) -> Option<(String, String)> {
        let wrong = |what: &str, help: &str| Some((what.to_owned(), help.to_owned()));
        if !(1..=64).contains(&self.concurrency) {
            return wrong("concurrency is out of range", "use 1 to 64");
        }
        if !(1..=20).contains(&self.max_attempts) {
            return wrong("max_attempts is out of range", "use 1 to 20");
        }
        if self.connect_timeout_seconds == 0 || self.read_timeout_seconds == 0 {
            return wrong("a timeout of 0 seconds lets no call end", "use 1 or more");
        }
        None
    }
}

/// Whether a text has the form of a GUID.
pub(crate) fn is_guid(text: &str) -> bool {
    let lengths = [8, 4, 4, 4, 12];
    let mut parts = text.split('-');
    lengths.iter().all(|length| {
        parts.next().is_some_and(|part| part.len() == *length && part.bytes().all(|b| b.is_ascii_hexdigit()))
    }) && parts.next().is_none()
}

/// <https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftmanagement>
fn is_management_group(text: &str) -> bool {
    (1..=90).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_().".contains(&b))
        && !text.ends_with('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_sound_and_an_empty_table_gives_them() {
        assert_eq!(AzureOptions::default().problem(), None);
        let empty: AzureOptions = serde_json::from_str("{}").unwrap();
        assert_eq!(empty, AzureOptions::default());
        assert!(serde_json::from_str::<AzureOptions>(r#"{"endpoint":"https://127.0.0.1"}"#).is_err());
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        let bad: [fn(&mut AzureOptions); 8] = [
            |o| o.tenants = vec!["brindlemoor.example".into()],
            |o| o.subscriptions = vec!["11111111-2222-3333-4444-55555555555g".into()],
            |o| o.subscriptions = vec!["../11111111-2222-3333-4444-555555555555".into()],
            |o| o.client_id = Some("1".into()),
            |o| o.management_groups = vec!["a/b".into()],
            |o| o.concurrency = 0,
            |o| o.max_attempts = 0,
            |o| o.read_timeout_seconds = 0,
        ];
        for change in bad {
            let mut options = AzureOptions::default();
            change(&mut options);
            assert!(options.problem().is_some(), "{options:?}");
        }
        let good = AzureOptions {
            tenants: vec!["11111111-2222-3333-4444-55555555555F".into()],
            management_groups: vec!["mg-(prod).1_a".into()],
            ..AzureOptions::default()
        };
        assert_eq!(good.problem(), None);
    }
}
