//! What holds for every registry and estate.

use census_fixtures as fx;
use census_model::{Band, Estate, Index, OwnerStatus, Ownership};
use census_owners::{OwnersConfig, Pattern, Registry, correlate};
use proptest::prelude::*;

const NAMES: [&str; 5] = ["app-web", "app-db", "ci", "deploy", "web"];

/// Identities of two accounts, some of them tagged.
fn estate(tagged: &[(usize, &'static str)]) -> Estate {
    let mut estate = fx::account();
    estate.scope(fx::scope("222233334444"));
    for (number, name) in NAMES.iter().enumerate() {
        let mut role = fx::role(name);
        for (_, owner) in tagged.iter().filter(|(at, _)| *at == number) {
            role.tags.insert("owner".into(), (*owner).into());
        }
        estate.identity(role);
    }
    let mut twin = fx::role("ci");
    twin.id = "aws:arn:aws:iam::222233334444:role/ci".into();
    twin.native_id = "arn:aws:iam::222233334444:role/ci".into();
    twin.scope = fx::account_scope("222233334444");
    twin.immutable_id = Some("TWIN".into());
    estate.identity(twin);
    fx::finish(estate)
}

fn owner() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["team-a", "Team-A", "mailto:team-a", "team-b", "tbd", ""])
}

fn row() -> impl Strategy<Value = String> {
    let identity = prop::sample::select(vec![
        "ci",
        "deploy",
        "app-web",
        "gone",
        "app-*",
        "*-web",
        "*",
        "arn:aws:iam::111122223333:role/*",
        "arn:aws:iam::111122223333:role/ci",
        "arn:aws:iam::*:role/app-*",
        "IDci",
        "TWIN",
    ]);
    let attested = prop::sample::select(vec!["", "2026-05-01", "2024-01-01", "2027-01-01"]);
    let expires = prop::sample::select(vec!["", "2026-05-01", "2027-01-01"]);
    (identity, owner(), owner(), attested, expires).prop_map(
        |(identity, owner, steward, attested, expires)| {
            format!("{identity},{owner},{steward},{attested},{expires}")
        },
    )
}

const HEADER: &str = "identity,business_owner,technical_steward,last_business_attestation,expires";

fn file(name: &str, rows: &[String]) -> Registry {
    Registry::parse(name, format!("{HEADER}\n{}\n", rows.join("\n")).as_bytes()).unwrap()
}

fn owners(estate: &Estate, registry: &Registry) -> Ownership {
    correlate(&Index::new(estate), &registry.clone().into(), &OwnersConfig::default(), estate.as_of)
}

/// What is left of an outcome when places are taken away: they change with the order of rows.
fn outcome(ownership: &Ownership) -> Vec<String> {
    let records = ownership.records.iter().map(|(id, record)| {
        let claims: Vec<_> = record
            .claims
            .iter()
            .map(|c| (c.source, c.business_owner.clone(), c.technical_steward.clone(), c.evidence.len()))
            .collect();
        let (owner, steward) = (&record.business_owner, &record.technical_steward);
        format!("{id} {} {owner:?} {steward:?} {claims:?}", record.status)
    });
    let mut ghosts: Vec<_> =
        ownership.ghosts.iter().map(|g| format!("{} {:?}", g.identity, g.business_owner)).collect();
    ghosts.sort();
    records.chain(ghosts).collect()
}

proptest! {
    #[test]
    fn the_order_of_entries_changes_nothing(
        (rows, shuffled) in prop::collection::vec(row(), 0..12)
            .prop_flat_map(|rows| (Just(rows.clone()), Just(rows).prop_shuffle()))
    ) {
        let estate = estate(&[(0, "team-b")]);
        let (a, b) = (owners(&estate, &file("a.csv", &rows)), owners(&estate, &file("a.csv", &shuffled)));
        prop_assert_eq!(outcome(&a), outcome(&b));
    }

    #[test]
    fn the_order_of_files_changes_no_byte(
        first in prop::collection::vec(row(), 0..8), second in prop::collection::vec(row(), 0..8)
    ) {
        let estate = estate(&[(1, "team-a")]);
        let both = |x: (&str, &[String]), y: (&str, &[String])| {
            let mut registry = file(x.0, x.1);
            registry.merge(file(y.0, y.1));
            serde_json::to_string(&owners(&estate, &registry)).unwrap()
        };
        let (a, b) = (("a.csv", first.as_slice()), ("b.csv", second.as_slice()));
        prop_assert_eq!(both(a, b), both(b, a));
    }

    #[test]
    fn weaker_claims_never_change_what_is_registered(
        rows in prop::collection::vec(row(), 0..8),
        tags in prop::collection::vec((0..NAMES.len(), owner()), 1..6),
    ) {
        let registry = file("a.csv", &rows);
        let (plain, tagged) = (estate(&[]), estate(&tags));
        let (before, after) = (owners(&plain, &registry), owners(&tagged, &registry));
        for (id, record) in &before.records {
            if record.claims.iter().any(|c| c.band() == Band::I && c.business_owner.is_some()) {
                let now = &after.records[id];
                prop_assert_eq!(
                    (now.status, &now.business_owner, &now.technical_steward),
                    (record.status, &record.business_owner, &record.technical_steward)
                );
            }
        }
    }

    #[test]
    fn only_the_first_band_registers(rows in prop::collection::vec(row(), 0..8), owner in owner()) {
        let found = owners(&estate(&[(2, owner)]), &file("a.csv", &rows));
        prop_assert_eq!(found.records.len(), NAMES.len() + 1);
        for record in found.records.values() {
            let first = record.claims.iter().any(|c| c.band() == Band::I && c.business_owner.is_some());
            prop_assert_eq!(first, matches!(record.status, OwnerStatus::Registered | OwnerStatus::Conflict) && first);
            prop_assert!(record.status != OwnerStatus::Registered || first);
        }
    }

    /// Whatever parts of an id a pattern spells out: without any of the name it registers nothing in that account.
    #[test]
    fn a_pattern_that_claims_everything_registers_nothing(kept in prop::collection::vec(any::<bool>(), 35)) {
        let estate = estate(&[]);
        let spelt = "aws:arn:aws:iam::111122223333:role/".chars().zip(kept);
        let pattern: String = spelt.map(|(c, kept)| if kept { c } else { '*' }).chain(['*']).collect();
        prop_assert!(Pattern::new(pattern.as_str()).matches("aws:arn:aws:iam::111122223333:role/ci"));
        let found = owners(&estate, &file("a.csv", &[format!("{pattern},everything,,2026-05-01,")]));
        let here = |id: &str| id.contains(fx::ACCOUNT);
        for (id, record) in found.records.iter().filter(|(id, _)| here(id.as_str())) {
            prop_assert!(record.status != OwnerStatus::Registered, "{} {}", pattern, id);
        }
    }

    #[test]
    fn any_bytes_end_well(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        for name in ["a.yaml", "a.csv"] {
            if let Err(error) = Registry::parse(name, &bytes) {
                prop_assert!(!error.problems.is_empty());
                prop_assert!(!error.to_string().contains(|c: char| c.is_control() && c != '\n'));
            }
        }
    }

    #[test]
    fn any_text_of_the_right_letters_ends_well(text in "([-:,;\\[\\]{}&*<|>#'\"\\\\ \n\t~!?]|identity|business_owner|expires|a){0,60}") {
        for name in ["a.yaml", "a.csv"] {
            for head in ["", "- identity: a\n", "identity,vendor\n", "entries:\n"] {
                if let Err(error) = Registry::parse(name, format!("{head}{text}").as_bytes()) {
                    prop_assert!(!error.to_string().is_empty());
                }
            }
        }
    }
}
