//! Who holds what, from when until when.

use census_model::{Activation, Attachment, Bounds, Effect, Via};

use super::*;

const READER: &str = "acdd72a7-3385-48ef-bd42-f606fba81ae7";

fn holder(number: usize) -> Attachment {
    Attachment::Identity(format!("azure:{}", oid(number)).into())
}

fn group(number: usize) -> Attachment {
    Attachment::Group(format!("azure:{}", oid(number)).into())
}

fn role() -> Value {
    json!({"id": format!("/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{READER}"),
           "properties": {"roleName": "Reader", "type": "BuiltInRole", "permissions": [
               {"actions": ["b/read", "a/read"], "notActions": [], "dataActions": null, "condition": null}]}})
}

fn assignment(name: &str, principal: &str, scope: &str, fields: &Value) -> Value {
    let properties = with(
        json!({"roleDefinitionId": format!("/providers/Microsoft.Authorization/roleDefinitions/{}", READER.to_uppercase()),
               "principalId": principal, "principalType": "ServicePrincipal", "scope": scope, "condition": null}),
        fields,
    );
    let id =
        format!("{}/providers/Microsoft.Authorization/roleAssignments/{name}", scope.trim_end_matches('/'));
    json!({"id": id, "name": name, "properties": properties})
}

fn bounds(from: Option<&str>, until: Option<&str>) -> Bounds {
    Bounds { from: from.map(at), until: until.map(at) }
}

#[test]
fn a_role_is_held_where_it_says_under_its_condition() {
    let scope = arm("Microsoft.KeyVault/vaults", "Pay");
    let fields = json!({"condition": " @Resource[x] StringEquals 'y' ", "conditionVersion": "2.0"});
    let estate = Folder::complete()
        .of(Collection::AzureRoles, &[role()])
        .of(Collection::AzureAssignments, &[assignment("a", &oid(1), &scope, &fields)])
        .read();
    let one = grant(&estate);
    assert_eq!((&one.attached_to, one.effect), (&holder(1), Effect::Allow));
    assert_eq!(one.scope.as_str(), format!("azure:{}", scope.to_lowercase()));
    assert_eq!(one.condition.as_ref().map(|one| &*one.text), Some("@Resource[x] StringEquals 'y'"));
    let expected =
        r#"[{"actions":["a/read","b/read"],"notActions":[],"dataActions":[],"notDataActions":[]}]"#;
    assert_eq!(policy(&estate, one), expected);
    let Via::RoleAssignment { native_id, role, name } = &one.via else { panic!("{:?}", one.via) };
    assert!(native_id.ends_with("/roleAssignments/a") && role.ends_with(READER), "{role}");
    assert_eq!(&**name, "Reader");
    // The scope and all that it lies in are in the tree.
    let mut at = one.scope.clone();
    let mut depth = 0;
    while let Some(parent) = estate.scopes[&at].parent.clone() {
        (at, depth) = (parent, depth + 1);
    }
    assert_eq!((at.as_str(), depth), (format!("azure:tenant/{TENANT}").as_str(), 4));
}

#[test]
fn an_assignment_and_its_instance_are_one_grant() {
    let scope = format!("/subscriptions/{SUBSCRIPTION}");
    let one = assignment("a", &oid(1), &scope, &json!({}));
    let origin = one["id"].as_str().unwrap().to_uppercase();
    let instance = |name: &str, fields: Value| {
        let mut made = assignment(
            name,
            &oid(1),
            &scope,
            &with(json!({"memberType": "Direct", "assignmentType": "Assigned"}), &fields),
        );
        made["id"] = json!(format!(
            "{scope}/providers/Microsoft.Authorization/roleAssignmentScheduleInstances/{name}"
        ));
        made
    };
    let read = |instances: &[Value], eligible: &[Value]| {
        Folder::complete()
            .of(Collection::AzureRoles, &[role()])
            .of(Collection::AzureAssignments, std::slice::from_ref(&one))
            .of(Collection::AzureAssignmentInstances, instances)
            .of(Collection::AzureEligibilityInstances, eligible)
            .live(vec![])
            .read()
    };
    let activations =
        |estate: &Estate| estate.grants.iter().map(|one| one.activation.clone()).collect::<Vec<_>>();
    let (from, until) = ("2026-05-01T00:00:00Z", "2026-07-01T00:00:00Z");
    let times = json!({"originRoleAssignmentId": origin, "startDateTime": from, "endDateTime": until});
    assert_eq!(activations(&read(&[], &[])), [Activation::Standing]);
    assert_eq!(
        activations(&read(&[instance("i", times.clone())], &[])),
        [Activation::Active(bounds(Some(from), Some(until)))]
    );
    let endless = json!({"originRoleAssignmentId": origin, "startDateTime": from, "endDateTime": null});
    assert_eq!(activations(&read(&[instance("i", endless)], &[])), [Activation::Standing]);
    let later = json!({"originRoleAssignmentId": origin, "startDateTime": until, "endDateTime": null});
    assert_eq!(
        activations(&read(&[instance("i", later)], &[])),
        [Activation::Active(bounds(Some(until), None))]
    );
    // One of which no assignment tells is a grant of its own.
    let alone = json!({"originRoleAssignmentId": null, "startDateTime": from, "endDateTime": until});
    assert_eq!(read(&[instance("i", alone)], &[]).grants.len(), 2);
    // What is held through a group is told where the group holds it.
    let through =
        json!({"memberType": "Group", "principalId": oid(2), "startDateTime": from, "endDateTime": until});
    assert_eq!(activations(&read(&[instance("i", through.clone())], &[])), [Activation::Standing]);
    let may = instance("e", json!({"startDateTime": from, "endDateTime": until}));
    let eligible = Activation::Eligible(bounds(Some(from), Some(until)));
    assert_eq!(
        activations(&read(&[], &[may.clone(), instance("f", through.clone())])),
        [eligible.clone(), Activation::Standing]
    );
    // Unless nobody tells of the group.
    assert_eq!(activations(&read(&[], &[instance("f", through)])), [Activation::Standing, eligible]);
}

#[test]
fn holders_are_groups_where_a_document_says_so_and_foreign_ones_are_not_deleted() {
    let scope = format!("/subscriptions/{SUBSCRIPTION}");
    let of = |name: &str, number: usize, kind: Value| {
        assignment(name, &oid(number), &scope, &json!({"principalType": kind}))
    };
    let estate = Folder::complete()
        .of(Collection::AzureRoles, &[role()])
        .of(Collection::Groups, &[json!({"id": oid(3), "displayName": "g"})])
        .of(Collection::GroupMembers, &[json!({"id": oid(3), "members": []})])
        .of(Collection::Owners, &[json!({"id": oid(3), "owners": []})])
        .of(
            Collection::AzureAssignments,
            &[
                of("a", 1, json!("Group")),
                of("b", 2, json!("ForeignGroup")),
                of("c", 3, Value::Null),
                of("d", 4, Value::Null),
            ],
        )
        .read();
    let attached: Vec<_> = estate.grants.iter().map(|one| one.attached_to.clone()).collect();
    assert_eq!(attached, [holder(4), group(1), group(2), group(3)]);
    assert_eq!(gaps(&estate), [format!("not-requested GroupMember.Read.All: {}", oid(2))]);
}

#[test]
fn a_role_that_was_not_read_is_a_gap() {
    let scope = format!("/subscriptions/{SUBSCRIPTION}");
    let folder =
        Folder::complete().of(Collection::AzureAssignments, &[assignment("a", &oid(1), &scope, &json!({}))]);
    let estate = folder.read();
    let Via::RoleAssignment { name, .. } = &grant(&estate).via else { panic!() };
    assert_eq!((&**name, &grant(&estate).policy), (READER, &None));
    assert_eq!(
        gaps(&estate),
        [format!("inconsistent Microsoft.Authorization/roleDefinitions/read: {READER}")]
    );
    let estate = folder.without(Collection::AzureRoles).read();
    assert_eq!(gaps(&estate), ["not-provided Microsoft.Authorization/roleDefinitions/read"]);
}

#[test]
fn directory_roles_are_held_in_the_tenant_or_in_a_part_of_it() {
    let role = json!({"id": oid(50), "templateId": oid(50), "displayName": "Helpdesk", "rolePermissions": [
        {"allowedResourceActions": ["microsoft.directory/b", "microsoft.directory/a"], "condition": null},
        {"allowedResourceActions": ["microsoft.directory/c"], "condition": "$ResourceIsSelf"}]});
    let held =
        json!({"id": "aXyZ", "principalId": oid(1), "roleDefinitionId": oid(50), "directoryScopeId": "/"});
    let until = "2026-06-02T00:00:00Z";
    let instance = json!({"id": "i", "principalId": oid(1), "roleDefinitionId": oid(50), "directoryScopeId": "/",
                          "assignmentType": "Activated", "memberType": "Direct", "roleAssignmentOriginId": "aXyZ",
                          "startDateTime": "2026-06-01T00:00:00Z", "endDateTime": until});
    let unit = format!("/administrativeUnits/{}", oid(60));
    let eligible = json!({"id": "e", "principalId": oid(2), "roleDefinitionId": oid(50), "directoryScopeId": unit,
                          "memberType": "Direct", "startDateTime": null, "endDateTime": null});
    let estate = Folder::complete()
        .of(Collection::DirectoryRoles, &[role])
        .of(Collection::DirectoryAssignments, &[held])
        .of(Collection::DirectoryAssignmentInstances, &[instance])
        .of(Collection::DirectoryEligibilityInstances, &[eligible])
        .read();
    let [active, may] = estate.grants.as_slice() else { panic!("{:?}", estate.grants) };
    assert_eq!(active.activation, Activation::Active(bounds(Some("2026-06-01T00:00:00Z"), Some(until))));
    let Via::DirectoryRole { native_id, name, directory_scope, .. } = &active.via else { panic!() };
    assert_eq!((&**native_id, &**name, &**directory_scope), ("aXyZ", "Helpdesk", "/"));
    assert_eq!(
        policy(&estate, active),
        r#"[{"allowedResourceActions":["microsoft.directory/a","microsoft.directory/b"]},{"allowedResourceActions":["microsoft.directory/c"],"condition":"$ResourceIsSelf"}]"#
    );
    assert_eq!((&may.attached_to, &may.activation), (&holder(2), &Activation::Eligible(Bounds::default())));
    let Via::DirectoryRole { directory_scope, .. } = &may.via else { panic!() };
    assert_eq!(&**directory_scope, unit.to_lowercase());
    assert_eq!(estate.policies.len(), 1);
}

#[test]
fn what_is_denied_reaches_everybody_or_those_that_are_named() {
    let scope = format!("/subscriptions/{SUBSCRIPTION}");
    let deny = |name: &str, fields: &Value| {
        let properties = with(
            json!({"denyAssignmentName": name, "scope": scope, "principals": [], "excludePrincipals": [],
                                     "permissions": [{"actions": ["*"], "notActions": ["*/read"]}],
                                     "doNotApplyToChildScopes": false}),
            fields,
        );
        json!({"id": format!("{scope}/providers/Microsoft.Authorization/denyAssignments/{name}"), "properties": properties})
    };
    let everybody = json!([{"id": "00000000-0000-0000-0000-000000000000", "type": "SystemDefined"}]);
    let some = json!([{"id": oid(1), "type": "ServicePrincipal"}, {"id": oid(2), "type": "Group"}]);
    let estate = Folder::complete()
        .of(Collection::DenyAssignments, &[
            deny("all", &json!({"principals": everybody, "excludePrincipals": [{"id": oid(9).to_uppercase(), "type": "User"}]})),
            deny("some", &json!({"principals": some, "doNotApplyToChildScopes": true, "denyAssignmentEffect": "enforced"})),
            deny("logged", &json!({"principals": some, "denyAssignmentEffect": "audit"})),
        ])
        .read();
    assert!(estate.grants.iter().all(|one| one.effect == Effect::Deny));
    let attached: Vec<_> = estate.grants.iter().map(|one| one.attached_to.clone()).collect();
    let here = Attachment::Scope(format!("azure:subscription/{SUBSCRIPTION}").into());
    assert_eq!(attached, [holder(1), group(2), here]);
    let Via::DenyAssignment { except, own_scope_only, .. } = &estate.grants[2].via else { panic!() };
    assert_eq!((texts(except), *own_scope_only), (vec![oid(9).as_str()], false));
    let Via::DenyAssignment { own_scope_only, .. } = &estate.grants[0].via else { panic!() };
    assert!(own_scope_only);
}

#[test]
fn app_roles_are_named_by_their_resource() {
    let roles = json!({"appRoles": [{"id": oid(70).to_uppercase(), "value": "Mail.Read", "isEnabled": true}, {"id": oid(72), "value": null}]});
    let of = |id: &str, role: &str, resource: usize, kind: &str| json!({"id": id, "appRoleId": role, "principalId": oid(1), "principalType": kind, "resourceId": oid(resource)});
    let estate = Folder::complete()
        .of(Collection::ServicePrincipals, &[principal(1), with(principal(2), &roles)])
        .of(Collection::Owners, &[json!({"id": oid(1), "owners": []}), json!({"id": oid(2), "owners": []})])
        .of(
            Collection::AppRoleAssignments,
            &[
                of("Ab", &oid(70), 2, "ServicePrincipal"),
                of("aB", "00000000-0000-0000-0000-000000000000", 2, "Group"),
                of("c", &oid(71), 2, "ServicePrincipal"),
                of("d", &oid(72), 2, "ServicePrincipal"),
                of("e", &oid(70), 3, "ServicePrincipal"),
            ],
        )
        .read();
    let told: Vec<_> = estate
        .grants
        .iter()
        .map(|one| {
            let Via::AppRole { native_id, .. } = &one.via else { panic!() };
            (&**native_id, one.policy.as_ref().map(|id| &*estate.policies[id].text))
        })
        .collect();
    assert_eq!(
        told,
        [("Ab", Some("Mail.Read")), ("c", None), ("d", Some("")), ("e", None), ("aB", Some(""))]
    );
    assert_eq!(estate.grants[4].attached_to, group(1));
    assert_eq!(
        gaps(&estate),
        [format!("inconsistent Application.Read.All: {} {} {} {}", oid(2), oid(3), oid(70), oid(71))]
    );
}

#[test]
fn delegated_permissions_hold_for_one_user_or_for_all() {
    let of = |id: &str, user: Value, scope: &str| json!({"id": id, "clientId": oid(1), "consentType": "x", "principalId": user, "resourceId": oid(2), "scope": scope});
    let estate = Folder::complete()
        .of(
            Collection::DelegatedGrants,
            &[
                of("a", json!(oid(5)), " offline_access   User.Read "),
                of("b", Value::Null, "User.Read offline_access"),
            ],
        )
        .read();
    let users: Vec<_> = estate
        .grants
        .iter()
        .map(|one| {
            let Via::DelegatedPermission { user, .. } = &one.via else { panic!() };
            (policy(&estate, one), user.as_ref().map(|user| user.as_str().to_owned()))
        })
        .collect();
    let both = "User.Read offline_access";
    assert_eq!(users, [(both, Some(format!("azure:{}", oid(5)))), (both, None)]);
}

#[test]
fn roles_that_conditions_name_are_kept_though_nobody_holds_them() {
    const OPERATOR: &str = "f1a07417-d97a-45cb-824c-7a7467783830";
    const CONTRIBUTOR: &str = "b24988ac-6180-42a0-ab88-20f7382dd24c";
    const FURTHER: &str = "9980e02c-c2be-4d73-94e8-173b1dc7cf3c";
    const OTHER: &str = "4633458b-17de-408a-b874-0445c86b69e6";
    let definition = |id: &str, condition: Value| {
        json!({"id": format!("/providers/Microsoft.Authorization/roleDefinitions/{}", id.to_uppercase()),
               "properties": {"roleName": id, "permissions": [{"actions": ["x/read"], "condition": condition}]}})
    };
    let about = |id: &str| {
        json!(format!(
            "@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {{{id}}}"
        ))
    };
    let roles = [
        role(),
        definition(OPERATOR, about(FURTHER)),
        definition(CONTRIBUTOR, Value::Null),
        definition(FURTHER, Value::Null),
        definition(OTHER, Value::Null),
    ];
    let scope = format!("/subscriptions/{SUBSCRIPTION}");
    let of = |condition: Value| {
        let held = assignment("a", &oid(1), &scope, &json!({"condition": condition}));
        let folder = Folder::complete().of(Collection::AzureRoles, &roles);
        folder.of(Collection::AzureAssignments, &[held]).read()
    };
    let named = |estate: &Estate| -> Vec<String> {
        estate.role_definitions.iter().map(|one| one.id.to_string()).collect()
    };
    let estate = of(about(OPERATOR));
    // In order, with what is tried whatever is named, and what the named one lets assign.
    assert_eq!(named(&estate), [FURTHER, CONTRIBUTOR, OPERATOR]);
    assert!(estate.role_definitions.iter().all(|one| estate.policies.contains_key(&one.policy)));
    let of_blobs = format!("@Resource[Microsoft.Storage/storageAccounts:name] StringEquals '{OPERATOR}'");
    assert!(named(&of(json!(of_blobs))).is_empty());
    assert!(named(&of(Value::Null)).is_empty());
}
