//! Paths to administration: for each first step that leads there, the shortest way on.

use std::{cell::RefCell, collections::HashMap};

use super::graph::{Certainty, Distances, Edge, Graph, Kept, NodeId, Standing};

/// The steps of a path, first one first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Route(pub Vec<Edge>);

impl Route {
    /// Whether all steps are certain.
    pub fn certainty(&self) -> Certainty {
        self.0.iter().map(|edge| edge.certainty).max().unwrap_or(Certainty::Certain)
    }

    /// Whether all steps count.
    pub fn standing(&self) -> Standing {
        self.0.iter().map(|edge| edge.standing).max().unwrap_or(Standing::Established)
    }

    fn order(&self) -> (usize, Certainty, Vec<(u16, NodeId)>) {
        let steps = self.0.iter().map(|edge| (edge.technique, edge.to)).collect();
        (self.0.len(), self.certainty(), steps)
    }
}

/// The shortest ways to some starts.
pub struct Routes<'g> {
    graph: &'g Graph,
    kept: Kept,
    distances: Distances<'g>,
    next: RefCell<HashMap<NodeId, Option<Edge>>>,
}

impl<'g> Routes<'g> {
    /// By the kept steps.
    pub fn new(graph: &'g Graph, starts: impl IntoIterator<Item = NodeId>, kept: Kept) -> Self {
        Self { graph, kept, distances: graph.distances(starts, kept), next: RefCell::default() }
    }

    /// Whether a node reaches a start, itself included.
    pub fn reaches(&self, node: NodeId) -> bool {
        self.distances.get(node).is_some()
    }

    /// The nodes that reach a start.
    pub fn nodes(&self) -> Vec<NodeId> {
        self.distances.nodes()
    }

    /// How many steps a node is away; none where it does not reach a start.
    pub fn distance(&self, node: NodeId) -> Option<u32> {
        self.distances.get(node)
    }

    /// The first of the paths from a node: the shortest, of those as long as each other a certain one.
    pub fn first(&self, node: NodeId) -> Option<Route> {
        let nearer = self.distances.get(node)?.checked_sub(1)?;
        let firsts = self.graph.kept_from(node, self.kept);
        let firsts = firsts.filter(|edge| self.distances.get(edge.to) == Some(nearer));
        firsts.filter_map(|first| self.along(node, *first)).min_by_key(Route::order)
    }

    /// A path for each first step from a node, the shortest first; of paths as long as each other, certain ones first.
    pub fn from(&self, node: NodeId) -> Vec<Route> {
        let firsts = self.graph.kept_from(node, self.kept);
        let mut routes: Vec<Route> = firsts.filter_map(|first| self.along(node, *first)).collect();
        routes.sort_by_cached_key(Route::order);
        routes.dedup();
        routes
    }

    /// The path that begins with a step and goes on the shortest way; `None` where that leads nowhere or back.
    fn along(&self, source: NodeId, first: Edge) -> Option<Route> {
        let mut steps = vec![first];
        let mut at = first.to;
        let mut left = self.distances.get(at)?;
        while left > 0 {
            if at == source {
                return None;
            }
            let next = self.next(at)?;
            steps.push(next);
            at = next.to;
            left -= 1;
        }
        (at != source).then_some(Route(steps))
    }

    /// The step by which the shortest way goes on, worked out once.
    fn next(&self, node: NodeId) -> Option<Edge> {
        if let Some(known) = self.next.borrow().get(&node) {
            return *known;
        }
        let nearer = self.distances.get(node)?.checked_sub(1)?;
        let all = self.graph.kept_from(node, self.kept);
        let next = all
            .filter(|edge| self.distances.get(edge.to) == Some(nearer))
            .min_by_key(|edge| (edge.certainty, edge.standing, edge.technique, edge.to))
            .copied();
        self.next.borrow_mut().insert(node, next);
        next
    }
}
