//! The report for people.

use std::collections::BTreeMap;

use census_model::{
    CredentialStatus, Finding, NatureKind, OwnerStatus, RuleId, Severity, Subject, Vault, VaultObject,
};

use crate::{
    Coverage, Input, Options,
    coverage::coverage_of,
    levels::{self, Levels},
    page::{Ink, Page, Span, faint, plain, strong},
    privilege_use, unread,
    view::{View, by_severity},
    words::count,
};

/// The whole report: what was scanned, numbers, findings, owners, and at the end what could not be read.
pub fn table(input: &Input<'_>, options: &Options) -> String {
    let view = View::new(input);
    let mut page = Page::new(options);
    headline(&mut page, &view, options);
    identities(&mut page, &view);
    credentials(&mut page, &view);
    vaults(&mut page, &view);
    levels::section(&mut page, &view);
    usage(&mut page, &view);
    findings(&mut page, &view, options);
    owners(&mut page, &view, options);
    unread::section(&mut page, &view, options);
    page.finish()
}

/// A few lines for the end of a run whose reports went elsewhere.
pub fn summary(input: &Input<'_>, options: &Options) -> String {
    let view = View::new(input);
    let mut page = Page::new(options);
    headline(&mut page, &view, options);
    let (coverage, _) = coverage_of(&view);
    let mut rows = vec![
        vec![strong("identities"), plain(view.identities.len().to_string())],
        vec![strong("credentials"), plain(view.credentials.len().to_string())],
    ];
    let levels = Levels::of(&view);
    if !levels.is_empty() {
        rows.push(vec![strong("reach"), plain(levels.words())]);
    }
    if let Some(all) = privilege_use::totals(&view) {
        rows.push(vec![strong("usage"), plain(privilege_use::words(&all))]);
    }
    rows.push(vec![strong("owners"), plain(coverage_words(&coverage))]);
    rows.push(vec![strong("findings"), plain(severity_words(view.findings.iter().copied()))]);
    page.gap();
    page.columns(0, &rows);
    unread::section(&mut page, &view, options);
    page.finish()
}

/// What was scanned, and whether all of it was read.
pub(crate) fn headline(page: &mut Page, view: &View<'_>, options: &Options) {
    let estate = view.input.estate;
    let mut targets: Vec<&str> = estate.targets.iter().map(AsRef::as_ref).collect();
    targets.sort_unstable();
    let labels: Vec<String> = targets.into_iter().map(|target| view.target_label(target)).collect();
    let targets: Vec<&str> = labels.iter().map(String::as_str).collect();
    let scopes = estate.scopes.values().filter(|scope| scope.scanned).count();
    page.line(
        0,
        &[strong(format!("Census {}", view.input.tool_version)), faint(format!("  as of {}", estate.as_of))],
    );
    page.line(
        0,
        &[
            plain(if targets.is_empty() {
                "scanned".into()
            } else {
                format!("scanned {}", listed(&targets, options.examples))
            }),
            faint(format!("  ({})", count(scopes, "scope"))),
        ],
    );
    let failures = view.gaps.iter().filter(|gap| gap.reason.is_failure()).count();
    if failures == 0 {
        page.line(0, &[Span::new(Ink::Good, "COMPLETE"), plain(": everything that was asked for was read")]);
    } else {
        let words =
            format!(": {} failed or fell short; the last section names them", count(failures, "read"));
        page.line(0, &[Span::new(Ink::Bad, "PARTIAL"), plain(words)]);
    }
}

fn identities(page: &mut Page, view: &View<'_>) {
    page.heading("IDENTITIES", &[plain(view.identities.len().to_string())]);
    let kinds = view.identities.iter().map(|identity| (identity.kind.as_str(), identity.nature.kind));
    page.columns(2, &breakdown(kinds, NatureKind::as_str));
    let managed = view.identities.iter().filter(|identity| identity.managed_by.is_some()).count();
    if managed > 0 {
        page.line(2, &[faint(format!("{managed} of them managed by the provider"))]);
    }
}

fn credentials(page: &mut Page, view: &View<'_>) {
    page.heading("CREDENTIALS", &[plain(view.credentials.len().to_string())]);
    let kinds = view.credentials.iter().map(|credential| (credential.kind.as_str(), credential.status));
    page.columns(2, &breakdown(kinds, CredentialStatus::as_str));
}

/// Vaults by who decides about access, and what they hold by whether it ends.
fn vaults(page: &mut Page, view: &View<'_>) {
    if view.vaults.is_empty() {
        return;
    }
    page.heading("VAULTS", &[plain(view.vaults.len().to_string())]);
    let access = |vault: &Vault| match (&vault.deleted, vault.access) {
        (Some(_), _) => "deleted",
        (None, access) => access.map_or("access not known", census_model::AccessModel::as_str),
    };
    page.columns(2, &breakdown(view.vaults.iter().map(|v| (v.kind.as_str(), access(v))), |words| words));
    let objects = view.input.estate.vault_objects.iter();
    let ends = |object: &VaultObject| if object.expires.is_some() { "with an end" } else { "without an end" };
    page.columns(2, &breakdown(objects.map(|one| (one.kind.as_str(), ends(one))), |words| words));
}

/// A row for each kind: how many, and how they divide.
fn breakdown<D: Ord + Copy>(
    items: impl Iterator<Item = (&'static str, D)>,
    name: impl Fn(D) -> &'static str,
) -> Vec<Vec<Span>> {
    let mut counts: BTreeMap<&str, BTreeMap<D, usize>> = BTreeMap::new();
    for (kind, division) in items {
        *counts.entry(kind).or_default().entry(division).or_default() += 1;
    }
    let row = |(kind, divisions): (&&str, &BTreeMap<D, usize>)| {
        let total: usize = divisions.values().sum();
        let parts: Vec<_> = divisions.iter().map(|(d, number)| format!("{number} {}", name(*d))).collect();
        vec![plain(kind), plain(format!("{total:>6}")), faint(parts.join(", "))]
    };
    counts.iter().map(row).collect()
}

/// What is granted beside what was used, where anything of that is known; else that it is not.
fn usage(page: &mut Page, view: &View<'_>) {
    if let Some(all) = privilege_use::totals(view) {
        page.heading("USAGE", &[plain(privilege_use::words(&all))]);
        if all.with_usage > 0 {
            page.line(
                2,
                &[faint(
                    "by identity: --format privilege; what would suffice: `census explain NAME --right-size`",
                )],
            );
        }
    }
}

fn findings(page: &mut Page, view: &View<'_>, options: &Options) {
    page.heading("FINDINGS", &[plain(severity_words(view.findings.iter().copied()))]);
    let mut groups: Vec<((Severity, &RuleId), Vec<&Finding>)> = Vec::new();
    for finding in &view.findings {
        let key = (finding.severity, &finding.rule);
        match groups.last_mut() {
            Some((last, group)) if *last == key => group.push(finding),
            _ => groups.push((key, vec![finding])),
        }
    }
    let mut shown = None;
    for ((severity, rule), group) in groups {
        if shown != Some(severity) {
            page.line(2, &[Span::new(Ink::of(severity), severity.as_str().to_uppercase())]);
            shown = Some(severity);
        }
        page.line(4, &[strong(rule.as_str()), faint(format!("  {}", group.len()))]);
        for finding in group.iter().take(options.examples) {
            page.line(6, &[plain(&*finding.title), faint(place(view, finding))]);
        }
        more(page, 6, group.len(), options.examples, "");
    }
    if !view.findings.is_empty() {
        page.line(2, &[faint(ALL_FINDINGS)]);
    }
}

const ALL_FINDINGS: &str =
    "all: --format csv --output DIR; one identity: `census explain NAME`; a rule: `census rules ID`";

/// Where the subject lives, where more than one scope was scanned: the same name may be in several.
fn place(view: &View<'_>, finding: &Finding) -> String {
    let several = view.input.estate.scopes.values().filter(|scope| scope.scanned).nth(1).is_some();
    match &finding.subject {
        Subject::Identity(id) if several => view
            .index
            .identity(id)
            .map(|identity| format!("  {}", view.scope_name(&identity.scope)))
            .unwrap_or_default(),
        _ => String::new(),
    }
}

fn owners(page: &mut Page, view: &View<'_>, options: &Options) {
    let (coverage, scopes) = coverage_of(view);
    page.heading("OWNERS", &[plain(coverage_words(&coverage))]);
    coverage_rows(page, 2, &coverage);
    if scopes.len() > 1 {
        page.line(2, &[faint("least covered first:")]);
        let mut worst: Vec<_> =
            scopes.iter().filter_map(|scope| Some((scope.coverage.registered_percent()?, scope))).collect();
        worst.sort_by_key(|(percent, scope)| (*percent, std::cmp::Reverse(scope.coverage.ownable())));
        let rows: Vec<_> = worst
            .iter()
            .take(options.examples)
            .map(|(_, scope)| {
                vec![plain(view.scope_label(&scope.scope)), plain(coverage_words(&scope.coverage))]
            })
            .collect();
        page.columns(4, &rows);
        more(page, 4, worst.len(), options.examples, "`census owners`");
    }
    no_registry(page, view);
    let ghosts = view.input.ownership.ghosts.len();
    if ghosts > 0 {
        let entries = count(view.input.ownership.entries, "registry entry");
        page.line(2, &[plain(format!("{ghosts} of {entries} match no identity"))]);
    }
    let outside = view.input.ownership.outside;
    if outside > 0 {
        let entries = count(outside, "registry entry");
        page.line(2, &[faint(format!("{entries} about scopes that this scan did not ask for"))]);
    }
}

/// Without a registry nothing can be registered, which says more about the command line than about the identities.
pub(crate) fn no_registry(page: &mut Page, view: &View<'_>) {
    if view.input.ownership.entries == 0 && !view.identities.is_empty() {
        page.line(2, &[Span::new(Ink::Warn, "no registry of owners was read"), plain(NAME_A_REGISTRY)]);
    }
}

const NAME_A_REGISTRY: &str =
    ": name one with --registry FILE; `census owners --suggest FILE` writes a first one";

/// A row for each status that occurs.
pub(crate) fn coverage_rows(page: &mut Page, indent: usize, coverage: &Coverage) {
    if let Some(words) = review_coverage_words(coverage) {
        page.line(indent, &[plain(words)]);
    }
    let rows: Vec<_> = OwnerStatus::ALL
        .iter()
        .filter(|status| coverage.count(**status) > 0)
        .map(|status| {
            vec![
                Span::new(owner_ink(*status), status.as_str()),
                plain(format!("{:>6}", coverage.count(*status))),
                faint(meaning(*status)),
            ]
        })
        .collect();
    page.columns(indent, &rows);
}

pub(crate) fn owner_ink(status: OwnerStatus) -> Ink {
    match status {
        OwnerStatus::Registered => Ink::Good,
        OwnerStatus::Inferred | OwnerStatus::Unknown => Ink::Warn,
        OwnerStatus::Conflict | OwnerStatus::Departed | OwnerStatus::Unowned => Ink::Bad,
        OwnerStatus::NotApplicable => Ink::Faint,
    }
}

fn meaning(status: OwnerStatus) -> &'static str {
    match status {
        OwnerStatus::Registered => "a registry record names the owner",
        OwnerStatus::Inferred => "only weaker evidence names one",
        OwnerStatus::Conflict => "claims of the same strength disagree",
        OwnerStatus::Departed => "the owner has left",
        OwnerStatus::Unowned => "every source was read, and none names anyone",
        OwnerStatus::Unknown => "a source that could name an owner was not read",
        OwnerStatus::NotApplicable => "nobody here can own it",
    }
}

pub(crate) fn coverage_words(coverage: &Coverage) -> String {
    let registered = coverage.count(OwnerStatus::Registered);
    match coverage.registered_percent() {
        Some(percent) => format!("{registered} of {} registered ({percent} %)", coverage.ownable()),
        None => "no identity that somebody here could own".into(),
    }
}

/// How much of what is registered is reviewed, how much of what weighs is, and how much of what ended is gone; nothing
/// where nothing is registered.
pub(crate) fn review_coverage_words(coverage: &Coverage) -> Option<String> {
    let registered = coverage.count(OwnerStatus::Registered);
    let (ended, retired) = coverage.ended();
    if registered + ended == 0 {
        return None;
    }
    let mut words = format!("{} of {registered} reviewed", coverage.reviewed());
    let privileged = coverage.privileged();
    if privileged.all > 0 {
        words.push_str(&format!(
            "; of {} privileged {} registered, {} reviewed",
            privileged.all, privileged.registered, privileged.reviewed
        ));
    }
    if ended > 0 {
        words.push_str(&format!("; {retired} of {ended} retired whose end came"));
    }
    Some(words)
}

/// The number of findings and how bad they are.
pub(crate) fn severity_words<'f>(findings: impl IntoIterator<Item = &'f Finding>) -> String {
    let counts = by_severity(findings);
    let total: usize = counts.values().sum();
    let parts: Vec<_> = counts.iter().map(|(severity, number)| format!("{number} {}", severity.0)).collect();
    match parts.as_slice() {
        [] => "none".into(),
        [only] => only.clone(),
        _ => format!("{total}: {}", parts.join(", ")),
    }
}

/// The line that counts what is not listed, and says where it is if that is not said elsewhere.
pub(crate) fn more(page: &mut Page, indent: usize, total: usize, shown: usize, wherever: &str) {
    if let Some(rest @ 1..) = total.checked_sub(shown) {
        let place = if wherever.is_empty() { String::new() } else { format!(": {wherever}") };
        page.line(indent, &[faint(format!("… and {rest} more{place}"))]);
    }
}

/// The first few of a list, and how many there are beyond.
pub(crate) fn listed(items: &[&str], shown: usize) -> String {
    let first = items.iter().take(shown).copied().collect::<Vec<_>>().join(", ");
    match items.len().checked_sub(shown) {
        Some(rest @ 1..) => format!("{first} and {rest} more"),
        _ => first,
    }
}
