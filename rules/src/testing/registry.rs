//! What is registered, as cases say it.

use census_fixtures as fixtures;
use census_model::{
    Attested, Authorship, ClaimSource, Closeness, Departure, Evidence, Identity, Life, LifeState, NamedParty,
    OwnerRecord, OwnerRole, OwnerStatus, PartyKind, Registration, Review, ReviewDecision, ReviewState,
    Stated, Text,
};
use jiff::{civil::Date, tz::TimeZone};

use super::World;

impl World {
    /// Registers an identity, completely and in order, changed as the case needs it. One without an owner gets one.
    pub(crate) fn registered(&mut self, identity: &Identity, change: impl FnOnce(&mut Registration)) {
        let mut registration = Registration {
            entry: stated(&*identity.native_id),
            closeness: Closeness::Exact,
            backup: Some(stated("bea@example.com")),
            purpose: Some(stated("tests")),
            data_class: Some(stated("internal")),
            risk_class: Some(stated("low")),
            environment: Some(stated("production")),
            vendor: None,
            ticket: None,
            approved_pattern: None,
            review_every: None,
            used_every: None,
            idle: None,
        };
        change(&mut registration);
        let record = self.record(identity);
        record.registration = Some(Box::new(registration));
        record.life.get_or_insert_with(|| Box::new(in_order()));
    }

    /// Registers an identity that is used at least so often.
    pub(crate) fn used_every(&mut self, identity: &Identity, period: &str) {
        let period = period.parse().expect("a period");
        self.registered(identity, |one| one.used_every = Some(Stated { value: period, at: ENTRY.into() }));
    }

    /// Changes the life of a registered identity, which is in order until then.
    pub(crate) fn life(&mut self, identity: &Identity, change: impl FnOnce(&mut Life)) {
        if self.record(identity).registration.is_none() {
            self.registered(identity, |_| ());
        }
        let life = self.record(identity).life.get_or_insert_with(|| Box::new(in_order()));
        change(life);
    }

    /// Says that somebody who is named has left.
    pub(crate) fn left(&mut self, identity: &Identity, role: OwnerRole, who: &str) {
        let evidence = Evidence::new("left", "2026-03-31").from_source("people.csv:2");
        self.record(identity).departed.push(Departure { role, who: who.into(), evidence });
    }

    /// Says whom the owner's name means, among people and teams.
    pub(crate) fn party(&mut self, identity: &Identity, who: &str, kind: PartyKind) {
        self.ownership.directory = census_model::DirectorySize { people: 9, teams: 3 };
        let party = NamedParty { role: OwnerRole::BusinessOwner, who: who.into(), kind, scripts: None };
        self.record(identity).parties.push(party);
    }

    /// The record of an identity, registered by default.
    pub(crate) fn record(&mut self, identity: &Identity) -> &mut OwnerRecord {
        if !self.ownership.records.contains_key(&identity.id) {
            let claims = [(ClaimSource::RegistryRecord, "ann@example.com")];
            self.owner(identity, OwnerStatus::Registered, &claims);
            let record = self.ownership.records.get_mut(&identity.id).expect("the record just made");
            record.technical_steward = Some("sam@example.com".into());
            for claim in &mut record.claims {
                claim.technical_steward.clone_from(&record.technical_steward);
            }
        }
        self.ownership.records.get_mut(&identity.id).expect("a record")
    }
}

const ENTRY: &str = "registry.yaml:3";

/// Something that an entry says.
pub(crate) fn stated(value: impl Into<Text>) -> Stated<Text> {
    Stated { value: value.into(), at: ENTRY.into() }
}

/// The day so many days before the fixtures' clock.
pub(crate) fn day(days: i64) -> Date {
    TimeZone::UTC.to_datetime(fixtures::days_ago(days)).date()
}

/// An attestation of so many days ago that the identity stays.
pub(crate) fn attested(days: i64) -> Attested {
    Attested {
        on: day(days),
        decision: ReviewDecision::Keep,
        by: Some("ann@example.com".into()),
        authorship: Authorship::SelfClaimed,
        at: "attestations.jsonl:7".into(),
    }
}

/// A review that was missed so many days ago.
pub(crate) fn overdue(days: i64, last: Option<Attested>) -> Review {
    Review { state: ReviewState::Overdue, last, due: Some(day(days)), ..current() }
}

fn current() -> Review {
    Review {
        state: ReviewState::Current,
        last: Some(attested(30)),
        every: Some(Stated { value: "P1Y".parse().expect("a period"), at: "configuration".into() }),
        due: Some(day(-335)),
        ignored: Vec::new(),
    }
}

fn in_order() -> Life {
    Life {
        state: LifeState::Active,
        since: Some(day(30)),
        because: "both attestations are current".into(),
        business: current(),
        technical: current(),
        triggers: Vec::new(),
    }
}
