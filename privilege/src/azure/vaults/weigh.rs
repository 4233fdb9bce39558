//! What one class of identities may do in one class of vaults. Every answer is the engine's.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use census_model::{
    Because, Decision, GapId, Identity, Part, VaultAccess, VaultHold, VaultPower, VaultWay, Verdict,
};

use super::{
    actors::Actor,
    assigning::Candidates,
    classes::Place,
    powers,
    routes::{self, On},
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

    pub(super) fn get(&self, action: &str) -> Option<&Question> {
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
    pub(super) place: &'q Place<'e>,
    of_vault: Vec<Asked<'q, 'e>>,
    of_objects: BTreeMap<&'q str, Vec<Asked<'q, 'e>>>,
    pub(super) of_routes: HashMap<(&'static str, On), Inquiry<'q, 'e>>,
    /// The same of single objects.
    pub(super) over_objects: HashMap<(&'q str, &'static str), Inquiry<'q, 'e>>,
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
            let over = routes::over(vault, place.home(), object).flat_map(|route| &route.needs);
            for action in over.flat_map(|need| &need.any) {
                let inquiry = questions.get(action).and_then(|one| access.ask_about(one, &spot).ok());
                asking.over_objects.extend(inquiry.map(|inquiry| ((&**object, &**action), inquiry)));
            }
        }
        for need in routes::into(vault, place.home()).flat_map(|route| &route.needs) {
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
        self.note_denied(&mut holds, who);
        let is_absent = |object: &str| self.place.absent.contains(object);
        ways.retain(|way| way.object.as_deref().is_none_or(|object| !is_absent(object)));
        holds.sort_by(|a, b| (a.power, &a.object).cmp(&(b.power, &b.object)));
        share(&mut holds, &mut ways);
        VaultAccess { holds, ways }
    }

    /// Says of what is held over all on which objects a denial takes it away, or leaves it less certain.
    fn note_denied(&self, holds: &mut [VaultHold], who: &'e Identity) {
        let Some(vault) = self.place.one() else { return };
        for object in &self.place.denied {
            let Some(asked) = self.of_objects.get(&**object) else { continue };
            let left = self.best(asked, who, Some(object));
            let over =
                |hold: &&mut VaultHold| hold.object.is_none() && powers::is_over(vault, hold.power, object);
            for hold in holds.iter_mut().filter(over) {
                let left = left.iter().find(|one| one.power == hold.power);
                if left.is_none_or(|left| left.decision > hold.decision) {
                    hold.except.push((&**object).into());
                }
            }
        }
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
            absent: object.is_some_and(|object| self.place.absent.contains(object)),
            except: Vec::new(),
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
}

pub(super) fn without_plane(action: &str) -> &str {
    action.split_once(':').map_or(action, |(_, action)| action)
}

pub(super) fn open(verdict: &Verdict) -> Option<census_model::Text> {
    verdict.residual.as_ref().map(|residual| residual.text.clone())
}

pub(super) fn gaps(verdict: &Verdict) -> Vec<GapId> {
    let all: BTreeSet<&GapId> =
        verdict.may_widen.iter().chain(&verdict.may_narrow).map(|gap| &gap.id).collect();
    all.into_iter().cloned().collect()
}

/// Keeps once what decides several answers: one role gives most of what somebody may do in a vault.
fn share(holds: &mut [VaultHold], ways: &mut [VaultWay]) {
    let of_holds = holds.iter_mut().map(|hold| &mut hold.because);
    let of_ways = ways.iter_mut().flat_map(|way| &mut way.needs).map(|need| &mut need.because);
    let mut known: Vec<Arc<[Because]>> = Vec::new();
    for because in of_holds.chain(of_ways) {
        match known.iter().find(|one| *one == because) {
            Some(one) => *because = Arc::clone(one),
            None => known.push(Arc::clone(because)),
        }
    }
}

/// What decides; of what is not known, what comes near.
pub(super) fn because(verdict: Verdict) -> Arc<[Because]> {
    let is_open = verdict.decision == Decision::Unknown;
    let counts = |one: &Because| is_open || matches!(one.part, Part::Decides | Part::MayDecide);
    verdict.because.into_iter().filter(counts).collect()
}
