//! Who takes steps and becomes whom.

use std::cell::OnceCell;

use census_model::{Identity, IdentityKind, ScopeId};

use super::actions::Mask;
use crate::{
    aws::access::{Form, actor::Actor},
    escalation::NodeId,
    truth::Truth,
};

/// Who a node is.
#[derive(Clone, Debug)]
pub(super) enum Who<'e> {
    /// An identity, as it was read or changed.
    Identity(&'e Identity, Form),
    /// Whoever administers an account, though nobody in particular.
    Administrator(&'e ScopeId),
    /// Somebody who has changed somebody else, and is who it was.
    Steering {
        /// Who.
        caller: NodeId,
        /// Whom, in the form that it has now.
        target: NodeId,
    },
    /// Administration of the account: where paths end.
    Goal,
}

/// A principal in one of its forms.
pub(super) struct Node<'s, 'e> {
    pub(super) who: Who<'e>,
    /// The node of the same identity as it was read; itself for others.
    pub(super) base: NodeId,
    /// The position of its account.
    pub(super) account: usize,
    /// What its policies name.
    pub(super) mask: Mask,
    /// Whether it administers its account.
    pub(super) admin: Truth,
    pub(super) actor: OnceCell<Actor<'s, 'e>>,
}

impl<'s, 'e> Node<'s, 'e> {
    pub(super) fn identity(&self) -> Option<(&'e Identity, &Form)> {
        match &self.who {
            Who::Identity(identity, form) => Some((identity, form)),
            Who::Administrator(_) | Who::Steering { .. } | Who::Goal => None,
        }
    }

    /// Whether it is a role that is linked to a service.
    pub(super) fn is_service_linked(&self) -> bool {
        self.identity().is_some_and(|(identity, _)| is_below(identity, "/aws-service-role/"))
    }

    /// Whether it is a role that IAM Identity Center keeps.
    pub(super) fn is_reserved(&self) -> bool {
        self.identity().is_some_and(|(identity, _)| is_below(identity, "/aws-reserved/sso.amazonaws.com/"))
    }
}

/// Whether a role's path begins so.
pub(super) fn is_below(identity: &Identity, path: &str) -> bool {
    identity.kind == IdentityKind::AwsRole && identity.path.as_deref().is_some_and(|at| at.starts_with(path))
}
