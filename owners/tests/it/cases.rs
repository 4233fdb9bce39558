//! Labelled cases: what is known, and what must come of it. The cases are data, in `cases/`.

use std::{collections::BTreeMap, io::Cursor};

use census_fixtures as fx;
use census_model::{Index, OwnerRecord, OwnerStatus, Ownership, Review, TriggerState};
use census_owners::{DirectoryConfig, OwnersConfig, Records, correlate};
use jiff::civil::Date;
use serde::Deserialize;

use crate::attestations::{LineSpec, line};
use crate::estate::{GapSpec, IdentitySpec, PermissionSetSpec, ScopeSpec, WorkloadSpec, build};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    identities: Vec<IdentitySpec>,
    #[serde(default)]
    scopes: Vec<ScopeSpec>,
    #[serde(default)]
    workloads: Vec<WorkloadSpec>,
    #[serde(default)]
    permission_sets: Vec<PermissionSetSpec>,
    #[serde(default)]
    gaps: Vec<GapSpec>,
    /// Registry files in CSV with short lines: `identity;owner;…` is spelt out in the header.
    #[serde(default)]
    registry: Vec<String>,
    /// Lines of an attestation log: their members, with `role/a` for an ARN of the fixtures' account and days for instants.
    #[serde(default)]
    attestations: Vec<LineSpec>,
    /// A directory as CSV: `id,mail,name,status,last day,manager,team`.
    #[serde(default)]
    people: String,
    #[serde(default)]
    config: OwnersConfig,
    /// By identity name (`name@account` outside the fixtures' account).
    #[serde(default)]
    expect: BTreeMap<String, Expected>,
    /// Identities of the entries that are ghosts, each with the number of gaps.
    #[serde(default)]
    ghosts: BTreeMap<String, usize>,
    #[serde(default)]
    outside: usize,
    /// Where that is asked: the patterns too broad to register anything, each with how many identities it matches.
    broad: Option<BTreeMap<String, usize>>,
}

#[derive(Debug, Default, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
struct Expected {
    status: Option<OwnerStatus>,
    owner: Option<String>,
    steward: Option<String>,
    /// The source of the first claim.
    source: Option<String>,
    claims: Option<usize>,
    gaps: usize,
    /// A part of the reason.
    because: Option<String>,
    /// A part of some evidence.
    evidence: Option<String>,
    /// Those who have left: `business-owner ada@example.com 2026-03-31`.
    departed: Vec<String>,
    /// Who may take over: `backup bob@example.com`.
    successors: Vec<String>,
    /// Where it stands.
    life: Option<ExpectedLife>,
    /// What is registered, `value at place`, by field; only those that are named here are compared.
    registered: BTreeMap<String, String>,
    /// Whom the names mean, where that is asked: `business-owner ada@example.com Person`.
    parties: Option<Vec<String>>,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct ExpectedLife {
    state: String,
    #[serde(default)]
    since: Option<String>,
    /// A part of the reason.
    #[serde(default)]
    because: String,
    /// `state`, or `state due day`.
    #[serde(default)]
    business: Option<String>,
    #[serde(default)]
    technical: Option<String>,
    /// `kind: state`, with a day where there is one.
    #[serde(default)]
    triggers: Vec<String>,
}

fn run(case: &Case) -> Ownership {
    let estate = build(&case.identities, &case.scopes, &case.workloads, &case.permission_sets, &case.gaps);
    let mut records = Records::default();
    for (number, text) in case.registry.iter().enumerate() {
        records.add_registry(&format!("{number}.csv"), text.as_bytes()).expect(&case.name);
    }
    let log: String = case.attestations.iter().map(line).collect();
    records.add_attestations("log.jsonl", log.as_bytes(), None).expect(&case.name);
    if !case.people.is_empty() {
        let text = format!("id,mail,name,status,last day,manager,team\n{}", case.people);
        records.add_directory("people.csv", &mut Cursor::new(text), &directory()).expect(&case.name);
    }
    correlate(&Index::new(&estate), &records, &case.config, estate.as_of)
}

fn directory() -> DirectoryConfig {
    let columns = serde_json::json!({
        "id": "id", "mail": "mail", "name": "name", "status": "status", "termination_date": "last day",
        "manager": "manager", "team": "team",
    });
    serde_json::from_value(serde_json::json!({"file": "people.csv", "columns": columns}))
        .expect("a directory")
}

fn check(case: &Case) {
    let name = &case.name;
    let ownership = run(case);
    let account = |key: &str| match key.split_once('@') {
        Some((name, account)) => (name.to_owned(), account.to_owned()),
        None => (key.to_owned(), fx::ACCOUNT.to_owned()),
    };
    assert_eq!(ownership.records.len(), case.identities.len(), "{name}: one record each");
    for (key, expected) in &case.expect {
        let (short, account) = account(key);
        let mut found = ownership.records.iter().filter(|(id, _)| {
            let id = id.as_str();
            id.contains(&account)
                && (id.ends_with(&format!("/{short}")) || id.ends_with(&format!(":{short}")))
        });
        let (_, record) = found.next().unwrap_or_else(|| panic!("{name}: no identity {key}"));
        assert!(found.next().is_none(), "{name}: several identities {key}");
        let shown = format!("{name}: {key}: {record:#?}");
        assert_eq!(record.status, expected.status.expect("status"), "{shown}");
        assert_eq!(record.business_owner.as_deref(), expected.owner.as_deref(), "{shown}");
        assert_eq!(record.technical_steward.as_deref(), expected.steward.as_deref(), "{shown}");
        assert_eq!(record.gaps.len(), expected.gaps, "{shown}");
        if let Some(source) = &expected.source {
            assert_eq!(record.claims.first().map(|c| c.source.as_str()), Some(source.as_str()), "{shown}");
        }
        let departed = record.departed.iter();
        let departed: Vec<String> =
            departed.map(|one| format!("{} {} {}", one.role.as_str(), one.who, one.evidence.value)).collect();
        assert_eq!(departed, expected.departed, "{shown}");
        let successors = record.successors.iter();
        let successors: Vec<String> =
            successors.map(|one| format!("{} {}", one.reason.as_str(), one.who)).collect();
        assert_eq!(successors, expected.successors, "{shown}");
        check_life(record, expected, &shown);
        if let Some(parties) = &expected.parties {
            let found = record.parties.iter();
            let found: Vec<String> =
                found.map(|one| format!("{} {} {:?}", one.role.as_str(), one.who, one.kind)).collect();
            assert_eq!(&found, parties, "{shown}");
        }
        if let Some(claims) = expected.claims {
            assert_eq!(record.claims.len(), claims, "{shown}");
        }
        if let Some(part) = &expected.because {
            assert!(record.because.contains(part.as_str()), "{shown}");
        }
        if let Some(part) = &expected.evidence {
            let mut facts = record.claims.iter().flat_map(|claim| &claim.evidence);
            assert!(facts.any(|f| format!("{}: {}", f.label, f.value).contains(part.as_str())), "{shown}");
        }
    }
    let ghosts: BTreeMap<String, usize> =
        ownership.ghosts.iter().map(|ghost| (ghost.identity.to_string(), ghost.gaps.len())).collect();
    assert_eq!(ghosts, case.ghosts, "{name}: ghosts");
    assert_eq!(ownership.outside, case.outside, "{name}: outside");
    if let Some(broad) = &case.broad {
        let found: BTreeMap<String, usize> =
            ownership.broad.iter().map(|entry| (entry.identity.to_string(), entry.matches)).collect();
        assert_eq!(&found, broad, "{name}: broad");
    }
}

fn check_life(record: &OwnerRecord, expected: &Expected, shown: &str) {
    for (field, wanted) in &expected.registered {
        let registration = serde_json::to_value(&record.registration).unwrap();
        let text = |key: &str| registration[field][key].as_str().unwrap_or_default().to_owned();
        assert_eq!(&format!("{} at {}", text("value"), text("at")), wanted, "{shown}: {field}");
    }
    let Some(wanted) = &expected.life else { return };
    let life = record.life.as_deref().unwrap_or_else(|| panic!("{shown}: no life"));
    assert_eq!(life.state.as_str(), wanted.state, "{shown}");
    assert_eq!(life.since.map(|day| day.to_string()), wanted.since, "{shown}");
    assert!(life.because.contains(&wanted.because), "{shown}");
    let review = |review: &Review| match review.due {
        Some(due) => format!("{} due {due}", review.state.as_str()),
        None => review.state.as_str().to_owned(),
    };
    for (found, wanted) in [(&life.business, &wanted.business), (&life.technical, &wanted.technical)] {
        assert!(wanted.as_ref().is_none_or(|wanted| *wanted == review(found)), "{wanted:?}: {shown}");
    }
    let day = |day: &Option<Date>| day.map(|day| format!(" {day}")).unwrap_or_default();
    let triggers: Vec<String> = life
        .triggers
        .iter()
        .map(|one| match &one.state {
            TriggerState::Fired(on) => format!("{}: fired{}", one.kind.as_str(), day(on)),
            TriggerState::Pending(on) => format!("{}: pending{}", one.kind.as_str(), day(on)),
            TriggerState::Unknown(_) => format!("{}: unknown", one.kind.as_str()),
        })
        .collect();
    assert_eq!(triggers, wanted.triggers, "{shown}");
}

fn check_all(file: &str, text: &str) {
    let cases: Vec<Case> = serde_saphyr::from_str(text).unwrap_or_else(|error| panic!("{file}: {error}"));
    assert!(!cases.is_empty());
    cases.iter().for_each(check);
}

macro_rules! cases {
    ($($name:ident),*) => {$(
        #[test]
        fn $name() {
            check_all(stringify!($name), include_str!(concat!("cases/", stringify!($name), ".yaml")));
        }
    )*};
}

cases!(
    matching,
    breadth,
    bands,
    tags,
    consumers,
    assigned,
    attestation,
    attested,
    life,
    people,
    gaps,
    ghosts
);
