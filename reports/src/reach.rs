//! What an identity can do, in words: level, proof, paths, cuts.

use census_model::{
    Bound, Cut, Decision, Gap, Identity, IdentityId, Level, Part, Path, Proof, Reach, Step,
    TechniqueConfidence, Via,
};

use crate::{
    attachments::{attached, attachment, of_policy},
    levels::{Clouds, meaning},
    page::{Ink, Page, Span, faint, plain, strong},
    table::{listed, more},
    view::View,
    words::count,
};

/// How many proofs, scopes and gaps are listed before the rest is counted.
const LISTED: usize = 8;

const FOR_ALL: &str = "--format json shows all";

/// How a level looks.
pub(crate) fn level_ink(level: Level) -> Ink {
    match level {
        Level::Admin | Level::Escalates => Ink::Bad,
        Level::Sensitive | Level::Unknown => Ink::Warn,
        Level::Limited | Level::None => Ink::Plain,
    }
}

/// Level, condition and bound in a few words: `escalates, under conditions, may be less`.
pub(crate) fn brief(level: Level, bound: Bound, conditional: bool) -> String {
    let conditional = if conditional { ", only under conditions" } else { "" };
    let bound = match (level, bound) {
        (Level::Unknown, _) | (_, Bound::Exact) => "",
        (_, Bound::Upper) => ", may be less",
        (_, Bound::Lower) => ", may be more",
        (_, Bound::Open) => ", may be less or more",
    };
    format!("{level}{conditional}{bound}")
}

/// Level and the way to more in a few words: `escalates, may be less; 2 steps to admin`.
pub(crate) fn in_short(reach: &Reach) -> String {
    let level = brief(reach.level, reach.bound, reach.conditional);
    let elsewhere = if reach.level == Level::Admin { " elsewhere" } else { "" };
    match reach.paths.first() {
        Some(path) => format!("{level}; {} to admin{elsewhere}", count(path.steps.len(), "step")),
        None => level,
    }
}

/// What an identity can do, and why that is said.
pub(crate) fn section(page: &mut Page, view: &View<'_>, identity: &Identity) {
    let Some(reach) = view.reach(&identity.id) else { return };
    page.heading(
        "REACH",
        &[
            Span::new(level_ink(reach.level), brief(reach.level, reach.bound, reach.conditional)),
            plain(format!(": {}", meaning(reach.level, Clouds::One(identity.provider)))),
        ],
    );
    let rows: Vec<_> = reach
        .at
        .iter()
        .take(LISTED)
        .map(|at| {
            vec![
                plain(view.scope_label(&at.scope)),
                Span::new(level_ink(at.level), brief(at.level, at.bound, at.conditional)),
            ]
        })
        .collect();
    page.columns(2, &rows);
    more(page, 2, reach.at.len(), LISTED, FOR_ALL);
    for given in reach.because.iter().take(LISTED) {
        page.line(2, &[plain(&*given.why)]);
        proof(page, view, 6, given);
    }
    more(page, 2, reach.because.len(), LISTED, FOR_ALL);
    unread(page, view, reach);
}

/// What was not read, and which way it could change the level.
fn unread(page: &mut Page, view: &View<'_>, reach: &Reach) {
    let could = match reach.bound {
        Bound::Upper => "could make it less",
        Bound::Lower => "could make it more",
        Bound::Open => "could make it less or more",
        Bound::Exact => "changes nothing here",
    };
    let gaps: Vec<&Gap> = reach.gaps.iter().filter_map(|id| view.index.gap(id)).collect();
    let words: Vec<String> = gaps
        .iter()
        .map(|gap| {
            let place = gap.scope.as_ref().map(|scope| format!(" of {}", view.scope_name(scope)));
            format!("{} ({}){}", gap.read, gap.reason, place.unwrap_or_default())
        })
        .collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    if !words.is_empty() {
        page.line(2, &[Span::new(Ink::Warn, format!("not read, {could}: ")), plain(listed(&words, LISTED))]);
    }
}

/// The shortest path with its proof, the others in a line each, and what to cut first.
pub(crate) fn paths(page: &mut Page, view: &View<'_>, identity: &Identity) {
    let Some(reach) = view.reach(&identity.id) else { return };
    if let Some((shortest, others)) = reach.paths.split_first() {
        page.heading_in(Ink::Bad, "SHORTEST PATH", &[plain(goal(view, shortest))]);
        steps(page, view, 2, shortest);
        if reach.paths_more || reach.paths_total > 1 {
            page.heading("OTHER PATHS", &[plain(format!("{} in all", ways(reach)))]);
        }
        for other in others {
            page.line(2, &[plain(path_line(view, other))]);
        }
        if let Some(cut) = best_cut(reach) {
            page.heading("CUT FIRST", &[plain(ends(cut, reach.paths.len()))]);
            cut_lines(page, view, 2, cut);
        }
    }
    possible(page, view, &reach.possible_paths.iter().collect::<Vec<_>>());
}

/// Paths that raise no level, and why they do not.
pub(crate) fn possible(page: &mut Page, view: &View<'_>, paths: &[&Path]) {
    if paths.is_empty() {
        return;
    }
    let note = format!("{}; they raise no level", paths.len());
    page.heading("POSSIBLE PATHS", &[plain(note)]);
    for path in paths {
        page.line(2, &[plain(path_line(view, path)), faint(format!("  ({})", doubtful(view, path)))]);
    }
}

/// Why a path is only possible: its techniques that are not documented.
fn doubtful(view: &View<'_>, path: &Path) -> String {
    let mut why: Vec<String> = Vec::new();
    for step in &path.steps {
        let technique = view.input.reaches.techniques.get(&step.technique);
        let words = match technique.map(|technique| technique.confidence) {
            Some(TechniqueConfidence::Documented) => continue,
            Some(TechniqueConfidence::Derived) => {
                "follows from documented actions, but nobody is known to have shown it"
            }
            Some(TechniqueConfidence::Recall) => "is known without a source",
            Some(TechniqueConfidence::Disputed) => "is disputed: sources disagree",
            Some(TechniqueConfidence::Unverified) => "was not tried, as its source says",
            None => "is not known",
        };
        let line = format!("{} {words}", step.technique);
        if !why.contains(&line) {
            why.push(line);
        }
    }
    why.join("; ")
}

/// Where a path ends, and how far that is.
pub(crate) fn goal(view: &View<'_>, path: &Path) -> String {
    let conditional = if path.conditional { ", only under conditions" } else { "" };
    format!("to {} in {}{conditional}", end(view, path), count(path.steps.len(), "step"))
}

/// A path in one line.
pub(crate) fn path_line(view: &View<'_>, path: &Path) -> String {
    let says: Vec<&str> = path.steps.iter().map(|step| &*step.says).collect();
    let conditional = if path.conditional { ", only under conditions" } else { "" };
    format!("{}: {}{conditional}", says.join("; then "), end(view, path))
}

/// What a path comes to: administration, or acting as somebody.
fn end(view: &View<'_>, path: &Path) -> String {
    match &path.scope {
        Some(scope) => format!("admin of {}", view.scope_label(scope)),
        None => format!("acting as {}", person(view, &path.target)),
    }
}

/// The steps of a path, each with the statements that allow it.
pub(crate) fn steps(page: &mut Page, view: &View<'_>, indent: usize, path: &Path) {
    for (number, taken) in (1_usize..).zip(&path.steps) {
        step(page, view, indent, number, taken);
    }
}

fn step(page: &mut Page, view: &View<'_>, indent: usize, number: usize, step: &Step) {
    let conditional = if step.conditional { ", only under conditions" } else { "" };
    page.line(indent, &[strong(format!("{number}. {}", step.says)), plain(conditional)]);
    let by = |through: &str| format!(" through {through}");
    let mut through = step.through.as_deref().map(by).unwrap_or_default();
    // Somebody else, whom the next step becomes.
    let changed = step.through.as_deref().and_then(|through| view.index.native(through));
    let becomes = match changed {
        Some(changed) if step.to == step.from => {
            through.clear();
            format!("{} changes {}", person(view, &step.from), person(view, &changed.id))
        }
        _ if step.to == step.from => format!("{} gives itself more", person(view, &step.from)),
        _ => format!("{} becomes {}", person(view, &step.from), person(view, &step.to)),
    };
    page.line(
        indent + 3,
        &[
            plain(format!("{becomes}{through}")),
            faint(format!("  {}: {}", step.technique, view.technique_name(&step.technique))),
        ],
    );
    for taken in &step.proofs {
        proof(page, view, indent + 3, taken);
    }
}

/// A permission, and which statement of which policy, attached to what, gives it.
fn proof(page: &mut Page, view: &View<'_>, indent: usize, proof: &Proof) {
    let ink = if proof.decision == Decision::Allowed { Ink::Good } else { Ink::Warn };
    let decides = |part: &Part| matches!(part, Part::Decides | Part::MayDecide);
    let reasons: Vec<String> = proof
        .because
        .iter()
        .filter(|because| decides(&because.part))
        .map(|because| format!("{}, statement {}", of_policy(view, because), because.statement))
        .collect();
    let words = match reasons.as_slice() {
        [] => String::new(),
        some => format!(": {}", some.join("; and ")),
    };
    let open = proof.residual.as_ref().map(|open| format!("; open: {}", open.text)).unwrap_or_default();
    page.line(
        indent,
        &[
            Span::new(ink, &*proof.action),
            plain(format!(" on {}", proof.resource)),
            faint(words),
            Span::new(Ink::Warn, open),
        ],
    );
}

/// An identity by kind and name.
pub(crate) fn person(view: &View<'_>, id: &IdentityId) -> String {
    match view.index.identity(id) {
        Some(identity) => format!("{} {}", identity.kind, identity.name),
        None => match view.input.reaches.outsider(id) {
            Some(one) => format!("{} {}", one.kind, one.subject),
            None => id.to_string(),
        },
    }
}

/// What to change, and where.
pub(crate) fn cut_lines(page: &mut Page, view: &View<'_>, indent: usize, cut: &Cut) {
    let what = match cut.trusting(&view.index) {
        Some(trusting) => {
            format!("end the trust of {} in {}", person(view, &trusting.id), person(view, &cut.from))
        }
        None => format!("take {} on {} from {}", cut.action, cut.resource, person(view, &cut.from)),
    };
    page.line(indent, &[strong(what)]);
    for grant in &cut.grants {
        let policy = attachment(view, &grant.via, &grant.attached_to);
        let words = match &grant.via {
            Via::Ownership { of, object } if grant.is_whole() => {
                format!("remove the ownership of {object} {of} {}", attached(view, &grant.attached_to))
            }
            Via::RoleAssignment { native_id, .. } if grant.is_whole() => {
                format!("remove {policy}: {native_id}")
            }
            _ if grant.is_whole() => format!("remove {policy}"),
            _ => format!("change statement {} of {policy}", grant.statement),
        };
        page.line(indent + 2, &[plain(words)]);
    }
}

/// How much a cut ends.
pub(crate) fn ends(cut: &Cut, listed: usize) -> String {
    format!("ends {} of the {} listed here", cut.ends, count(listed, "path"))
}

/// The number of ways in words; `at least`, where the search ended before it had seen all.
pub(crate) fn ways(reach: &Reach) -> String {
    let at_least = if reach.paths_more { "at least " } else { "" };
    format!("{at_least}{}", count(reach.paths_total, "path"))
}

/// The cut that ends the most paths; of several the one of the shortest path.
pub(crate) fn best_cut(reach: &Reach) -> Option<&Cut> {
    let cuts = reach.paths.iter().filter_map(|path| path.cut.as_ref());
    cuts.reduce(|best, cut| if cut.ends > best.ends { cut } else { best })
}

/// The paths of an identity, certain and possible ones.
pub(crate) fn paths_of(reach: Option<&Reach>) -> impl Iterator<Item = &Path> {
    reach.into_iter().flat_map(|reach| reach.paths.iter().chain(&reach.possible_paths))
}
