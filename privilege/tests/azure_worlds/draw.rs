//! Tenants that are drawn by lot.

use proptest::{collection::vec, option, prelude::*, sample::select};

use super::{Given, Member, World};

const PATTERNS: [&str; 6] =
    ["*", "*/write", "Microsoft.Storage/*", "*/action", "Microsoft.Authorization/*", "Microsoft.X/y/read"];

const CONDITIONS: [&str; 4] = [
    "@Request[a:b] StringEquals 'c'",
    "ActionMatches{'Microsoft.Storage/*'}",
    "!(ActionMatches{'*/write'})",
    "not a condition",
];

/// A role or a denial.
pub(crate) fn given() -> impl Strategy<Value = Given> {
    let to = select(vec!["app", "person", "group:builders", "everyone"]);
    let at = select(vec!["root", "platform", "sub", "apps", "vault", "other", "elsewhere"]);
    let entries = || vec(select(PATTERNS.to_vec()), 0..3);
    let activation =
        option::weighted(0.2, select(vec!["until-tomorrow", "until-yesterday", "eligible-until-tomorrow"]));
    let what = (entries(), entries(), entries(), option::weighted(0.3, select(CONDITIONS.to_vec())));
    (to, at, what, activation, any::<(bool, bool)>(), select(vec![0_u8, 0, 0, 0, 1, 2])).prop_map(
        |(to, at, (actions, not, data, condition), activation, (deny, own), unread)| {
            let owned = |list: Vec<&str>| list.into_iter().map(str::to_owned).collect();
            // Only denials are for everybody.
            let deny = deny || to == "everyone";
            Given {
                to: Some(to.to_owned()),
                at: Some(at.to_owned()),
                actions: owned(actions),
                not_actions: owned(not),
                data_actions: owned(data),
                condition: condition.map(str::to_owned),
                activation: activation.filter(|_| !deny).map(str::to_owned),
                own_scope_only: deny && own,
                unread: unread == 1 && !deny,
                broken: unread == 2,
                deny,
                ..Given::default()
            }
        },
    )
}

/// A few of them, and members of a group.
pub(crate) fn world() -> impl Strategy<Value = World> {
    let member = (
        select(vec!["app", "person"]),
        option::weighted(0.3, select(vec!["until-tomorrow", "eligible-until-tomorrow"])),
    )
        .prop_map(|(who, activation)| Member {
            group: "builders".to_owned(),
            who: Some(who.to_owned()),
            through: Vec::new(),
            activation: activation.map(str::to_owned),
        });
    (vec(given(), 0..6), vec(member, 0..3)).prop_map(|(grants, members)| World {
        grants,
        members,
        ..World::default()
    })
}
