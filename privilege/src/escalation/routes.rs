//! Paths to administration: for each first step that leads there, the shortest way on.

use std::collections::BTreeMap;

use super::graph::{Certainty, Edge, Graph, Kept, NodeId, Standing};

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
    distances: BTreeMap<NodeId, u32>,
}

impl<'g> Routes<'g> {
    /// By the kept steps.
    pub fn new(graph: &'g Graph, starts: impl IntoIterator<Item = NodeId>, kept: Kept) -> Self {
        Self { graph, kept, distances: graph.distances(starts, kept) }
    }

    /// Whether a node reaches a start, itself included.
    pub fn reaches(&self, node: NodeId) -> bool {
        self.distances.contains_key(&node)
    }

    /// The nodes that reach a start.
    pub fn nodes(&self) -> impl Iterator<Item = NodeId> + '_ {
        self.distances.keys().copied()
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
        let mut left = *self.distances.get(&at)?;
        while left > 0 {
            if at == source {
                return None;
            }
            let nearer =
                |edge: &&Edge| self.distances.get(&edge.to).is_some_and(|distance| distance + 1 == left);
            let next = self
                .graph
                .kept_from(at, self.kept)
                .filter(nearer)
                .min_by_key(|edge| (edge.certainty, edge.standing, edge.technique, edge.to))?;
            steps.push(*next);
            at = next.to;
            left -= 1;
        }
        (at != source).then_some(Route(steps))
    }
}
