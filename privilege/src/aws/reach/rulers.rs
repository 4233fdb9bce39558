//! Steps of those who administer an account: to its administration, and as whom they like.

use census_model::ScopeKind;

use super::steps::{Administrators, Found, Through};
use crate::{
    escalation::{Certainty, Edge, NodeId, Standing},
    truth::Truth,
};

impl Found<'_, '_> {
    fn pseudo(&mut self, from: NodeId, to: NodeId, truth: Truth) -> Edge {
        let certainty = if truth == Truth::Yes { Certainty::Certain } else { Certainty::Conditional };
        let through = self.through(Through::Nothing, None);
        Edge { from, to, standing: Standing::Established, certainty, technique: self.administration, through }
    }

    fn tells_of_administrators(&self) -> bool {
        let leads_abroad =
            || self.world.access.index().estate().scopes.values().any(|one| one.kind == ScopeKind::Tenant);
        self.administrators == Administrators::Everywhere || self.world.accounts.len() > 1 || leads_abroad()
    }

    /// From everybody who administers an account to its goal.
    pub(super) fn administrators(&mut self, goal: NodeId, account: usize) -> Vec<Edge> {
        let in_account = self.world.nodes.iter().enumerate().filter(|(_, node)| node.account == account);
        let admins: Vec<(NodeId, Truth)> = in_account
            .filter(|(_, node)| node.admin != Truth::No)
            .filter_map(|(position, node)| Some((NodeId(u32::try_from(position).ok()?), node.admin)))
            .collect();
        admins.into_iter().map(|(from, truth)| self.pseudo(from, goal, truth)).collect()
    }

    /// From everybody who administers an account to its administrator in general, where that leads on elsewhere.
    pub(super) fn holders(&mut self, administrator: NodeId, account: usize) -> Vec<Edge> {
        if !self.tells_of_administrators() {
            return Vec::new();
        }
        let mut edges = self.administrators(administrator, account);
        edges.retain(|edge| edge.from != administrator);
        edges
    }

    /// Whoever administers an account acts as anybody in it; that matters where these lead on elsewhere.
    pub(super) fn as_administrator(&mut self, target: NodeId, account: usize) -> Vec<Edge> {
        if !self.tells_of_administrators() {
            return Vec::new();
        }
        let administrator = self.world.accounts.get(account).map(|account| account.administrator);
        let Some(from) = administrator else { return Vec::new() };
        // Nobody does so more surely than the account can be administered at all.
        match self.world.node(from).map_or(Truth::No, |node| node.admin) {
            Truth::No => Vec::new(),
            truth => vec![self.pseudo(from, target, truth)],
        }
    }
}
