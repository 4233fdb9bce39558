//! The changes for people.

use std::collections::BTreeMap;

use super::{CredentialFate, CredentialState, Diff, FindingFate, GapFate, OwnerState, Presence};
use crate::{
    Options,
    page::{Ink, Page, Span, faint, plain, strong},
    table::more,
    words::{count, people},
};

const FOR_ALL: &str = "--format json shows all";

/// What changed, worst news first. Only what both scans could see is called gone or resolved.
pub fn diff_text(diff: &Diff, options: &Options) -> String {
    let mut page = Page::new(options);
    let side = |complete: bool| if complete { "complete" } else { "partial" };
    page.line(
        0,
        &[
            strong("Census diff"),
            plain(format!("  {} ({})", diff.old.as_of, side(diff.old.complete))),
            plain(format!(" → {} ({})", diff.new.as_of, side(diff.new.complete))),
        ],
    );
    if !diff.analyzed {
        page.line(0, &[plain("findings and owners are not compared: an estate file holds neither")]);
    }
    if diff.is_empty() {
        page.line(0, &[Span::new(Ink::Good, "nothing changed")]);
        return page.finish();
    }
    let limit = options.examples.max(1) * 4;
    section(&mut page, "FINDINGS", finding_lines(diff), limit);
    section(&mut page, "IDENTITIES", identity_lines(diff), limit);
    section(&mut page, "CREDENTIALS", credential_lines(diff), limit);
    section(&mut page, "OWNERS", owner_lines(diff), limit);
    section(&mut page, "GAPS", gap_lines(diff), limit);
    page.finish()
}

/// What happened, and to what.
type Line = (Label, Vec<Span>);

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Label {
    New,
    SeverityChanged,
    Gone,
    Resolved,
    Rotated,
    StatusChanged,
    Changed,
    Opened,
    Closed,
    NewlyVisible,
    NotVisible,
}

impl Label {
    fn span(self) -> Span {
        match self {
            Self::New => Span::new(Ink::Warn, "new"),
            Self::SeverityChanged => Span::new(Ink::Warn, "severity changed"),
            Self::Gone => Span::new(Ink::Plain, "gone"),
            Self::Resolved => Span::new(Ink::Good, "resolved"),
            Self::Rotated => Span::new(Ink::Good, "rotated"),
            Self::StatusChanged => Span::new(Ink::Plain, "status changed"),
            Self::Changed => Span::new(Ink::Plain, "changed"),
            Self::Opened => Span::new(Ink::Bad, "no longer read"),
            Self::Closed => Span::new(Ink::Good, "read again"),
            Self::NewlyVisible => Span::new(Ink::Faint, "newly visible, not visible before"),
            Self::NotVisible => Span::new(Ink::Faint, "not visible now, so it may still be there"),
        }
    }
}

fn section(page: &mut Page, title: &str, lines: Vec<Line>, limit: usize) {
    if lines.is_empty() {
        return;
    }
    page.heading(title, &[plain(count(lines.len(), "change"))]);
    let mut groups: BTreeMap<Label, Vec<Vec<Span>>> = BTreeMap::new();
    for (label, line) in lines {
        groups.entry(label).or_default().push(line);
    }
    for (label, lines) in groups {
        page.line(2, &[label.span(), faint(format!("  {}", lines.len()))]);
        for line in lines.iter().take(limit) {
            page.line(4, line);
        }
        more(page, 4, lines.len(), limit, FOR_ALL);
    }
}

fn presence(presence: Presence) -> Label {
    match presence {
        Presence::New => Label::New,
        Presence::NewlyVisible => Label::NewlyVisible,
        Presence::Gone => Label::Gone,
        Presence::NotVisible => Label::NotVisible,
    }
}

fn because(hidden_by: &[String]) -> Span {
    match hidden_by.first() {
        Some(first) if hidden_by.len() == 1 => faint(format!("  ({first})")),
        Some(first) => faint(format!("  ({first} and {} more)", hidden_by.len() - 1)),
        None => plain(""),
    }
}

fn identity_lines(diff: &Diff) -> Vec<Line> {
    let line = |change: &super::IdentityChange| {
        let again = if change.recreated { ", deleted and made again under the same name" } else { "" };
        let spans = vec![
            strong(&change.name),
            plain(format!("  {}, {}{again}", change.kind, change.id)),
            because(&change.hidden_by),
        ];
        (presence(change.change), spans)
    };
    diff.identities.iter().map(line).collect()
}

fn credential_lines(diff: &Diff) -> Vec<Line> {
    let shown = |state: &CredentialState| {
        let key = state.key_id.as_deref().unwrap_or("no public id");
        format!("{key} ({})", state.status)
    };
    let line = |change: &super::CredentialChange| {
        let label = match change.change {
            CredentialFate::Rotated => Label::Rotated,
            CredentialFate::StatusChanged => Label::StatusChanged,
            CredentialFate::Only(which) => presence(which),
        };
        let states = match (&change.before, &change.after) {
            (Some(before), Some(after)) => format!("{} → {}", shown(before), shown(after)),
            (Some(one), None) | (None, Some(one)) => shown(one),
            (None, None) => String::new(),
        };
        let spans = vec![
            strong(format!("{} ", change.kind)),
            plain(format!("{states}  of {}", change.holder)),
            because(&change.hidden_by),
        ];
        (label, spans)
    };
    diff.credentials.iter().map(line).collect()
}

fn owner_lines(diff: &Diff) -> Vec<Line> {
    let shown = |state: &OwnerState| {
        let who = people(state.business_owner.as_deref(), state.technical_steward.as_deref());
        format!("{}{}", state.status, who.map(|who| format!(" ({who})")).unwrap_or_default())
    };
    let line = |change: &super::OwnerChange| {
        let spans = vec![
            strong(&change.name),
            plain(format!("  {} → {}", shown(&change.before), shown(&change.after))),
            faint(format!("  {}", change.id)),
        ];
        (Label::Changed, spans)
    };
    diff.owners.iter().map(line).collect()
}

fn finding_lines(diff: &Diff) -> Vec<Line> {
    let line = |change: &super::FindingChange| {
        let label = match change.change {
            FindingFate::New => Label::New,
            FindingFate::NewlyVisible => Label::NewlyVisible,
            FindingFate::Resolved => Label::Resolved,
            FindingFate::NotVisible => Label::NotVisible,
            FindingFate::SeverityChanged => Label::SeverityChanged,
        };
        let severity = match (&change.severity_before, &change.severity_after) {
            (Some(before), Some(after)) => format!("{before} → {after}"),
            (Some(one), None) | (None, Some(one)) => one.clone(),
            (None, None) => String::new(),
        };
        let spans = vec![
            plain(format!("{severity}  {}", change.title)),
            faint(format!("  {}", change.rule)),
            because(&change.hidden_by),
        ];
        (label, spans)
    };
    let mut worst_first: Vec<_> = diff.findings.iter().collect();
    worst_first
        .sort_by_key(|change| rank(change.severity_after.as_ref().or(change.severity_before.as_ref())));
    worst_first.into_iter().map(line).collect()
}

/// Reports of another version may know other severities; those come last.
fn rank(severity: Option<&String>) -> usize {
    let known = ["critical", "high", "medium", "low", "info"];
    severity.and_then(|severity| known.iter().position(|one| one == severity)).unwrap_or(known.len())
}

fn gap_lines(diff: &Diff) -> Vec<Line> {
    let line = |change: &super::GapChange| {
        let label = match change.change {
            GapFate::Opened => Label::Opened,
            GapFate::Closed => Label::Closed,
            GapFate::NotVisible => Label::NotVisible,
        };
        let place = change.scope.as_ref().map_or("everywhere".into(), |scope| format!("in {scope}"));
        (label, vec![strong(&change.read), plain(format!("  {}, {place}", change.reason))])
    };
    diff.gaps.iter().map(line).collect()
}
