//! Azure Resource Manager: scopes, versions, filters.

use crate::support::{PLATFORM, SHOP, TENANT, World};

const ASSIGNMENTS: &str = "providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01";

/// The numbers at the end of the names of role assignments.
async fn assignments(world: &World, scope: &str, filter: &str) -> Vec<u32> {
    let answer = world.arm(&format!("{scope}{ASSIGNMENTS}{filter}")).await;
    let mut numbers: Vec<_> =
        answer.ids().iter().map(|id| u32::from_str_radix(&id[id.len() - 12..], 16).unwrap()).collect();
    numbers.sort_unstable();
    numbers
}

#[tokio::test]
async fn a_scope_s_list_holds_what_applies_there() {
    let world = World::new();
    let shop = format!("subscriptions/{SHOP}/");
    let group = format!("{shop}resourceGroups/rg-orders/");
    let products = "providers/Microsoft.Management/managementGroups/mg-products/";
    let root = format!("providers/Microsoft.Management/managementGroups/{TENANT}/");
    for (scope, filter, expected) in [
        (shop.as_str(), "", vec![1, 2, 3, 4, 5, 6, 20]),
        (&shop, "&$filter=atScope()", vec![1, 2, 3, 4]),
        (&shop, "&$filter=principalId eq 'b41d1e00-0001-4000-8000-000000000003'", vec![6]),
        // In a group that is in a group.
        (&shop, "&$filter=assignedTo('b41d1e00-0001-4000-8000-000000000003')", vec![4, 6]),
        (&group, "", vec![1, 2, 3, 4, 5, 6]),
        (products, "", vec![1, 2, 3]),
        (&root, "", vec![1, 2]),
        ("", "", vec![1]),
        (&format!("subscriptions/{PLATFORM}/"), "", vec![1, 2, 7, 8, 9]),
    ] {
        assert_eq!(assignments(&world, scope, filter).await, expected, "{scope} {filter}");
    }
}

#[tokio::test]
async fn role_definitions_are_named_by_the_scope_that_lists_them() {
    let world = World::new();
    let path = "providers/Microsoft.Authorization/roleDefinitions?api-version=2022-04-01";
    let shop = world.arm(&format!("subscriptions/{SHOP}/{path}")).await;
    assert_eq!(shop.ids().len(), 6);
    assert!(shop.ids().iter().all(|id| id.starts_with(&format!("/subscriptions/{SHOP}/providers/"))));
    let root = world.arm(path).await;
    assert!(root.ids().iter().all(|id| id.starts_with("/providers/Microsoft.Authorization/")));
    let custom = world.arm(&format!("subscriptions/{SHOP}/{path}&$filter=type eq 'CustomRole'")).await;
    assert_eq!(custom.body["value"][0]["properties"]["roleName"], "Order operator");
    let platform = world.arm(&format!("subscriptions/{PLATFORM}/{path}")).await;
    assert_eq!(platform.ids().len(), 5, "the custom role is of the other subscription");
}

#[tokio::test]
async fn a_version_must_be_said_and_known() {
    let world = World::new();
    for (path, status, code) in [
        ("subscriptions", 400, "MissingApiVersionParameter"),
        ("subscriptions?api-version=1999-01-01", 400, "InvalidApiVersionParameter"),
        ("subscriptions/nobody?api-version=2022-12-01", 404, "SubscriptionNotFound"),
        ("nothing?api-version=2022-12-01", 404, "ResourceNotFound"),
    ] {
        let answer = world.arm(path).await;
        assert_eq!((answer.status, answer.code()), (status, code), "{path}");
    }
    let vaults = format!("subscriptions/{SHOP}/providers/Microsoft.KeyVault/vaults");
    assert_eq!(world.arm(&format!("{vaults}?api-version=2022-12-01")).await.status, 400);
    assert_eq!(world.arm(&format!("{vaults}?api-version=2026-02-01")).await.ids().len(), 2);
    let filter = "&$filter=name eq 'kv-orders'";
    assert_eq!(world.arm(&format!("{vaults}?api-version=2026-02-01{filter}")).await.status, 400);
    let metadata = "https://management.azure.com/metadata/endpoints?api-version=2022-09-01";
    assert_eq!(world.bare(metadata).await.body[0]["suffixes"]["keyVaultDns"], "vault.azure.net");
}

#[tokio::test]
async fn descendants_are_those_of_any_depth() {
    let world = World::new();
    let path = |name| {
        format!("providers/Microsoft.Management/managementGroups/{name}/descendants?api-version=2020-05-01")
    };
    assert_eq!(world.arm(&path(TENANT)).await.ids().len(), 4);
    assert_eq!(world.arm(&path("mg-products")).await.ids(), [format!("/subscriptions/{SHOP}")]);
    assert_eq!(world.arm(&path("nobody")).await.code(), "AuthorizationFailed");
}
