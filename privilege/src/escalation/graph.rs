//! The steps that matter: those into principals from which administration can be reached.

use std::collections::{BTreeMap, BTreeSet, VecDeque, btree_map::Entry};

/// A principal, in one of its forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub u32);

/// Whether a step can be taken whatever is only known at run time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Certainty {
    /// It can.
    Certain,
    /// It depends.
    Conditional,
}

/// Whether a step counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// Its technique is documented.
    Established,
    /// It may work; it raises no level.
    Possible,
}

/// A step: whoever acts as `from` can act as `to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Edge {
    /// Who.
    pub from: NodeId,
    /// As whom afterwards.
    pub to: NodeId,
    /// Whether it counts.
    pub standing: Standing,
    /// Whether it is certain.
    pub certainty: Certainty,
    /// The technique, by the cloud's own number.
    pub technique: u16,
    /// What it goes through, by the cloud's own number.
    pub through: u32,
}

/// What a cloud knows.
pub trait Steps {
    /// The steps by which somebody becomes `target`. Each step is told once.
    fn into(&mut self, target: NodeId) -> Vec<Edge>;
}

/// Which steps a question is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Those that are certain and count.
    Certain,
    /// Those that count.
    Established,
    /// All.
    All,
}

impl Kept {
    fn keeps(self, edge: &Edge) -> bool {
        match self {
            Self::Certain => edge.certainty == Certainty::Certain && edge.standing == Standing::Established,
            Self::Established => edge.standing == Standing::Established,
            Self::All => true,
        }
    }
}

/// The steps into everybody from whom a start can be reached.
#[derive(Debug, Default)]
pub struct Graph {
    edges: Vec<Edge>,
    /// Positions in `edges`, by where they lead.
    into: BTreeMap<NodeId, Vec<u32>>,
    /// Positions in `edges`, by where they come from.
    from: BTreeMap<NodeId, Vec<u32>>,
}

impl Graph {
    /// Walks back from the nodes that administer something, nearest first, and keeps every step on the way.
    pub fn explore(starts: impl IntoIterator<Item = NodeId>, steps: &mut dyn Steps) -> Self {
        let mut graph = Self::default();
        let mut queue: VecDeque<NodeId> = starts.into_iter().collect();
        let mut seen: BTreeSet<NodeId> = queue.iter().copied().collect();
        while let Some(target) = queue.pop_front() {
            let mut found = steps.into(target);
            found.sort_unstable();
            found.dedup();
            for edge in found {
                if seen.insert(edge.from) {
                    queue.push_back(edge.from);
                }
                graph.add(edge);
            }
        }
        graph
    }

    fn add(&mut self, edge: Edge) {
        let Ok(position) = u32::try_from(self.edges.len()) else { return };
        self.into.entry(edge.to).or_default().push(position);
        self.from.entry(edge.from).or_default().push(position);
        self.edges.push(edge);
    }

    /// The steps from a node.
    pub fn from(&self, node: NodeId) -> impl Iterator<Item = &Edge> {
        self.at(&self.from, node)
    }

    /// The steps into a node.
    pub fn into(&self, node: NodeId) -> impl Iterator<Item = &Edge> {
        self.at(&self.into, node)
    }

    /// The nodes that some step comes from, in order.
    pub fn sources(&self) -> impl Iterator<Item = NodeId> + '_ {
        self.from.keys().copied()
    }

    fn at<'g>(&'g self, map: &'g BTreeMap<NodeId, Vec<u32>>, node: NodeId) -> impl Iterator<Item = &'g Edge> {
        let positions = map.get(&node).map_or(&[][..], Vec::as_slice);
        positions.iter().filter_map(|position| self.edges.get(usize::try_from(*position).ok()?))
    }

    /// How many of the kept steps lead from each node to the nearest start; nodes that reach none are left out.
    pub fn distances(&self, starts: impl IntoIterator<Item = NodeId>, kept: Kept) -> BTreeMap<NodeId, u32> {
        let mut distances: BTreeMap<NodeId, u32> = BTreeMap::new();
        let mut queue: VecDeque<NodeId> = VecDeque::new();
        for start in starts {
            if distances.insert(start, 0).is_none() {
                queue.push_back(start);
            }
        }
        while let Some(node) = queue.pop_front() {
            let next = distances.get(&node).map_or(0, |distance| distance + 1);
            for edge in self.into(node).filter(|edge| kept.keeps(edge)) {
                if let Entry::Vacant(free) = distances.entry(edge.from) {
                    free.insert(next);
                    queue.push_back(edge.from);
                }
            }
        }
        distances
    }

    pub(super) fn kept_from(&self, node: NodeId, kept: Kept) -> impl Iterator<Item = &Edge> {
        self.from(node).filter(move |edge| kept.keeps(edge))
    }
}
