//! What is registered about an identity, and where it stands.

use census_model as model;
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    build::evidence,
    identity::Evidence,
    scalars::{Authorship, Closeness, LifeState, ReviewDecision, ReviewState, TriggerKind},
};

/// What the registry says about an identity beside who owns it, field by field, each with its place.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Registration<'v> {
    /// The identity or pattern of the closest entry, as written.
    entry: Stated<'v>,
    closeness: Closeness,
    backup: Option<Stated<'v>>,
    purpose: Option<Stated<'v>>,
    data_class: Option<Stated<'v>>,
    risk_class: Option<Stated<'v>>,
    environment: Option<Stated<'v>>,
    vendor: Option<Stated<'v>>,
    ticket: Option<Stated<'v>>,
    approved_pattern: Option<Stated<'v>>,
    /// An ISO 8601 duration.
    review_every: Option<StatedPeriod<'v>>,
    /// An ISO 8601 duration.
    used_every: Option<StatedPeriod<'v>>,
}

/// What is written, and where.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Stated<'v> {
    value: &'v str,
    at: &'v str,
}

/// A length of time that is written, and where.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct StatedPeriod<'v> {
    value: String,
    at: &'v str,
}

/// Where a registered identity stands between registration and retirement.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Life<'v> {
    state: LifeState,
    /// A day; null where it is not known.
    since: Option<String>,
    /// Why, in one sentence.
    because: &'v str,
    /// The attestation of business ownership.
    business: Review<'v>,
    /// The attestation of technical necessity.
    technical: Review<'v>,
    /// What retires it.
    triggers: Vec<Trigger<'v>>,
}

/// How one attestation stands.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Review<'v> {
    state: ReviewState,
    /// The day by which the next one is due.
    due: Option<String>,
    every: Option<StatedPeriod<'v>>,
    /// The last that counts.
    last: Option<Attested<'v>>,
    /// Those that do not count, with the reason.
    ignored: Vec<Evidence<'v>>,
}

/// An attestation that counts.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Attested<'v> {
    /// A day.
    on: String,
    decision: ReviewDecision,
    /// Who; null for a date in an entry.
    by: Option<&'v str>,
    /// What shows who.
    authorship: Authorship,
    /// Where it is written.
    at: &'v str,
}

/// Something that retires an identity, and whether it happened.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Trigger<'v> {
    kind: TriggerKind,
    state: Happened,
    /// The day on which it did or will; null where it is not known.
    on: Option<String>,
    /// Id of the gap because of which it cannot be told.
    gap: Option<&'v str>,
    evidence: Evidence<'v>,
}

/// Whether something happened.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Happened {
    Fired,
    Pending,
    Unknown,
}

pub(crate) fn registration(registration: &model::Registration) -> Registration<'_> {
    Registration {
        entry: stated(&registration.entry),
        closeness: registration.closeness.into(),
        backup: registration.backup.as_ref().map(stated),
        purpose: registration.purpose.as_ref().map(stated),
        data_class: registration.data_class.as_ref().map(stated),
        risk_class: registration.risk_class.as_ref().map(stated),
        environment: registration.environment.as_ref().map(stated),
        vendor: registration.vendor.as_ref().map(stated),
        ticket: registration.ticket.as_ref().map(stated),
        approved_pattern: registration.approved_pattern.as_ref().map(stated),
        review_every: registration.review_every.as_ref().map(period),
        used_every: registration.used_every.as_ref().map(period),
    }
}

pub(crate) fn life(life: &model::Life) -> Life<'_> {
    Life {
        state: life.state.into(),
        since: life.since.map(|day| day.to_string()),
        because: &life.because,
        business: review(&life.business),
        technical: review(&life.technical),
        triggers: life.triggers.iter().map(trigger).collect(),
    }
}

fn stated(stated: &model::Stated<model::Text>) -> Stated<'_> {
    Stated { value: &stated.value, at: &stated.at }
}

fn period(stated: &model::Stated<model::Period>) -> StatedPeriod<'_> {
    StatedPeriod { value: stated.value.to_string(), at: &stated.at }
}

fn review(review: &model::Review) -> Review<'_> {
    Review {
        state: review.state.into(),
        due: review.due.map(|day| day.to_string()),
        every: review.every.as_ref().map(period),
        last: review.last.as_ref().map(|last| Attested {
            on: last.on.to_string(),
            decision: last.decision.into(),
            by: last.by.as_deref(),
            authorship: last.authorship.into(),
            at: &last.at,
        }),
        ignored: review.ignored.iter().map(evidence).collect(),
    }
}

fn trigger(trigger: &model::Trigger) -> Trigger<'_> {
    let (state, on, gap) = match &trigger.state {
        model::TriggerState::Fired(on) => (Happened::Fired, *on, None),
        model::TriggerState::Pending(on) => (Happened::Pending, *on, None),
        model::TriggerState::Unknown(gap) => (Happened::Unknown, None, Some(gap.as_str())),
    };
    Trigger {
        kind: trigger.kind.into(),
        state,
        on: on.map(|day| day.to_string()),
        gap,
        evidence: evidence(&trigger.evidence),
    }
}
