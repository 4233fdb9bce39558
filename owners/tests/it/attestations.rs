//! Attestation logs: what is read, what is refused with its place, and what decisions come to.

use census_fixtures as fx;
use census_model::{Attests, Index, LifeState, ReviewDecision, ReviewState, TriggerKind};
use census_owners::{
    Attestor, NewAttestation, OwnersConfig, Records, Refusal, Wanted, attestation_schema, correlate,
    may_attest,
};
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// The members of a line that differ from an ordinary one.
pub(crate) type LineSpec = Map<String, Value>;

/// A line as it is written.
pub(crate) fn line(spec: &LineSpec) -> String {
    let mut members = spec.clone();
    members.insert("schema".into(), "census.attestation/1".into());
    if let Some(Value::String(identity)) = members.get_mut("identity") {
        *identity = format!("arn:aws:iam::{}:{identity}", fx::ACCOUNT);
    }
    if let Some(Value::String(at)) = members.get_mut("at") {
        at.push_str("T12:00:00Z");
    }
    format!("{}\n", Value::Object(members))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    text: String,
    #[serde(default)]
    utf16: bool,
    taken: Option<usize>,
    problem: Option<String>,
}

/// The members that a case leaves out, of those that it does not have itself.
fn spelt_out(text: &str) -> String {
    let ordinary = [
        ("schema", "census.attestation/1"),
        ("identity", "arn:aws:iam::111122223333:role/a"),
        ("attests", "business-ownership"),
        ("decision", "keep"),
        ("by", "ada@example.com"),
        ("at", "2026-05-01T12:00:00Z"),
    ];
    let line = |line: &str| {
        // What stands before the dots replaces the ordinary, what stands behind is added.
        let before = line.split('…').next().unwrap_or_default();
        let rest = ordinary.iter().filter(|(name, _)| !before.contains(&format!("\"{name}\":")));
        let rest: Vec<String> = rest.map(|(name, value)| format!("\"{name}\":\"{value}\"")).collect();
        line.replace('…', &rest.join(","))
    };
    text.split('⏎').map(line).collect::<Vec<_>>().join("\n")
}

fn check(case: &Case) {
    let text = spelt_out(&case.text);
    let bytes = match case.utf16 {
        true => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        false => text.into_bytes(),
    };
    let mut records = Records::default();
    let read = records.add_attestations("log.jsonl", &bytes, None);
    match (&case.problem, read) {
        (None, Ok(())) => assert_eq!(Some(records.attestations().len()), case.taken, "{}", case.name),
        (Some(problem), Err(error)) => {
            assert!(error.to_string().contains(problem), "{}: {error}", case.name);
            assert!(!error.to_string().chars().any(|c| c.is_control() && c != '\n'), "{}", case.name);
            assert!(records.attestations().is_empty(), "{}: taken in part", case.name);
        }
        (_, read) => panic!("{}: {read:?}", case.name),
    }
}

#[test]
fn logs_are_read_as_a_whole_or_not_at_all() {
    let cases: Vec<Case> = serde_saphyr::from_str(include_str!("cases/log.yaml")).expect("cases");
    assert!(cases.len() > 20);
    cases.iter().for_each(check);
}

#[test]
fn a_log_is_bounded() {
    let bytes = vec![b'\n'; (64 << 20) + 1];
    let error = Records::default().add_attestations("log.jsonl", &bytes, None).unwrap_err();
    assert!(error.to_string().contains("more than the limit of 64 MiB"), "{error}");
}

fn new(attests: Attests, decision: ReviewDecision, day: &str) -> NewAttestation {
    NewAttestation {
        attests,
        decision,
        by: "ada@example.com".into(),
        at: format!("{day}T12:00:00Z").parse().unwrap(),
        comment: Some("it \"prints\" invoices, für Zoë".into()),
        ticket: None,
    }
}

#[test]
fn a_line_is_written_as_documented_and_read_back() {
    let line =
        new(Attests::TechnicalNecessity, ReviewDecision::Change, "2026-05-01").of(&fx::role("a")).unwrap();
    let text = line.to_line().unwrap();
    assert_eq!(
        text,
        concat!(
            r#"{"schema":"census.attestation/1","identity":"arn:aws:iam::111122223333:role/a","immutable_id":"IDa","#,
            r#""attests":"technical-necessity","decision":"change","by":"ada@example.com","at":"2026-05-01T12:00:00Z","#,
            r#""comment":"it \"prints\" invoices, für Zoë","ticket":null,"signature":null}"#,
            "\n"
        )
    );
    assert_eq!(
        line.canonical().unwrap() + ",",
        text.replace("}\n", "}").replace("\"signature\":null}", "").replace("null,", "null},")
    );
    let schema = serde_json::to_value(attestation_schema()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    assert!(validator.is_valid(&serde_json::from_str(&text).unwrap()), "{text}");
    assert!(!validator.is_valid(&json!({"schema": "census.attestation/1"})));
    let mut records = Records::default();
    records.add_attestations("log.jsonl", text.as_bytes(), None).unwrap();
    let [read] = records.attestations() else { panic!("one line") };
    assert_eq!(
        (&*read.identity, read.decision),
        ("arn:aws:iam::111122223333:role/a", ReviewDecision::Change)
    );
}

#[test]
fn what_could_not_be_read_back_is_not_written() {
    for (by, comment) in
        [("", None), (" ada", None), ("a\u{7}da", None), ("ada", Some("a\nb")), ("ada", Some(""))]
    {
        let mut one = new(Attests::BusinessOwnership, ReviewDecision::Keep, "2026-05-01");
        one.by = by.into();
        one.comment = comment.map(Into::into);
        assert!(one.of(&fx::role("a")).is_err(), "{by:?} {comment:?}");
    }
}

/// The life of an identity that a registry names, by a log.
fn life(log: &[NewAttestation]) -> census_model::Life {
    let mut estate = fx::account();
    // A user whose key works, so that it does not count as retired.
    let user = fx::user("a");
    let id = user.id.clone();
    estate.credential(fx::access_key(&user, "AKIAA"));
    let log: String = log.iter().map(|one| one.of(&user).unwrap().to_line().unwrap()).collect();
    estate.identity(user);
    let estate = fx::finish(estate);
    let mut records = Records::default();
    records
        .add_registry("r.csv", b"identity,business_owner,technical_steward\na,team-a,ops@example.com\n")
        .unwrap();
    records.add_attestations("log.jsonl", log.as_bytes(), None).unwrap();
    let ownership = correlate(&Index::new(&estate), &records, &OwnersConfig::default(), estate.as_of);
    *ownership.records[&id].life.clone().expect("a registered identity has a life")
}

#[test]
fn both_attestations_make_it_active_and_a_decision_to_remove_ends_it() {
    use Attests::{BusinessOwnership, TechnicalNecessity};
    use ReviewDecision::{Keep, Remove};
    let kept = [new(BusinessOwnership, Keep, "2026-05-01"), new(TechnicalNecessity, Keep, "2026-05-02")];
    assert_eq!(life(&kept[..1]).state, LifeState::Overdue);
    assert_eq!(life(&kept).state, LifeState::Active);
    let mut removed = kept.to_vec();
    removed.push(new(TechnicalNecessity, Remove, "2026-05-03"));
    let found = life(&removed);
    assert_eq!((found.state, found.technical.state), (LifeState::RetirementDue, ReviewState::Current));
    assert_eq!(found.fired().map(|trigger| trigger.kind).collect::<Vec<_>>(), [TriggerKind::ReviewedAway]);
    removed.push(new(BusinessOwnership, Keep, "2026-05-04"));
    assert_eq!(life(&removed).state, LifeState::RetirementDue, "another question was answered");
    removed.push(new(TechnicalNecessity, Keep, "2026-05-04"));
    assert_eq!(life(&removed).state, LifeState::Active, "what was kept since was not given up");
}

#[test]
fn the_order_of_lines_decides_nothing() {
    use Attests::BusinessOwnership;
    let mut one = new(BusinessOwnership, ReviewDecision::Keep, "2026-05-01");
    let two = NewAttestation { by: "bob@example.com".into(), ..one.clone() };
    let who = |log: &[NewAttestation]| life(log).business.last.and_then(|last| last.by);
    // Twelve lines before it, so that line numbers of one and two digits meet.
    let filler: Vec<_> = (1..9)
        .map(|day| new(Attests::TechnicalNecessity, ReviewDecision::Keep, &format!("2026-04-0{day}")))
        .collect();
    let with = |first: &NewAttestation, last: &NewAttestation| {
        let mut log = vec![first.clone()];
        log.extend(filler.iter().cloned());
        log.push(last.clone());
        who(&log)
    };
    assert_eq!(with(&one, &two), with(&two, &one));
    one.decision = ReviewDecision::Remove;
    assert_eq!(with(&one, &two), Some("ada@example.com".into()), "of one instant the one that asks for most");
    assert_eq!(with(&two, &one), Some("ada@example.com".into()));
}

#[test]
fn who_may_attest_is_asked_by_the_same_law() {
    let mut estate = fx::account();
    let (role, stranger, mut service) = (fx::role("a"), fx::role("b"), fx::role("c"));
    service.managed_by = Some(census_model::Manager { name: "AWS".into(), evidence: "path".into() });
    for one in [&role, &stranger, &service] {
        estate.identity(one.clone());
    }
    let estate = fx::finish(estate);
    let mut records = Records::default();
    let registry = "identity,business_owner,technical_steward\na,team-a,ops@example.com\nc,team-a,\n";
    records.add_registry("r.csv", registry.as_bytes()).unwrap();
    let (ada, ops) = ("ada@example.com".into(), "OPS@example.com".into());
    let wanted = |identity, attests, by| Wanted { identity, attests, by };
    let answers = may_attest(
        &Index::new(&estate),
        &records,
        &OwnersConfig::default(),
        estate.as_of,
        &[
            wanted(&role, Attests::BusinessOwnership, &ada),
            wanted(&role, Attests::BusinessOwnership, &ops),
            wanted(&role, Attests::TechnicalNecessity, &ops),
            wanted(&stranger, Attests::BusinessOwnership, &ada),
            wanted(&service, Attests::BusinessOwnership, &ada),
        ],
    );
    assert_eq!(
        answers,
        [
            Ok(()),
            Err(Refusal::OperatesAlone),
            Ok(()),
            Err(Refusal::NotRegistered),
            Err(Refusal::Managed("AWS".into()))
        ]
    );
    assert_eq!(Attestor::of(&ada, &records, &OwnersConfig::default(), estate.as_of), Attestor::Accepted);
}
