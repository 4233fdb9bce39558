//! The smallest policy that would have sufficed for one identity, and what it would take away.

use census_model::{Confidence, Identity, RightSize, ServiceSize, SizedPolicy, UseState, WeightyAction};
use serde_json::Value;

use crate::{
    Input, Options,
    explain::{header, unseen},
    page::{Ink, Page, Span, faint, plain, strong},
    sanitize::visible,
    table::more,
    view::View,
    words::{count, date, dated, duration},
};

/// How many services a list names before the rest is counted.
const LISTED: usize = 20;

/// What would have sufficed for an identity. Without any usage it says that nothing can be told.
pub fn right_size(
    input: &Input<'_>,
    identity: &Identity,
    sized: Option<&RightSize>,
    options: &Options,
) -> String {
    let view = View::new(input);
    let mut page = Page::new(options);
    header(&mut page, &view, identity);
    match sized {
        None => untold(&mut page),
        Some(sized) => {
            conclusion(&mut page, sized);
            lost(&mut page, &view, sized);
            open(&mut page, sized);
            used(&mut page, &view, sized);
            policies(&mut page, sized);
        }
    }
    unseen(&mut page, &view, identity);
    page.finish()
}

fn untold(page: &mut Page) {
    page.heading("RIGHT SIZE", &[Span::new(Ink::Warn, "cannot be told")]);
    page.line(2, &[plain(NO_USAGE)]);
}

const NO_USAGE: &str = "Nothing is known of what it uses, so nothing of what it may do can be called unused. Scan with \
                        --deep, put service-last-accessed.json into the folder of documents, or give CloudTrail logs \
                        with --cloudtrail.";

fn conclusion(page: &mut Page, sized: &RightSize) {
    let ink = match sized.confidence {
        Confidence::High => Ink::Good,
        Confidence::Medium => Ink::Plain,
        Confidence::Low => Ink::Warn,
    };
    page.heading("RIGHT SIZE", &[Span::new(ink, format!("{} confidence", sized.confidence.as_str()))]);
    let seconds = sized.to.as_second().saturating_sub(sized.from.as_second()).unsigned_abs();
    let all = sized.services.iter().fold(census_model::UseCounts::default(), |mut all, one| {
        all.extend(one.actions);
        all
    });
    let services = |state| sized.services.iter().filter(|one| one.state == state).count();
    let after: usize = sized.policies.iter().map(|policy| policy.characters).sum();
    page.columns(
        2,
        &[
            vec![
                strong("usage"),
                plain(format!("{} to {}, {}", date(sized.from), date(sized.to), duration(seconds))),
            ],
            vec![
                strong("services"),
                plain(format!(
                    "{} granted: {} used, {} not, {} not to be told",
                    sized.services.len(),
                    services(UseState::Used),
                    services(UseState::Unused),
                    services(UseState::Untold)
                )),
            ],
            vec![
                strong("actions"),
                plain(format!(
                    "{} granted: {} used, {} not, {} not to be told",
                    all.granted(),
                    all.used,
                    all.unused,
                    all.untold
                )),
            ],
            vec![strong("policies"), plain(format!("{} characters become {after}", sized.characters_before))],
        ],
    );
    for remark in &sized.remarks {
        page.line(2, &[Span::new(Ink::Warn, "note "), plain(&**remark)]);
    }
}

/// Granted and not used, what weighs first.
fn lost(page: &mut Page, view: &View<'_>, sized: &RightSize) {
    let mut lost: Vec<&ServiceSize> = sized.services.iter().filter(|one| one.actions.unused > 0).collect();
    if lost.is_empty() {
        return;
    }
    lost.sort_by_key(|one| {
        std::cmp::Reverse((one.unused_weighty.len(), one.unused_permission_changes, one.actions.unused))
    });
    page.heading("WOULD BE LOST", &[plain("granted, and not used for as far back as is seen")]);
    let rows: Vec<_> = lost.iter().take(LISTED).map(|one| lost_row(view, one)).collect();
    page.columns(2, &rows);
    more(page, 2, lost.len(), LISTED, "--format json shows all");
}

fn lost_row(view: &View<'_>, one: &ServiceSize) -> Vec<Span> {
    let ink = if one.unused_weighty.is_empty() { Ink::Plain } else { Ink::Bad };
    let since = match (one.state, one.at) {
        (UseState::Unused, Some(at)) => format!("not used since {}", dated(view.as_of(), at)),
        _ => "the service is used".to_owned(),
    };
    let mut words = vec![since];
    if !one.unused_weighty.is_empty() {
        words.push(format!("weighs: {}", weighty(&one.unused_weighty)));
    }
    if one.unused_permission_changes > 0 {
        words.push(format!("{} change permissions", one.unused_permission_changes));
    }
    vec![Span::new(ink, &*one.service), plain(count(one.actions.unused, "action")), faint(words.join("; "))]
}

fn weighty(actions: &[WeightyAction]) -> String {
    let words: Vec<String> = actions.iter().map(|one| format!("{} ({})", one.action, one.why)).collect();
    words.join(", ")
}

/// Kept since nobody can tell: what weighs of it deserves a look.
fn open(page: &mut Page, sized: &RightSize) {
    let open: Vec<&ServiceSize> =
        sized.services.iter().filter(|one| !one.untold_weighty.is_empty()).collect();
    if open.is_empty() {
        return;
    }
    page.heading("KEPT, NOT TOLD", &[plain("no source tells whether these are used, so that they stay")]);
    let row = |one: &&ServiceSize| vec![strong(&*one.service), plain(weighty(&one.untold_weighty))];
    page.columns(2, &open.iter().take(LISTED).map(row).collect::<Vec<_>>());
    more(page, 2, open.len(), LISTED, "--format json shows all");
}

fn used(page: &mut Page, view: &View<'_>, sized: &RightSize) {
    let used: Vec<&ServiceSize> = sized.services.iter().filter(|one| one.state == UseState::Used).collect();
    page.heading("USED", &[plain(count(used.len(), "service"))]);
    let row = |one: &&ServiceSize| {
        let at = one.at.map(|at| dated(view.as_of(), at)).unwrap_or_default();
        vec![
            strong(&*one.service),
            plain(at),
            faint(format!("{} known as used", count(one.actions.used, "action"))),
        ]
    };
    page.columns(2, &used.iter().take(LISTED).map(row).collect::<Vec<_>>());
    more(page, 2, used.len(), LISTED, "--format json shows all");
}

fn policies(page: &mut Page, sized: &RightSize) {
    if sized.policies.is_empty() {
        page.heading("POLICY", &[plain("none: nothing that it may do was used, and nothing is denied")]);
        return;
    }
    for (number, policy) in (1_usize..).zip(&sized.policies) {
        let which = if sized.policies.len() > 1 {
            format!("{number} of {}, ", sized.policies.len())
        } else {
            String::new()
        };
        page.heading(
            "POLICY",
            &[plain(format!("{which}{} characters without white space", policy.characters))],
        );
        text(page, policy);
    }
    page.line(
        0,
        &[faint(
            "In place of what is attached to it and its groups. Denials are in it; boundaries, control policies and \
             resources' own policies stay as they are.",
        )],
    );
}

/// A policy is shown only as it is: one that had to be made visible is another policy.
fn text(page: &mut Page, policy: &SizedPolicy) {
    let pretty =
        serde_json::from_str::<Value>(&policy.text).and_then(|value| serde_json::to_string_pretty(&value));
    match pretty {
        Ok(pretty) if pretty.lines().all(|line| visible(line) == line && line.chars().count() < 2000) => {
            for line in pretty.lines() {
                page.verbatim(0, &plain(line));
            }
        }
        _ => page.line(
            2,
            &[Span::new(Ink::Warn, "holds characters that cannot be seen; --format json has it as it is")],
        ),
    }
}
