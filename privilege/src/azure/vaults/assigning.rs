//! Assigning a role: to itself, or to a group that it is in; one that gives what a route takes, or one that assigns such a
//! role. A condition is asked with each.
//!
//! <https://learn.microsoft.com/azure/role-based-access-control/delegate-role-assignments-overview>

use std::collections::{BTreeMap, BTreeSet, HashMap};

use census_model::{
    ConditionLanguage, Decision, Gap, GroupId, Identity, IdentityKind, PolicyId, Residual, SharedText, Text,
    Verdict, Via,
};

use super::{
    routes::{self, Need},
    weigh::Asking,
};
use crate::{
    azure::{
        access::{Access, Plane, Question, Spot},
        activation::active,
        conditions::{Expression, guids},
    },
    truth::Truth,
};

/// What a request to assign a role says.
/// <https://learn.microsoft.com/azure/role-based-access-control/conditions-authorization-actions-attributes>
const ROLE_ID: &str = "@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId]";
const PRINCIPAL_ID: &str = "@Request[Microsoft.Authorization/roleAssignments:PrincipalId]";
const PRINCIPAL_TYPE: &str = "@Request[Microsoft.Authorization/roleAssignments:PrincipalType]";

/// What assigns roles.
const ASSIGN: &str = "microsoft.authorization/roleassignments/write";

/// A role that leads where a route goes.
struct Candidate {
    id: Box<str>,
    name: Text,
    /// Where it is one that assigns such a role: under which condition, if any.
    second: Option<Second>,
}

/// How a role that assigns others may do so.
enum Second {
    Freely,
    If(Expression),
    /// The condition is not understood.
    Perhaps,
}

/// The roles that lead where a route goes: those that the table names, and those of the tenant that somebody holds.
pub(super) struct Candidates(HashMap<&'static [Box<str>], Vec<Candidate>>);

impl Candidates {
    pub(super) fn of(access: &Access<'_>) -> Self {
        let mut known: BTreeMap<String, (&SharedText, &PolicyId)> = BTreeMap::new();
        for grant in &access.index().estate().grants {
            if let (Via::RoleAssignment { role, name, .. }, Some(policy)) = (&grant.via, &grant.policy) {
                let id = role.rsplit('/').next().unwrap_or(role).to_ascii_lowercase();
                known.entry(id).or_insert((name, policy));
            }
        }
        let needs = routes::all().iter().flat_map(|route| &route.needs);
        let needs = needs.filter(|need| !need.assigning.is_empty());
        Self(needs.map(|need| (need.giving.as_slice(), leading(access, need, &known))).collect())
    }

    fn to(&self, need: &'static Need) -> &[Candidate] {
        self.0.get(need.giving.as_slice()).map_or(&[], Vec::as_slice)
    }
}

/// Those that the table names come first, and what gives by itself before what assigns such a role.
fn leading(
    access: &Access<'_>,
    need: &Need,
    known: &BTreeMap<String, (&SharedText, &PolicyId)>,
) -> Vec<Candidate> {
    let listed = need.assigning.iter().map(|role| Candidate {
        id: role.id.clone(),
        name: role.name.clone(),
        second: None,
    });
    let mut all: Vec<Candidate> = listed.collect();
    let is_listed = |id: &str| need.assigning.iter().any(|role| *role.id == *id);
    let (mut gives, mut assigns) = (Vec::new(), Vec::new());
    for (id, (name, policy)) in known.iter().filter(|(id, _)| !is_listed(id)) {
        let Some(permissions) = access.permissions_of(policy) else { continue };
        let covered = |plane, action: &str| {
            let entries = permissions.covering(plane, action).filter(|one| one.taken.is_none());
            entries.map(|one| one.condition.map(str::to_owned)).collect::<Vec<_>>()
        };
        let candidate = |second| Candidate { id: id.as_str().into(), name: (&***name).into(), second };
        let given = need.giving.iter().filter_map(|action| action.split_once(':'));
        let given: Vec<_> = given
            .flat_map(|(plane, action)| {
                let plane = if plane == "data" { Plane::Data } else { Plane::Control };
                covered(plane, &action.to_ascii_lowercase())
            })
            .collect();
        if given.iter().any(Option::is_none) {
            gives.push(candidate(None));
            continue;
        }
        if !given.is_empty() {
            gives.push(candidate(Some(Second::Perhaps)));
        }
        for condition in covered(Plane::Control, ASSIGN) {
            let second = match condition {
                None => Second::Freely,
                Some(text) => Expression::parse(&text).map_or(Second::Perhaps, Second::If),
            };
            assigns.push(candidate(Some(second)));
        }
    }
    all.extend(gives);
    all.extend(assigns);
    all
}

/// To whom a role is assigned.
struct Holder {
    id: Text,
    kind: &'static str,
    /// The group's name, where it is one, and whether somebody is in it.
    group: Option<(Text, Truth)>,
}

/// An answer, with the role and whom it is assigned to.
pub(super) type Assigned = (Text, Verdict);

impl<'e> Asking<'_, 'e> {
    /// The best answer to assigning a role that leads where a route goes, of which the plain answer is open.
    pub(super) fn assigned(
        &self,
        plain: &Verdict,
        need: &'static Need,
        action: &'static str,
        spot: &Spot<'e>,
        who: &'e Identity,
    ) -> Option<Assigned> {
        let said = plain.residual.as_ref().map_or("", |open| &*open.text);
        let named = guids(said);
        let holders = self.holders(who, &named);
        let mut best: Option<Assigned> = None;
        for holder in &holders {
            for candidate in self.questions.candidates.to(need) {
                let Some(found) = self.one(need, candidate, holder, action, spot, who) else { continue };
                if found.1.decision == Decision::Allowed {
                    return Some(found);
                }
                if best.as_ref().is_none_or(|known| found.1.decision < known.1.decision) {
                    best = Some(found);
                }
            }
        }
        best.or_else(|| self.perhaps_in_a_group(need, &named, action, spot, who))
    }

    fn one(
        &self,
        need: &'static Need,
        candidate: &Candidate,
        holder: &Holder,
        action: &'static str,
        spot: &Spot<'e>,
        who: &'e Identity,
    ) -> Option<Assigned> {
        let mut verdict = self.request(action, &candidate.id, holder, spot, who)?;
        if !self.says_something(&verdict) {
            return None;
        }
        let leads = match &candidate.second {
            None | Some(Second::Freely) => Truth::Yes,
            Some(Second::Perhaps) => Truth::Maybe,
            Some(Second::If(expression)) => {
                let listed = need.assigning.iter();
                Truth::any(listed.filter_map(|role| {
                    let question = asking(action, &role.id, holder)?;
                    let inquiry = self.access.ask_about(&question, spot).ok()?;
                    Some(expression.holds(&inquiry))
                }))
            }
        };
        if leads == Truth::No {
            return None;
        }
        let is_in = holder.group.as_ref().map_or(Truth::Yes, |(_, is_in)| *is_in);
        let mut open: Vec<String> = Vec::new();
        if leads == Truth::Maybe {
            open.push(format!("{} may assign or gives what is taken", candidate.name));
        }
        if let (Some((group, _)), Truth::Maybe) = (&holder.group, is_in) {
            open.push(format!("the membership in group {group} is switched on"));
        }
        if !open.is_empty() && verdict.decision <= Decision::Conditional {
            let known = verdict.residual.take().map(|open| open.text.to_string());
            let text: Vec<String> = known.into_iter().chain(open).collect();
            verdict.decision = Decision::Conditional;
            let language = ConditionLanguage::AzureAbac;
            verdict.residual = Some(Residual { language, text: text.join("; ").into(), atoms: Vec::new() });
        }
        let to = holder.group.as_ref().map(|(name, _)| format!(" to group {name}")).unwrap_or_default();
        Some((format!("{}{to}", candidate.name).into(), verdict))
    }

    fn request(
        &self,
        action: &'static str,
        role: &str,
        holder: &Holder,
        spot: &Spot<'e>,
        who: &'e Identity,
    ) -> Option<Verdict> {
        let question = asking(action, role, holder)?;
        Some(self.access.ask_about(&question, spot).ok()?.verdict(who))
    }

    /// Itself, the groups that a condition names and that it is in, and one that no condition names.
    fn holders(&self, who: &'e Identity, named: &BTreeSet<String>) -> Vec<Holder> {
        let index = self.access.index();
        let now = index.estate().as_of;
        let mut groups: BTreeMap<&GroupId, Truth> = BTreeMap::new();
        for one in self.access.memberships_read(&who.id) {
            let truth = active(&one.activation, who, now);
            let known = groups.entry(&one.group).or_insert(truth);
            *known = (*known).max(truth);
        }
        let is_named = |id: &GroupId| named.contains(&native(id));
        let of_group = |(id, truth): (&&GroupId, &Truth)| {
            let name = index.group(id).map_or_else(|| Text::from(id.as_str()), |group| group.name.clone());
            Holder { id: native(id).into(), kind: "Group", group: Some((name, *truth)) }
        };
        let counts = groups.iter().filter(|(_, truth)| **truth != Truth::No);
        let (of_named, others): (Vec<_>, Vec<_>) = counts.partition(|(id, _)| is_named(id));
        let other = others.into_iter().max_by_key(|(_, truth)| **truth);
        let is_person = who.kind == IdentityKind::EntraUser;
        let kind = if is_person { "User" } else { "ServicePrincipal" };
        let itself = Holder { id: who.native_id.clone(), kind, group: None };
        std::iter::once(itself).chain(of_named.into_iter().chain(other).map(of_group)).collect()
    }

    /// Whether it would do if it were in a group that a condition names and whose members were not read.
    fn perhaps_in_a_group(
        &self,
        need: &'static Need,
        named: &BTreeSet<String>,
        action: &'static str,
        spot: &Spot<'e>,
        who: &'e Identity,
    ) -> Option<Assigned> {
        for id in named {
            let about = |gap: &&Gap| gap.affects.is_empty() || gap.concerns(id);
            let gaps: Vec<Gap> = self.access.gaps_of_groups().filter(about).cloned().collect();
            if gaps.is_empty() {
                continue;
            }
            let holder = Holder {
                id: id.as_str().into(),
                kind: "Group",
                group: Some((id.as_str().into(), Truth::Yes)),
            };
            let candidates = self.questions.candidates.to(need).iter();
            let mut found = candidates.filter_map(|one| self.one(need, one, &holder, action, spot, who));
            if let Some((assigned, verdict)) =
                found.find(|(_, verdict)| verdict.decision == Decision::Allowed)
            {
                let verdict = Verdict { decision: Decision::Unknown, may_widen: gaps, ..verdict };
                return Some((assigned, verdict));
            }
        }
        None
    }
}

fn asking(action: &str, role: &str, holder: &Holder) -> Option<Question> {
    let mut question = Question::new(action, "").ok()?;
    for (attribute, value) in [(ROLE_ID, role), (PRINCIPAL_ID, &holder.id), (PRINCIPAL_TYPE, holder.kind)] {
        question.with(attribute, vec![value.to_owned()]).ok()?;
    }
    Some(question)
}

fn native(group: &GroupId) -> String {
    group.as_str().trim_start_matches("azure:").to_ascii_lowercase()
}
