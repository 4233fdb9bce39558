//! What identities can do: which of them rules look at, and how a finding puts it into words.

pub(crate) mod asking;
pub(crate) mod reads;

use census_model::{
    Because, Bound, Confidence, Cut, Decision, Evidence, Identity, IdentityId, IdentityKind, Level,
    NatureKind, Part, Path, Proof, Reach, ReachAt, ScopeId, ScopeKind, Severity, Step,
};

use crate::{
    Draft, View,
    policies::{LISTED, Shown, holder_of, policy_of},
};

/// The identities of which it is known what they can do, by id. Those that the provider manages are left out, and root
/// users, who can do everything by nature and have rules of their own.
pub(crate) fn known<'a>(view: &View<'a>) -> impl Iterator<Item = (&'a Identity, &'a Reach)> + use<'a> {
    let reaches = view.reaches;
    view.fixable()
        .filter(|identity| identity.kind != IdentityKind::AwsRootUser)
        .filter_map(|identity| Some((identity, reaches.get(&identity.id)?)))
        .filter(|(_, reach)| reach.level != Level::Unknown)
}

/// Those that are administrators or can become one.
pub(crate) fn powerful<'a>(view: &View<'a>) -> impl Iterator<Item = (&'a Identity, &'a Reach)> + use<'a> {
    known(view).filter(|(_, reach)| reach.level.is_powerful())
}

/// Whether programs use an identity, as far as the evidence goes.
pub(crate) fn is_machine(identity: &Identity) -> bool {
    identity.nature.kind != NatureKind::Human
}

/// The one severity where the level holds for certain, the other where a condition that is open at run time decides.
pub(crate) fn severity(reach: &Reach, certain: Severity, conditional: Severity) -> Severity {
    if reach.conditional { conditional } else { certain }
}

/// A level as what somebody is.
pub(crate) fn role_of(level: Level) -> &'static str {
    match level {
        Level::Admin => "an administrator",
        Level::Escalates => "able to become an administrator",
        Level::Sensitive => "able to do what weighs",
        Level::Limited | Level::None | Level::Unknown => "no administrator",
    }
}

/// How many listed facts are left out, as a fact.
pub(crate) fn more(total: usize, what: &str) -> Option<Evidence> {
    (total > LISTED).then(|| Evidence::new("more", format!("{} more {what}", total - LISTED)))
}

/// Says how far an identity reaches and where, and what makes that uncertain.
pub(crate) fn weigh(draft: Draft, view: &View<'_>, reach: &Reach) -> Draft {
    let highest = reach.at.iter().filter(|at| at.level == reach.level);
    let places: Vec<String> = highest.clone().take(LISTED).map(|at| place(view, &at.scope)).collect();
    let mut says = reach.level.to_string();
    if !places.is_empty() {
        says.push_str(&format!(" in {}", places.join(", ")));
    }
    let left = highest.count().saturating_sub(LISTED);
    if left > 0 {
        says.push_str(&format!(" and {left} more"));
    }
    if reach.conditional {
        says.push_str(", if a condition that is open at run time holds");
    }
    doubt(draft.evidence("reach", says), view, reach, reach.bound)
}

/// Says where an identity reaches, other than at its own place, and what makes that uncertain.
pub(crate) fn weigh_at(draft: Draft, view: &View<'_>, reach: &Reach, at: &[&ReachAt]) -> Draft {
    let says = |at: &&ReachAt| {
        let open = if at.conditional { ", if a condition that is open at run time holds" } else { "" };
        Evidence::new("reach", format!("{} in {}{open}", at.level, place(view, &at.scope)))
    };
    let draft = draft.facts(at.iter().take(LISTED).map(says)).facts(more(at.len(), "scopes"));
    let bound = at.iter().map(|at| at.bound).max().unwrap_or(reach.bound);
    doubt(draft, view, reach, bound)
}

/// What was not read makes a finding less sure: low where it could take the level away, medium where it could only
/// make it higher.
fn doubt(draft: Draft, view: &View<'_>, reach: &Reach, bound: Bound) -> Draft {
    let (confidence, what) = match bound {
        Bound::Exact => return draft,
        // What it has is known; where that leads was not followed to the end.
        Bound::Lower if reach.gaps.is_empty() => {
            return draft.evidence("may be more because", "not every way that leads on from it was tried");
        }
        Bound::Lower => (Confidence::Medium, "it may be more"),
        Bound::Upper => (Confidence::Low, "it may be less"),
        Bound::Open => (Confidence::Low, "it may be more or less"),
    };
    let gaps = reach.gaps.iter().filter_map(|id| view.index.gap(id)).take(LISTED);
    let said = format!("not everything that bears on the reach was read: {what}");
    draft
        .at_most(confidence)
        .evidence("not certain because", said)
        .doubts(confidence, gaps)
        .facts(more(reach.gaps.len(), "gaps"))
}

/// Permissions with the statements that give them.
pub(crate) fn proofs<'p>(
    view: &View<'_>,
    label: &str,
    proofs: impl IntoIterator<Item = &'p Proof>,
) -> Vec<Evidence> {
    let proofs: Vec<&Proof> = proofs.into_iter().collect();
    let listed = proofs.iter().take(LISTED).map(|proof| {
        let why = if proof.why.is_empty() { String::new() } else { format!(" ({})", Shown(&proof.why)) };
        let by = given_by(view, &proof.because).map(|by| format!(", by {by}")).unwrap_or_default();
        Evidence::new(label, format!("{}{why}{by}", permission(proof)))
    });
    listed.chain(more(proofs.len(), "permissions")).collect()
}

/// The action on its resource, with what stays open.
fn permission(proof: &Proof) -> String {
    let open = match (&proof.residual, proof.decision) {
        (Some(residual), _) => format!(", if {}", Shown(&residual.text)),
        (None, Decision::Conditional) => ", under a condition".to_owned(),
        (None, _) => String::new(),
    };
    format!("{} on `{}`{open}", Shown(&proof.action), Shown(&proof.resource))
}

/// The statement that decides, in words.
pub(crate) fn given_by(view: &View<'_>, because: &[Because]) -> Option<String> {
    let one = because.iter().find(|one| matches!(one.part, Part::Decides | Part::MayDecide))?;
    let policy = policy_of(&one.via, &one.attached_to);
    let holder = holder_of(view, &one.attached_to);
    Some(format!("statement `{}` of {policy}, attached to {holder}", Shown(&one.statement)))
}

/// A path, a step a fact, with its target and the smallest change that ends it.
pub(crate) fn path(view: &View<'_>, path: &Path, reach: &Reach) -> Vec<Evidence> {
    let mut facts: Vec<Evidence> = path
        .steps
        .iter()
        .enumerate()
        .map(|(at, one)| Evidence::new(format!("step {}", at + 1), step(view, one)))
        .collect();
    let at = path.scope.as_ref().map(|scope| format!(", administrator of {}", place(view, scope)));
    let target = format!("{}{}", name(view, &path.target), at.unwrap_or_default());
    facts.push(Evidence::new("target", target));
    facts.extend(path.cut.iter().map(|cut| Evidence::new("cut", cut_says(view, cut, reach))));
    facts
}

fn step(view: &View<'_>, step: &Step) -> String {
    let technique = view.reaches.techniques.get(&step.technique);
    let technique = technique.map_or(step.technique.as_str(), |technique| &technique.name);
    let through = step.through.as_ref().map(|it| format!(", through `{}`", Shown(it))).unwrap_or_default();
    let open = if step.conditional { ", if a condition that is open at run time holds" } else { "" };
    let needs: Vec<String> = step.proofs.iter().map(permission).collect();
    let needs = if needs.is_empty() { String::new() } else { format!("; it takes {}", needs.join(" and ")) };
    format!("{} ({}){through}{open}{needs}", Shown(&step.says), Shown(technique))
}

/// What to take from whom, or whose trust to end, in words.
pub(crate) fn cut_words(view: &View<'_>, cut: &Cut) -> String {
    match cut.trusting(view.index) {
        Some(trusting) => {
            format!("end the trust of {} in {}", name(view, &trusting.id), name(view, &cut.from))
        }
        None => {
            format!(
                "take {} on `{}` from {}",
                Shown(&cut.action),
                Shown(&cut.resource),
                name(view, &cut.from)
            )
        }
    }
}

fn cut_says(view: &View<'_>, cut: &Cut, reach: &Reach) -> String {
    let grants: Vec<String> = cut
        .grants
        .iter()
        .take(LISTED)
        .map(|grant| {
            let policy = policy_of(&grant.via, &grant.attached_to);
            let holder = holder_of(view, &grant.attached_to);
            match grant.is_whole() {
                true => format!("{policy}, attached to {holder}"),
                false => format!("statement `{}` of {policy}, attached to {holder}", Shown(&grant.statement)),
            }
        })
        .collect();
    let given = if grants.is_empty() { String::new() } else { format!(" ({})", grants.join("; ")) };
    let listed = reach.paths.len();
    format!("{}{given}: that ends {} of the {listed} listed paths", cut_words(view, cut), cut.ends)
}

/// An identity by the name that people know.
pub(crate) fn name(view: &View<'_>, id: &IdentityId) -> String {
    format!("`{}`", Shown(view.index.identity(id).map_or(id.as_str(), |identity| &identity.name)))
}

/// A scope in words: its kind, the id that the cloud gives it, and the name that people gave it.
pub(crate) fn place(view: &View<'_>, id: &ScopeId) -> String {
    let Some(scope) = view.estate().scopes.get(id) else { return format!("`{}`", Shown(id.as_str())) };
    let kind = match scope.kind {
        ScopeKind::Account => "account ",
        ScopeKind::Organization => "organization ",
        ScopeKind::Tenant => "tenant ",
        ScopeKind::ManagementGroup => "management group ",
        ScopeKind::Subscription => "subscription ",
        ScopeKind::ResourceGroup => "resource group ",
        ScopeKind::Project => "project ",
        _ => "",
    };
    let named = scope.name.as_ref().map(|name| format!(" (`{}`)", Shown(name))).unwrap_or_default();
    format!("{kind}{}{named}", Shown(&scope.native_id))
}

#[cfg(test)]
mod tests {
    use census_fixtures::{ACCOUNT, account_scope};
    use census_model::ScopeId;

    use super::*;
    use crate::testing::World;

    #[test]
    fn scopes_are_named_as_far_as_they_are_known() {
        World::new().look(|view| {
            assert_eq!(place(view, &account_scope(ACCOUNT)), format!("account {ACCOUNT}"));
            assert_eq!(place(view, &ScopeId::new("aws:account/0")), "`aws:account/0`");
        });
    }

    #[test]
    fn what_was_left_out_is_counted() {
        assert_eq!(more(LISTED, "things"), None);
        assert_eq!(more(LISTED + 2, "things").map(|one| one.value).as_deref(), Some("2 more things"));
    }
}
