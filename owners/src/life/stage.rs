//! Where a registered identity stands.

use census_model::{
    Attests, CredentialKind, CredentialStatus, GapReason, Identity, IdentityKind, Index, Life, LifeState,
    Review, ReviewState, Trigger, TriggerState,
};
use jiff::civil::Date;

use super::{EndedConfig, Reviewer, Terms, review::label, triggers::triggers};

/// The life of an identity, by what is registered about it.
pub(crate) fn life(
    terms: &Terms<'_>,
    reviewer: &Reviewer<'_>,
    identity: &Identity,
    index: &Index<'_>,
    ended: &EndedConfig,
) -> Life {
    let review = |attests| reviewer.review(attests, terms, &terms.attested_by, identity);
    let business = review(Attests::BusinessOwnership);
    let technical = review(Attests::TechnicalNecessity);
    let reviews = [(Attests::BusinessOwnership, &business), (Attests::TechnicalNecessity, &technical)];
    let triggers = triggers(terms, &reviews, identity, index, ended, reviewer.today);
    let stage = retirement(&triggers, identity, index)
        .or_else(|| overdue(&reviews))
        .or_else(|| due(&reviews, reviewer))
        .unwrap_or_else(|| settled(&reviews));
    let (state, since, because) = stage;
    Life { state, since, because: because.into(), business, technical, triggers }
}

type Stage = (LifeState, Option<Date>, String);

fn retirement(triggers: &[Trigger], identity: &Identity, index: &Index<'_>) -> Option<Stage> {
    let fired = triggers.iter().filter_map(|one| match one.state {
        TriggerState::Fired(on) => Some((on, one)),
        _ => None,
    });
    // A trigger without a day is the least telling of several.
    let (on, first) = fired.min_by_key(|(on, one)| (on.is_none(), *on, one.kind))?;
    let what = format!("{}: {}", first.evidence.label, first.evidence.value);
    let place = first.evidence.source.as_deref().map(|at| format!(" ({at})")).unwrap_or_default();
    Some(match powerless(identity, index) {
        Some(how) => (LifeState::Retired, None, format!("{how}; {what}{place}")),
        None => (LifeState::RetirementDue, on, what + &place),
    })
}

/// The read that tells who may become a role.
const TRUSTS: &[&str] = &["iam:GetAccountAuthorizationDetails"];

/// The reads that tell what a user signs in or calls with. An SSH key signs in to Git repositories alone.
const CREDENTIALS: &[&str] = &[
    "iam:GetAccountAuthorizationDetails",
    "iam:GetCredentialReport",
    "iam:GenerateCredentialReport",
    "iam:ListAccessKeys",
    "iam:GetLoginProfile",
    "iam:ListSigningCertificates",
    "iam:ListServiceSpecificCredentials",
];

/// Why nobody can act as an identity any more.
fn powerless(identity: &Identity, index: &Index<'_>) -> Option<&'static str> {
    if identity.disabled {
        return Some("it is disabled");
    }
    let dead = |status| matches!(status, CredentialStatus::Inactive | CredentialStatus::Expired);
    let credentials =
        || index.credentials(&identity.id).iter().filter(|one| one.kind != CredentialKind::MfaDevice);
    let unread = |reads: &[&str]| {
        let about = |one: &str| one == identity.id.as_str() || one == &*identity.native_id;
        index.estate().gaps.iter().any(|gap| {
            let named = gap.affects.iter().any(|one| about(one));
            // What makes no sense, or was cut, may be of any read; it says what it is about.
            let odd = named && gap.reason != GapReason::NotRequested;
            let here = gap.scope.as_ref().is_none_or(|scope| *scope == identity.scope);
            odd || (here && reads.contains(&&*gap.read) && (gap.affects.is_empty() || named))
        })
    };
    match identity.kind {
        IdentityKind::AwsUser if credentials().all(|one| dead(one.status)) && !unread(CREDENTIALS) => {
            Some("none of its credentials works")
        }
        IdentityKind::AwsRole if index.trusts(&identity.id).is_empty() && !unread(TRUSTS) => {
            Some("nobody may assume it")
        }
        _ => None,
    }
}

fn overdue(reviews: &[(Attests, &Review)]) -> Option<Stage> {
    let overdue = reviews.iter().filter(|(_, review)| review.state == ReviewState::Overdue);
    let (attests, review) = overdue.min_by_key(|(attests, review)| (review.due, *attests))?;
    let last = match &review.last {
        Some(last) => format!("the last is of {}", last.on),
        None => "none was ever given".to_owned(),
    };
    let due = review.due.map(|due| due.to_string()).unwrap_or_default();
    Some((LifeState::Overdue, review.due, format!("{} overdue since {due}, {last}", label(*attests))))
}

fn due(reviews: &[(Attests, &Review)], reviewer: &Reviewer<'_>) -> Option<Stage> {
    let due = reviews.iter().filter(|(_, review)| review.state == ReviewState::Due);
    let (attests, review) = due.min_by_key(|(attests, review)| (review.due, *attests))?;
    let day = review.due?;
    Some((
        LifeState::ReviewDue,
        reviewer.config.notice.before(day),
        format!("{} due on {day}", label(*attests)),
    ))
}

fn settled(reviews: &[(Attests, &Review)]) -> Stage {
    let never = reviews.iter().find(|(_, review)| review.state == ReviewState::Never);
    match never {
        Some((attests, _)) => (LifeState::Registered, None, format!("no {} was given yet", label(*attests))),
        None => {
            let dates = reviews.iter().filter_map(|(_, review)| review.last.as_ref().map(|last| last.on));
            (LifeState::Active, dates.max(), "both attestations are current".to_owned())
        }
    }
}
