//! Companies that are drawn by lot, in which some may get somewhere.

use std::sync::LazyLock;

use census_privilege::azure::techniques;
use proptest::{collection::vec, option, prelude::*, sample::select};

use super::{
    Given, Member, directory,
    paths::{Nested, Target, World},
};

/// Who may have something: all targets, and those whose ways are asked for.
const HOLDERS: [&str; 11] = [
    "app",
    "person",
    "box",
    "site",
    "lent",
    "deployer",
    "open",
    "owner",
    "group:team",
    "group:admins",
    "plan",
];

const PLACES: [&str; 8] = ["platform", "sub", "apps", "others", "other", "box", "site", "lent"];

const POWERS: [&str; 8] =
    ["none", "none", "none", "none", "Owner", "Contributor", "Global Administrator", "Reader"];

const ROLES: [&str; 5] = [
    "Application Administrator",
    "Groups Administrator",
    "Helpdesk Administrator",
    "Privileged Role Administrator",
    "Directory Readers",
];

const PERMISSIONS: [&str; 5] = [
    "Application.ReadWrite.All",
    "Application.ReadWrite.OwnedBy",
    "Group.ReadWrite.All",
    "AppRoleAssignment.ReadWrite.All",
    "AgentIdentityBlueprint.AddRemoveCreds.All",
];

/// The operations that techniques take, of Azure Resource Manager and of the directory.
static OPERATIONS: LazyLock<(Vec<&'static str>, Vec<&'static str>)> = LazyLock::new(|| {
    let needs = techniques::all().iter().flat_map(|one| &one.needs);
    let mut all: Vec<&str> = needs.flat_map(|need| &need.any).map(|one| &**one).collect();
    all.sort_unstable();
    all.dedup();
    all.into_iter().partition(|one| !one.starts_with("microsoft.directory/"))
});

fn targets() -> impl Strategy<Value = Vec<Target>> {
    let kinds = [
        ("microsoft.compute/virtualmachines", "box"),
        ("microsoft.web/sites", "site"),
        ("user-assigned", "lent"),
        ("application", "deployer"),
        ("application", "open"),
        ("person", "owner"),
        ("group", "team"),
        ("role-group", "admins"),
        ("dynamic-group", "dynamic"),
        ("blueprint", "plan"),
        ("agent", "helper"),
    ];
    let trusted = option::weighted(0.3, select(vec!["box", "lent", "app"]));
    (vec(select(POWERS.to_vec()), kinds.len()), trusted).prop_map(move |(powers, trusted)| {
        let target = |((is, name), power): (&(&str, &str), &str)| Target {
            is: (*is).to_owned(),
            name: Some((*name).to_owned()),
            power: Some(power.to_owned()),
            lock: (*name == "open").then(|| "off".to_owned()),
            trusts: match *name {
                "helper" => Some("plan".to_owned()),
                "deployer" => trusted.map(str::to_owned),
                _ => None,
            },
            ..Target::default()
        };
        kinds.iter().zip(powers).map(target).collect()
    })
}

fn activation() -> impl Strategy<Value = Option<String>> {
    let words = select(vec!["until-tomorrow", "until-yesterday", "eligible-until-tomorrow"]);
    option::weighted(0.2, words.prop_map(str::to_owned))
}

/// What lets somebody assign Virtual Machine Contributor and Key Vault Data Access Administrator, and all but Owner.
const SOME: &str = "@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals \
                    {9980e02c-c2be-4d73-94e8-173b1dc7cf3c, 8b54135c-b56d-4d72-a534-26097cfdc8d8}";
const ALL_BUT: &str = "@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] \
                       ForAnyOfAllValues:GuidNotEquals {8e3af657-a8ff-443c-a75c-2fe8c4bcb635}";

fn grant() -> impl Strategy<Value = Given> {
    // Assigning roles, which conditions are about, now and then.
    let all = OPERATIONS.0.clone();
    let operations =
        prop_oneof![9 => select(all), 1 => Just("Microsoft.Authorization/roleAssignments/write")];
    let condition =
        option::weighted(0.2, select(vec!["!(ActionMatches{'*'})", "not a condition", SOME, ALL_BUT]));
    (select(HOLDERS.to_vec()), select(PLACES.to_vec()), operations, condition, activation()).prop_map(
        |(to, at, operation, condition, activation)| {
            let data = operation.strip_prefix("data:");
            Given {
                to: Some(to.to_owned()),
                at: Some(at.to_owned()),
                actions: data.is_none().then(|| operation.to_owned()).into_iter().collect(),
                data_actions: data.map(str::to_owned).into_iter().collect(),
                condition: condition.map(str::to_owned),
                activation,
                ..Given::default()
            }
        },
    )
}

fn in_directory() -> impl Strategy<Value = directory::Given> {
    let what = prop_oneof![
        select(ROLES.to_vec()).prop_map(|role| (Some(role), None, None)),
        select(PERMISSIONS.to_vec()).prop_map(|app| (None, Some(app), None)),
        select(OPERATIONS.1.clone()).prop_map(|operation| (None, None, Some(operation))),
    ];
    let at = option::weighted(0.3, select(vec!["application of deployer", "open", "team", "owner"]));
    (select(HOLDERS.to_vec()), what, at, activation()).prop_map(
        |(to, (role, app, allows), at, activation)| directory::Given {
            to: Some(to.trim_start_matches("group:").to_owned()),
            role: role.map(str::to_owned),
            allows: allows.map(str::to_owned).into_iter().collect(),
            at: at.filter(|_| app.is_none()).map(str::to_owned),
            activation: activation.filter(|_| app.is_none()),
            app: app.map(str::to_owned),
            ..directory::Given::default()
        },
    )
}

fn owner() -> impl Strategy<Value = directory::Owns> {
    let of =
        ["application of deployer", "application of open", "open", "team", "admins", "application of plan"];
    (select(vec!["app", "person", "owner", "box"]), select(of.to_vec()), activation()).prop_map(
        |(who, of, activation)| directory::Owns {
            who: who.to_owned(),
            of: of.to_owned(),
            activation,
            sponsor: false,
        },
    )
}

fn member() -> impl Strategy<Value = Member> {
    (select(vec!["team", "admins"]), select(vec!["app", "person", "owner", "box"]), activation()).prop_map(
        |(group, who, activation)| Member {
            group: group.to_owned(),
            who: Some(who.to_owned()),
            through: Vec::new(),
            activation,
        },
    )
}

fn nested() -> impl Strategy<Value = Nested> {
    let pairs = vec![("team", "dynamic"), ("admins", "team"), ("dynamic", "team")];
    (select(pairs), activation()).prop_map(|((group, inner), activation)| Nested {
        group: group.to_owned(),
        inner: inner.to_owned(),
        activation,
    })
}

/// A company.
pub(crate) fn world() -> impl Strategy<Value = World> {
    let disabled = vec(select(vec!["box", "deployer", "person", "open"]), 0..2);
    let lists = (
        vec(grant(), 2..7),
        vec(in_directory(), 0..4),
        vec(owner(), 0..3),
        vec(member(), 0..3),
        vec(nested(), 0..2),
    );
    (targets(), lists, disabled).prop_map(|(targets, lists, disabled)| {
        let (grants, directory, owners, members, nested) = lists;
        let disabled = disabled.into_iter().map(str::to_owned).collect();
        World { targets, grants, directory, members, nested, owners, disabled }
    })
}

/// A denial.
pub(crate) fn denial() -> impl Strategy<Value = Given> {
    let operations = select(vec!["*", "*", "*/action", "*/write", "Microsoft.Compute/*", "Microsoft.Web/*"]);
    let to = select([&HOLDERS[..], &["everyone", "everyone", "everyone"]].concat());
    (to, select(vec!["root", "platform", "sub", "apps", "box", "lent"]), operations).prop_map(
        |(to, at, operation)| Given {
            deny: true,
            to: Some(to.to_owned()),
            at: Some(at.to_owned()),
            actions: vec![operation.to_owned()],
            data_actions: vec![operation.to_owned()],
            ..Given::default()
        },
    )
}
