//! Owners and sponsors.

use census_model::{DirectoryObject, Owned, Relation};

use super::*;

#[test]
fn both_objects_of_an_identity_and_groups_have_owners() {
    let named = |id: String, who: &[usize]| {
        let owners: Vec<Value> = who
            .iter()
            .map(|who| json!({"@odata.type": "#microsoft.graph.user", "id": oid(*who).to_uppercase()}))
            .collect();
        json!({"id": id.to_uppercase(), "owners": owners})
    };
    let estate = Folder::complete()
        .of(
            Collection::ServicePrincipals,
            &[principal(1), principal(2), with(principal(3), &json!({"appOwnerOrganizationId": MICROSOFT}))],
        )
        .of(Collection::Applications, &[application(1), application(4)])
        .of(
            Collection::Groups,
            &[json!({"id": oid(7), "displayName": "g"}), json!({"id": oid(8), "displayName": "h"})],
        )
        .of(
            Collection::GroupMembers,
            &[json!({"id": oid(7), "members": []}), json!({"id": oid(8), "members": []})],
        )
        .of(
            Collection::Owners,
            &[
                named(oid(1), &[50]),
                named(oid(1001), &[51, 52]),
                named(oid(1004), &[53]),
                named(oid(7), &[54]),
                named(oid(99), &[55]),
            ],
        )
        .read();
    let identity = |number: usize| Owned::Identity(format!("azure:{}", oid(number)).into());
    let told: Vec<_> = estate
        .directory_owners
        .iter()
        .map(|one| (one.of.clone(), one.object, one.who.as_str().to_owned()))
        .collect();
    let who = |number: usize| format!("azure:{}", oid(number));
    use DirectoryObject as O;
    assert_eq!(
        told,
        [
            (identity(1), O::Application, who(51)),
            (identity(1), O::Application, who(52)),
            (identity(1), O::ServicePrincipal, who(50)),
            (identity(1004), O::Application, who(53)),
            (Owned::Group(who(7).as_str().into()), O::Group, who(54)),
        ]
    );
    // Who is not listed was not asked. What is Microsoft's can have owners too, who may give it credentials.
    assert_eq!(
        gaps(&estate),
        [
            format!("inconsistent Application.Read.All/owners: {}", oid(99)),
            format!("not-provided Application.Read.All/owners: {} {}", oid(2), oid(3)),
            format!("not-provided GroupMember.Read.All/owners: {}", oid(8)),
        ]
    );
}

#[test]
fn what_a_fetch_says_of_an_owner_is_not_said_twice() {
    let known = census_model::Gap::new(
        census_model::Provider::Azure,
        Some(format!("azure:tenant/{TENANT}").into()),
        "Application.Read.All/owners",
        GapReason::Denied,
        "denied",
        vec![oid(1).into()],
    );
    let estate = Folder::complete()
        .of(Collection::ServicePrincipals, &[principal(1), principal(2)])
        .live(vec![known])
        .cut(Collection::Owners)
        .read();
    assert_eq!(
        gaps(&estate),
        [
            format!("denied Application.Read.All/owners: {}", oid(1)),
            format!("not-provided Application.Read.All/owners: {}", oid(2)),
        ]
    );
}

#[test]
fn agents_have_sponsors() {
    let agent = with(principal(1), &json!({"@odata.type": "#microsoft.graph.agentIdentity"}));
    let folder = Folder::complete()
        .of(Collection::ServicePrincipals, &[agent])
        .of(Collection::Owners, &[json!({"id": oid(1), "owners": []})]);
    let sponsors =
        json!({"id": oid(1), "sponsors": [{"@odata.type": "#microsoft.graph.group", "id": oid(5)}]});
    let estate = folder.clone().of(Collection::Sponsors, &[sponsors]).read();
    assert_eq!((estate.directory_owners[0].relation, gaps(&estate).len()), (Relation::Sponsor, 0));
    assert_eq!(gaps(&folder.read()), [format!("not-provided Application.Read.All/sponsors: {}", oid(1))]);
}

#[test]
fn users_of_whom_nobody_says_whether_they_are_enabled_are_open() {
    let user = |number: usize, enabled: Option<bool>| {
        let user = json!({"id": oid(number), "userPrincipalName": "a@b.example"});
        enabled.map_or(user.clone(), |enabled| with(user, &json!({"accountEnabled": enabled})))
    };
    let users = [user(1, Some(true)), user(2, Some(false)), user(3, None)];
    let estate = Folder::complete().of(Collection::Users, &users).read();
    let open: Vec<bool> =
        estate.identities.iter().map(|one| one.person.as_ref().unwrap().open.is_some()).collect();
    assert_eq!(open, [false, false, true]);
    assert_eq!(gaps(&estate), [format!("not-provided User.Read.All: {}", oid(3))]);
}
