//! Whom a trust takes by tokens of an issuer: what it asks of a token, read alike for every cloud.

pub mod aws;
pub mod entra;

use census_model::{CloudIssuer, Mechanism, Outsider, OutsiderKind, PrincipalSet, Trust};

use self::aws::{Wildcards, undemanding, wildcards};
use crate::aws::document::Test;

/// The issuer, as host and path, of a federated principal: an OIDC provider's ARN or a well-known host. `None` for a
/// SAML provider.
pub fn issuer_of(principal: &str) -> Option<&str> {
    let issuer = match principal.split_once(":oidc-provider/") {
        Some((_, issuer)) => issuer,
        None if principal.contains(":saml-provider/") => return None,
        None => principal,
    };
    Some(issuer.trim_end_matches('/'))
}

/// The claim that a condition key is about, if it is one of this issuer's: `<issuer>:<claim>`.
pub fn claim_of<'k>(issuer: &str, key: &'k str) -> Option<&'k str> {
    let (prefix, rest) = key.split_at_checked(issuer.len())?;
    // A registration may end in a slash, and so do its keys then.
    let rest = rest.strip_prefix('/').unwrap_or(rest);
    prefix.eq_ignore_ascii_case(issuer).then(|| rest.strip_prefix(':')).flatten()
}

/// What a trust asks of tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The issuer as host and path, in lower case.
    pub issuer: String,
    /// The subjects of which it takes one; empty where it asks for none. `None` where its condition cannot be read.
    pub subjects: Option<Vec<Subject>>,
    /// Whether it asks for other claims, too.
    pub asks_more: bool,
}

/// A subject as a trust asks for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The text.
    pub value: String,
    /// Whether `*` and `?` stand for other text.
    pub expands: bool,
}

impl Subject {
    /// Whatever subject a token has.
    pub fn any() -> Self {
        Self { value: "*".to_owned(), expands: true }
    }

    /// Whether it stands for several subjects, or, by a wildcard that is taken literally, for none.
    fn is_wild(&self) -> bool {
        is_wild(&self.value)
    }

    /// Who has such subjects, as far as trusts tell them apart. `None` where nobody has.
    pub fn outsider(&self, issuer: &str) -> Option<Outsider> {
        if self.value.is_empty() || (self.is_wild() && !self.expands) {
            return None;
        }
        let (kind, parts) = shape(issuer, &self.value);
        let all = self.value.split(':');
        let mut named: Vec<&str> = Vec::new();
        for part in all.take(parts.unwrap_or(usize::MAX)) {
            named.push(part);
            // A star reaches over what follows, so that it is not told which part that is.
            if parts.is_some() && part.contains('*') {
                break;
            }
        }
        Some(Outsider { issuer: issuer.into(), subject: named.join(":").into(), kind })
    }
}

fn is_wild(text: &str) -> bool {
    text.contains(['*', '?'])
}

/// What a trust asks of the tokens that it takes; `None` where it takes none.
pub fn asked(trust: &Trust) -> Option<Asked> {
    if trust.mechanism == Mechanism::FederatedCredential {
        let wanted = entra::wanted(trust)?;
        let is_subject = |test: &entra::ClaimTest| test.claim == "sub";
        let asks_more = wanted.claims.iter().flatten().any(|test| !is_subject(test));
        let of = |test: entra::ClaimTest| Subject { value: test.value, expands: test.expands };
        let subjects =
            |claims: Vec<entra::ClaimTest>| claims.into_iter().filter(is_subject).map(of).collect();
        let issuer = wanted.issuer.to_ascii_lowercase();
        return Some(Asked { issuer, subjects: wanted.claims.map(subjects), asks_more });
    }
    let PrincipalSet::External(principal) = &trust.who else { return None };
    let issuer = issuer_of(principal).filter(|_| trust.mechanism == Mechanism::WebIdentity)?;
    let tests = aws::tests(trust);
    let is_about = |test: &Test, claims: &[&str]| {
        let claim = claim_of(issuer, &test.key);
        claim.is_some_and(|claim| claims.iter().any(|one| claim.eq_ignore_ascii_case(one)))
    };
    let asks_more = tests.iter().flatten().any(|test| !is_about(test, &["sub", "aud"]));
    let subjects = tests.as_ref().map(|tests| {
        let about_subject =
            tests.iter().filter(|test| is_about(test, &["sub"]) && undemanding(test, tests).is_none());
        let values = about_subject.flat_map(|test| test.values.iter().map(move |value| (test, value)));
        // A variable is the caller's to fill.
        let told = values.filter(|(_, value)| !value.contains("${"));
        told.map(|(test, value)| Subject {
            value: value.clone(),
            expands: wildcards(test.operator, value) == Wildcards::Expanded,
        })
        .collect()
    });
    Some(Asked { issuer: issuer.to_ascii_lowercase(), subjects, asks_more })
}

/// What somebody is by its subject, and how many parts of that, between colons, name it: behind them stands what of it runs.
/// `None`: all of them do.
///
/// - GitHub: <https://docs.github.com/actions/reference/security/oidc>
/// - GitLab: <https://docs.gitlab.com/ci/secrets/id_token_authentication/>
/// - HCP Terraform: <https://developer.hashicorp.com/terraform/cloud-docs/workspaces/dynamic-provider-credentials/workload-identity-tokens>
/// - Buildkite: <https://buildkite.com/docs/pipelines/security/oidc>
/// - Kubernetes: <https://kubernetes.io/docs/reference/access-authn-authz/authentication/#service-account-tokens>
fn shape(issuer: &str, subject: &str) -> (OutsiderKind, Option<usize>) {
    if CloudIssuer::of(issuer).is_some() {
        return (OutsiderKind::Identity, None);
    }
    let host = issuer.split('/').next().unwrap_or(issuer);
    let begins = |text: &str| subject.starts_with(text);
    match host {
        "agent.buildkite.com" => (OutsiderKind::Pipeline, Some(4)),
        "app.terraform.io" => (OutsiderKind::Workspace, Some(6)),
        "token.actions.githubusercontent.com" | "gitlab.com" => (OutsiderKind::Repository, Some(2)),
        _ if begins("repo:") || begins("project_path:") => (OutsiderKind::Repository, Some(2)),
        _ if begins("organization:") && subject.contains(":workspace:") => (OutsiderKind::Workspace, Some(6)),
        _ if begins("system:serviceaccount:") => (OutsiderKind::ServiceAccount, None),
        _ => (OutsiderKind::Workload, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subjects_name_one_outside_or_several_or_nobody() {
        const GITHUB: &str = "token.actions.githubusercontent.com";
        const EXACT: bool = false;
        const PATTERN: bool = true;
        for (issuer, value, expands, expected) in [
            (GITHUB, "repo:acme/app:environment:prod", EXACT, Some("repo:acme/app")),
            (GITHUB, "repo:acme/app:*", PATTERN, Some("repo:acme/app")),
            (GITHUB, "repo:acme/app:*", EXACT, None),
            (GITHUB, "repo:acme/*", PATTERN, Some("repo:acme/*")),
            (GITHUB, "repo:acme/*:ref:refs/heads/main", PATTERN, Some("repo:acme/*")),
            (GITHUB, "repo:acme/app*", PATTERN, Some("repo:acme/app*")),
            (GITHUB, "*:environment:prod", PATTERN, Some("*")),
            (GITHUB, "*", PATTERN, Some("*")),
            (
                "gitlab.com",
                "project_path:acme/app:ref_type:branch:ref:main",
                EXACT,
                Some("project_path:acme/app"),
            ),
            (
                "git.acme.example",
                "project_path:acme/app:ref_type:branch:ref:main",
                EXACT,
                Some("project_path:acme/app"),
            ),
            (
                "app.terraform.io",
                "organization:acme:project:infra:workspace:prod:run_phase:*",
                PATTERN,
                Some("organization:acme:project:infra:workspace:prod"),
            ),
            (
                "app.terraform.io",
                "organization:acme:project:*:workspace:prod:run_phase:*",
                PATTERN,
                Some("organization:acme:project:*"),
            ),
            (
                "idp.acme.example/a",
                "system:serviceaccount:shop:api",
                EXACT,
                Some("system:serviceaccount:shop:api"),
            ),
            (
                "idp.acme.example/a",
                "system:serviceaccount:shop:*",
                PATTERN,
                Some("system:serviceaccount:shop:*"),
            ),
            ("idp.acme.example/a", "", EXACT, None),
        ] {
            let subject = Subject { value: value.to_owned(), expands };
            let found = subject.outsider(issuer);
            assert_eq!(found.as_ref().map(|one| &*one.subject), expected, "{value}");
            let is_several = expected.is_some_and(|name| name.contains('*'));
            assert!(found.is_none_or(|one| one.is_several() == is_several), "{value}");
        }
    }

    #[test]
    fn what_somebody_is_shows_in_the_subject() {
        for (issuer, subject, kind) in [
            ("token.actions.githubusercontent.com", "repo:acme/app:environment:prod", "repository"),
            ("ghes.acme.example/_services/token", "repo:acme/app:environment:prod", "repository"),
            ("agent.buildkite.com", "organization:acme:pipeline:app:ref:refs/heads/main", "pipeline"),
            ("app.terraform.io", "organization:acme:project:p:workspace:w:run_phase:plan", "workspace"),
            ("oidc.eks.eu-west-1.amazonaws.com/id/ABC", "system:serviceaccount:shop:api", "service-account"),
            ("sts.windows.net/7a1f0000-0000-4000-8000-000000000001", "0b000000", "identity"),
            ("idp.acme.example", "anything", "workload"),
        ] {
            assert_eq!(shape(issuer, subject).0.as_str(), kind, "{subject}");
        }
    }
}
