//! What a scan costs.

use super::*;

/// A tenant with so many service principals, each with an application.
fn many(principals: u32) -> Vec<(&'static str, Value)> {
    let mut documents = documents();
    for (name, value) in &mut documents {
        let first = match *name {
            "graph/servicePrincipals" => 10_000,
            "graph/applications" => 20_000,
            _ => continue,
        };
        let items = value.as_array_mut().unwrap();
        let item = |n: u32| json!({"id": object(first + n), "appId": object(30_000 + n), "displayName": format!("many {n}")});
        items.extend((0..principals).map(item));
    }
    documents
}

#[tokio::test]
async fn requests_grow_by_three_for_twenty_principals_and_applications() {
    let extras = json!({"clients": [{"client_id": CLIENT, "object_id": object(1), "secret": SECRET}]});
    let mut requests = Vec::new();
    for principals in [0, 400] {
        let fake = start_with(vec![many(principals)], &extras, Settings::default());
        let (store, sent) = scan_with(&fake, &options(), None).await;
        assert_eq!(gaps(&store), []);
        assert_eq!(ids(&store, "graph/owners.json").len() as u32, 5 + 1 + 2 + 2 * principals);
        requests.push(sent);
    }
    // Owners and app roles of each principal, owners and federated credentials of each application, and pages.
    let more = requests[1] - requests[0];
    assert!(more <= 3 * (400 + 400) / 20, "{requests:?}");
    assert!(requests[0] < 80, "{requests:?}");
}

#[tokio::test]
async fn a_subscription_that_cannot_be_seen_is_a_gap_and_nothing_is_missing_in_silence() {
    let hidden = "20000000-0000-4000-8000-000000000002";
    let mut documents = documents();
    for (name, value) in &mut documents {
        match *name {
            "arm/descendants" => {
                value.as_array_mut().unwrap().push(json!({"id": format!("/subscriptions/{hidden}"),
                "name": hidden, "type": "/subscriptions", "properties": {"parent": {"id":
                format!("/providers/Microsoft.Management/managementGroups/{TENANT}")}}}));
            }
            "arm/managedHsms" | "arm/vaults" => *value = json!([]),
            _ => {}
        }
    }
    let extras = json!({"clients": [{"client_id": CLIENT, "object_id": object(1), "secret": SECRET}]});
    let fake = start_with(vec![documents], &extras, Settings::default());
    let store = scan(&fake).await;
    let read = "Microsoft.Resources/subscriptions/read".to_owned();
    assert_eq!(gaps(&store), [(read, GapReason::Denied, vec![format!("azure:subscription/{hidden}")])]);
    assert_eq!(is_complete(&store, "arm/subscriptions.json"), Some(false));
    // There are no HSMs, and so no roles of theirs: that was looked for, in what could be seen.
    for file in ["arm/managedHsmRoleAssignments.json", "arm/vaultObjects.json", "arm/resources.json"] {
        assert_eq!(is_complete(&store, file), Some(false), "{file}");
    }
    assert_eq!(is_complete(&store, "graph/sponsors.json"), Some(true));
    let absent: Vec<_> =
        Collection::ALL.iter().filter(|one| is_complete(&store, one.file()).is_none()).collect();
    assert_eq!(absent, [&Collection::KeyRotationPolicies], "which nobody asked for");
}
