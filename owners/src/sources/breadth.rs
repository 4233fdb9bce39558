//! Whether a pattern is as broad as a whole scope.
//!
//! A pattern is broad in a scope when it would match an identity there whatever that identity is called. This is
//! tried with names that nobody gives: of a character that no pattern holds, once alone and once with a path and all
//! the punctuation that names may have, so that `*-*` counts as broad as well. Trying, rather than reading the
//! pattern, leaves no way to spell `*` differently: `arn:*`, `ar*`, `*role*` and `*e*` are all found out.

use std::collections::{BTreeSet, HashMap};

use census_model::{Estate, Identity, Provider, ScopeId};

use crate::pattern::Pattern;

/// A private-use character.
const STRANGER: &str = "\u{10fffd}";

/// The identities that nobody named, by scope.
#[derive(Debug)]
pub(super) struct Strangers<'a> {
    names: HashMap<&'a ScopeId, BTreeSet<String>>,
}

impl<'a> Strangers<'a> {
    pub(super) fn of(estate: &'a Estate) -> Self {
        let mut names: HashMap<&ScopeId, BTreeSet<String>> = HashMap::new();
        for identity in &estate.identities {
            names.entry(&identity.scope).or_insert_with(|| strangers(identity));
        }
        Self { names }
    }

    /// Whether a pattern would match some identity of a scope whatever it is called.
    pub(super) fn are_matched(&self, pattern: &Pattern, scope: &ScopeId) -> bool {
        self.names.get(scope).is_some_and(|names| names.iter().any(|name| pattern.matches(name)))
    }
}

/// Ids and names of the strangers that live where this identity does.
fn strangers(neighbour: &Identity) -> BTreeSet<String> {
    let punctuation = format!("-_.@+=,{STRANGER}").repeat(4);
    let names = [STRANGER.to_owned(), format!("{STRANGER}{punctuation}")];
    let mut all = BTreeSet::new();
    for name in names {
        for native_id in native_ids(neighbour, &name) {
            all.insert(format!("{}:{native_id}", neighbour.provider));
            all.insert(native_id);
        }
        all.insert(name);
    }
    all
}

fn native_ids(neighbour: &Identity, name: &str) -> Vec<String> {
    match neighbour.provider {
        Provider::Aws => {
            // `arn:aws:iam::111122223333:`; partition and account are the neighbour's.
            let account: String = neighbour.native_id.split_inclusive(':').take(5).collect();
            let kinds = ["user", "role"];
            let paths = ["", STRANGER];
            let slash = |path: &str| if path.is_empty() { String::new() } else { format!("{path}/") };
            kinds
                .into_iter()
                .flat_map(|kind| paths.map(|path| format!("{account}{kind}/{}{name}", slash(path))))
                .collect()
        }
        Provider::Azure | Provider::Gcp => vec![name.to_owned()],
    }
}

#[cfg(test)]
mod tests {
    use census_fixtures as fx;

    use super::*;

    fn broad(pattern: &str) -> bool {
        let mut estate = fx::account();
        estate.identity(fx::role("deploy"));
        let estate = fx::finish(estate);
        Strangers::of(&estate).are_matched(&Pattern::new(pattern), &fx::account_scope(fx::ACCOUNT))
    }

    #[test]
    fn patterns_that_match_whatever_the_name_are_broad() {
        for pattern in [
            "*",
            "**",
            "aws:*",
            "arn:*",
            "a*",
            "ar*",
            "*e*",
            "*role*",
            "*:role/*",
            "*/*",
            "*1*",
            "arn:aws:iam::111122223333:*",
            "arn:aws:iam::111122223333:role/*",
            "arn:aws:iam::111122223333:user/*",
            "arn:aws:iam::111122223333:ro*",
            "arn:aws:iam::1111*",
            "arn:aws:iam::*:role/*",
            "arn:aws:iam::*:role/*/*",
            "aws:arn:aws:iam::*:role/*",
            "*-*",
            "*-*-*",
            "*_*",
            "arn:aws:iam::111122223333:role/*-*",
        ] {
            assert!(broad(pattern), "{pattern}");
        }
    }

    #[test]
    fn patterns_that_name_something_are_not() {
        for pattern in [
            "deploy",
            "d*",
            "deploy*",
            "*deploy*",
            "*-deploy",
            "arn:aws:iam::111122223333:role/d*",
            "arn:aws:iam::111122223333:role/team/*",
            "arn:aws:iam::*:role/app-*",
            "arn:aws:iam::*:root",
            "arn:aws:iam::111122223333:role/*-prod",
        ] {
            assert!(!broad(pattern), "{pattern}");
        }
    }

    #[test]
    fn a_pattern_over_another_account_is_not_broad_here() {
        assert!(!broad("arn:aws:iam::999988887777:*"));
    }
}
