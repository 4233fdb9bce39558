//! Rules in words: pages for the documentation, and the phrases that findings share.

use std::fmt::Write as _;

use census_model::{Claim, Credential, CredentialKind, Evidence, Identity, IdentityKind, LastUse, Observed};
use jiff::Timestamp;

use crate::{Declared, Draft, Idle, Rule, Thresholds, View, controls::catalogue, policies::Shown};

/// The documentation page of a rule, in Markdown.
pub fn markdown(rule: &Rule) -> String {
    let mut page = String::new();
    let _ = writeln!(page, "# {}\n\n{}.\n", rule.id, rule.title);
    let _ = writeln!(page, "| | |\n|---|---|");
    let _ = writeln!(page, "| severity | {} unless the text below says otherwise |", rule.severity);
    let _ = writeln!(page, "| version | {} |", rule.version);
    let clouds: Vec<&str> = rule.providers.iter().map(|provider| provider.as_str()).collect();
    let _ = writeln!(page, "| clouds | {} |", clouds.join(", "));
    for key in rule.finding_types {
        let title = catalogue().finding_types.get(*key).map_or("", |t| t.title.as_str());
        let _ = writeln!(page, "| finding type | {key}: {} |", cell(title));
    }
    for (heading, text) in [
        ("What it finds", rule.docs.finds),
        ("Why it matters", rule.docs.why),
        ("What to do", rule.docs.remedy),
        ("What it does not say", rule.docs.limits),
    ] {
        let _ = writeln!(page, "\n## {heading}\n\n{text}");
    }
    page.push_str(&thresholds(rule));
    page.push_str(&controls(rule));
    page
}

/// The list of all rules, in Markdown.
pub fn index() -> String {
    let mut page = String::from("# Rules\n\n| rule | severity | what is wrong |\n|---|---|---|\n");
    for rule in crate::all() {
        let _ = writeln!(page, "| [{0}]({0}.md) | {1} | {2} |", rule.id, rule.severity, cell(rule.title));
    }
    page
}

fn thresholds(rule: &Rule) -> String {
    let mut text = String::new();
    if rule.thresholds.is_empty() {
        return text;
    }
    let (thresholds, declared) = (schemars::schema_for!(Thresholds), schemars::schema_for!(Declared));
    text.push_str("\n## Limits\n\n| setting | meaning |\n|---|---|\n");
    for name in rule.thresholds {
        let (schema, field) = match name.strip_prefix(DECLARED) {
            Some(field) => (&declared, field),
            None => (&thresholds, *name),
        };
        let properties = schema.get("properties").and_then(|p| p.as_object());
        let description = properties
            .and_then(|p| p.get(field))
            .and_then(|p| p.get("description"))
            .and_then(|d| d.as_str())
            .unwrap_or_default();
        let _ = writeln!(text, "| `{name}` | {} |", cell(description));
    }
    text
}

/// What settings of [`Declared`] begin with.
pub(crate) const DECLARED: &str = "declared.";

fn controls(rule: &Rule) -> String {
    let mut text = String::from("\n## Controls\n\n| framework | control | title |\n|---|---|---|\n");
    let mut doubtful = Vec::new();
    let of_each: Vec<_> = rule.providers.iter().map(|provider| rule.controls(Some(*provider))).collect();
    for (id, framework) in &catalogue().frameworks {
        let named = |control: &str| {
            of_each
                .iter()
                .filter_map(|ids| ids.get(id.as_str()))
                .any(|ids| ids.iter().any(|one| **one == *control))
        };
        let before = text.len();
        for control in framework.controls.iter().filter(|control| named(&control.id)) {
            let _ = writeln!(text, "| {id} | {} | {} |", cell(&control.id), cell(&control.title));
        }
        if text.len() > before && !framework.checked.is_complete() {
            doubtful.push(id.as_str());
        }
    }
    if of_each.len() > 1 {
        text.push_str("\nA benchmark of one cloud appears only in findings about that cloud.\n");
    }
    if !doubtful.is_empty() {
        let _ = writeln!(text, "\nNot every control was compared with its source: {}.", doubtful.join(", "));
    }
    text
}

/// Text for a table cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace(['\r', '\n'], " ")
}

/// A date without its time of day.
pub(crate) fn date(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}

/// When something was last used, as far as that is known.
pub(crate) fn last_use(last_used: &Observed<LastUse>) -> String {
    match last_used {
        Observed::Known(used) => {
            let service = used.service.as_deref().map_or_else(String::new, |s| format!(", for {s}"));
            let region = used.region.as_deref().map_or_else(String::new, |r| format!(" in {r}"));
            format!("last used on {}{service}{region}", date(used.at))
        }
        Observed::NotSince(at) => format!("not used since at least {}", date(*at)),
        Observed::NotVisible(gap) => format!("last use not visible ({gap})"),
    }
}

/// When an identity was last used by any of its ways in, as far as that is known.
pub(crate) fn activity(view: &View<'_>, identity: &Identity) -> String {
    let activity = view.index.activity(identity);
    let seen = activity.seen();
    match activity.credential() {
        Some(credential) => format!("{}, by {}", last_use(&seen), slot(credential)),
        None => last_use(&seen),
    }
}

/// Since when something is known to be idle.
pub(crate) fn idle_since(idle: &Idle) -> String {
    let (at, days) = (date(idle.since), idle.days);
    if idle.seen {
        format!("last used on {at}, {days} days ago")
    } else {
        format!("not used since at least {at}, {days} days ago; before that nothing is known")
    }
}

/// An identity in a title, with its kind.
pub(crate) fn subject(view: &View<'_>, identity: &Identity) -> String {
    match identity.kind {
        IdentityKind::AwsRootUser => holder(view, identity),
        _ => format!("{} `{}`", identity.kind, Shown(&identity.name)),
    }
}

/// The public id of a credential, or the place it takes where the id is not visible.
pub(crate) fn key_name(credential: &Credential) -> String {
    match credential.key_id.as_deref() {
        Some(id) => format!("`{id}`"),
        None => format!("`{}` (its id is not visible)", slot(credential)),
    }
}

/// An identity in a title. Every account has a root user, so there the account tells which.
pub(crate) fn holder(view: &View<'_>, identity: &Identity) -> String {
    match identity.kind {
        IdentityKind::AwsRootUser => {
            format!("the root user of account {}", view.account(identity).unwrap_or("unknown"))
        }
        _ => format!("`{}`", identity.name),
    }
}

/// What tells a credential from its holder's others in a fingerprint: kind and public id, or the place it takes where
/// the id is not visible. Never the holder's name, which its full id holds.
pub(crate) fn slot(credential: &Credential) -> String {
    let place = credential.id.as_str().rsplit('#').next().unwrap_or_default();
    credential.key_id.as_deref().map_or_else(|| place.to_owned(), |id| format!("{}/{id}", credential.kind))
}

/// Adds the command that disables an access key of a user.
pub(crate) fn disable_key(draft: Draft, holder: &Identity, key: &Credential) -> Draft {
    match (holder.kind, key.kind, &key.key_id) {
        (IdentityKind::AwsUser, CredentialKind::AccessKey, Some(id)) => draft.command([
            "aws",
            "iam",
            "update-access-key",
            "--user-name",
            &holder.name,
            "--access-key-id",
            id,
            "--status",
            "Inactive",
        ]),
        _ => draft,
    }
}

/// Claims of ownership as evidence, in their order.
pub(crate) fn claims(claims: &[Claim]) -> Vec<Evidence> {
    claims
        .iter()
        .map(|claim| {
            let owner =
                claim.business_owner.as_deref().or(claim.technical_steward.as_deref()).unwrap_or("nobody");
            let fact = format!("{owner}, by {} (band {})", claim.source.as_str(), claim.band().as_str());
            let evidence = Evidence::new("claim", fact);
            match claim.evidence.first() {
                None => evidence,
                Some(first) => evidence.from_source(first.source.as_deref().unwrap_or(&first.value)),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_rule_has_a_complete_page() {
        for rule in crate::all() {
            let page = markdown(rule);
            for part in [
                "## What it finds",
                "## Why it matters",
                "## What to do",
                "## What it does not say",
                "## Controls",
            ] {
                assert!(page.contains(part), "{}: {part}", rule.id);
            }
            assert_eq!(page.contains("## Limits"), !rule.thresholds.is_empty(), "{}", rule.id);
            // That something is not known is not yet one of its ten risks.
            let unknown =
                [["COV-GAP"], ["LIFE-USAGE-UNKNOWN"]].iter().any(|types| rule.finding_types == types);
            assert!(page.contains("OWASP-NHI-2025") || unknown, "{}", rule.id);
            let settings = page.lines().filter(|line| line.starts_with("| `")).collect::<Vec<_>>();
            assert!(settings.iter().all(|line| !line.ends_with("|  |")), "{}: {settings:?}", rule.id);
            assert!(index().contains(&format!("[{0}]({0}.md)", rule.id)));
        }
        let page = markdown(crate::find("access-key-old").unwrap());
        assert!(
            page.contains("NHI7:2025") && page.contains("Default 90.") && !page.contains("| 7.0:2.4 |"),
            "{page}"
        );
    }
}
