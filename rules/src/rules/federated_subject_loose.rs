use std::collections::BTreeMap;

use census_model::{Confidence, Evidence, Identity, Mechanism, Provider, Severity, Trust};

use crate::{
    Docs, Draft, Findings, Rule, View,
    entra::{FEDERATED, federated_credentials, machines},
    federation::{
        SharedIssuer, Tenancy,
        entra::{Breadth, Wanted, wanted},
        tenancy,
    },
    policies::{LISTED, Shown},
    powers::more,
};

pub(crate) static RULE: Rule = Rule {
    id: "federated-subject-loose",
    version: 1,
    title: "A federated credential that lets in more of a shared issuer than one workload",
    severity: Severity::Critical,
    finding_types: &["TRUST-OIDC-LOOSE"],
    providers: &[Provider::Azure],
    except_controls: &[],
    thresholds: &[],
    docs: Docs {
        finds: "A federated credential of an application or managed identity trusts an issuer that many tenants share (GitHub, \
                GitLab, HCP Terraform, ...), and what it asks of a token names no tenant: critical. Where it names the \
                tenant and any repository or project of it will do (`repo:acme/*`), severity is high; any branch, pull \
                request and environment of one repository (`repo:acme/app:*`) is medium, its pull requests are low. A \
                wildcard in a subject, where it is taken literally, lets in nobody, and is medium: its author meant \
                something else. One finding an issuer.",
        why: "Anybody can make a repository or workspace at such an issuer and get a token. Where only the tenant is named, \
              whoever may write to any of its repositories, or open a pull request in the one, becomes the identity.",
        remedy: "Ask for one repository and one environment that has protection rules: \
                 `repo:acme/app:environment:production`, as a subject or, in a flexible credential, by `eq`. Add a credential \
                 for each workload rather than a wildcard.",
        limits: "Whether the tenant that is named is yours cannot be told. Issuers that are not in the table count as your own, \
                 clusters of Kubernetes among them. An expression that cannot be read is reported with low confidence. What \
                 protects an environment or branch at the issuer is not seen. The audience is not weighed: anybody can ask \
                 a shared issuer for it.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    for identity in machines(view) {
        let mut by_issuer: BTreeMap<String, Vec<Loose<'_>>> = BTreeMap::new();
        let trusts = view.index.trusts(&identity.id).iter().copied();
        for trust in trusts.filter(|trust| trust.mechanism == Mechanism::FederatedCredential) {
            let Some(wanted) = wanted(trust) else { continue };
            let Tenancy::Shared(shared) = tenancy(&wanted.issuer) else { continue };
            if let Some(loose) = Loose::of(shared, trust, &wanted) {
                by_issuer.entry(wanted.issuer).or_default().push(loose);
            }
        }
        for (issuer, mut loose) in by_issuer {
            loose.sort_by(|a, b| a.trust.cmp(b.trust));
            report(identity, &issuer, &loose, findings);
        }
    }
}

/// A federated credential that lets in more than single workloads.
struct Loose<'a> {
    shared: &'static SharedIssuer,
    trust: &'a Trust,
    /// `None`: what it asks for cannot be read.
    breadth: Option<Breadth>,
}

impl<'a> Loose<'a> {
    fn of(shared: &'static SharedIssuer, trust: &'a Trust, wanted: &Wanted) -> Option<Self> {
        let breadth = wanted.claims.as_ref().map(|claims| shared.breadth(claims));
        (breadth != Some(Breadth::Narrow)).then_some(Self { shared, trust, breadth })
    }

    fn severity(&self) -> Severity {
        match self.breadth {
            Some(Breadth::Anybody) => self.shared.severity,
            Some(Breadth::Tenant) => Severity::High.min(self.shared.severity),
            None | Some(Breadth::Project | Breadth::Nobody) => Severity::Medium,
            Some(Breadth::Proposals | Breadth::Narrow) => Severity::Low,
        }
    }

    fn lets_in(&self) -> &'static str {
        self.breadth.map_or("in a way that cannot be read", Breadth::lets_in)
    }
}

fn report(identity: &Identity, issuer: &str, loose: &[Loose<'_>], findings: &mut Findings<'_>) {
    let Some(worst) = loose.iter().max_by_key(|one| one.severity()) else { return };
    let name = &worst.shared.name;
    let title = format!("`{}` trusts {name} (`{}`) {}", Shown(&identity.name), Shown(issuer), worst.lets_in());
    let mut draft = Draft::new(title).severity(worst.severity()).evidence("issuer", issuer);
    for one in loose.iter().take(LISTED) {
        let asks = one.trust.condition.as_ref().map_or_else(String::new, |condition| condition.text.to_string());
        draft = draft
            .facts([Evidence::new("asks for", format!("{}", Shown(&asks))).from_source(FEDERATED)])
            .evidence("lets in", one.lets_in());
    }
    draft = draft.facts(more(loose.len(), "federated credentials"));
    if worst.breadth.is_none() {
        draft = draft.at_most(Confidence::Low);
    }
    let wanted = worst.shared.wanted();
    let draft = draft
        .remedy(format!("ask for one repository and one protected environment, by a claim that names them: {wanted}"));
    findings.identity(identity, issuer, federated_credentials(draft, identity));
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_fixtures::azure;

    use crate::testing::{Case, World};
    const GITHUB: &str = "https://token.actions.githubusercontent.com";
    let asks = |issuer: &'static str, member: &'static str| {
        move |w: &mut World| {
            let app = w.app("deploy");
            let text = format!(r#"{{"issuer":"{issuer}",{member}}}"#);
            w.estate.trust(azure::federated_if(&app, issuer, &text));
        }
    };
    let matches = |expression: &'static str| {
        move |w: &mut World| {
            let identity = w.azure(azure::user_assigned("deploy"));
            let text = format!(r#"{{"claimsMatchingExpression":"claims['sub'] {expression}","issuer":"{GITHUB}"}}"#);
            w.estate.trust(azure::federated_if(&identity, GITHUB, &text));
        }
    };
    vec![
        Case::fires("any organization", matches("matches 'repo:*'"))
            .severity(Severity::Critical)
            .says("without naming a tenant")
            .says("\"az\", \"identity\", \"federated-credential\", \"list\""),
        Case::fires("any repository", matches("matches 'repo:acme/*'")).severity(Severity::High),
        Case::fires("any branch", matches("matches 'repo:acme/app:*'")).severity(Severity::Medium),
        Case::fires("pull requests", asks(GITHUB, r#""subject":"repo:acme/app:pull_request""#))
            .severity(Severity::Low)
            .says("\"az\", \"ad\", \"app\", \"federated-credential\", \"list\""),
        Case::fires("a wildcard in a subject", asks(GITHUB, r#""subject":"repo:acme/*""#))
            .severity(Severity::Medium)
            .says("taken literally"),
        Case::fires("an expression that cannot be read", matches("like 'x'"))
            .severity(Severity::Medium)
            .confidence(Confidence::Low),
        Case::fires("two credentials at one issuer", |w| {
            let app = w.app("deploy");
            w.estate.trust(azure::federated(&app, GITHUB, "repo:acme/app:pull_request"));
            w.estate.trust(azure::federated(&app, GITHUB, "*"));
        })
        .severity(Severity::Medium),
        Case::silent("one environment", asks(GITHUB, r#""subject":"repo:acme/app:environment:prod""#)),
        Case::silent("branches of one kind", matches("matches 'repo:acme/app:ref:refs/heads/*'")),
        Case::silent(
            "an issuer of the company's own",
            asks("https://idp.acme.example", r#""subject":"anything""#),
        ),
        Case::silent(
            "a cluster",
            asks(
                "https://westeurope.oic.prod-aks.azure.com/t/c/",
                r#""subject":"system:serviceaccount:shop:api""#,
            ),
        ),
        Case::silent("an identity of a tenant as the subject", asks(
            "https://login.microsoftonline.com/7a1f0000-0000-4000-8000-000000000001/v2.0",
            r#""subject":"5b5c0000-0000-4000-8000-000000000003""#,
        )),
    ]
}
