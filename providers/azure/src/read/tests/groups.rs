//! Groups, and who is in them.

use census_model::{Activation, Bounds};

use super::*;

fn group(number: usize) -> Value {
    json!({"id": oid(number), "displayName": format!("group {number}"), "groupTypes": []})
}

fn members(number: usize, of: &[(usize, &str)]) -> Value {
    let named: Vec<Value> = of
        .iter()
        .map(|(number, kind)| json!({"@odata.type": format!("#microsoft.graph.{kind}"), "id": oid(*number), "displayName": format!("{kind} {number}")}))
        .collect();
    json!({"id": oid(number), "members": named})
}

fn owners(numbers: &[usize]) -> Vec<Value> {
    numbers.iter().map(|number| json!({"id": oid(*number), "owners": []})).collect()
}

/// `group > through > … > member`, with what has to happen.
fn ways(estate: &Estate) -> Vec<String> {
    let number = |id: &str| id.rsplit('-').next().unwrap_or_default().trim_start_matches('0').to_owned();
    let way = |one: &census_model::Membership| {
        let through = one.through.iter().map(|id| number(id.as_str()));
        let all =
            [number(one.group.as_str())].into_iter().chain(through).chain([number(one.member.as_str())]);
        let kind = match &one.activation {
            Activation::Standing => "",
            Activation::Active(_) => " for now",
            Activation::Eligible(_) => " if switched on",
        };
        format!("{}{kind}", all.collect::<Vec<_>>().join(" > "))
    };
    estate.memberships.iter().map(way).collect()
}

#[test]
fn nested_members_are_in_every_group_above_by_a_shortest_way() {
    let estate = Folder::complete()
        .of(Collection::Groups, &[group(1), group(2), group(3)])
        .of(Collection::Owners, &owners(&[1, 2, 3]))
        .of(
            Collection::GroupMembers,
            &[
                members(1, &[(2, "group"), (11, "user"), (14, "device"), (15, "orgContact")]),
                members(2, &[(3, "group"), (12, "servicePrincipal")]),
                // Around in a circle, and the long way to whom there is a short one.
                members(3, &[(1, "group"), (11, "user"), (13, "servicePrincipal")]),
            ],
        )
        .read();
    let expected = [
        "1 > 11",
        "1 > 2 > 12",
        "1 > 2 > 3 > 13",
        "2 > 3 > 11",
        "2 > 12",
        "2 > 3 > 13",
        "3 > 11",
        "3 > 1 > 2 > 12",
        "3 > 13",
    ];
    assert_eq!(ways(&estate), expected);
    assert_eq!(gaps(&estate), Vec::<String>::new());
}

#[test]
fn a_group_in_a_group_is_told_though_it_is_empty() {
    let estate = Folder::complete()
        .of(Collection::Groups, &[group(1), group(2)])
        .of(Collection::Owners, &owners(&[1, 2]))
        .of(Collection::GroupMembers, &[members(1, &[(2, "group"), (11, "user")]), members(2, &[])])
        .of(
            Collection::GroupEligibilityInstances,
            &[json!({"id": "e", "groupId": oid(2), "principalId": oid(1), "accessId": "member"})],
        )
        .read();
    let nested: Vec<_> =
        estate.nested_groups.iter().map(|one| (&one.group, &one.inner, &one.activation)).collect();
    let (one, two) = (&estate.groups[0].id, &estate.groups[1].id);
    let eligible = Activation::Eligible(Bounds::default());
    assert_eq!(nested, [(one, two, &Activation::Standing), (two, one, &eligible)]);
}

#[test]
fn groups_that_only_a_parent_tells_of_are_there_and_their_members_are_open() {
    let estate = Folder::complete()
        .of(Collection::Groups, &[group(1)])
        .of(Collection::Owners, &owners(&[1]))
        .of(Collection::GroupMembers, &[members(1, &[(2, "group")])])
        .read();
    let names: Vec<_> = estate.groups.iter().map(|one| &*one.name).collect();
    assert_eq!(names, ["group 1", "group 2"]);
    // Its owners and its members take one permission, and are gaps of their own.
    let reads = ["GroupMember.Read.All/owners", "GroupMember.Read.All"];
    assert_eq!(gaps(&estate), reads.map(|read| format!("not-provided {read}: {}", oid(2))));
}

#[test]
fn privileged_identity_management_bounds_memberships_and_ownerships() {
    let instance = |group: usize, who: usize, access: &str, until: Value| {
        json!({"id": format!("{group}-{who}-{access}-{until}"), "groupId": oid(group), "principalId": oid(who).to_uppercase(), "accessId": access,
               "memberType": "direct", "assignmentType": "assigned", "startDateTime": "2026-05-01T00:00:00Z", "endDateTime": until})
    };
    let until = json!("2026-07-01T00:00:00Z");
    let estate = Folder::complete()
        .of(Collection::Groups, &[group(1), group(2)])
        .of(Collection::Owners, &owners(&[1, 2]))
        .of(
            Collection::GroupMembers,
            &[
                members(1, &[(2, "group"), (11, "user"), (12, "user"), (13, "user")]),
                members(2, &[(14, "user"), (15, "user")]),
            ],
        )
        .of(
            Collection::GroupAssignmentInstances,
            &[
                instance(1, 11, "member", until.clone()),
                instance(1, 12, "member", Value::Null),
                instance(1, 2, "member", until.clone()),
                instance(1, 15, "member", until.clone()),
                instance(1, 16, "owner", until.clone()),
                instance(1, 18, "owner", Value::Null),
            ],
        )
        .of(
            Collection::GroupEligibilityInstances,
            &[
                instance(1, 11, "member", Value::Null),
                instance(1, 13, "member", Value::Null),
                instance(1, 17, "owner", Value::Null),
                instance(2, 14, "member", Value::Null),
                instance(2, 19, "member", until),
            ],
        )
        .read();
    let expected = [
        "1 > 11 for now",
        "1 > 11 if switched on",
        "1 > 12",
        "1 > 13",
        "1 > 2 > 14 for now",
        "1 > 2 > 14 if switched on",
        // A member that the list of members does not have, and a longer way to the same end.
        "1 > 15 for now",
        "1 > 2 > 19 if switched on",
        "2 > 14",
        "2 > 15",
        "2 > 19 if switched on",
    ];
    assert_eq!(ways(&estate), expected);
    let bounds = Bounds { from: Some(at("2026-05-01T00:00:00Z")), until: Some(at("2026-07-01T00:00:00Z")) };
    let of = |wanted: &str| {
        estate.memberships[ways(&estate).iter().position(|way| way == wanted).unwrap()].activation.clone()
    };
    // Both steps of the way count until then.
    assert_eq!(of("1 > 2 > 19 if switched on"), Activation::Eligible(bounds));
    let owners: Vec<_> = estate
        .directory_owners
        .iter()
        .map(|one| (one.who.as_str().to_owned(), one.activation.clone()))
        .collect();
    let open = Bounds { from: bounds.from, until: None };
    assert_eq!(
        owners,
        [
            (format!("azure:{}", oid(16)), Activation::Active(bounds)),
            (format!("azure:{}", oid(17)), Activation::Eligible(open)),
        ]
    );
}

#[test]
fn rules_decide_who_is_in_dynamic_groups_only() {
    let fields = |kinds: Value| json!({"groupTypes": kinds, "membershipRule": "(user.department -eq \"x\")", "isAssignableToRole": true});
    let estate = Folder::complete()
        .of(
            Collection::Groups,
            &[
                with(group(1), &fields(json!(["DynamicMembership"]))),
                with(group(2), &fields(json!(["Unified"]))),
            ],
        )
        .read();
    let rules: Vec<_> =
        estate.groups.iter().map(|one| (one.membership_rule.is_some(), one.role_assignable)).collect();
    assert_eq!(rules, [(true, true), (false, true)]);
}

#[test]
fn what_multiplies_without_end_is_cut_off_and_says_so() {
    // Each group holds all members and the next group, so every step down repeats them.
    let people: Vec<(usize, &str)> = (10_000..10_800).map(|number| (number, "user")).collect();
    let levels = 1..=120;
    let lists: Vec<Value> = levels
        .clone()
        .map(|level| members(level, &[people.as_slice(), &[(level % 120 + 1, "group")]].concat()))
        .collect();
    let estate = Folder::complete()
        .of(Collection::Groups, &levels.map(group).collect::<Vec<_>>())
        .of(Collection::GroupMembers, &lists)
        .read();
    assert!(gaps(&estate).contains(&"truncated GroupMember.Read.All".to_owned()), "{:?}", estate.gaps.len());
}
