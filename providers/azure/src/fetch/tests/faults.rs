//! What goes wrong on the way is a gap, and never an answer.

use super::*;

#[tokio::test]
async fn every_denied_read_is_a_gap_of_its_own_and_the_rest_goes_on() {
    let whole = scan(&start(Settings::default())).await;
    let subscription = format!("azure:subscription/{SUBSCRIPTION}");
    for (host, path, read, file) in [
        (HostKind::Graph, "/v1.0/servicePrincipals", "Application.Read.All", "graph/servicePrincipals.json"),
        (
            HostKind::Graph,
            "/v1.0/oauth2PermissionGrants",
            "Directory.Read.All/oauth2PermissionGrants",
            "graph/oauth2PermissionGrants.json",
        ),
        (
            HostKind::Graph,
            "/v1.0/directory/deletedItems/microsoft.graph.application",
            "Application.Read.All/deletedItems",
            "graph/deletedApplications.json",
        ),
        (
            HostKind::Graph,
            "/v1.0/directory/deletedItems/microsoft.graph.servicePrincipal",
            "Application.Read.All/deletedItems",
            "graph/deletedServicePrincipals.json",
        ),
        (HostKind::Graph, "/v1.0/users", "User.Read.All", "graph/users.json"),
        (HostKind::Graph, "/v1.0/groups/*/members", "GroupMember.Read.All", "graph/groupMembers.json"),
        (HostKind::Graph, "/beta/**", "AuditLog.Read.All", "graph/servicePrincipalSignInActivities.json"),
        (
            HostKind::Graph,
            "/v1.0/policies/authorizationPolicy",
            "Policy.Read.All",
            "graph/authorizationPolicy.json",
        ),
        (
            HostKind::Arm,
            "/subscriptions/*/resources",
            "Microsoft.Resources/subscriptions/resources/read",
            "arm/resources.json",
        ),
        (HostKind::Vault, "/keys", "Microsoft.KeyVault/vaults/keys/read", "arm/keyRotationPolicies.json"),
    ] {
        let rule = Rule::new(host, path, Fault::Denied);
        let store = scan(&start(Settings { faults: vec![rule], ..Settings::default() })).await;
        let gaps = gaps(&store);
        assert!(
            gaps.iter().all(|(at, reason, _)| at == read && *reason == GapReason::Denied),
            "{path}: {gaps:?}"
        );
        assert!(!gaps.is_empty(), "{path}");
        assert_eq!(is_complete(&store, file), None, "{path}");
        // What does not hang on it is there as before.
        for other in ["tenant.json", "graph/applications.json", "arm/subscriptions.json"] {
            assert_eq!(text(&store, other), text(&whole, other), "{path}");
        }
        if host == HostKind::Arm {
            assert_eq!(gaps[0].2, [subscription.as_str()]);
        }
        if host == HostKind::Vault {
            assert_eq!(gaps[0].2.len(), 2, "both vaults");
            assert_eq!(is_complete(&store, "arm/vaultObjects.json"), Some(false));
        }
    }
}

#[tokio::test]
async fn owners_that_could_not_be_read_are_not_none() {
    let path = format!("/v1.0/servicePrincipals/{}/owners", object(2));
    let rule = Rule::new(HostKind::Graph, &path, Fault::Denied);
    let store = scan(&start(Settings { faults: vec![rule], ..Settings::default() })).await;
    assert_eq!(
        gaps(&store),
        [("Application.Read.All/owners".to_owned(), GapReason::Denied, vec![object(2)])]
    );
    assert!(!ids(&store, "graph/owners.json").contains(&object(2)));
    assert!(ids(&store, "graph/owners.json").contains(&object(3)));
    assert_eq!(is_complete(&store, "graph/owners.json"), Some(false));
}

#[tokio::test]
async fn faults_of_the_network_are_gaps_or_pass() {
    let principals = "/v1.0/servicePrincipals";
    for (fault, times, reason) in [
        (Fault::Throttled { retry_after: 0 }, Some(1), None),
        (Fault::Throttled { retry_after: 0 }, None, Some(GapReason::Throttled)),
        (Fault::Status { status: 503 }, Some(1), None),
        (Fault::Status { status: 500 }, None, Some(GapReason::Failed)),
        (Fault::Reset, Some(1), None),
        (Fault::Reset, None, Some(GapReason::Failed)),
        (Fault::CutBody, None, Some(GapReason::Failed)),
        (Fault::BrokenJson, None, Some(GapReason::Invalid)),
        (Fault::Html { status: 200 }, None, Some(GapReason::Invalid)),
        (Fault::InvalidToken, Some(1), None),
        (Fault::InvalidToken, None, Some(GapReason::Denied)),
        (
            Fault::ForeignNextLink { link: "https://evil.example/x".to_owned() },
            None,
            Some(GapReason::Invalid),
        ),
    ] {
        let mut rule = Rule::new(HostKind::Graph, principals, fault.clone());
        rule.times = times;
        let fake = start(Settings { faults: vec![rule], ..Settings::default() });
        let store = scan(&fake).await;
        let reasons: BTreeSet<GapReason> = gaps(&store).into_iter().map(|(_, reason, _)| reason).collect();
        assert_eq!(reasons, reason.into_iter().collect(), "{fault:?}");
        assert_eq!(fake.refused_hosts(), Vec::<String>::new(), "{fault:?}");
    }
}

#[tokio::test]
async fn inner_throttling_passes() {
    let mut rule =
        Rule::new(HostKind::Graph, "/v1.0/servicePrincipals/*/owners", Fault::Throttled { retry_after: 0 });
    rule.times = Some(3);
    let store = scan(&start(Settings { faults: vec![rule], ..Settings::default() })).await;
    assert_eq!(gaps(&store), []);
}

#[tokio::test]
async fn the_deadline_leaves_gaps_and_no_hole() {
    let fake = start(Settings::default());
    let deadline = Instant::now() + Duration::from_millis(1500);
    let rule = Rule::new(HostKind::Arm, "/subscriptions", Fault::Throttled { retry_after: 60 });
    drop(fake);
    let fake = start(Settings { faults: vec![rule], ..Settings::default() });
    let (store, _) = scan_with(&fake, &options(), Some(deadline)).await;
    let gaps = gaps(&store);
    assert!(
        gaps.iter().any(|(read, reason, _)| {
            read == "Microsoft.Resources/subscriptions/read" && *reason == GapReason::Truncated
        }),
        "{gaps:?}"
    );
}
