//! Where a registered identity stands, for people.

use census_model::{
    Attests, Identity, Life, LifeState, Registration, Review, ReviewState, Stated, Text, TriggerState,
};

use crate::{
    page::{Ink, Page, Span, faint, plain, strong},
    view::View,
};

pub(crate) fn life_ink(state: LifeState) -> Ink {
    match state {
        LifeState::Active | LifeState::Retired => Ink::Good,
        LifeState::Registered => Ink::Plain,
        LifeState::ReviewDue => Ink::Warn,
        LifeState::Overdue | LifeState::RetirementDue => Ink::Bad,
    }
}

/// What is registered about an identity, how its reviews stand, and what retires it.
pub(crate) fn section(page: &mut Page, view: &View<'_>, identity: &Identity) {
    let Some(record) = view.owner(&identity.id) else { return };
    let Some(life) = record.life.as_deref() else { return };
    let since = life.since.map(|day| format!(" since {day}")).unwrap_or_default();
    page.heading(
        "LIFE",
        &[Span::new(life_ink(life.state), life.state.as_str()), plain(format!("{since}: {}", life.because))],
    );
    let mut rows = Vec::new();
    for attests in Attests::ALL {
        rows.push(vec![strong(attests.as_str()), review_span(life.review(attests))]);
        rows.extend(
            life.review(attests)
                .ignored
                .iter()
                .map(|fact| vec![strong(""), faint(format!("not counted: {}", fact.value))]),
        );
    }
    rows.extend(triggers(life));
    if let Some(registration) = record.registration.as_deref() {
        rows.extend(registered(registration));
    }
    page.columns(2, &rows);
}

fn review_span(review: &Review) -> Span {
    let ink = match review.state {
        ReviewState::Current => Ink::Good,
        ReviewState::Never => Ink::Plain,
        ReviewState::Due => Ink::Warn,
        ReviewState::Overdue => Ink::Bad,
    };
    Span::new(ink, review_words(review))
}

/// A review in one line: how it stands, by when the next is due, and the last with its proof.
pub(crate) fn review_words(review: &Review) -> String {
    let due = review.due.map(|due| format!(", due {due}")).unwrap_or_default();
    let every =
        review.every.as_ref().map(|every| format!(" ({}, {})", every.value, every.at)).unwrap_or_default();
    let last = review.last.as_ref().map(|last| {
        let by = last.by.as_ref().map(|by| format!(" by {by}")).unwrap_or_default();
        format!(
            "; last {} {}{by}, {} ({})",
            last.on,
            last.decision.as_str(),
            last.authorship.as_str(),
            last.at
        )
    });
    format!("{}{due}{every}{}", review.state.as_str(), last.unwrap_or_default())
}

fn triggers(life: &Life) -> impl Iterator<Item = Vec<Span>> + '_ {
    life.triggers.iter().map(|trigger| {
        let (ink, state) = match &trigger.state {
            TriggerState::Fired(Some(day)) => (Ink::Bad, format!("happened on {day}")),
            TriggerState::Fired(None) => (Ink::Bad, "happened".to_owned()),
            TriggerState::Pending(Some(day)) => (Ink::Plain, format!("not before {day}")),
            TriggerState::Pending(None) => (Ink::Plain, "did not happen, as far as is configured".to_owned()),
            TriggerState::Unknown(gap) => {
                (Ink::Warn, format!("cannot be told, its use is not visible ({gap})"))
            }
        };
        let place = trigger.evidence.source.as_deref().map(|at| format!(" ({at})")).unwrap_or_default();
        vec![
            strong(format!("ends by {}", trigger.kind.as_str())),
            Span::new(ink, format!("{state}: {}{place}", trigger.evidence.value)),
        ]
    })
}

fn registered(registration: &Registration) -> impl Iterator<Item = Vec<Span>> + '_ {
    let text = |label, field: &Option<Stated<Text>>| {
        field.as_ref().map(|stated| vec![strong(label), plain(format!("{} ({})", stated.value, stated.at))])
    };
    let used = registration
        .used_every
        .as_ref()
        .map(|every| vec![strong("used every"), plain(format!("{} ({})", every.value, every.at))]);
    let fields = [
        text("purpose", &registration.purpose),
        text("risk class", &registration.risk_class),
        text("data class", &registration.data_class),
        text("environment", &registration.environment),
        text("approved pattern", &registration.approved_pattern),
        text("backup", &registration.backup),
        text("vendor", &registration.vendor),
        text("ticket", &registration.ticket),
        used,
    ];
    fields.into_iter().flatten()
}
