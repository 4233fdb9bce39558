//! The stub that `suggest` writes.

use census_fixtures as fx;
use census_model::{Estate, EstateBuilder, Index, OwnerStatus, Ownership};
use census_owners::{OwnersConfig, Registry, correlate, suggest};
use proptest::prelude::*;

fn owners(estate: &Estate, registry: &Registry) -> Ownership {
    correlate(&Index::new(estate), &registry.clone().into(), &OwnersConfig::default(), estate.as_of)
}

fn stub(estate: EstateBuilder, registry: &Registry) -> (Estate, String) {
    let estate = fx::finish(estate);
    let text = suggest(&Index::new(&estate), &owners(&estate, registry));
    (estate, text)
}

#[test]
fn it_groups_by_likely_owner_and_shows_the_evidence() {
    let mut estate = fx::account();
    let tagged = |name: &str, owner: &str| {
        let mut role = fx::role(name);
        role.tags.insert("Owner".into(), owner.into());
        role.tags.insert("contact".into(), "ops".into());
        role
    };
    estate.identity(fx::role("nobodys"));
    estate.identity(tagged("web", "Team A"));
    estate.identity(tagged("api", "team a"));
    estate.identity(tagged("batch", "mailto:b@example.com"));
    estate.identity(fx::role("registered"));
    estate.identity(fx::root());
    let registry = Registry::parse("r.csv", b"identity,business_owner\nregistered,team-c\n").unwrap();
    let (_, text) = stub(estate, &registry);
    insta::assert_snapshot!(text);
}

#[test]
fn nothing_to_suggest_is_a_registry_too() {
    let (_, text) = stub(fx::account(), &Registry::default());
    assert!(Registry::parse("stub.yaml", text.as_bytes()).unwrap().entries().is_empty());
}

#[test]
fn an_identity_that_looks_like_a_pattern_gets_no_entry() {
    let mut estate = fx::account();
    let mut role = fx::role("x");
    (role.native_id, role.immutable_id) = ("arn:aws:iam::111122223333:role/*".into(), None);
    role.id = "aws:arn:aws:iam::111122223333:role/*".into();
    estate.identity(role);
    let (_, text) = stub(estate, &Registry::default());
    assert!(text.contains("# no entry"), "{text}");
    let parsed = Registry::parse("stub.yaml", text.as_bytes());
    assert!(parsed.is_ok_and(|registry| registry.entries().is_empty()), "{text}");
}

/// Names as hostile as a cloud or a tag may carry.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "a",
        "\"",
        "\\",
        "\n",
        "\r",
        "#",
        ": ",
        "- ",
        "'",
        "{",
        "]",
        "&x",
        "*",
        "!!str",
        "%",
        "@",
        "`",
        "\u{202e}",
        "\u{1b}[31m",
        "\u{0}",
        "\u{85}",
        "\u{2028}",
        "\u{feff}",
        "é",
        "日本",
        "😀",
        " ",
        "\t",
        "---",
        "...",
        "~",
        "null",
        "\u{10ffff}",
    ]);
    prop::collection::vec(piece, 1..8).prop_map(|pieces| pieces.concat())
}

proptest! {
    /// The stub is a registry as it stands, for every name; a scan with it finds the inferred owners registered.
    #[test]
    fn it_reads_back_as_a_registry(names in prop::collection::btree_set(hostile(), 1..5), owner in hostile(), key in hostile()) {
        let mut estate = fx::account();
        for name in &names {
            let mut role = fx::role(name);
            role.tags.insert("owner".into(), owner.as_str().into());
            role.tags.insert(key.as_str().into(), owner.as_str().into());
            role.immutable_id = None;
            estate.identity(role);
        }
        let (estate, text) = stub(estate, &Registry::default());
        prop_assert!(!text.contains(|c: char| c.is_control() && c != '\n'), "{text:?}");
        let registry = match Registry::parse("stub.yaml", text.as_bytes()) {
            Ok(registry) => registry,
            Err(error) => return Err(TestCaseError::fail(format!("{error}\n{text}"))),
        };
        let after = owners(&estate, &registry);
        for entry in registry.entries() {
            let identity = estate.identities.iter().find(|i| i.native_id == entry.identity);
            prop_assert!(identity.is_some(), "{} is invented", entry.identity);
            if let (Some(identity), Some(_)) = (identity, &entry.business_owner) {
                prop_assert_eq!(after.records[&identity.id].status, OwnerStatus::Registered);
            }
        }
        let plain = |name: &String| {
            name.trim_end() == name && !name.contains('*') && !name.contains(char::is_control)
        };
        prop_assert_eq!(registry.entries().len(), names.iter().filter(|name| plain(name)).count());
    }
}
