//! Whether what a federated credential of Entra ID asks of a token names a tenant at an issuer that many share.

pub(crate) use census_privilege::federation::entra::{ClaimTest, Wanted, wanted};

use super::{Hold, SharedIssuer};

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
}
