//! The forms that identities take by what is changed of them, and whoever has changed somebody.

use census_model::{Identity, IdentityId};

use super::{node::Who, world::World};
use crate::{
    aws::access::{Boundary, Change, Form},
    escalation::NodeId,
};

/// How many forms of one identity are looked at.
const FORMS: usize = 64;

impl<'s, 'e> World<'s, 'e> {
    /// Whether no more forms of an identity are looked at.
    pub(super) fn is_full(&self, node: NodeId) -> bool {
        self.node(node).is_some_and(|node| self.forms(node.base).nth(FORMS - 1).is_some())
    }

    /// The node of an identity in another form, a new one where there is none yet.
    pub(super) fn changed(&mut self, node: NodeId, change: Change) -> Option<NodeId> {
        let (identity, form, account) = {
            let node = self.node(node)?;
            let (identity, form) = node.identity()?;
            (identity, form.with(change), node.account)
        };
        let base = self.of(&identity.id)?;
        if let Some(known) = self.forms.get(&(base, form.clone())) {
            return Some(*known);
        }
        let id = self.push(Who::Identity(identity, form.clone()), account);
        self.forms.insert((base, form), id);
        let mask = self.mask_of(id);
        if let Some(node) = self.node_mut(id) {
            node.mask = mask;
        }
        Some(id)
    }

    /// The node of somebody who has changed somebody, a new one where there is none yet.
    pub(super) fn steering(&mut self, caller: NodeId, target: NodeId) -> NodeId {
        if let Some(known) = self.steering.get(&(caller, target)) {
            return *known;
        }
        let account = self.node(caller).map_or(usize::MAX, |node| node.account);
        let id = self.push(Who::Steering { caller, target }, account);
        self.steering.insert((caller, target), id);
        id
    }

    /// Whom a step into a node is about: the target of whoever has only changed one.
    pub(super) fn about(&self, id: NodeId) -> Option<&'e Identity> {
        let node = self.node(id)?;
        match &node.who {
            Who::Steering { target, .. } => self.about(*target),
            _ => node.identity().map(|(identity, _)| identity),
        }
    }

    /// Whom, and from what account, a step into a node changes, in the form that it has then.
    pub(super) fn changed_by(&self, id: NodeId) -> Option<(&'e IdentityId, usize, &Form)> {
        let node = self.node(id)?;
        match &node.who {
            Who::Steering { target, .. } => self.changed_by(*target),
            _ => node.identity().map(|(identity, form)| (&identity.id, node.account, form)),
        }
    }

    /// What has become of the boundary of an identity, should that have changed.
    pub(super) fn boundary_left(&self, id: NodeId) -> Option<Boundary> {
        self.node(id)?.identity()?.1.freed()
    }

    /// The forms of an identity, how it was read not among them.
    pub(super) fn forms(&self, base: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        self.forms
            .range((base, Form::default())..)
            .take_while(move |((of, _), _)| *of == base)
            .map(|(_, id)| *id)
    }
}
