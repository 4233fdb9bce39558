//! How the two attestations of an identity stand.

use census_model::{
    Attested, Attests, Authorship, Evidence, Identity, Period, Review, ReviewDecision, ReviewState, Stated,
    Text,
};
use jiff::{Timestamp, civil::Date};

use super::{Attestation, AttestationLog, Refusal, ReviewConfig, Terms};
use crate::{
    people::Parties,
    registry::{RegistryEntry, day},
};

/// Weighs attestations.
#[derive(Debug)]
pub(crate) struct Reviewer<'a> {
    pub(crate) config: &'a ReviewConfig,
    pub(crate) log: AttestationLog<'a>,
    pub(crate) parties: &'a Parties<'a>,
    pub(crate) today: Date,
}

impl Reviewer<'_> {
    /// How an attestation of an identity stands, by the log and the dates of some of its entries.
    pub(crate) fn review(
        &self,
        attests: Attests,
        terms: &Terms<'_>,
        dated: &[&RegistryEntry],
        identity: &Identity,
    ) -> Review {
        let mut review = Review {
            state: ReviewState::Never,
            last: None,
            every: self.cadence(terms),
            due: None,
            ignored: Vec::new(),
        };
        let mut counted = Vec::new();
        for entry in dated {
            match self.of_entry(entry, attests, identity) {
                // A day without a time is its beginning: what was said on it comes after.
                Some(Ok(attested)) => counted.push((None, attested)),
                Some(Err(reason)) => review.ignored.push(reason),
                None => {}
            }
        }
        for attestation in self.log.of(identity, attests) {
            match self.of_log(attestation, terms, identity) {
                Ok(attested) => counted.push((Some(attestation.at), attested)),
                Err(reason) => review.ignored.push(reason),
            }
        }
        review.ignored.sort_unstable();
        // The latest counts; of several at one instant the one that asks for most, and then the one with the better proof.
        let order = |(at, one): &(Option<Timestamp>, Attested)| {
            (one.on, *at, one.decision, one.authorship, one.by.clone(), one.at.clone())
        };
        let latest = counted.into_iter().max_by_key(order);
        review.last = latest.map(|(_, last)| last);
        let since = review.last.as_ref().map(|last| last.on).or_else(|| identity.created.map(day));
        let every = review.every.as_ref().map(|every| every.value);
        review.due = since.zip(every).and_then(|(since, every)| every.after(since));
        review.state = self.state(&review);
        review
    }

    fn state(&self, review: &Review) -> ReviewState {
        let notice = review.due.and_then(|due| self.config.notice.before(due));
        match (&review.last, review.due) {
            (_, Some(due)) if due < self.today => ReviewState::Overdue,
            (None, _) => ReviewState::Never,
            (Some(_), Some(_)) if notice.is_some_and(|notice| notice <= self.today) => ReviewState::Due,
            (Some(_), _) => ReviewState::Current,
        }
    }

    fn cadence(&self, terms: &Terms<'_>) -> Option<Stated<Period>> {
        let registration = &terms.registration;
        let of_class = || {
            let class = registration.risk_class.as_ref()?;
            let every = self.config.of_class(&class.value)?;
            let place = format!("risk class {}, {}", class.value, class.at);
            Some(Stated { value: every, at: place.into() })
        };
        let default = || Stated { value: self.config.every, at: "configuration".into() };
        Some(registration.review_every.clone().or_else(of_class).unwrap_or_else(default))
    }

    /// The date of an entry.
    fn of_entry(
        &self,
        entry: &RegistryEntry,
        attests: Attests,
        identity: &Identity,
    ) -> Option<Result<Attested, Evidence>> {
        let last = match attests {
            Attests::BusinessOwnership => entry.last_business_attestation,
            Attests::TechnicalNecessity => entry.last_technical_attestation,
        }?;
        // A pattern is attested for all that it matches, now and later.
        let created = identity.created.map(day).filter(|created| !entry.is_pattern() && last < *created);
        let refused = |why: String| {
            Err(Evidence::new(label(attests), format!("{last} {why}"))
                .from_source(entry.location.to_string()))
        };
        Some(if last > self.today {
            refused("lies in the future and is ignored".to_owned())
        } else if let Some(created) = created {
            refused(format!("is older than the identity, which was created on {created}, and is ignored"))
        } else {
            Ok(Attested {
                on: last,
                decision: ReviewDecision::Keep,
                by: None,
                authorship: Authorship::RegistryEntry,
                at: entry.location.to_string().into(),
            })
        })
    }

    /// A line of the log.
    fn of_log(
        &self,
        attestation: &Attestation,
        terms: &Terms<'_>,
        identity: &Identity,
    ) -> Result<Attested, Evidence> {
        let on = day(attestation.at);
        let refused = |why: String| {
            let text = format!("{on} by {} {why}", attestation.by);
            Err(Evidence::new(label(attestation.attests), text).from_source(attestation.location.to_string()))
        };
        if on > self.today {
            return refused("lies in the future and is ignored".to_owned());
        }
        match (&attestation.immutable_id, &identity.immutable_id) {
            (Some(theirs), Some(own)) if theirs != own => {
                return refused(format!(
                    "was given for {theirs}, which bore this name before, and is ignored"
                ));
            }
            (Some(_), Some(_)) => {}
            // Without ids on both sides only time tells one from its predecessor.
            _ => {
                if let Some(created) = identity.created.map(day).filter(|created| on < *created) {
                    return refused(format!(
                        "is older than the identity, which was created on {created}, and is ignored"
                    ));
                }
            }
        }
        if let Some(refusal) = refusal(attestation.attests, &attestation.by, terms, self.parties) {
            return refused(format!("is ignored: {refusal}"));
        }
        Ok(Attested {
            on,
            decision: attestation.decision,
            by: Some(attestation.by.clone()),
            authorship: attestation.authorship,
            at: attestation.location.to_string().into(),
        })
    }
}

/// Why somebody's word about a registered identity does not count, whatever it is. The same law refuses to write it down.
pub(super) fn refusal(
    attests: Attests,
    by: &Text,
    terms: &Terms<'_>,
    parties: &Parties<'_>,
) -> Option<Refusal> {
    let operates = || {
        let (who, stewards) = (parties.resolve(by).key, &terms.stewards);
        !stewards.is_empty() && stewards.iter().all(|steward| parties.resolve(steward).key == who)
    };
    (attests == Attests::BusinessOwnership && operates()).then_some(Refusal::OperatesAlone)
}

/// How an attestation is called in evidence.
pub(super) fn label(attests: Attests) -> &'static str {
    match attests {
        Attests::BusinessOwnership => "business attestation",
        Attests::TechnicalNecessity => "technical attestation",
    }
}

/// An attestation as evidence for the claim of an entry: the one that counts, and those that do not.
pub(crate) fn evidence(attests: Attests, review: &Review) -> Vec<Evidence> {
    let last = review.last.as_ref().map(|last| {
        let by =
            last.by.as_ref().map(|by| format!(" by {by}, {}", last.authorship.as_str())).unwrap_or_default();
        let overdue = match (review.state, review.due) {
            (ReviewState::Overdue, Some(due)) => format!(", overdue since {due}"),
            _ => String::new(),
        };
        Evidence::new(label(attests), format!("{}{by}{overdue}", last.on)).from_source(&*last.at)
    });
    last.into_iter().chain(review.ignored.iter().cloned()).collect()
}
