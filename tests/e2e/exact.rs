//! A live scan of everything: what it says of an identity is exact, and what it leaves unread it names.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::{
    resource_policies::put_into,
    support::{
        census::Census,
        proxy::{Fault, Rule},
        report::{assert_complete, assert_gap, identity, list},
        world::{PERMISSION_SET, World, text},
    },
};

const RESERVED: &str = "AWSReservedSSO_Reader_0123456789abcdef";

/// Identities of every level beside resources that run and resources with policies.
fn world() -> World {
    let world = World::whole();
    put_into(&world.server.url(), &[]);
    world
}

/// With nothing left out.
fn scan(world: &World) -> (i32, Value) {
    Census::at(&world.proxy.url()).scan(&["--deep"])
}

/// Level and bound of each role and user, by name.
fn reach(report: &Value) -> BTreeMap<String, (String, String)> {
    let of = |one: &Value| (text(one, "name"), (text(&one["reach"], "level"), text(&one["reach"], "bound")));
    list(report, "identities").iter().map(of).collect()
}

fn expected(bounds: &[(&str, &str, &str)]) -> BTreeMap<String, (String, String)> {
    let of = |(name, level, bound): &(&str, &str, &str)| {
        ((*name).to_owned(), ((*level).to_owned(), (*bound).to_owned()))
    };
    bounds.iter().map(of).collect()
}

#[test]
fn with_everything_read_the_bound_of_whoever_is_allowed_something_is_exact() {
    let world = world();
    let (code, report) = scan(&world);
    assert_complete(code, &report);
    // Policies of the resources that no scan asks for. They may allow something to whoever is allowed nothing.
    let gaps: BTreeSet<(String, String)> =
        list(&report, "gaps").iter().map(|gap| (text(gap, "read"), text(gap, "reason"))).collect();
    assert_eq!(gaps, BTreeSet::from([("glue:GetResourcePolicy".to_owned(), "not-requested".to_owned())]));
    let bounds = expected(&[
        ("root", "admin", "exact"),
        ("admin", "admin", "exact"),
        ("deployer", "escalates", "exact"),
        ("broad", "sensitive", "exact"),
        ("narrow", "limited", "exact"),
        (RESERVED, "limited", "exact"),
        ("idle", "none", "lower"),
        ("f", "none", "lower"),
        ("web", "none", "lower"),
    ]);
    assert_eq!(reach(&report), bounds);
    let gap = &list(&report, "gaps")[0]["id"];
    assert_eq!(
        list(&identity(&report, "arn:aws:iam::123456789012:role/idle")["reach"], "gaps"),
        std::slice::from_ref(gap)
    );
    let arn = format!("arn:aws:iam::123456789012:role/aws-reserved/sso.amazonaws.com/eu-west-1/{RESERVED}");
    let set = &identity(&report, &arn)["permission_set"];
    assert_eq!((text(set, "native_id"), list(set, "assigned").len()), (PERMISSION_SET.to_owned(), 1));
}

#[test]
fn with_one_read_denied_the_bound_says_which_way_it_may_move() {
    let world = world();
    for (read, moved) in [
        // Service control policies may take from anybody.
        ("organizations:DescribeOrganization", "upper"),
        // The policies of keys, and what runs as which role, may add to whoever is no administrator yet.
        ("kms:ListKeys", "lower"),
        ("ec2:DescribeInstances", "lower"),
        // Credentials are nobody's permissions.
        ("iam:ListServiceSpecificCredentials", "exact"),
    ] {
        world.proxy.faults(vec![Rule::new(read, Fault::Denied)]);
        let (code, report) = scan(&world);
        assert_gap(code, &report, read, &["denied"]);
        let reach = reach(&report);
        for name in ["deployer", "broad", "narrow", RESERVED] {
            assert_eq!(reach[name].1, moved, "{name}, {read}");
        }
        let of_admin = if moved == "lower" { "exact" } else { moved };
        assert_eq!(reach["admin"].1, of_admin, "{read}");
    }
}
