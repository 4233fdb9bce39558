//! Campaigns: what is asked, whom, and how far it got.

use census_fixtures as fx;
use census_model::{Attests, Estate, Index, Ownership, ReviewDecision};
use census_owners::{Campaign, Extent, NewAttestation, OwnersConfig, Records, Selection, UNOWNED, correlate};

const REGISTRY: &str = "identity,business_owner,last_business_attestation,last_technical_attestation\n\
    due,Ada@example.com,2025-06-10,2026-05-01\n\
    over,ada@example.com,2024-01-01,2024-02-01\n\
    fresh,bob@example.com,2026-05-01,2026-05-01\n\
    torn,ada@example.com,2024-01-01,2026-05-01\n\
    torn,bob@example.com,2024-01-01,2026-05-01\n\
    app-*,carol@example.com,,\n";

struct World {
    estate: Estate,
    records: Records,
    ownership: Ownership,
}

fn world() -> World {
    let mut builder = fx::account();
    for name in ["due", "over", "fresh", "torn", "app-old", "stray"] {
        builder.identity(fx::role(name));
    }
    let mut young = fx::role("app-young");
    young.created = Some(fx::days_ago(350));
    builder.identity(young);
    let mut service = fx::role("app-service");
    service.managed_by = Some(census_model::Manager { name: "AWS".into(), evidence: "path".into() });
    builder.identity(service);
    let estate = fx::finish(builder);
    let mut records = Records::default();
    records.add_registry("r.csv", REGISTRY.as_bytes()).unwrap();
    let ownership = correlate(&Index::new(&estate), &records, &OwnersConfig::default(), estate.as_of);
    World { estate, records, ownership }
}

impl World {
    fn open(&self, extent: Extent, owners: &[&str]) -> Campaign {
        let owners = owners.iter().map(|who| (*who).into()).collect();
        let config = OwnersConfig::default();
        let selection = Selection { extent, owners };
        Campaign::open(&self.estate, &self.ownership, (&self.records, &config), &selection, self.estate.as_of)
    }
}

/// `file: name business technical`, what is asked of each.
fn asked(campaign: &Campaign) -> Vec<String> {
    let mut found = Vec::new();
    for (name, file) in &campaign.files {
        for one in &file.identities {
            let (_, identity) = one.identity.rsplit_once('/').unwrap();
            let asks: String =
                one.asks.iter().map(|ask| format!(" {}", &ask.attests.as_str()[..1])).collect();
            found.push(format!("{name} {identity}{asks}"));
        }
    }
    found
}

#[test]
fn owners_are_asked_about_what_is_due_and_registered() {
    let world = world();
    assert_eq!(
        asked(&world.open(Extent::Due(None), &[])),
        [
            "ada@example.com.csv due b",
            "ada@example.com.csv over b t",
            "carol@example.com.csv app-old b t",
            "unowned.csv torn b",
        ]
    );
    let within = world.open(Extent::Due(Some("P30D".parse().unwrap())), &[]);
    assert!(
        asked(&within).contains(&"carol@example.com.csv app-young b t".to_owned()),
        "{:?}",
        asked(&within)
    );
    let all = asked(&world.open(Extent::All, &[]));
    assert_eq!(all.len(), 6, "neither the stray nor the provider's own: {all:?}");
    assert!(all.iter().all(|one| one.ends_with(" b t")), "{all:?}");
    assert_eq!(asked(&world.open(Extent::All, &["BOB@example.com"])), ["bob@example.com.csv fresh b t"]);
    assert!(world.open(Extent::Due(None), &["bob@example.com"]).files.is_empty());
    assert_eq!(world.open(Extent::All, &[]).files[UNOWNED].owner, None);
}

#[test]
fn a_campaign_is_read_back_and_the_order_of_the_estate_changes_nothing() {
    let mut world = world();
    let campaign = world.open(Extent::All, &[]);
    assert_eq!(Campaign::from_json(&campaign.to_json().unwrap()).unwrap(), campaign);
    world.estate.identities.reverse();
    assert_eq!(world.open(Extent::All, &[]), campaign);
    for (text, reason) in [
        ("{", "not a review campaign"),
        ("{\"schema\":\"census.review/9\"}", "schema `census.review/9` is not supported"),
        ("{\"schema\":\"census.review/1\"}", "missing field"),
    ] {
        let error = Campaign::from_json(text.as_bytes()).unwrap_err().to_string();
        assert!(error.contains(reason), "{error}");
    }
}

#[test]
fn progress_counts_what_was_given_since_for_the_same_identity() {
    let world = world();
    let campaign = world.open(Extent::Due(None), &["ada@example.com"]);
    let today = "2026-06-03".parse().unwrap();
    let progress = |log: &str| {
        let mut records = Records::default();
        records.add_attestations("log.jsonl", log.as_bytes(), None).unwrap();
        let [file] = campaign.progress(records.attestations(), today).try_into().unwrap();
        [file.asked, file.answered, file.kept, file.changed, file.removed, file.open, file.overdue]
    };
    let line = |name: &str, attests, decision, at: &str| {
        let at = at.parse().unwrap();
        let new = NewAttestation { attests, decision, by: "x".into(), at, comment: None, ticket: None };
        new.of(&fx::role(name)).unwrap().to_line().unwrap()
    };
    let (business, technical) = (Attests::BusinessOwnership, Attests::TechnicalNecessity);
    use ReviewDecision::{Change, Keep, Remove};
    assert_eq!(progress(""), [3, 0, 0, 0, 0, 3, 2], "`due` is due on 2026-06-10");
    let before = line("over", business, Keep, "2026-05-31T23:59:59Z");
    assert_eq!(progress(&before)[1], 0, "given before it was opened");
    let other = line("over", business, Keep, "2026-06-02T00:00:00Z").replace("IDover", "IDother");
    assert_eq!(progress(&other)[1], 0, "of a predecessor");
    assert_eq!(progress(&line("due", technical, Keep, "2026-06-02T00:00:00Z"))[1], 0, "not asked for");
    let given = line("over", business, Keep, "2026-06-02T00:00:00Z")
        + &line("over", technical, Remove, "2026-06-02T00:00:00Z")
        + &line("due", business, Keep, "2026-06-01T00:00:00Z");
    assert_eq!(progress(&given), [3, 3, 2, 0, 1, 0, 0]);
    let corrected = given.clone() + &line("over", technical, Change, "2026-06-03T00:00:00Z");
    assert_eq!(progress(&corrected), [3, 3, 2, 1, 0, 0, 0], "the last day counts");
    let same_day = given + &line("over", technical, Keep, "2026-06-02T10:00:00Z");
    assert_eq!(progress(&same_day)[4], 0, "of one day the later");
}
