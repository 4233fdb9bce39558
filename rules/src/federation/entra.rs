//! What a federated credential of Entra ID asks of a token, and whether that names a tenant at an issuer that many share.
//!
//! Issuer and subject are compared exactly; only the expression of a flexible credential knows wildcards.
//! <https://learn.microsoft.com/entra/workload-id/workload-identities-flexible-federated-identity-credentials>

use census_model::{ConditionLanguage, PrincipalSet, Trust};
use serde::Deserialize;
use serde_json::Value;

use super::{Hold, SharedIssuer};

/// What a token must be.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// Host and path of the issuer, without scheme.
    pub(crate) issuer: String,
    /// What is asked of claims, all of it; `None`: it cannot be read.
    pub(crate) claims: Option<Vec<ClaimTest>>,
}

/// A claim must have a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ClaimTest {
    pub(crate) claim: String,
    pub(crate) value: String,
    /// Whether `*` and `?` in the value stand for other text.
    pub(crate) expands: bool,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Credential {
    issuer: Option<String>,
    subject: Option<String>,
    claims_matching_expression: Option<Value>,
}

/// What a trust of Entra asks for; `None` of trusts of other languages.
pub(crate) fn wanted(trust: &Trust) -> Option<Wanted> {
    let condition =
        trust.condition.as_ref().filter(|one| one.language == ConditionLanguage::EntraFederation)?;
    let named = match &trust.who {
        PrincipalSet::External(issuer) => Some(issuer.to_string()),
        _ => None,
    };
    let Ok(credential) = serde_json::from_str::<Credential>(&condition.text) else {
        return Some(Wanted { issuer: host(&named?), claims: None });
    };
    let issuer = host(&credential.issuer.or(named)?);
    let expression = match &credential.claims_matching_expression {
        Some(Value::Object(members)) => members.get("value").and_then(Value::as_str),
        Some(Value::String(text)) => Some(text.as_str()),
        _ => None,
    };
    let claims = match (credential.subject, expression) {
        (_, Some(expression)) => expression_tests(expression),
        (Some(value), None) => Some(vec![ClaimTest { claim: "sub".to_owned(), value, expands: false }]),
        (None, None) => Some(Vec::new()),
    };
    Some(Wanted { issuer, claims })
}

fn host(issuer: &str) -> String {
    let bare = issuer.split_once("://").map_or(issuer, |(_, rest)| rest);
    bare.trim_end_matches('/').to_owned()
}

/// `claims['sub'] matches 'repo:acme/*' and claims['repository_id'] eq '7'`; `None` of what is none.
fn expression_tests(text: &str) -> Option<Vec<ClaimTest>> {
    let mut tests = Vec::new();
    let mut rest = text.trim();
    loop {
        let (claim, after) = rest.strip_prefix("claims['")?.split_once("']")?;
        let (operator, after) = after.trim_start().split_once(char::is_whitespace)?;
        let expands = match operator {
            "matches" => true,
            "eq" => false,
            _ => return None,
        };
        let (value, after) = after.trim_start().strip_prefix('\'')?.split_once('\'')?;
        tests.push(ClaimTest { claim: claim.to_owned(), value: value.to_owned(), expands });
        rest = match after.trim_start() {
            "" => return Some(tests),
            more => more.strip_prefix("and")?.trim_start(),
        };
    }
}

/// How much of a shared issuer a credential lets in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Breadth {
    /// Single workloads.
    Narrow,
    /// Nobody: a wildcard is taken literally.
    Nobody,
    /// Whatever runs for a proposed change.
    Proposals,
    /// Whatever runs in one repository or project.
    Project,
    /// Whatever runs in one tenant.
    Tenant,
    /// Anybody.
    Anybody,
}

impl Breadth {
    /// For what the issuer's tokens let in, in words.
    pub(crate) fn lets_in(self) -> &'static str {
        match self {
            Self::Anybody => "without naming a tenant",
            Self::Tenant => "for any repository or project of one tenant",
            Self::Project => "for whatever runs in one repository or project",
            Self::Proposals => "for the pull requests of one repository",
            Self::Nobody => "by a subject with a wildcard, which is taken literally",
            Self::Narrow => "for single workloads",
        }
    }
}

impl SharedIssuer {
    /// How much what is asked of a token lets in.
    pub(crate) fn breadth(&self, tests: &[ClaimTest]) -> Breadth {
        // All of them are demanded, so the narrowest decides.
        tests.iter().map(|test| self.breadth_of(test)).min().unwrap_or(Breadth::Anybody)
    }

    fn breadth_of(&self, test: &ClaimTest) -> Breadth {
        let Some(claim) = self.claims.iter().find(|claim| claim.claim.eq_ignore_ascii_case(&test.claim))
        else {
            return Breadth::Anybody;
        };
        let wild = test.value.contains(['*', '?']);
        match (claim.hold(&test.value, test.expands), wild && test.expands) {
            (Hold::Open, _) => Breadth::Anybody,
            (Hold::Dead, _) => Breadth::Nobody,
            (Hold::Binds, false) if is_proposal(&test.value) => Breadth::Proposals,
            // The name of a tenant alone, which some claims hold.
            (Hold::Binds, false) if test.claim.contains("owner") || test.claim.contains("organization") => {
                Breadth::Tenant
            }
            (Hold::Binds, false) => Breadth::Narrow,
            (Hold::Binds, true) => within(claim.named_from(&test.value)),
        }
    }
}

/// A pull request, in which whoever may propose a change decides what runs.
fn is_proposal(subject: &str) -> bool {
    subject.starts_with("repo:") && subject.ends_with(":pull_request")
}

/// How much a value with wildcards lets in, from the tenant's name on: `acme/app:ref:refs/heads/*`.
fn within(value: &str) -> Breadth {
    let project = value.split([':', '@']).next().unwrap_or_default();
    let tail = value.get(project.len()..).unwrap_or_default();
    let open = |text: &str| text.contains(['*', '?']);
    match (open(project), tail.trim_start_matches([':', '@']).starts_with('*')) {
        (true, _) => Breadth::Tenant,
        // `organization:acme:project:*` names the tenant and nothing within.
        (false, _) if !project.contains('/') => match value.split(':').take(3).any(open) {
            true => Breadth::Tenant,
            false => Breadth::Project,
        },
        (false, true) => Breadth::Project,
        (false, false) => Breadth::Narrow,
    }
}

#[cfg(test)]
mod tests {
    use census_fixtures::azure;

    use super::*;
    use crate::federation::{Tenancy, tenancy};

    const GITHUB: &str = "https://token.actions.githubusercontent.com";

    fn breadth(issuer: &str, member: &str) -> Breadth {
        let app = azure::service_principal("deploy");
        let text = format!(r#"{{"issuer":"{issuer}",{member}}}"#);
        let wanted = wanted(&azure::federated_if(&app, issuer, &text)).unwrap();
        let Tenancy::Shared(shared) = tenancy(&wanted.issuer) else { panic!("{issuer}") };
        shared.breadth(&wanted.claims.unwrap())
    }

    #[test]
    fn subjects_are_compared_as_they_are() {
        for (subject, expected) in [
            ("repo:acme/app:environment:prod", Breadth::Narrow),
            ("repo:acme/app:ref:refs/heads/main", Breadth::Narrow),
            ("repo:acme/app:pull_request", Breadth::Proposals),
            ("repo:acme/*", Breadth::Nobody),
            ("*", Breadth::Nobody),
            ("anything", Breadth::Anybody),
        ] {
            assert_eq!(breadth(GITHUB, &format!(r#""subject":"{subject}""#)), expected, "{subject}");
        }
        assert_eq!(breadth(GITHUB, r#""audiences":[]"#), Breadth::Anybody);
    }

    #[test]
    fn expressions_know_wildcards() {
        for (expression, expected) in [
            ("claims['sub'] matches 'repo:acme/app:environment:prod'", Breadth::Narrow),
            ("claims['sub'] matches 'repo:acme/app:ref:refs/heads/*'", Breadth::Narrow),
            ("claims['sub'] matches 'repo:acme/app:*'", Breadth::Project),
            ("claims['sub'] matches 'repo:acme/app*'", Breadth::Tenant),
            ("claims['sub'] matches 'repo:acme/*'", Breadth::Tenant),
            ("claims['sub'] matches 'repo:acme*'", Breadth::Anybody),
            ("claims['sub'] matches '*'", Breadth::Anybody),
            ("claims['sub'] matches 'repo:acme/*' and claims['repository_id'] eq '7'", Breadth::Narrow),
            ("claims['sub'] eq 'repo:acme/*'", Breadth::Nobody),
            (
                "claims['job_workflow_ref'] matches 'acme/ci/.github/workflows/x.yml@refs/heads/main'",
                Breadth::Narrow,
            ),
            ("claims['actor'] eq 'ana'", Breadth::Anybody),
        ] {
            let member = format!(r#""claimsMatchingExpression":"{expression}""#);
            assert_eq!(breadth(GITHUB, &member), expected, "{expression}");
            let member =
                format!(r#""claimsMatchingExpression":{{"value":"{expression}","languageVersion":1}}"#);
            assert_eq!(breadth(GITHUB, &member), expected, "{expression}");
        }
        let terraform = r#""claimsMatchingExpression":"claims['sub'] matches 'organization:acme:project:*'""#;
        assert_eq!(breadth("https://app.terraform.io", terraform), Breadth::Tenant);
    }

    #[test]
    fn what_is_no_expression_is_not_read() {
        for text in [
            "",
            "sub",
            "claims['sub'] like 'x'",
            "claims['sub'] eq x",
            "claims['a'] eq 'b' or claims['a'] eq 'c'",
        ] {
            assert_eq!(expression_tests(text), None, "{text}");
        }
        let app = azure::service_principal("deploy");
        let trust = azure::federated_if(&app, GITHUB, "{");
        assert_eq!(wanted(&trust).unwrap().claims, None);
    }
}
