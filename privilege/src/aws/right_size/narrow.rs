//! The actions of one statement, narrowed to those that were used and those of which nobody can tell.

use std::collections::{BTreeMap, BTreeSet};

use census_model::Usage;

use super::named;
use crate::aws::{
    catalogue,
    document::{Element, Statement},
    trust::matches,
    usage::{self, Seen},
};

/// The patterns of an action element, each cut at its colon; a lone star is all actions of all services.
pub(super) struct Names<'s> {
    only: bool,
    patterns: Vec<(&'s str, &'s str)>,
}

impl<'s> Names<'s> {
    pub(super) fn of(statement: &'s Statement) -> Self {
        let (Element::Only(texts) | Element::AllBut(texts)) = &statement.action;
        let cut = |text: &'s String| text.split_once(':').unwrap_or((text, "*"));
        Self { only: matches!(statement.action, Element::Only(_)), patterns: texts.iter().map(cut).collect() }
    }

    /// The services in which the statement may name something, in lower case: of the catalogue, of the usage, and those
    /// that it spells out.
    pub(super) fn services(&self, usage: Option<&Usage>) -> BTreeSet<String> {
        let is_spelt = |service: &str| !service.contains(['*', '?']);
        let is_wild = !self.only || self.patterns.iter().any(|(service, _)| !is_spelt(service));
        let mut all: BTreeSet<&str> = if is_wild { catalogue::services().collect() } else { BTreeSet::new() };
        if let Some(usage) = usage.filter(|_| is_wild) {
            all.extend(usage.services.keys().map(AsRef::as_ref));
        }
        if self.only {
            let spelt = self.patterns.iter().map(|(service, _)| *service);
            all.extend(spelt.filter(|service| is_spelt(service)));
        }
        all.into_iter().filter(|service| self.touches(service)).map(str::to_ascii_lowercase).collect()
    }

    fn touches(&self, service: &str) -> bool {
        !self.only || self.of_service(service).next().is_some()
    }

    /// What the patterns say of the names of a service's actions.
    fn of_service<'n>(&'n self, service: &'n str) -> impl Iterator<Item = &'s str> + use<'n, 's> {
        self.patterns.iter().filter(move |(pattern, _)| matches(pattern, service)).map(|(_, name)| *name)
    }

    /// Whether the statement is about any action of a service.
    pub(super) fn grants_something(&self, service: &str) -> bool {
        let spelt = self.of_service(service).any(|name| self.only && !name.contains(['*', '?']));
        let known = || catalogue::service(service).into_iter().flat_map(|one| &one.actions);
        spelt || known().any(|action| self.has(service, action.name))
    }

    /// Whether the statement is about an action.
    pub(super) fn has(&self, service: &str, action: &str) -> bool {
        self.of_service(service).any(|pattern| matches(pattern, action)) == self.only
    }

    /// Whether the statement is about every name that begins so, known or not.
    fn has_all_that_begin(&self, service: &str, beginning: &str) -> bool {
        let mut patterns = self.of_service(service);
        if !self.only {
            return patterns.next().is_none();
        }
        patterns.any(|pattern| {
            let start = pattern.strip_suffix('*').filter(|rest| !rest.contains(['*', '?']));
            start.is_some_and(|start| {
                beginning.get(..start.len()).is_some_and(|text| text.eq_ignore_ascii_case(start))
            })
        })
    }

    /// The names of actions of a service that the statement is about: of the catalogue, of the usage, and those that it
    /// spells out.
    pub(super) fn actions<'n>(&'n self, usage: Option<&'n Usage>, service: &'n str) -> BTreeSet<&'n str> {
        let known =
            catalogue::service(service).into_iter().flat_map(|one| one.actions.iter().map(|a| a.name));
        let seen = usage.into_iter().flat_map(|usage| named(usage, service));
        let spelt = self.of_service(service).filter(|name| self.only && !name.contains(['*', '?']));
        let spelt = spelt.map(|name| usage::spelt(service, name));
        known.chain(seen).chain(spelt).filter(|action| self.has(service, action)).collect()
    }
}

/// The action patterns to which a statement narrows; each covers nothing that the statement is not about.
pub(super) fn narrow(usage: &Usage, statement: &Statement) -> BTreeSet<String> {
    let names = Names::of(statement);
    let mut narrowed = BTreeSet::new();
    for service in names.services(Some(usage)) {
        if usage::is_all_unused(usage, &service) {
            continue;
        }
        if usage::is_known_as_a_whole(usage, &service) {
            whole(&names, usage, &service, &mut narrowed);
        } else {
            single(&names, usage, &service, &mut narrowed);
        }
    }
    narrowed
}

/// Whether wildcards of a statement became single actions.
pub(super) fn is_expanded(statement: &Statement, narrowed: &BTreeSet<String>) -> bool {
    let is_wild = |text: &String| text.contains(['*', '?']);
    match &statement.action {
        Element::Only(patterns) => {
            let is_kept = |pattern: &String| narrowed.iter().any(|one| one.eq_ignore_ascii_case(pattern));
            !narrowed.is_empty() && patterns.iter().any(|one| is_wild(one) && !is_kept(one))
        }
        Element::AllBut(_) => !narrowed.is_empty(),
    }
}

/// Keeps what the statement grants in a service: its own patterns, or the names that are not excluded.
fn whole(names: &Names<'_>, usage: &Usage, service: &str, narrowed: &mut BTreeSet<String>) {
    if names.only {
        narrowed.extend(names.of_service(service).map(|name| format!("{service}:{name}")));
    } else if names.has_all_that_begin(service, "") {
        narrowed.insert(format!("{service}:*"));
    } else {
        let all = names.actions(Some(usage), service);
        narrowed.extend(all.into_iter().map(|action| format!("{service}:{action}")));
    }
}

/// Keeps the actions that were used, and those of which nobody can tell; of the latter, words stand for all that begin
/// with them where none of these goes.
fn single(names: &Names<'_>, usage: &Usage, service: &str, narrowed: &mut BTreeSet<String>) {
    let mut kept: BTreeMap<&str, Vec<(&str, Kept)>> = BTreeMap::new();
    let mut gone: BTreeSet<&str> = BTreeSet::new();
    for action in names.actions(Some(usage), service) {
        let why = match usage::action(usage, service, action) {
            Seen::Used(_) => Kept::Used,
            Seen::Untold => Kept::Untold,
            Seen::NotSince(_) => {
                gone.insert(first_word(action));
                continue;
            }
        };
        kept.entry(first_word(action)).or_default().push((action, why));
    }
    for (word, actions) in kept {
        let is_short = actions.iter().filter(|(_, why)| *why == Kept::Untold).nth(1).is_some()
            && !gone.iter().any(|other| other.starts_with(word))
            && names.has_all_that_begin(service, word)
            && all_of_catalogue(names, service, word);
        if is_short {
            narrowed.insert(format!("{service}:{word}*"));
        } else {
            narrowed.extend(actions.iter().map(|(action, _)| format!("{service}:{action}")));
        }
    }
}

/// Why an action is kept.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kept {
    Used,
    Untold,
}

/// Whether the statement names every known action that begins so.
fn all_of_catalogue(names: &Names<'_>, service: &str, word: &str) -> bool {
    let actions = catalogue::service(service).into_iter().flat_map(|known| &known.actions);
    actions.filter(|action| action.name.starts_with(word)).all(|action| names.has(service, action.name))
}

/// `Get` of `GetObject`.
fn first_word(action: &str) -> &str {
    let end = action.char_indices().skip(1).find(|(_, c)| !c.is_ascii_lowercase()).map(|(at, _)| at);
    end.and_then(|end| action.get(..end)).unwrap_or(action)
}
