//! Which environment an account, a role or a workload is for, by its tags and names.

use std::collections::BTreeMap;

use census_model::{Identity, Scope, ScopeId, Text, Workload};

use crate::View;

/// What an account is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Environment {
    /// What the company lives on.
    Production,
    /// Development, tests, staging, experiments.
    Other,
}

/// Tag keys that name an environment, compared without case.
const TAGS: &[&str] = &["environment", "env", "stage"];

const PRODUCTION: &[&str] = &["prod", "production", "prd", "live"];

const OTHER: &[&str] = &[
    "dev",
    "develop",
    "development",
    "devtest",
    "nonprod",
    "nonproduction",
    "nprd",
    "poc",
    "preprod",
    "preproduction",
    "qa",
    "sandbox",
    "sandboxes",
    "sbx",
    "stage",
    "staging",
    "stg",
    "test",
    "testing",
    "tst",
    "uat",
];

/// Words that turn the word behind them into its contrary.
const CONTRARY: &[&str] = &["non", "not", "no", "pre"];

/// The environment of a scope, and what says so: a tag on it, else its name, else those of the nearest unit above that
/// says anything. `None` where nothing says it, or where one name says both.
pub(crate) fn environment(view: &View<'_>, scope: &ScopeId) -> Option<(Environment, String)> {
    view.index.ancestors(scope).into_iter().find_map(of_scope)?
}

/// The outer `None`: it says nothing. The inner: it contradicts itself.
fn of_scope(scope: &Scope) -> Option<Option<(Environment, String)>> {
    let tags = scope.tags.iter().filter(|(key, _)| TAGS.iter().any(|tag| tag.eq_ignore_ascii_case(key)));
    let tags = tags.map(|(key, value)| (value, format!("tag {key}={value} of {}", scope.native_id)));
    let name = scope.name.iter().map(|name| (name, format!("name `{name}` of {}", scope.native_id)));
    tags.chain(name).find_map(|(text, says)| match words(text) {
        (false, false) => None,
        (true, true) => Some(None),
        (true, false) => Some(Some((Environment::Production, says))),
        (false, true) => Some(Some((Environment::Other, says))),
    })
}

/// What says which environment a role is for.
pub(crate) struct Said {
    pub(crate) text: String,
    /// Whether a tag says it, not only the name.
    pub(crate) is_tag: bool,
}

/// Words for what is tried out, of single roles.
const TRIALS: &[&str] = &["pilot", "trial", "experiment", "prototype"];

/// The environment that an identity was made for: its own tag, else its name. `None` where nothing says it, or where the
/// tag contradicts itself.
pub(crate) fn of_identity(identity: &Identity) -> Option<(Environment, Said)> {
    if let Some((found, text)) = of_tags(&identity.tags)? {
        return Some((found, Said { text, is_tag: true }));
    }
    let found = one(&identity.name)?;
    Some((found, Said { text: format!("name `{}`", identity.name), is_tag: false }))
}

/// The environment of a workload: its own tags, else what is said of its account. `None` where nothing says it, or where
/// the tags contradict themselves.
pub(crate) fn of_workload(view: &View<'_>, workload: &Workload) -> Option<(Environment, String)> {
    of_tags(&workload.tags)?.or_else(|| environment(view, &workload.scope))
}

/// The outer `None`: they contradict each other. The inner: they say nothing.
fn of_tags(tags: &BTreeMap<Text, Text>) -> Option<Option<(Environment, String)>> {
    let said = tags.iter().filter(|(key, _)| TAGS.iter().any(|tag| tag.eq_ignore_ascii_case(key)));
    for (key, value) in said {
        match one(value) {
            Some(found) => return Some(Some((found, format!("tag {key}={value}")))),
            None if words(value) == (true, true) => return None,
            None => {}
        }
    }
    Some(None)
}

/// The one environment that a text speaks of.
fn one(text: &str) -> Option<Environment> {
    let lower = text.to_ascii_lowercase();
    let is_trial = lower.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| TRIALS.contains(&word));
    match words(text) {
        (true, false) if !is_trial => Some(Environment::Production),
        (false, true) => Some(Environment::Other),
        (false, false) if is_trial => Some(Environment::Other),
        _ => None,
    }
}

/// Whether a text speaks of production, and of something else.
fn words(text: &str) -> (bool, bool) {
    let text = text.to_ascii_lowercase();
    let mut found = (false, false);
    let mut before = "";
    for word in text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()) {
        // `dev2` is a second `dev`.
        let plain = word.trim_end_matches(|c: char| c.is_ascii_digit());
        if PRODUCTION.contains(&plain) {
            if CONTRARY.contains(&before) { found.1 = true } else { found.0 = true }
        }
        found.1 |= OTHER.contains(&plain);
        before = word;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_name_environments() {
        for text in ["prod", "Acme-Production", "live_eu", "prod2", "acme prd"] {
            assert_eq!(words(text), (true, false), "{text}");
        }
        for text in ["dev", "non-prod", "pre_production", "Sandbox 7", "nonprod", "qa", "test12", "STAGING"] {
            assert_eq!(words(text), (false, true), "{text}");
        }
        for text in ["", "product", "delivery", "latest", "protest", "acme", "111122223333"] {
            assert_eq!(words(text), (false, false), "{text}");
        }
        assert_eq!(words("prod and test"), (true, true));
    }
}
