//! Steps by which callers give themselves tags that conditions ask for.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principaltag>

use std::collections::BTreeSet;

use super::{
    names::NAME,
    needs::{Fixed, Resources},
    prepared::Prepared,
    steps::{Found, Through},
    world::World,
};
use crate::{
    aws::{access::Change, document, operator::Comparison, statement::Statement},
    escalation::{Edge, Left, NodeId},
};

/// What the condition keys about the caller's tags begin with, in lower case.
const PRINCIPAL_TAG: &str = "aws:principaltag/";

/// How many tags one caller has given itself at a time.
const MOST: usize = 2;

/// How many are tried.
const TRIED: usize = 8;

impl<'s, 'e> Found<'s, 'e> {
    /// What comes of giving itself a tag, as far as that is new.
    pub(super) fn tag(&mut self, caller: NodeId, prepared: &Prepared, number: usize) -> Vec<NodeId> {
        if !self.may_be(caller, prepared) {
            return Vec::new();
        }
        let tags = self.wanted_tags(caller);
        if tags.len() > TRIED {
            self.world.end(caller, Left::Levels);
        }
        let mut new = Vec::new();
        for (key, value) in tags.into_iter().take(TRIED) {
            if self.has_enough_forms(caller) {
                break;
            }
            let fixed = Fixed { tag: Some((&key, &value)), ..Fixed::default() };
            let truth = self.own_truth(caller, prepared, &Resources { fixed, ..Resources::default() });
            let change = Change::Tagged(key.as_str().into(), value.as_str().into());
            new.extend(self.own_edge(caller, (number, truth), change, Through::Nothing));
        }
        new
    }

    /// The tags, by key and value, that conditions of a caller's policies name and that it has not.
    fn wanted_tags(&self, caller: NodeId) -> BTreeSet<(String, String)> {
        let node = self.world.node(caller).and_then(|node| node.identity());
        let (Some((identity, form)), Some(actor)) = (node, self.world.actor(caller)) else {
            return BTreeSet::new();
        };
        // Of one key there is one value at a time.
        let is_given = |key: &str| {
            form.tags().count() >= MOST || form.tags().any(|(given, _)| given.eq_ignore_ascii_case(key))
        };
        let tests = actor.limiting().flat_map(|policy| &policy.statements).flat_map(Statement::tests);
        let wanted = tests.filter_map(|test| Some((tag_key(test.source())?, test.source())));
        let wanted = wanted
            .filter(|(key, _)| !is_given(key))
            .flat_map(|(key, test)| values(test).into_iter().map(move |value| (key.to_owned(), value)));
        wanted
            .filter(|(key, value)| identity.tags.get(key.as_str()).is_none_or(|has| **has != **value))
            .collect()
    }
}

/// The key of the caller's tag that a test is about.
fn tag_key(test: &document::Test) -> Option<&str> {
    let (prefix, key) = test.key.split_at_checked(PRINCIPAL_TAG.len())?;
    prefix.eq_ignore_ascii_case(PRINCIPAL_TAG).then_some(key)
}

/// Values that make a difference to a test.
fn values(test: &document::Test) -> Vec<String> {
    if test.operator.comparison == Comparison::Null {
        return vec![NAME.to_owned()];
    }
    // What a variable stands for is not known here.
    let fixed = test.values.iter().filter(|value| !value.contains("${"));
    fixed.map(|value| value.replace('*', NAME).replace('?', "x")).collect()
}

/// The tag that somebody gives itself by a step.
pub(super) fn tag_along<'w>(world: &'w World<'_, '_>, edge: &Edge) -> Option<(&'w str, &'w str)> {
    let ((to, _, form), (from, _, before)) = (world.changed_by(edge.to)?, world.changed_by(edge.from)?);
    let mut new = form.beyond(before).filter(|_| from == to);
    new.find_map(|change| match change {
        Change::Tagged(key, value) => Some((&**key, &**value)),
        _ => None,
    })
}
