//! Techniques with their actions by number, and who may begin them.

use std::collections::BTreeMap;

use super::{
    actions::{ActionNo, Actions, Mask},
    fresh,
};
use crate::aws::techniques::{Becomes, Need, On, ResourcePolicy, Technique};

/// A technique with its actions by their numbers.
pub(super) struct Prepared {
    pub(super) technique: &'static Technique,
    /// For each need its actions.
    pub(super) needs: Vec<Vec<ActionNo>>,
    /// The needs, by position, that are about one and the same thing that the caller names.
    pub(super) shared: Vec<Vec<usize>>,
    /// Whether it takes an action of IAM, which nobody calls in another account.
    pub(super) stays_in_account: bool,
}

impl Prepared {
    pub(super) fn all(techniques: &'static [Technique], actions: &mut Actions) -> Vec<Self> {
        for extra in techniques
            .iter()
            .flat_map(|technique| &technique.needs)
            .filter_map(|need| need.when_full.as_ref())
        {
            actions.number(extra);
        }
        let mut prepare = |technique: &'static Technique| Self {
            technique,
            needs: technique
                .needs
                .iter()
                .map(|need| need.any.iter().map(|action| actions.number(action)).collect())
                .collect(),
            shared: shared(technique),
            stays_in_account: technique
                .needs
                .iter()
                .any(|need| need.any.iter().all(|action| action.starts_with("iam:"))),
        };
        techniques.iter().map(&mut prepare).collect()
    }

    /// The actions that are asked about a particular resource.
    pub(super) fn aimed(&self) -> impl Iterator<Item = ActionNo> + '_ {
        self.each().filter(|(need, _)| is_aimed(need.on)).flat_map(|(_, actions)| actions.iter().copied())
    }

    /// The actions of the first need that is about the target, by which callers are looked up, and what of the target
    /// they are asked on.
    pub(super) fn first_aimed(&self, assume_role: ActionNo) -> Option<(On, &[ActionNo])> {
        let mut aimed =
            self.each().filter(|(need, actions)| is_aimed(need.on) && !actions.contains(&assume_role));
        aimed.next().map(|(need, actions)| (need.on, actions))
    }

    /// The needs with their actions.
    pub(super) fn each(&self) -> impl Iterator<Item = (&'static Need, &[ActionNo])> {
        self.technique.needs.iter().zip(self.needs.iter().map(Vec::as_slice))
    }

    /// Whether whoever changes its target goes on to become it by this technique.
    pub(super) fn is_followed_by(&self, technique: &Technique) -> bool {
        self.technique.then.contains(&technique.category)
    }

    /// Whether whoever has a set of actions may be able to take the step, other than by the word of a trust policy alone.
    pub(super) fn may_begin(&self, mask: Mask, assume_role: ActionNo) -> bool {
        self.technique.becomes != Becomes::Nothing
            && self.may_be_met_by(mask, assume_role)
            && self.needs.iter().any(|actions| mask.has_any(actions))
    }

    /// Whether it takes that the target's trust policy lets the caller in.
    pub(super) fn enters_by_trust(&self, assume_role: ActionNo) -> bool {
        self.each()
            .any(|(need, actions)| need.policy == ResourcePolicy::AsRead && actions.contains(&assume_role))
    }

    /// Whether a set of actions has one for each need. Whom a role's trust policy names needs no policy to assume it.
    pub(super) fn may_be_met_by(&self, mask: Mask, assume_role: ActionNo) -> bool {
        self.each().all(|(_, actions)| actions.contains(&assume_role) || mask.has_any(actions))
    }
}

/// The needs that are about one thing: those of something new whose actions name the same type of resource first.
fn shared(technique: &Technique) -> Vec<Vec<usize>> {
    let mut by_type: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
    for (number, need) in technique.needs.iter().enumerate().filter(|(_, need)| need.on == On::New) {
        if let Some(named) = need.any.first().and_then(|action| fresh::first_type(action)) {
            by_type.entry(named).or_default().push(number);
        }
    }
    by_type.into_values().filter(|numbers| numbers.len() > 1).collect()
}

pub(super) fn is_aimed(on: On) -> bool {
    matches!(on, On::Target | On::TargetPolicy | On::TargetGroup | On::AdminGroup | On::Workload)
}
