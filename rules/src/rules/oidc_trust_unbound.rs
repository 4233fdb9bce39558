use census_model::{Confidence, IdentityKind, Mechanism, PrincipalSet, Provider, Severity, Trust};

use crate::{
    Docs, Draft, Findings, Rule, View, conditions,
    federation::{Hold, SharedIssuer, Tenancy, issuer_of, tenancy},
    principals::{Denials, by_principal, distinguisher, edit_trust, statements},
};

pub(crate) static RULE: Rule = Rule {
    id: "oidc-trust-unbound",
    version: 1,
    title: "Trust of a shared OIDC issuer that binds no tenant",
    severity: Severity::Critical,
    finding_types: &["TRUST-OIDC-LOOSE"],
    providers: &[Provider::Aws],
    except_controls: &[],
    thresholds: &[],
    docs: Docs {
        finds: "A role trusts an OpenID Connect issuer that many tenants share (GitHub, GitLab, HCP Terraform, \
                Buildkite, ...), and no condition names one tenant by a claim. Loose are: no condition on such a \
                claim; a wildcard before the tenant's name ends (`repo:acme*` also matches `acme-evil`); \
                `ForAllValues:`, `...IfExists` and negated operators, which hold without the claim; a list with one \
                loose value; and a wildcard under `StringEquals`, which takes it literally and so never matches what \
                its author meant (medium). For the issuer of an EKS cluster, severity is medium: anybody in the \
                cluster may get a token.",
        why: "Anybody can make a repository or a workspace at such an issuer, get a token from it, and assume the \
              role.",
        remedy: "Demand a claim that names your tenant with `StringEquals`, or with `StringLike` and the wildcard \
                 after the delimiter: `repo:acme/app:*`. Ids that survive renaming (`repository_id`, \
                 `repository_owner_id`) are better than names where AWS offers them.",
        limits: "Whether the tenant that is named is yours cannot be told. One tenant bound is enough: how much of \
                 it is let in is not judged. Issuers that are not in the table count as your own. `Deny` statements \
                 are not weighed, but lower the confidence to medium; resource control policies and network \
                 conditions are not considered. `environment`, `ref`, `actor` and `aud` name no tenant at GitHub: \
                 anybody can choose them. `job_workflow_ref` names whose workflow runs, not who runs it: a reusable \
                 workflow of a public repository can be called by anybody.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    let denials = Denials::of(view);
    for role in view.of_kind(IdentityKind::AwsRole) {
        for (who, trusts) in by_principal(view, role) {
            let PrincipalSet::External(principal) = who else { continue };
            let Some(issuer) = issuer_of(principal) else { continue };
            let Tenancy::Shared(shared) = tenancy(issuer) else { continue };
            let loose: Vec<Loose<'_>> = trusts
                .into_iter()
                .filter(|trust| trust.mechanism == Mechanism::WebIdentity)
                .filter_map(|trust| judge(shared, issuer, trust))
                .collect();
            let Some(worst) = loose.iter().map(|one| one.hold).min() else { continue };
            let (severity, how) = match worst {
                Hold::Open => (shared.severity, "without naming a tenant"),
                Hold::Dead | Hold::Binds => (Severity::Medium, "by a condition that can never be met"),
            };
            // One entry of the table may stand for many issuers, of which a role may trust several.
            let name = match shared.issuer.contains('*') {
                true => format!("{} (`{issuer}`)", shared.name),
                false => shared.name.clone(),
            };
            let mut draft = Draft::new(format!("role `{}` trusts {name} {how}", role.name))
                .severity(severity)
                .evidence("issuer", issuer)
                .facts(statements(loose.iter().map(|one| one.trust)))
                .remedy(remedy(shared));
            for note in loose.iter().flat_map(|one| &one.notes) {
                draft = draft.evidence("condition", note.as_str());
            }
            if loose.iter().any(|one| one.unreadable) {
                draft = draft.at_most(Confidence::Low);
            }
            for words in edit_trust(role) {
                draft = draft.command(words);
            }
            findings.identity(role, &distinguisher(who), denials.doubt(draft, role));
        }
    }
}

fn remedy(shared: &SharedIssuer) -> String {
    let insisted = shared
        .insisted()
        .map(|key| format!("; IAM refuses a trust policy of this issuer that does not test {key}"))
        .unwrap_or_default();
    format!("demand what names your tenant, with StringEquals: {}{insisted}", shared.wanted())
}

struct Loose<'a> {
    trust: &'a Trust,
    hold: Hold,
    notes: Vec<String>,
    unreadable: bool,
}

fn judge<'a>(shared: &SharedIssuer, issuer: &str, trust: &'a Trust) -> Option<Loose<'a>> {
    let Some(tests) = conditions::tests(trust) else {
        let notes = vec!["the condition cannot be read".to_owned()];
        return Some(Loose { trust, hold: Hold::Open, notes, unreadable: true });
    };
    let judged = shared.judge(issuer, &tests);
    let loose = Loose { trust, hold: judged.hold, notes: judged.notes, unreadable: false };
    (judged.hold != Hold::Binds).then_some(loose)
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use crate::testing::{Case, World};
    const GITHUB: &str = "token.actions.githubusercontent.com";
    let web = |issuer: &'static str, condition: String| {
        move |w: &mut World| {
            let role = w.role("deploy");
            let arn = format!("arn:aws:iam::111122223333:oidc-provider/{issuer}");
            w.trust(&role, PrincipalSet::External(arn.into()), Mechanism::WebIdentity, &condition);
        }
    };
    let github = |operator: &str, claim: &str, value: &str| {
        let aud = format!(r#""StringEquals":{{"{GITHUB}:aud":"sts.amazonaws.com"}}"#);
        web(GITHUB, format!(r#"{{{aud},"{operator}":{{"{GITHUB}:{claim}":{value}}}}}"#))
    };
    let mut cases = vec![
        Case::fires("no condition", web(GITHUB, String::new()))
            .severity(Severity::Critical)
            .says("no condition on sub"),
        Case::fires("a condition that cannot be read", web(GITHUB, "{".into())).confidence(Confidence::Low),
        Case::fires("a claim of another issuer", {
            web(GITHUB, r#"{"StringEquals":{"gitlab.com:sub":"project_path:acme/app:x"}}"#.into())
        }),
        Case::fires("wildcard under StringEquals", {
            let value = r#""repo:acme/app:*""#;
            web(GITHUB, format!(r#"{{"StringEquals":{{"{GITHUB}:sub":{value}}}}}"#))
        })
        .severity(Severity::Medium)
        .says("can never be met")
        .says("takes wildcards literally"),
        Case::fires("two clusters, told apart by their titles", |w| {
            let role = w.role("pods");
            for id in ["0123", "4567"] {
                let arn = format!(
                    "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/{id}"
                );
                w.trust(&role, PrincipalSet::External(arn.into()), Mechanism::WebIdentity, "");
            }
        })
        .times(2),
        Case::fires(
            "a policy variable in place of the organization",
            github("StringLike", "sub", r#""repo:${aws:PrincipalTag/org}/app:*""#),
        ),
        Case::fires("a denial beside it", |w| {
            let role = w.role("deploy");
            let arn = format!("arn:aws:iam::111122223333:oidc-provider/{GITHUB}");
            w.trust(&role, PrincipalSet::External(arn.into()), Mechanism::WebIdentity, "");
            let statement = |effect: &str| {
                format!(r#"{{"Effect":"{effect}","Principal":"*","Action":"sts:AssumeRoleWithWebIdentity"}}"#)
            };
            let text = format!(r#"{{"Statement":[{},{}]}}"#, statement("Allow"), statement("Deny"));
            w.trust_policy(&role, &text);
        })
        .confidence(Confidence::Medium),
        Case::fires("any service account of a cluster", {
            let issuer = "oidc.eks.eu-west-1.amazonaws.com/id/0123";
            web(issuer, format!(r#"{{"StringEquals":{{"{issuer}:aud":"sts.amazonaws.com"}}}}"#))
        })
        .severity(Severity::Medium),
        Case::fires("an identity pool that is not named", |w| {
            let role = w.role("guests");
            let who = PrincipalSet::External("cognito-identity.amazonaws.com".into());
            let amr = r#"{"ForAnyValue:StringLike":{"cognito-identity.amazonaws.com:amr":"authenticated"}}"#;
            w.trust(&role, who, Mechanism::WebIdentity, amr);
        }),
        Case::silent(
            "the enterprise's own issuer",
            web("token.actions.githubusercontent.com/acme", String::new()),
        ),
        Case::silent("a private issuer", web("idp.acme.example", String::new())),
        Case::silent("a SAML provider", |w| {
            let role = w.role("sso");
            let who = PrincipalSet::External("arn:aws:iam::111122223333:saml-provider/okta".into());
            w.trust(&role, who, Mechanism::Saml, "");
        }),
        Case::silent("one binding claim beside a loose one", {
            let both = format!(
                r#"{{"StringLike":{{"{GITHUB}:sub":"repo:*"}},"StringEquals":{{"{GITHUB}:repository_id":"42"}}}}"#
            );
            web(GITHUB, both)
        }),
        Case::silent("ForAllValues with the claim demanded by Null", {
            let both = format!(
                r#"{{"ForAllValues:StringEquals":{{"{GITHUB}:repository_id":"42"}},"Null":{{"{GITHUB}:repository_id":"false"}}}}"#
            );
            web(GITHUB, both)
        }),
    ];
    for (operator, claim, value) in [
        ("StringLike", "sub", r#""*""#),
        ("StringLike", "sub", r#""repo:*""#),
        ("StringLike", "sub", r#""repo:acme*""#),
        ("StringLike", "sub", r#""repo:*/app:*""#),
        ("StringLike", "sub", r#"["repo:acme/app:*","repo:acme*"]"#),
        ("ForAllValues:StringLike", "sub", r#""repo:acme/app:*""#),
        ("StringLikeIfExists", "sub", r#""repo:acme/app:*""#),
        ("StringNotLike", "sub", r#""repo:evil/*""#),
        ("StringLike", "environment", r#""production""#),
        ("StringLike", "actor", r#""ann""#),
    ] {
        let name = format!("loose: {operator} {claim} {value}");
        cases.push(Case::fires(name, github(operator, claim, value)).severity(Severity::Critical));
    }
    for (operator, claim, value) in [
        ("StringLike", "sub", r#""repo:acme/app:ref:refs/heads/main""#),
        ("StringLike", "sub", r#""repo:acme/*""#),
        ("StringLike", "sub", r#"["repo:acme/app:*","repo:acme/web:*"]"#),
        ("ForAnyValue:StringLike", "sub", r#""repo:acme/app:*""#),
        ("StringEqualsIgnoreCase", "SUB", r#""Repo:Acme/app:environment:prod""#),
        ("StringLike", "sub", r#""repo:acme/*:*""#),
        ("StringLike", "job_workflow_ref", r#""acme/ci/.github/workflows/deploy.yml@*""#),
        ("StringLike", "repository", r#""acme/app""#),
        ("StringLike", "repository_id", r#""42""#),
        ("StringLike", "repository_owner_id", r#""7""#),
        ("StringLike", "enterprise_id", r#""9""#),
    ] {
        cases
            .push(Case::silent(format!("bound: {operator} {claim} {value}"), github(operator, claim, value)));
    }
    cases
}
