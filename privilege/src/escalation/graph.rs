//! The steps that matter: those into principals from which administration can be reached.

use std::collections::HashMap;

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
    /// Everybody in it, by the order in which they were met.
    nodes: Vec<NodeId>,
    positions: HashMap<NodeId, u32>,
    /// Positions in `edges`, by where they lead: by the position of the node.
    into: Vec<Vec<u32>>,
    /// Positions in `edges`, by where they come from.
    from: Vec<Vec<u32>>,
}

impl Graph {
    /// Walks back from the nodes that administer something, nearest first, and keeps every step on the way.
    pub fn explore(starts: impl IntoIterator<Item = NodeId>, steps: &mut dyn Steps) -> Self {
        let mut graph = Self::default();
        for start in starts {
            graph.position(start);
        }
        let mut next = 0;
        while let Some(target) = graph.nodes.get(next).copied() {
            next += 1;
            let mut found = steps.into(target);
            found.sort_unstable();
            found.dedup();
            for edge in found {
                graph.add(edge);
            }
        }
        graph
    }

    /// Where a node is, which is met now if it was not before.
    fn position(&mut self, node: NodeId) -> u32 {
        let next = u32::try_from(self.nodes.len()).unwrap_or(u32::MAX);
        let position = *self.positions.entry(node).or_insert(next);
        if position == next {
            self.nodes.push(node);
            self.into.push(Vec::new());
            self.from.push(Vec::new());
        }
        position
    }

    fn add(&mut self, edge: Edge) {
        let Ok(number) = u32::try_from(self.edges.len()) else { return };
        let (from, to) = (self.position(edge.from), self.position(edge.to));
        self.edges.push(edge);
        if let Some(list) = self.into.get_mut(index(to)) {
            list.push(number);
        }
        if let Some(list) = self.from.get_mut(index(from)) {
            list.push(number);
        }
    }

    /// The steps from a node.
    pub fn from(&self, node: NodeId) -> impl Iterator<Item = &Edge> {
        self.at(&self.from, self.positions.get(&node).copied())
    }

    /// The steps into a node.
    pub fn into(&self, node: NodeId) -> impl Iterator<Item = &Edge> {
        self.at(&self.into, self.positions.get(&node).copied())
    }

    /// The nodes that some step comes from, in order.
    pub fn sources(&self) -> impl Iterator<Item = NodeId> + '_ {
        let with_steps = self.nodes.iter().zip(&self.from).filter(|(_, steps)| !steps.is_empty());
        let mut sources: Vec<NodeId> = with_steps.map(|(node, _)| *node).collect();
        sources.sort_unstable();
        sources.into_iter()
    }

    fn at<'g>(&'g self, map: &'g [Vec<u32>], position: Option<u32>) -> impl Iterator<Item = &'g Edge> {
        let numbers = position.and_then(|position| map.get(index(position))).map_or(&[][..], Vec::as_slice);
        numbers.iter().filter_map(|number| self.edges.get(index(*number)))
    }

    /// How many of the kept steps lead from each node to the nearest start.
    pub fn distances(&self, starts: impl IntoIterator<Item = NodeId>, kept: Kept) -> Distances<'_> {
        let mut found = Distances { graph: self, of: vec![None; self.nodes.len()], reached: Vec::new() };
        for start in starts {
            if let Some(position) = self.positions.get(&start) {
                found.reach(*position, 0);
            }
        }
        let mut next = 0;
        while let Some(position) = found.reached.get(next).copied() {
            next += 1;
            let distance =
                found.of.get(index(position)).copied().flatten().map_or(0, |distance| distance + 1);
            for edge in self.at(&self.into, Some(position)).filter(|edge| kept.keeps(edge)) {
                if let Some(from) = self.positions.get(&edge.from) {
                    found.reach(*from, distance);
                }
            }
        }
        found
    }

    pub(super) fn kept_from(&self, node: NodeId, kept: Kept) -> impl Iterator<Item = &Edge> {
        self.from(node).filter(move |edge| kept.keeps(edge))
    }
}

/// Distances to the nearest of some starts; of nodes that reach none there are none.
pub struct Distances<'g> {
    graph: &'g Graph,
    of: Vec<Option<u32>>,
    /// The positions of the nodes that reach a start, the nearest first.
    reached: Vec<u32>,
}

impl Distances<'_> {
    fn reach(&mut self, position: u32, distance: u32) {
        if let Some(free @ None) = self.of.get_mut(index(position)) {
            *free = Some(distance);
            self.reached.push(position);
        }
    }

    /// The distance of a node.
    pub fn get(&self, node: NodeId) -> Option<u32> {
        self.of.get(index(*self.graph.positions.get(&node)?)).copied().flatten()
    }

    /// The nodes that reach a start, in order.
    pub fn nodes(&self) -> Vec<NodeId> {
        let nodes = self.reached.iter().filter_map(|position| self.graph.nodes.get(index(*position)));
        let mut nodes: Vec<NodeId> = nodes.copied().collect();
        nodes.sort_unstable();
        nodes
    }
}

/// A position as Rust counts. On machines of less than 32 bits there is nothing at it.
fn index(position: u32) -> usize {
    usize::try_from(position).unwrap_or(usize::MAX)
}
