//! Laws that hold for all rules, whatever the estate.

use std::collections::BTreeSet;

use census_fixtures as fixtures;
use census_model::{
    CredentialKind, CredentialStatus, Finding, Gap, GapReason, Identity, IdentityId, Level, LifeState,
    Mechanism, OwnerRole, OwnerStatus, PartyKind, PrincipalSet, Provider, Reach, Reaches,
};
use proptest::prelude::*;

use crate::{
    run,
    testing::{World, not_since, not_visible, overdue, path, proof, stated},
};

/// What one identity of a made-up company is like.
#[derive(Clone, Debug)]
struct Spec {
    role: bool,
    used: u16,
    seen: u8,
    status: u8,
    key: Option<(u16, u8)>,
    trust: u8,
    level: u8,
    power: u8,
    life: u8,
}

fn specs() -> impl Strategy<Value = Vec<Spec>> {
    let powers = (0..10u8, 0..7u8, 0..6u8, 0..5u8);
    let one = (any::<bool>(), 0..500u16, 0..3u8, 0..3u8, prop::option::of((0..500u16, 0..3u8)), powers)
        .prop_map(|(role, used, seen, status, key, (trust, level, power, life))| Spec {
            role,
            used,
            seen,
            status,
            key,
            trust,
            level,
            power,
            life,
        });
    prop::collection::vec(one, 0..8)
}

fn observed(spec: &Spec) -> census_model::Observed<census_model::LastUse> {
    match spec.seen {
        0 => fixtures::used(spec.used.into()),
        1 => not_since(spec.used.into()),
        _ => not_visible(),
    }
}

/// Gives an identity policies, and says what it can do; whether both fit together is nothing to the rules.
fn empower(world: &mut World, identity: &Identity, spec: &Spec) {
    let allowed: &[(&str, &str)] = match spec.power {
        0 => &[("*", "*")],
        1 => &[("s3:*", "*"), ("iam:PassRole", "*")],
        2 => &[("iam:Create*", "arn:aws:iam::111122223333:role/a/*"), ("iam:Put*", "*")],
        3 => &[("kms:*", "*")],
        _ => &[],
    };
    for (action, resource) in allowed {
        world.allow(identity, action, resource, "");
    }
    let levels =
        [Level::Unknown, Level::None, Level::Limited, Level::Sensitive, Level::Escalates, Level::Admin];
    let Some(level) = levels.get(usize::from(spec.level)) else { return };
    let reach = world.reach(identity, *level).at("999988887777", *level).because(proof("kms:Decrypt"));
    let reach = reach.because(proof("s3:GetObject")).path(path(identity, identity, "iam:PutUserPolicy"));
    if spec.power.is_multiple_of(2) {
        reach.conditional();
    }
}

/// Registers an identity for less than it may do, or not at all.
fn register(world: &mut World, identity: &Identity, spec: &Spec) {
    let missed = || overdue(i64::from(spec.used), None);
    match spec.life {
        0 => return,
        1 => world.life(identity, |life| {
            life.business = missed();
            life.technical = missed();
        }),
        2 => {
            world.record(identity).status = OwnerStatus::Departed;
            world.left(identity, OwnerRole::BusinessOwner, "ann@example.com");
        }
        3 => world.life(identity, |life| life.state = LifeState::RetirementDue),
        _ => world.party(identity, "ann@example.com", PartyKind::Unlisted),
    }
    world.registered(identity, |one| {
        one.environment =
            Some(stated(["test", "prod", "both of prod and test"][usize::from(spec.level % 3)]));
        one.vendor = spec.power.is_multiple_of(3).then(|| stated("PayCo"));
        one.approved_pattern = Some(stated(["strict", "none such"][usize::from(spec.level % 2)]));
        one.backup = None;
    });
}

fn build(specs: &[Spec], order: impl Iterator<Item = usize>, gaps: &[Gap]) -> World {
    let mut world = World::new();
    let strict = r#"{"patterns": [{"name": "strict", "federated": "required", "static_keys": "forbidden",
        "boundary": "required", "max_level": "none", "kinds": ["aws-user"], "review_every": "P30D"}]}"#;
    world.declared = serde_json::from_str(strict).expect("a pattern");
    world.root();
    for at in order {
        let spec = &specs[at];
        let name = format!("n{at}");
        let base = if spec.role { fixtures::role(&name) } else { fixtures::user(&name) };
        let identity = world.add(Identity { last_used: observed(spec), ..base });
        let status =
            [OwnerStatus::Unowned, OwnerStatus::Unknown, OwnerStatus::Inferred][usize::from(spec.status)];
        world.owner(&identity, status, &[]);
        empower(&mut world, &identity, spec);
        register(&mut world, &identity, spec);
        if let Some((age, state)) = spec.key {
            world.key(&identity, &format!("AKIA{at}"), |key| {
                key.created = Some(fixtures::days_ago(age.into()));
                key.last_used = observed(spec);
                key.status =
                    [CredentialStatus::Active, CredentialStatus::Inactive, CredentialStatus::Unknown]
                        [usize::from(state)];
            });
        }
        if spec.role {
            let who = match spec.trust {
                0 => PrincipalSet::Everyone,
                1 => PrincipalSet::Account("999988887777".into()),
                2 => PrincipalSet::Identity("arn:aws:iam::111122223333:user/gone".into()),
                3 => PrincipalSet::External("accounts.google.com".into()),
                4 => PrincipalSet::Service("states.amazonaws.com".into()),
                5 => PrincipalSet::Deleted("AROAEXAMPLE1234567".into()),
                6 => PrincipalSet::Unrecognized("\u{1b}[31m".into()),
                8 => PrincipalSet::External("arn:aws:iam::111122223333:saml-provider/gone".into()),
                9 => PrincipalSet::External("arn:aws:iam::111122223333:oidc-provider/gitlab.com".into()),
                _ => PrincipalSet::Authenticated,
            };
            world.trust(
                &identity,
                who,
                if matches!(spec.trust, 3 | 9) { Mechanism::WebIdentity } else { Mechanism::AssumeRole },
                "",
            );
        } else if spec.trust == 0 {
            world.credential(&identity, CredentialKind::ConsolePassword, |_| ());
        }
    }
    for gap in gaps {
        world.estate.gap(gap.clone());
    }
    world
}

fn findings(world: World) -> Vec<Finding> {
    world.look(run)
}

fn gap_strategy() -> impl Strategy<Value = Gap> {
    let reads = prop::sample::select(vec![
        "iam:GetAccountAuthorizationDetails",
        "iam:GetCredentialReport",
        "iam:GenerateCredentialReport",
        "iam:ListAccessKeys",
        "organizations:ListAccounts",
        "iam:ListOpenIDConnectProviders",
        "iam:ListSAMLProviders",
    ]);
    let reasons = prop::sample::select(vec![
        GapReason::Denied,
        GapReason::Throttled,
        GapReason::Inconsistent,
        GapReason::NotProvided,
        GapReason::NotRequested,
    ]);
    (reads, reasons, any::<bool>()).prop_map(|(read, reason, here)| {
        let scope = here.then(|| fixtures::account_scope(fixtures::ACCOUNT));
        Gap::new(Provider::Aws, scope, read, reason, "for the test", Vec::new())
    })
}

proptest! {
    /// A document that could not be read never turns anything into unused, unowned or otherwise wrong, and makes
    /// nothing surer: only the gap itself is reported.
    #[test]
    fn a_gap_adds_no_finding_but_itself(specs in specs(), gap in gap_strategy()) {
        let order = || 0..specs.len();
        let without = findings(build(&specs, order(), &[]));
        let with = findings(build(&specs, order(), &[gap]));
        for one in with.iter().filter(|f| f.rule.as_str() != "coverage-gap") {
            let before = without.iter().find(|f| f.fingerprint == one.fingerprint);
            prop_assert!(before.is_some_and(|f| f.confidence >= one.confidence), "{one:?}");
        }
    }

    /// The order of identities, credentials and trusts changes nothing.
    #[test]
    fn order_changes_nothing(specs in specs()) {
        // A trust's statement number is its place in the policy, which is no matter of order; each role has one here.
        let numbers = |found: Vec<Finding>| -> Vec<String> {
            found
                .into_iter()
                .map(|mut f| {
                    f.evidence.retain(|e| &*e.label != "trust statement");
                    format!("{f:?}")
                })
                .collect()
        };
        let forward = numbers(findings(build(&specs, 0..specs.len(), &[])));
        let backward = numbers(findings(build(&specs, (0..specs.len()).rev(), &[])));
        prop_assert_eq!(forward, backward);
    }

    /// No two findings share a fingerprint, and the worst come first.
    #[test]
    fn findings_are_distinct_and_sorted(specs in specs(), gap in gap_strategy()) {
        let found = findings(build(&specs, 0..specs.len(), &[gap]));
        let distinct: BTreeSet<_> = found.iter().map(|f| &f.fingerprint).collect();
        prop_assert_eq!(distinct.len(), found.len());
        prop_assert!(found.is_sorted_by(|a, b| a.severity >= b.severity));
    }

    /// Whatever a condition says, judging it ends and does not panic.
    #[test]
    fn any_condition_is_judged(operator in ".{0,40}", key in ".{0,60}", value in ".{0,60}") {
        let condition = serde_json::json!({ operator: { key: [value] } }).to_string();
        let mut world = World::new();
        let role = world.role("r");
        for who in ["token.actions.githubusercontent.com", "accounts.google.com"] {
            world.trust(&role, PrincipalSet::External(who.into()), Mechanism::WebIdentity, &condition);
        }
        world.trust(&role, PrincipalSet::Everyone, Mechanism::AssumeRole, &condition);
        prop_assert!(!findings(world).is_empty());
    }
}

/// What is not known is not found: the same company without what is known of reach has none of the findings about it.
#[test]
fn without_reach_nothing_is_said_about_it() {
    let spec =
        Spec { role: true, used: 300, seen: 1, status: 0, key: None, trust: 0, level: 5, power: 1, life: 1 };
    let specs =
        [spec.clone(), Spec { level: 4, life: 4, ..spec.clone() }, Spec { level: 3, ..spec.clone() }, spec];
    let rules = |world: World| -> BTreeSet<String> {
        findings(world).into_iter().map(|one| one.rule.as_str().to_owned()).collect()
    };
    let mut unknown = build(&specs, 0..specs.len(), &[]);
    let known = rules(build(&specs, 0..specs.len(), &[]));
    let gaps = unknown.estate.gap(fixtures::denied("iam:GetAccountAuthorizationDetails"));
    unknown.reaches.of.values_mut().for_each(|reach| *reach = Reach::unknown(vec![gaps.clone()]));
    let absent = {
        let mut world = build(&specs, 0..specs.len(), &[]);
        world.reaches = Reaches::default();
        rules(world)
    };
    let about_reach: BTreeSet<&str> =
        known.iter().map(String::as_str).filter(|id| !absent.contains(*id)).collect();
    assert!(about_reach.len() >= 10, "{about_reach:?}");
    let unknown = rules(unknown);
    assert!(about_reach.iter().all(|id| !unknown.contains(*id)), "{unknown:?}");
}

/// Fingerprints bind to the immutable id: renaming keeps them, re-creating does not.
#[test]
fn fingerprints_bind_to_the_immutable_id() {
    let fingerprint = |change: fn(&mut Identity)| {
        let mut world = World::new();
        let mut user = fixtures::user("ci");
        change(&mut user);
        let user = world.add(user);
        world.owner(&user, OwnerStatus::Unowned, &[]);
        world.key(&user, "AKIA1", |key| key.created = Some(fixtures::days_ago(100)));
        let found = findings(world);
        assert_eq!(found.len(), 2);
        found.into_iter().map(|one| one.fingerprint).collect::<BTreeSet<_>>()
    };
    let before = fingerprint(|_| ());
    let renamed = fingerprint(|user| {
        user.name = "renamed".into();
        user.native_id = "arn:aws:iam::111122223333:user/renamed".into();
        user.id = IdentityId::new("aws:arn:aws:iam::111122223333:user/renamed");
    });
    assert_eq!(before, renamed);
    assert!(before.is_disjoint(&fingerprint(|user| user.immutable_id = Some("IDnew".into()))));
}
