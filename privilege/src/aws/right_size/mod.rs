//! The smallest policy that would have sufficed: what is granted, narrowed to what was used.
//!
//! An action goes only where a source would have seen its use and did not. What no source tells apart stays as it was
//! granted, so that nobody loses what may be in use; denials stay as they are, so that nobody gains.

mod allowance;
mod narrow;
mod pack;
mod tally;

use std::collections::BTreeSet;

use census_model::{Confidence, Effect, Grant, Identity, Index, RightSize, SizedPolicy, Text, Usage};
use jiff::{SignedDuration, Timestamp};

use self::{
    allowance::{Denial, Statements},
    pack::pack,
};
use super::{
    document::{Document, StatementEffect},
    policy::{Policy, PolicyType},
};

pub use self::{pack::MAX_CHARACTERS, tally::of_estate};

/// The days that usage has to look back on before its silence counts for much: a quarter, in which most of what runs
/// regularly has run.
pub const LONG_WINDOW_DAYS: i64 = 90;

/// The days without which usage says little: a month, in which what runs at its end has run once.
const SHORT_WINDOW_DAYS: i64 = 30;

/// What would have sufficed for an identity; `None` where nothing is known of its usage, so that nothing can be said.
pub fn of(index: &Index<'_>, identity: &Identity) -> Option<RightSize> {
    let usage = index.usage(&identity.id)?;
    let (from, to) = usage.window()?;
    let granted = Granted::of(index, identity);
    let mut statements = Statements::default();
    let mut expanded = 0;
    let mut tally = tally::Tally::new(usage);
    for (document, _) in &granted.documents {
        for statement in &document.statements {
            match statement.effect {
                StatementEffect::Allow => {
                    let narrowed = narrow::narrow(usage, statement);
                    expanded += usize::from(narrow::is_expanded(statement, &narrowed));
                    statements.allow(document.version, statement, narrowed);
                    tally.add(statement);
                }
                StatementEffect::Deny => statements.deny(Denial::of(document.version, statement)),
            }
        }
    }
    let services = tally.finish();
    let policies: Vec<SizedPolicy> = pack(statements);
    let untold = services.iter().map(|service| service.actions.untold).sum();
    let (confidence, mut remarks) = confidence(&granted, &policies, untold, window_days(from, to));
    if expanded > 0 {
        let what = format!(
            "the wildcards of {expanded} statements became the actions that this build knows and those that were seen; \
             an action that is neither goes with them"
        );
        remarks.push(what.into());
    }
    Some(RightSize {
        from,
        to,
        confidence,
        remarks,
        policies,
        characters_before: granted.documents.iter().map(|(_, characters)| characters).sum(),
        services,
    })
}

/// The policies that give an identity what it may do, directly and through its groups.
struct Granted {
    /// With their characters, each once.
    documents: Vec<(Document, usize)>,
    /// How many could not be read or are none that AWS would take.
    unusable: usize,
}

impl Granted {
    fn of(index: &Index<'_>, identity: &Identity) -> Self {
        let mut granted = Self { documents: Vec::new(), unusable: 0 };
        let mut seen = BTreeSet::new();
        for grant in grants(index, identity) {
            let Some(id) = &grant.policy else {
                granted.unusable += 1;
                continue;
            };
            if !seen.insert(id) {
                continue;
            }
            let text = index.estate().policies.get(id).map(|policy| &*policy.text).unwrap_or_default();
            match Document::parse(text) {
                Ok(document) if Policy::compile(&document, PolicyType::Identity).is_ok() => {
                    granted.documents.push((document, pack::characters(text)));
                }
                _ => granted.unusable += 1,
            }
        }
        granted
    }
}

/// What is attached to an identity and to its groups, apart from its boundary.
fn grants<'a>(index: &Index<'a>, identity: &Identity) -> impl Iterator<Item = &'a Grant> + use<'a> {
    let own = index.grants_of_identity(&identity.id).to_vec();
    let groups = index.groups_of(&identity.id).iter();
    let theirs: Vec<&Grant> = groups.flat_map(|group| index.grants_of_group(&group.id).to_vec()).collect();
    own.into_iter().chain(theirs).filter(|grant| grant.effect != Effect::Ceiling)
}

fn window_days(from: Timestamp, to: Timestamp) -> i64 {
    to.duration_since(from).as_secs().div_euclid(SignedDuration::from_hours(24).as_secs())
}

fn confidence(
    granted: &Granted,
    policies: &[SizedPolicy],
    untold: usize,
    days: i64,
) -> (Confidence, Vec<Text>) {
    let mut remarks: Vec<Text> = Vec::new();
    if days < LONG_WINDOW_DAYS {
        remarks.push(
            format!("usage is known for {days} days; what happens once a quarter may be missing").into(),
        );
    }
    if untold > 0 {
        remarks.push(
            format!("{untold} granted actions are kept because no source tells whether they are used").into(),
        );
    }
    let confidence = if days < SHORT_WINDOW_DAYS || granted.unusable > 0 {
        Confidence::Low
    } else if remarks.is_empty() {
        Confidence::High
    } else {
        Confidence::Medium
    };
    if granted.unusable > 0 {
        let what = format!(
            "{} attached policies were not read or are not valid; they are not replaced",
            granted.unusable
        );
        remarks.push(what.into());
    }
    if policies.len() > 1 {
        let what = format!(
            "{} policies, since a managed policy takes {MAX_CHARACTERS} characters; attach all of them",
            policies.len()
        );
        remarks.push(what.into());
    }
    if policies.iter().any(|policy| policy.characters > MAX_CHARACTERS) {
        remarks
            .push("a single statement is longer than a managed policy may be, and cannot be divided".into());
    }
    (confidence, remarks)
}

/// The actions of a service that the usage knows by name.
fn named<'u>(usage: &'u Usage, service: &str) -> impl Iterator<Item = &'u str> + use<'u> {
    usage.services.get(service).into_iter().flat_map(|known| known.actions.keys()).map(AsRef::as_ref)
}
