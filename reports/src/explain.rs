//! One identity, most important first, for somebody who has ten minutes and an account or a leaked key.

mod abroad;
mod access;
mod directory;

use census_model::{Claim, Confidence, Finding, Gap, GapReason, Identity, OwnerStatus, Successor};

use crate::{
    Input, Options,
    json::COMMAND_LEFT_OUT,
    life,
    page::{Ink, Page, Span, faint, plain, strong},
    reach,
    sanitize::visible,
    table::{more, no_registry, owner_ink, severity_words},
    unread::not_asked_for,
    vaults,
    verdict::{self, Power},
    view::View,
    words::{activity, age, credential_name, date, dated, last_use, people},
};

/// How many entries a section lists before the rest is counted.
const LISTED: usize = 20;

const FOR_ALL: &str = "--format json shows all";

/// What is known of one identity: what it is, who owns it, its credentials, what it can do and by which steps it
/// could do more, what to cut first; then what is wrong, how it is entered, what is attached to it, and what could
/// not be seen.
pub fn explain(input: &Input<'_>, identity: &Identity, powers: &[Power], options: &Options) -> String {
    let view = View::new(input);
    let mut page = Page::new(options);
    who(&mut page, &view, identity);
    owner(&mut page, &view, identity);
    directory::owners(&mut page, &view, identity);
    life::section(&mut page, &view, identity);
    credentials(&mut page, &view, identity);
    reach::section(&mut page, &view, identity);
    reach::paths(&mut page, &view, identity);
    findings(&mut page, view.findings_of(&identity.id));
    verdict::powers(&mut page, &view, powers);
    access::permission_set(&mut page, &view, identity);
    access::trusts(&mut page, &view, identity);
    abroad::section(&mut page, &view, identity);
    vaults::section(&mut page, &view, identity);
    access::attached(&mut page, &view, identity);
    access::workloads(&mut page, &view, identity);
    unseen(&mut page, &view, identity);
    names(&mut page, identity);
    page.finish()
}

/// Which identity a page is about.
pub(crate) fn header(page: &mut Page, view: &View<'_>, identity: &Identity) {
    page.line(
        0,
        &[
            strong(&*identity.name),
            plain(format!("  {}, {}", identity.kind, identity.nature.kind.as_str())),
            plain(if identity.disabled { ", disabled" } else { "" }),
            faint(format!("  as of {}", view.as_of())),
        ],
    );
    page.verbatim(0, &plain(&*identity.native_id));
}

fn who(page: &mut Page, view: &View<'_>, identity: &Identity) {
    header(page, view, identity);
    let mut rows = vec![vec![strong("owner"), owner_span(view, identity)]];
    if let Some(reach) = view.reach(&identity.id) {
        let words = reach::in_short(reach);
        rows.push(vec![strong("reach"), Span::new(reach::level_ink(reach.level), words)]);
    }
    if let Some(manager) = &identity.managed_by {
        rows.push(vec![strong("managed by"), plain(format!("{} ({})", manager.name, manager.evidence))]);
    }
    rows.extend(directory::rows(view, identity));
    let path: Vec<String> =
        view.index.ancestors(&identity.scope).iter().rev().map(|scope| view.scope_label(&scope.id)).collect();
    let path = if path.is_empty() { identity.scope.to_string() } else { path.join(" / ") };
    rows.push(vec![strong("lives in"), plain(path)]);
    rows.push(vec![strong("nature"), plain(reasons(identity))]);
    let created = identity.created.map_or("not known".into(), |at| dated(view.as_of(), at));
    rows.push(vec![strong("created"), plain(created)]);
    rows.push(vec![strong("activity"), plain(activity(view.as_of(), view.activity(identity)))]);
    let found = view.findings_of(&identity.id);
    let ink = found.first().map_or(Ink::Plain, |worst| Ink::of(worst.severity));
    rows.push(vec![strong("findings"), Span::new(ink, severity_words(found.iter().copied()))]);
    page.columns(2, &rows);
}

/// The owner in a few words.
fn owner_span(view: &View<'_>, identity: &Identity) -> Span {
    let status = view.owner_status(&identity.id);
    let record = view.owner(&identity.id);
    let who = record.and_then(|r| people(r.business_owner.as_deref(), r.technical_steward.as_deref()));
    Span::new(owner_ink(status), who.map_or_else(|| status.to_string(), |who| format!("{status}: {who}")))
}

fn reasons(identity: &Identity) -> String {
    let kind = identity.nature.kind.as_str();
    if identity.nature.reasons.is_empty() {
        return kind.to_owned();
    }
    format!("{kind}: {}", identity.nature.reasons.join("; "))
}

fn owner(page: &mut Page, view: &View<'_>, identity: &Identity) {
    let status = view.owner_status(&identity.id);
    let status_span = Span::new(owner_ink(status), status.as_str());
    let Some(record) = view.owner(&identity.id) else {
        page.heading("OWNER", &[status_span, plain(": owners were not looked up")]);
        return;
    };
    let who = people(record.business_owner.as_deref(), record.technical_steward.as_deref());
    page.heading("OWNER", &[status_span, plain(who.map(|who| format!(": {who}")).unwrap_or_default())]);
    // The strongest claim says the same at more length.
    if record.claims.is_empty() || status != OwnerStatus::Registered || !record.departed.is_empty() {
        page.line(2, &[plain(&*record.because)]);
    }
    for successor in &record.successors {
        successor_line(page, successor);
    }
    no_registry(page, view);
    for claim in record.claims.iter().take(LISTED) {
        claim_lines(page, claim);
    }
    more(page, 2, record.claims.len(), LISTED, FOR_ALL);
}

fn successor_line(page: &mut Page, successor: &Successor) {
    let fact = successor.evidence.as_ref().map(|fact| match &fact.source {
        Some(source) => format!("  {} {} ({source})", fact.label, fact.value),
        None => format!("  {} {}", fact.label, fact.value),
    });
    page.line(
        2,
        &[
            plain(format!("may take over: {} ({})", successor.who, successor.reason.as_str())),
            faint(fact.unwrap_or_default()),
        ],
    );
}

fn claim_lines(page: &mut Page, claim: &Claim) {
    let who = people(claim.business_owner.as_deref(), claim.technical_steward.as_deref());
    let facts: Vec<String> = claim
        .evidence
        .iter()
        .map(|fact| match &fact.source {
            Some(source) => format!("{} {} ({source})", fact.label, fact.value),
            None => format!("{} {}", fact.label, fact.value),
        })
        .collect();
    page.line(
        2,
        &[
            strong(format!("{:<3}", claim.band().as_str())),
            plain(format!(" {}", who.as_deref().unwrap_or("no name"))),
            faint(format!("  {}: {}", claim.source.as_str(), facts.join("; "))),
        ],
    );
}

fn findings(page: &mut Page, findings: &[&Finding]) {
    if findings.is_empty() {
        return;
    }
    page.heading("FINDINGS", &[plain(severity_words(findings.iter().copied()))]);
    for finding in findings.iter().take(LISTED) {
        page.line(
            2,
            &[
                Span::new(Ink::of(finding.severity), finding.severity.as_str()),
                plain(format!("  {}  ", finding.title)),
                faint(rule_words(finding)),
            ],
        );
        for fact in finding.evidence.iter().take(LISTED) {
            let source = fact.source.as_deref().map(|source| format!(" ({source})")).unwrap_or_default();
            page.line(6, &[faint(format!("{}: {}{source}", fact.label, fact.value))]);
        }
        remedy(page, finding);
    }
    more(page, 2, findings.len(), LISTED, FOR_ALL);
}

/// The rule; and how sure it is, where it is not quite.
fn rule_words(finding: &Finding) -> String {
    match finding.confidence {
        Confidence::High => finding.rule.to_string(),
        Confidence::Low | Confidence::Medium => {
            format!("{}, {} confidence", finding.rule, finding.confidence.as_str())
        }
    }
}

/// Commands are shown only as they are: one that had to be made visible is another command.
fn remedy(page: &mut Page, finding: &Finding) {
    if !finding.remedy.text.is_empty() {
        page.line(6, &[plain(format!("to do: {}", finding.remedy.text))]);
    }
    for command in &finding.remedy.commands {
        match command.shell() {
            Some(shell) if visible(&shell) == shell.as_str() => page.verbatim(8, &strong(shell)),
            _ => page.line(6, &[plain(COMMAND_LEFT_OUT)]),
        }
    }
}

fn credentials(page: &mut Page, view: &View<'_>, identity: &Identity) {
    let credentials = view.credentials_of(&identity.id);
    page.heading("CREDENTIALS", &[plain(credentials.len().to_string())]);
    let as_of = view.as_of();
    let rows: Vec<_> = credentials
        .iter()
        .take(LISTED)
        .map(|credential| {
            let label = credential.label.as_deref().map(|label| format!(", {label}")).unwrap_or_default();
            let kept_on = credential.kept_on.map(|object| format!(", on the {object}")).unwrap_or_default();
            let created = credential
                .created
                .map_or("age not known".into(), |at| format!("created {}", dated(as_of, at)));
            let expires = credential
                .expires
                .map(|at| format!(", expires {} ({})", date(at), age(as_of, at)))
                .unwrap_or_default();
            vec![
                plain(credential_name(credential)),
                plain(credential.status.as_str()),
                plain(format!(
                    "{created}, {}{expires}{kept_on}{label}",
                    last_use(as_of, &credential.last_used)
                )),
            ]
        })
        .collect();
    page.columns(2, &rows);
    more(page, 2, credentials.len(), LISTED, FOR_ALL);
}

pub(crate) fn unseen(page: &mut Page, view: &View<'_>, identity: &Identity) {
    let (not_requested, gaps): (Vec<&Gap>, Vec<&Gap>) =
        view.gaps_of(identity).into_iter().partition(|gap| gap.reason == GapReason::NotRequested);
    if gaps.is_empty() && not_requested.is_empty() {
        return;
    }
    page.heading("NOT SEEN", &[plain("something here may be missing because of these")]);
    let rows: Vec<_> = gaps
        .iter()
        .take(LISTED)
        .map(|gap| {
            let ink = if gap.reason.is_failure() { Ink::Bad } else { Ink::Faint };
            let place = gap.scope.as_ref().map_or(gap.provider.to_string(), |scope| view.scope_label(scope));
            let words = if gap.detail.is_empty() { place } else { format!("{place}: {}", gap.detail) };
            vec![Span::new(ink, gap.reason.as_str()), plain(&*gap.read), faint(words)]
        })
        .collect();
    page.columns(2, &rows);
    more(page, 2, gaps.len(), LISTED, FOR_ALL);
    not_asked_for(page, &not_requested);
}

fn names(page: &mut Page, identity: &Identity) {
    page.heading("OTHER NAMES", &[]);
    let mut rows = vec![vec![strong("id"), plain(identity.id.as_str())]];
    if let Some(immutable) = &identity.immutable_id {
        rows.push(vec![strong("immutable id"), plain(&**immutable)]);
    }
    if !identity.aliases.is_empty() {
        rows.push(vec![strong("aliases"), plain(identity.aliases.join(", "))]);
    }
    if !identity.tags.is_empty() {
        let tags: Vec<String> = identity.tags.iter().map(|(key, value)| format!("{key}={value}")).collect();
        rows.push(vec![strong("tags"), plain(tags.join(", "))]);
    }
    page.columns(2, &rows);
}
