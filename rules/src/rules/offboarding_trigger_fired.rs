use census_model::{LifeState, Severity, TriggerKind, TriggerState};

use crate::{
    Docs, Draft, EVERY_PROVIDER, Findings, Rule, View,
    docs::{activity, subject},
    registered::{registered, successors},
};

pub(crate) static RULE: Rule = Rule {
    id: "offboarding-trigger-fired",
    version: 1,
    title: "An identity that should have been retired",
    severity: Severity::High,
    finding_types: &["LIFE-TRIGGER-FIRED"],
    providers: EVERY_PROVIDER,
    except_controls: &[],
    thresholds: &[],
    docs: Docs {
        finds: "Something happened that ends a registered identity: its project ended or its vendor changed (by the day in \
                the entry, or by `[owners.ended]`), it was not used for as long as its `offboarding_trigger.idle` allows, \
                the day for its end passed, its entry expired, the inventory says that it was retired, or whoever \
                reviewed it decided that it goes. And somebody can still act as it.",
        why: "Its end was agreed upon and did not happen. What outlives its purpose is watched by nobody, and is what an \
              intruder or a vendor who lost the contract uses without being missed.",
        remedy: "Retire it: take away its credentials or whom it trusts, wait, and delete it last. If it is needed after all, \
                 have the owner say so: correct the trigger, the entry or the decision.",
        limits: "An event that an entry only names has happened once `[owners.ended]` says so. Idleness is judged only where \
                 use is visible. An identity that is disabled, of which no credential works, or that nobody may assume \
                 counts as retired.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    for found in registered(view).filter(|found| found.life.state == LifeState::RetirementDue) {
        let name = subject(view, found.identity);
        let title = match found.life.since {
            Some(since) => format!("{name} should have been retired after {since}"),
            None => format!("{name} should have been retired"),
        };
        let mut draft = Draft::new(title);
        for trigger in found.life.fired() {
            let on = match trigger.state {
                TriggerState::Fired(Some(on)) => format!("{on}, "),
                _ => String::new(),
            };
            let mut fact = trigger.evidence.clone();
            fact.value = format!("{on}{}: {}", happened(trigger.kind), fact.value).into();
            draft = draft.facts([fact]);
        }
        let owner = found.record.business_owner.as_deref().unwrap_or("not one in particular");
        let draft = draft
            .evidence("business owner", owner)
            .facts(successors(found.record))
            .evidence("activity", activity(view, found.identity))
            .facts([found.entry()])
            .remedy("take away its credentials or its trust, wait, and delete it; or have the owner correct the trigger")
            .command(["census", "explain", &found.identity.native_id]);
        findings.identity(found.identity, "", draft);
    }
}

fn happened(kind: TriggerKind) -> &'static str {
    match kind {
        TriggerKind::ProjectEnd => "the project ended",
        TriggerKind::VendorChange => "the vendor changed or the contract ended",
        TriggerKind::Idle => "it rests for too long",
        TriggerKind::Date => "the day for its end passed",
        TriggerKind::EntryExpired => "its entry expired",
        TriggerKind::RecordRetired => "the inventory retired it",
        TriggerKind::ReviewedAway => "a review decided that it goes",
    }
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_model::{Evidence, GapId, OwnerStatus, Trigger};

    use crate::testing::{Case, World, day};
    let trigger = |kind: TriggerKind, state: TriggerState| Trigger {
        kind,
        state,
        evidence: Evidence::new("project end", "Apollo").from_source("registry.yaml:3"),
    };
    let life = move |state: LifeState, what: TriggerKind, fired: TriggerState| {
        move |w: &mut World| {
            let role = w.role("deploy");
            let one = trigger(what, fired.clone());
            w.life(&role, |life| {
                life.state = state;
                life.since = Some(day(62));
                life.triggers = vec![one];
            });
        }
    };
    let fired = || TriggerState::Fired(Some(day(62)));
    vec![
        Case::fires("the project ended", life(LifeState::RetirementDue, TriggerKind::ProjectEnd, fired()))
            .severity(Severity::High)
            .says("2026-03-31, the project ended: Apollo")
            .says("registry.yaml:3"),
        Case::fires(
            "the inventory retired it, nobody knows when",
            life(LifeState::RetirementDue, TriggerKind::RecordRetired, TriggerState::Fired(None)),
        ),
        Case::fires("of two triggers, one fired", move |w| {
            let role = w.role("deploy");
            let two = [
                trigger(TriggerKind::ProjectEnd, TriggerState::Pending(Some(day(-90)))),
                trigger(TriggerKind::Date, TriggerState::Fired(Some(day(3)))),
            ];
            w.life(&role, |life| {
                life.state = LifeState::RetirementDue;
                life.triggers = two.into();
            });
        })
        .says("the day for its end passed"),
        Case::silent("it was retired", life(LifeState::Retired, TriggerKind::ProjectEnd, fired())),
        Case::silent(
            "the project goes on",
            life(LifeState::Active, TriggerKind::ProjectEnd, TriggerState::Pending(Some(day(-90)))),
        ),
        Case::silent(
            "nobody can tell whether it is used",
            life(LifeState::Active, TriggerKind::Idle, TriggerState::Unknown(GapId::new("g"))),
        ),
        Case::silent("nobody in the company owns it", move |w| {
            let role = w.role("deploy");
            w.life(&role, |life| life.state = LifeState::RetirementDue);
            w.record(&role).status = OwnerStatus::NotApplicable;
        }),
    ]
}
