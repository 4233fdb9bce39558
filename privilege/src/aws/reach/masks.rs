//! What the policies of principals name and deny, worked out once for each text.

use census_model::{Grant, Group, IdentityKind, PolicyId};

use super::{actions::Mask, node::Who, world::World};
use crate::{
    aws::{access::Change, policy::Policy},
    escalation::NodeId,
};

/// What a policy denies.
#[derive(Clone, Copy, Default)]
pub(super) struct Denied {
    /// On something, under some condition.
    pub(super) somehow: Mask,
    /// On whatever, under none.
    pub(super) wholly: Mask,
}

impl<'s, 'e> World<'s, 'e> {
    /// What the policies of a principal name.
    pub(super) fn mask_of(&mut self, id: NodeId) -> Mask {
        let giving: Vec<_> = match (self.node(id).map(|node| &node.who), self.actor(id)) {
            // The root user needs no policy.
            (Some(Who::Identity(identity, _)), _) if identity.kind == IdentityKind::AwsRootUser => {
                return Mask::all();
            }
            (Some(Who::Identity(_, form)), Some(actor)) if !form.has(&Change::Raised) => {
                actor.giving().collect()
            }
            (Some(Who::Identity(..) | Who::Administrator(_)), Some(_)) => return Mask::all(),
            _ => return Mask::default(),
        };
        let mut mask = Mask::default();
        for (policy, text) in giving {
            mask.union(match text {
                Some(text) => self.mask_of_text(text, policy),
                None => self.actions.named_by(policy),
            });
        }
        mask
    }

    /// What a group's policies give.
    pub(super) fn given_by(&mut self, group: &'e Group) -> Mask {
        let access = self.access;
        let mut mask = Mask::default();
        for grant in access.index().grants_of_group(&group.id) {
            if let (Some(text), Some(policy)) = (&grant.policy, access.policy_of(grant)) {
                mask.union(self.mask_of_text(text, policy));
            }
        }
        mask
    }

    /// What an attached policy denies.
    pub(super) fn denied_by(&mut self, grant: &'e Grant) -> Denied {
        let (access, actions) = (self.access, self.actions);
        let (Some(text), Some(policy)) = (&grant.policy, access.policy_of(grant)) else {
            return Denied::default();
        };
        let denied =
            || Denied { somehow: actions.denied_by(policy), wholly: actions.wholly_denied_by(policy) };
        *self.denials.entry(text).or_insert_with(denied)
    }

    fn mask_of_text(&mut self, text: &'s PolicyId, policy: &Policy) -> Mask {
        let actions = self.actions;
        *self.masks.entry(text).or_insert_with(|| actions.named_by(policy))
    }
}
