//! Many questions about few things: what they are about is known and not looked up again.

use census_model::{GapId, Grant, Provider, ScopeId, Vault};

use super::{
    Access, Inquiry, Question, QuestionError, Read, doubts,
    question::{Plane, Target, chain, ids},
};

/// The reads that bring the principals of a directory.
const PRINCIPALS: [&str; 2] = ["Application.Read.All", "User.Read.All"];

/// Something that is known, about which much is asked.
#[derive(Clone, Debug)]
pub(in crate::azure) enum Spot<'e> {
    /// A vault or managed HSM.
    Vault(&'e Vault),
    /// What one holds: `/secrets/x`, in lower case.
    Object(&'e Vault, Box<str>),
    /// A scope of the estate.
    Scope(ScopeId),
}

impl<'e> Access<'e> {
    /// A question whose action says its plane, about a spot.
    pub(in crate::azure) fn ask_about<'a>(
        &'a self,
        question: &'a Question,
        spot: &Spot<'e>,
    ) -> Result<Inquiry<'a, 'e>, QuestionError> {
        Inquiry::about(self, question, self.target(spot))
    }

    /// The scopes of a spot and those above, innermost first.
    pub(in crate::azure) fn chain(&self, spot: &Spot<'e>) -> Vec<ScopeId> {
        self.target(spot).chain
    }

    /// The gaps that bear on answers about a spot, by their place in the estate.
    pub(in crate::azure) fn gaps_about(&self, spot: &Spot<'e>) -> Vec<usize> {
        let target = self.target(spot);
        let gaps = self.index.estate().gaps.iter().enumerate();
        gaps.filter(|(_, gap)| gap.provider == Provider::Azure && doubts::bears_on_access(gap))
            .filter(|(_, gap)| doubts::touches(gap, &target))
            .map(|(at, _)| at)
            .collect()
    }

    /// The gaps of principals, if any of these grants is somebody's who is not there: who that is was not read.
    pub(in crate::azure) fn unread_holders(&self, is_meant: impl Fn(&Grant) -> bool) -> Vec<GapId> {
        if !self.lost.iter().any(|grant| is_meant(grant)) {
            return Vec::new();
        }
        PRINCIPALS.iter().flat_map(|read| self.gaps_of(read)).map(|gap| gap.id.clone()).collect()
    }

    /// The gaps that leave open who is in which group.
    pub(in crate::azure) fn gaps_of_groups(&self) -> impl Iterator<Item = &'e census_model::Gap> {
        [doubts::GROUPS, doubts::ELIGIBLE_MEMBERS]
            .into_iter()
            .flat_map(|read| self.gaps_of(read).iter().copied())
    }

    /// Whether management groups may lie elsewhere than is known.
    pub(in crate::azure) fn is_tree_open(&self) -> bool {
        !self.gaps_of(doubts::TREE).is_empty()
    }

    /// What groups hold, where not all members of groups were read.
    pub(in crate::azure) fn of_open_groups(&self) -> &[&'e Grant] {
        let is_open =
            [doubts::GROUPS, doubts::ELIGIBLE_MEMBERS].iter().any(|read| !self.gaps_of(read).is_empty());
        if is_open { &self.of_groups } else { &[] }
    }

    /// Whether what is granted covers any of these actions, given in lower case. A text that was not understood may.
    pub(in crate::azure) fn covers_any(&self, grant: &Grant, actions: &[(Plane, Box<str>)]) -> bool {
        match grant.policy.as_ref().and_then(|id| self.text(id)) {
            Some(Read::Permissions(permissions)) => {
                actions.iter().any(|(plane, action)| permissions.covering(*plane, action).next().is_some())
            }
            Some(Read::Policies(_) | Read::Directory(_) | Read::Unusable) | None => true,
        }
    }

    fn target(&self, spot: &Spot<'e>) -> Target<'e> {
        let index = self.index;
        match spot {
            Spot::Vault(vault) => Target::in_vault(index, vault, None),
            Spot::Object(vault, object) => Target::in_vault(index, vault, Some(object.to_string())),
            Spot::Scope(scope) => {
                let rest = scope.as_str().strip_prefix("azure:").unwrap_or(scope.as_str());
                let id = match rest.strip_prefix("subscription/") {
                    Some(id) => format!("/subscriptions/{id}"),
                    None if rest.starts_with('/') => rest.to_owned(),
                    None => String::new(),
                };
                let is_in_subscription = id.starts_with("/subscriptions/");
                let chain = if is_in_subscription { chain(index, &id) } else { ids(index, scope) };
                Target { id, chain, vault: None, object: None }
            }
        }
    }
}
