//! What the tenant lets everybody do.

use super::*;

fn restriction(kind: &str, fields: &Value) -> Value {
    with(
        json!({"restrictionType": kind, "state": "enabled", "maxLifetime": null, "restrictForAppsCreatedAfterDateTime": null}),
        fields,
    )
}

fn refused(enabled: bool, restrictions: &[Value]) -> (Option<bool>, Option<String>) {
    let policy = json!({"id": "p", "isEnabled": enabled, "applicationRestrictions": {"passwordCredentials": restrictions}});
    let estate = Folder::complete()
        .of(Collection::Applications, &[application(1)])
        .of(Collection::AppManagementPolicy, &[policy])
        .read();
    let [one] = estate.tenant_policies.as_slice() else { panic!() };
    assert_eq!((one.users_register_applications, &one.user_consent), (None, &None));
    (one.passwords_refused, one.password_lifetime.as_deref().map(str::to_owned))
}

#[test]
fn a_restriction_counts_where_it_spares_no_application() {
    let none = json!({});
    let lifetime = restriction("passwordLifetime", &json!({"maxLifetime": "P90D"}));
    let both = [restriction("passwordAddition", &none), lifetime.clone()];
    assert_eq!(refused(true, &both), (Some(true), Some("P90D".to_owned())));
    assert_eq!(refused(false, &both), (Some(false), None));
    assert_eq!(refused(true, &[]), (Some(false), None));
    let off = restriction("passwordAddition", &json!({"state": "disabled"}));
    assert_eq!(refused(true, &[off, lifetime]), (Some(false), Some("P90D".to_owned())));
    // The one application is of 2024.
    for (from, expected) in [("2024-06-01T00:00:00Z", false), ("2020-01-01T00:00:00Z", true)] {
        let later = restriction("passwordAddition", &json!({"restrictForAppsCreatedAfterDateTime": from}));
        assert_eq!(refused(true, &[later]).0, Some(expected), "{from}");
    }
}

#[test]
fn what_users_may_is_told_or_not() {
    let of = |permissions: Value| {
        let policy = json!({"id": "authorizationPolicy", "defaultUserRolePermissions": permissions});
        // As `GET /policies/authorizationPolicy` returns it: an object that is its own only item.
        let estate = Folder::complete().file("graph/authorizationPolicy.json", policy.to_string()).read();
        estate.tenant_policies.first().map(|one| (one.users_register_applications, one.user_consent.clone()))
    };
    let consent = json!({"allowedToCreateApps": false, "permissionGrantPoliciesAssigned":
        ["ManagePermissionGrantsForSelf.b", "managePermissionGrantsForSelf.a", "ManagePermissionGrantsForOwnedResource.c"]});
    assert_eq!(
        of(consent),
        Some((
            Some(false),
            Some(vec!["ManagePermissionGrantsForSelf.b".into(), "managePermissionGrantsForSelf.a".into()])
        ))
    );
    assert_eq!(of(json!({"permissionGrantPoliciesAssigned": []})), Some((None, Some(vec![]))));
    assert_eq!(of(Value::Null), None);
}
