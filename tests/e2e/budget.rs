//! What a scan costs, counted at the server.

use std::collections::BTreeMap;

use crate::support::{
    details::{Paging, Shape},
    report::{assert_complete, list},
    world::World,
};

#[test]
fn no_call_per_role_and_for_users_only_where_they_hold_something() {
    for (users, holders, roles) in [(60, 20, 60), (60, 0, 10), (5, 5, 150)] {
        let world = World::many(users, holders, roles);
        world.proxy.shape(Shape { paging: Paging::Pages(100), ..Shape::default() });
        let (code, report) = world.census().scan(&[]);
        assert_complete(code, &report);
        assert_eq!(list(&report, "identities").len(), users + roles + 1);
        let counts = world.proxy.counts();
        let calls: usize = counts.values().sum();
        let items = users + roles + list(&world.put, "policies").len();
        assert!(
            calls <= holders + items / 100 + 20,
            "{calls} calls for {users}/{holders}/{roles}: {counts:?}"
        );
        assert!(count(&counts, "iam:ListAccessKeys") <= holders, "{counts:?}");
        assert_eq!(count(&counts, "iam:ListSSHPublicKeys"), 0, "only with --deep: {counts:?}");
    }
}

#[test]
fn calls_for_providers_and_certificates_follow_their_number() {
    let world = World::company();
    let (code, report) = world.census().scan(&[]);
    assert_complete(code, &report);
    let counts = world.proxy.counts();
    let users = list(&world.put, "users");
    let holding = |what: &str| users.iter().filter(|user| !list(user, what).is_empty()).count();
    assert_eq!(count(&counts, "iam:ListAccessKeys"), holding("keys"), "{counts:?}");
    assert_eq!(count(&counts, "iam:ListSigningCertificates"), holding("certificates"), "{counts:?}");
    let providers = list(&world.put, "oidc").len() + list(&world.put, "saml").len();
    let calls: usize = counts.values().sum();
    assert!(calls <= holding("keys") + holding("certificates") + providers + 20, "{calls}: {counts:?}");
}

fn count(counts: &BTreeMap<String, usize>, operation: &str) -> usize {
    counts.get(operation).copied().unwrap_or(0)
}
