//! Which actions are of a data plane, besides those of Key Vault.
//!
//! They are data: `privilege/data/azure-data-actions.toml`, whose header explains its fields and says where it comes from.

use std::sync::LazyLock;

use serde::Deserialize;

use super::matching;

const DATA: &str = include_str!("../../data/azure-data-actions.toml");

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    service: Vec<Service>,
    elsewhere: Vec<Service>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Service {
    name: Box<str>,
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "for whoever reviews the table; a test asks that it is there")
    )]
    source: Box<str>,
    actions: Vec<Box<str>>,
}

impl Service {
    fn has(&self, action: &str) -> bool {
        self.actions.iter().any(|pattern| matching::covers(pattern, action))
    }
}

fn table() -> &'static Table {
    // That it reads is a test.
    static TABLE: LazyLock<Table> = LazyLock::new(|| toml::from_str(DATA).unwrap_or_default());
    &TABLE
}

/// Whether an action, in lower case, is known to be one of a data plane that roles of Azure govern.
pub(super) fn is_listed(action: &str) -> bool {
    table().service.iter().any(|service| service.has(action))
}

/// The service that decides about an action, in lower case, by roles of its own.
pub(super) fn decided_elsewhere(action: &str) -> Option<&'static str> {
    table().elsewhere.iter().find(|service| service.has(action)).map(|service| &*service.name)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_table_reads_and_every_entry_has_its_source() {
        let table: Table = toml::from_str(DATA).unwrap();
        assert!(table.service.len() >= 16 && !table.elsewhere.is_empty());
        let mut seen = BTreeSet::new();
        for service in table.service.iter().chain(&table.elsewhere) {
            assert!(service.source.starts_with("https://learn.microsoft.com/azure/"), "{}", service.name);
            assert!(seen.insert(service.name.to_string()), "{} twice", service.name);
            let mut sorted = service.actions.clone();
            sorted.sort();
            assert_eq!(
                service.actions, sorted,
                "{}: in order, so that a review sees what is missing",
                service.name
            );
            for action in &service.actions {
                assert_eq!(**action, action.to_ascii_lowercase());
                assert!(action.starts_with("microsoft.") && action.split('/').count() >= 3, "{action}");
                assert!(seen.insert(action.to_string()), "{action} twice");
            }
        }
    }

    /// What Microsoft's permissions reference lists under "DataAction", and what it lists under "Action" of the same types.
    #[test]
    fn actions_are_of_the_plane_that_microsoft_says() {
        for (data, control) in [
            (
                "microsoft.storage/storageaccounts/blobservices/containers/blobs/read",
                "microsoft.storage/storageaccounts/blobservices/containers/read",
            ),
            (
                "microsoft.storage/storageaccounts/fileservices/readfilebackupsemantics/action",
                "microsoft.storage/storageaccounts/fileservices/shares/read",
            ),
            (
                "microsoft.servicebus/namespaces/messages/send/action",
                "microsoft.servicebus/namespaces/authorizationrules/listkeys/action",
            ),
            ("microsoft.eventhub/namespaces/schemas/read", "microsoft.eventhub/namespaces/schemagroups/read"),
            ("microsoft.eventgrid/events/send/action", "microsoft.eventgrid/topics/listkeys/action"),
            ("microsoft.eventgrid/events/receive/action", "microsoft.eventgrid/namespaces/read"),
            (
                "microsoft.containerregistry/registries/catalog/read",
                "microsoft.containerregistry/registries/read",
            ),
            (
                "microsoft.devices/provisioningservices/attestationmechanism/details/action",
                "microsoft.devices/provisioningservices/listkeys/action",
            ),
            ("microsoft.app/containerapps/exec/action", "microsoft.app/containerapps/getauthtoken/action"),
            (
                "microsoft.appconfiguration/configurationstores/keyvalues/read",
                "microsoft.appconfiguration/configurationstores/listkeys/action",
            ),
            (
                "microsoft.cognitiveservices/accounts/openai/deployments/chat/completions/action",
                "microsoft.cognitiveservices/accounts/deployments/write",
            ),
            (
                "microsoft.search/searchservices/indexes/documents/read",
                "microsoft.search/searchservices/indexes/write",
            ),
            (
                "microsoft.containerservice/managedclusters/secrets/read",
                "microsoft.containerservice/managedclusters/listclusteradmincredential/action",
            ),
            (
                "microsoft.containerservice/managedclusters/rbac.authorization.k8s.io/clusterroles/write",
                "microsoft.containerservice/managedclusters/agentpools/write",
            ),
            (
                "microsoft.kubernetes/connectedclusters/pods/read",
                "microsoft.kubernetes/connectedclusters/listclusterusercredential/action",
            ),
            (
                "microsoft.containerregistry/registries/repositories/content/read",
                "microsoft.containerregistry/registries/pull/read",
            ),
            (
                "microsoft.signalrservice/signalr/hub/send/action",
                "microsoft.signalrservice/signalr/listkeys/action",
            ),
            ("microsoft.digitaltwins/digitaltwins/read", "microsoft.digitaltwins/digitaltwinsinstances/read"),
            ("microsoft.devices/iothubs/twins/write", "microsoft.devices/iothubs/iothubkeys/listkeys/action"),
            (
                "microsoft.compute/virtualmachines/loginasadmin/action",
                "microsoft.compute/virtualmachines/runcommand/action",
            ),
            (
                "microsoft.hybridcompute/machines/login/action",
                "microsoft.hybridcompute/machines/extensions/write",
            ),
            ("microsoft.insights/telemetry/write", "microsoft.insights/diagnosticsettings/write"),
        ] {
            assert!(is_listed(data), "{data}");
            assert!(!is_listed(control), "{control}");
        }
        // Scoring is an action of the control plane.
        assert!(!is_listed("microsoft.machinelearningservices/workspaces/onlineendpoints/score/action"));
    }

    #[test]
    fn what_a_service_decides_by_itself_is_nobodys_role_in_azure() {
        let items = "microsoft.documentdb/databaseaccounts/sqldatabases/containers/items/read";
        assert_eq!(decided_elsewhere(items), Some("Azure Cosmos DB"));
        assert!(!is_listed(items));
        for control in [
            "microsoft.documentdb/databaseaccounts/sqldatabases/containers/read",
            "microsoft.documentdb/databaseaccounts/listkeys/action",
        ] {
            assert_eq!(decided_elsewhere(control), None, "{control}");
        }
    }
}
