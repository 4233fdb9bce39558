//! What one class of identities may do in one class of vaults. Every answer is the engine's.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use census_model::{
    Because, Decision, GapId, Identity, Part, ScopeId, ScopeKind, TechniqueId, Text, VaultAccess, VaultHold,
    VaultNeed, VaultPower, VaultWay, Verdict, Via,
};

use super::{
    assigning::Candidates,
    classes::{Actor, Place},
    powers,
    routes::{self, Need, On, Route},
};
use crate::azure::access::{Access, Inquiry, Question, Spot};

/// Every action that is asked about, once, and the roles that would do where one is assigned.
pub(super) struct Questions {
    asked: HashMap<&'static str, Question>,
    pub(super) candidates: Candidates,
}

impl Questions {
    pub(super) fn new(access: &Access<'_>) -> Self {
        let of_routes = routes::all().iter().flat_map(|route| &route.needs).flat_map(|need| &need.any);
        let all = powers::actions().chain(of_routes.map(|action| &**action));
        // An action that is none could not be asked; tests show that there is no such one.
        let asked = all.filter_map(|action| Some((action, Question::new(action, "").ok()?))).collect();
        Self { asked, candidates: Candidates::of(access) }
    }

    fn get(&self, action: &str) -> Option<&Question> {
        self.asked.get(action)
    }
}

/// A power with an action that makes it, ready to be asked of anybody.
struct Asked<'q, 'e> {
    power: VaultPower,
    action: &'static str,
    inquiry: Inquiry<'q, 'e>,
}

/// All that is asked of a place.
pub(super) struct Asking<'q, 'e> {
    pub(super) access: &'q Access<'e>,
    pub(super) questions: &'q Questions,
    place: &'q Place<'e>,
    of_vault: Vec<Asked<'q, 'e>>,
    of_objects: BTreeMap<&'q str, Vec<Asked<'q, 'e>>>,
    of_routes: HashMap<(&'static str, On), Inquiry<'q, 'e>>,
    /// The same of single objects.
    over_objects: HashMap<(&'q str, &'static str), Inquiry<'q, 'e>>,
    /// What leaves open who else gets in.
    pub(super) unread: BTreeSet<GapId>,
}

impl<'q, 'e> Asking<'q, 'e> {
    /// `strangers` are identities to whom nothing is granted here: a program's and a person's.
    pub(super) fn new(
        access: &'q Access<'e>,
        questions: &'q Questions,
        place: &'q Place<'e>,
        strangers: &[&'e Identity],
    ) -> Option<Self> {
        let vault = place.one()?;
        let mut asking = Self {
            access,
            questions,
            place,
            of_vault: Vec::new(),
            of_objects: BTreeMap::new(),
            of_routes: HashMap::new(),
            over_objects: HashMap::new(),
            unread: BTreeSet::new(),
        };
        let rows = powers::of(vault);
        asking.of_vault = asking.asked(&rows, &Spot::Vault(vault), |_| true);
        for object in &place.objects {
            let spot = Spot::Object(vault, object.clone());
            let asked = asking.asked(&rows, &spot, |power| powers::is_over(vault, power, object));
            asking.of_objects.insert(object, asked);
            let over = routes::over(vault, object).flat_map(|route| &route.needs);
            for action in over.flat_map(|need| &need.any) {
                let inquiry = questions.get(action).and_then(|one| access.ask_about(one, &spot).ok());
                asking.over_objects.extend(inquiry.map(|inquiry| ((&**object, &**action), inquiry)));
            }
        }
        for need in routes::into(vault).flat_map(|route| &route.needs) {
            let spot = match (need.on, place.subscription()) {
                (On::Vault, _) => Spot::Vault(vault),
                (On::Subscription, Some(scope)) => Spot::Scope(scope.clone()),
                (On::Subscription | On::Beside | On::Anywhere, _) => continue,
            };
            for action in &need.any {
                let inquiry = questions.get(action).and_then(|one| access.ask_about(one, &spot).ok());
                asking.of_routes.extend(inquiry.map(|inquiry| ((&**action, need.on), inquiry)));
            }
        }
        let all = asking.of_vault.iter().map(|one| &one.inquiry).chain(asking.of_routes.values());
        let open = all.flat_map(|inquiry| strangers.iter().map(|who| inquiry.verdict(who)));
        let open = open.filter(|verdict| verdict.decision == Decision::Unknown);
        asking.unread = open.flat_map(|verdict| verdict.may_widen).map(|gap| gap.id).collect();
        asking.unread.extend(access.unread_holders(|grant| place.bears(grant)));
        Some(asking)
    }

    fn asked(
        &self,
        rows: &[powers::Row],
        spot: &Spot<'e>,
        is_meant: impl Fn(VaultPower) -> bool,
    ) -> Vec<Asked<'q, 'e>> {
        let mut asked = Vec::new();
        for (power, actions) in rows.iter().filter(|(power, _)| is_meant(*power)) {
            for action in *actions {
                let Some(question) = self.questions.get(action) else { continue };
                // What access policies do not speak of cannot be done where they decide.
                let Ok(inquiry) = self.access.ask_about(question, spot) else { continue };
                asked.push(Asked { power: *power, action, inquiry });
            }
        }
        asked
    }

    /// What one may do here, and could.
    pub(super) fn of(&self, actor: &Actor<'e>) -> VaultAccess {
        let Some(who) = actor.one() else { return VaultAccess::default() };
        let mut holds = self.best(&self.of_vault, who, None);
        let of_vault: BTreeMap<VaultPower, Decision> =
            holds.iter().map(|hold| (hold.power, hold.decision)).collect();
        let on: BTreeSet<&str> =
            actor.grants.iter().filter_map(|grant| self.place.object_of(grant)).collect();
        let mut ways = self.ways(actor, who, None);
        for object in on {
            let Some(asked) = self.of_objects.get(object) else { continue };
            let found = self.best(asked, who, Some(object)).into_iter();
            // What is held over all is not said of each again.
            holds.extend(
                found.filter(|hold| of_vault.get(&hold.power).is_none_or(|above| hold.decision < *above)),
            );
            let is_new = |way: &VaultWay| {
                let above = ways.iter().find(|one| one.route == way.route && one.object.is_none());
                above.is_none_or(|above| way.decision < above.decision)
            };
            let found: Vec<VaultWay> =
                self.ways(actor, who, Some(object)).into_iter().filter(is_new).collect();
            ways.extend(found);
        }
        // Who reads a secret has no need of a way to it.
        let reads = |object: &str| {
            let certain = holds.iter().filter(|hold| hold.decision == Decision::Allowed);
            certain
                .filter(|hold| hold.power == VaultPower::SecretsRead)
                .any(|hold| hold.object.as_deref().is_none_or(|one| one == object))
        };
        ways.retain(|way| way.object.as_deref().is_none_or(|object| !reads(object)));
        holds.sort_by(|a, b| (a.power, &a.object).cmp(&(b.power, &b.object)));
        VaultAccess { holds, ways }
    }

    /// The routes that it can take, over all that the vault holds or one object.
    fn ways(&self, actor: &Actor<'e>, who: &'e Identity, object: Option<&'q str>) -> Vec<VaultWay> {
        let Some(vault) = self.place.one() else { return Vec::new() };
        let routes: Vec<&'static Route> = match object {
            None => routes::into(vault).collect(),
            Some(object) => routes::over(vault, object).collect(),
        };
        let way = |route: &'static Route| {
            let needs: Option<Vec<VaultNeed>> =
                route.needs.iter().map(|need| self.need(need, actor, who, object)).collect();
            let needs = needs?;
            let decision = needs.iter().map(|need| need.decision).max()?;
            let route = TechniqueId::new(&*route.id);
            Some(VaultWay { route, object: object.map(Into::into), decision, needs })
        };
        routes.into_iter().filter_map(way).collect()
    }

    /// The strongest answer to each power; denied ones are left out, and those that are as open to everybody.
    fn best(&self, asked: &[Asked<'q, 'e>], who: &'e Identity, object: Option<&str>) -> Vec<VaultHold> {
        let mut found: BTreeMap<VaultPower, (&'static str, Verdict)> = BTreeMap::new();
        for one in asked {
            if found.get(&one.power).is_some_and(|(_, known)| known.decision == Decision::Allowed) {
                continue;
            }
            let verdict = one.inquiry.verdict(who);
            let is_better = found.get(&one.power).is_none_or(|(_, known)| verdict.decision < known.decision);
            if self.says_something(&verdict) && is_better {
                found.insert(one.power, (one.action, verdict));
            }
        }
        let hold = |(power, (action, verdict)): (VaultPower, (&'static str, Verdict))| VaultHold {
            power,
            object: object.map(Into::into),
            decision: verdict.decision,
            action: without_plane(action).into(),
            open: open(&verdict),
            gaps: gaps(&verdict),
            because: because(verdict),
        };
        found.into_iter().map(hold).collect()
    }

    /// Whether an answer is more than that nothing is known of anybody.
    pub(super) fn says_something(&self, verdict: &Verdict) -> bool {
        match verdict.decision {
            Decision::Denied => false,
            Decision::Unknown => verdict.may_widen.iter().any(|gap| !self.unread.contains(&gap.id)),
            Decision::Allowed | Decision::Conditional => true,
        }
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

fn without_plane(action: &str) -> &str {
    action.split_once(':').map_or(action, |(_, action)| action)
}

fn open(verdict: &Verdict) -> Option<census_model::Text> {
    verdict.residual.as_ref().map(|residual| residual.text.clone())
}

fn gaps(verdict: &Verdict) -> Vec<GapId> {
    let all: BTreeSet<&GapId> =
        verdict.may_widen.iter().chain(&verdict.may_narrow).map(|gap| &gap.id).collect();
    all.into_iter().cloned().collect()
}

/// What decides; of what is not known, what comes near.
fn because(verdict: Verdict) -> Vec<Because> {
    let is_open = verdict.decision == Decision::Unknown;
    let counts = |one: &Because| is_open || matches!(one.part, Part::Decides | Part::MayDecide);
    verdict.because.into_iter().filter(counts).collect()
}
