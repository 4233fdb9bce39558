//! Who may be able to call an action on a resource: found by how the resources of their policies begin, so that nobody
//! is asked whose policies name other resources.

use std::collections::{BTreeSet, HashMap};

use super::actions::ActionNo;
use crate::{
    aws::{
        document::{Element, StatementEffect},
        pattern::Pattern,
        policy::Policy,
        statement::Statement,
    },
    escalation::NodeId,
};

/// The callers of one account whose policies name an action, by how the named resources begin.
#[derive(Debug, Default)]
pub(super) struct ByResource {
    actions: HashMap<ActionNo, Beginnings>,
}

#[derive(Debug, Default)]
struct Beginnings {
    callers: HashMap<Box<str>, Vec<NodeId>>,
    lengths: BTreeSet<usize>,
    /// The callers, once more, whose patterns say so only of resources without a colon in their last part.
    loose: Vec<NodeId>,
}

/// How the last part of a resource's ARN begins that a policy names for an action, up to the first wildcard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Beginning<'p> {
    text: &'p str,
    /// Whether the last part may begin otherwise should it hold a colon.
    reach: Reach,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Reach {
    Exact,
    Loose,
}

impl Beginning<'_> {
    /// Of any resource.
    pub(super) const ANY: Self = Self { text: "", reach: Reach::Exact };
}

/// How the resources begin that a policy names for an action.
pub(super) fn beginnings<'p>(policy: &'p Policy, action: &str) -> Vec<Beginning<'p>> {
    let mut found: Vec<Beginning<'_>> = policy
        .with(StatementEffect::Allow)
        .filter(|statement| statement.names_action(action))
        .flat_map(resources)
        .collect();
    found.sort_unstable();
    found.dedup();
    // What begins with nothing covers the rest.
    if found.first() == Some(&Beginning::ANY) { vec![Beginning::ANY] } else { found }
}

fn resources(statement: &Statement) -> Vec<Beginning<'_>> {
    match statement.resource() {
        Some(Element::Only(patterns)) => patterns.iter().map(beginning).collect(),
        None | Some(Element::AllBut(_)) => vec![Beginning::ANY],
    }
}

fn beginning(pattern: &Pattern) -> Beginning<'_> {
    match pattern.beginning_of_last_part() {
        Ok(text) => Beginning { text, reach: Reach::Exact },
        Err("") => Beginning::ANY,
        Err(text) => Beginning { text, reach: Reach::Loose },
    }
}

impl ByResource {
    pub(super) fn add(&mut self, action: ActionNo, beginning: Beginning<'_>, caller: NodeId) {
        let of_action = self.actions.entry(action).or_default();
        if beginning.reach == Reach::Loose {
            of_action.loose.push(caller);
        }
        match of_action.callers.get_mut(beginning.text) {
            Some(callers) => callers.push(caller),
            None => {
                of_action.lengths.insert(beginning.text.len());
                of_action.callers.insert(beginning.text.into(), vec![caller]);
            }
        }
    }

    /// The callers that may be able to call an action on a resource. Callers that are done are forgotten.
    pub(super) fn find(
        &mut self,
        action: ActionNo,
        resource: &str,
        is_done: impl Fn(NodeId) -> bool,
        found: &mut Vec<NodeId>,
    ) {
        let Some(of_action) = self.actions.get_mut(&action) else { return };
        let rest = resource.splitn(6, ':').nth(5).unwrap_or_default();
        if rest.contains(':') {
            of_action.loose.retain(|caller| !is_done(*caller));
            found.extend_from_slice(&of_action.loose);
        }
        for length in &of_action.lengths {
            let Some(callers) = rest.get(..*length).and_then(|start| of_action.callers.get_mut(start)) else {
                continue;
            };
            callers.retain(|caller| !is_done(*caller));
            found.extend_from_slice(callers);
        }
    }
}
