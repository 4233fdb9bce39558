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

    /// Those of its callers who are meant, for some actions.
    pub(super) fn among(&self, actions: &[ActionNo], is_meant: impl Fn(NodeId) -> bool) -> Self {
        let mut among = Self::default();
        for action in actions {
            if let Some(of_action) = self.actions.get(action) {
                among.actions.insert(*action, of_action.among(&is_meant));
            }
        }
        among
    }

    /// Whether some caller who is meant may be able to call an action on a resource.
    pub(super) fn any(&self, action: ActionNo, resource: &str, is_meant: impl Fn(NodeId) -> bool) -> bool {
        let Some(of_action) = self.actions.get(&action) else { return false };
        let rest = last_part(resource);
        let is_any = |callers: &Vec<NodeId>| callers.iter().any(|caller| is_meant(*caller));
        (rest.contains(':') && is_any(&of_action.loose))
            || of_action.lengths.iter().any(|length| {
                let start = rest.get(..*length);
                start.and_then(|start| of_action.callers.get(start)).is_some_and(is_any)
            })
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
        let rest = last_part(resource);
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

impl Beginnings {
    fn among(&self, is_meant: impl Fn(NodeId) -> bool) -> Self {
        let meant = |callers: &[NodeId]| -> Vec<NodeId> {
            callers.iter().copied().filter(|caller| is_meant(*caller)).collect()
        };
        let mut callers: HashMap<Box<str>, Vec<NodeId>> = HashMap::new();
        for (beginning, named) in &self.callers {
            let named = meant(named);
            if !named.is_empty() {
                callers.insert(beginning.clone(), named);
            }
        }
        let lengths = callers.keys().map(|beginning| beginning.len()).collect();
        Self { callers, lengths, loose: meant(&self.loose) }
    }
}

/// What an ARN names, behind partition, service, region and account.
fn last_part(arn: &str) -> &str {
    arn.splitn(6, ':').nth(5).unwrap_or_default()
}
