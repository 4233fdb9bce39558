//! Which environment an account, a role or a workload is for, by its tags and names.

use std::collections::BTreeMap;

use census_model::{Identity, Reach, ReachAt, Scope, ScopeId, Text, Workload};

use crate::{View, registered::registration};

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

/// What says which environment an identity is for.
pub(crate) struct Said {
    pub(crate) text: String,
    pub(crate) by: Witness,
}

/// How well something says it, the best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Witness {
    /// What it is registered for.
    Registration,
    /// Its own tag.
    Tag,
    /// Its name.
    Name,
}

/// Words for what is tried out, of single identities.
const TRIALS: &[&str] = &["pilot", "trial", "experiment", "prototype"];

/// The environment that an identity was made for: what it is registered for, else its own tag, else its name. `None`
/// where nothing says it, or where the best that says anything contradicts itself or is not understood.
pub(crate) fn of_identity(view: &View<'_>, identity: &Identity) -> Option<(Environment, Said)> {
    if let Some(found) = of_registration(view, identity) {
        return found;
    }
    if let Some((found, text)) = of_tags(&identity.tags)? {
        return Some((found, Said { text, by: Witness::Tag }));
    }
    let found = one(&identity.name)?;
    Some((found, Said { text: format!("name `{}`", identity.name), by: Witness::Name }))
}

/// The environment that an identity is registered for; a risk class that speaks of a trial says it too. The outer
/// `None`: its registration says nothing. The inner: it is not understood.
pub(crate) fn of_registration(view: &View<'_>, identity: &Identity) -> Option<Option<(Environment, Said)>> {
    let registration = registration(view, identity)?.registration;
    let said = |what: &str, stated: &census_model::Stated<Text>| Said {
        text: format!("registered {what} `{}` ({})", stated.value, stated.at),
        by: Witness::Registration,
    };
    if let Some(stated) = &registration.environment {
        return Some(one(&stated.value).map(|found| (found, said("environment", stated))));
    }
    let class = registration.risk_class.as_ref()?;
    let found = one(&class.value).filter(|found| *found == Environment::Other)?;
    Some(Some((found, said("risk class", class))))
}

/// The environment that an identity belongs to, as far as other accounts are concerned: what it is registered for, else
/// its account's.
pub(crate) fn home(view: &View<'_>, identity: &Identity) -> Option<(Environment, String)> {
    match of_registration(view, identity) {
        Some(registered) => registered.map(|(found, said)| (found, said.text)),
        None => environment(view, &identity.scope),
    }
}

/// The other accounts where an identity is administrator, or can become it, that are of another environment than its
/// home, and what says that they are.
pub(crate) fn across<'r>(
    view: &View<'_>,
    identity: &Identity,
    reach: &'r Reach,
    home: Environment,
) -> Vec<(&'r ReachAt, String)> {
    let abroad = reach.at.iter().filter(|at| at.level.is_powerful() && at.scope != identity.scope);
    abroad
        .filter_map(|at| {
            let (environment, says) = environment(view, &at.scope)?;
            (environment != home).then_some((at, says))
        })
        .collect()
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
