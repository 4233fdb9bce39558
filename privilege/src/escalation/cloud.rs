//! What a cloud tells of its principals, so that one search goes over all clouds.

use std::collections::BTreeSet;

use census_model::{Cut, GapId, Identity, ScopeId, Step, Technique, TechniqueId};

use super::{
    graph::{Edge, NodeId, Steps},
    own::Ended,
};

/// A scope that can be administered, and the node at which paths to its administration end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Goal<'e> {
    /// Where paths end.
    pub(crate) node: NodeId,
    /// What whoever is there administers.
    pub(crate) scope: &'e ScopeId,
}

/// An edge, as the owner of a path is told of it.
pub(crate) enum Told {
    /// A step.
    Step {
        /// In words, with what proves it.
        step: Step,
        /// The changes each of which would end it.
        cuts: Vec<Cut>,
        /// What was not read and could stand against it, besides what limits everything of whoever takes it.
        limits: Vec<GapId>,
    },
    /// Nothing: whoever is there does not have to do anything.
    Nothing,
}

/// A step that there may be, as far as what was read tells.
pub(crate) struct Unread {
    /// Who might take it.
    pub(crate) from: BTreeSet<NodeId>,
    /// Whom they might become.
    pub(crate) to: NodeId,
    /// What was not read.
    pub(crate) gaps: Vec<GapId>,
}

/// The principals of one or more clouds as nodes of one graph.
pub(crate) trait Cloud<'e>: Steps {
    /// What a search has counted so far.
    type Counted;

    /// The scopes that can be administered.
    fn goals(&self) -> Vec<Goal<'e>>;

    /// The scope that whoever is at a node administers, where the node is a goal.
    fn administered(&self, node: NodeId) -> Option<&'e ScopeId>;

    /// The identity that a node is, as it was read: one whose reach is told.
    fn as_read(&self, node: NodeId) -> Option<&'e Identity>;

    /// The identity as which whoever is at a node acts; `None` where that is whoever it was before.
    fn acts_as(&self, node: NodeId) -> Option<&'e Identity>;

    /// What is told of an edge that `acting` takes; `None` where it cannot be told, so that no path has it.
    fn tell(&self, edge: &Edge, acting: &'e Identity) -> Option<Told>;

    /// The technique of this id.
    fn technique(&self, id: &TechniqueId) -> Option<Technique>;

    /// The steps of which it was not read whether there are any.
    fn unread(&mut self) -> Vec<Unread> {
        Vec::new()
    }

    /// Counts from nothing again; what was counted so far is given back.
    fn begin_anew(&mut self) -> Self::Counted;

    /// Goes on with what was counted.
    fn resume(&mut self, counted: Self::Counted);

    /// Whose searches have ended so far; they are forgotten.
    fn take_ended(&mut self) -> Ended;
}
