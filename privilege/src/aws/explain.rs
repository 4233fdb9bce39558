//! Why a decision is what it is: the statements that decide, and the nearest that did not.

use super::{
    authorize::{Decision, Denial, Evaluation, Layer, Outcome, Place, Policies},
    condition::Test,
    context::Lookup,
    document::StatementEffect,
    statement::{Request, Statement},
};
use crate::truth::Truth;

/// What a statement has to do with a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// It decides.
    Decides,
    /// It may decide: what is unknown decides whether it applies.
    MayDecide,
    /// It would have decided otherwise, had it applied; of all those it comes nearest.
    Nearest,
}

/// Which part of a statement the request does not match.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mismatch {
    /// `Condition`.
    Condition,
    /// `Principal`.
    Principal,
    /// `Resource`.
    Resource,
    /// `Action`.
    Action,
}

/// A statement and what it has to do with a decision.
#[derive(Clone, Copy, Debug)]
pub struct Reason<'a> {
    /// Which of the policies: its place,
    pub place: Place,
    /// and its position there.
    pub position: usize,
    /// The statement.
    pub statement: &'a Statement,
    /// Its part.
    pub role: Role,
    /// For the nearest: what keeps it from applying.
    pub mismatch: Option<Mismatch>,
}

/// How many statements are named for one thing; more say nothing new.
const NAMED: usize = 3;

/// The reasons of a decision: what decides first, then the nearest.
pub fn reasons<'a>(
    evaluation: &Evaluation<'a>,
    outcome: &Outcome,
    policies: &Policies<'a>,
) -> Vec<Reason<'a>> {
    use StatementEffect::{Allow, Deny};
    let all = Statements { evaluation, policies };
    match outcome.decision() {
        Decision::Denied(Denial::Fixed(_)) => Vec::new(),
        Decision::Denied(Denial::Explicit) => {
            let mut reasons = all.with(Deny, |_| true, Truth::Yes, Role::Decides);
            reasons.extend(all.with(
                Allow,
                |place| place.layer() == Layer::Granting,
                Truth::Yes,
                Role::Nearest,
            ));
            reasons
        }
        Decision::Denied(Denial::By(layer)) => {
            let mut reasons = Vec::from_iter(all.nearest(Allow, |place| place.layer() == layer));
            if layer != Layer::Granting {
                let gives = |place: Place| place.layer() == Layer::Granting;
                reasons.extend(all.with(Allow, gives, Truth::Yes, Role::Nearest));
            }
            reasons
        }
        Decision::Allowed => {
            let gives =
                |place: Place| matches!(place.layer(), Layer::Granting | Layer::Boundary | Layer::Session);
            let mut reasons = all.with(Allow, gives, Truth::Yes, Role::Decides);
            reasons.extend(
                all.nearest(Deny, |_| true).filter(|near| near.mismatch == Some(Mismatch::Condition)),
            );
            reasons
        }
        Decision::Conditional => {
            let open = |place: Place| {
                outcome.layers.iter().any(|(layer, truth)| *layer == place.layer() && *truth == Truth::Maybe)
            };
            let mut reasons = all.with(Allow, open, Truth::Maybe, Role::MayDecide);
            reasons.extend(all.with(Deny, |_| true, Truth::Maybe, Role::MayDecide));
            let settled = |place: Place| place.layer() == Layer::Granting && !open(place);
            reasons.extend(all.with(Allow, settled, Truth::Yes, Role::Decides));
            reasons
        }
    }
}

struct Statements<'e, 'a> {
    evaluation: &'e Evaluation<'a>,
    policies: &'e Policies<'a>,
}

impl<'a> Statements<'_, 'a> {
    fn each(&self, effect: StatementEffect) -> impl Iterator<Item = (Place, usize, &'a Statement)> {
        self.policies.each().filter(|(place, ..)| self.evaluation.counts(*place)).flat_map(
            move |(place, position, policy)| policy.with(effect).map(move |one| (place, position, one)),
        )
    }

    /// The first few statements of which this is true.
    fn with(
        &self,
        effect: StatementEffect,
        wanted: impl Fn(Place) -> bool,
        truth: Truth,
        role: Role,
    ) -> Vec<Reason<'a>> {
        self.each(effect)
            .filter(|(place, _, statement)| {
                wanted(*place) && self.evaluation.applies(*place, statement) == truth
            })
            .map(|(place, position, statement)| Reason { place, position, statement, role, mismatch: None })
            .take(NAMED)
            .collect()
    }

    /// The statement that comes nearest to applying.
    fn nearest(&self, effect: StatementEffect, wanted: impl Fn(Place) -> bool) -> Option<Reason<'a>> {
        self.each(effect)
            .filter(|(place, _, statement)| {
                wanted(*place) && self.evaluation.applies(*place, statement) == Truth::No
            })
            .filter_map(|(place, position, statement)| {
                let mismatch = self.evaluation.mismatch(place, statement)?;
                Some(Reason { place, position, statement, role: Role::Nearest, mismatch: Some(mismatch) })
            })
            .min_by_key(|near| near.mismatch)
    }
}

impl<'a> Evaluation<'a> {
    /// The first part of a statement that the request does not match, the hardest to mend first.
    fn mismatch(&self, place: Place, statement: &Statement) -> Option<Mismatch> {
        let request = self.request();
        if !statement.names_action(request.action) {
            Some(Mismatch::Action)
        } else if statement.names_resource(request) == Truth::No {
            Some(Mismatch::Resource)
        } else if place.names_principals()
            && statement
                .principals()
                .is_none_or(|principals| principals.hold(request.caller, statement.effect).is_none())
        {
            Some(Mismatch::Principal)
        } else if statement.failing_tests(request).next().is_some() {
            Some(Mismatch::Condition)
        } else {
            None
        }
    }
}

impl Reason<'_> {
    /// The condition keys that leave open whether the statement applies, in lower case.
    pub fn open_keys<'s>(&'s self, request: &'s Request<'_>) -> impl Iterator<Item = &'s str> {
        let unknown = |key: &&str| request.facts.lookup(key) == Lookup::Unknown;
        let resource = (self.statement.names_resource(request) == Truth::Maybe)
            .then(|| self.statement.resource_keys())
            .into_iter()
            .flatten();
        self.statement.open_tests(request).flat_map(Test::keys).chain(resource).filter(unknown)
    }
}
