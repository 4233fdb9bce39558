//! What could not be read: the last thing a report says, so that nobody misses it.

use std::collections::{BTreeMap, BTreeSet};

use census_model::{Gap, GapReason, Source};

use crate::{
    Options,
    page::{Ink, Page, Span, faint, plain, strong},
    table::listed,
    view::View,
    words::{count, duration},
};

/// Gaps, failures first, and how old the content was that is not of the scan's own time.
pub(crate) fn section(page: &mut Page, view: &View<'_>, options: &Options) {
    let (failures, quiet): (Vec<&Gap>, Vec<&Gap>) = view.gaps.iter().partition(|gap| gap.reason.is_failure());
    page.heading(
        "NOT READ",
        &[if failures.is_empty() {
            Span::new(Ink::Good, "nothing that was asked for is missing")
        } else {
            Span::new(Ink::Bad, count(failures.len(), "failure"))
        }],
    );
    for group in grouped(&failures).values() {
        failure(page, view, group, options);
    }
    let (not_requested, not_provided): (Vec<&Gap>, Vec<&Gap>) =
        quiet.into_iter().partition(|gap| gap.reason == GapReason::NotRequested);
    not_in_folder(page, view, &not_provided, options);
    not_asked_for(page, &not_requested);
    ages(page, view);
}

/// Gaps that differ only in where they are and what they affect.
fn grouped<'g>(gaps: &[&'g Gap]) -> BTreeMap<(GapReason, &'g str), Vec<&'g Gap>> {
    let mut groups: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for gap in gaps {
        groups.entry((gap.reason, &*gap.read)).or_default().push(*gap);
    }
    groups
}

fn failure(page: &mut Page, view: &View<'_>, group: &[&Gap], options: &Options) {
    let Some(first) = group.first() else { return };
    page.line(
        2,
        &[
            Span::new(Ink::Bad, first.reason.as_str()),
            plain("  "),
            strong(&*first.read),
            plain(format!("  in {}", places(view, group, options))),
        ],
    );
    let affected: BTreeSet<&str> = group.iter().flat_map(|gap| &gap.affects).map(AsRef::as_ref).collect();
    if !affected.is_empty() {
        let affected: Vec<&str> = affected.into_iter().collect();
        page.line(6, &[plain(format!("about {}", listed(&affected, options.examples)))]);
    }
    details(page, group);
    page.line(6, &[faint(advice(first.reason))]);
}

/// What happened, in the words of the first gap that has any.
fn details(page: &mut Page, group: &[&Gap]) {
    let details: BTreeSet<&str> =
        group.iter().map(|gap| &*gap.detail).filter(|text| !text.is_empty()).collect();
    if let Some(detail) = details.first() {
        let others = details.len() - 1;
        let more =
            if others > 0 { format!(" (and {})", count(others, "other wording")) } else { String::new() };
        page.line(6, &[faint(format!("{detail}{more}"))]);
    }
}

fn not_in_folder(page: &mut Page, view: &View<'_>, gaps: &[&Gap], options: &Options) {
    for ((reason, read), group) in grouped(gaps) {
        page.line(
            2,
            &[
                faint(format!("{reason}  ")),
                plain(read),
                faint(format!("  in {}", places(view, &group, options))),
            ],
        );
        details(page, &group);
        if group.iter().all(|gap| gap.detail.is_empty()) {
            page.line(6, &[faint(advice(reason))]);
        }
    }
}

/// What is left out on purpose is the same in every scan: a line, so that it does not hide what went wrong.
pub(crate) fn not_asked_for(page: &mut Page, gaps: &[&Gap]) {
    let reads: BTreeSet<&str> = gaps.iter().map(|gap| &*gap.read).collect();
    if !reads.is_empty() {
        let reads: Vec<&str> = reads.into_iter().collect();
        page.line(
            2,
            &[faint(format!("{} (gaps.csv says why): {}", GapReason::NotRequested, reads.join(", ")))],
        );
    }
}

fn advice(reason: GapReason) -> &'static str {
    match reason {
        GapReason::Denied => {
            "to do: give the caller this permission; `census permissions` prints all it needs"
        }
        GapReason::Throttled => "to do: scan again with a lower rate, or when less else is calling",
        GapReason::Failed => "to do: scan again; if it stays, the detail above says what to ask the provider",
        GapReason::Truncated => "to do: scan again with more time; only a part was read",
        GapReason::Invalid => "to do: look at the document; what it says could not be understood",
        GapReason::Inconsistent => "to do: scan again; two sources did not agree, and one may be out of date",
        GapReason::Unsupported => "the endpoint does not offer this read",
        GapReason::NotProvided => "not in the folder; add it for a fuller answer",
        GapReason::NotRequested => "left out on purpose; where a flag asks for it, the line says so",
    }
}

fn places(view: &View<'_>, group: &[&Gap], options: &Options) -> String {
    let scopes: BTreeSet<String> = group
        .iter()
        .map(|gap| match &gap.scope {
            Some(scope) => view.scope_label(scope),
            None => gap.provider.to_string(),
        })
        .collect();
    let names: Vec<&str> = scopes.iter().map(String::as_str).collect();
    listed(&names, options.examples)
}

/// The oldest content of each kind of document that says when it was made.
fn ages(page: &mut Page, view: &View<'_>) {
    let mut oldest: BTreeMap<&str, (i64, &Source, usize)> = BTreeMap::new();
    for source in &view.input.estate.sources {
        let Some(made) = source.as_of else { continue };
        let name = source.document.rsplit('/').next().unwrap_or(&source.document);
        let age = view.as_of().as_second() - made.as_second();
        oldest
            .entry(name)
            .and_modify(|(known, of, number)| {
                *number += 1;
                if (age, &of.document) > (*known, &source.document) {
                    (*known, *of) = (age, source);
                }
            })
            .or_insert((age, source, 1));
    }
    for (name, (age, source, number)) in oldest {
        let place = source.scope.as_ref().map(|scope| view.scope_label(scope)).unwrap_or_default();
        let which = if number > 1 { format!("{place}, the oldest of {number}") } else { place };
        let words = duration(age.unsigned_abs());
        let old =
            if age >= 0 { format!("{words} old") } else { format!("{words} newer than the scan's clock") };
        page.line(2, &[faint(format!("{name}: {old} ({which})"))]);
    }
}
