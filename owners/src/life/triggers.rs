//! What ends an identity's life, and whether it happened.

use census_model::{
    Attested, Attests, Evidence, Identity, Index, Observed, Period, Review, ReviewDecision, Stated, Trigger,
    TriggerKind, TriggerState,
};
use jiff::civil::Date;

use super::{EndedConfig, Terms, terms::Ended};
use crate::registry::{TriggerEvent, day};

/// The triggers of an identity, by kind.
pub(super) fn triggers(
    terms: &Terms<'_>,
    reviews: &[(Attests, &Review)],
    identity: &Identity,
    index: &Index<'_>,
    config: &EndedConfig,
    today: Date,
) -> Vec<Trigger> {
    let mut found = Vec::new();
    let mut add = |kind, state, evidence| found.push(Trigger { kind, state, evidence });
    if let Some(event) = &terms.project_end {
        let state = event_state(&event.value, |name| config.project(name), today);
        add(TriggerKind::ProjectEnd, state, evidence(event, "project end"));
    }
    if let Some(event) = &terms.vendor_change {
        let state = event_state(&event.value, |name| config.vendor(name), today);
        add(TriggerKind::VendorChange, state, evidence(event, "vendor change"));
    }
    if let Some(vendor) = &terms.registration.vendor
        && let Some(last) = config.vendor(&vendor.value)
    {
        add(TriggerKind::VendorChange, dated(last, today), vendor.evidence("vendor"));
    }
    if let Some(idle) = &terms.registration.idle {
        let (state, evidence) =
            idleness(idle, terms.registration.used_every.as_ref(), identity, index, today);
        add(TriggerKind::Idle, state, evidence);
    }
    if let Some(date) = &terms.date {
        add(TriggerKind::Date, dated(date.value, today), date.evidence("end"));
    }
    match &terms.ended {
        Some(Ended::Expired(last)) => {
            add(TriggerKind::EntryExpired, dated(last.value, today), last.evidence("expired"));
        }
        Some(Ended::Retired(status)) => {
            add(TriggerKind::RecordRetired, TriggerState::Fired(None), status.evidence("retired"));
        }
        None => {}
    }
    // Who gave it up takes that back, not who attests the other thing.
    let removed = |last: &&Attested| last.decision == ReviewDecision::Remove;
    if let Some(last) = reviews.iter().filter_map(|(_, review)| review.last.as_ref()).find(removed) {
        let who = last.by.as_deref().unwrap_or("somebody");
        let evidence = Evidence::new("decision", format!("remove, {who}")).from_source(&*last.at);
        add(TriggerKind::ReviewedAway, TriggerState::Fired(Some(last.on)), evidence);
    }
    found
}

/// A last day: it has to be over.
fn dated(last: Date, today: Date) -> TriggerState {
    if last < today { TriggerState::Fired(Some(last)) } else { TriggerState::Pending(Some(last)) }
}

fn event_state(event: &TriggerEvent, ended: impl Fn(&str) -> Option<Date>, today: Date) -> TriggerState {
    match event {
        TriggerEvent::On(last) => dated(*last, today),
        TriggerEvent::Named(name) => {
            ended(name).map_or(TriggerState::Pending(None), |last| dated(last, today))
        }
    }
}

fn evidence(event: &Stated<TriggerEvent>, label: &str) -> Evidence {
    let value = match &event.value {
        TriggerEvent::On(last) => last.to_string(),
        TriggerEvent::Named(name) => name.to_string(),
    };
    Evidence::new(label, value).from_source(&*event.at)
}

/// Not used for as long as the entry allows; what declares how often it is used may rest for as long as that.
fn idleness(
    idle: &Stated<Period>,
    used_every: Option<&Stated<Period>>,
    identity: &Identity,
    index: &Index<'_>,
    today: Date,
) -> (TriggerState, Evidence) {
    let since = match index.activity(identity).seen() {
        Observed::NotVisible(gap) => return (TriggerState::Unknown(gap), idle.evidence("idle")),
        Observed::Known(used) => day(used.at),
        // Nothing is idle for longer than it exists.
        Observed::NotSince(at) => identity.created.map_or(day(at), |created| day(created.max(at))),
    };
    let periods = [Some(idle.value), used_every.map(|every| every.value)];
    let limit = periods.into_iter().flatten().filter_map(|period| period.after(since)).max();
    let state = limit.map_or(TriggerState::Pending(None), |limit| dated(limit, today));
    let value = format!("not used since {since}, {} are allowed", idle.value);
    (state, Evidence::new("idle", value).from_source(&*idle.at))
}
