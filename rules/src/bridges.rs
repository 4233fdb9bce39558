//! What joins two clouds: an identity of one that the other trusts, or a workload outside that both trust.

use std::collections::{BTreeMap, BTreeSet};

use census_model::{CloudIssuer, Identity, IdentityId, Mechanism, PrincipalSet, Provider, Trust};

use crate::{
    View, clouds,
    conditions::{self, Wildcards, undemanding, wildcards},
    federation::{claim_of, entra::wanted, issuer_of},
};

/// Who is trusted on both sides.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Joint<'a, 't> {
    /// An identity of the estate.
    Identity(&'a Identity),
    /// A workload outside, by its issuer as host and path.
    Workload { issuer: &'t str, subject: &'t str },
}

/// Identities of more than one cloud that one joint holds together.
#[derive(Default)]
pub(crate) struct Bridges<'a> {
    /// By the identity that others trust.
    inside: BTreeMap<&'a IdentityId, (&'a Identity, Trusting<'a>)>,
    /// By issuer and subject.
    outside: BTreeMap<(String, String), Trusting<'a>>,
}

/// Those who trust a joint.
#[derive(Default)]
pub(crate) struct Trusting<'a> {
    identities: BTreeMap<&'a IdentityId, &'a Identity>,
    pub(crate) trusts: BTreeSet<&'a Trust>,
}

impl<'a> Trusting<'a> {
    /// The identities, by id.
    pub(crate) fn identities(&self) -> impl Iterator<Item = &'a Identity> {
        self.identities.values().copied()
    }
}

impl<'a> Bridges<'a> {
    pub(crate) fn of(view: &View<'a>) -> Self {
        let mut found = Self::default();
        for identity in view.fixable() {
            for trust in view.index.trusts(&identity.id).iter().copied() {
                let Some((issuer, subjects)) = subjects(trust) else { continue };
                for subject in subjects {
                    found.add(view, identity, trust, &issuer, &subject);
                }
            }
        }
        let spans = |own: Option<Provider>, trusting: &Trusting<'_>| {
            let theirs = trusting.identities().map(|one| one.provider);
            theirs.chain(own).collect::<BTreeSet<_>>().len() > 1
        };
        found.inside.retain(|_, (identity, trusting)| spans(Some(identity.provider), trusting));
        found.outside.retain(|_, trusting| spans(None, trusting));
        found
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = (Joint<'a, '_>, &Trusting<'a>)> {
        let inside = self.inside.values().map(|(identity, trusting)| (Joint::Identity(identity), trusting));
        let outside = self
            .outside
            .iter()
            .map(|((issuer, subject), trusting)| (Joint::Workload { issuer, subject }, trusting));
        inside.chain(outside)
    }

    fn add(
        &mut self,
        view: &View<'a>,
        becomes: &'a Identity,
        trust: &'a Trust,
        issuer: &str,
        subject: &Subject,
    ) {
        let trusting = match CloudIssuer::of(issuer) {
            Some(cloud) => {
                let named = clouds::subject(cloud, view, &subject.value)
                    .filter(|one| one.provider != becomes.provider);
                let Some(named) = named else { return };
                &mut self.inside.entry(&named.id).or_insert_with(|| (named, Trusting::default())).1
            }
            None => {
                let Some(workload) = workload(issuer, subject) else { return };
                self.outside.entry((issuer.to_owned(), workload)).or_default()
            }
        };
        trusting.identities.insert(&becomes.id, becomes);
        trusting.trusts.insert(trust);
    }
}

/// A subject as a trust asks for it.
#[derive(Debug, PartialEq, Eq)]
struct Subject {
    value: String,
    /// Whether `*` and `?` stand for other text.
    expands: bool,
}

/// The issuer of a trust, as host and path, and the subjects that it lets in.
fn subjects(trust: &Trust) -> Option<(String, Vec<Subject>)> {
    if trust.mechanism == Mechanism::FederatedCredential {
        let wanted = wanted(trust)?;
        let of =
            |test: crate::federation::entra::ClaimTest| Subject { value: test.value, expands: test.expands };
        let subject = wanted.claims?.into_iter().find(|test| test.claim == "sub").map(of);
        return Some((wanted.issuer.to_ascii_lowercase(), subject.into_iter().collect()));
    }
    let PrincipalSet::External(principal) = &trust.who else { return None };
    let issuer = issuer_of(principal).filter(|_| trust.mechanism == Mechanism::WebIdentity)?;
    let tests = conditions::tests(trust)?;
    let test = tests.iter().find(|test| {
        claim_of(issuer, &test.key).is_some_and(|claim| claim.eq_ignore_ascii_case("sub"))
            && undemanding(test, &tests).is_none()
    })?;
    // A wildcard that is taken literally matches no subject, and a variable is the caller's to fill.
    let all = test.values.iter().filter(|value| !value.contains("${"));
    let met = all.filter(|value| wildcards(test.operator, value) != Wildcards::Literal);
    let found = met.map(|value| Subject {
        value: value.clone(),
        expands: wildcards(test.operator, value) == Wildcards::Expanded,
    });
    Some((issuer.to_ascii_lowercase(), found.collect()))
}

/// The one workload outside that a subject names: a repository, a workspace, a service account. `None` of what names
/// several or, by a wildcard that is taken literally, none.
fn workload(issuer: &str, subject: &Subject) -> Option<String> {
    let whole = || subject.value.split(':').count();
    // How many parts of a subject name it; behind them stands what of it runs.
    let parts = match issuer.split('/').next()? {
        "token.actions.githubusercontent.com" | "gitlab.com" => 2,
        "agent.buildkite.com" => 4,
        "app.terraform.io" => 6,
        _ => whole(),
    };
    let named: Vec<&str> = subject.value.split(':').take(parts).collect();
    let named = named.join(":");
    let is_wild = |text: &str| text.contains(['*', '?']);
    let is_one = !named.is_empty() && !is_wild(&named) && (subject.expands || !is_wild(&subject.value));
    is_one.then_some(named)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subjects_name_one_workload_or_none() {
        const GITHUB: &str = "token.actions.githubusercontent.com";
        for (issuer, value, expands, expected) in [
            (GITHUB, "repo:acme/app:environment:prod", false, Some("repo:acme/app")),
            (GITHUB, "repo:acme/app:*", true, Some("repo:acme/app")),
            (GITHUB, "repo:acme/app:*", false, None),
            (GITHUB, "repo:acme/*", true, None),
            (GITHUB, "repo:acme/app*", true, None),
            (GITHUB, "*", true, None),
            (
                "gitlab.com",
                "project_path:acme/app:ref_type:branch:ref:main",
                false,
                Some("project_path:acme/app"),
            ),
            (
                "app.terraform.io",
                "organization:acme:project:infra:workspace:prod:run_phase:*",
                true,
                Some("organization:acme:project:infra:workspace:prod"),
            ),
            ("app.terraform.io", "organization:acme:project:*:workspace:prod:run_phase:*", true, None),
            (
                "idp.acme.example/a",
                "system:serviceaccount:shop:api",
                false,
                Some("system:serviceaccount:shop:api"),
            ),
            ("idp.acme.example/a", "system:serviceaccount:shop:*", true, None),
            ("idp.acme.example/a", "", false, None),
        ] {
            let subject = Subject { value: value.to_owned(), expands };
            assert_eq!(workload(issuer, &subject).as_deref(), expected, "{value}");
        }
    }
}
