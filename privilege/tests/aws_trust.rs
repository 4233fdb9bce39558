//! What trust policies say of who may become a role.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test that stops says why")]

use census_model::{IdentityId, Mechanism, PrincipalSet, Trust};
use census_privilege::aws::{
    document::Document,
    trust::{is_account_id, matches, trusts},
};

const GITHUB: &str = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com";
const SAML: &str = "arn:aws:iam::111122223333:saml-provider/corp";

fn read(statements: &str) -> Vec<Trust> {
    let text = format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#);
    trusts(&IdentityId::new("aws:arn:aws:iam::111122223333:role/r"), &Document::parse(&text).unwrap())
}

fn allow(principal: &str, action: &str) -> Vec<(PrincipalSet, Mechanism)> {
    read(&format!(r#"{{"Effect":"Allow","Principal":{principal},"Action":{action}}}"#))
        .into_iter()
        .map(|t| (t.who, t.mechanism))
        .collect()
}

fn who(principal: &str) -> PrincipalSet {
    let found = allow(principal, r#""sts:AssumeRole""#);
    assert_eq!(found.len(), 1, "{found:?}");
    found.into_iter().next().unwrap().0
}

#[test]
fn principals_as_policies_name_them() {
    use PrincipalSet as P;
    let aws = |value: &str| who(&format!(r#"{{"AWS":"{value}"}}"#));
    let identity = |arn: &str| assert_eq!(aws(arn), P::Identity(arn.into()));

    assert_eq!(who(r#""*""#), P::Everyone);
    assert_eq!(aws("*"), P::Everyone);
    assert_eq!(aws("444455556666"), P::Account("444455556666".into()));
    assert_eq!(aws("arn:aws:iam::444455556666:root"), P::Account("444455556666".into()));
    assert_eq!(aws("arn:aws-us-gov:iam::444455556666:root"), P::Account("444455556666".into()));
    identity("arn:aws:iam::444455556666:user/path/to/alice");
    identity("arn:aws-cn:iam::444455556666:role/r");
    identity("arn:aws:sts::444455556666:assumed-role/r/session");
    identity("arn:aws:sts::444455556666:federated-user/f");
    assert_eq!(aws("AROAEXAMPLEEXAMPLE123"), P::Deleted("AROAEXAMPLEEXAMPLE123".into()));
    assert_eq!(aws("AIDAEXAMPLEEXAMPLE123"), P::Deleted("AIDAEXAMPLEEXAMPLE123".into()));
    assert_eq!(who(r#"{"Service":"lambda.amazonaws.com"}"#), P::Service("lambda.amazonaws.com".into()));
    assert_eq!(
        who(r#"{"Federated":"cognito-identity.amazonaws.com"}"#),
        P::External("cognito-identity.amazonaws.com".into())
    );
    for odd in [
        "",
        "AROA",
        "aroaexampleexample123",
        "44445555666",
        "arn:aws:iam::444455556666:group/g",
        "arn:aws:iam::x:root",
        "arn:aws:iam:eu-west-1:444455556666:root",
        "arn:aws:iam::444455556666:user",
        "arn:aws:s3:::bucket",
    ] {
        assert_eq!(aws(odd), P::Unrecognized(odd.into()));
    }
    assert_eq!(who(r#"{"CanonicalUser":"79a5"}"#), P::Unrecognized("79a5".into()));
}

#[test]
fn every_principal_and_mechanism_is_a_trust_of_its_own() {
    let found = allow(
        &format!(
            r#"{{"AWS":["444455556666","*"],"Service":"ec2.amazonaws.com","Federated":["{GITHUB}","{SAML}"]}}"#
        ),
        r#""sts:*""#,
    );
    let of = |who: &PrincipalSet| found.iter().filter(|(w, _)| w == who).map(|(_, m)| *m).collect::<Vec<_>>();
    assert_eq!(of(&PrincipalSet::Account("444455556666".into())), [Mechanism::AssumeRole]);
    assert_eq!(of(&PrincipalSet::Service("ec2.amazonaws.com".into())), [Mechanism::AssumeRole]);
    assert_eq!(of(&PrincipalSet::External(GITHUB.into())), [Mechanism::WebIdentity]);
    assert_eq!(of(&PrincipalSet::External(SAML.into())), [Mechanism::Saml]);
    assert_eq!(of(&PrincipalSet::Everyone), [Mechanism::AssumeRole, Mechanism::WebIdentity, Mechanism::Saml]);
}

#[test]
fn actions_that_give_no_session_are_other() {
    for action in [r#""sts:TagSession""#, r#"["sts:SetSourceIdentity","sts:TagSession"]"#, r#""s3:*""#] {
        let found = allow(r#"{"AWS":"444455556666"}"#, action);
        assert_eq!(found, [(PrincipalSet::Account("444455556666".into()), Mechanism::Other)], "{action}");
    }
    let both = allow(r#"{"AWS":"444455556666"}"#, r#"["sts:TagSession","STS:assumerole"]"#);
    assert_eq!(both[0].1, Mechanism::AssumeRole);
    assert_eq!(both.len(), 1);
    // A service cannot present a web identity token.
    let wrong = allow(r#"{"Service":"ec2.amazonaws.com"}"#, r#""sts:AssumeRoleWithWebIdentity""#);
    assert_eq!(wrong[0].1, Mechanism::Other);
}

#[test]
fn not_action_opens_what_it_does_not_name() {
    let found = read(r#"{"Effect":"Allow","Principal":"*","NotAction":"sts:AssumeRoleWith*"}"#);
    assert_eq!(found.iter().map(|t| t.mechanism).collect::<Vec<_>>(), [Mechanism::AssumeRole]);
}

#[test]
fn not_principal_is_everyone_but() {
    let found = read(
        r#"{"Sid":"S","Effect":"Allow","NotPrincipal":{"AWS":"444455556666"},"Action":"sts:AssumeRole",
            "Condition":{"StringEquals":{"sts:ExternalId":"x"}}}"#,
    );
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].who, PrincipalSet::Everyone);
    assert_eq!(found[0].except, [PrincipalSet::Account("444455556666".into())]);
    assert_eq!(&*found[0].statement, "S");
    assert_eq!(&*found[0].condition.as_ref().unwrap().text, r#"{"StringEquals":{"sts:ExternalId":"x"}}"#);
}

#[test]
fn denials_and_statements_without_principal_make_no_trust() {
    assert_eq!(read(r#"{"Effect":"Deny","Principal":"*","Action":"sts:AssumeRole"}"#), []);
    assert_eq!(read(r#"{"Effect":"Allow","Action":"sts:AssumeRole"}"#), []);
    assert_eq!(read(""), []);
}

#[test]
fn patterns_match_without_case_and_without_blow_up() {
    for (pattern, text) in
        [("*", ""), ("s3:Get*", "S3:getobject"), ("a?c", "abc"), ("*b*b*", "abab"), ("a*", "a"), ("", "")]
    {
        assert!(matches(pattern, text), "{pattern} {text}");
    }
    for (pattern, text) in
        [("", "a"), ("a", ""), ("s3:Get", "s3:GetObject"), ("a?c", "ac"), ("*b", "ba"), ("?", "")]
    {
        assert!(!matches(pattern, text), "{pattern} {text}");
    }
    let pattern = "*a?".repeat(2_000) + "x";
    assert!(!matches(&pattern, &"a".repeat(20_000)));
}

#[test]
fn account_ids_are_twelve_digits() {
    assert!(is_account_id("000000000000"));
    for bad in ["", "00000000000", "0000000000000", "00000000000a", "１２３４"] {
        assert!(!is_account_id(bad), "{bad}");
    }
}
