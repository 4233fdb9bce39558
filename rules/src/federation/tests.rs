use super::*;
use crate::testing::condition_tests;

#[test]
fn the_embedded_data_is_sound() {
    let table = parse().unwrap();
    assert!(table.shared.len() > 15 && table.per_tenant.len() > 4);
    let mut seen = std::collections::BTreeSet::new();
    for one in &table.shared {
        assert!(seen.insert(&one.issuer), "{} twice", one.issuer);
        assert!(!(one.claims.is_empty() && one.keys.is_empty()), "{}: nothing would bind", one.issuer);
        for begin in one.claims.iter().flat_map(|c| &c.begins) {
            assert!(!begin.until.is_empty() && begin.segments > 0, "{}", one.issuer);
        }
    }
    let sources =
        table.shared.iter().flat_map(|i| &i.sources).chain(table.per_tenant.iter().flat_map(|i| &i.sources));
    for source in sources {
        assert!(table.sources.contains_key(source), "{source}");
    }
}

fn hold(issuer: &str, condition: &str) -> Hold {
    match tenancy(issuer) {
        Tenancy::Shared(shared) => shared.judge(issuer, &condition_tests(condition)).hold,
        other => panic!("{issuer}: {other:?}"),
    }
}

const GITHUB: &str = "token.actions.githubusercontent.com";

fn github(operator: &str, claim: &str, value: &str) -> Hold {
    hold(GITHUB, &format!(r#"{{"{operator}":{{"{GITHUB}:{claim}":"{value}"}}}}"#))
}

#[test]
fn github_subjects() {
    for value in [
        "repo:acme/app:ref:refs/heads/main",
        "repo:acme/*",
        "repo:acme/?pp:*",
        "repo:acme/app:environment:prod",
        "repo:acme/*:*",
        "repo:acme-123456/app-456789:ref:refs/heads/main",
        "repository_owner_id:7:*",
        "job_workflow_ref:acme/ci/*",
    ] {
        assert_eq!(github("StringLike", "sub", value), Hold::Binds, "{value}");
    }
    for value in [
        "*",
        "repo:*",
        "repo:acme*",
        "repo:acm?/app",
        "repo:*/app:*",
        "repo:/app",
        "environment:prod",
        "repo:${aws:x}/app",
        "repository_owner_id:7*",
    ] {
        assert_eq!(github("StringLike", "sub", value), Hold::Open, "{value}");
    }
    assert_eq!(github("StringEquals", "sub", "repo:acme/app:*"), Hold::Dead);
    assert_eq!(github("StringEquals", "sub", "environment:prod"), Hold::Open);
    assert_eq!(github("StringEqualsIgnoreCase", "sub", "REPO:acme/app:x"), Hold::Binds);
}

#[test]
fn github_claims() {
    for (claim, value) in [
        ("repository_id", "42"),
        ("repository", "acme/app"),
        ("repository_owner_id", "7"),
        ("job_workflow_ref", "acme/ci/.github/workflows/x.yml@refs/heads/main"),
        ("enterprise_id", "9"),
    ] {
        assert_eq!(github("StringEquals", claim, value), Hold::Binds, "{claim}");
        assert_eq!(github("StringEqualsIfExists", claim, value), Hold::Open, "{claim}");
        assert_eq!(github("ForAllValues:StringEquals", claim, value), Hold::Open, "{claim}");
        assert_eq!(github("StringNotEquals", claim, value), Hold::Open, "{claim}");
    }
    for (claim, value) in [
        ("environment", "prod"),
        ("ref", "refs/heads/main"),
        ("aud", "sts.amazonaws.com"),
        ("actor", "mallory"),
        ("workflow", "deploy"),
    ] {
        assert_eq!(github("StringEquals", claim, value), Hold::Open, "{claim}");
    }
}

#[test]
fn values_are_alternatives_and_tests_are_all_required() {
    let sub = |values: &str| hold(GITHUB, &format!(r#"{{"StringLike":{{"{GITHUB}:sub":{values}}}}}"#));
    assert_eq!(sub(r#"["repo:acme/a:*","repo:acme*"]"#), Hold::Open);
    assert_eq!(sub(r#"["repo:acme/a:*","repo:acme/b:*"]"#), Hold::Binds);
    let both = format!(
        r#"{{"StringLike":{{"{GITHUB}:sub":"repo:*"}},"StringEquals":{{"{GITHUB}:repository_id":"1"}}}}"#
    );
    assert_eq!(hold(GITHUB, &both), Hold::Binds);
    let other = r#"{"StringEquals":{"gitlab.com:sub":"project_path:acme/app:x"}}"#;
    assert_eq!(hold(GITHUB, other), Hold::Open, "a claim of another issuer");
    let same_length = r#"{"StringEquals":{"github.com:sub":"project_path:acme/app:x"}}"#;
    assert_eq!(hold("gitlab.com", same_length), Hold::Open, "a claim of another issuer");
    let slash = r#"{"StringEquals":{"agent.buildkite.com/:SUB":"organization:acme:pipeline:p:ref:x:commit:y:step:z"}}"#;
    assert_eq!(hold("agent.buildkite.com", slash), Hold::Binds, "a registration that ends in a slash");
}

#[test]
fn a_remedy_names_only_what_aws_evaluates() {
    let wanted = |issuer: &str| match tenancy(issuer) {
        Tenancy::Shared(shared) => shared.wanted(),
        other => panic!("{issuer}: {other:?}"),
    };
    assert_eq!(
        wanted(GITHUB),
        "sub, repository, job_workflow_ref, repository_id, repository_owner_id, enterprise_id"
    );
    assert_eq!(wanted("gitlab.com"), "sub");
    for (issuer, insisted) in [
        (GITHUB, Some("sub")),
        ("api.pulumi.com/oidc", Some("aud")),
        ("sts.windows.net/33e01921-4d64-4f8c-a055-5bdaffd5e33d", Some("sts:RoleSessionName")),
        ("accounts.google.com", None),
    ] {
        let Tenancy::Shared(shared) = tenancy(issuer) else { panic!("{issuer}") };
        assert_eq!(shared.insisted(), insisted, "{issuer}");
    }
    for issuer in &issuers().shared {
        assert!(!issuer.wanted().is_empty(), "{}", issuer.issuer);
    }
}

#[test]
fn other_issuers() {
    for (issuer, claim, binds, open) in [
        ("gitlab.com", "sub", "project_path:acme/*", "project_path:acme*"),
        (
            "app.terraform.io",
            "sub",
            "organization:acme:project:*:workspace:*:run_phase:*",
            "organization:*:project:p:workspace:*:run_phase:*",
        ),
        ("agent.buildkite.com", "sub", "organization:acme:pipeline:*", "organization:acme*"),
        ("cognito-identity.amazonaws.com", "aud", "eu-west-1:0000", "eu-west-1:*"),
        ("cognito-identity-us-gov.amazonaws.com", "aud", "us-gov-west-1:0000", "us-gov-west-1:*"),
        ("cognito-identity.us-gov-east-1.amazonaws.com", "aud", "us-gov-east-1:0000", "*"),
        ("cognito-identity.cn-north-1.amazonaws.com.cn", "aud", "cn-north-1:0000", "*"),
        ("accounts.google.com", "aud", "123", "*"),
        (
            "oidc.eks.eu-west-1.amazonaws.com/id/ABC",
            "sub",
            "system:serviceaccount:ns:*",
            "system:serviceaccount:*:app",
        ),
        ("studio.datachain.ai/api", "sub", "credentials:acme/*", "credentials:*"),
    ] {
        let like =
            |value: &str| hold(issuer, &format!(r#"{{"StringLike":{{"{issuer}:{claim}":"{value}"}}}}"#));
        assert_eq!(like(binds), Hold::Binds, "{issuer} {binds}");
        assert_eq!(like(open), Hold::Open, "{issuer} {open}");
    }
}

#[test]
fn issuers_of_one_tenant_and_unknown_ones() {
    for issuer in [
        "token.actions.githubusercontent.com/acme",
        "oidc.circleci.com/org/1",
        "oidc.vercel.com/acme",
        "sts.windows.net/1/",
    ] {
        assert!(matches!(tenancy(issuer), Tenancy::PerTenant(_)), "{issuer}");
    }
    assert!(matches!(tenancy("idp.acme.example"), Tenancy::Unknown));
    assert!(matches!(tenancy("sts.windows.net/33e01921-4d64-4f8c-a055-5bdaffd5e33d/"), Tenancy::Shared(_)));
    assert_eq!(issuer_of("arn:aws:iam::1:oidc-provider/gitlab.com"), Some("gitlab.com"));
    assert_eq!(issuer_of("accounts.google.com"), Some("accounts.google.com"));
    assert_eq!(issuer_of("arn:aws:iam::1:saml-provider/okta"), None);
}
