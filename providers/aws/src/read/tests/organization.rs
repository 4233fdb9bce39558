//! The organization's tree and the policies that bound it.

use census_model::{Attachment, Effect, Gap, GapReason, Provider, ScopeId, ScopeKind, Via};
use serde_json::{Value, json};

use super::*;

fn organization() -> Value {
    json!({
        "id": "o-abc", "management_account": "999988887777",
        "policies": {
            "p-full": {"type": "SERVICE_CONTROL_POLICY", "name": "Full", "document": policy("*")},
            "p-data": {"type": "RESOURCE_CONTROL_POLICY", "name": "Data", "document": perimeter().to_string()},
            "p-tags": {"type": "TAG_POLICY", "name": "Tags", "document": {"tags": {}}},
        },
        "targets": {
            "r-1": {"parent": "o-abc", "name": "Root", "policies": ["p-full", "p-tags"]},
            "ou-1-a": {"parent": "r-1", "name": "Prod", "policies": ["p-full", "p-data"]},
            (ACCOUNT): {"parent": "ou-1-a", "name": "shop", "policies": ["p-full"], "tags": {"team": "shop"}},
            "444455556666": {"parent": "r-1", "name": "other", "policies": []},
        }
    })
}

/// A resource control policy.
fn perimeter() -> Value {
    json!({"Version": "2012-10-17", "Statement": [
        {"Sid": "Ours", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}]})
}

fn read(organization: &Value) -> Estate {
    Folder::complete().file("organization.json", organization.to_string()).read()
}

#[test]
fn the_tree_and_its_policies() {
    let estate = read(&organization());
    assert_eq!(gaps(&estate), Vec::<String>::new());
    let account = ScopeId::new(format!("aws:account/{ACCOUNT}"));
    let scope = &estate.scopes[&account];
    assert_eq!((scope.name.as_deref(), scope.scanned), (Some("shop"), true));
    assert_eq!(scope.tags.get("team").map(|tag| &**tag), Some("shop"));
    let mut above = Vec::new();
    let mut next = scope.parent.as_ref();
    while let Some(scope) = next.map(|id| &estate.scopes[id]) {
        above.push((scope.id.as_str(), scope.kind));
        next = scope.parent.as_ref();
    }
    assert_eq!(
        above,
        [
            ("aws:organizational-unit/ou-1-a", ScopeKind::OrganizationalUnit),
            ("aws:organization-root/r-1", ScopeKind::OrganizationRoot),
            ("aws:organization/o-abc", ScopeKind::Organization),
        ]
    );
    assert!(!estate.scopes["aws:account/444455556666"].scanned);

    let unit = Attachment::Scope(ScopeId::new("aws:organizational-unit/ou-1-a"));
    let on_unit: Vec<_> = estate.grants.iter().filter(|grant| grant.attached_to == unit).collect();
    assert_eq!(on_unit.len(), 2);
    assert!(on_unit.iter().all(|grant| grant.effect == Effect::Ceiling && grant.policy.is_some()));
    assert!(matches!(&on_unit[0].via, Via::ServiceControlPolicy { name, .. } if &**name == "Full"));
    assert!(
        matches!(&on_unit[1].via, Via::ResourceControlPolicy { native_id, .. } if &**native_id == "p-data")
    );
    assert_eq!(estate.grants.len(), 4, "policies of other types bound no access");
    assert_eq!(estate.policies.len(), 2);
}

#[test]
fn control_policies_that_aws_would_refuse_are_gaps() {
    for (id, document, problem) in [
        ("p-full", perimeter(), "a service control policy: Principal of statement `Ours`: has no place"),
        ("p-data", policy("s3:*"), "a resource control policy: Principal of statement `#"),
    ] {
        let mut refused = organization();
        refused["policies"][id]["document"] = document;
        let estate = read(&refused);
        assert_eq!(gaps(&estate), ["invalid organizations:DescribePolicy"], "{id}");
        let open = gap(&estate, "invalid organizations:DescribePolicy");
        assert!(open.detail.contains(problem), "{}", open.detail);
        assert!(texts(&open.affects).contains(&"aws:organizational-unit/ou-1-a"));
        assert_eq!(texts(&open.affects).contains(&"aws:organization-root/r-1"), id == "p-full");
    }
}

#[test]
fn policies_without_text_or_that_do_not_read_are_gaps() {
    let mut broken = organization();
    broken["policies"]["p-full"]["document"] = Value::Null;
    broken["policies"]["p-data"]["document"] = json!("{");
    let estate = read(&broken);
    let read = "organizations:DescribePolicy";
    assert!(gaps(&estate).iter().all(|gap| gap.ends_with(read)), "{:?}", gaps(&estate));
    let invalid = gap(&estate, &format!("invalid {read}"));
    assert!(texts(&invalid.affects).contains(&"aws:organizational-unit/ou-1-a"));
    let missing = estate.gaps.iter().filter(|gap| gap.reason == GapReason::NotProvided).count();
    assert_eq!(missing, 3, "one for each place where the policy counts");
    assert_eq!(estate.grants.iter().filter(|grant| grant.policy.is_none()).count(), 3);

    // A fetch that was denied has said so.
    let top = ScopeId::new("aws:organization/o-abc");
    let denied = Gap::new(Provider::Aws, Some(top), read, GapReason::Denied, "x", Vec::new());
    let mut broken = organization();
    broken["policies"].as_object_mut().unwrap().remove("p-full");
    let folder = Folder::complete().file("organization.json", broken.to_string());
    assert_eq!(gaps(&folder.clone().gaps(vec![denied]).read()), [format!("denied {read}")]);
    assert_eq!(gaps(&folder.read()).len(), 3);
}

#[test]
fn no_organization_is_an_answer() {
    for none in ["{}", r#"{"id":null}"#] {
        let estate = Folder::complete().file("organization.json", none).read();
        assert_eq!(gaps(&estate), Vec::<String>::new());
        assert_eq!(estate.scopes.len(), 1);
    }
}

#[test]
fn odd_nodes_are_errors_with_their_place() {
    let with_target = |id: &str, parent: &str| {
        let organization = json!({"id": "o-abc", "targets": {id: {"parent": parent}}});
        Folder::complete().file("organization.json", organization.to_string()).error()
    };
    assert!(with_target("prod", "r-1").contains("organization.json`: targets.prod: is neither a root"));
    assert!(with_target("ou-1", "prod").contains("targets.ou-1.parent"));
}
