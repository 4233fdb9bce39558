//! Why a decision is what it is: the statements that decide, and the nearest that did not.

use census_model::Part;

use super::{
    authorize::{Denial, Evaluation, Outcome, Ruling},
    condition::Test,
    context::Lookup,
    document::StatementEffect,
    layers::{Layer, Place, Policies},
    statement::{Request, Statement},
};
use crate::truth::Truth;

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
    pub part: Part,
    /// For the nearest: what keeps it from applying.
    pub mismatch: Option<Mismatch>,
}

/// How many statements are named for one part; more say nothing new.
const NAMED: usize = 5;

/// The reasons of a decision: what decides first, then the nearest.
pub fn reasons<'a>(
    evaluation: &Evaluation<'a>,
    outcome: &Outcome,
    policies: &Policies<'a>,
) -> Vec<Reason<'a>> {
    use StatementEffect::{Allow, Deny};
    let all = Statements { evaluation, policies };
    let gives = |place: Place| place.layer() == Layer::Granting;
    let mut reasons = match outcome.ruling() {
        Ruling::Denied(Denial::Fixed(_)) => Vec::new(),
        Ruling::Denied(Denial::Explicit) => {
            let mut reasons = all.with(Deny, |_| true, Truth::Yes, Part::Decides);
            reasons.extend(all.with(Allow, gives, Truth::Yes, Part::NotEnough));
            reasons
        }
        Ruling::Denied(Denial::By(layer)) => {
            // What gives it is named beside what would have to let it through.
            let mut reasons = all.with(Allow, gives, Truth::Yes, Part::NotEnough);
            reasons.extend(all.nearest(Allow, |place| place.layer() == layer));
            reasons
        }
        Ruling::Allowed => {
            let lets =
                |place: Place| gives(place) || matches!(place.layer(), Layer::Boundary | Layer::Session);
            let mut reasons = all.with(Allow, lets, Truth::Yes, Part::Decides);
            reasons.extend(
                all.nearest(Deny, |_| true).filter(|near| near.mismatch == Some(Mismatch::Condition)),
            );
            reasons
        }
        Ruling::Conditional => {
            let is_open = |wanted: Layer| {
                outcome.layers.iter().any(|(layer, truth)| *layer == wanted && *truth == Truth::Maybe)
            };
            // A resource's policy that names the caller lifts the limits of its identity, too.
            let lifts = is_open(Layer::Boundary) || is_open(Layer::Session);
            let open = |place: Place| is_open(place.layer()) || (place == Place::Resource && lifts);
            let mut reasons = all.with(Allow, open, Truth::Maybe, Part::MayDecide);
            reasons.extend(all.with(Deny, |_| true, Truth::Maybe, Part::MayDecide));
            reasons.extend(all.with(Allow, |place| gives(place) && !open(place), Truth::Yes, Part::Decides));
            reasons
        }
    };
    // By what they say, never by where they stand.
    reasons.sort_by(|a, b| a.order().cmp(&b.order()));
    reasons
}

/// The first few of each part.
pub fn first_of_each_part<'r, 'a>(reasons: &'r [Reason<'a>]) -> impl Iterator<Item = &'r Reason<'a>> {
    reasons.chunk_by(|a, b| a.part == b.part).flat_map(|part| part.iter().take(NAMED))
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

    /// The statements of which this is true.
    fn with(
        &self,
        effect: StatementEffect,
        wanted: impl Fn(Place) -> bool,
        truth: Truth,
        part: Part,
    ) -> Vec<Reason<'a>> {
        self.each(effect)
            .filter(|(place, _, statement)| {
                wanted(*place) && self.evaluation.applies(*place, statement) == truth
            })
            .map(|(place, position, statement)| Reason { place, position, statement, part, mismatch: None })
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
                Some(Reason { place, position, statement, part: Part::Nearest, mismatch: Some(mismatch) })
            })
            .min_by(|a, b| (a.mismatch, a.order()).cmp(&(b.mismatch, b.order())))
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
    fn order(&self) -> (Part, &str, Place, usize) {
        (self.part, &self.statement.label, self.place, self.position)
    }

    /// The condition keys that leave open whether the statement applies.
    pub fn open_keys<'s>(&'s self, request: &'s Request<'_>) -> impl Iterator<Item = &'s str> {
        let unknown = |key: &&str| {
            matches!(request.facts.lookup(&key.to_ascii_lowercase()), Lookup::Unknown | Lookup::Like(_))
        };
        let resource = (self.statement.names_resource(request) == Truth::Maybe)
            .then(|| self.statement.resource_keys())
            .into_iter()
            .flatten();
        self.statement.open_tests(request).flat_map(Test::keys).chain(resource).filter(unknown)
    }

    /// What the statement comes to for a request, in words.
    pub fn says(&self, request: &Request<'_>) -> String {
        let (does, would) = match self.statement.effect {
            StatementEffect::Allow => ("allows", "would allow"),
            StatementEffect::Deny => ("denies", "would deny"),
        };
        match (self.part, self.mismatch) {
            (Part::Decides | Part::NotEnough, _) | (Part::Nearest, None) => format!("{does} it"),
            (Part::MayDecide, _) => {
                let mut open: Vec<String> =
                    self.statement.open_tests(request).map(|test| format!("if {test}")).collect();
                if self.statement.names_resource(request) == Truth::Maybe {
                    open.push("for some of these resources".to_owned());
                }
                if open.is_empty() {
                    // What AWS makes of a `NotPrincipal` that does not list the account.
                    open.push("unless AWS takes the caller for one of its principals".to_owned());
                }
                format!("{would} it {}", open.join(" and "))
            }
            (Part::Nearest, Some(mismatch)) => {
                let what = match mismatch {
                    Mismatch::Action => "another action".to_owned(),
                    Mismatch::Resource => "another resource".to_owned(),
                    Mismatch::Principal => "another principal".to_owned(),
                    Mismatch::Condition => {
                        let tests: Vec<String> =
                            self.statement.failing_tests(request).map(|test| test.to_string()).collect();
                        return format!("{would} it if {}, which is not so", tests.join(" and "));
                    }
                };
                format!("{would} {what}")
            }
        }
    }
}
