//! Whom a trust takes by tokens of an issuer: what it asks of a token, read alike for every cloud.

pub mod aws;
pub mod entra;

use census_model::{CloudIssuer, Mechanism, Outsider, OutsiderKind, PrincipalSet, Trust};

use self::aws::{Wildcards, names, wildcards};
use crate::aws::{
    document::{Document, Test},
    pattern::Pattern,
};

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
    /// As a test has it. A variable is the caller's to fill: `None`.
    fn of(test: &Test, value: &str) -> Option<Self> {
        let expands = wildcards(test.operator, value) == Wildcards::Expanded;
        (!value.contains("${")).then(|| Self { value: value.to_owned(), expands })
    }

    /// All subjects of an issuer that a policy names, whatever it says of them.
    pub fn named_in(document: &Document, issuer: &str) -> Vec<Self> {
        let tests = document.statements.iter().flat_map(|statement| &statement.condition);
        let about = tests.filter(|test| {
            claim_of(issuer, &test.key).is_some_and(|claim| claim.eq_ignore_ascii_case("sub"))
        });
        about.flat_map(|test| test.values.iter().filter_map(|value| Self::of(test, value))).collect()
    }

    /// Whatever subject a token has.
    pub fn any() -> Self {
        Self { value: "*".to_owned(), expands: true }
    }

    /// Whether it stands for several subjects, or, by a wildcard that is taken literally, for none.
    fn is_wild(&self) -> bool {
        is_wild(&self.value)
    }

    /// Whether a subject as another asks for it may be one that this asks for.
    fn may_be(&self, other: &Self) -> bool {
        match (self.expands, other.expands) {
            (_, true) => true,
            (true, false) => Pattern::glob(&self.value).matches_fixed(&other.value),
            (false, false) => self.value == other.value,
        }
    }

    /// Texts that it stands for: itself where it stands for nothing else. What a star stands for may be what an issuer
    /// writes there, or anything else.
    pub fn examples(&self) -> Vec<String> {
        if !self.expands {
            return vec![self.value.clone()];
        }
        let filled = |star: &str| self.value.replace('*', star).replace('?', "x");
        ["x", "ref:refs/heads/main"].into_iter().map(filled).collect()
    }

    /// Who has such subjects, as far as trusts tell them apart. `None` where nobody has.
    pub fn outsider(&self, issuer: &str) -> Option<Outsider> {
        if self.value.is_empty() || (self.is_wild() && !self.expands) {
            return None;
        }
        let shape = shape(issuer, &self.value);
        // A wildcard in the word that subjects begin with reaches over what follows, so that no part names anybody.
        let is_told = self.value.split(':').next().is_some_and(|word| !is_wild(word));
        let named = match shape.named.filter(|_| is_told) {
            Some(parts) => self.value.split(':').take(parts).collect::<Vec<_>>().join(":"),
            None => self.value.clone(),
        };
        Some(Outsider { issuer: issuer.into(), subject: named.into(), kind: shape.kind })
    }

    /// The subjects of somebody that are among those that it stands for; `None` where none is.
    pub fn within(&self, who: &Outsider) -> Option<Self> {
        if !self.expands {
            return None;
        }
        let shape = shape(&who.issuer, &who.subject);
        let pattern = Pattern::glob(&self.value);
        let parts: Vec<&str> = self.value.split(':').collect();
        // What of it runs is told as the pattern does, if it does.
        let any = (shape.behind > 0).then(|| "*".to_owned());
        let told = (0..=shape.behind)
            .filter_map(|length| Some(parts.get(parts.len().checked_sub(length)?..)?.join(":")));
        let mut subjects = any.into_iter().chain(told).map(|tail| match tail.as_str() {
            "" => who.subject.to_string(),
            tail => format!("{}:{tail}", who.subject),
        });
        let value = subjects.find(|subject| pattern.matches_fixed(&subject.replace(['*', '?'], "x")))?;
        Some(Self { value, expands: true })
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
        // One subject and nothing else is all that is known of a token. Of several all have to fit.
        let asks_more = wanted
            .claims
            .as_ref()
            .is_none_or(|claims| !matches!(claims.as_slice(), [one] if is_subject(one)));
        let of = |test: entra::ClaimTest| Subject { value: test.value, expands: test.expands };
        let subjects = |claims: Vec<entra::ClaimTest>| {
            let all: Vec<Subject> = claims.into_iter().filter(is_subject).map(of).collect();
            all.iter().filter(|one| all.iter().all(|other| other.may_be(one))).cloned().collect()
        };
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
        // Every token has a subject.
        let about_subject = tests.iter().filter(|test| is_about(test, &["sub"]) && names(test));
        let values = about_subject.flat_map(|test| test.values.iter().map(move |value| (test, value)));
        values.filter_map(|(test, value)| Subject::of(test, value)).collect()
    });
    Some(Asked { issuer: issuer.to_ascii_lowercase(), subjects, asks_more })
}

/// How subjects of an issuer are made, of parts between colons.
struct Shape {
    kind: OutsiderKind,
    /// How many parts name somebody; `None`: all of them do.
    named: Option<usize>,
    /// How many parts at most stand behind these and say what of it runs.
    behind: usize,
}

/// How a subject is made.
///
/// - GitHub: <https://docs.github.com/actions/reference/security/oidc>
/// - GitLab: <https://docs.gitlab.com/ci/secrets/id_token_authentication/>
/// - HCP Terraform: <https://developer.hashicorp.com/terraform/cloud-docs/workspaces/dynamic-provider-credentials/workload-identity-tokens>
/// - Buildkite: <https://buildkite.com/docs/pipelines/security/oidc>
/// - Kubernetes: <https://kubernetes.io/docs/reference/access-authn-authz/authentication/#service-account-tokens>
fn shape(issuer: &str, subject: &str) -> Shape {
    let of = |kind, named, behind| Shape { kind, named, behind };
    if CloudIssuer::of(issuer).is_some() {
        return of(OutsiderKind::Identity, None, 0);
    }
    let host = issuer.split('/').next().unwrap_or(issuer);
    let begins = |text: &str| subject.starts_with(text);
    let is_workspace = || begins("organization:") && subject.contains(":workspace:");
    match host {
        "agent.buildkite.com" => of(OutsiderKind::Pipeline, Some(4), 6),
        "app.terraform.io" => of(OutsiderKind::Workspace, Some(6), 2),
        "gitlab.com" => of(OutsiderKind::Repository, Some(2), 4),
        "token.actions.githubusercontent.com" => of(OutsiderKind::Repository, Some(2), 2),
        _ if begins("project_path:") => of(OutsiderKind::Repository, Some(2), 4),
        _ if begins("repo:") => of(OutsiderKind::Repository, Some(2), 2),
        _ if is_workspace() => of(OutsiderKind::Workspace, Some(6), 2),
        _ if begins("system:serviceaccount:") => of(OutsiderKind::ServiceAccount, None, 0),
        _ => of(OutsiderKind::Workload, None, 0),
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
            (GITHUB, "repo:*/docs:ref:refs/heads/main", PATTERN, Some("repo:*/docs")),
            (GITHUB, "*:environment:prod", PATTERN, Some("*:environment:prod")),
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
                Some("organization:acme:project:*:workspace:prod"),
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
    fn a_pattern_stands_for_whoever_has_a_subject_that_matches() {
        const GITHUB: &str = "token.actions.githubusercontent.com";
        const TERRAFORM: &str = "app.terraform.io";
        const ORG: &str = "organization:acme:project:org:workspace:root:run_phase:apply";
        for (issuer, pattern, subject, expected) in [
            (GITHUB, "repo:acme/*", "repo:acme/app:pull_request", true),
            (GITHUB, "repo:acme/*:environment:prod", "repo:acme/app:pull_request", true),
            (GITHUB, "*:environment:prod", "repo:acme/app:pull_request", true),
            (GITHUB, "*", "repo:acme/app:pull_request", true),
            (GITHUB, "repo:acme/*", "repo:acme/a*", true),
            (GITHUB, "repo:ACME/*", "repo:acme/app:pull_request", false),
            (GITHUB, "repo:*/docs:ref:refs/heads/main", "repo:acme/app:pull_request", false),
            (GITHUB, "repo:*/docs:ref:refs/heads/main", "repo:acme/docs:pull_request", true),
            (GITHUB, "repo:acme/ap", "repo:acme/app:pull_request", false),
            (TERRAFORM, "organization:*:project:*:workspace:dev-*:run_phase:*", ORG, false),
            (TERRAFORM, "organization:acme:*:workspace:root:run_phase:*", ORG, true),
            (TERRAFORM, "organization:acme:*", ORG, true),
            ("idp.acme.example", "system:serviceaccount:shop:*", "system:serviceaccount:shop:api", true),
            ("idp.acme.example", "system:serviceaccount:*:web", "system:serviceaccount:shop:api", false),
        ] {
            let of = |value: &str| Subject { value: value.to_owned(), expands: true };
            let who = of(subject).outsider(issuer).unwrap();
            assert_eq!(of(pattern).within(&who).is_some(), expected, "{pattern} and {subject}");
        }
        let literal = Subject { value: "repo:acme/*".to_owned(), expands: false };
        let who = Subject { value: "repo:acme/*".to_owned(), expands: true }.outsider(GITHUB).unwrap();
        assert_eq!(literal.within(&who), None);
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
            assert_eq!(shape(issuer, subject).kind.as_str(), kind, "{subject}");
        }
    }
}
