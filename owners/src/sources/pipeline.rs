//! The owners of repositories whose pipelines become an identity.
//!
//! A role or application that trusts tokens of GitHub or GitLab names the repository in a condition on the claim `sub`
//! (<https://docs.github.com/en/actions/reference/security/oidc>, <https://docs.gitlab.com/ci/cloud_services/>).

use std::collections::{BTreeMap, BTreeSet};

use census_model::{Claim, ClaimSource, Condition, ConditionLanguage, Evidence, Identity, Index, Mechanism};
use serde_json::Value;

use crate::{owner_name, records::RepositoryOwner};

/// How a subject begins, by issuer, and how many parts between slashes name the repository; GitLab's groups nest, so
/// there its name ends where the next claim begins.
const SUBJECTS: &[(&str, &str)] =
    &[("token.actions.githubusercontent.com", "repo:"), ("gitlab.com", "project_path:")];

/// Claims of repositories.
pub(crate) struct PipelineSource<'a> {
    index: &'a Index<'a>,
    owners: &'a BTreeMap<String, Vec<RepositoryOwner>>,
}

impl<'a> PipelineSource<'a> {
    pub(crate) fn new(index: &'a Index<'a>, owners: &'a BTreeMap<String, Vec<RepositoryOwner>>) -> Self {
        Self { index, owners }
    }

    /// What the owners of the repositories claim whose pipelines may become an identity.
    pub(crate) fn claims(&self, identity: &Identity) -> Vec<Claim> {
        if self.owners.is_empty() {
            return Vec::new();
        }
        let trusts = self.index.trusts(&identity.id).iter();
        let tokens = trusts.filter(|trust| {
            matches!(trust.mechanism, Mechanism::WebIdentity | Mechanism::FederatedCredential)
        });
        let repositories: BTreeSet<String> =
            tokens.filter_map(|trust| trust.condition.as_ref()).flat_map(repositories).collect();
        let owned = repositories.iter().filter_map(|name| Some((name, self.owners.get(name)?)));
        owned.flat_map(|(name, owners)| owners.iter().filter_map(|owner| claim(name, owner))).collect()
    }
}

fn claim(repository: &str, by: &RepositoryOwner) -> Option<Claim> {
    let mut evidence = vec![Evidence::new("pipeline of repository", repository)];
    evidence.extend_from_slice(&by.evidence);
    Some(Claim {
        source: ClaimSource::PipelineRepository,
        business_owner: Some(owner_name::named(&by.owner)?),
        technical_steward: None,
        evidence,
    })
}

/// The repositories that a condition names in full, in lower case: neither part of a name is left open.
fn repositories(condition: &Condition) -> BTreeSet<String> {
    if condition.language == ConditionLanguage::EntraFederation {
        return subject_of(&condition.text).into_iter().collect();
    }
    let Ok(Value::Object(operators)) = serde_json::from_str(&condition.text) else { return BTreeSet::new() };
    let mut found = BTreeSet::new();
    for (operator, keys) in operators {
        // A condition that something is not so names nobody.
        if !operator.contains("String") || operator.contains("Not") {
            continue;
        }
        for (key, values) in keys.as_object().into_iter().flatten() {
            let start = SUBJECTS.iter().find(|(issuer, _)| {
                key.rsplit_once(':')
                    .is_some_and(|(of, claim)| of.eq_ignore_ascii_case(issuer) && claim == "sub")
            });
            let Some((_, start)) = start else { continue };
            let values = match values {
                Value::Array(values) => values.as_slice(),
                one => std::slice::from_ref(one),
            };
            found
                .extend(values.iter().filter_map(Value::as_str).filter_map(|value| repository(start, value)));
        }
    }
    found
}

/// The repository that the subject of a federated credential of Entra ID names.
fn subject_of(text: &str) -> Option<String> {
    let asked: Value = serde_json::from_str(text).ok()?;
    let issuer = asked.get("issuer")?.as_str()?.strip_prefix("https://")?.trim_end_matches('/');
    let (_, start) = SUBJECTS.iter().find(|(known, _)| known.eq_ignore_ascii_case(issuer))?;
    repository(start, asked.get("subject")?.as_str()?)
}

fn repository(start: &str, subject: &str) -> Option<String> {
    let name = subject.strip_prefix(start)?.split_once(':')?.0;
    let open = name.contains(['*', '?', '$']) || !name.contains('/');
    (!open).then(|| name.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(text: &str) -> Vec<String> {
        let condition = Condition { language: ConditionLanguage::AwsJson, text: text.into() };
        repositories(&condition).into_iter().collect()
    }

    #[test]
    fn repositories_are_read_from_subjects_that_name_one() {
        let github = |operator: &str, value: &str| {
            named(&format!(r#"{{"{operator}":{{"token.actions.githubusercontent.com:sub":{value}}}}}"#))
        };
        assert_eq!(github("StringEquals", r#""repo:Acme/shop:ref:refs/heads/main""#), ["acme/shop"]);
        assert_eq!(github("StringLike", r#"["repo:acme/a:*", "repo:acme/b:*"]"#), ["acme/a", "acme/b"]);
        assert_eq!(
            named(
                r#"{"StringLike":{"gitlab.com:sub":"project_path:acme/web/shop:ref_type:branch:ref:main"}}"#
            ),
            ["acme/web/shop"]
        );
        for (operator, value) in [
            ("StringLike", r#""repo:acme/*""#),
            ("StringLike", r#""repo:acme/sh*:ref:x""#),
            ("StringLike", r#""*""#),
            ("StringNotEquals", r#""repo:acme/shop:ref:x""#),
            ("StringEquals", "7"),
        ] {
            assert!(github(operator, value).is_empty(), "{operator} {value}");
        }
        assert!(
            named(
                r#"{"StringEquals":{"evil.example/token.actions.githubusercontent.com:sub":"repo:a/b:c"}}"#
            )
            .is_empty()
        );
        assert!(named("not json").is_empty());
    }

    #[test]
    fn a_federated_credential_of_entra_names_one_by_its_subject() {
        let named = |issuer: &str, subject: &str| {
            let text = format!(r#"{{"issuer":"{issuer}","subject":"{subject}"}}"#).as_str().into();
            let condition = Condition { language: ConditionLanguage::EntraFederation, text };
            repositories(&condition).into_iter().collect::<Vec<_>>()
        };
        let github = "https://token.actions.githubusercontent.com";
        assert_eq!(named(github, "repo:Acme/shop:environment:prod"), ["acme/shop"]);
        for (issuer, subject) in
            [(github, "repo:acme/*:x"), (github, "x"), ("https://evil.example", "repo:acme/shop:x")]
        {
            assert!(named(issuer, subject).is_empty(), "{issuer} {subject}");
        }
    }
}
