//! `census can` and `census who-can`: an answer with its reasons, for people and programs.

use std::collections::{BTreeMap, BTreeSet};

use census_model::{
    Attachment, Because, Decision, DeniedBy, Gap, Identity, Part, Path, PrincipalSet, Provider,
    StatementEffect, Verdict, Via,
};

use crate::{
    Input, Options,
    attachments::{attached, of_policy, policy},
    page::{Ink, Page, Span, faint, plain, strong},
    reach::path_line,
    table::more,
    view::View,
    words::{count, principals},
};

/// What was asked.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The action, as typed.
    pub action: &'a str,
    /// The resource, as typed.
    pub resource: &'a str,
}

/// Everybody's answers to one question.
#[derive(Clone, Copy, Debug)]
pub struct WhoCan<'a> {
    /// The question.
    pub asked: Asked<'a>,
    /// Every identity with its answer.
    pub identities: &'a [(&'a Identity, Verdict)],
    /// Whoever outside the estate the resource's own policy lets in.
    pub outsiders: &'a [(PrincipalSet, Verdict)],
    /// Who cannot do it and can come to act as somebody who can, each with the shortest path.
    pub ways: &'a [(&'a Identity, Path)],
}

/// An operation that weighs, and whether an identity may call it on any resource.
#[derive(Clone, Debug)]
pub struct Power {
    /// The action.
    pub action: &'static str,
    /// What it is worth to whoever should not have it.
    pub why: &'static str,
    /// The answer.
    pub verdict: Verdict,
}

/// What an identity may do of what weighs, and what it is given and still kept from.
pub(crate) fn powers(page: &mut Page, view: &View<'_>, powers: &[Power]) {
    if powers.is_empty() {
        return;
    }
    let given = |power: &&Power| power.verdict.denied_by.is_some_and(|by| by != DeniedBy::Implicit);
    let (may, not): (Vec<&Power>, Vec<&Power>) = powers
        .iter()
        .partition(|power| matches!(power.verdict.decision, Decision::Allowed | Decision::Conditional));
    page.heading("MAY DO", &[plain(format!("{} of {} operations that weigh", may.len(), powers.len()))]);
    let row = |power: &&Power| {
        let verdict = &power.verdict;
        vec![
            Span::new(ink(verdict.decision), power.action),
            plain(if verdict.decision == Decision::Conditional { "conditional" } else { "" }),
            faint(format!("{}; {}", power.why, brief(view, verdict))),
        ]
    };
    page.columns(2, &may.iter().map(row).collect::<Vec<_>>());
    let kept: Vec<Vec<Span>> = not
        .iter()
        .filter(|power| given(power) && gives(&power.verdict))
        .map(|power| {
            let by = power.verdict.denied_by.map_or("", DeniedBy::as_str);
            let stops = power.verdict.because.iter().find(|one| one.part == Part::Decides);
            let why = stops.map_or_else(|| by.to_owned(), |one| of_policy(view, one));
            vec![plain(power.action), faint(format!("its policies give it, but {why} keeps it from it"))]
        })
        .collect();
    if !kept.is_empty() {
        page.heading("KEPT FROM", &[plain(kept.len().to_string())]);
        page.columns(2, &kept);
    }
    let unknown: Vec<&str> = not
        .iter()
        .filter(|power| power.verdict.decision == Decision::Unknown)
        .map(|power| power.action)
        .collect();
    if !unknown.is_empty() {
        page.line(2, &[faint(format!("cannot be told, as policies were not read: {}", unknown.join(", ")))]);
    }
}

/// How many principals of one answer are listed before the rest is counted.
const LISTED: usize = 200;

const FOR_ALL: &str = "--format json shows all";

/// One answer with its reasons.
pub fn can(
    input: &Input<'_>,
    identity: &Identity,
    asked: Asked<'_>,
    verdict: &Verdict,
    options: &Options,
) -> String {
    let view = View::new(input);
    let mut page = Page::new(options);
    let answer = Span::new(ink(verdict.decision), verdict.decision.as_str().to_uppercase());
    page.line(0, &[answer, plain(format!("  {}", sentence(identity, asked, verdict)))]);
    page.verbatim(0, &faint(&*identity.native_id));
    if let Some(rule) = &verdict.rule {
        page.line(2, &[plain(format!("by {} itself: {rule}", cloud(identity)))]);
    }
    if let Some(residual) = &verdict.residual {
        page.heading("OPEN", &[plain(residual.atoms.join(", "))]);
    }
    for (part, title) in [
        (Part::Decides, "DECIDES"),
        (Part::MayDecide, "MAY DECIDE"),
        (Part::Nearest, "NEAREST THAT DID NOT"),
        (Part::NotEnough, "ALLOWS IT, BUT IS NOT ENOUGH"),
    ] {
        let reasons: Vec<&Because> = verdict.because.iter().filter(|because| because.part == part).collect();
        if !reasons.is_empty() {
            page.heading(title, &[]);
            reasons.iter().for_each(|because| reason(&mut page, &view, because));
        }
    }
    doubts(&mut page, &view, "NOT READ, COULD GIVE MORE", &verdict.may_widen);
    let only: Vec<Gap> =
        verdict.may_narrow.iter().filter(|gap| !verdict.may_widen.contains(gap)).cloned().collect();
    doubts(&mut page, &view, "NOT READ, COULD TAKE AWAY", &only);
    page.finish()
}

fn ink(decision: Decision) -> Ink {
    match decision {
        Decision::Allowed => Ink::Good,
        Decision::Denied => Ink::Bad,
        Decision::Conditional | Decision::Unknown => Ink::Plain,
    }
}

/// The cloud of an identity, as its maker calls it.
pub(crate) fn cloud(identity: &Identity) -> &'static str {
    match identity.provider {
        Provider::Aws => "AWS",
        Provider::Azure => "Azure",
        Provider::Gcp => "Google Cloud",
    }
}

/// The answer as a sentence.
fn sentence(identity: &Identity, asked: Asked<'_>, verdict: &Verdict) -> String {
    let name = &identity.name;
    let of_azure = identity.provider == Provider::Azure;
    let what = format!("{} on {}", asked.action, asked.resource);
    let kept = |by: &str| format!("{by} keeps {name} from calling {what}");
    match (verdict.decision, verdict.denied_by) {
        (Decision::Allowed, _) => format!("{name} may call {what}"),
        (Decision::Conditional, _) => format!("{name} may call {what} only under the conditions below"),
        (Decision::Unknown, _) if of_azure && gives(verdict) => {
            format!("{}, but what was not read could except it", kept("a deny assignment"))
        }
        (Decision::Unknown, _) => {
            format!("nothing that was read lets {name} call {what}, but what was not read could")
        }
        (Decision::Denied, Some(DeniedBy::Explicit)) if of_azure => kept("a deny assignment"),
        (Decision::Denied, Some(DeniedBy::Explicit)) => kept("a statement that denies"),
        (Decision::Denied, Some(DeniedBy::Rcp)) => kept("a resource control policy that does not allow it"),
        (Decision::Denied, Some(DeniedBy::Scp)) => kept("a service control policy that does not allow it"),
        (Decision::Denied, Some(DeniedBy::Boundary)) => kept("its permissions boundary"),
        (Decision::Denied, Some(DeniedBy::Endpoint)) => kept("the endpoint's policy"),
        (Decision::Denied, Some(DeniedBy::Session)) => kept("its session policy"),
        (Decision::Denied, _) if verdict.rule.is_some() => kept(&format!("{} itself", cloud(identity))),
        // Within an account a role's trust and a key's policy must allow, and across accounts every resource's.
        (Decision::Denied, _) if gives(verdict) => {
            format!("{name}'s own policies allow {what}, but the resource's policy does not")
        }
        (Decision::Denied, _) if of_azure && is_of_directory(asked.action) => {
            format!("no directory role, no permission and no ownership lets {name} call {what}")
        }
        (Decision::Denied, _) if of_azure => format!("no role and no access policy lets {name} call {what}"),
        (Decision::Denied, Some(DeniedBy::Implicit) | None) => format!("no policy lets {name} call {what}"),
    }
}

/// Whether an action is an operation of a directory, or a permission of an application, and none of Azure Resource Manager.
fn is_of_directory(action: &str) -> bool {
    action.to_ascii_lowercase().starts_with("microsoft.directory/") || action.matches('/').count() == 1
}

fn reason(page: &mut Page, view: &View<'_>, because: &Because) {
    let verb = match because.effect {
        StatementEffect::Allow => Ink::Good,
        StatementEffect::Deny => Ink::Bad,
    };
    page.line(
        2,
        &[
            strong(policy(&because.via, &because.attached_to)),
            plain(format!(" {}", attached(view, &because.attached_to))),
            faint(format!(", {} {}", entry(&because.via), because.statement)),
        ],
    );
    page.line(6, &[Span::new(verb, &*because.says)]);
}

/// What a policy consists of.
fn entry(via: &Via) -> &'static str {
    match via {
        Via::RoleAssignment { .. }
        | Via::DenyAssignment { .. }
        | Via::LocalRole { .. }
        | Via::DirectoryRole { .. }
        | Via::Ownership { .. } => "by",
        Via::AccessPolicy { .. } | Via::AppRole { .. } | Via::DelegatedPermission { .. } => "permission",
        _ => "statement",
    }
}

/// Whether a statement allows what is denied all the same.
fn gives(verdict: &Verdict) -> bool {
    verdict.because.iter().any(|because| because.part == Part::NotEnough)
}

fn doubts(page: &mut Page, view: &View<'_>, title: &str, gaps: &[Gap]) {
    if gaps.is_empty() {
        return;
    }
    page.heading(title, &[]);
    let rows: Vec<_> = gaps
        .iter()
        .take(5)
        .map(|gap| {
            let ink = if gap.reason.is_failure() { Ink::Bad } else { Ink::Faint };
            let place =
                gap.scope.as_ref().map_or_else(|| gap.provider.to_string(), |scope| view.scope_label(scope));
            let words = if gap.detail.is_empty() { place } else { format!("{place}: {}", gap.detail) };
            vec![Span::new(ink, gap.reason.as_str()), plain(&*gap.read), faint(words)]
        })
        .collect();
    page.columns(2, &rows);
    more(page, 2, gaps.len(), 5, FOR_ALL);
}

/// Everybody's answers, by answer; those that are denied are only counted.
pub fn who_can(input: &Input<'_>, who: &WhoCan<'_>, options: &Options) -> String {
    let view = View::new(input);
    let mut page = Page::new(options);
    page.line(0, &[strong(who.asked.action), plain(format!(" on {}", who.asked.resource))]);
    for decision in [Decision::Allowed, Decision::Conditional, Decision::Unknown] {
        let mut answers: Vec<_> =
            who.identities.iter().filter(|(_, verdict)| verdict.decision == decision).collect();
        answers.sort_by_key(|(identity, _)| (&identity.scope, &identity.name, &identity.id));
        section(&mut page, &view, decision, &answers);
    }
    if !who.outsiders.is_empty() {
        let note = "let in by the resource's own policy, should their own side allow it too";
        page.heading("FROM OUTSIDE", &[plain(format!("{}; {note}", who.outsiders.len()))]);
        let rows: Vec<_> = who
            .outsiders
            .iter()
            .take(LISTED)
            .map(|(name, verdict)| {
                vec![
                    Span::new(Ink::Bad, principals(&view, name)),
                    plain(verdict.decision.as_str()),
                    faint(brief(&view, verdict)),
                ]
            })
            .collect();
        page.columns(2, &rows);
        more(&mut page, 2, who.outsiders.len(), LISTED, FOR_ALL);
    }
    if !who.ways.is_empty() {
        let note = "cannot do it, but can come to act as somebody who can";
        page.heading_in(Ink::Bad, "BY A PATH", &[plain(format!("{}; {note}", who.ways.len()))]);
        let mut ways: Vec<_> = who.ways.iter().collect();
        ways.sort_by_key(|(identity, path)| {
            (path.steps.len(), &identity.scope, &identity.name, &identity.id)
        });
        for (identity, path) in ways.iter().take(LISTED) {
            page.line(
                2,
                &[strong(&*identity.name), faint(format!("  {}", view.scope_name(&identity.scope)))],
            );
            page.line(4, &[plain(path_line(&view, path))]);
        }
        more(&mut page, 2, ways.len(), LISTED, FOR_ALL);
    }
    let denied = who.identities.iter().filter(|(_, verdict)| verdict.decision == Decision::Denied).count();
    if denied > 0 {
        page.heading("DENIED", &[plain(count(denied, "identity"))]);
    }
    page.finish()
}

fn section(page: &mut Page, view: &View<'_>, decision: Decision, answers: &[&(&Identity, Verdict)]) {
    if answers.is_empty() {
        return;
    }
    let title = decision.as_str().to_uppercase();
    page.heading_in(ink(decision), &title, &[plain(answers.len().to_string())]);
    if decision == Decision::Unknown {
        page.line(2, &[faint("nothing that was read lets them, but what was not read could")]);
    }
    // Those for whom the same is to be said are said it of once.
    let mut groups: BTreeMap<String, Vec<&Identity>> = BTreeMap::new();
    for (identity, verdict) in answers {
        groups.entry(why(view, identity, verdict)).or_default().push(identity);
    }
    let unbounded = answers.iter().filter(|(_, verdict)| !verdict.may_narrow.is_empty()).count();
    if unbounded > 0 {
        let note = format!("what could narrow the answer was not read for {unbounded} of them; {FOR_ALL}");
        page.line(2, &[faint(note)]);
    }
    let mut left = LISTED;
    for (why, members) in groups {
        page.line(2, &[plain(if why.is_empty() { "by its own policies" } else { &why })]);
        let rows: Vec<_> = members
            .iter()
            .take(left)
            .map(|identity| vec![strong(&*identity.name), faint(view.scope_name(&identity.scope))])
            .collect();
        page.columns(4, &rows);
        left -= rows.len();
    }
    more(page, 2, answers.len(), LISTED, FOR_ALL);
}

/// Why, without what is the identity's alone.
fn why(view: &View<'_>, identity: &Identity, verdict: &Verdict) -> String {
    if verdict.decision == Decision::Unknown {
        let reads: BTreeSet<String> =
            verdict.may_widen.iter().map(|gap| format!("{}: {}", gap.read, gap.detail)).collect();
        return Vec::from_iter(reads).join("; ");
    }
    match first(verdict) {
        Some(because) if because.attached_to == Attachment::Identity(identity.id.clone()) => {
            format!("its {}{}", policy(&because.via, &because.attached_to), condition(because))
        }
        _ => brief(view, verdict),
    }
}

/// The first reason.
fn first(verdict: &Verdict) -> Option<&Because> {
    let part = |part| verdict.because.iter().find(|because| because.part == part);
    part(Part::MayDecide).or_else(|| part(Part::Decides))
}

/// The first reason in a line.
fn brief(view: &View<'_>, verdict: &Verdict) -> String {
    match first(verdict) {
        Some(because) => {
            format!("{}{}", of_policy(view, because), condition(because))
        }
        None => verdict.rule.as_deref().unwrap_or_default().to_owned(),
    }
}

/// What stays open of a reason; nothing of one that decides.
fn condition(because: &Because) -> String {
    if because.part == Part::MayDecide { format!(": {}", because.says) } else { String::new() }
}
