//! The routes that somebody can take, by the permissions that each takes.

use std::collections::BTreeSet;

use census_model::{Decision, Identity, ScopeId, ScopeKind, Text, VaultNeed, VaultWay, Verdict, Via};

use super::{
    actors::Actor,
    routes::{self, Need, On, Route},
    weigh::{Asking, because, gaps, open, without_plane},
};
use crate::azure::access::Spot;

impl<'q, 'e> Asking<'q, 'e> {
    /// The routes that it can take, over all that the vault holds or one object.
    pub(super) fn ways(
        &self,
        actor: &Actor<'e>,
        who: &'e Identity,
        object: Option<&'q str>,
    ) -> Vec<VaultWay> {
        let Some(vault) = self.place.one() else { return Vec::new() };
        let routes: Vec<&'static Route> = match object {
            None => routes::into(vault, self.place.home()).collect(),
            Some(object) => routes::over(vault, self.place.home(), object).collect(),
        };
        let way = |route: &'static Route| {
            let needs: Option<Vec<VaultNeed>> =
                route.needs.iter().map(|need| self.need(need, actor, who, object)).collect();
            let mut needs = needs?;
            // Most take one permission, and there are many of them.
            needs.shrink_to_fit();
            let decision = needs.iter().map(|need| need.decision).max()?;
            Some(VaultWay { route: route.id.clone(), object: object.map(Into::into), decision, needs })
        };
        routes.into_iter().filter_map(way).collect()
    }

    /// The strongest answer to a permission that a route takes, if it is not denied.
    fn need(
        &self,
        need: &'static Need,
        actor: &Actor<'e>,
        who: &'e Identity,
        object: Option<&'q str>,
    ) -> Option<VaultNeed> {
        let mut best: Option<VaultNeed> = None;
        for action in &need.any {
            let found = match need.on {
                On::Vault | On::Subscription => {
                    let inquiry = match object {
                        None => self.of_routes.get(&(&**action, need.on))?,
                        Some(object) => self.over_objects.get(&(object, &**action))?,
                    };
                    self.assigning(inquiry.verdict(who), need, action, who, object)
                }
                On::Beside | On::Anywhere => {
                    self.elsewhere(action, need.on, actor, who).map(|verdict| (None, verdict))
                }
            };
            let Some((assigning, verdict)) = found else { continue };
            let found = VaultNeed {
                action: without_plane(action).into(),
                assigning,
                decision: verdict.decision,
                open: open(&verdict),
                gaps: gaps(&verdict),
                because: because(verdict),
            };
            if best.as_ref().is_none_or(|known| found.decision < known.decision) {
                best = Some(found);
            }
        }
        best
    }

    /// The answer, with the role by which it comes out best where one has to be assigned: a condition may let only some
    /// be assigned, and not to everybody.
    fn assigning(
        &self,
        verdict: Verdict,
        need: &'static Need,
        action: &'static str,
        who: &'e Identity,
        object: Option<&str>,
    ) -> Option<(Option<Text>, Verdict)> {
        if !self.says_something(&verdict) {
            return None;
        }
        let Some(first) = need.assigning.first() else { return Some((None, verdict)) };
        // Nothing is asked of what is assigned.
        if verdict.decision != Decision::Conditional {
            return Some((Some(first.name.clone()), verdict));
        }
        let vault = self.place.one()?;
        let spot = object.map_or(Spot::Vault(vault), |object| Spot::Object(vault, object.into()));
        let (assigned, verdict) = self.assigned(&verdict, need, action, &spot, who)?;
        Some((Some(assigned), verdict))
    }

    /// The strongest answer at any scope at which roles are held.
    fn elsewhere(&self, action: &str, on: On, actor: &Actor<'e>, who: &'e Identity) -> Option<Verdict> {
        let question = self.questions.get(action)?;
        let scopes_of = &self.access.index().estate().scopes;
        let above = self.place.chain.as_slice();
        let subscription = self.place.subscription().map(ScopeId::as_str);
        let within = subscription
            .and_then(|one| one.rsplit_once('/'))
            .map(|(_, id)| format!("azure:/subscriptions/{id}/"));
        let is_beside = |scope: &ScopeId| {
            above.contains(scope)
                || within.as_ref().is_some_and(|within| scope.as_str().starts_with(within.as_str()))
        };
        let roles = actor.grants.iter().filter(|grant| matches!(grant.via, Via::RoleAssignment { .. }));
        let scopes: BTreeSet<&ScopeId> = roles.map(|grant| &grant.scope).collect();
        // Nothing new is made in a single resource, and what it holds is not copied beside itself.
        let holds_others = |scope: &ScopeId| {
            let is_resource = scopes_of.get(scope).is_some_and(|one| one.kind == ScopeKind::Resource);
            !is_resource || (on == On::Beside && !above.contains(scope))
        };
        let scopes = scopes.into_iter().filter(|scope| holds_others(scope));
        let scopes = scopes.filter(|scope| on == On::Anywhere || is_beside(scope));
        let answers = scopes.filter_map(|scope| {
            let inquiry = self.access.ask_about(question, &Spot::Scope(scope.clone())).ok()?;
            Some(inquiry.verdict(who))
        });
        answers.filter(|verdict| verdict.decision != Decision::Denied).min_by_key(|verdict| verdict.decision)
    }
}
