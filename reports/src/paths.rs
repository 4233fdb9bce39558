//! `census paths`: who can make itself administrator, step by step, and what to cut.

use census_model::{Bound, Identity, Level, Outside, Path, Reach};

use crate::{
    Input, Options,
    levels::{Clouds, Levels, meaning},
    page::{Ink, Page, Span, faint, plain, strong},
    reach::{best_cut, brief, cut_lines, ends, goal, level_ink, path_line, person, possible, steps, ways},
    table::more,
    view::View,
    words::count,
};

/// How many identities are listed before the rest is counted.
const LISTED: usize = 25;

const FOR_ALL: &str = "--format json shows all; one: `census paths NAME`";

/// Whose paths.
#[derive(Clone, Copy, Debug)]
pub enum Taker<'a> {
    /// An identity's.
    Identity(&'a Identity),
    /// Those of somebody outside.
    Outside(&'a Outside),
}

/// Which paths were asked for.
#[derive(Clone, Copy, Debug)]
pub enum Sought<'a> {
    /// Those of everybody.
    OfAll,
    /// Those of one.
    Of(Taker<'a>),
}

/// The paths of one that were asked for.
#[derive(Clone, Debug)]
pub struct Ways<'a> {
    /// Whose.
    pub of: Taker<'a>,
    /// Paths of techniques that it is really allowed to use, shortest first.
    pub paths: Vec<&'a Path>,
    /// Paths with a step whose technique is not documented.
    pub possible: Vec<&'a Path>,
}

impl<'a> Taker<'a> {
    fn name(self) -> &'a str {
        match self {
            Self::Identity(identity) => &identity.name,
            Self::Outside(outside) => &outside.who.subject,
        }
    }

    /// What it is called where it lives, besides its name.
    fn is_called(self) -> &'a str {
        match self {
            Self::Identity(identity) => &identity.native_id,
            Self::Outside(outside) => &outside.who.issuer,
        }
    }

    /// What it is.
    fn kind(self) -> String {
        match self {
            Self::Identity(identity) => identity.kind.to_string(),
            Self::Outside(outside) if outside.who.is_several() => {
                format!("each such {} of {}", outside.who.kind, outside.who.issuer)
            }
            Self::Outside(outside) => format!("{} of {}", outside.who.kind, outside.who.issuer),
        }
    }

    pub(crate) fn reach(self, view: &View<'a>) -> Option<&'a Reach> {
        match self {
            Self::Identity(identity) => view.reach(&identity.id),
            Self::Outside(outside) => Some(&outside.reach),
        }
    }

    fn is(self, other: Taker<'_>) -> bool {
        match (self, other) {
            (Self::Identity(one), Taker::Identity(other)) => one.id == other.id,
            (Self::Outside(one), Taker::Outside(other)) => one.who == other.who,
            _ => false,
        }
    }

    fn is_outside(self) -> bool {
        matches!(self, Self::Outside(_))
    }

    /// What its level means.
    fn means(self, level: Level) -> &'static str {
        match self {
            Self::Identity(identity) => meaning(level, Clouds::One(identity.provider)),
            Self::Outside(_) => meaning(level, Clouds::Several),
        }
    }
}

/// Escalation paths as text. `to` is what the paths end at or pass through, as it was typed, where that was asked.
pub fn paths<'a>(
    input: &Input<'a>,
    sought: Sought<'a>,
    to: Option<&str>,
    found: &[Ways<'a>],
    options: &Options,
) -> String {
    let view = View::new(input);
    let mut page = Page::new(options);
    match sought {
        Sought::Of(taker) => of_one(&mut page, &view, taker, to, found),
        Sought::OfAll => of_all(&mut page, &view, to, found),
    }
    page.finish()
}

/// All paths of one, each with its proof.
fn of_one<'a>(page: &mut Page, view: &View<'a>, taker: Taker<'a>, to: Option<&str>, found: &[Ways<'_>]) {
    let reach = taker.reach(view);
    let level = reach.map_or(Span::new(Ink::Warn, "not computed"), |reach| {
        Span::new(level_ink(reach.level), brief(reach.level, reach.bound, reach.conditional))
    });
    page.line(
        0,
        &[
            strong(taker.name()),
            plain(format!(" ({})  ", taker.kind())),
            level,
            plain(reach.map(|reach| format!(": {}", taker.means(reach.level))).unwrap_or_default()),
        ],
    );
    match taker {
        Taker::Identity(identity) => page.verbatim(0, &faint(&*identity.native_id)),
        Taker::Outside(outside) => entries(page, view, outside),
    }
    let ways_of_it = found.iter().find(|ways| ways.of.is(taker));
    let (certain, maybe) = ways_of_it.map_or((&[][..], &[][..]), |ways| (&ways.paths, &ways.possible));
    if certain.is_empty() {
        page.gap();
        page.line(0, &[plain(none(reach, to))]);
    }
    for (number, path) in (1_usize..).zip(certain) {
        page.heading_in(Ink::Bad, &format!("PATH {number}"), &[plain(goal(view, path))]);
        in_full(page, view, path, certain.len());
    }
    if let (Some(reach), None) = (reach, to)
        && (reach.paths_total > certain.len() || reach.paths_more)
    {
        page.gap();
        page.line(0, &[faint(format!("{} in all; the shortest are shown", ways(reach)))]);
    }
    possible(page, view, maybe);
}

/// Whom somebody outside becomes by itself.
fn entries(page: &mut Page, view: &View<'_>, outside: &Outside) {
    for entry in outside.entries.iter().take(LISTED) {
        let conditional = if entry.conditional { ", only under conditions" } else { "" };
        let level = view.reach(&entry.becomes).map(|reach| {
            let words = format!(": {}", brief(reach.level, reach.bound, reach.conditional));
            Span::new(level_ink(reach.level), words)
        });
        let becomes = format!("becomes {} (`{}`)", person(view, &entry.becomes), entry.subject);
        let line: Vec<_> = [plain(becomes), plain(conditional)].into_iter().chain(level).collect();
        page.line(2, &line);
    }
    more(page, 2, outside.entries.len(), LISTED, FOR_ALL);
}

/// Why there is no path to show. Where something that gives was not read, that is no promise.
fn none(reach: Option<&Reach>, to: Option<&str>) -> String {
    let Some(reach) = reach else { return "what it can do was not computed".to_owned() };
    if reach.level == Level::Unknown {
        return "whether there is a path cannot be told: its own grants were not read".to_owned();
    }
    let read = match reach.bound {
        Bound::Lower | Bound::Open => " in what was read; `census explain` names what was not",
        Bound::Exact | Bound::Upper => "",
    };
    match (reach.level, to) {
        // Paths are kept one for each first step, so that another one of them may lead there.
        (_, Some(to)) => format!("no path that ends at or passes through {to} was found{read}"),
        (Level::Admin, None) => {
            "it needs no path: it administers already; `census explain` shows by which statement".to_owned()
        }
        (_, None) => format!("no path to administration was found{read}"),
    }
}

fn in_full(page: &mut Page, view: &View<'_>, path: &Path, listed: usize) {
    steps(page, view, 2, path);
    if let Some(cut) = &path.cut {
        page.line(2, &[plain("cut: "), faint(ends(cut, listed))]);
        cut_lines(page, view, 5, cut);
    }
}

/// A block for each identity: its shortest path with proof, the others in a line each, and what to cut. First those
/// that become administrator, for certain before under conditions; then administrators who reach further.
fn of_all<'a>(page: &mut Page, view: &View<'a>, to: Option<&str>, found: &[Ways<'a>]) {
    let levels = Levels::of(view);
    let administers = |ways: &Ways<'_>| ways.of.reach(view).is_some_and(|reach| reach.level == Level::Admin);
    let mut all: Vec<&Ways<'_>> = found.iter().filter(|ways| !ways.paths.is_empty()).collect();
    all.sort_by_cached_key(|ways| {
        let shortest = ways.paths.first().map(|path| (path.steps.len(), path.conditional));
        let scope = match ways.of {
            Taker::Identity(identity) => identity.scope.as_str(),
            Taker::Outside(outside) => &outside.who.issuer,
        };
        (administers(ways), shortest, scope, ways.of.name(), ways.of.is_called())
    });
    let (outside, certain): (Vec<&Ways<'_>>, Vec<&Ways<'_>>) =
        all.into_iter().partition(|ways| ways.of.is_outside());
    head(page, certain.iter().partition(|ways| !administers(ways)), to);
    if levels.is_empty() {
        page.line(0, &[Span::new(Ink::Warn, "what identities can do was not computed")]);
    } else {
        page.line(0, &[faint(format!("all: {}", levels.words()))]);
    }
    for ways in certain.iter().take(LISTED) {
        block(page, view, ways, to);
    }
    if certain.len() > LISTED {
        page.gap();
        more(page, 0, certain.len(), LISTED, FOR_ALL);
    }
    from_outside(page, view, &outside, to);
    let only = found.iter().filter(|ways| ways.paths.is_empty() && !ways.possible.is_empty()).count();
    if only > 0 {
        page.gap();
        let words = format!(
            "{} with possible paths only, of techniques that are not documented",
            count(only, "identity")
        );
        page.line(0, &[faint(words), faint(": `census paths NAME` shows those of one")]);
    }
    let unknown = levels.count(Level::Unknown);
    if unknown > 0 {
        page.gap();
        let of = count(unknown, "identity");
        let words = format!("it cannot be told of {of} whose own grants were not read");
        page.line(0, &[Span::new(Ink::Warn, words)]);
    }
}

/// Those outside, in blocks like the others.
fn from_outside<'a>(page: &mut Page, view: &View<'a>, found: &[&Ways<'a>], to: Option<&str>) {
    if found.is_empty() {
        return;
    }
    let is_aimed = found.iter().all(|ways| ways.paths.iter().all(|path| path.scope.is_none()));
    let comes = match to.filter(|_| is_aimed) {
        Some(to) => format!("can come to act as {to} by a token of its issuer"),
        None => "can become administrator by a token of its issuer".to_owned(),
    };
    page.heading_in(
        Ink::Bad,
        "FROM OUTSIDE",
        &[plain(format!("{} {comes}", count(found.len(), "workload")))],
    );
    for ways in found.iter().take(LISTED) {
        block(page, view, ways, to);
    }
    if found.len() > LISTED {
        page.gap();
        more(page, 0, found.len(), LISTED, FOR_ALL);
    }
}

/// How many become administrator, how many of those only under conditions, and how many administrators reach further.
fn head(page: &mut Page, (become_one, further): (Vec<&Ways<'_>>, Vec<&Ways<'_>>), to: Option<&str>) {
    let open = become_one.iter().filter(|ways| ways.paths.iter().all(|path| path.conditional)).count();
    let open = if open > 0 { format!(", {open} of them only under conditions") } else { String::new() };
    // Paths to somebody who was asked for end there, whatever they can do.
    let is_to_somebody = |ways: &&Ways<'_>| ways.paths.iter().all(|path| path.scope.is_none());
    if let Some(to) =
        to.filter(|_| become_one.iter().chain(&further).copied().all(|ways| is_to_somebody(&ways)))
    {
        let administrators = if further.is_empty() {
            String::new()
        } else {
            format!(", {} of them as administrators", further.len())
        };
        let words = format!(" can come to act as {to}{open}{administrators}");
        page.line(0, &[strong(count(become_one.len() + further.len(), "identity")), plain(words)]);
        return;
    }
    let toward = to.map(|to| format!(", by a path that ends at or passes through {to}")).unwrap_or_default();
    page.line(
        0,
        &[
            strong(count(become_one.len(), "identity")),
            plain(format!(" can become administrator{open}{toward}")),
        ],
    );
    if !further.is_empty() {
        page.line(
            0,
            &[
                strong(count(further.len(), "administrator")),
                plain(" can become administrator elsewhere, too"),
            ],
        );
    }
}

fn block<'a>(page: &mut Page, view: &View<'a>, ways_of_it: &Ways<'a>, to: Option<&str>) {
    let taker = ways_of_it.of;
    let Some((shortest, others)) = ways_of_it.paths.split_first() else { return };
    page.gap();
    page.line(
        0,
        &[
            strong(taker.name()),
            plain(format!(" ({}) → {}", taker.kind(), goal(view, shortest).trim_start_matches("to "))),
        ],
    );
    steps(page, view, 2, shortest);
    for other in others {
        page.line(2, &[faint("or "), plain(path_line(view, other))]);
    }
    let reach = taker.reach(view);
    if let (Some(reach), None) = (reach, to)
        && (reach.paths_total > ways_of_it.paths.len() || reach.paths_more)
    {
        page.line(2, &[faint(format!("{} in all", ways(reach)))]);
    }
    let cut = if to.is_none() { reach.and_then(best_cut) } else { shortest.cut.as_ref() };
    if let Some(cut) = cut {
        let kept = reach.filter(|_| to.is_none()).map(|reach| reach.paths.len());
        let listed = kept.unwrap_or(ways_of_it.paths.len());
        page.line(2, &[plain("cut: "), faint(ends(cut, listed))]);
        cut_lines(page, view, 5, cut);
    }
}
